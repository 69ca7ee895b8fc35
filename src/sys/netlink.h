/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlink.h - rtnetlink, the requests: one message, one answer, now.
 *
 * Requests are synchronous: the kernel carries them out within the send, so
 * the answer is there at once, and a handover needs no state machine
 * between "add the address" and "send from it".
 */
#ifndef MIP6D_SYS_NETLINK_H
#define MIP6D_SYS_NETLINK_H

#include <netlink/msg.h>
#include <netlink/netlink.h>

/* Routes (rtm_protocol) and addresses (IFA_PROTO) that carry this number
 * are ours. */
#define NETLINK_OUR_PROTO	0x6d

struct netlink {
	struct nl_sock	*sock;
	int		error;		/* -errno of the request under way */
	char		text[80];	/* what the kernel said to it, or "" */
};

int	netlink_open(struct netlink *);
void	netlink_close(struct netlink *);
/* A new request with its fixed header; NULL: memory. */
struct nl_msg *netlink_msg(int type, int flags, void *hdr, size_t len);
/* Sends and frees `m' (NULL is -ENOMEM).  0 or -errno. */
int	netlink_request(struct netlink *, struct nl_msg *m);
/* The same for a question with an answer of one message (`each' gets it). */
int	netlink_ask(struct netlink *, struct nl_msg *m,
		    void (*each)(void *arg, struct nlmsghdr *), void *arg);
/* The same for a dump; `each' gets every message of the answer. */
int	netlink_dump(struct netlink *, struct nl_msg *m,
		     void (*each)(void *arg, struct nlmsghdr *), void *arg);

#endif
