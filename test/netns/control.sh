#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# control.sh - mip6ctl, and what it may do to a running daemon.
#
#	 ha ---- core ---- ar1 ---- one ---- mn

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

python=/usr/bin/python3

# Every line is a JSON object; print field KEY of those of a type.
json() {
	"$python" -c '
import json, sys
kind, key = sys.argv[1:]
for line in sys.stdin:
    record = json.loads(line)
    if record["type"] == kind:
        print(record[key])' "$@"
}

# fails WHAT COMMAND...: it does, and says something that matches
fails() {
	local what=$1 status=0
	shift
	"$@" > "$T/out" 2>&1 || status=$?
	sed 's/^/   /' "$T/out"
	[ $status -ne 0 ] && [ $status -lt 126 ] && grep -qiE "$what" "$T/out"
}

net_begin control awk "$python" setpriv
roam_net
roam_conf
roam_daemons
roam_watch mn
plug_out mn wlan0
plug_in mn wlan0 one
expect "the mobile registers from link one" \
	eventually 15 more_notes mn registered 0 ||
	{ tail -n 30 "$T/mn.log"; exit 1; }

expect "without a word: status" eval 'ctl ha | grep -q "^daemon .*version="'
expect "its JSON has the version" eval \
	'[ -n "$(ctl ha -j status | json daemon version)" ]'
expect "bindings, as JSON: the home address" eval \
	'[ "$(ctl ha -j bindings | json binding hoa)" = $HOA ]'
expect "the mobile's side of it: bound" eval \
	'[ "$(ctl mn -j bindings | json registration bound)" = True ]'
expect "an unknown word is refused" fails 'unknown|mip6ctl' ctl ha bindungs
mode=$(stat -c %a "$T"/run-ha/*control* 2> /dev/null ||
	find "$T/run-ha" -type s -printf '%m\n' | head -n 1)
expect "the control socket is its owner's alone ($mode)" test "$mode" = 600
expect "another user is not let in" fails 'denied|permission' \
	setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$mip6ctl" --run-dir "$T/run-ha" status
expect "where no daemon runs, that is said" fails 'not run|no such|connect' \
	"$mip6ctl" --run-dir "$T/run-nobody" status
expect "a second daemon in the same run directory is refused" \
	fails 'already|runs|in use' timeout -k 1 10 ip netns exec "$P-ha" "$mip6d" \
	-f -c "$T/ha.conf" --run-dir "$T/run-ha" --state-dir "$T/state-ha"
expect "and the first one is undisturbed" has_binding ""

cp "$T/ha.conf" "$T/good.conf"
printf 'NodeConfig HA;\nInterfase "lan0";\nHomeLink { Prefix 1::/64 }\n' \
	> "$T/ha.conf"
expect "mip6d -n names place and word" fails 'ha.conf:2:1:.*Interfase' \
	"$mip6d" -n "$T/ha.conf"
expect "a bad file is not loaded" fails 'error|ha.conf' ctl ha reload
expect "and the binding stands" has_binding ""
cp "$T/good.conf" "$T/ha.conf"
expect "mip6d -n is content with the good one" "$mip6d" -n "$T/ha.conf"
expect "what -nv prints is a configuration again" eval '
	(umask 077; "$mip6d" -nv "$T/ha.conf" > "$T/again.conf") &&
	"$mip6d" -nv "$T/again.conf" | diff - "$T/again.conf"'
expect "no key is in it" eval '! grep -q "$(head -c 16 "$T/key")" "$T/again.conf"'
expect "the good one is loaded" ctl ha reload
expect "and the binding still stands" has_binding ""
net_end
