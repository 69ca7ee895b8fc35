/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.c - from the configuration's rules to the policy in force.
 *
 * The rules' names are looked up when a configuration is taken, and again
 * whenever the watch tells that one of them may stand for something else.
 * Only when one does is the policy compiled anew.  When that fails (memory)
 * the policy that is in force stays.
 *
 * Where a program was replaced that still runs, its rule has both files; who
 * runs the earlier one is asked every few seconds, and when nobody does any
 * more it is a change like any other.
 */
#include "daemon/policy.h"

#include "base/log.h"
#include "sys/loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_AT_ONCE	16		/* rules */
#define EARLIER_EVERY	(5 * USEC_PER_SEC)

/* --- text ------------------------------------------------------------ */

const char *
policy_types(uint8_t set, char buf[80])
{
	size_t n = 0;

	for (enum atype t = ATYPE_HOME; t < ATYPES; t++) {
		if (set & ATYPE_BIT(t))
			n += (size_t)snprintf(buf + n, 80 - n, "%s%s",
					      n ? ", " : "", atype_name(t));
	}
	if (!n)
		snprintf(buf, 80, "none");
	return buf;
}

const char *
policy_rule_text(const struct conf_rule *r, char buf[POLICY_TEXT])
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	buf[0] = '\0';
	if (f) {
		conf_print_rule(r, f);
		if (fclose(f) == 0 && text)
			snprintf(buf, POLICY_TEXT, "%.*s%s", POLICY_TEXT - 4,
				 text, len > POLICY_TEXT - 4 ? "..." : "");
	}
	free(text);
	return buf;
}

const char *
policy_rule_line(const struct conf_rule *r, char buf[300])
{
	snprintf(buf, 300, "%.280s%s%u", r->file ? r->file : "",
		 r->file ? ":" : "", r->line);
	return buf;
}

/* --- looking names up ------------------------------------------------ */

/* The rules of a configuration, and what still runs of those in force. */
static struct identity *
look_up(struct policy_state *s, const struct conf *c)
{
	struct identity *id = calloc(c->nrules + 1, sizeof(*id));
	struct identity_rules before = { .n = 0 }, now;
	int err;

	if (!id)
		return NULL;
	identity_of_rules(c->rule, c->nrules, id);
	now = (struct identity_rules){ c->rule, id, c->nrules };
	if (s->now)
		before = (struct identity_rules){ s->conf->rule, s->id,
						  s->conf->nrules };
	err = identity_earlier_keep(&s->earlier, &before, &now);
	if (err)
		log_warn("AddressPolicy: some programs that run, and whose "
			 "file was replaced, have lost their rule: %s",
			 err == -E2BIG ? "they are too many" : strerror(-err));
	return id;
}

static struct policy *
compile(const struct conf *c, const struct identity *id)
{
	struct policy_rule *rule = calloc(c->nrules + 1, sizeof(*rule));
	struct policy *p = NULL;

	if (!rule)
		return NULL;
	for (unsigned i = 0; i < c->nrules; i++)
		rule[i] = id[i].rule;
	p = policy_compile(rule, c->nrules, c->default_type, c->permit);
	free(rule);
	return p;
}

static bool
same_rule(const struct policy_rule *a, const struct policy_rule *b)
{
	return a->never == b->never && a->dev == b->dev && a->ino == b->ino &&
	       !memcmp(a->earlier, b->earlier, sizeof(a->earlier)) &&
	       a->uid == b->uid && a->gid == b->gid && a->cgroup == b->cgroup;
}

static void
warn(const struct conf_rule *r, const struct identity *id)
{
	char line[300];

	policy_rule_line(r, line);
	if (*id->why)
		log_warn("AddressPolicy, line %s: %s%s", line, id->why,
			 id->rule.never ? "; the rule applies to nobody" :
			 id->gone ? "; the rule applies to who still runs it" :
			 "");
}

static void
tell_change(const struct conf_rule *r, const struct identity *was,
	    const struct identity *is)
{
	bool replaced = was->rule.dev != is->rule.dev ||
			was->rule.ino != is->rule.ino;
	char line[300];

	policy_rule_line(r, line);
	if (strcmp(is->why, was->why) && *is->why)
		warn(r, is);
	else if (same_rule(&is->rule, &was->rule))
		return;
	else if (memcmp(is->rule.earlier, was->rule.earlier,
			sizeof(is->rule.earlier)) && !replaced)
		log_notice("AddressPolicy, line %s: an earlier file of the "
			   "program is run by nobody any more", line);
	else
		log_notice("AddressPolicy, line %s: what the rule names %s%s",
			   line, was->rule.never || was->gone ?
			   "is there now" : "was replaced",
			   is->rule.earlier[0].ino ? "; the rule goes on to "
			   "hold for those who run the earlier file" : "");
}

/* Which rules are not what they were. */
static bool
tell_changes(const struct policy_state *s, const struct identity *id)
{
	bool changed = false;

	for (unsigned i = 0; i < s->conf->nrules; i++) {
		changed |= !same_rule(&id[i].rule, &s->id[i].rule);
		tell_change(&s->conf->rule[i], &s->id[i], &id[i]);
	}
	return changed;
}

/* What is in force has all earlier files that still run. */
static void
settle(struct policy_state *s)
{
	identity_earlier_drop(&s->earlier);
	wakeup_set(s->again, s->earlier.n ? clock_now() + EARLIER_EVERY :
		   USEC_NEVER);
}

/* Look again; take what has changed. */
static void
refresh(struct policy_state *s)
{
	struct identity *id = look_up(s, s->conf);
	struct policy *p;

	if (!id) {
		log_error("AddressPolicy: the names cannot be looked up "
			  "again: %s", strerror(ENOMEM));
		return;
	}
	if (!tell_changes(s, id)) {
		free(s->id);
		s->id = id;
		settle(s);
		return;
	}
	p = compile(s->conf, id);
	if (!p) {
		log_error("AddressPolicy: the rules stay as they are: %s",
			  strerror(ENOMEM));
		free(id);
		return;
	}
	policy_free(s->now);
	free(s->id);
	s->now = p;
	s->id = id;
	if (s->on_change)
		s->on_change(s->arg, p);
	settle(s);
}

static void
on_again(void *arg)
{
	struct policy_state *s = arg;

	if (!s->now)
		return;
	/* also when it fails for want of memory */
	wakeup_set(s->again, clock_now() + EARLIER_EVERY);
	refresh(s);
}

static void
watch_rules(struct policy_state *s)
{
	unsigned n = s->now ? s->conf->nrules : 0;
	int err;

	if (n && !s->watch)
		return;
	err = s->watch ? identity_watch_rules(s->watch, s->conf->rule, n) : 0;
	if (err)
		log_warn("AddressPolicy: not all of its programs can be "
			 "watched (%s); a reload looks them up again",
			 strerror(-err));
}

static void
on_watch(void *arg)
{
	struct policy_state *s = arg;

	watch_rules(s);
	if (s->now)
		refresh(s);
}

/* --- configurations come and go -------------------------------------- */

int
policy_open(struct policy_state *s, uv_loop_t *loop,
	    void (*on_change)(void *arg, const struct policy *), void *arg)
{
	*s = (struct policy_state){ .loop = loop, .on_change = on_change,
				    .arg = arg };
	s->again = wakeup_new(loop, on_again, s);
	return s->again ? 0 : -ENOMEM;
}

int
policy_prepare(struct policy_state *s, const struct conf *c,
	       struct policy_next *ret)
{
	struct policy_next n = { .conf = c };

	if (c->on_demand) {
		n.id = look_up(s, c);
		n.policy = n.id ? compile(c, n.id) : NULL;
		if (!n.policy) {
			free(n.id);
			return -ENOMEM;
		}
	}
	*ret = n;
	return 0;
}

void
policy_discard(struct policy_next *n)
{
	policy_free(n->policy);
	free(n->id);
	*n = (struct policy_next){ 0 };
}

void
policy_commit(struct policy_state *s, struct policy_next *n)
{
	bool none = !s->now && !n->policy;

	policy_free(s->now);
	free(s->id);
	s->conf = n->conf;
	s->now = n->policy;
	s->id = n->id;
	*n = (struct policy_next){ 0 };
	if (s->now && s->conf->nrules && !s->watch) {
		s->watch = identity_watch_new(s->loop, on_watch, s);
		if (!s->watch)
			log_warn("AddressPolicy: programs are not watched "
				 "(inotify); a reload looks them up again");
	}
	watch_rules(s);
	for (unsigned i = 0; s->now && i < s->conf->nrules; i++)
		warn(&s->conf->rule[i], &s->id[i]);
	if (s->on_change && !none)
		s->on_change(s->arg, s->now);
	/* what happened before it was watched */
	if (s->now)
		refresh(s);
	else
		identity_earlier_fini(&s->earlier);
}

void
policy_warn(const struct policy_state *s, struct record_sink *sink)
{
	for (unsigned i = 0; s->now && i < s->conf->nrules; i++) {
		char line[300], text[600];
		struct record r;

		if (!*s->id[i].why)
			continue;
		snprintf(text, sizeof(text), "AddressPolicy, line %s: %s",
			 policy_rule_line(&s->conf->rule[i], line),
			 s->id[i].why);
		record_init(&r, "warning");
		record_str(&r, "text", text);
		sink->put(sink, &r);
	}
}

void
policy_close(struct policy_state *s)
{
	s->watch = identity_watch_free(s->watch);
	s->again = wakeup_free(s->again);
	identity_earlier_fini(&s->earlier);
	s->now = policy_free(s->now);
	free(s->id);
	s->id = NULL;
	s->conf = NULL;
}

/* --- show ------------------------------------------------------------ */

static bool
resolves(const struct identity *id)
{
	return !id->rule.never && !id->gone;
}

static void
show_top(const struct policy_state *s, struct record_sink *sink)
{
	const struct conf *c = s->conf;
	char boot[80], permit[80];
	unsigned never = 0;
	struct record r;

	record_init(&r, "policy");
	record_bool(&r, "on-demand", s->now != NULL);
	if (s->now) {
		for (unsigned i = 0; i < c->nrules; i++)
			never += !resolves(&s->id[i]);
		record_str(&r, "boot", policy_types(c->boot, boot));
		record_str(&r, "default", atype_name(c->default_type));
		record_str(&r, "permit", policy_types(c->permit, permit));
		record_uint(&r, "rules", c->nrules);
		record_uint(&r, "unresolved", never);
	}
	sink->put(sink, &r);
}

/* A number, or "-" where the rule does not mind; "?" when it is not known. */
static const char *
show_number(bool has, const struct identity *id, uint64_t v, char buf[24])
{
	if (!has)
		return "-";
	if (id->rule.never && !v)
		return "?";
	snprintf(buf, 24, "%ju", (uintmax_t)v);
	return buf;
}

static void
show_rule(const struct policy_state *s, unsigned i, struct record_sink *sink)
{
	const struct conf_rule *c = &s->conf->rule[i];
	const struct identity *id = &s->id[i];
	const struct policy_rule *p = &id->rule;
	char line[300], program[48] = "-", text[POLICY_TEXT];
	char user[24], group[24], cgroup[24];
	unsigned earlier = 0;
	struct record r;

	while (earlier < POLICY_EARLIER && p->earlier[earlier].ino)
		earlier++;
	if (p->has_program && p->ino)
		snprintf(program, sizeof(program), "%u:%u:%ju",
			 (unsigned)(p->dev >> 20),
			 (unsigned)(p->dev & 0xfffff), (uintmax_t)p->ino);
	else if (p->has_program)
		strcpy(program, "?");
	record_init(&r, "rule");
	record_uint(&r, "number", i + 1);
	record_str(&r, "line", policy_rule_line(c, line));
	record_bool(&r, "resolves", resolves(id));
	record_str(&r, "program", program);
	record_str(&r, "user", show_number(c->user, id, p->uid, user));
	record_str(&r, "group", show_number(c->group, id, p->gid, group));
	record_str(&r, "cgroup", show_number(c->cgroup, id, p->cgroup,
					     cgroup));
	record_uint(&r, "earlier", earlier);
	record_str(&r, "text", policy_rule_text(c, text));
	record_str(&r, "problem", *id->why ? id->why : "-");
	sink->put(sink, &r);
}

bool
policy_show(const struct policy_state *s, size_t *pos,
	    struct record_sink *sink)
{
	size_t n = s->now ? s->conf->nrules : 0, end;

	if (!*pos)
		show_top(s, sink);
	/* a reload may have made them fewer */
	end = *pos + SHOWN_AT_ONCE < n ? *pos + SHOWN_AT_ONCE : n;
	while (*pos < end)
		show_rule(s, (unsigned)(*pos)++, sink);
	return *pos < n;
}
