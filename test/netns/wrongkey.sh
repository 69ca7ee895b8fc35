#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# wrongkey.sh - a mobile node whose key is not the home agent's.
#
#	 ha ---- core ---- ar1 ---- one ---- mn   with another key
#
# It never registers, says why, and the home agent keeps nothing.  With the
# right key in the same file and a restart it registers.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=wire.sh
. "$here/wire.sh"

none_of() { ! ctl "$1" "$2" | grep "^$3 "; }

net_begin wrongkey tcpdump tshark awk
roam_net
roam_conf
sed -i "s,file \"$T/key\",file \"$T/key2\"," "$T/mn.conf"
cp -p "$T/key" "$T/good"
(umask 077; tr 0-9a-f 1-9a-f0 < "$T/key" > "$T/key2")
roam_daemons
roam_watch mn
roam_watch ha
capture one
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 one
expect "the home agent sees a wrong authenticator" \
	eventually 10 more_notes ha auth-failed 0
# The answer is made with the home agent's key: nothing that the mobile can
# believe, so it says so, and goes on asking at a slow pace.
expect "the mobile sees an answer that it cannot verify" \
	eventually 5 more_notes mn auth-failed 0
say "   $(note mn auth-failed)"
expect "it says: authentication failed" \
	test "$(value status "$(note mn auth-failed)")" = 146
nap 2
expect "it is not registered" test "$(notes mn registered)" = 0
expect "the home agent keeps no binding" none_of ha bindings binding
expect "and no tunnel" none_of ha paths path
expect "it did not begin to check the address" test "$(notes ha dad-start)" = 0
capture_end
expect "tshark finds nothing wrong" no_complaints one
expect "refusals on the wire" some one "mip6.ba.status == 146"
expect "no storm: at most ten Binding Updates in these seconds" \
	test "$(count one mip6.mhtype==5)" -le 10

daemon_stop mn
cat "$T/good" > "$T/key2"
daemon mn "$T/mn.conf"
roam_watch mn
expect "with the right key it registers" eventually 15 more_notes mn registered 0
expect "the home agent has the binding" \
	has_binding ""
net_end
