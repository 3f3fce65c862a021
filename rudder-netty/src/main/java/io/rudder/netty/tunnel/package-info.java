/**
 * The data path: packets from the TUN device to peers and back.
 */
package io.rudder.netty.tunnel;
