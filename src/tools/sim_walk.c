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
 * A walk is its seed: `mip6sim --walk SEED 1 --verbose' shows one again.
 */
#include "sim.h"

#include <inttypes.h>
#include <stdlib.h>

#define CHAOS		SEC(180)
#define RECOVERY	SEC(150)	/* lifetime, back-off, new routers */

static const char world[] =
"key ha.key 00112233445566778899aabbccddeeff0123456789\n"
"key mn2.key ffeeddccbbaa99887766554433221100aa\n"
"link core 2001:db8:ff::/64 delay 2ms backbone\n"
"link home 2001:db8:1::/64 delay 1ms\n"
"link ar1 2001:db8:a1::/64 delay 3ms jitter 2ms\n"
"link ar2 2001:db8:a2::/64 delay 1ms\n"
"link ar3 2001:db8:a3::/64 delay 10ms jitter 5ms\n"
"node ha router\n"
"interface eth0 home 2001:db8:1::1/64\n"
"interface eth1 core 2001:db8:ff::1/64\n"
"config <<END\n"
"NodeConfig HA;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 4;\n"
"	MaxRaDelay 50; Prefix 2001:db8:1::/64 { AdvRouterAddr enabled; } }\n"
"HomeLink \"eth0\" { Prefix 2001:db8:1::/64; }\n"
"Peer 2001:db8:1::10 { Protect shared-key spi 256 file \"ha.key\"; }\n"
"Peer 2001:db8:1::20 { Protect shared-key spi 257 file \"mn2.key\"\n"
"	replay timestamp; }\n"
"END\n"
"node r1 router\n"
"interface eth0 ar1 2001:db8:a1::1/64\n"
"interface eth1 core 2001:db8:ff::a1/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 4;\n"
"	MaxRaDelay 50; Prefix 2001:db8:a1::/64; }\n"
"END\n"
"node r2 router\n"
"interface eth0 ar2 2001:db8:a2::1/64\n"
"interface eth1 core 2001:db8:ff::a2/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 4;\n"
"	Prefix 2001:db8:a2::/64; }\n"
"END\n"
"node r2b router\n"
"interface eth0 ar2 2001:db8:a2::2/64\n"
"interface eth1 core 2001:db8:ff::b2/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 5;\n"
"	Prefix 2001:db8:a2::/64; }\n"
"END\n"
"node r3 router\n"
"interface eth0 ar3 2001:db8:a3::1/64\n"
"interface eth1 core 2001:db8:ff::a3/64\n"
"config <<END\n"
"NodeConfig AR;\n"
"Interface \"eth0\" { SendAdvertisements enabled; MaxRtrAdvInterval 6;\n"
"	Prefix 2001:db8:a3::/64 { AdvValidLifetime 60;\n"
"	AdvPreferredLifetime 30; } }\n"
"END\n"
"node mn\n"
"interface eth0 home\n"
"config <<END\n"
"NodeConfig MN;\n"
"Interface \"eth0\";\n"
"MaxBindackTimeout 8;\n"
"MnHomeLink \"eth0\" { HomeAgentAddress 2001:db8:1::1;\n"
"	HomeAddress 2001:db8:1::10/64; Lifetime 40; }\n"
"Peer 2001:db8:1::1 { Protect shared-key spi 256 file \"ha.key\"; }\n"
"END\n"
"node mn2\n"
"interface eth0 ar1\n"
"config <<END\n"
"NodeConfig MN;\n"
"Interface \"eth0\";\n"
"MaxBindackTimeout 8;\n"
"MnHomeLink \"eth0\" { HomeAgentAddress 2001:db8:1::1;\n"
"	HomeAddress 2001:db8:1::20/64; Lifetime 60; }\n"
"Peer 2001:db8:1::1 { Protect shared-key spi 257 file \"mn2.key\"\n"
"	replay timestamp; }\n"
"END\n"
"node cn\n"
"interface eth0 core 2001:db8:ff::c/64\n"
"99 end\n";

static struct sim_node *pick_node(struct sim *s, const char *const *names,
				  unsigned n)
{
	return sim_node_find(s, names[rng_below(&s->rng, n)]);
}

static struct sim_node *pick_mobile(struct sim *s)
{
	static const char *const names[] = { "mn", "mn", "mn2" };

	return pick_node(s, names, 3);
}

static struct sim_node *pick_daemon(struct sim *s)
{
	static const char *const names[] = { "ha", "mn", "mn2", "ha", "mn",
					     "r1", "r2", "r3" };

	return pick_node(s, names, 8);
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

	chart_line(s, n, "moves to %s", k ? k->name : "nowhere");
	sim_move(&n->iface[0], k);
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

static void revive(struct sim *s)
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
	struct conf *c = scene_conf(s, "walk", 1, n->text, stderr);

	chart_line(s, n, "reads its configuration again");
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

static void ping_mobile(struct sim *s)
{
	struct sim_node *cn = sim_node_find(s, "cn"), *mn = pick_mobile(s);
	const struct in6_addr *hoa = &mn->conf->home[0].hoa;
	const struct in6_addr *ca = &container_of(cn->addrs.prev,
						  struct k_addr, l)->addr;

	if (rng_below(&s->rng, 2))
		ping(s, cn, mn, ca, hoa);
	else
		ping(s, mn, cn, hoa, ca);
}

static const struct {
	unsigned	weight;
	void		(*run)(struct sim *);
} mischief[] = {
	{ 10, go_somewhere }, { 2, go_back }, { 3, die }, { 2, die_soon },
	{ 5, revive }, { 1, forget }, { 6, rule }, { 2, disturb },
	{ 2, cut }, { 1, step_clock }, { 2, replay }, { 6, ping_mobile },
	{ 1, reload },
};

static void something(struct sim *s)
{
	unsigned total = 0, pick;

	for (unsigned i = 0; i < sizeof(mischief) / sizeof(mischief[0]); i++)
		total += mischief[i].weight;
	pick = (unsigned)rng_below(&s->rng, total);
	for (unsigned i = 0;; i++) {
		if (pick < mischief[i].weight) {
			mischief[i].run(s);
			return;
		}
		pick -= mischief[i].weight;
	}
}

/* --- and how it must end ------------------------------------------------ */

static void mend(struct sim *s)
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
		if (!n->iface[0].link)
			sim_move(&n->iface[0], pick_link(s, false));
	}
	chart_line(s, NULL, "the world is whole again");
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

static void expect_recovery(struct sim *s)
{
	static const char *const names[] = { "mn", "mn2" };
	struct sim_node *cn = sim_node_find(s, "cn");
	const struct in6_addr *ca = &container_of(cn->addrs.prev,
						  struct k_addr, l)->addr;
	usec_t since = s->now;

	for (unsigned i = 0; i < 2; i++) {
		struct sim_node *mn = sim_node_find(s, names[i]);
		const struct in6_addr *hoa = &mn->conf->home[0].hoa;

		if (mn->watch.reg[0].apart != USEC_NEVER)
			check_fail(s, mn, "the ends still disagree");
		ping(s, cn, mn, ca, hoa);
		ping(s, mn, cn, hoa, ca);
	}
	sim_run(s, s->now + SEC(5));
	if (answered(s, since) != 4)
		check_fail(s, NULL, "only %u of 4 pings were answered",
			   answered(s, since));
}

static unsigned walk(uint64_t seed, bool verbose, unsigned show)
{
	char text[sizeof(world) + 40];
	struct sim *s;
	unsigned violations;

	snprintf(text, sizeof(text), "seed %" PRIu64 "\n%s", seed, world);
	s = scene_load_text("walk", text, stderr);
	if (!s)
		return 1;
	s->capture = true;
	s->show |= SHOW_ALL_NOTES | show;
	sim_start(s);
	while (s->now < SIM_EPOCH + CHAOS) {
		sim_run(s, s->now + rng_below(&s->rng, SEC(5)));
		something(s);
	}
	mend(s);
	sim_run(s, s->now + RECOVERY);
	expect_recovery(s);
	sim_stop(s);
	violations = s->violations;
	if (verbose)
		chart_print(s, stdout);
	sim_free(s);
	return violations;
}

int walk_run(uint64_t seed, unsigned count, bool verbose, unsigned show)
{
	unsigned bad = 0, i;

	for (i = 0; i < count && bad < 10; i++) {
		if (!walk(seed + i, verbose, show))
			continue;
		bad++;
		printf("walk %" PRIu64 " failed; again with: "
		       "mip6sim --walk %" PRIu64 " 1 --verbose\n", seed + i,
		       seed + i);
	}
	printf("%u walks from seed %" PRIu64 ", %u failed\n", i, seed, bad);
	return bad ? 1 : 0;
}
