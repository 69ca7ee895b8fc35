#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_raw.sh - raw and ping sockets, which pass no hook, under a policy.
#
#	 cn ---- core ---- ha
#	          |                 unanchored by default; ping is to have
#	          +------- ar1 --- one ----- mn   access-anchored addresses;
#	                            nobody: unanchored only
#
# No hook can give such a socket its address: the kernel chooses, and what it
# may not send is EPERM when it leaves.  So ping without -I fails where its
# default is not the kernel's choice, and with the right -I it works.
#
# And sockets that go round the routes: the home address stays in its tunnel.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

pings() { inside mn ping -n -c 1 -W 5 "$@" > "$T/ping" 2>&1; }
python=$(cat <<'PY'
import errno, socket, struct, sys
# an echo request by a raw socket: PEER [SOURCE [FLAGS]]
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.settimeout(5)
peer = sys.argv[1]
source = sys.argv[2] if len(sys.argv) > 2 else "::"
flags = int(sys.argv[3], 0) if len(sys.argv) > 3 else 0
try:
    if flags:
        s.setsockopt(41, 72, flags)
    control = []
    if source != "::":
        control = [(41, socket.IPV6_PKTINFO, struct.pack(
            "16sI", socket.inet_pton(socket.AF_INET6, source), 0))]
    s.sendmsg([struct.pack("!BBHHH", 128, 0, 0, 6275, 1)], control, 0, (peer, 0))
    while True:
        data, ancillary, _, _ = s.recvmsg(200, 200)
        if data[0] == 129 and data[4:6] == struct.pack("!H", 6275):
            print("answer")
            break
except OSError as e:
    print(errno.errorcode[e.errno] if e.errno else "silence")
PY
)
raw() { inside mn $python3 -c "$python" $CN "$@"; }

net_begin types_raw ping tcpdump tshark awk $python3 setpriv
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
chmod 711 "$T"
roam_net
types_conf "Boot unanchored, access-anchored; Default unanchored;
	Program \"$(readlink -f "$(command -v ping)")\" {
		Default access-anchored; }
	User nobody { Permit unanchored; }"
types_daemons
roam_watch mn
eventually 5 has_address unanchored
eventually 5 has_address access-anchored
un=$(address_of unanchored)
ac=$(address_of access-anchored)
export MIP6D_APP=$T/run-mn/app
capture one

say "- ping"
at mn sysctl -qw net.ipv4.ping_group_range="1 0"	# by raw sockets
expect "from the kernel's choice it is not permitted" not pings -W 1 $CN
expect "... from its default it is" pings -I "$ac" $CN
expect "... from another that is permitted, too" pings -I "$un" $CN
expect "... from the home address, which is registered for it" \
	pings -I $HOA $CN
expect "... and then stands" has_binding ""
expect "link-local is left alone" pings -I wlan0 ff02::2
expect "loopback, too" pings ::1
expect "it is said who was refused" eventually 2 grep -q "ping .* may not" "$T/mn.log"

say "- a raw socket of python3"
expect "from the kernel's choice, which is its default" gives answer raw
expect "by IPV6_PKTINFO, when it leaves, it looks like a wrong choice" \
	gives EPERM raw "$ac"
expect "... but not when it is bound" gives "ok ok 1" tool raw bind="$ac" \
	echo=$CN answers=1,5000
expect "a requirement is not met by the kernel's choice: EPERM" \
	gives EPERM raw :: 0x20000
expect "... but by the right source" gives answer raw "$ac" 0x20000
expect "... two at once are EINVAL" gives EINVAL raw :: 0x30000

say "- who may not, and ping sockets"
at mn sysctl -qw net.ipv4.ping_group_range="0 2147483647"
# The kernel keeps the errno of a ping socket to itself.
expect "nobody, ping socket: from the home address, nothing goes" \
	gives "ok ok 0" nobody ping bind=$HOA echo=$CN answers=1,500
expect "... from an access-anchored one neither" \
	gives "ok ok 0" nobody ping bind="$ac" echo=$CN answers=1,500
expect "... from an unanchored one he may" gives "ok ok 1" \
	nobody ping bind="$un" echo=$CN answers=1,5000
expect "... a requirement that he may not have" gives EACCES \
	nobody ping require=0x10000
expect "root, ping socket: bound before, required after" gives "ok ok ok 1" \
	tool ping bind="$ac" require=0x20000 echo=$CN answers=1,5000
expect "... of another type: EINVAL" gives "ok EINVAL" \
	tool ping bind="$un" require=0x20000

say "- away, and bound to the interface itself"
expect "TCP: no way" gives "ok ok EHOSTUNREACH" tool tcp device=wlan0 \
	require=0x10000 connect=$CN,80
expect "UDP: no way" gives "ok ok ok ok ok EHOSTUNREACH" tool udp recverr \
	device=wlan0 require=0x10000 connect=$CN,81 write=1 error=5000
expect "raw: sent, and lost" gives "ok ok ok" tool raw device=wlan0 bind=$HOA \
	echo=$CN
expect "outside of the policy: no way" gives "ok ok EHOSTUNREACH" \
	at mn "$types_tool" tcp device=wlan0 bind=$HOA connect=$CN,80
expect "from the link's own address" gives "ok ok ok" tool udp device=wlan0 \
	bind="$un" send=$CN,81
capture_end
expect "nothing left without a tunnel" no_packet one "\$1 == \"$HOA\""
expect "what nobody sent did not leave" test "$(count one "icmpv6.type == 128 &&
	ipv6.src == $HOA && ipv6.dst == $CN")" = 1
expect "nothing else left from the home address" none one \
	"ipv6.src == $HOA && icmpv6.type == 128 && !(ipv6.dst == $HA)"
expect "tshark finds nothing wrong" no_complaints one
net_end
