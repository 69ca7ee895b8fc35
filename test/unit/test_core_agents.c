/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home agents that are found (RFC 6275 11.4.1): who is asked, when again, and
 * who is tried in which order.
 */
#include "mn_world.h"

#define HA2	"2001:db8:1::2"
#define HA3	"2001:db8:1::3"
#define ANYCAST	"2001:db8:1:0:fdff:ffff:ffff:fffe"	/* RFC 2526 */
#define ASKED	"DHAAD to " ANYCAST "\n"

/* A mobile node that knows its home prefix and a key for whoever is there. */
static void prepare(struct world *w)
{
	w_prepare(w);
	w->conf->home[0].ha = addr_unspec;
	w->conf->npeers = 0;
	w_conf_peer(w->conf, "2001:db8:1::/64");
	w->show = SHOW_MH | SHOW_FLOW;
}

static void arrive(struct world *w)
{
	w_link(w, true);
	w_linklocal(w);
	w_ready(w);
	w_ra(w, 2, "2001:db8:2::");
	w_drain(w);
}

static void begin(struct world *w)
{
	prepare(w);
	w_born(w);
	arrive(w);
}

static void reply_as(struct world *w, uint16_t id, const struct in6_addr *to,
		     const char *const *agent, unsigned n)
{
	struct icmp m = { .type = ICMP_HAAD_REPLY };
	struct in6_addr list[20];

	for (unsigned k = 0; k < n; k++)
		list[k] = w_addr(agent[k]);
	m.haad.id = id;
	m.haad.agents = (struct span){ (const uint8_t *)list,
				       n * sizeof(*list) };
	w_icmp(w, &m, n ? agent[0] : HA, to, NULL);
}

#define reply(w, ...)							\
	reply_as(w, (w)->icmp.haad.id, &(w)->icmp_src,			\
		 (const char *const[]){ __VA_ARGS__ },			\
		 sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static bool bu_to(const struct world *w, const char *ha)
{
	struct in6_addr a = w_addr(ha);

	return addr_eq(&w->bu_dst, &a);
}

START_TEST(found)
{
	struct world w;

	begin(&w);
	/* 6.5: from the care-of address; what waits waits. */
	w_expect(&w, ASKED "flow hold\n");
	reply(&w, HA2, HA);
	w_expect(&w, "tunnel up to " HA2 "\nflow hold\n"
		 "BU lifetime=240 auth\n");
	ck_assert(bu_to(&w, HA2));
	ck_assert(addr_eq(&w.bu_src, &w.icmp_src));
	w_ok(&w);
	w_expect(&w, "flow path\n");
	w_pass(&w, MSEC(192500));
	ck_assert_uint_ge(w_count(&w, "BU"), 1);
	ck_assert(bu_to(&w, HA2));
	w_end(&w);
}
END_TEST

/* INITIAL_DHAAD_TIMEOUT, doubled, DHAAD_RETRIES times, the same message. */
START_TEST(asked_again)
{
	static const usec_t wait[] = { 3, 6, 12, 24 };
	struct world w;
	uint16_t id;

	begin(&w);
	w_forget(&w);
	id = w.icmp.haad.id;
	for (unsigned k = 0; k < 4; k++) {
		w_pass(&w, SEC(wait[k]) - 1);
		w_expect(&w, "");
		w_pass(&w, 1);
		w_expect(&w, ASKED);
		ck_assert_uint_eq(w.icmp.haad.id, id);
	}
	/* Nobody there: who sends is told so, and later it begins anew. */
	w_pass(&w, SEC(48));
	w_expect(&w, "flow block\n");
	w_pass(&w, SEC(30) - 1);
	w_expect(&w, "");
	w_pass(&w, 1);
	w_expect(&w, ASKED "flow hold\n");
	ck_assert_uint_ne(w.icmp.haad.id, id);
	reply(&w, HA);
	w_drain(&w);
	ck_assert(bu_to(&w, HA));
	w_end(&w);
}
END_TEST

/* Not an answer: another identifier, another address, nobody with a key, an
 * empty list, an answer to nothing. */
START_TEST(no_answers)
{
	struct world w;
	struct in6_addr other = w_addr("2001:db8:2::77"), src;
	uint16_t id;

	begin(&w);
	w_forget(&w);
	id = w.icmp.haad.id;
	src = w.icmp_src;
	reply_as(&w, (uint16_t)(id + 1), &src, (const char *[]){ HA }, 1);
	reply_as(&w, id, &other, (const char *[]){ HA }, 1);
	reply(&w, "2001:db8:9::1", "ff02::1", "fe80::1", "::", HOA);
	reply_as(&w, id, &src, NULL, 0);
	w_pass(&w, SEC(2));
	w_expect(&w, "");
	w_pass(&w, SEC(1));
	w_expect(&w, ASKED);
	reply(&w, "2001:db8:9::1", HA);
	w_drain(&w);
	ck_assert(bu_to(&w, HA));
	w_ok(&w);
	w_forget(&w);
	reply_as(&w, id, &src, (const char *[]){ HA2 }, 1);
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* Who refuses is left for the next one of the list, but not sooner than
 * InitialBindackTimeoutFirstReg; after the last the prefix is asked again. */
START_TEST(refused_by_one)
{
	static const uint8_t status[] = { 129, 130, 131, 132, 133, 146, 128 };
	struct world w;

	begin(&w);
	reply(&w, HA, HA2);
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .status = status[_i] });
	w_expect(&w, "flow hold\ntunnel down to " HA "\n");
	w_pass(&w, MSEC(1499));
	w_expect(&w, "");
	w_pass(&w, MSEC(1));
	w_expect(&w, "tunnel up to " HA2 "\nflow hold\n"
		 "BU lifetime=240 auth\n");
	ck_assert(bu_to(&w, HA2));
	w_ba(&w, (struct w_answer){ .status = status[_i] });
	w_pass(&w, SEC(28));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "flow block"), 1);
	w_pass(&w, SEC(1));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "DHAAD"), 1);
	reply(&w, HA3);
	w_drain(&w);
	ck_assert(bu_to(&w, HA3));
	w_end(&w);
}
END_TEST

/* 11.7.1: "MUST NOT attempt to re-use the same home address." */
START_TEST(duplicate_is_the_end)
{
	struct world w;

	begin(&w);
	reply(&w, HA, HA2);
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .status = MH_ST_DAD_FAILED });
	w_pass(&w, SEC(100));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	ck_assert_uint_eq(w_count(&w, "DHAAD"), 0);
	w_end(&w);
}
END_TEST

/* 11.7.1: "It SHOULD continue to register the care-of addresses for its other
 * home addresses, if any." */
START_TEST(others_go_on)
{
	struct in6_addr one, other;
	struct world w;

	prepare(&w);
	w_conf_home(w.conf, HOA2, "::");
	w_born(&w);
	arrive(&w);
	reply(&w, HA2);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), 2);
	one = w.bu_hoa;
	w_ba(&w, (struct w_answer){ .status = MH_ST_DAD_FAILED });
	w_forget(&w);
	w_pass(&w, SEC(10));
	w_drain(&w);
	other = w.bu_hoa;
	ck_assert_uint_ge(w_count(&w, "BU"), 1);
	ck_assert(!addr_eq(&one, &other));
	w_ok(&w);
	w_forget(&w);
	w_pass(&w, SEC(3600));
	w_drain(&w);
	ck_assert_uint_ge(w_count(&w, "BU"), 1);
	ck_assert(addr_eq(&w.bu_hoa, &other));
	w_end(&w);
}
END_TEST

START_TEST(silent_one)
{
	struct world w;

	prepare(&w);
	w.conf->max_ha_resends = 2;
	w_born(&w);
	arrive(&w);
	reply(&w, HA, HA2);
	w_forget(&w);
	w_pass(&w, MSEC(4500));			/* 1.5 s, 3 s */
	w_expect(&w, "BU lifetime=240 auth\nBU lifetime=240 auth\n");
	ck_assert(bu_to(&w, HA));
	w_pass(&w, MSEC(5999));
	w_expect(&w, "");
	w_pass(&w, MSEC(1));
	w_expect(&w, "flow hold\ntunnel down to " HA "\n"
		 "tunnel up to " HA2 "\nBU lifetime=240 auth\n");
	ck_assert(bu_to(&w, HA2));
	w_end(&w);
}
END_TEST

/* There is no other: it is asked on, and the prefix whether there is one by
 * now. */
START_TEST(silent_only_one)
{
	struct world w;

	prepare(&w);
	w.conf->max_ha_resends = 2;
	w_born(&w);
	arrive(&w);
	reply(&w, HA);
	w_drain(&w);
	w_forget(&w);
	w_pass(&w, SEC(70));
	w_drain(&w);
	ck_assert_uint_ge(w_count(&w, "BU"), 5);
	ck_assert_uint_ge(w_count(&w, "DHAAD"), 1);
	ck_assert(bu_to(&w, HA));
	w_forget(&w);
	reply(&w, HA);				/* it is still named */
	w_pass(&w, SEC(33));
	w_drain(&w);
	ck_assert(bu_to(&w, HA));
	w_pass(&w, SEC(64));
	w_drain(&w);
	reply(&w, HA2);
	w_pass(&w, SEC(2));
	w_drain(&w);
	ck_assert(bu_to(&w, HA2));
	w_end(&w);
}
END_TEST

/* Registered: "MUST attempt any new registration first with that home
 * agent", and only then with another. */
START_TEST(dies_later)
{
	struct world w;

	prepare(&w);
	w.conf->max_ha_resends = 2;
	w_born(&w);
	arrive(&w);
	reply(&w, HA, HA2);
	w_drain(&w);
	w_ok(&w);
	w_forget(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, MSEC(5));
	w_drain(&w);
	ck_assert(bu_to(&w, HA));
	ck_assert_uint_eq(w_count(&w, "DHAAD"), 0);
	w_pass(&w, SEC(7));			/* 1 s, 2 s, 4 s */
	w_drain(&w);
	ck_assert(bu_to(&w, HA2));
	w_forget(&w);
	w_ok(&w);
	w_expect(&w, "flow path\n");
	w_end(&w);
}
END_TEST

/* Discovery goes on from where the mobile is, not more than once a second. */
START_TEST(moves_meanwhile)
{
	struct in6_addr before;
	struct world w;

	begin(&w);
	w_forget(&w);
	before = w.icmp_src;
	w_link(&w, false);
	w_forget(&w);
	w_pass(&w, SEC(10));
	w_expect(&w, "");
	w_link(&w, true);
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, MSEC(5));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "DHAAD"), 1);
	ck_assert(!addr_eq(&w.icmp_src, &before));
	w_forget(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 4, "2001:db8:4::");
	w_pass(&w, MSEC(500));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "DHAAD"), 0);
	w_pass(&w, MSEC(600));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "DHAAD"), 1);
	reply(&w, HA);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), 1);
	w_end(&w);
}
END_TEST

static void go_home(struct world *w)
{
	w_link(w, false);
	w_link(w, true);
	w_ra(w, 1, HA);
	w_pass(w, MSEC(5));
	w_drain(w);
	ck_assert(bu_to(w, HA));
	w_ok(w);
	w_pass(w, SEC(5));
	w_forget(w);
}

/* At home: MnResetDhaadAtHome decides whether it is asked again. */
START_TEST(at_home)
{
	struct world w;

	prepare(&w);
	w.conf->reset_dhaad = _i;
	w_born(&w);
	arrive(&w);
	reply(&w, HA, HA2);
	w_drain(&w);
	w_ok(&w);
	w_forget(&w);
	go_home(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, MSEC(5));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "DHAAD"), _i);
	if (_i)
		reply(&w, HA2);
	w_drain(&w);
	ck_assert(bu_to(&w, _i ? HA2 : HA));
	w_end(&w);
}
END_TEST

/* Over a restart the home agent is remembered, with what stands there. */
START_TEST(restarted)
{
	struct world w;

	begin(&w);
	reply(&w, HA2, HA);
	w_drain(&w);
	w_ok(&w);
	w_forget(&w);
	w_restart(&w);
	arrive(&w);
	ck_assert_uint_eq(w_count(&w, "DHAAD"), 0);
	ck_assert_uint_eq(w_count(&w, "flow hold"), 0);
	w_pass(&w, SEC(130));
	w_drain(&w);
	ck_assert(bu_to(&w, HA2));
	w_end(&w);
}
END_TEST

/* Two home addresses of one prefix: one question, one answer. */
START_TEST(two_homes)
{
	struct world w;

	prepare(&w);
	w_conf_home(w.conf, HOA2, "::");
	w_born(&w);
	arrive(&w);
	ck_assert_uint_eq(w_count(&w, "DHAAD"), 1);
	reply(&w, HA2);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), 2);
	w_end(&w);
}
END_TEST

/* Booted at home, with somebody who has the address there: whether that is our
 * home agent, its advertisement tells whom to ask. */
START_TEST(contested_at_home)
{
	struct nd nd = { .type = ND_RA };
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	prepare(&w);
	w_born(&w);
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	nd.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	nd.ra.lifetime = 1800;
	nd.ra.flags = _i ? ND_RA_H : 0;
	nd.ra.npios = 1;
	nd.ra.pio[0] = (struct nd_pio){ w_addr(HA2), 64,
		ND_PIO_L | ND_PIO_A | ND_PIO_R, 86400, 86400 };
	w_ra_send(&w, 1, &nd);
	w_forget(&w);
	w_address(&w, &hoa, ADDR_DUPLICATE);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU from home"), _i);
	if (_i)
		ck_assert(bu_to(&w, HA2));
	w_end(&w);
}
END_TEST

/* RFC 4443 3.4, code 2: what the home agent is said not to know, the Home
 * Address option of the last update. */
static void param_problem(struct world *w, const char *from, const char *to)
{
	struct icmp m = { .type = ICMP_PARAM_PROBLEM, .code = 2 };
	struct in6_addr dst = w_addr(to);
	uint8_t about[60] = { 0x60, 0, 0, 0, 0, 20, 60, 64 };

	memcpy(about + 8, &w->bu_src, 16);
	memcpy(about + 24, &dst, 16);
	m.error.param = 42;
	m.error.about = (struct span){ about, sizeof(about) };
	w_icmp(w, &m, from, &w->bu_src, NULL);
}

/* 11.3.5: nobody vouches for it, so one of several is left for the next, the
 * only one is asked less often, and one that is registered with is kept. */
START_TEST(knows_nothing_of_mobility)
{
	struct world w;

	begin(&w);
	reply(&w, HA, HA2);
	w_forget(&w);
	param_problem(&w, HA2, HA2);		/* not the one that is asked */
	w_expect(&w, "");
	param_problem(&w, HA, HA);
	w_pass(&w, MSEC(1500));
	w_drain(&w);
	ck_assert(bu_to(&w, HA2));
	w_ok(&w);
	w_forget(&w);
	param_problem(&w, HA2, HA2);
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

START_TEST(configured_knows_nothing)
{
	struct world w;

	prepare(&w);
	w.conf->home[0].ha = w_addr(HA);
	w.conf->discard_param_problem = _i;
	w_born(&w);
	arrive(&w);
	w_forget(&w);
	param_problem(&w, HA, HA);
	w_pass(&w, SEC(31));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), _i ? 4 : 0);
	w_pass(&w, SEC(2));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), _i ? 4 : 1);
	w_end(&w);
}
END_TEST

/* --- sent away (RFC 5142) -------------------------------------------------------- */

static void registered(struct world *w, bool configured)
{
	prepare(w);
	if (configured)
		w->conf->home[0].ha = w_addr(HA);
	w_born(w);
	arrive(w);
	if (!configured)
		reply(w, HA, HA3);
	w_drain(w);
	w_ok(w);
	w_forget(w);
}

/* Goodbye first, and what there is to send waits; then the first of the list. */
START_TEST(sent_away)
{
	struct world w;

	registered(&w, _i);
	w_switch(&w, (struct w_switch){ .to = { HA, HA2, HA3 } });
	w_expect(&w, "flow hold\ntunnel down to " HA "\nBU lifetime=0 auth\n");
	ck_assert(bu_to(&w, HA));
	w_switch(&w, (struct w_switch){ .to = { HA3 } });	/* yes, yes */
	w_expect(&w, "");
	w_ok(&w);
	w_pass(&w, 0);
	w_expect(&w, "tunnel up to " HA2 "\nflow hold\n"
		 "BU lifetime=240 auth\n");
	ck_assert(bu_to(&w, HA2));
	w_ok(&w);
	w_expect(&w, "flow path\n");
	w_end(&w);
}
END_TEST

/* "MUST first perform home agent discovery"; and without an answer back to
 * whom the configuration names. */
START_TEST(sent_away_to_nobody)
{
	struct world w;

	registered(&w, true);
	w_switch(&w, (struct w_switch){ .to = { "2001:db8:9::1" } });
	w_forget(&w);
	w_ok(&w);
	w_pass(&w, 0);
	w_expect(&w, ASKED);
	w_pass(&w, SEC(94));
	w_drain(&w);
	ck_assert(bu_to(&w, HA));
	w_end(&w);
}
END_TEST

/* It does not answer the goodbye: after a while that is as good. */
START_TEST(sent_away_in_silence)
{
	struct world w;

	prepare(&w);
	w.conf->home[0].ha = w_addr(HA);
	w.conf->max_ha_resends = 1;
	w_born(&w);
	arrive(&w);
	w_ok(&w);
	w_forget(&w);
	w_switch(&w, (struct w_switch){ .to = { HA2 } });
	w_forget(&w);
	w_pass(&w, SEC(3));
	w_drain(&w);
	ck_assert(bu_to(&w, HA2));
	/* The first one still defends the address: no reason to give it up. */
	w_ba(&w, (struct w_answer){ .status = MH_ST_DAD_FAILED });
	w_pass(&w, SEC(2));
	w_drain(&w);
	ck_assert(bu_to(&w, HA));
	w_end(&w);
}
END_TEST

/* 6.1: what is not protected, or old, or not from a home agent of ours. */
static const struct w_switch no_switch[] = {
	{ .to = { HA2 }, .wrong_key = true },
	{ .to = { HA2 }, .no_auth = true },
	{ .to = { HA2 }, .no_stamp = true },
	{ .to = { HA2 }, .late = 60 },
	{ .to = { HA2 }, .late = -60 },
	{ .to = { HA2 }, .no_rh2 = true },
	{ .to = { HA3 }, .from = HA2 },		/* not its own address */
	{ .to = { "2001:db8:9::1" }, .from = "2001:db8:9::1" },
};

START_TEST(not_sent_away)
{
	struct world w;

	registered(&w, false);
	w_switch(&w, no_switch[_i]);
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* 5.1: another home agent, that names itself. */
START_TEST(called_by_another)
{
	struct world w;

	registered(&w, false);
	w_switch(&w, (struct w_switch){ .from = HA2, .to = { HA2 } });
	ck_assert_uint_eq(w_count(&w, "BU lifetime=0"), 1);
	ck_assert(bu_to(&w, HA));
	w_ok(&w);
	w_pass(&w, 0);
	w_drain(&w);
	ck_assert(bu_to(&w, HA2));
	w_end(&w);
}
END_TEST

/* The same once more is not, and the mobile's restart does not make it new. */
START_TEST(called_again)
{
	struct w_switch x = { .from = HA2, .to = { HA2 } };
	struct world w;
	usec_t at;

	registered(&w, false);
	at = w.now;
	w_switch(&w, x);
	w_drain(&w);
	w_ok(&w);
	w_pass(&w, 0);
	w_drain(&w);
	w_ok(&w);
	w_restart(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_drain(&w);
	ck_assert(bu_to(&w, HA2));
	w_ok(&w);
	w_pass(&w, at + SEC(2) - w.now);
	w_forget(&w);
	x.late = 2;
	w_switch(&w, x);
	w_expect(&w, "");
	x.late = 1;				/* a later one */
	w_switch(&w, x);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=0"), 1);
	w_end(&w);
}
END_TEST

/* The clock of the first one is ahead of the next one's. */
START_TEST(sent_away_by_clocks)
{
	struct world w;

	registered(&w, false);
	w_switch(&w, (struct w_switch){ .to = { HA2 }, .late = -3 });
	w_drain(&w);
	w_ok(&w);
	w_pass(&w, 0);
	w_drain(&w);
	w_ok(&w);
	w_forget(&w);
	w_switch(&w, (struct w_switch){ .from = HA2, .to = { HA3 } });
	ck_assert_uint_eq(w_count(&w, "BU lifetime=0"), 1);
	ck_assert(bu_to(&w, HA2));
	w_end(&w);
}
END_TEST

START_TEST(shown)
{
	char text[4096];
	struct world w;

	begin(&w);
	w_show(&w, "agents", text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "asking=yes"));
	reply(&w, HA2, HA);
	w_drain(&w);
	w_show(&w, "agents", text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "known-agent prefix=2001:db8:1::/64 "
				     "asking=no address=" HA2));
	ck_assert_ptr_nonnull(strstr(text, "address=" HA));
	w_show(&w, "bindings", text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "ha=" HA2));
	w_end(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core_agents");
	TCase *tc = tcase_create("agents");
	Suite *const all[] = { s, NULL };

	tcase_add_test(tc, found);
	tcase_add_test(tc, asked_again);
	tcase_add_test(tc, no_answers);
	tcase_add_loop_test(tc, refused_by_one, 0, 7);
	tcase_add_test(tc, duplicate_is_the_end);
	tcase_add_test(tc, others_go_on);
	tcase_add_test(tc, silent_one);
	tcase_add_test(tc, silent_only_one);
	tcase_add_test(tc, dies_later);
	tcase_add_test(tc, moves_meanwhile);
	tcase_add_loop_test(tc, at_home, 0, 2);
	tcase_add_test(tc, restarted);
	tcase_add_test(tc, two_homes);
	tcase_add_loop_test(tc, contested_at_home, 0, 2);
	tcase_add_test(tc, knows_nothing_of_mobility);
	tcase_add_loop_test(tc, configured_knows_nothing, 0, 2);
	tcase_add_loop_test(tc, sent_away, 0, 2);
	tcase_add_test(tc, sent_away_to_nobody);
	tcase_add_test(tc, sent_away_in_silence);
	tcase_add_loop_test(tc, not_sent_away, 0,
			    sizeof(no_switch) / sizeof(*no_switch));
	tcase_add_test(tc, called_by_another);
	tcase_add_test(tc, called_again);
	tcase_add_test(tc, sent_away_by_clocks);
	tcase_add_test(tc, shown);
	suite_add_tcase(s, tc);
	return unit_main(all);
}
