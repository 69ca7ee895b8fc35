/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mag_store.c - a gateway's mobiles over a restart, and to look at.
 *
 * A mobile does not notice that its gateway was restarted, so it says
 * nothing: what it has is stored, and after the restart it is served as
 * before and asked whether it is there.  Only who answers is registered
 * again; else a gateway that was away for a while would take back mobiles
 * that have left meanwhile.
 *
 * key:   'M', link-layer address
 * value: version, interface's name (16), sequence number, timestamp, router
 *        and the mobile's link-local (or another) address, number of
 *        prefixes, those, identity
 */
#include "core/heartbeat.h"
#include "core/mag.h"

#define STORE_MOBILE	'M'
#define STORE_VERSION	1
#define NAME		16
/* Beside the number of prefixes. */
#define ORDERED		0x40		/* a controller said whose it is */
#define REDIRECTED	0x80		/* the anchor that it was given to
					   (RFC 6463) stands behind them */

void
mag_remember(struct node *n, struct registrant *r)
{
	wish_add(n, &container_of(r, struct mag_mobile, reg)->store, 1);
}

static void
key_build(const struct mag_mobile *m, struct store_record *s)
{
	struct wbuf k = wbuf_of(s->key, sizeof(s->key));

	wbuf_u8(&k, STORE_MOBILE);
	wbuf_put(&k, m->key.b, m->key.len);
	s->key_len = (uint8_t)wbuf_len(&k);
}

/* Said as a thing of its own, since the mobile is about to be freed. */
void
mag_forget(struct node *n, struct mag_mobile *m)
{
	struct effect e = { .kind = EF_STORE };

	if (!m->stored)
		return;
	key_build(m, &e.store);
	effect_put(n, &e);
	m->stored = false;
}

bool
mag_build(struct node *n, struct wish *w, struct effect *ret)
{
	struct mag_mobile *m = container_of(w, struct mag_mobile, store);
	const struct iface *i = iface_find(n, m->ifindex);
	struct store_record *s = &ret->store;
	struct wbuf v = wbuf_of(s->value, sizeof(s->value));

	w->dirty = 0;
	/* One that is leaving needs no memory: the next start does not look
	 * for it. */
	if (!m->reg.bound && !m->stored)
		return false;
	ret->kind = EF_STORE;
	s->up = m->reg.bound && i;
	key_build(m, s);
	s->value_len = 0;
	m->stored = s->up;
	if (!s->up)
		return true;
	wbuf_u8(&v, STORE_VERSION);
	wbuf_put(&v, i->name, NAME);
	wbuf_u16(&v, m->reg.seq);
	wbuf_u64(&v, m->stamp);
	wbuf_addr(&v, &m->router);
	wbuf_addr(&v, addr_is_unspec(&m->linklocal) ? &m->other :
						      &m->linklocal);
	wbuf_u8(&v, (uint8_t)(m->nhnps | (m->ordered ? ORDERED : 0) |
		(addr_is_unspec(&m->redirector) ? 0 : REDIRECTED)));
	for (unsigned k = 0; k < m->nhnps; k++)
		wbuf_put(&v, &m->hnp[k], 8);
	if (!addr_is_unspec(&m->redirector))
		wbuf_addr(&v, &m->reg.peer);
	wbuf_put(&v, m->id.b, m->id.len);
	s->value_len = (uint8_t)wbuf_len(&v);
	return true;
}

static void
take(struct rbuf *r, void *to, size_t len)
{
	const uint8_t *p = rbuf_take(r, len);

	if (p)
		memcpy(to, p, len);
}

static struct mag_mobile *
read_mobile(struct node *n, const struct lladdr *ll, struct rbuf *r)
{
	struct mag_mobile was = { 0 }, *m;
	struct iface *i;
	bool redirected;
	char name[NAME];
	struct span id;

	if (rbuf_u8(r) != STORE_VERSION)
		return NULL;
	take(r, name, sizeof(name));
	was.reg.seq = rbuf_u16(r);
	was.stamp = rbuf_u64(r);
	was.router = rbuf_addr(r);
	was.linklocal = rbuf_addr(r);
	was.nhnps = rbuf_u8(r);
	redirected = was.nhnps & REDIRECTED;
	was.ordered = was.nhnps & ORDERED;
	was.nhnps &= ORDERED - 1U;
	if (r->bad || !was.nhnps || was.nhnps > CONF_HNPS ||
	    memchr(name, '\0', sizeof(name)) == NULL)
		return NULL;
	for (unsigned k = 0; k < was.nhnps; k++)
		take(r, &was.hnp[k], 8);
	if (redirected)
		was.redirect = rbuf_addr(r);
	id = rbuf_span(r, rbuf_left(r));
	i = r->bad ? NULL : iface_by_name(n, name);
	m = i ? mag_new(n, ll, &id) : NULL;
	if (!m)
		return NULL;
	m->ifindex = i->ifindex;
	m->ordered = was.ordered;
	m->reg.seq = was.reg.seq;
	m->stamp = was.stamp;
	if (addr_is_linklocal(&was.linklocal))
		m->linklocal = was.linklocal;
	else
		m->other = was.linklocal;
	if (addr_is_unspec(&m->router))
		m->router = was.router;
	m->nhnps = was.nhnps;
	memcpy(m->hnp, was.hnp, sizeof(m->hnp));
	m->reg.hoa = m->hnp[0];
	if (redirected) {
		m->redirector = m->reg.peer;
		m->reg.peer = was.redirect;
	}
	return m;
}

bool
mag_restore(struct node *n, const struct store_record *rec, usec_t now)
{
	struct rbuf k = rbuf_of(rec->key, rec->key_len);
	struct rbuf v = rbuf_of(rec->value, rec->value_len);
	struct lladdr ll = { 0 };
	struct mag_mobile *m;

	if (beats_restore(n, rec))
		return true;
	if (rbuf_u8(&k) != STORE_MOBILE || k.bad || rbuf_left(&k) > LLADDR_MAX)
		return false;
	ll.len = (uint8_t)rbuf_left(&k);
	take(&k, ll.b, ll.len);
	m = mag_find(n, &ll) ? NULL : read_mobile(n, &ll, &v);
	if (m) {
		m->stored = true;
	} else if (!mag_find(n, &ll)) {
		struct effect e = { .kind = EF_STORE, .store = *rec };

		e.store.up = false;
		e.store.value_len = 0;
		effect_put(n, &e);
	}
	return true;
}

/* --- show ------------------------------------------------------------------------------- */

static void
show_mobile(const struct node *n, const struct mag_mobile *m, usec_t now,
	    struct record_sink *sink)
{
	static const char *const words[] = {
		[MAG_ABSENT] = "asked", [MAG_HERE] = "here",
		[MAG_DENIED] = "denied", [MAG_LEAVING] = "leaving",
	};
	const struct iface *i = iface_find(n, m->ifindex);
	struct lladdr ll = mag_lladdr(m);
	char id[PMIP_ID_MAX + 1];
	struct record r;

	for (unsigned k = 0; k < m->id.len; k++)
		id[k] = m->id.b[k] > ' ' && m->id.b[k] < 0x7f ?
			(char)m->id.b[k] : '?';
	id[m->id.len] = '\0';
	record_init(&r, "proxy-registration");
	record_str(&r, "identity", id);
	record_lladdr(&r, "link-layer", &ll);
	if (i)
		record_str(&r, "interface", i->name);
	record_str(&r, "place", words[m->state]);
	record_bool(&r, "served", m->served);
	for (unsigned k = 0; k < m->nhnps; k++)
		record_addr(&r, k ? "prefix-more" : "prefix", &m->hnp[k]);
	record_addr(&r, "lma", &m->reg.peer);
	if (!addr_is_unspec(&m->redirector))
		record_addr(&r, "redirected-by", &m->redirector);
	if (!addr_is_unspec(&m->linklocal))
		record_addr(&r, "link-local", &m->linklocal);
	registrant_show(&m->reg, now, &r);
	if (m->group) {
		record_uint(&r, "group", m->group->key.id);
		record_uint(&r, "lma-group", m->lma_group);
	}
	sink->put(sink, &r);
}

#define SHOW_PIECE	64

bool
mag_show(const struct node *n, const char *what, usec_t now, struct cursor *c,
	 struct record_sink *sink)
{
	struct map_node *m = c->last;
	struct record r;

	if (strcmp(what, "status") == 0) {
		record_init(&r, "mobile-access-gateway");
		record_uint(&r, "mobiles", n->mag->mobiles.count);
		record_uint(&r, "attached", n->mag->attached);
		record_uint(&r, "detached", n->mag->detached);
		record_uint(&r, "unknown", n->mag->unknown);
		sink->put(sink, &r);
		beats_show(n, sink);
	}
	if (strcmp(what, "bindings"))
		return false;
	for (int k = 0; k < SHOW_PIECE; k++) {
		m = map_next(&n->mag->mobiles, m, &c->pos);
		if (!m)
			return false;
		show_mobile(n, container_of(m, struct mag_mobile, node), now,
			    sink);
	}
	c->last = m;
	return true;
}
