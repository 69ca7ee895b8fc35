/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * app_tool - an application at the application socket, for shell tests.
 *
 *	app_tool [-u UID] [-t SECONDS] SOCKET MODE WORD...
 *
 *	say LINE...	each line, and its answer
 *	hold LINE...	the same, then "holding", and what else is told,
 *			until killed
 *	flood N LINE	the line N times, as fast as the socket takes it, and
 *			its answers: "flood sent=N ok=N refused=N error=N
 *			closed=no ms=N" (refused: EAGAIN)
 *	mute N LINE	the line N times and no answer is ever read: "mute
 *			sent=N", and then nothing, until killed
 *	crowd N LINE	N connections that say the line: "crowd ok=N
 *			refused=N error=N closed=N", then held until killed
 *
 * -u: as this user and his group of the same number; the directories above
 * the socket's own need not be open to him.  -t: no answer may
 * take longer (30).  Status 0: every answer was ok (flood, mute and crowd:
 * it could be done); 1: an error; 2: no socket, or no answer in time.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CROWD_MAX	4096

struct peer {
	int	fd;
	char	buf[4096];
	size_t	n;
	bool	closed;
};

struct tally {
	unsigned	sent, ok, refused, error, closed;
};

struct tool {
	const char	*path;
	int		timeout;	/* ms */
};

static void fail(const char *what)
{
	printf("error %s: %s\n", what, strerror(errno));
	exit(2);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void dial(const struct tool *t, struct peer *p)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	*p = (struct peer){
		.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
	};
	if (strlen(t->path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		fail(t->path);
	}
	strcpy(to.sun_path, t->path);
	if (p->fd < 0 || connect(p->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		fail(t->path);
}

/* --- reading --- */

/* Wait for more; false: none came in time, or never will. */
static bool more(struct peer *p, int timeout)
{
	struct pollfd pfd = { .fd = p->fd, .events = POLLIN };
	ssize_t n;

	if (p->closed || poll(&pfd, 1, timeout) <= 0)
		return false;
	n = recv(p->fd, p->buf + p->n, sizeof(p->buf) - 1 - p->n,
		 MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return true;
	if (n <= 0) {
		p->closed = true;
		return false;
	}
	p->n += (size_t)n;
	return true;
}

/* A line that is there already. */
static bool take(struct peer *p, char line[4096])
{
	char *end = memchr(p->buf, '\n', p->n);
	size_t len;

	if (!end)
		return false;
	len = (size_t)(end - p->buf);
	memcpy(line, p->buf, len);
	line[len] = '\0';
	p->n -= len + 1;
	memmove(p->buf, end + 1, p->n);
	return true;
}

static bool is_ok(const char *l)
{
	return !strcmp(l, "ok");
}

static bool is_error(const char *l)
{
	return !strncmp(l, "error ", 6);
}

static void count(struct tally *y, const char *line)
{
	if (is_ok(line))
		y->ok++;
	else if (!strncmp(line, "error EAGAIN ", 13))
		y->refused++;
	else if (is_error(line))
		y->error++;
}

/* --- saying --- */

static bool send_line(struct peer *p, const char *line, int flags)
{
	char text[1024];
	int n = snprintf(text, sizeof(text), "%s\n", line);

	return send(p->fd, text, (size_t)n, flags | MSG_NOSIGNAL) == n;
}

/* Its answer is printed: 0 ok, 1 error, 2 there was none. */
static int ask(const struct tool *t, struct peer *p, const char *line)
{
	char got[4096];

	if (!send_line(p, line, 0))
		return 2;
	for (;;) {
		while (take(p, got)) {
			puts(got);
			fflush(stdout);
			if (is_ok(got) || is_error(got))
				return is_error(got);
		}
		if (!more(p, t->timeout)) {
			puts(p->closed ? "closed" : "error no answer");
			return 2;
		}
	}
}

static int say(const struct tool *t, struct peer *p, char *const line[])
{
	int rc = 0, one;

	dial(t, p);
	for (; *line; line++) {
		one = ask(t, p, *line);
		if (one > rc)
			rc = one;
		if (one == 2)
			break;
	}
	return rc;
}

static int do_say(const struct tool *t, char *const w[])
{
	struct peer p;
	int rc = say(t, &p, w);

	close(p.fd);
	return rc;
}

static int do_hold(const struct tool *t, char *const w[])
{
	struct peer p;
	int rc = say(t, &p, w);
	char got[4096];

	if (rc == 2)
		return rc;
	puts("holding");
	fflush(stdout);
	do {
		while (take(&p, got))
			puts(got);
		fflush(stdout);
	} while (more(&p, -1));
	puts("closed");
	return rc;
}

/* --- misbehaving --- */

static _Noreturn void stay(void)
{
	fflush(stdout);
	for (;;)
		pause();
}

static unsigned number(const char *s)
{
	char *end = NULL;
	unsigned long n = s ? strtoul(s, &end, 10) : 0;

	if (!s || !*s || *end || n > 100000000) {
		puts("error: a number is missing");
		exit(2);
	}
	return (unsigned)n;
}

static int do_flood(const struct tool *t, char *const w[])
{
	unsigned n = number(w[0]);
	double begin = now_ms();
	struct tally y = { 0 };
	char got[4096];
	struct peer p;

	dial(t, &p);
	while (y.ok + y.refused + y.error < n) {
		while (y.sent < n && send_line(&p, w[1], MSG_DONTWAIT))
			y.sent++;
		while (take(&p, got))
			count(&y, got);
		if (y.ok + y.refused + y.error < n && !more(&p, t->timeout))
			break;
	}
	while (take(&p, got))
		count(&y, got);
	printf("flood sent=%u ok=%u refused=%u error=%u closed=%s ms=%.0f\n",
	       y.sent, y.ok, y.refused, y.error, p.closed ? "yes" : "no",
	       now_ms() - begin);
	close(p.fd);
	return 0;
}

static int do_mute(const struct tool *t, char *const w[])
{
	unsigned n = number(w[0]), sent = 0;
	struct peer p;

	dial(t, &p);
	/* so long as it takes any within a second */
	while (sent < n) {
		struct pollfd pfd = { .fd = p.fd, .events = POLLOUT };

		if (send_line(&p, w[1], MSG_DONTWAIT))
			sent++;
		else if (errno != EAGAIN || poll(&pfd, 1, 1000) <= 0)
			break;
	}
	printf("mute sent=%u\n", sent);
	stay();
}

static int do_crowd(const struct tool *t, char *const w[])
{
	static struct peer p[CROWD_MAX];
	unsigned n = number(w[0]);
	struct tally y = { 0 };
	char got[4096];

	for (unsigned i = 0; i < n && i < CROWD_MAX; i++) {
		struct tally before = y;

		dial(t, &p[i]);
		send_line(&p[i], w[1], 0);
		do {
			while (take(&p[i], got))
				count(&y, got);
		} while (y.ok + y.refused + y.error ==
			 before.ok + before.refused + before.error &&
			 more(&p[i], t->timeout));
		y.closed += p[i].closed;
	}
	printf("crowd ok=%u refused=%u error=%u closed=%u\n", y.ok, y.refused,
	       y.error, y.closed);
	stay();
}

/* --- main --- */

static const struct {
	const char	*name;
	int		words;		/* at least */
	int		(*fn)(const struct tool *, char *const w[]);
} modes[] = {
	{ "say", 1, do_say },
	{ "hold", 0, do_hold },
	{ "flood", 2, do_flood },
	{ "mute", 2, do_mute },
	{ "crowd", 2, do_crowd },
};

static void become(uid_t uid)
{
	if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		fail("-u");
}

/* Go where the socket is: its name. */
static const char *go_to(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return path;
	*slash = '\0';
	if (chdir(slash == path ? "/" : path) < 0)
		fail(path);
	return slash + 1;
}

int main(int argc, char **argv)
{
	struct tool t = { .timeout = 30000 };
	uid_t uid = 0;
	int opt;

	while ((opt = getopt(argc, argv, "+u:t:")) != -1) {
		if (opt == 'u')
			uid = number(optarg);
		else if (opt == 't')
			t.timeout = (int)number(optarg) * 1000;
		else
			return 2;
	}
	argc -= optind;
	argv += optind;
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (argc < 2 || strcmp(argv[1], modes[i].name) != 0)
			continue;
		if (argc - 2 < modes[i].words)
			break;
		t.path = go_to(argv[0]);
		if (uid)
			become(uid);
		return modes[i].fn(&t, argv + 2);
	}
	fprintf(stderr, "app_tool [-u UID] [-t SECONDS] SOCKET "
		"say|hold|flood|mute|crowd WORD...\n");
	return 2;
}
