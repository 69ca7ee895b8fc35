/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sockdiag_tool - src/sys/sockdiag.c from the command line, for tests.
 *
 *	sockdiag_tool COMMAND [WORD...]
 *
 *	count ADDR...	"ADDR N" for each
 *	abort ADDR...	"ended ADDR N" for each
 *	time N ADDR...	count N times: "time usec=T", the median
 *	stay		take commands from standard input, one a line, until
 *			its end; print "closed ADDR" meanwhile
 *
 * Each command is answered by "ok COMMAND" or "error COMMAND: TEXT".
 */
#include "sys/loop.h"
#include "sys/sockdiag.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS	1100
#define ROUNDS	101

struct tool {
	uv_loop_t	loop;
	struct sockdiag	*diag;
	struct watch	*in;
	bool		failed;
	struct in6_addr	addr[WORDS];
	uint32_t	n[WORDS];
};

static void on_closed(void *arg, const struct in6_addr *a)
{
	char text[ADDR_STRLEN];

	printf("closed %s\n", addr_print(a, text));
	fflush(stdout);
}

/* Their number, or -EINVAL. */
static int addresses(struct tool *t, char *const w[])
{
	int n = 0;

	for (; w[n]; n++)
		if (addr_parse(w[n], &t->addr[n]))
			return -EINVAL;
	return n;
}

static int cmd_count(struct tool *t, char *const w[])
{
	int n = addresses(t, w), err;

	if (n < 0)
		return n;
	err = sockdiag_count(t->diag, t->addr, (unsigned)n, t->n);
	for (int i = 0; i < n && !err; i++)
		printf("%s %u\n", w[i], t->n[i]);
	return err;
}

static int cmd_abort(struct tool *t, char *const w[])
{
	int n = addresses(t, w), err = n < 0 ? n : 0;
	unsigned ended;

	for (int i = 0; i < n && !err; i++) {
		err = sockdiag_abort(t->diag, &t->addr[i], &ended);
		if (!err)
			printf("ended %s %u\n", w[i], ended);
	}
	return err;
}

static int compare(const void *a, const void *b)
{
	const usec_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int cmd_time(struct tool *t, char *const w[])
{
	usec_t took[ROUNDS];
	int rounds = w[0] ? atoi(w[0]) : 0, n, err = 0;

	if (rounds < 1 || rounds > ROUNDS)
		return -EINVAL;
	n = addresses(t, w + 1);
	for (int i = 0; i < rounds && n >= 0 && !err; i++) {
		usec_t begin = clock_now();

		err = sockdiag_count(t->diag, t->addr, (unsigned)n, t->n);
		took[i] = clock_now() - begin;
	}
	if (n < 0 || err)
		return n < 0 ? n : err;
	qsort(took, (size_t)rounds, sizeof(*took), compare);
	printf("time usec=%llu\n", (unsigned long long)took[rounds / 2]);
	return 0;
}

static const struct {
	const char	*name;
	int		(*fn)(struct tool *, char *const w[]);
} commands[] = {
	{ "count", cmd_count },
	{ "abort", cmd_abort },
	{ "time", cmd_time },
};

static void run(struct tool *t, char *const w[])
{
	int err = -ENOSYS;

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(w[0], commands[i].name))
			err = commands[i].fn(t, w + 1);
	if (err)
		printf("error %s: %s\n", w[0], strerror(-err));
	else
		printf("ok %s\n", w[0]);
	t->failed = t->failed || err;
	fflush(stdout);
}

static void on_line(void *arg)
{
	struct tool *t = arg;
	char line[512], *w[WORDS + 1] = { 0 }, *save;
	size_t len = 0;
	ssize_t got;
	int n = 0;

	while ((got = read(0, line + len, 1)) == 1 && line[len] != '\n' &&
	       len + 1 < sizeof(line))
		len++;
	if (got <= 0) {
		uv_stop(&t->loop);
		return;
	}
	line[len] = '\0';
	for (char *s = strtok_r(line, " ", &save); s && n < WORDS;
	     s = strtok_r(NULL, " ", &save))
		w[n++] = s;
	if (n)
		run(t, w);
}

int main(int argc, char **argv)
{
	static struct tool t;
	char why[200] = "";
	int err;

	if (argc < 2 || argc > WORDS)
		return 2;
	uv_loop_init(&t.loop);
	err = sockdiag_open(&t.loop, on_closed, NULL, &t.diag, why,
			    sizeof(why));
	if (err) {
		printf("error open: %d %s\n", err, why);
		return 2;
	}
	if (strcmp(argv[1], "stay") != 0) {
		run(&t, argv + 1);
	} else {
		t.in = watch_new(&t.loop, 0, UV_READABLE, on_line, &t);
		printf("ok stay\n");
		fflush(stdout);
		if (t.in)
			uv_run(&t.loop, UV_RUN_DEFAULT);
		watch_free(t.in);
	}
	sockdiag_close(t.diag);
	uv_run(&t.loop, UV_RUN_DEFAULT);
	return t.failed || uv_loop_close(&t.loop);
}
