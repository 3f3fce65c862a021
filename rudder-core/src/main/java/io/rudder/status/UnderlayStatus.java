package io.rudder.status;

/**
 * How the other hosts are reached.
 *
 * @param interfaceName the interface
 * @param address its address, from which datagrams are sent
 * @param publicIp the address that peers are told
 * @param mtuBytes the interface's MTU
 */
public record UnderlayStatus(String interfaceName, String address, String publicIp, int mtuBytes) {}
