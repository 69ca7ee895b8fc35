/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * demand_ask.c - requests for an address of a type, and their answers.
 *
 * A request waits on a list with an alarm, and is answered exactly once: by
 * the address when it stands, by what became of it, or when its time is over.
 * Granted, it stays on the list until it is released: it is a reason for the
 * address.  A packet that waits in a held flow is a request, too, of nobody
 * (id 0): it is not answered, but what it waits for is made.
 */
#include "core/demand.h"

#include <errno.h>
#include <stdlib.h>

/* Who wants to wait longer does not know what time is. */
#define WAIT_MAX	SEC(24 * 60 * 60)

/* --- answers ------------------------------------------------------------ */

void
ask_free(struct node *n, struct ask *a)
{
	alarm_clear(n, &a->timeout);
	list_del(&a->l);
	n->demand->nasks--;
	free(a);
}

static void
reply(struct node *n, const struct ask *a, int error,
      const struct in6_addr *addr)
{
	struct effect e = { .kind = EF_REPLY };

	e.reply = (struct ef_reply){ .id = a->id, .error = error,
				     .type = a->type };
	if (addr)
		e.reply.addr = *addr;
	effect_put(n, &e);
}

/* Who waits for it gets it; packets that waited need nobody any more. */
void
asks_answer(struct node *n, struct owned *o)
{
	list_each(l, &n->demand->asks) {
		struct ask *a = container_of(l, struct ask, l);

		if (!a->id && a->on == o) {
			ask_free(n, a);
		} else if (a->id && !a->on && !a->lost &&
			   a->type == o->type && o->current) {
			a->on = o;
			alarm_clear(n, &a->timeout);
			reply(n, a, 0, &o->addr);
		}
	}
}

void
asks_fail(struct node *n, enum atype t, int error)
{
	list_each(l, &n->demand->asks) {
		struct ask *a = container_of(l, struct ask, l);

		if (a->type != t || !a->id || a->on || a->lost)
			continue;
		reply(n, a, error, NULL);
		ask_free(n, a);
	}
}

/* Packets that waited in a held flow have been answered otherwise. */
void
asks_drop_packets(struct node *n, const struct owned *o)
{
	list_each(l, &n->demand->asks) {
		struct ask *a = container_of(l, struct ask, l);

		if (!a->id && a->on == o)
			ask_free(n, a);
	}
}

/* No network at all is another answer than one that is silent. */
static void
on_timeout(struct node *n, struct alarm *al, usec_t now)
{
	struct ask *a = container_of(al, struct ask, timeout);

	if (a->id)
		reply(n, a, demand_attach(n) ? ETIMEDOUT : EADDRNOTAVAIL,
		      NULL);
	ask_free(n, a);
	demand_run(n, now);
}

static struct ask *
ask_new(struct node *n, uint64_t id, enum atype type, struct owned *on,
	usec_t wait, usec_t now)
{
	struct ask *a;

	if (n->demand->nasks >= ASKS_MAX) {
		demand_note_limit(n, EF_REPLY, ASKS_MAX, now);
		return NULL;
	}
	a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->id = id;
	a->type = type;
	a->on = on;
	alarm_init(&a->timeout, on_timeout);
	alarm_set(n, &a->timeout, now + wait);
	list_init(&a->l);
	list_append(&n->demand->asks, &a->l);
	n->demand->nasks++;
	return a;
}

void
asks_end(struct node *n)
{
	list_each(l, &n->demand->asks) {
		struct ask *a = container_of(l, struct ask, l);

		if (a->id && !a->on && !a->lost)
			reply(n, a, ECONNABORTED, NULL);
		ask_free(n, a);
	}
}

/* --- requests ----------------------------------------------------------- */

static bool
is_asking(const struct node *n, uint64_t id)
{
	list_each(l, &n->demand->asks)
		if (container_of(l, struct ask, l)->id == id)
			return true;
	return false;
}

static int
may_ask(const struct node *n, const struct ev_request *ev)
{
	if (!ev->id || ev->type <= ATYPE_NONE || ev->type >= ATYPES)
		return EINVAL;
	return owned_provided(n, ev->type) ? 0 : EOPNOTSUPP;
}

static usec_t
patience(const struct node *n, const struct ev_request *ev)
{
	usec_t wait = ev->timeout ? ev->timeout :
		      MSEC(n->conf->acquire_timeout);

	return wait < WAIT_MAX ? wait : WAIT_MAX;
}

/*
 * What stands is granted at once; else the request waits for what is under
 * way, and is what it is under way for.  One that was refused is asked for
 * anew: whoever asks may have mended it.  An id that is asking already is
 * answered as that.
 */
void
demand_on_request(struct node *n, const struct ev_request *ev, usec_t now)
{
	struct note note = { .code = NOTE_WANTED, .type = (uint8_t)ev->type };
	struct ask a = { .id = ev->id, .type = ev->type };
	struct owned *o = owned_current(n, ev->type);
	int error = may_ask(n, ev);

	if (ev->id && is_asking(n, ev->id))
		return;
	if (!error && !ask_new(n, ev->id, ev->type, NULL, patience(n, ev),
			       now))
		error = EAGAIN;
	if (error) {
		reply(n, &a, error, NULL);
		return;
	}
	if (!o || !o->stands)
		note_put(n, &note, now);
	if (o && o->home && (o->failed || o->home->reg.halted)) {
		o->failed = false;
		alarm_clear(n, &o->end);
		owned_wake(n, o, now);
	}
	demand_run(n, now);
}

void
demand_on_release(struct node *n, const struct ev_release *ev, usec_t now)
{
	if (!ev->id)
		return;			/* packets are nobody's */
	list_each(l, &n->demand->asks) {
		struct ask *a = container_of(l, struct ask, l);

		if (a->id != ev->id)
			continue;
		if (a->on)
			a->on->given_back = now;
		ask_free(n, a);
	}
	demand_run(n, now);
}

/* Somebody sends from a home address that is not registered. */
void
demand_on_traffic(struct node *n, const struct ev_traffic *ev, usec_t now)
{
	struct owned *o = owned_find(n, &ev->flow.src.addr);
	struct note note = { .code = NOTE_WANTED };

	if (!o || !o->home || o->home->active || owned_granted(n, o) ||
	    !n->ready || n->stopping)
		return;
	if (!ask_new(n, 0, o->type, o, MSEC(n->conf->acquire_timeout), now))
		return;
	note.type = (uint8_t)o->type;
	note_put(n, &note, now);
	owned_wake(n, o, now);
	demand_run(n, now);
}
