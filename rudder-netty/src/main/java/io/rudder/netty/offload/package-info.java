/**
 * Large packets inside the host, small ones on the wire. On the way out {@link io.rudder.netty.offload.Segmenter} cuts
 * the super-packets that the kernel hands over into packets of the MTU and {@link io.rudder.netty.offload.SegmentBatch}
 * sends runs of them in one call; on the way in {@link io.rudder.netty.offload.Coalescer} joins the packets of a flow
 * to super-packets again. Everything here belongs to one data loop.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.offload;
