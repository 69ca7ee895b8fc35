/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.h - between the scanner, the grammar and tree.c.
 */
#ifndef MIP6D_CONF_TREE_H
#define MIP6D_CONF_TREE_H

#include "conf/parse.h"

#include <setjmp.h>

/* A list that is being made. */
struct stmts {
	struct stmt	*first, *last;
	struct arg	*open;		/* of a block: its `{' */
};
struct args {
	struct arg	*first, *last;
};

union tree_value {
	struct arg	*arg;
	struct stmt	*stmt;
	struct stmts	stmts;
	struct args	args;
};
#define CONF_YYSTYPE	union tree_value
#define CONF_YYSTYPE_IS_DECLARED 1

#ifndef YY_TYPEDEF_YY_SCANNER_T
#define YY_TYPEDEF_YY_SCANNER_T
typedef void *yyscan_t;
#endif

/* One file on its way from text to statements. */
struct reader {
	struct parse	*p;
	struct place	at;		/* what the scanner just matched */
	struct place	last, prev;	/* the last two tokens */
	uint32_t	line, col;	/* where the next one starts */
	struct place	open[PARSE_DEPTH];	/* the blocks around it */
	unsigned	depth;
	struct stmt	*ret;
	jmp_buf		out;		/* when nothing more can be read */
};

/* For lex.l */
void	*tree_alloc(struct reader *, size_t);	/* NULL: memory */
void	*tree_realloc(struct reader *, void *, size_t);
void	tree_token(struct reader *, int len);
void	tree_newline(struct reader *);
int	tree_arg(struct reader *, enum arg_kind, const char *, int,
		 union tree_value *);
void	tree_unterminated(struct reader *);
int	tree_open(struct reader *, union tree_value *);
bool	tree_may_close(struct reader *);
int	tree_semicolon(struct reader *);
int	tree_end(struct reader *);
void	tree_die(struct reader *) __attribute__((noreturn));

/* For gram.y */
struct stmt *tree_stmt(struct reader *, struct arg *head, struct args,
		       bool has_body, struct stmts body);
struct stmt *tree_named(struct reader *, struct stmt *);
void	tree_nameless(struct reader *, const struct arg *);
void	tree_unfinished(struct reader *);

int	conf_yylex(union tree_value *, yyscan_t);
int	conf_yyparse(struct reader *, yyscan_t);

#endif
