/**
 * The system calls behind TUN devices and UDP sockets; the only place that uses JNA.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.linux;
