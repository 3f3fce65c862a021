/**
 * The faults of docs/reliability.md against real daemons, a real etcd and numbered traffic. What is tagged {@code faults}
 * takes long: {@code bin/verify --faults} runs it.
 */
package io.rudder.it.fault;
