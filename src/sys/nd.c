/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nd.c - Neighbor Discovery as it comes off the wire.
 *
 * One packet socket an interface, so that the sender's link-layer address
 * comes along, and solicitations for addresses that are not ours (a home
 * agent defends those of its mobiles) are heard as well.  The filter in the
 * kernel passes ICMPv6 types 133 to 136 that directly follow the IPv6
 * header, also Parameter Problem codes 1 and 2 (a correspondent that knows
 * nothing of mobility), what is for groups of more than the link (a home agent's
 * mobiles may listen to them), and nothing we sent ourselves; all further checks are the node's
 * (RFC 4861 6.1, 7.1).
 *
 * Groups are joined through ordinary sockets, since only those make the
 * kernel send MLD reports, which switches that snoop want to see.  A socket
 * holds a bounded number of memberships; another one is opened when it is
 * full.  An interface with very many proxied addresses is switched to
 * receive all multicast instead; so is that of an access anchor, which looks
 * out for addresses that it does not know (a switch that snoops MLD may keep
 * them from it; then it has the kernel's neighbours only).
 */
#include "sys/nd.h"

#include "base/list.h"
#include "base/log.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define ND_BATCH	64
#define ND_GROUPS_MAX	1024		/* on one interface, then all */
#define ND_GROUPS_SOCKET 64

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

struct nd_listener {
	struct map_node	node;
	uint32_t	ifindex;		/* key */
	int		fd;			/* packet socket */
	struct watch	*watch;
	struct nd_ears	*ears;
	unsigned	ngroups;
	bool		all_multicast;		/* there are too many groups */
	bool		curious;		/* nd_listen_all */
	int		*member;		/* sockets with memberships */
	unsigned	nmembers;
};

struct nd_proxied {
	struct map_node	node;
	struct addr_key	key;
};

struct nd_group {
	struct map_node	node;
	struct addr_key	key;			/* interface, group */
	unsigned	users;
	int		fd;			/* -1: by all_multicast */
};

static struct nd_listener *
listener_find(const struct nd_ears *e, uint32_t ifindex)
{
	struct map_node *n = map_find(&e->ifaces, &ifindex);

	return n ? container_of(n, struct nd_listener, node) : NULL;
}

/* --- reception --- */

static bool
hear_one(struct nd_listener *l)
{
	struct event ev = { .kind = EV_PACKET };
	struct sockaddr_ll from = { 0 };
	socklen_t len = sizeof(from);
	uint8_t buf[9216];
	ssize_t n;

	n = recvfrom(l->fd, buf, sizeof(buf), MSG_DONTWAIT,
		     (struct sockaddr *)&from, &len);
	if (n <= 0)		/* nothing more, or the interface went down */
		return n < 0 && errno == EINTR;
	if (from.sll_pkttype == PACKET_OUTGOING)
		return true;
	ev.packet.ifindex = l->ifindex;
	if (from.sll_halen <= LLADDR_MAX) {
		ev.packet.ll_src.len = from.sll_halen;
		memcpy(ev.packet.ll_src.b, from.sll_addr, from.sll_halen);
	}
	ev.packet.data = (struct span){ .p = buf, .len = (size_t)n };
	l->ears->report->event(l->ears->report, &ev);
	return true;
}

static void
on_readable(void *arg)
{
	struct nd_listener *l = arg;
	struct nd_ears *e = l->ears;
	uint32_t ifindex = l->ifindex;
	int i;

	/* an event may end the listening */
	for (i = 0; i < ND_BATCH && listener_find(e, ifindex) == l; i++)
		if (!hear_one(l))
			return;
}

static int
filter_attach(int fd)
{
	/* Offsets from the IPv6 header.  Whoever is none of them: 0 octets. */
	static const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 24),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff0f),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0xff02, 9, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 0, 8),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 40),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP6_PARAM_PROB, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, ND_ROUTER_SOLICIT, 0, 5),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, ND_NEIGHBOR_ADVERT, 4, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 41),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP6_PARAMPROB_NEXTHEADER,
			 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP6_PARAMPROB_OPTION,
			 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 65535),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = {
		.len = sizeof(code) / sizeof(*code),
		.filter = (struct sock_filter *)(uintptr_t)code,
	};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			  sizeof(prog)) < 0 ? -errno : 0;
}

static int
packet_open(uint32_t ifindex)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_IPV6),
		.sll_ifindex = (int)ifindex,
	};
	int fd, err, on = 1;

	/* protocol 0 until the filter stands: nothing slips in before it */
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	err = filter_attach(fd);
	setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	if (!err && bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/* --- groups --- */

static int
member_socket(struct nd_listener *l)
{
	int fd, *v;

	v = realloc(l->member, (l->nmembers + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	l->member = v;
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	v[l->nmembers++] = fd;
	return fd;
}

static int
membership(int fd, int option, uint32_t ifindex, const struct in6_addr *group)
{
	struct ipv6_mreq mreq = {
		.ipv6mr_multiaddr = *group,
		.ipv6mr_interface = ifindex,
	};

	return setsockopt(fd, IPPROTO_IPV6, option, &mreq,
			  sizeof(mreq)) < 0 ? -errno : 0;
}

static int
group_join(struct nd_listener *l, const struct in6_addr *group)
{
	int fd, err;

	if (l->ngroups >= l->nmembers * ND_GROUPS_SOCKET) {
		fd = member_socket(l);
		if (fd < 0)
			return fd;
	}
	fd = l->member[l->nmembers - 1];
	err = membership(fd, IPV6_ADD_MEMBERSHIP, l->ifindex, group);
	return err && err != -EADDRINUSE ? err : fd;
}

/* The kernel counts: twice on is twice off. */
static int
all_multicast(struct nd_listener *l, bool on)
{
	struct packet_mreq mreq = {
		.mr_ifindex = (int)l->ifindex,
		.mr_type = PACKET_MR_ALLMULTI,
	};

	return setsockopt(l->fd, SOL_PACKET, on ? PACKET_ADD_MEMBERSHIP :
			  PACKET_DROP_MEMBERSHIP, &mreq, sizeof(mreq)) < 0 ?
		-errno : 0;
}

static int
hear_all(struct nd_listener *l)
{
	int err;

	if (l->all_multicast)
		return 0;
	err = all_multicast(l, true);
	if (err)
		return err;
	l->all_multicast = true;
	log_warn("interface %u: more than %u proxied groups, receiving all "
		 "multicast; a switch that snoops MLD must flood",
		 l->ifindex, l->ngroups);
	return 0;
}

static struct nd_group *
group_find(const struct nd_ears *e, const struct addr_key *key)
{
	struct map_node *n = map_find(&e->groups, key);

	return n ? container_of(n, struct nd_group, node) : NULL;
}

static int
group_add(struct nd_ears *e, struct nd_listener *l, const struct addr_key *key)
{
	struct nd_group *g = calloc(1, sizeof(*g));
	int fd = -1, err = 0;

	if (!g)
		return -ENOMEM;
	if (l->ngroups < ND_GROUPS_MAX)
		fd = group_join(l, &key->addr);
	if (fd < 0)
		err = hear_all(l);
	g->key = *key;
	g->users = 1;
	g->fd = fd < 0 ? -1 : fd;
	if (!err && !map_insert(&e->groups, &g->node))
		err = -ENOMEM;
	if (err) {
		if (fd >= 0)
			membership(fd, IPV6_DROP_MEMBERSHIP, l->ifindex,
				   &key->addr);
		free(g);
		return err;
	}
	if (g->fd >= 0)
		l->ngroups++;
	return 0;
}

static void
group_del(struct nd_ears *e, struct nd_group *g)
{
	struct nd_listener *l = listener_find(e, g->key.ifindex);

	if (g->fd >= 0) {
		membership(g->fd, IPV6_DROP_MEMBERSHIP, g->key.ifindex,
			   &g->key.addr);
		if (l)
			l->ngroups--;
	}
	map_remove(&e->groups, &g->node);
	free(g);
}

static int
group_use(struct nd_ears *e, struct nd_listener *l,
	  const struct in6_addr *addr)
{
	struct addr_key key = {
		.ifindex = l->ifindex,
		.addr = addr_solicited_node(addr),
	};
	struct nd_group *g = group_find(e, &key);

	if (!g)
		return group_add(e, l, &key);
	g->users++;
	return 0;
}

static int
proxied_add(struct nd_ears *e, struct nd_listener *l,
	    const struct addr_key *key)
{
	struct nd_proxied *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	p->key = *key;
	err = group_use(e, l, &key->addr);
	if (!err && !map_insert(&e->proxied, &p->node))
		err = -ENOMEM;
	if (err)
		free(p);
	return err;
}

static void
proxied_del(struct nd_ears *e, struct nd_proxied *p)
{
	struct addr_key key = {
		.ifindex = p->key.ifindex,
		.addr = addr_solicited_node(&p->key.addr),
	};
	struct nd_group *g = group_find(e, &key);

	map_remove(&e->proxied, &p->node);
	free(p);
	if (g && --g->users == 0)
		group_del(e, g);
}

int
nd_proxy(struct nd_ears *e, uint32_t ifindex, const struct in6_addr *addr,
	 bool on)
{
	struct addr_key key = { .ifindex = ifindex, .addr = *addr };
	struct map_node *n = map_find(&e->proxied, &key);
	struct nd_listener *l = listener_find(e, ifindex);

	if (!on && n)
		proxied_del(e, container_of(n, struct nd_proxied, node));
	if (!on || n)
		return 0;
	return l ? proxied_add(e, l, &key) : -ENODEV;
}

int
nd_group(struct nd_ears *e, uint32_t ifindex, const struct in6_addr *addr,
	 bool on)
{
	struct addr_key key = { .ifindex = ifindex, .addr = *addr };
	struct nd_group *g = group_find(e, &key);
	struct nd_listener *l = listener_find(e, ifindex);

	if (!on && g)
		group_del(e, g);
	if (!on || g)
		return 0;
	return l ? group_add(e, l, &key) : -ENODEV;
}

/* --- listeners --- */

/* What was said of it alone, and goes with its sockets. */
static void
groups_forget(struct nd_ears *e, const struct nd_listener *l)
{
	struct map_node *n, *next;
	size_t pos = 0;

	for (n = map_next(&e->groups, NULL, &pos); n; n = next) {
		struct nd_group *g = container_of(n, struct nd_group, node);

		next = map_next(&e->groups, n, &pos);
		if (g->key.ifindex == l->ifindex)
			group_del(e, g);
	}
}

static void
listener_free(struct nd_ears *e, struct nd_listener *l)
{
	struct map_node *n, *next;
	size_t pos = 0;

	for (n = map_next(&e->proxied, NULL, &pos); n; n = next) {
		struct nd_proxied *p;

		p = container_of(n, struct nd_proxied, node);
		next = map_next(&e->proxied, n, &pos);
		if (p->key.ifindex == l->ifindex)
			proxied_del(e, p);
	}
	groups_forget(e, l);
	map_remove(&e->ifaces, &l->node);
	watch_free(l->watch);
	while (l->nmembers)
		close(l->member[--l->nmembers]);
	free(l->member);
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}

static int
listener_setup(struct nd_ears *e, struct nd_listener *l)
{
	int fd;

	l->fd = packet_open(l->ifindex);
	if (l->fd < 0)
		return l->fd;
	/* the kernel is a member itself only while it forwards */
	fd = member_socket(l);
	if (fd < 0)
		return fd;
	membership(fd, IPV6_ADD_MEMBERSHIP, l->ifindex, &addr_all_routers);
	l->watch = watch_new(e->loop, l->fd, UV_READABLE, on_readable, l);
	return l->watch ? 0 : -ENOMEM;
}

int
nd_listen(struct nd_ears *e, uint32_t ifindex, bool on)
{
	struct nd_listener *l = listener_find(e, ifindex);
	int err;

	if (!on && l)
		listener_free(e, l);
	if (!on || l)
		return 0;
	l = calloc(1, sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->ears = e;
	l->ifindex = ifindex;
	l->fd = -1;
	if (!map_insert(&e->ifaces, &l->node)) {
		free(l);
		return -ENOMEM;
	}
	err = listener_setup(e, l);
	if (err)
		listener_free(e, l);
	return err;
}

int
nd_listen_all(struct nd_ears *e, uint32_t ifindex, bool on)
{
	struct nd_listener *l = listener_find(e, ifindex);
	int err;

	if (!l || l->curious == on)
		return l || !on ? 0 : -ENODEV;
	err = all_multicast(l, on);
	if (!err)
		l->curious = on;
	return err;
}

int
nd_ask_groups(uint32_t ifindex)
{
	/* RFC 3810 section 5: a router alert; hop limit 1 */
	static const uint8_t alert[8] = { 0, 0, 5, 2, 0, 0, 1, 0 };
	static const int one = 1, zero = 0;
	static const uint8_t query[28] = {
		[0] = 130, [5] = 200, [24] = 2, [25] = 125,
	};
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_addr = addr_all_nodes,
		.sin6_scope_id = ifindex,
	};
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_HOPOPTS, alert,
		       sizeof(alert)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &one,
		       sizeof(one)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &zero,
		       sizeof(zero)) ||
	    sendto(fd, query, sizeof(query), MSG_DONTWAIT,
		   (struct sockaddr *)&to, sizeof(to)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int
nd_open(struct nd_ears *e, uv_loop_t *loop, struct report *report)
{
	uint8_t secret[16];

	*e = (struct nd_ears){ .loop = loop, .report = report };
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return -EIO;
	map_init(&e->ifaces, offsetof(struct nd_listener, ifindex) -
		 offsetof(struct nd_listener, node), sizeof(uint32_t), secret);
	map_init(&e->proxied, offsetof(struct nd_proxied, key) -
		 offsetof(struct nd_proxied, node), sizeof(struct addr_key),
		 secret);
	map_init(&e->groups, offsetof(struct nd_group, key) -
		 offsetof(struct nd_group, node), sizeof(struct addr_key),
		 secret);
	return 0;
}

void
nd_close(struct nd_ears *e)
{
	struct map_node *n;
	size_t pos;

	while (pos = 0, (n = map_next(&e->ifaces, NULL, &pos)))
		listener_free(e, container_of(n, struct nd_listener, node));
	map_fini(&e->ifaces);
	map_fini(&e->proxied);
	map_fini(&e->groups);
}
