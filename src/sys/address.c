/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * address.c - addresses that shall be.
 *
 * A table of wishes, each carried out at once.  `address_sync' compares the
 * table with a dump of the kernel, which is all that a restart after a
 * crash needs.  An entry of the table that is not `up' is an address which
 * is ours and not wanted: the file of an earlier process named it.
 */
#include "sys/address.h"

#include "base/list.h"
#include "base/log.h"
#include "sys/world.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifndef IFA_PROTO			/* Linux 5.18 */
#define IFA_PROTO_ATTR	11
#else
#define IFA_PROTO_ATTR	IFA_PROTO
#endif

#define IFA_PROTO_RA	2		/* IFAPROT_KERNEL_RA */

struct wish {
	struct map_node		node;
	struct ef_address	ef;		/* ef.key is the key */
	bool			seen;		/* in the dump under way */
};

bool
address_kernel_marks(void)
{
	unsigned major = 0, minor = 0;
	struct utsname u;

	if (uname(&u) < 0 || sscanf(u.release, "%u.%u", &major, &minor) != 2)
		return false;
	return major > 5 || (major == 5 && minor >= 18);
}

static struct wish *
wish_find(const struct addresses *a, const struct addr_key *key)
{
	struct map_node *n = map_find(&a->want, key);

	return n ? container_of(n, struct wish, node) : NULL;
}

static struct wish *
wish_add(struct addresses *a, const struct ef_address *ef)
{
	struct wish *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->ef = *ef;
	if (!map_insert(&a->want, &w->node)) {
		free(w);
		return NULL;
	}
	return w;
}

static void
wish_drop(struct addresses *a, struct wish *w)
{
	map_remove(&a->want, &w->node);
	free(w);
}

/* --- the file, for kernels that do not mark --- */

static void
file_read(struct addresses *a)
{
	FILE *f = fopen(a->file, "re");
	struct ef_address ef = { 0 };
	char text[ADDR_STRLEN];

	if (!f)
		return;
	while (fscanf(f, "%45s %u", text, &ef.key.ifindex) == 2)
		if (!addr_parse(text, &ef.key.addr))
			wish_add(a, &ef);
	fclose(f);
}

/* Written before the kernel is asked, so it can only name too many. */
static int
file_write(struct addresses *a)
{
	char text[ADDR_STRLEN], tmp[4096];
	struct map_node *n = NULL;
	size_t pos = 0;
	int bad;
	FILE *f;

	if (!a->file)
		return 0;
	if (snprintf(tmp, sizeof(tmp), "%s.new", a->file) >= (int)sizeof(tmp))
		return -ENAMETOOLONG;
	f = fopen(tmp, "we");
	if (!f)
		return -errno;
	while ((n = map_next(&a->want, n, &pos))) {
		struct wish *w = container_of(n, struct wish, node);

		fprintf(f, "%s %u\n", addr_print(&w->ef.key.addr, text),
			w->ef.key.ifindex);
	}
	bad = ferror(f);
	bad |= fclose(f);
	if (bad || rename(tmp, a->file) < 0)
		return -EIO;
	return 0;
}

/* --- the kernel --- */

static struct nl_msg *
ifa_msg(int type, int flags, uint32_t ifindex, const struct in6_addr *addr,
	uint8_t plen)
{
	struct ifaddrmsg ifa = {
		.ifa_family = AF_INET6,
		.ifa_prefixlen = plen,
		.ifa_index = ifindex,
	};
	struct nl_msg *m = netlink_msg(type, flags, &ifa, sizeof(ifa));

	if (m)
		nla_put(m, IFA_LOCAL, 16, addr);
	return m;
}

static int
kernel_add(struct addresses *a, const struct ef_address *ef, uint32_t ifindex)
{
	struct ifa_cacheinfo life = {
		.ifa_valid = ef->valid,
		.ifa_prefered = ef->preferred < ef->valid ?
				ef->preferred : ef->valid,
	};
	struct nl_msg *m;
	uint32_t flags;

	flags = (ef->nodad ? IFA_F_NODAD : 0) |
		(ef->optimistic && !ef->nodad ? IFA_F_OPTIMISTIC : 0) |
		(ef->noprefixroute ? IFA_F_NOPREFIXROUTE : 0);
	m = ifa_msg(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, ifindex,
		    &ef->key.addr, ef->plen);
	if (m) {
		nla_put(m, IFA_CACHEINFO, sizeof(life), &life);
		nla_put_u32(m, IFA_FLAGS, flags);
		nla_put_u8(m, IFA_PROTO_ATTR, NETLINK_OUR_PROTO);
	}
	return netlink_request(a->netlink, m);
}

static int
kernel_del(struct addresses *a, uint32_t ifindex, const struct in6_addr *addr,
	   uint8_t plen)
{
	int err;

	err = netlink_request(a->netlink,
			      ifa_msg(RTM_DELADDR, 0, ifindex, addr, plen));
	/* the address or the whole interface may have gone before */
	if (err == -EADDRNOTAVAIL || err == -ENODEV || err == -ENXIO)
		return 0;
	return err;
}

static int
make_room(struct addresses *a, const struct ef_address *ef, uint32_t ifindex,
	  const struct wish *before)
{
	const struct world_address *is;
	uint8_t plen = ef->plen;
	bool failed = false;

	/* Replacing an address changes its lifetimes and flags, but neither
	 * its prefix length nor the verdict of a failed DAD. */
	is = world_address(a->world, ifindex, &ef->key.addr);
	if (is) {
		plen = is->plen;
		failed = is->flags & IFA_F_DADFAILED;
	}
	if (before && before->ef.up)
		plen = before->ef.plen;
	if (plen == ef->plen && !failed)
		return 0;
	return kernel_del(a, ifindex, &ef->key.addr, plen);
}

static int
address_up(struct addresses *a, const struct ef_address *ef)
{
	uint32_t ifindex = world_kernel_ifindex(a->world, ef->key.ifindex);
	struct wish *w = wish_find(a, &ef->key);
	int err;

	if (!ifindex)
		return -ENODEV;
	err = make_room(a, ef, ifindex, w);
	if (err)
		return err;
	if (w) {
		w->ef = *ef;
	} else {
		w = wish_add(a, ef);
		if (!w)
			return -ENOMEM;
		err = file_write(a);
	}
	if (!err)
		err = kernel_add(a, ef, ifindex);
	if (err)
		wish_drop(a, w);
	return err;
}

static int
address_down(struct addresses *a, const struct ef_address *ef)
{
	uint32_t ifindex = world_kernel_ifindex(a->world, ef->key.ifindex);
	const struct world_address *is;
	struct wish *w = wish_find(a, &ef->key);
	uint8_t plen = ef->plen;
	int err;

	if (!ifindex)
		return 0;
	is = world_address(a->world, ifindex, &ef->key.addr);
	if (w && w->ef.up)
		plen = w->ef.plen;
	else if (is)
		plen = is->plen;
	err = kernel_del(a, ifindex, &ef->key.addr, plen);
	if (!err && w) {
		wish_drop(a, w);
		file_write(a);
	}
	return err;
}

int
address_set(struct addresses *a, const struct ef_address *ef)
{
	return ef->up ? address_up(a, ef) : address_down(a, ef);
}

/* --- dump, compare, fix --- */

struct found {
	struct addresses	*a;
	uint32_t		ifindex;
	struct world_ifa	*v;
	size_t			n, cap;
	bool			oom;
};

static struct wish *
wish_of(const struct addresses *a, const struct world_ifa *ifa)
{
	struct addr_key key = { .ifindex = ifa->ifindex, .addr = ifa->addr };

	if (key.ifindex == a->world->path_ifindex)
		key.ifindex = IFINDEX_PATH;
	return wish_find(a, &key);
}

static void
found_add(struct found *f, const struct world_ifa *ifa)
{
	struct world_ifa *v;

	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 16;

		v = realloc(f->v, cap * sizeof(*v));
		if (!v) {
			f->oom = true;
			return;
		}
		f->v = v;
		f->cap = cap;
	}
	f->v[f->n++] = *ifa;
}

static void
on_address(void *arg, struct nlmsghdr *nlh)
{
	struct found *f = arg;
	struct world_ifa ifa;
	struct wish *w;

	if (!world_parse_ifa(nlh, &ifa))
		return;
	w = wish_of(f->a, &ifa);
	if (w && w->ef.up && w->ef.plen == ifa.plen)
		w->seen = true;
	if (w ? !w->ef.up || w->ef.plen != ifa.plen :
		ifa.proto == NETLINK_OUR_PROTO)
		found_add(f, &ifa);
}

/* Those that IPv6 autoconfiguration made; IFA_PROTO says so of late. */
static void
on_foreign(void *arg, struct nlmsghdr *nlh)
{
	struct found *f = arg;
	struct world_ifa ifa;

	if (world_parse_ifa(nlh, &ifa) && ifa.ifindex == f->ifindex &&
	    !ifa.permanent && !wish_of(f->a, &ifa) &&
	    (ifa.proto == IFA_PROTO_RA ||
	     (ifa.flags & (IFA_F_MANAGETEMPADDR | IFA_F_TEMPORARY))))
		found_add(f, &ifa);
}

static int
remove_found(struct addresses *a, struct found *f,
	     void (*each)(void *, struct nlmsghdr *), const char *why)
{
	char text[ADDR_STRLEN];
	size_t i;
	int err;

	err = netlink_dump(a->netlink, world_dump_ifa(), each, f);
	for (i = 0; i < f->n && !err; i++) {
		log_detail("address %s on %s %s, removed",
			   addr_print(&f->v[i].addr, text),
			   world_name(a->world, f->v[i].ifindex), why);
		err = kernel_del(a, f->v[i].ifindex, &f->v[i].addr,
				 f->v[i].plen);
	}
	free(f->v);
	return f->oom ? -ENOMEM : err;
}

static int
remove_unwanted(struct addresses *a)
{
	struct found f = { .a = a };

	return remove_found(a, &f, on_address, "is left over");
}

int
address_take_over(struct addresses *a, uint32_t ifindex)
{
	struct found f = { .a = a, .ifindex = ifindex };

	return remove_found(a, &f, on_foreign, "was the kernel's");
}

static int
add_missing(struct addresses *a)
{
	struct map_node *n, *next;
	size_t pos = 0;
	int err = 0;

	for (n = map_next(&a->want, NULL, &pos); n; n = next) {
		struct wish *w = container_of(n, struct wish, node);
		uint32_t ifindex;

		next = map_next(&a->want, n, &pos);
		ifindex = world_kernel_ifindex(a->world, w->ef.key.ifindex);
		if (!w->ef.up)
			wish_drop(a, w);
		else if (!w->seen && world_link(a->world, ifindex))
			err = kernel_add(a, &w->ef, ifindex);
		if (err)
			return err;
	}
	return file_write(a);
}

int
address_sync(struct addresses *a)
{
	struct map_node *n = NULL;
	size_t pos = 0;
	int err;

	while ((n = map_next(&a->want, n, &pos)))
		container_of(n, struct wish, node)->seen = false;
	err = remove_unwanted(a);
	return err ? err : add_missing(a);
}

int
address_clear(struct addresses *a)
{
	struct map_node *n = NULL;
	size_t pos = 0;
	int err;

	while ((n = map_next(&a->want, n, &pos)))
		container_of(n, struct wish, node)->ef.up = false;
	err = address_sync(a);
	if (!err && a->file)
		unlink(a->file);
	return err;
}

int
address_open(struct addresses *a, struct netlink *netlink,
	     const struct world *world, const char *file)
{
	uint8_t secret[16];

	*a = (struct addresses){ .netlink = netlink, .world = world };
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return -EIO;
	map_init(&a->want, offsetof(struct wish, ef.key) -
		 offsetof(struct wish, node), sizeof(struct addr_key), secret);
	if (!file)
		return 0;
	a->file = strdup(file);
	if (!a->file)
		return -ENOMEM;
	file_read(a);
	return 0;
}

void
address_close(struct addresses *a)
{
	struct map_node *n, *next;
	size_t pos = 0;

	for (n = map_next(&a->want, NULL, &pos); n; n = next) {
		next = map_next(&a->want, n, &pos);
		wish_drop(a, container_of(n, struct wish, node));
	}
	map_fini(&a->want);
	free(a->file);
	a->file = NULL;
}
