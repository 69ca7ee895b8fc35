# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# pmip_net.sh - the network in which stock mobiles roam (RFC 5213).
#
#                  cn   the correspondent: knows nothing of mobility
#                  |
#          --------+-------- net-c  2001:db8:c::/64
#                  |
#                core   an ordinary router
#               / | \ \           net-lma, net-mag1, net-mag2, net-mag3
#            lma  | |  \
#              mag1 mag2 mag3     mip6d; each the same router to a mobile
#                |    |    |
#               al1  al2  al3     access links
#                |    |    |
#                m1   m2   m3     nothing of ours: the kernel's own SLAAC
#
#	pmip_net			all of it, without a daemon
#	pmip_conf			keys, and $T/NODE.conf for four daemons
#	pmip_daemons			start them
#	pmip_address MOBILE		the address that it formed, if it has
#	pmip_traffic MOBILE		a TCP stream and ticks, mobile <-> cn
#	pmip_traffic_end MOBILE		close the stream; is it whole?
#	pmip_at MOBILE MAG		is that what the anchor believes?

LMA=2001:db8:f:1::2
CN=2001:db8:c::2
RATE=200000
PORT=40000
TICKS=40100
MOBILES=(m1 m2 m3)
ROUTER=fe80::5213		# of every access link
ROUTER_MAC=02:52:13:00:00:01

mag_of()  { printf '2001:db8:f:%d::2' $((${1#mag} + 1)); }
num_of()  { printf '%d' "${1#m}"; }
mac_of()  { at "$1" cat /sys/class/net/wlan0/address; }

pmip_backbone() {	# NODE NUMBER
	node "$1"
	forwarding "$1"
	link "net-$1"
	plug "$1" core0 "net-$1" "2001:db8:f:$2::2/64"
	plug core "$1" "net-$1" "2001:db8:f:$2::1/64"
	route "$1" default via "2001:db8:f:$2::1"
}

pmip_net() {
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
	pmip_backbone lma 1
	route core 2001:db8:100::/48 via $LMA
	for k in 1 2 3; do
		link al$k
		pmip_backbone mag$k $((k + 1))
		plug mag$k lan0 al$k
		# FixedMAGLinkLayerAddressOnAllAccessLinks (RFC 5213 9.3)
		at mag$k ip link set lan0 down
		at mag$k ip link set lan0 address $ROUTER_MAC
		at mag$k ip link set lan0 up
	done
	for k in "${MOBILES[@]}"; do
		node "$k"
		link "away-$k"
		plug "$k" wlan0 "away-$k"
		plug_out "$k" wlan0
	done
}

pmip_key() {
	(umask 077; head -c 32 /dev/urandom | od -An -v -tx1 |
		tr -d ' \n' > "$T/$1.key")
}

pmip_conf() {
	local k m
	{
		cat <<-EOC
		NodeConfig LMA;
		LmaAddress $LMA;
		HomeNetworkPrefix 2001:db8:100::/48;
		LmaMaxBindingLife 240;
		MobileNode "m1@example.com" {
			HomeNetworkPrefix 2001:db8:100:aa::/64;
		}
		MobileNode "@example.com";
		EOC
		for k in 1 2 3; do
			pmip_key mag$k
			echo "Peer $(mag_of mag$k) { Protect shared-key" \
				"spi $((255 + k)) file \"$T/mag$k.key\"; }"
		done
	} > "$T/lma.conf"
	for k in 1 2 3; do
		{
			cat <<-EOC
			NodeConfig MAG;
			LmaAddress $LMA;
			MagAddress $(mag_of mag$k);
			LmaMaxBindingLife 240;
			FixedMAGLinkLocalAddressOnAllAccessLinks $ROUTER;
			Interface "lan0";
			AccessLink "lan0" { MobileProbeInterval 2; }
			Peer $LMA { Protect shared-key spi $((255 + k))
				file "$T/mag$k.key"; }
			EOC
			for m in "${MOBILES[@]}"; do
				echo "MobileNode \"$m@example.com\" {" \
					"LinkLayerAddress $(mac_of "$m"); }"
			done
		} > "$T/mag$k.conf"
	done
}

pmip_daemons() {
	local n
	for n in lma mag1 mag2 mag3; do
		daemon $n "$T/$n.conf"
	done
}

pmip_address() {
	at "$1" ip -6 -o addr show dev wlan0 scope global -tentative |
		awk '{ sub("/.*", "", $4); print $4; exit }'
}
pmip_has_address() { [ -n "$(pmip_address "$1")" ]; }

pmip_at() {
	ctl lma bindings | grep "identity=$1@.*state=active" |
		grep -q "mag=$(mag_of "$2") "
}

pmip_ticks() {
	local m=$1 a
	a=$(pmip_address "$m")
	flow_start "ticks-cn-$m" cn ticks cn $CN "$a" $((TICKS + $(num_of "$m")))
	flow_start "ticks-$m" "$m" ticks "$m" "$a" $CN \
		$((TICKS + $(num_of "$m")))
}

pmip_traffic() {
	local m=$1 a p
	a=$(pmip_address "$m")
	p=$((PORT + $(num_of "$m")))
	flow_start "tcp-cn-$m" cn -r "$RATE" serve cn $CN $p
	eventually 5 flow_says "tcp-cn-$m" listening ||
		die "the server does not start"
	flow_start "tcp-$m" "$m" -r "$RATE" connect "$m" "$a" $CN $p
	pmip_ticks "$m"
	eventually 10 flow_says "tcp-cn-$m" connected || {
		cat "$T"/tcp-*.out
		die "$m cannot connect to the correspondent"
	}
}

pmip_leave() { plug_out "$1" wlan0; }

pmip_go() {	# MOBILE NUMBER
	flow_tell "ticks-cn-$1" "mark to-$2"
	flow_tell "ticks-$1" "mark to-$2"
	plug_in "$1" wlan0 "al$2"
}

# Moves at once, and says how long it was out of reach.
pmip_move() {	# MOBILE NUMBER
	pmip_leave "$1"
	eventually 3 no_carrier "$1" wlan0
	pmip_go "$1" "$2"
	eventually 15 pmip_at "$1" "mag$2" || return 1
	nap "${SETTLE:-2}"
	outage_up=$(value longest-ms "$(flow_ask "ticks-cn-$1" gap)")
	outage_down=$(value longest-ms "$(flow_ask "ticks-$1" gap)")
}

pmip_traffic_end() {
	local m=$1 a b
	flow_tell "ticks-cn-$m" stop
	flow_tell "ticks-$m" stop
	flow_tell "tcp-$m" stop
	eventually 30 flow_ended "tcp-$m"
	eventually 10 flow_ended "tcp-cn-$m"
	a=$(flow_result "tcp-$m" stream)
	b=$(flow_result "tcp-cn-$m" stream)
	[ "$(value connections "$b")" = 1 ] &&
		[ "$(value result "$a")$(value result "$b")" = closedclosed ] &&
		[ "$(value received "$a")" -gt 0 ] &&
		[ "$(value received "$b")" -gt 0 ] &&
		[ "$(value sent-sha256 "$a")" = "$(value received-sha256 "$b")" ] &&
		[ "$(value sent-sha256 "$b")" = "$(value received-sha256 "$a")" ]
}
