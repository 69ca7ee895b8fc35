/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_ha.c - the home agent role from outside: what it takes, what it
 * refuses and how, and what it does on its home link.
 */
#include "core_world.h"

/* What one accepted registration of VHOA looks like. */
#define V_UP "path VHA-COA up\nflow VHOA to COA\n"
#define V_BA "VHA>COA rh2=VHOA auth\n"

static void start(struct world *w)
{
	world_open(w, CONF_HA);
	world_start(w);
	world_expect(w, "flow 2001:db8:2::/64 block\nsync\n");
}

/* A mobile of the real link is registered and announced. */
static void start_away(struct world *w, uint16_t flags)
{
	start(w);
	world_bu(w, &(struct bu){ .seq = 100, .lifetime = 60, .set = flags });
	world_later(w, SEC(5));
	w->did[0] = '\0';
}

/* --- registration -------------------------------------------------------- */

START_TEST(virtual_link_at_once)
{
	struct world w;

	start(&w);
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

	start(&w);
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

	start(&w);
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

	start(&w);
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

	start(&w);
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

	start(&w);
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
	start(w);
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

	start(&w);
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

	start_away(&w, 0);
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

	start_away(&w, MH_BU_L);
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

	start_away(&w, MH_BU_L);
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

	start_away(&w, 0);
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

	start_away(&w, 0);
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

	start_away(&w, 0);
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

	start_away(&w, 0);
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

/* --- every status -------------------------------------------------------- */

struct status_case {
	const char	*what;
	struct bu	bu;
	const char	*want;
};

/* VHOA is registered with sequence number 100. */
static const struct status_case statuses[] = {
	{ "135, the same number",
	  { .hoa = VHOA, .seq = 100, .lifetime = 60 },
	  "BA 135 seq=100 lifetime=0 " V_BA },
	{ "135, half a circle behind",
	  { .hoa = VHOA, .seq = 32868, .lifetime = 60 },
	  "BA 135 seq=100 lifetime=0 " V_BA },
	{ "in the window, at its far end",
	  { .hoa = VHOA, .seq = 32867, .lifetime = 60 },
	  "BA 0 seq=32867 lifetime=60 " V_BA },
	{ "135, deregistration too",
	  { .hoa = VHOA, .seq = 99 },
	  "BA 135 seq=100 lifetime=0 " V_BA },
	{ "132, no home link of ours",
	  { .hoa = "2001:db8:c::1", .dst = VHA, .seq = 1, .lifetime = 60 },
	  "BA 132 seq=1 lifetime=0 VHA>COA rh2=2001:db8:c::1 auth\n" },
	{ "133, another link's address",
	  { .hoa = "2001:db8:2::11", .dst = HA, .seq = 1, .lifetime = 60 },
	  "BA 133 seq=1 lifetime=0 HA>COA rh2=2001:db8:2::11 auth\n" },
	{ "133, nothing to delete",
	  { .hoa = "2001:db8:2::11", .seq = 1 },
	  "BA 133 seq=1 lifetime=0 VHA>COA rh2=2001:db8:2::11 auth\n" },
	{ "128, no Home Address option",
	  { .hoa = "2001:db8:2::11", .src = "2001:db8:2::11", .no_hao = true,
	    .alt = COA, .seq = 1, .lifetime = 60 },
	  "BA 128 seq=1 lifetime=0 VHA>2001:db8:2::11 AUTH?\n" },
	{ "174, the home address itself",
	  { .hoa = "2001:db8:2::11", .alt = "2001:db8:2::11", .seq = 1,
	    .lifetime = 60 },
	  "BA 174 seq=1 lifetime=0 VHA>COA rh2=2001:db8:2::11 AUTH?\n" },
	{ "174, the home agent",
	  { .hoa = "2001:db8:2::11", .alt = HA, .seq = 1, .lifetime = 60 },
	  "BA 174 seq=1 lifetime=0 VHA>COA rh2=2001:db8:2::11 AUTH?\n" },
	{ "174, on a link where nobody is",
	  { .hoa = "2001:db8:2::11", .alt = "2001:db8:2::12", .seq = 1,
	    .lifetime = 60 },
	  "BA 174 seq=1 lifetime=0 VHA>COA rh2=2001:db8:2::11 AUTH?\n" },
	{ "129, subnet-router anycast",
	  { .hoa = "2001:db8:2::", .seq = 1, .lifetime = 60 },
	  "BA 129 seq=1 lifetime=0 VHA>COA rh2=2001:db8:2:: auth\n" },
	{ "129, home agents' anycast",
	  { .hoa = "2001:db8:2:0:fdff:ffff:ffff:fffe", .seq = 1,
	    .lifetime = 60 },
	  "BA 129 seq=1 lifetime=0 VHA>COA "
	  "rh2=2001:db8:2:0:fdff:ffff:ffff:fffe auth\n" },
	{ "139, not a home registration",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .clear = MH_BU_H },
	  "BA 139 seq=101 lifetime=0 " V_BA },
	{ "146, wrong authenticator",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .bad_auth = true },
	  "BA 146 seq=101 lifetime=0 " V_BA },
	{ "no A bit: acknowledged all the same",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .clear = MH_BU_A },
	  "BA 0 seq=101 lifetime=60 " V_BA },
	{ "K bit: never granted",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .set = MH_BU_K },
	  "BA 0 seq=101 lifetime=60 " V_BA },
	{ "moved by Alternate Care-of Address",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .alt = COA2 },
	  "path VHA-COA2 up\nflow VHOA to COA2\n"
	  "BA 0 seq=101 lifetime=60 VHA>COA rh2=VHOA AUTH?\n"
	  "path VHA-COA down\n" },
};

START_TEST(status)
{
	const struct status_case *c = &statuses[_i];
	struct world w;

	start(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 100, .lifetime = 60 });
	world_count(&w, "");
	world_bu(&w, &c->bu);
	ck_assert_msg(strcmp(w.did, c->want) == 0, "%s: %s", c->what, w.did);
	world_close(&w);
}
END_TEST

/* The authenticator covers the care-of address of the binding, which is not
 * where the answer goes when an Alternate Care-of Address names it. */
START_TEST(alternate_coa_signed)
{
	struct in6_addr coa = world_addr(COA2), hoa = world_addr(VHOA);
	struct world w;

	start(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .alt = COA2 });
	world_expect(&w, "path VHA-COA2 up\nflow VHOA to COA2\n"
		     "BA 0 seq=1 lifetime=60 VHA>COA rh2=VHOA AUTH?\n");
	ck_assert(world_signed(&w, &coa, &hoa));
	world_close(&w);
}
END_TEST

static const struct status_case silences[] = {
	{ "multicast home address is no packet for us",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .alt = "ff0e::1" } },
	{ "link-local care-of address",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .alt = "fe80::1:2" } },
	{ "link-local source",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .src = "fe80::1:2",
	    .alt = COA } },
	{ "loopback care-of address",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .alt = "::1" } },
	{ "unspecified care-of address",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .alt = "::" } },
	{ "care-of address not routable, deregistration",
	  { .hoa = VHOA, .seq = 101, .alt = "fe80::1:2" } },
	{ "home registration with nonce indices",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .nonces = true } },
	{ "no key for that home address",
	  { .hoa = "2001:db8:d::1", .dst = VHA, .seq = 1, .lifetime = 60 } },
	{ "no authentication option",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .no_auth = true } },
	{ "another SPI",
	  { .hoa = VHOA, .seq = 101, .lifetime = 60, .spi = 257 } },
	{ "correspondent registration without binding",
	  { .hoa = "2001:db8:2::11", .seq = 1, .lifetime = 60,
	    .clear = MH_BU_H } },
};

/* And it changes nothing: the next number is still good. */
START_TEST(silence)
{
	const struct status_case *c = &silences[_i];
	struct world w;

	start(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 100, .lifetime = 60 });
	world_count(&w, "");
	world_bu(&w, &c->bu);
	ck_assert_msg(!w.did[0], "%s: %s", c->what, w.did);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 101, .lifetime = 60 });
	world_expect(&w, "BA 0 seq=101 lifetime=60 " V_BA);
	world_close(&w);
}
END_TEST

/* A refusal changes nothing either. */
START_TEST(refusal_changes_nothing)
{
	struct world w;
	char before[4096], after[4096];

	start(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 100, .lifetime = 60 });
	world_show(&w, "bindings", before, sizeof(before));
	for (size_t k = 0; k < sizeof(statuses) / sizeof(*statuses); k++) {
		if (!strstr(statuses[k].want, "BA 0"))
			world_bu(&w, &statuses[k].bu);
	}
	world_show(&w, "bindings", after, sizeof(after));
	ck_assert_str_eq(before, after);
	ck_assert_uint_eq(w.keys.npaths, 1);
	ck_assert_uint_eq(w.keys.nflows, 2);
	ck_assert_uint_eq(w.keys.nrecords, 1);
	world_close(&w);
}
END_TEST

/* Two mobiles that name each other's home address would loop. */
START_TEST(no_circles)
{
	struct world w;

	start_away(&w, 0);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::11", .seq = 1,
				   .lifetime = 60, .alt = HOA });
	ck_assert_uint_eq(world_count(&w, "BA 174"), 1);
	/* a host on the home link that is not away is a place to be */
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::11", .seq = 1,
				   .lifetime = 60, .alt = "2001:db8:1::12" });
	ck_assert_uint_eq(world_count(&w, "NS"), 1);
	world_close(&w);
}
END_TEST

/* A key that many share does not say who: errors are rationed. */
START_TEST(errors_are_rationed)
{
	struct world w;
	unsigned n;

	start(&w);
	for (unsigned k = 0; k < 300; k++)
		world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1,
					   .lifetime = 60, .bad_auth = true });
	n = world_count(&w, "BA 146");
	ck_assert_uint_ge(n, 10);
	ck_assert_uint_le(n, 100);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_close(&w);
}
END_TEST

START_TEST(no_home_agent)
{
	struct world w;

	world_open(&w, CONF_CN);
	world_start(&w);
	world_expect(&w, "sync\n");
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_expect(&w, "BA 131 seq=1 lifetime=0 HA>COA rh2=HOA auth\n");
	world_bu(&w, &(struct bu){ .seq = 1 });
	world_expect(&w, "BA 133 seq=1 lifetime=0 HA>COA rh2=HOA auth\n");
	/* who has no key is told without one */
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:d::1", .dst = HA,
				   .seq = 1, .lifetime = 60 });
	world_expect(&w, "BA 131 seq=1 lifetime=0 HA>COA "
		     "rh2=2001:db8:d::1\n");
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 60,
				   .bad_auth = true });
	world_expect(&w, "BA 146 seq=2 lifetime=0 HA>COA rh2=HOA auth\n");
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 60,
				   .clear = MH_BU_H });
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* --- lifetimes (10.3.1) -------------------------------------------------- */

static void prefix(struct world *w, uint32_t valid, uint32_t preferred)
{
	struct conf_prefix *p;

	world_open(w, CONF_HA);
	p = conf_add_prefix(w->conf, &w->conf->iface[0]);
	p->prefix = w->conf->home_link[0].prefix;
	p->valid = valid;
	p->preferred = preferred;
	world_start(w);
	world_count(w, "");
}

START_TEST(lifetime)
{
	static const struct {
		uint32_t valid, preferred, most;
		uint16_t asked;
		const char *want;
	} t[] = {
		{ 2592000, 604800, 262140, 60, "BA 0 seq=1 lifetime=60 " },
		{ ND_INFINITE, ND_INFINITE, 262140, 65535,
		  "BA 0 seq=1 lifetime=65535 " },
		{ 2592000, 604800, 100, 60, "BA 0 seq=1 lifetime=25 " },
		{ 103, 103, 262140, 60, "BA 1 seq=1 lifetime=25 " },
		{ 103, 103, 262140, 24, "BA 0 seq=1 lifetime=24 " },
		{ 1000, 0, 262140, 60, "BA 1 seq=1 lifetime=60 " },
		{ 1000, 100, 262140, 26, "BA 1 seq=1 lifetime=26 " },
		{ 1000, 100, 262140, 25, "BA 0 seq=1 lifetime=25 " },
		{ ND_INFINITE, 100, 262140, 26, "BA 1 seq=1 lifetime=26 " },
		{ 1000, 1000, 3, 60, "BA 0 seq=1 lifetime=1 " },
		{ 0, 0, 262140, 60, "BA 132 " },
		{ 3, 3, 262140, 60, "BA 132 " },
	};
	struct world w;

	prefix(&w, t[_i].valid, t[_i].preferred);
	w.conf->ha_max_binding_life = t[_i].most;
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = t[_i].asked });
	world_later(&w, SEC(1));
	ck_assert_msg(strstr(w.did, t[_i].want), "%d: %s", _i, w.did);
	world_close(&w);
}
END_TEST
#define LIFETIMES	12

START_TEST(expires)
{
	struct world w;

	start_away(&w, 0);
	w.notes = true;
	/* registered at 1 s for 240 s; it is 5 s now */
	world_later(&w, SEC(236) - 1);
	world_quiet(&w);
	world_later(&w, 1);
	world_expect(&w, "note binding-down hoa=2001:db8:1::10 "
		     "reason=expired\nflow HOA down\nproxy HOA on 2 down\n"
		     "path HA-COA down\n");
	ck_assert_uint_eq(w.keys.nrecords, 0);
	world_bu(&w, &(struct bu){ .seq = 101 });
	ck_assert_uint_eq(world_count(&w, "BA 133"), 1);
	world_close(&w);
}
END_TEST

/* A shorter lifetime than before ends sooner, a longer one later. */
START_TEST(expiry_moves)
{
	struct world w;

	start(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 2, .lifetime = 2 });
	world_count(&w, "");
	world_later(&w, SEC(8) - 1);
	world_quiet(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 3, .lifetime = 60 });
	world_count(&w, "");
	world_later(&w, SEC(240) - 1);
	world_quiet(&w);
	world_later(&w, 1);
	world_expect(&w, "flow VHOA down\npath VHA-COA down\n");
	world_close(&w);
}
END_TEST

/* --- timestamps (RFC 4285 section 6) ------------------------------------- */

static void start_timed(struct world *w)
{
	world_open(w, CONF_HA);
	w->conf->peer[1].replay = CONF_REPLAY_TIMESTAMP;
	world_start(w);
	world_count(w, "");
}

static uint64_t ba_stamp(const struct world *w)
{
	const struct mopt *o = mh_opt(&w->ba, MOPT_REPLAY);

	return o ? o->replay : 0;
}

START_TEST(timestamps)
{
	struct bu u = { .hoa = VHOA, .seq = 10, .lifetime = 60 };
	struct world w;
	uint64_t first;

	start_timed(&w);
	world_bu(&w, &u);
	world_expect(&w, "BA 145 seq=10 lifetime=0 " V_BA);
	ck_assert(!mh_opt(&w.ba, MOPT_REPLAY));

	u.replay = first = world_ntp(&w, -1000);
	world_bu(&w, &u);
	world_expect(&w, V_UP "BA 0 seq=10 lifetime=60 " V_BA);
	ck_assert(ba_stamp(&w) == first);

	/* the same again, and an older one: replayed */
	world_bu(&w, &u);
	world_expect(&w, "BA 144 seq=10 lifetime=0 " V_BA);
	ck_assert_uint_eq(ba_stamp(&w) >> 32, world_ntp(&w, 0) >> 32);
	ck_assert_uint_eq((uint32_t)ba_stamp(&w), (uint32_t)first);
	u.replay = world_ntp(&w, -1500);
	world_bu(&w, &u);
	ck_assert_uint_eq(world_count(&w, "BA 144"), 1);

	/* clocks apart by more than the drift */
	u.replay = world_ntp(&w, -8000);
	world_bu(&w, &u);
	u.replay = world_ntp(&w, 8000);
	world_bu(&w, &u);
	ck_assert_uint_eq(world_count(&w, "BA 144"), 2);

	/* the sequence number is not used: a smaller one is fine */
	u.replay = world_ntp(&w, 0);
	u.seq = 3;
	world_bu(&w, &u);
	world_expect(&w, "BA 0 seq=3 lifetime=60 " V_BA);
	world_close(&w);
}
END_TEST

/* A timestamp outlives its binding for as long as it would be taken. */
START_TEST(timestamp_outlives_binding)
{
	struct bu u = { .hoa = VHOA, .seq = 10, .lifetime = 1 };
	struct world w;

	start_timed(&w);
	u.replay = world_ntp(&w, 6000);
	world_bu(&w, &u);
	world_later(&w, SEC(4));
	ck_assert_uint_eq(world_count(&w, "flow VHOA down"), 1);
	world_bu(&w, &u);
	world_expect(&w, "BA 144 seq=10 lifetime=0 " V_BA);
	/* it is forgotten when the clock is further than that */
	world_later(&w, SEC(20));
	ck_assert_uint_eq(w.keys.nrecords, 0);
	world_bu(&w, &u);
	world_expect(&w, "BA 144 seq=10 lifetime=0 " V_BA);
	world_close(&w);
}
END_TEST

/* A mobile that sends one although it need not gets it back (5.1.1, 6). */
START_TEST(timestamp_volunteered)
{
	struct world w;

	start(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .replay = 0x123456789abcdef0 });
	world_count(&w, "");
	ck_assert(ba_stamp(&w) == 0x123456789abcdef0);
	world_close(&w);
}
END_TEST

/* RFC 4283: the identity that the configuration knows is asked for, and
 * given back. */
START_TEST(identity)
{
	struct bu u = { .hoa = VHOA, .seq = 1, .lifetime = 60 };
	const struct mopt *o;
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->peer[1].nai = "alice@example.org";
	world_start(&w);
	world_count(&w, "");
	world_bu(&w, &u);
	u.nai = "bob@example.org";
	world_bu(&w, &u);
	world_quiet(&w);
	u.nai = "alice@example.org";
	world_bu(&w, &u);
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	o = mh_opt(&w.ba, MOPT_MNID);
	ck_assert_ptr_nonnull(o);
	ck_assert_uint_eq(o->mnid.id.len, strlen(u.nai));
	ck_assert_mem_eq(o->mnid.id.p, u.nai, strlen(u.nai));
	world_close(&w);
}
END_TEST

/* `insecure': no option is asked for, none is given. */
START_TEST(insecure)
{
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->peer[1].protect = CONF_PROTECT_NONE;
	world_start(&w);
	world_count(&w, "");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .no_auth = true });
	world_expect(&w, V_UP
		     "BA 0 seq=1 lifetime=60 VHA>COA rh2=VHOA\n");
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

	start_away(&w, MH_BU_L);
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
	start(&w);
	world_packet(&w, 7, buf, wbuf_len(&b));
	world_expect(&w, "BE 1 VHA>COA\n");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	world_count(&w, "");
	world_packet(&w, 7, buf, wbuf_len(&b));
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* --- show ---------------------------------------------------------------- */

START_TEST(shown)
{
	char text[4096];
	struct world w;

	start_away(&w, 0);
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
	TCase *c = tcase_create("status");

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
	unit_add(s, "alternate", alternate_coa_signed);
	unit_add(s, "refusal", refusal_changes_nothing);
	unit_add(s, "circles", no_circles);
	unit_add(s, "ration", errors_are_rationed);
	unit_add(s, "no ha", no_home_agent);
	unit_add(s, "expires", expires);
	unit_add(s, "expiry moves", expiry_moves);
	unit_add(s, "timestamps", timestamps);
	unit_add(s, "timestamp hold", timestamp_outlives_binding);
	unit_add(s, "timestamp volunteered", timestamp_volunteered);
	unit_add(s, "identity", identity);
	unit_add(s, "insecure", insecure);
	unit_add(s, "ha address", address_within_prefix);
	unit_add(s, "link missing", link_missing);
	unit_add(s, "link flaps", link_flaps);
	unit_add(s, "hao", home_address_option_elsewhere);
	unit_add(s, "show", shown);
	tcase_add_loop_test(c, status, 0, sizeof(statuses) / sizeof(*statuses));
	tcase_add_loop_test(c, silence, 0,
			    sizeof(silences) / sizeof(*silences));
	tcase_add_loop_test(c, lifetime, 0, LIFETIMES);
	suite_add_tcase(s, c);
	return unit_main((Suite *const[]){ s, NULL });
}
