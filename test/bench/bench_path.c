/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_path - the data path's maps with a million mobiles in them.
 *
 *	path_fill_rate		new bindings a second: a path and a flow each
 *	path_update_rate	moves a second: the new path, the flow onto it,
 *				the old path away; mobiles in random order
 *	path_map_memory		octets of kernel memory for each of them, as
 *				the kernel tells in /proc/self/fdinfo
 *	path_takeover		ms until another process has found it all
 *
 *	path_prefix_fill_rate	prefixes a second, each a /64 of its own, in the
 *				tunnels of a thousand access gateways
 *	path_prefix_move_rate	moves a second from gateway to gateway, which
 *				is one write; in random order
 *	path_prefix_memory	octets of kernel memory for each prefix
 *
 * The mobiles live on a virtual home link, or in a pool of prefixes: one route
 * leads all of them to the device.  All of it happens in a network namespace of
 * its own, which ends with the process.  BENCH_FLOWS sets another number.
 */
#define _GNU_SOURCE
#include "path/path.h"

#include "base/rng.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOVES	300000

struct bench {
	struct path	*path;
	struct path_options opt;
	uint32_t	n;
	uint32_t	*coa;		/* number of each mobile's address */
	uint32_t	next_coa;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* PREFIX::N */
static struct in6_addr numbered(const char *prefix, uint32_t n)
{
	struct in6_addr a;

	addr_parse(prefix, &a);
	for (int i = 0; i < 4; i++)
		a.s6_addr[15 - i] = (uint8_t)(n >> 8 * i);
	return a;
}

static struct path_key key_of(uint32_t coa)
{
	return (struct path_key){
		.local = numbered("2001:db8:f::1", 1),
		.remote = numbered("2001:db8:2::", coa),
		.kind = PATH_IP6IP6,
	};
}

static int path_put(struct bench *b, uint32_t coa, bool up)
{
	struct ef_path p = { .up = up, .key = key_of(coa) };

	return path_set(b->path, &p);
}

static int flow_put(struct bench *b, uint32_t mobile, uint32_t coa)
{
	struct ef_flow f = {
		.up = true,
		.action = FLOW_PATH,
		.path = key_of(coa),
	};
	struct in6_addr hoa = numbered("2001:db8:1::", mobile + 1);

	f.key.dst = prefix_host(&hoa);
	return path_flow(b->path, &f);
}

static int block_prefix(struct bench *b)
{
	struct ef_flow f = { .up = true, .action = FLOW_BLOCK };

	prefix_parse("2001:db8:1::/64", &f.key.dst);
	return path_flow(b->path, &f);
}

static int fill(struct bench *b)
{
	double start = now_s();
	int err = 0;

	for (uint32_t i = 0; i < b->n && !err; i++) {
		b->coa[i] = b->next_coa++;
		err = path_put(b, b->coa[i], true);
		if (!err)
			err = flow_put(b, i, b->coa[i]);
	}
	printf("bench name=path_fill_rate value=%.0f unit=bindings/s\n",
	       b->n / (now_s() - start));
	return err;
}

static int moves(struct bench *b)
{
	static const uint8_t seed[16] = "a constant seed";
	struct rng rng;
	double start;
	int err = 0;

	rng_init(&rng, seed);
	start = now_s();
	for (uint32_t i = 0; i < MOVES && !err; i++) {
		uint32_t m = (uint32_t)rng_below(&rng, b->n);
		uint32_t old = b->coa[m];

		b->coa[m] = b->next_coa++;
		err = path_put(b, b->coa[m], true);
		if (!err)
			err = flow_put(b, m, b->coa[m]);
		if (!err)
			err = path_put(b, old, false);
	}
	printf("bench name=path_update_rate value=%.0f unit=moves/s\n",
	       MOVES / (now_s() - start));
	return err;
}

/* The sum of "memlock:" over our eBPF maps. */
static uint64_t map_memory(void)
{
	DIR *d = opendir("/proc/self/fdinfo");
	uint64_t sum = 0, v = 0;
	struct dirent *e;
	char line[128];
	bool map;

	while (d && (e = readdir(d))) {
		char name[300];
		FILE *f;

		snprintf(name, sizeof(name), "/proc/self/fdinfo/%s", e->d_name);
		f = fopen(name, "r");
		if (!f)
			continue;
		map = false;
		v = 0;
		while (fgets(line, sizeof(line), f)) {
			map |= !strncmp(line, "map_type:", 9);
			if (!strncmp(line, "memlock:", 8))
				v = strtoull(line + 8, NULL, 10);
		}
		sum += map ? v : 0;
		fclose(f);
	}
	if (d)
		closedir(d);
	return sum;
}

static int open_path(struct bench *b)
{
	char why[200] = "";
	struct path_caps caps;
	int err = path_open(&b->opt, &b->path, &caps, why, sizeof(why));

	if (err)
		fprintf(stderr, "bench_path: %s\n", why);
	return err;
}

static int run(struct bench *b)
{
	double start;
	int err = block_prefix(b);

	if (!err)
		err = fill(b);
	if (!err)
		err = moves(b);
	if (err)
		return err;
	printf("bench name=path_map_memory value=%.0f unit=octets/flow\n",
	       (double)map_memory() / b->n);
	b->path = path_close(b->path, true);
	start = now_s();
	err = open_path(b);
	if (!err)
		printf("bench name=path_takeover value=%.0f unit=ms\n",
		       (now_s() - start) * 1e3);
	return err;
}

/* --- prefixes, of an anchor of Proxy Mobile IPv6 --- */

#define GATEWAYS	1000

static int prefix_put(struct bench *b, uint32_t mobile, uint32_t gateway)
{
	struct ef_flow f = {
		.up = true,
		.action = FLOW_PATH,
		.path = key_of(1 + gateway),
		.key.dst = { numbered("2001:db8:100::", 0), 64 },
	};

	/* the number stands before the last 64 bits */
	for (int i = 0; i < 4; i++)
		f.key.dst.addr.s6_addr[7 - i] = (uint8_t)(mobile >> 8 * i);
	return path_flow(b->path, &f);
}

static int pool_put(struct bench *b)
{
	struct ef_flow f = { .up = true, .action = FLOW_BLOCK };
	int err;

	prefix_parse("2001:db8::/32", &f.key.dst);
	err = path_flow(b->path, &f);
	for (uint32_t i = 0; i < GATEWAYS && !err; i++)
		err = path_put(b, 1 + i, true);
	return err;
}

static int run_prefixes(struct bench *b)
{
	static const uint8_t seed[16] = "another constant";
	struct rng rng;
	double start;
	int err = pool_put(b);

	rng_init(&rng, seed);
	start = now_s();
	for (uint32_t i = 0; i < b->n && !err; i++)
		err = prefix_put(b, i, i % GATEWAYS);
	printf("bench name=path_prefix_fill_rate value=%.0f unit=prefixes/s\n",
	       b->n / (now_s() - start));
	start = now_s();
	for (uint32_t i = 0; i < MOVES && !err; i++)
		err = prefix_put(b, (uint32_t)rng_below(&rng, b->n),
				 (uint32_t)rng_below(&rng, GATEWAYS));
	printf("bench name=path_prefix_move_rate value=%.0f unit=moves/s\n",
	       MOVES / (now_s() - start));
	printf("bench name=path_prefix_memory value=%.0f unit=octets/prefix\n",
	       (double)map_memory() / b->n);
	return err;
}

static int prefixes(struct bench *b)
{
	int err;

	b->path = path_close(b->path, false);
	b->opt.max_paths = GATEWAYS;
	err = open_path(b);
	return err ? err : run_prefixes(b);
}

int main(void)
{
	const char *n = getenv("BENCH_FLOWS");
	struct bench b = { .n = n ? (uint32_t)atoi(n) : 1000000 };
	int err;

	if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0) {
		printf("SKIP: bench_path: not root\n");
		return 0;
	}
	b.opt.max_flows = b.opt.max_paths = b.n;
	b.coa = calloc(b.n, sizeof(*b.coa));
	b.next_coa = 1;
	err = b.coa ? open_path(&b) : -ENOMEM;
	if (!err)
		err = run(&b);
	if (!err)
		err = prefixes(&b);
	if (b.path)
		path_close(b.path, false);
	free(b.coa);
	if (err)
		fprintf(stderr, "bench_path: %s\n", strerror(-err));
	return err != 0;
}
