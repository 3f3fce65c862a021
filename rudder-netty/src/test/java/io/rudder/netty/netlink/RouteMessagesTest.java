package io.rudder.netty.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RouteMessagesTest {
    private static final int FUZZ_ROUNDS = 20_000;

    private static List<RouteChange> read(ByteBuf datagram) {
        List<RouteChange> changes = new ArrayList<>();
        RouteMessages.read(datagram, changes::add);
        return changes;
    }

    private static ByteBuf message(int type, byte[] body, ByteBuf... attributes) {
        ByteBuf message = Unpooled.buffer();
        message.writeIntLE(0).writeShortLE(type).writeShortLE(0).writeIntLE(7).writeIntLE(0);
        message.writeBytes(body);
        for (ByteBuf attribute : attributes) {
            message.writeBytes(attribute);
        }
        return message.setIntLE(0, message.readableBytes());
    }

    private static ByteBuf attribute(int type, byte[] value) {
        ByteBuf attribute = Unpooled.buffer();
        attribute.writeShortLE(4 + value.length).writeShortLE(type).writeBytes(value);
        return attribute.writeZero(-value.length & 3);
    }

    private static ByteBuf name(String name) {
        return attribute(3, (name + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] address(String address) {
        return Unpooled.buffer(4).writeInt(Ipv4.parse(address)).array();
    }

    private static byte[] number(int value) {
        return Unpooled.buffer(4).writeIntLE(value).array();
    }

    private static byte[] linkBody(int index, int flags) {
        return Unpooled.buffer(16)
                .writeInt(0)
                .writeIntLE(index)
                .writeIntLE(flags)
                .writeIntLE(-1)
                .array();
    }

    private static ByteBuf link(int type) {
        return message(type, linkBody(9, 0x1043), name("rudder0"), attribute(4, number(1472)));
    }

    private static ByteBuf removedAddress() {
        byte[] body = {2, 32, 0, 0, 9, 0, 0, 0};
        return message(21, body, attribute(1, address("10.0.34.9")), attribute(2, address("10.0.34.0")));
    }

    private static ByteBuf removedRoute() {
        byte[] body = {2, 16, 0, 0, (byte) 254, 3, 0, 1, 0, 0, 0, 0};
        return message(25, body, attribute(1, address("10.0.0.0")), attribute(4, number(9)));
    }

    @Test
    void readsLinks() {
        assertThat(read(link(16))).containsExactly(new RouteChange.Link(false, 9, "rudder0", 1472, true));
        assertThat(read(link(17))).containsExactly(new RouteChange.Link(true, 9, "rudder0", 1472, true));
        assertThat(read(message(16, linkBody(3, 0)))).containsExactly(new RouteChange.Link(false, 3, "", 0, false));
    }

    @Test
    void readsTheInterfacesOwnAddressNotItsPeers() {
        assertThat(read(removedAddress()))
                .containsExactly(new RouteChange.Address(true, 9, Ipv4.parse("10.0.34.0"), 32));
    }

    @Test
    void readsRoutesAndTheDefaultRoute() {
        byte[] toAll = {2, 0, 0, 0, (byte) 254, 3, 0, 1, 0, 0, 0, 0};
        assertThat(read(removedRoute()))
                .containsExactly(new RouteChange.Route(true, 9, Ipv4Prefix.parse("10.0.0.0/16")));
        assertThat(read(message(24, toAll)))
                .containsExactly(new RouteChange.Route(false, 0, Ipv4Prefix.parse("0.0.0.0/0")));
    }

    @Test
    void readsAllMessagesOfADatagram() {
        ByteBuf datagram = Unpooled.wrappedBuffer(link(17), removedAddress(), removedRoute());
        assertThat(read(datagram)).hasSize(3);
    }

    @Test
    void passesOverWhatConcernsOtherFamiliesOrIsCutOff() {
        byte[] ipv6 = {10, 64, 0, 0, 9, 0, 0, 0};
        byte[] tooLong = {2, 33, 0, 0, 9, 0, 0, 0};
        assertThat(read(message(20, ipv6, attribute(1, new byte[16])))).isEmpty();
        assertThat(read(message(20, tooLong, attribute(2, address("10.0.0.1")))))
                .isEmpty();
        assertThat(read(message(20, new byte[] {2, 24, 0, 0, 9, 0, 0, 0}))).isEmpty();
        assertThat(read(message(2, new byte[20]))).isEmpty();
        ByteBuf cut = link(16);
        assertThat(read(cut.slice(0, cut.readableBytes() - 1))).isEmpty();
        assertThat(read(Unpooled.EMPTY_BUFFER)).isEmpty();
    }

    @Test
    void bearsAnyBytes() {
        Random random = new Random(20261128);
        for (int round = 0; round < FUZZ_ROUNDS; round++) {
            byte[] bytes = round % 2 == 0 ? randomBytes(random) : damaged(random);
            for (RouteChange change : read(Unpooled.wrappedBuffer(bytes))) {
                assertThat(change).isNotNull();
            }
        }
    }

    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] damaged(Random random) {
        ByteBuf whole = Unpooled.copiedBuffer(link(16), removedAddress(), removedRoute());
        for (int damage = random.nextInt(6); damage >= 0; damage--) {
            whole.setByte(random.nextInt(whole.readableBytes()), random.nextInt(256));
        }
        byte[] bytes = new byte[random.nextInt(whole.readableBytes() + 1)];
        whole.readBytes(bytes);
        return bytes;
    }
}
