/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_lma.c - a local mobility anchor, message by message: RFC 5213
 * 5.3 (processing), 5.4.1 (which session), 5.5 (order), 5.3.6 (answers).
 */
#include "pmip_story.h"

#include <malloc.h>

#define LLI	"020000000001"
#define LLI2	"020000000002"

/* phone has a prefix of its own, banned may not, picky has one gateway, wide
 * gets three prefixes, and all of example.net one of the pool. */
static void open_story(struct story *s)
{
	struct conf_mobile *m;
	struct prefix *mag;

	story_open(s, CONF_LMA);
	m = story_mobile(s, "phone@example.com");
	ck_assert_int_eq(prefix_parse(OWN, &m->hnp[0]), 0);
	m->nhnps = 1;
	m = story_mobile(s, "banned@example.com");
	m->allowed = false;
	m = story_mobile(s, "picky@example.com");
	mag = conf_add_mobile_mag(s->conf, m);
	*mag = (struct prefix){ story_addr(MAG2), 128 };
	m = story_mobile(s, "wide@example.com");
	m->prefixes = 3;
	m = story_mobile(s, "@example.net");
	m->lifetime = 100;
	story_begin(s);
}

static void is_prefix(const struct mopt *o, const char *want)
{
	struct prefix p = { .len = 0 };

	ck_assert_ptr_nonnull(o);
	if (strcmp(want, "::"))
		ck_assert_int_eq(prefix_parse(want, &p), 0);
	ck_assert(addr_eq(&o->prefix.addr, &p.addr));
	ck_assert_uint_eq(o->prefix.len, p.len);
}

static void answered(const struct story *s, uint8_t status, uint16_t seq)
{
	ck_assert_uint_eq(s->mh.type, MH_BA);
	ck_assert_uint_eq(s->mh.ba.status, status);
	ck_assert_uint_eq(s->mh.ba.seq, seq);
	ck_assert(s->mh.ba.flags & MH_BA_P);
}

static void quiet(const struct story *s)
{
	ck_assert_uint_eq(s->mh.type, 0xff);
}

/* --- 5.3.2, 5.3.6 --------------------------------------------------------- */

START_TEST(registers)
{
	struct in6_addr mag = story_addr(MAG), lma = story_addr(LMA);
	const struct mopt *o;
	struct story s;

	open_story(&s);
	/* the pool is blocked */
	ck_assert_int_eq(story_flow(&s, POOL)->action, FLOW_BLOCK);
	story_update(&s, (struct msg){ .seq = 9, .lifetime = 2000,
				       .lli = LLI, .hi = 1 });
	answered(&s, 0, 9);
	/* addresses swapped; LmaMaxBindingLife of 3600 s */
	ck_assert(addr_eq(&s.pkt.src, &lma) && addr_eq(&s.pkt.dst, &mag));
	ck_assert_uint_eq(s.mh.ba.lifetime, 900);
	o = story_opt(&s, MOPT_MNID, 0);
	ck_assert(o && o->mnid.id.len == 17 &&
		  !memcmp(o->mnid.id.p, "phone@example.com", 17));
	is_prefix(story_opt(&s, MOPT_HNP, 0), OWN);
	ck_assert_ptr_null(story_opt(&s, MOPT_HNP, 1));
	ck_assert_uint_eq(story_opt(&s, MOPT_HANDOFF, 0)->value, 1);
	ck_assert_uint_eq(story_opt(&s, MOPT_ATT, 0)->value, 3);
	ck_assert_uint_eq(story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp,
			  story_stamp(&s, 0));
	o = story_opt(&s, MOPT_MN_LLI, 0);
	ck_assert(o && o->data.len == 6 && o->data.p[5] == 1);
	ck_assert_ptr_null(story_opt(&s, MOPT_LINKLOCAL, 0));
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_AUTH, 0));
	ck_assert_int_eq(story_flow(&s, OWN)->action, FLOW_PATH);
	ck_assert(addr_eq(&story_flow(&s, OWN)->path.remote, &mag));
	ck_assert_uint_eq(s.npaths, 1);
	story_later(&s, SEC(3601));
	ck_assert_ptr_null(story_flow(&s, OWN));
	ck_assert_uint_eq(s.npaths, 0);
	ck_assert_uint_eq(s.nstored, 0);
	story_close(&s);
}
END_TEST

/* What is not in the request is not in the answer, but for what must be. */
START_TEST(bare_answer)
{
	struct story s;

	open_story(&s);
	story_update(&s, (struct msg){ .no_id = true, .no_hnp = true,
				       .no_hi = true, .no_att = true,
				       .no_stamp = true });
	answered(&s, MH_ST_MISSING_MNID, 0);
	ck_assert_uint_eq(story_opt(&s, MOPT_MNID, 0)->mnid.id.len, 0);
	is_prefix(story_opt(&s, MOPT_HNP, 0), "::");
	ck_assert_ptr_null(story_opt(&s, MOPT_HNP, 1));
	ck_assert_uint_eq(story_opt(&s, MOPT_HANDOFF, 0)->value, 0);
	ck_assert_uint_eq(story_opt(&s, MOPT_ATT, 0)->value, 0);
	ck_assert_ptr_null(story_opt(&s, MOPT_TIMESTAMP, 0));
	ck_assert_ptr_null(story_opt(&s, MOPT_MN_LLI, 0));
	ck_assert_ptr_null(story_opt(&s, MOPT_LINKLOCAL, 0));
	story_close(&s);
}
END_TEST

/* Refused: the prefixes of the request, and its link-local address. */
START_TEST(refusal_repeats)
{
	struct story s;

	open_story(&s);
	story_update(&s, (struct msg){ .id = "banned@example.com",
			.hnp = { "2001:db8:100:3::/64", "2001:db8:100:4::/64" },
			.nhnps = 2, .ll = "fe80::77" });
	answered(&s, MH_ST_PROXY_DISABLED, 0);
	is_prefix(story_opt(&s, MOPT_HNP, 0), "2001:db8:100:3::/64");
	is_prefix(story_opt(&s, MOPT_HNP, 1), "2001:db8:100:4::/64");
	ck_assert_uint_eq(story_opt(&s, MOPT_LINKLOCAL, 0)->addr.s6_addr[15],
			  0x77);
	story_close(&s);
}
END_TEST

START_TEST(linklocal)
{
	struct in6_addr first, a;
	struct story s;

	open_story(&s);
	story_update(&s, (struct msg){ .lli = LLI, .ll = "::" });
	answered(&s, 0, 0);
	first = story_opt(&s, MOPT_LINKLOCAL, 0)->addr;
	ck_assert(addr_is_linklocal(&first));
	/* the same for the session, wherever it is */
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .src = MAG2, .lli = LLI, .ll = "::" });
	a = story_opt(&s, MOPT_LINKLOCAL, 0)->addr;
	ck_assert(addr_eq(&a, &first));
	/* until a gateway says another */
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .src = MAG2, .lli = LLI,
				       .ll = "fe80::5" });
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .lli = LLI, .ll = "::" });
	a = story_opt(&s, MOPT_LINKLOCAL, 0)->addr;
	ck_assert_uint_eq(a.s6_addr[15], 5);
	story_close(&s);
}
END_TEST

START_TEST(prefixes)
{
	struct story s;

	open_story(&s);
	story_update(&s, (struct msg){ .id = "wide@example.com" });
	answered(&s, 0, 0);
	is_prefix(story_opt(&s, MOPT_HNP, 0), "2001:db8:100::/64");
	is_prefix(story_opt(&s, MOPT_HNP, 2), "2001:db8:100:2::/64");
	ck_assert_ptr_null(story_opt(&s, MOPT_HNP, 3));
	ck_assert_int_eq(story_flow(&s, "2001:db8:100:1::/64")->action,
			 FLOW_PATH);
	ck_assert_uint_eq(s.npaths, 1);
	/* it moves whole, and ends whole */
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .id = "wide@example.com", .src = MAG2,
				       .hi = 3 });
	answered(&s, 0, 0);
	ck_assert_uint_eq(story_flow(&s, "2001:db8:100:2::/64")
			  ->path.remote.s6_addr[15], 0xa2);
	ck_assert_uint_eq(s.npaths, 1);
	story_restart(&s);
	ck_assert_uint_eq(story_flow(&s, "2001:db8:100:2::/64")
			  ->path.remote.s6_addr[15], 0xa2);
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .id = "wide@example.com", .src = MAG2,
		.ends = true, .nhnps = 3, .hnp = { "2001:db8:100::/64",
		"2001:db8:100:1::/64", "2001:db8:100:2::/64" } });
	answered(&s, 0, 0);
	ck_assert_uint_eq(s.nflows, 1);			/* the pool's */
	story_close(&s);
}
END_TEST

/* Sixteen /64s, one of which is the phone's: who comes next gets none (130),
 * until one is free again, MinDelayBeforeBCEDelete later. */
START_TEST(pool_is_finite)
{
	struct story s;
	char id[32];

	open_story(&s);
	for (int k = 0; k < 15; k++) {
		snprintf(id, sizeof(id), "n%d@example.net", k);
		story_update(&s, (struct msg){ .id = id });
		answered(&s, 0, 0);
		ck_assert_uint_eq(s.mh.ba.lifetime, 25);  /* the realm's */
	}
	story_update(&s, (struct msg){ .id = "late@example.net" });
	answered(&s, MH_ST_RESOURCES, 0);
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .id = "n3@example.net", .ends = true,
				       .hi = 3 });
	answered(&s, 0, 0);
	story_update(&s, (struct msg){ .id = "late@example.net" });
	answered(&s, MH_ST_RESOURCES, 0);
	story_later(&s, SEC(10));
	story_update(&s, (struct msg){ .id = "late@example.net" });
	answered(&s, 0, 0);
	is_prefix(story_opt(&s, MOPT_HNP, 0), "2001:db8:100:3::/64");
	story_close(&s);
}
END_TEST

/* Its configuration anew, with that pool; `fewer' without the phone. */
static void reload(struct story *s, const char *pool, bool fewer)
{
	struct event ev = { .kind = EV_READY };
	struct conf *old = s->conf, *c = conf_new();
	struct conf_mobile *m;

	c->roles = CONF_LMA;
	c->lma_address = old->lma_address;
	c->heartbeat = 0;
	c->revocation = old->revocation;
	c->delete_delay = old->delete_delay;
	ck_assert_int_eq(prefix_parse(pool, conf_add_pool(c)), 0);
	*conf_add_peer(c) = old->peer[0];
	*conf_add_peer(c) = old->peer[1];
	for (uint32_t k = fewer; k < old->nmobiles; k++) {
		m = conf_add_mobile(c, old->mobile[k].id);
		memcpy(m->hnp, old->mobile[k].hnp, sizeof(m->hnp));
		m->nhnps = old->mobile[k].nhnps;
		m->prefixes = old->mobile[k].prefixes;
	}
	ck_assert_int_eq(node_reconfigure(s->node, c, s->now), 0);
	conf_free(old);
	s->conf = c;
	story_input(s, &ev);
}

/* What came back longest ago is taken first, once, and not when somebody has
 * asked for it; after another configuration too. */
START_TEST(oldest_first)
{
	static const int back[] = { 9, 3, 12, 5 };
	struct story s;
	char id[32], hnp[40];

	open_story(&s);
	for (int k = 0; k < 15; k++) {
		snprintf(id, sizeof(id), "n%d@example.net", k);
		story_update(&s, (struct msg){ .id = id });
		answered(&s, 0, 0);
	}
	story_later(&s, SEC(1));
	for (unsigned k = 0; k < 4; k++) {
		snprintf(id, sizeof(id), "n%d@example.net", back[k]);
		story_update(&s, (struct msg){ .id = id, .ends = true,
					       .hi = 3 });
		answered(&s, 0, 0);
		story_later(&s, SEC(11));
	}
	if (_i)
		reload(&s, POOL, true);
	story_update(&s, (struct msg){ .id = "x@example.net", .nhnps = 1,
				       .hnp = { "2001:db8:100:3::/64" } });
	answered(&s, 0, 0);
	for (unsigned k = 0; k < 4; k++) {
		if (k == 1)
			continue;
		snprintf(id, sizeof(id), "y%u@example.net", k);
		story_update(&s, (struct msg){ .id = id });
		answered(&s, 0, 0);
		/* 10 is the phone's, so the eleventh is 11 */
		snprintf(hnp, sizeof(hnp), "2001:db8:100:%x::/64",
			 (unsigned)back[k] + (back[k] > 9));
		is_prefix(story_opt(&s, MOPT_HNP, 0), hnp);
	}
	story_update(&s, (struct msg){ .id = "late@example.net" });
	if (_i) {			/* what was the phone's */
		answered(&s, 0, 0);
		is_prefix(story_opt(&s, MOPT_HNP, 0), OWN);
		story_update(&s, (struct msg){ .id = "later@example.net" });
	}
	answered(&s, MH_ST_RESOURCES, 0);
	story_close(&s);
}
END_TEST

/* Seventy thousand prefixes are in use; under the same pool or a larger one that
 * begins with it, the next mobile gets one. */
START_TEST(pool_over_reload)
{
	struct story s;
	char id[32];

	story_open(&s, CONF_LMA);
	s.crowd = true;
	ck_assert_int_eq(prefix_parse("2001:db8:100::/47", s.conf->pool), 0);
	story_mobile(&s, "phone@example.com");
	story_mobile(&s, "@example.net")->prefixes = CONF_HNPS;
	story_begin(&s);
	for (unsigned k = 0; k < 70000 / CONF_HNPS; k++) {
		snprintf(id, sizeof(id), "n%u@example.net", k);
		story_update(&s, (struct msg){ .id = id });
		answered(&s, 0, 0);
	}
	reload(&s, _i ? "2001:db8:100::/46" : "2001:db8:100::/47", false);
	story_update(&s, (struct msg){ .id = "late@example.net" });
	answered(&s, 0, 0);
	is_prefix(story_opt(&s, MOPT_HNP, 0), "2001:db8:101:1170::/64");
	story_close(&s);
}
END_TEST

/* Who comes and goes with a prefix of its own choice leaves nothing behind. */
START_TEST(pool_keeps_nothing)
{
	struct msg m = { .id = "n@example.net" };
	struct story s;
	size_t before = 0;

	open_story(&s);
	s.conf->delete_delay = 0;
	story_update(&s, m);
	answered(&s, 0, 0);
	m.nhnps = 1;
	m.hnp[0] = "2001:db8:100::/64";
	for (unsigned k = 0; k < 4000; k++) {
		story_later(&s, SEC(1));
		m.ends = !(k & 1);
		story_update(&s, m);
		answered(&s, 0, 0);
		if (k == 400)
			before = mallinfo2().uordblks;
	}
	ck_assert_uint_le(mallinfo2().uordblks, before + 1024);
	story_close(&s);
}
END_TEST

START_TEST(limit)
{
	struct story s;

	story_open(&s, CONF_LMA);
	story_mobile(&s, "@example.net");
	s.conf->lma_max_bindings = 1;
	story_begin(&s);
	story_update(&s, (struct msg){ .id = "a@example.net" });
	answered(&s, 0, 0);
	story_update(&s, (struct msg){ .id = "b@example.net" });
	answered(&s, MH_ST_RESOURCES, 0);
	/* and the prefix that it would have had is free again */
	story_later(&s, SEC(241));
	story_update(&s, (struct msg){ .id = "b@example.net" });
	answered(&s, 0, 0);
	story_close(&s);
}
END_TEST

/* --- each status (5.3.1) ------------------------------------------------- */

static const struct {
	const char	*what;
	struct msg	m;
	int		status;		/* -1: silence */
} rows[] = {
	{ "no identity (4)", { .no_id = true }, MH_ST_MISSING_MNID },
	{ "an empty one", { .empty_id = true }, MH_ST_MISSING_MNID },
	{ "not its gateway (6)", { .id = "picky@example.com" },
	  MH_ST_MAG_UNAUTHORIZED },
	{ "its gateway", { .id = "picky@example.com", .src = MAG2 }, 0 },
	{ "a care-of address of nobody", { .alt = MAG3 },
	  MH_ST_MAG_UNAUTHORIZED },
	{ "a mobile of nobody (7)", { .id = "who@example.org" },
	  MH_ST_NOT_LMA },
	{ "not to be served (8)", { .id = "banned@example.com" },
	  MH_ST_PROXY_DISABLED },
	{ "too old (9)", { .late = 301 }, MH_ST_TIMESTAMP },
	{ "too new", { .late = -301 }, MH_ST_TIMESTAMP },
	{ "old, but not too old", { .late = 299 }, 0 },
	{ "no prefix option (10)", { .no_hnp = true }, MH_ST_MISSING_HNP },
	{ "no handoff indicator (11)", { .no_hi = true },
	  MH_ST_MISSING_HANDOFF },
	{ "no technology (12)", { .no_att = true }, MH_ST_MISSING_ATT },
	{ "somebody else's prefix (5.3.2)", { .id = "a@example.net",
	  .nhnps = 1, .hnp = { OWN } }, MH_ST_HNP_UNAUTHORIZED },
	{ "a prefix that is not the anchor's", { .nhnps = 1,
	  .hnp = { "2001:db8:200::/64" } }, MH_ST_HNP_UNAUTHORIZED },
	{ "another one than its own", { .nhnps = 1,
	  .hnp = { "2001:db8:100:1::/64" } }, MH_ST_HNP_UNAUTHORIZED },
	{ "a prefix of another length", { .id = "a@example.net", .nhnps = 1,
	  .hnp = { "2001:db8:100::/63" } }, MH_ST_HNP_UNAUTHORIZED },
	{ "one of the pool that is free", { .id = "a@example.net", .nhnps = 1,
	  .hnp = { "2001:db8:100:7::/64" } }, 0 },
	{ "wrong authenticator", { .bad_auth = true }, MH_ST_AUTH_FAIL },
	{ "none", { .no_auth = true }, -1 },
	{ "no such SPI", { .spi = 999 }, -1 },
	{ "another gateway's SPI", { .src = MAG2, .spi = 256 }, -1 },
	{ "a stranger", { .src = MAG3 }, -1 },
	{ "a Home Address option", { .hao = true }, -1 },
	{ "a farewell of nobody", { .ends = true }, -1 },
	{ "a farewell with prefixes", { .ends = true, .nhnps = 1,
	  .hnp = { OWN } }, -1 },
};

START_TEST(each_status)
{
	struct story s;

	open_story(&s);
	story_update(&s, rows[_i].m);
	if (rows[_i].status < 0)
		quiet(&s);
	else
		answered(&s, (uint8_t)rows[_i].status, 0);
	ck_assert_uint_eq(s.npaths, rows[_i].status == 0);
	story_close(&s);
}
END_TEST

/* --- 5.5 --------------------------------------------------------------------- */

START_TEST(order)
{
	uint64_t first;
	struct story s;

	open_story(&s);
	story_update(&s, (struct msg){ .lli = LLI });
	first = story_stamp(&s, 0);
	answered(&s, 0, 0);
	/* the same again: not greater (no. 6) */
	story_update(&s, (struct msg){ .lli = LLI, .has_exact = true,
				       .exact = first });
	answered(&s, MH_ST_TIMESTAMP, 0);
	ck_assert_uint_eq(story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp,
			  story_stamp(&s, 0));
	/* an older one, from the other gateway (no. 8): with our time */
	story_later(&s, MSEC(50));
	story_update(&s, (struct msg){ .src = MAG2, .lli = LLI, .late = 100 });
	answered(&s, MH_ST_TIMESTAMP_LOWER, 0);
	ck_assert_uint_eq(story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp,
			  story_stamp(&s, 0));
	ck_assert_uint_eq(story_flow(&s, OWN)->path.remote.s6_addr[15], 0xa1);
	/* the sequence number does not count (no. 5) */
	story_update(&s, (struct msg){ .seq = 5, .lli = LLI });
	answered(&s, 0, 5);
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .seq = 5, .lli = LLI });
	answered(&s, 0, 5);
	/* also after a restart: what was accepted stays accepted */
	story_restart(&s);
	story_update(&s, (struct msg){ .lli = LLI, .late = 10 });
	answered(&s, MH_ST_TIMESTAMP_LOWER, 0);
	/* without an option it is the number (RFC 6275 9.5.1) */
	story_update(&s, (struct msg){ .seq = 5, .lli = LLI,
				       .no_stamp = true });
	answered(&s, MH_ST_SEQUENCE, 5);
	ck_assert_ptr_null(story_opt(&s, MOPT_TIMESTAMP, 0));
	story_update(&s, (struct msg){ .seq = 6, .lli = LLI,
				       .no_stamp = true });
	answered(&s, 0, 6);
	story_close(&s);
}
END_TEST

/* --- 5.3.5 -------------------------------------------------------------------- */

START_TEST(farewell)
{
	struct story s;

	open_story(&s);
	story_update(&s, (struct msg){ .lli = LLI });
	story_later(&s, SEC(1));
	/* not from where it is */
	story_update(&s, (struct msg){ .src = MAG2, .lli = LLI, .ends = true });
	quiet(&s);
	ck_assert_ptr_nonnull(story_flow(&s, OWN));
	story_update(&s, (struct msg){ .lli = LLI, .ends = true, .nhnps = 1,
				       .hnp = { OWN } });
	answered(&s, 0, 0);
	ck_assert_uint_eq(s.mh.ba.lifetime, 0);
	is_prefix(story_opt(&s, MOPT_HNP, 0), OWN);
	ck_assert_ptr_null(story_flow(&s, OWN));
	/* its answer was lost */
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .lli = LLI, .ends = true });
	answered(&s, 0, 0);
	/* the other gateway takes it up in time */
	story_later(&s, SEC(5));
	story_update(&s, (struct msg){ .src = MAG2, .lli = LLI });
	answered(&s, 0, 0);
	ck_assert_ptr_nonnull(story_flow(&s, OWN));
	story_later(&s, SEC(20));
	ck_assert_ptr_nonnull(story_flow(&s, OWN));
	story_update(&s, (struct msg){ .src = MAG2, .lli = LLI, .ends = true });
	story_later(&s, SEC(11));
	story_update(&s, (struct msg){ .src = MAG2, .lli = LLI, .ends = true });
	quiet(&s);
	story_close(&s);
}
END_TEST

/* --- 5.4.1: which session ------------------------------------------------------ */

/* One session of a@example.net is there: 2001:db8:100::/64, Ethernet, at MAG;
 * with LLI or without.  What is the request about? */
enum { NEW, UPDATE };
static const struct {
	const char	*what;
	bool		without;	/* the session has no identifier */
	struct msg	m;
	int		result;		/* NEW, UPDATE, or a status */
} lookups[] = {
	/* 5.4.1.1 */
	{ "by prefix, 5 a: identifier and technology", false,
	  { .src = MAG2, .lli = LLI, .nhnps = 1,
	    .hnp = { "2001:db8:100::/64" } }, UPDATE },
	{ "5 b: between interfaces", false,
	  { .src = MAG2, .lli = LLI2, .att = 4, .hi = 2, .nhnps = 1,
	    .hnp = { "2001:db8:100::/64" } }, UPDATE },
	{ "5 c: no identifiers, between gateways", true,
	  { .src = MAG2, .hi = 3, .nhnps = 1,
	    .hnp = { "2001:db8:100::/64" } }, UPDATE },
	{ "5 c: not with another technology", true,
	  { .src = MAG2, .hi = 3, .att = 4, .nhnps = 1,
	    .hnp = { "2001:db8:100::/64" } }, MH_ST_HNP_UNAUTHORIZED },
	{ "5 d: the same gateway and technology", false,
	  { .lli = LLI2, .hi = 5, .nhnps = 1,
	    .hnp = { "2001:db8:100::/64" } }, UPDATE },
	{ "6: a new session, and the prefix is taken", false,
	  { .src = MAG2, .lli = LLI2, .hi = 3, .nhnps = 1,
	    .hnp = { "2001:db8:100::/64" } }, MH_ST_HNP_UNAUTHORIZED },
	{ "2: no such session", false,
	  { .src = MAG2, .lli = LLI, .nhnps = 1,
	    .hnp = { "2001:db8:100:5::/64" } }, NEW },
	{ "3: another mobile's", false,
	  { .id = "b@example.net", .lli = LLI, .nhnps = 1,
	    .hnp = { "2001:db8:100::/64" } }, MH_ST_HNP_UNAUTHORIZED },
	{ "4: not all of them", false,
	  { .lli = LLI, .nhnps = 2, .hnp = { "2001:db8:100::/64",
	    "2001:db8:100:5::/64" } }, MH_ST_PREFIX_SET },
	{ "4: and it counts them", false,
	  { .lli = LLI, .nhnps = 2, .hnp = { "2001:db8:100::/64",
	    "2001:db8:100::/64" } }, MH_ST_PREFIX_SET },
	/* 5.4.1.2 */
	{ "by identifier, 2", false, { .src = MAG2, .lli = LLI }, UPDATE },
	{ "not with another technology", false,
	  { .src = MAG2, .lli = LLI, .att = 4, .hi = 3 }, NEW },
	{ "3: between interfaces", false,
	  { .src = MAG2, .lli = LLI2, .hi = 2 }, UPDATE },
	{ "5: a new interface", false,
	  { .src = MAG2, .lli = LLI2, .hi = 1 }, NEW },
	{ "5: between gateways, with another card", false,
	  { .src = MAG2, .lli = LLI2, .hi = 3 }, NEW },
	{ "another mobile with that card", false,
	  { .id = "b@example.net", .src = MAG2, .lli = LLI }, NEW },
	/* 5.4.1.3 */
	{ "by identity, 2: between interfaces", false,
	  { .src = MAG2, .hi = 2 }, UPDATE },
	{ "2: between gateways", false, { .src = MAG2, .hi = 3 }, UPDATE },
	{ "4: new", false, { .src = MAG2, .hi = 1 }, NEW },
	{ "4: unchanged", false, { .src = MAG2, .hi = 5 }, NEW },
};

static void first_session(struct story *s, bool without)
{
	open_story(s);
	story_update(s, (struct msg){ .id = "a@example.net", .hi = 1,
				      .lli = without ? NULL : LLI });
	answered(s, 0, 0);
	is_prefix(story_opt(s, MOPT_HNP, 0), "2001:db8:100::/64");
	story_later(s, SEC(1));
}

START_TEST(each_lookup)
{
	struct msg m = lookups[_i].m;
	struct story s;

	first_session(&s, lookups[_i].without);
	if (!m.id)
		m.id = "a@example.net";
	story_update(&s, m);
	if (lookups[_i].result > UPDATE) {
		answered(&s, (uint8_t)lookups[_i].result, 0);
		ck_assert_uint_eq(s.nflows, 2);
	} else {
		answered(&s, 0, 0);
		ck_assert_uint_eq(s.nflows, lookups[_i].result == NEW ? 3 : 2);
	}
	story_close(&s);
}
END_TEST

/* Handoff unknown, and one session: it may be that one (5.4.1.2 no. 4,
 * 5.4.1.3 no. 3). */
static const char *const others[] = { LLI2, NULL };

START_TEST(waits_for_farewell)
{
	struct story s;

	first_session(&s, false);
	story_update(&s, (struct msg){ .seq = 3, .id = "a@example.net",
				       .src = MAG2, .lli = others[_i] });
	quiet(&s);
	story_later(&s, MSEC(500));
	story_update(&s, (struct msg){ .seq = 4, .id = "a@example.net",
				       .src = MAG2, .lli = others[_i] });
	quiet(&s);
	/* the farewell is answered, and so is the newest that waited */
	story_later(&s, MSEC(500));
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
				       .ends = true });
	answered(&s, 0, 4);
	is_prefix(story_opt(&s, MOPT_HNP, 0), "2001:db8:100::/64");
	ck_assert_uint_eq(s.nflows, 2);
	ck_assert_uint_eq(story_flow(&s, "2001:db8:100::/64")
			  ->path.remote.s6_addr[15], 0xa2);
	/* a farewell first: no waiting */
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .id = "a@example.net", .src = MAG2,
				       .lli = others[_i], .ends = true,
				       .nhnps = 1,
				       .hnp = { "2001:db8:100::/64" } });
	answered(&s, 0, 0);
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .seq = 7, .id = "a@example.net",
				       .lli = LLI });
	answered(&s, 0, 7);
	ck_assert_uint_eq(s.nflows, 2);
	story_close(&s);
}
END_TEST

START_TEST(waits_in_vain)
{
	struct story s;

	first_session(&s, false);
	story_update(&s, (struct msg){ .seq = 3, .id = "a@example.net",
				       .src = MAG2, .lli = others[_i] });
	quiet(&s);
	/* MaxDelayBeforeNewBCEAssign */
	story_later(&s, MSEC(1499));
	quiet(&s);
	story_later(&s, MSEC(2));
	answered(&s, 0, 3);
	is_prefix(story_opt(&s, MOPT_HNP, 0), "2001:db8:100:1::/64");
	ck_assert_uint_eq(s.nflows, 3);
	story_close(&s);
}
END_TEST

/* While it waits the configuration becomes another one: the mobile is not served
 * any more, or not by that gateway. */
START_TEST(waits_under_another_configuration)
{
	struct conf_mobile *m;
	struct prefix *mag;
	struct story s;

	first_session(&s, false);
	story_update(&s, (struct msg){ .seq = 3, .id = "a@example.net",
				       .src = MAG2, .lli = LLI2 });
	quiet(&s);
	m = &s.conf->mobile[4];
	ck_assert_str_eq(m->id, "@example.net");
	if (_i) {
		mag = conf_add_mobile_mag(s.conf, m);
		*mag = (struct prefix){ story_addr(MAG), 128 };
	} else {
		m->allowed = false;
	}
	story_later(&s, MSEC(500));
	if (_i == 2)
		story_update(&s, (struct msg){ .id = "a@example.net",
					       .lli = LLI, .ends = true });
	story_later(&s, MSEC(1001));
	answered(&s, _i ? MH_ST_MAG_UNAUTHORIZED : MH_ST_PROXY_DISABLED, 3);
	ck_assert_uint_eq(s.nflows, _i == 2 ? 1 : 2);
	story_close(&s);
}
END_TEST

/* One that waited is older than what was accepted meanwhile: what counts is the
 * newest, also after a restart. */
START_TEST(waiting_keeps_order)
{
	struct story s;

	first_session(&s, false);
	s.conf->stamp_window = 10000;
	story_update(&s, (struct msg){ .seq = 3, .id = "a@example.net",
				       .src = MAG2, .lli = LLI2 });
	story_later(&s, MSEC(500));
	/* its session is extended where it is, or ended */
	story_update(&s, (struct msg){ .seq = 4, .id = "a@example.net",
				       .lli = LLI, .hi = 5, .ends = _i });
	story_later(&s, MSEC(1100));
	answered(&s, 0, 3);
	ck_assert_uint_eq(s.nflows, _i ? 2 : 3);
	for (int k = 0; k < 2; k++) {
		story_update(&s, (struct msg){ .seq = 5, .src = MAG2,
			.id = "a@example.net", .lli = LLI2, .late = 1300 });
		answered(&s, MH_ST_TIMESTAMP_LOWER, 5);
		story_restart(&s);
		story_later(&s, MSEC(10));
	}
	story_close(&s);
}
END_TEST

/* The mobile is accepted at a third gateway, with the session or with another
 * interface: what waits is old (157; its gateway asks again if it is there). */
START_TEST(overtaken)
{
	struct in6_addr mag2 = story_addr(MAG2);
	struct story s;

	story_open(&s, CONF_LMA);
	story_peer(&s, MAG3, 256);
	story_mobile(&s, "a@example.net");
	story_begin(&s);
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
				       .hi = 1 });
	answered(&s, 0, 0);
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .seq = 3, .id = "a@example.net",
				       .src = MAG2, .lli = LLI2 });
	quiet(&s);
	story_later(&s, MSEC(500));
	/* what was under way for longer than what waits does not take its place */
	story_update(&s, (struct msg){ .seq = 2, .id = "a@example.net",
				       .src = MAG3, .lli = LLI2, .late = 600 });
	answered(&s, MH_ST_TIMESTAMP, 2);
	s.conf->stamp_window = 10000;
	story_update(&s, (struct msg){ .seq = 2, .id = "a@example.net",
				       .src = MAG3, .lli = LLI2, .late = 600 });
	answered(&s, MH_ST_TIMESTAMP_LOWER, 2);
	story_update(&s, (struct msg){ .seq = 4, .id = "a@example.net",
		.src = MAG3, .lli = LLI2, .hi = _i ? 1 : 2, .att = 4 });
	answered(&s, MH_ST_TIMESTAMP_LOWER, 3);
	ck_assert(addr_eq(&s.pkt.dst, &mag2));
	s.mh.type = 0xff;
	story_later(&s, SEC(5));
	quiet(&s);
	ck_assert_uint_eq(s.nflows, 2 + (unsigned)_i);
	ck_assert_uint_eq(story_flow(&s, _i ? "2001:db8:100:1::/64" :
			  "2001:db8:100::/64")->path.remote.s6_addr[15], 0xa3);
	story_close(&s);
}
END_TEST

/* Two interfaces are two sessions; neither is "the one and only". */
START_TEST(two_interfaces)
{
	struct story s;

	first_session(&s, false);
	story_update(&s, (struct msg){ .id = "a@example.net", .src = MAG2,
				       .lli = LLI2, .hi = 1, .att = 4 });
	answered(&s, 0, 0);
	ck_assert_uint_eq(s.nflows, 3);
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .id = "a@example.net", .hi = 2 });
	answered(&s, 0, 0);
	ck_assert_uint_eq(s.nflows, 4);
	story_close(&s);
}
END_TEST

/* --- RFC 8127 ----------------------------------------------------------------------- */

START_TEST(gives_timers)
{
	static const uint8_t want[16] = {
		1, 6, 0, 20, 0, 2, 0, 16,	2, 6, 0, 30, 0, 3, 0, 4,
	};
	const struct mopt *o;
	struct story s;

	open_story(&s);
	story_update(&s, (struct msg){ .lli = LLI });
	ck_assert_ptr_null(story_opt(&s, MOPT_LCMP, 0));
	s.conf->lcmp_registrations = s.conf->lcmp_heartbeats = true;
	s.conf->lcmp_before = 80;
	s.conf->lcmp_first = 2;
	s.conf->lcmp_most = 16;
	s.conf->lcmp_beat = 30;
	s.conf->lcmp_beat_retry = 3;
	s.conf->lcmp_beat_most = 4;
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .lli = LLI });
	o = story_opt(&s, MOPT_LCMP, 0);
	ck_assert(o && o->data.len == 16);
	ck_assert_mem_eq(o->data.p, want, 16);
	/* not with a refusal */
	story_update(&s, (struct msg){ .lli = LLI, .no_hi = true });
	ck_assert_ptr_null(story_opt(&s, MOPT_LCMP, 0));
	story_close(&s);
}
END_TEST

/* --- revocation (RFC 5846) -------------------------------------------------------- */

/* The gateway that a mobile has left is told, twice if it does not answer. */
START_TEST(left_gateway_is_told)
{
	struct in6_addr mag = story_addr(MAG);
	struct story s;
	uint16_t seq;

	first_session(&s, false);
	s.conf->revocation = true;
	story_update(&s, (struct msg){ .id = "a@example.net", .src = MAG2,
				       .lli = LLI });
	ck_assert_uint_eq(s.mh.type, MH_REVOCATION);
	ck_assert_uint_eq(s.mh.revocation.kind, MH_BRI);
	ck_assert_uint_eq(s.mh.revocation.code, 2);
	ck_assert_uint_eq(s.mh.revocation.flags, MH_REVOCATION_P);
	ck_assert(addr_eq(&s.pkt.dst, &mag));
	is_prefix(story_opt(&s, MOPT_HNP, 0), "2001:db8:100::/64");
	ck_assert_uint_eq(story_opt(&s, MOPT_MNID, 0)->mnid.id.len, 13);
	seq = s.mh.revocation.seq;
	s.mh.type = 0xff;
	story_later(&s, MSEC(1001));
	ck_assert_uint_eq(s.mh.type, MH_REVOCATION);
	ck_assert_uint_eq(s.mh.revocation.seq, seq);
	s.mh.type = 0xff;
	story_later(&s, SEC(5));
	quiet(&s);
	/* another technology; answered, and not said again */
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
		.att = 4, .hi = 2 });
	ck_assert_uint_eq(s.mh.revocation.code, 3);
	story_revoke(&s, (struct bri){ .src = MAG2, .answers = true,
				       .seq = s.mh.revocation.seq });
	story_later(&s, SEC(5));
	quiet(&s);
	/* who has said goodbye need not be told */
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
		.att = 4, .ends = true, .nhnps = 1,
		.hnp = { "2001:db8:100::/64" } });
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .id = "a@example.net", .src = MAG2,
				       .lli = LLI, .att = 4 });
	answered(&s, 0, 0);
	story_close(&s);
}
END_TEST

/* What we signed is no word of a gateway's when it comes back, neither the
 * indication nor the acknowledgement of another, so it ends nothing. */
START_TEST(revocation_echoed)
{
	struct story s;
	uint16_t seq;

	first_session(&s, false);
	s.conf->revocation = true;
	story_update(&s, (struct msg){ .id = "a@example.net", .src = MAG2,
				       .lli = LLI });
	ck_assert_uint_eq(s.mh.revocation.kind, MH_BRI);
	seq = s.mh.revocation.seq;
	story_echo(&s);
	quiet(&s);
	/* its acknowledgement of one with the same number, and the same time */
	story_revoke(&s, (struct bri){ .id = "a@example.net", .code = 5,
				       .seq = seq });
	ck_assert_uint_eq(s.mh.revocation.kind, MH_BRA);
	story_echo(&s);
	quiet(&s);
	story_later(&s, MSEC(1001));
	ck_assert_uint_eq(s.mh.type, MH_REVOCATION);
	ck_assert_uint_eq(s.mh.revocation.kind, MH_BRI);
	ck_assert_uint_eq(s.mh.revocation.seq, seq);
	story_close(&s);
}
END_TEST

static const struct {
	struct bri	b;
	int		status;
	bool		ends;
} revocations[] = {
	{ { .id = "a@example.net", .hnp = "2001:db8:100::/64", .code = 6 }, 0,
	  true },
	{ { .id = "a@example.net", .code = 5 }, 0, true },
	{ { .id = "a@example.net", .code = 2 }, 133, false },
	{ { .id = "a@example.net", .code = 4 }, 133, false },
	{ { .id = "2001:db8:f::a1", .code = 128, .global = true }, 0, true },
	{ { .code = 128, .global = true }, 130, false },
	{ { .id = "2001:db8:f::a2", .src = MAG2, .code = 128,
	    .global = true }, 0, false },
	{ { .id = "a@example.net", .src = MAG2, .code = 5 }, 128, false },
	{ { .id = "b@example.net", .code = 5 }, 128, false },
	{ { .id = "a@example.net", .hnp = "2001:db8:100:4::/64", .code = 5 },
	  128, false },
	{ { .hnp = "2001:db8:100::/64", .code = 5 }, 131, false },
	{ { .id = "a@example.net", .code = 5, .bad_auth = true }, -1, false },
	{ { .id = "a@example.net", .code = 5, .no_stamp = true }, -1, false },
	{ { .id = "a@example.net", .code = 5, .late = 400 }, -1, false },
};

START_TEST(gateway_revokes)
{
	struct story s;

	first_session(&s, false);
	story_revoke(&s, revocations[_i].b);
	if (revocations[_i].status < 0)
		quiet(&s);
	else
		ck_assert_uint_eq(s.mh.revocation.code,
				  revocations[_i].status);
	ck_assert_uint_eq(s.nflows, revocations[_i].ends ? 1 : 2);
	story_close(&s);
}
END_TEST

START_TEST(person_revokes)
{
	struct event ev = { .kind = EV_REVOKE };
	struct story s;

	first_session(&s, false);
	s.conf->revocation = true;
	strcpy(ev.revoke.id, "b@example.net");
	story_input(&s, &ev);
	ck_assert_uint_eq(s.nflows, 2);
	strcpy(ev.revoke.id, "a@example.net");
	story_input(&s, &ev);
	ck_assert_uint_eq(s.mh.revocation.code, 1);
	ck_assert_uint_eq(s.nflows, 1);
	ck_assert_uint_eq(s.npaths, 0);
	story_close(&s);
}
END_TEST

/* A GRE Key option (RFC 5845 6.1) is read and not obeyed: the answer has none,
 * so the gateway tunnels without. */
START_TEST(gre_key)
{
	struct story s;

	open_story(&s);
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
				       .other = MOPT_GRE_KEY });
	answered(&s, 0, 0);
	ck_assert_ptr_null(story_opt(&s, MOPT_GRE_KEY, 0));
	ck_assert_uint_eq(s.nflows, 2);
	story_close(&s);
}
END_TEST

/* A shorter list of mobiles, or gateways, takes sessions away. */
START_TEST(reconfigured)
{
	struct event ev = { .kind = EV_READY };
	struct conf *old, *fewer;
	struct story s;

	first_session(&s, false);
	old = s.conf;
	fewer = conf_new();
	fewer->roles = CONF_LMA;
	fewer->lma_address = old->lma_address;
	*conf_add_pool(fewer) = old->pool[0];
	*conf_add_peer(fewer) = old->peer[0];
	ck_assert_int_eq(node_reconfigure(s.node, fewer, s.now), 0);
	conf_free(old);
	s.conf = fewer;
	story_input(&s, &ev);
	ck_assert_uint_eq(s.nflows, 1);
	ck_assert_uint_eq(s.npaths, 0);
	story_close(&s);
}
END_TEST

/* Its gateway is told, by the anchor that it knows: when a prefix that is not the
 * first is the anchor's no more, when its address is another, or when the
 * mobile is not served. */
START_TEST(reconfigured_is_told)
{
	struct in6_addr lma = story_addr(LMA), mag = story_addr(MAG);
	struct story s;

	story_open(&s, CONF_LMA);
	s.conf->revocation = true;
	ck_assert_int_eq(prefix_parse("2001:db8:200::/60",
				      conf_add_pool(s.conf)), 0);
	story_mobile(&s, "a@example.net");
	story_begin(&s);
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
		.nhnps = _i ? 1 : 2, .hnp = { "2001:db8:100:1::/64",
		"2001:db8:200:1::/64" } });
	answered(&s, 0, 0);
	s.mh.type = 0xff;
	if (_i == 1)
		s.conf->lma_address = story_addr(LMA2);
	reload(&s, POOL, _i == 2);
	ck_assert_uint_eq(s.nflows, 1);
	ck_assert_uint_eq(s.mh.type, MH_REVOCATION);
	ck_assert_uint_eq(s.mh.revocation.kind, MH_BRI);
	ck_assert_uint_eq(s.mh.revocation.code, 1);
	ck_assert(addr_eq(&s.pkt.src, &lma) && addr_eq(&s.pkt.dst, &mag));
	is_prefix(story_opt(&s, MOPT_HNP, 0), "2001:db8:100:1::/64");
	story_close(&s);
}
END_TEST

int main(void)
{
	Suite *const all[] = { suite_create("core/lma"), NULL };
	TCase *t = tcase_create("anchor");

	tcase_add_test(t, registers);
	tcase_add_test(t, bare_answer);
	tcase_add_test(t, refusal_repeats);
	tcase_add_test(t, linklocal);
	tcase_add_test(t, prefixes);
	tcase_add_test(t, pool_is_finite);
	tcase_add_loop_test(t, oldest_first, 0, 2);
	tcase_add_loop_test(t, pool_over_reload, 0, 2);
	tcase_add_test(t, pool_keeps_nothing);
	tcase_add_test(t, limit);
	tcase_add_loop_test(t, each_status, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(t, order);
	tcase_add_test(t, farewell);
	tcase_add_loop_test(t, each_lookup, 0,
			    (int)(sizeof(lookups) / sizeof(lookups[0])));
	tcase_add_loop_test(t, waits_for_farewell, 0, 2);
	tcase_add_loop_test(t, waits_in_vain, 0, 2);
	tcase_add_loop_test(t, waits_under_another_configuration, 0, 3);
	tcase_add_loop_test(t, waiting_keeps_order, 0, 2);
	tcase_add_loop_test(t, overtaken, 0, 2);
	tcase_add_test(t, two_interfaces);
	tcase_add_test(t, reconfigured);
	tcase_add_loop_test(t, reconfigured_is_told, 0, 3);
	tcase_add_test(t, gives_timers);
	tcase_add_test(t, gre_key);
	tcase_add_test(t, left_gateway_is_told);
	tcase_add_test(t, revocation_echoed);
	tcase_add_loop_test(t, gateway_revokes, 0, (int)(sizeof(revocations) /
			    sizeof(revocations[0])));
	tcase_add_test(t, person_revokes);
	suite_add_tcase(all[0], t);
	return unit_main(all);
}
