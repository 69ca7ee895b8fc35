#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_anchors.sh - does a handover take longer with many anchors?
#
# In the simulator, with links of 10 ms each: a mobile visits N access
# routers, keeps a session from each, and moves once more.  Measured is the
# time from the handover to the last acknowledgement; with one anchor it is
# what the way there and back takes, and with sixteen it must be the same.
#
#	bench name=anchors_handover value=MS unit=ms baseline=MS ratio=R
set -eu
sim=${top_builddir:-.}/mip6sim
[ -x "$sim" ] || { echo "$sim is not built"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
most=${MOST:-16}
limit=${LIMIT:-1.05}		# the ratio may be that

router() {	# router NUMBER
	cat <<-END
	link ar$1	2001:db8:$1::/64 delay 10ms
	node r$1 router
	interface eth0 ar$1 2001:db8:$1::1/64
	interface eth1 core 2001:db8:ff::$1/64
	config <<X
		NodeConfig AR;
		Interface "eth1";
		Interface "eth0" { MaxRaDelay 0; }
		AccessAnchor "eth0" { Prefix 2001:db8:$1::/64; }
		Peer 2001:db8:$1::/64 {
			Protect shared-key spi 300 file "ar.key";
		}
	X
	END
}

world() {	# world ANCHORS
	local k=1 t=5
	cat <<-END
	seed 1
	key ar.key ffeeddccbbaa99887766554433221100
	link core 2001:db8:ff::/64 delay 10ms backbone
	END
	while [ "$k" -le $(($1 + 1)) ]; do
		router "$k"
		k=$((k + 1))
	done
	cat <<-END
	node mn
	interface eth0 ar1
	config <<X
		NodeConfig MN;
		Interface "eth0";
		MnHomeLink "eth0" {
			HomeAgentAddress 2001:db8:fe::1;
			HomeAddress 2001:db8:fe::10/64;
		}
		Peer 2001:db8::/32 {
			Protect shared-key spi 300 file "ar.key";
		}
		AddressPolicy { Boot access-anchored; }
	X
	5 socket mn access-anchored
	END
	k=2
	while [ "$k" -le $(($1 + 1)) ]; do
		t=$((t + 10))
		echo "$t move mn to ar$k"
		[ "$k" -gt "$1" ] ||
			echo "$((t + 5)) socket mn access-anchored"
		k=$((k + 1))
	done
	echo "$((t + 10)) end"
}

# The last handover and the last of the registrations that follow it, ms;
# nothing when one is missing or was sent twice.
handover() {	# handover ANCHORS
	world "$1" > "$tmp/$1.sim"
	"$sim" --print "$tmp/$1.sim" > "$tmp/$1.chart" || {
		tail -n 5 "$tmp/$1.chart" >&2
		return 1
	}
	awk -v n="$1" '
		/ handover router=/ { at = $1; done = bu = 0; last = 0 }
		/ BU seq=/ { bu++ }
		/ registered hoa=/ { done++; last = $1 }
		END {
			if (done == n && bu == n)
				printf "%.0f\n", (last - at) * 1000
		}' "$tmp/$1.chart"
}

one=$(handover 1)
many=$(handover "$most")
[ -n "$one" ] && [ -n "$many" ] || {
	echo "FAIL not every anchor was registered, with one message each"
	exit 1
}
awk -v one="$one" -v many="$many" -v limit="$limit" 'BEGIN {
	printf "bench name=anchors_handover value=%d unit=ms baseline=%d " \
		"ratio=%.2f\n", many, one, many / one
	exit many / one > limit
}'
