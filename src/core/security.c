/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * security.c - which peer needs which protection, and whether it is there.
 *
 * One question at each end of a registration: what does the configuration
 * say about this peer (Peer, KeyTable), and does the message bear it out?
 * The peer of a home agent is found by the home address, which "unequi-
 * vocally identifies the security association" (RFC 6275 10.3.1); that of a
 * mobile node by the home agent's address.
 *
 * shared-key is RFC 4285: the MN-HA authentication option (section 5.1),
 * last in the message, and with `replay timestamp' the mobility message
 * replay protection option (section 6).  cga is in proof.c.
 */
#include "core/node.h"
#include "core/proof.h"

#include "wire/auth.h"

#include <errno.h>
#include <stdlib.h>

/* --- which message ------------------------------------------------------ */

/* What a message must bear before anything changes because of it. */
enum shield {
	BY_PEER,			/* what Protect says of its peer */
	BY_COOKIE,			/* it repeats what we have sent */
	BY_NOTHING,			/* it changes nothing by itself */
};

/*
 * Every Mobility Header that a node knows, and who does.  BY_PEER is, with
 *   none        nothing (the word `insecure' stands in the configuration)
 *   shared-key  the MN-HA authentication option, RFC 4285 5.1; a Binding
 *               Update to an access anchor also Binding Authorization Data,
 *               by a key made of the care-of keygen token alone
 *   cga         Binding Authorization Data, RFC 6275 6.2.7, by a key that is
 *               made of the care-of keygen token and, in the first Binding
 *               Update, a signature; later the permanent home keygen token
 * A correspondent registration (no H bit) is protected by return routability
 * (RFC 6275 5.2) whatever Protect says: Binding Authorization Data again, by
 * a key made of home and care-of keygen token (cn.c, ro.c).
 *
 * Both have refusals that there is no key for (136, 137, 138, 147): those
 * make us ask again, no more.  A Binding Refresh Request makes us refresh, a
 * Binding Error ask; a test answers itself.
 */
static const struct {
	uint8_t	type;
	uint8_t	shield;
	uint8_t	roles;			/* 0: all */
	uint8_t	anchor_roles;		/* those that have an access anchor */
} messages[] = {
	{ MH_BU,	BY_PEER,	0,	 0 },
	{ MH_BA,	BY_PEER,	0,	 0 },
	{ MH_BRR,	BY_NOTHING,	0,	 0 },
	{ MH_BE,	BY_NOTHING,	0,	 0 },
	{ MH_HOTI,	BY_NOTHING,	CONF_CN, 0 },
	{ MH_COTI,	BY_NOTHING,	CONF_CN, CONF_AR },
	{ MH_HOT,	BY_COOKIE,	CONF_MN, 0 },
	{ MH_COT,	BY_COOKIE,	CONF_MN, 0 },
	{ MH_HEARTBEAT,	BY_PEER,	CONF_LMA | CONF_MAG, 0 },
	{ MH_REVOCATION, BY_PEER,	CONF_LMA | CONF_MAG, 0 },
	{ MH_HA_SWITCH,	BY_PEER,	CONF_MN, 0 },
};

static bool
has_anchor(const struct conf *c)
{
	for (unsigned k = 0; k < c->nhome_links; k++)
		if (c->home_link[k].anchor)
			return true;
	return false;
}

uint32_t
security_known(const struct node *n)
{
	bool anchor = has_anchor(n->conf);
	uint32_t known = 0;

	for (size_t k = 0; k < sizeof(messages) / sizeof(*messages); k++) {
		unsigned roles = messages[k].roles |
			(anchor ? messages[k].anchor_roles : 0);
		bool all = !messages[k].roles && !messages[k].anchor_roles;

		if (all || n->conf->roles & roles)
			known |= MH_KNOW(messages[k].type);
	}
	return known;
}

/* --- the index ---------------------------------------------------------- */

static uint32_t
slot_of(const struct peers *p, const struct in6_addr *addr)
{
	return (uint32_t)siphash13(p->secret, addr, sizeof(*addr)) & p->mask;
}

static void
index_host(struct node *n, uint32_t k)
{
	struct peers *p = &n->peers;
	uint32_t s = slot_of(p, &n->conf->peer[k].addr.addr);

	while (p->slot[s])
		s = (s + 1) & p->mask;
	p->slot[s] = k + 1;
}

/* Longest first, so that the first match is the best one. */
static void
index_prefix(struct node *n, uint32_t k)
{
	struct peers *p = &n->peers;
	uint32_t at = p->nprefixes++;

	while (at && n->conf->peer[p->prefix[at - 1]].addr.len <
	       n->conf->peer[k].addr.len) {
		p->prefix[at] = p->prefix[at - 1];
		at--;
	}
	p->prefix[at] = k;
}

int
security_start(struct node *n)
{
	const struct conf *c = n->conf;
	struct peers *p = &n->peers;
	uint32_t hosts = 0, slots = 8;

	for (unsigned k = 0; k < c->npeers; k++)
		hosts += c->peer[k].addr.len == 128;
	while (slots < hosts + hosts / 2)
		slots *= 2;
	p->mask = slots - 1;
	p->nprefixes = 0;
	memcpy(p->secret, n->secret + 16, sizeof(p->secret));
	p->slot = calloc(slots, sizeof(*p->slot));
	p->prefix = calloc(c->npeers - hosts + 1, sizeof(*p->prefix));
	if (!p->slot || !p->prefix) {
		security_stop(n);
		return -ENOMEM;
	}
	for (unsigned k = 0; k < c->npeers; k++) {
		if (c->peer[k].addr.len == 128)
			index_host(n, k);
		else
			index_prefix(n, k);
	}
	return 0;
}

void
security_stop(struct node *n)
{
	free(n->peers.slot);
	free(n->peers.prefix);
	n->peers.slot = NULL;
	n->peers.prefix = NULL;
	n->mac_key = NULL;
}

/* Of the addresses of an access anchor, where no Peer says otherwise. */
static const struct conf_peer *
implied(const struct node *n, const struct in6_addr *addr)
{
	for (unsigned k = 0; k < n->conf->nhome_links; k++) {
		const struct conf_home_link *l = &n->conf->home_link[k];

		if (l->anchor && l->protect == CONF_PROTECT_CGA &&
		    prefix_match(&l->prefix, addr))
			return &n->cga_peer;
	}
	return NULL;
}

const struct conf_peer *
security_peer(const struct node *n, const struct in6_addr *addr)
{
	const struct peers *p = &n->peers;

	for (uint32_t s = slot_of(p, addr); p->slot[s];
	     s = (s + 1) & p->mask) {
		const struct conf_peer *peer = &n->conf->peer[p->slot[s] - 1];

		if (addr_eq(&peer->addr.addr, addr))
			return peer;
	}
	for (uint32_t k = 0; k < p->nprefixes; k++) {
		const struct conf_peer *peer = &n->conf->peer[p->prefix[k]];

		if (prefix_match(&peer->addr, addr))
			return peer;
	}
	return implied(n, addr);
}

const struct conf_peer *
security_stranger(const struct node *n)
{
	for (unsigned k = 0; k < n->conf->nhome_links; k++)
		if (n->conf->home_link[k].anchor &&
		    n->conf->home_link[k].protect == CONF_PROTECT_CGA)
			return &n->cga_peer;
	return NULL;
}

const struct conf_peer *
security_anchor(const struct node *n, const struct in6_addr *addr)
{
	const struct conf_peer *p = security_peer(n, addr);

	if (p)
		return p->protect != CONF_PROTECT_CGA || n->cga_key ? p : NULL;
	return n->cga_key && n->conf->access_protect == CONF_PROTECT_CGA ?
		&n->cga_peer : NULL;
}

/* --- time --------------------------------------------------------------- */

#define NTP_UNIX_EPOCH	2208988800ULL	/* seconds from 1900 to 1970 */

uint64_t
security_ntp(const struct node *n, usec_t now)
{
	uint64_t wall = (uint64_t)((int64_t)now + n->wall);

	return ((wall / USEC_PER_SEC + NTP_UNIX_EPOCH) << 32) |
	       (((wall % USEC_PER_SEC) << 32) / USEC_PER_SEC);
}

/* --- the MAC ------------------------------------------------------------ */

static bool
mac_of(struct node *n, const struct conf_peer *peer,
       const struct auth_cover *cover, uint8_t ret[MAC_SHA1_LEN])
{
	struct span key = { .p = peer->key, .len = peer->key_len };
	bool same = n->mac_key == peer->key;

	n->mac_key = NULL;
	if (mac_hmac_sha1(n->mac, same ? NULL : &key, cover->piece, cover->n,
			  ret))
		return false;
	n->mac_key = peer->key;
	return true;
}

/* RFC 4283: the identity, when the configuration knows one, is the peer's. */
static bool
identity_ok(const struct conf_peer *peer, const struct mh *mh)
{
	const struct mopt *o = mh_opt(mh, MOPT_MNID);

	if (!peer->nai)
		return true;
	return o && o->mnid.subtype == MOPT_MNID_NAI &&
	       o->mnid.id.len == strlen(peer->nai) &&
	       memcmp(o->mnid.id.p, peer->nai, o->mnid.id.len) == 0;
}

static const struct mopt *
mnha_option(const struct mh *mh)
{
	for (unsigned k = 0; k < mh->nopts; k++)
		if (mh->opt[k].type == MOPT_AUTH &&
		    mh->opt[k].auth.subtype == MOPT_AUTH_MNHA)
			return &mh->opt[k];
	return NULL;
}

/* RFC 4285 section 6: newer than the last one, and close to our clock. */
static bool
timestamp_ok(const struct node *n, const struct conf_peer *peer,
	     uint64_t stamp, uint64_t last, usec_t now)
{
	uint64_t ours = security_ntp(n, now);
	uint64_t apart = stamp > ours ? stamp - ours : ours - stamp;

	return stamp > last && apart >> 32 < peer->drift;
}

static enum security_verdict
replay_check(const struct node *n, const struct conf_peer *peer,
	     const struct mh *mh, uint64_t last, usec_t now)
{
	const struct mopt *o = mh_opt(mh, MOPT_REPLAY);

	/* An acknowledgement is matched with its update by the registrant,
	 * which knows the timestamp that it sent. */
	if (peer->replay != CONF_REPLAY_TIMESTAMP || mh->type != MH_BU)
		return SEC_OK;
	if (!o)
		return SEC_NO_REPLAY_OPTION;
	return timestamp_ok(n, peer, o->replay, last, now) ?
		SEC_OK : SEC_ID_MISMATCH;
}

enum security_verdict
security_check(struct node *n, const struct conf_peer *peer,
	       const struct mh *mh, const uint8_t *mh_bytes,
	       const struct in6_addr *coa, const struct in6_addr *hoa,
	       uint64_t last_replay, usec_t now)
{
	const struct mopt *auth = mnha_option(mh);
	uint8_t mac[MAC_SHA1_LEN];
	struct auth_cover cover;

	if (!peer)
		return SEC_NO_PEER;
	if (peer->protect == CONF_PROTECT_NONE)
		return identity_ok(peer, mh) ? SEC_OK : SEC_MISSING;
	if (peer->protect != CONF_PROTECT_SHARED_KEY)
		return SEC_MISSING;
	if (!auth || auth->auth.spi != peer->spi || !identity_ok(peer, mh))
		return SEC_MISSING;
	auth_cover_mnha(coa, hoa, mh_bytes, auth, &cover);
	if (auth->auth.data.len != AUTH_MNHA_LEN ||
	    !mac_of(n, peer, &cover, mac) ||
	    !mac_equal(mac, auth->auth.data.p, AUTH_MNHA_LEN))
		return SEC_AUTH_FAIL;
	return replay_check(n, peer, mh, last_replay, now);
}

/* RFC 4283, RFC 4285 section 6: identity, and replay protection. */
static void
add_identity(const struct conf_peer *peer, struct mh *mh, uint64_t replay)
{
	struct mopt *o;

	if (!peer)
		return;
	if (peer->nai && (o = mh_add(mh, MOPT_MNID))) {
		o->mnid.subtype = MOPT_MNID_NAI;
		o->mnid.id = (struct span){ (const uint8_t *)peer->nai,
					    strlen(peer->nai) };
	}
	if (peer->protect == CONF_PROTECT_SHARED_KEY && replay &&
	    (o = mh_add(mh, MOPT_REPLAY)))
		o->replay = replay;
}

/* RFC 4285 5.1: the last option of the message; but for the proof of
 * reachability that an access anchor wants (doc/access-anchor.md), which has
 * to be the last one, too, and covers it. */
static void
add_mnha(const struct conf_peer *peer, struct mh *mh)
{
	struct mopt *o;

	if (!peer || peer->protect != CONF_PROTECT_SHARED_KEY)
		return;
	if ((o = mh_add(mh, MOPT_AUTH))) {
		o->auth.subtype = MOPT_AUTH_MNHA;
		o->auth.spi = peer->spi;
		o->auth.data = (struct span){ NULL, AUTH_MNHA_LEN };
	}
}

/* Fill in the MN-HA authenticator of a built message. */
static void
sign_mnha(struct node *n, const struct conf_peer *peer,
	  const struct mh *mh, uint8_t *mh_bytes,
	  const struct in6_addr *coa, const struct in6_addr *hoa)
{
	const struct mopt *auth = mnha_option(mh);
	uint8_t mac[MAC_SHA1_LEN];
	struct auth_cover cover;

	if (!peer || !auth)
		return;
	auth_cover_mnha(coa, hoa, mh_bytes, auth, &cover);
	if (mac_of(n, peer, &cover, mac))
		/* behind type, length, subtype and SPI */
		memcpy(mh_bytes + auth->off + 7, mac, AUTH_MNHA_LEN);
}

/* --- sending ------------------------------------------------------------ */

static void
note_sent(struct node *n, const struct mh *mh, const struct mh_route *r,
	  usec_t now)
{
	struct note note = {
		.code = NOTE_SENT, .a = r->src, .b = r->dst, .type = mh->type,
		.ifindex = r->ifindex,
	};

	note_of_mh(mh, &note);
	note_put(n, &note, now);
}

void
node_send_mh(struct node *n, struct mh *mh, const struct mh_route *r,
	     const struct conf_peer *peer, uint64_t replay, usec_t now)
{
	struct wbuf *w = outbox_start(n);
	size_t at;

	if (!w)
		return;
	add_identity(peer, mh, replay);
	if (r->proof)
		proof_options(r->proof, mh);
	add_mnha(peer, mh);
	if (r->proof)
		proof_auth_option(r->proof, mh);
	pkt_start(w, &r->src, &r->dst, PKT_HOPLIMIT, r->hao, r->rh2,
		  IPPROTO_MOBILITY);
	at = wbuf_len(w);
	if (mh_build(mh, w))
		return;
	sign_mnha(n, peer, mh, w->base + at, &r->coa, &r->hoa);
	if (r->proof)
		proof_seal(n, r->proof, mh, w->base + at);
	/* RFC 6275 6.1.1: the pseudo-header has the home addresses. */
	mh_seal(w->base + at, mh->len, r->hao ? r->hao : &r->src,
		r->rh2 ? r->rh2 : &r->dst);
	pkt_finish(w);
	outbox_commit(n, r->ifindex, r->ll);
	note_sent(n, mh, r, now);
}
