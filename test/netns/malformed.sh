#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# malformed.sh - packets that no one should send, and a state that stands.
#
#	 cn ---- core ---- ha ---- home
#	 ^         |
#	 |         +------ ar1 ---- one ---- mn   registered
#	 malformed.py
#
# A binding stands while cn sends everything that malformed.py can think of
# (scapy makes the packets; the table there says what must come back).
# Afterwards the home agent's state is what it was.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

python=/usr/bin/python3

# Everything that a packet might have changed; ages and counters left out.
state() {
	ctl ha bindings | grep -oE '(hoa|coa|seq)=[^ ]*'
	ctl ha paths | grep -oE '(local|remote|src|dst)=[^ ]*'
	at ha ip -6 addr | grep -v valid_lft
	at ha ip -6 route | grep -v 'dev lan0 proto ra'
	at ha ip -6 rule
	at ha ip -6 neigh show proxy
}

same_state() {
	state > "$T/after"
	diff -u "$T/before" "$T/after"
}

net_begin malformed tcpdump tshark awk "$python"
"$python" -c 'import scapy.layers.inet6' 2> /dev/null ||
	skip "python3-scapy is not installed"
roam_net
roam_conf
roam_daemons
roam_watch mn
for a in $("$python" "$here/malformed.py" eth0 2001:db8:c $HA $HOA --addresses)
do
	ip -n "$P-cn" addr add "$a/128" dev eth0 nodad
done
plug_out mn wlan0
plug_in mn wlan0 one
expect "the mobile registers from link one" eventually 15 \
	more_notes mn registered 0 || { tail -n 30 "$T/mn.log"; exit 1; }
nap 0.5
state > "$T/before"
expect "the home agent has the binding" grep -q "hoa=$HOA" "$T/before"
capture net-c
expect "every answer is the one the RFC asks for" \
	at cn "$python" "$here/malformed.py" eth0 2001:db8:c $HA $HOA
capture_end
expect "the home agent's state is what it was" same_state
expect "its daemon runs" daemon_up ha
expect "the answers are well formed" \
	none net-c "ipv6.src == $HA && (icmpv6.checksum.status == 0 ||
		mipv6 && _ws.malformed)"
net_end
