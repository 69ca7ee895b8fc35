/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_forge - packets that nobody should send, and a look at what comes.
 *
 *	path_forge tunnel OUTER_SRC OUTER_DST INNER_SRC INNER_DST [OPTION...]
 *		UDP to port 7000 in a tunnel.  tc= and itc= are the outer and
 *		the inner traffic class, opt=1 adds a Tunnel Encapsulation
 *		Limit, version= is the inner packet's, count= so many, and
 *		frag=N cuts the tunnel packet behind N octets
 *	path_forge too-big SRC DST OUTER_SRC OUTER_DST INNER_SRC INNER_DST mtu=N
 *		a Packet Too Big about such a packet; bad=1: wrong checksum,
 *		type= another error
 *	path_forge watch PORT
 *		a line for each datagram: src=A len=N tclass=N hlim=N
 *	path_forge offload DEV tso=0 gso=0 csum=0
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

struct values {
	unsigned	tc, itc, opt, version, count, mtu, bad, type, size;
	unsigned	tso, gso, csum, frag;
};

static struct in6_addr addr(const char *s)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, s, &a) != 1) {
		fprintf(stderr, "no address: %s\n", s);
		exit(2);
	}
	return a;
}

/* The Internet checksum of `b' behind a pseudo header. */
static uint16_t checksum(const struct in6_addr *s, const struct in6_addr *d,
			 uint8_t next, const uint8_t *b, size_t len)
{
	uint32_t sum = next + (uint32_t)len;

	for (int i = 0; i < 16; i += 2)
		sum += (uint32_t)(s->s6_addr[i] << 8 | s->s6_addr[i + 1]) +
		       (uint32_t)(d->s6_addr[i] << 8 | d->s6_addr[i + 1]);
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? b[i] : (uint32_t)b[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put_ip6(struct wbuf *w, unsigned version, unsigned tc,
		    size_t len, uint8_t next, const struct in6_addr *s,
		    const struct in6_addr *d)
{
	wbuf_u32(w, version << 28 | tc << 20);
	wbuf_u16(w, (uint16_t)len);
	wbuf_u8(w, next);
	wbuf_u8(w, 64);
	wbuf_addr(w, s);
	wbuf_addr(w, d);
}

static void put_udp(struct wbuf *w, size_t data, const struct in6_addr *s,
		    const struct in6_addr *d)
{
	size_t at = wbuf_len(w);

	wbuf_u16(w, 7001);
	wbuf_u16(w, 7000);
	wbuf_u16(w, (uint16_t)(8 + data));
	wbuf_u16(w, 0);
	wbuf_zero(w, data);
	if (!w->bad)
		wbuf_patch_u16(w, at + 6, checksum(s, d, 17, w->base + at,
						   8 + data));
}

/* A tunnel packet between four addresses. */
static void put_tunnel(struct wbuf *w, char **a, const struct values *v)
{
	struct in6_addr os = addr(a[0]), od = addr(a[1]);
	struct in6_addr is = addr(a[2]), id = addr(a[3]);
	static const uint8_t limit[8] = { 41, 0, 4, 1, 4, 1, 0, 0 };

	put_ip6(w, 6, v->tc, 40 + 8 + v->size + (v->opt ? 8 : 0),
		v->opt ? 60 : 41, &os, &od);
	if (v->opt)
		wbuf_put(w, limit, sizeof(limit));
	put_ip6(w, v->version, v->itc, 8 + v->size, 17, &is, &id);
	put_udp(w, v->size, &is, &id);
}

static int send_raw(const struct wbuf *w, const struct in6_addr *dst,
		    unsigned count)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = *dst };
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW), one = 1;

	if (fd < 0 || w->bad)
		return 1;
	/* its route is that of the source in its header */
	memcpy(&from.sin6_addr, w->base + 8, 16);
	setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0) {
		perror("bind");
		return 1;
	}
	for (unsigned i = 0; i < count; i++)
		if (sendto(fd, w->base, wbuf_len(w), 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0) {
			perror("sendto");
			return 1;
		}
	return 0;
}

/* One fragment of the packet in `all': RFC 8200 section 4.5. */
static int send_piece(const struct wbuf *all, size_t off, size_t n, bool more,
		      uint32_t id, const struct in6_addr *dst)
{
	uint8_t buf[2048];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	wbuf_put(&w, all->base, 4);
	wbuf_u16(&w, (uint16_t)(8 + n));
	wbuf_u8(&w, 44);
	wbuf_put(&w, all->base + 7, 33);
	wbuf_u8(&w, all->base[6]);
	wbuf_u8(&w, 0);
	wbuf_u16(&w, (uint16_t)(off | more));
	wbuf_u32(&w, id);
	wbuf_put(&w, all->base + 40 + off, n);
	return send_raw(&w, dst, 1);
}

static int tunnel(char **a, const struct values *v)
{
	uint8_t buf[2048];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	struct in6_addr dst = addr(a[1]);
	size_t cut = v->frag & ~7u, all;

	put_tunnel(&w, a, v);
	all = wbuf_len(&w) - 40;
	if (!v->frag || w.bad || cut >= all)
		return send_raw(&w, &dst, v->count);
	for (uint32_t i = 0; i < v->count; i++)
		if (send_piece(&w, 0, cut, true, i + 1, &dst) ||
		    send_piece(&w, cut, all - cut, false, i + 1, &dst))
			return 1;
	return 0;
}

static int too_big(char **a, const struct values *v)
{
	struct in6_addr src = addr(a[0]), dst = addr(a[1]);
	uint8_t buf[2048], in[2048];
	struct wbuf w = wbuf_of(buf, sizeof(buf)), q = wbuf_of(in, sizeof(in));
	size_t at, quote;

	put_tunnel(&q, a + 2, v);
	quote = wbuf_len(&q) > 1232 ? 1232 : wbuf_len(&q);
	put_ip6(&w, 6, 0, 8 + quote, 58, &src, &dst);
	at = wbuf_len(&w);
	wbuf_u8(&w, (uint8_t)v->type);
	wbuf_u8(&w, 0);
	wbuf_u16(&w, 0);
	wbuf_u32(&w, v->mtu);
	wbuf_put(&w, in, quote);
	wbuf_patch_u16(&w, at + 2, checksum(&src, &dst, 58, buf + at,
					    8 + quote) ^ (v->bad ? 1 : 0));
	return send_raw(&w, &dst, v->count);
}

static int watch(const char *port)
{
	struct sockaddr_in6 me = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)atoi(port)),
	}, from;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), one = 1;
	static char buf[65536], ctl[256], text[INET6_ADDRSTRLEN];

	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&me, sizeof(me)) < 0)
		return 1;
	printf("serving\n");
	for (;;) {
		struct iovec iov = { buf, sizeof(buf) };
		struct msghdr m = {
			.msg_name = &from, .msg_namelen = sizeof(from),
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = ctl, .msg_controllen = sizeof(ctl),
		};
		int v[2] = { -1, -1 };
		ssize_t n;

		fflush(stdout);
		n = recvmsg(fd, &m, 0);
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c;
		     c = CMSG_NXTHDR(&m, c))
			memcpy(&v[c->cmsg_type == IPV6_HOPLIMIT], CMSG_DATA(c),
			       sizeof(int));
		printf("src=%s len=%zd tclass=%d hlim=%d\n",
		       inet_ntop(AF_INET6, &from.sin6_addr, text,
				 sizeof(text)), n, v[0], v[1]);
	}
}

static int offload(const char *dev, const struct values *v)
{
	const struct { uint32_t cmd; unsigned value; } set[] = {
		{ ETHTOOL_STSO, v->tso },
		{ ETHTOOL_SGSO, v->gso },
		{ ETHTOOL_STXCSUM, v->csum },
	};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	for (size_t i = 0; i < sizeof(set) / sizeof(*set); i++) {
		struct ethtool_value e = { set[i].cmd, set[i].value };
		struct ifreq r = { .ifr_data = (void *)&e };

		snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", dev);
		if (ioctl(fd, SIOCETHTOOL, &r) < 0) {
			perror("SIOCETHTOOL");
			return 1;
		}
	}
	return 0;
}

static int value(struct values *v, const char *s)
{
	const struct { const char *name; unsigned *v; } t[] = {
		{ "tc=", &v->tc }, { "itc=", &v->itc }, { "opt=", &v->opt },
		{ "version=", &v->version }, { "count=", &v->count },
		{ "mtu=", &v->mtu }, { "bad=", &v->bad }, { "type=", &v->type },
		{ "size=", &v->size }, { "tso=", &v->tso },
		{ "gso=", &v->gso }, { "csum=", &v->csum },
		{ "frag=", &v->frag },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (!strncmp(s, t[i].name, strlen(t[i].name))) {
			*t[i].v = (unsigned)atoi(s + strlen(t[i].name));
			return 0;
		}
	return -1;
}

int main(int argc, char **argv)
{
	struct values v = { .version = 6, .count = 1, .type = 2, .size = 64,
			    .tso = 1, .gso = 1, .csum = 1 };
	int n = 2;

	while (n < argc && !strchr(argv[n], '='))
		n++;
	for (int i = n; i < argc; i++)
		if (value(&v, argv[i]))
			return 2;
	if (n == 6 && !strcmp(argv[1], "tunnel"))
		return tunnel(argv + 2, &v);
	if (n == 8 && !strcmp(argv[1], "too-big"))
		return too_big(argv + 2, &v);
	if (n == 3 && !strcmp(argv[1], "watch"))
		return watch(argv[2]);
	if (n == 3 && !strcmp(argv[1], "offload"))
		return offload(argv[2], &v);
	fprintf(stderr, "usage: see the head of path_forge.c\n");
	return 2;
}
