/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * app_box.c - see app_box.h.
 */
#define _GNU_SOURCE		/* seteuid */

#include "app_box.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

void reply(struct box *b, uint64_t id, int error)
{
	struct ef_reply r = {
		.id = id, .error = error, .type = ATYPE_HOME,
		.addr = addr_home,
	};

	app_reply(b->app, &r);
}

static int on_request(void *arg, const struct app_peer *peer, uint64_t id,
		      enum atype type, usec_t timeout, char *why, size_t cap)
{
	struct box *b = arg;

	b->requests++;
	b->peer = *peer;
	b->timeout = timeout;
	b->type = type;
	ck_assert_uint_gt(id, b->id);	/* never seen before */
	b->id = id;
	if (b->mode == REFUSE) {
		snprintf(why, cap, "no care-of address");
		return -EADDRNOTAVAIL;
	}
	if (b->mode == AT_ONCE)
		reply(b, id, 0);
	return 0;
}

static void on_release(void *arg, uint64_t id)
{
	struct box *b = arg;

	ck_assert_uint_ne(id, 0);
	b->releases++;
	b->released = id;
	if (b->talkative)
		app_tell(b->app, "down", ATYPE_HOME, &addr_home);
}

static bool on_permitted(void *arg, const struct app_peer *peer, enum atype t)
{
	return t != ATYPE_ACCESS;
}

static void on_refused(void *arg, const struct app_peer *peer, enum atype t)
{
	struct box *b = arg;

	ck_assert_int_eq(t, ATYPE_ACCESS);
	b->refused++;
}

static bool on_current(void *arg, enum atype t, struct in6_addr *ret)
{
	struct box *b = arg;

	b->asked++;
	*ret = t == ATYPE_HOME ? addr_home : addr_unspec;
	return t != ATYPE_GRACEFUL;
}

static enum atype on_type_of(void *arg, const struct in6_addr *a,
			     bool *ret_current)
{
	*ret_current = true;
	return addr_eq(a, &addr_home) ? ATYPE_HOME : ATYPE_NONE;
}

void box_open(struct box *b, unsigned max_requests)
{
	const struct app_ops ops = {
		.request = on_request, .release = on_release,
		.permitted = on_permitted, .refused = on_refused,
		.current = on_current, .type_of = on_type_of, .arg = b,
	};

	*b = (struct box){ .dir = scratch_new() };
	ck_assert_int_eq(chmod(b->dir.dir, 0755), 0);
	snprintf(b->path, sizeof(b->path), "%s/application", b->dir.dir);
	uv_loop_init(&b->loop);
	ck_assert_int_eq(app_open(&b->loop, b->path, max_requests, &ops,
				  &b->app), 0);
}

void box_close(struct box *b)
{
	b->app = app_close(b->app);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&b->loop), 0);
	ck_assert_int_ne(access(b->path, F_OK), 0);
	scratch_free(&b->dir);
}

void turn(struct box *b)
{
	for (int i = 0; i < 20; i++)
		uv_run(&b->loop, UV_RUN_NOWAIT);
}

void turn_ms(struct box *b, unsigned ms)
{
	for (unsigned i = 0; i < ms; i++) {
		usleep(1000);
		uv_run(&b->loop, UV_RUN_NOWAIT);
	}
}

int dial(struct box *b)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(to.sun_path, b->path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	turn(b);
	return fd;
}

int dial_as(struct box *b, uid_t uid)
{
	int fd;

	if (uid)
		ck_assert_int_eq(seteuid(uid), 0);
	fd = dial(b);
	if (uid)
		ck_assert_int_eq(seteuid(0), 0);
	return fd;
}

bool several_users(void)
{
	if (geteuid() == 0)
		return true;
	printf("SKIP: not root: there is one user only\n");
	return false;
}

void say(struct box *b, int fd, const char *text)
{
	ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 (ssize_t)strlen(text));
	turn(b);
}

const char *hear(struct box *b, int fd)
{
	static char buf[2000000];
	size_t n = 0;
	ssize_t got;

	do {
		turn(b);
		got = recv(fd, buf + n, sizeof(buf) - 1 - n, 0);
		if (got > 0)
			n += (size_t)got;
	} while (got > 0);
	buf[n] = '\0';
	/* a reset: the server left something unread */
	return n || (got < 0 && errno == EAGAIN) ? buf : NULL;
}

void ask(struct box *b, int fd, const char *line, const char *want)
{
	say(b, fd, line);
	ck_assert_pstr_eq(hear(b, fd), want);
}

unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	while (text && (text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

struct text_sink {
	struct record_sink	sink;
	char			text[256];
};

static void put_text(struct record_sink *sink, const struct record *r)
{
	struct text_sink *t = (struct text_sink *)sink;

	record_print_text(r, t->text, sizeof(t->text));
}

void shows(struct box *b, const char *want)
{
	struct text_sink t = { .sink.put = put_text };

	app_show(b->app, &t.sink);
	t.text[strlen(want)] = '\0';
	ck_assert_str_eq(t.text, want);
}

unsigned pour(struct box *b, int fd, const char *line, unsigned most)
{
	unsigned n = 0;

	while (n < most &&
	       send(fd, line, strlen(line), MSG_NOSIGNAL) ==
	       (ssize_t)strlen(line)) {
		n++;
		if (n % 10 == 0)
			turn(b);
	}
	turn(b);
	return n;
}
