/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.c - the traffic of the demo and of the scenario tests.
 *
 *	flow serve   NAME LOCAL PORT		the passive end of a stream
 *	flow connect NAME LOCAL REMOTE PORT	the active end of one; with
 *		-t TYPE not from LOCAL, but from an address of that type
 *	flow ticks   NAME LOCAL REMOTE PORT	datagrams, one a millisecond
 *
 *	flow rtt     NAME LOCAL REMOTE PORT COUNT   how long a handshake takes
 *
 * A stream is one TCP connection that carries pseudo-random bytes both
 * ways, paced (-r bytes a second), until somebody says `stop' at either
 * end.  Each end hashes what it sent and what it received, and tells so in
 * its last line: whoever runs the two compares.  The passive end goes on
 * listening, so that a second connection would be counted and seen.
 *
 * Ticks say how long a receiver heard nothing.  `mark WORD' names an
 * instant, `gap' prints the longest silence since then; the silence that
 * begins at the mark itself is one of them, so a mark set when a link comes
 * up measures the outage from there.  Arrival is the kernel's time stamp:
 * a busy machine delays this program, not the measurement.
 *
 * `count' prints how far a stream has come.
 *
 * Commands are lines on standard input; results are lines on standard
 * output, a word and key=value pairs.  Exit status 0: a stream was closed
 * in good order by both ends.
 */
#define _GNU_SOURCE		/* strerrorname_np */

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#ifndef IPV6_ADDR_PREFERENCES
#define IPV6_ADDR_PREFERENCES	72
#endif

#define CHUNK		16384
#define PACE_MS		10
#define CLOSE_MS	15000		/* from `stop' to the last byte */

struct command {
	char		buf[256];
	size_t		len;
};

struct half {				/* one direction of a stream */
	EVP_MD_CTX	*sha;
	uint64_t	bytes;
	bool		ended;
};

struct stream {
	const char	*name;
	int		fd, listener;
	unsigned	connections;
	uint64_t	rng;
	struct half	out, in;
	uint64_t	budget;
	uint8_t		chunk[CHUNK];	/* made, not all of it sent yet */
	size_t		off, len;
	bool		stopping;
	uint64_t	deadline;	/* ms; once stopping */
	uint64_t	heard, silence;	/* ms: last arrival, longest pause */
};

struct ticks {
	const char	*name;
	int		fd;
	struct sockaddr_in6 peer;
	uint32_t	seq;
	char		mark[128];
	uint64_t	last, longest;	/* ns, wall clock */
	uint64_t	first;		/* ns from the mark to the first one */
	uint64_t	received, lost;
	bool		heard;
	uint32_t	expect;
};

static uint64_t rate = 1000000;
static int wanted;			/* RFC 8653: the flag of a type */

static const struct {
	const char	*name;
	int		flag;
} types[] = {
	{ "home-anchored", 0x10000 }, { "access-anchored", 0x20000 },
	{ "unanchored", 0x40000 }, { "graceful", 0x80000 },
};

static void die(const char *what)
{
	fprintf(stderr, "flow: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static uint64_t now_ms(void)
{
	return now_ns(CLOCK_MONOTONIC) / 1000000u;
}

static struct sockaddr_in6 address(const char *text, const char *port)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };
	char *end;
	unsigned long n = strtoul(port, &end, 10);

	errno = EINVAL;
	if (*end || n == 0 || n > 65535)
		die(port);
	if (inet_pton(AF_INET6, text, &sa.sin6_addr) != 1)
		die(text);
	sa.sin6_port = htons((uint16_t)n);
	return sa;
}

static int timer(unsigned ms)
{
	struct itimerspec it = {
		.it_interval.tv_nsec = (long)ms * 1000000,
		.it_value.tv_nsec = (long)ms * 1000000,
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd < 0 || timerfd_settime(fd, 0, &it, NULL) < 0)
		die("timerfd");
	return fd;
}

/* How often it went off since the last look. */
static uint64_t timer_read(int fd)
{
	uint64_t n;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

/* The next whole line of standard input in `line', or false. */
static bool command_next(struct command *c, char *line, size_t cap)
{
	char *nl = memchr(c->buf, '\n', c->len);
	size_t n;

	if (!nl)
		return false;
	n = (size_t)(nl - c->buf);
	snprintf(line, cap, "%.*s", (int)n, c->buf);
	c->len -= n + 1;
	memmove(c->buf, nl + 1, c->len);
	return true;
}

/* False at the end of standard input. */
static bool command_read(struct command *c)
{
	ssize_t n;

	if (c->len == sizeof(c->buf))
		c->len = 0;		/* nobody means a line that long */
	n = read(STDIN_FILENO, c->buf + c->len, sizeof(c->buf) - c->len);
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	c->len += (size_t)n;
	return true;
}

/* --- a stream ------------------------------------------------------------ */

static void half_init(struct half *h)
{
	h->sha = EVP_MD_CTX_new();
	if (!h->sha || !EVP_DigestInit_ex(h->sha, EVP_sha256(), NULL))
		die("SHA-256");
}

static void half_add(struct half *h, const uint8_t *data, size_t n)
{
	EVP_DigestUpdate(h->sha, data, n);
	h->bytes += n;
}

static void half_print(struct half *h, const char *word)
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	EVP_DigestFinal_ex(h->sha, md, &n);
	EVP_MD_CTX_free(h->sha);
	printf(" %s=%" PRIu64 " %s-sha256=", word, h->bytes, word);
	for (unsigned i = 0; i < n; i++)
		printf("%02x", md[i]);
}

/* xorshift64*: bytes that differ everywhere, so that a lost, repeated or
 * shifted one changes the hash; nothing here is a secret. */
static void stream_fill(struct stream *s)
{
	for (size_t i = 0; i + 8 <= CHUNK; i += 8) {
		uint64_t x = s->rng, v;

		x ^= x >> 12;
		x ^= x << 25;
		x ^= x >> 27;
		s->rng = x;
		v = x * UINT64_C(2685821657736338717);
		memcpy(s->chunk + i, &v, 8);
	}
	s->off = 0;
	s->len = CHUNK;
}

static void stream_stop(struct stream *s)
{
	if (s->stopping)
		return;
	s->stopping = true;
	s->deadline = now_ms() + CLOSE_MS;
	s->out.ended = true;
	shutdown(s->fd, SHUT_WR);
}

/* 0, or -errno when the connection is no more. */
static int stream_send(struct stream *s)
{
	while (!s->stopping && s->budget > 0) {
		size_t n;
		ssize_t done;

		if (s->off == s->len)
			stream_fill(s);
		n = s->len - s->off;
		if (n > s->budget)
			n = s->budget;
		done = send(s->fd, s->chunk + s->off, n,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (done < 0)
			return errno == EAGAIN ? 0 : -errno;
		half_add(&s->out, s->chunk + s->off, (size_t)done);
		s->off += (size_t)done;
		s->budget -= (size_t)done;
	}
	return 0;
}

static int stream_receive(struct stream *s)
{
	uint8_t buf[CHUNK];
	ssize_t n;

	while ((n = recv(s->fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		uint64_t t = now_ms();

		if (t - s->heard > s->silence)
			s->silence = t - s->heard;
		s->heard = t;
		half_add(&s->in, buf, (size_t)n);
	}
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	s->in.ended = true;
	stream_stop(s);
	return 0;
}

static void stream_extra(struct stream *s)
{
	int fd = accept(s->listener, NULL, NULL);

	if (fd < 0)
		return;
	s->connections++;
	close(fd);
}

static void stream_command(struct stream *s, const char *line)
{
	if (!strcmp(line, "stop"))
		stream_stop(s);
	else if (!strcmp(line, "count"))
		printf("count name=%s sent=%" PRIu64 " received=%" PRIu64 "\n",
		       s->name, s->out.bytes, s->in.bytes);
}

static int stream_round(struct stream *s, struct command *c, int pace)
{
	struct pollfd p[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = s->in.ended ? -1 : s->fd, .events = POLLIN },
		{ .fd = pace, .events = POLLIN },
		{ .fd = s->listener, .events = POLLIN },
	};
	char line[128];
	int err = 0;

	if (poll(p, 4, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	if (p[0].revents && !command_read(c))
		stream_stop(s);
	while (command_next(c, line, sizeof(line)))
		stream_command(s, line);
	if (p[3].revents)
		stream_extra(s);
	if (p[1].revents)
		err = stream_receive(s);
	if (!err && p[2].revents) {
		s->budget += timer_read(pace) * (rate * PACE_MS / 1000);
		if (s->budget > rate)		/* a second's worth waits */
			s->budget = rate;
		err = stream_send(s);
	}
	if (!err && s->stopping && now_ms() > s->deadline)
		err = -ETIMEDOUT;
	return err;
}

static int stream_run(struct stream *s)
{
	struct command c = { .len = 0 };
	char host[INET6_ADDRSTRLEN];
	struct sockaddr_in6 peer;
	socklen_t len = sizeof(peer);
	int pace = timer(PACE_MS), err = 0;

	if (getpeername(s->fd, (struct sockaddr *)&peer, &len) < 0)
		die("getpeername");
	inet_ntop(AF_INET6, &peer.sin6_addr, host, sizeof(host));
	printf("connected name=%s peer=%s port=%u\n", s->name, host,
	       ntohs(peer.sin6_port));
	half_init(&s->out);
	half_init(&s->in);
	s->heard = now_ms();
	for (const char *n = s->name; *n; n++)
		s->rng = s->rng * 131 + (uint8_t)*n;
	s->rng |= 1;
	while (!err && !(s->out.ended && s->in.ended))
		err = stream_round(s, &c, pace);
	close(pace);
	close(s->fd);
	printf("stream name=%s peer=%s port=%u connections=%u result=%s",
	       s->name, host, ntohs(peer.sin6_port), s->connections,
	       err ? strerrorname_np(-err) : "closed");
	half_print(&s->out, "sent");
	half_print(&s->in, "received");
	printf(" silence-ms=%" PRIu64 "\n", s->silence);
	return err ? 1 : 0;
}

static int socket_bound(int type, const struct sockaddr_in6 *sa)
{
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)sa, sizeof(*sa)) < 0)
		die("bind");
	return fd;
}

/* Nothing is bound: the type decides. */
static int socket_typed(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &wanted,
		       sizeof(wanted)) < 0)
		die("setsockopt");
	return fd;
}

static int flow_serve(char **arg)
{
	struct sockaddr_in6 sa = address(arg[1], arg[2]);
	struct stream *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		die("memory");
	s->name = arg[0];
	s->listener = socket_bound(SOCK_STREAM, &sa);
	if (listen(s->listener, 4) < 0)
		die("listen");
	printf("listening name=%s\n", s->name);
	s->fd = accept(s->listener, NULL, NULL);
	if (s->fd < 0)
		die("accept");
	s->connections = 1;
	err = stream_run(s);
	close(s->listener);
	free(s);
	return err;
}

static int flow_connect(char **arg)
{
	struct sockaddr_in6 local = address(arg[1], arg[3]);
	struct sockaddr_in6 peer = address(arg[2], arg[3]);
	struct stream *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		die("memory");
	local.sin6_port = 0;
	s->name = arg[0];
	s->listener = -1;
	s->fd = wanted ? socket_typed() : socket_bound(SOCK_STREAM, &local);
	if (connect(s->fd, (struct sockaddr *)&peer, sizeof(peer)) < 0)
		die("connect");
	s->connections = 1;
	err = stream_run(s);
	free(s);
	return err;
}

/* --- round trips ----------------------------------------------------------- */

/* One connection after the other, each for itself; a handshake is a round
 * trip from when the address is there. */
static int flow_rtt(char **arg)
{
	struct sockaddr_in6 local = address(arg[1], arg[3]);
	struct sockaddr_in6 peer = address(arg[2], arg[3]), from;
	socklen_t len = sizeof(from);
	char host[INET6_ADDRSTRLEN];

	local.sin6_port = 0;
	for (int n = atoi(arg[4]); n > 0; n--) {
		int fd = wanted ? socket_typed() :
				  socket_bound(SOCK_STREAM, &local);
		uint64_t begun = now_ns(CLOCK_MONOTONIC), took;

		if (connect(fd, (struct sockaddr *)&peer, sizeof(peer)) < 0)
			die("connect");
		took = now_ns(CLOCK_MONOTONIC) - begun;
		if (getsockname(fd, (struct sockaddr *)&from, &len) < 0)
			die("getsockname");
		inet_ntop(AF_INET6, &from.sin6_addr, host, sizeof(host));
		printf("rtt name=%s local=%s us=%.1f\n", arg[0], host,
		       (double)took / 1e3);
		close(fd);
		usleep(PACE_MS * 1000);
	}
	return 0;
}

/* --- ticks --------------------------------------------------------------- */

static void ticks_mark(struct ticks *t, const char *word)
{
	snprintf(t->mark, sizeof(t->mark), "%s", word);
	t->last = now_ns(CLOCK_REALTIME);
	t->longest = t->first = t->received = t->lost = 0;
}

static void ticks_gap(struct ticks *t)
{
	uint64_t quiet = now_ns(CLOCK_REALTIME) - t->last;
	uint64_t most = quiet > t->longest ? quiet : t->longest;

	printf("gap name=%s after=%s longest-ms=%.1f first-ms=%.1f "
	       "received=%" PRIu64 " lost=%" PRIu64 "\n", t->name, t->mark,
	       (double)most / 1e6,
	       (double)(t->received ? t->first : quiet) / 1e6,
	       t->received, t->lost);
}

static void ticks_arrived(struct ticks *t, uint32_t seq, uint64_t at)
{
	uint64_t quiet = at > t->last ? at - t->last : 0;

	if (quiet > t->longest)
		t->longest = quiet;
	if (t->received++ == 0)
		t->first = quiet;
	if (t->heard && (int32_t)(seq - t->expect) > 0)
		t->lost += seq - t->expect;
	t->heard = true;
	t->expect = seq + 1;
	if (at > t->last)
		t->last = at;
}

static void ticks_receive(struct ticks *t)
{
	uint32_t seq;
	union {
		char		buf[CMSG_SPACE(sizeof(struct timespec))];
		struct cmsghdr	align;
	} ctl;
	struct iovec iov = { .iov_base = &seq, .iov_len = sizeof(seq) };

	for (;;) {
		struct msghdr m = {
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = &ctl, .msg_controllen = sizeof(ctl),
		};
		struct timespec ts;
		struct cmsghdr *c;

		if (recvmsg(t->fd, &m, MSG_DONTWAIT) < 0) {
			if (errno == EAGAIN || errno == EINTR)
				return;
			continue;	/* a queued ICMPv6 error */
		}
		c = CMSG_FIRSTHDR(&m);
		if (!c || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		ticks_arrived(t, ntohl(seq), (uint64_t)ts.tv_sec * 1000000000u
			      + (uint64_t)ts.tv_nsec);
	}
}

static bool ticks_command(struct ticks *t, const char *line)
{
	if (!strncmp(line, "mark ", 5))
		ticks_mark(t, line + 5);
	else if (!strcmp(line, "gap"))
		ticks_gap(t);
	else if (!strcmp(line, "stop"))
		return false;
	return true;
}

static int flow_ticks(char **arg)
{
	struct sockaddr_in6 local = address(arg[1], arg[3]);
	struct ticks t = { .name = arg[0], .peer = address(arg[2], arg[3]) };
	struct command c = { .len = 0 };
	struct pollfd p[3];
	bool run = true;
	char line[128];
	int on = 1;

	t.fd = socket_bound(SOCK_DGRAM, &local);
	setsockopt(t.fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	ticks_mark(&t, "start");
	p[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = t.fd, .events = POLLIN };
	p[2] = (struct pollfd){ .fd = timer(1), .events = POLLIN };
	while (run && (poll(p, 3, -1) >= 0 || errno == EINTR)) {
		if (p[1].revents)
			ticks_receive(&t);
		if (p[2].revents && timer_read(p[2].fd)) {
			uint32_t seq = htonl(t.seq++);

			sendto(t.fd, &seq, sizeof(seq), MSG_DONTWAIT,
			       (struct sockaddr *)&t.peer, sizeof(t.peer));
		}
		if (p[0].revents && !command_read(&c))
			run = false;
		while (command_next(&c, line, sizeof(line)))
			run = ticks_command(&t, line) && run;
	}
	close(t.fd);
	return 0;
}

static const struct {
	const char	*word;
	int		args;
	int		(*run)(char **arg);
} verbs[] = {
	{ "serve",	3, flow_serve },
	{ "connect",	4, flow_connect },
	{ "ticks",	4, flow_ticks },
	{ "rtt",	5, flow_rtt },
};

static int type_flag(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(types[i].name, name))
			return types[i].flag;
	errno = EINVAL;
	die(name);
	return 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	while (argc > 2 && argv[1][0] == '-') {
		if (!strcmp(argv[1], "-r"))
			rate = strtoull(argv[2], NULL, 10);
		else if (!strcmp(argv[1], "-t"))
			wanted = type_flag(argv[2]);
		else
			break;
		argv += 2;
		argc -= 2;
	}
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(argv[1], verbs[i].word) && argc == verbs[i].args + 2)
			return verbs[i].run(argv + 2);
	fprintf(stderr, "usage: flow [-r RATE] serve NAME LOCAL PORT\n"
		"       flow [-r RATE] [-t TYPE] connect NAME LOCAL REMOTE "
		"PORT\n"
		"       flow ticks NAME LOCAL REMOTE PORT\n"
		"       flow [-t TYPE] rtt NAME LOCAL REMOTE PORT COUNT\n");
	return 2;
}
