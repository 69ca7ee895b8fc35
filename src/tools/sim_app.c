/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_app.c - the applications of a node, and their sockets.
 *
 * An application asks for an address type and is answered, as on the
 * application socket.  A socket is bound as the hooks bind one: at once, to
 * what EF_CURRENT says, or it fails.  The kernel counts sockets by address
 * and tells the node; an abort ends them.  Applications end with the node's
 * process, as their connections to it do; sockets do not.
 */
#include "config.h"

#include "sim.h"

#include <errno.h>
#include <stdlib.h>

static const char *error_word(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "an error of no name";
}

/* There was a reason for addresses of that type, or for that one, a moment
 * ago. */
static void needed(struct sim_node *n, enum atype t,
		   const struct in6_addr *addr)
{
	list_each(l, &n->owned) {
		struct k_owned *k = container_of(l, struct k_owned, l);

		if (addr ? addr_eq(&k->o.addr, addr) : k->o.type == t)
			k->idle = USEC_NEVER;
	}
}

/* --- what the kernel tells ---------------------------------------------- */

static void tell_count(struct sim_node *n, const struct in6_addr *addr)
{
	struct event ev = { .kind = EV_SOCKETS };

	needed(n, ATYPE_NONE, addr);
	ev.sockets.addr = *addr;
	list_each(l, &n->socks)
		ev.sockets.sessions += addr_eq(
			&container_of(l, struct sim_sock, l)->addr, addr);
	sim_node_tell(n, &ev);
}

void app_held(struct sim_node *n, const struct flow_key *key)
{
	struct event ev = { .kind = EV_TRAFFIC };

	ev.traffic.flow = *key;
	sim_node_tell(n, &ev);
}

/* --- what the node wants ------------------------------------------------ */

static struct k_owned *owned(struct sim_node *n, const struct in6_addr *addr)
{
	list_each(l, &n->owned) {
		struct k_owned *k = container_of(l, struct k_owned, l);

		if (addr_eq(&k->o.addr, addr))
			return k;
	}
	return NULL;
}

void app_owned(struct sim_node *n, const struct ef_owned *o)
{
	struct k_owned *k = owned(n, &o->addr);

	if (!o->up) {
		if (!k) {
			check_fail(n->sim, n, "an address is not owned that "
				   "never was");
			return;
		}
		list_del(&k->l);
		free(k);
		return;
	}
	if (!k) {
		k = sim_alloc(sizeof(*k));
		list_init(&k->l);
		list_append(&n->owned, &k->l);
		k->idle = USEC_NEVER;
		tell_count(n, &o->addr);
	}
	k->o = *o;
	if (o->type != ATYPE_HOME)
		chart_name_dynamic(n->sim, &o->addr, n, atype_name(o->type));
}

void app_current(struct sim_node *n, const struct ef_current *c)
{
	char buf[80];

	n->current[c->type] = *c;
	n->current_said[c->type] = true;
	needed(n, c->type, &c->addr);
	if (!(n->sim->show & SHOW_TYPE))
		return;
	if (!c->provided)
		chart_line(n->sim, n, "%s: not provided", atype_name(c->type));
	else if (addr_is_unspec(&c->addr))
		chart_line(n->sim, n, "%s: none", atype_name(c->type));
	else
		chart_line(n->sim, n, "%s: %s", atype_name(c->type),
			   chart_addr(n->sim, &c->addr, buf, sizeof(buf)));
}

void app_reply(struct sim_node *n, const struct ef_reply *r)
{
	char buf[80];

	list_each(l, &n->apps) {
		struct sim_app *a = container_of(l, struct sim_app, l);

		if (a->id != r->id)
			continue;
		if (a->granted)
			check_fail(n->sim, n, "app %u is answered twice",
				   a->id);
		if (!r->error) {
			a->granted = true;
			a->addr = r->addr;
			chart_line(n->sim, n, "app %u gets %s", a->id,
				   chart_addr(n->sim, &r->addr, buf,
					      sizeof(buf)));
			if (!owned(n, &r->addr) ||
			    owned(n, &r->addr)->o.type != a->type)
				check_fail(n->sim, n, "an answer of another "
					   "type than was asked for");
			return;
		}
		chart_line(n->sim, n, "app %u fails: %s", a->id,
			   error_word(r->error));
		needed(n, a->type, NULL);
		list_del(l);
		free(a);
		return;
	}
	check_fail(n->sim, n, "an answer to nobody");
}

void app_abort(struct sim_node *n, const struct ef_abort *e)
{
	list_each(l, &n->socks) {
		struct sim_sock *k = container_of(l, struct sim_sock, l);

		if (!addr_eq(&k->addr, &e->addr))
			continue;
		chart_line(n->sim, n, "socket %u is aborted", k->id);
		check_abort(n, k);
		list_del(l);
		free(k);
	}
}

/* --- the script --------------------------------------------------------- */

void app_ask(struct sim_node *n, const char *type, usec_t timeout)
{
	struct event ev = { .kind = EV_REQUEST };
	struct sim_app *a = sim_alloc(sizeof(*a));

	a->id = ++n->napps;
	list_init(&a->l);
	if (!atype_parse(type, &a->type) || !n->node) {
		chart_line(n->sim, n, "app %u cannot ask for %s", a->id, type);
		free(a);
		return;
	}
	list_append(&n->apps, &a->l);
	a->deadline = n->sim->now + (timeout ? timeout :
				     MSEC(n->conf->acquire_timeout));
	needed(n, a->type, NULL);
	chart_line(n->sim, n, "app %u asks for %s", a->id, type);
	ev.request = (struct ev_request){ a->id, a->type, timeout };
	sim_node_input(n, &ev);
}

void app_release(struct sim_node *n, unsigned id)
{
	struct event ev = { .kind = EV_RELEASE, .release.id = id };

	list_each(l, &n->apps) {
		struct sim_app *a = container_of(l, struct sim_app, l);

		if (a->id != id)
			continue;
		needed(n, a->type, NULL);
		list_del(l);
		free(a);
		chart_line(n->sim, n, "app %u is content", id);
		sim_node_input(n, &ev);
		return;
	}
}

void app_socket(struct sim_node *n, const char *type)
{
	struct sim_sock *k = sim_alloc(sizeof(*k));
	const struct ef_current *c;
	enum atype t;
	char buf[80];

	k->id = ++n->nsocks;
	list_init(&k->l);
	if (!atype_parse(type, &t))
		t = ATYPE_NONE;
	c = &n->current[t];
	if (!c->provided || addr_is_unspec(&c->addr)) {
		chart_line(n->sim, n, "socket %u, %s: %s", k->id, type,
			   c->provided ? "EADDRNOTAVAIL" : "EOPNOTSUPP");
		free(k);
		return;
	}
	if (!kernel_owns(n, &c->addr)) {
		/* Of a process that is gone it may be out of date. */
		if (n->node && n->current_said[t])
			check_fail(n->sim, n, "a socket cannot be bound to "
				   "what EF_CURRENT said");
		chart_line(n->sim, n, "socket %u, %s: bind: EADDRNOTAVAIL",
			   k->id, type);
		free(k);
		return;
	}
	k->type = t;
	k->addr = c->addr;
	k->excused = n->out_of_date;
	k->opened = n->sim->now;
	list_append(&n->socks, &k->l);
	chart_line(n->sim, n, "socket %u, %s: %s", k->id, type,
		   chart_addr(n->sim, &k->addr, buf, sizeof(buf)));
	tell_count(n, &k->addr);
}

static struct sim_sock *sock(struct sim_node *n, unsigned id)
{
	list_each(l, &n->socks) {
		struct sim_sock *k = container_of(l, struct sim_sock, l);

		if (k->id == id)
			return k;
	}
	return NULL;
}

void app_close(struct sim_node *n, unsigned id)
{
	struct sim_sock *k = sock(n, id);
	struct in6_addr addr;

	if (!k)
		return;
	addr = k->addr;
	list_del(&k->l);
	free(k);
	chart_line(n->sim, n, "socket %u is closed", id);
	tell_count(n, &addr);
}

const struct in6_addr *app_source(struct sim_node *n, unsigned id)
{
	const struct sim_sock *k = sock(n, id);

	return k ? &k->addr : NULL;
}

void app_claim(struct sim_node *n, const char *type, unsigned count)
{
	struct event ev = { .kind = EV_CLAIMS };
	enum atype t;

	if (!atype_parse(type, &t))
		return;
	n->claims[t] = count;
	needed(n, t, NULL);
	memcpy(ev.claims.n, n->claims, sizeof(ev.claims.n));
	chart_line(n->sim, n, "%u claims of %s", count, type);
	sim_node_input(n, &ev);
}

/* --- life --------------------------------------------------------------- */

void app_init(struct sim_node *n)
{
	list_init(&n->apps);
	list_init(&n->socks);
	list_init(&n->owned);
}

void app_start(struct sim_node *n)
{
	memset(n->current_said, 0, sizeof(n->current_said));
}

void app_sync(struct sim_node *n)
{
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		if (!n->current_said[t])
			n->current[t] = (struct ef_current){ .type = t };
	n->out_of_date = false;
}

void app_excuse(struct sim_node *n)
{
	list_each(l, &n->socks)
		container_of(l, struct sim_sock, l)->excused = true;
	n->out_of_date = true;
}

/* The process is gone, and what it had told the hooks is kept. */
void app_orphan(struct sim_node *n)
{
	list_each(l, &n->apps) {
		list_del(l);
		free(container_of(l, struct sim_app, l));
	}
	list_each(l, &n->owned) {
		list_del(l);
		free(container_of(l, struct k_owned, l));
	}
}

void app_forget(struct sim_node *n)
{
	app_orphan(n);
	list_each(l, &n->socks) {
		list_del(l);
		free(container_of(l, struct sim_sock, l));
	}
}

/* After a shutdown nobody provides anything, and nobody waits. */
void app_check_stopped(struct sim_node *n)
{
	list_each(l, &n->apps) {
		struct sim_app *a = container_of(l, struct sim_app, l);

		if (!a->granted)
			check_fail(n->sim, n, "app %u was never answered",
				   a->id);
	}
	if (!list_empty(&n->owned))
		check_fail(n->sim, n, "an address is still owned");
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		if (n->current[t].provided)
			check_fail(n->sim, n, "%s is still provided",
				   atype_name(t));
}
