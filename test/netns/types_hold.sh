#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_hold.sh - first packets wait for their address, but not for ever.
#
#	 cn ---- core --x-- ha  (home: a second of DAD)
#	          |
#	          +------- ar1 --- one ----- mn   home-anchored by default
#
#	1. the home agent takes a second: a connect and datagrams of programs
#	   that know nothing of it are delivered, from the home address, and
#	   of a flood as many as a flow may hold
#	2. the home agent is cut off (x): an ICMPv6 error in bounded time; who
#	   asks by libmip6 or mip6run is told of a time-out
#	3. it is there again: the same programs work, with the same daemon
#	4. it refuses: told at once
#	5. a type of which there is no address yet: EADDRNOTAVAIL, but the
#	   next one has it
#	6. no link at all: an error, too
#
# Nothing leaves untunnelled from the home address (captured on one).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

# NUMBER LOW HIGH
within() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }
is_idle() { ctl mn addresses | grep -q "address=$HOA .*place=idle"; }
run_status() {
	inside mn "$mip6run" --require home-anchored --timeout 1 -- true \
		> "$T/run.out" 2>&1
	echo $?
}

net_begin types_hold tcpdump tshark awk $python3
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
types_conf "Boot unanchored; Default home-anchored; AcquireTimeout 3;
	Linger home-anchored 0; Linger graceful 1;"
types_daemons
roam_watch mn
source_serve
talk_serve
eventually 5 has_address unanchored
export MIP6D_APP=$T/run-mn/app
capture one

say "- the home agent takes a second"
read -r rc ms from <<< "$(tool tcp connect=$CN,80 took name)"
say "   $rc after $ms ms from $from"
expect "TCP connects" test "$rc" = ok
expect "... when it is registered" within "$ms" 900 5000
expect "... from the home address" test "$from" = $HOA
eventually 5 is_idle
read -r _ from rc ms n <<< "$(tool udp connect=$CN,81 name write=20 took \
	answers=20,5000)"
say "   $n of 20 answers"
expect "UDP does not wait" within "$ms" 0 500
expect "... and comes from the home address" test "$rc$from" = "ok$HOA"
expect "... all of it" test "$n" = 20
eventually 5 is_idle
expect "a flood: as many as are kept, and no more" gives "ok ok 64" \
	tool udp connect=$CN,81 write=500 answers=500,2500
eventually 5 is_idle

downs=$(notes mn address-down)
talk_start calm none
expect "a conversation begins" eventually 9 talk_says calm connected
nap 0.5
expect "while it is there, so is its address, which may not linger" \
	test "$(notes mn address-down)" = "$downs"
flow_tell calm stop
eventually 5 is_idle

say "- the home agent is cut off"
plug_out core ha
also tool tcp connect=$CN,80 took > "$T/tcp.said"
also tool udp recverr connect=$CN,81 write=1 error=15000 took > "$T/udp.said"
also tool tcp setsc=0x10000,1500 took name > "$T/setsc.said"
also run_status > "$T/run.said"
also_end
read -r rc ms < "$T/tcp.said"
say "   TCP: $rc after $ms ms"
expect "TCP is told" test "$rc" = EHOSTUNREACH
expect "... in bounded time" within "$ms" 500 9000
read -r _ _ _ rc ms < "$T/udp.said"
say "   UDP: $rc after $ms ms"
expect "UDP is told, if it wants to hear" test "$rc" = EHOSTUNREACH
expect "... in bounded time" within "$ms" 500 9000
read -r rc ms from < "$T/setsc.said"
say "   setsc: $rc after $ms ms"
expect "setsc() times out when it said" test "$rc$from" = ETIMEDOUT::
expect "... as it said" within "$ms" 1400 3500
expect "mip6run says so, and ends" test "$(cat "$T/run.said")" = 125
expect "... with one line" test "$(wc -l < "$T/run.out")" = 1

say "- it is there again"
plug_in core ha net-ha
expect "the next one works" eventually 20 gives "ok $HOA" \
	tool tcp connect=$CN,80 name
expect "... with the same daemon" kill -0 "${pid_of[mn]}"
eventually 5 is_idle
say "- it refuses: not a prefix of its home link any more"
sed 's/AdvRouterAddr/AdvValidLifetime 0; AdvPreferredLifetime 0; &/' \
	"$T/ha.conf" > "$T/ha.new"
mv "$T/ha.conf" "$T/ha.old"
mv "$T/ha.new" "$T/ha.conf"
expect "the home agent takes it" ctl ha reload
also tool tcp connect=$CN,80 took > "$T/tcp.said"
also tool tcp setsc=0x10000 took name > "$T/setsc.said"
also run_status > "$T/run.said"
also_end
read -r rc ms < "$T/tcp.said"
say "   TCP: $rc after $ms ms"
expect "TCP is told" test "$rc" = EHOSTUNREACH
expect "... at once" within "$ms" 0 2000
expect "so is mip6run" test "$(cat "$T/run.said")" = 125
expect "... which says why" grep -q refused "$T/run.out"
read -r rc ms from < "$T/setsc.said"
say "   setsc: $rc after $ms ms"
expect "setsc() is refused" test "$rc$from" = ECONNREFUSED::
expect "... at once" within "$ms" 0 2000
expect "... and the daemon says so" grep -q "^registration-failed" "$T/mn.notes"
mv "$T/ha.old" "$T/ha.conf"
expect "the home agent takes it back" ctl ha reload

say "- a type of which there is no address yet"
kill -STOP "${pid_of[mn]}"
expect "it is not there, and no other is taken for it" \
	gives "ok EADDRNOTAVAIL EADDRNOTAVAIL EADDRNOTAVAIL ::" \
	tool udp require=0x80000 connect=$CN,81 send=$CN,81 bind=:: name
kill -CONT "${pid_of[mn]}"
expect "that it was tried brings it" eventually 5 has_address graceful
g=$(address_of graceful)
expect "... and the next one has it" gives "ok ok $g" \
	tool tcp require=0x80000 connect=$CN,80 name
expect "nobody has it: it goes" eventually 5 not has_address graceful
expect "... for good" test -z "$(ip -n "$P-mn" -6 -o addr show to "$g")"
expect "who asks the home agent again, need not wait" \
	gives "$HOA ok" tool tcp setsc=0x10000 connect=$CN,80
eventually 5 is_idle

say "- no network at all"
plug_out mn wlan0
nap 0.3
also tool tcp connect=$CN,80 took > "$T/tcp.said"
also tool tcp setsc=0x10000 took name > "$T/setsc.said"
also_end
read -r rc ms < "$T/tcp.said"
say "   TCP: $rc after $ms ms"
expect "TCP is told" test "$rc" = EHOSTUNREACH
expect "... in bounded time" within "$ms" 0 9000
read -r rc ms from < "$T/setsc.said"
say "   setsc: $rc after $ms ms"
expect "setsc() fails" test "$rc$from" = EADDRNOTAVAIL::
expect "... when AcquireTimeout is over" within "$ms" 2900 6000
plug_in mn wlan0 one
expect "there again, the next one works" eventually 20 \
	gives "ok $HOA" tool tcp connect=$CN,80 name
capture_end
expect "nothing from the home address left untunnelled" \
	no_packet one -v h=$HOA '$1 == h || $2 == h'

net_end
