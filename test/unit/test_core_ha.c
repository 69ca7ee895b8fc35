/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_ha.c - the home agent role from outside: what it takes, what it
 * refuses and how, and what it does on its home link.
 */
#include "core_world.h"

/* What one accepted registration of VHOA looks like. */
#define V_UP "path VHA-COA up\nflow VHOA to COA\n"
#define V_BA "VHA>COA rh2=VHOA auth\n"

/* --- registration -------------------------------------------------------- */

START_TEST(virtual_link_at_once)
{
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 7, .lifetime = 60 });
	world_expect(&w, V_UP "BA 0 seq=7 lifetime=60 " V_BA);
	/* a refresh touches nothing outside */
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 8, .lifetime = 30 });
	world_expect(&w, "BA 0 seq=8 lifetime=30 " V_BA);
	world_later(&w, SEC(60));
	world_quiet(&w);
	world_close(&w);
}
END_TEST

START_TEST(real_link_asks_first)
{
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_expect(&w, "proxy HOA on 2 up\n"
		     "NS if=2 ::>ff02::1:ff00:10 target=HOA nonce\n");
	world_later(&w, MSEC(999));
	world_quiet(&w);
	world_later(&w, MSEC(1));
	world_expect(&w, "path HA-COA up\nflow HOA to COA\n"
		     "BA 0 seq=1 lifetime=60 HA>COA rh2=HOA auth\n"
		     "NA if=2 HA_LL>all target=HOA O tll\n");
	world_later(&w, SEC(10));
	world_expect(&w, "NA if=2 HA_LL>all target=HOA O tll\n"
		     "NA if=2 HA_LL>all target=HOA O tll\n");
	/* the binding is there: no DAD for a refresh or a move */
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 60, .src = COA2 });
	world_expect(&w, "path HA-COA2 up\nflow HOA to COA2\n"
		     "BA 0 seq=2 lifetime=60 HA>COA2 rh2=HOA auth\n"
		     "path HA-COA down\n");
	world_close(&w);
}
END_TEST

START_TEST(link_local_too)
{
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60, .set = MH_BU_L });
	world_expect(&w, "proxy HOA on 2 up\nproxy fe80::10 on 2 up\n"
		     "NS if=2 ::>ff02::1:ff00:10 target=HOA nonce\n"
		     "NS if=2 ::>ff02::1:ff00:10 target=fe80::10 nonce\n");
	world_later(&w, SEC(1));
	world_expect(&w, "path HA-COA up\nflow HOA to COA\n"
		     "BA 0 seq=1 lifetime=60 HA>COA rh2=HOA auth\n"
		     "NA if=2 HA_LL>all target=HOA O tll\n"
		     "NA if=2 HA_LL>all target=fe80::10 O tll\n");
	world_later(&w, SEC(5));
	ck_assert_uint_eq(world_count(&w, "NA"), 4);
	/* the mobile thinks better of it, and again */
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 60 });
	world_expect(&w, "proxy fe80::10 on 2 down\n"
		     "BA 0 seq=2 lifetime=60 HA>COA rh2=HOA auth\n");
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 60, .set = MH_BU_L });
	world_expect(&w, "proxy fe80::10 on 2 up\n"
		     "BA 0 seq=3 lifetime=60 HA>COA rh2=HOA auth\n"
		     "NA if=2 HA_LL>all target=HOA O tll\n"
		     "NA if=2 HA_LL>all target=fe80::10 O tll\n");
	world_close(&w);
}
END_TEST

/* RFC 6275 11.8: retransmissions while the answer waits; the newest is
 * answered, once. */
START_TEST(retransmitted_while_waiting)
{
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_count(&w, "");
	world_later(&w, MSEC(300));
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 50, .src = COA2 });
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 40 });
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 40 });
	world_quiet(&w);
	world_later(&w, MSEC(700));
	world_expect(&w, "path HA-COA2 up\nflow HOA to COA2\n"
		     "BA 0 seq=2 lifetime=50 HA>COA2 rh2=HOA auth\n"
		     "NA if=2 HA_LL>all target=HOA O tll\n");
	world_later(&w, SEC(3));
	ck_assert_uint_eq(world_count(&w, "NA"), 2);
	world_close(&w);
}
END_TEST

/* Home again before the first answer: nothing is left of it. */
START_TEST(called_off_while_waiting)
{
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_count(&w, "");
	world_bu(&w, &(struct bu){ .seq = 2, .src = HOA, .no_hao = true,
				   .ifindex = HOME });
	world_expect(&w, "proxy HOA on 2 down\n"
		     "BA 0 seq=2 lifetime=0 HA>HOA if=2 ll auth\n");
	world_later(&w, SEC(2));
	world_quiet(&w);
	world_close(&w);
}
END_TEST

START_TEST(l_bit_changes_while_waiting)
{
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_later(&w, MSEC(500));
	world_count(&w, "");
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 60, .set = MH_BU_L });
	world_expect(&w, "proxy fe80::10 on 2 up\n"
		     "NS if=2 ::>ff02::1:ff00:10 target=HOA nonce\n"
		     "NS if=2 ::>ff02::1:ff00:10 target=fe80::10 nonce\n");
	world_later(&w, MSEC(999));
	world_quiet(&w);
	world_later(&w, MSEC(1));
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=2"), 1);
	world_close(&w);
}
END_TEST

/* --- Duplicate Address Detection ----------------------------------------- */

static void begin_dad(struct world *w, uint16_t flags)
{
	world_begin(w);
	world_bu(w, &(struct bu){ .seq = 5, .lifetime = 60, .set = flags });
	world_count(w, "");
	world_later(w, MSEC(100));
}

#define DUPLICATE \
	"proxy HOA on 2 down\nBA 134 seq=5 lifetime=0 HA>COA rh2=HOA auth\n"

static void ns(struct world *w, uint32_t ifindex, const char *target,
	       const char *src, const uint8_t nonce[6])
{
	struct nd nd = { .type = ND_NS };
	struct in6_addr group;
	char dst[ADDR_STRLEN];

	nd.ns.target = world_addr(target);
	group = addr_solicited_node(&nd.ns.target);
	nd.ns.has_nonce = nonce;
	if (nonce)
		memcpy(nd.ns.nonce, nonce, 6);
	if (strcmp(src, "::"))
		nd.sll = (struct lladdr){ 6, { 2, 0, 0, 0, 7, 7 } };
	world_nd(w, ifindex, &nd, src, addr_print(&group, dst));
}

static void na(struct world *w, uint32_t ifindex, const char *target)
{
	struct nd nd = { .type = ND_NA,
			 .tll = { 6, { 2, 0, 0, 0, 7, 7 } } };

	nd.na.target = world_addr(target);
	nd.na.flags = ND_NA_O;
	world_nd(w, ifindex, &nd, "fe80::77", "ff02::1");
}

START_TEST(dad_owner_answers)
{
	struct world w;

	begin_dad(&w, 0);
	na(&w, HOME, "2001:db8:1::11");		/* somebody else */
	na(&w, 3, HOA);				/* some other link */
	world_quiet(&w);
	na(&w, HOME, HOA);
	world_expect(&w, DUPLICATE);
	world_later(&w, SEC(30));
	world_quiet(&w);
	/* and it may ask again */
	world_bu(&w, &(struct bu){ .seq = 6, .lifetime = 60 });
	world_expect(&w, "proxy HOA on 2 up\n"
		     "NS if=2 ::>ff02::1:ff00:10 target=HOA nonce\n");
	world_close(&w);
}
END_TEST

START_TEST(dad_link_local_owner_answers)
{
	struct world w;

	begin_dad(&w, MH_BU_L);
	na(&w, HOME, "fe80::10");
	world_expect(&w, "proxy HOA on 2 down\nproxy fe80::10 on 2 down\n"
		     "BA 134 seq=5 lifetime=0 HA>COA rh2=HOA auth\n");
	world_close(&w);
}
END_TEST

/* Without the L bit the link-local address is not ours to ask for. */
START_TEST(dad_link_local_no_matter)
{
	struct world w;

	begin_dad(&w, 0);
	na(&w, HOME, "fe80::10");
	ns(&w, HOME, "fe80::10", "::", NULL);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* RFC 4862 5.4.3: another node asks at the same time; resolution of a
 * tentative address is ignored. */
START_TEST(dad_rival_asks)
{
	static const uint8_t nonce[6] = { 1, 2, 3, 4, 5, 6 };
	struct world w;

	begin_dad(&w, 0);
	ns(&w, HOME, HOA, "fe80::77", NULL);
	world_quiet(&w);
	ns(&w, HOME, HOA, "::", nonce);
	world_expect(&w, DUPLICATE);
	world_close(&w);

	begin_dad(&w, 0);
	ns(&w, HOME, HOA, "::", NULL);
	world_expect(&w, DUPLICATE);
	world_close(&w);
}
END_TEST

static void fix_icmp(uint8_t *p, size_t len)
{
	struct in6_addr src, dst;
	uint16_t sum;

	memcpy(&src, p + 8, 16);
	memcpy(&dst, p + 24, 16);
	sum = wire_checksum(&src, &dst, IPPROTO_ICMPV6, p + 40, len - 40);
	p[42] = (uint8_t)(sum >> 8);
	p[43] = (uint8_t)sum;
}

/* RFC 7527: our own solicitation, looped back by the link. */
START_TEST(dad_looped_back)
{
	struct world w;
	uint8_t own[SEND_MAX];
	size_t len;

	begin_dad(&w, 0);
	len = w.sent_len;
	memcpy(own, w.sent, len);
	world_packet(&w, HOME, own, len);
	world_quiet(&w);
	/* with another nonce it is another node's */
	own[len - 1] ^= 1;
	own[42] = own[43] = 0;
	fix_icmp(own, len);
	world_packet(&w, HOME, own, len);
	world_expect(&w, DUPLICATE);
	world_close(&w);
}
END_TEST

/* The home agent would not hear itself. */
START_TEST(dad_own_address)
{
	struct world w;

	world_begin(&w);
	world_address(&w, HOME, "2001:db8:1::99", ADDR_VALID);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60, .hoa = HA });
	world_expect(&w, "BA 134 seq=1 lifetime=0 HA>COA rh2=HA auth\n");
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60,
				   .hoa = "2001:db8:1::99" });
	world_expect(&w, "BA 134 seq=1 lifetime=0 HA>COA "
		     "rh2=2001:db8:1::99 auth\n");
	world_close(&w);
}
END_TEST

/* --- defending (RFC 6275 10.4.1) ----------------------------------------- */

START_TEST(answers_solicitations)
{
	struct world w;

	world_away(&w, 0);
	ns(&w, HOME, HOA, "fe80::77", NULL);
	world_expect(&w, "NA if=2 HA_LL>fe80::77 target=HOA S ll tll\n");
	/* DAD of another node; the mobile itself, returning (11.5.5) */
	ns(&w, HOME, HOA, "::", NULL);
	world_expect(&w, "NA if=2 HA_LL>all target=HOA tll\n");
	/* not ours to answer */
	ns(&w, 3, HOA, "fe80::77", NULL);
	ns(&w, HOME, "2001:db8:1::11", "fe80::77", NULL);
	ns(&w, HOME, VHOA, "fe80::77", NULL);
	ns(&w, HOME, "fe80::10", "fe80::77", NULL);
	na(&w, HOME, HOA);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

START_TEST(answers_for_link_local)
{
	struct world w;

	world_away(&w, MH_BU_L);
	ns(&w, HOME, "fe80::10", "fe80::77", NULL);
	world_expect(&w, "NA if=2 HA_LL>fe80::77 target=fe80::10 S ll tll\n");
	ns(&w, HOME, "fe80::11", "fe80::77", NULL);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* --- returning home (10.3.2, 11.5.5) ------------------------------------- */

START_TEST(returns_home)
{
	struct world w;

	world_away(&w, MH_BU_L);
	world_bu(&w, &(struct bu){ .seq = 101, .src = HOA, .no_hao = true,
				   .ifindex = HOME });
	world_expect(&w, "flow HOA down\nproxy HOA on 2 down\n"
		     "proxy fe80::10 on 2 down\npath HA-COA down\n"
		     "BA 0 seq=101 lifetime=0 HA>HOA if=2 ll auth\n");
	ns(&w, HOME, HOA, "fe80::77", NULL);
	ns(&w, HOME, HOA, "::", NULL);
	world_quiet(&w);
	/* the acknowledgement was lost */
	world_bu(&w, &(struct bu){ .seq = 102, .src = HOA, .no_hao = true,
				   .ifindex = HOME });
	world_expect(&w, "BA 0 seq=102 lifetime=0 HA>HOA if=2 ll auth\n");
	world_close(&w);
}
END_TEST

/* Away with no care-of address to go on with: from the visited link. */
START_TEST(deregisters_from_afar)
{
	struct world w;

	world_away(&w, 0);
	world_bu(&w, &(struct bu){ .seq = 101 });
	world_expect(&w, "flow HOA down\nproxy HOA on 2 down\n"
		     "path HA-COA down\n"
		     "BA 0 seq=101 lifetime=0 HA>COA rh2=HOA auth\n");
	world_close(&w);
}
END_TEST

/* 10.3.2, last but one paragraph: an update sent before the return arrives
 * after it.  For ten seconds it is recognized. */
START_TEST(late_update_after_return)
{
	struct world w;

	world_away(&w, 0);
	w.stores = true;
	world_bu(&w, &(struct bu){ .seq = 102, .src = HOA, .no_hao = true,
				   .ifindex = HOME });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=102"), 1);
	world_bu(&w, &(struct bu){ .seq = 101, .lifetime = 60 });
	world_expect(&w, "BA 135 seq=102 lifetime=0 HA>COA rh2=HOA auth\n");
	world_later(&w, MSEC(9999));
	world_bu(&w, &(struct bu){ .seq = 101, .lifetime = 60 });
	world_expect(&w, "BA 135 seq=102 lifetime=0 HA>COA rh2=HOA auth\n");
	world_later(&w, MSEC(1));
	world_expect(&w, "forget\n");
	ck_assert_uint_eq(w.keys.nrecords, 0);
	/* nobody remembers now: any number will do */
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "NS"), 1);
	world_close(&w);
}
END_TEST

/* It leaves again within the ten seconds: asked for anew. */
START_TEST(leaves_again_soon)
{
	struct world w;

	world_away(&w, 0);
	world_bu(&w, &(struct bu){ .seq = 101, .src = HOA, .no_hao = true,
				   .ifindex = HOME });
	world_later(&w, SEC(9) + MSEC(500));
	world_count(&w, "");
	world_bu(&w, &(struct bu){ .seq = 102, .lifetime = 60 });
	world_expect(&w, "proxy HOA on 2 up\n"
		     "NS if=2 ::>ff02::1:ff00:10 target=HOA nonce\n");
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=102 lifetime=60"), 1);
	world_later(&w, SEC(200));
	ck_assert_uint_eq(w.keys.nflows, 2);
	world_close(&w);
}
END_TEST

/* Refused at home: straight to where it came from (10.3.2). */
START_TEST(refused_at_home)
{
	struct world w;

	world_away(&w, 0);
	world_bu(&w, &(struct bu){ .seq = 100, .src = HOA, .no_hao = true,
				   .ifindex = HOME });
	world_expect(&w, "BA 135 seq=100 lifetime=0 HA>HOA if=2 ll auth\n");
	world_bu(&w, &(struct bu){ .seq = 101, .src = HOA, .no_hao = true,
				   .ifindex = HOME, .bad_auth = true });
	world_expect(&w, "BA 146 seq=101 lifetime=0 HA>HOA if=2 ll auth\n");
	/* from another link it is routed, wherever that leads */
	world_bu(&w, &(struct bu){ .seq = 100, .src = HOA, .no_hao = true,
				   .ifindex = 3 });
	world_expect(&w, "BA 135 seq=100 lifetime=0 HA>HOA auth\n");
	world_close(&w);
}
END_TEST

/* --- links, and the home agent's own address ----------------------------- */

/* The address need not be configured: any of ours in the prefix will do. */
START_TEST(address_within_prefix)
{
	struct bu u = { .seq = 1, .lifetime = 60 };
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->home_link[0].ha = addr_unspec;
	world_start(&w);
	world_count(&w, "");
	u.dst = "2001:db8:1::2";
	world_bu(&w, &u);
	world_expect(&w, "BA 133 seq=1 lifetime=0 2001:db8:1::2>COA "
		     "rh2=HOA auth\n");
	world_address(&w, HOME, "2001:db8:1::2", ADDR_VALID);
	world_bu(&w, &u);
	ck_assert_uint_eq(world_count(&w, "NS"), 1);
	world_close(&w);
}
END_TEST

START_TEST(link_missing)
{
	struct world w;

	world_open(&w, CONF_HA);
	strcpy(w.conf->home_link[0].ifname, "home1");
	world_start(&w);
	world_count(&w, "");
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_expect(&w, "BA 128 seq=1 lifetime=0 HA>COA rh2=HOA auth\n");
	world_close(&w);
}
END_TEST

/* The link goes and comes back: its neighbours are told again; with another
 * index the solicitations are heard there. */
START_TEST(link_flaps)
{
	struct world w;
	struct event gone = { .kind = EV_LINK,
			      .link = { .ifindex = HOME, .name = "home0",
					.gone = true } };

	world_away(&w, MH_BU_L);
	world_link(&w, HOME, "home0", false);
	world_later(&w, SEC(1));
	world_quiet(&w);
	world_link(&w, HOME, "home0", true);
	world_quiet(&w);
	world_later(&w, SEC(5));
	world_expect(&w, "NA if=2 HA_LL>all target=HOA O tll\n"
		     "NA if=2 HA_LL>all target=fe80::10 O tll\n");
	node_input(w.node, &gone, w.now);
	world_link(&w, 5, "home0", true);
	world_expect(&w, "proxy HOA on 2 down\nproxy fe80::10 on 2 down\n"
		     "proxy HOA on 5 up\nproxy fe80::10 on 5 up\n");
	world_address(&w, 5, HA_LL, ADDR_VALID);
	ns(&w, 5, HOA, "fe80::77", NULL);
	world_expect(&w, "NA if=5 HA_LL>fe80::77 target=HOA S ll tll\n");
	world_close(&w);
}
END_TEST

/* RFC 6275 9.3.1: a Home Address option in anything else wants a binding. */
/* RFC 6275 9.3.1: in front of ESP, AH and a Mobility Header no binding is
 * asked for; 9.4.1, 9.4.2: tests with one are discarded in silence. */
START_TEST(home_address_option_before)
{
	static const uint8_t protos[] = { 50, 51, IPPROTO_MOBILITY };
	struct in6_addr src = world_addr(COA), dst = world_addr(VHA);
	struct in6_addr hoa = world_addr(VHOA);
	struct mh m = { .type = MH_COTI };
	struct world w;

	world_begin(&w);
	for (unsigned k = 0; k < sizeof(protos); k++) {
		uint8_t buf[256];
		struct wbuf b = wbuf_of(buf, sizeof(buf));
		size_t at;

		pkt_start(&b, &src, &dst, 64, &hoa, NULL, protos[k]);
		at = wbuf_len(&b);
		if (protos[k] != IPPROTO_MOBILITY) {
			wbuf_u8(&b, 59);
			wbuf_u8(&b, 4);
			wbuf_zero(&b, 22);
		} else {
			ck_assert_int_eq(mh_build(&m, &b), 0);
			mh_seal(buf + at, m.len, &hoa, &dst);
		}
		pkt_finish(&b);
		world_packet(&w, 7, buf, wbuf_len(&b));
	}
	/* not for want of a binding (1), but of a type that no home agent
	 * knows */
	world_expect(&w, "BE 2 VHA>COA\n");
	world_close(&w);
}
END_TEST

START_TEST(home_address_option_elsewhere)
{
	struct in6_addr src = world_addr(COA), dst = world_addr(VHA);
	struct in6_addr hoa = world_addr(VHOA);
	uint8_t buf[256];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct world w;

	pkt_start(&b, &src, &dst, 64, &hoa, NULL, IPPROTO_UDP);
	wbuf_zero(&b, 8);
	pkt_finish(&b);
	world_begin(&w);
	world_packet(&w, 7, buf, wbuf_len(&b));
	world_expect(&w, "BE 1 VHA>COA\n");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	world_count(&w, "");
	world_packet(&w, 7, buf, wbuf_len(&b));
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* --- what cannot be taken (9.2, 9.3.3) ------------------------------------- */

static void put_mh(struct world *w, const char *from, const char *to,
		   const char *hao, const char *hex)
{
	struct in6_addr src = world_addr(from), dst = world_addr(to);
	struct in6_addr home = world_addr(hao ? hao : "::");
	uint8_t buf[256], octets[128];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	size_t n = unit_hex(hex, octets, sizeof(octets));

	pkt_start(&b, &src, &dst, 64, hao ? &home : NULL, NULL,
		  IPPROTO_MOBILITY);
	mh_seal(octets, n, hao ? &home : &src, &dst);
	wbuf_put(&b, octets, n);
	pkt_finish(&b);
	world_packet(w, 7, buf, wbuf_len(&b));
}

/* The last packet: an ICMPv6 Parameter Problem to COA, code 0, pointing there? */
static void expect_problem(struct world *w, uint32_t pointer)
{
	struct in6_addr coa = world_addr(COA), ha = world_addr(VHA);
	struct wire_error err;
	struct icmp m;
	struct pkt p;

	ck_assert_int_eq(pkt_parse(w->sent, w->sent_len, &p, &err), 0);
	ck_assert(addr_eq(&p.src, &ha) && addr_eq(&p.dst, &coa));
	ck_assert(!p.has_rh2);
	ck_assert_int_eq(icmp_parse(p.payload.p, p.payload.len, &p.src, &p.dst,
				    &m, &err), 0);
	ck_assert_uint_eq(m.type, ICMP_PARAM_PROBLEM);
	ck_assert_uint_eq(m.code, 0);
	ck_assert_uint_eq(m.error.param, pointer);
	w->sent_len = 0;
	world_count(w, "");
}

static void expect_error(struct world *w, uint8_t status, const char *hoa)
{
	struct in6_addr coa = world_addr(COA), home = world_addr(hoa);
	struct wire_error err;
	struct pkt p;
	struct mh m;

	ck_assert_int_eq(pkt_parse(w->sent, w->sent_len, &p, &err), 0);
	ck_assert(addr_eq(&p.dst, &coa) && !p.has_rh2);
	ck_assert_int_eq(mh_parse(p.payload.p, p.payload.len, &p.src, &p.dst,
				  &m, &err), 0);
	ck_assert_uint_eq(m.type, MH_BE);
	ck_assert_uint_eq(m.be.status, status);
	ck_assert(addr_eq(&m.be.hoa, &home));
	w->sent_len = 0;
	world_count(w, "");
}

START_TEST(faults_answered)
{
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	world_count(&w, "");
	/* an unknown type, in front of all that is behind it */
	put_mh(&w, COA, VHA, NULL, "0600c800 0000 0000");
	expect_error(&w, MH_BE_UNKNOWN_TYPE, "::");
	put_mh(&w, COA, VHA, VHOA, "3b00c800 0000 0000");
	expect_error(&w, MH_BE_UNKNOWN_TYPE, VHOA);
	/* a payload behind it: the pointer is at Payload Proto */
	put_mh(&w, COA, VHA, NULL, "06010500 0000 0002 c000003c 01020000");
	expect_problem(&w, 40);
	put_mh(&w, COA, VHA, VHOA, "06010500 0000 0002 c000003c 01020000");
	expect_problem(&w, 64);
	/* shorter than a Binding Update is: at Header Len */
	put_mh(&w, COA, VHA, NULL, "3b000500 0000 0002");
	expect_problem(&w, 41);
	put_mh(&w, COA, VHA, VHOA, "3b000500 0000 0002");
	expect_problem(&w, 65);
	/* and nothing has changed */
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 2, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=2"), 1);
	world_close(&w);
}
END_TEST

/* RFC 4443 2.4 e, RFC 6275 6.3, 9.3.3: to nobody, to many, or about what was
 * sent to many there is no error. */
START_TEST(errors_not_to_groups)
{
	static const char *const bad[] = {
		"3b00c800 0000 0000",
		"06010500 0000 0002 c000003c 01020000",
		"3b000500 0000 0002",
	};
	struct world w;

	world_begin(&w);
	world_count(&w, "");
	for (unsigned k = 0; k < 3; k++) {
		put_mh(&w, COA, "ff02::1", NULL, bad[k]);
		put_mh(&w, "ff0e::1", VHA, NULL, bad[k]);
		put_mh(&w, "::", VHA, NULL, bad[k]);
		world_quiet(&w);
		ck_assert_uint_eq(w.sent_len, 0);
		put_mh(&w, COA, VHA, NULL, bad[k]);
		ck_assert_uint_ne(w.sent_len, 0);
		w.sent_len = 0;
		world_count(&w, "");
	}
	world_close(&w);
}
END_TEST

/* 9.5.1: a home registration stays one (139), and is served on. */
START_TEST(type_change)
{
	char text[2048];
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 100, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 101, .lifetime = 60,
				   .src = COA2, .clear = MH_BU_H });
	ck_assert_uint_eq(world_count(&w, "BA 139"), 1);
	world_show(&w, "bindings", text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "hoa=2001:db8:2::10 "
				     "coa=2001:db8:a::10 "));
	ck_assert_ptr_nonnull(strstr(text, "state=active seq=100 "));
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 101, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_close(&w);
}
END_TEST

/* 8.1, 9.2: what belongs to a role that the node does not have is a type that
 * it does not know. */
START_TEST(roles)
{
	static const struct { uint8_t type; unsigned role; } t[] = {
		{ MH_HOTI, CONF_HA }, { MH_COTI, CONF_HA },
		{ MH_HOT, CONF_HA }, { MH_COT, CONF_HA },
		{ MH_HOT, CONF_CN }, { MH_COT, CONF_CN },
		{ MH_HA_SWITCH, CONF_CN }, { MH_HEARTBEAT, CONF_HA },
		{ MH_HEARTBEAT, CONF_CN },
	};

	for (unsigned k = 0; k < sizeof(t) / sizeof(*t); k++) {
		char hex[64];
		struct world w;

		world_open(&w, t[k].role);
		world_start(&w);
		world_count(&w, "");
		snprintf(hex, sizeof(hex), "3b02%02x00 0000 0000"
			 "00000000 00000000 00000000 00000000", t[k].type);
		put_mh(&w, COA, HA, NULL, hex);
		ck_assert_msg(world_count(&w, "BE 2") == 1, "type %u",
			      t[k].type);
		world_close(&w);
	}
}
END_TEST

/* --- another implementation's mobile --------------------------------------- */

/* UMIP's Binding Updates, as captured: registration from one visited link,
 * from another, and deregistration at home. */
START_TEST(umip_mobile)
{
	static const char *const message[] = {
		"60094449 0038 3c40 20010db800b10000000000fffe000100"
		"20010db8000a00000000000000000001 8702 01020000"
		"c910 20010db8000a00000000000000000100"
		"3b030500 0e5d 5e73 c000 0383 0100"
		"0310 20010db800b10000000000fffe000100",
		"60094449 0038 3c40 20010db800b20000000000fffe000100"
		"20010db8000a00000000000000000001 8702 01020000"
		"c910 20010db8000a00000000000000000100"
		"3b030500 0e5b 5e74 c000 0383 0100"
		"0310 20010db800b20000000000fffe000100",
		"60094449 0020 8740 20010db8000a00000000000000000100"
		"20010db8000a00000000000000000001"
		"3b030500 1185 5e75 c000 0000 0100"
		"0310 20010db8000a00000000000000000100",
	};
	static const char *const want[] = {
		"BA 0 seq=24179 lifetime=899 2001:db8:a::1>"
		"2001:db8:b1::ff:fe00:100 rh2=2001:db8:a::100\n",
		"BA 0 seq=24180 lifetime=899 2001:db8:a::1>"
		"2001:db8:b2::ff:fe00:100 rh2=2001:db8:a::100\n",
		"BA 0 seq=24181 lifetime=0 2001:db8:a::1>2001:db8:a::100 "
		"if=2 ll\n",
	};
	uint8_t buf[128];
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->peer[0].protect = CONF_PROTECT_NONE;
	ck_assert_int_eq(prefix_parse("2001:db8:a::/64",
				      &w.conf->home_link[0].prefix), 0);
	w.conf->peer[0].addr = w.conf->home_link[0].prefix;
	w.conf->home_link[0].ha = world_addr("2001:db8:a::1");
	world_start(&w);
	for (int k = 0; k < 3; k++) {
		size_t len = unit_hex(message[k], buf, sizeof(buf));

		world_count(&w, "");
		world_packet(&w, k == 2 ? HOME : 7, buf, len);
		world_later(&w, SEC(1));
		ck_assert_msg(strstr(w.did, want[k]), "%s", w.did);
	}
	ck_assert_uint_eq(w.keys.npaths, 0);
	world_close(&w);
}
END_TEST

/* --- show ---------------------------------------------------------------- */

START_TEST(shown)
{
	char text[4096];
	struct world w;

	world_away(&w, 0);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 2 });
	world_show(&w, "bindings", text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text,
		"binding hoa=2001:db8:1::10 coa=2001:db8:a::10 "
		"ha=2001:db8:1::1 state=active seq=100 left=236s "
		"granted=240s linklocal=no spi=256\n"));
	ck_assert_ptr_nonnull(strstr(text, "binding hoa=2001:db8:2::10 "
		"state=invalid seq=2 left=10s linklocal=no spi=256\n"));
	world_show(&w, "status", text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "home-agent bindings=1 waiting=0 "
		"invalid=1 limit=1000000 updates=3 accepted=3 refused=0 "
		"ignored=0\n"));
	world_close(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core: home agent");

	unit_add(s, "virtual", virtual_link_at_once);
	unit_add(s, "real", real_link_asks_first);
	unit_add(s, "L", link_local_too);
	unit_add(s, "waiting", retransmitted_while_waiting);
	unit_add(s, "called off", called_off_while_waiting);
	unit_add(s, "L waiting", l_bit_changes_while_waiting);
	unit_add(s, "dad owner", dad_owner_answers);
	unit_add(s, "dad owner ll", dad_link_local_owner_answers);
	unit_add(s, "dad ll", dad_link_local_no_matter);
	unit_add(s, "dad rival", dad_rival_asks);
	unit_add(s, "dad loop", dad_looped_back);
	unit_add(s, "dad own", dad_own_address);
	unit_add(s, "ns", answers_solicitations);
	unit_add(s, "ns ll", answers_for_link_local);
	unit_add(s, "home", returns_home);
	unit_add(s, "from afar", deregisters_from_afar);
	unit_add(s, "late", late_update_after_return);
	unit_add(s, "leaves again", leaves_again_soon);
	unit_add(s, "refused at home", refused_at_home);
	unit_add(s, "ha address", address_within_prefix);
	unit_add(s, "link missing", link_missing);
	unit_add(s, "link flaps", link_flaps);
	unit_add(s, "hao before", home_address_option_before);
	unit_add(s, "hao", home_address_option_elsewhere);
	unit_add(s, "umip", umip_mobile);
	unit_add(s, "faults answered", faults_answered);
	unit_add(s, "not to groups", errors_not_to_groups);
	unit_add(s, "type change", type_change);
	unit_add(s, "roles", roles);
	unit_add(s, "show", shown);
	return unit_main((Suite *const[]){ s, suite_ha_status(),
			  suite_ha_admission(), suite_ha_network(),
			  suite_ha_multicast(), suite_ha_renumber(), NULL });
}
