/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_walk.c - random walks: a small world in which everything goes wrong.
 *
 * Two mobile nodes roam between home, three access links and nowhere, while
 * messages are lost, delayed and reordered, links break, clocks step and
 * daemons die at any point, also between two effects.  The invariants of
 * sim_check.c hold all the time.  Then the world is made whole, and within
 * a bounded time every mobile must be registered or at home, both ends must
 * agree, and packets must pass in both directions.  Last, all shut down and
 * nothing may be left.
 *
 * In every second world the first mobile has addresses on demand: its
 * applications ask, open sockets, send and go as they like.  At the end every
 * type must be had, what is anchored must live through a last move, and when
 * nobody needs it everything must go, at the anchors, too.
 *
 * A walk is its seed: `mip6sim --walk SEED 1 --verbose' shows one again.
 * Those of Proxy Mobile IPv6 (--proxy) are in sim_walk_proxy.c.
 */
#include "sim.h"

#include <inttypes.h>
#include <stdlib.h>

#define CHAOS		SEC(180)
#define RECOVERY	SEC(150)	/* lifetime, back-off, new routers */
#define FORGETTING	SEC(160)	/* linger or grace, patience, lifetime */

struct sim_node *walk_pick(struct sim *s, const char *const *names, unsigned n)
{
	return sim_node_find(s, names[rng_below(&s->rng, n)]);
}

static struct sim_node *pick_mobile(struct sim *s)
{
	static const char *const names[] = { "mn", "mn", "mn2" };

	return walk_pick(s, names, 3);
}

static struct sim_node *pick_daemon(struct sim *s)
{
	static const char *const names[] = { "ha", "mn", "mn2", "ha", "mn",
					     "r1", "r2", "r3" };

	return walk_pick(s, names, 8);
}

static struct sim_link *pick_link(struct sim *s, bool core_too)
{
	static const char *const names[] = { "home", "ar1", "ar2", "ar3",
					     "core" };

	return sim_link_find(s, names[rng_below(&s->rng, core_too ? 5 : 4)]);
}

/* --- what may go wrong -------------------------------------------------- */

static void go_somewhere(struct sim *s)
{
	struct sim_node *n = pick_mobile(s);
	struct sim_link *k = rng_below(&s->rng, 8) ? pick_link(s, false)
						   : NULL;
	struct sim_iface *i = &n->iface[n->nifaces > 1 ?
					rng_below(&s->rng, n->nifaces) : 0];

	chart_line(s, n, "%s%smoves to %s", n->nifaces > 1 ? i->name : "",
		   n->nifaces > 1 ? " " : "", k ? k->name : "nowhere");
	sim_move(i, k);
}

/* There and back, before anybody can do much about it. */
static void go_back(struct sim *s)
{
	struct sim_node *n = pick_mobile(s);
	struct sim_link *was = n->iface[0].link;

	chart_line(s, n, "flaps");
	sim_move(&n->iface[0], NULL);
	sim_move(&n->iface[0], was);
}

static void die(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);

	chart_line(s, n, "is killed");
	sim_node_kill(n);
}

static void die_soon(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);

	n->fuse = 1 + (unsigned)rng_below(&s->rng, 6);
	chart_line(s, n, "will be killed after %u effects", n->fuse);
}

void walk_revive(struct sim *s)
{
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);

		if (n->has_conf && !n->node) {
			chart_line(s, n, "starts");
			sim_node_start(n);
			return;
		}
	}
}

static void forget(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);

	if (n->node)
		return;
	chart_line(s, n, "loses what it had stored");
	sim_node_forget(n);
}

static void rule(struct sim *s)
{
	/* The first two may come late; an advertisement that is seconds
	 * late on its own link makes a duplicate of its sender, for good. */
	static const char *const words[] = { "BU", "BA", "RA", "NS", "NA",
					     "RS" };
	struct sim_rule *r = sim_alloc(sizeof(*r));
	unsigned pick = (unsigned)rng_below(&s->rng, 9);

	r->left = 1 + (unsigned)rng_below(&s->rng, 4);
	snprintf(r->word, sizeof(r->word), "%s",
		 words[pick < 6 ? pick : pick % 2]);
	if (pick % 6 < 2 && rng_below(&s->rng, 2))
		r->by = rng_below(&s->rng, SEC(6)) + 1;
	chart_line(s, NULL, "the next %u %s are %s", r->left, r->word,
		   r->by ? "delayed" : "lost");
	list_init(&r->l);
	list_append(&s->rules, &r->l);
}

static void disturb(struct sim *s)
{
	struct sim_link *k = pick_link(s, true);

	k->loss = (unsigned)rng_below(&s->rng, 400000);
	k->reorder = (unsigned)rng_below(&s->rng, 300000);
	/* On a segment not for long, see rule(). */
	k->reorder_by = rng_below(&s->rng, k->backbone ? SEC(2) : MSEC(20));
	chart_line(s, NULL, "link %s loses %u%% and reorders %u%%", k->name,
		   k->loss / 10000, k->reorder / 10000);
}

static void cut(struct sim *s)
{
	struct sim_link *k = pick_link(s, true);

	k->cut = !k->cut;
	chart_line(s, NULL, "link %s is %s", k->name,
		   k->cut ? "cut" : "whole again");
}

static void step_clock(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);
	int64_t step = (int64_t)rng_below(&s->rng, 40) - 20;

	chart_line(s, n, "clock steps by %" PRId64 " s", step);
	sim_node_clock(n, step * (int64_t)USEC_PER_SEC);
}

static void reload(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);
	bool other = strstr(n->text, "AddressPolicy") && rng_below(&s->rng, 2);
	char *text = other ? walk_policy(n->text, &s->rng) : NULL;
	struct conf *c = scene_conf(s, "walk", 1, text ? text : n->text,
				    stderr);

	free(text);
	chart_line(s, n, "reads %s configuration", other ? "another" :
		   "the same");
	if (!c || sim_node_reload(n, c) != 0)
		check_fail(s, n, "its own configuration is refused");
}

static void replay(struct sim *s)
{
	sim_replay(s, rng_below(&s->rng, 2) ? "BU" : "BA", NULL,
		   1 + (unsigned)rng_below(&s->rng, 20));
}

static void ping(struct sim *s, struct sim_node *from, struct sim_node *to,
		 const struct in6_addr *src, const struct in6_addr *dst)
{
	if (kernel_owns(from, src))
		kernel_ping(from, src, dst, 0, ++s->next_echo, true);
}

static const struct in6_addr *address_of_cn(struct sim *s)
{
	return &container_of(sim_node_find(s, "cn")->addrs.prev,
			     struct k_addr, l)->addr;
}

static void ping_mobile(struct sim *s)
{
	struct sim_node *cn = sim_node_find(s, "cn"), *mn = pick_mobile(s);
	const struct in6_addr *hoa = &mn->conf->home[0].hoa;
	const struct in6_addr *ca = address_of_cn(s);

	if (rng_below(&s->rng, 2))
		ping(s, cn, mn, ca, hoa);
	else
		ping(s, mn, cn, hoa, ca);
}

/* --- what applications do ------------------------------------------------- */

static const char *pick_type(struct sim *s)
{
	return atype_name((enum atype)(1 + rng_below(&s->rng, ATYPES - 1)));
}

static struct sim_node *first(struct sim *s)
{
	return sim_node_find(s, "mn");
}

static void ask(struct sim *s)
{
	app_ask(first(s), pick_type(s), rng_below(&s->rng, 2) ?
		rng_below(&s->rng, SEC(9)) : 0);
}

static unsigned pick_of(struct sim *s, unsigned n)
{
	unsigned few = n < 6 ? n : 6;

	return few ? n - (unsigned)rng_below(&s->rng, few) : 0;
}

static void release(struct sim *s)
{
	app_release(first(s), pick_of(s, first(s)->napps));
}

static void open_socket(struct sim *s)
{
	app_socket(first(s), pick_type(s));
}

static void close_socket(struct sim *s)
{
	app_close(first(s), pick_of(s, first(s)->nsocks));
}

static void claim(struct sim *s)
{
	app_claim(first(s), pick_type(s), (unsigned)rng_below(&s->rng, 3));
}

static void send_from(struct sim *s, unsigned socket)
{
	const struct in6_addr *src = app_source(first(s), socket);

	if (src && kernel_owns(first(s), src))
		kernel_ping(first(s), src, address_of_cn(s), 0,
			    ++s->next_echo, true);
}

static void send_something(struct sim *s)
{
	for (unsigned i = 0; i < 3; i++)
		send_from(s, pick_of(s, first(s)->nsocks));
}

static const struct deed applications[] = {
	{ 6, ask }, { 4, release }, { 8, open_socket }, { 5, close_socket },
	{ 2, claim }, { 12, send_something }, { 0, NULL },
}, mischief[] = {
	{ 10, go_somewhere }, { 2, go_back }, { 3, die }, { 2, die_soon },
	{ 5, walk_revive }, { 1, forget }, { 6, rule }, { 2, disturb },
	{ 2, cut }, { 1, step_clock }, { 2, replay }, { 6, ping_mobile },
	{ 1, reload }, { 0, NULL },
};

void walk_something(struct sim *s, const struct deed *of)
{
	unsigned total = 0, pick;

	for (const struct deed *d = of; d->weight; d++)
		total += d->weight;
	pick = (unsigned)rng_below(&s->rng, total);
	while (pick >= of->weight)
		pick -= of++->weight;
	of->run(s);
}

/* --- and how it must end ------------------------------------------------ */

void walk_mend(struct sim *s)
{
	list_each(l, &s->rules) {
		list_del(l);
		free(container_of(l, struct sim_rule, l));
	}
	list_each(l, &s->links) {
		struct sim_link *k = container_of(l, struct sim_link, all);

		k->cut = false;
		k->loss = k->reorder = 0;
	}
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);
		int64_t step = (int64_t)SEC(1700000000) - n->wall;

		n->fuse = 0;
		if (n->has_conf && !n->node)
			sim_node_start(n);
		if (step)
			sim_node_clock(n, step);
	}
	chart_line(s, NULL, "the world is whole again");
}

static void mend(struct sim *s)
{
	walk_mend(s);
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);

		if (!n->iface[0].link)
			sim_move(&n->iface[0], pick_link(s, false));
	}
}

/* Whose echo requests came through, there and back. */
static unsigned answered(struct sim *s, usec_t since)
{
	unsigned n = 0;

	list_each(l, &s->lines) {
		const struct sim_line *line = container_of(l, struct sim_line,
							   l);

		n += line->at >= since && line->fate == FATE_ARRIVED &&
		     strncmp(line->text, "echo reply", 10) == 0;
	}
	return n;
}

void walk_expect_answers(struct sim *s, usec_t since, unsigned n)
{
	sim_run(s, s->now + SEC(5));
	if (answered(s, since) != n)
		check_fail(s, NULL, "only %u of %u pings were answered",
			   answered(s, since), n);
}

/* On a home link without routers there is no way to the correspondent. */
static bool is_lone(struct sim *s, const struct sim_node *mn)
{
	const struct conf *ha = sim_node_find(s, "ha")->conf;

	return mn->iface[0].link == sim_link_find(s, "home") &&
	       !ha->iface[0].send_adverts;
}

static void expect_recovery(struct sim *s, const char *name)
{
	struct sim_node *mn = sim_node_find(s, name);
	bool lone = is_lone(s, mn);
	struct sim_node *cn = sim_node_find(s, lone ? "ha" : "cn");
	const struct in6_addr *to = lone ? &mn->conf->home[0].ha :
					   address_of_cn(s);
	const struct in6_addr *hoa = &mn->conf->home[0].hoa;
	usec_t since = s->now;

	if (mn->watch.reg[0].apart != USEC_NEVER)
		check_fail(s, mn, "the ends still disagree");
	ping(s, cn, mn, to, hoa);
	ping(s, mn, cn, hoa, to);
	walk_expect_answers(s, since, 2);
}

/* --- with addresses on demand ------------------------------------------------ */

static void go(struct sim *s, const char *link)
{
	chart_line(s, first(s), "moves to %s", link);
	sim_move(&first(s)->iface[0], sim_link_find(s, link));
	sim_run(s, s->now + SEC(15));
}

static void content(struct sim *s)
{
	struct sim_node *n = first(s);

	for (unsigned id = 1; id <= n->napps; id++)
		app_release(n, id);
	for (unsigned id = 1; id <= n->nsocks; id++)
		app_close(n, id);
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		app_claim(n, atype_name(t), 0);
}

static unsigned granted(const struct sim_node *n)
{
	unsigned count = 0;

	list_each(l, &n->apps)
		count += container_of(l, struct sim_app, l)->granted;
	return count;
}

/* A socket of each type, the first is `from'; they all can talk. */
static unsigned every_type(struct sim *s)
{
	struct sim_node *n = first(s);
	unsigned from = n->nsocks + 1;
	usec_t since;

	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		app_ask(n, atype_name(t), SEC(20));
	sim_run(s, s->now + SEC(21));
	if (granted(n) != ATYPES - 1)
		check_fail(s, n, "only %u of %u types were granted",
			   granted(n), ATYPES - 1);
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		app_socket(n, atype_name(t));
	/* Once to find the way, neighbours may remember another interface. */
	for (unsigned id = from; id <= n->nsocks; id++)
		send_from(s, id);
	sim_run(s, s->now + SEC(10));
	since = s->now;
	for (unsigned id = from; id <= n->nsocks; id++)
		send_from(s, id);
	walk_expect_answers(s, since, ATYPES - 1);
	return from - 1;
}

static bool is_home(struct sim *s, const struct in6_addr *a)
{
	return addr_eq(a, &first(s)->conf->home[0].hoa) ||
	       addr_eq(a, &sim_node_find(s, "mn2")->conf->home[0].hoa);
}

static void expect_nothing(struct sim *s)
{
	static const char *const names[] = { "ha", "r1", "r2" };
	struct check_views v;
	char buf[80];

	check_idle(first(s));
	for (unsigned i = 0; i < 3; i++) {
		struct sim_node *anchor = sim_node_find(s, names[i]);

		check_look(anchor, &v);
		for (unsigned k = 0; k < v.n; k++)
			if ((v.v[k].bound || v.v[k].asking) &&
			    !is_home(s, &v.v[k].hoa))
				check_fail(s, anchor, "%s is still bound",
					   chart_addr(s, &v.v[k].hoa, buf,
						      sizeof(buf)));
	}
}

static void expect_demand(struct sim *s)
{
	struct sim_node *n = first(s);
	unsigned first_socket;
	usec_t since;

	content(s);
	if (n->nifaces > 1)
		sim_move(&n->iface[1], NULL);
	go(s, "ar1");
	first_socket = every_type(s);
	go(s, "ar2");
	if (app_source(n, first_socket + ATYPE_UNANCHORED))
		check_fail(s, n, "an unanchored address is still there");
	since = s->now;
	send_from(s, first_socket + ATYPE_HOME);
	send_from(s, first_socket + ATYPE_ACCESS);
	walk_expect_answers(s, since, 2);
	content(s);
	sim_run(s, s->now + FORGETTING);
	expect_nothing(s);
}

static void walk_mobiles(struct sim *s, bool demand)
{
	sim_start(s);
	while (s->now < SIM_EPOCH + CHAOS) {
		sim_run(s, s->now + rng_below(&s->rng, SEC(5)));
		walk_something(s, mischief);
		if (demand)
			walk_something(s, applications);
	}
	mend(s);
	sim_run(s, s->now + RECOVERY);
	if (demand)
		expect_demand(s);
	else
		expect_recovery(s, "mn");
	expect_recovery(s, "mn2");
	sim_stop(s);
}

static unsigned walk(uint64_t seed, bool proxy, bool verbose, unsigned show)
{
	bool demand = false;
	char *text = proxy ? walk_proxy_world(seed) :
			     walk_world(seed, &demand);
	struct sim *s = scene_load_text("walk", text, stderr);
	unsigned violations;

	free(text);
	if (!s)
		return 1;
	s->capture = true;
	s->show |= SHOW_ALL_NOTES | show;
	if (proxy)
		walk_proxy(s);
	else
		walk_mobiles(s, demand);
	violations = s->violations;
	if (verbose)
		chart_print(s, stdout);
	sim_free(s);
	return violations;
}

int walk_run(uint64_t seed, unsigned count, bool proxy, bool verbose,
	     unsigned show)
{
	unsigned bad = 0, i;

	for (i = 0; i < count && bad < 10; i++) {
		if (!walk(seed + i, proxy, verbose, show))
			continue;
		bad++;
		printf("walk %" PRIu64 " failed; again with: "
		       "mip6sim %s--walk %" PRIu64 " 1 --verbose\n", seed + i,
		       proxy ? "--proxy " : "", seed + i);
	}
	printf("%u walks from seed %" PRIu64 ", %u failed\n", i, seed, bad);
	return bad ? 1 : 0;
}
