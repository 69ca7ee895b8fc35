/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_mag.c - a mobile access gateway, and an anchor made by hand:
 * RFC 5213 6.9.1 (registrations and every status), 6.9.2 (advertisements),
 * 6.9.4 (repetition), detachment.
 */
#include "pmip_story.h"

#define PHONE	"020000000001"		/* has a profile */
#define LL	"fe80::200:ff:fe00:1"
#define GIVEN	"2001:db8:100:7::/64"

static void open_phone(struct story *s)
{
	struct conf_mobile *m;
	struct lladdr *ll;

	m = story_mobile(s, "phone@example.com");
	ll = conf_add_mobile_ll(s->conf, m);
	*ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	story_mobile(s, "@example.net");
	story_begin(s);
}

static void open_story(struct story *s)
{
	story_open(s, CONF_MAG);
	open_phone(s);
}

static uint16_t base;		/* where an attachment's numbers begin */

/* The `seq'th message of an attachment. */
static void asked(const struct story *s, uint16_t seq, uint8_t hi, bool ends)
{
	ck_assert_uint_eq(s->mh.type, MH_BU);
	if (seq == 1)
		base = (uint16_t)(s->mh.bu.seq - 1);
	ck_assert_uint_eq((uint16_t)(s->mh.bu.seq - base), seq);
	ck_assert_uint_eq(s->mh.bu.lifetime == 0, ends);
	/* 6.9.1.5 */
	ck_assert((s->mh.bu.flags & (MH_BU_P | MH_BU_A)) ==
		  (MH_BU_P | MH_BU_A));
	ck_assert_uint_eq(story_opt(s, MOPT_HANDOFF, 0)->value, hi);
}

/* The answer to the message that was sent last; `m' adds what is different. */
static void answer(struct story *s, struct msg m)
{
	m.seq = s->mh.bu.seq;
	if (!m.hi)
		m.hi = (uint8_t)story_opt(s, MOPT_HANDOFF, 0)->value;
	if (!m.lli)
		m.lli = PHONE;
	if (!m.nhnps) {
		m.nhnps = 1;
		m.hnp[0] = m.status >= 128 ? "::" : GIVEN;
	}
	if (!m.has_exact && !m.no_stamp &&
	    m.status != MH_ST_TIMESTAMP && m.status != MH_ST_TIMESTAMP_LOWER) {
		m.has_exact = true;
		m.exact = story_opt(s, MOPT_TIMESTAMP, 0)->timestamp;
	}
	m.ends |= !s->mh.bu.lifetime;
	story_answer(s, m);
}

static void attach(struct story *s)
{
	open_story(s);
	story_nd(s, ND_RS, LL, PHONE);
	asked(s, 1, MOPT_HANDOFF_UNKNOWN, false);
}

static void serve(struct story *s)
{
	attach(s);
	answer(s, (struct msg){ 0 });
	ck_assert_ptr_nonnull(story_flow(s, GIVEN));
}

/* --- 6.9.1.1, 6.9.2 ------------------------------------------------------- */

START_TEST(registers)
{
	struct in6_addr lma = story_addr(LMA), mag = story_addr(MAG);
	struct in6_addr one = story_addr("fe80::1"), ll = story_addr(LL);
	const struct mopt *o;
	struct story s;

	attach(&s);
	ck_assert(addr_eq(&s.pkt.dst, &lma) && addr_eq(&s.pkt.src, &mag));
	o = story_opt(&s, MOPT_MNID, 0);
	ck_assert(o && !memcmp(o->mnid.id.p, "phone@example.com", 17));
	o = story_opt(&s, MOPT_HNP, 0);
	ck_assert(o && addr_is_unspec(&o->prefix.addr));
	ck_assert_ptr_null(story_opt(&s, MOPT_HNP, 1));
	ck_assert_uint_eq(story_opt(&s, MOPT_ATT, 0)->value, 3);
	ck_assert_uint_eq(story_opt(&s, MOPT_MN_LLI, 0)->data.len, 6);
	ck_assert_uint_eq(story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp,
			  story_stamp(&s, 0));
	/* the address is fixed (no. 9) */
	ck_assert_ptr_null(story_opt(&s, MOPT_LINKLOCAL, 0));
	ck_assert_ptr_null(story_opt(&s, MOPT_ALTCOA, 0));
	/* nothing before the answer (6.9.2 no. 1) */
	ck_assert_uint_eq(s.adverts + s.nflows + s.nroutes, 0);
	answer(&s, (struct msg){ 0 });
	ck_assert_uint_eq(s.nflows, 1);
	ck_assert(addr_eq(&story_flow(&s, GIVEN)->path.remote, &lma));
	ck_assert_uint_eq(story_flow(&s, GIVEN)->key.src.len, 64);
	/* and from that mobile only (6.10.5) */
	ck_assert_uint_ne(story_flow(&s, GIVEN)->access.ifindex, 0);
	ck_assert_uint_eq(story_flow(&s, GIVEN)->access.ll.b[5], 1);
	ck_assert(!story_flow(&s, GIVEN)->access.local);
	ck_assert_uint_eq(s.adverts, 1);
	ck_assert(addr_eq(&s.ra_src, &one) && addr_eq(&s.ra_dst, &ll));
	ck_assert_uint_eq(s.ra_ll.b[5], 1);
	ck_assert_uint_eq(s.ra.ra.npios, 1);
	ck_assert_uint_eq(s.ra.ra.pio[0].flags, ND_PIO_L | ND_PIO_A);
	ck_assert_uint_eq(s.ra.ra.mtu, 1460);
	story_later(&s, SEC(1));
	story_nd(&s, ND_RS, LL, PHONE);
	ck_assert_uint_eq(s.adverts, 2);
	story_close(&s);
}
END_TEST

/* Who has no profile, and who says so of himself. */
START_TEST(strangers)
{
	struct event ev = { .kind = EV_ATTACH };
	struct story s;

	open_story(&s);
	story_nd(&s, ND_RS, "fe80::200:ff:fe00:2", "020000000002");
	ck_assert_uint_eq(s.messages, 0);
	ev.attach.ifindex = 3;
	ev.attach.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 2 } };
	strcpy(ev.attach.id, "who@example.org");
	story_input(&s, &ev);
	ck_assert_uint_eq(s.messages, 0);
	/* by a controller, of a realm that is served, from another gateway */
	strcpy(ev.attach.id, "pad@example.net");
	ev.attach.handoff = MOPT_HANDOFF_MAGS;
	story_input(&s, &ev);
	asked(&s, 1, MOPT_HANDOFF_MAGS, false);
	ck_assert_uint_eq(story_opt(&s, MOPT_MNID, 0)->mnid.id.len, 15);
	/* not on this link */
	ev.attach.ifindex = 2;
	ev.attach.ll.b[5] = 3;
	story_input(&s, &ev);
	ck_assert_uint_eq(s.messages, 1);
	story_close(&s);
}
END_TEST

/* Whom a controller says to have a card that the table has for somebody else: he
 * is it until he leaves, whatever is heard, and over a restart. */
START_TEST(by_controller)
{
	struct event ev = { .kind = EV_ATTACH };
	struct story s;

	open_story(&s);
	ev.attach.ifindex = 3;
	ev.attach.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	strcpy(ev.attach.id, "pad@example.net");
	story_input(&s, &ev);
	asked(&s, 1, MOPT_HANDOFF_UNKNOWN, false);
	answer(&s, (struct msg){ .id = "pad@example.net" });
	story_nd(&s, ND_RS, LL, PHONE);
	ck_assert_uint_eq(s.messages, 1);
	story_later(&s, SEC(2));
	story_restart(&s);
	story_nd(&s, ND_RS, LL, PHONE);
	asked(&s, 2, MOPT_HANDOFF_UNKNOWN, false);
	answer(&s, (struct msg){ .id = "pad@example.net" });
	ck_assert_ptr_nonnull(story_flow(&s, GIVEN));
	/* a controller that knows no name has nothing to say about it */
	ev.attach.id[0] = '\0';
	story_later(&s, MSEC(500));
	story_input(&s, &ev);
	ck_assert_uint_eq(s.messages, 2);
	ev.attach.gone = true;
	story_input(&s, &ev);
	asked(&s, 3, MOPT_HANDOFF_UNKNOWN, true);
	answer(&s, (struct msg){ .id = "pad@example.net" });
	story_later(&s, SEC(2));
	story_nd(&s, ND_RS, LL, PHONE);
	ck_assert(!memcmp(story_opt(&s, MOPT_MNID, 0)->mnid.id.p,
			  "phone@example.com", 17));
	story_close(&s);
}
END_TEST

/* 6.2: prefixes of the profile are asked for by name. */
START_TEST(prefixes_of_profile)
{
	struct in6_addr own = story_addr("2001:db8:100:a::");
	struct conf_mobile *m;
	struct lladdr *ll;
	struct story s;

	story_open(&s, CONF_MAG);
	m = story_mobile(&s, "phone@example.com");
	m->hnp[0] = (struct prefix){ own, 64 };
	m->nhnps = 1;
	ll = conf_add_mobile_ll(s.conf, m);
	*ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	story_begin(&s);
	story_nd(&s, ND_RS, LL, PHONE);
	asked(&s, 1, MOPT_HANDOFF_UNKNOWN, false);
	ck_assert(addr_eq(&story_opt(&s, MOPT_HNP, 0)->prefix.addr, &own));
	ck_assert_ptr_null(story_opt(&s, MOPT_HNP, 1));
	answer(&s, (struct msg){ .nhnps = 1, .hnp = { OWN } });
	ck_assert_ptr_nonnull(story_flow(&s, OWN));
	story_close(&s);
}
END_TEST

/* 6.9.1.2 no. 15: the anchor chose an address that the mobile has itself. */
START_TEST(own_address_of_mobile)
{
	struct in6_addr own = story_addr(LL);
	const struct mopt *o;
	struct story s;

	open_story(&s);
	s.conf->mag_linklocal = addr_unspec;
	story_nd(&s, ND_RS, LL, PHONE);
	asked(&s, 1, MOPT_HANDOFF_UNKNOWN, false);
	o = story_opt(&s, MOPT_LINKLOCAL, 0);
	ck_assert(o && addr_is_unspec(&o->addr));
	answer(&s, (struct msg){ .ll = LL });
	asked(&s, 2, MOPT_HANDOFF_SAME, false);
	o = story_opt(&s, MOPT_LINKLOCAL, 0);
	ck_assert(o && !addr_is_unspec(&o->addr));
	ck_assert(addr_is_linklocal(&o->addr) && !addr_eq(&o->addr, &own));
	story_close(&s);
}
END_TEST

/* --- 6.9.4 ------------------------------------------------------------------- */

START_TEST(repeats)
{
	uint64_t first, second;
	struct story s;

	attach(&s);
	first = story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp;
	story_later(&s, MSEC(1001));
	asked(&s, 2, MOPT_HANDOFF_UNKNOWN, false);
	second = story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp;
	ck_assert_uint_gt(second, first);
	story_later(&s, SEC(2));
	asked(&s, 3, MOPT_HANDOFF_UNKNOWN, false);
	/* an answer to any of them is one */
	answer(&s, (struct msg){ .has_exact = true, .exact = second });
	ck_assert_ptr_nonnull(story_flow(&s, GIVEN));
	/* a re-registration names the prefixes, and says so (6.9.1.3) */
	story_nd(&s, ND_NA, LL, PHONE);
	for (int k = 0; k < 400 && s.messages < 4; k++) {
		story_later(&s, MSEC(500));
		story_nd(&s, ND_NA, LL, PHONE);
	}
	asked(&s, 4, MOPT_HANDOFF_SAME, false);
	ck_assert_uint_eq(story_opt(&s, MOPT_HNP, 0)->prefix.addr.s6_addr[7],
			  7);
	story_close(&s);
}
END_TEST

/* --- 6.9.1.2: what an answer must be --------------------------------------------- */

static const struct {
	const char	*what;
	struct msg	m;
	bool		halts;		/* else ignored: it is asked again */
} strange[] = {
	{ "no authenticator", { .no_auth = true }, false },
	{ "a wrong one", { .bad_auth = true }, false },
	{ "another anchor", { .src = "2001:db8:f::9" }, false },
	{ "no P flag", { .no_p = true }, false },
	{ "another identity", { .id = "pad@example.com" }, true },
	{ "another handoff indicator", { .hi = 1 }, true },
	{ "another technology", { .att = 4 }, true },
	/* no. 3: "MUST ignore"; somebody may have kept them */
	{ "no timestamp", { .no_stamp = true }, false },
	{ "another timestamp", { .has_exact = true, .exact = 1 }, false },
	{ "a refusal of another question", { .has_exact = true, .exact = 1,
	  .status = MH_ST_PROHIBITED }, false },
	{ "the anchor's word on a forged update", { .has_exact = true,
	  .exact = 1, .status = MH_ST_AUTH_FAIL }, false },
	{ "and it names nobody", { .has_exact = true, .exact = 1, .hi = 1,
	  .id = "pad@example.com" }, false },
	{ "an acceptance without a prefix", { .nhnps = 1, .hnp = { "::" } },
	  true },
	{ "a prefix that is none", { .nhnps = 1,
	  .hnp = { "2001:db8:100::/48" } }, true },
	{ "too many prefixes", { .nhnps = 5, .hnp = { "2001:db8:100:1::/64",
	  "2001:db8:100:2::/64", "2001:db8:100:3::/64", "2001:db8:100:4::/64",
	  "2001:db8:100:5::/64" } }, true },
};

START_TEST(strange_answers)
{
	struct story s;

	attach(&s);
	answer(&s, strange[_i].m);
	ck_assert_uint_eq(s.nflows + s.adverts, 0);
	story_nd(&s, ND_NA, LL, PHONE);
	story_later(&s, SEC(4));
	ck_assert_uint_eq(s.messages > 1, !strange[_i].halts);
	/* and what comes then counts */
	answer(&s, (struct msg){ 0 });
	ck_assert_uint_eq(s.nflows, strange[_i].halts ? 0 : 1);
	story_close(&s);
}
END_TEST

/* 146, about what we sent: a key is wrong, and somebody will see to that.  Nobody
 * does anything about it at the gateway. */
START_TEST(wrong_key)
{
	struct story s;

	attach(&s);
	answer(&s, (struct msg){ .status = MH_ST_AUTH_FAIL });
	ck_assert_uint_eq(s.nflows, 0);
	for (int k = 0; k < 6; k++) {
		story_nd(&s, ND_NA, LL, PHONE);
		story_later(&s, SEC(5));
	}
	ck_assert_uint_eq(s.messages, 1);
	story_nd(&s, ND_NA, LL, PHONE);
	story_later(&s, MSEC(2100));
	asked(&s, 2, MOPT_HANDOFF_UNKNOWN, false);
	answer(&s, (struct msg){ .status = MH_ST_AUTH_FAIL });
	for (int k = 0; k < 7; k++) {
		story_nd(&s, ND_NA, LL, PHONE);
		story_later(&s, SEC(5));
	}
	asked(&s, 3, MOPT_HANDOFF_UNKNOWN, false);
	answer(&s, (struct msg){ 0 });
	ck_assert_ptr_nonnull(story_flow(&s, GIVEN));
	story_close(&s);
}
END_TEST

/* Nobody who has seen one attachment knows the numbers of the next. */
START_TEST(first_numbers)
{
	struct event ev = { .kind = EV_ATTACH };
	uint16_t seq[3];
	struct story s;

	open_story(&s);
	ev.attach.ifindex = 3;
	ev.attach.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	for (unsigned k = 0; k < 3; k++) {
		ev.attach.gone = false;
		story_input(&s, &ev);
		seq[k] = s.mh.bu.seq;
		answer(&s, (struct msg){ 0 });
		story_later(&s, SEC(1));
		ev.attach.gone = true;
		story_input(&s, &ev);
		answer(&s, (struct msg){ 0 });
		story_later(&s, SEC(1));
	}
	for (unsigned k = 0; k < 3; k++) {
		ck_assert_uint_gt(seq[k], 3);
		ck_assert_uint_gt((uint16_t)(seq[(k + 1) % 3] - seq[k]), 3);
	}
	story_close(&s);
}
END_TEST

/* --- the link-local address (6.8, 6.9.1.2 no. 15) ------------------------------------ */

/* Nobody is believed to have the address that all gateways share; its owner
 * answers whoever probes for it (netns/pmip_access.sh). */
START_TEST(shared_address)
{
	struct story s;

	open_story(&s);
	story_nd(&s, ND_RS, "fe80::1", PHONE);
	answer(&s, (struct msg){ 0 });
	ck_assert_ptr_nonnull(story_flow(&s, GIVEN));
	story_later(&s, SEC(15));
	ck_assert_uint_eq(s.solicits, 0);
	story_nd(&s, ND_RS, LL, PHONE);
	story_later(&s, SEC(15));
	ck_assert_uint_ge(s.solicits, 1);
	story_close(&s);
}
END_TEST

/* --- every status ------------------------------------------------------------------ */

enum after { HALT, SLOW, AGAIN, OTHER_PREFIX, STAYS };
static const struct {
	uint8_t		status;
	enum after	then;
} statuses[] = {
	{ MH_ST_UNSPECIFIED, SLOW }, { MH_ST_PROHIBITED, HALT },
	{ MH_ST_RESOURCES, SLOW }, { MH_ST_NOT_HA, HALT },
	{ MH_ST_AUTH_FAIL, STAYS },
	{ MH_ST_PROXY_DISABLED, HALT }, { MH_ST_NOT_LMA, HALT },
	{ MH_ST_MAG_UNAUTHORIZED, HALT },
	{ MH_ST_HNP_UNAUTHORIZED, OTHER_PREFIX },
	{ MH_ST_TIMESTAMP, SLOW }, { MH_ST_TIMESTAMP_LOWER, AGAIN },
	{ MH_ST_MISSING_HNP, HALT }, { MH_ST_PREFIX_SET, OTHER_PREFIX },
	{ MH_ST_MISSING_MNID, HALT }, { MH_ST_MISSING_HANDOFF, HALT },
	{ MH_ST_MISSING_ATT, HALT },
};

/* Refused while it is served: service ends, and the mobile is told.  But not by
 * 146, which anybody can make an anchor say. */
START_TEST(each_status)
{
	uint8_t status = statuses[_i].status;
	unsigned before;
	struct story s;

	serve(&s);
	story_later(&s, SEC(5));
	story_nd(&s, ND_RS, LL, PHONE);		/* asserts it again */
	asked(&s, 2, MOPT_HANDOFF_UNKNOWN, false);
	before = s.messages;
	answer(&s, (struct msg){ .status = status, .nhnps = 1,
				 .hnp = { GIVEN } });
	if (statuses[_i].then == AGAIN || statuses[_i].then == OTHER_PREFIX) {
		ck_assert_uint_eq(s.messages, before + 1);
		ck_assert_uint_eq(addr_is_unspec(&story_opt(&s, MOPT_HNP, 0)
						 ->prefix.addr),
				  statuses[_i].then == OTHER_PREFIX);
		story_close(&s);
		return;
	}
	ck_assert_uint_eq(s.messages, before);
	if (statuses[_i].then == STAYS) {
		ck_assert_ptr_nonnull(story_flow(&s, GIVEN));
		story_later(&s, MSEC(1001));
		ck_assert_uint_eq(s.messages, before + 1);
		story_close(&s);
		return;
	}
	ck_assert_uint_eq(s.nflows + s.nroutes + s.npaths, 0);
	ck_assert_uint_eq(s.ra.ra.lifetime, 0);
	ck_assert_uint_eq(s.ra.ra.pio[0].valid, 0);
	for (int k = 0; k < 8; k++) {
		story_later(&s, SEC(5));
		story_nd(&s, ND_NA, LL, PHONE);
	}
	ck_assert_uint_eq(s.messages, before + (statuses[_i].then == SLOW));
	story_close(&s);
}
END_TEST

/* Prefixes that it was not to have are not asked for again; without any it
 * has come to an end. */
START_TEST(prefix_refused_twice)
{
	struct story s;

	attach(&s);
	answer(&s, (struct msg){ .status = MH_ST_HNP_UNAUTHORIZED });
	story_nd(&s, ND_NA, LL, PHONE);
	story_later(&s, SEC(5));
	ck_assert_uint_eq(s.messages, 1);
	story_close(&s);
}
END_TEST

/* --- detachment (6.9.1.4) ------------------------------------------------------------ */

START_TEST(leaves)
{
	struct event ev = { .kind = EV_ATTACH };
	struct story s;

	serve(&s);
	ev.attach.ifindex = 3;
	ev.attach.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	ev.attach.gone = true;
	story_later(&s, SEC(1));
	story_input(&s, &ev);
	asked(&s, 2, MOPT_HANDOFF_UNKNOWN, true);
	ck_assert_uint_eq(story_opt(&s, MOPT_HNP, 0)->prefix.addr.s6_addr[7],
			  7);
	ck_assert_uint_eq(s.nflows + s.nroutes + s.npaths, 0);
	answer(&s, (struct msg){ 0 });
	story_later(&s, SEC(20));
	ck_assert_uint_eq(s.messages, 2);
	ck_assert_uint_eq(s.nstored, 0);
	/* and back */
	story_nd(&s, ND_RS, LL, PHONE);
	asked(&s, 1, MOPT_HANDOFF_UNKNOWN, false);
	story_close(&s);
}
END_TEST

/* Its card is somebody else's now, a controller says: the anchor is told of him
 * who had it, and then of the other. */
START_TEST(another_identity)
{
	struct event ev = { .kind = EV_ATTACH };
	uint64_t stamp;
	struct story s;

	serve(&s);
	story_later(&s, SEC(5));
	stamp = story_stamp(&s, 0);
	ev.attach.ifindex = 3;
	ev.attach.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	strcpy(ev.attach.id, "pad@example.net");
	story_input(&s, &ev);
	ck_assert_uint_eq(s.messages, 3);
	ck_assert_uint_eq(s.nflows + s.npaths, 0);
	asked(&s, 1, MOPT_HANDOFF_UNKNOWN, false);
	/* the farewell has the one before (6.9.4 no. 4) */
	ck_assert_uint_gt(story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp, stamp);
	answer(&s, (struct msg){ .id = "pad@example.net" });
	ck_assert_ptr_nonnull(story_flow(&s, GIVEN));
	story_close(&s);
}
END_TEST

/* A reload: another anchor.  The former one is told, and who is heard before it
 * has answered is the other's. */
START_TEST(another_anchor)
{
	struct in6_addr lma = story_addr(LMA), other = story_addr(LMA2);
	uint64_t stamp;
	struct story s;

	story_open(&s, CONF_MAG);
	story_peer(&s, LMA2, 256);
	open_phone(&s);
	story_nd(&s, ND_RS, LL, PHONE);
	asked(&s, 1, MOPT_HANDOFF_UNKNOWN, false);
	answer(&s, (struct msg){ 0 });
	story_later(&s, SEC(5));
	s.conf->lma_address = other;
	story_reload(&s);
	asked(&s, 2, MOPT_HANDOFF_UNKNOWN, true);
	ck_assert(addr_eq(&s.pkt.dst, &lma));
	ck_assert_uint_eq(s.nflows + s.npaths, 0);
	ck_assert_uint_eq(s.ra.ra.lifetime, 0);
	stamp = story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp;
	story_nd(&s, ND_RS, LL, PHONE);
	asked(&s, 1, MOPT_HANDOFF_UNKNOWN, false);
	ck_assert(addr_eq(&s.pkt.dst, &other));
	ck_assert_uint_gt(story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp, stamp);
	story_close(&s);
}
END_TEST

/* More than can be told of at once: the others' turn comes, unless they are heard
 * before. */
START_TEST(many_withdrawn)
{
	struct event ev = { .kind = EV_ATTACH };
	struct in6_addr lma = story_addr(LMA), other = story_addr(LMA2);
	const unsigned many = 4096, more = 3;
	struct story s;

	story_open(&s, CONF_MAG);
	story_peer(&s, LMA2, 256);
	open_phone(&s);
	ev.attach.ifindex = 3;
	for (unsigned k = 0; k < many + more; k++) {
		ev.attach.ll = (struct lladdr){ 6, { 2, 0, 0, 1,
			(uint8_t)(k >> 8), (uint8_t)k } };
		snprintf(ev.attach.id, sizeof(ev.attach.id), "m%u@example.net",
			 k);
		story_input(&s, &ev);
	}
	ck_assert_uint_eq(s.messages, many + more);
	s.conf->lma_address = other;
	s.messages = 0;
	story_reload(&s);
	ck_assert_uint_eq(s.messages, many);
	ck_assert_uint_eq(s.mh.bu.lifetime, 0);
	/* one that waits: the former anchor is told first */
	for (unsigned k = 0; k < many + more; k++) {
		ev.attach.ll.b[4] = (uint8_t)(k >> 8);
		ev.attach.ll.b[5] = (uint8_t)k;
		snprintf(ev.attach.id, sizeof(ev.attach.id), "m%u@example.net",
			 k);
		s.messages = 0;
		story_input(&s, &ev);
		if (s.messages == 2)
			break;
	}
	ck_assert_uint_eq(s.messages, 2);
	ck_assert(addr_eq(&s.pkt.dst, &other));
	s.messages = 0;
	s.now += MSEC(99);
	story_later(&s, MSEC(2));
	ck_assert_uint_eq(s.messages, more - 1);
	ck_assert(addr_eq(&s.pkt.dst, &lma));
	ck_assert_uint_eq(s.mh.bu.lifetime, 0);
	story_close(&s);
}
END_TEST

START_TEST(falls_silent)
{
	struct story s;

	serve(&s);
	story_later(&s, MSEC(10500));
	ck_assert_uint_eq(s.solicits, 1);
	story_nd(&s, ND_NA, LL, PHONE);
	story_later(&s, SEC(5));
	ck_assert_uint_eq(s.solicits, 1);
	ck_assert_uint_eq(s.messages, 1);
	story_later(&s, MSEC(8200));
	ck_assert_uint_eq(s.solicits, 4);
	asked(&s, 2, MOPT_HANDOFF_UNKNOWN, true);
	story_later(&s, SEC(2));
	ck_assert_uint_eq(s.nflows + s.npaths, 0);
	story_close(&s);
}
END_TEST

START_TEST(link_down)
{
	struct event ev = { .kind = EV_LINK };
	struct story s;

	serve(&s);
	ev.link.ifindex = 3;
	strcpy(ev.link.name, "wlan0");
	story_input(&s, &ev);
	asked(&s, 2, MOPT_HANDOFF_UNKNOWN, true);
	ck_assert_uint_eq(s.nflows + s.nroutes, 0);
	story_close(&s);
}
END_TEST

/* The interface vanishes, and there is somebody whom a controller saw while it
 * was down. */
START_TEST(link_gone)
{
	struct event ev = { .kind = EV_LINK };
	struct event come = { .kind = EV_ATTACH };
	struct story s;

	serve(&s);
	ev.link.ifindex = 3;
	strcpy(ev.link.name, "wlan0");
	story_input(&s, &ev);
	answer(&s, (struct msg){ 0 });
	come.attach.ifindex = 3;
	come.attach.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	story_input(&s, &come);
	story_nd(&s, ND_NA, LL, PHONE);
	ev.link.gone = true;
	story_input(&s, &ev);
	story_later(&s, SEC(60));
	ck_assert_uint_eq(s.solicits, 0);
	asked(&s, (uint16_t)(s.mh.bu.seq - base), MOPT_HANDOFF_UNKNOWN, true);
	story_close(&s);
}
END_TEST

/* A restart: served as before, asked, and only then registered. */
START_TEST(restarts)
{
	struct story s;

	serve(&s);
	ck_assert_uint_eq(s.nstored, 1);
	story_later(&s, SEC(5));
	story_restart(&s);
	ck_assert_ptr_nonnull(story_flow(&s, GIVEN));
	ck_assert_uint_eq(s.messages, 1);
	story_later(&s, MSEC(1));
	ck_assert_uint_eq(s.solicits, 1);
	story_nd(&s, ND_NA, LL, PHONE);
	asked(&s, 2, MOPT_HANDOFF_UNKNOWN, false);
	ck_assert_uint_eq(story_opt(&s, MOPT_HNP, 0)->prefix.addr.s6_addr[7],
			  7);
	answer(&s, (struct msg){ 0 });
	ck_assert_ptr_nonnull(story_flow(&s, GIVEN));
	/* another one, and the mobile has gone */
	story_restart(&s);
	story_later(&s, SEC(5));
	ck_assert_uint_eq(s.nflows, 0);
	ck_assert_uint_eq(s.nstored, 0);
	story_close(&s);
}
END_TEST

/* --- heartbeats (RFC 5847) ---------------------------------------------------- */

/* Served, by an anchor whose counter is 7. */
static void beating(struct story *s)
{
	open_story(s);
	s->conf->heartbeat = 60;
	story_nd(s, ND_RS, LL, PHONE);
	asked(s, 1, MOPT_HANDOFF_UNKNOWN, false);
	answer(s, (struct msg){ 0 });
	ck_assert_uint_eq(s->mh.type, MH_HEARTBEAT);
	ck_assert_uint_eq(s->mh.heartbeat.flags, 0);
	ck_assert_ptr_null(story_opt(s, MOPT_RESTART, 0));
	story_beat(s, (struct beat_msg){ .flags = MH_HEARTBEAT_R,
			.seq = s->mh.heartbeat.seq, .counter = 7 });
	ck_assert_uint_eq(s->mh.type, 0xff);
}

START_TEST(heartbeat_answered)
{
	const struct mopt *o;
	struct story s;

	beating(&s);
	story_beat(&s, (struct beat_msg){ .seq = 99 });
	ck_assert_uint_eq(s.mh.type, MH_HEARTBEAT);
	ck_assert_uint_eq(s.mh.heartbeat.flags, MH_HEARTBEAT_R);
	ck_assert_uint_eq(s.mh.heartbeat.seq, 99);
	o = story_opt(&s, MOPT_RESTART, 0);
	ck_assert(o && o->value >= STORY_WALL);
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_AUTH, 0));
	story_beat(&s, (struct beat_msg){ .seq = 99, .no_auth = true });
	ck_assert_uint_eq(s.mh.type, 0xff);
	story_beat(&s, (struct beat_msg){ .seq = 99, .bad_auth = true });
	ck_assert_uint_eq(s.mh.type, 0xff);
	story_close(&s);
}
END_TEST

/* What we signed is no word of our anchor's when it comes back: not a request,
 * which would be answered with an answer that comes back as well. */
START_TEST(heartbeat_echoed)
{
	struct story s;

	beating(&s);
	story_beat(&s, (struct beat_msg){ .counter = 8,
			.flags = MH_HEARTBEAT_R | MH_HEARTBEAT_U });
	ck_assert_uint_eq(s.mh.type, MH_HEARTBEAT);
	ck_assert_uint_eq(s.mh.heartbeat.flags, 0);
	story_echo(&s);
	ck_assert_uint_eq(s.mh.type, 0xff);
	story_beat(&s, (struct beat_msg){ .seq = 99 });
	ck_assert_uint_eq(s.mh.heartbeat.flags, MH_HEARTBEAT_R);
	story_echo(&s);
	ck_assert_uint_eq(s.mh.type, 0xff);
	story_close(&s);
}
END_TEST

/* The counter of an unsolicited message makes us ask; only the answer to that
 * makes us register again. */
START_TEST(heartbeat_restart)
{
	uint32_t seq;
	struct story s;

	beating(&s);
	story_later(&s, SEC(2));
	story_nd(&s, ND_NA, LL, PHONE);
	/* forged, and an old answer */
	story_beat(&s, (struct beat_msg){ .counter = 8, .bad_auth = true,
			.flags = MH_HEARTBEAT_R | MH_HEARTBEAT_U });
	ck_assert_uint_eq(s.mh.type, 0xff);
	story_beat(&s, (struct beat_msg){ .counter = 8, .seq = 1,
			.flags = MH_HEARTBEAT_R });
	ck_assert_uint_eq(s.mh.type, 0xff);
	story_beat(&s, (struct beat_msg){ .counter = 8,
			.flags = MH_HEARTBEAT_R | MH_HEARTBEAT_U });
	ck_assert_uint_eq(s.mh.type, MH_HEARTBEAT);
	seq = s.mh.heartbeat.seq;
	/* it was an old message: nothing has changed */
	story_beat(&s, (struct beat_msg){ .counter = 7, .seq = seq,
			.flags = MH_HEARTBEAT_R });
	story_later(&s, SEC(1));
	ck_assert_uint_eq(s.mh.type, 0xff);
	/* it was not */
	story_beat(&s, (struct beat_msg){ .counter = 8,
			.flags = MH_HEARTBEAT_R | MH_HEARTBEAT_U });
	seq = s.mh.heartbeat.seq;
	story_beat(&s, (struct beat_msg){ .counter = 8, .seq = seq,
			.flags = MH_HEARTBEAT_R });
	story_later(&s, MSEC(1));
	asked(&s, 2, MOPT_HANDOFF_SAME, false);
	story_close(&s);
}
END_TEST

/* --- RFC 8127 ------------------------------------------------------------------------ */

/* Register again 20 units before the end of 240 s; wait 3 s, 6 s, 6 s. */
START_TEST(obeys_timers)
{
	struct story s;

	attach(&s);
	answer(&s, (struct msg){ .lcmp = "0106 0014 0003 0006" });
	for (int k = 0; k < 15; k++) {
		story_later(&s, SEC(10));
		story_nd(&s, ND_NA, LL, PHONE);
	}
	ck_assert_uint_eq(s.messages, 1);
	story_later(&s, MSEC(9900));		/* 159.9 */
	ck_assert_uint_eq(s.messages, 1);
	story_nd(&s, ND_NA, LL, PHONE);
	story_later(&s, MSEC(200));
	asked(&s, 2, MOPT_HANDOFF_SAME, false);
	story_later(&s, MSEC(2800));
	ck_assert_uint_eq(s.messages, 2);
	story_later(&s, MSEC(200));
	ck_assert_uint_eq(s.messages, 3);
	story_later(&s, SEC(6));
	ck_assert_uint_eq(s.messages, 4);
	story_nd(&s, ND_NA, LL, PHONE);
	story_later(&s, SEC(6));
	ck_assert_uint_eq(s.messages, 5);
	/* an answer without them: our own again */
	answer(&s, (struct msg){ 0 });
	story_later(&s, SEC(2));
	story_nd(&s, ND_RS, LL, PHONE);
	story_later(&s, MSEC(1001));
	ck_assert_uint_eq(s.messages, 7);
	story_close(&s);
}
END_TEST

/* --- revocation (RFC 5846 9.1) ---------------------------------------------------- */

static const struct {
	const char	*what;
	struct bri	b;
	int		status;		/* -1: no answer */
	bool		ends;
} revocations[] = {
	{ "it is elsewhere", { .id = "phone@example.com", .hnp = GIVEN,
	  .code = 2 }, 0, true },
	{ "by identity alone", { .id = "phone@example.com", .code = 1 }, 0,
	  true },
	{ "all of them", { .code = 128, .global = true }, 0, true },
	{ "another mobile", { .id = "pad@example.net", .hnp = GIVEN,
	  .code = 2 }, 128, false },
	{ "another prefix", { .id = "phone@example.com", .code = 2,
	  .hnp = "2001:db8:100:8::/64" }, 128, false },
	{ "nobody", { .hnp = GIVEN, .code = 2 }, 131, false },
	{ "a trigger that is none", { .id = "phone@example.com", .code = 8 },
	  133, false },
	{ "global for one", { .id = "phone@example.com", .code = 2,
	  .global = true }, 134, false },
	{ "global, with options", { .id = "phone@example.com", .code = 128,
	  .global = true }, 134, false },
	{ "not of a proxy", { .id = "phone@example.com", .code = 2,
	  .no_p = true }, 135, false },
	{ "forged", { .id = "phone@example.com", .code = 2, .bad_auth = true },
	  -1, false },
	{ "not authenticated", { .id = "phone@example.com", .code = 2,
	  .no_auth = true }, -1, false },
	{ "without a time", { .id = "phone@example.com", .code = 2,
	  .no_stamp = true }, -1, false },
	{ "old", { .id = "phone@example.com", .code = 2, .late = 400 }, -1,
	  false },
};

START_TEST(revoked)
{
	struct bri b = revocations[_i].b;
	struct story s;

	serve(&s);
	story_later(&s, SEC(2));
	b.seq = 77;
	story_revoke(&s, b);
	if (revocations[_i].status < 0) {
		ck_assert_uint_eq(s.mh.type, 0xff);
	} else {
		ck_assert_uint_eq(s.mh.type, MH_REVOCATION);
		ck_assert_uint_eq(s.mh.revocation.kind, MH_BRA);
		ck_assert_uint_eq(s.mh.revocation.code,
				  revocations[_i].status);
		ck_assert_uint_eq(s.mh.revocation.seq, 77);
	}
	ck_assert_uint_eq(s.nflows, revocations[_i].ends ? 0 : 1);
	/* the same again is older than the last */
	s.mh.type = 0xff;
	b.late = 1;
	story_revoke(&s, b);
	if (revocations[_i].status >= 0)
		ck_assert_uint_eq(s.mh.type, 0xff);
	story_close(&s);
}
END_TEST

/* Elsewhere, and back; or not wanted any more. */
START_TEST(after_revocation)
{
	struct story s;

	serve(&s);
	story_later(&s, SEC(2));
	story_revoke(&s, (struct bri){ .id = "phone@example.com", .code = 2 });
	story_nd(&s, ND_NA, LL, PHONE);
	asked(&s, 1, MOPT_HANDOFF_UNKNOWN, false);
	answer(&s, (struct msg){ 0 });
	story_later(&s, SEC(2));
	story_revoke(&s, (struct bri){ .id = "phone@example.com", .code = 1 });
	ck_assert_uint_eq(s.ra.ra.lifetime, 0);
	s.mh.type = 0xff;
	story_nd(&s, ND_RS, LL, PHONE);
	story_later(&s, SEC(20));
	ck_assert_uint_eq(s.mh.type, 0xff);
	story_close(&s);
}
END_TEST

int main(void)
{
	Suite *const all[] = { suite_create("core/mag"), NULL };
	TCase *t = tcase_create("gateway");

	tcase_add_test(t, registers);
	tcase_add_test(t, strangers);
	tcase_add_test(t, by_controller);
	tcase_add_test(t, repeats);
	tcase_add_loop_test(t, strange_answers, 0,
			    (int)(sizeof(strange) / sizeof(strange[0])));
	tcase_add_loop_test(t, each_status, 0,
			    (int)(sizeof(statuses) / sizeof(statuses[0])));
	tcase_add_test(t, wrong_key);
	tcase_add_test(t, first_numbers);
	tcase_add_test(t, shared_address);
	tcase_add_test(t, prefix_refused_twice);
	tcase_add_test(t, leaves);
	tcase_add_test(t, another_identity);
	tcase_add_test(t, another_anchor);
	tcase_add_test(t, many_withdrawn);
	tcase_add_test(t, falls_silent);
	tcase_add_test(t, link_down);
	tcase_add_test(t, link_gone);
	tcase_add_test(t, restarts);
	tcase_add_test(t, heartbeat_answered);
	tcase_add_test(t, heartbeat_echoed);
	tcase_add_test(t, heartbeat_restart);
	tcase_add_test(t, obeys_timers);
	tcase_add_test(t, prefixes_of_profile);
	tcase_add_test(t, own_address_of_mobile);
	tcase_add_loop_test(t, revoked, 0, (int)(sizeof(revocations) /
						 sizeof(revocations[0])));
	tcase_add_test(t, after_revocation);
	suite_add_tcase(all[0], t);
	return unit_main(all);
}
