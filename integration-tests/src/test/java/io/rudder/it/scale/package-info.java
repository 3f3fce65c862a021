/** How the control plane does with many nodes, against a real etcd; run by {@code bin/scale}, not by {@code bin/verify}. */
package io.rudder.it.scale;
