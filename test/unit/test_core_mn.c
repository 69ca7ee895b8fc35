/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node from outside: events in, effects out, as text.
 *
 * Each test tells a story to one node and compares what it does, line by
 * line, with what the RFC has it do.  The home agent and the routers are
 * the test's: their messages are built with src/wire and, where the story
 * wants it, signed with the right or the wrong key.
 */
#include "unit.h"

#include "conf/conf.h"
#include "core/core.h"
#include "crypto/mac.h"
#include "wire/auth.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

#include <stdarg.h>
#include <stdlib.h>

#define HOA	"2001:db8:1::10"
#define HA	"2001:db8:1::1"
#define ETH0	2

static const uint8_t key[16] = "0123456789abcde";

struct world {
	struct conf	*conf;
	struct node	*node;
	usec_t		now;
	char		did[8192];
	struct mh	bu;		/* the last Binding Update */
	struct in6_addr	bu_src, bu_dst;
	uint32_t	granted;
	struct in6_addr	fresh;		/* an address that it asked for */
	bool		has_fresh;
	bool		slow_dad;	/* the kernel says nothing about it */
	uint32_t	eth;		/* where things happen */
	uint8_t		card;		/* which one is in there */
	uint32_t	metric[4];	/* of each interface's default route */
};

static struct in6_addr A(const char *s)
{
	struct in6_addr a;

	ck_assert_int_eq(addr_parse(s, &a), 0);
	return a;
}

static void say(struct world *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct world *w, const char *fmt, ...)
{
	size_t at = strlen(w->did);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->did + at, sizeof(w->did) - at, fmt, ap);
	va_end(ap);
}

/* --- what it did ------------------------------------------------------------ */

static void did_mh(struct world *w, const struct pkt *p)
{
	struct wire_error e;

	ck_assert_int_eq(mh_parse(p->payload.p, p->payload.len, pkt_src(p),
				  pkt_dst(p), &w->bu, &e), 0);
	ck_assert_uint_eq(w->bu.type, MH_BU);
	w->bu_src = p->src;
	w->bu_dst = p->dst;
	say(w, "BU%s lifetime=%u%s\n", p->has_hao ? "" : " from home",
	    w->bu.bu.lifetime * 4, mh_opt(&w->bu, MOPT_AUTH) ? " auth" : "");
}

static void did_send(struct world *w, const struct ef_send *s)
{
	static const char *const nd_word[] = { "RS", "RA", "NS", "NA" };
	struct pkt p;
	struct nd nd;
	struct wire_error e;

	ck_assert_int_eq(pkt_parse(s->data, s->len, &p, &e), 0);
	if (p.proto == IPPROTO_MOBILITY) {
		did_mh(w, &p);
		return;
	}
	ck_assert_int_eq(nd_parse(p.payload.p, p.payload.len, &p.src, &p.dst,
				  p.hlim, &nd, &e), 0);
	say(w, "%s%s\n", nd_word[nd.type - ND_RS],
	    addr_is_multicast(&p.dst) ? "" : " unicast");
}

static void did_flow(struct world *w, const struct ef_flow *f)
{
	static const char *const words[] = { "path", "hold", "block" };

	say(w, "flow %s\n", f->up ? words[f->action] : "down");
}

static const char *where(uint32_t ifindex)
{
	return ifindex == IFINDEX_PATH ? "path" : "eth0";
}

static void did(struct world *w, const struct effect *e)
{
	char a[ADDR_STRLEN], p[PREFIX_STRLEN];
	struct in6_addr hoa = A(HOA);

	switch (e->kind) {
	case EF_SEND:
		did_send(w, &e->send);
		break;
	case EF_ADDRESS:
		say(w, "address %s %s on %s\n", e->address.up ? "up" : "down",
		    addr_eq(&e->address.key.addr, &hoa) ? "hoa" : "coa",
		    where(e->address.key.ifindex));
		if (e->address.up && e->address.optimistic) {
			w->fresh = e->address.key.addr;
			w->has_fresh = true;
		}
		break;
	case EF_ROUTE:
		if (!e->route.dst.len)
			w->metric[e->route.ifindex] = e->route.up ?
				e->route.metric : 0;
		say(w, "route %s %s\n", e->route.up ? "up" : "down",
		    prefix_print(&e->route.dst, p));
		break;
	case EF_PATH:
		say(w, "tunnel %s to %s\n", e->path.up ? "up" : "down",
		    addr_print(&e->path.key.remote, a));
		break;
	case EF_FLOW:
		did_flow(w, &e->flow);
		break;
	case EF_PROXY:
		say(w, "proxy %s\n", e->proxy.up ? "up" : "down");
		break;
	case EF_SYNC:
		say(w, "sync\n");
		break;
	case EF_DNS:
	case EF_OWNED:
	case EF_CURRENT:
	case EF_REPLY:
	case EF_ABORT:
	case EF_STORE:
	case EF_NOTE:
		break;
	}
}

/* The kernel says that an address stands. */
static void address_is(struct world *w, const struct in6_addr *addr,
		       enum addr_state state)
{
	struct event ev = { .kind = EV_ADDRESS };

	ev.address.ifindex = w->eth;
	ev.address.addr = *addr;
	ev.address.plen = 64;
	ev.address.state = state;
	node_input(w->node, &ev, w->now);
}

static void drain(struct world *w)
{
	struct effect e;

	do {
		w->has_fresh = false;
		while (node_effect(w->node, &e))
			did(w, &e);
		if (w->has_fresh && !w->slow_dad)
			address_is(w, &w->fresh, ADDR_OPTIMISTIC);
	} while (w->has_fresh && !w->slow_dad);
}

/* What happened since the last look is exactly this. */
static void expect(struct world *w, const char *chart)
{
	drain(w);
	ck_assert_str_eq(w->did, chart);
	w->did[0] = '\0';
}

static void forget(struct world *w)
{
	drain(w);
	w->did[0] = '\0';
}

/* --- what happens to it -------------------------------------------------------- */

static void input(struct world *w, const struct event *ev)
{
	node_input(w->node, ev, w->now);
}

static void pass(struct world *w, usec_t time)
{
	usec_t end = w->now + time;

	while (node_deadline(w->node) <= end) {
		w->now = node_deadline(w->node);
		node_tick(w->node, w->now);
		ck_assert_uint_gt(node_deadline(w->node), w->now);
		drain(w);
	}
	w->now = end;
}

static void link_is(struct world *w, bool up)
{
	struct event ev = { .kind = EV_LINK };

	ev.link.ifindex = w->eth;
	strcpy(ev.link.name, w->eth == ETH0 ? "eth0" : "eth1");
	ev.link.ll = (struct lladdr){ 6, { 2, 0, 0, 0, w->card, 0x10 } };
	ev.link.mtu = 1500;
	ev.link.up = up;
	input(w, &ev);
}

static void linklocal(struct world *w)
{
	struct in6_addr ll = A("fe80::10");

	address_is(w, &ll, ADDR_VALID);
}

static void packet(struct world *w, const struct wbuf *b, uint8_t station)
{
	struct event ev = { .kind = EV_PACKET };

	ck_assert(!b->bad);
	ev.packet.ifindex = w->eth;
	ev.packet.ll_src = (struct lladdr){ 6, { 2, 0, 0, 0, 0, station } };
	ev.packet.data = (struct span){ b->base, wbuf_len(b) };
	input(w, &ev);
}

static void send_ra(struct world *w, uint8_t station, struct nd *nd)
{
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct in6_addr src = A("fe80::"), dst = A("ff02::1");

	src.s6_addr[15] = station;
	nd_build(nd, &src, &dst, &b);
	packet(w, &b, station);
}

/* An advertisement of router `station' with one prefix. */
static void ra(struct world *w, uint8_t station, const char *prefix)
{
	struct nd nd = { .type = ND_RA };

	nd.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, station } };
	nd.ra.lifetime = 1800;
	nd.ra.npios = 1;
	nd.ra.pio[0].prefix = A(prefix);
	nd.ra.pio[0].len = 64;
	nd.ra.pio[0].flags = ND_PIO_L | ND_PIO_A;
	nd.ra.pio[0].valid = nd.ra.pio[0].preferred = 86400;
	if (addr_eq(&nd.ra.pio[0].prefix, &(struct in6_addr){ 0 }))
		nd.ra.npios = 0;
	if (station == 1)
		nd.ra.pio[0].flags |= ND_PIO_R;
	send_ra(w, station, &nd);
}

/* One with nothing but a prefix option of these flags and lifetimes. */
static void ra_pio(struct world *w, uint8_t station, const char *prefix,
		   uint8_t flags, uint32_t valid, uint32_t preferred)
{
	struct nd nd = { .type = ND_RA };

	nd.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, station } };
	nd.ra.lifetime = 1800;
	nd.ra.npios = 1;
	nd.ra.pio[0].prefix = A(prefix);
	nd.ra.pio[0].len = 64;
	nd.ra.pio[0].flags = flags;
	nd.ra.pio[0].valid = valid;
	nd.ra.pio[0].preferred = preferred;
	send_ra(w, station, &nd);
}

static void na(struct world *w, uint8_t station)
{
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct in6_addr src = A("fe80::"), dst = A("fe80::10");
	struct nd nd = { .type = ND_NA };

	src.s6_addr[15] = station;
	nd.na.target = src;
	nd.na.flags = ND_NA_S | ND_NA_R;
	nd_build(&nd, &src, &dst, &b);
	packet(w, &b, station);
}

struct answer {
	uint8_t		status;
	uint16_t	seq;		/* 0: the update's */
	uint16_t	lifetime;	/* units; 0: as asked */
	bool		wrong_key;
	uint64_t	stamp;
};

static void seal(struct world *w, struct mh *ba, uint8_t *bytes,
		 const struct in6_addr *coa, const struct answer *ans)
{
	struct in6_addr hoa = A(HOA), ha = A(HA);
	uint8_t k[16], mac[MAC_SHA1_LEN];
	struct span ks = { k, sizeof(k) };
	struct auth_cover c;
	struct mac *m = mac_new();
	const struct mopt *o = mh_opt(ba, MOPT_AUTH);

	memcpy(k, key, sizeof(k));
	k[0] ^= ans->wrong_key;
	auth_cover_mnha(coa, &hoa, bytes, o, &c);
	ck_assert_int_eq(mac_hmac_sha1(m, &ks, c.piece, c.n, mac), 0);
	memcpy(bytes + o->off + 7, mac, AUTH_MNHA_LEN);
	mh_seal(bytes, ba->len, &ha, &hoa);
	mac_free(m);
}

/* The home agent acknowledges the last update. */
static void ba(struct world *w, struct answer ans)
{
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct in6_addr hoa = A(HOA), ha = A(HA);
	bool home = addr_eq(&w->bu_src, &hoa);
	struct mh m = { .type = MH_BA };
	const struct mopt *replay = mh_opt(&w->bu, MOPT_REPLAY);
	struct mopt *o;
	size_t at;

	m.ba.status = ans.status;
	m.ba.seq = ans.seq ? ans.seq : w->bu.bu.seq;
	m.ba.lifetime = ans.status >= 128 ? 0 :
		ans.lifetime ? ans.lifetime : w->bu.bu.lifetime;
	if (replay || ans.stamp) {
		o = mh_add(&m, MOPT_REPLAY);
		o->replay = ans.stamp ? ans.stamp : replay->replay;
	}
	o = mh_add(&m, MOPT_AUTH);
	o->auth.subtype = MOPT_AUTH_MNHA;
	o->auth.spi = 256;
	o->auth.data = (struct span){ NULL, AUTH_MNHA_LEN };
	pkt_start(&b, &ha, &w->bu_src, 64, NULL, home ? NULL : &hoa,
		  IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(&m, &b), 0);
	seal(w, &m, buf + at, &w->bu_src, &ans);
	pkt_finish(&b);
	packet(w, &b, 1);
}

static void ok(struct world *w)
{
	ba(w, (struct answer){ 0 });
}

/* --- worlds ------------------------------------------------------------------------ */

static void ready(struct world *w)
{
	struct event ev = { .kind = EV_READY };

	input(w, &ev);
}

static void make(struct world *w)
{
	struct node_seed seed = { .wall = 1000000000 * (int64_t)SEC(1) };
	struct conf_home *h;
	struct conf_peer *p;

	memset(w, 0, sizeof(*w));
	w->eth = ETH0;
	memcpy(seed.secret, "a seed that is the same every ti", 32);
	w->conf = conf_new();
	w->conf->roles = CONF_MN;
	h = conf_add_home(w->conf);
	strcpy(h->ifname, "eth0");
	h->hoa = A(HOA);
	h->plen = 64;
	h->ha = A(HA);
	h->lifetime = 240;
	p = conf_add_peer(w->conf);
	p->addr = prefix_host(&h->ha);
	p->protect = CONF_PROTECT_SHARED_KEY;
	p->spi = 256;
	p->key = key;
	p->key_len = 16;
	w->now = SEC(100);
	w->node = node_new(w->conf, &seed, w->now);
	ck_assert_ptr_nonnull(w->node);
}

static void begin(struct world *w)
{
	make(w);
	link_is(w, true);
	linklocal(w);
	ready(w);
}

/* Away on the link of router 2, bound. */
static void away(struct world *w)
{
	begin(w);
	ra(w, 2, "2001:db8:2::");
	drain(w);
	ok(w);
	forget(w);
}

static void end(struct world *w)
{
	node_free(w->node);
	conf_free(w->conf);
}

/* --- stories ------------------------------------------------------------------------- */

START_TEST(first_registration)
{
	struct world w;

	begin(&w);
	expect(&w, "RS\n");
	ra(&w, 2, "2001:db8:2::");
	/* Held until the acknowledgement; what arrives is taken at once. */
	expect(&w, "route up 2001:db8:2::/64\n"
	       "address up coa on eth0\n"
	       "route up ::/0\n"
	       "tunnel up to 2001:db8:1::1\n"
	       "address up hoa on path\n"
	       "flow hold\n"
	       "BU lifetime=240 auth\n");
	ck_assert_uint_eq(w.bu.bu.flags & (MH_BU_A | MH_BU_H),
			  MH_BU_A | MH_BU_H);
	ck_assert(mh_opt(&w.bu, MOPT_ALTCOA));
	ck_assert(addr_eq(&mh_opt(&w.bu, MOPT_ALTCOA)->altcoa, &w.bu_src));
	ok(&w);
	expect(&w, "flow path\nsync\n");
	end(&w);
}
END_TEST

/* The answer to an update from an address that is not there yet would come
 * to nobody. */
START_TEST(address_first)
{
	struct world w;

	begin(&w);
	w.slow_dad = true;
	ra(&w, 2, "2001:db8:2::");
	pass(&w, MSEC(3));
	drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	address_is(&w, &w.fresh, ADDR_TENTATIVE);
	drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	address_is(&w, &w.fresh, ADDR_OPTIMISTIC);
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	end(&w);
}
END_TEST

START_TEST(retransmission)
{
	struct world w;
	uint16_t seq;

	begin(&w);
	ra(&w, 2, "2001:db8:2::");
	forget(&w);
	seq = w.bu.bu.seq;
	pass(&w, MSEC(1499));
	expect(&w, "");
	pass(&w, MSEC(1));			/* InitialBindackTimeoutFirstReg */
	expect(&w, "BU lifetime=240 auth\n");
	ck_assert_uint_eq((uint16_t)(seq + 1), w.bu.bu.seq);
	pass(&w, MSEC(3000));
	expect(&w, "BU lifetime=240 auth\n");
	pass(&w, MSEC(6000));
	expect(&w, "sync\nBU lifetime=240 auth\n");
	/* An answer to the first one is an answer. */
	ba(&w, (struct answer){ .seq = seq });
	expect(&w, "flow path\n");
	end(&w);
}
END_TEST

START_TEST(refresh_and_expiry)
{
	struct world w;

	away(&w);
	pass(&w, SEC(181));			/* four fifths, less 5 % */
	expect(&w, "");
	pass(&w, SEC(12));
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	forget(&w);
	pass(&w, SEC(50));			/* nobody answers */
	ck_assert_ptr_nonnull(strstr(w.did, "flow hold\n"));
	forget(&w);
	pass(&w, SEC(40));
	drain(&w);
	ok(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU"));
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "flow path\n"));
	end(&w);
}
END_TEST

START_TEST(handover)
{
	struct world w;

	away(&w);
	link_is(&w, false);
	link_is(&w, true);
	ck_assert(node_deadline(w.node) > w.now);
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "NS unicast\nRS\n"));
	forget(&w);
	ra(&w, 3, "2001:db8:3::");
	expect(&w, "");				/* the grace */
	pass(&w, MSEC(5));
	expect(&w, "route down ::/0\n"
	       "route up 2001:db8:3::/64\n"
	       "address up coa on eth0\n"
	       "route up ::/0\n"
	       "route down 2001:db8:2::/64\n"
	       "address down coa on eth0\n"
	       "NS\n"			/* DAD of the link-local address */
	       "tunnel up to 2001:db8:1::1\n"
	       "flow hold\n"
	       "tunnel down to 2001:db8:1::1\n"
	       "BU lifetime=240 auth\n");
	ok(&w);
	expect(&w, "flow path\n");
	end(&w);
}
END_TEST

START_TEST(flap)
{
	struct world w;

	away(&w);
	for (int k = 0; k < 3; k++) {
		link_is(&w, false);
		link_is(&w, true);
		ra(&w, 2, "2001:db8:2::");
		pass(&w, SEC(1));
		ck_assert_ptr_null(strstr(w.did, "BU"));
		ck_assert_ptr_null(strstr(w.did, "flow"));
		ck_assert_ptr_null(strstr(w.did, "tunnel"));
		forget(&w);
	}
	end(&w);
}
END_TEST

START_TEST(flap_onto_second_router)
{
	struct world w;

	/* The link came back, a stranger advertises, the old router answers
	 * the probe in time: nothing has happened. */
	away(&w);
	link_is(&w, false);
	link_is(&w, true);
	ra(&w, 3, "2001:db8:3::");
	pass(&w, MSEC(2));
	na(&w, 2);
	pass(&w, SEC(2));
	ck_assert_ptr_null(strstr(w.did, "BU"));
	ck_assert_ptr_null(strstr(w.did, "flow"));
	end(&w);
}
END_TEST

START_TEST(second_router)
{
	struct world w;

	away(&w);
	ra(&w, 3, "2001:db8:3::");
	expect(&w, "NS unicast\n");
	na(&w, 2);
	pass(&w, SEC(2));
	ck_assert_ptr_null(strstr(w.did, "BU"));
	end(&w);
}
END_TEST

START_TEST(silent_router)
{
	struct world w;

	/* No link event at all, but the old router is gone. */
	away(&w);
	ra(&w, 3, "2001:db8:3::");
	pass(&w, MSEC(399));
	expect(&w, "NS unicast\nNS unicast\n");
	pass(&w, MSEC(1));
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	end(&w);
}
END_TEST

/* "With 0 the node moves at once", says mip6d.conf(5). */
START_TEST(no_probes)
{
	struct world w;

	away(&w);
	w.conf->router_probes = 0;
	ra(&w, 3, "2001:db8:3::");
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	end(&w);
}
END_TEST

/* A router that nobody knows and that names no prefix says nothing of where
 * we are: least of all that the link is the old one. */
START_TEST(stranger_without_prefix)
{
	struct world w;

	away(&w);
	link_is(&w, false);
	link_is(&w, true);
	ra(&w, 9, "::");
	forget(&w);
	pass(&w, MSEC(250));
	expect(&w, "NS unicast\n");
	ra(&w, 3, "2001:db8:3::");
	pass(&w, MSEC(10));
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	end(&w);
}
END_TEST

/* RFC 4862 5.5.3 a: a prefix without the A flag says nothing of addresses;
 * RFC 4861 6.3.4: nor one without the L flag of what is on the link. */
START_TEST(prefix_without_flags)
{
	struct world w;

	away(&w);
	ra_pio(&w, 2, "2001:db8:2::", 0, 0, 0);
	ra_pio(&w, 2, "2001:db8:2::", ND_PIO_L, 7200, 0);
	/* Another prefix would be preferred to a deprecated one. */
	ra_pio(&w, 2, "2001:db8:22::", ND_PIO_L | ND_PIO_A, 86400, 86400);
	pass(&w, SEC(2));
	drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	ck_assert_ptr_null(strstr(w.did, "down"));
	end(&w);
}
END_TEST

/* Refused for good, and what stood runs out: those who send are told so as
 * before, and do not wait for what will not come. */
START_TEST(refused_and_expired)
{
	struct world w;

	away(&w);
	pass(&w, SEC(200));
	forget(&w);
	ba(&w, (struct answer){ .status = MH_ST_PROHIBITED });
	expect(&w, "flow block\ntunnel down to " HA "\n");
	pass(&w, SEC(60));
	expect(&w, "");
	end(&w);
}
END_TEST

/* The time to refresh comes while there is no link: nothing is sent into the
 * void, and the way back is not waited for with the wait of many tries. */
START_TEST(refresh_without_link)
{
	struct world w;

	away(&w);
	pass(&w, SEC(180));
	link_is(&w, false);
	forget(&w);
	pass(&w, SEC(40));
	expect(&w, "");
	link_is(&w, true);
	forget(&w);
	ra(&w, 2, "2001:db8:2::");
	pass(&w, MSEC(1));
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	end(&w);
}
END_TEST

/* Routers that are none any more, and have left nothing behind, do not fill
 * the list for ever. */
START_TEST(routers_that_are_none)
{
	struct nd nd = { .type = ND_RA };
	struct world w;

	begin(&w);
	for (uint8_t k = 100; k < 120; k++)
		send_ra(&w, k, &nd);
	forget(&w);
	ra(&w, 2, "2001:db8:2::");
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	end(&w);
}
END_TEST

/* Two interfaces of one preference: the routes of the one that carries the
 * home address go first, wherever that is, and none shares its traffic. */
START_TEST(two_interfaces)
{
	struct world w;

	make(&w);
	conf_add_iface(w.conf, "eth0");
	conf_add_iface(w.conf, "eth1");
	for (w.eth = ETH0 + 1; w.eth >= ETH0; w.eth--) {
		link_is(&w, true);
		linklocal(&w);
	}
	ready(&w);
	w.eth = ETH0 + 1;
	ra(&w, 3, "2001:db8:3::");
	drain(&w);
	w.eth = ETH0;
	ra(&w, 1, "2001:db8:1::");
	forget(&w);
	ck_assert_uint_gt(w.metric[ETH0], 0);
	ck_assert_uint_gt(w.metric[ETH0 + 1], w.metric[ETH0]);
	link_is(&w, false);
	forget(&w);
	link_is(&w, true);
	forget(&w);
	ck_assert_uint_lt(w.metric[ETH0 + 1], w.metric[ETH0]);
	ra(&w, 1, "2001:db8:1::");
	forget(&w);
	ck_assert_uint_gt(w.metric[ETH0 + 1], w.metric[ETH0]);
	end(&w);
}
END_TEST

/* Another card in the same place, with another link-layer address: its
 * neighbours shall not send to the one before. */
START_TEST(another_card)
{
	struct event gone = { .kind = EV_LINK };
	struct in6_addr before;
	struct world w;

	away(&w);
	before = w.bu_src;
	gone.link.ifindex = ETH0;
	strcpy(gone.link.name, "eth0");
	gone.link.gone = true;
	input(&w, &gone);
	w.card = 1;
	link_is(&w, true);
	linklocal(&w);
	ra(&w, 2, "2001:db8:2::");
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	ck_assert(!addr_eq(&w.bu_src, &before));
	end(&w);
}
END_TEST

START_TEST(linklocal_of_somebody_else)
{
	struct world w;
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct in6_addr ll = A("fe80::10"), all = A("ff02::1");
	struct nd nd = { .type = ND_NA };

	/* RFC 6275 11.5.1, RFC 4862 5.4.5: on the new link another node has
	 * our link-local address.  Nothing more goes out there. */
	away(&w);
	link_is(&w, false);
	link_is(&w, true);
	ra(&w, 3, "2001:db8:3::");
	pass(&w, MSEC(5));
	forget(&w);
	nd.na.target = ll;
	nd.na.flags = ND_NA_O;
	nd.tll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 0x77 } };
	nd_build(&nd, &ll, &all, &b);
	packet(&w, &b, 0x77);
	pass(&w, SEC(30));
	ck_assert_ptr_null(strstr(w.did, "BU"));
	/* Another link, another chance. */
	link_is(&w, false);
	link_is(&w, true);
	ra(&w, 4, "2001:db8:4::");
	pass(&w, MSEC(5));
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU"));
	end(&w);
}
END_TEST

START_TEST(return_home)
{
	struct in6_addr hoa;
	struct world w;

	away(&w);
	link_is(&w, false);
	link_is(&w, true);
	forget(&w);
	ra(&w, 1, HA);				/* R bit: the home agent */
	pass(&w, MSEC(5));
	expect(&w, "route down ::/0\n"
	       "route up 2001:db8:1::/64\n"
	       "route up ::/0\n"
	       "flow hold\n"
	       "tunnel down to 2001:db8:1::1\n"
	       "proxy up\n"
	       "BU from home lifetime=0 auth\n"
	       "route down 2001:db8:2::/64\n"
	       "address down coa on eth0\n"
	       "NS\n");
	ok(&w);
	expect(&w, "proxy down\n"
	       "address up hoa on eth0\n"
	       "flow down\n"
	       "NA\nNA\n");
	/* It is taken from the path device when the kernel has it here: until
	 * then nothing on the link would be for us. */
	hoa = A(HOA);
	address_is(&w, &hoa, ADDR_VALID);
	expect(&w, "address down hoa on path\n");
	pass(&w, SEC(10));
	expect(&w, "NA\nNA\nNA\nNA\n");
	end(&w);
}
END_TEST

START_TEST(return_home_without_router_address)
{
	struct world w;

	/* The router is not the home agent: its proxy is asked for. */
	away(&w);
	link_is(&w, false);
	link_is(&w, true);
	forget(&w);
	ra(&w, 9, "2001:db8:1::");
	pass(&w, MSEC(5));
	drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	ck_assert_ptr_nonnull(strstr(w.did, "NS\n"));
	forget(&w);
	pass(&w, SEC(3));
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU from home lifetime=0 auth\n"));
	end(&w);
}
END_TEST

START_TEST(boot_at_home)
{
	struct world w;

	begin(&w);
	forget(&w);
	ra(&w, 1, HA);
	expect(&w, "route up 2001:db8:1::/64\n"
	       "route up ::/0\n"
	       "address up hoa on eth0\n"
	       "sync\n");
	end(&w);
}
END_TEST

/* Nothing leaves with the home address between the new route and the
 * tunnel. */
START_TEST(leave_home)
{
	struct world w;

	begin(&w);
	ra(&w, 1, HA);
	link_is(&w, false);
	link_is(&w, true);
	forget(&w);
	ra(&w, 2, "2001:db8:2::");
	pass(&w, MSEC(5));
	expect(&w, "address up hoa on path\n"
	       "flow hold\n"
	       "address down hoa on eth0\n"
	       "route down ::/0\n"
	       "route up 2001:db8:2::/64\n"
	       "address up coa on eth0\n"
	       "route up ::/0\n"
	       "route down 2001:db8:1::/64\n"
	       "NS\n"
	       "tunnel up to 2001:db8:1::1\n"
	       "flow hold\n"
	       "BU lifetime=240 auth\n");
	ok(&w);
	expect(&w, "flow path\n");
	end(&w);
}
END_TEST

START_TEST(ping_pong)
{
	struct world w;
	unsigned bus = 0;

	/* MAX_UPDATE_RATE: three a second, whatever happens. */
	away(&w);
	for (int k = 0; k < 20; k++) {
		link_is(&w, false);
		link_is(&w, true);
		ra(&w, k % 2 ? 2 : 3, k % 2 ? "2001:db8:2::" : "2001:db8:3::");
		pass(&w, MSEC(100));
	}
	for (const char *s = w.did; (s = strstr(s, "BU")); s++)
		bus++;
	ck_assert_uint_ge(bus, 5);
	ck_assert_uint_le(bus, 9);
	end(&w);
}
END_TEST

/* Each status and what the mobile does: sends again at once, later, or not
 * at all, and what becomes of its traffic. */
static const struct {
	uint8_t		status;
	const char	*at_once;
	const char	*in_30s;
} reactions[] = {
	{ 128, "",			"" },
	{ 129, "flow block\n",		"" },
	{ 130, "",			"" },
	{ 131, "flow block\n",		"" },
	{ 132, "flow block\n",		"" },
	{ 133, "flow block\n",		"" },
	{ 134, "flow block\n",		"" },
	{ 135, "BU lifetime=240 auth\n", "BU" },
	{ 139, "flow block\n",		"" },
	{ 144, "",			"" },	/* without a timestamp */
	{ 145, "BU lifetime=240 auth\n", "BU" },
	{ 146, "flow block\n",		"" },
	{ 174, "flow block\n",		"" },
	{ 200, "",			"" },
};

START_TEST(each_status)
{
	struct world w;
	uint16_t seq;

	begin(&w);
	ra(&w, 2, "2001:db8:2::");
	forget(&w);
	seq = w.bu.bu.seq;
	ba(&w, (struct answer){ .status = reactions[_i].status,
		.seq = (uint16_t)(reactions[_i].status == 135 ?
				  seq + 1000 : seq) });
	drain(&w);
	ck_assert_msg(strncmp(w.did, reactions[_i].at_once,
			      strlen(reactions[_i].at_once)) == 0,
		      "status %u: %s", reactions[_i].status, w.did);
	if (!*reactions[_i].at_once)
		ck_assert_str_eq(w.did, "");
	if (reactions[_i].status == 135)
		ck_assert_uint_eq(w.bu.bu.seq, (uint16_t)(seq + 1001));
	if (reactions[_i].status == 145)
		ck_assert(mh_opt(&w.bu, MOPT_REPLAY));
	forget(&w);
	pass(&w, SEC(30));
	drain(&w);
	if (*reactions[_i].in_30s)
		ck_assert_ptr_nonnull(strstr(w.did, "BU"));
	else
		ck_assert_ptr_null(strstr(w.did, "BU"));
	end(&w);
}
END_TEST

START_TEST(wrong_key)
{
	struct world w;

	begin(&w);
	ra(&w, 2, "2001:db8:2::");
	forget(&w);
	ba(&w, (struct answer){ .wrong_key = true });
	expect(&w, "");				/* accepted by nobody */
	ba(&w, (struct answer){ .status = 146, .wrong_key = true });
	pass(&w, SEC(30));			/* slower, but not silenced */
	drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	pass(&w, SEC(3));
	drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU"));
	end(&w);
}
END_TEST

START_TEST(stale_acknowledgement)
{
	struct world w;

	begin(&w);
	ra(&w, 2, "2001:db8:2::");
	forget(&w);
	ba(&w, (struct answer){ .seq = (uint16_t)(w.bu.bu.seq + 7) });
	expect(&w, "");
	ba(&w, (struct answer){ .seq = (uint16_t)(w.bu.bu.seq - 1) });
	expect(&w, "");
	ok(&w);
	expect(&w, "flow path\nsync\n");
	/* Nothing is outstanding: a replayed one is nothing. */
	ba(&w, (struct answer){ .status = 135, .seq = 3 });
	expect(&w, "");
	end(&w);
}
END_TEST

START_TEST(timestamps)
{
	struct world w;
	uint64_t stamp;

	make(&w);
	w.conf->peer[0].replay = CONF_REPLAY_TIMESTAMP;
	link_is(&w, true);
	linklocal(&w);
	ready(&w);
	ra(&w, 2, "2001:db8:2::");
	forget(&w);
	ck_assert(mh_opt(&w.bu, MOPT_REPLAY));
	stamp = mh_opt(&w.bu, MOPT_REPLAY)->replay;
	/* The home agent's clock is an hour ahead (144). */
	ba(&w, (struct answer){ .status = 144, .stamp = stamp +
		(3600ULL << 32) });
	expect(&w, "BU lifetime=240 auth\n");
	ck_assert_uint_ge(mh_opt(&w.bu, MOPT_REPLAY)->replay,
			  stamp + (3600ULL << 32));
	ok(&w);
	expect(&w, "flow path\nsync\n");
	end(&w);
}
END_TEST

START_TEST(restart)
{
	struct world w, v;
	struct effect e;
	struct event ev = { .kind = EV_RESTORE };

	begin(&w);
	ra(&w, 2, "2001:db8:2::");
	drain(&w);
	ok(&w);
	while (node_effect(w.node, &e))
		if (e.kind == EF_STORE)
			ev.restore = e.store;
	ck_assert_uint_gt(ev.restore.key_len, 0);
	/* Another process: the tunnel is said before anything is heard, so
	 * that nothing is interrupted, and what may go is said last. */
	make(&v);
	link_is(&v, true);
	linklocal(&v);
	/* The kernel has the care-of address still, and says so once. */
	v.slow_dad = true;
	address_is(&v, &w.bu_src, ADDR_VALID);
	input(&v, &ev);
	ready(&v);
	expect(&v, "RS\ntunnel up to 2001:db8:1::1\n"
	       "address up hoa on path\nflow path\n");
	ra(&v, 2, "2001:db8:2::");
	expect(&v, "route up 2001:db8:2::/64\n"
	       "address up coa on eth0\n"
	       "route up ::/0\n"
	       "sync\n");
	end(&v);
	end(&w);
}
END_TEST

START_TEST(leaves_nothing)
{
	struct world w;
	struct event ev = { .kind = EV_SHUTDOWN };

	away(&w);
	input(&w, &ev);
	expect(&w, "BU lifetime=0 auth\n"
	       "flow down\n"
	       "tunnel down to 2001:db8:1::1\n"
	       "address down hoa on path\n"
	       "route down 2001:db8:2::/64\n"
	       "address down coa on eth0\n"
	       "route down ::/0\n");
	end(&w);
}
END_TEST

int main(void)
{
	const TTest *const stories[] = {
		first_registration, address_first, retransmission,
		refresh_and_expiry,
		handover, linklocal_of_somebody_else, flap, flap_onto_second_router, second_router,
		silent_router, no_probes, stranger_without_prefix,
		prefix_without_flags, refused_and_expired,
		refresh_without_link, routers_that_are_none, two_interfaces,
		another_card, return_home, return_home_without_router_address,
		boot_at_home, leave_home, ping_pong, wrong_key, stale_acknowledgement,
		timestamps, restart, leaves_nothing,
	};
	Suite *s = suite_create("core_mn");
	TCase *tc = tcase_create("stories");
	Suite *const all[] = { s, NULL };

	for (size_t k = 0; k < sizeof(stories) / sizeof(*stories); k++)
		tcase_add_test(tc, stories[k]);
	tcase_add_loop_test(tc, each_status, 0,
			    sizeof(reactions) / sizeof(*reactions));
	suite_add_tcase(s, tc);
	return unit_main(all);
}
