#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_two.sh - two mobile nodes, and one that is none, on one machine.
#
#	 cn ---- core ---- ha
#	          | |              mn: home-anchored by default
#	          | +----- ar1 --- one ----- mn, m2, m3
#	          |               m2: access-anchored, and home-anchored to none
#	          +------- ar2 --- two       m3: no mip6d at all
#
# They are three network namespaces, whose processes are in one cgroup: so
# every socket passes the hooks of both daemons.  Each minds its own: the
# policy, the addresses, the counting, a handover, kill -9, the clean-up.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"

HOA2=2001:db8:1::11
sock() { inside "$1" "$types_tool" "${@:2}" 2>&1; }
page() { inside "$1" curl -s -m 10 "http://[$CN]/"; }
# node TYPE: what new sockets get there
current() {
	ctl "$1" addresses | sed -n "s/^address address-type=$2 address=\([^ ]*\) .*current=yes.*usable=yes.*/\1/p"
}
has_current() { [ -n "$(current "$@")" ]; }
sessions() {
	value sessions "$(ctl "$1" addresses | grep "^address .*address=$2 ")"
}
has_sessions() { [ "$(sessions "$1" "$2")" = "$3" ]; }
hooks() {	# programs at the cgroup that one daemon or more have there
	bpftool cgroup show "$cg" | grep -c sel_connect6
}
slaac() {
	ip -n "$P-m3" -6 -o addr show dev wlan0 scope global -tentative |
		sed -n 's/.*inet6 \([^/]*\)\/.*/\1/p'
}
has_slaac() { [ -n "$(slaac)" ]; }
# talk_in NODE ID TYPE: as talk_start
talk_in() {
	local fd
	mkfifo "$T/$2.in"
	exec {fd}<> "$T/$2.in"
	flow_fd[$2]=$fd
	inside "$1" "$talk" -t "$3" to "$2" $CN $TALK < "$T/$2.in" \
		> "$T/$2.out" 2>&1 &
	jobs_pids+=($!)
}

net_begin types_two curl bpftool $python3
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
for n in m2 m3; do
	node $n
	plug $n wlan0 one
done
types_conf "Boot unanchored; Default home-anchored; Linger unanchored 1;"
sed "s,$HOA/64,$HOA2/64,; s/Default home-anchored/Default access-anchored; \
Permit access-anchored, unanchored/" "$T/mn.conf" > "$T/m2.conf"
sed "s,Peer $HOA ,Peer $HOA2 ," "$T/ha.conf" | grep "^Peer $HOA2" \
	>> "$T/ha.conf"
types_daemons
daemon m2 "$T/m2.conf"
roam_watch mn
roam_watch m2
source_serve
talk_serve
eventually 5 has_current mn unanchored
eventually 10 has_current m2 access-anchored
eventually 10 has_current m2 unanchored
eventually 10 has_slaac
ac2=$(current m2 access-anchored)

say "- each has its own policy"
expect "both daemons have their programs there" test "$(hooks)" = 2
expect "mn: home-anchored" gives $HOA page mn
expect "m2: access-anchored" gives "$ac2" page m2
expect "m3: its own, as if nobody were there" gives "$(slaac)" page m3
expect "mn may" gives "ok ok $HOA" sock mn tcp require=0x10000 connect=$CN,80 name
expect "m2 may not" gives EACCES sock m2 tcp require=0x10000
expect "m3: the option does nothing" gives "ok 0x0 ok $(slaac)" \
	sock m3 tcp require=0x10000 option connect=$CN,80 name

say "- each counts its own"
talk_in mn t1 home-anchored
talk_in m2 t2 access-anchored
talk_in m2 t3 unanchored
talk_in m3 t4 none
for t in t1 t2 t3 t4; do
	eventually 10 talk_says $t connected || {
		cat "$T/$t.out"
		die "$t does not begin"
	}
done
un2=$(current m2 unanchored)
expect "mn has one session" eventually 8 has_sessions mn $HOA 1
expect "m2 has one of its default" eventually 8 has_sessions m2 "$ac2" 1
expect "... and one of the other" eventually 8 has_sessions m2 "$un2" 1

say "- a handover of mn"
talk_in mn t5 unanchored
eventually 5 talk_says t5 connected
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 two
expect "its unanchored conversation is taken up again" \
	eventually 15 talk_more t5 connected 1
for t in t2 t3 t4; do
	expect "... $t of another node goes on" \
		test "$(talk_count $t connected)" = 1
done

say "- m2 is killed"
daemon_kill m2
expect "mn does not care" gives $HOA page mn
daemon m2 "$T/m2.conf"
expect "it is there again: its programs, once" test "$(hooks)" = 2
expect "... its address" gives "$ac2" page m2
expect "... its sessions" eventually 8 has_sessions m2 "$ac2" 1
daemon_kill m2
expect "cleaned up" enter m2 "$mip6d" --cleanup --run-dir "$T/run-m2" \
	--cgroup "$cg"
expect "... its programs are gone, not those of mn" test "$(hooks)" = 1
expect "... and mn goes on" gives "ok ok $HOA" \
	sock mn tcp require=0x10000 connect=$CN,80 name
expect "... m2's option does nothing now" gives "ok 0x0" \
	sock m2 tcp require=0x10000 option
daemon_stop mn
expect "without mn nothing is left" test "$(hooks)" = 0
expect "nobody on m3 has noticed any of it" test "$(talk_count t4 connected)" = 1
net_end
