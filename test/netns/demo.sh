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

	BU: Binding Update, what the mobile says.  BA: Binding Acknowledgement,
	what the home agent answers.

	PICTURE
}

# --- the ladder -------------------------------------------------------------
#
# Three columns: the time, who (or who to whom), what.  The two nodes tell
# their news one after the other; what comes within 50 ms is put in order.

start=0			# ms of CLOCK_BOOTTIME, as the notes have it
between='mobile ----> HA'
back='mobile <---- HA'
mobile='mobile         '
agent='             HA'

rung() { printf '%s%8s%s  %s  %s\n' "$dim" "$t" "$off" "$1" "$2"; }

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

# "12.5s" in ms; "12.5s" rounded to ms, for people
ms_of() {
	local s=${1%s} frac
	frac=${s#"${s%%.*}"}
	frac=${frac#.}000
	printf '%d' $(( ${s%%.*} * 1000 + 10#${frac:0:3} ))
}

message() {	# message NODE: what it sent
	local text="${field[message]} ${field[seq]:-}"
	if [ "$1" = mn ] && [ "${field[lifetime]:-0s}" = 0s ]; then
		rung "$bold$between$off" "$text: I am at home again"
	elif [ "$1" = mn ]; then
		rung "$bold$between$off" "$text: I am at ${field[src]}"
	elif [ "${field[status]:-0}" -ge 128 ]; then
		rung "$bold$back$off" "$text: no, ${field[reason]:-refused}"
	elif [ "${field[lifetime]:-0s}" = 0s ]; then
		rung "$bold$back$off" "$text: welcome back"
	else
		rung "$bold$back$off" "$text: accepted, for ${field[lifetime]%s} s"
	fi
}

handover() {
	if [ "${field[coa]}" = :: ]; then
		rung "$mobile" "hears its home network"
	else
		rung "$mobile" "another network; here I am ${field[coa]}"
	fi
}

# One note of a node, told.
tell() {
	local kind=${2%% *} t
	fields "${2#"$kind"}"
	[ -n "${field[at]:-}" ] || return 0
	t=$(( $(ms_of "${field[at]}") - start ))
	t=$(printf '%d.%03d' $((t / 1000)) $((t % 1000)))
	case "$1 $kind" in
	*' sent')
		message "$1" ;;
	'mn link-down')
		rung "$mobile" "has lost its link" ;;
	'mn link-up')
		rung "$mobile" "has a link again, and asks for a router" ;;
	'mn router-probe')
		rung "$mobile" "is the old router still there?" ;;
	'mn handover')
		handover ;;
	'mn home')
		rung "$mobile" "uses its home address on its own link" ;;
	'mn registered')
		rung "$mobile" "registered, $(ms_of "${field[elapsed]}") ms after the router was heard" ;;
	'mn registration-failed')
		rung "$mobile" "refused: ${field[reason]:-status ${field[status]}}" ;;
	'mn no-answer')
		rung "$mobile" "no answer for ${field[elapsed]}, still asking" ;;
	'ha dad-start')
		rung "$agent" "is ${field[address]} free on the home link? (takes 1 s)" ;;
	'ha dad-ok')
		rung "$agent" "it is" ;;
	'ha binding-up')
		rung "$agent" "tunnels ${field[hoa]} there from now on" ;;
	'ha binding-moved')
		rung "$agent" "tunnels ${field[hoa]} to the new place" ;;
	'ha binding-down')
		rung "$agent" "tunnels no more: ${field[reason]}" ;;
	esac
}

# roam_follow gives us each note; one of us tells them.
watched() { printf '%s %s\n' "$1" "$2" > "$T/news"; }

# Lines "NODE KIND at=12.5s ..." by their time
in_order() {
	printf '%s\n' "$@" | sed -E 's/.* at=([0-9.]+)s.*/\1 &/' |
		sort -s -n -k 1,1 | cut -d ' ' -f 2-
}

storyteller() {
	local line batch=()
	exec {news}<> "$T/news"
	while :; do
		if IFS= read -r -t 0.05 -u "$news" line; then
			batch+=("$line")
		elif [ ${#batch[@]} -gt 0 ]; then
			while IFS= read -r line; do
				tell "${line%% *}" "${line#* }"
			done < <(in_order "${batch[@]}")
			batch=()
		fi
	done
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
	say ""
	say "   Silence, from the moment there was a link: $outage_up ms from" \
		"the mobile,"
	say "   $outage_down ms to it.  Signalling, from the router's" \
		"advertisement to the"
	say "   home agent's answer: $signalling ms$4."
	table+=("$(printf '%-4s -> %-4s %14s %14s %14s' "$1" "$2" \
		"$outage_up" "$outage_down" "$signalling")")
}

closing() {
	local verdict=$1
	say ""
	say "${bold}== What it was$off"
	say ""
	say "move              outage, ms     outage, ms  signalling, ms"
	say "                 from mobile      to mobile    RA to answer"
	printf '%s\n' "${table[@]}"
	say ""
	say "Most of an outage is the wait for an advertisement: RFC 4861 lets a"
	say "router take up to 500 ms to answer.  With MaxRaDelay 0 it is some 10 ms."
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

SETTLE=2.5		# for TCP, whose timer has grown, to be seen again
net_begin demo
picture
say "Starting: seven network namespaces, and mip6d in four of them" \
	"(mobile, HA, AR1, AR2)."
roam_net
roam_conf
roam_daemons
read -r up _ < /proc/uptime
start=$(( ${up%.*} * 1000 + 10#${up#*.} * 10 ))
mkfifo "$T/news"
storyteller &
jobs_pids+=($!)
roam_watch mn
roam_watch ha
roam_traffic
say ""
say "${bold}== The mobile is at home; the connection is up.$off"
nap 1
move home one registered ", with the home agent's 1 s check"
move one two registered ""
move two home deregistered ""
roam_traffic_end
verdict=$?
closing $verdict
[ $verdict -eq 0 ] || failed=1
for n in "${!pid_of[@]}"; do
	daemon_stop "$n"
done
exit "$failed"
