#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mtu.sh - a narrow link in the middle of the tunnel.
#
#	 cn ---- core ---- ha ---- home --.
#	           |                       \
#	           +-- ar1 ---- one -------- mn
#	        MTU 1400
#
# A tunnelled full-size packet does not fit: the routers there answer with
# Packet Too Big to the tunnel's ends.  Each end lowers its tunnel's MTU and
# tells the sender inside; TCP goes on.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

path_mtu() { ctl "$1" paths | grep -q "mtu=$2\\b"; }
cn_learned() { at cn ip -6 route get $HOA | grep -q "mtu $1\\b"; }
progress() { value received "$(flow_ask "$1" count)"; }

# Both directions carry bytes, at the pace of the stream.
stream_flows() {
	local mn cn mn2 cn2
	mn=$(progress tcp-mn)
	cn=$(progress tcp-cn)
	nap 2
	mn2=$(progress tcp-mn)
	cn2=$(progress tcp-cn)
	say "   in 2 s: $((cn2 - cn)) bytes up, $((mn2 - mn)) bytes down"
	[ $((mn2 - mn)) -gt "$RATE" ] && [ $((cn2 - cn)) -gt "$RATE" ]
}

net_begin mtu tcpdump tshark awk
roam_net
ip -n "$P-ar1" link set core0 mtu 1400
ip -n "$P-core" link set ar1 mtu 1400
roam_conf
roam_daemons
roam_watch mn
capture net-ha
capture one
roam_traffic
expect "the mobile registers from link one" roam_move one registered ||
	{ tail -n 30 "$T/mn.log"; exit 1; }
coa=$(value coa "$(note mn handover)")
expect "TCP flows through the narrow link" stream_flows ||
	expect "TCP flows at last" stream_flows
expect "the home agent knows the MTU of the way" eventually 2 path_mtu ha 1400
expect "the mobile knows it, too" eventually 2 path_mtu mn 1400
expect "the correspondent has learned that 1360 fit" \
	eventually 2 cn_learned 1360
expect "one TCP connection, closed in order, same bytes at both ends" \
	roam_traffic_end || cat "$T"/tcp-*.out
capture_end
expect "tshark finds nothing wrong" no_complaints net-ha
expect "and nothing on link one" no_complaints one
expect "a Packet Too Big came to the home agent" \
	some net-ha "icmpv6.type == 2 && icmpv6.mtu == 1400 && ipv6.dst == $HA"
expect "one came to the mobile" \
	some one "icmpv6.type == 2 && icmpv6.mtu == 1400 && ipv6.dst == $coa"
net_end
