/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nd.c - Neighbor Discovery messages: the walk and the messages.
 *
 * The validity checks of RFC 4861 (6.1.1, 6.1.2, 7.1.1, 7.1.2, 8.1) are all
 * that makes a message invalid.  An option that is unknown, not meant for
 * the message, or of a length that its definition does not give is passed
 * over, as those sections and RFC 4191, RFC 8106 ask; only an option of no
 * length, or one that runs past the end, condemns the message.  The options
 * are in nd_opt.c.
 */
#include "wire/nd_opt.h"
#include "wire/pkt.h"

#define ND_HLIM		255
#define ICMP_LEN	4	/* type, code, checksum */
#define OFF_CODE	1
#define OFF_CHECKSUM	2
#define OFF_TARGET	8

/* Router Solicitation, RFC 4861 4.1
 *
 *	|     Type      |     Code      |          Checksum             |
 *	|                           Reserved                            |
 */
static void
rs_parse(struct rbuf *r, struct nd *nd)
{
	rbuf_take(r, 4);
}

static void
rs_build(struct wbuf *w, const struct nd *nd)
{
	wbuf_u32(w, 0);
}

static void
rs_print(const struct nd *nd, struct text *t)
{
}

static void
rs_summary(const struct nd *nd, struct text *t)
{
}

/* Router Advertisement, RFC 4861 4.2 with RFC 6275 7.1 and RFC 4191 2.2
 *
 *	|     Type      |     Code      |          Checksum             |
 *	| Cur Hop Limit |M|O|H|Prf|Resvd|       Router Lifetime         |
 *	|                        Reachable Time                         |
 *	|                         Retrans Timer                         |
 */
static const struct flag_name ra_flags[] = {
	{ ND_RA_M, "M", "managed" },
	{ ND_RA_O, "O", "other" },
	{ ND_RA_H, "H", "home-agent" },
	{ 0 }
};

static void
ra_parse(struct rbuf *r, struct nd *nd)
{
	struct nd_ra *ra = &nd->ra;
	uint8_t flags;

	ra->hop_limit = rbuf_u8(r);
	flags = rbuf_u8(r);
	ra->flags = flags & (ND_RA_M | ND_RA_O | ND_RA_H);
	ra->pref = nd_pref_of(flags);
	ra->lifetime = rbuf_u16(r);
	ra->reachable = rbuf_u32(r);
	ra->retrans = rbuf_u32(r);
	/* RFC 4191 2.2: the reserved value is medium, and no preference
	 * counts for a router that is no default router */
	if (ra->pref > 1 || ra->lifetime == 0)
		ra->pref = 0;
	ra->mtu = ra->adv_interval = 0;
	ra->has_ha_info = false;
	ra->ha_preference = 0;
	ra->ha_lifetime = 0;
	ra->rdnss.n = ra->npios = ra->nroutes = 0;
	ra->rdnss.lifetime = ra->dnssl.lifetime = 0;
	ra->dnssl.names = (struct span){ 0 };
}

static void
ra_build(struct wbuf *w, const struct nd *nd)
{
	const struct nd_ra *ra = &nd->ra;

	wbuf_u8(w, ra->hop_limit);
	wbuf_u8(w, (ra->flags & (ND_RA_M | ND_RA_O | ND_RA_H)) |
		   (ra->lifetime ? nd_pref_bits(ra->pref) : 0));
	wbuf_u16(w, ra->lifetime);
	wbuf_u32(w, ra->reachable);
	wbuf_u32(w, ra->retrans);
}

static void
ra_print(const struct nd *nd, struct text *t)
{
	const struct nd_ra *ra = &nd->ra;

	text_line(t, 1, "hop-limit %u", ra->hop_limit);
	text_line_letters(t, 1, "flags", ra->flags, ra_flags);
	text_line(t, 1, "preference %s", nd_pref_name(ra->pref));
	text_line(t, 1, "lifetime %us", ra->lifetime);
	text_line(t, 1, "reachable %ums", ra->reachable);
	text_line(t, 1, "retrans %ums", ra->retrans);
}

static void
ra_summary(const struct nd *nd, struct text *t)
{
	const struct nd_ra *ra = &nd->ra;

	text_add(t, " lifetime=%us", ra->lifetime);
	for (unsigned i = 0; i < ra->npios; i++) {
		text_add(t, " prefix=");
		text_addr(t, &ra->pio[i].prefix);
		text_add(t, "/%u", ra->pio[i].len);
	}
	text_words(t, ra->flags, ra_flags);
}

/* Neighbor Solicitation, RFC 4861 4.3
 *
 *	|     Type      |     Code      |          Checksum             |
 *	|                           Reserved                            |
 *	:                        Target Address                         :
 */
static void
ns_parse(struct rbuf *r, struct nd *nd)
{
	rbuf_take(r, 4);
	nd->ns.target = rbuf_addr(r);
	nd->ns.has_nonce = false;
}

static void
ns_build(struct wbuf *w, const struct nd *nd)
{
	wbuf_u32(w, 0);
	wbuf_addr(w, &nd->ns.target);
}

static void
ns_print(const struct nd *nd, struct text *t)
{
	text_line_addr(t, 1, "target", &nd->ns.target);
}

static void
ns_summary(const struct nd *nd, struct text *t)
{
	text_add(t, " target=");
	text_addr(t, &nd->ns.target);
}

/* Neighbor Advertisement, RFC 4861 4.4
 *
 *	|     Type      |     Code      |          Checksum             |
 *	|R|S|O|                     Reserved                            |
 *	:                        Target Address                         :
 */
static const struct flag_name na_flags[] = {
	{ ND_NA_R, "R", "router" },
	{ ND_NA_S, "S", "solicited" },
	{ ND_NA_O, "O", "override" },
	{ 0 }
};

static void
na_parse(struct rbuf *r, struct nd *nd)
{
	nd->na.flags = rbuf_u8(r) & (ND_NA_R | ND_NA_S | ND_NA_O);
	rbuf_take(r, 3);
	nd->na.target = rbuf_addr(r);
}

static void
na_build(struct wbuf *w, const struct nd *nd)
{
	wbuf_u8(w, nd->na.flags & (ND_NA_R | ND_NA_S | ND_NA_O));
	wbuf_zero(w, 3);
	wbuf_addr(w, &nd->na.target);
}

static void
na_print(const struct nd *nd, struct text *t)
{
	text_line_letters(t, 1, "flags", nd->na.flags, na_flags);
	text_line_addr(t, 1, "target", &nd->na.target);
}

static void
na_summary(const struct nd *nd, struct text *t)
{
	text_add(t, " target=");
	text_addr(t, &nd->na.target);
	text_words(t, nd->na.flags, na_flags);
}

/* Redirect, RFC 4861 4.5
 *
 *	|     Type      |     Code      |          Checksum             |
 *	|                           Reserved                            |
 *	:                        Target Address                         :
 *	:                      Destination Address                      :
 */
static void
redirect_parse(struct rbuf *r, struct nd *nd)
{
	rbuf_take(r, 4);
	nd->redirect.target = rbuf_addr(r);
	nd->redirect.dst = rbuf_addr(r);
	nd->redirect.about = (struct span){ 0 };
}

static void
redirect_build(struct wbuf *w, const struct nd *nd)
{
	wbuf_u32(w, 0);
	wbuf_addr(w, &nd->redirect.target);
	wbuf_addr(w, &nd->redirect.dst);
}

static void
redirect_print(const struct nd *nd, struct text *t)
{
	text_line_addr(t, 1, "target", &nd->redirect.target);
	text_line_addr(t, 1, "destination", &nd->redirect.dst);
}

static void
redirect_summary(const struct nd *nd, struct text *t)
{
	text_add(t, " target=");
	text_addr(t, &nd->redirect.target);
	text_add(t, " destination=");
	text_addr(t, &nd->redirect.dst);
}

static const struct nd_row rows[] = {
	{ "RS", 8, rs_parse, rs_build, rs_print, rs_summary },
	{ "RA", 16, ra_parse, ra_build, ra_print, ra_summary },
	{ "NS", 24, ns_parse, ns_build, ns_print, ns_summary },
	{ "NA", 24, na_parse, na_build, na_print, na_summary },
	{ "Redirect", 40, redirect_parse, redirect_build, redirect_print,
	  redirect_summary },
};

const struct nd_row *
nd_row(uint8_t type)
{
	return type < ND_RS || type > ND_REDIRECT ? NULL : &rows[type - ND_RS];
}

/* What all four sections ask for. */
static int
check_head(const uint8_t *p, size_t len, const struct in6_addr *src,
	   const struct in6_addr *dst, uint8_t hlim, size_t fixed,
	   struct wire_error *err)
{
	if (hlim != ND_HLIM)
		return wire_fail(err, WIRE_HOPLIMIT, 0);
	if (len < ICMP_LEN)
		return wire_fail(err, WIRE_TRUNCATED, len);
	if (wire_checksum(src, dst, IPPROTO_ICMPV6, p, len))
		return wire_fail(err, WIRE_CHECKSUM, OFF_CHECKSUM);
	if (p[OFF_CODE])
		return wire_fail(err, WIRE_VALUE, OFF_CODE);
	if (len < fixed)
		return wire_fail(err, WIRE_TRUNCATED, len);
	return 0;
}

/* RFC 4861 8.1, without what only the routing table knows. */
static int
check_redirect(const struct nd_redirect *m, const struct in6_addr *src,
	       struct wire_error *err)
{
	if (!addr_is_linklocal(src))
		return wire_fail(err, WIRE_VALUE, 0);
	if (addr_is_multicast(&m->dst))
		return wire_fail(err, WIRE_VALUE, OFF_TARGET + 16);
	if (!addr_is_linklocal(&m->target) && !addr_eq(&m->target, &m->dst))
		return wire_fail(err, WIRE_VALUE, OFF_TARGET);
	return 0;
}

/* What the addresses must be; a fault in one that the message does not
 * hold itself is reported at offset 0. */
static int
check_addresses(const struct nd *nd, const struct in6_addr *src,
		const struct in6_addr *dst, struct wire_error *err)
{
	struct in6_addr group;

	switch (nd->type) {
	case ND_RA:		/* 6.1.2 */
		if (!addr_is_linklocal(src))
			return wire_fail(err, WIRE_VALUE, 0);
		break;
	case ND_NS:		/* 7.1.1 */
		if (addr_is_multicast(&nd->ns.target))
			return wire_fail(err, WIRE_VALUE, OFF_TARGET);
		group = addr_solicited_node(dst);
		if (addr_is_unspec(src) && !addr_eq(dst, &group))
			return wire_fail(err, WIRE_VALUE, 0);
		break;
	case ND_NA:		/* 7.1.2 */
		if (addr_is_multicast(&nd->na.target))
			return wire_fail(err, WIRE_VALUE, OFF_TARGET);
		if (addr_is_multicast(dst) && (nd->na.flags & ND_NA_S))
			return wire_fail(err, WIRE_VALUE, ICMP_LEN);
		break;
	case ND_REDIRECT:
		return check_redirect(&nd->redirect, src, err);
	}
	return 0;
}

static int
parse_options(struct rbuf *r, struct nd *nd, bool unspec,
	      struct wire_error *err)
{
	while (rbuf_left(r)) {
		const struct nd_opt_row *row;
		size_t at = rbuf_off(r);
		uint8_t type, units;
		struct rbuf data;

		type = rbuf_u8(r);
		if (!rbuf_left(r))
			return wire_fail(err, WIRE_OPT_LENGTH, at);
		units = rbuf_u8(r);
		if (units == 0 || rbuf_left(r) < units * 8U - 2)
			return wire_fail(err, WIRE_OPT_LENGTH, at + 1);
		data = rbuf_sub(r, units * 8U - 2);
		/* 6.1.1, 7.1.1: none with an unspecified source */
		if (unspec && type == ND_OPT_SLL &&
		    (nd->type == ND_RS || nd->type == ND_NS))
			return wire_fail(err, WIRE_VALUE, at);
		row = nd_opt_row(type);
		if (row && row->msgs & ND_MSG(nd->type) &&
		    units >= row->min && units <= row->max)
			row->parse(&data, nd);
	}
	return 0;
}

int
nd_parse(const uint8_t *p, size_t len, const struct in6_addr *src,
	 const struct in6_addr *dst, uint8_t hlim, struct nd *ret,
	 struct wire_error *err)
{
	const struct nd_row *row;
	struct rbuf r = rbuf_of(p, len);
	int rc;

	if (!len)
		return wire_fail(err, WIRE_TRUNCATED, 0);
	row = nd_row(p[0]);
	if (!row)
		return -EPROTONOSUPPORT;
	rc = check_head(p, len, src, dst, hlim, row->fixed, err);
	if (rc)
		return rc;
	ret->type = p[0];
	ret->sll.len = ret->tll.len = 0;
	rbuf_take(&r, ICMP_LEN);
	row->parse(&r, ret);
	rc = check_addresses(ret, src, dst, err);
	if (!rc)
		rc = parse_options(&r, ret, addr_is_unspec(src), err);
	return rc;
}

/* Counts within what their arrays hold. */
static bool
is_sane(const struct nd *nd)
{
	const struct nd_ra *ra = &nd->ra;

	return nd->type != ND_RA ||
	       (ra->npios <= ND_PIO_MAX && ra->nroutes <= ND_ROUTE_MAX &&
		ra->rdnss.n <= sizeof(ra->rdnss.server) / 16);
}

void
nd_build(const struct nd *nd, const struct in6_addr *src,
	 const struct in6_addr *dst, struct wbuf *w)
{
	struct wbuf one = { .base = w->p, .p = w->p, .end = w->end,
			    .bad = w->bad };
	const struct nd_row *row = is_sane(nd) ? nd_row(nd->type) : NULL;
	size_t at;

	pkt_start(&one, src, dst, ND_HLIM, NULL, NULL, IPPROTO_ICMPV6);
	at = wbuf_len(&one);
	wbuf_u8(&one, nd->type);
	wbuf_u8(&one, 0);
	wbuf_u16(&one, 0);
	if (row) {
		row->build(&one, nd);
		nd_build_options(&one, nd, addr_is_unspec(src));
	}
	pkt_finish(&one);
	if (!one.bad && row) {
		wbuf_patch_u16(&one, at + OFF_CHECKSUM,
			       wire_checksum(src, dst, IPPROTO_ICMPV6,
					     one.base + at,
					     wbuf_len(&one) - at));
		w->p = one.p;
	}
	w->bad = one.bad || !row;
}
