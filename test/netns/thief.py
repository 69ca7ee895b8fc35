#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody holds the key of an access anchor, and names a third address.

    thief.py INTERFACE MINE VICTIM ANCHOR HOME KEYFILE SPI

He is reachable at MINE, on INTERFACE; HOME is an address of the anchor's
link.  He does the care-of test for MINE, and then registers HOME in every way
that comes to mind at VICTIM; at last, to show that all the rest of his
messages is right, at MINE, and deregisters.  A line for each: what it was, and
the status that came back, or `silence'.
"""
import hashlib
import hmac
import select
import socket
import struct
import sys
import time

IFACE, MINE, VICTIM, ANCHOR, HOME, KEYFILE, SPI = sys.argv[1:8]
with open(KEYFILE, encoding="ascii") as f:
    KEY = bytes.fromhex(f.read())


def raw(address):
    return socket.inet_pton(socket.AF_INET6, address)


def sha1_mac(key, data):
    return hmac.new(key, data, hashlib.sha1).digest()[:12]


def checksum(src, dst, data):
    data = raw(src) + raw(dst) + struct.pack("!IxxxB", len(data), 135) + data
    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return struct.pack("!H", ~s & 0xffff)


def coti():
    """RFC 6275 6.1.4"""
    m = struct.pack("!BBBBHH", 59, 1, 2, 0, 0, 0) + b"thief..."
    return m[:4] + checksum(MINE, ANCHOR, m) + m[6:]


def update(seq, coa, proof=None, lifetime=30):
    """RFC 6275 6.1.7, with the options of doc/access-anchor.md; `proof' is the
    care-of nonce index and the token."""
    m = struct.pack("!HHH", seq, 0xc000, lifetime)
    m += b"\1\0\3\x10" + raw(coa)                       # 8n+6
    if proof:
        m += struct.pack("!BBHH", 4, 4, 0, proof[0])    # 2n
    m += (b"\0", b"\1\0", b"\1\1\0")[0 if not proof else 2]
    m += struct.pack("!BBBI", 9, 17, 1, int(SPI))       # 4n+1
    at = 6 + len(m)
    if proof:
        m += bytes(12) + b"\1\4\0\0\0\0" + b"\5\x0c"    # 8n+2
    m += bytes(12)
    m += b"\1\2\0\0" if not proof else b""
    m = bytearray(struct.pack("!BBBBH", 59, (6 + len(m)) // 8 - 1, 5, 0, 0)
                  + m)
    m[at:at + 12] = sha1_mac(KEY, raw(coa) + raw(HOME) + m[:at])
    if proof:
        kbm = hashlib.sha1(bytes(8) + proof[1]).digest()
        m[-12:] = sha1_mac(kbm, raw(coa) + raw(ANCHOR) + m[:-12])
    m[4:6] = checksum(HOME, ANCHOR, bytes(m))
    return bytes(m)


def send(out, src, data, hao=False):
    nxt = 135
    if hao:
        data = b"\x87\2\1\2\0\0\xc9\x10" + raw(HOME) + data
        nxt = 60
    out.sendto(struct.pack("!IHBB", 6 << 28, len(data), nxt, 64) + raw(src) +
               raw(ANCHOR) + data, (ANCHOR, 0))


def hear(tap, kind, seconds):
    """The next Mobility Header of that type from the anchor to us."""
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([tap], [], [], left)[0]:
            return None
        p, where = tap.recvfrom(65535)
        if where[2] == socket.PACKET_OUTGOING or p[8:24] != raw(ANCHOR):
            continue
        nxt, p = p[6], p[40:]
        if nxt == 43:
            nxt, p = p[0], p[(p[1] + 1) * 8:]
        if nxt == 135 and p[2] == kind:
            return p


def main():
    out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                        socket.htons(0x86dd))
    tap.bind((IFACE, 0x86dd))
    send(out, MINE, coti())
    cot = hear(tap, 4, 5)
    if not cot or cot[8:16] != b"thief...":
        sys.exit("no Care-of Test")
    mine = (struct.unpack("!H", cot[6:8])[0], cot[16:24])
    other = (mine[0], bytes(8))
    late = (mine[0] ^ 0x8000, mine[1])
    tries = [
        ("plain", MINE, update(1, VICTIM)),
        ("with-his-own-token", MINE, update(2, VICTIM, mine)),
        ("with-no-token", MINE, update(3, VICTIM, other)),
        ("with-another-nonce", MINE, update(4, VICTIM, late)),
        ("from-the-victim", VICTIM, update(5, VICTIM, mine)),
        ("where-he-is-unproved", MINE, update(6, MINE)),
        ("where-he-is", MINE, update(7, MINE, mine)),
        ("and-then-plain", MINE, update(8, VICTIM)),
        ("and-then-with-his-own-token", MINE, update(9, VICTIM, mine)),
        ("leaving", MINE, update(10, MINE, lifetime=0)),
    ]
    for name, src, data in tries:
        send(out, src, data, hao=True)
        ba = hear(tap, 6, 3)
        print(name, ba[6] if ba else "silence", flush=True)


main()
