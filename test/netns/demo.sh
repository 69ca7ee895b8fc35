#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# demo.sh - the main job of mip6d, on a screen.
#
# The network is that of roam.sh; what happens in it is told as it happens,
# from the notes of the mobile node and of its home agent.

# shellcheck source=test/netns/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/netns/roam.sh
. "$here/roam.sh"

bold='' dim='' off=''
if [ -t 1 ]; then
	bold=$'\e[1m' dim=$'\e[2m' off=$'\e[0m'
fi

picture() {
	cat <<-'PICTURE'

	     correspondent                 It talks to 2001:db8:1::10 and knows
	           |                       nothing of mobility.
	         router
	       /   |   \
	     HA   AR1   AR2                HA: the home agent.  AR1, AR2: routers
	     |     |     |                 of two other networks.
	   home   one   two
	     |
	   mobile  - - - ->                Its home address is 2001:db8:1::10.

	A TCP connection runs between the correspondent and the home address,
	bytes both ways.  The mobile moves: home -> one -> two -> home.  Away from
	home it takes a care-of address there and tells its home agent, which then
	tunnels the home address's packets to wherever it is.  The connection must
	not notice.

	PICTURE
}

# --- the ladder -------------------------------------------------------------

start=0			# ms of CLOCK_BOOTTIME, as the notes have it

# Columns: the time, the mobile's side, the wire, the home agent's side.
rung() { printf '%s%8s%s  %s\n' "$dim" "$1" "$off" "$2"; }

declare -A field=()

# "key=value key="some words" ..." into field
fields() {
	local rest=$1 key
	field=()
	rest=${rest#"${rest%%[![:space:]]*}"}
	while [[ $rest =~ ^([a-z0-9-]+)=(\"([^\"]*)\"|[^ ]*)\ *(.*)$ ]]; do
		key=${BASH_REMATCH[1]}
		field[$key]=${BASH_REMATCH[2]}
		field[$key]=${field[$key]#\"}
		field[$key]=${field[$key]%\"}
		rest=${BASH_REMATCH[4]}
	done
}

seconds_since_start() {
	local s=${field[at]%s} whole frac
	whole=${s%%.*}
	frac=${s#"$whole"}
	frac=${frac#.}000
	local ms=$(( whole * 1000 + 10#${frac:0:3} - start ))
	printf '%d.%03d' $((ms / 1000)) $((ms % 1000))
}

message() {	# message NODE: what it sent
	local text="${field[message]} seq=${field[seq]:-}"
	case ${field[message]} in
	BU)
		if [ "${field[lifetime]}" = 0s ]; then
			text="$text: \"I am at home again\""
		else
			text="$text: \"I am at ${field[src]}, for ${field[lifetime]}\""
		fi
		;;
	BA)
		if [ "${field[status]}" -lt 128 ]; then
			text="$text status=${field[status]}: \"so it is\""
		else
			text="$text status=${field[status]}: ${field[reason]:-refused}"
		fi
		;;
	esac
	if [ "$1" = mn ]; then
		rung "$t" "${bold}mobile ----------> HA   $off $text"
	else
		rung "$t" "${bold}mobile <---------- HA   $off $text"
	fi
}

# One note of `node', told.
watched() {
	local kind=${2%% *} t
	fields "${2#"$kind"}"
	[ -n "${field[at]:-}" ] || return 0
	t=$(seconds_since_start)
	case "$1 $kind" in
	*' sent')
		message "$1" ;;
	'mn link-down')
		rung "$t" "mobile                   has lost its link" ;;
	'mn link-up')
		rung "$t" "mobile                   has a link again, asks for a router" ;;
	'mn router-probe')
		rung "$t" "mobile                   is ${field[router]} still there?" ;;
	'mn handover')
		rung "$t" "mobile                   a new network: I am ${field[coa]} here" ;;
	'mn home')
		rung "$t" "mobile                   this is home" ;;
	'mn registered')
		rung "$t" "mobile                   registered, ${field[elapsed]} after the router was heard" ;;
	'mn deregistered')
		rung "$t" "mobile                   home address in use on its own link again" ;;
	'mn registration-failed')
		rung "$t" "mobile                   refused: ${field[reason]:-status ${field[status]}}" ;;
	'mn no-answer')
		rung "$t" "mobile                   no answer for ${field[elapsed]}, still asking" ;;
	'ha dad-start')
		rung "$t" "                    HA   is 2001:db8:1::10 free on the home link? (takes 1 s)" ;;
	'ha dad-ok')
		rung "$t" "                    HA   it is" ;;
	'ha binding-up')
		rung "$t" "                    HA   tunnels ${field[hoa]} to ${field[coa]}" ;;
	'ha binding-moved')
		rung "$t" "                    HA   tunnels ${field[hoa]} to ${field[coa]} now" ;;
	'ha binding-down')
		rung "$t" "                    HA   tunnels it no more (${field[reason]})" ;;
	esac
}

# --- the moves --------------------------------------------------------------

table=()

move() {	# move FROM TO NOTE WHAT
	say ""
	say "${bold}== The mobile goes from $1 to $2.$off"
	roam_move "$2" "$3" || {
		say "it does not get there:"
		tail -n 20 "$T/mn.log" "$T/ha.log"
		die "no $3 note within 15 seconds"
	}
	nap 0.2			# the ladder comes to its end
	say "   Silence from link-up: $outage_up ms from the mobile," \
		"$outage_down ms to it ($lost packets lost)."
	say "   Signalling, $4: $signalling ms."
	table+=("$(printf '%-6s -> %-6s %12s %12s %14s %8s' "$1" "$2" \
		"$outage_up" "$outage_down" "$signalling" "$lost")")
}

closing() {
	local verdict=$1
	say ""
	say "${bold}== What it was$off"
	say ""
	say "move              outage ms    outage ms  signalling ms     lost"
	say "                 from mobile   to mobile  RA to answer   packets"
	printf '%s\n' "${table[@]}"
	say ""
	say "TCP connections         $connections (mobile: $result_mn," \
		"correspondent: $result_cn)"
	say "to the correspondent    $bytes_up bytes"
	say "  SHA-256, sent         $sha_up_mn"
	say "  SHA-256, received     $sha_up_cn"
	say "to the mobile           $bytes_down bytes"
	say "  SHA-256, sent         $sha_down_cn"
	say "  SHA-256, received     $sha_down_mn"
	say ""
	if [ "$verdict" = 0 ]; then
		say "${bold}One unbroken connection through three moves," \
			"every byte as it was sent.$off"
	else
		say "${bold}FAILED: the connection did not survive whole.$off"
	fi
}

net_begin demo
picture
say "Starting: seven network namespaces, and mip6d in four of them" \
	"(mobile, HA, AR1, AR2)."
roam_net
roam_conf
roam_daemons
read -r up _ < /proc/uptime
start=$(( ${up%.*} * 1000 + 10#${up#*.} * 10 ))
roam_watch mn
roam_watch ha
roam_traffic
say ""
say "${bold}== The mobile is at home; the connection is up.$off"
nap 1
move home one registered "from the router's advertisement to the answer, \
with the home agent's 1 s check"
move one two registered "from the router's advertisement to the answer"
move two home deregistered "from the first message to the answer"
roam_traffic_end
verdict=$?
closing $verdict
[ $verdict -eq 0 ] || failed=1
for n in "${!pid_of[@]}"; do
	daemon_stop "$n"
done
exit $failed
