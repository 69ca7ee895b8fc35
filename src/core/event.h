/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event.h - what the world tells a node.  Pointers are good for the call.
 */
#ifndef MIP6D_CORE_EVENT_H
#define MIP6D_CORE_EVENT_H

#include "base/addr.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/record.h"
#include "core/effect.h"

enum event_kind {
	EV_PACKET,		/* an IPv6 packet for us to judge: ND on an
				   interface of ours, or what the queue took */
	EV_LINK,		/* an interface's state, whenever it changes */
	EV_ADDRESS,		/* an address's state, ours or found there */
	EV_NEIGHBOUR,		/* the kernel's neighbour reachability */
	EV_MTU,			/* path MTU learned for a path */
	EV_RESTORE,		/* one stored record, at the start */
	EV_READY,		/* the world has been described: links, addresses
				   and records are all in; SYNC follows */
	EV_CLOCK,		/* wall clock - usec_t has this offset now */
	EV_DONE,		/* an effect failed (error) or was finished */
	EV_REQUEST,		/* somebody wants an address of a type */
	EV_RELEASE,		/* ... and not any more, granted or not */
	EV_SOCKETS,		/* how many sockets use an address now */
	EV_CLAIMS,		/* how many want a type and have no address yet */
	EV_TRAFFIC,		/* a packet waits in a flow that holds */
	EV_PAIR,		/* two addresses have traffic through a tunnel
				   whose flow is watched */
	EV_USED,		/* when a flow of route optimization had
				   traffic last: at least every 15 s */
	EV_UNREACHABLE,		/* ICMPv6 Destination Unreachable came back for
				   a packet that was sent past a mobile's home
				   agent; told of at most once a second */
	EV_STRAY,		/* a packet came tunnelled to an address of
				   ours, and no binding is for its source */
	EV_ATTACH,		/* a controller says that a mobile came to an
				   access link, or left it */
	EV_SWITCH,		/* mobiles are to find another home agent */
	EV_REVOKE,		/* sessions are to end (RFC 5846): of a mobile,
				   or all of a gateway */
	EV_SHUTDOWN,		/* deregister what we can; effects follow */
};

struct ev_packet {
	uint32_t	ifindex;	/* IFINDEX_PATH: out of a tunnel */
	struct lladdr	ll_src;		/* len 0: not known */
	struct span	data;		/* from the IPv6 header on */
};

struct ev_link {
	uint32_t	ifindex;
	char		name[16];
	struct lladdr	ll;
	uint32_t	mtu;
	bool		up;		/* administratively up and carrier */
	bool		gone;		/* the interface no longer exists */
};

enum addr_state {
	ADDR_TENTATIVE,			/* DAD under way, not usable */
	ADDR_OPTIMISTIC,		/* RFC 4429: usable with care */
	ADDR_VALID,
	ADDR_DUPLICATE,			/* DAD failed */
	ADDR_GONE,
};
struct ev_address {
	uint32_t	ifindex;
	struct in6_addr	addr;
	uint8_t		plen;
	enum addr_state	state;
};

struct ev_neighbour {
	uint32_t	ifindex;
	struct in6_addr	addr;
	struct lladdr	ll;
	bool		reachable, failed;	/* neither: it was, once */
	bool		arrived;	/* it does what one does that has just
					   been plugged in */
	bool		gone;		/* its link has lost the carrier */
};

struct ev_mtu {
	struct path_key	path;
	uint32_t	mtu;		/* of the outer packet */
};

struct ev_done {
	enum effect_kind kind;
	union effect_key {
		struct path_key	path;
		struct flow_key	flow;
		struct addr_key	addr;
	} key;
	int		error;		/* 0, or -errno */
};

/* Answered by EF_REPLY with the same id; who asks may have the type (policy
 * was asked before).  A grant holds until EV_RELEASE. */
struct ev_request {
	uint64_t	id;		/* the asker's, unique while it lasts */
	enum atype	type;
	usec_t		timeout;	/* 0: AcquireTimeout */
};
struct ev_release {
	uint64_t	id;
};

struct ev_sockets {
	struct in6_addr	addr;		/* that EF_OWNED spoke of */
	uint32_t	sessions;
};
struct ev_claims {
	uint32_t	n[ATYPES];
};
struct ev_traffic {
	struct flow_key	flow;
};
struct ev_pair {
	struct flow_key	flow;		/* home address/128, peer/128 */
};
struct ev_used {
	struct flow_key	flow;
	usec_t		idle;		/* so long ago */
};
struct ev_unreachable {
	struct flow_key	flow;		/* our address/128, home address/128 */
};
struct ev_stray {
	struct path_key	path;		/* local: ours */
};

#define ATTACH_ID	129
struct ev_attach {
	uint32_t	ifindex;
	struct lladdr	ll;
	bool		gone;		/* it left */
	uint8_t		handoff;	/* Handoff Indicator (RFC 5213 8.4);
					   0: nobody knows */
	char		id[ATTACH_ID];	/* its identity; "": by `ll' */
};

struct ev_switch {
	struct in6_addr	hoa;		/* ::: all */
	bool		on;		/* or not any more */
};

struct ev_revoke {
	char		id[ATTACH_ID];	/* an anchor's mobile, or @realm */
	uint32_t	group;		/* not 0: a group of ours (RFC 6602) */
};

struct event {
	enum event_kind	kind;
	union {
		struct ev_packet	packet;
		struct ev_link		link;
		struct ev_address	address;
		struct ev_neighbour	neighbour;
		struct ev_mtu		mtu;
		struct store_record	restore;
		int64_t			wall;	/* EV_CLOCK */
		struct ev_done		done;
		struct ev_request	request;
		struct ev_release	release;
		struct ev_sockets	sockets;
		struct ev_claims	claims;
		struct ev_traffic	traffic;
		struct ev_pair		pair;
		struct ev_unreachable	unreachable;
		struct ev_used		used;
		struct ev_stray		stray;
		struct ev_attach	attach;
		struct ev_revoke	revoke;
		struct ev_switch	leave;
	};
};

#endif
