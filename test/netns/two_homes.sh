#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# two_homes.sh - three home addresses, two home agents, two interfaces.
#
#	 cn ---- core ---- ha ---- home ---.
#	         | | |                      \  wlan0
#	         | | +---- ha2 --- home2 ---- mn
#	         | |                        /  wwan0
#	         | +------ ar1 --- one ----+
#	         +-------- ar2 --- two ---'
#
# Two of the home addresses are of ha, the third is of ha2.  The interfaces
# are alike (no preference), so home addresses are at home by both of them at
# the same time, or some are at home and the others away; and there is one
# interface alone.  Datagrams go on between cn and each home address; on no
# link is a packet from an address that does not belong there.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

RA_DELAY="MaxRaDelay 0;"
MN_IFACES='Interface "wlan0"; Interface "wwan0";'
HOB=2001:db8:1::11	# another one of the first home agent
HOC=2001:db8:6::10	# of the second

place() {	# place HOA DEVICE: there, and no longer tentative
	[ -n "$(at mn ip -6 addr show dev "$2" to "$1" -tentative)" ]
}
bound() {	# bound NODE HOA COA-PREFIX
	ctl "$1" bindings | grep "hoa=$2 .*state=active" | grep -q "coa=$3" &&
		ctl mn bindings | grep -q "hoa=$2 .*bound=yes"
}
unbound() { ! ctl "$1" bindings | grep -q "hoa=$2 .*state=active"; }
at_home() {	# at_home DEVICE HOA...: deregistered there, too
	local dev=$1 h
	shift
	for h; do
		place "$h" "$dev" && ! ctl mn bindings |
			grep -q "hoa=$h .*bound=yes" || return
	done
}
both_away() { bound ha $HOA "$1" && bound ha $HOB "$1"; }

# Each home address hears cn, and cn hears it.
all_heard() {
	local k line bad=0
	nap 0.5
	for k in a b c; do
		flow_tell cn-$k mark now
		flow_tell mn-$k mark now
	done
	nap 0.4
	for k in a b c; do
		for n in cn mn; do
			line=$(flow_ask $n-$k gap)
			[ "$(value received "$line")" -gt 150 ] || {
				say "   $n-$k: $line"
				bad=1
			}
		done
	done
	[ $bad = 0 ]
}

go() {	# go DEVICE LINK
	plug_out mn "$1"
	nap 0.2
	plug_in mn "$1" "$2"
}

net_begin two_homes tcpdump tshark awk
roam_net
for l in home2 net-ha2; do link $l; done
roam_router ha2 6 home2
plug mn wwan0 home2
roam_conf
sed "s/2001:db8:1:/2001:db8:6:/g" "$T/ha.conf" > "$T/ha2.conf"
sed -n "s/^Peer $HOA/Peer $HOB/p" "$T/ha.conf" >> "$T/ha.conf"
sed -i "s,HomeAddress $HOA/64;,& HomeAddress $HOB/64;," "$T/mn.conf"
cat >> "$T/mn.conf" <<EOC
MnHomeLink "wwan0" {
	HomeAgentAddress 2001:db8:6::1;
	HomeAddress $HOC/64;
	Lifetime $LIFETIME;
}
EOC
sed -n "s/^Peer $HA/Peer 2001:db8:6::1/p" "$T/mn.conf" >> "$T/mn.conf"
for l in home home2 one two; do capture $l; done
daemon ha2 "$T/ha2.conf"
roam_daemons

say "- two interfaces, each on a home link"
expect "two at home by one, the third by the other" eventually 8 \
	eval "at_home wlan0 $HOA $HOB && at_home wwan0 $HOC"
k=0
for h in $HOA $HOB $HOC; do
	k=$((k + 1))
	id=$(printf '\\%o' $((96 + k)))
	id=$(printf "$id")
	flow_start cn-$id cn ticks cn-$id $CN $h $((TICKS + k))
	flow_start mn-$id mn ticks mn-$id $h $CN $((TICKS + k))
done
expect "all are heard" all_heard

say "- one at home, one away"
go wwan0 two
expect "the third is registered with its home agent" \
	eventually 8 bound ha2 $HOC ""
expect "the others are at home still" at_home wlan0 $HOA $HOB
expect "all are heard" all_heard

say "- both away"
go wlan0 one
expect "two bindings at the one home agent" eventually 8 both_away ""
expect "one at the other" bound ha2 $HOC ""
expect "all are heard" all_heard

say "- one interface alone"
plug_out mn wlan0
expect "all three by the other one" eventually 8 \
	eval "both_away 2001:db8:3: && bound ha2 $HOC 2001:db8:3:"
expect "all are heard" all_heard
go wwan0 home2
expect "the third is at home" eventually 8 at_home wwan0 $HOC
expect "its home agent has no binding" unbound ha2 $HOC
expect "the others are registered from there" \
	eventually 5 both_away 2001:db8:6:
expect "all are heard" all_heard
go wwan0 home
expect "now they are at home" eventually 8 at_home wwan0 $HOA $HOB
expect "and the third away" eventually 5 bound ha2 $HOC 2001:db8:1:
expect "all are heard" all_heard

say "- and the other one on the other home link"
plug_in mn wlan0 home2
expect "the third is at home by it" eventually 8 at_home wlan0 $HOC
expect "the others are where they were" at_home wwan0 $HOA $HOB
expect "no binding is left" eval "unbound ha $HOA && unbound ha $HOB &&
	unbound ha2 $HOC"
expect "all are heard" all_heard

capture_end
mac() { ip -n "$P-mn" -br link show dev "$1" | awk '{ print $3 }'; }
foreign() {	# foreign LINK PREFIX: sent by the mobile, not from that prefix
	filter "$1" "ipv6 && !(ipv6.src == $2 || ipv6.src == fe80::/10 ||
		ipv6.src == ::) && !(icmpv6.type == 135) && (eth.src == $(mac wlan0) ||
		eth.src == $(mac wwan0))" ipv6.src ipv6.dst frame.protocols |
		sort | uniq -c | head -n 5
}
# What the kernel asks while it does not know yet where it is does not count.
for l in home:1 home2:6 one:2 two:3; do
	f=$(foreign ${l%:*} "2001:db8:${l#*:}::/64")
	expect "${l%:*}: the mobile sends from addresses of it only" \
		test -z "$f" || say "$f"
done
net_end
