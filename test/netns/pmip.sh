#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pmip.sh - stock mobiles keep their addresses and TCP connections while they
# move between access gateways (RFC 5213).
#
#	 cn ---- core ---- lma
#	          |||
#	          ||`----- mag1 --- al1 --- m1
#	          |`------ mag2 --- al2 --- m2
#	          `------- mag3 --- al3 --- m3
#
# The mobiles are namespaces in which nothing of ours runs.  tshark judges
# what is on the wire.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=pmip_net.sh
. "$here/pmip_net.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

net_begin pmip tcpdump tshark awk
pmip_net
pmip_conf
pmip_daemons
for l in net-mag1 net-mag2 net-mag3 net-c al1 al2 al3; do
	capture $l
done

declare -A addr=()
for m in "${MOBILES[@]}"; do
	k=$(num_of "$m")
	plug_in "$m" wlan0 "al$k"
	expect "$m attaches to mag$k and forms an address" \
		eventually 15 pmip_has_address "$m" || {
		tail -n 30 "$T/mag$k.log" "$T/lma.log"
		exit 1
	}
	addr[$m]=$(pmip_address "$m")
done
expect "m1 has its own prefix" \
	test "${addr[m1]#2001:db8:100:aa:}" != "${addr[m1]}"
expect "m2 and m3 have prefixes of the pool, each its own" \
	test "${addr[m2]%:*:*:*:*}" != "${addr[m3]%:*:*:*:*}"

for m in "${MOBILES[@]}"; do
	pmip_traffic "$m"
done
nap 1

visit() {	# visit MOBILE NUMBER
	expect "$1 moves to mag$2" pmip_move "$1" "$2" || {
		tail -n 20 "$T/mag$2.log"
		ctl lma bindings
		exit 1
	}
	say "   outage $outage_up ms up, $outage_down ms down"
	expect "$1 has the address that it had" \
		test "$(pmip_address "$1")" = "${addr[$1]}"
}
visit m1 2
visit m1 3
visit m2 1
visit m3 2
visit m1 1

say "m1 and m3 change places at the same moment"
pmip_leave m1; pmip_leave m3
nap 0.3
pmip_go m1 2; pmip_go m3 1
expect "m1 is at mag2 now" eventually 15 pmip_at m1 mag2
expect "m3 is at mag1 now" eventually 15 pmip_at m3 mag1
nap 2

# m2, on the same link as m3, would send from m3's prefix.
at m2 ip -6 addr add "${addr[m3]}/128" dev wlan0 nodad
drops() {
	ctl mag1 paths | grep drop-access | grep -o 'packets=[0-9]*' |
		cut -d= -f2 | grep . || echo 0
}
before=$(drops)
at m2 ping -6 -c 3 -i 0.2 -W 1 -I "${addr[m3]}" $CN > /dev/null
at m2 ip -6 addr del "${addr[m3]}/128" dev wlan0
expect "a mobile cannot send from another's prefix" \
	test "$(drops)" -ge $((before + 3))

# What the anchor believes outlives a gateway; that the new process serves the
# mobile, and has told the anchor, it says itself.
mag_serves() {	# NUMBER MOBILE
	ctl "mag$1" bindings |
		grep -q "identity=$2@.* place=here served=yes .*bound=yes"
}
updates() {
	ctl lma status | grep local-mobility-anchor |
		grep -o ' updates=[0-9]*' | cut -d= -f2
}
more_updates() { [ "$(updates)" -gt "$1" ]; }
received() { value received "$(flow_ask "$1" count)"; }
goes_on() {	# MOBILE: new bytes of its old connection, at both ends
	local up down
	up=$(received "tcp-cn-$1") down=$(received "tcp-$1")
	nap 1
	[ "$(received "tcp-cn-$1")" -gt "$up" ] &&
		[ "$(received "tcp-$1")" -gt "$down" ]
}

say "a gateway is killed and started"
before=$(updates)
daemon_kill mag2
nap 1
daemon mag2 "$T/mag2.conf"
expect "mag2 serves m1 again" eventually 10 mag_serves 2 m1
expect "and has told the anchor" eventually 10 more_updates "$before"
expect "m1 is still at mag2" pmip_at m1 mag2
expect "m1's connection goes on" eventually 10 goes_on m1
visit m1 3
visit m1 2

say "the anchor is killed and started"
daemon_kill lma
nap 1
daemon lma "$T/lma.conf"
for m in m1:2 m2:1 m3:1; do
	expect "the new anchor knows that ${m%:*} is at mag${m#*:}" \
		eventually 10 pmip_at "${m%:*}" "mag${m#*:}"
	expect "${m%:*}'s connection goes on" eventually 10 goes_on "${m%:*}"
done
visit m1 3
visit m3 2

for m in "${MOBILES[@]}"; do
	expect "$m: one TCP connection, same bytes at both ends" \
		pmip_traffic_end "$m" || cat "$T"/tcp-"$m".out "$T"/tcp-cn-"$m".out
	expect "$m has the address that it had" \
		test "$(pmip_address "$m")" = "${addr[$m]}"
done
capture_end

for l in net-mag1 net-mag2 net-mag3 net-c al1 al2 al3; do
	expect "tshark finds nothing wrong on $l" no_complaints $l
done
for k in 1 2 3; do
	expect "net-mag$k: updates with all options of RFC 5213, figure 12" \
		some net-mag$k "mip6.bu.p_flag == 1 && mip6.bu.a_flag == 1 &&
			mip6.options.mnid && mip6.options.hnp &&
			mip6.options.hi && mip6.options.att &&
			mip6.options.mnlli && mip6.timestamp_tmp"
	expect "net-mag$k: accepting acknowledgements with the same" \
		some net-mag$k "mip6.ba.p_flag == 1 && mip6.ba.status == 0 &&
			mip6.options.mnid && mip6.options.hnp &&
			mip6.options.hi && mip6.options.att &&
			mip6.options.mnlli && mip6.timestamp_tmp"
	expect "net-mag$k: mobiles' packets in the tunnel only" \
		no_packet net-mag$k '$1 ~ /^2001:db8:100:/ || $2 ~ /^2001:db8:100:/'
	expect "al$k: no tunnel, and no signalling" \
		no_packet al$k '$3 ~ /:ipv6:ipv6(:|$)/ || $3 ~ /mipv6/'
	expect "al$k: nothing waits until a mobile has told its link-layer address" \
		none al$k "icmpv6.type == 135 && eth.src == $ROUTER_MAC &&
			icmpv6.nd.ns.target_address == 2001:db8:100::/48"
	expect "al$k: each mobile is told its own prefix by its own address" \
		none al$k "icmpv6.type == 134 && eth.dst == 33:33:00:00:00:01"
done
expect "the correspondent sees plain packets only" \
	no_packet net-c '$3 ~ /:ipv6:ipv6(:|$)/ || $3 ~ /mipv6/'
net_end
