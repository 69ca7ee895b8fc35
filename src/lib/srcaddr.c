/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srcaddr.c - does an address satisfy preferences? (RFC 5014 section 13)
 *
 * The kernel knows which addresses are ours and which are temporary; the
 * daemon knows of what type they are.  It is asked only when the flags are
 * about that.
 *
 * Home and care-of are the two halves of all addresses: an address that does
 * not move with the point of attachment is as good as home, and so is every
 * address of a node without Mobile IPv6, as the RFC wants it; a care-of
 * address is one of the link that we are on, unanchored or graceful.  No
 * address here is made from a key as far as the kernel can tell, so CGA is
 * never satisfied.
 */
#include "private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LIST		"/proc/thread-self/net/if_inet6"

/* linux/if_addr.h, the low octet */
#define TEMPORARY	0x01
#define OPTIMISTIC	0x04
#define DADFAILED	0x08
#define HOMEADDRESS	0x10
#define TENTATIVE	0x40

/* "20010db8000000000000000000000001 02 40 00 80     eth0" */
struct row {
	uint8_t		addr[16];
	uint32_t	field[4];	/* interface, prefix, scope, flags */
};

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
parse_row(const char *p, struct row *ret)
{
	uint32_t v;

	for (int i = 0; i < 32; i++, p++) {
		if (digit(*p) < 0)
			return false;
		ret->addr[i / 2] = (uint8_t)(ret->addr[i / 2] << 4 | digit(*p));
	}
	for (int i = 0; i < 4; i++) {
		p += strspn(p, " ");
		if (digit(*p) < 0)
			return false;
		for (v = 0; digit(*p) >= 0; p++)
			v = v << 4 | (uint32_t)digit(*p);
		ret->field[i] = v;
	}
	return true;
}

static bool
matches(const struct row *r, const struct sockaddr_in6 *want)
{
	if (memcmp(r->addr, &want->sin6_addr, sizeof(r->addr)))
		return false;
	if (IN6_IS_ADDR_LINKLOCAL(&want->sin6_addr) &&
	    r->field[0] != want->sin6_scope_id)
		return false;
	/* not to be used (yet) is not ours */
	return !(r->field[3] & DADFAILED) &&
	       (!(r->field[3] & TENTATIVE) || (r->field[3] & OPTIMISTIC));
}

/* Look at the whole lines in buf; true: found. */
static bool
search(char *buf, size_t *len, const struct sockaddr_in6 *want, uint32_t *ret)
{
	char *line = buf, *end;

	while ((end = memchr(line, '\n', *len - (size_t)(line - buf)))) {
		struct row r;

		*end = '\0';
		if (parse_row(line, &r) && matches(&r, want)) {
			*ret = r.field[3];
			return true;
		}
		line = end + 1;
	}
	*len -= (size_t)(line - buf);
	memmove(buf, line, *len);
	return false;
}

/* The kernel's flags of an address of ours.  -EADDRNOTAVAIL: it is not. */
static int
kernel_flags(const struct sockaddr_in6 *want, uint32_t *ret)
{
	int fd = open(LIST, O_RDONLY | O_CLOEXEC), err = -EADDRNOTAVAIL;
	char buf[2048];
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? -EADDRNOTAVAIL : -errno;
	for (;;) {
		n = read(fd, buf + len, sizeof(buf) - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
		if (search(buf, &len, want, ret)) {
			err = 0;
			break;
		}
		if (len == sizeof(buf))
			break;
	}
	if (n < 0)
		err = -errno;
	close(fd);
	return err;
}

static bool
both(uint32_t flags, uint32_t pair)
{
	return (flags & pair) == pair;
}

/* RFC 5014 section 2; nothing satisfies these. */
static bool
contradictory(uint32_t flags)
{
	uint32_t require = flags & MIP6I_REQUIRE;

	return both(flags, IPV6_PREFER_SRC_TMP | IPV6_PREFER_SRC_PUBLIC) ||
	       both(flags, IPV6_PREFER_SRC_COA | IPV6_PREFER_SRC_HOME) ||
	       both(flags, IPV6_PREFER_SRC_CGA | IPV6_PREFER_SRC_NONCGA) ||
	       both(flags, IPV6_PREFER_SRC_TMP |
			   IPV6_PREFER_SRC_PUBTMP_DEFAULT) ||
	       both(flags, IPV6_PREFER_SRC_PUBLIC |
			   IPV6_PREFER_SRC_PUBTMP_DEFAULT) ||
	       (require & (require - 1));
}

static bool
kernel_satisfies(uint32_t flags, uint32_t has)
{
	if ((flags & IPV6_PREFER_SRC_TMP) && !(has & TEMPORARY))
		return false;
	if ((flags & IPV6_PREFER_SRC_PUBLIC) && (has & TEMPORARY))
		return false;
	return !(flags & IPV6_PREFER_SRC_CGA);
}

static bool
type_satisfies(uint32_t flags, uint32_t has, sc_type type)
{
	bool coa = !(has & HOMEADDRESS) &&
		(type & (IPV6_REQUIRE_UNANCHORED |
			 IPV6_REQUIRE_GRACEFUL_REPLACEMENT));

	if ((flags & IPV6_PREFER_SRC_COA) && !coa)
		return false;
	if ((flags & IPV6_PREFER_SRC_HOME) && coa)
		return false;
	return !(flags & MIP6I_REQUIRE) || (flags & MIP6I_REQUIRE) == type;
}

/* 1, 0 or -errno */
static int
is_srcaddr(const struct sockaddr_in6 *sa, uint32_t flags)
{
	sc_type type = 0;
	uint32_t has;
	int err;

	if (sa->sin6_family != AF_INET6 ||
	    (flags & ~(MIP6I_PREFER | MIP6I_REQUIRE)))
		return -EINVAL;
	err = kernel_flags(sa, &has);
	if (err)
		return err;
	if (contradictory(flags) || !kernel_satisfies(flags, has))
		return 0;
	if (!(flags & (IPV6_PREFER_SRC_COA | IPV6_PREFER_SRC_HOME |
		       MIP6I_REQUIRE)))
		return 1;
	if (!IN6_IS_ADDR_LINKLOCAL(&sa->sin6_addr) &&
	    !IN6_IS_ADDR_LOOPBACK(&sa->sin6_addr))
		err = mip6i_type_of(&sa->sin6_addr, MIP6I_FOREVER, &type);
	/* a node without Mobile IPv6 is always at home */
	if (err && (err != -EOPNOTSUPP || (flags & MIP6I_REQUIRE)))
		return err;
	return type_satisfies(flags, has, type);
}

short
inet6_is_srcaddr(struct sockaddr_in6 *srcaddr, uint32_t flags)
{
	int rc = is_srcaddr(srcaddr, flags);

	if (rc >= 0)
		return (short)rc;
	errno = -rc;
	return -1;
}
