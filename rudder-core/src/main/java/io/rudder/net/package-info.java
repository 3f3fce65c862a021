/** IPv4 addresses and prefixes as plain ints, the currency of leases and of the data path. */
package io.rudder.net;
