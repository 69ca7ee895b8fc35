/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dns.h - EF_DNS: resolvers and search domains, handed on.
 *
 * To a hook, if there is one, otherwise to systemd-resolved, otherwise to
 * nobody: resolv.conf is not ours to write.  The hook is called as
 *
 *	HOOK INTERFACE
 *
 * with MIP6D_DNS (addresses) and MIP6D_DOMAINS (names) in its environment,
 * separated by blanks, both empty when the interface has none any more.
 */
#ifndef MIP6D_SYS_DNS_H
#define MIP6D_SYS_DNS_H

#include "core/effect.h"

#include <uv.h>

#define DNS_HOOK	"/etc/mip6d/dns-hook"

struct dns;

/* `hook' NULL: DNS_HOOK, if it is there.  NULL: memory. */
struct dns *dns_open(uv_loop_t *, const char *hook);
/* "hook /etc/mip6d/dns-hook", "systemd-resolved" or "nobody" */
const char *dns_whom(const struct dns *);
/* `ifname' NULL: the interface is gone. */
void	dns_set(struct dns *, const struct ef_dns *, const char *ifname);
/* Withdraw everything that was set, and wait for it.  Always NULL. */
struct dns *dns_close(struct dns *);

#endif
