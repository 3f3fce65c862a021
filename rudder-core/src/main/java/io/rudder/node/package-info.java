/** One host's part in the overlay: configuration, own lease and peers brought together on the control loop. */
package io.rudder.node;
