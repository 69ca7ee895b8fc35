#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ro_speed.sh - optimized packets against plain ones.
#
#	cn -----> ha -----> r -----> mn
#
# Through the same four namespaces, of which the two in the middle forward:
# once from address to address, once with home addresses in the packets.
#
#	ro_throughput		TCP to the mobile, Mbit/s
#	ro_throughput_up	TCP from it
#	ro_pps			UDP to it, 64 octets of payload, packets/s
#	ro_pps_up		UDP from it
#	ro_pps_both		UDP from a mobile to a mobile: both headers
#	ro_pps_fast		to it, with the fast path
export ROUNDS=${ROUNDS:-21} MS=${MS:-300}
PATH_SPEED_LIB=1
# shellcheck source=test/bench/path_speed.sh
. "${top_srcdir:-.}/test/bench/path_speed.sh"

CN2=2001:db8:1::30	# cn's home address, when it is a mobile, too

ro_up() {
	# shellcheck disable=SC2086
	tool cn ${1:-} link eth0 , path cn $COA , flow cn:$CN $HOA cn $COA , sync
	# shellcheck disable=SC2086
	tool mn ${1:-} $mn_words , path mn:$COA $CN , \
		flow $HOA $CN mn:$COA $CN , sync
}
# Both mobiles: cn's home agent is never asked.
ro_both() {
	ip -n "$P-cn" addr replace $CN2/128 dev mip6 nodad
	tool cn link eth0 , path mn:$CN $HOA , flow $CN2 $HOA mn:$CN $HOA , \
		path cn $COA , flow cn:$CN2 $HOA cn $COA , sync
	# shellcheck disable=SC2086
	tool mn $mn_words , path mn:$COA $CN2 , \
		flow $HOA $CN2 mn:$COA $CN2 , path cn $CN , \
		flow cn:$HOA $CN2 cn $CN , sync
}

net_begin ro_speed awk
bench_net
path_up
ro_up
case ${1:-all} in
all|throughput)
	compare ro_throughput tcp mbit Mbit/s
	from=mn to=cn way_plain="$COA $CN" way_home="$HOA $CN"
	compare ro_throughput_up tcp mbit Mbit/s ;;
esac
from=cn to=mn way_plain="$CN $COA" way_home="$CN $HOA"
case ${1:-all} in
all|pps)
	compare ro_pps udp pps packets/s
	from=mn to=cn way_plain="$COA $CN" way_home="$HOA $CN"
	compare ro_pps_up udp pps packets/s ;;
esac
from=cn to=mn way_plain="$CN $COA" way_home="$CN $HOA"
case ${1:-all} in
all|fast)
	ro_up fast=1
	compare ro_pps_fast udp pps packets/s ;;
esac
case ${1:-all} in
all|both)
	ro_both
	way_home="$CN2 $HOA"
	compare ro_pps_both udp pps packets/s ;;
esac
exit 0
