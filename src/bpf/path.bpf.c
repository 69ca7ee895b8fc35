/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path.bpf.c - IPv6 in IPv6 at tc.
 *
 * Two programs.  path_egress runs on the egress of the path device: routes
 * lead there whatever belongs to a flow, it puts the tunnel's header in
 * front and hands the packet to the interface and neighbour that the
 * outer header's route names; nothing but held packets ever leaves through
 * the device itself.  path_ingress runs on the ingress of the physical
 * interfaces: it takes the header off and lets the packet come in through
 * the path device.  Everything between - routing, hop limit, Packet Too
 * Big, firewall, tcpdump - is the kernel's and sees ordinary packets on an
 * ordinary device.
 *
 * Whether a packet may come in is asked of the same hash that says where
 * packets go out: its addresses swapped must give a flow whose path is the
 * one that it came through (RFC 6275 section 10.4.5 and section 11.3.1).
 *
 * Large (GSO) packets are never split here: the header that is put on in
 * front of one is put on each of its segments later.
 *
 * With PM_FAST_PATH the device and all that belongs to it are left out
 * where the kernel would only forward.
 */
#include "bpf/path_access.bpf.h"
#include "bpf/path_guard.bpf.h"
#include "bpf/path_icmp.bpf.h"
#include "bpf/path_out.bpf.h"
#include "bpf/path_ro_icmp.bpf.h"
#include "bpf/path_ro_in.bpf.h"
#include "bpf/path_ro_out.bpf.h"
#include "bpf/path_watch.bpf.h"

#define TUNNEL_HLIM	64		/* RFC 2473 section 6.3 */
#define NESTED_MAX	4		/* RFC 2473 section 6.6 */

/* What an Ethernet header may carry to us from user space. */
static __always_inline __u8 cookie_of(const struct ethhdr *eth)
{
	const __u8 magic[] = { PM_COOKIE };
	__u8 diff = 0;

	for (unsigned i = 0; i < sizeof(magic); i++)
		diff |= eth->h_dest[i] ^ magic[i];
	return diff ? 0 : eth->h_dest[5];
}

static __always_inline long
push_header(struct __sk_buff *skb, const struct pm_path *p,
	    const struct ip6 *in, __u64 csum)
{
	const __u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO |
			    BPF_F_ADJ_ROOM_NO_CSUM_RESET;
	/* RFC 6040 section 4.1 and RFC 2473 section 6.4: traffic class and
	 * ECN are the inner ones; so is the flow label, which routers that
	 * spread load by it rely on (RFC 6438). */
	struct ip6 h = {
		.word0 = in->word0,
		.plen = bpf_htons(bpf_ntohs(in->plen) + IP6_LEN),
		.next = NEXT_IPV6,
		.hlim = TUNNEL_HLIM,
	};
	long ret;

	words_copy(h.src, p->local);
	words_copy(h.dst, p->remote);
	ret = bpf_skb_adjust_room(skb, IP6_LEN, BPF_ADJ_ROOM_MAC,
				  flags | BPF_F_ADJ_ROOM_ENCAP_L3_IPV6);
	/* A packet that came out of a tunnel keeps the marks of one, which
	 * are right again for this tunnel. */
	if (ret)
		ret = bpf_skb_adjust_room(skb, IP6_LEN, BPF_ADJ_ROOM_MAC,
					  flags);
	if (ret)
		return ret;
	return bpf_skb_store_bytes(skb, OFF_IP6, &h, sizeof(h), csum);
}

/*
 * Is it in so many tunnels already that it must be going round in a circle?
 * Two anchors may each have been told, by one mobile that answers at both,
 * that the other's address is the way: none of them can know, and the hop
 * limit is a new one with each header.  RFC 2473 section 4.1 has an option
 * for it, with 4 as its default; the headers are there to be counted, but for
 * those before a fragment that is not the first: of these it starts anew.
 */
static __always_inline bool
nested_too_deep(struct __sk_buff *skb, const struct ip6 *in)
{
	__u32 off = OFF_IP6 + IP6_LEN;
	__u8 next = in->next, f[8];

	for (int depth = 0; depth < NESTED_MAX; depth++) {
		if (next == NEXT_FRAGMENT) {
			if (bpf_skb_load_bytes(skb, off, f, sizeof(f)) ||
			    f[2] || f[3] & 0xf8)
				return false;
			next = f[0];
			off += sizeof(f);
		}
		if (next != NEXT_IPV6 ||
		    bpf_skb_load_bytes(skb, off + offsetof(struct ip6, next),
				       &next, 1))
			return false;
		off += IP6_LEN;
	}
	return true;
}

/* Send `skb' through the path; `in' is a copy of its header. */
static __always_inline int
tunnel_out(struct __sk_buff *skb, const struct pm_config *cfg,
	   const struct pm_flow *f, struct pm_path *p, const struct ip6 *in)
{
	__u32 len = segment_len(skb, OFF_IP6, in) + IP6_LEN;
	__u32 mtu = path_mtu(p), bytes = skb->len - ETH_HLEN;
	struct route *r = NULL;
	long ret;

	if (nested_too_deep(skb, in))
		return drop(skb, PM_DROP_LOOP);
	if (mtu && len > mtu)
		return too_big(skb, p->local, len, mtu, IP6_LEN);
	ret = outer_route(skb, cfg, p, len, &r);
	if (ret == BPF_FIB_LKUP_RET_FRAG_NEEDED && r)
		return too_big(skb, p->local, len, r->mtu, IP6_LEN);
	if (ret == BPF_FIB_LKUP_RET_FWD_DISABLED)
		tell(PM_EV_FORWARDING, 0, p->kind, p->local, p->remote);
	if (!r || (ret != BPF_FIB_LKUP_RET_SUCCESS &&
		   ret != BPF_FIB_LKUP_RET_NO_NEIGH))
		return drop(skb, PM_DROP_NO_ROUTE);
	if (r->ifindex == cfg->ifindex)
		return drop(skb, PM_DROP_LOOP);
	if (bytes > 0xffff || push_header(skb, p, in, 0))
		return drop(skb, PM_DROP_ENCAP);
	count(PM_OUT, bytes);
	count_out(f->path, bytes);
	/* (what has a routing header is not to be optimized, or is halfway:
	 * see ro_nested) */
	if (f->flags & PM_FLOW_WATCH && in->next != NEXT_ROUTING)
		watch_count(skb, in->src, in->dst);
	return send_out(r, ret);
}

static __always_inline int
refuse(struct __sk_buff *skb, const struct pm_config *cfg, __u32 why)
{
	struct error e = {
		.type = ICMP_UNREACH,
		.code = UNREACH_ADDRESS,
	};

	words_copy(e.src, cfg->error_source);
	count(why, skb->len - ETH_HLEN);
	return error_answer(skb, &e);
}

/* Does the flow let packets go? */
static __always_inline bool is_open(const struct pm_flow *f, __u8 cookie)
{
	return f->action == PM_PATH ||
	       (f->action == PM_HOLD && cookie == PM_COOKIE_RELEASE);
}

/* What flow `f' wants done with `skb', when it is not to be optimized.  A
 * program of its own, as others below, so that their stacks do not add up. */
static __noinline int
flow_run(struct __sk_buff *skb, struct pm_flow *f, __u8 cookie)
{
	struct pm_config *cfg = config_get();
	struct pm_path *p;
	struct ip6 in;
	int ret;

	if (f && f->flags & PM_FLOW_ACCESS) {
		ret = access_go(skb);
		if (ret >= 0)
			return ret;
	}
	if (!cfg || bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)))
		return TC_ACT_SHOT;
	if (cookie == PM_COOKIE_REJECT)
		return refuse(skb, cfg, PM_DROP_HOLD_EXPIRED);
	if (!f)
		return refuse(skb, cfg, PM_DROP_NO_FLOW);
	if (f->action == PM_BLOCK)
		return refuse(skb, cfg, PM_DROP_BLOCKED);
	if (!is_open(f, cookie)) {
		count(PM_HELD, skb->len - ETH_HLEN);
		return TC_ACT_OK;
	}
	p = path_of(f);
	if (!p)
		return refuse(skb, cfg, PM_DROP_NO_PATH);
	return tunnel_out(skb, cfg, f, p, &in);
}

/* The flow of a packet that must not be optimized. */
static __noinline struct pm_flow *flow_next(struct __sk_buff *skb)
{
	void *data = head_get(skb, ETH_HLEN + IP6_LEN);
	struct pm_config *cfg = config_get();
	struct ip6 *in = data + ETH_HLEN;

	return cfg && data ? flow_tunnel(cfg, in->src, in->dst, false) : NULL;
}

/* Neighbor Discovery is of a link: a solicitation that is sent to the very
 * address that it asks for (Neighbor Unreachability Detection) is answered by
 * who defends it (RFC 6275 10.4.1), and not for the mobile to see. */
static __always_inline bool
is_nd(struct __sk_buff *skb, const struct ip6 *in)
{
	__u8 type;

	return in->next == NEXT_ICMPV6 &&
	       !bpf_skb_load_bytes(skb, OFF_ICMP, &type, sizeof(type)) &&
	       type >= ICMP_ND && type <= ICMP_REDIRECT;
}

SEC("tc")
int path_egress(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct pm_flow *f;
	struct pm_path *p;
	struct ip6 *in;
	__u8 cookie;
	void *data;
	int ret;

	if (!cfg || skb->protocol != bpf_htons(ETH_P_IPV6))
		return TC_ACT_SHOT;
	data = head_get(skb, ETH_HLEN + IP6_LEN);
	if (!data)
		return TC_ACT_SHOT;
	cookie = cookie_of(data);
	in = data + ETH_HLEN;
	if (is_multicast(in->dst) || is_linklocal(in->dst) ||
	    is_linklocal(in->src) || is_nd(skb, in))
		return drop(skb, PM_DROP_SCOPE);
	if (cookie == PM_COOKIE_REJECT)
		return flow_run(skb, NULL, cookie);
	f = flow_find(cfg, in->src, in->dst, false);
	/* our own, led here for a binding that another address has */
	if (!f && !skb->ingress_ifindex && cfg->shapes[cfg->active & 1].cn)
		return ro_plain(skb);
	p = f && is_open(f, cookie) ? path_of(f) : NULL;
	if (!p || !ro_wanted(f, p, in))
		return flow_run(skb, f, cookie);
	flow_mark(f);
	ret = ro_out(skb, f->path);
	if (ret == RO_TUNNEL) {
		ret = ro_nested(skb, f->path);
		return ret == RO_TUNNEL ?
			flow_run(skb, flow_next(skb), cookie) : ret;
	}
	if (ret != RO_NOT)
		return ret;
	if (p->kind != PM_IP6IP6)
		f = flow_next(skb);
	if (!f && p->kind == PM_MIP6_CN)
		return ro_plain(skb);
	return flow_run(skb, f, cookie);
}

/*
 * RFC 6040 section 4.2: congestion marked on the way shall reach the
 * receiver.  False when the packet must be dropped, because its sender
 * does not understand the mark.
 */
static __always_inline bool
merge_ecn(__u32 outer, struct ip6 *in)
{
	__u32 o = bpf_ntohl(outer) >> 20 & 3, i, w = bpf_ntohl(in->word0);

	i = w >> 20 & 3;
	if (o == 3) {
		if (i == 0)
			return false;
		w |= 3u << 20;
	} else if (o == 1 && i == 2) {
		w = (w & ~(3u << 20)) | 1u << 20;
	}
	in->word0 = bpf_htonl(w);
	return true;
}

/* Why a tunnel packet was not taken: to nobody of us, it is not ours. */
static __always_inline int
not_mine(struct __sk_buff *skb, const struct ip6 *out, bool known)
{
	__u32 why = known ? PM_DROP_OUTER_SOURCE : PM_DROP_INNER_SOURCE;

	if (!bpf_map_lookup_elem(&pm_locals, out->dst))
		return TC_ACT_UNSPEC;
	tell(PM_EV_DROP, why, PM_IP6IP6, out->dst, out->src);
	return drop(skb, why);
}

/* What one hop does to a packet; false: it is this packet's last. */
static __always_inline bool
hop_count(struct __sk_buff *skb, const struct ip6 *in)
{
	__u8 hlim = in->hlim - 1;

	return in->hlim > 1 &&
	       !bpf_skb_store_bytes(skb, OFF_IP6 + offsetof(struct ip6, hlim),
				    &hlim, sizeof(hlim), BPF_F_RECOMPUTE_CSUM);
}

/*
 * Fast path, towards a mobile: what the stack would forward to the path
 * device goes into the tunnel here.  Whatever needs an answer or is not
 * plain sailing is left to the stack.
 */
static __always_inline int
fast_out(struct __sk_buff *skb, const struct pm_config *cfg, struct ip6 *in)
{
	__u32 id, len, mtu, bytes = skb->len - ETH_HLEN;
	struct route *r = NULL;
	struct pm_flow *f;
	struct pm_path *p;

	if (is_multicast(in->dst) || is_linklocal(in->dst) ||
	    is_linklocal(in->src) || in->hlim <= 1 ||
	    bytes != IP6_LEN + bpf_ntohs(in->plen))
		return TC_ACT_UNSPEC;
	f = flow_tunnel(cfg, in->src, in->dst, true);
	if (!f || f->action != PM_PATH || nested_too_deep(skb, in))
		return TC_ACT_UNSPEC;
	id = f->path;
	p = path_of(f);
	if (!p)
		return TC_ACT_UNSPEC;
	len = segment_len(skb, OFF_IP6, in) + IP6_LEN;
	mtu = path_mtu(p);
	if ((mtu && len > mtu) ||
	    outer_route(skb, cfg, p, len, &r) != BPF_FIB_LKUP_RET_SUCCESS ||
	    !r || r->ifindex == cfg->ifindex)
		return TC_ACT_UNSPEC;
	if (!hop_count(skb, in) ||
	    push_header(skb, p, in, BPF_F_RECOMPUTE_CSUM))
		return drop(skb, PM_DROP_ENCAP);
	count(PM_FAST_OUT, bytes);
	count_out(id, bytes);
	return send_out(r, BPF_FIB_LKUP_RET_SUCCESS);
}

/*
 * Fast path, from a mobile: out again at once when the packet is to be
 * forwarded, up the stack as if it had come without a tunnel when it is
 * for this node.
 */
static __always_inline int
fast_in(struct __sk_buff *skb, const struct pm_config *cfg,
	const struct ip6 *in)
{
	struct route *r = NULL;
	long ret = route_find(skb, skb->ingress_ifindex, in->src, in->dst,
			      segment_len(skb, OFF_IP6, in), &r);

	if (ret == BPF_FIB_LKUP_RET_FWD_DISABLED ||
	    ret == BPF_FIB_LKUP_RET_NOT_FWDED) {
		count(PM_FAST_IN, skb->len - ETH_HLEN);
		return TC_ACT_UNSPEC;
	}
	if (!r || ret != BPF_FIB_LKUP_RET_SUCCESS || in->hlim <= 1 ||
	    r->ifindex == cfg->ifindex || is_linklocal(in->src) ||
	    skb->len - ETH_HLEN != IP6_LEN + bpf_ntohs(in->plen))
		return into_device(skb, cfg);
	if (!hop_count(skb, in))
		return drop(skb, PM_DROP_MALFORMED);
	count(PM_FAST_IN, skb->len - ETH_HLEN);
	return send_out(r, BPF_FIB_LKUP_RET_SUCCESS);
}

/* A tunnel packet, the inner one `off' behind the outer header's start. */
static __always_inline int
tunnel_in(struct __sk_buff *skb, const struct pm_config *cfg,
	  const struct ip6 *out, __u32 off)
{
	struct pm_flow *f;
	struct pm_path *p;
	struct ip6 in;
	__u32 id, bytes, word0;

	if (bpf_skb_load_bytes(skb, OFF_IP6 + off, &in, sizeof(in)) ||
	    (bpf_ntohl(in.word0) >> 28) != 6)
		return bpf_map_lookup_elem(&pm_locals, out->dst) ?
			drop(skb, PM_DROP_MALFORMED) : TC_ACT_UNSPEC;
	/* RFC 6275 10.4.3: groups are user space's, where it cares. */
	if (is_multicast(in.dst) && cfg->flags & PM_MULTICAST) {
		if (bpf_map_lookup_elem(&pm_locals, out->dst))
			skb->mark = PM_GROUP_MARK;
		return TC_ACT_UNSPEC;
	}
	/* 10.4.2: what belongs to a link is not tunnelled; 10.4.3, 10.4.4:
	 * where there is neither MLD nor DHCPv6 for mobiles, their messages
	 * are silently ignored. */
	if (is_linklocal(in.src) || is_unspec(in.src) ||
	    is_linklocal(in.dst) || is_linkscope(in.dst))
		return bpf_map_lookup_elem(&pm_locals, out->dst) ?
			drop(skb, PM_DROP_SCOPE) : TC_ACT_UNSPEC;
	f = flow_tunnel(cfg, in.dst, in.src, false);
	if (!f)
		return not_mine(skb, out, false);
	id = f->path;
	p = path_of(f);
	/* A flow on hold takes what comes through its path already. */
	if (!p)
		return not_mine(skb, out, false);
	/* RFC 6275 11.5.4: at the care-of address before, too */
	if (!words_eq(p->remote, out->src) ||
	    (!words_eq(p->local, out->dst) &&
	     !(f->flags & PM_FLOW_ANY_END &&
	       bpf_map_lookup_elem(&pm_locals, out->dst))))
		return not_mine(skb, out, true);
	word0 = in.word0;
	if (!merge_ecn(out->word0, &in))
		return drop(skb, PM_DROP_ECN);
	if (bpf_skb_adjust_room(skb, -(__s32)off, BPF_ADJ_ROOM_MAC,
				BPF_F_ADJ_ROOM_FIXED_GSO |
				BPF_F_ADJ_ROOM_NO_CSUM_RESET))
		return drop(skb, PM_DROP_MALFORMED);
	if (in.word0 != word0 &&
	    bpf_skb_store_bytes(skb, OFF_IP6, &in.word0, sizeof(in.word0),
				BPF_F_RECOMPUTE_CSUM))
		return drop(skb, PM_DROP_MALFORMED);
	bytes = skb->len - ETH_HLEN;
	count(PM_IN, bytes);
	count_in(id, bytes);
	if (f->flags & PM_FLOW_WATCH)
		watch_count(skb, in.dst, in.src);
	/* towards a mobile of an access link the filter there wants to see
	 * that it came this way */
	if (cfg->flags & PM_FAST_PATH && !(f->flags & PM_FLOW_ACCESS))
		return fast_in(skb, cfg, &in);
	return into_device(skb, cfg);
}

/* Programs of their own, so that their stacks do not add up. */
__noinline int
tunnel_run(struct __sk_buff *skb, __u32 off)
{
	struct pm_config *cfg = config_get();
	void *data = head_get(skb, ETH_HLEN + IP6_LEN);
	struct ip6 out;

	if (!cfg || !data)
		return TC_ACT_UNSPEC;
	__builtin_memcpy(&out, (struct ip6 *)(data + ETH_HLEN), sizeof(out));
	return tunnel_in(skb, cfg, &out, off);
}

__noinline int
fast_run(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	void *data = head_get(skb, ETH_HLEN + IP6_LEN);
	struct ip6 in;

	if (!cfg || !data)
		return TC_ACT_UNSPEC;
	__builtin_memcpy(&in, (struct ip6 *)(data + ETH_HLEN), sizeof(in));
	return fast_out(skb, cfg, &in);
}

SEC("tc")
int path_ingress(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct ip6 *out;
	__u8 opt[2];
	void *data;
	int ret;

	if (!cfg || skb->protocol != bpf_htons(ETH_P_IPV6) ||
	    skb->vlan_present || skb->pkt_type != 0 /* PACKET_HOST */)
		return TC_ACT_UNSPEC;
	data = head_get(skb, ETH_HLEN + IP6_LEN);
	if (!data)
		return TC_ACT_UNSPEC;
	out = data + ETH_HLEN;
	switch (out->next) {
	case NEXT_IPV6:
		return tunnel_run(skb, IP6_LEN);
	case NEXT_DSTOPTS:
		/* RFC 2473 section 5.1: the Tunnel Encapsulation Limit
		 * that many entry points add; to be skipped at the exit */
		if (!bpf_skb_load_bytes(skb, OFF_ICMP, opt, sizeof(opt)) &&
		    opt[0] == NEXT_IPV6 && opt[1] == 0)
			return tunnel_run(skb, IP6_LEN + 8);
		return ro_in(skb, out);
	case NEXT_HOPOPTS:
	case NEXT_ROUTING:
		return ro_in(skb, out);
	case NEXT_ICMPV6:
		ret = icmp_in(skb);
		if (ret == TC_ACT_UNSPEC)
			ret = ro_icmp(skb);
		if (ret != TC_ACT_UNSPEC)
			return ret;
		break;
	}
	return cfg->flags & PM_FAST_PATH ? fast_run(skb) : TC_ACT_UNSPEC;
}

/*
 * What enters the path device: out of a tunnel there may come packets that
 * a correspondent or another mobile sent to our care-of address, or to our
 * home address from a care-of address.
 */
SEC("tc")
int path_arrive(struct __sk_buff *skb)
{
	struct ip6 *in;
	void *data;

	if (skb->protocol != bpf_htons(ETH_P_IPV6))
		return TC_ACT_UNSPEC;
	data = head_get(skb, ETH_HLEN + IP6_LEN);
	if (!data)
		return TC_ACT_UNSPEC;
	in = data + ETH_HLEN;
	switch (in->next) {
	case NEXT_DSTOPTS:
	case NEXT_HOPOPTS:
	case NEXT_ROUTING:
		return ro_in(skb, in);
	case NEXT_ICMPV6:
		return ro_icmp(skb);
	}
	return TC_ACT_UNSPEC;
}

/*
 * Is it worth a link-layer header?  Only for what we surely keep: a tunnel
 * packet, or an error about one, for one of our ends.
 */
static __always_inline bool is_ours(struct __sk_buff *skb, __u32 *off)
{
	struct ip6 h;
	__u8 opt[2];

	if (bpf_skb_load_bytes(skb, 0, &h, sizeof(h)) ||
	    !bpf_map_lookup_elem(&pm_locals, h.dst))
		return false;
	*off = IP6_LEN;
	if (h.next == NEXT_IPV6)
		return true;
	if (h.next == NEXT_DSTOPTS) {
		*off += 8;
		return !bpf_skb_load_bytes(skb, IP6_LEN, opt, sizeof(opt)) &&
		       opt[0] == NEXT_IPV6 && opt[1] == 0;
	}
	*off = 0;
	return h.next == NEXT_ICMPV6 &&
	       !bpf_skb_load_bytes(skb, IP6_LEN, opt, 1) &&
	       opt[0] < ICMP_INFO &&
	       !bpf_skb_load_bytes(skb, OFF_QUOTED - OFF_IP6, &h, sizeof(h)) &&
	       h.next == NEXT_IPV6 && bpf_map_lookup_elem(&pm_locals, h.src);
}

/*
 * For interfaces without a link-layer header (modems, tun, PPP): give what
 * is ours an Ethernet header, so that all is as above, and the path device
 * can take it.
 */
static __always_inline bool head_put(struct __sk_buff *skb)
{
	const __u16 proto = bpf_htons(ETH_P_IPV6);

	return !bpf_skb_change_head(skb, ETH_HLEN, 0) &&
	       !bpf_skb_store_bytes(skb, 2 * ETH_ALEN, &proto, sizeof(proto),
				    0);
}

/* The same for packets with home addresses, and errors about them. */
static __noinline int ro_l3(struct __sk_buff *skb)
{
	struct ro_in r = { 0 };
	struct ip6 in;
	int ret;

	if (bpf_skb_load_bytes(skb, 0, &in, sizeof(in)))
		return TC_ACT_UNSPEC;
	switch (in.next) {
	case NEXT_DSTOPTS:
	case NEXT_HOPOPTS:
	case NEXT_ROUTING:
		if (!is_own(skb, in.dst) || !ro_check(skb, 0, &r))
			return TC_ACT_UNSPEC;
		return head_put(skb) ? ro_enter(skb, &r) : TC_ACT_SHOT;
	case NEXT_ICMPV6:
		if (!ro_icmp_l3(skb))
			return TC_ACT_UNSPEC;
		ret = head_put(skb) ? ro_icmp(skb) : TC_ACT_SHOT;
		return ret == TC_ACT_UNSPEC ? TC_ACT_SHOT : ret;
	}
	return TC_ACT_UNSPEC;
}

SEC("tc")
int path_ingress_l3(struct __sk_buff *skb)
{
	__u32 off;
	int ret;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) || skb->pkt_type != 0)
		return TC_ACT_UNSPEC;
	if (!is_ours(skb, &off))
		return ro_l3(skb);
	if (!head_put(skb))
		return TC_ACT_SHOT;
	if (off)
		return tunnel_run(skb, off);
	ret = icmp_in(skb);
	return ret == TC_ACT_UNSPEC ? TC_ACT_SHOT : ret;
}

char LICENSE[] SEC("license") = "GPL";
