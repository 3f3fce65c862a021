package io.rudder.lease;

import java.util.concurrent.CompletableFuture;

/** A registry whose network configuration operators can write. */
public interface ConfigStore {
    /**
     * Writes the configuration, if it is still as expected.
     *
     * @param text the new text
     * @param expectedModRevision the revision of what is to be replaced; 0 if there is to be none
     * @return whether it was as expected and is written; exceptionally a {@link RegistryException}
     */
    CompletableFuture<Boolean> replaceConfig(String text, long expectedModRevision);
}
