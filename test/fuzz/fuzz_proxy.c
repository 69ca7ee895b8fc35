/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_proxy.c - the octets are the life of an anchor or a gateway of Proxy
 * Mobile IPv6 (RFC 5213, 5846, 5847).
 *
 * The first octet chooses which, and what is configured.  Then come events, an
 * octet each, with what they need behind it: mobiles solicit, appear, vanish
 * and are revoked, time passes, clocks step, records are restored, and messages
 * arrive.  Those are built here, with the options that the octets choose, an
 * answer after the last question that was asked, and bear the authenticator of
 * the peer's key; or one that is wrong, or octets as they are.
 *
 * Held to: no effect without end, no deadline in the past after a tick; what
 * is forged has no effect but an answer and a note; a prefix is routed to one
 * place; and after the shutdown nothing is routed.
 */
#include "fuzz.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/node.h"
#include "crypto/mac.h"
#include "wire/auth.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

#define EVENTS_MAX	256
#define EFFECTS_MAX	20000
#define TICKS_MAX	2000
#define FLOWS_MAX	128
#define LMA		"2001:db8:f::1"
#define MAG		"2001:db8:f::a1"
#define MAG2		"2001:db8:f::a2"
#define WALL		((int64_t)SEC(1700000000ULL))

static const uint8_t key[16] = "sixteen octets.";

struct life {
	struct node	*node;
	struct mac	*mac;
	bool		lma, forged;
	usec_t		now;
	int64_t		wall;
	unsigned	nflows;
	struct ef_flow	flow[FLOWS_MAX];
	/* the last question, of those that are answered */
	uint8_t		packet[SEND_MAX];
	struct mh	asked;
};

/* --- what it wants ----------------------------------------------------------- */

static void want_flow(struct life *l, const struct ef_flow *f)
{
	unsigned k = 0;

	while (k < l->nflows &&
	       (!prefix_eq(&l->flow[k].key.src, &f->key.src) ||
		!prefix_eq(&l->flow[k].key.dst, &f->key.dst)))
		k++;
	if (!f->up) {
		FUZZ_MUST(k < l->nflows);
		l->flow[k] = l->flow[--l->nflows];
		return;
	}
	FUZZ_MUST(k < FLOWS_MAX);
	l->nflows += k == l->nflows;
	l->flow[k] = *f;
}

static void heard(struct life *l, const struct ef_send *s)
{
	struct wire_error e;
	struct pkt p;

	memcpy(l->packet, s->data, s->len);
	if (pkt_parse(l->packet, s->len, &p, &e) ||
	    p.proto != IPPROTO_MOBILITY ||
	    mh_parse_known(p.payload.p, p.payload.len, NULL, NULL,
			   MH_KNOW_ALL, &l->asked, &e))
		l->asked.type = 0xff;
}

static void drain(struct life *l)
{
	static struct effect e;
	unsigned n = 0;

	while (node_effect(l->node, &e)) {
		FUZZ_MUST(++n < EFFECTS_MAX);
		FUZZ_MUST(!l->forged || e.kind == EF_SEND ||
			  e.kind == EF_NOTE);
		if (e.kind == EF_SEND)
			heard(l, &e.send);
		if (e.kind == EF_FLOW)
			want_flow(l, &e.flow);
	}
}

static void input(struct life *l, const struct event *ev)
{
	node_input(l->node, ev, l->now);
	drain(l);
}

static struct in6_addr addr(const char *text)
{
	struct in6_addr a = { 0 };

	FUZZ_MUST(addr_parse(text, &a) == 0);
	return a;
}

/* --- messages ------------------------------------------------------------------ */

static const char *const ids[] = {
	"phone@example.com", "pad@example.net", "wide@example.net",
	"banned@example.com", "nobody", "x@example.net", "y@example.net", "",
};

static const char *const prefixes[] = {
	"2001:db8:100:a::", "2001:db8:100::", "2001:db8:100:1::", "::",
	"2001:db8:200::", "fe80::", "ff02::1", "2001:db8:100:2::",
};

static struct lladdr card(uint8_t k)
{
	return (struct lladdr){ 6, { 2, 0, 0, 0, 0, k & 7 } };
}

/* The time of the peer, which is `off' tenths of a second wrong. */
static uint64_t stamp(const struct life *l, int off)
{
	int64_t t = (int64_t)l->now + l->wall + off * 100000;

	return ((uint64_t)t / USEC_PER_SEC) << 16 |
	       (((uint64_t)t % USEC_PER_SEC) << 16) / USEC_PER_SEC;
}

static void put_hnps(struct mh *mh, uint8_t which, uint8_t n)
{
	for (unsigned k = 0; k < (n & 7U); k++) {
		struct mopt *o = mh_add(mh, MOPT_HNP);

		if (!o)
			return;
		o->prefix.code = 0;
		o->prefix.addr = addr(prefixes[(which + k) & 7]);
		o->prefix.len = addr_is_unspec(&o->prefix.addr) ? 0 :
				n & 0x80 ? n & 0x7f : 64;
	}
}

/* Each option of RFC 5213 by a bit, with values of the octets that follow. */
static void put_options(struct life *l, struct rbuf *r, struct mh *mh,
			struct lladdr *ll)
{
	uint8_t which = rbuf_u8(r), who = rbuf_u8(r), v = rbuf_u8(r);
	const char *id = ids[who & 7];
	struct mopt *o;

	*ll = card(who >> 3);
	if (which & 1 && (o = mh_add(mh, MOPT_MNID))) {
		o->mnid.subtype = MOPT_MNID_NAI;
		o->mnid.id = (struct span){ (const uint8_t *)id, strlen(id) };
	}
	if (which & 2)
		put_hnps(mh, v, rbuf_u8(r));
	if (which & 4 && (o = mh_add(mh, MOPT_HANDOFF)))
		o->value = v >> 4 & 7;
	if (which & 8 && (o = mh_add(mh, MOPT_ATT)))
		o->value = v & 0x80 ? 4 : 3;
	if (which & 16 && (o = mh_add(mh, MOPT_TIMESTAMP)))
		o->timestamp = stamp(l, (int)(rbuf_u8(r) & 15) - 8);
	if (which & 32 && (o = mh_add(mh, MOPT_MN_LLI)))
		o->data = (struct span){ ll->b, ll->len };
	if (which & 64 && (o = mh_add(mh, MOPT_LINKLOCAL)))
		o->addr = v & 8 ? addr("fe80::77") : addr_unspec;
	if (which & 128 && (o = mh_add(mh, MOPT_LCMP)))
		o->data = rbuf_span(r, rbuf_u8(r) & 31);
}

/* What the last question had is in its answer. */
static void repeat_options(const struct life *l, struct mh *mh)
{
	for (unsigned k = 0; k < l->asked.nopts; k++) {
		const struct mopt *was = &l->asked.opt[k];
		struct mopt *o;

		if (was->type == MOPT_AUTH || was->type == MOPT_PAD1 ||
		    was->type == MOPT_PADN)
			continue;
		o = mh_add(mh, was->type);
		if (o)
			*o = *was;
	}
}

/* What only one end sends covers gateway and anchor, the rest its sender and
 * receiver. */
static void seal(struct life *l, struct mh *mh, uint8_t *bytes, bool wrong)
{
	const struct in6_addr mag = addr(MAG), lma = addr(LMA);
	bool down = !l->lma && mh->type != MH_BU && mh->type != MH_BA;
	const struct span k = { key, sizeof(key) };
	uint8_t mac[MAC_SHA1_LEN];
	struct auth_cover c;
	const struct mopt *o = mh_opt(mh, MOPT_AUTH);

	if (!o)
		return;
	auth_cover_mnha(down ? &lma : &mag, down ? &mag : &lma, bytes, o, &c);
	FUZZ_MUST(!mac_hmac_sha1(l->mac, &k, c.piece, c.n, mac));
	mac[3] ^= wrong;
	memcpy(bytes + o->off + 7, mac, AUTH_MNHA_LEN);
}

static void send_mh(struct life *l, struct mh *mh, uint8_t how)
{
	const struct in6_addr mag = addr(MAG), lma = addr(LMA);
	const struct in6_addr *src = l->lma ? &mag : &lma;
	const struct in6_addr *dst = l->lma ? &lma : &mag;
	struct event ev = { .kind = EV_PACKET };
	static uint8_t buf[2048];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	bool wrong = (how & 0xe0) == 0xe0, none = (how & 0xe0) == 0xc0;
	struct mopt *o;
	size_t at;

	if (!none && (o = mh_add(mh, MOPT_AUTH))) {
		o->auth.subtype = MOPT_AUTH_MNHA;
		o->auth.spi = 256;
		o->auth.data = (struct span){ NULL, AUTH_MNHA_LEN };
	}
	pkt_start(&w, src, dst, 64, NULL, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	if (mh_build(mh, &w) || w.bad)
		return;
	seal(l, mh, buf + at, wrong);
	mh_seal(buf + at, mh->len, src, dst);
	pkt_finish(&w);
	ev.packet.ifindex = 2;
	ev.packet.data = (struct span){ buf, wbuf_len(&w) };
	/* an update that is refused may begin a deletion elsewhere: no more */
	l->forged = wrong || none;
	input(l, &ev);
	l->forged = false;
}

static void on_update(struct life *l, struct rbuf *r)
{
	uint8_t how = rbuf_u8(r);
	struct mh mh = { .type = MH_BU };
	struct lladdr ll;

	mh.bu.seq = rbuf_u8(r);
	mh.bu.flags = MH_BU_A | MH_BU_H | (how & 1 ? 0 : MH_BU_P);
	mh.bu.lifetime = how & 2 ? 0 : 1 + (how >> 2 & 7);
	put_options(l, r, &mh, &ll);
	if (!r->bad)
		send_mh(l, &mh, how);
}

static void on_answer(struct life *l, struct rbuf *r)
{
	uint8_t how = rbuf_u8(r), status = rbuf_u8(r);
	struct mh mh = { .type = MH_BA };
	struct mopt *o;

	if (l->asked.type != MH_BU)
		return;
	mh.ba.status = how & 1 ? status : 0;
	mh.ba.seq = (uint16_t)(l->asked.bu.seq + (how & 2 ? status : 0));
	mh.ba.lifetime = how & 4 ? status : l->asked.bu.lifetime;
	mh.ba.flags = MH_BA_P;
	repeat_options(l, &mh);
	for (unsigned k = 0; k < mh.nopts; k++) {
		o = &mh.opt[k];
		if (o->type == MOPT_HNP && !(how & 8)) {
			o->prefix.addr = addr(prefixes[status & 7]);
			o->prefix.len = 64;
		}
	}
	send_mh(l, &mh, how);
}

static void on_beat(struct life *l, struct rbuf *r)
{
	uint8_t how = rbuf_u8(r);
	struct mh mh = { .type = MH_HEARTBEAT };
	struct mopt *o;

	mh.heartbeat.flags = how & 1 ? MH_HEARTBEAT_R : 0;
	mh.heartbeat.flags |= how & 2 ? MH_HEARTBEAT_U : 0;
	mh.heartbeat.seq = l->asked.type == MH_HEARTBEAT && how & 4 ?
			   l->asked.heartbeat.seq : how;
	if (how & 8 && (o = mh_add(&mh, MOPT_RESTART)))
		o->value = how >> 4 & 1;
	send_mh(l, &mh, how);
}

static void on_revocation(struct life *l, struct rbuf *r)
{
	uint8_t how = rbuf_u8(r);
	struct mh mh = { .type = MH_REVOCATION };
	struct lladdr ll;

	mh.revocation.kind = how & 1 ? MH_BRA : MH_BRI;
	mh.revocation.code = rbuf_u8(r);
	mh.revocation.seq = l->asked.type == MH_REVOCATION ?
			    l->asked.revocation.seq : how;
	mh.revocation.flags = (uint16_t)((how & 2 ? 0 : MH_REVOCATION_P) |
					 (how & 4 ? MH_REVOCATION_G : 0));
	put_options(l, r, &mh, &ll);
	if (!r->bad)
		send_mh(l, &mh, how);
}

/* As they are. */
static void on_octets(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_PACKET };
	struct span s = rbuf_span(r, rbuf_u8(r));

	ev.packet.ifindex = 2 + (s.len & 1);
	ev.packet.ll_src = card(3);
	ev.packet.data = s;
	if (s.p)
		input(l, &ev);
}

/* --- the link, and the rest ------------------------------------------------------ */

static void on_nd(struct life *l, struct rbuf *r)
{
	uint8_t how = rbuf_u8(r), buf[256];
	struct lladdr ll = card(how);
	struct in6_addr src = addr_eui64(&ll), dst = addr("ff02::2");
	struct event ev = { .kind = EV_PACKET };
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	struct nd nd = { .type = how & 8 ? ND_RS : ND_NS };

	src = how & 16 ? addr("fe80::1") : addr_linklocal_of(&src);
	nd.ns.target = src;
	if (nd.type == ND_RS)
		nd.sll = ll;
	else
		dst = addr_solicited_node(&src);
	nd_build(&nd, nd.type == ND_RS ? &src : &addr_unspec, &dst, &w);
	ev.packet.ifindex = 3;
	ev.packet.ll_src = ll;
	ev.packet.data = (struct span){ buf, wbuf_len(&w) };
	if (!w.bad)
		input(l, &ev);
}

static void on_neighbour(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_NEIGHBOUR };
	uint8_t how = rbuf_u8(r);

	ev.neighbour.ifindex = 2 + (how >> 3 & 1);
	ev.neighbour.ll = card(how);
	ev.neighbour.addr = addr(prefixes[how & 7]);
	ev.neighbour.reachable = how & 16;
	ev.neighbour.failed = !(how & 16) && how & 32;
	ev.neighbour.gone = !(how & 48);
	ev.neighbour.arrived = how & 64;
	input(l, &ev);
}

static void on_controller(struct life *l, struct rbuf *r)
{
	uint8_t how = rbuf_u8(r), who = rbuf_u8(r);
	struct event ev = { .kind = EV_ATTACH };

	if (how & 0x40) {
		ev = (struct event){ .kind = EV_REVOKE };
		if (how & 0x20)
			strcpy(ev.revoke.id, ids[who & 7]);
	} else {
		ev.attach.ifindex = 2 + (how >> 3 & 1);
		ev.attach.ll = card(how);
		ev.attach.gone = how & 16;
		ev.attach.handoff = who >> 3 & 7;
		if (how & 0x20)
			strcpy(ev.attach.id, ids[who & 7]);
	}
	input(l, &ev);
}

static void on_link(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_LINK };
	uint8_t how = rbuf_u8(r);

	ev.link.ifindex = 2 + (how & 1);
	strcpy(ev.link.name, how & 1 ? "wlan0" : "eth0");
	ev.link.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 9, how & 1 } };
	ev.link.mtu = 1500;
	ev.link.up = how & 2;
	ev.link.gone = (how & 14) == 12;
	input(l, &ev);
}

static void on_restore(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_RESTORE };
	struct store_record *s = &ev.restore;
	struct span k = rbuf_span(r, rbuf_u8(r) % (STORE_KEY_MAX + 1));
	struct span v = rbuf_span(r, rbuf_u8(r) % (STORE_VALUE_MAX + 1));

	if (!k.p || !v.p || l->node->ready)
		return;
	s->up = true;
	s->key_len = (uint8_t)k.len;
	s->value_len = (uint8_t)v.len;
	memcpy(s->key, k.p, k.len);
	memcpy(s->value, v.p, v.len);
	input(l, &ev);
}

static void on_ready(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_READY };

	input(l, &ev);
}

static void on_clock(struct life *l, struct rbuf *r)
{
	struct event ev = { .kind = EV_CLOCK };

	ev.wall = WALL + (rbuf_u8(r) - 128) * 100000;
	input(l, &ev);
}

static void on_time(struct life *l, struct rbuf *r)
{
	static const usec_t steps[] = {
		MSEC(1), MSEC(10), MSEC(200), SEC(1), SEC(2), SEC(11),
		SEC(60), SEC(4000),
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

static void (*const events[])(struct life *, struct rbuf *) = {
	on_update, on_answer, on_nd, on_time, on_controller, on_revocation,
	on_beat, on_neighbour, on_update, on_answer, on_octets, on_time,
	on_link, on_restore, on_clock, on_ready,
};

/* --- who lives ------------------------------------------------------------------ */

static void add_peer(struct conf *c, const char *who)
{
	struct conf_peer *p = conf_add_peer(c);

	FUZZ_MUST(p);
	p->addr = (struct prefix){ addr(who), 128 };
	p->protect = CONF_PROTECT_SHARED_KEY;
	p->spi = 256;
	p->key = key;
	p->key_len = sizeof(key);
}

static void add_mobile(struct conf *c, const char *id, uint8_t k)
{
	struct conf_mobile *m = conf_add_mobile(c, id);
	struct lladdr *ll;

	FUZZ_MUST(m);
	if (c->roles & CONF_MAG) {
		ll = conf_add_mobile_ll(c, m);
		FUZZ_MUST(ll);
		*ll = card(k);
	} else if (k == 1) {
		FUZZ_MUST(!prefix_parse("2001:db8:100:a::/64", &m->hnp[0]));
		m->nhnps = 1;
	} else {
		m->prefixes = k == 3 ? 2 : 1;
		m->allowed = k != 4;
	}
}

static void configure(struct conf *c, uint8_t how)
{
	struct prefix *pool;

	c->roles = how & 1 ? CONF_LMA : CONF_MAG;
	c->lma_address = addr(LMA);
	c->heartbeat = how & 2 ? 3 : 0;
	c->revocation = how & 4;
	c->timestamps = how & 8;
	c->lma_max_bindings = 6;
	if (c->roles & CONF_MAG) {
		c->mag_address = addr(MAG);
		FUZZ_MUST(conf_add_access(c, "wlan0"));
		if (how & 16)
			c->mag_linklocal = addr("fe80::1");
		add_peer(c, LMA);
	} else {
		pool = conf_add_pool(c);
		FUZZ_MUST(pool && !prefix_parse("2001:db8:100::/60", pool));
		if (how & 16)
			c->delete_delay = c->assign_delay = 0;
		add_peer(c, MAG);
		add_peer(c, MAG2);
	}
	add_mobile(c, "phone@example.com", 1);
	add_mobile(c, "pad@example.net", 2);
	add_mobile(c, "wide@example.net", 3);
	add_mobile(c, "banned@example.com", 4);
	if (c->roles & CONF_LMA)
		add_mobile(c, "@example.net", 5);
}

static void begin(struct life *l)
{
	struct event ev = { .kind = EV_LINK };

	for (uint32_t k = 2; k <= 3; k++) {
		ev = (struct event){ .kind = EV_LINK };
		ev.link.ifindex = k;
		strcpy(ev.link.name, k == 2 ? "eth0" : "wlan0");
		ev.link.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 9,
						   (uint8_t)k } };
		ev.link.mtu = 1500;
		ev.link.up = true;
		input(l, &ev);
		ev = (struct event){ .kind = EV_ADDRESS };
		ev.address.ifindex = k;
		ev.address.addr = addr(k == 3 ? "fe80::99" :
				       l->lma ? LMA : MAG);
		ev.address.plen = 64;
		ev.address.state = ADDR_VALID;
		input(l, &ev);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rbuf r = rbuf_of(data, size);
	struct node_seed seed = { .secret = "the same in every life" };
	struct conf *c = conf_new();
	static struct life l;
	struct event end = { .kind = EV_SHUTDOWN };
	uint8_t how = rbuf_u8(&r);

	FUZZ_MUST(c);
	memset(&l, 0, sizeof(l));
	l.now = SEC(1000);
	l.wall = seed.wall = WALL;
	l.asked.type = 0xff;
	l.mac = mac_new();
	l.lma = how & 1;
	configure(c, how);
	l.node = node_new(c, &seed, l.now);
	FUZZ_MUST(l.mac && l.node);
	begin(&l);
	/* records are restored before, in some lives */
	if (!(how & 0x80))
		on_ready(&l, &r);
	for (int n = 0; n < EVENTS_MAX && rbuf_left(&r); n++)
		events[rbuf_u8(&r) % 16](&l, &r);
	input(&l, &end);
	for (unsigned k = 0; k < l.nflows; k++)
		FUZZ_MUST(!l.node->ready || l.flow[k].action != FLOW_PATH);
	node_free(l.node);
	mac_free(l.mac);
	conf_free(c);
	return 0;
}
