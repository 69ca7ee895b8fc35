/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - key=value records: how state and notes leave a room.
 *
 * A record has a type ("binding") and typed fields in a fixed order.  The
 * producer fills one and hands it to a sink; the sink makes a line of
 * words, a JSON object, or a test's expectation of it.
 */
#ifndef MIP6D_BASE_RECORD_H
#define MIP6D_BASE_RECORD_H

#include "addr.h"
#include "clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_kind {
	FIELD_UINT,		/* u */
	FIELD_INT,		/* i */
	FIELD_BOOL,		/* u: yes / no; JSON true / false */
	FIELD_STR,		/* s, kept by the producer until put() returns */
	FIELD_ADDR,		/* addr */
	FIELD_PREFIX,		/* prefix */
	FIELD_LLADDR,		/* ll; none: "-"; JSON null */
	FIELD_DURATION,		/* u in usec: "12.5s"; JSON number of seconds;
				   USEC_NEVER: "never"; JSON null */
};

struct field {
	const char	*key;
	enum field_kind	kind;
	union {
		uint64_t	u;
		int64_t		i;
		const char	*s;
		struct in6_addr	addr;
		struct prefix	prefix;
		struct lladdr	ll;
	};
};

#define RECORD_FIELDS	24

struct record {
	const char	*type;
	unsigned	n;
	struct field	f[RECORD_FIELDS];
};

struct record_sink {
	void	(*put)(struct record_sink *, const struct record *);
};

/* Adding past RECORD_FIELDS is a bug (assert).  A NULL string is "". */
void	record_init(struct record *, const char *type);
void	record_uint(struct record *, const char *key, uint64_t);
void	record_int(struct record *, const char *key, int64_t);
void	record_bool(struct record *, const char *key, bool);
void	record_str(struct record *, const char *key, const char *);
void	record_addr(struct record *, const char *key, const struct in6_addr *);
void	record_prefix(struct record *, const char *key, const struct prefix *);
void	record_lladdr(struct record *, const char *key, const struct lladdr *);
void	record_duration(struct record *, const char *key, usec_t);

/* One line without a newline: TYPE key=value ...  Strings with blanks,
 * quotes, backslashes, '=', control characters or broken UTF-8, and empty
 * ones, are quoted C-style.  Returns the length that the whole text has, as
 * snprintf does. */
size_t	record_print_text(const struct record *, char *buf, size_t cap);
/* One JSON object, {"type": "...", ...}, RFC 8259. */
size_t	record_print_json(const struct record *, char *buf, size_t cap);
/* Read a text line back: fields come as FIELD_STR pointing into `line',
 * which is changed in place, also by a failure.  0 or -EINVAL.  For
 * mip6ctl and tests. */
int	record_parse_text(char *line, struct record *ret);

#endif
