#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_ro_handover.sh - how long a move keeps a route from being optimal.
#
# The network is that of test/netns/roam.sh, with a correspondent.  The mobile
# goes to and fro between two access routers, MOVES times, while datagrams run
# every millisecond both ways.  On the wire of the new link:
#
#	ro_handover	from the Router Advertisement by which the mobile
#			knows that it has moved, to its first packet that goes
#			past the home agent; median
#	ro_handover_most	the longest of them

# shellcheck source-path=SCRIPTDIR source=../netns/lib.sh
. "$(dirname "$0")/../netns/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../netns/roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=../netns/wire.sh
. "$here/wire.sh"
# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$here/../bench/bench.sh"

MOVES=${MOVES:-20}
SETTLE=0.6

net_begin bench tcpdump tshark awk
RA_DELAY="MaxRaDelay 0;"
roam_net
roam_conf
echo 'MnRoPolicy enabled insecure;' >> "$T/mn.conf"
echo 'NodeConfig CN;' > "$T/cn.conf"
daemon cn "$T/cn.conf"
roam_daemons
roam_watch mn
roam_ticks
optimized() { more_notes mn optimized "$1"; }
roam_move one registered || die "no first registration"
eventually 10 optimized 0 || die "no optimized route"
capture one
capture two
to=two
for ((i = 0; i < MOVES; i++)); do
	had=$(notes mn optimized)
	roam_move $to registered || die "move $i to $to: no registration"
	eventually 10 optimized "$had" || die "move $i to $to: not optimized"
	nap 0.1
	if [ $to = two ]; then to=one; else to=two; fi
done
capture_end

# The last Router Advertisement before the update to the correspondent, and the
# first packet with a Home Address option after it.  (From the second visit on
# the care-of test is still good; a new one runs beside the home registration.)
for l in one two; do
	filter $l "icmpv6.type == 134 || (mip6.mhtype == 5 && ipv6.dst == $CN) ||
		(udp.dstport == $TICKS && ipv6.opt.type == 201 &&
		 ipv6.dst == $CN)" \
		frame.time_epoch icmpv6.type mip6.mhtype |
	awk '$2 == 134 { if (!asked) ra = $1; next }
		$2 == 5 { asked = ra; next }
		asked { printf "%.2f\n", ($1 - asked) * 1000; asked = 0 }'
done > "$T/times"
[ "$(wc -l < "$T/times")" -eq "$MOVES" ] ||
	die "$(wc -l < "$T/times") handovers are on the wire, not $MOVES"
bench ro_handover "$(median < "$T/times")" ms
bench ro_handover_most "$(sort -n "$T/times" | tail -n 1)" ms
exit $failed
