#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# two_interfaces.sh - a mobile node with two interfaces.
#
#	 cn ---- core ---- ha ---- home --.
#	          | |                      \  wlan0 (preferred)
#	          | +----- ar1 --- one ----- mn
#	          |                        /  wwan0
#	          +------- ar2 --- two ---'
#
# Both on the home link, one at home and one away, both away; the preferred
# one loses its carrier and gets it back, and preferences change by a reload.
# A TCP stream and a tick a millisecond go on all the time.  While both are up
# everything goes on by the old one until the new care-of address is registered
# (RFC 6275 11.5.4): what is lost then is at most what is under way when the
# home agent changes over.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

RATE=200000
RA_DELAY="MaxRaDelay 0;"
MN_IFACES='Interface "wlan0" { MnIfPreference 1; }
	Interface "wwan0" { MnIfPreference 2; }'

at_home_by() { [ -n "$(at mn ip -6 addr show dev "$1" to $HOA -tentative)" ]; }
at_home_only_by() { at_home_by wlan0 && not at_home_by wwan0; }
away_by() { has_binding "$1" && is_bound && not at_home_by wlan0 &&
	not at_home_by wwan0; }

# mark WORD; measure: ms of silence and packets lost since then, both ways
mark() { flow_tell ticks-cn "mark $1"; flow_tell ticks-mn "mark $1"; }
measure() {
	local up down
	up=$(flow_ask ticks-cn gap)
	down=$(flow_ask ticks-mn gap)
	lost_up=$(value lost "$up") lost_down=$(value lost "$down")
	gap_up=$(value longest-ms "$up") gap_down=$(value longest-ms "$down")
	heard=$(($(value received "$up") < $(value received "$down") ?
		$(value received "$up") : $(value received "$down")))
	say "   lost $lost_up up, $lost_down down; silence $gap_up ms up," \
		"$gap_down ms down"
}
goes_on() { nap 0.4; mark on; nap 0.4; measure; [ "$heard" -gt 200 ]; }
less() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }'; }

net_begin two_interfaces tcpdump tshark awk
roam_net
plug mn wwan0 home
roam_conf
for l in one two; do capture $l; done
roam_daemons

say "- both at home"
expect "the preferred one has the home address, and it alone" \
	eventually 10 at_home_only_by
roam_watch mn
roam_traffic
sent=$(notes mn sent)
mark carrier
plug_out mn wlan0
expect "its carrier gone, the other one has it" eventually 5 at_home_by wwan0
expect "... and the traffic" goes_on
plug_in mn wlan0 home
expect "back again" eventually 5 at_home_only_by
expect "... with the traffic" goes_on
plug_out mn wwan0
nap 0.2
plug_in mn wwan0 two
expect "the other one elsewhere changes nothing" goes_on
expect "... it is at home, and nobody was told anything" \
	test "$(notes mn sent)$(at_home_only_by; echo $?)" = "${sent}0"

say "- one at home, one away"
plug_out mn wlan0
mark away
expect "the preferred one lost: registered by the other" \
	eventually 10 away_by 2001:db8:3:
expect "... with the traffic" goes_on
mark better
plug_in mn wlan0 one
expect "the preferred one somewhere else: registered from there" \
	eventually 10 away_by 2001:db8:2:
nap 0.3
measure
expect "... nothing is interrupted (make before break)" \
	eval 'less "$gap_up" 60 && less "$gap_down" 60'
expect "... and nothing lost but what was under way" \
	eval '[ "$lost_up" -le 5 ] && [ "$lost_down" -le 5 ]'
plug_out mn wwan0
nap 0.2
plug_in mn wwan0 home
expect "the other one on the home link: the preference decides" goes_on
expect "... it is still away" away_by 2001:db8:2:
plug_out mn wlan0
expect "the preferred one lost: at home by the other" \
	eventually 10 at_home_by wwan0
expect "... the home agent has no binding" eventually 5 not has_binding ""
expect "... with the traffic" goes_on
plug_out mn wwan0
nap 0.2
plug_in mn wwan0 two

say "- both away"
plug_in mn wlan0 one
expect "registered by the preferred one" eventually 10 away_by 2001:db8:2:
expect "... with the traffic" goes_on
nap 1
mark lost
plug_out mn wlan0
expect "its carrier gone: by the other one" eventually 10 away_by 2001:db8:3:
nap 0.5
measure
expect "... within half a second: its router and address are known" \
	eval 'less "$gap_up" 500 && less "$gap_down" 500'
mark back
plug_in mn wlan0 one
expect "it is back" eventually 10 away_by 2001:db8:2:
nap 0.3
measure
expect "... nothing is interrupted" \
	eval 'less "$gap_up" 60 && less "$gap_down" 60'
expect "... and nothing lost but what was under way" \
	eval '[ "$lost_up" -le 5 ] && [ "$lost_down" -le 5 ]'

say "- other preferences"
sed -i 's/Preference 1/Preference 3/' "$T/mn.conf"
mark reload
expect "they are read again" ctl mn reload
expect "... and the other one is used" eventually 5 away_by 2001:db8:3:
nap 0.3
measure
expect "... nothing is interrupted" \
	eval 'less "$gap_up" 60 && less "$gap_down" 60'
expect "... and nothing lost but what was under way" \
	eval '[ "$lost_up" -le 5 ] && [ "$lost_down" -le 5 ]'

expect "one TCP connection, closed in order, same bytes at both ends" \
	roam_traffic_end || cat "$T"/tcp-*.out
capture_end
for l in one two; do
	expect "$l: the home address is never outermost" \
		no_packet $l -v hoa="$HOA" '$1 == hoa || $2 == hoa'
	expect "$l: no care-of address of the other link" \
		no_packet $l -v other="$([ $l = one ] && echo 2001:db8:3: || echo 2001:db8:2:)" \
		'index($1, other) == 1'
done
net_end
