#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ha_network.sh - a home agent, and a world of crafted packets around it.
#
#	 m ---- core ---- ha ---- home ---- nb
#	 ^               mip6d               ^
#	 '-------- ha_network.py ------------'
#
# m and nb have no addresses: what they send and understand is scapy's, as
# mobiles, correspondents, routers and another home agent.  ha serves a real
# home link and a virtual one.  Registrations are not protected here, so that
# every message can be made by hand.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

python=/usr/bin/python3
mac() { ip -n "$P-$1" -br link show dev "$2" | awk '{ print $3 }'; }

refused() {
	local what=$1
	shift
	! "$@" > "$T/out" 2>&1 && grep -q "$what" "$T/out"
}

net_begin ha_network "$python" awk sed
"$python" -c 'import scapy.layers.inet6' 2> /dev/null ||
	skip "python3-scapy is not installed"
for l in core home; do link $l; done
for n in m nb ha; do node $n; done
for n in m nb; do
	at $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	at $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1
done
plug m eth0 core
plug nb eth0 home
forwarding ha
plug ha core0 core 2001:db8:c::1/64
plug ha lan0 home 2001:db8:1::1/64
at ha sysctl -qw net.ipv6.conf.lo.accept_dad=0
ip -n "$P-ha" addr add 2001:db8:2::1/128 dev lo
route ha 2001:db8:d::/64 via fe80::77 dev lan0
for a in 2001:db8:c::10 2001:db8:c::20 2001:db8:c::99; do
	ip -n "$P-ha" neigh add $a lladdr 02:00:00:00:00:0c dev core0
done
for a in 2001:db8:1::77 fe80::77; do
	ip -n "$P-ha" neigh add $a lladdr 02:00:00:00:00:0d dev lan0
done
cat > "$T/ha.conf" <<-EOC
	NodeConfig HA;
	BindingAclPolicy 2001:db8:1::66 deny;
	BindingAclPolicy 2001:db8:1::67 130;
	BindingAclPolicy "@example.org" allow;
	BindingAclPolicy 2001:db8:1::10 allow;
	BindingAclPolicy 2001:db8:2::/64 allow;
	Interface "core0";
	Interface "lan0" {
		Prefix 2001:db8:1::/64 { AdvRouterAddr enabled; }
	}
	HomeLink "lan0" { Prefix 2001:db8:1::/64; HomeAgentAddress 2001:db8:1::1; }
	VirtualHomeLink { Prefix 2001:db8:2::/64; HomeAgentAddress 2001:db8:2::1; }
	Peer 2001:db8::/32 { Protect none insecure; }
	Peer 2001:db8:1::69 {
		Protect shared-key spi 256 file "key";
		Identity "anna@example.org";
	}
	Peer 2001:db8:1::6a { Protect shared-key spi 256 file "key"; }
EOC
(umask 077; echo 000102030405060708090a0b0c0d0e0f > "$T/key")
cp "$T/ha.conf" "$T/list.conf"
daemon ha "$T/ha.conf"
nap 1
ll=$(ip -n "$P-ha" -o -6 addr show dev lan0 scope link | awk '{ print $4 }')

play() {
	CTL="$mip6ctl --run-dir $T/run-ha" "$python" "$here/ha_network.py" "$P-m" "$P-nb" "$(mac ha core0)" \
		"$(mac ha lan0)" "${ll%/*}" "$@"
}

expect "the anycast addresses are there" test 2 = \
	"$(at ha grep -c fdfffffffffffffe /proc/net/anycast6)"
expect "registration and defence" play registration defence
expect "interception, tunnelling and back" play interception reverse \
	circle errors link_scope

expect "discovery and prefixes" play discovery prefixes

expect "who may register" play admission
expect "leaving" play return
expect "a virtual home link" play virtual

# one virtual network is renumbered, by three configurations
ip -n "$P-ha" addr add 2001:db8:3::1/128 dev lo
steps() {
	sed '/^VirtualHomeLink/d' "$T/list.conf" > "$T/ha.conf"
	sed -i 's/^NodeConfig.*/& MinMobPfxAdvInterval 1; MaxMobPfxAdvInterval 3;/' "$T/ha.conf"
	echo "BindingAclPolicy 2001:db8:3::/64 allow;" >> "$T/ha.conf"
	for l in "$@"; do
		echo "VirtualHomeLink \"office\" { $l }" >> "$T/ha.conf"
	done
	ctl ha reload
}
old="Prefix 2001:db8:2::/64; HomeAgentAddress 2001:db8:2::1;"
new="Prefix 2001:db8:3::/64; HomeAgentAddress 2001:db8:3::1;"
expect "a virtual network" play steps
expect "one prefix more, the other one deprecated" \
	steps "$old AdvValidLifetime 3600; AdvPreferredLifetime 0;" "$new"
expect "in the mobile's eyes" play deprecated
expect "the old prefix is taken away" steps "$new"
expect "and is not served" play gone
cp "$T/list.conf" "$T/ha.conf"
expect "as it was" ctl ha reload

expect "sending away" play switch
expect "the other home agent is shown" eval \
	'ctl ha agents | grep -q "preference=9 .*address=2001:db8:1::a"'
sed -i /BindingAclPolicy/d "$T/ha.conf"
expect "a prefix's key is not enough, the reload says" \
	refused 'say who may register' ctl ha reload
sed -i '/^Peer 2001:db8::\/32/d' "$T/ha.conf"
expect "without a list" ctl ha reload
expect "who is named" play named
cp "$T/list.conf" "$T/ha.conf"
expect "with it again" ctl ha reload
expect "the daemon runs" daemon_up ha
daemon_stop ha
expect "no anycast address is left" test 0 = \
	"$(at ha grep -c fdfffffffffffffe /proc/net/anycast6)"

sed -i 's/^NodeConfig.*/& HaMaxMemberships 16;/' "$T/ha.conf"
daemon ha "$T/ha.conf"
nap 1
expect "groups" play multicast
expect "they are shown no more" not sh -c "'$mip6ctl' --run-dir '$T/run-ha' \
	groups | grep -q ff0e"
net_end
