/**
 * What the channels for TUN devices and UDP sockets have in common: packets in and out of a descriptor.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.channel;
