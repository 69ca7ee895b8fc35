/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_redirect.c - anchors that are assigned at registration (RFC 6463),
 * message by message: at the anchor that assigns, at the one that takes, and at
 * a gateway.
 */
#include "pmip_story.h"

#define LLI	"020000000001"
#define LL	"fe80::ff:fe00:1"
#define RF	"2001:db8:f::7"		/* LmaRedirectAddress */
#define GIVEN	"2001:db8:200:1::/64"

static bool is(const struct in6_addr *a, const char *s)
{
	struct in6_addr b = story_addr(s);

	return addr_eq(a, &b);
}

static void target(struct story *s, const char *who, uint32_t priority)
{
	struct conf_redirect *r = &s->conf->redirect_to[s->conf->nredirects++];

	*r = (struct conf_redirect){ story_addr(who), priority, 1 };
	if (strcmp(who, LMA))
		story_peer(s, who, 256);
}

/* LMA2 is asked first, then LMA3. */
static void open_assigning(struct story *s)
{
	story_open(s, CONF_LMA);
	s->conf->redirect = true;
	s->conf->assign_delay = 0;
	target(s, LMA3, 2);
	target(s, LMA2, 1);
	story_mobile(s, "@example.net");
}

static struct msg first(void)
{
	return (struct msg){ .seq = 7, .id = "a@example.net", .lli = LLI,
			     .hi = 1, .cap = true, .bulk = true, .group = 9 };
}

static void sent_to(const struct story *s, const char *who)
{
	ck_assert_uint_eq(s->mh.type, MH_BU);
	ck_assert(is(&s->pkt.src, LMA));
	ck_assert(is(&s->pkt.dst, who));
}

/* --- the one that assigns (5.3.2) ------------------------------------------- */

START_TEST(sent_on)
{
	struct msg m = first();
	struct story s;

	open_assigning(&s);
	story_begin(&s);
	story_update(&s, m);
	sent_to(&s, LMA2);
	ck_assert_uint_eq(s.mh.bu.seq, 7);
	ck_assert_uint_eq(s.mh.bu.lifetime, 60);
	ck_assert_uint_eq(s.mh.bu.flags,
			  MH_BU_A | MH_BU_H | MH_BU_P | MH_BU_B);
	ck_assert(is(&story_opt(&s, MOPT_ALTCOA, 0)->altcoa, MAG));
	ck_assert_ptr_null(story_opt(&s, MOPT_ALTCOA, 1));
	ck_assert(!memcmp(story_opt(&s, MOPT_MNID, 0)->mnid.id.p,
			  "a@example.net", 13));
	ck_assert_uint_eq(story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp,
			  story_stamp(&s, 0));
	ck_assert_uint_eq(story_opt(&s, MOPT_MN_LLI, 0)->data.len, 6);
	ck_assert_uint_eq(story_opt(&s, MOPT_GROUP, 0)->group.id, 9);
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_HNP, 0));
	/* ... one signature, ours; and it is not to give it away again */
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_AUTH, 0));
	ck_assert_ptr_null(story_opt(&s, MOPT_AUTH, 1));
	ck_assert_ptr_null(story_opt(&s, MOPT_REDIRECT_CAP, 0));
	/* no session here */
	ck_assert_uint_eq(s.nflows, 1);
	ck_assert_uint_eq(s.npaths, 0);
	/* a repetition goes the same way */
	story_later(&s, SEC(1));
	m.seq = 8;
	story_update(&s, m);
	sent_to(&s, LMA2);
	ck_assert_uint_eq(s.mh.bu.seq, 8);
	story_close(&s);
}
END_TEST

/* The other one's answer, or what is none. */
enum { NOTHING, GATEWAY, OTHER };
static const struct {
	struct msg	m;
	int		what;
} answers[] = {
	{ { .load = true },				GATEWAY },
	{ { .status = MH_ST_TIMESTAMP },		GATEWAY },
	{ { .status = MH_ST_MAG_UNAUTHORIZED },		GATEWAY },
	{ { .status = MH_ST_RESOURCES },		OTHER },
	{ { .status = MH_ST_NOT_LMA },			OTHER },
	{ { .seq = 6 },					NOTHING },
	{ { .src = LMA3 },				NOTHING },
	{ { .id = "b@example.net" },			NOTHING },
	{ { .no_p = true },				NOTHING },
	{ { .bad_auth = true },				NOTHING },
	{ { .no_auth = true },				NOTHING },
	{ { .coa = LMA },				NOTHING },
};

START_TEST(each_answer)
{
	struct msg m = answers[_i].m;
	const struct mopt *o;
	struct story s;

	open_assigning(&s);
	story_begin(&s);
	story_update(&s, first());
	m.seq = m.seq ? m.seq : 7;
	m.src = m.src ? m.src : LMA2;
	m.id = m.id ? m.id : "a@example.net";
	m.dst = LMA;
	m.coa = m.coa ? m.coa : MAG;
	m.lli = LLI;
	m.nhnps = 1;
	m.hnp[0] = GIVEN;
	s.messages = 0;
	story_answer(&s, m);
	ck_assert_uint_eq(s.messages, answers[_i].what != NOTHING);
	if (answers[_i].what == OTHER) {
		sent_to(&s, LMA3);
		m.src = LMA3;
		story_answer(&s, m);
	}
	if (answers[_i].what == NOTHING) {
		story_close(&s);
		return;
	}
	ck_assert_uint_eq(s.mh.type, MH_BA);
	ck_assert(is(&s.pkt.src, LMA) && is(&s.pkt.dst, MAG));
	ck_assert_uint_eq(s.mh.ba.seq, 7);
	ck_assert_uint_eq(s.mh.ba.status, m.status);
	o = story_opt(&s, MOPT_REDIRECT, 0);
	ck_assert_uint_eq(o != NULL, m.status == 0);
	if (o) {
		ck_assert(is(&o->lmaa.addr, LMA2));
		ck_assert(is(&story_opt(&s, MOPT_HNP, 0)->prefix.addr,
			     "2001:db8:200:1::"));
		ck_assert_uint_eq(story_opt(&s, MOPT_LOAD, 0)->load.sessions,
				  12345);
	}
	/* and that was all */
	s.messages = 0;
	story_answer(&s, m);
	story_later(&s, SEC(60));
	ck_assert_uint_eq(s.messages, 0);
	story_close(&s);
}
END_TEST

/* Nobody answers: the next with the next repetition, and in the end 130. */
START_TEST(silence)
{
	struct msg m = first();
	struct story s;

	open_assigning(&s);
	story_begin(&s);
	story_update(&s, m);
	story_later(&s, SEC(4));
	m.seq++;
	story_update(&s, m);
	sent_to(&s, LMA3);
	s.messages = 0;
	story_later(&s, SEC(4));
	ck_assert_uint_eq(s.messages, 1);
	ck_assert_uint_eq(s.mh.type, MH_BA);
	ck_assert_uint_eq(s.mh.ba.status, MH_ST_RESOURCES);
	ck_assert_uint_eq(s.mh.ba.seq, 8);
	ck_assert(is(&s.pkt.dst, MAG));
	ck_assert_ptr_null(story_opt(&s, MOPT_REDIRECT, 0));
	story_close(&s);
}
END_TEST

/* The answer of LMA2 or LMA3 to what the gateway has sent. */
static void taken_by(struct story *s, const char *who, struct msg m)
{
	story_answer(s, (struct msg){ .src = who, .dst = LMA, .seq = m.seq,
		.coa = m.src ? m.src : MAG, .id = m.id, .lli = LLI,
		.nhnps = 1, .hnp = { GIVEN } });
	ck_assert_uint_eq(s->mh.type, MH_BA);
	ck_assert_uint_eq(s->mh.ba.status, 0);
}

/* A mobile that LMA3 has is sent there again when it comes elsewhere, whatever
 * its gateway knows of it, until LMA3 refuses it or does not answer. */
START_TEST(remembers)
{
	static const uint8_t hints[] = { 1, 2, 3, 4, 4, 4, 4 };
	enum { REFUSES = 4, SILENT, PROFILE };
	struct msg m = first();
	struct conf_mobile *who;
	struct story s;

	open_assigning(&s);
	who = story_mobile(&s, "a@example.net");
	story_begin(&s);
	story_update(&s, m);
	sent_to(&s, LMA2);
	story_answer(&s, (struct msg){ .src = LMA2, .dst = LMA, .seq = m.seq,
		.coa = MAG, .id = m.id, .lli = LLI, .nhnps = 1, .hnp = { GIVEN },
		.status = MH_ST_RESOURCES });
	sent_to(&s, LMA3);
	taken_by(&s, LMA3, m);
	story_later(&s, SEC(100));
	m.src = MAG2;
	m.seq = 1;
	m.hi = hints[_i];
	if (_i == PROFILE)
		who->lma = story_addr(LMA2);
	story_update(&s, m);
	sent_to(&s, _i == PROFILE ? LMA2 : LMA3);
	if (_i == REFUSES) {
		story_answer(&s, (struct msg){ .src = LMA3, .dst = LMA,
			.seq = m.seq, .coa = MAG2, .id = m.id, .lli = LLI,
			.nhnps = 1, .hnp = { GIVEN },
			.status = MH_ST_RESOURCES });
		sent_to(&s, LMA2);
	} else if (_i == SILENT) {
		story_later(&s, SEC(4));
		m.seq++;
		story_update(&s, m);
		sent_to(&s, LMA2);
	}
	/* and now it is where this one has gone */
	taken_by(&s, _i >= REFUSES ? LMA2 : LMA3, m);
	story_later(&s, SEC(100));
	m.src = NULL;
	m.seq = 20;
	story_update(&s, m);
	sent_to(&s, _i >= REFUSES ? LMA2 : LMA3);
	/* each for itself */
	m.id = "b@example.net";
	story_update(&s, m);
	sent_to(&s, LMA2);
	story_close(&s);
}
END_TEST

/* By profile; else by a hash, each its share, and each time the same. */
START_TEST(picks)
{
	char id[32];
	unsigned to2 = 0;
	struct conf_mobile *m;
	struct story s;
	struct msg x = first();

	open_assigning(&s);
	s.conf->redirect_to[0].priority = s.conf->redirect_to[1].priority;
	s.conf->redirect_to[1].weight = 3;		/* LMA2 */
	m = story_mobile(&s, "pinned@example.net");
	m->lma = story_addr(LMA3);
	story_begin(&s);
	x.id = "pinned@example.net";
	story_update(&s, x);
	sent_to(&s, LMA3);
	for (int k = 0; k < 400; k++) {
		bool two;

		snprintf(id, sizeof(id), "m%d@example.net", k);
		x.id = id;
		story_update(&s, x);
		two = is(&s.pkt.dst, LMA2);
		to2 += two;
		x.src = MAG2;
		story_update(&s, x);
		sent_to(&s, two ? LMA2 : LMA3);
		x.src = NULL;
	}
	ck_assert_uint_gt(to2, 250);
	ck_assert_uint_lt(to2, 350);
	story_close(&s);
}
END_TEST

/* Who does not ask for it is served, as ever; so is who is, and who leaves. */
START_TEST(served_here)
{
	struct msg m = first();
	struct story s;

	open_assigning(&s);
	story_begin(&s);
	m.cap = false;
	story_update(&s, m);
	ck_assert_uint_eq(s.mh.type, MH_BA);
	ck_assert_uint_eq(s.mh.ba.status, 0);
	ck_assert_ptr_null(story_opt(&s, MOPT_REDIRECT, 0));
	ck_assert_uint_eq(s.nflows, 2);
	story_later(&s, SEC(1));
	m.cap = true;
	m.seq++;
	story_update(&s, m);
	ck_assert_uint_eq(s.mh.type, MH_BA);
	ck_assert_uint_eq(s.mh.ba.status, 0);
	ck_assert_ptr_null(story_opt(&s, MOPT_REDIRECT, 0));
	ck_assert_uint_eq(s.nflows, 2);
	story_close(&s);
}
END_TEST

/* 5.3.1: from one address of ours to the other. */
START_TEST(ourselves)
{
	struct msg m = first();
	struct story s;

	story_open(&s, CONF_LMA);
	s.conf->redirect = _i != 2;
	s.conf->lma_redirect = story_addr(RF);
	story_mobile(&s, "@example.net");
	story_begin(&s);
	m.dst = RF;
	m.cap = _i != 1;
	story_update(&s, m);
	ck_assert_uint_eq(s.mh.type, MH_BA);
	ck_assert(is(&s.pkt.src, RF));
	if (_i) {		/* it cannot, or we do not */
		ck_assert_uint_eq(s.mh.ba.status, MH_ST_RESOURCES);
		ck_assert_ptr_null(story_opt(&s, MOPT_REDIRECT, 0));
		ck_assert_uint_eq(s.nflows, 1);
		story_close(&s);
		return;
	}
	ck_assert_uint_eq(s.mh.ba.status, 0);
	ck_assert(is(&story_opt(&s, MOPT_REDIRECT, 0)->lmaa.addr, LMA));
	ck_assert_uint_eq(story_opt(&s, MOPT_LOAD, 0)->load.max_sessions,
			  s.conf->lma_max_bindings);
	ck_assert_uint_eq(s.nflows, 2);
	ck_assert(is(&s.flow[1].path.local, LMA));
	/* it goes on there, and is not redirected once more */
	story_later(&s, SEC(1));
	m.dst = LMA;
	m.cap = false;
	m.seq++;
	story_update(&s, m);
	ck_assert(is(&s.pkt.src, LMA));
	ck_assert_uint_eq(s.mh.ba.status, 0);
	ck_assert_ptr_null(story_opt(&s, MOPT_REDIRECT, 0));
	ck_assert_uint_eq(s.nflows, 2);
	story_close(&s);
}
END_TEST

/* --- the one that takes ---------------------------------------------------------- */

static const struct {
	bool		accepts, agreed;
	const char	*alt;
	uint8_t		status;
} given[] = {
	{ true,  true,  MAG,  0 },
	{ false, true,  MAG,  MH_ST_MAG_UNAUTHORIZED },
	{ true,  false, MAG,  MH_ST_MAG_UNAUTHORIZED },
	{ true,  true,  MAG3, MH_ST_MAG_UNAUTHORIZED },	/* no Peer */
};

START_TEST(taken)
{
	struct msg m = first();
	struct story s;

	story_open(&s, CONF_LMA);
	s.conf->redirect_accept = given[_i].accepts;
	if (given[_i].agreed)
		s.conf->redirector[s.conf->nredirectors++] =
			(struct prefix){ story_addr(LMA2), 128 };
	story_peer(&s, LMA2, 256);
	story_mobile(&s, "@example.net");
	story_begin(&s);
	m.cap = false;
	m.src = LMA2;
	m.alt = given[_i].alt;
	story_update(&s, m);
	ck_assert_uint_eq(s.mh.type, MH_BA);
	ck_assert_uint_eq(s.mh.ba.status, given[_i].status);
	ck_assert(is(&s.pkt.dst, LMA2));
	ck_assert_uint_eq(s.nflows, given[_i].status ? 1 : 2);
	if (given[_i].status) {
		story_close(&s);
		return;
	}
	/* the tunnel is the gateway's, which goes on by itself */
	ck_assert(is(&s.flow[1].path.remote, MAG));
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_LOAD, 0));
	ck_assert_ptr_null(story_opt(&s, MOPT_REDIRECT, 0));
	story_later(&s, SEC(1));
	m.src = m.alt = NULL;
	m.seq++;
	story_update(&s, m);
	ck_assert_uint_eq(s.mh.ba.status, 0);
	ck_assert(is(&s.pkt.dst, MAG));
	ck_assert_uint_eq(s.nflows, 2);
	story_close(&s);
}
END_TEST

/* --- a gateway (5.2) --------------------------------------------------------------- */

static void open_gateway(struct story *s, bool offers)
{
	struct conf_mobile *m;

	story_open(s, CONF_MAG);
	s->conf->redirect = offers;
	s->conf->lma_max_binding_life = 240;
	m = story_mobile(s, "phone@example.com");
	*conf_add_mobile_ll(s->conf, m) =
		(struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	story_peer(s, LMA2, 256);
	story_begin(s);
	story_nd(s, ND_RS, LL, LLI);
	ck_assert_uint_eq(s->mh.type, MH_BU);
	ck_assert_uint_eq(story_opt(s, MOPT_REDIRECT_CAP, 0) != NULL, offers);
}

static void answer(struct story *s, struct msg m)
{
	m.seq = s->mh.bu.seq;
	m.hi = (uint8_t)story_opt(s, MOPT_HANDOFF, 0)->value;
	m.lli = LLI;
	m.nhnps = 1;
	m.hnp[0] = GIVEN;
	m.has_exact = true;
	m.exact = story_opt(s, MOPT_TIMESTAMP, 0)->timestamp;
	story_answer(s, m);
}

START_TEST(follows)
{
	struct event ev = { .kind = EV_ATTACH, .attach = {
		.ifindex = 3, .gone = true, .ll = { 6, { 2, 0, 0, 0, 0, 1 } } } };
	struct story s;

	open_gateway(&s, true);
	answer(&s, (struct msg){ .redirect = LMA2 });
	ck_assert_uint_eq(s.nflows, 1);
	ck_assert(is(&s.flow[0].path.remote, LMA2));
	if (_i) {			/* also over a restart */
		story_restart(&s);
		ck_assert(is(&s.flow[0].path.remote, LMA2));
		story_nd(&s, ND_RS, LL, LLI);
	} else {
		s.messages = 0;
		while (!s.messages) {
			story_later(&s, SEC(5));
			story_nd(&s, ND_NA, LL, LLI);
		}
	}
	ck_assert_uint_eq(s.mh.type, MH_BU);
	ck_assert(is(&s.pkt.dst, LMA2));
	ck_assert_ptr_null(story_opt(&s, MOPT_REDIRECT_CAP, 0));
	/* the first one has no say any more */
	answer(&s, (struct msg){ .status = MH_ST_PROHIBITED });
	ck_assert_uint_eq(s.nflows, 1);
	answer(&s, (struct msg){ .src = LMA2 });
	ck_assert_uint_eq(s.nflows, 1);
	story_input(&s, &ev);
	ck_assert_uint_eq(s.mh.bu.lifetime, 0);
	ck_assert(is(&s.pkt.dst, LMA2));
	story_later(&s, SEC(3));
	/* with the next attachment it begins anew */
	story_nd(&s, ND_RS, LL, LLI);
	ck_assert(is(&s.pkt.dst, LMA));
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_REDIRECT_CAP, 0));
	story_close(&s);
}
END_TEST

/* "MUST ignore the option and process the PBA as described in RFC 5213" */
START_TEST(not_offered)
{
	struct story s;

	open_gateway(&s, false);
	answer(&s, (struct msg){ .redirect = LMA2 });
	ck_assert_uint_eq(s.nflows, 1);
	ck_assert(is(&s.flow[0].path.remote, LMA));
	story_close(&s);
}
END_TEST

/* To an anchor that we have no key for: asked again, without the offer. */
START_TEST(no_key)
{
	struct story s;

	open_gateway(&s, true);
	answer(&s, (struct msg){ .redirect = LMA3 });
	ck_assert_uint_eq(s.nflows, 0);
	ck_assert_uint_eq(s.mh.type, MH_BU);
	ck_assert(is(&s.pkt.dst, LMA));
	ck_assert_ptr_null(story_opt(&s, MOPT_REDIRECT_CAP, 0));
	answer(&s, (struct msg){ .redirect = LMA2 });
	ck_assert_uint_eq(s.nflows, 1);
	ck_assert(is(&s.flow[0].path.remote, LMA));
	story_close(&s);
}
END_TEST

/* The anchor that it was given to is silent until the end: back to the first. */
START_TEST(goes_back)
{
	struct story s;

	open_gateway(&s, true);
	answer(&s, (struct msg){ .redirect = LMA2 });
	for (int k = 0; k < 250; k += 5) {
		story_later(&s, SEC(5));
		story_nd(&s, ND_NA, LL, LLI);
	}
	ck_assert_uint_eq(s.nflows, 0);
	ck_assert(is(&s.pkt.dst, LMA));
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_REDIRECT_CAP, 0));
	story_close(&s);
}
END_TEST

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *all[] = { suite_create("core/redirect"), NULL };
	TCase *t = tcase_create("RFC 6463");

	tcase_add_test(t, sent_on);
	tcase_add_loop_test(t, each_answer, 0, COUNT(answers));
	tcase_add_test(t, silence);
	tcase_add_loop_test(t, remembers, 0, 7);
	tcase_add_test(t, picks);
	tcase_add_test(t, served_here);
	tcase_add_loop_test(t, ourselves, 0, 3);
	tcase_add_loop_test(t, taken, 0, COUNT(given));
	tcase_add_loop_test(t, follows, 0, 2);
	tcase_add_test(t, not_offered);
	tcase_add_test(t, no_key);
	tcase_add_test(t, goes_back);
	suite_add_tcase(all[0], t);
	return unit_main(all);
}
