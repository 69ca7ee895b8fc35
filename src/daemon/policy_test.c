/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_test.c - `mip6ctl policy test': what would a socket get, and which
 * rule says so?
 *
 * Who is asked about comes from a process that runs (--pid), or from names
 * that are looked up as those of the rules are; what is not said is nobody's:
 * no program, user 0 without groups, no cgroup.  The answer comes from the
 * policy in force, by the function that everything else asks, too.
 */
#include "daemon/policy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE	"usage: policy test [--pid PID] [--program PATH] "	     \
		"[--user USER] [--group GROUP]... [--cgroup PATH] "	     \
		"[--dest ADDRESS [--port PORT] [--protocol tcp|udp|icmp|raw]]"

#define OUTCOME	120

struct question {
	const struct policy_state *state;
	struct identity_process	who;
	bool			groups;		/* are those of --group */
	bool			has_dst, ipv4, has_port, has_protocol;
	struct policy_target	to;
};

/* --- options --------------------------------------------------------- */

static bool
parse_number(const char *word, unsigned long max, unsigned long *ret)
{
	char *end;

	if (!*word || word[strspn(word, "0123456789")])
		return false;
	errno = 0;
	*ret = strtoul(word, &end, 10);
	return !errno && *ret <= max;
}

static int
wrong(char why[CTL_WHY], const char *what, const char *word)
{
	snprintf(why, CTL_WHY, "%s, not `%.60s'", what, word);
	return -EINVAL;
}

/* An error of a look-up. */
static int
looked_up(int err, char why[CTL_WHY], const char *what, const char *word)
{
	if (err)
		snprintf(why, CTL_WHY, "%s %.100s: %s", what, word,
			 err == -ENOENT ? "there is none" : strerror(-err));
	return err;
}

static int
set_pid(struct question *q, const char *word, char why[CTL_WHY])
{
	unsigned long pid;

	if (!parse_number(word, 0x7fffffff, &pid))
		return wrong(why, "--pid wants a number", word);
	identity_fini(&q->who);
	return looked_up(identity_of_pid((pid_t)pid, IDENTITY_ALL,
					 &q->who), why, "process",
			 word);
}

static int
set_program(struct question *q, const char *word, char why[CTL_WHY])
{
	if (*word != '/')
		return wrong(why, "--program wants the whole path", word);
	return looked_up(identity_set_program(&q->who, word), why, "program",
			 word);
}

static int
set_user(struct question *q, const char *word, char why[CTL_WHY])
{
	return looked_up(identity_set_user(&q->who, word), why, "user", word);
}

static int
set_group(struct question *q, const char *word, char why[CTL_WHY])
{
	if (!q->groups)
		q->who.ngids = 0;
	q->groups = true;
	return looked_up(identity_add_group(&q->who, word), why, "group",
			 word);
}

static int
set_cgroup(struct question *q, const char *word, char why[CTL_WHY])
{
	if (*word != '/')
		return wrong(why, "--cgroup wants a path below the mount of "
			     "cgroup2", word);
	return looked_up(identity_set_cgroup(&q->who, word), why, "cgroup",
			 word);
}

static int
set_dest(struct question *q, const char *word, char why[CTL_WHY])
{
	struct in_addr v4;

	q->has_dst = true;
	if (addr_parse(word, &q->to.dst) == 0) {
		q->ipv4 = addr_is_v4mapped(&q->to.dst);
		return 0;
	}
	if (inet_pton(AF_INET, word, &v4) != 1)
		return wrong(why, "--dest wants an address", word);
	q->ipv4 = true;
	q->to.dst = (struct in6_addr){ 0 };
	q->to.dst.s6_addr[10] = q->to.dst.s6_addr[11] = 0xff;
	memcpy(&q->to.dst.s6_addr[12], &v4, 4);
	return 0;
}

static int
set_port(struct question *q, const char *word, char why[CTL_WHY])
{
	unsigned long port;

	if (!parse_number(word, 65535, &port))
		return wrong(why, "--port wants a number up to 65535", word);
	q->has_port = true;
	q->to.port = (uint16_t)port;
	return 0;
}

static int
set_protocol(struct question *q, const char *word, char why[CTL_WHY])
{
	unsigned long v;

	q->has_protocol = true;
	if (conf_protocol_parse(word, &q->to.protocol))
		return 0;
	if (!parse_number(word, 255, &v) || !v)
		return wrong(why, "--protocol wants tcp, udp, icmp, raw or a "
			     "number up to 255", word);
	q->to.protocol = (uint8_t)v;
	return 0;
}

/* In the order in which they are taken: a process first, of which others
 * change a part; groups after the user whose groups they replace. */
static const struct option {
	const char	*name;
	int		(*set)(struct question *, const char *word,
			       char why[CTL_WHY]);
	bool		many;
} options[] = {
	{ "--pid",	set_pid,	false },
	{ "--program",	set_program,	false },
	{ "--user",	set_user,	false },
	{ "--group",	set_group,	true },
	{ "--cgroup",	set_cgroup,	false },
	{ "--dest",	set_dest,	false },
	{ "--port",	set_port,	false },
	{ "--protocol",	set_protocol,	false },
};
#define OPTIONS	(sizeof(options) / sizeof(*options))

/* Every other word is an option, known, and with a value behind it. */
static int
check_words(const char *const *word, char why[CTL_WHY])
{
	unsigned seen = 0;

	for (; *word; word += 2) {
		size_t i = 0;

		while (i < OPTIONS && strcmp(*word, options[i].name))
			i++;
		if (i == OPTIONS) {
			snprintf(why, CTL_WHY, USAGE);
			return -EINVAL;
		}
		if (!word[1]) {
			snprintf(why, CTL_WHY, "%s wants a value", *word);
			return -EINVAL;
		}
		if ((seen & 1U << i) && !options[i].many) {
			snprintf(why, CTL_WHY, "%s is given twice", *word);
			return -EINVAL;
		}
		seen |= 1U << i;
	}
	return 0;
}

static int
read_words(struct question *q, const char *const *word, char why[CTL_WHY])
{
	int err = check_words(word, why);

	for (size_t i = 0; i < OPTIONS && !err; i++) {
		for (const char *const *w = word; *w && !err; w += 2) {
			if (!strcmp(*w, options[i].name))
				err = options[i].set(q, w[1], why);
		}
	}
	if (err || q->has_dst || (!q->has_port && !q->has_protocol)) {
		if (q->has_dst && !q->has_protocol)
			q->to.protocol = IPPROTO_TCP;
		return err;
	}
	snprintf(why, CTL_WHY, "--port and --protocol want --dest as well");
	return -EINVAL;
}

/* --- the answer ------------------------------------------------------ */

static void
put_subject(const struct question *q, struct record_sink *sink)
{
	const struct identity_process *w = &q->who;
	char program[48] = "-", groups[400] = "-";
	struct record r;
	size_t n = 0;

	if (w->ino)
		snprintf(program, sizeof(program), "%u:%u:%ju",
			 (unsigned)(w->dev >> 20),
			 (unsigned)(w->dev & 0xfffff), (uintmax_t)w->ino);
	for (unsigned i = 0; i < w->ngids && n < sizeof(groups) - 20; i++)
		n += (size_t)snprintf(groups + n, sizeof(groups) - n, "%s%u",
				      n ? "," : "", w->gid[i]);
	if (n >= sizeof(groups) - 20)
		snprintf(groups + n, sizeof(groups) - n, ",...");
	record_init(&r, "subject");
	record_str(&r, "program", w->program ? w->program : "-");
	record_str(&r, "identity", program);
	record_uint(&r, "user", w->uid);
	record_str(&r, "groups", groups);
	record_str(&r, "cgroup", w->cgroup_path ? w->cgroup_path : "-");
	sink->put(sink, &r);
}

static void
put_peer(const struct question *q, struct record_sink *sink)
{
	const char *name = conf_protocol_name(q->to.protocol);
	char number[8];
	struct record r;

	snprintf(number, sizeof(number), "%u", q->to.protocol);
	record_init(&r, "peer");
	record_addr(&r, "address", &q->to.dst);
	record_uint(&r, "port", q->to.port);
	record_str(&r, "protocol", name ? name : number);
	sink->put(sink, &r);
}

/* Which rule decided a question: its number, line and text; those of the
 * top are what stands there. */
static void
put_decision(const struct question *q, const char *what, int rule,
	     const char *result, const char *top, struct record_sink *sink)
{
	const struct conf_rule *c = rule == POLICY_TOP ? NULL :
				    &q->state->conf->rule[rule];
	char number[16], line[300], text[POLICY_TEXT];
	struct record r;

	snprintf(number, sizeof(number), "%d", rule + 1);
	record_init(&r, "decision");
	record_str(&r, "question", what);
	record_str(&r, "result", result);
	record_str(&r, "rule", c ? number : "-");
	record_str(&r, "line", c ? policy_rule_line(c, line) : "-");
	record_str(&r, "text", c ? policy_rule_text(c, text) : top);
	sink->put(sink, &r);
}

static void
put_decisions(const struct question *q, const struct policy_verdict *v,
	      struct record_sink *sink)
{
	const struct conf *c = q->state->conf;
	char set[80], top[120], all[80];

	snprintf(top, sizeof(top), "Default %s;", atype_name(c->default_type));
	put_decision(q, "default", v->default_rule,
		     atype_name(v->default_type), top, sink);
	snprintf(top, sizeof(top), "Permit %s;", policy_types(c->permit, all));
	put_decision(q, "permit", v->permit_rule, policy_types(v->permit, set),
		     top, sink);
	put_decision(q, "ipv4", v->block_rule,
		     v->block_ipv4 ? "blocked" : "allowed",
		     "no rule blocks it", sink);
}

/* Peers that have nothing to do with mobility; NULL: it has. */
static const char *
left_alone(const struct question *q)
{
	const struct in6_addr *a = &q->to.dst;

	if (!q->has_dst)
		return NULL;
	if (q->ipv4)
		return "as ever: IPv4";
	if (addr_is_loopback(a))
		return "as ever: loopback";
	if (addr_is_linklocal(a))
		return "as ever: link-local";
	return addr_is_multicast(a) ? "as ever: multicast" : NULL;
}

/* The kernel's choice is looked at afterwards. */
static const char *
kernel_chooses(uint8_t permit, char buf[OUTCOME])
{
	char types[80];

	if ((permit & ATYPE_ALL) == ATYPE_ALL)
		return "the kernel chooses";
	snprintf(buf, OUTCOME, "the kernel chooses, except %s",
		 policy_types((uint8_t)(ATYPE_ALL & ~permit), types));
	return buf;
}

/* What comes of a socket that asks for nothing, or for a type. */
static const char *
outcome(const struct question *q, const struct policy_verdict *v,
	enum atype asked, char buf[OUTCOME])
{
	const struct policy_subject s = identity_subject(&q->who);
	const char *as_ever = left_alone(q);
	enum atype type = asked ? asked : v->default_type;
	bool may = v->permit & ATYPE_BIT(type);

	if (q->ipv4 && v->block_ipv4)
		return "refused: IPv4 is blocked";
	if (as_ever)
		return as_ever;
	if (type == ATYPE_NONE)
		return kernel_chooses(v->permit, buf);
	/* as setsockopt asks it, before there is a peer */
	if (asked && !q->has_dst)
		may = policy_may(q->state->now, &s, asked, NULL);
	return may ? atype_name(type) : "refused: EACCES";
}

static void
put_outcomes(const struct question *q, const struct policy_verdict *v,
	     struct record_sink *sink)
{
	for (enum atype t = ATYPE_NONE; t < ATYPES; t++) {
		char buf[OUTCOME];
		struct record r;

		record_init(&r, "socket");
		record_str(&r, "require", atype_name(t));
		record_str(&r, "gets", outcome(q, v, t, buf));
		sink->put(sink, &r);
	}
}

int
policy_test(const struct policy_state *s, const char *const *word,
	    struct record_sink *sink, char why[CTL_WHY])
{
	struct question q = { .state = s };
	struct policy_subject subject;
	struct policy_verdict v;
	int err;

	if (!s->now) {
		snprintf(why, CTL_WHY, "the configuration has no "
			 "AddressPolicy");
		return -ENOENT;
	}
	err = read_words(&q, word, why);
	if (!err) {
		subject = identity_subject(&q.who);
		v = policy_decide(s->now, &subject, q.has_dst ? &q.to : NULL);
		put_subject(&q, sink);
		if (q.has_dst)
			put_peer(&q, sink);
		put_decisions(&q, &v, sink);
		put_outcomes(&q, &v, sink);
	}
	identity_fini(&q.who);
	return err;
}
