#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_flood.sh - a malicious application, and the others.
#
#	 cn ---- core ---- ha
#	          |
#	          +------- ar1 --- one ----- mn
#	                                     nobody: floods, by every door
#	                                     bin, root: want to work
#
# The user nobody may have unanchored addresses only, and his default is
# another, so that all he connects is refused.  He does too much of everything
# at once: lines and connections at the application socket, requests of what
# he may not have, watchers that never read, sockets with a requirement,
# connects.  Meanwhile the user bin and root ask, connect and get answers;
# the daemon's memory and its log stay bounded; and when he is gone all is as
# it was.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"

NOBODY=65534
rss() { awk '/^VmRSS/ { print $2 }' "/proc/${pid_of[mn]}/status"; }
cpu() { awk '{ print ($14 + $15) * 10 }' "/proc/${pid_of[mn]}/stat"; }
fds() { find "/proc/${pid_of[mn]}/fd" -type l 2> /dev/null | wc -l; }
within() { [ "${1%.*}" -ge "$2" ] && [ "${1%.*}" -le "$3" ]; }
# nobody, in the background, not in a shell's: evil ID COMMAND...
evil() {
	local id=$1
	shift
	"$@" > "$T/$id.said" 2>&1 < "$T/never" &
	evil_pids+=($!)
	jobs_pids+=($!)
}
# ... at the application socket: MODE WORD...
evil_app() { evil "$1" "$app_tool" -u $NOBODY -t 60 "$T/run-mn/app" "${@:2}"; }
# ... at sockets: KIND OP...
evil_sock() {
	# shellcheck disable=SC2016
	evil "$1" nsenter "--net=/run/netns/$P-mn" sh -c \
		'echo $$ > "$0/cgroup.procs" && exec "$@"' "$cg" \
		setpriv --reuid=$NOBODY --clear-groups "$types_tool" "${@:2}"
}
evil_pids=()
app_value() { value "$1" "$(ctl mn status | grep '^application')"; }
app_is() { [ "$(app_value "$1")" = "$2" ]; }
app_above() { [ "$(app_value "$1")" -gt "$2" ]; }
claims_are() { ctl mn addresses | grep -q "name=$1 .*claims=$2 "; }
fds_are() { [ "$(fds)" -le "$1" ]; }
nobody_has_one() {
	[ "$(nobody tcp setsc=0x40000,1000)" = "$(address_of unanchored)" ]
}

# What the user bin needs: a type by libmip6, and by the socket option.
works() {
	local rc ms
	read -r rc ms <<< "$(as bin "$types_tool" tcp setsc=0x20000,10000 took)"
	say "   setsc of bin: $rc after $ms ms"
	[ "$rc" = "$ac" ] && within "$ms" 0 "$1" || return 1
	read -r _ rc ms <<< "$(as bin "$types_tool" tcp require=0x20000 \
		connect=$CN,80 took)"
	say "   connect of bin: $rc after $ms ms"
	[ "$rc" = ok ] && within "$ms" 0 "$1" || return 1
	read -r rc ms <<< "$(tool tcp setsc=0x10000,10000 took)"
	say "   setsc of root: $rc after $ms ms"
	[ "$rc" = $HOA ] && within "$ms" 0 "$1"
}

net_begin types_flood $python3 setpriv
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
chmod 711 "$T"
roam_net
types_conf "Boot unanchored, access-anchored; Default unanchored;
	MaxRequests 16;
	Port 81 { Default home-anchored; }
	User nobody { Permit unanchored; }"
types_daemons
roam_watch mn
source_serve
eventually 5 has_address access-anchored
ac=$(address_of access-anchored)
mkfifo "$T/never"
exec {never}<> "$T/never"
export MIP6D_APP=$T/run-mn/app
expect "in peace others work" works 5000
before=$(rss)
room=6000		# kB
grep -q __asan_init "$mip6d" && room=100000	# what is freed is kept a while
fds_before=$(fds)

say "- he asks too much"
evil_app flood1 flood 30000 "types"
evil_app flood2 flood 30000 "request home-anchored"
evil_app flood3 flood 30000 "request unanchored timeout 1000"
evil_app flood4 flood 30000 "nonsense of all kinds"
evil_app crowd1 crowd 200 "watch"
evil_app crowd2 crowd 200 "request unanchored"
evil_app mute1 mute 100000 "types"
evil_app mute2 mute 100000 "type-of 2001:db8::1"
say "- and opens too much"
evil_sock keep udp sockets=2000,0x40000 wait
evil_sock churn udp churn=50000,0x40000
evil_sock churn2 udp churn=50000,0x10000
evil_sock storm udp storm=50000,$CN,81
nap 1
t0=$(cpu)
s0=$(now_ms)
for n in 1 2 3; do
	expect "others work meanwhile, $n" works 9000
	nap 0.3
done
used=$(( ($(cpu) - t0) * 100 / ($(now_ms) - s0) ))
say "   the daemon takes $used % of a processor"
expect "he has his limit of connections" test "$(app_value clients)" -le 140
expect "... and of grants" test "$(app_value granted)" -le 20
expect "... and of lines" eventually 5 app_above refused 100
expect "watchers that do not read are no burden" grep -q "^mute sent=" \
	"$T/mute1.said"
expect "his sockets are counted" eventually 10 claims_are unanchored 2000
during=$(rss)
say "   memory: $before kB before, $during kB now"
expect "the daemon's memory is bounded" test $((during - before)) -lt "$room"
lines=$(wc -l < "$T/mn.log")
say "   $lines lines in its log"
expect "... and its log" test "$lines" -lt 500
expect "... which says who was refused" grep -q \
	"user $NOBODY asks for home-anchored and may not" "$T/mn.log"

say "- he is gone"
for p in "${evil_pids[@]}"; do
	kill "$p" 2> /dev/null
	wait "$p" 2> /dev/null
done
expect "his connections are" eventually 10 app_is clients 0
expect "... his grants" eventually 10 app_is granted 0
expect "... his sockets" eventually 10 claims_are unanchored 0
expect "... the descriptors for him" eventually 5 fds_are "$fds_before"
expect "the others' addresses are what they were" works 2000
expect "... all of them" test "$(address_of access-anchored)" = "$ac"
expect "nobody himself may come again" eventually 10 nobody_has_one
net_end
