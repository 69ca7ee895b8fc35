/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_wire_law.c - what holds for every message there is.
 *
 *	parse(build(x)) = x
 *	parse, build, parse: the same, and the same octets from then on
 *	any prefix of a valid message is refused or is itself valid
 *	whatever the octets are, what is accepted can be built again
 *
 * x is random: UNIT_SEED repeats a run.
 */
#include "test_wire.h"
#include "unit.h"
#include "wire/name.h"
#include "wire/nd.h"
#include "wire/pkt.h"
#include "wire/print.h"

#include <errno.h>

#define ROUNDS		20000
#define LEN		4096

static uint8_t noise[512];		/* what spans of random messages hold */

static uint32_t below(struct rng *r, uint32_t n)
{
	return (uint32_t)rng_below(r, n);
}

static void random_bytes(struct rng *r, void *p, size_t n)
{
	uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)below(r, 256);
}

static struct in6_addr random_addr(struct rng *r)
{
	struct in6_addr a;

	random_bytes(r, &a, sizeof(a));
	return a;
}

static struct span random_span(struct rng *r, uint32_t min, uint32_t max)
{
	uint32_t len = min + below(r, max - min + 1);

	return (struct span){ noise + below(r, sizeof(noise) - len), len };
}

static bool same_span(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.p, b.p, a.len));
}

/* --- mobility options, one row each ------------------------------------ */

static void refresh_random(struct rng *r, struct mopt *o)
{
	o->refresh = (uint16_t)below(r, 65536);
}

static bool refresh_same(const struct mopt *a, const struct mopt *b)
{
	return a->refresh == b->refresh;
}

static void altcoa_random(struct rng *r, struct mopt *o)
{
	o->altcoa = random_addr(r);
}

static bool altcoa_same(const struct mopt *a, const struct mopt *b)
{
	return addr_eq(&a->altcoa, &b->altcoa);
}

static void nonces_random(struct rng *r, struct mopt *o)
{
	o->nonces.home = (uint16_t)below(r, 65536);
	o->nonces.careof = (uint16_t)below(r, 65536);
}

static bool nonces_same(const struct mopt *a, const struct mopt *b)
{
	return a->nonces.home == b->nonces.home &&
	       a->nonces.careof == b->nonces.careof;
}

static void auth_data_random(struct rng *r, struct mopt *o)
{
	o->auth_data = random_span(r, 1, below(r, 4) ? 12 : 255);
}

static bool auth_data_same(const struct mopt *a, const struct mopt *b)
{
	return same_span(a->auth_data, b->auth_data);
}

static void mnid_random(struct rng *r, struct mopt *o)
{
	o->mnid.subtype = (uint8_t)below(r, 256);
	o->mnid.id = random_span(r, 1, 254);
}

static bool mnid_same(const struct mopt *a, const struct mopt *b)
{
	return a->mnid.subtype == b->mnid.subtype &&
	       same_span(a->mnid.id, b->mnid.id);
}

static void auth_random(struct rng *r, struct mopt *o)
{
	o->auth.subtype = (uint8_t)below(r, 6);
	o->auth.spi = below(r, UINT32_MAX);
	o->auth.data = random_span(r, 0, below(r, 4) ? 12 : 250);
}

static bool auth_same(const struct mopt *a, const struct mopt *b)
{
	return a->auth.subtype == b->auth.subtype &&
	       a->auth.spi == b->auth.spi &&
	       same_span(a->auth.data, b->auth.data);
}

static void replay_random(struct rng *r, struct mopt *o)
{
	o->replay = rng_u64(r);
}

static bool replay_same(const struct mopt *a, const struct mopt *b)
{
	return a->replay == b->replay;
}

static void raw_random(struct rng *r, struct mopt *o)
{
	o->raw = random_span(r, 0, 255);
}

static bool raw_same(const struct mopt *a, const struct mopt *b)
{
	return same_span(a->raw, b->raw);
}

static const struct option_law {
	uint8_t	type;
	void	(*random)(struct rng *, struct mopt *);
	bool	(*same)(const struct mopt *, const struct mopt *);
} options[] = {
	{ 200, raw_random, raw_same },
	{ 255, raw_random, raw_same },
	{ MOPT_REFRESH, refresh_random, refresh_same },
	{ MOPT_ALTCOA, altcoa_random, altcoa_same },
	{ MOPT_NONCES, nonces_random, nonces_same },
	{ MOPT_AUTH_DATA, auth_data_random, auth_data_same },
	{ MOPT_MNID, mnid_random, mnid_same },
	{ MOPT_AUTH, auth_random, auth_same },
	{ MOPT_REPLAY, replay_random, replay_same },
};

#define NOPTIONS	(sizeof(options) / sizeof(options[0]))

static bool same_option(const struct mopt *a, const struct mopt *b)
{
	if (a->type != b->type)
		return false;
	for (unsigned i = 0; i < NOPTIONS; i++)
		if (options[i].type == a->type)
			return options[i].same(a, b);
	return raw_same(a, b);
}

/* --- messages ----------------------------------------------------------- */

static void random_mh(struct rng *r, struct mh *m)
{
	static const uint8_t types[] = { MH_BRR, MH_BU, MH_BA, MH_BE };
	uint32_t n = below(r, 8);

	m->type = types[below(r, sizeof(types))];
	if (m->type == MH_BU)
		random_bytes(r, &m->bu, sizeof(m->bu));
	if (m->type == MH_BA)
		random_bytes(r, &m->ba, sizeof(m->ba));
	if (m->type == MH_BE)
		m->be = (struct mh_be){ (uint8_t)below(r, 256),
					random_addr(r) };
	m->nopts = 0;
	while (n--) {
		const struct option_law *l = &options[below(r, NOPTIONS)];

		l->random(r, mh_add(m, l->type));
	}
}

static bool same_mh(const struct mh *a, const struct mh *b)
{
	bool same = a->type == b->type && a->nopts == b->nopts;

	if (a->type == MH_BU)
		same &= a->bu.seq == b->bu.seq && a->bu.flags == b->bu.flags &&
			a->bu.lifetime == b->bu.lifetime;
	if (a->type == MH_BA)
		same &= a->ba.status == b->ba.status &&
			a->ba.flags == b->ba.flags && a->ba.seq == b->ba.seq &&
			a->ba.lifetime == b->ba.lifetime;
	if (a->type == MH_BE)
		same &= a->be.status == b->be.status &&
			addr_eq(&a->be.hoa, &b->be.hoa);
	for (unsigned i = 0; same && i < a->nopts; i++)
		same = same_option(&a->opt[i], &b->opt[i]);
	return same;
}

/* The octets parse to something that builds and parses to the same; false
 * when they are refused. */
static bool check_accepted(const uint8_t *b, size_t n)
{
	uint8_t one[LEN], two[LEN];
	struct wire_error err;
	struct wbuf w;
	struct mh m, back;
	int rc;

	if (mh_parse(b, n, NULL, NULL, &m, &err)) {
		ck_assert(err.fault > WIRE_OK && err.fault < WIRE_FAULTS);
		ck_assert_uint_le(err.offset, n);
		return false;
	}
	ck_assert_uint_le(m.len, n);
	w = wbuf_of(one, sizeof(one));
	rc = mh_build(&m, &w);
	/* options that were packed tighter than their alignment lets us
	 * build them may have become too long */
	if (rc == -EINVAL && m.len > MH_LEN_MAX / 2)
		return true;
	ck_assert_msg(rc == 0, "%d: type %u, %u octets, %u options, last %u",
		      rc, m.type, m.len, m.nopts,
		      m.nopts ? m.opt[m.nopts - 1].type : 0);
	ck_assert_msg(!mh_parse(one, wbuf_len(&w), NULL, NULL, &back, &err),
		      "%s at %u", name_fault(err.fault), err.offset);
	ck_assert(same_mh(&m, &back));
	n = wbuf_len(&w);
	w = wbuf_of(two, sizeof(two));
	ck_assert_int_eq(mh_build(&back, &w), 0);
	ck_assert_uint_eq(wbuf_len(&w), n);
	ck_assert_mem_eq(one, two, n);
	return true;
}

/* Every shorter one: the octets alone, and with the Header Len set to what
 * is left. */
static void check_prefixes(const uint8_t *b, size_t n)
{
	uint8_t cut[LEN];
	struct wire_error err;
	struct mh m;

	for (size_t k = 0; k < n; k++)
		ck_assert_int_eq(mh_parse(b, k, NULL, NULL, &m, &err),
				 -EBADMSG);
	for (size_t k = 8; k < n; k += 8) {
		memcpy(cut, b, k);
		cut[1] = (uint8_t)(k / 8 - 1);
		check_accepted(cut, k);
	}
}

START_TEST(mh_laws)
{
	struct in6_addr src = T("2001:db8::1"), dst = T("2001:db8::2");
	struct rng r = unit_rng("mh_laws");
	unsigned built = 0;
	struct wire_error err;
	static uint8_t b[LEN];
	struct mh m, back;

	random_bytes(&r, noise, sizeof(noise));
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));
		size_t n;

		random_mh(&r, &m);
		if (mh_build(&m, &w)) {		/* random order: misplaced */
			ck_assert(!w.bad);
			continue;
		}
		built++;
		n = wbuf_len(&w);
		ck_assert_uint_eq(n % 8, 0);
		mh_seal(b, n, &src, &dst);
		ck_assert_msg(!mh_parse(b, n, &src, &dst, &back, &err),
			      "%s at %u", name_fault(err.fault), err.offset);
		ck_assert(same_mh(&m, &back));
		ck_assert_uint_eq(back.len, m.len);
		for (unsigned k = 0; k < m.nopts; k++)
			ck_assert(back.opt[k].off == m.opt[k].off &&
				  back.opt[k].len == m.opt[k].len);
		ck_assert(check_accepted(b, n));
		if (i % 16 == 0)
			check_prefixes(b, n);
	}
	/* the law would hold as well if nothing could be built */
	ck_assert_uint_gt(built, ROUNDS / 4);
}
END_TEST

START_TEST(mh_mutations)
{
	struct rng r = unit_rng("mh_mutations");
	unsigned accepted = 0, refused = 0;
	static uint8_t b[LEN];
	struct mh m;

	random_bytes(&r, noise, sizeof(noise));
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));
		uint32_t hits = 1 + below(&r, 4);
		size_t n;

		random_mh(&r, &m);
		if (mh_build(&m, &w))
			continue;
		n = wbuf_len(&w);
		while (hits--)
			b[below(&r, (uint32_t)n)] = (uint8_t)below(&r, 256);
		if (check_accepted(b, n))
			accepted++;
		else
			refused++;
	}
	ck_assert_uint_gt(accepted, ROUNDS / 20);
	ck_assert_uint_gt(refused, ROUNDS / 20);
}
END_TEST

/* --- Neighbor Discovery ------------------------------------------------- */

static void random_ra(struct rng *r, struct nd_ra *ra)
{
	*ra = (struct nd_ra){
		.hop_limit = (uint8_t)below(r, 256),
		.flags = (uint8_t)(below(r, 8) << 5),
		.lifetime = (uint16_t)(1 + below(r, 65535)),
		.pref = (int8_t)((int)below(r, 3) - 1),
		.reachable = below(r, UINT32_MAX),
		.retrans = below(r, UINT32_MAX),
		.mtu = below(r, 3), .adv_interval = below(r, 3),
		.has_ha_info = below(r, 2),
		.npios = below(r, ND_PIO_MAX + 1),
		.nroutes = below(r, ND_ROUTE_MAX + 1),
		.rdnss = { .n = below(r, 4) },
	};
	if (ra->has_ha_info) {
		ra->ha_preference = (int16_t)below(r, 65536);
		ra->ha_lifetime = (uint16_t)below(r, 65536);
	}
	if (ra->rdnss.n)
		ra->rdnss.lifetime = below(r, UINT32_MAX);
	for (unsigned i = 0; i < ra->rdnss.n; i++)
		ra->rdnss.server[i] = random_addr(r);
	if (below(r, 2)) {
		ra->dnssl.lifetime = below(r, UINT32_MAX);
		ra->dnssl.names = random_span(r, 1, 40);
		ra->dnssl.names.len &= ~7UL;
		if (!ra->dnssl.names.len)
			ra->dnssl = (struct nd_dnssl){ 0 };
	}
	for (unsigned i = 0; i < ra->npios; i++) {
		struct in6_addr a = random_addr(r);

		ra->pio[i] = (struct nd_pio){
			.prefix = a, .len = (uint8_t)below(r, 129),
			.flags = (uint8_t)(below(r, 8) << 5),
			.valid = below(r, UINT32_MAX),
			.preferred = below(r, UINT32_MAX),
		};
		if (!(ra->pio[i].flags & ND_PIO_R))
			ra->pio[i].prefix =
				prefix_of(&a, ra->pio[i].len).addr;
	}
	for (unsigned i = 0; i < ra->nroutes; i++) {
		struct in6_addr a = random_addr(r);

		ra->route[i] = (struct nd_route){
			.prefix = prefix_of(&a, (uint8_t)below(r, 129)),
			.pref = (int8_t)((int)below(r, 4) - 1),
			.lifetime = below(r, UINT32_MAX),
		};
	}
}

static bool same_ra(const struct nd_ra *a, const struct nd_ra *b)
{
	bool same = a->hop_limit == b->hop_limit && a->flags == b->flags &&
		a->pref == b->pref && a->lifetime == b->lifetime &&
		a->reachable == b->reachable && a->retrans == b->retrans &&
		a->mtu == b->mtu && a->adv_interval == b->adv_interval &&
		a->has_ha_info == b->has_ha_info &&
		a->ha_preference == b->ha_preference &&
		a->ha_lifetime == b->ha_lifetime &&
		a->rdnss.lifetime == b->rdnss.lifetime &&
		a->rdnss.n == b->rdnss.n &&
		!memcmp(a->rdnss.server, b->rdnss.server, 16 * a->rdnss.n) &&
		a->dnssl.lifetime == b->dnssl.lifetime &&
		same_span(a->dnssl.names, b->dnssl.names) &&
		a->npios == b->npios && a->nroutes == b->nroutes;

	for (unsigned i = 0; same && i < a->npios; i++)
		same = addr_eq(&a->pio[i].prefix, &b->pio[i].prefix) &&
		       a->pio[i].len == b->pio[i].len &&
		       a->pio[i].flags == b->pio[i].flags &&
		       a->pio[i].valid == b->pio[i].valid &&
		       a->pio[i].preferred == b->pio[i].preferred;
	for (unsigned i = 0; same && i < a->nroutes; i++)
		same = prefix_eq(&a->route[i].prefix, &b->route[i].prefix) &&
		       a->route[i].pref == b->route[i].pref &&
		       a->route[i].lifetime == b->route[i].lifetime;
	return same;
}

static void random_nd(struct rng *r, struct nd *nd)
{
	*nd = (struct nd){ .type = (uint8_t)(ND_RS + below(r, 4)) };
	if (nd->type == ND_RA)
		random_ra(r, &nd->ra);
	if (nd->type == ND_NS) {
		nd->ns.target = random_addr(r);
		nd->ns.target.s6_addr[0] &= 0x7f;
		nd->ns.has_nonce = below(r, 2);
		if (nd->ns.has_nonce)
			random_bytes(r, nd->ns.nonce, 6);
	}
	if (nd->type == ND_NA) {
		nd->na.target = random_addr(r);
		nd->na.target.s6_addr[0] &= 0x7f;
		nd->na.flags = (uint8_t)(below(r, 8) << 5);
	}
	if (below(r, 2)) {
		struct lladdr *ll = nd->type == ND_NA ? &nd->tll : &nd->sll;

		ll->len = below(r, 2) ? 6 : 8;
		random_bytes(r, ll->b, ll->len);
	}
}

static bool same_nd(const struct nd *a, const struct nd *b)
{
	if (a->type != b->type || !lladdr_eq(&a->sll, &b->sll) ||
	    !lladdr_eq(&a->tll, &b->tll))
		return false;
	if (a->type == ND_RA)
		return same_ra(&a->ra, &b->ra);
	if (a->type == ND_NS)
		return addr_eq(&a->ns.target, &b->ns.target) &&
		       a->ns.has_nonce == b->ns.has_nonce &&
		       (!a->ns.has_nonce ||
			!memcmp(a->ns.nonce, b->ns.nonce, 6));
	if (a->type == ND_NA)
		return addr_eq(&a->na.target, &b->na.target) &&
		       a->na.flags == b->na.flags;
	return true;
}

START_TEST(nd_laws)
{
	struct in6_addr src = T("fe80::1"), dst = T("fe80::2");
	struct rng r = unit_rng("nd_laws");
	static uint8_t b[LEN], again[LEN];
	struct wire_error err;
	struct nd nd, back;
	struct pkt p;

	random_bytes(&r, noise, sizeof(noise));
	for (unsigned i = 0; i < ROUNDS / 4; i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));

		random_nd(&r, &nd);
		nd_build(&nd, &src, &dst, &w);
		ck_assert(!w.bad);
		ck_assert_int_eq(pkt_parse(b, wbuf_len(&w), &p, &err), 0);
		ck_assert_msg(!nd_parse(p.payload.p, p.payload.len, &src,
					&dst, p.hlim, &back, &err),
			      "%s at %u", name_fault(err.fault), err.offset);
		ck_assert(same_nd(&nd, &back));
		w = wbuf_of(again, sizeof(again));
		nd_build(&back, &src, &dst, &w);
		ck_assert_mem_eq(b, again, wbuf_len(&w));
		if (i % 16)
			continue;
		for (size_t k = 0; k < wbuf_len(&w); k++)
			ck_assert_int_eq(pkt_parse(b, k, &p, &err), -EBADMSG);
	}
}
END_TEST

/* --- whole packets ------------------------------------------------------ */

START_TEST(pkt_laws)
{
	struct rng r = unit_rng("pkt_laws");
	struct wire_error err;
	char text[256];
	uint8_t b[128];
	struct pkt p;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct in6_addr a[4];
		struct wbuf w = wbuf_of(b, sizeof(b));
		bool hao = below(&r, 2), rh2 = below(&r, 2);
		uint8_t hlim = (uint8_t)below(&r, 256);

		for (unsigned k = 0; k < 4; k++) {
			a[k] = random_addr(&r);
			a[k].s6_addr[0] = 0x20;
		}
		pkt_start(&w, &a[0], &a[1], hlim, hao ? &a[2] : NULL,
			  rh2 ? &a[3] : NULL, 17);
		wbuf_put(&w, noise, below(&r, 16));
		pkt_finish(&w);
		ck_assert(!pkt_parse(b, wbuf_len(&w), &p, &err));
		ck_assert(addr_eq(&p.src, &a[0]) && addr_eq(&p.dst, &a[1]));
		ck_assert(p.hlim == hlim && p.proto == 17);
		ck_assert(p.has_hao == hao && p.has_rh2 == rh2);
		ck_assert(!hao || addr_eq(&p.hao, &a[2]));
		ck_assert(!rh2 || addr_eq(&p.rh2, &a[3]));
		ck_assert_uint_eq(p.off + p.payload.len, wbuf_len(&w));
		for (size_t k = 0; k < wbuf_len(&w); k++)
			ck_assert(pkt_parse(b, k, &p, &err));
		b[below(&r, (uint32_t)wbuf_len(&w))] ^=
			(uint8_t)(1 + below(&r, 255));
		if (pkt_parse(b, wbuf_len(&w), &p, &err))
			ck_assert_uint_le(err.offset, wbuf_len(&w));
		print_packet(b, wbuf_len(&w), text, sizeof(text));
	}
}
END_TEST

Suite *suite_wire_law(void)
{
	Suite *s = suite_create("wire-law");

	unit_add(s, "mh_laws", mh_laws);
	unit_add(s, "mh_mutations", mh_mutations);
	unit_add(s, "nd_laws", nd_laws);
	unit_add(s, "pkt_laws", pkt_laws);
	return s;
}
