/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses on demand from their forming to their end: whatever happens to
 * them, to their prefix, their link and their interface.
 */
#include "test_core_demand.h"

#include <errno.h>

#define P2	"2001:db8:a:2::"
#define P3	"2001:db8:a:3::"

/* --- what the kernel prefers ------------------------------------------------- */

/* Only addresses of one type are for who does not ask: that of the default,
 * else of the boot set. */
static const struct {
	enum atype	def;
	uint8_t		boot;
	enum atype	preferred;
} defaults[] = {
	{ ATYPE_NONE, 0, ATYPE_NONE },
	{ ATYPE_NONE, ATYPE_BIT(ATYPE_HOME), ATYPE_HOME },
	{ ATYPE_NONE, ATYPE_BIT(ATYPE_ACCESS), ATYPE_ACCESS },
	{ ATYPE_NONE, ATYPE_BIT(ATYPE_GRACEFUL) | ATYPE_BIT(ATYPE_ACCESS),
	  ATYPE_ACCESS },
	{ ATYPE_NONE, ATYPE_ALL, ATYPE_HOME },
	{ ATYPE_HOME, 0, ATYPE_HOME },
	{ ATYPE_ACCESS, ATYPE_BIT(ATYPE_HOME), ATYPE_ACCESS },
	{ ATYPE_UNANCHORED, ATYPE_ALL, ATYPE_UNANCHORED },
	{ ATYPE_GRACEFUL, 0, ATYPE_GRACEFUL },
};

START_TEST(preferred)
{
	struct world w;

	w_on_demand(&w);
	w.conf->default_type = (uint8_t)defaults[_i].def;
	w.conf->boot = defaults[_i].boot;
	w_arrive(&w);
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++) {
		w_ask(&w, t, t, 0);
		w_drain(&w);
		if (t == ATYPE_HOME)
			w_ok(&w);
	}
	w_drain(&w);
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++) {
		const struct world_kaddr *k =
			w_kaddr(&w, &w_asker(&w, t)->addr);

		ck_assert_ptr_nonnull(k);
		ck_assert_uint_eq(k->preferred, t == defaults[_i].preferred ?
				  UINT32_MAX : 0);
	}
	/* Nor is a care-of address. */
	ck_assert_uint_eq(w_kaddr(&w, &w.bu_src)->preferred, 0);
	w_end(&w);
}
END_TEST

/* One that new sockets do not get, the kernel does not choose either. */
START_TEST(renewed_is_not_preferred)
{
	static const enum atype types[] = { ATYPE_UNANCHORED, ATYPE_ACCESS,
					    ATYPE_GRACEFUL };
	struct in6_addr old;
	struct world w;

	w_on_demand(&w);
	w.conf->default_type = (uint8_t)types[_i];
	w.conf->renew[types[_i]] = 60;
	w_arrive(&w);
	old = w_current(&w, types[_i]);
	w_sockets(&w, &old, 1);
	ck_assert_uint_eq(w_kaddr(&w, &old)->preferred, UINT32_MAX);
	w_pass(&w, SEC(61));
	ck_assert_uint_eq(w_kaddr(&w, &old)->preferred, 0);
	old = w_current(&w, types[_i]);
	ck_assert_uint_eq(w_kaddr(&w, &old)->preferred, UINT32_MAX);
	w_end(&w);
}
END_TEST

/* --- care-of addresses ------------------------------------------------------- */

START_TEST(coa_while_wanted)
{
	struct world w;

	w_on_demand(&w);
	w.conf->linger[ATYPE_HOME] = 5;
	w_arrive(&w);
	w.show = SHOW_ADDRESS | SHOW_MH | SHOW_DEMAND;
	w_forget(&w);
	w_ask(&w, 1, ATYPE_UNANCHORED, 0);
	w_expect(&w, "owned U1 up\naddress up U1 on eth0\n"
		 "unanchored: U1\nreply 1 U1\n");
	w_ask(&w, 2, ATYPE_HOME, 0);
	w_expect(&w, "address up coa on eth0\naddress up hoa on path\n"
		 "BU lifetime=240 auth hoa\nhome-anchored: hoa\n");
	w_ok(&w);
	w_expect(&w, "reply 2 hoa\n");
	w_release(&w, 2);
	w_pass(&w, SEC(5));
	w_expect(&w, "address down hoa on path\nBU lifetime=0 auth hoa\n"
		 "home-anchored: none\n");
	w_ok(&w);
	w_expect(&w, "address down coa on eth0\n");
	w_end(&w);
}
END_TEST

/* On every interface that had one. */
START_TEST(coa_on_two_interfaces)
{
	struct world w;

	w_on_demand(&w);
	w.conf->linger[ATYPE_HOME] = 5;
	conf_add_iface(w.conf, "eth1");
	w_arrive(&w);
	w.eth = ETH0 + 1;
	w.card = 1;
	w_link(&w, true);
	w_linklocal(&w);
	w_ra_anchor(&w, 3, P3);
	w_forget(&w);
	w.show |= SHOW_ADDRESS;
	w_ask(&w, 1, ATYPE_HOME, 0);
	ck_assert_uint_eq(w_count(&w, "address up coa on eth0"), 1);
	ck_assert_uint_eq(w_count(&w, "address up coa on eth1"), 1);
	w_ok(&w);
	w_release(&w, 1);
	w_forget(&w);
	w_pass(&w, SEC(6));
	w_ok(&w);
	ck_assert_uint_eq(w_count(&w, "address down coa on eth0"), 1);
	ck_assert_uint_eq(w_count(&w, "address down coa on eth1"), 1);
	w_end(&w);
}
END_TEST

/* Nobody answers: it goes all the same, a while later. */
START_TEST(coa_after_silence)
{
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_drain(&w);
	w_release(&w, 1);
	w.show = SHOW_ADDRESS;
	w_forget(&w);
	w_pass(&w, SEC(29));
	w_expect(&w, "");
	w_pass(&w, SEC(2));
	w_expect(&w, "address down coa on eth0\n");
	w_end(&w);
}
END_TEST

/* --- duplicates -------------------------------------------------------------- */

/* RFC 7217 section 6: others are tried, and then none: it does not go on
 * for ever.  Who waits is told, and who asks later. */
START_TEST(duplicates)
{
	static const enum atype types[] = { ATYPE_UNANCHORED, ATYPE_ACCESS,
					    ATYPE_GRACEFUL };
	enum atype t = types[_i];
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_forget(&w);
	w.duplicates = 1000;
	w_ask(&w, 1, t, 0);
	w_drain(&w);
	ck_assert_uint_eq(w.duplicates, 1000 - 4);
	ck_assert_int_eq(w_asker(&w, 1)->error, EADDRNOTAVAIL);
	w_pass(&w, SEC(100));
	w_ask(&w, 2, t, 0);
	w_drain(&w);
	ck_assert_int_eq(w_asker(&w, 2)->error, EADDRNOTAVAIL);
	ck_assert_uint_eq(w.duplicates, 1000 - 4);
	for (unsigned k = 0; k < w.nowned; k++)
		ck_assert(w.owned[k].type == ATYPE_HOME || !w.owned[k].up);
	/* Another link, another chance. */
	w.duplicates = 2;
	w_move(&w, 3, P3);
	w_ask(&w, 3, t, 0);
	w_drain(&w);
	ck_assert_int_eq(w_asker(&w, 3)->error, 0);
	ck_assert_uint_eq(w_asker(&w, 3)->answers, 1);
	ck_assert_uint_eq(w.duplicates, 0);
	w_end(&w);
}
END_TEST

/* Not for ever: who had them may have gone, and so it is on the same link a
 * while later, or in the next life. */
START_TEST(duplicates_pass)
{
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w.duplicates = 4;
	w_ask(&w, 1, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	ck_assert_int_eq(w_asker(&w, 1)->error, EADDRNOTAVAIL);
	if (_i == 0)
		w_pass(&w, SEC(601));
	else if (_i == 1)
		w_move(&w, 3, P3);
	else
		w_restart(&w);
	w_ra_anchor(&w, _i == 1 ? 3 : 2, _i == 1 ? P3 : P2);
	if (_i == 1)
		w_move(&w, 2, P2);
	w_ask(&w, 2, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	ck_assert_uint_eq(w_asker(&w, 2)->answers, 1);
	ck_assert_int_eq(w_asker(&w, 2)->error, 0);
	w_end(&w);
}
END_TEST

START_TEST(duplicates_of_the_boot_set)
{
	struct world w;

	w_on_demand(&w);
	w.conf->boot = ATYPE_BIT(ATYPE_ACCESS) | ATYPE_BIT(ATYPE_UNANCHORED);
	w.duplicates = 1000;
	w_arrive(&w);
	w_pass(&w, SEC(10000));
	ck_assert_uint_eq(w.duplicates, 1000 - 8);
	w_end(&w);
}
END_TEST

/* The next process does not begin with those that are taken. */
START_TEST(duplicates_remembered)
{
	struct in6_addr got;
	struct world w;

	w_on_demand(&w);
	w.conf->linger[ATYPE_UNANCHORED] = 0;
	w_arrive(&w);
	w.duplicates = 2;
	w_ask(&w, 1, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	got = w_asker(&w, 1)->addr;
	w_release(&w, 1);
	w_pass(&w, SEC(1));
	w_restart(&w);
	w_ra_anchor(&w, 2, P2);
	w_ask(&w, 2, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	ck_assert(addr_eq(&got, &w_asker(&w, 2)->addr));
	w_end(&w);
}
END_TEST

/* --- prefixes ---------------------------------------------------------------- */

START_TEST(prefix_expires)
{
	struct in6_addr u;
	struct world w;

	w_on_demand(&w);
	w_born(&w);
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	w_ra_pio(&w, 3, P3, ND_PIO_L | ND_PIO_A, 100, 50);
	w_ask(&w, 1, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &u, 1);
	w_forget(&w);
	w_pass(&w, SEC(99));
	w_expect(&w, "");
	w_pass(&w, SEC(2));
	w_expect(&w, "unanchored: none\nowned U1 down\nabort U1\n");
	w_ask(&w, 2, ATYPE_UNANCHORED, SEC(1));
	w_pass(&w, SEC(2));
	w_expect(&w, "reply 2 ETIMEDOUT\n");
	w_end(&w);
}
END_TEST

/* RFC 4862 5.5.4: a deprecated one is not for new sockets, where there is
 * another; old ones keep it while it is valid. */
START_TEST(prefix_deprecated)
{
	struct in6_addr u;
	struct world w;

	w_on_demand(&w);
	w.conf->default_type = ATYPE_UNANCHORED;
	w_born(&w);
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	w_ra_pio(&w, 3, P3, ND_PIO_L | ND_PIO_A, 10000, 50);
	w_drain(&w);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &u, 1);
	w_forget(&w);
	w_pass(&w, SEC(60));
	w_expect(&w, "");		/* there is no other */
	w_ra_pio(&w, 3, P2, ND_PIO_L | ND_PIO_A, 10000, 10000);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "unanchored: U2"), 1);
	ck_assert_uint_eq(w_count(&w, "abort"), 0);
	ck_assert_uint_eq(w_kaddr(&w, &u)->preferred, 0);
	w_forget(&w);
	w_pass(&w, SEC(1000));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* RFC 4862 5.5.3 e: a single advertisement does not end what stands. */
START_TEST(prefix_cut_short)
{
	static const enum atype types[] = { ATYPE_UNANCHORED, ATYPE_ACCESS };
	struct in6_addr a;
	struct world w;
	struct nd nd = { .type = ND_RA };

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, types[_i], 0);
	w_drain(&w);
	a = w_current(&w, types[_i]);
	w_sockets(&w, &a, 1);
	w_forget(&w);
	nd.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 2 } };
	nd.ra.lifetime = 1800;
	nd.ra.npios = 1;
	nd.ra.pio[0].prefix = w_addr("2001:db8:a:2::2");
	nd.ra.pio[0].len = 64;
	nd.ra.flags = ND_RA_H;
	nd.ra.pio[0].flags = ND_PIO_L | ND_PIO_A | ND_PIO_R;
	w_ra_send(&w, 2, &nd);
	w_pass(&w, SEC(1000));
	w_ra_anchor(&w, 2, P2);
	w_pass(&w, SEC(1000));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* --- interfaces -------------------------------------------------------------- */

START_TEST(interface_vanishes)
{
	struct in6_addr a, u;
	struct world w;

	w_on_demand(&w);
	conf_add_iface(w.conf, "eth1");
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_ACCESS, 0);
	w_ask(&w, 2, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	a = w_current(&w, ATYPE_ACCESS);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &a, 1);
	w_sockets(&w, &u, 1);
	w.show = SHOW_DEMAND | SHOW_ADDRESS | SHOW_FLOW | SHOW_MH;
	w_forget(&w);
	w_gone(&w);
	/* What is anchored waits for another interface, and nothing of it
	 * leaves meanwhile; what is not is gone. */
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "abort U1"), 1);
	ck_assert_uint_eq(w_count(&w, "owned U1 down"), 1);
	ck_assert_uint_eq(w_count(&w, "abort A1"), 0);
	ck_assert_uint_eq(w_count(&w, "flow hold A1"), 1);
	ck_assert_uint_eq(w_count(&w, "address up A1 on path"), 1);
	ck_assert_ptr_null(w_kaddr(&w, &u));
	w.did[0] = '\0';
	w.eth = ETH0 + 1;
	w_link(&w, true);
	w_linklocal(&w);
	w_ra_anchor(&w, 3, P3);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=600 auth A1"), 1);
	w_ok(&w);
	ck_assert_uint_eq(w_count(&w, "flow path A1"), 1);
	w_shutdown(&w);
	w_end(&w);
}
END_TEST

/* A second interface, where nobody has gone, does not double anything. */
START_TEST(one_current_only)
{
	struct in6_addr u;
	struct world w;

	w_on_demand(&w);
	w.conf->renew[ATYPE_UNANCHORED] = 60;
	conf_add_iface(w.conf, "eth1")->preference = 9;
	conf_add_iface(w.conf, "eth0")->preference = 1;
	w_born(&w);
	w.eth = ETH0 + 1;
	w.card = 1;
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	w_ra_anchor(&w, 3, P3);
	w_ask(&w, 1, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &u, 1);		/* U1 on eth1 */
	w.eth = ETH0;
	w.card = 2;
	w_link(&w, true);
	w_linklocal(&w);
	w_ra_anchor(&w, 2, P2);
	w_pass(&w, SEC(61));		/* U2 on eth0 */
	u = w_current(&w, ATYPE_UNANCHORED);
	ck_assert_ptr_nonnull(w_kaddr(&w, &u));
	ck_assert_uint_eq(w_kaddr(&w, &u)->ifindex, ETH0);
	w_forget(&w);
	w.eth = ETH0 + 1;
	w_gone(&w);
	w_expect(&w, "owned U1 down\nabort U1\n");
	w_end(&w);
}
END_TEST

/* --- handovers --------------------------------------------------------------- */

START_TEST(graceful_renewed_then_moved)
{
	struct in6_addr g;
	struct world w;

	/* However it came to be an old one, on another link its time is
	 * the grace period. */
	w_on_demand(&w);
	w.conf->grace = 20;
	w.conf->renew[ATYPE_GRACEFUL] = 30;
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_GRACEFUL, 0);
	w_drain(&w);
	g = w_current(&w, ATYPE_GRACEFUL);
	w_sockets(&w, &g, 1);
	w_pass(&w, SEC(31));
	w_move(&w, 3, P3);
	w_forget(&w);
	w_pass(&w, SEC(19));
	ck_assert_uint_eq(w_count(&w, "abort G1"), 0);
	w_pass(&w, SEC(1));
	ck_assert_uint_eq(w_count(&w, "abort G1"), 1);
	w_end(&w);
}
END_TEST

/* No grace at all: its sockets end before the address goes. */
START_TEST(graceful_without_grace)
{
	struct in6_addr g;
	struct world w;

	w_on_demand(&w);
	w.conf->grace = 0;
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_GRACEFUL, 0);
	w_drain(&w);
	g = w_current(&w, ATYPE_GRACEFUL);
	w_sockets(&w, &g, 1);
	w.show |= SHOW_MH | SHOW_ADDRESS;
	w_forget(&w);
	w_move(&w, 3, P3);
	ck_assert_uint_eq(w_count(&w, "abort G1"), 1);
	ck_assert_ptr_nonnull(strstr(strstr(w.did, "abort G1"),
				     "address down G1 on eth0"));
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	w_end(&w);
}
END_TEST

/* On the home link, what is anchored elsewhere is away like anywhere. */
START_TEST(access_on_home_link)
{
	struct in6_addr a;
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_ACCESS, 0);
	w_drain(&w);
	a = w_current(&w, ATYPE_ACCESS);
	w_sockets(&w, &a, 1);
	w.show |= SHOW_MH | SHOW_ADDRESS;
	w_forget(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_drain(&w);
	w_ra(&w, 1, "2001:db8:1::1");
	w_pass(&w, MSEC(10));
	ck_assert_uint_eq(w_count(&w, "address up coa on eth0"), 1);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=600 auth A1"), 1);
	w_end(&w);
}
END_TEST

/* Two interfaces, the home link behind the one that is not preferred: it
 * waits for the care-of address of the other, rather than to begin address
 * detection at home and set it against the home agent's. */
START_TEST(waits_for_the_better_one)
{
	struct world w;

	w_on_demand(&w);
	conf_add_iface(w.conf, "eth0")->preference = 1;
	conf_add_iface(w.conf, "eth1")->preference = 5;
	w_arrive(&w);
	w.eth = ETH0 + 1;
	w.card = 1;
	w_link(&w, true);
	w_linklocal(&w);
	w_ra(&w, 1, "2001:db8:1::1");
	w.show = SHOW_ADDRESS | SHOW_MH | SHOW_DEMAND;
	w_forget(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "address up hoa on eth1"), 0);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240 auth hoa"), 1);
	w_ok(&w);
	ck_assert_uint_eq(w_count(&w, "reply 1 hoa"), 1);
	w_end(&w);
}
END_TEST

/* Two interfaces on one link: from one to the other it goes without asking
 * who has it - that would be ourselves - and tells the neighbours. */
START_TEST(two_on_one_link)
{
	struct in6_addr a;
	struct world w;

	w_on_demand(&w);
	conf_add_iface(w.conf, "eth0")->preference = 1;
	conf_add_iface(w.conf, "eth1")->preference = 5;
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_ACCESS, 0);
	w_drain(&w);
	a = w_current(&w, ATYPE_ACCESS);
	w_sockets(&w, &a, 1);
	w.eth = ETH0 + 1;
	w.card = 1;
	w_link(&w, true);
	w_linklocal(&w);
	w_ra_anchor(&w, 2, P2);
	w_drain(&w);
	w.show = SHOW_ADDRESS | SHOW_ND | SHOW_DEMAND;
	w_forget(&w);
	w.duplicates = 1;
	w.eth = ETH0;
	w.card = 0;
	w_link(&w, false);
	ck_assert_uint_eq(w_count(&w, "address up A1 on eth1"), 1);
	ck_assert_uint_ge(w_count(&w, "NA"), 1);
	ck_assert_uint_eq(w_count(&w, "abort A1"), 0);
	w_end(&w);
}
END_TEST

/* Its interface is down, another one is up: new sockets get one there, old
 * ones may see it again. */
START_TEST(cut_off)
{
	struct in6_addr u;
	struct world w;

	w_on_demand(&w);
	conf_add_iface(w.conf, "eth1");
	w_arrive(&w);
	w.eth = ETH0 + 1;
	w.card = 1;
	w_link(&w, true);
	w_linklocal(&w);
	w_ra_anchor(&w, 3, P3);
	w_ask(&w, 1, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &u, 1);
	w_forget(&w);
	w.eth = w_kaddr(&w, &u)->ifindex;
	w.card = w.eth != ETH0;
	w_link(&w, false);
	w_expect(&w, "owned U2 up\nunanchored: none\nunanchored: U2\n");
	w_ask(&w, 2, ATYPE_UNANCHORED, 0);
	w_expect(&w, "reply 2 U2\n");
	w_end(&w);
}
END_TEST

START_TEST(graceful_restarted)
{
	struct in6_addr g;
	struct world w;

	w_on_demand(&w);
	w.conf->grace = 20;
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_GRACEFUL, 0);
	w_drain(&w);
	g = w_current(&w, ATYPE_GRACEFUL);
	w_sockets(&w, &g, 1);
	w_move(&w, 3, P3);
	w_ok(&w);
	w_pass(&w, SEC(10));
	w_restart(&w);
	w_sockets(&w, &g, 1);
	w_ra_anchor(&w, 3, P3);
	w_forget(&w);
	w_pass(&w, SEC(25));
	ck_assert_uint_eq(w_count(&w, "abort G1"), 1);
	w_end(&w);
}
END_TEST

/* Who is ended finds the next address. */
START_TEST(ended_after_the_next)
{
	struct in6_addr u;
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_claims(&w, ATYPE_UNANCHORED, 1);
	w_drain(&w);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &u, 1);
	w_forget(&w);
	w_move(&w, 3, P3);
	w_expect(&w, "unanchored: none\nowned U1 down\nowned U2 up\n"
		 "unanchored: U2\nabort U1\n");
	w_end(&w);
}
END_TEST

/* They do not wait for ever, nor for what would never come. */
START_TEST(ended_without_a_next)
{
	struct in6_addr u;
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_claims(&w, ATYPE_UNANCHORED, 1);
	w_drain(&w);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &u, 1);
	w.slow_dad = true;
	w_forget(&w);
	if (_i == 2)
		w_claims(&w, ATYPE_UNANCHORED, 0);
	if (_i == 2)
		w_sockets(&w, &u, 0);
	w_move(&w, 3, P3);
	ck_assert_uint_eq(w_count(&w, "owned U1 down"), 1);
	ck_assert_uint_eq(w_count(&w, "abort U1"), _i == 2);
	if (_i == 0) {
		w_pass(&w, MSEC(80));
		ck_assert_uint_eq(w_count(&w, "abort U1"), 0);
		w_pass(&w, MSEC(20));
	} else if (_i == 1) {
		w_shutdown(&w);
	}
	ck_assert_uint_eq(w_count(&w, "abort U1"), 1);
	w_end(&w);
}
END_TEST

/* Back on the old link, which gives the old address again: to others. */
START_TEST(ended_before_it_is_back)
{
	struct in6_addr u;
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_claims(&w, ATYPE_UNANCHORED, 1);
	w_drain(&w);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &u, 1);
	w.slow_dad = true;
	w_move(&w, 3, P3);
	w_forget(&w);
	w_move(&w, 2, P2);
	ck_assert_uint_eq(w_count(&w, "owned U1 up"), 1);
	ck_assert_uint_eq(w_count(&w, "abort U1"), 1);
	ck_assert(strstr(w.did, "abort U1") <
		  strstr(w.did, "owned U1 up"));
	w_pass(&w, SEC(1));
	ck_assert_uint_eq(w_count(&w, "abort U1"), 1);
	w_end(&w);
}
END_TEST

/* Let go of, and wanted again before the anchor has said that it has
 * forgotten: one registration, not two that undo each other. */
START_TEST(again_while_releasing)
{
	struct in6_addr a;
	struct world w;
	char text[4096];

	w_on_demand(&w);
	w.conf->linger[ATYPE_ACCESS] = 1;
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_ACCESS, 0);
	w_drain(&w);
	a = w_current(&w, ATYPE_ACCESS);
	w_sockets(&w, &a, 1);
	w_release(&w, 1);
	w_move(&w, 3, P3);
	w_ok(&w);
	w_sockets(&w, &a, 0);
	w_pass(&w, SEC(2));		/* deregistering, unheard */
	w_move(&w, 2, P2);
	w.show = SHOW_DEMAND | SHOW_MH;
	w_forget(&w);
	w_ask(&w, 2, ATYPE_ACCESS, 0);
	w_pass(&w, SEC(5));
	w_show(&w, "bindings", text, sizeof(text));
	for (char *p = text, *l; (l = strsep(&p, "\n")); )
		if (strstr(l, "access-anchored"))
			ck_assert_ptr_null(p ? strstr(p, "access-anchored") :
					   NULL);
	/* At home it asks its anchor, which answers there. */
	ck_assert_uint_ge(w_count(&w, "BU from home lifetime=0 auth A1"), 1);
	w_ok(&w);
	w_pass(&w, MSEC(100));
	ck_assert_uint_eq(w_count(&w, "reply 2 A1"), 1);
	w_end(&w);
}
END_TEST

/* A duplicate home address is taken from its sockets before it goes. */
START_TEST(home_of_somebody_else)
{
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_drain(&w);
	w_ok(&w);
	w_sockets(&w, &hoa, 2);
	w_pass(&w, SEC(220));		/* refresh */
	w.show = SHOW_DEMAND | SHOW_ADDRESS | SHOW_FLOW;
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .status = 134 });
	w_expect(&w, "flow block hoa\ntunnel down to " HA "\n"
		 "home-anchored: none\nabort hoa\n"
		 "address down hoa on path\n");
	w_ask(&w, 2, ATYPE_HOME, 0);
	w_expect(&w, "reply 2 EADDRNOTAVAIL\n");
	w_end(&w);
}
END_TEST

/* --- limits ------------------------------------------------------------------ */

static const unsigned address_limits[] = { 64, 20 };

/* Each renewal leaves one to its sockets; not for ever. */
START_TEST(many_addresses)
{
	unsigned limit = address_limits[_i];
	char note[64];
	struct in6_addr u;
	struct world *w = calloc(1, sizeof(*w));
	unsigned up = 0;

	w_on_demand(w);
	ck_assert_uint_eq(w->conf->max_addresses, 64);
	w->conf->max_addresses = limit;
	w->conf->renew[ATYPE_UNANCHORED] = 60;
	w_arrive(w);
	w_ask(w, 1, ATYPE_UNANCHORED, 0);
	w->show |= SHOW_NOTE;
	for (unsigned k = 0; k < 80; k++) {
		w_drain(w);
		u = w_current(w, ATYPE_UNANCHORED);
		if (!addr_is_unspec(&u))
			w_sockets(w, &u, 1);
		w_ra_anchor(w, 2, P2);
		w_pass(w, SEC(60));
	}
	for (unsigned k = 0; k < w->nowned; k++)
		up += w->owned[k].up && w->owned[k].type != ATYPE_HOME;
	ck_assert_uint_eq(up, limit);
	w_ask(w, 2, ATYPE_ACCESS, 0);
	w_drain(w);
	ck_assert_int_eq(w_asker(w, 2)->error, EAGAIN);
	snprintf(note, sizeof(note), "note limit what=owned limit=%u", limit);
	ck_assert_uint_eq(w_count(w, note), 1);
	/* Rather an old address than none: the last renewals had to wait. */
	u = w_current(w, ATYPE_UNANCHORED);
	ck_assert(!addr_is_unspec(&u));
	/* An end of one is the beginning of another. */
	u = w->owned[1].addr;
	w_sockets(w, &u, 0);
	w_pass(w, SEC(31));
	w_ask(w, 3, ATYPE_ACCESS, 0);
	w_drain(w);
	ck_assert_uint_eq(w_asker(w, 3)->answers, 1);
	w_end(w);
	free(w);
}
END_TEST

/* A session began at each of eighty routers.  One move registers
 * all of them, at once: nothing waits for another's answer. */
START_TEST(many_anchors)
{
	struct world *w = calloc(1, sizeof(*w));
	char prefix[40];
	struct in6_addr a;

	w_on_demand(w);
	w->conf->max_addresses = 90;
	w_arrive(w);
	w_ask(w, 1, ATYPE_ACCESS, 0);
	for (unsigned k = 0; k < 80; k++) {
		w_drain(w);
		a = w_current(w, ATYPE_ACCESS);
		ck_assert(!addr_is_unspec(&a));
		w_sockets(w, &a, 1);
		w_pass(w, SEC(1));	/* MAX_UPDATE_RATE */
		w_forget(w);
		w->show = k == 79 ? SHOW_MH : SHOW_DEMAND;
		snprintf(prefix, sizeof(prefix), "2001:db8:a:%x::", 16 + k);
		w_move(w, (uint8_t)(3 + k), prefix);
	}
	ck_assert_uint_eq(w_count(w, "CoTI"), 80);
	ck_assert_uint_eq(w_count(w, "BU lifetime=600 auth"), 80);
	w_end(w);
	free(w);
}
END_TEST

/* Home addresses are of the configuration: they are no one's limit. */
START_TEST(many_homes)
{
	struct world *w = calloc(1, sizeof(*w));
	char text[64];

	w_on_demand(w);
	for (unsigned k = 0x100; k < 0x164; k++) {
		snprintf(text, sizeof(text), "2001:db8:1::%x", k);
		w_conf_home(w->conf, text, HA);
	}
	w_arrive(w);
	w_ask(w, 1, ATYPE_UNANCHORED, 0);
	w_drain(w);
	ck_assert_int_eq(w_asker(w, 1)->error, 0);
	w_end(w);
	free(w);
}
END_TEST

Suite *suite_demand_addr(void)
{
	const TTest *const stories[] = {
		coa_while_wanted, coa_on_two_interfaces, coa_after_silence,
		duplicates_of_the_boot_set, duplicates_remembered,
		prefix_expires, prefix_deprecated, interface_vanishes,
		one_current_only, graceful_renewed_then_moved,
		graceful_without_grace, access_on_home_link,
		waits_for_the_better_one, two_on_one_link, cut_off,
		graceful_restarted, ended_after_the_next,
		ended_before_it_is_back,
		again_while_releasing, home_of_somebody_else, many_anchors,
		many_homes,
	};
	Suite *s = suite_create("core_demand_addr");
	TCase *tc = tcase_create("stories");

	for (size_t k = 0; k < sizeof(stories) / sizeof(*stories); k++)
		tcase_add_test(tc, stories[k]);
	tcase_add_loop_test(tc, preferred, 0,
			    sizeof(defaults) / sizeof(*defaults));
	tcase_add_loop_test(tc, renewed_is_not_preferred, 0, 3);
	tcase_add_loop_test(tc, duplicates, 0, 3);
	tcase_add_loop_test(tc, duplicates_pass, 0, 3);
	tcase_add_loop_test(tc, prefix_cut_short, 0, 2);
	tcase_add_loop_test(tc, ended_without_a_next, 0, 3);
	tcase_add_loop_test(tc, many_addresses, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
