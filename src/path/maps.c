/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * maps.c - eBPF programs and maps.
 *
 * Programs hang on tc filters, and maps on programs: both outlive us.  The
 * next process finds the filter on the path device's egress, asks it for
 * its program, the program for its maps, and goes on with these.  The
 * programs themselves it loads anew, over the old maps, and puts in the
 * place of the old ones, which tc does in one step between two packets: so
 * a restart is an upgrade, too.  Maps that are too small now, or laid out
 * otherwise, are replaced; what they hold is copied when it can be.
 */
#include "path/private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* made by bpftool, to other rules than ours */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#include "bpf/path.skel.h"
#pragma GCC diagnostic pop

/* Ours among tc's filters. */
#define FILTER_PRIORITY	6275
#define FILTER_HANDLE	0x6d697036

static const char *const map_name[MAPS] = {
	[MAP_CONFIG] = "pm_config",
	[MAP_FLOW1] = "pm_flow1",
	[MAP_FLOW2] = "pm_flow2",
	[MAP_ACCESS] = "pm_access",
	[MAP_PATHS] = "pm_paths",
	[MAP_COUNTS] = "pm_counts",
	[MAP_LOCALS] = "pm_locals",
	[MAP_LINKS] = "pm_links",
	[MAP_STATS] = "pm_stats",
	[MAP_SCRATCH] = "pm_scratch",
	[MAP_ROUTES] = "pm_routes",
	[MAP_EVENTS] = "pm_events",
	[MAP_WATCH] = "pm_watch",
	[MAP_PAIRS] = "pm_pairs",
	[MAP_TALLY] = "pm_tally",
	[MAP_ALIVE] = "pm_alive",
};

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void fds_close(int fd[MAPS])
{
	for (int i = 0; i < MAPS; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

/* --- tc --- */

int filter_set(uint32_t ifindex, bool egress, int prog, bool *ret_qdisc)
{
	DECLARE_LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
			    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog,
			    .handle = FILTER_HANDLE,
			    .priority = FILTER_PRIORITY,
			    .flags = BPF_TC_F_REPLACE);
	int err = bpf_tc_hook_create(&hook);

	if (err && err != -EEXIST)
		return err;
	*ret_qdisc = !err;
	hook.attach_point = egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;
	return bpf_tc_attach(&hook, &opts);
}

int filter_del(uint32_t ifindex, bool egress)
{
	DECLARE_LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
			    .attach_point = egress ? BPF_TC_EGRESS :
						     BPF_TC_INGRESS);
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .handle = FILTER_HANDLE,
			    .priority = FILTER_PRIORITY);

	return bpf_tc_detach(&hook, &opts);
}

/* The program of our filter there, when its name begins so; 0: none. */
uint32_t filter_get(uint32_t ifindex, bool egress, const char *prog_name)
{
	DECLARE_LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
			    .attach_point = egress ? BPF_TC_EGRESS :
						     BPF_TC_INGRESS);
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .handle = FILTER_HANDLE,
			    .priority = FILTER_PRIORITY);
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	bool ours;
	int fd;

	if (bpf_tc_query(&hook, &opts))
		return 0;
	fd = bpf_prog_get_fd_by_id(opts.prog_id);
	if (fd < 0)
		return 0;
	ours = !bpf_obj_get_info_by_fd(fd, &info, &len) &&
	       !strncmp(info.name, prog_name, strlen(prog_name));
	close(fd);
	return ours ? opts.prog_id : 0;
}

/* Remove the clsact qdisc if nobody uses it. */
void qdisc_del(struct nl_sock *nl, uint32_t ifindex)
{
	DECLARE_LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
			    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	if (rtnl_has_filters(nl, ifindex) == 0)
		bpf_tc_hook_destroy(&hook);
}

/* --- finding --- */

static int map_number(const char *name)
{
	for (int i = 0; i < MAPS; i++)
		if (!strcmp(name, map_name[i]))
			return i;
	return -1;
}

int maps_of_program(uint32_t prog_id, int ret[MAPS])
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info), id[2 * MAPS];
	struct bpf_map_info mi;
	int fd = bpf_prog_get_fd_by_id(prog_id), err;

	if (fd < 0)
		return fd;
	info.nr_map_ids = COUNT(id);
	info.map_ids = (uintptr_t)id;
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	for (uint32_t i = 0; !err && i < info.nr_map_ids && i < COUNT(id);
	     i++) {
		int n, map = bpf_map_get_fd_by_id(id[i]);

		if (map < 0)
			continue;
		mi = (struct bpf_map_info){ 0 };
		len = sizeof(mi);
		n = bpf_obj_get_info_by_fd(map, &mi, &len) ? -1 :
		    map_number(mi.name);
		if (n < 0 || ret[n] >= 0)
			close(map);
		else
			ret[n] = map;
	}
	return err;
}

static bool layout_fits(int fd)
{
	struct pm_config c;
	uint32_t zero = 0;

	return fd >= 0 && bpf_map_lookup_elem(fd, &zero, &c) == 0 &&
	       c.layout == PM_LAYOUT;
}

/* Is the old map as the new one would be, and large enough? */
static bool map_fits(int fd, const struct bpf_map *map)
{
	struct bpf_map_info mi = { 0 };
	uint32_t len = sizeof(mi);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &mi, &len) &&
	       mi.type == bpf_map__type(map) &&
	       mi.key_size == bpf_map__key_size(map) &&
	       mi.value_size == bpf_map__value_size(map) &&
	       mi.map_flags == bpf_map__map_flags(map) &&
	       mi.max_entries >= bpf_map__max_entries(map);
}

/* --- copying --- */

#define BATCH	4096

int maps_each(int fd, size_t key_len, size_t value_len,
	      int (*fn)(void *, const void *key, const void *value), void *arg)
{
	uint8_t *keys = malloc(BATCH * key_len);
	uint8_t *values = malloc(BATCH * value_len);
	uint64_t in = 0, out = 0;
	bool first = true;
	int err = keys && values ? 0 : -ENOMEM;

	while (!err) {
		uint32_t n = BATCH;
		int more = bpf_map_lookup_batch(fd, first ? NULL : &in, &out,
						keys, values, &n, NULL);

		if (more && more != -ENOENT) {
			err = more;
			break;
		}
		for (uint32_t i = 0; i < n && !err; i++)
			err = fn(arg, keys + i * key_len,
				 values + i * value_len);
		if (more)
			break;
		in = out;
		first = false;
	}
	free(keys);
	free(values);
	return err;
}

static int copy_one(void *arg, const void *key, const void *value)
{
	return bpf_map_update_elem(*(int *)arg, key, value, BPF_ANY);
}

static int map_copy(int from, int to)
{
	struct bpf_map_info mi = { 0 };
	uint32_t len = sizeof(mi);
	int err = bpf_obj_get_info_by_fd(from, &mi, &len);

	return err ? err : maps_each(from, mi.key_size, mi.value_size,
				     copy_one, &to);
}

/* --- loading --- */

static void
maps_size(struct path *p, struct path_bpf *skel, struct bpf_map *map[MAPS])
{
	for (int i = 0; i < MAPS; i++)
		map[i] = bpf_object__find_map_by_name(skel->obj, map_name[i]);
	bpf_map__set_max_entries(map[MAP_FLOW1], p->max_flows);
	bpf_map__set_max_entries(map[MAP_FLOW2], p->max_pairs);
	bpf_map__set_max_entries(map[MAP_ACCESS], p->max_access);
	/* index 0 is no path */
	bpf_map__set_max_entries(map[MAP_PATHS], p->max_paths + 1);
	bpf_map__set_max_entries(map[MAP_COUNTS], p->max_paths + 1);
	bpf_map__set_max_entries(map[MAP_PAIRS], p->watch.pairs);
}

/* Keep what is large enough; tell which of the old ones to copy from. */
static int
maps_take(struct bpf_map *map[MAPS], int old[MAPS], bool copy[MAPS])
{
	int err = 0;

	for (int i = 0; i < MAPS && !err; i++) {
		copy[i] = false;
		if (map_fits(old[i], map[i]))
			err = bpf_map__reuse_fd(map[i], old[i]);
		else if (i >= MAP_FLOW1 && i <= MAP_COUNTS)
			copy[i] = old[i] >= 0;
	}
	return err;
}

static int
maps_fds(struct path *p, struct path_bpf *skel, struct bpf_map *map[MAPS])
{
	for (int i = 0; i < MAPS; i++) {
		p->map[i] = dup(bpf_map__fd(map[i]));
		if (p->map[i] < 0)
			return -errno;
	}
	p->guard = dup(bpf_program__fd(skel->progs.path_guard));
	p->egress = dup(bpf_program__fd(skel->progs.path_egress));
	p->ingress = dup(bpf_program__fd(skel->progs.path_ingress));
	p->ingress_l3 = dup(bpf_program__fd(skel->progs.path_ingress_l3));
	p->arrive = dup(bpf_program__fd(skel->progs.path_arrive));
	p->access_in = dup(bpf_program__fd(skel->progs.path_access_in));
	p->access_out = dup(bpf_program__fd(skel->progs.path_access_out));
	return p->guard < 0 || p->egress < 0 || p->ingress < 0 ||
	       p->ingress_l3 < 0 || p->arrive < 0 || p->access_in < 0 ||
	       p->access_out < 0 ? -errno : 0;
}

/* A program keeps the maps that it uses; ours keep all, so that any of them
 * leads the next process to every map. */
static int maps_bind(const struct path *p)
{
	const int prog[] = { p->egress, p->ingress, p->ingress_l3,
			     p->guard, p->arrive, p->access_in,
			     p->access_out };

	for (size_t i = 0; i < COUNT(prog); i++)
		for (int j = 0; j < MAPS; j++) {
			int err = bpf_prog_bind_map(prog[i], p->map[j], NULL);

			if (err && err != -EEXIST)
				return err;
		}
	return 0;
}

static int maps_load(struct path *p, int old[MAPS], const struct why *why)
{
	struct path_bpf *skel = path_bpf__open();
	struct bpf_map *map[MAPS];
	bool copy[MAPS];
	int err;

	if (!skel)
		return why_set(why, -errno, "eBPF: cannot open the object");
	maps_size(p, skel, map);
	err = maps_take(map, old, copy);
	if (!err)
		err = path_bpf__load(skel);
	if (err == -EPERM)
		why_set(why, err, "eBPF: not permitted (CAP_BPF and "
			"CAP_NET_ADMIN, or root, are needed)");
	else if (err == -ENOSYS)
		why_set(why, err, "eBPF: the kernel has none "
			"(CONFIG_BPF_SYSCALL)");
	else if (err)
		why_set(why, err, "eBPF: loading the data path failed");
	if (!err)
		err = maps_fds(p, skel, map);
	if (!err)
		err = maps_bind(p);
	for (int i = 0; i < MAPS && !err; i++)
		if (copy[i])
			err = map_copy(old[i], p->map[i]);
	path_bpf__destroy(skel);
	return err;
}

static uint32_t map_entries(int fd)
{
	struct bpf_map_info mi = { 0 };
	uint32_t len = sizeof(mi);

	return bpf_obj_get_info_by_fd(fd, &mi, &len) ? 0 : mi.max_entries;
}

static int map_mapped(int fd, size_t size, void **ret)
{
	void *m = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (m == MAP_FAILED)
		return -errno;
	*ret = m;
	return 0;
}

/*
 * The path arrays have room for a million, but what is mapped counts as
 * this process's memory whether it is touched or not: so only as much of
 * them is mapped as has been handed out, twice as much each time.
 */
#define MAPPED_FIRST	1024U

static void paths_unmap(struct path *p)
{
	if (p->paths)
		munmap(p->paths, p->mapped * sizeof(*p->paths));
	if (p->counts)
		munmap(p->counts, p->mapped * sizeof(*p->counts));
}

int maps_reach(struct path *p, uint32_t id)
{
	uint32_t n = p->mapped ? p->mapped : MAPPED_FIRST;
	void *paths = NULL, *counts = NULL;
	int err;

	if (id < p->mapped)
		return 0;
	if (id > p->max_paths)
		return -ENOSPC;
	while (n <= id)
		n = n > UINT32_MAX / 2 ? UINT32_MAX : n * 2;
	if (n > p->max_paths + 1)
		n = p->max_paths + 1;
	err = map_mapped(p->map[MAP_PATHS], n * sizeof(*p->paths), &paths);
	if (err)
		return err;
	err = map_mapped(p->map[MAP_COUNTS], n * sizeof(*p->counts), &counts);
	if (err) {
		munmap(paths, n * sizeof(*p->paths));
		return err;
	}
	paths_unmap(p);
	p->paths = paths;
	p->counts = counts;
	p->mapped = n;
	return 0;
}

static int maps_mapped(struct path *p)
{
	void *cfg = NULL;
	int err = map_mapped(p->map[MAP_CONFIG], sizeof(*p->cfg), &cfg);

	p->cfg = cfg;
	return err ? err : maps_reach(p, 0);
}

static int no_output(enum libbpf_print_level l, const char *f, va_list ap)
{
	return 0;
}

/* libbpf tells of every attempt that fails; what matters we say ourselves. */
void maps_quiet(void)
{
	libbpf_set_print(no_output);
}

int maps_open(struct path *p, const struct why *why)
{
	int old[MAPS], err;
	uint32_t prog;

	maps_quiet();
	for (int i = 0; i < MAPS; i++)
		p->map[i] = old[i] = -1;
	prog = filter_get(p->ifindex, true, "path_egress");
	if (prog)
		maps_of_program(prog, old);
	if (!layout_fits(old[MAP_CONFIG]))
		fds_close(old);
	err = maps_load(p, old, why);
	fds_close(old);
	if (!err) {
		p->max_flows = map_entries(p->map[MAP_FLOW1]);
		p->max_paths = map_entries(p->map[MAP_PATHS]) - 1;
		err = maps_mapped(p);
		if (err)
			why_set(why, err, "eBPF: cannot map the maps");
	}
	return err;
}

void maps_close(struct path *p)
{
	if (p->cfg)
		munmap(p->cfg, sizeof(*p->cfg));
	paths_unmap(p);
	fds_close(p->map);
	if (p->guard >= 0)
		close(p->guard);
	if (p->egress >= 0)
		close(p->egress);
	if (p->ingress >= 0)
		close(p->ingress);
	if (p->ingress_l3 >= 0)
		close(p->ingress_l3);
	if (p->arrive >= 0)
		close(p->arrive);
	if (p->access_in >= 0)
		close(p->access_in);
	if (p->access_out >= 0)
		close(p->access_out);
}
