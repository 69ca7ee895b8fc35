/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_check_app.c - what must hold of addresses on demand (sim_check.c has
 * the other invariants).
 *
 *  9. Who asks is answered once, before his time is over, and with an
 *     address that is owned and of the type (sim_app.c looks at each).
 * 10. What EF_CURRENT says is owned, of that type, and can be bound to.
 * 11. Sockets do not lose their address without a word: they are aborted
 *     before it goes, or (unanchored) as soon as there is another.
 * 12. A handover aborts no socket of an anchored address: only its anchor
 *     can refuse it or be silent for a whole lifetime, or somebody else
 *     have it.
 * 13. A packet of an anchored address goes into the tunnel to its own anchor
 *     and into no other.
 * 14. When the last reason for an address has gone, it goes, after the time
 *     that its type lingers; and then no care-of address is left.
 * 15. Addresses are bounded in number.
 */
#include "sim.h"

#define OWNED_MOST	64		/* beside those of the configuration */
/* Beyond what is configured: an alarm may be armed a little later. */
#define SLACK		SEC(5)	/* ... and a grant was given back */
/* How long a socket may be without its address. */
#define LOST_MOST	MSEC(150)

/* --- 9, 10, 15: after each event ----------------------------------------- */

static const struct k_owned *owned(const struct sim_node *n,
				   const struct in6_addr *addr)
{
	list_each(l, &n->owned) {
		const struct k_owned *k = container_of(l, struct k_owned, l);

		if (addr_eq(&k->o.addr, addr))
			return k;
	}
	return NULL;
}

static void check_current(struct sim_node *n, enum atype t)
{
	const struct ef_current *c = &n->current[t];
	const struct k_owned *k;

	if (!n->current_said[t] || !c->provided || addr_is_unspec(&c->addr))
		return;
	k = owned(n, &c->addr);
	if (!k)
		check_fail(n->sim, n, "%s: what is said is not owned",
			   atype_name(t));
	else if (k->o.type != t)
		check_fail(n->sim, n, "%s: what is said is %s", atype_name(t),
			   atype_name(k->o.type));
}

static void check_lost(struct sim_node *n)
{
	char buf[80];

	list_each(l, &n->socks) {
		struct sim_sock *k = container_of(l, struct sim_sock, l);

		if (kernel_addr(n, &k->addr))
			k->lost = 0;
		if (!k->lost || k->excused || n->stopping ||
		    n->sim->now - k->lost <= LOST_MOST)
			continue;
		check_fail(n->sim, n, "socket %u has lost its address %s",
			   k->id, chart_addr(n->sim, &k->addr, buf,
					     sizeof(buf)));
		k->excused = true;
	}
}

void check_apps(struct sim_node *n)
{
	unsigned count = 0;

	if (!n->node)
		return;
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		check_current(n, t);
	check_lost(n);
	list_each(l, &n->owned)
		count += container_of(l, struct k_owned, l)->o.type !=
			 ATYPE_HOME;
	if (count > OWNED_MOST)
		check_fail(n->sim, n, "%u addresses", count);
	list_each(l, &n->apps) {
		struct sim_app *a = container_of(l, struct sim_app, l);

		if (a->granted || n->sim->now <= a->deadline)
			continue;
		check_fail(n->sim, n, "app %u waits too long", a->id);
		a->deadline = USEC_NEVER;
	}
}

/* --- 11, 12: sockets and their addresses ---------------------------------- */

void check_addr_gone(struct sim_node *n, const struct in6_addr *addr)
{
	if (!n->node || n->stopping || kernel_addr(n, addr))
		return;
	list_each(l, &n->socks) {
		struct sim_sock *k = container_of(l, struct sim_sock, l);

		if (addr_eq(&k->addr, addr) && !k->lost)
			k->lost = n->sim->now;
	}
}

void check_abort(struct sim_node *n, const struct sim_sock *k)
{
	const struct k_addr *a = kernel_addr(n, &k->addr);

	if (!a && !k->excused && k->type != ATYPE_UNANCHORED)
		check_fail(n->sim, n, "socket %u is aborted when its address "
			   "has gone", k->id);
	/* One that was opened a moment ago may have come too late. */
	if ((k->type == ATYPE_HOME || k->type == ATYPE_ACCESS) &&
	    k->opened != n->sim->now)
		if (!addr_eq(&n->watch.refused, &k->addr) &&
		    !addr_eq(&n->watch.expired, &k->addr) &&
		    !(a && a->state == ADDR_DUPLICATE))
			check_fail(n->sim, n, "socket %u, %s, is aborted",
				   k->id, atype_name(k->type));
}

/* --- 13: tunnels ---------------------------------------------------------- */

void check_tunnelled(struct sim_node *n, const struct path_key *key,
		     const struct in6_addr *src)
{
	const struct k_owned *k = owned(n, src);
	const struct check_view *v;
	struct check_views views;

	if (!k || !n->node)
		return;
	check_look(n, &views);
	v = check_view_of(&views, src);
	/* Just started, it has not found one yet; the kernel goes on with the
	 * one before until it says otherwise. */
	if (v && addr_is_unspec(&v->ha))
		return;
	if (!v || !addr_eq(&v->ha, &key->remote))
		check_fail(n->sim, n, "a packet of %s goes to the wrong "
			   "anchor", atype_name(k->o.type));
}

/* --- 14: what nobody needs ------------------------------------------------ */

static bool asked_for(const struct sim_node *n, enum atype t)
{
	list_each(l, &n->apps)
		if (container_of(l, struct sim_app, l)->type == t)
			return true;
	return n->claims[t] || n->conf->boot & ATYPE_BIT(t) ||
	       n->conf->default_type == t;
}

static bool has_reason(const struct sim_node *n, const struct k_owned *k)
{
	list_each(l, &n->socks)
		if (addr_eq(&container_of(l, struct sim_sock, l)->addr,
			    &k->o.addr))
			return true;
	list_each(l, &n->apps) {
		const struct sim_app *a = container_of(l, struct sim_app, l);

		if (a->granted && addr_eq(&a->addr, &k->o.addr))
			return true;
	}
	/* It is what new sockets get, or shall get when it stands. */
	return asked_for(n, k->o.type) &&
	       (addr_is_unspec(&n->current[k->o.type].addr) ||
		addr_eq(&n->current[k->o.type].addr, &k->o.addr));
}

static usec_t longest(const struct sim_node *n, enum atype t)
{
	uint32_t s = n->conf->linger[t];

	if (s == CONF_NEVER)
		return USEC_NEVER;
	/* Its grace time goes on, if it has one. */
	if (t == ATYPE_GRACEFUL && n->conf->grace > s)
		s = n->conf->grace;
	if (t == ATYPE_GRACEFUL && n->watch.grace > s)
		s = n->watch.grace;
	return SEC(s) + SLACK;
}

void check_apps_time(struct sim_node *n)
{
	struct sim *s = n->sim;
	char buf[80];

	list_each(l, &n->owned) {
		struct k_owned *k = container_of(l, struct k_owned, l);
		usec_t most = longest(n, k->o.type);

		if (k->o.type == ATYPE_HOME || most == USEC_NEVER ||
		    has_reason(n, k)) {
			k->idle = USEC_NEVER;
		} else if (k->idle == USEC_NEVER) {
			k->idle = s->now;
		} else if (s->now - k->idle > most) {
			check_fail(s, n, "%s is there without a reason",
				   chart_addr(s, &k->o.addr, buf,
					      sizeof(buf)));
			k->idle = s->now;
		}
	}
}

/* Every address on an interface is of the configuration, owned, or needed to
 * register one that is. */
void check_idle(struct sim_node *n)
{
	struct check_views v;
	bool registers = false;
	char buf[80];

	check_look(n, &v);
	for (unsigned i = 0; i < v.n; i++)
		registers |= v.v[i].bound || v.v[i].asking || !v.v[i].idle;
	if (registers)
		return;
	list_each(l, &n->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);

		/* One of a link that is down goes when it comes up. */
		if (a->made && sim_iface(n, a->ifindex) &&
		    sim_iface(n, a->ifindex)->link && !owned(n, &a->addr))
			check_fail(n->sim, n, "a care-of address %s for "
				   "nothing", chart_addr(n->sim, &a->addr,
							 buf, sizeof(buf)));
	}
}
