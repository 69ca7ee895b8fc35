/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * types_tool - a socket and what an application does with it, by any door:
 * the socket option, libmip6, or nothing but connect.
 *
 *	types_tool KIND OP...
 *
 * KIND is udp, tcp, raw, ping, udp4 or tcp4.  One word is printed for each
 * OP: ok, the name of the errno, or what was asked for.
 *
 *	require=FLAGS		setsockopt IPV6_ADDR_PREFERENCES
 *	option			... the REQUIRE part, read back
 *	setsc=FLAGS[,MS]	setsc_timeout; the address
 *	getsc			mip6_getsc: type/address
 *	request=FLAGS,MS	mip6_request and its answer; held till the end
 *	bind=ADDR[,PORT]
 *	device=NAME		SO_BINDTODEVICE
 *	connect=ADDR,PORT	waits, TCP too
 *	send=ADDR,PORT		from=SRC,ADDR,PORT	with IPV6_PKTINFO
 *	write=N			N datagrams on the connected socket
 *	answers=N,MS		waits for N datagrams; how many came
 *	hear=MS			waits for a word, and prints it
 *	error=MS		waits for an error of the socket; which
 *	recverr			datagrams: errors that pass are errors, too
 *	echo=ADDR		an echo request, by a raw or ping socket
 *	name | port | unspec | close | new
 *	listen | accept		goes on with the accepted socket
 *	wait			for a line on standard input
 *	took			milliseconds of the OP before
 *	sockets=N,FLAGS		N sockets with the requirement; how many
 *	churn=N,FLAGS		N times: a socket, the requirement, its end
 *	storm=N,ADDR,PORT	N sockets connect; how many fail
 */
#define _GNU_SOURCE		/* in6_pktinfo, strerrorname_np */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "mip6/socket.h"

struct tool {
	int	family, type, protocol;
	int	fd;
	double	took;
};

static char text[128];		/* what an op says */

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static const char *result(int ret)
{
	return ret < 0 ? strerrorname_np(errno) : "ok";
}

static const char *number(long n)
{
	snprintf(text, sizeof(text), "%ld", n);
	return text;
}

static uint32_t flags_of(const char *v)
{
	return (uint32_t)strtoul(v, NULL, 0);
}

/* What stands behind the n-th comma; "": nothing. */
static const char *behind(const char *v, int n)
{
	while (n-- && v)
		v = strchr(v, ',') ? strchr(v, ',') + 1 : NULL;
	return v ? v : "";
}

/* "ADDR[%DEV][,PORT]", IPv4 where the socket is */
static socklen_t
address(const struct tool *t, const char *v, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 *s6 = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *s4 = (struct sockaddr_in *)ret;
	char host[64], *dev;
	in_port_t port = htons((uint16_t)atoi(behind(v, 1)));

	snprintf(host, sizeof(host), "%.*s", (int)strcspn(v, ","), v);
	dev = strchr(host, '%');
	if (dev)
		*dev++ = '\0';
	memset(ret, 0, sizeof(*ret));
	ret->ss_family = (sa_family_t)t->family;
	if (t->family == AF_INET) {
		s4->sin_port = port;
		if (inet_pton(AF_INET, host, &s4->sin_addr) == 1)
			return sizeof(*s4);
	} else {
		s6->sin6_port = port;
		s6->sin6_scope_id = dev ? if_nametoindex(dev) : 0;
		if (inet_pton(AF_INET6, host, &s6->sin6_addr) == 1)
			return sizeof(*s6);
	}
	fprintf(stderr, "types_tool: no address: %s\n", v);
	exit(2);
}

static const char *print_addr(const void *addr)
{
	return inet_ntop(AF_INET6, addr, text, sizeof(text));
}

static const char *op_new(struct tool *t, const char *v)
{
	t->fd = socket(t->family, t->type | SOCK_CLOEXEC, t->protocol);
	return result(t->fd);
}

/* --- the doors --- */

static int require(int fd, uint32_t flags)
{
	return setsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &flags,
			  sizeof(flags));
}

static const char *op_require(struct tool *t, const char *v)
{
	return result(require(t->fd, flags_of(v)));
}

static const char *op_option(struct tool *t, const char *v)
{
	uint32_t flags = 0;
	socklen_t len = sizeof(flags);

	if (getsockopt(t->fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &flags,
		       &len) < 0)
		return result(-1);
	snprintf(text, sizeof(text), "0x%x", flags & 0xf0000);
	return text;
}

static const char *op_setsc(struct tool *t, const char *v)
{
	const char *ms = behind(v, 1);
	struct in6_addr addr;

	if (setsc_timeout(t->fd, &addr, flags_of(v), *ms ? atoi(ms) : -1) < 0)
		return result(-1);
	return print_addr(&addr);
}

static const char *op_getsc(struct tool *t, const char *v)
{
	char host[INET6_ADDRSTRLEN];
	struct in6_addr addr;
	sc_type type;

	if (mip6_getsc(t->fd, &type, &addr) < 0)
		return result(-1);
	inet_ntop(AF_INET6, &addr, host, sizeof(host));
	snprintf(text, sizeof(text), "0x%x/%s", type, host);
	return text;
}

static const char *op_request(struct tool *t, const char *v)
{
	int fd = mip6_request(flags_of(v), atoi(behind(v, 1)));
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct in6_addr addr;

	if (fd < 0)
		return result(-1);
	do
		poll(&p, 1, -1);
	while (mip6_request_finish(fd, -1, &addr) < 0 && errno == EINPROGRESS);
	return mip6_request_finish(fd, -1, &addr) < 0 ? result(-1) :
	       print_addr(&addr);
}

/* --- what every program does --- */

static const char *op_bind(struct tool *t, const char *v)
{
	struct sockaddr_storage a;
	socklen_t len = address(t, v, &a);

	return result(bind(t->fd, (struct sockaddr *)&a, len));
}

static const char *op_connect(struct tool *t, const char *v)
{
	struct sockaddr_storage a;
	socklen_t len = address(t, v, &a);

	return result(connect(t->fd, (struct sockaddr *)&a, len));
}

static const char *op_device(struct tool *t, const char *v)
{
	return result(setsockopt(t->fd, SOL_SOCKET, SO_BINDTODEVICE, v,
				 (socklen_t)strlen(v)));
}

static const char *op_unspec(struct tool *t, const char *v)
{
	struct sockaddr a = { .sa_family = AF_UNSPEC };

	return result(connect(t->fd, &a, sizeof(a)));
}

static const char *op_send(struct tool *t, const char *v)
{
	struct sockaddr_storage a;
	socklen_t len = address(t, v, &a);

	return result((int)sendto(t->fd, "word", 4, 0, (struct sockaddr *)&a,
				  len));
}

static const char *op_from(struct tool *t, const char *v)
{
	union {
		struct cmsghdr	h;
		char		buf[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} c = { 0 };
	struct in6_pktinfo info = { 0 };
	struct sockaddr_storage src, dst;
	char word[] = "word";
	struct iovec iov = { word, 4 };
	struct msghdr m = {
		.msg_name = &dst, .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &c, .msg_controllen = sizeof(c),
	};

	address(t, v, &src);
	m.msg_namelen = address(t, behind(v, 1), &dst);
	info.ipi6_addr = ((struct sockaddr_in6 *)&src)->sin6_addr;
	c.h.cmsg_level = IPPROTO_IPV6;
	c.h.cmsg_type = IPV6_PKTINFO;
	c.h.cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(&c.h), &info, sizeof(info));
	return result((int)sendmsg(t->fd, &m, 0));
}

static const char *op_write(struct tool *t, const char *v)
{
	int rc = 0;

	for (int n = atoi(v); n > 0 && rc >= 0; n--)
		rc = (int)send(t->fd, "word", 4, MSG_NOSIGNAL);
	return result(rc);
}

static const char *op_answers(struct tool *t, const char *v)
{
	double end = now_ms() + atoi(behind(v, 1));
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	char buf[64];
	int n = 0;

	while (n < atoi(v) && now_ms() < end) {
		poll(&p, 1, (int)(end - now_ms()) + 1);
		while (recv(t->fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
			n++;
	}
	return number(n);
}

static const char *op_hear(struct tool *t, const char *v)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, atoi(v)) != 1)
		return "silence";
	n = recv(t->fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	if (n < 0)
		return result(-1);
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return n ? text : "end";
}

static const char *op_error(struct tool *t, const char *v)
{
	struct pollfd p = { .fd = t->fd };
	socklen_t len = sizeof(int);
	int error = 0;

	poll(&p, 1, atoi(v));
	getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error ? strerrorname_np(error) : "ok";
}

static const char *op_recverr(struct tool *t, const char *v)
{
	int one = 1;

	return result(setsockopt(t->fd, IPPROTO_IPV6, IPV6_RECVERR, &one,
				 sizeof(one)));
}

static const char *op_echo(struct tool *t, const char *v)
{
	struct icmp6_hdr h = { .icmp6_type = ICMP6_ECHO_REQUEST };
	struct sockaddr_storage a;
	socklen_t len = address(t, v, &a);

	return result((int)sendto(t->fd, &h, sizeof(h), 0,
				  (struct sockaddr *)&a, len));
}

static const char *op_name(struct tool *t, const char *v)
{
	struct sockaddr_in6 a = { 0 };
	socklen_t len = sizeof(a);

	return getsockname(t->fd, (struct sockaddr *)&a, &len) < 0 ?
	       result(-1) : print_addr(&a.sin6_addr);
}

static const char *op_port(struct tool *t, const char *v)
{
	struct sockaddr_in6 a = { 0 };
	socklen_t len = sizeof(a);

	getsockname(t->fd, (struct sockaddr *)&a, &len);
	return a.sin6_port ? "port" : "none";
}

static const char *op_close(struct tool *t, const char *v)
{
	return result(close(t->fd));
}

static const char *op_listen(struct tool *t, const char *v)
{
	return result(listen(t->fd, 8));
}

static const char *op_accept(struct tool *t, const char *v)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	int fd = poll(&p, 1, 10000) == 1 ? accept(t->fd, NULL, NULL) : -1;

	if (fd < 0)
		return "nobody";
	t->fd = fd;
	return "ok";
}

static const char *op_wait(struct tool *t, const char *v)
{
	char c;

	printf(" ready");
	fflush(stdout);
	while (read(0, &c, 1) == 1 && c != '\n')
		;
	return "ok";
}

static const char *op_took(struct tool *t, const char *v)
{
	return number((long)t->took);
}

/* --- too much of it --- */

static const char *op_sockets(struct tool *t, const char *v)
{
	struct rlimit r;
	long n = 0;

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	for (int i = atoi(v); i > 0; i--) {
		op_new(t, NULL);
		if (t->fd < 0 || require(t->fd, flags_of(behind(v, 1))) < 0)
			break;
		n++;
	}
	return number(n);
}

static const char *op_churn(struct tool *t, const char *v)
{
	long n = 0;

	for (int i = atoi(v); i > 0; i--) {
		op_new(t, NULL);
		n += require(t->fd, flags_of(behind(v, 1))) == 0;
		close(t->fd);
	}
	return number(n);
}

static const char *op_storm(struct tool *t, const char *v)
{
	struct sockaddr_storage a;
	socklen_t len = address(t, behind(v, 1), &a);
	long n = 0;

	for (int i = atoi(v); i > 0; i--) {
		op_new(t, NULL);
		if (t->type == SOCK_STREAM)
			fcntl(t->fd, F_SETFL, O_NONBLOCK);
		n += connect(t->fd, (struct sockaddr *)&a, len) < 0 &&
		     errno != EINPROGRESS;
		close(t->fd);
	}
	return number(n);
}

/* --- words --- */

static const struct {
	const char	*name;
	const char	*(*fn)(struct tool *, const char *value);
} ops[] = {
	{ "require", op_require }, { "option", op_option },
	{ "setsc", op_setsc }, { "getsc", op_getsc },
	{ "request", op_request }, { "bind", op_bind },
	{ "device", op_device }, { "connect", op_connect },
	{ "unspec", op_unspec },
	{ "send", op_send }, { "from", op_from }, { "write", op_write },
	{ "answers", op_answers }, { "hear", op_hear }, { "error", op_error }, { "recverr", op_recverr },
	{ "echo", op_echo }, { "name", op_name }, { "port", op_port },
	{ "close", op_close }, { "new", op_new }, { "listen", op_listen },
	{ "accept", op_accept }, { "wait", op_wait }, { "took", op_took },
	{ "sockets", op_sockets }, { "churn", op_churn },
	{ "storm", op_storm },
};

static const struct {
	const char	*name;
	int		family, type, protocol;
} kinds[] = {
	{ "udp", AF_INET6, SOCK_DGRAM, 0 },
	{ "tcp", AF_INET6, SOCK_STREAM, 0 },
	{ "raw", AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 },
	{ "ping", AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6 },
	{ "udp4", AF_INET, SOCK_DGRAM, 0 },
	{ "tcp4", AF_INET, SOCK_STREAM, 0 },
};

static const char *run(struct tool *t, char *word)
{
	char *v = strchr(word, '=');
	double begin = now_ms();
	const char *said;

	if (v)
		*v++ = '\0';
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		if (strcmp(ops[i].name, word) != 0)
			continue;
		said = ops[i].fn(t, v ? v : "");
		t->took = now_ms() - begin;
		return said;
	}
	fprintf(stderr, "types_tool: no such operation: %s\n", word);
	exit(2);
}

int main(int argc, char **argv)
{
	struct tool t = { .fd = -1 };

	for (size_t i = 0; argc > 1 && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(argv[1], kinds[i].name)) {
			t.family = kinds[i].family;
			t.type = kinds[i].type;
			t.protocol = kinds[i].protocol;
		}
	if (!t.family) {
		fprintf(stderr, "usage: types_tool KIND OP...\n");
		return 2;
	}
	op_new(&t, NULL);
	if (t.fd < 0) {
		printf("socket:%s\n", result(-1));
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		printf("%s%s", i > 2 ? " " : "", run(&t, argv[i]));
		fflush(stdout);
	}
	putchar('\n');
	return 0;
}
