/**
 * The library's front door: an overlay node inside an application, with the application's own event loops.
 *
 * <p>{@link io.rudder.netty.overlay.OverlayBuilder} takes what the application brings, {@link
 * io.rudder.netty.overlay.Overlay} is the running node. One control thread a node, {@code rudder-control}, owns lease and
 * peers; it is the only thread that the library starts. Packets are carried on the application's loops.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.overlay;
