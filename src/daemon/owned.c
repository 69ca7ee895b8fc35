/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owned.c - the types of our addresses, as the node told them.
 *
 * The node knows; this is its word kept where the rest of the daemon can look
 * it up without asking: the hooks, the application socket, mip6ctl.
 */
#include "daemon/owned.h"

#include "base/list.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

struct owned_row {
	struct map_node	node;
	struct in6_addr	addr;			/* key */
	enum atype	type;
	bool		cga;
	uint32_t	sessions;
	bool		counted;		/* once at least */
};

static struct owned_row *
row_find(const struct owned *o, const struct in6_addr *a)
{
	struct map_node *n = map_find(&o->map, a);

	return n ? container_of(n, struct owned_row, node) : NULL;
}

int
owned_open(struct owned *o)
{
	uint8_t secret[16];

	*o = (struct owned){ 0 };
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return -EIO;
	map_init(&o->map, offsetof(struct owned_row, addr) -
		 offsetof(struct owned_row, node), sizeof(struct in6_addr),
		 secret);
	for (enum atype t = ATYPE_NONE; t < ATYPES; t++)
		o->current[t].type = t;
	return 0;
}

void
owned_close(struct owned *o)
{
	struct map_node *n, *next;
	size_t pos = 0;

	for (n = map_next(&o->map, NULL, &pos); n; n = next) {
		next = map_next(&o->map, n, &pos);
		map_remove(&o->map, n);
		free(container_of(n, struct owned_row, node));
	}
	map_fini(&o->map);
}

int
owned_set(struct owned *o, const struct ef_owned *ef)
{
	struct owned_row *row = row_find(o, &ef->addr);

	if (!ef->up) {
		if (row)
			map_remove(&o->map, &row->node);
		free(row);
		return 0;
	}
	if (row) {
		row->type = ef->type;
		row->cga = ef->cga;
		return 0;
	}
	row = calloc(1, sizeof(*row));
	if (!row)
		return -ENOMEM;
	row->addr = ef->addr;
	row->type = ef->type;
	row->cga = ef->cga;
	if (map_insert(&o->map, &row->node))
		return 0;
	free(row);
	return -ENOMEM;
}

void
owned_set_current(struct owned *o, const struct ef_current *ef)
{
	o->current[ef->type] = *ef;
}

enum atype
owned_type(const struct owned *o, const struct in6_addr *a)
{
	const struct owned_row *row = row_find(o, a);

	return row ? row->type : ATYPE_NONE;
}

bool
owned_cga(const struct owned *o, const struct in6_addr *a)
{
	const struct owned_row *row = row_find(o, a);

	return row && row->cga;
}

const struct ef_current *
owned_now(const struct owned *o, enum atype t)
{
	return &o->current[t];
}

bool
owned_count(struct owned *o, const struct in6_addr *a, uint32_t sessions)
{
	struct owned_row *row = row_find(o, a);
	bool news = row && (!row->counted || row->sessions != sessions);

	if (row) {
		row->counted = true;
		row->sessions = sessions;
	}
	return news;
}

bool
owned_next(const struct owned *o, struct owned_cursor *c,
	   struct ef_owned *ret)
{
	const struct owned_row *row;

	c->at = map_next(&o->map, c->at, &c->pos);
	if (!c->at)
		return false;
	row = container_of(c->at, struct owned_row, node);
	*ret = (struct ef_owned){
		.up = true, .addr = row->addr, .type = row->type,
		.cga = row->cga,
	};
	return true;
}
