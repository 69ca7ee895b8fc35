/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mag_revoke.c - what an anchor takes back from a gateway, and the gateway from
 * its anchors (RFC 5846 9.1, 9.2); and an anchor that has forgotten all.
 */
#include "core/mag.h"
#include "core/revoke.h"

/* Between two updates to an anchor that has forgotten all. */
#define RESTART_GAP	MSEC(1)

/* An anchor has lost its sessions (RFC 5847): it is told of ours again, one
 * after the other. */
void
mag_on_restart(struct node *n, const struct in6_addr *lma, usec_t now)
{
	struct map_node *m = NULL;
	size_t pos = 0;
	usec_t at = now;

	mag_groups_forget(n, lma);
	while ((m = map_next(&n->mag->mobiles, m, &pos))) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		if (mobile->state != MAG_HERE || !mobile->reg.bound ||
		    !addr_eq(&mobile->reg.peer, lma))
			continue;
		registrant_refresh_at(n, &mobile->reg, at);
		at += RESTART_GAP;
	}
}

/* --- revocation (RFC 5846) ---------------------------------------------------- */

static bool
is_handover(uint8_t trigger)
{
	return trigger >= REVOKE_HANDOVER_SAME &&
	       trigger <= REVOKE_HANDOVER_UNKNOWN;
}

static bool
of_realm(const struct mag_mobile *m, const struct span *realm)
{
	return m->id.len > realm->len &&
	       span_eq(realm, m->id.b + m->id.len - realm->len, realm->len);
}

static bool
is_meant(const struct mag_mobile *m, const struct pmip_request *r,
	 const struct in6_addr *lma)
{
	bool meant = !r->nhnps;

	if (!addr_eq(&m->reg.peer, lma) || m->state == MAG_LEAVING ||
	    (r->has_id && !(r->id.len && r->id.p[0] == '@' ?
			    of_realm(m, &r->id) :
			    span_eq(&r->id, m->id.b, m->id.len))))
		return false;
	for (unsigned k = 0; k < r->nhnps; k++)
		for (unsigned j = 0; j < m->nhnps; j++)
			meant |= addr_eq(&r->hnp[k].addr, &m->hnp[j]);
	return meant;
}

/*
 * 9.1.  Of one that has moved on we know no better: should it be here after
 * all, its next packet will tell, and it is registered again.  Otherwise the
 * anchor does not want it, and it is not asked again until somebody does
 * something about it.
 */
static void
lose(struct node *n, struct mag_mobile *m, uint8_t trigger, usec_t now)
{
	struct lladdr ll = mag_lladdr(m);

	if (is_handover(trigger)) {
		mag_note(n, &ll, m->ifindex, NOTE_DETACHED, now);
		mag_drop(n, m);
		return;
	}
	m->lma_group = 0;
	mag_group_leave(n, m);
	mag_unserve(n, m, true, now);
	registrant_cancel(n, &m->reg);
	registrant_forget(n, &m->reg);
	mag_go_back(n, m);
	m->state = MAG_DENIED;
}

static void
lose_member(struct node *n, struct mag_mobile *m, usec_t now)
{
	lose(n, m, REVOKE_LOCAL_POLICY, now);
}

/* RFC 5846 9.1, 8.1: "the content after the "@" character defines the realm". */
static bool
is_realm(const struct mh *mh, const struct pmip_request *r)
{
	return mh->revocation.code == REVOKE_LOCAL_POLICY && r->has_id &&
	       !r->nhnps && r->id.len && r->id.p[0] == '@';
}

uint8_t
mag_on_revoke(struct node *n, const struct mh *mh,
	      const struct pmip_request *r, const struct in6_addr *from,
	      usec_t now)
{
	bool global = mh->revocation.flags & MH_REVOCATION_G, found = false;
	struct note note = {
		.code = NOTE_REVOKED, .a = *from,
		.value = mh->revocation.code,
	};
	struct map_node *m, *next;
	size_t pos = 0;

	/* RFC 6602 5.1.3 */
	if (r->has_group && pmip_names_session(mh))
		return REVOKE_NONE;
	if (r->has_group) {
		note_put(n, &note, now);
		return mag_group_each(n, from, 0, r->group, lose_member, now) ?
			REVOKE_OK : REVOKE_NONE;
	}
	if (mh->revocation.code == REVOKE_LOCAL_POLICY && !is_realm(mh, r))
		return REVOKE_NO_TRIGGER;
	/* "no mobility options are included", but for what protects it */
	if (global ? (r->has_id || r->nhnps) && !is_realm(mh, r) : !r->has_id)
		return global ? REVOKE_NO_FUNCTION : REVOKE_NO_IDENTITY;
	note_put(n, &note, now);
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (!is_meant(mobile, r, from))
			continue;
		found = true;
		lose(n, mobile, mh->revocation.code, now);
	}
	return found || global ? REVOKE_OK : REVOKE_NONE;
}

/* By a person: all of them, at all anchors (9.2). */
void
mag_revoke(struct node *n, const struct ev_revoke *ev, usec_t now)
{
	struct in6_addr told = addr_unspec;
	struct map_node *m, *next;
	size_t pos = 0;

	if (ev->group) {
		mag_group_revoke(n, ev->group, lose_member, now);
		return;
	}
	for (m = map_next(&n->mag->mobiles, NULL, &pos); m; m = next) {
		struct mag_mobile *mobile =
			container_of(m, struct mag_mobile, node);

		next = map_next(&n->mag->mobiles, m, &pos);
		if (!addr_eq(&told, &mobile->reg.peer))
			revoke_send(n, &mobile->reg.peer,
				    &n->conf->mag_address, REVOKE_PER_PEER,
				    NULL, NULL, 0, now);
		told = mobile->reg.peer;
		/* One that is leaving has said so itself. */
		if (mobile->state != MAG_LEAVING)
			lose(n, mobile, REVOKE_ADMINISTRATIVE, now);
	}
}
