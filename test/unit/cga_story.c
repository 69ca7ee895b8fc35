/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cga_story.c - see cga_story.h.
 */
#include "cga_story.h"

struct in6_addr addr(const char *s)
{
	struct in6_addr a;

	ck_assert_int_eq(addr_parse(s, &a), 0);
	return a;
}

/* --- what the anchor does ----------------------------------------------- */

static void heard_ack(struct story *s, const struct pkt *p, const struct mh *mh)
{
	const struct mopt *o = mh_opt(mh, MOPT_HOME_TOKEN);
	struct proof pr = { .hoa = s->about, .coa = s->from,
			    .anchor = s->anchor, .ends = s->ends };
	struct ack *a = &s->ack;

	memcpy(pr.kbm, s->kbm, sizeof(pr.kbm));
	*a = (struct ack){
		.there = true, .status = mh->ba.status, .seq = mh->ba.seq,
		.lifetime = mh->ba.lifetime, .has_token = o, .dst = p->dst,
	};
	if (mh_opt(mh, MOPT_AUTH_DATA)) {
		a->proved = proof_check_mac(s->forge, &pr, mh, p->payload.p);
		ck_assert(a->proved);
	}
	if (o) {
		a->sealed_len = (uint8_t)o->data.len;
		memcpy(a->sealed, o->data.p, o->data.len);
	}
}

static void heard(struct story *s, const struct ef_send *e)
{
	struct wire_error err;
	struct pkt p;
	struct mh mh;
	struct wbuf w = wbuf_of(s->proof.token, RR_TOKEN);

	s->sent++;
	ck_assert_int_eq(pkt_parse(e->data, e->len, &p, &err), 0);
	if (p.proto != IPPROTO_MOBILITY)
		return;
	ck_assert_int_eq(mh_parse_known(p.payload.p, p.payload.len,
			 pkt_src(&p), pkt_dst(&p), MH_KNOW_ALL, &mh, &err),
			 0);
	if (mh.type == MH_COT) {
		s->tested = true;
		s->proof.nonce = mh.test.nonce;
		s->cookie = mh.test.cookie;
		wbuf_u64(&w, mh.test.token);
	} else if (mh.type == MH_BA) {
		heard_ack(s, &p, &mh);
	}
	s->be |= mh.type == MH_BE;
}

static void keep(struct story *s, const struct store_record *r)
{
	struct store_record *at = s->record;

	while (at < s->record + s->nrecords &&
	       (at->key_len != r->key_len ||
		memcmp(at->key, r->key, r->key_len)))
		at++;
	if (at == s->record + s->nrecords)
		s->nrecords++;
	ck_assert_uint_le(s->nrecords, 8);
	*at = *r;
}

static void drain(struct story *s)
{
	static struct effect e;

	while (node_effect(s->node, &e)) {
		if (e.kind == EF_SEND)
			heard(s, &e.send);
		else if (e.kind == EF_FLOW && e.flow.action == FLOW_PATH)
			s->flows = e.flow.up ? s->flows + 1 : 0;
		else if (e.kind == EF_STORE)
			keep(s, &e.store);
	}
}

void later(struct story *s, usec_t by)
{
	usec_t end = s->now + by;

	while (node_deadline(s->node) <= end) {
		s->now = node_deadline(s->node);
		node_tick(s->node, s->now);
		drain(s);
	}
	s->now = end;
}

void packet(struct story *s, uint32_t ifindex, const void *p,
	    size_t len)
{
	struct event ev = { .kind = EV_PACKET };

	ev.packet.ifindex = ifindex;
	ev.packet.ll_src = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 7 } };
	if (s->stranger)
		ev.packet.ll_src.b[5] = s->stranger;
	ev.packet.data = (struct span){ p, len };
	node_input(s->node, &ev, s->now);
	drain(s);
}

/* --- what the world does ------------------------------------------------ */

static void describe(struct story *s)
{
	struct event ev = { .kind = EV_LINK };

	ev.link.ifindex = LINK;
	strcpy(ev.link.name, "eth0");
	ev.link.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, 1 } };
	ev.link.mtu = 1500;
	ev.link.up = true;
	node_input(s->node, &ev, s->now);
	ev = (struct event){ .kind = EV_ADDRESS };
	ev.address.ifindex = LINK;
	ev.address.addr = s->anchor;
	ev.address.plen = 64;
	ev.address.state = ADDR_VALID;
	node_input(s->node, &ev, s->now);
	for (unsigned i = 0; i < s->nrecords; i++) {
		ev = (struct event){ .kind = EV_RESTORE };
		ev.restore = s->record[i];
		if (ev.restore.up)
			node_input(s->node, &ev, s->now);
	}
	ev = (struct event){ .kind = EV_READY };
	node_input(s->node, &ev, s->now);
	drain(s);
}

void open_story(struct story *s)
{
	struct node_seed seed = { .secret = "the anchor's", .wall = 1 };
	struct node_seed other = { .secret = "another's" };
	struct conf_home_link *l;

	memset(s, 0, sizeof(*s));
	s->now = SEC(1000);
	s->seq = 100;
	s->anchor = addr(ANCHOR);
	s->coa = addr(COA);
	s->coa2 = addr(COA2);
	s->mine = random_cga_key(CGA_BITS_MIN);
	s->evil = random_cga_key(CGA_BITS_MIN);
	s->cga.sec = 0;
	s->cga.modifier[3] = 9;
	ck_assert_int_eq(cga_address(s->mine, &s->cga, &s->anchor, &s->hoa),
			 0);
	s->conf = conf_new();
	s->conf->roles = CONF_AR;
	ck_assert_ptr_nonnull(conf_add_iface(s->conf, "eth0"));
	l = conf_add_anchor(s->conf, "eth0");
	l->prefix = prefix_of(&s->anchor, 64);
	l->max_life = MAX_CGA_BINDING_LIFETIME * 2;
	s->node = node_new(s->conf, &seed, s->now);
	s->forge = node_new(s->conf, &other, s->now);
	ck_assert(s->node && s->forge);
	describe(s);
}

void restart(struct story *s)
{
	struct node_seed seed = { .secret = "the anchor's", .wall = 1 };

	node_free(s->node);
	s->now += SEC(1);
	s->flows = 0;
	s->node = node_new(s->conf, &seed, s->now);
	describe(s);
}

void close_story(struct story *s)
{
	node_free(s->node);
	node_free(s->forge);
	conf_free(s->conf);
	cga_key_free(s->mine);
	cga_key_free(s->evil);
}

void is_seen(struct story *s, const struct in6_addr *a)
{
	struct nd ns = { .type = ND_NS };
	struct in6_addr group = addr_solicited_node(a);
	uint8_t buf[256];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	ns.ns.target = *a;
	nd_build(&ns, &addr_unspec, &group, &w);
	packet(s, LINK, buf, wbuf_len(&w));
}

uint64_t counter(const struct story *s, const char *key)
{
	return strcmp(key, "signatures") ? s->node->proofs->tested :
	       s->node->proofs->verified;
}

/* --- messages ----------------------------------------------------------- */

size_t build(struct story *s, uint8_t *buf, size_t cap, struct mh *mh,
	     const struct in6_addr *src, const struct in6_addr *hao,
	     const struct proof *p)
{
	struct wbuf w = wbuf_of(buf, cap);
	size_t at;

	if (p) {
		proof_options(p, mh);
		proof_auth_option(p, mh);
	}
	pkt_start(&w, src, &s->anchor, 64, hao, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	ck_assert_int_eq(mh_build(mh, &w), 0);
	if (p)
		proof_seal(s->forge, p, mh, buf + at);
	mh_seal(buf + at, mh->len, hao ? hao : src, &s->anchor);
	pkt_finish(&w);
	ck_assert(!w.bad);
	return wbuf_len(&w);
}

bool test_from(struct story *s, const struct in6_addr *a,
	       const struct in6_addr *hao)
{
	struct mh mh = { .type = MH_COTI, .test_init.cookie = 42 };
	uint8_t buf[256];

	s->tested = false;
	packet(s, 3, buf, build(s, buf, sizeof(buf), &mh, a, hao, NULL));
	return s->tested && s->cookie == 42;
}

void prepare(struct story *s, const struct bu *b, uint8_t *params,
	     struct proof *p)
{
	static const uint8_t none[RR_TOKEN];
	bool careof = !b->ends || !b->token;

	*p = (struct proof){
		.hoa = b->hoa ? *b->hoa : s->hoa,
		.coa = b->coa ? *b->coa : s->coa,
		.anchor = s->anchor, .ends = b->ends, .has_kbm = !b->no_mac,
		.has_nonces = !b->no_nonces,
	};
	if (careof) {
		p->nonce = b->nonce ? b->nonce : s->proof.nonce;
		memcpy(p->token, s->proof.token, RR_TOKEN);
	}
	rr_kbm(s->forge, b->token ? b->token : none, careof ? p->token : NULL,
	       p->kbm);
	memcpy(s->kbm, p->kbm, sizeof(s->kbm));
	if (b->bad_mac)
		p->kbm[0] ^= 1;
	s->ends = b->ends;
	s->about = p->hoa;
	s->from = p->coa;
	if (b->token)
		return;
	p->key = b->signed_by ? b->signed_by : s->mine;
	p->params.p = params;
	p->params.len = cga_params(b->params_of ? b->params_of : s->mine,
				   &s->cga, &p->hoa, params);
}

void update(struct story *s, const struct bu *b)
{
	struct mh mh = { .type = MH_BU };
	uint8_t params[CGA_PARAMS_MAX];
	struct proof p;
	struct mopt *o;

	prepare(s, b, params, &p);
	mh.bu.seq = b->seq ? b->seq : ++s->seq;
	mh.bu.flags = b->no_h ? MH_BU_A : MH_BU_A | MH_BU_H;
	mh.bu.lifetime = b->ends ? 0 : b->lifetime ? b->lifetime : 60;
	if ((o = mh_add(&mh, MOPT_ALTCOA)))
		o->altcoa = p.coa;
	s->last_len = build(s, s->last, sizeof(s->last), &mh, &p.coa, &p.hoa,
			    &p);
	s->ack.there = false;
	packet(s, 3, s->last, s->last_len);
}

void replay(struct story *s, const uint8_t *p, size_t len)
{
	s->ack.there = false;
	packet(s, 3, p, len);
}

void registered(struct story *s, uint8_t token[RR_TOKEN])
{
	struct span sealed;

	is_seen(s, &s->hoa);
	ck_assert(test_from(s, &s->coa, NULL));
	update(s, &(struct bu){ 0 });
	ck_assert(s->ack.there && s->ack.proved && s->ack.has_token);
	ck_assert_uint_eq(s->ack.status, 0);
	ck_assert_uint_eq(s->flows, 1);
	sealed = (struct span){ s->ack.sealed, s->ack.sealed_len };
	ck_assert(cga_open(s->mine, &sealed, token, RR_TOKEN));
}
