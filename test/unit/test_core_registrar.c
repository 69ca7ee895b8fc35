/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_registrar.c - the binding cache over time: restarts, limits,
 * another configuration, and a long life at random.
 */
#include "core_world.h"

static void start(struct world *w)
{
	world_open(w, CONF_HA);
	world_start(w);
	world_count(w, "");
}

static void register_both(struct world *w)
{
	world_bu(w, &(struct bu){ .seq = 100, .lifetime = 60,
				  .set = MH_BU_L });
	world_bu(w, &(struct bu){ .hoa = VHOA, .seq = 200, .lifetime = 50 });
	world_later(w, SEC(10));
	world_count(w, "");
}

/* --- restart ------------------------------------------------------------- */

START_TEST(restart)
{
	struct world w;
	char text[4096];

	start(&w);
	register_both(&w);
	w.notes = true;
	world_restart(&w);
	/* said again; solicitations heard before anybody is told anything */
	ck_assert_uint_eq(w.keys.npaths, 2);
	ck_assert_uint_eq(w.keys.nflows, 3);
	ck_assert_uint_eq(w.keys.nproxies, 2);
	ck_assert_uint_eq(w.keys.nrecords, 2);
	ck_assert_ptr_null(strstr(w.did, "down"));
	ck_assert_ptr_null(strstr(w.did, "NS"));
	/* what the old run left and nobody mentioned may go only now */
	ck_assert_ptr_nonnull(strstr(w.did, "ifindex=2\nsync\n"));
	ck_assert(strstr(w.did, "sync") > strstr(w.did, "proxy HOA on 2 up"));
	world_count(&w, "");
	world_show(&w, "bindings", text, sizeof(text));
	/* DAD took one second of the first one's ten */
	ck_assert_ptr_nonnull(strstr(text, "seq=100 left=231s granted=240s "
				     "linklocal=yes"));
	ck_assert_ptr_nonnull(strstr(text, "seq=200 left=190s granted=200s"));
	/* neighbours hear of it once, in case our hardware is another */
	world_later(&w, SEC(1));
	world_expect(&w, "NA if=2 HA_LL>all target=HOA O tll\n"
		     "NA if=2 HA_LL>all target=fe80::10 O tll\n");
	/* the numbers go on where they were */
	world_bu(&w, &(struct bu){ .seq = 100, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 135 seq=100"), 1);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 201, .lifetime = 2 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=201"), 1);
	world_close(&w);
}
END_TEST

START_TEST(restart_expiry)
{
	struct world w;

	start(&w);
	register_both(&w);
	world_restart(&w);
	world_count(&w, "");
	world_later(&w, SEC(190) - 1);
	ck_assert_uint_eq(world_count(&w, "flow"), 0);
	world_later(&w, 1);
	ck_assert_uint_eq(world_count(&w, "flow VHOA down"), 1);
	world_later(&w, SEC(41));
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 1);
	ck_assert_uint_eq(w.keys.npaths, 0);
	ck_assert_uint_eq(w.keys.nproxies, 0);
	ck_assert_uint_eq(w.keys.nrecords, 0);
	world_close(&w);
}
END_TEST

/* The machine was off: its uptime begins anew, the wall clock has gone on.
 * One lifetime ran out meanwhile. */
START_TEST(reboot)
{
	char text[4096];
	struct world w;
	int64_t wall;

	start(&w);
	register_both(&w);
	wall = (int64_t)w.now + w.wall;
	w.now = SEC(3);
	w.wall = wall + (int64_t)SEC(200) - (int64_t)w.now;
	world_restart(&w);
	world_show(&w, "bindings", text, sizeof(text));
	ck_assert_str_eq(text, "binding hoa=2001:db8:1::10 "
			 "coa=2001:db8:a::10 ha=2001:db8:1::1 state=active "
			 "seq=100 left=31s granted=240s linklocal=yes "
			 "spi=256\n");
	ck_assert_uint_eq(w.keys.nrecords, 1);
	ck_assert_uint_eq(w.keys.nflows, 2);
	world_close(&w);
}
END_TEST

/* A clock that ran backwards cannot make a binding live longer than the
 * mobile was promised; without a clock it is the whole of that. */
START_TEST(clock_unknown)
{
	char text[4096];
	struct world w;

	start(&w);
	register_both(&w);
	w.wall -= (int64_t)SEC(100000);
	world_restart(&w);
	world_show(&w, "bindings", text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "seq=100 left=240s"));
	w.wall = 0;
	world_later(&w, SEC(20));
	world_restart(&w);
	world_show(&w, "bindings", text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "seq=100 left=240s"));
	world_close(&w);
}
END_TEST

/* What was deregistered is remembered too (RFC 6275 10.3.2). */
START_TEST(restart_invalid)
{
	struct world w;

	start(&w);
	register_both(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 205 });
	world_later(&w, SEC(4));
	world_restart(&w);
	world_count(&w, "");
	ck_assert_uint_eq(w.keys.npaths, 1);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 204, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 135 seq=205"), 1);
	/* a repeated deregistration is still one that succeeded */
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 206 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=206"), 1);
	world_later(&w, SEC(10));
	ck_assert_uint_eq(w.keys.nrecords, 1);
	world_close(&w);
}
END_TEST

START_TEST(restart_timestamp)
{
	struct bu u = { .hoa = VHOA, .seq = 1, .lifetime = 60 };
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->peer[1].replay = CONF_REPLAY_TIMESTAMP;
	world_start(&w);
	u.replay = world_ntp(&w, 5000);
	world_bu(&w, &u);
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_restart(&w);
	world_bu(&w, &u);
	ck_assert_uint_eq(world_count(&w, "BA 144"), 1);
	world_close(&w);
}
END_TEST

/* Nobody is answered before all records are in: what is asked might be
 * older than what is known. */
START_TEST(not_before_ready)
{
	struct event ready = { .kind = EV_READY };
	struct node_seed seed = { .secret = "seed" };
	struct store_record r;
	struct world w;

	start(&w);
	register_both(&w);
	r = w.keys.record[0];		/* VHOA: no DAD before it */
	node_free(w.node);
	seed.wall = w.wall;
	w.node = node_new(w.conf, &seed, w.now);
	memset(&w.keys, 0, sizeof(w.keys));
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 150, .lifetime = 60 });
	world_expect(&w, "flow 2001:db8:2::/64 block\n");
	w.keys.record[w.keys.nrecords++] = r;
	world_restore(&w, &r);
	node_input(w.node, &ready, w.now);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 150, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 135 seq=200"), 1);
	world_close(&w);
}
END_TEST

/* A registration that waits is not remembered; the mobile asks again. */
START_TEST(restart_waiting)
{
	struct world w;

	start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(w.keys.nrecords, 0);
	world_restart(&w);
	world_count(&w, "");
	world_later(&w, SEC(2));
	world_quiet(&w);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "NS"), 1);
	world_close(&w);
}
END_TEST

/* The home link, or our address on it, is not in the configuration any
 * more: the record goes, nothing is served. */
START_TEST(restart_elsewhere)
{
	struct world w;

	for (int k = 0; k < 2; k++) {
		start(&w);
		register_both(&w);
		if (k)
			w.conf->home_link[1].ha = world_addr("2001:db8:2::2");
		else
			w.conf->nhome_links = 1;
		world_restart(&w);
		ck_assert_uint_eq(w.keys.npaths, 1);
		ck_assert_uint_eq(w.keys.nrecords, 1);
		ck_assert_uint_eq(w.keys.nflows, k ? 2 : 1);
		world_close(&w);
	}
}
END_TEST

/* Records are data from outside: each octet wrong in turn, and each length.
 * Nothing may crash, and what is served must be something that could have
 * been stored. */
START_TEST(restart_damaged)
{
	struct store_record good, r;
	struct world w;

	start(&w);
	register_both(&w);
	good = w.keys.record[0];
	for (unsigned k = 0; k < good.key_len + good.value_len; k++) {
		for (int flip = 1; flip < 256; flip <<= 1) {
			r = good;
			if (k < good.key_len)
				r.key[k] ^= (uint8_t)flip;
			else
				r.value[k - good.key_len] ^= (uint8_t)flip;
			w.keys.nrecords = 1;
			w.keys.record[0] = r;
			world_restart(&w);
			ck_assert_uint_le(w.keys.npaths, 1);
			world_shutdown(&w);
			ck_assert_uint_eq(w.keys.npaths, 0);
			world_count(&w, "");
		}
	}
	for (unsigned len = 0; len < good.value_len; len++) {
		r = good;
		r.value_len = (uint8_t)len;
		w.keys.nrecords = 1;
		w.keys.record[0] = r;
		world_restart(&w);
		ck_assert_uint_eq(w.keys.npaths, 0);
		ck_assert_uint_eq(w.keys.nrecords, 0);
		world_count(&w, "");
	}
	/* somebody else's record is left alone; ours twice is one */
	w.keys.nrecords = 1;
	w.keys.record[0] = good;
	world_restart(&w);
	world_restore(&w, &good);
	ck_assert_uint_eq(w.keys.npaths, 1);
	r.key[0] = 'z';
	world_restore(&w, &r);
	r.key_len = 0;
	world_restore(&w, &r);
	ck_assert_uint_eq(w.keys.nrecords, 1);
	world_close(&w);
}
END_TEST

/* --- limits -------------------------------------------------------------- */

START_TEST(full)
{
	struct bu u = { .hoa = "2001:db8:2::21", .seq = 1, .lifetime = 60 };
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->ha_max_bindings = 2;
	world_start(&w);
	register_both(&w);
	w.notes = true;
	world_bu(&w, &u);
	world_expect(&w, "note binding-limit hoa=2001:db8:2::21 limit=2\n"
		     "BA 130 seq=1 lifetime=0 VHA>COA rh2=2001:db8:2::21 "
		     "auth\nnote refused hoa=2001:db8:2::21 "
		     "coa=2001:db8:a::10 status=130 "
		     "reason=\"insufficient resources\"\n");
	/* said once; who is in is served on */
	u.hoa = "2001:db8:2::22";
	world_bu(&w, &u);
	ck_assert_uint_eq(world_count(&w, "note binding-limit"), 0);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 201, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=201"), 1);
	/* what is only remembered takes no place */
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 202 });
	world_bu(&w, &u);
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=1 lifetime=60"), 1);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 203, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "note binding-limit"), 1);
	world_close(&w);
}
END_TEST

/* One address after the other, registered and given back: what is only
 * remembered is bounded too. */
START_TEST(full_of_memories)
{
	char hoa[ADDR_STRLEN];
	struct bu u = { .hoa = hoa };
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->ha_max_bindings = 4;
	world_start(&w);
	for (unsigned k = 0; k < 8; k++) {
		snprintf(hoa, sizeof(hoa), "2001:db8:2::1:%x", k + 1);
		u.seq = 1;
		u.lifetime = 60;
		world_bu(&w, &u);
		ck_assert_uint_eq(world_count(&w, "BA 0 seq=1"), 1);
		u.seq = 2;
		u.lifetime = 0;
		world_bu(&w, &u);
		ck_assert_uint_eq(world_count(&w, "BA 0 seq=2"), 1);
	}
	snprintf(hoa, sizeof(hoa), "2001:db8:2::2");
	u.seq = 1;
	u.lifetime = 60;
	world_bu(&w, &u);
	ck_assert_uint_eq(world_count(&w, "BA 130"), 1);
	world_close(&w);
}
END_TEST

START_TEST(full_with_waiting)
{
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->ha_max_bindings = 1;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 130"), 1);
	world_close(&w);
}
END_TEST

/* --- another configuration ----------------------------------------------- */

START_TEST(reconfigure_nothing)
{
	struct world w;

	start(&w);
	register_both(&w);
	world_reconfigure(&w, world_conf(CONF_HA));
	world_quiet(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 201, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=201"), 1);
	world_close(&w);
}
END_TEST

START_TEST(reconfigure_link_gone)
{
	struct conf *c = world_conf(CONF_HA);
	struct world w;

	start(&w);
	register_both(&w);
	w.notes = true;
	/* the virtual link comes first now, the real one goes */
	c->home_link[0] = c->home_link[1];
	c->nhome_links = 1;
	world_reconfigure(&w, c);
	world_expect(&w, "note binding-down hoa=2001:db8:1::10 "
		     "reason=configuration\nflow HOA down\n"
		     "proxy HOA on 2 down\nproxy fe80::10 on 2 down\n"
		     "path HA-COA down\n");
	/* what it has sent last is remembered for a while */
	ck_assert_uint_eq(w.keys.nrecords, 2);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 201, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=201"), 1);
	world_bu(&w, &(struct bu){ .seq = 101, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 132 seq=101"), 1);
	world_close(&w);
}
END_TEST

START_TEST(reconfigure_virtual_gone)
{
	struct conf *c = world_conf(CONF_HA);
	struct world w;

	start(&w);
	register_both(&w);
	c->nhome_links = 1;
	world_reconfigure(&w, c);
	ck_assert_uint_eq(w.keys.nflows, 1);
	ck_assert_uint_eq(w.keys.npaths, 1);
	ck_assert_uint_eq(world_count(&w, "flow 2001:db8:2::/64 down"), 1);
	world_close(&w);
}
END_TEST

/* Its key is taken away. */
START_TEST(reconfigure_key_gone)
{
	struct conf *c = world_conf(CONF_HA);
	struct world w;

	start(&w);
	register_both(&w);
	c->peer[1] = c->peer[2];
	world_reconfigure(&w, c);
	world_expect(&w, "flow VHOA down\npath VHA-COA down\n");
	world_later(&w, SEC(11));
	ck_assert_uint_eq(w.keys.nrecords, 1);
	world_close(&w);
}
END_TEST

/* The link is another interface: solicitations are heard there. */
START_TEST(reconfigure_interface)
{
	struct conf *c = world_conf(CONF_HA);
	struct world w;

	start(&w);
	world_link(&w, 9, "home9", true);
	register_both(&w);
	strcpy(c->home_link[0].ifname, "home9");
	world_reconfigure(&w, c);
	world_expect(&w, "proxy HOA on 2 down\nproxy fe80::10 on 2 down\n"
		     "proxy HOA on 9 up\nproxy fe80::10 on 9 up\n");
	world_close(&w);
}
END_TEST

/* The home prefix becomes invalid sooner (10.3.1). */
START_TEST(reconfigure_prefix)
{
	struct conf *c = world_conf(CONF_HA);
	struct conf_prefix *p = conf_add_prefix(c, &c->iface[0]);
	struct world w;

	start(&w);
	register_both(&w);
	p->prefix = c->home_link[0].prefix;
	p->valid = p->preferred = 20;
	world_reconfigure(&w, c);
	world_later(&w, SEC(20) - 1);
	world_quiet(&w);
	world_later(&w, 1);
	ck_assert_uint_eq(world_count(&w, "flow HOA down"), 1);
	world_close(&w);
}
END_TEST

/* While one waits. */
START_TEST(reconfigure_waiting)
{
	struct conf *c;
	struct world w;

	start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	c = world_conf(CONF_HA);
	/* the links change places */
	c->home_link[0] = w.conf->home_link[1];
	c->home_link[1] = w.conf->home_link[0];
	world_reconfigure(&w, c);
	world_later(&w, SEC(5));
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=1"), 1);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::11", .seq = 1,
				   .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "NS"), 1);
	c = world_conf(CONF_HA);
	c->home_link[0] = c->home_link[1];
	c->nhome_links = 1;
	world_reconfigure(&w, c);
	world_later(&w, SEC(5));
	ck_assert_uint_eq(world_count(&w, "BA"), 0);
	ck_assert_uint_eq(w.keys.npaths, 0);
	ck_assert_uint_eq(w.keys.nproxies, 0);
	world_close(&w);
}
END_TEST

/* --- the end ------------------------------------------------------------- */

START_TEST(shut_down)
{
	struct world w;

	start(&w);
	register_both(&w);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::11", .seq = 1,
				   .lifetime = 60 });
	world_shutdown(&w);
	ck_assert_uint_eq(w.keys.npaths, 0);
	ck_assert_uint_eq(w.keys.nflows, 0);
	ck_assert_uint_eq(w.keys.nproxies, 0);
	ck_assert_uint_eq(w.keys.nrecords, 2);
	/* and goes on where it was */
	world_restart(&w);
	ck_assert_uint_eq(w.keys.npaths, 2);
	ck_assert_uint_eq(w.keys.nflows, 3);
	world_close(&w);
}
END_TEST

/* Freed in the middle of everything, effects not taken. */
START_TEST(freed_at_any_time)
{
	struct world w;

	start(&w);
	register_both(&w);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::11", .seq = 1,
				   .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 205 });
	w.hold_effects = true;
	world_bu(&w, &(struct bu){ .seq = 105, .lifetime = 60, .src = COA2 });
	world_bu(&w, &(struct bu){ .seq = 106 });
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 206, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 207 });
	world_later(&w, SEC(11));
	world_close(&w);
}
END_TEST

/* Many changes before anybody takes an effect: told as it stands in the
 * end, in an order that makes sense (core_world.c checks that). */
START_TEST(effects_merge)
{
	struct world w;

	start(&w);
	register_both(&w);
	w.hold_effects = true;
	for (uint16_t k = 1; k <= 7; k++)
		world_bu(&w, &(struct bu){
			.hoa = VHOA, .seq = (uint16_t)(200 + k),
			.lifetime = k == 4 ? 0 : 60,
			.src = k & 1 ? COA2 : COA });
	w.hold_effects = false;
	world_later(&w, 0);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 300, .lifetime = 60,
				   .src = COA2 });
	ck_assert_uint_eq(w.keys.nflows, 3);
	ck_assert_uint_eq(w.keys.npaths, 2);
	world_shutdown(&w);
	ck_assert_uint_eq(w.keys.npaths + w.keys.nflows, 0);
	world_close(&w);
}
END_TEST

/* --- a long life --------------------------------------------------------- */

#define MOBILES	8

struct life {
	uint16_t	seq[MOBILES];
	struct rng	rng;
};

static const char *hoa_of(unsigned k, char buf[ADDR_STRLEN])
{
	snprintf(buf, ADDR_STRLEN, "2001:db8:%u::%u", 1 + (k & 1), 30 + k);
	return buf;
}

static void one_step(struct world *w, struct life *l)
{
	static const char *const coas[] = { COA, COA2, "2001:db8:e::1" };
	unsigned k = (unsigned)rng_below(&l->rng, MOBILES);
	char hoa[ADDR_STRLEN];
	struct bu u = { .hoa = hoa_of(k, hoa), .seq = ++l->seq[k] };
	struct nd nd = { .type = ND_NA };

	u.src = coas[rng_below(&l->rng, 3)];
	u.lifetime = (uint16_t)(1 + rng_below(&l->rng, 20));
	u.set = rng_below(&l->rng, 2) ? MH_BU_L : 0;
	switch (rng_below(&l->rng, 12)) {
	case 0:
		u.seq = (uint16_t)(u.seq - rng_below(&l->rng, 5));
		world_bu(w, &u);
		break;
	case 1:
		u.bad_auth = true;
		world_bu(w, &u);
		break;
	case 2:
		u.lifetime = 0;
		u.src = hoa;
		u.no_hao = true;
		u.ifindex = HOME;
		world_bu(w, &u);
		break;
	case 3:
		nd.na.target = world_addr(hoa);
		world_nd(w, HOME, &nd, "fe80::77", "ff02::1");
		break;
	case 4:
		world_link(w, HOME, "home0", rng_below(&l->rng, 2));
		break;
	case 5:
		if (rng_below(&l->rng, 10) == 0)
			world_restart(w);
		break;
	case 6:
		world_reconfigure(w, world_conf(CONF_HA));
		break;
	default:
		world_bu(w, &u);
		break;
	}
	world_later(w, rng_below(&l->rng, SEC(3)));
	w->did[0] = '\0';
}

START_TEST(long_life)
{
	struct life l = { .rng = unit_rng("long_life") };
	struct world w;

	start(&w);
	for (int step = 0; step < 5000; step++)
		one_step(&w, &l);
	/* everybody is silent; everything ends */
	world_later(&w, SEC(100));
	ck_assert_uint_eq(w.keys.npaths, 0);
	ck_assert_uint_eq(w.keys.nproxies, 0);
	ck_assert_uint_eq(w.keys.nrecords, 0);
	ck_assert_uint_eq(w.keys.nflows, 1);
	world_shutdown(&w);
	ck_assert_uint_eq(w.keys.nflows, 0);
	world_close(&w);
}
END_TEST

/* Walked in pieces while it changes: everyone who stays is met once. */
START_TEST(shown_in_pieces)
{
	static char text[200000];
	char hoa[ADDR_STRLEN], want[64];
	struct world w;

	start(&w);
	w.hold_effects = true;
	for (unsigned k = 0; k < 1000; k++) {
		snprintf(hoa, sizeof(hoa), "2001:db8:2::1:%x", k);
		world_bu(&w, &(struct bu){ .hoa = hoa, .seq = 1,
					   .lifetime = 60 });
	}
	world_show(&w, "bindings", text, sizeof(text));
	for (unsigned k = 0; k < 1000; k++) {
		snprintf(want, sizeof(want), "hoa=2001:db8:2::1:%x ", k);
		ck_assert_ptr_nonnull(strstr(text, want));
	}
	world_close(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core: registrar");

	unit_add(s, "restart", restart);
	unit_add(s, "restart expiry", restart_expiry);
	unit_add(s, "reboot", reboot);
	unit_add(s, "clock", clock_unknown);
	unit_add(s, "restart invalid", restart_invalid);
	unit_add(s, "restart timestamp", restart_timestamp);
	unit_add(s, "not before", not_before_ready);
	unit_add(s, "restart waiting", restart_waiting);
	unit_add(s, "restart elsewhere", restart_elsewhere);
	unit_add(s, "damaged", restart_damaged);
	unit_add(s, "full", full);
	unit_add(s, "full of memories", full_of_memories);
	unit_add(s, "full waiting", full_with_waiting);
	unit_add(s, "reconfigure", reconfigure_nothing);
	unit_add(s, "link gone", reconfigure_link_gone);
	unit_add(s, "virtual gone", reconfigure_virtual_gone);
	unit_add(s, "key gone", reconfigure_key_gone);
	unit_add(s, "interface", reconfigure_interface);
	unit_add(s, "prefix", reconfigure_prefix);
	unit_add(s, "reconfigure waiting", reconfigure_waiting);
	unit_add(s, "shutdown", shut_down);
	unit_add(s, "freed", freed_at_any_time);
	unit_add(s, "merge", effects_merge);
	unit_add(s, "long life", long_life);
	unit_add(s, "pieces", shown_in_pieces);
	return unit_main((Suite *const[]){ s, NULL });
}
