/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pmip.c - see pmip.h.
 *
 * Both ends read and write the same set of options, so it is done once.  An
 * option that is there twice counts with its first value: nobody is to
 * prefer one of two that contradict each other.
 */
#include "core/pmip.h"

#include <errno.h>
#include <stdlib.h>

void
pmip_read(const struct mh *mh, struct pmip_request *ret)
{
	const struct mopt *id = mh_opt(mh, MOPT_MNID);
	const struct mopt *hi = mh_opt(mh, MOPT_HANDOFF);
	const struct mopt *att = mh_opt(mh, MOPT_ATT);
	const struct mopt *lli = mh_opt(mh, MOPT_MN_LLI);
	const struct mopt *ll = mh_opt(mh, MOPT_LINKLOCAL);
	const struct mopt *stamp = mh_opt(mh, MOPT_TIMESTAMP);

	memset(ret, 0, offsetof(struct pmip_request, hnp));
	ret->id_subtype = id ? id->mnid.subtype : MOPT_MNID_NAI;
	if (id)
		ret->id = id->mnid.id;
	ret->has_id = id;
	ret->has_hi = hi;
	ret->hi = hi ? (uint8_t)hi->value : 0;
	ret->has_att = att;
	ret->att = att ? (uint8_t)att->value : 0;
	if (lli)
		ret->lli = lli->data;
	ret->has_lli = lli;
	ret->has_ll = ll;
	ret->ll = ll ? ll->addr : addr_unspec;
	ret->has_stamp = stamp;
	ret->stamp = stamp ? stamp->timestamp : 0;
	ret->bulk = mh->type == MH_BU ? mh->bu.flags & MH_BU_B :
		    mh->type == MH_BA && mh->ba.flags & MH_BA_B;
	for (unsigned k = 0; k < mh->nopts; k++) {
		const struct mopt *o = &mh->opt[k];

		if (o->type == MOPT_HNP && ret->nhnps < PMIP_HNPS_MAX)
			ret->hnp[ret->nhnps++] = (struct prefix){
				o->prefix.addr, o->prefix.len
			};
		if (o->type == MOPT_GROUP && !ret->has_group &&
		    o->group.subtype == PMIP_GROUP_BULK) {
			ret->has_group = true;
			ret->group = o->group.id;
		}
	}
}

static void
write_prefix(struct mh *mh, const struct prefix *p)
{
	struct mopt *o = mh_add(mh, MOPT_HNP);

	if (!o)
		return;
	o->prefix.code = 0;
	o->prefix.len = p->len;
	o->prefix.addr = p->addr;
}

void
pmip_write_group(struct mh *mh, uint32_t id)
{
	struct mopt *o = mh_add(mh, MOPT_GROUP);

	if (!o)
		return;
	o->group.subtype = PMIP_GROUP_BULK;
	o->group.id = id;
}

bool
pmip_names_session(const struct mh *mh)
{
	return mh_opt(mh, MOPT_MNID) || mh_opt(mh, MOPT_HNP) ||
	       mh_opt(mh, MOPT_IPV4_HOA) || mh_opt(mh, MOPT_IPV4_REQUEST) ||
	       mh_opt(mh, MOPT_GRE_KEY);
}

void
pmip_write(struct mh *mh, const struct pmip_request *r)
{
	static const struct prefix any = { .len = 0 };
	struct mopt *o;

	if ((o = mh_add(mh, MOPT_MNID))) {
		o->mnid.subtype = r->id_subtype;
		o->mnid.id = r->id;
	}
	for (unsigned k = 0; k < r->nhnps; k++)
		write_prefix(mh, &r->hnp[k]);
	if (!r->nhnps)
		write_prefix(mh, &any);
	if ((o = mh_add(mh, MOPT_HANDOFF)))
		o->value = r->hi;
	if ((o = mh_add(mh, MOPT_ATT)))
		o->value = r->att;
	if (r->has_stamp && (o = mh_add(mh, MOPT_TIMESTAMP)))
		o->timestamp = r->stamp;
	if (r->has_lli && (o = mh_add(mh, MOPT_MN_LLI)))
		o->data = r->lli;
	if (r->has_ll && (o = mh_add(mh, MOPT_LINKLOCAL)))
		o->addr = r->ll;
	if (r->has_group)
		pmip_write_group(mh, r->group);
}

bool
pmip_has_prefix(const struct pmip_request *r)
{
	for (unsigned k = 0; k < r->nhnps; k++)
		if (!addr_is_unspec(&r->hnp[k].addr))
			return true;
	return false;
}

bool
pmip_asks_prefix(const struct pmip_request *r)
{
	for (unsigned k = 0; k < r->nhnps; k++)
		if (addr_is_unspec(&r->hnp[k].addr))
			return true;
	return false;
}

/* 48 bits of seconds, 16 of their 65536th parts. */
uint64_t
pmip_stamp(const struct node *n, usec_t now)
{
	uint64_t wall = (uint64_t)((int64_t)now + n->wall);

	return (wall / USEC_PER_SEC) << 16 |
	       ((wall % USEC_PER_SEC) << 16) / USEC_PER_SEC;
}

bool
span_eq(const struct span *s, const void *p, size_t len)
{
	return s->len == len && (!len || memcmp(s->p, p, len) == 0);
}

/* Either end sends these, so who does is part of what is proved: otherwise a
 * message that comes back would be its receiver's peer's. */
void
pmip_cover(struct mh_route *r)
{
	r->coa = r->src;
	r->hoa = r->dst;
}

/* --- RFC 8127 -------------------------------------------------------------- */

#define LCMP_REGISTRATION	1	/* 3.1.1 */
#define LCMP_HEARTBEAT		2	/* 3.1.2 */
#define LCMP_DATA		6	/* three numbers */

static void
put_three(struct wbuf *w, uint8_t type, uint16_t a, uint16_t b, uint16_t c)
{
	wbuf_u8(w, type);
	wbuf_u8(w, LCMP_DATA);
	wbuf_u16(w, a);
	wbuf_u16(w, b);
	wbuf_u16(w, c);
}

void
pmip_put_control(struct mh *mh, const struct pmip_control *c,
		 uint8_t room[PMIP_CONTROL_LEN])
{
	struct wbuf w = wbuf_of(room, PMIP_CONTROL_LEN);
	struct mopt *o;

	if (c->registrations)
		put_three(&w, LCMP_REGISTRATION,
			  (uint16_t)(c->before / MH_LIFETIME_UNIT), c->first,
			  c->most);
	if (c->heartbeats)
		put_three(&w, LCMP_HEARTBEAT, c->beat, c->beat_retry,
			  c->beat_most);
	/* "at least one sub-option MUST be present" */
	if (wbuf_len(&w) && (o = mh_add(mh, MOPT_LCMP)))
		o->data = (struct span){ room, wbuf_len(&w) };
}

void
pmip_get_control(const struct mh *mh, struct pmip_control *ret)
{
	const struct mopt *o = mh_opt(mh, MOPT_LCMP);
	struct rbuf r = o ? rbuf_of(o->data.p, o->data.len) : rbuf_of(NULL, 0);
	struct mopt_sub s;

	*ret = (struct pmip_control){ 0 };
	while (mopt_sub_next(&r, MOPT_SUB_PLAIN, &s)) {
		struct rbuf d = rbuf_of(s.data.p, s.data.len);
		uint16_t v[3];

		if (s.data.len != LCMP_DATA)
			continue;
		for (int k = 0; k < 3; k++)
			v[k] = rbuf_u16(&d);
		if (s.type == LCMP_REGISTRATION && !ret->registrations) {
			ret->registrations = true;
			ret->before = (uint32_t)v[0] * MH_LIFETIME_UNIT;
			ret->first = v[1];
			ret->most = v[2];
		} else if (s.type == LCMP_HEARTBEAT && !ret->heartbeats) {
			ret->heartbeats = true;
			ret->beat = v[0];
			ret->beat_retry = v[1];
			ret->beat_most = v[2];
		}
	}
}

/* --- profiles ------------------------------------------------------------- */

int
pmip_index_init(struct pmip_index *x, uint32_t rows)
{
	uint32_t slots = 8;

	while (slots < rows + rows / 2)
		slots *= 2;
	x->slot = calloc(slots, sizeof(*x->slot));
	x->mask = slots - 1;
	return x->slot ? 0 : -ENOMEM;
}

void
pmip_index_fini(struct pmip_index *x)
{
	free(x->slot);
	x->slot = NULL;
}

static uint32_t
index_at(const struct node *n, const struct pmip_index *x, const void *key,
	 size_t len)
{
	return (uint32_t)siphash13(n->secret, key, len) & x->mask;
}

void
pmip_index_put(const struct node *n, struct pmip_index *x, const void *key,
	       size_t len, uint32_t row)
{
	uint32_t s = index_at(n, x, key, len);

	while (x->slot[s])
		s = (s + 1) & x->mask;
	x->slot[s] = row + 1;
}

bool
pmip_index_next(const struct node *n, const struct pmip_index *x,
		const void *key, size_t len, uint32_t *at, uint32_t *ret_row)
{
	*at = *at == UINT32_MAX ? index_at(n, x, key, len) :
				  (*at + 1) & x->mask;
	if (!x->slot[*at])
		return false;
	*ret_row = x->slot[*at] - 1;
	return true;
}

int
pmip_profiles(const struct node *n, struct pmip_index *x)
{
	const struct conf *c = n->conf;

	if (pmip_index_init(x, c->nmobiles))
		return -ENOMEM;
	for (uint32_t k = 0; k < c->nmobiles; k++)
		pmip_index_put(n, x, c->mobile[k].id,
			       strlen(c->mobile[k].id), k);
	return 0;
}

static const struct conf_mobile *
find_id(const struct node *n, const struct pmip_index *x, const uint8_t *id,
	size_t len)
{
	uint32_t at = UINT32_MAX, row;

	while (pmip_index_next(n, x, id, len, &at, &row)) {
		const struct conf_mobile *m = &n->conf->mobile[row];

		if (strlen(m->id) == len && memcmp(m->id, id, len) == 0)
			return m;
	}
	return NULL;
}

const struct conf_mobile *
pmip_profile(const struct node *n, const struct pmip_index *x,
	     const struct span *id)
{
	const struct conf_mobile *m = find_id(n, x, id->p, id->len);

	for (size_t k = 0; !m && k < id->len; k++)
		if (id->p[k] == '@')
			m = find_id(n, x, id->p + k, id->len - k);
	return m;
}
