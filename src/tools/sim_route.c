/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_route.c - route optimization in the data path of a simulated kernel
 * (PATH_MIP6_MN and PATH_MIP6_CN as core/effect.h has them), and what a
 * kernel answers that knows nothing of it.
 *
 * A packet is taken apart and built anew with the headers that RFC 6275 draws
 * (11.3.1, 9.3.2), and the other way round (11.3.3, 9.3.1).
 */
#include "sim.h"

#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

#include <stdlib.h>

#define USED_EVERY	SEC(10)

static bool is_ro(const struct k_flow *k)
{
	return k->f.action == FLOW_PATH &&
	       k->f.path.kind != PATH_IP6IP6;
}

/* What has no business in such a flow goes as if there were none. */
bool route_fits(const struct k_flow *k, const struct ip6 *ip, bool own)
{
	static const uint8_t never[] = { 41, 43, 44, 50, 51, 60, 135 };

	if (!is_ro(k))
		return true;
	if (k->f.path.kind == PATH_MIP6_CN && !own)
		return false;
	if (memchr(never, ip->next, sizeof(never)))
		return false;
	return ip->next != IPPROTO_ICMPV6 || !ip->payload.len ||
	       ip->payload.p[0] < ND_RS || ip->payload.p[0] > ND_NA;
}

/* The same packet between these addresses, with these headers (or NULL). */
static struct sim_pkt *rebuild(const struct pkt *p, const struct in6_addr *src,
			       const struct in6_addr *dst,
			       const struct in6_addr *hao,
			       const struct in6_addr *rh2)
{
	uint8_t buf[SIM_PKT_MAX];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	pkt_start(&w, src, dst, p->hlim, hao, rh2, p->proto);
	wbuf_put(&w, p->payload.p, p->payload.len);
	pkt_finish(&w);
	return w.bad ? NULL : sim_pkt_new(buf, wbuf_len(&w));
}

static void say(struct sim_node *n, struct sim_line *line)
{
	if (line && strlen(line->text) + 40 < sizeof(line->text)) {
		strcat(line->text, ", optimized by ");
		strcat(line->text, n->name);
	}
}

/* --- out ---------------------------------------------------------------- */

/* The peer is a mobile, too, and we know where it is. */
static struct k_flow *to_mobile(struct sim_node *n,
				const struct in6_addr *src,
				const struct in6_addr *dst)
{
	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (is_ro(k) && k->f.key.cn &&
		    addr_eq(&k->f.key.src.addr, src) &&
		    addr_eq(&k->f.key.dst.addr, dst))
			return k;
	}
	return NULL;
}

void route_output(struct sim_node *n, struct k_flow *k, struct sim_pkt *in)
{
	bool mn = k->f.path.kind == PATH_MIP6_MN;
	struct sim_pkt *out = NULL;
	struct k_flow *also = NULL;
	struct wire_error err;
	struct pkt p;

	if (!pkt_parse(in->data, in->len, &p, &err)) {
		also = mn ? to_mobile(n, &p.src, &p.dst) : k;
		out = rebuild(&p, mn ? &k->f.path.local : &p.src,
			      also ? &also->f.path.remote : &p.dst,
			      mn ? &p.src : NULL, also ? &p.dst : NULL);
	}
	if (!out) {
		sim_pkt_lost(n->sim, in, "cannot be optimized");
		return;
	}
	k->used = n->sim->now;
	if (also)
		also->used = n->sim->now;
	out->line = in->line;
	free(in);
	say(n, out->line);
	kernel_output(n, 0, NULL, out);
}

/* One that our own tunnel takes, to a mobile that does not know where we are:
 * with a routing header inside (9.3.2, 11.3.1). */
struct sim_pkt *route_nest(struct sim_node *n, const struct ip6 *ip,
			   struct sim_pkt *in)
{
	struct k_flow *k = to_mobile(n, &ip->src, &ip->dst);
	struct sim_pkt *out = NULL;
	struct wire_error err;
	struct pkt p;

	if (k && route_fits(k, ip, true) &&
	    !pkt_parse(in->data, in->len, &p, &err))
		out = rebuild(&p, &p.src, &k->f.path.remote, NULL, &p.dst);
	if (!out)
		return in;
	k->used = n->sim->now;
	out->line = in->line;
	free(in);
	say(n, out->line);
	return out;
}

/* --- in ----------------------------------------------------------------- */

static struct k_flow *mn_flow(struct sim_node *n, const struct in6_addr *hoa,
			      const struct in6_addr *peer)
{
	struct k_flow *any = NULL;

	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (k->f.key.src.len != 128 || k->f.key.cn ||
		    !addr_eq(&k->f.key.src.addr, hoa))
			continue;
		if (k->f.key.dst.len == 128 &&
		    addr_eq(&k->f.key.dst.addr, peer))
			return k;
		any = k;
	}
	return any;
}

static struct k_flow *cn_flow(struct sim_node *n,
			      const struct in6_addr *local,
			      const struct in6_addr *hoa,
			      const struct in6_addr *coa)
{
	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (is_ro(k) && k->f.key.cn &&
		    addr_eq(&k->f.key.src.addr, local) &&
		    addr_eq(&k->f.key.dst.addr, hoa) &&
		    addr_eq(&k->f.path.remote, coa))
			return k;
	}
	return NULL;
}

/* True when it was one of those, and it was taken. */
bool route_input(struct sim_node *n, struct sim_pkt *in)
{
	struct k_flow *from = NULL, *to = NULL;
	struct wire_error err;
	struct sim_pkt *out;
	struct pkt p;

	if (pkt_parse(in->data, in->len, &p, &err) ||
	    p.proto == IPPROTO_MOBILITY || !(p.has_hao || p.has_rh2) ||
	    (p.proto == IPPROTO_ICMPV6 && p.payload.len &&
	     p.payload.p[0] >= ICMP_HAAD_REQUEST &&
	     p.payload.p[0] <= ICMP_PREFIX_ADV))
		return false;
	if (p.has_hao)
		from = cn_flow(n, pkt_dst(&p), &p.hao, &p.src);
	if (p.has_rh2)
		to = mn_flow(n, &p.rh2, pkt_src(&p));
	if ((p.has_hao && !from) || (p.has_rh2 && !to))
		return false;
	out = rebuild(&p, pkt_src(&p), pkt_dst(&p), NULL, NULL);
	if (!out)
		return false;
	if (from)
		from->used = n->sim->now;
	if (to && is_ro(to))
		to->used = n->sim->now;
	out->line = in->line;
	free(in);
	kernel_inject(n, out);
	return true;
}

/* --- what the path tells ------------------------------------------------ */

static void on_used(struct sim *s, struct sim_job *j)
{
	struct sim_node *n = container_of(j, struct sim_node, ro_tell);
	struct event ev = { .kind = EV_USED };
	bool some = false;

	list_each(l, &n->flows) {
		struct k_flow *k = container_of(l, struct k_flow, l);

		if (!is_ro(k))
			continue;
		some = true;
		if (!k->used)
			continue;
		ev.used.flow = k->f.key;
		ev.used.idle = s->now - k->used;
		sim_node_tell(n, &ev);
	}
	if (some)
		sim_job_set(s, j, s->now + USED_EVERY);
}

void route_init(struct sim_node *n)
{
	sim_job_init(&n->ro_tell, on_used);
}

void route_fini(struct sim_node *n)
{
	sim_job_cancel(n->sim, &n->ro_tell);
}

void route_flow_set(struct sim_node *n, const struct k_flow *k)
{
	if (is_ro(k) && n->ro_tell.t.at == USEC_NEVER)
		sim_job_set(n->sim, &n->ro_tell, n->sim->now + USED_EVERY);
}

/* One packet between a home address and a peer, through a watched flow. */
void route_watch(struct sim_node *n, const struct k_flow *k,
		 const struct in6_addr *hoa, const struct in6_addr *peer)
{
	struct event ev = { .kind = EV_PAIR };
	struct k_pair *x = NULL, *old = &n->pair[0];

	if (!k->f.watch || !n->node)
		return;
	for (unsigned i = 0; i < SIM_PAIRS && !x; i++) {
		if (addr_eq(&n->pair[i].hoa, hoa) &&
		    addr_eq(&n->pair[i].peer, peer))
			x = &n->pair[i];
		if (n->pair[i].since < old->since)
			old = &n->pair[i];
	}
	if (!x) {
		x = old;
		*x = (struct k_pair){ .hoa = *hoa, .peer = *peer };
	}
	if (n->sim->now - x->since > SEC(1)) {
		x->since = n->sim->now;
		x->count = 0;
	}
	if (++x->count < n->conf->ro_packets ||
	    (x->told && n->sim->now - x->told < SEC(10)))
		return;
	x->told = n->sim->now;
	ev.pair.flow = (struct flow_key){
		prefix_host(hoa), prefix_host(peer)
	};
	sim_node_tell(n, &ev);
}

/* --- a kernel that knows nothing of it ---------------------------------- */

/* RFC 8200 4.2, 4.4; RFC 4443 3.4: what becomes of a Mobility Header, a Home
 * Address option or a routing header. */
void route_refuse(struct sim_node *n, const struct ip6 *ip, struct sim_pkt *p)
{
	uint8_t buf[SIM_PKT_MAX];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	uint8_t code = ip->next == IPPROTO_MOBILITY ? 1 :
		       ip->next == IPPROTO_DSTOPTS ? 2 : 0;
	struct sim_pkt *out;

	pkt_icmp_error(&w, &ip->dst, &ip->src, 4, code, code == 1 ? 6 : 42,
		       p->data, p->len);
	out = sim_pkt_new(buf, wbuf_len(&w));
	sim_pkt_done(n->sim, p);
	chart_message(n->sim, n, out, true);
	kernel_output(n, 0, NULL, out);
}
