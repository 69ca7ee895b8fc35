/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach.h - where am I: routers, prefixes and care-of addresses of one
 * interface of a mobile node, and whether the link is still the same
 * (RFC 6275 section 11.5.1-11.5.3, RFC 4861 6.3, RFC 4862 5.5).
 */
#ifndef MIP6D_CORE_ATTACH_H
#define MIP6D_CORE_ATTACH_H

#include "core/exchange.h"

#define ATTACH_ROUTERS	64		/* at most, of one interface: bits */

/* RFC 7217 section 7 */
#define IDGEN_RETRIES	3

struct router {
	struct list	l;
	struct in6_addr	addr;		/* link-local */
	struct lladdr	ll;
	struct in6_addr	global;		/* from an R-bit prefix; :: none */
	uint64_t	bit;		/* of this interface's routers */
	bool		candidate;	/* heard, not yet known to be on the
					   link where we are */
	bool		used;		/* it was current */
	bool		revived;	/* of attach_past.c; not heard yet */
	bool		home_agent;
	bool		lone;		/* ... which does not advertise */
	int8_t		pref;		/* RFC 4191 */
	uint32_t	mtu;
	usec_t		expires;	/* as default router; 0: it is none */
	uint32_t	adv_interval;	/* ms; 0: not told */
	usec_t		heard;
};

struct aprefix {
	struct list	l;
	uint64_t	routers;	/* bits of those who advertise it */
	struct prefix	prefix;
	bool		on_link, autonomous;
	usec_t		heard;
	usec_t		valid_until, preferred_until;	/* USEC_NEVER */
	struct router	*way;		/* its packets go by this one */
	bool		has_coa;
	struct in6_addr	coa;
	enum addr_state	coa_state;
	uint32_t	dad_counter;
	usec_t		renew_at;	/* of a temporary one, */
	bool		has_next, has_old;	/* which comes, which was */
	struct in6_addr	next, old;
	usec_t		old_until;
};

struct aroute {				/* RFC 4191 more-specific route */
	struct list	l;
	struct router	*router;
	struct prefix	prefix;
	usec_t		until;
	int8_t		pref;
};

/* A router of a link where we have been (attach_past.c). */
#define PAST_MAX	6		/* RFC 6059 5.5.3 */
#define PAST_PREFIXES	4
struct past_prefix {
	struct prefix	prefix;
	bool		on_link, autonomous;
	usec_t		valid_until, preferred_until;
};
struct past {
	struct in6_addr	addr, global;
	struct lladdr	ll;
	bool		home_agent;
	int8_t		pref;
	uint32_t	mtu;
	usec_t		expires;
	unsigned	n;
	struct past_prefix prefix[PAST_PREFIXES];
};

enum attach_state {
	ATTACH_DOWN,			/* no link */
	ATTACH_SOLICITING,		/* no router yet */
	ATTACH_ON,			/* current is our router */
	ATTACH_CHECKING,		/* so it was; is it still? */
};

struct attach {
	struct iface	*iface;
	enum attach_state state;
	struct router	*current;
	struct router	*candidate;	/* where we go if current is silent */
	struct router	*second;	/* of the link before, asked after it */
	struct list	routers, prefixes, routes;
	unsigned	nrouters, nprefixes, nroutes;
	bool		settled;	/* there was a router once */
	bool		link_event;	/* the check began with a link-up */
	bool		aside;		/* its routes are not said (down) */
	struct exchange	rs;
	struct alarm	probe;		/* next probe of the current router */
	unsigned	probes;		/* sent in this check */
	struct alarm	grace;		/* candidate against the old router */
	struct alarm	age;		/* next lifetime to end */
	struct alarm	dad;		/* listening, of our link-local address */
	uint8_t		nonce[6];	/* of our solicitation, RFC 7527 */
	bool		duplicate;	/* somebody has it on this link */
	struct alarm	silence;	/* advertisement interval missed */
	unsigned	npast;		/* oldest first */
	struct past	past[PAST_MAX];
	usec_t		past_asked;	/* 0: never */
	usec_t		lone_asked;	/* likewise (attach_lone.c) */
	usec_t		trigger;	/* RA that brought us here */
	struct ef_dns	dns;		/* resolvers as told */
	usec_t		dns_until, domains_until;
};

/* Called by mn.c. */
struct attach *attach_new(struct node *, struct iface *, usec_t now);
struct attach *attach_free(struct node *, struct attach *);	/* NULL */
void	attach_on_link(struct node *, struct attach *, bool was_up, usec_t now);
void	attach_on_address(struct node *, struct attach *,
			  const struct ev_address *, usec_t now);
bool	attach_show(const struct attach *, usec_t now, struct record_sink *);

/* May it carry us: a router, on a link that is up. */
bool	attach_usable(const struct attach *);
/* The primary care-of address: of a prefix that the current router
 * advertises (11.5.4), preferred, usable now.  NULL: none (yet). */
const struct aprefix *attach_coa(const struct node *, const struct attach *,
				 usec_t now);
/* Is that a care-of address of ours, of a link where we are? */
bool	attach_still_has(const struct node *, const struct in6_addr *);
/* One is on its way: its duplicate address detection goes on. */
bool	attach_has_coa(const struct attach *, const struct in6_addr *coa);
bool	attach_coa_is_coming(const struct attach *);
/* Is this prefix on the link here (11.5.2)?  It, or NULL. */
const struct aprefix *attach_on_link_prefix(const struct attach *,
					    const struct prefix *);
/* Does a router of this link advertise it, on-link or not? */
bool	attach_has_prefix(const struct attach *, const struct prefix *);
/* An address of ours in `prefix': the identifier is of this interface and of
 * the purpose (RFC 7217).  False: the library failed. */
bool	attach_form_address(const struct node *, const struct attach *,
			    const struct prefix *, const char *purpose,
			    uint32_t dad_counter, struct in6_addr *ret);
/* A router on this link with that global address, or NULL. */
const struct router *attach_router_with(const struct attach *,
					const struct in6_addr *global);

/* mn.c hears: another router is current, and its routes and addresses are
 * about to be said. */
void	mn_on_leave(struct node *, const struct attach *, usec_t now);
/* ... nobody knows where this is, and hardly where it was. */
void	mn_on_lost(struct node *, const struct attach *);
/* Something above may have changed. */
void	mn_on_attach(struct node *, struct attach *, usec_t now);
/* On the home link: does our home agent defend our link-local address, too (the
 * L bit)? */
bool	mn_linklocal_is_defended(const struct node *, const struct attach *);
/* Is a home address of that prefix at home there? */
bool	mn_is_home_on(const struct node *, const struct iface *,
		      const struct prefix *);
/* Are the home addresses placed on other interfaces than this one? */
bool	mn_is_elsewhere(const struct node *, const struct iface *);
/* No care-of address from a prefix that is the home's, unless another home
 * needs one: at home the home address is the address. */
bool	mn_is_home_prefix(const struct node *, const struct prefix *);

/* attach_list.c: routers and prefixes as bounded lists, and their rules. */
void	attach_init_lists(struct attach *);
struct router *attach_find_router(struct attach *, const struct in6_addr *,
				  const struct lladdr *);
/* The rules of RFC 4861 6.3.4 and RFC 4862 5.5.3 for one advertisement.  A
 * router that is new becomes a candidate or not.  NULL: no room. */
struct router *attach_learn(struct node *, struct attach *, struct rx *,
			    bool candidate, usec_t now);
/* Who of those on this link advertises it: the current router, else the
 * first that did; NULL: nobody here. */
const struct router *attach_prefix_router(const struct attach *,
					  const struct aprefix *);
/* Does the advertisement name a prefix that is known on this link? */
bool	attach_shares_prefix(const struct attach *, const struct nd_ra *);
void	attach_forget_router(struct node *, struct attach *, struct router *);
/* Another router of its link takes over. */
void	attach_retire_router(struct node *, struct attach *, struct router *,
			     usec_t now);
/* Forget what ended; USEC_NEVER or when the next one ends.  *changed when
 * something was forgotten. */
usec_t	attach_age(struct node *, struct attach *, usec_t now, bool *changed);
/* Say addresses and routes of what is confirmed on the link. */
void	attach_configure(struct node *, struct attach *, usec_t now);
/* While its link is down and there is another way. */
void	attach_step_aside(struct node *, struct attach *);

/* attach_coa.c: care-of addresses of a prefix. */
void	attach_coa_form(struct node *, struct attach *, struct aprefix *,
			usec_t now);
void	attach_coa_drop(struct node *, struct attach *, struct aprefix *);
/* When there is something to do again; USEC_NEVER: nothing. */
usec_t	attach_coa_age(struct node *, struct attach *, struct aprefix *,
		       usec_t now);
/* Is that address one of these?  Its state has been taken in. */
bool	attach_coa_hears(struct node *, struct attach *, struct aprefix *,
			 const struct ev_address *, usec_t now);

/* attach_past.c: where we have been. */
void	attach_past_put(struct attach *, const struct router *);
void	attach_past_probe(struct node *, struct attach *, usec_t now);
const struct past *attach_past_answer(struct attach *, const struct rx *,
				      usec_t now);
/* A candidate, with what was known of it; NULL: no room (attach_list.c). */
struct router *attach_revive(struct node *, struct attach *,
			     const struct past *, usec_t now);

/* attach_lone.c: the home link without routers. */
void	attach_lone_ask(struct node *, struct attach *, usec_t now);
/* A home agent answers: where it is, as a router; NULL: that is none. */
struct router *attach_lone_answer(struct node *, struct attach *,
				  const struct rx *, usec_t now);
/* All that says where we are is that answer. */
bool	attach_is_lone(const struct attach *);
/* ... and our home agent has not said so yet. */
bool	attach_is_alleged(const struct node *, const struct attach *,
			  const struct prefix *home);
/* The router that stands for it (attach_list.c); NULL: no room. */
struct router *attach_learn_lone(struct node *, struct attach *,
				 const struct in6_addr *, const struct lladdr *,
				 const struct prefix *home, usec_t now);

/* attach_dad.c: our link-local address on a new link (11.5.1). */
void	attach_dad_init(struct attach *);
void	attach_dad_begin(struct node *, struct attach *, usec_t now);
void	attach_dad_end(struct node *, struct attach *);
/* True when it just turned out to be somebody else's. */
bool	attach_dad_hears(struct node *, struct attach *, const struct rx *,
			 usec_t now);

/* attach_dns.c: RDNSS and DNSSL (RFC 8106) are handed on, not used. */
void	attach_hand_on_dns(struct node *, struct attach *,
			   const struct nd_ra *, usec_t now);
usec_t	attach_age_dns(struct node *, struct attach *, usec_t now);

#endif
