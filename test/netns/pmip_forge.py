#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pmip_forge.py - what no gateway or anchor has sent.
#
#	pmip_forge.py NODE udp DST[%DEV] [PORT]
#	pmip_forge.py NODE pbu SRC DST IDENTITY
#	pmip_forge.py NODE pba SRC DST IDENTITY
#
# Proxy Binding Updates and Acknowledgements (RFC 5213 section 8) from any
# source address, without an authenticator, by a raw socket.

import socket
import struct
import sys
import time


def option(kind, data):
    return bytes([kind, len(data)]) + data


def checksum(src, dst, data):
    total = sum(struct.unpack("!%dH" % ((len(src) + len(dst)) // 2),
                              src + dst)) + len(data) + 135
    if len(data) % 2:
        data += b"\0"
    total += sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def message(kind, identity):
    if kind == "pbu":       # A, H, P; a lifetime of 400 s
        fixed, mh = struct.pack("!HHH", 7, 0xc200, 100), 5
    else:                   # accepted, P
        fixed, mh = struct.pack("!BBHH", 0, 0x20, 7, 100), 6
    ntp = int((time.time() + 2208988800) * (1 << 16))
    options = option(8, b"\x01" + identity.encode())
    options += option(22, b"\0\x40" + socket.inet_pton(
        socket.AF_INET6, "2001:db8:100:aa::"))
    options += option(23, b"\0\x03") + option(24, b"\0\x03")
    options += option(27, struct.pack("!Q", ntp & ((1 << 64) - 1)))
    body = fixed + options
    body += b"\0" * (-(len(body) + 6) % 8)
    return struct.pack("!BBBBH", 59, (len(body) + 6) // 8 - 1, mh, 0, 0) + body


def send_mh(kind, src, dst, identity):
    s = socket.inet_pton(socket.AF_INET6, src)
    d = socket.inet_pton(socket.AF_INET6, dst)
    m = bytearray(message(kind, identity))
    struct.pack_into("!H", m, 4, checksum(s, d, bytes(m)))
    packet = struct.pack("!IHBB", 6 << 28, len(m), 135, 64) + s + d + m
    raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    raw.sendto(packet, (dst, 0))


def send_udp(to, port=5436):
    dst, _, dev = to.partition("%")
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    scope = socket.if_nametoindex(dev) if dev else 0
    for _ in range(5):
        udp.sendto(b"attach me", (dst, int(port), 0, scope))


if sys.argv[2] == "udp":
    send_udp(*sys.argv[3:])
else:
    send_mh(sys.argv[2], *sys.argv[3:6])
