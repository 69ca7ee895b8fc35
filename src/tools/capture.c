/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.c - packets out of a capture file.
 *
 * pcap (the classic format in either byte order, micro- or nanoseconds) and
 * pcapng are walked block by block; nothing in a length is believed before
 * it is compared with a bound.  The file may be anybody's.
 */
#include "tools/capture.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#define BLOCK_MAX	(1U << 20)	/* of one packet or pcapng block */
#define INTERFACES	64

enum kind { KIND_NONE, KIND_PCAP, KIND_NG, KIND_HEX };

enum link {				/* tcpdump.org link-layer types */
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW_BSD = 12,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

struct capture {
	FILE		*in;
	enum kind	kind;
	bool		swapped;	/* numbers are little endian */
	uint32_t	per_usec;	/* ticks of a pcap time; 1 or 1000 */
	uint16_t	link[INTERFACES];
	uint64_t	ticks[INTERFACES];	/* in a second */
	unsigned	nlinks;
	uint8_t		head[4];	/* read to find out the kind */
	size_t		nhead;
	uint8_t		*block;		/* BLOCK_MAX octets */
	bool		started;
	uint64_t	first;		/* usec of the first packet */
	uint32_t	number, passed;
	char		error[96];
};

static int fail(struct capture *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int
fail(struct capture *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->error, sizeof(c->error), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static uint16_t
get_u16(const struct capture *c, struct rbuf *r)
{
	uint16_t v = rbuf_u16(r);

	return c->swapped ? (uint16_t)(v << 8 | v >> 8) : v;
}

static uint32_t
get_u32(const struct capture *c, struct rbuf *r)
{
	uint32_t v = rbuf_u32(r);

	if (!c->swapped)
		return v;
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

/* Octets of the stream, those of `head' first. */
static size_t
take(struct capture *c, uint8_t *to, size_t n)
{
	size_t old = c->nhead < n ? c->nhead : n;

	memcpy(to, c->head, old);
	memmove(c->head, c->head + old, c->nhead - old);
	c->nhead -= old;
	return old + fread(to + old, 1, n - old, c->in);
}

struct capture *
capture_open(FILE *in)
{
	struct capture *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->in = in;
	c->block = malloc(BLOCK_MAX);
	if (!c->block)
		return capture_close(c);
	return c;
}

struct capture *
capture_close(struct capture *c)
{
	if (c) {
		free(c->block);
		free(c);
	}
	return NULL;
}

const char *
capture_error(const struct capture *c)
{
	return c->error;
}

uint32_t
capture_passed_over(const struct capture *c)
{
	return c->passed;
}

/* --- link layers --------------------------------------------------------- */

#define TYPE_IPV6	0x86dd
#define TYPE_VLAN	0x8100
#define TYPE_QINQ	0x88a8

/* Behind the EtherType at the cursor: IPv6, with VLAN tags taken off? */
static bool
behind_type(struct rbuf *r)
{
	uint16_t type = rbuf_u16(r);

	while (!r->bad && (type == TYPE_VLAN || type == TYPE_QINQ)) {
		rbuf_take(r, 2);
		type = rbuf_u16(r);
	}
	return !r->bad && type == TYPE_IPV6;
}

/* Move the cursor to the IPv6 header; false when there is none. */
static bool
strip_link(unsigned link, struct rbuf *r)
{
	switch (link) {
	case LINK_ETHERNET:
		rbuf_take(r, 12);
		return behind_type(r);
	case LINK_SLL:
		rbuf_take(r, 14);
		return behind_type(r);
	case LINK_SLL2:
		if (!behind_type(r))
			return false;
		return rbuf_take(r, 18);
	case LINK_NULL:
	case LINK_LOOP:
		if (!rbuf_take(r, 4))
			return false;
		break;
	case LINK_RAW_BSD:
	case LINK_RAW:
	case LINK_IPV6:
		break;
	default:
		return false;
	}
	return rbuf_left(r) && *r->p >> 4 == 6;
}

static bool
link_known(unsigned link)
{
	static const uint16_t known[] = {
		LINK_NULL, LINK_ETHERNET, LINK_RAW_BSD, LINK_RAW, LINK_LOOP,
		LINK_SLL, LINK_IPV6, LINK_SLL2,
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == link)
			return true;
	return false;
}

/* A captured frame: 1 with *ret filled, 0 when it is passed over. */
static int
deliver(struct capture *c, unsigned link, uint64_t usec, struct rbuf r,
	struct capture_packet *ret)
{
	c->number++;
	if (!c->started) {
		c->started = true;
		c->first = usec;
	}
	if (!strip_link(link, &r)) {
		c->passed++;
		return 0;
	}
	ret->usec = usec > c->first ? usec - c->first : 0;
	ret->number = c->number;
	ret->data = (struct span){ r.p, rbuf_left(&r) };
	return 1;
}

/* --- pcap ----------------------------------------------------------------- */

static int
open_pcap(struct capture *c)
{
	struct rbuf r;

	if (take(c, c->block, 20) != 20)
		return fail(c, "the header is cut off");
	r = rbuf_of(c->block, 20);
	rbuf_take(&r, 16);
	/* the upper bits say how long a frame check sequence is */
	c->link[0] = (uint16_t)get_u32(c, &r);
	if (!link_known(c->link[0]))
		return fail(c, "link-layer type %u is not known", c->link[0]);
	c->kind = KIND_PCAP;
	return 0;
}

static int
next_pcap(struct capture *c, struct capture_packet *ret)
{
	uint32_t sec, frac, len;
	struct rbuf r;
	size_t n;

	n = take(c, c->block, 16);
	if (n == 0)
		return 0;
	r = rbuf_of(c->block, n);
	sec = get_u32(c, &r);
	frac = get_u32(c, &r);
	len = get_u32(c, &r);
	if (n < 16)
		return fail(c, "packet %u: its header is cut off",
			    c->number + 1);
	if (len > BLOCK_MAX)
		return fail(c, "packet %u: %u octets are more than any packet",
			    c->number + 1, len);
	n = take(c, c->block, len);
	if (n < len)
		return fail(c, "packet %u: cut off after %zu of %u octets",
			    c->number + 1, n, len);
	return deliver(c, c->link[0],
		       (uint64_t)sec * 1000000 + frac / c->per_usec,
		       rbuf_of(c->block, len), ret) ? 1 : -EAGAIN;
}

/* --- pcapng --------------------------------------------------------------- */

enum {
	NG_SECTION = 0x0a0d0d0a,
	NG_INTERFACE = 1,
	NG_SIMPLE = 3,
	NG_ENHANCED = 6,
};

#define NG_ORDER	0x1a2b3c4d
#define NG_TSRESOL	9		/* option of an interface */

/* Ticks of a second, from the if_tsresol option: 10^-n, or 2^-n with the
 * top bit. */
static uint64_t
ticks_of(uint8_t resolution)
{
	uint64_t ticks = 1;
	uint8_t n = resolution & 0x7f;

	if (resolution & 0x80)
		return n < 63 ? 1ULL << n : 0;
	if (n > 18)
		return 0;
	while (n--)
		ticks *= 10;
	return ticks;
}

static int
ng_interface(struct capture *c, struct rbuf *r)
{
	uint16_t link = get_u16(c, r), code, len;
	uint64_t ticks = 1000000;
	struct rbuf o;

	rbuf_take(r, 6);
	while (rbuf_left(r) >= 4) {
		code = get_u16(c, r);
		len = get_u16(c, r);
		if (rbuf_left(r) < len)
			break;
		o = rbuf_of(r->p, len);
		rbuf_take(r, len);
		rbuf_take(r, -(size_t)len % 4);
		if (code == NG_TSRESOL && len == 1)
			ticks = ticks_of(rbuf_u8(&o));
	}
	if (c->nlinks == INTERFACES)
		return fail(c, "more than %d interfaces", INTERFACES);
	c->link[c->nlinks] = link;
	c->ticks[c->nlinks++] = ticks ? ticks : 1000000;
	return -EAGAIN;
}

static int
ng_enhanced(struct capture *c, struct rbuf *r, struct capture_packet *ret)
{
	uint32_t iface = get_u32(c, r), len;
	uint64_t time = get_u32(c, r), ticks;

	time = time << 32 | get_u32(c, r);
	len = get_u32(c, r);
	rbuf_take(r, 4);
	if (r->bad || len > rbuf_left(r) || iface >= c->nlinks)
		return fail(c, "packet %u: its block is damaged",
			    c->number + 1);
	ticks = c->ticks[iface];
	time = time / ticks * 1000000 + time % ticks * 1000000 / ticks;
	return deliver(c, c->link[iface], time, rbuf_of(r->p, len), ret) ?
		1 : -EAGAIN;
}

static int
ng_simple(struct capture *c, struct rbuf *r, struct capture_packet *ret)
{
	uint32_t len = get_u32(c, r);

	if (r->bad || !c->nlinks)
		return fail(c, "packet %u: its block is damaged",
			    c->number + 1);
	if (len > rbuf_left(r))
		len = (uint32_t)rbuf_left(r);
	return deliver(c, c->link[0], 0, rbuf_of(r->p, len), ret) ?
		1 : -EAGAIN;
}

/* A section says in its third word in which order its numbers are, the
 * length in front of it included. */
static int
ng_section(struct capture *c, const uint8_t raw_len[4], uint32_t *ret_len)
{
	struct rbuf r;
	uint32_t order;

	if (take(c, c->block, 4) != 4)
		return fail(c, "a section header is cut off");
	c->swapped = false;
	r = rbuf_of(c->block, 4);
	order = get_u32(c, &r);
	c->swapped = order != NG_ORDER;
	r = rbuf_of(c->block, 4);
	if (get_u32(c, &r) != NG_ORDER)
		return fail(c, "a section header is damaged");
	r = rbuf_of(raw_len, 4);
	*ret_len = get_u32(c, &r);
	c->nlinks = 0;
	return 0;
}

static int
next_ng(struct capture *c, struct capture_packet *ret)
{
	uint32_t type, len, done = 8;
	uint8_t head[8];
	struct rbuf r;
	size_t n;

	n = take(c, head, 8);
	if (n == 0)
		return 0;
	if (n < 8)
		return fail(c, "a block is cut off");
	r = rbuf_of(head, 8);
	type = get_u32(c, &r);
	len = get_u32(c, &r);
	if (type == NG_SECTION) {
		if (ng_section(c, head + 4, &len))
			return -EINVAL;
		done = 12;
	}
	if (len < done + 4 || len > BLOCK_MAX || len % 4)
		return fail(c, "a block of %u octets", len);
	if (take(c, c->block, len - done) != len - done)
		return fail(c, "a block is cut off");
	r = rbuf_of(c->block, len - done - 4);
	if (type == NG_INTERFACE)
		return ng_interface(c, &r);
	if (type == NG_ENHANCED)
		return ng_enhanced(c, &r, ret);
	return type == NG_SIMPLE ? ng_simple(c, &r, ret) : -EAGAIN;
}

/* --- hexadecimal ---------------------------------------------------------- */

static int
next_char(struct capture *c)
{
	uint8_t b;

	return take(c, &b, 1) ? b : EOF;
}

/* One packet a line; blanks between digits; # to the end of the line is a
 * comment. */
static int
next_hex(struct capture *c, struct capture_packet *ret)
{
	size_t digits = 0;
	bool comment = false;
	int ch, v;

	while ((ch = next_char(c)) != EOF && ch != '\n') {
		comment |= ch == '#';
		if (comment || isspace(ch))
			continue;
		if (!isxdigit(ch))
			return c->number ?
				fail(c, "packet %u: no hexadecimal",
				     c->number + 1) :
				fail(c, "neither pcap, pcapng nor "
				     "hexadecimal");
		if (digits / 2 >= BLOCK_MAX)
			return fail(c, "packet %u: too long", c->number + 1);
		v = isdigit(ch) ? ch - '0' : tolower(ch) - 'a' + 10;
		if (digits % 2)
			c->block[digits / 2] |= (uint8_t)v;
		else
			c->block[digits / 2] = (uint8_t)(v << 4);
		digits++;
	}
	if (digits % 2)
		return fail(c, "packet %u: half an octet", c->number + 1);
	if (digits == 0 && ch == EOF)
		return c->number ? 0 : fail(c, "holds no packet");
	if (digits == 0)
		return -EAGAIN;
	c->number++;
	ret->usec = 0;
	ret->number = c->number;
	ret->data = (struct span){ c->block, digits / 2 };
	return 1;
}

/* --- all ------------------------------------------------------------------ */

static int
find_kind(struct capture *c)
{
	static const struct {
		uint8_t	magic[4];
		bool	swapped;
		uint32_t per_usec;
	} pcap[] = {
		{ { 0xa1, 0xb2, 0xc3, 0xd4 }, false, 1 },
		{ { 0xd4, 0xc3, 0xb2, 0xa1 }, true, 1 },
		{ { 0xa1, 0xb2, 0x3c, 0x4d }, false, 1000 },
		{ { 0x4d, 0x3c, 0xb2, 0xa1 }, true, 1000 },
	};
	static const uint8_t ng[4] = { 0x0a, 0x0d, 0x0d, 0x0a };

	c->nhead = fread(c->head, 1, sizeof(c->head), c->in);
	for (size_t i = 0; i < sizeof(pcap) / sizeof(pcap[0]); i++) {
		if (c->nhead < 4 || memcmp(c->head, pcap[i].magic, 4))
			continue;
		c->nhead = 0;
		c->swapped = pcap[i].swapped;
		c->per_usec = pcap[i].per_usec;
		return open_pcap(c);
	}
	c->kind = c->nhead == 4 && !memcmp(c->head, ng, 4) ? KIND_NG
							   : KIND_HEX;
	return 0;
}

int
capture_next(struct capture *c, struct capture_packet *ret)
{
	int rc = 0;

	if (c->error[0])
		return -EINVAL;
	if (c->kind == KIND_NONE)
		rc = find_kind(c);
	if (rc)
		return rc;
	/* -EAGAIN: something that is no IPv6 packet */
	do {
		switch (c->kind) {
		case KIND_NONE:
			return 0;
		case KIND_PCAP:
			rc = next_pcap(c, ret);
			break;
		case KIND_NG:
			rc = next_ng(c, ret);
			break;
		case KIND_HEX:
			rc = next_hex(c, ret);
			break;
		}
	} while (rc == -EAGAIN);
	/* what looks like an end may be a disk that failed, or a directory */
	if (rc <= 0 && ferror(c->in))
		return fail(c, "cannot be read");
	return rc;
}
