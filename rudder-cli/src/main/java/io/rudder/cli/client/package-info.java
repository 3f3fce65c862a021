/** The operator's end of the control socket. It loads next to nothing, so that a command answers at once. */
package io.rudder.cli.client;
