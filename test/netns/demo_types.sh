#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# demo_types.sh - the demo's second act: each socket says what its address
# must survive.
#
# The network is that of roam.sh, with access routers that are anchors
# (types.sh).  Four conversations of the mobile, one of each type, and a web
# browser that knows nothing of any of it; then the mobile moves.

# shellcheck source=test/netns/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/netns/roam.sh
. "$here/roam.sh"
# shellcheck source=test/netns/types.sh
. "$here/types.sh"

bold='' off=''
if [ -t 1 ]; then
	bold=$'\e[1m' off=$'\e[0m'
fi

GRACE=3
ANCHOR_KEY=
types="home-anchored access-anchored graceful unanchored"

picture() {
	cat <<-PICTURE

	Not everybody needs an address that survives a move.  Each socket says
	what its address must survive (RFC 8653), and gets the cheapest that does:

	   home-anchored    stays, and is reachable: at the home agent
	   access-anchored  stays while it is used: at the router where it began
	   graceful         stays for a while, here $GRACE s
	   unanchored       is gone when the mobile moves

	No key is shared with the access routers: an address that they shall keep
	alive proves by itself whose it is (RFC 3972, RFC 4866).

	One mobile node, four conversations with the correspondent, each with
	    setsockopt(IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, IPV6_REQUIRE_...)
	and curl, which knows nothing of it: the policy says

	    AddressPolicy {
	            Boot unanchored;
	            Default unanchored;
	            Program "$curl" { Default home-anchored; }
	    }
	PICTURE
}

# "12.345s" of a note, or ms of a conversation's line, as seconds of the demo
seconds() {
	awk -v t="$1" -v s="$start" 'BEGIN {
		if (sub(/s$/, "", t)) t *= 1000
		printf "%.2f", (t - s) / 1000 }'
}

story() {	# story TYPE: what became of its conversation
	local sum before after back ended n
	sum=$(talk_line "$1" summary)
	n=$(value connections "$sum")
	before=$(value local "$(grep '^connected ' "$T/$1.out" | head -n 1)")
	after=$(value local "$sum")
	if [ "$n" = 1 ]; then
		printf '%-16s %-39s one connection, longest silence %s ms\n' \
			"$1" "$before" "$(value longest "$sum")"
		return
	fi
	ended=$(value at "$(grep '^ended ' "$T/$1.out" | head -n 1)")
	back=$(value after "$(talk_line "$1" connected)")
	printf '%-16s %-39s ended at %s s, back after %s ms\n' "$1" \
		"$before" "$(seconds "$ended")" "$back"
	printf '%-16s %-39s\n' "" "$after"
}

life() {	# when each address came and went, from the mobile's notes
	awk -v start="$start" '
	function get(k,   i, a) {
		for (i = 1; i <= NF; i++) {
			split($i, a, "=")
			if (a[1] == k) return substr($i, length(k) + 2)
		}
	}
	function at(   t) { t = get("at"); sub(/s$/, "", t)
			    return t - start / 1000 }
	/^address-up /   { a = get("address"); n[++c] = a
			   type[a] = get("address-type"); up[a] = at() }
	/^address-old /  { a = get("address"); old[a] = at() }
	/^address-down / { a = get("address"); down[a] = at()
			   why[a] = get("reason") }
	END {
		for (i = 1; i <= c; i++) {
			a = n[i]
			o = (a in old) ? sprintf("%.2f", old[a]) : ""
			d = (a in down) ? sprintf("%.2f (%s)", down[a],
				why[a]) : "stays"
			printf "%-16s %-39s %7.2f  %7s  %s\n", type[a], a,
				(up[a] > 0) ? up[a] : 0, o, d
		}
	}' "$T/mn.recent" "$T/mn.notes"
}

check_story() {
	local t ok=0
	for t in home-anchored access-anchored; do
		[ "$(value connections "$(talk_line $t summary)")" = 1 ] ||
			{ ok=1; say "FAILED: the $t conversation broke"; }
	done
	for t in graceful unanchored; do
		[ "$(value connections "$(talk_line $t summary)")" = 2 ] ||
			{ ok=1; say "FAILED: the $t conversation was not" \
				"taken up again once"; }
	done
	[ "$page_before" = $HOA ] && [ "$page_after" = $HOA ] ||
		{ ok=1; say "FAILED: curl came from $page_before and" \
			"$page_after, not from $HOA"; }
	return $ok
}

net_begin types curl
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
curl=$(readlink -f "$(command -v curl)")
say ""
say "${bold}== Addresses on demand$off"
picture
roam_net
types_conf "Boot unanchored; Default unanchored; GracePeriod $GRACE;
	Linger access-anchored 2; Linger unanchored 2; Linger graceful 2;
	Program \"$curl\" { Default home-anchored; }"
types_daemons
ctl mn recent > "$T/mn.recent"
roam_watch mn
read -r up _ < /proc/uptime
start=$(( ${up%.*} * 1000 + 10#${up#*.} * 10 ))
talk_serve

say ""
say "${bold}== The mobile is in network one.  What has it got?$off"
say ""
ctl mn addresses | grep '^address ' | sed 's/^address /   /'
say ""
say "   curl http://[$CN]:$TALK/"
page_before=$(who_am_i)
say "   you are $page_before"
say "   (its first packet waited until the home agent had registered the address)"
for t in $types; do
	talk_start "$t" "$t"
done
for t in $types; do
	eventually 5 talk_says "$t" connected || {
		cat "$T/$t.out" "$T/mn.log"
		die "the $t conversation does not begin"
	}
done
say ""
say "${bold}== Four conversations are under way.$off"
say ""
ctl mn addresses | grep '^address ' | sed 's/^address /   /'
nap 2
say ""
say "${bold}== The mobile goes from one to two.$off"
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 two
eventually 15 talk_more unanchored connected 1 || {
	cat "$T/unanchored.out" "$T/mn.log"
	die "the unanchored conversation is not taken up again"
}
nap 1
anchor=$(ctl mn addresses | sed -n 's/^address address-type=access-anchored .*current=no.* anchor=\([^ ]*\) .*/\1/p')
say ""
say "   The access-anchored conversation goes on through AR1, $anchor,"
say "   where it began, and not through the home agent.  AR1 has tunnelled so far:"
ctl ar1 paths | sed -n 's/^path .*remote=\([^ ]*\) mtu=.* out-packets=\([0-9]*\) .*in-packets=\([0-9]*\) .*/      \2 packets to \1, \3 from there/p'
say ""
nap $((GRACE + 1))
page_after=$(who_am_i)
say "   curl: you are $page_after"
for t in $types; do
	flow_tell "$t" stop
done
for t in $types; do
	eventually 5 talk_says "$t" summary || die "$t does not end"
done
eventually 15 grep -q '^address-down address-type=access-anchored' "$T/mn.notes"
nap 0.5

say ""
say "${bold}== What became of them$off"
say ""
say "type             address                                 conversation"
for t in $types; do
	story "$t"
done
printf '%-16s %-39s %s\n' "curl (policy)" "$page_before" \
	"before and after: $page_after"
say ""
say "type             address                                 from, s   old, s  until, s"
life
say ""
if check_story; then
	say "${bold}Each got what it asked for, and paid for no more.$off"
else
	failed=1
	tail -n 30 "$T/mn.log"
fi
for n in "${!pid_of[@]}"; do
	daemon_stop "$n"
done
exit "$failed"
