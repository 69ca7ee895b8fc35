/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_cn.c - a correspondent, and mobiles and forgers that are made
 * here, message by message (RFC 6275 9.4, 9.5).
 *
 * The key of a Binding Update is computed from src/crypto and src/wire, not
 * by the node under test.
 */
#include "conf/conf.h"
#include "core/core.h"
#include "core/rr.h"
#include "crypto/mac.h"
#include "wire/auth.h"
#include "unit.h"

#define CN	"2001:db8:c::1"
#define CN2	"2001:db8:c::2"
#define HOA	"2001:db8:1::10"
#define HOA2	"2001:db8:1::20"
#define COA	"2001:db8:a::10"
#define COA2	"2001:db8:b::10"

struct story {
	const char	*cn;		/* which address mobiles talk to */
	struct conf	*conf;
	struct node	*node;
	struct mac	*mac;
	usec_t		now;

	/* heard last */
	unsigned	sent;		/* packets of all kinds */
	struct mh	mh;
	uint8_t		bytes[MH_LEN_MAX];
	struct pkt	pkt;
	uint8_t		packet[SEND_MAX];
	unsigned	flows, paths;	/* that stand */
	struct flow_key	flow[8];
	struct in6_addr	path;		/* where the last one leads */

	/* of the update sent last */
	uint8_t		kbm[RR_KBM];
	struct in6_addr	covered;
};

struct token {
	uint8_t		t[RR_TOKEN];
	uint16_t	nonce;
};

static struct in6_addr addr(const char *s)
{
	struct in6_addr a;

	ck_assert_int_eq(addr_parse(s, &a), 0);
	return a;
}

/* --- what it does -------------------------------------------------------- */

static void heard(struct story *s, const struct ef_send *e)
{
	struct wire_error err;

	s->sent++;
	memcpy(s->packet, e->data, e->len);
	ck_assert_int_eq(pkt_parse(s->packet, e->len, &s->pkt, &err), 0);
	s->mh.type = 0xff;
	if (s->pkt.proto != IPPROTO_MOBILITY)
		return;
	memcpy(s->bytes, s->pkt.payload.p, s->pkt.payload.len);
	ck_assert_int_eq(mh_parse_known(s->bytes, s->pkt.payload.len,
					pkt_src(&s->pkt), pkt_dst(&s->pkt),
					MH_KNOW_ALL, &s->mh, &err), 0);
}

static void count_flow(struct story *s, const struct ef_flow *f)
{
	unsigned k = 0;

	ck_assert(f->key.cn && f->key.src.len == 128);
	while (k < s->flows &&
	       !(addr_eq(&s->flow[k].dst.addr, &f->key.dst.addr) &&
		 addr_eq(&s->flow[k].src.addr, &f->key.src.addr)))
		k++;
	ck_assert_uint_lt(k, 8);
	s->flow[k] = f->key;
	if (f->up)
		s->flows += k == s->flows;
	else
		s->flow[k] = s->flow[--s->flows];
}

static void drain(struct story *s)
{
	static struct effect e;

	while (node_effect(s->node, &e)) {
		if (e.kind == EF_SEND)
			heard(s, &e.send);
		ck_assert(e.kind != EF_STORE);
		if (e.kind == EF_FLOW) {
			count_flow(s, &e.flow);
			ck_assert(!e.flow.up || e.flow.path.kind ==
				  PATH_MIP6_CN);
		}
		if (e.kind == EF_PATH) {
			s->paths += e.path.up ? 1 : -1U;
			if (e.path.up)
				s->path = e.path.key.remote;
			ck_assert(addr_is_unspec(&e.path.key.local));
		}
	}
}

static void input(struct story *s, const struct event *ev)
{
	node_input(s->node, ev, s->now);
	drain(s);
}

static void later(struct story *s, usec_t by)
{
	usec_t end = s->now + by;

	while (node_deadline(s->node) <= end) {
		s->now = node_deadline(s->node);
		node_tick(s->node, s->now);
		drain(s);
	}
	s->now = end;
}

static void begin(struct story *s)
{
	struct node_seed seed = { .secret = { 7 }, .wall = 1 };
	struct event ev = { .kind = EV_LINK };

	s->node = node_new(s->conf, &seed, s->now);
	ck_assert_ptr_nonnull(s->node);
	ev.link.ifindex = 2;
	strcpy(ev.link.name, "eth0");
	ev.link.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	ev.link.mtu = 1500;
	ev.link.up = true;
	input(s, &ev);
	ev = (struct event){ .kind = EV_ADDRESS };
	ev.address.ifindex = 2;
	ev.address.addr = addr(CN);
	ev.address.plen = 64;
	ev.address.state = ADDR_VALID;
	input(s, &ev);
	ev.address.addr = addr(CN2);
	input(s, &ev);
	ev = (struct event){ .kind = EV_READY };
	input(s, &ev);
}

static void open_story(struct story *s)
{
	*s = (struct story){ .now = SEC(1000), .cn = CN };
	s->conf = conf_new();
	s->conf->roles = CONF_CN;
	s->mac = mac_new();
	ck_assert(s->conf && s->mac);
	begin(s);
}

static void close_story(struct story *s)
{
	struct event ev = { .kind = EV_SHUTDOWN };

	input(s, &ev);
	ck_assert_uint_eq(s->flows, 0);
	ck_assert_uint_eq(s->paths, 0);
	node_free(s->node);
	conf_free(s->conf);
	mac_free(s->mac);
}

/* --- what mobiles do ----------------------------------------------------- */

static void send_packet(struct story *s, struct wbuf *w)
{
	struct event ev = { .kind = EV_PACKET };

	pkt_finish(w);
	ck_assert(!w->bad);
	ev.packet.ifindex = 2;
	ev.packet.data = (struct span){ w->base, wbuf_len(w) };
	input(s, &ev);
}

static struct token test(struct story *s, enum rr_kind kind, const char *from)
{
	struct in6_addr src = addr(from), dst = addr(s->cn);
	struct mh mh = { .type = kind == RR_HOME ? MH_HOTI : MH_COTI };
	uint8_t buf[200];
	struct wbuf w = wbuf_of(buf, sizeof(buf)), t;
	struct token ret;
	unsigned before = s->sent;
	size_t at;

	mh.test_init.cookie = 0x1122334455667788;
	pkt_start(&w, &src, &dst, 64, NULL, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	ck_assert_int_eq(mh_build(&mh, &w), 0);
	mh_seal(buf + at, mh.len, &src, &dst);
	send_packet(s, &w);
	ck_assert_uint_eq(s->sent, before + 1);
	ck_assert_uint_eq(s->mh.type, kind == RR_HOME ? MH_HOT : MH_COT);
	ck_assert_uint_eq(s->mh.test.cookie, 0x1122334455667788);
	ck_assert(addr_eq(&s->pkt.dst, &src));
	t = wbuf_of(ret.t, sizeof(ret.t));
	wbuf_u64(&t, s->mh.test.token);
	ret.nonce = s->mh.test.nonce;
	return ret;
}

/* What is left zero has the value of an ordinary one. */
struct bu {
	const char	*src, *hoa, *alt;	/* COA, HOA, none */
	uint16_t	seq, lifetime;		/* units */
	uint16_t	flags;			/* MH_BU_A */
	bool		no_flags, ends, no_hao;
	bool		no_nonces, no_auth, bad_auth;
	const struct token *home, *careof;
	const char	*covered;		/* instead of the care-of one */
	const char	*made_for;		/* home token is another's */
};

static void sign(struct story *s, const struct bu *b, struct mh *mh,
		 uint8_t *bytes)
{
	const struct span piece[] = {
		{ b->home->t, RR_TOKEN },
		{ b->careof ? b->careof->t : NULL, RR_TOKEN },
	};
	const struct mopt *o = mh_opt(mh, MOPT_AUTH_DATA);
	const struct span key = { s->kbm, RR_KBM };
	struct in6_addr cn = addr(s->cn);
	uint8_t mac[MAC_SHA1_LEN];
	struct auth_cover c;

	mac_sha1(s->mac, piece, b->careof ? 2 : 1, s->kbm);
	auth_cover_data(&s->covered, &cn, bytes, mh->len, o, &c);
	ck_assert_int_eq(mac_hmac_sha1(s->mac, &key, c.piece, c.n, mac), 0);
	if (b->bad_auth)
		mac[3] ^= 1;
	memcpy(bytes + o->off + 2, mac, AUTH_DATA_LEN);
}

static void update(struct story *s, struct bu b)
{
	struct in6_addr src = addr(b.src ? b.src : COA);
	struct in6_addr hoa = addr(b.hoa ? b.hoa : HOA), dst = addr(s->cn);
	struct in6_addr coa = b.alt ? addr(b.alt) : src;
	struct mh mh = { .type = MH_BU };
	uint8_t buf[400];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	struct mopt *o;
	size_t at;

	s->mh.type = 0xff;
	mh.bu.seq = b.seq;
	mh.bu.flags = b.no_flags ? 0 : b.flags ? b.flags : MH_BU_A;
	mh.bu.lifetime = b.ends ? 0 : b.lifetime ? b.lifetime : 30;
	if (b.alt && (o = mh_add(&mh, MOPT_ALTCOA)))
		o->altcoa = coa;
	if (!b.no_nonces && (o = mh_add(&mh, MOPT_NONCES))) {
		o->nonces.home = b.home->nonce;
		o->nonces.careof = b.careof ? b.careof->nonce : 0;
	}
	if (!b.no_auth && (o = mh_add(&mh, MOPT_AUTH_DATA)))
		o->auth_data = (struct span){ NULL, AUTH_DATA_LEN };
	pkt_start(&w, &src, &dst, 64, b.no_hao ? NULL : &hoa, NULL,
		  IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	ck_assert_int_eq(mh_build(&mh, &w), 0);
	s->covered = b.covered ? addr(b.covered) : b.ends ? hoa : coa;
	if (!b.no_auth)
		sign(s, &b, &mh, buf + at);
	mh_seal(buf + at, mh.len, b.no_hao ? &src : &hoa, &dst);
	send_packet(s, &w);
}

/* Does the last message answer it so, and with an authenticator? */
static void expect(struct story *s, uint8_t status, uint16_t seq, bool proved)
{
	const struct mopt *o = mh_opt(&s->mh, MOPT_AUTH_DATA);
	const struct span key = { s->kbm, RR_KBM };
	struct in6_addr cn = addr(s->cn);
	uint8_t mac[MAC_SHA1_LEN];
	struct auth_cover c;

	ck_assert_uint_eq(s->mh.type, MH_BA);
	ck_assert_uint_eq(s->mh.ba.status, status);
	ck_assert_uint_eq(s->mh.ba.seq, seq);
	ck_assert(!o == !proved);
	if (!o)
		return;
	auth_cover_data(&s->covered, &cn, s->bytes, s->mh.len, o, &c);
	ck_assert_int_eq(mac_hmac_sha1(s->mac, &key, c.piece, c.n, mac), 0);
	ck_assert_mem_eq(mac, o->auth_data.p, AUTH_DATA_LEN);
}

static void quiet(struct story *s)
{
	ck_assert_uint_eq(s->mh.type, 0xff);
}

/* --- tests --------------------------------------------------------------- */

START_TEST(registers)
{
	struct in6_addr coa = addr(COA), hoa = addr(HOA);
	struct token h, c;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 5, .lifetime = 1000, .home = &h,
				.careof = &c });
	expect(&s, 0, 5, true);
	/* MAX_RR_BINDING_LIFE; to the source, by a routing header */
	ck_assert_uint_eq(s.mh.ba.lifetime, 105);
	ck_assert(addr_eq(&s.pkt.dst, &coa) && s.pkt.has_rh2);
	ck_assert(addr_eq(&s.pkt.rh2, &hoa));
	ck_assert_uint_eq(s.flows, 1);
	ck_assert(addr_eq(&s.path, &coa));
	later(&s, SEC(419));
	ck_assert_uint_eq(s.flows, 1);
	later(&s, SEC(2));
	ck_assert_uint_eq(s.flows, 0);
	ck_assert_uint_eq(s.paths, 0);
	close_story(&s);
}
END_TEST

START_TEST(moves)
{
	struct in6_addr coa2 = addr(COA2);
	struct token h, c, c2;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	c2 = test(&s, RR_CAREOF, COA2);
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c });
	expect(&s, 0, 5, true);
	/* a token of another care-of address is none */
	update(&s, (struct bu){ .seq = 6, .src = COA2, .home = &h,
				.careof = &c });
	quiet(&s);
	update(&s, (struct bu){ .seq = 7, .src = COA2, .home = &h,
				.careof = &c2 });
	expect(&s, 0, 7, true);
	ck_assert(addr_eq(&s.path, &coa2));
	ck_assert_uint_eq(s.paths, 1);
	/* 9.5.1: it is the alternate care-of address that counts */
	update(&s, (struct bu){ .seq = 8, .src = COA2, .alt = COA,
				.home = &h, .careof = &c2 });
	quiet(&s);
	update(&s, (struct bu){ .seq = 9, .src = COA2, .alt = COA,
				.home = &h, .careof = &c });
	expect(&s, 0, 9, true);
	close_story(&s);
}
END_TEST

/* 9.5.1: each of these is silence, and nothing changes. */
START_TEST(silence)
{
	struct token h, c, other;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	other = test(&s, RR_HOME, HOA2);
	const struct bu forged[] = {
		{ .no_nonces = true, .home = &h, .careof = &c },
		{ .no_auth = true, .home = &h, .careof = &c },
		{ .bad_auth = true, .home = &h, .careof = &c },
		/* the home token is another's */
		{ .home = &other, .careof = &c },
		/* a care-of token instead of the home token, and so on */
		{ .home = &c, .careof = &c },
		{ .home = &h, .careof = &h },
		/* the care-of address is not the one that was tested */
		{ .src = COA2, .home = &h, .careof = &c },
		{ .alt = COA2, .home = &h, .careof = &c },
		/* ... or not the one that is covered */
		{ .covered = COA2, .home = &h, .careof = &c },
		/* a deregistration with the key of a registration */
		{ .ends = true, .home = &h, .careof = &c },
		{ .ends = true, .home = &other },
		/* no home registration by that */
		{ .alt = "ff02::1", .home = &h, .careof = &c },
	};
	for (size_t k = 0; k < sizeof(forged) / sizeof(*forged); k++) {
		struct bu b = forged[k];

		b.seq = (uint16_t)(10 + k);
		update(&s, b);
		quiet(&s);
		ck_assert_uint_eq(s.flows, 0);
	}
	update(&s, (struct bu){ .seq = 1, .home = &h, .careof = &c });
	expect(&s, 0, 1, true);
	close_story(&s);
}
END_TEST

START_TEST(nonces)
{
	struct token h, c, h2, c2;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	later(&s, SEC(200));
	h2 = test(&s, RR_HOME, HOA);
	c2 = test(&s, RR_CAREOF, COA);
	ck_assert_uint_ne(h.nonce, h2.nonce);
	update(&s, (struct bu){ .seq = 1, .home = &h, .careof = &c });
	expect(&s, 0, 1, true);
	later(&s, SEC(41));
	/* 9.5.4: without Binding Authorization Data */
	update(&s, (struct bu){ .seq = 2, .home = &h, .careof = &c2 });
	expect(&s, MH_ST_HOME_NONCE, 2, false);
	update(&s, (struct bu){ .seq = 3, .home = &h2, .careof = &c });
	expect(&s, MH_ST_CAREOF_NONCE, 3, false);
	update(&s, (struct bu){ .seq = 4, .home = &h, .careof = &c });
	expect(&s, MH_ST_NONCES, 4, false);
	h.nonce = 0;
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c2 });
	expect(&s, MH_ST_HOME_NONCE, 5, false);
	update(&s, (struct bu){ .seq = 6, .home = &h2, .careof = &c2 });
	expect(&s, 0, 6, true);
	/* the care-of nonce of a deregistration is not looked at */
	update(&s, (struct bu){ .seq = 7, .ends = true, .home = &h2 });
	expect(&s, 0, 7, true);
	close_story(&s);
}
END_TEST

/* Old updates of a binding that stands, has ended, or was deleted. */
START_TEST(replays)
{
	struct token h, c;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 5, .lifetime = 5, .home = &h,
				.careof = &c });
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c });
	expect(&s, MH_ST_SEQUENCE, 5, true);
	update(&s, (struct bu){ .seq = 6, .ends = true, .home = &h });
	expect(&s, 0, 6, true);
	ck_assert_uint_eq(s.flows, 0);
	/* 9.5.3: "the same nonces are not used again" */
	later(&s, SEC(100));
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c });
	expect(&s, MH_ST_SEQUENCE, 6, true);
	/* and later there are no such nonces */
	later(&s, SEC(141));
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c });
	expect(&s, MH_ST_NONCES, 5, false);
	/* one that ended by itself */
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 20, .lifetime = 1, .home = &h,
				.careof = &c });
	expect(&s, 0, 20, true);
	later(&s, SEC(5));
	ck_assert_uint_eq(s.flows, 0);
	update(&s, (struct bu){ .seq = 20, .home = &h, .careof = &c });
	expect(&s, MH_ST_SEQUENCE, 20, true);
	ck_assert_uint_eq(s.flows, 0);
	close_story(&s);
}
END_TEST

START_TEST(statuses)
{
	struct conf_cn_policy *p;
	struct token h, c, h2, own;
	struct story s;

	open_story(&s);
	s.conf->cn_max_bindings = 1;
	p = conf_add_cn_policy(s.conf);
	*p = (struct conf_cn_policy){ .hoa = prefix_host(&(struct in6_addr){
		.s6_addr = { 0x20, 1, 0xd, 0xb8, [5] = 9, [15] = 9 } }) };
	node_free(s.node);
	begin(&s);
	c = test(&s, RR_CAREOF, COA);
	/* 129: policy */
	h = test(&s, RR_HOME, "2001:db8:9::9");
	update(&s, (struct bu){ .seq = 1, .hoa = "2001:db8:9::9", .home = &h,
				.careof = &c });
	expect(&s, MH_ST_PROHIBITED, 1, true);
	/* 133: nothing to delete */
	h = test(&s, RR_HOME, HOA);
	update(&s, (struct bu){ .seq = 1, .ends = true, .home = &h });
	expect(&s, MH_ST_NOT_HA, 1, true);
	/* 174: at the home address */
	own = test(&s, RR_CAREOF, HOA);
	update(&s, (struct bu){ .seq = 1, .alt = HOA, .home = &h,
				.careof = &own });
	expect(&s, MH_ST_INVALID_COA, 1, true);
	update(&s, (struct bu){ .seq = 1, .home = &h, .careof = &c });
	expect(&s, 0, 1, true);
	/* 130 */
	h2 = test(&s, RR_HOME, HOA2);
	update(&s, (struct bu){ .seq = 1, .hoa = HOA2, .home = &h2,
				.careof = &c });
	expect(&s, MH_ST_RESOURCES, 1, true);
	ck_assert_uint_eq(s.flows, 1);
	/* 131: no home agent */
	update(&s, (struct bu){ .seq = 1, .flags = MH_BU_A | MH_BU_H,
				.no_nonces = true, .no_auth = true });
	expect(&s, MH_ST_NO_HOME_REG, 1, false);
	close_story(&s);
}
END_TEST

/* 9.5.4: who did not ask for an answer gets one only when it is refused. */
START_TEST(not_asked)
{
	struct token h, c;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 5, .no_flags = true, .home = &h,
				.careof = &c });
	quiet(&s);
	ck_assert_uint_eq(s.flows, 1);
	update(&s, (struct bu){ .seq = 5, .no_flags = true, .home = &h,
				.careof = &c });
	expect(&s, MH_ST_SEQUENCE, 5, true);
	close_story(&s);
}
END_TEST

/* 9.5.1: any number to begin with, and then modulo 2^16. */
START_TEST(numbers)
{
	struct token h, c;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 65535, .home = &h, .careof = &c });
	expect(&s, 0, 65535, true);
	update(&s, (struct bu){ .seq = 0, .home = &h, .careof = &c });
	expect(&s, 0, 0, true);
	update(&s, (struct bu){ .seq = 65535, .home = &h, .careof = &c });
	expect(&s, MH_ST_SEQUENCE, 0, true);
	update(&s, (struct bu){ .seq = 32767, .home = &h, .careof = &c });
	expect(&s, 0, 32767, true);
	update(&s, (struct bu){ .seq = 0, .home = &h, .careof = &c });
	expect(&s, MH_ST_SEQUENCE, 32767, true);
	close_story(&s);
}
END_TEST

/* 6.1.7, 6.1.8: K and L are nothing to a correspondent, nor what is reserved;
 * K is clear in its answer. */
START_TEST(ignores_bits)
{
	struct token h, c;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 5, .flags = MH_BU_A | MH_BU_K | MH_BU_L,
				.home = &h, .careof = &c });
	expect(&s, 0, 5, true);
	ck_assert_uint_eq(s.mh.ba.flags, 0);
	ck_assert_uint_eq(s.flows, 1);
	close_story(&s);
}
END_TEST

/* Whatever is wrong with it: no answer. */
static void test_in_vain(struct story *s, uint8_t type, const char *from,
			 const char *hao, const char *rh2)
{
	struct in6_addr src = addr(from), dst = addr(CN);
	struct in6_addr h = addr(hao ? hao : "::"), r = addr(rh2 ? rh2 : "::");
	struct mh mh = { .type = type };
	uint8_t buf[200];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	unsigned before = s->sent;
	size_t at;

	pkt_start(&w, &src, &dst, 64, hao ? &h : NULL, rh2 ? &r : NULL,
		  IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	ck_assert_int_eq(mh_build(&mh, &w), 0);
	mh_seal(buf + at, mh.len, hao ? &h : &src, rh2 ? &r : &dst);
	send_packet(s, &w);
	ck_assert_uint_eq(s->sent, before);
}

/* 9.4.1, 9.4.2: with a Home Address option a test is ignored; with a routing
 * header, or from where nobody can be answered, it is as well. */
START_TEST(silent_tests)
{
	struct story s;

	open_story(&s);
	test_in_vain(&s, MH_HOTI, COA, HOA, NULL);
	test_in_vain(&s, MH_COTI, COA, HOA, NULL);
	test_in_vain(&s, MH_HOTI, HOA, NULL, HOA2);
	test_in_vain(&s, MH_COTI, COA, NULL, HOA2);
	test_in_vain(&s, MH_HOTI, "fe80::1:2", NULL, NULL);
	test_in_vain(&s, MH_COTI, "::", NULL, NULL);
	test(&s, RR_HOME, HOA);
	test(&s, RR_CAREOF, COA);
	close_story(&s);
}
END_TEST

/* From the home address itself: no routing header in the answer. */
START_TEST(at_home)
{
	struct token h, c;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c });
	update(&s, (struct bu){ .seq = 6, .src = HOA, .no_hao = true,
				.ends = true, .home = &h });
	expect(&s, 0, 6, true);
	ck_assert(!s.pkt.has_rh2);
	ck_assert_uint_eq(s.flows, 0);
	close_story(&s);
}
END_TEST

static void used(struct story *s)
{
	struct event ev = { .kind = EV_USED };

	ev.used.flow.dst = prefix_host(&(struct in6_addr){ 0 });
	ev.used.flow.src = ev.used.flow.dst;
	ev.used.flow.dst.addr = addr(HOA);
	ev.used.flow.src.addr = addr(CN);
	ev.used.flow.cn = true;
	input(s, &ev);
}

START_TEST(refresh_request)
{
	struct in6_addr hoa = addr(HOA);
	struct token h, c;
	struct story s;
	unsigned before;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 5, .lifetime = 105, .home = &h,
				.careof = &c });
	before = s.sent;
	later(&s, SEC(390));
	used(&s);
	later(&s, SEC(5));
	ck_assert_uint_eq(s.sent, before);
	later(&s, SEC(2));
	ck_assert_uint_eq(s.sent, before + 1);
	ck_assert_uint_eq(s.mh.type, MH_BRR);
	ck_assert(addr_eq(&s.pkt.dst, &hoa) && !s.pkt.has_rh2);
	later(&s, SEC(20));
	ck_assert_uint_eq(s.sent, before + 3);
	later(&s, SEC(10));
	ck_assert_uint_eq(s.sent, before + 3);
	ck_assert_uint_eq(s.flows, 0);
	/* and nobody asks for what is not in use */
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 6, .lifetime = 105, .home = &h,
				.careof = &c });
	before = s.sent;
	later(&s, SEC(421));
	ck_assert_uint_eq(s.sent, before);
	close_story(&s);
}
END_TEST

/* 9.3.1: a Home Address option that no binding is for. */
START_TEST(spoofed_option)
{
	struct in6_addr src = addr(COA2), dst = addr(CN), hoa = addr(HOA);
	uint8_t buf[200];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	struct token h, c;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c });
	pkt_start(&w, &src, &dst, 64, &hoa, NULL, IPPROTO_UDP);
	wbuf_put(&w, "12345678", 8);
	send_packet(&s, &w);
	ck_assert_uint_eq(s.mh.type, MH_BE);
	ck_assert_uint_eq(s.mh.be.status, MH_BE_UNKNOWN_BINDING);
	ck_assert(addr_eq(&s.mh.be.hoa, &hoa));
	ck_assert(addr_eq(&s.pkt.dst, &src) && !s.pkt.has_rh2);
	ck_assert_uint_eq(s.flows, 1);
	close_story(&s);
}
END_TEST

static void unreachable(struct story *s)
{
	struct event ev = { .kind = EV_UNREACHABLE };

	ev.unreachable.flow.src = prefix_host(&(struct in6_addr){ 0 });
	ev.unreachable.flow.src.addr = addr(CN);
	ev.unreachable.flow.dst = ev.unreachable.flow.src;
	ev.unreachable.flow.dst.addr = addr(HOA);
	input(s, &ev);
}

/* 9.3.4: persistent errors end a binding; a few, or such that an update comes
 * between, do not. */
START_TEST(persistent_errors)
{
	struct token h, c, c2;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	c2 = test(&s, RR_CAREOF, COA2);
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c });
	for (int k = 0; k < 10; k++, later(&s, SEC(1)))
		unreachable(&s);
	ck_assert_uint_eq(s.flows, 1);
	/* it was the old care-of address */
	update(&s, (struct bu){ .seq = 6, .src = COA2, .home = &h,
				.careof = &c2 });
	for (int k = 0; k < 4; k++, later(&s, SEC(6)))
		unreachable(&s);
	ck_assert_uint_eq(s.flows, 1);
	for (int k = 0; k < 10; k++, later(&s, SEC(1)))
		unreachable(&s);
	ck_assert_uint_eq(s.flows, 1);
	unreachable(&s);
	ck_assert_uint_eq(s.flows, 0);
	ck_assert_uint_eq(s.paths, 0);
	/* and is not to be had again by the same message (5.2.8) */
	update(&s, (struct bu){ .seq = 6, .src = COA2, .home = &h,
				.careof = &c2 });
	expect(&s, MH_ST_SEQUENCE, 6, true);
	close_story(&s);
}
END_TEST

/* Stateless: a flood of tests leaves nothing behind. */
START_TEST(flood)
{
	struct story s;

	open_story(&s);
	for (unsigned k = 0; k < 20000; k++) {
		test(&s, k & 1 ? RR_HOME : RR_CAREOF, HOA);
		s.now += 10;
	}
	ck_assert_uint_eq(node_deadline(s.node), USEC_NEVER);
	close_story(&s);
}
END_TEST

/* 9.1: each of its addresses has a binding cache of its own. */
START_TEST(two_addresses)
{
	struct in6_addr coa2 = addr(COA2), src = addr(COA), dst = addr(CN2);
	struct in6_addr hoa = addr(HOA);
	uint8_t buf[200];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	struct token h, c, c2;
	struct story s;

	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	c2 = test(&s, RR_CAREOF, COA2);
	update(&s, (struct bu){ .seq = 500, .home = &h, .careof = &c });
	expect(&s, 0, 500, true);
	/* with sequence numbers of its own, and another care-of address */
	s.cn = CN2;
	update(&s, (struct bu){ .seq = 5, .ends = true, .home = &h });
	expect(&s, MH_ST_NOT_HA, 5, true);
	update(&s, (struct bu){ .seq = 5, .src = COA2, .home = &h,
				.careof = &c2 });
	expect(&s, 0, 5, true);
	ck_assert_uint_eq(s.flows, 2);
	ck_assert_uint_eq(s.paths, 2);
	ck_assert(addr_eq(&s.path, &coa2));
	/* 9.3.1: what is a binding of one is none of the other */
	pkt_start(&w, &src, &dst, 64, &hoa, NULL, IPPROTO_UDP);
	wbuf_put(&w, "12345678", 8);
	send_packet(&s, &w);
	ck_assert_uint_eq(s.mh.type, MH_BE);
	/* nor is its end */
	s.cn = CN;
	update(&s, (struct bu){ .seq = 501, .ends = true, .home = &h });
	expect(&s, 0, 501, true);
	ck_assert_uint_eq(s.flows, 1);
	ck_assert(addr_eq(&s.flow[0].src.addr, &dst));
	s.cn = CN2;
	update(&s, (struct bu){ .seq = 6, .src = COA2, .home = &h,
				.careof = &c2 });
	expect(&s, 0, 6, true);
	close_story(&s);
}
END_TEST

/* Behind the last index comes the first, and never one that is in use. */
START_TEST(index_wraps)
{
	struct token last[3], next;
	struct story s;

	open_story(&s);
	last[0] = last[1] = last[2] = test(&s, RR_HOME, HOA);
	while (last[2].nonce != UINT16_MAX) {
		later(&s, SEC(30));
		last[0] = last[1];
		last[1] = last[2];
		last[2] = test(&s, RR_HOME, HOA);
		ck_assert_uint_eq(last[2].nonce, last[1].nonce + 1);
	}
	for (uint16_t k = 1; k <= 5; k++) {
		later(&s, SEC(30));
		next = test(&s, RR_CAREOF, COA);
		ck_assert_uint_eq(next.nonce, k);
	}
	for (uint16_t k = 0; k < 3; k++) {
		update(&s, (struct bu){ .seq = 1 + k, .home = &last[k],
					.careof = &next });
		expect(&s, 0, 1 + k, true);
	}
	close_story(&s);
}
END_TEST

/* A reload that refuses a mobile, and another that does not: in between its
 * last message has not become new (9.5.1, 9.5.3). */
START_TEST(reload_remembers)
{
	struct conf *no = conf_new();
	struct conf_cn_policy *p = conf_add_cn_policy(no);
	struct token h, c;
	struct story s;

	no->roles = CONF_CN;
	*p = (struct conf_cn_policy){ .on = false };
	open_story(&s);
	h = test(&s, RR_HOME, HOA);
	c = test(&s, RR_CAREOF, COA);
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c });
	expect(&s, 0, 5, true);
	ck_assert_int_eq(node_reconfigure(s.node, no, s.now), 0);
	drain(&s);
	ck_assert_uint_eq(s.flows + s.paths, 0);
	later(&s, SEC(60));
	ck_assert_int_eq(node_reconfigure(s.node, s.conf, s.now), 0);
	update(&s, (struct bu){ .seq = 5, .home = &h, .careof = &c });
	expect(&s, MH_ST_SEQUENCE, 5, true);
	ck_assert_uint_eq(s.flows, 0);
	update(&s, (struct bu){ .seq = 6, .home = &h, .careof = &c });
	expect(&s, 0, 6, true);
	close_story(&s);
	conf_free(no);
}
END_TEST

/* How many Binding Errors so many packets cause that are spoofed at once. */
static unsigned spoof(struct story *s, unsigned n, const char *net, bool one)
{
	struct in6_addr src = addr(net), dst = addr(CN), hoa = addr(HOA2);
	unsigned before = s->sent;

	for (unsigned k = 0; k < n; k++) {
		uint8_t buf[200];
		struct wbuf w = wbuf_of(buf, sizeof(buf));

		if (!one) {
			src.s6_addr[13] = (uint8_t)(k >> 8);
			src.s6_addr[14] = (uint8_t)k;
		}
		pkt_start(&w, &src, &dst, 64, &hoa, NULL, IPPROTO_UDP);
		wbuf_put(&w, "12345678", 8);
		send_packet(s, &w);
	}
	return s->sent - before;
}

/* 9.3.3, RFC 4443 2.4 f: who causes too many errors takes nothing from others,
 * and not the other kinds of answers either. */
START_TEST(rationed)
{
	struct token none = { .nonce = 1 };
	struct story s;
	unsigned n;

	open_story(&s);
	n = spoof(&s, 1000, COA2, true);
	ck_assert_uint_ge(n, 10);
	ck_assert_uint_le(n, 20);
	/* his neighbour, and the whole of his link */
	ck_assert_uint_eq(spoof(&s, 1, "2001:db8:b::77", true), 1);
	n = spoof(&s, 10000, "2001:db8:b::", false);
	ck_assert_uint_ge(n, 50);
	ck_assert_uint_le(n, 100);
	ck_assert_uint_eq(spoof(&s, 1, "2001:db8:b::78", true), 0);
	/* another link */
	ck_assert_uint_eq(spoof(&s, 1, COA, true), 1);
	/* another kind, for himself */
	update(&s, (struct bu){ .seq = 5, .src = COA2, .home = &none,
				.careof = &none });
	expect(&s, MH_ST_NONCES, 5, false);
	for (unsigned k = 0; k < 1000; k++)
		update(&s, (struct bu){ .seq = 5, .src = COA2, .home = &none,
					.careof = &none });
	quiet(&s);
	update(&s, (struct bu){ .seq = 5, .home = &none, .careof = &none });
	expect(&s, MH_ST_NONCES, 5, false);
	/* and again after a while */
	later(&s, SEC(1));
	ck_assert_uint_eq(spoof(&s, 1, COA2, true), 1);
	close_story(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core: correspondent");

	unit_add(s, "registers", registers);
	unit_add(s, "moves", moves);
	unit_add(s, "silence", silence);
	unit_add(s, "nonces", nonces);
	unit_add(s, "replays", replays);
	unit_add(s, "statuses", statuses);
	unit_add(s, "not asked", not_asked);
	unit_add(s, "numbers", numbers);
	unit_add(s, "ignores bits", ignores_bits);
	unit_add(s, "silent tests", silent_tests);
	unit_add(s, "at home", at_home);
	unit_add(s, "refresh request", refresh_request);
	unit_add(s, "spoofed option", spoofed_option);
	unit_add(s, "persistent errors", persistent_errors);
	unit_add(s, "flood", flood);
	unit_add(s, "two addresses", two_addresses);
	unit_add(s, "index wraps", index_wraps);
	unit_add(s, "reload remembers", reload_remembers);
	unit_add(s, "rationed", rationed);
	return unit_main((Suite *const[]){ s, NULL });
}
