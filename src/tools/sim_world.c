/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_world.c - the clock of the simulated world, and who lives in it.
 *
 * The world is a heap of jobs.  The clock jumps to the earliest, which may
 * set others; jobs of the same instant run in the order in which they were
 * set, so a run depends on the scenario and the seed alone.  After each job
 * the invariants are looked at.
 */
#include "sim.h"

#include <stdlib.h>

/* A world that does this many things in one instant does them for ever. */
#define INSTANT_JOBS	100000

void *sim_alloc(size_t n)
{
	void *p = calloc(1, n);

	if (!p) {
		fputs("mip6sim: out of memory\n", stderr);
		exit(2);
	}
	return p;
}

void sim_job_init(struct sim_job *j, sim_fire *fire)
{
	timer_init(&j->t);
	j->fire = fire;
}

void sim_job_set(struct sim *s, struct sim_job *j, usec_t at)
{
	if (at != USEC_NEVER && at < s->now)
		at = s->now;
	if (!heap_set(&s->jobs, &j->t, at)) {
		fputs("mip6sim: out of memory\n", stderr);
		exit(2);
	}
}

void sim_job_cancel(struct sim *s, struct sim_job *j)
{
	heap_cancel(&s->jobs, &j->t);
}

struct sim *sim_new(uint64_t seed, FILE *complaints)
{
	static const uint8_t name_secret[16];
	struct sim *s = sim_alloc(sizeof(*s));
	uint8_t key[16] = { 0 };
	struct wbuf w = wbuf_of(key, sizeof(key));

	s->now = SIM_EPOCH;
	s->seed = seed;
	s->show = SHOW_DEFAULT;
	s->complaints = complaints;
	heap_init(&s->jobs);
	wbuf_u64(&w, seed);
	rng_init(&s->rng, key);
	list_init(&s->links);
	list_init(&s->nodes);
	list_init(&s->lines);
	list_init(&s->rules);
	list_init(&s->captures);
	list_init(&s->streams);
	list_init(&s->actions);
	list_init(&s->keys);
	list_init(&s->given);
	map_init(&s->names, (ptrdiff_t)offsetof(struct sim_name, addr) -
		 (ptrdiff_t)offsetof(struct sim_name, node),
		 sizeof(struct in6_addr), name_secret);
	return s;
}

static void free_list(struct list *head, size_t off)
{
	list_each(l, head) {
		list_del(l);
		free((char *)l - off);
	}
}

static void names_free(struct sim *s)
{
	struct map_node *n = NULL;
	size_t pos = 0;

	while ((n = map_next(&s->names, n, &pos))) {
		map_remove(&s->names, n);
		free(container_of(n, struct sim_name, node));
	}
	map_fini(&s->names);
}

static void node_gone(struct sim_node *n)
{
	kernel_forget(n);
	app_forget(n);
	if (n->node)
		n->node = node_free(n->node);
	conf_free(n->conf);
	free(n->text);
	list_del(&n->all);
	free(n);
}

/* What is still in the heap are jobs whose owners are freed here: packets
 * in flight and events on their way, which free themselves when told that
 * the world has ended. */
static void jobs_drain(struct sim *s)
{
	struct timer *t;

	s->ended = true;
	while ((t = heap_pop(&s->jobs, USEC_NEVER - 1))) {
		struct sim_job *j = container_of(t, struct sim_job, t);

		j->fire(s, j);
	}
}

struct sim *sim_free(struct sim *s)
{
	if (!s)
		return NULL;
	jobs_drain(s);
	list_each(l, &s->nodes)
		node_gone(container_of(l, struct sim_node, all));
	script_forget(s);
	free_list(&s->links, offsetof(struct sim_link, all));
	free_list(&s->lines, offsetof(struct sim_line, l));
	free_list(&s->rules, offsetof(struct sim_rule, l));
	free_list(&s->captures, offsetof(struct sim_capture, l));
	free_list(&s->streams, offsetof(struct sim_stream, l));
	free_list(&s->keys, offsetof(struct sim_key, l));
	free_list(&s->given, offsetof(struct sim_given, l));
	names_free(s);
	heap_fini(&s->jobs);
	free(s);
	return NULL;
}

bool sim_link_has(const struct sim_link *k, const struct in6_addr *a)
{
	for (unsigned i = 0; i < k->nprefixes; i++)
		if (prefix_match(&k->prefix[i], a))
			return true;
	return false;
}

struct sim_link *sim_link_find(struct sim *s, const char *name)
{
	list_each(l, &s->links) {
		struct sim_link *k = container_of(l, struct sim_link, all);

		if (strcmp(k->name, name) == 0)
			return k;
	}
	return NULL;
}

struct sim_link *sim_link_add(struct sim *s, const char *name)
{
	struct sim_link *k = sim_alloc(sizeof(*k));

	snprintf(k->name, sizeof(k->name), "%s", name);
	list_init(&k->all);
	list_append(&s->links, &k->all);
	return k;
}

struct sim_node *sim_node_find(struct sim *s, const char *name)
{
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);

		if (strcmp(n->name, name) == 0)
			return n;
	}
	return NULL;
}

struct sim_node *sim_node_add(struct sim *s, const char *name)
{
	struct sim_node *n = sim_alloc(sizeof(*n));

	snprintf(n->name, sizeof(n->name), "%s", name);
	n->sim = s;
	n->id = ++s->nnodes;
	n->wall = (int64_t)SEC(1700000000);
	check_start(n);
	list_init(&n->all);
	list_init(&n->addrs);
	app_init(n);
	list_init(&n->routes);
	list_init(&n->paths);
	list_init(&n->flows);
	route_init(n);
	list_init(&n->proxies);
	list_init(&n->anycasts);
	list_init(&n->neighs);
	list_init(&n->stores);
	list_append(&s->nodes, &n->all);
	return n;
}

struct sim_iface *sim_iface(struct sim_node *n, uint32_t ifindex)
{
	return ifindex > 0 && ifindex <= n->nifaces ?
	       &n->iface[ifindex - 1] : NULL;
}

/* A locally administered link-layer address that says whose it is; the
 * kernel's own link-local address is formed from it (RFC 4862 5.3). */
struct sim_iface *sim_iface_add(struct sim_node *n, const char *name,
				struct sim_link *link)
{
	struct sim_iface *i = &n->iface[n->nifaces];
	struct in6_addr a;

	if (n->nifaces == SIM_IFACES)
		return NULL;
	i->node = n;
	i->ifindex = ++n->nifaces;
	snprintf(i->name, sizeof(i->name), "%s", name);
	i->ll = (struct lladdr){ 6, { 0x02, 0, 0, 0, (uint8_t)n->id,
				      (uint8_t)i->ifindex } };
	i->link = link;
	a = addr_eui64(&i->ll);
	a = addr_linklocal_of(&a);
	kernel_addr_static(i, &a, 64);
	return i;
}

static void run_jobs(struct sim *s, usec_t until)
{
	usec_t instant = s->now;
	unsigned jobs = 0;
	struct timer *t;

	while (s->violations < 20 && heap_deadline(&s->jobs) <= until) {
		if (heap_deadline(&s->jobs) != instant) {
			instant = heap_deadline(&s->jobs);
			jobs = 0;
		}
		if (++jobs > INSTANT_JOBS) {
			check_fail(s, NULL, "the clock stands still");
			return;
		}
		s->now = instant;
		t = heap_pop(&s->jobs, s->now);
		container_of(t, struct sim_job, t)->fire(s,
			container_of(t, struct sim_job, t));
		s->steps++;
		check_world(s);
	}
}

void sim_start(struct sim *s)
{
	list_each(l, &s->nodes) {
		struct sim_node *n = container_of(l, struct sim_node, all);

		if (n->has_conf && !n->node)
			sim_node_start(n);
	}
	host_start(s);
}

void sim_run(struct sim *s, usec_t until)
{
	run_jobs(s, until);
	s->now = until;
}

void sim_stop(struct sim *s)
{
	list_each(l, &s->nodes)
		sim_node_stop(container_of(l, struct sim_node, all));
}
