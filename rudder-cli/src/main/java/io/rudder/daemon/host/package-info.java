/** The host's side of the overlay: its interfaces, the TUN device's address and route, the firewall. */
package io.rudder.daemon.host;
