/**
 * What the channels for TUN devices, UDP sockets and netlink sockets have in common: whole messages in and out of a
 * descriptor, one a system call.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.channel;
