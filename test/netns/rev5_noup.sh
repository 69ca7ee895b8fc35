#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# anchor.sh - sessions go on through the access routers where they began.
#
#	 cn ---- core ---- ar1 --- one ------ mn     one -> two -> three -> one
#	          | |                        /
#	          | +----- ar2 --- two -----'
#	          +------- ar3 --- three --'
#
# The mobile has an access-anchored address of each router that it visits, and
# a TCP stream from the first two of them.  There is no home agent at all.
# Then ar1 loses its memory, and at last somebody takes an address of link
# three while it is being registered.  tshark says which way packets went.
#
# With CGA set (anchor_cga.sh) nobody has a key: the addresses prove whose
# they are.  ar1 then dies, but keeps its memory: an address that it has never
# seen is not taken back on a signature alone.
#
# Without it somebody who holds the key, too, tries to have an address's traffic
# sent to cn (thief.py).

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

RATE=100000
python=/usr/bin/python3

# In place of types.sh's, whose access routers are home agents.
roam_conf_routers() {
	local n
	for n in 1 2 3; do
		cat > "$T/ar$n.conf" <<-EOC
		NodeConfig AR;

		Interface "lan0" { $RA_DELAY }
		AccessAnchor "lan0" {
			Prefix 2001:db8:$((n + 1))::/64;
			MaxLifetime 120;
		}
		EOC
		[ -n "${CGA-}" ] || cat >> "$T/ar$n.conf" <<-EOC
		Peer 2001:db8:$((n + 1))::/64 {
			Protect shared-key spi 300 file "$T/anchor.key";
		}
		EOC
	done
}

anchor_conf() {
	types_conf "Boot access-anchored; Default access-anchored;
		Linger access-anchored 2;"
	if [ -n "${CGA-}" ]; then
		sed -i '/^Peer 2001:db8:[23]::1 {/,/^}/d' "$T/mn.conf"
		return
	fi
	cat >> "$T/mn.conf" <<-EOC
	Peer 2001:db8:4::1 {
		Protect shared-key spi 300 file "$T/anchor.key";
	}
	EOC
}

anchor_net() {
	roam_net
	link three
	link net-ar3
	roam_router ar3 4 three
	node h
	plug h eth0 one
	for n in ar1 ar2 ar3 h; do
		at $n sysctl -qw net.ipv6.conf.default.accept_ra=0
	done
}

address_in() {	# address_in PREFIX: what new sockets get there
	local a
	a=$(address_of access-anchored)
	[ "${a#"$1"}" != "$a" ]
}

# How many addresses a router remembers of its link.
seen() { value seen "$(ctl "$1" status | grep '^anchor ')"; }
sees_more() { [ "$(seen "$1")" -gt "$2" ]; }

stream() {	# stream ID ADDRESS PORT
	flow_start "$1-cn" cn -r $RATE serve cn $CN "$3"
	eventually 5 flow_says "$1-cn" listening || die "no server"
	flow_start "$1-mn" mn -r $RATE connect mn "$2" $CN "$3"
	eventually 10 flow_says "$1-cn" connected || {
		cat "$T"/"$1"-*.out "$T/mn.log"
		die "the mobile cannot connect from $2"
	}
}

# It comes further, both ways, in these seconds.
progress() { value received "$(flow_ask "$1" count)"; }
goes_on() {
	local up down
	up=$(progress "$2-cn")
	down=$(progress "$2-mn")
	eventually "$1" further "$2-cn" "$up" &&
		eventually "$1" further "$2-mn" "$down"
}
further() { [ "$(progress "$1")" -gt "$2" ]; }

whole() {
	local mn cn
	flow_tell "$1-mn" stop
	eventually 20 flow_ended "$1-mn"
	eventually 5 flow_ended "$1-cn"
	mn=$(flow_result "$1-mn" stream)
	cn=$(flow_result "$1-cn" stream)
	[ "$(value connections "$cn")" = 1 ] &&
	[ "$(value result "$mn")$(value result "$cn")" = closedclosed ] &&
	[ "$(value sent-sha256 "$mn")" = "$(value received-sha256 "$cn")" ] &&
	[ "$(value sent-sha256 "$cn")" = "$(value received-sha256 "$mn")" ]
}

bound_at() {	# bound_at ROUTER ADDRESS [PREFIX of the care-of address]
	ctl "$1" bindings | grep "hoa=$2 .*state=active" | grep -q "coa=${3:-}"
}

go() {	# go LINK
	plug_out mn wlan0
	nap 0.2
	plug_in mn wlan0 "$1"
}

reload_refused() {
	ctl ar3 reload > "$T/reload" 2>&1 && return 1
	grep -q 'AccessAnchor.*restart' "$T/reload"
}

is_cga() {	# is_cga yes|no ADDRESS: as `mip6ctl select' has it
	ctl mn select $CN --prefer cga > "$T/select" &&
		grep -q "^candidate address=$2 .*cga=$1 " "$T/select"
}

# Who holds the key, and is on link three.
thief() {
	local key=$T/anchor.key
	ip -n "$P-h" addr flush dev eth0 scope global
	ip -n "$P-h" -6 route flush dev eth0 root 2001:db8:2::/64
	ip -n "$P-h" addr add 2001:db8:4::66/64 dev eth0 nodad
	ip -n "$P-h" route replace default via 2001:db8:4::1
	at h "$python" "$here/thief.py" eth0 2001:db8:4::66 $CN 2001:db8:2::1 \
		2001:db8:2::bad "$key" 300 > "$T/thief"
}
thief_got() {	# thief_got WORD STATUS
	grep -q "^$1 $2\$" "$T/thief"
}

signalling() { value_ms elapsed "$(note mn registered)"; }
at_once() { awk -v e="$(signalling)" 'BEGIN { exit !(e < 500) }'; }

net_begin anchor tcpdump tshark awk ping "$python"
anchor_net
anchor_conf
plug_out mn wlan0
plug_in mn wlan0 one
# A router that was no anchor cannot become one without a restart.
cp "$T/ar3.conf" "$T/anchor.conf"
printf 'NodeConfig AR;\nInterface "lan0" { SendAdvertisements enabled; }\n' \
	> "$T/ar3.conf"
daemon ar3 "$T/ar3.conf"
cp "$T/anchor.conf" "$T/ar3.conf"
expect "the first AccessAnchor is not taken by a reload, which says why" \
	reload_refused
expect "... and has made no path device" \
	test -z "$(ip -n "$P-ar3" -o link | grep mip6)"
daemon_stop ar3
for n in ar1 ar2 ar3 mn; do
	daemon $n "$T/$n.conf"
done
roam_watch mn
roam_watch ar1
roam_watch ar3
eventually 10 address_in 2001:db8:2: || {
	cat "$T/mn.log" "$T/ar1.log"
	die "the mobile finds no anchor"
}
A1=$(address_of access-anchored)
expect "which is cryptographically generated where nobody has a key" \
	is_cga "${CGA:-no}" "$A1"
expect "ar1 has seen the mobile's address" eventually 5 sees_more ar1 0
had=$(seen ar1)
ip -n "$P-h" addr add 2001:db8:2::77/64 dev eth0
expect "... and sees any that is asked for on its link" \
	eventually 5 sees_more ar1 "$had"
nap 3
daemon_stop ar1
ip -n "$P-h" link set eth0 down
ip -n "$P-ar1" neigh flush dev lan0
daemon ar1 "$T/ar1.conf"
expect "... and remembers them over a restart, its neighbours lost" \
	test "$(seen ar1)" -gt "$had"
ip -n "$P-h" link set eth0 up
daemon_stop ar1
rm -rf "$T/state-ar1"
ip -n "$P-ar1" neigh flush dev lan0
ip -n "$P-ar1" neigh replace "$A1" dev lan0 nud stale \
	lladdr "$(at mn cat /sys/class/net/wlan0/address)"
daemon ar1 "$T/ar1.conf"
roam_watch ar1
expect "... and asks for those that the kernel knew, after a restart" \
	eventually 5 sees_more ar1 0
for l in one two three; do
	capture $l
done
stream s1 "$A1" 40000
nap 1

go two
expect "on link two: ar1 has the binding" \
	eventually 10 bound_at ar1 "$A1" 2001:db8:3: || {
	tail -n 30 "$T/mn.log" "$T/ar1.log"
	exit 1
}
expect "... without waiting for duplicate address detection" at_once
say "   registered after $(signalling) ms"
expect "... which went on meanwhile" \
	eventually 5 grep -q "^dad-ok .*address=$A1" "$T/ar1.notes"
expect "the stream of link one goes on" goes_on 15 s1
expect "new sockets get an address of link two" \
	eventually 5 address_in 2001:db8:3:
A2=$(address_of access-anchored)
stream s2 "$A2" 40010
nap 1

go three
expect "on link three: ar1 has the binding" \
	eventually 10 bound_at ar1 "$A1" 2001:db8:4:
expect "... and so has ar2" eventually 10 bound_at ar2 "$A2" 2001:db8:4:
expect "the stream of link one goes on" goes_on 15 s1
expect "the stream of link two goes on" goes_on 15 s2
capture_end

daemon_kill ar1
[ -n "${CGA-}" ] || rm -rf "$T/state-ar1"
nap 0.5
daemon ar1 "$T/ar1.conf"
expect "ar1 has been killed: the mobile gets by" \
	eventually 15 bound_at ar1 "$A1" 2001:db8:4: || {
	ctl ar1 bindings
	ctl ar1 paths
	tail -n 20 "$T/ar1.log" "$T/mn.log"
}
expect "... and the stream goes on" goes_on 30 s1
expect "... and so does the other" goes_on 15 s2

eventually 5 address_in 2001:db8:4:
A3=$(address_of access-anchored)
stream s3 "$A3" 40020
plug_out h eth0
plug_in h eth0 three
ip -n "$P-h" addr add "$A3/64" dev eth0 nodad
go one
expect "somebody has taken the address: ar3 revokes the binding" \
	eventually 10 grep -q "^binding-down .*hoa=$A3 .*reason=conflict" \
	"$T/ar3.notes" || cat "$T/ar3.notes"
expect "... and the stream of that address ends" \
	eventually 10 flow_ended s3-mn
expect "... cleanly" grep -q ECONNABORTED "$T/s3-mn.out" ||
	cat "$T/s3-mn.out"
expect "back on link one: ar1 has let go" \
	eventually 10 not bound_at ar1 "$A1"
expect "... the address is native there" test \
	-n "$(ip -n "$P-mn" -6 -o addr show dev wlan0 to "$A1")"
expect "the stream of link one goes on" goes_on 15 s1
expect "the stream of link two goes on, through ar2" goes_on 15 s2
expect "... bound to link one" bound_at ar2 "$A2" 2001:db8:2:
expect "one connection from the first address, the same at both ends" \
	whole s1 || cat "$T"/s1-*.out
expect "one connection from the second address, the same at both ends" \
	whole s2 || cat "$T"/s2-*.out
expect "unused, the last anchor is let go" \
	eventually 15 not bound_at ar2 "$A2"

if [ -z "${CGA-}" ]; then
	roam_watch ar1
	capture net-c
	at ar2 ping -q -i 0.2 -c 60 2001:db8:2::bad > /dev/null 2>&1 &
	expect "somebody else holds the key and is on link three" thief ||
		cat "$T/thief"
	for w in plain with-his-own-token with-no-token with-another-nonce; do
		expect "... names another address, $w: refused" \
			thief_got $w 137
	done
	expect "... and sends from it: not his to hear" \
		thief_got from-the-victim silence
	expect "... names his own: he has to prove it" \
		thief_got where-he-is-unproved 137
	expect "... and does" thief_got where-he-is 0
	expect "... and stays there, whatever he says then" \
		thief_got and-then-plain 137
	expect "... also with his own token" \
		thief_got and-then-with-his-own-token 137
	expect "... and leaves without any proof" thief_got leaving 0
	capture_end
	expect "ar1 has never sent anything there but refusals" none net-c \
		"ipv6.dst == $CN && ipv6.src == 2001:db8:2::1 &&
		!(mip6.mhtype == 6)"
	expect "... not in a tunnel either" none net-c "ipv6.nxt == 41"
	expect "... nor taken a binding for it" \
		not grep -Eq "^binding-(up|moved) .*coa=$CN" "$T/ar1.notes"
	expect "... but the one for where he is" \
		grep -q "^binding-up .*coa=2001:db8:4::66" "$T/ar1.notes"
fi

if [ -n "${CGA-}" ]; then
	expect "two: a care-of test, and a signed update" some two \
		"mip6.mhtype == 2 && ipv6.dst == 2001:db8:2::1"
	expect "... with the parameters of a CGA" some two \
		"mip6.mhtype == 5 && frame.len > 500"
	expect "three: the token is enough for ar1" none three \
		"mip6.mhtype == 5 && ipv6.dst == 2001:db8:2::1 && frame.len > 500"
	expect "ar1 has looked at no signature since its restart" test \
		"$(value signatures "$(ctl ar1 status | grep ^home-agent)")" = 0
	expect "the mobile's key is its own" test \
		"$(stat -c %a "$T/state-mn/cga.key")" = 600
fi

AR1=2001:db8:2::1
AR2=2001:db8:3::1
for l in one two three; do
	expect "tshark finds nothing wrong on $l" no_complaints $l
done
expect "two: the first stream goes through ar1" some two \
	"tcp.port == 40000 && ipv6.dst == $AR1 && ipv6.src == $A1"
expect "two: the second one goes straight" some two \
	"tcp.port == 40010 && ipv6.src == $A2 && !(ipv6.nxt == 41)"
expect "three: the first stream goes through ar1" some three \
	"tcp.port == 40000 && ipv6.dst == $AR1 && ipv6.src == $A1"
expect "three: ... and through nobody else" none three \
	"tcp.port == 40000 && ipv6.addr == $AR2"
expect "three: the second one goes through ar2" some three \
	"tcp.port == 40010 && ipv6.dst == $AR2 && ipv6.src == $A2"
expect "three: ... and through nobody else" none three \
	"tcp.port == 40010 && ipv6.addr == $AR1"
for l in two three; do
	expect "$l: the first address is never outermost" no_packet $l \
		-v a="$A1" '$1 == a || $2 == a'
done
expect "three: nor is the second" no_packet three -v a="$A2" \
	'$1 == a || $2 == a'
expect "one: ar1 asked whether somebody has the address" some one \
	"icmpv6.type == 135 && ipv6.src == :: && icmpv6.nd.ns.target_address == $A1"
net_end
