# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# lib.sh - small networks for the demo and the scenario tests.
#
# A network is nodes on links.  A node is a network namespace; a link is a
# bridge in one more namespace, the "ether", so that several nodes may sit
# on a link and a capture of it sees what is really on the wire.  A device
# is plugged into a link and can be moved to another, carrier loss and all.
#
#	net_begin NAME [COMMAND...]	start; skips when something is missing
#	link NAME			a link
#	node NAME			a node
#	plug NODE DEV LINK [ADDR...]	a device on a link, with addresses
#	plug_out NODE DEV		carrier goes; no_carrier NODE DEV: it has
#	plug_in NODE DEV LINK		carrier comes back, on this link
#	at NODE COMMAND...		run something in a node
#	inside NODE COMMAND...		the same, where the socket hooks are
#	capture LINK			tcpdump to $T/LINK.pcap, until capture_end
#	daemon NODE CONF [OPTION...]	start mip6d; its log is $T/NODE.log
#	daemon_stop NODE | daemon_kill NODE
#	ctl NODE WORD...		mip6ctl
#	app NODE [OPTION...] MODE...	an application (app_tool.c)
#	eventually SECONDS COMMAND...	wait until the command succeeds
#	expect TEXT COMMAND...		a check: said, and counted
#	net_end				stop, clean up, exit with the verdict
#
# Everything is torn down in a trap, when interrupted too.  Namespaces are
# called m6-PID-NODE: net_sweep removes those whose script was killed.  The
# socket hooks of all nodes are at one cgroup of ours, m6-PID, so that no
# other process of the machine passes them.
# The scripts run with the tools that stand in $top_builddir.

set -u
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_srcdir=${top_srcdir:-$(cd "$here/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}

P=m6-$$			# the prefix of our namespaces
cg=			# our cgroup; empty: there is no cgroup2
T=			# a directory for this run
failed=0 checks=0
declare -A pid_of=()
jobs_pids=()
captures=()
nodes=()

say()	{ printf '%s\n' "$*"; }
skip()	{ say "SKIP: $*"; exit 77; }
die()	{ say "FAIL: $*"; failed=1; exit 1; }

# --- waiting ----------------------------------------------------------------

# Not a read with a timeout: bash 5.2 may die when a trap interrupts one.
nap() { sleep "$1"; }

now_ms() { local t=${EPOCHREALTIME/./}; printf '%s' "${t%???}"; }

eventually() {
	local end=$(( $(now_ms) + ${1%.*} * 1000 ))
	shift
	until "$@"; do
		[ "$(now_ms)" -lt "$end" ] || return 1
		nap 0.05
	done
}

expect() {
	local text=$1
	shift
	checks=$((checks + 1))
	if "$@"; then
		say "ok - $text"
	else
		say "not ok - $text"
		failed=1
		return 1
	fi
}

not() { ! "$@"; }

# --- the network ------------------------------------------------------------

# Not for the background, where $! would be a shell's: write it out there.
at()	{ local ns=$1; shift; ip netns exec "$P-$ns" "$@"; }
ether()	{ ip -n "$P-ether" "$@"; }
# `ip netns exec' has a /sys of its own, in which there are no cgroups.
enter()	{ local ns=$1; shift; nsenter "--net=/run/netns/$P-$ns" "$@"; }
inside() {
	local ns=$1
	shift
	enter "$ns" sh -c 'echo $$ > "$0/cgroup.procs" && exec "$@"' "$cg" "$@"
}

ns_add() {
	ip netns add "$P-$1" || die "cannot make a network namespace"
	ip -n "$P-$1" link set lo up
}

link() {
	ether link add "$1" type bridge stp_state 0 forward_delay 0 \
		mcast_snooping 0 ageing_time 100
	ether link set "$1" addrgenmode none up
}

node() {
	nodes+=("$1")
	ns_add "$1"
}

plug() {
	local n=$1 dev=$2 link=$3 a
	shift 3
	ip -n "$P-$n" link add "$dev" type veth \
		peer name "$n-$dev" netns "$P-ether" ||
		die "cannot make a pair of devices"
	ip -n "$P-$n" link set "$dev" up
	ether link set "$n-$dev" master "$link" addrgenmode none up
	for a; do
		ip -n "$P-$n" addr add "$a" dev "$dev" nodad
	done
}

plug_out() { ether link set "$1-$2" down; }

# The kernel tells of a carrier once a second at most: one that is gone and back
# before that was never away.
no_carrier() {	# no_carrier NODE DEV
	ip -n "$P-$1" link show dev "$2" | grep -q 'state \(LOWERLAYER\)*DOWN'
}

plug_in() {
	ether link set "$1-$2" master "$3"
	ether link set "$1-$2" up
}

# route NODE DESTINATION via GATEWAY
route() { local n=$1; shift; ip -n "$P-$n" -6 route add "$@"; }

forwarding() { at "$1" sysctl -qw net.ipv6.conf.all.forwarding=1; }

# Packets are taken as they come, not in blocks: what came last would not be
# there when tcpdump ends.  Room is made for packets of CAPTURE_MOST octets: the
# fewer, the more of them may wait while the machine is busy.
CAPTURE_MOST=0		# as long as they are
capture() {
	local n=${#captures[@]}
	: > "$T/$1.tcpdump"	# now: what an earlier one said is no sign
	ip netns exec "$P-ether" tcpdump -i "$1" --immediate-mode -U -B 32768 \
		-s "$CAPTURE_MOST" -w "$T/$1.pcap" \
		2> "$T/$1.tcpdump" < /dev/null &
	captures[n]=$!
	eventually 5 grep -qs listening "$T/$1.tcpdump" ||
		die "tcpdump does not start"
}

capture_end() {
	local p
	nap 0.3			# what is under way arrives
	for p in "${captures[@]}"; do
		kill -TERM "$p" 2> /dev/null
		wait "$p" 2> /dev/null
	done
	captures=()
}

# --- daemons ----------------------------------------------------------------

mip6d=$top_builddir/mip6d
mip6ctl=$top_builddir/mip6ctl
mip6run=$top_builddir/mip6run

ctl() { local n=$1; shift; "$mip6ctl" --run-dir "$T/run-$n" "$@"; }

app_tool=$top_builddir/test/netns/app_tool

app() {
	local n=$1 o=()
	shift
	while [[ $1 == -* ]]; do o+=("$1" "$2"); shift 2; done
	"$app_tool" "${o[@]}" "$T/run-$n/app" "$@"
}

daemon_up() { ctl "$1" status > /dev/null 2>&1; }

daemon() {
	local n=$1 conf=$2
	shift 2
	nsenter "--net=/run/netns/$P-$n" "$mip6d" -f -c "$conf" --run-dir "$T/run-$n" \
		--state-dir "$T/state-$n" --cgroup "${cg:-none}" "$@" \
		>> "$T/$n.log" 2>&1 < /dev/null &
	pid_of[$n]=$!
	eventually 10 daemon_up "$n" || {
		cat "$T/$n.log"
		die "mip6d of $n does not start"
	}
}

daemon_stop() {
	local p=${pid_of[$1]:-} status=0
	[ -n "$p" ] || return 0
	unset "pid_of[$1]"
	kill -TERM "$p" 2> /dev/null
	wait "$p" 2> /dev/null || status=$?
	[ $status -eq 0 ] || {
		say "mip6d of $1 ended with status $status"
		cat "$T/$1.log"
		failed=1
	}
}

daemon_kill() {
	local p=${pid_of[$1]}
	unset "pid_of[$1]"
	kill -KILL "$p"
	wait "$p" 2> /dev/null
	return 0
}

# --- traffic ----------------------------------------------------------------
#
# flow_start ID NODE WORD...	a `flow' (flow.c) in a node
# flow_tell ID WORD...		a command to it
# flow_result ID WORD		its first line that begins so, or nothing
# flow_ask ID WORD		the command WORD, and the line it answers with

flow=$top_builddir/test/netns/flow
declare -A flow_fd=() flow_pid=()

flow_start() {
	local id=$1 n=$2 fd
	shift 2
	mkfifo "$T/$id.in"
	exec {fd}<> "$T/$id.in"
	flow_fd[$id]=$fd
	ip netns exec "$P-$n" "$flow" "$@" < "$T/$id.in" > "$T/$id.out" 2>&1 &
	flow_pid[$id]=$!
	jobs_pids+=($!)
}

flow_tell() { local id=$1; shift; printf '%s\n' "$*" >&"${flow_fd[$id]}"; }

flow_result() { grep -m 1 "^$2 " "$T/$1.out" 2> /dev/null; }

flow_says() { [ -n "$(flow_result "$@")" ]; }

flow_lines() { grep -c "^$2 " "$T/$1.out"; }
flow_answered() { [ "$(flow_lines "$1" "$2")" -gt "$3" ]; }

flow_ask() {
	local had
	had=$(flow_lines "$1" "$2")
	flow_tell "$1" "$2"
	eventually 5 flow_answered "$1" "$2" "$had" || return 1
	grep "^$2 " "$T/$1.out" | tail -n 1
}

flow_ended() { ! kill -0 "${flow_pid[$1]}" 2> /dev/null; }

# value KEY LINE: what stands after KEY= in a line of words
value() {
	local w
	for w in $2; do
		[ "${w%%=*}" = "$1" ] && [ "$w" != "${w#*=}" ] || continue
		printf '%s' "${w#*=}"
		return 0
	done
	return 1
}

# --- beginning and end ------------------------------------------------------

# Of all the processes we started none is left when this returns.
net_reap() {
	local n p
	for p in "${captures[@]}" "${jobs_pids[@]}" "${pid_of[@]}"; do
		kill -TERM "$p" 2> /dev/null
	done
	# ... and those that a shell of ours started for us
	for n in ether "${nodes[@]}"; do
		for p in $(ip netns pids "$P-$n" 2> /dev/null); do
			kill -TERM "$p" 2> /dev/null
		done
	done
	for n in ether "${nodes[@]}"; do
		[ -e "/run/netns/$P-$n" ] || continue
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			[ -n "$(ip netns pids "$P-$n" 2> /dev/null)" ] || break
			nap 0.1
		done
		for p in $(ip netns pids "$P-$n" 2> /dev/null); do
			kill -KILL "$p" 2> /dev/null
		done
	done
	wait 2> /dev/null
	for n in "${nodes[@]}" ether; do
		[ -e "/run/netns/$P-$n" ] && ip netns del "$P-$n"
	done
	[ -z "$cg" ] || cgroup_del "$cg"
	return 0
}

# With it goes what was attached to it.
cgroup_del() {
	local p i
	for i in 1 2 3 4 5; do
		[ -e "$1" ] || return
		while read -r p; do
			kill -KILL "$p"
		done < "$1/cgroup.procs"
		rmdir "$1" && return
		nap 0.1
	done 2> /dev/null
}

cgroup2() { awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts; }

cgroup_add() {
	local root
	root=$(cgroup2)
	if [ -n "$root" ] && mkdir "$root/$P" 2> /dev/null; then
		cg=$root/$P
	fi
}

net_cleanup() {
	local status=$?
	[ "$BASHPID" = $$ ] || return	# a subshell that ended by an error
	trap '' INT TERM HUP
	trap - EXIT
	[ $status -eq 0 ] || failed=1
	net_reap
	[ -n "$T" ] && [ -z "${KEEP:-}" ] && rm -rf "$T"
	exit "$status"
}

# Namespaces of scripts that were killed before they could clean up.
net_sweep() {
	local ns pid
	for ns in /run/netns/m6-*; do
		ns=${ns##*/}
		pid=${ns#m6-}
		pid=${pid%%-*}
		case $pid in
		''|*[!0-9]*) continue ;;
		esac
		kill -0 "$pid" 2> /dev/null && continue
		for pid in $(ip netns pids "$ns" 2> /dev/null); do
			kill -KILL "$pid" 2> /dev/null
		done
		ip netns del "$ns" 2> /dev/null
	done
	for ns in "$(cgroup2)"/m6-*; do
		pid=${ns##*/m6-}
		case $pid in
		''|*[!0-9]*) continue ;;
		esac
		kill -0 "$pid" 2> /dev/null || cgroup_del "$ns"
	done
}

need() {
	local c
	for c; do
		command -v "$c" > /dev/null || skip "$c is not installed"
	done
}

net_begin() {
	name=$1
	shift
	PATH=$PATH:/usr/sbin:/sbin
	[ "$(id -u)" -eq 0 ] || skip "not root: a network namespace needs it"
	need ip "$@"
	[ -x "$mip6d" ] && [ -x "$mip6ctl" ] || skip "mip6d is not built"
	T=$(mktemp -d "${TMPDIR:-/tmp}/mip6-$name.XXXXXX") || exit 99
	trap net_cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	mkdir -p /run/netns
	ip netns add "$P-ether" 2> "$T/err" ||
		skip "no network namespaces here: $(cat "$T/err")"
	ip -n "$P-ether" link set lo up
	cgroup_add
	# Bridged packets are nobody's business but the bridge's.
	at ether sysctl -qw net.bridge.bridge-nf-call-ip6tables=0 \
		2> /dev/null || :
}

net_end() {
	local n
	capture_end
	for n in "${!pid_of[@]}"; do
		daemon_stop "$n"
	done
	for n in "$T"/*.log; do
		[ -e "$n" ] || continue
		if grep -qE 'Sanitizer|runtime error:' "$n"; then
			say "not ok - ${n##*/}: the sanitizer complains"
			grep -vE '^$' "$n" | tail -60
			failed=1
		fi
	done
	if [ -s "$T/trouble" ]; then
		say "not ok - the test itself"
		cat "$T/trouble"
		failed=1
	fi
	say "$name: $checks checks, $([ $failed -eq 0 ] && echo all passed ||
		echo FAILED)"
	exit $failed
}
