#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# path_speed.sh - the tunnel against plain forwarding.
#
#	cn -----> ha =====> r -----> mn
#
# Through the same four namespaces, one wire each between them: once to an
# address of mn's that r and ha have routes for, once to its home address,
# which ha tunnels.  The two take turns; medians are compared.
#
#	path_throughput		TCP, Mbit/s
#	path_pps		UDP, 64 octets of payload, packets/s
#	path_pps_fast		the same with the fast path
. "${top_srcdir:-.}/test/netns/path_net.sh" || exit 99
gen=$top_builddir/test/bench/path_gen
rounds=${ROUNDS:-21} ms=${MS:-300}
cpu_sink=$(( $(nproc) > 1 ))

# Nodes side by side, without the bridges of the tests between them.
wire() {	# wire NODE DEV ADDR NODE DEV ADDR
	ip -n "$P-$1" link add "$2" type veth peer name "$5" netns "$P-$4"
	ip -n "$P-$1" addr add "$3" dev "$2" nodad
	ip -n "$P-$4" addr add "$6" dev "$5" nodad
	ip -n "$P-$1" link set "$2" up
	ip -n "$P-$4" link set "$5" up
}

bench_net() {
	local l
	for l in cn ha r mn; do
		node $l
		at $l sysctl -qw net.ipv6.conf.default.accept_dad=0
	done
	forwarding ha
	forwarding r
	wire cn eth0 $CN/64 ha eth0 2001:db8:c::1/64
	wire ha eth1 $HA/64 r eth0 2001:db8:f::2/64
	wire r eth1 2001:db8:2::1/64 mn eth0 $COA/64
	route cn default via 2001:db8:c::1
	route r default via $HA
	route ha 2001:db8:2::/64 via 2001:db8:f::2
	route mn default via 2001:db8:2::1
}

# Who sends to whom, and between which addresses: plainly, and else.
from=cn to=mn way_plain="$CN $COA" way_home="$CN $HOA"

# run KIND(tcp|udp) "SOURCE DESTINATION" WORD: what the sink says for WORD
run() {
	local pid
	: > "$T/sink"
	ip netns exec "$P-$to" taskset -c "$cpu_sink" "$gen" "$1-sink" 5000 \
		>> "$T/sink" &
	pid=$!
	eventually 3 grep -q ready "$T/sink"
	# shellcheck disable=SC2086
	at "$from" taskset -c 0 "$gen" "$1-source" $2 5000 "ms=$ms" \
		> "$T/source"
	wait $pid
	value "$3" "$(tail -1 "$T/sink")"
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$(( ($# + 1) / 2 ))p"; }

busy()	{ value busy "$(cat "$T/source")" || echo 0; }
over()	{ awk "BEGIN { printf \"%.3f\", $1 / ($2 ? $2 : 1) }"; }

# one_turn KIND WORD PLAIN-FIRST: sets p, t (results) and pb, tb (busy)
one_turn() {
	if [ "$3" -eq 1 ]; then
		p=$(run "$1" "$way_plain" "$2") pb=$(busy)
	fi
	t=$(run "$1" "$way_home" "$2") tb=$(busy)
	if [ "$3" -eq 0 ]; then
		p=$(run "$1" "$way_plain" "$2") pb=$(busy)
	fi
}

# compare NAME KIND WORD UNIT: forwarded against tunnelled, in turns.  The
# machine's speed drifts; so each turn has a ratio, and the median counts.
compare() {
	local plain=() tunnel=() ratio=() cpu=() i p t pb tb
	for ((i = 0; i < rounds; i++)); do
		one_turn "$2" "$3" $((i % 2))
		plain+=("$p") tunnel+=("$t")
		ratio+=("$(over "$t" "$p")") cpu+=("$(over "$tb" "$pb")")
	done
	[ -n "${VERBOSE:-}" ] &&
		say "# plain ${plain[*]} tunnel ${tunnel[*]}" \
			"ratio ${ratio[*]}" "sender's processor time $(median "${cpu[@]}")"
	printf 'bench name=%s value=%s unit=%s baseline=%s ratio=%s\n' "$1" \
		"$(median "${tunnel[@]}")" "$4" "$(median "${plain[@]}")" \
		"$(median "${ratio[@]}")"
}

# ro_speed.sh goes on from here in its own way.
[ -z "${PATH_SPEED_LIB:-}" ] || return 0

net_begin path_speed awk
bench_net
path_up
case ${1:-all} in
all|throughput) compare path_throughput tcp mbit Mbit/s ;;
esac
case ${1:-all} in
all|pps) compare path_pps udp pps packets/s ;;
esac
case ${1:-all} in
all|fast)
	# shellcheck disable=SC2086
	tool ha fast=1 $ha_words , sync && tool mn fast=1 $mn_words , sync ||
		die "no fast path"
	compare path_pps_fast udp pps packets/s
	;;
esac
exit 0
