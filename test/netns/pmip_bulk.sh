#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pmip_bulk.sh - three mobiles of one gateway are renewed, and revoked, with one
# message (RFC 6602), while each has a TCP connection.
#
#	 cn ---- core ---- lma			(pmip_net.sh)
#	          |
#	          `------- mag1 --- al1 --- m1, m2, m3
#
# Lifetimes are twenty seconds, so that there are several rounds.  tshark says
# what was on the wire.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=pmip_net.sh
. "$here/pmip_net.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

net_begin pmip_bulk tcpdump tshark awk
pmip_net
pmip_conf
sed -i 's/LmaMaxBindingLife 240/LmaMaxBindingLife 20/' "$T"/*.conf
for n in lma mag1; do daemon $n "$T/$n.conf"; done
for m in "${MOBILES[@]}"; do
	plug_in "$m" wlan0 al1
	expect "$m forms an address" eventually 15 pmip_has_address "$m" || {
		tail -n 30 "$T/mag1.log" "$T/lma.log"
		exit 1
	}
	pmip_traffic "$m"
done
capture net-mag1

counted() { grep -c "group-extended.*count=3" "$T/$1.log"; }
rounds() { [ "$(counted lma)" -ge 3 ] && [ "$(counted mag1)" -ge 3 ]; }
expect "three times all of them are renewed together" eventually 70 rounds || {
	tail -n 20 "$T/mag1.log" "$T/lma.log"
	ctl mag1 bindings
	exit 1
}
for m in "${MOBILES[@]}"; do
	expect "$m is at mag1" pmip_at "$m" mag1
	expect "$m: one TCP connection, same bytes at both ends" \
		pmip_traffic_end "$m"
done
capture_end

expect "tshark finds nothing wrong" no_complaints net-mag1
expect "updates of a group: no mobile, no prefix" \
	some net-mag1 "mip6.bu.p_flag == 1 && !mip6.options.mnid &&
		!mip6.options.hnp && !mip6.options.mnlli"
expect "and accepting answers to them" \
	some net-mag1 "mip6.ba.p_flag == 1 && mip6.ba.status == 0 &&
		!mip6.options.mnid && !mip6.options.hnp"
expect "no mobile was renewed by itself" \
	none net-mag1 "mip6.bu.p_flag == 1 && mip6.options.mnid"

say "the anchor revokes its group"
ctl lma revoke group 1
gone() { ! ctl mag1 bindings | grep -q "served=yes"; }
expect "mag1 serves none of them" eventually 5 gone
expect "and the anchor has none" \
	test -z "$(ctl lma bindings | grep state=active)"
expect "by one message" test "$(grep -c "revoked.*trigger=129" "$T/mag1.log")" = 1
net_end
