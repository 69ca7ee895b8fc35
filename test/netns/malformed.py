#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad packets to a home agent, and what comes back.

    malformed.py INTERFACE PREFIX HA HOA

Every case is sent from an address of its own, PREFIX::1:N, which stands on
INTERFACE: whatever the home agent answers names its case.  What must come
back is written beside each: None for silence, ("pp", code, pointer) for an
ICMPv6 Parameter Problem, ("be", status, home address) for a Binding Error,
("ba", least status) for a refusal.  Pointers count from the first octet of
the packet's IPv6 header.
"""
import select
import socket
import struct
import sys
import time

from scapy.layers.inet6 import (ICMPv6ParamProblem, IPv6, in6_chksum)

IFACE, PREFIX, HA, HOA = sys.argv[1:5]
STRANGER = "2001:db8:1::99"             # a home address nobody has
UDP = struct.pack("!HHHH", 4000, 4000, 8, 0)


def mh(src, kind, data, proto=59, length=None, dst=HA, flip=0):
    """A Mobility Header with a right checksum, whatever else is wrong."""
    body = data + bytes(-(6 + len(data)) % 8)
    if length is None:
        length = (6 + len(body)) // 8 - 1
    head = struct.pack("!BBBBH", proto, length, kind, 0, 0)
    csum = in6_chksum(135, IPv6(src=src, dst=dst), head + body) ^ flip
    return head[:4] + struct.pack("!H", csum) + body


def bu(seq=7, flags=0xc000, lifetime=60, options=b""):
    data = struct.pack("!HHH", seq, flags, lifetime)
    return data + options


def padded(options):
    """Mobility options after a Binding Update's twelve octets."""
    short = -(12 + len(options)) % 8
    if short == 1:
        return options + b"\0"
    if short:
        return options + bytes([1, short - 2]) + bytes(short - 2)
    return options


def hao(address, length=16, more=b""):
    """The options of a Destination Options header, 8n + 6 aligned."""
    raw = socket.inet_pton(socket.AF_INET6, address)[:length]
    return b"\1\2\0\0" + bytes([201, length]) + raw + more


def dstopts(nxt, options):
    n = 2 + len(options)
    short = -n % 8
    if short == 1:
        options += b"\0"
    elif short:
        options += bytes([1, short - 2]) + bytes(short - 2)
    return bytes([nxt, (2 + len(options)) // 8 - 1]) + options


def udp(src):
    csum = in6_chksum(17, IPv6(src=src, dst=HA), UDP)
    return UDP[:6] + struct.pack("!H", csum)


def rh2(nxt, address):
    return bytes([nxt, 2, 2, 1]) + bytes(4) + \
        socket.inet_pton(socket.AF_INET6, address)


# name, next header, function of the source -> bytes after the IPv6 header,
# what must come back
CASES = [
    ("a wrong checksum", 135,
     lambda s: mh(s, 5, bu(), flip=0x0101), None),
    ("payload protocol TCP", 135,
     lambda s: mh(s, 5, bu(), proto=6), ("pp", 0, 40)),
    ("payload protocol TCP behind a Home Address option", 60,
     lambda s: dstopts(135, hao(STRANGER)) + mh(STRANGER, 5, bu(), proto=6),
     ("pp", 0, 64)),
    ("a Binding Update of eight octets", 135,
     lambda s: mh(s, 5, b"\0\1"), ("pp", 0, 41)),
    ("an unknown message type", 135,
     lambda s: mh(s, 200, bytes(10)), ("be", 2, "::")),
    ("a length beyond the end of the packet", 135,
     lambda s: mh(s, 5, bu(), length=9), None),
    ("four octets of a Mobility Header", 135,
     lambda s: mh(s, 5, bu())[:4], None),
    ("an option that is longer than its header", 135,
     lambda s: mh(s, 5, bu(options=b"\1\x60\0\0")), None),
    ("an alternate care-of address of nine octets", 135,
     lambda s: mh(s, 5, bu(options=padded(b"\3\x09" + bytes(9)))), None),
    ("a Home Address option without a binding", 60,
     lambda s: dstopts(17, hao(STRANGER)) + udp(STRANGER),
     ("be", 1, STRANGER)),
    ("the mobile's home address from a wrong care-of address", 60,
     lambda s: dstopts(17, hao(HOA)) + udp(HOA), ("be", 1, HOA)),
    ("a Home Address option that holds a multicast address", 60,
     lambda s: dstopts(17, hao("ff02::1")) + udp("ff02::1"), None),
    ("a Home Address option of fifteen octets", 60,
     lambda s: dstopts(17, hao(STRANGER, length=15)) + udp(s),
     ("pp", 0, 47)),
    ("an unknown option beside the Home Address option", 60,
     lambda s: dstopts(17, hao(STRANGER, more=b"\xc7\0")) + udp(STRANGER),
     ("pp", 2, 64)),
    ("a type 2 routing header for an address we have not", 43,
     lambda s: rh2(17, STRANGER) + udp(s), None),
    ("an acknowledgement that nobody asked for", 135,
     lambda s: mh(s, 6, struct.pack("!BBHH", 0, 0, 7, 60)), None),
    ("a Binding Update without a Home Address option", 135,
     lambda s: mh(s, 5, bu()), ("ba", 128)),
    ("an unprotected Binding Update for the mobile", 60,
     lambda s: dstopts(135, hao(HOA)) + mh(HOA, 5, bu(seq=999)),
     ("ba", 128)),
    ("an unprotected deregistration of the mobile", 60,
     lambda s: dstopts(135, hao(HOA)) +
     mh(HOA, 5, bu(seq=998, lifetime=0)), ("ba", 128)),
    ("an authentication option with another key", 60,
     lambda s: dstopts(135, hao(HOA)) +
     mh(HOA, 5, bu(seq=997, options=padded(
         b"\x09\x11\x01\0\0\1\0" + bytes(12)))), ("ba", 128)),
]


def source(n):
    return f"{PREFIX}::1:{n + 1:x}"


def addresses():
    for n in range(len(CASES)):
        print(source(n))


def send_all():
    out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for n, (_, nxt, make, _) in enumerate(CASES):
        rest = make(source(n))
        out.sendto(bytes(IPv6(src=source(n), dst=HA, nh=nxt, plen=len(rest)))
                   + rest, (HA, 0))


def answer(ip):
    """What an answer is, in the words of the table."""
    data = bytes(ip.payload)
    nxt = ip.nh
    if nxt == 43:                       # a type 2 routing header: skip it
        nxt, data = data[0], data[(data[1] + 1) * 8:]
    if nxt == 58 and ICMPv6ParamProblem in ip:
        icmp = ip[ICMPv6ParamProblem]
        return ("pp", icmp.code, icmp.ptr)
    if nxt == 58:
        return ("icmp", data[0], data[1])
    if nxt == 135 and data[2] == 7:
        return ("be", data[6], socket.inet_ntop(socket.AF_INET6, data[8:24]))
    if nxt == 135 and data[2] == 6:
        return ("ba", data[6])
    return ("packet", nxt, data.hex())


def listen(tap, seconds):
    got = {}
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([tap], [], [], left)[0]:
            return got
        frame, where = tap.recvfrom(65535)
        if where[2] == socket.PACKET_OUTGOING:
            continue
        ip = IPv6(frame)
        if ip.src == HA:
            got.setdefault(ip.dst, []).append(answer(ip))


def right(want, have):
    if want is None:
        return not have
    if want[0] == "ba":                 # a refusal, or silence
        return all(a[0] == "ba" and a[1] >= want[1] for a in have)
    return have == [want]


def main():
    if "--addresses" in sys.argv:
        addresses()
        return 0
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                        socket.htons(0x86dd))
    tap.bind((IFACE, 0x86dd))
    send_all()
    got = listen(tap, 2.0)
    bad = 0
    for n, (name, _, _, want) in enumerate(CASES):
        have = got.get(source(n), [])
        good = right(want, have)
        bad += not good
        print(f"{'ok' if good else 'not ok'} - {name}: "
              f"{have if have else 'silence'}"
              f"{'' if good else f', expected {want}'}")
    return bad != 0


sys.exit(main())
