/** What the benchmarks share: packets to work on, and channels that take them. */
package io.rudder.benchmark;
