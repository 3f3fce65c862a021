/** Where configuration and leases come from: a list that somebody wrote, the memory of a test, or etcd. */
package io.rudder.lease.source;
