/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * addr.c - IPv6 addresses and prefixes.
 *
 * Only octets are looked at, never words of an address, so nothing here
 * depends on the byte order of the machine.  Text is inet_ntop's and
 * inet_pton's (RFC 5952, RFC 4291 section 2.2), in which we only add what
 * prefixes and link-layer addresses need.
 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

const struct in6_addr addr_unspec = { 0 };
const struct in6_addr addr_all_nodes = { .s6_addr = {
	0xff, 0x02, [15] = 0x01 } };
const struct in6_addr addr_all_routers = { .s6_addr = {
	0xff, 0x02, [15] = 0x02 } };

bool addr_is_unspec(const struct in6_addr *a)
{
	return addr_eq(a, &addr_unspec);
}

bool addr_is_loopback(const struct in6_addr *a)
{
	static const struct in6_addr one = { .s6_addr = { [15] = 1 } };

	return addr_eq(a, &one);
}

bool addr_is_multicast(const struct in6_addr *a)
{
	return a->s6_addr[0] == 0xff;
}

bool addr_is_linklocal(const struct in6_addr *a)
{
	return a->s6_addr[0] == 0xfe && (a->s6_addr[1] & 0xc0) == 0x80;
}

bool addr_is_v4mapped(const struct in6_addr *a)
{
	static const uint8_t head[12] = { [10] = 0xff, 0xff };

	return memcmp(a->s6_addr, head, sizeof(head)) == 0;
}

bool addr_is_routable(const struct in6_addr *a)
{
	return !addr_is_unspec(a) && !addr_is_loopback(a) &&
	       !addr_is_multicast(a) && !addr_is_linklocal(a) &&
	       !addr_is_v4mapped(a);
}

int addr_cmp(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a->s6_addr, b->s6_addr, sizeof(a->s6_addr));
}

struct in6_addr addr_solicited_node(const struct in6_addr *a)
{
	struct in6_addr s = { .s6_addr = { 0xff, 0x02, [11] = 0x01, 0xff } };

	memcpy(&s.s6_addr[13], &a->s6_addr[13], 3);
	return s;
}

/* The bits of octet `i' that belong to the first `len' bits. */
static uint8_t octet_mask(uint8_t len, unsigned i)
{
	if (len >= 8 * (i + 1))
		return 0xff;
	if (len <= 8 * i)
		return 0;
	return (uint8_t)(0xff << (8 * (i + 1) - len));
}

struct in6_addr addr_combine(const struct in6_addr *prefix, uint8_t len,
			     const struct in6_addr *iid)
{
	struct in6_addr a;

	for (unsigned i = 0; i < 16; i++) {
		uint8_t m = octet_mask(len, i);

		a.s6_addr[i] = (uint8_t)((prefix->s6_addr[i] & m) |
					 (iid->s6_addr[i] & ~m));
	}
	return a;
}

struct in6_addr addr_linklocal_of(const struct in6_addr *a)
{
	static const struct in6_addr fe80 = { .s6_addr = { 0xfe, 0x80 } };

	return addr_combine(&fe80, 64, a);
}

struct in6_addr addr_eui64(const struct lladdr *ll)
{
	struct in6_addr a = { 0 };

	if (ll->len == 8) {
		memcpy(&a.s6_addr[8], ll->b, 8);
	} else if (ll->len == 6) {
		memcpy(&a.s6_addr[8], ll->b, 3);
		a.s6_addr[11] = 0xff;
		a.s6_addr[12] = 0xfe;
		memcpy(&a.s6_addr[13], &ll->b[3], 3);
	} else {
		return a;
	}
	a.s6_addr[8] ^= 0x02;	/* RFC 4291 appendix A: invert the u bit */
	return a;
}

bool prefix_match(const struct prefix *p, const struct in6_addr *a)
{
	unsigned whole = p->len / 8;

	if (memcmp(p->addr.s6_addr, a->s6_addr, whole) != 0)
		return false;
	return whole == 16 ||
	       ((p->addr.s6_addr[whole] ^ a->s6_addr[whole]) &
		octet_mask(p->len, whole)) == 0;
}

bool prefix_eq(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_eq(&a->addr, &b->addr);
}

struct prefix prefix_of(const struct in6_addr *a, uint8_t len)
{
	if (len > 128)
		len = 128;
	return (struct prefix){
		.addr = addr_combine(a, len, &addr_unspec),
		.len = len,
	};
}

struct prefix prefix_host(const struct in6_addr *a)
{
	return (struct prefix){ .addr = *a, .len = 128 };
}

const char *addr_print(const struct in6_addr *a, char buf[ADDR_STRLEN])
{
	return inet_ntop(AF_INET6, a, buf, ADDR_STRLEN);
}

const char *prefix_print(const struct prefix *p, char buf[PREFIX_STRLEN])
{
	size_t n;

	inet_ntop(AF_INET6, &p->addr, buf, ADDR_STRLEN);
	n = strlen(buf);
	snprintf(buf + n, PREFIX_STRLEN - n, "/%u", p->len);
	return buf;
}

const char *lladdr_print(const struct lladdr *ll, char buf[LLADDR_STRLEN])
{
	unsigned len = ll->len <= LLADDR_MAX ? ll->len : LLADDR_MAX;
	char *p = buf;

	if (len == 0)
		return strcpy(buf, "-");
	for (unsigned i = 0; i < len; i++)
		p += sprintf(p, i ? ":%02x" : "%02x", ll->b[i]);
	return buf;
}

int addr_parse(const char *s, struct in6_addr *ret)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, s, &a) != 1)
		return -EINVAL;
	*ret = a;
	return 0;
}

int prefix_parse(const char *s, struct prefix *ret)
{
	const char *slash = strchr(s, '/');
	char text[ADDR_STRLEN];
	struct prefix p, masked;
	unsigned len = 0;
	size_t digits;

	if (!slash || (size_t)(slash - s) >= sizeof(text))
		return -EINVAL;
	memcpy(text, s, (size_t)(slash - s));
	text[slash - s] = '\0';

	digits = strspn(slash + 1, "0123456789");
	if (digits < 1 || digits > 3 || slash[1 + digits] != '\0')
		return -EINVAL;
	for (size_t i = 1; i <= digits; i++)
		len = 10 * len + (unsigned)(slash[i] - '0');
	if (len > 128 || addr_parse(text, &p.addr) != 0)
		return -EINVAL;

	p.len = (uint8_t)len;
	masked = prefix_of(&p.addr, p.len);
	if (!prefix_eq(&p, &masked))
		return -ERANGE;
	*ret = p;
	return 0;
}
