/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alive.c - is there still somebody who knows what is over?
 *
 * The data path outlives the process, so that a restart costs no packet.
 * Tunnels stay until somebody says otherwise (mip6d --cleanup): at a home
 * agent there is no other way to its mobiles.  But a correspondent has one,
 * and eBPF knows nothing of lifetimes; without us it would send for ever to a
 * care-of address where its mobile no longer is.  So the process says now
 * and then that it lives, and when it has not for as long as such a binding
 * can last (MAX_RR_BINDING_LIFETIME, RFC 6275 section 12), packets go as if
 * there were no binding.
 */
#include "path/private.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define ORPHAN_TIME	SEC(420)

/* eBPF's clock: it has no coarse one that counts what was slept. */
static uint32_t monotonic_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint32_t)t.tv_sec;
}

int alive_say(const struct path *p)
{
	struct pm_alive a = {
		.at = monotonic_s(),
		.orphan = (uint32_t)(p->orphan_time / SEC(1)),
	};
	uint32_t zero = 0;

	return bpf_map_update_elem(p->map[MAP_ALIVE], &zero, &a, BPF_ANY);
}

int alive_open(struct path *p, usec_t orphan_time)
{
	struct itimerspec every = { 0 };
	struct pm_alive a;
	uint32_t zero = 0;

	p->orphan_time = orphan_time ? orphan_time : ORPHAN_TIME;
	every.it_interval.tv_sec = (time_t)(p->orphan_time / SEC(8));
	if (!every.it_interval.tv_sec)
		every.it_interval.tv_nsec = 250000000;
	every.it_value = every.it_interval;
	p->alive_fd = timerfd_create(CLOCK_MONOTONIC,
				     TFD_CLOEXEC | TFD_NONBLOCK);
	if (p->alive_fd < 0 ||
	    timerfd_settime(p->alive_fd, 0, &every, NULL) < 0)
		return -errno;
	/* What has ended while nobody was there stays so until path_sync() has
	 * removed what is no longer wanted, or the timer says otherwise. */
	if (bpf_map_lookup_elem(p->map[MAP_ALIVE], &zero, &a))
		return -errno;
	return a.at && monotonic_s() - a.at > a.orphan ? 0 : alive_say(p);
}

/* Whenever path_fd() is readable. */
void alive_run(struct path *p)
{
	uint64_t ticks;

	if (read(p->alive_fd, &ticks, sizeof(ticks)) == sizeof(ticks))
		alive_say(p);
}

void alive_close(struct path *p)
{
	if (p->alive_fd >= 0)
		close(p->alive_fd);
}
