/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event.c - from the world to the node and back.
 *
 * An event is put in, and what the node wants in answer is carried out
 * before anything else is read: the node and the world stay in step.  What
 * cannot be carried out is told to the node, but only after the others are
 * done, and a bounded number of times, so that a wish that fails and is
 * wished again does not go round for ever.
 *
 * While the world is being described at the start, effects wait: the node
 * shall know all of it before it wants something.
 */
#include "base/list.h"
#include "daemon/daemon.h"
#include "wire/icmp.h"

#define EFFECTS_AT_ONCE	4096		/* then others get a turn */
#define DONE_ROUNDS	4
#define HURRY		MSEC(100)	/* a link came: a handover may follow, */
#define FRESH		MSEC(10)	/* ... and then this is good enough */

static void
remember_failure(struct daemon *d, const struct effect *e, int err)
{
	struct event *ev;

	d->failed++;
	/* the node hears of what has a key; the rest is said in the log */
	if (d->ndone == DAEMON_DONE)
		return;
	ev = &d->done[d->ndone];
	*ev = (struct event){ .kind = EV_DONE };
	ev->done.kind = e->kind;
	ev->done.error = err;
	switch (e->kind) {
	case EF_ADDRESS:
		ev->done.key.addr = e->address.key;
		break;
	case EF_PROXY:
		ev->done.key.addr = e->proxy.key;
		break;
	case EF_ANYCAST:
		ev->done.key.addr = e->anycast.key;
		break;
	case EF_GROUP:
		ev->done.key.addr = e->group.key;
		break;
	case EF_PATH:
		ev->done.key.path = e->path.key;
		break;
	case EF_FLOW:
		ev->done.key.flow = e->flow.key;
		break;
	case EF_ROUTE:
		ev->done.key.addr.ifindex = e->route.ifindex;
		ev->done.key.addr.addr = e->route.dst.addr;
		break;
	case EF_SEND:
	case EF_DNS:
	case EF_OWNED:
	case EF_CURRENT:
	case EF_REPLY:
	case EF_ABORT:
	case EF_STORE:
	case EF_SYNC:
	case EF_NOTE:
		return;
	}
	d->ndone++;
}

/* False: there is more to do, later. */
static bool
carry_out_some(struct daemon *d)
{
	int left;

	for (left = EFFECTS_AT_ONCE; left; left--) {
		int err;

		if (!node_effect(d->node, &d->effect))
			return true;
		err = effect_carry_out(d, &d->effect);
		if (err)
			remember_failure(d, &d->effect, err);
	}
	return false;
}

static void
tell_failures(struct daemon *d)
{
	struct event done[DAEMON_DONE];
	unsigned n = d->ndone, i;

	memcpy(done, d->done, n * sizeof(*done));
	d->ndone = 0;
	for (i = 0; i < n; i++)
		node_input(d->node, &done[i], clock_now());
}

bool
daemon_settle(struct daemon *d)
{
	bool all = true;
	int round;

	if (!d->described)
		return false;
	for (round = 0; round < DONE_ROUNDS; round++) {
		all = carry_out_some(d);
		if (!d->ndone)
			break;
		tell_failures(d);
	}
	if (round == DONE_ROUNDS)
		all = carry_out_some(d) && all;
	all = all && !d->ndone;
	wakeup_set(d->deadline, all ? node_deadline(d->node) :
				      clock_now() + MSEC(1));
	return all;
}

void
daemon_event(struct report *report, const struct event *ev)
{
	struct daemon *d = container_of(report, struct daemon, report);
	struct event packet;

	/* ways in are closed after the node, and some empty themselves then */
	if (!d->node)
		return;
	/* What is in use is known before a handover asks; it may show by a
	 * link that is lost, or by the first Router Advertisement of another
	 * one.  When a link comes there is time until its router answers, who
	 * had better be asked first. */
	if (ev->kind == EV_LINK) {
		if (!ev->link.up)
			demand_recount(d, 0);
		nic_on_link(d, &ev->link);
	} else if (ev->kind == EV_PACKET) {
		demand_recount(d, MSEC(100));
		packet = *ev;
		if (d->path && ev->packet.ifindex == d->caps.ifindex)
			packet.packet.ifindex = IFINDEX_PATH;
		ev = &packet;
	}
	if (ev->kind == EV_ADDRESS)
		nic_on_address(d, &ev->address.addr);
	node_input(d->node, ev, clock_now());
	daemon_settle(d);
	if (ev->kind != EV_LINK || !ev->link.up)
		return;
	demand_recount(d, 0);
	daemon_settle(d);
	d->hurry = clock_now() + HURRY;
}

void
daemon_tick(void *arg)
{
	struct daemon *d = arg;

	/* Perhaps a linger time is over, of an address that was taken again
	 * without a word: by policy, or a bind. */
	if (node_deadline(d->node) <= clock_now())
		demand_recount(d, clock_now() < d->hurry ? FRESH : 0);
	node_tick(d->node, clock_now());
	daemon_settle(d);
}

void
daemon_clock(void *arg)
{
	struct daemon *d = arg;
	struct event ev = { .kind = EV_CLOCK, .wall = clock_wall() };

	daemon_event(&d->report, &ev);
}

static void
log_drop(const struct path_event *pe)
{
	char from[ADDR_STRLEN];

	log_detail("packets that %s tunnelled to us are dropped: %s",
		   addr_print(&pe->key.remote, from), pe->value ?
		   "their source is not of that tunnel" : "no such tunnel");
}

static void
path_event(struct daemon *d, const struct path_event *pe)
{
	struct event ev;

	switch (pe->kind) {
	case PATH_EV_MTU:
		ev = (struct event){ .kind = EV_MTU };
		ev.mtu.path = pe->key;
		ev.mtu.mtu = pe->value;
		break;
	case PATH_EV_DROP:
		log_drop(pe);
		if (!pe->value)
			return;
		ev = (struct event){ .kind = EV_STRAY };
		ev.stray.path = pe->key;
		break;
	case PATH_EV_HELD:
		ev = (struct event){ .kind = EV_TRAFFIC };
		ev.traffic.flow = pe->flow;
		break;
	case PATH_EV_TRAFFIC:
		ev = (struct event){ .kind = EV_PAIR };
		ev.pair.flow = pe->flow;
		break;
	case PATH_EV_ACCESS:		/* perhaps somebody who has just come */
		ev = (struct event){ .kind = EV_NEIGHBOUR };
		ev.neighbour.ifindex = pe->ifindex;
		ev.neighbour.ll = pe->ll;
		ev.neighbour.addr = pe->addr;
		ev.neighbour.reachable = true;
		ev.neighbour.arrived = pe->value;
		break;
	case PATH_EV_ERROR:		/* its sender has been told */
		if (pe->value >> 8 != ICMP_UNREACHABLE ||
		    pe->key.kind != PATH_MIP6_CN)
			return;
		ev = (struct event){ .kind = EV_UNREACHABLE };
		ev.unreachable.flow = pe->flow;
		break;
	}
	daemon_event(&d->report, &ev);
}

void
daemon_path(void *arg)
{
	struct daemon *d = arg;
	struct path_event pe;

	while (d->path && path_poll(d->path, &pe) > 0)
		path_event(d, &pe);
}
