#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_moves.sh - four conversations, one of each address type, and a move.
#
#	 cn ---- core ---- ha    (home)          the mobile: one -> two -> one
#	          | |
#	          | +----- ar1 --- one ----- mn  ar1, ar2 are anchors of
#	          |                        /     their own links
#	          +------- ar2 --- two ---'
#
# home-anchored goes on through ha, access-anchored through ar1 where it
# began, graceful for its grace period, unanchored is aborted and comes back.
# Nothing is configured before it is wanted; everything goes when nobody
# wants it any more.  tshark says what was on link two.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

types="home-anchored access-anchored graceful unanchored"

local_of() { value local "$(talk_line "$1" connected)"; }
first_of() { value local "$(grep -m 1 '^connected ' "$T/$1.out")"; }
no_address() { [ -z "$(ip -n "$P-mn" -6 -o addr show to "$1")" ]; }
gone() { ! ctl mn addresses | grep -q "address=$1 "; }
no_binding() { ! ctl "$1" bindings | grep -q "hoa=$2 .*state=active"; }
has_binding_at() { ctl "$1" bindings | grep -q "hoa=$2 .*state=active"; }

net_begin types_moves tcpdump tshark awk
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
types_conf "Boot unanchored; Default unanchored; GracePeriod 4;
	Linger access-anchored 2; Linger graceful 2; Linger unanchored 2;"
types_daemons
roam_watch mn
talk_serve
eventually 5 has_address unanchored

expect "at first there is an unanchored address" has_address unanchored
expect "and no other" test "$(ctl mn addresses | grep -c 'usable=yes')" = 1
expect "the home agent has no binding" no_binding ha $HOA
expect "there is no care-of address" test \
	"$(ip -n "$P-mn" -6 -o addr show dev wlan0 scope global | wc -l)" = 1

for t in $types; do
	talk_start "$t" "$t"
done
for t in $types; do
	expect "a $t conversation begins" eventually 10 talk_says "$t" connected || {
		cat "$T/$t.out" "$T/mn.log"
		exit 1
	}
done
expect "home-anchored: from the home address" test "$(local_of home-anchored)" = $HOA
declare -A was=()
for t in access-anchored graceful unanchored; do
	was[$t]=$(local_of $t)
	expect "$t: from an address of link one" \
		test "${was[$t]#2001:db8:2:}" != "${was[$t]}"
done
expect "three addresses of their own on link one" test "$(printf '%s\n' \
	"${was[@]}" | sort -u | wc -l)" = 3
expect "the home agent has the binding" has_binding_at ha $HOA
nap 1

capture two
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 two
expect "unanchored: aborted, and back" \
	eventually 15 talk_more unanchored connected 1 || {
	cat "$T/unanchored.out" "$T/mn.log"
	exit 1
}
expect "... by the kernel, not by a time-out" \
	grep -q '^ended .*error=ECONNABORTED' "$T/unanchored.out"
expect "... within 100 ms" awk -v a="$(value after \
	"$(talk_line unanchored connected)")" 'BEGIN { exit !(a < 100) }'
new=$(local_of unanchored)
expect "... from an address of link two" test "${new#2001:db8:3:}" != "$new"
expect "the old one is gone" no_address "${was[unanchored]}"
expect "graceful: goes on for its grace period" \
	eventually 3 has_binding_at ar1 "${was[graceful]}"
expect "access-anchored: ar1 has the binding" \
	eventually 3 has_binding_at ar1 "${was[access-anchored]}"
expect "graceful: then aborted, and back" \
	eventually 10 talk_more graceful connected 1
new=$(local_of graceful)
expect "... from an address of link two" test "${new#2001:db8:3:}" != "$new"
expect "... ar1 has let go of the old one" \
	eventually 5 no_binding ar1 "${was[graceful]}"
for t in $types; do
	flow_tell "$t" stop
	eventually 5 talk_says "$t" summary
done
for t in home-anchored access-anchored; do
	expect "$t: one connection, all the time" test "$(value connections \
		"$(talk_line $t summary)")" = 1
done
expect "access-anchored: unused, it is deregistered and gone" \
	eventually 10 gone "${was[access-anchored]}"
expect "... at ar1, too" eventually 5 no_binding ar1 "${was[access-anchored]}"
expect "home-anchored: stays, to be reachable" has_binding_at ha $HOA
capture_end

expect "tshark finds nothing wrong on two" no_complaints two
expect "nothing of an anchored address leaves untunnelled" no_packet two \
	-v h=$HOA -v a="${was[access-anchored]}" -v g="${was[graceful]}" \
	'$1 == h || $2 == h || $1 == a || $2 == a || $1 == g || $2 == g'
expect "access-anchored goes through ar1" some two \
	"ipv6.dst == 2001:db8:2::1 && ipv6.src == ${was[access-anchored]}"
expect "... and never through the home agent" none two \
	"ipv6.dst == $HA && ipv6.src == ${was[access-anchored]}"
net_end
