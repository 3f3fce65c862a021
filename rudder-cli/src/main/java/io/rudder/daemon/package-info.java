/** One host's daemon: what it makes, in which order, and how that is undone. */
package io.rudder.daemon;
