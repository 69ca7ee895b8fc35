/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_node.c - the life of a node: what the daemon does around the core.
 *
 * A node is started the way the daemon starts it: links, addresses and
 * stored records first, then the clock, then EV_READY.  After each event
 * its effects are carried out, and its next deadline becomes a job.  Kill
 * is kill -9: the core is gone, the kernel keeps what it has, groups that
 * the process had joined are left.  A fuse makes it die between two
 * effects.
 */
#include "sim.h"

#include <stdlib.h>

/* What a node is told outside of a packet, as soon as it can hear it. */
struct message {
	struct sim_job	job;
	struct sim_node	*node;
	unsigned	boots;
	struct event	ev;
};

/* --- effects and deadlines ---------------------------------------------- */

static void on_tick(struct sim *s, struct sim_job *j);

static void drain(struct sim_node *n)
{
	static const struct effect zero;
	struct effect e = zero;
	unsigned count = 0;

	while (n->node && node_effect(n->node, &e)) {
		count++;
		sim_effect(n, &e);
		if (n->fuse && --n->fuse == 0) {
			/* perhaps before it could store what it knew */
			check_forget(n);
			check_last_words(n);
			app_excuse(n);
			sim_node_kill(n);
		}
	}
	if (!n->node)
		return;
	check_effects(n, count);
	sim_job_set(n->sim, &n->tick, node_deadline(n->node));
}

static void on_tick(struct sim *s, struct sim_job *j)
{
	struct sim_node *n = container_of(j, struct sim_node, tick);

	if (s->ended || !n->node)
		return;
	node_tick(n->node, s->now);
	check_tick(n);
	drain(n);
}

void sim_node_input(struct sim_node *n, const struct event *ev)
{
	if (!n->node)
		return;
	node_input(n->node, ev, n->sim->now);
	drain(n);
}

static void deliver(struct sim *s, struct sim_job *j)
{
	struct message *m = container_of(j, struct message, job);

	if (!s->ended && m->boots == m->node->boots)
		sim_node_input(m->node, &m->ev);
	free(m);
}

void sim_node_tell(struct sim_node *n, const struct event *ev)
{
	struct message *m;

	if (!n->node)
		return;
	m = sim_alloc(sizeof(*m));
	sim_job_init(&m->job, deliver);
	m->node = n;
	m->boots = n->boots;
	m->ev = *ev;
	sim_job_set(n->sim, &m->job, n->sim->now);
}

void sim_node_packet(struct sim_node *n, struct sim_iface *i,
		     const struct lladdr *src, struct sim_pkt *p)
{
	struct event ev = { .kind = EV_PACKET };

	ev.packet = (struct ev_packet){
		.ifindex = i ? i->ifindex : 0, .ll_src = *src,
		.data = { p->data, p->len },
	};
	check_received(n, p);
	if (p->line && p->line->fate == FATE_AWAY) {
		p->line->fate = FATE_ARRIVED;
		p->line->arrived = n->sim->now;
	}
	sim_node_input(n, &ev);
	sim_pkt_done(n->sim, p);
}

/* --- events that describe the world ------------------------------------- */

static struct event link_event(const struct sim_iface *i)
{
	struct event ev = { .kind = EV_LINK };

	ev.link = (struct ev_link){
		.ifindex = i->ifindex, .ll = i->ll, .mtu = 1500,
		.up = i->link != NULL,
	};
	memcpy(ev.link.name, i->name, sizeof(ev.link.name));
	return ev;
}

void sim_node_link(struct sim_iface *i)
{
	struct event ev = link_event(i);

	sim_node_tell(i->node, &ev);
}

static void describe_addresses(struct sim_node *n)
{
	list_each(l, &n->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);
		struct event ev = { .kind = EV_ADDRESS };

		if (a->ifindex == IFINDEX_PATH)
			continue;
		ev.address = (struct ev_address){
			.ifindex = a->ifindex, .addr = a->addr,
			.plen = a->plen, .state = a->state,
		};
		sim_node_input(n, &ev);
	}
}

static void describe(struct sim_node *n)
{
	struct event ev;

	for (unsigned i = 0; i < n->nifaces; i++) {
		ev = link_event(&n->iface[i]);
		sim_node_input(n, &ev);
	}
	describe_addresses(n);
	list_each(l, &n->stores) {
		ev = (struct event){ .kind = EV_RESTORE };
		ev.restore = container_of(l, struct k_store, l)->rec;
		sim_node_input(n, &ev);
	}
	ev = (struct event){ .kind = EV_CLOCK, .wall = n->wall };
	sim_node_input(n, &ev);
	ev = (struct event){ .kind = EV_READY };
	sim_node_input(n, &ev);
}

/* --- life --------------------------------------------------------------- */

static struct node_seed make_seed(struct sim_node *n)
{
	struct node_seed seed = { .wall = n->wall, .early_bind = n->hooks };
	uint8_t key[16] = { 0 };
	struct wbuf w = wbuf_of(key, sizeof(key));
	struct rng r;

	/* The secret outlives a restart, like the file that it is in. */
	wbuf_u64(&w, n->sim->seed);
	wbuf_u32(&w, n->id);
	wbuf_u32(&w, n->forgotten);
	rng_init(&r, key);
	w = wbuf_of(seed.secret, sizeof(seed.secret));
	for (int i = 0; i < 4; i++)
		wbuf_u64(&w, rng_u64(&r));
	return seed;
}

static void unsay(struct sim_node *n)
{
	list_each(l, &n->addrs)
		container_of(l, struct k_addr, l)->said = false;
	list_each(l, &n->routes)
		container_of(l, struct k_route, l)->said = false;
	list_each(l, &n->paths)
		container_of(l, struct k_path, l)->said = false;
	list_each(l, &n->flows)
		container_of(l, struct k_flow, l)->said = false;
}

static void name_linklocal(struct sim_node *n, const struct k_addr *a)
{
	const struct sim_iface *i = sim_iface(n, a->ifindex);

	if (i && addr_is_linklocal(&a->addr))
		chart_rename(n->sim, &a->addr, "%s%%%s", n->name, i->name);
}

/* Of a mobile, `mn' is the home address; the link-local ones are mn%eth0. */
static void name_homes(struct sim_node *n)
{
	if (n->conf->nhomes)
		list_each(l, &n->addrs)
			name_linklocal(n, container_of(l, struct k_addr, l));
	for (unsigned i = 0; i < n->conf->nhomes; i++)
		chart_name(n->sim, &n->conf->home[i].hoa, n, "%s", n->name);
}

void sim_node_configure(struct sim_node *n, struct conf *conf)
{
	conf_free(n->conf);
	n->conf = conf;
	n->has_conf = true;
	name_homes(n);
}

void sim_node_start(struct sim_node *n)
{
	struct node_seed seed = make_seed(n);
	uint8_t key[2048];

	if (n->node || !n->conf)
		return;
	if (n->conf->roles & CONF_MN) {
		seed.cga_key = key;
		seed.cga_key_len = sim_key(n->id, key, sizeof(key));
	}
	unsay(n);
	sim_job_init(&n->tick, on_tick);
	n->boots++;
	n->fuse = 0;
	n->started = n->sim->now;
	n->node = node_new(n->conf, &seed, n->sim->now);
	if (!n->node) {
		check_fail(n->sim, n, "node_new failed");
		return;
	}
	check_start(n);
	app_start(n);
	drain(n);
	describe(n);
}

static void leave_groups(struct sim_node *n)
{
	list_each(l, &n->proxies) {
		list_del(l);
		free(container_of(l, struct k_proxy, l));
	}
	list_each(l, &n->anycasts) {
		list_del(l);
		free(container_of(l, struct k_proxy, l));
	}
}

static void end(struct sim_node *n)
{
	sim_job_cancel(n->sim, &n->tick);
	n->node = node_free(n->node);
	n->boots++;
	n->fuse = 0;
	leave_groups(n);
	app_orphan(n);
}

void sim_node_kill(struct sim_node *n)
{
	if (n->node)
		end(n);
}

void sim_node_stop(struct sim_node *n)
{
	struct event ev = { .kind = EV_SHUTDOWN };

	if (!n->node)
		return;
	n->fuse = 0;
	n->stopping = true;
	sim_node_input(n, &ev);
	n->stopping = false;
	check_stopped(n);
	app_check_stopped(n);
	app_excuse(n);
	end(n);
}

void sim_node_forget(struct sim_node *n)
{
	list_each(l, &n->stores) {
		list_del(l);
		free(container_of(l, struct k_store, l));
	}
	n->forgotten++;
	check_forget(n);
	app_excuse(n);
}

int sim_node_reload(struct sim_node *n, struct conf *conf)
{
	int rc = 0;

	if (n->node) {
		rc = node_reconfigure(n->node, conf, n->sim->now);
		if (rc) {
			conf_free(conf);
			drain(n);
			return rc;
		}
	}
	if (n->conf->grace > n->watch.grace)
		n->watch.grace = n->conf->grace;
	conf_free(n->conf);	/* no longer borrowed: core.h */
	n->conf = conf;
	name_homes(n);
	list_each(l, &n->owned)		/* linger times begin anew */
		container_of(l, struct k_owned, l)->idle = USEC_NEVER;
	drain(n);
	return 0;
}

void sim_node_clock(struct sim_node *n, int64_t step)
{
	struct event ev = { .kind = EV_CLOCK };

	/* What it restores after this lives longer, or not so long. */
	list_each(l, &n->sim->nodes)
		container_of(l, struct sim_node, all)->watch.heard = true;
	n->wall += step;
	ev.wall = n->wall;
	sim_node_input(n, &ev);
}
