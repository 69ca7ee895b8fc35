/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.h - the inside of a node: what the rooms of src/core share.
 *
 * Not for anybody outside src/core (core.h is).  Here are the services that
 * every protocol part uses: alarms (timers), wishes (pending effects), the
 * outbox, notes, interfaces, tunnels and wanted objects.  The parts
 * themselves have headers of their own and are called from the tables in
 * node.c.
 */
#ifndef MIP6D_CORE_NODE_H
#define MIP6D_CORE_NODE_H

#include "base/addr.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/rng.h"
#include "conf/conf.h"
#include "core/core.h"
#include "crypto/mac.h"
#include "wire/icmp.h"
#include "wire/mh.h"
#include "wire/nd.h"
#include "wire/pkt.h"

/* RFC 6275 section 12 */
#define INITIAL_BINDACK_TIMEOUT	SEC(1)
#define MAX_DELETE_BCE_TIMEOUT	SEC(10)
#define MAX_UPDATE_RATE		3		/* a second */
/* RFC 4861 section 10 */
#define RETRANS_TIMER		SEC(1)
#define MAX_NEIGHBOR_ADVERTISEMENT 3
#define MAX_RTR_SOLICITATIONS	3
#define RTR_SOLICITATION_INTERVAL SEC(4)

#define MH_LIFETIME_UNIT	4		/* seconds */

struct mn;
struct demand;
struct ha;
struct cn;
struct lma;
struct beats;
struct revocations;
struct mag;
struct registrar;
struct adverts;
struct rr;
struct proof;
struct proofs;
struct former;
struct cga_key;
struct alarm;

/* --- alarms ------------------------------------------------------------ */

typedef void alarm_fire(struct node *, struct alarm *, usec_t now);

struct alarm {
	struct timer	t;
	alarm_fire	*fire;
};

void	alarm_init(struct alarm *, alarm_fire *);
/* USEC_NEVER clears it.  A time in the past fires at the next tick. */
void	alarm_set(struct node *, struct alarm *, usec_t at);
void	alarm_clear(struct node *, struct alarm *);
static inline bool alarm_is_set(const struct alarm *a)
{
	return a->t.at != USEC_NEVER;
}

/* --- wishes: effects that wait to be built ------------------------------ */

enum wish_kind {
	WISH_SEND,			/* struct outgoing */
	WISH_NOTE,			/* struct noted */
	WISH_WANT,			/* struct want */
	WISH_TUNNEL,			/* struct tunnel */
	WISH_BINDING,			/* struct binding: registrar.c */
	WISH_REGISTRANT,		/* struct registrant */
	WISH_ONCE,			/* struct once: effects without a key */
	WISH_OWNED, WISH_EPOCH,		/* demand.h */
	WISH_MAG,			/* struct mag_mobile */
	WISH_SYNC,
	WISH_KINDS
};

/* Embedded in an object.  On the node's list while `dirty' has bits. */
struct wish {
	struct list	l;
	uint8_t		kind;		/* enum wish_kind */
	uint16_t	dirty;		/* what to say, the owner's bits; said
					   from the lowest bit up */
};

void	wish_init(struct wish *, enum wish_kind);
/* Add bits.  A wish that is on the list keeps its place; a new one goes to
 * the end. */
void	wish_add(struct node *, struct wish *, uint16_t bits);
/* Take it off the list (the object is about to be freed). */
void	wish_drop(struct wish *);

/* One builder a kind: make the effect of the lowest dirty bit, clear the
 * bit; false when the bit turned out to need no effect.  The object may be
 * freed here once nothing is dirty (node_effect has unlinked it then). */
typedef bool wish_build(struct node *, struct wish *, struct effect *ret);
wish_build tunnel_build, want_build, binding_build, registrant_build,
	   owned_build, epoch_build, mag_build;

/* --- the outbox --------------------------------------------------------- */

#define OUTBOX_MAX	8192		/* packets not yet taken by the caller */

/* A cursor over the data of the next SEND effect, SEND_MAX long; NULL when
 * the outbox is full (the message counts as lost on the way).  Finish with
 * outbox_commit, or begin again. */
struct wbuf *outbox_start(struct node *);
/* `ll' NULL: the kernel resolves. Nothing is sent when the cursor is bad. */
void	outbox_commit(struct node *, uint32_t ifindex, const struct lladdr *ll);
/* An ND message, built and committed. */
void	outbox_nd(struct node *, uint32_t ifindex, const struct lladdr *ll,
		  const struct nd *, const struct in6_addr *src,
		  const struct in6_addr *dst);

/* An effect that is said once: EF_REPLY, EF_ABORT, EF_STORE. */
void	effect_put(struct node *, const struct effect *);

void	note_put(struct node *, const struct note *, usec_t now);
/* Fill in what a note says of a message: sequence number, lifetime, status. */
void	note_of_mh(const struct mh *, struct note *);

/* --- wanted objects: keyed, compared by value ---------------------- */

/* Say what an address, route, flow, proxy, resolver or type shall be (e->kind
 * is EF_ADDRESS, EF_ROUTE, EF_FLOW, EF_PROXY, EF_ANYCAST, EF_GROUP, EF_DNS, EF_OWNED or
 * EF_CURRENT).  Repeating what is
 * wanted already costs nothing; lifetimes count as a change. */
void	want(struct node *, const struct effect *);
/* Is that key wanted?  Its effect, or NULL. */
const struct effect *want_find(const struct node *, const struct effect *key);
/* The world lost it: say it again, if it is wanted. */
void	want_repeat(struct node *, const struct effect *key);
void	wants_repeat(struct node *, uint32_t ifindex);	/* all of a link */
void	wants_withdraw(struct node *);	/* all of them shall not be */
void	wants_init(struct node *);
void	wants_free(struct node *);	/* says nothing */

/* --- tunnels ------------------------------------------------------------ */

#define TUNNEL_UP	0x1
#define TUNNEL_DOWN	0x2

struct tunnel {
	struct map_node	node;
	struct path_key	key;
	uint32_t	users;
	uint32_t	mtu;		/* outer; 0: the link's */
	struct wish	wish;
};

/* Shared by all who use the same key: the PATH effect comes with the first
 * user and its removal after the last.  NULL: memory. */
struct tunnel *tunnel_get(struct node *, const struct path_key *);
struct tunnel *tunnel_put(struct node *, struct tunnel *);	/* NULL */
/* EV_MTU: remembered, so that the path is told with it from now on. */
void	tunnel_mtu(struct node *, const struct ev_mtu *);
void	tunnels_init(struct node *);
void	tunnels_fini(struct node *);		/* says nothing */
bool	tunnels_show(const struct node *, struct cursor *, struct record_sink *);

/* --- interfaces --------------------------------------------------------- */

struct iface {
	struct list	all;
	uint32_t	ifindex;
	char		name[16];
	struct lladdr	ll;
	uint32_t	mtu;
	bool		up;
	const struct conf_iface *conf;	/* NULL: not in the configuration */
	struct list	addrs;		/* struct iface_addr: as EV_ADDRESS said */
	struct attach	*attach;	/* mobile node: attach.c */
	struct advert	*advert;	/* router, home agent: advert.c */
};

struct iface_addr {
	struct list	l;
	struct in6_addr	addr;
	uint8_t		plen;
	enum addr_state	state;
};

void	ifaces_init(struct node *);
void	ifaces_fini(struct node *);
/* The node's picture of links and addresses, from its events.  `*was_up' is
 * the state before; NULL: memory, or the interface is unknown (address). */
struct iface *iface_on_link(struct node *, const struct ev_link *, bool *was_up);
struct iface *iface_on_address(struct node *, const struct ev_address *);
/* Free it (the parts' hooks were told with up false before). */
void	iface_gone(struct node *, struct iface *);
bool	ifaces_show(const struct node *, struct cursor *, struct record_sink *);
const struct conf_iface *iface_conf(const struct conf *, const char *name);
struct iface *iface_find(const struct node *, uint32_t ifindex);
struct iface *iface_by_name(const struct node *, const char *name);
/* The link-local address for sending: valid first, then optimistic; NULL:
 * none yet. */
const struct in6_addr *iface_linklocal(const struct iface *);
const struct iface_addr *iface_addr_find(const struct iface *,
					 const struct in6_addr *);
/* Is it an address of this node's, usable, on any interface? */
bool	node_owns(const struct node *, const struct in6_addr *);

/* --- packets, on their way through the tables of node.c ----------------- */

/* A packet that was parsed whole. */
struct rx {
	struct iface	*iface;		/* NULL: not known */
	bool		tunnelled;	/* it came through a path of ours */
	struct lladdr	ll_src;
	struct span	data;		/* from the IPv6 header on */
	struct pkt	pkt;
	union {
		struct mh	mh;	/* pkt.proto 135 */
		struct nd	nd;	/* pkt.proto 58 */
		struct icmp	icmp;	/* the same, types 144 to 147 */
	};
};

/* What each part does with a message.  In the order of the table in node.c;
 * a message may interest several (an NA: attach and defend). */
void	attach_on_nd(struct node *, struct rx *, usec_t now);	/* RA, NA */
void	attach_on_neighbour(struct node *, const struct ev_neighbour *,
			    usec_t now);
void	mn_on_nd(struct node *, struct rx *, usec_t now);	/* NS, NA */
void	advert_on_nd(struct node *, struct rx *, usec_t now);	/* RS */
void	defend_on_nd(struct node *, struct rx *, usec_t now);	/* NS, NA */
void	agents_on_nd(struct node *, struct rx *, usec_t now);	/* RA */
void	agents_on_request(struct node *, struct rx *, usec_t now);
void	mobile_prefix_on_solicitation(struct node *, struct rx *, usec_t now);
void	ha_on_bu(struct node *, struct rx *, usec_t now);
void	cn_on_bu(struct node *, struct rx *, usec_t now);
void	cn_on_used(struct node *, const struct ev_used *, usec_t now);
void	cn_on_unreachable(struct node *, const struct ev_unreachable *,
			  usec_t now);
void	ha_on_switch(struct node *, const struct ev_switch *, usec_t now);
void	ha_on_stray(struct node *, const struct ev_stray *, usec_t now);
/* RFC 6275 9.3.1: is there a binding for its Home Address option? */
bool	ha_has_binding(const struct node *, const struct pkt *);
void	mn_on_ba(struct node *, struct rx *, usec_t now);
void	mn_on_brr(struct node *, struct rx *, usec_t now);
void	mn_on_be(struct node *, struct rx *, usec_t now);
void	mn_on_switch(struct node *, struct rx *, usec_t now);
void	mn_on_error(struct node *, struct rx *, usec_t now);	/* ICMPv6 */
void	mn_on_agents(struct node *, struct rx *, usec_t now);
void	mn_on_prefixes(struct node *, struct rx *, usec_t now);

/* --- the parts' life ---------------------------------------------------- */

/* Each role or part has these, called from the table in node.c for the
 * roles that the configuration names. */
int	mn_start(struct node *, usec_t now);		/* 0 / -ENOMEM */
void	mn_stop(struct node *);				/* frees */
void	mn_on_link(struct node *, struct iface *, bool was_up, usec_t now);
void	mn_on_gone(struct node *, struct iface *, usec_t now);
void	mn_on_address(struct node *, struct iface *, const struct ev_address *,
		      usec_t now);
bool	mn_restore(struct node *, const struct store_record *, usec_t now);
void	mn_ready(struct node *, usec_t now);
void	mn_shutdown(struct node *, usec_t now);
int	mn_reconfigure(struct node *, const struct conf *, usec_t now);
bool	mn_settled(const struct node *);	/* SYNC may be said */
void	mn_before_sync(struct node *);
bool	mn_show(const struct node *, const char *what, usec_t now,
		struct cursor *, struct record_sink *);

int	ha_start(struct node *, usec_t now);
void	ha_stop(struct node *);
void	ha_on_link(struct node *, struct iface *, bool was_up, usec_t now);
bool	ha_restore(struct node *, const struct store_record *, usec_t now);
void	ha_ready(struct node *, usec_t now);
void	ha_shutdown(struct node *, usec_t now);
int	ha_reconfigure(struct node *, const struct conf *, usec_t now);
bool	ha_show(const struct node *, const char *what, usec_t now,
		struct cursor *, struct record_sink *);

int	cn_start(struct node *, usec_t now);
void	cn_stop(struct node *);
void	cn_shutdown(struct node *, usec_t now);
int	cn_reconfigure(struct node *, const struct conf *, usec_t now);
bool	cn_show(const struct node *, const char *what, usec_t now,
		struct cursor *, struct record_sink *);

void	lma_on_bu(struct node *, struct rx *, usec_t now);
void	lma_redirect_on_ba(struct node *, struct rx *, usec_t now);
void	lma_revoke(struct node *, const struct ev_revoke *, usec_t now);
void	mag_revoke(struct node *, const struct ev_revoke *, usec_t now);
void	mag_on_ba(struct node *, struct rx *, usec_t now);
void	mag_on_nd(struct node *, struct rx *, usec_t now);
void	mag_on_neighbour(struct node *, const struct ev_neighbour *,
			 usec_t now);
void	mag_on_attach(struct node *, const struct ev_attach *, usec_t now);
int	mag_start(struct node *, usec_t now);
void	mag_stop(struct node *);
void	mag_on_link(struct node *, struct iface *, bool was_up, usec_t now);
bool	mag_restore(struct node *, const struct store_record *, usec_t now);
void	mag_ready(struct node *, usec_t now);
void	mag_shutdown(struct node *, usec_t now);
int	mag_reconfigure(struct node *, const struct conf *, usec_t now);
bool	mag_show(const struct node *, const char *what, usec_t now,
		 struct cursor *, struct record_sink *);
int	lma_start(struct node *, usec_t now);
void	lma_stop(struct node *);
bool	lma_restore(struct node *, const struct store_record *, usec_t now);
void	lma_shutdown(struct node *, usec_t now);
int	lma_reconfigure(struct node *, const struct conf *, usec_t now);
bool	lma_show(const struct node *, const char *what, usec_t now,
		 struct cursor *, struct record_sink *);

int	advert_start(struct node *, usec_t now);
void	advert_stop(struct node *);
void	advert_on_link(struct node *, struct iface *, bool was_up, usec_t now);
/* An address of the interface changed: the R bit carries it. */
void	advert_on_address(struct node *, struct iface *, usec_t now);
void	advert_shutdown(struct node *, usec_t now);	/* final RAs */
int	advert_reconfigure(struct node *, const struct conf *, usec_t now);

/* --- protection (security.c) -------------------------------------------- */

/* Index of the configuration's peers, exact addresses hashed; prefixes are
 * tried longest first after that. */
struct peers {
	uint32_t	*slot;		/* peer + 1, open addressing */
	uint32_t	mask;
	uint32_t	*prefix;	/* peers with len < 128, longest first */
	uint32_t	nprefixes;
	uint8_t		secret[16];
};
int	security_start(struct node *);
void	security_stop(struct node *);
const struct conf_peer *security_peer(const struct node *,
				      const struct in6_addr *);
/* The same of an access router that may be an anchor of ours: one that the
 * configuration does not know is asked with cga, if AccessProtection says
 * so and we have a key. */
const struct conf_peer *security_anchor(const struct node *,
					const struct in6_addr *);
/* For updates of addresses that are of no link here, to refuse them: NULL when
 * there is no anchor that cga protects. */
const struct conf_peer *security_stranger(const struct node *);
/* The Mobility Headers that this node knows, MH_KNOW() of each. */
uint32_t security_known(const struct node *);

enum security_verdict {
	SEC_OK,
	SEC_NO_PEER,			/* nothing configured: silence */
	SEC_MISSING,			/* no authenticator, or SPI, or identity
					   not the peer's: silence */
	SEC_AUTH_FAIL,			/* MIPV6-AUTH-FAIL */
	SEC_NO_REPLAY_OPTION,		/* MIPV6-MESG-ID-REQD */
	SEC_ID_MISMATCH,		/* MIPV6-ID-MISMATCH: timestamp */
	/* of access anchors, proof.h: */
	SEC_FORGED,			/* authenticator is wrong: silence */
	SEC_NONCE,			/* care-of nonce expired, or not proved
					   (137) */
	SEC_NO_TOKEN,			/* no permanent home keygen token (147) */
	SEC_NOT_HERE,			/* address of no link of ours (132) */
	SEC_NOT_SEEN,			/* not seen on its link (129) */
	SEC_CGA_FAILED,			/* parameters or signature (148) */
	SEC_BUSY,			/* too many signatures: silence */
};

/* Check a BU or BA against what protects messages with `peer' (NULL: none
 * is known).  `mh' are the message's bytes.  `last_replay' is the last
 * accepted timestamp (0: none).  RFC 4285 sections 5 and 6. */
enum security_verdict security_check(struct node *, const struct conf_peer *,
		const struct mh *, const uint8_t *mh_bytes,
		const struct in6_addr *coa, const struct in6_addr *hoa,
		uint64_t last_replay, usec_t now);
/* Our wall clock as RFC 4285 section 6 has it: NTP format. */
uint64_t security_ntp(const struct node *, usec_t now);

/* Send an MH: IPv6 header, RH2/HAO when given, message, authenticator of
 * `peer' (may be NULL), checksum; puts it into the outbox with a NOTE_SENT. */
struct mh_route {
	struct in6_addr	src, dst;
	const struct in6_addr *hao, *rh2;
	struct in6_addr	coa, hoa;	/* what the authenticator covers */
	const struct proof *proof;	/* beside a peer's key, or instead of
					   one: proof.h */
	uint32_t	ifindex;	/* 0: routed */
	const struct lladdr *ll;	/* NULL: resolved */
};
void	node_send_mh(struct node *, struct mh *, const struct mh_route *,
		     const struct conf_peer *peer, uint64_t replay, usec_t now);
/* The same for an ICMPv6 message (RFC 6275 6.5 to 6.8): src, dst, hao, rh2,
 * ifindex and ll count. */
void	node_send_icmp(struct node *, const struct icmp *,
		       const struct mh_route *);

/* --- the node ----------------------------------------------------------- */

/* Messages of one type to one peer: MAX_UPDATE_RATE a second (11.8). */
struct rate {
	usec_t		sent[MAX_UPDATE_RATE];
	unsigned	next;
};
usec_t	rate_next(const struct rate *);		/* earliest next, 0: at once */
void	rate_sent(struct rate *, usec_t now);

/* So many a second, and as many at once; all zero it is full. */
struct bucket {
	usec_t		time;
	uint32_t	tokens;
};
bool	bucket_take(struct bucket *, uint32_t rate, usec_t now);

/*
 * Answers to messages that nobody vouched for (errors, refusals).  Each kind
 * has limits of its own, for each address that is answered and for its /64, so
 * that one who causes too many takes none away from others (limit.c).
 */
enum answer_kind {
	ANSWER_ICMP,			/* RFC 4443 2.4 f */
	ANSWER_BINDING_ERROR,		/* RFC 6275 9.3.3 */
	ANSWER_NONCE,			/* 9.5.1: 136 to 138, not authentic */
	ANSWER_REFUSAL,			/* other refusals */
	ANSWER_DISCOVERY,		/* 10.5.1 */
	ANSWER_KINDS
};
#define ANSWER_SLOTS	256

struct answers {
	struct bucket	address[ANSWER_SLOTS], network[ANSWER_SLOTS];
};

bool	node_may_answer(struct node *, enum answer_kind,
			const struct in6_addr *to, usec_t now);
/* The same of notes that anybody can cause: so many for the whole node. */
bool	node_may_tell(struct node *, usec_t now);
void	limits_init(struct node *, usec_t now);

struct node {
	const struct conf *conf;
	uint8_t		secret[32];
	int64_t		wall;		/* wall clock - usec_t, usec */
	struct rng	rng;
	struct heap	timers;
	struct list	wishes;
	struct wish	sync;
	struct cga_key	*cga_key;	/* NULL: none */
	struct conf_peer cga_peer;	/* whoever has no other protection */
	struct mac	*mac;
	const uint8_t	*mac_key;	/* the key that `mac' has now */

	struct wbuf	outgoing;	/* being built */
	struct outgoing	*outgoing_obj;
	unsigned	outbox;		/* packets waiting */
	struct answers	answers[ANSWER_KINDS];
	struct bucket	notes;

	struct list	ifaces;
	struct list	wanted;		/* want.c */
	struct map	wants;
	struct map	tunnels;
	struct pool	tunnel_pool;
	struct peers	peers;

	bool		ready, synced, stopping;
	bool		early_bind;	/* node_seed */
	struct alarm	sync_alarm;

	struct mn	*mn;
	struct demand	*demand;	/* with mn */
	struct ha	*ha;
	struct cn	*cn;
	struct lma	*lma;
	struct mag	*mag;
	struct beats	*beats;		/* with lma or mag */
	struct revocations *revocations;	/* so */
	struct registrar *registrar;	/* the binding cache, registrar.h */
	struct rr	*rr;
	struct proofs	*proofs;	/* with ha */
	struct former	*former;	/* with mn */
};

/* Sequence numbers modulo 2^16 (RFC 6275 9.5.1): is `a' greater than b? */
static inline bool seq_after(uint16_t a, uint16_t b)
{
	return (uint16_t)(a - b) != 0 && (uint16_t)(a - b) < 0x8000;
}

#endif
