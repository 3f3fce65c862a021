"""Other user-space overlays, as Debian packages them, set up as much alike as they allow."""
import os
import pathlib
import re

from lab import UNDERLAY_MTU, run, wait_until
from systems import OVERLAY_A, OVERLAY_B, System

ADDRESSES = (OVERLAY_A, OVERLAY_B)
SUBNETS = ("10.77.1.0/24", "10.77.2.0/24")


def version_of(*command):
    found = re.search(r"[0-9]+(\.[0-9]+)+", run(*command, check=False))
    return found.group() if found else "of unknown version"


def package_version(package):
    return run("dpkg-query", "-W", "-f", "${Version}", package, check=False) or "of unknown version"


def fill(path, template, **values):
    """Writes a configuration; names in the template are in angle brackets."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(re.sub(r"<([a-z_]+)>", lambda name: str(values[name.group(1)]), template))


class Nebula(System):
    """An MTU of what fits instead of the default 1300, so that 1400-byte datagrams are not fragmented."""

    name = "nebula"
    needs = ("nebula", "nebula-cert")
    template = """
pki: {ca: <folder>/ca.crt, cert: <folder>/<letter>.crt, key: <folder>/<letter>.key}
static_host_map: {"10.77.1.1": ["<lighthouse>:4242"]}
lighthouse: {am_lighthouse: <is_lighthouse>, interval: 60, hosts: <lighthouses>}
listen: {host: <own>, port: 4242}
punchy: {punch: true}
tun: {dev: nebula1, mtu: <mtu>, tx_queue: 500}
logging: {level: warning, format: text}
firewall:
  outbound: [{port: any, proto: any, host: any}]
  inbound: [{port: any, proto: any, host: any}]
"""

    def description(self):
        return (f"nebula {version_of('nebula', '-version')}: host a is the lighthouse, AES-256-GCM, "
                f"MTU {UNDERLAY_MTU - 60}, firewall allows all")

    def up(self, lab):
        ca = ("-ca-crt", f"{lab.folder}/ca.crt", "-ca-key", f"{lab.folder}/ca.key")
        run("nebula-cert", "ca", "-name", "bench", "-out-crt", f"{lab.folder}/ca.crt", "-out-key",
            f"{lab.folder}/ca.key")
        for host, address in zip(lab.hosts, ADDRESSES):
            run("nebula-cert", "sign", *ca, "-name", host.letter, "-ip", f"{address}/16", "-out-crt",
                f"{lab.folder}/{host.letter}.crt", "-out-key", f"{lab.folder}/{host.letter}.key")
            first = host.letter == "a"
            fill(lab.folder / f"{host.letter}.yml", self.template, folder=lab.folder, letter=host.letter,
                 lighthouse=lab.hosts[0].own, is_lighthouse=str(first).lower(),
                 lighthouses="[]" if first else '["10.77.1.1"]', own=host.own, mtu=UNDERLAY_MTU - 60)
            lab.start_daemon(host, "nebula", "nebula", "-config", lab.folder / f"{host.letter}.yml")
            host.wait_for_device("nebula1")
        return ADDRESSES


class WireguardGo(System):
    """Its control sockets are in a folder that namespaces share, so the devices have different names."""

    name = "wireguard-go"
    needs = ("wireguard-go", "wg")

    def description(self):
        return f"wireguard-go {package_version('wireguard-go')}: ChaCha20-Poly1305, MTU {UNDERLAY_MTU - 60}"

    def up(self, lab):
        keys = [lab.folder / f"{host.letter}.key" for host in lab.hosts]
        publics = [self._make_key(key) for key in keys]
        for index, host in enumerate(lab.hosts):
            device = self._device(host)
            quiet = dict(os.environ, LOG_LEVEL="error")
            lab.start_daemon(host, "wireguard-go", "wireguard-go", "-f", device, env=quiet)
            host.wait_for_device(device)
            wait_until("wg show", lambda: host.succeeds("wg", "show", device), 5)
            host.run("wg", "set", device, "listen-port", "51820", "private-key", keys[index], "peer",
                     publics[1 - index], "endpoint", f"{host.peer}:51820", "allowed-ips", SUBNETS[1 - index])
            host.ip("addr", "add", f"{ADDRESSES[index]}/32", "dev", device)
            host.ip("link", "set", device, "mtu", UNDERLAY_MTU - 60, "up")
            host.ip("route", "add", SUBNETS[1 - index], "dev", device)
        return ADDRESSES

    def down(self, lab):
        for host in lab.hosts:
            pathlib.Path(f"/var/run/wireguard/{self._device(host)}.sock").unlink(missing_ok=True)

    @staticmethod
    def _device(host):
        return f"wgbench{host.letter}"

    @staticmethod
    def _make_key(path):
        path.touch(mode=0o600)
        path.write_text(run("wg", "genkey"))
        return run("sh", "-c", f"wg pubkey <'{path}'").strip()


class Tinc(System):
    name = "tinc"
    needs = ("tincd",)
    template = """
Name = <letter>
AddressFamily = ipv4
BindToAddress = <own>
Device = /dev/net/tun
DeviceType = tun
Interface = tincbench
Mode = router
ConnectTo = <other>
"""

    def description(self):
        return (f"tinc {version_of('tincd', '--version')}: router mode, default cipher (AES-256-CBC) and digest "
                f"(SHA-256), path MTU discovery")

    def up(self, lab):
        folders = [lab.folder / f"tinc-{host.letter}" for host in lab.hosts]
        for index, host in enumerate(lab.hosts):
            other = lab.hosts[1 - index].letter
            fill(folders[index] / "tinc.conf", self.template, letter=host.letter, own=host.own, other=other)
            fill(folders[index] / "hosts" / host.letter, f"Address = {host.own}\nSubnet = {SUBNETS[index]}\n")
            fill(folders[index] / "tinc-up",
                 f"#!/bin/sh\nip addr add {ADDRESSES[index]}/16 dev $INTERFACE\nip link set $INTERFACE up\n")
            (folders[index] / "tinc-up").chmod(0o755)
            run("tincd", "-c", str(folders[index]), "-K2048")
        for index, host in enumerate(lab.hosts):
            public = folders[index] / "hosts" / host.letter
            (folders[1 - index] / "hosts" / host.letter).write_text(public.read_text())
        for folder, host in zip(folders, lab.hosts):
            lab.start_daemon(host, "tinc", "tincd", "-c", folder, "-D", "-d1", f"--pidfile={folder}/pid")
            host.wait_for_device("tincbench")
        a = lab.hosts[0]
        wait_until("tinc", lambda: a.succeeds("ping", "-n", "-c", "1", "-W", "1", OVERLAY_B), 15)
        # Until the path MTU has been found, packets travel inside the TCP connection.
        a.run("ping", "-n", "-q", "-i", "0.1", "-c", "30", OVERLAY_B, check=False)
        return ADDRESSES


class Openvpn(System):
    name = "openvpn"
    needs = ("openvpn",)

    def description(self):
        return (f"openvpn {version_of('openvpn', '--version')}: point to point over UDP, no cipher, no "
                f"authentication, no kernel module")

    def up(self, lab):
        for index, host in enumerate(lab.hosts):
            lab.start_daemon(
                host, "openvpn", "openvpn", "--dev", "ovbench", "--dev-type", "tun", "--proto", "udp4",
                "--local", host.own, "--port", 1194, "--remote", host.peer, 1194, "--ifconfig", ADDRESSES[index],
                ADDRESSES[1 - index], "--cipher", "none", "--auth", "none", "--disable-dco", "--verb", 1, "--ping", 10)
            host.wait_for_device("ovbench")
        return ADDRESSES


class Vtun(System):
    """Its server in host a, its client in host b; the processes that carry the session are forked off."""

    name = "vtun"
    needs = ("vtund",)
    template = """
options { port 5000; bindaddr { addr <server>; }; timeout 30; syslog local7; ip <ip>; }
default { compress no; encrypt no; speed 0; }
bench {
  passwd bench;
  type tun;
  device vtbench;
  proto udp;
  keepalive yes;
  up {
    ip "link set %% up multicast off mtu 1450";
    ip "-family inet addr add <own> peer <other> dev %%";
  };
}
"""

    def description(self):
        return f"vtun {package_version('vtun')}: TUN over UDP, no encryption, no compression, MTU 1450"

    def up(self, lab):
        a, b = lab.hosts
        ip = run("sh", "-c", "command -v ip").strip()
        for index, name in enumerate(("server", "client")):
            fill(lab.folder / f"{name}.conf", self.template, server=a.own, ip=ip, own=ADDRESSES[index],
                 other=ADDRESSES[1 - index])
        lab.start_daemon(a, "vtund", "vtund", "-n", "-s", "-f", lab.folder / "server.conf")
        a.wait_for_port("tcp", 5000)
        lab.start_daemon(b, "vtund", "vtund", "-n", "-f", lab.folder / "client.conf", "bench", a.own)
        for host in lab.hosts:
            host.wait_for_device("vtbench")
        return ADDRESSES

    def daemon_pids(self, lab):
        return [pid for host in lab.hosts for pid in host.pids()
                if "vtund" in pathlib.Path(f"/proc/{pid}/comm").read_text()]


class N2n(System):
    """It allows only a /24, so both addresses are in one. A supernode in host a, which is not counted."""

    name = "n2n"
    needs = ("edge", "supernode")
    addresses = ("10.77.3.1", "10.77.3.2")

    def description(self):
        return f"n2n {package_version('n2n')}: direct edges, TAP, Twofish, MTU 1400 (its default)"

    def up(self, lab):
        a = lab.hosts[0]
        a.start("supernode", "supernode", "-l", 7654)
        a.wait_for_port("udp", 7654)
        for number, (host, address) in enumerate(zip(lab.hosts, self.addresses), start=1):
            lab.start_daemon(
                host, "edge", "edge", "-d", "n2nbench", "-a", address, "-s", "255.255.255.0", "-c", "bench",
                "-k", "benchkey", "-m", f"02:77:03:00:00:0{number}", "-l", f"{a.own}:7654", "-p", 50000 + number)
            host.wait_for_device("n2nbench")
        other = self.addresses[1]
        wait_until("n2n", lambda: a.succeeds("ping", "-n", "-c", "1", "-W", "1", other), 30)
        # Until the edges have found each other, packets pass through the supernode.
        a.run("ping", "-n", "-q", "-c", "30", "-i", "0.1", other, check=False)
        return self.addresses


ALL = (Nebula, WireguardGo, Tinc, Openvpn, Vtun, N2n)
