/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * demand.h - which address types are wanted, and the addresses that are
 * there because of it (RFC 8653 section 3.4).
 *
 *   demand.c        what is wanted, and what follows
 *   demand_ask.c    who asks, and the answers
 *   demand_addr.c   one address from its forming to its release
 *   demand_store.c  over a restart; shown
 *
 * An address that is looked after here is `owned'.  Home-anchored, access-
 * anchored and graceful ones stand on a struct mn_home, which keeps them
 * alive elsewhere; unanchored ones are just addresses of an interface.
 */
#ifndef MIP6D_CORE_DEMAND_H
#define MIP6D_CORE_DEMAND_H

#include "core/mn.h"

#define ASKS_MAX	4096		/* requests that wait or are granted */

struct owned {
	struct list	l;
	enum atype	type;
	struct in6_addr	addr;
	struct prefix	prefix;
	char		ifname[16];	/* where it was formed; "": configured */
	struct mn_home	*home;		/* NULL: unanchored */
	bool		current;	/* what new sockets get */
	bool		stands;		/* may be used now, or could once */
	bool		failed;		/* refused; until `end' nobody tries */
	bool		uncounted;	/* restored: sessions are not known */
	uint32_t	sessions;
	usec_t		since;		/* it is wanted */
	usec_t		given_back;	/* the last grant; 0: none was */
	struct alarm	end;		/* linger, grace, or another try */
	enum note_gone	reason;		/* of `end' */
	struct wish	store;
};

/* A request, or (id 0) a packet that waits in a held flow. */
struct ask {
	struct list	l;
	uint64_t	id;
	enum atype	type;
	struct owned	*on;		/* granted, or what the packet is from */
	bool		lost;		/* it was granted, and is gone */
	struct alarm	timeout;
};

/* Of a type: what makes the next address differ from the last one. */
struct epoch {
	enum atype	type;
	uint32_t	value;		/* counts renewals */
	uint32_t	counter;	/* RFC 7217: duplicates, */
	struct prefix	prefix;		/*   in this prefix */
	usec_t		again;		/* when too many are forgotten */
	struct alarm	renew;
	struct wish	store;
};

/* Sockets of an unanchored address that is gone.  They are ended when their
 * type has another one: who comes back at once shall find it. */
struct ending {
	struct list	l;
	enum atype	type;
	struct in6_addr	addr;
	bool		used;
	struct alarm	latest;
};

struct demand {
	struct list	owned;
	unsigned	nowned;		/* formed: without those of the configuration */
	struct list	asks;
	unsigned	nasks;
	uint32_t	claims[ATYPES];
	struct epoch	epoch[ATYPES];
	struct list	pending;	/* registrations whose home may come */
	struct list	endings;
	unsigned	nendings;
};

#define each_owned(n, o, l) \
	list_each(l, &(n)->demand->owned) \
		for (struct owned *o = container_of(l, struct owned, l); \
		     o; o = NULL)

/* --- demand.c, from mn.c --- */
int	demand_start(struct node *);			/* 0 / -ENOMEM */
int	demand_own_homes(struct node *);	/* those that are new, too */
void	demand_stop(struct node *);			/* frees */
void	demand_ready(struct node *, usec_t now);
void	demand_shutdown(struct node *, usec_t now);
/* Of peers that are none any more, before anything is said to them; then the
 * rest, when the home addresses are those of the new configuration. */
void	demand_drop_orphans(struct node *, usec_t now);
int	demand_reconfigure(struct node *, usec_t now);
/* Where we are may have changed. */
void	demand_on_attach(struct node *, usec_t now);
/* Another link: what nobody uses is let go before it costs a message. */
void	demand_on_leave(struct node *, const struct attach *, usec_t now);
void	demand_on_address(struct node *, const struct ev_address *,
			  usec_t now);
/* A home is registered, has arrived, or was refused. */
void	demand_on_home(struct node *, const struct mn_home *, usec_t now);
void	demand_on_refused(struct node *, const struct mn_home *, usec_t now);
/* Its anchor was silent for a whole lifetime. */
void	demand_on_silent(struct node *, struct mn_home *, usec_t now);
/* Who would notice if it were gone. */
uint32_t demand_sessions(const struct node *, const struct mn_home *);
/* Somebody else has it, on its own link. */
void	demand_on_duplicate(struct node *, const struct mn_home *, usec_t now);
/* Has an address of ours here been formed from it? */
bool	demand_uses_prefix(const struct node *, const struct attach *,
			   const struct prefix *);
/* Is a care-of address of use on this interface?  Or needed, by one that is
 * not at home there? */
bool	demand_wants_coa(const struct node *, const struct attach *);
bool	demand_needs_coa(const struct node *, const struct attach *);
/* Preferred lifetime of an address of this type: the kernel's own selection
 * shall find those of one type only. */
uint32_t demand_preferred(const struct node *, enum atype);
/* Nothing that is wanted is still to come (EF_SYNC may be said). */
bool	demand_settled(const struct node *);

/* --- demand.c and demand_ask.c, from node.c --- */
void	demand_on_request(struct node *, const struct ev_request *, usec_t now);
void	demand_on_release(struct node *, const struct ev_release *, usec_t now);
void	demand_on_sockets(struct node *, const struct ev_sockets *, usec_t now);
void	demand_on_claims(struct node *, const struct ev_claims *, usec_t now);
void	demand_on_traffic(struct node *, const struct ev_traffic *, usec_t now);

/* --- demand.c, among its parts --- */
/* Compare what is wanted with what is there, and fix it. */
void	demand_run(struct node *, usec_t now);
/* A home address is wanted now. */
void	owned_wake(struct node *, struct owned *, usec_t now);
void	demand_say_current(struct node *, enum atype);
/* Does a grant, or a packet that waits, hold it? */
bool	owned_granted(const struct node *, const struct owned *);
void	demand_note_limit(struct node *, enum effect_kind, uint32_t limit,
			  usec_t now);

/* --- demand_ask.c, among its parts --- */
/* Who waits for it gets it; packets that waited need nobody any more. */
void	asks_answer(struct node *, struct owned *);
/* Who waits for a type hears why he does not get it. */
void	asks_fail(struct node *, enum atype, int error);
/* Packets that waited in its flow have been answered otherwise. */
void	asks_drop_packets(struct node *, const struct owned *);
void	asks_end(struct node *);		/* all of them */
void	ask_free(struct node *, struct ask *);

/* --- demand_addr.c --- */
struct owned *owned_current(const struct node *, enum atype);	/* or NULL */
struct owned *owned_find(const struct node *, const struct in6_addr *);
struct owned *owned_of(const struct node *, const struct mn_home *);
/* As many were formed as there may be. */
bool	owned_full(const struct node *);
/* A new one, known outside; NULL: memory, or MnMaxAddresses. */
struct owned *owned_new(struct node *, enum atype, const struct in6_addr *,
			usec_t now);
/* Form one where we are; NULL: not possible (now). */
struct owned *owned_form(struct node *, enum atype, usec_t now);
/* Could one be formed here, if anything can be formed at all? */
bool	owned_provided(const struct node *, enum atype);
/* Why owned_form cannot: EADDRNOTAVAIL, all that were tried here are somebody
 * else's; EAGAIN, MnMaxAddresses; 0, not yet. */
int	owned_why_not(const struct node *, enum atype, usec_t now);
/* Its prefix is, and there is a preferred one. */
bool	owned_is_deprecated(const struct node *, const struct owned *,
			    usec_t now);
/* Somebody else has it: the next one shall be another. */
void	owned_count_duplicate(struct node *, const struct owned *, usec_t now);
/* Here, or by now, it may be another matter: begin anew where all have been
 * tried. */
void	owned_try_again(struct node *, bool elsewhere, usec_t now);
/* Who kept it alive elsewhere, and may no longer (no Peer any more)? */
bool	owned_is_orphan(const struct node *, const struct owned *);
/* May it be used? */
bool	owned_usable(const struct node *, const struct owned *);
/* New sockets shall not get it any more. */
void	owned_retire(struct node *, struct owned *, usec_t now);
/* Take it away; sockets that have it are ended (of an unanchored one soon:
 * owned_end_sockets).  Frees all but those that the configuration names. */
void	owned_release(struct node *, struct owned *, enum note_gone,
		      usec_t now);
/* A home address, to somebody else: its sockets are ended. */
void	owned_lose(struct node *, struct owned *, usec_t now);
/* End the sockets of unanchored addresses that were released, as far as
 * there is another by now, or none to come; or all of them. */
void	owned_end_sockets(struct node *, bool all, usec_t now);
void	owned_free(struct node *, struct owned *);	/* says nothing */
void	ending_free(struct node *, struct ending *);
/* Its lifetimes may be others: say where it stands again. */
void	owned_configure(struct node *, const struct owned *);
/* It shall not be remembered over a restart. */
void	owned_forget(struct node *, const struct owned *);
extern alarm_fire *const owned_on_end;		/* demand.c */
void	owned_say(struct node *, const struct owned *, bool up);
/* The interface whose addresses new sockets get; NULL: none. */
struct attach *demand_attach(const struct node *);

/* --- demand_store.c --- */
#define OWNED_STORE	'O'
#define EPOCH_STORE	'E'
bool	demand_restore(struct node *, const struct store_record *, usec_t now);
void	demand_restored(struct node *, usec_t now);	/* that was all */
void	demand_show(const struct node *, usec_t now, struct record_sink *);

#endif
