#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_stretch.sh - what a new session pays for its address, after a move.
#
#	 cn ---- core ---- far1 ---- far2 ---- ha
#	          | |
#	          | +----- ar1 --- one          the mobile: one -> two
#	          +------- ar2 --- two --- mn
#
# The home agent is two hops further away than the access router.  On link two
# the mobile begins new sessions (COUNT of each), with an access-anchored
# address, which is at home there, and with the home-anchored one.  Where the
# kernel has netem each hop from core takes HOP_MS, both ways together; where
# it has not, a hop costs what a network namespace costs.
#
#	path_stretch	median of the round trip of a new session: access-
#			anchored; the baseline is home-anchored

# shellcheck source-path=SCRIPTDIR source=../netns/lib.sh
. "$(dirname "$0")/../netns/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"
# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$here/../bench/bench.sh"

COUNT=${COUNT:-200}
HOP_MS=${HOP_MS:-2}
ANCHOR_KEY=

# NODE NUMBER FROM DEVICE: a router behind another one
hop() {
	link "net-$1"
	node "$1"
	forwarding "$1"
	plug "$3" "$1" "net-$1" "2001:db8:e:$2::1/64"
	plug "$1" up0 "net-$1" "2001:db8:e:$2::2/64"
	route "$1" default via "2001:db8:e:$2::1"
}

# ha leaves the link to core for one behind far1 and far2.
move_ha() {
	hop far1 1 core
	hop far2 2 far1
	ip -n "$P-core" link del ha
	link net-far
	plug far2 ha net-far 2001:db8:f:1::1/64
	ip -n "$P-ha" link del core0
	plug ha core0 net-far 2001:db8:f:1::2/64
	route ha default via 2001:db8:f:1::1
	route core 2001:db8:1::/64 via 2001:db8:e:1::2
	route core 2001:db8:f:1::/64 via 2001:db8:e:1::2
	route far1 2001:db8:1::/64 via 2001:db8:e:2::2
	route far1 2001:db8:f:1::/64 via 2001:db8:e:2::2
	route far2 2001:db8:1::/64 via 2001:db8:f:1::2
}

slow() {	# slow NODE DEV...
	local n=$1 d
	shift
	for d; do
		at "$n" tc qdisc add dev "$d" root netem \
			delay "$((HOP_MS * 500))us" 2> /dev/null || return
	done
}

slow_all() {
	slow core cn ar1 ar2 far1 && slow ar1 core0 && slow ar2 core0 &&
		slow cn eth0 && slow far1 up0 far2 && slow far2 up0 ha &&
		slow ha core0
}

new_here() {
	local a
	a=$(address_of access-anchored)
	[ "${a#"$1"}" != "$a" ]
}

bound() { ctl ha bindings | grep "hoa=$HOA .*state=active" | grep -q "coa=$1"; }

rtts() {	# rtts TYPE PREFIX: all of them, and from where they should be
	inside mn "$flow" -t "$1" rtt "$1" :: $CN $TALK "$COUNT" \
		> "$T/rtt.$1" 2>&1 || {
		cat "$T/rtt.$1"
		die "no sessions of type $1"
	}
	[ "$(grep -c " local=$2" "$T/rtt.$1")" = "$COUNT" ] ||
		die "sessions of type $1 are not from $2"
	sed 's/.* us=//' "$T/rtt.$1" | median
}

net_begin stretch awk tc
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
move_ha
types_conf "Boot access-anchored, home-anchored; Default access-anchored;"
slow_all || say "# no netem: a hop costs what a namespace costs"
types_daemons
talk_serve
eventually 10 new_here 2001:db8:2: || die "no address on link one"
eventually 10 bound 2001:db8:2: || die "no home registration"
plug_out mn wlan0
eventually 5 no_carrier mn wlan0
plug_in mn wlan0 two
eventually 15 new_here 2001:db8:3: || die "no address on link two"
eventually 10 bound 2001:db8:3: || die "no home registration"
nap 1
rtts access-anchored 2001:db8:3: > /dev/null	# neighbours are known then
access=$(rtts access-anchored 2001:db8:3:) || exit 1
home=$(rtts home-anchored $HOA) || exit 1
bench path_stretch "$access" us "$home"
awk -v a="$access" -v h="$home" 'BEGIN { exit !(a < h) }' || {
	say "FAIL the way through the home agent is not longer"
	failed=1
}
exit $failed
