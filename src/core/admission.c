/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * admission.c - who may register with a home agent.
 *
 * A home address is proved by its key (RFC 6275 10.3.1: it "unequivocally
 * identifies the security association"); whether its owner is welcome is
 * another question, asked after it.  Rows are by home address or by the
 * identity of RFC 4283, in the order of the file; the first that fits counts.
 *
 * What a binding of before a restart or a reload was registered with is not
 * known any more where no Peer has the identity: then rows by identity cannot
 * tell, and the mobile's next Binding Update decides.
 */
#include "core/admission.h"

/* "@realm" is everybody's there. */
static bool
identity_fits(const char *nai, const struct span *is)
{
	size_t n = strlen(nai);

	if (*nai == '@')
		return is->len > n && memcmp(is->p + is->len - n, nai, n) == 0;
	return is->len == n && memcmp(is->p, nai, n) == 0;
}

uint8_t
admission_status(const struct conf *c, const struct in6_addr *hoa,
		 const struct span *nai)
{
	for (unsigned k = 0; k < c->nacls; k++) {
		const struct conf_acl *r = &c->acl[k];

		if (r->nai && !nai)
			return 0;
		if (r->nai ? identity_fits(r->nai, nai) :
		    prefix_match(&r->hoa, hoa))
			return r->status;
	}
	if (c->acl_default != CONF_ACL_UNSAID)
		return (uint8_t)c->acl_default;
	return c->nacls ? MH_ST_PROHIBITED : 0;
}
