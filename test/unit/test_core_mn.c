/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node from outside: events in, effects out, as text.
 *
 * Each test tells a story to one node and compares what it does, line by
 * line, with what the RFC has it do.
 */
#include "mn_world.h"

/* --- stories ------------------------------------------------------------------------- */

START_TEST(first_registration)
{
	struct world w;

	w_begin(&w);
	w_expect(&w, "RS\n");
	w_ra(&w, 2, "2001:db8:2::");
	/* Held until the acknowledgement; what arrives is taken at once. */
	w_expect(&w, "route up 2001:db8:2::/64\n"
	       "address up coa on eth0\n"
	       "route up ::/0\n"
	       "tunnel up to 2001:db8:1::1\n"
	       "address up hoa on path\n"
	       "flow hold\n"
	       "BU lifetime=240 auth\n");
	ck_assert_uint_eq(w.bu.bu.flags & (MH_BU_A | MH_BU_H),
			  MH_BU_A | MH_BU_H);
	ck_assert(mh_opt(&w.bu, MOPT_ALTCOA));
	ck_assert(addr_eq(&mh_opt(&w.bu, MOPT_ALTCOA)->altcoa, &w.bu_src));
	w_ok(&w);
	w_expect(&w, "flow path\nsync\n");
	w_end(&w);
}
END_TEST

/* The answer to an update from an address that is not there yet would come
 * to nobody. */
START_TEST(address_first)
{
	struct world w;

	w_begin(&w);
	w.slow_dad = true;
	w_ra(&w, 2, "2001:db8:2::");
	w_pass(&w, MSEC(3));
	w_drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	w_address(&w, &w.fresh, ADDR_TENTATIVE);
	w_drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	w_address(&w, &w.fresh, ADDR_OPTIMISTIC);
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	w_end(&w);
}
END_TEST

START_TEST(retransmission)
{
	struct world w;
	uint16_t seq;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_forget(&w);
	seq = w.bu.bu.seq;
	w_pass(&w, MSEC(1499));
	w_expect(&w, "");
	w_pass(&w, MSEC(1));			/* InitialBindackTimeoutFirstReg */
	w_expect(&w, "BU lifetime=240 auth\n");
	ck_assert_uint_eq((uint16_t)(seq + 1), w.bu.bu.seq);
	w_pass(&w, MSEC(3000));
	w_expect(&w, "BU lifetime=240 auth\n");
	w_pass(&w, MSEC(6000));
	w_expect(&w, "sync\nBU lifetime=240 auth\n");
	/* An answer to the first one is an answer. */
	w_ba(&w, (struct w_answer){ .seq = seq });
	w_expect(&w, "flow path\n");
	w_end(&w);
}
END_TEST

START_TEST(refresh_and_expiry)
{
	struct world w;

	w_away(&w);
	w_pass(&w, SEC(181));			/* four fifths, less 5 % */
	w_expect(&w, "");
	w_pass(&w, SEC(12));
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	w_forget(&w);
	w_pass(&w, SEC(50));			/* nobody answers */
	ck_assert_ptr_nonnull(strstr(w.did, "flow hold\n"));
	w_forget(&w);
	w_pass(&w, SEC(40));
	w_drain(&w);
	w_ok(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU"));
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "flow path\n"));
	w_end(&w);
}
END_TEST

/* 11.7.3: a shorter interval, as the home agent advises; a lifetime less than
 * what was asked for counts from the update on. */
START_TEST(advised)
{
	struct world w;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_drain(&w);
	w_ba(&w, (struct w_answer){ .advice = 5 });	/* 20 s */
	w_forget(&w);
	w_pass(&w, SEC(18));
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	w_pass(&w, SEC(2));
	ck_assert_uint_eq(w_count(&w, "BU"), 1);
	w_ba(&w, (struct w_answer){ .lifetime = 10 });	/* 40 s */
	w_forget(&w);
	w_pass(&w, SEC(30));
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	w_pass(&w, SEC(9));
	ck_assert_uint_ge(w_count(&w, "BU"), 1);
	ck_assert_uint_eq(w_count(&w, "flow hold"), 0);
	w_pass(&w, SEC(2));
	ck_assert_uint_eq(w_count(&w, "flow hold"), 1);
	w_end(&w);
}
END_TEST

START_TEST(handover)
{
	struct world w;

	w_away(&w);
	w_link(&w, false);
	w_link(&w, true);
	ck_assert(node_deadline(w.node) > w.now);
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "NS unicast\nRS\n"));
	w_forget(&w);
	w_ra(&w, 3, "2001:db8:3::");
	w_expect(&w, "");				/* the grace */
	w_pass(&w, MSEC(5));
	w_expect(&w, "flow hold\n"	/* not from the old one on that link */
	       "route down ::/0\n"
	       "route up 2001:db8:3::/64\n"
	       "address up coa on eth0\n"
	       "route up ::/0\n"
	       "route down 2001:db8:2::/64\n"
	       "address down coa on eth0\n"
	       "NS\n"			/* DAD of the link-local address */
	       "tunnel up to 2001:db8:1::1\n"
	       "flow hold\n"
	       "tunnel down to 2001:db8:1::1\n"
	       "BU lifetime=240 auth\n");
	w_ok(&w);
	w_expect(&w, "flow path\n");
	w_end(&w);
}
END_TEST

START_TEST(flap)
{
	struct world w;

	w_away(&w);
	for (int k = 0; k < 3; k++) {
		w_link(&w, false);
		w_link(&w, true);
		w_ra(&w, 2, "2001:db8:2::");
		w_pass(&w, SEC(1));
		ck_assert_ptr_null(strstr(w.did, "BU"));
		ck_assert_ptr_null(strstr(w.did, "flow"));
		ck_assert_ptr_null(strstr(w.did, "tunnel"));
		w_forget(&w);
	}
	w_end(&w);
}
END_TEST

START_TEST(flap_onto_second_router)
{
	struct world w;

	/* The link came back, a stranger advertises, the old router answers
	 * the probe in time: nothing has happened.  Without a link-layer
	 * address in the answer it is asked again, for the kernel. */
	w_away(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, MSEC(2));
	w_forget(&w);
	w_na(&w, 2);
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "NS\n"));
	w_pass(&w, SEC(2));
	ck_assert_ptr_null(strstr(w.did, "BU"));
	ck_assert_ptr_null(strstr(w.did, "flow"));
	w_end(&w);
}
END_TEST

/* Two routers, and both are left behind: nothing is believed of the second
 * that it does not say itself, and what is left of both goes together. */
START_TEST(left_both_routers)
{
	struct world w;

	w_away(&w);
	w_ra(&w, 3, "2001:db8:3::");
	w_na(&w, 2);
	w_forget(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_forget(&w);
	w_pass(&w, MSEC(400));
	w_expect(&w, "NS unicast\nNS unicast\n");	/* 2 once more, and 3 */
	if (_i) {
		w_na(&w, 3);
		w_drain(&w);
		ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240"));
		w_end(&w);
		return;
	}
	w_ra(&w, 4, "2001:db8:4::");
	w_pass(&w, SEC(1));
	ck_assert_ptr_nonnull(strstr(w.did, "route down 2001:db8:2::/64"));
	ck_assert_ptr_nonnull(strstr(w.did, "route down 2001:db8:3::/64"));
	ck_assert_ptr_nonnull(strstr(w.did, "route up 2001:db8:4::/64"));
	w_end(&w);
}
END_TEST

START_TEST(second_router)
{
	struct world w;

	w_away(&w);
	w_ra(&w, 3, "2001:db8:3::");
	w_expect(&w, "NS unicast\n");
	w_na(&w, 2);
	w_pass(&w, SEC(2));
	ck_assert_ptr_null(strstr(w.did, "BU"));
	w_end(&w);
}
END_TEST

START_TEST(silent_router)
{
	struct world w;

	/* No link event at all, but the old router is gone. */
	w_away(&w);
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, MSEC(399));
	w_expect(&w, "NS unicast\nNS unicast\n");
	w_pass(&w, MSEC(1));
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	w_end(&w);
}
END_TEST

/* "With 0 the node moves at once", says mip6d.conf(5). */
/* 11.5.1: NUD says so, of the router that we use, and of nobody else. */
START_TEST(router_fails)
{
	struct event ev = { .kind = EV_NEIGHBOUR };
	struct world w;

	w_away(&w);
	ev.neighbour.ifindex = ETH0;
	ev.neighbour.failed = true;
	ev.neighbour.addr = w_addr("fe80::77");
	w_input(&w, &ev);
	w_expect(&w, "");
	ev.neighbour.addr = w_addr("fe80::2");
	w_input(&w, &ev);
	w_expect(&w, "NS unicast\n");
	w_na(&w, 2);
	w_pass(&w, SEC(10));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* RFC 4191: its routes go with its lifetime for them. */
START_TEST(routes_told)
{
	struct nd nd = { .type = ND_RA };
	struct world w;

	w_away(&w);
	nd.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 2 } };
	nd.ra.lifetime = 1800;
	nd.ra.nroutes = 1;
	nd.ra.route[0] = (struct nd_route){
		{ w_addr("2001:db8:9::"), 48 }, 1, 60,
	};
	w_ra_send(&w, 2, &nd);
	w_expect(&w, "route up 2001:db8:9::/48\n");
	w_pass(&w, SEC(61));
	w_expect(&w, "route down 2001:db8:9::/48\n");
	w_end(&w);
}
END_TEST

/* 11.5.1, 7.3: a router that tells its interval, and then is not heard. */
START_TEST(missed_advertisements)
{
	struct nd nd = { .type = ND_RA };
	struct world w;

	w_away(&w);
	nd.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 2 } };
	nd.ra.lifetime = 1800;
	nd.ra.adv_interval = 1000;
	nd.ra.npios = 1;
	nd.ra.pio[0] = (struct nd_pio){
		w_addr("2001:db8:2::"), 64, ND_PIO_L | ND_PIO_A, 7200, 7200,
	};
	for (unsigned k = 0; k < 3; k++) {
		w_ra_send(&w, 2, &nd);
		w_pass(&w, SEC(1));
	}
	ck_assert_uint_eq(w_count(&w, "NS"), 0);
	w_pass(&w, SEC(3));
	w_drain(&w);
	ck_assert_uint_ge(w_count(&w, "NS unicast"), 1);
	w_end(&w);
}
END_TEST

START_TEST(no_probes)
{
	struct world w;

	w_away(&w);
	w.conf->router_probes = 0;
	w_ra(&w, 3, "2001:db8:3::");
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	w_end(&w);
}
END_TEST

/* A router that nobody knows and that names no prefix says nothing of where
 * we are: least of all that the link is the old one. */
START_TEST(stranger_without_prefix)
{
	struct world w;

	w_away(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 9, "::");
	w_forget(&w);
	w_pass(&w, MSEC(250));
	w_expect(&w, "NS unicast\n");
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, MSEC(10));
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	w_end(&w);
}
END_TEST

/* RFC 4862 5.5.3 a: a prefix without the A flag says nothing of addresses;
 * RFC 4861 6.3.4: nor one without the L flag of what is on the link. */
START_TEST(prefix_without_flags)
{
	struct world w;

	w_away(&w);
	w_ra_pio(&w, 2, "2001:db8:2::", 0, 0, 0);
	w_ra_pio(&w, 2, "2001:db8:2::", ND_PIO_L, 7200, 0);
	/* Another prefix would be preferred to a deprecated one. */
	w_ra_pio(&w, 2, "2001:db8:22::", ND_PIO_L | ND_PIO_A, 86400, 86400);
	w_pass(&w, SEC(2));
	w_drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	ck_assert_ptr_null(strstr(w.did, "down"));
	w_end(&w);
}
END_TEST

/* Refused for good, and what stood runs out: those who send are told so as
 * before, and do not wait for what will not come. */
START_TEST(refused_and_expired)
{
	struct world w;

	w_away(&w);
	w_pass(&w, SEC(200));
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .status = MH_ST_PROHIBITED });
	w_expect(&w, "flow block\ntunnel down to " HA "\n");
	w_pass(&w, SEC(60));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* The time to refresh comes while there is no link: nothing is sent into the
 * void, and the way back is not waited for with the wait of many tries. */
START_TEST(refresh_without_link)
{
	struct world w;

	w_away(&w);
	w_pass(&w, SEC(180));
	w_link(&w, false);
	w_forget(&w);
	w_pass(&w, SEC(40));
	w_expect(&w, "");
	w_link(&w, true);
	w_forget(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_pass(&w, MSEC(1));
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	w_end(&w);
}
END_TEST

/* Routers that are none any more, and have left nothing behind, do not fill
 * the list for ever. */
START_TEST(routers_that_are_none)
{
	struct nd nd = { .type = ND_RA };
	struct world w;

	w_begin(&w);
	for (uint8_t k = 100; k < 120; k++)
		w_ra_send(&w, k, &nd);
	w_forget(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	w_end(&w);
}
END_TEST

/* Two interfaces of one preference: the routes of the one that carries the
 * home address go first, wherever that is, and none shares its traffic; who
 * has lost his carrier has none, until he knows his link again. */
START_TEST(two_interfaces)
{
	struct world w;

	w_make(&w);
	conf_add_iface(w.conf, "eth0");
	conf_add_iface(w.conf, "eth1");
	for (w.eth = ETH0 + 1; w.eth >= ETH0; w.eth--) {
		w_link(&w, true);
		w_linklocal(&w);
	}
	w_ready(&w);
	w.eth = ETH0 + 1;
	w_ra(&w, 3, "2001:db8:3::");
	w_drain(&w);
	w.eth = ETH0;
	w_ra(&w, 1, "2001:db8:1::");
	w_forget(&w);
	ck_assert_uint_gt(w.metric[ETH0], 0);
	ck_assert_uint_gt(w.metric[ETH0 + 1], w.metric[ETH0]);
	w_link(&w, false);
	w_forget(&w);
	ck_assert_uint_eq(w.metric[ETH0], 0);
	ck_assert_uint_gt(w.metric[ETH0 + 1], 0);
	w_link(&w, true);
	w_forget(&w);
	ck_assert_uint_eq(w.metric[ETH0], 0);
	w_ra(&w, 1, "2001:db8:1::");
	w_forget(&w);
	ck_assert_uint_gt(w.metric[ETH0], 0);
	ck_assert_uint_gt(w.metric[ETH0 + 1], w.metric[ETH0]);
	w_end(&w);
}
END_TEST

/* Another card in the same place, with another link-layer address: its
 * neighbours shall not send to the one before. */
START_TEST(another_card)
{
	struct event gone = { .kind = EV_LINK };
	struct in6_addr before;
	struct world w;

	w_away(&w);
	before = w.bu_src;
	gone.link.ifindex = ETH0;
	strcpy(gone.link.name, "eth0");
	gone.link.gone = true;
	w_input(&w, &gone);
	w.card = 1;
	w_link(&w, true);
	w_linklocal(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU lifetime=240 auth\n"));
	ck_assert(!addr_eq(&w.bu_src, &before));
	w_end(&w);
}
END_TEST

START_TEST(linklocal_of_somebody_else)
{
	struct world w;
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct in6_addr ll = w_addr("fe80::10"), all = w_addr("ff02::1");
	struct nd nd = { .type = ND_NA };

	/* RFC 6275 11.5.1, RFC 4862 5.4.5: on the new link another node has
	 * our link-local address.  Nothing more goes out there. */
	w_away(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, MSEC(5));
	w_forget(&w);
	nd.na.target = ll;
	nd.na.flags = ND_NA_O;
	nd.tll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 0x77 } };
	nd_build(&nd, &ll, &all, &b);
	w_packet(&w, &b, 0x77);
	w_pass(&w, SEC(30));
	ck_assert_ptr_null(strstr(w.did, "BU"));
	/* Another link, another chance. */
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 4, "2001:db8:4::");
	w_pass(&w, MSEC(5));
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU"));
	w_end(&w);
}
END_TEST

/* --- where we have been (RFC 6059) ---------------------------------------------------- */

static void w_go(struct world *w, uint8_t station, const char *prefix)
{
	w_link(w, false);
	w_link(w, true);
	w_ra(w, station, prefix);
	w_pass(w, MSEC(5));
	w_drain(w);
	w_ok(w);
	w_pass(w, SEC(2));
	w_forget(w);
}

/* Its router answers, and that is enough; with another link-layer address it
 * is another router (5.7.1); asked for nothing it says nothing. */
START_TEST(known_link)
{
	struct in6_addr p = w_addr("2001:db8:2::");
	struct world w;

	w_away(&w);
	w_go(&w, 3, "2001:db8:3::");
	w.show = SHOW_MH | SHOW_ND;
	w_link(&w, false);
	w_link(&w, true);
	/* 3, where we come from, 2, and the solicitation; once (5.11) */
	w_expect(&w, "NS unicast\nNS unicast\nRS\n");
	if (_i == 1) {
		w_na_from(&w, 2, 9);
		w_pass(&w, MSEC(150));
		w_expect(&w, "");
	} else if (_i == 2) {
		w_pass(&w, SEC(1));
		w_na(&w, 2);
		w_pass(&w, MSEC(100));
		ck_assert_uint_eq(w_count(&w, "BU"), 0);
	} else {
		w_na(&w, 2);
		w_pass(&w, MSEC(5));
		ck_assert_uint_eq(w_count(&w, "BU lifetime=240 auth"), 1);
		ck_assert_mem_eq(&w.bu_src, &p, 8);
	}
	w_end(&w);
}
END_TEST

/* 5.7.3.1: the advertisement is right. */
START_TEST(known_link_renumbered)
{
	struct in6_addr p = w_addr("2001:db8:22::"), old;
	struct world w;

	w_away(&w);
	w_go(&w, 3, "2001:db8:3::");
	w_link(&w, false);
	w_link(&w, true);
	w_na(&w, 2);
	w_pass(&w, MSEC(5));
	w_drain(&w);
	old = w.bu_src;
	w_ok(&w);
	w_ra(&w, 2, "2001:db8:22::");
	w_pass(&w, MSEC(5));
	w_drain(&w);
	ck_assert_mem_eq(&w.bu_src, &p, 8);
	ck_assert_ptr_null(w_kaddr(&w, &old));
	w_end(&w);
}
END_TEST

/* 5.5.3: six at most, and none whose prefixes have ended (5.10). */
START_TEST(known_links_are_few)
{
	char prefix[20];
	struct world w;

	w_away(&w);
	for (uint8_t k = 3; k < 13; k++) {
		snprintf(prefix, sizeof(prefix), "2001:db8:%u::", k);
		w_go(&w, k, prefix);
	}
	w.show = SHOW_ND;
	w_link(&w, false);
	w_pass(&w, SEC(2));
	w_link(&w, true);
	ck_assert_uint_eq(w_count(&w, "NS unicast"), 1 + 6);
	w_link(&w, false);
	w_pass(&w, SEC(1800));
	w_forget(&w);
	w_link(&w, true);
	ck_assert_uint_le(w_count(&w, "NS unicast"), 1);
	w_end(&w);
}
END_TEST

/* --- care-of addresses (11.5.3) ------------------------------------------------------ */

static void careof_world(struct world *w, enum conf_careof kind)
{
	struct conf_iface *i;

	w_prepare(w);
	i = conf_add_iface(w->conf, "eth0");
	i->careof_kind = kind;
	w->show = SHOW_MH | SHOW_ADDRESS;
	w_born(w);
	w_link(w, true);
	w_linklocal(w);
	w_ready(w);
}

static struct in6_addr moved_coa(struct world *w, uint8_t station,
				 const char *prefix)
{
	struct in6_addr p = w_addr(prefix);

	w_link(w, false);
	w_link(w, true);
	w_ra(w, station, prefix);
	w_pass(w, MSEC(5));
	w_drain(w);
	w_ok(w);
	w_forget(w);
	ck_assert_mem_eq(&w->bu_src, &p, 8);
	return w->bu_src;
}

START_TEST(careof_kinds)
{
	static const uint8_t eui64[] = { 0, 0, 0, 0xff, 0xfe, 0, 0, 0x10 };
	struct in6_addr a, b, again;
	struct world w;

	careof_world(&w, (enum conf_careof)_i);
	a = moved_coa(&w, 2, "2001:db8:2::");
	b = moved_coa(&w, 3, "2001:db8:3::");
	again = moved_coa(&w, 2, "2001:db8:2::");
	switch ((enum conf_careof)_i) {
	case CONF_COA_OPAQUE:
		ck_assert_mem_ne(a.s6_addr + 8, b.s6_addr + 8, 8);
		ck_assert(addr_eq(&a, &again));
		break;
	case CONF_COA_EUI64:
		ck_assert_mem_eq(a.s6_addr + 8, eui64, 8);
		ck_assert_mem_eq(b.s6_addr + 8, eui64, 8);
		break;
	case CONF_COA_TEMPORARY:
		ck_assert_mem_ne(a.s6_addr + 8, b.s6_addr + 8, 8);
		ck_assert_mem_ne(a.s6_addr + 8, again.s6_addr + 8, 8);
		break;
	}
	w_end(&w);
}
END_TEST

/* Given ones, whatever the A bit says, and no others. */
START_TEST(careof_given)
{
	struct in6_addr given = w_addr("2001:db8:2::77");
	struct conf_iface *i;
	struct world w;

	w_prepare(&w);
	i = conf_add_iface(w.conf, "eth0");
	i->careof[i->ncareof++] = (struct prefix){ given, 64 };
	w.show = SHOW_MH;
	w_born(&w);
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	w_ra_pio(&w, 2, "2001:db8:2::", ND_PIO_L, 7200, 7200);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), 1);
	ck_assert(addr_eq(&w.bu_src, &given));
	w_ok(&w);
	w_forget(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_ra(&w, 3, "2001:db8:3::");
	w_pass(&w, SEC(10));
	w_expect(&w, "");
	/* Somebody else has it: there is no other. */
	w_link(&w, false);
	w_link(&w, true);
	w.slow_dad = true;
	w_ra_pio(&w, 2, "2001:db8:2::", ND_PIO_L, 7200, 7200);
	w_pass(&w, MSEC(5));
	w_drain(&w);
	w_address(&w, &given, ADDR_DUPLICATE);
	w_pass(&w, SEC(10));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* RFC 8981 3.4: renewed in time; the old one goes on until the new one stands,
 * and a while longer. */
START_TEST(careof_renewed)
{
	struct in6_addr first, second;
	struct world w;

	careof_world(&w, CONF_COA_TEMPORARY);
	w.conf->iface[0].careof_life = 1000;
	first = moved_coa(&w, 2, "2001:db8:2::");
	w_pass(&w, SEC(590));
	while (w_count(&w, "BU lifetime") && w.now < SEC(5000)) {
		w_forget(&w);
		w_ok(&w);
		w_pass(&w, SEC(1));
	}
	w_forget(&w);
	for (unsigned k = 0; k < 420 && !w_count(&w, "address up"); k++) {
		w_pass(&w, SEC(1));
		if (w_count(&w, "BU"))
			w_ok(&w);
	}
	ck_assert_uint_eq(w_count(&w, "address up coa"), 1);
	ck_assert_uint_eq(w_count(&w, "address down"), 0);
	second = w.bu_src;
	ck_assert(!addr_eq(&first, &second));
	ck_assert_ptr_nonnull(w_kaddr(&w, &first));
	w_forget(&w);
	w_pass(&w, SEC(31));
	ck_assert_ptr_null(w_kaddr(&w, &first));
	ck_assert_ptr_nonnull(w_kaddr(&w, &second));
	w_end(&w);
}
END_TEST

START_TEST(return_home)
{
	struct in6_addr hoa;
	struct world w;

	w_away(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_forget(&w);
	w_ra(&w, 1, HA);				/* R bit: the home agent */
	w_pass(&w, MSEC(5));
	w_expect(&w, "flow hold\n"
	       "route down ::/0\n"
	       "route up 2001:db8:1::/64\n"
	       "route up ::/0\n"
	       "tunnel down to 2001:db8:1::1\n"
	       "proxy up\n"
	       "BU from home lifetime=0 auth\n"
	       "route down 2001:db8:2::/64\n"
	       "address down coa on eth0\n");
	w_ok(&w);
	w_expect(&w, "proxy down\n"
	       "address up hoa on eth0\n"
	       "flow down\n"
	       "NA\nNA\n");
	/* It is taken from the path device when the kernel has it here: until
	 * then nothing on the link would be for us. */
	hoa = w_addr(HOA);
	w_address(&w, &hoa, ADDR_VALID);
	w_expect(&w, "address down hoa on path\n");
	w_pass(&w, SEC(10));
	w_expect(&w, "NA\nNA\nNA\nNA\n");
	w_end(&w);
}
END_TEST

/* Returning, and not acknowledged yet. */
static void returning(struct world *w)
{
	w_away(w);
	w_link(w, false);
	w_link(w, true);
	w_ra(w, 1, HA);
	w_pass(w, MSEC(5));
	w_forget(w);
}

/* On its way home the binding ends: nothing stands any more, so the address is
 * put on the link, and asked for like any other. */
START_TEST(expires_on_the_way)
{
	struct world w;

	returning(&w);
	ck_assert_uint_eq(w_count(&w, "address up hoa on eth0"), 0);
	w_pass(&w, SEC(241));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "address up hoa on eth0"), 1);
	w_forget(&w);
	w_pass(&w, SEC(300));
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	w_end(&w);
}
END_TEST

START_TEST(deregisters_so)
{
	struct in6_addr hoa = w_addr(HOA), ha = w_addr(HA);
	const struct mopt *alt;
	struct world w;

	returning(&w);
	ck_assert_uint_eq(w.bu.bu.flags & (MH_BU_A | MH_BU_H),
			  MH_BU_A | MH_BU_H);
	ck_assert_uint_eq(w.bu.bu.lifetime, 0);
	ck_assert(addr_eq(&w.bu_src, &hoa));
	ck_assert(addr_eq(&w.bu_dst, &ha));
	alt = mh_opt(&w.bu, MOPT_ALTCOA);
	ck_assert(!alt || addr_eq(&alt->altcoa, &hoa));
	w_end(&w);
}
END_TEST

/* The next thing that it sends, taken apart. */
static void next_nd(struct world *w, struct ef_send *send, struct pkt *p,
		    struct nd *nd)
{
	struct wire_error err;
	struct effect e;

	while (node_effect(w->node, &e)) {
		if (e.kind != EF_SEND)
			continue;
		*send = e.send;
		if (!pkt_parse(send->data, send->len, p, &err) &&
		    p->proto == IPPROTO_ICMPV6 &&
		    !nd_parse(p->payload.p, p->payload.len, &p->src, &p->dst,
			      p->hlim, nd, &err))
			return;
	}
	ck_abort_msg("nothing was sent");
}

/* 11.5.5: "such replies MUST be sent using a unicast Neighbor Advertisement to
 * the sender's link-layer address." */
START_TEST(answers_while_returning)
{
	struct in6_addr hoa = w_addr(HOA), asker = w_addr("fe80::77"), group;
	uint8_t buf[1500];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct nd ns = { .type = ND_NS }, na;
	struct ef_send s;
	struct world w;
	struct pkt p;

	returning(&w);
	group = addr_solicited_node(&hoa);
	ns.ns.target = hoa;
	ns.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 0x77 } };
	nd_build(&ns, &asker, &group, &b);
	w_packet(&w, &b, 0x77);
	next_nd(&w, &s, &p, &na);
	ck_assert_uint_eq(na.type, ND_NA);
	ck_assert(addr_eq(&p.dst, &asker));
	ck_assert(lladdr_eq(&s.ll_dst, &ns.sll));
	ck_assert(addr_eq(&na.na.target, &hoa));
	ck_assert_uint_ne(na.na.flags & ND_NA_S, 0);
	ck_assert_uint_ne(na.tll.len, 0);
	w_end(&w);
}
END_TEST

START_TEST(announces)
{
	struct in6_addr hoa = w_addr(HOA), ll = w_addr("fe80::10");
	struct ef_send s;
	struct world w;
	struct pkt p;
	struct nd na;

	returning(&w);
	w_ok(&w);
	for (unsigned k = 0; k < 2; k++) {
		next_nd(&w, &s, &p, &na);
		ck_assert_uint_eq(na.type, ND_NA);
		ck_assert(addr_eq(&p.dst, &addr_all_nodes));
		ck_assert(addr_eq(&na.na.target, k ? &ll : &hoa));
		ck_assert_uint_eq(na.na.flags, ND_NA_O);
		ck_assert_uint_ne(na.tll.len, 0);
	}
	w_end(&w);
}
END_TEST

START_TEST(return_home_without_router_address)
{
	struct world w;

	/* The router is not the home agent: its proxy is asked for. */
	w_away(&w);
	w_link(&w, false);
	w_link(&w, true);
	w_forget(&w);
	w_ra(&w, 9, "2001:db8:1::");
	w_pass(&w, MSEC(5));
	w_drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	ck_assert_ptr_nonnull(strstr(w.did, "NS\n"));
	w_forget(&w);
	w_pass(&w, SEC(3));
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU from home lifetime=0 auth\n"));
	w_end(&w);
}
END_TEST

/* The home agent knows of no binding (133), and still somebody has the
 * address: perhaps the home agent, which asks for duplicates because of an old
 * update.  It is asked again, and lets go. */
START_TEST(contested_twice)
{
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	w_begin(&w);
	w_ra(&w, 1, HA);
	w_forget(&w);
	w_address(&w, &hoa, ADDR_DUPLICATE);
	ck_assert_uint_eq(w_count(&w, "BU from home"), 1);
	w_ba(&w, (struct w_answer){ .status = 133 });
	w_forget(&w);
	w_address(&w, &hoa, ADDR_DUPLICATE);
	ck_assert_uint_eq(w_count(&w, "BU from home"), 1);
	w_forget(&w);
	w_ok(&w);
	w_expect(&w, "proxy down\naddress up hoa on eth0\nflow down\n"
		 "NA\nNA\n");
	w_address(&w, &hoa, ADDR_VALID);
	w_expect(&w, "address down hoa on path\n");
	w_end(&w);
}
END_TEST

START_TEST(boot_at_home)
{
	struct world w;

	w_begin(&w);
	w_forget(&w);
	w_ra(&w, 1, HA);
	w_expect(&w, "route up 2001:db8:1::/64\n"
	       "route up ::/0\n"
	       "address up hoa on eth0\n"
	       "sync\n");
	w_end(&w);
}
END_TEST

/* Nothing leaves with the home address between the new route and the
 * tunnel. */
START_TEST(leave_home)
{
	struct world w;

	w_begin(&w);
	w_ra(&w, 1, HA);
	w_link(&w, false);
	w_link(&w, true);
	w_forget(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_pass(&w, MSEC(5));
	w_expect(&w, "address up hoa on path\n"
	       "flow hold\n"
	       "address down hoa on eth0\n"
	       "route down ::/0\n"
	       "route up 2001:db8:2::/64\n"
	       "address up coa on eth0\n"
	       "route up ::/0\n"
	       "route down 2001:db8:1::/64\n"
	       "NS\n"
	       "tunnel up to 2001:db8:1::1\n"
	       "flow hold\n"
	       "BU lifetime=240 auth\n");
	w_ok(&w);
	w_expect(&w, "flow path\n");
	w_end(&w);
}
END_TEST

START_TEST(ping_pong)
{
	struct world w;
	unsigned bus = 0;

	/* MAX_UPDATE_RATE: three a second, whatever happens. */
	w_away(&w);
	for (int k = 0; k < 20; k++) {
		w_link(&w, false);
		w_link(&w, true);
		w_ra(&w, k % 2 ? 2 : 3, k % 2 ? "2001:db8:2::" : "2001:db8:3::");
		w_pass(&w, MSEC(100));
	}
	for (const char *s = w.did; (s = strstr(s, "BU")); s++)
		bus++;
	ck_assert_uint_ge(bus, 5);
	ck_assert_uint_le(bus, 9);
	w_end(&w);
}
END_TEST

static bool seq_is_after(uint16_t a, uint16_t b)
{
	return (uint16_t)(a - b) != 0 && (uint16_t)(a - b) < 0x8000;
}

/* Each status, and what doc/status.md says that the mobile does: sends again at
 * once, later, or not at all, and what becomes of its traffic. */
static void documented(unsigned status, char *ret, size_t cap)
{
	const char *dir = getenv("top_srcdir");
	char path[512], line[512], what[16];
	unsigned lo, hi;
	FILE *f;
	int n;

	snprintf(path, sizeof(path), "%s/doc/status.md", dir ? dir : "..");
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	*ret = '\0';
	while (fgets(line, sizeof(line), f)) {
		n = sscanf(line, "| %u-%u | %*[^|]| %15[a-z]", &lo, &hi, what);
		if (n != 3) {
			n = sscanf(line, "| %u | %*[^|]| %15[a-z]", &lo, what);
			hi = lo;
			if (n != 2)
				continue;
		}
		if (status < lo || status > hi)
			continue;
		ck_assert_msg(!*ret, "%u is there twice", status);
		snprintf(ret, cap, "%s", what);
	}
	fclose(f);
	ck_assert_msg(*ret, "%u is not in doc/status.md", status);
}

START_TEST(each_status)
{
	char want[16];
	const char *got;
	struct world w;
	uint16_t seq;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_forget(&w);
	seq = w.bu.bu.seq;
	w_ba(&w, (struct w_answer){ .status = (uint8_t)_i,
		.seq = (uint16_t)(_i == MH_ST_SEQUENCE ? seq + 1000 : seq) });
	w_drain(&w);
	got = strstr(w.did, "flow path\n") ? "stands" :
	      strncmp(w.did, "flow block\n", 11) == 0 ? "stop" :
	      strcmp(w.did, "BU lifetime=240 auth\n") == 0 ||
	      strcmp(w.did, "CoTI\n") == 0 ? "again" :
	      *w.did ? w.did : "later";
	documented((unsigned)_i, want, sizeof(want));
	ck_assert_msg(strcmp(got, want) == 0, "status %d: %s, not %s", _i, got,
		      want);
	ck_assert_int_eq(strncmp(w.did, "MPS", 3) == 0,
			 _i == MH_ST_PREFIX_DISCOVERY);
	if (_i == MH_ST_SEQUENCE)
		ck_assert_uint_eq(w.bu.bu.seq, (uint16_t)(seq + 1001));
	if (_i == MH_ST_MESG_ID_REQD)
		ck_assert(mh_opt(&w.bu, MOPT_REPLAY));
	w_forget(&w);
	w_pass(&w, SEC(31));
	ck_assert_uint_eq(w_count(&w, "BU") || w_count(&w, "CoTI"),
			  strcmp(want, "again") == 0);
	w_forget(&w);
	w_pass(&w, SEC(40));
	ck_assert_uint_eq(w_count(&w, "BU") || w_count(&w, "CoTI"),
			  strcmp(want, "stop") != 0 &&
			  strcmp(want, "stands") != 0);
	w_end(&w);
}
END_TEST

/* Who has asked for the care-of test knows it; who says that he does not, to the
 * same question, is somebody else. */
START_TEST(forged_no_test)
{
	struct world w;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .status = MH_ST_CAREOF_NONCE,
				    .seq = w.bu.bu.seq });
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "CoTI"), 1);
	w_forget(&w);
	w_be(&w, MH_BE_UNKNOWN_TYPE);
	w_expect(&w, "");
	w_pass(&w, SEC(2));
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	w_end(&w);
}
END_TEST

START_TEST(wrong_key)
{
	struct world w;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .wrong_key = true });
	w_expect(&w, "");				/* accepted by nobody */
	w_ba(&w, (struct w_answer){ .status = 146, .wrong_key = true });
	w_pass(&w, SEC(30));			/* slower, but not silenced */
	w_drain(&w);
	ck_assert_ptr_null(strstr(w.did, "BU"));
	w_pass(&w, SEC(3));
	w_drain(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU"));
	w_end(&w);
}
END_TEST

/* 11.3.3, 9.5.4: an acknowledgement is for a home address of ours, which a type
 * 2 routing header names; anything else is nothing. */
START_TEST(routing_header)
{
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_forget(&w);
	w.bu_hoa = w_addr("2001:db8:1::99");
	w_ok(&w);
	w_expect(&w, "");
	w.bu_hoa = w.bu_src;		/* without one */
	w_ok(&w);
	w_expect(&w, "");
	w.bu_hoa = hoa;
	w_ok(&w);
	w_expect(&w, "flow path\nsync\n");
	w_end(&w);
}
END_TEST

/* 11.1, 11.7.1: numbers go round, modulo 2^16. */
START_TEST(numbers)
{
	struct world w;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_drain(&w);
	/* the home agent says where to go on: near the end, in two steps
	 * where that is further than half of the circle */
	while (w.bu.bu.seq != 65534) {
		uint16_t far = (uint16_t)(65533 - w.bu.bu.seq);

		w_ba(&w, (struct w_answer){ .status = 135,
			.seq = (uint16_t)(w.bu.bu.seq +
					  (far < 0x7ffe ? far : 0x7ffe)) });
		w_drain(&w);
	}
	ck_assert_uint_eq(w.bu.bu.seq, 65534);
	w_pass(&w, SEC(2));
	w_drain(&w);
	ck_assert_uint_eq(w.bu.bu.seq, 65535);
	w_pass(&w, SEC(4));
	w_drain(&w);
	ck_assert_uint_eq(w.bu.bu.seq, 0);
	w_forget(&w);
	/* those before the first are not outstanding, nor is the next */
	w_ba(&w, (struct w_answer){ .seq = 65533 });
	w_ba(&w, (struct w_answer){ .seq = 1 });
	w_expect(&w, "");
	w_ba(&w, (struct w_answer){ .seq = 65534 });
	ck_assert_uint_eq(w_count(&w, "flow path"), 1);
	w_end(&w);
}
END_TEST

/* Not protected: from `from' to `to'. */
static void put_mh(struct world *w, struct mh *m, const char *from,
		   const struct in6_addr *to)
{
	struct in6_addr src = w_addr(from);
	uint8_t buf[200];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	size_t at;

	pkt_start(&b, &src, to, 64, NULL, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(m, &b), 0);
	mh_seal(buf + at, m->len, &src, to);
	pkt_finish(&b);
	w_packet(w, &b, 2);
	w_drain(w);
}

/* 11.7.4: of whom it is registered with, and of nobody else. */
START_TEST(refresh_request)
{
	struct in6_addr hoa = w_addr(HOA);
	struct mh m = { .type = MH_BRR };
	struct world w;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_forget(&w);
	put_mh(&w, &m, HA, &hoa);		/* not registered yet */
	w_expect(&w, "");
	w_ok(&w);
	w_forget(&w);
	put_mh(&w, &m, "2001:db8:1::2", &hoa);
	put_mh(&w, &m, HA, &w.bu_src);
	w_expect(&w, "");
	put_mh(&w, &m, HA, &hoa);
	w_expect(&w, "BU lifetime=240 auth\n");
	w_end(&w);
}
END_TEST

/* 11.3.6: status 1 of the home agent makes it register; of others, about
 * others, and anything else, is nothing. */
START_TEST(binding_error)
{
	struct mh m = { .type = MH_BE };
	struct world w;

	w_away(&w);
	m.be.status = MH_BE_UNKNOWN_BINDING;
	m.be.hoa = w_addr("2001:db8:1::99");
	put_mh(&w, &m, HA, &w.bu_src);
	m.be.hoa = w_addr(HOA);
	put_mh(&w, &m, "2001:db8:1::2", &w.bu_src);
	m.be.status = MH_BE_UNKNOWN_TYPE;
	put_mh(&w, &m, HA, &w.bu_src);
	w_expect(&w, "");
	m.be.status = MH_BE_UNKNOWN_BINDING;
	put_mh(&w, &m, HA, &w.bu_src);
	w_expect(&w, "BU lifetime=240 auth\n");
	w_end(&w);
}
END_TEST

/* 11.7.1: L where the link-local address has the home address's identifier,
 * and nowhere else. */
START_TEST(l_bit)
{
	struct event ev = { .kind = EV_ADDRESS };
	struct world w;

	for (unsigned same = 0; same < 2; same++) {
		w_make(&w);
		w_link(&w, true);
		ev.address = (struct ev_address){
			.ifindex = ETH0, .plen = 64, .state = ADDR_VALID,
			.addr = w_addr(same ? "fe80::10" : "fe80::11"),
		};
		w_input(&w, &ev);
		w_ready(&w);
		w_ra(&w, 2, "2001:db8:2::");
		w_drain(&w);
		ck_assert_uint_eq(w.bu.bu.flags, MH_BU_A | MH_BU_H |
				  (same ? MH_BU_L : 0));
		w_end(&w);
	}
}
END_TEST

/* 11.7.1: not beyond the valid lifetime of the care-of address. */
START_TEST(lifetime_of_careof)
{
	struct world w;

	w_begin(&w);
	w_ra_pio(&w, 2, "2001:db8:2::", ND_PIO_L | ND_PIO_A, 100, 100);
	w_drain(&w);
	ck_assert_uint_eq(w.bu.bu.lifetime, 25);
	w_pass(&w, SEC(2));
	w_drain(&w);
	ck_assert_uint_eq(w.bu.bu.lifetime, 24);
	w_end(&w);
}
END_TEST

/* 11.2, 9.2: what is no message is answered as 9.2 has it. */
START_TEST(faults_answered)
{
	static const struct {
		const char	*hex;
		uint8_t		be;
		uint32_t	pointer;
	} t[] = {
		{ "3b00c800 0000 0000", MH_BE_UNKNOWN_TYPE, 0 },
		{ "06010600 0000 0000 00000000 01020000", 0, 40 },
		{ "3b000600 0000 0000", 0, 41 },
	};
	struct in6_addr src = w_addr("2001:db8:c::1");
	struct world w;

	w_away(&w);
	for (unsigned k = 0; k < 3; k++) {
		uint8_t buf[200], octets[32];
		struct wbuf b = wbuf_of(buf, sizeof(buf));
		size_t n = unit_hex(t[k].hex, octets, sizeof(octets));
		struct event ev = { .kind = EV_PACKET };
		static struct effect e;
		bool sent = false;

		pkt_start(&b, &src, &w.bu_src, 64, NULL, NULL,
			  IPPROTO_MOBILITY);
		mh_seal(octets, n, &src, &w.bu_src);
		wbuf_put(&b, octets, n);
		pkt_finish(&b);
		ev.packet.ifindex = ETH0;
		ev.packet.data = (struct span){ buf, wbuf_len(&b) };
		node_input(w.node, &ev, w.now);
		while (node_effect(w.node, &e)) {
			struct wire_error err;
			struct icmp icmp;
			struct pkt p;
			struct mh m;

			if (e.kind != EF_SEND)
				continue;
			sent = true;
			ck_assert_int_eq(pkt_parse(e.send.data, e.send.len, &p,
						   &err), 0);
			ck_assert(addr_eq(&p.dst, &src) && !p.has_rh2);
			if (t[k].be) {
				ck_assert_int_eq(mh_parse(p.payload.p,
					p.payload.len, &p.src, &p.dst, &m,
					&err), 0);
				ck_assert_uint_eq(m.type, MH_BE);
				ck_assert_uint_eq(m.be.status, t[k].be);
				continue;
			}
			ck_assert_int_eq(icmp_parse(p.payload.p, p.payload.len,
						    &p.src, &p.dst, &icmp,
						    &err), 0);
			ck_assert_uint_eq(icmp.type, ICMP_PARAM_PROBLEM);
			ck_assert_uint_eq(icmp.code, 0);
			ck_assert_uint_eq(icmp.error.param, t[k].pointer);
		}
		ck_assert(sent);
	}
	w_end(&w);
}
END_TEST

START_TEST(stale_acknowledgement)
{
	struct world w;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .seq = (uint16_t)(w.bu.bu.seq + 7) });
	w_expect(&w, "");
	w_ba(&w, (struct w_answer){ .seq = (uint16_t)(w.bu.bu.seq - 1) });
	w_expect(&w, "");
	w_ok(&w);
	w_expect(&w, "flow path\nsync\n");
	/* Nothing is outstanding: a replayed one is nothing. */
	w_ba(&w, (struct w_answer){ .status = 135, .seq = 3 });
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* An answer to an earlier update comes late: back to a number that was used
 * is no way forward. */
START_TEST(late_sequence)
{
	struct world w;
	uint16_t seq;

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_forget(&w);
	seq = (uint16_t)(w.bu.bu.seq + 1000);
	w_ba(&w, (struct w_answer){ .status = 135, .seq = seq });
	w_expect(&w, "BU lifetime=240 auth\n");
	ck_assert_uint_eq(w.bu.bu.seq, (uint16_t)(seq + 1));
	w_ba(&w, (struct w_answer){ .status = 135, .seq = seq });
	w_pass(&w, SEC(5));
	w_drain(&w);
	ck_assert(seq_is_after(w.bu.bu.seq, (uint16_t)(seq + 1)));
	w_ok(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "BU"));
	w_end(&w);
}
END_TEST

START_TEST(timestamps)
{
	struct world w;
	uint64_t stamp;

	w_make(&w);
	w.conf->peer[0].replay = CONF_REPLAY_TIMESTAMP;
	w_link(&w, true);
	w_linklocal(&w);
	w_ready(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_forget(&w);
	ck_assert(mh_opt(&w.bu, MOPT_REPLAY));
	stamp = mh_opt(&w.bu, MOPT_REPLAY)->replay;
	/* The home agent's clock is an hour ahead (144). */
	w_ba(&w, (struct w_answer){ .status = 144, .stamp = stamp +
		(3600ULL << 32) });
	w_expect(&w, "BU lifetime=240 auth\n");
	ck_assert_uint_ge(mh_opt(&w.bu, MOPT_REPLAY)->replay,
			  stamp + (3600ULL << 32));
	w_ok(&w);
	w_expect(&w, "flow path\nsync\n");
	w_end(&w);
}
END_TEST

START_TEST(restart)
{
	struct world w, v;
	struct effect e;
	struct event ev = { .kind = EV_RESTORE };

	w_begin(&w);
	w_ra(&w, 2, "2001:db8:2::");
	w_drain(&w);
	w_ok(&w);
	while (node_effect(w.node, &e))
		if (e.kind == EF_STORE)
			ev.restore = e.store;
	ck_assert_uint_gt(ev.restore.key_len, 0);
	/* Another process: the tunnel is said before anything is heard, so
	 * that nothing is interrupted, and what may go is said last. */
	w_make(&v);
	w_link(&v, true);
	w_linklocal(&v);
	/* The kernel has the care-of address still, and says so once. */
	v.slow_dad = true;
	w_address(&v, &w.bu_src, ADDR_VALID);
	w_input(&v, &ev);
	w_ready(&v);
	w_expect(&v, "RS\ntunnel up to 2001:db8:1::1\n"
	       "address up hoa on path\nflow path\n");
	w_ra(&v, 2, "2001:db8:2::");
	/* The home agent may have forgotten it meanwhile: it is asked. */
	w_expect(&v, "route up 2001:db8:2::/64\n"
	       "address up coa on eth0\n"
	       "route up ::/0\n"
	       "BU lifetime=240 auth\n"
	       "sync\n");
	w_ok(&v);
	w_pass(&v, SEC(100));
	w_expect(&v, "");
	w_end(&v);
	w_end(&w);
}
END_TEST

START_TEST(leaves_nothing)
{
	struct world w;
	struct event ev = { .kind = EV_SHUTDOWN };

	w_away(&w);
	w_input(&w, &ev);
	w_expect(&w, "BU lifetime=0 auth\n"
	       "flow down\n"
	       "tunnel down to 2001:db8:1::1\n"
	       "address down hoa on path\n"
	       "route down 2001:db8:2::/64\n"
	       "address down coa on eth0\n"
	       "route down ::/0\n");
	w_end(&w);
}
END_TEST

int main(void)
{
	const TTest *const stories[] = {
		first_registration, address_first, retransmission,
		refresh_and_expiry,
		handover, linklocal_of_somebody_else, flap, flap_onto_second_router, second_router,
		silent_router, router_fails, missed_advertisements, routes_told, expires_on_the_way, no_probes, stranger_without_prefix,
		prefix_without_flags, refused_and_expired,
		refresh_without_link, routers_that_are_none, two_interfaces,
		another_card, return_home, return_home_without_router_address,
		advised, deregisters_so, answers_while_returning, announces,
		known_link_renumbered, known_links_are_few,
		careof_given, careof_renewed, contested_twice, boot_at_home,
		leave_home, ping_pong, forged_no_test, wrong_key,
		stale_acknowledgement, routing_header, numbers,
		refresh_request, binding_error, l_bit, lifetime_of_careof,
		faults_answered,
		late_sequence, timestamps, restart, leaves_nothing,
	};
	Suite *s = suite_create("core_mn");
	TCase *tc = tcase_create("stories");
	Suite *const all[] = { s, NULL };

	for (size_t k = 0; k < sizeof(stories) / sizeof(*stories); k++)
		tcase_add_test(tc, stories[k]);
	tcase_add_loop_test(tc, left_both_routers, 0, 2);
	tcase_add_loop_test(tc, known_link, 0, 3);
	tcase_add_loop_test(tc, careof_kinds, CONF_COA_OPAQUE,
			    CONF_COA_TEMPORARY + 1);
	tcase_add_loop_test(tc, each_status, 0, 256);
	suite_add_tcase(s, tc);
	return unit_main(all);
}
