/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * row.h - the tables of src/wire; nobody outside includes this.
 *
 * A message or an option is one row: its number is its place in the table,
 * the row says how long it may be and where it must stand, and three short
 * functions parse, build and print what is inside.  Everything that is the
 * same for all of them (walking, lengths, alignment, padding, order) is
 * written once, in mh.c.  doc/adding-an-option.md shows how a row is added.
 */
#ifndef MIP6D_WIRE_ROW_H
#define MIP6D_WIRE_ROW_H

#include "wire/mh.h"
#include "wire/nd.h"

#include <errno.h>

/* Text under construction: `len' is what it would need, as snprintf. */
struct text {
	char	*buf;
	size_t	cap, len;
};

struct text text_of(char *buf, size_t cap);
void	text_add(struct text *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void	text_addr(struct text *, const struct in6_addr *);
void	text_hex(struct text *, struct span);
/* Printable ASCII as it is, all else (and the backslash) as \xNN: what a
 * peer sends cannot drive a terminal. */
void	text_escape(struct text *, struct span);
/* One line of a golden file, indented by `depth' steps. */
void	text_line(struct text *, int depth, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Bits that have names, for flags in print and summary. */
struct flag_name {
	uint32_t	mask;
	const char	*letter;	/* "A" */
	const char	*word;		/* "ack"; NULL: not in the summary */
};

void	text_letters(struct text *, uint32_t flags, const struct flag_name *);
void	text_words(struct text *, uint32_t flags, const struct flag_name *);

#define MSG(t)		(1U << (t))
#define MSG_ANY		0xffffffffU

struct mh_row {
	const char	*name;		/* "BU" */
	const char	*title;		/* "Binding Update" */
	uint8_t		fixed;		/* octets in front of the options */
	/* cursor after the checksum; `fixed' octets are there */
	void		(*parse)(struct rbuf *, struct mh *);
	void		(*build)(struct wbuf *, const struct mh *);
	void		(*print)(const struct mh *, struct text *);
	void		(*summary)(const struct mh *, struct text *);
};

struct mopt_row {
	const char	*name;		/* "Alternate Care-of Address" */
	const char	*rfc;		/* "6275 6.2.5" */
	uint8_t		min, max;	/* option length */
	uint8_t		step;		/* (length - min) is a multiple; 0: 1 */
	uint8_t		align, shift;	/* alignment xn + y; 0: none */
	bool		once;		/* a second one is misplaced */
	bool		last;		/* the builder ends it on a multiple of
					   8 when it is the last option */
	uint32_t	msgs;		/* MSG() of those it may stand in */
	/* `r' holds exactly the option's data; a fault stands at r->p */
	enum wire_fault	(*parse)(struct rbuf *r, struct mopt *);
	/* false: a value that the wire cannot carry */
	bool		(*build)(struct wbuf *, const struct mopt *);
	void		(*print)(const struct mopt *, struct text *);
};

struct nd_row {
	const char	*name;		/* "RA" */
	uint8_t		fixed;		/* octets in front of the options */
	void		(*parse)(struct rbuf *r, struct nd *);
	void		(*build)(struct wbuf *, const struct nd *);
	void		(*print)(const struct nd *, struct text *);
	void		(*summary)(const struct nd *, struct text *);
};

/* NULL: not in the table. */
const struct mh_row	*mh_row(uint8_t type);
const struct mopt_row	*mopt_row(uint8_t type);
const struct nd_row	*nd_row(uint8_t type);

static inline int
wire_fail(struct wire_error *err, enum wire_fault fault, size_t offset)
{
	err->fault = fault;
	err->offset = (uint32_t)offset;
	return -EBADMSG;
}

#endif
