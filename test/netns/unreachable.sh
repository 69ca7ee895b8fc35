#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# unreachable.sh - the home agent does not answer: what becomes of packets.
#
#	 cn ---- core ---- ha ---- home
#	          | |
#	          | +----- ar1 --- one --.
#	          |                       > mn
#	          +------- ar2 --- two --'
#
# The mobile visits links while its home agent is dead.  What is sent from the
# home address, or by sockets that ask for no address, is held or refused
# (WhenUnreachable); every link is captured, and none of it is there, in a
# tunnel or without, with this source or with another one, until there is a
# home agent again.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

python=/usr/bin/python3
RA_DELAY="MaxRaDelay 0;"

# Datagrams to cn at PORT, every 100 ms, from HOA or (any) no given address.
probe() {	# probe SOURCE PORT COUNT: lines "from ...", "sent", "EHOSTUNREACH"
	at mn "$python" - "$@" "$CN" <<-'EOC'
	import errno, socket, sys, time
	source, port, count, cn = sys.argv[1:]
	s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
	s.setsockopt(socket.IPPROTO_IPV6, 25, 1)	# IPV6_RECVERR
	if source != "any":
	    s.bind((source, 0))
	try:
	    s.connect((cn, int(port)))
	    print("from", s.getsockname()[0])
	except OSError as e:
	    print(errno.errorcode[e.errno])
	for k in range(int(count)):
	    try:
	        s.send(b"probe %d" % k)
	        print("sent")
	    except OSError as e:
	        print(errno.errorcode[e.errno])
	    time.sleep(0.1)
	EOC
}
lines() { printf '%s\n' "$1" | grep -c "$2"; }
seen() { count "$1" "udp.dstport == $2"; }
go() { plug_out mn wlan0; nap 0.2; plug_in mn wlan0 "$1"; }
coa_of() { at mn ip -6 addr show dev wlan0 to "$1" -tentative | grep -q inet6; }
was_heard() { [ "$(tcpdump -r "$T/net-c.pcap" udp dst port "$1" 2> /dev/null |
	wc -l)" -ge "$2" ]; }

net_begin unreachable tcpdump tshark awk "$python"
roam_net
roam_conf
cat >> "$T/mn.conf" <<EOC
WhenUnreachable refuse;
InitialBindackTimeoutFirstReg 0.4;
InitialBindackTimeoutReReg 0.4;
MaxBindackTimeout 0.8;
EOC
for l in home one two net-c; do capture $l; done
ip netns exec "$P-cn" "$python" -c '
import socket, time
s = [socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) for _ in range(4)]
for k in range(4):
    s[k].bind(("::", 4001 + k))
time.sleep(600)' &
jobs_pids+=($!)
roam_daemons
roam_watch mn
daemon_kill ha

say "- refused"
go one
expect "the mobile is on link one" eventually 8 coa_of 2001:db8:2::/64
nap 2
# The error is told by the send after the one that it is about.
out=$(probe $HOA 4001 6)
expect "what is sent from the home address is refused at once" \
	test "$(lines "$out" E)" -ge 2 || say "$out"
out=$(probe any 4002 6)
expect "sockets that ask for no address are no better off" \
	test "$(lines "$out" E)" -ge 2 || say "$out"
expect "... they have the home address, not the care-of address" \
	test "$(lines "$out" "from 2001:db8:[23]:")" = 0 || say "$out"
go two
out=$(probe $HOA 4001 20)
expect "on the next link, too" test "$(lines "$out" E)" -ge 3 || say "$out"
nap 0.5
for l in home one two net-c; do
	for p in 4001 4002; do
		expect "$l: no packet of it" test "$(seen $l $p)" = 0
	done
done

say "- and heard again"
had=$(notes mn registered)
daemon ha "$T/ha.conf"
expect "the home agent is back: registered" \
	eventually 10 more_notes mn registered "$had"
out=$(probe $HOA 4003 5)
expect "and nothing is refused" test "$(lines "$out" sent)" = 5 || say "$out"
expect "all is heard" eventually 3 was_heard 4003 5

say "- held"
sed -i 's/refuse;/hold;/' "$T/mn.conf"
expect "another policy" ctl mn reload
daemon_kill ha
go one
expect "the mobile is on link one" eventually 8 coa_of 2001:db8:2::/64
out=$(probe $HOA 4004 5)
expect "nothing is refused" test "$(lines "$out" sent)" = 5 || say "$out"
nap 0.3
for l in home one two net-c; do
	expect "$l: no packet of it" test "$(seen $l 4004)" = 0
done
had=$(notes mn registered)
daemon ha "$T/ha.conf"
expect "the home agent is back: registered" \
	eventually 10 more_notes mn registered "$had"
expect "what was held arrives" eventually 3 was_heard 4004 5
capture_end

for l in one two; do
	expect "$l: the home address is never outermost" \
		no_packet $l -v hoa="$HOA" '$1 == hoa || $2 == hoa'
	expect "$l: what went there is in the tunnel" test \
		-z "$(filter $l 'udp.dstport >= 4001 && udp.dstport <= 4004' \
		frame.protocols | grep -v ':ipv6:ipv6:udp')"
done
expect "the correspondent has seen no other source than the home address" \
	test -z "$(filter net-c 'udp.dstport >= 4001 && udp.dstport <= 4004' \
	ipv6.src | grep -v "^$HOA\$")"
net_end
