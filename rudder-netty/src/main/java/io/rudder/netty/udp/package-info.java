/** A Netty channel over a UDP socket that keeps runs of datagrams in one piece. */
package io.rudder.netty.udp;
