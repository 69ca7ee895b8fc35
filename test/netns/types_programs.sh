#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# types_programs.sh - programs that nobody here wrote, under a policy.
#
#	 cn ---- core ---- ha
#	          |
#	          +------- ar1 --- one ----- mn
#
# Each program talks to the correspondent, which sees where it comes from:
# curl, nc, python3 and ssh, which know nothing of address types, and have
# the type that the policy gives them; python3 again, which requires one by
# setsockopt; a static program; and all of them by mip6run.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=roam.sh
. "$here/roam.sh"
# shellcheck source-path=SCRIPTDIR source=types.sh
. "$here/types.sh"

python3=/usr/bin/python3	# not somebody's own, where only he may go
program() { readlink -f "$(command -v "$1")"; }

# Who was it that the correspondent heard?  A GET, and the answer.
by_nc() { printf 'GET / \r\n\r\n' | inside mn nc -6 -w 5 $CN $TALK | tail -n 1; }
python=$(cat <<'PY'
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
if sys.argv[3] != "0":
    s.setsockopt(41, 72, int(sys.argv[3], 0))
    print("option", hex(s.getsockopt(41, 72) & 0xf0000), file=sys.stderr)
s.settimeout(10)
s.connect((sys.argv[1], int(sys.argv[2])))
s.sendall(b"GET / \r\n\r\n")
print(s.makefile().read().split()[-1])
PY
)
by_python() { inside mn $python3 -c "$python" $CN $TALK "$1"; }
from() { [ "$("${@:2}")" = "$1" ]; }
errno_of() {	# the errno with which python3 fails
	inside mn $python3 -c "$python" $CN $TALK "$1" 2>&1 |
		grep -o '\[Errno [0-9]*\]' | tail -n 1
}
nobody_errno() {
	inside mn setpriv --reuid=65534 --clear-groups $python3 -c "$python" \
		$CN $TALK 0x10000 2>&1 | grep -o '\[Errno [0-9]*\]' | tail -n 1
}
run() {
	local t=$1
	shift
	inside mn env MIP6D_APP="$T/run-mn/app" "$mip6run" \
		--require "$t" -- "$@"
}
by_run_nc() { printf 'GET / \r\n\r\n' | run "$1" nc -6 -w 5 $CN $TALK | tail -n 1; }
by_run_python() { run "$1" $python3 -c "$python" $CN $TALK 0; }
by_run_curl() { run "$1" curl -s -m 10 "http://[$CN]:$TALK/"; }
says() { [ "$("${@:2}" 2>&1)" = "$1" ]; }

# A key, a daemon for it at the correspondent, and a session that says where
# it comes from, now and when it is asked.
ssh_begin() {
	local d=$T/ssh
	mkdir -m 700 "$d"
	ssh-keygen -q -t ed25519 -N "" -f "$d/host"
	ssh-keygen -q -t ed25519 -N "" -f "$d/user"
	cp "$d/user.pub" "$d/authorized"
	printf 'HostKey %s\nPort 2222\nListenAddress %s\nPidFile none\nUsePAM no
		StrictModes no\nAuthorizedKeysFile %s\nPermitRootLogin yes\n' \
		"$d/host" "$CN" "$d/authorized" | sed 's/^[[:space:]]*//' > "$d/conf"
	mkdir -p /run/sshd
	at cn "$(command -v sshd)" -D -e -f "$d/conf" > "$T/sshd.out" 2>&1 &
	jobs_pids+=($!)
	eventually 5 grep -q listening "$T/sshd.out" || cat "$T/sshd.out"
	mkfifo "$d/in"
	exec {ssh_fd}<> "$d/in"
	# shellcheck disable=SC2016
	inside mn ssh -p 2222 -i "$d/user" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o BatchMode=yes \
		-o ServerAliveInterval=0 "root@$CN" \
		'echo "from $SSH_CLIENT"; while read w; do echo "$w $SSH_CLIENT"; done' \
		< "$d/in" > "$T/ssh.out" 2> "$T/ssh.err" &
	jobs_pids+=($!)
}
ssh_goes_on() {
	echo still >&"$ssh_fd"
	eventually 20 grep -q '^still ' "$T/ssh.out" || { cat "$T/ssh.err"; return 1; }
}
ssh_end() { exec {ssh_fd}>&-; }

net_begin types_programs curl nc $python3 ssh sshd setpriv
[ -n "$cg" ] || skip "no cgroup2 is mounted: no socket hooks"
roam_net
types_conf "Boot unanchored; Default unanchored; Linger unanchored 5;
	Program \"$(program curl)\" { Default home-anchored; }
	Program \"$(program ssh)\" { Default access-anchored; }
	Program \"$(program nc)\" { Port $TALK; Default access-anchored; }
	User 65534 { Permit unanchored; }"
types_daemons
roam_watch mn
talk_serve
eventually 5 has_address unanchored
eventually 5 has_address access-anchored
un=$(address_of unanchored)
ac=$(address_of access-anchored)

say "- by policy"
expect "curl: home-anchored, its first packet waited" from $HOA who_am_i
expect "... the home agent has the binding" has_binding ""
expect "nc: access-anchored" from "$ac" by_nc
expect "python3: what the rest gets, unanchored" from "$un" by_python 0
say "- by setsockopt"
expect "python3: home-anchored" from $HOA by_python 0x10000
expect "python3: access-anchored" from "$ac" by_python 0x20000
expect "python3: graceful comes when it is asked for" \
	eventually 5 by_python 0x80000
expect "python3: two types at once are EINVAL" says "[Errno 22]" \
	errno_of 0x30000
expect "the option is read back" grep -q "option 0x20000" <<< \
	"$(by_python 0x20000 2>&1)"
say "- a static program"
talk_start static home-anchored
expect "home-anchored" eventually 5 grep -q "^connected .*local=$HOA" \
	"$T/static.out"
flow_tell static stop
say "- who may not"
expect "nobody: home-anchored is EACCES" says "[Errno 13]" nobody_errno
expect "nobody: unanchored he may have" from "$un" inside mn \
	setpriv --reuid=65534 --clear-groups $python3 -c "$python" $CN $TALK \
	0x40000
say "- ssh, whose session lives through a move"
ssh_begin
expect "it comes from the access-anchored address" \
	eventually 10 grep -q "^from $ac " "$T/ssh.out"
say "- mip6run"
expect "curl: access-anchored, whatever the policy's default" \
	from "$ac" by_run_curl access-anchored
expect "nc: home-anchored" from $HOA by_run_nc home-anchored
expect "python3: access-anchored" from "$ac" by_run_python access-anchored
expect "a shell and its children: home-anchored" from $HOA run home-anchored \
	sh -c "curl -s -m 10 'http://[$CN]:$TALK/' | cat"
say "- a move"
plug_out mn wlan0
nap 0.2
plug_in mn wlan0 two
eventually 15 has_new_address unanchored "$un"
expect "ssh goes on" ssh_goes_on
ssh_end
expect "... from where it was" grep -q "^still $ac " "$T/ssh.out"
net_end
