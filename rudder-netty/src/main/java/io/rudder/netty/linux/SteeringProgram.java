package io.rudder.netty.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The eBPF program of {@link FlowSteering}: from a packet, which begins with its IP header, to a number, of which the
 * kernel takes the remainder by the number of queues. A load from beyond the packet's end ends the program with 0.
 *
 * <pre>
 *   not IPv4:              0
 *   otherwise:             hash = mix(mix(source) ^ destination)
 *   TCP and no fragment:   hash = mix(hash ^ ports)
 * </pre>
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/bpf/standardization/instruction-set.html">instruction-set</a>
 */
final class SteeringProgram {
    /** The length of each instruction. */
    static final int INSTRUCTION_BYTES = 8;

    // Registers: a result, where loads from the packet also leave theirs; the argument; what loads from the packet
    // need.
    private static final int RESULT = 0;
    private static final int CONTEXT = 1;
    private static final int PACKET = 6;
    private static final int HASH = 7;
    private static final int LENGTH = 8;

    private static final int LOAD_BYTE = 0x30;
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_WORD = 0x20;
    private static final int LOAD_WORD_AT_REGISTER = 0x40;
    private static final int MOVE = 0xbf;
    private static final int SET = 0xb7;
    private static final int AND = 0x57;
    private static final int XOR_REGISTER = 0xaf;
    private static final int SHIFT_LEFT = 0x67;
    private static final int SHIFT_RIGHT = 0x77;
    private static final int MULTIPLY_32 = 0x24;
    private static final int JUMP_UNLESS = 0x55;
    private static final int EXIT = 0x95;

    // 2^32 divided by the golden ratio: spreads values that differ in few bits over the upper half.
    private static final int SPREAD = 0x9e3779b1;
    private static final int TCP = 6;
    private static final int MORE_FRAGMENTS_AND_OFFSET = 0x3fff;

    private SteeringProgram() {}

    /** The program as bpf(2) takes it. Jumps say how many instructions they leave out. */
    static byte[] instructions() {
        ByteBuffer code = ByteBuffer.allocate(27 * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        add(code, MOVE, PACKET, CONTEXT, 0, 0);
        add(code, LOAD_BYTE, 0, 0, 0, 0); // version and header length
        add(code, SHIFT_RIGHT, RESULT, 0, 0, 4);
        add(code, JUMP_UNLESS, RESULT, 0, 21, 4); // to the last two

        add(code, LOAD_WORD, 0, 0, 0, 12); // source
        add(code, MOVE, HASH, RESULT, 0, 0);
        add(code, MULTIPLY_32, HASH, 0, 0, SPREAD);
        add(code, LOAD_WORD, 0, 0, 0, 16); // destination
        add(code, XOR_REGISTER, HASH, RESULT, 0, 0);
        add(code, MULTIPLY_32, HASH, 0, 0, SPREAD);

        add(code, LOAD_BYTE, 0, 0, 0, 9); // protocol
        add(code, JUMP_UNLESS, RESULT, 0, 10, TCP); // to the end of the hash
        add(code, LOAD_HALF, 0, 0, 0, 6);
        add(code, AND, RESULT, 0, 0, MORE_FRAGMENTS_AND_OFFSET);
        add(code, JUMP_UNLESS, RESULT, 0, 7, 0); // to the end of the hash
        add(code, LOAD_BYTE, 0, 0, 0, 0);
        add(code, AND, RESULT, 0, 0, 15);
        add(code, SHIFT_LEFT, RESULT, 0, 0, 2);
        add(code, MOVE, LENGTH, RESULT, 0, 0);
        add(code, LOAD_WORD_AT_REGISTER, 0, LENGTH, 0, 0); // ports
        add(code, XOR_REGISTER, HASH, RESULT, 0, 0);
        add(code, MULTIPLY_32, HASH, 0, 0, SPREAD);

        add(code, MOVE, RESULT, HASH, 0, 0);
        add(code, SHIFT_RIGHT, RESULT, 0, 0, 16);
        add(code, EXIT, 0, 0, 0, 0);

        add(code, SET, RESULT, 0, 0, 0);
        add(code, EXIT, 0, 0, 0, 0);
        return code.array();
    }

    private static void add(ByteBuffer code, int operation, int destination, int source, int jump, int constant) {
        code.put((byte) operation)
                .put((byte) (source << 4 | destination))
                .putShort((short) jump)
                .putInt(constant);
    }
}
