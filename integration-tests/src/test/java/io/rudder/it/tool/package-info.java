/**
 * Programs that run inside a test host. They use nothing but the JDK, so that the compiled test classes are their
 * whole class path, and print one line for each thing that a test waits for.
 */
package io.rudder.it.tool;
