/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mn.h - the mobile node among its own parts.
 *
 *   mn.c       events, and the decision where each home address belongs
 *   mn_home.c  what it takes to put one there
 *   mn_agents.c  which home agent, where the configuration does not say
 *   mn_switch.c  a home agent that sends us away
 *   mn_prefix.c  the home prefix, seen from away
 *   mn_life.c  from start to shutdown, reload, restart, show
 */
#ifndef MIP6D_CORE_MN_H
#define MIP6D_CORE_MN_H

#include "core/attach.h"
#include "core/registrant.h"

enum home_place {
	PLACE_NOWHERE, PLACE_AWAY, PLACE_RETURNING, PLACE_HOME,
	PLACE_DISABLED,
};

#define CONTEST_ROUNDS	2		/* denials before we believe it */

struct mn_peer {			/* a home agent, for its rate limits */
	struct list	l;
	struct in6_addr	addr;
	struct rate	rate, test_rate;
	bool		no_test;	/* it knows no care-of test, */
	bool		home_no_test;	/*   nor wants one at home */
};

/* The home agents of a home prefix, in the order in which they are tried. */
#define AGENTS_MAX	16
struct mn_agents {
	struct list	l;
	struct prefix	prefix;
	unsigned	n;		/* 0: not known */
	struct in6_addr	addr[AGENTS_MAX];
	bool		asking;		/* discovery is under way: */
	struct exchange	x;
	uint16_t	id;
	struct in6_addr	src;		/* from there, that way */
	uint32_t	ifindex;
	struct lladdr	ll;
	usec_t		asked;		/* last request */
	usec_t		allowed, pause;	/* not again before, and then */
	struct alarm	again;
};

/* What is known of the prefix of a home address, and asking for it. */
struct mn_mps {
	struct exchange	x;
	uint16_t	id;
	bool		asking;
	bool		asked;		/* since we left home */
	bool		believed;	/* an advertisement said so that counts */
	usec_t		valid_until, preferred_until;	/* USEC_NEVER */
	struct alarm	due, end;
};

/* The last Home Agent Switch of one home agent. */
#define SWITCHES_MAX	8
#define SWITCH_STORE	'W'
struct mn_switch {
	struct in6_addr	from;
	uint64_t	stamp;		/* as it had it: NTP units */
};

struct mn_home {
	struct list	l;
	enum atype	type;		/* HOME: from the configuration */
	bool		active;		/* wanted: it is to be placed */
	bool		releasing;	/* not wanted, but still bound */
	bool		doomed;		/* freed as soon as nobody looks */
	bool		blocked;	/* what waited for it is refused */
	struct alarm	give_up;	/* releasing; or away, and its anchor
					   has not answered yet */
	struct conf_home conf;
	struct prefix	prefix;
	struct registrant reg;
	enum home_place	place;
	uint32_t	ifindex;	/* where it is placed */
	uint32_t	trial;		/* away, and the home agent is asked by
					   this link, too (attach_lone.c) */
	usec_t		trial_pause;	/* after the last one that failed, */
	struct alarm	next_trial;	/*   till then */
	struct alarm	retry;		/* ... and is put where it belongs */
	struct in6_addr	coa;		/* of the tunnel */
	struct tunnel	*tunnel;
	struct tunnel	*previous;	/* from the care-of address before */
	struct alarm	stays;		/* so long */
	struct lladdr	ha_ll;		/* found by solicitation */
	unsigned	finds;
	enum {				/* somebody defends it at home: */
		CONTEST_NONE,
		CONTEST_ASKED,		/*   our home agent? */
		CONTEST_OTHER,		/*   it says no */
	} contest;
	unsigned	denials;	/* how often, while it does not stand */
	struct alarm	find;
	unsigned	announcements;	/* Neighbor Advertisements to go */
	struct alarm	announce;
	struct mn_agents *agents;	/* NULL: the configuration names it;
					   reg.peer is :: while none is known */
	struct alarm	next;		/* when the next one may be asked */
	unsigned	unanswered;	/* updates from this care-of address */
	usec_t		left_until;	/* one that was left may still hold it */
	bool		switching;	/* saying goodbye to one (RFC 5142) */
	unsigned	nswitches;	/* messages that said so, */
	struct mn_switch switches[SWITCHES_MAX];	/* the newest first */
	struct mn_mps	mps;
	bool		deprecated;	/* its prefix is */
	bool		outdated;	/* disabled: its prefix has ended */
	bool		formed;		/* of a prefix that was advertised to */
	struct in6_addr	from;		/*   this one, of the configuration */
};

struct mn {
	struct list	homes;
	struct list	peers;
	struct list	agents;		/* struct mn_agents */
	struct list	ros, hosts;	/* ro.c */
	unsigned	nros, nhosts;
	unsigned	nformed;	/* homes */
	struct alarm	reap;		/* of doomed homes, and blocked flows */
};

#define each_home(n, h, l) \
	list_each(l, &(n)->mn->homes) \
		for (struct mn_home *h = container_of(l, struct mn_home, l); \
		     h; h = NULL)

/* --- mn.c --- */
struct mn_home *home_find(const struct node *, const struct in6_addr *hoa);
/* Put it where it belongs; changes nothing when it is there. */
void	home_put(struct node *, struct mn_home *, usec_t now);
void	mn_lose_iface(struct node *, struct iface *);
/* Is that an interface that may carry home addresses? */
bool	mn_roams(const struct node *, const struct iface *);
extern const struct registrant_ops home_ops;

/* --- mn_agents.c --- */
struct mn_agents *agents_get(struct node *, const struct prefix *);
void	agents_reap(struct node *);	/* those of no home address */
void	agents_show(const struct node *, struct record_sink *);
/* The list shall be these addresses, as far as they can be home agents of
 * ours.  False: none can, and nothing is changed. */
bool	agents_set(struct node *, struct mn_agents *, struct span);
/* Has it a home agent?  If not, one is being looked for: home_put is called
 * when there is one. */
bool	home_find_agent(struct node *, struct mn_home *, struct attach *,
			const struct in6_addr *coa, usec_t now);
void	home_pause_agent(struct node *, const struct mn_home *);
/* Register there from now on; what stands at another one is forgotten. */
void	home_use_agent(struct node *, struct mn_home *, const struct in6_addr *);
/* It refuses, or is silent.  False: it was the last one. */
bool	home_leave_agent(struct node *, struct mn_home *, usec_t now);
void	home_keep_agent(struct mn_home *);
/* It is silent, but there is nobody else: is there? */
bool	home_is_only_agent(struct node *, struct mn_home *, usec_t now);
/* The first of the list, or discovery, or who the configuration names. */
void	home_next_agent(struct node *, struct mn_home *, usec_t now);
/* The next time somewhere else is the first time. */
void	home_forget_agents(struct node *, struct mn_home *);
/* ... as it was registered before a restart. */
void	home_restore_agent(struct node *, struct mn_home *,
			   const struct store_record *);
/* At home, an advertisement may tell. */
bool	home_learn_agent(struct node *, struct mn_home *, const struct attach *);
alarm_fire home_on_next_agent;

/* --- mn_switch.c --- */
void	home_say_goodbye(struct node *, struct mn_home *, uint32_t ifindex,
			 const struct lladdr *, const struct in6_addr *coa,
			 usec_t now);
void	home_forget_switches(struct node *, struct mn_home *);
bool	home_restore_switches(struct node *, const struct store_record *);
/* It has answered, or will not. */
void	home_has_left(struct node *, struct mn_home *, usec_t now);

/* --- mn_prefix.c --- */
void	prefix_init(struct mn_home *);
void	prefix_fini(struct node *, struct mn_home *);
void	prefix_solicit(struct node *, struct mn_home *, usec_t now);
/* It is at home, and this is its prefix there (NULL: not known). */
void	prefix_on_home(struct node *, struct mn_home *, const struct aprefix *,
		       usec_t now);
void	prefix_on_registered(struct node *, struct mn_home *, usec_t now);
/* How long the home address is good for; USEC_NEVER: nothing ends it. */
usec_t	prefix_valid_left(const struct mn_home *, usec_t now);

/* --- mn_life.c --- */
/* One of a prefix that was advertised; NULL: memory. */
struct mn_home *home_form(struct node *, const struct conf_home *,
			  const struct in6_addr *from);
/* Its prefix has ended: it is not to be used; or there is one again. */
void	home_end(struct node *, struct mn_home *, usec_t now);
void	home_begin_anew(struct node *, struct mn_home *, usec_t now);
struct mn_peer *mn_peer_get(struct node *, const struct in6_addr *);
/* One that the configuration does not name, not active yet; NULL: memory. */
struct mn_home *home_add(struct node *, const struct conf_home *, enum atype);
/* What it was made with, if it comes from that. */
void	home_set_cga(struct node *, struct mn_home *, const struct cga *);
/* It is wanted: put it where it belongs. */
void	home_activate(struct node *, struct mn_home *, usec_t now);
/* It is not: deregister, and take back what was said of it.  One that the
 * configuration does not name is freed when that is done. */
void	home_release(struct node *, struct mn_home *, usec_t now);
/* The peer has forgotten it, or does not answer. */
void	home_released(struct node *, struct mn_home *, usec_t now);
/* Its lifetimes may be others: say the address again where it is. */
void	home_configure(struct node *, const struct mn_home *);
bool	home_restore(struct node *, const struct store_record *, usec_t now);
const char *home_place_word(const struct mn_home *);

/* --- mn_home.c --- */
void	home_say_address(struct node *, const struct mn_home *,
			 uint32_t ifindex, bool dad, bool up);
void	home_say_flow(struct node *, const struct mn_home *,
		      enum flow_action, bool up);
/* As the registration has it: through the tunnel, or on hold. */
void	home_say_away_flow(struct node *, struct mn_home *);
void	home_stop_returning(struct node *, struct mn_home *);
void	home_stop_announcing(struct node *, struct mn_home *);
/* The tunnel from this care-of address; *old is to be put by the caller.
 * False: memory. */
bool	home_use_tunnel(struct node *, struct mn_home *,
			const struct in6_addr *coa, struct tunnel **old);
void	home_drop_tunnel(struct node *, struct mn_home *);
/* What was on its way to where we were is not waited for any more. */
void	home_drop_previous(struct node *, struct mn_home *);
alarm_fire home_on_stayed;
void	home_go_away(struct node *, struct mn_home *, struct attach *,
		     const struct in6_addr *coa, usec_t now);
void	home_leave(struct node *, struct mn_home *);
void	home_come(struct node *, struct mn_home *, struct attach *,
		  usec_t now);
void	home_arrive(struct node *, struct mn_home *, uint32_t ifindex,
		    bool dad, usec_t now);
/* Nobody wants it: where hooks bind early its value stays bindable, and what
 * is sent from it waits. */
void	home_park(struct node *, struct mn_home *);
/* Take back address, flow and tunnel.  `block': what waits in the flow is
 * refused first; it is taken back when the peer has forgotten the address. */
void	home_withdraw(struct node *, struct mn_home *, bool block);
/* Ask its peer to forget it, from where we are now. */
void	home_go_on_releasing(struct node *, struct mn_home *, usec_t now);
/* Where the home agent is to say whether that is home; 0: nowhere. */
uint32_t home_returns_by(const struct mn_home *);
/* Away: is it home there, where nobody advertises?  (attach_lone.c) */
void	home_try(struct node *, struct mn_home *, struct attach *, usec_t now);
void	home_hold_trial(struct node *, struct mn_home *);
void	home_fail_trial(struct node *, struct mn_home *, usec_t now);
alarm_fire home_on_find, home_on_announce, home_on_next_trial, home_on_retry;

#endif
