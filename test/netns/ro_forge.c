/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ro_forge - packets with any extension headers, for the tests of route
 * optimization.
 *
 *	ro_forge [error FROM TO TYPE CODE PARAM] SRC DST [HEADER...] LAST
 *
 * Sends one packet from SRC to DST, with the headers in the order given:
 *
 *	hbh dst			8 octets, padding only
 *	dst=OPTION,...		destination options: hao:ADDRESS pad1 padn
 *				(6 octets) limit (Tunnel Encapsulation Limit)
 *				skip (an unknown one, to be skipped) short
 *				(a Home Address of 8 octets) beyond (an option
 *				longer than its header)
 *	rh2=ADDRESS[/LEFT[/LEN]]	type 2 routing header
 *	rh=TYPE/LEFT		another one, with ADDRESS 2001:db8:99::1
 *	frag=OFFSET/MORE/ID
 *	ip=SRC/DST		another IPv6 header: what was before is a tunnel
 *
 * and one of these at the end:
 *
 *	udp[=SIZE]		to port 7000
 *	echo[=SIZE]		an ICMPv6 Echo Request
 *	rest=SIZE		octets of no protocol, or a later fragment's
 *	mh ah esp		the header, as short as may be
 *
 * Checksums are about the addresses that RFC 6275 and RFC 8200 say: the last
 * Home Address option's and the last type 2 routing header's, if any.  With
 * `error' the packet is quoted in an ICMPv6 error.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/buf.h"

#define UDP	17
#define ICMPV6	58
#define NONE	59

struct forge {
	struct wbuf	w;
	size_t		start;		/* of the present IPv6 header */
	size_t		next_at;	/* octet to name the next header */
	struct in6_addr	src, dst;	/* what checksums are about */
};

static _Noreturn void usage(const char *what)
{
	fprintf(stderr, "ro_forge: %s?  See the head of ro_forge.c\n", what);
	exit(2);
}

static struct in6_addr addr(const char *s)
{
	struct in6_addr a;

	if (addr_parse(s, &a))
		usage(s);
	return a;
}

static uint16_t
checksum(const struct in6_addr *s, const struct in6_addr *d, uint8_t next,
	 const uint8_t *b, size_t len)
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

/* What follows is a header of this type. */
static void name(struct forge *f, uint8_t type)
{
	if (!f->w.bad)
		f->w.base[f->next_at] = type;
	f->next_at = wbuf_len(&f->w);
}

static void lengthen(struct forge *f)
{
	wbuf_patch_u16(&f->w, f->start + 4,
		       (uint16_t)(wbuf_len(&f->w) - f->start - 40));
}

static void put_ip(struct forge *f, const char *src, const char *dst)
{
	f->src = addr(src);
	f->dst = addr(dst);
	f->start = wbuf_len(&f->w);
	wbuf_u32(&f->w, 6u << 28);
	wbuf_u16(&f->w, 0);
	f->next_at = wbuf_len(&f->w);
	wbuf_u8(&f->w, NONE);
	wbuf_u8(&f->w, 64);
	wbuf_addr(&f->w, &f->src);
	wbuf_addr(&f->w, &f->dst);
}

static void put_pad(struct wbuf *w, size_t n)
{
	if (n == 1) {
		wbuf_u8(w, 0);
	} else if (n) {
		wbuf_u8(w, 1);
		wbuf_u8(w, (uint8_t)(n - 2));
		wbuf_zero(w, n - 2);
	}
}

static void put_option(struct forge *f, size_t start, char *s)
{
	static const uint8_t limit[] = { 4, 1, 4 }, skip[] = { 0x1e, 1, 7 };
	static const uint8_t beyond[] = { 0x1e, 200 };
	struct wbuf *w = &f->w;

	if (!strncmp(s, "hao:", 4)) {
		/* RFC 6275 section 6.3: 8n + 6 */
		put_pad(w, (14 - (wbuf_len(w) - start) % 8) % 8);
		f->src = addr(s + 4);
		wbuf_u8(w, 201);
		wbuf_u8(w, 16);
		wbuf_addr(w, &f->src);
	} else if (!strcmp(s, "short")) {
		wbuf_u8(w, 201);
		wbuf_u8(w, 8);
		wbuf_zero(w, 8);
	} else if (!strcmp(s, "pad1")) {
		put_pad(w, 1);
	} else if (!strcmp(s, "padn")) {
		put_pad(w, 6);
	} else if (!strcmp(s, "limit")) {
		wbuf_put(w, limit, sizeof(limit));
	} else if (!strcmp(s, "skip")) {
		wbuf_put(w, skip, sizeof(skip));
	} else if (!strcmp(s, "beyond")) {
		wbuf_put(w, beyond, sizeof(beyond));
	} else {
		usage(s);
	}
}

static void put_options(struct forge *f, uint8_t type, char *list)
{
	size_t start = wbuf_len(&f->w), n;
	char *save;

	name(f, type);
	wbuf_u8(&f->w, NONE);
	wbuf_u8(&f->w, 0);
	for (char *s = list ? strtok_r(list, ",", &save) : NULL; s;
	     s = strtok_r(NULL, ",", &save))
		put_option(f, start, s);
	put_pad(&f->w, (8 - (wbuf_len(&f->w) - start) % 8) % 8);
	n = wbuf_len(&f->w) - start;
	if (!f->w.bad)
		f->w.base[start + 1] = (uint8_t)(n / 8 - 1);
}

static void put_routing(struct forge *f, uint8_t type, const char *a,
			unsigned left, unsigned len)
{
	struct in6_addr to = addr(a);

	name(f, 43);
	wbuf_u8(&f->w, NONE);
	wbuf_u8(&f->w, (uint8_t)len);
	wbuf_u8(&f->w, type);
	wbuf_u8(&f->w, (uint8_t)left);
	wbuf_zero(&f->w, 4);
	wbuf_addr(&f->w, &to);
	if (len > 2)
		wbuf_zero(&f->w, (len - 2) * 8);
	if (type == 2)
		f->dst = to;
}

static void put_rh2(struct forge *f, char *s)
{
	unsigned left = 1, len = 2;
	char *p = strchr(s, '/');

	if (p) {
		*p++ = 0;
		left = (unsigned)strtoul(p, &p, 10);
		if (*p == '/')
			len = (unsigned)strtoul(p + 1, NULL, 10);
	}
	put_routing(f, 2, s, left, len);
}

static void put_fragment(struct forge *f, const char *s)
{
	unsigned off = 0, more = 0, id = 0;

	if (sscanf(s, "%u/%u/%u", &off, &more, &id) != 3)
		usage(s);
	name(f, 44);
	wbuf_u8(&f->w, NONE);
	wbuf_u8(&f->w, 0);
	wbuf_u16(&f->w, (uint16_t)(off | more));
	wbuf_u32(&f->w, id);
}

static void put_inner(struct forge *f, char *s)
{
	char *p = strchr(s, '/');
	struct forge in;

	if (!p)
		usage(s);
	*p++ = 0;
	in = *f;
	name(&in, 41);
	put_ip(&in, s, p);
	*f = in;
}

/* --- the last --- */

static void put_transport(struct forge *f, uint8_t type, size_t size)
{
	size_t at = wbuf_len(&f->w);
	size_t sum = type == UDP ? 6 : 2;

	name(f, type);
	if (type == UDP) {
		wbuf_u16(&f->w, 7001);
		wbuf_u16(&f->w, 7000);
		wbuf_u16(&f->w, (uint16_t)(8 + size));
		wbuf_u16(&f->w, 0);
	} else {
		wbuf_u16(&f->w, 128 << 8);
		wbuf_u16(&f->w, 0);
		wbuf_u32(&f->w, 0x12340001);
	}
	wbuf_zero(&f->w, size);
	if (!f->w.bad)
		wbuf_patch_u16(&f->w, at + sum,
			       checksum(&f->src, &f->dst, type,
					f->w.base + at, 8 + size));
}

static bool put_last(struct forge *f, const char *s)
{
	static const uint8_t mh[] = { 59, 0, 0, 0, 0, 0, 0, 0 };
	static const struct {
		const char	*word;
		uint8_t		type, len;
	} other[] = {
		{ "mh", 135, 8 }, { "ah", 51, 24 }, { "esp", 50, 24 },
	};
	const char *eq = strchr(s, '=');
	size_t n = eq ? (size_t)(eq - s) : strlen(s);
	size_t size = eq ? strtoul(eq + 1, NULL, 10) : 64;

	if (n == 3 && !memcmp(s, "udp", 3))
		put_transport(f, UDP, size);
	else if (n == 4 && !memcmp(s, "echo", 4))
		put_transport(f, ICMPV6, size);
	else if (n == 4 && !memcmp(s, "rest", 4))
		wbuf_zero(&f->w, size);
	else
		goto rest;
	return true;
rest:
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		if (!strcmp(s, other[i].word)) {
			name(f, other[i].type);
			wbuf_put(&f->w, mh, 8);
			wbuf_zero(&f->w, other[i].len - 8u);
			return true;
		}
	return false;
}

static void put_word(struct forge *f, char *s)
{
	unsigned type, left;

	if (!strcmp(s, "hbh"))
		put_options(f, 0, NULL);
	else if (!strcmp(s, "dst"))
		put_options(f, 60, NULL);
	else if (!strncmp(s, "dst=", 4))
		put_options(f, 60, s + 4);
	else if (!strncmp(s, "rh2=", 4))
		put_rh2(f, s + 4);
	else if (sscanf(s, "rh=%u/%u", &type, &left) == 2)
		put_routing(f, (uint8_t)type, "2001:db8:99::1", left, 2);
	else if (!strncmp(s, "frag=", 5))
		put_fragment(f, s + 5);
	else if (!strncmp(s, "ip=", 3))
		put_inner(f, s + 3);
	else if (!put_last(f, s))
		usage(s);
}

/* a: FROM TO TYPE CODE PARAM; the packet in f is what it is about. */
static void put_error(struct forge *f, char **a, uint8_t *buf, size_t cap)
{
	size_t n = wbuf_len(&f->w) > 1232 ? 1232 : wbuf_len(&f->w), at;
	struct forge e = { .w = wbuf_of(buf, cap) };

	put_ip(&e, a[0], a[1]);
	name(&e, ICMPV6);
	at = wbuf_len(&e.w);
	wbuf_u8(&e.w, (uint8_t)atoi(a[2]));
	wbuf_u8(&e.w, (uint8_t)atoi(a[3]));
	wbuf_u16(&e.w, 0);
	wbuf_u32(&e.w, (uint32_t)atoi(a[4]));
	wbuf_put(&e.w, f->w.base, n);
	lengthen(&e);
	wbuf_patch_u16(&e.w, at + 2, checksum(&e.src, &e.dst, ICMPV6,
					      buf + at, 8 + n));
	*f = e;
}

int main(int argc, char **argv)
{
	static uint8_t buf[4096], out[4096];
	struct forge f = { .w = wbuf_of(buf, sizeof(buf)) };
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 }, from = to;
	int i = argc > 7 && !strcmp(argv[1], "error") ? 7 : 1, fd;

	if (argc < i + 3)
		usage("what");
	to.sin6_addr = addr(argv[i == 7 ? 3 : i + 1]);
	from.sin6_addr = addr(argv[i == 7 ? 2 : i]);
	put_ip(&f, argv[i], argv[i + 1]);
	for (int n = i + 2; n < argc; n++)
		put_word(&f, argv[n]);
	lengthen(&f);
	f.start = 0;			/* and the tunnel's, if there is one */
	lengthen(&f);
	if (f.w.bad)
		usage("how long");
	if (i == 7)
		put_error(&f, argv + 2, out, sizeof(out));
	fd = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW);
	/* when the source is one of ours, it has a part in the routing */
	bind(fd, (struct sockaddr *)&from, sizeof(from));
	if (fd < 0 || sendto(fd, f.w.base, wbuf_len(&f.w), 0,
			     (struct sockaddr *)&to, sizeof(to)) < 0) {
		perror("ro_forge");
		return 1;
	}
	return 0;
}
