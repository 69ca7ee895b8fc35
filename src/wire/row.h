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

#include "wire/icmp.h"
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

/* "KEY ADDRESS" on a line, and the like. */
void	text_line_addr(struct text *, int depth, const char *key,
		       const struct in6_addr *);
void	text_line_addr4(struct text *, int depth, const char *key,
			const struct in_addr *);
void	text_line_u64(struct text *, int depth, const char *key, uint64_t);
void	text_line_hex(struct text *, int depth, const char *key, struct span);
void	text_line_text(struct text *, int depth, const char *key, struct span);
void	text_line_letters(struct text *, int depth, const char *key,
			  uint32_t flags, const struct flag_name *);
/* A number and, where it has one, its name. */
void	text_line_named(struct text *, int depth, const char *key, uint32_t n,
			const char *(*name_of)(uint8_t));
void	text_letters(struct text *, uint32_t flags, const struct flag_name *);
void	text_words(struct text *, uint32_t flags, const struct flag_name *);

#define MSG(t)		(1U << (t))
#define MSG_ANY		0xffffffffU

struct mh_row {
	const char	*name;		/* "BU" */
	const char	*title;		/* "Binding Update" */
	const char	*rfc;		/* "6275 6.1.7" */
	uint8_t		fixed;		/* octets in front of the options */
	bool		opaque;		/* no options: the body is all */
	/* Cursor behind the checksum; `fixed' octets are there.  A fault
	 * stands at r->p, WIRE_TOO_SHORT at the Header Len. */
	enum wire_fault	(*parse)(struct rbuf *r, struct mh *);
	/* false: a value that the wire cannot carry */
	bool		(*build)(struct wbuf *, const struct mh *);
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

	/* for functions that serve several options */
	uint8_t		keep;		/* bits of the first octet that are not
					   reserved */
	const char	*key;		/* what print calls the value */
	const char	*(*name_of)(uint8_t);	/* and what its number means */
	/* alignment, when it depends on what is inside */
	void		(*place)(const struct mopt *, uint8_t *ret_align,
				 uint8_t *ret_shift);
};

/* The three functions of an option, or of several of one shape, and their
 * part of a row. */
#define MOPT_FUNCS(x)							\
	enum wire_fault mopt_parse_##x(struct rbuf *, struct mopt *);	\
	bool	mopt_build_##x(struct wbuf *, const struct mopt *);	\
	void	mopt_print_##x(const struct mopt *, struct text *)
#define MOPT_USE(x)	.parse = mopt_parse_##x, .build = mopt_build_##x, \
			.print = mopt_print_##x

/* Those of a message. */
#define MH_FUNCS(x)							\
	enum wire_fault mh_parse_##x(struct rbuf *, struct mh *);	\
	bool	mh_build_##x(struct wbuf *, const struct mh *);		\
	void	mh_print_##x(const struct mh *, struct text *);		\
	void	mh_summary_##x(const struct mh *, struct text *)
#define MH_USE(x)	.parse = mh_parse_##x, .build = mh_build_##x,	\
			.print = mh_print_##x, .summary = mh_summary_##x

struct nd_row {
	const char	*name;		/* "RA" */
	uint8_t		fixed;		/* octets in front of the options */
	void		(*parse)(struct rbuf *r, struct nd *);
	void		(*build)(struct wbuf *, const struct nd *);
	void		(*print)(const struct nd *, struct text *);
	void		(*summary)(const struct nd *, struct text *);
};

/* A message that icmp_parse has accepted, whole. */
void	icmp_print(const struct icmp *, struct text *);

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
