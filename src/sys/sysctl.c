/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl.c - set kernel parameters, and put back what was there.
 *
 * The file has one row a line: a flag, name, value before, value of ours.
 * It is written, synced and renamed into place before the first write to
 * /proc/sys, so that a crash at any moment leaves enough to undo.  Rows are
 * restored in the reverse order of their making, and only where the value
 * is still ours: what somebody changed since is theirs.  Rows that are kept
 * (interfaces, when conf/all/forwarding switches every one of them) are put
 * back always.
 */
#include "sys/sysctl.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
open_param(const struct sysctls *s, const char *name, int flags)
{
	char path[512];
	int n, fd;

	n = snprintf(path, sizeof(path), "%s/%s", s->root, name);
	if (n >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int
sysctl_read(const struct sysctls *s, const char *name, char ret[SYSCTL_VALUE])
{
	char buf[SYSCTL_VALUE];
	int fd = open_param(s, name, O_RDONLY), err;
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, buf, sizeof(buf) - 1);
	err = n < 0 ? -errno : 0;
	close(fd);
	if (err)
		return err;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	memcpy(ret, buf, sizeof(buf));
	return 0;
}

static int
write_param(const struct sysctls *s, const char *name, const char *value)
{
	int fd = open_param(s, name, O_WRONLY), err = 0;

	if (fd < 0)
		return fd;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static struct sysctl_row *
row_find(struct sysctls *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (!strcmp(s->row[i].name, name))
			return &s->row[i];
	return NULL;
}

static struct sysctl_row *
row_add(struct sysctls *s, const char *name)
{
	struct sysctl_row *row;

	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 16;

		row = realloc(s->row, cap * sizeof(*row));
		if (!row)
			return NULL;
		s->row = row;
		s->cap = cap;
	}
	row = &s->row[s->n++];
	*row = (struct sysctl_row){ 0 };
	snprintf(row->name, sizeof(row->name), "%s", name);
	return row;
}

static void
row_del(struct sysctls *s, struct sysctl_row *row)
{
	size_t i = (size_t)(row - s->row);

	memmove(row, row + 1, (--s->n - i) * sizeof(*row));
}

int
sysctl_before(struct sysctls *s, const char *name, char ret[SYSCTL_VALUE])
{
	const struct sysctl_row *row = row_find(s, name);

	if (!row)
		return sysctl_read(s, name, ret);
	memcpy(ret, row->before, sizeof(row->before));
	return 0;
}

/* --- the file --- */

static int
file_read(struct sysctls *s)
{
	char flag, name[SYSCTL_NAME], before[SYSCTL_VALUE];
	char value[SYSCTL_VALUE];
	FILE *f = fopen(s->file, "re");

	if (!f)
		return errno == ENOENT ? 0 : -errno;
	while (fscanf(f, " %c %95s %23s %23s", &flag, name, before,
		      value) == 4) {
		struct sysctl_row *row = row_add(s, name);

		if (!row)
			break;
		row->keep = flag == 'k';
		memcpy(row->before, before, sizeof(before));
		memcpy(row->value, value, sizeof(value));
	}
	fclose(f);
	return 0;
}

static int
file_sync_dir(const char *file)
{
	char dir[512], *slash;
	int fd, err = 0;

	snprintf(dir, sizeof(dir), "%s", file);
	slash = strrchr(dir, '/');
	if (!slash)
		return 0;
	*slash = '\0';
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0 && errno != EINVAL)
		err = -errno;
	close(fd);
	return err;
}

static int
file_write(const struct sysctls *s)
{
	char tmp[512];
	int err = 0;
	size_t i;
	FILE *f;

	if (snprintf(tmp, sizeof(tmp), "%s.new", s->file) >= (int)sizeof(tmp))
		return -ENAMETOOLONG;
	f = fopen(tmp, "we");
	if (!f)
		return -errno;
	for (i = 0; i < s->n; i++)
		fprintf(f, "%c %s %s %s\n", s->row[i].keep ? 'k' : 's',
			s->row[i].name, s->row[i].before, s->row[i].value);
	if (fflush(f) || fsync(fileno(f)) < 0)
		err = -errno;
	if (fclose(f) && !err)
		err = -errno;
	if (!err && rename(tmp, s->file) < 0)
		err = -errno;
	return err ? err : file_sync_dir(s->file);
}

/* --- what shall be --- */

static void
row_restore(const struct sysctls *s, const struct sysctl_row *row)
{
	char now[SYSCTL_VALUE];
	int err;

	if (sysctl_read(s, row->name, now) < 0)
		return;			/* the interface is gone */
	if (!strcmp(now, row->before) ||
	    (!row->keep && strcmp(now, row->value)))
		return;
	err = write_param(s, row->name, row->before);
	if (err)
		log_warn("%s cannot be restored to %s: %s", row->name,
			 row->before, strerror(-err));
}

void
sysctl_begin(struct sysctls *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		s->row[i].wanted = false;
}

static int
row_want(struct sysctls *s, const char *name, const char *value, bool keep)
{
	struct sysctl_row *row = row_find(s, name);
	char now[SYSCTL_VALUE];
	int err;

	if (strlen(name) >= SYSCTL_NAME)
		return -ENAMETOOLONG;
	err = sysctl_read(s, name, now);
	if (err)
		return err;
	if (!row) {
		/* nothing to change, so nothing to undo */
		if (!keep && !strcmp(now, value))
			return 0;
		row = row_add(s, name);
		if (!row)
			return -ENOMEM;
		memcpy(row->before, now, sizeof(now));
		row->keep = keep;
	}
	snprintf(row->value, sizeof(row->value), "%s", keep ? now : value);
	row->wanted = true;
	return 0;
}

int
sysctl_want(struct sysctls *s, const char *name, const char *value)
{
	return row_want(s, name, value, false);
}

int
sysctl_keep(struct sysctls *s, const char *name)
{
	return row_want(s, name, NULL, true);
}

int
sysctl_commit(struct sysctls *s)
{
	char now[SYSCTL_VALUE];
	size_t i;
	int err;

	err = file_write(s);
	if (err)
		return err;
	for (i = s->n; i-- > 0;) {
		if (s->row[i].wanted)
			continue;
		row_restore(s, &s->row[i]);
		row_del(s, &s->row[i]);
	}
	for (i = 0; i < s->n; i++) {
		struct sysctl_row *row = &s->row[i];

		if (row->keep || (!sysctl_read(s, row->name, now) &&
				  !strcmp(now, row->value)))
			continue;
		err = write_param(s, row->name, row->value);
		if (err && err != -ENOENT)
			return err;
	}
	return file_write(s);
}

void
sysctl_restore(struct sysctls *s)
{
	size_t i;

	for (i = s->n; i-- > 0;)
		row_restore(s, &s->row[i]);
	s->n = 0;
	unlink(s->file);
}

int
sysctl_open(struct sysctls *s, const char *root, const char *file)
{
	int err;

	*s = (struct sysctls){ .root = strdup(root), .file = strdup(file) };
	err = s->root && s->file ? file_read(s) : -ENOMEM;
	if (err)
		sysctl_close(s);
	return err;
}

void
sysctl_close(struct sysctls *s)
{
	free(s->root);
	free(s->file);
	free(s->row);
	*s = (struct sysctls){ 0 };
}
