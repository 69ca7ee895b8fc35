#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_setsc.sh - setsc(), with real daemons.
#
# The network is that of test/netns/types.sh; the home agent has a virtual
# home link besides its own.  Nothing lingers, so that every request that
# is measured is a first one.
#
#	setsc_acquire		ms: first home-anchored request to bound socket,
#				home prefix on a virtual link; at most 30
#	setsc_acquire_link	ms: on a real link, where the home agent checks
#				the address for a second (RFC 6275 10.3.1)
#	setsc_ready		us: an address that is there; at most 50
#	setsc_ready_program	us: the same when the policy asks which program
#				it is
#
# The baseline of these is a daemon of a few lines that answers from memory.

# shellcheck source-path=SCRIPTDIR source=../netns/lib.sh
. "$(dirname "$0")/../netns/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../netns/roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=../netns/types.sh
. "$here/types.sh"
# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$here/../bench/bench.sh"

RUNS=${RUNS:-15}
RUNS_LINK=${RUNS_LINK:-5}
VHA=2001:db8:f:1::2 VHOA=2001:db8:a::10		# the virtual home link
setsc=$top_builddir/test/bench/bench_setsc

call() { MIP6D_APP=$T/run-mn/app inside mn "$setsc" "$@"; }

let_go() {
	! ctl ha bindings | grep -q "hoa=$1 .*state=active" &&
		ctl mn bindings | grep -q "hoa=$1 .*place=idle"
}

# ready COMMAND...: its setsc_ready
ready() { "$@" | sed -n 's/.*=setsc_ready value=\([^ ]*\).*/\1/p'; }

# The mobile, with a home agent and a home address, on link one.
mobile() {
	daemon_stop mn
	sed -i -e "s/HomeAgentAddress .*;/HomeAgentAddress $1;/" \
		-e "s/HomeAddress .*;/HomeAddress $2\/64;/" \
		-e "s/^Peer .*\( { .* spi 256\)/Peer $1\1/" "$T/mn.conf"
	daemon mn "$T/mn.conf"
	eventually 10 has_router || die "the mobile finds no router"
	eventually 5 has_address unanchored || die "no unanchored address"
}

# acquire HOA RUNS: milliseconds, into a file
acquire() {
	local i
	for ((i = 0; i < $2; i++)); do
		call first >> "$T/first.$1" || {
			cat "$T/mn.log" "$T/ha.log"
			die "no home-anchored address"
		}
		eventually 10 let_go "$1" ||
			die "the home address is not given back"
		nap 0.2
	done
}

net_begin bench_setsc awk
roam_net
route core 2001:db8:a::/64 via $VHA
types_conf "Boot unanchored; Default unanchored; Linger home-anchored 0;"
cat >> "$T/ha.conf" <<-EOC
VirtualHomeLink {
	Prefix 2001:db8:a::/64;
	HomeAgentAddress $VHA;
}
Peer $VHOA { Protect shared-key spi 256 file "$T/key"; }
EOC
types_daemons
mobile $VHA $VHOA
acquire $VHOA "$RUNS"
bench setsc_acquire "$(median < "$T/first.$VHOA")" ms
bench setsc_ready "$(ready call "$(address_of unanchored)")" us \
	"$(ready "$setsc")"
mobile $HA $HOA
acquire $HOA "$RUNS_LINK"
bench setsc_acquire_link "$(median < "$T/first.$HOA")" ms
sed -i 's|Boot unanchored;|& Program "/bin/true" { Permit none; }|' "$T/mn.conf"
mobile $HA $HOA
bench setsc_ready_program "$(ready call "$(address_of unanchored)")" us \
	"$(ready "$setsc")"
exit $failed
