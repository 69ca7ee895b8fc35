/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * setsc.c - an address of a type for a socket (RFC 8653 appendix A).
 *
 * The connection on which an address was granted may be closed as soon as
 * the socket is bound: from then on the daemon sees the socket.
 */
#include "private.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static int
answer(int err)
{
	if (err) {
		errno = -err;
		return -1;
	}
	return 0;
}

/* A socket that has an address already: is it of this type? */
static int
check_bound(int fd, const struct in6_addr *now, sc_type type, int64_t deadline)
{
	sc_type has;
	int err;

	err = mip6i_type_of(now, deadline, &has);
	if (err)
		return err;
	return has == type ? mip6i_give(fd, now, now, type) : -EINVAL;
}

/* 0 and *ret: an answer that is an address of the type. */
static int
check_reply(int err, const struct mip6i_reply *r, sc_type type,
	    struct in6_addr *ret)
{
	if (err)
		return err;
	if (r->err)
		return -r->err;
	if (!r->type || (type && r->type != type))
		return -EPROTO;
	*ret = r->addr;
	return 0;
}

static int
acquire(int fd, sc_type type, int timeout_ms, int64_t deadline,
	struct in6_addr *ret)
{
	int conn = mip6i_ask(type, timeout_ms, true, deadline), err;
	struct mip6i_reply r = { 0 };
	struct in6_addr addr;

	if (conn < 0)
		return conn;
	err = mip6i_receive(conn, deadline, &r);
	err = check_reply(err, &r, type, &addr);
	if (!err)
		err = mip6i_give(fd, &in6addr_any, &addr, type);
	close(conn);
	if (!err)
		*ret = addr;
	return err;
}

static int
set(int fd, sc_type type, int timeout_ms, struct in6_addr *ret)
{
	int64_t deadline = mip6i_deadline(timeout_ms);
	struct in6_addr now;
	int err;

	if (!mip6i_is_type(type))
		return -EINVAL;
	err = mip6i_local(fd, &now);
	if (err)
		return err;
	if (IN6_IS_ADDR_UNSPECIFIED(&now))
		return acquire(fd, type, timeout_ms, deadline, ret);
	err = check_bound(fd, &now, type, deadline);
	if (!err)
		*ret = now;
	return err;
}

int
setsc_timeout(int fd, struct in6_addr *ret_addr, sc_type type, int timeout_ms)
{
	struct in6_addr addr;

	return answer(set(fd, type, timeout_ms, ret_addr ? ret_addr : &addr));
}

int
setsc(int fd, struct in6_addr *ret_addr, sc_type type)
{
	return setsc_timeout(fd, ret_addr, type, -1);
}

/* --- without waiting -------------------------------------------------------
 *
 * The descriptor is the connection itself and carries all state: the answer
 * is looked at, and left in it.
 */

int
mip6_request(sc_type type, int timeout_ms)
{
	int fd;

	if (!mip6i_is_type(type))
		return answer(-EINVAL);
	fd = mip6i_ask(type, timeout_ms, false, MIP6I_FOREVER);
	return fd < 0 ? answer(fd) : fd;
}

int
mip6_request_finish(int request, int fd, struct in6_addr *ret_addr)
{
	struct mip6i_reply r = { 0 };
	struct in6_addr addr, now;
	int err;

	err = mip6i_peek(request, &r);
	err = check_reply(err, &r, 0, &addr);
	if (!err && fd >= 0) {
		err = mip6i_local(fd, &now);
		if (!err && !IN6_IS_ADDR_UNSPECIFIED(&now) &&
		    !IN6_ARE_ADDR_EQUAL(&now, &addr)) {
			err = check_bound(fd, &now, r.type, MIP6I_FOREVER);
			addr = now;
		} else if (!err) {
			err = mip6i_give(fd, &now, &addr, r.type);
		}
	}
	if (!err && ret_addr)
		*ret_addr = addr;
	return answer(err);
}

/* --- what a socket has -----------------------------------------------------
 */

static int
local(int fd, struct in6_addr *ret)
{
	struct sockaddr_in6 sin6 = { 0 };
	socklen_t len = sizeof(sin6);

	if (getsockname(fd, (struct sockaddr *)&sin6, &len) < 0)
		return -errno;
	if (sin6.sin6_family != AF_INET6)
		return -EINVAL;
	*ret = sin6.sin6_addr;
	return 0;
}

/* A plain kernel gives back RFC 5014's bits only. */
static sc_type
required(int fd)
{
	int flags = 0;
	socklen_t len = sizeof(flags);
	sc_type type;

	if (getsockopt(fd, IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, &flags,
		       &len) < 0)
		return 0;
	type = (sc_type)flags & MIP6I_REQUIRE;
	return mip6i_is_type(type) ? type : 0;
}

int
mip6_getsc(int fd, sc_type *ret_type, struct in6_addr *ret_addr)
{
	struct in6_addr addr;
	sc_type type = 0;
	int err;

	err = local(fd, &addr);
	if (!err && ret_type) {
		type = required(fd);
		if (!type && !IN6_IS_ADDR_UNSPECIFIED(&addr) &&
		    !IN6_IS_ADDR_V4MAPPED(&addr))
			err = mip6i_type_of(&addr, MIP6I_FOREVER, &type);
	}
	if (err)
		return answer(err);
	if (ret_type)
		*ret_type = type;
	if (ret_addr)
		*ret_addr = addr;
	return 0;
}
