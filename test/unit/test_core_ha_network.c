/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_ha_network.c - a home agent among others: who they are, who asks
 * for them (RFC 6275 10.5), what mobiles are told of the home network (10.6),
 * and how they are sent away (RFC 5142).
 */
#include "core_world.h"

#include <stdlib.h>

#define ANY "2001:db8:1:0:fdff:ffff:ffff:fffe"
#define VANY "2001:db8:2:0:fdff:ffff:ffff:fffe"

/* --- other home agents --------------------------------------------------- */

struct ra {
	const char	*from;		/* link-local */
	const char	*addr[3];	/* with the R bit, /64 */
	bool		no_h;
	int		lifetime;	/* 0: 1800; -1: 0 */
	bool		info;
	uint16_t	preference;
	int		info_lifetime;
	uint32_t	valid, preferred;	/* 0: for ever */
	bool		no_r, ends;	/* ends: lifetimes 0 */
};

static void advertise(struct world *w, const struct ra *a)
{
	struct nd nd = { .type = ND_RA };
	struct nd_ra *ra = &nd.ra;

	ra->flags = a->no_h ? 0 : ND_RA_H;
	ra->lifetime = a->lifetime ? (uint16_t)(a->lifetime < 0 ? 0 :
						a->lifetime) : 1800;
	ra->has_ha_info = a->info;
	ra->ha_preference = a->preference;
	ra->ha_lifetime = (uint16_t)a->info_lifetime;
	for (int k = 0; k < 3 && a->addr[k]; k++)
		ra->pio[ra->npios++] = (struct nd_pio){
			.prefix = world_addr(a->addr[k]), .len = 64,
			.flags = (uint8_t)(ND_PIO_L | ND_PIO_A |
					   (a->no_r ? 0 : ND_PIO_R)),
			.valid = a->ends ? 0 :
				 a->valid ? a->valid : ND_INFINITE,
			.preferred = a->ends ? 0 :
				     a->preferred ? a->preferred :
				     a->valid ? a->valid : ND_INFINITE,
		};
	world_nd(w, HOME, &nd, a->from, "ff02::1");
}

static void ask(struct world *w, const char *src, const char *dst)
{
	struct icmp m = { .type = ICMP_HAAD_REQUEST };

	m.haad.id = 77;
	world_icmp(w, &m, src, dst, NULL);
}

START_TEST(anycast)
{
	struct world w;
	struct conf *c;

	world_open(&w, CONF_HA);
	w.anycasts = true;
	world_start(&w);
	world_expect(&w, "flow 2001:db8:2::/64 block\n"
		     "anycast " VANY " on 0 up\n"
		     "anycast " ANY " on 2 up\n"
		     "sync\n");
	/* the interface comes back as another one */
	world_link(&w, HOME, "home0", false);
	world_quiet(&w);
	c = world_conf(CONF_HA);
	c->nhome_links = 1;
	world_reconfigure(&w, c);
	world_expect(&w, "flow 2001:db8:2::/64 down\n"
		     "anycast " VANY " on 0 down\n");
	world_shutdown(&w);
	world_expect(&w, "anycast " ANY " on 2 down\n");
	world_close(&w);
}
END_TEST

/* An access router has anchors, and discovery is not theirs. */
START_TEST(anycast_not_of_anchors)
{
	struct world w;
	struct conf_home_link *l;

	world_open(&w, CONF_AR);
	ck_assert_ptr_nonnull(conf_add_iface(w.conf, "home0"));
	l = conf_add_anchor(w.conf, "home0");
	ck_assert_int_eq(prefix_parse("2001:db8:1::/64", &l->prefix), 0);
	w.anycasts = true;
	world_start(&w);
	world_expect(&w, "sync\n");
	ask(&w, COA, ANY);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

START_TEST(asked_alone)
{
	struct world w;

	world_begin(&w);
	ask(&w, COA, ANY);
	world_expect(&w, "HAADRep id=77 HA>COA HA\n");
	ask(&w, COA, VANY);
	world_expect(&w, "HAADRep id=77 VHA>COA VHA\n");
	world_close(&w);
}
END_TEST

struct silence {
	const char	*what, *src, *dst;
};
static const struct silence silences[] = {
	{ "not to us", COA, "2001:db8:3:0:fdff:ffff:ffff:fffe" },
	{ "to the home agent alone", COA, HA },
	{ "another anycast address", COA, "2001:db8:1:0:fdff:ffff:ffff:ffff" },
	{ "without the bit of RFC 2526 4", COA,
	  "2001:db8:1:0:ffff:ffff:ffff:fffe" },
	{ "from a link-local address", "fe80::5", ANY },
	{ "from no address", "::", ANY },
	{ "from a group", "ff02::5", ANY },
};

START_TEST(not_asked)
{
	const struct silence *s = &silences[_i];
	struct world w;

	world_begin(&w);
	ask(&w, s->src, s->dst);
	ck_assert_msg(!*w.did, "%s: %s", s->what, w.did);
	world_close(&w);
}
END_TEST

/* 10.5.1, step by step: preference, lifetime, the H bit, the R bit. */
START_TEST(list_in_order)
{
	struct world w;

	world_begin(&w);
	w.notes = true;
	w.conf->iface[0].ha_preference = 5;
	advertise(&w, &(struct ra){ .from = "fe80::a",
		.addr = { "2001:db8:1::a" }, .info = true, .preference = 10,
		.info_lifetime = 100 });
	world_expect(&w, "note agent-up router=fe80::a preference=10 "
		     "ifindex=2\n");
	advertise(&w, &(struct ra){ .from = "fe80::b",
		.addr = { "2001:db8:1::b" } });
	advertise(&w, &(struct ra){ .from = "fe80::c",
		.addr = { "2001:db8:1::c" }, .info = true, .preference = 40000,
		.info_lifetime = 100 });
	/* no address with the R bit: known, but nothing to tell */
	advertise(&w, &(struct ra){ .from = "fe80::d", .no_r = true,
		.addr = { "2001:db8:1::" } });
	world_count(&w, "");
	ask(&w, COA, ANY);
	world_expect(&w, "HAADRep id=77 HA>COA 2001:db8:1::c 2001:db8:1::a "
		     "HA 2001:db8:1::b\n");
	/* a changed preference counts from now on */
	advertise(&w, &(struct ra){ .from = "fe80::b",
		.addr = { "2001:db8:1::b" }, .info = true, .preference = 11,
		.info_lifetime = 50 });
	ask(&w, COA, ANY);
	world_expect(&w, "HAADRep id=77 HA>COA 2001:db8:1::c 2001:db8:1::b "
		     "2001:db8:1::a HA\n");
	/* the lifetime of the option, not the router's */
	world_later(&w, SEC(50));
	world_expect(&w, "note agent-down router=fe80::b ifindex=2\n");
	ask(&w, COA, ANY);
	world_expect(&w, "HAADRep id=77 HA>COA 2001:db8:1::c 2001:db8:1::a "
		     "HA\n");
	/* the H bit is gone; a lifetime of 0 */
	advertise(&w, &(struct ra){ .from = "fe80::c", .no_h = true,
		.addr = { "2001:db8:1::c" } });
	advertise(&w, &(struct ra){ .from = "fe80::a", .lifetime = -1,
		.addr = { "2001:db8:1::a" } });
	advertise(&w, &(struct ra){ .from = "fe80::e", .lifetime = -1,
		.addr = { "2001:db8:1::e" } });
	world_expect(&w, "note agent-down router=fe80::c ifindex=2\n"
		     "note agent-down router=fe80::a ifindex=2\n");
	ask(&w, COA, ANY);
	world_expect(&w, "HAADRep id=77 HA>COA HA\n");
	/* on the virtual link there is nobody else in any case */
	ask(&w, COA, VANY);
	world_expect(&w, "HAADRep id=77 VHA>COA VHA\n");
	world_close(&w);
}
END_TEST

/* The router's lifetime where there is no option, and no option's 0. */
START_TEST(lifetimes)
{
	char text[4096];
	struct world w;

	world_begin(&w);
	w.conf->iface[0].ha_preference = 9;
	advertise(&w, &(struct ra){ .from = "fe80::a", .lifetime = 9,
		.addr = { "2001:db8:1::a" } });
	advertise(&w, &(struct ra){ .from = "fe80::b", .info = true,
		.lifetime = -1, .info_lifetime = 20, .preference = 7,
		.addr = { "2001:db8:1::b" } });
	advertise(&w, &(struct ra){ .from = "fe80::c", .preference = 5,
		.info = true, .info_lifetime = 100, .valid = 30,
		.addr = { "2001:db8:1::c", "2001:db8:7::c" } });
	world_later(&w, SEC(9));
	ask(&w, COA, ANY);
	ck_assert(strstr(w.did, "HA 2001:db8:1::b 2001:db8:"));
	ck_assert(strstr(w.did, "2001:db8:7::c") && !strstr(w.did, "1::a"));
	world_count(&w, "");
	world_later(&w, SEC(11));
	advertise(&w, &(struct ra){ .from = "fe80::c", .preference = 5,
		.info = true, .info_lifetime = 100, .valid = 30,
		.addr = { "2001:db8:1::c" } });
	/* an address goes with its prefix, the home agent does not */
	world_later(&w, SEC(10));
	ask(&w, COA, ANY);
	world_expect(&w, "HAADRep id=77 HA>COA HA 2001:db8:1::c\n");
	/* ... and those that are over are not kept, asked or not (10.1) */
	world_show(&w, "agents", text, sizeof(text));
	ck_assert_str_eq(text, "agent router=fe80::c interface=home0 "
			 "preference=5 left=90s address=2001:db8:1::c\n");
	world_later(&w, SEC(20));
	world_show(&w, "agents", text, sizeof(text));
	ck_assert_str_eq(text, "agent router=fe80::c interface=home0 "
			 "preference=5 left=70s\n");
	ask(&w, COA, ANY);
	world_expect(&w, "HAADRep id=77 HA>COA HA\n");
	world_later(&w, SEC(70));
	world_show(&w, "agents", text, sizeof(text));
	ck_assert_str_eq(text, "");
	world_close(&w);
}
END_TEST

/* Nobody is favoured among equals, nor one of the addresses of one. */
START_TEST(shuffled)
{
	unsigned first[4] = { 0 }, swapped = 0, all = 400;
	const char *who[] = { ">COA HA ", ">COA 2001:db8:1::a ",
			      ">COA 2001:db8:1::b ", ">COA 2001:db8:7::b " };
	struct world w;

	world_begin(&w);
	advertise(&w, &(struct ra){ .from = "fe80::a",
		.addr = { "2001:db8:1::a" } });
	advertise(&w, &(struct ra){ .from = "fe80::b",
		.addr = { "2001:db8:1::b", "2001:db8:7::b" } });
	for (unsigned k = 0; k < all; k++) {
		const char *one, *two;

		world_later(&w, SEC(1));
		w.did[0] = '\0';
		ask(&w, COA, ANY);
		for (int j = 0; j < 4; j++)
			first[j] += strstr(w.did, who[j]) != NULL;
		one = strstr(w.did, "1::b");
		two = strstr(w.did, "7::b");
		ck_assert(one && two && labs(one - two) == 14);
		swapped += two < one;
	}
	ck_assert_uint_eq(first[0] + first[1] + first[2] + first[3], all);
	ck_assert_uint_gt(first[0], all / 4);
	ck_assert_uint_gt(first[1], all / 4);
	ck_assert_uint_gt(first[2] + first[3], all / 4);
	ck_assert_uint_gt(swapped, all / 3);
	ck_assert_uint_lt(swapped, all - all / 3);
	world_close(&w);
}
END_TEST

/* Not more than fit the minimum MTU, and of those the best. */
START_TEST(many_agents)
{
	char router[40], addr[3][40];
	struct world w;

	world_begin(&w);
	w.notes = true;
	w.conf->ha_max_agents = 31;
	w.conf->iface[0].ha_preference = 100;
	for (int k = 0; k < 32; k++) {
		snprintf(router, sizeof(router), "fe80::%x", k + 16);
		for (int j = 0; j < 3; j++)
			snprintf(addr[j], sizeof(addr[j]), "2001:db8:%x::%x",
				 100 + j, k + 16);
		advertise(&w, &(struct ra){ .from = router, .info = true,
			.info_lifetime = 100, .preference = (uint16_t)k,
			.addr = { addr[0], addr[1], addr[2] } });
	}
	ck_assert(strstr(w.did, "note agent-limit limit=31"));
	ck_assert_uint_eq(world_count(&w, "note agent-limit"), 1);
	ask(&w, COA, ANY);
	ck_assert_uint_eq(w.sent_len, 1280);
	/* ourselves, then 31..7 of them: 1 + 25 * 3 + 1 */
	ck_assert(strstr(w.did, "HA>COA HA 2001:db8:"));
	ck_assert(strstr(w.did, "::2e") && !strstr(w.did, "::13"));
	world_close(&w);
}
END_TEST

/* Nobody has proved anything: not more than the node answers. */
START_TEST(flood)
{
	struct world w;

	world_begin(&w);
	for (int k = 0; k < 1000; k++)
		ask(&w, COA, ANY);
	ck_assert_uint_eq(world_count(&w, "HAADRep"), 20);
	world_later(&w, SEC(1));
	for (int k = 0; k < 1000; k++)
		ask(&w, COA, ANY);
	ck_assert_uint_eq(world_count(&w, "HAADRep"), 20);
	world_close(&w);
}
END_TEST

START_TEST(shown)
{
	char text[4096];
	struct world w;

	world_begin(&w);
	advertise(&w, &(struct ra){ .from = "fe80::a", .info = true,
		.preference = 65535, .info_lifetime = 100,
		.addr = { "2001:db8:1::a" } });
	world_show(&w, "agents", text, sizeof(text));
	ck_assert_str_eq(text, "agent router=fe80::a interface=home0 "
			 "preference=65535 left=100s address=2001:db8:1::a\n");
	world_close(&w);
}
END_TEST

/* Each home link has a list of its own; two prefixes of one link have one. */
START_TEST(two_links)
{
	struct conf_home_link *l;
	struct nd nd = { .type = ND_RA };
	struct world w;

	world_open(&w, CONF_HA);
	ck_assert_ptr_nonnull(conf_add_iface(w.conf, "home1"));
	l = conf_add_home_link(w.conf);
	strcpy(l->ifname, "home1");
	ck_assert_int_eq(prefix_parse("2001:db8:3::/64", &l->prefix), 0);
	l->ha = world_addr("2001:db8:3::1");
	l = conf_add_home_link(w.conf);
	strcpy(l->ifname, "home0");
	ck_assert_int_eq(prefix_parse("2001:db8:4::/64", &l->prefix), 0);
	l->ha = world_addr("2001:db8:4::1");
	world_start(&w);
	world_link(&w, 3, "home1", true);
	world_address(&w, 3, "fe80::2", ADDR_VALID);
	nd.ra.flags = ND_RA_H;
	nd.ra.lifetime = 100;
	nd.ra.has_ha_info = true;
	nd.ra.ha_preference = 7;
	nd.ra.ha_lifetime = 100;
	nd.ra.npios = 1;
	nd.ra.pio[0] = (struct nd_pio){
		.prefix = world_addr("2001:db8:3::a"), .len = 64,
		.flags = ND_PIO_R, .valid = 100, .preferred = 100,
	};
	world_nd(&w, 3, &nd, "fe80::a", "ff02::1");
	world_count(&w, "");
	ask(&w, COA, "2001:db8:3:0:fdff:ffff:ffff:fffe");
	world_expect(&w, "HAADRep id=77 2001:db8:3::1>COA 2001:db8:3::a "
		     "2001:db8:3::1\n");
	ask(&w, COA, ANY);
	ck_assert(!strstr(w.did, "3::a"));
	ck_assert(strstr(w.did, "HA") && strstr(w.did, "2001:db8:4::1"));
	world_count(&w, "");
	/* the link goes, and with it whom it had */
	world_link(&w, 3, "home1", false);
	world_link(&w, 3, "home1", true);
	world_count(&w, "");
	ask(&w, COA, "2001:db8:3:0:fdff:ffff:ffff:fffe");
	world_expect(&w, "HAADRep id=77 2001:db8:3::1>COA 2001:db8:3::1\n");
	world_close(&w);
}
END_TEST

/* Our own advertisement that a link sends back is of nobody else. */
START_TEST(echo_of_ourselves)
{
	char text[4096];
	struct world w;

	world_begin(&w);
	advertise(&w, &(struct ra){ .from = HA_LL, .addr = { HA } });
	advertise(&w, &(struct ra){ .from = "fe80::a", .no_h = true,
		.addr = { "2001:db8:1::a" } });
	world_show(&w, "agents", text, sizeof(text));
	ck_assert_str_eq(text, "");
	world_close(&w);
}
END_TEST

/* --- mobile prefixes ------------------------------------------------------ */

static void solicit_as(struct world *w, uint16_t id, const char *src,
		       const char *dst, const char *hao)
{
	struct icmp m = { .type = ICMP_PREFIX_SOL };

	m.prefix.id = id;
	world_icmp(w, &m, src, dst, hao);
}

static void solicit(struct world *w, uint16_t id)
{
	solicit_as(w, id, COA, HA, HOA);
}

static struct conf_prefix *prefix(struct conf *c, const char *p,
				  uint32_t valid, uint32_t preferred)
{
	struct conf_prefix *x = conf_add_prefix(c, &c->iface[0]);

	ck_assert_int_eq(prefix_parse(p, &x->prefix), 0);
	x->valid = valid;
	x->preferred = preferred;
	return x;
}

#define FOREVER "2001:db8:1::/64:c0:-1:-1"

START_TEST(solicited)
{
	struct world w;

	world_away(&w, 0);
	solicit(&w, 4711);
	world_expect(&w, "MPA HA>COA rh2=HOA " FOREVER "\n");
	ck_assert_uint_eq(w.mpa_id, 4711);
	/* 6.8: not more than one a second; the newest is answered */
	world_later(&w, MSEC(200));
	solicit(&w, 4712);
	solicit(&w, 4713);
	world_quiet(&w);
	world_later(&w, MSEC(799));
	world_quiet(&w);
	world_later(&w, MSEC(1));
	world_expect(&w, "MPA HA>COA rh2=HOA " FOREVER "\n");
	ck_assert_uint_eq(w.mpa_id, 4713);
	world_close(&w);
}
END_TEST

START_TEST(solicited_not)
{
	struct world w;

	world_away(&w, 0);
	/* 9.3.1: no binding with that care-of address */
	solicit_as(&w, 1, COA2, HA, HOA);
	world_expect(&w, "BE 1 HA>COA2\n");
	solicit_as(&w, 1, COA, HA, "2001:db8:1::11");
	world_expect(&w, "BE 1 HA>COA\n");
	/* 6.7: without a Home Address option; not to its home agent */
	solicit_as(&w, 1, COA, HA, NULL);
	solicit_as(&w, 1, HOA, HA, NULL);
	solicit_as(&w, 1, COA, VHA, HOA);
	world_quiet(&w);
	w.conf->send_pfx_advs = false;
	solicit(&w, 1);
	world_later(&w, SEC(2));
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* 10.6.1: what we advertise, and what other home agents do; the prefix of the
 * home address is the first. */
START_TEST(prefixes_of_the_link)
{
	struct world w;

	world_open(&w, CONF_HA);
	prefix(w.conf, "2001:db8:7::/64", 400, 300)->autonomous = false;
	prefix(w.conf, "2001:db8:1::/64", 800, 700)->router_address = true;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_later(&w, SEC(5));
	advertise(&w, &(struct ra){ .from = "fe80::a", .valid = 900,
		.preferred = 50,
		.addr = { "2001:db8:8::a", "2001:db8:7::a" } });
	world_later(&w, SEC(10));
	world_count(&w, "");
	solicit(&w, 1);
	/* others' lifetimes are what is left of them */
	world_expect(&w, "MPA HA>COA rh2=HOA HA/64:e0:800:700 "
		     "2001:db8:7::/64:80:400:300 "
		     "2001:db8:8::/64:c0:890:40\n");
	/* on the virtual link nobody advertises anything */
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	world_count(&w, "");
	solicit_as(&w, 1, COA, VHA, VHOA);
	world_expect(&w, "MPA VHA>COA rh2=VHOA VHA/64:e0:-1:-1\n");
	world_close(&w);
}
END_TEST

static void begin_soon(struct world *w)
{
	world_open(w, CONF_HA);
	w->conf->min_pfx_adv_interval = 10;
	w->conf->max_pfx_adv_interval = 110;
	prefix(w->conf, "2001:db8:1::/64", 100000, 50000);
	prefix(w->conf, "2001:db8:7::/64", 100000, 50000);
	world_start(w);
	world_bu(w, &(struct bu){ .seq = 1, .lifetime = 6000 });
	world_later(w, SEC(5));
	world_count(w, "");
}

/* Time until the next MPA, to the second; 0: none within `most'. */
static unsigned until_mpa(struct world *w, unsigned most)
{
	for (unsigned k = 1; k <= most; k++) {
		world_later(w, SEC(1));
		if (world_count(w, "MPA"))
			return k;
	}
	return 0;
}

/* 10.6.2: the first one after a random time; repeated after 3, 6 and 12
 * seconds; then nothing until another one is due. */
START_TEST(unsolicited)
{
	unsigned wait, least = 1000, most = 0;
	struct world w;

	for (int k = 0; k < 20; k++) {
		begin_soon(&w);
		world_later(&w, MSEC(1) * (unsigned)k);
		for (int j = 0; j < k; j++)	/* other draws */
			ask(&w, COA, ANY);
		world_bu(&w, &(struct bu){ .seq = 2 });
		world_count(&w, "");
		world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 6000 });
		wait = until_mpa(&w, 200);
		least = wait < least ? wait : least;
		most = wait > most ? wait : most;
		ck_assert_uint_ge(wait, 10);
		ck_assert_uint_le(wait, 112);	/* with a second of DAD */
		world_close(&w);
	}
	ck_assert_uint_gt(most, least + 30);
	begin_soon(&w);
	ck_assert_uint_gt(until_mpa(&w, 200), 0);
	ck_assert_uint_eq(until_mpa(&w, 100), 3);
	ck_assert_uint_eq(until_mpa(&w, 100), 6);
	ck_assert_uint_eq(until_mpa(&w, 100), 12);
	/* PREFIX_ADV_RETRIES; MaxMobPfxAdvInterval, and a random delay */
	wait = until_mpa(&w, 400);
	ck_assert_uint_ge(wait, 120);
	ck_assert_uint_le(wait, 24 + 110 + 110);
	world_close(&w);
}
END_TEST

START_TEST(acknowledged)
{
	struct world w;

	begin_soon(&w);
	ck_assert_uint_gt(until_mpa(&w, 200), 0);
	ck_assert_uint_eq(until_mpa(&w, 100), 3);
	/* the acknowledgement is a solicitation, and answered */
	world_later(&w, SEC(2));
	solicit(&w, 5);
	ck_assert_uint_eq(world_count(&w, "MPA"), 1);
	ck_assert_uint_eq(w.mpa_id, 5);
	ck_assert_uint_ge(until_mpa(&w, 400), 119);
	world_close(&w);
}
END_TEST

/* A mobile that was silent is told again when it refreshes; not one that has
 * answered, nor one that has gone. */
START_TEST(unheard)
{
	struct world w;

	begin_soon(&w);
	ck_assert_uint_gt(until_mpa(&w, 200), 0);
	for (int k = 0; k < 3; k++)
		until_mpa(&w, 100);
	world_later(&w, SEC(20));
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 6000 });
	world_count(&w, "");
	ck_assert_uint_le(until_mpa(&w, 5), 1);
	solicit(&w, 5);
	world_later(&w, SEC(2));
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 6000 });
	world_count(&w, "");
	ck_assert_uint_eq(until_mpa(&w, 100), 0);
	world_bu(&w, &(struct bu){ .seq = 4 });
	world_count(&w, "");
	ck_assert_uint_eq(until_mpa(&w, 400), 0);
	world_close(&w);
}
END_TEST

static struct conf *renumbered(const struct world *w, uint32_t valid,
			       uint32_t preferred)
{
	struct conf *c = world_conf(CONF_HA);

	c->min_pfx_adv_interval = w->conf->min_pfx_adv_interval;
	c->max_pfx_adv_interval = w->conf->max_pfx_adv_interval;
	prefix(c, "2001:db8:1::/64", valid, preferred);
	prefix(c, "2001:db8:7::/64", 100000, 50000);
	return c;
}

/* Renumbering: told soon, sooner than the preferred lifetime ends; and the
 * binding ends with the prefix (10.3.1, 10.6.4). */
START_TEST(renumbering)
{
	struct world w;
	unsigned wait;

	begin_soon(&w);
	ck_assert_uint_gt(until_mpa(&w, 200), 0);
	solicit(&w, 1);
	world_later(&w, SEC(2));
	world_count(&w, "");
	/* the same again is no change */
	world_reconfigure(&w, renumbered(&w, 100000, 50000));
	ck_assert_uint_eq(until_mpa(&w, 100), 0);
	solicit(&w, 1);
	world_later(&w, SEC(2));
	world_count(&w, "");
	world_reconfigure(&w, renumbered(&w, 60, 20));
	wait = until_mpa(&w, 100);
	ck_assert_uint_ge(wait, 10);
	ck_assert_uint_le(wait, 20);
	world_bu(&w, &(struct bu){ .seq = 9, .lifetime = 6000 });
	ck_assert(strstr(w.did, "BA 1 seq=9 lifetime=15"));
	world_later(&w, SEC(59));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 0);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 1);
	ck_assert_uint_eq(until_mpa(&w, 400), 0);
	world_close(&w);
}
END_TEST

/* The reload itself bounds what was granted before. */
START_TEST(prefix_ends_by_reload)
{
	struct world w;

	begin_soon(&w);
	world_reconfigure(&w, renumbered(&w, 30, 30));
	world_later(&w, MSEC(29999));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 0);
	world_later(&w, MSEC(1));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 1);
	world_close(&w);
}
END_TEST

/* Of other home agents: what is new is told, what only grows older is not. */
/* 10.6.2: a change while the last one is not acknowledged: it is not repeated,
 * but a new one is sent, with all that the old one said. */
START_TEST(change_before_acknowledged)
{
	struct in6_addr coa = world_addr(COA), ha = world_addr(HA);
	struct in6_addr hoa = world_addr(HOA);
	struct wire_error err;
	struct icmp m;
	struct world w;
	struct pkt p;

	begin_soon(&w);
	ck_assert_uint_gt(until_mpa(&w, 200), 0);
	world_reconfigure(&w, renumbered(&w, 90000, 40000));
	ck_assert_uint_ge(until_mpa(&w, 200), 10);
	ck_assert_int_eq(pkt_parse(w.sent, w.sent_len, &p, &err), 0);
	ck_assert_int_eq(icmp_parse(p.payload.p, p.payload.len, pkt_src(&p),
				    pkt_dst(&p), &m, &err), 0);
	/* 6.8, 10.6.3: to the care-of address, from where it is registered,
	 * with a routing header */
	ck_assert(addr_eq(&p.dst, &coa) && addr_eq(&p.src, &ha));
	ck_assert(p.has_rh2 && addr_eq(&p.rh2, &hoa));
	ck_assert_uint_eq(m.type, ICMP_PREFIX_ADV);
	ck_assert_uint_eq(m.prefix.npios, 2);
	ck_assert_uint_eq(m.prefix.pio[0].valid, 90000);
	ck_assert_uint_eq(m.prefix.pio[1].valid, 100000);
	ck_assert_uint_eq(until_mpa(&w, 100), 3);
	world_close(&w);
}
END_TEST

START_TEST(others_change)
{
	struct world w;

	begin_soon(&w);
	ck_assert_uint_gt(until_mpa(&w, 200), 0);
	solicit(&w, 1);
	world_later(&w, SEC(2));
	world_count(&w, "");
	advertise(&w, &(struct ra){ .from = "fe80::a", .valid = 1000,
		.addr = { "2001:db8:8::a" } });
	ck_assert_uint_ge(until_mpa(&w, 110), 10);
	solicit(&w, 2);
	world_later(&w, SEC(2));
	world_count(&w, "");
	/* counting down in real time, and always the same */
	advertise(&w, &(struct ra){ .from = "fe80::b", .valid = 500,
		.addr = { "2001:db8:9::b" } });
	until_mpa(&w, 110);
	solicit(&w, 3);
	world_later(&w, SEC(2));
	advertise(&w, &(struct ra){ .from = "fe80::b", .valid = 500,
		.addr = { "2001:db8:9::b" } });
	world_later(&w, SEC(7));
	advertise(&w, &(struct ra){ .from = "fe80::b", .valid = 492,
		.addr = { "2001:db8:9::b" } });
	world_count(&w, "");
	ck_assert_uint_eq(until_mpa(&w, 95), 0);
	/* for another reason */
	solicit(&w, 4);
	world_count(&w, "");
	advertise(&w, &(struct ra){ .from = "fe80::b", .valid = 20,
		.addr = { "2001:db8:9::b" } });
	ck_assert_uint_gt(until_mpa(&w, 110), 0);
	world_close(&w);
}
END_TEST

static void hear_home(struct world *w, const struct ra *a)
{
	struct ra ra = *a;

	ra.from = "fe80::a";
	ra.addr[0] = "2001:db8:1::a";
	advertise(w, &ra);
}

#define OURS(...) hear_home(&w, &(struct ra){ __VA_ARGS__ })

/* A mobile that may stay for a day, and a prefix that others advertise. */
static void begin_heard(struct world *w)
{
	world_open(w, CONF_HA);
	w->conf->ha_max_binding_life = 86400;
	world_start(w);
	hear_home(w, &(struct ra){ .valid = 10000 });
	world_bu(w, &(struct bu){ .seq = 1, .lifetime = 20000 });
	world_later(w, SEC(1));
	ck_assert(strstr(w->did, "BA 1 seq=1 lifetime=2499"));
	world_count(w, "");
}

/* What remains of the home prefix by the answer to a refresh, in units. */
static void granted(struct world *w, uint16_t seq, const char *answer)
{
	world_count(w, "");
	world_bu(w, &(struct bu){ .seq = seq, .lifetime = 20000 });
	ck_assert_msg(strstr(w->did, answer), "%s", w->did);
	world_count(w, "");
}

/* The home prefix is another router's to advertise: its lifetime bounds ours
 * (10.3.1: by the Prefix List), and when it ends everything does: it does not
 * become valid for ever. */
START_TEST(prefix_of_others)
{
	struct world w;

	begin_heard(&w);
	world_later(&w, SEC(9995));	/* 2499 units, but for one second */
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 0);
	world_later(&w, SEC(4));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 1);
	granted(&w, 2, "BA 132 seq=2");
	world_later(&w, SEC(86400));
	granted(&w, 3, "BA 132 seq=3");
	/* not by a link that was down, nor by a reload */
	world_link(&w, HOME, "home0", false);
	world_link(&w, HOME, "home0", true);
	granted(&w, 4, "BA 132 seq=4");
	world_reconfigure(&w, world_conf(CONF_HA));
	granted(&w, 5, "BA 132 seq=5");
	/* until it is heard again */
	OURS(.valid = 400);
	world_bu(&w, &(struct bu){ .seq = 6, .lifetime = 20000 });
	world_later(&w, SEC(1));
	ck_assert(strstr(w.did, "BA 1 seq=6 lifetime=99"));
	world_close(&w);
}
END_TEST

/* RFC 4862 5.5.3 e: one advertisement, which anybody on the link can make,
 * leaves two hours; until then a router may say otherwise. */
START_TEST(prefix_cut_short)
{
	static const struct ra cut[] = {
		{ .valid = 4 }, { .ends = true },
		{ .valid = 4, .no_h = true, .lifetime = -1 },
	};
	struct world w;

	begin_heard(&w);
	hear_home(&w, &cut[_i]);
	world_later(&w, SEC(7199));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 0);
	hear_home(&w, &cut[_i]);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 1);
	world_later(&w, SEC(4));
	granted(&w, 2, "BA 132 seq=2");
	world_close(&w);
	/* ... and never heard before, it is known by the configuration */
	world_away(&w, 0);
	hear_home(&w, &cut[_i]);
	world_later(&w, SEC(10));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 0);
	granted(&w, 102, "BA 1 seq=102 lifetime=1797");
	OURS(.valid = 10000);
	granted(&w, 103, "BA 1 seq=103 lifetime=2500");
	world_close(&w);
	/* ... and what we advertise ourselves is as we say */
	world_open(&w, CONF_HA);
	prefix(w.conf, "2001:db8:1::/64", 12000, 12000);
	world_start(&w);
	hear_home(&w, &cut[_i]);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 100 });
	world_later(&w, SEC(10));
	ck_assert(strstr(w.did, "BA 0 seq=1 lifetime=100"));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 0);
	world_close(&w);
}
END_TEST

/* RFC 4861 6.3.4: a router that ends, or is no home agent any more, takes no
 * prefix with it; and who never was one has prefixes as well. */
START_TEST(prefix_of_any_router)
{
	static const struct ra other[] = {
		{ .valid = 10000 }, { .valid = 10000, .no_h = true },
		{ .valid = 10000, .lifetime = -1 },
		{ .valid = 10000, .no_h = true, .lifetime = -1 },
	};
	struct world w;

	begin_heard(&w);
	world_later(&w, SEC(999));
	granted(&w, 2, "BA 1 seq=2 lifetime=2250");
	hear_home(&w, &other[_i]);
	granted(&w, 3, "BA 1 seq=3 lifetime=2500");
	/* ... his lifetime as a router is half an hour */
	world_later(&w, SEC(2000));
	granted(&w, 4, "BA 1 seq=4 lifetime=2000");
	world_later(&w, SEC(8000));
	granted(&w, 5, "BA 132 seq=5");
	world_close(&w);
}
END_TEST

/* 10.6.1: what has ended is not told as valid for ever. */
START_TEST(ended_is_told)
{
	struct conf_home_link *l;
	struct world w;

	world_open(&w, CONF_HA);
	l = conf_add_home_link(w.conf);
	strcpy(l->ifname, "home0");
	ck_assert_int_eq(prefix_parse("2001:db8:4::/64", &l->prefix), 0);
	l->ha = world_addr("2001:db8:4::1");
	w.conf->ha_max_binding_life = 86400;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 20000 });
	world_later(&w, SEC(2));
	advertise(&w, &(struct ra){ .from = "fe80::a", .no_h = true,
		.addr = { "2001:db8:4::" }, .no_r = true, .ends = true });
	world_count(&w, "");
	solicit(&w, 1);
	world_expect(&w, "MPA HA>COA rh2=HOA " FOREVER
		     " 2001:db8:4::/64:c0:7200:0\n");
	world_later(&w, SEC(7200));
	world_count(&w, "");
	solicit(&w, 2);
	world_expect(&w, "MPA HA>COA rh2=HOA " FOREVER
		     " 2001:db8:4::/64:c0:0:0\n");
	world_close(&w);
}
END_TEST

/* Whoever invents prefixes fills the rest of an advertisement with them: a
 * home prefix has its place. */
START_TEST(invented_prefixes)
{
	char text[40];
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->ha_max_binding_life = 86400;
	world_start(&w);
	for (int k = 0; k < 100; k++) {
		snprintf(text, sizeof(text), "2001:db8:%x::", k + 0x100);
		advertise(&w, &(struct ra){ .from = "fe80::66", .no_h = true,
			.addr = { text }, .no_r = true, .valid = 9000 });
	}
	OURS(.valid = 8000);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 20000 });
	world_later(&w, SEC(1));
	ck_assert(strstr(w.did, "BA 1 seq=1 lifetime=1999"));
	world_count(&w, "");
	solicit(&w, 1);
	ck_assert(strstr(w.did, "2001:db8:1::/64:c0:7999:7999"));
	ck_assert(strstr(w.did, "2001:db8:10e::") &&
		  !strstr(w.did, "2001:db8:110::"));
	world_close(&w);
}
END_TEST

START_TEST(unsolicited_disabled)
{
	struct world w;
	struct conf *c;

	begin_soon(&w);
	c = renumbered(&w, 5000, 4000);
	c->send_unsol_pfx_advs = false;
	world_reconfigure(&w, c);
	ck_assert_uint_eq(until_mpa(&w, 500), 0);
	solicit(&w, 1);
	ck_assert_uint_eq(world_count(&w, "MPA"), 1);
	ck_assert_uint_eq(until_mpa(&w, 500), 0);
	c = renumbered(&w, 6000, 4000);
	world_reconfigure(&w, c);
	ck_assert_uint_gt(until_mpa(&w, 120), 0);
	world_close(&w);
}
END_TEST

/* Over a restart: what is found again is told again. */
START_TEST(after_restart)
{
	struct world w;

	begin_soon(&w);
	ck_assert_uint_gt(until_mpa(&w, 200), 0);
	solicit(&w, 1);
	world_restart(&w);
	world_count(&w, "");
	ck_assert_uint_ge(until_mpa(&w, 120), 10);
	world_close(&w);
}
END_TEST

/* --- home agent switch ---------------------------------------------------- */

#define SW "SWITCH HA>COA rh2=HOA 1 2001:db8:1::a stamp auth\n"

static void begin_switch(struct world *w)
{
	world_away(w, 0);
	advertise(w, &(struct ra){ .from = "fe80::a",
		.addr = { "2001:db8:1::a" } });
	world_count(w, "");
}

START_TEST(switch_one)
{
	struct world w;

	begin_switch(&w);
	world_switch(&w, HOA, true);
	world_expect(&w, SW);
	world_later(&w, MSEC(4999));
	world_quiet(&w);
	world_later(&w, MSEC(1));
	world_expect(&w, SW);
	world_later(&w, SEC(10));
	world_expect(&w, SW);
	/* 5.3: it is served, but cannot stay */
	world_bu(&w, &(struct bu){ .seq = 101, .lifetime = 60 });
	world_expect(&w, "BA 129 seq=101 lifetime=0 HA>COA rh2=HOA auth\n");
	world_later(&w, SEC(20));
	world_quiet(&w);
	/* deregistered: told no more, and free to come back */
	world_bu(&w, &(struct bu){ .seq = 102 });
	world_count(&w, "");
	world_later(&w, SEC(60));
	world_quiet(&w);
	world_bu(&w, &(struct bu){ .seq = 103, .lifetime = 60 });
	world_later(&w, SEC(1));
	ck_assert(strstr(w.did, "BA 0 seq=103"));
	world_close(&w);
}
END_TEST

START_TEST(switch_acknowledged)
{
	struct world w;

	begin_switch(&w);
	world_switch(&w, HOA, true);
	world_bu(&w, &(struct bu){ .seq = 101 });
	world_count(&w, "");
	world_later(&w, SEC(60));
	world_quiet(&w);
	world_switch(&w, "2001:db8:1::77", true);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* One a second; who comes meanwhile is not let in. */
START_TEST(switch_all)
{
	char hoa[40];
	struct world w;

	begin_switch(&w);
	for (int k = 1; k < 5; k++) {
		snprintf(hoa, sizeof(hoa), "2001:db8:2::%x", k + 0x20);
		world_bu(&w, &(struct bu){ .hoa = hoa, .seq = 1,
					   .lifetime = 60 });
	}
	world_count(&w, "");
	world_switch(&w, "::", true);
	for (int k = 0; k < 5; k++) {
		ck_assert_uint_eq(world_count(&w, "SWITCH"), 1);
		world_later(&w, SEC(1));
	}
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:2::30", .seq = 1,
				   .lifetime = 60 });
	ck_assert(strstr(w.did, "BA 129 seq=1"));
	world_switch(&w, "::", false);
	world_count(&w, "");
	world_later(&w, SEC(60));
	ck_assert_uint_eq(world_count(&w, "SWITCH"), 0);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:2::30", .seq = 2,
				   .lifetime = 60 });
	ck_assert(strstr(w.did, "BA 0 seq=2"));
	world_close(&w);
}
END_TEST

Suite *suite_ha_network(void)
{
	Suite *s = suite_create("ha network");
	TCase *t = tcase_create("discovery");

	tcase_add_test(t, anycast);
	tcase_add_test(t, anycast_not_of_anchors);
	tcase_add_test(t, asked_alone);
	tcase_add_loop_test(t, not_asked, 0,
			    sizeof(silences) / sizeof(*silences));
	tcase_add_test(t, list_in_order);
	tcase_add_test(t, lifetimes);
	tcase_add_test(t, shuffled);
	tcase_add_test(t, many_agents);
	tcase_add_test(t, flood);
	tcase_add_test(t, shown);
	tcase_add_test(t, echo_of_ourselves);
	tcase_add_test(t, two_links);
	suite_add_tcase(s, t);
	t = tcase_create("prefixes");
	tcase_add_test(t, solicited);
	tcase_add_test(t, solicited_not);
	tcase_add_test(t, prefixes_of_the_link);
	tcase_add_test(t, unsolicited);
	tcase_add_test(t, acknowledged);
	tcase_add_test(t, unheard);
	tcase_add_test(t, renumbering);
	tcase_add_test(t, prefix_ends_by_reload);
	tcase_add_test(t, change_before_acknowledged);
	tcase_add_test(t, others_change);
	tcase_add_test(t, prefix_of_others);
	tcase_add_loop_test(t, prefix_cut_short, 0, 3);
	tcase_add_loop_test(t, prefix_of_any_router, 0, 4);
	tcase_add_test(t, ended_is_told);
	tcase_add_test(t, invented_prefixes);
	tcase_add_test(t, unsolicited_disabled);
	tcase_add_test(t, after_restart);
	suite_add_tcase(s, t);
	t = tcase_create("switch");
	tcase_add_test(t, switch_one);
	tcase_add_test(t, switch_acknowledged);
	tcase_add_test(t, switch_all);
	suite_add_tcase(s, t);
	return s;
}
