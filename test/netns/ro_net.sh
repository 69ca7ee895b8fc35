# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# ro_net.sh - path_net.sh with optimized routes: what the tests of route
# optimization in the data path have in common.
#
#	cn ----- ha ===== r ===== mn, mn2
#
# cn has the binding of mn's home address, mn knows that.  mn2 is a second
# mobile (mobile2), with the same home agent.

# shellcheck source=test/netns/path_net.sh
. "${top_srcdir:-.}/test/netns/path_net.sh"

HOA2=2001:db8:1::20	# of mn2
COA2=2001:db8:2::3
STRANGER=2001:db8:1::99	# nobody's home address

cn_words="link eth0 , path cn $COA , flow cn:$CN $HOA cn $COA"
ro_words="$mn_words , path mn:$COA $CN , flow $HOA $CN mn:$COA $CN"

# shellcheck disable=SC2086
optimize() {
	path_up
	tool cn $cn_words , sync || { cat "$T/cn.log"; die "correspondent"; }
	tool mn $ro_words , sync || { cat "$T/mn.log"; die "mobile"; }
}

ha2_words="path $HA $COA2 , flow any $HOA2 $HA $COA2"
mn2_words="link eth0 , path $COA2 $HA , flow $HOA2 any $COA2 $HA"
mobile2() {
	node mn2
	at mn2 sysctl -qw net.ipv6.conf.all.accept_dad=0
	plug mn2 eth0 net-2 $COA2/64
	route mn2 default via 2001:db8:2::1
	# shellcheck disable=SC2086
	tool mn2 $mn2_words , sync || die "second mobile"
	# shellcheck disable=SC2086
	tool ha $ha_words , $ha2_words , sync || die "home agent"
	ip -n "$P-mn2" addr add $HOA2/128 dev mip6 nodad
}

# Checksums as they are on a real wire, so that captures can be judged.
plain_sums() {
	local n
	for n in "$@"; do forge "$n" offload eth0 csum=0 tso=0; done
}

ro_forge=$top_builddir/test/netns/ro_forge
craft() { local n=$1; shift; at "$n" "$ro_forge" "$@"; }

# The end of a capture, after all of it has got to tcpdump.
captured() { nap 1.2; capture_end; }

# seen LINK FILTER: so many packets of the capture, in tshark's words
wireshark() {
	tshark -nr "$T/$1.pcap" -o udp.check_checksum:TRUE \
		-o tcp.check_checksum:TRUE -Y "$2" 2> /dev/null
}
seen() { wireshark "$1" "$2" | wc -l; }
some() { [ "$(seen "$1" "$2")" -ge "${3:-1}" ]; }
# What no capture may have.  (Linux writes a sum of 0 as 0xffff, for TCP as for
# UDP, which is the same number; tshark does not like it.)
wrong_sums="udp.checksum.status == 0 or icmpv6.checksum.status == 0 or
	(tcp.checksum.status == 0 and not tcp.checksum == 0xffff)"
flaws() { seen "$1" "_ws.malformed or $wrong_sums"; }
flawless() { [ "$(flaws "$1")" -eq 0 ]; }
# The same with a filter of tcpdump's, which looks at octets.
octets() { tcpdump -nr "$T/$1.pcap" "$2" 2> /dev/null | grep -q .; }
