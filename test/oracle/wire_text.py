# SPDX-License-Identifier: GPL-2.0-or-later
"""The printed form of packets (print_packet), read back for the oracles.

A packet becomes a list of (path, value) in the order of its lines.  A path
is the layer's name, the keys it stands under and its own, joined by dots:
IPv6.src, BU.seq, BU.opt3.address, RA.prefix.flags.
"""
import os
import re
import subprocess

TOOL = os.path.join(os.environ.get("top_builddir", "."),
                    "test/oracle/wire_tool")


def run(verb, lines=None):
    done = subprocess.run([TOOL, verb], input="".join(l + "\n" for l in lines)
                          if lines is not None else None,
                          capture_output=True, text=True, check=True)
    return done.stdout


def parse(text):
    fields, layer, outer = [], "", ""
    for line in text.splitlines():
        depth = (len(line) - len(line.lstrip())) // 4
        line = line.strip()
        option = re.match(r"option (\d+) ", line)
        key, _, value = line.partition(" ")
        if depth == 0:
            layer = "fault" if line.startswith("fault:") else key
            fields.append((layer, value))
        elif depth == 1:
            outer = "opt" + option.group(1) if option else key
            fields.append((layer + "." + outer, value))
        else:
            fields.append((layer + "." + outer + "." + key, value))
    return fields


def decode(packets):
    """Bytes of each packet to its fields."""
    blocks = run("decode", [p.hex() for p in packets]).split("\n\n")
    return [parse(b) for b in blocks[:len(packets)]]


def samples():
    """Names and bytes of the packets that we build."""
    return [(name, bytes.fromhex(data)) for name, data in
            (line.split() for line in run("samples").splitlines())]
