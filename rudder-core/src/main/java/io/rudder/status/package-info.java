/** What a node tells about itself: the catalogue of its counters. */
package io.rudder.status;
