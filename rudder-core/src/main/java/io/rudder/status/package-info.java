/** What a node tells about itself: its status as values with a JSON form, and the catalogue of its counters. */
package io.rudder.status;
