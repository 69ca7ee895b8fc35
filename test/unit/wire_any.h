/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire_any.h - any Mobility Header: random values of every message and
 * option, and whether two are the same.
 */
#ifndef MIP6D_TEST_WIRE_ANY_H
#define MIP6D_TEST_WIRE_ANY_H

#include "base/rng.h"
#include "wire/mh.h"

void	any_init(struct rng *);		/* once, before all others */
uint32_t any_below(struct rng *, uint32_t);
void	any_bytes(struct rng *, void *, size_t);
struct in6_addr any_addr(struct rng *);
/* min..max octets that stay where they are for the whole run */
struct span any_span(struct rng *, uint32_t min, uint32_t max);
bool	any_same_span(struct span, struct span);

bool	any_knows_mopt(uint8_t type);
bool	any_knows_mh(uint8_t type);
/* An option of that type, every field random within what its wire form can
 * hold. */
void	any_mopt(struct rng *, uint8_t type, struct mopt *);
bool	any_same_mopt(const struct mopt *, const struct mopt *);
/* The fixed part of a message of that type, without options. */
void	any_mh_fixed(struct rng *, uint8_t type, struct mh *);
/* A message with up to seven options, in any order: it may be one that the
 * builder refuses as misplaced. */
void	any_mh(struct rng *, struct mh *);
bool	any_same_mh(const struct mh *, const struct mh *);

#endif
