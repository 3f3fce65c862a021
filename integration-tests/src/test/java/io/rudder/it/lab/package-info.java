/**
 * A small network to test on: hosts are network namespaces on one bridge, with a real etcd and real daemons, and no
 * route out. Everything here is made by {@link io.rudder.it.lab.Cluster} and taken down by it, also after a failure.
 */
package io.rudder.it.lab;
