/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks_bench - what the socket hooks cost a socket.
 *
 *	hooks_bench INSIDE OUTSIDE SOURCE DESTINATION [ROUNDS]
 *
 * INSIDE and OUTSIDE are two cgroups; the hooks are at the first.  The
 * process goes to and fro between them, a batch here, a batch there, and
 * the median of the differences counts: what the machine does besides
 * falls on both.  Time is the processor's for this process: other processes
 * are not what is measured.
 *
 *	connect_overhead   socket, connect, close inside against socket, bind
 *	                   to SOURCE, connect, close outside
 *	sockopt_overhead   SO_KEEPALIVE
 *	send_overhead      a datagram on a connected socket
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH	256

struct bench {
	int	inside, outside;	/* their cgroup.procs */
	int	rounds;
	int	fd;
	struct sockaddr_in6 src, dst;
};

static void fail(const char *what)
{
	fprintf(stderr, "hooks_bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void connect_once(struct bench *b, bool in)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail("socket");
	if (!in && bind(fd, (struct sockaddr *)&b->src, sizeof(b->src)) < 0)
		fail("bind");
	if (connect(fd, (struct sockaddr *)&b->dst, sizeof(b->dst)) < 0)
		fail("connect");
	close(fd);
}

static void option_once(struct bench *b, bool in)
{
	int on = 1;

	if (setsockopt(b->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) < 0)
		fail("setsockopt");
}

static void send_once(struct bench *b, bool in)
{
	if (send(b->fd, "x", 1, 0) < 0 && errno != ECONNREFUSED)
		fail("send");
}

/* Microseconds for one, in a batch. */
static double
batch(struct bench *b, void (*once)(struct bench *, bool), bool in)
{
	double t;

	if (write(in ? b->inside : b->outside, "0", 1) != 1)
		fail("cgroup");
	b->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (b->fd < 0 || connect(b->fd, (struct sockaddr *)&b->dst,
				 sizeof(b->dst)) < 0)
		fail("connect");
	t = now();
	for (int i = 0; i < BATCH; i++)
		once(b, in);
	t = now() - t;
	close(b->fd);
	return t / BATCH;
}

static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), cmp);
	return v[n / 2];
}

static void
measure(struct bench *b, const char *name,
	void (*once)(struct bench *, bool))
{
	double *in = calloc((size_t)b->rounds, sizeof(*in));
	double *out = calloc((size_t)b->rounds, sizeof(*out));
	double *diff = calloc((size_t)b->rounds, sizeof(*diff)), base;

	if (!in || !out || !diff)
		fail("memory");
	batch(b, once, true);
	batch(b, once, false);
	for (int i = 0; i < b->rounds; i++) {
		bool first = i % 2;

		if (first)
			in[i] = batch(b, once, true);
		out[i] = batch(b, once, false);
		if (!first)
			in[i] = batch(b, once, true);
		diff[i] = in[i] - out[i];
	}
	base = median(out, b->rounds);
	printf("bench name=%s value=%.3f unit=us baseline=%.3f ratio=%.3f\n",
	       name, median(diff, b->rounds), base,
	       median(in, b->rounds) / base);
	free(in);
	free(out);
	free(diff);
}

static int procs(const char *dir)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		fail(path);
	return fd;
}

static void address(const char *s, int port, struct sockaddr_in6 *ret)
{
	*ret = (struct sockaddr_in6){ .sin6_family = AF_INET6,
				      .sin6_port = htons((uint16_t)port) };
	if (inet_pton(AF_INET6, s, &ret->sin6_addr) != 1)
		fail(s);
}

int main(int argc, char **argv)
{
	struct bench b = { .rounds = 201 };

	if (argc < 5)
		return 2;
	b.inside = procs(argv[1]);
	b.outside = procs(argv[2]);
	address(argv[3], 0, &b.src);
	address(argv[4], 9, &b.dst);
	if (argc > 5)
		b.rounds = atoi(argv[5]);
	measure(&b, "connect_overhead", connect_once);
	measure(&b, "sockopt_overhead", option_once);
	measure(&b, "send_overhead", send_once);
	return 0;
}
