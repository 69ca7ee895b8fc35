/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pmip_story.c - see pmip_story.h.
 */
#include "pmip_story.h"

static const uint8_t key[16] = "0123456789abcdef";

struct in6_addr story_addr(const char *s)
{
	struct in6_addr a;

	ck_assert_int_eq(addr_parse(s, &a), 0);
	return a;
}

/* --- what it does -------------------------------------------------------- */

static void heard(struct story *s, const struct ef_send *e)
{
	struct wire_error err;
	struct pkt p;

	ck_assert_int_eq(pkt_parse(e->data, e->len, &p, &err), 0);
	if (p.proto == 58) {
		struct nd nd;

		ck_assert_int_eq(nd_parse(p.payload.p, p.payload.len, &p.src,
					  &p.dst, p.hlim, &nd, &err), 0);
		s->solicits += nd.type == ND_NS;
		if (nd.type != ND_RA)
			return;
		s->adverts++;
		s->ra = nd;
		s->ra_src = p.src;
		s->ra_dst = p.dst;
		s->ra_ll = e->ll_dst;
		return;
	}
	memcpy(s->packet, e->data, e->len);
	ck_assert_int_eq(pkt_parse(s->packet, e->len, &s->pkt, &err), 0);
	ck_assert_uint_eq(s->pkt.proto, IPPROTO_MOBILITY);
	ck_assert_int_eq(mh_parse_known(s->pkt.payload.p, s->pkt.payload.len,
					&s->pkt.src, &s->pkt.dst, MH_KNOW_ALL,
					&s->mh, &err), 0);
	/* RFC 5213 5.3.6, 6.9.1.5 */
	ck_assert(!s->pkt.has_hao && !s->pkt.has_rh2);
	s->messages++;
}

static bool same_flow(const struct ef_flow *a, const struct ef_flow *b)
{
	return prefix_eq(&a->key.src, &b->key.src) &&
	       prefix_eq(&a->key.dst, &b->key.dst);
}

static void on_flow(struct story *s, const struct ef_flow *f)
{
	unsigned k = 0;

	if (s->crowd)
		return;
	while (k < s->nflows && !same_flow(&s->flow[k], f))
		k++;
	if (!f->up) {
		ck_assert_uint_lt(k, s->nflows);
		s->flow[k] = s->flow[--s->nflows];
		return;
	}
	ck_assert_uint_lt(k, 32);
	s->nflows += k == s->nflows;
	s->flow[k] = *f;
}

static void on_store(struct story *s, const struct store_record *r)
{
	unsigned k = 0;

	if (r->key[0] == 'H' || s->crowd)	/* the restart counter */
		return;
	while (k < s->nstored && (s->stored[k].key_len != r->key_len ||
	       memcmp(s->stored[k].key, r->key, r->key_len)))
		k++;
	if (!r->up) {
		if (k < s->nstored)
			s->stored[k] = s->stored[--s->nstored];
		return;
	}
	ck_assert_uint_lt(k, 16);
	s->nstored += k == s->nstored;
	s->stored[k] = *r;
}

static void drain(struct story *s)
{
	static struct effect e;

	while (node_effect(s->node, &e)) {
		if (e.kind == EF_SEND)
			heard(s, &e.send);
		else if (e.kind == EF_FLOW)
			on_flow(s, &e.flow);
		else if (e.kind == EF_PATH)
			s->npaths += e.path.up ? 1 : -1U;
		else if (e.kind == EF_ROUTE)
			s->nroutes += e.route.up ? 1 : -1U;
		else if (e.kind == EF_STORE)
			on_store(s, &e.store);
	}
}

void story_input(struct story *s, const struct event *ev)
{
	node_input(s->node, ev, s->now);
	drain(s);
}

void story_later(struct story *s, usec_t by)
{
	usec_t end = s->now + by;

	while (node_deadline(s->node) <= end) {
		if (node_deadline(s->node) > s->now)
			s->now = node_deadline(s->node);
		node_tick(s->node, s->now);
		drain(s);
	}
	s->now = end;
}

/* --- life ----------------------------------------------------------------- */

void story_peer(struct story *s, const char *who, uint32_t spi)
{
	struct conf_peer *p = conf_add_peer(s->conf);

	ck_assert_ptr_nonnull(p);
	p->addr.addr = story_addr(who);
	p->protect = CONF_PROTECT_SHARED_KEY;
	p->spi = spi;
	p->key = key;
	p->key_len = sizeof(key);
}

struct conf_mobile *story_mobile(struct story *s, const char *id)
{
	struct conf_mobile *m = conf_add_mobile(s->conf, id);

	ck_assert_ptr_nonnull(m);
	return m;
}

void story_open(struct story *s, unsigned roles)
{
	struct prefix *pool;

	memset(s, 0, sizeof(*s));
	s->now = SEC(1000);
	s->conf = conf_new();
	s->mac = mac_new();
	ck_assert(s->conf && s->mac);
	s->conf->roles = roles;
	s->conf->lma_address = story_addr(LMA);
	s->conf->heartbeat = 0;
	s->conf->revocation = false;	/* tests of it switch it on */
	if (roles & CONF_MAG) {
		s->conf->mag_address = story_addr(MAG);
		ck_assert_ptr_nonnull(conf_add_access(s->conf, "wlan0"));
		s->conf->mag_linklocal = story_addr("fe80::1");
		story_peer(s, LMA, 256);
		return;
	}
	pool = conf_add_pool(s->conf);
	ck_assert_int_eq(prefix_parse(POOL, pool), 0);
	story_peer(s, MAG, 256);
	story_peer(s, MAG2, 257);
}

static void add_link(struct story *s, uint32_t ifindex, const char *name,
		     const char *a)
{
	struct event ev = { .kind = EV_LINK };

	ev.link.ifindex = ifindex;
	strcpy(ev.link.name, name);
	ev.link.ll = (struct lladdr){ 6, { 2, 0, 0, 0, 0, (uint8_t)ifindex } };
	ev.link.mtu = 1500;
	ev.link.up = true;
	story_input(s, &ev);
	ev = (struct event){ .kind = EV_ADDRESS };
	ev.address.ifindex = ifindex;
	ev.address.addr = story_addr(a);
	ev.address.plen = 64;
	ev.address.state = ADDR_VALID;
	story_input(s, &ev);
}

void story_begin(struct story *s)
{
	struct node_seed seed = { .secret = { 7 } };
	struct event ev = { .kind = EV_READY };
	unsigned n = s->nstored;

	seed.wall = (int64_t)(SEC((usec_t)STORY_WALL) - SEC(1000));
	s->node = node_new(s->conf, &seed, s->now);
	ck_assert_ptr_nonnull(s->node);
	drain(s);
	add_link(s, 2, "eth0", s->conf->roles & CONF_MAG ? MAG : LMA);
	add_link(s, 3, "wlan0", "fe80::99");
	for (unsigned k = 0; k < n; k++) {
		struct event r = { .kind = EV_RESTORE, .restore = s->stored[k] };

		story_input(s, &r);
	}
	story_input(s, &ev);
}

void story_restart(struct story *s)
{
	s->node = node_free(s->node);
	s->nflows = s->npaths = s->nroutes = 0;
	story_begin(s);
}

void story_reload(struct story *s)
{
	ck_assert_int_eq(node_reconfigure(s->node, s->conf, s->now), 0);
	drain(s);
}

void story_close(struct story *s)
{
	struct event ev = { .kind = EV_SHUTDOWN };

	story_input(s, &ev);
	ck_assert_uint_eq(s->nflows, 0);
	ck_assert_uint_eq(s->npaths, 0);
	ck_assert_uint_eq(s->nroutes, 0);
	node_free(s->node);
	conf_free(s->conf);
	mac_free(s->mac);
}

/* --- messages --------------------------------------------------------------- */

/* As RFC 5213 8.8 has it, by a clock that is `late' ms behind. */
uint64_t story_stamp(const struct story *s, int late)
{
	usec_t wall = s->now - SEC(1000) + SEC((usec_t)STORY_WALL) -
		      (usec_t)((int64_t)late * 1000);

	return wall / USEC_PER_SEC << 16 |
	       (wall % USEC_PER_SEC << 16) / USEC_PER_SEC;
}

static void put_prefixes(const struct msg *m, struct mh *mh)
{
	struct mopt *o;

	for (unsigned k = 0; k < m->nhnps || (!k && !m->no_hnp); k++) {
		struct prefix x = { .len = 0 };

		if (k < m->nhnps && strcmp(m->hnp[k], "::"))
			ck_assert_int_eq(prefix_parse(m->hnp[k], &x), 0);
		o = mh_add(mh, MOPT_HNP);
		o->prefix.code = 0;
		o->prefix.len = x.len;
		o->prefix.addr = x.addr;
	}
}

static void put_options(struct story *s, const struct msg *m, struct mh *mh,
			uint8_t lli[16])
{
	const char *id = m->id ? m->id : "phone@example.com";
	struct mopt *o;

	if (m->alt && (o = mh_add(mh, MOPT_ALTCOA)))
		o->altcoa = story_addr(m->alt);
	if (!m->no_id && (o = mh_add(mh, MOPT_MNID))) {
		o->mnid.subtype = MOPT_MNID_NAI;
		o->mnid.id = (struct span){ (const uint8_t *)id,
					    m->empty_id ? 0 : strlen(id) };
	}
	put_prefixes(m, mh);
	if (!m->no_hi && (o = mh_add(mh, MOPT_HANDOFF)))
		o->value = m->hi ? m->hi : MOPT_HANDOFF_UNKNOWN;
	if (!m->no_att && (o = mh_add(mh, MOPT_ATT)))
		o->value = m->att ? m->att : MOPT_ATT_ETHERNET;
	if (!m->no_stamp && (o = mh_add(mh, MOPT_TIMESTAMP)))
		o->timestamp = m->has_exact ? m->exact :
			       story_stamp(s, m->late);
	if (m->lli && (o = mh_add(mh, MOPT_MN_LLI)))
		o->data = (struct span){ lli, unit_hex(m->lli, lli, 16) };
	if (m->ll && (o = mh_add(mh, MOPT_LINKLOCAL)))
		o->addr = story_addr(m->ll);
	if (m->lcmp && (o = mh_add(mh, MOPT_LCMP)))
		o->data = (struct span){ s->lcmp, unit_hex(m->lcmp, s->lcmp,
					sizeof(s->lcmp)) };
	if (m->group && (o = mh_add(mh, MOPT_GROUP))) {
		o->group.subtype = m->subtype ? m->subtype : 1;
		o->group.id = m->group;
	}
	if (m->cap)
		mh_add(mh, MOPT_REDIRECT_CAP);
	if (m->redirect && (o = mh_add(mh, MOPT_REDIRECT))) {
		o->lmaa.code = MOPT_LMAA_IPV6;
		o->lmaa.addr = story_addr(m->redirect);
	}
	if (m->load && (o = mh_add(mh, MOPT_LOAD)))
		o->load.sessions = 12345;
	if (m->other)
		mh_add(mh, m->other);
	if (!m->no_auth && (o = mh_add(mh, MOPT_AUTH))) {
		o->auth.subtype = MOPT_AUTH_MNHA;
		o->auth.spi = m->spi ? m->spi : 256;
		o->auth.data = (struct span){ NULL, AUTH_MNHA_LEN };
	}
}

/* The pair that the key covers: Proxy-CoA and the anchor's address, or (what
 * either end sends) sender and receiver. */
static void sign(struct story *s, const struct msg *m, const struct mh *mh,
		 uint8_t *bytes, const struct in6_addr *coa,
		 const struct in6_addr *lma)
{
	const struct mopt *o = mh_opt(mh, MOPT_AUTH);
	const struct span k = { key, sizeof(key) };
	uint8_t mac[MAC_SHA1_LEN];
	struct auth_cover c;

	if (!o)
		return;
	auth_cover_mnha(coa, lma, bytes, o, &c);
	ck_assert_int_eq(mac_hmac_sha1(s->mac, &k, c.piece, c.n, mac), 0);
	mac[2] ^= m->bad_auth;
	memcpy(bytes + o->off + 7, mac, AUTH_MNHA_LEN);
}

static void deliver(struct story *s, const struct msg *m, struct mh *mh,
		    const struct in6_addr *src, const struct in6_addr *dst,
		    const struct in6_addr *coa,
		    const struct in6_addr *lma)
{
	struct event ev = { .kind = EV_PACKET };
	struct in6_addr hoa = story_addr("2001:db8:1::10");
	uint8_t buf[1200], lli[16];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	size_t at;

	put_options(s, m, mh, lli);
	pkt_start(&w, src, dst, 64, m->hao ? &hoa : NULL, NULL,
		  IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	ck_assert_int_eq(mh_build(mh, &w), 0);
	sign(s, m, mh, buf + at, coa, lma);
	mh_seal(buf + at, mh->len, m->hao ? &hoa : src, dst);
	pkt_finish(&w);
	ck_assert(!w.bad);
	s->mh.type = 0xff;
	ev.packet.ifindex = 2;
	ev.packet.data = (struct span){ buf, wbuf_len(&w) };
	story_input(s, &ev);
}

void story_update(struct story *s, struct msg m)
{
	struct in6_addr src = story_addr(m.src ? m.src : MAG);
	struct in6_addr dst = story_addr(m.dst ? m.dst : LMA);
	struct in6_addr coa = m.alt ? story_addr(m.alt) : src;
	struct mh mh = { .type = MH_BU };

	mh.bu.seq = m.seq;
	mh.bu.flags = (uint16_t)(MH_BU_A | MH_BU_H |
				 (m.no_p ? 0 : MH_BU_P) |
				 (m.bulk ? MH_BU_B : 0));
	mh.bu.lifetime = m.ends ? 0 : m.lifetime ? m.lifetime : 60;
	if (!m.spi && m.src && !strcmp(m.src, MAG2))
		m.spi = 257;
	deliver(s, &m, &mh, &src, &dst, &coa, &dst);
}

void story_answer(struct story *s, struct msg m)
{
	struct in6_addr src = story_addr(m.src ? m.src : LMA);
	struct in6_addr dst = story_addr(m.dst ? m.dst : MAG);
	/* `coa' here: whose session it is about, if not the receiver's */
	struct in6_addr coa = m.coa ? story_addr(m.coa) : dst;
	struct mh mh = { .type = MH_BA };

	mh.ba.status = m.status;
	mh.ba.seq = m.seq;
	mh.ba.flags = (uint8_t)((m.no_p ? 0 : MH_BA_P) |
				(m.bulk ? MH_BA_B : 0));
	mh.ba.lifetime = m.ends || m.status >= 128 ? 0 :
			 m.lifetime ? m.lifetime : 60;
	deliver(s, &m, &mh, &src, &dst, &coa, &src);
}

void story_revoke(struct story *s, struct bri b)
{
	bool mag = s->conf->roles & CONF_MAG;
	struct in6_addr src = story_addr(b.src ? b.src : mag ? LMA : MAG);
	struct in6_addr dst = story_addr(mag ? MAG : LMA);
	struct mh mh = { .type = MH_REVOCATION };
	struct msg m = { .id = b.id, .no_id = !b.id, .no_hnp = !b.hnp,
			 .nhnps = b.hnp != NULL, .hnp = { b.hnp },
			 .no_hi = true, .no_att = true, .late = b.late,
			 .group = b.group,
			 .no_stamp = b.no_stamp, .bad_auth = b.bad_auth,
			 .no_auth = b.no_auth };

	if (b.src && !strcmp(b.src, MAG2))
		m.spi = 257;
	mh.revocation.kind = b.answers ? MH_BRA : MH_BRI;
	mh.revocation.code = b.code;
	mh.revocation.seq = b.seq;
	mh.revocation.flags = (uint16_t)((b.no_p ? 0 : MH_REVOCATION_P) |
					 (b.global ? MH_REVOCATION_G : 0));
	deliver(s, &m, &mh, &src, &dst, &src, &dst);
}

void story_beat(struct story *s, struct beat_msg b)
{
	bool mag = s->conf->roles & CONF_MAG;
	struct in6_addr src = story_addr(mag ? LMA : MAG);
	struct in6_addr dst = story_addr(mag ? MAG : LMA);
	struct mh mh = { .type = MH_HEARTBEAT };
	struct event ev = { .kind = EV_PACKET };
	struct msg m = { .bad_auth = b.bad_auth };
	uint8_t buf[200];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	struct mopt *o;
	size_t at;

	mh.heartbeat.flags = b.flags;
	mh.heartbeat.seq = b.seq;
	if (b.flags & MH_HEARTBEAT_R && (o = mh_add(&mh, MOPT_RESTART)))
		o->value = b.counter;
	if (!b.no_auth && (o = mh_add(&mh, MOPT_AUTH))) {
		o->auth.subtype = MOPT_AUTH_MNHA;
		o->auth.spi = 256;
		o->auth.data = (struct span){ NULL, AUTH_MNHA_LEN };
	}
	pkt_start(&w, &src, &dst, 64, NULL, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	ck_assert_int_eq(mh_build(&mh, &w), 0);
	sign(s, &m, &mh, buf + at, &src, &dst);
	mh_seal(buf + at, mh.len, &src, &dst);
	pkt_finish(&w);
	s->mh.type = 0xff;
	ev.packet.ifindex = 2;
	ev.packet.data = (struct span){ buf, wbuf_len(&w) };
	story_input(s, &ev);
}

/* A checksum does not mind which address is the source. */
void story_echo(struct story *s)
{
	struct event ev = { .kind = EV_PACKET };
	size_t len = (size_t)(s->pkt.payload.p - s->packet) +
		     s->pkt.payload.len;
	uint8_t buf[SEND_MAX];

	memcpy(buf, s->packet, len);
	memcpy(buf + 8, s->packet + 24, 16);
	memcpy(buf + 24, s->packet + 8, 16);
	s->mh.type = 0xff;
	ev.packet.ifindex = 2;
	ev.packet.data = (struct span){ buf, len };
	story_input(s, &ev);
}

void story_nd(struct story *s, uint8_t type, const char *src,
	      const char *lladdr)
{
	struct event ev = { .kind = EV_PACKET };
	struct in6_addr a = story_addr(src), dst = story_addr("ff02::2");
	struct nd nd = { .type = type };
	uint8_t buf[200];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	ev.packet.ifindex = 3;
	ev.packet.ll_src.len = (uint8_t)unit_hex(lladdr, ev.packet.ll_src.b,
						 LLADDR_MAX);
	if (type == ND_NS) {
		nd.ns.target = a;
		dst = addr_solicited_node(&a);
		a = addr_unspec;
	} else if (type == ND_NA) {
		nd.na.target = a;
		nd.na.flags = ND_NA_S;
		dst = story_addr("fe80::1");
	}
	nd_build(&nd, &a, &dst, &w);
	ck_assert(!w.bad);
	ev.packet.data = (struct span){ buf, wbuf_len(&w) };
	story_input(s, &ev);
}

/* --- questions --------------------------------------------------------------- */

const struct ef_flow *story_flow(const struct story *s, const char *prefix)
{
	struct prefix p;

	ck_assert_int_eq(prefix_parse(prefix, &p), 0);
	for (unsigned k = 0; k < s->nflows; k++)
		if (prefix_eq(&s->flow[k].key.dst, &p) ||
		    prefix_eq(&s->flow[k].key.src, &p))
			return &s->flow[k];
	return NULL;
}

const struct mopt *story_opt(const struct story *s, uint8_t type, unsigned nth)
{
	for (unsigned k = 0; k < s->mh.nopts; k++)
		if (s->mh.opt[k].type == type && !nth--)
			return &s->mh.opt[k];
	return NULL;
}
