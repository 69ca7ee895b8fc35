#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_types.sh - what a move costs with address types in use.
#
# The network is that of test/netns/types.sh, with two mobiles: `mn' talks
# from one address of each type, `plain' has a home address and no
# AddressPolicy.  They go to and fro between two access routers in turns,
# MOVES times; what counts is read from the wire, in milliseconds from the
# new router's advertisement (LINK_GRACE, 5 ms, among them):
#
#	types_handover_bu		to the Binding Update for the home agent
#	types_handover_signalling	to its acknowledgement
#	unanchored_reconnect		to the new connection of the program
#					whose address went, answered
#
# The baseline is what `plain' needs; to the last one it is when its
# registration, and so its connections, go on.

# shellcheck source-path=SCRIPTDIR source=../netns/lib.sh
. "$(dirname "$0")/../netns/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../netns/roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=../netns/types.sh
. "$here/types.sh"
# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$here/../bench/bench.sh"

MOVES=${MOVES:-20}
PLAIN_HOA=2001:db8:1::11
types="home-anchored access-anchored graceful unanchored"

plain_conf() {
	sed -e "s/$HOA/$PLAIN_HOA/" -e '/^Peer 2001:db8:[23]/,/^}/d' \
		-e '/^AddressPolicy/,/^}/d' "$T/mn.conf" > "$T/plain.conf"
	cat >> "$T/ha.conf" <<-EOC
	Peer $PLAIN_HOA { Protect shared-key spi 256 file "$T/key"; }
	EOC
}

plain_bound() {
	ctl ha bindings | grep -q "hoa=$PLAIN_HOA .*state=active"
}

# Advertisements, Mobility Headers (behind or without an option or routing
# header) and TCP, a line each.
wire_start() {
	ip netns exec "$P-ether" tcpdump -tt -n -l -i "$1" 'icmp6[0] == 134 or
		ip6[6] == 135 or ip6[6] == 60 or ip6[6] == 43 or tcp' \
		> "$T/$1.wire" 2> "$T/$1.tcpdump" < /dev/null &
	captures+=($!)
	eventually 5 grep -qs listening "$T/$1.tcpdump" ||
		die "tcpdump does not start"
}

# since LINK TIME HOA: "bu=MS ba=MS reconnect=MS" after the first RA since
since() {
	awk -v t0="$2" -v ha=$HA -v cn="$CN.$TALK" -v own="$TALK" '
		$1 < t0 { next }
		/router advertisement/ && !ra { ra = $1 }
		!ra { next }
		/mobility: BU/ && $5 == ha ":" && !bu { bu = $1 }
		/mobility: BA/ && $3 == ha && bu && !ba { ba = $1 }
		/Flags \[S\.\]/ && $3 == cn && !syn { syn = $1 }
		END {
			if (bu) printf "bu=%.2f ", (bu - ra) * 1e3
			if (ba) printf "ba=%.2f ", (ba - ra) * 1e3
			if (syn) printf "reconnect=%.2f", (syn - ra) * 1e3
			print ""
		}' "$T/$1.wire"
}

registered() { since "$1" "$2" | grep -q ba=; }
connected() { since "$1" "$2" | grep -q reconnect=; }

# move NODE LINK: writes what it took to $T/NODE.WORD
move() {
	local n=$1 link=$2 t0 w
	plug_out "$n" wlan0
	nap 0.2
	t0=$EPOCHREALTIME
	plug_in "$n" wlan0 "$link"
	eventually 10 registered "$link" "$t0" || {
		since "$link" "$t0"
		cat "$T/$n.log"
		die "$n does not register on $link"
	}
	[ "$n" = plain ] || eventually 5 connected "$link" "$t0" || {
		cat "$T/unanchored.out"
		die "no new connection on $link"
	}
	for w in $(since "$link" "$t0"); do
		printf '%s\n' "${w#*=}" >> "$T/$n.${w%%=*}"
	done
	# the anchor of what was left behind checks it for a second
	nap "${SETTLE:-0.7}"
}

conversations() {
	local t
	for t in $types; do
		talk_start "$t" "$t"
	done
	for t in $types; do
		eventually 10 talk_says "$t" connected ||
			die "no $t conversation"
	done
}

report() {
	bench types_handover_bu "$(median < "$T/mn.bu")" ms \
		"$(median < "$T/plain.bu")"
	bench types_handover_signalling "$(median < "$T/mn.ba")" ms \
		"$(median < "$T/plain.ba")"
	bench unanchored_reconnect "$(median < "$T/mn.reconnect")" ms \
		"$(median < "$T/plain.ba")"
}

net_begin bench_types tcpdump awk
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
node plain
plug plain wlan0 one
types_conf "Boot unanchored; Default unanchored; GracePeriod 600;"
plain_conf
types_daemons
daemon plain "$T/plain.conf"
talk_serve
eventually 5 has_address unanchored || die "no unanchored address"
conversations
eventually 10 plain_bound ||
	die "the plain mobile does not register"
nap 1
wire_start one
wire_start two
to=two
for ((i = 0; i < MOVES; i++)); do
	move mn $to
	move plain $to
	if [ $to = two ]; then to=one; else to=two; fi
done
for t in home-anchored access-anchored graceful; do
	flow_tell "$t" stop
	eventually 5 talk_says "$t" summary
	[ "$(value connections "$(talk_line "$t" summary)")" = 1 ] ||
		die "$t: not one connection all the time"
done
report
exit $failed
