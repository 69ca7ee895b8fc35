/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_lma.c - a local mobility anchor with a million mobiles, on one core.
 *
 * Each has an identity, a link-layer identifier and a prefix of the pool; they
 * are at two hundred gateways, each with a key of its own.  All of them
 * register; then Proxy Binding Updates come in random order, each with the
 * options of RFC 5213, figure 12, and a timestamp, signed, through the only
 * door of the core: parsed, checked, looked up, taken, the acknowledgement
 * built and signed, and all effects taken out.  Making the messages is not
 * counted.
 *
 *   lma_pbu_rate          re-registrations, which name the prefix
 *   lma_handover_rate     each from another gateway, which does not: found by
 *                         the link-layer identifier, its flow moved
 *   lma_bytes_per_mobile  growth of resident memory from before the
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
#define PACKET_MAX	256
#define GATEWAYS	200
#define STATUS_AT	(40 + 6)	/* behind the IPv6 header */

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
	uint32_t	*hnp;		/* of each: its place in the pool */
	struct packet	*batch;
	struct in6_addr	lma;
	bool		moving;
	struct effect	effect;
	unsigned long	accepted, refused;
	double		spent;
};

/* --- mobile number k ----------------------------------------------------- */

static struct in6_addr gateway(unsigned g)
{
	struct in6_addr a;

	if (addr_parse("2001:db8:f::", &a))
		die("address");
	a.s6_addr[14] = (uint8_t)((g + 16) >> 8);
	a.s6_addr[15] = (uint8_t)(g + 16);
	return a;
}

static void key_of(unsigned g, uint8_t key[16])
{
	static const uint8_t secret[16] = "keys of gateway";
	uint64_t h[2] = { g, ~(uint64_t)g };

	h[0] = siphash13(secret, &h[0], 8);
	h[1] = siphash13(secret, &h[1], 8);
	memcpy(key, h, 16);
}

/* 2001:db8:4000::/36 has room for 2^28 of them. */
static struct in6_addr prefix_at(uint32_t k)
{
	struct in6_addr a;

	if (addr_parse("2001:db8:4000::", &a))
		die("address");
	for (int i = 0; i < 4; i++)
		a.s6_addr[7 - i] |= (uint8_t)(k >> 8 * i);
	return a;
}

static uint64_t stamp(const struct bench *b)
{
	usec_t wall = b->now + 1;

	return wall / USEC_PER_SEC << 16 |
	       (wall % USEC_PER_SEC << 16) / USEC_PER_SEC;
}

static void sign(struct bench *b, unsigned g, const struct in6_addr *coa,
		 const struct mopt *o, uint8_t *bytes)
{
	uint8_t key[16], sum[MAC_SHA1_LEN];
	struct span ks = { key, sizeof(key) };
	struct auth_cover c;

	key_of(g, key);
	auth_cover_mnha(coa, &b->lma, bytes, o, &c);
	if (mac_hmac_sha1(b->mac, &ks, c.piece, c.n, sum))
		die("an update was not signed");
	memcpy(bytes + o->off + 7, sum, AUTH_MNHA_LEN);
}

static void make_bu(struct bench *b, unsigned k, struct packet *p)
{
	unsigned g = (k + b->moves[k]) % GATEWAYS;
	struct in6_addr coa = gateway(g);
	struct mh m = { .type = MH_BU };
	struct wbuf w = wbuf_of(p->data, sizeof(p->data));
	bool names = b->hnp[k] && !b->moving;
	uint8_t lli[6] = { 2 };
	char id[32];
	struct mopt *o;
	size_t at;

	snprintf(id, sizeof(id), "mobile%u@example.net", k);
	memcpy(lli + 2, &k, 4);
	m.bu.seq = ++b->seq[k];
	m.bu.lifetime = LIFETIME;
	m.bu.flags = MH_BU_A | MH_BU_H | MH_BU_P;
	o = mh_add(&m, MOPT_MNID);
	o->mnid.subtype = MOPT_MNID_NAI;
	o->mnid.id = (struct span){ (const uint8_t *)id, strlen(id) };
	o = mh_add(&m, MOPT_HNP);
	o->prefix.code = 0;
	o->prefix.len = names ? 64 : 0;
	o->prefix.addr = names ? prefix_at(b->hnp[k] - 1) : addr_unspec;
	mh_add(&m, MOPT_HANDOFF)->value = names ? MOPT_HANDOFF_SAME :
					  MOPT_HANDOFF_UNKNOWN;
	mh_add(&m, MOPT_ATT)->value = MOPT_ATT_WLAN;
	mh_add(&m, MOPT_TIMESTAMP)->timestamp = stamp(b);
	mh_add(&m, MOPT_MN_LLI)->data = (struct span){ lli, sizeof(lli) };
	o = mh_add(&m, MOPT_AUTH);
	o->auth.subtype = MOPT_AUTH_MNHA;
	o->auth.spi = 256 + g;
	o->auth.data = (struct span){ NULL, AUTH_MNHA_LEN };
	pkt_start(&w, &coa, &b->lma, PKT_HOPLIMIT, NULL, NULL,
		  IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	if (mh_build(&m, &w))
		die("an update was not built");
	sign(b, g, &coa, o, p->data + at);
	mh_seal(p->data + at, m.len, &coa, &b->lma);
	pkt_finish(&w);
	if (w.bad)
		die("an update is too long");
	p->len = (uint32_t)wbuf_len(&w);
}

/* --- what is measured ---------------------------------------------------- */

/* The prefix that it was given, of the answer. */
static void learn(struct bench *b, unsigned k)
{
	const struct ef_send *e = &b->effect.send;
	struct wire_error err;
	struct in6_addr first = prefix_at(0);
	struct rbuf r[2];
	const struct mopt *o;
	struct mh mh;

	if (mh_parse(e->data + 40, e->len - 40U, NULL, NULL, &mh, &err) ||
	    !(o = mh_opt(&mh, MOPT_HNP)))
		die("an answer without a prefix");
	r[0] = rbuf_of(&o->prefix.addr, 8);
	r[1] = rbuf_of(&first, 8);
	b->hnp[k] = (uint32_t)(rbuf_u64(&r[0]) - rbuf_u64(&r[1])) + 1;
}

static void take(struct bench *b, const struct packet *p, unsigned k)
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
		if (!b->hnp[k])
			learn(b, k);
		if (b->effect.send.data[STATUS_AT] == MH_ST_ACCEPTED)
			b->accepted++;
		else
			b->refused++;
	}
}

static void take_batch(struct bench *b, unsigned done, unsigned n)
{
	double from = seconds();

	for (unsigned i = 0; i < n; i++)
		take(b, &b->batch[i], b->order[done - n + i]);
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
	b->moving = moves;
	for (unsigned done = 0; done < b->n; ) {
		unsigned i = 0;

		for (; i < BATCH && done < b->n; i++, done++) {
			unsigned k = b->order[done];

			b->moves[k] = (uint8_t)(b->moves[k] + moves);
			make_bu(b, k, &b->batch[i]);
		}
		take_batch(b, done, i);
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

static void configure(struct bench *b)
{
	struct conf *c = conf_new();
	struct prefix *pool = c ? conf_add_pool(c) : NULL;

	if (!pool || prefix_parse("2001:db8:4000::/36", pool) ||
	    !conf_add_mobile(c, "@example.net"))
		die("no configuration");
	c->roles = CONF_LMA;
	c->lma_address = b->lma;
	c->lma_max_bindings = b->n;
	c->lma_max_binding_life = c->mobile->lifetime = 262140;
	c->heartbeat = 0;	/* nobody is there to answer */
	c->revocation = false;	/* ... one for each move */
	for (unsigned g = 0; g < GATEWAYS; g++) {
		struct conf_peer *p = conf_add_peer(c);
		uint8_t key[16];

		key_of(g, key);
		if (!p || !(p->key = arena_copy(&c->arena, key, sizeof(key))))
			die("memory");
		p->addr.addr = gateway(g);
		p->protect = CONF_PROTECT_SHARED_KEY;
		p->key_len = sizeof(key);
		p->spi = 256 + g;
	}
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

	if (!b.n || addr_parse("2001:db8:f::1", &b.lma))
		die("no bindings");
	b.now = SEC(1000);
	b.mac = mac_new();
	b.order = malloc(b.n * sizeof(*b.order));
	b.seq = malloc(b.n * sizeof(*b.seq));
	b.moves = malloc(b.n);
	b.hnp = malloc(b.n * sizeof(*b.hnp));
	b.batch = malloc(BATCH * sizeof(*b.batch));
	if (!b.mac || !b.order || !b.seq || !b.moves || !b.hnp ||
	    !b.batch)
		die("memory");
	for (unsigned k = 0; k < b.n; k++)
		b.order[k] = k;
	/* ours, and touched before the first look at the memory */
	memset(b.seq, 0xff, b.n * sizeof(*b.seq));
	memset(b.seq, 0, b.n * sizeof(*b.seq));
	memset(b.moves, 0xff, b.n);
	memset(b.moves, 0, b.n);
	memset(b.hnp, 0xff, b.n * sizeof(*b.hnp));
	memset(b.hnp, 0, b.n * sizeof(*b.hnp));
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
	printf("bench name=lma_bytes_per_mobile value=%.0f unit=B\n",
	       (double)(after - before) / b.n);
	measure(&b, false);
	printf("bench name=lma_pbu_rate value=%.0f unit=1/s\n",
	       measure(&b, false));
	printf("bench name=lma_handover_rate value=%.0f unit=1/s\n",
	       measure(&b, true));
	node_free(b.node);
	conf_free(b.conf);
	mac_free(b.mac);
	free(b.order);
	free(b.seq);
	free(b.moves);
	free(b.hnp);
	free(b.batch);
	return 0;
}
