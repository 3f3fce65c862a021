/**
 * What the kernel tells about changes of links, addresses, routes and the packet filter, as a Netty channel.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.netlink;
