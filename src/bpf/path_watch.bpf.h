/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_watch.bpf.h - which pairs of addresses have traffic in a tunnel.
 *
 * Whoever could use the direct way wants to know when it is worth the
 * trouble: so many packets in so much time.  The pairs are counted in a
 * table of fixed size that forgets the one that was quiet longest; a peer
 * that makes up sources pushes out others, and no more.
 */
#ifndef MIP6D_BPF_PATH_WATCH_BPF_H
#define MIP6D_BPF_PATH_WATCH_BPF_H

#include "bpf/path.bpf.h"

/* Events of this kind, at most so many a second and processor. */
#define WATCH_RATE	64

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pm_watch);
} pm_watch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, struct pm_pair_key);
	__type(value, struct pm_pair);
} pm_pairs SEC(".maps");

/* How many were told in this second. */
struct watched {
	__u64	second, n;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct watched);
} pm_watched SEC(".maps");

static __always_inline bool watch_allowed(__u64 now)
{
	__u32 zero = 0;
	struct watched *w = bpf_map_lookup_elem(&pm_watched, &zero);
	__u64 second = now / 1000000000ULL;

	if (!w)
		return false;
	if (w->second != second) {
		w->second = second;
		w->n = 0;
	}
	return w->n++ < WATCH_RATE;
}

static __always_inline void
watch_tell(const struct pm_pair_key *k, struct pm_pair *v, __u64 now)
{
	struct pm_event ev = {
		.kind = PM_EV_TRAFFIC,
		.value = v->packets,
		.bytes = v->bytes,
	};

	if (!watch_allowed(now))
		return;
	words_copy(ev.local, k->home);
	words_copy(ev.remote, k->peer);
	if (!bpf_ringbuf_output(&pm_events, &ev, sizeof(ev), 0))
		v->told = now;
}

/* A packet between `home' and `peer' passes the tunnel. */
static __noinline int
watch_count(struct __sk_buff *skb, const __u32 home[4], const __u32 peer[4])
{
	__u32 zero = 0, n = skb->gso_segs ? skb->gso_segs : 1;
	struct pm_watch *w = bpf_map_lookup_elem(&pm_watch, &zero);
	__u64 now = bpf_ktime_get_coarse_ns();
	struct pm_pair_key k;
	struct pm_pair *v;

	if (!w || !w->packets)
		return 0;
	words_copy(k.home, home);
	words_copy(k.peer, peer);
	v = bpf_map_lookup_elem(&pm_pairs, &k);
	if (!v) {
		struct pm_pair fresh = { .since = now };

		bpf_map_update_elem(&pm_pairs, &k, &fresh, BPF_NOEXIST);
		v = bpf_map_lookup_elem(&pm_pairs, &k);
		if (!v)
			return 0;
	}
	if (now - v->since > w->within) {
		v->since = now;
		v->packets = v->bytes = 0;
	}
	v->packets += n;
	v->bytes += skb->len - ETH_HLEN;
	if (v->packets >= w->packets &&
	    (!v->told || now - v->told >= w->again))
		watch_tell(&k, v, now);
	return 0;
}

#endif
