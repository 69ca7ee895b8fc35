/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks.c - the socket hooks as the daemon sees them.
 *
 * What the programs need to know lies in maps: which addresses are ours and
 * of which type, which of them a socket gets, and the policy.  What they have
 * to say comes through a ring buffer.  Nothing is remembered here, so that
 * after a restart nothing can differ: the maps are asked.
 *
 * The programs mark an address when they have told of a socket that closed,
 * and say nothing more of it until somebody has counted (or a second is
 * over): a thousand closing sockets are one event.  hooks_count takes the
 * marks away before it looks.
 */
#include "sys/hooks_private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- open and close ------------------------------------------------------- */

static int on_event(void *ctx, void *data, size_t len);

static struct hooks *hooks_free(struct hooks *h)
{
	ring_buffer__free(h->ring);
	hooks_unload(h);
	free(h);
	return NULL;
}

static int open_all(struct hooks *h, const struct hooks_options *o,
		    const struct hooks_why *why)
{
	int err;

	h->cgroup = hooks_cgroup(o, why);
	if (h->cgroup < 0)
		return h->cgroup;
	err = hooks_netns(&h->netns);
	if (err)
		return hooks_why(why, err, "the kernel has no cookies of "
				 "network namespaces (Linux 5.14), or no "
				 "IPv6: %s", strerror(-err));
	err = hooks_load(h, why);
	if (err)
		return err;
	h->ring = ring_buffer__new(h->map[HM_EVENTS], on_event, h, NULL);
	if (!h->ring)
		return hooks_why(why, -errno, "eBPF: no ring buffer: %s",
				 strerror(errno));
	err = hooks_attach(h, why);
	return err ? err : hooks_probe(h, o, why);
}

int hooks_open(const struct hooks_options *o, struct hooks **ret,
	       char *buf, size_t cap)
{
	const struct hooks_why why = { buf, cap };
	struct hooks *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return hooks_why(&why, -ENOMEM, "%s", strerror(ENOMEM));
	h->cgroup = h->count = -1;
	memset(h->map, -1, sizeof(h->map));
	memset(h->prog, -1, sizeof(h->prog));
	err = open_all(h, o, &why);
	if (err) {
		/* half of it, or an earlier process' that nobody tells what
		 * is so any more, would be worse than none */
		if (h->cgroup >= 0 && h->netns)
			hooks_detach(h->cgroup, h->netns);
		hooks_free(h);
		return err;
	}
	*ret = h;
	return 0;
}

struct hooks *hooks_close(struct hooks *h, bool keep)
{
	if (!h)
		return NULL;
	h->cfg->tgid = 0;
	if (!keep)
		hooks_detach(h->cgroup, h->netns);
	return hooks_free(h);
}

int hooks_cleanup(const struct hooks_options *o)
{
	int cgroup = hooks_cgroup(o, NULL), err;
	uint64_t netns;

	if (cgroup == -ENOENT)		/* no cgroup2, so nothing is there */
		return 0;
	if (cgroup < 0)
		return cgroup;
	err = hooks_netns(&netns);
	if (!err)
		err = hooks_detach(cgroup, netns);
	close(cgroup);
	return err;
}

/* --- addresses ------------------------------------------------------------ */

int hooks_owned(struct hooks *h, const struct ef_owned *e)
{
	struct sm_owned v = { .type = e->type, .gen = h->cfg->gen };
	int err;

	if (!e->up) {
		err = bpf_map_delete_elem(h->map[HM_OWNED], &e->addr);
		return err == -ENOENT ? 0 : err;
	}
	if (!e->type || e->type >= ATYPES)
		return -EINVAL;
	err = bpf_map_update_elem(h->map[HM_OWNED], &e->addr, &v, BPF_ANY);
	return err == -E2BIG ? -ENOSPC : err;
}

int hooks_current(struct hooks *h, const struct ef_current *e)
{
	static const struct in6_addr none;
	struct sm_current *c;
	uint32_t slot;

	if (!e->type || e->type >= ATYPES)
		return -EINVAL;
	c = &h->cfg->current[e->type];
	slot = c->slot + 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);	/* after the last one */
	memcpy(c->addr[slot % SM_SLOTS], e->provided ? &e->addr : &none,
	       sizeof(c->addr[0]));
	__atomic_store_n(&c->slot, slot, __ATOMIC_SEQ_CST);
	__atomic_store_n(&c->provided, e->provided, __ATOMIC_SEQ_CST);
	return 0;
}

/* Every owned address: `fn' may change or delete it. */
static int
owned_each(struct hooks *h, int (*fn)(struct hooks *, const struct in6_addr *,
				      const struct sm_owned *, void *),
	   void *arg)
{
	struct in6_addr *a = calloc(SM_OWNED, sizeof(*a)), key;
	int map = h->map[HM_OWNED], err = a ? 0 : -ENOMEM;
	struct sm_owned v;
	bool first = true;
	unsigned n = 0;

	while (!err && n < SM_OWNED &&
	       !bpf_map_get_next_key(map, first ? NULL : &key, &key)) {
		first = false;
		a[n++] = key;
	}
	while (!err && n--)
		if (!bpf_map_lookup_elem(map, &a[n], &v))
			err = fn(h, &a[n], &v, arg);
	free(a);
	return err;
}

static int sync_one(struct hooks *h, const struct in6_addr *a,
		    const struct sm_owned *o, void *arg)
{
	return o->gen == h->cfg->gen ? 0 :
	       bpf_map_delete_elem(h->map[HM_OWNED], a);
}

int hooks_sync(struct hooks *h)
{
	return owned_each(h, sync_one, NULL);
}

/* --- events --------------------------------------------------------------- */

static int on_event(void *ctx, void *data, size_t len)
{
	struct hooks *h = ctx;
	struct sm_event e;

	if (len < sizeof(e) || !h->event)
		return 0;
	memcpy(&e, data, sizeof(e));
	if (e.kind > SM_EV_REFUSED || e.type >= ATYPES)
		return 0;
	*h->event = (struct hooks_event){
		.kind = e.kind == SM_EV_WANT ? HOOKS_WANT :
			e.kind == SM_EV_CLOSED ? HOOKS_CLOSED : HOOKS_REFUSED,
		.type = e.type,
		.uid = e.uid,
		.pid = e.pid,
	};
	memcpy(&h->event->addr, e.addr, sizeof(h->event->addr));
	memcpy(h->event->comm, e.comm, sizeof(h->event->comm) - 1);
	h->event = NULL;
	return -EINTR;		/* one at a time: the rest stays */
}

int hooks_fd(const struct hooks *h)
{
	return ring_buffer__epoll_fd(h->ring);
}

int hooks_poll(struct hooks *h, struct hooks_event *ret)
{
	struct hooks_event ev;

	h->event = &ev;
	ring_buffer__consume(h->ring);
	if (h->event) {
		h->event = NULL;
		return 0;
	}
	*ret = ev;
	return 1;
}

/* --- counting ------------------------------------------------------------- */

/* Before: no marks, no sums. */
static int unmark_one(struct hooks *h, const struct in6_addr *a,
		      const struct sm_owned *o, void *arg)
{
	struct sm_owned v = *o;

	if (!o->told && !o->sessions)
		return 0;
	v.told = 0;
	v.sessions = 0;
	return bpf_map_update_elem(h->map[HM_OWNED], a, &v, BPF_EXIST);
}

/* Let the iterator see all sockets.  There is nothing to be read; the kernel
 * says EAGAIN after a million of them, and goes on. */
static int count_run(struct hooks *h)
{
	int fd = bpf_iter_create(h->count), err = 0;
	ssize_t n;
	char c;

	if (fd < 0)
		return fd;
	do {
		n = read(fd, &c, sizeof(c));
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			err = -errno;
	} while (!err && n);
	close(fd);
	return err;
}

/* Who finds a socket whose packets are to be looked at makes it 1. */
static void check_begin(uint32_t *check)
{
	uint32_t on = 1;

	__atomic_compare_exchange_n(check, &on, 2, false, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
}

static void check_end(uint32_t *check)
{
	uint32_t none = 2;

	__atomic_compare_exchange_n(check, &none, 0, false, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
}

struct telling {
	void	(*each)(void *, const struct in6_addr *, uint32_t);
	void	*arg;
};

static int tell_one(struct hooks *h, const struct in6_addr *a,
		    const struct sm_owned *o, void *arg)
{
	const struct telling *t = arg;

	if (o->sessions)
		t->each(t->arg, a, o->sessions);
	return 0;
}

int hooks_count(struct hooks *h, usec_t idle, uint32_t claims[ATYPES],
		void (*each)(void *arg, const struct in6_addr *,
			     uint32_t sessions), void *arg)
{
	struct telling t = { each, arg };
	struct timespec ts;
	uint64_t now;
	int err;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	now = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	h->cfg->count_since = now / 1000 > idle ? now - idle * 1000 : 1;
	memset(h->cfg->claim_told, 0, sizeof(h->cfg->claim_told));
	memset(h->cfg->claims, 0, sizeof(h->cfg->claims));
	check_begin(&h->cfg->udp_check);
	check_begin(&h->cfg->tcp_check);
	err = owned_each(h, unmark_one, NULL);
	if (!err)
		err = count_run(h);
	if (err)
		return err;
	check_end(&h->cfg->udp_check);
	check_end(&h->cfg->tcp_check);
	memcpy(claims, h->cfg->claims, ATYPES * sizeof(*claims));
	return each ? owned_each(h, tell_one, &t) : 0;
}
