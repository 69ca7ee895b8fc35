#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_rules.sh - what a policy costs a connection by the number of its rules.
#
# As bench_hooks.sh, with 1, 100 and 500 rules, of all kinds in turns, none
# of which matches:
#
#	connect_rules_N		us more than an explicit bind and connect
#
# shellcheck source-path=SCRIPTDIR source=../netns/hooks_net.sh
. "${top_srcdir:-.}/test/netns/hooks_net.sh" || exit 99
bench=$top_builddir/test/bench/hooks_bench

# rule I: its words
rule() {
	local i=$1
	case $((i % 5)) in
	0) say "program=/bin/sh user=$((1000 + i)) default=unanchored" ;;
	1) say "user=$((2000 + i)) port=$((i * 20))-$((i * 20 + 7)) permit=none" ;;
	2) say "group=$((3000 + i)) dst=2001:db8:$i::/48 default=unanchored" ;;
	3) say "cgroup=$CG dst=2001:db8:5$i::/48 permit=home-anchored" ;;
	4) say "protocol=6 port=$((30000 + i)) program=/bin/cat default=graceful" ;;
	esac
}

# with N: a policy of so many rules, and measure
with() {
	local i
	for ((i = 0; i < $1; i++)); do
		tool_tell mn "rule $(rule $i)" || die "rule $(rule $i)"
	done
	tool_tell mn policy home-anchored all || die "no policy of $1 rules"
	in_cg mn "$bench" "$CG" "$CG.out" $HOME_A $PEER "${ROUNDS:-101}" |
		sed -n "s/connect_overhead/connect_rules_$1/p" || failed=1
}

hooks_begin bench_rules
# shellcheck disable=SC2086
tool_start mn $all_types
mkdir "$CG.out" || die "no second cgroup"
for n in 1 100 500; do
	with $n
done
rmdir "$CG.out"
exit $failed
