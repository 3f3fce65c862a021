/** Small programs that embed Rudder, each in one file; docs/embedding.md shows what they print. */
package io.rudder.examples;
