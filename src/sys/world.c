/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * world.c - the mirror of the kernel's links, addresses and neighbours.
 *
 * Two sockets: one asks, one listens.  Both belong to the world alone: an
 * event may lead to a request, which must not run into a dump.
 * Notifications say the whole state of a thing, so a message is compared
 * with the mirror and only a difference becomes an event: a busy interface
 * repeats itself a lot, and the core shall hear news only.  Groups are
 * joined before the dump, so nothing can happen unseen in between; what is
 * then heard twice makes no difference.
 */
#include "sys/world.h"

#include "base/list.h"
#include "base/log.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdlib.h>
#include <sys/random.h>

#ifndef IFA_PROTO			/* Linux 5.18 */
#define IFA_PROTO_ATTR	11
#else
#define IFA_PROTO_ATTR	IFA_PROTO
#endif

static void
send_event(struct world *w, struct event *ev)
{
	w->report->event(w->report, ev);
}

/* --- links --- */

static struct world_link *
link_find(const struct world *w, uint32_t ifindex)
{
	struct map_node *n = map_find(&w->links, &ifindex);

	return n ? container_of(n, struct world_link, node) : NULL;
}

const struct world_link *
world_link(const struct world *w, uint32_t ifindex)
{
	return link_find(w, ifindex);
}

const struct world_link *
world_link_named(const struct world *w, const char *name)
{
	struct map_node *n = NULL;
	size_t pos = 0;

	while ((n = map_next(&w->links, n, &pos))) {
		struct world_link *l = container_of(n, struct world_link, node);

		if (!strcmp(l->link.name, name))
			return l;
	}
	return NULL;
}

const char *
world_name(const struct world *w, uint32_t ifindex)
{
	const struct world_link *l;

	l = world_link(w, world_kernel_ifindex(w, ifindex));
	return l ? l->link.name : "?";
}

uint32_t
world_kernel_ifindex(const struct world *w, uint32_t ifindex)
{
	return ifindex == IFINDEX_PATH ? w->path_ifindex : ifindex;
}

static void
link_report(struct world *w, const struct ev_link *l)
{
	struct event ev = { .kind = EV_LINK, .link = *l };

	if (l->ifindex != w->path_ifindex)
		send_event(w, &ev);
}

/* An end in another network namespace has an index of that one, which may
 * be anybody's here. */
static uint32_t
link_other(struct nlattr *const tb[])
{
	return tb[IFLA_LINK] && !tb[IFLA_LINK_NETNSID] ?
		nla_get_u32(tb[IFLA_LINK]) : 0;
}

static bool
link_parse(struct nlmsghdr *nlh, struct world_link *ret)
{
	struct ifinfomsg *ifi = nlmsg_data(nlh);
	struct nlattr *tb[IFLA_MAX + 1];
	struct ev_link l = { 0 };

	/* AF_BRIDGE and AF_INET6 messages tell of other things */
	if (nlmsg_parse(nlh, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0 ||
	    ifi->ifi_family != AF_UNSPEC || !tb[IFLA_IFNAME])
		return false;
	l.ifindex = (uint32_t)ifi->ifi_index;
	nla_strlcpy(l.name, tb[IFLA_IFNAME], sizeof(l.name));
	if (tb[IFLA_MTU])
		l.mtu = nla_get_u32(tb[IFLA_MTU]);
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) <= LLADDR_MAX &&
	    !(ifi->ifi_flags & IFF_LOOPBACK)) {
		l.ll.len = (uint8_t)nla_len(tb[IFLA_ADDRESS]);
		memcpy(l.ll.b, nla_data(tb[IFLA_ADDRESS]), l.ll.len);
	}
	/* RUNNING counts the carrier and, on Wi-Fi, the finished handshake */
	l.up = (ifi->ifi_flags & IFF_UP) && (ifi->ifi_flags & IFF_RUNNING);
	*ret = (struct world_link){
		.ifindex = l.ifindex,
		.link = l,
		.flags = ifi->ifi_flags,
		.other = link_other(tb),
		.seen = true,
	};
	return true;
}

static bool
link_same(const struct ev_link *a, const struct ev_link *b)
{
	return a->up == b->up && a->mtu == b->mtu &&
	       lladdr_eq(&a->ll, &b->ll) && !strcmp(a->name, b->name);
}

static void
on_newlink(struct world *w, struct nlmsghdr *nlh)
{
	struct world_link *l, now;
	bool news;

	if (!link_parse(nlh, &now))
		return;
	l = link_find(w, now.ifindex);
	news = !l || !link_same(&l->link, &now.link);
	if (!l) {
		l = calloc(1, sizeof(*l));
		if (!l)
			return;
		l->ifindex = now.ifindex;
		if (!map_insert(&w->links, &l->node)) {
			free(l);
			return;
		}
	}
	now.node = l->node;
	*l = now;
	if (news)
		link_report(w, &now.link);
}

static void
link_forget(struct world *w, struct world_link *l)
{
	struct ev_link gone = l->link;

	map_remove(&w->links, &l->node);
	free(l);
	gone.up = false;
	gone.gone = true;
	link_report(w, &gone);
}

static void
on_dellink(struct world *w, struct nlmsghdr *nlh)
{
	struct world_link *l, now;

	if (!link_parse(nlh, &now))
		return;
	l = link_find(w, now.ifindex);
	if (l)
		link_forget(w, l);
}

/* --- addresses --- */

static struct world_address *
address_find(const struct world *w, uint32_t ifindex,
	     const struct in6_addr *a)
{
	struct addr_key key = { .ifindex = ifindex, .addr = *a };
	struct map_node *n = map_find(&w->addresses, &key);

	return n ? container_of(n, struct world_address, node) : NULL;
}

const struct world_address *
world_address(const struct world *w, uint32_t ifindex,
	      const struct in6_addr *a)
{
	return address_find(w, ifindex, a);
}

struct world_address *
world_next_address(const struct world *w, struct world_address *after,
		   size_t *pos)
{
	struct map_node *n = map_next(&w->addresses,
				      after ? &after->node : NULL, pos);

	return n ? container_of(n, struct world_address, node) : NULL;
}

bool
world_parse_ifa(struct nlmsghdr *nlh, struct world_ifa *ret)
{
	struct ifaddrmsg *ifa = nlmsg_data(nlh);
	struct nlattr *tb[IFA_PROTO_ATTR + 1], *addr;
	struct world_ifa a = { 0 };

	if (nlmsg_parse(nlh, sizeof(*ifa), tb, IFA_PROTO_ATTR, NULL) < 0 ||
	    ifa->ifa_family != AF_INET6)
		return false;
	/* with a peer address IFA_ADDRESS is the other end's */
	addr = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (!addr || nla_len(addr) != 16)
		return false;
	a.ifindex = ifa->ifa_index;
	memcpy(&a.addr, nla_data(addr), 16);
	a.plen = ifa->ifa_prefixlen;
	a.flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	if (tb[IFA_PROTO_ATTR])
		a.proto = nla_get_u8(tb[IFA_PROTO_ATTR]);
	a.permanent = a.flags & IFA_F_PERMANENT;
	*ret = a;
	return true;
}

struct nl_msg *
world_dump_ifa(void)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET6 };

	return netlink_msg(RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa));
}

static enum addr_state
address_state(uint32_t flags)
{
	if (flags & IFA_F_DADFAILED)
		return ADDR_DUPLICATE;
	if (flags & IFA_F_OPTIMISTIC)
		return ADDR_OPTIMISTIC;
	return flags & IFA_F_TENTATIVE ? ADDR_TENTATIVE : ADDR_VALID;
}

static void
address_report(struct world *w, const struct addr_key *key, uint8_t plen,
	       enum addr_state state)
{
	struct event ev = { .kind = EV_ADDRESS };

	ev.address.ifindex = key->ifindex == w->path_ifindex ?
			     IFINDEX_PATH : key->ifindex;
	ev.address.addr = key->addr;
	ev.address.plen = plen;
	ev.address.state = state;
	send_event(w, &ev);
}

static void
on_newaddr(struct world *w, struct nlmsghdr *nlh)
{
	struct world_address *a;
	struct world_ifa ifa;
	bool news;

	if (!world_parse_ifa(nlh, &ifa))
		return;
	a = address_find(w, ifa.ifindex, &ifa.addr);
	news = !a || a->plen != ifa.plen ||
	       address_state(a->flags) != address_state(ifa.flags);
	if (!a) {
		a = calloc(1, sizeof(*a));
		if (!a)
			return;
		a->key.ifindex = ifa.ifindex;
		a->key.addr = ifa.addr;
		/* the kernel puts a new one before the others */
		a->order = w->dumping ? ++w->last : --w->first;
		if (!map_insert(&w->addresses, &a->node)) {
			free(a);
			return;
		}
	}
	a->plen = ifa.plen;
	a->proto = ifa.proto;
	a->flags = ifa.flags;
	a->seen = true;
	if (news)
		address_report(w, &a->key, a->plen, address_state(a->flags));
}

static void
address_forget(struct world *w, struct world_address *a, uint32_t flags)
{
	struct addr_key key = a->key;
	uint8_t plen = a->plen;
	bool told = a->flags & IFA_F_DADFAILED;

	map_remove(&w->addresses, &a->node);
	free(a);
	/* A duplicate with a finite lifetime is removed by the kernel, and
	 * only the flag in its farewell says why. */
	if ((flags & IFA_F_DADFAILED) && !told)
		address_report(w, &key, plen, ADDR_DUPLICATE);
	address_report(w, &key, plen, ADDR_GONE);
}

static void
on_deladdr(struct world *w, struct nlmsghdr *nlh)
{
	struct world_address *a;
	struct world_ifa ifa;

	if (!world_parse_ifa(nlh, &ifa))
		return;
	a = address_find(w, ifa.ifindex, &ifa.addr);
	if (a)
		address_forget(w, a, ifa.flags);
}

/* --- neighbours --- */

static void
on_neigh(struct world *w, struct nlmsghdr *nlh)
{
	struct ndmsg *nd = nlmsg_data(nlh);
	struct event ev = { .kind = EV_NEIGHBOUR };
	struct nlattr *tb[NDA_MAX + 1];

	if (!w->neighbours ||
	    nlmsg_parse(nlh, sizeof(*nd), tb, NDA_MAX, NULL) < 0 ||
	    nd->ndm_family != AF_INET6 || !tb[NDA_DST] ||
	    nla_len(tb[NDA_DST]) != 16 || (nd->ndm_flags & NTF_PROXY))
		return;
	ev.neighbour.ifindex = (uint32_t)nd->ndm_ifindex;
	memcpy(&ev.neighbour.addr, nla_data(tb[NDA_DST]), 16);
	if (tb[NDA_LLADDR] && nla_len(tb[NDA_LLADDR]) <= LLADDR_MAX) {
		ev.neighbour.ll.len = (uint8_t)nla_len(tb[NDA_LLADDR]);
		memcpy(ev.neighbour.ll.b, nla_data(tb[NDA_LLADDR]),
		       ev.neighbour.ll.len);
	}
	ev.neighbour.reachable = nd->ndm_state & NUD_REACHABLE;
	ev.neighbour.failed = nd->ndm_state & NUD_FAILED;
	if (nd->ndm_state & (NUD_REACHABLE | NUD_FAILED | NUD_STALE))
		send_event(w, &ev);
}

/* --- following --- */

static const struct {
	int	type;
	void	(*fn)(struct world *, struct nlmsghdr *);
} handlers[] = {
	{ RTM_NEWLINK,	on_newlink },
	{ RTM_DELLINK,	on_dellink },
	{ RTM_NEWADDR,	on_newaddr },
	{ RTM_DELADDR,	on_deladdr },
	{ RTM_NEWNEIGH,	on_neigh },
};

static void
on_message(void *arg, struct nlmsghdr *nlh)
{
	size_t i;

	for (i = 0; i < sizeof(handlers) / sizeof(*handlers); i++)
		if (handlers[i].type == nlh->nlmsg_type)
			handlers[i].fn(arg, nlh);
}

static int
on_heard(struct nl_msg *m, void *arg)
{
	on_message(arg, nlmsg_hdr(m));
	return NL_OK;
}

static void
forget_unseen(struct world *w)
{
	struct map_node *n, *next;
	size_t pos = 0;

	for (n = map_next(&w->addresses, NULL, &pos); n; n = next) {
		struct world_address *a;

		next = map_next(&w->addresses, n, &pos);
		a = container_of(n, struct world_address, node);
		if (!a->seen)
			address_forget(w, a, 0);
	}
	pos = 0;
	for (n = map_next(&w->links, NULL, &pos); n; n = next) {
		struct world_link *l = container_of(n, struct world_link, node);

		next = map_next(&w->links, n, &pos);
		if (!l->seen)
			link_forget(w, l);
	}
}

static int
dump_all(struct world *w)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct ndmsg nd = { .ndm_family = AF_INET6 };
	struct map_node *n = NULL;
	size_t pos = 0;
	int err;

	while ((n = map_next(&w->addresses, n, &pos)))
		container_of(n, struct world_address, node)->seen = false;
	pos = 0;
	while ((n = map_next(&w->links, n, &pos)))
		container_of(n, struct world_link, node)->seen = false;
	w->dumping = true;
	err = netlink_dump(&w->ask,
			   netlink_msg(RTM_GETLINK, NLM_F_DUMP, &ifi,
				       sizeof(ifi)), on_message, w);
	if (!err)
		err = netlink_dump(&w->ask, world_dump_ifa(),
				   on_message, w);
	if (!err && w->neighbours)
		err = netlink_dump(&w->ask,
				   netlink_msg(RTM_GETNEIGH, NLM_F_DUMP, &nd,
					       sizeof(nd)), on_message, w);
	w->dumping = false;
	if (!err)
		forget_unseen(w);
	return err;
}

static void
on_readable(void *arg)
{
	struct world *w = arg;
	int err;

	err = nl_recvmsgs_default(w->follow);
	if (err != -NLE_NOMEM)		/* what libnl makes of ENOBUFS */
		return;
	log_warn("netlink: notifications were lost, looking at all again");
	err = dump_all(w);
	if (err)
		log_error("netlink: dump failed: %s", strerror(-err));
}

static int
follow_open(struct world *w, uv_loop_t *loop)
{
	int err;

	w->follow = nl_socket_alloc();
	if (!w->follow)
		return -ENOMEM;
	nl_socket_disable_seq_check(w->follow);
	nl_socket_modify_cb(w->follow, NL_CB_VALID, NL_CB_CUSTOM, on_heard, w);
	if (nl_connect(w->follow, NETLINK_ROUTE) < 0)
		return -EPROTONOSUPPORT;
	nl_socket_set_buffer_size(w->follow, 1024 * 1024, 0);
	nl_socket_set_nonblocking(w->follow);
	err = nl_socket_add_memberships(w->follow, RTNLGRP_LINK,
					RTNLGRP_IPV6_IFADDR, 0);
	if (err >= 0 && w->neighbours)
		err = nl_socket_add_membership(w->follow, RTNLGRP_NEIGH);
	if (err < 0)
		return -EPERM;
	w->watch = watch_new(loop, nl_socket_get_fd(w->follow), UV_READABLE,
			     on_readable, w);
	return w->watch ? 0 : -ENOMEM;
}

int
world_open(struct world *w, uv_loop_t *loop, struct report *report,
	   uint32_t path_ifindex, bool neighbours)
{
	uint8_t secret[16];
	int err;

	*w = (struct world){ .report = report };
	w->path_ifindex = path_ifindex;
	w->neighbours = neighbours;
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return -EIO;
	map_init(&w->links, offsetof(struct world_link, ifindex) -
		 offsetof(struct world_link, node), sizeof(uint32_t), secret);
	map_init(&w->addresses, offsetof(struct world_address, key) -
		 offsetof(struct world_address, node),
		 sizeof(struct addr_key), secret);
	err = netlink_open(&w->ask);
	if (!err)
		err = follow_open(w, loop);
	if (!err)
		err = dump_all(w);
	if (err)
		world_close(w);
	return err;
}

void
world_close(struct world *w)
{
	struct map_node *n, *next;
	size_t pos = 0;

	w->watch = watch_free(w->watch);
	nl_socket_free(w->follow);
	w->follow = NULL;
	netlink_close(&w->ask);
	for (n = map_next(&w->addresses, NULL, &pos); n; n = next) {
		next = map_next(&w->addresses, n, &pos);
		map_remove(&w->addresses, n);
		free(container_of(n, struct world_address, node));
	}
	pos = 0;
	for (n = map_next(&w->links, NULL, &pos); n; n = next) {
		next = map_next(&w->links, n, &pos);
		map_remove(&w->links, n);
		free(container_of(n, struct world_link, node));
	}
	map_fini(&w->links);
	map_fini(&w->addresses);
}
