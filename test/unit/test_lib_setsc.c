/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_lib_setsc.c - setsc(): every answer, and every way not to get one.
 */
#include "config.h"

#include "test_lib.h"

#include "base/atype.h"

#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#define ASK		"request unanchored"
#define UNANCHORED	IPV6_REQUIRE_UNANCHORED

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One answer, one setsc: its errno, or 0. */
static int try_say(const char *say, bool bytewise)
{
	struct fake_turn t = { ASK, say, false, bytewise };
	int fd = fake_socket(SOCK_STREAM), err;

	fake_begin(&t, 1);
	err = setsc(fd, NULL, UNANCHORED) ? errno : 0;
	ck_assert(fake_end());
	close(fd);
	return err;
}

START_TEST(numbers)
{
	for (int t = ATYPE_HOME; t < ATYPES; t++) {
		sc_type flag = atype_flag(t);

		ck_assert_str_eq(mip6i_type_name(flag), atype_name(t));
		ck_assert_uint_eq(mip6i_type_parse(atype_name(t),
					strlen(atype_name(t))), flag);
	}
	ck_assert_uint_eq(FIXED_IP_ADDRESS, atype_flag(ATYPE_HOME));
	ck_assert_uint_eq(SESSION_LASTING_IP_ADDRESS,
			  atype_flag(ATYPE_ACCESS));
	ck_assert_uint_eq(NON_PERSISTENT_IP_ADDRESS,
			  atype_flag(ATYPE_UNANCHORED));
	ck_assert_uint_eq(GRACEFUL_REPLACEMENT_IP_ADDRESS,
			  atype_flag(ATYPE_GRACEFUL));
	ck_assert_uint_eq(MIP6I_REQUIRE, ATYPE_FLAGS);
}
END_TEST

START_TEST(bound)
{
	static const int kinds[] = { SOCK_STREAM, SOCK_DGRAM };
	struct fake_turn t = { ASK, GRANT_A, true };
	struct in6_addr want = fake_addr(ADDR_A), got;
	char text[INET6_ADDRSTRLEN];
	int prefs = IPV6_PREFER_SRC_PUBLIC, v, port;
	unsigned before = fake_descriptors();
	socklen_t n = sizeof(v);

	for (unsigned i = 0; i < 2; i++) {
		int fd = fake_socket(kinds[i]);

		setsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &prefs, n);
		fake_begin(&t, 1);
		ck_assert_int_eq(setsc(fd, &got, UNANCHORED), 0);
		ck_assert(fake_end());
		ck_assert(IN6_ARE_ADDR_EQUAL(&got, &want));
		ck_assert_str_eq(fake_bound(fd, text, &port), ADDR_A);
		/* the port is connect's, or bind's */
		ck_assert_int_eq(port, 0);
		getsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &v, &n);
		ck_assert_int_eq(v, 0);
		getsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &v, &n);
		ck_assert_int_eq(v & 3, IPV6_PREFER_SRC_PUBLIC);
		close(fd);
	}
	ck_assert_uint_eq(fake_descriptors(), before);
}
END_TEST

/* A server binds to the address with its port afterwards. */
START_TEST(then_port)
{
	struct fake_turn t = { ASK, GRANT_A };
	int fd = fake_socket(SOCK_STREAM), port;
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6,
				   .sin6_port = htons(7777) };
	char text[INET6_ADDRSTRLEN];

	fake_begin(&t, 1);
	ck_assert_int_eq(setsc(fd, &sa.sin6_addr, UNANCHORED), 0);
	ck_assert(fake_end());
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	ck_assert_str_eq(fake_bound(fd, text, &port), ADDR_A);
	ck_assert_int_eq(port, 7777);
	close(fd);
}
END_TEST

START_TEST(refused)
{
	static const struct { const char *say; int err; } rows[] = {
		{ "error EACCES the policy\n", EACCES },
		{ "error EOPNOTSUPP no home agent\n", EOPNOTSUPP },
		{ "error EADDRNOTAVAIL nothing\n", EADDRNOTAVAIL },
		{ "error ETIMEDOUT slow\n", ETIMEDOUT },
		{ "error ECONNREFUSED status 129\n", ECONNREFUSED },
		{ "error EAGAIN limit\n", EAGAIN },
		{ "error EINVAL the line\n", EINVAL },
		{ "error ENETUNREACH\n", ENETUNREACH },
		{ "error ENOENT what\n", ENOENT },
		{ "error ESOMETHING new\n", EIO },
		{ "grant type=unanchored address=" ADDR_A "\n"
		  "error ETIMEDOUT after all\n", ETIMEDOUT },
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(try_say(rows[i].say, false) == rows[i].err,
			      "%s", rows[i].say);
}
END_TEST

START_TEST(pieces)
{
	ck_assert_int_eq(try_say("\1\1\1" GRANT_A, false), 0);
	ck_assert_int_eq(try_say(GRANT_A, true), 0);
	ck_assert_int_eq(try_say("grant type=unanchored new=word address="
				 ADDR_A "\n\1\1ok\n", false), 0);
	ck_assert_int_eq(try_say("error EAC\1CES \1no\n", false), EACCES);
}
END_TEST

START_TEST(garbage)
{
	static char endless[3000];
	static const char *const rows[] = {
		"hello\n", "ok\n", "OK\n", "\n", "error\n", "\2",
		"grant\nok\n", "grant type=unanchored\nok\n",
		"grant type=unanchored address=\nok\n",
		"grant type=unanchored address=192.0.2.1\nok\n",
		"grant type=unanchored address=::\nok\n",
		"grant type=unanchored address=::1\nok\n",
		"grant type=unanchored address=ff02::1\nok\n",
		"grant type=unanchored address=fe80::1\nok\n",
		"grant type=unanchored address=::ffff:192.0.2.1\nok\n",
		"grant type=unanchored address=" ADDR_A "%lo\nok\n",
		"grant type=unanchored address=2001:db8:0000:0000:0000:0000:"
		"0000:0000:0000:000a\nok\n",
		"grant type=any address=" ADDR_A "\nok\n",
		"grant type=graceful address=" ADDR_A "\nok\n",
		"grant type=unanchored address=" ADDR_A "\n\177\n",
		endless,
	};

	memset(endless, 'x', sizeof(endless) - 1);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(try_say(rows[i], false) == EPROTO, "row %u: %s",
			      i, strerror(errno));
}
END_TEST

START_TEST(ends)
{
	ck_assert_int_eq(try_say("", false), ECONNRESET);
	ck_assert_int_eq(try_say("grant type=unanchored addr", false),
			 ECONNRESET);
	ck_assert_int_eq(try_say("grant type=unanchored address=" ADDR_A "\n",
				 false), ECONNRESET);
}
END_TEST

START_TEST(timeout)
{
	struct fake_turn t = { ASK " timeout 150", "", true };
	struct fake_turn half = { ASK " timeout 150", "grant type", true };
	int fd = fake_socket(SOCK_STREAM);
	double took;

	for (int i = 0; i < 2; i++) {
		fake_begin(i ? &half : &t, 1);
		took = seconds();
		ck_assert_int_eq(setsc_timeout(fd, NULL, UNANCHORED, 150), -1);
		ck_assert_int_eq(errno, ETIMEDOUT);
		took = seconds() - took;
		ck_assert(took > 0.14 && took < 2);
		ck_assert(fake_end());
	}
	close(fd);
}
END_TEST

START_TEST(busy)
{
	int fd = fake_socket(SOCK_STREAM), req[8];
	double took;
	int n = 0;

	fake_asleep();
	while (n < 8 && (req[n] = mip6_request(UNANCHORED, -1)) >= 0)
		n++;
	ck_assert_int_lt(n, 8);
	ck_assert_int_eq(errno, EAGAIN);
	took = seconds();
	ck_assert_int_eq(setsc_timeout(fd, NULL, UNANCHORED, 200), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	took = seconds() - took;
	ck_assert(took > 0.19 && took < 2);
	while (n)
		close(req[--n]);
	close(fd);
}
END_TEST

START_TEST(nobody_there)
{
	char path[300] = "/nowhere/", keep[128];
	int fd = fake_socket(SOCK_STREAM);

	snprintf(keep, sizeof(keep), "%s", getenv("MIP6D_APP"));
	ck_assert_int_eq(setsc(fd, NULL, UNANCHORED), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	fake_asleep();			/* the socket is left, dead */
	fake_end();
	ck_assert_int_eq(setsc(fd, NULL, UNANCHORED), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	memset(path + 9, 'x', 280);
	setenv("MIP6D_APP", path, 1);
	ck_assert_int_eq(setsc(fd, NULL, UNANCHORED), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	setenv("MIP6D_APP", "/etc/passwd", 1);
	ck_assert_int_eq(mip6_request(UNANCHORED, -1), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	setenv("MIP6D_APP", keep, 1);
	close(fd);
}
END_TEST

START_TEST(impostor)
{
	int fd = fake_socket(SOCK_STREAM);

	fake_nobody();
	ck_assert_int_eq(setsc(fd, NULL, UNANCHORED), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(mip6_watch(), -1);
	ck_assert_int_eq(errno, EPERM);
	close(fd);
}
END_TEST

/* No daemon is there: it must not be asked. */
START_TEST(nonsense)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6,
				    .sin6_port = htons(7778) };
	static const sc_type bad[] = {
		0, 1, IPV6_PREFER_SRC_COA, 0x8000, 0x100000,
		UNANCHORED | IPV6_PREFER_SRC_COA,
		UNANCHORED | IPV6_REQUIRE_HOME_ANCHORED, MIP6I_REQUIRE,
	};
	int fd = fake_socket(SOCK_STREAM), four, pipes[2];

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(setsc(fd, NULL, bad[i]), -1);
		ck_assert_int_eq(errno, EINVAL);
		ck_assert_int_eq(mip6_request(bad[i], 1), -1);
		ck_assert_int_eq(errno, EINVAL);
	}
	four = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(setsc(four, NULL, UNANCHORED), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(setsc(-1, NULL, UNANCHORED), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(setsc(pipes[0], NULL, UNANCHORED), -1);
	ck_assert_int_eq(errno, ENOTSOCK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	ck_assert_int_eq(setsc(fd, NULL, UNANCHORED), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

static int bound_to(const char *addr)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };
	int fd = fake_socket(SOCK_DGRAM);

	sa.sin6_addr = fake_addr(addr);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

START_TEST(bound_before)
{
	struct fake_turn t[] = {
		{ "type-of " ADDR_B, "address type=unanchored address=" ADDR_B
			" current=no\nok\n" },
		{ "type-of " ADDR_B, "address type=graceful address=" ADDR_B
			" current=yes\nok\n" },
		{ "type-of " ADDR_B, "error ENOENT not ours\n" },
		{ "type-of " ADDR_B, "error EAGAIN limit\n" },
		{ "type-of " ADDR_B, "address type=unanchored address=" ADDR_A
			" current=no\nok\n" },
	};
	static const int err[] = { 0, EINVAL, EINVAL, EAGAIN, EPROTO };
	struct in6_addr want = fake_addr(ADDR_B), got;
	int fd = bound_to(ADDR_B);

	fake_begin(t, 5);
	for (unsigned i = 0; i < 5; i++) {
		memset(&got, 0, sizeof(got));
		errno = 0;
		ck_assert_int_eq(setsc(fd, &got, UNANCHORED), err[i] ? -1 : 0);
		ck_assert_int_eq(errno, err[i]);
		ck_assert(IN6_ARE_ADDR_EQUAL(&got, &want) == !err[i]);
	}
	ck_assert(fake_end());
	close(fd);
}
END_TEST

/* What cannot be bound changes nothing. */
START_TEST(not_ours)
{
	struct fake_turn t[] = {
		{ ASK, "grant type=unanchored address=" ADDR_NONE "\nok\n" },
		{ ASK, GRANT_A },
	};
	int fd = fake_socket(SOCK_STREAM);
	struct in6_addr got = fake_addr(ADDR_B);
	char text[INET6_ADDRSTRLEN];

	fake_begin(t, 2);
	ck_assert_int_eq(setsc(fd, &got, UNANCHORED), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	ck_assert_str_eq(fake_bound(fd, text, NULL), "::");
	ck_assert_str_eq(inet_ntop(AF_INET6, &got, text, sizeof(text)),
			 ADDR_B);
	ck_assert_int_eq(setsc(fd, &got, UNANCHORED), 0);
	ck_assert(fake_end());
	close(fd);
}
END_TEST

static volatile sig_atomic_t ticks;

static void on_tick(int sig)
{
	ticks++;
}

START_TEST(interrupted)
{
	struct sigaction sa = { .sa_handler = on_tick };	/* no restart */
	struct itimerval every = { { 0, 2000 }, { 0, 2000 } }, off = { 0 };
	struct fake_turn t = { ASK, "\1\1gr\1ant type=unanchored address="
				    ADDR_A "\n\1\1ok\n" };
	struct fake_turn w = { ASK " timeout 5000", t.say };
	int fd = fake_socket(SOCK_STREAM), fd2 = fake_socket(SOCK_STREAM);

	sigaction(SIGALRM, &sa, NULL);
	fake_begin(&t, 1);
	setitimer(ITIMER_REAL, &every, NULL);
	ck_assert_int_eq(setsc(fd, NULL, UNANCHORED), 0);
	setitimer(ITIMER_REAL, &off, NULL);
	ck_assert(fake_end());
	fake_begin(&w, 1);
	setitimer(ITIMER_REAL, &every, NULL);
	ck_assert_int_eq(setsc_timeout(fd2, NULL, UNANCHORED, 5000), 0);
	setitimer(ITIMER_REAL, &off, NULL);
	ck_assert(fake_end());
	ck_assert_int_gt(ticks, 20);
	close(fd);
	close(fd2);
}
END_TEST

static void *worker(void *arg)
{
	struct in6_addr got;
	long bad = 0;

	for (int i = 0; i < 25; i++) {
		int fd = fake_socket(SOCK_STREAM);

		if (setsc(fd, &got, UNANCHORED) < 0)
			bad++;
		close(fd);
	}
	return (void *)bad;
}

START_TEST(threads)
{
	struct fake_turn t = { ASK, GRANT_A };
	unsigned before = fake_descriptors();
	pthread_t thread[8];
	void *bad;

	fake_crowd(&t);
	for (int i = 0; i < 8; i++)
		pthread_create(&thread[i], NULL, worker, NULL);
	for (int i = 0; i < 8; i++) {
		pthread_join(thread[i], &bad);
		ck_assert_ptr_null(bad);
	}
	ck_assert_uint_eq(fake_descriptors(), before);
}
END_TEST

Suite *suite_setsc(void)
{
	Suite *s = suite_create("setsc");

	unit_add(s, "numbers", numbers);
	unit_add(s, "bound", bound);
	unit_add(s, "then a port", then_port);
	unit_add(s, "refused", refused);
	unit_add(s, "pieces", pieces);
	unit_add(s, "garbage", garbage);
	unit_add(s, "ends", ends);
	unit_add(s, "timeout", timeout);
	unit_add(s, "busy", busy);
	unit_add(s, "nobody there", nobody_there);
	unit_add(s, "impostor", impostor);
	unit_add(s, "nonsense", nonsense);
	unit_add(s, "bound before", bound_before);
	unit_add(s, "not ours", not_ours);
	unit_add(s, "interrupted", interrupted);
	unit_add(s, "threads", threads);
	return s;
}
