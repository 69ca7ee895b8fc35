/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * admission.c - who may register with a home agent.
 *
 * A home address is proved by its key (RFC 6275 10.3.1: it "unequivocally
 * identifies the security association"); whether its owner is welcome is
 * another question, asked after it.  Rows are by home address, prefix or the
 * identity of RFC 4283, in the order of the file; the first that fits counts.
 * Where nothing is said, a Peer that is for one home address and has a key
 * says that this one may register; one for a prefix says how messages are
 * protected, no more: whoever has its key could take any address there.  So
 * could anybody where there is no key (`none insecure'), for one address too.
 *
 * Who somebody is says his key, not his message: an identity counts where the
 * Peer has it and a key proves it.  An option that nobody vouches for opens
 * no door.
 *
 * There may be as many rows as mobiles, so all of them are in one hash, by
 * address and length or by identity; a question is one look-up for each length
 * that occurs, and two for the identity.  Of what is found the first row of
 * the file is taken.
 */
#include "core/admission.h"
#include "core/ha.h"

#include <errno.h>
#include <stdlib.h>

#define NO_ROW	UINT32_MAX

struct admission {
	uint32_t	*slot;		/* row + 1, open addressing */
	uint32_t	mask;
	uint8_t		len[129];	/* the lengths that occur */
	unsigned	nlens;
	uint8_t		secret[16];
};

/* --- the index ------------------------------------------------------------ */

static uint64_t
hash_of(const struct admission *a, const struct prefix *p, const char *nai)
{
	uint8_t key[17];

	if (nai)
		return siphash13(a->secret, nai, strlen(nai));
	memcpy(key, &p->addr, 16);
	key[16] = p->len;
	return siphash13(a->secret, key, sizeof(key));
}

static bool
is_row(const struct conf_acl *r, const struct prefix *p, const char *nai)
{
	if (nai || r->nai)
		return nai && r->nai && strcmp(nai, r->nai) == 0;
	return prefix_eq(&r->hoa, p);
}

/* The slot of that key, or the empty one where it would be. */
static uint32_t *
slot_of(const struct admission *a, const struct conf *c,
	const struct prefix *p, const char *nai)
{
	uint64_t s = hash_of(a, p, nai) & a->mask;

	while (a->slot[s] && !is_row(&c->acl[a->slot[s] - 1], p, nai))
		s = (s + 1) & a->mask;
	return &a->slot[s];
}

static void
add_length(struct admission *a, uint8_t len)
{
	for (unsigned k = 0; k < a->nlens; k++)
		if (a->len[k] == len)
			return;
	a->len[a->nlens++] = len;
}

struct admission *
admission_new(const struct node *n)
{
	const struct conf *c = n->conf;
	struct admission *a = calloc(1, sizeof(*a));
	uint32_t slots = 8;

	if (!a)
		return NULL;
	while (slots < c->nacls * 2)
		slots *= 2;
	a->mask = slots - 1;
	a->slot = calloc(slots, sizeof(*a->slot));
	if (!a->slot)
		return admission_free(a);
	memcpy(a->secret, n->secret + 16, sizeof(a->secret));
	for (unsigned k = 0; k < c->nacls; k++) {
		const struct conf_acl *r = &c->acl[k];
		uint32_t *slot = slot_of(a, c, &r->hoa, r->nai);

		if (!*slot)		/* else an earlier one is the same */
			*slot = k + 1;
		if (!r->nai)
			add_length(a, r->hoa.len);
	}
	return a;
}

struct admission *
admission_free(struct admission *a)
{
	if (a)
		free(a->slot);
	free(a);
	return NULL;
}

int
admission_reset(struct node *n)
{
	admission_free(n->ha->admission);
	n->ha->admission = admission_new(n);
	return n->ha->admission ? 0 : -ENOMEM;
}

/* --- the question ---------------------------------------------------------- */

/* RFC 4283: what the key that protects the message belongs to. */
static const char *
proved_identity(const struct conf_peer *peer)
{
	return peer && peer->protect == CONF_PROTECT_SHARED_KEY ?
		peer->nai : NULL;
}

static void
look_up(const struct node *n, const struct prefix *p, const char *nai,
	uint32_t *first)
{
	const struct admission *a = n->ha->admission;
	uint32_t row = *slot_of(a, n->conf, p, nai);

	if (row && row - 1 < *first)
		*first = row - 1;
}

static uint32_t
first_row(const struct node *n, const char *nai, const struct in6_addr *hoa)
{
	const struct admission *a = n->ha->admission;
	const char *realm = nai ? strchr(nai, '@') : NULL;
	uint32_t first = NO_ROW;

	for (unsigned k = 0; k < a->nlens; k++) {
		struct prefix p = prefix_of(hoa, a->len[k]);

		look_up(n, &p, NULL, &first);
	}
	if (nai && nai != realm)
		look_up(n, NULL, nai, &first);
	/* "@realm" is everybody's there. */
	if (realm && nai != realm)
		look_up(n, NULL, realm, &first);
	return first;
}

uint8_t
admission_status(const struct node *n, const struct conf_peer *peer,
		 const struct in6_addr *hoa)
{
	const struct conf *c = n->conf;
	uint32_t row = NO_ROW;

	if (!n->ha->admission)		/* admission_reset had no memory */
		return MH_ST_RESOURCES;
	if (c->nacls)
		row = first_row(n, proved_identity(peer), hoa);
	if (row != NO_ROW)
		return c->acl[row].status;
	if (c->acl_default != CONF_ACL_UNSAID)
		return (uint8_t)c->acl_default;
	/* `none' proves nothing, so it says nothing either. */
	return !c->nacls && peer && peer->addr.len == 128 &&
	       peer->protect != CONF_PROTECT_NONE ? 0 : MH_ST_PROHIBITED;
}
