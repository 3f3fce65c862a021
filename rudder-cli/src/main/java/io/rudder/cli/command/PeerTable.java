package io.rudder.cli.command;

import io.rudder.status.PathQuality;
import io.rudder.status.PeerStatus;
import java.util.List;
import java.util.Optional;

/** The peers as a table. */
final class PeerTable {
    private static final int SHORT_ID = 8;
    private static final double LOSSY = 0.02;
    private static final String UNKNOWN = "-";

    private final Ink ink;

    PeerTable(Ink ink) {
        this.ink = ink;
    }

    List<String> lines(List<PeerStatus> peers) {
        if (peers.isEmpty()) {
            return List.of("no peers");
        }
        Table table = new Table(
                ink,
                "SUBNET",
                "ENDPOINT",
                "NODE",
                ">SENT",
                ">PACKETS",
                ">RECEIVED",
                ">PACKETS",
                ">DROPS",
                ">LAST SEEN",
                ">ROUND TRIP",
                ">LOSS",
                ">MTU");
        peers.forEach(peer -> add(table, peer));
        return table.lines();
    }

    private void add(Table table, PeerStatus peer) {
        Optional<PathQuality> quality = peer.quality();
        long drops = peer.traffic().sentDrops() + peer.traffic().receivedDrops();
        table.row(
                peer.subnet(),
                peer.endpoint(),
                peer.nodeId()
                        .map(id -> id.substring(0, Math.min(SHORT_ID, id.length())))
                        .orElse(UNKNOWN),
                Units.bytes(peer.traffic().sentBytes()),
                Units.count(peer.traffic().sentPackets()),
                Units.bytes(peer.traffic().receivedBytes()),
                Units.count(peer.traffic().receivedPackets()),
                drops == 0 ? "0" : ink.warning(Units.count(drops)),
                peer.lastSeenSecondsAgo().isPresent()
                        ? Units.duration(peer.lastSeenSecondsAgo().getAsDouble()) + " ago"
                        : UNKNOWN,
                quality.map(path -> Units.millis(path.roundTripMillis())).orElse(UNKNOWN),
                quality.map(this::loss).orElse(UNKNOWN),
                peer.pathMtuBytes() == 0 ? UNKNOWN : Integer.toString(peer.pathMtuBytes()));
    }

    private String loss(PathQuality path) {
        String text = Units.percent(path.lossRatio());
        return path.lossRatio() > LOSSY ? ink.bad(text) : text;
    }
}
