/** The one thread that owns the state of leases and peers, as an interface that a simulation can take the place of; rates. */
package io.rudder.control;
