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
#include "wire_any.h"
#include "wire/name.h"
#include "wire/nd.h"
#include "wire/pkt.h"
#include "wire/print.h"

#include <errno.h>

#define ROUNDS		20000
#define LEN		4096

static int parse_all(const uint8_t *b, size_t n, struct mh *m,
		     struct wire_error *err)
{
	return mh_parse_known(b, n, NULL, NULL, MH_KNOW_ALL, m, err);
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

	if (parse_all(b, n, &m, &err)) {
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
	ck_assert_msg(!parse_all(one, wbuf_len(&w), &back, &err),
		      "%s at %u", name_fault(err.fault), err.offset);
	ck_assert(any_same_mh(&m, &back));
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
		ck_assert_int_eq(parse_all(b, k, &m, &err), -EBADMSG);
	for (size_t k = 8; k < n; k += 8) {
		memcpy(cut, b, k);
		cut[1] = (uint8_t)(k / 8 - 1);
		check_accepted(cut, k);
	}
}

/* Nothing that has a name is left out of these laws. */
START_TEST(all_covered)
{
	for (unsigned t = 0; t < 256; t++) {
		ck_assert_msg(!name_mh_type((uint8_t)t) ==
			      !any_knows_mh((uint8_t)t), "message %u", t);
		ck_assert_msg(t <= MOPT_PADN || !name_mopt((uint8_t)t) ||
			      any_knows_mopt((uint8_t)t), "option %u", t);
	}
}
END_TEST

/* Every option alone, in every kind of message: it must be built. */
START_TEST(option_laws)
{
	struct rng r = unit_rng("option_laws");
	struct wire_error err;
	static uint8_t b[LEN];
	struct mh m, back;

	any_init(&r);
	for (unsigned i = 0; i < 256 * 80; i++) {
		uint8_t type = (uint8_t)i;
		uint8_t msg = (uint8_t)any_below(&r, MH_SUB_RESPONSE + 1);
		struct wbuf w = wbuf_of(b, sizeof(b));

		if (!any_knows_mopt(type) || !any_knows_mh(msg) ||
		    msg == MH_EXPERIMENTAL)
			continue;
		any_mh_fixed(&r, msg, &m);
		any_mopt(&r, type, mh_add(&m, type));
		ck_assert_msg(!mh_build(&m, &w), "option %u", type);
		ck_assert_msg(!parse_all(b, wbuf_len(&w), &back, &err),
			      "option %u: %s at %u", type,
			      name_fault(err.fault), err.offset);
		ck_assert_msg(any_same_mh(&m, &back), "option %u", type);
		ck_assert(check_accepted(b, wbuf_len(&w)));
	}
}
END_TEST

START_TEST(mh_laws)
{
	struct in6_addr src = T("2001:db8::1"), dst = T("2001:db8::2");
	struct rng r = unit_rng("mh_laws");
	unsigned built = 0;
	struct wire_error err;
	static uint8_t b[LEN];
	struct mh m, back;

	any_init(&r);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));
		size_t n;

		any_mh(&r, &m);
		if (mh_build(&m, &w)) {		/* random order: misplaced */
			ck_assert(!w.bad);
			continue;
		}
		built++;
		n = wbuf_len(&w);
		ck_assert_uint_eq(n % 8, 0);
		mh_seal(b, n, &src, &dst);
		ck_assert_msg(!mh_parse_known(b, n, &src, &dst, MH_KNOW_ALL,
					      &back, &err),
			      "%s at %u", name_fault(err.fault), err.offset);
		ck_assert(any_same_mh(&m, &back));
		ck_assert_uint_eq(back.len, m.len);
		for (unsigned k = 0; k < m.nopts; k++)
			ck_assert(back.opt[k].off == m.opt[k].off &&
				  back.opt[k].len == m.opt[k].len);
		ck_assert(check_accepted(b, n));
		if (i % 16 == 0)
			check_prefixes(b, n);
	}
	/* the law would hold as well if nothing could be built */
	ck_assert_uint_gt(built, ROUNDS / 8);
}
END_TEST

START_TEST(mh_mutations)
{
	struct rng r = unit_rng("mh_mutations");
	unsigned accepted = 0, refused = 0;
	static uint8_t b[LEN];
	struct mh m;

	any_init(&r);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct wbuf w = wbuf_of(b, sizeof(b));
		uint32_t hits = 1 + any_below(&r, 4);
		size_t n;

		any_mh(&r, &m);
		if (mh_build(&m, &w))
			continue;
		n = wbuf_len(&w);
		while (hits--)
			any_bytes(&r, b + any_below(&r, (uint32_t)n), 1);
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
		.hop_limit = (uint8_t)any_below(r, 256),
		.flags = (uint8_t)(any_below(r, 8) << 5),
		.lifetime = (uint16_t)(1 + any_below(r, 65535)),
		.pref = (int8_t)((int)any_below(r, 3) - 1),
		.reachable = any_below(r, UINT32_MAX),
		.retrans = any_below(r, UINT32_MAX),
		.mtu = any_below(r, 3), .adv_interval = any_below(r, 3),
		.has_ha_info = any_below(r, 2),
		.npios = any_below(r, ND_PIO_MAX + 1),
		.nroutes = any_below(r, ND_ROUTE_MAX + 1),
		.rdnss = { .n = any_below(r, 4) },
	};
	if (ra->has_ha_info) {
		ra->ha_preference = (uint16_t)any_below(r, 65536);
		ra->ha_lifetime = (uint16_t)any_below(r, 65536);
	}
	if (ra->rdnss.n)
		ra->rdnss.lifetime = any_below(r, UINT32_MAX);
	for (unsigned i = 0; i < ra->rdnss.n; i++)
		ra->rdnss.server[i] = any_addr(r);
	if (any_below(r, 2)) {
		ra->dnssl.lifetime = any_below(r, UINT32_MAX);
		ra->dnssl.names = any_span(r, 1, 40);
		ra->dnssl.names.len &= ~7UL;
		if (!ra->dnssl.names.len)
			ra->dnssl = (struct nd_dnssl){ 0 };
	}
	for (unsigned i = 0; i < ra->npios; i++) {
		struct in6_addr a = any_addr(r);

		ra->pio[i] = (struct nd_pio){
			.prefix = a, .len = (uint8_t)any_below(r, 129),
			.flags = (uint8_t)(any_below(r, 8) << 5),
			.valid = any_below(r, UINT32_MAX),
			.preferred = any_below(r, UINT32_MAX),
		};
		if (!(ra->pio[i].flags & ND_PIO_R))
			ra->pio[i].prefix =
				prefix_of(&a, ra->pio[i].len).addr;
	}
	for (unsigned i = 0; i < ra->nroutes; i++) {
		struct in6_addr a = any_addr(r);

		ra->route[i] = (struct nd_route){
			.prefix = prefix_of(&a, (uint8_t)any_below(r, 129)),
			.pref = (int8_t)((int)any_below(r, 4) - 1),
			.lifetime = any_below(r, UINT32_MAX),
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
		any_same_span(a->dnssl.names, b->dnssl.names) &&
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
	*nd = (struct nd){ .type = (uint8_t)(ND_RS + any_below(r, 5)) };
	if (nd->type == ND_REDIRECT) {
		nd->redirect.dst = any_addr(r);
		nd->redirect.dst.s6_addr[0] &= 0x7f;
		nd->redirect.target = nd->redirect.dst;
		nd->redirect.about = any_span(r, 0, 100);
		nd->redirect.about.len &= ~7UL;
	}
	if (nd->type == ND_RA)
		random_ra(r, &nd->ra);
	if (nd->type == ND_NS) {
		nd->ns.target = any_addr(r);
		nd->ns.target.s6_addr[0] &= 0x7f;
		nd->ns.has_nonce = any_below(r, 2);
		if (nd->ns.has_nonce)
			any_bytes(r, nd->ns.nonce, 6);
	}
	if (nd->type == ND_NA) {
		nd->na.target = any_addr(r);
		nd->na.target.s6_addr[0] &= 0x7f;
		nd->na.flags = (uint8_t)(any_below(r, 8) << 5);
	}
	if (any_below(r, 2)) {
		struct lladdr *ll = nd->type >= ND_NA ? &nd->tll : &nd->sll;

		ll->len = any_below(r, 2) ? 6 : 8;
		any_bytes(r, ll->b, ll->len);
	}
}

static bool same_nd(const struct nd *a, const struct nd *b)
{
	if (a->type != b->type || !lladdr_eq(&a->sll, &b->sll) ||
	    !lladdr_eq(&a->tll, &b->tll))
		return false;
	if (a->type == ND_REDIRECT)
		return addr_eq(&a->redirect.dst, &b->redirect.dst) &&
		       addr_eq(&a->redirect.target, &b->redirect.target) &&
		       any_same_span(a->redirect.about, b->redirect.about);
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

/* Every shorter message, with its length and checksum made good, is refused
 * or is one that builds and parses to the same. */
static unsigned check_nd_prefixes(const uint8_t *b, size_t n,
				  const struct in6_addr *src,
				  const struct in6_addr *dst)
{
	static uint8_t cut[LEN], one[LEN];
	unsigned accepted = 0;
	struct wire_error err;
	struct nd nd, back;
	struct wbuf w;
	struct pkt p;

	for (size_t k = 40; k < n; k++) {
		memcpy(cut, b, k);
		w = wbuf_of(cut + 4, 2);
		wbuf_u16(&w, (uint16_t)(k - 40));
		if (k >= 44) {
			w = wbuf_of(cut + 42, 2);
			wbuf_u16(&w, 0);
			w = wbuf_of(cut + 42, 2);
			wbuf_u16(&w, wire_checksum(src, dst, IPPROTO_ICMPV6,
						   cut + 40, k - 40));
		}
		ck_assert_int_eq(pkt_parse(cut, k, &p, &err), 0);
		if (nd_parse(p.payload.p, p.payload.len, src, dst, p.hlim,
			     &nd, &err)) {
			ck_assert_uint_le(err.offset, k - 40);
			continue;
		}
		accepted++;
		w = wbuf_of(one, sizeof(one));
		nd_build(&nd, src, dst, &w);
		ck_assert(!w.bad);
		ck_assert_int_eq(pkt_parse(one, wbuf_len(&w), &p, &err), 0);
		ck_assert_int_eq(nd_parse(p.payload.p, p.payload.len, src,
					  dst, p.hlim, &back, &err), 0);
		ck_assert(same_nd(&nd, &back));
	}
	return accepted;
}

START_TEST(nd_laws)
{
	struct in6_addr src = T("fe80::1"), dst = T("fe80::2");
	struct rng r = unit_rng("nd_laws");
	static uint8_t b[LEN], again[LEN];
	struct wire_error err;
	unsigned accepted = 0;
	struct nd nd, back;
	struct pkt p;

	any_init(&r);
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
		accepted += check_nd_prefixes(b, wbuf_len(&w), &src, &dst);
	}
	ck_assert_uint_gt(accepted, ROUNDS / 64);
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
		struct span upper;
		struct wbuf w = wbuf_of(b, sizeof(b));
		bool hao = any_below(&r, 2), rh2 = any_below(&r, 2);
		uint8_t hlim = (uint8_t)any_below(&r, 256);

		for (unsigned k = 0; k < 4; k++) {
			a[k] = any_addr(&r);
			a[k].s6_addr[0] = 0x20;
		}
		pkt_start(&w, &a[0], &a[1], hlim, hao ? &a[2] : NULL,
			  rh2 ? &a[3] : NULL, 17);
		upper = any_span(&r, 0, 15);
		wbuf_put(&w, upper.p, upper.len);
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
		b[any_below(&r, (uint32_t)wbuf_len(&w))] ^=
			(uint8_t)(1 + any_below(&r, 255));
		if (pkt_parse(b, wbuf_len(&w), &p, &err))
			ck_assert_uint_le(err.offset, wbuf_len(&w));
		print_packet(b, wbuf_len(&w), text, sizeof(text));
	}
}
END_TEST

Suite *suite_wire_law(void)
{
	Suite *s = suite_create("wire-law");

	unit_add(s, "all_covered", all_covered);
	unit_add(s, "option_laws", option_laws);
	unit_add(s, "mh_laws", mh_laws);
	unit_add(s, "mh_mutations", mh_mutations);
	unit_add(s, "nd_laws", nd_laws);
	unit_add(s, "pkt_laws", pkt_laws);
	return s;
}
