/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * effect.h - what a node wants from the world.
 *
 * An effect is a value without pointers: a test's assertion, the
 * simulator's input, the wish to the data path, and what can cross a
 * privilege boundary.  ADDRESS, ROUTE, PATH, FLOW, PROXY and ANYCAST are keyed
 * and idempotent: "K shall be S" (up) or "K shall not be" (!up).
 */
#ifndef MIP6D_CORE_EFFECT_H
#define MIP6D_CORE_EFFECT_H

#include "base/addr.h"
#include "base/atype.h"
#include "base/clock.h"
#include "core/note.h"

enum effect_kind {
	EF_SEND,		/* a packet */
	EF_ADDRESS,		/* an address on an interface */
	EF_ROUTE,
	EF_PATH,		/* a tunnel */
	EF_FLOW,		/* what goes into one, waits, or is refused */
	EF_PROXY,		/* hear Neighbor Solicitations for an address */
	EF_ANYCAST,		/* be one of those that an anycast address is of */
	EF_GROUP,		/* hear what a link has for a group */
	EF_DNS,			/* resolver configuration of an interface */
	EF_OWNED,		/* an address is of this type */
	EF_CURRENT,		/* what a socket gets that wants a type */
	EF_REPLY,		/* the answer to EV_REQUEST */
	EF_ABORT,		/* end the sockets of an address */
	EF_STORE,		/* remember over a restart */
	EF_SYNC,		/* all keyed effects of before have been said:
				   remove what they did not mention */
	EF_NOTE,		/* something to tell a person */
};

#define SEND_MAX	1500

struct ef_send {
	uint32_t	ifindex;	/* 0: let routing decide */
	struct lladdr	ll_dst;		/* len != 0: this very neighbour, no
					   resolution, no routing */
	uint16_t	len;
	uint8_t		data[SEND_MAX];	/* whole IPv6 packet */
};

/* Where an address or a route stands: an interface, or the path device. */
#define IFINDEX_PATH	0

struct addr_key {
	uint32_t	ifindex;	/* IFINDEX_PATH: the path device */
	struct in6_addr	addr;
};
struct ef_address {
	bool		up;
	struct addr_key	key;
	uint8_t		plen;
	bool		nodad, optimistic;
	bool		noprefixroute;	/* no on-link route with it */
	uint32_t	valid, preferred;	/* seconds; 0xffffffff: for ever */
};

/* Routes of the main table.  key: dst, src, gateway, ifindex. */
struct ef_route {
	bool		up;
	struct prefix	dst;
	struct prefix	src;		/* ::/0, or for packets from there only */
	struct in6_addr	gateway;	/* ::: on-link */
	uint32_t	ifindex;
	uint32_t	metric;		/* 0: the default, 1024 */
	uint32_t	mtu;		/* 0: the device's */
};

/*
 * Ways to carry a flow.  The kinds of route optimization put no header in
 * front, but the addresses of RFC 6275 into the packet; what arrives in that
 * form is restored before anybody sees it.
 *
 * PATH_MIP6_MN, a mobile to a correspondent: local = our care-of address,
 * remote = the correspondent.  Its flow is home address/128 -> remote/128.
 * Packets out get a Home Address option; packets in with a type 2 routing
 * header are taken for every home address that has a flow at all.
 *
 * PATH_MIP6_CN, a correspondent to a mobile: local = ::, for one serves all
 * addresses of the node; remote = the mobile's care-of address.  Its flow is
 * own address/128 -> home address/128, with `cn': each address of ours has its
 * own bindings (RFC 6275 9.1).  It is about this node's own packets
 * alone: those that it forwards pass by, and so do those of its other addresses.
 * Packets out get a type 2 routing
 * header; packets in with a Home Address option are taken when they come
 * from `remote', and left to user space (EV_PACKET) when they do not.
 *
 * Two mobiles that both have optimized: each has both flows, each set and
 * removed for itself; their packets get both headers then.
 *
 * What has no business in them (Mobility Headers, Neighbor Discovery, prefix
 * discovery, AH, routing headers of others) goes as if that flow were not: through the
 * next less specific one that has a tunnel, or plainly.  So a mobile keeps
 * its flow through the tunnel beside; what arrives there is taken as before.
 */
enum path_kind { PATH_IP6IP6 = 1, PATH_MIP6_MN, PATH_MIP6_CN };
struct path_key {
	struct in6_addr	local, remote;	/* of the outer header */
	uint32_t	kind;		/* enum path_kind; no padding: a key */
};
struct ef_path {
	bool		up;
	struct path_key	key;
	uint32_t	mtu;		/* of the outer packet; 0: the link's */
};

/* A selector: inner source and destination prefixes (/0: any).  A packet
 * that arrives through a path is accepted only when its reverse (source
 * and destination swapped) would leave through that very path. */
struct flow_key {
	struct prefix	src, dst;
	bool		cn;		/* PATH_MIP6_CN's: another flow than a
					   mobile's between the same two */
};
enum flow_action {
	FLOW_PATH,			/* through `path' */
	FLOW_HOLD,			/* wait, bounded */
	FLOW_BLOCK,			/* refused: ICMPv6 unreachable */
};

/*
 * Of a mobile access gateway: the flow's source prefix, its destination
 * open, is that of a mobile on an access interface (RFC 5213 6.10).  While
 * the flow is up, packets of that prefix are taken there from the mobile's
 * link-layer address only, and go where the flow says; what comes out of
 * the flow's path for the prefix leaves by that interface, to that
 * link-layer address, and so does what this node itself sends.  The route to
 * the prefix is part of it.  `local': straight to other such prefixes that
 * have it, too (EnableMAGLocalRouting), instead of through the path.
 */
struct flow_access {
	uint32_t	ifindex;	/* 0: no access interface */
	struct lladdr	ll;		/* of the mobile, 6 octets; len 0: any */
	bool		local;
};

struct ef_flow {
	bool		up;
	struct flow_key	key;
	enum flow_action action;
	struct path_key	path;		/* with FLOW_PATH; with FLOW_HOLD
					   packets that arrive through it are
					   taken already (kind 0: none) */
	/* All for a PATH_IP6IP6 whose flow has one side open and a /128 on
	 * the other, the home address: */
	bool		direct;		/* a home registration is a binding:
					   packets between the home address
					   and the tunnel's end at the home
					   agent's go as in route optimization
					   (they are taken in any case) */
	bool		any_end;	/* a mobile's: what comes from the path's
					   far end is taken at every near end
					   of ours, so at a care-of address
					   that was the primary one just now */
	bool		watch;		/* tell when pairs of addresses have
					   traffic (path_options, EV_TRAFFIC) */
	struct flow_access access;
};

/* Solicitations for `addr' on `ifindex' shall reach the node as packets
 * (its solicited-node group is joined). */
struct ef_proxy {
	bool		up;
	struct addr_key	key;
};

/* Packets to `addr' are ours; on IFINDEX_PATH, of no link.  It ends with the
 * process. */
struct ef_anycast {
	bool		up;
	struct addr_key	key;
};

/* We are a member on that link, and get what comes for it (EV_PACKET). */
struct ef_group {
	bool		up;
	struct addr_key	key;		/* addr: the group */
};

#define DNS_SERVERS	3
struct ef_dns {
	uint32_t	ifindex;
	unsigned	n;		/* 0 and no domains: withdraw */
	struct in6_addr	server[DNS_SERVERS];
	char		domains[256];	/* separated by blanks */
};

/* Every address that on-demand mobility looks after, whether new sockets
 * get it or only old ones have it.  key: addr.  While it is up the world
 * tells of its sockets (EV_SOCKETS). */
struct ef_owned {
	bool		up;
	struct in6_addr	addr;
	enum atype	type;
	bool		cga;		/* formed of our key (RFC 3972) */
};

/* key: type.  With an address, sockets may be bound to it at once: what
 * they send waits if it must.  Without: EADDRNOTAVAIL, or EOPNOTSUPP when
 * there is no way to provide the type. */
struct ef_current {
	enum atype	type;
	bool		provided;
	struct in6_addr	addr;		/* ::: none now */
};

struct ef_reply {
	uint64_t	id;
	int		error;		/* 0, or an errno (positive) */
	enum atype	type;
	struct in6_addr	addr;
};

struct ef_abort {
	struct in6_addr	addr;
};

/* Opaque to everybody but the core. */
#define STORE_KEY_MAX	40
#define STORE_VALUE_MAX	255
struct store_record {
	bool		up;		/* false: forget the key */
	uint8_t		key_len;
	uint8_t		value_len;
	uint8_t		key[STORE_KEY_MAX];
	uint8_t		value[STORE_VALUE_MAX];
};

struct effect {
	enum effect_kind kind;
	union {
		struct ef_send		send;
		struct ef_address	address;
		struct ef_route		route;
		struct ef_path		path;
		struct ef_flow		flow;
		struct ef_proxy		proxy;
		struct ef_anycast	anycast;
		struct ef_group		group;
		struct ef_dns		dns;
		struct ef_owned		owned;
		struct ef_current	current;
		struct ef_reply		reply;
		struct ef_abort		abort;
		struct store_record	store;
		struct note		note;
	};
};

#endif
