/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * home_link.c - what a binding is on its home link: who may have one there
 * (home_link_admit, home_link_prepare), and what is said and heard on the
 * link while it stands.
 *
 * A home link is a row of the configuration.  A real one names an
 * interface: home addresses are asked for there before they are served, and
 * defended while they are.  A virtual one has none: nobody can be at home,
 * and its prefix is blocked as a whole, so that packets to a mobile that is
 * not registered come to an end here instead of looping.  One that is an
 * access anchor, an access router's, has a policy of its own (anchor.c).
 */
#include "core/home_link.h"
#include "core/admission.h"
#include "core/agents.h"
#include "core/anchor.h"
#include "core/defend.h"
#include "core/ha.h"
#include "core/ha_switch.h"
#include "core/home_prefix.h"
#include "core/mobile_prefix.h"
#include "core/multicast.h"
#include "core/proof.h"

/* --- which link ---------------------------------------------------------- */

bool
home_link_virtual(const struct conf_home_link *l)
{
	return !l->ifname[0];
}

/* Two prefixes of one home network: on one interface, or of one name. */
bool
home_link_same(const struct conf_home_link *a, const struct conf_home_link *b)
{
	if (a == b)
		return true;
	if (a->anchor || b->anchor || strcmp(a->ifname, b->ifname))
		return false;
	return !home_link_virtual(a) ||
	       (a->network && b->network && !strcmp(a->network, b->network));
}

/* The home link of an address, longest prefix first; NULL: none. */
const struct conf_home_link *
home_link_of(const struct node *n, const struct in6_addr *hoa)
{
	const struct conf_home_link *best = NULL;

	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];

		if (prefix_match(&l->prefix, hoa) &&
		    (!best || l->prefix.len > best->prefix.len))
			best = l;
	}
	return best;
}

struct iface *
home_link_iface(const struct node *n, const struct conf_home_link *l)
{
	return home_link_virtual(l) ? NULL : iface_by_name(n, l->ifname);
}

/* The interface where a binding is defended; NULL: none (known). */
struct iface *
home_link_iface_of(const struct node *n, const struct binding *b)
{
	return b->keeper == KEEPER_HOME ?
		home_link_iface(n, &n->conf->home_link[b->link]) : NULL;
}

/* What we advertise of the home prefix; NULL: nothing, it is as others do
 * (home_prefix.c), and where nobody does, as configured. */
static const struct conf_prefix *
link_prefix(const struct node *n, const struct conf_home_link *l)
{
	const struct conf_iface *c = iface_conf(n->conf, l->ifname);

	for (unsigned k = 0; c && k < c->nprefixes; k++)
		if (prefix_eq(&c->prefix[k].prefix, &l->prefix))
			return &c->prefix[k];
	return NULL;
}

/* Do we serve that link under this address of ours? */
static bool
link_address(const struct node *n, const struct conf_home_link *l,
	     const struct in6_addr *local)
{
	if (!addr_is_unspec(&l->ha))
		return addr_eq(&l->ha, local);
	return prefix_match(&l->prefix, local) && node_owns(n, local);
}

bool
home_link_own(const struct node *n, const struct conf_home_link *l,
	      struct in6_addr *ret)
{
	if (!addr_is_unspec(&l->ha)) {
		*ret = l->ha;
		return true;
	}
	list_each(e, &n->ifaces) {
		struct iface *i = container_of(e, struct iface, all);

		list_each(f, &i->addrs) {
			const struct iface_addr *a =
				container_of(f, struct iface_addr, l);

			if (a->state == ADDR_VALID &&
			    link_address(n, l, &a->addr)) {
				*ret = a->addr;
				return true;
			}
		}
	}
	return false;
}

void
home_link_lifetimes(const struct node *n, const struct conf_home_link *l,
		    usec_t now, uint32_t *ret_valid, uint32_t *ret_preferred)
{
	const struct conf_prefix *p = link_prefix(n, l);

	*ret_valid = p ? p->valid : l->valid;
	*ret_preferred = p ? p->preferred : l->preferred;
	if (!p && !home_link_virtual(l))
		home_prefix_left(n, l, now, ret_valid, ret_preferred);
}

/* --- hearing solicitations ----------------------------------------------- */

/* Bits that bring what is heard outside into line with the binding. */
uint16_t
home_link_bits(const struct node *n, const struct binding *b)
{
	bool served = b->state == BINDING_ACTIVE ||
		      b->state == BINDING_WAITING;
	const struct iface *i = served ? home_link_iface_of(n, b) : NULL;
	bool same = i && i->ifindex == b->ifindex;
	uint16_t bits = 0;

	if (b->flags & BINDING_PROXY && !same)
		bits |= HA_UNPROXY;
	if (b->flags & BINDING_PROXY_L && (!same || !(b->flags & BINDING_L)))
		bits |= HA_UNPROXY_L;
	if (i && !(same && b->flags & BINDING_PROXY))
		bits |= HA_PROXY;
	if (i && b->flags & BINDING_L &&
	    !(same && b->flags & BINDING_PROXY_L))
		bits |= HA_PROXY_L;
	return bits;
}

bool
home_link_build(struct node *n, struct binding *b, uint16_t bit,
		struct effect *ret)
{
	bool up = bit == HA_PROXY || bit == HA_PROXY_L;
	bool ll = bit == HA_PROXY_L || bit == HA_UNPROXY_L;
	uint8_t flag = ll ? BINDING_PROXY_L : BINDING_PROXY;

	/* It may have come otherwise since the bit was set. */
	if (!(home_link_bits(n, b) & bit))
		return false;
	if (up) {
		b->ifindex = home_link_iface_of(n, b)->ifindex;
		b->flags |= flag;
	} else {
		b->flags &= (uint8_t)~flag;
	}
	ret->kind = EF_PROXY;
	ret->proxy = (struct ef_proxy){
		.up = up,
		.key = { b->ifindex,
			 ll ? addr_linklocal_of(&b->hoa) : b->hoa },
	};
	return true;
}

/* --- admission (RFC 6275 10.3.1) ----------------------------------------- */

/* A care-of address that would only lead back here. */
static bool
coa_useless(const struct node *n, const struct registration *rq)
{
	const struct conf_home_link *l;
	const struct binding *other;

	if (addr_eq(&rq->coa, &rq->hoa) || addr_eq(&rq->coa, &rq->local) ||
	    node_owns(n, &rq->coa))
		return true;
	l = home_link_of(n, &rq->coa);
	if (!l)
		return false;
	if (home_link_virtual(l))
		return true;
	other = registrar_find(n->registrar, &rq->coa);
	return other && other->state == BINDING_ACTIVE;
}

static bool
coa_known(const struct registration *rq)
{
	const struct binding *b = rq->b;

	return b && b->state == BINDING_ACTIVE &&
	       addr_eq(&b->tunnel->key.remote, &rq->coa);
}

/* 10.3.1: not longer than asked for, than the prefix is valid, than we
 * like.  Status 1 when the prefix becomes deprecated before the end, or
 * invalid at the end.  Prefix lifetimes count in units of four seconds,
 * the two low bits ignored. */
static int
bound_lifetime(const struct node *n, const struct conf_home_link *l,
	       struct registration *rq, uint32_t valid, uint32_t preferred)
{
	uint32_t most = (l->anchor ? l->max_life :
			 n->conf->ha_max_binding_life) / MH_LIFETIME_UNIT;

	if (!most)
		most = 1;
	if (rq->own.has_kbm && most > MAX_CGA_BINDING_LIFETIME /
				       MH_LIFETIME_UNIT)
		most = MAX_CGA_BINDING_LIFETIME / MH_LIFETIME_UNIT;
	if (rq->lifetime > most)
		rq->lifetime = (uint16_t)most;
	most = valid == ND_INFINITE ? UINT32_MAX : valid / MH_LIFETIME_UNIT;
	if (rq->lifetime > most)
		rq->lifetime = (uint16_t)most;
	if (rq->lifetime == most ||
	    (preferred != ND_INFINITE &&
	     preferred / MH_LIFETIME_UNIT < rq->lifetime))
		return MH_ST_PREFIX_DISCOVERY;
	return MH_ST_ACCEPTED;
}

/* Anchors have a policy of their own. */
static uint8_t
welcome(const struct node *n, const struct conf_home_link *l,
	const struct conf_peer *peer, const struct in6_addr *hoa)
{
	return l->anchor ? 0 : admission_status(n, peer, hoa);
}

/*
 * In this order: the home address is on a link of ours whose prefix is
 * valid (132); the message came to the address under which we serve that
 * link (6.1.7, H bit: 133); there is a Home Address option (the RFC names no
 * status; 133 is what other home agents say); its owner may register
 * (129, or what BindingAclPolicy says), and is not being sent away (RFC 5142
 * 5.3: 129); the care-of address leads away from here (174).
 */
int
home_link_admit(struct node *n, struct registration *rq, usec_t now)
{
	const struct conf_home_link *l = home_link_of(n, &rq->hoa);
	uint32_t valid = 0, preferred = 0;
	uint8_t status;

	if (l)
		home_link_lifetimes(n, l, now, &valid, &preferred);
	if (!l || valid < MH_LIFETIME_UNIT)
		return MH_ST_NOT_HOME_SUBNET;
	if (!link_address(n, l, &rq->local))
		return MH_ST_NOT_HA;
	if (!rq->has_hao)
		return MH_ST_NOT_HA;
	status = welcome(n, l, rq->peer, &rq->hoa);
	if (status)
		return status;
	if (!l->anchor && ha_switch_refuses(n, rq))
		return MH_ST_PROHIBITED;
	if (!coa_known(rq) && coa_useless(n, rq))
		return MH_ST_INVALID_COA;
	rq->link = (uint16_t)(l - n->conf->home_link);
	if (l->anchor && !anchor_has_room_at(n, rq, now))
		return MH_ST_RESOURCES;
	/* An interface identifier that it could share with a link-local
	 * address has 64 bits; nobody can be on a virtual link. */
	if (l->prefix.len != 64 || home_link_virtual(l))
		rq->flags &= (uint8_t)~BINDING_L;
	return bound_lifetime(n, l, rq, valid, preferred);
}

/* Addresses that no mobile can own: the subnet-router anycast address
 * (RFC 4291 2.6.1) and the reserved ones of RFC 2526. */
static bool
hoa_reserved(const struct conf_home_link *l, const struct in6_addr *hoa)
{
	static const uint8_t high[7] = {
		0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
	};

	return addr_eq(&l->prefix.addr, hoa) ||
	       (memcmp(&hoa->s6_addr[8], high, sizeof(high)) == 0 &&
		hoa->s6_addr[15] >= 0x80);
}

/* Only anchors have limits of their own: home links share the node's. */
static int
enter_link(struct node *n, struct binding *b, const struct registration *rq,
	   const struct iface *i, usec_t now, bool *ret_seen)
{
	const struct conf_home_link *l = &n->conf->home_link[rq->link];

	*ret_seen = false;
	return l->anchor ? anchor_enter(n, b, &rq->coa, l, i, now, ret_seen) :
			   0;
}

/* 10.3.1: "Unless this home agent already has a binding", Duplicate Address
 * Detection comes before the acknowledgement, unless an access anchor has
 * seen the address: then at the same time.  It would not find our own
 * addresses. */
int
home_link_prepare(struct node *n, struct binding *b,
		  const struct registration *rq, usec_t now)
{
	const struct conf_home_link *l = &n->conf->home_link[rq->link];
	struct iface *i = home_link_iface(n, l);
	bool l_bit = rq->flags & BINDING_L, seen;
	int status;

	if (hoa_reserved(l, &rq->hoa))
		return MH_ST_PROHIBITED;
	if (addr_eq(&rq->hoa, &rq->local) || node_owns(n, &rq->hoa))
		return MH_ST_DAD_FAILED;
	if (home_link_virtual(l))
		return 0;
	if (!i)
		return MH_ST_UNSPECIFIED;	/* the link is not there */
	status = enter_link(n, b, rq, i, now, &seen);
	if (status)
		return status;
	/* RFC 4862 5.4.2: hear the group before asking.  (An anchor hears all
	 * groups anyway.) */
	wish_add(n, &b->wish, home_link_bits(n, b));
	if (seen)
		return defend_check(n, &rq->hoa, i, l_bit, now) ?
			0 : MH_ST_RESOURCES;
	return defend_ask(n, &rq->hoa, i, l_bit, now) ?
		ADMIT_WAIT : MH_ST_RESOURCES;
}

/* What is only remembered is not adopted: its `link' may be of a configuration
 * before this one. */
bool
home_link_has_nonces(const struct node *n, const struct binding *b)
{
	const struct conf_home_link *l = home_link_of(n, &b->hoa);

	return b->flags & BINDING_CGA || !l || l->anchor;
}

/* --- while it stands ----------------------------------------------------- */

void
home_link_serve(struct node *n, struct binding *b, bool fresh, usec_t now)
{
	const struct iface *i = home_link_iface_of(n, b);
	uint16_t bits = home_link_bits(n, b);

	anchor_move(n, b);
	wish_add(n, &b->wish, bits);
	if (i && (fresh || bits & HA_PROXY_L))
		defend_announce(n, &b->hoa, i, b->flags & BINDING_L, now);
	mobile_prefix_serve(n, b, true, now);
	multicast_serve(n, b, now);
}

void
home_link_leave(struct node *n, struct binding *b)
{
	defend_stop(n, &b->hoa);
	anchor_leave(n, b);
	mobile_prefix_leave(n, &b->hoa);
	ha_switch_left(n, &b->hoa);
	wish_add(n, &b->wish, home_link_bits(n, b));
}

bool
home_link_adopt(struct node *n, struct binding *b, usec_t now)
{
	const struct conf_home_link *l = home_link_of(n, &b->hoa);
	const struct conf_peer *peer = security_peer(n, &b->hoa);
	struct in6_addr coa, local;
	uint32_t valid, preferred;

	binding_path(b, &coa, &local);
	if (!l)
		return false;
	home_link_lifetimes(n, l, now, &valid, &preferred);
	if (valid < MH_LIFETIME_UNIT)
		return false;
	/* Our address may not be there yet when we have just started. */
	if (!addr_is_unspec(&l->ha) ? !addr_eq(&l->ha, &local) :
	    !prefix_match(&l->prefix, &local))
		return false;
	/* A key taken away takes what was registered with it. */
	if (!peer)
		return false;
	if (welcome(n, l, peer, &b->hoa))
		return false;
	/* 10.3.1: "MUST remove a binding when the valid lifetime of the
	 * prefix associated with it expires." */
	if (valid != ND_INFINITE && b->expires > now + SEC(valid))
		b->expires = now + SEC(valid);
	b->link = (uint16_t)(l - n->conf->home_link);
	anchor_adopt(n, b);
	wish_add(n, &b->wish, home_link_bits(n, b));
	if (b->state == BINDING_ACTIVE)
		mobile_prefix_serve(n, b, false, now);
	multicast_serve(n, b, now);
	return true;
}
