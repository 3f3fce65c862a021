/** What the kernel tells about changes of links, addresses and routes, as a Netty channel. */
package io.rudder.netty.netlink;
