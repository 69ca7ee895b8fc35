/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses on demand over reloads and restarts, with several home
 * addresses, and with records that nobody could have written.
 */
#include "test_core_demand.h"

#include "base/buf.h"

#include <errno.h>

#define P2	"2001:db8:a:2::"
#define P3	"2001:db8:a:3::"

/* A copy of what w_on_demand made, to be changed. */
static struct conf *policy(void)
{
	struct world w;

	w_on_demand(&w);
	return w.conf;
}

static struct conf *without_homes(void)
{
	struct conf *c = policy();

	c->nhomes = 0;
	return c;
}

/* --- several home addresses -------------------------------------------------- */

/* Without an AddressPolicy every one is registered (RFC 6275). */
START_TEST(all_homes_at_boot)
{
	struct world w;

	w_prepare(&w);
	w.conf->on_demand = _i;
	w_conf_home(w.conf, HOA2, HA);
	w_arrive(&w);
	w.show = SHOW_DEMAND;
	w_forget(&w);
	w_ra(&w, 2, "2001:db8:2::");
	ck_assert_uint_eq(w_count(&w, ""), 0);
	w_pass(&w, SEC(1));
	w.show = SHOW_MH | SHOW_DEMAND;
	w_pass(&w, SEC(3));
	ck_assert_uint_ge(w_count(&w, "BU lifetime=240 auth hoa\n"), 1);
	ck_assert_uint_ge(w_count(&w, "BU lifetime=240 auth hoa2\n"), 1);
	w_end(&w);
}
END_TEST

static void two_homes(struct world *w)
{
	w_on_demand(w);
	w_conf_home(w->conf, HOA2, HA);
	w_arrive(w);
	w->show = SHOW_DEMAND | SHOW_MH;
	w_forget(w);
}

START_TEST(first_home_of_two)
{
	struct world w;

	two_homes(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_expect(&w, "BU lifetime=240 auth hoa\nhome-anchored: hoa\n");
	w_ok(&w);
	w_expect(&w, "reply 1 hoa\n");
	w_end(&w);
}
END_TEST

/* The first is somebody else's: the second is as good. */
START_TEST(second_home_of_two)
{
	struct world w;

	two_homes(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_forget(&w);
	w_ba(&w, (struct w_answer){ .status = 134 });
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240 auth hoa2"), 1);
	ck_assert_uint_eq(w_asker(&w, 1)->answers, 0);
	w_ok(&w);
	ck_assert_uint_eq(w_count(&w, "reply 1 hoa2"), 1);
	w_ask(&w, 2, ATYPE_HOME, 0);
	ck_assert_uint_eq(w_count(&w, "reply 2 hoa2"), 1);
	w_end(&w);
}
END_TEST

/* Traffic of the second wakes the second; its refusal is not the first's. */
START_TEST(second_home_refused)
{
	struct in6_addr hoa2 = w_addr(HOA2);
	struct world w;

	w_on_demand(&w);
	w.early_bind = true;
	w_conf_home(w.conf, HOA2, HA);
	w_arrive(&w);
	w.show = SHOW_DEMAND | SHOW_MH;
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_forget(&w);
	w_traffic(&w, &hoa2);
	w_expect(&w, "BU lifetime=240 auth hoa2\n");
	w_ba(&w, (struct w_answer){ .status = 129 });
	w_expect(&w, "");
	w_release(&w, 1);
	w_end(&w);
}
END_TEST

/* --- reload ------------------------------------------------------------------ */

/* The home address that was waited for is not in the new configuration. */
START_TEST(home_removed_while_waiting)
{
	struct world w;
	struct conf *c = policy();

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_forget(&w);
	c->home[0].hoa = w_addr(HOA2);
	w.show |= SHOW_MH;
	w_reload(&w, c);
	ck_assert_uint_eq(w_count(&w, "owned hoa down"), 1);
	ck_assert_uint_eq(w_count(&w, "owned hoa2 up"), 1);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240 auth hoa2"), 1);
	w_ok(&w);
	ck_assert_uint_eq(w_count(&w, "reply 1 hoa2"), 1);
	/* And then there is none at all. */
	w_forget(&w);
	w_ask(&w, 2, ATYPE_HOME, 0);
	w_forget(&w);
	w_reload(&w, without_homes());
	w_ask(&w, 3, ATYPE_HOME, 0);
	w_drain(&w);
	ck_assert_int_eq(w_asker(&w, 3)->error, EOPNOTSUPP);
	w_end(&w);
}
END_TEST

START_TEST(homes_come_and_go)
{
	struct world w;

	w_on_demand(&w);
	w.conf->nhomes = 0;
	w.early_bind = true;
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_forget(&w);
	ck_assert_int_eq(w_asker(&w, 1)->error, EOPNOTSUPP);
	w_reload(&w, policy());
	w_expect(&w, "owned hoa up\nhome-anchored: hoa\n");
	w_ask(&w, 2, ATYPE_HOME, 0);
	w_drain(&w);
	w_reload(&w, without_homes());
	w_drain(&w);
	ck_assert_int_eq(w_asker(&w, 2)->error, EOPNOTSUPP);
	w_reload(&w, policy());
	w_ra_anchor(&w, 2, P2);
	w_ask(&w, 3, ATYPE_HOME, 0);
	w_drain(&w);
	w_ok(&w);
	w_drain(&w);
	ck_assert_int_eq(w_asker(&w, 3)->error, 0);
	w_end(&w);
}
END_TEST

/* Packets that waited for a home address wait for no other. */
START_TEST(home_removed_under_traffic)
{
	struct in6_addr hoa = w_addr(HOA);
	struct world w;
	struct conf *c = policy();

	w_on_demand(&w);
	w.early_bind = true;
	w_arrive(&w);
	w_traffic(&w, &hoa);
	w_drain(&w);
	w.show |= SHOW_MH;
	w_forget(&w);
	c->home[0].hoa = w_addr(HOA2);
	w_reload(&w, c);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240 auth hoa2"), 0);
	w_end(&w);
}
END_TEST

START_TEST(policy_comes_and_goes)
{
	struct world w;
	struct conf *c = policy();

	w_away(&w);
	w.show = SHOW_DEMAND | SHOW_ADDRESS | SHOW_MH;
	c->default_type = ATYPE_UNANCHORED;
	c->boot = ATYPE_BIT(ATYPE_UNANCHORED);
	c->linger[ATYPE_HOME] = 10;
	w_forget(&w);
	w_reload(&w, c);
	ck_assert_uint_eq(w_count(&w, "owned U1 up"), 1);
	w_pass(&w, SEC(10));
	ck_assert_uint_eq(w_count(&w, "BU lifetime=0 auth hoa"), 1);
	w_ok(&w);
	ck_assert_uint_eq(w_count(&w, "address down coa"), 1);
	w_forget(&w);
	c = conf_new();
	c->roles = CONF_MN;
	w_conf_home(c, HOA, HA);
	w_conf_peer(c, HA);
	w_reload(&w, c);
	ck_assert_uint_eq(w_count(&w, "address up coa"), 1);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240 auth hoa"), 1);
	w_ok(&w);
	w_pass(&w, SEC(40));
	ck_assert_uint_eq(w_count(&w, "owned U1 down"), 1);
	w_end(&w);
}
END_TEST

/* An anchor that is no peer any more: what stands on its own link stays
 * there; elsewhere nothing can keep it alive. */
START_TEST(peer_removed)
{
	struct world w;
	struct conf *c = policy();
	struct in6_addr a;

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_ACCESS, 0);
	w_drain(&w);
	a = w_current(&w, ATYPE_ACCESS);
	w_sockets(&w, &a, 1);
	if (_i)
		w_move(&w, 3, P3);
	c->npeers = 1;
	w.show |= SHOW_MH;
	w_forget(&w);
	w_reload(&w, c);
	ck_assert_uint_eq(w_count(&w, "access-anchored: not provided"), 1);
	ck_assert_uint_eq(w_count(&w, "abort A1"), _i);
	w_ask(&w, 2, ATYPE_ACCESS, 0);
	w_drain(&w);
	ck_assert_int_eq(w_asker(&w, 2)->error, EOPNOTSUPP);
	w_move(&w, 3, P3);
	w_pass(&w, SEC(10));
	ck_assert_uint_eq(w_count(&w, "abort A1"), 1);
	ck_assert_uint_eq(w_count(&w, "BU"), 0);
	w_end(&w);
}
END_TEST

/* The interface is not one that roams any more. */
START_TEST(interface_removed)
{
	struct world w;
	struct conf *c = policy();
	struct in6_addr u;

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	u = w_current(&w, ATYPE_UNANCHORED);
	w_sockets(&w, &u, 1);
	w_forget(&w);
	strcpy(c->home[0].ifname, "eth9");
	w_reload(&w, c);
	ck_assert_uint_eq(w_count(&w, "abort U1"), 1);
	ck_assert_uint_eq(w_count(&w, "owned U1 down"), 1);
	ck_assert_ptr_null(w_kaddr(&w, &u));
	w_end(&w);
}
END_TEST

/* --- restart ----------------------------------------------------------------- */

static void home_at_home(struct world *w)
{
	struct in6_addr hoa = w_addr(HOA);

	w_on_demand(w);
	w_born(w);
	w_link(w, true);
	w_linklocal(w);
	w_ready(w);
	w_ra(w, 1, "2001:db8:1::1");
	w_ask(w, 1, ATYPE_HOME, 0);
	w_drain(w);
	w_address(w, &hoa, ADDR_VALID);
	w_drain(w);
	w_sockets(w, &hoa, 1);
	w_forget(w);
}

/* At home it has no binding, and still sockets have it. */
START_TEST(restart_at_home)
{
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	home_at_home(&w);
	ck_assert_uint_eq(w_asker(&w, 1)->answers, 1);
	w.show = SHOW_SYNC | SHOW_ADDRESS;
	w_restart(&w);
	w_ra(&w, 1, "2001:db8:1::1");
	w_drain(&w);
	w_sockets(&w, &hoa, 1);
	w_pass(&w, SEC(60));
	/* Said again before the SYNC, so it stays. */
	ck_assert_uint_eq(w_count(&w, "address up hoa on eth0"), 1);
	ck_assert_ptr_nonnull(strstr(strstr(w.did, "hoa on eth0"), "sync"));
	w_end(&w);
}
END_TEST

/* No advertisement comes: what is not known to be at home waits, before what
 * an earlier process said of it goes. */
START_TEST(restart_nowhere)
{
	struct world w;

	home_at_home(&w);
	w.show = SHOW_SYNC | SHOW_ADDRESS | SHOW_FLOW;
	w_restart(&w);
	w_expect(&w, "address up hoa on eth0\n");
	w_pass(&w, SEC(11));
	w_expect(&w, "address up hoa on path\nflow hold\n"
		 "address down hoa on eth0\nsync\n");
	w_end(&w);
}
END_TEST

/* The binding ended while nobody was there; sockets did not. */
START_TEST(restart_expired)
{
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_HOME, 0);
	w_drain(&w);
	w_ok(&w);
	w_sockets(&w, &hoa, 1);
	w_forget(&w);
	w.now += SEC(1000);
	w.show = SHOW_SYNC | SHOW_ADDRESS | SHOW_FLOW | SHOW_MH;
	w_restart(&w);
	w_expect(&w, "address up hoa on path\nflow hold\n");
	w_sockets(&w, &hoa, 1);
	w_ra_anchor(&w, 2, P2);
	w_drain(&w);
	ck_assert_uint_eq(w_count(&w, "BU lifetime=240 auth"), 1);
	ck_assert_uint_eq(w_count(&w, "address down"), 0);
	w_ok(&w);
	ck_assert_uint_eq(w_count(&w, "flow path"), 1);
	w_end(&w);
}
END_TEST

/* A home address that is another's, at home and for good (RFC 6275 11.7.1):
 * its sockets end, and who waits is told. */
START_TEST(home_contested)
{
	struct in6_addr hoa = w_addr(HOA);
	struct world w;

	home_at_home(&w);
	w.show = SHOW_DEMAND | SHOW_MH | SHOW_ADDRESS;
	w_address(&w, &hoa, ADDR_DUPLICATE);
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth hoa"), 1);
	w_ba(&w, (struct w_answer){ .status = 133 });
	w_forget(&w);
	/* It asks for duplicates, too: once more, before that is believed. */
	w_address(&w, &hoa, ADDR_DUPLICATE);
	ck_assert_uint_eq(w_count(&w, "BU from home lifetime=0 auth hoa"), 1);
	w_ba(&w, (struct w_answer){ .status = 133 });
	w_forget(&w);
	w_address(&w, &hoa, ADDR_DUPLICATE);
	w_expect(&w, "home-anchored: none\nabort hoa\n"
		 "address down hoa on eth0\n");
	w_ask(&w, 2, ATYPE_HOME, 0);
	w_expect(&w, "reply 2 EADDRNOTAVAIL\n");
	w_end(&w);
}
END_TEST

/* After an orderly end nothing is remembered of what was made. */
START_TEST(shutdown_forgets)
{
	struct in6_addr a;
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_ACCESS, 0);
	w_ask(&w, 2, ATYPE_UNANCHORED, 0);
	w_drain(&w);
	a = w_current(&w, ATYPE_ACCESS);
	w_sockets(&w, &a, 1);
	w_move(&w, 3, P3);
	w_ok(&w);
	w_drain(&w);
	w_shutdown(&w);
	for (unsigned k = 0; k < w.nstores; k++)
		ck_assert_msg(w.store[k].key[0] == 'E' ||
			      memcmp(w.store[k].key + 1, &a, 16) != 0,
			      "%c is remembered", w.store[k].key[0]);
	for (unsigned k = 0; k < w.nstores; k++)
		ck_assert_int_ne(w.store[k].key[0], 'O');
	w_end(&w);
}
END_TEST

static void record(struct world *w, const void *key, size_t klen,
		   const void *value, size_t vlen)
{
	struct event ev = { .kind = EV_RESTORE };

	ev.restore.up = true;
	ev.restore.key_len = (uint8_t)klen;
	ev.restore.value_len = (uint8_t)vlen;
	memcpy(ev.restore.key, key, klen);
	memcpy(ev.restore.value, value, vlen);
	w_input(w, &ev);
}

/* A record of an address as the node writes one, with one thing changed. */
struct owned_record {
	const char	*addr;
	uint8_t		version, type, plen, current;
	const char	*ifname, *anchor;
	uint32_t	lifetime;
};

static void record_owned(struct world *w, const struct owned_record *r)
{
	uint8_t key[40], value[160], name[16] = { 0 };
	struct wbuf k = wbuf_of(key, sizeof(key));
	struct wbuf v = wbuf_of(value, sizeof(value));
	struct in6_addr a = w_addr(r->addr), anchor = w_addr(r->anchor);

	memcpy(name, r->ifname, strlen(r->ifname) < 16 ?
	       strlen(r->ifname) : 16);
	wbuf_u8(&k, 'O');
	wbuf_addr(&k, &a);
	wbuf_u8(&v, r->version);
	wbuf_u8(&v, r->type);
	wbuf_u8(&v, r->plen);
	wbuf_u8(&v, r->current);
	wbuf_put(&v, name, 16);
	wbuf_addr(&v, &anchor);
	wbuf_u32(&v, r->lifetime);
	record(w, key, wbuf_len(&k), value, wbuf_len(&v));
}

static const struct {
	struct owned_record r;
	bool	taken;
} records[] = {
	{ { "2001:db8:a:2::77", 1, ATYPE_ACCESS, 64, 1, "eth0",
	    "2001:db8:a:2::2", 600 }, true },
	{ { "2001:db8:9::77", 1, ATYPE_UNANCHORED, 64, 1, "eth0", "::", 0 },
	  true },
	{ { "2001:db8:a:2::77", 9, ATYPE_ACCESS, 64, 1, "eth0",
	    "2001:db8:a:2::2", 600 }, false },	/* another version */
	{ { "2001:db8:a:2::77", 1, ATYPE_HOME, 64, 1, "eth0",
	    "2001:db8:a:2::2", 600 }, false },	/* the configuration's */
	{ { "2001:db8:a:2::77", 1, 7, 64, 1, "eth0",
	    "2001:db8:a:2::2", 600 }, false },
	{ { "2001:db8:a:2::77", 1, ATYPE_ACCESS, 0, 1, "eth0",
	    "2001:db8:a:2::2", 600 }, false },	/* a route for everything */
	{ { "2001:db8:a:2::77", 1, ATYPE_UNANCHORED, 129, 1, "eth0",
	    "::", 600 }, false },
	{ { "2001:db8:a:2::77", 1, ATYPE_ACCESS, 64, 1, "eth0",
	    "2001:db8:dead::1", 600 }, false },	/* no peer of ours */
	{ { "fe80::77", 1, ATYPE_UNANCHORED, 64, 1, "eth0", "::", 0 },
	  false },
	{ { "::1", 1, ATYPE_UNANCHORED, 64, 1, "eth0", "::", 0 }, false },
	{ { HOA, 1, ATYPE_UNANCHORED, 64, 1, "eth0", "::", 0 }, false },
	{ { "2001:db8:a:2::77", 1, ATYPE_ACCESS, 64, 1,
	    "0123456789abcdefgh", "2001:db8:a:2::2", 600 }, true },
};

START_TEST(restored_record)
{
	struct in6_addr a = w_addr(records[_i].r.addr);
	unsigned up = 0;
	struct world w;

	w_on_demand(&w);
	w_born(&w);
	w_link(&w, true);
	w_linklocal(&w);
	record_owned(&w, &records[_i].r);
	record_owned(&w, &records[_i].r);	/* twice is once */
	w_ready(&w);
	w_drain(&w);
	for (unsigned k = 0; k < w.nowned; k++)
		up += w.owned[k].up && addr_eq(&w.owned[k].addr, &a) &&
		      w.owned[k].type != ATYPE_HOME;
	ck_assert_uint_eq(up, records[_i].taken);
	w_ra_anchor(&w, 3, P3);
	w_pass(&w, SEC(2000));
	w_shutdown(&w);
	w_end(&w);
}
END_TEST

/* Of one type one is what new sockets get, whatever is remembered. */
START_TEST(restored_twice_current)
{
	struct owned_record r = { "2001:db8:9::77", 1, ATYPE_UNANCHORED, 64,
				  1, "eth0", "::", 0 };
	struct world w;
	char text[8192], *p = text;
	unsigned current = 0;

	w_on_demand(&w);
	w_born(&w);
	record_owned(&w, &r);
	r.addr = "2001:db8:9::78";
	record_owned(&w, &r);
	w_show(&w, "addresses", text, sizeof(text));
	while ((p = strstr(p, "type=unanchored"))) {
		p++;
		current += strstr(p, "current=yes") != NULL &&
			   strstr(p, "current=yes") < strchr(p, '\n');
	}
	ck_assert_uint_eq(current, 1);
	w_ready(&w);
	w_end(&w);
}
END_TEST

/* Records in any order, and any octets between them. */
START_TEST(restored_anyhow)
{
	struct rng rng = unit_rng("core_demand");
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_ask(&w, 1, ATYPE_ACCESS, 0);
	w_ask(&w, 2, ATYPE_GRACEFUL, 0);
	w_drain(&w);
	for (unsigned k = 1; k < w.nowned; k++)
		w_sockets(&w, &w.owned[k].addr, 1);
	w_move(&w, 3, P3);
	w_ok(&w);
	w_drain(&w);
	for (unsigned round = 0; round < 200; round++) {
		struct store_record *s = w.store;

		for (unsigned k = w.nstores; k > 1; k--) {
			unsigned j = (unsigned)rng_below(&rng, k);
			struct store_record t = s[k - 1];

			s[k - 1] = s[j];
			s[j] = t;
		}
		if (round % 4 == 3 && w.nstores < 100) {
			struct store_record g = s[rng_below(&rng,
							    w.nstores)];

			g.up = true;
			for (unsigned k = 0; k < 4; k++) {
				g.key[rng_below(&rng, sizeof(g.key))] ^=
					(uint8_t)rng_u64(&rng);
				g.value[rng_below(&rng, sizeof(g.value))] ^=
					(uint8_t)rng_u64(&rng);
			}
			g.key_len = (uint8_t)rng_below(&rng, 41);
			g.value_len = (uint8_t)rng_below(&rng, 161);
			s[w.nstores++] = g;
		}
		w_restart(&w);
		w_ra_anchor(&w, round % 2 ? 3 : 2, round % 2 ? P3 : P2);
		w_pass(&w, SEC(rng_below(&rng, 20)));
		w_show(&w, "addresses", w.did, sizeof(w.did));
		w.did[0] = '\0';
	}
	w_shutdown(&w);
	w_end(&w);
}
END_TEST

/* What comes after the start is no record of an earlier life. */
START_TEST(restored_too_late)
{
	struct world w;

	w_on_demand(&w);
	w_arrive(&w);
	w_forget(&w);
	record_owned(&w, &records[0].r);
	w_pass(&w, SEC(60));
	w_expect(&w, "");
	w_end(&w);
}
END_TEST

/* Of an anchor that has no key of ours; and when it has one they are none. */
START_TEST(cga_is_said)
{
	struct world w;

	w_on_demand(&w);
	w_make_key(&w);
	if (_i)
		w.conf->peer[w.conf->npeers - 1].protect = CONF_PROTECT_CGA;
	w_arrive(&w);
	for (enum atype t = ATYPE_ACCESS; t < ATYPES; t++)
		w_ask(&w, t, t, 0);
	w_pass(&w, SEC(1));
	ck_assert_uint_eq(w.nowned, 3 + w.conf->nhomes);
	for (unsigned k = 0; k < w.nowned; k++) {
		const struct world_owned *o = &w.owned[k];

		ck_assert(o->up);
		ck_assert_int_eq(o->cga, _i && (o->type == ATYPE_ACCESS ||
						o->type == ATYPE_GRACEFUL));
	}
	w_restart(&w);
	for (unsigned k = 0; k < w.nowned; k++) {
		const struct world_owned *o = &w.owned[k];

		if (o->type == ATYPE_ACCESS || o->type == ATYPE_GRACEFUL)
			ck_assert(o->up && o->cga == (bool)_i);
	}
	w_end(&w);
}
END_TEST

Suite *suite_demand_life(void)
{
	const TTest *const stories[] = {
		first_home_of_two, second_home_of_two, second_home_refused,
		home_removed_while_waiting, homes_come_and_go,
		home_removed_under_traffic, policy_comes_and_goes,
		interface_removed, restart_at_home, restart_nowhere,
		restart_expired, home_contested, shutdown_forgets,
		restored_twice_current, restored_anyhow, restored_too_late,
	};
	Suite *s = suite_create("core_demand_life");
	TCase *tc = tcase_create("stories");

	for (size_t k = 0; k < sizeof(stories) / sizeof(*stories); k++)
		tcase_add_test(tc, stories[k]);
	tcase_add_loop_test(tc, all_homes_at_boot, 0, 2);
	tcase_add_loop_test(tc, peer_removed, 0, 2);
	tcase_add_loop_test(tc, restored_record, 0,
			    sizeof(records) / sizeof(*records));
	tcase_add_loop_test(tc, cga_is_said, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
