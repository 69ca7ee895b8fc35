#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mn_network.sh - a mobile node, and a world of crafted packets around it.
#
#	 mn ---- one ---- w
#	mip6d             ^ mn_network.py
#
# w has no addresses: what it sends and understands is scapy's, as a router,
# as home agents behind it, and as the neighbours of the home link.  Nothing
# is protected here, so that every message can be made by hand.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

python=/usr/bin/python3
mac() { ip -n "$P-$1" -br link show dev "$2" | awk '{ print $3 }'; }
has_address() { at mn ip -6 addr show dev "$1" | grep -q " $2/"; }
has_no_address() { ! has_address "$@"; }

net_begin mn_network "$python" awk
"$python" -c 'import scapy.layers.inet6' 2> /dev/null ||
	skip "python3-scapy is not installed"
link one
node w
at w sysctl -qw net.ipv6.conf.all.disable_ipv6=1
at w sysctl -qw net.ipv6.conf.default.disable_ipv6=1
plug w eth0 one
node mn
plug mn wlan0 one
cat > "$T/mn.conf" <<-EOC
	NodeConfig MN;
	SendMobPfxSols enabled insecure;
	MnMaxHaConsecutiveResends 2;
	Interface "wlan0" { CareOfAddress 2001:db8:2::77/64; }
	MnHomeLink "wlan0" {
		HomeAddress 2001:db8:1::10/64;
		Lifetime 600;
	}
	Peer 2001:db8::/32 { Protect none insecure; }
EOC
daemon mn "$T/mn.conf"
"$python" "$here/mn_network.py" "$P-w" "$(mac mn wlan0)" \
	> "$T/checks" 2> "$T/python" || failed=1
cat "$T/checks" "$T/python"
checks=$((checks + $(grep -c '^ok\|^not ok' "$T/checks")))
expect "the care-of address is the one of the configuration" \
	has_address wlan0 2001:db8:2::77
expect "a home address of the new prefix is on the path device" \
	has_address mip6 2001:db8:7::10
ctl mn agents > "$T/agents"
expect "mip6ctl shows the home agents that are known" \
	grep -q 'known-agent prefix=2001:db8:1::/64 .*address=2001:db8:1::1' \
	"$T/agents"
expect "its daemon runs" daemon_up mn
net_end
