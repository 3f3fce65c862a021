/** What the tests of the data path share: packets as plain bytes, and slow, obvious references. */
package io.rudder.netty.testing;
