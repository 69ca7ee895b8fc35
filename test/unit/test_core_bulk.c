/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_bulk.c - sessions that are spoken of together (RFC 6602), message
 * by message: at an anchor (5.2), and at a gateway (5.1).
 */
#include "pmip_story.h"

#define LLI	"020000000001"
#define LLI2	"020000000002"
#define LL	"fe80::ff:fe00:1"
#define LL2	"fe80::ff:fe00:2"
#define THEIRS	7			/* the peer's group */

/* --- an anchor (5.2) -------------------------------------------------------- */

static void answered(const struct story *s, uint8_t status, bool bulk)
{
	ck_assert_uint_eq(s->mh.type, MH_BA);
	ck_assert_uint_eq(s->mh.ba.status, status);
	ck_assert_uint_eq((s->mh.ba.flags & MH_BA_B) != 0, bulk);
	ck_assert(s->mh.ba.flags & MH_BA_P);
}

static void group_is(const struct story *s, uint32_t id)
{
	const struct mopt *o = story_opt(s, MOPT_GROUP, 0);

	ck_assert_uint_eq(o ? o->group.id : 0, id);
	ck_assert(!o || o->group.subtype == 1);
	ck_assert_ptr_null(story_opt(s, MOPT_GROUP, 1));
}

static struct conf_mobile *open_anchor(struct story *s)
{
	struct conf_mobile *m;

	story_open(s, CONF_LMA);
	s->conf->assign_delay = 0;
	s->conf->delete_delay = 0;
	story_mobile(s, "@example.net");
	m = story_mobile(s, "short@example.net");
	m->lifetime = 80;
	m->group = 9;
	return m;
}

static void two_sessions(struct story *s)
{
	open_anchor(s);
	story_begin(s);
	story_update(s, (struct msg){ .id = "a@example.net", .lli = LLI,
			.bulk = true, .group = THEIRS });
	answered(s, 0, true);
	group_is(s, 1);
	story_later(s, MSEC(10));
	story_update(s, (struct msg){ .id = "b@example.net", .lli = LLI2,
			.bulk = true, .group = THEIRS });
	answered(s, 0, true);
}

/* An update of a group: no mobile, no prefix, and B is 0 (5.1.3). */
static struct msg of_group(uint32_t id)
{
	return (struct msg){ .no_id = true, .no_hnp = true, .group = id,
			     .hi = MOPT_HANDOFF_SAME };
}

/* Lifetimes are 240 s: what stands so much later was extended. */
static unsigned after(struct story *s, uint32_t seconds)
{
	story_later(s, SEC(seconds));
	return s->nflows - 1;		/* the pool is blocked by one */
}

START_TEST(extends_all)
{
	struct story s;

	two_sessions(&s);
	after(&s, 200);
	story_update(&s, of_group(THEIRS));
	answered(&s, 0, false);
	group_is(&s, THEIRS);
	ck_assert_uint_eq(s.mh.ba.lifetime, 60);
	ck_assert_ptr_null(story_opt(&s, MOPT_MNID, 0));
	ck_assert_ptr_null(story_opt(&s, MOPT_HNP, 0));
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_TIMESTAMP, 0));
	ck_assert_uint_eq(after(&s, 230), 2);
	ck_assert_uint_eq(after(&s, 20), 0);
	/* and the group is gone with them */
	story_update(&s, of_group(THEIRS));
	answered(&s, MH_ST_INVALID_GROUP, false);
	story_close(&s);
}
END_TEST

/* Each refusal leaves all lifetimes as they were. */
static const struct {
	struct msg	m;
	int		status;		/* -1: silence */
} refusals[] = {
	/* unknown (5.2.3) */
	{ { .group = 8 }, MH_ST_INVALID_GROUP },
	{ { .group = THEIRS, .src = MAG2 }, MH_ST_INVALID_GROUP },
	{ { .group = THEIRS, .src = MAG2, .alt = MAG },
	  MH_ST_MAG_UNAUTHORIZED },
	/* "any individual session identifiers" */
	{ { .group = THEIRS, .id = "a@example.net" }, MH_ST_INVALID_GROUP },
	{ { .group = THEIRS, .hnp = { "2001:db8:100::/64" }, .nhnps = 1 },
	  MH_ST_INVALID_GROUP },
	{ { .group = THEIRS, .other = MOPT_GRE_KEY }, MH_ST_INVALID_GROUP },
	{ { .group = THEIRS, .other = MOPT_IPV4_REQUEST },
	  MH_ST_INVALID_GROUP },
	/* only the option's sub-type 1 is about this: nobody is named */
	{ { .group = THEIRS, .subtype = 2 }, MH_ST_MISSING_MNID },
	{ { .group = THEIRS, .ends = true }, MH_ST_UNSPECIFIED },
	{ { .group = THEIRS, .late = 400 }, MH_ST_TIMESTAMP },
	{ { .group = THEIRS, .late = -400 }, MH_ST_TIMESTAMP },
	{ { .group = THEIRS, .bad_auth = true }, MH_ST_AUTH_FAIL },
	{ { .group = THEIRS, .no_auth = true }, -1 },
	{ { .group = THEIRS, .src = MAG3 }, -1 },
};

START_TEST(refuses)
{
	struct msg m = refusals[_i].m;
	struct story s;

	two_sessions(&s);
	after(&s, 200);
	m.no_id = !m.id;
	m.no_hnp = !m.nhnps;
	story_update(&s, m);
	if (refusals[_i].status < 0)
		ck_assert_uint_eq(s.mh.type, 0xff);
	else
		answered(&s, (uint8_t)refusals[_i].status, false);
	ck_assert_uint_eq(after(&s, 45), 0);
	story_close(&s);
}
END_TEST

/* The same again, an older one, and by number where there is no time. */
START_TEST(order)
{
	struct msg m = of_group(THEIRS);
	struct story s;

	two_sessions(&s);
	story_later(&s, SEC(10));
	story_update(&s, m);
	answered(&s, 0, false);
	m.has_exact = true;
	m.exact = story_stamp(&s, 0);
	story_update(&s, m);
	answered(&s, MH_ST_TIMESTAMP, false);
	m.exact--;
	story_update(&s, m);
	answered(&s, MH_ST_TIMESTAMP_LOWER, false);
	ck_assert_uint_eq(story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp,
			  story_stamp(&s, 0));
	m = of_group(THEIRS);
	m.no_stamp = true;
	m.seq = 5;
	story_update(&s, m);
	answered(&s, 0, false);
	story_update(&s, m);
	answered(&s, MH_ST_SEQUENCE, false);
	ck_assert_uint_eq(s.mh.ba.seq, 5);
	m.seq = 6;
	story_update(&s, m);
	answered(&s, 0, false);
	story_close(&s);
}
END_TEST

/* All get what each may have; the profile's group is the anchor's. */
START_TEST(shortest)
{
	struct story s;

	two_sessions(&s);
	story_later(&s, MSEC(10));
	story_update(&s, (struct msg){ .id = "short@example.net",
			.lli = "020000000003", .bulk = true,
			.group = THEIRS + 1 });
	answered(&s, 0, true);
	group_is(&s, 9);
	story_later(&s, SEC(1));
	story_update(&s, of_group(THEIRS));
	answered(&s, 0, false);
	ck_assert_uint_eq(s.mh.ba.lifetime, 60);
	story_later(&s, SEC(1));
	/* ALL-SESSIONS is all of that gateway's that are in groups */
	story_update(&s, of_group(1));
	answered(&s, 0, false);
	ck_assert_uint_eq(s.mh.ba.lifetime, 20);
	story_close(&s);
}
END_TEST

/* 5.2.2: who asks is in it, who does not is not, and a move is out. */
START_TEST(membership)
{
	struct story s;

	two_sessions(&s);
	story_later(&s, SEC(1));
	/* B alone does not say which, and 0 is none */
	story_update(&s, (struct msg){ .id = "b@example.net", .lli = LLI2,
			.bulk = true });
	answered(&s, 0, false);
	group_is(&s, 0);
	after(&s, 200);
	story_update(&s, of_group(THEIRS));
	answered(&s, 0, false);
	ck_assert_uint_eq(after(&s, 100), 1);
	/* to another gateway, with its group */
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
			.src = MAG2, .bulk = true, .group = 3 });
	answered(&s, 0, true);
	story_update(&s, of_group(THEIRS));
	answered(&s, MH_ST_INVALID_GROUP, false);
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .src = MAG2, .no_id = true,
			.no_hnp = true, .group = 3 });
	answered(&s, 0, false);
	/* a farewell is out of it, too */
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
			.src = MAG2, .seq = 9, .ends = true });
	answered(&s, 0, false);
	story_later(&s, SEC(1));
	story_update(&s, (struct msg){ .src = MAG2, .no_id = true,
			.no_hnp = true, .group = 3 });
	answered(&s, MH_ST_INVALID_GROUP, false);
	story_close(&s);
}
END_TEST

/* AcceptBulkBindingUpdateReqForMobilitySession, LmaMaxBulkGroups */
START_TEST(not_accepted)
{
	struct story s;

	open_anchor(&s);
	if (_i)
		s.conf->lma_max_groups = 1;
	else
		s.conf->accept_bulk = false;
	story_begin(&s);
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
			.bulk = true, .group = THEIRS });
	answered(&s, 0, _i);
	story_later(&s, MSEC(10));
	story_update(&s, (struct msg){ .id = "b@example.net", .lli = LLI2,
			.bulk = true, .group = THEIRS + 1 });
	answered(&s, 0, false);
	group_is(&s, 0);
	story_update(&s, of_group(THEIRS));
	answered(&s, _i ? 0 : MH_ST_PROHIBITED, false);
	story_close(&s);
}
END_TEST

/* What the anchor stored says of the groups, too; a gateway that has lost all
 * (RFC 5847) has none. */
START_TEST(anchor_restarts)
{
	struct story s;

	two_sessions(&s);
	story_restart(&s);
	after(&s, 200);
	story_update(&s, of_group(THEIRS));
	answered(&s, 0, false);
	ck_assert_uint_eq(after(&s, 200), 2);
	story_close(&s);
}
END_TEST

START_TEST(gateway_restarts)
{
	struct story s;

	open_anchor(&s);
	s.conf->heartbeat = 60;
	story_begin(&s);
	story_update(&s, (struct msg){ .id = "a@example.net", .lli = LLI,
			.bulk = true, .group = THEIRS });
	ck_assert_uint_eq(s.mh.type, MH_HEARTBEAT);
	story_beat(&s, (struct beat_msg){ .flags = MH_HEARTBEAT_R,
			.seq = s.mh.heartbeat.seq, .counter = 5 });
	story_later(&s, SEC(60));
	ck_assert_uint_eq(s.mh.type, MH_HEARTBEAT);
	story_beat(&s, (struct beat_msg){ .flags = MH_HEARTBEAT_R,
			.seq = s.mh.heartbeat.seq, .counter = 6 });
	story_update(&s, of_group(THEIRS));
	answered(&s, MH_ST_INVALID_GROUP, false);
	story_close(&s);
}
END_TEST

/* A gateway's revocation of a group (5.2.3). */
static const struct {
	struct bri	b;
	uint8_t		status;
	bool		ends;
} revocations[] = {
	{ { .group = THEIRS, .code = 1 }, 0, true },
	{ { .group = THEIRS, .code = 129, .global = true }, 0, true },
	{ { .group = 1, .code = 1 }, 0, true },
	{ { .group = 8, .code = 1 }, 128, false },
	{ { .group = THEIRS, .code = 1, .src = MAG2 }, 128, false },
	{ { .group = THEIRS, .code = 1, .id = "a@example.net" }, 128, false },
	{ { .group = THEIRS, .code = 1, .hnp = "2001:db8:100::/64" }, 128,
	  false },
	{ { .code = 129, .global = true, .id = "@example.net" }, 133, false },
};

START_TEST(gateway_revokes)
{
	struct story s;

	two_sessions(&s);
	story_later(&s, SEC(1));
	story_revoke(&s, revocations[_i].b);
	ck_assert_uint_eq(s.mh.type, MH_REVOCATION);
	ck_assert_uint_eq(s.mh.revocation.kind, MH_BRA);
	ck_assert_uint_eq(s.mh.revocation.code, revocations[_i].status);
	group_is(&s, revocations[_i].b.group);
	ck_assert_uint_eq(s.nflows, revocations[_i].ends ? 1 : 3);
	story_close(&s);
}
END_TEST

/* A person's, of a group of the anchor's, or of a realm. */
START_TEST(anchor_revokes)
{
	struct event ev = { .kind = EV_REVOKE };
	const struct mopt *id;
	struct story s;

	two_sessions(&s);
	ev.revoke.group = 2;
	story_input(&s, &ev);
	ck_assert_uint_eq(s.nflows, 3);
	ev.revoke.group = _i ? 0 : 1;
	if (_i)
		strcpy(ev.revoke.id, "@example.net");
	s.messages = 0;
	story_input(&s, &ev);
	ck_assert_uint_eq(s.nflows, 1);
	ck_assert_uint_eq(s.messages, 1);
	ck_assert_uint_eq(s.mh.revocation.kind, MH_BRI);
	ck_assert_uint_eq(s.mh.revocation.code, 129);
	ck_assert_uint_eq(s.mh.revocation.flags,
			  MH_REVOCATION_P | MH_REVOCATION_G);
	group_is(&s, _i ? 0 : 1);
	id = story_opt(&s, MOPT_MNID, 0);
	ck_assert_uint_eq(id != NULL, _i != 0);
	ck_assert(!id || !memcmp(id->mnid.id.p, "@example.net", 12));
	story_close(&s);
}
END_TEST

/* A revocation that is not answered, or not sent: the gateway may take a session
 * for its own that is over, and must not renew it with the others. */
START_TEST(unheard)
{
	struct event ev = { .kind = EV_REVOKE, .revoke.id = "b@example.net" };
	struct bri bra = { .answers = true };
	struct story s;

	two_sessions(&s);
	s.conf->revocation = _i != 2;
	story_input(&s, &ev);
	ck_assert_uint_eq(s.nflows, 2);
	bra.seq = s.mh.revocation.seq;
	if (_i == 1)
		story_revoke(&s, bra);
	story_later(&s, SEC(5));
	story_update(&s, of_group(THEIRS));
	answered(&s, _i == 1 ? 0 : MH_ST_INVALID_GROUP, false);
	story_close(&s);
}
END_TEST

/* --- a gateway (5.1) ----------------------------------------------------------- */

static void open_gateway(struct story *s)
{
	static const char *const ids[] = {
		"a@example.com", "b@example.com", "c@example.com"
	};
	struct conf_mobile *m;

	story_open(s, CONF_MAG);
	s->conf->lma_max_binding_life = 240;
	s->conf->access->probe = 3600000;
	for (uint8_t k = 0; k < 3; k++) {
		m = story_mobile(s, ids[k]);
		*conf_add_mobile_ll(s->conf, m) = (struct lladdr){
			6, { 2, 0, 0, 0, 0, (uint8_t)(k + 1 + (k > 1)) }
		};
	}
	story_begin(s);
}

/* The answer to what was sent last: `theirs' is the anchor's group; 0: none. */
static void answer(struct story *s, const char *lli, const char *id,
		   const char *hnp, uint32_t theirs)
{
	struct msg m = {
		.seq = s->mh.bu.seq, .id = id, .lli = lli, .nhnps = 1,
		.hnp = { hnp }, .bulk = theirs, .group = theirs,
		.hi = (uint8_t)story_opt(s, MOPT_HANDOFF, 0)->value,
		.has_exact = true,
		.exact = story_opt(s, MOPT_TIMESTAMP, 0)->timestamp,
		.ends = !s->mh.bu.lifetime,
	};

	story_answer(s, m);
}

static void attach_two(struct story *s, uint32_t theirs)
{
	open_gateway(s);
	story_nd(s, ND_RS, LL, LLI);
	ck_assert(s->mh.bu.flags & MH_BU_B);
	ck_assert_uint_gt(story_opt(s, MOPT_GROUP, 0)->group.id, 1);
	ck_assert_uint_eq(story_opt(s, MOPT_GROUP, 0)->group.subtype, 1);
	answer(s, LLI, "a@example.com", "2001:db8:100:1::/64", theirs);
	story_nd(s, ND_RS, LL2, LLI2);
	answer(s, LLI2, "b@example.com", "2001:db8:100:2::/64", theirs);
	ck_assert_uint_eq(s->nflows, 2);
	s->messages = 0;
}

/* Until the next update goes out. */
static void until_update(struct story *s)
{
	unsigned was = s->messages;

	for (int k = 0; k < 1000 && s->messages == was; k++)
		story_later(s, SEC(1) / 4);
	ck_assert_uint_gt(s->messages, was);
	ck_assert_uint_eq(s->mh.type, MH_BU);
}

static void is_update_of_group(const struct story *s)
{
	ck_assert_uint_eq(s->mh.type, MH_BU);
	ck_assert(!(s->mh.bu.flags & MH_BU_B));
	ck_assert_ptr_nonnull(story_opt(s, MOPT_GROUP, 0));
	ck_assert_ptr_null(story_opt(s, MOPT_MNID, 0));
	ck_assert_ptr_null(story_opt(s, MOPT_HNP, 0));
	ck_assert_ptr_null(story_opt(s, MOPT_MN_LLI, 0));
	ck_assert_uint_eq(s->mh.bu.lifetime, 60);
}

static struct msg group_answer(const struct story *s)
{
	return (struct msg){
		.seq = s->mh.bu.seq, .no_id = true, .no_hnp = true,
		.no_hi = true, .no_att = true, .has_exact = true,
		.exact = story_opt(s, MOPT_TIMESTAMP, 0)->timestamp,
		.group = story_opt(s, MOPT_GROUP, 0)->group.id,
	};
}

START_TEST(one_for_all)
{
	struct story s;

	attach_two(&s, 5);
	for (int k = 0; k < 4; k++) {
		until_update(&s);
		ck_assert_uint_eq(s.messages, 1);
		is_update_of_group(&s);
		story_answer(&s, group_answer(&s));
		s.messages = 0;
	}
	ck_assert_uint_eq(s.nflows, 2);
	story_close(&s);
}
END_TEST

/* B is 0 in the answer: each by itself (5.1.2). */
START_TEST(anchor_without_groups)
{
	struct story s;

	attach_two(&s, 0);
	until_update(&s);
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_MNID, 0));
	ck_assert(s.mh.bu.flags & MH_BU_B);
	story_close(&s);
}
END_TEST

/* RequestBulkBindingUpdateSupportForMobilitySession disabled */
START_TEST(not_wanted)
{
	struct story s;

	open_gateway(&s);
	s.conf->request_bulk = false;
	story_nd(&s, ND_RS, LL, LLI);
	ck_assert(!(s.mh.bu.flags & MH_BU_B));
	ck_assert_ptr_null(story_opt(&s, MOPT_GROUP, 0));
	/* and an anchor that groups it nevertheless is not believed */
	answer(&s, LLI, "a@example.com", "2001:db8:100:1::/64", 5);
	ck_assert_uint_eq(s.nflows, 1);
	story_close(&s);
}
END_TEST

/* "the message MUST be considered malformed and ignored" */
START_TEST(malformed)
{
	struct story s;
	struct msg m = { .id = "a@example.com", .lli = LLI,
			 .nhnps = 1, .hnp = { "2001:db8:100:1::/64" },
			 .bulk = true, .hi = MOPT_HANDOFF_UNKNOWN };

	open_gateway(&s);
	story_nd(&s, ND_RS, LL, LLI);
	m.seq = s.mh.bu.seq;
	m.has_exact = true;
	m.exact = story_opt(&s, MOPT_TIMESTAMP, 0)->timestamp;
	story_answer(&s, m);
	ck_assert_uint_eq(s.nflows, 0);
	m.group = 5;
	story_answer(&s, m);
	ck_assert_uint_eq(s.nflows, 1);
	story_close(&s);
}
END_TEST

/* What is no answer is none; what refuses sends each its own way. */
enum { NOTHING, EACH, AGAIN };
static const struct {
	uint8_t		status;
	struct msg	m;		/* what is different */
	int		what;
} answers[] = {
	{ MH_ST_INVALID_GROUP,	{ .seq = 0 },		EACH },
	{ MH_ST_PROHIBITED,	{ .seq = 0 },		EACH },
	{ MH_ST_TIMESTAMP,	{ .seq = 0 },		EACH },
	{ MH_ST_TIMESTAMP_LOWER, { .seq = 0 },		AGAIN },
	{ MH_ST_SEQUENCE,	{ .seq = 40 },		AGAIN },
	{ 0,			{ .seq = 9 },		NOTHING },
	{ 0,			{ .group = 3 },		NOTHING },
	{ 0,			{ .bulk = true },	NOTHING },
	{ 0,			{ .bad_auth = true },	NOTHING },
	{ 0,			{ .no_auth = true },	NOTHING },
	{ 0,			{ .has_exact = true, .exact = 7 }, NOTHING },
	{ 0,			{ .no_stamp = true },	NOTHING },
	{ 0,			{ .src = MAG2, .spi = 256 }, NOTHING },
};

START_TEST(each_answer)
{
	const struct msg *x = &answers[_i].m;
	struct story s;
	struct msg m;

	attach_two(&s, 5);
	until_update(&s);
	is_update_of_group(&s);
	m = group_answer(&s);
	m.status = answers[_i].status;
	m.seq = x->seq ? x->seq : m.seq;
	m.group = x->group ? x->group : m.group;
	m.exact = x->has_exact ? x->exact : m.exact;
	m.bulk = x->bulk;
	m.bad_auth = x->bad_auth;
	m.no_auth = x->no_auth;
	m.no_stamp = x->no_stamp;
	m.src = x->src;
	m.spi = x->spi;
	s.messages = 0;
	story_answer(&s, m);
	if (answers[_i].what == EACH) {
		story_later(&s, MSEC(100));
		ck_assert_uint_eq(s.messages, 2);
		ck_assert_ptr_nonnull(story_opt(&s, MOPT_MNID, 0));
		ck_assert(s.mh.bu.flags & MH_BU_B);
	} else {
		ck_assert_uint_eq(s.messages, answers[_i].what == AGAIN);
		if (s.messages)
			is_update_of_group(&s);
		if (answers[_i].status == MH_ST_SEQUENCE)
			ck_assert_uint_eq(s.mh.bu.seq, 41);
	}
	ck_assert_uint_eq(s.nflows, 2);
	story_close(&s);
}
END_TEST

/* Three without an answer, then each for itself. */
START_TEST(silence)
{
	struct story s;

	attach_two(&s, 5);
	until_update(&s);
	for (int k = 0; k < 2; k++) {
		until_update(&s);
		is_update_of_group(&s);
	}
	s.messages = 0;
	story_later(&s, SEC(4) + MSEC(100));
	ck_assert_uint_eq(s.messages, 2);
	ck_assert_ptr_nonnull(story_opt(&s, MOPT_MNID, 0));
	ck_assert_uint_eq(s.nflows, 2);
	story_close(&s);
}
END_TEST

/* A farewell without an answer: the group that it was of is not renewed. */
START_TEST(doubt)
{
	struct event ev = { .kind = EV_ATTACH };
	struct story s;
	uint32_t before;

	attach_two(&s, 5);
	story_nd(&s, ND_RS, "fe80::ff:fe00:4", "020000000004");
	before = story_opt(&s, MOPT_GROUP, 0)->group.id;
	answer(&s, "020000000004", "c@example.com", "2001:db8:100:3::/64", 5);
	ck_assert_uint_eq(s.nflows, 3);
	ev.attach.ifindex = 3;
	ev.attach.gone = true;
	ev.attach.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 4 } };
	story_input(&s, &ev);
	ck_assert_uint_eq(s.mh.bu.lifetime, 0);
	if (_i)			/* it has one */
		answer(&s, "020000000004", "c@example.com", "::", 0);
	story_later(&s, SEC(5));
	until_update(&s);
	if (_i)
		is_update_of_group(&s);
	else
		ck_assert_ptr_nonnull(story_opt(&s, MOPT_MNID, 0));
	ck_assert_uint_eq(story_opt(&s, MOPT_GROUP, 0)->group.id == before,
			  _i);
	story_close(&s);
}
END_TEST

/* An anchor revokes (5.1.3): of its group, or of a realm (RFC 5846 8.1). */
static const struct {
	struct bri	b;
	uint8_t		status;
	bool		ends;
} taken[] = {
	{ { .group = 5, .code = 129, .global = true }, 0, true },
	{ { .group = 5, .code = 1 }, 0, true },
	{ { .group = 1, .code = 1 }, 0, true },
	{ { .group = 6, .code = 1 }, 128, false },
	{ { .group = 5, .code = 1, .id = "a@example.com" }, 128, false },
	{ { .group = 5, .code = 1, .hnp = "2001:db8:100:1::/64" }, 128,
	  false },
	{ { .code = 129, .global = true, .id = "@example.com" }, 0, true },
	{ { .code = 129, .global = true, .id = "a@example.com" }, 133, false },
	{ { .code = 129, .global = true }, 133, false },
};

START_TEST(revoked)
{
	struct story s;

	attach_two(&s, 5);
	story_later(&s, SEC(1));
	story_revoke(&s, taken[_i].b);
	ck_assert_uint_eq(s.mh.revocation.kind, MH_BRA);
	ck_assert_uint_eq(s.mh.revocation.code, taken[_i].status);
	group_is(&s, taken[_i].b.group);
	ck_assert_uint_eq(s.nflows, taken[_i].ends ? 0 : 2);
	story_close(&s);
}
END_TEST

START_TEST(person_revokes)
{
	struct event ev = { .kind = EV_REVOKE, .revoke.group = 77 };
	struct story s;
	uint32_t ours;

	attach_two(&s, 5);
	story_input(&s, &ev);
	ck_assert_uint_eq(s.messages, 0);
	ours = story_opt(&s, MOPT_GROUP, 0) ?
	       story_opt(&s, MOPT_GROUP, 0)->group.id : 0;
	ev.revoke.group = _i ? 1 : ours;
	story_input(&s, &ev);
	ck_assert_uint_eq(s.messages, 1);
	ck_assert_uint_eq(s.mh.revocation.kind, MH_BRI);
	group_is(&s, ours);
	ck_assert_ptr_null(story_opt(&s, MOPT_MNID, 0));
	ck_assert_uint_eq(s.nflows, 0);
	story_close(&s);
}
END_TEST

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *all[] = { suite_create("core/bulk"), NULL };
	TCase *t = tcase_create("RFC 6602");

	tcase_add_test(t, extends_all);
	tcase_add_loop_test(t, refuses, 0, COUNT(refusals));
	tcase_add_test(t, order);
	tcase_add_test(t, shortest);
	tcase_add_test(t, membership);
	tcase_add_loop_test(t, not_accepted, 0, 2);
	tcase_add_test(t, anchor_restarts);
	tcase_add_test(t, gateway_restarts);
	tcase_add_loop_test(t, gateway_revokes, 0, COUNT(revocations));
	tcase_add_loop_test(t, anchor_revokes, 0, 2);
	tcase_add_loop_test(t, unheard, 0, 3);
	tcase_add_test(t, one_for_all);
	tcase_add_test(t, anchor_without_groups);
	tcase_add_test(t, not_wanted);
	tcase_add_test(t, malformed);
	tcase_add_loop_test(t, each_answer, 0, COUNT(answers));
	tcase_add_test(t, silence);
	tcase_add_loop_test(t, doubt, 0, 2);
	tcase_add_loop_test(t, revoked, 0, COUNT(taken));
	tcase_add_loop_test(t, person_revokes, 0, 2);
	suite_add_tcase(all[0], t);
	return unit_main(all);
}
