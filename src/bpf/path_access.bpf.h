/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_access.bpf.h - the access links of a mobile access gateway.
 *
 * A mobile runs nothing of ours, and other mobiles may share its link: what
 * it may send and hear is decided here, at the gateway's interface.
 *
 * In comes what is of the link itself, and packets whose source is of a
 * prefix that has a flow, on the interface and from the link-layer address
 * that the flow names (RFC 5213 section 6.10.5); a rule leads them to the path
 * device, whatever their destination, and there the flow says where they
 * go.  Out goes what came through the flow's tunnel for such a prefix, what
 * this node itself sends, and packets of other mobiles where both may be
 * reached locally (section 6.10.3).
 *
 * Each packet leaves to the link-layer address that the flow names, whoever
 * else claims to have its destination; it is not asked for (path/access.c).
 * Should somebody ask yet, the solicitation goes there alone: on a shared link
 * nobody hears of the prefix of another (section 6.8, RFC 6085).
 *
 * Whoever sends and is not known may be a mobile that has just arrived, in
 * the middle of a transfer: user space is told, ten times a second each.  A Linux
 * host with nothing to send reports its groups when its carrier comes back (MLD,
 * of all that hosts send the only packets with hop-by-hop options), and that
 * is all.
 */
#ifndef MIP6D_BPF_PATH_ACCESS_BPF_H
#define MIP6D_BPF_PATH_ACCESS_BPF_H

#include "bpf/path_icmp.bpf.h"

#define ICMP_NS		135

/* Events of this kind, at most so many a second and processor. */
#define ACCESS_RATE	256
#define ACCESS_SEEN	8192
#define ACCESS_GAP	100000000ULL	/* ns between two of one sender */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct pm_flow1_key);
	__type(value, struct pm_access);
} pm_access SEC(".maps");

struct access_seen_key {
	__u32	ifindex;
	__u8	mac[ETH_ALEN];
	__u16	zero;
};

/* When user space was told of somebody last, ns. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ACCESS_SEEN);
	__type(key, struct access_seen_key);
	__type(value, __u64);
} pm_seen SEC(".maps");

struct access_told {
	__u64	second, n;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct access_told);
} pm_told SEC(".maps");

/* The mobile's prefix that `addr' is of; NULL: nobody's. */
static __always_inline struct pm_access *
access_find(const struct pm_config *cfg, const __u32 addr[4])
{
	const struct pm_shapes *t = &cfg->shapes[cfg->active & 1];
	struct pm_access *a = NULL;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PM_SHAPES && i < t->n; i++) {
		const struct pm_shape *s = &t->shape[i];
		struct pm_flow1_key k = { .shape = s->id };

		if (s->sides != PM_SIDE_SRC)
			continue;
		words_mask(k.addr, addr, s->src_mask);
		a = bpf_map_lookup_elem(&pm_access, &k);
		if (a)
			break;
	}
	return a;
}

static __always_inline bool access_may_tell(__u64 now)
{
	__u32 zero = 0;
	struct access_told *t = bpf_map_lookup_elem(&pm_told, &zero);
	__u64 second = now / 1000000000ULL;

	if (!t)
		return false;
	if (t->second != second) {
		t->second = second;
		t->n = 0;
	}
	return t->n++ < ACCESS_RATE;
}

/* Somebody sends from this link-layer address. */
static __always_inline void
access_tell(__u32 ifindex, const __u8 *mac, const __u32 src[4], bool groups)
{
	struct pm_event ev = {
		.kind = PM_EV_ACCESS, .value = ifindex, .bytes = groups,
	};
	struct access_seen_key k = { .ifindex = ifindex };
	__u64 now = bpf_ktime_get_coarse_ns(), *told;

	__builtin_memcpy(k.mac, mac, ETH_ALEN);
	told = bpf_map_lookup_elem(&pm_seen, &k);
	if ((told && !groups && now - *told < ACCESS_GAP) ||
	    !access_may_tell(now))
		return;
	bpf_map_update_elem(&pm_seen, &k, &now, BPF_ANY);
	words_copy(ev.local, src);
	__builtin_memcpy(ev.remote, mac, ETH_ALEN);
	bpf_ringbuf_output(&pm_events, &ev, sizeof(ev), 0);
}

static __always_inline bool mac_eq(const __u8 *a, const __u8 *b)
{
	__u8 diff = 0;

	for (int i = 0; i < ETH_ALEN; i++)
		diff |= a[i] ^ b[i];
	return !diff;
}

SEC("tc")
int path_access_in(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct pm_access *a;
	__u8 mac[ETH_ALEN];
	struct ip6 h;
	__u32 now;

	if (skb->protocol != bpf_htons(ETH_P_IPV6))
		return TC_ACT_UNSPEC;
	if (!cfg || bpf_skb_load_bytes_relative(skb, 0, &h, sizeof(h),
						BPF_HDR_START_NET) ||
	    bpf_skb_load_bytes(skb, ETH_ALEN, mac, sizeof(mac)))
		return drop(skb, PM_DROP_ACCESS);
	/* what is of the link, and no further: Neighbor Discovery, MLD, DHCP */
	if (is_linklocal(h.src) || is_unspec(h.src)) {
		access_tell(skb->ifindex, mac, h.src,
			    h.next == NEXT_HOPOPTS);
		return is_linklocal(h.dst) || is_multicast(h.dst) ?
			TC_ACT_UNSPEC : drop(skb, PM_DROP_ACCESS);
	}
	a = access_find(cfg, h.src);
	if (!a || a->ifindex != skb->ifindex ||
	    (!(a->flags & PM_ACCESS_ANY) && !mac_eq(a->mac, mac))) {
		access_tell(skb->ifindex, mac, h.src, false);
		return drop(skb, PM_DROP_ACCESS);
	}
	now = 1 + (__u32)(bpf_ktime_get_coarse_ns() / 1000000000ULL);
	if (a->used != now)
		a->used = now;
	return TC_ACT_UNSPEC;
}

/* A solicitation for an address of a mobile's, sent to all of its group: the
 * group is the mobile alone. */
static __always_inline int
access_solicit(struct __sk_buff *skb, const struct pm_config *cfg)
{
	struct pm_access *a;
	__u32 target[4];

	if (bpf_skb_load_bytes_relative(skb, IP6_LEN + 8, target,
					sizeof(target), BPF_HDR_START_NET))
		return TC_ACT_UNSPEC;
	a = access_find(cfg, target);
	if (!a || a->flags & PM_ACCESS_ANY)
		return TC_ACT_UNSPEC;
	if (a->ifindex != skb->ifindex ||
	    bpf_skb_store_bytes(skb, 0, a->mac, ETH_ALEN, 0))
		return drop(skb, PM_DROP_ACCESS);
	return TC_ACT_UNSPEC;
}

/* May a packet that came in at `iif' go to mobile `a'? */
static __always_inline bool
access_may(const struct pm_config *cfg, const struct pm_access *a, __u32 iif,
	   const __u32 src[4])
{
	struct pm_access *from;

	if (!iif || iif == cfg->ifindex)
		return true;
	if (!(a->flags & PM_ACCESS_LOCAL))
		return false;
	from = access_find(cfg, src);
	return from && from->ifindex == iif && from->flags & PM_ACCESS_LOCAL;
}

/*
 * Straight to another mobile, where both may (section 6.10.3): the kernel has
 * forwarded the packet to the path device, and this is where it goes instead
 * of into the tunnel.  The interface, and that the link-layer address is known;
 * 0: into the tunnel.
 */
#define ACCESS_KNOWN	0x80000000U

static __noinline __u32 access_straight(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct pm_access *from, *to;
	struct ip6 in;

	if (!cfg || bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)))
		return 0;
	to = access_find(cfg, in.dst);
	if (!to || !(to->flags & PM_ACCESS_LOCAL))
		return 0;
	from = access_find(cfg, in.src);
	return from && from->flags & PM_ACCESS_LOCAL &&
	       from->ifindex == skb->ingress_ifindex ?
	       to->ifindex | (to->flags & PM_ACCESS_ANY ? 0 : ACCESS_KNOWN) :
	       0;
}

/* -1: it does not go straight.  Nor does what is too big for the other's link:
 * when it comes back from the anchor the kernel tells the sender so. */
static __noinline int access_go(struct __sk_buff *skb)
{
	struct bpf_redir_neigh nh = { .nh_family = AF_INET6 };
	__u32 to = access_straight(skb), ifindex = to & ~ACCESS_KNOWN;
	__u32 mtu = 0;

	if (!ifindex || bpf_check_mtu(skb, ifindex, &mtu, 0, 0) ||
	    bpf_skb_load_bytes(skb, OFF_IP6 + offsetof(struct ip6, dst),
			       nh.ipv6_nh, sizeof(nh.ipv6_nh)))
		return -1;
	/* RTNL_NEIGHBOUR (path/rtnl.h): it need not be resolved */
	if (to & ACCESS_KNOWN) {
		nh.ipv6_nh[0] = bpf_htonl(0xfe800000);
		nh.ipv6_nh[1] = 0;
		nh.ipv6_nh[2] = bpf_htonl(0xfdffffff);
		nh.ipv6_nh[3] = bpf_htonl(0xffffffff);
	}
	return bpf_redirect_neigh(ifindex, &nh, sizeof(nh), 0);
}

SEC("tc")
int path_access_out(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct pm_access *a;
	struct ip6 h;
	__u8 type = 0;

	if (skb->protocol != bpf_htons(ETH_P_IPV6))
		return TC_ACT_UNSPEC;
	if (!cfg || bpf_skb_load_bytes_relative(skb, 0, &h, sizeof(h),
						BPF_HDR_START_NET))
		return drop(skb, PM_DROP_ACCESS);
	if (h.next == NEXT_ICMPV6)
		bpf_skb_load_bytes_relative(skb, IP6_LEN, &type, sizeof(type),
					    BPF_HDR_START_NET);
	/* two mobiles of a link are no neighbours (section 6.8) */
	if (type == ICMP_REDIRECT)
		return drop(skb, PM_DROP_ACCESS);
	if (is_multicast(h.dst) || is_linklocal(h.dst))
		return type == ICMP_NS ? access_solicit(skb, cfg) :
					 TC_ACT_UNSPEC;
	a = access_find(cfg, h.dst);
	if (!a || a->ifindex != skb->ifindex ||
	    !access_may(cfg, a, skb->ingress_ifindex, h.src))
		return drop(skb, PM_DROP_ACCESS);
	if (!(a->flags & PM_ACCESS_ANY) &&
	    bpf_skb_store_bytes(skb, 0, a->mac, ETH_ALEN, 0))
		return drop(skb, PM_DROP_ACCESS);
	return TC_ACT_UNSPEC;
}

#endif
