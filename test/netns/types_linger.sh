#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_linger.sh - addresses come when they are wanted, and leave no trace.
#
#	 cn ---- core ---- ha
#	          | |
#	          | +----- ar1 --- one ----- mn   Boot, Default, Linger, Renew,
#	          |                        /      UdpIdle
#	          +------- ar2 --- two ---'
#
#	1. the boot set, and which address the kernel prefers (DESIGN: those
#	   of one type only)
#	2. unused, an address goes after its linger time; one that is used
#	   again meanwhile stays
#	3. Renew: another identifier for new sockets, the old one as long as
#	   somebody has it
#	4. unconnected datagrams are a session until UdpIdle is over
#	5. after a move, too; but a session that has only just begun keeps its
#	   address
#
# Of what is gone nothing is left: no address, route, rule, neighbour, no
# multicast group of it, no binding, here or at the anchor.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"

# What there is of an address anywhere, its solicited-node group included.
group_of() {
	$python3 -c 'import ipaddress, sys
a = ipaddress.ip_address(sys.argv[1]).packed
print(ipaddress.ip_address(bytes.fromhex("ff0200000000000000000001ff") + a[-3:]))' "$1"
}
traces() {
	local n
	for n in mn ha ar1; do
		ip -n "$P-$n" -6 -o addr
		ip -n "$P-$n" -6 route show table all
		ip -n "$P-$n" -6 rule
		ip -n "$P-$n" -6 neigh show proxy
		ctl $n bindings | grep -v state=invalid
	done | grep -F "$1"
	ip -n "$P-mn" -6 maddr | grep -wF "$2"
}
no_traces() { [ -z "$(traces "$@")" ] || { nap 0.2; false; }; }
gone() {	# ADDRESS SECONDS
	local group
	group=$(group_of "$1")
	eventually "$2" no_traces "$1" "$group" || {
		traces "$1" "$group"
		return 1
	}
}
state() {	# of the mobile, without what a kernel forgets by itself
	ip -n "$P-mn" -6 -o addr show scope global | sed 's/^[0-9]*: //; s/\\.*//'
	ip -n "$P-mn" -6 route show table all | sed 's/ expires [0-9]*sec//'
	ip -n "$P-mn" -6 rule
	ip -n "$P-mn" -6 neigh show proxy
	ip -n "$P-mn" -6 maddr | grep -v users
}
is_as_before() { cmp -s "$T/before" <(state); }
as_before() { eventually 5 is_as_before || diff -u "$T/before" <(state); }
preferred() {	# preferred ADDR: by the kernel
	ip -n "$P-mn" -6 addr show to "$1" | grep -q "preferred_lft forever"
}
deprecated() {
	ip -n "$P-mn" -6 addr show to "$1" | grep -q "preferred_lft 0sec"
}
sessions_are() {
	[ "$(value sessions "$(ctl mn addresses |
		grep "^address .*address=$1 ")")" = "$2" ]
}
has_binding_at() { ctl "$1" bindings | grep -q "hoa=$2 .*state=active"; }
talk_heard() {
	enter mn ss -Htin6 dport = :$TALK |
		sed -n 's/.*bytes_received:\([0-9]*\).*/\1/p' | head -n 1
}
hears_more() { [ "$(talk_heard)" -gt "${1:-0}" ]; }
# A socket that stays: keep ID KIND OP... with a wait among them, and drop ID
# for it to go on.
keep() {
	local id=$1 fd
	shift
	mkfifo "$T/$id.in"
	exec {fd}<> "$T/$id.in"
	flow_fd[$id]=$fd
	inside mn "$types_tool" "$@" < "$T/$id.in" > "$T/$id.said" 2>&1 &
	jobs_pids+=($!)
	eventually 10 ready "$id" 1
}
ready() { [ "$(grep -o ready "$T/$1.said" 2> /dev/null | wc -l)" = "$2" ]; }
drop() { echo >&"${flow_fd[$1]}"; }
says() { [ "$(sed 's/ *$//' "$T/$1.said")" = "$2" ]; }
said() { echo "$(sed 's/ ready.*//' "$T/$1.said")"; }

net_begin types_linger ss $python3
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
types_conf "Boot access-anchored; Default access-anchored; UdpIdle 2;
	Linger unanchored 0; Linger graceful 2; Linger home-anchored 1;
	Linger access-anchored 1;"
types_daemons
roam_watch mn
source_serve
talk_serve
eventually 5 has_address access-anchored
ac=$(address_of access-anchored)
export MIP6D_APP=$T/run-mn/app

say "- at first"
expect "the boot set, and nothing else" test \
	"$(ip -n "$P-mn" -6 -o addr show dev wlan0 scope global | wc -l)" = 1
expect "the kernel prefers the default type" preferred "$ac"
expect "... which is what raw sockets get" gives "ok $ac" tool udp \
	connect=$CN,9 name
nap 1.2		# longer than its linger time
expect "it stays, unused" test "$(address_of access-anchored)" = "$ac"
nap 0.5
state > "$T/before"

say "- come and gone"
keep un tcp require=0x40000 setsc=0x40000 connect=$CN,80 wait
keep gr tcp require=0x80000 setsc=0x80000 connect=$CN,80 wait
keep ho tcp require=0x10000 setsc=0x10000 connect=$CN,80 wait
un=$(address_of unanchored)
gr=$(address_of graceful)
expect "there are all of them" test "$(said un) $(said gr) $(said ho)" = \
	"ok $un ok ok $gr ok ok $HOA ok"
expect "... with identifiers of their own" test "$(printf '%s\n' "${un#*:*:*:*:}" \
	"${gr#*:*:*:*:}" "${ac#*:*:*:*:}" | sort -u | wc -l)" = 3
for a in "$un" "$gr" $HOA; do
	expect "the kernel does not prefer $a" deprecated "$a"
done
expect "... but still the default type" preferred "$ac"
for t in un gr ho; do
	drop $t
done
expect "unanchored: gone at once" gone "$un" 3
expect "graceful: lingers" has_address graceful
keep gr2 tcp require=0x80000 connect=$CN,80 name wait
expect "... and is used again" test "$(said gr2)" = "ok ok $gr"
expect "home-anchored: gone after a second" eventually 5 \
	not has_binding ""
nap 1.5
expect "... graceful is not, while it is used" has_address graceful
drop gr2
expect "... and then is" gone "$gr" 6
expect "all is as it was before" as_before

say "- renewed"
sed -i 's/Linger access-anchored 1;/& Boot access-anchored, unanchored; Renew unanchored 2;/
	s/Boot access-anchored; //; s/Linger unanchored 0/Linger unanchored 1/' "$T/mn.conf"
expect "a new policy" ctl mn reload
eventually 5 has_address unanchored
un=$(address_of unanchored)
keep old tcp require=0x40000 connect=$CN,80 name wait
expect "a socket has it" test "$(said old)" = "ok ok $un"
expect "another one, for new sockets" eventually 6 has_new_address unanchored "$un"
un2=$(address_of unanchored)
expect "... which have it" gives "ok ok $un2" tool tcp require=0x40000 \
	connect=$CN,80 name
expect "... with another identifier" test "${un#*:*:*:*:}" != "${un2#*:*:*:*:}"
expect "the old one is there, while somebody has it" sessions_are "$un" 1
drop old
expect "... and then gone" gone "$un" 6
expect "unused, the next one is gone when there is another" \
	eventually 6 has_new_address unanchored "$un2"
expect "... without a trace" gone "$un2" 5

say "- a move, and datagrams"
keep udp udp send=$CN,81 hear=5000 wait send=$CN,81 hear=9000 wait \
	send=$CN,81 hear=5000
expect "an unconnected socket sends" test "$(said udp)" = "ok $ac"
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 two
expect "there is another address" eventually 15 has_new_address access-anchored "$ac"
ac2=$(address_of access-anchored)
expect "the anchor has the old one" eventually 5 has_binding_at ar1 "$ac"
drop udp
expect "it goes on from there" eventually 9 says udp "ok $ac ready ok ok $ac ready"
expect "... which is a session" sessions_are "$ac" 1
expect "silent, it is none any more, and the address goes" gone "$ac" 9
drop udp
expect "the socket is still there, and gets the other one" \
	eventually 5 says udp "ok $ac ready ok ok $ac ready ok ok $ac2"

say "- a session that is as young as can be"
talk_start late none
eventually 5 talk_says late connected
plug_out mn wlan0
plug_in mn wlan0 one
expect "there is another address" eventually 15 has_new_address access-anchored "$ac2"
expect "the anchor there has the one of before" \
	eventually 5 has_binding_at ar2 "$ac2"
had=$(talk_heard)
expect "the conversation goes on" eventually 9 hears_more "$had"
expect "... the same" test "$(talk_count late connected)" = 1
net_end
