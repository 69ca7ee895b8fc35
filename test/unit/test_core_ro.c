/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_ro.c - a mobile and a correspondent that is made here, message by
 * message; and others who would like to be it (RFC 6275 11.3.6, 11.6, 11.7).
 */
#include "mn_world.h"

#include "core/rr.h"
#include "crypto/mac.h"
#include "wire/auth.h"
#include "wire/icmp.h"

#define PEER	"2001:db8:c::1"
#define NONCE	7

static const uint8_t home_token[RR_TOKEN] = "home tok";
static const uint8_t careof_token[RR_TOKEN] = "careof t";

/* --- the correspondent --------------------------------------------------- */

struct msg {
	struct mh	mh;
	struct in6_addr	src, dst;
	const struct in6_addr *rh2;
	const uint8_t	*kbm;		/* NULL: no authenticator */
	struct in6_addr	covered;
	bool		inside;		/* it comes through the tunnel */
	bool		elsewhere;	/* by an interface of no use to us */
};

static void put(struct world *w, struct msg *m)
{
	struct in6_addr peer = w_addr(PEER);
	uint8_t buf[400], mac[MAC_SHA1_LEN];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct mac *ctx = mac_new();
	struct auth_cover c;
	struct mopt *o;
	uint32_t eth = w->eth;
	size_t at;

	if (m->kbm && (o = mh_add(&m->mh, MOPT_AUTH_DATA)))
		o->auth_data = (struct span){ NULL, AUTH_DATA_LEN };
	pkt_start(&b, &m->src, &m->dst, 64, NULL, m->rh2, IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(&m->mh, &b), 0);
	if (m->kbm) {
		const struct span key = { m->kbm, RR_KBM };

		o = (struct mopt *)(uintptr_t)mh_opt(&m->mh, MOPT_AUTH_DATA);
		auth_cover_data(&m->covered, &peer, buf + at, m->mh.len, o,
				&c);
		ck_assert_int_eq(mac_hmac_sha1(ctx, &key, c.piece, c.n, mac),
				 0);
		memcpy(buf + at + o->off + 2, mac, AUTH_DATA_LEN);
	}
	mh_seal(buf + at, m->mh.len, &m->src, m->rh2 ? m->rh2 : &m->dst);
	pkt_finish(&b);
	mac_free(ctx);
	if (m->inside)
		w->eth = IFINDEX_PATH;
	if (m->elsewhere)
		w->eth = 77;
	w_packet(w, &b, 2);
	w->eth = eth;
	w_drain(w);
}

struct answer {
	bool		other_cookie, on_the_link, elsewhere, no_nonce;
	uint64_t	flip;		/* in the cookie */
	const char	*from, *to;
};

static void answer_test(struct world *w, enum rr_kind kind, struct answer a)
{
	const struct world_test *t = &w->test[kind];
	struct rbuf r = rbuf_of(kind == RR_HOME ? home_token : careof_token,
				RR_TOKEN);
	struct msg m = {
		.mh.type = kind == RR_HOME ? MH_HOT : MH_COT,
		.src = a.from ? w_addr(a.from) : t->dst,
		.dst = a.to ? w_addr(a.to) : t->src,
		.inside = kind == RR_HOME && !a.on_the_link,
		.elsewhere = a.elsewhere,
	};

	m.mh.test.nonce = a.no_nonce ? 0 : NONCE + kind;
	m.mh.test.cookie = t->cookie ^ a.other_cookie ^ a.flip;
	m.mh.test.token = rbuf_u64(&r);
	put(w, &m);
}

static void both(struct world *w)
{
	answer_test(w, RR_HOME, (struct answer){ 0 });
	answer_test(w, RR_CAREOF, (struct answer){ 0 });
}

static void kbm_of(struct world *w, uint8_t ret[RR_KBM])
{
	const struct span piece[] = {
		{ home_token, RR_TOKEN }, { careof_token, RR_TOKEN },
	};
	struct mac *ctx = mac_new();

	mac_sha1(ctx, piece, w->bu.bu.lifetime ? 2 : 1, ret);
	mac_free(ctx);
}

struct ack {
	uint8_t		status;
	uint16_t	seq;		/* 0: the update's */
	uint16_t	lifetime;	/* units; 0: as asked */
	bool		bare;		/* no authenticator */
	bool		forged;
	const char	*from;
};

static void ack(struct world *w, struct ack a)
{
	bool home = addr_eq(&w->bu_src, &w->bu_hoa);
	uint8_t kbm[RR_KBM];
	struct msg m = {
		.mh.type = MH_BA, .src = w_addr(a.from ? a.from : PEER),
		.dst = w->bu_src, .rh2 = home ? NULL : &w->bu_hoa,
		.kbm = a.bare ? NULL : kbm,
		.covered = w->bu.bu.lifetime ? w->bu_src : w->bu_hoa,
	};

	kbm_of(w, kbm);
	kbm[0] ^= a.forged;
	m.mh.ba.status = a.status;
	m.mh.ba.seq = a.seq ? a.seq : w->bu.bu.seq;
	m.mh.ba.lifetime = a.status >= 128 ? 0 : a.lifetime ? a.lifetime :
			   w->bu.bu.lifetime;
	put(w, &m);
}

static void error(struct world *w, uint8_t status, const char *from)
{
	struct msg m = { .mh.type = MH_BE, .src = w_addr(from),
			 .dst = w->bu_src };

	m.mh.be.status = status;
	m.mh.be.hoa = w_addr(HOA);
	put(w, &m);
}

/* ICMPv6 Parameter Problem about the last care-of test. */
static void problem(struct world *w, const char *from, const char *to_peer)
{
	struct in6_addr src = w_addr(from), dst = w->test[1].src;
	struct in6_addr peer = w_addr(to_peer);
	uint8_t buf[400], orig[100];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct wbuf o = wbuf_of(orig, sizeof(orig));

	pkt_start(&o, &dst, &peer, 64, NULL, NULL, IPPROTO_MOBILITY);
	wbuf_put(&o, "1234567890123456", 16);
	pkt_finish(&o);
	pkt_icmp_error(&b, &src, &dst, ICMP_PARAM_PROBLEM, 1, 6, orig,
		       wbuf_len(&o));
	w_packet(w, &b, 2);
	w_drain(w);
}

/* --- the story so far ---------------------------------------------------- */

static void traffic(struct world *w, const char *peer)
{
	struct event ev = { .kind = EV_PAIR };
	struct in6_addr hoa = w_addr(HOA), to = w_addr(peer);

	ev.pair.flow.src = prefix_host(&hoa);
	ev.pair.flow.dst = prefix_host(&to);
	w_input(w, &ev);
	w_drain(w);
}

/* Away, and with a policy for all peers but one. */
static void begin(struct world *w)
{
	struct conf_ro_policy *p;

	w_prepare(w);
	p = conf_add_ro_policy(w->conf);
	p->peer = prefix_host(&(struct in6_addr){ 0 });
	p->peer.addr = w_addr("2001:db8:c::bad");
	p = conf_add_ro_policy(w->conf);
	p->on = true;
	w->conf->home[0].lifetime = 2000;
	w_born(w);
	w_link(w, true);
	w_linklocal(w);
	w_ready(w);
	w_ra(w, 2, "2001:db8:2::");
	w_drain(w);
	w_ok(w);
	w_forget(w);
	w->show = SHOW_MH | SHOW_FLOW | SHOW_NOTE;
}

/* ... and with the direct route. */
static void optimized(struct world *w)
{
	begin(w);
	traffic(w, PEER);
	both(w);
	ack(w, (struct ack){ 0 });
	ck_assert_uint_eq(w_count(w, "route direct"), 1);
	w_forget(w);
}

/* --- tests --------------------------------------------------------------- */

START_TEST(procedure)
{
	struct in6_addr hoa = w_addr(HOA), peer = w_addr(PEER);
	struct world w;

	begin(&w);
	traffic(&w, PEER);
	w_expect(&w, "HoTI\nCoTI\n");
	/* 6.1.3, 6.1.4: from the addresses that they are about */
	ck_assert(addr_eq(&w.test[0].src, &hoa));
	ck_assert(addr_eq(&w.test[0].dst, &peer));
	ck_assert(!addr_eq(&w.test[1].src, &hoa));
	ck_assert_uint_ne(w.test[0].cookie, w.test[1].cookie);
	answer_test(&w, RR_CAREOF, (struct answer){ 0 });
	w_expect(&w, "");
	answer_test(&w, RR_HOME, (struct answer){ 0 });
	w_expect(&w, "BU lifetime=420\n");
	ck_assert_uint_eq(w.bu.bu.flags, MH_BU_A);
	ck_assert(!mh_opt(&w.bu, MOPT_ALTCOA));
	ck_assert_uint_eq(mh_opt(&w.bu, MOPT_NONCES)->nonces.home, NONCE);
	ck_assert_uint_eq(mh_opt(&w.bu, MOPT_NONCES)->nonces.careof,
			  NONCE + 1);
	ack(&w, (struct ack){ 0 });
	ck_assert_uint_eq(w_count(&w, "route direct"), 1);
	ck_assert_uint_eq(w_count(&w, "note optimized"), 1);
	/* traffic again changes nothing */
	w_forget(&w);
	traffic(&w, PEER);
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* 11.7.2: "The sequence number [...] SHOULD start at a random value", and goes
 * on from there. */
START_TEST(first_number)
{
	static const char *const peer[] = {
		PEER, "2001:db8:c::2", "2001:db8:c::3"
	};
	uint16_t seq[3];
	struct world w;

	begin(&w);
	for (unsigned k = 0; k < 3; k++) {
		traffic(&w, peer[k]);
		both(&w);
		seq[k] = w.bu.bu.seq;
		w_pass(&w, SEC(1));
		/* each has been sent once more */
		ck_assert_uint_eq((uint16_t)(w.bu.bu.seq - seq[k]), 1);
	}
	for (unsigned k = 0; k < 3; k++) {
		ck_assert_uint_gt(seq[k], 3);
		ck_assert_uint_gt((uint16_t)(seq[(k + 1) % 3] - seq[k]), 3);
	}
	w_end(&w);
}
END_TEST

/* An answer that does not come may have been 136 to 138, or the tokens are not
 * what they should be: after some silence they are asked for again. */
START_TEST(doubt)
{
	struct world w;

	begin(&w);
	traffic(&w, PEER);
	both(&w);
	w_forget(&w);
	w_pass(&w, SEC(4));
	w_drain(&w);
	w_expect(&w, "BU lifetime=420\nBU lifetime=420\n");
	w_pass(&w, MSEC(3500));
	w_drain(&w);
	w_expect(&w, "HoTI\nCoTI\n");
	both(&w);
	w_expect(&w, "BU lifetime=420\n");
	ack(&w, (struct ack){ 0 });
	ck_assert_uint_eq(w_count(&w, "route direct"), 1);
	w_end(&w);
}
END_TEST

START_TEST(whom_not)
{
	struct world w;

	begin(&w);
	traffic(&w, "2001:db8:c::bad");		/* the policy */
	traffic(&w, HA);
	traffic(&w, HOA);
	traffic(&w, "ff02::1");
	traffic(&w, "fe80::1");
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* 11.6.2: none of these is taken for the answer. */
START_TEST(forged_tests)
{
	struct world w;

	begin(&w);
	traffic(&w, PEER);
	answer_test(&w, RR_HOME, (struct answer){ .other_cookie = true });
	answer_test(&w, RR_HOME, (struct answer){ .on_the_link = true });
	answer_test(&w, RR_HOME, (struct answer){ .elsewhere = true });
	answer_test(&w, RR_HOME, (struct answer){ .no_nonce = true });
	answer_test(&w, RR_HOME, (struct answer){ .from = "2001:db8:c::2" });
	answer_test(&w, RR_CAREOF, (struct answer){ .other_cookie = true });
	answer_test(&w, RR_CAREOF, (struct answer){ .from = "2001:db8:c::2" });
	answer_test(&w, RR_CAREOF, (struct answer){ .to = HOA });
	w_expect(&w, "HoTI\nCoTI\n");
	/* the right ones, once; a second answer changes nothing */
	both(&w);
	both(&w);
	w_expect(&w, "BU lifetime=420\n");
	w_end(&w);
}
END_TEST

START_TEST(forged_acks)
{
	struct world w;

	begin(&w);
	traffic(&w, PEER);
	both(&w);
	w_forget(&w);
	ack(&w, (struct ack){ .bare = true });
	ack(&w, (struct ack){ .forged = true });
	ack(&w, (struct ack){ .from = "2001:db8:c::2" });
	ack(&w, (struct ack){ .seq = (uint16_t)(w.bu.bu.seq + 1) });
	ack(&w, (struct ack){ .status = MH_ST_SEQUENCE, .seq = 9,
			      .bare = true });
	ack(&w, (struct ack){ .status = MH_ST_PROHIBITED, .bare = true });
	ack(&w, (struct ack){ .status = MH_ST_NONCES, .bare = true,
			      .seq = (uint16_t)(w.bu.bu.seq - 1) });
	w_expect(&w, "");
	ack(&w, (struct ack){ 0 });
	ck_assert_uint_eq(w_count(&w, "route direct"), 1);
	w_end(&w);
}
END_TEST

/* 9.5.1's three: each makes the tests that it speaks of again. */
START_TEST(nonces)
{
	static const struct {
		uint8_t		status;
		const char	*then;
	} row[] = {
		{ MH_ST_HOME_NONCE, "HoTI\n" },
		{ MH_ST_CAREOF_NONCE, "CoTI\n" },
		{ MH_ST_NONCES, "HoTI\nCoTI\n" },
	};
	struct world w;

	for (unsigned k = 0; k < 3; k++) {
		begin(&w);
		traffic(&w, PEER);
		both(&w);
		w_forget(&w);
		ack(&w, (struct ack){ .status = row[k].status,
				      .bare = true });
		w_expect(&w, row[k].then);
		both(&w);
		w_expect(&w, "BU lifetime=420\n");
		ack(&w, (struct ack){ 0 });
		ck_assert_uint_eq(w_count(&w, "route direct"), 1);
		w_end(&w);
	}
}
END_TEST

START_TEST(each_status)
{
	static const uint8_t final[] = {
		MH_ST_UNSPECIFIED, MH_ST_PROHIBITED, MH_ST_RESOURCES,
		MH_ST_NO_HOME_REG, MH_ST_NOT_HOME_SUBNET, MH_ST_NOT_HA,
		MH_ST_DAD_FAILED, MH_ST_TYPE_CHANGE, MH_ST_INVALID_COA, 200,
	};
	struct world w;

	for (unsigned k = 0; k < sizeof(final); k++) {
		begin(&w);
		traffic(&w, PEER);
		both(&w);
		w_forget(&w);
		ack(&w, (struct ack){ .status = final[k] });
		ck_assert_uint_eq(w_count(&w, "note not-optimized"), 1);
		ck_assert_uint_eq(w_count(&w, "BU"), 0);
		/* 11.7.3: remembered, for an hour */
		w_forget(&w);
		traffic(&w, PEER);
		w_pass(&w, SEC(1000));
		traffic(&w, PEER);
		ck_assert_uint_eq(w_count(&w, "HoTI"), 0);
		w_end(&w);
	}
	/* 135: go on from there */
	begin(&w);
	traffic(&w, PEER);
	both(&w);
	w_forget(&w);
	ack(&w, (struct ack){ .status = MH_ST_SEQUENCE,
			      .seq = (uint16_t)(w.bu.bu.seq + 100) });
	w_expect(&w, "BU lifetime=420\n");
	ack(&w, (struct ack){ .status = 1, .lifetime = 10 });
	ck_assert_uint_eq(w_count(&w, "route direct"), 1);
	w_end(&w);
}
END_TEST

/* 11.3.5, 11.7.3: after an hour a peer that could not is tried again. */
START_TEST(tried_again)
{
	struct world w;

	begin(&w);
	traffic(&w, PEER);
	problem(&w, PEER, PEER);
	ck_assert_uint_eq(w_count(&w, "note not-optimized"), 1);
	w_forget(&w);
	for (unsigned k = 0; k < 11; k++) {
		w_pass(&w, SEC(300));
		w_drain(&w);
		w_ok(&w);		/* the home registration goes on */
		traffic(&w, PEER);
		ck_assert_uint_eq(w_count(&w, "HoTI"), 0);
	}
	w_pass(&w, SEC(301));
	traffic(&w, PEER);
	ck_assert_uint_eq(w_count(&w, "HoTI"), 1);
	w_end(&w);
}
END_TEST

/* 11.4.2, 11.7.2: not longer than what is left of the home registration. */
START_TEST(shorter_than_home)
{
	struct world w;

	begin(&w);
	w_pass(&w, SEC(1500));		/* of 2000; it is renewed at 1600 */
	traffic(&w, PEER);
	both(&w);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=420"), 1);
	w_end(&w);

	begin(&w);
	w_pass(&w, SEC(1700));		/* nobody answers */
	w_drain(&w);
	w_forget(&w);
	traffic(&w, PEER);
	both(&w);
	w_drain(&w);
	ck_assert_uint_ge(w.bu.bu.lifetime, 70);
	ck_assert_uint_le(w.bu.bu.lifetime, 75);
	ck_assert(!(w.bu.bu.flags & MH_BU_H));
	w_end(&w);
}
END_TEST

/* 11.4.2: a home registration that is shortened shortens theirs. */
START_TEST(shortened)
{
	struct msg m = { .mh.type = MH_BRR, .src = w_addr(HA),
			 .dst = w_addr(HOA), .inside = true };
	struct world w;

	optimized(&w);
	put(&w, &m);
	ck_assert(w.bu.bu.flags & MH_BU_H);
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .lifetime = 20 });
	w_drain(&w);
	ck_assert(!(w.bu.bu.flags & MH_BU_H));
	ck_assert_uint_eq(w_count(&w, "BU lifetime=80"), 1);
	w_end(&w);
}
END_TEST

/* 11.7.2: from a random number on, each one greater than the last to that
 * peer, also when it had been forgotten meanwhile. */
START_TEST(numbers)
{
	uint16_t first, last;
	struct world w;

	optimized(&w);
	first = w.bu.bu.seq;
	w_pass(&w, MSEC(60500));	/* idle: it is told to forget us */
	w_drain(&w);
	ck_assert_uint_eq(w.bu.bu.lifetime, 0);
	ck_assert_uint_eq(w.bu.bu.seq, (uint16_t)(first + 1));
	last = w.bu.bu.seq;
	ack(&w, (struct ack){ 0 });
	w_forget(&w);
	traffic(&w, PEER);
	both(&w);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=420"), 1);
	ck_assert_uint_eq(w.bu.bu.seq, (uint16_t)(last + 1));
	/* it is not answered: another number for the same */
	last = w.bu.bu.seq;
	w_pass(&w, SEC(2));
	w_drain(&w);
	ck_assert_uint_eq(w.bu.bu.seq, (uint16_t)(last + 1));
	/* and another peer begins elsewhere */
	traffic(&w, "2001:db8:c::2");
	both(&w);
	ck_assert_uint_ne(w.bu.bu.seq, (uint16_t)(last + 2));
	ck_assert_uint_ne(w.bu.bu.seq, 0);
	w_end(&w);
}
END_TEST

/* 11.7.3: a Refresh Advice of a correspondent is nothing. */
START_TEST(advice)
{
	uint8_t kbm[RR_KBM];
	struct world w;
	struct mopt *o;

	begin(&w);
	traffic(&w, PEER);
	both(&w);
	kbm_of(&w, kbm);
	struct msg m = {
		.mh.type = MH_BA, .src = w_addr(PEER), .dst = w.bu_src,
		.rh2 = &w.bu_hoa, .kbm = kbm, .covered = w.bu_src,
	};
	m.mh.ba.seq = w.bu.bu.seq;
	m.mh.ba.lifetime = w.bu.bu.lifetime;
	o = mh_add(&m.mh, MOPT_REFRESH);
	o->refresh = 5;
	put(&w, &m);
	ck_assert_uint_eq(w_count(&w, "route direct"), 1);
	w_forget(&w);
	w_pass(&w, SEC(50));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* 11.8: each repetition has a cookie of its own, and the first is nothing any
 * more. */
START_TEST(new_cookies)
{
	struct world_test first;
	struct world w;

	begin(&w);
	traffic(&w, PEER);
	first = w.test[1];
	w_pass(&w, MSEC(1100));
	w_drain(&w);
	w_expect(&w, "HoTI\nCoTI\nHoTI\nCoTI\n");
	ck_assert_uint_ne(w.test[1].cookie, first.cookie);
	answer_test(&w, RR_HOME, (struct answer){ 0 });
	answer_test(&w, RR_CAREOF, (struct answer){
		.flip = w.test[1].cookie ^ first.cookie });
	w_expect(&w, "");
	answer_test(&w, RR_CAREOF, (struct answer){ 0 });
	w_expect(&w, "BU lifetime=420\n");
	w_end(&w);
}
END_TEST

/* 5.2.7, 12: a home token serves for MAX_TOKEN_LIFETIME, 210 seconds. */
START_TEST(tokens_last)
{
	struct event ev = { .kind = EV_USED };
	struct in6_addr hoa = w_addr(HOA), peer = w_addr(PEER);
	struct world w;

	for (unsigned k = 0; k < 2; k++) {
		optimized(&w);
		ev.used.flow.src = prefix_host(&hoa);
		ev.used.flow.dst = prefix_host(&peer);
		for (unsigned s = 0; s < (k ? 215U : 195U); s += 5) {
			w_pass(&w, SEC(5));
			w_input(&w, &ev);
		}
		w_forget(&w);
		error(&w, MH_BE_UNKNOWN_BINDING, PEER);
		w_drain(&w);
		ck_assert_uint_eq(w_count(&w, "HoTI"), k);
		ck_assert_uint_eq(w_count(&w, "BU lifetime=420"), !k);
		w_end(&w);
	}
}
END_TEST

/* 12: after MAX_RO_FAILURE corrections in vain it is not tried any more. */
START_TEST(gives_up)
{
	struct world w;
	unsigned n = 0;

	begin(&w);
	traffic(&w, PEER);
	both(&w);
	while (!w_count(&w, "note not-optimized") && n < 10) {
		ack(&w, (struct ack){ .status = MH_ST_NONCES, .bare = true });
		w_pass(&w, SEC(2));
		both(&w);
		n++;
	}
	ck_assert_uint_ge(n, 3);
	ck_assert_uint_le(n, 4);
	w_end(&w);
}
END_TEST

START_TEST(binding_error)
{
	struct world w;

	optimized(&w);
	/* nobody asks: "not supported" is ignored */
	error(&w, MH_BE_UNKNOWN_TYPE, PEER);
	error(&w, MH_BE_UNKNOWN_BINDING, "2001:db8:c::2");
	w_expect(&w, "");
	error(&w, MH_BE_UNKNOWN_BINDING, PEER);
	ck_assert_uint_eq(w_count(&w, "route home"), 1);
	ck_assert_uint_eq(w_count(&w, "BU"), 1);
	w_forget(&w);
	ack(&w, (struct ack){ 0 });
	ck_assert_uint_eq(w_count(&w, "route direct"), 1);
	w_end(&w);

	begin(&w);
	traffic(&w, PEER);
	w_forget(&w);
	w.bu_src = w.test[1].src;
	error(&w, MH_BE_UNKNOWN_TYPE, PEER);
	ck_assert_uint_eq(w_count(&w, "note not-optimized"), 1);
	w_pass(&w, SEC(100));
	traffic(&w, PEER);
	ck_assert_uint_eq(w_count(&w, "HoTI"), 0);
	w_end(&w);
}
END_TEST

START_TEST(parameter_problem)
{
	struct world w;

	begin(&w);
	traffic(&w, PEER);
	w_forget(&w);
	problem(&w, PEER, "2001:db8:c::2");	/* about another one */
	problem(&w, "2001:db8:c::2", PEER);	/* from another one */
	w_expect(&w, "");
	problem(&w, PEER, PEER);
	ck_assert_uint_eq(w_count(&w, "note not-optimized"), 1);
	w_end(&w);
}
END_TEST

/* A handover: back into the tunnel; the care-of test does not wait for the
 * home agent, the update does. */
START_TEST(handover)
{
	struct in6_addr before;
	struct world w;

	optimized(&w);
	before = w.test[1].src;
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, SEC(1));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "route home"), 1);
	ck_assert_uint_ge(w_count(&w, "CoTI"), 1);
	ck_assert_uint_eq(w_count(&w, "HoTI"), 0);
	ck_assert(!addr_eq(&before, &w.test[1].src));
	answer_test(&w, RR_CAREOF, (struct answer){ 0 });
	ck_assert(w.bu.bu.flags & MH_BU_H);
	w_forget(&w);
	w_ok(&w);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=420"), 1);
	ack(&w, (struct ack){ 0 });
	ck_assert_uint_eq(w_count(&w, "route direct"), 1);
	w_end(&w);
}
END_TEST

START_TEST(idle)
{
	struct event ev = { .kind = EV_USED };
	struct in6_addr hoa = w_addr(HOA), peer = w_addr(PEER);
	struct world w;

	optimized(&w);
	ev.used.flow.src = prefix_host(&hoa);
	ev.used.flow.dst = prefix_host(&peer);
	for (unsigned k = 0; k < 6; k++) {
		w_pass(&w, SEC(30));
		ev.used.idle = SEC(2);
		w_input(&w, &ev);
	}
	w_expect(&w, "");
	w_pass(&w, SEC(57));
	w_expect(&w, "");
	w_pass(&w, SEC(3));
	/* the home token is too old by then */
	ck_assert_uint_eq(w_count(&w, "route home"), 1);
	ck_assert_uint_ge(w_count(&w, "HoTI"), 1);
	ck_assert_uint_eq(w_count(&w, "CoTI"), 0);
	answer_test(&w, RR_HOME, (struct answer){ 0 });
	ck_assert_uint_eq(w_count(&w, "BU lifetime=0"), 1);
	ck_assert_uint_eq(mh_opt(&w.bu, MOPT_NONCES)->nonces.careof, 0);
	w_forget(&w);
	ack(&w, (struct ack){ 0 });
	w_pass(&w, SEC(100));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* 11.7.4: not for what we do not have, or do not use. */
START_TEST(refresh_request)
{
	struct msg m = { .mh.type = MH_BRR, .src = w_addr("2001:db8:c::2"),
			 .dst = w_addr(HOA), .inside = true };
	struct world w;

	optimized(&w);
	put(&w, &m);
	w_expect(&w, "");
	m.src = w_addr(PEER);
	put(&w, &m);
	w_expect(&w, "BU lifetime=420\n");
	w_end(&w);
}
END_TEST

/* So many at a time; who is silent is remembered. */
START_TEST(limits)
{
	struct world w;

	begin(&w);
	w.conf->ro_max_peers = 1;
	traffic(&w, PEER);
	traffic(&w, "2001:db8:c::2");
	ck_assert_uint_eq(w_count(&w, "HoTI"), 1);
	ck_assert_uint_eq(w_count(&w, "note limit"), 1);
	w_pass(&w, SEC(31));
	ck_assert_uint_eq(w_count(&w, "note not-optimized"), 1);
	w_forget(&w);
	w_pass(&w, SEC(200));
	traffic(&w, PEER);
	w_expect(&w, "");
	traffic(&w, "2001:db8:c::2");
	ck_assert_uint_eq(w_count(&w, "HoTI"), 1);
	w_end(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core: route optimization");

	unit_add(s, "procedure", procedure);
	unit_add(s, "first number", first_number);
	unit_add(s, "doubt", doubt);
	unit_add(s, "whom not", whom_not);
	unit_add(s, "forged tests", forged_tests);
	unit_add(s, "forged acks", forged_acks);
	unit_add(s, "nonces", nonces);
	unit_add(s, "each status", each_status);
	unit_add(s, "tried again", tried_again);
	unit_add(s, "shorter than home", shorter_than_home);
	unit_add(s, "shortened", shortened);
	unit_add(s, "numbers", numbers);
	unit_add(s, "advice", advice);
	unit_add(s, "new cookies", new_cookies);
	unit_add(s, "tokens last", tokens_last);
	unit_add(s, "gives up", gives_up);
	unit_add(s, "binding error", binding_error);
	unit_add(s, "parameter problem", parameter_problem);
	unit_add(s, "handover", handover);
	unit_add(s, "idle", idle);
	unit_add(s, "refresh request", refresh_request);
	unit_add(s, "limits", limits);
	return unit_main((Suite *const[]){ s, NULL });
}
