/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gram.y - the shape of a configuration file: statements and blocks.
 *
 *	NAME ARGUMENT ... ;
 *	NAME ARGUMENT ... { STATEMENT ... }
 *
 * (and in a set of UMIP's rows without a name, ARGUMENT ... ;).  That is all: a
 * new statement is a row in schema.c, not a rule here.  The
 * scanner hands over braces that match (tree.c), so what is left to go wrong
 * is a `;' that is missing and a statement without a name.
 */
%code requires {
#include "conf/tree.h"
}
%code {
static void conf_yyerror(struct reader *, yyscan_t, const char *);
}

%define api.pure full
%define api.prefix {conf_yy}
%parse-param { struct reader *r } { yyscan_t scanner }
%lex-param { yyscan_t scanner }

%token <arg> WORD VALUE '{'
%token END
%type <arg> arg
%type <args> args
%type <stmt> stmt
%type <stmts> list block

%%

file:	list END			{
		r->ret = tree_named(r, $1.first);
		YYACCEPT;
	}
;

list:	%empty				{ $$ = (struct stmts){ 0 }; }
|	list stmt			{
		$$ = $1;
		if ($2) {
			if ($$.last)
				$$.last->next = $2;
			else
				$$.first = $2;
			$$.last = $2;
			while ($$.last->next)	/* a set's rows */
				$$.last = $$.last->next;
		}
	}
;

stmt:	WORD args ';'			{
		$$ = tree_stmt(r, $1, $2, false, (struct stmts){ 0 });
	}
|	WORD args block			{
		$$ = tree_stmt(r, $1, $2, true, $3);
	}
|	WORD args error			{
		/* The next token is a `}' or the end. */
		tree_unfinished(r);
		yyerrok;
		$$ = tree_stmt(r, $1, $2, false, (struct stmts){ 0 });
	}
|	VALUE args ';'			{
		/* A row, if it stands in a set (tree.c). */
		$$ = tree_stmt(r, $1, $2, false, (struct stmts){ 0 });
	}
|	VALUE args block		{ tree_nameless(r, $1); $$ = NULL; }
|	VALUE args error		{
		tree_nameless(r, $1);
		yyerrok;
		$$ = NULL;
	}
|	block				{
		tree_nameless(r, $1.open);
		$$ = NULL;
	}
|	';'				{ $$ = NULL; }
;

args:	%empty				{ $$ = (struct args){ 0 }; }
|	args arg			{
		$$ = $1;
		if ($$.last)
			$$.last->next = $2;
		else
			$$.first = $2;
		$$.last = $2;
	}
;

arg:	WORD | VALUE
;

block:	'{' list '}'			{ $$ = $2; $$.open = $1; }
;

%%

/* The rules above say what is wrong, where they know it. */
static void
conf_yyerror(struct reader *r, yyscan_t scanner, const char *msg)
{
}
