/** What the process logs and in which form; the only place that chooses how logback writes. */
package io.rudder.cli.log;
