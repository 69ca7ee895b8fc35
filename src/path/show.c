/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show.c - counters as records: the totals first, then a path each.
 */
#include "path/private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>

static const char *const stat_name[PM_STATS] = {
	[PM_OUT] = "out",
	[PM_IN] = "in",
	[PM_FAST_OUT] = "fast-out",
	[PM_FAST_IN] = "fast-in",
	[PM_HELD] = "held",
	[PM_ERROR] = "errors-sent",
	[PM_RELAY] = "errors-relayed",
	[PM_DROP_SCOPE] = "drop-scope",
	[PM_DROP_NO_FLOW] = "drop-no-flow",
	[PM_DROP_NO_PATH] = "drop-no-path",
	[PM_DROP_BLOCKED] = "drop-blocked",
	[PM_DROP_TOO_BIG] = "drop-too-big",
	[PM_DROP_NO_ROUTE] = "drop-no-route",
	[PM_DROP_LOOP] = "drop-loop",
	[PM_DROP_ENCAP] = "drop-encap",
	[PM_DROP_OUTER_SOURCE] = "drop-outer-source",
	[PM_DROP_INNER_SOURCE] = "drop-inner-source",
	[PM_DROP_MALFORMED] = "drop-malformed",
	[PM_DROP_ECN] = "drop-ecn",
	[PM_DROP_HOLD_FULL] = "drop-hold-full",
	[PM_DROP_HOLD_EXPIRED] = "drop-hold-expired",
	[PM_DROP_UNTUNNELLED] = "drop-untunnelled",
	[PM_DROP_ICMP] = "drop-icmp",
	[PM_FRAGMENTED] = "fragmented",
	[PM_REASSEMBLED] = "reassembled",
	[PM_RO_OUT] = "optimized-out",
	[PM_RO_IN] = "optimized-in",
	[PM_RO_LEFT] = "optimized-left",
	[PM_DROP_ACCESS] = "drop-access",
};

/* All processors' counts of one kind together. */
static void show_stat(const struct path *p, uint32_t what, int cpus,
		      struct pm_count *v, struct record_sink *sink)
{
	struct pm_count sum = { .packets = p->extra[what] };
	struct record r;

	if (bpf_map_lookup_elem(p->map[MAP_STATS], &what, v))
		return;
	for (int i = 0; i < cpus; i++) {
		sum.packets += v[i].packets;
		sum.bytes += v[i].bytes;
	}
	if (!sum.packets && what > PM_IN)
		return;
	record_init(&r, "data");
	record_str(&r, "kind", stat_name[what]);
	record_uint(&r, "packets", sum.packets);
	record_uint(&r, "bytes", sum.bytes);
	sink->put(sink, &r);
}

static void show_stats(const struct path *p, struct record_sink *sink)
{
	int cpus = libbpf_num_possible_cpus();
	struct pm_count *v = cpus > 0 ? calloc((size_t)cpus, sizeof(*v)) : NULL;

	for (uint32_t i = 0; v && i < PM_STATS; i++)
		show_stat(p, i, cpus, v, sink);
	free(v);
}

static const char *const kind_name[] = {
	[PM_IP6IP6] = "tunnel",
	[PM_MIP6_MN] = "mobile",
	[PM_MIP6_CN] = "correspondent",
};

static void count_add(struct pm_count *sum, const struct pm_count *c)
{
	sum->packets += c->packets;
	sum->bytes += c->bytes;
}

/* A path's count, with what processors have not added to it yet.  One that
 * does so in the meantime makes us look again: nothing counts twice. */
static struct pm_path_count
count_of(const struct path *p, uint32_t id, int cpus, struct pm_tally *v)
{
	uint32_t slot = id % PM_TALLIES;
	struct pm_path_count was, sum;
	int tries = 8;
	bool turning;

	do {
		was = sum = p->counts[id];
		turning = false;
		if (!v || bpf_map_lookup_elem(p->map[MAP_TALLY], &slot, v))
			break;
		for (int i = 0; i < cpus; i++) {
			turning |= !v[i].tick && v[i].path;
			if (v[i].path != id || v[i].tag != p->paths[id].tag)
				continue;
			count_add(&sum.out, &v[i].n.out);
			count_add(&sum.in, &v[i].n.in);
		}
	} while ((turning || memcmp(&was, &p->counts[id], sizeof(was)) != 0) &&
		 --tries);
	return sum;
}

static void show_path(const struct path *p, uint32_t id, int cpus,
		      struct pm_tally *tally, struct record_sink *sink)
{
	const struct pm_path_count c = count_of(p, id, cpus, tally);
	const struct pm_path v = p->paths[id];
	struct in6_addr local, remote;
	struct record r;

	if (!v.used)
		return;
	memcpy(&local, v.local, sizeof(local));
	memcpy(&remote, v.remote, sizeof(remote));
	record_init(&r, "path");
	record_addr(&r, "local", &local);
	record_addr(&r, "remote", &remote);
	record_uint(&r, "mtu", v.learned ? v.learned : v.mtu);
	record_uint(&r, "out-packets", c.out.packets);
	record_uint(&r, "out-bytes", c.out.bytes);
	record_uint(&r, "in-packets", c.in.packets);
	record_uint(&r, "in-bytes", c.in.bytes);
	if (v.kind < sizeof(kind_name) / sizeof(*kind_name))
		record_str(&r, "kind", kind_name[v.kind]);
	sink->put(sink, &r);
}

#define AT_ONCE	64

/* *pos is 0 at first, then an index into the paths; false at the end. */
bool path_show(const struct path *p, size_t *pos, struct record_sink *sink)
{
	int cpus = libbpf_num_possible_cpus();
	struct pm_tally *tally;
	uint32_t id = (uint32_t)*pos;

	if (!id) {
		show_stats(p, sink);
		id = 1;
	}
	tally = cpus > 0 ? calloc((size_t)cpus, sizeof(*tally)) : NULL;
	for (int i = 0; i < AT_ONCE && id < p->next_id; i++)
		show_path(p, id++, cpus, tally, sink);
	free(tally);
	*pos = id;
	return id < p->next_id;
}
