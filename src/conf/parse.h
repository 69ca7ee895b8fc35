/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse.h - what the parts of the configuration parser share.
 *
 * Not for other rooms.  The way of a file: tree.c reads it and lets gram.y
 * make a tree of statements (the shape); apply.c takes the tree through the
 * tables of schema.c (the meaning) into a struct conf; check.c looks at the
 * whole.  Each of them reports what it finds with parse_error and goes on.
 */
#ifndef MIP6D_CONF_PARSE_H
#define MIP6D_CONF_PARSE_H

#include "conf/conf.h"

#define PARSE_DEPTH	16		/* blocks in blocks, files in files */
#define PARSE_SOURCES	256		/* files of one configuration */
#define PARSE_TEXT	(16u << 20)	/* octets of one file */
#define PARSE_ERRORS	200		/* shown; all are counted */

/* One file. */
struct source {
	const char	*name;		/* as it is shown */
	const char	*dir;		/* "" or "sub/": seen from the first */
	const char	*text;		/* NULL: has no excerpts (keys) */
	size_t		len;
	uint32_t	key_file;	/* a key table's, or 0 */
};

/* Where a token stands: line and column count from 1, in octets. */
struct place {
	uint32_t	file, line, col, len;
};

enum arg_kind {
	ARG_WORD, ARG_STRING, ARG_NUMBER, ARG_ADDR, ARG_PREFIX,
	ARG_PUNCT,			/* , ( ) */
	ARG_OTHER,			/* none of these */
};

struct arg {
	struct arg	*next;
	enum arg_kind	kind;
	struct place	at;
	const char	*text;		/* a string without its quotes */
};

struct statement;

/* NAME ARGS ; or NAME ARGS { BODY } */
struct stmt {
	struct stmt	*next;
	struct arg	*head;		/* the name */
	struct arg	*args;
	struct stmt	*body;
	bool		has_body;
	bool		good;		/* its value was set */
	const struct statement *row;	/* set by apply.c; NULL: unknown */
};

struct parse;

struct diag {
	struct place	at;
	unsigned	seq;
	const char	*text;
};

/* Where the rows of one array of struct conf came from, by their index. */
struct sites {
	const struct stmt **v;
	unsigned	n;
};
bool	sites_add(struct parse *, struct sites *, const struct stmt *);

struct parse {
	struct arena	arena;		/* of all that is here */
	struct conf	*conf;
	bool		keys;		/* read key files */
	bool		files;		/* follow `include' */
	bool		nomem;
	const char	*dir;		/* of the first file: "" or ".../" */

	struct source	source[PARSE_SOURCES];
	unsigned	nsources;
	unsigned	depth;		/* of includes */

	struct diag	*diag[PARSE_ERRORS];
	unsigned	nerrors;	/* all */

	struct sites	iface, home_link, home, peer, key_file;
						/* peer: of Peer blocks */
	/* Rows of key tables come before those of Peer blocks. */
	uint32_t	*table_line;	/* malloc; of the rows of key tables */
	unsigned	ntable, table_cap;

	uint32_t	ro_sets;	/* MnHomeLink blocks so far */
	struct home_address *addresses;	/* of the MnHomeLink being read */
	const struct stmt *policy;	/* the body of AddressPolicy */
};

struct home_address {
	struct home_address *next;
	const struct stmt *at;
	struct prefix	addr;		/* the whole address, and a length */
};

/* diag.c */
void	parse_error(struct parse *, const struct place *, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void	parse_nomem(struct parse *);
unsigned parse_report(struct parse *, FILE *);	/* how many errors */
/* The octets of a control character at `s': 0 when it is none, 2 of U+0080
 * to U+009F. */
unsigned text_control(const char *s);
/* `"text"', with what a reader of the configuration would undo again. */
void	put_string(const char *, FILE *);

/* tree.c: the statements of a file (includes followed).  `shown' is its
 * path seen from the first file; `from' where it is named, or NULL. */
struct stmt *tree_read(struct parse *, const char *shown, const char *path,
		       const struct place *from);
struct stmt *tree_text(struct parse *, const char *shown, const char *path,
		       const char *text, size_t len);
/* The path of a file that is named at a place: seen from the first file, and
 * as it is opened.  NULL: memory. */
const char *tree_path(struct parse *, const struct place *,
		      const char *name, const char **ret_path);
const struct stmt *tree_find(const struct stmt *body, const char *name);
/* Not there, or with a value that could be read. */
bool	tree_is_good(const struct stmt *body, const char *name);

/* suggest.c: the name of `name's that `word' may have been meant to be. */
struct suggest {
	const char	*word, *best;
	unsigned	distance;
};
void	suggest_init(struct suggest *, const char *word);
void	suggest_try(struct suggest *, const char *name);
unsigned suggest_distance(const char *, const char *, unsigned most);

/* value.c: one value of a kind.  False after an error was reported. */
bool	value_count(struct parse *, const struct stmt *, unsigned n);
bool	value_uint(struct parse *, const char *what, const struct arg *,
		   uint64_t min, uint64_t max, uint64_t *ret);
bool	value_msec(struct parse *, const char *what, const struct arg *,
		   uint64_t min, uint64_t max, uint64_t *ret);
bool	value_addr(struct parse *, const char *what, const struct arg *,
		   struct in6_addr *ret);
/* A unicast address that others may reach. */
bool	value_host(struct parse *, const char *what, const struct arg *,
		   struct in6_addr *ret);
bool	value_prefix(struct parse *, const char *what, const struct arg *,
		     struct prefix *ret);
/* ADDR/LEN, with any bits set; ret->addr is the whole address. */
bool	value_addr_len(struct parse *, const char *what, const struct arg *,
		       struct prefix *ret);
bool	value_string(struct parse *, const char *what, const struct arg *,
		     size_t max, const char **ret);
bool	value_ifname(struct parse *, const char *what, const struct arg *,
		     char ret[CONF_IFNAME]);
bool	value_nai(struct parse *, const struct place *, const char *);

/* custom.c: arguments of a statement.  The next value of a list, with or
 * without commas between them: false at the end, `*bad' after an error. */
bool	args_next(struct parse *, const struct stmt *, const struct arg **at,
		  bool *bad);
/* There are any; or the error says what is wanted. */
bool	args_want(struct parse *, const struct stmt *);
/* Report a word that is none of a list. */
struct keyword;
void	args_unknown(struct parse *, const struct stmt *, const struct arg *,
		     const struct keyword *);

/* key.c: these report their errors at the place of the file's name, or of
 * the table's line.  key_read: one line of hex. */
bool	key_read(struct parse *, const struct place *, const char *path,
		 struct conf_peer *);
bool	key_table_read(struct parse *, const struct place *, const char *path,
		       uint32_t key_file);

/* apply.c, check.c */
void	apply_file(struct parse *, struct stmt *);
void	check_conf(struct parse *, const struct stmt *top);
/* "line 7", or "other.conf:7" when that is not the file of `from'. */
const char *place_name(const struct parse *, const struct place *from,
		       const struct place *, char *buf, size_t cap);

/* block.c: prefixes of which one has the other. */
bool	prefix_overlap(const struct prefix *, const struct prefix *);

/* policy.c: a list of types.  A Default and a Permit that stand together. */
bool	custom_types(struct parse *, const struct stmt *, uint8_t *ret);
void	custom_check_default(struct parse *, const struct stmt *, uint8_t type,
			     uint8_t permit);

/* umip.c: true when a statement of UMIP: accepted silently, or reported. */
bool	umip_statement(struct parse *, const struct stmt *);
bool	umip_is_name(const char *);
const char *umip_name(unsigned i);	/* NULL behind the last */

/* parse.c: a whole text, for the fuzzer and tests; follows no include and
 * reads no key. */
unsigned conf_parse_text(const char *name, const char *text, size_t len,
			 FILE *errors, struct conf **ret);

#endif
