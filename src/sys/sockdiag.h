/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sockdiag.h - the kernel's sockets by local address: count them, hear of
 * their end, end them (sock_diag(7)).
 *
 * Sessions are counted, not guessed: TCP sockets in every state but
 * TIME_WAIT and CLOSE (and FIN_WAIT2 once the program has gone), those that
 * are bound and not yet connected included where the kernel tells of them
 * (Linux 6.8); UDP sockets that are connected or bound to the address; raw
 * and ping ones likewise.
 *
 * It is the sockets of the calling thread's network namespace, and those
 * over IPv6.  What the kernel lacks is said to the log once, at the start;
 * only without TCP's diagnostics there is no sockdiag.
 */
#ifndef MIP6D_SYS_SOCKDIAG_H
#define MIP6D_SYS_SOCKDIAG_H

#include "base/addr.h"

#include <uv.h>

struct sockdiag;

/* One message `closed' for each TCP or UDP socket over IPv6 that the kernel
 * destroys; with the address it was bound to (not one of TIME_WAIT, but when
 * a socket becomes that).  `::' when there were so many that some went
 * unheard: then count.  `closed' must not close the sockdiag.  0 or -errno
 * and one line in `why'. */
int	sockdiag_open(uv_loop_t *, void (*closed)(void *arg,
						  const struct in6_addr *local),
		      void *arg, struct sockdiag **ret, char *why, size_t cap);
/* ret[i]: the sockets of addr[i].  All of them in one dump. 0 or -errno. */
int	sockdiag_count(struct sockdiag *, const struct in6_addr *addr,
		       unsigned n, uint32_t *ret);
/* End every TCP, UDP and raw socket whose local address it is: they get
 * ECONNABORTED (SOCK_DESTROY).  Listening sockets too.  *ret_n (may be NULL):
 * how many.  0, -EOPNOTSUPP where the kernel cannot, -EINVAL for an address
 * that is shared by everybody (::, ::1, mapped IPv4, ...), or -errno.
 *
 * A program that does not close what has ended still has it: a socket that
 * was bound by hand stays bound, and counts.  What is bound and nothing else,
 * and ping sockets, the kernel cannot end. */
int	sockdiag_abort(struct sockdiag *, const struct in6_addr *addr,
		       unsigned *ret_n);
struct sockdiag *sockdiag_close(struct sockdiag *);	/* always NULL */

#endif
