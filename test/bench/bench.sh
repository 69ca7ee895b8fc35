# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# bench.sh - what benchmarks that run daemons have in common.
#
#	bench NAME VALUE UNIT [BASELINE]	one line of results
#	median				of numbers on standard input, one a line
#	larger A B

bench() {
	printf 'bench name=%s value=%s unit=%s' "$1" "$2" "$3"
	[ $# -lt 4 ] || awk -v v="$2" -v b="$4" 'BEGIN {
		printf " baseline=%s ratio=%.2f", b, (b > 0 ? v / b : 0) }'
	printf '\n'
}

median() {
	sort -n | awk '{ v[NR] = $1 } END {
		if (NR % 2) print v[(NR + 1) / 2]
		else printf "%.2f\n", (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

larger() { awk -v a="$1" -v b="$2" 'BEGIN { print (a > b) ? a : b }'; }
