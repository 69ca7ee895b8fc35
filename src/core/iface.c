/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iface.c - the node's picture of its interfaces and their addresses.
 *
 * Nothing is decided here: events are written down, questions answered.
 */
#include "core/node.h"

#include <stdlib.h>

void
ifaces_init(struct node *n)
{
	list_init(&n->ifaces);
}

static void
addr_free(struct iface_addr *a)
{
	list_del(&a->l);
	free(a);
}

void
iface_gone(struct node *n, struct iface *i)
{
	list_each(l, &i->addrs)
		addr_free(container_of(l, struct iface_addr, l));
	list_del(&i->all);
	free(i);
}

void
ifaces_fini(struct node *n)
{
	list_each(l, &n->ifaces)
		iface_gone(n, container_of(l, struct iface, all));
}

struct iface *
iface_find(const struct node *n, uint32_t ifindex)
{
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (i->ifindex == ifindex)
			return i;
	}
	return NULL;
}

struct iface *
iface_by_name(const struct node *n, const char *name)
{
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);

		if (strcmp(i->name, name) == 0)
			return i;
	}
	return NULL;
}

const struct conf_iface *
iface_conf(const struct conf *c, const char *name)
{
	for (unsigned k = 0; k < c->nifaces; k++)
		if (strcmp(c->iface[k].name, name) == 0)
			return &c->iface[k];
	return NULL;
}

static struct iface *
iface_new(struct node *n, const struct ev_link *ev)
{
	struct iface *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	i->ifindex = ev->ifindex;
	list_init(&i->all);
	list_init(&i->addrs);
	list_append(&n->ifaces, &i->all);
	return i;
}

struct iface *
iface_on_link(struct node *n, const struct ev_link *ev, bool *was_up)
{
	struct iface *i = iface_find(n, ev->ifindex);

	if (!i && ev->gone)
		return NULL;
	if (!i)
		i = iface_new(n, ev);
	if (!i)
		return NULL;
	*was_up = i->up;
	memcpy(i->name, ev->name, sizeof(i->name));
	i->name[sizeof(i->name) - 1] = '\0';
	i->ll = ev->ll;
	i->mtu = ev->mtu;
	i->up = ev->up && !ev->gone;
	i->conf = iface_conf(n->conf, i->name);
	return i;
}

static struct iface_addr *
addr_find(const struct iface *i, const struct in6_addr *addr)
{
	list_each(l, &i->addrs) {
		struct iface_addr *a = container_of(l, struct iface_addr, l);

		if (addr_eq(&a->addr, addr))
			return a;
	}
	return NULL;
}

const struct iface_addr *
iface_addr_find(const struct iface *i, const struct in6_addr *addr)
{
	return addr_find(i, addr);
}

struct iface *
iface_on_address(struct node *n, const struct ev_address *ev)
{
	struct iface *i = iface_find(n, ev->ifindex);
	struct iface_addr *a;

	if (!i)
		return NULL;
	a = addr_find(i, &ev->addr);
	if (ev->state == ADDR_GONE) {
		if (a)
			addr_free(a);
		return i;
	}
	if (!a) {
		a = calloc(1, sizeof(*a));
		if (!a)
			return NULL;
		list_init(&a->l);
		list_append(&i->addrs, &a->l);
	}
	a->addr = ev->addr;
	a->plen = ev->plen;
	a->state = ev->state;
	return i;
}

const struct in6_addr *
iface_linklocal(const struct iface *i)
{
	const struct in6_addr *best = NULL;

	list_each(l, &i->addrs) {
		struct iface_addr *a = container_of(l, struct iface_addr, l);

		if (!addr_is_linklocal(&a->addr))
			continue;
		if (a->state == ADDR_VALID)
			return &a->addr;
		if (a->state == ADDR_OPTIMISTIC)
			best = &a->addr;
	}
	return best;
}

bool
node_owns(const struct node *n, const struct in6_addr *addr)
{
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);
		const struct iface_addr *a = iface_addr_find(i, addr);

		if (a && (a->state == ADDR_VALID ||
			  a->state == ADDR_OPTIMISTIC))
			return true;
	}
	return false;
}

bool
ifaces_show(const struct node *n, struct cursor *c, struct record_sink *sink)
{
	list_each(l, &n->ifaces) {
		struct iface *i = container_of(l, struct iface, all);
		const struct in6_addr *ll = iface_linklocal(i);
		struct record r;

		record_init(&r, "link");
		record_str(&r, "interface", i->name);
		record_uint(&r, "ifindex", i->ifindex);
		record_bool(&r, "up", i->up);
		record_bool(&r, "configured", i->conf != NULL);
		record_uint(&r, "mtu", i->mtu);
		if (i->ll.len)
			record_lladdr(&r, "lladdr", &i->ll);
		if (ll)
			record_addr(&r, "linklocal", ll);
		sink->put(sink, &r);
	}
	return false;
}
