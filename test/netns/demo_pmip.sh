#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# demo_pmip.sh - the demo's third act: a mobile that runs nothing of ours moves
# between gateways, and does not notice.
#
# The network is that of pmip_net.sh: an anchor, three access gateways, and a
# correspondent that holds a TCP connection to the mobile.

# shellcheck source=test/netns/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/netns/pmip_net.sh
. "$here/pmip_net.sh"

bold='' off=''
if [ -t 1 ]; then
	bold=$'\e[1m' off=$'\e[0m'
fi

picture() {
	cat <<-PICTURE

	Here the network does it all (Proxy Mobile IPv6, RFC 5213).  The mobile is a
	network namespace with a stock kernel: no daemon of ours runs in it, nothing
	is configured.  Each gateway is the same router to it.

	     correspondent --- core ------ LMA   the anchor: has 2001:db8:100::/48
	                      / | \\
	                  MAG1 MAG2 MAG3         the gateways
	                    :    :    :
	                  [ mobile, moving ]

	A gateway notices that the mobile has come, registers it with the anchor by a
	Proxy Binding Update, and advertises to it the prefix that it had before.  Its
	packets go through a tunnel between gateway and anchor.

	PICTURE
}

# What was said by NODE since line N of its log, "TIME who text".
tell() {
	local who=$1 line t text
	while IFS= read -r line; do
		t=$(value at "$line") t=${t%s}
		case "$line" in
		*': attached '*)
			text="a mobile is here: $(value link-layer "$line")" ;;
		*': detached '*)
			text="it does not answer any more; it has left" ;;
		*': registered '*)
			text="registered $(value hoa "$line")/64," \
			text+=" $(awk "BEGIN { printf \"%.1f\", \
				1000 * $(value elapsed "$line" | tr -d s) }")"
			text+=" ms after the question" ;;
		*': deregistered '*)
			text="the anchor knows" ;;
		*': binding-up '*)
			text="$(value hoa "$line")/64 is at $(value coa "$line")" ;;
		*': binding-moved '*)
			text="$(value hoa "$line")/64 is at $(value coa "$line") now" ;;
		*)	continue ;;
		esac
		printf '%s %-5s %s\n' "$t" "$who" "$text"
	done < <(tail -n +"$(( ${seen[$1]:-0} + 1 ))" "$T/$1.log")
}

declare -A seen=()
told() {
	local n
	for n in lma mag1 mag2 mag3; do
		tell $n
		seen[$n]=$(wc -l < "$T/$n.log")
	done | sort -n | awk -v s="$start" '{
		t = $1; $1 = ""; printf "   %7.3f %s\n", t - s, $0 }'
	for n in lma mag1 mag2 mag3; do
		seen[$n]=$(wc -l < "$T/$n.log")
	done
}

table=()
move() {	# move FROM TO
	say ""
	say "${bold}== The mobile goes from MAG$1 to MAG$2.$off"
	say ""
	pmip_move m1 "$2" || {
		tail -n 20 "$T/mag$2.log" "$T/lma.log"
		die "it does not get there"
	}
	told
	say ""
	say "   Its address: $(pmip_address m1)."
	say "   Silence, from the moment there was a link: $outage_up ms from the"
	say "   mobile, $outage_down ms to it."
	table+=("$(printf 'MAG%s -> MAG%s %18s %16s' "$1" "$2" \
		"$outage_up" "$outage_down")")
}

closing() {
	local up down
	up=$(flow_result tcp-m1 stream) down=$(flow_result tcp-cn-m1 stream)
	say ""
	say "${bold}== What it was$off"
	say ""
	say "move               outage, ms       outage, ms"
	say "                  from mobile        to mobile"
	printf '%s\n' "${table[@]}"
	say ""
	say "TCP connections         $(value connections "$down")"
	say "to the correspondent    $(value received "$down") bytes"
	say "  SHA-256, sent         $(value sent-sha256 "$up")"
	say "  SHA-256, received     $(value received-sha256 "$down")"
	say "to the mobile           $(value received "$up") bytes"
	say "  SHA-256, sent         $(value sent-sha256 "$down")"
	say "  SHA-256, received     $(value received-sha256 "$up")"
	say ""
}

MOBILES=(m1)
net_begin demo-pmip awk
say ""
say "${bold}== A mobile that runs nothing of ours$off"
picture
pmip_net
pmip_conf
pmip_daemons
read -r start _ < /proc/uptime
say "${bold}== The mobile is switched on at MAG1.$off"
say ""
plug_in m1 wlan0 al1
eventually 15 pmip_has_address m1 || {
	tail -n 20 "$T/mag1.log" "$T/lma.log"
	die "it gets no address"
}
address=$(pmip_address m1)
nap 0.3
told
say ""
say "   Its kernel has formed $address."
pmip_traffic m1
nap 1
move 1 2
move 2 3
move 3 1
pmip_traffic_end m1
verdict=$?
closing
if [ $verdict -eq 0 ] && [ "$(pmip_address m1)" = "$address" ]; then
	say "${bold}One address, one unbroken connection through three gateways, and"
	say "a mobile that does not know that it moved.$off"
else
	say "${bold}FAILED: the connection or the address did not survive.$off"
	failed=1
fi
for n in "${!pid_of[@]}"; do
	daemon_stop "$n"
done
exit "$failed"
