package io.rudder.lease;

/** One change of the registry. */
public sealed interface RegistryEvent {
    /** The path of the entry that changed, see {@link RegistryEntry#path()}. */
    String path();

    /** The revision of the change. */
    long modRevision();

    /** An entry was written. */
    record Put(RegistryEntry entry) implements RegistryEvent {
        @Override
        public String path() {
            return entry.path();
        }

        @Override
        public long modRevision() {
            return entry.modRevision();
        }
    }

    /** An entry was deleted, or its etcd lease ran out. */
    record Delete(String path, long modRevision) implements RegistryEvent {}
}
