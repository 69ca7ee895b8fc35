#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# restart_filters.sh - a home agent is killed at every moment of its start, and
# its filters stand on every interface.
#
#	 a ---- left ==eth0== ha ==eth1== right ---- b
#
# What comes through a tunnel is taken by the filters of eth0 and eth1, which
# outlive the daemon.  ROUNDS times it is killed, sooner or later after its
# start; while it is dead all filters that stood before stand, and when it is
# back they are the new program's, one for each direction.
#
# eth2 is the bait: its other end is in a container, where it happens to have
# the index that the path device has here.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

ROUNDS=${ROUNDS:-12}

# The programs in both directions of an interface, by their ids.
filters() {
	local dev way
	for dev in eth0 eth1 eth2; do
		for way in ingress egress; do
			echo "$dev $way $(at ha tc filter show dev $dev $way |
				sed -n 's/.* \(path_[a-z0-9_]*\).*/\1/p' | tr '\n' ' ')"
		done
	done
}

all_stand() {
	filters > "$T/filters"
	diff "$T/first" "$T/filters"
}

# Started, and killed after so many milliseconds, whatever it was doing.
start_and_kill() {
	nsenter "--net=/run/netns/$P-ha" "$mip6d" -f -c "$T/ha.conf" \
		--run-dir "$T/run-ha" --state-dir "$T/state-ha" \
		--cgroup none >> "$T/ha.log" 2>&1 < /dev/null &
	pid_of[ha]=$!
	nap "$(awk "BEGIN { print $1 / 1000 }")"
	daemon_kill ha
}

net_begin restart_filters tc awk sed
for l in left right; do link $l; done
node ha
forwarding ha
plug ha eth0 left 2001:db8:1::1/64
plug ha eth1 right 2001:db8:c::1/64
cat > "$T/ha.conf" <<-EOC
	NodeConfig HA;
	Interface "eth0";
	Interface "eth1";
	Interface "eth2";
	VirtualHomeLink { Prefix 2001:db8:2::/64; HomeAgentAddress 2001:db8:1::1; }
	BindingAclPolicy 2001:db8:2::10 allow;
	Peer 2001:db8:2::10 { Protect none insecure; }
EOC
node container
daemon ha "$T/ha.conf"
index=$(at ha cat /sys/class/net/mip6/ifindex)
ip -n "$P-container" link add far index "$index" type veth \
	peer name eth2 netns "$P-ha" ||
	die "cannot make a pair of devices"
ip -n "$P-ha" link set eth2 up
ip -n "$P-container" link set far up
six() { test 6 = "$(filters | grep -c path_)"; }
eventually 5 six
ip -n "$P-ha" -br link | sed "s,^,   ,"
filters > "$T/first"
sed 's/^/   /' "$T/first"
expect "all interfaces have filters, in and out" \
	test 6 = "$(grep -c path_ "$T/first")"

for ((k = 0; k < ROUNDS; k++)); do
	daemon_kill ha
	expect "$k: dead, they stand" all_stand
	start_and_kill $((k * 17 % 200))
	expect "$k: killed at its start, they stand" all_stand
	daemon ha "$T/ha.conf"
	expect "$k: and when it is back" all_stand
done
daemon_stop ha
expect "with its end they are gone" test 0 = "$(filters | grep -c path_)"
net_end
