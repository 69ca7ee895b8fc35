#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# careof.sh - the kinds of care-of addresses, each by a mobile of its own.
#
#	 cn ---- core ---- ha ---- home
#	          | |
#	          | +----- ar1 --- one ---- mn  opaque (RFC 7217)
#	          |                 |-- m2  temporary (RFC 8981)
#	          |                 |-- m3  as configured
#	          |                 '-- m4  of the link-layer address
#	          '------- ar2 --- two      (mn goes there, and comes back)
#
# Each is registered by its home agent from the address that it should have,
# and its tunnel begins there.  The temporary one is renewed while traffic goes
# on; another one is used when the prefix of an opaque one is deprecated.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

RA_DELAY="MaxRaDelay 0;"
hoa() { case $1 in mn) printf %s $HOA ;; *) printf %s "2001:db8:1::1${1#m}" ;; esac; }
coa() {	# of a node, as the home agent has it
	value coa "$(ctl ha bindings | grep "hoa=$(hoa "$1") .*state=active")"
}
has_coa() { [[ $(coa "$1") == $2* ]]; }
another() { [ -n "$(coa "$1")" ] && [ "$(coa "$1")" != "$2" ]; }
stands() { [ -n "$(at "$1" ip -6 addr show dev wlan0 to "$2" -tentative)" ]; }
mac() { ip -n "$P-$1" -br link show dev wlan0 | awk '{ print $3 }'; }
eui64() {
	local m
	IFS=: read -ra m <<< "$(mac "$1")"
	printf '%x:%x:%x:%x' "0x$(printf %02x $((0x${m[0]} ^ 2)))${m[1]}" \
		"0x${m[2]}ff" "0xfe${m[3]}" "0x${m[4]}${m[5]}"
}

net_begin careof tcpdump tshark awk
roam_net
for n in m2 m3 m4; do
	node $n
	plug $n wlan0 one
done
roam_conf
kind() {	# kind NODE CareOfAddress...
	sed "s,$HOA/64,$(hoa "$1")/64,; s/Interface \"wlan0\";/Interface \"wlan0\" { CareOfAddress $2; }/" "$T/mn.conf" > "$T/$1.conf"
	sed -n "s/^Peer $HOA/Peer $(hoa "$1")/p" "$T/ha.conf" >> "$T/ha.conf"
}
kind m2 "temporary 10"
kind m3 "2001:db8:2::77\/64"
kind m4 eui64
plug_in mn wlan0 one
capture one
for n in ha ar1 ar2 mn m2 m3 m4; do
	daemon $n "$T/$n.conf"
done
for n in mn m2 m3 m4; do
	expect "$n is registered from link one" \
		eventually 8 has_coa $n 2001:db8:2:
done
say "- opaque"
first=$(coa mn)
expect "it does not show the link-layer address" \
	not grep -q "ff:fe" <<< "$first"
say "- of the configuration"
expect "that one" test "$(coa m3)" = 2001:db8:2::77
say "- of the link-layer address"
expect "that one" test "$(coa m4)" = "2001:db8:2:0:$(eui64 m4)"
say "- temporary"
old=$(coa m2)
expect "none of the others" test "$old" != "2001:db8:2:0:$(eui64 m2)"
flow_start ticks-cn cn ticks cn $CN "$(hoa m2)" $TICKS
flow_start ticks-m2 m2 ticks m2 "$(hoa m2)" $CN $TICKS
flow_start far-mn mn ticks mn $HOA $CN 41000
flow_start far-m3 m3 ticks m3 "$(hoa m3)" $CN 41001
flow_start far-m4 m4 ticks m4 "$(hoa m4)" $CN 41002
nap 0.5
flow_tell ticks-cn mark renewed
flow_tell ticks-m2 mark renewed

say "- opaque, elsewhere and back"
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 two
expect "registered from link two" eventually 8 has_coa mn 2001:db8:3:
second=$(coa mn)
expect "with another identifier" \
	test "${first#2001:db8:2:}" != "${second#2001:db8:3:}"
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 one
expect "back on link one: the same as before" eventually 8 has_coa mn "$first"
# (a node without its daemon is none that is mobile: what it sends is its own)
kill "${flow_pid[far-mn]}"
eventually 2 flow_ended far-mn
daemon_stop mn
daemon mn "$T/mn.conf"
expect "and after a restart" eventually 8 has_coa mn "$first"
flow_start far-again mn ticks mn $HOA $CN 41003

say "- temporary, renewed"
expect "another one is registered in time" eventually 12 another m2 "$old"
new=$(coa m2)
expect "of the same prefix" test "${new#2001:db8:2:}" != "$new"
expect "the old one is kept for what is under way" stands m2 "$old"
expect "it is not for anything new" eval \
	'at m2 ip -6 addr show dev wlan0 to "$old" | grep -q deprecated'
nap 0.5
for k in cn m2; do
	line=$(flow_ask ticks-$k gap)
	say "   $line"
	expect "$k: nothing is interrupted" eval \
		'[ "$(value received "$line")" -gt 1000 ] &&
		[ "$(value lost "$line")" -le 5 ]'
done

say "- a prefix that is deprecated"
ip -n "$P-ar1" addr add 2001:db8:22::1/64 dev lan0 nodad
route core 2001:db8:22::/64 via 2001:db8:f:2::2
cat > "$T/ar1.conf" <<-EOC
	NodeConfig AR;
	Interface "lan0" {
		SendAdvertisements enabled; $RA_DELAY
		MaxRtrAdvInterval 4;
		Prefix 2001:db8:2::/64 { AdvPreferredLifetime 0; }
		Prefix 2001:db8:22::/64;
	}
EOC
expect "is read by its router" ctl ar1 reload
for n in mn m2 m4; do
	expect "$n: registered from the other one" \
		eventually 8 has_coa $n 2001:db8:22:
done
expect "m3 has no other" has_coa m3 2001:db8:2::77
nap 0.3
capture_end
tunnel() { some one "ipv6.src == $2 && ipv6.dst == $HA && ipv6.src == $(hoa "$1") &&
	udp"; }
expect "mn's tunnel begins at its address" tunnel mn "$first"
expect "m2's at both of its, one after the other" \
	eval 'tunnel m2 "$old" && tunnel m2 "$new"'
expect "m3's, too" tunnel m3 2001:db8:2::77
expect "and m4's" tunnel m4 "2001:db8:2:0:$(eui64 m4)"
expect "no home address is outermost" no_packet one \
	'$1 ~ /^2001:db8:1::1[0-9]$/ || $2 ~ /^2001:db8:1::1[0-9]$/'
net_end
