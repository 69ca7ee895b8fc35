#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""source_server - tells everybody from where it sees him.

TCP port 80: an HTTP answer to those who ask, the bare address to those who
say nothing for a moment; UDP port 81: the address.  IPv4 is seen as itself.
"""
import select
import socket
import sys
import threading


def text(addr):
    return addr[0].removeprefix("::ffff:") + "\n"


def serve(conn, addr):
    ready, _, _ = select.select([conn], [], [], 0.1)
    asked = ready and conn.recv(4096).startswith(b"GET ")
    body = text(addr)
    head = "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    conn.sendall(((head if asked else "") + body).encode())
    conn.close()


def udp():
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.bind(("::", 81))
    while True:
        _, addr = s.recvfrom(100)
        try:
            s.sendto(text(addr).encode(), addr)
        except OSError:
            pass


s = socket.create_server(("::", 80), family=socket.AF_INET6,
                         dualstack_ipv6=True, backlog=50)
threading.Thread(target=udp, daemon=True).start()
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=s.accept(), daemon=True).start()
