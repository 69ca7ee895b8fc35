/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_mag.c - a mobile access gateway with many mobiles, and its anchor, on
 * one core.
 *
 * Two nodes, with the wire between them here.  Mobiles attach one after the
 * other: each has a profile of its own and sends a Router Solicitation; the
 * gateway registers it, and when the anchor has answered it is served.  Then
 * the access link goes down and all of them leave.  Only what the gateway does
 * is counted.
 *
 *   mag_attach_rate       10 000 mobiles; the baseline is the same with 1 000.
 *                         Whatever looks at all mobiles for each of them shows
 *                         in the ratio, and the program fails (it is a test,
 *                         too)
 *   mag_bytes_per_mobile  growth of resident memory, profiles included
 *   pmip_bulk_messages    updates that renew 100 000 mobiles (RFC 6602); the
 *                         baseline is one each.  More than one is a failure
 *   lma_bulk_rate         mobiles that the anchor renews a second, with what it
 *                         has to store of each
 */
#include "bench.h"

#include "base/map.h"
#include "conf/conf.h"
#include "core/core.h"
#include "wire/nd.h"
#include "wire/pkt.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define FEW	1000U
#define MANY	10000U
#define TIMES	3		/* the best of so many */
#define ACCESS	3		/* ifindex */

static const uint8_t key[16] = "of both of them";

struct bench {
	unsigned	n;
	struct conf	*conf[2];	/* the anchor's, the gateway's */
	struct node	*node[2];
	usec_t		now;
	struct effect	effect;
	unsigned long	adverts, flows, flows_up;
	double		spent;		/* by the gateway */
	double		spent_anchor;
	unsigned long	updates;	/* from the gateway to the anchor */
	unsigned long	stored;		/* by the anchor */
	unsigned long	ended;		/* at the anchor */
};
enum { ANCHOR, GATEWAY };

static struct in6_addr address(const char *s)
{
	struct in6_addr a;

	if (addr_parse(s, &a))
		die("address");
	return a;
}

/* --- the two ----------------------------------------------------------------- */

static struct lladdr lladdr_of(unsigned k)
{
	struct lladdr ll = { .len = 6, .b = { 2 } };

	memcpy(ll.b + 2, &k, 4);
	return ll;
}

static struct conf *common(unsigned role, const char *peer)
{
	struct conf *c = conf_new();
	struct conf_peer *p = c ? conf_add_peer(c) : NULL;

	if (!p || !(p->key = arena_copy(&c->arena, key, sizeof(key))))
		die("memory");
	c->roles = role;
	c->lma_address = address("2001:db8:f::1");
	c->mag_address = address("2001:db8:f::2");
	c->heartbeat = 0;
	c->timestamps = false;		/* both are here, and so is the time */
	c->revocation = false;
	p->addr.addr = address(peer);
	p->addr.len = 128;
	p->protect = CONF_PROTECT_SHARED_KEY;
	p->key_len = sizeof(key);
	p->spi = 256;
	return c;
}

static void configure(struct bench *b)
{
	struct conf *lma = common(CONF_LMA, "2001:db8:f::2");
	struct conf *mag = common(CONF_MAG, "2001:db8:f::1");
	struct prefix *pool = conf_add_pool(lma);
	char id[32];

	if (!pool || prefix_parse("2001:db8:4000::/36", pool) ||
	    !conf_add_mobile(lma, "@example.net") ||
	    !conf_add_access(mag, "lan0"))
		die("no configuration");
	lma->mobile->lifetime = lma->lma_max_binding_life = 240;
	lma->lma_max_bindings = b->n;
	mag->lma_max_binding_life = 240;
	mag->access->probe = 3600000;	/* nobody is asked meanwhile */
	for (unsigned k = 0; k < b->n; k++) {
		struct conf_mobile *m;
		struct lladdr *ll;

		snprintf(id, sizeof(id), "m%u@example.net", k);
		m = conf_add_mobile(mag, arena_copy(&mag->arena, id,
						    strlen(id) + 1));
		ll = m ? conf_add_mobile_ll(mag, m) : NULL;
		if (!ll)
			die("memory");
		*ll = lladdr_of(k);
		m->lifetime = 240;
	}
	b->conf[ANCHOR] = lma;
	b->conf[GATEWAY] = mag;
}

static void pump(struct bench *);

static void input(struct bench *b, int who, const struct event *ev)
{
	double from = seconds();

	node_input(b->node[who], ev, b->now);
	*(who == GATEWAY ? &b->spent : &b->spent_anchor) += seconds() - from;
}

static void start(struct bench *b)
{
	struct node_seed seed = { .secret = "bench", .wall = 1 };
	struct event link = { .kind = EV_LINK, .link = {
		.ifindex = ACCESS, .name = "lan0", .up = true, .mtu = 1500,
		.ll = { .len = 6, .b = { 0x02, 0x52, 0x13 } },
	} };
	struct event ready = { .kind = EV_READY };

	configure(b);
	for (int k = 0; k < 2; k++) {
		b->node[k] = node_new(b->conf[k], &seed, b->now);
		if (!b->node[k])
			die("no node");
	}
	input(b, GATEWAY, &link);
	input(b, GATEWAY, &ready);
	input(b, ANCHOR, &ready);
	pump(b);
}

static void stop(struct bench *b)
{
	for (int k = 0; k < 2; k++) {
		node_free(b->node[k]);
		conf_free(b->conf[k]);
	}
}

/* --- the wire between them ------------------------------------------------------ */

/* To its neighbour if that is what it is, else it is for a mobile. */
static void carry(struct bench *b, int from, const struct ef_send *e)
{
	static uint8_t copy[SEND_MAX];
	struct event ev = { .kind = EV_PACKET, .packet.ifindex = 2 };

	if (e->ifindex == ACCESS) {
		b->adverts += e->data[40] == ND_RA;
		return;
	}
	memcpy(copy, e->data, e->len);
	ev.packet.data = (struct span){ copy, e->len };
	b->updates += from == GATEWAY;
	input(b, !from, &ev);
}

static bool next_effect(struct bench *b, int who)
{
	double from = seconds();
	bool more = node_effect(b->node[who], &b->effect);

	*(who == GATEWAY ? &b->spent : &b->spent_anchor) += seconds() - from;
	return more;
}

static void pump(struct bench *b)
{
	bool some;

	do {
		some = false;
		for (int who = 0; who < 2; who++)
			while (next_effect(b, who)) {
				some = true;
				if (b->effect.kind == EF_SEND)
					carry(b, who, &b->effect.send);
				b->stored += who == ANCHOR &&
					     b->effect.kind == EF_STORE;
				if (b->effect.kind != EF_FLOW)
					continue;
				if (who == ANCHOR) {
					b->ended += !b->effect.flow.up;
					continue;
				}
				b->flows++;
				b->flows_up += b->effect.flow.up;
			}
	} while (some);
}

/* --- what is measured ------------------------------------------------------------ */

static void attach(struct bench *b, unsigned k)
{
	struct lladdr ll = lladdr_of(k);
	struct in6_addr iid = addr_unspec, src;
	uint8_t data[128];
	struct wbuf w = wbuf_of(data, sizeof(data));
	struct nd nd = { .type = ND_RS };
	struct event ev = { .kind = EV_PACKET, .packet = {
		.ifindex = ACCESS, .ll_src = ll } };

	memcpy(iid.s6_addr + 8, ll.b, 6);
	src = addr_linklocal_of(&iid);
	nd_build(&nd, &src, &addr_all_routers, &w);
	if (w.bad)
		die("no solicitation");
	ev.packet.data = (struct span){ data, wbuf_len(&w) };
	input(b, GATEWAY, &ev);
	pump(b);
}

static void leave(struct bench *b)
{
	struct event link = { .kind = EV_LINK, .link = {
		.ifindex = ACCESS, .name = "lan0", .mtu = 1500,
		.ll = { .len = 6, .b = { 0x02, 0x52, 0x13 } },
	} };

	usec_t end = b->now + SEC(5);

	b->flows = b->flows_up = b->ended = 0;
	input(b, GATEWAY, &link);
	pump(b);
	while (node_deadline(b->node[GATEWAY]) < end) {
		b->now = node_deadline(b->node[GATEWAY]);
		node_tick(b->node[GATEWAY], b->now);
		pump(b);
	}
	if (b->flows != b->n || b->flows_up)	/* of each prefix one */
		die("not all have left");
	if (b->ended != b->n)
		die("the anchor has not heard of all of them");
}

/* Of so many mobiles: attachments a second. */
static double measure(unsigned n, double *ret_bytes)
{
	struct bench b = { .n = n, .now = SEC(1000) };
	size_t before = resident();
	double rate;

	start(&b);
	b.spent = 0;
	for (unsigned k = 0; k < n; k++) {
		attach(&b, k);
		b.now += MSEC(1);
	}
	if (b.flows_up != n || b.adverts != n)
		die("not all are served");
	rate = n / b.spent;
	*ret_bytes = (double)(resident() - before) / n;
	leave(&b);
	stop(&b);
	return rate;
}

/* Once all of them have attached: the gateway's own time goes on until they have
 * been registered anew. */
static double measure_bulk(unsigned n, unsigned long *ret_updates)
{
	struct bench b = { .n = n, .now = SEC(1000) };
	double rate;

	start(&b);
	for (unsigned k = 0; k < n; k++) {
		attach(&b, k);
		b.now += USEC_PER_SEC / 10000;
	}
	b.updates = b.stored = 0;
	b.spent_anchor = 0;
	while (!b.stored) {
		b.now = node_deadline(b.node[GATEWAY]);
		if (b.now == USEC_NEVER)
			die("nothing is renewed");
		node_tick(b.node[GATEWAY], b.now);
		pump(&b);
	}
	if (b.stored != n)
		die("not all were renewed");
	*ret_updates = b.updates;
	rate = n / b.spent_anchor;
	leave(&b);
	stop(&b);
	return rate;
}

#define BULK	100000U

int main(void)
{
	double rate;
	unsigned long updates;
	double few = 0, many = 0, bytes = 0, first = 0;

	for (int k = 0; k < TIMES; k++) {
		double f = measure(FEW, &bytes), m = measure(MANY, &bytes);

		few = f > few ? f : few;
		many = m > many ? m : many;
		first = k ? first : bytes;	/* then it is all there */
	}
	printf("bench name=mag_attach_rate value=%.0f unit=1/s baseline=%.0f "
	       "ratio=%.2f\n", many, few, many / few);
	printf("bench name=mag_bytes_per_mobile value=%.0f unit=B\n", first);
	rate = measure_bulk(BULK, &updates);
	printf("bench name=pmip_bulk_messages value=%lu unit=1 baseline=%u\n",
	       updates, BULK);
	printf("bench name=lma_bulk_rate value=%.0f unit=1/s\n", rate);
	if (updates != 1)
		die("one update does not renew them all");
	/* Caches get smaller, walks would be ten times as long. */
	if (many < few / 4)
		die("the more mobiles there are, the longer each takes");
	return 0;
}
