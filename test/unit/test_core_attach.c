/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a mobile node is: full lists, a home link without routers, and what it
 * believes after a restart (RFC 6275 11.5).
 */
#include "mn_world.h"

static struct in6_addr prefix_nr(unsigned k)
{
	struct in6_addr a = w_addr("2001:db8:f:0::");

	a.s6_addr[6] = (uint8_t)(k >> 8);
	a.s6_addr[7] = (uint8_t)k;
	return a;
}

/* A router `station' with a prefix of its own, for nine hours. */
static void stranger(struct world *w, uint8_t station)
{
	struct nd ra = { .type = ND_RA };
	struct in6_addr p = prefix_nr(station);

	ra.ra.lifetime = 9000;
	ra.ra.npios = 1;
	ra.ra.pio[0] = (struct nd_pio){
		.prefix = p, .len = 64, .flags = ND_PIO_L | ND_PIO_A,
		.valid = 1 << 30, .preferred = 1 << 30,
	};
	w_ra_send(w, station, &ra);
}

static unsigned shown(struct world *w, const char *word)
{
	static char buf[1 << 16];
	unsigned n = 0;

	w_show(w, "routers", buf, sizeof(buf));
	for (const char *p = buf; (p = strstr(p, word)); p++)
		n++;
	return n;
}

/* Somebody fills the list with routers that are none.  Who carries us stays,
 * and a router that comes later still finds room. */
START_TEST(full_of_strangers)
{
	struct world w;

	w_away(&w);
	for (unsigned k = 0; k < 40; k++) {
		stranger(&w, (uint8_t)(100 + k));
		w_na(&w, 2);			/* we are where we were */
		w_pass(&w, MSEC(10));
	}
	w_drain(&w);
	ck_assert_uint_eq(shown(&w, "router interface"), 8);
	ck_assert_uint_eq(shown(&w, "address=fe80::2 "), 1);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	ck_assert_ptr_null(strstr(w.did, "address down coa"));
	w_forget(&w);
	/* Another link: its router is heard, and used. */
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, SEC(1));
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240"), 1);
	ck_assert_uint_eq(shown(&w, "router interface"), 1);
	w_end(&w);
}
END_TEST

/* Nor does a flood take the home link away: its router is not the one that
 * carries us, but the prefix is the home's. */
START_TEST(full_at_home)
{
	struct world w;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_ra(&w, 1, HA);
	w_na(&w, 2);
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "address up hoa on eth0"));
	w_forget(&w);
	for (unsigned k = 0; k < 40; k++) {
		stranger(&w, (uint8_t)(100 + k));
		w_na(&w, 2);
		w_pass(&w, MSEC(10));
	}
	w_drain(&w);
	ck_assert_uint_eq(shown(&w, "address=fe80::1 "), 1);
	ck_assert_ptr_null(strstr(w.did, "address down hoa on eth0"));
	w_end(&w);
}
END_TEST

/* One router with more prefixes than there is room for keeps its first ones,
 * and the next message of another finds room. */
START_TEST(full_of_prefixes)
{
	struct nd ra = { .type = ND_RA };
	struct world w;

	w_away(&w);
	for (unsigned m = 0; m < 3; m++) {
		ra.ra.lifetime = 9000;
		ra.ra.npios = 0;
		for (unsigned k = 0; k < 10; k++)
			ra.ra.pio[ra.ra.npios++] = (struct nd_pio){
				.prefix = prefix_nr(m * 10 + k), .len = 64,
				.flags = ND_PIO_L, .valid = 1 << 30,
			};
		w_ra_send(&w, 77, &ra);
		w_na(&w, 2);
		w_pass(&w, MSEC(10));
	}
	ck_assert_uint_le(shown(&w, "prefix interface"), 16);
	ck_assert_uint_eq(shown(&w, "prefix=2001:db8:f:1d::/64"), 1);
	ck_assert_uint_eq(shown(&w, "prefix=2001:db8:2::/64"), 1);
	w_end(&w);
}
END_TEST

/* Somebody's answer to our asking for the home agent. */
static void answer(struct world *w, uint8_t station, uint8_t flags)
{
	struct in6_addr src = w_addr(HA), dst = w_addr("fe80::10");
	struct nd na = { .type = ND_NA };
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));

	na.na.target = src;
	na.na.flags = flags;
	na.tll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, station } };
	nd_build(&na, &src, &dst, &b);
	w_packet(w, &b, station);
}

#define SOLICITED	(ND_NA_S | ND_NA_O | ND_NA_R)

/* On a link without routers somebody says that he is the home agent.  There
 * was no binding, so nothing is to be deregistered; but before the home agent
 * has said so, the home address is not used here. */
START_TEST(lone_liar)
{
	struct world w;

	w_begin(&w);
	w_pass(&w, SEC(4));
	ck_assert_uint_eq(w_count(&w, "NS"), 1);
	answer(&w, 66, SOLICITED);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth"), 1);
	w_pass(&w, SEC(3600));
	w_drain(&w);
	ck_assert_ptr_null(strstr(w.did, "address up hoa on eth0"));
	ck_assert_uint_gt(w_count(&w, "BU from home lifetime=0 auth"), 3);
	/* ... nor does an answer without the key help him. */
	w_ba(&w, (struct w_answer){ .status = 133, .wrong_key = true });
	w_drain(&w);
	ck_assert_ptr_null(strstr(w.did, "address up hoa on eth0"));
	w_ba(&w, (struct w_answer){ .status = 133 });
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "address up hoa on eth0"));
	w_end(&w);
}
END_TEST

/* With a binding the same: and when that has ended, it is still not home. */
START_TEST(lone_liar_outlives)
{
	struct world w;

	w_away(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_pass(&w, SEC(5));
	answer(&w, 66, SOLICITED);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth"), 1);
	w_pass(&w, SEC(600));
	w_drain(&w);
	ck_assert_ptr_null(strstr(w.did, "address up hoa on eth0"));
	/* A router turns up: this was no home link. */
	w_forget(&w);
	w_ra(&w, 3, "2001:db8:3::");
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240"), 1);
	w_end(&w);
}
END_TEST

/* Of the same preference; none is up. */
static void two_interfaces(struct world *w)
{
	w_prepare(w);
	conf_add_iface(w->conf, "eth0");
	conf_add_iface(w->conf, "eth1");
	w_born(w);
	w_ready(w);
}

/* Away by eth1, and registered; eth0 comes up on a link without routers. */
static void away_by_another(struct world *w)
{
	two_interfaces(w);
	w->eth = ETH0 + 1;
	w_link(w, true);
	w_linklocal(w);
	w_ra(w, 2, "2001:db8:2::");
	w_drain(w);
	w_ok(w);
	w_forget(w);
	w->eth = ETH0;
	w_link(w, true);
	w_linklocal(w);
	w_pass(w, SEC(4));
}

/* Somebody there says that he is the home agent: the home agent itself is asked
 * whether that is home, and nothing else becomes of it. */
START_TEST(lone_liar_beside)
{
	struct world w;

	away_by_another(&w);
	answer(&w, 66, SOLICITED);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth"), 1);
	ck_assert_ptr_null(strstr(w.did, "flow"));
	ck_assert_ptr_null(strstr(w.did, "tunnel"));
	ck_assert_ptr_null(strstr(w.did, "route up 2001:db8:1::/64"));
	/* An answer without the key is none. */
	w_ba(&w, (struct w_answer){ .wrong_key = true });
	w_pass(&w, SEC(6));
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth"), 3);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240"), 0);
	/* Enough; the binding is made sure of by the way that there is. */
	w_pass(&w, MSEC(1500));
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth"), 3);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240"), 1);
	w_ok(&w);
	w_drain(&w);
	ck_assert_ptr_null(strstr(w.did, "flow up hold"));
	ck_assert_ptr_null(strstr(w.did, "tunnel down"));
	/* Once more after half a minute, and then later. */
	w_forget(&w);
	w_pass(&w, SEC(34));
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth"), 3);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240"), 0);
	w_pass(&w, SEC(3));
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240"), 1);
	w_ok(&w);
	w_forget(&w);
	w_pass(&w, SEC(50));
	ck_assert_uint_eq(w_count(&w, "BU from home"), 0);
	ck_assert_ptr_null(strstr(w.did, "address up hoa on eth0"));
	w_end(&w);
}
END_TEST

/* It is the home agent: home, as soon as it says so. */
START_TEST(lone_beside)
{
	struct world w;

	away_by_another(&w);
	answer(&w, 1, SOLICITED);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth"), 1);
	ck_assert_ptr_null(strstr(w.did, "address up hoa on eth0"));
	ck_assert_ptr_null(strstr(w.did, "route up 2001:db8:1::/64"));
	w_ok(&w);
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "address up hoa on eth0"));
	w_end(&w);
}
END_TEST

/* The only way out was that link, and now there is another one. */
START_TEST(lone_liar_left)
{
	struct world w;

	two_interfaces(&w);
	w_link(&w, true);
	w_linklocal(&w);
	w_pass(&w, SEC(4));
	answer(&w, 66, SOLICITED);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth"), 1);
	w_forget(&w);
	w.eth = ETH0 + 1;
	w_link(&w, true);
	w_linklocal(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240"), 1);
	w_ok(&w);
	w_drain(&w);
	w_pass(&w, MSEC(7500));
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240"), 2);
	w_ok(&w);
	w_end(&w);
}
END_TEST

/* What nobody asked for is no answer; nor is one that is not solicited, or
 * comes while there is a router. */
START_TEST(lone_unasked)
{
	struct world w;

	w_begin(&w);
	answer(&w, 1, SOLICITED);		/* not asked yet */
	w_pass(&w, SEC(4));
	answer(&w, 1, ND_NA_O);			/* for everybody */
	w_pass(&w, SEC(3));
	answer(&w, 1, SOLICITED);		/* late */
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	ck_assert_ptr_null(strstr(w.did, "address up hoa on eth0"));
	w_ra(&w, 2, "2001:db8:2::");
	w_drain(&w);
	w_forget(&w);
	answer(&w, 1, SOLICITED);
	w_pass(&w, SEC(1));
	ck_assert_uint_eq(w_count(&w, "BU from home"), 0);
	w_end(&w);
}
END_TEST

/* Which one it is, is not known yet: nobody is asked for, and no answer counts. */
START_TEST(lone_unknown)
{
	struct world w;

	w_prepare(&w);
	w.conf->home[0].ha = addr_unspec;
	w_born(&w);
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	w_pass(&w, SEC(4));
	ck_assert_uint_eq(w_count(&w, "NS"), 0);
	answer(&w, 1, SOLICITED);
	w_pass(&w, SEC(10));
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	ck_assert_ptr_null(strstr(w.did, "address up hoa on eth0"));
	w_end(&w);
}
END_TEST

/* A second home, with another home agent, on the same link; then a router. */
START_TEST(lone_two)
{
	static const char ha2[] = "2001:db8:7::1";
	struct in6_addr src = w_addr(ha2), dst = w_addr("fe80::10");
	struct nd na = { .type = ND_NA };
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct world w;

	w_prepare(&w);
	w_conf_home(w.conf, "2001:db8:7::10", ha2);
	w_conf_peer(w.conf, ha2);
	w_born(&w);
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	w_pass(&w, SEC(4));
	ck_assert_uint_eq(w_count(&w, "NS"), 2);
	answer(&w, 1, SOLICITED);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth"), 1);
	w_ok(&w);
	na.na.target = src;
	na.na.flags = SOLICITED;
	na.tll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 7 } };
	nd_build(&na, &src, &dst, &b);
	w_packet(&w, &b, 7);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU from"), 2);
	ck_assert(addr_eq(&w.bu_dst, &src));
	w_ok(&w);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "address up hoa on eth0"), 1);
	ck_assert_uint_eq(shown(&w, "router interface"), 2);
	/* Of a router's link both homes are what it says. */
	w_forget(&w);
	w_ra(&w, 3, "2001:db8:3::");
	w_drain(&w);
	ck_assert_uint_eq(shown(&w, "router interface"), 1);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240"), 2);
	w_end(&w);
}
END_TEST

/* It is probed now and then, since it does not advertise; and lost. */
START_TEST(lone_goes)
{
	struct world w;

	w_begin(&w);
	w_pass(&w, SEC(4));
	answer(&w, 1, SOLICITED);
	w_drain(&w);
	w_ok(&w);
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "address up hoa on eth0"));
	w_forget(&w);
	w_pass(&w, SEC(60));
	ck_assert_uint_eq(w_count(&w, "NS unicast"), 1);
	answer(&w, 1, SOLICITED);
	w_pass(&w, SEC(1));
	ck_assert_uint_eq(w_count(&w, "RS"), 0);
	w_pass(&w, SEC(60));
	ck_assert_uint_ge(w_count(&w, "RS"), 1);
	w_end(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core_attach");
	TCase *tc = tcase_create("attach");
	Suite *const all[] = { s, NULL };

	tcase_add_test(tc, full_of_strangers);
	tcase_add_test(tc, full_at_home);
	tcase_add_test(tc, full_of_prefixes);
	tcase_add_test(tc, lone_liar);
	tcase_add_test(tc, lone_liar_outlives);
	tcase_add_test(tc, lone_liar_beside);
	tcase_add_test(tc, lone_beside);
	tcase_add_test(tc, lone_liar_left);
	tcase_add_test(tc, lone_unasked);
	tcase_add_test(tc, lone_two);
	tcase_add_test(tc, lone_unknown);
	tcase_add_test(tc, lone_goes);
	suite_add_tcase(s, tc);
	return unit_main(all);
}
