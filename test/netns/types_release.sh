#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_release.sh - nothing lingers, and still nothing goes that is used.
#
# A grant is given back as soon as the socket is bound; between the two
# nobody may believe the address unused.  The network is that of types.sh.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"

let_go() { ctl mn bindings | grep -q "hoa=$HOA .*place=idle"; }
bound() { has_binding 2001:; }
grants() {
	[ "$(value grants "$(ctl mn addresses | grep "address=$HOA ")")" = "$1" ]
}

# hold OP...: a socket of the mobile, kept until hold_end
hold() {
	rm -f "$T/hold.in"
	mkfifo "$T/hold.in"
	exec {hold_fd}<> "$T/hold.in"
	MIP6D_APP=$T/run-mn/app inside mn "$types_tool" "$@" wait \
		< "$T/hold.in" > "$T/hold.out" 2>&1 &
	hold_pid=$!
	jobs_pids+=("$hold_pid")
}
hold_end() { echo >&"$hold_fd"; exec {hold_fd}>&-; wait "$hold_pid"; }

net_begin types_release awk
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
types_conf "Boot unanchored; Default unanchored; Linger home-anchored 0;"
types_daemons
roam_watch mn
eventually 5 has_address unanchored

say "- a socket"
hold tcp setsc=0x10000
expect "setsc: the home agent has the binding" eventually 10 bound
expect "... the grant is given back" eventually 3 grants 0
nap 1
expect "... and the address stays" bound
expect "... registered once" test "$(notes mn registered)" = 1
hold_end
expect "closed: let go" eventually 5 let_go

say "- grants, one of which becomes another's socket"
"$app_tool" "$T/run-mn/app" hold "request home-anchored" > "$T/app.out" &
app_pid=$!
jobs_pids+=($app_pid)
eventually 10 grep -q holding "$T/app.out"
expect "granted" grants 1
app mn flood 300 "request home-anchored" > "$T/flood.out"
expect "... three hundred times" grep -q "ok=300 " "$T/flood.out" ||
	cat "$T/flood.out"
expect "... of which one is left" eventually 3 grants 1
hold tcp setsc=0x10000
eventually 3 grants 1
kill $app_pid
expect "given back" eventually 3 grants 0
nap 0.5
expect "... the socket has the address" bound
expect "... registered once" test "$(notes mn registered)" = 2
hold_end
expect "closed: let go" eventually 5 let_go
net_end
