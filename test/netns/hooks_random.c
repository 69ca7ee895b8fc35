/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks_random - does the kernel decide as policy_decide and policy_may do?
 *
 *	hooks_random CGROUP SEED ROUNDS PROGRAM... -- CGROUP...
 *
 * The programs are copies of this one, the cgroups are below the first.  In
 * each round a policy is made up and put in force; some processes - one of
 * the programs each, with user, groups and cgroup drawn - are asked to do
 * things with sockets, and what they get is compared with what the same
 * tables say here.
 *
 * `hooks_random ask' is such a process: questions come on standard input.
 */
#define _GNU_SOURCE		/* setresuid, setgroups */
#include "sys/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define SUBJECTS	4
#define QUESTIONS	60
#define POOL		4		/* programs or cgroups, at most */

enum asked {
	ASK_DEFAULT,		/* what does connect give? */
	ASK_MAY,		/* may it require the type? */
	ASK_REQUIRE,		/* ... and connect then? */
	ASK_BIND,		/* may it bind an address of the type? */
	ASK_FROM,		/* ... and connect from it? */
	ASK_IPV4,		/* may it have IPv4? */
	ASKED
};

struct question {
	enum asked	asked;
	enum atype	type;
	bool		tcp;
	struct in6_addr	dst;
	uint16_t	port;
};

/* Answers: a type, or an errno plus this. */
#define ERRNO		1000

static const char *const address[ATYPES] = {
	[ATYPE_HOME] = "2001:db8:1::10", [ATYPE_ACCESS] = "2001:db8:3::30",
	[ATYPE_UNANCHORED] = "2001:db8:2::20",
	[ATYPE_GRACEFUL] = "2001:db8:4::40",
};

static struct in6_addr address_of(enum atype t)
{
	struct in6_addr a = { 0 };

	if (t)
		addr_parse(address[t], &a);
	return a;
}

/* --- who is asked --------------------------------------------------------- */

static int do_connect(int fd, const struct question *q)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
				     .sin6_port = htons(q->port),
				     .sin6_addr = q->dst };
	socklen_t len = sizeof(sin6);

	if (connect(fd, (struct sockaddr *)&sin6, sizeof(sin6)) < 0 &&
	    errno != EINPROGRESS)
		return ERRNO + errno;
	getsockname(fd, (struct sockaddr *)&sin6, &len);
	for (enum atype t = 1; t < ATYPES; t++) {
		struct in6_addr a = address_of(t);

		if (addr_eq(&a, &sin6.sin6_addr))
			return (int)t;
	}
	return 0;
}

static int do_require(int fd, enum atype t)
{
	uint32_t flag = atype_flag(t);

	return setsockopt(fd, IPPROTO_IPV6, 72, &flag, sizeof(flag)) < 0 ?
	       ERRNO + errno : 0;
}

static int do_bind(int fd, enum atype t)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
				     .sin6_addr = address_of(t) };

	return bind(fd, (struct sockaddr *)&sin6, sizeof(sin6)) < 0 ?
	       ERRNO + errno : 0;
}

static int answer(const struct question *q)
{
	int type = (q->tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK;
	int fd = socket(AF_INET6, type, 0), ret = 0;

	switch (q->asked) {
	case ASK_DEFAULT:
	case ASK_IPV4:
		break;
	case ASK_MAY:
	case ASK_REQUIRE:
		ret = do_require(fd, q->type);
		break;
	case ASK_BIND:
	case ASK_FROM:
		ret = do_bind(fd, q->type);
		break;
	case ASKED:
		break;
	}
	if (!ret && q->asked != ASK_MAY && q->asked != ASK_BIND)
		ret = do_connect(fd, q);
	close(fd);
	return ret;
}

static int ask_loop(void)
{
	struct question q;

	while (read(0, &q, sizeof(q)) == sizeof(q)) {
		int a = answer(&q);

		if (write(1, &a, sizeof(a)) != sizeof(a))
			return 1;
	}
	return 0;
}

/* --- what there is to draw from ------------------------------------------- */

struct world {
	const char	*root;
	const char	*program[POOL], *cgroup[POOL];
	unsigned	nprograms, ncgroups;
	uint64_t	seed;
};

static unsigned draw(struct world *w, unsigned n)
{
	w->seed = w->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(w->seed >> 33) % n;
}

static const uint32_t uids[] = { 0, 1001, 1002, 65534 };
static const uint32_t gids[] = { 0, 2001, 2002, 2003, 65534 };
static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, 58 };
static const char *const prefixes[] = {
	"::/0", "2001:db8:9::/48", "2001:db8:9:1::/64", "2001:db8:9:1::1/128",
	"2001:db8:8::/47", "2001:db8:9:1::/65", "::ffff:0:0/96",
	"::ffff:192.0.2.0/120", "2001:db8:a::/48",
};
static const char *const dsts[] = {
	"2001:db8:9::9", "2001:db8:9:1::1", "2001:db8:9:1::2",
	"2001:db8:8::1", "2001:db8:a::1", "2001:db8:9:1:8000::",
};
static const char *const dsts4[] = { "::ffff:192.0.2.1", "::ffff:10.1.2.3" };
static const uint16_t ports[] = { 1, 79, 80, 81, 442, 443, 444, 65534, 65535 };

#define PICK(w, a)	(a)[draw(w, sizeof(a) / sizeof((a)[0]))]

static void
id_of(const char *path, uint64_t *ret_dev, uint64_t *ret_ino)
{
	struct stat st = { 0 };

	stat(path, &st);
	*ret_dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev);
	*ret_ino = st.st_ino;
}

static struct policy_rule draw_rule(struct world *w, unsigned density)
{
	struct policy_rule r = { 0 };
	uint64_t dev;
	uint16_t p, q;

	r.never = !draw(w, 30);
	if ((r.has_program = !draw(w, density)))
		id_of(w->program[draw(w, w->nprograms)], &r.dev, &r.ino);
	if ((r.has_user = !draw(w, density)))
		r.uid = PICK(w, uids);
	if ((r.has_group = !draw(w, density)))
		r.gid = PICK(w, gids);
	if ((r.has_cgroup = !draw(w, density)))
		id_of(w->cgroup[draw(w, w->ncgroups)], &dev, &r.cgroup);
	if ((r.has_protocol = !draw(w, density)))
		r.protocol = PICK(w, protocols);
	if ((r.has_dst = !draw(w, density)))
		prefix_parse(PICK(w, prefixes), &r.dst);
	if ((r.has_port = !draw(w, density))) {
		p = PICK(w, ports);
		q = PICK(w, ports);
		r.port_lo = p < q ? p : q;
		r.port_hi = p < q ? q : p;
	}
	if ((r.has_default = !draw(w, 3)))
		r.default_type = (uint8_t)draw(w, ATYPES);
	if ((r.has_permit = !draw(w, 3)))
		r.permit = (uint8_t)(draw(w, 32) & ATYPE_ALL);
	r.block_ipv4 = !draw(w, 8);
	return r;
}

static struct policy *draw_policy(struct world *w)
{
	static struct policy_rule rule[POLICY_RULES];
	static const unsigned most[] = { 1, 3, 12, 60, 130, POLICY_RULES };
	static const unsigned densities[] = { 2, 4, 40 };
	unsigned n = draw(w, PICK(w, most) + 1), density = PICK(w, densities);
	enum atype def = draw(w, ATYPES);

	for (unsigned i = 0; i < n; i++)
		rule[i] = draw_rule(w, density);
	return policy_compile(rule, n, def,
			      (uint8_t)((draw(w, 32) | draw(w, 32)) &
					ATYPE_ALL));
}

/* --- who asks ------------------------------------------------------------- */

struct someone {
	pid_t		pid;
	int		fd;
	const char	*cgroup;
	const char	*program;
	uint32_t	gid[8];
	uint64_t	cgroups[16];
	struct policy_subject s;
};

static void fail(const char *what)
{
	fprintf(stderr, "hooks_random: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void become(const struct someone *p, int fd)
{
	gid_t gid[8];
	char path[512];
	int procs;

	snprintf(path, sizeof(path), "%s/cgroup.procs", p->cgroup);
	procs = open(path, O_WRONLY);
	if (procs < 0 || write(procs, "0", 1) != 1)
		fail(path);
	close(procs);
	for (unsigned i = 1; i < p->s.ngids; i++)
		gid[i - 1] = p->gid[i];
	if (setgroups(p->s.ngids - 1, gid) || setresgid(p->gid[0], -1U, -1U) ||
	    setresuid(p->s.uid, -1U, -1U))
		fail("identity");
	dup2(fd, 0);
	dup2(fd, 1);
	execl(p->program, p->program, "ask", NULL);
	fail(p->program);
}

/* All cgroups from `path' to the root. */
static unsigned ancestors(const char *path, uint64_t *ret, unsigned cap)
{
	char dir[512];
	unsigned n = 0;
	uint64_t dev;

	snprintf(dir, sizeof(dir), "%s", path);
	while (n < cap && strlen(dir) > 1) {
		char probe[600];

		snprintf(probe, sizeof(probe), "%s/cgroup.procs", dir);
		if (access(probe, F_OK) < 0)
			break;
		id_of(dir, &dev, &ret[n++]);
		*strrchr(dir, '/') = 0;
	}
	return n;
}

static void someone_new(struct world *w, struct someone *p)
{
	int fd[2];

	memset(p, 0, sizeof(*p));
	p->program = w->program[draw(w, w->nprograms)];
	p->cgroup = w->cgroup[draw(w, w->ncgroups)];
	p->s.uid = PICK(w, uids);
	p->s.ngids = 1 + draw(w, 4);
	for (unsigned i = 0; i < p->s.ngids; i++)
		p->gid[i] = PICK(w, gids);
	p->s.gid = p->gid;
	p->s.ncgroups = ancestors(p->cgroup, p->cgroups, 16);
	p->s.cgroup = p->cgroups;
	id_of(p->program, &p->s.dev, &p->s.ino);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0)
		fail("socketpair");
	p->pid = fork();
	if (!p->pid)
		become(p, fd[1]);
	close(fd[1]);
	p->fd = fd[0];
}

static void someone_free(struct someone *p)
{
	close(p->fd);
	waitpid(p->pid, NULL, 0);
}

static int
expected(const struct policy *p, const struct someone *who,
	 const struct question *q)
{
	struct policy_target t = {
		.protocol = q->tcp ? IPPROTO_TCP : IPPROTO_UDP,
		.dst = q->dst, .port = q->port,
	};
	struct policy_verdict v = policy_decide(p, &who->s, &t), b;

	b = policy_decide(p, &who->s, NULL);
	switch (q->asked) {
	case ASK_DEFAULT:
		return !v.default_type ||
		       (v.permit & ATYPE_BIT(v.default_type)) ?
		       (int)v.default_type : ERRNO + EACCES;
	case ASK_MAY:
		return policy_may(p, &who->s, q->type, NULL) ? 0 :
		       ERRNO + EACCES;
	case ASK_REQUIRE:
		return policy_may(p, &who->s, q->type, NULL) &&
		       (v.permit & ATYPE_BIT(q->type)) ?
		       (int)q->type : ERRNO + EACCES;
	case ASK_BIND:
		return b.permit & ATYPE_BIT(q->type) ? 0 : ERRNO + EACCES;
	case ASK_FROM:
		return b.permit & v.permit & ATYPE_BIT(q->type) ?
		       (int)q->type : ERRNO + EACCES;
	case ASK_IPV4:
		return v.block_ipv4 ? ERRNO + EACCES : 0;
	case ASKED:
		break;
	}
	return -1;
}

static struct question draw_question(struct world *w)
{
	struct question q = { .asked = draw(w, ASKED) };

	q.type = 1 + draw(w, ATYPES - 1);
	q.tcp = draw(w, 2);
	q.port = PICK(w, ports);
	addr_parse(q.asked == ASK_IPV4 ? PICK(w, dsts4) : PICK(w, dsts),
		   &q.dst);
	return q;
}

static unsigned
compare(struct world *w, const struct policy *p, struct someone *who)
{
	unsigned wrong = 0;

	for (int i = 0; i < QUESTIONS; i++) {
		struct question q = draw_question(w);
		int got = -2, want = expected(p, who, &q);
		char text[ADDR_STRLEN];

		if (write(who->fd, &q, sizeof(q)) != sizeof(q) ||
		    read(who->fd, &got, sizeof(got)) != sizeof(got))
			fail("no answer");
		if (got == want)
			continue;
		wrong++;
		printf("question %d type=%s tcp=%d dst=%s port=%u uid=%u "
		       "program=%s cgroup=%s rules=%u: got %d, wanted %d\n",
		       q.asked, atype_name(q.type), q.tcp,
		       addr_print(&q.dst, text), q.port, who->s.uid,
		       who->program, who->cgroup, p->nrules, got, want);
	}
	return wrong;
}

static unsigned round_run(struct world *w, struct hooks *h)
{
	struct policy *p = draw_policy(w);
	struct someone who;
	struct hooks_event ev;
	unsigned wrong = 0;
	int err;

	if (!p)
		fail("policy_compile");
	err = hooks_policy(h, p);
	if (err) {
		errno = -err;
		fail("hooks_policy");
	}
	for (int i = 0; i < SUBJECTS; i++) {
		someone_new(w, &who);
		wrong += compare(w, p, &who);
		someone_free(&who);
		while (hooks_poll(h, &ev))
			;
	}
	policy_free(p);
	return wrong;
}

static void tell_addresses(struct hooks *h)
{
	for (enum atype t = 1; t < ATYPES; t++) {
		struct ef_owned o = { .up = true, .addr = address_of(t),
				      .type = t };
		struct ef_current c = { .type = t, .provided = true,
					.addr = o.addr };

		if (hooks_owned(h, &o) || hooks_current(h, &c))
			fail("addresses");
	}
}

int main(int argc, char **argv)
{
	struct hooks_options o = { 0 };
	struct world w = { 0 };
	struct hooks *h;
	unsigned wrong = 0;
	char why[200];
	int i;

	if (argc == 2 && !strcmp(argv[1], "ask"))
		return ask_loop();
	if (argc < 7)
		return 2;
	o.cgroup = w.root = argv[1];
	w.seed = strtoull(argv[2], NULL, 0);
	for (i = 4; argv[i] && strcmp(argv[i], "--") && w.nprograms < POOL; i++)
		w.program[w.nprograms++] = argv[i];
	for (i++; i < argc && w.ncgroups < POOL; i++)
		w.cgroup[w.ncgroups++] = argv[i];
	if (hooks_open(&o, &h, why, sizeof(why))) {
		printf("error open: %s\n", why);
		return 2;
	}
	tell_addresses(h);
	for (i = 0; i < atoi(argv[3]); i++)
		wrong += round_run(&w, h);
	printf("%d questions, %u answered otherwise\n",
	       atoi(argv[3]) * SUBJECTS * QUESTIONS, wrong);
	hooks_close(h, false);
	return wrong != 0;
}
