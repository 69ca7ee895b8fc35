# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# types.sh - the network of roam.sh for addresses on demand: every access
# router is an anchor for the addresses of its own link, and the mobile is
# in network one from the start.
#
#	types_conf POLICY...	configurations; the words are AddressPolicy's
#	types_daemons [OPTION...] start them, the mobile in network one with
#				these options
#	talk_start ID TYPE	a conversation (talk.c) of the mobile with cn
#	talk_line ID WORD	its last line that begins so
#	address_of TYPE		what new sockets of the mobile get
#
# Programs that are to pass the socket hooks run with `inside'.

TALK=7		# port of the conversations and of the web page
ANCHOR_KEY=yes	# the anchors and the mobile share one; empty: its addresses
		# prove themselves (cga)
talk=$top_builddir/test/netns/talk

types_key() {
	(umask 077; head -c 32 /dev/urandom | od -An -v -tx1 |
		tr -d ' \n' > "$T/$1")
}

types_conf() {
	local n
	RA_DELAY="MaxRaDelay 0;"
	roam_conf
	types_key anchor.key
	for n in ${ANCHOR_KEY:+2 3}; do
		cat >> "$T/mn.conf" <<-EOC
		Peer 2001:db8:$n::1 {
			Protect shared-key spi 300 file "$T/anchor.key";
		}
		EOC
	done
	cat >> "$T/mn.conf" <<-EOC
	AddressPolicy {
		$*
	}
	EOC
}

# In place of roam.sh's, whose access routers only advertise.
roam_conf_routers() {
	local n
	for n in 1 2; do
		cat > "$T/ar$n.conf" <<-EOC
		NodeConfig AR;
		Interface "core0";
		Interface "lan0" {
			SendAdvertisements enabled; $RA_DELAY
			Prefix 2001:db8:$((n + 1))::/64;
		}
		AccessAnchor "lan0" { Prefix 2001:db8:$((n + 1))::/64; }
		EOC
		[ -z "$ANCHOR_KEY" ] || cat >> "$T/ar$n.conf" <<-EOC
		Peer 2001:db8:$((n + 1))::/64 {
			Protect shared-key spi 300 file "$T/anchor.key";
		}
		EOC
	done
}

types_daemons() {
	local n
	plug_out mn wlan0
	plug_in mn wlan0 one
	for n in ha ar1 ar2; do
		daemon $n "$T/$n.conf"
	done
	daemon mn "$T/mn.conf" "$@"
	eventually 10 has_router || {
		cat "$T/mn.log"
		die "the mobile finds no router"
	}
}

has_router() { ctl mn routers | grep -q current=yes; }

talk_serve() {
	at cn "$talk" serve $TALK > "$T/serve.out" 2>&1 < /dev/null &
	jobs_pids+=($!)
	eventually 5 grep -qs listening "$T/serve.out" ||
		die "the other end does not start"
}

talk_start() {
	local id=$1 type=$2 fd
	mkfifo "$T/$id.in"
	exec {fd}<> "$T/$id.in"
	flow_fd[$id]=$fd
	inside mn "$talk" -t "$type" to "$id" $CN $TALK < "$T/$id.in" \
		> "$T/$id.out" 2>&1 &
	jobs_pids+=($!)
}

talk_line() { grep "^$2 " "$T/$1.out" | tail -n 1; }
talk_says() { grep -q "^$2 " "$T/$1.out" 2> /dev/null; }
talk_count() { grep -c "^$2 " "$T/$1.out"; }
talk_more() { [ "$(talk_count "$1" "$2")" -gt "$3" ]; }

# What the other end sees of the mobile's web browser.
who_am_i() { inside mn curl -s -m "${1:-10}" "http://[$CN]:$TALK/"; }

# type=T address=A of the addresses that new sockets get
address_of() {
	ctl mn addresses | sed -n "s/^address address-type=$1 address=\([^ ]*\) .*current=yes.*usable=yes.*/\1/p"
}
has_address() { [ -n "$(address_of "$1")" ]; }
# one that is not ADDRESS
has_new_address() {
	local a
	a=$(address_of "$1")
	[ -n "$a" ] && [ "$a" != "$2" ]
}

# A socket of the mobile, types_tool.c: who is it?  The answer in one line.
#	tool KIND OP...		as root		nobody KIND OP...
#	gives WORDS COMMAND...	it says exactly this
#	source_serve		the correspondent tells everybody, at TCP port
#				80 and UDP port 81, from where it sees him
types_tool=$top_builddir/test/netns/types_tool
python3=/usr/bin/python3	# not somebody's own, where only he may go

tool() { inside mn "$types_tool" "$@" 2>&1; }
nobody() { as nobody "$types_tool" "$@" 2>&1; }
as() {
	local user=$1
	shift
	inside mn setpriv --reuid="$(id -u "$user")" --clear-groups -- "$@"
}

gives() {
	local want=$1 got
	shift
	got=$("$@" 2>&1)
	[ "$got" = "$want" ] && return
	say "   '$got' instead of '$want'"
	return 1
}

# also COMMAND...: beside the others; also_end: when all of them are done
also_pids=()
also() {
	"$@" < /dev/null &
	also_pids+=($!)
	jobs_pids+=($!)
}
also_end() {
	wait "${also_pids[@]}"
	also_pids=()
}

source_serve() {
	at cn "$python3" "$here/source_server.py" > "$T/source.out" 2>&1 \
		< /dev/null &
	jobs_pids+=($!)
	eventually 10 grep -qs ready "$T/source.out" || {
		cat "$T/source.out"
		die "the source server does not start"
	}
}
