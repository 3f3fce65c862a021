/** What the daemon and a service manager such as systemd tell each other. */
package io.rudder.daemon.systemd;
