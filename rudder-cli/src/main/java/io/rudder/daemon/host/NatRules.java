package io.rudder.daemon.host;

/**
 * Which addresses leaving packets carry, in words for all tools:
 *
 * <ol>
 *   <li>marked by kube-proxy (0x4000): left alone, it rewrites them itself;
 *   <li>overlay to overlay: never rewritten, so that containers see each other's addresses;
 *   <li>overlay to multicast (224.0.0.0/4, RFC 5771): not rewritten;
 *   <li>overlay to anywhere else: the host's address;
 *   <li>anything else through the TUN device into the overlay: the device's address, since peers refuse others.
 * </ol>
 */
interface NatRules {
    /** The mark of kube-proxy, as value and mask. */
    String MARK = "0x4000";

    String MULTICAST = "224.0.0.0/4";

    /** Puts the rules in place of older ones, at once. */
    void install() throws HostException;

    /** Removes the rules, if there are any. */
    void remove() throws HostException;
}
