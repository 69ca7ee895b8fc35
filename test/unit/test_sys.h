/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_sys.h - the suites of src/sys and src/ctl, and a directory for each
 * test that is gone after it.
 */
#ifndef MIP6D_TEST_SYS_H
#define MIP6D_TEST_SYS_H

#include "unit.h"

#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

Suite	*suite_store(void);
Suite	*suite_files(void);
Suite	*suite_ctl(void);
Suite	*suite_identity(void);
Suite	*suite_earlier(void);

struct scratch {
	char	dir[64];
};

static inline struct scratch scratch_new(void)
{
	struct scratch s = { "/tmp/mip6-unit.XXXXXX" };

	ck_assert_ptr_nonnull(mkdtemp(s.dir));
	return s;
}

static inline void scratch_free(struct scratch *s)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", s->dir);
	ck_assert_int_eq(system(cmd), 0);
}

/* "DIR/NAME", in a few buffers in turn. */
static inline const char *scratch_path(const struct scratch *s,
				       const char *name)
{
	static char path[4][256];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", s->dir, name);
	return p;
}

/* A file with this text, and the directories above it. */
static inline void scratch_write(const struct scratch *s, const char *name,
				 const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	for (char *p = path + strlen(s->dir) + 1; (p = strchr(p, '/')); ) {
		*p = '\0';
		mkdir(path, 0755);
		*p++ = '/';
	}
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static inline void scratch_read(const struct scratch *s, const char *name,
				char *buf, size_t cap)
{
	FILE *f = fopen(scratch_path(s, name), "r");
	size_t n;

	buf[0] = '\0';
	if (!f)
		return;
	n = fread(buf, 1, cap - 1, f);
	buf[n] = '\0';
	fclose(f);
}

#endif
