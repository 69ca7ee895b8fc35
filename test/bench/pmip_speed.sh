#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pmip_speed.sh - a gateway's tunnel against plain forwarding.
#
#	cn -----> lma =====> r =====> mag -----> mn
#
# Through the same five namespaces, one wire each between them: once to an
# address of mn's that lma, r and mag have routes for, once to its home network
# prefix, which lma tunnels and mag puts on the access link.  The two have each
# a wire of their own between mag and mn, for on an access link nothing passes
# but by a tunnel.  They take turns, as in path_speed.sh.
#
#	pmip_throughput		TCP, Mbit/s
#	pmip_throughput_up	the same from the mobile
#	pmip_pps		UDP, 64 octets of payload, packets/s
PATH_SPEED_LIB=1
# shellcheck source=test/bench/path_speed.sh
. "${top_srcdir:-.}/test/bench/path_speed.sh"

LMA=2001:db8:f::1 MAG=2001:db8:2::2 HNP=2001:db8:1:1 PLAIN=2001:db8:3::2

pmip_net() {
	local l
	for l in cn lma r mag mn; do
		node $l
		at $l sysctl -qw net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.accept_ra=0
	done
	for l in lma r mag; do forwarding $l; done
	wire cn eth0 $CN/64 lma eth0 2001:db8:c::1/64
	wire lma eth1 $LMA/64 r eth0 2001:db8:f::2/64
	wire r eth1 2001:db8:2::1/64 mag eth0 $MAG/64
	wire mag eth1 fe80::1/64 mn eth0 $HNP::10/64
	wire mag eth2 2001:db8:3::1/64 mn eth1 $PLAIN/64
	route cn default via 2001:db8:c::1
	route lma default via 2001:db8:f::2
	route r 2001:db8:c::/64 via $LMA
	route r 2001:db8:3::/64 via $MAG
	route mag default via 2001:db8:2::1
	route mn default via fe80::1 dev eth0
	at mn ip -6 rule add from $PLAIN lookup 100
	at mn ip -6 route add default via 2001:db8:3::1 table 100
}

pmip_up() {
	local mac
	mac=$(at mn cat /sys/class/net/eth0/address)
	tool lma link eth0 , link eth1 , flow any 2001:db8:1::/48 block , \
		path $LMA $MAG , flow any $HNP::/64 $LMA $MAG , sync &&
	tool mag link eth0 , access eth1 , path $MAG $LMA , \
		of $HNP::/64 eth1 "$mac" $MAG $LMA , sync
}

net_begin pmip_speed awk
pmip_net
pmip_up || die "no data path"
from=cn to=mn way_plain="$CN $PLAIN" way_home="$CN $HNP::10"
case ${1:-all} in
all|throughput) compare pmip_throughput tcp mbit Mbit/s ;;
esac
case ${1:-all} in
all|pps) compare pmip_pps udp pps packets/s ;;
esac
from=mn to=cn way_plain="$PLAIN $CN" way_home="$HNP::10 $CN"
case ${1:-all} in
all|throughput) compare pmip_throughput_up tcp mbit Mbit/s ;;
esac
exit 0
