/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multicast.c - multicast to and from mobiles away from home (RFC 6275 10.4.2,
 * 10.4.3).
 *
 * A mobile reports through the reverse tunnel which groups it listens to, by
 * MLD (RFC 2710, RFC 3810).  Reports have a link-local source that says
 * nothing; whose they are is said by the tunnel.  We ask through every tunnel
 * when it begins and every two minutes after that.  While a mobile listens we
 * are a member on its home link, take what comes for the group, and tunnel a
 * copy to each; what a mobile sends to a group through its tunnel goes out on
 * the home link, and to the other mobiles.
 *
 * All of that is of one home network, a `link': the place of its first row in
 * the configuration.  Interfaces come and go under it, and virtual ones have
 * none.  A mobile may have home addresses in several by one tunnel: then a
 * report is for each of them.
 *
 * Each copy goes through user space: this is for announcements and
 * conferences, not for television, and off unless HaMaxMemberships says how
 * much of it there may be.
 */
#include "core/multicast.h"
#include "core/ha.h"
#include "core/home_link.h"
#include "core/mld_filter.h"

#include <stdlib.h>

/* RFC 3810 section 9 */
#define QUERY_INTERVAL		SEC(125)
#define RESPONSE_INTERVAL	SEC(10)
#define ROBUSTNESS		2

enum mld_type {
	MLD_QUERY = 130, MLD_REPORT = 131, MLD_DONE = 132, MLD2_REPORT = 143,
};

#define SCOPE_LINK	2
#define SCOPE_GLOBAL	14
#define PROTO_IPV6	41
#define PROTO_FRAGMENT	44
#define IPV6_HEADER	40
#define FRAGMENT_HEADER	8
#define MIN_MTU		1280

struct listener_key {			/* no padding */
	struct path_key	path;
	uint32_t	link;
};

/* A tunnel that is asked, for one home network. */
struct listener {
	struct map_node	node;
	struct listener_key key;
	struct alarm	alarm;
	usec_t		until;		/* the last of its registrations */
	struct list	members;
	unsigned	nmembers;
	bool		full;		/* that was said */
};

struct group_key {			/* no padding */
	struct in6_addr	addr;
	uint32_t	link;
};

struct group {
	struct map_node	node;
	struct group_key key;
	uint32_t	ifindex;	/* we are a member there; 0: nowhere */
	struct list	members;
};

struct member {
	struct list	l;
	struct group	*group;
	struct list	of_listener;
	struct listener	*listener;
	struct mld_filter want;
	struct alarm	alarm;		/* not later than that ends */
};

struct multicast {
	struct map	listeners, groups;
	unsigned	nmembers;
	bool		full;		/* that was said */
	uint64_t	in, out;	/* from mobiles, and copies to them */
};

static bool
enabled(const struct node *n)
{
	return n->conf->ha_max_memberships > 0;
}

static unsigned
scope_of(const struct in6_addr *a)
{
	return a->s6_addr[1] & 0x0f;
}

struct multicast *
multicast_new(struct node *n)
{
	struct multicast *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	map_init(&m->listeners, offsetof(struct listener, key) -
		 offsetof(struct listener, node), sizeof(struct listener_key),
		 n->secret);
	map_init(&m->groups, offsetof(struct group, key) -
		 offsetof(struct group, node), sizeof(struct group_key),
		 n->secret);
	return m;
}

/* --- home networks ----------------------------------------------------------- */

static uint32_t
link_of(const struct node *n, const struct conf_home_link *l)
{
	uint32_t k = 0;

	while (!home_link_same(&n->conf->home_link[k], l))
		k++;
	return k;
}

/* By an interface, which an access anchor may have, too; false: none. */
static bool
link_on(const struct node *n, uint32_t ifindex, uint32_t *ret)
{
	const struct iface *i = iface_find(n, ifindex);

	for (uint32_t k = 0; i && k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];

		if (!l->anchor && strcmp(l->ifname, i->name) == 0) {
			*ret = k;
			return true;
		}
	}
	return false;
}

static const struct iface *
link_iface(const struct node *n, uint32_t link)
{
	return home_link_iface(n, &n->conf->home_link[link]);
}

/* --- members ----------------------------------------------------------------- */

static struct group *
group_find(const struct node *n, uint32_t link, const struct in6_addr *addr)
{
	const struct group_key key = { *addr, link };
	struct map_node *m = map_find(&n->ha->multicast->groups, &key);

	return m ? container_of(m, struct group, node) : NULL;
}

/* Be a member there, and only there. */
static void
group_hear(struct node *n, struct group *g, uint32_t ifindex)
{
	struct effect e = {
		.kind = EF_GROUP,
		.group.key = { g->ifindex, g->key.addr },
	};

	if (g->ifindex == ifindex)
		return;
	if (g->ifindex)
		want(n, &e);
	e.group.key.ifindex = g->ifindex = ifindex;
	e.group.up = true;
	if (ifindex)
		want(n, &e);
}

static void
group_settle(struct node *n, struct group *g)
{
	const struct iface *i = link_iface(n, g->key.link);

	group_hear(n, g, i ? i->ifindex : 0);
}

static struct group *
group_get(struct node *n, uint32_t link, const struct in6_addr *addr)
{
	struct group *g = group_find(n, link, addr);

	if (g)
		return g;
	g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->key = (struct group_key){ *addr, link };
	list_init(&g->members);
	if (!map_insert(&n->ha->multicast->groups, &g->node)) {
		free(g);
		return NULL;
	}
	group_settle(n, g);
	return g;
}

static void
group_end(struct node *n, struct group *g)
{
	if (!list_empty(&g->members))
		return;
	group_hear(n, g, 0);
	map_remove(&n->ha->multicast->groups, &g->node);
	free(g);
}

static void
member_end(struct node *n, struct member *m)
{
	struct group *g = m->group;

	alarm_clear(n, &m->alarm);
	list_del(&m->l);
	list_del(&m->of_listener);
	m->listener->nmembers--;
	mld_filter_fini(&m->want);
	free(m);
	n->ha->multicast->nmembers--;
	group_end(n, g);
}

static void
member_ring(struct node *n, struct alarm *a, usec_t now)
{
	member_end(n, container_of(a, struct member, alarm));
}

static bool
same_path(const struct path_key *a, const struct path_key *b)
{
	return addr_eq(&a->local, &b->local) && addr_eq(&a->remote, &b->remote);
}

static struct member *
member_find(const struct group *g, const struct path_key *path)
{
	list_each(l, &g->members) {
		struct member *m = container_of(l, struct member, l);

		if (same_path(&m->listener->key.path, path))
			return m;
	}
	return NULL;
}

/* Said once, until there is room again. */
static bool
below(struct node *n, const struct listener *x, unsigned count, uint32_t limit,
      bool *full, usec_t now)
{
	const struct note note = {
		.code = NOTE_MEMBERSHIP_LIMIT, .b = x->key.path.remote,
		.value = limit,
	};

	if (count < limit) {
		*full = false;
		return true;
	}
	if (!*full && node_may_tell(n, now))
		note_put(n, &note, now);
	*full = true;
	return false;
}

/* Reports are not authenticated: who forges one of a mobile's takes only that
 * one's share. */
static bool
has_room(struct node *n, struct listener *x, usec_t now)
{
	struct multicast *mc = n->ha->multicast;

	return below(n, x, x->nmembers,
		     n->conf->ha_max_memberships_per_mobile, &x->full, now) &&
	       below(n, x, mc->nmembers, n->conf->ha_max_memberships,
		     &mc->full, now);
}

/* It takes the filter, or frees it. */
static void
member_new(struct node *n, struct listener *x, const struct in6_addr *addr,
	   struct mld_filter *want, usec_t now)
{
	struct multicast *mc = n->ha->multicast;
	struct member *m = has_room(n, x, now) ? calloc(1, sizeof(*m)) : NULL;
	struct group *g = m ? group_get(n, x->key.link, addr) : NULL;

	if (!g) {
		free(m);
		mld_filter_fini(want);
		return;
	}
	m->group = g;
	m->listener = x;
	list_init(&m->of_listener);
	list_append(&x->members, &m->of_listener);
	x->nmembers++;
	m->want = *want;
	alarm_init(&m->alarm, member_ring);
	list_init(&m->l);
	list_append(&g->members, &m->l);
	mc->nmembers++;
	alarm_set(n, &m->alarm, m->want.until);
}

/* --- tunnels ------------------------------------------------------------------ */

static bool
is_alive(const struct node *n, const struct path_key *path)
{
	struct map_node *m = map_find(&n->tunnels, path);

	return m && container_of(m, struct tunnel, node)->users;
}

static struct listener *
listener_find(const struct node *n, const struct path_key *path,
	      uint32_t link)
{
	const struct listener_key key = { *path, link };
	struct map_node *m = map_find(&n->ha->multicast->listeners, &key);

	return m ? container_of(m, struct listener, node) : NULL;
}

static void
listener_end(struct node *n, struct listener *x)
{
	list_each(l, &x->members)
		member_end(n, container_of(l, struct member, of_listener));
	alarm_clear(n, &x->alarm);
	map_remove(&n->ha->multicast->listeners, &x->node);
	free(x);
}

/* Behind the headers that outbox_start has begun: MLDv2 General Query (RFC
 * 3810 5.1), with a Router Alert (RFC 2711), hop limit 1. */
static void
put_query(struct wbuf *w, const struct in6_addr *src)
{
	static const uint8_t alert[8] = { IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0 };
	size_t at;

	wbuf_u32(w, 6U << 28);
	wbuf_u16(w, sizeof(alert) + 28);
	wbuf_u8(w, 0);			/* hop-by-hop options */
	wbuf_u8(w, 1);
	wbuf_addr(w, src);
	wbuf_addr(w, &addr_all_nodes);
	wbuf_put(w, alert, sizeof(alert));
	at = wbuf_len(w);
	wbuf_u8(w, MLD_QUERY);
	wbuf_u8(w, 0);
	wbuf_u16(w, 0);
	wbuf_u16(w, RESPONSE_INTERVAL / 1000);
	wbuf_u16(w, 0);
	wbuf_addr(w, &addr_unspec);
	wbuf_u8(w, ROBUSTNESS);
	wbuf_u8(w, QUERY_INTERVAL / USEC_PER_SEC);
	wbuf_u16(w, 0);			/* no sources */
	if (!w->bad)
		icmp_seal(w->base + at, wbuf_len(w) - at, src,
			  &addr_all_nodes);
}

/* 10.4.3: "the home agent must periodically transmit MLD Query messages
 * through the tunnel".  The source is link-local; nothing depends on it. */
static void
listener_ring(struct node *n, struct alarm *a, usec_t now)
{
	struct listener *x = container_of(a, struct listener, alarm);
	const struct path_key *path = &x->key.path;
	const struct iface *i = link_iface(n, x->key.link);
	const struct in6_addr *own = i ? iface_linklocal(i) : NULL;
	struct in6_addr src = own ? *own : addr_linklocal_of(&path->local);
	struct wbuf *w;

	if (!is_alive(n, path) || x->until <= now) {
		listener_end(n, x);
		return;
	}
	alarm_set(n, a, now + QUERY_INTERVAL);
	w = outbox_start(n);
	if (!w)
		return;
	pkt_start(w, &path->local, &path->remote, PKT_HOPLIMIT, NULL, NULL,
		  PROTO_IPV6);
	put_query(w, &src);
	pkt_finish(w);
	outbox_commit(n, 0, NULL);
}

void
multicast_serve(struct node *n, const struct binding *b, usec_t now)
{
	const struct conf_home_link *l = &n->conf->home_link[b->link];
	struct listener *x;

	if (!enabled(n) || l->anchor || b->state != BINDING_ACTIVE)
		return;
	x = listener_find(n, &b->tunnel->key, link_of(n, l));
	if (x) {
		if (x->until < b->expires)
			x->until = b->expires;
		return;
	}
	x = calloc(1, sizeof(*x));
	if (!x)
		return;
	x->key = (struct listener_key){ b->tunnel->key, link_of(n, l) };
	x->until = b->expires;
	list_init(&x->members);
	alarm_init(&x->alarm, listener_ring);
	if (!map_insert(&n->ha->multicast->listeners, &x->node)) {
		free(x);
		return;
	}
	alarm_set(n, &x->alarm, now);
}

/* An interface came or went, or has another name. */
void
multicast_settle(struct node *n)
{
	struct map_node *x = NULL;
	size_t pos = 0;

	while ((x = map_next(&n->ha->multicast->groups, x, &pos)))
		group_settle(n, container_of(x, struct group, node));
}

void
multicast_reset(struct node *n)
{
	struct multicast *m = n->ha->multicast;
	struct map_node *x;
	size_t pos;

	while (pos = 0, (x = map_next(&m->listeners, NULL, &pos)))
		listener_end(n, container_of(x, struct listener, node));
}

struct multicast *
multicast_free(struct node *n, struct multicast *m)
{
	if (!m)
		return NULL;
	multicast_reset(n);
	map_fini(&m->listeners);
	map_fini(&m->groups);
	free(m);
	return NULL;
}

/* --- what is forwarded --------------------------------------------------------- */

/* The packet as one hop further; it has an IPv6 header. */
static void
put_hop(struct wbuf *w, struct span in)
{
	size_t at = wbuf_len(w);

	wbuf_put(w, in.p, in.len);
	if (!w->bad)
		w->base[at + 7]--;
}

static void
to_tunnel(struct node *n, const struct path_key *path, struct span in)
{
	struct wbuf *w = outbox_start(n);

	if (!w)
		return;
	pkt_start(w, &path->local, &path->remote, PKT_HOPLIMIT, NULL, NULL,
		  PROTO_IPV6);
	put_hop(w, in);
	pkt_finish(w);
	outbox_commit(n, 0, NULL);
}

/* RFC 8200 4.5: the tunnel packet in pieces that are not longer than `mtu'.
 * The kernel cuts nothing that comes with a header. */
static void
to_tunnel_pieces(struct node *n, const struct path_key *path, struct span in,
		 uint32_t mtu)
{
	uint32_t id = (uint32_t)rng_u64(&n->rng);
	size_t room = (mtu - IPV6_HEADER - FRAGMENT_HEADER) & ~(size_t)7;

	for (size_t off = 0; off < in.len; off += room) {
		bool more = in.len - off > room;
		struct wbuf *w = outbox_start(n);

		if (!w)
			return;
		pkt_start(w, &path->local, &path->remote, PKT_HOPLIMIT, NULL,
			  NULL, PROTO_FRAGMENT);
		wbuf_u8(w, PROTO_IPV6);
		wbuf_u8(w, 0);
		wbuf_u16(w, (uint16_t)(off | more));
		wbuf_u32(w, id);
		wbuf_put(w, in.p + off, more ? room : in.len - off);
		if (!off && !w->bad)		/* the hop limit within */
			w->base[IPV6_HEADER + FRAGMENT_HEADER + 7]--;
		pkt_finish(w);
		outbox_commit(n, 0, NULL);
	}
}

/* RFC 2473 7.1: 0, or how much it may be. */
static uint32_t
to_mobile(struct node *n, const struct path_key *path, struct span in)
{
	struct map_node *m = map_find(&n->tunnels, path);
	const struct tunnel *t = m ? container_of(m, struct tunnel, node) :
				     NULL;
	uint32_t mtu = SEND_MAX;

	if (!t || !t->users)
		return 0;
	if (t->mtu && t->mtu < mtu)
		mtu = t->mtu < MIN_MTU ? MIN_MTU : t->mtu;
	if (in.len + IPV6_HEADER > mtu && in.len > MIN_MTU)
		return mtu - IPV6_HEADER > MIN_MTU ? mtu - IPV6_HEADER :
						     MIN_MTU;	/* (a) */
	if (in.len + IPV6_HEADER > mtu)
		to_tunnel_pieces(n, path, in, mtu);		/* (b) */
	else
		to_tunnel(n, path, in);
	n->ha->multicast->out++;
	return 0;
}

/* RFC 4443 2.4 e.1, e.2: an error or a redirect; what a fragment is of may not
 * be seen. */
static bool
is_error(struct span in)
{
	struct wire_error e;
	struct pkt p;

	if (in.p[6] == PROTO_FRAGMENT)
		return in.len <= IPV6_HEADER ||
		       in.p[IPV6_HEADER] == IPPROTO_ICMPV6;
	return pkt_parse(in.p, in.len, &p, &e) ||
	       (p.proto == IPPROTO_ICMPV6 && p.payload.len &&
		(p.payload.p[0] < 128 || p.payload.p[0] == ND_REDIRECT));
}

/* e.3: Packet Too Big is what a packet for a group may be answered with. */
static void
say_too_big(struct node *n, uint32_t link, struct span in, uint32_t mtu,
	    usec_t now)
{
	struct in6_addr own, src;
	struct wbuf *w;

	memcpy(&src, in.p + 8, sizeof(src));
	if (is_error(in) || !addr_is_routable(&src) ||
	    !home_link_own(n, &n->conf->home_link[link], &own) ||
	    !node_may_answer(n, ANSWER_ICMP, &src, now))
		return;
	w = outbox_start(n);
	if (!w)
		return;
	pkt_icmp_error(w, &own, &src, ICMP_TOO_BIG, 0, mtu, in.p, in.len);
	outbox_commit(n, 0, NULL);
}

/* To those who want it from that source.  10.4.2: global scope is tunnelled; what is between link-local and global
 * SHOULD NOT be.  Who sent too much is told once for all of them. */
static bool
to_mobiles(struct node *n, uint32_t link, const struct in6_addr *src,
	   const struct in6_addr *dst, struct span in,
	   const struct path_key *but, usec_t now)
{
	struct group *g = group_find(n, link, dst);
	uint32_t least = 0;

	if (!g)
		return false;
	if (scope_of(dst) < SCOPE_GLOBAL)
		return true;
	list_each(l, &g->members) {
		const struct member *m = container_of(l, struct member, l);
		const struct path_key *path = &m->listener->key.path;
		uint32_t mtu = 0;

		if ((!but || !same_path(path, but)) &&
		    mld_filter_takes(&m->want, src, now))
			mtu = to_mobile(n, path, in);
		if (mtu && (!least || mtu < least))
			least = mtu;
	}
	if (least)
		say_too_big(n, link, in, least, now);
	return true;
}

bool
multicast_on_link(struct node *n, uint32_t ifindex, struct span data,
		  usec_t now)
{
	struct rbuf r = rbuf_of(data.p, data.len);
	struct in6_addr src, dst;
	uint16_t plen;
	uint32_t link;
	uint8_t hlim;

	rbuf_u32(&r);
	plen = rbuf_u16(&r);
	rbuf_u8(&r);
	hlim = rbuf_u8(&r);
	src = rbuf_addr(&r);
	dst = rbuf_addr(&r);
	if (r.bad || !n->ha || !enabled(n) || !addr_is_multicast(&dst) ||
	    scope_of(&dst) <= SCOPE_LINK || !link_on(n, ifindex, &link))
		return false;
	if (rbuf_left(&r) < plen || hlim <= 1 || !addr_is_routable(&src))
		return true;
	data.len = 40 + (size_t)plen;	/* an Ethernet frame may be padded */
	return to_mobiles(n, link, &src, &dst, data, NULL, now);
}

/* From a mobile, as if it were at home; its home address is the source. */
static void
from_mobile(struct node *n, const struct path_key *path, const struct pkt *p,
	    struct span in, usec_t now)
{
	const struct binding *b = registrar_find(n->registrar, &p->src);
	const struct iface *i;
	struct wbuf *w;
	uint32_t link;

	if (!b || b->state != BINDING_ACTIVE || b->keeper != KEEPER_HOME ||
	    !same_path(&b->tunnel->key, path) || p->hlim <= 1 ||
	    scope_of(&p->dst) <= SCOPE_LINK)
		return;
	link = link_of(n, &n->conf->home_link[b->link]);
	if (!listener_find(n, path, link))
		return;
	n->ha->multicast->in++;
	to_mobiles(n, link, &p->src, &p->dst, in, path, now);
	i = link_iface(n, link);
	if (i && ((i->mtu && in.len > i->mtu) || in.len > SEND_MAX)) {
		say_too_big(n, link, in, i->mtu && i->mtu < SEND_MAX ?
			    i->mtu : SEND_MAX, now);
		return;
	}
	w = i ? outbox_start(n) : NULL;
	if (!w)
		return;
	put_hop(w, in);
	outbox_commit(n, i->ifindex, NULL);
}

/* --- reports -------------------------------------------------------------------- */

struct report {
	struct in6_addr	group;
	unsigned	type;		/* enum mld_record */
	const uint8_t	*sources;
	unsigned	n;
};

static void
report_one(struct node *n, struct listener *x, const struct report *r,
	   usec_t now)
{
	struct group *g = group_find(n, x->key.link, &r->group);
	struct member *m = g ? member_find(g, &x->key.path) : NULL;
	struct mld_filter want = { 0 };
	bool listens;

	if (!addr_is_multicast(&r->group) || scope_of(&r->group) <= SCOPE_LINK)
		return;
	listens = mld_filter_apply(m ? &m->want : &want, r->type, r->sources,
				   r->n, now);
	if (!m && listens)
		member_new(n, x, &r->group, &want, now);
	else if (m && listens)
		alarm_set(n, &m->alarm, m->want.until);
	else if (m)
		member_end(n, m);
	else
		mld_filter_fini(&want);
}

static void
report_records(struct node *n, struct listener *x, struct rbuf *r,
	       usec_t now)
{
	unsigned left;

	rbuf_u16(r);
	left = rbuf_u16(r);
	while (left-- && !r->bad) {
		struct report p = { .type = rbuf_u8(r) };
		uint8_t aux = rbuf_u8(r);

		p.n = rbuf_u16(r);
		p.group = rbuf_addr(r);
		p.sources = rbuf_take(r, p.n * 16UL);
		rbuf_take(r, aux * 4UL);
		if (!r->bad)
			report_one(n, x, &p, now);
	}
}

static void
on_report(struct node *n, struct listener *x, struct rbuf r, usec_t now)
{
	uint8_t type = rbuf_u8(&r);
	struct report one = {
		.type = type == MLD_REPORT ? IS_EXCLUDE : TO_INCLUDE,
	};

	rbuf_u8(&r);
	rbuf_u16(&r);
	if (type == MLD2_REPORT) {
		report_records(n, x, &r, now);
		return;
	}
	rbuf_u32(&r);
	one.group = rbuf_addr(&r);
	if (!r.bad)
		report_one(n, x, &one, now);
}

/* RFC 3810 6.2: from a link-local address, with a hop limit of 1.  It does not
 * say of which home network it is: it is for all that the tunnel serves. */
static bool
on_mld(struct node *n, const struct path_key *path, const struct pkt *p,
       usec_t now)
{
	struct rbuf r = rbuf_of(p->payload.p, p->payload.len);
	uint8_t type = p->payload.len ? *p->payload.p : 0;

	if (p->proto != IPPROTO_ICMPV6 || (type != MLD_REPORT &&
	    type != MLD_DONE && type != MLD2_REPORT))
		return false;
	if (p->hlim != 1 || !addr_is_linklocal(&p->src) ||
	    wire_checksum(&p->src, &p->dst, IPPROTO_ICMPV6, p->payload.p,
			  p->payload.len))
		return true;
	for (uint32_t k = 0; k < n->conf->nhome_links; k++) {
		struct listener *x = listener_find(n, path, k);

		if (x)
			on_report(n, x, r, now);
	}
	return true;
}

/* 10.4.3: whose it is says the tunnel; 10.4.5: a registered one. */
void
multicast_on_tunnel(struct node *n, struct rx *rx, usec_t now)
{
	const struct path_key path = {
		.local = rx->pkt.dst, .remote = rx->pkt.src,
		.kind = PATH_IP6IP6,
	};
	struct span in = rx->pkt.payload;
	struct wire_error e;
	struct pkt p;

	if (!n->ha || !enabled(n) || !is_alive(n, &path) ||
	    pkt_parse(in.p, in.len, &p, &e) || !addr_is_multicast(&p.dst))
		return;
	in.len = p.off + p.payload.len;
	if (!on_mld(n, &path, &p, now))
		from_mobile(n, &path, &p, in, now);
}

void
multicast_show(const struct node *n, struct record_sink *sink)
{
	const struct multicast *mc = n->ha->multicast;
	struct map_node *x = NULL;
	struct record r;
	size_t pos = 0;

	while ((x = map_next(&mc->groups, x, &pos))) {
		const struct group *g = container_of(x, struct group, node);
		const struct conf_home_link *home =
			&n->conf->home_link[g->key.link];
		unsigned members = 0;

		list_each(l, &g->members)
			members++;
		record_init(&r, "group");
		record_addr(&r, "address", &g->key.addr);
		if (home_link_virtual(home))
			record_prefix(&r, "network", &home->prefix);
		else
			record_str(&r, "interface", home->ifname);
		record_uint(&r, "mobiles", members);
		sink->put(sink, &r);
	}
}

void
multicast_count(const struct node *n, struct record *r)
{
	const struct multicast *mc = n->ha->multicast;

	record_uint(r, "memberships", mc->nmembers);
	record_uint(r, "multicast-in", mc->in);
	record_uint(r, "multicast-out", mc->out);
}
