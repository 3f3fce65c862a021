/** A Netty channel over a Linux TUN device: one message is one IP packet. */
package io.rudder.netty.tun;
