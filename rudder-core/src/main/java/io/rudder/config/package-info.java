/**
 * The network configuration that all hosts of an overlay read from one etcd key.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.config;
