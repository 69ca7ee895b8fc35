#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_anchor_cpu.sh - what an anchor costs at a handover, with real daemons.
#
# A mobile visits ANCHORS access routers, with a session from each, and then goes
# to and fro, MOVES times, between two links that have no anchor.  Before the
# visits it has done the same without any: the difference, for one anchor and
# one move, is printed; processor time as the kernel counts it, user and system.
# Nobody has a key (cga): each first move away signs, which is not counted; of
# the others, the first to each link has a care-of test.
#
#	anchor_cpu_mobile	at the mobile
#	anchor_cpu_router	at the access router

# shellcheck source-path=SCRIPTDIR source=../netns/lib.sh
. "$(dirname "$0")/../netns/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"
# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$here/../bench/bench.sh"

ANCHORS=${ANCHORS:-16}
MOVES=${MOVES:-10}
ANCHOR_KEY=

# Two routers that only advertise, and the anchors, 2001:db8:100::/64 and on.
conf_of() {	# conf_of NODE NUMBER [anchor]
	cat > "$T/$1.conf" <<-EOC
	NodeConfig AR;
	Interface "core0";
	Interface "lan0" {
		SendAdvertisements enabled; MaxRaDelay 0;
		Prefix 2001:db8:$2::/64;
	}
	EOC
	[ -z "${3:-}" ] ||
		echo "AccessAnchor \"lan0\" { Prefix 2001:db8:$2::/64; }" \
			>> "$T/$1.conf"
}

router() {	# router NODE NUMBER [anchor]
	link "$1"
	link "net-$1"
	roam_router "$1" "$2" "$1"
	conf_of "$@"
}

net() {
	local k
	link net-c
	for k in core cn; do
		node $k
		at $k sysctl -qw net.ipv6.conf.default.accept_dad=0
	done
	forwarding core
	plug cn eth0 net-c $CN/64
	plug core cn net-c 2001:db8:c::1/64
	route cn default via 2001:db8:c::1
	router x 2
	router y 3
	for ((k = 0; k < ANCHORS; k++)); do
		router "a$k" "$((100 + k))" anchor
	done
	node mn
	plug mn wlan0 x
	types_key key
	cat > "$T/mn.conf" <<-EOC
	NodeConfig MN;
	Interface "wlan0";
	MnHomeLink "wlan0" {
		HomeAgentAddress $HA;
		HomeAddress $HOA/64;
	}
	Peer $HA { Protect shared-key spi 256 file "$T/key"; }
	AddressPolicy {
		Boot access-anchored, unanchored; Default unanchored;
		Permit access-anchored, unanchored;
		Linger access-anchored 600;
	}
	EOC
}

# Nanoseconds that a daemon has had a processor.
cpu_of() {
	local f sum=0 ns
	for f in /proc/"${pid_of[$1]}"/task/*/schedstat; do
		read -r ns _ < "$f"
		sum=$((sum + ns))
	done
	echo $sum
}

cpu_routers() {
	local k sum=0
	for ((k = 0; k < ANCHORS; k++)); do
		sum=$((sum + $(cpu_of "a$k")))
	done
	echo $sum
}

on_link() { ctl mn addresses | grep "type=unanchored address=$1" |
	grep -q usable=yes; }

go() {		# go LINK NUMBER
	plug_out mn wlan0
	eventually 5 no_carrier mn wlan0
	plug_in mn wlan0 "$1"
	eventually 15 on_link "2001:db8:$2:" || {
		tail -n 20 "$T/mn.log"
		die "nothing on link $1"
	}
}

has_anchored() {
	local a
	a=$(address_of access-anchored)
	[ "${a#"2001:db8:$1:"}" != "$a" ]
}

# How many anchors have acknowledged this care-of address
acknowledged() {
	ctl mn bindings | grep -c "bound=yes coa=2001:db8:$1:.*asking=none"
}
all_acknowledged() { [ "$(acknowledged "$1")" = "$2" ]; }

session() {	# session K
	flow_start "s$1-cn" cn -r 100 serve "s$1" $CN $((40000 + $1))
	eventually 5 flow_says "s$1-cn" listening || die "no server"
	mkfifo "$T/s$1.in"
	exec {fd}<> "$T/s$1.in"
	inside mn "$flow" -r 100 -t access-anchored connect "s$1" :: $CN \
		$((40000 + $1)) < "$T/s$1.in" > "$T/s$1.out" 2>&1 &
	jobs_pids+=($!)
	eventually 10 flow_says "s$1-cn" connected || {
		cat "$T/s$1.out"
		die "no session $1"
	}
}

# to_and_fro ANCHORS: sets cpu_mn and cpu_ars, of all moves together
to_and_fro() {
	local i to=y num=3 at_mn at_ars
	at_mn=$(cpu_of mn)
	at_ars=$(cpu_routers)
	for ((i = 0; i < MOVES; i++)); do
		go $to $num
		eventually 15 all_acknowledged $num "$1" || {
			ctl mn bindings
			die "move $i: $(acknowledged $num) of $1 anchors"
		}
		nap 1.2		# duplicate address detection goes on
		if [ $to = y ]; then to=x num=2; else to=y num=3; fi
	done
	cpu_mn=$(($(cpu_of mn) - at_mn))
	cpu_ars=$(($(cpu_routers) - at_ars))
}

# The search for a modifier (cga) is over.
idle() {
	local had
	had=$(cpu_of mn)
	nap 0.5
	[ $(($(cpu_of mn) - had)) -lt 2000000 ]
}

# us for each anchor and move: per FROM-NS TO-NS MOVES
per() {
	awk -v a="$1" -v b="$2" -v n="$3" \
		'BEGIN { printf "%.1f\n", (b - a) / n / 1000 }'
}

net_begin anchor_cpu awk
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
[ -r /proc/self/schedstat ] || skip "the kernel does not count (schedstat)"
net
for n in x y; do
	daemon $n "$T/$n.conf"
done
for ((k = 0; k < ANCHORS; k++)); do
	daemon "a$k" "$T/a$k.conf"
done
daemon mn "$T/mn.conf"
eventually 15 on_link 2001:db8:2: || {
	ctl mn addresses
	die "no address on link x"
}
nap 1
eventually 60 idle || die "the mobile does not come to rest"
go y 3			# once, so that all neighbours are known
go x 2
to_and_fro 0
none_mn=$cpu_mn none_ars=$cpu_ars
for ((k = 0; k < ANCHORS; k++)); do
	go "a$k" $((100 + k))
	eventually 10 has_anchored $((100 + k)) || die "a$k is no anchor"
	session "$k"
done
# That the last one signs is the next move's alone.
eventually 15 all_acknowledged $((100 + ANCHORS - 1)) $((ANCHORS - 1)) ||
	die "$(acknowledged $((100 + ANCHORS - 1))) anchors have the last link"
go x 2
eventually 15 all_acknowledged 2 "$ANCHORS" || die "not all anchors"
nap 1.5
to_and_fro "$ANCHORS"
bench anchor_cpu_mobile \
	"$(per "$none_mn" "$cpu_mn" $((ANCHORS * MOVES)))" us
bench anchor_cpu_router \
	"$(per "$none_ars" "$cpu_ars" $((ANCHORS * MOVES)))" us
exit $failed
