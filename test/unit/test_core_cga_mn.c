/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_cga_mn.c - the mobile's side of the cga profile: what it asks,
 * what it believes, and what it does when it is told lies.
 *
 * A node with one home (or two) whose registrant is driven by hand; the test
 * is the anchor.
 */
#include "core/demand.h"
#include "wire/auth.h"
#include "unit.h"

#define ANCHOR	"2001:db8:a1::1"

struct mobile {
	struct conf	*conf;
	struct node	*n;
	usec_t		now;
	struct cga_key	*other;
	struct mn_home	*h;
	struct in6_addr	anchor, coa;
	/* what it sent: "T" a care-of test, "S" a signed update, "U" one with
	 * the token, "L" leaving with it, "l" signed */
	char		did[64];
	uint64_t	cookie;
	uint16_t	seq, nonce;
	struct in6_addr	src;
};

static struct in6_addr addr(const char *s)
{
	struct in6_addr a;

	ck_assert_int_eq(addr_parse(s, &a), 0);
	return a;
}

static void say(struct mobile *m, char c)
{
	size_t n = strlen(m->did);

	ck_assert_uint_lt(n + 1, sizeof(m->did));
	m->did[n] = c;
	m->did[n + 1] = '\0';
}

static void sent(struct mobile *m, const struct ef_send *e)
{
	struct wire_error err;
	bool is_signed;
	struct pkt p;
	struct mh mh;

	ck_assert_int_eq(pkt_parse(e->data, e->len, &p, &err), 0);
	if (p.proto != IPPROTO_MOBILITY)
		return;
	ck_assert_int_eq(mh_parse_known(p.payload.p, p.payload.len,
			 pkt_src(&p), pkt_dst(&p), MH_KNOW_ALL, &mh, &err),
			 0);
	m->src = p.src;
	if (mh.type == MH_COTI) {
		m->cookie = mh.test_init.cookie;
		say(m, 'T');
		return;
	}
	ck_assert_uint_eq(mh.type, MH_BU);
	m->seq = mh.bu.seq;
	m->nonce = mh_opt(&mh, MOPT_NONCES)->nonces.careof;
	is_signed = mh_opt(&mh, MOPT_SIGNATURE);
	ck_assert(is_signed == (mh_opt(&mh, MOPT_CGA) != NULL));
	if (mh.bu.lifetime)
		say(m, is_signed ? 'S' : 'U');
	else
		say(m, is_signed ? 'l' : 'L');
}

static void drain(struct mobile *m)
{
	static struct effect e;

	while (node_effect(m->n, &e))
		if (e.kind == EF_SEND)
			sent(m, &e.send);
}

static void later(struct mobile *m, usec_t by)
{
	usec_t end = m->now + by;

	while (node_deadline(m->n) <= end) {
		m->now = node_deadline(m->n);
		node_tick(m->n, m->now);
		drain(m);
	}
	m->now = end;
}

#define did(m, want)							\
	do {								\
		drain(m);						\
		ck_assert_str_eq((m)->did, (want));			\
		(m)->did[0] = '\0';					\
	} while (0)

static struct mn_home *home(struct mobile *m, uint8_t modifier)
{
	struct cga cga = { .modifier = { modifier } };
	struct conf_home c = { .plen = 64, .ha = m->anchor,
			       .lifetime = 600 };
	struct mn_home *h;

	strcpy(c.ifname, "eth0");
	ck_assert_int_eq(cga_address(m->n->cga_key, &cga, &m->anchor, &c.hoa),
			 0);
	h = home_add(m->n, &c, ATYPE_ACCESS);
	ck_assert_ptr_nonnull(h);
	home_set_cga(m->n, h, &cga);
	ck_assert(h->reg.has_cga);
	return h;
}

static void begin(struct mobile *m)
{
	struct node_seed seed = { .secret = "a mobile", .wall = 1 };
	struct cga_key *k = random_cga_key(CGA_BITS_MIN);
	uint8_t der[CGA_DER_MAX];

	memset(m, 0, sizeof(*m));
	m->now = SEC(1000);
	m->anchor = addr(ANCHOR);
	m->coa = addr("2001:db8:b::10");
	m->other = random_cga_key(CGA_BITS_MIN);
	m->conf = conf_new();
	m->conf->roles = CONF_MN;
	ck_assert_int_eq(cga_key_write(k, der, sizeof(der),
				       &seed.cga_key_len), 0);
	seed.cga_key = der;
	m->n = node_new(m->conf, &seed, m->now);
	ck_assert_ptr_nonnull(m->n);
	m->h = home(m, 1);
	cga_key_free(k);
}

static void end(struct mobile *m)
{
	node_free(m->n);
	conf_free(m->conf);
	cga_key_free(m->other);
}

static void go(struct mobile *m)
{
	registrant_register(m->n, &m->h->reg, &m->coa, 2, NULL, m->now,
			    m->now);
}

static void leave(struct mobile *m)
{
	registrant_deregister(m->n, &m->h->reg, &m->coa, 2, NULL, m->now,
			      m->now);
}

/* --- the anchor --------------------------------------------------------- */

static void packet(struct mobile *m, struct mh *mh, const struct in6_addr *src,
		   const struct in6_addr *dst, const struct in6_addr *rh2,
		   const struct proof *p)
{
	struct event ev = { .kind = EV_PACKET };
	uint8_t buf[1500];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	size_t at;

	if (p) {
		proof_options(p, mh);
		proof_auth_option(p, mh);
	}
	pkt_start(&w, src, dst, 64, NULL, rh2, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	ck_assert_int_eq(mh_build(mh, &w), 0);
	if (p)
		proof_seal(m->n, p, mh, buf + at);
	mh_seal(buf + at, mh->len, src, rh2 ? rh2 : dst);
	pkt_finish(&w);
	ev.packet.data = (struct span){ buf, wbuf_len(&w) };
	node_input(m->n, &ev, m->now);
}

static void cot(struct mobile *m, const char *from, const struct in6_addr *to,
		uint16_t nonce, uint64_t cookie)
{
	struct mh mh = { .type = MH_COT };
	struct in6_addr src = addr(from);

	mh.test.nonce = nonce;
	mh.test.cookie = cookie;
	mh.test.token = 0x0102030405060708;
	packet(m, &mh, &src, to, NULL, NULL);
}

static void tested(struct mobile *m)
{
	drain(m);
	cot(m, ANCHOR, &m->coa, 77, m->cookie);
}

struct ba {
	uint8_t		status;
	uint16_t	back;		/* numbers before the last */
	bool		bare, wrong;	/* no authenticator, a wrong one */
	const struct cga_key *seal;	/* a token for the owner of this key */
	const uint8_t	*revokes;	/* by this token */
};

static const uint8_t given[RR_TOKEN] = { 'p', 'e', 'r', 'm', 'a', 'n' };

static void acks(struct mobile *m, struct ba a)
{
	struct mh mh = { .type = MH_BA };
	struct registrant *r = &m->h->reg;
	uint8_t seed[32] = { 3 }, sealed[CGA_SIG_MAX];
	struct proof p = {
		.hoa = r->hoa, .coa = m->coa, .anchor = m->anchor,
		.has_kbm = !a.bare,
		.ends = a.revokes || r->asking == REG_DEREGISTER,
	};

	memcpy(p.kbm, r->kbm, sizeof(p.kbm));
	if (a.revokes)
		rr_kbm(m->n, a.revokes, NULL, p.kbm);
	p.kbm[3] ^= a.wrong;
	if (a.seal) {
		ck_assert_int_eq(cga_seal(a.seal, given, sizeof(given), seed,
					  sealed), 0);
		p.sealed = (struct span){ sealed, cga_key_octets(a.seal) };
	}
	mh.ba.status = a.status;
	mh.ba.seq = (uint16_t)(m->seq - a.back);
	mh.ba.lifetime = a.status < 128 ? 150 : 0;
	packet(m, &mh, &m->anchor, &m->coa, &r->hoa, &p);
}

/* Registered, with a token. */
static void away(struct mobile *m)
{
	begin(m);
	go(m);
	did(m, "T");
	tested(m);
	did(m, "S");
	acks(m, (struct ba){ .seal = m->n->cga_key });
	ck_assert(m->h->reg.bound && m->h->reg.has_token);
	ck_assert_mem_eq(m->h->reg.token, given, RR_TOKEN);
	did(m, "");
	later(m, SEC(10));
}

/* --- stories ------------------------------------------------------------ */

/* RFC 6275 11.6.2: every test that a Care-of Test must pass. */
START_TEST(care_of_test)
{
	struct mobile m;
	uint64_t first;

	begin(&m);
	go(&m);
	did(&m, "T");
	ck_assert(addr_eq(&m.src, &m.coa));
	cot(&m, ANCHOR, &m.coa, 77, m.cookie + 1);
	cot(&m, "2001:db8:a1::2", &m.coa, 77, m.cookie);
	cot(&m, ANCHOR, &m.anchor, 77, m.cookie);
	cot(&m, ANCHOR, &m.coa, 0, m.cookie);
	did(&m, "");
	first = m.cookie;
	later(&m, SEC(1));
	did(&m, "T");
	/* 5.2.3: a new cookie in every message */
	ck_assert(m.cookie != first);
	cot(&m, ANCHOR, &m.coa, 77, first);
	did(&m, "");
	tested(&m);
	did(&m, "S");
	ck_assert_uint_eq(m.nonce, 77);
	/* a second one says nothing */
	cot(&m, ANCHOR, &m.coa, 99, m.cookie);
	later(&m, MSEC(1500));
	did(&m, "S");
	ck_assert_uint_eq(m.nonce, 77);
	end(&m);
}
END_TEST

START_TEST(acknowledged)
{
	struct mobile m;

	begin(&m);
	go(&m);
	tested(&m);
	did(&m, "TS");
	acks(&m, (struct ba){ .bare = true });
	acks(&m, (struct ba){ .wrong = true, .seal = m.n->cga_key });
	acks(&m, (struct ba){ .bare = true, .status = MH_ST_PROHIBITED });
	acks(&m, (struct ba){ .bare = true, .status = MH_ST_CGA_FAILED });
	acks(&m, (struct ba){ .bare = true, .status = MH_ST_SEQUENCE });
	acks(&m, (struct ba){ .wrong = true, .status = MH_ST_DAD_FAILED });
	ck_assert(!m.h->reg.bound && !m.h->reg.halted);
	acks(&m, (struct ba){ .seal = m.n->cga_key });
	ck_assert(m.h->reg.bound && m.h->reg.has_token);
	end(&m);
}
END_TEST

START_TEST(refused)
{
	struct mobile m;

	begin(&m);
	go(&m);
	tested(&m);
	did(&m, "TS");
	acks(&m, (struct ba){ .status = MH_ST_PROHIBITED });
	ck_assert(m.h->reg.halted);
	later(&m, SEC(100));
	did(&m, "");
	end(&m);
}
END_TEST

/* A token that is not for us is none: the next update is signed. */
START_TEST(token_of_another)
{
	struct mobile m;

	begin(&m);
	go(&m);
	tested(&m);
	did(&m, "TS");
	acks(&m, (struct ba){ .seal = m.other });
	ck_assert(m.h->reg.bound);
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, m.h->reg.has_token ? "U" : "S");
	end(&m);
}
END_TEST

START_TEST(no_token_at_all)
{
	struct mobile m;

	begin(&m);
	go(&m);
	tested(&m);
	did(&m, "TS");
	acks(&m, (struct ba){ 0 });
	ck_assert(m.h->reg.bound && !m.h->reg.has_token);
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, "S");
	end(&m);
}
END_TEST

/* The answer to the last but one: bound, but its token may not be the one
 * that the anchor has now. */
START_TEST(token_of_an_earlier_answer)
{
	struct mobile m;

	begin(&m);
	go(&m);
	tested(&m);
	later(&m, MSEC(1500));
	did(&m, "TSS");
	acks(&m, (struct ba){ .back = 1, .seal = m.n->cga_key });
	ck_assert(m.h->reg.bound && !m.h->reg.has_token);
	end(&m);
}
END_TEST

START_TEST(later_with_token)
{
	struct mobile m;

	away(&m);
	/* the proof is good for 205 seconds, of that address */
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, "U");
	ck_assert_uint_eq(m.nonce, 77);
	acks(&m, (struct ba){ 0 });
	ck_assert(m.h->reg.has_token);
	m.coa = addr("2001:db8:c::10");
	go(&m);
	did(&m, "T");
	tested(&m);
	did(&m, "U");
	acks(&m, (struct ba){ 0 });
	m.coa = addr("2001:db8:b::10");
	go(&m);
	did(&m, "U");
	acks(&m, (struct ba){ 0 });
	later(&m, SEC(195));
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, "T");
	end(&m);
}
END_TEST

/* 137: tested anew, a few times; then at the slow rate. */
START_TEST(nonce_expired)
{
	struct mobile m;

	away(&m);
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, "U");
	for (int k = 0; k < 3; k++) {
		acks(&m, (struct ba){ .status = MH_ST_CAREOF_NONCE,
				      .bare = true });
		later(&m, MSEC(400));
		did(&m, "T");
		tested(&m);
		later(&m, MSEC(400));
		did(&m, "U");
	}
	acks(&m, (struct ba){ .status = MH_ST_CAREOF_NONCE, .bare = true });
	later(&m, SEC(30));
	did(&m, "");
	later(&m, SEC(3));
	ck_assert(m.did[0] == 'T');
	ck_assert(m.h->reg.bound && m.h->reg.has_token);
	end(&m);
}
END_TEST

/* 147 makes us sign, whoever says it; it takes nothing away. */
START_TEST(token_unknown)
{
	struct mobile m;

	away(&m);
	/* not while nothing is asked */
	acks(&m, (struct ba){ .status = MH_ST_NO_TOKEN, .bare = true });
	ck_assert(m.h->reg.has_token);
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, "U");
	/* nor for a number that was not sent */
	acks(&m, (struct ba){ .status = MH_ST_NO_TOKEN, .bare = true,
			      .back = 9 });
	did(&m, "");
	acks(&m, (struct ba){ .status = MH_ST_NO_TOKEN, .bare = true });
	did(&m, "S");
	ck_assert(m.h->reg.bound);
	acks(&m, (struct ba){ .seal = m.n->cga_key });
	ck_assert(m.h->reg.has_token);
	end(&m);
}
END_TEST

/* RFC 4866 4.4: no answer, three times: perhaps the token is another. */
START_TEST(token_without_answer)
{
	struct mobile m;

	away(&m);
	registrant_refresh(m.n, &m.h->reg, m.now);
	later(&m, SEC(6));
	did(&m, "UUU");
	later(&m, SEC(1));
	did(&m, "T");
	tested(&m);
	did(&m, "S");
	acks(&m, (struct ba){ .seal = m.n->cga_key });
	ck_assert(m.h->reg.has_token);
	end(&m);
}
END_TEST

/* RFC 4866 4.9: no sequence number twice with a token. */
START_TEST(token_outlived_by_numbers)
{
	struct mobile m;

	away(&m);
	m.h->reg.seq = (uint16_t)(m.h->reg.token_seq + 0x3ffe);
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, "U");
	acks(&m, (struct ba){ 0 });
	later(&m, SEC(1));
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, "U");
	acks(&m, (struct ba){ 0 });
	later(&m, SEC(1));
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, "S");
	end(&m);
}
END_TEST

START_TEST(leaving)
{
	struct mobile m;

	away(&m);
	later(&m, SEC(240));
	leave(&m);
	did(&m, "L");		/* no test, though the proof is too old */
	ck_assert_uint_eq(m.nonce, 0);
	acks(&m, (struct ba){ 0 });
	ck_assert(!m.h->reg.bound && !m.h->reg.has_token);
	end(&m);

	/* without the token it is signed, and so needs a test */
	away(&m);
	later(&m, SEC(240));
	m.h->reg.has_token = false;
	leave(&m);
	did(&m, "T");
	tested(&m);
	did(&m, "l");
	acks(&m, (struct ba){ 0 });
	ck_assert(!m.h->reg.bound);
	end(&m);
}
END_TEST

/* The anchor takes back what it has acknowledged (134); only who has the
 * token can. */
START_TEST(revoked)
{
	uint8_t guess[RR_TOKEN] = { 0 };
	struct mobile m;

	away(&m);
	acks(&m, (struct ba){ .status = MH_ST_DAD_FAILED, .revokes = guess });
	acks(&m, (struct ba){ .status = MH_ST_DAD_FAILED });
	acks(&m, (struct ba){ .status = MH_ST_DAD_FAILED, .bare = true });
	ck_assert(m.h->reg.bound);
	acks(&m, (struct ba){ .status = MH_ST_DAD_FAILED, .revokes = given });
	ck_assert(!m.h->reg.bound || m.h->reg.halted);
	end(&m);
}
END_TEST

/* RFC 6275 11.6.1: one test serves all addresses. */
START_TEST(two_addresses)
{
	struct mobile m;
	struct mn_home *two;

	begin(&m);
	two = home(&m, 2);
	go(&m);
	registrant_register(m.n, &two->reg, &m.coa, 2, NULL, m.now, m.now);
	did(&m, "T");
	tested(&m);
	did(&m, "SS");
	end(&m);
}
END_TEST

/* No way to send: the test is not repeated either. */
/* Tests of many others, at once: what is asked for now is not thrown out for
 * them because it has been asked for before. */
static void others(struct mobile *m, struct rate *rate, unsigned from,
		   unsigned n)
{
	struct rr_about about = { .kind = RR_CAREOF, .peer = m->anchor,
				  .addr = addr("2001:db8:e::"), .rate = rate };

	for (unsigned k = from; k < from + n; k++) {
		about.addr.s6_addr[15] = (uint8_t)k;
		ck_assert_ptr_null(rr_prove(m->n, &about, m->now));
	}
}

START_TEST(many_tests)
{
	struct rate rate = { 0 };
	struct mobile m;

	away(&m);
	later(&m, SEC(197));	/* too old to be used, not over */
	others(&m, &rate, 0, RR_TESTS_MAX / 2);
	drain(&m);
	m.did[0] = '\0';
	registrant_refresh(m.n, &m.h->reg, m.now);
	did(&m, "T");
	others(&m, &rate, RR_TESTS_MAX / 2, RR_TESTS_MAX / 2);
	cot(&m, ANCHOR, &m.coa, 78, m.cookie);
	did(&m, "U");
	ck_assert_uint_eq(m.nonce, 78);
	end(&m);
}
END_TEST

START_TEST(paused)
{
	struct mobile m;

	begin(&m);
	go(&m);
	did(&m, "T");
	registrant_pause(m.n, &m.h->reg);
	later(&m, SEC(100));
	did(&m, "");
	go(&m);
	did(&m, "T");
	tested(&m);
	did(&m, "S");
	end(&m);
}
END_TEST

/* Another address than the key makes cannot be proved: given up at once. */
START_TEST(no_cga)
{
	struct mobile m;

	begin(&m);
	m.h->reg.has_cga = false;
	go(&m);
	did(&m, "");
	ck_assert(m.h->reg.halted);
	end(&m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core: cga, the mobile");
	Suite *const all[] = { s, NULL };

	unit_add(s, "care_of_test", care_of_test);
	unit_add(s, "acknowledged", acknowledged);
	unit_add(s, "refused", refused);
	unit_add(s, "token_of_another", token_of_another);
	unit_add(s, "no_token_at_all", no_token_at_all);
	unit_add(s, "token_of_an_earlier_answer", token_of_an_earlier_answer);
	unit_add(s, "later_with_token", later_with_token);
	unit_add(s, "nonce_expired", nonce_expired);
	unit_add(s, "token_unknown", token_unknown);
	unit_add(s, "token_without_answer", token_without_answer);
	unit_add(s, "token_outlived_by_numbers", token_outlived_by_numbers);
	unit_add(s, "leaving", leaving);
	unit_add(s, "revoked", revoked);
	unit_add(s, "two_addresses", two_addresses);
	unit_add(s, "many tests", many_tests);
	unit_add(s, "paused", paused);
	unit_add(s, "no_cga", no_cga);
	return unit_main(all);
}
