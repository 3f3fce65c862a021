/** Layouts of packet headers as offsets and functions on buffers; nothing here does I/O or keeps state. */
package io.rudder.netty.packet;
