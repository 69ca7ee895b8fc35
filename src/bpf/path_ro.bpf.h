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
 *     the care-of address that the packet came from.  In front of ESP no
 *     binding is needed (section 9.3.1).
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

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_alive);
} pm_alive SEC(".maps");

/* Is there nobody any more who would end a binding (alive.c)? */
static __noinline bool ro_orphan(void)
{
	__u32 zero = 0;
	struct pm_alive *a = bpf_map_lookup_elem(&pm_alive, &zero);

	/* (the clock that it was written by may be a second ahead of this) */
	return a && (__s32)(now_s() - a->at) > (__s32)a->orphan;
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
	__u8	esp;			/* what follows the option's header is ESP */
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
	r->esp = b[0] == NEXT_ESP;
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
	__u8	behind;			/* a Fragment header */
	__u8	zero;
};

/*
 * Ours stand before a Fragment header (RFC 6275 sections 6.3 and 6.4), and what
 * is behind it only says whose packet it is.  In the first fragment that is to
 * be seen, however many options are in front; the others are worth nothing
 * without it.
 */
static __always_inline int
ro_fragment(struct __sk_buff *skb, struct ro_walk *w)
{
	__u8 b[8];

	if (w->behind ||
	    bpf_skb_load_bytes(skb, w->base + w->off, b, sizeof(b)) ||
	    b[0] == NEXT_MOBILITY || b[0] == NEXT_AH)
		return -1;
	w->next = b[0];
	w->off += sizeof(b);
	w->first = 0;
	w->behind = 1;
	return !b[2] && !(b[3] & 0xf8);
}

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
		       is_discovery(b[0]) ? -1 : 0;
	if (w->next == NEXT_FRAGMENT)
		return ro_fragment(skb, w);
	if (w->next == NEXT_MOBILITY || w->next == NEXT_AH)
		return -1;
	/* RFC 8200 section 4.1; without ours it might be the first */
	if (w->next == NEXT_HOPOPTS && !w->first)
		return -1;
	if (w->next != NEXT_DSTOPTS && w->next != NEXT_ROUTING &&
	    w->next != NEXT_HOPOPTS)
		return 0;
	if (bpf_skb_load_bytes(skb, w->base + w->off, b, sizeof(b)))
		return -1;
	len = (b[1] + 1) * 8;
	cut = r->cut;
	if (w->next == NEXT_DSTOPTS && !w->behind &&
	    !ro_options(skb, w->base, w->off, b, w->prev, r))
		return -1;
	if (w->next == NEXT_ROUTING &&
	    (w->behind || !ro_routing(skb, w->base, w->off, b, w->prev, r)))
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
		r->esp = r->next == NEXT_ESP;
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
	    ((p->kind == PM_MIP6_CN && !ro_orphan()) ||
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

#endif
