package io.rudder.netty.tunnel;

import io.netty.channel.unix.FileDescriptor;
import java.util.Optional;

/**
 * What one loop takes over instead of opening it.
 *
 * @param device its queue of the TUN device
 * @param socket its UDP socket
 */
record LoopDescriptors(Optional<FileDescriptor> device, Optional<FileDescriptor> socket) {
    static final LoopDescriptors NONE = new LoopDescriptors(Optional.empty(), Optional.empty());

    /** The share of one of the loops. */
    static LoopDescriptors of(TunnelDescriptors all, int loop) {
        return new LoopDescriptors(
                Optional.of(all.devices().get(loop)),
                all.sockets().isEmpty()
                        ? Optional.empty()
                        : Optional.of(all.sockets().get(loop)));
    }
}
