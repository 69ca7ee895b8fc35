#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# duplicate.sh - somebody on the home link has the mobile's address.
#
#	 ha ---- home ---- nb   2001:db8:1::10, too
#	  |
#	 core ---- ar1 ---- one ---- mn   registers for the first time
#
# The home agent asks before it answers (RFC 6275 section 10.3.1), finds nb,
# and refuses with status 134; nothing is defended, nobody's neighbour cache
# changes.  When nb is gone the mobile, started anew, is accepted.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

net_begin duplicate tcpdump tshark awk
roam_net
roam_conf
node nb
plug nb eth0 home $HOA/64
plug_in mn wlan0 one
nap 2			# nb's address is no longer tentative
for n in ha ar1 mn; do
	capture_of() { [ $1 != ha ] || capture home; }
	capture_of $n
	daemon $n "$T/$n.conf"
	[ $n = ar1 ] || roam_watch $n
done
expect "the home agent asks for the address" eventually 10 \
	more_notes ha dad-start 0
expect "and finds that it is taken" eventually 5 more_notes ha dad-failed 0
expect "the mobile is refused" eventually 5 \
	more_notes mn registration-failed 0
say "   $(note mn registration-failed)"
expect "because the address is a duplicate" \
	test "$(value status "$(note mn registration-failed)")" = 134
sent=$(notes mn sent)
nap 4
expect "it does not insist" test "$(notes mn sent)" = "$sent"
expect "the home agent keeps no binding" not has_binding ""
expect "the mobile has the address nowhere" \
	eval '! at mn ip -6 addr | grep -q "$HOA"'
capture_end
expect "tshark finds nothing wrong" no_complaints home
ha_mac=$(ip -n "$P-ha" -br link show dev lan0 | awk '{ print $3 }')
expect "one solicitation from the unspecified address" test 1 = \
	"$(count home "icmpv6.type == 135 && ipv6.src == :: &&
		eth.src == $ha_mac && icmpv6.nd.ns.target_address == $HOA")"
expect "the home agent has not claimed the address" none home \
	"icmpv6.type == 136 && eth.src == $ha_mac &&
	icmpv6.nd.na.target_address == $HOA"

daemon_stop mn
ip -n "$P-nb" addr del $HOA/64 dev eth0
daemon mn "$T/mn.conf"
roam_watch mn
expect "with nb gone, the mobile registers" \
	eventually 15 more_notes mn registered 0 || tail -n 30 "$T/mn.log"
net_end
