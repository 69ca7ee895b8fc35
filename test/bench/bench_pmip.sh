#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_pmip.sh - what a move between access gateways costs, with real daemons
# and a mobile that runs nothing of ours.
#
# The network is that of test/netns/pmip_net.sh.  The mobile goes round three
# gateways, MOVES times, while datagrams run every millisecond both ways.
# Printed are medians:
#
#	pmip_attachment		link-up to the first global address
#	pmip_handover_outage	longest silence from link-up, either way

# shellcheck source-path=SCRIPTDIR source=../netns/lib.sh
. "$(dirname "$0")/../netns/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../netns/pmip_net.sh
. "$here/pmip_net.sh"
# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$here/../bench/bench.sh"

MOVES=${MOVES:-20}
SETTLE=0.6

net_begin bench-pmip awk
pmip_net
pmip_conf
pmip_daemons
nap 1
start=$(now_ms)
plug_in m1 wlan0 al1
eventually 15 pmip_has_address m1 || die "no address at the first gateway"
bench pmip_attachment $(( $(now_ms) - start )) ms
a=$(pmip_address m1)
flow_start ticks-cn-m1 cn ticks cn $CN "$a" $((TICKS + 1))
flow_start ticks-m1 m1 ticks m1 "$a" $CN $((TICKS + 1))
nap 1
to=1
for ((i = 0; i < MOVES; i++)); do
	to=$((to % 3 + 1))
	pmip_leave m1
	eventually 3 no_carrier m1 wlan0
	pmip_go m1 $to
	eventually 15 pmip_at m1 mag$to || die "move $i to mag$to: not there"
	nap $SETTLE
	up=$(value longest-ms "$(flow_ask ticks-cn-m1 gap)")
	down=$(value longest-ms "$(flow_ask ticks-m1 gap)")
	larger "$up" "$down" >> "$T/outage"
done
[ -z "${VERBOSE:-}" ] || tr '\n' ' ' < "$T/outage"
bench pmip_handover_outage "$(median < "$T/outage")" ms
exit $failed
