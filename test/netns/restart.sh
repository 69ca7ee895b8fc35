#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# restart.sh - daemons are killed, and nobody notices.
#
#	 cn ---- core ==net-ha== ha ---- home --.
#	          | |                            \
#	          | +---- ar1 ---- one ---------- mn    home -> one -> two
#	          +------ ar2 ---- two ----------'
#
#	1. home agent killed -9: the tunnel forwards; started again, it knows
#	   the binding
#	2. mobile's daemon killed -9: the tunnel forwards; started again, it
#	   finds what is there and registers
#	3. home agent killed -9, and then the mobile moves: its Binding Updates
#	   vanish, nothing is answered by the kernel (captured on net-ha); the
#	   home agent comes back and takes the next one
#
# The mobile is not told who its home agent is: it asks (RFC 6275 11.4.1), and
# keeps the answer over its restart.  One TCP stream lives through all of it.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

RATE=100000

# The longest silence, both ways, over this many seconds is below MS.
flows_for() {
	local seconds=$1 ms=$2 up down
	flow_tell ticks-cn mark flows
	flow_tell ticks-mn mark flows
	nap "$seconds"
	up=$(value longest-ms "$(flow_ask ticks-cn gap)")
	down=$(value longest-ms "$(flow_ask ticks-mn gap)")
	say "   longest silence $up ms up, $down ms down"
	[ "${up%.*}" -lt "$ms" ] && [ "${down%.*}" -lt "$ms" ]
}

net_begin restart tcpdump tshark awk
roam_net
roam_conf
# The mobile has to find its home agent, and finds it again after its death.
sed -i "/HomeAgentAddress/d; s#Peer $HA#Peer 2001:db8:1::/64#" "$T/mn.conf"
roam_daemons
roam_watch mn
roam_traffic
expect "the mobile registers from link one" roam_move one registered ||
	{ tail -n 30 "$T/mn.log"; exit 1; }
coa=$(value coa "$(note mn handover)")
expect "the home agent has the binding" has_binding "$coa"

say "1. the home agent"
daemon_kill ha
expect "killed, the tunnel forwards" flows_for 2 300
daemon ha "$T/ha.conf"
expect "started again, it has the binding" eventually 2 has_binding "$coa"
expect "and the tunnel forwards" flows_for 2 300

say "2. the mobile node"
daemon_kill mn
expect "killed, the tunnel forwards" flows_for 2 300
daemon mn "$T/mn.conf"
roam_watch mn
expect "and while it starts again" flows_for 3 300
expect "it is registered" eventually 10 \
	is_bound
expect "the home agent has the same binding" has_binding "$coa"

say "3. nobody at home"
capture net-ha
daemon_kill ha
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 two
nap 5
capture_end
expect "the mobile repeats its Binding Update" \
	test "$(count net-ha "mip6.mhtype == 5 && ipv6.src == 2001:db8:3::/64")" -ge 2
expect "nothing answers: no Parameter Problem, no Unreachable" \
	none net-ha "icmpv6.type < 128 && ipv6.src == $HA"
expect "no Mobility Header either" none net-ha "mipv6 && ipv6.src == $HA"
had=$(notes mn registered)
daemon ha "$T/ha.conf"
expect "the home agent is back, and the mobile gets through" \
	eventually 20 more_notes mn registered "$had"
expect "the tunnel goes to the new place" flows_for 2 300

expect "one TCP connection, closed in order, same bytes at both ends" \
	roam_traffic_end || cat "$T"/tcp-*.out
net_end
