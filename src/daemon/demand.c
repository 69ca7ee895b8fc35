/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * demand.c - between the node, which makes addresses of the types that are
 * wanted, and those who want them: sockets at the eBPF hooks, applications
 * at their socket, and the kernel's table of sockets, which says who uses
 * what.
 *
 * Sockets are counted, not followed: whatever may have changed their number
 * (one was closed, bound, or asks for a type) only asks for a count, which
 * comes a moment later for all that happened until then.  A grant that is
 * given back waits for it, so that the node never believes an address unused
 * whose socket is bound already; and there is a count every few seconds, for
 * what nobody tells of: the end of an unconnected socket's silence.
 *
 * Somebody may have very many sockets, and much to ask: counting takes no
 * more than a twentieth of the time.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <stdio.h>

#define COUNT_SOON	MSEC(20)
#define COUNT_EVERY	SEC(5)
#define COUNT_MAX	1024		/* more than MnMaxAddresses allows */
#define COUNT_REST	20		/* times what the last one took */
#define REFUSALS	32		/* said in a second */

/* --- counting ----------------------------------------------------------- */

struct uses {
	struct daemon	*d;
	unsigned	n;
	struct in6_addr	addr[COUNT_MAX];
	uint32_t	count[COUNT_MAX];
};

static void
add_unconnected(void *arg, const struct in6_addr *addr, uint32_t sessions)
{
	struct uses *u = arg;

	for (unsigned i = 0; i < u->n; i++)
		if (addr_eq(&u->addr[i], addr))
			u->count[i] += sessions;
}

static void
tell_claims(struct daemon *d, const uint32_t claims[ATYPES])
{
	struct event ev = { .kind = EV_CLAIMS };

	if (!memcmp(d->claims, claims, sizeof(d->claims)))
		return;
	memcpy(d->claims, claims, sizeof(d->claims));
	memcpy(ev.claims.n, claims, sizeof(ev.claims.n));
	node_input(d->node, &ev, clock_now());
}

static void
tell_sessions(struct daemon *d, const struct uses *u)
{
	for (unsigned i = 0; i < u->n; i++) {
		struct event ev = { .kind = EV_SOCKETS };

		if (!owned_count(&d->owned, &u->addr[i], u->count[i]))
			continue;
		ev.sockets.addr = u->addr[i];
		ev.sockets.sessions = u->count[i];
		node_input(d->node, &ev, clock_now());
	}
}

static void
list_owned(const struct daemon *d, struct uses *u)
{
	struct owned_cursor c = { 0 };
	struct ef_owned o;

	while (u->n < COUNT_MAX && owned_next(&d->owned, &c, &o))
		u->addr[u->n++] = o.addr;
}

static void
count_all(struct daemon *d)
{
	struct uses u = { .d = d };
	uint32_t claims[ATYPES] = { 0 };
	int err = 0;

	list_owned(d, &u);
	if (d->diag && u.n)
		err = sockdiag_count(d->diag, u.addr, u.n, u.count);
	if (err)
		log_warn("sockets cannot be counted: %s", strerror(-err));
	if (d->hooks && hooks_count(d->hooks, SEC(d->conf->udp_idle), claims,
				    add_unconnected, &u))
		return;
	if (!err)
		tell_sessions(d, &u);
	tell_claims(d, claims);
}

static void
tell_released(struct daemon *d)
{
	for (unsigned i = 0; i < d->nreleased; i++) {
		struct event ev = { .kind = EV_RELEASE };

		ev.release.id = d->released[i];
		node_input(d->node, &ev, clock_now());
	}
	d->nreleased = 0;
}

/* Nothing is carried out here: the caller settles. */
static void
count_now(struct daemon *d)
{
	usec_t begin = clock_now();

	count_all(d);
	d->counted = clock_now();
	d->count_cost = d->counted - begin;
	tell_released(d);
}

static bool
any_owned(const struct daemon *d)
{
	struct owned_cursor c = { 0 };
	struct ef_owned o;

	return owned_next(&d->owned, &c, &o);
}

void
demand_count(struct daemon *d)
{
	d->count_at = USEC_NEVER;
	if (!d->described) {
		demand_count_soon(d, COUNT_SOON);
		return;
	}
	count_now(d);
	daemon_settle(d);
	if (any_owned(d))
		demand_count_soon(d, COUNT_EVERY);
}

void
demand_recount(struct daemon *d, usec_t age)
{
	usec_t rest = d->count_cost * COUNT_REST;

	if (d->app && d->described && any_owned(d) &&
	    clock_now() - d->counted >= (age > rest ? age : rest))
		count_now(d);
}

static void
on_count(void *arg)
{
	demand_count(arg);
}

/* With very many sockets not as soon as with few. */
void
demand_count_soon(struct daemon *d, usec_t in)
{
	usec_t rested = d->counted + d->count_cost * COUNT_REST;
	usec_t at = clock_now() + in;

	if (at < rested)
		at = rested;
	if (!d->count || at >= d->count_at)
		return;
	d->count_at = at;
	wakeup_set(d->count, at);
}

static void
on_closed(void *arg, const struct in6_addr *local)
{
	struct daemon *d = arg;

	if (addr_is_unspec(local) || owned_type(&d->owned, local))
		demand_count_soon(d, COUNT_SOON);
}

/* --- hooks -------------------------------------------------------------- */

/* A socket that wanted a type may be gone when sockets are counted: it was
 * wanted all the same, and the next try finds the address. */
static void
want_once(struct daemon *d, enum atype type)
{
	uint32_t claims[ATYPES];

	if (!d->described || !type)
		return;
	memcpy(claims, d->claims, sizeof(claims));
	claims[type]++;
	tell_claims(d, claims);
	daemon_settle(d);
	demand_count_soon(d, COUNT_SOON);
}

/* Who may not have something may ask for it as fast as he can. */
static bool
say_refusal(struct refusals *r)
{
	usec_t now = clock_now();

	if (now - r->since >= SEC(1)) {
		if (r->n > REFUSALS)
			log_notice("%u more were refused", r->n - REFUSALS);
		*r = (struct refusals){ .since = now };
	}
	return r->n++ < REFUSALS;
}

static void
on_hooks(void *arg)
{
	struct daemon *d = arg;
	struct hooks_event ev;

	while (hooks_poll(d->hooks, &ev) > 0) {
		if (ev.kind == HOOKS_REFUSED && say_refusal(&d->by_hooks))
			log_notice("%.16s (%u, user %u) may not use %s",
				   ev.comm, ev.pid, ev.uid,
				   atype_name(ev.type));
		else if (ev.kind == HOOKS_WANT)
			want_once(d, ev.type);
		else if (ev.kind == HOOKS_CLOSED)
			demand_count_soon(d, COUNT_SOON);
	}
}

/* Where there are none, the library and mip6run still do. */
int
demand_hooks_open(struct daemon *d, char why[DAEMON_WHY])
{
	const struct hooks_options o = { .cgroup = d->opt->cgroup };
	char missing[DAEMON_WHY - 96] = "--cgroup none";

	if (!(d->conf->roles & CONF_MN))
		return 0;
	if (!d->opt->hooks ||
	    hooks_open(&o, &d->hooks, missing, sizeof(missing))) {
		d->hooks = NULL;
		log_warn("no socket hooks, so neither setsockopt nor "
			 "AddressPolicy reaches programs, and address types "
			 "are only through libmip6 and mip6run: %s", missing);
		return 0;
	}
	d->hooks_watch = watch_new(&d->loop, hooks_fd(d->hooks), UV_READABLE,
				   on_hooks, d);
	demand_on_policy(d, d->policy.now);
	if (d->hooks_watch)
		return 0;
	d->hooks = hooks_close(d->hooks, false);
	snprintf(why, DAEMON_WHY, "socket hooks: no memory");
	return -ENOMEM;
}

void
demand_hooks_close(struct daemon *d)
{
	d->hooks_watch = watch_free(d->hooks_watch);
	d->hooks = hooks_close(d->hooks, false);
}

/* The policy is another one: for what sockets do from now on. */
void
demand_on_policy(void *arg, const struct policy *policy)
{
	struct daemon *d = arg;
	struct policy *open = NULL;
	int err;

	if (!d->hooks)
		return;
	/* Without AddressPolicy everybody may have what he asks for. */
	if (!policy)
		policy = open = policy_compile(NULL, 0, ATYPE_NONE, ATYPE_ALL);
	err = policy ? hooks_policy(d->hooks, policy) : -ENOMEM;
	policy_free(open);
	if (err)
		log_error("socket hooks: the policy cannot be put in force: "
			  "%s", strerror(-err));
}

/* --- applications ------------------------------------------------------- */

static bool
any_permit(const struct policy *p)
{
	static const struct policy_bits none;

	return memcmp(&p->has_permit, &none, sizeof(none)) != 0;
}

/* What rules ask of who it is. */
static unsigned
parts_asked(const struct policy *p)
{
	return (p->nprograms ? IDENTITY_PROGRAM : 0) |
	       (p->nusers || p->ngroups ? IDENTITY_USER : 0) |
	       (p->ncgroups ? IDENTITY_CGROUP : 0);
}

/* Whatever his peer will be: what is told of it is asked when he connects.
 * Who he is takes a while to find out, and mostly does not matter. */
static bool
may_have(const struct daemon *d, pid_t pid, enum atype type)
{
	struct identity_process p = { 0 };
	struct policy_subject who;
	bool may;

	if (!d->policy.now)
		return true;
	if (!any_permit(d->policy.now))
		return d->policy.now->permit & ATYPE_BIT(type);
	if (identity_of_pid(pid, parts_asked(d->policy.now), &p))
		return false;
	who = identity_subject(&p);
	may = policy_may(d->policy.now, &who, type, NULL);
	identity_fini(&p);
	return may;
}

static int
on_request(void *arg, const struct app_peer *peer, uint64_t id,
	   enum atype type, usec_t timeout, char *why, size_t cap)
{
	struct daemon *d = arg;
	struct event ev = { .kind = EV_REQUEST };

	if (!d->described) {
		snprintf(why, cap, "mip6d is only just starting");
		return -EAGAIN;
	}
	ev.request = (struct ev_request){ id, type, timeout };
	daemon_event(&d->report, &ev);
	return 0;
}

/* Perhaps in the midst of an effect, an answer: nothing is settled here. */
static void
on_release(void *arg, uint64_t id)
{
	struct daemon *d = arg;

	if (!d->described)
		return;
	/* No effects here: the one that is being carried out may be why. */
	if (d->nreleased == DAEMON_RELEASED)
		count_now(d);
	d->released[d->nreleased++] = id;
	demand_count_soon(d, COUNT_SOON);
}

static bool
on_permitted(void *arg, const struct app_peer *peer, enum atype type)
{
	return may_have(arg, peer->pid, type);
}

static void
on_refused(void *arg, const struct app_peer *peer, enum atype type)
{
	struct daemon *d = arg;

	if (say_refusal(&d->by_app))
		log_notice("process %d of user %u asks for %s and may not "
			   "have it", (int)peer->pid, (unsigned)peer->uid,
			   atype_name(type));
}

static bool
on_current(void *arg, enum atype type, struct in6_addr *ret)
{
	const struct daemon *d = arg;
	const struct ef_current *c = owned_now(&d->owned, type);

	*ret = c->addr;
	return c->provided;
}

static enum atype
on_type_of(void *arg, const struct in6_addr *addr, bool *ret_current)
{
	const struct daemon *d = arg;
	enum atype t = owned_type(&d->owned, addr);

	*ret_current = t && addr_eq(&owned_now(&d->owned, t)->addr,
				    addr);
	return t;
}

int
demand_app_open(struct daemon *d, char why[DAEMON_WHY])
{
	const struct app_ops ops = {
		.request = on_request, .release = on_release,
		.permitted = on_permitted, .refused = on_refused,
		.current = on_current,
		.type_of = on_type_of, .arg = d,
	};
	char file[RUNDIR_PATH], missing[DAEMON_WHY - 64];
	int err;

	if (!(d->conf->roles & CONF_MN))
		return 0;
	d->count_at = USEC_NEVER;
	d->count = wakeup_new(&d->loop, on_count, d);
	if (!d->count)
		return -ENOMEM;
	if (sockdiag_open(&d->loop, on_closed, d, &d->diag, missing,
			  sizeof(missing))) {
		d->diag = NULL;
		log_warn("sockets cannot be counted or ended: %s", missing);
	}
	err = rundir_file(d->opt->run_dir, "app", file);
	if (!err)
		err = app_open(&d->loop, file, d->conf->max_requests, &ops,
			       &d->app);
	if (!err)
		return 0;
	snprintf(why, DAEMON_WHY, "application socket: %s", strerror(-err));
	demand_app_close(d);
	return err;
}

void
demand_app_close(struct daemon *d)
{
	d->app = app_close(d->app);
	d->diag = sockdiag_close(d->diag);
	d->count = wakeup_free(d->count);
}

/* --- what the node says ------------------------------------------------- */

int
demand_do_owned(struct daemon *d, struct effect *e)
{
	int err = owned_set(&d->owned, &e->owned);

	if (!err && d->hooks)
		err = hooks_owned(d->hooks, &e->owned);
	if (!e->owned.up && d->app)
		app_tell(d->app, "down", e->owned.type, &e->owned.addr);
	demand_count_soon(d, COUNT_SOON);
	return err;
}

int
demand_do_current(struct daemon *d, struct effect *e)
{
	const struct ef_current *c = &e->current;
	struct in6_addr old = owned_now(&d->owned, c->type)->addr;

	owned_set_current(&d->owned, c);
	if (d->app && !addr_is_unspec(&old) && !addr_eq(&old, &c->addr) &&
	    owned_type(&d->owned, &old))
		app_tell(d->app, "replaced", c->type, &old);
	if (d->app && !addr_is_unspec(&c->addr) && !addr_eq(&old, &c->addr))
		app_tell(d->app, "up", c->type, &c->addr);
	return d->hooks ? hooks_current(d->hooks, c) : 0;
}

int
demand_do_reply(struct daemon *d, struct effect *e)
{
	if (d->app)
		app_reply(d->app, &e->reply);
	return 0;
}

int
demand_do_abort(struct daemon *d, struct effect *e)
{
	char text[ADDR_STRLEN];
	unsigned n = 0;
	int err = d->diag ? sockdiag_abort(d->diag, &e->abort.addr, &n) :
			    -EOPNOTSUPP;

	if (err)
		log_warn("sockets of %s are not ended, they will hang: %s",
			 addr_print(&e->abort.addr, text), strerror(-err));
	else if (n)
		log_detail("%u sockets of %s ended", n,
			   addr_print(&e->abort.addr, text));
	return 0;
}
