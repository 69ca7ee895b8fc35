/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mld_filter.c - what is left of RFC 3810 7.4 for a router on whose link there
 * is one listener.
 *
 * A tunnel has one mobile at its end, so nobody else's wishes have to be kept
 * when it changes its mind, and none has to be asked for: it is at once as the
 * mobile says.  Lists that are too long for one record come in several (5.2.15);
 * so a list of included sources adds to what is there, and what a change of mode
 * leaves out goes a moment later.
 *
 * Sources beyond SOURCES are not remembered: the group is then forwarded as a
 * whole, and the mobile's kernel drops what it does not want.
 */
#include "core/mld_filter.h"

#include <stdlib.h>

/* As many as Linux lets a socket have (net.ipv6.mld_max_msf). */
#define SOURCES		64

/* RFC 3810 section 9: Robustness Variable 2, Query Interval 125 s, Query
 * Response Interval 10 s; Last Listener Query Time 2 s. */
#define LISTENING	(2 * SEC(125) + SEC(10))
#define LAST_LISTENER	SEC(2)

struct mld_source {
	struct in6_addr	addr;
	usec_t		until;		/* included: so long */
};

void
mld_filter_fini(struct mld_filter *f)
{
	free(f->source);
	*f = (struct mld_filter){ 0 };
}

static struct mld_source *
find(const struct mld_filter *f, const struct in6_addr *a)
{
	for (unsigned k = 0; k < f->n; k++)
		if (addr_eq(&f->source[k].addr, a))
			return &f->source[k];
	return NULL;
}

/* False: it has no room. */
static bool
add(struct mld_filter *f, const struct in6_addr *a, usec_t until)
{
	struct mld_source *s = find(f, a);

	if (!s) {
		if (f->n == SOURCES)
			return false;
		s = reallocarray(f->source, f->n + 1, sizeof(*s));
		if (!s)
			return false;
		f->source = s;
		s = &f->source[f->n++];
		s->addr = *a;
	}
	s->until = until;
	return true;
}

static void
drop(struct mld_filter *f, const struct in6_addr *a)
{
	struct mld_source *s = find(f, a);

	if (s)
		*s = f->source[--f->n];
}

/* Included ones whose time is over; and how long the others have. */
static void
settle(struct mld_filter *f, usec_t now)
{
	unsigned left = 0;

	if (f->exclude)
		return;
	f->until = now;
	for (unsigned k = 0; k < f->n; k++) {
		if (f->source[k].until <= now)
			continue;
		f->source[left++] = f->source[k];
		if (f->source[k].until > f->until)
			f->until = f->source[k].until;
	}
	f->n = left;
}

static void
everybody(struct mld_filter *f, usec_t now)
{
	f->exclude = true;
	f->n = 0;
	f->until = now + LISTENING;
}

static struct in6_addr
address_at(const uint8_t *sources, unsigned k)
{
	struct in6_addr a;

	memcpy(&a, sources + 16 * (size_t)k, sizeof(a));
	return a;
}

static void
include(struct mld_filter *f, const uint8_t *sources, unsigned n, usec_t now)
{
	bool room = true;

	f->exclude = false;
	for (unsigned k = 0; k < n && room; k++) {
		struct in6_addr a = address_at(sources, k);

		room = add(f, &a, now + LISTENING);
	}
	if (!room)
		everybody(f, now);
}

/* One that has no room is forwarded. */
static void
exclude(struct mld_filter *f, const uint8_t *sources, unsigned n)
{
	for (unsigned k = 0; k < n; k++) {
		struct in6_addr a = address_at(sources, k);

		add(f, &a, USEC_NEVER);
	}
}

static void
forget(struct mld_filter *f, const uint8_t *sources, unsigned n)
{
	for (unsigned k = 0; k < n; k++) {
		struct in6_addr a = address_at(sources, k);

		drop(f, &a);
	}
}

/* TO_IN without any is how a group is left.  What came a moment ago is another
 * part of the same list. */
static void
begin_include(struct mld_filter *f, unsigned n, usec_t now)
{
	if (f->exclude || !n)
		f->n = 0;
	for (unsigned k = 0; k < f->n; k++) {
		usec_t *until = &f->source[k].until;

		if (*until > now + LAST_LISTENER &&
		    *until < now + LISTENING - LAST_LISTENER)
			*until = now + LAST_LISTENER;
	}
}

bool
mld_filter_apply(struct mld_filter *f, unsigned type, const uint8_t *sources,
		 unsigned n, usec_t now)
{
	switch (type) {
	case IS_EXCLUDE:
	case TO_EXCLUDE:
		everybody(f, now);
		exclude(f, sources, n);
		break;
	case TO_INCLUDE:
		begin_include(f, n, now);
		include(f, sources, n, now);
		break;
	case IS_INCLUDE:
		if (f->exclude || !n)
			f->n = 0;
		include(f, sources, n, now);
		break;
	case ALLOW:
		if (f->exclude)
			forget(f, sources, n);
		else
			include(f, sources, n, now);
		break;
	case BLOCK:
		if (f->exclude)
			exclude(f, sources, n);
		else
			forget(f, sources, n);
		break;
	}
	settle(f, now);
	return f->exclude || f->n;
}

bool
mld_filter_takes(const struct mld_filter *f, const struct in6_addr *src,
		 usec_t now)
{
	const struct mld_source *s = find(f, src);

	return f->exclude ? !s : s && s->until > now;
}
