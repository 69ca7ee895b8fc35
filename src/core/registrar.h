/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registrar.h - the engine of whoever keeps bindings: the binding cache of
 * RFC 6275 section 9.1, with sequence numbers, lifetimes, admission,
 * deferred removal, capacity and memory over a restart.
 *
 * One registrar a node.  A role that keeps bindings (a home agent now; LMA,
 * access anchor, correspondent alike) is a `struct keeper': a table of
 * what is policy.  The role parses, checks and authenticates a request and
 * hands it to registrar_take; everything from there to the answer is here.
 */
#ifndef MIP6D_CORE_REGISTRAR_H
#define MIP6D_CORE_REGISTRAR_H

#include "core/proof.h"

enum binding_state {
	BINDING_WAITING,	/* admission under way, nothing is served */
	BINDING_ACTIVE,
	BINDING_INVALID,	/* not served; remembers sequence number and
				   timestamp until `expires' (10.3.2) */
	BINDING_GONE,		/* out of the cache, last effects pending */
};

/* Dirty bits, said from the lowest up: when service begins the flow comes
 * first, when it ends too, and what is remembered comes last. */
#define BINDING_FLOW	0x0001
#define BINDING_KEEPER	0x0002		/* the keeper's own: 0x0002..0x4000 */
#define BINDING_STORE	0x8000

/* flags */
#define BINDING_L	0x01		/* its link-local address too */
#define BINDING_LEFT	0x02		/* deregistered, not expired */
#define BINDING_SAID	0x04		/* the flow stands outside */
#define BINDING_STORED	0x08		/* a record stands outside */
#define BINDING_PROXY	0x10		/* keeper: solicitations are heard */
#define BINDING_PROXY_L	0x20		/* keeper: for the link-local one */
#define BINDING_CGA	0x80		/* it has a token, proof.h */
#define BINDING_COUNTED	0x40		/* keeper: by its anchor */

enum keeper_kind {
	KEEPER_HOME,			/* home registrations (H bit), access
					   anchors' too */
	KEEPER_CORRESPONDENT,
	KEEPER_PROXY,			/* mobility sessions of an anchor
					   (RFC 5213): `hoa' is the first home
					   network prefix */
	KEEPERS
};

struct registration;
struct pmip_request;
struct lma_session;

/* One mobile: kept small, there may be a million (120 octets). */
struct binding {
	struct map_node	node;
	struct in6_addr	hoa;		/* these two are the key */
	uint16_t	at;		/* RFC 6275 9.1: of which address of
					   ours, as its keeper counts them; 0:
					   of the node */
	uint16_t	seq;
	uint16_t	granted;	/* units of four seconds */
	uint16_t	link;		/* keeper: which home link */
	struct wish	wish;
	union {
		struct tunnel	*tunnel;	/* ACTIVE */
		struct registration *waiting;	/* WAITING */
	};
	struct alarm	alarm;		/* not later than `expires' */
	usec_t		expires;
	union {
		uint64_t	replay;	/* last accepted timestamp; 0: none */
		uint8_t		token[RR_TOKEN];	/* BINDING_CGA: the
					   permanent home keygen token */
	};
	union {
		struct {
			uint32_t ifindex;	/* keeper: where it is defended;
						   or when it had traffic
						   last, in seconds */
			uint32_t owner;		/* keeper: whom it counts for,
						   0: nobody */
		};
		struct lma_session *session;	/* KEEPER_PROXY */
	};
	uint32_t	careof;		/* keeper: and which care-of address */
	uint8_t		state;		/* enum binding_state */
	uint8_t		keeper;		/* enum keeper_kind */
	uint8_t		flags;
};

/* A request that was validated and authenticated. */
struct registration {
	struct binding	*b;		/* what is known of hoa, or NULL */
	const struct conf_peer *peer;	/* for the answer; may be NULL */
	struct in6_addr	hoa, coa;
	struct in6_addr	local;		/* the address it was sent to */
	struct in6_addr	src;		/* and the one it came from */
	struct in6_addr	asked;		/* the one it was sent to, if that is
					   not `local' (RFC 6463); :: */
	struct lladdr	ll;		/* the answer goes to this neighbour */
	uint32_t	ifindex;	/*   on this link; 0: routed */
	uint64_t	replay;		/* its timestamp; 0: none */
	uint16_t	at;		/* whose binding it is about, or 0 */
	uint16_t	seq;
	uint16_t	lifetime;	/* units; admission may lower it */
	uint16_t	link;		/* keeper's: set by admission */
	uint8_t		keeper;
	uint8_t		flags;		/* BINDING_L */
	uint8_t		status;		/* of acceptance: 0 or 1 */
	bool		timed;		/* timestamps protect against replay,
					   the sequence number does not */
	bool		has_hao;
	bool		quiet;		/* no answer when it is accepted */
	struct own	own;		/* under cga, and of a correspondent
					   registration: the key */
	/* A proxy registration: the message's options, and the session that
	 * they are about (pmip.h, lma.h). */
	const struct pmip_request *proxy;
	struct lma_session *session;
};

#define ADMIT_WAIT	(-1)		/* registrar_decide will be called */

struct keeper {
	enum path_kind	path;		/* how it is carried; 0: IP6IP6 */
	uint8_t		plen;		/* of `hoa', which is a prefix then;
					   0: an address */
	/* Nothing of it survives a restart. */
	bool		forgets;
	/* May this be registered?  A status: below 128 yes; lifetime, link
	 * and status of the request are set. */
	int	(*admit)(struct node *, struct registration *, usec_t now);
	/* It is not served so far.  0: serve it; a status >= 128; or
	 * ADMIT_WAIT. */
	int	(*prepare)(struct node *, struct binding *,
			   const struct registration *, usec_t now);
	/* It has been acknowledged; `fresh': it was not served before. */
	void	(*serve)(struct node *, struct binding *, bool fresh,
			 usec_t now);
	/* It is served no longer, or what prepare began is called off. */
	void	(*leave)(struct node *, struct binding *);
	/* A binding from before a restart, or under a new configuration: is
	 * it still ours?  Sets link, may lower expires and say bits. */
	bool	(*adopt)(struct node *, struct binding *, usec_t now);
	void	(*answer)(struct node *, const struct registration *,
			  const struct mh_ba *, usec_t now);
	/* Were its messages made with nonces of ours?  They can be repeated as
	 * long as those are good.  NULL: no. */
	bool	(*has_nonces)(const struct node *, const struct binding *);
	/* Its alarm rings, and it is served for a while yet: when next?
	 * NULL: at its end. */
	usec_t	(*ring)(struct node *, struct binding *, usec_t now);
	/* How long one that was deregistered is remembered; NULL:
	 * MAX_DELETE_BCE_TIMEOUT. */
	usec_t	(*hold)(const struct node *, const struct binding *);
	/* It has left the cache; and later: its last effect was told, it is
	 * about to be freed.  NULL: nothing hangs on it. */
	void	(*drop)(struct node *, struct binding *);
	void	(*release)(struct node *, struct binding *);
	/* What a stored record has besides, and back; NULL: nothing. */
	void	(*store)(const struct node *, const struct binding *,
			 struct wbuf *);
	bool	(*revive)(struct node *, struct binding *, struct rbuf *,
			  usec_t now);
	/* ... and what a shown one has. */
	void	(*show)(const struct node *, const struct binding *,
			struct record *);
	/* Whose packets go its way; NULL: everybody's. */
	const struct in6_addr *(*local)(const struct node *,
					const struct binding *);
	/* The effect of one of the keeper's bits. */
	bool	(*build)(struct node *, struct binding *, uint16_t bit,
			 struct effect *ret);
};

/* Old messages of one home address that are answered (135), a second and at
 * once: whoever has heard a message can send it again, as often as he likes.
 * Home addresses share places, by a hash that nobody can guess. */
#define REGISTRAR_STALE		4
#define REGISTRAR_SLOTS		1024

struct registrar {
	struct map	bindings;
	struct pool	pool;
	struct pool	waiting;
	struct {			/* of each keeper: */
		uint32_t	limit;	/* bindings served or waiting */
		uint32_t	count[BINDING_GONE];	/* by state */
		bool		full;	/* said so */
	} of[KEEPERS];
	const struct keeper *keeper[KEEPERS];
	struct bucket	stale[REGISTRAR_SLOTS];
};

struct registrar *registrar_new(struct node *);		/* NULL: memory */
struct registrar *registrar_free(struct node *, struct registrar *);

/* What the node knows of a home address; NULL: nothing. */
struct binding *registrar_find(const struct registrar *,
			       const struct in6_addr *hoa);
/* ... and one of its addresses. */
struct binding *registrar_find_at(const struct registrar *,
				  const struct in6_addr *hoa, uint16_t at);
/* Walk, as map_next does. */
struct binding *registrar_next(const struct registrar *, struct binding *after,
			       size_t *pos);
/* The whole of RFC 6275 9.5.1 (sequence number, type), 10.3.1 and 10.3.2
 * behind validation and authentication, with the answer. */
void	registrar_take(struct node *, struct registration *, usec_t now);
/* The end of ADMIT_WAIT: 0, or a status >= 128. */
void	registrar_decide(struct node *, struct binding *, uint8_t status,
			 usec_t now);
/* An active binding is taken away from who registered it, who is told. */
void	registrar_revoke(struct node *, struct binding *, uint8_t status,
			 enum note_down, usec_t now);
/* An active binding is over, for whoever registered it to find out. */
void	registrar_end(struct node *, struct binding *, enum note_down,
		      usec_t now);
/* It is over, and nothing is remembered. */
void	registrar_remove(struct node *, struct binding *, enum note_down,
			 usec_t now);
/* An active binding stands for so many units from now on, unless it did for
 * longer. */
void	registrar_extend(struct node *, struct binding *, uint16_t lifetime,
			 usec_t now);
/* The configuration has changed: adopt again, or drop. */
void	registrar_review(struct node *, usec_t now);
/* One stored record.  False: not one of ours. */
bool	registrar_restore(struct node *, const struct store_record *,
			  usec_t now);
/* Nothing is served from now on; what is stored stays stored. */
void	registrar_withdraw(struct node *);
/* Care-of and own address of a binding, :: when there is none. */
void	binding_path(const struct binding *, struct in6_addr *ret_coa,
		     struct in6_addr *ret_local);
/* A piece of the bindings as records; true while there is more. */
bool	registrar_show(const struct node *, usec_t now, struct cursor *,
		       struct record_sink *);

/* --- inside: of registrar.c, for registrar_store.c ---------------------- */

const struct keeper *keeper_of(const struct node *, uint8_t kind);
void	binding_give(struct node *, struct binding *, uint8_t keeper);
/* The pool has it back. */
void	binding_free(struct node *, struct binding *);
/* In the cache; NULL: memory, or it is there already. */
struct binding *binding_new(struct node *, const struct in6_addr *hoa,
			    uint16_t at, enum binding_state);
void	binding_enter(struct node *, struct binding *, enum binding_state);
void	binding_until(struct node *, struct binding *, usec_t expires);
/* From ACTIVE or WAITING to INVALID; nothing of it remains outside but its
 * record. */
void	binding_stop(struct node *, struct binding *);
/* Out of the cache.  It lives on until its last effect is told. */
void	binding_drop(struct node *, struct binding *);
/* The effect of BINDING_STORE. */
bool	binding_store(struct node *, struct binding *, struct effect *ret);

#endif
