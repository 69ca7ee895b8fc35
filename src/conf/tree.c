/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.c - from a file's text to a list of statements.
 *
 * The scanner (lex.l) and the grammar (gram.y) call back here for every
 * token and statement.  Braces are balanced before the grammar sees them: a
 * `}' without a block is reported and dropped, a block that is open at the
 * end is reported and closed.  When the list is there, two things are
 * mended: a statement that swallowed the next one, because its `;' is
 * missing, is taken apart again, and an `include' is replaced with what the
 * file has.
 */
#include "conf/tree.h"
#include "conf/gram.h"
#include "base/list.h"
#include "conf/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int	conf_yylex_init_extra(struct reader *, yyscan_t *);
int	conf_yylex_destroy(yyscan_t);
void	*conf_yy_scan_bytes(const char *, int, yyscan_t);

void
tree_die(struct reader *r)
{
	parse_nomem(r->p);
	longjmp(r->out, 1);
}

/* What comes before a piece of the scanner's memory. */
struct piece {
	size_t		n;
	max_align_t	data[];
};

void *
tree_alloc(struct reader *r, size_t n)
{
	struct piece *m = NULL;

	if (n < SIZE_MAX / 2)
		m = arena_alloc(&r->p->arena, sizeof(*m) + n);
	if (!m)
		return NULL;
	m->n = n;
	return m->data;
}

void *
tree_realloc(struct reader *r, void *old, size_t n)
{
	const struct piece *m = old ? container_of(old, struct piece, data) :
				      NULL;
	void *p = tree_alloc(r, n);

	if (p && m)
		memcpy(p, m->data, m->n < n ? m->n : n);
	return p;
}

/* White space and comments come by here, too. */
void
tree_token(struct reader *r, int len)
{
	r->at.line = r->line;
	r->at.col = r->col;
	r->at.len = (uint32_t)len;
	r->col += (uint32_t)len;
}

void
tree_newline(struct reader *r)
{
	r->line++;
	r->col = 1;
}

static void
next_token(struct reader *r)
{
	r->prev = r->last;
	r->last = r->at;
}

/* The octet behind a token. */
static struct place
behind(const struct place *at)
{
	return (struct place){ at->file, at->line, at->col + at->len, 1 };
}

static void *
alloc(struct reader *r, size_t n)
{
	void *p = arena_alloc(&r->p->arena, n);

	if (!p)
		tree_die(r);
	return p;
}

/* Without the quotes, and \" and \\ for what they stand for. */
static void
unquote(struct reader *r, const char *s, size_t n, char *ret)
{
	char *text = ret;
	bool control = false;

	for (size_t i = 1; i < n && s[i] != '"'; i++) {
		if (s[i] == '\\' && i + 1 < n)
			i++;
		*ret++ = s[i];
	}
	for (; *text; text++)
		control |= text_control(text) != 0;
	if (control)
		parse_error(r->p, &r->at,
			    "a string may not have control characters");
}

int
tree_arg(struct reader *r, enum arg_kind kind, const char *s, int n,
	 union tree_value *ret)
{
	struct arg *a = alloc(r, sizeof(*a));
	char *text = alloc(r, (size_t)n + 1);

	next_token(r);
	if (kind == ARG_STRING)
		unquote(r, s, (size_t)n, text);
	else
		memcpy(text, s, (size_t)n);
	a->kind = kind;
	a->at = r->at;
	a->text = text;
	ret->arg = a;
	return kind == ARG_WORD ? WORD : VALUE;
}

void
tree_unterminated(struct reader *r)
{
	parse_error(r->p, &r->at, "the string does not end on its line");
}

int
tree_open(struct reader *r, union tree_value *ret)
{
	struct arg *a = alloc(r, sizeof(*a));

	if (r->depth == PARSE_DEPTH) {
		parse_error(r->p, &r->at, "more than %d blocks within blocks",
			    PARSE_DEPTH);
		longjmp(r->out, 1);
	}
	next_token(r);
	r->open[r->depth++] = r->at;
	a->kind = ARG_PUNCT;
	a->at = r->at;
	a->text = "{";
	ret->arg = a;
	return '{';
}

bool
tree_may_close(struct reader *r)
{
	if (!r->depth) {
		parse_error(r->p, &r->at, "`}' without a block");
		return false;
	}
	next_token(r);
	r->depth--;
	return true;
}

int
tree_semicolon(struct reader *r)
{
	next_token(r);
	return ';';
}

/* Again and again, until every block is closed. */
int
tree_end(struct reader *r)
{
	next_token(r);
	if (!r->depth)
		return END;
	r->depth--;
	parse_error(r->p, &r->open[r->depth],
		    "the `}' of this block is missing");
	return '}';
}

void
tree_nameless(struct reader *r, const struct arg *a)
{
	if (strcmp(a->text, "{") == 0 && a->kind == ARG_PUNCT)
		parse_error(r->p, &a->at, "a block without a name");
	else
		parse_error(r->p, &a->at, "a statement begins with its name, "
			    "not with `%.60s'", a->text);
}

void
tree_unfinished(struct reader *r)
{
	struct place at = behind(&r->prev);

	parse_error(r->p, &at, "`;' is missing");
}

/* Those that have a name; the others are errors. */
struct stmt *
tree_named(struct reader *r, struct stmt *list)
{
	struct stmt *first = NULL, **end = &first;

	for (; list; list = list->next) {
		if (list->head->kind != ARG_WORD) {
			tree_nameless(r, list->head);
			continue;
		}
		*end = list;
		end = &list->next;
	}
	*end = NULL;
	return first;
}

/* Sets of UMIP, whose rows have no name, and the statement that a row is. */
static const struct {
	const char	*set, *row, *wants;
} sets[] = {
	{ "CnBindingPolicySet", "CnBindingPolicy",
	  "HOME LOCAL enabled|disabled;" },
};

static void
row_name(struct reader *r, struct stmt *s, const char *name)
{
	struct arg *head = alloc(r, sizeof(*head));

	head->kind = ARG_WORD;
	head->at = s->head->at;
	head->text = name;
	s->head->next = (struct arg *)s->args;
	s->args = s->head;
	s->head = head;
}

static struct stmt *
set_rows(struct reader *r, unsigned k, const struct arg *args,
	 struct stmt *list)
{
	struct stmt *first = NULL, **end = &first;

	if (args)
		parse_error(r->p, &args->at, "%s: `%.60s' is too much",
			    sets[k].set, args->text);
	for (; list; list = list->next) {
		if (list->head->kind == ARG_WORD) {
			parse_error(r->p, &list->head->at, "%s has rows: %s",
				    sets[k].set, sets[k].wants);
			continue;
		}
		row_name(r, list, sets[k].row);
		*end = list;
		end = &list->next;
	}
	*end = NULL;
	return first;
}

/* One, or a set's rows. */
struct stmt *
tree_stmt(struct reader *r, struct arg *head, struct args args, bool has_body,
	  struct stmts body)
{
	struct stmt *s;

	for (unsigned k = 0; k < sizeof(sets) / sizeof(*sets); k++) {
		if (head->kind != ARG_WORD || strcmp(head->text, sets[k].set))
			continue;
		if (!has_body)
			parse_error(r->p, &head->at, "%s wants a block of "
				    "rows: %s", sets[k].set, sets[k].wants);
		return set_rows(r, k, args.first, body.first);
	}
	s = alloc(r, sizeof(*s));
	s->head = head;
	s->args = args.first;
	s->body = tree_named(r, body.first);
	s->has_body = has_body;
	return s;
}

static bool
is_name(const char *word)
{
	return schema_is_name(word) || umip_is_name(word) ||
	       strcmp(word, "include") == 0;
}

/* Take apart what is two statements, because the next one's name begins a
 * line and no `;' stands before it. */
static bool
mend(struct parse *p, struct stmt *s)
{
	struct arg *prev = s->head;

	for (struct arg *a = s->args; a; prev = a, a = a->next) {
		struct place at = behind(&prev->at);
		struct stmt *n;

		if (a->kind != ARG_WORD || a->at.line == prev->at.line ||
		    !is_name(a->text))
			continue;
		n = arena_alloc(&p->arena, sizeof(*n));
		if (!n) {
			parse_nomem(p);
			return false;
		}
		parse_error(p, &at, "`;' is missing");
		*n = (struct stmt){ .next = s->next, .head = a,
				    .args = a->next, .body = s->body,
				    .has_body = s->has_body };
		s->next = n;
		s->body = NULL;
		s->has_body = false;
		if (prev == s->head)
			s->args = NULL;
		else
			prev->next = NULL;
		return true;
	}
	return true;
}

const char *
tree_path(struct parse *p, const struct place *at, const char *name,
	  const char **ret_path)
{
	const char *dir = p->source[at->file].dir;
	size_t nd = strlen(p->dir), ns = strlen(dir), nn = strlen(name) + 1;
	char *path;

	if (name[0] == '/') {
		*ret_path = name;
		return name;
	}
	path = arena_alloc(&p->arena, nd + ns + nn);
	if (!path) {
		parse_nomem(p);
		return NULL;
	}
	memcpy(path, p->dir, nd);
	memcpy(path + nd, dir, ns);
	memcpy(path + nd + ns, name, nn);
	*ret_path = path;
	return path + nd;
}

static struct stmt *
include(struct parse *p, const struct stmt *s)
{
	const struct arg *a = s->args;
	const char *shown, *path;
	struct stmt *list = NULL;

	if (s->has_body || !a || a->next || a->kind != ARG_STRING) {
		parse_error(p, &s->head->at, "include wants one file name in "
			    "double quotes");
		return NULL;
	}
	if (!p->files) {
		parse_error(p, &s->head->at, "include works in files only");
		return NULL;
	}
	if (p->depth == PARSE_DEPTH || p->nsources == PARSE_SOURCES) {
		parse_error(p, &a->at, "too many files within files");
		return NULL;
	}
	shown = tree_path(p, &a->at, a->text, &path);
	p->depth++;
	if (shown)
		list = tree_read(p, shown, path, &a->at);
	p->depth--;
	return list;
}

/* Mend and include, through all blocks (whose depth is bounded). */
static struct stmt *
finish(struct parse *p, struct stmt *list)
{
	struct stmt **at = &list;

	while (*at) {
		struct stmt *s = *at;

		if (!mend(p, s))
			break;
		if (strcmp(s->head->text, "include") == 0) {
			struct stmt *in = include(p, s);

			*at = s->next;
			if (!in)
				continue;
			s = in;
			while (s->next)
				s = s->next;
			s->next = *at;
			*at = in;
		} else {
			s->body = finish(p, s->body);
		}
		at = &s->next;
	}
	return list;
}

/* The directory of a path, with its `/'; "" when there is none. */
static const char *
directory(struct parse *p, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash + 1 - path) : 0;
	char *d = arena_alloc(&p->arena, n + 1);

	if (!d) {
		parse_nomem(p);
		return "";
	}
	memcpy(d, path, n);
	return d;
}

static struct stmt *
scan(struct parse *p, const struct source *src)
{
	struct reader r = { .p = p, .line = 1, .col = 1 };
	yyscan_t scanner;

	r.at.file = (uint32_t)(src - p->source);
	r.last = r.prev = r.at;
	if (conf_yylex_init_extra(&r, &scanner)) {
		parse_nomem(p);
		return NULL;
	}
	if (setjmp(r.out) == 0) {
		if (conf_yy_scan_bytes(src->text, (int)src->len, scanner) &&
		    conf_yyparse(&r, scanner) == 2)
			parse_nomem(p);
	}
	conf_yylex_destroy(scanner);
	return r.ret;
}

/* `text' is NUL-terminated and stays until the errors have been shown. */
static struct stmt *
read_source(struct parse *p, const char *shown, const char *path,
	    const char *text, size_t len)
{
	struct source *src = &p->source[p->nsources++];
	const char *nul;

	*src = (struct source){ .name = path, .text = text, .len = len };
	if (p->nsources == 1) {
		p->dir = directory(p, path);
		src->dir = "";
	} else {
		src->dir = directory(p, shown);
	}
	nul = memchr(text, 0, len);
	if (nul) {
		struct place at = { .file = p->nsources - 1 };

		src->text = NULL;
		parse_error(p, &at, "not a text file (a NUL at octet %zu)",
			    (size_t)(nul - text) + 1);
		return NULL;
	}
	return finish(p, scan(p, src));
}

struct stmt *
tree_text(struct parse *p, const char *shown, const char *path,
	  const char *text, size_t len)
{
	char *copy;

	if (len > PARSE_TEXT || !(copy = arena_alloc(&p->arena, len + 1))) {
		parse_nomem(p);
		return NULL;
	}
	if (len)
		memcpy(copy, text, len);
	return read_source(p, shown, path, copy, len);
}

/* The whole of a regular file.  0 or -errno, -EFBIG when it is too large. */
static int
slurp(struct parse *p, const char *path, char **ret_text, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	char *text = NULL;
	struct stat st;
	size_t len = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	else if (st.st_size > (off_t)PARSE_TEXT)
		err = -EFBIG;
	else if (!(text = arena_alloc(&p->arena, (size_t)st.st_size + 1)))
		err = -ENOMEM;
	while (!err && len < (size_t)st.st_size) {
		ssize_t n = read(fd, text + len, (size_t)st.st_size - len);

		if (n < 0 && errno != EINTR)
			err = -errno;
		if (n == 0)
			break;
		if (n > 0)
			len += (size_t)n;
	}
	close(fd);
	*ret_text = text;
	*ret_len = len;
	return err;
}

struct stmt *
tree_read(struct parse *p, const char *shown, const char *path,
	  const struct place *from)
{
	struct place none = { 0 };
	const char *why;
	size_t len = 0;
	char *text = NULL;
	int err = slurp(p, path, &text, &len);

	if (!err)
		return read_source(p, shown, path, text, len);
	if (err == -ENOMEM) {
		parse_nomem(p);
		return NULL;
	}
	why = err == -EINVAL ? "not a regular file" : strerror(-err);
	if (from) {
		parse_error(p, from, "%s: %s", path, why);
	} else {
		p->source[p->nsources++] = (struct source){ .name = path,
							    .dir = "" };
		parse_error(p, &none, "%s", why);
	}
	return NULL;
}

const struct stmt *
tree_find(const struct stmt *body, const char *name)
{
	for (; body; body = body->next) {
		if (strcmp(body->head->text, name) == 0)
			return body;
	}
	return NULL;
}

bool
tree_is_good(const struct stmt *body, const char *name)
{
	const struct stmt *s = tree_find(body, name);

	return !s || s->good;
}
