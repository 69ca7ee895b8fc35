/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6ctl.c - ask a running mip6d.
 *
 * The words of the command line go to the control socket as they are; what
 * comes back are records, one a line, and at the end `ok' or `error REASON'.
 * On a terminal, records of a kind are shown as a table, and a single one as
 * a list of its fields; otherwise lines are passed on untouched, for
 * programs.  With -j the daemon writes JSON objects instead.
 *
 * `decode' is the one command that no daemon is asked for.
 */
#include "base/record.h"
#include "sys/rundir.h"
#include "tools/decode.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "config.h"

#define EXIT_USAGE	2
#define LINE_MAX_LEN	8192
#define TABLE_ROWS	512		/* at once; then a new heading */

struct table {
	unsigned	n;
	char		*line[TABLE_ROWS];
	struct record	row[TABLE_ROWS];	/* into line[] */
};

struct session {
	FILE		*from;
	bool		pretty, json, monitor;
	struct table	*table;
};

static void
usage(FILE *f)
{
	fputs("usage: mip6ctl [-j] [-p | -r] [--run-dir DIR] [COMMAND "
	      "[WORD...]]\n"
	      "commands: status (the default), agents, bindings, groups, links, "
	      "paths,\n"
	      "          routers, policy, recent, switch [HOME-ADDRESS | stop],\n"
	      "          policy test [--program PATH] [--user USER] "
	      "[--group GROUP]...\n"
	      "            [--cgroup PATH] [--pid PID]\n"
	      "            [--dest ADDRESS [--port PORT] "
	      "[--protocol PROTOCOL]]\n"
	      "          monitor [recent], reload [undo [[within] SECONDS] | "
	      "confirm],\n"
	      "          select DEST[%INTERFACE] [--require TYPE] [--prefer "
	      "WORD...], help\n"
	      "without a daemon: decode FILE [ladder] [all]\n", f);
}

/* --- tables --- */

static bool
same_shape(const struct record *a, const struct record *b)
{
	unsigned i;

	if (a->n != b->n || strcmp(a->type, b->type))
		return false;
	for (i = 0; i < a->n; i++)
		if (strcmp(a->f[i].key, b->f[i].key))
			return false;
	return true;
}

static void
print_fields(const struct record *r)
{
	size_t width = 0;
	unsigned i;

	for (i = 0; i < r->n; i++)
		if (strlen(r->f[i].key) > width)
			width = strlen(r->f[i].key);
	printf("%s\n", r->type);
	for (i = 0; i < r->n; i++)
		printf("    %-*s  %s\n", (int)width, r->f[i].key, r->f[i].s);
}

static void
print_rows(const struct table *t)
{
	size_t width[RECORD_FIELDS];
	const struct record *r = &t->row[0];
	unsigned i, k;

	for (i = 0; i < r->n; i++) {
		width[i] = strlen(r->f[i].key);
		for (k = 0; k < t->n; k++)
			if (strlen(t->row[k].f[i].s) > width[i])
				width[i] = strlen(t->row[k].f[i].s);
	}
	printf("%s\n   ", r->type);
	for (i = 0; i < r->n; i++)
		printf(" %-*s", i + 1 < r->n ? (int)width[i] + 1 : 0,
		       r->f[i].key);
	putchar('\n');
	for (k = 0; k < t->n; k++) {
		fputs("   ", stdout);
		for (i = 0; i < r->n; i++)
			printf(" %-*s", i + 1 < r->n ? (int)width[i] + 1 : 0,
			       t->row[k].f[i].s);
		putchar('\n');
	}
}

static void
table_flush(struct table *t)
{
	if (t->n == 1)
		print_fields(&t->row[0]);
	else if (t->n)
		print_rows(t);
	while (t->n)
		free(t->line[--t->n]);
}

static void
table_add(struct table *t, const char *line)
{
	char *copy = strdup(line);
	struct record r;

	if (!copy || record_parse_text(copy, &r)) {
		free(copy);
		table_flush(t);
		puts(line);
		return;
	}
	if (t->n == TABLE_ROWS || (t->n && !same_shape(&t->row[0], &r)))
		table_flush(t);
	t->line[t->n] = copy;
	t->row[t->n++] = r;
}

/* --- the session --- */

/* A problem with a file is text that was made for a person: caret and all. */
static bool
print_problem(const char *line)
{
	struct record r;
	char copy[LINE_MAX_LEN];

	snprintf(copy, sizeof(copy), "%s", line);
	if (strncmp(line, "problem ", 8) || record_parse_text(copy, &r) ||
	    r.n != 1)
		return false;
	fprintf(stderr, "%s\n", r.f[0].s);
	return true;
}

static void
on_record(struct session *s, const char *line)
{
	if (!s->json && print_problem(line))
		return;
	if (s->pretty && !s->monitor)
		table_add(s->table, line);
	else
		puts(line);
	if (s->monitor)
		fflush(stdout);
}

static int
read_answer(struct session *s)
{
	char line[LINE_MAX_LEN];

	while (fgets(line, sizeof(line), s->from)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "ok")) {
			table_flush(s->table);
			return fflush(stdout) || ferror(stdout) ? 1 : 0;
		}
		if (!strncmp(line, "error ", 6)) {
			table_flush(s->table);
			fflush(stdout);
			fprintf(stderr, "mip6ctl: %s\n", line + 6);
			return 1;
		}
		on_record(s, line);
		if (ferror(stdout))
			return 1;
	}
	table_flush(s->table);
	fprintf(stderr, "mip6ctl: mip6d closed the connection\n");
	return 1;
}

static int
connect_to(const char *dir)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char path[RUNDIR_PATH];
	int fd, err = rundir_file(dir, "control", path);

	if (!err && strlen(path) >= sizeof(to.sun_path))
		err = -ENAMETOOLONG;
	if (err) {
		fprintf(stderr, "mip6ctl: %s: %s\n", dir, strerror(-err));
		return -1;
	}
	strcpy(to.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	err = errno;
	if (fd >= 0)
		close(fd);
	fprintf(stderr, "mip6ctl: %s: %s%s\n", path, strerror(err),
		err == ENOENT || err == ECONNREFUSED ?
		": no mip6d runs in this network namespace" : "");
	return -1;
}

static bool
send_words(int fd, bool json, char **word)
{
	char line[1024];
	size_t n = (size_t)snprintf(line, sizeof(line), "%s",
				    json ? "-j" : "");

	if (!*word)
		n += (size_t)snprintf(line + n, sizeof(line) - n, " status");
	for (; *word && n < sizeof(line); word++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, " %s",
				      *word);
	if (n + 1 >= sizeof(line)) {
		fprintf(stderr, "mip6ctl: the command is too long\n");
		return false;
	}
	line[n++] = '\n';
	if (send(fd, line, n, MSG_NOSIGNAL) == (ssize_t)n)
		return true;
	fprintf(stderr, "mip6ctl: %s\n", strerror(errno));
	return false;
}

static int
talk(struct session *s, const char *dir, char **word)
{
	int fd = connect_to(dir), status = 1;

	if (fd < 0)
		return 1;
	s->from = fdopen(fd, "r");
	s->table = calloc(1, sizeof(*s->table));
	s->monitor = *word && !strcmp(*word, "monitor");
	if (s->from && s->table && send_words(fd, s->json, word))
		status = read_answer(s);
	free(s->table);
	if (s->from)
		fclose(s->from);
	else
		close(fd);
	return status;
}

/* --- captures --- */

/* decode FILE [ladder] [all]; what is printed before an error stands. */
static int
decode(char **word, bool json)
{
	struct decode_options options = { false, false };
	const char *file = *word;
	char why[128];

	for (word += file != NULL; file && *word; word++) {
		if (!strcmp(*word, "ladder"))
			options.ladder = true;
		else if (!strcmp(*word, "all"))
			options.all = true;
		else
			file = NULL;
	}
	if (!file || json) {
		fprintf(stderr, "mip6ctl: %s\n", json ?
			"decode prints no JSON" :
			"decode wants FILE [ladder] [all]");
		return EXIT_USAGE;
	}
	if (decode_file(file, stdout, &options, why, sizeof(why))) {
		fflush(stdout);
		fprintf(stderr, "mip6ctl: %s: %s\n", strcmp(file, "-") ?
			file : "standard input", why);
		return 1;
	}
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	fprintf(stderr, "mip6ctl: cannot write the output\n");
	return 1;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "json",	no_argument,	   NULL, 'j' },
		{ "pretty",	no_argument,	   NULL, 'p' },
		{ "records",	no_argument,	   NULL, 'r' },
		{ "run-dir",	required_argument, NULL, 'R' },
		{ "help",	no_argument,	   NULL, 'h' },
		{ "version",	no_argument,	   NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct session s = { .pretty = isatty(STDOUT_FILENO) };
	char dir[RUNDIR_PATH];
	int c;

	rundir_default(RUNDIR_RUN, dir);
	while ((c = getopt_long(argc, argv, "+jprh", longs, NULL)) >= 0) {
		if (c == 'h') {
			usage(stdout);
			return 0;
		}
		if (c == 'V') {
			puts("mip6ctl " PACKAGE_VERSION);
			return 0;
		}
		if (c == '?') {
			usage(stderr);
			return EXIT_USAGE;
		}
		s.json |= c == 'j';
		if (c == 'p' || c == 'r')
			s.pretty = c == 'p';
		if (c == 'R')
			snprintf(dir, sizeof(dir), "%s", optarg);
	}
	if (s.json)
		s.pretty = false;
	if (optind < argc && !strcmp(argv[optind], "decode"))
		return decode(argv + optind + 1, s.json);
	return talk(&s, dir, argv + optind);
}
