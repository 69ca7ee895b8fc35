#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_restart.sh - the mobile's daemon is killed while sockets of all types
# are open, comes back, reads another policy, and ends.
#
#	 cn ---- core ---- ha
#	          | |                 the mobile went from one to two: its
#	          | +----- ar1 --- one    access-anchored conversation is at ar1
#	          |
#	          +------- ar2 --- two ----- mn
#
#	1. kill -9, and start: conversations live on, requirements are known,
#	   what was closed meanwhile is released, at ar1 too
#	2. another policy: for new sockets
#	3. an orderly end, and --cleanup after kill -9, leave nothing: no
#	   program at the cgroup, no address, route or rule, no file

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"

local_of() { value local "$(talk_line "$1" connected)"; }
connections() { talk_count "$1" connected; }
no_binding() { ! ctl "$1" bindings | grep -q "hoa=$2 .*state=active"; }
has_binding_at() { ctl "$1" bindings | grep -q "hoa=$2 .*state=active"; }
gone() { ! ctl mn addresses | grep -q "address=$1 "; }
# sessions are N, of address A
counted() {
	[ "$(value sessions "$(ctl mn addresses |
		grep "^address .*address=$2 ")")" = "$1" ]
}
claims_are() { ctl mn addresses | grep -q "name=$1 .*claims=$2 "; }
# the conversation ID hears something, from now on
# TCP may still wait for a timer that grew while the mobile moved.
goes_on() {
	local had
	had=$(tcp_bytes "$1")
	eventually 5 hears_more "$1" "${had:-0}"
}
hears_more() {
	local now
	now=$(tcp_bytes "$1")
	[ "${now:-0}" -gt "$2" ]
}
tcp_bytes() {
	enter mn ss -Htin6 src "[$(local_of "$1")]" dport = :$TALK |
		sed -n 's/.*bytes_received:\([0-9]*\).*/\1/p' | head -n 1
}
# A socket that waits: idle ID OP..., then wake ID
idle() {
	local id=$1 fd
	shift
	mkfifo "$T/$id.in"
	exec {fd}<> "$T/$id.in"
	flow_fd[$id]=$fd
	inside mn "$types_tool" "$@" < "$T/$id.in" > "$T/$id.said" 2>&1 &
	jobs_pids+=($!)
	eventually 5 grep -qs ready "$T/$id.said"
}
wake() { echo >&"${flow_fd[$1]}"; }
says() { [ "$(cat "$T/$1.said")" = "$2" ]; }
hooks() { bpftool cgroup show "$cg" | grep -c " sel_"; }
state() {
	ip -n "$P-mn" -o link | sed 's/^[0-9]*: //'
	ip -n "$P-mn" -6 -o addr show scope global | sed 's/^[0-9]*: //; s/\\.*//'
	ip -n "$P-mn" -6 route show table all | grep -vE 'fe80:|ff00::|proto ra'
	ip -n "$P-mn" -6 rule
}
is_as_before() { cmp -s "$T/before" <(state); }
as_before() {
	eventually 3 is_as_before || diff -u "$T/before" <(state)
}

net_begin types_restart bpftool ss awk $python3
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
types_conf "Boot unanchored; Default unanchored; GracePeriod 60;
	Linger access-anchored 1; Linger graceful 1; Linger unanchored 1;
	Port 80 { Default home-anchored; }"
at mn sysctl -qw net.ipv6.conf.wlan0.accept_ra=0
state > "$T/before"
types_daemons
roam_watch mn
talk_serve
source_serve
eventually 5 has_address unanchored
for t in home-anchored access-anchored graceful; do
	talk_start $t $t
done
talk_start access2 access-anchored
for t in home-anchored access-anchored access2 graceful; do
	eventually 10 talk_says $t connected || {
		cat "$T/$t.out"
		die "$t does not begin"
	}
done
plug_out mn wlan0
plug_in mn wlan0 two
ac=$(local_of access-anchored)
gr=$(local_of graceful)
eventually 15 has_binding_at ar1 "$ac" || die "no handover"
eventually 15 is_bound || die "no registration"
talk_start unanchored unanchored
talk_start here graceful
for t in unanchored here; do
	eventually 10 talk_says $t connected || {
		cat "$T/$t.out"
		die "$t does not begin"
	}
done
gr2=$(local_of here)
# Its SYN waited a second for the home agent: TCP takes that for the way's
# length, and needs a few to make up for what the move lost.
eventually 10 goes_on home-anchored || die "home-anchored does not go on"
idle claim udp require=0x10000 wait option connect=$CN,81 name write=1 hear=9000
idle claim2 tcp require=0x20000 wait option connect=$CN,80 name

say "- kill -9"
daemon_kill mn
flow_tell here stop			# while nobody counts
eventually 5 talk_says here summary
for t in home-anchored access-anchored access2 graceful unanchored; do
	expect "$t: goes on while nobody is there" goes_on $t
done
expect "a requirement is set while nobody is there" gives "ok 0x20000" \
	tool tcp require=0x20000 option
expect "... and a socket gets what it requires" gives "ok ok $HOA" \
	tool tcp require=0x10000 connect=$CN,80 name
daemon mn "$T/mn.conf"
roam_watch mn
eventually 10 has_router
say "- it is there again"
expect "the programs are there, once" test "$(hooks)" = 10
expect "the home address' sessions are counted again" \
	eventually 8 counted 1 $HOA
expect "... those of the access-anchored one of link one" \
	eventually 8 counted 2 "$ac"
expect "... those of the unanchored one" \
	eventually 8 counted 1 "$(local_of unanchored)"
expect "... and requirements without an address" eventually 8 \
	claims_are access-anchored 1
expect "what was closed meanwhile is released" eventually 8 gone "$gr2"
expect "what was not is kept: access-anchored" has_binding_at ar1 "$ac"
expect "... graceful, while its time is not over" has_binding_at ar1 "$gr"
eventually 5 has_address access-anchored
ac2=$(address_of access-anchored)
wake claim
wake claim2
expect "a requirement from before is known, and has its address" \
	eventually 8 says claim "ok ready ok 0x10000 ok $HOA ok $HOA"
expect "... another one" eventually 8 says claim2 "ok ready ok 0x20000 ok $ac2"
for t in home-anchored access-anchored access2 graceful unanchored; do
	expect "$t: goes on" goes_on $t
	expect "... with one connection" test "$(connections $t)" = 1
done
flow_tell access2 stop
expect "one of two sessions ends" eventually 8 counted 1 "$ac"

say "- another policy"
un=$(local_of unanchored)
sed -i 's/Port 80 { Default home-anchored; }/Permit home-anchored, access-anchored;/
	s/Boot unanchored; Default unanchored;/Default access-anchored;/' "$T/mn.conf"
expect "it is read" ctl mn reload
expect "new sockets may not have what it does not permit" gives "EACCES" \
	tool tcp require=0x40000
eventually 5 has_address access-anchored
expect "... and get what it says" gives "ok $(address_of access-anchored)" \
	tool tcp connect=$CN,80 name
for t in home-anchored access-anchored unanchored; do
	expect "$t: goes on" goes_on $t
	expect "... with one connection" test "$(connections $t)" = 1
done
for t in home-anchored access-anchored unanchored; do
	flow_tell $t stop
done
expect "unused, the old ones go" eventually 8 gone "$un"
expect "... at ar1, too" eventually 8 no_binding ar1 "$ac"

say "- the end"
daemon_stop mn
expect "in good order: no program is left" test "$(hooks)" = 0
expect "... no address, route or rule" as_before
expect "... no file" test ! -e "$T/run-mn/app"
daemon mn "$T/mn.conf"
eventually 10 has_router
eventually 5 has_address access-anchored
tool tcp require=0x10000 connect=$CN,80 > /dev/null
daemon_kill mn
expect "after kill -9 the programs are there" test "$(hooks)" = 10
expect "--cleanup" enter mn "$mip6d" --cleanup --run-dir "$T/run-mn" \
	--cgroup "$cg"
expect "... no program is left" test "$(hooks)" = 0
expect "... no address, route or rule" as_before
net_end
