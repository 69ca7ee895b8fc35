#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pmip_orders.sh - three mobiles at once go through three gateways in every
# order.
#
#	 cn ---- core ---- lma			(pmip_net.sh)
#	          |||
#	          ||`----- mag1 --- al1
#	          |`------ mag2 --- al2		m1, m2, m3
#	          `------- mag3 --- al3
#
# In each of six rounds all of them move at the same moment, and in six rounds
# each goes from each gateway to each other one.  The rounds begin with
# everybody turning in one direction, so that each takes the place that
# another is just leaving.  Each holds a TCP connection with the correspondent.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=pmip_net.sh
. "$here/pmip_net.sh"

net_begin pmip_orders awk
pmip_net
pmip_conf
pmip_daemons
declare -A at_mag=() addr=()
for m in "${MOBILES[@]}"; do
	k=$(num_of "$m")
	plug_in "$m" wlan0 "al$k"
	at_mag[$m]=$k
	expect "$m has an address" eventually 15 pmip_has_address "$m" || exit 1
	addr[$m]=$(pmip_address "$m")
	pmip_traffic "$m"
done
nap 1

declare -A gone_through=()
round() {	# round STEP: from k to k + STEP
	local m to
	for m in "${MOBILES[@]}"; do pmip_leave "$m"; done
	for m in "${MOBILES[@]}"; do eventually 3 no_carrier "$m" wlan0; done
	for m in "${MOBILES[@]}"; do
		to=$(( (at_mag[$m] + $1 - 1) % 3 + 1 ))
		gone_through[$m:${at_mag[$m]}$to]=1
		at_mag[$m]=$to
		pmip_go "$m" $to
	done
	for m in "${MOBILES[@]}"; do
		expect "$m is at mag${at_mag[$m]}" eventually 15 \
			pmip_at "$m" "mag${at_mag[$m]}" ||
			tail -n 20 "$T/mag${at_mag[$m]}.log"
	done
	nap 1
}
for step in 1 1 1 2 2 2; do
	round $step
done
expect "each has gone each way" test ${#gone_through[@]} = 18

for m in "${MOBILES[@]}"; do
	expect "$m: one TCP connection, same bytes at both ends" \
		pmip_traffic_end "$m" || cat "$T"/tcp-"$m".out "$T"/tcp-cn-"$m".out
	expect "$m has the address that it had" \
		test "$(pmip_address "$m")" = "${addr[$m]}"
done

# A gateway that was stopped has deregistered everybody, and when it is started
# nobody has a reason to say anything.
daemon_stop mag1

expect "a gateway is stopped: m1 is registered no longer" \
	eventually 3 not pmip_at m1 mag1
daemon mag1 "$T/mag1.conf"
expect "it is started, and finds m1 by asking" eventually 3 pmip_at m1 mag1
net_end
