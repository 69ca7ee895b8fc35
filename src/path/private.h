/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * private.h - the eBPF back-end's parts, among themselves.
 *
 *   open.c    the six functions' frame: open, links, sync, close
 *   maps.c    programs and maps: find those that run, load, take over
 *   device.c  the path device
 *   tunnel.c  paths, and our ends of them
 *   shape.c   which lengths of prefixes the flows have
 *   flow.c    flows in the maps
 *   hold.c    packets that wait
 *   fragment.c  packets of paths in fragments
 *   header.c  the headers that a path adds, for fragment.c
 *   access.c  mobiles' prefixes on the access links of a gateway
 *   route.c   the routes and rules that lead flows to the device
 *   show.c    counters
 *   rtnl.c    rtnetlink
 */
#ifndef MIP6D_PATH_PRIVATE_H
#define MIP6D_PATH_PRIVATE_H

#include "path/path.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/map.h"
#include "base/pool.h"
#include "bpf/path_map.h"
#include "path/rtnl.h"

enum path_map {
	MAP_CONFIG, MAP_FLOW1, MAP_FLOW2, MAP_ACCESS, MAP_PATHS, MAP_COUNTS,
	MAP_LOCALS, MAP_LINKS, MAP_STATS, MAP_SCRATCH, MAP_ROUTES, MAP_EVENTS,
	MAP_WATCH, MAP_PAIRS, MAP_TALLY, MAP_ALIVE, MAPS
};

/* What user space remembers of a path; the rest is in the map. */
struct tunnel {
	struct map_node	node;
	struct path_key	key;
	uint32_t	id;
	uint16_t	tag;
	uint16_t	mtu;		/* as it was set */
	bool		seen;		/* mentioned since path_open */
	struct tunnel	*next_free;
};
#define TUNNEL_KEY_LEN	sizeof(struct path_key)	/* no padding */

struct local {
	struct map_node	node;
	struct in6_addr	addr;
	uint32_t	used;		/* by so many paths */
	bool		listened;	/* and by path_listen */
};

struct shape {
	uint32_t	id;		/* 0: free */
	uint8_t		src_len, dst_len;
	bool		cn;		/* flow_key.cn */
	uint64_t	flows;
};

struct path {
	char		device[16], peer[16];
	uint32_t	ifindex, peer_ifindex, mtu;
	bool		made;		/* the device, by this process */
	uint32_t	max_paths, max_flows, max_pairs, max_access, table;
	bool		own_ruled;	/* route.c */
	struct pm_watch	watch;
	struct nl_sock	*nl;
	int		map[MAPS];	/* descriptors, -1: none */
	int		egress, ingress, ingress_l3;	/* programs */
	int		guard, arrive, access_in, access_out;
	struct pm_config *cfg;		/* these three are mapped */
	uint32_t	mapped;		/* entries of these two */
	struct pm_path	*paths;
	struct pm_path_count *counts;
	uint32_t	gen;

	struct map	tunnels, locals, owns;
	struct pool	tunnel_pool, local_pool, own_pool;
	struct tunnel	*free_head, **free_tail;	/* oldest first */
	uint32_t	next_id;
	struct shape	shape[PM_SHAPES];
	uint32_t	next_shape;

	struct list	holds;		/* struct hold */
	unsigned	n_holds, hold_packets;
	usec_t		hold_time;
	size_t		held_bytes;
	uint8_t		*packet_buf;	/* PACKET_ROOM */
	int		packet_fd, timer_fd;
	int		alive_fd;		/* alive.c */
	usec_t		orphan_time;
	int		out_fd, in_fd;		/* fragment.c */
	uint32_t	fragment_id;
	uint64_t	extra[PM_STATS];	/* counted here, not in eBPF */

	int		poll_fd;
	struct ring_buffer *ring;
	struct path_event *event;	/* where on_event() writes */
};

#define PACKET_ROOM	(66 * 1024)

/* The caller's line for "what is missing". */
struct why {
	char	*buf;
	size_t	cap;
};
int	why_set(const struct why *, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void	error_source_pick(struct path *, const struct prefix *near);
/* Any, where there was none so far. */
void	error_source_need(struct path *);

/* --- alive.c --- */
int	alive_open(struct path *, usec_t orphan_time);
int	alive_say(const struct path *);
void	alive_run(struct path *);
void	alive_close(struct path *);

/* --- maps.c --- */
/* Programs and maps, those of an earlier process taken over. */
int	maps_open(struct path *, const struct why *);
void	maps_close(struct path *);
/* Make entry `id' of paths and counts accessible; both may move. */
int	maps_reach(struct path *, uint32_t id);
void	maps_quiet(void);
/* Descriptors of the maps that the program `prog_id' uses. */
int	maps_of_program(uint32_t prog_id, int ret[MAPS]);
int	maps_each(int fd, size_t key_len, size_t value_len,
		  int (*fn)(void *, const void *key, const void *value),
		  void *arg);
/* tc filters; `prog_id' 0: none of ours there. */
int	filter_set(uint32_t ifindex, bool egress, int prog, bool *ret_qdisc);
int	filter_del(uint32_t ifindex, bool egress);
uint32_t filter_get(uint32_t ifindex, bool egress, const char *prog_name);
void	qdisc_del(struct nl_sock *, uint32_t ifindex);

/* --- device.c --- */
int	device_open(struct path *, const struct why *);
int	device_close(struct path *);
void	device_names(struct path *, const char *device);
int	device_set_mtu(struct path *);
int	device_forwarding(const struct path *);
#define DEVICE_ALIAS	"mip6d path device"

/* --- tunnel.c --- */
int	tunnels_open(struct path *, const uint8_t secret[16]);
void	tunnels_close(struct path *);
void	tunnels_sync(struct path *);
struct tunnel *tunnel_find(const struct path *, const struct path_key *);
/* Is it the near end of a tunnel of ours? */
bool	path_has_end(struct path *, const struct in6_addr *);

/* --- shape.c --- */
void	shapes_open(struct path *);
enum pm_sides shape_sides(uint8_t src_len, uint8_t dst_len);
/* The place in path.shape, or -1; _get makes one (-1: no room). */
int	shape_find(const struct path *, const struct flow_key *);
int	shape_by_id(const struct path *, uint32_t id);
int	shape_get(struct path *, const struct flow_key *);
void	shape_put(struct path *, int n);	/* gone when without flows */

/* --- flow.c --- */
int	flows_open(struct path *);
int	flows_sync(struct path *);
/* The flow of exactly this selector: 0 or -ENOENT. */
int	flow_get(const struct path *, const struct flow_key *,
		 struct pm_flow *ret);
/* Where it stands, or would stand, in the map of an open side. */
bool	flow_at(const struct path *, const struct flow_key *,
		struct pm_flow1_key *ret);

/* The flow of a packet, found as the programs find it, or only one without
 * route optimization: 0 or -ENOENT. */
int	flow_match(const struct path *, const struct in6_addr *src,
		   const struct in6_addr *dst, bool tunnel,
		   struct pm_flow *ret);
/* Its path's index, if it has one that is alive; 0: none. */
uint32_t flow_path(const struct path *, const struct pm_flow *);

/* --- header.c --- */
#define HEADERS_MAX	192
/* What stands in front of each fragment of a packet, up to and without the
 * fragment header; the length in it is to be filled in. */
struct headers {
	uint8_t		data[HEADERS_MAX];
	size_t		len;
	size_t		skip;		/* so much of the packet is in them */
	size_t		next_at;	/* octet that names the next header */
	uint8_t		next;		/* ... which is this */
	struct in6_addr	dst;
	uint32_t	path[2];	/* to be counted for; 0: none */
};
/* 0, or -errno when the packet has no path. */
int	headers_make(const struct path *, const uint8_t *packet, size_t len,
		     struct headers *ret);

/* --- fragment.c --- */
int	fragment_open(struct path *);
void	fragment_close(struct path *);
void	fragment_run(struct path *);
/* A frame from the device's far end, behind a virtio header. */
void	fragment_out(struct path *, uint8_t *data, size_t len);

/* --- hold.c --- */
struct hold;
uint8_t	*packet_room(struct path *);	/* PACKET_ROOM octets, or NULL */
int	hold_open(struct path *);
void	hold_close(struct path *);
void	hold_run(struct path *);
bool	hold_event(struct path *, struct path_event *ret);
int	hold_add(struct path *, const struct flow_key *);
struct hold *hold_find(struct path *, const struct flow_key *);
/* The flow has a path, and holds yet: let the waiting ones go. */
void	hold_flush(struct path *, struct hold *);
/* The flow holds no longer: the last ones go, or are refused. */
void	hold_free(struct path *, struct hold *, bool reject);

/* --- access.c --- */
/* The prefix is there, at a link-layer address that is `known'; taken away it
 * may be gone already. */
int	access_route(struct path *, bool up, const struct prefix *,
		     uint32_t ifindex, bool known);
/* The flow that stands at `at' is of this access link; or no longer of any:
 * which it was, 0: none. */
int	access_set(struct path *, const struct pm_flow1_key *at,
		   const struct flow_access *);
uint32_t access_unset(struct path *, const struct pm_flow1_key *at);
bool	access_get(const struct path *, const struct flow_key *,
		   struct pm_access *ret);
/* Whatever comes in there is led to the device. */
int	access_rule(struct path *, const char *ifname, bool on);
/* Routes and rules that nobody asked for. */
int	access_sync(struct path *);
int	access_remove_all(struct nl_sock *);

/* --- route.c --- */
/* Lead packets of this flow to the device, or no longer. */
/* May other flows rely on this one's route or rule? */
bool	route_is_cover(const struct flow_key *, int action);
int	route_set(struct path *, const struct flow_key *, bool up);
/* The same for packets of this node alone: one route for all flows to there.
 * `again': this one is counted already. */
int	route_get_own(struct path *, const struct in6_addr *dst, bool again);
void	route_put_own(struct path *, const struct in6_addr *dst);
/* One that an earlier process has set. */
int	route_count_own(struct path *, const struct in6_addr *dst);
void	route_init(struct path *, const uint8_t secret[16]);
void	route_close(struct path *);
int	route_sync(struct path *);
int	route_open(struct path *);
int	route_remove_all(struct nl_sock *);

#endif
