/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * demand.c - which address types are wanted, and what follows.
 *
 * A type is wanted while there is a reason: it is in the boot set, or it is
 * the default of sockets whose hook cannot wait; a socket claims it and has
 * no address yet; somebody asks for it, or was granted it and still holds
 * the grant.  An address is in use while its type is wanted and it is the
 * current one, while sockets have it, or while a grant is for it.
 *
 * demand_run compares all of that with what is there, as often as something
 * changed: it forms what is wanted and missing, answers who waits, lets the
 * linger time of what is unused begin, and says what sockets shall get.  It
 * changes nothing when nothing is to be done.
 */
#include "core/demand.h"
#include "core/form.h"

#include <errno.h>
#include <stdlib.h>

/* Nobody tries again sooner than this after a refusal; packets that wait
 * have been answered by then. */
#define RETRY_AFTER	SEC(5)

/* --- reasons ------------------------------------------------------------ */

static bool
is_default(const struct conf *c, enum atype t)
{
	if (c->default_type == t)
		return true;
	for (unsigned k = 0; k < c->nrules; k++)
		if (c->rule[k].has_default && c->rule[k].default_type == t)
			return true;
	return false;
}

/* There before anybody asks.  The home address need not: its value is known,
 * so that a hook can bind to it while nothing is registered. */
static bool
always(const struct node *n, enum atype t)
{
	if (n->conf->boot & ATYPE_BIT(t))
		return true;
	return is_default(n->conf, t) && (t != ATYPE_HOME || !n->early_bind);
}

static bool
asked(const struct node *n, enum atype t)
{
	list_each(l, &n->demand->asks)
		if (container_of(l, struct ask, l)->type == t)
			return true;
	return false;
}

static bool
wanted(const struct node *n, enum atype t)
{
	return always(n, t) || n->demand->claims[t] || asked(n, t);
}

bool
owned_granted(const struct node *n, const struct owned *o)
{
	list_each(l, &n->demand->asks)
		if (container_of(l, struct ask, l)->on == o)
			return true;
	return false;
}

/* Somebody has it, whether others shall get it or not. */
static bool
held(const struct node *n, const struct owned *o)
{
	return o->sessions || o->uncounted || owned_granted(n, o);
}

static bool
in_use(const struct node *n, const struct owned *o)
{
	return held(n, o) || (o->current && wanted(n, o->type));
}

bool
demand_wants_coa(const struct node *n, const struct attach *a)
{
	return !n->conf->on_demand || demand_needs_coa(n, a);
}

bool
demand_needs_coa(const struct node *n, const struct attach *a)
{
	each_home(n, h, l)
		if (h->releasing || (h->active &&
				     !attach_on_link_prefix(a, &h->prefix)))
			return true;
	return false;
}

bool
demand_uses_prefix(const struct node *n, const struct attach *a,
		   const struct prefix *p)
{
	each_owned(n, o, l)
		if (o->type != ATYPE_HOME && prefix_eq(&o->prefix, p) &&
		    strcmp(o->ifname, a->iface->name) == 0)
			return true;
	return false;
}

/* One type only: that of sockets that do not ask, else the first of the
 * boot set. */
uint32_t
demand_preferred(const struct node *n, enum atype t)
{
	static const enum atype order[] = {
		ATYPE_HOME, ATYPE_UNANCHORED, ATYPE_ACCESS, ATYPE_GRACEFUL,
	};
	enum atype kernels = (enum atype)n->conf->default_type;

	for (unsigned k = 0; k < 4 && kernels == ATYPE_NONE; k++)
		if (n->conf->boot & ATYPE_BIT(order[k]))
			kernels = order[k];
	return t == kernels ? ND_INFINITE : 0;
}

void
demand_note_limit(struct node *n, enum effect_kind what, uint32_t limit,
		  usec_t now)
{
	struct note note = { .code = NOTE_LIMIT, .type = (uint8_t)what,
			     .value = limit };

	if (node_may_tell(n, now))
		note_put(n, &note, now);
}

/* --- compare and fix ---------------------------------------------------- */

/* Who gave a grant back has bound a socket, and connects it next: only then
 * does every kernel tell of it.  (Hooks see it before.) */
#define GRANT_GAP	SEC(3)

static usec_t
linger_until(const struct node *n, const struct owned *o, usec_t now)
{
	usec_t until = now + SEC(n->conf->linger[o->type]);
	usec_t gap = o->given_back && !n->early_bind ?
		     o->given_back + GRANT_GAP : 0;

	return until > gap ? until : gap;
}

/* What nobody uses ends after its linger time.  One that never came to stand
 * has nothing to linger for, where lingering may be for ever. */
static void
linger(struct node *n, struct owned *o, usec_t now)
{
	uint32_t s = n->conf->linger[o->type];

	if (o->failed || (o->home && !o->home->active))
		return;
	if (in_use(n, o)) {
		if (o->reason == NOTE_GONE_UNUSED)
			alarm_clear(n, &o->end);
		return;
	}
	if (alarm_is_set(&o->end))
		return;
	o->reason = NOTE_GONE_UNUSED;
	if (!o->stands && o->type == ATYPE_HOME)
		owned_release(n, o, NOTE_GONE_UNUSED, now);
	else if (s != CONF_NEVER)
		alarm_set(n, &o->end, linger_until(n, o, now));
}

static void
stand(struct node *n, struct owned *o, usec_t now)
{
	struct note note = { .code = NOTE_ADDRESS_UP, .a = o->addr,
			     .type = (uint8_t)o->type,
			     .elapsed = now - o->since };

	if (o->stands || !owned_usable(n, o))
		return;
	o->stands = true;
	note_put(n, &note, now);
}

/* A home address before it stands: is it on the path device, where what is
 * sent from it waits? */
static bool
is_bindable(const struct node *n, const struct owned *o)
{
	return o->type == ATYPE_HOME &&
	       (n->early_bind || o->home->place == PLACE_AWAY ||
		o->home->place == PLACE_RETURNING);
}

void
demand_say_current(struct node *n, enum atype t)
{
	struct effect e = { .kind = EF_CURRENT };
	const struct owned *o = owned_current(n, t);

	e.current.type = t;
	e.current.provided = owned_provided(n, t);
	if (o && (o->stands || is_bindable(n, o)))
		e.current.addr = o->addr;
	want(n, &e);
}

static void
renew_later(struct node *n, enum atype t, usec_t now)
{
	struct epoch *e = &n->demand->epoch[t];

	if (n->conf->renew[t] && t != ATYPE_HOME && !alarm_is_set(&e->renew))
		alarm_set(n, &e->renew, now + SEC(n->conf->renew[t]));
}

/* The next process shall know that it is there, wherever it is. */
void
owned_wake(struct node *n, struct owned *o, usec_t now)
{
	o->since = now;
	wish_add(n, &o->store, 1);
	home_activate(n, o->home, now);
}

static void
run_home(struct node *n, struct owned *o, usec_t now)
{
	if (o->home->active || o->failed ||
	    o->home->place == PLACE_DISABLED)
		return;
	owned_wake(n, o, now);
}

/* One is as good as another for who asks; what is there without being asked
 * for are all of them. */
static void
run_homes(struct node *n, usec_t now)
{
	struct owned *current = owned_current(n, ATYPE_HOME);

	/* Somebody else has it (134): nothing to wait for. */
	if (!current)
		asks_fail(n, ATYPE_HOME, EADDRNOTAVAIL);
	each_owned(n, o, l)
		if (o == current ||
		    (o->type == ATYPE_HOME && always(n, ATYPE_HOME)))
			run_home(n, o, now);
}

/* On an interface that is down, where another one is up: old sockets may see
 * it again, new ones shall not wait for that. */
static bool
is_cut_off(const struct node *n, const struct owned *o)
{
	const struct iface *i = iface_by_name(n, o->ifname);

	return o->type != ATYPE_HOME && !(i && i->up) && demand_attach(n);
}

static void
run_type(struct node *n, enum atype t, usec_t now)
{
	struct owned *o = owned_current(n, t);
	int why;

	if (o && (is_cut_off(n, o) || owned_is_deprecated(n, o, now)))
		owned_retire(n, o, now);
	if (!wanted(n, t))
		return;
	if (!owned_provided(n, t)) {
		asks_fail(n, t, EOPNOTSUPP);
	} else if (t == ATYPE_HOME) {
		run_homes(n, now);
	} else if (!owned_current(n, t)) {
		if (owned_form(n, t, now))
			renew_later(n, t, now);
		else if ((why = owned_why_not(n, t, now)))
			asks_fail(n, t, why);
	}
}

void
demand_run(struct node *n, usec_t now)
{
	if (!n->ready || n->stopping)
		return;
	owned_try_again(n, false, now);
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		run_type(n, t, now);
	each_owned(n, o, l)
		stand(n, o, now);
	/* Who is answered finds it there. */
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++)
		demand_say_current(n, t);
	owned_end_sockets(n, false, now);
	each_owned(n, o, l) {
		if (o->stands && owned_usable(n, o))
			asks_answer(n, o);
		linger(n, o, now);
	}
	demand_say_current(n, ATYPE_HOME);		/* linger may end it */
}

/* --- sockets -------------------------------------------------------------- */

void
demand_on_sockets(struct node *n, const struct ev_sockets *ev, usec_t now)
{
	struct owned *o = owned_find(n, &ev->addr);

	if (!o)
		return;
	o->uncounted = false;
	o->sessions = ev->sessions;
	demand_run(n, now);
}

void
demand_on_claims(struct node *n, const struct ev_claims *ev, usec_t now)
{
	memcpy(n->demand->claims, ev->n, sizeof(n->demand->claims));
	demand_run(n, now);
}

/* --- what happens to addresses ------------------------------------------ */

/* Has the interface where it was formed another link now?  While that is not
 * known, it has not. */
static bool
left_its_link(const struct node *n, const struct owned *o)
{
	const struct iface *i = iface_by_name(n, o->ifname);
	const struct attach *a = i ? i->attach : NULL;

	if (!a)
		return true;
	if (!a->current || a->state != ATTACH_ON)
		return false;
	return !attach_has_prefix(a, &o->prefix);
}

/* A new link: what is bound to the old one goes, or goes on elsewhere. */
static void
leave_link(struct node *n, struct owned *o, usec_t now)
{
	enum atype t = o->type;
	bool used = in_use(n, o);

	if (t == ATYPE_UNANCHORED) {
		owned_release(n, o, NOTE_GONE_HANDOVER, now);
		/* Who was aborted comes back at once. */
		if (used && !owned_current(n, t) && owned_form(n, t, now))
			renew_later(n, t, now);
		return;
	}
	if (owned_is_orphan(n, o)) {
		owned_release(n, o, NOTE_GONE_CONFIGURATION, now);
		return;
	}
	if (o->current)
		owned_retire(n, o, now);
	/* Also one that was old before: renewed, or restored.  One that
	 * nobody has lingers. */
	if (t == ATYPE_GRACEFUL && held(n, o) &&
	    !(alarm_is_set(&o->end) && o->reason == NOTE_GONE_GRACE)) {
		o->reason = NOTE_GONE_GRACE;
		alarm_set(n, &o->end, now + SEC(n->conf->grace));
	}
}

void
demand_on_attach(struct node *n, usec_t now)
{
	each_owned(n, o, l)
		if (o->type != ATYPE_HOME && left_its_link(n, o))
			leave_link(n, o, now);
	demand_run(n, now);
}

uint32_t
demand_sessions(const struct node *n, const struct mn_home *h)
{
	const struct owned *o = owned_of(n, h);

	return !o ? 0 : o->uncounted ? 1 : o->sessions;
}

static bool
outlives_its_link(const struct node *n, const struct owned *o)
{
	return held(n, o) && !owned_is_orphan(n, o) &&
	       (o->type != ATYPE_GRACEFUL || n->conf->grace);
}

void
demand_on_leave(struct node *n, const struct attach *a, usec_t now)
{
	owned_try_again(n, true, now);
	each_owned(n, o, l) {
		bool here = strcmp(o->ifname, a->iface->name) == 0;

		if (o->home && o->type != ATYPE_HOME && here &&
		    (o->home->place == PLACE_HOME ||
		     o->home->place == PLACE_AWAY) &&
		    !outlives_its_link(n, o) &&
		    !attach_has_prefix(a, &o->prefix))
			owned_release(n, o, NOTE_GONE_HANDOVER, now);
	}
}

void
demand_on_address(struct node *n, const struct ev_address *ev, usec_t now)
{
	struct owned *o = owned_find(n, &ev->addr);

	if (o && !o->home && ev->state == ADDR_DUPLICATE) {
		struct note note = { .code = NOTE_DAD_FAILED, .a = ev->addr,
				     .ifindex = ev->ifindex };

		note_put(n, &note, now);
		owned_count_duplicate(n, o, now);
		owned_release(n, o, NOTE_GONE_PREFIX, now);
	}
	demand_run(n, now);
}

void
demand_on_duplicate(struct node *n, const struct mn_home *h, usec_t now)
{
	struct owned *o = owned_of(n, h);

	if (!o)
		return;
	if (o->type == ATYPE_HOME) {
		asks_drop_packets(n, o);
		owned_lose(n, o, now);
	} else {
		owned_count_duplicate(n, o, now);
		owned_release(n, o, NOTE_GONE_PREFIX, now);
	}
	demand_run(n, now);
}

void
demand_on_formed(struct node *n, usec_t now)
{
	demand_run(n, now);
}

void
demand_on_home(struct node *n, const struct mn_home *h, usec_t now)
{
	demand_run(n, now);
}

/*
 * The home agent, or the anchor, will not have it.  Who waits for it is told.
 * A home address is left to who asks next (or to a reload, where it stands
 * for good), and to the sockets that have it, which the next link may help;
 * another one is of no use any more.
 */
void
demand_on_refused(struct node *n, const struct mn_home *h, usec_t now)
{
	struct owned *o = owned_of(n, h);
	bool duplicate = h->reg.status == MH_ST_DAD_FAILED;
	const struct owned *other = o ? owned_current(n, o->type) : NULL;

	if (!o)
		return;
	asks_drop_packets(n, o);
	if (!other || other == o)
		asks_fail(n, o->type, duplicate ? EADDRNOTAVAIL :
			     ECONNREFUSED);
	/* Where somebody has it, the next one must not be the same. */
	if (duplicate && o->type != ATYPE_HOME)
		owned_count_duplicate(n, o, now);
	if (o->type != ATYPE_HOME) {
		owned_release(n, o, NOTE_GONE_REFUSED, now);
	} else if (duplicate) {
		owned_lose(n, o, now);
	} else if (!always(n, ATYPE_HOME) && !held(n, o)) {
		o->failed = true;
		o->reason = NOTE_GONE_REFUSED;
		alarm_set(n, &o->end, now + RETRY_AFTER);
	}
	demand_run(n, now);
}

/* The sessions of an anchored address hear that it is over: they would wait
 * for ever.  A home address is waited for. */
void
demand_on_silent(struct node *n, struct mn_home *h, usec_t now)
{
	struct owned *o = owned_of(n, h);

	if (!o || o->type == ATYPE_HOME)
		return;
	asks_drop_packets(n, o);
	owned_release(n, o, NOTE_GONE_EXPIRED, now);
	demand_run(n, now);
}

/* Its linger time, its grace period or the wait after a refusal is over. */
static void
on_end(struct node *n, struct alarm *al, usec_t now)
{
	struct owned *o = container_of(al, struct owned, end);

	o->failed = false;
	/* Sockets may have come meanwhile: they keep what they have. */
	if (o->reason != NOTE_GONE_REFUSED || !held(n, o))
		owned_release(n, o, o->reason, now);
	demand_run(n, now);
}

/* RFC 8653 section 5: addresses change.  Sockets keep what they have. */
static void
on_renew(struct node *n, struct alarm *al, usec_t now)
{
	struct epoch *e = container_of(al, struct epoch, renew);
	struct owned *o = owned_current(n, e->type);

	if (!o)
		return;
	/* Rather an old address than none. */
	if (held(n, o) && owned_full(n)) {
		renew_later(n, e->type, now);
		return;
	}
	e->value++;
	e->counter = 0;
	wish_add(n, &e->store, 1);
	if (held(n, o))
		owned_retire(n, o, now);
	else
		owned_release(n, o, NOTE_GONE_RENEWED, now);
	demand_run(n, now);
}

/* --- life --------------------------------------------------------------- */

alarm_fire *const owned_on_end = on_end;

int
demand_own_homes(struct node *n)
{
	each_home(n, h, l)
		if (h->type == ATYPE_HOME && !owned_of(n, h)) {
			struct owned *o = owned_new(n, ATYPE_HOME,
						    &h->conf.hoa, 0);

			if (!o)
				return -ENOMEM;
			o->home = h;
			o->prefix = h->prefix;
		}
	return 0;
}

int
demand_start(struct node *n)
{
	struct demand *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	n->demand = d;
	list_init(&d->owned);
	list_init(&d->asks);
	list_init(&d->pending);
	list_init(&d->endings);
	for (enum atype t = ATYPE_NONE; t < ATYPES; t++) {
		d->epoch[t].type = t;
		alarm_init(&d->epoch[t].renew, on_renew);
		wish_init(&d->epoch[t].store, WISH_EPOCH);
	}
	return demand_own_homes(n);
}

void
demand_stop(struct node *n)
{
	struct demand *d = n->demand;

	if (!d)
		return;
	list_each(l, &d->asks)
		ask_free(n, container_of(l, struct ask, l));
	each_owned(n, o, l)
		owned_free(n, o);
	list_each(l, &d->endings)
		ending_free(n, container_of(l, struct ending, l));
	demand_restored(n, 0);
	for (enum atype t = ATYPE_NONE; t < ATYPES; t++) {
		alarm_clear(n, &d->epoch[t].renew);
		wish_drop(&d->epoch[t].store);
	}
	free(d);
	n->demand = NULL;
}

void
demand_ready(struct node *n, usec_t now)
{
	each_owned(n, o, l) {
		owned_say(n, o, true);
		o->since = now;
		if (o->home && o->home->active) {
			o->stands = o->uncounted = true;
			wish_add(n, &o->store, 1);
		}
		if (o->stands)
			owned_configure(n, o);
	}
	demand_run(n, now);
}

/* Nobody is left to wait for; what was there is not to be remembered. */
void
demand_shutdown(struct node *n, usec_t now)
{
	owned_end_sockets(n, true, now);
	asks_end(n);
	each_owned(n, o, l) {
		alarm_clear(n, &o->end);
		owned_forget(n, o);
	}
	for (enum atype t = ATYPE_NONE; t < ATYPES; t++)
		alarm_clear(n, &n->demand->epoch[t].renew);
}

/* On its own link it needs nobody; elsewhere nobody keeps it alive. */
static void
orphan(struct node *n, struct owned *o, usec_t now)
{
	if (o->home->place != PLACE_HOME)
		owned_release(n, o, NOTE_GONE_CONFIGURATION, now);
	else if (o->current)
		owned_retire(n, o, now);
}

void
demand_drop_orphans(struct node *n, usec_t now)
{
	each_owned(n, o, l)
		if (owned_is_orphan(n, o))
			orphan(n, o, now);
}

/* The policy of the day: addresses are preferred or not by it, and types may
 * be wanted that were not. */
int
demand_reconfigure(struct node *n, usec_t now)
{
	int err = demand_own_homes(n);

	each_owned(n, o, l) {
		if (n->ready)
			owned_say(n, o, true);
		owned_configure(n, o);
		if (o->reason == NOTE_GONE_UNUSED)
			alarm_clear(n, &o->end);
	}
	for (enum atype t = ATYPE_HOME; t < ATYPES; t++) {
		alarm_clear(n, &n->demand->epoch[t].renew);
		if (owned_current(n, t))
			renew_later(n, t, now);
	}
	if (n->ready && !n->stopping)
		demand_on_attach(n, now);
	return err;
}

bool
demand_settled(const struct node *n)
{
	for (enum atype t = ATYPE_ACCESS; t < ATYPES; t++) {
		const struct owned *o = owned_current(n, t);

		if (always(n, t) && owned_provided(n, t) &&
		    (!o || !o->stands))
			return false;
	}
	return true;
}
