#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# home.sh - the home link while its mobile is away, and when it comes back.
#
#	  ha ----.
#	         |
#	  nb ----+---- home ---- mn  (goes to one, and comes back)
#	                |
#	             captured
#
# nb is an ordinary host of the home link.  It has the mobile in its
# neighbour cache.  When the mobile has left, the home agent's multicast
# Neighbor Advertisement puts itself there; when the mobile is back, the
# mobile's puts the mobile there: at once, in both cases, and traffic
# between nb and the home address goes on.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

NB=2001:db8:1::77

mac() { ip -n "$P-$1" -br link show dev "$2" | awk '{ print $3 }'; }
cached() { ip -n "$P-nb" -6 neigh show "$HOA" | grep -q "lladdr $1"; }

# Frames on the home link that match, as seconds since the capture began.
times() { filter home "$1" frame.time_relative; }
first() { times "$1" | head -n 1; }
last() { times "$1" | tail -n 1; }
before() { [ -n "$1" ] && [ -n "$2" ] &&
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }'; }

# Neighbor Advertisements to all nodes for the home address, override set
gratuitous() {
	printf '%s' "icmpv6.type == 136 && ipv6.dst == ff02::1 &&
		icmpv6.nd.na.target_address == $HOA &&
		icmpv6.nd.na.flag.o == 1 && icmpv6.nd.na.flag.s == 0 &&
		icmpv6.opt.target_linkaddr == $1"
}

net_begin home tcpdump tshark awk
roam_net
node nb
at nb sysctl -qw net.ipv6.conf.default.accept_dad=0
plug nb eth0 home $NB/64
roam_conf
roam_daemons
roam_watch mn
roam_watch ha
capture home
mn_mac=$(mac mn wlan0)
ha_mac=$(mac ha lan0)
flow_start ticks-nb nb ticks nb $NB $HOA 5002
flow_start ticks-mn mn ticks mn $HOA $NB 5002
expect "nb knows the mobile's own link-layer address" \
	eventually 5 cached "$mn_mac"

had=$(notes mn registered)
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 one
expect "the mobile registers from link one" \
	eventually 15 more_notes mn registered "$had" ||
	{ tail -n 30 "$T/mn.log"; exit 1; }
expect "nb has the home agent's link-layer address in its place" \
	eventually 1 cached "$ha_mac"
flow_tell ticks-nb mark away
flow_tell ticks-mn mark away
nap 1
for n in nb mn; do
	line=$(flow_ask ticks-$n gap)
	say "   $line"
	expect "away, $n hears the other" test "$(value received "$line")" -gt 500
done
expect "the mobile's home address is not on the link it visits" \
	not roam_at_home

# Somebody forgets, and asks: the home agent answers for the mobile.
ip -n "$P-nb" neigh flush dev eth0
expect "asked, the home agent answers for the mobile" \
	eventually 2 cached "$ha_mac"

had=$(notes mn deregistered)
plug_out mn wlan0
nap 0.2
flow_tell ticks-nb mark back
flow_tell ticks-mn mark back
plug_in mn wlan0 home
expect "the mobile deregisters" eventually 15 more_notes mn deregistered "$had" ||
	{ tail -n 30 "$T/mn.log"; exit 1; }
expect "nb has the mobile's link-layer address again, at once" \
	eventually 1 cached "$mn_mac"
nap 1
for n in nb mn; do
	line=$(flow_ask ticks-$n gap)
	say "   $line"
	expect "back, $n hears the other" test "$(value received "$line")" -gt 500
done

# The home agent is quiet about it from now on.
ip -n "$P-nb" neigh flush dev eth0
nap 1
expect "asked, the mobile answers itself" eventually 2 cached "$mn_mac"
capture_end

expect "tshark finds nothing wrong" no_complaints home
expect "leaving: the home agent's multicast advertisement" \
	some home "$(gratuitous "$ha_mac")"
bye=$(first "mip6.mhtype == 5 && mip6.bu.lifetime == 0")
ack=$(first "mip6.mhtype == 6 && mip6.ba.status == 0 && mip6.ba.lifetime == 0")
expect "returning: a deregistration and its answer" before "$bye" "$ack"
expect "returning: the mobile's multicast advertisement after the answer" \
	before "$ack" "$(last "$(gratuitous "$mn_mac")")"
moved=$(last "$(gratuitous "$ha_mac")")
# RFC 6275 section 11.5.5: the mobile does not use the home address on the
# link, nor defend it, before it has deregistered; who asks for it meanwhile
# is answered, since that may be the home agent.
expect "the mobile did not claim its address before the answer" \
	test -z "$(times "eth.src == $mn_mac && icmpv6.type == 136 &&
		icmpv6.nd.na.target_address == $HOA &&
		icmpv6.nd.na.flag.s == 0 &&
		frame.time_relative > $moved && frame.time_relative < $ack")"
expect "nor probe for duplicates of it" \
	test -z "$(times "eth.src == $mn_mac && icmpv6.type == 135 &&
		ipv6.src == :: && icmpv6.nd.ns.target_address == $HOA &&
		frame.time_relative > $moved")"
expect "the home agent no longer answers for it" \
	test -z "$(times "eth.src == $ha_mac && icmpv6.type == 136 &&
		icmpv6.nd.na.target_address == $HOA &&
		frame.time_relative > $ack")"
net_end
