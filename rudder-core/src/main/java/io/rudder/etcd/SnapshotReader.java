package io.rudder.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Response;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.rudder.lease.LeaseRegistry.Head;
import io.rudder.lease.RegistrySnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads all entries at one revision, in pages so that neither side handles one huge message. Configuration and first
 * page come from one transaction, which fixes the revision; the pages after it are read as of then.
 */
final class SnapshotReader {
    /** Entries a page, 200 kB of ordinary leases. */
    private static final int PAGE_SIZE = 1000;

    /** How often a list starts again because its revision was compacted under it. */
    private static final int MAX_ATTEMPTS = 5;

    private static final ByteSequence SMALLEST_SUFFIX = ByteSequence.from(new byte[1]);

    private final EtcdKeys keys;

    SnapshotReader(EtcdKeys keys) {
        this.keys = keys;
    }

    /** Everything at one revision, linearizable. */
    CompletableFuture<RegistrySnapshot> read(KV kv) {
        return attempt(kv, 1);
    }

    /** How much there is to read. */
    CompletableFuture<Head> head(KV kv) {
        GetOption count = GetOption.builder().withCountOnly(true).build();
        GetOption countRange = range().withCountOnly(true).build();
        return kv.txn()
                .Then(Op.get(keys.config(), count), Op.get(keys.subnets(), countRange))
                .commit()
                .thenApply(SnapshotReader::toHead);
    }

    /** The operations that list everything within somebody else's transaction. */
    Op[] listOperations() {
        return new Op[] {Op.get(keys.config(), GetOption.DEFAULT), Op.get(keys.subnets(), range().build())};
    }

    /** What {@link #listOperations} found. */
    RegistrySnapshot snapshot(TxnResponse response) {
        return snapshot(response.getHeader(), response.getGetResponses());
    }

    private CompletableFuture<RegistrySnapshot> attempt(KV kv, int number) {
        return readPages(kv)
                .handle((snapshot, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(snapshot);
                    }
                    boolean tryAgain = number < MAX_ATTEMPTS && EtcdFailures.isCompacted(failure);
                    return tryAgain
                            ? attempt(kv, number + 1)
                            : CompletableFuture.<RegistrySnapshot>failedFuture(failure);
                })
                .thenCompose(result -> result);
    }

    private CompletableFuture<RegistrySnapshot> readPages(KV kv) {
        Op config = Op.get(keys.config(), GetOption.DEFAULT);
        Op firstPage = Op.get(keys.subnets(), range().withLimit(PAGE_SIZE).build());
        return kv.txn().Then(config, firstPage).commit().thenCompose(first -> {
            List<GetResponse> pages = new ArrayList<>(first.getGetResponses());
            return readMore(kv, pages, first.getHeader().getRevision())
                    .thenApply(done -> snapshot(first.getHeader(), pages));
        });
    }

    private CompletableFuture<Void> readMore(KV kv, List<GetResponse> pages, long revision) {
        GetResponse last = pages.get(pages.size() - 1);
        if (!last.isMore()) {
            return CompletableFuture.completedFuture(null);
        }
        ByteSequence lastKey = last.getKvs().get(last.getKvs().size() - 1).getKey();
        GetOption page = range().withLimit(PAGE_SIZE).withRevision(revision).build();
        return kv.get(lastKey.concat(SMALLEST_SUFFIX), page).thenCompose(next -> {
            pages.add(next);
            return readMore(kv, pages, revision);
        });
    }

    private GetOption.Builder range() {
        return GetOption.builder().withRange(keys.subnetsEnd());
    }

    private RegistrySnapshot snapshot(Response.Header header, List<GetResponse> pages) {
        return new RegistrySnapshot(
                header.getRevision(), header.getClusterId(), keys.entries(pages).toList());
    }

    private static Head toHead(TxnResponse response) {
        Response.Header header = response.getHeader();
        long count = response.getGetResponses().stream()
                .mapToLong(GetResponse::getCount)
                .sum();
        return new Head(header.getRevision(), header.getClusterId(), count);
    }
}
