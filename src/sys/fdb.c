/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fdb.c - the bridges' forwarding databases.
 *
 * They are rtnetlink's neighbours of family AF_BRIDGE.  A port that loses its
 * carrier loses its entries before anybody is told of the carrier, so it is
 * asked at that moment; an entry that merely was not used for a while says
 * nothing about the station, which may have nothing to say.
 */
#include "sys/fdb.h"

#include "base/log.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Has it a carrier?  One that no longer exists has not. */
static bool
port_is_up(uint32_t ifindex)
{
	struct ifreq r = { .ifr_ifindex = (int)ifindex };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up;

	if (fd < 0)
		return true;
	up = ioctl(fd, SIOCGIFNAME, &r) == 0 &&
	     ioctl(fd, SIOCGIFFLAGS, &r) == 0 && (r.ifr_flags & IFF_UP) &&
	     (r.ifr_flags & IFF_RUNNING);
	close(fd);
	return up;
}

static void
on_entry(void *arg, struct nlmsghdr *nlh)
{
	struct event ev = { .kind = EV_NEIGHBOUR };
	struct ndmsg *nd = nlmsg_data(nlh);
	struct nlattr *tb[NDA_MAX + 1];
	struct fdb *f = arg;

	if ((nlh->nlmsg_type != RTM_NEWNEIGH &&
	     nlh->nlmsg_type != RTM_DELNEIGH) ||
	    nlmsg_parse(nlh, sizeof(*nd), tb, NDA_MAX, NULL) < 0 ||
	    nd->ndm_family != AF_BRIDGE || !tb[NDA_MASTER] ||
	    !tb[NDA_LLADDR] || nla_len(tb[NDA_LLADDR]) != 6 ||
	    /* the bridge's own addresses, and its ports' */
	    nd->ndm_state & NUD_PERMANENT)
		return;
	ev.neighbour.ifindex = nla_get_u32(tb[NDA_MASTER]);
	ev.neighbour.ll.len = 6;
	memcpy(ev.neighbour.ll.b, nla_data(tb[NDA_LLADDR]), 6);
	if (nlh->nlmsg_type == RTM_NEWNEIGH)
		ev.neighbour.reachable = ev.neighbour.arrived = true;
	else if (port_is_up((uint32_t)nd->ndm_ifindex))
		ev.neighbour.failed = true;
	else
		ev.neighbour.gone = true;
	f->report->event(f->report, &ev);
}

static int
on_heard(struct nl_msg *m, void *arg)
{
	on_entry(arg, nlmsg_hdr(m));
	return NL_OK;
}

/* What was lost may have been an arrival; who left will be missed. */
static void
on_readable(void *arg)
{
	struct fdb *f = arg;

	if (nl_recvmsgs_default(f->follow) == -NLE_NOMEM && fdb_tell(f))
		log_warn("bridges: notifications were lost");
}

int
fdb_tell(struct fdb *f)
{
	struct ndmsg nd = { .ndm_family = AF_BRIDGE };

	return netlink_dump(&f->ask, netlink_msg(RTM_GETNEIGH, NLM_F_DUMP, &nd,
						 sizeof(nd)), on_entry, f);
}

int
fdb_open(struct fdb *f, uv_loop_t *loop, struct report *report)
{
	int err;

	*f = (struct fdb){ .report = report };
	err = netlink_open(&f->ask);
	if (err)
		return err;
	f->follow = nl_socket_alloc();
	if (f->follow) {
		nl_socket_disable_seq_check(f->follow);
		nl_socket_modify_cb(f->follow, NL_CB_VALID, NL_CB_CUSTOM,
				    on_heard, f);
		if (nl_connect(f->follow, NETLINK_ROUTE) == 0 &&
		    nl_socket_set_nonblocking(f->follow) == 0 &&
		    nl_socket_add_membership(f->follow, RTNLGRP_NEIGH) == 0)
			f->watch = watch_new(loop,
					     nl_socket_get_fd(f->follow),
					     UV_READABLE, on_readable, f);
	}
	if (f->watch)
		return 0;
	fdb_close(f);
	return -ENOMEM;
}

void
fdb_close(struct fdb *f)
{
	if (!f->report)
		return;
	f->watch = watch_free(f->watch);
	nl_socket_free(f->follow);
	netlink_close(&f->ask);
	*f = (struct fdb){ 0 };
}
