/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core_world.c - see core_world.h.  The mobile's side of the protection is
 * computed here from src/wire and src/crypto, not by the node under test.
 */
#include "core_world.h"

#include "show.h"

#include "core/note.h"
#include "crypto/mac.h"
#include "wire/auth.h"

#include <stdarg.h>

#define NTP_UNIX	2208988800ULL

static const uint8_t right_key[16] = "0123456789abcde";
static const uint8_t wrong_key[16] = "0123456789abcdX";

struct in6_addr world_addr(const char *s)
{
	struct in6_addr a;

	ck_assert_int_eq(addr_parse(s, &a), 0);
	return a;
}

static void say(struct world *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct world *w, const char *fmt, ...)
{
	size_t at = strlen(w->did);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->did + at, sizeof(w->did) - at, fmt, ap);
	va_end(ap);
	ck_assert(strlen(w->did) + 1 < sizeof(w->did));
}

/* Addresses by the names that the tests know them by. */
static const char *name(const struct in6_addr *a, char buf[ADDR_STRLEN])
{
	static const char *const names[][2] = {
		{ HA, "HA" }, { HA_LL, "HA_LL" }, { VHA, "VHA" },
		{ HOA, "HOA" }, { VHOA, "VHOA" }, { COA, "COA" },
		{ COA2, "COA2" }, { "ff02::1", "all" },
	};
	struct in6_addr b;

	for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++) {
		b = world_addr(names[k][0]);
		if (addr_eq(a, &b))
			return names[k][1];
	}
	return addr_print(a, buf);
}

/* --- the picture --------------------------------------------------------- */

static bool same_path(const struct path_key *a, const struct path_key *b)
{
	return a->kind == b->kind && addr_eq(&a->local, &b->local) &&
	       addr_eq(&a->remote, &b->remote);
}

static void picture_path(struct world_keys *k, const struct ef_path *e)
{
	unsigned i = 0;

	while (i < k->npaths && !same_path(&k->path[i], &e->key))
		i++;
	if (e->up) {
		ck_assert_uint_lt(i, 64);
		k->path[i] = e->key;
		k->npaths += i == k->npaths;
		return;
	}
	ck_assert_msg(i < k->npaths, "a path that is not there goes");
	for (unsigned f = 0; f < k->nflows; f++)
		ck_assert_msg(k->flow[f].action != FLOW_PATH ||
			      !same_path(&k->flow[f].path, &e->key),
			      "a path goes under its flow");
	k->path[i] = k->path[--k->npaths];
}

static void picture_flow(struct world_keys *k, const struct ef_flow *e)
{
	unsigned i = 0, p = 0;

	while (i < k->nflows &&
	       !(prefix_eq(&k->flow[i].key.dst, &e->key.dst) &&
		 prefix_eq(&k->flow[i].key.src, &e->key.src)))
		i++;
	if (!e->up) {
		ck_assert_msg(i < k->nflows, "a flow that is not there goes");
		k->flow[i] = k->flow[--k->nflows];
		return;
	}
	ck_assert_uint_lt(i, 64);
	k->flow[i] = *e;
	k->nflows += i == k->nflows;
	if (e->action != FLOW_PATH)
		return;
	while (p < k->npaths && !same_path(&k->path[p], &e->path))
		p++;
	ck_assert_msg(p < k->npaths, "a flow to a path that is not there");
}

static void picture_proxy(struct world_keys *k, const struct ef_proxy *e)
{
	unsigned i = 0;

	while (i < k->nproxies &&
	       !(k->proxy[i].ifindex == e->key.ifindex &&
		 addr_eq(&k->proxy[i].addr, &e->key.addr)))
		i++;
	if (e->up) {
		ck_assert_uint_lt(i, 64);
		k->proxy[i] = e->key;
		k->nproxies += i == k->nproxies;
		return;
	}
	ck_assert_msg(i < k->nproxies, "a proxy that is not there goes");
	k->proxy[i] = k->proxy[--k->nproxies];
}

static void picture_store(struct world_keys *k, const struct store_record *r)
{
	unsigned i = 0;

	while (i < k->nrecords &&
	       !(k->record[i].key_len == r->key_len &&
		 memcmp(k->record[i].key, r->key, r->key_len) == 0))
		i++;
	if (r->up) {
		ck_assert_uint_lt(i, 512);
		k->record[i] = *r;
		k->nrecords += i == k->nrecords;
		return;
	}
	ck_assert_msg(i < k->nrecords, "a record that is not there goes");
	k->record[i] = k->record[--k->nrecords];
}

/* --- effects as lines ---------------------------------------------------- */

/* With the key that the mobile shares with the home agent. */
bool world_signed(const struct world *w, const struct in6_addr *coa,
		  const struct in6_addr *hoa)
{
	const struct mopt *o = mh_opt(&w->ba, MOPT_AUTH);
	struct span key = { right_key, sizeof(right_key) };
	struct mac *mac = mac_new();
	uint8_t sum[MAC_SHA1_LEN];
	struct auth_cover c;

	auth_cover_mnha(coa, hoa, w->ba_bytes, o, &c);
	ck_assert_int_eq(mac_hmac_sha1(mac, &key, c.piece, c.n, sum), 0);
	mac_free(mac);
	return o->auth.data.len == AUTH_MNHA_LEN &&
	       memcmp(o->auth.data.p, sum, AUTH_MNHA_LEN) == 0 &&
	       o == &w->ba.opt[w->ba.nopts - 1];
}

/* Are its options the mobile's to believe? */
static void did_switch(struct world *w, const struct pkt *p)
{
	struct in6_addr coa = p->dst, hoa = *pkt_dst(p);
	struct rbuf r = rbuf_of(w->ba.ha_switch.addrs.p,
				w->ba.ha_switch.addrs.len);
	char a[ADDR_STRLEN], b[ADDR_STRLEN];

	say(w, "SWITCH %s>%s", name(&p->src, a), name(&p->dst, b));
	if (p->has_rh2)
		say(w, " rh2=%s", name(&p->rh2, a));
	say(w, " %u", w->ba.ha_switch.n);
	while (rbuf_left(&r)) {
		struct in6_addr x = rbuf_addr(&r);

		say(w, " %s", name(&x, a));
	}
	if (mh_opt(&w->ba, MOPT_REPLAY))
		say(w, " stamp");
	say(w, "%s\n", world_signed(w, &coa, &hoa) ? " auth" : " AUTH?");
}

static void did_icmp(struct world *w, const struct pkt *p)
{
	char a[ADDR_STRLEN], b[ADDR_STRLEN];
	struct wire_error e;
	struct icmp m;
	struct rbuf r;

	ck_assert_int_eq(icmp_parse(p->payload.p, p->payload.len, pkt_src(p),
				    pkt_dst(p), &m, &e), 0);
	if (m.type == ICMP_HAAD_REPLY) {
		say(w, "HAADRep id=%u %s>%s", m.haad.id, name(&p->src, a),
		    name(&p->dst, b));
		r = rbuf_of(m.haad.agents.p, m.haad.agents.len);
		while (rbuf_left(&r)) {
			struct in6_addr x = rbuf_addr(&r);

			say(w, " %s", name(&x, a));
		}
		say(w, "\n");
		return;
	}
	ck_assert_uint_eq(m.type, ICMP_PREFIX_ADV);
	w->mpa_id = m.prefix.id;
	say(w, "MPA %s>%s", name(&p->src, a), name(&p->dst, b));
	if (p->has_rh2)
		say(w, " rh2=%s", name(&p->rh2, a));
	if (m.prefix.flags)
		say(w, " flags=%04x", m.prefix.flags);
	for (unsigned k = 0; k < m.prefix.npios; k++)
		say(w, " %s/%u:%02x:%d:%d", name(&m.prefix.pio[k].prefix, a),
		    m.prefix.pio[k].len, m.prefix.pio[k].flags,
		    (int)m.prefix.pio[k].valid, (int)m.prefix.pio[k].preferred);
	say(w, "\n");
}

static void did_ba(struct world *w, const struct ef_send *s,
		   const struct pkt *p)
{
	char a[ADDR_STRLEN], b[ADDR_STRLEN];
	struct wire_error e;
	struct mh *m = &w->ba;

	memcpy(w->ba_bytes, p->payload.p, p->payload.len);
	ck_assert_int_eq(mh_parse_known(w->ba_bytes, p->payload.len,
			 pkt_src(p), pkt_dst(p), MH_KNOW_ALL, m, &e), 0);
	if (m->type == MH_COT) {
		w->cot = *m;
		w->cot_ll = s->ll_dst;
		return;
	}
	if (m->type == MH_BE) {
		say(w, "BE %u %s>%s\n", m->be.status, name(&p->src, a),
		    name(&p->dst, b));
		return;
	}
	if (m->type == MH_HA_SWITCH) {
		did_switch(w, p);
		return;
	}
	ck_assert_uint_eq(m->type, MH_BA);
	ck_assert_uint_eq(m->ba.flags, 0);
	w->nba++;
	say(w, "BA %u seq=%u lifetime=%u %s>%s", m->ba.status, m->ba.seq,
	    m->ba.lifetime, name(&p->src, a), name(&p->dst, b));
	if (p->has_rh2)
		say(w, " rh2=%s", name(&p->rh2, a));
	if (s->ifindex)
		say(w, " if=%u", s->ifindex);
	if (s->ll_dst.len)
		say(w, " ll");
	if (mh_opt(m, MOPT_AUTH))
		say(w, world_signed(w, &p->dst, pkt_dst(p)) ?
		    " auth" : " AUTH?");
	say(w, "\n");
}

static void did_ra(struct world *w, const struct nd_ra *ra)
{
	char a[ADDR_STRLEN];

	if (!w->ra_detail)
		return;
	say(w, " flags=%02x lifetime=%u hop=%u", ra->flags, ra->lifetime,
	    ra->hop_limit);
	if (ra->adv_interval)
		say(w, " interval=%u", ra->adv_interval);
	if (ra->has_ha_info)
		say(w, " ha=%u/%u", ra->ha_preference, ra->ha_lifetime);
	if (ra->mtu)
		say(w, " mtu=%u", ra->mtu);
	for (unsigned k = 0; k < ra->npios; k++)
		say(w, "\n  pio %s/%u flags=%02x %u %u",
		    name(&ra->pio[k].prefix, a), ra->pio[k].len,
		    ra->pio[k].flags, ra->pio[k].valid,
		    ra->pio[k].preferred);
	for (unsigned k = 0; k < ra->nroutes; k++)
		say(w, "\n  route %s/%u %d %u",
		    name(&ra->route[k].prefix.addr, a),
		    ra->route[k].prefix.len, ra->route[k].pref,
		    ra->route[k].lifetime);
	for (unsigned k = 0; k < ra->rdnss.n; k++)
		say(w, "\n  dns %s %u", name(&ra->rdnss.server[k], a),
		    ra->rdnss.lifetime);
	if (ra->dnssl.names.len)
		say(w, "\n  search %zu", ra->dnssl.names.len);
}

static void did_nd(struct world *w, const struct ef_send *s,
		   const struct pkt *p)
{
	static const char *const word[] = { "RS", "RA", "NS", "NA" };
	char a[ADDR_STRLEN], b[ADDR_STRLEN];
	struct wire_error e;
	struct nd nd;

	ck_assert_int_eq(nd_parse(p->payload.p, p->payload.len, &p->src,
				  &p->dst, p->hlim, &nd, &e), 0);
	say(w, "%s if=%u %s>%s", word[nd.type - ND_RS], s->ifindex,
	    name(&p->src, a), name(&p->dst, b));
	if (nd.type == ND_NS)
		say(w, " target=%s%s", name(&nd.ns.target, a),
		    nd.ns.has_nonce ? " nonce" : "");
	if (nd.type == ND_NA)
		say(w, " target=%s%s%s%s", name(&nd.na.target, a),
		    nd.na.flags & ND_NA_R ? " R" : "",
		    nd.na.flags & ND_NA_S ? " S" : "",
		    nd.na.flags & ND_NA_O ? " O" : "");
	if (s->ll_dst.len)
		say(w, " ll");
	if (nd.tll.len)
		say(w, " tll");
	if (nd.sll.len)
		say(w, " sll");
	if (nd.type == ND_RA)
		did_ra(w, &nd.ra);
	say(w, "\n");
}

/* A tunnel packet: a query of ours, or one that is forwarded. */
static void did_tunnel(struct world *w, const struct pkt *out)
{
	char a[ADDR_STRLEN], b[ADDR_STRLEN], c[ADDR_STRLEN], d[ADDR_STRLEN];
	struct wire_error e;
	struct pkt in;

	ck_assert_int_eq(pkt_parse(out->payload.p, out->payload.len, &in, &e),
			 0);
	ck_assert_uint_eq(in.off + in.payload.len, out->payload.len);
	if (in.proto == IPPROTO_ICMPV6 && in.payload.p[0] == 130) {
		ck_assert_uint_eq(in.hlim, 1);
		ck_assert_uint_eq(in.payload.len, 28);
		ck_assert_uint_eq(wire_checksum(&in.src, &in.dst,
			IPPROTO_ICMPV6, in.payload.p, in.payload.len), 0);
		ck_assert(addr_is_linklocal(&in.src));
		say(w, "query %s>%s\n", name(&out->src, a),
		    name(&out->dst, b));
		return;
	}
	say(w, "tunnel %s>%s %s>%s hlim=%u\n", name(&out->src, a),
	    name(&out->dst, b), name(&in.src, c), name(&in.dst, d), in.hlim);
}

static void did_send(struct world *w, const struct ef_send *s)
{
	char a[ADDR_STRLEN], b[ADDR_STRLEN];
	struct wire_error e;
	struct pkt p;

	memcpy(w->sent, s->data, s->len);
	w->sent_len = s->len;
	if (s->data[6] == 44) {		/* of a tunnel packet */
		memcpy(&p.src, s->data + 8, 16);
		memcpy(&p.dst, s->data + 24, 16);
		say(w, "piece %s>%s\n", name(&p.src, a), name(&p.dst, b));
		return;
	}
	ck_assert_int_eq(pkt_parse(s->data, s->len, &p, &e), 0);
	if (p.proto == IPPROTO_MOBILITY)
		did_ba(w, s, &p);
	else if (p.proto == 41)
		did_tunnel(w, &p);
	else if (p.proto == 17)
		say(w, "data if=%u %s>%s hlim=%u\n", s->ifindex,
		    name(&p.src, a), name(&p.dst, b), p.hlim);
	else if (p.payload.p[0] >= ICMP_HAAD_REQUEST)
		did_icmp(w, &p);
	else if (p.payload.p[0] >= ND_RS)
		did_nd(w, s, &p);
	else
		say(w, "ICMP %u\n", p.payload.p[0]);
}

static void did_flow(struct world *w, const struct ef_flow *f)
{
	char a[ADDR_STRLEN], p[PREFIX_STRLEN];
	const char *dst = f->key.dst.len == 128 ? name(&f->key.dst.addr, a) :
						  prefix_print(&f->key.dst, p);
	char b[ADDR_STRLEN];

	picture_flow(&w->keys, f);
	if (!f->up)
		say(w, "flow %s down\n", dst);
	else if (f->action == FLOW_BLOCK)
		say(w, "flow %s block\n", dst);
	else
		say(w, "flow %s to %s\n", dst, name(&f->path.remote, b));
}

static void did_note(struct world *w, const struct note *n)
{
	struct record r;
	char line[512];

	if (!w->notes || n->code == NOTE_SENT || n->code == NOTE_RECEIVED)
		return;
	note_record(n, NULL, &r);
	/* without the time */
	memmove(&r.f[0], &r.f[1], --r.n * sizeof(r.f[0]));
	record_print_text(&r, line, sizeof(line));
	say(w, "note %s\n", line);
}

static void did(struct world *w, const struct effect *e)
{
	char a[ADDR_STRLEN], b[ADDR_STRLEN];

	switch (e->kind) {
	case EF_SEND:
		did_send(w, &e->send);
		break;
	case EF_PATH:
		picture_path(&w->keys, &e->path);
		say(w, "path %s-%s %s\n", name(&e->path.key.local, a),
		    name(&e->path.key.remote, b), e->path.up ? "up" : "down");
		break;
	case EF_FLOW:
		did_flow(w, &e->flow);
		break;
	case EF_PROXY:
		picture_proxy(&w->keys, &e->proxy);
		say(w, "proxy %s on %u %s\n", name(&e->proxy.key.addr, a),
		    e->proxy.key.ifindex, e->proxy.up ? "up" : "down");
		break;
	case EF_ANYCAST:
		if (w->anycasts)
			say(w, "anycast %s on %u %s\n",
			    name(&e->anycast.key.addr, a),
			    e->anycast.key.ifindex,
			    e->anycast.up ? "up" : "down");
		break;
	case EF_GROUP:
		say(w, "group %s on %u %s\n", name(&e->group.key.addr, a),
		    e->group.key.ifindex, e->group.up ? "up" : "down");
		break;
	case EF_STORE:
		picture_store(&w->keys, &e->store);
		if (w->stores)
			say(w, "%s\n", e->store.up ? "store" : "forget");
		break;
	case EF_SYNC:
		say(w, "sync\n");
		break;
	case EF_NOTE:
		did_note(w, &e->note);
		break;
	case EF_ADDRESS:
	case EF_ROUTE:
	case EF_DNS:
	case EF_OWNED:
	case EF_CURRENT:
	case EF_REPLY:
	case EF_ABORT:
		say(w, "effect %d\n", e->kind);
		break;
	}
}

static void drain(struct world *w)
{
	struct effect *e;

	if (w->hold_effects)
		return;
	e = malloc(sizeof(*e));
	while (node_effect(w->node, e))
		did(w, e);
	free(e);
}

static void input(struct world *w, const struct event *ev)
{
	node_input(w->node, ev, w->now);
	drain(w);
	/* The invariant of DESIGN 5: what is due at once is done at once. */
	while (node_deadline(w->node) <= w->now) {
		node_tick(w->node, w->now);
		drain(w);
	}
}

/* --- what happens -------------------------------------------------------- */

static void home_links(struct conf *c)
{
	struct conf_home_link *l = conf_add_home_link(c);
	struct conf_iface *i = conf_add_iface(c, "home0");

	ck_assert_ptr_nonnull(i);
	strcpy(l->ifname, "home0");
	ck_assert_int_eq(prefix_parse("2001:db8:1::/64", &l->prefix), 0);
	l->ha = world_addr(HA);
	l = conf_add_home_link(c);
	ck_assert_int_eq(prefix_parse("2001:db8:2::/64", &l->prefix), 0);
	l->ha = world_addr(VHA);
}

static void peers(struct conf *c)
{
	static const char *const prefix[] = {
		"2001:db8:1::/64", "2001:db8:2::/64", "2001:db8:c::/64",
	};

	for (int k = 0; k < 3; k++) {
		struct conf_peer *p = conf_add_peer(c);

		ck_assert_int_eq(prefix_parse(prefix[k], &p->addr), 0);
		p->protect = CONF_PROTECT_SHARED_KEY;
		p->replay = CONF_REPLAY_SEQUENCE;
		p->spi = 256;
		p->key = right_key;
		p->key_len = sizeof(right_key);
	}
}

struct conf *world_conf(unsigned roles)
{
	struct conf *c = conf_new();

	c->roles = roles;
	c->acl_default = 0;		/* the peers are for prefixes */
	if (roles & CONF_HA)
		home_links(c);
	peers(c);
	return c;
}

void world_open(struct world *w, unsigned roles)
{
	memset(w, 0, sizeof(*w));
	w->conf = world_conf(roles);
	w->now = SEC(1000);
	w->wall = 1700000000LL * (int64_t)USEC_PER_SEC;
}

void world_reconfigure(struct world *w, struct conf *c)
{
	ck_assert_int_eq(node_reconfigure(w->node, c, w->now), 0);
	conf_free(w->conf);
	w->conf = c;
	drain(w);
}

static void world_new(struct world *w)
{
	struct node_seed seed = { .secret = "seed", .wall = w->wall };

	w->node = node_new(w->conf, &seed, w->now);
	ck_assert_ptr_nonnull(w->node);
	drain(w);
}

static void world_describe(struct world *w)
{
	struct event ready = { .kind = EV_READY };

	world_link(w, HOME, "home0", true);
	world_address(w, HOME, HA_LL, ADDR_VALID);
	world_address(w, HOME, HA, ADDR_VALID);
	input(w, &ready);
}

void world_start(struct world *w)
{
	world_new(w);
	world_describe(w);
}

void world_restart(struct world *w)
{
	struct world_keys before = w->keys;

	node_free(w->node);
	memset(&w->keys, 0, sizeof(w->keys));
	w->keys.nrecords = before.nrecords;
	memcpy(w->keys.record, before.record, sizeof(before.record));
	world_new(w);
	for (unsigned k = 0; k < before.nrecords; k++)
		world_restore(w, &before.record[k]);
	world_describe(w);
}

void world_restore(struct world *w, const struct store_record *r)
{
	struct event ev = { .kind = EV_RESTORE };

	ev.restore = *r;
	input(w, &ev);
}

void world_shutdown(struct world *w)
{
	struct event ev = { .kind = EV_SHUTDOWN };

	input(w, &ev);
}

void world_close(struct world *w)
{
	w->node = node_free(w->node);
	w->conf = conf_free(w->conf);
}

void world_link(struct world *w, uint32_t ifindex, const char *ifname, bool up)
{
	struct event ev = {
		.kind = EV_LINK,
		.link = { .ifindex = ifindex, .mtu = 1500, .up = up,
			  .ll = { 6, { 2, 0, 0, 0, 0, (uint8_t)ifindex } } },
	};

	strcpy(ev.link.name, ifname);
	input(w, &ev);
}

void world_gone(struct world *w, uint32_t ifindex, const char *ifname)
{
	struct event ev = {
		.kind = EV_LINK,
		.link = { .ifindex = ifindex, .gone = true },
	};

	strcpy(ev.link.name, ifname);
	input(w, &ev);
}

void world_address(struct world *w, uint32_t ifindex, const char *addr,
		   enum addr_state state)
{
	struct event ev = {
		.kind = EV_ADDRESS,
		.address = { .ifindex = ifindex, .addr = world_addr(addr),
			     .plen = 64, .state = state },
	};

	input(w, &ev);
}

void world_packet(struct world *w, uint32_t ifindex, const void *p, size_t len)
{
	/* A copy of its own, so that a sanitizer sees a step too far. */
	uint8_t *copy = malloc(len ? len : 1);
	struct event ev = {
		.kind = EV_PACKET,
		.packet = { .ifindex = ifindex, .data = { copy, len },
			    .ll_src = { 6, { 2, 0, 0, 0, 9, 9 } } },
	};

	memcpy(copy, p, len);
	input(w, &ev);
	free(copy);
}

void world_nd(struct world *w, uint32_t ifindex, const struct nd *nd,
	      const char *src, const char *dst)
{
	struct in6_addr s = world_addr(src), d = world_addr(dst);
	uint8_t buf[SEND_MAX];
	struct wbuf b = wbuf_of(buf, sizeof(buf));

	nd_build(nd, &s, &d, &b);
	ck_assert(!b.bad);
	world_packet(w, ifindex, buf, wbuf_len(&b));
}

void world_icmp(struct world *w, const struct icmp *m, const char *src,
		const char *dst, const char *hao)
{
	struct in6_addr s = world_addr(src), d = world_addr(dst);
	struct in6_addr h = world_addr(hao ? hao : "::");
	uint8_t buf[SEND_MAX];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	size_t at;

	pkt_start(&b, &s, &d, 64, hao ? &h : NULL, NULL, IPPROTO_ICMPV6);
	at = wbuf_len(&b);
	ck_assert_int_eq(icmp_build(m, &b), 0);
	icmp_seal(buf + at, wbuf_len(&b) - at, hao ? &h : &s, &d);
	pkt_finish(&b);
	world_packet(w, 7, buf, wbuf_len(&b));
}

void world_switch(struct world *w, const char *hoa, bool on)
{
	struct event ev = { .kind = EV_SWITCH };

	ev.leave.hoa = world_addr(hoa);
	ev.leave.on = on;
	input(w, &ev);
}

/* Every alarm at its own time, as a loop would have it. */
void world_later(struct world *w, usec_t by)
{
	usec_t end = w->now + by;

	while (node_deadline(w->node) <= end) {
		ck_assert_uint_ge(node_deadline(w->node), w->now);
		w->now = node_deadline(w->node);
		node_tick(w->node, w->now);
		drain(w);
	}
	w->now = end;
}

uint64_t world_ntp(const struct world *w, int64_t msec)
{
	uint64_t t = (uint64_t)((int64_t)w->now + w->wall + msec * 1000);

	return (t / USEC_PER_SEC + NTP_UNIX) << 32 |
	       (t % USEC_PER_SEC) * 4294;
}

/* --- Binding Updates ----------------------------------------------------- */

bool world_test(struct world *w, const struct in6_addr *coa,
		const struct in6_addr *anchor)
{
	struct mh m = { .type = MH_COTI, .test_init.cookie = 42 };
	uint8_t buf[200];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	size_t at;

	memset(&w->cot, 0, sizeof(w->cot));
	pkt_start(&b, coa, anchor, 64, NULL, NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(&m, &b), 0);
	mh_seal(buf + at, m.len, coa, anchor);
	pkt_finish(&b);
	world_packet(w, 7, buf, wbuf_len(&b));
	return w->cot.type == MH_COT && w->cot.test.cookie == 42;
}

/* What the anchor gives out, and where: doc/access-anchor.md. */
struct careof {
	bool		has_nonces;
	uint16_t	nonce;
	struct in6_addr	coa, anchor;
	uint8_t		kbm[MAC_SHA1_LEN];
};

static void prove(struct world *w, const struct bu *u,
		  const struct in6_addr *coa, const struct in6_addr *anchor,
		  struct careof *ret)
{
	struct in6_addr of = u->careof_of ? world_addr(u->careof_of) : *coa;
	uint8_t home[8] = { 0 }, token[8];
	const struct span piece[] = { { home, 8 }, { token, 8 } };
	struct wbuf b = wbuf_of(token, sizeof(token));
	struct mac *mac = mac_new();

	*ret = (struct careof){ .coa = *coa, .anchor = *anchor };
	ret->has_nonces = w->conf->nhome_links && w->conf->home_link[0].anchor
		&& u->lifetime && !u->no_careof &&
		world_test(w, &of, anchor);
	ret->nonce = w->cot.test.nonce;
	wbuf_u64(&b, w->cot.test.token ^ u->bad_careof);
	mac_sha1(mac, piece, 2, ret->kbm);
	mac_free(mac);
}

static void careof_sign(const struct careof *p, const struct mh *m,
			uint8_t *bytes)
{
	const struct mopt *o = mh_opt(m, MOPT_AUTH_DATA);
	struct span key = { p->kbm, sizeof(p->kbm) };
	struct mac *mac = mac_new();
	uint8_t sum[MAC_SHA1_LEN];
	struct auth_cover c;

	auth_cover_data(&p->coa, &p->anchor, bytes, m->len, o, &c);
	ck_assert_int_eq(mac_hmac_sha1(mac, &key, c.piece, c.n, sum), 0);
	memcpy(bytes + o->off + 2, sum, AUTH_DATA_LEN);
	mac_free(mac);
}

static void bu_options(const struct bu *u, const struct careof *p,
		       struct mh *m)
{
	struct mopt *o;

	if (u->alt)
		mh_add(m, MOPT_ALTCOA)->altcoa = world_addr(u->alt);
	if (u->nonces) {
		o = mh_add(m, MOPT_NONCES);
		o->raw = (struct span){ (const uint8_t *)"\0\1\0\1", 4 };
	}
	if (u->nai) {
		o = mh_add(m, MOPT_MNID);
		o->mnid.subtype = MOPT_MNID_NAI;
		o->mnid.id = (struct span){ (const uint8_t *)u->nai,
					    strlen(u->nai) };
	}
	if (u->replay)
		mh_add(m, MOPT_REPLAY)->replay = u->replay;
	if (p->has_nonces) {
		o = mh_add(m, MOPT_NONCES);
		o->nonces.home = 0;
		o->nonces.careof = p->nonce;
	}
	if (!u->no_auth) {
		o = mh_add(m, MOPT_AUTH);
		o->auth.subtype = MOPT_AUTH_MNHA;
		o->auth.spi = u->spi ? u->spi : 256;
		o->auth.data = (struct span){ NULL, AUTH_MNHA_LEN };
	}
	if (p->has_nonces)
		mh_add(m, MOPT_AUTH_DATA)->auth_data =
			(struct span){ NULL, AUTH_DATA_LEN };
}

static void bu_sign(const struct bu *u, const struct mh *m, uint8_t *bytes,
		    const struct in6_addr *coa, const struct in6_addr *hoa)
{
	const struct mopt *o = mh_opt(m, MOPT_AUTH);
	struct span key = { u->bad_auth ? wrong_key : right_key, 16 };
	struct mac *mac = mac_new();
	uint8_t sum[MAC_SHA1_LEN];
	struct auth_cover c;

	auth_cover_mnha(coa, hoa, bytes, o, &c);
	ck_assert_int_eq(mac_hmac_sha1(mac, &key, c.piece, c.n, sum), 0);
	memcpy(bytes + o->off + 7, sum, AUTH_MNHA_LEN);
	mac_free(mac);
}

static bool on_virtual(const struct in6_addr *hoa)
{
	struct in6_addr ha = world_addr(VHA);

	return memcmp(hoa, &ha, 8) == 0;
}

void world_bu(struct world *w, const struct bu *u)
{
	struct in6_addr hoa = world_addr(u->hoa ? u->hoa : HOA);
	struct in6_addr src = world_addr(u->src ? u->src : COA);
	struct in6_addr coa = u->alt ? world_addr(u->alt) : src;
	struct in6_addr dst = world_addr(u->dst ? u->dst :
					 on_virtual(&hoa) ? VHA : HA);
	struct mh m = { .type = MH_BU };
	uint8_t buf[SEND_MAX];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	struct careof careof;
	size_t at;

	prove(w, u, &coa, &dst, &careof);
	m.bu.seq = u->seq;
	m.bu.lifetime = u->lifetime;
	m.bu.flags = (uint16_t)(((MH_BU_A | MH_BU_H) & ~u->clear) | u->set);
	bu_options(u, &careof, &m);
	pkt_start(&b, &src, &dst, 64, u->no_hao ? NULL : &hoa, NULL,
		  IPPROTO_MOBILITY);
	at = wbuf_len(&b);
	ck_assert_int_eq(mh_build(&m, &b), 0);
	if (!u->no_auth)
		bu_sign(u, &m, buf + at, &coa, &hoa);
	if (careof.has_nonces)
		careof_sign(&careof, &m, buf + at);
	mh_seal(buf + at, m.len, u->no_hao ? &src : &hoa, &dst);
	pkt_finish(&b);
	ck_assert(!b.bad);
	world_packet(w, u->ifindex ? u->ifindex : 7, buf, wbuf_len(&b));
}

void world_begin(struct world *w)
{
	world_open(w, CONF_HA);
	world_start(w);
	world_expect(w, "flow 2001:db8:2::/64 block\nsync\n");
}

void world_away(struct world *w, uint16_t flags)
{
	world_begin(w);
	world_bu(w, &(struct bu){ .seq = 100, .lifetime = 60, .set = flags });
	world_later(w, SEC(5));
	w->did[0] = '\0';
}

/* --- questions ----------------------------------------------------------- */

void world_expect(struct world *w, const char *want)
{
	ck_assert_str_eq(w->did, want);
	w->did[0] = '\0';
}

unsigned world_count(struct world *w, const char *start)
{
	unsigned n = 0;

	for (const char *p = w->did; p && *p; ) {
		n += strncmp(p, start, strlen(start)) == 0;
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	w->did[0] = '\0';
	return n;
}

void world_show(struct world *w, const char *what, char *buf, size_t cap)
{
	show_text(w->node, what, w->now, buf, cap);
}
