/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_cga.c - what addresses that prove whose they are cost, on one core.
 *
 * An access anchor, and mobiles with keys of 2040 bits that have left its
 * link.  Each makes a care-of test and registers, signed; then again, with
 * the token.  Measured is the anchor: messages in, all effects out.  Making
 * the mobiles' messages is not counted.
 *
 *   cga_verify     first registrations: care-of test, signature, sealed token
 *   cga_update     later ones: care-of test and token
 *   cga_refuse     updates of who has no care-of token, thrown away
 *   cga_generate   modifier of an address with Sec 1, mean of some
 *   cga_key        a new key
 */
#include "bench.h"

#include "conf/conf.h"
#include "core/core.h"
#include "core/node.h"
#include "core/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOBILES		1000
#define KEYS		4
#define SEARCHES	16
#define LINK		2
/* The anchor verifies four signatures a second for one link-layer address,
 * and 500 in all: in its own time they come slowly. */
#define PAUSE		MSEC(20)

struct mobile {
	struct in6_addr	hoa, coa;
	struct cga	cga;
	struct cga_key	*key;
	struct rr_proof	careof;
	uint8_t		token[RR_TOKEN];
	bool		has_token;
	size_t		len;
	uint8_t		packet[1400];
};

struct bench {
	struct node	*node, *forge;
	struct in6_addr	anchor;
	usec_t		now;
	double		spent;
	struct mobile	*m;
	struct mobile	*who;		/* whose answers are read */
	unsigned	accepted;
	struct effect	effect;
};

/* --- the anchor --------------------------------------------------------- */

static void answer(struct bench *b, const struct ef_send *e)
{
	struct wire_error err;
	const struct mopt *o;
	struct wbuf w;
	struct pkt p;
	struct mh mh;

	if (pkt_parse(e->data, e->len, &p, &err) ||
	    p.proto != IPPROTO_MOBILITY ||
	    mh_parse_known(p.payload.p, p.payload.len, NULL, NULL,
			   MH_KNOW_ALL, &mh, &err))
		return;
	if (mh.type == MH_COT) {
		b->who->careof.nonce = mh.test.nonce;
		w = wbuf_of(b->who->careof.token, RR_TOKEN);
		wbuf_u64(&w, mh.test.token);
	} else if (mh.type == MH_BA && mh.ba.status < 128) {
		b->accepted++;
		o = mh_opt(&mh, MOPT_HOME_TOKEN);
		if (o)
			b->who->has_token = cga_open(b->who->key, &o->data,
						     b->who->token, RR_TOKEN);
	}
}

/* In it goes, and out come the effects; the answers are read afterwards. */
static void input(struct bench *b, const uint8_t *p, size_t len,
		  uint32_t ifindex, unsigned ll)
{
	struct event ev = { .kind = EV_PACKET };
	static struct ef_send sent[4];
	unsigned n = 0;
	double t = seconds();

	ev.packet.ifindex = ifindex;
	ev.packet.ll_src = (struct lladdr){
		6, { 2, 0, 0, 0, (uint8_t)(ll >> 8), (uint8_t)ll },
	};
	ev.packet.data = (struct span){ p, len };
	node_input(b->node, &ev, b->now);
	while (node_deadline(b->node) <= b->now)
		node_tick(b->node, b->now);
	while (node_effect(b->node, &b->effect))
		if (b->effect.kind == EF_SEND && n < 4)
			sent[n++] = b->effect.send;
	b->spent += seconds() - t;
	while (n)
		answer(b, &sent[--n]);
}

static struct node *make_anchor(struct conf *c, const struct in6_addr *addr,
				usec_t now)
{
	struct node_seed seed = { .secret = "bench", .wall = 1 };
	struct conf_home_link *l = conf_add_anchor(c, "eth0");
	struct event ev = { .kind = EV_LINK };
	struct node *n;

	if (!l || !conf_add_iface(c, "eth0"))
		die("configuration");
	c->roles = CONF_AR;
	l->prefix = prefix_of(addr, 64);
	n = node_new(c, &seed, now);
	if (!n)
		die("node");
	ev.link.ifindex = LINK;
	strcpy(ev.link.name, "eth0");
	ev.link.ll = (struct lladdr){ 6, { 2, 0, 0, 1, 0, 0 } };
	ev.link.mtu = 1500;
	ev.link.up = true;
	node_input(n, &ev, now);
	ev = (struct event){ .kind = EV_ADDRESS };
	ev.address = (struct ev_address){ LINK, *addr, 64, ADDR_VALID };
	node_input(n, &ev, now);
	ev = (struct event){ .kind = EV_READY };
	node_input(n, &ev, now);
	return n;
}

/* --- the mobiles -------------------------------------------------------- */

static void put(struct bench *b, struct mobile *m, struct mh *mh,
		const struct in6_addr *hao, const struct proof *p)
{
	struct wbuf w = wbuf_of(m->packet, sizeof(m->packet));
	size_t at;

	if (p) {
		proof_options(p, mh);
		proof_auth_option(p, mh);
	}
	pkt_start(&w, &m->coa, &b->anchor, 64, hao, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	if (mh_build(mh, &w))
		die("message");
	if (p)
		proof_seal(b->forge, p, mh, m->packet + at);
	mh_seal(m->packet + at, mh->len, hao ? hao : &m->coa, &b->anchor);
	pkt_finish(&w);
	m->len = wbuf_len(&w);
}

static void make_test(struct bench *b, struct mobile *m)
{
	struct mh mh = { .type = MH_COTI, .test_init.cookie = 1 };

	put(b, m, &mh, NULL, NULL);
}

static void make_update(struct bench *b, struct mobile *m, uint16_t seq,
			bool good)
{
	static const uint8_t none[RR_TOKEN];
	struct mh mh = { .type = MH_BU };
	uint8_t params[CGA_PARAMS_MAX];
	struct proof p = {
		.hoa = m->hoa, .coa = m->coa, .anchor = b->anchor,
		.has_kbm = true, .has_nonces = true,
		.nonce = m->careof.nonce,
	};

	memcpy(p.token, m->careof.token, RR_TOKEN);
	if (!m->has_token) {
		p.key = m->key;
		p.params = (struct span){
			params, cga_params(m->key, &m->cga, &m->hoa, params),
		};
	}
	rr_kbm(b->forge, m->has_token ? m->token : none, p.token, p.kbm);
	p.kbm[0] ^= !good;
	mh.bu.seq = seq;
	mh.bu.flags = MH_BU_A | MH_BU_H;
	mh.bu.lifetime = 150;
	mh_add(&mh, MOPT_ALTCOA)->altcoa = m->coa;
	put(b, m, &mh, &m->hoa, &p);
}

static void be_seen(struct bench *b, const struct mobile *m, unsigned k)
{
	struct in6_addr group = addr_solicited_node(&m->hoa);
	struct nd ns = { .type = ND_NS };
	uint8_t buf[256];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	ns.ns.target = m->hoa;
	nd_build(&ns, &addr_unspec, &group, &w);
	input(b, buf, wbuf_len(&w), LINK, k);
}

static void make_mobiles(struct bench *b)
{
	struct cga_key *key[KEYS];
	double t = seconds();

	b->m = calloc(MOBILES, sizeof(*b->m));
	for (unsigned k = 0; k < KEYS; k++)
		if (!(key[k] = random_cga_key(CGA_BITS_MAX)))
			die("key");
	printf("bench name=cga_key value=%.0f unit=ms\n",
	       (seconds() - t) / KEYS * 1e3);
	for (unsigned k = 0; b->m && k < MOBILES; k++) {
		struct mobile *m = &b->m[k];

		m->key = key[k % KEYS];
		m->cga.modifier[0] = (uint8_t)k;
		m->cga.modifier[1] = (uint8_t)(k >> 8);
		if (cga_address(m->key, &m->cga, &b->anchor, &m->hoa) ||
		    addr_parse("2001:db8:b::", &m->coa))
			die("address");
		m->coa.s6_addr[14] = (uint8_t)(k >> 8);
		m->coa.s6_addr[15] = (uint8_t)k;
		be_seen(b, m, k);
	}
}

/* Every mobile registers once. */
static void round_of(struct bench *b, const char *name, uint16_t seq)
{
	double spent = 0;

	b->accepted = 0;
	for (unsigned k = 0; k < MOBILES; k++) {
		struct mobile *m = b->who = &b->m[k];

		b->now += PAUSE;
		b->spent = 0;
		make_test(b, m);
		input(b, m->packet, m->len, 3, 0);
		make_update(b, m, seq, true);
		input(b, m->packet, m->len, 3, 0);
		spent += b->spent;
	}
	if (b->accepted != MOBILES)
		die("a registration was refused");
	printf("bench name=%s value=%.0f unit=/s\n", name, MOBILES / spent);
}

static void refuse(struct bench *b)
{
	struct mobile *m = b->who = &b->m[0];

	make_test(b, m);
	input(b, m->packet, m->len, 3, 0);
	m->has_token = false;
	make_update(b, m, 30, false);
	b->spent = 0;
	b->accepted = 0;
	for (unsigned k = 0; k < 100000; k++)
		input(b, m->packet, m->len, 3, 0);
	if (b->accepted)
		die("a forgery was accepted");
	printf("bench name=cga_refuse value=%.0f unit=/s\n", 1e5 / b->spent);
}

static void generate(const struct cga_key *key)
{
	double t = seconds();

	for (unsigned k = 0; k < SEARCHES; k++) {
		struct cga c = { .sec = 1, .modifier = { (uint8_t)k } };

		if (!cga_search(key, &c, UINT32_MAX))
			die("search");
	}
	printf("bench name=cga_generate value=%.1f unit=ms\n",
	       (seconds() - t) / SEARCHES * 1e3);
}

int main(void)
{
	struct node_seed seed = { .secret = "forge" };
	struct bench b = { .now = SEC(1000) };
	struct conf *c = conf_new();

	if (!c || addr_parse("2001:db8:a1::1", &b.anchor))
		die("memory");
	b.node = make_anchor(c, &b.anchor, b.now);
	b.forge = node_new(c, &seed, b.now);
	if (!b.forge)
		die("node");
	make_mobiles(&b);
	generate(b.m[0].key);
	round_of(&b, "cga_verify", 1);
	round_of(&b, "cga_update", 2);
	refuse(&b);
	for (unsigned k = 0; k < KEYS; k++)
		cga_key_free(b.m[k].key);
	free(b.m);
	node_free(b.node);
	node_free(b.forge);
	conf_free(c);
	return 0;
}
