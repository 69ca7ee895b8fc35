/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path.bpf.h - what all parts of the eBPF data path use: its maps, the
 * header as it lies in the packet, counting, and finding a flow.
 *
 * This is kernel code, and so its rules differ from the rest of the tree:
 * it looks at packets through pointers, because the verifier proves each
 * of them, and keeps addresses in network order as they are.
 */
#ifndef MIP6D_BPF_PATH_BPF_H
#define MIP6D_BPF_PATH_BPF_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bpf/path_map.h"

#define AF_INET6	10
#define NEXT_HOPOPTS	0
#define NEXT_ROUTING	43
#define NEXT_FRAGMENT	44
#define NEXT_ESP	50
#define NEXT_AH		51
#define NEXT_DSTOPTS	60
#define NEXT_MOBILITY	135
#define NEXT_IPV6	41
#define NEXT_FRAGMENT	44
#define NEXT_ICMPV6	58
#define NEXT_TCP	6
#define NEXT_UDP	17

#define IP6_MIN_MTU	1280
#define IP6_LEN		40
#define OFF_IP6		ETH_HLEN

struct ip6 {
	__u32	word0;			/* version, traffic class, label */
	__u16	plen;
	__u8	next, hlim;
	__u32	src[4], dst[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_config);
} pm_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct pm_flow1_key);
	__type(value, struct pm_flow);
} pm_flow1 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct pm_flow2_key);
	__type(value, struct pm_flow);
} pm_flow2 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_path);
} pm_paths SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_path_count);
} pm_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PM_TALLIES);
	__type(key, __u32);
	__type(value, struct pm_tally);
} pm_tally SEC(".maps");

/* Our ends of tunnels: what comes for them otherwise than through a path
 * is dropped; other tunnels pass. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PM_LOCALS);
	__type(key, __u32[4]);
	__type(value, __u32);
} pm_locals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, PM_LINKS);
	__type(key, __u32);
	__type(value, struct pm_link);
} pm_links SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PM_STATS);
	__type(key, __u32);
	__type(value, struct pm_count);
} pm_stats SEC(".maps");

#define CHUNK	64

/* For ICMPv6 errors: their rate, and room that the stack has not got; and
 * when user space was told something last. */
struct scratch {
	__u64	at, tokens, told;
	__u32	buf[CHUNK / 4];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} pm_scratch SEC(".maps");

/*
 * Where packets go is asked of the kernel's routes, and remembered for the
 * rest of this tick of its clock (1 to 10 ms): on a busy path that saves
 * the second most expensive step, and nobody can see the delay.
 */
struct route {
	__u64	tick;
	__u32	src[4], dst[4];
	__u32	hop[4];			/* the next */
	__u32	ifindex;
	__u32	mtu;
	__u32	found;			/* a BPF_FIB_LKUP_RET_ value */
	__u32	zero;
};
#define ROUTES	256

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ROUTES);
	__type(key, __u32);
	__type(value, struct route);
} pm_routes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} pm_events SEC(".maps");

static __always_inline struct pm_config *config_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&pm_config, &zero);
}

static __always_inline void count(__u32 what, __u32 bytes)
{
	struct pm_count *c = bpf_map_lookup_elem(&pm_stats, &what);

	if (c) {
		c->packets++;
		c->bytes += bytes;
	}
}

/* Count and drop. */
static __always_inline int drop(struct __sk_buff *skb, __u32 why)
{
	count(why, skb->len - ETH_HLEN);
	return TC_ACT_SHOT;
}

static __always_inline bool
words_eq(const __u32 a[4], const __u32 b[4])
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static __always_inline void words_copy(__u32 to[4], const __u32 from[4])
{
	to[0] = from[0];
	to[1] = from[1];
	to[2] = from[2];
	to[3] = from[3];
}

static __always_inline void
words_mask(__u32 to[4], const __u32 a[4], const __u32 mask[4])
{
	to[0] = a[0] & mask[0];
	to[1] = a[1] & mask[1];
	to[2] = a[2] & mask[2];
	to[3] = a[3] & mask[3];
}

static __always_inline bool is_multicast(const __u32 a[4])
{
	return (a[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000);
}

static __always_inline bool is_linklocal(const __u32 a[4])
{
	return (a[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000);
}

/* Interface-local and link-local scope (RFC 4291 2.7). */
static __always_inline bool is_linkscope(const __u32 a[4])
{
	__u32 scope = a[0] & bpf_htonl(0xff0f0000);

	return scope == bpf_htonl(0xff010000) ||
	       scope == bpf_htonl(0xff020000);
}

static __always_inline bool is_unspec(const __u32 a[4])
{
	return !(a[0] | a[1] | a[2] | a[3]);
}

/* The flow that shape `s' has for a packet from `src' to `dst'. */
static __always_inline struct pm_flow *
shape_flow(const struct pm_shape *s, const __u32 src[4], const __u32 dst[4])
{
	struct pm_flow1_key k = { .shape = s->id };

	if (s->sides == PM_SIDE_BOTH) {
		struct pm_flow2_key both = { .shape = s->id };

		words_mask(both.src, src, s->src_mask);
		words_mask(both.dst, dst, s->dst_mask);
		return bpf_map_lookup_elem(&pm_flow2, &both);
	}
	if (s->sides == PM_SIDE_DST)
		words_mask(k.addr, dst, s->dst_mask);
	else
		words_mask(k.addr, src, s->src_mask);
	return bpf_map_lookup_elem(&pm_flow1, &k);
}

/*
 * The flow of a packet from `src' to `dst', by the most specific shape
 * that has one; NULL when none.  `by_dst': only flows that select by
 * destination.
 */
static __always_inline struct pm_flow *
flow_find(const struct pm_config *cfg, const __u32 src[4],
	  const __u32 dst[4], bool by_dst)
{
	const struct pm_shapes *t = &cfg->shapes[cfg->active & 1];
	struct pm_flow *f = NULL;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PM_SHAPES && i < t->n; i++) {
		const struct pm_shape *s = &t->shape[i];

		if (by_dst && s->sides == PM_SIDE_SRC)
			continue;
		f = shape_flow(s, src, dst);
		if (f)
			break;
	}
	return f;
}

/* The path of a flow, if it has one that is alive. */
static __always_inline struct pm_path *path_of(const struct pm_flow *f)
{
	__u32 id = f->path;
	struct pm_path *p = bpf_map_lookup_elem(&pm_paths, &id);

	return p && p->used && p->tag == f->tag ? p : NULL;
}

/*
 * The same, but past the flows of route optimization: whose packets may be
 * in the tunnel as well, because one end knows of the other's binding and
 * the other not yet, or no longer.
 */
static __always_inline struct pm_flow *
flow_tunnel(const struct pm_config *cfg, const __u32 src[4],
	    const __u32 dst[4], bool by_dst)
{
	const struct pm_shapes *t = &cfg->shapes[cfg->active & 1];

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PM_SHAPES && i < t->n; i++) {
		const struct pm_shape *s = &t->shape[i];
		struct pm_flow *f;
		struct pm_path *p;

		if (by_dst && s->sides == PM_SIDE_SRC)
			continue;
		f = shape_flow(s, src, dst);
		if (!f)
			continue;
		p = path_of(f);
		if (!p || p->kind == PM_IP6IP6)
			return f;
	}
	return NULL;
}

/* Add what slot `t' holds to its path's count, and let path `id' have it. */
static __noinline int
tally_turn(struct pm_tally *t, __u32 id, __u64 now)
{
	__u32 was = t->path;
	struct pm_path_count *c = bpf_map_lookup_elem(&pm_counts, &was);
	struct pm_path *p = bpf_map_lookup_elem(&pm_paths, &was);

	t->tick = 0;			/* who reads comes again */
	barrier();
	if (c && p && p->tag == t->tag) {
		if (t->n.out.packets) {
			__sync_fetch_and_add(&c->out.packets,
					     t->n.out.packets);
			__sync_fetch_and_add(&c->out.bytes, t->n.out.bytes);
		}
		if (t->n.in.packets) {
			__sync_fetch_and_add(&c->in.packets, t->n.in.packets);
			__sync_fetch_and_add(&c->in.bytes, t->n.in.bytes);
		}
	}
	p = bpf_map_lookup_elem(&pm_paths, &id);
	t->tag = p ? p->tag : 0;
	t->path = id;
	__builtin_memset(&t->n, 0, sizeof(t->n));
	barrier();
	t->tick = now;
	return 0;
}

/*
 * The count of path `id' that this processor keeps: two of them that carry
 * the same path - the tunnel between two gateways has the packets of all of
 * their mobiles - would otherwise pass the count's line of memory to and fro,
 * which costs more than all the rest of the work here.
 */
static __always_inline struct pm_tally *tally_of(__u32 id)
{
	__u32 slot = id % PM_TALLIES;
	struct pm_tally *t = bpf_map_lookup_elem(&pm_tally, &slot);
	__u64 now = bpf_jiffies64();

	if (t && (t->tick != now || t->path != id))
		tally_turn(t, id, now);
	return t;
}

static __always_inline void count_out(__u32 id, __u32 bytes)
{
	struct pm_tally *t = tally_of(id);

	if (t) {
		t->n.out.packets++;
		t->n.out.bytes += bytes;
	}
}

static __always_inline void count_in(__u32 id, __u32 bytes)
{
	struct pm_tally *t = tally_of(id);

	if (t) {
		t->n.in.packets++;
		t->n.in.bytes += bytes;
	}
}

/* Tell user space, at most once a second and processor. */
static __noinline int
tell(__u32 kind, __u32 value, __u32 path_kind, const __u32 local[4],
     const __u32 remote[4])
{
	struct pm_event ev = {
		.kind = kind, .value = value, .path_kind = path_kind,
	};
	__u64 now = bpf_ktime_get_ns();
	__u32 zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&pm_scratch, &zero);

	if (!s || (s->told && now - s->told < 1000000000ULL))
		return 0;
	s->told = now;
	words_copy(ev.local, local);
	words_copy(ev.remote, remote);
	return bpf_ringbuf_output(&pm_events, &ev, sizeof(ev), 0);
}

/* A pointer to the first `len' octets of the frame, or NULL. */
static __always_inline void *
head_get(struct __sk_buff *skb, const __u32 len)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;

	if (data + len > end) {
		if (bpf_skb_pull_data(skb, len))
			return NULL;
		data = (void *)(long)skb->data;
		end = (void *)(long)skb->data_end;
	}
	return data + len > end ? NULL : data;
}

/* Its Ethernet addresses, so that the path device takes the packet for its
 * own, and in with it. */
static __always_inline int
into_device(struct __sk_buff *skb, const struct pm_config *cfg)
{
	if (bpf_skb_store_bytes(skb, 0, cfg->mac, 2 * ETH_ALEN, 0))
		return drop(skb, PM_DROP_ENCAP);
	return bpf_redirect(cfg->ifindex, BPF_F_INGRESS);
}

#endif
