/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_lib_async.c - requests that do not wait, what a socket has, events.
 */
#include "config.h"

#include "test_lib.h"

#include <fcntl.h>
#include <poll.h>

#define ASK		"request access-anchored"
#define ACCESS		IPV6_REQUIRE_ACCESS_ANCHORED
#define GRANT_B		"grant type=access-anchored address=" ADDR_B "\nok\n"

static bool readable(int fd, int ms)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, ms) == 1;
}

static int finish(int req, int fd)
{
	return mip6_request_finish(req, fd, NULL) ? errno : 0;
}

START_TEST(request)
{
	struct fake_turn t = { ASK, "\1\1" GRANT_B, true };
	struct in6_addr want = fake_addr(ADDR_B), got;
	int a = fake_socket(SOCK_STREAM), b = fake_socket(SOCK_DGRAM);
	char text[INET6_ADDRSTRLEN];
	int req;

	fake_begin(&t, 1);
	req = mip6_request(ACCESS, -1);
	ck_assert_int_ge(req, 0);
	ck_assert_int_eq(fcntl(req, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(finish(req, a), EINPROGRESS);
	ck_assert(readable(req, 5000));
	ck_assert_int_eq(mip6_request_finish(req, a, &got), 0);
	ck_assert(IN6_ARE_ADDR_EQUAL(&got, &want));
	ck_assert_str_eq(fake_bound(a, text, NULL), ADDR_B);
	/* the same for another socket, once more, and for none */
	ck_assert_int_eq(finish(req, b), 0);
	ck_assert_str_eq(fake_bound(b, text, NULL), ADDR_B);
	ck_assert_int_eq(finish(req, b), 0);
	ck_assert_int_eq(finish(req, -1), 0);
	/* the grant ends with the connection: it waits for that */
	close(req);
	ck_assert(fake_end());
	close(a);
	close(b);
}
END_TEST

START_TEST(request_fails)
{
	static const struct { const char *say; int err; } rows[] = {
		{ "error EACCES no\n", EACCES },
		{ "error ETIMEDOUT\n", ETIMEDOUT },
		{ "nonsense\n", EPROTO },
		{ "ok\n", EPROTO },
		{ "", ECONNRESET },
		{ "grant type=access-anchored", ECONNRESET },
	};
	int fd = fake_socket(SOCK_STREAM), req, err;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_turn t = { ASK " timeout 1500", rows[i].say };

		fake_begin(&t, 1);
		req = mip6_request(ACCESS, 1500);
		do
			readable(req, 1000);
		while ((err = finish(req, fd)) == EINPROGRESS);
		ck_assert_msg(err == rows[i].err, "%u: %s", i, strerror(err));
		ck_assert(fake_end());
		close(req);
	}
	close(fd);
}
END_TEST

START_TEST(pieces)
{
	struct fake_turn t = { ASK, GRANT_B, true, true };
	int fd = fake_socket(SOCK_STREAM), req, err;

	fake_begin(&t, 1);
	req = mip6_request(ACCESS, -1);
	do
		readable(req, 1000);
	while ((err = finish(req, fd)) == EINPROGRESS);
	ck_assert_int_eq(err, 0);
	close(req);
	ck_assert(fake_end());
	close(fd);
}
END_TEST

START_TEST(cancel)
{
	struct fake_turn t = { ASK, "", true };
	int req;

	fake_begin(&t, 1);
	req = mip6_request(ACCESS, -1);
	ck_assert_int_eq(finish(req, -1), EINPROGRESS);
	close(req);
	ck_assert(fake_end());
}
END_TEST

/* The wrong socket is told, and the grant is still good. */
START_TEST(wrong_socket)
{
	struct fake_turn t = { ASK, GRANT_B, true };
	int four = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int fd = fake_socket(SOCK_STREAM), req;

	fake_begin(&t, 1);
	req = mip6_request(ACCESS, -1);
	ck_assert(readable(req, 5000));
	ck_assert_int_eq(finish(req, four), EINVAL);
	ck_assert_int_eq(finish(req, 99), EBADF);
	ck_assert_int_eq(finish(req, fd), 0);
	close(req);
	ck_assert(fake_end());
	close(four);
	close(fd);
}
END_TEST

START_TEST(getsc)
{
	struct fake_turn t[] = {
		{ "type-of " ADDR_B, "address type=home-anchored address="
			ADDR_B " current=yes\nok\n" },
		{ "type-of " ADDR_B, "error ENOENT not ours\n" },
		{ "type-of " ADDR_B, "what\n" },
	};
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };
	int fd = fake_socket(SOCK_DGRAM);
	int four = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct in6_addr addr = fake_addr(ADDR_A), b = fake_addr(ADDR_B);
	sc_type type = 7;

	ck_assert_int_eq(mip6_getsc(fd, &type, &addr), 0);
	ck_assert_uint_eq(type, 0);
	ck_assert(IN6_IS_ADDR_UNSPECIFIED(&addr));
	ck_assert_int_eq(mip6_getsc(four, &type, &addr), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(mip6_getsc(-1, &type, &addr), -1);
	ck_assert_int_eq(errno, EBADF);
	sa.sin6_addr = b;
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	ck_assert_int_eq(mip6_getsc(fd, NULL, &addr), 0);	/* unasked */
	ck_assert(IN6_ARE_ADDR_EQUAL(&addr, &b));
	ck_assert_int_eq(mip6_getsc(fd, &type, NULL), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	fake_begin(t, 3);
	ck_assert_int_eq(mip6_getsc(fd, &type, &addr), 0);
	ck_assert_uint_eq(type, IPV6_REQUIRE_HOME_ANCHORED);
	ck_assert_int_eq(mip6_getsc(fd, &type, NULL), 0);
	ck_assert_uint_eq(type, 0);
	ck_assert_int_eq(mip6_getsc(fd, &type, NULL), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert(fake_end());
	close(fd);
	close(four);
}
END_TEST

START_TEST(watch)
{
	struct fake_turn t = { "watch",
		"o\1k\naddress event=up type=unanchored address=" ADDR_A "\n"
		"address event=replaced type=graceful address=" ADDR_B "\n"
		"lost count=17\n"
		"\1\1address event=down type=home-anch\1ored address="
		ADDR_NONE "\n", false };
	struct in6_addr a = fake_addr(ADDR_A), b = fake_addr(ADDR_B);
	struct mip6_event e;
	int fd;

	fake_begin(&t, 1);
	fd = mip6_watch();
	ck_assert_int_ge(fd, 0);
	ck_assert(readable(fd, 5000));
	ck_assert_int_eq(mip6_watch_read(fd, &e), 0);
	ck_assert_uint_eq(e.kind, MIP6_EVENT_UP);
	ck_assert_uint_eq(e.type, IPV6_REQUIRE_UNANCHORED);
	ck_assert(IN6_ARE_ADDR_EQUAL(&e.addr, &a));
	ck_assert_int_eq(mip6_watch_read(fd, &e), 0);
	ck_assert_uint_eq(e.kind, MIP6_EVENT_REPLACED);
	ck_assert(IN6_ARE_ADDR_EQUAL(&e.addr, &b));
	ck_assert_int_eq(mip6_watch_read(fd, &e), 0);
	ck_assert_uint_eq(e.kind, MIP6_EVENT_LOST);
	ck_assert_uint_eq(e.count, 17);
	ck_assert_int_eq(mip6_watch_read(fd, &e), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_uint_eq(e.count, 17);
	do
		readable(fd, 1000);
	while (mip6_watch_read(fd, &e) < 0 && errno == EAGAIN);
	ck_assert_uint_eq(e.kind, MIP6_EVENT_DOWN);
	do
		readable(fd, 1000);
	while (mip6_watch_read(fd, &e) < 0 && errno == EAGAIN);
	ck_assert_int_eq(errno, ECONNRESET);
	close(fd);
	ck_assert(fake_end());
}
END_TEST

START_TEST(watch_fails)
{
	static const struct { const char *say; int err, read_err; } rows[] = {
		{ "error EAGAIN limit\n", EAGAIN, 0 },
		{ "oh\n", EPROTO, 0 },
		{ "", ECONNRESET, 0 },
		{ "ok\nhello\n", 0, EPROTO },
		{ "ok\nerror ESHUTDOWN the daemon ends\n", 0, ESHUTDOWN },
		{ "ok\nlost count=-1\n", 0, EPROTO },
		{ "ok\naddress event=odd type=graceful address=" ADDR_A "\n",
		  0, EPROTO },
		{ "ok\naddress event=up type=graceful address=::\n", 0,
		  EPROTO },
	};
	struct mip6_event e;
	int fd;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_turn t = { "watch", rows[i].say };

		fake_begin(&t, 1);
		errno = 0;
		fd = mip6_watch();
		ck_assert_int_eq(errno, rows[i].err);
		ck_assert(fake_end());
		if (fd < 0)
			continue;
		ck_assert_int_eq(mip6_watch_read(fd, &e), -1);
		ck_assert_int_eq(errno, rows[i].read_err);
		close(fd);
	}
}
END_TEST

Suite *suite_async(void)
{
	Suite *s = suite_create("async");

	unit_add(s, "request", request);
	unit_add(s, "request fails", request_fails);
	unit_add(s, "pieces", pieces);
	unit_add(s, "cancel", cancel);
	unit_add(s, "wrong socket", wrong_socket);
	unit_add(s, "getsc", getsc);
	unit_add(s, "watch", watch);
	unit_add(s, "watch fails", watch_fails);
	return s;
}
