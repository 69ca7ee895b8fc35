/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * effect.c - one function for each kind of effect.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <netinet/ip6.h>

/* The kernel routes nothing from the unspecified address while an interface
 * has no other one; but such packets are multicast, and where multicast goes
 * on an Ethernet is known without routing (RFC 2464 section 7). */
static void
resolve_multicast(const struct daemon *d, const struct in6_addr *dst,
		  uint32_t ifindex, struct lladdr *ret)
{
	const struct world_link *l = world_link(&d->world, ifindex);

	if (!l || l->link.ll.len != 6 || !addr_is_multicast(dst))
		return;
	ret->len = 6;
	memset(ret->b, 0x33, 2);
	memcpy(ret->b + 2, &dst->s6_addr[12], 4);
}

static int
do_send(struct daemon *d, struct effect *e)
{
	char src[ADDR_STRLEN], dst[ADDR_STRLEN];
	struct in6_addr a, b;
	int err;

	if (e->send.len < sizeof(struct ip6_hdr))
		return -EINVAL;
	memcpy(&a, e->send.data + offsetof(struct ip6_hdr, ip6_src), 16);
	memcpy(&b, e->send.data + offsetof(struct ip6_hdr, ip6_dst), 16);
	if (addr_is_unspec(&a) && !e->send.ll_dst.len)
		resolve_multicast(d, &b, e->send.ifindex, &e->send.ll_dst);
	err = sender_send(d->sender, &e->send, e->send.ifindex);
	/* The link went down and the node is about to hear of it. */
	if (!err || err == -ENETDOWN)
		return err;
	log_warn("cannot send from %s to %s: %s", addr_print(&a, src),
		 addr_print(&b, dst), strerror(-err));
	return err;
}

static int
do_address(struct daemon *d, struct effect *e)
{
	int err = address_set(&d->addresses, &e->address);
	char text[ADDR_STRLEN];

	if (err)
		log_warn("address %s on %s cannot be %s: %s %s",
			 addr_print(&e->address.key.addr, text),
			 world_name(&d->world, e->address.key.ifindex),
			 e->address.up ? "set" : "removed", strerror(-err),
			 d->netlink.text);
	return err;
}

static int
do_route(struct daemon *d, struct effect *e)
{
	int err = fib_set(&d->fib, &e->route);
	char text[PREFIX_STRLEN];

	if (err)
		log_warn("route to %s by %s cannot be %s: %s %s",
			 prefix_print(&e->route.dst, text),
			 world_name(&d->world, e->route.ifindex),
			 e->route.up ? "set" : "removed", strerror(-err),
			 d->netlink.text);
	return err;
}

static int
do_path(struct daemon *d, struct effect *e)
{
	char text[ADDR_STRLEN];
	int err = d->path ? path_set(d->path, &e->path) : -ENODEV;

	if (err)
		log_warn("path to %s: %s",
			 addr_print(&e->path.key.remote, text), strerror(-err));
	return err;
}

static int
do_flow(struct daemon *d, struct effect *e)
{
	char src[PREFIX_STRLEN], dst[PREFIX_STRLEN];
	int err = d->path ? path_flow(d->path, &e->flow) : -ENODEV;

	if (!err)
		used_flow(d, &e->flow);
	if (err)
		log_warn("flow from %s to %s: %s",
			 prefix_print(&e->flow.key.src, src),
			 prefix_print(&e->flow.key.dst, dst), strerror(-err));
	return err;
}

static int
do_proxy(struct daemon *d, struct effect *e)
{
	return nd_proxy(&d->ears, e->proxy.key.ifindex, &e->proxy.key.addr,
			e->proxy.up);
}

static int
do_anycast(struct daemon *d, struct effect *e)
{
	const struct ef_anycast *a = &e->anycast;
	char text[ADDR_STRLEN];
	int err;

	err = anycast_set(&d->anycasts,
			  world_kernel_ifindex(&d->world, a->key.ifindex),
			  &a->key.addr, a->up);
	if (err)
		log_warn("the anycast address %s cannot be had: %s",
			 addr_print(&a->key.addr, text), strerror(-err));
	return err;
}

static int
do_group(struct daemon *d, struct effect *e)
{
	return nd_group(&d->ears, e->group.key.ifindex, &e->group.key.addr,
			e->group.up);
}

static int
do_dns(struct daemon *d, struct effect *e)
{
	const struct world_link *l = world_link(&d->world, e->dns.ifindex);

	dns_set(d->dns, &e->dns, l ? l->link.name : NULL);
	return 0;
}

static int
do_store(struct daemon *d, struct effect *e)
{
	int err = store_put(d->store, &e->store);

	if (err)
		log_warn("store: %s", strerror(-err));
	return err;
}

static int
do_sync(struct daemon *d, struct effect *e)
{
	int err, path;

	err = address_sync(&d->addresses);
	if (!err)
		err = fib_sync(&d->fib);
	path = d->path ? path_sync(d->path) : 0;
	err = err ? err : path;
	if (!err && d->hooks)
		err = hooks_sync(d->hooks);
	if (err)
		log_error("comparing with what is there failed: %s",
			  strerror(-err));
	return err;
}

static int
do_note(struct daemon *d, struct effect *e)
{
	note_tell(d, &e->note);
	return 0;
}

static int (*const kinds[])(struct daemon *, struct effect *) = {
	[EF_SEND]	= do_send,
	[EF_ADDRESS]	= do_address,
	[EF_ROUTE]	= do_route,
	[EF_PATH]	= do_path,
	[EF_FLOW]	= do_flow,
	[EF_PROXY]	= do_proxy,
	[EF_ANYCAST]	= do_anycast,
	[EF_GROUP]	= do_group,
	[EF_DNS]	= do_dns,
	[EF_OWNED]	= demand_do_owned,
	[EF_CURRENT]	= demand_do_current,
	[EF_REPLY]	= demand_do_reply,
	[EF_ABORT]	= demand_do_abort,
	[EF_STORE]	= do_store,
	[EF_SYNC]	= do_sync,
	[EF_NOTE]	= do_note,
};

int
effect_carry_out(struct daemon *d, struct effect *e)
{
	return kinds[e->kind](d, e);
}
