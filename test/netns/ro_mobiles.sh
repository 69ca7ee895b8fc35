#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ro_mobiles.sh - two mobiles that are each other's correspondents, and a
# correspondent that knows nothing of it.
#
#	 cn ---- core ---- ha ---- home --.
#	 (plain)  | |                      +-- mn   home -> one -> two -> home
#	          | +----- ar1 --- one ----+
#	          |                        +-- mn2  home -> two -> one
#	          +------- ar2 --- two ----'
#
# Each is optimized to the other: their packets have a type 2 routing header
# and a Home Address option, and pass no home agent.  They change places while
# a connection stands, and one goes home.  cn has no mip6d: it answers with
# Parameter Problem, and is left alone.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

HOA2=2001:db8:1::20
RATE=200000
both='ipv6.routing.type == 2 && ipv6.opt.type == 201'

net_begin ro_mobiles tcpdump tshark awk
roam_net
node mn2
plug mn2 wlan0 home
roam_conf
sed -i 's/^NodeConfig MN;/NodeConfig MN, CN;/' "$T/mn.conf"
echo 'MnRoPolicy enabled insecure;' >> "$T/mn.conf"
sed "s,$HOA/64,$HOA2/64,; s/spi 256/spi 257/" "$T/mn.conf" > "$T/mn2.conf"
echo "Peer $HOA2 { Protect shared-key spi 257 file \"$T/key\"; }" \
	>> "$T/ha.conf"
roam_daemons
daemon mn2 "$T/mn2.conf"
at_home2() { [ -n "$(at mn2 ip -6 addr show dev wlan0 to $HOA2 -tentative)" ]; }
expect "the second mobile is at home" eventually 10 at_home2 || exit 1
roam_watch mn
roam_watch mn2
for l in one two home net-ha; do
	capture $l
done

go() {	# go NODE LINK NOTE
	local had
	had=$(notes "$1" "$3")
	plug_out "$1" wlan0
	nap 0.2
	plug_in "$1" wlan0 "$2"
	eventually 15 more_notes "$1" "$3" "$had"
}
coa_of() { value coa "$(note "$1" handover)"; }
# optimized NODE PEER COA: has it told the peer where it is?
optimized() {
	ctl "$1" bindings | grep "^correspondent-registration" |
		grep "peer=$2 .*optimized=yes" | grep -q "coa=$3 "
}
each_optimized() {
	optimized mn $HOA2 "$(coa_of mn)" && optimized mn2 $HOA "$(coa_of mn2)"
}
trouble() {
	tail -n 20 "$T/mn.log" "$T/mn2.log"
	ctl mn bindings
	ctl mn2 bindings
	exit 1
}
spans=()
span() { nap 0.3; span_from=$EPOCHREALTIME; nap 1.5
	spans+=("$span_from $EPOCHREALTIME"); }

expect "one goes away" go mn one registered || trouble
expect "the other goes away" go mn2 two registered || trouble
flow_start tcp-cn mn2 -r "$RATE" serve mn2 $HOA2 $PORT
eventually 5 flow_says tcp-cn listening || die "the server does not start"
flow_start tcp-mn mn -r "$RATE" connect mn $HOA $HOA2 $PORT
eventually 10 flow_says tcp-cn connected || die "no connection"
expect "both are optimized" eventually 15 each_optimized || trouble
first=$(coa_of mn) second=$(coa_of mn2)
span
expect "one follows the other" go mn two registered || trouble
expect "both are optimized on one link" eventually 15 each_optimized || trouble
span
expect "the other takes the place of the first" go mn2 one registered ||
	trouble
expect "both are optimized again" eventually 15 each_optimized || trouble
span
expect "one goes home" go mn home deregistered || trouble
told() { ! ctl mn2 bindings | grep "hoa=$HOA " | grep -q "state=active"; }
expect "the other has heard of it" eventually 10 told || trouble
still() { optimized mn2 $HOA "$(coa_of mn2)"; }
expect "... and is still optimized itself" eventually 10 still || trouble
nap 1

flow_tell tcp-mn stop
eventually 20 flow_ended tcp-mn
eventually 5 flow_ended tcp-cn
mn=$(flow_result tcp-mn stream) cn=$(flow_result tcp-cn stream)
say "   $mn"
expect "one TCP connection, closed in order" \
	[ "$(value connections "$cn") $(value result "$mn")" = "1 closed" ]
expect "the same bytes, there" [ "$(value sent-sha256 "$mn")" = \
	"$(value received-sha256 "$cn")" ]
expect "... and back" [ "$(value sent-sha256 "$cn")" = \
	"$(value received-sha256 "$mn")" ]
expect "enough of them" [ "$(value received "$cn")" -gt 500000 ]

# The correspondent without support.
expect "away again" go mn one registered || trouble
last=$(coa_of mn)
expect "every echo of a plain node comes back" \
	at mn ping -6 -c 30 -i 0.1 -W 2 -I $HOA $CN > "$T/ping" ||
	cat "$T/ping"
unsupported() { grep -q "^not-optimized .*peer=$CN .*unsupported" "$T/mn.notes"; }
expect "it is known as one that cannot do it" unsupported
at mn ping -6 -c 30 -i 0.05 -W 2 -I $HOA $CN > "$T/ping"
expect "... and is not asked again" [ "$(grep -c "^not-optimized .*peer=$CN " \
	"$T/mn.notes")" -eq 1 ]
capture_end

for l in one two home; do
	expect "tshark finds nothing wrong on $l" no_complaints $l
done
expect "a routing header and the option, there" \
	some one "tcp && $both && ipv6.src == $first && ipv6.dst == $second"
expect "... and back" \
	some one "tcp && $both && ipv6.src == $second && ipv6.dst == $first"
expect "from home: only the routing header" some one "tcp && ipv6.src == $HOA &&
	ipv6.routing.type == 2 && !(ipv6.opt.type == 201)"
expect "to it: only the option" some one "tcp && ipv6.opt.type == 201 &&
	!(ipv6.routing.type == 2) && ipv6.dst == $HOA"
nothing_passes() {
	local s
	for s in "${spans[@]}"; do
		none net-ha "tcp && frame.time_epoch >= ${s% *} &&
			frame.time_epoch <= ${s#* }" || return 1
	done
	[ ${#spans[@]} -eq 3 ]
}
expect "three times optimized, and nothing passes the home agent" \
	nothing_passes
expect "the plain node answers a test with Parameter Problem" \
	some one "icmpv6.type == 4 && icmpv6.code == 1 && ipv6.src == $CN"
expect "... and never sees a Home Address option" \
	none one "ipv6.opt.type == 201 && ipv6.src == $last && ipv6.dst == $CN"
net_end
