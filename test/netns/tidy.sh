#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tidy.sh - what a daemon changes, it puts back.
#
#	 cn ---- core ---- ha ---- home --.
#	           |                       \
#	           +-- ar1 ---- one -------- mn   registered, then all stops
#
# Devices, addresses, routes, rules, sysctls, firewall and tc of each node
# are written down before the first daemon starts.  After an orderly end
# they are the same; after kill -9 `mip6d --cleanup' makes them the same.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"

# What may differ: link-local and stable state of the kernel's own (counters,
# neighbour entries, interface numbers of what came and went).
state() {
	local n=$1 dev
	ip -n "$P-$n" -o link | sed 's/^[0-9]*: //'
	ip -n "$P-$n" -6 -o addr | sed 's/^[0-9]*: //; s/\\.*//' | sort
	ip -n "$P-$n" -6 route show table all |
		grep -vE '(fe80|ff00)::|proto ra' | sort
	ip -n "$P-$n" -6 rule
	ip -n "$P-$n" -6 neigh show proxy
	at "$n" sysctl -a 2> /dev/null | grep -E '^net\.ipv6\.' |
		grep -vE 'stable_secret|neigh.*base_reachable|nf_conntrack'
	at "$n" ip6tables-save 2> /dev/null | grep '^-'
	at "$n" ip6tables-legacy-save 2> /dev/null | grep '^-'
	at "$n" nft list ruleset 2> /dev/null | grep -v '^table\|^}'
	for dev in $(ip -n "$P-$n" -o link | sed 's/^[0-9]*: //; s/[@:].*//')
	do
		at "$n" tc filter show dev "$dev" ingress 2> /dev/null
		at "$n" tc filter show dev "$dev" egress 2> /dev/null
	done
}

all="ha ar1 mn"
remember() { local n; for n in $all; do state "$n" > "$T/$n.before"; done; }
as_before() {
	state "$1" > "$T/$1.after"
	diff -u "$T/$1.before" "$T/$1.after"
}

start_and_move() {
	local n
	for n in $all; do
		daemon "$n" "$T/$n.conf"
	done
	roam_watch mn
	plug_out mn wlan0
	plug_in mn wlan0 one
	expect "the mobile registers from link one" \
		eventually 15 more_notes mn registered 0 ||
		{ tail -n 30 "$T/mn.log"; exit 1; }
}

net_begin tidy
roam_net
roam_conf
# Advertisements of the routers that are still up shall change nothing when
# the kernel hears them again.
at mn sysctl -qw net.ipv6.conf.wlan0.accept_ra_pinfo=0 \
	net.ipv6.conf.wlan0.accept_ra_defrtr=0
nap 2.5			# addresses of the kernel's own have settled
remember

say "1. an orderly end"
start_and_move
for n in mn ar1 ha; do
	daemon_stop $n
	expect "$n is as it was" as_before $n
done

say "2. kill -9, and --cleanup"
plug_in mn wlan0 home
start_and_move
for n in mn ar1 ha; do
	daemon_kill $n
	expect "$n: --cleanup succeeds" at $n "$mip6d" --cleanup \
		--run-dir "$T/run-$n"
	expect "$n is as it was" as_before $n
done
net_end
