/**
 * What users test with: a TUN device that needs no rights.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.netty.testing;
