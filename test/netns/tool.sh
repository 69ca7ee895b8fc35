# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# tool.sh - a tool that stays and stands for the daemon of a node (stay.h).
# Who sources this names it, in $tool_program, and says how it is run:
#
#	tool_exec NODE WORD...	in the place of this shell
#
#	tool_start NODE WORD...	keep one
#	tool_tell NODE WORD...	command it: is the answer ok?
#	tool_says NODE TEXT	has it printed a line with TEXT?
#	tool_count NODE TEXT	how many such lines
#	tool_kill NODE
declare -A tool_fd=() tool_pid=()

tool_says() { grep -q -- "$2" "$T/$1.log"; }
tool_count() { grep -c -- "$2" "$T/$1.log"; }

tool_start() {
	local n=$1 fd
	shift
	rm -f "$T/$n.in"
	: > "$T/$n.log"
	mkfifo "$T/$n.in"
	exec {fd}<> "$T/$n.in"
	tool_fd[$n]=$fd
	tool_exec "$n" "$@" , stay < "$T/$n.in" >> "$T/$n.log" 2>&1 &
	tool_pid[$n]=$!
	jobs_pids+=($!)
	eventually 10 tool_says "$n" 'ok stay' || {
		cat "$T/$n.log"
		die "${tool_program##*/} does not start"
	}
}

# A command, and wait for its answer.
tool_tell() {
	local n=$1 before
	shift
	answers() { tool_count "$n" '^\(ok\|error\) '; }
	before=$(answers)
	printf '%s\n' "$*" >&"${tool_fd[$n]}"
	more_answers() { [ "$(answers)" -gt "$before" ]; }
	eventually 10 more_answers || return 1
	grep '^\(ok\|error\) ' "$T/$n.log" | tail -1 | grep -q '^ok'
}

tool_kill() {
	kill -KILL "${tool_pid[$1]}"
	wait "${tool_pid[$1]}" 2> /dev/null
	: > "$T/$1.log"
}
