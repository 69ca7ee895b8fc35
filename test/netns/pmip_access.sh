#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pmip_access.sh - who is on an access link, and who is not (RFC 5213 6.4).
#
#	cn ---- core ---- lma
#	          |
#	         mag1 -- lan0 (a bridge) -- port-m1: m1
#	                                 -- port-m2: m2
#	                                 -- port-x:  x, whom nobody knows
#
# The gateway's access link is a bridge of its own, as in an access point: it
# hears of carriers and stations from its forwarding database.  Silence is no
# reason here to believe that a mobile has left: it would last a minute.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=pmip_net.sh
. "$here/pmip_net.sh"

# A port of the gateway's bridge, and a station on it.
port() {
	ip -n "$P-$1" link add wlan0 type veth peer name "port-$1" \
		netns "$P-mag1" || die "no device"
	ip -n "$P-mag1" link set "port-$1" master lan0 addrgenmode none
	ip -n "$P-$1" link set wlan0 up
}
in_()	{ ip -n "$P-mag1" link set "port-$1" up; }
out()	{ ip -n "$P-mag1" link set "port-$1" down; }

bridge_net() {
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
	pmip_backbone mag1 2
	ip -n "$P-mag1" link add lan0 address $ROUTER_MAC type bridge \
		stp_state 0 forward_delay 0 mcast_snooping 0
	ip -n "$P-mag1" link set lan0 up
	for k in m1 m2 x; do
		node $k
		port $k
	done
}

bridge_conf() {
	pmip_key mag1
	cat > "$T/lma.conf" <<-EOC
	NodeConfig LMA;
	LmaAddress $LMA;
	HomeNetworkPrefix 2001:db8:100::/48;
	MobileNode "m1@example.com" { HomeNetworkPrefix 2001:db8:100:aa::/64; }
	MobileNode "m2@example.com";
	MobileNode "@guest.example.com";
	Peer $(mag_of mag1) { Protect shared-key spi 256 file "$T/mag1.key"; }
	EOC
	cat > "$T/mag1.conf" <<-EOC
	NodeConfig MAG;
	LmaAddress $LMA;
	MagAddress $(mag_of mag1);
	FixedMAGLinkLocalAddressOnAllAccessLinks $ROUTER;
	EnableMAGLocalRouting ${1:-disabled};
	Interface "lan0";
	AccessLink "lan0" { MobileProbeInterval 60; }
	MobileNode "m1@example.com" { LinkLayerAddress $(mac_of m1); }
	MobileNode "m2@example.com" { LinkLayerAddress $(mac_of m2); }
	MobileNode "@guest.example.com";
	Peer $LMA { Protect shared-key spi 256 file "$T/mag1.key"; }
	EOC
}

bound()	{ ctl lma bindings | grep "identity=$1@.*state=active" > /dev/null; }
has()	{ pmip_has_address "$1"; }
ping6()	{ local n=$1; shift; at "$n" ping -6 -q -i 0.2 -W 1 "$@" > /dev/null; }

net_begin pmip_access awk python3
bridge_net
bridge_conf
daemon lma "$T/lma.conf"
daemon mag1 "$T/mag1.conf"

# --- link-layer events ------------------------------------------------------
in_ m1
expect "m1 is attached and forms an address" eventually 15 has m1 ||
	tail "$T/mag1.log"
a1=$(pmip_address m1)
expect "... and reaches the correspondent" eventually 3 ping6 m1 -c 1 $CN
out m1
expect "its port loses the carrier: it is detached at once" \
	eventually 2 not bound m1
in_ m1
expect "it is back, and says nothing: it is attached" eventually 3 bound m1
expect "... with the address that it had" test "$(pmip_address m1)" = "$a1"
expect "... which works" eventually 3 ping6 cn -c 1 "$a1"
ip -n "$P-mag1" link del port-x
expect "another port goes: nobody else minds" bound m1
port x
in_ m2
expect "m2 is attached" eventually 15 has m2
a2=$(pmip_address m2)
expect "... with a prefix of its own" \
	test "${a2%:*:*:*:*}" != "${a1%:*:*:*:*}"

# --- the shared address, RFC 5213 6.8 ------------------------------------------
# Every gateway has it, without asking; whoever else takes it is told.
duplicate() {
	ip -n "$P-m1" -6 addr show dev wlan0 | grep "inet6 $ROUTER/" |
		grep -q dadfailed
}
at m1 sysctl -qw net.ipv6.conf.wlan0.accept_dad=1
ip -n "$P-m1" addr add $ROUTER/64 dev wlan0
expect "a mobile that takes the gateway's address hears that it is taken" \
	eventually 5 duplicate
ip -n "$P-m1" addr del $ROUTER/64 dev wlan0
expect "... and is served as before" eventually 3 ping6 m1 -c 1 $CN
expect "... at its own address" not grep -q "link-local=$ROUTER" \
	<(ctl mag1 bindings)

# --- a controller ------------------------------------------------------------
expect "a controller detaches m2" ctl mag1 detach lan0 "$(mac_of m2)"
expect "... which is gone" eventually 2 not bound m2
expect "a controller attaches m2" ctl mag1 attach lan0 "$(mac_of m2)" \
	m2@example.com handoff
expect "... which is back" eventually 2 bound m2
# RFC 5213 6.4 names DHCP's Solicit, too: whatever is of the link is heard.
dhcp() {
	at m2 python3 "$here/pmip_forge.py" m2 udp ff02::1:2%wlan0 547
	bound m2
}
ctl mag1 detach lan0 "$(mac_of m2)"
expect "it asks for a DHCP server: it is attached" eventually 3 dhcp
expect "no such interface" not ctl mag1 attach core0 "$(mac_of m2)"
expect "no such address" not ctl mag1 attach lan0 1:2:3

# --- strangers -----------------------------------------------------------------
in_ x
ip -n "$P-x" addr add fe80::5:6/64 dev wlan0 nodad
ip -n "$P-x" addr add 2001:db8:100:99::5/64 dev wlan0 nodad noprefixroute
route x default via $ROUTER dev wlan0
ip -n "$P-x" neigh replace $ROUTER lladdr $ROUTER_MAC dev wlan0
strange() {
	at "$1" python3 "$here/pmip_forge.py" "$@" > "$T/forge.out" 2>&1 ||
		{ cat "$T/forge.out"; die "pmip_forge.py"; }
}
# Whose prefix is where; its gateway may refresh it meanwhile.
sessions() { ctl lma bindings | sort | sed 's/ \(left\|seq\)=[^ ]*//g'; }
before=$(sessions)
same()	{ [ "$(sessions)" = "$before" ]; }
for to in "$(mag_of mag1)" $LMA $ROUTER%wlan0 "$a1"; do
	strange x udp "$to"
done
nap 0.5
expect "a stranger's datagrams attach nobody" not bound x
expect "... at the gateway" not grep -q "attached.*$(mac_of x)" "$T/mag1.log"
filtered() {
	[ "$(ctl mag1 paths | grep kind=drop-access |
		sed 's/.*packets=\([0-9]*\).*/\1/')" -ge 15 ]
}
expect "... and get nowhere" filtered
strange x pbu 2001:db8:100:99::5 $LMA m1@example.com
strange x pbu "$(mag_of mag1)" $LMA m1@example.com
strange x pbu 2001:db8:100:99::5 "$(mag_of mag1)" m1@example.com
strange cn pbu $CN $LMA m1@example.com
strange cn pbu $CN $LMA new@guest.example.com
strange cn pbu "$(mag_of mag1)" $LMA new@guest.example.com
strange cn pba $LMA "$(mag_of mag1)" m1@example.com
nap 0.5
ignored() { value ignored "$(ctl lma status | grep local-mobility)"; }
expect "three updates reach the anchor, which is silent" test "$(ignored)" = 3
expect "a stranger's updates change nothing" same
expect "m1 is served as before" ping6 cn -c 1 "$a1"
expect "a controller vouches for the stranger" \
	ctl mag1 attach lan0 "$(mac_of x)" x@guest.example.com new
expect "... who gets a prefix" eventually 3 bound x

# --- between two mobiles ---------------------------------------------------------
tunnelled() { ctl mag1 paths | sed -n 's/.* out-packets=\([0-9]*\).*/\1/p'; }
had=$(tunnelled)
expect "m1 reaches m2" eventually 3 ping6 m1 -c 5 "$a2"
expect "... through the anchor" test $(($(tunnelled) - had)) -ge 5
bridge_conf enabled
ctl mag1 reload
had=$(tunnelled)
expect "local routing is enabled: m1 reaches m2" ping6 m1 -c 5 "$a2"
expect "... at the gateway" test $(($(tunnelled) - had)) -lt 5
net_end
