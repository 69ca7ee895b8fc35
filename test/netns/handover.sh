#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# handover.sh - the demo's scenario as a test, with a look at the wire.
#
#	 cn ---- core ---- ha ---- home --.
#	          | |                      \
#	          | +----- ar1 --- one ----- mn    home -> one -> two -> home
#	          |                        /
#	          +------- ar2 --- two ---'
#
# A TCP stream and a tick a millisecond both ways.  The three links that
# the mobile visits and the correspondent's link are captured; tshark, which
# shares no line with us, judges what it finds there.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

RATE=200000
SETTLE=3		# TCP's timer has grown while the mobile was between links

# Between a care-of address and the home agent: tunnels and Mobility Headers.
no_strangers() {
	no_packet "$1" -v coa="$2" -v ha="$HA" '
		!($1 == coa && $2 == ha || $1 == ha && $2 == coa) { next }
		$3 ~ /:ipv6:ipv6(:|$)/ { next }
		$3 ~ /:mipv6$/ { next }
		{ print }'
}

tunnelled() {
	[ "$(dissect "$1" | awk -v coa="$2" -v ha="$HA" '
		$1 == coa && $2 == ha && $3 ~ /:ipv6:ipv6:tcp/ { up++ }
		$1 == ha && $2 == coa && $3 ~ /:ipv6:ipv6:tcp/ { down++ }
		END { print (up > 0 && down > 0) }')" = 1 ]
}

# The care-of address of the newest handover
coa_now() { value coa "$(note mn handover)"; }

net_begin handover tcpdump tshark awk
roam_net
roam_conf
roam_daemons
for l in home one two net-c; do
	capture $l
done
roam_watch mn
roam_watch ha
roam_traffic

visit() {	# visit LINK PREFIX
	expect "the mobile registers from link $1" roam_move "$1" registered ||
		{ tail -n 30 "$T/mn.log"; exit 1; }
	say "   outage $outage_up ms up, $outage_down ms down," \
		"signalling $signalling ms"
	coa[$1]=$(coa_now)
	expect "its care-of address there is of the link's prefix" \
		test "${coa[$1]#"$2"}" != "${coa[$1]}"
	expect "the home agent has the binding" \
		has_binding "${coa[$1]}"
}
declare -A coa=()
visit one 2001:db8:2:
visit two 2001:db8:3:
expect "the mobile deregisters at home" roam_move home deregistered ||
	{ tail -n 30 "$T/mn.log"; exit 1; }
say "   outage $outage_up ms up, $outage_down ms down"
expect "the home agent has no binding any more" not has_binding ""
expect "the home address is on the interface" roam_at_home

expect "one TCP connection, closed in order, same bytes at both ends" \
	roam_traffic_end || {
	cat "$T"/tcp-*.out
}
capture_end

for l in home one two net-c; do
	expect "tshark finds nothing wrong on $l" no_complaints $l
done
for l in one two; do
	expect "$l carries the connection in the tunnel, both ways" \
		tunnelled $l "${coa[$l]}"
	expect "$l: nothing else than tunnel and signalling with the HA" \
		no_strangers $l "${coa[$l]}"
	expect "$l: the home address is never outermost" \
		no_packet $l -v hoa="$HOA" '$1 == hoa || $2 == hoa'
	expect "$l: a Binding Update with A and H, and its Home Address option" \
		some $l "mip6.bu.a_flag == 1 && mip6.bu.h_flag == 1 &&
			ipv6.opt.type == 201 && ipv6.src == ${coa[$l]}"
	expect "$l: an accepting acknowledgement with a type 2 routing header" \
		some $l "mip6.ba.status == 0 && ipv6.routing.type == 2 &&
			ipv6.dst == ${coa[$l]}"
done
expect "the correspondent sees plain packets only" \
	no_packet net-c '$3 ~ /:ipv6:ipv6(:|$)/ || $3 ~ /mipv6/'
net_end
