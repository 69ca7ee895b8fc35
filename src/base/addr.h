/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * addr.h - IPv6 addresses and prefixes: compare, classify, form, print.
 *
 * Addresses are struct in6_addr, always in network order and never looked
 * into but through its octets.  Nothing here allocates or fails, apart
 * from the two parsers.
 */
#ifndef MIP6D_BASE_ADDR_H
#define MIP6D_BASE_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A prefix: the bits of addr behind len are zero in every valid one. */
struct prefix {
	struct in6_addr	addr;
	uint8_t		len;		/* bits, 0..128 */
};

/* A link-layer address, as carried in Neighbor Discovery options. */
#define LLADDR_MAX	8
struct lladdr {
	uint8_t		len;		/* octets, 0: none known */
	uint8_t		b[LLADDR_MAX];
};

extern const struct in6_addr addr_unspec;	/* :: */
extern const struct in6_addr addr_all_nodes;	/* ff02::1 */
extern const struct in6_addr addr_all_routers;	/* ff02::2 */

static inline bool
addr_eq(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool	addr_is_unspec(const struct in6_addr *);
bool	addr_is_loopback(const struct in6_addr *);
bool	addr_is_multicast(const struct in6_addr *);
bool	addr_is_linklocal(const struct in6_addr *);	/* fe80::/10 */
bool	addr_is_v4mapped(const struct in6_addr *);
/* Unicast, and not link-local, loopback, unspecified or v4-mapped: may be
 * a home or a care-of address (RFC 6275 section 6.1.7, 9.5.1). */
bool	addr_is_routable(const struct in6_addr *);

int	addr_cmp(const struct in6_addr *, const struct in6_addr *);
/* RFC 4291 section 2.7.1: ff02::1:ffXX:XXXX */
struct in6_addr addr_solicited_node(const struct in6_addr *);
/* The first len bits of `prefix', the others of `iid'. */
struct in6_addr addr_combine(const struct in6_addr *prefix, uint8_t len,
			     const struct in6_addr *iid);
/* fe80:: and the interface identifier (last 64 bits) of `a'. */
struct in6_addr addr_linklocal_of(const struct in6_addr *a);
/* Modified EUI-64 (RFC 4291 appendix A) of a 6 or 8 octet lladdr, in the
 * last 64 bits; the others zero. */
struct in6_addr addr_eui64(const struct lladdr *);

bool	prefix_match(const struct prefix *, const struct in6_addr *);
bool	prefix_eq(const struct prefix *, const struct prefix *);
struct prefix prefix_of(const struct in6_addr *, uint8_t len);	/* masked */
struct prefix prefix_host(const struct in6_addr *);		/* /128 */

static inline bool
lladdr_eq(const struct lladdr *a, const struct lladdr *b)
{
	return a->len == b->len && memcmp(a->b, b->b, a->len) == 0;
}

/* Text.  The printers return `buf'. */
#define ADDR_STRLEN	46
#define PREFIX_STRLEN	(ADDR_STRLEN + 4)
#define LLADDR_STRLEN	(3 * LLADDR_MAX)
const char *addr_print(const struct in6_addr *, char buf[ADDR_STRLEN]);
const char *prefix_print(const struct prefix *, char buf[PREFIX_STRLEN]);
const char *lladdr_print(const struct lladdr *, char buf[LLADDR_STRLEN]);
/* 0, or -EINVAL with *ret untouched.  prefix_parse wants "ADDR/LEN" and
 * refuses bits set behind LEN with -ERANGE. */
int	addr_parse(const char *, struct in6_addr *ret);
int	prefix_parse(const char *, struct prefix *ret);

#endif
