/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bind.c - an address for a socket, and nothing else of it changed.
 *
 * bind(2) with port 0 picks a port, unless IP_BIND_ADDRESS_NO_PORT defers
 * that to connect(2), where it is known what the port must differ from.  A
 * socket that is bound so may be bound once more: to the same address with a
 * port (a server's), or back to ::.  The option is put back as it was: who
 * binds to port 0 later and asks getsockname(2) expects a port.
 */
#include "private.h"

#include <errno.h>
#include <sys/socket.h>

int
mip6i_local(int fd, struct in6_addr *ret)
{
	struct sockaddr_in6 sin6 = { 0 };
	socklen_t len = sizeof(sin6);
	int type;

	if (getsockname(fd, (struct sockaddr *)&sin6, &len) < 0)
		return -errno;
	if (sin6.sin6_family != AF_INET6 ||
	    IN6_IS_ADDR_V4MAPPED(&sin6.sin6_addr))
		return -EINVAL;
	len = sizeof(type);
	/* the `port' of a raw socket is its protocol */
	if (sin6.sin6_port && IN6_IS_ADDR_UNSPECIFIED(&sin6.sin6_addr) &&
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    type != SOCK_RAW)
		return -EINVAL;
	*ret = sin6.sin6_addr;
	return 0;
}

int
mip6i_bind(int fd, const struct in6_addr *addr)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	int on = 1, old = 1, err = 0;
	socklen_t len = sizeof(old);

	sin6.sin6_addr = *addr;
	/* raw sockets have neither the option nor ports */
	if (getsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &old,
		       &len) == 0 && !old)
		setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
			   sizeof(on));
	if (bind(fd, (struct sockaddr *)&sin6, sizeof(sin6)) < 0)
		err = -errno;
	if (!old)
		setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &old,
			   sizeof(old));
	return err;
}

bool
mip6i_v6only(int fd)
{
	int v = 0;
	socklen_t len = sizeof(v);

	return getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v, &len) == 0 && v;
}

void
mip6i_unbind(int fd, bool v6only)
{
	int v = v6only;

	mip6i_bind(fd, &in6addr_any);
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v, sizeof(v));
}

/* setsockopt(2) replaces the preferences of RFC 5014, so they are said again.
 * Without hooks the kernel answers 0 and forgets the requirement: the address
 * is what counts. */
static int
require(int fd, sc_type type)
{
	int flags = 0;
	socklen_t len = sizeof(flags);

	if (getsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &flags,
		       &len) < 0)
		return -errno;
	flags = (int)(((uint32_t)flags & MIP6I_PREFER) | type);
	return setsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &flags,
			  sizeof(flags)) < 0 ? -errno : 0;
}

int
mip6i_give(int fd, const struct in6_addr *now, const struct in6_addr *addr,
	   sc_type type)
{
	bool v6only = mip6i_v6only(fd), bind_it;
	int err;

	bind_it = !IN6_ARE_ADDR_EQUAL(now, addr);
	err = bind_it ? mip6i_bind(fd, addr) : 0;
	if (err)
		return err;	/* and no undoing: hooks rewrite a bind to :: */
	err = require(fd, type);
	if (err && bind_it)
		mip6i_unbind(fd, v6only);
	return err;
}
