/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * icmp.c - ICMPv6 messages that are not Neighbor Discovery, as a table.
 *
 * Their hop limit does not matter, and they travel with Home Address
 * options and type 2 routing headers, so they are built behind whatever
 * headers the caller has started.  Boxes show a message from its type on.
 */
#include "wire/icmp.h"
#include "wire/nd_opt.h"
#include "wire/print.h"

#define ICMP_LEN	4	/* type, code, checksum */
#define OFF_CODE	1
#define OFF_CHECKSUM	2
#define ADDR_LEN	16

/* Errors, RFC 4443 section 3
 *
 *	|     Type      |     Code      |          Checksum             |
 *	|                    Unused, MTU or Pointer                     |
 *	:       As much of the packet as fits the minimum MTU           :
 */
static int
error_parse(struct rbuf *r, struct icmp *m, struct wire_error *err)
{
	m->error.param = rbuf_u32(r);
	if (m->type == ICMP_UNREACHABLE || m->type == ICMP_TIME_EXCEEDED)
		m->error.param = 0;
	m->error.about = rbuf_span(r, rbuf_left(r));
	return 0;
}

static bool
error_build(struct wbuf *w, const struct icmp *m)
{
	wbuf_u32(w, m->error.param);
	wbuf_put(w, m->error.about.p, m->error.about.len);
	return true;
}

static void
error_print(const struct icmp *m, struct text *t)
{
	text_line(t, 1, "code %u", m->code);
	if (m->type == ICMP_TOO_BIG)
		text_line(t, 1, "mtu %u", m->error.param);
	if (m->type == ICMP_PARAM_PROBLEM)
		text_line(t, 1, "pointer %u", m->error.param);
	text_line(t, 1, "about %zu octets", m->error.about.len);
}

static void
error_summary(const struct icmp *m, struct text *t)
{
	text_add(t, " code=%u", m->code);
	if (m->type == ICMP_TOO_BIG)
		text_add(t, " mtu=%u", m->error.param);
	if (m->type == ICMP_PARAM_PROBLEM)
		text_add(t, " pointer=%u", m->error.param);
}

/* Home Agent Address Discovery Request and Reply, RFC 6275 6.5, 6.6, with
 * the flag of RFC 3963 section 7
 *
 *	|     Type      |     Code      |          Checksum             |
 *	|          Identifier           |R|          Reserved           |
 *	:              Home Agent Addresses (reply alone)               :
 */
static const struct flag_name haad_flags[] = {
	{ ICMP_HAAD_R, "R", "router" },
	{ 0 }
};

static int
haad_parse(struct rbuf *r, struct icmp *m, struct wire_error *err)
{
	size_t whole;

	m->haad.id = rbuf_u16(r);
	m->haad.flags = rbuf_u16(r) & ICMP_HAAD_R;
	m->haad.agents = (struct span){ 0 };
	if (m->type == ICMP_HAAD_REQUEST)
		return 0;
	whole = rbuf_left(r) - rbuf_left(r) % ADDR_LEN;
	/* 6.6: their number is what the length says; half an address lies */
	if (whole != rbuf_left(r))
		return wire_fail(err, WIRE_TRUNCATED,
				 rbuf_off(r) + rbuf_left(r));
	m->haad.agents = rbuf_span(r, whole);
	return 0;
}

static bool
haad_build(struct wbuf *w, const struct icmp *m)
{
	wbuf_u16(w, m->haad.id);
	wbuf_u16(w, m->haad.flags & ICMP_HAAD_R);
	if (m->type == ICMP_HAAD_REQUEST)
		return m->haad.agents.len == 0;
	wbuf_put(w, m->haad.agents.p, m->haad.agents.len);
	return m->haad.agents.len % ADDR_LEN == 0;
}

static void
haad_print(const struct icmp *m, struct text *t)
{
	struct in6_addr a;
	struct rbuf r;

	text_line(t, 1, "id %u", m->haad.id);
	text_line_letters(t, 1, "flags", m->haad.flags, haad_flags);
	if (!m->haad.agents.len)
		return;
	r = rbuf_of(m->haad.agents.p, m->haad.agents.len);
	while (rbuf_left(&r)) {
		a = rbuf_addr(&r);
		text_line_addr(t, 1, "home-agent", &a);
	}
}

static void
haad_summary(const struct icmp *m, struct text *t)
{
	text_add(t, " id=%u", m->haad.id);
	if (m->type == ICMP_HAAD_REPLY)
		text_add(t, " agents=%zu", m->haad.agents.len / ADDR_LEN);
	text_words(t, m->haad.flags, haad_flags);
}

/* Mobile Prefix Solicitation and Advertisement, RFC 6275 6.7, 6.8; options
 * are those of Neighbor Discovery, and Prefix Information alone counts
 *
 *	|     Type      |     Code      |          Checksum             |
 *	|          Identifier           |M|O|        Reserved           |
 *	:   Options                                                     :
 */
#define PREFIX_FLAGS	(ICMP_PREFIX_M | ICMP_PREFIX_O)

static const struct flag_name prefix_flags[] = {
	{ ICMP_PREFIX_M, "M", "managed" },
	{ ICMP_PREFIX_O, "O", "other" },
	{ 0 }
};

static int
prefix_parse_msg(struct rbuf *r, struct icmp *m, struct wire_error *err)
{
	bool adv = m->type == ICMP_PREFIX_ADV;
	uint8_t type, units;
	struct rbuf data;

	m->prefix.id = rbuf_u16(r);
	m->prefix.flags = rbuf_u16(r) & (adv ? PREFIX_FLAGS : 0);
	m->prefix.npios = 0;
	while (rbuf_left(r)) {
		size_t at = rbuf_off(r);

		type = rbuf_u8(r);
		if (!rbuf_left(r))
			return wire_fail(err, WIRE_OPT_LENGTH, at);
		units = rbuf_u8(r);
		if (units == 0 || rbuf_left(r) < units * 8U - 2)
			return wire_fail(err, WIRE_OPT_LENGTH, at + 1);
		data = rbuf_sub(r, units * 8U - 2);
		if (adv && type == ND_OPT_PIO && units == ND_PIO_UNITS &&
		    m->prefix.npios < ND_PIO_MAX &&
		    nd_pio_parse(&data, &m->prefix.pio[m->prefix.npios]))
			m->prefix.npios++;
	}
	return 0;
}

static bool
prefix_build(struct wbuf *w, const struct icmp *m)
{
	bool adv = m->type == ICMP_PREFIX_ADV;

	if (m->prefix.npios > (adv ? ND_PIO_MAX : 0))
		return false;
	wbuf_u16(w, m->prefix.id);
	wbuf_u16(w, m->prefix.flags & (adv ? PREFIX_FLAGS : 0));
	for (unsigned i = 0; i < m->prefix.npios; i++)
		nd_pio_build(w, &m->prefix.pio[i]);
	return true;
}

static void
prefix_print_msg(const struct icmp *m, struct text *t)
{
	text_line(t, 1, "id %u", m->prefix.id);
	if (m->type == ICMP_PREFIX_ADV)
		text_line_letters(t, 1, "flags", m->prefix.flags,
				  prefix_flags);
	for (unsigned i = 0; i < m->prefix.npios; i++)
		nd_pio_print(&m->prefix.pio[i], t);
}

static void
prefix_summary(const struct icmp *m, struct text *t)
{
	text_add(t, " id=%u", m->prefix.id);
	for (unsigned i = 0; i < m->prefix.npios; i++) {
		text_add(t, " prefix=");
		text_addr(t, &m->prefix.pio[i].prefix);
		text_add(t, "/%u", m->prefix.pio[i].len);
	}
	text_words(t, m->prefix.flags, prefix_flags);
}

#define ERROR	error_parse, error_build, error_print, error_summary
#define HAAD	haad_parse, haad_build, haad_print, haad_summary
#define PREFIX	prefix_parse_msg, prefix_build, prefix_print_msg, prefix_summary

/* Every message has eight octets in front of what varies. */
#define FIXED	8

static const struct icmp_row {
	uint8_t		type;
	const char	*name, *title;
	bool		any_code;
	int		(*parse)(struct rbuf *, struct icmp *,
				 struct wire_error *);
	bool		(*build)(struct wbuf *, const struct icmp *);
	void		(*print)(const struct icmp *, struct text *);
	void		(*summary)(const struct icmp *, struct text *);
} rows[] = {
	{ ICMP_UNREACHABLE, "UNREACH", "Destination Unreachable", true,
	  ERROR },
	{ ICMP_TOO_BIG, "TOOBIG", "Packet Too Big", true, ERROR },
	{ ICMP_TIME_EXCEEDED, "TIMEX", "Time Exceeded", true, ERROR },
	{ ICMP_PARAM_PROBLEM, "PARAM", "Parameter Problem", true, ERROR },
	{ ICMP_HAAD_REQUEST, "HAADReq",
	  "Home Agent Address Discovery Request", false, HAAD },
	{ ICMP_HAAD_REPLY, "HAADRep",
	  "Home Agent Address Discovery Reply", false, HAAD },
	{ ICMP_PREFIX_SOL, "MPS", "Mobile Prefix Solicitation", false,
	  PREFIX },
	{ ICMP_PREFIX_ADV, "MPA", "Mobile Prefix Advertisement", false,
	  PREFIX },
};

static const struct icmp_row *
icmp_row(uint8_t type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

int
icmp_parse(const uint8_t *p, size_t len, const struct in6_addr *src,
	   const struct in6_addr *dst, struct icmp *ret,
	   struct wire_error *err)
{
	const struct icmp_row *row;
	struct rbuf r;

	if (!len)
		return wire_fail(err, WIRE_TRUNCATED, 0);
	row = icmp_row(p[0]);
	if (!row)
		return -EPROTONOSUPPORT;
	if (len < ICMP_LEN)
		return wire_fail(err, WIRE_TRUNCATED, len);
	if (wire_checksum(src, dst, IPPROTO_ICMPV6, p, len))
		return wire_fail(err, WIRE_CHECKSUM, OFF_CHECKSUM);
	if (p[OFF_CODE] && !row->any_code)
		return wire_fail(err, WIRE_VALUE, OFF_CODE);
	if (len < FIXED)
		return wire_fail(err, WIRE_TRUNCATED, len);
	ret->type = p[0];
	ret->code = p[OFF_CODE];
	r = rbuf_of(p, len);
	rbuf_take(&r, ICMP_LEN);
	return row->parse(&r, ret, err);
}

int
icmp_build(const struct icmp *m, struct wbuf *w)
{
	const struct icmp_row *row = icmp_row(m->type);
	uint8_t *start = w->p;

	if (!row || (m->code && !row->any_code))
		return -EINVAL;
	wbuf_u8(w, m->type);
	wbuf_u8(w, m->code);
	wbuf_u16(w, 0);
	if (!row->build(w, m)) {
		w->p = start;		/* nothing was appended */
		return -EINVAL;
	}
	return w->bad ? -ENOSPC : 0;
}

void
icmp_seal(uint8_t *p, size_t len, const struct in6_addr *src,
	  const struct in6_addr *dst)
{
	struct wbuf w = wbuf_of(p, len);

	wbuf_take(&w, len);
	wbuf_patch_u16(&w, OFF_CHECKSUM, 0);
	wbuf_patch_u16(&w, OFF_CHECKSUM,
		       wire_checksum(src, dst, IPPROTO_ICMPV6, p, len));
}

size_t
print_icmp_summary(const struct icmp *m, char *buf, size_t cap)
{
	const struct icmp_row *row = icmp_row(m->type);
	struct text t = text_of(buf, cap);

	if (!row) {
		text_add(&t, "ICMPv6 type=%u", m->type);
		return t.len;
	}
	text_add(&t, "%s", row->name);
	row->summary(m, &t);
	return t.len;
}

void
icmp_print(const struct icmp *m, struct text *t)
{
	const struct icmp_row *row = icmp_row(m->type);

	text_line(t, 0, "%s %s", row->name, row->title);
	row->print(m, t);
}
