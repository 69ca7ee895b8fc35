#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_errno.sh - the errnos of the manual, at each of the doors, and what
# has none because it is left alone.
#
#	 cn ---- core ---- ha
#	          |
#	          +------- ar1 --- one ----- mn   home-anchored by default;
#	                  (IPv4, too)             nobody: unanchored only
#
# The doors: the socket option with connect, sendto and bind; setsc() of
# libmip6; mip6run, which says it in one line and ends with 125.  Of the
# errnos that need a network which fails see types_hold.sh.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"

H=0x10000 A=0x20000 U=0x40000 G=0x80000		# IPV6_REQUIRE_*
V4=10.1.0.1			# ar1, and who serves there

# mip6run's status, and what it says: `125 ...' in one line
run() {
	local user=$1 type=$2
	shift 2
	"$user" "$mip6run" --require "$type" -- "$@" > "$T/run.out" 2>&1
	echo "$? $(cat "$T/run.out")"
}
says() { grep -q "$1" <<< "$("${@:2}")"; }
curl_status() {
	inside mn curl -s -m 5 -o /dev/null "$@"
	echo $?
}
root() { inside mn "$@"; }
user() { as nobody "$@"; }
# A server of the mobile, in the background: serve ID OP...; go ID: a line
# to it; served ID WORDS: what it says in the end
declare -A serve_fd=()
serve() {
	local id=$1 fd
	shift
	mkfifo "$T/$id.in"
	exec {fd}<> "$T/$id.in"
	serve_fd[$id]=$fd
	inside mn "$types_tool" tcp "$@" < "$T/$id.in" > "$T/$id.said" 2>&1 &
	jobs_pids+=($!)
	eventually 5 grep -qs '^ok ok' "$T/$id.said"
}
go() { echo >&"${serve_fd[$1]}"; }
says_now() { [ "$(cat "$T/$1.said")" = "$2" ]; }
served() { eventually 5 says_now "$@" || { cat "$T/$1.said"; return 1; }; }
from_cn() { at cn "$types_tool" "$@"; }

net_begin types_errno curl $python3 setpriv
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
chmod 711 "$T"
roam_net
ip -n "$P-ar1" addr add $V4/24 dev lan0
ip -n "$P-mn" addr add 10.1.0.2/24 dev wlan0
types_conf "Boot unanchored, access-anchored; Default home-anchored;
	Linger graceful 1;
	User nobody { Permit unanchored; Default unanchored; }
	Program \"$(readlink -f "$(command -v curl)")\" {
		Default access-anchored; Block ipv4; }"
types_daemons
roam_watch mn
source_serve
at ar1 $python3 "$here/source_server.py" > "$T/v4.out" 2>&1 < /dev/null &
jobs_pids+=($!)
eventually 5 has_address unanchored
eventually 5 has_address access-anchored
eventually 10 grep -qs ready "$T/v4.out"
un=$(address_of unanchored)
ac=$(address_of access-anchored)
export MIP6D_APP=$T/run-mn/app
to=$CN,81			# datagrams
expect "it is registered" gives "$HOA" tool tcp setsc=$H

say "- EINVAL: two types at once"
expect "setsockopt" gives "EINVAL EINVAL 0x0" tool udp require=0x30000 \
	require=0xf0000 option
expect "setsc" gives "EINVAL EINVAL EINVAL" tool udp setsc=0x30000 setsc=0 \
	setsc=0x50000
expect "mip6run" says "^125 .*type" run root home-anchored,unanchored true
say "- EINVAL: bound to another type"
expect "setsockopt" gives "ok EINVAL 0x0 $un" tool udp bind="$un" require=$H \
	option name
expect "bind" gives "ok EINVAL ::" tool tcp require=$H bind="$un" name
expect "sendmsg" gives "ok EINVAL" tool udp require=$H from="$un,$to"
expect "setsc" gives "ok EINVAL EINVAL $un" tool tcp bind="$un" setsc=$H \
	setsc=$A name
expect "setsc, a port at ::" gives "ok EINVAL" tool tcp bind=::,5010 setsc=$H
expect "mip6run" says "^0 EINVAL" run root home-anchored "$types_tool" tcp \
	bind="$un"
say "- EACCES: not permitted"
expect "setsockopt" gives "EACCES EACCES EACCES ok" nobody udp require=$H \
	require=$A require=$G require=$U
expect "bind by hand" gives "EACCES EACCES ok" nobody udp bind=$HOA bind="$ac" \
	bind="$un"
expect "sendmsg by hand" gives "EACCES EACCES ok $un" nobody udp \
	from=$HOA,$to from="$ac,$to" from="$un,$to" hear=5000
expect "setsc" gives "EACCES EACCES $un" nobody udp setsc=$H setsc=$A setsc=$U
expect "mip6run" says "^125 .*[Pp]ermi" run user home-anchored true
expect "... and what he may have" says "^0 ok $un" run user unanchored \
	"$types_tool" tcp connect=$CN,80 name
expect "the daemon says who" grep -q "user 65534.*may not" "$T/mn.log"

say "- what has its own address"
expect "by default it is the home address" gives "ok $HOA ok $HOA" \
	tool udp connect=$to name write=1 hear=5000
expect "an explicit bind wins" gives "ok ok $ac" tool tcp bind="$ac" \
	connect=$CN,80 name
expect "... so does IPV6_PKTINFO" gives "ok $ac ok $un" tool udp \
	from="$ac,$to" hear=5000 from="$un,$to" hear=5000
expect "... with a requirement, if it is of its type" gives "ok ok ok $ac" \
	tool udp require=$A bind="$ac" send=$to hear=5000
say "- who is left alone, default and requirement or not"
expect "loopback" gives "ok ::1 ok ok ok ::1" tool udp connect=::1,9 name \
	new require=$A connect=::1,9 name
ll=$(ip -n "$P-ar1" -6 -o addr show dev lan0 scope link |
	sed 's/.*inet6 \([^/]*\).*/\1/')
expect "link-local" not says "$HOA\|$ac" tool udp \
	connect="$ll%wlan0",9 name new require=$A connect="$ll%wlan0",9 name
expect "multicast" not says "$HOA\|$ac" tool udp \
	connect=ff02::1%wlan0,9 name new require=$A connect=ff02::1%wlan0,9 name
expect "IPv4, mapped" gives "ok ::ffff:10.1.0.2 ok ok ok ::ffff:10.1.0.2" \
	tool udp connect=::ffff:$V4,81 name new require=$A \
	connect=::ffff:$V4,81 name
expect "IPv4" gives "ok ok" tool udp4 connect=$V4,81 send=$V4,81

say "- servers"
n=0
for a in "$ac" "$un" $HOA; do
	n=$((n + 1))
	serve any$n bind=::,500$n listen accept name
	expect "bound to ::, by default, one is reached" \
		gives ok from_cn tcp connect="$a",500$n
	expect "... at $a" served any$n "ok ok ok $a"
done
serve req require=$A bind=::,5004 listen wait accept option getsc name
expect "a requirement rewrites it: nobody gets there by another address" \
	gives ECONNREFUSED from_cn tcp connect="$un",5004
expect "... but by this one" gives ok from_cn tcp connect="$ac",5004
go req
expect "what is accepted inherits it" \
	served req "ok ok ok ready ok ok $A $A/$ac $ac"

say "- Block ipv4"
expect "curl comes from the access-anchored address" \
	gives "$ac" inside mn curl -s -m 5 "http://[$CN]/"
expect "... and may not slip past it" gives 7 curl_status \
	--resolve "both:80:$V4" http://both/
expect "... by neither of two addresses" gives "$ac" inside mn curl -s -m 5 \
	--resolve "both:80:$V4,$CN" http://both/
expect "others may" gives "ok" tool tcp4 connect=$V4,80
expect "it is said who was refused" eventually 2 grep -q "curl.* may not" \
	"$T/mn.log"

say "- what the kernel chooses is not permitted"
sed -i 's/{ Permit unanchored; Default unanchored; }/{ Permit none; Default none; }/' \
	"$T/mn.conf"
expect "nobody may have none, and has no default" ctl mn reload
expect "TCP: EHOSTUNREACH" eventually 2 gives "EHOSTUNREACH" nobody tcp \
	connect=$CN,80
expect "UDP: EPERM" gives "ok EPERM ok EPERM" nobody udp connect=$to write=1 \
	new send=$to
expect "loopback is left alone" gives "ok" nobody udp send=::1,9

say "- EOPNOTSUPP: no way to one"
sed -i '/^Peer 2001:db8:[23]::1/,/^}/d
	s/Linger graceful 1;/& AccessProtection peer;/' "$T/mn.conf"
expect "without peers among the access routers" ctl mn reload
expect "setsockopt" eventually 2 gives "EOPNOTSUPP EOPNOTSUPP 0x0" \
	tool udp require=$A require=$G option
expect "setsc" gives "EOPNOTSUPP EOPNOTSUPP ::" tool tcp setsc=$A setsc=$G name
expect "mip6run" says "^125 .*no way to provide" run root access-anchored true
expect "a default of that type" gives 7 curl_status "http://[$CN]/"
daemon_stop mn
expect "no daemon: setsc" gives "EOPNOTSUPP" tool tcp setsc=$H
expect "... mip6run" says "^125 .*no mip6d" run root home-anchored true
expect "... setsockopt is the kernel's, and does nothing" gives "ok 0x0" \
	tool tcp require=$H option
net_end
