/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.c - the words of the application socket.
 *
 * Without stdio: a library that is called from anywhere, with any locale and
 * from any thread, does well to need little.
 */
#include "private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static const struct {
	sc_type		type;
	const char	*name;
} types[] = {
	{ IPV6_REQUIRE_HOME_ANCHORED,		"home-anchored" },
	{ IPV6_REQUIRE_ACCESS_ANCHORED,		"access-anchored" },
	{ IPV6_REQUIRE_UNANCHORED,		"unanchored" },
	{ IPV6_REQUIRE_GRACEFUL_REPLACEMENT,	"graceful" },
};
#define NTYPES	(sizeof(types) / sizeof(types[0]))

/* What a daemon may answer; libc has such a table, but not everywhere. */
static const struct {
	const char	*name;
	int		err;
} errors[] = {
	{ "EACCES", EACCES },		{ "EADDRINUSE", EADDRINUSE },
	{ "EADDRNOTAVAIL", EADDRNOTAVAIL },
	{ "EAFNOSUPPORT", EAFNOSUPPORT },
	{ "EAGAIN", EAGAIN },		{ "EALREADY", EALREADY },
	{ "EBUSY", EBUSY },		{ "ECANCELED", ECANCELED },
	{ "ECONNABORTED", ECONNABORTED },
	{ "ECONNREFUSED", ECONNREFUSED },
	{ "ECONNRESET", ECONNRESET },	{ "EDQUOT", EDQUOT },
	{ "EEXIST", EEXIST },		{ "EHOSTDOWN", EHOSTDOWN },
	{ "EHOSTUNREACH", EHOSTUNREACH },
	{ "EINVAL", EINVAL },		{ "EIO", EIO },
	{ "EKEYREJECTED", EKEYREJECTED },
	{ "ENETDOWN", ENETDOWN },	{ "ENETUNREACH", ENETUNREACH },
	{ "ENOBUFS", ENOBUFS },		{ "ENODEV", ENODEV },
	{ "ENOENT", ENOENT },		{ "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC },		{ "ENOSYS", ENOSYS },
	{ "EOPNOTSUPP", EOPNOTSUPP },	{ "EPERM", EPERM },
	{ "EPROTO", EPROTO },		{ "EPROTONOSUPPORT", EPROTONOSUPPORT },
	{ "ESHUTDOWN", ESHUTDOWN },	{ "ETIME", ETIME },
	{ "ETIMEDOUT", ETIMEDOUT },	{ "EUSERS", EUSERS },
};
#define NERRORS	(sizeof(errors) / sizeof(errors[0]))

bool
mip6i_put(char *buf, size_t cap, const char *text)
{
	size_t at = strlen(buf), n = strlen(text);

	if (n >= cap - at)
		return false;
	memcpy(buf + at, text, n + 1);
	return true;
}

bool
mip6i_put_number(char *buf, size_t cap, uint64_t v)
{
	char text[21], *p = text + sizeof(text) - 1;

	*p = '\0';
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	return mip6i_put(buf, cap, p);
}

const char *
mip6i_type_name(sc_type type)
{
	for (size_t i = 0; i < NTYPES; i++)
		if (types[i].type == type)
			return types[i].name;
	return NULL;
}

sc_type
mip6i_type_parse(const char *name, size_t len)
{
	for (size_t i = 0; i < NTYPES; i++)
		if (strlen(types[i].name) == len &&
		    memcmp(types[i].name, name, len) == 0)
			return types[i].type;
	return 0;
}

size_t
mip6i_value(const char *line, const char *key, const char **ret)
{
	size_t n = strlen(key);

	for (const char *w = line; w; w = strchr(w, ' ')) {
		w += strspn(w, " ");
		if (strncmp(w, key, n) == 0 && w[n] == '=') {
			*ret = w + n + 1;
			return strcspn(*ret, " ");
		}
	}
	return 0;
}

/* One that a socket can be bound to, and that a daemon may have. */
bool
mip6i_address(const char *text, size_t len, struct in6_addr *ret)
{
	char word[INET6_ADDRSTRLEN];
	struct in6_addr a;

	if (len >= sizeof(word))
		return false;
	memcpy(word, text, len);
	word[len] = '\0';
	if (inet_pton(AF_INET6, word, &a) != 1 || IN6_IS_ADDR_UNSPECIFIED(&a) ||
	    IN6_IS_ADDR_LOOPBACK(&a) || IN6_IS_ADDR_MULTICAST(&a) ||
	    IN6_IS_ADDR_LINKLOCAL(&a) || IN6_IS_ADDR_V4MAPPED(&a))
		return false;
	*ret = a;
	return true;
}

int
mip6i_errno(const char *name)
{
	size_t n = strcspn(name, " ");

	for (size_t i = 0; i < NERRORS; i++)
		if (strlen(errors[i].name) == n &&
		    memcmp(errors[i].name, name, n) == 0)
			return errors[i].err;
	return EIO;
}
