/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - EF_STORE: records that outlive the process, in one file.
 *
 * A log: the last record of a key is its value.  It is written at once, so
 * a killed process loses nothing, and synced in the background within a
 * second, so a power cut loses at most that.  It is compacted in the
 * background when most of it is old.
 */
#ifndef MIP6D_SYS_STORE_H
#define MIP6D_SYS_STORE_H

#include "sys/loop.h"
#include "sys/report.h"

struct store;

struct store_stat {
	uint32_t	live;		/* keys that have a value */
	uint32_t	records;	/* in the file */
	uint64_t	bytes;
	uint64_t	torn;		/* octets cut off at open */
};

/* Open or create the file (0600).  Damage at its end is cut off and told in
 * store_stat; a file that is not a store is -EILSEQ and left alone. */
int	store_open(uv_loop_t *, const char *path, struct store **ret);
struct store *store_close(struct store *);	/* syncs; always NULL */
/* Every live record as an EV_RESTORE, in the order of writing. */
int	store_restore(struct store *, struct report *);
int	store_put(struct store *, const struct store_record *);
struct store_stat store_stat(const struct store *);

#endif
