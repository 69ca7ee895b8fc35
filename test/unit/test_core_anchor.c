/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_anchor.c - an access anchor from outside: what it sees on its
 * link and what a flood makes of that, what it serves at once, what it takes
 * back, where it sends, and its limits.
 */
#include "core_world.h"

#include "core/presence.h"

#define A1	"2001:db8:1::a1"
#define A2	"2001:db8:1::a2"
#define A3	"2001:db8:1::a3"

static struct conf *anchor_conf(uint32_t bindings, uint32_t per_link,
				uint32_t within)
{
	struct conf *c = world_conf(CONF_AR);
	struct conf_home_link *l = conf_add_anchor(c, "home0");

	ck_assert_ptr_nonnull(conf_add_iface(c, "home0"));
	ck_assert_int_eq(prefix_parse("2001:db8:1::/64", &l->prefix), 0);
	l->ha = world_addr(HA);
	l->max_bindings = bindings;
	l->max_per_link = per_link;
	l->seen_within = within;
	return c;
}

static void begin(struct world *w, uint32_t bindings, uint32_t per_link,
		  uint32_t within)
{
	world_open(w, CONF_AR);
	conf_free(w->conf);
	w->conf = anchor_conf(bindings, per_link, within);
	world_start(w);
	world_expect(w, "sync\n");
}

static struct lladdr host(unsigned k)
{
	return (struct lladdr){ 6, { 2, 1, 0, 0, (uint8_t)(k >> 8),
				     (uint8_t)k } };
}

/* Carry out what an event has caused: the world does after its own. */
static void settle(struct world *w)
{
	world_address(w, HOME, HA, ADDR_VALID);
}

/* An ND message of a host on the link. */
static void nd_from(struct world *w, const struct lladdr *ll,
		    const struct nd *nd, const struct in6_addr *src,
		    const struct in6_addr *dst)
{
	struct event ev = { .kind = EV_PACKET };
	uint8_t buf[SEND_MAX];
	struct wbuf b = wbuf_of(buf, sizeof(buf));

	nd_build(nd, src, dst, &b);
	ck_assert(!b.bad);
	ev.packet = (struct ev_packet){
		.ifindex = HOME, .ll_src = *ll, .data = { buf, wbuf_len(&b) },
	};
	node_input(w->node, &ev, w->now);
	settle(w);
}

/* Duplicate Address Detection. */
static void dad(struct world *w, const char *addr, unsigned k)
{
	struct nd nd = { .type = ND_NS };
	struct in6_addr group;
	struct lladdr ll = host(k);

	nd.ns.target = world_addr(addr);
	group = addr_solicited_node(&nd.ns.target);
	nd_from(w, &ll, &nd, &addr_unspec, &group);
}

static void solicits(struct world *w, const char *addr, unsigned k)
{
	struct in6_addr src = world_addr(addr), dst = world_addr(HA_LL);
	struct nd nd = { .type = ND_NS };
	struct lladdr ll = host(k);

	nd.ns.target = dst;
	nd_from(w, &ll, &nd, &src, &dst);
}

static void advertises(struct world *w, const char *addr, unsigned k)
{
	struct in6_addr src = world_addr(addr);
	struct nd nd = { .type = ND_NA, .tll = host(k) };

	nd.na.target = src;
	nd.na.flags = ND_NA_O;
	nd_from(w, &nd.tll, &nd, &src, &addr_all_nodes);
}

static void neighbour(struct world *w, const char *addr, unsigned k,
		      bool is_reachable)
{
	struct event ev = { .kind = EV_NEIGHBOUR };

	ev.neighbour = (struct ev_neighbour){
		.ifindex = HOME, .addr = world_addr(addr), .ll = host(k),
		.reachable = is_reachable,
	};
	node_input(w->node, &ev, w->now);
	settle(w);
}

static void reachable(struct world *w, const char *addr, unsigned k)
{
	neighbour(w, addr, k, true);
}

static void stale(struct world *w, const char *addr, unsigned k)
{
	neighbour(w, addr, k, false);
}

static bool seen(const struct world *w, const char *addr)
{
	struct in6_addr a = world_addr(addr);
	struct lladdr ll;

	return presence_seen(w->node, HOME, &a, w->now, &ll);
}

static bool seen_at(const struct world *w, const char *addr, unsigned k)
{
	struct in6_addr a = world_addr(addr);
	struct lladdr ll, want = host(k);

	return presence_seen(w->node, HOME, &a, w->now, &ll) &&
	       lladdr_eq(&ll, &want);
}

/* --- presence ------------------------------------------------------------ */

START_TEST(what_is_seen)
{
	struct world w;

	begin(&w, 100, 16, 60);
	ck_assert(!seen(&w, A1));
	dad(&w, A1, 1);
	ck_assert(seen_at(&w, A1, 1));
	solicits(&w, A2, 2);
	ck_assert(seen_at(&w, A2, 2));
	advertises(&w, A3, 3);
	ck_assert(seen_at(&w, A3, 3));
	reachable(&w, HOA, 4);
	ck_assert(seen_at(&w, HOA, 4));
	/* not ours to keep: another prefix, link-local, our own */
	dad(&w, VHOA, 5);
	ck_assert(!seen(&w, VHOA));
	solicits(&w, "fe80::5", 5);
	dad(&w, HA, 5);
	ck_assert(!seen(&w, HA));
	ck_assert_uint_eq(presence_count(w.node, HOME), 4);
	world_close(&w);
}
END_TEST

START_TEST(seen_for_a_while)
{
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, A1, 1);
	world_later(&w, SEC(60));
	ck_assert(seen(&w, A1));
	world_later(&w, 1);
	ck_assert(!seen(&w, A1));
	dad(&w, A1, 1);
	world_later(&w, SEC(50));
	solicits(&w, A1, 1);
	world_later(&w, SEC(50));
	ck_assert(seen(&w, A1));
	ck_assert_uint_eq(presence_count(w.node, HOME), 1);
	world_close(&w);
}
END_TEST

START_TEST(nothing_is_remembered)
{
	struct world w;

	begin(&w, 100, 16, 0);
	dad(&w, A1, 1);
	ck_assert(!seen(&w, A1));
	ck_assert_uint_eq(presence_count(w.node, HOME), 0);
	world_close(&w);
}
END_TEST

/* One host, a thousand addresses: they take each other's place. */
START_TEST(flood_of_one_host)
{
	char addr[ADDR_STRLEN];
	struct world w;

	begin(&w, 100, 4, 60);
	dad(&w, A1, 1);
	for (unsigned k = 0; k < 1000; k++) {
		snprintf(addr, sizeof(addr), "2001:db8:1::b:%x", k);
		dad(&w, addr, 2);
	}
	ck_assert(seen_at(&w, A1, 1));
	ck_assert_uint_eq(presence_count(w.node, HOME), 5);
	ck_assert(seen(&w, "2001:db8:1::b:3e7"));
	ck_assert(seen(&w, "2001:db8:1::b:3e4"));
	ck_assert(!seen(&w, "2001:db8:1::b:3e3"));
	/* what is used again is not the oldest any more */
	solicits(&w, "2001:db8:1::b:3e4", 2);
	dad(&w, A2, 2);
	ck_assert(seen(&w, "2001:db8:1::b:3e4"));
	ck_assert(!seen(&w, "2001:db8:1::b:3e5"));
	world_close(&w);
}
END_TEST

/* A thousand link-layer addresses: who is known stays known, who comes
 * later is not, and the note is given once. */
START_TEST(flood_of_many_hosts)
{
	char addr[ADDR_STRLEN];
	struct world w;

	begin(&w, 100, 4, 60);
	dad(&w, A1, 1);
	w.notes = true;
	for (unsigned k = 0; k < 1000; k++) {
		snprintf(addr, sizeof(addr), "2001:db8:1::b:%x", k);
		dad(&w, addr, 2 + k);
	}
	ck_assert_uint_eq(world_count(&w, "note presence-limit"), 1);
	ck_assert(seen_at(&w, A1, 1));
	ck_assert_uint_eq(presence_count(w.node, HOME), 400);
	dad(&w, A2, 1);
	ck_assert(!seen(&w, A2));
	/* their time is over, one by one; all that were asked meanwhile is
	 * more than the world remembers */
	for (unsigned k = 0; k < 610; k++) {
		world_later(&w, MSEC(100));
		w.did[0] = '\0';
	}
	dad(&w, A2, 1);
	ck_assert(seen(&w, A2));
	/* and nothing is kept of who came by */
	world_later(&w, SEC(15));
	ck_assert_uint_eq(presence_count(w.node, HOME), 1);
	world_close(&w);
}
END_TEST

/* Nobody draws another's entry to himself, nor keeps it fresh. */
START_TEST(stranger)
{
	char addr[ADDR_STRLEN];
	struct world w;

	begin(&w, 100, 2, 60);
	dad(&w, A1, 1);
	world_later(&w, SEC(30));
	dad(&w, A1, 2);
	solicits(&w, A1, 2);
	advertises(&w, A1, 2);
	ck_assert(seen_at(&w, A1, 1));
	for (unsigned k = 0; k < 10; k++) {
		snprintf(addr, sizeof(addr), "2001:db8:1::b:%x", k);
		dad(&w, addr, 2);
	}
	ck_assert(seen_at(&w, A1, 1));
	world_later(&w, SEC(31));
	ck_assert(!seen(&w, A1));
	dad(&w, A1, 2);
	ck_assert(seen_at(&w, A1, 2));
	world_close(&w);
}
END_TEST

START_TEST(interface_gone)
{
	struct event ev = {
		.kind = EV_LINK,
		.link = { .ifindex = HOME, .name = "home0", .gone = true },
	};
	struct world w;

	begin(&w, 100, 2, 60);
	dad(&w, A1, 1);
	dad(&w, A2, 2);
	node_input(w.node, &ev, w.now);
	world_link(&w, HOME, "home0", true);
	ck_assert(!seen(&w, A1));
	dad(&w, A1, 1);
	ck_assert(seen(&w, A1));
	world_close(&w);
}
END_TEST

/* Who is quiet is asked, at its link-layer address, three times; who is away
 * is not, and who answers is seen. */
START_TEST(quiet)
{
	static const char asked[] = "NS if=2 HA_LL>2001:db8:1::a1 "
				    "target=2001:db8:1::a1 ll sll\n";
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, "2001:db8:1::a1", 1);
	world_later(&w, SEC(14));
	world_expect(&w, "");
	for (int k = 0; k < 3; k++) {
		world_later(&w, k ? SEC(15) : SEC(2));
		world_expect(&w, asked);
		ck_assert(seen(&w, "2001:db8:1::a1"));
	}
	world_later(&w, SEC(100));
	world_expect(&w, "");
	ck_assert(!seen(&w, "2001:db8:1::a1"));

	dad(&w, "2001:db8:1::a1", 1);
	world_later(&w, SEC(16));
	world_expect(&w, asked);
	advertises(&w, "2001:db8:1::a1", 1);
	world_later(&w, SEC(50));
	ck_assert(seen(&w, "2001:db8:1::a1"));
	w.did[0] = '\0';
	world_later(&w, SEC(60));
	w.did[0] = '\0';

	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_later(&w, SEC(14));
	w.did[0] = '\0';
	world_later(&w, SEC(30));
	world_expect(&w, "");

	/* and whom the kernel has known for longer than we have run */
	stale(&w, "2001:db8:1::a1", 1);
	world_expect(&w, asked);
	ck_assert(!seen(&w, "2001:db8:1::a1"));
	reachable(&w, "2001:db8:1::a1", 1);
	ck_assert(seen(&w, "2001:db8:1::a1"));
	stale(&w, "2001:db8:1::a1", 1);
	world_expect(&w, "");
	world_close(&w);
}
END_TEST

/* --- over a restart ------------------------------------------------------ */

static unsigned stored(const struct world *w)
{
	unsigned n = 0;

	for (unsigned k = 0; k < w->keys.nrecords; k++)
		n += w->keys.record[k].key[0] == 'p';
	return n;
}

/* The kernel's neighbours are lost as well: nobody says anything. */
START_TEST(remembered)
{
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, A1, 1);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(stored(&w), 0);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(stored(&w), 1);
	world_restart(&w);
	ck_assert(seen_at(&w, A1, 1));
	/* it may have left: it is asked */
	world_later(&w, 1);
	world_expect(&w, "sync\nNS if=2 HA_LL>" A1 " target=" A1
		     " ll sll\n");
	/* it is served at once, as if nothing had been */
	world_bu(&w, &(struct bu){ .hoa = A1, .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_restart(&w);
	ck_assert(seen_at(&w, A1, 1));
	/* the time that it was off counts */
	world_later(&w, SEC(57));
	world_restart(&w);
	ck_assert(seen_at(&w, A1, 1));
	world_later(&w, SEC(2));
	ck_assert(!seen(&w, A1));
	world_restart(&w);
	ck_assert(!seen(&w, A1));
	ck_assert_uint_eq(stored(&w), 0);
	ck_assert_uint_eq(presence_count(w.node, HOME), 0);
	world_close(&w);
}
END_TEST

/* What has been over for a while is not in the store any more. */
START_TEST(forgotten)
{
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, A1, 1);
	world_later(&w, SEC(50));
	ck_assert_uint_eq(stored(&w), 1);
	world_later(&w, SEC(30));
	ck_assert_uint_eq(stored(&w), 0);
	ck_assert_uint_eq(presence_count(w.node, HOME), 0);
	world_close(&w);
}
END_TEST

static void born_again(struct world *w)
{
	struct node_seed seed = { .secret = "seed", .wall = w->wall };

	node_free(w->node);
	w->node = node_new(w->conf, &seed, w->now);
	for (unsigned k = 0; k < w->keys.nrecords; k++)
		world_restore(w, &w->keys.record[k]);
}

static void ready(struct world *w)
{
	struct event ev = { .kind = EV_READY };

	node_input(w->node, &ev, w->now);
}

/* The machine has just been started, and its link-local address is being asked
 * for: the question is put when it stands. */
START_TEST(remembered_at_boot)
{
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, A1, 1);
	world_later(&w, SEC(2));
	born_again(&w);
	world_link(&w, HOME, "home0", true);
	world_address(&w, HOME, HA_LL, ADDR_TENTATIVE);
	world_address(&w, HOME, HA, ADDR_VALID);
	ready(&w);
	settle(&w);
	ck_assert(seen_at(&w, A1, 1));
	world_later(&w, MSEC(500));
	ck_assert_uint_eq(world_count(&w, "NS if=2"), 0);
	world_address(&w, HOME, HA_LL, ADDR_VALID);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "NS if=2 HA_LL>" A1), 1);
	world_close(&w);
}
END_TEST

/* The interface comes later than we. */
START_TEST(remembered_without_link)
{
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, A1, 1);
	world_later(&w, SEC(2));
	born_again(&w);
	ready(&w);
	world_later(&w, SEC(10));
	ck_assert_uint_eq(stored(&w), 1);
	world_link(&w, HOME, "home0", true);
	ck_assert(seen_at(&w, A1, 1));
	world_later(&w, SEC(60));
	ck_assert(!seen(&w, A1));
	ck_assert_uint_eq(stored(&w), 0);
	world_close(&w);
}
END_TEST

/* What was contested stays so. */
START_TEST(remembered_contested)
{
	struct world w;

	begin(&w, 100, 16, 600);
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 60 });
	advertises(&w, HOA, 2);
	ck_assert_uint_eq(world_count(&w, "BA 134"), 1);
	ck_assert(!seen(&w, HOA));
	ck_assert_uint_eq(stored(&w), 1);
	world_restart(&w);
	ck_assert(!seen(&w, HOA));
	ck_assert_uint_eq(presence_count(w.node, HOME), 1);
	world_bu(&w, &(struct bu){ .seq = 8, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA"), 0);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=8"), 1);
	world_restart(&w);
	ck_assert(seen(&w, HOA));
	world_close(&w);
}
END_TEST

/* A flood that does not stay is not written; one that does, slowly. */
START_TEST(flood_is_not_stored)
{
	char addr[ADDR_STRLEN];
	struct world w;
	unsigned before, written = 0;

	begin(&w, 100, 4, 600);
	for (unsigned k = 0; k < 1000; k++) {
		snprintf(addr, sizeof(addr), "2001:db8:1::b:%x", k);
		dad(&w, addr, 2);
		w.did[0] = '\0';
	}
	world_later(&w, SEC(3));
	ck_assert_uint_eq(stored(&w), 4);
	for (unsigned k = 0; k < 300; k++) {
		snprintf(addr, sizeof(addr), "2001:db8:1::c:%x", k);
		dad(&w, addr, 3 + k);
		w.did[0] = '\0';
	}
	world_later(&w, SEC(2));
	before = stored(&w);
	ck_assert_uint_le(before, 4 + 32);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(stored(&w), 304);
	/* being seen again is not written each time */
	w.stores = true;
	w.did[0] = '\0';
	for (unsigned k = 0; k < 280; k++) {
		solicits(&w, "2001:db8:1::c:1", 4);
		world_later(&w, SEC(1));
		written += world_count(&w, "store");
	}
	ck_assert_uint_eq(written, 1);
	world_close(&w);
}
END_TEST

/* Records are data from outside. */
START_TEST(strange_records)
{
	struct store_record good, r;
	struct world w;

	begin(&w, 100, 2, 60);
	dad(&w, A1, 1);
	world_later(&w, SEC(3));
	ck_assert_uint_eq(stored(&w), 1);
	for (unsigned k = 0; k < w.keys.nrecords; k++)
		if (w.keys.record[k].key[0] == 'p')
			good = w.keys.record[k];
	for (unsigned k = 0; k < 6; k++) {
		w.keys.nrecords = 1;
		r = good;
		if (k == 0)
			r.value[0]++;		/* version */
		if (k == 1)
			r.value[1] = 0;		/* no link-layer address, */
		if (k == 2)
			r.value[1] = 200;	/* or a long one */
		if (k == 3)
			r.value_len--;
		if (k == 4)
			r.key[6] = 0x77;	/* another prefix */
		if (k == 5)
			memset(r.value + 8, 0, 8);	/* at no time */
		w.keys.record[0] = r;
		world_restart(&w);
		ck_assert(!seen(&w, A1));
		ck_assert_uint_eq(stored(&w), 0);
	}
	/* a clock that has gone back: it was seen a moment ago */
	w.keys.nrecords = 1;
	r = good;
	r.value[8] = 0x01;
	w.keys.record[0] = r;
	world_restart(&w);
	ck_assert(seen(&w, A1));
	world_later(&w, SEC(61));
	ck_assert(!seen(&w, A1));
	/* no more than one may have now */
	w.keys.nrecords = 3;
	for (unsigned k = 0; k < 3; k++) {
		w.keys.record[k] = good;
		w.keys.record[k].key[16] = (uint8_t)(k + 1);
		memcpy(w.keys.record[k].value + 8, r.value + 8, 8);
	}
	world_restart(&w);
	ck_assert_uint_eq(presence_count(w.node, HOME), 2);
	ck_assert_uint_eq(stored(&w), 2);
	world_close(&w);
}
END_TEST

/* --- served at once ------------------------------------------------------ */

START_TEST(at_once)
{
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_expect(&w, "NS if=2 ::>ff02::1:ff00:10 target=HOA nonce\n"
		     "path HA-COA up\nflow HOA to COA\nproxy HOA on 2 up\n"
		     "BA 0 seq=1 lifetime=60 HA>COA rh2=HOA auth\n"
		     "NA if=2 HA_LL>all target=HOA O tll\n");
	w.notes = true;
	world_later(&w, SEC(1));
	world_expect(&w, "note dad-ok address=2001:db8:1::10 ifindex=2\n"
		     "NA if=2 HA_LL>all target=HOA O tll\n");
	world_later(&w, SEC(5));
	world_expect(&w, "NA if=2 HA_LL>all target=HOA O tll\n");
	world_close(&w);
}
END_TEST

/* A link that gives back what is sent on it: our announcement is nobody
 * else's. */
START_TEST(echo)
{
	struct nd nd = { .type = ND_NA };
	struct in6_addr src = world_addr(HA_LL);
	struct lladdr other = host(9);
	struct world w;

	begin(&w, 100, 16, 60);
	nd.tll = iface_find(w.node, HOME)->ll;
	nd.na.target = world_addr(HOA);
	nd.na.flags = ND_NA_O;
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	w.did[0] = '\0';
	nd_from(&w, &nd.tll, &nd, &src, &addr_all_nodes);
	world_expect(&w, "");
	ck_assert(seen(&w, HOA));
	/* the same of another one is a conflict */
	nd_from(&w, &other, &nd, &src, &addr_all_nodes);
	ck_assert_uint_eq(world_count(&w, "BA 134"), 1);
	world_close(&w);
}
END_TEST

START_TEST(unseen_waits)
{
	struct world w;

	begin(&w, 100, 16, 60);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	world_expect(&w, "proxy HOA on 2 up\n"
		     "NS if=2 ::>ff02::1:ff00:10 target=HOA nonce\n");
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_close(&w);
}
END_TEST

/* What was served is taken back, its owner told; asked again it has to wait
 * for the detection, which finds the same. */
START_TEST(conflict)
{
	struct world w;

	begin(&w, 100, 16, 600);
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 60 });
	world_count(&w, "");
	w.notes = true;
	advertises(&w, HOA, 2);
	world_expect(&w,
		"note dad-failed address=2001:db8:1::10 ifindex=2\n"
		"note binding-down hoa=2001:db8:1::10 reason=conflict\n"
		"flow HOA down\nproxy HOA on 2 down\npath HA-COA down\n"
		"BA 134 seq=7 lifetime=0 HA>COA rh2=HOA auth\n"
		"note refused hoa=2001:db8:1::10 coa=2001:db8:a::10 "
		"status=134 reason=\"duplicate address detection failed\"\n");
	w.notes = false;
	world_later(&w, SEC(5));
	world_quiet(&w);
	ck_assert(!seen(&w, HOA));
	dad(&w, HOA, 1);
	ck_assert(!seen(&w, HOA));
	world_bu(&w, &(struct bu){ .seq = 8, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA"), 0);
	advertises(&w, HOA, 2);
	ck_assert_uint_eq(world_count(&w, "BA 134 seq=8"), 1);
	/* nobody has it any more: the detection says so, and it counts again */
	world_bu(&w, &(struct bu){ .seq = 9, .lifetime = 60 });
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=9"), 1);
	ck_assert(seen(&w, HOA));
	world_close(&w);
}
END_TEST

/* Who begins to ask for it while it is served learns that it is taken. */
START_TEST(late_rival)
{
	struct world w;

	begin(&w, 100, 16, 600);
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 60 });
	world_count(&w, "");
	dad(&w, HOA, 2);
	world_expect(&w, "NA if=2 HA_LL>all target=HOA tll\n");
	world_later(&w, SEC(2));
	/* and the detection being over, an advertisement is only that */
	world_count(&w, "");
	advertises(&w, HOA, 2);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* Home again before the detection has ended. */
START_TEST(home_meanwhile)
{
	struct world w;

	begin(&w, 100, 16, 600);
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 60 });
	world_count(&w, "");
	world_later(&w, MSEC(200));
	world_bu(&w, &(struct bu){ .seq = 8, .src = HOA, .no_hao = true,
				   .ifindex = HOME });
	world_expect(&w, "flow HOA down\nproxy HOA on 2 down\n"
		     "path HA-COA down\n"
		     "BA 0 seq=8 lifetime=0 HA>HOA if=2 ll auth\n");
	advertises(&w, HOA, 1);
	world_later(&w, SEC(5));
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* --- its own addresses, limits and lifetimes ----------------------------- */

START_TEST(not_its_own)
{
	struct world w;

	begin(&w, 100, 16, 60);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .dst = HA, .seq = 1,
				   .lifetime = 60 });
	world_expect(&w, "BA 132 seq=1 lifetime=0 HA>COA rh2=VHOA auth\n");
	world_bu(&w, &(struct bu){ .dst = "2001:db8:1::2", .seq = 1,
				   .lifetime = 60 });
	world_expect(&w, "BA 133 seq=1 lifetime=0 2001:db8:1::2>COA rh2=HOA "
		     "auth\n");
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60,
				   .bad_auth = true });
	world_expect(&w, "BA 146 seq=1 lifetime=0 HA>COA rh2=HOA auth\n");
	world_close(&w);
}
END_TEST

START_TEST(longest_lifetime)
{
	struct world w;

	begin(&w, 100, 16, 60);
	w.conf->home_link[0].max_life = 120;
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 150 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=1 lifetime=30 "), 1);
	world_close(&w);
}
END_TEST

START_TEST(most_bindings)
{
	struct world w;

	begin(&w, 2, 16, 60);
	w.notes = true;
	dad(&w, A1, 1);
	dad(&w, A2, 2);
	world_bu(&w, &(struct bu){ .hoa = A1, .seq = 1, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = A2, .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 2);
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "note binding-limit"), 1);
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 2, .lifetime = 60 });
	world_expect(&w, "BA 130 seq=2 lifetime=0 HA>COA rh2=" A3 " auth\n"
		     "note refused hoa=" A3 " coa=2001:db8:a::10 status=130 "
		     "reason=\"insufficient resources\"\n");
	/* a refresh is none more, and one that leaves makes room */
	world_bu(&w, &(struct bu){ .hoa = A2, .seq = 2, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_bu(&w, &(struct bu){ .hoa = A2, .seq = 3 });
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 3, .lifetime = 60 });
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "BA 0"), 2);
	world_close(&w);
}
END_TEST

/* Two of one link-layer address; the restart knows whose they are. */
START_TEST(most_of_one_host)
{
	struct world w;

	begin(&w, 100, 2, 60);
	dad(&w, A1, 1);
	dad(&w, A2, 1);
	world_bu(&w, &(struct bu){ .hoa = A1, .seq = 1, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = A2, .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 2);
	dad(&w, A3, 1);
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 130"), 1);
	dad(&w, HOA, 2);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_restart(&w);
	dad(&w, A3, 1);
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 2, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 130"), 1);
	world_bu(&w, &(struct bu){ .hoa = A1, .seq = 2 });
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 3, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 2);
	world_close(&w);
}
END_TEST

/* A reload counts anew, keeps what it has, and may take the anchor away. */
START_TEST(reload)
{
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, A1, 1);
	dad(&w, A2, 2);
	world_bu(&w, &(struct bu){ .hoa = A1, .seq = 1, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = A2, .seq = 1, .lifetime = 60 });
	world_later(&w, SEC(5));
	world_count(&w, "");
	world_reconfigure(&w, anchor_conf(1, 16, 60));
	world_quiet(&w);
	dad(&w, A3, 3);
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 130"), 1);
	world_bu(&w, &(struct bu){ .hoa = A1, .seq = 2 });
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 2, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 130"), 1);
	world_bu(&w, &(struct bu){ .hoa = A2, .seq = 2 });
	world_later(&w, SEC(241));	/* MAX_NONCE_LIFETIME */
	world_count(&w, "");
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 3, .lifetime = 60 });
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_reconfigure(&w, world_conf(CONF_AR));
	ck_assert_uint_eq(w.keys.npaths + w.keys.nflows + w.keys.nproxies, 0);
	world_count(&w, "");
	world_bu(&w, &(struct bu){ .hoa = A3, .seq = 4, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 131"), 1);
	world_close(&w);
}
END_TEST

/* The rows of the configuration move under what is only remembered: how long it
 * is depends on its own link. */
START_TEST(reload_moves_rows)
{
	static const char *const rows[2][2] = {
		{ "2001:db8:7::/64", "2001:db8:1::/64" },
		{ "2001:db8:1::/64", "2001:db8:2::/64" },
	};
	struct conf *none = world_conf(CONF_AR);
	struct world w;

	none->roles |= CONF_HA;
	world_open(&w, CONF_AR);
	for (unsigned k = 0; k < 2; k++) {
		struct conf *c = anchor_conf(100, 16, 60);

		c->roles |= CONF_HA;
		for (unsigned j = 0; j < 2; j++) {
			struct conf_home_link *l = j ? k ?
				conf_add_home_link(c) :
				conf_add_anchor(c, "home0") : c->home_link;

			prefix_parse(rows[k][j], &l->prefix);
			l->ha = l->prefix.addr;
			l->ha.s6_addr[15] = 1;
		}
		if (k) {
			world_reconfigure(&w, c);
			break;
		}
		conf_free(w.conf);
		w.conf = c;
		world_start(&w);
		dad(&w, HOA, 1);
		world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 60 });
		world_bu(&w, &(struct bu){ .seq = 8 });
		ck_assert_uint_eq(world_count(&w, "BA 0"), 2);
	}
	world_bu(&w, &(struct bu){ .seq = 9 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=9"), 1);
	world_later(&w, SEC(11));	/* MAX_DELETE_BCE_TIMEOUT */
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 135 seq=9"), 1);
	/* and it may be none of ours any more */
	world_reconfigure(&w, none);
	world_bu(&w, &(struct bu){ .seq = 10 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=10"), 1);
	world_close(&w);
}
END_TEST

/* --- the care-of address ------------------------------------------------- */

#define VICTIM	"2001:db8:dead::1"

/* Who holds the key, and can be reached at COA, names another address. */
START_TEST(third_party)
{
	static const struct bu tries[] = {
		/* without a proof, with one of his own address, a wrong one */
		{ .src = VICTIM, .no_careof = true },
		{ .alt = VICTIM, .no_careof = true },
		{ .alt = VICTIM, .careof_of = COA },
		{ .src = VICTIM, .careof_of = COA },
		{ .src = VICTIM, .bad_careof = true },
	};
	struct in6_addr coa = world_addr(COA);
	struct world w;
	struct bu u;

	begin(&w, 100, 16, 60);
	dad(&w, HOA, 1);
	for (unsigned k = 0; k < 5; k++) {
		u = tries[k];
		u.seq = (uint16_t)(1 + k);
		u.lifetime = 60;
		world_bu(&w, &u);
		ck_assert_uint_eq(w.keys.npaths + w.keys.nflows, 0);
		ck_assert_uint_eq(world_count(&w, "BA 137"), 1);
	}
	/* nor when he is bound where he is: it stays so */
	world_bu(&w, &(struct bu){ .seq = 10, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	for (unsigned k = 0; k < 5; k++) {
		u = tries[k];
		u.seq = (uint16_t)(11 + k);
		u.lifetime = 60;
		world_bu(&w, &u);
		ck_assert_uint_eq(world_count(&w, "BA 137"), 1);
	}
	ck_assert_uint_eq(w.keys.npaths, 1);
	ck_assert(addr_eq(&w.keys.path[0].remote, &coa));
	/* a refused number is not one that was taken */
	world_bu(&w, &(struct bu){ .seq = 11, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=11"), 1);
	/* a refresh is to be proved as well: who has left an address does not
	 * have its traffic sent there for ever */
	world_bu(&w, &(struct bu){ .seq = 12, .lifetime = 60,
				   .no_careof = true });
	ck_assert_uint_eq(world_count(&w, "BA 137"), 1);
	/* the end needs no proof */
	world_bu(&w, &(struct bu){ .seq = 13 });
	ck_assert_uint_eq(world_count(&w, "BA 0 seq=13"), 1);
	world_close(&w);
}
END_TEST

/* On the link itself: the answer to a test goes to the link-layer address that
 * it came from, since the address may be registered; but not to who asks for
 * his neighbour's. */
START_TEST(third_party_on_link)
{
	struct in6_addr a1 = world_addr(A1), ha = world_addr(HA);
	struct mh m = { .type = MH_COTI, .test_init.cookie = 42 };
	struct event ev = { .kind = EV_PACKET };
	struct lladdr owner = host(1);
	uint8_t buf[200];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct world w;
	size_t at;

	begin(&w, 100, 16, 60);
	pkt_start(&b, &a1, &ha, 64, NULL, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(&m, &b), 0);
	mh_seal(buf + at, m.len, &a1, &ha);
	pkt_finish(&b);
	dad(&w, A1, 1);
	for (unsigned k = 1; k <= 2; k++) {
		ev.packet = (struct ev_packet){
			.ifindex = HOME, .ll_src = host(k),
			.data = { buf, wbuf_len(&b) },
		};
		w.cot.type = 0;
		node_input(w.node, &ev, w.now);
		settle(&w);
		ck_assert_uint_eq(w.cot.type, MH_COT);
		if (k == 1)
			ck_assert(lladdr_eq(&w.cot_ll, &owner));
		else
			ck_assert_uint_eq(w.cot_ll.len, 0);
	}
	world_close(&w);
}
END_TEST

/* What is answered without the key is as before: nothing of the proof. */
START_TEST(no_key_no_answer)
{
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60, .bad_auth = true,
				   .no_careof = true });
	world_expect(&w, "BA 146 seq=1 lifetime=0 HA>COA rh2=HOA auth\n");
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60,
				   .no_auth = true });
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* Nothing of a token is kept over a restart, but numbers are. */
START_TEST(proof_of_before)
{
	struct in6_addr coa = world_addr(COA), ha = world_addr(HA);
	struct mh cot;
	struct world w;

	begin(&w, 100, 16, 60);
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 60 });
	cot = w.cot;
	/* the same for who asks soon again: no round trip more */
	ck_assert(world_test(&w, &coa, &ha));
	ck_assert_uint_eq(w.cot.test.token, cot.test.token);
	world_later(&w, 1);
	world_restart(&w);
	ck_assert(world_test(&w, &coa, &ha));
	ck_assert_uint_ne(w.cot.test.token, cot.test.token);
	world_close(&w);
}
END_TEST

/* A deregistration does not make an old update good again: its number is
 * remembered as long as its nonce. */
START_TEST(repeated)
{
	struct world w;

	begin(&w, 100, 16, 600);
	dad(&w, HOA, 1);
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .seq = 8 });
	for (unsigned k = 0; k < 23; k++) {
		world_later(&w, SEC(10));
		world_count(&w, "");
		world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 60 });
		ck_assert_uint_eq(world_count(&w, "BA 135 seq=8"), 1);
	}
	ck_assert_uint_eq(w.keys.nflows, 0);
	/* but not as often as anybody likes */
	world_later(&w, SEC(2));
	for (unsigned k = 0; k < 50; k++)
		world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 135 seq=8"), 4);
	world_close(&w);
}
END_TEST

/* A key and one care-of address, and all the home addresses that one likes. */
START_TEST(most_at_one_careof)
{
	char addr[ADDR_STRLEN];
	struct world w;
	unsigned waiting = 0;

	begin(&w, 100, 16, 60);
	w.conf->home_link[0].max_per_careof = 3;
	for (unsigned k = 1; k <= 6; k++) {
		snprintf(addr, sizeof(addr), "2001:db8:1::c:%x", k);
		world_bu(&w, &(struct bu){ .hoa = addr, .seq = 1,
					   .lifetime = 60 });
		waiting += !world_count(&w, "BA 130");
	}
	ck_assert_uint_eq(waiting, 3);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "BA 0"), 3);
	/* a refresh is none more; and another place has room */
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::c:1", .seq = 2,
				   .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::c:4", .seq = 2,
				   .lifetime = 60, .src = COA2 });
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	/* which is no way in, neither served nor waiting */
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::c:4", .seq = 3,
				   .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 130"), 1);
	for (unsigned k = 5; k <= 6; k++) {
		snprintf(addr, sizeof(addr), "2001:db8:1::c:%x", k);
		world_bu(&w, &(struct bu){ .hoa = addr, .seq = 2,
					   .lifetime = 60, .src = COA2 });
		world_bu(&w, &(struct bu){ .hoa = addr, .seq = 3,
					   .lifetime = 60 });
		ck_assert_uint_eq(world_count(&w, "BA 130"), 1);
	}
	world_later(&w, SEC(1));
	world_count(&w, "");
	/* one moves away, one comes */
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::c:1", .seq = 3,
				   .lifetime = 60, .src = VICTIM });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::c:4", .seq = 4,
				   .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 1);
	/* counted anew after a restart */
	world_restart(&w);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::c:1", .seq = 4,
				   .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 130"), 1);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::c:4", .seq = 5 });
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::c:1", .seq = 5,
				   .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "BA 0"), 2);
	world_close(&w);
}
END_TEST

/* --- strays -------------------------------------------------------------- */

START_TEST(stray)
{
	struct event ev = { .kind = EV_STRAY };
	struct world w;
	unsigned said = 0;

	begin(&w, 100, 16, 60);
	ev.stray.path = (struct path_key){ world_addr(HA), world_addr(COA),
					   PATH_IP6IP6 };
	node_input(w.node, &ev, w.now);
	settle(&w);
	world_expect(&w, "BE 1 HA>COA\n");
	for (unsigned k = 0; k < 1000; k++) {
		node_input(w.node, &ev, w.now);
		settle(&w);
		said += world_count(&w, "BE");
	}
	ck_assert_uint_lt(said, 200);
	world_later(&w, SEC(2));
	/* not under an address that is not ours */
	ev.stray.path.local = world_addr(VHA);
	node_input(w.node, &ev, w.now);
	settle(&w);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("core: access anchor");

	unit_add(s, "what is seen", what_is_seen);
	unit_add(s, "seen for a while", seen_for_a_while);
	unit_add(s, "nothing is remembered", nothing_is_remembered);
	unit_add(s, "flood of one host", flood_of_one_host);
	unit_add(s, "flood of many hosts", flood_of_many_hosts);
	unit_add(s, "stranger", stranger);
	unit_add(s, "quiet", quiet);
	unit_add(s, "interface gone", interface_gone);
	unit_add(s, "remembered", remembered);
	unit_add(s, "forgotten", forgotten);
	unit_add(s, "remembered at boot", remembered_at_boot);
	unit_add(s, "remembered without a link", remembered_without_link);
	unit_add(s, "remembered contested", remembered_contested);
	unit_add(s, "a flood is not stored", flood_is_not_stored);
	unit_add(s, "strange records", strange_records);
	unit_add(s, "at once", at_once);
	unit_add(s, "echo", echo);
	unit_add(s, "unseen waits", unseen_waits);
	unit_add(s, "conflict", conflict);
	unit_add(s, "late rival", late_rival);
	unit_add(s, "home meanwhile", home_meanwhile);
	unit_add(s, "not its own", not_its_own);
	unit_add(s, "longest lifetime", longest_lifetime);
	unit_add(s, "most bindings", most_bindings);
	unit_add(s, "most of one host", most_of_one_host);
	unit_add(s, "reload", reload);
	unit_add(s, "reload moves rows", reload_moves_rows);
	unit_add(s, "third party", third_party);
	unit_add(s, "third party on the link", third_party_on_link);
	unit_add(s, "no key, no answer", no_key_no_answer);
	unit_add(s, "proof of before", proof_of_before);
	unit_add(s, "repeated", repeated);
	unit_add(s, "most at one care-of address", most_at_one_careof);
	unit_add(s, "stray", stray);
	return unit_main((Suite *const[]){ s, NULL });
}
