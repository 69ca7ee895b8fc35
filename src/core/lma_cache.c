/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lma_cache.c - mobiles, their sessions, and the prefixes of these.
 *
 * A session is found by each of its prefixes: by the first in the binding
 * cache, of which it is the key, by others in a table of their own.  A mobile
 * is found by a keyed digest of its identity, 128 bits of which nobody
 * outside can make two alike.
 */
#include "core/lma.h"

#include <stdlib.h>

static void
digest(const struct node *n, const struct span *id, uint64_t ret[2])
{
	ret[0] = siphash13(n->secret, id->p, id->len);
	ret[1] = siphash13(n->secret + 16, id->p, id->len);
}

struct lma_mobile *
lma_mobile_find(const struct node *n, const struct span *id)
{
	struct map_node *m;
	uint64_t key[2];

	digest(n, id, key);
	m = map_find(&n->lma->mobiles, key);
	return m ? container_of(m, struct lma_mobile, node) : NULL;
}

struct lma_mobile *
lma_mobile_get(struct node *n, const struct span *id)
{
	struct lma_mobile *m = lma_mobile_find(n, id);

	if (m || id->len > PMIP_ID_MAX)
		return m;
	m = calloc(1, sizeof(*m) + id->len + 1);
	if (!m)
		return NULL;
	digest(n, id, m->key);
	list_init(&m->sessions);
	m->id_len = (uint8_t)id->len;
	if (id->len)
		memcpy(m->id, id->p, id->len);
	if (map_insert(&n->lma->mobiles, &m->node))
		return m;
	free(m);
	return NULL;
}

void
lma_mobile_put(struct node *n, struct lma_mobile *m)
{
	if (!m || !list_empty(&m->sessions) || m->pending)
		return;
	map_remove(&n->lma->mobiles, &m->node);
	free(m);
}

struct lma_session *
lma_session_find(const struct node *n, const struct in6_addr *hnp)
{
	const struct binding *b = registrar_find(n->registrar, hnp);
	struct map_node *m;

	if (b && b->keeper == KEEPER_PROXY)
		return b->session;
	m = map_find(&n->lma->more, hnp);
	return m ? container_of(m, struct lma_more, node)->session : NULL;
}

/* One more prefix of it. */
static bool
add_more(struct node *n, struct lma_session *s, const struct in6_addr *hnp)
{
	struct lma_more *m = pool_get(&n->lma->more_pool), **end = &s->more;

	if (!m)
		return false;
	m->hnp = *hnp;
	lma_claim(n, hnp);
	m->session = s;
	if (!map_insert(&n->lma->more, &m->node)) {
		pool_put(&n->lma->more_pool, m);
		return false;
	}
	while (*end)
		end = &(*end)->next;
	*end = m;
	return true;
}

struct lma_session *
lma_session_new(struct node *n, struct lma_mobile *mobile,
		const struct in6_addr *hnp, unsigned count)
{
	struct lma_session *s = pool_get(&n->lma->session_pool);

	if (!s)
		return NULL;
	list_init(&s->l);
	list_init(&s->g);
	list_append(&mobile->sessions, &s->l);
	s->mobile = mobile;
	s->hnp = hnp[0];
	lma_claim(n, &hnp[0]);
	for (unsigned k = 1; k < count; k++) {
		if (add_more(n, s, &hnp[k]))
			continue;
		lma_session_unlink(n, s);
		lma_session_free(n, s);
		return NULL;
	}
	return s;
}

void
lma_session_unlink(struct node *n, struct lma_session *s)
{
	struct lma_mobile *m = s->mobile;

	if (!m)
		return;
	for (struct lma_more *x = s->more; x; x = x->next) {
		map_remove(&n->lma->more, &x->node);
		lma_unassign(n, &x->hnp);
	}
	lma_unassign(n, &s->hnp);
	list_del(&s->l);
	s->mobile = NULL;
	lma_mobile_put(n, m);
}

void
lma_session_free(struct node *n, struct lma_session *s)
{
	struct lma_more *x = s->more;

	while (x) {
		struct lma_more *next = x->next;

		pool_put(&n->lma->more_pool, x);
		x = next;
	}
	pool_put(&n->lma->session_pool, s);
}

unsigned
lma_session_prefixes(const struct lma_session *s,
		     struct prefix ret[CONF_HNPS])
{
	unsigned n = 0;

	ret[n++] = (struct prefix){ s->hnp, 64 };
	for (const struct lma_more *x = s->more; x && n < CONF_HNPS;
	     x = x->next)
		ret[n++] = (struct prefix){ x->hnp, 64 };
	return n;
}
