/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anycast.c - anycast addresses, as the kernel has them.
 *
 * The kernel answers solicitations for an anycast address that a socket has
 * joined, late and without the Override flag as RFC 4861 7.2.7 wants it, and
 * takes packets to it for its own.  It ends with the socket, so nothing of it
 * has to be cleaned up.  Such an address is nobody's source address.
 */
#include "sys/anycast.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPV6_JOIN_ANYCAST
#define IPV6_JOIN_ANYCAST	27
#define IPV6_LEAVE_ANYCAST	28
#endif

void
anycast_open(struct anycasts *a)
{
	a->fd = -1;
}

void
anycast_close(struct anycasts *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

int
anycast_set(struct anycasts *a, uint32_t ifindex, const struct in6_addr *addr,
	    bool up)
{
	struct ipv6_mreq mreq = {
		.ipv6mr_multiaddr = *addr, .ipv6mr_interface = ifindex,
	};

	if (a->fd < 0 && up)
		a->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (a->fd < 0)
		return up ? -errno : 0;
	if (!up) {
		setsockopt(a->fd, IPPROTO_IPV6, IPV6_LEAVE_ANYCAST, &mreq,
			   sizeof(mreq));
		return 0;
	}
	if (!ifindex)
		return -ENODEV;
	/* Joining twice would have to be left twice. */
	setsockopt(a->fd, IPPROTO_IPV6, IPV6_LEAVE_ANYCAST, &mreq,
		   sizeof(mreq));
	return setsockopt(a->fd, IPPROTO_IPV6, IPV6_JOIN_ANYCAST, &mreq,
			  sizeof(mreq)) < 0 ? -errno : 0;
}
