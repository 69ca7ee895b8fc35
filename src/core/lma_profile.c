/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lma_profile.c - the configuration's mobiles, and the prefixes of an anchor.
 *
 * Profiles are found by identity, or by realm where the mobile has none of
 * its own; their prefixes by address, so that no pool gives one away.
 *
 * A pool counts its /64s.  What was never given out is taken first, then what
 * came back: a prefix that somebody had a moment ago is not another's at once,
 * and nothing has to be searched.  A session may also be there that no pool
 * gave out (after a restart, or when a gateway asked for it): such ones are
 * passed over when the count reaches them, a bounded number at a time.
 */
#include "core/lma.h"

#include <errno.h>
#include <stdlib.h>

#define ASSIGN_LOOKS	65536

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

static bool
pool_take(const struct node *n, struct lma_pool *p, struct in6_addr *ret)
{
	for (int look = 0; look < ASSIGN_LOOKS && p->next < p->size; look++) {
		*ret = nth_prefix(p, p->next++);
		if (is_free(n, ret))
			return true;
	}
	while (p->nfreed) {
		*ret = nth_prefix(p, p->freed[--p->nfreed]);
		if (is_free(n, ret))
			return true;
	}
	return false;
}

void
lma_unassign(struct node *n, const struct in6_addr *hnp)
{
	struct lma_pool *p = pool_of(n, hnp);
	uint64_t k = p ? number_of(hnp) - number_of(&p->prefix.addr) : 0;

	/* What the count has not reached will be met there. */
	if (!p || k >= p->next || find_owner(n, hnp))
		return;
	if (p->nfreed == p->cap) {
		uint32_t cap = p->cap ? 2 * p->cap : 64;
		uint64_t *more = realloc(p->freed, cap * sizeof(*more));

		if (!more)
			return;		/* lost until the next start */
		p->freed = more;
		p->cap = cap;
	}
	p->freed[p->nfreed++] = k;
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

void
lma_profiles_stop(struct node *n)
{
	struct lma *lma = n->lma;

	for (unsigned k = 0; k < lma->npools; k++)
		free(lma->pool[k].freed);
	free(lma->pool);
	pmip_index_fini(&lma->by_id);
	pmip_index_fini(&lma->by_hnp);
	lma->pool = NULL;
	lma->npools = 0;
}
