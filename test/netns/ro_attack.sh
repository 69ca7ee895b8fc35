#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ro_attack.sh - somebody wants to have the mobile's packets.
#
#	 eve ---.
#	 cn  ---+--- core ---- ha ---- home
#	               |
#	               +------ ar1 ---- one ---- mn   registered with cn, too
#
# The route between mn and cn is optimized, and eve, who is on no way between
# them, sends what ro_attack.py can think of.  None of it reaches an
# application, and nothing of what the three daemons and kernels have changes.
# RFC 6275 section 15.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

EVE=2001:db8:c::e
python=/usr/bin/python3

# All that a packet might have changed; what time changes is left out.
state_of() {
	local n=$1
	ctl "$n" -j bindings | tr ',' '\n' | grep -vE \
		'"(left|lifetime|idle)"'
	ctl "$n" paths | grep -oE '(local|remote|src|dst|action)=[^ ]*'
	at "$n" ip -6 addr | grep -v valid_lft
	at "$n" ip -6 route | grep -v 'proto ra'
	at "$n" ip -6 rule
}
alive="cn mn ha"
state() { local n; for n in $alive; do say "$n"; state_of "$n"; done; }

# Every datagram that comes to the port that ro_attack.py sends to.
listen() {
	: > "$T/$1.heard"
	ip netns exec "$P-$1" "$python" -uc 'import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", 7000))
print("listening")
while True:
    print(*s.recvfrom(2000))' > "$T/$1.heard" 2>&1 &
	jobs_pids+=($!)
	eventually 5 grep -q listening "$T/$1.heard"
}
heard() { [ "$(cat "$T/cn.heard" "$T/mn.heard" | wc -l)" -eq "$1" ]; }
talk() {	# talk NODE SOURCE DESTINATION
	at "$1" "$python" -c 'import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
s.sendto(b"honest", (sys.argv[2], 7000))' "$2" "$3"
}

attack() {
	at eve "$python" "$here/ro_attack.py" "$1" $EVE $CN $HOA "$coa" \
		"$T/seen.pcap" >> "$T/attack" 2>&1
}
# What eve sends changes nothing, not even for a moment that can be measured.
survives() {
	state > "$T/before"
	attack "$1" || { cat "$T/attack"; return 1; }
	nap 0.2
	state > "$T/after"
	diff -u "$T/before" "$T/after"
}
# It has an effect that shows as this note; $had were there before.
heeds() {
	attack "$1" || { cat "$T/attack"; return 1; }
	eventually 5 more_notes mn "$2" "$had"
}
# How many pings of the mobile were answered so far.
answered() { grep -c 'bytes from' "$T/ping"; }
optimized() {
	ctl mn bindings | grep "^correspondent-registration" |
		grep "optimized=yes" | grep -q "coa=$coa "
}

net_begin ro_attack tcpdump tshark awk "$python"
"$python" -c 'import scapy.layers.inet6' 2> /dev/null ||
	skip "python3-scapy is not installed"
roam_net
node eve
plug eve eth0 net-c $EVE/64
route eve default via 2001:db8:c::1
roam_conf
echo 'MnRoPolicy enabled insecure;' >> "$T/mn.conf"
echo 'NodeConfig CN;' > "$T/cn.conf"
daemon cn "$T/cn.conf"
roam_daemons
roam_watch mn
capture one
plug_out mn wlan0
plug_in mn wlan0 one
expect "the mobile registers" eventually 15 more_notes mn registered 0 ||
	{ tail -n 30 "$T/mn.log"; exit 1; }
coa=$(value coa "$(note mn handover)")
ip netns exec "$P-mn" ping -6 -i 0.2 -I $HOA $CN > "$T/ping" 2>&1 &
pinger=$!
jobs_pids+=($pinger)
expect "... with the correspondent, too" eventually 10 optimized ||
	{ tail -n 30 "$T/mn.log" "$T/cn.log"; exit 1; }
nap 1
capture_end
cp "$T/one.pcap" "$T/seen.pcap"
listen cn
listen mn
talk mn $HOA $CN
talk cn $CN $HOA
expect "what is honest is heard" eventually 2 heard 4

capture net-c
capture one
attacked=$coa
for c in $(at eve "$python" "$here/ro_attack.py" cases $EVE $CN $HOA "$coa")
do
	expect "$c" survives "$c"
	# of refusals and errors there are so many a second
	nap 0.2
done
expect "no application has heard of any" heard 4

# What the RFC has a mobile heed, whoever says it: it costs the direct path for a
# moment (11.3.6), or a Binding Update (11.7.4), and no packet.
had=$(notes mn not-optimized)
was=$(answered)
expect "be_lost: the binding is asked for again" heeds be_lost not-optimized
expect "... and it is the same" eventually 5 optimized
updates() { ctl mn bindings | sed -n 's/^correspondent.* seq=\([0-9]*\).*/\1/p'; }
seq=$(updates)
expect "brr_forged: the binding is renewed" attack brr_forged
renewed() { [ "$(updates)" -eq $(((seq + 1) % 65536)) ]; }
expect "... once" eventually 5 renewed
expect "... and stands" optimized
nap 1
flows() { [ "$(answered)" -gt "$was" ]; }
expect "traffic went on" flows

# While a test is under way: the correspondent is silent, and somebody else
# answers in its place.
daemon_kill cn
alive="mn ha"
plug_out mn wlan0
nap 0.2
had=$(notes mn registered)
plug_in mn wlan0 two
expect "a handover, and no answer from the correspondent" \
	eventually 15 more_notes mn registered "$had"
coa=$(value coa "$(note mn handover)")
nap 1.2			# the test is repeated: that it is under way is sure
expect "cot_forged, while one is waited for" survives cot_forged
expect "hot_forged, while one is waited for" survives hot_forged
daemon cn "$T/cn.conf"
expect "the true ones are taken" eventually 10 optimized
nap 0.5
kill -INT $pinger
wait $pinger
capture_end

# Nobody forges that: the mobile is gone without a word, and its last router says
# so for a while (9.3.4).
ip netns exec "$P-cn" ping -6 -i 0.5 $HOA > "$T/cn.ping" 2>&1 &
pinger=$!
jobs_pids+=($pinger)
roam_watch cn
nap 1
plug_out mn wlan0
for r in ar1 ar2; do at $r ip -6 neigh flush to "$coa"; done
bound() { ctl cn bindings | grep -v state=invalid | grep -q "hoa=$HOA "; }
unbound() { ! bound; }
nap 5
expect "a few errors change nothing" bound
expect "persistent ones end the binding" eventually 40 unbound
expect "... and the correspondent says why" \
	grep -q 'binding-down.*unreachable' "$T/cn.log"
had=$(notes mn optimized)
plug_in mn wlan0 one
expect "back on a link the mobile registers again" \
	eventually 25 more_notes mn optimized "$had"
kill -INT $pinger
wait $pinger

# The answers that the RFC asks for, and no others.
expect "a wrong nonce is refused, with its status" \
	some net-c "mip6.mhtype == 6 && mip6.ba.status == 138 &&
		ipv6.dst == $EVE"
expect "a replayed update is refused, with the number to go on from" \
	some net-c "mip6.mhtype == 6 && mip6.ba.status == 135"
expect "a Home Address option without a binding gets a Binding Error" \
	some net-c "mip6.mhtype == 7 && mip6.be.status == 1 &&
		mip6.be.haddr == $HOA && ipv6.dst == $EVE"
expect "no update of eve's is accepted" \
	none net-c "mip6.mhtype == 6 && ipv6.dst == $EVE &&
		mip6.ba.status < 128"
# What she sent, and whatever would have become of it at either of them.
led_on() {
	tcpdump -nr "$T/$1.pcap" "ip6 src $EVE and not ip6 dst $CN and not ip6 dst $attacked
		and (ip6 protochain 17)" 2> /dev/null | grep .
}
expect "what has a foreign routing header is seen" eval \
	'tcpdump -nr "$T/one.pcap" "ip6 src $EVE and ip6 dst $attacked and
		ip6[6] == 43" 2> /dev/null | grep -q .'
expect "nothing is led on by it" not led_on one
expect "... nor at a correspondent" not led_on net-c
expect "tshark finds nothing wrong" no_complaints net-c
net_end
