/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mh.c - the walk over a Mobility Header, both ways.
 *
 * What is common to all messages and options stands here: the checks of
 * RFC 6275 section 9.2 in their order, TLV lengths, alignment and padding,
 * and the few rules about the order of options.  What is in a message is
 * in mh_msg.c, what is in an option in mopt*.c, each behind a table row.
 *
 *	 0                   1                   2                   3
 *	+---------------+---------------+---------------+---------------+
 *	| Payload Proto |  Header Len   |   MH Type     |   Reserved    |
 *	+---------------+---------------+---------------+---------------+
 *	|           Checksum            |  message, options ...
 *	+---------------+---------------+
 *
 * A receiver does not insist on the alignment of options or on zeros in
 * padding and reserved fields: the RFC asks senders alone for them.
 */
#include "wire/row.h"

#define OFF_PROTO	0
#define OFF_LEN		1
#define OFF_TYPE	2
#define OFF_CHECKSUM	4
#define HEAD_LEN	6

const struct mopt *
mh_opt(const struct mh *m, uint8_t type)
{
	for (unsigned i = 0; i < m->nopts; i++)
		if (m->opt[i].type == type)
			return &m->opt[i];
	return NULL;
}

bool
mh_defines(uint8_t mh_type, uint8_t opt_type)
{
	const struct mopt_row *row = mopt_row(opt_type);

	return !row || mh_type >= 32 || row->msgs & MSG(mh_type);
}

struct mopt *
mh_add(struct mh *m, uint8_t type)
{
	struct mopt *o;

	if (m->nopts >= MH_OPTS_MAX)
		return NULL;
	o = &m->opt[m->nopts++];
	*o = (struct mopt){ .type = type };
	return o;
}

/* An authentication option of the same subtype in front of `o'? */
static bool
auth_is_repeated(const struct mh *m, const struct mopt *o)
{
	for (const struct mopt *p = m->opt; p < o; p++)
		if (p->type == MOPT_AUTH && p->auth.subtype == o->auth.subtype)
			return true;
	return false;
}

/* RFC 4866 5.1: CGA Parameters options follow one another directly, and all
 * but the last are full.  Is `o' one that does not continue the others? */
static bool
cga_is_torn(const struct mh *m, const struct mopt *o)
{
	const struct mopt *first = mh_opt(m, MOPT_CGA);

	if (first == o)
		return false;
	return o[-1].type != MOPT_CGA || o[-1].len != UINT8_MAX;
}

/* The first option that stands where its RFC forbids it, or NULL; the
 * parser has refused repeated ones before.
 *
 *   RFC 6275 6.2	Binding Authorization Data is last, without padding
 *   RFC 4283 3.2	MN-ID in front of any authentication option
 *   RFC 5149 3		so Service Selection
 *   RFC 5568 6.4.5	Binding Authorization Data for FMIPv6 is last
 *   RFC 4285 5		one authentication option of a subtype; MN-HA in
 *			front of MN-AAA
 *   RFC 4285 5.1	MN-HA last when it is the only one (Binding
 *			Authorization Data, last by RFC 6275, is another)
 *   RFC 4285 5.2	MN-AAA last
 *   RFC 4866 5.1	CGA Parameters in one piece
 *
 * Padding behind the RFC 4285 options is let pass: the length that they
 * have together with an alignment of 4n+1 may make it unavoidable. */
static const struct mopt *
find_misplaced(const struct mh *m)
{
	const struct mopt *end = m->opt + m->nopts;
	unsigned auths = 0;
	bool authorized = false, aaa = false;

	for (const struct mopt *o = m->opt; o < end; o++)
		auths += o->type == MOPT_AUTH;
	for (const struct mopt *o = m->opt; o < end; o++) {
		bool last = o + 1 == end;

		switch (o->type) {
		case MOPT_AUTH_DATA:
			if (!last || o->off + 2U + o->len != m->len)
				return o;
			break;
		case MOPT_BADF:
			if (!last)
				return o;
			break;
		case MOPT_CGA:
			if (cga_is_torn(m, o))
				return o;
			break;
		case MOPT_MNID:
		case MOPT_SERVICE:
			if (authorized)
				return o;
			break;
		case MOPT_AUTH:
			authorized = true;
			if (auth_is_repeated(m, o))
				return o;
			if (o->auth.subtype == MOPT_AUTH_MNHA &&
			    (aaa || (auths == 1 && !last &&
				     o[1].type != MOPT_AUTH_DATA)))
				return o;
			if (o->auth.subtype == MOPT_AUTH_MNAAA) {
				aaa = true;
				if (!last)
					return o;
			}
			break;
		}
	}
	return NULL;
}

static bool
length_is_legal(const struct mopt_row *row, size_t len)
{
	if (len < row->min || len > row->max)
		return false;
	return row->step < 2 || (len - row->min) % row->step == 0;
}

/* One option, padding included, off the cursor. */
static int
parse_option(struct rbuf *r, struct mh *m, struct wire_error *err)
{
	size_t at = rbuf_off(r);
	const struct mopt_row *row;
	enum wire_fault fault;
	struct rbuf data;
	struct mopt *o;
	uint8_t type, len;

	type = rbuf_u8(r);
	if (type == MOPT_PAD1)
		return 0;
	if (!rbuf_left(r))
		return wire_fail(err, WIRE_OPT_LENGTH, at);
	len = rbuf_u8(r);
	if (rbuf_left(r) < len)
		return wire_fail(err, WIRE_OPT_LENGTH, at + 1);
	data = rbuf_sub(r, len);
	if (type == MOPT_PADN)
		return 0;
	if (m->nopts >= MH_OPTS_MAX)
		return wire_fail(err, WIRE_OPT_TOO_MANY, at);
	o = &m->opt[m->nopts];
	o->type = type;
	o->len = len;
	o->off = (uint16_t)at;
	row = mopt_row(type);
	if (!row) {
		o->raw = rbuf_span(&data, len);
		m->nopts++;
		return 0;
	}
	if (!length_is_legal(row, len))
		return wire_fail(err, WIRE_OPT_LENGTH, at + 1);
	if (row->once && mh_opt(m, type))
		return wire_fail(err, WIRE_OPT_MISPLACED, at);
	fault = row->parse(&data, o);
	if (fault)
		return wire_fail(err, fault, at + 2 + rbuf_off(&data));
	m->nopts++;
	return 0;
}

/* RFC 6275 9.2, in its order.  A Header Len beyond the bytes comes first:
 * without the bytes there is no checksum to verify. */
static int
check_head(const uint8_t *p, size_t len, const struct in6_addr *src,
	   const struct in6_addr *dst, uint32_t known, struct mh *m,
	   struct wire_error *err)
{
	const struct mh_row *row;

	if (len <= OFF_TYPE + 1)
		return wire_fail(err, WIRE_TRUNCATED, len);
	m->type = p[OFF_TYPE];
	m->len = (uint16_t)((p[OFF_LEN] + 1) * 8);
	m->nopts = 0;
	if (len < m->len)
		return wire_fail(err, WIRE_TRUNCATED, len);
	if (src && wire_checksum(src, dst, IPPROTO_MOBILITY, p, m->len))
		return wire_fail(err, WIRE_CHECKSUM, OFF_CHECKSUM);
	row = mh_row(m->type);
	if (!row || !(known & MH_KNOW(m->type)))
		return wire_fail(err, WIRE_MH_TYPE, OFF_TYPE);
	if (p[OFF_PROTO] != IPPROTO_NONE)
		return wire_fail(err, WIRE_PROTO, OFF_PROTO);
	if (m->len < row->fixed)
		return wire_fail(err, WIRE_TOO_SHORT, OFF_LEN);
	return 0;
}

int
mh_parse_known(const uint8_t *p, size_t len, const struct in6_addr *src,
	       const struct in6_addr *dst, uint32_t known, struct mh *ret,
	       struct wire_error *err)
{
	enum wire_fault fault;
	const struct mopt *o;
	struct rbuf r;
	int rc;

	rc = check_head(p, len, src, dst, known, ret, err);
	if (rc)
		return rc;
	r = rbuf_of(p, ret->len);
	rbuf_take(&r, HEAD_LEN);
	fault = mh_row(ret->type)->parse(&r, ret);
	if (fault)
		return wire_fail(err, fault, fault == WIRE_TOO_SHORT ?
				 OFF_LEN : rbuf_off(&r));
	while (rbuf_left(&r)) {
		rc = parse_option(&r, ret, err);
		if (rc)
			return rc;
	}
	o = find_misplaced(ret);
	return o ? wire_fail(err, WIRE_OPT_MISPLACED, o->off) : 0;
}

/* Pad1 for one octet, PadN for more (RFC 6275 6.2.2, 6.2.3). */
static void
build_padding(struct wbuf *w, size_t n)
{
	if (n == 0)
		return;
	if (n == 1) {
		wbuf_u8(w, MOPT_PAD1);
		return;
	}
	wbuf_u8(w, MOPT_PADN);
	wbuf_u8(w, (uint8_t)(n - 2));
	wbuf_zero(w, n - 2);
}

/* The option in [at, end of w) shall end on a multiple of 8, so that
 * nothing has to follow it: move it up by what is missing, if its alignment
 * allows that.  Returns by how much. */
static size_t
move_to_end(struct wbuf *w, size_t base, size_t at, uint8_t align)
{
	size_t end = wbuf_len(w), gap = -(end - base) % 8;

	if (w->bad || gap == 0 || (align && gap % align) ||
	    !wbuf_take(w, gap))
		return 0;
	memmove(w->base + at + gap, w->base + at, end - at);
	return gap;
}

/* An option that is not in the table.  Its alignment is not known, but where
 * it stood when it was parsed is: any alignment (at most 8n+y) holds there. */
static int
build_raw(struct wbuf *w, size_t base, struct mopt *o)
{
	if (o->type <= MOPT_PADN || o->raw.len > UINT8_MAX)
		return -EINVAL;
	if (o->off)
		build_padding(w, (o->off - (wbuf_len(w) - base)) % 8);
	o->off = (uint16_t)(wbuf_len(w) - base);
	o->len = (uint8_t)o->raw.len;
	wbuf_u8(w, o->type);
	wbuf_u8(w, o->len);
	wbuf_put(w, o->raw.p, o->raw.len);
	return 0;
}

static int
build_option(struct wbuf *w, size_t base, struct mopt *o, bool last)
{
	const struct mopt_row *row = mopt_row(o->type);
	size_t start = wbuf_len(w), pad = 0, at, len;
	uint8_t align, shift;
	struct wbuf gap;

	if (!row)
		return build_raw(w, base, o);
	align = row->align;
	shift = row->shift;
	if (row->place)
		row->place(o, &align, &shift);
	if (align)
		pad = (align + shift - (start - base) % align) % align;
	wbuf_take(w, pad);
	at = start + pad;
	wbuf_u8(w, o->type);
	wbuf_u8(w, 0);
	if (!row->build(w, o))
		return -EINVAL;
	if (w->bad)
		return 0;
	len = wbuf_len(w) - at - 2;
	if (len > UINT8_MAX || !length_is_legal(row, len))
		return -EINVAL;
	w->base[at + 1] = (uint8_t)len;
	if (last && row->last)
		pad += move_to_end(w, base, at, align);
	gap = wbuf_of(w->base + start, pad);
	build_padding(&gap, pad);
	o->off = (uint16_t)(start + pad - base);
	o->len = (uint8_t)len;
	return 0;
}

static bool
is_repeated(const struct mh *m, const struct mopt *o)
{
	const struct mopt_row *row = mopt_row(o->type);

	return row && row->once && mh_opt(m, o->type) != o;
}

/* Everything behind the checksum. */
static int
build_inside(struct mh *m, struct wbuf *w, size_t base)
{
	const struct mh_row *row = mh_row(m->type);
	size_t pad;
	int rc;

	if (!row) {
		wbuf_put(w, m->body.p, m->body.len);
		return (HEAD_LEN + m->body.len) % 8 || m->nopts ? -EINVAL : 0;
	}
	if (!row->build(w, m) || m->nopts > MH_OPTS_MAX)
		return -EINVAL;
	if (row->opaque)
		return (wbuf_len(w) - base) % 8 || m->nopts ? -EINVAL : 0;
	for (unsigned i = 0; i < m->nopts; i++) {
		if (is_repeated(m, &m->opt[i]))
			return -EINVAL;
		rc = build_option(w, base, &m->opt[i], i + 1 == m->nopts);
		if (rc)
			return rc;
	}
	pad = -(wbuf_len(w) - base) % 8;
	build_padding(w, pad);
	return 0;
}

int
mh_build(struct mh *m, struct wbuf *w)
{
	size_t base = wbuf_len(w), len;
	int rc;

	if (w->bad)
		return -ENOSPC;
	wbuf_u8(w, IPPROTO_NONE);
	wbuf_u8(w, 0);
	wbuf_u8(w, m->type);
	wbuf_u8(w, 0);
	wbuf_u16(w, 0);
	rc = build_inside(m, w, base);
	if (!rc && w->bad)
		rc = -ENOSPC;
	len = wbuf_len(w) - base;
	if (!rc && len > MH_LEN_MAX)
		rc = -EINVAL;
	if (!rc) {
		m->len = (uint16_t)len;
		if (mh_row(m->type) && find_misplaced(m))
			rc = -EINVAL;
	}
	if (rc) {
		w->p = w->base + base;	/* nothing was appended */
		return rc;
	}
	w->base[base + OFF_LEN] = (uint8_t)(len / 8 - 1);
	return 0;
}

void
mh_seal(uint8_t *p, size_t len, const struct in6_addr *src,
	const struct in6_addr *dst)
{
	struct wbuf w = wbuf_of(p + OFF_CHECKSUM, 2);
	uint16_t sum;

	wbuf_u16(&w, 0);
	sum = wire_checksum(src, dst, IPPROTO_MOBILITY, p, len);
	w = wbuf_of(p + OFF_CHECKSUM, 2);
	wbuf_u16(&w, sum);
}
