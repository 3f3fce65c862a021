package io.rudder.netty.testing;

import java.util.Random;
import java.util.function.Consumer;

/** Repeats a check with random input; a failure names the seed that brings it back as the first round. */
public final class Randomly {
    private static final String SEED = "rudder.test.seed";

    private Randomly() {}

    /** Runs the check so many times, each with a generator of its own. */
    public static void times(int rounds, Consumer<Random> check) {
        long first = Long.getLong(SEED, System.nanoTime());
        for (long seed = first; seed < first + rounds; seed++) {
            try {
                // Random's first numbers are alike for neighbouring seeds, so these are spread (2^64 / golden ratio).
                check.accept(new Random(seed * 0x9e3779b97f4a7c15L));
            } catch (Throwable failure) {
                throw new AssertionError("with -D" + SEED + "=" + seed + ": " + failure.getMessage(), failure);
            }
        }
    }

    /** Random bytes. */
    public static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** One of the given numbers. */
    public static int oneOf(Random random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
