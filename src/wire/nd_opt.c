/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nd_opt.c - what is inside each option of Neighbor Discovery.
 *
 * A message holds what its options say, not the options: a builder writes
 * every option of its type that the message asks for, and none when it asks
 * for none.  Lengths on the wire are units of 8 octets, type and length
 * included.
 */
#include "wire/nd_opt.h"

int8_t
nd_pref_of(uint8_t octet)
{
	static const int8_t pref[4] = { 0, 1, 2, -1 };

	return pref[octet >> 3 & 3];
}

uint8_t
nd_pref_bits(int8_t pref)
{
	return (uint8_t)((pref & 3) << 3);
}

const char *
nd_pref_name(int8_t pref)
{
	static const char *const names[] = {
		"low", "medium", "high", "reserved"
	};

	return pref < -1 || pref > 2 ? "reserved" : names[pref + 1];
}

static void
head(struct wbuf *w, enum nd_opt_type type, size_t units)
{
	wbuf_u8(w, (uint8_t)type);
	wbuf_u8(w, (uint8_t)units);
}

/* Source and Target Link-Layer Address, RFC 4861 4.6.1
 *
 *	|     Type      |    Length     |    Link-Layer Address ...
 *
 * Length 1 is the six octets of Ethernet, length 2 the eight of RFC 4944
 * section 8 and six of padding. */
static void
lladdr_parse(struct rbuf *r, struct lladdr *ret)
{
	const uint8_t *p;

	ret->len = rbuf_left(r) == 6 ? 6 : LLADDR_MAX;
	memset(ret->b, 0, sizeof(ret->b));
	p = rbuf_take(r, ret->len);
	memcpy(ret->b, p, ret->len);
}

static void
lladdr_build(struct wbuf *w, enum nd_opt_type type, const struct lladdr *ll)
{
	size_t units = ll->len > 6 ? 2 : 1;

	if (!ll->len || ll->len > LLADDR_MAX)
		return;
	head(w, type, units);
	wbuf_put(w, ll->b, ll->len);
	wbuf_zero(w, units * 8 - 2 - ll->len);
}

static void
lladdr_line(struct text *t, const char *what, const struct lladdr *ll)
{
	char s[LLADDR_STRLEN];

	if (ll->len)
		text_line(t, 1, "%s %s", what, lladdr_print(ll, s));
}

static void
sll_parse(struct rbuf *r, struct nd *nd)
{
	lladdr_parse(r, &nd->sll);
}

static void
sll_build(struct wbuf *w, const struct nd *nd)
{
	lladdr_build(w, ND_OPT_SLL, &nd->sll);
}

static void
sll_print(const struct nd *nd, struct text *t)
{
	lladdr_line(t, "source-lladdr", &nd->sll);
}

static void
tll_parse(struct rbuf *r, struct nd *nd)
{
	lladdr_parse(r, &nd->tll);
}

static void
tll_build(struct wbuf *w, const struct nd *nd)
{
	lladdr_build(w, ND_OPT_TLL, &nd->tll);
}

static void
tll_print(const struct nd *nd, struct text *t)
{
	lladdr_line(t, "target-lladdr", &nd->tll);
}

/* Prefix Information, RFC 4861 4.6.2 with RFC 6275 7.2
 *
 *	|   Type = 3    |  Length = 4   | Prefix Length |L|A|R|Reserved1|
 *	|                        Valid Lifetime                         |
 *	|                      Preferred Lifetime                       |
 *	|                           Reserved2                           |
 *	:                            Prefix                             :
 *
 * With R the prefix is the router's whole address; without it the bits
 * behind the length are reserved, and cleared here. */
static const struct flag_name pio_flags[] = {
	{ ND_PIO_L, "L", NULL },
	{ ND_PIO_A, "A", NULL },
	{ ND_PIO_R, "R", NULL },
	{ 0 }
};

bool
nd_pio_parse(struct rbuf *r, struct nd_pio *ret)
{
	ret->len = rbuf_u8(r);
	ret->flags = rbuf_u8(r) & (ND_PIO_L | ND_PIO_A | ND_PIO_R);
	ret->valid = rbuf_u32(r);
	ret->preferred = rbuf_u32(r);
	rbuf_take(r, 4);
	ret->prefix = rbuf_addr(r);
	if (ret->len > 128)
		return false;
	if (!(ret->flags & ND_PIO_R))
		ret->prefix = prefix_of(&ret->prefix, ret->len).addr;
	return true;
}

void
nd_pio_build(struct wbuf *w, const struct nd_pio *p)
{
	head(w, ND_OPT_PIO, ND_PIO_UNITS);
	wbuf_u8(w, p->len);
	wbuf_u8(w, p->flags);
	wbuf_u32(w, p->valid);
	wbuf_u32(w, p->preferred);
	wbuf_u32(w, 0);
	wbuf_addr(w, &p->prefix);
}

static void
lifetime_line(struct text *t, const char *what, uint32_t seconds)
{
	if (seconds == ND_INFINITE)
		text_line(t, 2, "%s infinite", what);
	else
		text_line(t, 2, "%s %us", what, seconds);
}

void
nd_pio_print(const struct nd_pio *p, struct text *t)
{
	char s[ADDR_STRLEN];

	text_line(t, 1, "prefix %s/%u", addr_print(&p->prefix, s), p->len);
	text_line_letters(t, 2, "flags", p->flags, pio_flags);
	lifetime_line(t, "valid", p->valid);
	lifetime_line(t, "preferred", p->preferred);
}

static void
pio_parse(struct rbuf *r, struct nd *nd)
{
	struct nd_ra *ra = &nd->ra;

	if (ra->npios < ND_PIO_MAX && nd_pio_parse(r, &ra->pio[ra->npios]))
		ra->npios++;
}

static void
pio_build(struct wbuf *w, const struct nd *nd)
{
	for (unsigned i = 0; i < nd->ra.npios; i++)
		nd_pio_build(w, &nd->ra.pio[i]);
}

static void
pio_print(const struct nd *nd, struct text *t)
{
	for (unsigned i = 0; i < nd->ra.npios; i++)
		nd_pio_print(&nd->ra.pio[i], t);
}

/* Redirected Header, RFC 4861 4.6.3
 *
 *	|   Type = 4    |    Length     |           Reserved            |
 *	|                           Reserved                            |
 *	:                      IP header and data                       :
 */
static void
redirected_parse(struct rbuf *r, struct nd *nd)
{
	rbuf_take(r, 6);
	nd->redirect.about = rbuf_span(r, rbuf_left(r));
}

static void
redirected_build(struct wbuf *w, const struct nd *nd)
{
	const struct span *about = &nd->redirect.about;

	if (!about->len)
		return;
	if (about->len % 8 || about->len > 254 * 8) {
		w->bad = true;
		return;
	}
	head(w, ND_OPT_REDIRECTED, 1 + about->len / 8);
	wbuf_zero(w, 6);
	wbuf_put(w, about->p, about->len);
}

static void
redirected_print(const struct nd *nd, struct text *t)
{
	if (nd->redirect.about.len)
		text_line(t, 1, "about %zu octets", nd->redirect.about.len);
}

/* MTU, RFC 4861 4.6.4
 *
 *	|   Type = 5    |  Length = 1   |           Reserved            |
 *	|                              MTU                              |
 */
static void
mtu_parse(struct rbuf *r, struct nd *nd)
{
	rbuf_take(r, 2);
	nd->ra.mtu = rbuf_u32(r);
}

static void
mtu_build(struct wbuf *w, const struct nd *nd)
{
	if (!nd->ra.mtu)
		return;
	head(w, ND_OPT_MTU, 1);
	wbuf_u16(w, 0);
	wbuf_u32(w, nd->ra.mtu);
}

static void
mtu_print(const struct nd *nd, struct text *t)
{
	if (nd->ra.mtu)
		text_line(t, 1, "mtu %u", nd->ra.mtu);
}

/* Advertisement Interval, RFC 6275 7.3
 *
 *	|   Type = 7    |  Length = 1   |           Reserved            |
 *	|                    Advertisement Interval                     |
 */
static void
interval_parse(struct rbuf *r, struct nd *nd)
{
	rbuf_take(r, 2);
	nd->ra.adv_interval = rbuf_u32(r);
}

static void
interval_build(struct wbuf *w, const struct nd *nd)
{
	if (!nd->ra.adv_interval)
		return;
	head(w, ND_OPT_ADV_INTERVAL, 1);
	wbuf_u16(w, 0);
	wbuf_u32(w, nd->ra.adv_interval);
}

static void
interval_print(const struct nd *nd, struct text *t)
{
	if (nd->ra.adv_interval)
		text_line(t, 1, "advertisement-interval %ums",
			  nd->ra.adv_interval);
}

/* Home Agent Information, RFC 6275 7.4
 *
 *	|   Type = 8    |  Length = 1   |           Reserved            |
 *	|     Home Agent Preference     |      Home Agent Lifetime      |
 */
static void
ha_info_parse(struct rbuf *r, struct nd *nd)
{
	rbuf_take(r, 2);
	nd->ra.ha_preference = rbuf_u16(r);
	nd->ra.ha_lifetime = rbuf_u16(r);
	nd->ra.has_ha_info = true;
}

static void
ha_info_build(struct wbuf *w, const struct nd *nd)
{
	if (!nd->ra.has_ha_info)
		return;
	head(w, ND_OPT_HA_INFO, 1);
	wbuf_u16(w, 0);
	wbuf_u16(w, nd->ra.ha_preference);
	wbuf_u16(w, nd->ra.ha_lifetime);
}

static void
ha_info_print(const struct nd *nd, struct text *t)
{
	if (!nd->ra.has_ha_info)
		return;
	text_line(t, 1, "home-agent");
	text_line(t, 2, "preference %u", nd->ra.ha_preference);
	text_line(t, 2, "lifetime %us", nd->ra.ha_lifetime);
}

/* Nonce, RFC 3971 5.3.2, of the six octets that RFC 7527 sends
 *
 *	|   Type = 14   |  Length = 1   |            Nonce              |
 *	|                                                               |
 */
static void
nonce_parse(struct rbuf *r, struct nd *nd)
{
	memcpy(nd->ns.nonce, rbuf_take(r, 6), 6);
	nd->ns.has_nonce = true;
}

static void
nonce_build(struct wbuf *w, const struct nd *nd)
{
	if (!nd->ns.has_nonce)
		return;
	head(w, ND_OPT_NONCE, 1);
	wbuf_put(w, nd->ns.nonce, 6);
}

static void
nonce_print(const struct nd *nd, struct text *t)
{
	if (!nd->ns.has_nonce)
		return;
	text_add(t, "    nonce ");
	text_hex(t, (struct span){ nd->ns.nonce, 6 });
	text_add(t, "\n");
}

/* Route Information, RFC 4191 2.3
 *
 *	|   Type = 24   |    Length     | Prefix Length |Resvd|Prf|Resvd|
 *	|                        Route Lifetime                         |
 *	:                  Prefix (0, 8 or 16 octets)                   :
 */
static void
route_parse(struct rbuf *r, struct nd *nd)
{
	struct nd_ra *ra = &nd->ra;
	struct in6_addr a = { 0 };
	struct nd_route o;
	uint8_t len;
	size_t n;

	len = rbuf_u8(r);
	o.pref = nd_pref_of(rbuf_u8(r));
	o.lifetime = rbuf_u32(r);
	n = rbuf_left(r);
	if (len > 128 || n * 8 < len || ra->nroutes == ND_ROUTE_MAX)
		return;
	memcpy(&a, rbuf_take(r, n), n);
	o.prefix = prefix_of(&a, len);
	ra->route[ra->nroutes++] = o;
}

static void
route_build(struct wbuf *w, const struct nd *nd)
{
	for (unsigned i = 0; i < nd->ra.nroutes; i++) {
		const struct nd_route *o = &nd->ra.route[i];
		size_t n = o->prefix.len > 64 ? 16 : o->prefix.len ? 8 : 0;

		head(w, ND_OPT_ROUTE, 1 + n / 8);
		wbuf_u8(w, o->prefix.len);
		wbuf_u8(w, nd_pref_bits(o->pref));
		wbuf_u32(w, o->lifetime);
		wbuf_put(w, &o->prefix.addr, n);
	}
}

static void
route_print(const struct nd *nd, struct text *t)
{
	char s[PREFIX_STRLEN];

	for (unsigned i = 0; i < nd->ra.nroutes; i++) {
		const struct nd_route *o = &nd->ra.route[i];

		text_line(t, 1, "route %s", prefix_print(&o->prefix, s));
		text_line(t, 2, "preference %s", nd_pref_name(o->pref));
		lifetime_line(t, "lifetime", o->lifetime);
	}
}

/* Recursive DNS Server, RFC 8106 5.1
 *
 *	|   Type = 25   |    Length     |           Reserved            |
 *	|                           Lifetime                            |
 *	:             Addresses of IPv6 Recursive DNS Servers           :
 */
static void
rdnss_parse(struct rbuf *r, struct nd *nd)
{
	struct nd_rdnss *d = &nd->ra.rdnss;
	const unsigned room = sizeof(d->server) / sizeof(d->server[0]);
	uint32_t lifetime;

	rbuf_take(r, 2);
	lifetime = rbuf_u32(r);
	/* 5.3.1: whole addresses, or the option is discarded */
	if (rbuf_left(r) % 16 || d->n)
		return;
	d->lifetime = lifetime;
	while (rbuf_left(r) && d->n < room)
		d->server[d->n++] = rbuf_addr(r);
}

static void
rdnss_build(struct wbuf *w, const struct nd *nd)
{
	const struct nd_rdnss *d = &nd->ra.rdnss;

	if (!d->n)
		return;
	head(w, ND_OPT_RDNSS, 1 + 2 * d->n);
	wbuf_u16(w, 0);
	wbuf_u32(w, d->lifetime);
	for (unsigned i = 0; i < d->n; i++)
		wbuf_addr(w, &d->server[i]);
}

static void
rdnss_print(const struct nd *nd, struct text *t)
{
	const struct nd_rdnss *d = &nd->ra.rdnss;

	if (!d->n)
		return;
	text_line(t, 1, "rdnss");
	lifetime_line(t, "lifetime", d->lifetime);
	for (unsigned i = 0; i < d->n; i++) {
		text_add(t, "        server ");
		text_addr(t, &d->server[i]);
		text_add(t, "\n");
	}
}

/* DNS Search List, RFC 8106 5.2
 *
 *	|   Type = 31   |    Length     |           Reserved            |
 *	|                           Lifetime                            |
 *	:   Domain names (RFC 1035 3.1, not compressed), zero padding   :
 *
 * Kept as it is, padding included; a name that is none is the reader's to
 * refuse. */
static void
dnssl_parse(struct rbuf *r, struct nd *nd)
{
	struct nd_dnssl *d = &nd->ra.dnssl;

	rbuf_take(r, 2);
	if (d->names.len)
		return;
	d->lifetime = rbuf_u32(r);
	d->names = rbuf_span(r, rbuf_left(r));
}

static void
dnssl_build(struct wbuf *w, const struct nd *nd)
{
	const struct nd_dnssl *d = &nd->ra.dnssl;
	size_t pad = -d->names.len % 8;

	if (!d->names.len)
		return;
	if (d->names.len > 254 * 8) {
		w->bad = true;
		return;
	}
	head(w, ND_OPT_DNSSL, 1 + (d->names.len + pad) / 8);
	wbuf_u16(w, 0);
	wbuf_u32(w, d->lifetime);
	wbuf_put(w, d->names.p, d->names.len);
	wbuf_zero(w, pad);
}

/* One name a line; what is no name ends the list. */
static void
dnssl_print(const struct nd *nd, struct text *t)
{
	const struct nd_dnssl *d = &nd->ra.dnssl;
	struct rbuf r;
	uint8_t n;

	if (!d->names.len)
		return;
	r = rbuf_of(d->names.p, d->names.len);
	text_line(t, 1, "dnssl");
	lifetime_line(t, "lifetime", d->lifetime);
	while (!r.bad && rbuf_left(&r) && *r.p) {
		text_add(t, "        name ");
		while ((n = rbuf_u8(&r)) && !r.bad) {
			text_escape(t, rbuf_span(&r, n));
			text_add(t, ".");
		}
		text_add(t, r.bad ? " (cut off)\n" : "\n");
	}
}

#define RA	ND_MSG(ND_RA)

static const struct nd_opt_row rows[] = {
	[ND_OPT_SLL] = { "Source Link-Layer Address", 1, 2,
			 RA | ND_MSG(ND_RS) | ND_MSG(ND_NS),
			 sll_parse, sll_build, sll_print },
	[ND_OPT_TLL] = { "Target Link-Layer Address", 1, 2,
			 ND_MSG(ND_NA) | ND_MSG(ND_REDIRECT),
			 tll_parse, tll_build, tll_print },
	[ND_OPT_PIO] = { "Prefix Information", ND_PIO_UNITS, ND_PIO_UNITS, RA,
			 pio_parse, pio_build, pio_print },
	[ND_OPT_REDIRECTED] = { "Redirected Header", 2, 255,
				ND_MSG(ND_REDIRECT), redirected_parse,
				redirected_build, redirected_print },
	[ND_OPT_MTU] = { "MTU", 1, 1, RA, mtu_parse, mtu_build, mtu_print },
	[ND_OPT_ADV_INTERVAL] = { "Advertisement Interval", 1, 1, RA,
				  interval_parse, interval_build,
				  interval_print },
	[ND_OPT_HA_INFO] = { "Home Agent Information", 1, 1, RA,
			     ha_info_parse, ha_info_build, ha_info_print },
	[ND_OPT_NONCE] = { "Nonce", 1, 1, ND_MSG(ND_NS),
			   nonce_parse, nonce_build, nonce_print },
	[ND_OPT_ROUTE] = { "Route Information", 1, 3, RA,
			   route_parse, route_build, route_print },
	[ND_OPT_RDNSS] = { "Recursive DNS Server", 3, 255, RA,
			   rdnss_parse, rdnss_build, rdnss_print },
	[ND_OPT_DNSSL] = { "DNS Search List", 2, 255, RA,
			   dnssl_parse, dnssl_build, dnssl_print },
};

#define NROWS	(sizeof(rows) / sizeof(rows[0]))

const struct nd_opt_row *
nd_opt_row(uint8_t type)
{
	return type < NROWS && rows[type].name ? &rows[type] : NULL;
}

void
nd_build_options(struct wbuf *w, const struct nd *nd, bool unspec)
{
	for (unsigned i = 0; i < NROWS; i++) {
		if (!rows[i].name || !(rows[i].msgs & ND_MSG(nd->type)))
			continue;
		/* RFC 4861 4.1, 4.3: not with an unspecified source */
		if (i == ND_OPT_SLL && unspec)
			continue;
		rows[i].build(w, nd);
	}
}

void
nd_print_options(const struct nd *nd, struct text *t)
{
	for (unsigned i = 0; i < NROWS; i++)
		if (rows[i].name && rows[i].msgs & ND_MSG(nd->type))
			rows[i].print(nd, t);
}
