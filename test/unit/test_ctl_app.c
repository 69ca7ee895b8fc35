/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_ctl_app.c - the application socket: what it answers, and what it does
 * not let anybody do to others.
 *
 * Users are told apart by what they were when they connected: as root the
 * tests are several; without, what needs that is skipped and said.
 */
#define _GNU_SOURCE

#include "app_box.h"
#include "base/rng.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define GRANT	"grant type=home-anchored address=2001:db8:1::10\nok\n"

/* Said one after the other on one connection. */
static const struct {
	const char *line, *want;
} dialogue[] = {
	{ "types\n",
	  "type name=home-anchored permitted=yes provided=yes "
	  "address=2001:db8:1::10\n"
	  "type name=access-anchored permitted=no provided=yes\n"
	  "type name=unanchored permitted=yes provided=yes\n"
	  "type name=graceful permitted=yes provided=no\nok\n" },
	{ "type-of 2001:db8:1::10\n",
	  "address type=home-anchored address=2001:db8:1::10 "
	  "current=yes\nok\n" },
	{ "-j type-of 2001:db8:1::10\r\n",
	  "{\"type\": \"address\", \"type\": \"home-anchored\", "
	  "\"address\": \"2001:db8:1::10\", \"current\": true}\n"
	  "ok\n" },
	{ "type-of 2001:db8::1\n",
	  "error ENOENT the address has no type\n" },
	{ "type-of 192.0.2.1\n",
	  "error EINVAL that is no IPv6 address\n" },
	{ "type-of\n", "error EINVAL usage: type-of ADDRESS\n" },
	{ "request home-anchored\n", GRANT },
	{ "release home-anchored\n", "ok\n" },
	{ "release home-anchored\n",
	  "error ENOENT no such grant here\n" },
	{ "request home-anchored timeout 1\n", GRANT },
	{ "request home-anchored timeout 3600000\n", GRANT },
	{ "request home-anchored timeout 3600001\n",
	  "error EINVAL a timeout is 1 to 3600000 milliseconds\n" },
	{ "request home-anchored timeout 0\n",
	  "error EINVAL a timeout is 1 to 3600000 milliseconds\n" },
	{ "request home-anchored timeout -1\n",
	  "error EINVAL a timeout is 1 to 3600000 milliseconds\n" },
	{ "request home-anchored timeout 99999999999999999999\n",
	  "error EINVAL a timeout is 1 to 3600000 milliseconds\n" },
	{ "request home-anchored timeout\n",
	  "error EINVAL usage: request TYPE [timeout MS]\n" },
	{ "request home-anchored for 5\n",
	  "error EINVAL usage: request TYPE [timeout MS]\n" },
	{ "request\n", "error EINVAL which type?\n" },
	{ "request none\n", "error EINVAL a type is home-anchored, "
	  "access-anchored, unanchored or graceful\n" },
	{ "release all\n", "error EINVAL a type is home-anchored, "
	  "access-anchored, unanchored or graceful\n" },
	{ "release home-anchored now\n",
	  "error EINVAL usage: release TYPE\n" },
	{ "request access-anchored\n", "error EACCES the policy does "
	  "not permit this type\n" },
	{ "request graceful\n", "error EOPNOTSUPP nothing provides "
	  "this type here\n" },
	{ "types please\n", "error EINVAL too many words\n" },
	{ "watch me\n", "error EINVAL too many words\n" },
	{ "status\n", "error EINVAL a command is request, release, "
	  "types, type-of or watch\n" },
	{ "\n", "error EINVAL a command is request, release, "
	  "types, type-of or watch\n" },
	{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 "
	  "23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41\n",
	  "error EINVAL too many words\n" },
	{ "typ\001es\n",
	  "error EINVAL only printable ASCII is understood\n" },
};

START_TEST(answers)
{
	struct box b;
	struct stat st;
	int fd;

	box_open(&b, 4);
	ck_assert_int_eq(stat(b.path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0666);
	fd = dial(&b);
	for (size_t i = 0; i < sizeof(dialogue) / sizeof(*dialogue); i++)
		ask(&b, fd, dialogue[i].line, dialogue[i].want);
	ck_assert_int_eq(b.peer.pid, getpid());
	ck_assert_uint_eq(b.peer.uid, geteuid());
	ck_assert_uint_eq(b.peer.gid, getegid());
	ck_assert_uint_eq(b.timeout, SEC(3600));
	ck_assert_uint_eq(b.refused, 1);
	b.mode = REFUSE;
	ask(&b, fd, "request unanchored\n",
	    "error EADDRNOTAVAIL no care-of address\n");
	shows(&b, "application clients=1 waiting=0 granted=1 refused=0");
	close(fd);
	turn(&b);
	shows(&b, "application clients=0 waiting=0 granted=0 refused=0");
	box_close(&b);
}
END_TEST

START_TEST(waits)
{
	struct box b;
	int fd, other;

	box_open(&b, 4);
	b.mode = LATER;
	fd = dial(&b);
	other = dial(&b);
	ask(&b, fd, "request home-anchored timeout 50\n", "");
	ck_assert_uint_eq(b.timeout, MSEC(50));
	shows(&b, "application clients=2 waiting=1 granted=0 refused=0");
	/* what is sent ahead waits, too, and others do not */
	ask(&b, fd, "type-of 2001:db8::1\n", "");
	ask(&b, other, "type-of ::\n",
	    "error ENOENT the address has no type\n");
	reply(&b, b.id + 1, 0);		/* nobody's */
	ck_assert_str_eq(hear(&b, fd), "");
	reply(&b, b.id, 0);
	ck_assert_str_eq(hear(&b, fd), GRANT
			 "error ENOENT the address has no type\n");
	reply(&b, b.id, 0);		/* said twice */
	ck_assert_str_eq(hear(&b, fd), "");
	/* the network's own errno */
	ask(&b, other, "request unanchored\n", "");
	reply(&b, b.id, ETIMEDOUT);
	ck_assert_str_eq(hear(&b, other),
			 "error ETIMEDOUT Connection timed out\n");
	ask(&b, other, "request unanchored\n", "");
	reply(&b, b.id, 523);		/* no errno of this system */
	ck_assert_str_eq(hear(&b, other), "error EIO Unknown error 523\n");
	ck_assert_uint_eq(b.releases, 0);
	close(fd);
	close(other);
	turn(&b);
	ck_assert_uint_eq(b.releases, 1);
	box_close(&b);
}
END_TEST

/* Whoever vanishes gives back what he has and what he waits for. */
START_TEST(vanishes)
{
	struct box b;
	uint64_t granted, waiting;
	int fd;

	box_open(&b, 4);
	fd = dial(&b);
	ask(&b, fd, "request home-anchored\n", GRANT);
	granted = b.id;
	b.mode = LATER;
	ask(&b, fd, "request unanchored\n", "");
	waiting = b.id;
	close(fd);
	turn(&b);
	ck_assert_uint_eq(b.releases, 2);
	ck_assert(b.released == granted || b.released == waiting);
	shows(&b, "application clients=0 waiting=0 granted=0 refused=0");
	reply(&b, waiting, 0);		/* was on its way */
	ck_assert_uint_eq(b.releases, 2);
	/* in the middle of a line, and with lines sent ahead */
	fd = dial(&b);
	say(&b, fd, "request home-anchored\nrequest home-anchored\nrel");
	close(fd);
	turn(&b);
	ck_assert_uint_eq(b.releases, 3);
	ck_assert_uint_eq(b.requests, 3);
	/* the sending side is enough; what was asked before is answered */
	fd = dial(&b);
	say(&b, fd, "type-of ::\nrequest home-anchored\n");
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	ck_assert_str_eq(hear(&b, fd),
			 "error ENOENT the address has no type\n");
	ck_assert_ptr_null(hear(&b, fd));
	ck_assert_uint_eq(b.releases, 4);
	close(fd);
	fd = dial(&b);
	say(&b, fd, "type-of ::\ntype-of ::\n");
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	ck_assert_uint_eq(count(hear(&b, fd), "ENOENT"), 2);
	ck_assert_ptr_null(hear(&b, fd));
	close(fd);
	box_close(&b);
}
END_TEST

START_TEST(renews)
{
	struct box b;
	uint64_t first;
	int fd;

	box_open(&b, 1);		/* a renewal takes no place */
	fd = dial(&b);
	ask(&b, fd, "request home-anchored\n", GRANT);
	first = b.id;
	b.mode = LATER;
	ask(&b, fd, "request home-anchored\n", "");
	ck_assert_uint_eq(b.releases, 0);
	reply(&b, b.id, ETIMEDOUT);	/* the old one stays */
	ck_assert_str_eq(hear(&b, fd),
			 "error ETIMEDOUT Connection timed out\n");
	ck_assert_uint_eq(b.releases, 0);
	shows(&b, "application clients=1 waiting=0 granted=1 refused=0");
	ask(&b, fd, "request home-anchored\n", "");
	reply(&b, b.id, 0);
	ck_assert_str_eq(hear(&b, fd), GRANT);
	ck_assert_uint_eq(b.releases, 1);
	ck_assert_uint_eq(b.released, first);
	shows(&b, "application clients=1 waiting=0 granted=1 refused=0");
	/* closed while it renews: both go */
	ask(&b, fd, "request home-anchored\n", "");
	close(fd);
	turn(&b);
	ck_assert_uint_eq(b.releases, 3);
	fd = dial(&b);
	b.mode = AT_ONCE;
	ask(&b, fd, "request unanchored\n",
	    "grant type=unanchored address=2001:db8:1::10\nok\n");
	close(fd);
	box_close(&b);
}
END_TEST

/* Answers that come at once do not pile up on the stack or out of order. */
START_TEST(sent_ahead)
{
	struct box b;
	char text[CTL_LINE_MAX] = "";
	const char *got;
	int fd;

	box_open(&b, 4);
	fd = dial(&b);
	while (strlen(text) + 50 < sizeof(text))
		strcat(text, "request home-anchored\n"
			     "release home-anchored\n");
	say(&b, fd, text);
	got = hear(&b, fd);
	ck_assert_uint_eq(count(got, GRANT "ok\n"), count(text, "release"));
	ck_assert_uint_eq(b.releases, b.requests);
	/* who reads may send ahead what he likes */
	for (unsigned sent = 0, heard = 0; heard < 400; ) {
		sent += pour(&b, fd, "types\n", 400 - sent);
		got = hear(&b, fd);
		ck_assert_pstr_ne(got, "");
		heard += count(got, "ok\n");
	}
	/* more than is kept while it waits is the end, with all it has */
	b.mode = LATER;
	say(&b, fd, "request home-anchored\n");
	say(&b, fd, text);
	say(&b, fd, text);
	ck_assert_str_eq(hear(&b, fd), "error EINVAL too many lines at once\n");
	ck_assert_ptr_null(hear(&b, fd));
	ck_assert_uint_eq(b.releases, b.requests);
	close(fd);
	/* and so is a line without an end */
	fd = dial(&b);
	memset(text, 'x', sizeof(text) - 1);
	say(&b, fd, text);
	ck_assert_str_eq(hear(&b, fd), "");
	say(&b, fd, "x");
	ck_assert_str_eq(hear(&b, fd), "error EINVAL the line is too long\n");
	ck_assert_ptr_null(hear(&b, fd));
	close(fd);
	box_close(&b);
}
END_TEST

START_TEST(requests_of_a_user)
{
	static const char full[] =
		"error EAGAIN too many requests of this user\n";
	struct box b;
	int fd[3], bob;

	box_open(&b, 2);
	b.mode = LATER;
	for (int i = 0; i < 3; i++)
		fd[i] = dial(&b);
	ask(&b, fd[0], "request home-anchored\n", "");
	ask(&b, fd[1], "request home-anchored\n", "");
	ask(&b, fd[2], "request home-anchored\n", full);
	reply(&b, b.id, 0);		/* it still counts */
	ask(&b, fd[2], "request home-anchored\n", full);
	shows(&b, "application clients=3 waiting=1 granted=1 refused=2");
	if (several_users()) {
		bob = dial_as(&b, BOB);
		ask(&b, bob, "request home-anchored\n", "");
		ck_assert_uint_eq(b.peer.uid, BOB);
		close(bob);
		turn(&b);
	}
	close(fd[0]);			/* while it waits */
	turn(&b);
	ask(&b, fd[2], "request home-anchored\n", "");
	reply(&b, b.id, ECONNREFUSED);	/* one that failed does not */
	ck_assert_uint_eq(count(hear(&b, fd[2]), "ECONNREFUSED"), 1);
	ask(&b, fd[2], "request unanchored\n", "");
	app_set_limit(b.app, 1);
	hear(&b, fd[1]);
	ask(&b, fd[1], "request unanchored\n", full);
	ask(&b, fd[1], "release home-anchored\n", "ok\n");
	ask(&b, fd[1], "request unanchored\n", full);
	close(fd[2]);
	turn(&b);
	ask(&b, fd[1], "request unanchored\n", "");
	close(fd[1]);
	turn(&b);
	shows(&b, "application clients=0 waiting=0 granted=0 refused=4");
	box_close(&b);
}
END_TEST

START_TEST(connections_of_a_user)
{
	int fd[APP_CLIENTS_USER + 1], other[APP_CLIENTS_USER + 10];
	const char *got;
	struct box b;

	if (!several_users())
		return;
	box_open(&b, 4);
	for (int i = 0; i <= APP_CLIENTS_USER; i++)
		fd[i] = dial_as(&b, ALICE);
	got = hear(&b, fd[APP_CLIENTS_USER]);
	ck_assert_pstr_eq(got, "error EAGAIN too many connections of this "
			  "user\n");
	ck_assert_ptr_null(hear(&b, fd[APP_CLIENTS_USER]));
	ask(&b, fd[0], "request home-anchored\n", GRANT);
	other[0] = dial_as(&b, BOB);
	ask(&b, other[0], "request home-anchored\n", GRANT);
	close(other[0]);
	for (int i = 0; i < APP_CLIENTS_USER + 10; i++)
		other[i] = dial(&b);		/* root */
	ask(&b, other[APP_CLIENTS_USER + 9], "request home-anchored\n",
	    GRANT);
	for (int i = 0; i < APP_CLIENTS_USER + 10; i++)
		close(other[i]);
	close(fd[3]);
	close(fd[APP_CLIENTS_USER]);
	turn(&b);
	fd[3] = dial_as(&b, ALICE);
	ask(&b, fd[3], "request home-anchored\n", GRANT);
	for (int i = 0; i < APP_CLIENTS_USER; i++)
		close(fd[i]);
	turn(&b);
	ck_assert_uint_eq(b.requests, b.releases);
	box_close(&b);
}
END_TEST

START_TEST(all_connections)
{
	const rlim_t need = 2 * APP_CLIENTS + 50;	/* both ends are here */
	struct rlimit files = { .rlim_cur = need, .rlim_max = need };
	int fd[APP_CLIENTS + 1];
	struct box b;

	if (!several_users())
		return;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
	box_open(&b, 4);
	for (int i = 0; i <= APP_CLIENTS; i++)
		fd[i] = dial(&b);
	ck_assert_str_eq(hear(&b, fd[APP_CLIENTS]),
			 "error EAGAIN too many clients\n");
	ask(&b, fd[0], "request home-anchored\n", GRANT);
	close(fd[1]);
	close(fd[APP_CLIENTS]);
	turn(&b);
	fd[1] = dial(&b);
	ask(&b, fd[1], "request home-anchored\n", GRANT);
	for (int i = 0; i < APP_CLIENTS; i++)
		close(fd[i]);
	box_close(&b);
}
END_TEST

/* He is refused before he has come so often as a new one may. */
static bool comes_too_often(struct box *b, uid_t uid)
{
	bool refused = false;

	for (int i = 0; i < APP_BURST && !refused; i++) {
		int fd = dial_as(b, uid);
		const char *got = hear(b, fd);

		refused = count(got, "error EAGAIN too much at once\n");
		if (refused)
			ck_assert_ptr_null(hear(b, fd));
		close(fd);
	}
	return refused;
}

START_TEST(flood)
{
	const char *line = "request home-anchored\n";
	unsigned ok = 0, no = 0, i;
	struct box b;
	int fd, held, bob;

	if (!several_users())
		return;
	box_open(&b, 4);
	fd = dial_as(&b, ALICE);
	held = dial_as(&b, ALICE);
	ask(&b, held, "request home-anchored\n", GRANT);
	for (i = 0; i < 3 * APP_BURST && !no; i++) {
		const char *got;

		say(&b, fd, line);
		got = hear(&b, fd);
		ok += count(got, "ok\n");
		no += count(got, "EAGAIN");
	}
	ck_assert_uint_ge(ok, APP_BURST - 3);
	ck_assert_uint_lt(ok, 2 * APP_BURST);
	ck_assert_uint_eq(no, 1);
	/* he is not listened to as fast as he talks */
	i = b.requests;
	for (int k = 0; k < 2000; k++) {
		pour(&b, fd, line, 5);
		no += count(hear(&b, fd), "EAGAIN");
	}
	ck_assert_uint_lt(b.requests - i, APP_BURST);
	ck_assert_uint_lt(no, 500);
	/* to the others it is as it was, and what is given back is taken */
	bob = dial_as(&b, BOB);
	ask(&b, bob, line, GRANT);
	i = b.releases;
	ask(&b, held, "release home-anchored\n", "ok\n");
	ck_assert_uint_eq(b.releases, i + 1);
	/* coming back does not help, even when others have come meanwhile */
	close(fd);
	close(held);
	turn_ms(&b, 100);		/* nobody listened to her */
	close(dial_as(&b, CAROL));
	ck_assert(comes_too_often(&b, ALICE));
	/* but waiting does */
	turn_ms(&b, 200);
	fd = dial_as(&b, ALICE);
	ask(&b, fd, line, GRANT);
	close(fd);
	close(bob);
	turn(&b);
	ck_assert_uint_eq(b.requests, b.releases);
	box_close(&b);
}
END_TEST

/* Memory that is in use, by now. */
static size_t in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

START_TEST(never_reads)
{
	struct box b;
	size_t before;
	unsigned asked, n;
	int fd, other;

	box_open(&b, 4);
	fd = dial(&b);
	other = dial(&b);
	ask(&b, other, "request home-anchored\n", GRANT);
	before = in_use();
	n = pour(&b, fd, "types\n", 1000000);
	ck_assert_uint_lt(n, 1000000);	/* nobody listens any more */
	asked = b.asked;
	turn_ms(&b, 100);
	ck_assert_uint_eq(b.asked, asked);
	ck_assert_uint_lt(in_use() - before, 65536);
	ask(&b, other, "request home-anchored\n", GRANT);
	close(fd);
	close(other);
	box_close(&b);
}
END_TEST

START_TEST(watches)
{
	unsigned n = 0, lost = 0, gaps = 0;
	const char *got;
	struct box b;
	size_t before;
	int fd, slow;

	box_open(&b, 4);
	fd = dial(&b);
	slow = dial(&b);
	ask(&b, fd, "request home-anchored\n", GRANT);
	ask(&b, fd, "watch\n", "ok\n");
	ask(&b, slow, "-j watch\n", "ok\n");
	app_tell(b.app, "up", ATYPE_UNANCHORED, &addr_home);
	ck_assert_str_eq(hear(&b, fd), "address event=up type=unanchored "
			 "address=2001:db8:1::10\n");
	ck_assert_uint_eq(count(hear(&b, slow), "\"event\": \"up\""), 1);
	before = in_use();
	for (unsigned i = 0; i < 20000; i++) {
		app_tell(b.app, "replaced", ATYPE_HOME, &addr_home);
		if (i % 50 == 49)
			n += count(hear(&b, fd), "event=replaced");
	}
	ck_assert_uint_lt(in_use() - before, 65536);
	n += count(hear(&b, fd), "event=replaced");
	ck_assert_uint_eq(n, 20000);	/* who reads misses nothing */
	got = hear(&b, slow);
	n = count(got, "\"event\": \"replaced\"");
	while ((got = strstr(got, "\"lost\", \"count\": "))) {
		unsigned k = 0;

		got += strlen("\"lost\", \"count\": ");
		ck_assert_int_eq(sscanf(got, "%u", &k), 1);
		lost += k;
		gaps++;
	}
	ck_assert_uint_gt(gaps, 0);
	ck_assert_uint_eq(n + lost, 20000);
	/* the grant of before goes with the connection */
	ck_assert_uint_eq(b.releases, 0);
	b.talkative = true;
	close(fd);
	turn(&b);
	ck_assert_uint_eq(b.releases, 1);
	ck_assert_uint_eq(count(hear(&b, slow), "\"down\""), 1);
	close(slow);
	box_close(&b);
}
END_TEST

/* What ends one tells the others, some of which end just now. */
START_TEST(all_at_once)
{
	struct box b;
	int fd[40];

	box_open(&b, 100);
	b.talkative = true;
	for (int i = 0; i < 40; i++) {
		fd[i] = dial(&b);
		ask(&b, fd[i], "request home-anchored\n", GRANT);
		if (i % 2)
			ask(&b, fd[i], "watch\n", "ok\n");
	}
	for (int i = 0; i < 40; i++)
		close(fd[i]);
	turn(&b);
	ck_assert_uint_eq(b.releases, 40);
	shows(&b, "application clients=0 waiting=0 granted=0 refused=0");
	box_close(&b);
}
END_TEST

START_TEST(the_end)
{
	struct box b;
	int fd, watcher, waiter;

	box_open(&b, 4);
	fd = dial(&b);
	ask(&b, fd, "request home-anchored\n", GRANT);
	b.mode = LATER;
	waiter = dial(&b);
	ask(&b, waiter, "request home-anchored\n", "");
	watcher = dial(&b);
	ask(&b, watcher, "watch\n", "ok\n");
	box_close(&b);
	ck_assert_uint_eq(b.releases, 0);	/* nobody is called back */
	uv_loop_init(&b.loop);
	ck_assert_ptr_null(hear(&b, fd));
	ck_assert_str_eq(hear(&b, waiter),
			 "error ESHUTDOWN the daemon ends\n");
	ck_assert_str_eq(hear(&b, watcher),
			 "error ESHUTDOWN the daemon ends\n");
	uv_loop_close(&b.loop);
	close(fd);
	close(waiter);
	close(watcher);
}
END_TEST

START_TEST(garbage)
{
	static const char *const words[] = {
		"request", "release", "types", "type-of", "watch", "-j",
		"home-anchored", "unanchored", "graceful", "none", "timeout",
		"100", "::1", "2001:db8:1::10", "\n", "\n", "\r\n", "\001",
		"\xff",
	};
	struct rng r = unit_rng("garbage");
	struct box b;
	int fd = -1, good;

	box_open(&b, 4);
	good = dial(&b);
	for (int i = 0; i < 3000; i++) {
		char text[200] = "";

		if (fd < 0)
			fd = dial(&b);
		for (unsigned n = rng_below(&r, 12); n; n--) {
			strcat(text, words[rng_below(&r, sizeof(words) /
						     sizeof(*words))]);
			strcat(text, rng_below(&r, 8) ? " " : "");
		}
		b.mode = rng_below(&r, 3);
		if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0 ||
		    !rng_below(&r, 20)) {
			close(fd);
			fd = -1;
		}
		turn(&b);
		if (fd >= 0 && rng_below(&r, 2))
			hear(&b, fd);
		if (b.mode == LATER && rng_below(&r, 2))
			reply(&b, b.id, (int)rng_below(&r, 2) * EIO);
	}
	close(fd);
	b.mode = AT_ONCE;
	turn_ms(&b, 200);		/* without root we are flooding */
	ask(&b, good, "request home-anchored\n", GRANT);
	close(good);
	turn(&b);
	shows(&b, "application clients=0 waiting=0 granted=0 ");
	box_close(&b);
}
END_TEST

static Suite *suite_app(void)
{
	Suite *s = suite_create("app");

	unit_add(s, "answers", answers);
	unit_add(s, "waits", waits);
	unit_add(s, "vanishes", vanishes);
	unit_add(s, "renews", renews);
	unit_add(s, "sent ahead", sent_ahead);
	unit_add(s, "requests of a user", requests_of_a_user);
	unit_add(s, "connections of a user", connections_of_a_user);
	unit_add(s, "all connections", all_connections);
	unit_add(s, "flood", flood);
	unit_add(s, "never reads", never_reads);
	unit_add(s, "watches", watches);
	unit_add(s, "all at once", all_at_once);
	unit_add(s, "the end", the_end);
	unit_add(s, "garbage", garbage);
	return s;
}

int main(void)
{
	Suite *suites[] = { suite_app(), NULL };

	signal(SIGPIPE, SIG_IGN);	/* as the daemon does */

	return unit_main(suites);
}
