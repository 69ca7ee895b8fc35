/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim.h - the simulated world: what the parts of mip6sim share.
 *
 * A world has links (segments like Ethernet, with delay and loss), nodes
 * on them, and one clock that jumps from one job to the next.  A node has
 * a small kernel (addresses, neighbours, routes, tunnels) and, when it has
 * a configuration, the protocols of src/core, which see of the world only
 * events and change it only by effects.  Everything that happens by chance
 * comes from the seed.
 *
 *	sim_world.c	jobs, nodes, the run
 *	sim_link.c	links: delay, loss, order; rules of the script
 *	sim_host.c	hosts that run nothing of ours
 *	sim_kernel.c	input, output, forwarding, echo
 *	sim_addr.c	addresses and their lifetimes, routes
 *	sim_neigh.c	neighbours, DAD, the answers a kernel gives
 *	sim_tunnel.c	paths and flows
 *	sim_route.c	those of route optimization
 *	sim_node.c	a node's life: start, kill, events
 *	sim_effect.c	its effects
 *	sim_app.c	its applications and their sockets
 *	sim_key.c	keys of mobile nodes
 *	sim_chart.c	the chart of what happened
 *	sim_diff.c	two charts compared
 *	sim_check.c	the invariants
 *	sim_check_app.c	those of addresses on demand
 *	sim_check_proxy.c those of Proxy Mobile IPv6
 *	sim_scene.c	the scenario language: topology
 *	sim_script.c	the scenario language: actions
 *	sim_walk.c	random walks
 *	sim_walk_world.c	the worlds that they are in
 *	sim_walk_proxy.c	those of Proxy Mobile IPv6
 */
#ifndef MIP6D_TOOLS_SIM_H
#define MIP6D_TOOLS_SIM_H

#include "base/addr.h"
#include "base/buf.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "base/rng.h"
#include "conf/conf.h"
#include "core/core.h"

#include <stdio.h>

#define SIM_EPOCH	SEC(1000)	/* on clocks when a chart says 0 */
#define SIM_NAME	16
#define SIM_IFACES	4		/* of one node */
#define SIM_PKT_MAX	2048
#define SIM_TEXT	200		/* of a line of the chart */

struct sim;
struct sim_job;
typedef void sim_fire(struct sim *, struct sim_job *);

/* Something that happens at a time; embedded. */
struct sim_job {
	struct timer	t;
	sim_fire	*fire;
};

/* --- the chart ---------------------------------------------------------- */

enum sim_fate { FATE_NONE, FATE_AWAY, FATE_ARRIVED, FATE_LOST };

struct sim_line {
	struct list	l;
	usec_t		at, arrived;
	enum sim_fate	fate;		/* NONE: not a packet */
	bool		message;	/* of a protocol, not an echo */
	const char	*why;		/* LOST: in a word or two, or NULL */
	const struct sim_node *from;	/* NULL: an attacker */
	const struct sim_node *to;	/* NULL: all, or nobody we know */
	char		text[SIM_TEXT];
};

enum sim_show {
	SHOW_ND = 1, SHOW_PATH = 2, SHOW_FLOW = 4, SHOW_ADDRESS = 8,
	SHOW_ROUTE = 16, SHOW_PROXY = 32, SHOW_NOTE = 64, SHOW_STORE = 128,
	SHOW_KERNEL = 256,
	SHOW_ALL_NOTES = 512, SHOW_TYPE = 1024,
	SHOW_DEFAULT = SHOW_PATH | SHOW_NOTE,
};

/* --- packets and links -------------------------------------------------- */

struct sim_pkt {
	uint16_t	len;
	bool		doomed;		/* by a rule of the script */
	usec_t		held;		/* extra delay, by a rule */
	struct sim_line	*line;		/* or NULL */
	uint8_t		data[];
};

#define LINK_PREFIXES	4
struct sim_link {
	struct list	all;
	char		name[SIM_NAME];
	unsigned	nprefixes;	/* for names and for "at home" */
	struct prefix	prefix[LINK_PREFIXES];
	usec_t		delay, jitter, reorder_by;
	unsigned	loss, reorder;	/* of a million packets */
	bool		backbone;	/* routers find each other here */
	bool		cut;
};

struct sim_iface {
	struct sim_node	*node;
	uint32_t	ifindex;	/* from 1 */
	char		name[CONF_IFNAME];
	struct lladdr	ll;
	struct sim_link	*link;		/* NULL: no carrier */
	usec_t		last_arrival;
	unsigned	plugged;	/* how often: what flies is lost */
	usec_t		plugged_at;
};

/* --- nodes -------------------------------------------------------------- */

struct k_addr {
	struct list	l;
	struct sim_node	*node;
	uint32_t	ifindex;
	struct in6_addr	addr;
	uint8_t		plen;
	enum addr_state	state;
	bool		noprefixroute;
	bool		made, said;	/* by an effect; since the last start */
	struct sim_job	dad, expiry;
};

struct k_route {
	struct list	l;
	struct ef_route	r;
	bool		made, said;
};

struct k_path {
	struct list	l;
	struct ef_path	p;
	bool		said;
};

#define FLOW_WAIT	8		/* packets held, */
#define FLOW_PATIENCE	SEC(5)		/* and for how long */
struct k_flow {
	struct list	l;
	struct ef_flow	f;
	bool		said;
	usec_t		used;		/* route optimization */
	unsigned	nheld;
	struct sim_pkt	*held[FLOW_WAIT];
	usec_t		held_at[FLOW_WAIT];
};

/* Traffic between two addresses, through a flow that is watched. */
#define SIM_PAIRS	16
struct k_pair {
	struct in6_addr	hoa, peer;
	unsigned	count;		/* since */
	usec_t		since, told;
};

struct k_proxy {			/* and of anycast addresses */
	struct list	l;
	struct addr_key	key;
	bool		said;
};

#define NEIGH_WAIT	16
struct k_neigh {
	struct list	l;
	struct sim_node	*node;
	uint32_t	ifindex;
	struct in6_addr	addr;
	struct lladdr	ll;		/* len 0: not resolved */
	usec_t		confirmed;	/* when it last proved to be there */
	bool		probing;	/* unicast, since it was used */
	unsigned	tries, nwait;
	struct sim_pkt	*wait[NEIGH_WAIT];
	struct sim_job	retry;
};

struct k_store {
	struct list	l;
	struct store_record rec;
};

/* An application that has asked for an address of a type; a socket; an
 * address that the node looks after. */
struct sim_app {
	struct list	l;
	unsigned	id;		/* as the script counts them, from 1 */
	enum atype	type;
	bool		granted;
	struct in6_addr	addr;		/* what was granted */
	usec_t		deadline;	/* of the answer */
};

struct sim_sock {
	struct list	l;
	unsigned	id;
	enum atype	type;
	struct in6_addr	addr;
	usec_t		opened;
	bool		excused;	/* nobody can know of it any more */
	usec_t		lost;		/* its address went; 0: it is there */
};

struct k_owned {
	struct list	l;
	struct ef_owned	o;
	usec_t		idle;		/* no reason for it since */
};

/* What sim_check.c remembers of a node, and of each of its homes. */
#define SIM_HOMES	4
struct sim_watch {
	usec_t		last_tick;
	unsigned	ticks;		/* at that same instant */
	bool		heard;		/* some message has got through */
	struct in6_addr	refused;	/* home address of the last refusal */
	struct in6_addr	expired;	/* given up: its anchor was silent */
	uint32_t	grace;		/* the longest that was configured */
	struct sim_reg {
		bool		has_seq;
		uint16_t	seq;		/* of the last BU */
		bool		acked;		/* some number was accepted, */
		uint16_t	acked_seq;	/* and survives a restart */
		bool		adopt;		/* a BA said to go on from */
		uint16_t	adopt_seq;
		usec_t		apart;		/* ends disagree since */
		uint64_t	lifetime;	/* longest granted, seconds */
	} reg[SIM_HOMES];
};

struct sim_node {
	struct list	all;
	struct sim	*sim;
	char		name[SIM_NAME];
	unsigned	id;
	bool		router;
	bool		host;		/* forms addresses, as any kernel */
	bool		told;		/* a controller has seen it come */
	unsigned	nifaces;
	struct sim_iface iface[SIM_IFACES];

	bool		has_conf;	/* runs mip6d, when it runs */
	struct conf	*conf;
	char		*text;		/* what it was first parsed from */
	struct node	*node;		/* NULL: plain, or down */
	unsigned	boots;		/* jobs of an earlier life do nothing */
	usec_t		started;
	unsigned	fuse;		/* effects until it dies, 0: none */
	unsigned	forgotten;	/* new secrets */
	bool		hooks;		/* its sockets are bound early */
	bool		stopping;	/* it shuts down in order */
	int64_t		wall;		/* its wall clock - usec_t */
	struct sim_job	tick;

	struct k_pair	pair[SIM_PAIRS];
	struct sim_job	ro_tell;
	struct list	addrs, routes, paths, flows, proxies, anycasts, neighs,
			stores;
	struct list	apps, socks, owned;
	unsigned	napps, nsocks;
	struct ef_current current[ATYPES];
	bool		current_said[ATYPES];	/* since the last start */
	bool		out_of_date;	/* it, until the next SYNC: what it is of
					   was not stored, or is lost */
	uint32_t	claims[ATYPES];
	struct sim_watch watch;
};

/* --- a script's rules, streams and memory ------------------------------- */

struct sim_rule {			/* drop, delay or change the next messages */
	struct list	l;
	unsigned	left;
	uint8_t		option;		/* that goes out of them, or 0 */
	usec_t		by;		/* 0: drop, without an option */
	char		word[SIM_NAME];	/* the first of the summary: "BU" */
	const struct sim_node *from, *to;	/* NULL: any */
};

struct sim_capture {			/* Mobility Headers that were sent */
	struct list	l;
	const struct sim_node *from;
	char		word[SIM_NAME];
	uint16_t	len;
	uint8_t		data[];
};

struct sim_stream {			/* echo requests at an interval */
	struct list	l;
	struct sim_job	job;
	struct sim_node	*node;
	struct in6_addr	src, dst;
	uint16_t	id;
	usec_t		every;
	struct in6_addr	hao;		/* forged; :: none */
	bool		stopped;
	unsigned	sent, answered;
	usec_t		last, gap;
};

struct sim_key {
	struct list	l;
	char		name[SIM_NAME];
	char		hex[];
};

struct sim_given {			/* a prefix that an anchor gave to an
					   identity, at some time */
	struct list	l;
	char		id[64];
	struct in6_addr	hnp;
};

struct sim_name {			/* what a chart calls an address */
	struct map_node	node;
	struct in6_addr	addr;
	const struct sim_node *owner;
	char		text[2 * CONF_IFNAME + 8];
};

struct sim {
	usec_t		now, end;
	bool		ended;		/* jobs only free themselves */
	struct heap	jobs;
	struct rng	rng;
	uint64_t	seed;
	unsigned	show;		/* enum sim_show */
	bool		capture;
	struct list	links, nodes, lines, rules, captures, streams;
	struct map	names;
	unsigned	nnodes;
	uint16_t	next_echo, next_stream;
	struct list	actions;	/* of the script */
	const char	*scene;		/* the scenario's name */
	struct list	keys;		/* key files of its configurations */
	struct list	given;

	bool		dirty;		/* what is checked may differ */
	unsigned	violations;
	FILE		*complaints;	/* where they go */
	uint64_t	steps;
};

/* sim_world.c */
struct sim *sim_new(uint64_t seed, FILE *complaints);
struct sim *sim_free(struct sim *);		/* always NULL */
void	sim_job_init(struct sim_job *, sim_fire *);
void	sim_job_set(struct sim *, struct sim_job *, usec_t at);
void	sim_job_cancel(struct sim *, struct sim_job *);
void	sim_start(struct sim *);	/* every node with a configuration */
void	sim_run(struct sim *, usec_t until);
void	sim_stop(struct sim *);		/* shut down whatever runs */
struct sim_link *sim_link_add(struct sim *, const char *name);
bool	sim_link_has(const struct sim_link *, const struct in6_addr *);
struct sim_link *sim_link_find(struct sim *, const char *name);
struct sim_node *sim_node_add(struct sim *, const char *name);
struct sim_node *sim_node_find(struct sim *, const char *name);
struct sim_iface *sim_iface_add(struct sim_node *, const char *name,
				struct sim_link *);
struct sim_iface *sim_iface(struct sim_node *, uint32_t ifindex);
void	*sim_alloc(size_t);			/* zeroed; exits when out */

/* sim_link.c */
struct sim_pkt *sim_pkt_new(const void *data, size_t len);
void	sim_pkt_lost(struct sim *, struct sim_pkt *, const char *why);
void	sim_pkt_done(struct sim *, struct sim_pkt *);	/* it arrived */
/* Takes the packet.  A group address goes to all on the link. */
void	sim_transmit(struct sim_iface *, const struct lladdr *dst,
		     struct sim_pkt *);
void	sim_move(struct sim_iface *, struct sim_link *);	/* NULL: none */
void	sim_rules_apply(struct sim *, struct sim_pkt *, const char *text,
			const struct sim_node *from, const struct sim_node *to);
void	sim_capture(struct sim *, const struct sim_node *, const char *text,
		    const void *data, size_t len);
/* Send a captured message again, the nth with that word (0: the last).
 * False: there is none. */
bool	sim_replay(struct sim *, const char *word,
		   const struct sim_node *from, unsigned nth);

/* sim_kernel.c: all take the packet */
void	kernel_input(struct sim_iface *, const struct lladdr *src,
		     bool group, struct sim_pkt *);
/* By routing, flows included, when ifindex is 0. */
void	kernel_output(struct sim_node *, uint32_t ifindex,
		      const struct lladdr *dst, struct sim_pkt *);
/* A decapsulated packet. */
void	kernel_inject(struct sim_node *, struct sim_pkt *);
void	kernel_forget(struct sim_node *);	/* its memory, at the end */
/* An echo request with a Home Address option that is not true. */
void	kernel_forge(struct sim_node *, const struct in6_addr *src,
		     const struct in6_addr *dst, const struct in6_addr *hao);
void	kernel_ping(struct sim_node *, const struct in6_addr *src,
		    const struct in6_addr *dst, uint16_t id, uint16_t seq,
		    bool line);
struct ip6 {				/* an IPv6 header, taken apart */
	struct in6_addr	src, dst;
	uint8_t		next, hlim;
	struct span	payload;
};
bool	ip6_parse(const uint8_t *p, size_t len, struct ip6 *ret);

/* sim_addr.c */
struct k_addr *kernel_addr(struct sim_node *, const struct in6_addr *);
struct k_addr *kernel_addr_on(struct sim_node *, uint32_t ifindex,
			      const struct in6_addr *);
bool	kernel_owns(struct sim_node *, const struct in6_addr *);
/* `ifindex' 0: on any interface. */
bool	kernel_anycast(struct sim_node *, uint32_t ifindex,
		       const struct in6_addr *);
/* An address of the script, valid at once. */
void	kernel_addr_static(struct sim_iface *, const struct in6_addr *,
			   uint8_t plen);
void	kernel_addr_set(struct sim_node *, const struct ef_address *);
void	kernel_addr_del(struct sim_node *, struct k_addr *);
void	kernel_addr_state(struct k_addr *, enum addr_state);
void	kernel_route_set(struct sim_node *, const struct ef_route *,
			 bool made);
/* Where to: false when there is no route.  `oif' 0: any. */
/* src: NULL, any.  The interface may be unplugged. */
bool	kernel_route(struct sim_node *, const struct in6_addr *src,
		     const struct in6_addr *dst, uint32_t oif, struct sim_iface **ret,
		     struct in6_addr *ret_next);

/* sim_host.c */
struct nd;
void	host_start(struct sim *);
void	host_link(struct sim_iface *);	/* its link came, or changed */
void	host_unreachable(struct sim_node *, const struct in6_addr *router);
void	host_on_ra(struct sim_iface *, const struct in6_addr *from,
		   const struct nd *);

/* What an access link takes (src/bpf/path_access.bpf.h): true, or the daemon
 * is told of a stranger. */
bool	access_takes(struct sim_iface *, const struct lladdr *src,
		     const struct in6_addr *from);

/* sim_neigh.c */
void	neigh_output(struct sim_iface *, const struct in6_addr *next,
		     struct sim_pkt *);
void	neigh_learn(struct sim_node *, uint32_t ifindex,
		    const struct in6_addr *, const struct lladdr *,
		    bool override);
void	neigh_flush(struct sim_node *, uint32_t ifindex);	/* 0: all */
void	neigh_on_nd(struct sim_iface *, const struct ip6 *);
void	neigh_dad_start(struct k_addr *, bool optimistic);

/* sim_tunnel.c */
void	tunnel_path_set(struct sim_node *, const struct ef_path *);
void	tunnel_flow_set(struct sim_node *, const struct ef_flow *);
void	tunnel_forget(struct sim_node *);
void	tunnel_sync(struct sim_node *);	/* what was not said again goes */
struct k_flow *tunnel_flow(struct sim_node *, const struct in6_addr *src,
			   const struct in6_addr *dst);
/* True when a flow took the packet, which came by that interface; 0: through
 * a tunnel. */
#define FROM_US		UINT32_MAX
bool	tunnel_output(struct sim_node *, struct sim_pkt *, uint32_t from);
/* An IPv6-in-IPv6 packet for us; takes it. */
void	tunnel_input(struct sim_node *, const struct ip6 *outer,
		     struct sim_pkt *);

/* sim_route.c */
void	route_init(struct sim_node *);
void	route_fini(struct sim_node *);
bool	route_fits(const struct k_flow *, const struct ip6 *, bool own);
void	route_output(struct sim_node *, struct k_flow *, struct sim_pkt *);
struct sim_pkt *route_nest(struct sim_node *, const struct ip6 *,
			   struct sim_pkt *);
bool	route_input(struct sim_node *, struct sim_pkt *);
void	route_flow_set(struct sim_node *, const struct k_flow *);
void	route_watch(struct sim_node *, const struct k_flow *,
		    const struct in6_addr *hoa, const struct in6_addr *peer);
void	route_refuse(struct sim_node *, const struct ip6 *, struct sim_pkt *);

/* sim_node.c */
/* Takes the configuration, for the next start. */
void	sim_node_configure(struct sim_node *, struct conf *);
void	sim_node_start(struct sim_node *);
void	sim_node_kill(struct sim_node *);
void	sim_node_stop(struct sim_node *);
void	sim_node_forget(struct sim_node *);	/* its stored records */
int	sim_node_reload(struct sim_node *, struct conf *);	/* takes conf */
void	sim_node_clock(struct sim_node *, int64_t step_usec);
void	sim_node_input(struct sim_node *, const struct event *);
/* The same, as soon as what happens now is over. */
void	sim_node_tell(struct sim_node *, const struct event *);
void	sim_node_link(struct sim_iface *);		/* EV_LINK */
/* By no interface: through a tunnel, or from itself. */
void	sim_node_packet(struct sim_node *, struct sim_iface *,
			const struct lladdr *src, struct sim_pkt *);

/* sim_key.c: DER, and its length */
size_t	sim_key(unsigned id, uint8_t *buf, size_t cap);

/* sim_effect.c */
void	sim_effect(struct sim_node *, const struct effect *);

/* sim_app.c */
void	app_init(struct sim_node *);
void	app_start(struct sim_node *);	/* a process begins: nothing is said */
void	app_sync(struct sim_node *);	/* what was not said again goes */
void	app_excuse(struct sim_node *);	/* its sockets are not known to it */
void	app_orphan(struct sim_node *);	/* its process is gone */
void	app_forget(struct sim_node *);	/* its memory, at the end */
void	app_check_stopped(struct sim_node *);
void	app_owned(struct sim_node *, const struct ef_owned *);
void	app_current(struct sim_node *, const struct ef_current *);
void	app_reply(struct sim_node *, const struct ef_reply *);
void	app_abort(struct sim_node *, const struct ef_abort *);
/* A packet waits in a held flow. */
void	app_held(struct sim_node *, const struct flow_key *);
void	app_ask(struct sim_node *, const char *type, usec_t timeout);
void	app_release(struct sim_node *, unsigned id);
void	app_socket(struct sim_node *, const char *type);
void	app_close(struct sim_node *, unsigned id);
const struct in6_addr *app_source(struct sim_node *, unsigned id);
void	app_claim(struct sim_node *, const char *type, unsigned count);

/* sim_chart.c */
struct sim_line *chart_line(struct sim *, const struct sim_node *,
			    const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A message leaves (from NULL: a replay): its line, when it is `shown' and
 * the chart shows such ones, and the rules of the script, which go by its
 * text. */
void	chart_message(struct sim *, const struct sim_node *from,
		      struct sim_pkt *, bool shown);
void	chart_note(struct sim_node *, const struct note *);
void	chart_show(struct sim_node *, const char *what);
void	chart_print(struct sim *, FILE *);
void	chart_name(struct sim *, const struct in6_addr *,
		   const struct sim_node *, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void	chart_rename(struct sim *, const struct in6_addr *, const char *fmt,
		     ...)
	__attribute__((format(printf, 3, 4)));
void	chart_name_dynamic(struct sim *, const struct in6_addr *,
			   const struct sim_node *, const char *text);
const struct sim_name *chart_name_find(struct sim *,
				       const struct in6_addr *);
/* The name of an address, or the address. */
const char *chart_addr(struct sim *, const struct in6_addr *, char *buf,
		       size_t cap);

/* sim_diff.c: true when equal, else the differing lines go to `out' */
bool	chart_same(const char *want, const char *got, FILE *out);

/* sim_check.c */
#define CHECK_BINDINGS	80
/* A binding as one end shows it. */
struct check_view {
	struct in6_addr	hoa, coa, ask, ha, previous;
	bool		correspondent;	/* ha is the peer, then */
	bool		bound, asking, home, returning, idle;
	bool		trial;		/* away, and asks at home */
	uint64_t	granted;	/* seconds */
};
struct check_views {
	struct record_sink sink;
	unsigned	n;
	struct check_view v[CHECK_BINDINGS];
};
void	check_look(const struct sim_node *, struct check_views *ret);
const struct check_view *check_view_of(const struct check_views *,
				       const struct in6_addr *hoa);
void	check_fail(struct sim *, const struct sim_node *, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void	check_start(struct sim_node *);
void	check_forget(struct sim_node *);	/* its sequence numbers, too */
void	check_tick(struct sim_node *);
void	check_effects(struct sim_node *, unsigned count);
void	check_send(struct sim_node *, const struct ef_send *);
void	check_received(struct sim_node *, const struct sim_pkt *);
/* A packet is about to leave, by routing or to a given neighbour. */
void	check_output(struct sim_iface *, const struct sim_pkt *);
void	check_world(struct sim *);		/* after each job */
void	check_stopped(struct sim_node *);

/* sim_check_app.c */
void	check_apps(struct sim_node *);		/* after its effects */
void	check_apps_time(struct sim_node *);	/* now and then */
void	check_abort(struct sim_node *, const struct sim_sock *);
/* An address has gone, from one place at least. */
void	check_addr_gone(struct sim_node *, const struct in6_addr *);
/* A packet goes into a path. */
void	check_tunnelled(struct sim_node *, const struct path_key *,
			const struct in6_addr *src);
/* Nothing was asked for and no socket is open for long: only what has another
 * reason is there. */
void	check_idle(struct sim_node *);

/* sim_check_proxy.c */
#define PROXY_VIEWS	64
#define PROXY_PREFIXES	CONF_HNPS
/* A mobility session as an anchor or a gateway shows it. */
struct proxy_view {
	bool		mag;		/* a gateway's */
	bool		on;		/* active; served */
	char		id[64], state[16], ifname[CONF_IFNAME];
	struct lladdr	ll;
	struct in6_addr	peer;		/* the gateway; the anchor */
	unsigned	n;
	struct in6_addr	prefix[PROXY_PREFIXES];
};
struct proxy_views {
	struct record_sink sink;
	unsigned	n;
	struct proxy_view v[PROXY_VIEWS];
};
void	proxy_look(const struct sim_node *, struct proxy_views *ret);
bool	proxy_was_given(const struct sim *, const char *id,
			const struct in6_addr *hnp);
void	check_sessions(struct sim_node *);		/* after its effects */
void	check_last_words(struct sim_node *);
/* A host is about to form an address. */
void	check_formed(struct sim_iface *, const struct in6_addr *);

/* sim_scene.c: a world from a file or a text, its script scheduled; NULL
 * after errors, which were reported as NAME:LINE: ... */
struct sim *scene_load(const char *path, FILE *errors);
struct sim *scene_load_text(const char *name, const char *text, FILE *errors);
/* The configuration that begins at `line' of the scenario `name'. */
struct conf *scene_conf(struct sim *, const char *name, unsigned line,
			const char *text, FILE *errors);

bool	sim_link_properties(struct sim_link *, char **word, unsigned n,
			    const char **ret_bad);
/* "nd", "no-notes"; changes *show.  False: not understood. */
bool	sim_show_word(const char *, unsigned *show);

/* sim_script.c: schedule an action, TIME VERB ARGUMENTS.  False after an
 * error was reported. */
struct sim_text {
	const char	*name;		/* of the scenario */
	unsigned	line, block_line;
	const char	*block;		/* a text in it, or NULL */
};
bool	script_action(struct sim *, const struct sim_text *, char **word,
		      unsigned n, FILE *errors);
void	script_forget(struct sim *);
/* "500ms" "2s" "3" "1.5min" "2h" */
bool	script_time(const char *, usec_t *ret);
bool	script_address(const char *, struct in6_addr *ret, uint8_t *ret_len);
/* "5%" of a million */
bool	script_percent(const char *, unsigned *ret);

/* sim_walk_world.c: the world of a walk, to be freed; `ret_demand': the first
 * mobile has an AddressPolicy. */
char	*walk_world(uint64_t seed, bool *ret_demand);
/* A configuration with another AddressPolicy, or none; to be freed. */
char	*walk_policy(const char *conf, struct rng *);

/* sim_walk.c: 0 when all were good */
int	walk_run(uint64_t seed, unsigned count, bool proxy, bool verbose,
		 unsigned show);
struct deed {
	unsigned	weight;		/* 0: the last */
	void		(*run)(struct sim *);
};
void	walk_something(struct sim *, const struct deed *);
/* Rules, losses and cuts are over, whatever was dead lives. */
void	walk_mend(struct sim *);
/* So many pings must have been answered. */
void	walk_expect_answers(struct sim *, usec_t since, unsigned n);
struct sim_node *walk_pick(struct sim *, const char *const *names, unsigned n);
void	walk_revive(struct sim *);

/* sim_walk_proxy.c: of anchors and gateways (RFC 5213) */
char	*walk_proxy_world(uint64_t seed);	/* to be freed */
void	walk_proxy(struct sim *);		/* all of its life */

/* sim_script.c: a controller tells a gateway of a mobile */
void	script_tell_gateway(struct sim_node *mag, const struct sim_iface *mn,
			    uint8_t handoff, bool gone);

#endif
