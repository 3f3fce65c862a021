package io.rudder.daemon.admin;

/**
 * Where the daemon answers HTTP.
 *
 * @param ip the address to listen on, a.b.c.d
 * @param port TCP port, 1 to 65535
 * @param metricsPerPeer whether metrics have series for each peer
 */
public record AdminSettings(String ip, int port, boolean metricsPerPeer) {}
