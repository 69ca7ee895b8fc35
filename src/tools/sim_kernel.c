/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_kernel.c - what the kernel of a simulated node does with packets.
 *
 * Input sorts as Linux does: groups it has joined and addresses it owns
 * first; of those, Neighbor Discovery goes to the kernel's own tables and
 * to the daemon, signalling (Mobility Headers, Home Address options, type 2
 * routing headers) to the daemon alone, and vanishes when none runs; what
 * is for others is forwarded by routers.  Output goes through the flows,
 * then by route and neighbour.  Echo requests are answered, so that a
 * script can ask whether packets get through.
 */
#include "sim.h"

#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

#include <stdlib.h>

#define PROTO_IPV6	41
#define PROTO_ROUTING	43
#define PROTO_ICMP	58
#define PROTO_DSTOPTS	60
#define ICMP_ECHO	128
#define ICMP_REPLY	129
#define ECHO_LEN	12		/* header, and our flags */

bool ip6_parse(const uint8_t *p, size_t len, struct ip6 *ret)
{
	struct rbuf r = rbuf_of(p, len);
	uint32_t first = rbuf_u32(&r);
	uint16_t plen = rbuf_u16(&r);

	ret->next = rbuf_u8(&r);
	ret->hlim = rbuf_u8(&r);
	ret->src = rbuf_addr(&r);
	ret->dst = rbuf_addr(&r);
	ret->payload = rbuf_span(&r, plen);
	return !r.bad && first >> 28 == 6;
}

/* --- echo --------------------------------------------------------------- */

static struct sim_pkt *echo_build(uint8_t type, const struct in6_addr *src,
				  const struct in6_addr *dst,
				  const struct in6_addr *hao, uint16_t id,
				  uint16_t seq, uint32_t mark)
{
	uint8_t buf[100], *icmp;
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	pkt_start(&w, src, dst, PKT_HOPLIMIT, hao, NULL, PROTO_ICMP);
	icmp = w.p;
	wbuf_u8(&w, type);
	wbuf_u8(&w, 0);
	wbuf_u16(&w, 0);
	wbuf_u16(&w, id);
	wbuf_u16(&w, seq);
	wbuf_u32(&w, mark);
	pkt_finish(&w);
	wbuf_patch_u16(&w, (size_t)(icmp - buf) + 2,
		       wire_checksum(hao ? hao : src, dst, PROTO_ICMP, icmp,
				     ECHO_LEN));
	return sim_pkt_new(buf, wbuf_len(&w));
}

/* A message of the script's ping has a line of its own on the chart; `mark'
 * tells the answerer that it wants one, too. */
static void echo_line(struct sim_node *n, struct sim_pkt *p,
		      const struct in6_addr *dst, const char *what,
		      unsigned seq)
{
	const struct sim_name *to = chart_name_find(n->sim, dst);

	p->line = chart_line(n->sim, n, "%s %u", what, seq);
	p->line->fate = FATE_AWAY;
	p->line->to = to ? to->owner : NULL;
}

void kernel_ping(struct sim_node *n, const struct in6_addr *src,
		 const struct in6_addr *dst, uint16_t id, uint16_t seq,
		 bool line)
{
	struct sim_pkt *p = echo_build(ICMP_ECHO, src, dst, NULL, id, seq,
				       line);

	if (line)
		echo_line(n, p, dst, "echo request", seq);
	kernel_output(n, 0, NULL, p);
}

void kernel_forge(struct sim_node *n, const struct in6_addr *src,
		  const struct in6_addr *dst, const struct in6_addr *hao)
{
	kernel_output(n, 0, NULL, echo_build(ICMP_ECHO, src, dst, hao, 0, 0,
					     0));
}

static void stream_answered(struct sim *s, uint16_t id)
{
	list_each(l, &s->streams) {
		struct sim_stream *st = container_of(l, struct sim_stream, l);

		if (st->id != id || st->stopped)
			continue;
		if (s->now - st->last > st->gap)
			st->gap = s->now - st->last;
		st->last = s->now;
		st->answered++;
	}
}

static void echo_input(struct sim_node *n, const struct ip6 *ip)
{
	struct rbuf r = rbuf_of(ip->payload.p, ip->payload.len);
	uint8_t type = rbuf_u8(&r);
	uint16_t id, seq;
	struct sim_pkt *p;
	uint32_t mark;

	rbuf_u8(&r);
	rbuf_u16(&r);
	id = rbuf_u16(&r);
	seq = rbuf_u16(&r);
	mark = rbuf_u32(&r);
	if (r.bad || wire_checksum(&ip->src, &ip->dst, PROTO_ICMP,
				   ip->payload.p, ip->payload.len) != 0)
		return;
	if (type == ICMP_REPLY)
		stream_answered(n->sim, id);
	if (type != ICMP_ECHO)
		return;
	p = echo_build(ICMP_REPLY, &ip->dst, &ip->src, NULL, id, seq, mark);
	if (mark)
		echo_line(n, p, &ip->src, "echo reply", seq);
	kernel_output(n, 0, NULL, p);
}

/* --- output ------------------------------------------------------------- */

static struct lladdr group_lladdr(const struct in6_addr *a)
{
	struct lladdr ll = { 6, { 0x33, 0x33 } };	/* RFC 2464 section 7 */

	memcpy(&ll.b[2], &a->s6_addr[12], 4);
	return ll;
}

/* Our own packets to ourselves arrive as soon as what happens now is over. */
struct loop {
	struct sim_job	job;
	struct sim_node	*node;
	struct sim_pkt	*pkt;
};

static void loop_fire(struct sim *s, struct sim_job *j)
{
	struct loop *l = container_of(j, struct loop, job);

	if (s->ended)
		free(l->pkt);
	else
		kernel_inject(l->node, l->pkt);
	free(l);
}

static void loop_back(struct sim_node *n, struct sim_pkt *p)
{
	struct loop *l = sim_alloc(sizeof(*l));

	sim_job_init(&l->job, loop_fire);
	l->node = n;
	l->pkt = p;
	sim_job_set(n->sim, &l->job, n->sim->now);
}

static void output_routed(struct sim_node *n, uint32_t oif,
			  const struct ip6 *ip, struct sim_pkt *p)
{
	struct sim_iface *i;
	struct in6_addr next;

	if (!kernel_route(n, &ip->src, &ip->dst, oif, &i, &next)) {
		sim_pkt_lost(n->sim, p, "no route");
		return;
	}
	if (!i->link) {
		sim_pkt_lost(n->sim, p, "no carrier");
		return;
	}
	check_output(i, p);
	neigh_output(i, &next, p);
}

void kernel_output(struct sim_node *n, uint32_t ifindex,
		   const struct lladdr *ll, struct sim_pkt *p)
{
	struct sim_iface *i = sim_iface(n, ifindex);
	struct ip6 ip;
	struct lladdr group;

	if (!ip6_parse(p->data, p->len, &ip) || (ifindex && !i)) {
		sim_pkt_lost(n->sim, p, "malformed");
	} else if (ll && ll->len && i) {
		check_output(i, p);
		sim_transmit(i, ll, p);
	} else if (addr_is_multicast(&ip.dst) && i) {
		group = group_lladdr(&ip.dst);
		check_output(i, p);
		sim_transmit(i, &group, p);
	} else if (addr_is_multicast(&ip.dst)) {
		sim_pkt_lost(n->sim, p, "no interface");
	} else if (kernel_owns(n, &ip.dst)) {
		loop_back(n, p);
	} else if (ifindex || !tunnel_output(n, p, FROM_US)) {
		output_routed(n, ifindex, &ip, p);
	}
}

/* --- input -------------------------------------------------------------- */

static bool proxied(struct sim_iface *i, const struct in6_addr *a, bool group)
{
	list_each(l, &i->node->proxies) {
		struct k_proxy *x = container_of(l, struct k_proxy, l);
		struct in6_addr sol = addr_solicited_node(&x->key.addr);

		if (x->key.ifindex == i->ifindex &&
		    addr_eq(group ? &sol : &x->key.addr, a))
			return true;
	}
	return false;
}

/* The daemon of an access anchor hears all solicitations: src/sys/nd.c. */
static bool hears_all(const struct sim_iface *i)
{
	const struct conf *c = i->node->node ? i->node->conf : NULL;

	for (unsigned k = 0; c && k < c->nhome_links; k++)
		if (c->home_link[k].anchor &&
		    strcmp(c->home_link[k].ifname, i->name) == 0)
			return true;
	for (unsigned k = 0; c && k < c->naccess; k++)
		if (strcmp(c->access[k].ifname, i->name) == 0)
			return true;
	return false;
}

static bool joined(struct sim_iface *i, const struct in6_addr *group)
{
	if (addr_eq(group, &addr_all_nodes) || hears_all(i))
		return true;
	if (addr_eq(group, &addr_all_routers))
		return i->node->router;
	list_each(l, &i->node->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);
		struct in6_addr sol = addr_solicited_node(&a->addr);

		if (a->ifindex == i->ifindex && addr_eq(&sol, group))
			return true;
	}
	list_each(l, &i->node->anycasts) {
		struct k_proxy *k = container_of(l, struct k_proxy, l);
		struct in6_addr sol = addr_solicited_node(&k->key.addr);

		if (k->key.ifindex == i->ifindex && addr_eq(&sol, group))
			return true;
	}
	return proxied(i, group, true);
}

static bool is_nd(const struct ip6 *ip)
{
	return ip->next == PROTO_ICMP && ip->payload.len > 0 &&
	       ip->payload.p[0] >= ND_RS && ip->payload.p[0] <= ND_NA;
}

/* For the daemon's eyes: see src/sys, which takes these by NFQUEUE. */
static bool is_signalling(const struct ip6 *ip)
{
	return ip->next == IPPROTO_MOBILITY || ip->next == PROTO_DSTOPTS ||
	       ip->next == PROTO_ROUTING ||
	       (ip->next == PROTO_ICMP && ip->payload.len &&
		ip->payload.p[0] >= ICMP_HAAD_REQUEST &&
		ip->payload.p[0] <= ICMP_PREFIX_ADV);
}

static void input_nd(struct sim_iface *i, const struct lladdr *src,
		     const struct ip6 *ip, struct sim_pkt *p)
{
	neigh_on_nd(i, ip);
	if (i->node->node)
		sim_node_packet(i->node, i, src, p);
	else
		sim_pkt_done(i->node->sim, p);
}

static void input_local(struct sim_node *n, struct sim_iface *i,
			const struct lladdr *src, const struct ip6 *ip,
			struct sim_pkt *p)
{
	if (is_nd(ip)) {
		if (i)
			input_nd(i, src, ip, p);
		else
			sim_pkt_lost(n->sim, p, NULL);
	} else if (is_signalling(ip)) {
		if (route_input(n, p))
			return;
		if (n->node)
			sim_node_packet(n, i, src, p);
		else if (!n->has_conf)
			route_refuse(n, ip, p);
		else
			sim_pkt_lost(n->sim, p, NULL);
	} else if (ip->next == PROTO_IPV6) {
		tunnel_input(n, ip, p);
	} else if (n->node && ip->next == PROTO_ICMP && ip->payload.len &&
		   ip->payload.p[0] < 128) {
		sim_node_packet(n, i, src, p);	/* an error */
	} else {
		if (ip->next == PROTO_ICMP)
			echo_input(n, ip);
		sim_pkt_done(n->sim, p);
	}
}

static void forward(struct sim_node *n, uint32_t from, struct ip6 *ip,
		    struct sim_pkt *p)
{
	if (!n->router || addr_is_linklocal(&ip->dst) ||
	    addr_is_linklocal(&ip->src)) {
		sim_pkt_lost(n->sim, p, NULL);
		return;
	}
	if (ip->hlim <= 1) {
		sim_pkt_lost(n->sim, p, "hop limit");
		return;
	}
	p->data[7] = (uint8_t)(ip->hlim - 1);
	if (!tunnel_output(n, p, from))
		output_routed(n, 0, ip, p);
}

void kernel_input(struct sim_iface *i, const struct lladdr *src, bool group,
		  struct sim_pkt *p)
{
	struct sim *s = i->node->sim;
	struct ip6 ip;

	if (!ip6_parse(p->data, p->len, &ip)) {
		sim_pkt_lost(s, p, "malformed");
	} else if (!access_takes(i, src, &ip.src)) {
		sim_pkt_lost(s, p, "not admitted");
	} else if (addr_is_multicast(&ip.dst)) {
		if (joined(i, &ip.dst))
			input_local(i->node, i, src, &ip, p);
		else
			free(p);
	} else if (kernel_owns(i->node, &ip.dst) ||
		   (is_nd(&ip) && (proxied(i, &ip.dst, false) ||
			kernel_addr_on(i->node, i->ifindex, &ip.dst)))) {
		input_local(i->node, i, src, &ip, p);
	} else {
		forward(i->node, i->ifindex, &ip, p);
	}
}

void kernel_inject(struct sim_node *n, struct sim_pkt *p)
{
	static const struct lladdr none;
	struct ip6 ip;

	if (!ip6_parse(p->data, p->len, &ip))
		sim_pkt_lost(n->sim, p, "malformed");
	else if (kernel_owns(n, &ip.dst))
		input_local(n, NULL, &none, &ip, p);
	else
		forward(n, 0, &ip, p);
}

void kernel_forget(struct sim_node *n)
{
	list_each(l, &n->addrs)
		kernel_addr_del(n, container_of(l, struct k_addr, l));
	list_each(l, &n->routes) {
		list_del(l);
		free(container_of(l, struct k_route, l));
	}
	list_each(l, &n->proxies) {
		list_del(l);
		free(container_of(l, struct k_proxy, l));
	}
	list_each(l, &n->anycasts) {
		list_del(l);
		free(container_of(l, struct k_proxy, l));
	}
	list_each(l, &n->stores) {
		list_del(l);
		free(container_of(l, struct k_store, l));
	}
	neigh_flush(n, 0);
	tunnel_forget(n);
}
