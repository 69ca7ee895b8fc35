/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.h - intrusive hash table keyed by bytes, with a secret.
 *
 * Keys come from packets, so the hash is SipHash-1-3 under a key given at
 * map_init: nobody outside can make long chains.  The table grows (and
 * never shrinks) a few buckets at each insertion, so that no single
 * operation is slow.  An entry embeds a struct map_node; its key is found
 * at a fixed offset from the node.  Entries belong to the caller.
 */
#ifndef MIP6D_BASE_MAP_H
#define MIP6D_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_node {
	struct map_node	*next;
};

struct map {
	struct map_node	**bucket, **old;
	size_t		mask, old_mask;		/* buckets - 1 */
	size_t		moved;			/* old buckets emptied */
	size_t		count;
	ptrdiff_t	key_off;		/* from the map_node */
	size_t		key_len;
	uint8_t		secret[16];
};

/* `key_off' is offsetof(entry, key) - offsetof(entry, node). */
void	map_init(struct map *, ptrdiff_t key_off, size_t key_len,
		 const uint8_t secret[16]);
void	map_fini(struct map *);			/* the table, not the entries */
struct map_node *map_find(const struct map *, const void *key);
/* False when the key is there already, or no memory for a first table. */
bool	map_insert(struct map *, struct map_node *);
bool	map_remove(struct map *, struct map_node *);	/* false: not there */
/* Walk in pieces: *pos starts at 0; NULL at the end.  Entries that stay in
 * the table for the whole walk are met at least once even when it grows
 * in between; the current one may be removed. */
struct map_node *map_next(const struct map *, struct map_node *after,
			  size_t *pos);
size_t	map_memory(const struct map *);		/* bytes of the table */

uint64_t siphash13(const uint8_t key[16], const void *, size_t len);

#endif
