/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lma_profile.c - the configuration's mobiles, and the prefixes of an anchor.
 *
 * Profiles are found by identity, or by realm where the mobile has none of
 * its own; their prefixes by address, so that no pool gives one away.
 *
 * A pool counts its /64s.  What was never given out is taken first, then what
 * came back, the oldest first: a prefix that somebody had a moment ago is not
 * another's at once, and nothing has to be searched.  When POOL_WAITING have come
 * back they are taken first, so that what is kept of a pool grows with what was
 * in use at one time, not with the pool.
 *
 * Every prefix that is free is one that the count has not reached, or in the list
 * of what came back, once.  A session may also be there that no pool gave out
 * (after a restart, or when a gateway asked for it): the count passes over it, a
 * single time, and a list loses it.  So no search is bounded, and none is repeated:
 * the count goes on where it was under another configuration.
 */
#include "core/lma.h"

#include <errno.h>
#include <stdlib.h>

#define POOL_WAITING	65536
#define POOL_END	UINT32_MAX		/* of the list */
#define POOL_OUT	(UINT32_MAX - 1)	/* not in the list */

struct lma_freed {			/* of each /64 below `next' */
	uint32_t	before, after;
};

/* --- profiles -------------------------------------------------------------- */

/* Whose profile has that prefix? */
static const struct conf_mobile *
find_owner(const struct node *n, const struct in6_addr *hnp)
{
	const struct pmip_index *x = &n->lma->by_hnp;
	uint32_t at = UINT32_MAX, row;

	while (pmip_index_next(n, x, hnp, sizeof(*hnp), &at, &row)) {
		const struct conf_mobile *m =
			&n->conf->mobile[row / CONF_HNPS];

		if (addr_eq(&m->hnp[row % CONF_HNPS].addr, hnp))
			return m;
	}
	return NULL;
}

const struct conf_mobile *
lma_profile(const struct node *n, const struct span *id)
{
	return pmip_profile(n, &n->lma->by_id, id);
}

bool
lma_mag_allowed(const struct conf_mobile *m, const struct in6_addr *mag)
{
	for (unsigned k = 0; k < m->nmags; k++)
		if (prefix_match(&m->mag[k], mag))
			return true;
	return !m->nmags;
}

/* --- prefixes ------------------------------------------------------------- */

static struct lma_pool *
pool_of(const struct node *n, const struct in6_addr *hnp)
{
	struct lma *lma = n->lma;

	for (unsigned k = 0; k < lma->npools; k++)
		if (prefix_match(&lma->pool[k].prefix, hnp))
			return &lma->pool[k];
	return NULL;
}

bool
lma_owns(const struct node *n, const struct in6_addr *hnp)
{
	return pool_of(n, hnp);
}

static uint64_t
number_of(const struct in6_addr *a)
{
	struct rbuf r = rbuf_of(a, sizeof(*a));

	return rbuf_u64(&r);
}

static struct in6_addr
nth_prefix(const struct lma_pool *p, uint64_t k)
{
	struct in6_addr a = addr_unspec;
	struct wbuf w = wbuf_of(&a, sizeof(a));

	wbuf_u64(&w, number_of(&p->prefix.addr) + k);
	return a;
}

static bool
is_free(const struct node *n, const struct in6_addr *hnp)
{
	return !lma_session_find(n, hnp) && !find_owner(n, hnp);
}

/* The list of what came back: in at the end, out wherever it is. */
static void
freed_put(struct lma_pool *p, uint32_t k)
{
	p->at[k] = (struct lma_freed){ p->newest, POOL_END };
	if (p->newest == POOL_END)
		p->oldest = k;
	else
		p->at[p->newest].after = k;
	p->newest = k;
	p->nfreed++;
}

static void
freed_take(struct lma_pool *p, uint32_t k)
{
	struct lma_freed *f = &p->at[k];

	if (f->before == POOL_END)
		p->oldest = f->after;
	else
		p->at[f->before].after = f->after;
	if (f->after == POOL_END)
		p->newest = f->before;
	else
		p->at[f->after].before = f->before;
	f->after = POOL_OUT;
	p->nfreed--;
}

/* Room for what the count reaches next. */
static bool
pool_grow(struct lma_pool *p)
{
	uint64_t cap = p->cap ? p->cap + p->cap / 2 : 64;
	struct lma_freed *more;

	if (p->next < p->cap)
		return true;
	if (cap > p->size)
		cap = p->size;
	if (cap > POOL_OUT)
		cap = POOL_OUT;
	if (p->next >= cap)
		return false;
	more = realloc(p->at, (size_t)cap * sizeof(*more));
	if (!more)
		return false;
	p->at = more;
	p->cap = (uint32_t)cap;
	return true;
}

static bool
take_fresh(const struct node *n, struct lma_pool *p, struct in6_addr *ret)
{
	while (p->next < p->size && pool_grow(p)) {
		p->at[p->next].after = POOL_OUT;
		*ret = nth_prefix(p, p->next++);
		if (is_free(n, ret))
			return true;
	}
	return false;
}

static bool
pool_take(const struct node *n, struct lma_pool *p, struct in6_addr *ret)
{
	if (p->nfreed < POOL_WAITING && take_fresh(n, p, ret))
		return true;
	while (p->nfreed) {
		*ret = nth_prefix(p, p->oldest);
		freed_take(p, p->oldest);
		if (is_free(n, ret))		/* no profile has got it */
			return true;
	}
	return take_fresh(n, p, ret);
}

/* Which of its pool's; false: of none, or the count has not reached it. */
static bool
reached(const struct node *n, const struct in6_addr *hnp,
	struct lma_pool **ret, uint32_t *ret_k)
{
	struct lma_pool *p = pool_of(n, hnp);
	uint64_t k = p ? number_of(hnp) - number_of(&p->prefix.addr) : 0;

	if (!p || k >= p->next)
		return false;
	*ret = p;
	*ret_k = (uint32_t)k;
	return true;
}

void
lma_unassign(struct node *n, const struct in6_addr *hnp)
{
	struct lma_pool *p;
	uint32_t k;

	if (reached(n, hnp, &p, &k) && p->at[k].after == POOL_OUT &&
	    !find_owner(n, hnp))
		freed_put(p, k);
}

void
lma_claim(struct node *n, const struct in6_addr *hnp)
{
	struct lma_pool *p;
	uint32_t k;

	if (reached(n, hnp, &p, &k) && p->at[k].after != POOL_OUT)
		freed_take(p, k);
}

/* RFC 5213 5.3.2: "MUST ensure the allocated prefix(es) is not in use by any
 * other node or mobility session." */
unsigned
lma_assign(struct node *n, const struct conf_mobile *m,
	   struct in6_addr ret[CONF_HNPS])
{
	struct lma *lma = n->lma;
	unsigned got = 0;

	for (unsigned k = 0; k < m->nhnps; k++) {
		/* Its other interface has them already. */
		if (lma_session_find(n, &m->hnp[k].addr))
			return 0;
		ret[k] = m->hnp[k].addr;
	}
	if (m->nhnps)
		return m->nhnps;
	for (unsigned k = 0; k < lma->npools && got < m->prefixes; k++)
		while (got < m->prefixes &&
		       pool_take(n, &lma->pool[k], &ret[got]))
			got++;
	if (got == m->prefixes)
		return got;
	while (got)
		lma_unassign(n, &ret[--got]);
	return 0;
}

bool
lma_may_have(const struct node *n, const struct conf_mobile *m,
	     const struct prefix *p)
{
	const struct conf_mobile *owner;
	struct prefix whole = prefix_of(&p->addr, 64);

	if (p->len != 64 || !prefix_eq(&whole, p) || !lma_owns(n, &p->addr) ||
	    lma_session_find(n, &p->addr))
		return false;
	owner = find_owner(n, &p->addr);
	/* One of a pool, that it had before we forgot, or never had: nobody
	 * else is hurt by it. */
	return owner ? owner == m : !m->nhnps;
}

/* --- life ------------------------------------------------------------------ */

int
lma_profiles_start(struct node *n)
{
	const struct conf *c = n->conf;
	struct lma *lma = n->lma;

	lma->pool = calloc(c->npools + 1, sizeof(*lma->pool));
	if (!lma->pool || pmip_profiles(n, &lma->by_id) ||
	    pmip_index_init(&lma->by_hnp, c->nmobiles * CONF_HNPS)) {
		lma_profiles_stop(n);
		return -ENOMEM;
	}
	lma->npools = c->npools;
	for (unsigned k = 0; k < c->npools; k++) {
		lma->pool[k].prefix = c->pool[k];
		lma->pool[k].size = (uint64_t)1 << (64 - c->pool[k].len);
		lma->pool[k].oldest = lma->pool[k].newest = POOL_END;
	}
	for (uint32_t k = 0; k < c->nmobiles; k++) {
		const struct conf_mobile *m = &c->mobile[k];

		for (uint32_t j = 0; j < m->nhnps; j++)
			pmip_index_put(n, &lma->by_hnp, &m->hnp[j].addr,
				       sizeof(m->hnp[j].addr),
				       k * CONF_HNPS + j);
	}
	return 0;
}

static void
pools_free(struct lma_pool *pool, unsigned npools)
{
	for (unsigned k = 0; k < npools; k++)
		free(pool[k].at);
	free(pool);
}

int
lma_profiles_renew(struct node *n, const struct conf *old)
{
	struct lma *lma = n->lma;
	struct lma_pool *was = lma->pool;
	unsigned nwas = lma->npools;
	int err;

	lma->pool = NULL;
	lma->npools = 0;
	lma_profiles_stop(n);
	err = lma_profiles_start(n);
	for (unsigned k = 0; k < nwas; k++)
		for (unsigned j = 0; j < lma->npools; j++)
			if (prefix_eq(&was[k].prefix, &lma->pool[j].prefix)) {
				lma->pool[j] = was[k];
				was[k].at = NULL;
			}
	pools_free(was, nwas);
	/* What profiles had is their pools' now. */
	for (uint32_t k = 0; !err && k < old->nmobiles; k++)
		for (uint32_t j = 0; j < old->mobile[k].nhnps; j++) {
			const struct in6_addr *hnp =
				&old->mobile[k].hnp[j].addr;

			if (is_free(n, hnp))
				lma_unassign(n, hnp);
		}
	return err;
}

void
lma_profiles_stop(struct node *n)
{
	struct lma *lma = n->lma;

	pools_free(lma->pool, lma->npools);
	pmip_index_fini(&lma->by_id);
	pmip_index_fini(&lma->by_hnp);
	lma->pool = NULL;
	lma->npools = 0;
}
