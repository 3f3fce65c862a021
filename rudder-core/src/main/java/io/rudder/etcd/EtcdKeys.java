package io.rudder.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.OptionsUtil;
import io.rudder.lease.RegistryEntry;
import io.rudder.net.Ipv4Prefix;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The keys of one overlay. Its entries are {@code <prefix>/config} and what is below {@code <prefix>/subnets/}; other
 * keys below the prefix are somebody else's business.
 */
final class EtcdKeys {
    private final String root;

    EtcdKeys(String prefix) {
        this.root = prefix + "/";
    }

    /** What a watch covers: all entries, and foreign keys among them. */
    ByteSequence root() {
        return bytes(root);
    }

    ByteSequence config() {
        return bytes(root + RegistryEntry.CONFIG);
    }

    /** The first key of the range of all leases, itself not a lease. */
    ByteSequence subnets() {
        return bytes(root + RegistryEntry.SUBNETS);
    }

    /** The first key beyond the range of all leases. */
    ByteSequence subnetsEnd() {
        return OptionsUtil.prefixEndOf(subnets());
    }

    ByteSequence subnet(Ipv4Prefix subnet) {
        return bytes(root + RegistryEntry.subnetPath(subnet));
    }

    /** The entries of an answer, in the order of their keys. */
    Stream<RegistryEntry> entries(List<GetResponse> answers) {
        return answers.stream().flatMap(answer -> answer.getKvs().stream()).map(this::entry);
    }

    /** A key of which it is known that it is an entry's. */
    RegistryEntry entry(KeyValue kv) {
        String path = text(kv.getKey()).substring(root.length());
        return new RegistryEntry(path, text(kv.getValue()), kv.getLease(), kv.getCreateRevision(), kv.getModRevision());
    }

    /** The path of a watched key; empty if it is not an entry's. */
    Optional<String> path(ByteSequence key) {
        String text = text(key);
        if (!text.startsWith(root)) {
            return Optional.empty();
        }
        String path = text.substring(root.length());
        boolean isEntry = path.equals(RegistryEntry.CONFIG) || path.startsWith(RegistryEntry.SUBNETS);
        return isEntry ? Optional.of(path) : Optional.empty();
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static String text(ByteSequence bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
