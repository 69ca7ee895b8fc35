#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# anchor_types.sh - five sessions, four moves: which way does each packet go?
#
#	 cn ---- core ---- ha    (home)
#	          | | |
#	          | | +--- ar1 --- one ------- mn   one -> two -> three
#	          | +----- ar2 --- two ------/            -> one -> two
#	          +------- ar3 --- three ---'
#
#	aa1	access-anchored, begun on link one
#	home	home-anchored, begun on link one
#	aa2	access-anchored, begun on link two
#	grace	graceful, begun on link two
#	plain	unanchored, begun on link three
#
# Every link is captured.  A TCP segment is found again on each of them by its
# sequence number and its timestamp; the places where it was, in the order of
# time, are its way, and every one that was sent while the mobile stayed
# somewhere must have taken the way that its address wants (way_all).  Nobody
# has a key with the access routers: they are anchors by cga.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

RATE=50000
CAPTURE_MOST=2048
ANCHOR_KEY=
LINKS="home one two three net-c net-ha net-ar1 net-ar2 net-ar3"
declare -A port=([aa1]=40000 [home]=40010 [aa2]=40020 [grace]=40030
	[plain]=40040)
declare -A local_=() begin=() end=()

roam_conf_routers() {
	local n
	for n in 1 2 3; do
		cat > "$T/ar$n.conf" <<-EOC
		NodeConfig AR;
		Interface "core0";
		Interface "lan0" { $RA_DELAY }
		AccessAnchor "lan0" { Prefix 2001:db8:$((n + 1))::/64; }
		EOC
	done
}

begin() {	# begin SESSION TYPE
	local id=$1 fd
	flow_start "$id-cn" cn -r $RATE serve "$id" $CN "${port[$id]}"
	eventually 5 flow_says "$id-cn" listening || die "no server"
	mkfifo "$T/$id-mn.in"
	exec {fd}<> "$T/$id-mn.in"
	flow_fd[$id-mn]=$fd
	inside mn "$flow" -r $RATE -t "$2" connect "$id" :: $CN \
		"${port[$id]}" < "$T/$id-mn.in" > "$T/$id-mn.out" 2>&1 &
	flow_pid[$id-mn]=$!
	jobs_pids+=($!)
	expect "$id: a session of type $2 begins" \
		eventually 10 flow_says "$id-cn" connected || {
		cat "$T/$id"-*.out "$T/mn.log"
		exit 1
	}
	local_[$id]=$(value peer "$(flow_result "$id-cn" connected)")
}

from()	{ [ "${local_[$1]#"$2"}" != "${local_[$1]}" ]; }

progress() { value received "$(flow_ask "$1" count)"; }
further() { [ "$(progress "$1")" -gt "$2" ]; }
goes_on() {
	local up down
	up=$(progress "$1-cn")
	down=$(progress "$1-mn")
	eventually 15 further "$1-cn" "$up" &&
		eventually 15 further "$1-mn" "$down"
}

whole() {
	local mn cn
	flow_tell "$1-mn" stop
	eventually 20 flow_ended "$1-mn"
	eventually 5 flow_ended "$1-cn"
	mn=$(flow_result "$1-mn" stream)
	cn=$(flow_result "$1-cn" stream)
	[ "$(value connections "$cn")" = 1 ] &&
	[ "$(value result "$mn")$(value result "$cn")" = closedclosed ] &&
	[ "$(value sent "$mn")" -gt 0 ] && [ "$(value sent "$cn")" -gt 0 ] &&
	[ "$(value sent-sha256 "$mn")" = "$(value received-sha256 "$cn")" ] &&
	[ "$(value sent-sha256 "$cn")" = "$(value received-sha256 "$mn")" ]
}

aborted() { grep -q 'result=ECONNABORTED' "$T/$1-mn.out"; }

new_here() {	# new_here PREFIX: what new sockets get there
	local t a
	for t in access-anchored graceful unanchored; do
		a=$(address_of $t)
		[ "${a#"$1"}" != "$a" ] || return
	done
}

go() {		# go LINK PREFIX
	plug_out mn wlan0
	eventually 5 no_carrier mn wlan0
	plug_in mn wlan0 "$1"
	eventually 15 new_here "$2" || {
		ctl mn addresses
		tail -n 20 "$T/mn.log"
		die "nothing new on link $1"
	}
}

# What is sent from now on, for these seconds, is looked at: settle PHASE
settle() {
	begin[$1]=$EPOCHREALTIME
	nap 2
	end[$1]=$EPOCHREALTIME
	nap 0.5		# what was sent arrives
}

# --- ways -------------------------------------------------------------------

# One line for each TCP segment with data on each link: when, a name for it,
# and "link" or "link[from>to]", who tunnels to whom.
ways_read() {
	local l
	for l in $LINKS; do
		tshark -n -r "$T/$l.pcap" -Y 'tcp && tcp.len > 0 && !icmpv6' \
			-T fields -E separator=/s -E occurrence=a \
			-e frame.time_epoch -e tcp.srcport -e tcp.dstport \
			-e tcp.seq_raw -e tcp.options.timestamp.tsval \
			-e ipv6.src -e ipv6.dst -e tcp.len 2> "$T/tshark" |
			awk -v l="$l" '
			function who(a) {
				if (a == "2001:db8:1::1") return "ha"
				if (a == "2001:db8:2::1") return "ar1"
				if (a == "2001:db8:3::1") return "ar2"
				if (a == "2001:db8:4::1") return "ar3"
				if (a ~ /^2001:db8:2:/) return "one"
				if (a ~ /^2001:db8:3:/) return "two"
				if (a ~ /^2001:db8:4:/) return "three"
				return a
			}
			{
				n = split($6, s, ","); split($7, d, ",")
				place = l
				for (k = 1; k < n; k++)
					place = place "[" who(s[k]) ">" \
						who(d[k]) "]"
				print $1, $2 ":" $3 ":" $4 ":" $5 ":" $8, place
			}'
		[ ! -s "$T/tshark" ] || grep -v 'Running as user' "$T/tshark" \
			>> "$T/trouble"
	done | sort -n > "$T/places"
	# What does not fit into a tunnel is answered, and comes again in
	# pieces: that is no way.
	awk '{
		split($2, f, ":")
		if (f[5] > 1000)
			next
		if (!($2 in at)) { at[$2] = $1; order[++n] = $2 }
		way[$2] = way[$2] (way[$2] ? " " : "") $3
	}
	END {
		for (k = 1; k <= n; k++) {
			split(order[k], f, ":")
			print at[order[k]], f[1], f[2], way[order[k]]
		}
	}' "$T/places" > "$T/ways"
}

# All segments of the session that were sent in that phase went this way, and
# there were some: way_all SESSION PHASE up|down WAY
way_all() {
	awk -v from="${begin[$2]}" -v to="${end[$2]}" -v dir="$3" -v want="$4" \
		-v port="${port[$1]}" '
	$1 >= from && $1 <= to && (dir == "up" ? $3 : $2) == port {
		way = $4
		for (k = 5; k <= NF; k++)
			way = way " " $k
		if (way == want)
			good++
		else if (bad++ < 3)
			print "   " way
	}
	END {
		if (bad || good < 10) {
			print "   " good + 0 " of " good + bad " took: " want
			exit 1
		}
	}' "$T/ways"
}

declare -A router=([one]=net-ar1 [two]=net-ar2 [three]=net-ar3)

directly() {	# directly SESSION PHASE LINK
	local r=${router[$3]}
	expect "$2: $1 goes straight: mn ${r#net-} core cn" \
		way_all "$1" "$2" up "$3 $r net-c"
	expect "... and back" way_all "$1" "$2" down "net-c $r $3"
}

through() {	# through SESSION PHASE LINK ANCHOR
	local r=${router[$3]} a=$4 up="[$3>$4]" down="[$4>$3]"
	expect "$2: $1 goes: mn (${r#net-} core) $a core cn" way_all "$1" "$2" \
		up "$3$up $r$up net-$a$up net-$a net-c"
	expect "... and back" way_all "$1" "$2" \
		down "net-c net-$a net-$a$down $r$down $3$down"
}

# At no time, during moves neither: never SESSION LINK...
never() {
	local id=$1 l=$2
	shift 2
	for l in "$l" "$@"; do
		awk -v l="$l" -v p="${port[$id]}" '
		$3 == l && $2 ~ "^" p ":|^[0-9]*:" p ":" {
			print "   " $0
			bad = 1
			exit
		}
		END { exit bad }' "$T/places" || return 1
	done
}

untunnelled() {
	! grep "[ :]${port[$1]}:" "$T/places" | grep -m 1 '\['
}

unbound() { ! ctl "$1" bindings | grep -q 'state=active'; }
no_paths() { [ -z "$(ctl "$1" paths | grep '^path ')" ]; }
no_anchored() { ! ctl mn bindings | grep -q 'bound=yes'; }
no_address() { [ -z "$(ip -n "$P-mn" -6 -o addr show to "$1")" ]; }

# --- the story --------------------------------------------------------------

net_begin anchor_types tcpdump tshark awk
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
link three
link net-ar3
roam_router ar3 4 three
types_conf "Boot access-anchored, graceful, unanchored; Default unanchored;
	GracePeriod 6; Linger home-anchored 2; Linger access-anchored 2;
	Linger graceful 2; Linger unanchored 2;"
for n in ar1 ar2 ar3; do
	at $n sysctl -qw net.ipv6.conf.default.accept_ra=0
done
plug_out mn wlan0
plug_in mn wlan0 one
for n in ha ar1 ar2 ar3 mn; do
	daemon $n "$T/$n.conf"
done
for l in $LINKS; do
	capture "$l"
done
eventually 15 new_here 2001:db8:2: || {
	ctl mn addresses
	cat "$T/mn.log"
	die "no addresses on link one"
}

begin aa1 access-anchored
expect "... from link one" from aa1 2001:db8:2:
begin home home-anchored
expect "... from the home address" from home $HOA
settle on-one

go two 2001:db8:3:
expect "on link two: aa1 goes on" goes_on aa1
expect "... home goes on" goes_on home
begin aa2 access-anchored
expect "... from link two" from aa2 2001:db8:3:
begin grace graceful
expect "... from link two" from grace 2001:db8:3:
settle on-two

go three 2001:db8:4:
expect "on link three: aa1 goes on" goes_on aa1
expect "... home goes on" goes_on home
expect "... aa2 goes on" goes_on aa2
begin plain unanchored
expect "... from link three" from plain 2001:db8:4:
settle on-three
expect "grace: ends with its period" eventually 10 flow_ended grace-mn
expect "... cleanly" aborted grace || cat "$T/grace-mn.out"

go one 2001:db8:2:
expect "plain: ends with the move" eventually 5 flow_ended plain-mn
expect "... cleanly" aborted plain || cat "$T/plain-mn.out"
for s in aa1 home aa2; do
	expect "back on link one: $s goes on" goes_on $s
done
settle back-on-one

go two 2001:db8:3:
for s in aa1 home aa2; do
	expect "back on link two: $s goes on" goes_on $s
done
settle back-on-two

for s in aa1 home aa2; do
	expect "$s: one connection, the same at both ends" whole $s ||
		cat "$T/$s"-*.out
done
for n in ha ar1 ar2 ar3; do
	expect "$n has no binding any more" eventually 15 unbound $n ||
		ctl $n bindings
	expect "... and no path" eventually 5 no_paths $n || ctl $n paths
done
expect "the mobile is bound nowhere" eventually 5 no_anchored ||
	ctl mn bindings
expect "... and has no path" eventually 5 no_paths mn || ctl mn paths
for s in aa1 plain; do
	expect "the address of $s is gone" \
		eventually 5 no_address "${local_[$s]}" || ctl mn addresses
done
capture_end
ways_read

directly aa1 on-one one
through home on-one one ha
through aa1 on-two two ar1
through home on-two two ha
directly aa2 on-two two
directly grace on-two two
through aa1 on-three three ar1
through home on-three three ha
through aa2 on-three three ar2
through grace on-three three ar2
directly plain on-three three
directly aa1 back-on-one one
through home back-on-one one ha
through aa2 back-on-one one ar2
through aa1 back-on-two two ar1
through home back-on-two two ha
directly aa2 back-on-two two

expect "no anchored address is ever native on another link" never aa1 two three
expect "... the home address on none" never home one two three
expect "... nor aa2's" never aa2 one three
expect "... nor grace's" never grace one three
for s in aa1 aa2 grace plain; do
	expect "$s never comes near the home agent" never $s net-ha home
done
for s in aa2 grace; do
	expect "$s is nothing to ar1" never $s net-ar1
done
expect "plain is nothing to ar2" never plain net-ar2
expect "... and never tunnelled" untunnelled plain
for l in $LINKS; do
	expect "tshark finds nothing wrong on $l" no_complaints "$l"
done
net_end
