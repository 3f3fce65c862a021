/**
 * A Netty channel over a UDP socket that keeps runs of datagrams in one piece.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.udp;
