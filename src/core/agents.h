/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * agents.h - the home agents of our home links (RFC 6275 10.1, 10.5).
 */
#ifndef MIP6D_CORE_AGENTS_H
#define MIP6D_CORE_AGENTS_H

#include "core/node.h"

struct agents;

struct agents *agents_new(struct node *);
struct agents *agents_free(struct node *, struct agents *);
/* Links, or the configuration, have changed: be reached at the anycast
 * addresses of our home links; forget whom we know of others. */
void	agents_settle(struct node *, const struct conf *old);
/* The addresses of all home agents of a home link but ourselves, the most
 * preferable first, equals and the addresses of one in an order drawn anew.
 * How many, `cap' at most. */
unsigned agents_list(struct node *, const struct conf_home_link *, usec_t now,
		     bool ourselves, struct in6_addr *ret, unsigned cap);
/* RFC 2526: the Mobile IPv6 Home-Agents anycast address of a prefix. */
struct in6_addr agents_anycast(const struct prefix *);
void	agents_count(const struct node *, struct record *);
void	agents_tell(const struct node *, usec_t now, struct record_sink *);

#endif
