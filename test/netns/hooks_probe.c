/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks_probe - a socket and what is done with it, for tests.  Linked
 * statically: nothing can reach it but the kernel.
 *
 *	hooks_probe KIND OP...
 *
 * KIND is udp, tcp, raw, ping, udp4, tcp4, mptcp or udplite.  One word is
 * printed for each OP: ok, the name of the errno, or what was asked for.
 *
 *	set=FLAGS[,LEN]	IPV6_ADDR_PREFERENCES, a number; LEN octets
 *	get[=LEN]	... read back
 *	bind=ADDR[,PORT]
 *	connect=ADDR,PORT	(TCP does not wait for the answer)
 *	unspec		connect to AF_UNSPEC
 *	sink=ADDR,PORT	another socket, which hears what is sent there
 *	send=ADDR,PORT	sendto; the source, when the sink heard it
 *	from=SRC[,ADDR,PORT]	with IPV6_PKTINFO; to whom it is connected
 *	many=N,ADDR,PORT	sendmmsg; how many
 *	write		send on the connected socket; the source, as above
 *	echo=ADDR	an echo request with a raw or ping socket
 *	name		the local address, "port" only whether there is one
 *	listen, accept	one connection; goes on with the accepted socket
 *	large=N		a foreign option of N octets, written and read back
 *	priority	SO_PRIORITY 3, read back
 *	oob		SO_OOBINLINE
 *	reuse		SO_REUSEADDR and SO_REUSEPORT
 *	wait		for a line on standard input
 *	new		another socket of the same kind
 */
#define _GNU_SOURCE		/* in6_pktinfo, strerrorname_np */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPV6_ADDR_PREFERENCES
#define IPV6_ADDR_PREFERENCES 72
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

struct probe {
	int	family, type, protocol;
	int	fd, sink;
};

static const char *errno_name(int e)
{
	return e == 0 || e == EINPROGRESS ? "ok" : strerrorname_np(e);
}

static const char *result(int ret)
{
	return errno_name(ret < 0 ? errno : 0);
}

/* "ADDR[,PORT]", IPv4 where the socket is */
static socklen_t
address(const struct probe *p, const char *s, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 *s6 = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *s4 = (struct sockaddr_in *)ret;
	char text[64];
	const char *comma = strchr(s, ',');
	uint16_t port = comma ? (uint16_t)atoi(comma + 1) : 0;

	snprintf(text, sizeof(text), "%.*s",
		 (int)(comma ? comma - s : (long)strlen(s)), s);
	memset(ret, 0, sizeof(*ret));
	if (p->family == AF_INET) {
		s4->sin_family = AF_INET;
		s4->sin_port = htons(port);
		if (inet_pton(AF_INET, text, &s4->sin_addr) == 1)
			return sizeof(*s4);
	} else {
		s6->sin6_family = AF_INET6;
		s6->sin6_port = htons(port);
		if (inet_pton(AF_INET6, text, &s6->sin6_addr) == 1)
			return sizeof(*s6);
	}
	fprintf(stderr, "hooks_probe: no address: %s\n", text);
	exit(2);
}

static const char *print_address(const struct sockaddr_storage *ss)
{
	static char text[INET6_ADDRSTRLEN];
	const struct sockaddr_in6 *s6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *s4 = (const struct sockaddr_in *)ss;

	if (ss->ss_family == AF_INET)
		inet_ntop(AF_INET, &s4->sin_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET6, &s6->sin6_addr, text, sizeof(text));
	return text;
}

static void make(struct probe *p)
{
	p->fd = socket(p->family, p->type, p->protocol);
	if (p->fd < 0) {
		printf("socket:%s\n", errno_name(errno));
		exit(2);
	}
	if (p->type == SOCK_STREAM)
		fcntl(p->fd, F_SETFL, O_NONBLOCK);
}

static const char *op_set(struct probe *p, const char *v)
{
	const char *comma = strchr(v, ',');
	socklen_t len = comma ? (socklen_t)atoi(comma + 1) : 4;
	uint8_t *buf = calloc(1, len + 4U);
	uint32_t flags = (uint32_t)strtoul(v, NULL, 0);
	const char *r;

	memcpy(buf, &flags, sizeof(flags));
	r = result(setsockopt(p->fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, buf,
			      len));
	free(buf);
	return r;
}

static const char *op_get(struct probe *p, const char *v)
{
	static char text[48];
	socklen_t len = v ? (socklen_t)atoi(v) : 4;
	uint32_t buf[2] = { 0, 0 };

	if (getsockopt(p->fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, buf,
		       &len) < 0)
		return errno_name(errno);
	snprintf(text, sizeof(text), v ? "0x%x/%u" : "0x%x", buf[0],
		 (unsigned)len);
	return text;
}

static const char *op_bind(struct probe *p, const char *v)
{
	struct sockaddr_storage a;
	socklen_t len = address(p, v, &a);

	return result(bind(p->fd, (struct sockaddr *)&a, len));
}

static const char *op_connect(struct probe *p, const char *v)
{
	struct sockaddr_storage a;
	socklen_t len = address(p, v, &a);

	return result(connect(p->fd, (struct sockaddr *)&a, len));
}

static const char *op_unspec(struct probe *p, const char *v)
{
	struct sockaddr a = { .sa_family = AF_UNSPEC };

	return result(connect(p->fd, &a, sizeof(a)));
}

static const char *op_sink(struct probe *p, const char *v)
{
	struct sockaddr_storage a;
	socklen_t len = address(p, v, &a);

	p->sink = socket(p->family, SOCK_DGRAM, 0);
	return result(bind(p->sink, (struct sockaddr *)&a, len));
}

/* Whom does the sink hear? */
static const char *heard(struct probe *p)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	struct pollfd f = { .fd = p->sink, .events = POLLIN };
	char c[64];

	if (p->sink < 0)
		return "ok";
	if (poll(&f, 1, 1000) != 1 ||
	    recvfrom(p->sink, c, sizeof(c), 0, (struct sockaddr *)&a,
		     &len) < 0)
		return "silence";
	return print_address(&a);
}

static const char *op_send(struct probe *p, const char *v)
{
	struct sockaddr_storage a;
	socklen_t len = address(p, v, &a);

	if (sendto(p->fd, "x", 1, 0, (struct sockaddr *)&a, len) < 0)
		return errno_name(errno);
	return heard(p);
}

static const char *op_write(struct probe *p, const char *v)
{
	return send(p->fd, "x", 1, 0) < 0 ? errno_name(errno) : heard(p);
}

static const char *op_from(struct probe *p, const char *v)
{
	union {
		struct cmsghdr	h;
		char		buf[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} c = { 0 };
	struct in6_pktinfo info = { 0 };
	struct sockaddr_storage src, dst;
	char x = 'x';
	struct iovec iov = { &x, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &c, .msg_controllen = sizeof(c),
	};
	const char *to = strchr(v, ',');

	address(p, v, &src);
	if (to) {
		m.msg_name = &dst;
		m.msg_namelen = address(p, to + 1, &dst);
	}
	info.ipi6_addr = ((struct sockaddr_in6 *)&src)->sin6_addr;
	c.h.cmsg_level = IPPROTO_IPV6;
	c.h.cmsg_type = IPV6_PKTINFO;
	c.h.cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(&c.h), &info, sizeof(info));
	return sendmsg(p->fd, &m, 0) < 0 ? errno_name(errno) : heard(p);
}

static const char *op_many(struct probe *p, const char *v)
{
	static char text[32];
	struct sockaddr_storage dst;
	struct mmsghdr m[16] = { 0 };
	char x = 'x';
	struct iovec iov = { &x, 1 };
	unsigned n = (unsigned)atoi(v);
	socklen_t len = address(p, strchr(v, ',') + 1, &dst);
	int sent;

	for (unsigned i = 0; i < n && i < 16; i++)
		m[i].msg_hdr = (struct msghdr){
			.msg_name = &dst, .msg_namelen = len,
			.msg_iov = &iov, .msg_iovlen = 1,
		};
	sent = sendmmsg(p->fd, m, n < 16 ? n : 16, 0);
	if (sent < 0)
		return errno_name(errno);
	snprintf(text, sizeof(text), "%d", sent);
	return text;
}

static const char *op_echo(struct probe *p, const char *v)
{
	struct icmp6_hdr h = { .icmp6_type = ICMP6_ECHO_REQUEST };
	struct sockaddr_storage a;
	socklen_t len = address(p, v, &a);

	return result((int)sendto(p->fd, &h, sizeof(h), 0,
				  (struct sockaddr *)&a, len));
}

static const char *op_name(struct probe *p, const char *v)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);

	if (getsockname(p->fd, (struct sockaddr *)&a, &len) < 0)
		return errno_name(errno);
	return print_address(&a);
}

static const char *op_port(struct probe *p, const char *v)
{
	struct sockaddr_in6 a;
	socklen_t len = sizeof(a);

	getsockname(p->fd, (struct sockaddr *)&a, &len);
	return a.sin6_port ? "port" : "none";
}

static const char *op_listen(struct probe *p, const char *v)
{
	return result(listen(p->fd, 4));
}

static const char *op_accept(struct probe *p, const char *v)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN };
	int fd = poll(&f, 1, 3000) == 1 ? accept(p->fd, NULL, NULL) : -1;

	if (fd < 0)
		return "nobody";
	p->fd = fd;
	return "ok";
}

/* Source filters of a multicast group can be as large as one likes, and be
 * read back. */
static const char *op_large(struct probe *p, const char *v)
{
	unsigned n = (unsigned)atoi(v), fmode = MCAST_EXCLUDE;
	struct group_req req = { .gr_interface = 1 };
	struct sockaddr_in6 *g = (struct sockaddr_in6 *)&req.gr_group;
	unsigned slots = n / sizeof(struct sockaddr_storage);
	size_t size = GROUP_FILTER_SIZE(slots);
	struct group_filter *f = calloc(1, size), *back = calloc(1, size);
	socklen_t len = (socklen_t)size;

	g->sin6_family = AF_INET6;
	inet_pton(AF_INET6, "ff01::77", &g->sin6_addr);
	if (setsockopt(p->fd, IPPROTO_IPV6, MCAST_JOIN_GROUP, &req,
		       sizeof(req)) < 0 && errno != EADDRINUSE)
		return errno_name(errno);
	f->gf_interface = back->gf_interface = 1;
	f->gf_group = back->gf_group = req.gr_group;
	f->gf_fmode = fmode;
	f->gf_numsrc = slots;
	back->gf_numsrc = slots;
	for (unsigned i = 0; i < slots; i++) {
		struct sockaddr_in6 *s =
			(struct sockaddr_in6 *)&f->gf_slist[i];

		s->sin6_family = AF_INET6;
		s->sin6_addr.s6_addr[0] = 0x20;
		s->sin6_addr.s6_addr[15] = (uint8_t)i;
	}
	if (setsockopt(p->fd, IPPROTO_IPV6, MCAST_MSFILTER, f, len) < 0)
		return errno_name(errno);
	if (getsockopt(p->fd, IPPROTO_IPV6, MCAST_MSFILTER, back, &len) < 0)
		return errno_name(errno);
	if (len != size || back->gf_numsrc != slots ||
	    memcmp(f->gf_slist, back->gf_slist,
		   slots * sizeof(f->gf_slist[0])) != 0)
		return "different";
	return "ok";
}

static const char *op_priority(struct probe *p, const char *v)
{
	static char text[16];
	int n = 3;
	socklen_t len = sizeof(n);

	if (setsockopt(p->fd, SOL_SOCKET, SO_PRIORITY, &n, len) < 0 ||
	    getsockopt(p->fd, SOL_SOCKET, SO_PRIORITY, &n, &len) < 0)
		return errno_name(errno);
	snprintf(text, sizeof(text), "%d", n);
	return text;
}

static const char *op_oob(struct probe *p, const char *v)
{
	int on = 1;

	return result(setsockopt(p->fd, SOL_SOCKET, SO_OOBINLINE, &on,
				 sizeof(on)));
}

static const char *op_reuse(struct probe *p, const char *v)
{
	int on = 1, a = 0, b = 0;
	socklen_t len = sizeof(on);

	if (setsockopt(p->fd, SOL_SOCKET, SO_REUSEADDR, &on, len) < 0 ||
	    setsockopt(p->fd, SOL_SOCKET, SO_REUSEPORT, &on, len) < 0 ||
	    getsockopt(p->fd, SOL_SOCKET, SO_REUSEADDR, &a, &len) < 0 ||
	    getsockopt(p->fd, SOL_SOCKET, SO_REUSEPORT, &b, &len) < 0)
		return errno_name(errno);
	return a && b ? "ok" : "lost";
}

static const char *op_wait(struct probe *p, const char *v)
{
	char c;

	printf("ready ");
	fflush(stdout);
	while (read(0, &c, 1) == 1 && c != '\n')
		;
	return "ok";
}

static const char *op_new(struct probe *p, const char *v)
{
	make(p);
	return "ok";
}

static const struct {
	const char	*name;
	const char	*(*fn)(struct probe *, const char *value);
} ops[] = {
	{ "set", op_set }, { "get", op_get }, { "bind", op_bind },
	{ "connect", op_connect }, { "unspec", op_unspec },
	{ "sink", op_sink }, { "send", op_send }, { "write", op_write },
	{ "from", op_from }, { "many", op_many }, { "echo", op_echo },
	{ "name", op_name }, { "port", op_port }, { "listen", op_listen },
	{ "accept", op_accept }, { "large", op_large }, { "wait", op_wait },
	{ "new", op_new }, { "priority", op_priority }, { "oob", op_oob },
	{ "reuse", op_reuse },
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
	{ "mptcp", AF_INET6, SOCK_STREAM, IPPROTO_MPTCP },
	{ "udplite", AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE },
};

static const char *run(struct probe *p, char *word)
{
	char *v = strchr(word, '=');

	if (v)
		*v++ = 0;
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (!strcmp(ops[i].name, word))
			return ops[i].fn(p, v);
	fprintf(stderr, "hooks_probe: no such operation: %s\n", word);
	exit(2);
}

int main(int argc, char **argv)
{
	struct probe p = { .sink = -1 };

	for (size_t i = 0; argc > 1 && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(argv[1], kinds[i].name)) {
			p.family = kinds[i].family;
			p.type = kinds[i].type;
			p.protocol = kinds[i].protocol;
		}
	if (!p.family)
		return 2;
	make(&p);
	for (int i = 2; i < argc; i++) {
		printf("%s%s", i > 2 ? " " : "", run(&p, argv[i]));
		fflush(stdout);
	}
	putchar('\n');
	return 0;
}
