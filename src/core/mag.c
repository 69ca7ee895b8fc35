/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mag.c - the mobile access gateway role (RFC 5213 section 6): the table of its
 * mobiles, found by link-layer address, and its life.  What happens to a
 * mobile is in mag_attach.c, mag_update.c, mag_link.c and mag_revoke.c.
 */
#include "core/heartbeat.h"
#include "core/mag.h"
#include "core/revoke.h"

#include <errno.h>
#include <stdlib.h>

/* --- the table ---------------------------------------------------------------- */

static struct mag_key
key_of(const struct lladdr *ll)
{
	struct mag_key k = { .len = ll->len };

	memcpy(k.b, ll->b, ll->len);
	return k;
}

struct lladdr
mag_lladdr(const struct mag_mobile *m)
{
	struct lladdr ll = { .len = m->key.len };

	memcpy(ll.b, m->key.b, ll.len);
	return ll;
}

struct mag_mobile *
mag_find(const struct node *n, const struct lladdr *ll)
{
	struct mag_key k = key_of(ll);
	struct map_node *m = map_find(&n->mag->mobiles, &k);

	return m ? container_of(m, struct mag_mobile, node) : NULL;
}

const struct conf_access_link *
mag_access(const struct node *n, uint32_t ifindex)
{
	const struct iface *i = iface_find(n, ifindex);

	for (unsigned k = 0; i && k < n->conf->naccess; k++)
		if (strcmp(n->conf->access[k].ifname, i->name) == 0)
			return &n->conf->access[k];
	return NULL;
}

struct span
mag_id(const struct mag_mobile *m)
{
	return (struct span){ m->id.b, m->id.len };
}

const struct conf_mobile *
mag_profile(const struct node *n, const struct mag_mobile *m)
{
	struct span id = mag_id(m);

	return pmip_profile(n, &n->mag->by_id, &id);
}

struct in6_addr
mag_lma(const struct node *n, const struct mag_mobile *m)
{
	const struct conf_mobile *p = mag_profile(n, m);

	return p && !addr_is_unspec(&p->lma) ? p->lma : n->conf->lma_address;
}

bool
mag_is_anchored(const struct node *n, const struct mag_mobile *m)
{
	struct in6_addr lma = mag_lma(n, m);

	return addr_eq(&lma, addr_is_unspec(&m->redirector) ?
		       &m->reg.peer : &m->redirector) &&
	       (!m->reg.bound || addr_eq(&m->reg.coa, &n->conf->mag_address));
}

void
mag_note(struct node *n, const struct lladdr *ll, uint32_t ifindex,
	 enum note_code code, usec_t now)
{
	struct note note = { .code = code, .ifindex = ifindex, .ll = *ll };

	note_put(n, &note, now);
}

struct mag_mobile *
mag_new(struct node *n, const struct lladdr *ll, const struct span *id)
{
	struct mag_mobile *m;
	struct in6_addr lma;

	if (!id->len || id->len > PMIP_ID_MAX || ll->len > LLADDR_MAX)
		return NULL;
	m = pool_get(&n->mag->pool);
	if (!m)
		return NULL;
	m->key = key_of(ll);
	m->id.len = (uint8_t)id->len;
	memcpy(m->id.b, id->p, id->len);
	lma = mag_lma(n, m);
	registrant_init(&m->reg, &mag_ops, &addr_unspec, &lma, &m->rate);
	alarm_init(&m->advert, mag_on_advert);
	alarm_init(&m->watch, mag_on_watch);
	wish_init(&m->store, WISH_MAG);
	list_init(&m->g);
	m->router = n->conf->mag_linklocal;
	if (map_insert(&n->mag->mobiles, &m->node))
		return m;
	pool_put(&n->mag->pool, m);
	return NULL;
}

/* It is neither served nor registered, as far as we care. */
void
mag_drop(struct node *n, struct mag_mobile *m)
{
	mag_unserve(n, m, false, 0);
	mag_forget(n, m);
	mag_group_leave(n, m);
	alarm_clear(n, &m->advert);
	alarm_clear(n, &m->watch);
	registrant_fini(n, &m->reg);
	wish_drop(&m->store);
	map_remove(&n->mag->mobiles, &m->node);
	pool_put(&n->mag->pool, m);
}

/* --- answers --------------------------------------------------------------------------- */

/* RFC 6602 5.1.2: "MUST be considered malformed and ignored" */
static bool
is_malformed(const struct mh *mh)
{
	struct pmip_request r;

	pmip_read(mh, &r);
	return r.bulk && !r.has_group;
}

/* 6.9.1.2 no. 5: found by the link-layer identifier that it must repeat. */
void
mag_on_ba(struct node *n, struct rx *rx, usec_t now)
{
	const struct mopt *lli = mh_opt(&rx->mh, MOPT_MN_LLI);
	struct lladdr ll = { 0 };
	struct mag_mobile *m;

	if (rx->mh.ba.flags & MH_BA_P && !lli)
		mag_group_on_ba(n, rx, now);
	if (!(rx->mh.ba.flags & MH_BA_P) || !lli ||
	    lli->data.len > LLADDR_MAX || is_malformed(&rx->mh))
		return;
	ll.len = (uint8_t)lli->data.len;
	memcpy(ll.b, lli->data.p, ll.len);
	m = mag_find(n, &ll);
	if (m && addr_eq(&m->reg.peer, &rx->pkt.src) &&
	    addr_eq(&m->reg.ask_coa, &rx->pkt.dst))
		registrant_on_ba(n, &m->reg, rx, now);
}

/* --- life ------------------------------------------------------------------------------- */

static int
index_start(struct node *n)
{
	const struct conf *c = n->conf;
	struct mag *mag = n->mag;
	uint32_t rows = 0;

	for (unsigned k = 0; k < c->nmobiles; k++)
		rows += c->mobile[k].nll;
	if (pmip_profiles(n, &mag->by_id) ||
	    pmip_index_init(&mag->by_ll, rows))
		return -ENOMEM;
	for (uint32_t k = 0; k < c->nmobiles; k++)
		for (unsigned j = 0; j < c->mobile[k].nll; j++)
			pmip_index_put(n, &mag->by_ll, c->mobile[k].ll[j].b,
				       c->mobile[k].ll[j].len, k);
	return 0;
}

static void
index_stop(struct node *n)
{
	pmip_index_fini(&n->mag->by_id);
	pmip_index_fini(&n->mag->by_ll);
}

int
mag_start(struct node *n, usec_t now)
{
	n->mag = calloc(1, sizeof(*n->mag));
	if (!n->mag)
		return -ENOMEM;
	map_init(&n->mag->mobiles, offsetof(struct mag_mobile, key) -
		 offsetof(struct mag_mobile, node), sizeof(struct mag_key),
		 n->secret);
	map_init(&n->mag->routers, offsetof(struct mag_router, key) -
		 offsetof(struct mag_router, node),
		 sizeof(struct mag_router_key), n->secret);
	mag_groups_start(n, now);
	map_init(&n->mag->prefixes, offsetof(struct mag_prefix, hnp) -
		 offsetof(struct mag_prefix, node), sizeof(struct in6_addr),
		 n->secret);
	pool_init(&n->mag->pool, sizeof(struct mag_mobile), UINT32_MAX);
	n->beats = beats_new(n);
	n->revocations = revoke_new(n);
	return n->beats && n->revocations ? index_start(n) : -ENOMEM;
}

void
mag_stop(struct node *n)
{
	struct map_node *m, *next;
	size_t pos = 0;

	if (!n->mag)
		return;
	n->beats = beats_free(n, n->beats);
	n->revocations = revoke_free(n, n->revocations);
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		alarm_clear(n, &mobile->advert);
		alarm_clear(n, &mobile->watch);
		registrant_fini(n, &mobile->reg);
		wish_drop(&mobile->store);
	}
	pos = 0;
	for (m = map_next(&n->mag->routers, NULL, &pos); m; m = next) {
		next = map_next(&n->mag->routers, m, &pos);
		map_remove(&n->mag->routers, m);
		free(container_of(m, struct mag_router, node));
	}
	mag_groups_stop(n);
	index_stop(n);
	map_fini(&n->mag->prefixes);
	map_fini(&n->mag->routers);
	map_fini(&n->mag->mobiles);
	pool_fini(&n->mag->pool);
	free(n->mag);
	n->mag = NULL;
}

/* Who was here before a restart is asked; what is heard is heard. */
void
mag_ready(struct node *n, usec_t now)
{
	struct map_node *m, *next;
	unsigned gone = 0;
	size_t pos = 0;

	beats_ready(n, now);
	mag_addresses(n, true);
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (!mag_access(n, mobile->ifindex) ||
		    !mag_profile(n, mobile) ||
		    !security_peer(n, &mobile->reg.peer)) {
			mag_withdraw(n, mobile, gone++, now);
			continue;
		}
		mag_serve(n, mobile, now);
		mag_doubt(n, mobile, now);
	}
}

/* Nobody is served from now on, and the anchor knows. */
void
mag_shutdown(struct node *n, usec_t now)
{
	struct map_node *m, *next;
	size_t pos = 0;

	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		mag_unserve(n, mobile, true, now);
		mag_detach(n, mobile, now);
	}
	pos = 0;
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		next = map_next(&n->mag->mobiles, m, &pos);
		mag_drop(n, container_of(m, struct mag_mobile, node));
	}
}

static bool
may_stay(const struct node *n, const struct mag_mobile *m,
	 const struct conf *old)
{
	if (!security_peer(n, &m->reg.peer))
		return false;
	return m->state == MAG_LEAVING ||
	       (mag_access(n, m->ifindex) && mag_profile(n, m) &&
		mag_is_anchored(n, m) &&
		addr_eq(&old->mag_address, &n->conf->mag_address));
}

/* Who has no place any more is deregistered (6.9.1.4 no. 1), where and from where
 * it was registered. */
int
mag_reconfigure(struct node *n, const struct conf *old, usec_t now)
{
	struct map_node *m, *next;
	unsigned gone = 0;
	size_t pos = 0;
	int err;

	index_stop(n);
	err = index_start(n);
	if (err)
		return err;
	mag_addresses(n, true);
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (!may_stay(n, mobile, old)) {
			mag_withdraw(n, mobile, gone++, now);
			continue;
		}
		/* An administrative action, if there is one. */
		if (mobile->state == MAG_DENIED)
			mag_register(n, mobile, now);
		registrant_retry(n, &mobile->reg, now);
		if (mobile->served)
			mag_serve(n, mobile, now);
	}
	return 0;
}
