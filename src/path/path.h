/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path.h - the data path: a few functions and what it can.
 *
 * A back-end carries packets between flows and paths (core/effect.h says
 * what these are).  It outlives the process: path_close leaves it
 * forwarding; path_open finds what is there, calls of path_set and
 * path_flow repeat what shall be, and path_sync removes the rest.
 */
#ifndef MIP6D_PATH_PATH_H
#define MIP6D_PATH_PATH_H

#include "core/effect.h"

struct path;

struct path_caps {
	const char	*name;		/* "bpf" */
	char		device[16];	/* the path device, "mip6" */
	uint32_t	ifindex;	/* its index */
	unsigned	max_paths, max_flows;
	bool		tso;		/* large packets pass unsplit */
	uint32_t	kinds;		/* paths it has: 1 << enum path_kind */
	bool		watch;		/* ef_flow.watch has a meaning */
	bool		access;		/* so has ef_flow.access */
};

struct path_options {
	const char	*device;	/* NULL: "mip6" */
	unsigned	max_paths, max_flows;	/* 0: 65536 */
	unsigned	max_pairs;	/* of the flows, with source and
					   destination; 0: at most 65536 */
	unsigned	max_access;	/* of the flows, those of access links;
					   0: at most 4096 */
	bool		fast_path;	/* physical ingress straight to the
					   tunnel; unseen by the path device */
	bool		multicast;	/* tunnelled packets for groups are left
					   to user space; else dropped */
	uint32_t	route_table;	/* for source-selected flows (a
					   mobile's); 0: 6275.  The next one
					   is for PATH_MIP6_CN */
	unsigned	hold_packets;	/* a flow may hold so many, */
	usec_t		hold_time;	/* so long each; 0: 64, 5 s */
	usec_t		orphan_time;	/* without a process for so long, there
					   is no route optimization; in whole
					   seconds; 0: 420 s */
	/* PATH_EV_TRAFFIC: `traffic_packets' between two addresses (0: it is
	 * never told) within `traffic_time' (0: 1 s), and not again for
	 * `traffic_again' (0: 10 s); so many pairs are remembered, those that
	 * had traffic last (0: 4096). */
	unsigned	traffic_packets, traffic_pairs;
	usec_t		traffic_time, traffic_again;
};

/*
 * Something the path noticed: a path's new MTU; that tunnel packets to one
 * of our ends are dropped (not each of them: once a second at most); that a
 * packet waits in a flow that holds - the first one, and again the first
 * one after all that waited have been sent or refused; that two addresses
 * have traffic in a flow that is watched; an ICMPv6 error other than Packet
 * Too Big about an optimized packet (once a second at most, too): its sender
 * has been told, except of a Parameter Problem; that somebody sends on an
 * access link who has no flow there, or something that is of the link only
 * (ten times a second and sender, but for reports of groups).
 */
struct path_event {
	enum {
		PATH_EV_MTU, PATH_EV_DROP, PATH_EV_HELD, PATH_EV_TRAFFIC,
		PATH_EV_ERROR, PATH_EV_ACCESS,
	} kind;
	struct path_key	key;		/* DROP: as in the packet; ERROR: only
					   its kind; not HELD, TRAFFIC */
	uint32_t	value;		/* MTU: of the outer packet; DROP: 0:
					   no such path, 1: the inner source
					   does not belong to it; TRAFFIC:
					   packets; ERROR: type << 8 | code;
					   ACCESS: 1: it reports its groups, as
					   one does that was plugged in */
	uint32_t	bytes;		/* TRAFFIC: of these packets */
	struct flow_key	flow;		/* HELD; TRAFFIC: home address/128,
					   peer/128; ERROR: about a packet
					   between these home addresses */
	uint32_t	ifindex;	/* ACCESS: there, */
	struct lladdr	ll;		/* ... who, and */
	struct in6_addr	addr;		/* ... from which address */
};

/* Create or find the data path in this network namespace.  0, or -errno with
 * one line in `why' that names what is missing. */
int	path_open(const struct path_options *, struct path **ret,
		  struct path_caps *caps, char *why, size_t cap);
/* Packets may arrive from / leave by this interface; `on' false detaches. */
int	path_link(struct path *, uint32_t ifindex, bool on);
/* The same of an access link: nothing comes in or goes out there but by flows
 * that have it as theirs (flow_access), and what is of the link itself. */
int	path_access(struct path *, uint32_t ifindex);
int	path_set(struct path *, const struct ef_path *);
int	path_flow(struct path *, const struct ef_flow *);
int	path_sync(struct path *);
/* How long ago a packet of this flow went out or came in with a home address
 * (PATH_MIP6_*, ef_flow.direct), or came from the mobile (ef_flow.access), to
 * about a second; USEC_NEVER: none has since
 * it was first set.  0 or -ENOENT. */
int	path_idle(const struct path *, const struct flow_key *, usec_t *ret);
/* What is tunnelled to this address is ours to judge, also while no path ends
 * there: it is dropped, and told of (PATH_EV_DROP), until path_close. */
int	path_listen(struct path *, const struct in6_addr *);
/* A descriptor that polls readable, and what it has: 1 with *ret, 0 none. */
int	path_fd(const struct path *);
int	path_poll(struct path *, struct path_event *ret);
/* `keep': the kernel goes on forwarding.  Otherwise everything is removed. */
struct path *path_close(struct path *, bool keep);
/* Remove what any earlier process left (mip6d --cleanup). */
int	path_cleanup(const char *device);
/* Fill `rec's with counters, for mip6ctl: packets, bytes, drops by reason. */
bool	path_show(const struct path *, size_t *pos, struct record_sink *);

#endif
