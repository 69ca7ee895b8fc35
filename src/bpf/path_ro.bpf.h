/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_ro.bpf.h - packets with a home address: route optimization.
 *
 * A mobile's packet to a correspondent has its care-of address as source
 * and a Home Address option; a correspondent's packet to a mobile has the
 * care-of address as destination and a type 2 routing header (RFC 6275
 * sections 6.3 and 6.4).  Both are put in on the way out of the path device
 * and taken out before the kernel sees what came in, so that nobody above
 * knows of them: what remains are packets between home addresses.  That is
 * also what their checksums are about (RFC 6275 section 6.1.1, RFC 8200
 * section 8.1), so these need no touch; and large (GSO) packets stay whole,
 * because the kernel repeats extension headers in front of each segment.
 *
 * What is believed of a packet is asked of the flows, as for tunnels, with
 * its addresses swapped:
 *   - a routing header's address is a home address of ours when a flow
 *     selects exactly it as source;
 *   - a Home Address option's address has a binding when a flow selects
 *     exactly it as destination, and its path - a correspondent's, or a
 *     home agent's tunnel: a home registration is a binding, too - leads to
 *     the care-of address that the packet came from.
 * A packet between two mobiles has both headers, and two flows speak for
 * it, each set and removed on its own.
 *
 * Everything else is left as it came: to user space, which answers with
 * Binding Error or nothing.  So are Mobility Headers, all of them, and AH,
 * which covers the headers that we would take out.
 */
#ifndef MIP6D_BPF_PATH_RO_BPF_H
#define MIP6D_BPF_PATH_RO_BPF_H

#include "bpf/path_icmp.bpf.h"
#include "bpf/path_out.bpf.h"
#include "bpf/path_watch.bpf.h"

#define RO_LEN		24		/* either header */
#define OPT_PAD1	0
#define OPT_PADN	1
#define OPT_NOTHING	0x1e		/* RFC 4727: to be skipped */
#define OPT_HOME	201
#define HOME_LEN	16
#define HOME_AT		6		/* in our header: 8n + 6, as it must */
#define RH_TYPE2	2

#define CHAIN_MAX	6		/* headers looked at */
#define OPTIONS_MAX	16
#define BEFORE_MAX	CHUNK		/* octets of headers before ours */

#define RO_NOT		(-2)		/* not a packet for this */
#define RO_TUNNEL	(-3)		/* one for ro_nested() */

#define ND_FIRST	133		/* RFC 4861 */
#define ND_LAST		137
#define DISCOVERY_FIRST	144		/* RFC 6275 6.5 to 6.8 */
#define DISCOVERY_LAST	147

/* A destination options header with a Home Address option, or a type 2
 * routing header: both have their address in the same place. */
struct ro_header {
	__u8	next, len, b[6];
	__u32	addr[4];
};

static __always_inline __u32 now_s(void)
{
	return (__u32)(bpf_ktime_get_coarse_ns() / 1000000000ULL);
}

/* The flow's last packet is this one (path_idle). */
static __always_inline void flow_mark(struct pm_flow *f)
{
	__u32 now = now_s() + 1;	/* 0 is never */

	if (f->used != now)
		f->used = now;
}

/* --- what a packet says --- */

struct ro_in {
	__u32	src[4], dst[4];		/* after it all has been processed */
	__u32	from, cut;		/* what is taken out, behind the IPv6
					   header's start; 0: nothing */
	__u32	pad;			/* option to be overwritten; 0: none */
	__u32	prev;			/* octet that names the first header
					   taken out */
	__u8	next;			/* ... and what it names then */
	__u8	hao, rh;
	__u8	zero;
};

struct options {
	__u32	home;			/* where, in the header; 0: nowhere */
	bool	others;			/* there are more than padding */
	bool	bad;
};

/* Options in the header of `len' octets at `off'.  (Not static, like others
 * here: the verifier then reads it once, not for each of its callers.) */
__noinline int
options_scan(struct __sk_buff *skb, __u32 off, __u32 len, struct options *o)
{
	__u32 pos = 2;
	__u8 b[2];

	if (!o)
		return 0;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < OPTIONS_MAX && pos < len; i++) {
		if (bpf_skb_load_bytes(skb, off + pos, b, 1))
			break;
		if (b[0] == OPT_PAD1) {
			pos++;
			continue;
		}
		if (bpf_skb_load_bytes(skb, off + pos, b, 2))
			break;
		if (b[0] == OPT_HOME) {
			/* RFC 6275 section 6.3: no more than once */
			if (b[1] != HOME_LEN || o->home)
				break;
			o->home = pos;
		} else if (b[0] != OPT_PADN) {
			o->others = true;
		}
		pos += 2 + b[1];
	}
	o->bad = pos != len;
	return 0;
}

/* Take out `len' octets at `off', behind what is taken out already.  False
 * when there is something in between. */
static __always_inline bool
ro_cut(struct ro_in *r, __u32 off, __u32 len, __u32 prev)
{
	if (r->cut && r->from + r->cut != off)
		return false;
	if (!r->cut) {
		r->from = off;
		r->prev = prev;
	}
	r->cut += len;
	return true;
}

/* The destination options header `b' at `off' behind `base'. */
static __always_inline bool
ro_options(struct __sk_buff *skb, __u32 base, __u32 off, const __u8 b[8],
	   __u32 prev, struct ro_in *r)
{
	__u32 len = (b[1] + 1) * 8;
	struct options o = { 0 };

	/* as nearly everybody sends it: there is no room for another */
	if (len == RO_LEN && b[2] == OPT_PADN && b[3] == 2 &&
	    b[HOME_AT] == OPT_HOME && b[HOME_AT + 1] == HOME_LEN)
		o.home = HOME_AT;
	else
		options_scan(skb, base + off, len, &o);
	if (o.bad)
		return false;
	if (!o.home)
		return true;
	if (r->hao ||
	    bpf_skb_load_bytes(skb, base + off + o.home + 2, r->src, 16))
		return false;
	r->hao = 1;
	if (!o.others)
		return ro_cut(r, off, len, prev);
	r->pad = off + o.home;
	return true;
}

/* RFC 6275 section 6.4: as long as it must be, and with one segment left.
 * Others that have been processed are of no interest. */
static __always_inline bool
ro_routing(struct __sk_buff *skb, __u32 base, __u32 off, const __u8 b[4],
	   __u32 prev, struct ro_in *r)
{
	if (r->hao)			/* section 6.3: the option after it */
		return false;
	if (b[2] != RH_TYPE2)
		return b[3] == 0;
	if (b[1] != 2 || b[3] != 1 || r->rh ||
	    bpf_skb_load_bytes(skb, base + off + 8, r->dst, 16))
		return false;
	r->rh = 1;
	return ro_cut(r, off, RO_LEN, prev);
}

static __always_inline bool is_discovery(__u8 type)
{
	return type >= DISCOVERY_FIRST && type <= DISCOVERY_LAST;
}

/* On the way through the chain of headers. */
struct ro_walk {
	__u32	base, off;	/* of the packet; behind it, of the header */
	__u32	prev;		/* octet that names it */
	__u8	next;		/* and the name */
	__u8	first;
	__u16	zero;
};

/* One header.  1: there may be more; 0: that was the last of interest; -1:
 * the packet is not for us. */
__noinline int
ro_step(struct __sk_buff *skb, struct ro_walk *w, struct ro_in *r)
{
	__u32 len, cut;
	__u8 b[8];

	if (!w || !r)
		return -1;
	/* what home agents and prefixes are found with is for the daemon */
	if (w->next == NEXT_ICMPV6)
		return bpf_skb_load_bytes(skb, w->base + w->off, b, 1) ||
		       (b[0] >= DISCOVERY_FIRST && b[0] <= DISCOVERY_LAST) ?
		       -1 : 0;
	if (w->next == NEXT_FRAGMENT &&
	    bpf_skb_load_bytes(skb, w->base + w->off, &w->next, 1))
		return -1;
	if (w->next == NEXT_MOBILITY || w->next == NEXT_AH)
		return -1;
	/* Prefix discovery has them for whoever reads it. */
	if (w->next == NEXT_ICMPV6)
		return bpf_skb_load_bytes(skb, w->base + w->off, b, 1) ||
		       is_discovery(b[0]) ? -1 : 0;
	if (w->next != NEXT_DSTOPTS && w->next != NEXT_ROUTING &&
	    (w->next != NEXT_HOPOPTS || !w->first))
		return 0;
	if (bpf_skb_load_bytes(skb, w->base + w->off, b, sizeof(b)))
		return -1;
	len = (b[1] + 1) * 8;
	cut = r->cut;
	if (w->next == NEXT_DSTOPTS &&
	    !ro_options(skb, w->base, w->off, b, w->prev, r))
		return -1;
	if (w->next == NEXT_ROUTING &&
	    !ro_routing(skb, w->base, w->off, b, w->prev, r))
		return -1;
	w->next = b[0];
	w->first = 0;
	if (r->cut != cut)
		r->next = b[0];
	else
		w->prev = w->off;
	w->off += len;
	return 1;
}

/*
 * Read the chain of headers of the packet at `base', whose header is `in'.
 * 1: there is something to be processed, and nothing against it; 0: it is
 * not for us.
 */
__noinline int
ro_parse(struct __sk_buff *skb, __u32 base, const struct ip6 *in,
	 struct ro_in *r)
{
	struct ro_walk w = {
		.base = base,
		.off = IP6_LEN,
		.prev = offsetof(struct ip6, next),
		.first = 1,
	};
	int more = 1;

	if (!in || !r)
		return 0;
	w.next = in->next;
	words_copy(r->src, in->src);
	words_copy(r->dst, in->dst);
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < CHAIN_MAX && more > 0; i++)
		more = ro_step(skb, &w, r);
	return more == 0 && (r->hao || r->rh);
}

/* What may stand behind our headers, and surely is the last that ro_parse()
 * would look at, and not against it. */
static __always_inline bool is_last(__u8 next)
{
	return next != NEXT_ICMPV6 && next != NEXT_HOPOPTS && next != NEXT_ROUTING &&
	       next != NEXT_FRAGMENT && next != NEXT_AH &&
	       next != NEXT_DSTOPTS && next != NEXT_MOBILITY;
}

static __always_inline bool is_rh2(__u8 name, const struct ro_header *h)
{
	return name == NEXT_ROUTING && h->len == 2 && h->b[0] == RH_TYPE2 &&
	       h->b[1] == 1;
}

/* There is no room for another option. */
static __always_inline bool is_hao(__u8 name, const struct ro_header *h)
{
	return name == NEXT_DSTOPTS && h->len == 2 && h->b[0] == OPT_PADN &&
	       h->b[1] == 2 && h->b[4] == OPT_HOME && h->b[5] == HOME_LEN;
}

/*
 * The same for what nearly every packet is: behind the IPv6 header our one
 * header, or the two, as everybody writes them, and then the transport's.
 * They are read where they lie, which is half of the cost.  False: it is
 * another, and nothing is known.
 */
static __always_inline bool
ro_parse_plain(struct __sk_buff *skb, struct ro_in *r)
{
	void *data = head_get(skb, OFF_IP6 + IP6_LEN + RO_LEN);
	const struct ip6 *in = data + OFF_IP6;
	const struct ro_header *h = data + OFF_IP6 + IP6_LEN;
	struct ro_header both;

	if (!data)
		return false;
	words_copy(r->src, in->src);
	words_copy(r->dst, in->dst);
	r->cut = RO_LEN;
	r->next = h->next;
	if (is_hao(in->next, h)) {
		words_copy(r->src, h->addr);
		r->hao = 1;
	} else if (is_rh2(in->next, h)) {
		words_copy(r->dst, h->addr);
		r->rh = 1;
		if (h->next == NEXT_DSTOPTS &&
		    !bpf_skb_load_bytes(skb, OFF_IP6 + IP6_LEN + RO_LEN,
					&both, sizeof(both)) &&
		    is_hao(NEXT_DSTOPTS, &both)) {
			words_copy(r->src, both.addr);
			r->hao = 1;
			r->cut = 2 * RO_LEN;
			r->next = both.next;
		}
	}
	if ((r->hao || r->rh) && is_last(r->next)) {
		r->from = IP6_LEN;
		r->prev = offsetof(struct ip6, next);
		return true;
	}
	r->cut = 0;
	r->hao = r->rh = r->next = 0;
	return false;
}

/* --- what the flows say --- */

struct ro_flows {
	__u32	a[4], b[4];	/* what is known of packets from a to b, */
	__u32	far[4];		/* on the wire to `far': */
	__u32	own, peer;	/* paths: of our home address, to the peer's
				   care-of address; 0: none */
	bool	is_home;	/* a flow selects it as source */
	bool	want_home, want_peer;	/* what is asked for: no more than
				   that is sure to be known */
	__u8	zero;
};

__noinline int
ro_flow_at(__u32 i, struct ro_flows *r)
{
	struct pm_config *cfg = config_get();
	const struct pm_shape *s;
	struct pm_flow *f;
	struct pm_path *p;
	__u64 at = i;

	if (!cfg || !r)
		return 0;
	/* in the very register, so that the verifier sees it */
	_Static_assert(PM_SHAPES == 16, "the mask below");
	asm volatile("%0 &= 15" : "+r"(at));
	s = &cfg->shapes[cfg->active & 1].shape[at];
	if (s->src_len != 128 && s->dst_len != 128)
		return 0;
	f = shape_flow(s, r->a, r->b);
	if (!f)
		return 0;
	p = path_of(f);
	if (s->src_len == 128 && !s->cn && !r->is_home &&
	    f->action != PM_BLOCK) {
		r->is_home = true;
		r->own = p ? f->path : 0;
		flow_mark(f);
	}
	/* RFC 6275 section 9.3.1, and 10.1: what a home agent has
	 * registered is a binding */
	if (s->dst_len == 128 && p && !r->peer &&
	    (p->kind == PM_MIP6_CN ||
	     (p->kind == PM_IP6IP6 && s->sides == PM_SIDE_DST)) &&
	    words_eq(p->remote, r->far)) {
		r->peer = f->path;
		flow_mark(f);
	}
	return 0;
}

/* All flows of such packets, shape by shape, until what is asked is known. */
static __always_inline void ro_flows(struct ro_flows *r)
{
	struct pm_config *cfg = config_get();
	__u32 n = cfg ? cfg->shapes[cfg->active & 1].n : 0;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PM_SHAPES && i < n &&
	     ((r->want_home && !r->is_home) || (r->want_peer && !r->peer));
	     i++)
		ro_flow_at(i, r);
}

static __noinline int is_own(struct __sk_buff *skb, const __u32 a[4])
{
	struct pm_config *cfg = config_get();
	struct route *r = NULL;

	if (!cfg || is_multicast(a) || is_linklocal(a))
		return false;
	return route_find(skb, cfg->ifindex, a, a, 0, &r) ==
	       BPF_FIB_LKUP_RET_NOT_FWDED ||
	       bpf_map_lookup_elem(&pm_locals, a);
}

/*
 * The headers in front of ours, which change their place: `n' octets at
 * `off' into scratch memory, and back.  The verifier has to see that there
 * are no more of them than fit, in the very register.
 */
static __always_inline bool
before_load(struct __sk_buff *skb, __u32 off, struct scratch *s, __u64 n)
{
	asm volatile("%0 &= 127" : "+r"(n));
	return n && n <= BEFORE_MAX &&
	       !bpf_skb_load_bytes(skb, off, s->buf, n);
}

static __always_inline bool
before_store(struct __sk_buff *skb, __u32 off, struct scratch *s, __u64 n,
	     __u64 csum)
{
	asm volatile("%0 &= 127" : "+r"(n));
	return n && n <= BEFORE_MAX &&
	       !bpf_skb_store_bytes(skb, off, s->buf, n, csum);
}

/* The octet `at' of them names the header that follows. */
static __always_inline bool
before_name(struct scratch *s, __u64 at, __u8 next)
{
	asm volatile("%0 &= 63" : "+r"(at));
	((__u8 *)s->buf)[at] = next;
	return true;
}

/* --- in --- */

/* Take out our headers, and make that right in the copy `in' of the IPv6
 * header, which goes back into the packet. */
static __always_inline int
ro_shrink(struct __sk_buff *skb, const struct ro_in *r, struct ip6 *in)
{
	if (r->cut &&
	    bpf_skb_adjust_room(skb, -(__s32)r->cut, BPF_ADJ_ROOM_NET,
				BPF_F_ADJ_ROOM_FIXED_GSO |
				BPF_F_ADJ_ROOM_NO_CSUM_RESET))
		return -1;
	if (r->from == IP6_LEN)
		in->next = r->next;
	in->plen = bpf_htons(bpf_ntohs(in->plen) - r->cut);
	words_copy(in->src, r->src);
	words_copy(in->dst, r->dst);
	return (int)bpf_skb_store_bytes(skb, OFF_IP6, in, sizeof(*in),
					BPF_F_RECOMPUTE_CSUM);
}

/* The same with headers in front of ours, which move, or an option that is
 * to be overwritten. */
__noinline int
ro_restore(struct __sk_buff *skb, const struct ro_in *r, struct ip6 *in)
{
	/* Linux takes no more than 7 octets of padding for padding */
	static const __u8 nothing[2 + HOME_LEN] = { OPT_NOTHING, HOME_LEN };
	__u32 before, at, zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&pm_scratch, &zero);
	__u8 pad[2 + HOME_LEN];

	if (!s || !r || !in)
		return -1;
	before = r->from - IP6_LEN;
	at = r->prev - IP6_LEN;
	__builtin_memcpy(pad, nothing, sizeof(pad));
	if (r->pad && bpf_skb_store_bytes(skb, OFF_IP6 + r->pad, pad,
					  sizeof(pad), BPF_F_RECOMPUTE_CSUM))
		return -1;
	if (!r->cut)
		before = 0;
	if (before &&
	    (!before_load(skb, OFF_IP6 + IP6_LEN, s, before) ||
	     !before_name(s, at, r->next)))
		return -1;
	if (ro_shrink(skb, r, in))
		return -1;
	return before && !before_store(skb, OFF_IP6 + IP6_LEN, s, before,
				       BPF_F_RECOMPUTE_CSUM) ? -1 : 0;
}

/* Is what the packet at `base' says true?  The paths that say so in *m. */
static __always_inline bool
ro_believe(const struct ip6 *in, const struct ro_in *r, struct ro_flows *m)
{
	if (is_multicast(r->src) || is_linklocal(r->src) ||
	    is_unspec(r->src) || is_multicast(r->dst) ||
	    is_linklocal(r->dst))
		return false;
	words_copy(m->a, r->dst);
	words_copy(m->b, r->src);
	words_copy(m->far, in->src);
	m->want_home = r->rh;
	m->want_peer = r->hao;
	ro_flows(m);
	return (!r->rh || m->is_home) && (!r->hao || m->peer);
}

/*
 * The packet at `base', which is for us, may be one of these.  1: it is, and *ret says how it
 * is to be restored; otherwise it is somebody else's to judge.
 */
__noinline int
ro_check(struct __sk_buff *skb, __u32 base, struct ro_in *ret)
{
	struct ro_flows m = { 0 };
	struct ip6 in;

	if (!ret || bpf_skb_load_bytes(skb, base, &in, sizeof(in)))
		return 0;
	if (!(base == OFF_IP6 && ro_parse_plain(skb, ret)) &&
	    !ro_parse(skb, base, &in, ret))
		return 0;
	if ((ret->cut && ret->from - IP6_LEN > BEFORE_MAX) ||
	    !ro_believe(&in, ret, &m)) {
		count(PM_RO_LEFT, skb->len - base);
		return 0;
	}
	count(PM_RO_IN, skb->len - base - ret->cut);
	if (m.own)
		count_in(m.own, skb->len - base - ret->cut);
	if (m.peer && m.peer != m.own)
		count_in(m.peer, skb->len - base - ret->cut);
	return 1;
}

/* Restore what ro_check() approved of, and let it in. */
static __noinline int
ro_enter(struct __sk_buff *skb, struct ro_in *r)
{
	struct pm_config *cfg = config_get();
	struct ip6 in;

	if (!cfg || bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)) ||
	    (r->from == IP6_LEN && !r->pad ? ro_shrink(skb, r, &in) :
					     ro_restore(skb, r, &in)))
		return drop(skb, PM_DROP_MALFORMED);
	return cfg->flags & PM_FAST_PATH ? TC_ACT_UNSPEC :
					   into_device(skb, cfg);
}

/* Of a packet for us with an Ethernet header. */
__noinline int
ro_take(struct __sk_buff *skb)
{
	struct ro_in r = { 0 };

	return ro_check(skb, OFF_IP6, &r) ? ro_enter(skb, &r) :
					    TC_ACT_UNSPEC;
}

/* A packet with extension headers, on an interface or in the device.  First
 * it is asked whether it is for us: to a router most are not. */
static __always_inline int ro_in(struct __sk_buff *skb, const struct ip6 *in)
{
	return is_own(skb, in->dst) ? ro_take(skb) : TC_ACT_UNSPEC;
}

/* --- out --- */

struct ro_out {
	__u32	src[4], dst[4];		/* on the wire */
	__u32	at;			/* where in the packet ours go */
	__u32	l4;			/* where the transport header is */
	__u32	over;			/* their length */
	__u32	peer;			/* path of the binding used beside */
	__u8	next;			/* the header that follows them */
	__u8	proto;
	__u8	hao, rh;
};

/*
 * RFC 6275 section 6.3: behind the hop-by-hop options, before everything
 * else; a packet with a routing header of its own is left alone.  So are
 * Neighbor Discovery (section 9.3.2), AH, and Mobility Headers and prefix
 * discovery, which whoever sends them makes as they shall be.
 */
__noinline int
ro_place(struct __sk_buff *skb, const struct ip6 *in, struct ro_out *o)
{
	__u32 off = IP6_LEN;
	__u8 next, b[2];

	if (!in || !o)
		return 0;
	next = in->next;
	o->at = IP6_LEN;
	o->next = next;
	for (__u32 i = 0; i < CHAIN_MAX; i++) {
		o->l4 = off;
		o->proto = next;
		if (next == NEXT_ROUTING || next == NEXT_MOBILITY ||
		    next == NEXT_AH || (next == NEXT_HOPOPTS && i))
			return 0;
		if (next == NEXT_ICMPV6)
			return !bpf_skb_load_bytes(skb, OFF_IP6 + off, b, 1) &&
			       (b[0] < ND_FIRST || b[0] > ND_LAST) &&
			       !is_discovery(b[0]);
		if (next != NEXT_HOPOPTS && next != NEXT_DSTOPTS &&
		    next != NEXT_FRAGMENT)
			return 1;
		if (bpf_skb_load_bytes(skb, OFF_IP6 + off, b, sizeof(b)))
			return 0;
		if (next == NEXT_FRAGMENT)
			return b[0] != NEXT_ROUTING && b[0] != NEXT_AH &&
			       b[0] != NEXT_MOBILITY;
		off += (b[1] + 1) * 8;
		if (next == NEXT_HOPOPTS) {
			o->at = off;
			o->next = b[0];
		}
		next = b[0];
	}
	return 0;
}

/* As segment_len(), behind extension headers. */
static __always_inline __u32
ro_len(struct __sk_buff *skb, const struct ro_out *o, const struct ip6 *in)
{
	__u32 gso = skb->gso_size;
	__u8 doff = 0;

	if (!gso)
		return IP6_LEN + bpf_ntohs(in->plen) + o->over;
	if (o->proto == NEXT_UDP)
		return o->l4 + 8 + gso + o->over;
	if (o->proto == NEXT_TCP)
		bpf_skb_load_bytes(skb, OFF_IP6 + o->l4 + 12, &doff, 1);
	return o->l4 + (doff >> 4) * 4 + gso + o->over;
}

/* Its destination is a home address that its source has a binding of, as a
 * correspondent (RFC 6275 9.1): then it goes to the care-of address as well.  (A
 * program of its own, for the sake of the stack.) */
static __noinline void ro_to_mobile(const struct ip6 *in, struct ro_out *o)
{
	struct pm_config *cfg = config_get();
	struct pm_flow2_key k = { 0 };
	struct pm_flow *f;
	struct pm_path *p;

	if (!cfg)
		return;
	k.shape = cfg->shapes[cfg->active & 1].cn;
	if (!k.shape)
		return;
	words_copy(k.src, in->src);
	words_copy(k.dst, in->dst);
	f = bpf_map_lookup_elem(&pm_flow2, &k);
	p = f && f->action == PM_PATH ? path_of(f) : NULL;
	if (!p || p->kind != PM_MIP6_CN)
		return;
	flow_mark(f);
	o->peer = f->path;
	words_copy(o->dst, p->remote);
	o->rh = 1;
	o->over = 2 * RO_LEN;
}

/* Which headers, and to where. */
static __always_inline void
ro_plan(const struct pm_path *p, const struct ip6 *in, struct ro_out *o)
{
	bool mobile = p->kind == PM_MIP6_MN;

	words_copy(o->src, in->src);
	words_copy(o->dst, in->dst);
	if (p->kind == PM_IP6IP6)	/* to its far end, or from its near */
		mobile = words_eq(p->remote, in->dst);
	if (!mobile) {
		words_copy(o->dst, p->remote);
		o->rh = 1;
		o->over = RO_LEN;
		return;
	}
	words_copy(o->src, p->local);
	o->hao = 1;
	o->over = RO_LEN;
	ro_to_mobile(in, o);
}

/* The routing header, and the option, as they are on the wire. */
static __always_inline void
ro_write_rh(struct ro_header *h, const struct ro_out *o, const struct ip6 *in)
{
	*h = (struct ro_header){
		.next = o->hao ? NEXT_DSTOPTS : o->next,
		.len = 2,
		.b = { RH_TYPE2, 1 },
	};
	words_copy(h->addr, in->dst);
}

static __always_inline void
ro_write_hao(struct ro_header *h, const struct ro_out *o,
	     const struct ip6 *in)
{
	*h = (struct ro_header){
		.next = o->next,
		.len = 2,
		.b = { OPT_PADN, 2, 0, 0, OPT_HOME, HOME_LEN },
	};
	words_copy(h->addr, in->src);
}

/* The IPv6 header `in' as it is on the wire. */
static __always_inline void
ro_write_ip6(struct ip6 *h, const struct ro_out *o, const struct ip6 *in)
{
	h->word0 = in->word0;
	h->plen = bpf_htons(bpf_ntohs(in->plen) + o->over);
	h->next = o->at > IP6_LEN ? in->next :
		  o->rh ? NEXT_ROUTING : NEXT_DSTOPTS;
	h->hlim = in->hlim;
	words_copy(h->src, o->src);
	words_copy(h->dst, o->dst);
}

static __always_inline long
ro_grow(struct __sk_buff *skb, const struct ro_out *o)
{
	return bpf_skb_adjust_room(skb, o->over, BPF_ADJ_ROOM_NET,
				   BPF_F_ADJ_ROOM_FIXED_GSO |
				   BPF_F_ADJ_ROOM_NO_CSUM_RESET);
}

/* Put them in behind the IPv6 header: nearly always. */
static __always_inline int
ro_push_first(struct __sk_buff *skb, const struct ro_out *o,
	      const struct ip6 *in)
{
	struct ro_header *h;
	void *data;

	if (ro_grow(skb, o))
		return -1;
	data = head_get(skb, OFF_IP6 + IP6_LEN + RO_LEN);
	if (!data)
		return -1;
	ro_write_ip6(data + OFF_IP6, o, in);
	h = data + OFF_IP6 + IP6_LEN;
	if (!o->hao || !o->rh) {
		if (o->rh)
			ro_write_rh(h, o, in);
		else
			ro_write_hao(h, o, in);
		return 0;
	}
	data = head_get(skb, OFF_IP6 + IP6_LEN + 2 * RO_LEN);
	if (!data)
		return -1;
	h = data + OFF_IP6 + IP6_LEN;
	ro_write_rh(h, o, in);
	ro_write_hao(h + 1, o, in);
	return 0;
}

/* The same behind hop-by-hop options, which change their place. */
__noinline int
ro_push_behind(struct __sk_buff *skb, const struct ro_out *o,
	       const struct ip6 *in)
{
	struct ro_header h[2] = { 0 };
	__u32 before, zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&pm_scratch, &zero);
	struct ip6 out;

	if (!s || !o || !in)
		return -1;
	before = o->at - IP6_LEN;
	if (!before_load(skb, OFF_IP6 + IP6_LEN, s, before) ||
	    !before_name(s, 0, o->rh ? NEXT_ROUTING : NEXT_DSTOPTS))
		return -1;
	if (o->rh)
		ro_write_rh(&h[0], o, in);
	if (o->hao)
		ro_write_hao(o->rh ? &h[1] : &h[0], o, in);
	ro_write_ip6(&out, o, in);
	if (ro_grow(skb, o) ||
	    !before_store(skb, OFF_IP6 + IP6_LEN, s, before, 0) ||
	    bpf_skb_store_bytes(skb, OFF_IP6 + o->at, h,
				o->over == RO_LEN ? RO_LEN : 2 * RO_LEN, 0))
		return -1;
	return (int)bpf_skb_store_bytes(skb, OFF_IP6, &out, sizeof(out), 0);
}

static __always_inline int
ro_push(struct __sk_buff *skb, const struct ro_out *o, const struct ip6 *in)
{
	if (bpf_ntohs(in->plen) + o->over > 0xffff)
		return -1;
	return o->at == IP6_LEN ? ro_push_first(skb, o, in) :
				  ro_push_behind(skb, o, in);
}

/* Which address of ours an error about `in' comes from. */
static __always_inline const __u32 *
ro_near(const struct pm_path *p, const struct ip6 *in)
{
	return is_unspec(p->local) ? in->src : p->local;
}

/* route_find() for it, on a stack of its own. */
static __noinline long
ro_route(struct __sk_buff *skb, const struct ro_out *o, __u32 len,
	 struct route **ret_r)
{
	struct pm_config *cfg = config_get();

	return cfg ? route_find(skb, cfg->ifindex, o->src, o->dst, len,
				ret_r) : BPF_FIB_LKUP_RET_BLACKHOLE;
}

/*
 * The packet in `skb', which belongs to path `id': with the headers of RFC
 * 6275, unless it is one that must not have them (RO_NOT).
 */
__noinline int
ro_out(struct __sk_buff *skb, __u32 id)
{
	struct pm_path *p = bpf_map_lookup_elem(&pm_paths, &id);
	__u32 len, mtu, bytes = skb->len - ETH_HLEN;
	struct pm_config *cfg = config_get();
	struct ro_out o = { 0 };
	struct route *r = NULL;
	struct ip6 in;
	long ret;

	if (!cfg || !p || bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)))
		return TC_ACT_SHOT;
	if (in.next == NEXT_TCP || in.next == NEXT_UDP) {
		o.at = o.l4 = IP6_LEN;	/* ro_place() says so, too */
		o.next = o.proto = in.next;
	} else if (!ro_place(skb, &in, &o) || o.at - IP6_LEN > BEFORE_MAX) {
		return RO_NOT;
	}
	ro_plan(p, &in, &o);
	len = ro_len(skb, &o, &in);
	mtu = path_mtu(p);
	if (mtu && len > mtu)
		return too_big(skb, ro_near(p, &in), len, mtu, o.over);
	ret = ro_route(skb, &o, len, &r);
	if (ret == BPF_FIB_LKUP_RET_FRAG_NEEDED && r)
		return too_big(skb, ro_near(p, &in), len, r->mtu, o.over);
	if (ret == BPF_FIB_LKUP_RET_FWD_DISABLED)
		tell(PM_EV_FORWARDING, 0, p->kind, p->local, p->remote);
	if (!r || (ret != BPF_FIB_LKUP_RET_SUCCESS &&
		   ret != BPF_FIB_LKUP_RET_NO_NEIGH))
		return drop(skb, PM_DROP_NO_ROUTE);
	if (r->ifindex == cfg->ifindex)
		return o.hao ? drop(skb, PM_DROP_LOOP) : RO_TUNNEL;
	if (ro_push(skb, &o, &in))
		return drop(skb, PM_DROP_ENCAP);
	count(PM_RO_OUT, bytes);
	count_out(id, bytes);
	if (o.peer)
		count_out(o.peer, bytes);
	return send_out(r, ret);
}

static __noinline long
ro_outer(struct __sk_buff *skb, const struct pm_path *p, __u32 len,
	 struct route **ret_r)
{
	struct pm_config *cfg = config_get();

	return cfg ? outer_route(skb, cfg, p, len, ret_r) :
		     BPF_FIB_LKUP_RET_BLACKHOLE;
}

/* What a packet would be too long for, and who says so. */
struct ro_limit {
	__u32	len, mtu, src[4];
};

/* Parts of ro_nested(), so that their stacks do not add up.  0: it fits. */
static __noinline int
ro_nest_limit(struct __sk_buff *skb, const struct ip6 *in,
	      struct ro_limit *ret)
{
	struct pm_config *cfg = config_get();
	struct ro_out o = { .l4 = IP6_LEN, .over = RO_LEN + IP6_LEN,
			    .proto = in->next };
	struct route *r = NULL;
	struct pm_flow *f = cfg ? flow_tunnel(cfg, in->src, in->dst, false) :
				  NULL;
	struct pm_path *p = f && f->action == PM_PATH ? path_of(f) : NULL;

	if (!p)
		return RO_TUNNEL;
	ret->len = ro_len(skb, &o, in);
	ret->mtu = path_mtu(p);
	words_copy(ret->src, p->local);
	if (ret->mtu && ret->len > ret->mtu)
		return RO_NOT;
	if (ro_outer(skb, p, ret->len, &r) == BPF_FIB_LKUP_RET_FRAG_NEEDED &&
	    r) {
		ret->mtu = r->mtu;
		return RO_NOT;
	}
	if (f->flags & PM_FLOW_WATCH)
		watch_count(skb, in->src, in->dst);
	return 0;
}

static __noinline int
ro_nest_push(struct __sk_buff *skb, __u32 id, const struct ip6 *in)
{
	struct pm_path *p = bpf_map_lookup_elem(&pm_paths, &id);
	struct ro_out o = { .at = IP6_LEN, .rh = 1, .over = RO_LEN,
			    .next = in->next };

	if (!p || bpf_ntohs(in->plen) + RO_LEN > 0xffff)
		return drop(skb, PM_DROP_ENCAP);
	words_copy(o.src, in->src);
	words_copy(o.dst, p->remote);
	if (ro_push_first(skb, &o, in))
		return drop(skb, PM_DROP_ENCAP);
	count_out(id, skb->len - ETH_HLEN - RO_LEN);
	return RO_TUNNEL;
}

/*
 * A packet to a mobile whose binding `id' we have, from a home address of ours
 * that it has no binding of: with a routing header, through our own tunnel
 * (RFC 6275 sections 9.3.2 and 11.3.1), and so past its home agent at least.
 * The tunnel takes what fits; that is asked here, where the packet still is
 * what its sender knows.  One with headers of its own goes without.
 * RO_TUNNEL: the tunnel may have it.
 */
static __noinline int
ro_nested(struct __sk_buff *skb, __u32 id)
{
	struct ro_limit m = { 0 };
	struct ip6 in;
	int ret;

	if (bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)))
		return TC_ACT_SHOT;
	if (in.next != NEXT_TCP && in.next != NEXT_UDP &&
	    in.next != NEXT_ICMPV6)
		return RO_TUNNEL;
	ret = ro_nest_limit(skb, &in, &m);
	if (ret == RO_NOT)
		return too_big(skb, m.src, m.len, m.mtu, RO_LEN + IP6_LEN);
	return ret ? ret : ro_nest_push(skb, id, &in);
}

/* Is the packet `in' of flow `f' to have them? */
static __always_inline bool
ro_wanted(const struct pm_flow *f, const struct pm_path *p,
	  const struct ip6 *in)
{
	if (p->kind != PM_IP6IP6)
		return true;
	return (f->flags & PM_FLOW_TO_END && words_eq(p->remote, in->dst)) ||
	       (f->flags & PM_FLOW_FROM_END && words_eq(p->local, in->src));
}

/* RO_NOT, and no tunnel either; or another address of ours has the binding: as
 * if there were none. */
__noinline int
ro_plain(struct __sk_buff *skb)
{
	struct pm_config *cfg = config_get();
	struct route *r = NULL;
	struct ip6 in;
	long ret;

	if (!cfg || bpf_skb_load_bytes(skb, OFF_IP6, &in, sizeof(in)))
		return TC_ACT_SHOT;
	ret = route_find(skb, cfg->ifindex, in.src, in.dst,
			 IP6_LEN + bpf_ntohs(in.plen), &r);
	if (ret == BPF_FIB_LKUP_RET_FRAG_NEEDED && r)
		return too_big(skb, in.src, IP6_LEN + bpf_ntohs(in.plen),
			       r->mtu, 0);
	if (!r || (ret != BPF_FIB_LKUP_RET_SUCCESS &&
		   ret != BPF_FIB_LKUP_RET_NO_NEIGH))
		return drop(skb, PM_DROP_NO_ROUTE);
	if (r->ifindex == cfg->ifindex)
		return drop(skb, PM_DROP_LOOP);
	/* Not as send_out() does for a neighbour that is not known: the route
	 * that the kernel would look for is the one that led here.  So it is
	 * asked for, and this packet may be lost; the next one is not. */
	return send_out(r, BPF_FIB_LKUP_RET_SUCCESS);
}

#endif
