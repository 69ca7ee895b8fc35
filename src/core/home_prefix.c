/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * home_prefix.c - the Prefix List of our home links (RFC 4861 5.1, 6.3.4).
 *
 * RFC 6275 10.3.1: a binding is not valid for longer than its home prefix, by
 * "the home agent's own Prefix List entry".  So there is one here for each
 * prefix and link, of the advertisements of all routers, home agents or not,
 * and whatever their router lifetime: RFC 4861 6.3.4 has the lifetime of a
 * router and those of its prefixes apart.
 *
 * A prefix of the configuration is known before anybody advertises it: for
 * ever.  Once it has been heard it lasts as long as is said; when it has ended
 * it stays here as ended until it is heard again, since what is forgotten
 * would be as configured, valid for ever.  For the same reason the list is by
 * the name of a link and stays when the link goes down.  What is no home
 * prefix is only told to mobiles; it is forgotten when it ends, and of it there
 * are no more than one Mobile Prefix Advertisement has room for.
 *
 * Advertisements are not authentic.  As RFC 4862 5.5.3 e has it, a known
 * prefix is not cut short by one to less than two hours, or somebody on the
 * link could end all bindings with a single packet.
 */
#include "core/home_prefix.h"
#include "core/ha.h"
#include "core/home_link.h"

#include <stdlib.h>

/* What a lifetime may differ from one that counts down in real time. */
#define SLACK		SEC(2)
#define TWO_HOURS	SEC(7200)

struct home_prefix {
	struct list	l;
	struct alarm	alarm;
	char		ifname[CONF_IFNAME];
	struct nd_pio	pio;		/* as it was advertised last */
	usec_t		valid, preferred;	/* until; USEC_NEVER */
	bool		ended;		/* and that was said */
};

struct home_prefixes {
	struct list	all;
};

struct home_prefixes *
home_prefixes_new(void)
{
	struct home_prefixes *h = calloc(1, sizeof(*h));

	if (h)
		list_init(&h->all);
	return h;
}

static void
entry_free(struct node *n, struct home_prefix *p)
{
	alarm_clear(n, &p->alarm);
	list_del(&p->l);
	free(p);
}

struct home_prefixes *
home_prefixes_free(struct node *n, struct home_prefixes *h)
{
	if (!h)
		return NULL;
	list_each(l, &h->all)
		entry_free(n, container_of(l, struct home_prefix, l));
	free(h);
	return NULL;
}

static struct home_prefix *
entry_find(const struct node *n, const char *ifname, const struct prefix *x)
{
	list_each(e, &n->ha->home_prefixes->all) {
		struct home_prefix *p = container_of(e, struct home_prefix, l);

		if (!strcmp(p->ifname, ifname) && p->pio.len == x->len &&
		    addr_eq(&p->pio.prefix, &x->addr))
			return p;
	}
	return NULL;
}

/* Does the configuration have home addresses in it? */
static bool
is_home_prefix(const struct node *n, const char *ifname, const struct prefix *x)
{
	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];

		if (!l->anchor && !strcmp(l->ifname, ifname) &&
		    prefix_eq(&l->prefix, x))
			return true;
	}
	return false;
}

static bool
is_home_entry(const struct node *n, const struct home_prefix *p)
{
	struct prefix x = { p->pio.prefix, p->pio.len };

	return is_home_prefix(n, p->ifname, &x);
}

void
home_prefixes_settle(struct node *n, usec_t now)
{
	list_each(e, &n->ha->home_prefixes->all) {
		struct home_prefix *p = container_of(e, struct home_prefix, l);
		bool stays = false;

		for (unsigned k = 0; k < n->conf->nhome_links; k++)
			stays |= !n->conf->home_link[k].anchor &&
				 !strcmp(n->conf->home_link[k].ifname,
					 p->ifname);
		if (!stays || (p->valid <= now && !is_home_entry(n, p)))
			entry_free(n, p);
	}
}

/* --- time ------------------------------------------------------------------ */

static usec_t
until(uint32_t seconds, usec_t now)
{
	return seconds == ND_INFINITE ? USEC_NEVER : now + SEC(seconds);
}

static uint32_t
left(usec_t until, usec_t now)
{
	return until == USEC_NEVER ? ND_INFINITE : until <= now ? 0 :
	       (uint32_t)((until - now) / USEC_PER_SEC);
}

/* RFC 4862 5.5.3 e: who cannot prove it does not cut a prefix short. */
static usec_t
valid_after(usec_t ends, uint32_t seconds, usec_t now)
{
	usec_t told = until(seconds, now);

	if (told > now + TWO_HOURS || told > ends)
		return told;
	return ends <= now + TWO_HOURS ? ends : now + TWO_HOURS;
}

static void
say(struct node *n, const char *ifname, usec_t now)
{
	const struct iface *i = iface_by_name(n, ifname);

	ha_on_prefixes(n, i ? i->ifindex : 0, now);
}

static void
entry_ring(struct node *n, struct alarm *a, usec_t now)
{
	struct home_prefix *p = container_of(a, struct home_prefix, alarm);
	char ifname[CONF_IFNAME];

	strcpy(ifname, p->ifname);
	p->ended = true;
	if (!is_home_entry(n, p))
		entry_free(n, p);
	say(n, ifname, now);
}

/* --- what is heard ---------------------------------------------------------- */

/* Has a lifetime changed but by the passing of time?  One that is always
 * advertised the same has not, one that counts down with the clock neither. */
static bool
lifetime_changed(uint32_t was, usec_t ends, uint32_t is, usec_t would)
{
	if (was == is)
		return false;
	if (ends == USEC_NEVER || would == USEC_NEVER)
		return ends != would;
	return would > ends ? would - ends > SLACK : ends - would > SLACK;
}

static struct home_prefix *
entry_new(struct node *n, const char *ifname, const struct prefix *x)
{
	struct home_prefixes *h = n->ha->home_prefixes;
	bool home = is_home_prefix(n, ifname, x);
	struct home_prefix *p;
	unsigned others = 0;

	list_each(e, &h->all) {
		p = container_of(e, struct home_prefix, l);
		others += !strcmp(p->ifname, ifname) && !is_home_entry(n, p);
	}
	p = home || others < ND_PIO_MAX ? calloc(1, sizeof(*p)) : NULL;
	if (!p)
		return NULL;
	strcpy(p->ifname, ifname);
	p->pio.prefix = x->addr;
	p->pio.len = x->len;
	p->valid = p->preferred = home ? USEC_NEVER : 0;
	alarm_init(&p->alarm, entry_ring);
	list_init(&p->l);
	list_append(&h->all, &p->l);
	return p;
}

/* True when it tells something new of the home network. */
static bool
hear(struct node *n, const char *ifname, const struct nd_pio *o, usec_t now)
{
	struct prefix x = prefix_of(&o->prefix, o->len);
	struct home_prefix *p = entry_find(n, ifname, &x);
	usec_t valid, preferred;
	bool fresh, news;

	if (!o->len || o->len > 128 || o->preferred > o->valid ||
	    !addr_is_routable(&o->prefix))
		return false;
	fresh = !p;
	if (fresh && !o->valid && !is_home_prefix(n, ifname, &x))
		return false;
	if (fresh)
		p = entry_new(n, ifname, &x);
	if (!p)
		return false;
	valid = valid_after(p->valid, o->valid, now);
	preferred = until(o->preferred, now);
	news = fresh || p->ended != (valid <= now) ||
	       p->pio.flags != (o->flags & (uint8_t)~ND_PIO_R) ||
	       lifetime_changed(p->pio.valid, p->valid, o->valid, valid) ||
	       lifetime_changed(p->pio.preferred, p->preferred, o->preferred,
				preferred);
	p->pio.flags = o->flags & (uint8_t)~ND_PIO_R;
	p->pio.valid = o->valid;
	p->pio.preferred = o->preferred;
	p->valid = valid;
	p->preferred = preferred;
	p->ended = valid <= now;
	alarm_set(n, &p->alarm, p->ended ? USEC_NEVER : valid);
	return news;
}

void
home_prefixes_hear(struct node *n, const struct iface *i,
		   const struct nd_ra *ra, usec_t now)
{
	bool news = false;

	for (unsigned k = 0; k < ra->npios; k++)
		news |= hear(n, i->name, &ra->pio[k], now);
	if (news)
		say(n, i->name, now);
}

/* --- for others ------------------------------------------------------------- */

void
home_prefixes_walk(const struct node *n, const struct conf_home_link *l,
		   usec_t now, home_prefix_each *each, void *arg)
{
	list_each(e, &n->ha->home_prefixes->all) {
		const struct home_prefix *p =
			container_of(e, struct home_prefix, l);
		struct nd_pio o = p->pio;

		if (home_link_virtual(l) || strcmp(p->ifname, l->ifname) ||
		    (p->valid <= now && !is_home_entry(n, p)))
			continue;
		o.valid = left(p->valid, now);
		o.preferred = left(p->preferred < p->valid ? p->preferred :
				   p->valid, now);
		each(arg, &o);
	}
}

bool
home_prefix_left(const struct node *n, const struct conf_home_link *l,
		 usec_t now, uint32_t *ret_valid, uint32_t *ret_preferred)
{
	const struct home_prefix *p = entry_find(n, l->ifname, &l->prefix);

	if (!p)
		return false;
	*ret_valid = left(p->valid, now);
	*ret_preferred = left(p->preferred < p->valid ? p->preferred :
			      p->valid, now);
	return true;
}
