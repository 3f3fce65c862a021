/**
 * Layouts of packet headers as offsets and functions on buffers; nothing here does I/O or keeps state.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.packet;
