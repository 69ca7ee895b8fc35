# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# path_net.sh - the network of the data path's tests; no daemon in it.
#
#	cn ----- ha ===== r ===== mn
#	  2001:db8:c::/64         |
#	          2001:db8:f::/64  2001:db8:2::/64
#
# cn is the correspondent, ha the home agent, r a router that knows nothing
# of the home prefix 2001:db8:1::/64, mn the mobile at its care-of address.
# path_tool (path_tool.c) stands for the daemon:
#
#	tool NODE WORD...	run it once
#	tool_start NODE WORD...	keep one; tool_tell NODE WORD... commands it
#	tool_says NODE TEXT	has it printed a line with TEXT?

HOA=2001:db8:1::10	# the mobile's home address
COA=2001:db8:2::2	# its care-of address
HA=2001:db8:f::1	# the home agent
CN=2001:db8:c::2

# shellcheck source=test/netns/lib.sh
. "${top_srcdir:-.}/test/netns/lib.sh" || exit 99
path_tool=$top_builddir/test/netns/path_tool
mip6d=$path_tool mip6ctl=$path_tool	# all of them that is needed
tool_program=$path_tool
tool_exec() { local n=$1; shift; exec ip netns exec "$P-$n" "$path_tool" "$@"; }
# shellcheck source=test/netns/tool.sh
. "${top_srcdir:-.}/test/netns/tool.sh"

tool() { local n=$1; shift; at "$n" "$path_tool" "$@" >> "$T/$n.log" 2>&1; }

# counter NODE KIND: packets counted so far
counter() {
	at "$1" "$path_tool" show | sed -n \
		"s/^data kind=$2 packets=\([0-9]*\).*/\1/p" | grep . || echo 0
}

# counts NODE KIND N COMMAND...: the command fails, and N or more are counted
counts() {
	local n=$1 kind=$2 least=$3 before
	shift 3
	before=$(counter "$n" "$kind")
	"$@" > /dev/null 2>&1
	[ $(( $(counter "$n" "$kind") - before )) -ge "$least" ]
}

path_net() {
	local l
	for l in net-c net-f net-2; do link $l; done
	for l in cn ha r mn; do
		node $l
		at $l sysctl -qw net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.all.accept_dad=0
	done
	forwarding ha
	forwarding r
	plug cn eth0 net-c $CN/64
	plug ha eth0 net-c 2001:db8:c::1/64
	plug ha eth1 net-f $HA/64
	plug r eth0 net-f 2001:db8:f::2/64
	plug r eth1 net-2 2001:db8:2::1/64
	plug mn eth0 net-2 $COA/64
	route cn default via 2001:db8:c::1
	route r default via $HA
	route ha 2001:db8:2::/64 via 2001:db8:f::2
	route mn default via 2001:db8:2::1
}

# Skip where there is no eBPF; one run in a namespace of its own tells.  Where
# there is, but it does not take our programs, we are at fault.
path_begin() {
	net_begin "$@"
	node try
	tool try caps || {
		cat "$T/try.log"
		grep -q 'loading the data path' "$T/try.log" && die "eBPF"
		skip "$(sed -n 's/^error open: [-0-9]* //p' "$T/try.log")"
	}
	path_net
}

# What a home agent with a virtual home link, and a mobile, would ask for.
ha_words="link eth0 , link eth1 , flow any 2001:db8:1::/64 block ,
	path $HA $COA , flow any $HOA $HA $COA"
mn_words="link eth0 , path $COA $HA , flow $HOA any $COA $HA"

path_up() {
	# shellcheck disable=SC2086
	tool ha $ha_words , sync || { cat "$T/ha.log"; die "home agent"; }
	# shellcheck disable=SC2086
	tool mn $mn_words , sync || { cat "$T/mn.log"; die "mobile"; }
	ip -n "$P-mn" addr add $HOA/128 dev mip6 nodad
}

probe=$top_builddir/test/netns/path_probe

# answer NODE: serve questions there, on port 7000, until answer_end NODE
declare -A answer_pid=()
answer_end() {
	kill "${answer_pid[$1]}"
	wait "${answer_pid[$1]}" 2> /dev/null
	return 0
}
answer() {
	: > "$T/$1.serve"
	ip netns exec "$P-$1" "$probe" serve 7000 >> "$T/$1.serve" 2>&1 &
	answer_pid[$1]=$!
	jobs_pids+=($!)
	eventually 5 grep -q serving "$T/$1.serve" || die "no server on $1"
}

# ask NODE SOURCE DESTINATION [OPTION...]: all answered?  Leaves $T/ask.
ask() {
	local n=$1 s=$2 d=$3
	shift 3
	at "$n" "$probe" ask "$s" "$d" 7000 "$@" > "$T/ask" 2>&1
}
asked()	{ grep -q -- "$1" "$T/ask"; }

forge=$top_builddir/test/netns/path_forge
forge() { local n=$1; shift; at "$n" "$forge" "$@"; }

# watch NODE: see the datagrams that reach port 7000; watched NODE TEXT
watch() {
	: > "$T/$1.watch"
	ip netns exec "$P-$1" "$forge" watch 7000 >> "$T/$1.watch" 2>&1 &
	watch_pid=$!
	jobs_pids+=($!)
	eventually 5 grep -q serving "$T/$1.watch" || die "no watch on $1"
}
watch_end() { kill "$watch_pid"; wait "$watch_pid" 2> /dev/null; :; }
watched() { eventually 2 grep -q -- "$2" "$T/$1.watch"; }
