/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alive.c - is there still somebody who knows what is over?
 *
 * The data path outlives the process, so that a restart costs no packet.  A
 * tunnel may stay: its ends are our own.  Route optimization is a promise to
 * strangers that ends with the lifetime of a binding, of which eBPF knows
 * nothing; without us a correspondent would send to a care-of address for
 * ever where its mobile no longer is.  So the process says now and then that
 * it lives, and when it has not for as long as such a binding can last
 * (MAX_RR_BINDING_LIFETIME, RFC 6275 section 12), its packets go as if there
 * were no binding.
 */
#include "path/private.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define ORPHAN_TIME	SEC(420)

static int alive_say(const struct path *p)
{
	struct pm_alive a = { .orphan = (uint32_t)(p->orphan_time / SEC(1)) };
	struct timespec t;
	uint32_t zero = 0;

	/* eBPF's clock: it has no coarse one that counts what was slept */
	clock_gettime(CLOCK_MONOTONIC, &t);
	a.at = (uint32_t)t.tv_sec;
	return bpf_map_update_elem(p->map[MAP_ALIVE], &zero, &a, BPF_ANY);
}

int alive_open(struct path *p, usec_t orphan_time)
{
	struct itimerspec every = { 0 };

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
	return alive_say(p);
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
