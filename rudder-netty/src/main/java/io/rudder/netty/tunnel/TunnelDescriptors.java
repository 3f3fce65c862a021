package io.rudder.netty.tunnel;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a tunnel that goes on elsewhere lives in: while these descriptors are open the device stays, with its address and
 * routes, and the kernel keeps packets in its queues.
 *
 * @param devices those of the TUN device, one a queue
 * @param sockets those of the UDP socket, one a queue; none if the next owner is to bind one itself
 */
public record TunnelDescriptors(List<FileDescriptor> devices, List<FileDescriptor> sockets) {
    /** The same without the sockets, which are closed. */
    public TunnelDescriptors withoutSockets() {
        close(sockets.stream());
        return new TunnelDescriptors(devices, List.of());
    }

    /** Closes all. */
    public void close() {
        close(all());
    }

    boolean areOpen() {
        return all().allMatch(FileDescriptor::isOpen);
    }

    private Stream<FileDescriptor> all() {
        return Stream.concat(devices.stream(), sockets.stream());
    }

    /** Those of several, each in its order. */
    static TunnelDescriptors together(List<TunnelDescriptors> parts) {
        return new TunnelDescriptors(
                parts.stream().flatMap(part -> part.devices().stream()).toList(),
                parts.stream().flatMap(part -> part.sockets().stream()).toList());
    }

    private static void close(Stream<FileDescriptor> descriptors) {
        descriptors.forEach(descriptor -> {
            try {
                descriptor.close();
            } catch (IOException e) {
                // Nothing is lost: it was not written to, and is gone in any case (close(2)).
            }
        });
    }
}
