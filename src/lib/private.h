/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * private.h - inside libmip6 (and mip6run): the daemon's application socket.
 *
 * The protocol is that of src/ctl/app.h.  Functions are 0 or -errno, without
 * touching errno; nothing here allocates, locks or keeps state.
 */
#ifndef MIP6_LIB_PRIVATE_H
#define MIP6_LIB_PRIVATE_H

#include "mip6/socket.h"

#include <stdbool.h>
#include <stddef.h>

#define MIP6I_PATH	108		/* sun_path */
#define MIP6I_REPLY	1024		/* octets of one answer */
#define MIP6I_FOREVER	(-1)

#define MIP6I_REQUIRE	0xf0000U	/* the flags of the four types */
#define MIP6I_PREFER	0x0d0fU		/* those of RFC 5014 and Linux */

/* --- find.c: where is it? --------------------------------------------------
 * *ret_given: MIP6D_APP named it. */
int	mip6i_find(char ret[MIP6I_PATH], bool *ret_given);

/* --- client.c: a conversation ----------------------------------------------
 */
struct mip6i_reply {
	int		err;		/* 0, or the errno that was answered */
	sc_type		type;		/* 0: no record came */
	struct in6_addr	addr;
};

/* Milliseconds of CLOCK_MONOTONIC in which `timeout' from now is over. */
int64_t	mip6i_deadline(int timeout_ms);
/* Wait for input.  -ETIMEDOUT. */
int	mip6i_wait(int fd, int64_t deadline);
/* The descriptor, or -EOPNOTSUPP: no daemon; -EPERM: who listens there is
 * not root; -EAGAIN (`wait' is false), -ETIMEDOUT: it is busy. */
int	mip6i_connect(bool wait, int64_t deadline);
int	mip6i_send(int fd, const char *line);
/* Read until the answer is complete. */
int	mip6i_receive(int fd, int64_t deadline, struct mip6i_reply *ret);
/* Look whether it is, and leave it there.  -EINPROGRESS. */
int	mip6i_peek(int fd, struct mip6i_reply *ret);
/* One line without its end; what is behind it stays.  -EAGAIN: none yet. */
int	mip6i_line(int fd, char *ret, size_t cap);

/* "request TYPE [timeout MS]": sent on a connection of its own. */
int	mip6i_ask(sc_type type, int timeout_ms, bool wait, int64_t deadline);
/* The type of an address; *ret is 0 for one that is not the daemon's. */
int	mip6i_type_of(const struct in6_addr *, int64_t deadline, sc_type *ret);

/* --- text.c: words ---------------------------------------------------------
 */
/* Append; false and nothing: no room for it and a 0. */
bool	mip6i_put(char *buf, size_t cap, const char *text);
bool	mip6i_put_number(char *buf, size_t cap, uint64_t v);
/* NULL for what is not one of the four. */
const char *mip6i_type_name(sc_type);
/* 0: not known. */
sc_type	mip6i_type_parse(const char *name, size_t len);
/* What follows KEY= in a line of words: its length, or 0. */
size_t	mip6i_value(const char *line, const char *key, const char **ret);
bool	mip6i_address(const char *text, size_t len, struct in6_addr *ret);
/* "EACCES ..." -> EACCES; EIO for a name that nobody here knows. */
int	mip6i_errno(const char *name);

/* --- bind.c: a socket ------------------------------------------------------
 */
/* Its local address, :: none; -EINVAL: not AF_INET6, bound to a port at all
 * addresses, or used for IPv4. */
int	mip6i_local(int fd, struct in6_addr *ret);
/* Bind to the address, and to no port that it does not have. */
int	mip6i_bind(int fd, const struct in6_addr *);
/* Back to :: after mip6i_bind, which has made it IPV6_V6ONLY.  Only while it
 * has no port. */
void	mip6i_unbind(int fd, bool v6only);
bool	mip6i_v6only(int fd);
/* mip6i_bind, unless `now' (mip6i_local) is it, and the REQUIRE flag for hooks
 * that are there.  What fails changes nothing. */
int	mip6i_give(int fd, const struct in6_addr *now, const struct in6_addr *,
		   sc_type);

static inline bool mip6i_is_type(sc_type t)
{
	return t && !(t & ~MIP6I_REQUIRE) && !(t & (t - 1));
}

#endif
