/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schema.h - the meaning of the configuration: one row for each statement.
 *
 * From these rows come the checks of a value, the defaults, the messages,
 * the printed form, conf_describe and the test of the manual page.
 * Not for other rooms.
 */
#ifndef MIP6D_CONF_SCHEMA_H
#define MIP6D_CONF_SCHEMA_H

#include "conf/conf.h"

struct parse;
struct stmt;
struct block;

enum value_type {
	V_BOOL,				/* enabled | disabled */
	V_UINT,				/* a whole number */
	V_LIFETIME,			/* seconds, or `infinity' */
	V_MSEC,				/* seconds with decimals, kept in ms */
	V_WORD,				/* one of .words */
	V_ADDR,				/* a unicast address */
	V_PREFIX,			/* ADDR/LEN, no bits behind LEN */
	V_CUSTOM,			/* .apply and .print know */
	V_BLOCK,			/* .block, whose rows are in an array */
};

struct keyword {
	const char	*name;
	int		value;
};

#define STMT_REQUIRED	1
#define STMT_MANY	2		/* may stand more than once */
#define STMT_DERIVED	4		/* the default depends: .derived says */
#define STMT_FIND	8		/* `::' may be said: it is found out */

struct statement {
	const char	*name;
	enum value_type	type;
	uint16_t	offset, size;	/* of the field in the row's struct */
	uint64_t	min, max, def;	/* V_MSEC: in ms */
	uint8_t		flags;
	uint8_t		roles;		/* enum conf_role, 0: all */
	const char	*args;		/* how these are written */
	const char	*derived;	/* the default in words */
	const char	*help;
	const struct keyword *words;
	const struct block *block;
	/* Of V_CUSTOM; a V_BLOCK may have a print, for all of its rows. */
	void	(*apply)(struct parse *, const struct stmt *, void *row);
	/* Prints "Name args;" lines, each behind `indent' tabs. */
	void	(*print)(const struct conf *, const void *row, unsigned indent,
			 FILE *);
};

struct block {
	const char	*name;		/* "" at the top */
	const struct statement *stmt;	/* to a row without a name */
	bool		short_form;	/* NAME ARGS; is enough */
	size_t		size;		/* of a row of the array */
	/* Make the row from the arguments, NULL after an error; look at it
	 * when the body has been read. */
	void	*(*open)(struct parse *, const struct stmt *, void *parent);
	void	(*close)(struct parse *, const struct stmt *, void *row);
	/* For printing: the array (NULL: a .print of a statement does it),
	 * which of its rows, and the arguments. */
	const void *(*rows)(const struct conf *, const void *parent,
			    unsigned *n);
	bool	(*shown)(const struct conf *, const void *row);
	void	(*head)(const void *row, FILE *);
	bool	(*named)(const void *row);	/* NULL: it always has them */
};

#define SCHEMA_STMTS	96		/* at most, in one block */

/* admission.c */
void	custom_acl(struct parse *, const struct stmt *, void *row);
void	custom_acl_default(struct parse *, const struct stmt *, void *row);
void	print_acls(const struct conf *, const void *row, unsigned indent,
		   FILE *);
void	print_acl_default(const struct conf *, const void *row,
			  unsigned indent, FILE *);

/* route_opt.c */
void	custom_ro_policy(struct parse *, const struct stmt *, void *row);
void	custom_home_ro(struct parse *, const struct stmt *, void *row);
void	custom_ro_cn(struct parse *, const struct stmt *, void *row);
void	print_ro_cn(const struct conf *, const void *row, unsigned indent,
		    FILE *);
void	custom_cn_policy(struct parse *, const struct stmt *, void *row);
void	print_home_ro(const struct conf *, const void *row, unsigned indent,
		      FILE *);
void	print_ro_policies(const struct conf *, const void *row,
			  unsigned indent, FILE *);
void	print_cn_policies(const struct conf *, const void *row,
			  unsigned indent, FILE *);

/* proxy.c */
void	custom_lladdr(struct parse *, const struct stmt *, void *row);
void	custom_hnp(struct parse *, const struct stmt *, void *row);
void	custom_mag(struct parse *, const struct stmt *, void *row);
void	custom_redirector(struct parse *, const struct stmt *, void *row);
void	custom_pool(struct parse *, const struct stmt *, void *row);
void	custom_linklocal(struct parse *, const struct stmt *, void *row);
void	print_lladdrs(const struct conf *, const void *row, unsigned indent,
		      FILE *);
void	print_hnps(const struct conf *, const void *row, unsigned indent,
		   FILE *);
void	print_redirectors(const struct conf *, const void *row, unsigned indent,
			  FILE *);
void	print_mags(const struct conf *, const void *row, unsigned indent,
		   FILE *);
void	print_pools(const struct conf *, const void *row, unsigned indent,
		    FILE *);
void	print_linklocal(const struct conf *, const void *row, unsigned indent,
			FILE *);
void	*block_open_mobile(struct parse *, const struct stmt *, void *parent);
void	block_close_mobile(struct parse *, const struct stmt *, void *row);
void	*block_open_redirect(struct parse *, const struct stmt *,
			     void *parent);
void	*block_open_access(struct parse *, const struct stmt *, void *parent);
const void *print_rows_mobile(const struct conf *, const void *parent,
			      unsigned *n);
const void *print_rows_redirect(const struct conf *, const void *parent,
				unsigned *n);
const void *print_rows_access(const struct conf *, const void *parent,
			      unsigned *n);
void	print_head_mobile(const void *row, FILE *);
void	print_head_redirect(const void *row, FILE *);
void	print_head_access(const void *row, FILE *);
void	check_proxy(struct parse *, const struct stmt *top);

extern const struct block schema_top, schema_iface, schema_prefix,
	schema_route, schema_home_link, schema_virtual_link, schema_anchor,
	schema_home, schema_peer, schema_mobile, schema_access, schema_redirect, schema_policy,
	schema_rule;

/* Every block of the schema; NULL at the end. */
extern const struct block *const schema_blocks[];

const struct statement *schema_find(const struct block *, const char *name);
/* Is it the name of a statement of any block? */
bool	schema_is_name(const char *);
/* Set the fields of `row' to what the table says. */
void	schema_defaults(const struct block *, void *row);
uint64_t schema_get(const struct statement *, const void *row);
void	schema_set(const struct statement *, void *row, uint64_t);
/* "0 to 10, default 0": the manual has these words at the statement. */
void	schema_describe(const struct statement *, char *buf, size_t cap);
/* "0 to 10"; "" when anything will do. */
void	schema_range(const struct statement *, char *buf, size_t cap);
/* 200 -> "0.2" */
void	schema_print_msec(uint64_t msec, char *buf, size_t cap);
/* "HA or AR" */
void	schema_print_roles(unsigned roles, char *buf, size_t cap);

extern const struct keyword schema_bool[], schema_roles[], schema_pref[],
	schema_replay[], schema_strangers[], schema_types[], schema_protocols[];
/* The value of a word, with `suggest' filled when there is none. */
bool	schema_word(const struct keyword *, const char *word, int *ret);
const char *schema_word_name(const struct keyword *, int value);

/* custom.c */
void	custom_roles(struct parse *, const struct stmt *, void *);
void	custom_key_table(struct parse *, const struct stmt *, void *);
void	custom_rdnss(struct parse *, const struct stmt *, void *);
void	custom_dnssl(struct parse *, const struct stmt *, void *);
void	custom_home_address(struct parse *, const struct stmt *, void *);
void	custom_protect(struct parse *, const struct stmt *, void *);
void	custom_identity(struct parse *, const struct stmt *, void *);
void	custom_label(struct parse *, const struct stmt *, void *);

void	custom_careof(struct parse *, const struct stmt *, void *);
void	print_careof(const struct conf *, const void *, unsigned, FILE *);
void	custom_prefix_sols(struct parse *, const struct stmt *, void *);
void	print_prefix_sols(const struct conf *, const void *, unsigned, FILE *);

/* policy.c */
void	custom_boot(struct parse *, const struct stmt *, void *);
void	custom_permit(struct parse *, const struct stmt *, void *);
void	custom_linger(struct parse *, const struct stmt *, void *);
void	custom_renew(struct parse *, const struct stmt *, void *);
void	*block_open_policy(struct parse *, const struct stmt *, void *);
void	block_close_policy(struct parse *, const struct stmt *, void *);

/* rule.c */
void	rule_program(struct parse *, const struct stmt *, void *);
void	rule_user(struct parse *, const struct stmt *, void *);
void	rule_group(struct parse *, const struct stmt *, void *);
void	rule_cgroup(struct parse *, const struct stmt *, void *);
void	rule_protocol(struct parse *, const struct stmt *, void *);
void	rule_destination(struct parse *, const struct stmt *, void *);
void	rule_port(struct parse *, const struct stmt *, void *);
void	rule_default(struct parse *, const struct stmt *, void *);
void	rule_permit(struct parse *, const struct stmt *, void *);
void	rule_block(struct parse *, const struct stmt *, void *);
void	*block_open_rule(struct parse *, const struct stmt *, void *);
void	block_close_rule(struct parse *, const struct stmt *, void *);

/* block.c */
void	*block_open_iface(struct parse *, const struct stmt *, void *);
void	block_close_iface(struct parse *, const struct stmt *, void *);
void	*block_open_prefix(struct parse *, const struct stmt *, void *);
void	block_close_prefix(struct parse *, const struct stmt *, void *);
void	*block_open_route(struct parse *, const struct stmt *, void *);
void	*block_open_home_link(struct parse *, const struct stmt *, void *);
void	block_close_home_link(struct parse *, const struct stmt *, void *);
void	*block_open_home(struct parse *, const struct stmt *, void *);
void	block_close_home(struct parse *, const struct stmt *, void *);
void	*block_open_peer(struct parse *, const struct stmt *, void *);

/* print_policy.c */
void	print_boot(const struct conf *, const void *, unsigned, FILE *);
void	print_permit(const struct conf *, const void *, unsigned, FILE *);
void	print_linger(const struct conf *, const void *, unsigned, FILE *);
void	print_renew(const struct conf *, const void *, unsigned, FILE *);
void	print_rules(const struct conf *, const void *, unsigned, FILE *);
const void *print_rows_policy(const struct conf *, const void *, unsigned *);

/* print.c */
void	print_roles(const struct conf *, const void *, unsigned, FILE *);
void	print_key_tables(const struct conf *, const void *, unsigned, FILE *);
void	print_rdnss(const struct conf *, const void *, unsigned, FILE *);
void	print_dnssl(const struct conf *, const void *, unsigned, FILE *);
void	print_home_address(const struct conf *, const void *, unsigned, FILE *);
void	print_protect(const struct conf *, const void *, unsigned, FILE *);
void	print_identity(const struct conf *, const void *, unsigned, FILE *);
void	print_labels(const struct conf *, const void *, unsigned, FILE *);
const void *print_rows_iface(const struct conf *, const void *, unsigned *);
const void *print_rows_prefix(const struct conf *, const void *, unsigned *);
const void *print_rows_route(const struct conf *, const void *, unsigned *);
const void *print_rows_home_link(const struct conf *, const void *,
				 unsigned *);
const void *print_rows_home(const struct conf *, const void *, unsigned *);
const void *print_rows_peer(const struct conf *, const void *, unsigned *);
bool	print_shown_link(const struct conf *, const void *);
bool	print_shown_virtual(const struct conf *, const void *);
bool	print_shown_anchor(const struct conf *, const void *);
bool	print_shown_peer(const struct conf *, const void *);
void	print_head_iface(const void *, FILE *);
void	print_head_prefix(const void *, FILE *);
void	print_head_route(const void *, FILE *);
void	print_head_link(const void *, FILE *);
void	print_head_virtual(const void *, FILE *);
bool	print_named_virtual(const void *);
void	print_head_home(const void *, FILE *);
void	print_head_peer(const void *, FILE *);

#endif
