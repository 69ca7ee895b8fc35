/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * agents.c - the Home Agents List (RFC 6275 10.1), and discovery (10.5).
 *
 * One entry for each router of a home link whose advertisements have the H
 * bit, by its link-local address.  An entry keeps the prefixes that it
 * advertised: with the R bit they name its global addresses, which a mobile
 * that asks is told.  How long a prefix of the link is valid is another
 * matter, and not of home agents only (home_prefix.c).
 *
 * A mobile asks at the Mobile IPv6 Home-Agents anycast address of its home
 * prefix (RFC 2526).  We are reached there on every home link; on a virtual
 * one, which has no other home agents, at the path device.  We are in no
 * entry ourselves: what we are is in the configuration.
 */
#include "core/agents.h"
#include "core/ha.h"
#include "core/home_link.h"
#include "core/home_prefix.h"

#include <stdlib.h>

/* So many addresses fit a reply of the minimum MTU (10.5.1): IPv6 header,
 * and eight octets of the message. */
#define REPLY_MAX	((1280 - 40 - 8) / 16)

struct agent_prefix {
	struct nd_pio	pio;		/* as it was advertised last */
	usec_t		valid;		/* until; USEC_NEVER */
};

struct agent {
	struct list	l;
	struct alarm	alarm;
	uint32_t	ifindex;
	struct in6_addr	router;		/* its link-local address */
	uint16_t	preference;
	usec_t		expires;
	unsigned	nprefixes;
	struct agent_prefix prefix[ND_PIO_MAX];
};

struct agents {
	struct list	all;
	unsigned	n;
	bool		full;		/* said so */
	uint64_t	requests, replies;
};

struct agents *
agents_new(struct node *n)
{
	struct agents *a = calloc(1, sizeof(*a));

	if (a)
		list_init(&a->all);
	return a;
}

static void
agent_free(struct node *n, struct agent *g)
{
	alarm_clear(n, &g->alarm);
	list_del(&g->l);
	n->ha->agents->n--;
	free(g);
}

struct agents *
agents_free(struct node *n, struct agents *a)
{
	if (!a)
		return NULL;
	list_each(l, &a->all)
		agent_free(n, container_of(l, struct agent, l));
	free(a);
	return NULL;
}

static void
note_agent(struct node *n, const struct agent *g, enum note_code code,
	   usec_t now)
{
	struct note note = {
		.code = code, .a = g->router, .ifindex = g->ifindex,
		.value = g->preference,
	};

	note_put(n, &note, now);
}

/* --- the anycast address (RFC 2526 3, 4) ------------------------------------ */

/* Identifier 126 in the last seven bits.  In front of them are ones, but for
 * the universal bit of a 64 bit interface identifier. */
struct in6_addr
agents_anycast(const struct prefix *p)
{
	struct in6_addr a, ones;

	memset(&ones, 0xff, sizeof(ones));
	if (p->len == 64)
		ones.s6_addr[8] = 0xfd;
	ones.s6_addr[15] = 0xfe;
	a = addr_combine(&p->addr, p->len, &ones);
	return a;
}

static bool
is_home_link(const struct conf_home_link *l)
{
	return !l->anchor && l->prefix.len <= 120;
}

static void
anycast_want(struct node *n, const struct conf_home_link *l, bool up)
{
	struct iface *i = home_link_iface(n, l);
	struct effect e = { .kind = EF_ANYCAST, .anycast.up = up };

	if (!is_home_link(l) || (!home_link_virtual(l) && !i))
		return;
	e.anycast.key.ifindex = i ? i->ifindex : IFINDEX_PATH;
	e.anycast.key.addr = agents_anycast(&l->prefix);
	want(n, &e);
}

static bool
is_home_iface(const struct node *n, const struct iface *i)
{
	for (unsigned k = 0; k < n->conf->nhome_links; k++)
		if (is_home_link(&n->conf->home_link[k]) &&
		    strcmp(n->conf->home_link[k].ifname, i->name) == 0)
			return true;
	return false;
}

void
agents_settle(struct node *n, const struct conf *old)
{
	const struct conf *c = n->conf;

	for (unsigned k = 0; old && k < old->nhome_links; k++) {
		bool stays = false;

		for (unsigned j = 0; j < c->nhome_links; j++)
			stays |= prefix_eq(&c->home_link[j].prefix,
					   &old->home_link[k].prefix) &&
				 !strcmp(c->home_link[j].ifname,
					 old->home_link[k].ifname);
		if (!stays)
			anycast_want(n, &old->home_link[k], false);
	}
	for (unsigned k = 0; k < c->nhome_links; k++)
		anycast_want(n, &c->home_link[k], true);
	list_each(l, &n->ha->agents->all) {
		struct agent *g = container_of(l, struct agent, l);
		const struct iface *i = iface_find(n, g->ifindex);

		if (!i || !i->up || !is_home_iface(n, i))
			agent_free(n, g);
	}
}

/* --- advertisements (10.5.1) --------------------------------------------- */

static struct agent *
agent_find(const struct node *n, uint32_t ifindex, const struct in6_addr *who)
{
	list_each(l, &n->ha->agents->all) {
		struct agent *g = container_of(l, struct agent, l);

		if (g->ifindex == ifindex && addr_eq(&g->router, who))
			return g;
	}
	return NULL;
}

static usec_t
until(uint32_t seconds, usec_t now)
{
	return seconds == ND_INFINITE ? USEC_NEVER : now + SEC(seconds);
}

/* Gone are prefixes that are no longer valid, and their addresses. */
static void
agent_purge(struct agent *g, usec_t now)
{
	unsigned left = 0;

	for (unsigned k = 0; k < g->nprefixes; k++)
		if (g->prefix[k].valid > now)
			g->prefix[left++] = g->prefix[k];
	g->nprefixes = left;
}

static void
agent_schedule(struct node *n, struct agent *g)
{
	usec_t next = g->expires;

	for (unsigned k = 0; k < g->nprefixes; k++)
		if (g->prefix[k].valid < next)
			next = g->prefix[k].valid;
	alarm_set(n, &g->alarm, next);
}

static void
agent_gone(struct node *n, struct agent *g, usec_t now)
{
	note_agent(n, g, NOTE_AGENT_DOWN, now);
	agent_free(n, g);
	n->ha->agents->full = false;
}

static void
agent_ring(struct node *n, struct alarm *a, usec_t now)
{
	struct agent *g = container_of(a, struct agent, alarm);

	if (g->expires <= now) {
		agent_gone(n, g, now);
		return;
	}
	agent_purge(g, now);
	agent_schedule(n, g);
}

static struct agent *
agent_new(struct node *n, const struct rx *rx, usec_t now)
{
	struct agents *a = n->ha->agents;
	struct note note = {
		.code = NOTE_AGENT_LIMIT, .ifindex = rx->iface->ifindex,
		.value = n->conf->ha_max_agents,
	};
	struct agent *g = a->n < n->conf->ha_max_agents ?
		calloc(1, sizeof(*g)) : NULL;

	if (!g) {
		if (!a->full)
			note_put(n, &note, now);
		a->full = true;
		return NULL;
	}
	g->ifindex = rx->iface->ifindex;
	g->router = rx->pkt.src;
	alarm_init(&g->alarm, agent_ring);
	list_init(&g->l);
	list_append(&a->all, &g->l);
	a->n++;
	return g;
}

static struct agent_prefix *
prefix_place(struct agent *g, const struct nd_pio *o)
{
	for (unsigned k = 0; k < g->nprefixes; k++) {
		struct agent_prefix *p = &g->prefix[k];
		struct prefix a = { p->pio.prefix, p->pio.len };

		/* Another address in the same prefix is one more. */
		if (p->pio.len != o->len || !prefix_match(&a, &o->prefix))
			continue;
		if (!(p->pio.flags & ND_PIO_R) || !(o->flags & ND_PIO_R) ||
		    addr_eq(&p->pio.prefix, &o->prefix))
			return p;
	}
	return g->nprefixes < ND_PIO_MAX ? &g->prefix[g->nprefixes] : NULL;
}

static void
learn_prefix(struct agent *g, const struct nd_pio *o, usec_t now)
{
	struct agent_prefix *p;
	bool fresh;

	if (!o->len || o->len > 128 || !addr_is_routable(&o->prefix))
		return;
	p = prefix_place(g, o);
	if (!p)
		return;
	fresh = p == &g->prefix[g->nprefixes];
	if (fresh && !o->valid)
		return;
	p->pio = *o;
	p->valid = until(o->valid, now);
	g->nprefixes += fresh;
}

/* nd_parse has checked the message (RFC 4861 6.1.2). */
void
agents_on_nd(struct node *n, struct rx *rx, usec_t now)
{
	const struct nd_ra *ra = &rx->nd.ra;
	struct agent *g;
	usec_t life;
	bool fresh;

	if (rx->nd.type != ND_RA || !is_home_iface(n, rx->iface) ||
	    node_owns(n, &rx->pkt.src))
		return;
	/* RFC 4861 6.3.4: the prefixes of any router, for as long as they say
	 * and not as long as he is one. */
	home_prefixes_hear(n, rx->iface, ra, now);
	g = agent_find(n, rx->iface->ifindex, &rx->pkt.src);
	life = SEC(ra->has_ha_info ? ra->ha_lifetime : ra->lifetime);
	if (!(ra->flags & ND_RA_H) || !life) {
		if (g)
			agent_gone(n, g, now);
		return;
	}
	fresh = !g;
	if (fresh)
		g = agent_new(n, rx, now);
	if (!g)
		return;
	g->preference = ra->has_ha_info ? ra->ha_preference : 0;
	g->expires = now + life;
	for (unsigned k = 0; k < ra->npios; k++)
		learn_prefix(g, &ra->pio[k], now);
	agent_purge(g, now);
	agent_schedule(n, g);
	if (fresh)
		note_agent(n, g, NOTE_AGENT_UP, now);
}

/* --- the list in its order ----------------------------------------------- */

/* One home agent, or (router NULL) ourselves. */
struct ranked {
	const struct agent *agent;
	unsigned	preference;
	uint64_t	draw;
};

/* The better one, then whom the lot favours. */
static bool
before(const struct ranked *a, const struct ranked *b)
{
	return a->preference != b->preference ?
		a->preference > b->preference : a->draw < b->draw;
}

static void
rank(struct node *n, struct ranked *v, unsigned *nv, const struct agent *g,
     unsigned preference)
{
	struct ranked r = {
		.agent = g, .preference = preference,
		.draw = rng_u64(&n->rng),
	};
	unsigned at = (*nv)++;

	while (at && before(&r, &v[at - 1])) {
		v[at] = v[at - 1];
		at--;
	}
	v[at] = r;
}

struct addresses {
	struct in6_addr	*v;
	unsigned	n, cap, begin;	/* begin: of the one being added */
};

/* At a place drawn by lot among those of the same home agent; once each. */
static void
add_address(struct node *n, struct addresses *a, const struct in6_addr *addr)
{
	unsigned at;

	for (unsigned k = 0; k < a->n; k++)
		if (addr_eq(&a->v[k], addr))
			return;
	if (a->n == a->cap)
		return;
	at = a->begin + (unsigned)rng_below(&n->rng, a->n - a->begin + 1);
	a->v[a->n++] = a->v[at];
	a->v[at] = *addr;
}

/* All global addresses under which we serve that link. */
static void
add_ourselves(struct node *n, const struct conf_home_link *l,
	      struct addresses *a)
{
	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *o = &n->conf->home_link[k];
		struct in6_addr own;

		if (home_link_same(l, o) && home_link_own(n, o, &own))
			add_address(n, a, &own);
	}
}

static void
add_agent(struct node *n, const struct agent *g, usec_t now,
	  struct addresses *a)
{
	for (unsigned k = 0; k < g->nprefixes; k++) {
		const struct agent_prefix *p = &g->prefix[k];

		if (p->pio.flags & ND_PIO_R && p->valid > now &&
		    addr_is_routable(&p->pio.prefix))
			add_address(n, a, &p->pio.prefix);
	}
}

unsigned
agents_list(struct node *n, const struct conf_home_link *l, usec_t now,
	    bool ourselves, struct in6_addr *ret, unsigned cap)
{
	const struct iface *i = home_link_iface(n, l);
	struct ranked v[CONF_HOME_AGENTS + 1];
	struct addresses a = { .v = ret, .cap = cap };
	unsigned nv = 0;

	if (ourselves)
		rank(n, v, &nv, NULL, i && i->conf ? i->conf->ha_preference : 0);
	list_each(e, &n->ha->agents->all) {
		struct agent *g = container_of(e, struct agent, l);

		if (i && g->ifindex == i->ifindex && g->expires > now)
			rank(n, v, &nv, g, g->preference);
	}
	for (unsigned k = 0; k < nv; k++) {
		a.begin = a.n;
		if (v[k].agent)
			add_agent(n, v[k].agent, now, &a);
		else
			add_ourselves(n, l, &a);
	}
	return a.n;
}

/* --- discovery ----------------------------------------------------------- */

static const struct conf_home_link *
link_of_anycast(const struct node *n, const struct in6_addr *addr)
{
	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];
		struct in6_addr any = agents_anycast(&l->prefix);

		if (is_home_link(l) && addr_eq(&any, addr))
			return l;
	}
	return NULL;
}

/*
 * 10.5.1: answered from a global unicast address of ours.  Nobody has proved
 * anything (15.5), so not more often than the node may; what is asked from an
 * address that cannot be answered, or not at the anycast address of a link of
 * ours, is no request.
 */
void
agents_on_request(struct node *n, struct rx *rx, usec_t now)
{
	const struct conf_home_link *l = link_of_anycast(n, &rx->pkt.dst);
	struct icmp reply = { .type = ICMP_HAAD_REPLY };
	struct mh_route route = { .dst = rx->pkt.src };
	struct in6_addr list[REPLY_MAX];
	uint8_t octets[sizeof(list)];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	unsigned count;

	if (!l || rx->pkt.has_rh2 || !addr_is_routable(&rx->pkt.src))
		return;
	n->ha->agents->requests++;
	if (!home_link_own(n, l, &route.src) ||
	    !node_may_answer(n, ANSWER_DISCOVERY, &rx->pkt.src, now))
		return;
	count = agents_list(n, l, now, true, list, REPLY_MAX);
	for (unsigned k = 0; k < count; k++)
		wbuf_addr(&w, &list[k]);
	reply.haad.id = rx->icmp.haad.id;
	reply.haad.agents = (struct span){ octets, wbuf_len(&w) };
	node_send_icmp(n, &reply, &route);
	n->ha->agents->replies++;
}

/* --- for others ---------------------------------------------------------- */

void
agents_tell(const struct node *n, usec_t now, struct record_sink *sink)
{
	struct record r;

	list_each(e, &n->ha->agents->all) {
		const struct agent *g = container_of(e, struct agent, l);
		const struct iface *i = iface_find(n, g->ifindex);

		record_init(&r, "agent");
		record_addr(&r, "router", &g->router);
		if (i)
			record_str(&r, "interface", i->name);
		record_uint(&r, "preference", g->preference);
		record_duration(&r, "left",
				g->expires > now ? g->expires - now : 0);
		for (unsigned k = 0; k < g->nprefixes; k++)
			if (g->prefix[k].pio.flags & ND_PIO_R)
				record_addr(&r, "address",
					    &g->prefix[k].pio.prefix);
		sink->put(sink, &r);
	}
}

void
agents_count(const struct node *n, struct record *r)
{
	const struct agents *a = n->ha->agents;

	record_uint(r, "agents", a->n);
	record_uint(r, "discoveries", a->requests);
	record_uint(r, "discoveries-answered", a->replies);
}
