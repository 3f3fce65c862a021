/**
 * What a node tells about itself: its status as values with a JSON form, and the catalogue of its counters.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.status;
