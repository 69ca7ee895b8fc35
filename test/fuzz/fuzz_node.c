/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_node.c - the octets are a life: events for a whole node.
 *
 * The first octet chooses a mobile node, with an AddressPolicy or without,
 * or a home agent.  Then come events, an octet each, with what they need
 * behind it: links and addresses come and go, time passes, records are
 * restored, applications ask and sockets open, packets arrive - as they are,
 * or with an IPv6 header in front and the checksum put right, so that the
 * fuzzer gets past it.  Authentication is off on purpose; where addresses are
 * to prove whose they are, a Binding Update is made here with an authenticator
 * that is right, around options that the octets choose.  The same for route
 * optimization, where every correspondent would believe it: tests are
 * answered with the cookie that was sent, updates and acknowledgements have the
 * tokens that were given out.
 *
 * Held to: no effect without end, no deadline in the past after a tick; who
 * asks is answered once, and until the shutdown at the latest; what
 * EF_CURRENT and answers name is owned; and (by the sanitizers) no octet is
 * read that was not given, none kept.
 */
#include "fuzz.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/node.h"
#include "core/proof.h"
#include "tools/sim.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

#define EVENTS_MAX	256
#define EFFECTS_MAX	20000		/* after one event */
#define TICKS_MAX	2000		/* while time passes once */

#define OWNED_MAX	128
#define ASKERS		16		/* ids, and 0 is none */

struct life {
	struct node	*node;
	usec_t		now;
	bool		cga;		/* nobody has a key */
	struct ef_owned	owned[OWNED_MAX];
	unsigned	nowned;
	struct ef_current current[ATYPES];
	bool		asks[ASKERS], answered[ASKERS];

	/* the last of its tests, for each kind, and of its updates to a
	 * correspondent */
	struct {
		struct in6_addr	src, dst;
		uint64_t	cookie;
	} test[2];
	struct mh_bu	bu;
	struct in6_addr	bu_coa, bu_hoa, bu_dst;
};

/* What addresses there are to talk about. */
static const char *const names[] = {
	"2001:db8:1::1", "2001:db8:1::10", "2001:db8:2::5", "2001:db8:3::5",
	"fe80::1", "fe80::2", "fe80::10", "::", "ff02::1", "ff02::1:ff00:10",
	"2001:db8:1::", "2001:db8:2::", "2001:db8:1::11", "ff02::2",
};

/* Those that the node has made are there, too. */
static struct in6_addr address(const struct life *l, struct rbuf *r)
{
	struct in6_addr a = { 0 };
	uint8_t k = rbuf_u8(r);

	if (k >= 0xe0 && l->nowned)
		return l->owned[(k & 0x1f) % l->nowned].addr;
	FUZZ_MUST(addr_parse(names[k % (sizeof(names) / sizeof(*names))],
			     &a) == 0);
	return a;
}

/* --- what it wants --------------------------------------------------------- */

static struct ef_owned *owned(struct life *l, const struct in6_addr *a)
{
	for (unsigned k = 0; k < l->nowned; k++)
		if (addr_eq(&l->owned[k].addr, a))
			return &l->owned[k];
	return NULL;
}

static void want_owned(struct life *l, const struct ef_owned *e)
{
	struct ef_owned *o = owned(l, &e->addr);

	if (!e->up) {
		FUZZ_MUST(o);
		*o = l->owned[--l->nowned];
		return;
	}
	if (!o) {
		FUZZ_MUST(l->nowned < OWNED_MAX);
		o = &l->owned[l->nowned++];
	}
	*o = *e;
}

static void must_own(struct life *l, const struct in6_addr *a, enum atype t)
{
	struct ef_owned *o = owned(l, a);

	FUZZ_MUST(o && o->type == t);
}

static void want_reply(struct life *l, const struct ef_reply *e)
{
	if (!e->id) {
		FUZZ_MUST(e->error);
		return;
	}
	FUZZ_MUST(e->id < ASKERS && l->asks[e->id] && !l->answered[e->id]);
	l->answered[e->id] = !e->error;
	l->asks[e->id] = !e->error;
	if (!e->error)
		must_own(l, &e->addr, e->type);
}

static void heard(struct life *l, const struct ef_send *s)
{
	struct wire_error e;
	struct pkt p;
	struct mh mh;

	if (pkt_parse(s->data, s->len, &p, &e) ||
	    p.proto != IPPROTO_MOBILITY ||
	    mh_parse_known(p.payload.p, p.payload.len, NULL, NULL,
			   MH_KNOW_ALL, &mh, &e))
		return;
	if (mh.type == MH_HOTI || mh.type == MH_COTI) {
		l->test[mh.type == MH_COTI].src = p.src;
		l->test[mh.type == MH_COTI].dst = p.dst;
		l->test[mh.type == MH_COTI].cookie = mh.test_init.cookie;
	} else if (mh.type == MH_BU && !(mh.bu.flags & MH_BU_H)) {
		l->bu = mh.bu;
		l->bu_coa = p.src;
		l->bu_hoa = *pkt_src(&p);
		l->bu_dst = p.dst;
	}
}

static void drain(struct life *l)
{
	static struct effect e;
	unsigned n = 0;

	while (node_effect(l->node, &e)) {
		FUZZ_MUST(++n < EFFECTS_MAX);
		if (e.kind == EF_SEND)
			heard(l, &e.send);
		if (e.kind == EF_OWNED)
			want_owned(l, &e.owned);
		if (e.kind == EF_CURRENT)
			l->current[e.current.type] = e.current;
		if (e.kind == EF_REPLY)
			want_reply(l, &e.reply);
	}
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		if (l->current[t].provided &&
		    !addr_is_unspec(&l->current[t].addr))
			must_own(l, &l->current[t].addr, t);
}

static void input(struct life *l, const struct event *ev)
{
	node_input(l->node, ev, l->now);
	drain(l);
}

static void on_link(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_LINK };
	uint8_t how = rbuf_u8(r);

	ev.link.ifindex = 2 + (how >> 4 & 1);
	strcpy(ev.link.name, how >> 4 & 1 ? "eth1" : "eth0");
	ev.link.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, how >> 5 } };
	ev.link.mtu = how & 8 ? 1280 : 1500;
	ev.link.up = how & 1;
	ev.link.gone = (how & 6) == 6;
	input(l, &ev);
}

static void on_address(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_ADDRESS };

	ev.address.addr = address(l, r);
	ev.address.ifindex = 2 + (rbuf_u8(r) & 1);
	ev.address.plen = 64;
	ev.address.state = rbuf_u8(r) % (ADDR_GONE + 1);
	input(l, &ev);
}

static void packet(struct life *l, const uint8_t *p, size_t len, uint8_t from)
{
	struct event ev = { .kind = EV_PACKET };
	uint8_t *copy = malloc(len + 1);	/* the sanitizer sees its end */

	FUZZ_MUST(copy);
	memcpy(copy, p, len);
	ev.packet.ifindex = 2 + (from & 1);
	ev.packet.ll_src = (struct lladdr){ 6, { 2, 0, 0, 0, 1, from } };
	ev.packet.data = (struct span){ copy, len };
	input(l, &ev);
	free(copy);
}

static void on_packet(struct life *l, struct rbuf *r)
{
	uint8_t from = rbuf_u8(r);
	struct span s = rbuf_span(r, rbuf_u16(r) % 1500);

	if (s.p)
		packet(l, s.p, s.len, from);
}

/* An upper layer with everything before it and its checksum made right. */
static void on_message(struct life *l, struct rbuf *r)
{
	static uint8_t buf[2048];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	uint8_t how = rbuf_u8(r);
	bool mh = how & 1;
	struct in6_addr src = address(l, r), dst = address(l, r);
	struct in6_addr hoa = address(l, r);
	struct span s = rbuf_span(r, rbuf_u8(r));
	const struct in6_addr *ps = mh && how & 2 ? &hoa : &src;
	const struct in6_addr *pd = mh && how & 4 ? &hoa : &dst;
	size_t at;

	if (!s.p || s.len < 8)
		return;
	pkt_start(&w, &src, &dst, 255, mh && how & 2 ? &hoa : NULL,
		  mh && how & 4 ? &hoa : NULL,
		  mh ? IPPROTO_MOBILITY : IPPROTO_ICMPV6);
	at = wbuf_len(&w);
	wbuf_put(&w, s.p, s.len);
	pkt_finish(&w);
	if (w.bad)
		return;
	if (mh) {
		mh_seal(buf + at, s.len, ps, pd);
	} else {
		wbuf_patch_u16(&w, at + 2, 0);
		wbuf_patch_u16(&w, at + 2, wire_checksum(ps, pd,
			       IPPROTO_ICMPV6, buf + at, s.len));
	}
	packet(l, buf, wbuf_len(&w), how >> 3);
}

/* The octets change the parameters of a key; the address is what comes of
 * them, and it has been seen. */
static struct cga_key *own_address(struct life *l, struct rbuf *r,
				   struct span *ret_params,
				   struct in6_addr *ret)
{
	static uint8_t der[2048], params[CGA_PARAMS_MAX], hash[20], ns[256];
	struct cga_key *key = cga_key_read(der, sim_key(1, der, sizeof(der)));
	struct span s = { params, 0 };
	struct wbuf w = wbuf_of(ns, sizeof(ns));
	struct nd nd = { .type = ND_NS };
	struct cga c = { .sec = 0 };
	struct in6_addr a, group;
	uint8_t at = rbuf_u8(r), flip = rbuf_u8(r);

	FUZZ_MUST(key && !addr_parse("2001:db8:1::", &a));
	s.len = cga_params(key, &c, &a, params);
	params[at < 16 || at > 24 ? at % s.len : 0] ^= flip;
	FUZZ_MUST(!cga_sha1(&s, 1, hash));
	memcpy(a.s6_addr + 8, hash, 8);
	a.s6_addr[8] &= 0x1c;
	nd.ns.target = a;
	group = addr_solicited_node(&a);
	nd_build(&nd, &addr_unspec, &group, &w);
	packet(l, ns, wbuf_len(&w), 0);
	*ret = a;
	*ret_params = s;
	return key;
}

/* What is behind the care-of test and the authenticator. */
static void on_proved(struct life *l, struct rbuf *r)
{
	static uint8_t buf[2048];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	uint8_t how = rbuf_u8(r);
	struct in6_addr src = address(l, r), dst = address(l, r);
	struct in6_addr hoa = address(l, r);
	struct mh mh = { .type = MH_BU };
	struct proof p = { .hoa = hoa, .coa = src, .anchor = dst,
			   .ends = how & 1, .has_kbm = true,
			   .has_nonces = true };
	uint8_t home[RR_TOKEN] = { 0 };
	struct cga_key *key = NULL;
	struct mopt *o;
	size_t at;

	p.nonce = rbuf_u16(r);
	if (how & 2)
		for (unsigned k = 0; k < 65536 && !rr_token(l->node, RR_CAREOF,
		     &src, p.nonce, l->now, p.token); k++)
			p.nonce++;
	rr_kbm(l->node, home, p.token, p.kbm);
	mh.bu.seq = rbuf_u16(r);
	mh.bu.flags = MH_BU_A | MH_BU_H;
	mh.bu.lifetime = how & 1 ? 0 : 60;
	if (how & 0x20)
		key = own_address(l, r, &p.params, &p.hoa);
	if (how & 0x40)
		p.key = key;
	else if (key)
		mh_add(&mh, MOPT_CGA)->data = p.params;
	for (unsigned k = 0; k < (how >> 2 & 3U) && !key; k++)
		if ((o = mh_add(&mh, MOPT_CGA)))
			o->data = rbuf_span(r, rbuf_u8(r) | 1);
	if (how & 0x10 && !p.key && (o = mh_add(&mh, MOPT_SIGNATURE)))
		o->data = rbuf_span(r, rbuf_u8(r) | 1);
	if (r->bad) {
		cga_key_free(key);
		return;
	}
	proof_options(&p, &mh);
	proof_auth_option(&p, &mh);
	pkt_start(&w, &src, &dst, 64, &p.hoa, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	if (mh_build(&mh, &w) || w.bad) {
		cga_key_free(key);
		return;
	}
	proof_seal(l->node, &p, &mh, buf + at);
	cga_key_free(key);
	mh_seal(buf + at, mh.len, &p.hoa, &dst);
	pkt_finish(&w);
	packet(l, buf, wbuf_len(&w), how >> 5);
}

/* A message that is whole, with what `p' (or NULL) has. */
static void send_mh(struct life *l, struct mh *mh, const struct proof *p,
		    const struct in6_addr *src, const struct in6_addr *dst,
		    const struct in6_addr *hao, const struct in6_addr *rh2)
{
	static uint8_t buf[2048];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	size_t at;

	if (p) {
		proof_options(p, mh);
		proof_auth_option(p, mh);
	}
	pkt_start(&w, src, dst, 64, hao, rh2, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	if (mh_build(mh, &w) || w.bad)
		return;
	if (p)
		proof_seal(l->node, p, mh, buf + at);
	mh_seal(buf + at, mh->len, hao ? hao : src, rh2 ? rh2 : dst);
	pkt_finish(&w);
	packet(l, buf, wbuf_len(&w), 1);
}

static const uint8_t given[RR_TOKEN] = { 1, 2, 3, 4, 5, 6, 7, 8 };

/* To a mobile, from its correspondent. */
static void on_answer(struct life *l, struct rbuf *r)
{
	struct proof p = {
		.hoa = l->bu_hoa, .coa = l->bu_coa, .anchor = l->bu_dst,
		.ends = !l->bu.lifetime, .has_kbm = true,
	};
	uint8_t how = rbuf_u8(r);
	struct mh mh = { .type = how & 1 ? MH_COT : MH_HOT };
	struct rbuf t = rbuf_of(given, sizeof(given));

	if (how & 2) {
		mh.type = MH_BA;
		mh.ba.status = rbuf_u8(r);
		mh.ba.seq = (uint16_t)(l->bu.seq + (how & 4 ? 1 : 0));
		mh.ba.lifetime = l->bu.lifetime;
		rr_kbm(l->node, given, p.ends ? NULL : given, p.kbm);
		send_mh(l, &mh, how & 8 ? NULL : &p, &l->bu_dst, &l->bu_coa,
			NULL, addr_eq(&l->bu_coa, &l->bu_hoa) ? NULL :
			&l->bu_hoa);
		return;
	}
	mh.test.nonce = 7;
	mh.test.cookie = l->test[how & 1].cookie + (how & 4 ? 1 : 0);
	mh.test.token = rbuf_u64(&t);
	send_mh(l, &mh, NULL, &l->test[how & 1].dst, &l->test[how & 1].src,
		NULL, NULL);
}

/* To a correspondent, with nonces that it knows, or not. */
static void on_update(struct life *l, struct rbuf *r)
{
	uint8_t how = rbuf_u8(r), careof[RR_TOKEN] = { 0 };
	uint8_t home[RR_TOKEN] = { 0 };
	struct in6_addr src = address(l, r), dst = address(l, r);
	struct in6_addr hoa = address(l, r);
	struct mh mh = { .type = MH_BU };
	struct proof p = {
		.hoa = hoa, .coa = src, .anchor = dst, .ends = how & 1,
		.has_kbm = true, .has_nonces = true,
	};

	mh.bu.seq = rbuf_u16(r);
	mh.bu.flags = how & 2 ? MH_BU_A : 0;
	mh.bu.lifetime = how & 1 ? 0 : rbuf_u8(r);
	for (unsigned k = 0; k < 65536 && !rr_token(l->node, RR_HOME, &hoa,
	     p.home_nonce, l->now, home); k++)
		p.home_nonce++;
	p.nonce = p.home_nonce;
	rr_token(l->node, RR_CAREOF, &src, p.nonce, l->now, careof);
	p.home_nonce = (uint16_t)(p.home_nonce + (how >> 2 & 1));
	p.nonce = (uint16_t)(p.nonce + (how >> 3 & 1));
	rr_kbm(l->node, home, how & 1 ? NULL : careof, p.kbm);
	send_mh(l, &mh, &p, &src, &dst, how & 0x10 ? NULL : &hoa, NULL);
}

static void on_rr(struct life *l, struct rbuf *r)
{
	if (l->node->mn)
		on_answer(l, r);
	else
		on_update(l, r);
}

static void on_proved_or_not(struct life *l, struct rbuf *r)
{
	if (l->cga)
		on_proved(l, r);
	else
		on_message(l, r);
}

static void on_restore(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_RESTORE };
	struct store_record *s = &ev.restore;
	struct span k = rbuf_span(r, rbuf_u8(r) % (STORE_KEY_MAX + 1));
	struct span v = rbuf_span(r, rbuf_u8(r) % (STORE_VALUE_MAX + 1));

	if (!k.p || !v.p)
		return;
	s->up = true;
	s->key_len = (uint8_t)k.len;
	s->value_len = (uint8_t)v.len;
	memcpy(s->key, k.p, k.len);
	memcpy(s->value, v.p, v.len);
	input(l, &ev);
}

static void on_time(struct life *l, struct rbuf *r)
{
	static const usec_t steps[] = {
		MSEC(1), MSEC(10), MSEC(200), SEC(1), SEC(2), SEC(30),
		SEC(400), SEC(4000),
	};
	usec_t end = l->now + steps[rbuf_u8(r) % 8];

	for (int n = 0; node_deadline(l->node) <= end && n < TICKS_MAX; n++) {
		if (node_deadline(l->node) > l->now)
			l->now = node_deadline(l->node);
		node_tick(l->node, l->now);
		FUZZ_MUST(node_deadline(l->node) > l->now);
		drain(l);
	}
	if (node_deadline(l->node) > end)
		l->now = end;
}

static void on_other(struct life *l, struct rbuf *r)
{
	static const enum event_kind kinds[] = {
		EV_READY, EV_CLOCK, EV_NEIGHBOUR, EV_MTU, EV_STRAY, EV_PAIR,
		EV_USED, EV_UNREACHABLE,
	};
	struct event ev = { .kind = kinds[rbuf_u8(r) % 8] };

	if (ev.kind == EV_CLOCK) {
		ev.wall = (int64_t)SEC(rbuf_u32(r));
	} else if (ev.kind == EV_NEIGHBOUR) {
		ev.neighbour.addr = address(l, r);
		ev.neighbour.ifindex = 2;
		ev.neighbour.failed = rbuf_u8(r) & 1;
		ev.neighbour.reachable = !ev.neighbour.failed;
		ev.neighbour.ll.len = 6;
	} else if (ev.kind == EV_MTU) {
		ev.mtu.path.local = address(l, r);
		ev.mtu.path.remote = address(l, r);
		ev.mtu.path.kind = PATH_IP6IP6;
		ev.mtu.mtu = 1280;
	} else if (ev.kind == EV_STRAY) {
		ev.stray.path.local = address(l, r);
		ev.stray.path.remote = address(l, r);
		ev.stray.path.kind = PATH_IP6IP6;
	} else if (ev.kind == EV_PAIR || ev.kind == EV_USED ||
		   ev.kind == EV_UNREACHABLE) {
		struct in6_addr src = address(l, r), dst = address(l, r);

		ev.pair.flow.src = prefix_host(&src);
		ev.pair.flow.dst = prefix_host(&dst);
		if (ev.kind == EV_USED)
			ev.used.idle = SEC(rbuf_u8(r));
		if (ev.kind == EV_USED && ev.used.idle & 1)
			ev.used.flow.src.len = 0;
	}
	input(l, &ev);
}

/* --- applications ---------------------------------------------------------- */

static void on_request(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_REQUEST };
	uint8_t how = rbuf_u8(r);

	ev.request.id = how % ASKERS;
	ev.request.type = how >> 4 & 7;
	ev.request.timeout = how & 0x80 ? MSEC(rbuf_u16(r)) : 0;
	l->asks[ev.request.id] = true;
	input(l, &ev);
}

static void on_release(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_RELEASE };

	ev.release.id = rbuf_u8(r) % ASKERS;
	l->asks[ev.release.id] = l->answered[ev.release.id] = false;
	input(l, &ev);
}

static void on_sockets(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_SOCKETS };

	ev.sockets.addr = address(l, r);
	ev.sockets.sessions = rbuf_u8(r) & 3;
	input(l, &ev);
}

static void on_claims(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_CLAIMS };
	uint8_t which = rbuf_u8(r);

	for (unsigned t = 0; t < ATYPES; t++)
		ev.claims.n[t] = which >> t & 1;
	input(l, &ev);
}

static void on_traffic(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_TRAFFIC };
	struct in6_addr src = address(l, r);

	ev.traffic.flow.src = prefix_host(&src);
	input(l, &ev);
}

static void (*const events[])(struct life *, struct rbuf *) = {
	on_link, on_address, on_packet, on_message, on_proved_or_not,
	on_restore, on_time, on_other,
};
/* ... of an octet with the highest bit. */
static void (*const app_events[])(struct life *, struct rbuf *) = {
	on_request, on_release, on_sockets, on_claims, on_traffic,
	on_rr, on_address, on_time,
};

/* --- who lives ------------------------------------------------------------ */

static void mobile(struct conf *c)
{
	struct conf_home *h = conf_add_home(c);

	FUZZ_MUST(h);
	c->roles = CONF_MN;
	strcpy(h->ifname, "eth0");
	FUZZ_MUST(!addr_parse(names[1], &h->hoa));
	FUZZ_MUST(!addr_parse(names[0], &h->ha));
	h->plen = 64;
	h->lifetime = 240;
	FUZZ_MUST(conf_add_ro_policy(c));
	c->ro_policy[0] = (struct conf_ro_policy){ .on = true };
	c->ro_max_peers = 2;
	FUZZ_MUST(conf_add_iface(c, "eth1"));
}

static void policy(struct conf *c, uint8_t how)
{
	struct conf_home *h = conf_add_home(c);

	FUZZ_MUST(h);
	*h = c->home[0];
	FUZZ_MUST(!addr_parse(names[12], &h->hoa));
	c->on_demand = true;
	c->boot = how & 8 ? ATYPE_BIT(ATYPE_ACCESS) : 0;
	c->boot |= how & 16 ? ATYPE_BIT(ATYPE_UNANCHORED) : 0;
	c->default_type = how & 32 ? ATYPE_HOME : ATYPE_NONE;
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++) {
		c->linger[t] = 3;
		c->renew[t] = t != ATYPE_HOME && how & 64 ? 7 : 0;
	}
	c->grace = 5;
}

static void agent(struct conf *c)
{
	struct conf_iface *i = conf_add_iface(c, "eth0");
	struct conf_prefix *p;
	struct conf_home_link *l = conf_add_home_link(c);
	struct conf_home_link *a = conf_add_anchor(c, "eth0");

	FUZZ_MUST(i && l && a);
	FUZZ_MUST(!prefix_parse("2001:db8:2::/64", &a->prefix));
	a->max_bindings = 4;
	a->max_per_link = 2;
	c->roles = CONF_HA | CONF_AR | CONF_CN;
	c->acl_default = 0;
	c->ha_max_memberships = 4;
	c->ha_max_agents = 3;
	c->cn_max_bindings = 4;
	c->ha_max_bindings = 8;
	i->send_adverts = true;
	p = conf_add_prefix(c, i);
	FUZZ_MUST(p && !prefix_parse("2001:db8:1::/64", &p->prefix));
	strcpy(l->ifname, "eth0");
	l->prefix = p->prefix;
	FUZZ_MUST(!addr_parse(names[0], &l->ha));
}

static void anchor(struct conf *c)
{
	struct conf_home_link *l;

	FUZZ_MUST(conf_add_iface(c, "eth0"));
	c->iface[0].send_adverts = c->iface[0].home_agent = true;
	l = conf_add_anchor(c, "eth0");
	FUZZ_MUST(l && !prefix_parse("2001:db8:1::/64", &l->prefix));
	c->roles = CONF_AR;
	l->max_bindings = 8;
}

static void roamer(struct conf *c)
{
	mobile(c);
	c->on_demand = true;
	c->boot = ATYPE_BIT(ATYPE_ACCESS);
	c->cga_sec = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rbuf r = rbuf_of(data, size);
	struct node_seed seed = { .secret = "the same in every life" };
	struct conf *c = conf_new();
	struct conf_peer *peer;
	struct life l = { .now = SEC(1000) };
	struct event end = { .kind = EV_SHUTDOWN };
	static uint8_t key[2048];
	uint8_t how = rbuf_u8(&r);

	FUZZ_MUST(c);
	l.cga = how >> 1 == 0x60;
	if (how & 1)
		(l.cga ? roamer : mobile)(c);
	else
		(l.cga ? anchor : agent)(c);
	if ((how & 3) == 3)
		policy(c, how);
	seed.early_bind = how & 4;
	peer = conf_add_peer(c);
	FUZZ_MUST(peer && !prefix_parse(l.cga ? "2001:db8:1::1/128" :
					how & 2 ? "2001:db8::/32" :
					"2001:db8:1::/64", &peer->addr));
	if (l.cga && how & 1) {
		seed.cga_key = key;
		seed.cga_key_len = sim_key(0, key, sizeof(key));
	}
	peer->protect = CONF_PROTECT_NONE;
	l.node = node_new(c, &seed, l.now);
	FUZZ_MUST(l.node);
	for (int n = 0; n < EVENTS_MAX && rbuf_left(&r); n++) {
		uint8_t what = rbuf_u8(&r);

		(what & 0x80 ? app_events : events)[what % 8](&l, &r);
	}
	input(&l, &end);
	for (unsigned id = 1; id < ASKERS; id++)
		FUZZ_MUST(!l.asks[id] || l.answered[id]);
	node_free(l.node);
	conf_free(c);
	return 0;
}
