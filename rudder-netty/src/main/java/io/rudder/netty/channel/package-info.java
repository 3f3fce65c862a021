/** What the channels for TUN devices and UDP sockets have in common: packets in and out of a descriptor. */
package io.rudder.netty.channel;
