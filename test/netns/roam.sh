# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# roam.sh - the network in which a mobile node roams.
#
#                  cn   the correspondent: knows nothing of mobility
#                  |
#          --------+-------- net-c  2001:db8:c::/64
#                  |
#                core   an ordinary router
#               /  |  \           net-ha, net-ar1, net-ar2
#             ha  ar1  ar2        mip6d, each sends Router Advertisements
#             |    |    |
#           home  one  two        2001:db8:1::, 2::, 3::/64
#             |
#             mn - - > - - >      mip6d; home address 2001:db8:1::10
#
#	roam_net			all of it, without a daemon
#	roam_conf			a key, and $T/NODE.conf for four daemons
#	roam_daemons			start them; the mobile is at home then
#	roam_watch NODE			follow its notes into $T/NODE.notes
#	roam_traffic			a TCP stream and ticks, mn <-> cn
#	roam_move LINK NOTE		go there; wait for the note; measure
#	roam_traffic_end		close the stream; is it whole?

HOA=2001:db8:1::10	# the mobile's home address
HA=2001:db8:1::1	# the home agent
CN=2001:db8:c::2	# the correspondent
RA_DELAY=		# "MaxRaDelay 0;" or nothing: RFC 4861's 0..500 ms
LIFETIME=240		# seconds that a binding is asked for
RATE=1000000		# bytes a second that the stream carries each way
PORT=40000		# of the stream: no protocol's, to tshark
TICKS=40001		# of the datagrams
MN_IFACES='Interface "wlan0";'	# of the mobile

# NODE NUMBER LINK: the number is what its addresses have in common
roam_router() {
	local n=$1 num=$2 link=$3
	node "$n"
	forwarding "$n"
	plug "$n" core0 "net-$n" "2001:db8:f:$num::2/64"
	plug "$n" lan0 "$link" "2001:db8:$num::1/64"
	route "$n" default via "2001:db8:f:$num::1"
	plug core "$n" "net-$n" "2001:db8:f:$num::1/64"
	route core "2001:db8:$num::/64" via "2001:db8:f:$num::2"
}

roam_net() {
	local l
	for l in home one two net-c net-ha net-ar1 net-ar2; do
		link "$l"
	done
	for l in core cn; do
		node "$l"
		at "$l" sysctl -qw net.ipv6.conf.default.accept_dad=0
	done
	forwarding core
	plug cn eth0 net-c $CN/64
	plug core cn net-c 2001:db8:c::1/64
	route cn default via 2001:db8:c::1
	roam_router ha 1 home
	roam_router ar1 2 one
	roam_router ar2 3 two
	node mn
	plug mn wlan0 home
}

roam_conf() {
	(umask 077; head -c 32 /dev/urandom | od -An -v -tx1 |
		tr -d ' \n' > "$T/key")
	cat > "$T/mn.conf" <<-EOC
	NodeConfig MN;
	$MN_IFACES
	MnHomeLink "wlan0" {
		HomeAgentAddress $HA;
		HomeAddress $HOA/64;
		Lifetime $LIFETIME;
	}
	Peer $HA { Protect shared-key spi 256 file "$T/key"; }
	EOC
	cat > "$T/ha.conf" <<-EOC
	NodeConfig HA;
	Interface "core0";
	Interface "lan0" {
		SendAdvertisements enabled; $RA_DELAY
		AdvHomeAgentInfo enabled;
		Prefix 2001:db8:1::/64 { AdvRouterAddr enabled; }
	}
	HomeLink "lan0" {
		Prefix 2001:db8:1::/64;
		HomeAgentAddress $HA;
	}
	Peer $HOA { Protect shared-key spi 256 file "$T/key"; }
	EOC
	roam_conf_routers
}

roam_conf_routers() {
	local n
	for n in 1 2; do
		cat > "$T/ar$n.conf" <<-EOC
		NodeConfig AR;
		Interface "lan0" {
			SendAdvertisements enabled; $RA_DELAY
			Prefix 2001:db8:$((n + 1))::/64 { AdvRouterAddr enabled; }
		}
		EOC
	done
}

roam_daemons() {
	local n
	for n in ha ar1 ar2 mn; do
		daemon $n "$T/$n.conf"
	done
	eventually 10 roam_at_home || {
		cat "$T/mn.log"
		die "the mobile does not find its home"
	}
}

# The home address stands on the interface and is no longer tentative.
roam_at_home() {
	[ -n "$(at mn ip -6 addr show dev wlan0 to $HOA -tentative)" ]
}

# The home agent serves the home address, at this care-of address (or any).
has_binding() {
	ctl ha bindings | grep "hoa=$HOA .*state=active" | grep -q "coa=$1"
}

# The mobile believes so.
is_bound() { ctl mn bindings | grep -q "hoa=$HOA .*bound=yes"; }

# Every note of a node, as it comes, through `watched' (if there is such a
# function) and into a file.
roam_watch() {
	[ -p "$T/$1.fifo" ] || mkfifo "$T/$1.fifo"
	: > "$T/$1.notes"
	roam_follow "$1" < "$T/$1.fifo" &
	jobs_pids+=($!)
	"$mip6ctl" --run-dir "$T/run-$1" monitor > "$T/$1.fifo" 2>&1 &
	jobs_pids+=($!)
}

roam_follow() {
	local line
	while IFS= read -r line; do
		printf '%s\n' "$line" >> "$T/$1.notes"
		if declare -F watched > /dev/null; then
			watched "$1" "$line"
		fi
	done
}

notes()	{ grep -c "^$2 " "$T/$1.notes"; }
note()	{ grep "^$2 " "$T/$1.notes" | tail -n 1; }
more_notes() { [ "$(notes "$1" "$2")" -gt "$3" ]; }

# value KEY LINE as a number of milliseconds, from "1.25s"
value_ms() {
	local s
	s=$(value "$1" "$2") || return 1
	awk -v s="${s%s}" 'BEGIN { printf "%.1f", s * 1000 }'
}

roam_ticks() {
	flow_start ticks-cn cn ticks cn $CN $HOA $TICKS
	flow_start ticks-mn mn ticks mn $HOA $CN $TICKS
}

roam_traffic() {
	flow_start tcp-cn cn -r "$RATE" serve cn $CN $PORT
	eventually 5 flow_says tcp-cn listening || die "the server does not start"
	flow_start tcp-mn mn -r "$RATE" connect mn $HOA $CN $PORT
	roam_ticks
	eventually 10 flow_says tcp-cn connected || {
		cat "$T"/tcp-*.out
		die "the mobile cannot connect to the correspondent"
	}
}

# Sets outage_up and outage_down (ms of silence from link-up, mobile to
# correspondent and back), lost, and signalling (ms, from the note).
roam_move() {
	local had up down
	had=$(notes mn "$2")
	plug_out mn wlan0
	nap 0.2
	flow_tell ticks-cn "mark $1"
	flow_tell ticks-mn "mark $1"
	plug_in mn wlan0 "$1"
	eventually 15 more_notes mn "$2" "$had" || return 1
	nap "${SETTLE:-1.5}"
	up=$(flow_ask ticks-cn gap)
	down=$(flow_ask ticks-mn gap)
	outage_up=$(value longest-ms "$up")
	outage_down=$(value longest-ms "$down")
	lost=$(( $(value lost "$up") + $(value lost "$down") ))
	signalling=$(value_ms elapsed "$(note mn "$2")")
}

# 0: one connection, closed in good order, the same bytes at both ends
roam_traffic_end() {
	local mn cn
	flow_tell ticks-cn stop
	flow_tell ticks-mn stop
	flow_tell tcp-mn stop
	eventually 20 flow_ended tcp-mn
	eventually 5 flow_ended tcp-cn
	mn=$(flow_result tcp-mn stream)
	cn=$(flow_result tcp-cn stream)
	connections=$(value connections "$cn")
	bytes_up=$(value received "$cn")
	bytes_down=$(value received "$mn")
	sha_up_mn=$(value sent-sha256 "$mn")
	sha_up_cn=$(value received-sha256 "$cn")
	sha_down_cn=$(value sent-sha256 "$cn")
	sha_down_mn=$(value received-sha256 "$mn")
	result_mn=$(value result "$mn")
	result_cn=$(value result "$cn")
	[ "$connections" = 1 ] && [ "$result_mn$result_cn" = closedclosed ] &&
		[ "${bytes_up:-0}" -gt 0 ] && [ "${bytes_down:-0}" -gt 0 ] &&
		[ "$sha_up_mn" = "$sha_up_cn" ] &&
		[ "$sha_down_mn" = "$sha_down_cn" ]
}
