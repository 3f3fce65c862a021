/** The system calls behind TUN devices and UDP sockets; the only place that uses JNA. */
package io.rudder.netty.linux;
