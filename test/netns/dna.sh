#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dna.sh - links that were known before (RFC 6059), and such that were not.
#
#	 cn ---- core ---- ha ---- home
#	          | |
#	          | +----- ar1 --- one --.
#	          |                       > mn
#	          +------- ar2 --- two --'
#
# The access routers are plain routers: they answer Neighbor Solicitations, and
# advertise only when scapy does it in their name, once on each link.  So when
# the mobile's link comes up again, on the same link or on one where it was
# before, there is no advertisement to wait for: the probe's answer alone has
# its address used again, without a word to the home agent where it has not
# moved.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

python=/usr/bin/python3

advertise() {	# advertise ROUTER PREFIX: once
	at "$1" "$python" - "$2" <<-'EOC'
	import sys
	from scapy.all import Ether, get_if_hwaddr, in6_getifaddr, sendp
	from scapy.layers.inet6 import (ICMPv6ND_RA, ICMPv6NDOptPrefixInfo,
	                                ICMPv6NDOptSrcLLAddr, IPv6)
	mac = get_if_hwaddr("lan0")
	ll = [a for a, _, i in in6_getifaddr() if i == "lan0" and
	      a.startswith("fe80")][0]
	sendp(Ether(src=mac, dst="33:33:00:00:00:01") /
	      IPv6(src=ll, dst="ff02::1", hlim=255) /
	      ICMPv6ND_RA(routerlifetime=1800) /
	      ICMPv6NDOptSrcLLAddr(lladdr=mac) /
	      ICMPv6NDOptPrefixInfo(prefix=sys.argv[1], prefixlen=64, L=1, A=1,
	                            validlifetime=7200,
	                            preferredlifetime=3600),
	      iface="lan0", verbose=0)
	EOC
}
coa_now() { at mn ip -6 addr show dev wlan0 to "$1" |
	awk '/inet6/ { sub("/.*", "", $2); print $2; exit }'; }
leave() { plug_out mn wlan0; eventually 4 no_carrier mn wlan0; nap 0.2; }
heard() {	# heard MS: ticks both ways, none later than that after the mark
	local k line
	for k in cn mn; do
		line=$(flow_ask ticks-$k gap)
		say "   $line"
		[ "$(value received "$line")" -gt 200 ] &&
			awk -v g="$(value first-ms "$line")" -v m="$1" \
			'BEGIN { exit !(g >= 0 && g < m) }' || return
	done
}
mark() { flow_tell ticks-cn "mark $1"; flow_tell ticks-mn "mark $1"; }

net_begin dna tcpdump tshark awk "$python"
"$python" -c 'import scapy.layers.inet6' 2> /dev/null ||
	skip "python3-scapy is not installed"
roam_net
roam_conf
plug_in mn wlan0 one
daemon ha "$T/ha.conf"
daemon mn "$T/mn.conf"
roam_watch mn
nap 1
advertise ar1 2001:db8:2::
expect "registered from link one" eventually 8 has_binding 2001:db8:2:
coa1=$(coa_now 2001:db8:2::/64)
roam_ticks
nap 1

say "- the same link again"
leave
sent=$(notes mn sent)
ups=$(notes mn link-up)
capture one
plug_in mn wlan0 one
eventually 4 more_notes mn link-up "$ups"
mark same
nap 1
expect "traffic goes on at once" heard 300
expect "the address is the same" test "$(coa_now 2001:db8:2::/64)" = "$coa1"
expect "no Binding Update" test "$(notes mn sent)" = "$sent"
capture_end
expect "the router was asked whether it is there, by unicast, and answered" \
	eval 'some one "icmpv6.type == 135 && eth.dst.ig == 0" &&
	some one "icmpv6.type == 136 && icmpv6.nd.na.flag.s == 1 &&
		icmpv6.nd.na.flag.r == 1"'
expect "... a solicitation beside it" some one "icmpv6.type == 133"
expect "... there was no advertisement" none one "icmpv6.type == 134"
expect "traffic was there in the tunnel, from that address" \
	some one "ipv6.src == $coa1 && ipv6.dst == $HA"

say "- another link"
leave
capture two
plug_in mn wlan0 two
nap 1
advertise ar2 2001:db8:3::
expect "registered from link two" eventually 8 has_binding 2001:db8:3:
coa2=$(coa_now 2001:db8:3::/64)
expect "the address of link one is not there any more" \
	test -z "$(coa_now 2001:db8:2::/64)"
mark two
nap 0.5
expect "traffic goes on" heard 300
capture_end
expect "the new address was asked for duplicates" some two "icmpv6.type == 135 &&
	ipv6.src == :: && icmpv6.nd.ns.target_address == $coa2"
expect "nothing from the old address but what asks for its router" \
	none two "ipv6.src == $coa1 && !(icmpv6.type == 135)"

say "- and back, to one that is known"
leave
sent=$(notes mn sent)
ups=$(notes mn link-up)
capture one
plug_in mn wlan0 one
eventually 4 more_notes mn link-up "$ups"
mark back
expect "registered from link one again, without an advertisement" \
	eventually 4 has_binding "$coa1"
nap 1
expect "with the address that it had" \
	test "$(coa_now 2001:db8:2::/64)" = "$coa1"
expect "traffic goes on" heard 1500
capture_end
expect "there was no advertisement" none one "icmpv6.type == 134"
expect "nothing from the address of link two but what asks for its router" \
	none one "ipv6.src == $coa2 && !(icmpv6.type == 135)"
net_end
