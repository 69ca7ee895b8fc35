/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mip6/socket.h - sockets that say what their address must survive
 * (RFC 8653), and source address preferences (RFC 5014).
 *
 * libmip6(3) is the manual: which names are whose, every errno, an example.
 * All functions may be called by any thread; none raises a signal; the
 * descriptors they return are close-on-exec.  Those that return int answer
 * -1 and set errno.
 */
#ifndef MIP6_SOCKET_H
#define MIP6_SOCKET_H

#include <stdint.h>
#include <netinet/in.h>

#ifdef __cplusplus
extern "C" {
#endif

/* RFC 5014 section 5, where the system has none.  The text is that of
 * linux/in6.h, so that either may be included first. */
#ifndef IPV6_ADDR_PREFERENCES
#define IPV6_ADDR_PREFERENCES		72
#endif
#ifndef IPV6_PREFER_SRC_TMP
#define IPV6_PREFER_SRC_TMP		0x0001
#endif
#ifndef IPV6_PREFER_SRC_PUBLIC
#define IPV6_PREFER_SRC_PUBLIC		0x0002
#endif
#ifndef IPV6_PREFER_SRC_PUBTMP_DEFAULT
#define IPV6_PREFER_SRC_PUBTMP_DEFAULT	0x0100
#endif
#ifndef IPV6_PREFER_SRC_COA
#define IPV6_PREFER_SRC_COA		0x0004
#endif
#ifndef IPV6_PREFER_SRC_HOME
#define IPV6_PREFER_SRC_HOME		0x0400
#endif
#ifndef IPV6_PREFER_SRC_CGA
#define IPV6_PREFER_SRC_CGA		0x0008
#endif
#ifndef IPV6_PREFER_SRC_NONCGA
#define IPV6_PREFER_SRC_NONCGA		0x0800
#endif

/* What the address must survive, in IPV6_ADDR_PREFERENCES above the bits of
 * RFC 5014; one at a time. */
#define IPV6_REQUIRE_HOME_ANCHORED		0x10000
#define IPV6_REQUIRE_ACCESS_ANCHORED		0x20000
#define IPV6_REQUIRE_UNANCHORED			0x40000
#define IPV6_REQUIRE_GRACEFUL_REPLACEMENT	0x80000

/* One of the four; 0: none. */
typedef uint32_t sc_type;

/* The names of RFC 8653 appendix A. */
#define FIXED_IP_ADDRESS		IPV6_REQUIRE_HOME_ANCHORED
#define SESSION_LASTING_IP_ADDRESS	IPV6_REQUIRE_ACCESS_ANCHORED
#define NON_PERSISTENT_IP_ADDRESS	IPV6_REQUIRE_UNANCHORED
#define GRACEFUL_REPLACEMENT_IP_ADDRESS	IPV6_REQUIRE_GRACEFUL_REPLACEMENT

#pragma GCC visibility push(default)

/* Wait until an address of this type stands, bind the socket to it (its port
 * stays as it is), and put it in *ret_addr, which may be NULL. */
int	setsc(int fd, struct in6_addr *ret_addr, sc_type type);
/* ... for at most so many milliseconds (ETIMEDOUT); -1: as setsc. */
int	setsc_timeout(int fd, struct in6_addr *ret_addr, sc_type type,
		      int timeout_ms);

/* Ask, and do not wait: a descriptor that polls readable when there is an
 * answer.  It holds the address until it is closed; closing it before that
 * takes the question back. */
int	mip6_request(sc_type type, int timeout_ms);
/* The answer: binds `fd' as setsc does (-1: nothing), once or for several
 * sockets.  EINPROGRESS: not yet.  `request' stays open. */
int	mip6_request_finish(int request, int fd, struct in6_addr *ret_addr);

/* What a socket has: 0 and ::, when nothing.  Either may be NULL. */
int	mip6_getsc(int fd, sc_type *ret_type, struct in6_addr *ret_addr);

enum {
	MIP6_EVENT_UP = 1,		/* an address is there */
	MIP6_EVENT_REPLACED,		/* ... is no longer the current one */
	MIP6_EVENT_DOWN,		/* ... is gone */
	MIP6_EVENT_LOST			/* `count' events: we read too slowly */
};
struct mip6_event {
	uint32_t	kind;
	sc_type		type;
	struct in6_addr	addr;
	uint32_t	count;
	uint32_t	reserved[4];
};
/* Events of addresses from now on: a descriptor to poll. */
int	mip6_watch(void);
/* The next one; EAGAIN: none yet; ECONNRESET: the daemon has ended. */
int	mip6_watch_read(int watch, struct mip6_event *ret);

/* RFC 5014 section 13, with IPV6_REQUIRE_* among the flags: 1 this address of
 * ours satisfies all of them, 0 it does not, -1 no address of ours or flags
 * that are none. */
short	inet6_is_srcaddr(struct sockaddr_in6 *srcaddr, uint32_t flags);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
