/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * used.c - which optimized routes have traffic (EV_USED).
 *
 * The data path knows when each of its flows had a packet last; nobody is
 * told of packets that go their way.  So it is asked for, every ten seconds,
 * as long as there are such flows: a mobile ends those that are idle, a
 * correspondent asks for the renewal of those that are not.
 */
#include "daemon/daemon.h"

#include "base/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USED_EVERY	SEC(10)

/* Without the padding of a struct flow_key. */
struct used_key {
	uint8_t		b[35];
};

struct used_flow {
	struct map_node	node;
	struct used_key	key;
	struct flow_key	flow;
};

static struct used_key
key_of(const struct flow_key *f)
{
	struct used_key k;

	memcpy(k.b, &f->src.addr, 16);
	memcpy(k.b + 16, &f->dst.addr, 16);
	k.b[32] = f->src.len;
	k.b[33] = f->dst.len;
	k.b[34] = f->cn;
	return k;
}

static void
on_time(void *arg)
{
	struct daemon *d = arg;
	struct event ev = { .kind = EV_USED };
	struct map_node *m = NULL;
	size_t pos = 0;

	if (!d->path || !d->node)
		return;
	while ((m = map_next(&d->used.flows, m, &pos))) {
		ev.used.flow = container_of(m, struct used_flow, node)->flow;
		if (!path_idle(d->path, &ev.used.flow, &ev.used.idle) &&
		    ev.used.idle != USEC_NEVER)
			node_input(d->node, &ev, clock_now());
	}
	daemon_settle(d);
	if (d->used.flows.count)
		wakeup_set(d->used.timer, clock_now() + USED_EVERY);
}

int
used_open(struct daemon *d)
{
	uint8_t secret[16];

	if (getentropy(secret, sizeof(secret)))
		return -errno;
	d->used.timer = wakeup_new(&d->loop, on_time, d);
	if (!d->used.timer)
		return -ENOMEM;
	map_init(&d->used.flows, offsetof(struct used_flow, key) -
		 offsetof(struct used_flow, node), sizeof(struct used_key),
		 secret);
	return 0;
}

void
used_close(struct daemon *d)
{
	struct map_node *m = NULL;
	size_t pos = 0;

	while ((m = map_next(&d->used.flows, NULL, &pos))) {
		map_remove(&d->used.flows, m);
		free(container_of(m, struct used_flow, node));
		pos = 0;
	}
	map_fini(&d->used.flows);
	d->used.timer = wakeup_free(d->used.timer);
}

void
used_flow(struct daemon *d, const struct ef_flow *f)
{
	bool on = f->up && f->action == FLOW_PATH &&
		  f->path.kind != PATH_IP6IP6;
	struct used_key key = key_of(&f->key);
	struct map_node *m = map_find(&d->used.flows, &key);
	struct used_flow *u;

	if (!on && m) {
		map_remove(&d->used.flows, m);
		free(container_of(m, struct used_flow, node));
	}
	if (!on || m)
		return;
	u = calloc(1, sizeof(*u));
	if (!u)
		return;			/* it will seem idle */
	u->key = key;
	u->flow = f->key;
	if (!map_insert(&d->used.flows, &u->node)) {
		free(u);
		return;
	}
	if (d->used.flows.count == 1)
		wakeup_set(d->used.timer, clock_now() + USED_EVERY);
}
