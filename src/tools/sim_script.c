/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_script.c - the scenario language: what happens, and when.
 *
 * One row for each action.  Its usage is what a person reads in an error
 * message and what the parser goes by: words in capitals are arguments of
 * that type, others stand for themselves, [ ] may be left out.  Arguments
 * go to fields of struct action by type and by the word before them.
 */
#include "sim.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

struct action {
	struct list	l;
	struct sim_job	job;
	const struct verb *verb;
	struct sim_node	*node, *from, *to;
	struct sim_link	*link;		/* NULL: none */
	struct in6_addr	addr, src;
	uint8_t		plen;
	unsigned	port;		/* which interface, from 0 */
	unsigned	count, nth, after, option, percent;
	usec_t		time;
	bool		back;		/* a negative time */
	char		word[64];
	struct conf	*conf;
};

struct verb {
	const char	*name, *usage;
	void		(*run)(struct sim *, struct action *);
};

/* --- actions ------------------------------------------------------------ */

static void run_move(struct sim *s, struct action *a)
{
	if (a->link)
		chart_line(s, a->node, "%s%smoves to %s",
			   a->port ? a->word : "", a->port ? " " : "",
			   a->link->name);
	else
		chart_line(s, a->node, "%s%sleaves its link",
			   a->port ? a->word : "", a->port ? " " : "");
	sim_move(&a->node->iface[a->port], a->link);
}

static void run_kill(struct sim *s, struct action *a)
{
	if (a->after) {
		chart_line(s, a->node, "will be killed after %u effects",
			   a->after);
		a->node->fuse = a->after;
		return;
	}
	chart_line(s, a->node, "is killed");
	sim_node_kill(a->node);
}

static void run_start(struct sim *s, struct action *a)
{
	chart_line(s, a->node, "starts");
	sim_node_start(a->node);
}

static void run_stop(struct sim *s, struct action *a)
{
	chart_line(s, a->node, "shuts down");
	sim_node_stop(a->node);
}

static void run_restart(struct sim *s, struct action *a)
{
	chart_line(s, a->node, "is killed and starts again");
	sim_node_kill(a->node);
	sim_node_start(a->node);
}

static void run_forget(struct sim *s, struct action *a)
{
	chart_line(s, a->node, "loses what it had stored");
	sim_node_forget(a->node);
}

static void run_switch(struct sim *s, struct action *a)
{
	struct event ev = { .kind = EV_SWITCH, .leave.on = true };

	chart_line(s, a->node, "sends its mobiles away");
	sim_node_tell(a->node, &ev);
}

static void add_rule(struct sim *s, struct action *a)
{
	struct sim_rule *r = sim_alloc(sizeof(*r));

	r->left = a->count;
	r->by = a->time;
	r->option = (uint8_t)a->option;
	memcpy(r->word, a->word, sizeof(r->word) - 1);
	r->from = a->from;
	r->to = a->to;
	list_init(&r->l);
	list_append(&s->rules, &r->l);
}

static void run_cut(struct sim *s, struct action *a)
{
	chart_line(s, NULL, "link %s is cut", a->link->name);
	a->link->cut = true;
}

static void run_heal(struct sim *s, struct action *a)
{
	chart_line(s, NULL, "link %s is whole again", a->link->name);
	a->link->cut = false;
}

static void run_loss(struct sim *s, struct action *a)
{
	a->link->loss = a->percent;
}

static void run_reload(struct sim *s, struct action *a)
{
	struct conf *conf = a->conf;
	int rc;

	a->conf = NULL;
	chart_line(s, a->node, "reads a new configuration");
	rc = sim_node_reload(a->node, conf);
	if (rc)
		chart_line(s, a->node, "refuses it: %s", strerror(-rc));
}

static void run_replay(struct sim *s, struct action *a)
{
	if (!sim_replay(s, a->word, a->from, a->nth))
		chart_line(s, NULL, "there is no %s to replay", a->word);
}

/* The source that the application of a node would have: its home address
 * when it has one and it is configured. */
static const struct in6_addr *source(const struct action *a)
{
	struct sim_node *n = a->node;

	if (!addr_is_unspec(&a->src))
		return &a->src;
	if (n->conf && n->conf->nhomes)
		return &n->conf->home[0].hoa;
	list_each(l, &n->addrs) {
		struct k_addr *k = container_of(l, struct k_addr, l);

		if (!addr_is_linklocal(&k->addr))
			return &k->addr;
	}
	return NULL;
}

static void run_ping(struct sim *s, struct action *a)
{
	const struct in6_addr *src = source(a);
	char buf[80];

	if (!src || !kernel_owns(a->node, src))
		chart_line(s, a->node, "cannot ping from %s: it has it not",
			   src ? chart_addr(s, src, buf, sizeof(buf))
			       : "nowhere");
	else
		kernel_ping(a->node, src, &a->addr, 0, ++s->next_echo, true);
}

static void stream_fire(struct sim *s, struct sim_job *j)
{
	struct sim_stream *st = container_of(j, struct sim_stream, job);

	if (s->ended || st->stopped)
		return;
	st->sent++;
	if (!addr_is_unspec(&st->hao))
		kernel_forge(st->node, &st->src, &st->dst, &st->hao);
	else if (kernel_owns(st->node, &st->src))
		kernel_ping(st->node, &st->src, &st->dst, st->id,
			    (uint16_t)st->sent, false);
	sim_job_set(s, &st->job, s->now + st->every);
}

static struct sim_stream *
stream_new(struct sim *s, struct action *a, const struct in6_addr *src)
{
	struct sim_stream *st;

	st = sim_alloc(sizeof(*st));
	sim_job_init(&st->job, stream_fire);
	st->node = a->node;
	st->src = *src;
	st->dst = a->addr;
	st->every = a->time;
	st->last = s->now;
	st->id = ++s->next_stream;
	list_init(&st->l);
	list_append(&s->streams, &st->l);
	sim_job_set(s, &st->job, s->now);
	return st;
}

static void run_stream(struct sim *s, struct action *a)
{
	const struct in6_addr *src = source(a);

	if (src)
		stream_new(s, a, src);
}

/* Its own address is the source, that of somebody else the home address. */
static void run_forge(struct sim *s, struct action *a)
{
	struct in6_addr hao = a->src;
	const struct in6_addr *src;

	a->src = addr_unspec;
	src = source(a);
	if (src)
		stream_new(s, a, src)->hao = hao;
}

static void run_quiet(struct sim *s, struct action *a)
{
	list_each(l, &s->streams) {
		struct sim_stream *st = container_of(l, struct sim_stream, l);
		char buf[80];

		if (st->node != a->node || st->stopped)
			continue;
		st->stopped = true;
		chart_line(s, a->node, "stream to %s: %u sent, %u answered, "
			   "longest gap %llu ms",
			   chart_addr(s, &st->dst, buf, sizeof(buf)),
			   st->sent, st->answered, st->gap / USEC_PER_MSEC);
	}
}

static void run_show(struct sim *s, struct action *a)
{
	chart_show(a->node, a->word);
}

static void run_say(struct sim *s, struct action *a)
{
	chart_line(s, NULL, "%s", a->word);
}

static void run_clock(struct sim *s, struct action *a)
{
	chart_line(s, a->node, "clock steps %s by %llu s",
		   a->back ? "back" : "ahead", a->time / USEC_PER_SEC);
	sim_node_clock(a->node, a->back ? -(int64_t)a->time
					: (int64_t)a->time);
}

static void run_mtu(struct sim *s, struct action *a)
{
	struct event ev = { .kind = EV_MTU };

	chart_line(s, a->node, "learns a path MTU of %u", a->count);
	list_each(l, &a->node->paths) {
		ev.mtu.path = container_of(l, struct k_path, l)->p.key;
		ev.mtu.mtu = a->count;
		sim_node_tell(a->node, &ev);
	}
}

static void run_address(struct sim *s, struct action *a)
{
	struct sim_iface *i = &a->node->iface[0];

	if (!kernel_addr_on(a->node, i->ifindex, &a->addr))
		kernel_addr_static(i, &a->addr, a->plen);
}

/* A controller tells a gateway of a mobile: its interface there is the one on
 * the mobile's link, or, when that has gone, its first access link. */
void script_tell_gateway(struct sim_node *mag, const struct sim_iface *mn,
			 uint8_t handoff, bool gone)
{
	struct event ev = { .kind = EV_ATTACH };

	ev.attach = (struct ev_attach){
		.ll = mn->ll, .gone = gone, .handoff = handoff,
	};
	for (unsigned k = mag->nifaces; k--; ) {
		const struct sim_iface *i = &mag->iface[k];

		for (unsigned j = 0; mag->conf && j < mag->conf->naccess; j++)
			if (!strcmp(mag->conf->access[j].ifname, i->name) &&
			    (!ev.attach.ifindex || i->link == mn->link))
				ev.attach.ifindex = i->ifindex;
	}
	sim_node_tell(mag, &ev);
}

static void run_attach(struct sim *s, struct action *a)
{
	static const char *const hints[] = { "", "new", "interfaces", "handoff" };
	uint8_t hint = 0;

	for (uint8_t k = 1; k < 4; k++)
		if (strcmp(a->word, hints[k]) == 0)
			hint = k;
	script_tell_gateway(a->to, &a->node->iface[0], hint, false);
}

static void run_detach(struct sim *s, struct action *a)
{
	script_tell_gateway(a->from, &a->node->iface[0], 0, true);
}

static void run_revoke(struct sim *s, struct action *a)
{
	struct event ev = { .kind = EV_REVOKE };

	chart_line(s, a->node, "revokes %s", a->word);
	/* group:N (RFC 6602), or a mobile, a realm, all */
	if (strncmp(a->word, "group:", 6) == 0)
		ev.revoke.group = (uint32_t)strtoul(a->word + 6, NULL, 10);
	else
		memcpy(ev.revoke.id, a->word, sizeof(a->word));
	sim_node_tell(a->node, &ev);
}

static void run_ask(struct sim *s, struct action *a)
{
	app_ask(a->node, a->word, a->time);
}

static void run_release(struct sim *s, struct action *a)
{
	app_release(a->node, a->count);
}

static void run_socket(struct sim *s, struct action *a)
{
	app_socket(a->node, a->word);
}

static void run_close(struct sim *s, struct action *a)
{
	app_close(a->node, a->count);
}

static void run_claim(struct sim *s, struct action *a)
{
	app_claim(a->node, a->word, a->count);
}

static void run_unclaim(struct sim *s, struct action *a)
{
	app_claim(a->node, a->word, 0);
}

static void run_send(struct sim *s, struct action *a)
{
	const struct in6_addr *src = app_source(a->node, a->count);

	if (src)
		kernel_ping(a->node, src, &a->addr, 0, ++s->next_echo, true);
	else
		chart_line(s, a->node, "has no socket %u", a->count);
}

static void run_end(struct sim *s, struct action *a)
{
}

static const struct verb verbs[] = {
	{ "move",	"NODE [port PORT] to LINK", run_move },
	{ "unplug",	"NODE [port PORT]", run_move },
	{ "kill",	"NODE [after COUNT]", run_kill },
	{ "start",	"NODE", run_start },
	{ "stop",	"NODE", run_stop },
	{ "restart",	"NODE", run_restart },
	{ "forget",	"NODE", run_forget },
	{ "drop",	"COUNT WORD [from NODE] [to NODE]", add_rule },
	{ "delay",	"COUNT WORD by TIME [from NODE] [to NODE]",
	  add_rule },
	{ "strip",	"COUNT WORD option COUNT [from NODE] [to NODE]",
	  add_rule },
	{ "cut",	"LINK", run_cut },
	{ "heal",	"LINK", run_heal },
	{ "loss",	"LINK PERCENT", run_loss },
	{ "reload",	"NODE CONFIG", run_reload },
	{ "replay",	"WORD [from NODE] [nth COUNT]", run_replay },
	{ "ping",	"NODE ADDRESS [from ADDRESS]", run_ping },
	{ "stream",	"NODE ADDRESS every TIME [from ADDRESS]",
	  run_stream },
	{ "forge",	"NODE ADDRESS every TIME from ADDRESS", run_forge },
	{ "quiet",	"NODE", run_quiet },
	{ "show",	"NODE WORD", run_show },
	{ "say",	"WORD", run_say },
	{ "clock",	"NODE STEP", run_clock },
	{ "mtu",	"NODE COUNT", run_mtu },
	{ "address",	"NODE PREFIX", run_address },
	{ "ask",	"NODE WORD [timeout TIME]", run_ask },
	{ "release",	"NODE COUNT", run_release },
	{ "socket",	"NODE WORD", run_socket },
	{ "close",	"NODE COUNT", run_close },
	{ "send",	"NODE COUNT ADDRESS", run_send },
	{ "claim",	"NODE WORD COUNT", run_claim },
	{ "unclaim",	"NODE WORD", run_unclaim },
	{ "attach",	"NODE to NODE [as WORD]", run_attach },
	{ "detach",	"NODE from NODE", run_detach },
	{ "revoke",	"NODE WORD", run_revoke },
	{ "switch",	"NODE", run_switch },
	{ "end",	"", run_end },
};

static void action_fire(struct sim *s, struct sim_job *j)
{
	struct action *a = container_of(j, struct action, job);

	if (!s->ended)
		a->verb->run(s, a);
}

/* --- arguments ---------------------------------------------------------- */

/* What the words of a line are being read into. */
struct args {
	struct sim	*s;
	struct action	*a;
	const struct sim_text *at;
	char		**word;		/* the next */
	unsigned	left;
	const char	*key;		/* the word of the usage before it */
	FILE		*errors;
};

__attribute__((format(printf, 2, 3)))
static bool wrong(const struct args *g, const char *fmt, ...)
{
	va_list ap;

	fprintf(g->errors, "%s:%u: ", g->at->name, g->at->line);
	va_start(ap, fmt);
	vfprintf(g->errors, fmt, ap);
	va_end(ap);
	fputc('\n', g->errors);
	return false;
}

static bool key_is(const struct args *g, const char *word)
{
	return strcmp(g->key, word) == 0;
}

static bool take_node(struct args *g, const char *w)
{
	struct sim_node *n = sim_node_find(g->s, w);

	if (!n)
		return wrong(g, "there is no node %s", w);
	*(key_is(g, "from") ? &g->a->from : key_is(g, "to") ? &g->a->to
			    : &g->a->node) = n;
	return true;
}

static bool take_link(struct args *g, const char *w)
{
	g->a->link = sim_link_find(g->s, w);
	return g->a->link || wrong(g, "there is no link %s", w);
}

static bool take_count(struct args *g, const char *w)
{
	char *end;
	unsigned long v = strtoul(w, &end, 10);

	if (!isdigit((unsigned char)*w) || *end || v == 0 || v > 100000)
		return wrong(g, "`%s' is no number from 1 to 100000", w);
	*(key_is(g, "nth") ? &g->a->nth : key_is(g, "after") ? &g->a->after
			   : key_is(g, "option") ? &g->a->option
			   : &g->a->count) = (unsigned)v;
	return true;
}

static bool take_word(struct args *g, const char *w)
{
	snprintf(g->a->word, sizeof(g->a->word), "%s", w);
	return strlen(w) < sizeof(g->a->word) || wrong(g, "too long");
}

static bool take_time(struct args *g, const char *w)
{
	return script_time(w, &g->a->time) ||
	       wrong(g, "`%s' is no time: 500ms, 2s, 1.5min", w);
}

static bool take_step(struct args *g, const char *w)
{
	g->a->back = *w == '-';
	if (*w == '-' || *w == '+')
		w++;
	return take_time(g, w);
}

static bool take_percent(struct args *g, const char *w)
{
	return script_percent(w, &g->a->percent) ||
	       wrong(g, "`%s' is no percentage", w);
}

/* An address, or a node: its home address, or its first fixed one. */
static bool take_address(struct args *g, const char *w)
{
	struct in6_addr *to = key_is(g, "from") ? &g->a->src : &g->a->addr;
	struct action of = { .node = sim_node_find(g->s, w) };
	const struct in6_addr *a = of.node ? source(&of) : NULL;

	if (a) {
		*to = *a;
		return true;
	}
	return addr_parse(w, to) == 0 ||
	       wrong(g, "`%s' is neither a node nor an address", w);
}

static bool take_port(struct args *g, const char *w)
{
	struct sim_node *n = g->a->node;

	for (g->a->port = 0; n && g->a->port < n->nifaces; g->a->port++)
		if (strcmp(n->iface[g->a->port].name, w) == 0)
			return take_word(g, w);
	return wrong(g, "%s has no interface %s", n ? n->name : "", w);
}

static bool take_prefix(struct args *g, const char *w)
{
	return script_address(w, &g->a->addr, &g->a->plen) ||
	       wrong(g, "`%s' is no ADDRESS/LENGTH", w);
}

static bool take_config(struct args *g, const char *w)
{
	if (!g->at->block)
		return wrong(g, "wants a block, <<END");
	g->a->conf = scene_conf(g->s, g->at->name, g->at->block_line,
				g->at->block, g->errors);
	return g->a->conf != NULL;
}

static const struct {
	const char	*type;
	bool		(*take)(struct args *, const char *);
} types[] = {
	{ "NODE", take_node }, { "LINK", take_link }, { "COUNT", take_count },
	{ "WORD", take_word }, { "TIME", take_time }, { "STEP", take_step },
	{ "PERCENT", take_percent }, { "ADDRESS", take_address },
	{ "PREFIX", take_prefix }, { "PORT", take_port }, { "CONFIG", take_config },
};

static bool take(struct args *g, const char *type)
{
	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(type, types[i].type) != 0)
			continue;
		if (strcmp(type, "CONFIG") == 0)
			return types[i].take(g, NULL);
		if (!g->left)
			return wrong(g, "%s %s: words are missing",
				     g->a->verb->name, g->a->verb->usage);
		g->left--;
		return types[i].take(g, *g->word++);
	}
	return false;
}

/* Go through the usage, word by word; optional groups begin with a word
 * that stands for itself and are left out when it is not there. */
static bool read_args(struct args *g)
{
	char usage[100], *save = NULL, *key = NULL;
	bool skip = false;

	snprintf(usage, sizeof(usage), "%s", g->a->verb->usage);
	for (char *u = strtok_r(usage, " ", &save); u;
	     u = strtok_r(NULL, " ", &save)) {
		bool opens = *u == '[';
		size_t n = strlen(u += opens);
		bool closes = n && u[n - 1] == ']';

		if (closes)
			u[n - 1] = '\0';
		if (opens)
			skip = !g->left || strcmp(*g->word, u) != 0;
		if (skip) {
			skip = !closes;
			continue;
		}
		if (isupper((unsigned char)*u)) {
			g->key = key ? key : "";
			if (!take(g, u))
				return false;
		} else if (!g->left || strcmp(*g->word, u) != 0) {
			return wrong(g, "usage: %s %s", g->a->verb->name,
				     g->a->verb->usage);
		} else {
			key = u;
			g->word++;
			g->left--;
		}
	}
	return !g->left || wrong(g, "usage: %s %s", g->a->verb->name,
				 g->a->verb->usage);
}

static const struct verb *find_verb(const char *name)
{
	for (unsigned i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

bool script_action(struct sim *s, const struct sim_text *at, char **word,
		   unsigned n, FILE *errors)
{
	struct action *a = sim_alloc(sizeof(*a));
	struct args g = {
		.s = s, .a = a, .at = at, .word = word + 2, .left = n - 2,
		.errors = errors,
	};
	usec_t when;

	sim_job_init(&a->job, action_fire);
	list_init(&a->l);
	list_append(&s->actions, &a->l);
	if (!script_time(word[0], &when))
		return wrong(&g, "`%s' is no time", word[0]);
	a->verb = n > 1 ? find_verb(word[1]) : NULL;
	if (!a->verb)
		return wrong(&g, "`%s' is no action", n > 1 ? word[1] : "");
	if (!read_args(&g))
		return false;
	if (a->verb->run == run_end)
		s->end = SIM_EPOCH + when;
	if (a->verb->run == run_replay)
		s->capture = true;
	sim_job_set(s, &a->job, SIM_EPOCH + when);
	return true;
}

void script_forget(struct sim *s)
{
	list_each(l, &s->actions) {
		struct action *a = container_of(l, struct action, l);

		sim_job_cancel(s, &a->job);
		conf_free(a->conf);
		list_del(l);
		free(a);
	}
}
