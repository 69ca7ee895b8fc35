/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_ha_status.c - the home agent's answers: every status, what is
 * discarded in silence, lifetimes, timestamps, identities.
 */
#include "core_world.h"

/* What one accepted registration of VHOA looks like. */
#define V_UP "path VHA-COA up\nflow VHOA to COA\n"
#define V_BA "VHA>COA rh2=VHOA auth\n"

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
	{ "133, no Home Address option",
	  { .hoa = "2001:db8:2::11", .src = "2001:db8:2::11", .no_hao = true,
	    .alt = COA, .seq = 1, .lifetime = 60 },
	  "BA 133 seq=1 lifetime=0 VHA>2001:db8:2::11 AUTH?\n" },
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

	world_begin(&w);
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

	world_begin(&w);
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

	world_begin(&w);
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

	world_begin(&w);
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

/* 10.3.1: acknowledged whether it is asked for or not; K is clear, and there is
 * no Binding Refresh Advice, since bindings are stored. */
START_TEST(not_asked)
{
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .clear = MH_BU_A, .set = MH_BU_K });
	world_expect(&w, V_UP "BA 0 seq=1 lifetime=60 " V_BA);
	ck_assert_uint_eq(w.ba.ba.flags, 0);
	ck_assert_ptr_null(mh_opt(&w.ba, MOPT_REFRESH));
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 2, .clear = MH_BU_A });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=2 lifetime=0"), 1);
	ck_assert_uint_eq(w.ba.ba.flags, 0);
	ck_assert_ptr_null(mh_opt(&w.ba, MOPT_REFRESH));
	world_close(&w);
}
END_TEST

/* 9.5.1: modulo 2^16. */
START_TEST(numbers)
{
	struct world w;

	world_begin(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 65535, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 0, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=0"), 1);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 65535, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 135 seq=0"), 1);
	world_close(&w);
}
END_TEST

/* Two mobiles that name each other's home address would loop. */
START_TEST(no_circles)
{
	struct world w;

	world_away(&w, 0);
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

	world_begin(&w);
	for (unsigned k = 0; k < 300; k++)
		world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1,
					   .lifetime = 60, .bad_auth = true });
	n = world_count(&w, "BA 146");
	ck_assert_uint_ge(n, 10);
	ck_assert_uint_le(n, 20);
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

	world_away(&w, 0);
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

	world_begin(&w);
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

	world_begin(&w);
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

Suite *suite_ha_status(void)
{
	Suite *s = suite_create("core: home agent, statuses");
	TCase *c = tcase_create("tables");

	unit_add(s, "alternate", alternate_coa_signed);
	unit_add(s, "refusal", refusal_changes_nothing);
	unit_add(s, "not asked", not_asked);
	unit_add(s, "numbers", numbers);
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
	tcase_add_loop_test(c, status, 0, sizeof(statuses) / sizeof(*statuses));
	tcase_add_loop_test(c, silence, 0,
			    sizeof(silences) / sizeof(*silences));
	tcase_add_loop_test(c, lifetime, 0, LIFETIMES);
	suite_add_tcase(s, c);
	return s;
}
