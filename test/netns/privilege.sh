#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# privilege.sh - a daemon that lacks something says what, in one line, ends
# with a failure, and leaves the node as it was.
#
#	 mn    (no link needed)

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"

# What a start may change in a node.
state() {
	ip -n "$P-mn" -d link
	ip -n "$P-mn" -6 addr
	ip -n "$P-mn" -6 route show table all
	ip -n "$P-mn" -6 rule
	at mn sysctl -a 2> /dev/null | grep -E '^net\.ipv6\.(conf|neigh|route)'
	at mn ip6tables-save 2> /dev/null | grep -v '^#'
	at mn ip6tables-legacy-save 2> /dev/null | grep -v '^#'
}

# refused TEXT WHAT COMMAND...: it ends by itself, in time, with a failure
# and with one line on standard error that matches WHAT
refused() {
	local text=$1 what=$2 status=0
	shift 2
	state > "$T/before"
	timeout -k 1 10 ip netns exec "$P-mn" "$@" "$mip6d" -c "$T/mn.conf" \
		--run-dir "$T/run-mn" > "$T/out" 2>&1 < /dev/null || status=$?
	sed 's/^/   /' "$T/out"
	expect "$text: it does not start" \
		test $status -ne 0 -a $status -ne 124 -a $status -lt 126
	expect "$text: one line" test "$(wc -l < "$T/out")" -eq 1
	expect "$text: the line names what is missing" grep -qiE "$what" "$T/out"
	state > "$T/after"
	expect "$text: the node is as it was" diff -u "$T/before" "$T/after"
}

net_begin privilege setpriv
link home
node mn
plug mn wlan0 home
roam_conf
chmod 755 "$T"
mkdir -p "$T/run-mn"
nap 2.5			# the link-local address is no longer tentative

refused "no CAP_NET_ADMIN" 'CAP_NET_ADMIN|privilege' \
	setpriv --bounding-set=-net_admin --inh-caps=-net_admin
refused "no CAP_NET_RAW" 'CAP_NET_RAW|raw|privilege' \
	setpriv --bounding-set=-net_raw --inh-caps=-net_raw
refused "no CAP_BPF and no CAP_SYS_ADMIN" 'CAP_BPF|bpf|privilege' \
	setpriv --bounding-set=-bpf,-sys_admin --inh-caps=-bpf,-sys_admin
net_end
