/** How a tunnel goes from one daemon to the next on the same host, without the device ever going away. */
package io.rudder.daemon.handover;
