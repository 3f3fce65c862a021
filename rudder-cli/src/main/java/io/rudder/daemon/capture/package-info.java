/** Copies of packets for an operator, in the form that tcpdump and Wireshark read. */
package io.rudder.daemon.capture;
