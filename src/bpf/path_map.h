/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_map.h - what the eBPF data path and src/path share: the layout of
 * their maps.
 *
 * The maps outlive the process, so a change here that an older process'
 * maps cannot carry needs another PM_LAYOUT.  Addresses are four words as
 * they lie in the packet.
 */
#ifndef MIP6D_BPF_PATH_MAP_H
#define MIP6D_BPF_PATH_MAP_H

#include <linux/types.h>

#define PM_LAYOUT	1

/*
 * A flow is found by its shape: the lengths of its two prefixes.  For
 * every shape in use, the most specific first, the packet's addresses are
 * masked and looked up in a hash.  Home agents and mobiles have one shape
 * or two, so a packet costs one look-up, however many flows there are.
 * Most flows leave one side open (::/0): their hash holds one address.
 */
#define PM_SHAPES	16

enum pm_sides {
	PM_SIDE_SRC,		/* destination open: in flow1 */
	PM_SIDE_DST,		/* source open (or both): in flow1 */
	PM_SIDE_BOTH,		/* in flow2 */
};

struct pm_shape {
	__u32	id;			/* 1.. */
	__u8	sides;			/* enum pm_sides */
	__u8	src_len, dst_len;
	__u8	cn;			/* of correspondents' flows: the source
					   is an address of ours */
	__u32	src_mask[4], dst_mask[4];
};

struct pm_shapes {
	__u32		n;
	__u32		cn;			/* id of the one with `cn'; 0:
						   there is none */
	struct pm_shape	shape[PM_SHAPES];	/* most specific first */
};

struct pm_flow1_key {
	__u32	addr[4];
	__u32	shape;
	__u32	zero;
};

struct pm_flow2_key {
	__u32	src[4], dst[4];
	__u32	shape;
	__u32	zero;
};

enum pm_action {
	PM_PATH,
	PM_HOLD,		/* with a path: only what is released */
	PM_BLOCK,
};

#define PM_FLOW_ROUTE	1	/* a route to the device was installed */
#define PM_FLOW_OWN	2	/* ... and leads our own packets only */
#define PM_FLOW_TO_END	4	/* through a tunnel, but packets to its far end
				   go as through PM_MIP6_MN */
#define PM_FLOW_FROM_END 8	/* ... from its near end: as PM_MIP6_CN */
#define PM_FLOW_WATCH	16	/* tell of pairs that have traffic */
#define PM_FLOW_ACCESS	32	/* the source is a mobile's on an access link:
				   struct pm_access has it, under its key */
#define PM_FLOW_ANY_END	64	/* from the path's far end to any of pm_locals */

struct pm_flow {
	__u32	path;			/* index into paths; 0: none */
	__u16	tag;			/* must be that path's */
	__u8	action;			/* enum pm_action */
	__u8	flags;			/* PM_FLOW_* */
	__u32	gen;			/* process that mentioned it last */
	__u32	used;			/* 1 + second of the monotonic clock of
					   the last packet with a home address;
					   0: none */
};

/* A mobile's prefix on an access link. */
#define PM_ACCESS_ANY	1	/* from any link-layer address */
#define PM_ACCESS_LOCAL	2	/* to and from others that have it */

struct pm_access {
	__u32	ifindex;
	__u32	used;			/* 1 + second of the monotonic clock of
					   the last packet from it; 0: none */
	__u8	mac[6];
	__u8	flags;			/* PM_ACCESS_* */
	__u8	zero;
};

enum pm_kind {			/* as enum path_kind */
	PM_IP6IP6 = 1,
	PM_MIP6_MN,
	PM_MIP6_CN,
};

/* An index is used again only after its tag has changed, so that a flow
 * left behind never leads into somebody else's path. */
struct pm_path {
	__u32	local[4], remote[4];
	__u16	tag;
	__u8	used;
	__u8	kind;			/* enum pm_kind */
	__u16	mtu;			/* of the outer packet; 0: the link's */
	__u16	learned;		/* by Packet Too Big; 0: none */
	__u32	learned_at;		/* seconds of boottime */
	__u32	zero;
};

struct pm_count {
	__u64	packets, bytes;
};

struct pm_path_count {
	struct pm_count	out, in;	/* bytes of inner packets */
};

/*
 * What one processor has counted of a path and not yet added to the path's
 * count, which it does once in a tick of the kernel's clock, or when another
 * path wants the slot.  A path's slot is its index modulo PM_TALLIES.
 */
struct pm_tally {
	__u64	tick;			/* 0: it is being added up */
	__u32	path;
	__u16	tag;			/* counts for nothing when the path has
					   another */
	__u16	zero;
	struct pm_path_count n;
};
#define PM_TALLIES	256

/* Totals and drops, one struct pm_count each. */
enum pm_stat {
	PM_OUT,
	PM_IN,
	PM_FAST_OUT,
	PM_FAST_IN,
	PM_HELD,
	PM_ERROR,		/* ICMPv6 errors sent */
	PM_RELAY,		/* outer ICMPv6 errors passed on */
	PM_DROP_SCOPE,		/* link-local or multicast on the device, or of
				   a link in a tunnel */
	PM_DROP_NO_FLOW,
	PM_DROP_NO_PATH,
	PM_DROP_BLOCKED,
	PM_DROP_TOO_BIG,
	PM_DROP_NO_ROUTE,	/* for the outer packet */
	PM_DROP_LOOP,		/* the outer packet would enter the device,
				   or this one is in too many tunnels */
	PM_DROP_ENCAP,
	PM_DROP_OUTER_SOURCE,	/* from elsewhere than the flow's path */
	PM_DROP_INNER_SOURCE,	/* no flow back */
	PM_DROP_MALFORMED,
	PM_DROP_ECN,		/* RFC 6040: congestion marked, not capable */
	PM_DROP_HOLD_FULL,
	PM_DROP_HOLD_EXPIRED,
	PM_DROP_UNTUNNELLED,	/* on its way out of a physical interface */
	PM_DROP_ICMP,		/* outer errors not to be passed on */
	PM_FRAGMENTED,		/* left to user space, to be cut */
	PM_REASSEMBLED,
	PM_RO_OUT,		/* packets with a home address (path_ro) */
	PM_RO_IN,
	PM_RO_LEFT,		/* came in, left to user space to judge */
	PM_DROP_ACCESS,		/* on an access link: of no mobile's prefix, or
				   from elsewhere than its link or tunnel */
	PM_STATS
};

#define PM_FAST_PATH	1		/* pm_config.flags */
#define PM_MULTICAST	2		/* user space has those out of tunnels: */
#define PM_GROUP_MARK	0x6d697067	/*   their mark, sys/rules.h */

struct pm_config {
	__u32	layout;			/* PM_LAYOUT */
	__u32	gen;			/* of the process, pm_flow.gen */
	__u32	ifindex;		/* of the path device */
	__u32	flags;			/* PM_* */
	__u8	mac[12];		/* of the device, of its far end */
	__u32	error_source[4];	/* of ICMPv6 errors without a path */
	__u32	route_table;		/* of source-selected flows */
	__u32	active;			/* shapes[] in use: 0 or 1 */
	struct pm_shapes shapes[2];
};

/* Interfaces, by index: for cleaning up. */
#define PM_LINK_QDISC	1		/* the clsact qdisc is ours */
#define PM_LINK_ACCESS	2		/* an access link */
struct pm_link {
	__u32	flags;
	__u32	gen;
};
#define PM_LINKS	256

#define PM_LOCALS	1024

/* When the process said last that it lives, in seconds of the monotonic
 * clock, and after how many route optimization ends without it. */
struct pm_alive {
	__u32	at, orphan;
};

/* When traffic between two addresses is worth telling. */
struct pm_watch {
	__u32	packets;		/* so many; 0: never */
	__u32	pairs;			/* that user space wants remembered */
	__u64	within, again;		/* ns: in this time; told again after */
};

struct pm_pair_key {
	__u32	home[4], peer[4];
};

struct pm_pair {
	__u64	since, told;		/* ns; 0: not yet */
	__u32	packets, bytes;		/* since then */
};

/* Ring buffer records. */
enum pm_event_kind {
	PM_EV_MTU,			/* value: of the outer packet */
	PM_EV_DROP,			/* value: enum pm_stat */
	PM_EV_FORWARDING,		/* is off at the device: no routes */
	PM_EV_TRAFFIC,			/* from home address (local) to peer */
	PM_EV_ERROR,			/* value: ICMPv6 type << 8 | code; about a
					   packet from local to remote, with
					   home addresses */
	PM_EV_ACCESS,			/* value: interface; local: source,
					   remote: its link-layer address */
};
struct pm_event {
	__u32	kind;
	__u32	value;			/* TRAFFIC: packets */
	__u32	local[4], remote[4];
	__u32	path_kind;		/* 0: PM_IP6IP6 */
	__u32	bytes;			/* TRAFFIC; ACCESS: 1: an MLD report */
};

/*
 * Frames that user space sends into the device again carry one of these
 * in the last octet of the destination 02:6d:69:70:36:xx.
 */
#define PM_COOKIE	0x02, 'm', 'i', 'p', '6'
#define PM_COOKIE_RELEASE	1	/* goes, though the flow holds */
#define PM_COOKIE_REJECT	2	/* answer that it is unreachable */

#endif
