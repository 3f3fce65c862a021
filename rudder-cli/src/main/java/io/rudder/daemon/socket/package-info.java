/** The control socket, by which an operator's commands reach the daemon of this host. */
package io.rudder.daemon.socket;
