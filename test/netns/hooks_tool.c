/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks_tool - the socket hooks from the command line, for tests.
 *
 *	hooks_tool CGROUP COMMAND [WORD...] [, COMMAND...]
 *	hooks_tool cleanup CGROUP
 *	hooks_tool foreign CGROUP [alone]
 *
 * The hooks are opened at that cgroup ("-": where there is one); commands,
 * separated by a comma, are carried out in turn:
 *
 *	owned TYPE ADDR | disowned ADDR
 *	current TYPE ADDR | none TYPE | never TYPE	(not provided)
 *	rule WORD...	of the next policy; words are default=TYPE
 *			permit=TYPE,... block program=PATH user=N group=N
 *			cgroup=PATH protocol=N dst=PREFIX port=LO[-HI]
 *	policy DEFAULT PERMIT	put it in force; PERMIT may be "all", "none"
 *	sync
 *	count MS	claims, and sessions that were idle for less; and
 *			the microseconds of CPU time that it took
 *	echo ADDR	an echo request from a raw socket of this process
 *	stay		take commands from standard input, one a line, and
 *			print events, until its end
 *	daemon PID	make a process look as if it had our number
 *	checks		are packets looked at on egress?
 *	age		make the maps look as if they were laid out otherwise
 *	remove		take everything away; otherwise it stays
 *
 * `foreign' attaches somebody else's program to setsockopt there, which
 * makes every SO_PRIORITY 5 and refuses SO_OOBINLINE; `alone' suffers no
 * other.
 *
 * Each command is answered by "ok COMMAND" or "error COMMAND: TEXT".
 */
#include "stay.h"

#include "sys/hooks_private.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>


struct tool {
	struct hooks	*hooks;
	struct policy_rule rule[POLICY_RULES];
	unsigned	nrules;
	bool		gone, stay, failed;
};

static bool parse_types(char *s, uint8_t *ret)
{
	enum atype t;
	char *save;

	*ret = 0;
	if (!strcmp(s, "all"))
		*ret = ATYPE_ALL;
	else if (strcmp(s, "none") != 0)
		for (s = strtok_r(s, ",", &save); s;
		     s = strtok_r(NULL, ",", &save)) {
			if (!atype_parse(s, &t))
				return false;
			*ret = (uint8_t)(*ret | ATYPE_BIT(t));
		}
	return true;
}

static int cmd_owned(struct tool *t, char *const w[])
{
	struct ef_owned e = { .up = true };

	if (!w[0] || !w[1] || !atype_parse(w[0], &e.type) ||
	    addr_parse(w[1], &e.addr))
		return -EINVAL;
	return hooks_owned(t->hooks, &e);
}

static int cmd_disowned(struct tool *t, char *const w[])
{
	struct ef_owned e = { 0 };

	if (!w[0] || addr_parse(w[0], &e.addr))
		return -EINVAL;
	return hooks_owned(t->hooks, &e);
}

static int do_current(struct tool *t, char *const w[], bool addr,
		      bool provided)
{
	struct ef_current e = { .provided = provided };

	if (!w[0] || !atype_parse(w[0], &e.type) ||
	    (addr && (!w[1] || addr_parse(w[1], &e.addr))))
		return -EINVAL;
	return hooks_current(t->hooks, &e);
}

static int cmd_current(struct tool *t, char *const w[])
{
	return do_current(t, w, true, true);
}

static int cmd_none(struct tool *t, char *const w[])
{
	return do_current(t, w, false, true);
}

static int cmd_never(struct tool *t, char *const w[])
{
	return do_current(t, w, false, false);
}

static bool rule_program(struct policy_rule *r, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	r->has_program = true;
	r->dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev);
	r->ino = st.st_ino;
	return true;
}

static bool rule_cgroup(struct policy_rule *r, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	r->has_cgroup = true;
	r->cgroup = st.st_ino;
	return true;
}

static bool rule_port(struct policy_rule *r, const char *v)
{
	const char *dash = strchr(v, '-');

	r->has_port = true;
	r->port_lo = (uint16_t)atoi(v);
	r->port_hi = dash ? (uint16_t)atoi(dash + 1) : r->port_lo;
	return true;
}

static bool rule_dst(struct policy_rule *r, const char *v)
{
	r->has_dst = true;
	return !prefix_parse(v, &r->dst);
}

static bool rule_word(struct policy_rule *r, char *word)
{
	char *v = strchr(word, '=');
	enum atype type;

	if (!strcmp(word, "block"))
		return r->block_ipv4 = true;
	if (!v)
		return false;
	*v++ = 0;
	if (!strcmp(word, "default")) {
		r->has_default = atype_parse(v, &type);
		r->default_type = (uint8_t)(r->has_default ? type : 0);
		return r->has_default;
	}
	if (!strcmp(word, "permit"))
		return (r->has_permit = true) && parse_types(v, &r->permit);
	if (!strcmp(word, "program"))
		return rule_program(r, v);
	if (!strcmp(word, "cgroup"))
		return rule_cgroup(r, v);
	if (!strcmp(word, "dst"))
		return rule_dst(r, v);
	if (!strcmp(word, "port"))
		return rule_port(r, v);
	if (!strcmp(word, "user")) {
		r->uid = (uint32_t)atoi(v);
		return r->has_user = true;
	}
	if (!strcmp(word, "group")) {
		r->gid = (uint32_t)atoi(v);
		return r->has_group = true;
	}
	r->protocol = (uint8_t)atoi(v);
	r->has_protocol = true;
	return !strcmp(word, "protocol");
}

static int cmd_rule(struct tool *t, char *const w[])
{
	struct policy_rule r = { 0 };

	for (int i = 0; w[i]; i++)
		if (!rule_word(&r, w[i]))
			return -EINVAL;
	if (t->nrules == POLICY_RULES)
		return -E2BIG;
	t->rule[t->nrules++] = r;
	return 0;
}

static int cmd_policy(struct tool *t, char *const w[])
{
	struct policy *p;
	enum atype type;
	uint8_t permit;
	int err;

	if (!w[0] || !w[1] || !atype_parse(w[0], &type) ||
	    !parse_types(w[1], &permit))
		return -EINVAL;
	p = policy_compile(t->rule, t->nrules, type, permit);
	if (!p)
		return -ENOMEM;
	t->nrules = 0;
	err = hooks_policy(t->hooks, p);
	policy_free(p);
	return err;
}

static int cmd_sync(struct tool *t, char *const w[])
{
	return hooks_sync(t->hooks);
}

static void print_sessions(void *arg, const struct in6_addr *a, uint32_t n)
{
	char text[ADDR_STRLEN];

	printf(" %s=%u", addr_print(a, text), n);
}

static int cmd_count(struct tool *t, char *const w[])
{
	uint32_t claims[ATYPES];
	struct timespec a, b;
	int err;

	if (!w[0])
		return -EINVAL;
	printf("count");
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	err = hooks_count(t->hooks, MSEC((unsigned)atoi(w[0])), claims,
			  print_sessions, NULL);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	for (enum atype i = 1; i < ATYPES && !err; i++)
		printf(" %s=%u", atype_name(i), claims[i]);
	printf("\ntook us=%ld\n", (b.tv_sec - a.tv_sec) * 1000000 +
	       (b.tv_nsec - a.tv_nsec) / 1000);
	return err;
}

static int cmd_echo(struct tool *t, char *const w[])
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	uint8_t request[8] = { 128 };
	int fd, err = 0;

	if (!w[0] || addr_parse(w[0], &to.sin6_addr))
		return -EINVAL;
	fd = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
	if (fd < 0 || sendto(fd, request, sizeof(request), 0,
			     (struct sockaddr *)&to, sizeof(to)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int cmd_stay(struct tool *t, char *const w[])
{
	t->stay = true;
	return 0;
}

static int cmd_daemon(struct tool *t, char *const w[])
{
	if (!w[0])
		return -EINVAL;
	t->hooks->cfg->tgid = (uint32_t)atoi(w[0]);
	return 0;
}

static int cmd_checks(struct tool *t, char *const w[])
{
	printf("checks udp=%u tcp=%u\n", t->hooks->cfg->udp_check,
	       t->hooks->cfg->tcp_check);
	return 0;
}

static int cmd_age(struct tool *t, char *const w[])
{
	t->hooks->cfg->layout = 0xffff;
	return 0;
}

static int cmd_remove(struct tool *t, char *const w[])
{
	t->hooks = hooks_close(t->hooks, false);
	t->gone = true;
	return 0;
}

static const struct {
	const char	*name;
	int		(*fn)(struct tool *, char *const w[]);
} commands[] = {
	{ "owned", cmd_owned },
	{ "disowned", cmd_disowned },
	{ "current", cmd_current },
	{ "none", cmd_none },
	{ "never", cmd_never },
	{ "rule", cmd_rule },
	{ "policy", cmd_policy },
	{ "sync", cmd_sync },
	{ "count", cmd_count },
	{ "echo", cmd_echo },
	{ "stay", cmd_stay },
	{ "daemon", cmd_daemon },
	{ "checks", cmd_checks },
	{ "age", cmd_age },
	{ "remove", cmd_remove },
};

/* w[0] is the command; the words end with a NULL. */
static void run(struct tool *t, char *const w[])
{
	int err = -ENOSYS;

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(w[0], commands[i].name))
			err = commands[i].fn(t, w + 1);
	if (err) {
		printf("error %s: %s\n", w[0], strerror(-err));
		t->failed = true;
	} else {
		printf("ok %s\n", w[0]);
	}
	fflush(stdout);
}

static bool run_line(void *tool, char **w)
{
	struct tool *t = tool;

	run(t, w);
	return !t->gone;
}

static void print_events(void *tool)
{
	struct tool *t = tool;
	static const char *const kind[] = {
		[HOOKS_WANT] = "want", [HOOKS_CLOSED] = "closed",
		[HOOKS_REFUSED] = "refused",
	};
	char text[ADDR_STRLEN];
	struct hooks_event ev;

	while (hooks_poll(t->hooks, &ev) == 1)
		printf("event %s type=%s addr=%s uid=%u pid=%u comm=%s\n",
		       kind[ev.kind], atype_name(ev.type),
		       addr_print(&ev.addr, text), ev.uid, ev.pid, ev.comm);
	fflush(stdout);
}

/* --- somebody else -------------------------------------------------------- */

#define INSN(c, d, s, o, i) \
	{ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) }
#define FIELD(f)	offsetof(struct bpf_sockopt, f)

static const struct bpf_insn foreign_insns[] = {
	INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 1, FIELD(level), 0),
	INSN(BPF_JMP | BPF_JNE | BPF_K, 2, 0, 11, SOL_SOCKET),
	INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 1, FIELD(optname), 0),
	INSN(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 7, SO_OOBINLINE),
	INSN(BPF_JMP | BPF_JNE | BPF_K, 2, 0, 8, SO_PRIORITY),
	INSN(BPF_LDX | BPF_MEM | BPF_DW, 3, 1, FIELD(optval), 0),
	INSN(BPF_LDX | BPF_MEM | BPF_DW, 4, 1, FIELD(optval_end), 0),
	INSN(BPF_ALU64 | BPF_MOV | BPF_X, 5, 3, 0, 0),
	INSN(BPF_ALU64 | BPF_ADD | BPF_K, 5, 0, 0, 4),
	INSN(BPF_JMP | BPF_JGT | BPF_X, 5, 4, 3, 0),
	INSN(BPF_JMP | BPF_JA, 0, 0, 1, 0),
	INSN(BPF_JMP | BPF_JA, 0, 0, 3, 0),
	INSN(BPF_ST | BPF_MEM | BPF_W, 3, 0, 0, 5),
	INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1),
	INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
	INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
};

static int foreign(const char *cgroup, bool alone)
{
	DECLARE_LIBBPF_OPTS(bpf_prog_load_opts, opts,
			    .expected_attach_type = BPF_CGROUP_SETSOCKOPT);
	int dir = open(cgroup, O_RDONLY | O_DIRECTORY);
	int prog = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SOCKOPT, "foreign",
				 "GPL", foreign_insns,
				 sizeof(foreign_insns) / sizeof(*foreign_insns),
				 &opts);
	int err = prog < 0 ? prog :
		  bpf_prog_attach(prog, dir, BPF_CGROUP_SETSOCKOPT,
				  alone ? 0 : BPF_F_ALLOW_MULTI);

	printf("%s\n", err ? strerror(-err) : "ok foreign");
	return err != 0;
}

int main(int argc, char **argv)
{
	static struct tool t;
	struct hooks_options o = { 0 };
	char why[200] = "";
	int i = 2, from, err;

	if (argc > 2 && !strcmp(argv[1], "cleanup")) {
		o.cgroup = argv[2];
		err = hooks_cleanup(&o);
		printf("%s\n", err ? strerror(-err) : "ok cleanup");
		return err != 0;
	}
	if (argc > 2 && !strcmp(argv[1], "foreign"))
		return foreign(argv[2], argc > 3);
	if (argc < 2)
		return 2;
	o.cgroup = strcmp(argv[1], "-") ? argv[1] : NULL;
	err = hooks_open(&o, &t.hooks, why, sizeof(why));
	if (err) {
		printf("error open: %d %s\n", err, why);
		return 2;
	}
	for (from = i; i <= argc && !t.gone; i++) {
		if (i < argc && strcmp(argv[i], ",") != 0)
			continue;
		if (i > from) {
			argv[i] = NULL;
			run(&t, argv + from);
		}
		from = i + 1;
	}
	if (t.stay && !t.gone)
		stay(hooks_fd(t.hooks), print_events, run_line, &t);
	if (!t.gone)
		hooks_close(t.hooks, true);
	return t.failed;
}
