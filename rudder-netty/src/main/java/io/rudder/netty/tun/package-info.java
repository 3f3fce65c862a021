/**
 * A Netty channel over a Linux TUN device: one message is one IP packet.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.tun;
