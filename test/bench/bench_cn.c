/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_cn.c - a correspondent, on one core.
 *
 *   cn_hoti_rate  Home Test Inits from ever new addresses, answered
 *   cn_bu_rate    Binding Updates of 10000 mobiles, refreshed in turn: parsed,
 *                 both tokens and the key made again, checked, taken into the
 *                 cache, acknowledged with an authenticator
 *
 * Making the messages is not counted: they are made a batch at a time while
 * the clock stands.  Each is fed through the only door of the core, and all
 * effects are taken out.
 */
#include "conf/conf.h"
#include "core/core.h"
#include "core/rr.h"
#include "crypto/mac.h"
#include "wire/auth.h"
#include "wire/mh.h"
#include "wire/pkt.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOBILES		10000
#define BATCH		10000
#define BATCHES		20
#define PACKET_MAX	192

struct packet {
	uint32_t	len;
	uint8_t		data[PACKET_MAX];
};

struct token {
	uint16_t	nonce;
	uint8_t		t[RR_TOKEN];
};

struct bench {
	struct conf	*conf;
	struct node	*node;
	struct mac	*mac;
	usec_t		now;
	struct in6_addr	cn;
	struct packet	*batch;
	struct token	(*token)[2];	/* of each mobile */
	struct token	heard;
	unsigned	answers;
	uint8_t		status;
};

static void
die(const char *what)
{
	fprintf(stderr, "bench_cn: %s\n", what);
	exit(1);
}

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Home addresses 2001:db8:1::k, care-of addresses 2001:db8:a::k. */
static struct in6_addr
addr(unsigned net, unsigned k)
{
	struct in6_addr a = { .s6_addr = { 0x20, 1, 0x0d, 0xb8 } };

	a.s6_addr[5] = (uint8_t)net;
	for (int i = 15; i > 11; i--, k >>= 8)
		a.s6_addr[i] = (uint8_t)k;
	return a;
}

/* What a test brought, or how an update was answered: read where it must
 * stand, so that this costs nothing. */
static void
heard(struct bench *b, const struct ef_send *s)
{
	const uint8_t *mh = s->data + (s->data[6] == 43 ? 64 : 40);

	b->answers++;
	if (mh[2] == MH_BA) {
		b->status = mh[6];
		return;
	}
	b->heard.nonce = (uint16_t)(mh[6] << 8 | mh[7]);
	memcpy(b->heard.t, mh + 16, RR_TOKEN);
}

static void
drain(struct bench *b)
{
	static struct effect e;

	while (node_effect(b->node, &e))
		if (e.kind == EF_SEND)
			heard(b, &e.send);
}

static void
feed(struct bench *b, const struct packet *p)
{
	struct event ev = { .kind = EV_PACKET };

	ev.packet.ifindex = 2;
	ev.packet.data = (struct span){ p->data, p->len };
	node_input(b->node, &ev, b->now);
	drain(b);
}

static void
tick(struct bench *b)
{
	while (node_deadline(b->node) <= b->now) {
		node_tick(b->node, b->now);
		drain(b);
	}
}

static void
make_test(struct bench *b, struct packet *p, uint8_t type,
	  const struct in6_addr *from)
{
	struct wbuf w = wbuf_of(p->data, sizeof(p->data));
	struct mh mh = { .type = type };
	size_t at;

	mh.test_init.cookie = 1;
	pkt_start(&w, from, &b->cn, 64, NULL, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	mh_build(&mh, &w);
	mh_seal(p->data + at, mh.len, from, &b->cn);
	pkt_finish(&w);
	p->len = (uint32_t)wbuf_len(&w);
}

static void
make_update(struct bench *b, struct packet *p, unsigned k, uint16_t seq)
{
	struct in6_addr hoa = addr(1, k), coa = addr(10, k);
	struct wbuf w = wbuf_of(p->data, sizeof(p->data));
	const struct token *t = b->token[k];
	const struct span tokens[] = {
		{ t[0].t, RR_TOKEN }, { t[1].t, RR_TOKEN },
	};
	uint8_t kbm[RR_KBM], mac[MAC_SHA1_LEN];
	const struct span key = { kbm, sizeof(kbm) };
	struct mh mh = { .type = MH_BU };
	struct auth_cover c;
	struct mopt *o;
	size_t at;

	mh.bu.seq = seq;
	mh.bu.flags = MH_BU_A;
	mh.bu.lifetime = 105;
	o = mh_add(&mh, MOPT_NONCES);
	o->nonces.home = t[0].nonce;
	o->nonces.careof = t[1].nonce;
	o = mh_add(&mh, MOPT_AUTH_DATA);
	o->auth_data = (struct span){ NULL, AUTH_DATA_LEN };
	pkt_start(&w, &coa, &b->cn, 64, &hoa, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	mh_build(&mh, &w);
	mac_sha1(b->mac, tokens, 2, kbm);
	auth_cover_data(&coa, &b->cn, p->data + at, mh.len,
			mh_opt(&mh, MOPT_AUTH_DATA), &c);
	mac_hmac_sha1(b->mac, &key, c.piece, c.n, mac);
	memcpy(p->data + at + mh_opt(&mh, MOPT_AUTH_DATA)->off + 2, mac,
	       AUTH_DATA_LEN);
	mh_seal(p->data + at, mh.len, &hoa, &b->cn);
	pkt_finish(&w);
	p->len = (uint32_t)wbuf_len(&w);
}

static void
begin(struct bench *b)
{
	struct node_seed seed = { .secret = "bench" };
	struct event ev = { .kind = EV_LINK };

	b->now = SEC(1000);
	b->conf = conf_new();
	b->mac = mac_new();
	b->batch = calloc(BATCH, sizeof(*b->batch));
	b->token = calloc(MOBILES, sizeof(*b->token));
	if (!b->conf || !b->mac || !b->batch || !b->token)
		die("no memory");
	b->conf->roles = CONF_CN;
	b->conf->cn_max_bindings = MOBILES;
	b->cn = addr(12, 1);
	b->node = node_new(b->conf, &seed, b->now);
	if (!b->node)
		die("no node");
	ev.link.ifindex = 2;
	strcpy(ev.link.name, "eth0");
	ev.link.up = true;
	node_input(b->node, &ev, b->now);
	ev = (struct event){ .kind = EV_READY };
	node_input(b->node, &ev, b->now);
	drain(b);
}

static double
tests(struct bench *b)
{
	double spent = 0, from;

	for (unsigned n = 0; n < BATCHES; n++) {
		for (unsigned k = 0; k < BATCH; k++) {
			struct in6_addr a = addr(2, n * BATCH + k);

			make_test(b, &b->batch[k], MH_HOTI, &a);
		}
		b->answers = 0;
		from = cpu();
		for (unsigned k = 0; k < BATCH; k++) {
			b->now++;
			feed(b, &b->batch[k]);
		}
		spent += cpu() - from;
		if (b->answers != BATCH)
			die("a test was not answered");
	}
	return BATCHES * (double)BATCH / spent;
}

static void
get_tokens(struct bench *b)
{
	struct packet p;

	for (unsigned k = 0; k < MOBILES; k++)
		for (unsigned kind = 0; kind < 2; kind++) {
			struct in6_addr a = addr(kind ? 10 : 1, k);

			b->now++;
			make_test(b, &p, kind ? MH_COTI : MH_HOTI, &a);
			feed(b, &p);
			b->token[k][kind] = b->heard;
		}
}

static double
updates(struct bench *b)
{
	double spent = 0, from;

	for (unsigned n = 0; n <= BATCHES; n++) {
		for (unsigned k = 0; k < BATCH; k++)
			make_update(b, &b->batch[k], k % MOBILES,
				    (uint16_t)(n + 1));
		b->answers = 0;
		from = cpu();
		for (unsigned k = 0; k < BATCH; k++) {
			b->now += 10;
			feed(b, &b->batch[k]);
			if (b->status)
				die("an update was refused");
			tick(b);
		}
		if (n)		/* the first ones are registrations */
			spent += cpu() - from;
		if (b->answers != BATCH)
			die("an update was not answered");
	}
	return BATCHES * (double)BATCH / spent;
}

int
main(void)
{
	struct bench b = { 0 };

	begin(&b);
	printf("bench name=cn_hoti_rate value=%.0f unit=1/s\n", tests(&b));
	get_tokens(&b);
	printf("bench name=cn_bu_rate value=%.0f unit=1/s\n", updates(&b));
	node_free(b.node);
	conf_free(b.conf);
	mac_free(b.mac);
	free(b.batch);
	free(b.token);
	return 0;
}
