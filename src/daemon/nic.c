/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nic.c - what an interface must be like for each role, and what is
 * attached to it.
 *
 * On a mobile's interfaces the node itself takes router advertisements and
 * forms addresses, so the kernel must not; it may use optimistic addresses
 * (RFC 4429) the moment it has them.  A router forwards.  Forwarding is one
 * switch for all interfaces, and it makes the kernel stop taking
 * advertisements where that is set to the default: interfaces that are not
 * ours, and that got their default route that way, keep doing so.
 */
#include "base/list.h"
#include "daemon/daemon.h"
#include "sys/manager.h"
#include "wire/nd.h"

#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>

#define ROUTERS	(CONF_HA | CONF_AR | CONF_LMA | CONF_MAG)

struct parameter {
	const char	*name, *value;
	bool		must;		/* else: where the kernel has it */
};
static const struct parameter mobile_parameters[] = {
	{ "disable_ipv6",		"0", true },
	{ "accept_ra",			"0", true },
	{ "autoconf",			"0", true },
	{ "router_solicitations",	"0", true },
	/* How long it may wait before it asks for duplicates, too: not at all
	 * (RFC 6275 11.5.3). */
	{ "router_solicitation_delay",	"0", false },
	{ "forwarding",			"0", false },
	{ "optimistic_dad",		"1", false },
	{ "use_optimistic",		"1", false },
};

/* On the access link of a gateway the gateway is the router: no mobile is
 * believed that it is one, or knows of a better way. */
static const struct parameter access_parameters[] = {
	{ "disable_ipv6",		"0", true },
	{ "accept_ra",			"0", true },
	{ "autoconf",			"0", true },
	{ "router_solicitations",	"0", true },
	{ "accept_redirects",		"0", false },
};

static const struct conf_iface *
find_conf(const struct conf *c, const char *name)
{
	unsigned i;

	for (i = 0; i < c->nifaces; i++)
		if (!strcmp(c->iface[i].name, name))
			return &c->iface[i];
	return NULL;
}

bool
nic_is_mobile(const struct conf *c, const char *name)
{
	const struct conf_iface *ci = find_conf(c, name);
	unsigned i;

	/* MnIfPreference 0: somebody else's, or nobody's. */
	if (!(c->roles & CONF_MN) || (ci && !ci->preference))
		return false;
	for (i = 0; i < c->nhomes; i++)
		if (!strcmp(c->home[i].ifname, name))
			return true;
	return ci != NULL;
}

/* Where a gateway's mobiles are. */
bool
nic_is_access(const struct conf *c, const char *name)
{
	unsigned i;

	for (i = 0; i < c->naccess; i++)
		if (!strcmp(c->access[i].ifname, name))
			return true;
	return false;
}

bool
nic_is_router(const struct conf *c, const char *name)
{
	const struct conf_iface *ci = find_conf(c, name);
	unsigned i;

	if (nic_is_access(c, name))
		return true;
	if (!(c->roles & (CONF_HA | CONF_AR)))
		return false;
	for (i = 0; i < c->nhome_links; i++)
		if (!strcmp(c->home_link[i].ifname, name))
			return true;
	return ci && ci->send_adverts;
}

static bool
nic_is_anchor(const struct conf *c, const char *name)
{
	unsigned i;

	for (i = 0; i < c->nhome_links; i++)
		if (c->home_link[i].anchor &&
		    !strcmp(c->home_link[i].ifname, name))
			return true;
	return false;
}

/* --- managers --- */

int
nic_check_managers(const struct conf *c, char why[DAEMON_WHY])
{
	struct if_nameindex *all = if_nameindex(), *i;
	char line[MANAGER_LINE];
	int err = 0;

	for (i = all; i && i->if_index && !err; i++) {
		if (!nic_is_mobile(c, i->if_name) ||
		    !manager_holds("", i->if_index, i->if_name, line))
			continue;
		snprintf(why, DAEMON_WHY, "%s", line);
		err = -EBUSY;
	}
	if (all)
		if_freenameindex(all);
	return err;
}

/* --- kernel parameters --- */

static int
want_param(struct daemon *d, const char *ifname, const char *name,
	   const char *value, bool must, char why[DAEMON_WHY])
{
	char path[SYSCTL_NAME];
	int err;

	snprintf(path, sizeof(path), "net/ipv6/conf/%.15s/%s", ifname, name);
	err = sysctl_want(&d->sysctls, path, value);
	if (err && must)
		snprintf(why, DAEMON_WHY, "%s cannot be read: %s", path,
			 strerror(-err));
	return must ? err : 0;
}

static int
want_params(struct daemon *d, const char *ifname, const struct parameter *p,
	    size_t n, char why[DAEMON_WHY])
{
	size_t i;
	int err = 0;

	for (i = 0; i < n && !err; i++)
		err = want_param(d, ifname, p[i].name, p[i].value, p[i].must,
				 why);
	return err;
}

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* An interface that conf/all/forwarding drags along. */
static void
dragged_iface(struct daemon *d, const char *ifname)
{
	char path[SYSCTL_NAME], value[SYSCTL_VALUE];

	snprintf(path, sizeof(path), "net/ipv6/conf/%.15s/accept_ra", ifname);
	if (strcmp(ifname, "default") && strcmp(ifname, "lo") &&
	    !nic_is_router(d->conf, ifname) &&
	    !sysctl_before(&d->sysctls, path, value) && !strcmp(value, "1"))
		sysctl_want(&d->sysctls, path, "2");
	snprintf(path, sizeof(path), "net/ipv6/conf/%.15s/forwarding", ifname);
	sysctl_keep(&d->sysctls, path);
}

static int
each_iface(struct daemon *d, char why[DAEMON_WHY])
{
	bool router = d->conf->roles & ROUTERS;
	char value[SYSCTL_VALUE] = "0";
	struct dirent *e;
	DIR *dir;
	int err = 0;

	sysctl_before(&d->sysctls, "net/ipv6/conf/all/forwarding", value);
	dir = opendir("/proc/sys/net/ipv6/conf");
	if (!dir) {
		snprintf(why, DAEMON_WHY, "IPv6 is missing: the kernel has no "
			 "/proc/sys/net/ipv6");
		return -EAFNOSUPPORT;
	}
	while ((e = readdir(dir)) && !err) {
		if (e->d_name[0] == '.' || !strcmp(e->d_name, "all"))
			continue;
		if (nic_is_mobile(d->conf, e->d_name))
			err = want_params(d, e->d_name, mobile_parameters,
					  COUNT(mobile_parameters), why);
		else if (nic_is_access(d->conf, e->d_name))
			err = want_params(d, e->d_name, access_parameters,
					  COUNT(access_parameters), why);
		if (!err && !nic_is_mobile(d->conf, e->d_name) && router &&
		    !strcmp(value, "0"))
			dragged_iface(d, e->d_name);
	}
	closedir(dir);
	return err;
}

int
nic_set_parameters(struct daemon *d, char why[DAEMON_WHY])
{
	int err;

	sysctl_begin(&d->sysctls);
	err = each_iface(d, why);
	/* Last, so that it is undone first: it overwrites the others. */
	if (!err && (d->conf->roles & ROUTERS))
		err = want_param(d, "all", "forwarding", "1", true, why);
	if (err)
		return err;
	err = sysctl_commit(&d->sysctls);
	if (err)
		snprintf(why, DAEMON_WHY, "kernel parameters cannot be set: %s",
			 strerror(-err));
	return err;
}

/* --- what is attached --- */

/* A mobile's packets come and go by its own interfaces; those of a home
 * agent or access anchor by any, since its mobiles are anywhere. */
/* An address under which we may keep bindings: tunnels end there. */
static bool
is_tunnel_end(const struct conf *c, const struct in6_addr *addr)
{
	unsigned i;

	if ((c->roles & CONF_LMA && addr_eq(&c->lma_address, addr)) ||
	    (c->roles & CONF_MAG && addr_eq(&c->mag_address, addr)))
		return true;
	for (i = 0; i < c->nhome_links; i++) {
		const struct conf_home_link *l = &c->home_link[i];

		if (addr_is_unspec(&l->ha) ? prefix_match(&l->prefix, addr) :
		    addr_eq(&l->ha, addr))
			return true;
	}
	return false;
}

void
nic_on_address(struct daemon *d, const struct in6_addr *addr)
{
	int err = 0;

	if (d->path && is_tunnel_end(d->conf, addr))
		err = path_listen(d->path, addr);
	if (err)
		log_warn("what is tunnelled to us cannot be heard: %s",
			 strerror(-err));
}

static void
listen_addresses(struct daemon *d)
{
	struct world_address *a = NULL;
	size_t pos = 0;

	while ((a = world_next_address(&d->world, a, &pos)))
		nic_on_address(d, &a->key.addr);
}

static bool
wants_path(const struct daemon *d, const struct world_link *l)
{
	const struct conf_iface *ci = find_conf(d->conf, l->link.name);

	if (!d->path || (l->flags & IFF_LOOPBACK) ||
	    l->ifindex == d->caps.ifindex || l->other == d->caps.ifindex)
		return false;
	/* Mobiles of a gateway have no tunnels with it. */
	if ((ci && !ci->tunnel) || nic_is_access(d->conf, l->link.name))
		return false;
	return (d->conf->roles & (CONF_HA | CONF_CN | CONF_LMA | CONF_MAG)) || d->conf->nhome_links ||
	       nic_is_mobile(d->conf, l->link.name);
}

/* Whoever came while nobody looked has no reason to say so. */
void
nic_ask(const struct daemon *d)
{
	struct map_node *n = NULL;
	size_t pos = 0;
	int err;

	while ((n = map_next(&d->world.links, n, &pos))) {
		const struct world_link *l =
			container_of(n, struct world_link, node);

		if (!nic_is_access(d->conf, l->link.name) || !l->link.up)
			continue;
		err = nd_ask_groups(l->ifindex);
		if (err)
			log_warn("%s: cannot ask who is there: %s",
				 l->link.name, strerror(-err));
	}
}

static void
warn_absent(const char *name)
{
	if (*name && !if_nametoindex(name))
		log_warn("%s is not there; it is used as soon as it comes",
			 name);
}

void
nic_warn_absent(const struct daemon *d)
{
	const struct conf *c = d->conf;
	unsigned i;

	for (i = 0; i < c->nifaces; i++)
		warn_absent(c->iface[i].name);
	for (i = 0; i < c->nhomes; i++)
		if (!find_conf(c, c->home[i].ifname))
			warn_absent(c->home[i].ifname);
	for (i = 0; i < c->nhome_links; i++)
		if (!find_conf(c, c->home_link[i].ifname))
			warn_absent(c->home_link[i].ifname);
	for (i = 0; i < c->naccess; i++)
		if (!find_conf(c, c->access[i].ifname))
			warn_absent(c->access[i].ifname);
}

static void
attach(struct daemon *d, const struct world_link *l)
{
	bool ours = nic_is_mobile(d->conf, l->link.name) ||
		    nic_is_router(d->conf, l->link.name);
	int err;

	err = nd_listen(&d->ears, l->ifindex, ours);
	if (!err && ours)
		err = nd_listen_all(&d->ears, l->ifindex,
				    nic_is_anchor(d->conf, l->link.name) ||
				    nic_is_access(d->conf, l->link.name));
	if (err)
		log_error("%s: cannot listen: %s", l->link.name,
			  strerror(-err));
	if (!d->path || l->ifindex == d->caps.ifindex)
		return;
	err = nic_is_access(d->conf, l->link.name) ?
	      path_access(d->path, l->ifindex) :
	      path_link(d->path, l->ifindex, wants_path(d, l));
	if (err && err != -ENOENT)
		log_error("%s: the data path cannot be attached: %s",
			  l->link.name, strerror(-err));
}

void
nic_take_over(struct daemon *d)
{
	struct map_node *n = NULL;
	size_t pos = 0;

	while ((n = map_next(&d->world.links, n, &pos))) {
		const struct world_link *l;
		int err;

		l = container_of(n, struct world_link, node);
		if (!nic_is_mobile(d->conf, l->link.name))
			continue;
		err = address_take_over(&d->addresses, l->ifindex);
		if (!err)
			err = fib_take_over(&d->fib, l->ifindex);
		if (err)
			log_warn("%s: what the kernel configured stays: %s",
				 l->link.name, strerror(-err));
	}
}

/* The kernel asks for routers when an interface comes up, not when it is
 * told to listen to them again: so we ask once for it. */
void
nic_hand_back(struct daemon *d)
{
	char path[SYSCTL_NAME], value[SYSCTL_VALUE];
	struct if_nameindex *all = if_nameindex(), *i;

	for (i = all; i && i->if_index; i++) {
		struct ef_send e = {
			.ifindex = i->if_index,
			.ll_dst = { .len = 6, .b = { 0x33, 0x33, 0, 0, 0, 2 } },
		};
		struct wbuf w = wbuf_of(e.data, sizeof(e.data));
		const struct nd rs = { .type = ND_RS };

		snprintf(path, sizeof(path),
			 "net/ipv6/conf/%.15s/accept_ra", i->if_name);
		if (!nic_is_mobile(d->conf, i->if_name) ||
		    sysctl_read(&d->sysctls, path, value) ||
		    !strcmp(value, "0"))
			continue;
		nd_build(&rs, &addr_unspec, &addr_all_routers, &w);
		e.len = (uint16_t)wbuf_len(&w);
		sender_send(d->sender, &e, e.ifindex);
	}
	if (all)
		if_freenameindex(all);
}

static void
late_iface(struct daemon *d, const char *name)
{
	char line[MANAGER_LINE], why[DAEMON_WHY];
	char path[SYSCTL_NAME], value[SYSCTL_VALUE];

	snprintf(path, sizeof(path), "net/ipv6/conf/%.15s/accept_ra", name);
	if ((!nic_is_mobile(d->conf, name) && !nic_is_access(d->conf, name)) ||
	    sysctl_read(&d->sysctls, path, value) || !strcmp(value, "0"))
		return;
	if (nic_is_mobile(d->conf, name) &&
	    manager_holds("", if_nametoindex(name), name, line))
		log_error("%s", line);
	if (nic_set_parameters(d, why))
		log_error("%s", why);
	nic_take_over(d);
}

void
nic_on_link(struct daemon *d, const struct ev_link *ev)
{
	const struct world_link *l = world_link(&d->world, ev->ifindex);

	if (ev->gone || !l) {
		nd_listen(&d->ears, ev->ifindex, false);
		if (d->path)
			path_link(d->path, ev->ifindex, false);
		return;
	}
	if (d->described)
		late_iface(d, ev->name);
	attach(d, l);
}

void
nic_apply(struct daemon *d)
{
	struct map_node *n = NULL;
	size_t pos = 0;

	while ((n = map_next(&d->world.links, n, &pos)))
		attach(d, container_of(n, struct world_link, node));
	listen_addresses(d);
}
