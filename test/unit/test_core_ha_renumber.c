/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_ha_renumber.c - home networks without an interface that are
 * renumbered by a new configuration (RFC 6275 10.6), and what else of one
 * changes when mobiles are told.
 */
#include "core_world.h"

#define NEW "2001:db8:3::/64"
#define NEWHA "2001:db8:3::1"

static struct conf *office(uint32_t valid, uint32_t preferred, bool more)
{
	struct conf *c = world_conf(CONF_HA);
	struct conf_home_link *l = &c->home_link[1];
	struct conf_peer *p;

	c->min_pfx_adv_interval = 10;
	c->max_pfx_adv_interval = 5000;
	l->network = "office";
	l->valid = valid;
	l->preferred = preferred;
	if (more) {
		l = conf_add_home_link(c);
		ck_assert_int_eq(prefix_parse(NEW, &l->prefix), 0);
		l->ha = world_addr(NEWHA);
		l->network = "office";
		l->valid = 900;
		l->preferred = 800;
		p = conf_add_peer(c);
		*p = c->peer[1];
		p->addr = l->prefix;
	}
	return c;
}

static void solicit(struct world *w)
{
	struct icmp m = { .type = ICMP_PREFIX_SOL };

	m.prefix.id = 1;
	world_icmp(w, &m, COA, VHA, VHOA);
}

/* Both have a mobile; nothing is owed to either. */
static void begin(struct world *w, struct conf *c)
{
	struct icmp m = { .type = ICMP_PREFIX_SOL };

	world_open(w, CONF_HA);
	conf_free(w->conf);
	w->conf = c;
	world_start(w);
	world_bu(w, &(struct bu){ .seq = 1, .lifetime = 6000 });
	world_bu(w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 6000 });
	world_later(w, SEC(5200));
	solicit(w);
	world_icmp(w, &m, COA, HA, HOA);
	world_later(w, SEC(2));
	world_count(w, "");
}

/* Seconds until the next one to VHOA; 0: none within `most'. */
static unsigned until_told(struct world *w, unsigned most, const char *what)
{
	for (unsigned k = 1; k <= most; k++) {
		unsigned told;

		world_later(w, SEC(1));
		ck_assert_msg(!strstr(w->did, "MPA HA>"), "%s", w->did);
		told = strstr(w->did, what) != NULL;
		world_count(w, "");
		if (told)
			return k;
	}
	return 0;
}

/* Its lifetimes bound what is granted, with the word that there is news. */
START_TEST(lifetimes)
{
	struct world w;

	begin(&w, office(ND_INFINITE, ND_INFINITE, false));
	world_reconfigure(&w, office(2000, 1000, false));
	solicit(&w);
	world_expect(&w, "MPA VHA>COA rh2=VHOA VHA/64:e0:2000:1000\n");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 2, .lifetime = 600 });
	world_expect(&w, "BA 1 seq=2 lifetime=500 VHA>COA rh2=VHOA auth\n");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 3, .lifetime = 200 });
	world_expect(&w, "BA 0 seq=3 lifetime=200 VHA>COA rh2=VHOA auth\n");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 4, .lifetime = 300 });
	world_expect(&w, "BA 1 seq=4 lifetime=300 VHA>COA rh2=VHOA auth\n");
	world_close(&w);
}
END_TEST

/* In steps: another prefix is added; the old one is deprecated, and shortened,
 * which ends what was granted before; it is taken away. */
START_TEST(in_steps)
{
	struct world w;
	unsigned wait;

	begin(&w, office(ND_INFINITE, ND_INFINITE, false));
	world_reconfigure(&w, office(ND_INFINITE, ND_INFINITE, true));
	wait = until_told(&w, 6000, "MPA VHA>COA rh2=VHOA VHA/64:e0:-1:-1 "
			  NEWHA "/64:e0:900:800\n");
	ck_assert_uint_ge(wait, 10);
	solicit(&w);
	world_later(&w, SEC(2));
	world_count(&w, "");
	world_reconfigure(&w, office(120, 0, true));
	/* |0 - MinMobPfxAdvInterval| */
	wait = until_told(&w, 6000, "MPA VHA>COA rh2=VHOA VHA/64:e0:120:0 "
			  NEWHA "/64:e0:900:800\n");
	ck_assert_uint_ge(wait, 10);
	ck_assert_uint_le(wait, 20);
	/* 10.3.1, of what was granted for hours */
	world_later(&w, SEC(119 - wait));
	ck_assert_uint_eq(world_count(&w, "flow VHOA down"), 0);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "flow VHOA down"), 1);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 2, .lifetime = 600 });
	ck_assert(strstr(w.did, "BA 1 seq=2 lifetime=30 "));
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:3::10", .dst = NEWHA,
				   .seq = 1, .lifetime = 10 });
	ck_assert(strstr(w.did, "BA 0 "));
	world_count(&w, "");
	world_reconfigure(&w, office(0, 0, true));
	ck_assert_uint_eq(world_count(&w, "flow VHOA down"), 1);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 3, .lifetime = 600 });
	world_expect(&w, "BA 132 seq=3 lifetime=0 VHA>COA rh2=VHOA auth\n");
	world_close(&w);
}
END_TEST

/* Of another network nobody is told, nor where nothing has changed. */
START_TEST(not_concerned)
{
	struct world w;
	struct conf *c;

	begin(&w, office(90000, 80000, true));
	world_reconfigure(&w, office(90000, 80000, true));
	ck_assert_uint_eq(until_told(&w, 100, "MPA"), 0);
	solicit(&w);
	world_later(&w, SEC(2));
	world_count(&w, "");
	c = office(90000, 80000, true);
	c->home_link[2].network = "elsewhere";
	world_reconfigure(&w, c);
	/* told that the other one is gone */
	ck_assert_uint_gt(until_told(&w, 6000, "MPA VHA>COA rh2=VHOA "
				     "VHA/64:e0:90000:80000\n"), 0);
	solicit(&w);
	world_later(&w, SEC(2));
	world_count(&w, "");
	c = office(90000, 80000, true);
	c->home_link[2].network = "elsewhere";
	c->home_link[2].valid = 1000;
	world_reconfigure(&w, c);
	ck_assert_uint_eq(until_told(&w, 100, "MPA"), 0);
	world_close(&w);
}
END_TEST

/* 10.5.1: who looks for home agents by one prefix hears of all addresses. */
START_TEST(discovery)
{
	struct icmp m = { .type = ICMP_HAAD_REQUEST };
	struct world w;

	begin(&w, office(90000, 80000, true));
	world_icmp(&w, &m, COA, "2001:db8:2:0:fdff:ffff:ffff:fffe", NULL);
	ck_assert(strstr(w.did, "HAADRep"));
	ck_assert(strstr(w.did, VHA) || strstr(w.did, "VHA"));
	ck_assert(strstr(w.did, NEWHA));
	world_count(&w, "");
	world_close(&w);
}
END_TEST

static struct conf *interval(uint32_t least, uint32_t most)
{
	struct conf *c = office(ND_INFINITE, ND_INFINITE, false);

	c->min_pfx_adv_interval = least;
	c->max_pfx_adv_interval = most;
	c->nhome_links = 2;
	return c;
}

static unsigned told(struct world *w, unsigned most)
{
	for (unsigned k = 1; k <= most; k++) {
		world_later(w, SEC(1));
		if (world_count(w, "MPA VHA"))
			return k;
	}
	return 0;
}

/* A shorter MaxMobPfxAdvInterval counts at once, for what is scheduled and for
 * what is only due; a longer one, too. */
START_TEST(intervals)
{
	struct world w;

	begin(&w, interval(40000, 80000));
	ck_assert_uint_eq(told(&w, 300), 0);
	/* due long ago; then a delay of 10 to 60 s */
	world_reconfigure(&w, interval(10, 60));
	ck_assert_uint_le(told(&w, 100), 61);
	world_close(&w);

	/* scheduled: since the registration */
	world_open(&w, CONF_HA);
	conf_free(w.conf);
	w.conf = interval(40000, 80000);
	world_start(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60000 });
	ck_assert_uint_eq(told(&w, 300), 0);
	world_reconfigure(&w, interval(10, 60));
	ck_assert_uint_le(told(&w, 100), 61);
	solicit(&w);
	world_later(&w, SEC(2));
	world_count(&w, "");
	world_reconfigure(&w, interval(10, 5000));
	ck_assert_uint_eq(told(&w, 4900), 0);
	world_close(&w);
}
END_TEST

/* 6.8, 10.4.4: M and O are clear, whatever the advertisements that prefixes are
 * from say: no DHCPv6 is relayed for mobiles. */
START_TEST(not_managed)
{
	struct icmp m = { .type = ICMP_PREFIX_SOL };
	struct nd nd = { .type = ND_RA };
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->iface[0].other = w.conf->iface[0].managed = true;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 6000 });
	world_later(&w, SEC(5));
	world_count(&w, "");
	world_icmp(&w, &m, COA, HA, HOA);
	world_expect(&w, "MPA HA>COA rh2=HOA "
		     "2001:db8:1::/64:c0:-1:-1\n");
	nd.ra.flags = ND_RA_H | ND_RA_M | ND_RA_O;
	nd.ra.lifetime = 1800;
	nd.ra.npios = 1;
	nd.ra.pio[0] = (struct nd_pio){
		.prefix = world_addr("2001:db8:1::a"), .len = 64,
		.flags = ND_PIO_L | ND_PIO_R, .valid = 9000, .preferred = 100,
	};
	world_nd(&w, HOME, &nd, "fe80::a", "ff02::1");
	world_later(&w, SEC(2));
	world_count(&w, "");
	world_icmp(&w, &m, COA, HA, HOA);
	world_expect(&w, "MPA HA>COA rh2=HOA "
		     "2001:db8:1::/64:80:8998:98\n");
	world_close(&w);
}
END_TEST

Suite *suite_ha_renumber(void)
{
	Suite *s = suite_create("ha renumber");
	TCase *t = tcase_create("virtual");

	tcase_add_test(t, lifetimes);
	tcase_add_test(t, in_steps);
	tcase_add_test(t, not_concerned);
	tcase_add_test(t, discovery);
	tcase_add_test(t, intervals);
	tcase_add_test(t, not_managed);
	suite_add_tcase(s, t);
	return s;
}
