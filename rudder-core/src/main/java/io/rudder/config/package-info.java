/** The network configuration that all hosts of an overlay read from one etcd key. */
package io.rudder.config;
