/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lma_lookup.c - which mobility session is a Proxy Binding Update about?
 *
 * RFC 5213 5.4.1, its three cases in their order: the request names a prefix
 * (5.4.1.1), or a link-layer identifier (5.4.1.2), or nothing but the mobile
 * (5.4.1.3).  The numbers are those of the RFC's paragraphs.
 *
 * A session that was deregistered is in the cache until
 * MinDelayBeforeBCEDelete has passed, and found like the others.
 */
#include "core/lma.h"

static bool
same_lli(const struct lma_session *s, const struct pmip_request *r)
{
	return r->has_lli && s->lli_len &&
	       span_eq(&r->lli, s->lli, s->lli_len);
}

static bool
has_prefix(const struct lma_session *s, const struct prefix *p)
{
	if (p->len == 64 && addr_eq(&s->hnp, &p->addr))
		return true;
	for (const struct lma_more *x = s->more; x; x = x->next)
		if (p->len == 64 && addr_eq(&x->hnp, &p->addr))
			return true;
	return false;
}

/* 5.4.1.1 no. 4: all match all, and so does their number. */
static bool
same_prefixes(const struct lma_session *s, const struct pmip_request *r)
{
	unsigned have = 1;

	for (const struct lma_more *x = s->more; x; x = x->next)
		have++;
	for (unsigned k = 0; k < r->nhnps; k++) {
		if (!has_prefix(s, &r->hnp[k]))
			return false;
		for (unsigned j = 0; j < k; j++)
			if (prefix_eq(&r->hnp[j], &r->hnp[k]))
				return false;
	}
	return have == r->nhnps;
}

/* 6.12: a session whose prefix is the anchor's no more is not taken up again in
 * the time that it is still in the cache. */
static bool
is_ours(const struct node *n, const struct lma_session *s)
{
	for (const struct lma_more *x = s->more; x; x = x->next)
		if (!lma_owns(n, &x->hnp))
			return false;
	return lma_owns(n, &s->hnp);
}

static enum lma_found
by_prefix(const struct node *n, const struct lma_mobile *m,
	  const struct pmip_request *r, const struct in6_addr *coa,
	  struct lma_session **ret, uint8_t *ret_status)
{
	struct lma_session *s = NULL;

	for (unsigned k = 0; k < r->nhnps && !s; k++)
		if (!addr_is_unspec(&r->hnp[k].addr))
			s = lma_session_find(n, &r->hnp[k].addr);
	if (!s || !is_ours(n, s))				/* 2. */
		return LMA_NEW;
	if (s->mobile != m) {					/* 3. */
		*ret_status = MH_ST_HNP_UNAUTHORIZED;
		return LMA_REFUSE;
	}
	if (!same_prefixes(s, r)) {				/* 4. */
		*ret_status = MH_ST_PREFIX_SET;
		return LMA_REFUSE;
	}
	*ret = s;						/* 5. */
	if (same_lli(s, r) && s->att == r->att)
		return LMA_UPDATE;
	if (r->hi == MOPT_HANDOFF_INTERFACES)
		return LMA_UPDATE;
	if (!r->has_lli && !s->lli_len && s->att == r->att &&
	    r->hi == MOPT_HANDOFF_MAGS)
		return LMA_UPDATE;
	if (addr_eq(&s->coa, coa) && s->att == r->att)
		return LMA_UPDATE;
	return LMA_NEW;						/* 6. */
}

/* "one and only one Binding Cache entry with the mobile node identifier" */
static struct lma_session *
only_session(const struct node *n, const struct lma_mobile *m)
{
	struct lma_session *only = NULL;

	if (!m)
		return NULL;
	list_each(l, &m->sessions) {
		struct lma_session *s = container_of(l, struct lma_session, l);

		if (!is_ours(n, s))
			continue;
		if (only)
			return NULL;
		only = s;
	}
	return only;
}

/* Handoff state unknown: it is that session, if its gateway says goodbye. */
static enum lma_found
if_left(struct lma_session *s)
{
	bool left = s->b && s->b->state == BINDING_INVALID &&
		    s->b->flags & BINDING_LEFT;

	return left ? LMA_UPDATE : LMA_WAIT;
}

static enum lma_found
by_lli(const struct node *n, const struct lma_mobile *m,
       const struct pmip_request *r, struct lma_session **ret)
{
	if (!m)
		return LMA_NEW;
	list_each(l, &m->sessions) {				/* 1., 2. */
		struct lma_session *s = container_of(l, struct lma_session, l);

		if (s->att == r->att && same_lli(s, r) && is_ours(n, s)) {
			*ret = s;
			return LMA_UPDATE;
		}
	}
	*ret = only_session(n, m);
	if (*ret && r->hi == MOPT_HANDOFF_INTERFACES)		/* 3. */
		return LMA_UPDATE;
	if (*ret && r->hi == MOPT_HANDOFF_UNKNOWN)		/* 4. */
		return if_left(*ret);
	return LMA_NEW;						/* 5. */
}

static enum lma_found
by_identity(const struct node *n, const struct lma_mobile *m,
	    const struct pmip_request *r, struct lma_session **ret)
{
	*ret = only_session(n, m);					/* 1. */
	if (*ret && (r->hi == MOPT_HANDOFF_INTERFACES ||
		     r->hi == MOPT_HANDOFF_MAGS))		/* 2. */
		return LMA_UPDATE;
	if (*ret && r->hi == MOPT_HANDOFF_UNKNOWN)		/* 3. */
		return if_left(*ret);
	return LMA_NEW;						/* 4. */
}

enum lma_found
lma_lookup(const struct node *n, const struct lma_mobile *m,
	   const struct pmip_request *r, const struct in6_addr *coa,
	   struct lma_session **ret, uint8_t *ret_status)
{
	enum lma_found found;

	*ret = NULL;
	if (pmip_has_prefix(r))
		found = by_prefix(n, m, r, coa, ret, ret_status);
	else if (r->has_lli)
		found = by_lli(n, m, r, ret);
	else
		found = by_identity(n, m, r, ret);
	if (found == LMA_NEW)
		*ret = NULL;
	return found;
}
