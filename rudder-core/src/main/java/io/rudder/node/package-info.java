/**
 * One host's part in the overlay: configuration, own lease and peers brought together on the control loop.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.node;
