/*
 * The plainest user-space overlay there can be, as a baseline: one thread that waits with poll(2) and moves packets one
 * by one between a TUN device and a UDP socket. Each packet costs one read and one send on its way out, one receive and
 * one write on its way in. It knows a single peer, checks nothing and encrypts nothing; whoever starts it gives the
 * device its address, MTU and route.
 *
 *     cloop DEVICE OWN-ADDRESS PEER-ADDRESS PORT
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_PACKET_BYTES = 65536 };

static void die(const char *what) {
    fprintf(stderr, "cloop: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_tun(const char *name) {
    struct ifreq request;
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        die("/dev/net/tun");
    }
    memset(&request, 0, sizeof request);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (ioctl(fd, TUNSETIFF, &request) < 0) {
        die(name);
    }
    return fd;
}

static struct sockaddr_in socket_address(const char *address, const char *port) {
    struct sockaddr_in result;
    memset(&result, 0, sizeof result);
    result.sin_family = AF_INET;
    result.sin_port = htons((unsigned short)atoi(port));
    if (inet_pton(AF_INET, address, &result.sin_addr) != 1) {
        errno = EINVAL;
        die(address);
    }
    return result;
}

static int open_udp(const struct sockaddr_in *own) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)own, sizeof *own) < 0) {
        die("UDP socket");
    }
    return fd;
}

/* Both return whether there was a packet. One that cannot be passed on is dropped, as a router would. */

static int send_one(int tun, int udp, const struct sockaddr_in *peer, char *packet) {
    ssize_t length = read(tun, packet, MAX_PACKET_BYTES);
    if (length < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            die("read from TUN");
        }
        return 0;
    }
    ssize_t sent = sendto(udp, packet, (size_t)length, 0, (const struct sockaddr *)peer, sizeof *peer);
    (void)sent;
    return 1;
}

static int receive_one(int tun, int udp, char *packet) {
    ssize_t length = recv(udp, packet, MAX_PACKET_BYTES, 0);
    if (length < 0) {
        return errno == ECONNREFUSED;
    }
    ssize_t written = write(tun, packet, (size_t)length);
    (void)written;
    return 1;
}

int main(int argc, char **argv) {
    static char packet[MAX_PACKET_BYTES];
    if (argc != 5) {
        fprintf(stderr, "usage: cloop DEVICE OWN-ADDRESS PEER-ADDRESS PORT\n");
        return 2;
    }
    struct sockaddr_in own = socket_address(argv[2], argv[4]);
    struct sockaddr_in peer = socket_address(argv[3], argv[4]);
    int tun = open_tun(argv[1]);
    int udp = open_udp(&own);
    struct pollfd readable[2] = {{.fd = tun, .events = POLLIN}, {.fd = udp, .events = POLLIN}};
    for (;;) {
        if (poll(readable, 2, -1) < 0 && errno != EINTR) {
            die("poll");
        }
        /* Both ways in turns until there is nothing left, so that neither starves the other. */
        while (send_one(tun, udp, &peer, packet) | receive_one(tun, udp, packet)) {
        }
    }
}
