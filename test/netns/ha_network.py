#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mobiles, correspondents, routers and another home agent, all of scapy.

    ha_network.py NS-CORE NS-HOME HA-MAC-CORE HA-MAC-HOME HA-LINK-LOCAL

Two raw sockets: one in the network namespace NS-CORE, on eth0 of the link
behind the home agent, one in NS-HOME, on eth0 of its home link.  Neither
namespace has addresses: all that is sent and understood there is here.  Each
case is a function; its lines are "ok - ..." and "not ok - ...".
"""
import ctypes
import hmac
import os
import select
import socket
import struct
import subprocess
import sys
import time

from scapy.layers.l2 import Ether
from scapy.layers.inet6 import (
    ICMPv6HAADReply, ICMPv6HAADRequest, ICMPv6MLDMultAddrRec, ICMPv6MLDone,
    ICMPv6MLReport, ICMPv6MLReport2,
    ICMPv6MPAdv, ICMPv6MPSol, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA,
    ICMPv6ND_Redirect, ICMPv6NDOptHAInfo, ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptDstLLAddr, ICMPv6NDOptSrcLLAddr, ICMPv6DestUnreach,
    ICMPv6PacketTooBig, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting, MIP6MH_BA, MIP6MH_BE, HAO, RouterAlert, UDP, in6_chksum)

NS_CORE, NS_HOME, CORE_MAC, HOME_MAC, HA_LL = sys.argv[1:6]
HA, VHA = "2001:db8:1::1", "2001:db8:2::1"
HOA, HOA_LL, VHOA = "2001:db8:1::10", "fe80::10", "2001:db8:2::10"
VHA2, VHOA2, FOREVER = "2001:db8:3::1", "2001:db8:3::10", 0xffffffff
COA, COA2 = "2001:db8:c::10", "2001:db8:c::20"
LINKCOA = "2001:db8:d::10"      # behind a router of the home link
CN, NB, NB_LL = "2001:db8:c::99", "2001:db8:1::77", "fe80::77"
ANY = "2001:db8:1:0:fdff:ffff:ffff:fffe"
VANY = "2001:db8:2:0:fdff:ffff:ffff:fffe"
MAC_C, MAC_H = "02:00:00:00:00:0c", "02:00:00:00:00:0d"
KEY = bytes(range(16))
libc = ctypes.CDLL(None, use_errno=True)
failed = 0


def check(what, good):
    global failed
    print(("ok - " if good else "not ok - ") + what, flush=True)
    failed += not good


class Port:
    """An Ethernet socket in another namespace."""

    def __init__(self, ns, mac, ha_mac):
        here = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open("/run/netns/" + ns, os.O_RDONLY)
        if libc.setns(there, 0):
            raise OSError(ctypes.get_errno(), "setns")
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(0x86dd))
        self.sock.bind(("eth0", 0x86dd))
        libc.setns(here, 0)
        os.close(here)
        os.close(there)
        self.mac, self.ha_mac = mac, ha_mac

    def send(self, packet, dst=None, mac=None):
        frame = Ether(src=mac or self.mac, dst=dst or self.ha_mac) / packet
        self.sock.send(bytes(frame))

    def drain(self):
        while select.select([self.sock], [], [], 0)[0]:
            self.sock.recv(65535)

    def hear(self, want, wait=1.0):
        """All that `want' says yes to, until there is one, or time is over."""
        end = time.monotonic() + wait
        while True:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                return None
            data, addr = self.sock.recvfrom(65535)
            if addr[2] == socket.PACKET_OUTGOING:
                continue
            frame = Ether(data)
            if frame.src != self.ha_mac or IPv6 not in frame:
                continue
            if want(frame[IPv6]):
                self.frame = frame
                return frame[IPv6]

    def quiet(self, want, wait=0.5):
        return self.hear(want, wait) is None


core = Port(NS_CORE, MAC_C, CORE_MAC)
home = Port(NS_HOME, MAC_H, HOME_MAC)


def drain():
    core.drain()
    home.drain()


# --- messages ---------------------------------------------------------------

def mh(kind, data, pseudo_src, dst):
    body = data + bytes(-(6 + len(data)) % 8)
    head = struct.pack("!BBBBH", 59, (6 + len(body)) // 8 - 1, kind, 0, 0)
    csum = in6_chksum(135, IPv6(src=pseudo_src, dst=dst), head + body)
    return head[:4] + struct.pack("!H", csum) + body


def nai(text, more=0):
    """An identity, padded; `more' octets follow."""
    raw = text.encode()
    opt = bytes([8, len(raw) + 1, 1]) + raw
    short = -(12 + len(opt) + more) % 8
    return opt + (b"\0" if short == 1 else
                  bytes([1, short - 2]) + bytes(short - 2) if short else b"")


def proved(text, hoa, coa, seq, lifetime=60):
    """The same with an authenticator behind it (RFC 4285 5.1)."""
    options = nai(text, 19) + struct.pack("!BBBI", 9, 17, 1, 256)
    data = struct.pack("!HHH", seq, 0xc000, lifetime) + options
    head = struct.pack("!BBBBH", 59, (6 + len(data) + 12) // 8 - 1, 5, 0, 0)
    covered = socket.inet_pton(socket.AF_INET6, coa) + socket.inet_pton(
        socket.AF_INET6, hoa) + head + data
    return options + hmac.new(KEY, covered, "sha1").digest()[:12]


def alternate(coa):
    """An Alternate Care-of Address option, at 8n + 6."""
    return bytes([1, 0, 3, 16]) + socket.inet_pton(socket.AF_INET6, coa)


def bindings():
    return subprocess.run([*os.environ["CTL"].split(), "bindings"], check=True,
                          capture_output=True, text=True).stdout


def bu(hoa, coa, dst, seq, lifetime=60, flags=0xc000, options=b"", hao=True):
    data = struct.pack("!HHH", seq, flags, lifetime)
    data += options or bytes([1, 2, 0, 0])
    packet = IPv6(src=coa, dst=dst, nh=60 if hao else 135)
    if hao:
        packet /= IPv6ExtHdrDestOpt(nh=135, options=[HAO(hoa=hoa)])
    return packet / mh(5, data, hoa, dst)


def status(port, wait=3.0):
    """Of the next Binding Acknowledgement, with where it went."""
    p = port.hear(lambda p: MIP6MH_BA in p, wait)
    return (p[MIP6MH_BA].status, p) if p else (None, None)


def register(hoa, coa, dst, seq, wait=3.0, **more):
    core.send(bu(hoa, coa, dst, seq, **more))
    return status(core, wait)


def ns(target, src=NB, dst=None, ll=MAC_H):
    if dst is None:
        low = socket.inet_pton(socket.AF_INET6, target)[13:]
        dst = "ff02::1:ff%02x:%02x%02x" % tuple(low)
    packet = IPv6(src=src, dst=dst, hlim=255) / ICMPv6ND_NS(tgt=target)
    if src != "::":
        packet /= ICMPv6NDOptSrcLLAddr(lladdr=ll)
    low = socket.inet_pton(socket.AF_INET6, dst)[12:]
    home.send(packet, "33:33:%02x:%02x:%02x:%02x" % tuple(low)
              if dst.startswith("ff") else None)


def na_for(target):
    return lambda p: ICMPv6ND_NA in p and p[ICMPv6ND_NA].tgt == target


def ns_for(target):
    return lambda p: ICMPv6ND_NS in p and p[ICMPv6ND_NS].tgt == target


def good_na(p, dst, solicited, override, what):
    a = p and p[ICMPv6ND_NA]
    check(what, p is not None and (a.R, a.S, a.O) == (0, solicited, override)
          and p.dst == dst and p.src == HA_LL and p.hlim == 255
          and ICMPv6NDOptDstLLAddr in p
          and p[ICMPv6NDOptDstLLAddr].lladdr == HOME_MAC)


def ra(router, mac, flags, addr=None, info=None, lifetime=1800):
    packet = IPv6(src=router, dst="ff02::1", hlim=255) / ICMPv6ND_RA(
        H=flags == "H", routerlifetime=lifetime)
    packet /= ICMPv6NDOptSrcLLAddr(lladdr=mac)
    if info:
        packet /= ICMPv6NDOptHAInfo(pref=info[0], lifetime=info[1])
    if addr:
        packet /= ICMPv6NDOptPrefixInfo(
            prefixlen=64, L=1, A=1, R=1, validlifetime=3600,
            preferredlifetime=1800, prefix=addr)
    home.send(packet, "33:33:00:00:00:01", mac)


def data(src, dst, size=20, hlim=64, port=9):
    return IPv6(src=src, dst=dst, hlim=hlim) / UDP(sport=port, dport=port) / \
        bytes(size)


def inner_of(p):
    return p[IPv6].payload if p.nh == 41 else None


def tunnelled(dst):
    """A tunnel packet whose inner one goes there."""
    return lambda p: p.nh == 41 and IPv6(bytes(p.payload)).dst == dst


def plain(src, dst):
    return lambda p: p.nh == 17 and p.src == src and p.dst == dst


def error(kind):
    return lambda p: kind in p


# --- the real home link --------------------------------------------------------

def case_registration():
    """10.3.1, 10.4.1: both addresses are asked for, then claimed."""
    drain()
    core.send(bu(HOA, COA, HA, 10, flags=0xe000))
    for target in (HOA, HOA_LL):
        p = home.hear(ns_for(target))
        check("it asks for %s before it answers" % target,
              p is not None and p.src == "::")
    code, p = status(core)
    check("the answer follows", code == 0)
    check("to the care-of address, with a type 2 routing header", p is not None
          and p.dst == COA and p.src == HA and IPv6ExtHdrRouting in p
          and p[IPv6ExtHdrRouting].type == 2
          and HOA in p[IPv6ExtHdrRouting].addresses)
    for target in (HOA, HOA_LL):
        good_na(home.hear(na_for(target)), "ff02::1", 0, 1,
                "%s is claimed: to all nodes, Override, no other flag" % target)


def case_defence():
    """10.4.1: every way to ask, and RFC 4861 7.2.8."""
    time.sleep(2.5)             # the last of three announcements
    for target in (HOA, HOA_LL):
        drain()
        ns(target)
        good_na(home.hear(na_for(target)), NB, 1, 0,
                "asked for %s: solicited, no Override, not a router" % target)
        drain()
        ns(target, dst=target)
        good_na(home.hear(na_for(target)), NB, 1, 0,
                "asked for %s, unicast" % target)
        drain()
        ns(target, src="::")
        good_na(home.hear(na_for(target)), "ff02::1", 0, 0,
                "somebody's DAD for %s: to all nodes" % target)
    drain()
    ns("2001:db8:1::11")
    ns("fe80::11")
    check("nobody else is answered for", home.quiet(
        lambda p: na_for("2001:db8:1::11")(p) or na_for("fe80::11")(p)))


def case_interception():
    """10.4.2: tunnelled, and what must not be."""
    drain()
    home.send(data(NB, HOA, 30))
    p = core.hear(tunnelled(HOA))
    check("a packet for the home address is tunnelled", p is not None
          and (p.src, p.dst) == (HA, COA)
          and IPv6(bytes(p.payload)).src == NB
          and IPv6(bytes(p.payload)).hlim == 63)
    check("without an ICMPv6 Redirect", home.quiet(error(ICMPv6ND_Redirect)))
    drain()
    home.send(data(NB_LL, HOA_LL))
    check("one for the link-local address is not", core.quiet(
        tunnelled(HOA_LL), 0.5))
    p = home.hear(lambda p: ICMPv6DestUnreach in p and p.dst == NB_LL, 6)
    check("... but refused: Destination Unreachable, code 3",
          p is not None and p[ICMPv6DestUnreach].code == 3)
    drain()
    ns(HOA, dst=HOA)
    check("Neighbor Discovery is not, though its destination is",
          core.quiet(lambda p: p.nh == 41))
    drain()
    for group in ("ff02::1", "ff02::1:ff00:10", "ff05::1:3", "ff08::1",
                  "ff0e::1"):
        low = socket.inet_pton(socket.AF_INET6, group)[12:]
        home.send(data(NB, group), "33:33:%02x:%02x:%02x:%02x" % tuple(low))
    check("nor what is for groups that nobody has joined",
          core.quiet(lambda p: p.nh == 41))
    drain()
    home.send(data(NB, HOA, 1440))
    p = home.hear(error(ICMPv6PacketTooBig))
    check("too big for the tunnel: Packet Too Big with its MTU",
          p is not None and p.dst == NB and p[ICMPv6PacketTooBig].mtu == 1460)
    home.send(data(NB, HOA, 1460 - 48))
    check("what fits goes", core.hear(tunnelled(HOA)) is not None)


def case_reverse():
    """10.4.5: from the registered care-of address alone."""
    drain()
    core.send(IPv6(src=COA, dst=HA) / data(HOA, NB))
    p = home.hear(plain(HOA, NB))
    check("from the care-of address: to the home link", p is not None
          and p.hlim == 63)
    drain()
    core.send(IPv6(src=COA2, dst=HA) / data(HOA, NB))
    check("from another one: nowhere", home.quiet(plain(HOA, NB)))
    core.send(IPv6(src=COA, dst=HA) / data("2001:db8:1::12", NB))
    check("another home address: nowhere",
          home.quiet(plain("2001:db8:1::12", NB)))
    drain()
    core.send(IPv6(src=COA, dst=HA) / data(HOA, CN))
    p = core.hear(plain(HOA, CN))
    check("out again by the interface that it came in on", p is not None)
    check("without an ICMPv6 Redirect", core.quiet(error(ICMPv6ND_Redirect)))
    drain()
    # Through a home agent that has the same interface on both sides
    code, _ = register(HOA, COA2, HA, 11, flags=0xe000)
    home.send(data(NB, HOA))
    check("moved: the packet goes to the new place", code == 0 and
          (core.hear(tunnelled(HOA)) or IPv6()).dst == COA2)
    core.send(bu(HOA, LINKCOA, HA, 12, flags=0xe000))
    check("moved behind a router of the home link",
          status(home)[0] == 0)
    drain()
    home.send(data(NB, HOA))
    p = home.hear(tunnelled(HOA))
    check("tunnelled out by the interface that it came in on",
          p is not None and p.dst == LINKCOA)
    check("without an ICMPv6 Redirect", home.quiet(error(ICMPv6ND_Redirect)))
    drain()
    home.send(IPv6(src=LINKCOA, dst=HA) / data(HOA, NB))
    check("and the same way back", home.hear(plain(HOA, NB)) is not None)
    check("without an ICMPv6 Redirect", home.quiet(error(ICMPv6ND_Redirect)))
    check("and away again", register(HOA, COA, HA, 13, flags=0xe000)[0] == 0)


def case_circle():
    """15.1, B 17: another home agent's tunnel, which leads back here."""
    drain()
    core.send(data(CN, HOA))
    p = core.hear(tunnelled(HOA))
    check("a packet for it goes to its care-of address, which is a home "
          "address of another home agent", p is not None)
    rounds = 0
    while p is not None and rounds < 20:
        # It has a binding of that address to the first one.
        rounds += 1
        drain()
        core.send(IPv6(src=CN, dst=HOA) / IPv6(bytes(p)))
        p = core.hear(lambda p: p.nh in (41, 60) and p.dst == COA, 0.7)
    check("sent back and back again, it ends after a few rounds",
          0 < rounds < 8)
    print("# %d rounds" % rounds)
    core.send(data(CN, HOA))
    check("others for it go on", core.hear(tunnelled(HOA)) is not None)


def case_errors():
    """RFC 2473 8: errors about the tunnel, for who sent what was in it."""
    drain()
    home.send(data(NB, HOA, 200))
    p = core.hear(tunnelled(HOA))
    quoted = bytes(p)[:1000] if p else b""
    core.send(IPv6(src=CN, dst=HA) / ICMPv6DestUnreach(code=3) / quoted)
    e = home.hear(error(ICMPv6DestUnreach), 2)
    check("unreachable care-of address: the sender is told", e is not None and
          e.dst == NB and e[ICMPv6DestUnreach].code == 3 and
          socket.inet_pton(socket.AF_INET6, HOA) in bytes(e))
    core.send(IPv6(src=CN, dst=HA) / ICMPv6PacketTooBig(mtu=1300) / quoted)
    time.sleep(0.3)
    drain()
    home.send(data(NB, HOA, 1300))
    e = home.hear(error(ICMPv6PacketTooBig), 2)
    check("the tunnel's MTU is learned: Packet Too Big with what is left",
          e is not None and e.dst == NB and e[ICMPv6PacketTooBig].mtu == 1280)
    about = bytes(data(HOA, NB, 50))
    home.send(IPv6(src=NB, dst=HOA) / ICMPv6DestUnreach(code=4) / about)
    e = core.hear(tunnelled(HOA))
    check("errors for the mobile go into the tunnel", e is not None)
    about = bytes(data(NB, HOA, 50))
    core.send(IPv6(src=COA, dst=HA) / IPv6(src=HOA, dst=NB) /
              ICMPv6DestUnreach(code=4) / about)
    e = home.hear(lambda p: ICMPv6DestUnreach in p and p.src == HOA)
    check("and its own come out of it", e is not None and e.dst == NB)


def case_link_scope():
    """10.4.3, 10.4.4: MLD and DHCPv6 of the mobile; nobody complains."""
    drain()
    mld = IPv6(src=HOA_LL, dst="ff0e::1234", hlim=1) / \
        IPv6ExtHdrHopByHop(options=[RouterAlert()]) / \
        ICMPv6MLReport(mladdr="ff0e::1234")
    core.send(IPv6(src=COA, dst=HA) / mld)
    core.send(IPv6(src=COA, dst=HA) / data(HOA_LL, "ff02::1:2", port=547))
    core.send(IPv6(src=COA, dst=HA) / data(HOA, "ff02::1"))
    core.send(IPv6(src=COA, dst=HA) / data(HOA, NB_LL))
    check("no Binding Error, no ICMPv6 error", core.quiet(
        lambda p: MIP6MH_BE in p or ICMPv6DestUnreach in p))
    check("nothing of it on the home link", home.quiet(
        lambda p: p.src in (HOA, HOA_LL), 0.2))
    core.send(IPv6(src=COA2, dst=HA) / data("2001:db8:1::13", NB))
    check("whose binding is lost is told so", core.hear(
        lambda p: MIP6MH_BE in p and p[MIP6MH_BE].status == 1) is not None)


def replies(src=COA, anycast=ANY, port=core):
    port.send(IPv6(src=src, dst=anycast) / ICMPv6HAADRequest(id=4711))
    p = port.hear(lambda p: ICMPv6HAADReply in p)
    return (p, p[ICMPv6HAADReply].addresses) if p else (None, [])


def case_discovery():
    """10.5."""
    drain()
    p, who = replies()
    check("asked alone it says itself", p is not None and p.src == HA and
          p.dst == COA and p[ICMPv6HAADReply].id == 4711 and who == [HA])
    ra("fe80::a", "02:00:00:00:00:aa", "H", "2001:db8:1::a", (9, 1800))
    ra("fe80::b", "02:00:00:00:00:bb", "H", "2001:db8:1::b")
    ra("fe80::c", "02:00:00:00:00:cc", "", "2001:db8:1::c")
    time.sleep(0.2)
    seen = set()
    for _ in range(20):
        p, who = replies()
        seen.add(tuple(who))
    check("the most preferred is the first, who is none is not there",
          all(w[0] == "2001:db8:1::a" and len(w) == 3 for w in seen))
    check("equals come in any order", len(seen) == 2)
    ra("fe80::b", "02:00:00:00:00:bb", "", "2001:db8:1::b")
    ra("fe80::a", "02:00:00:00:00:aa", "H", "2001:db8:1::a", (9, 2))
    time.sleep(2.3)
    p, who = replies()
    check("without the H flag, or its lifetime over, it is gone", who == [HA])
    drain()
    ns(ANY, src=NB)
    p = home.hear(na_for(ANY), 2)
    check("the anycast address is answered for, without Override",
          p is not None and p[ICMPv6ND_NA].O == 0)
    core.send(IPv6(src=COA, dst=HA) / ICMPv6HAADRequest(id=1))
    core.send(IPv6(src="fe80::5", dst=ANY) / ICMPv6HAADRequest(id=1))
    check("elsewhere nobody is asked",
          core.quiet(lambda p: ICMPv6HAADReply in p))


def solicit(hoa=HOA, coa=COA, dst=HA, ident=99):
    m = IPv6(src=coa, dst=dst)
    if hoa:
        m /= IPv6ExtHdrDestOpt(options=[HAO(hoa=hoa)])
    core.send(m / ICMPv6MPSol(id=ident))


def advertised(port=core, wait=1.5):
    return port.hear(lambda p: ICMPv6MPAdv in p, wait)


def pios(p):
    """The prefixes of an advertisement, with their flags and lifetimes."""
    raw, got = bytes(p[ICMPv6MPAdv]), []
    for at in range(8, len(raw) - 31, 32):
        kind, _, plen, flags, valid, pref = struct.unpack_from(
            "!BBBBII", raw, at)
        got.append((kind, socket.inet_ntop(socket.AF_INET6,
                                           raw[at + 16:at + 32]),
                    plen, flags, valid, pref))
    return got


def case_prefixes():
    """10.6."""
    drain()
    solicit()
    p = advertised()
    check("solicited: from the home agent, to the care-of address, by a "
          "type 2 routing header", p is not None and p.src == HA and
          p.dst == COA and IPv6ExtHdrRouting in p and
          p[IPv6ExtHdrRouting].type == 2 and
          HOA in p[IPv6ExtHdrRouting].addresses)
    check("with its identifier, and what the home link has",
          p is not None and p[ICMPv6MPAdv].id == 99 and
          pios(p) == [(3, HA, 64, 0xe0, 2592000, 604800)])
    time.sleep(1.1)
    solicit(coa=COA2)
    check("from an address that no binding has: Binding Error", core.hear(
        lambda p: MIP6MH_BE in p and p[MIP6MH_BE].status == 1 and
        p.dst == COA2) is not None)
    solicit(hoa=None)
    check("without a Home Address option: nothing",
          advertised(wait=0.5) is None)


def case_admission():
    """Who may register."""
    drain()
    check("who is denied is refused (129)",
          register("2001:db8:1::66", COA, HA, 1)[0] == 129)
    check("a status of its own", register("2001:db8:1::67", COA, HA, 1)[0]
          == 130)
    check("whom nothing fits", register("2001:db8:1::68", COA, HA, 1)[0]
          == 129)
    hoa = "2001:db8:1::69"
    check("by identity, with its key", register(
        hoa, COA, HA, 1, options=proved("anna@example.org", hoa, COA, 1))[0]
          == 0)
    check("gone again", register(
        hoa, COA, HA, 2, lifetime=0,
        options=proved("anna@example.org", hoa, COA, 2, 0))[0] == 0)
    check("another identity than the key's", register(
        hoa, COA, HA, 3, options=proved("otto@example.org", hoa, COA, 3))[0]
          is None)
    hoa = "2001:db8:1::6a"
    check("with a key that has no identity", register(
        hoa, COA, HA, 1, options=proved("anna@example.org", hoa, COA, 1))[0]
          == 129)
    check("an identity that nobody has proved", register(
        "2001:db8:1::6b", COA, HA, 1, options=nai("anna@example.org"))[0]
          == 129)
    check("not its home link (132)",
          register("2001:db8:9::1", COA, HA, 1)[0] == 132)


def case_named():
    """Without a list."""
    hoa = "2001:db8:1::6a"
    drain()
    check("who has a Peer of his own", register(
        hoa, COA, HA, 2, options=proved("anna@example.org", hoa, COA, 2))[0]
          == 0)
    check("and goes again", register(
        hoa, COA, HA, 3, lifetime=0,
        options=proved("anna@example.org", hoa, COA, 3, 0))[0] == 0)
    check("nobody else", register("2001:db8:1::6c", COA, HA, 1)[0] is None)


def case_return():
    """10.3.2: no longer defended; a late update is refused (135)."""
    drain()
    check("deregistered", register(HOA, COA, HA, 20, lifetime=0)[0] == 0)
    drain()
    ns(HOA)
    ns(HOA_LL)
    check("no longer answered for", home.quiet(
        lambda p: na_for(HOA)(p) or na_for(HOA_LL)(p), 1))
    check("a late update is refused (135)",
          register(HOA, COA, HA, 19, flags=0xe000)[0] == 135)
    core.send(IPv6(src=COA, dst=HA) / data(HOA, NB))
    check("nothing is taken from the tunnel", home.quiet(plain(HOA, NB)))


# --- the virtual one -----------------------------------------------------------

def case_virtual():
    drain()
    core.send(data(CN, VHOA))
    p = core.hear(error(ICMPv6DestUnreach))
    check("nobody there: unreachable", p is not None and
          p[ICMPv6DestUnreach].code == 3)
    before = time.monotonic()
    code, p = register(VHOA, COA, VHA, 1)
    check("registered at once", code == 0 and time.monotonic() - before < 0.7
          and p.src == VHA and VHOA in bindings())
    check("nothing is said of it on any link", home.quiet(
        lambda p: ns_for(VHOA)(p) or na_for(VHOA)(p), 0.3))
    ns(VHOA)
    ns(VHOA, src="::")
    check("it is defended on none: who asks there is not answered",
          home.quiet(na_for(VHOA), 0.5))
    drain()
    core.send(data(CN, VHOA))
    p = core.hear(tunnelled(VHOA))
    check("a packet for it is tunnelled", p is not None and
          (p.src, p.dst) == (VHA, COA))
    core.send(IPv6(src=COA, dst=VHA) / data(VHOA, NB))
    check("and back", home.hear(plain(VHOA, NB)) is not None)
    core.send(IPv6(src=COA, dst=HA) / data(VHOA, NB))
    check("by its own home agent's address only",
          home.quiet(plain(VHOA, NB)))
    p, who = replies(anycast=VANY)
    check("asked for home agents it says itself", p is not None and
          p.src == VHA and who == [VHA])
    drain()
    solicit(VHOA, COA, VHA, 7)
    p = advertised()
    check("its prefix is told", p is not None and p.src == VHA and
          pios(p) == [(3, VHA, 64, 0xe0, FOREVER, FOREVER)])
    # Named from where the answer arrives: packets into it are blocked.
    drain()
    code, p = register("2001:db8:2::11", COA, VHA, 1,
                       options=alternate("2001:db8:2::12"))
    check("a care-of address on it is refused (174)",
          code == 174 and p.dst == COA and
          "2001:db8:2::11" not in bindings())
    check("another link's address (133)",
          register("2001:db8:2::11", COA, HA, 1)[0] == 133)
    check("deregistered", register(VHOA, COA, VHA, 2, lifetime=0)[0] == 0)
    drain()
    core.send(data(CN, VHOA))
    check("and unreachable again",
          core.hear(error(ICMPv6DestUnreach)) is not None)


def case_steps():
    """10.6.2: a mobile that is there before its network is renumbered."""
    drain()
    code, p = register(VHOA, COA, VHA, 10, lifetime=3600)
    check("registered for long", code == 0 and
          p[MIP6MH_BA].mhtime == 3600)


def case_deprecated():
    """The configuration was just changed: the first prefix is deprecated, and
    valid for an hour; there is another one."""
    p = advertised(wait=5)
    check("told unasked, the home address's prefix first", p is not None and
          p.src == VHA and p.dst == COA and
          pios(p) == [(3, VHA, 64, 0xe0, 3600, 0),
                      (3, VHA2, 64, 0xe0, FOREVER, FOREVER)])
    p = advertised(wait=5)
    check("and again, until it is acknowledged", p is not None)
    solicit(VHOA, COA, VHA, 11)
    time.sleep(0.5)
    drain()
    code, p = register(VHOA, COA, VHA, 11, lifetime=3600)
    check("not for longer than the prefix (status 1)", code == 1 and
          p[MIP6MH_BA].mhtime == 900)
    check("the other prefix serves", register(
        VHOA2, COA, VHA2, 1)[0] == 0)
    drain()
    core.send(data(CN, VHOA2))
    check("and is tunnelled", core.hear(tunnelled(VHOA2)) is not None)


def case_gone():
    """And now the first one is not there any more."""
    drain()
    core.send(data(CN, VHOA))
    check("nothing is tunnelled of the old prefix",
          core.quiet(tunnelled(VHOA)))
    check("nor registered (132)", register(VHOA, COA, VHA, 12)[0] == 132)
    core.send(data(CN, VHOA2))
    check("the new one serves on", core.hear(tunnelled(VHOA2)) is not None)
    check("deregistered", register(VHOA2, COA, VHA2, 2, lifetime=0)[0] == 0)


# --- sent away --------------------------------------------------------------------

def case_switch():
    """RFC 5142, by mip6ctl."""
    drain()
    ra("fe80::a", "02:00:00:00:00:aa", "H", "2001:db8:1::a", (9, 1800))
    code, _ = register(HOA, COA, HA, 90)
    subprocess.run([*os.environ["CTL"].split(), "switch", HOA], check=True)
    p = core.hear(lambda p: p.nh == 43 and bytes(p)[66] == 12)
    check("a mobile is told of the other home agent", code == 0 and p
          is not None and p.dst == COA and bytes(p)[70] == 1 and
          bytes(p)[72:88] == socket.inet_pton(socket.AF_INET6,
                                              "2001:db8:1::a"))
    check("it may not stay (129)", register(HOA, COA, HA, 91)[0] == 129)
    check("but go", register(HOA, COA, HA, 92, lifetime=0)[0] == 0)


# --- groups --------------------------------------------------------------------

GROUP, GROUP_MAC = "ff0e::1234", "33:33:00:00:12:34"


def mld(kind="record", group=GROUP, record=(4, [])):
    m = IPv6(src=HOA_LL, dst="ff02::16", hlim=1) / \
        IPv6ExtHdrHopByHop(options=[RouterAlert()])
    if kind == "done":
        m /= ICMPv6MLDone(mladdr=group)
    else:
        m /= ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(
            rtype=record[0], dst=group, sources_number=len(record[1]),
            sources=record[1])])
    core.send(IPv6(src=COA, dst=HA) / m)


def case_multicast():
    """10.4.3: MLD through the tunnel, and what it brings."""
    drain()
    core.send(bu(HOA, COA, HA, 100))
    p = core.hear(lambda p: p.nh == 41 and b"\x3a\0\5\2" in bytes(p), 5)
    i = p and IPv6(bytes(p.payload))
    check("a mobile that has registered is asked for its groups",
          p is not None and p.dst == COA and i.hlim == 1 and
          i.dst == "ff02::1" and bytes(i.payload)[8] == 130)
    home.send(data(NB, GROUP), GROUP_MAC)
    check("nothing of a group that it has not joined",
          core.quiet(tunnelled(GROUP)))
    mld("report")
    time.sleep(0.3)
    home.send(data(NB, GROUP), GROUP_MAC)
    p = core.hear(tunnelled(GROUP))
    check("joined: its packets are tunnelled", p is not None and p.dst == COA
          and IPv6(bytes(p.payload)).hlim == 63)
    check("the home link is told by MLD", any(
        p is not None and socket.inet_pton(socket.AF_INET6, GROUP)
        in bytes(p) for p in (home.hear(
            lambda p: p.hlim == 1 and socket.inet_pton(
                socket.AF_INET6, GROUP) in bytes(p), 3),)))
    drain()
    core.send(IPv6(src=COA, dst=HA) / data(HOA, GROUP))
    p = home.hear(plain(HOA, GROUP))
    check("what it sends goes out on the home link", p is not None and
          p.hlim == 63 and home.frame.dst == GROUP_MAC)
    check("and not back to it", core.quiet(tunnelled(GROUP)))
    mld(record=(4, [NB]))
    time.sleep(0.3)
    drain()
    home.send(data(NB, GROUP), GROUP_MAC)
    check("a source that it excludes is not tunnelled",
          core.quiet(tunnelled(GROUP)))
    home.send(data("2001:db8:1::78", GROUP), GROUP_MAC)
    check("others are", core.hear(tunnelled(GROUP)) is not None)
    mld(record=(3, [NB]))
    time.sleep(0.3)
    drain()
    home.send(data("2001:db8:1::78", GROUP), GROUP_MAC)
    check("nor one that it does not include", core.quiet(tunnelled(GROUP)))
    home.send(data(NB, GROUP), GROUP_MAC)
    check("the one that it does is", core.hear(tunnelled(GROUP)) is not None)
    mld("report")
    core.send(IPv6(src=COA2, dst=HA) / data(HOA, GROUP))
    check("from elsewhere it does not", home.quiet(plain(HOA, GROUP)))
    mld("done")
    time.sleep(0.3)
    drain()
    home.send(data(NB, GROUP), GROUP_MAC)
    check("left: nothing more", core.quiet(tunnelled(GROUP)))


for case in sys.argv[6:]:
    print("# " + case, flush=True)
    globals()["case_" + case]()
sys.exit(1 if failed else 0)
