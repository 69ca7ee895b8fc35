#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A router, home agents and the home link of a mobile node, all of scapy.

    mn_network.py NS MN-MAC

One raw socket on eth0 in the network namespace NS, the other end of the
mobile's link.  Each case is a function, they build on each other; its lines are
"ok - ..." and "not ok - ...".
"""
import ctypes
import os
import select
import socket
import struct
import sys
import time

from scapy.layers.l2 import Ether
from scapy.layers.inet6 import (
    ICMPv6HAADReply, ICMPv6HAADRequest, ICMPv6MPAdv, ICMPv6MPSol,
    ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptPrefixInfo, ICMPv6NDOptSrcLLAddr, ICMPv6ParamProblem, IPv6,
    IPv6ExtHdrDestOpt, IPv6ExtHdrRouting, MIP6MH_BU, HAO, in6_chksum)

NS, MN_MAC = sys.argv[1:3]
MAC = "02:00:00:00:00:0e"
LL = "fe80::e"
COA = "2001:db8:2::77"
HOA, NEWHOA = "2001:db8:1::10", "2001:db8:7::10"
HA, HA2, HA3 = "2001:db8:1::1", "2001:db8:1::2", "2001:db8:1::3"
ANY = "2001:db8:1:0:fdff:ffff:ffff:fffe"
libc = ctypes.CDLL(None, use_errno=True)
failed = 0


def check(what, good):
    global failed
    print(("ok - " if good else "not ok - ") + what, flush=True)
    failed += not good


libc.setns(os.open("/run/netns/" + NS, os.O_RDONLY), 0)
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x86dd))
sock.bind(("eth0", 0x86dd))


def send(packet):
    dst = "33:33:00:00:00:01" if packet.dst == "ff02::1" else MN_MAC
    sock.send(bytes(Ether(src=MAC, dst=dst) / packet))


def hear(want, wait=2.0):
    """The first packet of the mobile that `want' says yes to.  Solicitations
    for the router are answered meanwhile: it is reachable."""
    end = time.monotonic() + wait
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([sock], [], [], left)[0]:
            return None
        data, addr = sock.recvfrom(65535)
        if addr[2] == socket.PACKET_OUTGOING:
            continue
        frame = Ether(data)
        if frame.src != MN_MAC or IPv6 not in frame:
            continue
        p = frame[IPv6]
        if ICMPv6ND_NS in p and p[ICMPv6ND_NS].tgt == LL and p.src != "::":
            send(IPv6(src=LL, dst=p.src, hlim=255) /
                 ICMPv6ND_NA(tgt=LL, R=1, S=1, O=1) /
                 ICMPv6NDOptDstLLAddr(lladdr=MAC))
        if want(p):
            return p


def advertise(prefix="2001:db8:2::", lifetime=1800):
    send(IPv6(src=LL, dst="ff02::1", hlim=255) /
         ICMPv6ND_RA(routerlifetime=lifetime) /
         ICMPv6NDOptSrcLLAddr(lladdr=MAC) /
         ICMPv6NDOptPrefixInfo(prefix=prefix, prefixlen=64, L=1, A=1,
                               validlifetime=86400, preferredlifetime=86400))


def mh(kind, data, src, dst):
    body = data + bytes(-(6 + len(data)) % 8)
    head = struct.pack("!BBBBH", 59, (6 + len(body)) // 8 - 1, kind, 0, 0)
    csum = in6_chksum(135, IPv6(src=src, dst=dst), head + body)
    return head[:4] + struct.pack("!H", csum) + body


def routed(src, hoa):
    return IPv6(src=src, dst=COA) / IPv6ExtHdrRouting(type=2, addresses=[hoa],
                                                      segleft=1)


def answer(bu, status=0, hoa=HOA):
    """A Binding Acknowledgement."""
    b = bu[MIP6MH_BU]
    data = struct.pack("!BBHH", status, 0, b.seq, 0 if status > 127
                       else b.mhtime)
    p = routed(bu.dst, hoa)
    p[IPv6ExtHdrRouting].nh = 135
    send(p / mh(6, data, bu.dst, hoa))


def bu_to(ha, wait=4.0, hoa=HOA):
    return hear(lambda p: MIP6MH_BU in p and p.dst == ha and
                HAO in p and p[HAO].hoa == hoa, wait)


def icmp(p, kind, pseudo_dst, pseudo_src=None):
    """Behind headers that scapy does not use for the checksum."""
    raw = bytearray(bytes(kind))
    raw[2:4] = b"\0\0"
    src = pseudo_src or p.src
    csum = in6_chksum(58, IPv6(src=src, dst=pseudo_dst), bytes(raw))
    raw[2:4] = struct.pack("!H", csum)
    return p / bytes(raw)


def agents(id, *which):
    send(IPv6(src=which[0], dst=COA) /
         ICMPv6HAADReply(id=id, addresses=list(which)))


# --- home agents (RFC 6275 6.5, 6.6, 11.4.1) ---------------------------------

def discovery():
    advertise()
    p = hear(lambda p: ICMPv6HAADRequest in p, 5)
    check("the home prefix is asked for its home agents", p is not None)
    if not p:
        return False
    raw = bytes(p)
    csum = in6_chksum(58, IPv6(src=p.src, dst=p.dst), raw[40:])
    check("... at the anycast address, from the care-of address, with nothing "
          "between", p.dst == ANY and p.src == COA and p.nh == 58)
    check("... well formed: code 0, reserved 0, checksum",
          raw[40:42] == b"\x90\0" and raw[46:48] == b"\0\0" and
          len(raw) == 48 and csum == 0)
    id = p[ICMPv6HAADRequest].id
    agents(id ^ 1, HA3)
    check("another identifier is no answer", bu_to(HA3, 1) is None)
    again = hear(lambda p: ICMPv6HAADRequest in p, 4)
    check("the same request again after 3 seconds",
          again is not None and again[ICMPv6HAADRequest].id == id)
    agents(id, HA3, HA2, HA)
    return True


def first_refuses():
    first = bu_to(HA3)
    check("a Binding Update to the first of the list", first is not None)
    send(IPv6(src=HA3, dst=COA) /
         ICMPv6ParamProblem(code=2, ptr=42) / bytes(first)[:120])
    sent = time.monotonic()
    second = bu_to(HA2)
    check("one that knows nothing of mobility is left for the next",
          second is not None)
    check("... not sooner than InitialBindackTimeoutFirstReg",
          time.monotonic() - sent > 1.2)
    answer(second, 1)


# --- home prefixes (6.7, 6.8, 11.4.2, 11.4.3) --------------------------------

def pio(prefix, valid=86400):
    return ICMPv6NDOptPrefixInfo(prefix=prefix, prefixlen=64, L=1, A=1,
                                 validlifetime=valid, preferredlifetime=valid)


def prefixes(id, *pios, src=HA2, rh2=True):
    m = ICMPv6MPAdv(id=id)
    for p in pios:
        m = m / p
    if not rh2:
        send(icmp(IPv6(src=src, dst=COA, nh=58), m, COA))
        return
    p = routed(src, HOA)
    p[IPv6ExtHdrRouting].nh = 58
    send(icmp(p, m, HOA, src))


def prefix_discovery():
    p = hear(lambda p: ICMPv6MPSol in p, 3)
    check("status 1 makes it solicit prefixes", p is not None)
    if not p:
        return
    check("... from the care-of address, with a Home Address option",
          p.src == COA and p.dst == HA2 and HAO in p and p[HAO].hoa == HOA)
    raw = bytes(p[ICMPv6MPSol])
    check("... its checksum is of the home address",
          in6_chksum(58, IPv6(src=HOA, dst=HA2), raw) == 0)
    id = p[ICMPv6MPSol].id
    new = pio("2001:db8:7::")
    prefixes(id, new, rh2=False)
    prefixes(id, new, src=HA)
    prefixes(id ^ 1, new)
    check("without a routing header, of another, or unsolicited it is nothing",
          bu_to(HA2, 1, NEWHOA) is None)
    prefixes(id, pio("2001:db8:1::"), new)
    p = bu_to(HA2, 4, NEWHOA)
    check("a new prefix: another home address is registered", p is not None)
    if p:
        answer(p, 0, NEWHOA)
    prefixes(id, new)
    check("an unsolicited one makes it solicit",
          hear(lambda p: ICMPv6MPSol in p, 3) is not None)


# --- sent away (RFC 5142) ------------------------------------------------------

def switched():
    data = struct.pack("!BB", 1, 0) + socket.inet_pton(socket.AF_INET6, HA)
    p = routed(HA2, HOA)
    p[IPv6ExtHdrRouting].nh = 135
    send(p / mh(12, data, HA2, HOA))
    p = bu_to(HA2)
    check("sent away, it says goodbye", p is not None and
          p[MIP6MH_BU].mhtime == 0)
    if p:
        answer(p)
    p = bu_to(HA)
    check("... and registers with the one that is named", p is not None and
          p[MIP6MH_BU].mhtime > 0)
    if p:
        answer(p)


# --- errors and strangers (6.1.9, 9.2, 11.3.6) --------------------------------

def errors():
    home = socket.inet_pton(socket.AF_INET6, HOA)
    other = socket.inet_pton(socket.AF_INET6, "2001:db8:1::99")
    send(IPv6(src=HA, dst=COA, nh=135) /
         mh(7, bytes([1, 0]) + other, HA, COA))
    send(IPv6(src=HA3, dst=COA, nh=135) / mh(7, bytes([1, 0]) + home, HA3, COA))
    check("Binding Errors about others, or of others, are nothing",
          bu_to(HA, 1) is None)
    send(IPv6(src=HA, dst=COA, nh=135) / mh(7, bytes([1, 0]) + home, HA, COA))
    p = bu_to(HA)
    check("a Binding Error of the home agent makes it register", p is not None)
    if p:
        answer(p)
    p = routed(HA, HOA)
    p[IPv6ExtHdrRouting].nh = 135
    send(p / mh(0, bytes(2), HA, HOA))
    p = bu_to(HA)
    check("so does a Binding Refresh Request", p is not None)
    if p:
        answer(p)
    p = routed(HA3, HOA)
    p[IPv6ExtHdrRouting].nh = 135
    send(p / mh(0, bytes(2), HA3, HOA))
    check("... but not of somebody that it is not registered with",
          bu_to(HA3, 1) is None)
    send(routed(HA, "2001:db8:1::99") / b"")
    p = routed(HA, "2001:db8:1::99")
    p[IPv6ExtHdrRouting].nh = 58
    send(icmp(p, ICMPv6MPAdv(id=1), "2001:db8:1::99", HA))
    p = hear(lambda p: p.dst == HA and HAO not in p and
             ICMPv6ND_NS not in p, 1)
    check("nothing comes back for another's home address", p is None)
    if p:
        print(p.summary())


end = time.monotonic() + 3
while time.monotonic() < end and not hear(
        lambda p: p.src.startswith("fe80:"), 0.5):
    pass
if discovery():
    first_refuses()
    prefix_discovery()
    switched()
    errors()
sys.exit(1 if failed else 0)
