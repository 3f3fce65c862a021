/** What users test with: a TUN device that needs no rights. */
package io.rudder.netty.testing;
