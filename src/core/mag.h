/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mag.h - the mobile access gateway (RFC 5213 section 6), seen from its own
 * parts.
 *
 *	mag.c		the table of mobiles, and life
 *	mag_attach.c	who attaches and detaches
 *	mag_update.c	what is registered of them, and what is answered
 *	mag_group.c	many of them at once (RFC 6602)
 *	mag_revoke.c	sessions that are taken back (RFC 5846)
 *	mag_link.c	what a mobile sees of us, and whether it is there
 *	mag_store.c	mobiles over a restart, and to look at
 */
#ifndef MIP6D_CORE_MAG_H
#define MIP6D_CORE_MAG_H

#include "core/pmip.h"
#include "core/registrant.h"

struct mag_key {			/* no padding */
	uint8_t		len, b[LLADDR_MAX], zero[7];
};

enum mag_state {
	MAG_ABSENT,			/* known from before a restart: is asked
					   whether it is there */
	MAG_HERE,			/* registered, or about to be */
	MAG_DENIED,			/* refused for good */
	MAG_LEAVING,			/* deregistration under way */
};

/* An address of ours that mobiles of a link have for their router. */
struct mag_router_key {			/* no padding */
	struct in6_addr	addr;
	uint32_t	ifindex;
};
struct mag_router {
	struct map_node	node;
	struct mag_router_key key;
	uint32_t	users;
};

/* A prefix that is routed to a mobile. */
struct mag_prefix {
	struct map_node	node;
	struct in6_addr	hnp;
	struct mag_mobile *mobile;	/* NULL: it is not */
};

/* A mobile on an access link: an entry of the Binding Update List (6.1). */
struct mag_mobile {
	struct map_node	node;
	struct mag_key	key;
	struct registrant reg;
	struct rate	rate;
	uint32_t	ifindex;
	uint8_t		state;		/* enum mag_state */
	bool		served;		/* routes and advertisements stand */
	bool		stored;
	bool		farewell;	/* leaving: is to be said yet */
	bool		ordered;	/* a controller said whose it is */
	uint8_t		handoff;	/* what the next registration says */
	uint8_t		sent_handoff;
	uint8_t		asked;		/* solicitations without an answer */
	unsigned	nhnps;		/* 0: the anchor assigns */
	struct in6_addr	hnp[CONF_HNPS];
	struct mag_prefix routed[CONF_HNPS];	/* of them, while served */
	struct in6_addr	router;		/* our address for it; :: = none yet */
	struct mag_router *held;	/* NULL: the configuration's */
	struct in6_addr	linklocal;	/* its own; :: = not heard yet */
	struct in6_addr	other;		/* another one of it; :: = the same */
	struct tunnel	*tunnel;	/* served */
	uint64_t	stamp, first_stamp;	/* sent last; for this question */
	usec_t		heard;		/* it was there */
	usec_t		advertised;
	struct alarm	advert;		/* the next advertisement */
	struct alarm	watch;		/* is it there? has it gone? */
	struct in6_addr	redirector;	/* RFC 6463: it gave us to the anchor
					   that we talk to; :: nobody */
	struct in6_addr	redirect;	/* of the answer at hand; :: */
	bool		offered;	/* the last registration may be
					   answered so */
	bool		no_redirect;	/* it was, with no key of ours */
	uint32_t	sent_group;	/* in the last registration; 0: none */
	uint32_t	lma_group;	/* the anchor's; 0: it stands alone */
	struct mag_group *group;	/* ours; NULL: so, too */
	struct list	g;		/* of its group */
	struct pmip_control control;	/* what the anchor said of it last */
	struct wish	store;
	struct pmip_id	id;
};

struct mag_group_key {			/* no padding */
	struct in6_addr	lma;
	uint32_t	id;
};
/* Mobiles whose sessions at one anchor are renewed together (RFC 6602 5.1). */
struct mag_group {
	struct map_node	node;
	struct mag_group_key key;
	struct list	mobiles;
	uint32_t	count;
	bool		asking;
	struct exchange	x;		/* while it is asked for */
	uint16_t	seq, first_seq;
	uint32_t	lifetime;	/* asked for, seconds */
	uint64_t	stamp, first_stamp;
};

struct mag {
	struct map	mobiles, routers, prefixes;
	struct map	groups;
	uint32_t	group;		/* whoever registers now gets into it */
	uint64_t	group_stamp;	/* of the last update of one */
	uint16_t	group_seq;
	struct pool	pool;
	struct pmip_index by_id;	/* conf->mobile */
	struct pmip_index by_ll;
	bool		addresses_said;
	uint64_t	attached, detached, unknown;
};

/* --- mag.c ------------------------------------------------------------------ */

struct lladdr	mag_lladdr(const struct mag_mobile *);
struct mag_mobile *mag_find(const struct node *, const struct lladdr *);
struct mag_mobile *mag_new(struct node *, const struct lladdr *,
			   const struct span *id);
void	mag_drop(struct node *, struct mag_mobile *);
const struct conf_access_link *mag_access(const struct node *,
					  uint32_t ifindex);
struct span	mag_id(const struct mag_mobile *);
/* NULL: it has none any more. */
const struct conf_mobile *mag_profile(const struct node *,
				      const struct mag_mobile *);
struct in6_addr	mag_lma(const struct node *, const struct mag_mobile *);
/* It is registered where, and from where, it would be now. */
bool	mag_is_anchored(const struct node *, const struct mag_mobile *);
void	mag_note(struct node *, const struct lladdr *, uint32_t ifindex,
		 enum note_code, usec_t now);

/* --- mag_attach.c ----------------------------------------------------------- */

/* It is on that link; when `id' is NULL or empty, as whom a controller said, or
 * the profile with its link-layer address.  NULL: nobody that we serve. */
struct mag_mobile *mag_attach(struct node *, uint32_t ifindex,
			      const struct lladdr *, const struct span *id,
			      uint8_t handoff, usec_t now);
void	mag_detach(struct node *, struct mag_mobile *, usec_t now);
void	mag_say_farewell(struct node *, struct mag_mobile *, usec_t now);
/* The configuration has no place for it, the `k'th of them. */
void	mag_withdraw(struct node *, struct mag_mobile *, unsigned k, usec_t now);

/* --- mag_update.c ------------------------------------------------------------ */

extern const struct registrant_ops mag_ops;
/* Begin, or go on. */
void	mag_register(struct node *, struct mag_mobile *, usec_t now);

/* To the anchor of its profile again. */
void	mag_go_back(struct node *, struct mag_mobile *);
/* RFC 8127 5.2: what the anchor wants us to do, and when. */
void	mag_obey(struct node *, struct mag_mobile *, usec_t now);

/* --- mag_group.c ------------------------------------------------------------- */

void	mag_groups_start(struct node *, usec_t now);
void	mag_groups_stop(struct node *);
/* The group that its next registration says; 0: none. */
uint32_t mag_group_to_say(const struct node *, const struct mag_mobile *);
/* The anchor has agreed, or not (group 0). */
void	mag_group_join(struct node *, struct mag_mobile *, uint32_t id);
void	mag_group_leave(struct node *, struct mag_mobile *);
/* A member is gone, and the anchor may not know. */
void	mag_group_doubt(struct node *, usec_t now);
/* A member's time to register again has come: true, the group sees to it. */
bool	mag_group_refresh(struct node *, struct mag_mobile *, usec_t now);
/* An acknowledgement that names no mobile. */
void	mag_group_on_ba(struct node *, struct rx *, usec_t now);
/* The anchor knows of no groups any more. */
void	mag_groups_forget(struct node *, const struct in6_addr *lma);
/* Walk the members of our group `id', or of the anchor's group `theirs', at
 * `lma'; NULL, 0: whichever.  `act' may drop each. */
typedef void mag_member(struct node *, struct mag_mobile *, usec_t now);
unsigned mag_group_each(struct node *, const struct in6_addr *lma, uint32_t id,
			uint32_t theirs, mag_member *act, usec_t now);
/* A person revokes our group. */
void	mag_group_revoke(struct node *, uint32_t id, mag_member *act,
			 usec_t now);

/* --- mag_revoke.c ------------------------------------------------------------ */

/* An anchor has lost its sessions. */
void	mag_on_restart(struct node *, const struct in6_addr *lma, usec_t now);

/* --- mag_link.c --------------------------------------------------------------- */

/* Its prefixes are routed to it and through the tunnel, and advertised. */
void	mag_serve(struct node *, struct mag_mobile *, usec_t now);
/* ... are not; it is told when `tell'. */
void	mag_unserve(struct node *, struct mag_mobile *, bool tell, usec_t now);
void	mag_advertise(struct node *, struct mag_mobile *, usec_t now);
/* It was heard; `addr' is an address of it, or NULL. */
void	mag_heard(struct node *, struct mag_mobile *,
		  const struct in6_addr *addr, usec_t now);
/* Ask it now. */
void	mag_doubt(struct node *, struct mag_mobile *, usec_t now);
/* It has left, unless it is heard before. */
void	mag_detach_at(struct node *, struct mag_mobile *, usec_t at);
/* Our addresses on the access links. */
void	mag_addresses(struct node *, bool up);
alarm_fire mag_on_advert, mag_on_watch;

/* --- mag_store.c ---------------------------------------------------------------- */

void	mag_remember(struct node *, struct registrant *);
void	mag_forget(struct node *, struct mag_mobile *);

#endif
