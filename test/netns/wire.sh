# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# wire.sh - questions about what `capture' took, answered by tshark, which
# shares no line with us.

# The bytes of our streams look like any protocol to a guesser: they are data.
#
# filter LINK FILTER [FIELD...]: the packets, or these fields of them; of a
# field that a packet has twice, the outermost.  That tshark cannot do it
# (a filter it does not understand finds nothing) is trouble: net_end fails.
filter() {
	local l=$1 f=$2 args=() x
	shift 2
	for x; do
		args+=(-e "$x")
	done
	[ $# -eq 0 ] || args+=(-T fields -E occurrence=f -E separator=/s)
	tshark -n -r "$T/$l.pcap" -d "tcp.port==$PORT,data" \
		-d "udp.port==$TICKS,data" -Y "$f" "${args[@]}" 2> "$T/tshark" ||
		{ echo "$l: $f"; cat "$T/tshark"; } >> "$T/trouble"
}

count()	{ filter "$1" "$2" frame.number | wc -l; }
some()	{ [ "$(count "$1" "$2")" -gt 0 ]; }

# None; and the first few that there are, if there are.
none() {
	local found
	found=$(filter "$1" "$2" | head -n 5)
	[ -z "$found" ] || { say "$found"; return 1; }
}

# Malformed packets, wrong checksums and whatever else is "error" to tshark.
no_complaints() {
	none "$1" '_ws.malformed || _ws.expert.severity == error ||
		icmpv6.checksum.status == 0'
}

# Outermost source and destination, and the protocols, of each packet.
dissect() { filter "$1" "ipv6${2:+ && ($2)}" ipv6.src ipv6.dst frame.protocols; }

# Nothing for an awk pattern that is given a dissected link.
no_packet() {
	local found l=$1
	shift
	found=$(dissect "$l" | awk "$@" | head -n 5)
	[ -z "$found" ] || { say "$found"; return 1; }
}
