/**
 * The one thread that owns the state of leases and peers, as an interface that a simulation can take the place of; rates.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.control;
