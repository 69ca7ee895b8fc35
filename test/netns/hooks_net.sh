# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# hooks_net.sh - what the tests of the socket hooks share; no daemon in it.
#
# Nodes are network namespaces on no link: all is on lo, and a device that
# swallows what goes elsewhere.  A node has an address of each type, a peer of
# its own that it can talk to, and an address that is of no type:
#
HOME_A=2001:db8:1::10	# home-anchored
ACCESS=2001:db8:3::30	# access-anchored
UNANCH=2001:db8:2::20	# unanchored
GRACE=2001:db8:4::40	# graceful
PLAIN=2001:db8:77::1	# what the kernel would choose
PEER=2001:db8:9::9	# local, too: who is asked there answers
FAR=2001:db8:70::8	# elsewhere
# shellcheck disable=SC2034
REQ_HOME=0x10000 REQ_ACCESS=0x20000 REQ_UNANCH=0x40000 REQ_GRACE=0x80000
#
# There is a cgroup $CG, and hooks_tool (hooks_tool.c) stands for the daemon:
#
#	tool NODE WORD...	run it once, in the cgroup
#	tool_start NODE WORD...	keep one; tool_tell NODE WORD... commands it
#	tool_says NODE TEXT	has it printed a line with TEXT?
#	in_cg NODE COMMAND...	run something in the node and the cgroup
#	gives "WORDS" NODE KIND OP...	hooks_probe prints exactly that

# shellcheck source=test/netns/lib.sh
. "${top_srcdir:-.}/test/netns/lib.sh" || exit 99
hooks_tool=$top_builddir/test/netns/hooks_tool
probe=$top_builddir/test/netns/hooks_probe
mip6d=$hooks_tool mip6ctl=$hooks_tool	# all of them that is needed
CG=
tool_program=$hooks_tool

# `ip netns exec' would hide the cgroups.  The second takes this shell's
# place: for the background, where $! shall be the command's.
in_cg() { (in_cg_exec "$@"); }
in_cg_exec() {
	local n=$1
	shift
	exec sh -c 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"' - \
		"${below:-$CG}" nsenter --net="/run/netns/$P-$n" "$@"
}

tool() { local n=$1; shift; in_cg "$n" "$hooks_tool" "$CG" "$@" \
	>> "$T/$n.log" 2>&1; }

tool_exec() { local n=$1; shift; in_cg_exec "$n" "$hooks_tool" "$CG" "$@"; }
# shellcheck source=test/netns/tool.sh
. "${top_srcdir:-.}/test/netns/tool.sh"

# rules NODE DEFAULT PERMIT [RULE...]: a policy; a RULE is its words
rules() {
	local n=$1 top="$2 $3" r
	shift 3
	for r; do tool_tell "$n" "rule $r" || return 1; done
	tool_tell "$n" "policy $top"
}

# counted NODE MS: the line of numbers
counted() {
	tool_tell "$1" "count $2" && grep '^count' "$T/$1.log" | tail -1
}
counts() { counted "$1" "$2" | grep -q -- "$3"; }
count_has() { eventually 3 counts "$@"; }

# What it gave is in $T/got.
gives() {
	local want=$1 n=$2
	shift 2
	in_cg "$n" ${as:-} "$probe" "$@" > "$T/got" 2>&1
	[ "$want" = "$(cat "$T/got")" ] || {
		say "# wanted: $want"
		say "#    got: $(cat "$T/got")"
		return 1
	}
}

# probe_start ID NODE KIND OP...: one that waits; probe_go ID lets it go on,
# to its next wait; probe_says ID gives what it printed.
declare -A probe_fd=() probe_pid=()
probe_start() {
	local id=$1 n=$2 fd
	shift 2
	rm -f "$T/$id.in"
	: > "$T/$id.out"
	mkfifo "$T/$id.in"
	exec {fd}<> "$T/$id.in"
	probe_fd[$id]=$fd
	in_cg_exec "$n" ${as:-} "$probe" "$@" \
		< "$T/$id.in" >> "$T/$id.out" 2>&1 &
	probe_pid[$id]=$!
	jobs_pids+=($!)
	eventually 5 probe_waits "$id" 1 || die "hooks_probe does not wait"
}
probe_waits() { [ "$(grep -o ready "$T/$1.out" | wc -l)" -ge "$2" ]; }
probe_go() {
	local n
	n=$(grep -o ready "$T/$1.out" | wc -l)
	echo >&"${probe_fd[$1]}"
	probe_on() {
		probe_waits "$1" $((n + 1)) ||
			! kill -0 "${probe_pid[$1]}" 2> /dev/null
	}
	eventually 5 probe_on "$1"
}
probe_says() { sed 's/ready //g' "$T/$1.out"; }
probe_end() {
	kill "${probe_pid[$1]}"
	wait "${probe_pid[$1]}" 2> /dev/null
	return 0
}

hooks_node() {
	local a
	node "$1"
	for a in $HOME_A $ACCESS $UNANCH $GRACE; do
		ip -n "$P-$1" addr add $a/128 dev lo nodad preferred_lft 0
	done
	ip -n "$P-$1" addr add $PEER/128 dev lo nodad
	ip -n "$P-$1" link add far0 type veth peer name far1
	ip -n "$P-$1" link set far0 arp off addrgenmode none up
	ip -n "$P-$1" link set far1 addrgenmode none up
	ip -n "$P-$1" addr add $PLAIN/128 dev far0 nodad
	ip -n "$P-$1" -6 route del multicast ff00::/8 dev far1 table local
	route "$1" default dev far0
	ip -n "$P-$1" route add default dev far0
}

# What the daemon would say: every type is there.
# shellcheck disable=SC2034
all_types="owned home-anchored $HOME_A , current home-anchored $HOME_A ,
	owned access-anchored $ACCESS , current access-anchored $ACCESS ,
	owned unanchored $UNANCH , current unanchored $UNANCH ,
	owned graceful $GRACE , current graceful $GRACE"

cg_tidy() {
	local status=$? d p
	[ "$BASHPID" = $$ ] || return
	trap '' HUP INT TERM
	for p in $(jobs -p); do
		kill -KILL "$p" 2> /dev/null
		wait "$p" 2> /dev/null
	done
	for d in $(find "$CG" "$CG.out" -depth -type d 2> /dev/null); do
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			for p in $(cat "$d/cgroup.procs"); do
				[ "$p" != $$ ] && kill -KILL "$p" 2> /dev/null
			done
			rmdir "$d" 2> /dev/null && break
			nap 0.1
		done
	done
	wait 2> /dev/null
	return $status
}

# Skip where there are no hooks.  Where there are, but our programs do not
# load, we are at fault.
hooks_begin() {
	net_begin "$@" nsenter
	[ -n "$cg" ] || skip "no cgroup2 is mounted"
	CG=$cg
	trap 'cg_tidy; net_cleanup' EXIT
	# of two that come together the second shall not end the end
	trap "trap '' HUP INT TERM; exit 129" HUP
	trap "trap '' HUP INT TERM; exit 130" INT
	trap "trap '' HUP INT TERM; exit 143" TERM
	chmod 711 "$T"
	hooks_node mn
	tool mn remove || {
		cat "$T/mn.log"
		grep -q 'loading the socket' "$T/mn.log" && die "eBPF"
		skip "$(sed -n 's/^error open: [-0-9]* //p' "$T/mn.log")"
	}
}
