/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_probe - UDP questions and answers, for the data path's tests.
 *
 *	path_probe serve PORT
 *	path_probe ask SRC DST PORT [count=3] [size=64] [gap=20] [wait=1000]
 *	           [df=0]
 *
 * `serve' sends back what it gets.  `ask' sends numbered datagrams, `gap'
 * ms apart, waits `wait' ms for the last answer, and prints one line:
 *
 *	sent=3 got=3 order=yes longest=12 [icmp=TYPE/CODE from=ADDR mtu=N]
 *
 * `longest' is the longest time in ms between two answers.  `size' is the
 * length of the IPv6 packet.  Status 0: all answers came.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEADERS	48		/* IPv6 and UDP */
#define SIZE_MAX_	65000

struct ask {
	int		fd;
	unsigned	count, size, gap, wait, df;
	unsigned	sent, got;
	uint32_t	next;		/* number expected */
	bool		disorder;
	double		last, longest;
	struct sock_extended_err err;
	struct in6_addr	offender;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct sockaddr_in6 sockaddr_of(const char *a, const char *port)
{
	struct sockaddr_in6 s = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)atoi(port)),
	};

	if (a && inet_pton(AF_INET6, a, &s.sin6_addr) != 1) {
		fprintf(stderr, "no address: %s\n", a);
		exit(2);
	}
	return s;
}

static int serve(const char *port)
{
	struct sockaddr_in6 me = sockaddr_of(NULL, port), from;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), one = 1;
	static char buf[65536], ctl[64];

	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&me, sizeof(me)) < 0) {
		perror("bind");
		return 2;
	}
	printf("serving\n");
	fflush(stdout);
	for (;;) {
		struct iovec v = { buf, sizeof(buf) };
		struct msghdr m = {
			.msg_name = &from, .msg_namelen = sizeof(from),
			.msg_iov = &v, .msg_iovlen = 1,
			.msg_control = ctl, .msg_controllen = sizeof(ctl),
		};
		ssize_t n = recvmsg(fd, &m, 0);

		if (n < 0)
			continue;
		v.iov_len = (size_t)n;	/* the address asked answers */
		m.msg_flags = 0;
		sendmsg(fd, &m, 0);
	}
}

static void on_answer(struct ask *a, const char *buf, ssize_t n)
{
	double t = now_ms();
	uint32_t seq;

	if (n < (ssize_t)sizeof(seq))
		return;
	memcpy(&seq, buf, sizeof(seq));
	if (seq != a->next)
		a->disorder = true;
	a->next = seq + 1;
	a->got++;
	if (a->got > 1 && t - a->last > a->longest)
		a->longest = t - a->last;
	a->last = t;
}

static void on_error(struct ask *a)
{
	static char buf[2048], ctl[512];
	struct iovec v = { buf, sizeof(buf) };
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1,
		.msg_control = ctl, .msg_controllen = sizeof(ctl),
	};
	struct cmsghdr *c;

	if (recvmsg(a->fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return;
	for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		struct sockaddr_in6 s;

		if (c->cmsg_level != IPPROTO_IPV6 ||
		    c->cmsg_type != IPV6_RECVERR)
			continue;
		/* what the network said counts more than what followed */
		if (a->err.ee_origin == SO_EE_ORIGIN_ICMP6)
			continue;
		memcpy(&a->err, CMSG_DATA(c), sizeof(a->err));
		memcpy(&s, CMSG_DATA(c) + sizeof(a->err), sizeof(s));
		a->offender = s.sin6_addr;
	}
}

/* Take answers until `end'; early when all that was asked is answered. */
static void collect(struct ask *a, double end)
{
	static char buf[65536];
	double t;

	while ((t = now_ms()) < end) {
		struct pollfd p = { .fd = a->fd, .events = POLLIN };
		ssize_t n;

		if (a->got == a->count)
			return;
		if (poll(&p, 1, (int)(end - t) + 1) <= 0)
			continue;
		if (p.revents & POLLERR)
			on_error(a);
		n = recv(a->fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n >= 0)
			on_answer(a, buf, n);
	}
}

static void run(struct ask *a)
{
	static char buf[65536];
	double start = now_ms();

	for (uint32_t i = 0; i < a->count; i++) {
		memset(buf, 'x', sizeof(buf));
		memcpy(buf, &i, sizeof(i));
		if (send(a->fd, buf, a->size - HEADERS, 0) >= 0)
			a->sent++;
		else
			on_error(a);
		if (i + 1 < a->count)
			collect(a, start + (i + 1) * a->gap);
	}
	collect(a, now_ms() + a->wait);
}

static void report(const struct ask *a)
{
	char text[INET6_ADDRSTRLEN];

	printf("sent=%u got=%u order=%s longest=%.0f", a->sent, a->got,
	       a->disorder ? "no" : "yes", a->longest);
	if (a->err.ee_origin == SO_EE_ORIGIN_ICMP6)
		printf(" icmp=%u/%u from=%s mtu=%u", a->err.ee_type,
		       a->err.ee_code,
		       inet_ntop(AF_INET6, &a->offender, text, sizeof(text)),
		       a->err.ee_info);
	else if (a->err.ee_errno)
		printf(" local=%u mtu=%u", a->err.ee_errno, a->err.ee_info);
	printf("\n");
}

static unsigned *option(struct ask *a, const char *s, size_t n)
{
	static const char *const name[] = {
		"count", "size", "gap", "wait", "df"
	};
	unsigned *v[] = { &a->count, &a->size, &a->gap, &a->wait, &a->df };

	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++)
		if (strlen(name[i]) == n && !memcmp(name[i], s, n))
			return v[i];
	return NULL;
}

static int ask(int argc, char **argv)
{
	struct ask a = { .count = 3, .size = 64, .gap = 20, .wait = 1000 };
	struct sockaddr_in6 src = sockaddr_of(argv[0], "0");
	struct sockaddr_in6 dst = sockaddr_of(argv[1], argv[2]);
	int one = 1, probe = IPV6_PMTUDISC_DO;

	for (int i = 3; i < argc; i++) {
		char *eq = strchr(argv[i], '=');
		unsigned *v = eq ? option(&a, argv[i],
					  (size_t)(eq - argv[i])) : NULL;

		if (!v)
			return 2;
		*v = (unsigned)atoi(eq + 1);
	}
	if (a.size < HEADERS + 4 || a.size > SIZE_MAX_)
		return 2;
	a.fd = socket(AF_INET6, SOCK_DGRAM, 0);
	setsockopt(a.fd, IPPROTO_IPV6, IPV6_RECVERR, &one, sizeof(one));
	if (a.df)
		setsockopt(a.fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe,
			   sizeof(probe));
	if (bind(a.fd, (struct sockaddr *)&src, sizeof(src)) < 0 ||
	    connect(a.fd, (struct sockaddr *)&dst, sizeof(dst)) < 0) {
		perror("path_probe");
		return 2;
	}
	run(&a);
	report(&a);
	return a.got != a.count;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(argv[2]);
	if (argc >= 5 && !strcmp(argv[1], "ask"))
		return ask(argc - 2, argv + 2);
	fprintf(stderr, "path_probe serve PORT | ask SRC DST PORT ...\n");
	return 2;
}
