/**
 * IPv4 addresses and prefixes as plain ints, the currency of leases and of the data path.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.net;
