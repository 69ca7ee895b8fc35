#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# flap.sh - what is no move.
#
#	 cn ---- core ---- ha ---- home
#	           |
#	           +-- ar1 ---- one ---- mn      carrier lost and found, thrice
#	           |             |
#	           '------------ ar3             and then another router comes
#
# The mobile is registered from link one.  Its link goes and comes back, and
# later a second router with a prefix of its own advertises there.  In
# neither case is there anything to tell the home agent, and the TCP
# connection goes on.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

RATE=100000

net_begin flap awk
roam_net
roam_conf
roam_daemons
roam_watch mn
roam_traffic
expect "the mobile registers from link one" roam_move one registered ||
	{ tail -n 30 "$T/mn.log"; exit 1; }
coa=$(value coa "$(note mn handover)")
sent=$(notes mn sent)
moves=$(notes mn handover)

for pause in 0.1 0.5 1.5; do
	ups=$(notes mn link-up)
	plug_out mn wlan0
	nap $pause
	plug_in mn wlan0 one
	expect "the link is back after $pause s" \
		eventually 5 more_notes mn link-up "$ups"
	nap 1.5
	flow_tell ticks-mn mark flap
	nap 0.5
	expect "and so is the traffic" test \
		"$(value received "$(flow_ask ticks-mn gap)")" -gt 200
done
expect "no Binding Update" test "$(notes mn sent)" = "$sent"
expect "no handover" test "$(notes mn handover)" = "$moves"
expect "the same care-of address" has_binding "$coa"

node ar3
forwarding ar3
plug ar3 lan0 one 2001:db8:9::1/64
plug ar3 core0 net-ar1 2001:db8:f:2::9/64
sed 's/2001:db8:2:/2001:db8:9:/' "$T/ar1.conf" > "$T/ar3.conf"
daemon ar3 "$T/ar3.conf"
knows_both() { [ "$(ctl mn routers | grep -c '^router ')" = 2 ]; }
expect "the mobile has heard the second router" eventually 25 knows_both
nap 2
expect "no Binding Update for it" test "$(notes mn sent)" = "$sent"
expect "no handover to it" test "$(notes mn handover)" = "$moves"
expect "one TCP connection, closed in order, same bytes at both ends" \
	roam_traffic_end || cat "$T"/tcp-*.out
net_end
