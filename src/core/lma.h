/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lma.h - the local mobility anchor (RFC 5213 section 5), seen from its own
 * parts.
 *
 *	lma.c		what comes in, in the order of 5.3.1, and life
 *	lma_lookup.c	which session a request is about (5.4.1)
 *	lma_cache.c	mobiles, sessions and their prefixes
 *	lma_keeper.c	what the binding cache asks of an anchor, and the answer
 *	lma_group.c	sessions that are spoken of together (RFC 6602)
 *	lma_redirect.c	new sessions that another anchor gets (RFC 6463)
 *	lma_profile.c	the configuration's mobiles, and the prefix pools
 */
#ifndef MIP6D_CORE_LMA_H
#define MIP6D_CORE_LMA_H

#include "core/pmip.h"
#include "core/registrar.h"

/* The keeper's dirty bits: flows of a session's further prefixes. */
#define LMA_FLOW(k)	((uint16_t)(BINDING_KEEPER << (k)))

struct lma_mobile {
	struct map_node	node;
	uint64_t	key[2];		/* keyed digest of the identity */
	struct list	sessions;
	uint64_t	stamp;		/* last accepted (5.5) */
	struct lma_pending *pending;	/* a request that waits */
	uint8_t		id_len;
	uint8_t		id[];		/* and a zero behind it */
};

/* A prefix beyond the first, which is the binding's key. */
struct lma_more {
	struct map_node	node;
	struct in6_addr	hnp;
	struct lma_session *session;
	struct lma_more	*next;
	bool		said;		/* its flow stands outside */
};

/* A gateway with sessions in groups (RFC 6602 5.2.1). */
struct lma_gateway {
	struct map_node	node;
	struct in6_addr	coa;		/* Proxy-CoA of its sessions */
	struct list	groups;
	unsigned	count;		/* of them */
	uint64_t	stamp;		/* of its last update of a group */
	uint16_t	seq;		/* ... without a Timestamp */
	bool		has_seq;
	bool		doubt;		/* it may not know what is over */
};

/* Sessions for which gateway and anchor have each said a group. */
struct lma_group {
	struct list	l;		/* of its gateway */
	struct lma_gateway *gateway;
	struct list	sessions;
	uint32_t	theirs, ours;	/* identifiers */
};

/* A mobility session: one interface of one mobile (5.4). */
struct lma_session {
	struct list	l;		/* of its mobile */
	struct lma_mobile *mobile;
	struct binding	*b;		/* NULL: about to be made */
	struct lma_more	*more;
	struct in6_addr	hnp;		/* the first */
	struct in6_addr	coa;		/* Proxy-CoA, also when it is over */
	struct in6_addr	ll;		/* the gateway's link-local address */
	struct list	g;		/* of its group */
	struct lma_group *group;	/* NULL: none */
	uint32_t	was_theirs;	/* stored: before it is served again */
	bool		over;		/* at `coa': it said so, or its time is */
	uint8_t		att, lli_len;
	uint8_t		lli[PMIP_LLI_MAX];
};

/* 5.4.1.2 no. 4: waits for the deregistration of `session'. */
struct lma_pending {
	struct list	l;
	struct alarm	alarm;
	struct lma_mobile *mobile;
	struct lma_session *session;	/* NULL: it is gone */
	struct registration rq;
	struct pmip_request req;
	struct pmip_id	id;		/* what the request points to */
	uint8_t		lli[PMIP_LLI_MAX];
};
#define LMA_PENDING_MAX	4096

struct lma_pool {			/* its /64s, counted from 0 */
	struct prefix	prefix;
	uint64_t	size, next;	/* next: was never given out */
	struct lma_freed *at;		/* those below: are they free again? */
	uint32_t	cap;
	uint32_t	nfreed, oldest, newest;
};

struct lma {
	struct map	mobiles, more;
	struct map	gateways;	/* struct lma_gateway */
	struct pool	session_pool, more_pool, pending_pool;
	struct lma_pool	*pool;
	unsigned	npools;
	struct pmip_index by_id;		/* conf->mobile */
	struct pmip_index by_hnp;	/* conf->mobile * CONF_HNPS + prefix */
	struct lma_session *fresh;	/* no binding has it yet */
	usec_t		now;		/* of what is being worked on */
	uint64_t	updates, accepted, refused, ignored;
	struct relays	*relays;	/* lma_redirect.c */
	uint64_t	redirected;	/* sessions that were */
	uint64_t	bulk;		/* updates of groups that were accepted */
};

/* --- lma_profile.c ------------------------------------------------------- */

int	lma_profiles_start(struct node *);
void	lma_profiles_stop(struct node *);
/* Under another configuration: what is known of pools that stay, stays. */
int	lma_profiles_renew(struct node *, const struct conf *old);
/* Its profile, or that of its realm; NULL: none. */
const struct conf_mobile *lma_profile(const struct node *, const struct span *);
bool	lma_mag_allowed(const struct conf_mobile *, const struct in6_addr *mag);
/* May the mobile have that prefix, which nobody has? */
bool	lma_may_have(const struct node *, const struct conf_mobile *,
		     const struct prefix *);
/* Prefixes for a new session: its own, or free ones of the pools.  How many;
 * 0: there are none. */
unsigned lma_assign(struct node *, const struct conf_mobile *,
		    struct in6_addr ret[CONF_HNPS]);
/* Nobody has it any more; and somebody has it, who may have asked for it. */
void	lma_unassign(struct node *, const struct in6_addr *hnp);
void	lma_claim(struct node *, const struct in6_addr *hnp);
bool	lma_owns(const struct node *, const struct in6_addr *hnp);

/* --- lma_cache.c ---------------------------------------------------------- */

struct lma_mobile *lma_mobile_find(const struct node *, const struct span *);
/* It is made if need be; NULL: memory. */
struct lma_mobile *lma_mobile_get(struct node *, const struct span *);
void	lma_mobile_put(struct node *, struct lma_mobile *);	/* if idle */
struct lma_session *lma_session_find(const struct node *,
				     const struct in6_addr *hnp);
/* With these prefixes, which are free; NULL: memory. */
struct lma_session *lma_session_new(struct node *, struct lma_mobile *,
				    const struct in6_addr *hnp, unsigned n);
/* Out of all indices: no request can be about it any more. */
void	lma_session_unlink(struct node *, struct lma_session *);
void	lma_session_free(struct node *, struct lma_session *);
unsigned lma_session_prefixes(const struct lma_session *,
			      struct prefix ret[CONF_HNPS]);

/* --- lma_lookup.c --------------------------------------------------------- */

enum lma_found {
	LMA_NEW,			/* create a session */
	LMA_UPDATE,			/* *ret_session is meant */
	LMA_WAIT,			/* ... if its gateway deregisters it */
	LMA_REFUSE,			/* *ret_status */
};
enum lma_found lma_lookup(const struct node *, const struct lma_mobile *,
			  const struct pmip_request *,
			  const struct in6_addr *coa,
			  struct lma_session **ret_session,
			  uint8_t *ret_status);

/* --- lma_keeper.c --------------------------------------------------------- */

extern const struct keeper lma_keeper;
/* A Proxy Binding Acknowledgement (5.3.6). */
void	lma_answer(struct node *, const struct registration *,
		   const struct mh_ba *, usec_t now);

/* RFC 5846: a gateway hears that a session is not there any more. */
void	lma_tell_revoked(struct node *, const struct lma_session *,
			 const struct in6_addr *mag, int trigger, usec_t now);

/* --- lma_group.c ----------------------------------------------------------- */

void	lma_groups_start(struct lma *, const uint8_t secret[16]);
void	lma_groups_stop(struct lma *);
/* It is of that group of its gateway's from now on, and of one of ours; false:
 * of none, there are too many. */
bool	lma_group_join(struct node *, struct lma_session *, uint32_t theirs);
void	lma_group_leave(struct lma_session *);
/* Groups of a gateway in which nobody is any more. */
void	lma_groups_tidy(struct node *, const struct in6_addr *coa);
/* A Proxy Binding Update about a group. */
void	lma_group_update(struct node *, struct registration *,
			 const struct mh *, usec_t now);
/* A gateway revokes one: a status of RFC 5846. */
uint8_t	lma_group_revoked(struct node *, uint32_t theirs,
			  const struct in6_addr *coa, usec_t now);
/* A person does. */
void	lma_group_revoke(struct node *, uint32_t ours, usec_t now);
/* It may not have heard that one of its sessions is over: what it means by a
 * group is not what we do.  Its next update of one is refused. */
void	lma_groups_doubt(struct node *, const struct in6_addr *coa);
/* It has lost its sessions, and its groups with them. */
void	lma_groups_forget(struct node *, const struct in6_addr *coa);

/* --- lma_redirect.c --------------------------------------------------------- */

int	lma_redirect_start(struct node *);	/* not 0: memory */
void	lma_redirect_stop(struct node *);
/* What is under way is; the gateways ask again. */
void	lma_redirect_forget(struct node *);
/* A request that was checked: true, it is answered, or sent on. */
bool	lma_redirect(struct node *, const struct registration *,
		     const struct rx *, usec_t now);
/* May `src' register sessions for gateways? */
bool	lma_may_relay(const struct node *, const struct in6_addr *src);
/* Redirect and Load Information of an answer. */
void	lma_put_redirect(const struct node *, struct mh *,
			 const struct registration *, const struct mh_ba *);

/* A request waits no longer: lma.c. */
void	lma_pending_end(struct node *, struct lma_pending *);
void	lma_pending_lose(struct node *, struct lma_session *, usec_t now);
/* A newer one of the mobile was accepted; `stayed': where its session was. */
void	lma_pending_overtaken(struct node *, const struct registration *,
			      bool stayed, usec_t now);

#endif
