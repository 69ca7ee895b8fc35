/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnl.c - rtnetlink on libnl's core.
 *
 * libnl builds the messages; sending and waiting is done here, because its
 * own error numbers no longer say what the kernel said.  Every request
 * asks for an acknowledgement, so an exchange ends with one message: the
 * acknowledgement, or the end of a dump.
 */
#include "path/rtnl.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <sys/socket.h>

int rtnl_open(struct nl_sock **ret)
{
	struct nl_sock *nl = nl_socket_alloc();

	if (!nl)
		return -ENOMEM;
	if (nl_connect(nl, NETLINK_ROUTE) < 0) {
		int err = errno;

		nl_socket_free(nl);
		return err ? -err : -EIO;
	}
	nl_socket_set_buffer_size(nl, 1 << 20, 1 << 16);
	*ret = nl;
	return 0;
}

void rtnl_close(struct nl_sock *nl)
{
	nl_socket_free(nl);
}

typedef void (*rtnl_fn)(void *arg, struct nlmsghdr *);

/* One datagram of answers: 1 when it was not the last, else 0 or -errno. */
static int
take_answers(struct nl_sock *nl, uint32_t seq, rtnl_fn fn, void *arg)
{
	struct sockaddr_nl from;
	unsigned char *buf = NULL;
	struct nlmsghdr *h;
	int ret = 1, n;

	n = nl_recv(nl, &from, &buf, NULL);
	if (n <= 0)
		return n == -NLE_NOMEM ? -ENOBUFS : -EIO;
	for (h = (struct nlmsghdr *)buf; nlmsg_ok(h, n) && ret == 1;
	     h = nlmsg_next(h, &n)) {
		if (h->nlmsg_seq != seq)
			continue;
		if (h->nlmsg_type == NLMSG_ERROR)
			ret = ((struct nlmsgerr *)nlmsg_data(h))->error;
		else if (h->nlmsg_type == NLMSG_DONE)
			ret = 0;
		else if (fn)
			fn(arg, h);
	}
	free(buf);
	return ret;
}

/* Send `m', which is freed, and hand all answers to `fn'. */
static int
transact(struct nl_sock *nl, struct nl_msg *m, rtnl_fn fn, void *arg)
{
	uint32_t seq;
	int ret;

	if (!m)
		return -ENOMEM;
	nl_complete_msg(nl, m);
	seq = nlmsg_hdr(m)->nlmsg_seq;
	ret = nl_send(nl, m) < 0 ? -EIO : 1;
	nlmsg_free(m);
	while (ret == 1)
		ret = take_answers(nl, seq, fn, arg);
	return ret;
}

/* A request with its fixed header; NULL: no memory. */
static struct nl_msg *
request(int type, int flags, const void *hdr, size_t len)
{
	struct nl_msg *m = nlmsg_alloc_simple(type, flags | NLM_F_REQUEST);

	if (m && nlmsg_append(m, (void *)(uintptr_t)hdr, len,
			      NLMSG_ALIGNTO) < 0) {
		nlmsg_free(m);
		return NULL;
	}
	return m;
}

/* `m' was filled; `bad' when it could not be. */
static int finish(struct nl_sock *nl, struct nl_msg *m, bool bad)
{
	if (!bad)
		return transact(nl, m, NULL, NULL);
	nlmsg_free(m);
	return -ENOMEM;
}

/* --- links --- */

static bool parse_link(struct nlmsghdr *h, struct rtnl_link *l)
{
	struct nlattr *tb[IFLA_MAX + 1];
	struct ifinfomsg *ifi = nlmsg_data(h);

	if (h->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(h, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0)
		return false;
	*l = (struct rtnl_link){
		.ifindex = (uint32_t)ifi->ifi_index,
		.type = ifi->ifi_type,
		.up = ifi->ifi_flags & IFF_UP,
	};
	if (tb[IFLA_IFNAME])
		nla_strlcpy(l->name, tb[IFLA_IFNAME], sizeof(l->name));
	if (tb[IFLA_IFALIAS])
		nla_strlcpy(l->alias, tb[IFLA_IFALIAS], sizeof(l->alias));
	if (tb[IFLA_MTU])
		l->mtu = nla_get_u32(tb[IFLA_MTU]);
	/* of another network namespace it says nothing here */
	if (tb[IFLA_LINK] && !tb[IFLA_LINK_NETNSID])
		l->peer = nla_get_u32(tb[IFLA_LINK]);
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == 6)
		memcpy(l->mac, nla_data(tb[IFLA_ADDRESS]), 6);
	return true;
}

static void on_link(void *arg, struct nlmsghdr *h)
{
	parse_link(h, arg);
}

static int
get_link(struct nl_sock *nl, const char *name, uint32_t ifindex,
	 struct rtnl_link *ret)
{
	struct ifinfomsg ifi = { .ifi_index = (int)ifindex };
	struct rtnl_link l = { 0 };
	struct nl_msg *m = request(RTM_GETLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	int err;

	if (m && name && nla_put_string(m, IFLA_IFNAME, name) < 0)
		return finish(nl, m, true);
	err = transact(nl, m, on_link, &l);
	if (!err && !l.ifindex)
		err = -ENODEV;
	if (!err)
		*ret = l;
	return err;
}

int rtnl_link_by_name(struct nl_sock *nl, const char *name,
		      struct rtnl_link *ret)
{
	return get_link(nl, name, 0, ret);
}

int rtnl_link_by_index(struct nl_sock *nl, uint32_t ifindex,
		       struct rtnl_link *ret)
{
	return get_link(nl, NULL, ifindex, ret);
}

int rtnl_veth_add(struct nl_sock *nl, const char *name, const char *peer,
		  uint32_t mtu)
{
	struct ifinfomsg ifi = { 0 };
	struct nl_msg *m = request(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE |
				   NLM_F_EXCL, &ifi, sizeof(ifi));
	struct nlattr *info, *data, *end;
	bool bad;

	if (!m)
		return -ENOMEM;
	bad = nla_put_string(m, IFLA_IFNAME, name) < 0 ||
	      nla_put_u32(m, IFLA_MTU, mtu) < 0 ||
	      !(info = nla_nest_start(m, IFLA_LINKINFO)) ||
	      nla_put_string(m, IFLA_INFO_KIND, "veth") < 0 ||
	      !(data = nla_nest_start(m, IFLA_INFO_DATA)) ||
	      !(end = nla_nest_start(m, VETH_INFO_PEER)) ||
	      nlmsg_append(m, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0 ||
	      nla_put_string(m, IFLA_IFNAME, peer) < 0 ||
	      nla_put_u32(m, IFLA_MTU, mtu) < 0;
	if (!bad) {
		nla_nest_end(m, end);
		nla_nest_end(m, data);
		nla_nest_end(m, info);
	}
	return finish(nl, m, bad);
}

int rtnl_link_prepare(struct nl_sock *nl, uint32_t ifindex, bool noarp,
		      const char *alias)
{
	struct ifinfomsg ifi = {
		.ifi_index = (int)ifindex,
		.ifi_flags = noarp ? IFF_NOARP : 0,
		.ifi_change = noarp ? IFF_NOARP : 0,
	};
	struct nl_msg *m = request(RTM_SETLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	struct nlattr *spec, *in6;
	bool bad;

	if (!m)
		return -ENOMEM;
	bad = nla_put_string(m, IFLA_IFALIAS, alias) < 0 ||
	      !(spec = nla_nest_start(m, IFLA_AF_SPEC)) ||
	      !(in6 = nla_nest_start(m, AF_INET6)) ||
	      nla_put_u8(m, IFLA_INET6_ADDR_GEN_MODE,
			 IN6_ADDR_GEN_MODE_NONE) < 0;
	if (!bad) {
		nla_nest_end(m, in6);
		nla_nest_end(m, spec);
	}
	return finish(nl, m, bad);
}

int rtnl_link_up(struct nl_sock *nl, uint32_t ifindex)
{
	struct ifinfomsg ifi = {
		.ifi_index = (int)ifindex,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};

	return transact(nl, request(RTM_SETLINK, NLM_F_ACK, &ifi,
				    sizeof(ifi)), NULL, NULL);
}

int rtnl_link_mtu(struct nl_sock *nl, uint32_t ifindex, uint32_t mtu)
{
	struct ifinfomsg ifi = { .ifi_index = (int)ifindex };
	struct nl_msg *m = request(RTM_SETLINK, NLM_F_ACK, &ifi, sizeof(ifi));

	if (!m)
		return -ENOMEM;
	return finish(nl, m, nla_put_u32(m, IFLA_MTU, mtu) < 0);
}

int rtnl_link_del(struct nl_sock *nl, uint32_t ifindex)
{
	struct ifinfomsg ifi = { .ifi_index = (int)ifindex };

	return transact(nl, request(RTM_DELLINK, NLM_F_ACK, &ifi,
				    sizeof(ifi)), NULL, NULL);
}

struct each_link {
	void	(*fn)(void *, const struct rtnl_link *);
	void	*arg;
};

static void on_each_link(void *arg, struct nlmsghdr *h)
{
	struct each_link *e = arg;
	struct rtnl_link l;

	if (parse_link(h, &l))
		e->fn(e->arg, &l);
}

int rtnl_each_link(struct nl_sock *nl,
		   void (*fn)(void *, const struct rtnl_link *), void *arg)
{
	struct ifinfomsg ifi = { 0 };
	struct each_link e = { fn, arg };

	return transact(nl, request(RTM_GETLINK, NLM_F_DUMP, &ifi,
				    sizeof(ifi)), on_each_link, &e);
}

/* --- routes and rules --- */

static const struct in6_addr gateway = {
	.s6_addr = { 0xfe, 0x80, [15] = 1 }
};

static int
change_route(struct nl_sock *nl, bool add, const struct prefix *dst,
	     uint32_t ifindex, uint32_t table, const struct in6_addr *by)
{
	struct rtmsg rt = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = dst->len,
		.rtm_protocol = RTNL_PROTO,
		.rtm_type = RTN_UNICAST,
	};
	struct nl_msg *m = request(add ? RTM_NEWROUTE : RTM_DELROUTE,
				   NLM_F_ACK | (add ? NLM_F_CREATE |
						NLM_F_REPLACE : 0),
				   &rt, sizeof(rt));

	if (!m)
		return -ENOMEM;
	return finish(nl, m,
		      nla_put(m, RTA_DST, 16, &dst->addr) < 0 ||
		      nla_put_u32(m, RTA_OIF, ifindex) < 0 ||
		      nla_put_u32(m, RTA_PRIORITY, 1) < 0 ||
		      nla_put_u32(m, RTA_TABLE, table) < 0 ||
		      (by && nla_put(m, RTA_GATEWAY, 16, by) < 0));
}

int rtnl_route(struct nl_sock *nl, bool add, const struct prefix *dst,
	       uint32_t ifindex, uint32_t table)
{
	return change_route(nl, add, dst, ifindex, table, &gateway);
}

static const struct in6_addr neighbour = RTNL_NEIGHBOUR;

int rtnl_route_on(struct nl_sock *nl, bool add, const struct prefix *dst,
		  uint32_t ifindex, uint32_t table, bool one)
{
	return change_route(nl, add, dst, ifindex, table,
			    one ? &neighbour : NULL);
}

int rtnl_neighbour(struct nl_sock *nl, bool add, uint32_t ifindex)
{
	static const uint8_t mac[6] = { 0, 0, 0x5e, 0, 0x52, 0x13 };
	struct ndmsg nd = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = (int)ifindex,
		.ndm_state = NUD_PERMANENT,
	};
	struct nl_msg *m = request(add ? RTM_NEWNEIGH : RTM_DELNEIGH,
				   NLM_F_ACK | (add ? NLM_F_CREATE |
						NLM_F_REPLACE : 0),
				   &nd, sizeof(nd));

	if (!m)
		return -ENOMEM;
	return finish(nl, m,
		      nla_put(m, NDA_DST, sizeof(neighbour), &neighbour) < 0 ||
		      nla_put(m, NDA_LLADDR, sizeof(mac), mac) < 0);
}

int rtnl_rule(struct nl_sock *nl, bool add, const struct rtnl_rule *r)
{
	struct fib_rule_hdr f = {
		.family = AF_INET6,
		.src_len = r->src.len,
		.dst_len = r->dst.len,
		.action = FR_ACT_TO_TBL,
		/* A packet without a source as yet is matched by the source
		 * that it would get: so one whose source the kernel chooses
		 * takes the tunnel from the first on. */
		.flags = r->src.len ? FIB_RULE_FIND_SADDR : 0,
	};
	struct nl_msg *m = request(add ? RTM_NEWRULE : RTM_DELRULE,
				   NLM_F_ACK | (add ? NLM_F_CREATE |
						NLM_F_EXCL : 0),
				   &f, sizeof(f));

	if (!m)
		return -ENOMEM;
	return finish(nl, m,
		      (r->src.len &&
		       nla_put(m, FRA_SRC, 16, &r->src.addr) < 0) ||
		      (r->dst.len &&
		       nla_put(m, FRA_DST, 16, &r->dst.addr) < 0) ||
		      (r->own && nla_put_string(m, FRA_IIFNAME, "lo") < 0) ||
		      (r->iif[0] &&
		       nla_put_string(m, FRA_IIFNAME, r->iif) < 0) ||
		      nla_put_u32(m, FRA_PRIORITY, RTNL_RULE_PREF) < 0 ||
		      nla_put_u32(m, FRA_TABLE, r->table) < 0 ||
		      nla_put_u8(m, FRA_PROTOCOL, RTNL_PROTO) < 0);
}

struct each_route {
	void		(*fn)(void *, const struct prefix *);
	void		*arg;
	uint32_t	ifindex, table;
};

static void on_route(void *arg, struct nlmsghdr *h)
{
	struct nlattr *tb[RTA_MAX + 1];
	struct rtmsg *rt = nlmsg_data(h);
	struct each_route *e = arg;
	struct prefix dst = { .len = rt->rtm_dst_len };

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*rt), tb, RTA_MAX, NULL) < 0 ||
	    rt->rtm_protocol != RTNL_PROTO || !tb[RTA_TABLE] ||
	    nla_get_u32(tb[RTA_TABLE]) != e->table || !tb[RTA_OIF] ||
	    nla_get_u32(tb[RTA_OIF]) != e->ifindex)
		return;
	if (tb[RTA_DST] && nla_len(tb[RTA_DST]) == 16)
		memcpy(&dst.addr, nla_data(tb[RTA_DST]), 16);
	e->fn(e->arg, &dst);
}

int rtnl_each_route(struct nl_sock *nl, uint32_t ifindex, uint32_t table,
		    void (*fn)(void *, const struct prefix *), void *arg)
{
	struct rtmsg rt = { .rtm_family = AF_INET6 };
	struct each_route e = { fn, arg, ifindex, table };

	return transact(nl, request(RTM_GETROUTE, NLM_F_DUMP, &rt,
				    sizeof(rt)), on_route, &e);
}

struct each_route_on {
	void		(*fn)(void *, const struct prefix *, uint32_t);
	void		*arg;
	uint32_t	table;
};

static void on_route_on(void *arg, struct nlmsghdr *h)
{
	struct nlattr *tb[RTA_MAX + 1];
	struct rtmsg *rt = nlmsg_data(h);
	struct each_route_on *e = arg;
	struct prefix dst = { .len = rt->rtm_dst_len };

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*rt), tb, RTA_MAX, NULL) < 0 ||
	    rt->rtm_protocol != RTNL_PROTO || !tb[RTA_TABLE] ||
	    nla_get_u32(tb[RTA_TABLE]) != e->table || !tb[RTA_OIF] ||
	    (tb[RTA_GATEWAY] &&
	     (nla_len(tb[RTA_GATEWAY]) != sizeof(neighbour) ||
	      memcmp(nla_data(tb[RTA_GATEWAY]), &neighbour,
		     sizeof(neighbour)))))
		return;
	if (tb[RTA_DST] && nla_len(tb[RTA_DST]) == 16)
		memcpy(&dst.addr, nla_data(tb[RTA_DST]), 16);
	e->fn(e->arg, &dst, nla_get_u32(tb[RTA_OIF]));
}

int rtnl_each_route_on(struct nl_sock *nl, uint32_t table,
		       void (*fn)(void *, const struct prefix *, uint32_t),
		       void *arg)
{
	struct rtmsg rt = { .rtm_family = AF_INET6 };
	struct each_route_on e = { fn, arg, table };

	return transact(nl, request(RTM_GETROUTE, NLM_F_DUMP, &rt,
				    sizeof(rt)), on_route_on, &e);
}

struct each_rule {
	void	(*fn)(void *, const struct rtnl_rule *);
	void	*arg;
};

static void on_rule(void *arg, struct nlmsghdr *h)
{
	struct nlattr *tb[FRA_MAX + 1];
	struct fib_rule_hdr *f = nlmsg_data(h);
	struct each_rule *e = arg;
	struct rtnl_rule r = {
		.src.len = f->src_len,
		.dst.len = f->dst_len,
		.table = f->table,
	};

	if (h->nlmsg_type != RTM_NEWRULE ||
	    nlmsg_parse(h, sizeof(*f), tb, FRA_MAX, NULL) < 0 ||
	    !tb[FRA_PROTOCOL] || nla_get_u8(tb[FRA_PROTOCOL]) != RTNL_PROTO)
		return;
	if (tb[FRA_SRC] && nla_len(tb[FRA_SRC]) == 16)
		memcpy(&r.src.addr, nla_data(tb[FRA_SRC]), 16);
	if (tb[FRA_DST] && nla_len(tb[FRA_DST]) == 16)
		memcpy(&r.dst.addr, nla_data(tb[FRA_DST]), 16);
	if (tb[FRA_TABLE])
		r.table = nla_get_u32(tb[FRA_TABLE]);
	if (tb[FRA_IIFNAME])
		nla_strlcpy(r.iif, tb[FRA_IIFNAME], sizeof(r.iif));
	if (!strcmp(r.iif, "lo")) {
		r.own = true;
		r.iif[0] = '\0';
	}
	e->fn(e->arg, &r);
}

int rtnl_each_rule(struct nl_sock *nl,
		   void (*fn)(void *, const struct rtnl_rule *), void *arg)
{
	struct fib_rule_hdr f = { .family = AF_INET6 };
	struct each_rule e = { fn, arg };

	return transact(nl, request(RTM_GETRULE, NLM_F_DUMP, &f, sizeof(f)),
			on_rule, &e);
}

/* --- addresses and filters --- */

struct pick {
	const struct prefix *near;
	struct in6_addr	addr;
	int		score;		/* 0: none found */
};

static void on_address(void *arg, struct nlmsghdr *h)
{
	const uint32_t unusable = IFA_F_TENTATIVE | IFA_F_DADFAILED;
	struct ifaddrmsg *ifa = nlmsg_data(h);
	struct nlattr *tb[IFA_MAX + 1];
	struct pick *p = arg;
	struct in6_addr a;
	int score = 1;

	if (h->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_parse(h, sizeof(*ifa), tb, IFA_MAX, NULL) < 0 ||
	    ifa->ifa_scope != RT_SCOPE_UNIVERSE || !tb[IFA_ADDRESS] ||
	    nla_len(tb[IFA_ADDRESS]) != 16)
		return;
	memcpy(&a, nla_data(tb[IFA_ADDRESS]), 16);
	if (tb[IFA_FLAGS] && nla_get_u32(tb[IFA_FLAGS]) & unusable)
		return;
	if (p->near && prefix_match(p->near, &a))
		score = 2;
	if (score > p->score) {
		p->score = score;
		p->addr = a;
	}
}

int rtnl_pick_address(struct nl_sock *nl, const struct prefix *near,
		      struct in6_addr *ret)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET6 };
	struct pick p = { .near = near };
	int err = transact(nl, request(RTM_GETADDR, NLM_F_DUMP, &ifa,
				       sizeof(ifa)), on_address, &p);

	if (err)
		return err;
	if (!p.score)
		return -EADDRNOTAVAIL;
	*ret = p.addr;
	return 0;
}

static void on_filter(void *arg, struct nlmsghdr *h)
{
	if (h->nlmsg_type == RTM_NEWTFILTER)
		*(int *)arg = 1;
}

int rtnl_has_filters(struct nl_sock *nl, uint32_t ifindex)
{
	static const uint32_t parents[] = {
		TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
		TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS),
	};
	int found = 0, err;

	for (size_t i = 0; i < sizeof(parents) / sizeof(*parents); i++) {
		struct tcmsg tc = {
			.tcm_ifindex = (int)ifindex,
			.tcm_parent = parents[i],
		};

		err = transact(nl, request(RTM_GETTFILTER, NLM_F_DUMP, &tc,
					   sizeof(tc)), on_filter, &found);
		if (err)
			return err;
	}
	return found;
}
