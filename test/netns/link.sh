#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# link.sh - what a router says of its link, and what a mobile makes of it.
#
#	 core ---- ar1 ---- one ---- mn
#	                     |
#	                  captured
#
# ar1 advertises everything it can: MTU, DNS, a route of RFC 4191, lifetimes,
# the interval.  tshark reads what is on the wire, and the mobile has it in
# its routes and in its resolver's hook.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

route_of() { at mn ip -6 route show "$@"; }
dns_said() { grep -q "$1" "$T/dns" 2> /dev/null; }

net_begin link tcpdump tshark awk
roam_net
roam_conf
plug_in mn wlan0 one
cat > "$T/ar1.conf" <<EOC
NodeConfig AR;
Interface "lan0" {
	SendAdvertisements enabled;
	MaxRaDelay 0;
	MaxRtrAdvInterval 4;
	AdvCurHopLimit 61;
	AdvOtherConfigFlag enabled;
	AdvLinkMTU 1440;
	AdvIntervalOpt enabled;
	AdvDefaultPreference high;
	RDNSS 2001:db8:2::53 2001:db8:2::54;
	DNSSL "example.org";
	Prefix 2001:db8:2::/64 {
		AdvRouterAddr enabled;
		AdvValidLifetime 7200;
		AdvPreferredLifetime 3600;
	}
	Route 2001:db8:77::/48 { AdvRoutePreference low; }
}
EOC
cat > "$T/hook" <<EOC
#!/bin/sh
{ echo "\$@"; env; } >> $T/dns
EOC
chmod +x "$T/hook"
capture one
daemon ar1 "$T/ar1.conf"
daemon mn "$T/mn.conf" --dns-hook "$T/hook"

expect "the mobile has a default route by ar1" eventually 5 \
	eval 'route_of default | grep -q "via fe80::.* dev wlan0"'
ours() { at mn ip -6 addr show dev wlan0 to 2001:db8:2::/64; }
expect "it has an address of the link's prefix" eventually 5 \
	eval 'ours | grep -q inet6'
expect "deprecated: what asks for no address gets the home address" \
	eval 'ours | grep -q deprecated'
coa=$(ours | awk '/inet6/ { print $2 }')
expect "and the route that ar1 told of" \
	eval 'route_of 2001:db8:77::/48 | grep -q "via fe80::.* dev wlan0"'
metric() { route_of "$1" | grep -oE 'metric [0-9]+' | cut -d ' ' -f 2; }
expect "which is less preferred than the default route" \
	test "$(metric 2001:db8:77::/48)" -gt "$(metric default)"
expect "the link's MTU stands on its routes" \
	eval 'route_of default | grep -q "mtu 1440"'
expect "the resolver's hook has heard of both servers" \
	eventually 5 dns_said '2001:db8:2::53.*2001:db8:2::54'
expect "and of the domain" dns_said example.org
nap 5			# one that nobody asked for
capture_end
ra='icmpv6.type == 134'
expect "tshark finds nothing wrong" no_complaints one
expect "advertised: hop limit, O flag, high preference" some one "$ra &&
	icmpv6.nd.ra.cur_hop_limit == 61 && icmpv6.nd.ra.flag.o == 1 &&
	icmpv6.nd.ra.flag.m == 0 && icmpv6.nd.ra.flag.prf == 1"
expect "advertised: the router's lifetime is three intervals" \
	some one "$ra && icmpv6.nd.ra.router_lifetime == 12"
expect "advertised: MTU" some one "$ra && icmpv6.opt.mtu == 1440"
expect "advertised: the interval" \
	some one "$ra && icmpv6.opt.advertisement_interval == 4000"
expect "advertised: the prefix, with the router's address in it" some one \
	"$ra && icmpv6.opt.prefix == 2001:db8:2::1 &&
	icmpv6.opt.prefix.flag.r == 1 &&
	icmpv6.opt.prefix.valid_lifetime == 7200"
expect "advertised: both servers" some one "$ra &&
	icmpv6.opt.rdnss == 2001:db8:2::53 &&
	icmpv6.opt.rdnss == 2001:db8:2::54"
expect "advertised: the route" some one "$ra &&
	icmpv6.opt.prefix.length == 48 && icmpv6.opt.route_info.flag.route_preference == 3"
expect "to all nodes, again and again" test "$(count one \
	"$ra && ipv6.dst == ff02::1")" -ge 2
# What the kernel configures by itself from now on is its own affair.
daemon_stop mn
expect "the mobile gone, so are its routes" \
	test -z "$(at mn ip -6 route show proto 109)"
expect "and its address" eval '! ours | grep -q "$coa"'
net_end
