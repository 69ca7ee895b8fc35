#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_nohooks.sh - a mobile whose daemon has no socket hooks.
#
#	 cn ---- core ---- ha
#	          | |
#	          | +----- ar1 --- one ----- mn   --cgroup none;
#	          |                        /      nobody: without privilege
#	          +------- ar2 --- two ---'
#
# As with a kernel that has no eBPF.  The daemon says in one line what is
# lost.  setsockopt is the kernel's, which takes what it does not know and
# forgets it; libmip6 finds that out and works all the same, as does mip6run,
# for everybody; sockets are counted, and at a handover unanchored ones are
# ended, whoever made them.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"

user() { enter mn setpriv --reuid=65534 --clear-groups -- "$@" 2>&1; }
user_tool() { user "$types_tool" "$@"; }
run() { user "$mip6run" --require "$@"; }
gone() { ! ctl mn addresses | grep -q "address=$1 "; }
# a conversation of nobody's by mip6run: run_talk TYPE
run_talk() {
	local fd
	mkfifo "$T/$1.in"
	exec {fd}<> "$T/$1.in"
	flow_fd[$1]=$fd
	nsenter "--net=/run/netns/$P-mn" setpriv --reuid=65534 --clear-groups -- \
		"$mip6run" --require "$1" -- "$talk" to "$1" $CN $TALK \
		< "$T/$1.in" > "$T/$1.out" 2>&1 &
	jobs_pids+=($!)
}
local_of() { value local "$(talk_line "$1" connected)"; }
sessions_of() {
	value sessions "$(ctl mn addresses | grep "^address .*address=$1 ")"
}
counted() { [ "$(sessions_of "$2")" = "$1" ]; }

net_begin types_nohooks curl $python3 setpriv
chmod 711 "$T"
roam_net
types_conf "Boot unanchored; Default home-anchored; GracePeriod 2;
	Linger access-anchored 1; Linger graceful 1; Linger unanchored 1;
	User 2 { Permit unanchored; }"
types_daemons --cgroup none
roam_watch mn
source_serve
talk_serve
eventually 5 has_address unanchored
un=$(address_of unanchored)
export MIP6D_APP=$T/run-mn/app

expect "it says what is lost, in one line" \
	test "$(grep -c "no socket hooks.*AddressPolicy.*libmip6" "$T/mn.log")" = 1
expect "... and what there is" grep -q "socket hooks no" "$T/mn.log"
expect "a default that no hook can give is there from the start" \
	eventually 10 has_binding ""
expect "... and is the kernel's own choice" gives $HOA user curl -s -m 10 \
	"http://[$CN]/"

say "- setsockopt is the kernel's"
expect "it takes it, and forgets it" gives "ok 0x0" user_tool tcp \
	require=0x40000 option
expect "... so the socket has what others have" gives "ok ok $HOA" user_tool \
	tcp require=0x40000 connect=$CN,80 name

say "- libmip6, without privilege"
expect "unanchored" gives "$un 0x0 0x40000/$un ok $un" user_tool tcp \
	setsc=0x40000 option getsc connect=$CN,80 name
expect "home-anchored" gives "$HOA 0x10000/$HOA ok $HOA" user_tool tcp \
	setsc=0x10000 getsc connect=$CN,80 name
read -r ac _ rc from <<< "$(user_tool tcp setsc=0x20000 getsc connect=$CN,80 name)"
expect "access-anchored, which was not there" test "$rc $from" = "ok $ac"
expect "... from link one" test "${ac#2001:db8:2:}" != "$ac"
read -r gr _ rc from <<< "$(user_tool udp setsc=0x80000 getsc connect=$CN,81 \
	write=1 hear=5000)"
expect "graceful, for datagrams" test "$rc $from" = "ok ok $gr"
expect "... all of them differ" test "$(printf '%s\n' "$un" "$ac" "$gr" |
	sort -u | wc -l)" = 3
expect "unused they go" eventually 8 gone "$ac"
expect "... both" eventually 8 gone "$gr"
expect "the policy holds at the library's door" gives "EACCES EACCES $un" \
	enter mn setpriv --reuid=2 --clear-groups -- "$types_tool" tcp \
	setsc=0x10000 setsc=0x20000 setsc=0x40000

say "- mip6run, without privilege"
expect "curl: unanchored" gives "$un" run unanchored curl -s -m 10 "http://[$CN]/"
expect "curl: home-anchored" gives $HOA run home-anchored curl -s -m 10 \
	"http://[$CN]/"
for t in home-anchored access-anchored graceful unanchored; do
	run_talk $t
done
for t in home-anchored access-anchored graceful unanchored; do
	expect "$t: a conversation begins" eventually 10 talk_says $t connected || {
		cat "$T/$t.out" "$T/mn.log"
		exit 1
	}
done
expect "each from an address of its own" test "$(for t in home-anchored \
	access-anchored graceful unanchored; do echo "$(local_of $t)"; done |
	sort -u | wc -l)" = 4
ac=$(local_of access-anchored)
expect "they are counted" eventually 8 counted 1 "$ac"

say "- a move"
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 two
expect "unanchored: aborted, and back" \
	eventually 15 talk_more unanchored connected 1 || {
	cat "$T/unanchored.out" "$T/mn.log"
	exit 1
}
expect "... by the kernel" grep -q '^ended .*error=ECONNABORTED' \
	"$T/unanchored.out"
expect "... from an address of link two" \
	test "$(local_of unanchored | grep -c '^2001:db8:3:')" = 1
expect "graceful: aborted a while later, and back" \
	eventually 10 talk_more graceful connected 1
for t in home-anchored access-anchored graceful unanchored; do
	flow_tell $t stop
	eventually 5 talk_says $t summary
done
for t in home-anchored access-anchored; do
	expect "$t: one connection, all the time" \
		test "$(value connections "$(talk_line $t summary)")" = 1
done
expect "the access-anchored address is gone when they are" \
	eventually 10 gone "$ac"
daemon_stop mn
expect "the daemon has left nothing at the cgroup" test -z "$cg" -o \
	"$(bpftool cgroup show "$cg" 2> /dev/null | grep -c sel_)" = 0
net_end
