/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store_index.h - where in the file each key's last record is: eight octets
 * an entry, the keys themselves stay in the file.  Private to store.c.
 */
#ifndef MIP6D_SYS_STORE_INDEX_H
#define MIP6D_SYS_STORE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

struct store_slot {
	uint32_t	hash;
	uint32_t	place;		/* in units of 8 octets; 0: free */
};

struct store_index {
	struct store_slot *slot;
	uint32_t	mask, count;
};

void	store_index_fini(struct store_index *);
/* Walk the candidates for `hash': *pos is UINT32_MAX first; NULL: no more. */
struct store_slot *store_index_next(const struct store_index *, uint32_t hash,
				    uint32_t *pos);
bool	store_index_add(struct store_index *, uint32_t hash, uint32_t place);
void	store_index_del(struct store_index *, struct store_slot *);

#endif
