/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim_effect.c - a node's wishes become changes of its simulated kernel.
 *
 * One row for each kind of effect.  Keyed effects are idempotent, so an
 * object remembers only whether it was said again since the last start;
 * EF_SYNC removes what was not.
 */
#include "sim.h"

#include <stdlib.h>

static void do_send(struct sim_node *n, const struct effect *e)
{
	struct sim_pkt *p;

	check_send(n, &e->send);
	p = sim_pkt_new(e->send.data, e->send.len);
	chart_message(n->sim, n, p, true);
	kernel_output(n, e->send.ifindex, &e->send.ll_dst, p);
}

static void do_address(struct sim_node *n, const struct effect *e)
{
	if (e->address.key.ifindex != IFINDEX_PATH &&
	    !sim_iface(n, e->address.key.ifindex))
		check_fail(n->sim, n, "an address on no interface");
	else
		kernel_addr_set(n, &e->address);
}

static void do_route(struct sim_node *n, const struct effect *e)
{
	if (!sim_iface(n, e->route.ifindex))
		check_fail(n->sim, n, "a route to no interface");
	else
		kernel_route_set(n, &e->route, true);
}

static void do_path(struct sim_node *n, const struct effect *e)
{
	tunnel_path_set(n, &e->path);
}

static void do_flow(struct sim_node *n, const struct effect *e)
{
	tunnel_flow_set(n, &e->flow);
}

static struct k_proxy *proxy_find(struct list *list,
				  const struct addr_key *key)
{
	list_each(l, list) {
		struct k_proxy *k = container_of(l, struct k_proxy, l);

		if (k->key.ifindex == key->ifindex &&
		    addr_eq(&k->key.addr, &key->addr))
			return k;
	}
	return NULL;
}

static void proxy_line(struct sim_node *n, const struct ef_proxy *p)
{
	char buf[80];

	if (n->sim->show & SHOW_PROXY)
		chart_line(n->sim, n, "%s solicitations for %s",
			   p->up ? "hears" : "no longer hears",
			   chart_addr(n->sim, &p->key.addr, buf,
				      sizeof(buf)));
}

static void do_proxy(struct sim_node *n, const struct effect *e)
{
	struct k_proxy *k = proxy_find(&n->proxies, &e->proxy.key);

	if (!sim_iface(n, e->proxy.key.ifindex)) {
		check_fail(n->sim, n, "a proxy on no interface");
	} else if (e->proxy.up && !k) {
		k = sim_alloc(sizeof(*k));
		k->key = e->proxy.key;
		list_init(&k->l);
		list_append(&n->proxies, &k->l);
		proxy_line(n, &e->proxy);
	} else if (!e->proxy.up && k) {
		list_del(&k->l);
		free(k);
		proxy_line(n, &e->proxy);
	}
}

static void do_anycast(struct sim_node *n, const struct effect *e)
{
	const struct addr_key *key = &e->anycast.key;
	struct k_proxy *k = proxy_find(&n->anycasts, key);

	if (key->ifindex != IFINDEX_PATH && !sim_iface(n, key->ifindex)) {
		check_fail(n->sim, n, "an anycast address on no interface");
	} else if (e->anycast.up && !k) {
		k = sim_alloc(sizeof(*k));
		k->key = *key;
		list_init(&k->l);
		list_append(&n->anycasts, &k->l);
	} else if (!e->anycast.up && k) {
		list_del(&k->l);
		free(k);
	}
}

/* What it would hear is not of this world. */
static void do_group(struct sim_node *n, const struct effect *e)
{
	if (!sim_iface(n, e->group.key.ifindex))
		check_fail(n->sim, n, "a group on no interface");
}

static struct k_store *store_find(struct sim_node *n,
				  const struct store_record *r)
{
	list_each(l, &n->stores) {
		struct k_store *k = container_of(l, struct k_store, l);

		if (k->rec.key_len == r->key_len &&
		    memcmp(k->rec.key, r->key, r->key_len) == 0)
			return k;
	}
	return NULL;
}

static void do_store(struct sim_node *n, const struct effect *e)
{
	struct k_store *k = store_find(n, &e->store);

	if (e->store.key_len > STORE_KEY_MAX) {
		check_fail(n->sim, n, "a store record that is too long");
		return;
	}
	if (n->sim->show & SHOW_STORE)
		chart_line(n->sim, n, "%s a record of %u octets",
			   e->store.up ? "stores" : "forgets",
			   e->store.value_len);
	if (!e->store.up) {
		if (k) {
			list_del(&k->l);
			free(k);
		}
		return;
	}
	if (!k) {
		k = sim_alloc(sizeof(*k));
		list_init(&k->l);
		list_append(&n->stores, &k->l);
	}
	k->rec = e->store;
}

/* The resolver is nobody's business here. */
static void do_dns(struct sim_node *n, const struct effect *e)
{
	if (!sim_iface(n, e->dns.ifindex))
		check_fail(n->sim, n, "a resolver on no interface");
}

static void do_owned(struct sim_node *n, const struct effect *e)
{
	app_owned(n, &e->owned);
}

static void do_current(struct sim_node *n, const struct effect *e)
{
	app_current(n, &e->current);
}

static void do_reply(struct sim_node *n, const struct effect *e)
{
	app_reply(n, &e->reply);
}

static void do_abort(struct sim_node *n, const struct effect *e)
{
	app_abort(n, &e->abort);
}

static void do_sync(struct sim_node *n, const struct effect *e)
{
	list_each(l, &n->addrs) {
		struct k_addr *a = container_of(l, struct k_addr, l);
		struct ef_address gone = {
			.key = { a->ifindex, a->addr },
		};

		if (a->made && !a->said)
			kernel_addr_set(n, &gone);
	}
	list_each(l, &n->routes) {
		struct k_route *k = container_of(l, struct k_route, l);
		struct ef_route gone = k->r;

		gone.up = false;
		if (k->made && !k->said)
			kernel_route_set(n, &gone, true);
	}
	tunnel_sync(n);
	app_sync(n);
}

static void do_note(struct sim_node *n, const struct effect *e)
{
	if (e->note.code == NOTE_ADDRESS_DOWN &&
	    e->note.value == NOTE_GONE_EXPIRED)
		n->watch.expired = e->note.a;
	chart_note(n, &e->note);
}

typedef void effect_do(struct sim_node *, const struct effect *);

static effect_do *const table[] = {
	[EF_SEND]	= do_send,
	[EF_ADDRESS]	= do_address,
	[EF_ROUTE]	= do_route,
	[EF_PATH]	= do_path,
	[EF_FLOW]	= do_flow,
	[EF_PROXY]	= do_proxy,
	[EF_ANYCAST]	= do_anycast,
	[EF_GROUP]	= do_group,
	[EF_DNS]	= do_dns,
	[EF_OWNED]	= do_owned,
	[EF_CURRENT]	= do_current,
	[EF_REPLY]	= do_reply,
	[EF_ABORT]	= do_abort,
	[EF_STORE]	= do_store,
	[EF_SYNC]	= do_sync,
	[EF_NOTE]	= do_note,
};

void sim_effect(struct sim_node *n, const struct effect *e)
{
	if ((unsigned)e->kind < sizeof(table) / sizeof(table[0]))
		table[e->kind](n, e);
	else
		check_fail(n->sim, n, "an effect of no kind");
}
