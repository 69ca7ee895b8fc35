/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_ha.c - a home agent with a million bindings, on one core.
 *
 * Every mobile has a key of its own.  All of them register; then Binding
 * Updates come in random order, each signed, through the only door of the
 * core: parsed, checked, taken into the binding cache, the acknowledgement
 * built and signed, and all effects taken out, timers included.  Making the
 * messages is not counted: they are made a batch at a time while the clock
 * stands.
 *
 * A round is one message of every mobile, in an order drawn anew, within
 * ROUND seconds of the core's time; the lifetime is a little more than two
 * rounds.  So, as in life, half of the messages are matched by a timer that
 * rings, and nothing expires.
 *
 *   ha_bu_rate            refreshes: the same care-of address again
 *   ha_move_rate          each with a new care-of address: path and flow
 *   ha_bytes_per_binding  growth of resident memory from before the
 *                         configuration was made until all are registered
 *
 * BENCH_BINDINGS sets another number than 1 000 000.
 */
#include "bench.h"

#include "base/map.h"
#include "base/rng.h"
#include "conf/conf.h"
#include "core/core.h"
#include "crypto/mac.h"
#include "wire/auth.h"
#include "wire/mh.h"
#include "wire/pkt.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BATCH		20000
#define ROUND		SEC(100)
#define LIFETIME	51		/* units of four seconds */
#define ROUNDS		2		/* measured, behind as many others */
#define PACKET_MAX	192
#define STATUS_AT	(40 + 24 + 6)	/* IPv6 header, type 2 routing header */

struct packet {
	uint32_t	len;
	uint8_t		data[PACKET_MAX];
};

struct bench {
	unsigned	n;
	struct conf	*conf;
	struct node	*node;
	struct mac	*mac;
	struct rng	rng;
	usec_t		now;
	uint32_t	*order;
	uint16_t	*seq;
	uint8_t		*moves;		/* how often each has moved */
	struct packet	*batch;
	struct in6_addr	ha;
	struct effect	effect;
	unsigned long	accepted, refused;
	double		spent;
};

/* --- mobile number k ----------------------------------------------------- */

static struct in6_addr address(const char *prefix, unsigned k, unsigned move)
{
	struct in6_addr a;

	if (addr_parse(prefix, &a))
		die("address");
	for (int i = 0; i < 4; i++)
		a.s6_addr[15 - i] = (uint8_t)(k >> 8 * i);
	a.s6_addr[8] = 1;
	a.s6_addr[9] = (uint8_t)move;
	return a;
}

static struct in6_addr hoa_of(unsigned k)
{
	return address("2001:db8:2::", k, 0);
}

static void key_of(unsigned k, uint8_t key[16])
{
	static const uint8_t secret[16] = "keys of mobiles";
	uint64_t h[2] = { k, ~(uint64_t)k };

	h[0] = siphash13(secret, &h[0], 8);
	h[1] = siphash13(secret, &h[1], 8);
	memcpy(key, h, 16);
}

static void make_bu(struct bench *b, unsigned k, struct packet *p)
{
	struct in6_addr hoa = hoa_of(k);
	struct in6_addr coa = address("2001:db8:a::", k, b->moves[k]);
	struct mh m = { .type = MH_BU };
	struct wbuf w = wbuf_of(p->data, sizeof(p->data));
	uint8_t key[16], sum[MAC_SHA1_LEN];
	struct span ks = { key, sizeof(key) };
	struct auth_cover c;
	struct mopt *o;
	size_t at;

	m.bu.seq = ++b->seq[k];
	m.bu.lifetime = LIFETIME;
	m.bu.flags = MH_BU_A | MH_BU_H;
	mh_add(&m, MOPT_ALTCOA)->altcoa = coa;
	o = mh_add(&m, MOPT_AUTH);
	o->auth.subtype = MOPT_AUTH_MNHA;
	o->auth.spi = 256 + k;
	o->auth.data.len = AUTH_MNHA_LEN;
	pkt_start(&w, &coa, &b->ha, PKT_HOPLIMIT, &hoa, NULL,
		  IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	if (mh_build(&m, &w))
		die("a Binding Update was not built");
	key_of(k, key);
	auth_cover_mnha(&coa, &hoa, p->data + at, o, &c);
	if (mac_hmac_sha1(b->mac, &ks, c.piece, c.n, sum))
		die("a Binding Update was not signed");
	memcpy(p->data + at + o->off + 7, sum, AUTH_MNHA_LEN);
	mh_seal(p->data + at, m.len, &hoa, &b->ha);
	pkt_finish(&w);
	if (w.bad)
		die("a Binding Update is too long");
	p->len = (uint32_t)wbuf_len(&w);
}

/* --- what is measured ---------------------------------------------------- */

static void take(struct bench *b, const struct packet *p)
{
	struct event ev;

	ev.kind = EV_PACKET;
	ev.packet.ifindex = 2;
	ev.packet.ll_src.len = 0;
	ev.packet.data = (struct span){ p->data, p->len };
	node_input(b->node, &ev, b->now);
	while (node_effect(b->node, &b->effect)) {
		if (b->effect.kind != EF_SEND)
			continue;
		if (b->effect.send.data[STATUS_AT] == MH_ST_ACCEPTED)
			b->accepted++;
		else
			b->refused++;
	}
}

static void take_batch(struct bench *b, unsigned n)
{
	double from = seconds();

	for (unsigned i = 0; i < n; i++)
		take(b, &b->batch[i]);
	b->now += ROUND * n / b->n;
	node_tick(b->node, b->now);
	if (node_effect(b->node, &b->effect))
		die("something has expired");
	b->spent += seconds() - from;
}

static void shuffle(struct bench *b)
{
	for (unsigned i = b->n - 1; i > 0; i--) {
		unsigned j = (unsigned)rng_below(&b->rng, i + 1);
		uint32_t k = b->order[i];

		b->order[i] = b->order[j];
		b->order[j] = k;
	}
}

static void run_round(struct bench *b, bool moves)
{
	unsigned long before = b->accepted;

	shuffle(b);
	for (unsigned done = 0; done < b->n; ) {
		unsigned i = 0;

		for (; i < BATCH && done < b->n; i++, done++) {
			unsigned k = b->order[done];

			b->moves[k] = (uint8_t)(b->moves[k] + moves);
			make_bu(b, k, &b->batch[i]);
		}
		take_batch(b, i);
	}
	if (b->accepted != before + b->n || b->refused)
		die("not all were accepted");
}

static double measure(struct bench *b, bool moves)
{
	b->spent = 0;
	for (int k = 0; k < ROUNDS; k++)
		run_round(b, moves);
	return (double)ROUNDS * b->n / b->spent;
}

/* BENCH_ACL: so many rows of BindingAclPolicy before the one that fits. */
static void admit(struct conf *c)
{
	const char *env = getenv("BENCH_ACL");
	unsigned rows = env ? (unsigned)strtoul(env, NULL, 0) : 0;
	struct conf_acl *r;

	for (unsigned k = 0; k < rows; k++) {
		r = conf_add_acl(c);
		if (!r)
			die("memory");
		r->hoa.addr = address("2001:db8:3::", k, 0);
		r->hoa.len = 128;
	}
	r = rows ? conf_add_acl(c) : NULL;
	if (r && prefix_parse("2001:db8:2::/64", &r->hoa))
		die("a prefix");
}

static void configure(struct bench *b)
{
	struct conf *c = conf_new();
	struct conf_home_link *l = c ? conf_add_home_link(c) : NULL;

	if (!l || prefix_parse("2001:db8:2::/64", &l->prefix))
		die("no configuration");
	l->ha = b->ha;
	c->roles = CONF_HA;
	c->ha_max_bindings = b->n;
	/* Nobody would acknowledge them here. */
	c->send_unsol_pfx_advs = false;
	if (!conf_reserve_peers(c, b->n))
		die("memory");
	for (unsigned k = 0; k < b->n; k++) {
		struct conf_peer *p = conf_add_peer(c);
		uint8_t key[16];

		key_of(k, key);
		if (!p || !(p->key = arena_copy(&c->arena, key, sizeof(key))))
			die("memory");
		p->addr.addr = hoa_of(k);
		p->protect = CONF_PROTECT_SHARED_KEY;
		p->key_len = sizeof(key);
		p->spi = 256 + k;
	}
	admit(c);
	b->conf = c;
}

int main(void)
{
	struct node_seed seed = { .secret = "bench", .wall = 1 };
	const char *env = getenv("BENCH_BINDINGS");
	struct bench b = { .n = env ? (unsigned)strtoul(env, NULL, 0) :
				      1000000 };
	struct event ready = { .kind = EV_READY };
	size_t before, after;

	if (!b.n || addr_parse("2001:db8:2::1", &b.ha))
		die("no bindings");
	b.now = SEC(1000);
	b.mac = mac_new();
	b.order = malloc(b.n * sizeof(*b.order));
	b.seq = malloc(b.n * sizeof(*b.seq));
	b.moves = malloc(b.n);
	b.batch = malloc(BATCH * sizeof(*b.batch));
	if (!b.mac || !b.order || !b.seq || !b.moves || !b.batch)
		die("memory");
	for (unsigned k = 0; k < b.n; k++)
		b.order[k] = k;
	/* ours, and touched before the first look at the memory */
	memset(b.seq, 0xff, b.n * sizeof(*b.seq));
	memset(b.seq, 0, b.n * sizeof(*b.seq));
	memset(b.moves, 0xff, b.n);
	memset(b.moves, 0, b.n);
	memset(b.batch, 0xff, BATCH * sizeof(*b.batch));
	rng_init(&b.rng, seed.secret);

	before = resident();
	configure(&b);
	b.node = node_new(b.conf, &seed, b.now);
	if (!b.node)
		die("no node");
	node_input(b.node, &ready, b.now);
	while (node_effect(b.node, &b.effect))
		;
	run_round(&b, false);
	after = resident();
	printf("bench name=ha_bytes_per_binding value=%.0f unit=B\n",
	       (double)(after - before) / b.n);
	measure(&b, false);
	printf("bench name=ha_bu_rate value=%.0f unit=1/s\n",
	       measure(&b, false));
	printf("bench name=ha_move_rate value=%.0f unit=1/s\n",
	       measure(&b, true));
	node_free(b.node);
	conf_free(b.conf);
	mac_free(b.mac);
	free(b.order);
	free(b.seq);
	free(b.moves);
	free(b.batch);
	return 0;
}
