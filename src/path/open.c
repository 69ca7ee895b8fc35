/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * open.c - the data path as a whole: open, links, events, sync, close.
 */
#include "path/private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if_arp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

#define DEFAULT_MTU	1460
#define DEFAULT_LIMIT	65536
#define DEFAULT_ACCESS	4096
#define DEFAULT_TABLE	6275
#define HOLD_PACKETS	64
#define HOLD_TIME	SEC(5)
#define TRAFFIC_PAIRS	4096
#define TRAFFIC_TIME	SEC(1)
#define TRAFFIC_AGAIN	SEC(10)

int why_set(const struct why *w, int err, const char *fmt, ...)
{
	size_t n;
	va_list ap;

	if (!w->buf || !w->cap)
		return err;
	va_start(ap, fmt);
	vsnprintf(w->buf, w->cap, fmt, ap);
	va_end(ap);
	n = strlen(w->buf);
	snprintf(w->buf + n, w->cap - n, ": %s", strerror(-err));
	return err;
}

/* --- events --- */

static bool
read_event(struct path *p, const struct pm_event *e, struct path_event *ret)
{
	struct path_event ev = { 0 };

	memcpy(&ev.key.local, e->local, sizeof(ev.key.local));
	memcpy(&ev.key.remote, e->remote, sizeof(ev.key.remote));
	ev.key.kind = e->path_kind ? e->path_kind : PATH_IP6IP6;
	switch ((enum pm_event_kind)e->kind) {
	case PM_EV_MTU:
		ev.kind = PATH_EV_MTU;
		ev.value = e->value;
		break;
	case PM_EV_DROP:
		ev.kind = PATH_EV_DROP;
		ev.value = e->value == PM_DROP_INNER_SOURCE;
		break;
	case PM_EV_TRAFFIC:
		ev.kind = PATH_EV_TRAFFIC;
		ev.flow.src = prefix_host(&ev.key.local);
		ev.flow.dst = prefix_host(&ev.key.remote);
		ev.value = e->value;
		ev.bytes = e->bytes;
		break;
	case PM_EV_ERROR:
		ev.kind = PATH_EV_ERROR;
		ev.flow.src = prefix_host(&ev.key.local);
		ev.flow.dst = prefix_host(&ev.key.remote);
		ev.value = e->value;
		break;
	case PM_EV_ACCESS:
		ev.kind = PATH_EV_ACCESS;
		ev.ifindex = e->value;
		ev.value = e->bytes;
		memcpy(&ev.addr, e->local, sizeof(ev.addr));
		ev.ll.len = 6;
		memcpy(ev.ll.b, e->remote, 6);
		break;
	case PM_EV_FORWARDING:
		/* the global switch was thrown, and took ours along */
		device_forwarding(p);
		return false;
	}
	*ret = ev;
	return true;
}

static int on_event(void *ctx, void *data, size_t len)
{
	struct path *p = ctx;
	struct pm_event e;

	if (len < sizeof(e) || !p->event)
		return 0;
	memcpy(&e, data, sizeof(e));
	if (!read_event(p, &e, p->event))
		return 0;
	p->event = NULL;
	return -EINTR;		/* one at a time: the rest stays */
}

static int events_open(struct path *p)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fd[5];

	p->ring = ring_buffer__new(p->map[MAP_EVENTS], on_event, p, NULL);
	if (!p->ring)
		return -errno;
	p->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (p->poll_fd < 0)
		return -errno;
	fd[0] = ring_buffer__epoll_fd(p->ring);
	fd[1] = p->packet_fd;
	fd[2] = p->timer_fd;
	fd[3] = p->in_fd;
	fd[4] = p->alive_fd;
	for (int i = 0; i < 5; i++)
		if (epoll_ctl(p->poll_fd, EPOLL_CTL_ADD, fd[i], &ev) < 0)
			return -errno;
	return 0;
}

int path_fd(const struct path *p)
{
	return p->poll_fd;
}

int path_poll(struct path *p, struct path_event *ret)
{
	struct path_event ev = { 0 };

	alive_run(p);
	hold_run(p);
	fragment_run(p);
	if (hold_event(p, ret))
		return 1;
	p->event = &ev;
	ring_buffer__consume(p->ring);
	if (p->event) {
		p->event = NULL;
		return 0;
	}
	*ret = ev;
	return 1;
}

/* --- links --- */

/* Attach what suits the device: not all have a link-layer header. */
static int
link_attach(struct path *p, const struct rtnl_link *dev, uint32_t flags,
	    bool *ret_qdisc)
{
	bool again;
	int err;

	if (flags & PM_LINK_ACCESS) {
		err = filter_set(dev->ifindex, false, p->access_in, ret_qdisc);
		return err ? err :
		       filter_set(dev->ifindex, true, p->access_out, &again);
	}
	err = filter_set(dev->ifindex, false, dev->type == ARPHRD_ETHER ?
			     p->ingress : p->ingress_l3, ret_qdisc);

	return err ? err : filter_set(dev->ifindex, true, p->guard, &again);
}

static bool filter_is_ours(uint32_t ifindex, bool egress)
{
	return filter_get(ifindex, egress, "path_access") ||
	       filter_get(ifindex, egress, egress ? "path_guard" :
						    "path_ingress");
}

static int link_on(struct path *p, uint32_t ifindex, uint32_t kind)
{
	struct pm_link l = { 0 };
	struct rtnl_link dev;
	bool qdisc;
	int err = rtnl_link_by_index(p->nl, ifindex, &dev);

	if (err)
		return err;
	if (ifindex == p->ifindex || ifindex == p->peer_ifindex)
		return -EINVAL;
	bpf_map_lookup_elem(p->map[MAP_LINKS], &ifindex, &l);
	/* the filter before the route, and after it */
	if (l.flags & ~kind & PM_LINK_ACCESS)
		access_rule(p, dev.name, false);
	err = link_attach(p, &dev, kind, &qdisc);
	if (!err && kind & PM_LINK_ACCESS)
		err = access_rule(p, dev.name, true);
	if (err)
		return err;
	l.flags = (l.flags & PM_LINK_QDISC) | kind;
	if (qdisc)
		l.flags |= PM_LINK_QDISC;
	l.gen = p->gen;
	err = bpf_map_update_elem(p->map[MAP_LINKS], &ifindex, &l, BPF_ANY);
	if (err)
		return err == -E2BIG ? -ENOSPC : err;
	return device_set_mtu(p);
}

static int link_off(struct path *p, uint32_t ifindex)
{
	struct rtnl_link dev;
	struct pm_link l;

	if (bpf_map_lookup_elem(p->map[MAP_LINKS], &ifindex, &l))
		return 0;
	if (l.flags & PM_LINK_ACCESS &&
	    !rtnl_link_by_index(p->nl, ifindex, &dev)) {
		access_rule(p, dev.name, false);
		rtnl_neighbour(p->nl, false, ifindex);
	}
	if (filter_is_ours(ifindex, false))
		filter_del(ifindex, false);
	if (filter_is_ours(ifindex, true))
		filter_del(ifindex, true);
	if (l.flags & PM_LINK_QDISC)
		qdisc_del(p->nl, ifindex);
	bpf_map_delete_elem(p->map[MAP_LINKS], &ifindex);
	return device_set_mtu(p);
}

int path_link(struct path *p, uint32_t ifindex, bool on)
{
	return on ? link_on(p, ifindex, 0) : link_off(p, ifindex);
}

int path_access(struct path *p, uint32_t ifindex)
{
	return link_on(p, ifindex, PM_LINK_ACCESS);
}

struct links {
	struct path	*p;
	bool		all;		/* else: not of this generation */
	unsigned	n;
	uint32_t	ifindex[PM_LINKS], flags[PM_LINKS];
};

static int take_link(void *arg, const void *key, const void *value)
{
	struct links *s = arg;
	struct pm_link l;

	memcpy(&l, value, sizeof(l));
	if (s->n < PM_LINKS && (s->all || l.gen != s->p->gen)) {
		s->flags[s->n] = l.flags;
		memcpy(&s->ifindex[s->n++], key, sizeof(uint32_t));
	}
	return 0;
}

static int links_get(struct links *s)
{
	return maps_each(s->p->map[MAP_LINKS], sizeof(uint32_t),
			 sizeof(struct pm_link), take_link, s);
}

/* Put the new program where the old one runs. */
static int links_replace(struct path *p)
{
	struct links s = { .p = p, .all = true };
	int err = links_get(&s);
	struct rtnl_link dev;
	bool qdisc;

	for (unsigned i = 0; i < s.n && !err; i++)
		if (!rtnl_link_by_index(p->nl, s.ifindex[i], &dev) &&
		    filter_is_ours(s.ifindex[i], false))
			err = link_attach(p, &dev, s.flags[i], &qdisc);
		else
			bpf_map_delete_elem(p->map[MAP_LINKS], &s.ifindex[i]);
	return err;
}

static int links_remove(struct path *p, bool all)
{
	struct links s = { .p = p, .all = all };
	int err = links_get(&s);

	for (unsigned i = 0; i < s.n && !err; i++)
		err = link_off(p, s.ifindex[i]);
	return err;
}

/* --- open and close --- */

static struct path *path_free(struct path *p)
{
	hold_close(p);
	alive_close(p);
	fragment_close(p);
	ring_buffer__free(p->ring);
	if (p->poll_fd >= 0)
		close(p->poll_fd);
	tunnels_close(p);
	route_close(p);
	maps_close(p);
	if (p->nl)
		rtnl_close(p->nl);
	free(p);
	return NULL;
}

/* Errors about packets that have no path come from an address of ours:
 * from the prefix that they are about, if we have one there. */
void error_source_pick(struct path *p, const struct prefix *near)
{
	struct in6_addr a;

	if (!rtnl_pick_address(p->nl, near, &a))
		memcpy(p->cfg->error_source, &a, sizeof(a));
}

void error_source_need(struct path *p)
{
	struct in6_addr a;

	memcpy(&a, p->cfg->error_source, sizeof(a));
	if (addr_is_unspec(&a))
		error_source_pick(p, NULL);
}

static int configure(struct path *p, const struct path_options *o)
{
	struct rtnl_link l, peer;
	uint32_t zero = 0;
	int err = rtnl_link_by_index(p->nl, p->ifindex, &l);

	if (!err)
		err = rtnl_link_by_index(p->nl, p->peer_ifindex, &peer);
	if (err)
		return err;
	p->cfg->layout = PM_LAYOUT;
	p->cfg->ifindex = p->ifindex;
	p->cfg->flags = (o->fast_path ? PM_FAST_PATH : 0) |
			(o->multicast ? PM_MULTICAST : 0);
	p->cfg->route_table = p->table;
	memcpy(p->cfg->mac, l.mac, 6);
	memcpy(p->cfg->mac + 6, peer.mac, 6);
	error_source_pick(p, NULL);
	return bpf_map_update_elem(p->map[MAP_WATCH], &zero, &p->watch,
				   BPF_ANY);
}

static int attach(struct path *p, const struct why *why)
{
	bool qdisc;
	int err = filter_set(p->ifindex, true, p->egress, &qdisc);

	if (err == -ENOENT || err == -EOPNOTSUPP)
		return why_set(why, err, "tc: the kernel lacks clsact or its "
			       "bpf filter (CONFIG_NET_SCH_INGRESS, "
			       "CONFIG_NET_CLS_BPF)");
	if (!err)
		err = filter_set(p->ifindex, false, p->arrive, &qdisc);
	if (err)
		return why_set(why, err, "tc: cannot attach to %s", p->device);
	err = links_replace(p);
	return err ? why_set(why, err, "tc: cannot replace the programs") : 0;
}

static int open_all(struct path *p, const struct path_options *o,
		    const struct why *why)
{
	uint8_t secret[16];
	int err = rtnl_open(&p->nl);

	if (err)
		return why_set(why, err, "rtnetlink");
	err = device_open(p, why);
	if (!err)
		err = maps_open(p, why);
	if (err)
		return err;
	err = configure(p, o);
	if (!err && getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		err = -EIO;
	if (!err)
		err = tunnels_open(p, secret);
	if (!err) {
		route_init(p, secret);
		err = flows_open(p);
	}
	if (err)
		return why_set(why, err, "reading the data path's state");
	err = attach(p, why);
	if (err)
		return err;
	err = route_open(p);
	if (err)
		return why_set(why, err, "route table %u", p->table);
	err = hold_open(p);
	if (err)
		return why_set(why, err, "packet socket on %s "
			       "(CONFIG_PACKET, CAP_NET_RAW)", p->peer);
	err = fragment_open(p);
	if (err)
		return why_set(why, err, "raw sockets (CAP_NET_RAW)");
	err = alive_open(p, o->orphan_time);
	if (err)
		return why_set(why, err, "timer");
	err = events_open(p);
	return err ? why_set(why, err, "eBPF ring buffer") : 0;
}

static void watch_configure(struct path *p, const struct path_options *o)
{
	usec_t t = o->traffic_time ? o->traffic_time : TRAFFIC_TIME;
	usec_t again = o->traffic_again ? o->traffic_again : TRAFFIC_AGAIN;

	p->watch = (struct pm_watch){
		.packets = o->traffic_packets,
		.pairs = o->traffic_pairs ? o->traffic_pairs : TRAFFIC_PAIRS,
		.within = t * 1000,
		.again = again * 1000,
	};
}

int path_open(const struct path_options *o, struct path **ret,
	      struct path_caps *caps, char *buf, size_t cap)
{
	struct why why = { buf, cap };
	struct path *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return why_set(&why, -ENOMEM, "memory");
	device_names(p, o->device);
	p->guard = p->egress = p->ingress = p->ingress_l3 = p->arrive = -1;
	p->access_in = p->access_out = -1;
	p->poll_fd = -1;
	p->packet_fd = p->timer_fd = p->alive_fd = p->out_fd = p->in_fd = -1;
	p->hold_packets = o->hold_packets ? o->hold_packets : HOLD_PACKETS;
	p->hold_time = o->hold_time ? o->hold_time : HOLD_TIME;
	for (int i = 0; i < MAPS; i++)
		p->map[i] = -1;
	p->mtu = DEFAULT_MTU;
	p->max_paths = o->max_paths ? o->max_paths : DEFAULT_LIMIT;
	p->max_flows = o->max_flows ? o->max_flows : DEFAULT_LIMIT;
	p->max_paths += p->max_paths / 16 + 64;	/* moves under way have two */
	p->max_flows += 64;			/* home prefixes are some */
	p->max_pairs = o->max_pairs ? o->max_pairs :
		       p->max_flows < DEFAULT_LIMIT ? p->max_flows :
		       DEFAULT_LIMIT;
	p->max_access = o->max_access ? o->max_access :
			p->max_flows < DEFAULT_ACCESS ? p->max_flows :
			DEFAULT_ACCESS;
	p->table = o->route_table ? o->route_table : DEFAULT_TABLE;
	watch_configure(p, o);
	err = open_all(p, o, &why);
	if (err) {
		if (p->made)		/* nothing of us stays behind */
			device_close(p);
		path_free(p);
		return err;
	}
	*caps = (struct path_caps){
		.name = "bpf",
		.ifindex = p->ifindex,
		.max_paths = p->max_paths,
		.max_flows = p->max_flows,
		.tso = true,
		.kinds = 1u << PATH_IP6IP6 | 1u << PATH_MIP6_MN |
			 1u << PATH_MIP6_CN,
		.watch = true,
		.access = true,
	};
	snprintf(caps->device, sizeof(caps->device), "%s", p->device);
	*ret = p;
	return 0;
}

int path_sync(struct path *p)
{
	int err = flows_sync(p);

	if (!err)
		tunnels_sync(p);
	if (!err)
		err = route_sync(p);
	if (!err)
		err = links_remove(p, false);
	if (!err)
		err = access_sync(p);
	if (!err)
		err = alive_say(p);
	return err;
}

struct path *path_close(struct path *p, bool keep)
{
	if (!keep) {
		access_remove_all(p->nl);
		links_remove(p, true);
		route_remove_all(p->nl);
		device_close(p);
	}
	return path_free(p);
}

/* --- cleaning up after another process --- */

struct sweep {
	unsigned	n;
	uint32_t	ifindex[PM_LINKS];
};

static void sweep_link(void *arg, const struct rtnl_link *l)
{
	struct sweep *s = arg;

	if (s->n < PM_LINKS && filter_is_ours(l->ifindex, false))
		s->ifindex[s->n++] = l->ifindex;
}

/* The map of links hangs on any of our programs. */
static bool sweep_qdisc_ours(uint32_t ifindex)
{
	int map[MAPS];
	struct pm_link l = { 0 };
	uint32_t prog = filter_get(ifindex, false, "path_ingress");

	for (int i = 0; i < MAPS; i++)
		map[i] = -1;
	maps_of_program(prog ? prog : filter_get(ifindex, false, "path_access"),
			map);
	if (map[MAP_LINKS] >= 0)
		bpf_map_lookup_elem(map[MAP_LINKS], &ifindex, &l);
	for (int i = 0; i < MAPS; i++)
		if (map[i] >= 0)
			close(map[i]);
	return l.flags & PM_LINK_QDISC;
}

int path_cleanup(const char *device)
{
	struct path p = { 0 };
	struct sweep s = { 0 };
	struct rtnl_link l;
	int err, e;

	maps_quiet();
	device_names(&p, device);
	err = rtnl_open(&p.nl);
	if (err)
		return err;
	err = rtnl_each_link(p.nl, sweep_link, &s);
	for (unsigned i = 0; i < s.n; i++) {
		bool ours = sweep_qdisc_ours(s.ifindex[i]);

		filter_del(s.ifindex[i], false);
		if (filter_is_ours(s.ifindex[i], true))
			filter_del(s.ifindex[i], true);
		if (ours)
			qdisc_del(p.nl, s.ifindex[i]);
	}
	e = access_remove_all(p.nl);
	err = err ? err : e;
	e = route_remove_all(p.nl);
	err = err ? err : e;
	e = rtnl_link_by_name(p.nl, p.device, &l);
	if (!e && !strcmp(l.alias, DEVICE_ALIAS))
		e = rtnl_link_del(p.nl, l.ifindex);
	if (e && e != -ENODEV)
		err = err ? err : e;
	rtnl_close(p.nl);
	return err;
}
