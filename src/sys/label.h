/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * label.h - the kernel's address labels: its policy table of RFC 6724
 * section 2.1, of which it knows no precedence.
 *
 * A table that is configured is set in the kernel for a while, so that there
 * is one truth: what is explained is what plain sockets get.  The kernel's
 * rows for one interface only are never touched.
 */
#ifndef MIP6D_SYS_LABEL_H
#define MIP6D_SYS_LABEL_H

#include "conf/conf.h"
#include "select/source.h"
#include "sys/netlink.h"

/* What the kernel has now. */
struct label_table {
	struct source_label	*row;
	unsigned		n, cap;
};

/* 0 or -errno; label_free in either case. */
int	label_read(struct netlink *, struct label_table *ret);
void	label_free(struct label_table *);

/* The label of one prefix, before and by us. */
struct label_row {
	struct prefix	prefix;
	bool		has_before, has_ours;
	uint32_t	before, ours;
};

/* Labels that are ours for a while, as sysctl.h has parameters: what was
 * before is on disk before it is changed. */
struct labels {
	struct netlink		*netlink;
	char			*file;
	struct label_row	*row;
	size_t			n, cap;
};

/* `file' holds what was before; an earlier process's is read, -EILSEQ when
 * it is none. */
int	labels_open(struct labels *, struct netlink *, const char *file);
void	labels_close(struct labels *);
/* The kernel's table shall be this one, instead of what it had; n 0: it shall
 * have its own again.  0 or -errno, with what could be set set. */
int	labels_set(struct labels *, const struct conf_label *, unsigned n);
/* Put back what was, where it is still ours, and remove the file. */
int	labels_restore(struct labels *);

#endif
