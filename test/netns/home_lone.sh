#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# home_lone.sh - a home link on which nobody advertises.
#
#	  ha ----.
#	         |
#	  nb ----+---- home ---- mn  (goes to one, and comes back)
#	                |
#	             captured
#
# The mobile finds its home agent by asking for it as for a neighbour, and is at
# home when the home agent has answered a deregistration: at its start, when there
# was no binding (133), and when it comes back.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

NB=2001:db8:1::77

net_begin home_lone tcpdump tshark awk
roam_net
node nb
at nb sysctl -qw net.ipv6.conf.default.accept_dad=0
plug nb eth0 home $NB/64
roam_conf
sed -i 's/SendAdvertisements enabled;.*//; s/AdvHomeAgentInfo enabled;//;
	s/Prefix 2001:db8:1::\/64 { AdvRouterAddr enabled; }//' "$T/ha.conf"
capture home
roam_daemons
expect "the mobile is at home, though nobody advertises" roam_at_home
expect "nb reaches it" at nb ping -q -c 3 -i 0.2 -W 2 $HOA
roam_watch mn
had=$(notes mn registered)
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 one
expect "the mobile registers from link one" \
	eventually 15 more_notes mn registered "$had" ||
	{ tail -n 30 "$T/mn.log"; exit 1; }
expect "nb reaches it there" at nb ping -q -c 3 -i 0.2 -W 2 $HOA

had=$(notes mn deregistered)
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 home
expect "back, it deregisters" eventually 20 more_notes mn deregistered "$had" ||
	{ tail -n 30 "$T/mn.log"; exit 1; }
expect "and uses its home address there" eventually 5 roam_at_home
expect "nb reaches it" at nb ping -q -c 3 -i 0.2 -W 2 $HOA
capture_end

expect "tshark finds nothing wrong" no_complaints home
expect "nobody advertised" not some home "icmpv6.type == 134"
expect "the home agent was asked for" some home "icmpv6.type == 135 &&
	icmpv6.nd.ns.target_address == $HA && ipv6.src != ::"
expect "first it had nothing to deregister" some home "mip6.ba.status == 133"
expect "then it had" some home "mip6.ba.status == 0 && mip6.ba.lifetime == 0"
net_end
