#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_hooks.sh - what the socket hooks cost, with 100 rules that do not
# match but have to be asked, and a home-anchored default.
#
#	connect_overhead	at most 2.5
#	sockopt_overhead	an option of somebody else
#	send_overhead		a datagram on a connected socket
#
# shellcheck source-path=SCRIPTDIR source=../netns/hooks_net.sh
. "${top_srcdir:-.}/test/netns/hooks_net.sh" || exit 99
bench=$top_builddir/test/bench/hooks_bench
hooks_begin bench_hooks
# shellcheck disable=SC2086
tool_start mn $all_types
for ((i = 0; i < 20; i++)); do
	for r in "program=/bin/sh user=$((1000 + i)) default=unanchored" \
		"user=$((2000 + i)) port=${i}00-${i}07 permit=none" \
		"group=$((3000 + i)) dst=2001:db8:$i::/48 default=unanchored" \
		"cgroup=$CG dst=2001:db8:5$i::/48 permit=home-anchored" \
		"protocol=6 port=$((20 + i)) program=/bin/cat default=graceful"
	do
		tool_tell mn "rule $r" || die "rule $r"
	done
done
tool_tell mn policy home-anchored all || die "no policy"
mkdir "$CG.out" || die "no second cgroup"
in_cg mn "$bench" "$CG" "$CG.out" $HOME_A $PEER "${ROUNDS:-301}" || failed=1
rmdir "$CG.out"
exit $failed
