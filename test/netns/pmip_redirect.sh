#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pmip_redirect.sh - a mobile whose anchor is assigned at registration (RFC 6463):
# the one that its gateways know gives it to another.
#
#	 cn ---- core ---- lma			(pmip_net.sh)
#	          |||
#	          ||`----- mag1 --- al1 --- m1
#	          |`------ mag2 --- al2
#	          `------- mag3			an anchor here, with prefixes of
#						its own
#
# The mobile holds a TCP connection while it goes from mag1 to mag2, and while
# the anchor that assigned the other is dead.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=pmip_net.sh
. "$here/pmip_net.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

net_begin pmip_redirect tcpdump tshark awk
pmip_net
pmip_conf
LMA2=$(mag_of mag3)
route core 2001:db8:200::/48 via "$LMA2"
pmip_key to-mag1
pmip_key to-mag2
cat >> "$T/lma.conf" <<EOC
EnableLMARedirectFunction enabled;
RedirectLma $LMA2;
EOC
cat > "$T/mag3.conf" <<EOC
NodeConfig LMA;
LmaAddress $LMA2;
EnableLMARedirectAcceptFunction enabled;
RedirectingLma $LMA;
HomeNetworkPrefix 2001:db8:200::/48;
LmaMaxBindingLife 240;
MobileNode "@example.com";
Peer $LMA { Protect shared-key spi 258 file "$T/mag3.key"; }
Peer $(mag_of mag1) { Protect shared-key spi 301 file "$T/to-mag1.key"; }
Peer $(mag_of mag2) { Protect shared-key spi 302 file "$T/to-mag2.key"; }
EOC
for k in 1 2; do
	cat >> "$T/mag$k.conf" <<-EOC
	EnableLMARedirectFunction enabled;
	Peer $LMA2 { Protect shared-key spi 30$k file "$T/to-mag$k.key"; }
	EOC
done
for n in lma mag1 mag2 mag3; do daemon $n "$T/$n.conf"; done
for l in net-mag1 net-mag2 net-lma; do capture $l; done

at_lma2() {
	ctl mag3 bindings | grep "identity=m1@.*state=active" |
		grep -q "mag=$(mag_of "$1") "
}
plug_in m1 wlan0 al1
expect "m1 forms an address" eventually 15 pmip_has_address m1 || {
	tail -n 30 "$T/mag1.log" "$T/lma.log" "$T/mag3.log"
	exit 1
}
addr=$(pmip_address m1)
expect "it is of the other anchor's prefixes" \
	test "${addr#2001:db8:200:}" != "$addr"
expect "which has the session" at_lma2 mag1
expect "and the first has none" test -z "$(ctl lma bindings | grep identity=)"
pmip_traffic m1
nap 1

pmip_leave m1
eventually 3 no_carrier m1 wlan0
pmip_go m1 2
expect "m1 moves to mag2, and to the same anchor" eventually 15 at_lma2 mag2 || {
	tail -n 30 "$T/mag2.log" "$T/lma.log" "$T/mag3.log"
	exit 1
}
nap 2
expect "it has the address that it had" test "$(pmip_address m1)" = "$addr"

say "the anchor that assigned the other is killed"
daemon_kill lma
nap 2
expect "one TCP connection, same bytes at both ends" pmip_traffic_end m1
expect "m1 is at mag2" at_lma2 mag2
daemon_kill mag2
daemon mag2 "$T/mag2.conf"
nap 3
again() { ctl mag2 bindings | grep -q "served=yes.*lma=$LMA2.*bound=yes"; }
expect "a restarted gateway goes on with the other anchor" eventually 10 again
expect "m1 has the address that it had" test "$(pmip_address m1)" = "$addr"
capture_end

for l in net-mag1 net-mag2 net-lma; do
	expect "tshark finds nothing wrong on $l" no_complaints $l
done
expect "the update that is sent on has an Alternate Care-of Address" \
	some net-lma "mip6.bu.p_flag == 1 && ipv6.dst == $LMA2 &&
		mip6.acoa.acoa == $(mag_of mag1)"
expect "the answer names the other anchor, and how full it is" \
	some net-mag1 "mip6.ba.p_flag == 1 && ipv6.src == $LMA &&
		mip6.redir.k == 1 && mip6.redir.addr_r2lma_ipv6 == $LMA2 &&
		mip6.load_inf.maximum_sessions == 1000000"
expect "no update of the gateways has an Alternate Care-of Address" \
	none net-mag1 "mip6.bu.p_flag == 1 && mip6.acoa.acoa"
expect "tunnels to the other anchor only" \
	no_packet net-lma '$3 ~ /:ipv6:ipv6(:|$)/'
net_end
