# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# roam.sh - the network in which a mobile node roams.
#
#                  cn   the correspondent: knows nothing of mobility
#                  |
#          --------+-------- net-c  2001:db8:c::/64
#                  |
#                core   an ordinary router
#               /  |  \           2001:db8:f:{1,2,3}::/64
#             ha  ar1  ar2        mip6d, each sends Router Advertisements
#             |    |    |
#   2001:db8:1::   2::  3::/64    the links home, one, two
#             |
#            mn - - > - - >       mip6d; home address 2001:db8:1::10
#
# roam_net builds it without a daemon; roam_daemons starts the four.

HOA=2001:db8:1::10	# the mobile's home address
HA=2001:db8:1::1	# the home agent
CN=2001:db8:c::2	# the correspondent

# the access router N has the number N + 1 in its addresses
roam_router() {
	local n=$1 num=$2 link=$3
	node "$n"
	forwarding "$n"
	plug "$n" core0 "net-$n" "2001:db8:f:$num::2/64"
	plug "$n" lan0 "$link" "2001:db8:$num::1/64"
	route "$n" default via "2001:db8:f:$num::1"
	plug core "$n" "net-$n" "2001:db8:f:$num::1/64"
	route core "2001:db8:$num::/64" via "2001:db8:f:$num::2"
}

roam_net() {
	local l
	for l in home one two net-c net-ha net-ar1 net-ar2; do
		link "$l"
	done
	node core
	node cn
	for l in core cn; do
		at "$l" sysctl -qw net.ipv6.conf.default.accept_dad=0
	done
	forwarding core
	plug cn eth0 net-c $CN/64
	plug core cn net-c 2001:db8:c::1/64
	route cn default via 2001:db8:c::1
	roam_router ha 1 home
	roam_router ar1 2 one
	roam_router ar2 3 two
	node mn
	plug mn wlan0 home
}
