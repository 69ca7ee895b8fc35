/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_advert.c - Router Advertisements from outside: when they are
 * sent, to whom, and what they say.
 */
#include "core_world.h"

#define R_LL	"fe80::1"

#define LAN	4

/* An access router; its interface is number 4, "lan0". */
static struct conf_iface *router(struct world *w)
{
	struct conf_iface *i;

	world_open(w, CONF_AR);
	i = conf_add_iface(w->conf, "lan0");
	i->send_adverts = true;
	return i;
}

static void up(struct world *w)
{
	world_link(w, LAN, "lan0", true);
	world_address(w, LAN, R_LL, ADDR_VALID);
}

static void begin(struct world *w)
{
	world_start(w);
	world_count(w, "");
	up(w);
}

static void rs(struct world *w, const char *src, bool sll)
{
	struct nd nd = { .type = ND_RS };

	if (sll)
		nd.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 7, 7 } };
	world_nd(w, LAN, &nd, src, "ff02::2");
}

#define TO_ALL	"RA if=4 HA_LL>all sll\n"
#define TO_7	"RA if=4 HA_LL>fe80::7 ll sll\n"

/* --- when (RFC 4861 6.2.4) ----------------------------------------------- */

/* How long until something happens. */
static usec_t silence(struct world *w)
{
	usec_t from = w->now;

	while (!w->did[0]) {
		ck_assert_uint_lt(node_deadline(w->node), USEC_NEVER);
		world_later(w, node_deadline(w->node) - w->now);
	}
	return w->now - from;
}

START_TEST(first_three_then_seldom)
{
	struct world w;
	usec_t t;

	router(&w);
	begin(&w);
	world_expect(&w, TO_ALL);
	for (int k = 0; k < 2; k++) {
		t = silence(&w);
		ck_assert_uint_le(t, SEC(16));
		world_expect(&w, TO_ALL);
	}
	for (int k = 0; k < 20; k++) {
		t = silence(&w);
		ck_assert_uint_ge(t, SEC(198));
		ck_assert_uint_le(t, SEC(600));
		world_expect(&w, TO_ALL);
	}
	world_close(&w);
}
END_TEST

/* RFC 6275 7.5: as often as every 30 to 70 ms. */
START_TEST(often)
{
	struct conf_iface *i;
	struct world w;
	unsigned n;

	i = router(&w);
	i->min_interval = 30;
	i->max_interval = 70;
	begin(&w);
	world_count(&w, "");
	for (int k = 0; k < 50; k++) {
		usec_t t = silence(&w);

		ck_assert_uint_ge(t, MSEC(30));
		ck_assert_uint_le(t, MSEC(70));
		world_expect(&w, TO_ALL);
	}
	world_later(&w, SEC(10));
	n = world_count(&w, "RA");
	ck_assert_uint_ge(n, 180);
	ck_assert_uint_le(n, 220);
	world_close(&w);
}
END_TEST

/* RFC 6275 13: MinDelayBetweenRAs is configurable, and bounds answers to
 * everybody, too. */
START_TEST(least_delay)
{
	struct conf_iface *i;
	struct world w;

	i = router(&w);
	i->min_interval = 30;
	i->max_interval = 70;
	i->min_delay = 500;
	i->max_ra_delay = 0;
	begin(&w);
	world_count(&w, "");
	for (int k = 0; k < 20; k++) {
		world_later(&w, MSEC(100));
		rs(&w, "::", false);
		world_later(&w, MSEC(399));
		world_quiet(&w);
		world_later(&w, MSEC(1));
		world_expect(&w, TO_ALL);
	}
	world_close(&w);
}
END_TEST

START_TEST(only_where_asked_for)
{
	struct conf_iface *i;
	struct world w;

	i = router(&w);
	i->send_adverts = false;
	begin(&w);
	rs(&w, "fe80::7", true);
	world_later(&w, SEC(1000));
	world_quiet(&w);
	world_close(&w);

	/* no link-local address, no advertisement */
	router(&w);
	world_start(&w);
	world_count(&w, "");
	world_link(&w, LAN, "lan0", true);
	world_address(&w, LAN, R_LL, ADDR_TENTATIVE);
	world_address(&w, LAN, "2001:db8:9::1", ADDR_VALID);
	world_later(&w, SEC(20));
	world_quiet(&w);
	world_address(&w, LAN, R_LL, ADDR_VALID);
	world_expect(&w, TO_ALL);
	world_close(&w);
}
END_TEST

/* RFC 6275 7.5: who asks is answered, be it through everybody; nobody else
 * hears anything, and no interval is promised. */
START_TEST(only_when_solicited)
{
	struct conf_iface *i;
	struct world w;

	i = router(&w);
	w.ra_detail = true;
	i->unsol_adverts = false;
	i->adv_interval = true;
	i->max_ra_delay = 0;
	begin(&w);
	world_later(&w, SEC(4000));
	world_quiet(&w);
	rs(&w, "fe80::7", true);
	ck_assert_ptr_nonnull(strstr(w.did, "RA if"));
	ck_assert_ptr_null(strstr(w.did, "interval="));
	world_count(&w, "");
	world_later(&w, SEC(4000));
	world_quiet(&w);
	rs(&w, "::", false);
	ck_assert_ptr_nonnull(strstr(w.did, "RA if"));
	world_count(&w, "");
	world_later(&w, SEC(4000));
	world_quiet(&w);
	world_shutdown(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "lifetime=0"));
	world_close(&w);
}
END_TEST

START_TEST(link_down)
{
	struct world w;

	router(&w);
	begin(&w);
	world_count(&w, "");
	world_link(&w, LAN, "lan0", false);
	rs(&w, "fe80::7", true);
	world_later(&w, SEC(2000));
	world_quiet(&w);
	world_link(&w, LAN, "lan0", true);
	world_expect(&w, TO_ALL);
	world_close(&w);
}
END_TEST

/* --- solicited (6.2.6) --------------------------------------------------- */

START_TEST(answered_at_once)
{
	struct conf_iface *i;
	struct world w;

	i = router(&w);
	i->max_ra_delay = 0;
	begin(&w);
	world_count(&w, "");
	/* three times within the three seconds that bind multicast */
	for (int k = 0; k < 3; k++) {
		rs(&w, "fe80::7", true);
		world_expect(&w, TO_7);
	}
	/* without its link-layer address: to where the frame came from */
	rs(&w, "fe80::8", false);
	world_expect(&w, "RA if=4 HA_LL>fe80::8 ll sll\n");
	world_close(&w);
}
END_TEST

START_TEST(answered_within_half_a_second)
{
	struct world w;
	usec_t t, sum = 0;

	router(&w);
	begin(&w);
	for (int k = 0; k < 100; k++) {
		world_later(&w, SEC(20));
		world_count(&w, "");
		rs(&w, "fe80::7", true);
		rs(&w, "fe80::7", true);	/* impatient */
		t = silence(&w);
		ck_assert_uint_le(t, MSEC(500));
		/* a multicast one that was due anyway does as well */
		if (strcmp(w.did, TO_ALL))
			world_expect(&w, TO_7);
		w.did[0] = '\0';
		world_later(&w, SEC(1));
		sum += t;
	}
	/* spread over the whole of it */
	ck_assert_uint_ge(sum / 100, MSEC(180));
	ck_assert_uint_le(sum / 100, MSEC(320));
	world_close(&w);
}
END_TEST

/* From the unspecified address only multicast can answer, at most one in
 * three seconds. */
START_TEST(anonymous)
{
	struct conf_iface *i;
	struct world w;

	i = router(&w);
	i->max_ra_delay = 0;
	begin(&w);
	world_count(&w, "");
	rs(&w, "::", false);
	world_quiet(&w);
	world_later(&w, SEC(3) - 1);
	world_quiet(&w);
	world_later(&w, 1);
	world_expect(&w, TO_ALL);
	world_later(&w, SEC(5));
	rs(&w, "::", false);
	world_expect(&w, TO_ALL);
	for (int k = 0; k < 100; k++) {
		rs(&w, "::", false);
		world_later(&w, MSEC(60));
	}
	ck_assert_uint_le(world_count(&w, "RA"), 2);
	world_close(&w);
}
END_TEST

/* More solicitors than places to wait: multicast answers them all. */
START_TEST(crowd)
{
	struct world w;
	char src[ADDR_STRLEN];

	router(&w);
	begin(&w);
	world_later(&w, SEC(100));
	world_count(&w, "");
	for (int k = 0; k < 100; k++) {
		snprintf(src, sizeof(src), "fe80::7:%x", k);
		rs(&w, src, true);
	}
	world_later(&w, MSEC(501));
	ck_assert_ptr_nonnull(strstr(w.did, TO_ALL));
	ck_assert_uint_le(world_count(&w, "RA"), 17);
	world_close(&w);
}
END_TEST

/* --- what (6.2.3, RFC 6275 7) -------------------------------------------- */

static struct conf_prefix *add_prefix(struct world *w, struct conf_iface *i,
				      const char *text)
{
	struct conf_prefix *p = conf_add_prefix(w->conf, i);

	ck_assert_int_eq(prefix_parse(text, &p->prefix), 0);
	return p;
}

START_TEST(all_options)
{
	struct conf_iface *i;
	struct conf_prefix *p;
	struct conf_route *r;
	struct world w;

	i = router(&w);
	w.ra_detail = true;
	i->home_agent = true;
	i->ha_info = true;
	i->ha_preference = 65535;
	i->managed = i->other = true;
	i->adv_interval = true;
	i->mtu = 1400;
	i->nrdnss = 1;
	i->rdnss[0] = world_addr("2001:db8::53");
	strcpy(i->dnssl, "example.org lab.example.org");
	p = add_prefix(&w, i, "2001:db8:9::/64");
	p->router_address = true;
	add_prefix(&w, i, "2001:db8:8::/64")->autonomous = false;
	r = conf_add_route(w.conf, i);
	ck_assert_int_eq(prefix_parse("2001:db8:f000::/36", &r->prefix), 0);
	r->pref = 1;
	world_start(&w);
	world_link(&w, LAN, "lan0", true);
	world_address(&w, LAN, "2001:db8:9::1", ADDR_VALID);
	world_count(&w, "");
	world_address(&w, LAN, R_LL, ADDR_VALID);
	world_expect(&w, "RA if=4 HA_LL>all sll flags=e0 lifetime=1800 hop=64 "
		     "interval=600000 ha=65535/1800 mtu=1400\n"
		     "  pio 2001:db8:9::1/64 flags=e0 2592000 604800\n"
		     "  pio 2001:db8:8::/64 flags=80 2592000 604800\n"
		     "  route 2001:db8:f000::/36 1 1800\n"
		     "  dns 2001:db8::53 1800\n"
		     "  search 32\n");
	world_close(&w);
}
END_TEST

START_TEST(search_list)
{
	static const uint8_t want[] =
		"\7example\3org\0\3lab\7example\3org\0";
	struct conf_iface *i;
	struct wire_error e;
	struct pkt p;
	struct nd nd;
	struct world w;

	i = router(&w);
	strcpy(i->dnssl, "example.org lab..broken lab.example.org.");
	begin(&w);
	ck_assert_int_eq(pkt_parse(w.sent, w.sent_len, &p, &e), 0);
	ck_assert_int_eq(nd_parse(p.payload.p, p.payload.len, &p.src, &p.dst,
				  p.hlim, &nd, &e), 0);
	ck_assert_uint_ge(nd.ra.dnssl.names.len, sizeof(want) - 1);
	ck_assert_mem_eq(nd.ra.dnssl.names.p, want, sizeof(want) - 1);
	world_close(&w);
}
END_TEST

/* RFC 6275 7.4: not with nothing but its defaults, not without the H bit. */
START_TEST(home_agent_information)
{
	static const struct {
		bool h, info;
		uint16_t pref;
		uint16_t lifetime;
		const char *want;
	} t[] = {
		{ true, true, 0, 1800, "flags=20 lifetime=1800 hop=64\n" },
		{ true, true, 1, 1800, "hop=64 ha=1/1800\n" },
		{ true, true, 0, 900, "hop=64 ha=0/900\n" },
		{ true, true, 1, 0, "hop=64\n" },
		{ true, false, 1, 900, "hop=64\n" },
		{ false, true, 1, 900, "flags=00 lifetime=1800 hop=64\n" },
	};
	struct conf_iface *i;
	struct world w;

	i = router(&w);
	w.ra_detail = true;
	i->home_agent = t[_i].h;
	i->ha_info = t[_i].info;
	i->ha_preference = t[_i].pref;
	i->ha_lifetime = t[_i].lifetime;
	begin(&w);
	ck_assert_msg(strstr(w.did, t[_i].want), "%d: %s", _i, w.did);
	world_close(&w);
}
END_TEST
#define INFORMATION	6

/* 7.5: 20 ms more where the interval is short. */
START_TEST(interval_option)
{
	struct conf_iface *i;
	struct world w;

	i = router(&w);
	w.ra_detail = true;
	i->adv_interval = true;
	i->min_interval = 30;
	i->max_interval = 70;
	begin(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "interval=90\n"));
	world_close(&w);
}
END_TEST

/* The R bit needs an address; when it comes, the link is told. */
START_TEST(router_address)
{
	struct conf_iface *i;
	struct world w;

	i = router(&w);
	w.ra_detail = true;
	add_prefix(&w, i, "2001:db8:9::/64")->router_address = true;
	begin(&w);
	ck_assert_ptr_nonnull(strstr(w.did, "pio 2001:db8:9::/64 flags=c0"));
	world_later(&w, SEC(200));
	world_count(&w, "");
	world_address(&w, LAN, "2001:db8:9::1", ADDR_TENTATIVE);
	world_address(&w, LAN, "2001:db8:9::1", ADDR_VALID);
	world_later(&w, SEC(3));
	ck_assert_ptr_nonnull(strstr(w.did, "pio 2001:db8:9::1/64 flags=e0"));
	world_close(&w);
}
END_TEST

/* More than one message can hold: each within the MTU, each with the same
 * router address, every prefix and route in one of them. */
START_TEST(set_of_messages)
{
	struct conf_iface *i;
	struct world w;
	char text[64];
	unsigned ras = 0, infos = 0;

	i = router(&w);
	w.ra_detail = true;
	i->home_agent = i->ha_info = true;
	i->ha_preference = 5;
	i->ha_lifetime = 900;
	i->nrdnss = 3;
	memset(i->dnssl, 'a', 60);
	for (int k = 0; k < 40; k++) {
		snprintf(text, sizeof(text), "2001:db8:%x::/64", 0x900 + k);
		add_prefix(&w, i, text)->router_address = k == 2;
	}
	for (int k = 0; k < 40; k++) {
		struct conf_route *r = conf_add_route(w.conf, i);

		snprintf(text, sizeof(text), "2001:db9:%x::/48", k);
		ck_assert_int_eq(prefix_parse(text, &r->prefix), 0);
	}
	world_start(&w);
	world_link(&w, LAN, "lan0", true);
	world_address(&w, LAN, "2001:db8:902::1", ADDR_VALID);
	world_count(&w, "");
	world_address(&w, LAN, R_LL, ADDR_VALID);
	for (int k = 0; k < 40; k++) {
		if (k == 2)
			continue;
		snprintf(text, sizeof(text), "pio 2001:db8:%x::/", 0x900 + k);
		ck_assert_ptr_nonnull(strstr(w.did, text));
		snprintf(text, sizeof(text), "route 2001:db9:%x::/", k);
		if (k)
			ck_assert_ptr_nonnull(strstr(w.did, text));
	}
	for (const char *p = w.did; (p = strstr(p, "RA if")); p++)
		ras++;
	/* 7.4: in each of them, the same */
	for (const char *p = w.did; (p = strstr(p, " ha=5/900\n")); p++)
		infos++;
	ck_assert_uint_eq(infos, ras);
	ck_assert_uint_ge(ras, 3);
	ck_assert_uint_le(ras, 4);
	ck_assert_uint_eq(world_count(&w, "  pio 2001:db8:902::1/64 flags=e0"),
			  ras);
	world_close(&w);
}
END_TEST

/* --- the end (6.2.5) ----------------------------------------------------- */

START_TEST(last_word)
{
	struct conf_iface *i;
	struct world w;

	i = router(&w);
	w.ra_detail = true;
	i->home_agent = i->ha_info = true;
	i->ha_preference = 1;
	i->router_pref = 1;
	begin(&w);
	world_count(&w, "");
	world_shutdown(&w);
	world_expect(&w, "RA if=4 HA_LL>all sll flags=20 lifetime=0 "
		     "hop=64\n");
	world_later(&w, SEC(1000));
	world_quiet(&w);
	world_close(&w);
}
END_TEST

START_TEST(reconfigured)
{
	struct conf_iface *i;
	struct conf *c;
	struct world w;

	router(&w);
	w.ra_detail = true;
	begin(&w);
	world_later(&w, SEC(1000));
	world_count(&w, "");
	/* other words: said soon */
	c = world_conf(CONF_AR);
	i = conf_add_iface(c, "lan0");
	i->send_adverts = true;
	i->hop_limit = 32;
	world_reconfigure(&w, c);
	world_later(&w, SEC(3));
	ck_assert_uint_eq(world_count(&w, "RA if=4 HA_LL>all sll flags=00 "
				      "lifetime=1800 hop=32"), 1);
	/* no more: the last word */
	c = world_conf(CONF_AR);
	world_reconfigure(&w, c);
	world_expect(&w, "RA if=4 HA_LL>all sll flags=00 lifetime=0 "
		     "hop=32\n");
	world_later(&w, SEC(1000));
	world_quiet(&w);
	/* and again */
	c = world_conf(CONF_AR);
	conf_add_iface(c, "lan0")->send_adverts = true;
	world_reconfigure(&w, c);
	world_later(&w, 0);
	ck_assert_uint_eq(world_count(&w, "RA"), 1);
	world_close(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core: router advertisements");
	TCase *c = tcase_create("table");

	unit_add(s, "first three", first_three_then_seldom);
	unit_add(s, "often", often);
	unit_add(s, "least delay", least_delay);
	unit_add(s, "where", only_where_asked_for);
	unit_add(s, "only when solicited", only_when_solicited);
	unit_add(s, "link down", link_down);
	unit_add(s, "at once", answered_at_once);
	unit_add(s, "delayed", answered_within_half_a_second);
	unit_add(s, "anonymous", anonymous);
	unit_add(s, "crowd", crowd);
	unit_add(s, "options", all_options);
	unit_add(s, "search", search_list);
	unit_add(s, "interval", interval_option);
	unit_add(s, "router address", router_address);
	unit_add(s, "set", set_of_messages);
	unit_add(s, "last", last_word);
	unit_add(s, "reconfigured", reconfigured);
	tcase_add_loop_test(c, home_agent_information, 0, INFORMATION);
	suite_add_tcase(s, c);
	return unit_main((Suite *const[]){ s, NULL });
}
