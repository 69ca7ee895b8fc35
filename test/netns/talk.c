/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * talk.c - a conversation that is taken up again when it is ended.
 *
 *	talk serve PORT			echo to everybody; to a browser, the
 *					address that it comes from
 *	talk [-t TYPE] to NAME REMOTE PORT
 *
 * The talker connects, says a word every 10 ms and hears it back.  With -t
 * its sockets require an address type, by setsockopt as any program would
 * do it.  When the kernel ends its connection it connects again, at once
 * and then every 10 ms.  Everything is a line, with milliseconds of
 * CLOCK_BOOTTIME:
 *
 *	connected at=MS name=NAME local=ADDRESS after=MS
 *	ended at=MS name=NAME error=ERRNO heard=WORDS
 *	failed at=MS name=NAME error=ERRNO	(the first of a row)
 *	summary name=NAME connections=N local=ADDRESS heard=WORDS longest=MS
 *
 * `stop', or the end, on standard input prints the summary.
 */
#define _GNU_SOURCE		/* strerrorname_np */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IPV6_ADDR_PREFERENCES
#define IPV6_ADDR_PREFERENCES	72
#endif

#define CLIENTS		64
#define EVERY		10		/* ms */

static const struct {
	const char	*name;
	int		flag;
} types[] = {
	{ "home-anchored", 0x10000 }, { "access-anchored", 0x20000 },
	{ "unanchored", 0x40000 }, { "graceful", 0x80000 }, { "none", 0 },
};

static void die(const char *what)
{
	fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint16_t port_of(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	errno = EINVAL;
	if (*end || !n || n > 65535)
		die(text);
	return htons((uint16_t)n);
}

/* --- the other end ------------------------------------------------------ */

/* False: it is over. */
static bool serve_one(int fd)
{
	char buf[4096], page[200], host[INET6_ADDRSTRLEN];
	struct sockaddr_in6 peer;
	socklen_t len = sizeof(peer);
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	int k;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	if (n < 4 || memcmp(buf, "GET ", 4))
		return send(fd, buf, (size_t)n, MSG_NOSIGNAL) >= 0 ||
		       errno == EAGAIN;
	getpeername(fd, (struct sockaddr *)&peer, &len);
	inet_ntop(AF_INET6, &peer.sin6_addr, host, sizeof(host));
	k = snprintf(page, sizeof(page), "HTTP/1.0 200 OK\r\nContent-Type: "
		     "text/plain\r\nContent-Length: %zu\r\n\r\n%s\n",
		     strlen(host) + 1, host);
	send(fd, page, (size_t)k, MSG_NOSIGNAL);
	return false;
}

static int serve(char **arg)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };
	struct pollfd p[CLIENTS + 1];
	int on = 1, n = 1;

	sa.sin6_port = port_of(arg[0]);
	p[0].fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	p[0].events = POLLIN;
	setsockopt(p[0].fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(p[0].fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 ||
	    listen(p[0].fd, CLIENTS) < 0)
		die("listen");
	printf("listening at=%.1f\n", now());
	while (poll(p, (nfds_t)n, -1) >= 0 || errno == EINTR) {
		for (int i = n - 1; i > 0; i--) {
			if (!p[i].revents || serve_one(p[i].fd))
				continue;
			close(p[i].fd);
			p[i] = p[--n];
		}
		if (!p[0].revents || n > CLIENTS)
			continue;
		p[n].fd = accept4(p[0].fd, NULL, NULL, SOCK_CLOEXEC);
		p[n].events = POLLIN;
		p[n].revents = 0;
		n += p[n].fd >= 0;
	}
	return 1;
}

/* --- the talker --------------------------------------------------------- */

struct talk {
	const char	*name;
	int		flag;
	struct sockaddr_in6 to;
	int		fd;		/* -1: none */
	bool		up;
	unsigned	connections;
	uint64_t	heard;
	double		began, last, longest, next;
	char		local[INET6_ADDRSTRLEN];
	int		failed;		/* errno of the last try */
};

static void ended(struct talk *t, int error)
{
	if (t->up)
		printf("ended at=%.1f name=%s error=%s heard=%" PRIu64 "\n",
		       now(), t->name, strerrorname_np(error), t->heard);
	else if (t->failed != error)
		printf("failed at=%.1f name=%s error=%s\n", now(), t->name,
		       strerrorname_np(error));
	t->failed = t->up ? 0 : error;
	t->began = t->up ? now() : t->began;
	t->next = now() + (t->up ? 0 : EVERY);
	t->up = false;
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

static void begin(struct talk *t)
{
	t->fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		die("socket");
	t->next = now() + EVERY;
	if (t->flag && setsockopt(t->fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES,
				  &t->flag, sizeof(t->flag)) < 0) {
		ended(t, errno);
		return;
	}
	fcntl(t->fd, F_SETFL, O_NONBLOCK);
	if (connect(t->fd, (struct sockaddr *)&t->to, sizeof(t->to)) < 0 &&
	    errno != EINPROGRESS)
		ended(t, errno);
}

static void established(struct talk *t)
{
	struct sockaddr_in6 sa;
	socklen_t len = sizeof(sa);

	getsockname(t->fd, (struct sockaddr *)&sa, &len);
	inet_ntop(AF_INET6, &sa.sin6_addr, t->local, sizeof(t->local));
	printf("connected at=%.1f name=%s local=%s after=%.1f\n", now(),
	       t->name, t->local, now() - t->began);
	t->up = true;
	t->failed = 0;
	if (!t->connections++)
		t->last = now();
}

static void hear(struct talk *t)
{
	char buf[512];
	ssize_t n = recv(t->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		ended(t, n ? errno : EPIPE);
		return;
	}
	if (now() - t->last > t->longest)
		t->longest = now() - t->last;
	t->last = now();
	t->heard += (uint64_t)n / 4;
}

static void round_of(struct talk *t, short revents)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (t->fd < 0) {
		if (now() >= t->next)
			begin(t);
		return;
	}
	if (revents & (POLLERR | POLLHUP | POLLOUT) && !t->up) {
		getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &len);
		if (error)
			ended(t, error);
		else
			established(t);
		return;
	}
	if (t->up && revents)
		hear(t);
	if (t->up && now() >= t->next) {
		t->next = now() + EVERY;
		if (send(t->fd, "word", 4, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
		    errno != EAGAIN)
			ended(t, errno);
	}
}

static int talk_to(const char *type, char **arg)
{
	struct talk t = { .name = arg[0], .fd = -1, .began = now() };
	struct pollfd p[2] = { { .events = POLLIN } };
	char line[64];

	errno = EINVAL;
	for (size_t i = 0; strcmp(types[i].name, type); i++)
		if (i + 1 == sizeof(types) / sizeof(*types))
			die(type);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(types[i].name, type))
			t.flag = types[i].flag;
	t.to.sin6_family = AF_INET6;
	t.to.sin6_port = port_of(arg[2]);
	if (inet_pton(AF_INET6, arg[1], &t.to.sin6_addr) != 1)
		die(arg[1]);
	do {
		round_of(&t, p[1].revents);
		p[1].fd = t.fd;
		p[1].events = t.up ? POLLIN : POLLOUT;
		p[1].revents = 0;
		if (poll(p, 2, t.fd < 0 && now() >= t.next ? 0 : 2) < 0 &&
		    errno != EINTR)
			die("poll");
	} while (!p[0].revents || (fgets(line, sizeof(line), stdin) &&
				   strcmp(line, "stop\n")));
	if (t.connections && now() - t.last > t.longest)
		t.longest = now() - t.last;
	printf("summary name=%s connections=%u local=%s heard=%" PRIu64
	       " longest=%.1f\n", t.name, t.connections,
	       *t.local ? t.local : "-", t.heard, t.longest);
	return 0;
}

int main(int argc, char **argv)
{
	const char *type = "none";

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (argc > 2 && !strcmp(argv[1], "-t")) {
		type = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "to"))
		return talk_to(type, argv + 2);
	fprintf(stderr, "usage: talk serve PORT\n"
		"       talk [-t TYPE] to NAME REMOTE PORT\n");
	return 2;
}
