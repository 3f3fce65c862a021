/**
 * How good the way to each peer is: probes in the protocol's harmless space, datagrams shorter than an IP header. All
 * of it belongs to the first data loop; what it finds out is immutable and may be read on any thread.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.probe;
