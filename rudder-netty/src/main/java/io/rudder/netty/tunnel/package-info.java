/**
 * The data path: packets from the TUN device to peers and back.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.tunnel;
