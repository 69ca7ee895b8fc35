/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_gen - load for the data path, and what of it arrives.
 *
 *	path_gen tcp-sink PORT [check=1]
 *	path_gen tcp-source SRC DST PORT [ms=1000] [kbytes=0]
 *	path_gen udp-sink PORT [ms=2000]
 *	path_gen udp-source SRC DST PORT [ms=1000] [size=64] [pps=0]
 *
 * tcp-source sends a pattern for `ms', or `kbytes' of it; tcp-sink takes
 * one connection, compares what comes with the pattern when told to, and
 * prints
 *
 *	bytes=N ms=N mbit=N check=ok
 *
 * udp-source sends datagrams of `size' octets as fast as it can, or `pps'
 * a second, and prints the like, and how many it would be a second if it
 * had a processor to itself (busy=); udp-sink ends when nothing came for
 * 150 ms after the first (or nothing at all for `ms') and prints
 *
 *	got=N ms=N pps=N
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define CHUNK	(256 * 1024)
#define PERIOD	251		/* of the pattern: prime to all lengths */
#define BATCH	32

struct options {
	unsigned	ms, kbytes, size, pps, check;
};

static uint8_t pattern[CHUNK + PERIOD];

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int fail(const char *what)
{
	fprintf(stderr, "path_gen: %s: %s\n", what, strerror(errno));
	return 1;
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

/*
 * A congestion control that paces (BBR, which some systems have as their
 * default) sends at the rate that it believes in, and what a packet costs is
 * not seen in it.  Reno is in every kernel.  To be said before connect(): who
 * has begun to pace does not stop.
 */
static int unpaced(int fd)
{
	static const char name[] = "reno";

	return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name,
			  sizeof(name) - 1);
}

/* A socket from `src' (NULL: any) to `dst' (NULL: bound to the port). */
static int open_socket(int type, const char *src, const char *dst,
		       const char *port)
{
	struct sockaddr_in6 from = sockaddr_of(src, dst ? "0" : port);
	struct sockaddr_in6 to = sockaddr_of(dst, port);
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0), one = 1;
	int room = 8 << 20;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (type == SOCK_DGRAM && !dst)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (fd < 0 || (type == SOCK_STREAM && unpaced(fd) < 0) ||
	    bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0 ||
	    (dst && connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0))
		exit(fail("socket"));
	return fd;
}

static void ready(void)
{
	printf("ready\n");
	fflush(stdout);
}

static int tcp_sink(const char *port, const struct options *o)
{
	static uint8_t buf[CHUNK];
	int l = open_socket(SOCK_STREAM, NULL, NULL, port), fd;
	uint64_t total = 0;
	double start, ms;
	bool bad = false;
	ssize_t n;

	if (listen(l, 1) < 0)
		return fail("listen");
	ready();
	fd = accept(l, NULL, NULL);
	start = now_ms();
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (o->check && memcmp(buf, pattern + total % PERIOD,
				       (size_t)n) != 0)
			bad = true;
		total += (uint64_t)n;
	}
	ms = now_ms() - start;
	printf("bytes=%llu ms=%.0f mbit=%.0f check=%s\n",
	       (unsigned long long)total, ms, (double)total * 8 / 1e3 / ms,
	       n < 0 ? "broken" : bad ? "bad" : "ok");
	return n < 0 || bad;
}

static int tcp_source(char **a, const struct options *o)
{
	uint64_t total = 0, limit = (uint64_t)o->kbytes * 1024;
	int fd = open_socket(SOCK_STREAM, a[0], a[1], a[2]);
	double end = now_ms() + o->ms;

	while (limit ? total < limit : now_ms() < end) {
		size_t want = CHUNK;
		ssize_t n;

		if (limit && limit - total < want)
			want = limit - total;
		n = write(fd, pattern + total % PERIOD, want);
		if (n < 0)
			return fail("write");
		total += (uint64_t)n;
	}
	return close(fd);
}

static int udp_sink(const char *port, const struct options *o)
{
	static uint8_t buf[BATCH][2048];
	struct iovec iov[BATCH];
	struct mmsghdr m[BATCH] = { 0 };
	struct timeval quiet = { .tv_usec = 150000 }, first = {
		.tv_sec = o->ms / 1000, .tv_usec = o->ms % 1000 * 1000
	};
	int fd = open_socket(SOCK_DGRAM, NULL, NULL, port), n;
	double start = 0, last = 0;
	uint64_t got = 0;

	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ buf[i], sizeof(buf[i]) };
		m[i].msg_hdr = (struct msghdr){
			.msg_iov = &iov[i], .msg_iovlen = 1
		};
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &first, sizeof(first));
	ready();
	while ((n = recvmmsg(fd, m, BATCH, MSG_WAITFORONE, NULL)) > 0) {
		last = now_ms();
		if (!got) {
			start = last;
			setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quiet,
				   sizeof(quiet));
		}
		got += (uint64_t)n;
	}
	printf("got=%llu ms=%.0f pps=%.0f\n", (unsigned long long)got,
	       last - start, last > start ?
	       (double)got * 1e3 / (last - start) : 0);
	return !got;
}

static int udp_source(char **a, const struct options *o)
{
	struct iovec iov = { pattern, o->size };
	struct mmsghdr m[BATCH] = { 0 };
	int fd = open_socket(SOCK_DGRAM, a[0], a[1], a[2]), n;
	double start = now_ms(), t;
	uint64_t sent = 0;

	for (int i = 0; i < BATCH; i++)
		m[i].msg_hdr = (struct msghdr){
			.msg_iov = &iov, .msg_iovlen = 1
		};
	while ((t = now_ms() - start) < o->ms) {
		if (o->pps && (double)sent > t * o->pps / 1e3) {
			usleep(200);
			continue;
		}
		n = sendmmsg(fd, m, BATCH, 0);
		if (n < 0 && errno != ENOBUFS && errno != ECONNREFUSED)
			return fail("send");
		sent += n > 0 ? (uint64_t)n : 0;
	}
	printf("sent=%llu ms=%.0f pps=%.0f busy=%.0f\n",
	       (unsigned long long)sent, t, (double)sent * 1e3 / t,
	       (double)sent * 1e3 / cpu_ms());
	return 0;
}

static bool option(struct options *o, const char *s)
{
	const struct { const char *name; unsigned *v; } t[] = {
		{ "ms=", &o->ms }, { "kbytes=", &o->kbytes },
		{ "size=", &o->size }, { "pps=", &o->pps },
		{ "check=", &o->check },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		if (strncmp(s, t[i].name, strlen(t[i].name)) != 0)
			continue;
		*t[i].v = (unsigned)atoi(s + strlen(t[i].name));
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct options o = { .ms = 2000, .size = 64 };
	int n = argc > 1 && strstr(argv[1], "-source") ? 5 : 3;

	for (int i = n; i < argc; i++)
		if (!option(&o, argv[i]))
			return 2;
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i % PERIOD);
	if (argc < n || o.size > 2048) {
		fprintf(stderr, "usage: see the head of path_gen.c\n");
		return 2;
	}
	if (!strcmp(argv[1], "tcp-sink"))
		return tcp_sink(argv[2], &o);
	if (!strcmp(argv[1], "tcp-source"))
		return tcp_source(argv + 2, &o);
	if (!strcmp(argv[1], "udp-sink"))
		return udp_sink(argv[2], &o);
	return udp_source(argv + 2, &o);
}
