/** The system calls behind a TUN device; the only place that uses JNA. */
package io.rudder.netty.tun.linux;
