/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * form.c - see form.h.
 *
 * Where the search begins is derived from the node's secret, the type, the
 * epoch and the interface: after a restart it comes to the same modifier, so
 * that the same link has the same address, as an RFC 7217 identifier would
 * be.  Types do not share a modifier; that they share a key can be seen by an
 * anchor that has been shown both.
 *
 * Sec 1 wants 65536 hashes on average, some tens of milliseconds; Sec 2 an
 * hour.  A piece of the search takes a millisecond or so, and leaves as long
 * to everything else.
 */
#include "core/form.h"
#include "core/demand.h"

#include <stdlib.h>

#define PIECE		2048		/* tries */
#define PAUSE		MSEC(1)
#define FORMS		16		/* remembered, or looked for, at once */

struct form {
	struct alarm	search;
	bool		begun, found;
	struct form_key {
		enum atype	type;
		uint32_t	epoch;
		char		ifname[16];
	} key;
	struct cga	cga;
};

struct former {
	struct form	form[FORMS];
	unsigned	next;		/* to be forgotten */
};

static void
on_search(struct node *n, struct alarm *a, usec_t now)
{
	struct form *f = container_of(a, struct form, search);

	if (!cga_search(n->cga_key, &f->cga, PIECE)) {
		alarm_set(n, a, now + PAUSE);
		return;
	}
	f->found = true;
	demand_on_formed(n, now);
}

/* Never the same for two interfaces, which may be on one link. */
static void
begin(struct node *n, struct form *f, const struct form_key *key, usec_t now)
{
	uint8_t text[5 + sizeof(key->ifname)];
	struct wbuf w = wbuf_of(text, sizeof(text));
	struct span s = { text, sizeof(text) };

	wbuf_u8(&w, (uint8_t)key->type);
	wbuf_u32(&w, key->epoch);
	wbuf_put(&w, key->ifname, sizeof(key->ifname));
	f->cga = (struct cga){ .sec = n->conf->cga_sec };
	f->begun = f->found = false;
	alarm_clear(n, &f->search);
	if (kdf_derive(n->secret, sizeof(n->secret), "CGA modifier", &s,
		       f->cga.modifier, sizeof(f->cga.modifier)))
		return;
	f->begun = true;
	f->key = *key;
	alarm_set(n, &f->search, now);
}

static bool
same_key(const struct form_key *a, const struct form_key *b)
{
	return a->type == b->type && a->epoch == b->epoch &&
	       !strcmp(a->ifname, b->ifname);
}

/* Found, or looked for from now on. */
static struct form *
form_get(struct node *n, enum atype t, uint32_t epoch, const char *ifname,
	 usec_t now)
{
	struct former *former = n->former;
	struct form_key key = { .type = t, .epoch = epoch };
	struct form *f;

	memcpy(key.ifname, ifname, strnlen(ifname, sizeof(key.ifname) - 1));
	for (unsigned k = 0; k < FORMS; k++) {
		f = &former->form[k];
		if (f->begun && same_key(&f->key, &key) &&
		    f->cga.sec == n->conf->cga_sec)
			return f;
	}
	f = &former->form[former->next++ % FORMS];
	begin(n, f, &key, now);
	return f;
}

bool
form_cga(struct node *n, const struct form_of *of, usec_t now,
	 struct cga *ret, struct in6_addr *ret_addr)
{
	const struct form *f;
	struct cga c;

	/* RFC 3972 section 4, step 8: three collisions are the end */
	if (!n->cga_key || of->collisions > CGA_COLLISIONS)
		return false;
	f = form_get(n, of->type, of->epoch, of->ifname, now);
	if (!f->found)
		return false;
	c = f->cga;
	c.collisions = (uint8_t)of->collisions;
	if (cga_address(n->cga_key, &c, of->prefix, ret_addr))
		return false;
	*ret = c;
	return true;
}

void
former_start(struct node *n, usec_t now)
{
	if (!n->cga_key || !n->conf->on_demand ||
	    n->conf->access_protect != CONF_PROTECT_CGA)
		return;
	list_each(l, &n->ifaces) {
		const struct iface *i = container_of(l, struct iface, all);

		for (enum atype t = ATYPE_ACCESS; i->attach && t < ATYPES; t++)
			if (t != ATYPE_UNANCHORED)
				form_get(n, t, n->demand->epoch[t].value,
					 i->name, now);
	}
}

struct former *
former_new(struct node *n)
{
	struct former *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	for (unsigned k = 0; k < FORMS; k++)
		alarm_init(&f->form[k].search, on_search);
	return f;
}

struct former *
former_free(struct node *n, struct former *f)
{
	if (!f)
		return NULL;
	for (unsigned k = 0; k < FORMS; k++)
		alarm_clear(n, &f->form[k].search);
	free(f);
	return NULL;
}
