package io.rudder.lease;

import io.rudder.control.ControlLoop;
import io.rudder.status.Counters;
import java.util.random.RandomGenerator;

/**
 * What every part of the control plane works with; a simulation brings its own.
 *
 * @param registry the store of configuration and leases
 * @param loop the thread and the clock
 * @param random for choices and jitter; used on the loop only
 * @param counters of the loop
 */
public record ControlContext(LeaseRegistry registry, ControlLoop loop, RandomGenerator random, Counters counters) {}
