/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.c - the path device.
 *
 * A veth pair: every kernel has it, and its ends carry large packets with
 * open checksums.  Packets go to the near end by routes and never arrive
 * at the far end, but for the held ones.  Neither end configures addresses
 * or resolves neighbours.
 *
 * Forwarding is switched on at the near end, for one reason: the kernel
 * answers eBPF's route look-ups (bpf_fib_lookup) only for packets that
 * come in at a forwarding interface.  Whether the node forwards packets is
 * another, global switch, which we leave alone.
 */
#include "path/private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TUNNEL_LEN	40
#define MIN_MTU		1280

void device_names(struct path *p, const char *device)
{
	snprintf(p->device, sizeof(p->device), "%s", device ? device : "mip6");
	snprintf(p->peer, sizeof(p->peer), "%.10s.peer", p->device);
}

static int sysctl_write(const char *device, const char *name, const char *value)
{
	char file[96];
	int fd, err = 0;

	snprintf(file, sizeof(file), "/proc/sys/net/ipv6/conf/%s/%s", device,
		 name);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int device_forwarding(const struct path *p)
{
	return sysctl_write(p->device, "forwarding", "1");
}

static const struct {
	bool		peer;
	const char	*name, *value;
	bool		needed;
} sysctls[] = {
	{ false, "forwarding", "1", true },
	{ false, "accept_ra", "0", false },
	{ false, "dad_transmits", "0", false },
	{ false, "router_solicitations", "0", false },
	{ true, "disable_ipv6", "1", false },
};

/* Held packets are read from the far end: let the kernel cut large ones. */
static void no_tso(const char *device)
{
	struct ethtool_value v = { .cmd = ETHTOOL_STSO };
	struct ifreq r = { .ifr_data = (void *)&v };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", device);
	ioctl(fd, SIOCETHTOOL, &r);
	close(fd);
}

static int device_configure(struct path *p, const struct why *why)
{
	int err;

	for (size_t i = 0; i < sizeof(sysctls) / sizeof(*sysctls); i++) {
		const char *dev = sysctls[i].peer ? p->peer : p->device;

		err = sysctl_write(dev, sysctls[i].name, sysctls[i].value);
		if (err && sysctls[i].needed)
			return why_set(why, err, "cannot write "
				       "/proc/sys/net/ipv6/conf/%s/%s",
				       dev, sysctls[i].name);
	}
	err = rtnl_link_prepare(p->nl, p->ifindex, true, DEVICE_ALIAS);
	if (!err)
		err = rtnl_link_prepare(p->nl, p->peer_ifindex, false,
					DEVICE_ALIAS " (far end)");
	if (!err)
		no_tso(p->device);
	if (!err)
		err = rtnl_link_up(p->nl, p->peer_ifindex);
	if (!err)
		err = rtnl_link_up(p->nl, p->ifindex);
	return err ? why_set(why, err, "cannot configure device %s",
			     p->device) : 0;
}

int device_open(struct path *p, const struct why *why)
{
	struct rtnl_link l;
	int err = rtnl_link_by_name(p->nl, p->device, &l);

	if (!err && strcmp(l.alias, DEVICE_ALIAS) != 0)
		return why_set(why, -EEXIST, "there is another device called "
			       "%s", p->device);
	if (err == -ENODEV) {
		err = rtnl_veth_add(p->nl, p->device, p->peer, p->mtu);
		if (err == -EOPNOTSUPP)
			return why_set(why, err, "the kernel has no veth "
				       "devices (CONFIG_VETH)");
		if (err == -EPERM)
			return why_set(why, err, "making a device is not "
				       "permitted (CAP_NET_ADMIN, or root, "
				       "is needed)");
		p->made = !err;
		if (!err)
			err = rtnl_link_by_name(p->nl, p->device, &l);
	}
	if (err)
		return why_set(why, err, "cannot make device %s", p->device);
	p->ifindex = l.ifindex;
	p->peer_ifindex = l.peer;
	p->mtu = l.mtu;
	return device_configure(p, why);
}

struct widest {
	const struct path *p;
	uint32_t mtu;
};

/* The device's MTU is that of the widest link, less the tunnel's header;
 * what does not fit a narrower one is answered by the program. */
static int wider(void *arg, const void *key, const void *value)
{
	struct widest *w = arg;
	struct rtnl_link l;
	uint32_t ifindex;

	memcpy(&ifindex, key, sizeof(ifindex));
	if (!rtnl_link_by_index(w->p->nl, ifindex, &l) && l.mtu > w->mtu)
		w->mtu = l.mtu;
	return 0;
}

int device_set_mtu(struct path *p)
{
	struct widest w = { .p = p };
	uint32_t mtu;
	int err = maps_each(p->map[MAP_LINKS], sizeof(uint32_t),
			    sizeof(struct pm_link), wider, &w);

	if (err || !w.mtu)
		return err;
	mtu = w.mtu - TUNNEL_LEN < MIN_MTU ? MIN_MTU : w.mtu - TUNNEL_LEN;
	if (mtu > 65535 - TUNNEL_LEN)
		mtu = 65535 - TUNNEL_LEN;
	if (mtu == p->mtu)
		return 0;
	err = rtnl_link_mtu(p->nl, p->ifindex, mtu);
	if (!err)
		err = rtnl_link_mtu(p->nl, p->peer_ifindex, mtu);
	if (!err)
		p->mtu = mtu;
	return err;
}

int device_close(struct path *p)
{
	return rtnl_link_del(p->nl, p->ifindex);
}
