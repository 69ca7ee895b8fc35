#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ro.sh - route optimization between a mobile and a correspondent, with a look
# at the wire.
#
#	 cn ---- core ---- ha ---- home --.
#	          | |                      \
#	          | +----- ar1 --- one ----- mn    home -> one -> two -> one
#	          |                        /
#	          +------- ar2 --- two ---'                       -> home
#
# As handover.sh, but the correspondent runs mip6d.  Once the route is
# optimized nothing between the two passes the home agent.  In between the
# correspondent is killed and comes back without its cache, and the home agent
# is killed and comes back.  Messages have the forms that UMIP's have
# (../golden/pcaps).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

RATE=200000
SETTLE=3

net_begin ro tcpdump tshark awk
roam_net
roam_conf
echo 'MnRoPolicy enabled insecure;' >> "$T/mn.conf"
echo 'NodeConfig CN;' > "$T/cn.conf"
daemon cn "$T/cn.conf"
roam_daemons
for l in home one two net-c net-ha; do
	capture $l
done
roam_watch mn
roam_watch ha
roam_traffic

optimized() {
	ctl mn bindings | grep "^correspondent-registration" |
		grep "hoa=$HOA .*peer=$CN " | grep "optimized=yes" |
		grep -q "coa=$1 "
}
knows() {
	ctl cn bindings | grep "hoa=$HOA .*state=active" | grep -q "coa=$1 "
}
coa_now() { value coa "$(note mn handover)"; }
trouble() { tail -n 30 "$T/mn.log" "$T/cn.log"; ctl mn bindings; exit 1; }

# While the route is optimized: from when to when, by the captures' clock.
spans=()
span_begin() { nap 0.3; span_from=$EPOCHREALTIME; }
span_end() {
	[ -z "${span_from:-}" ] || spans+=("$span_from $EPOCHREALTIME")
	span_from=
}

declare -A coa=()
visit() {
	span_end

	expect "the mobile registers from link $1" roam_move "$1" registered ||
		trouble
	coa[$1]=$(coa_now)
	expect "the route is optimized from there" \
		eventually 10 optimized "${coa[$1]}" || trouble
	expect "the correspondent has that binding" knows "${coa[$1]}"
	say "   outage $outage_up ms up, $outage_down ms down"
	span_begin
}
visit one
# A home registration is a binding, too.
expect "the mobile and its home agent reach each other" \
	at mn ping -6 -c 3 -i 0.2 -W 2 -I "$HOA" "$HA" > "$T/ping"
visit two

nap 1
span_end
had=$(notes mn optimized)
daemon_kill cn
nap 1
daemon cn "$T/cn.conf"
expect "the correspondent loses its cache; it is told again" \
	eventually 20 more_notes mn optimized "$had" || trouble
expect "the correspondent has the binding again" knows "${coa[two]}"
span_begin
nap 1
daemon_kill ha
nap 1
daemon ha "$T/ha.conf"
expect "the home agent is back with its binding" \
	eventually 10 has_binding "${coa[two]}"
expect "... which nobody on the optimized route has noticed" \
	optimized "${coa[two]}"
first=${coa[one]}
visit one
nap 1
span_end

expect "the mobile deregisters at home" roam_move home deregistered || trouble
forgotten() { ! ctl cn bindings | grep -q "state=active"; }
expect "the correspondent forgets it" eventually 5 forgotten || trouble

expect "one TCP connection, closed in order, same bytes at both ends" \
	roam_traffic_end || cat "$T"/tcp-*.out
capture_end

for l in home one two net-c; do
	expect "tshark finds nothing wrong on $l" no_complaints $l
done
for l in one two; do
	c=${coa[$l]}
	[ $l = two ] || c=$first
	expect "$l: packets with a Home Address option" \
		some $l "ipv6.opt.type == 201 && tcp && ipv6.src == $c &&
			ipv6.dst == $CN"
	expect "$l: packets with a type 2 routing header" \
		some $l "ipv6.routing.type == 2 && tcp && ipv6.dst == $c &&
			ipv6.src == $CN"
	expect "$l: a Care-of Test Init from the care-of address" \
		some $l "mip6.mhtype == 2 && ipv6.src == $c && ipv6.dst == $CN"
	expect "$l: a Care-of Test to it" \
		some $l "mip6.mhtype == 4 && ipv6.src == $CN && ipv6.dst == $c"
	expect "$l: a Binding Update with nonce indices and authenticator" \
		some $l "mip6.mhtype == 5 && ipv6.src == $c &&
			ipv6.dst == $CN && mip6.bu.h_flag == 0"
	expect "$l: the home address is never outermost" \
		no_packet $l -v hoa="$HOA" '$1 == hoa || $2 == hoa'
done
expect "one: a Home Test Init, in the tunnel" \
	some one "mip6.mhtype == 1 && ipv6.nxt == 41 && ipv6.src == $first"
expect "one: a Home Test, in the tunnel" \
	some one "mip6.mhtype == 3 && ipv6.nxt == 41 && ipv6.dst == $first"
expect "one: to the home agent itself with a Home Address option" \
	some one "icmpv6.type == 128 && ipv6.opt.type == 201 &&
		ipv6.src == $first && ipv6.dst == $HA"
expect "one: from it with a type 2 routing header" \
	some one "icmpv6.type == 129 && ipv6.routing.type == 2 &&
		ipv6.src == $HA && ipv6.dst == $first"
expect "home: the correspondent is told to forget, from the home address" \
	some home "mip6.mhtype == 5 && ipv6.src == $HOA && ipv6.dst == $CN"
expect "net-ha: nothing of the connection in a form that is optimized" \
	none net-ha "tcp && (ipv6.opt.type == 201 || ipv6.routing.type == 2)"

# The correspondent without its cache: what it says of packets that it can no
# longer read, taken from a netfilter queue (9.3.1, 9.3.3).
expect "two: a Binding Error says that there is no binding" \
	some two "mip6.mhtype == 7 && mip6.be.status == 1 &&
		mip6.be.haddr == $HOA && ipv6.src == $CN &&
		ipv6.dst == ${coa[two]}"
expect "... and nothing else that is one" \
	none net-c "mip6.mhtype == 7 && !(mip6.be.status == 1)"

# Nothing of the two passes the home agent while the route is optimized: not
# the stream, and not the datagrams.
nothing_passes() {
	local span during direct
	for span in "${spans[@]}"; do
		during="(tcp || udp.dstport == $TICKS) &&
			frame.time_epoch >= ${span% *} &&
			frame.time_epoch <= ${span#* }"
		none net-ha "$during" || return 1
		direct=$(count net-c "$during")
		say "   $direct packets past it"
		[ "$direct" -gt 20 ] || return 1
	done
	[ ${#spans[@]} -eq 4 ]
}
expect "four times optimized, and nothing passes the home agent" \
	nothing_passes

# The messages beside those of another implementation: the same headers,
# fields and options in the same order, of the same length, at the same place.
forms() {	# forms PEER FILE...
	local peer=$1 f
	shift
	for f; do
		"$mip6ctl" decode "$f"
	done | awk -v peer="$peer" -f "$here/forms.awk" | sort -u
}
forms 2001:db8:c::2 \
	"$here/../golden/pcaps/umip-ro-full-home-ar1-ar2-home-mn.pcap" \
	> "$T/forms-umip"
forms $CN "$T/one.pcap" "$T/home.pcap" > "$T/forms"
expect "eight forms of messages, UMIP's" [ "$(wc -l < "$T/forms-umip")" -eq 8 ]
expect "ours are the same" diff "$T/forms-umip" "$T/forms"

# After the route from `one' stood, and before the handover to `two', TCP
# between the two does not pass the home agent: the tunnel carries little.
many() {
	local direct tunnel
	direct=$(count "$1" "tcp && (ipv6.opt.type == 201 ||
		ipv6.routing.type == 2)")
	tunnel=$(count "$1" "tcp && ipv6.nxt == 41")
	say "   $1: $direct packets directly, $tunnel in the tunnel"
	[ "$direct" -gt $((3 * tunnel)) ]
}
for l in one two; do
	expect "$l: most of the connection goes directly" many $l
done
net_end
