/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_walk_proxy.c - random walks of Proxy Mobile IPv6 (RFC 5213).
 *
 * Stock hosts roam over four access links of three gateways, which register
 * them with two anchors: one has a prefix of its own, one has two, one gets
 * two of a pool, one is a mobile with two cards, one is at the second
 * anchor, and one is nobody's.  Meanwhile messages are lost, delayed,
 * reordered, repeated and forged, clocks are off within the tolerance and
 * beyond, daemons die at any point, sessions are revoked, controllers tell
 * of who came and who left, or do not.  The invariants of sim_check_proxy.c
 * hold all the time, and a forged message changes nothing.
 *
 * Then the world is made whole, and within a bounded time each host that has
 * an identity must have one session at its anchor, of the right gateway, and
 * no other gateway serves it; packets pass both ways.  Then all of them leave:
 * when the last timer has run out nothing of them may be left, at neither end.
 */
#include "sim.h"

#include "wire/mh.h"
#include "wire/pkt.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#define CHAOS		SEC(180)
#define RECOVERY	SEC(150)
#define FORGETTING	SEC(150)

static const char *const hosts[] = { "h1", "h2", "h3", "h4", "h4b", "h5" };
static const char *const gateways[] = { "mag1", "mag2", "mag3" };
static const char *const daemons[] = { "lma", "mag1", "mag2", "mag3", "lma",
				       "lma2" };
#define HOSTS		6
#define GATEWAYS	3
#define DAEMONS		6

/* --- the world ------------------------------------------------------------ */

struct text {
	char	s[16384];
	size_t	n;
};

static void put(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->n += (size_t)vsnprintf(t->s + t->n, sizeof(t->s) - t->n, fmt, ap);
	va_end(ap);
	if (t->n >= sizeof(t->s)) {
		fputs("mip6sim: the world of a walk is too long\n", stderr);
		exit(2);
	}
}

static const char links[] =
"key k1.key 00112233445566778899aabbccddeeff\n"
"key k2.key ffeeddccbbaa99887766554433221100\n"
"key k3.key 0f1e2d3c4b5a69788796a5b4c3d2e1f0\n"
"link core 2001:db8:ff::/64 delay 3ms backbone\n"
"link hnp 2001:db8:100::/48 delay 1ms\n"
"link hnp2 2001:db8:200::/48 delay 1ms\n"
"link al1 delay 1ms\n"
"link al2 delay 2ms jitter 2ms\n"
"link al3 delay 1ms\n"
"link al4 delay 4ms\n"
"node h1 host\n"
"interface wlan0 al1\n"
"node h2 host\n"
"interface wlan0 al2\n"
"node h3 host\n"
"interface wlan0 al3\n"
"node h4 host\n"
"interface wlan0 none\n"
"node h4b host\n"
"interface wlan0 none\n"
"node h5 host\n"
"interface wlan0 none\n"
"node tramp host\n"
"interface wlan0 al1\n";

static const char profiles[] =
"MobileNode \"h1@example.com\" { HomeNetworkPrefix 2001:db8:100:aa::/64; }\n"
"MobileNode \"h2@example.com\" { HomeNetworkPrefix 2001:db8:100:ab::/64;\n"
"	HomeNetworkPrefix 2001:db8:100:ac::/64; }\n"
"MobileNode \"h3@example.net\" { Prefixes 2; }\n"
"MobileNode \"@example.net\";\n";

/* By link-layer address: the hosts are the nodes 1 to 6. */
static const char cards[] =
"MobileNode \"h1@example.com\" { LinkLayerAddress 02:00:00:00:01:01; }\n"
"MobileNode \"h2@example.com\" { LinkLayerAddress 02:00:00:00:02:01; }\n"
"MobileNode \"h3@example.net\" { LinkLayerAddress 02:00:00:00:03:01; }\n"
"MobileNode \"h4@example.net\" { LinkLayerAddress 02:00:00:00:04:01;\n"
"	LinkLayerAddress 02:00:00:00:05:01; }\n"
"MobileNode \"h5@example.org\" { LinkLayerAddress 02:00:00:00:06:01;\n"
"	LmaAddress 2001:db8:ff::2; }\n";

/* What all of them are told alike. */
struct ways {
	unsigned	life, beat, remove, assign, probe;
	bool		stamps, fixed, revoke, local, timers;
};

static void put_anchor(struct text *t, unsigned k, const struct ways *w)
{
	put(t, "node lma%s router\n"
	    "interface eth0 core 2001:db8:ff::%u/64\n"
	    "interface eth1 hnp%s 2001:db8:%u00::1/48\n"
	    "config <<END\nNodeConfig LMA;\nLmaAddress 2001:db8:ff::%u;\n"
	    "HomeNetworkPrefix 2001:db8:%u00::/48;\n"
	    "LmaMaxBindingLife %u;\nHeartbeatInterval %u;\n"
	    "MinDelayBeforeBCEDelete %u;\nMaxDelayBeforeNewBCEAssign %u;\n"
	    "BindingRevocation %s;\n%s%s",
	    k == 1 ? "" : "2", k, k == 1 ? "" : "2", k, k, k, w->life,
	    w->beat, w->remove, w->assign, w->revoke ? "enabled" : "disabled",
	    w->timers ? "EnableLCMPSubOptReregControl enabled;\n" : "",
	    k == 1 ? profiles : "MobileNode \"@example.org\";\n");
	for (unsigned m = 1; m <= GATEWAYS; m++)
		put(t, "Peer 2001:db8:ff::a%u { Protect shared-key spi %u "
		    "file \"k%u.key\"; }\n", m, 255 + m, m);
	put(t, "END\n");
}

static void put_gateway(struct text *t, unsigned k, const struct ways *w)
{
	put(t, "node mag%u router\n"
	    "interface eth0 core 2001:db8:ff::a%u/64\n"
	    "interface eth1 al%u\n%s"
	    "config <<END\nNodeConfig MAG;\nLmaAddress 2001:db8:ff::1;\n"
	    "MagAddress 2001:db8:ff::a%u;\nLmaMaxBindingLife %u;\n"
	    "HeartbeatInterval %u;\nTimestampBasedApproachInUse %s;\n"
	    "EnableMAGLocalRouting %s;\n%s"
	    "Interface \"eth1\";\nAccessLink \"eth1\" { MobileProbeInterval "
	    "%u; AdvDefaultLifetime 30; }\n", k, k, k,
	    k == 3 ? "interface eth2 al4\n" : "", k, w->life, w->beat,
	    w->stamps ? "enabled" : "disabled",
	    w->local ? "enabled" : "disabled", w->fixed ?
	    "FixedMAGLinkLocalAddressOnAllAccessLinks fe80::1;\n" : "",
	    w->probe);
	if (k == 3)
		put(t, "Interface \"eth2\";\nAccessLink \"eth2\" { "
		    "MobileProbeInterval %u; AdvDefaultLifetime 30; }\n",
		    w->probe);
	put(t, "%s", cards);
	for (unsigned m = 1; m <= 2; m++)
		put(t, "Peer 2001:db8:ff::%u { Protect shared-key spi %u "
		    "file \"k%u.key\"; }\n", m, 255 + k, k);
	put(t, "END\n");
}

char *walk_proxy_world(uint64_t seed)
{
	struct text *t = sim_alloc(sizeof(*t));
	uint8_t key[16] = "proxies";
	struct wbuf b = wbuf_of(key + 8, 8);
	struct ways w;
	struct rng r;
	char *s;

	wbuf_u64(&b, seed);
	rng_init(&r, key);
	w.life = 40 + 4 * (unsigned)rng_below(&r, 16);
	w.beat = rng_below(&r, 4) ? 3 + (unsigned)rng_below(&r, 40) : 0;
	w.remove = (unsigned)rng_below(&r, 3) * 4;
	w.assign = (unsigned)rng_below(&r, 3);
	w.probe = 1 + (unsigned)rng_below(&r, 10);
	w.stamps = rng_below(&r, 4);
	w.fixed = rng_below(&r, 3);
	w.revoke = rng_below(&r, 4);
	w.local = rng_below(&r, 2);
	w.timers = !rng_below(&r, 4);
	put(t, "seed %" PRIu64 "\n%s", seed, links);
	put_anchor(t, 1, &w);
	put_anchor(t, 2, &w);
	for (unsigned k = 1; k <= GATEWAYS; k++)
		put_gateway(t, k, &w);
	put(t, "node cn\ninterface eth0 core 2001:db8:ff::c/64\n99 end\n");
	s = strdup(t->s);
	free(t);
	if (!s)
		exit(2);
	return s;
}

/* --- who is where ---------------------------------------------------------- */

static struct sim_node *pick_host(struct sim *s)
{
	return walk_pick(s, hosts, HOSTS);
}

static struct sim_node *pick_daemon(struct sim *s)
{
	return walk_pick(s, daemons, DAEMONS);
}

static struct sim_link *pick_access(struct sim *s)
{
	static const char *const names[] = { "al1", "al2", "al3", "al4" };

	return sim_link_find(s, names[rng_below(&s->rng, 4)]);
}

static struct sim_link *pick_link(struct sim *s)
{
	return rng_below(&s->rng, 3) ? pick_access(s) :
	       sim_link_find(s, "core");
}

static struct sim_node *gateway_of(struct sim *s, const struct sim_link *k)
{
	for (unsigned g = 0; g < GATEWAYS; g++) {
		struct sim_node *n = sim_node_find(s, gateways[g]);

		for (unsigned i = 0; i < n->nifaces; i++)
			if (k && n->iface[i].link == k)
				return n;
	}
	return NULL;
}

/* --- what may go wrong ------------------------------------------------------ */

/* A controller may notice; it does when it has noticed the arrival: who is
 * known of a controller only, and has not said a word, cannot be asked. */
static void leave(struct sim *s, struct sim_node *h)
{
	struct sim_node *g = gateway_of(s, h->iface[0].link);

	if (g && (h->told || !rng_below(&s->rng, 4))) {
		chart_line(s, h, "is seen leaving %s", g->name);
		script_tell_gateway(g, &h->iface[0], 0, true);
	}
	h->told = false;
	sim_move(&h->iface[0], NULL);
}

static void tell(struct sim *s, struct sim_node *h, uint8_t handoff)
{
	struct sim_node *g = gateway_of(s, h->iface[0].link);

	chart_line(s, h, "is seen at %s", g->name);
	h->told = true;
	script_tell_gateway(g, &h->iface[0], handoff, false);
}

static void arrive(struct sim *s, struct sim_node *h, struct sim_link *to)
{
	chart_line(s, h, "moves to %s", to->name);
	sim_move(&h->iface[0], to);
	if (!rng_below(&s->rng, 5))
		tell(s, h, (uint8_t)rng_below(&s->rng, 6));
}

static void go_somewhere(struct sim *s)
{
	struct sim_node *h = rng_below(&s->rng, 12) ? pick_host(s) :
			     sim_node_find(s, "tramp");

	leave(s, h);
	if (rng_below(&s->rng, 8))
		arrive(s, h, pick_access(s));
	else
		chart_line(s, h, "is nowhere");
}

static void flap(struct sim *s)
{
	struct sim_node *h = pick_host(s);
	struct sim_link *was = h->iface[0].link;

	if (!was)
		return;
	chart_line(s, h, "flaps");
	sim_move(&h->iface[0], NULL);
	sim_move(&h->iface[0], was);
}

static void swap(struct sim *s)
{
	struct sim_node *a = pick_host(s), *b = pick_host(s);
	struct sim_link *la = a->iface[0].link, *lb = b->iface[0].link;

	if (a == b || !la || !lb)
		return;
	leave(s, a);
	leave(s, b);
	arrive(s, a, lb);
	arrive(s, b, la);
}

static void die(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);

	chart_line(s, n, "is killed");
	sim_node_kill(n);
}

static void stop(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);

	chart_line(s, n, "shuts down");
	sim_node_stop(n);
}

static void die_soon(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);

	n->fuse = 1 + (unsigned)rng_below(&s->rng, 8);
	chart_line(s, n, "will be killed after %u effects", n->fuse);
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
	/* The first five may come late, see sim_walk.c. */
	static const char *const words[] = { "BU", "BA", "BRI", "BRA", "HB",
					     "RA", "NS", "NA", "RS" };
	struct sim_rule *r = sim_alloc(sizeof(*r));
	unsigned pick = (unsigned)rng_below(&s->rng, 14);

	r->left = 1 + (unsigned)rng_below(&s->rng, 4);
	pick = pick < 9 ? pick : pick % 2;
	snprintf(r->word, sizeof(r->word), "%s", words[pick]);
	if (pick < 5 && rng_below(&s->rng, 2))
		r->by = rng_below(&s->rng, SEC(3)) + 1;
	chart_line(s, NULL, "the next %u %s are %s", r->left, r->word,
		   r->by ? "delayed" : "lost");
	list_init(&r->l);
	list_append(&s->rules, &r->l);
}

static void disturb(struct sim *s)
{
	struct sim_link *k = pick_link(s);

	k->loss = (unsigned)rng_below(&s->rng, 300000);
	k->reorder = (unsigned)rng_below(&s->rng, 300000);
	k->reorder_by = rng_below(&s->rng, k->backbone ? SEC(1) : MSEC(20));
	chart_line(s, NULL, "link %s loses %u%% and reorders %u%%", k->name,
		   k->loss / 10000, k->reorder / 10000);
}

static void cut(struct sim *s)
{
	struct sim_link *k = pick_link(s);

	k->cut = !k->cut;
	chart_line(s, NULL, "link %s is %s", k->name,
		   k->cut ? "cut" : "whole again");
}

/* By what an anchor tolerates, or by more. */
static void step_clock(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);
	int64_t step = rng_below(&s->rng, 3) ?
		       (int64_t)rng_below(&s->rng, MSEC(200)) - MSEC(100) :
		       (int64_t)rng_below(&s->rng, SEC(20)) - SEC(10);

	chart_line(s, n, "clock steps by %" PRId64 " ms", step / 1000);
	sim_node_clock(n, step);
}

static void reload(struct sim *s)
{
	struct sim_node *n = pick_daemon(s);
	struct conf *c = scene_conf(s, "walk", 1, n->text, stderr);

	chart_line(s, n, "reads the same configuration");
	if (!c || sim_node_reload(n, c) != 0)
		check_fail(s, n, "its own configuration is refused");
}

static void revoke(struct sim *s)
{
	static const char *const ids[] = {
		"h1@example.com", "h2@example.com", "h3@example.net",
		"h4@example.net",
	};
	struct event ev = { .kind = EV_REVOKE };
	struct sim_node *n = rng_below(&s->rng, 4) ? sim_node_find(s, "lma") :
			     walk_pick(s, gateways, GATEWAYS);
	const char *id = ids[rng_below(&s->rng, 4)];

	if (n->conf->roles & CONF_LMA)
		memcpy(ev.revoke.id, id, strlen(id) + 1);
	chart_line(s, n, "revokes %s", *ev.revoke.id ? id : "all");
	sim_node_tell(n, &ev);
}

static const char *pick_message(struct sim *s)
{
	static const char *const words[] = { "BU", "BU", "BA", "BRI", "BRA",
					     "HB" };

	return words[rng_below(&s->rng, 6)];
}

static void replay(struct sim *s)
{
	sim_replay(s, pick_message(s), NULL,
		   1 + (unsigned)rng_below(&s->rng, 40));
}

/* --- forgeries -------------------------------------------------------------- */

/* All that is shown of its mobiles. */
static void photograph(const struct sim_node *n, struct proxy_views *ret)
{
	memset(ret, 0, sizeof(*ret));
	proxy_look(n, ret);
}

static struct sim_capture *pick_capture(struct sim *s)
{
	const char *word = pick_message(s);
	struct sim_capture *found = NULL;
	unsigned n = 0;

	list_each(l, &s->captures) {
		struct sim_capture *c = container_of(l, struct sim_capture, l);

		if (strcmp(c->word, word) == 0 && !rng_below(&s->rng, ++n))
			found = c;
	}
	return found;
}

/* One octet is another, and the checksum is right for it. */
static bool forge(struct sim *s, struct sim_pkt *p)
{
	struct wire_error err;
	struct pkt pkt;
	size_t at, start;

	if (pkt_parse(p->data, p->len, &pkt, &err) != 0 ||
	    pkt.proto != IPPROTO_MOBILITY || pkt.payload.len < 16)
		return false;
	start = (size_t)(pkt.payload.p - p->data);
	at = start + 6 + rng_below(&s->rng, pkt.payload.len - 6);
	p->data[at] ^= (uint8_t)(1 + rng_below(&s->rng, 255));
	mh_seal(p->data + start, pkt.payload.len, &pkt.src, &pkt.dst);
	return true;
}

/* Whoever has heard messages changes one: it changes nothing. */
static void deceive(struct sim *s)
{
	static struct proxy_views before, after;
	struct sim_capture *c = pick_capture(s);
	struct sim_node *to = NULL;
	struct in6_addr dst;
	struct sim_pkt *p;

	if (!c)
		return;
	p = sim_pkt_new(c->data, c->len);
	memcpy(&dst, p->data + 24, sizeof(dst));
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);

		if (n->node && kernel_owns(n, &dst))
			to = n;
	}
	if (!to || !forge(s, p)) {
		free(p);
		return;
	}
	photograph(to, &before);
	chart_line(s, NULL, "a forged %s for %s", c->word, to->name);
	kernel_inject(to, p);
	photograph(to, &after);
	before.sink = after.sink;
	if (to->node && memcmp(&before, &after, sizeof(after)))
		check_fail(s, to, "a forged %s changes what it believes",
			   c->word);
}

/* --- packets ---------------------------------------------------------------- */

static const struct in6_addr *correspondent(struct sim *s)
{
	return &container_of(sim_node_find(s, "cn")->addrs.prev,
			     struct k_addr, l)->addr;
}

/* Its newest address that is not link-local; NULL: none. */
static const struct in6_addr *address_of(struct sim_node *h,
					 const struct in6_addr *hnp)
{
	const struct in6_addr *found = NULL;

	list_each(l, &h->addrs) {
		const struct k_addr *a = container_of(l, struct k_addr, l);
		struct prefix p = prefix_of(&a->addr, 64);

		if (a->state == ADDR_VALID && a->made &&
		    (!hnp || addr_eq(&p.addr, hnp)))
			found = &a->addr;
	}
	return found;
}

static void ping_from(struct sim *s, struct sim_node *h)
{
	const struct in6_addr *a = address_of(h, NULL);

	if (a)
		kernel_ping(h, a, correspondent(s), 0, ++s->next_echo, true);
}

static void ping(struct sim *s)
{
	struct sim_node *h = pick_host(s), *o = pick_host(s);
	const struct in6_addr *a = address_of(h, NULL);
	const struct in6_addr *b = address_of(o, NULL);

	if (a && rng_below(&s->rng, 2))
		kernel_ping(sim_node_find(s, "cn"), correspondent(s), a, 0,
			    ++s->next_echo, true);
	else if (a && b && rng_below(&s->rng, 2))
		kernel_ping(h, a, b, 0, ++s->next_echo, true);
	else
		ping_from(s, h);
}

static const struct deed mischief[] = {
	{ 14, go_somewhere }, { 3, flap }, { 4, swap }, { 3, die },
	{ 3, die_soon }, { 1, stop }, { 8, walk_revive }, { 1, forget },
	{ 6, rule }, { 2, disturb }, { 2, cut }, { 2, step_clock },
	{ 2, replay }, { 6, deceive }, { 6, ping }, { 1, reload },
	{ 1, revoke }, { 0, NULL },
};

/* --- and how it must end ------------------------------------------------------ */

/* What a person would do: revoked mobiles are let in again, who is on a link
 * and has no address is plugged in anew; the others use what they have. */
static void encourage(struct sim *s)
{
	for (unsigned k = 0; k < HOSTS; k++) {
		struct sim_node *h = sim_node_find(s, hosts[k]);
		struct sim_link *at = h->iface[0].link;

		if (!at || !address_of(h, NULL) || !rng_below(&s->rng, 4)) {
			at = at ? at : pick_access(s);
			sim_move(&h->iface[0], NULL);
			chart_line(s, h, "moves to %s", at->name);
			sim_move(&h->iface[0], at);
		}
		for (unsigned i = 0; i < 3; i++)
			ping_from(s, h);
		tell(s, h, 0);
	}
}

/* The session of that card; how many more its identity has. */
static const struct proxy_view *view_of(const struct proxy_views *v,
					const struct lladdr *ll,
					unsigned *ret_count)
{
	const struct proxy_view *found = NULL;

	*ret_count = 0;
	for (unsigned k = 0; k < v->n; k++) {
		if (!v->v[k].on || !lladdr_eq(&v->v[k].ll, ll))
			continue;
		found = &v->v[k];
		++*ret_count;
	}
	return found;
}

static struct sim_node *anchor_of(struct sim *s, const struct sim_node *h)
{
	return sim_node_find(s, strcmp(h->name, "h5") ? "lma" : "lma2");
}

static void expect_elsewhere(struct sim *s, struct sim_node *h,
			     const struct sim_node *here)
{
	static struct proxy_views v;
	unsigned count;

	for (unsigned k = 0; k < GATEWAYS; k++) {
		struct sim_node *g = sim_node_find(s, gateways[k]);

		proxy_look(g, &v);
		view_of(&v, &h->iface[0].ll, &count);
		if (count != (g == here))
			check_fail(s, g, "%s has %u registrations here",
				   h->name, count);
	}
}

static void expect_served(struct sim *s, struct sim_node *h)
{
	static struct proxy_views at, from;
	struct sim_node *g = gateway_of(s, h->iface[0].link);
	const struct proxy_view *lma, *mag;
	const struct in6_addr *a;
	unsigned count;

	proxy_look(anchor_of(s, h), &at);
	proxy_look(g, &from);
	lma = view_of(&at, &h->iface[0].ll, &count);
	mag = view_of(&from, &h->iface[0].ll, &(unsigned){ 0 });
	expect_elsewhere(s, h, g);
	if (count != 1 || !mag) {
		check_fail(s, h, "has %u sessions, and is%s served", count,
			   mag ? "" : " not");
		return;
	}
	if (!kernel_owns(g, &lma->peer))
		check_fail(s, h, "its session is another gateway's");
	if (lma->n != mag->n ||
	    memcmp(lma->prefix, mag->prefix, lma->n * sizeof(*lma->prefix)))
		check_fail(s, h, "its prefixes at both ends differ");
	for (unsigned k = 0; k < lma->n; k++) {
		a = address_of(h, &lma->prefix[k]);
		if (!a) {
			check_fail(s, h, "has not formed an address");
			continue;
		}
		kernel_ping(sim_node_find(s, "cn"), correspondent(s), a, 0,
			    ++s->next_echo, true);
		kernel_ping(h, a, correspondent(s), 0, ++s->next_echo, true);
	}
}

static void expect_all_served(struct sim *s)
{
	static const unsigned prefixes[] = { 1, 2, 2, 1, 1, 1 };
	usec_t since;
	unsigned pings = 0;

	/* So often to find the way: each router that was elsewhere, and
	 * whose address another anchor chose, is tried in turn. */
	for (unsigned k = 0; k < 5 * HOSTS; k++) {
		ping_from(s, sim_node_find(s, hosts[k % HOSTS]));
		if (k % HOSTS == HOSTS - 1)
			sim_run(s, s->now + SEC(9));
	}
	since = s->now;
	for (unsigned k = 0; k < HOSTS; k++) {
		expect_served(s, sim_node_find(s, hosts[k]));
		pings += 2 * prefixes[k];
	}
	walk_expect_answers(s, since, pings);
}

/* --- nothing is left ------------------------------------------------------------ */

struct count {
	struct record_sink sink;
	uint64_t	n;
};

static void count_put(struct record_sink *sink, const struct record *r)
{
	struct count *c = container_of(sink, struct count, sink);

	c->n += !strcmp(r->type, "heartbeat");
	for (unsigned k = 0; k < r->n; k++)
		if (!strcmp(r->f[k].key, "mobiles") ||
		    !strcmp(r->f[k].key, "pending") ||
		    !strcmp(r->f[k].key, "sessions") ||
		    !strcmp(r->f[k].key, "deregistered"))
			c->n += r->f[k].u;
}

static void expect_nothing_of(struct sim_node *n)
{
	static struct proxy_views v;
	struct count c = { .sink.put = count_put };
	struct cursor cur = { 0 };

	proxy_look(n, &v);
	while (node_show(n->node, "status", n->sim->now, &cur, &c.sink))
		;
	for (unsigned k = 0; k < v.n; k++)
		check_fail(n->sim, n, "%s is left, %s", v.v[k].id,
			   v.v[k].state);
	if (c.n)
		check_fail(n->sim, n, "%" PRIu64 " things are left", c.n);
	list_each(l, &n->flows)
		if (container_of(l, struct k_flow, l)->f.action == FLOW_PATH)
			check_fail(n->sim, n, "a flow is left");
	if (!list_empty(&n->paths))
		check_fail(n->sim, n, "a path is left");
	/* But for the Restart Counter. */
	list_each(l, &n->stores)
		if (container_of(l, struct k_store, l)->rec.key_len > 1)
			check_fail(n->sim, n, "a record is left");
}

static void expect_nothing(struct sim *s)
{
	for (unsigned k = 0; k < HOSTS; k++)
		leave(s, sim_node_find(s, hosts[k]));
	chart_line(s, NULL, "everybody has left");
	sim_run(s, s->now + FORGETTING);
	for (unsigned k = 0; k < GATEWAYS; k++)
		expect_nothing_of(sim_node_find(s, gateways[k]));
	expect_nothing_of(sim_node_find(s, "lma"));
	expect_nothing_of(sim_node_find(s, "lma2"));
}

void walk_proxy(struct sim *s)
{
	sim_start(s);
	while (s->now < SIM_EPOCH + CHAOS) {
		sim_run(s, s->now + rng_below(&s->rng, SEC(3)));
		walk_something(s, mischief);
	}
	walk_mend(s);
	sim_run(s, s->now + SEC(30));
	encourage(s);
	sim_run(s, s->now + RECOVERY);
	expect_all_served(s);
	expect_nothing(s);
	sim_stop(s);
}
