/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home prefix, seen from away: Mobile Prefix Solicitations and
 * Advertisements (RFC 6275 11.4.2, 11.4.3).
 */
#include "mn_world.h"

#define MPS	"MPS to " HA "\n"
#define NEW	"2001:db8:7::"		/* another home prefix, */
#define NEWHOA	"2001:db8:7::10"	/* the home address in it, */
#define NEWHA	"2001:db8:7::1"		/* and its home agent */

static void begin(struct world *w, bool insecure)
{
	w_prepare(w);
	w->conf->prefix_insecure = insecure;
	w->conf->home[0].lifetime = 262140;
	w_conf_peer(w->conf, NEWHA);
	w->show = SHOW_MH;
	w_born(w);
	w_link(w, true);
	w_linklocal(w);
	w_ready(w);
}

static void away(struct world *w)
{
	w_ra(w, 2, "2001:db8:2::");
	w_drain(w);
	w_forget(w);
}

/* Time passes on the link of router 2, which goes on advertising; what is
 * registered stays so. */
static void stay(struct world *w, usec_t time)
{
	while (time) {
		usec_t step = time < SEC(100) ? time : SEC(100);
		uint16_t seq = w->bu.bu.seq;

		w_pass(w, step);
		time -= step;
		if (w->bu.bu.seq != seq)
			w_ok(w);
		w_ra(w, 2, "2001:db8:2::");
		w_drain(w);
	}
}

static struct nd_pio pio(const char *prefix, uint32_t valid,
			 uint32_t preferred)
{
	return (struct nd_pio){ w_addr(prefix), 64,
		ND_PIO_L | ND_PIO_A, valid, preferred };
}

/* From this home agent, with that identifier. */
static void advertise_as(struct world *w, const char *ha, uint16_t id,
			 const char *rh2, const struct nd_pio *p, unsigned n)
{
	struct icmp m = { .type = ICMP_PREFIX_ADV };

	m.prefix.id = id;
	m.prefix.npios = n;
	for (unsigned k = 0; k < n; k++)
		m.prefix.pio[k] = p[k];
	w_icmp(w, &m, ha, &w->bu_src, rh2);
}

static void advertise(struct world *w, const struct nd_pio *p, unsigned n)
{
	advertise_as(w, HA, w->icmp.prefix.id, HOA, p, n);
}

/* Registered, and asked to ask (11.7.3, status 1). */
static void asked_to_ask(struct world *w, bool insecure)
{
	begin(w, insecure);
	away(w);
	w_ba(w, (struct w_answer){ .status = MH_ST_PREFIX_DISCOVERY });
	w_expect(w, MPS);
}

START_TEST(solicited)
{
	struct nd_pio p = pio("2001:db8:1::", 86400, 86400);
	struct world w;
	uint16_t id;

	asked_to_ask(&w, false);
	ck_assert(addr_eq(&w.icmp_src, &w.bu_src));
	id = w.icmp.prefix.id;
	/* 11.8: INITIAL_SOLICIT_TIMER, doubled. */
	w_pass(&w, SEC(3) - 1);
	w_expect(&w, "");
	w_pass(&w, 1);
	w_expect(&w, MPS);
	ck_assert_uint_eq(w.icmp.prefix.id, id);
	w_pass(&w, SEC(6));
	w_expect(&w, MPS);
	advertise(&w, &p, 1);
	w_pass(&w, SEC(200));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

START_TEST(silence)
{
	struct world w;

	asked_to_ask(&w, false);
	w_pass(&w, SEC(1000));
	w_expect(&w, MPS MPS MPS MPS);
	w_end(&w);
}
END_TEST

START_TEST(switched_off)
{
	struct world w;

	begin(&w, false);
	w.conf->prefix_sols = false;
	away(&w);
	w_ba(&w, (struct w_answer){ .status = MH_ST_PREFIX_DISCOVERY });
	w_expect(&w, "");
	advertise_as(&w, HA, 7, HOA, NULL, 0);
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* 11.4.3: what is not from the home agent, or has no routing header to a home
 * address, is nothing.  What nobody asked for makes us ask, not more often
 * than once a second. */
START_TEST(unsolicited)
{
	struct nd_pio p = pio("2001:db8:1::", ND_INFINITE, 60);
	struct world w;

	begin(&w, true);
	w.conf->prefix_insecure = false;
	away(&w);
	w_ok(&w);
	w_forget(&w);
	advertise_as(&w, "2001:db8:1::2", 5, HOA, &p, 1);
	advertise_as(&w, HA, 5, NULL, &p, 1);
	advertise_as(&w, HA, 5, HOA2, &p, 1);
	w_expect(&w, "");
	advertise_as(&w, HA, 5, HOA, &p, 1);
	w_expect(&w, MPS);
	advertise_as(&w, HA, (uint16_t)(w.icmp.prefix.id + 1), HOA, &p, 1);
	w_expect(&w, "");
	advertise(&w, &p, 1);
	advertise(&w, &p, 1);		/* "no other has yet been received" */
	w_pass(&w, SEC(1));
	w_expect(&w, "");
	advertise(&w, &p, 1);
	w_expect(&w, MPS);
	w_end(&w);
}
END_TEST

/* Unprotected, it never changes a home address or a lifetime; whether the
 * binding ends sooner, the home agent is asked. */
START_TEST(not_believed)
{
	struct nd_pio p[] = { pio("2001:db8:1::", 0, 0), pio(NEW, 9000, 9000) };
	struct in6_addr fresh = w_addr(NEWHOA);
	struct world w;

	asked_to_ask(&w, false);
	w.show = SHOW_MN | SHOW_NOTE;
	advertise(&w, p, 2);
	w_expect(&w, "note home-prefixes hoa=" HOA " ha=" HA " count=2 "
		 "used=no\nBU lifetime=86400 auth\n");
	w_ok(&w);
	stay(&w, SEC(8000));
	w_expect(&w, "");
	ck_assert_ptr_null(w_kaddr(&w, &fresh));
	w_end(&w);
}
END_TEST

/* 11.4.2: not beyond the prefix; RFC 4862 5.5.3 e: two hours at least, of one
 * that was good for ever. */
START_TEST(lifetime_ends)
{
	struct nd_pio p = pio("2001:db8:1::", 100, 100);
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	asked_to_ask(&w, true);
	advertise(&w, &p, 1);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=7200"), 1);
	w_ok(&w);
	ck_assert_uint_ne(w_kaddr(&w, &hoa)->preferred, 0);
	w_pass(&w, SEC(100));
	w_drain(&w);
	ck_assert_uint_eq(w_kaddr(&w, &hoa)->preferred, 0);
	w_forget(&w);
	/* It asks in time, */
	stay(&w, SEC(3600));
	ck_assert_uint_eq(w_count(&w, MPS), 5);
	/* and without an answer that is the end of it. */
	stay(&w, SEC(7200));
	w_drain(&w);
	ck_assert_ptr_null(w_kaddr(&w, &hoa));
	w_forget(&w);
	stay(&w, SEC(10000));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* ... but with an answer it is not. */
START_TEST(lifetime_goes_on)
{
	struct nd_pio p = pio("2001:db8:1::", 7200, 7200);
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	asked_to_ask(&w, true);
	advertise(&w, &p, 1);
	w_drain(&w);
	w_ok(&w);
	for (unsigned k = 0; k < 5; k++) {
		w_forget(&w);
		stay(&w, SEC(3599));
		ck_assert_uint_eq(w_count(&w, MPS), 0);
		w_pass(&w, SEC(2));
		ck_assert_msg(w_count(&w, MPS) == 1, "%u: %s", k, w.did);
		advertise(&w, &p, 1);
		w_drain(&w);
		w_ok(&w);
	}
	ck_assert_ptr_nonnull(w_kaddr(&w, &hoa));
	w_end(&w);
}
END_TEST

/* The home network is renumbered: a new prefix beside the old one, which is
 * deprecated and then gone. */
START_TEST(renumbered)
{
	struct nd_pio p[] = { pio("2001:db8:1::", 7200, 0),
			      pio(NEWHA, 86400, 86400) };
	struct in6_addr hoa = w_addr(HOA), fresh = w_addr(NEWHOA),
			newha = w_addr(NEWHA);
	struct world w;

	asked_to_ask(&w, true);
	p[1].flags |= ND_PIO_R;
	advertise(&w, p, 2);
	w_drain(&w);
	/* With its own home agent, as the R bit has it, and its own number. */
	ck_assert(addr_eq(&w.bu_hoa, &fresh));
	ck_assert(addr_eq(&w.bu_dst, &newha));
	ck_assert_ptr_nonnull(w_kaddr(&w, &fresh));
	ck_assert_uint_ne(w_kaddr(&w, &fresh)->preferred, 0);
	ck_assert_uint_eq(w_kaddr(&w, &hoa)->preferred, 0);
	w_ok(&w);
	w_drain(&w);
	w_forget(&w);
	stay(&w, SEC(7300));
	w_drain(&w);
	ck_assert_ptr_null(w_kaddr(&w, &hoa));
	ck_assert_ptr_nonnull(w_kaddr(&w, &fresh));
	w_end(&w);
}
END_TEST

/* No home address of what is not autonomous, of another length, or not
 * routable; nor twice; nor more than MnMaxPrefixes. */
START_TEST(not_formed)
{
	struct nd_pio p[ND_PIO_MAX];
	struct world w;
	unsigned n;

	asked_to_ask(&w, true);
	w.conf->max_prefixes = 2;
	for (unsigned k = 0; k < ND_PIO_MAX; k++)
		p[k] = pio("2001:db8:7::", 9000, 9000);
	p[0].flags = ND_PIO_L;
	p[1].len = 63;
	p[2].prefix = w_addr("fe80::");
	p[3].preferred = 9001;
	p[4].valid = p[4].preferred = 0;
	advertise(&w, p, 5);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	w_pass(&w, SEC(2));
	for (unsigned k = 0; k < ND_PIO_MAX; k++) {
		p[k] = pio("2001:db8:7::", 9000, 9000);
		p[k].prefix.s6_addr[5] = (uint8_t)(k / 2 + 7);
	}
	advertise_as(&w, HA, 1, HOA, p, 1);
	w_drain(&w);
	n = w.nkaddrs;
	advertise(&w, p, ND_PIO_MAX);
	w_drain(&w);
	ck_assert_uint_eq(w.nkaddrs, n + 2);
	w_end(&w);
}
END_TEST

/* Formed ones end with the configured one that they are of, or when they are
 * not to be any more. */
START_TEST(reloaded)
{
	struct nd_pio p = pio(NEW, 86400, 86400);
	struct in6_addr fresh = w_addr(NEWHOA);
	struct conf *c;
	struct world w;

	asked_to_ask(&w, true);
	advertise(&w, &p, 1);
	w_drain(&w);
	ck_assert_ptr_nonnull(w_kaddr(&w, &fresh));
	w_ok(&w);
	c = conf_new();
	c->roles = CONF_MN;
	c->prefix_insecure = _i;
	w_conf_home(c, HOA, HA);
	w_conf_peer(c, HA);
	w_reload(&w, c);
	w_drain(&w);
	ck_assert((w_kaddr(&w, &fresh) != NULL) == _i);
	w_end(&w);
}
END_TEST

/* What was heard at home is good for asking in time. */
START_TEST(learned_at_home)
{
	struct world w;

	begin(&w, false);
	w_ra_pio(&w, 1, "2001:db8:1::", ND_PIO_L | ND_PIO_A, 7200, 7200);
	w_drain(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 2, "2001:db8:2::");
	w_pass(&w, MSEC(5));
	w_drain(&w);
	w_ok(&w);
	w_forget(&w);
	stay(&w, SEC(3590));
	w_expect(&w, "");
	w_pass(&w, SEC(10));
	w_expect(&w, MPS);
	/* It ends nothing: nobody could say that it goes on. */
	stay(&w, SEC(20000));
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	w_end(&w);
}
END_TEST

/* Where it counts it is asked for at the first registration. */
START_TEST(at_first)
{
	struct world w;

	begin(&w, true);
	away(&w);
	w_ok(&w);
	w_expect(&w, MPS);
	w_end(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core_prefix");
	TCase *tc = tcase_create("prefix");
	Suite *const all[] = { s, NULL };

	tcase_add_test(tc, solicited);
	tcase_add_test(tc, silence);
	tcase_add_test(tc, switched_off);
	tcase_add_test(tc, unsolicited);
	tcase_add_test(tc, not_believed);
	tcase_add_test(tc, lifetime_ends);
	tcase_add_test(tc, lifetime_goes_on);
	tcase_add_test(tc, renumbered);
	tcase_add_test(tc, not_formed);
	tcase_add_loop_test(tc, reloaded, 0, 2);
	tcase_add_test(tc, learned_at_home);
	tcase_add_test(tc, at_first);
	suite_add_tcase(s, tc);
	return unit_main(all);
}
