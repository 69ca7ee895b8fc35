/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_sys_ctl.c - the control server with a daemon of its own: one that
 * shows `count' records and does as it is told.
 */
#include "ctl/ctl.h"
#include "test_sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

struct box {
	struct scratch	dir;
	char		path[128];
	uv_loop_t	loop;
	struct ctl	*ctl;
	unsigned	count;		/* records of a show */
	unsigned	shown;		/* calls of it */
};

static bool can_show(void *arg, const char *what)
{
	return !strcmp(what, "status") || !strcmp(what, "many") ||
	       !strcmp(what, "recent");
}

static bool show(void *arg, const char *what, struct cursor *c,
		 struct record_sink *sink)
{
	struct box *b = arg;
	size_t n = !strcmp(what, "many") ? b->count : 1;
	struct record r;

	b->shown++;
	record_init(&r, what);
	record_uint(&r, "n", c->pos);
	record_str(&r, "text", "two words");
	sink->put(sink, &r);
	return ++c->pos < n;
}

static int act(void *arg, const struct ctl_line *l, struct record_sink *sink,
	       char why[CTL_WHY])
{
	if (!strcmp(l->word[0], "fail")) {
		snprintf(why, CTL_WHY, "it is %s", l->n > 1 ? l->word[1] : "");
		return -EBUSY;
	}
	return strcmp(l->word[0], "do") ? -ENOSYS : 0;
}

static void box_open(struct box *b)
{
	const struct ctl_ops ops = {
		.can_show = can_show, .show = show, .act = act, .arg = b,
	};

	*b = (struct box){ .dir = scratch_new(), .count = 3 };
	snprintf(b->path, sizeof(b->path), "%s/control", b->dir.dir);
	uv_loop_init(&b->loop);
	ck_assert_int_eq(ctl_open(&b->loop, b->path, &ops, &b->ctl), 0);
}

static void box_close(struct box *b)
{
	ctl_close(b->ctl);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&b->loop), 0);
	ck_assert_int_ne(access(b->path, F_OK), 0);
	scratch_free(&b->dir);
}

static int dial(struct box *b)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(to.sun_path, b->path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void turn(struct box *b)
{
	for (int i = 0; i < 20; i++)
		uv_run(&b->loop, UV_RUN_NOWAIT);
}

static void say(struct box *b, int fd, const char *text)
{
	ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 (ssize_t)strlen(text));
	turn(b);
}

/* All that can be read now; *ret_end: the server has closed. */
static size_t hear(struct box *b, int fd, char *buf, size_t cap, bool *ret_end)
{
	size_t n = 0;
	ssize_t got;

	*ret_end = false;
	while (n + 1 < cap) {
		turn(b);
		got = recv(fd, buf + n, cap - 1 - n, 0);
		/* a reset: the server left something unread */
		if (got == 0 || (got < 0 && errno == ECONNRESET))
			*ret_end = true;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	buf[n] = '\0';
	return n;
}

static void ask(struct box *b, const char *line, const char *want)
{
	int fd = dial(b);
	char buf[4096];
	bool end;

	say(b, fd, line);
	hear(b, fd, buf, sizeof(buf), &end);
	ck_assert_str_eq(buf, want);
	close(fd);
	turn(b);
}

START_TEST(answers)
{
	struct box b;
	struct stat st;

	box_open(&b);
	ck_assert_int_eq(stat(b.path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ask(&b, "\n", "status n=0 text=\"two words\"\nok\n");
	ask(&b, "status\r\n", "status n=0 text=\"two words\"\nok\n");
	ask(&b, "-j status\n", "{\"type\": \"status\", \"n\": 0, "
	    "\"text\": \"two words\"}\nok\n");
	ask(&b, " many \n", "many n=0 text=\"two words\"\n"
	    "many n=1 text=\"two words\"\nmany n=2 text=\"two words\"\nok\n");
	ask(&b, "do\n", "ok\n");
	ask(&b, "fail busy\n", "error it is busy\n");
	ask(&b, "dance\n", "error no such command: dance\n");
	ask(&b, "status please\n", "error too many words\n");
	ask(&b, "stat\001us\n", "error only printable ASCII is understood\n");
	ask(&b, "a b c d e f g h i j k l m n o p q r s t u v w x y z "
	    "a b c d e f g h i j k l m n o p q r s t u v w x y z\n",
	    "error too many words\n");
	/* several at once, in order; half a line is no command */
	ask(&b, "do\nfail x\nstatus\nsta", "ok\nerror it is x\n"
	    "status n=0 text=\"two words\"\nok\n");
	box_close(&b);
}
END_TEST

START_TEST(half_closed)
{
	struct box b;
	char buf[256];
	bool end;
	int fd;

	box_open(&b);
	fd = dial(&b);
	say(&b, fd, "do\ndo\n");
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	hear(&b, fd, buf, sizeof(buf), &end);
	ck_assert_str_eq(buf, "ok\nok\n");
	ck_assert(end);
	close(fd);
	box_close(&b);
}
END_TEST

START_TEST(long_line)
{
	struct box b;
	char line[CTL_LINE_MAX + 10], buf[256];
	bool end;
	int fd;

	box_open(&b);
	fd = dial(&b);
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	say(&b, fd, line);
	hear(&b, fd, buf, sizeof(buf), &end);
	ck_assert_str_eq(buf, "error the line is too long\n");
	ck_assert(end);
	close(fd);
	box_close(&b);
}
END_TEST

START_TEST(too_many)
{
	struct box b;
	int fd[CTL_CLIENTS + 1];
	char buf[256];
	bool end;

	box_open(&b);
	for (int i = 0; i <= CTL_CLIENTS; i++) {
		fd[i] = dial(&b);
		turn(&b);
	}
	hear(&b, fd[CTL_CLIENTS], buf, sizeof(buf), &end);
	ck_assert_str_eq(buf, "error too many clients\n");
	ck_assert(end);
	close(fd[0]);
	turn(&b);
	ask(&b, "do\n", "ok\n");
	for (int i = 1; i <= CTL_CLIENTS; i++)
		close(fd[i]);
	box_close(&b);
}
END_TEST

/* A client that does not read is not asked for: the show stands still, the
 * server goes on, and the rest comes when it reads. */
START_TEST(slow_reader)
{
	static char buf[8000000];
	struct box b;
	unsigned shown, lines = 0;
	bool end;
	size_t n;
	int fd;

	box_open(&b);
	b.count = 100000;
	fd = dial(&b);
	say(&b, fd, "many\n");
	turn(&b);
	shown = b.shown;
	ck_assert_uint_lt(shown, 50000);
	turn(&b);
	ck_assert_uint_eq(b.shown, shown);
	ask(&b, "do\n", "ok\n");
	n = hear(&b, fd, buf, sizeof(buf), &end);
	for (size_t i = 0; i < n; i++)
		lines += buf[i] == '\n';
	ck_assert_uint_eq(lines, b.count + 1);
	ck_assert_str_eq(buf + n - 3, "ok\n");
	close(fd);
	box_close(&b);
}
END_TEST

START_TEST(monitors)
{
	static char buf[4000000];
	struct box b;
	struct record r;
	unsigned lines = 0, lost = 0, gaps = 0;
	bool end;
	size_t n;
	int fd, slow;

	box_open(&b);
	fd = dial(&b);
	slow = dial(&b);
	say(&b, fd, "monitor recent\n");
	say(&b, slow, "monitor\n");
	hear(&b, fd, buf, sizeof(buf), &end);
	ck_assert_str_eq(buf, "recent n=0 text=\"two words\"\n");
	for (unsigned i = 0; i < 50000; i++) {
		record_init(&r, "note");
		record_uint(&r, "n", i);
		record_str(&r, "text", "some text that takes some room");
		ctl_note(b.ctl, &r);
		if (i % 50)
			continue;
		n = hear(&b, fd, buf, sizeof(buf), &end);
		for (size_t k = 0; k < n; k++)
			lines += buf[k] == '\n';
	}
	n = hear(&b, fd, buf, sizeof(buf), &end);
	for (size_t k = 0; k < n; k++)
		lines += buf[k] == '\n';
	ck_assert_uint_eq(lines, 50000);	/* who reads misses nothing */
	n = hear(&b, slow, buf, sizeof(buf), &end);
	lines = 0;
	for (char *at = buf, *next; (next = strchr(at, '\n')); at = next + 1) {
		unsigned k = 0;

		gaps += sscanf(at, "lost count=%u", &k) == 1;
		lost += k;
		lines++;
	}
	ck_assert_uint_gt(lost, 0);
	ck_assert_uint_eq(lines - gaps + lost, 50000);
	/* the end of the daemon is said */
	ctl_close(b.ctl);
	uv_run(&b.loop, UV_RUN_DEFAULT);
	n = (size_t)recv(fd, buf, sizeof(buf), 0);
	ck_assert_uint_eq(n, strlen("error the daemon ends\n"));
	close(fd);
	close(slow);
	ck_assert_int_eq(uv_loop_close(&b.loop), 0);
	scratch_free(&b.dir);
}
END_TEST

Suite *suite_ctl(void)
{
	Suite *s = suite_create("ctl");

	unit_add(s, "answers", answers);
	unit_add(s, "half closed", half_closed);
	unit_add(s, "long line", long_line);
	unit_add(s, "too many", too_many);
	unit_add(s, "slow reader", slow_reader);
	unit_add(s, "monitors", monitors);
	return s;
}
