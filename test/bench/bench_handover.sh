#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_handover.sh - what a move costs, with real daemons.
#
# The network is that of test/netns/roam.sh.  After a first registration
# the mobile goes to and fro between two access routers, MOVES times with
# MaxRaDelay 0 and MOVES times with RFC 4861's default, while datagrams run
# every millisecond both ways.  Printed are medians:
#
#	handover_first_registration	RA to acknowledgement; the home agent
#					checks the address for a second
#	handover_signalling		RA to acknowledgement, then (at most 20)
#	handover_outage			longest silence from link-up, default
#	handover_outage_ra0		the same with MaxRaDelay 0
#	daemon_rss			the largest idle daemon (at most 16)

# shellcheck source-path=SCRIPTDIR source=../netns/lib.sh
. "$(dirname "$0")/../netns/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../netns/roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$here/../bench/bench.sh"

MOVES=${MOVES:-20}
SETTLE=0.4

rss() {
	awk '/^VmRSS/ { printf "%.1f\n", $2 / 1024 }' "/proc/${pid_of[$1]}/status"
}

moves() {	# moves FILE-SUFFIX
	local i to=two
	for ((i = 0; i < MOVES; i++)); do
		roam_move "$to" registered ||
			die "move $i to $to: no registration"
		echo "$signalling" >> "$T/signalling.$1"
		larger "$outage_up" "$outage_down" >> "$T/outage.$1"
		if [ $to = two ]; then to=one; else to=two; fi
	done
}

net_begin bench awk
RA_DELAY="MaxRaDelay 0;"
roam_net
roam_conf
roam_daemons
nap 2
bench daemon_rss "$(for n in ha ar1 ar2 mn; do rss $n; done |
	sort -n | tail -n 1)" MiB
roam_watch mn
roam_ticks
roam_move one registered || die "no first registration"
bench handover_first_registration "$signalling" ms
moves ra0
RA_DELAY=
roam_conf_routers
for n in ar1 ar2; do
	daemon_stop $n
	daemon $n "$T/$n.conf"
done
moves default
bench handover_signalling "$(median < "$T/signalling.ra0")" ms
bench handover_outage_ra0 "$(median < "$T/outage.ra0")" ms
bench handover_outage "$(median < "$T/outage.default")" ms
exit $failed
