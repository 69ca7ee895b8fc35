/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity_earlier.c - programs that go on running when their file is
 * replaced.
 *
 * An upgrade renames a new file over the old one, and what runs goes on with
 * the old inode, which has no name any more.  To its rule it is the same
 * program, so the old inode is kept for as long as a process runs it.
 *
 * Who runs what is in /proc/PID/exe.  All processes are looked through when a
 * file was replaced; from then on one of those that were found stands for
 * all, and only when it runs something else they are looked through again.
 * A file that is kept is held open: its inode's number is given to no other
 * file until the last policy that has it is gone.
 */
#define _GNU_SOURCE
#include "sys/identity.h"
#include "sys/identity_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
same_file(const struct policy_file *a, const struct policy_file *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

static struct policy_file
file_of(const struct identity *id)
{
	return (struct policy_file){ id->rule.dev, id->rule.ino };
}

/* --- what was replaced ----------------------------------------------- */

static int
note_file(struct identity_earlier *e, const char *program,
	  const struct policy_file *f)
{
	struct identity_file *v;
	char *copy;

	for (unsigned i = 0; i < e->n; i++) {
		if (same_file(&e->v[i].file, f) &&
		    !strcmp(e->v[i].program, program))
			return 0;
	}
	v = reallocarray(e->v, e->n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	e->v = v;
	copy = strdup(program);
	if (!copy)
		return -ENOMEM;
	v[e->n++] = (struct identity_file){ .program = copy, .file = *f,
					    .pin = -1 };
	return 0;
}

/* The files of rules that are other ones now.  A configuration that comes
 * anew may have its rules in another order. */
static int
note_files(struct identity_earlier *e, const struct identity_rules *before,
	   const struct identity_rules *now)
{
	int err = 0;

	for (unsigned i = 0; i < before->n; i++) {
		const char *program = before->rule[i].program;
		struct policy_file was = file_of(&before->id[i]);

		for (unsigned k = 0; program && was.ino && k < now->n; k++) {
			struct policy_file is = file_of(&now->id[k]);

			if (!now->rule[k].program ||
			    strcmp(now->rule[k].program, program))
				continue;
			if (!same_file(&was, &is) && !err)
				err = note_file(e, program, &was);
			break;
		}
	}
	return err;
}

/* --- who runs it ----------------------------------------------------- */

/* Does the one that was found before still run it? */
static bool
still_runs(const struct identity_file *f)
{
	struct stat pin, exe;
	char name[32];

	if (!f->pid || fstat(f->pin, &pin) < 0)
		return false;
	snprintf(name, sizeof(name), "/proc/%d/exe", (int)f->pid);
	return stat(name, &exe) == 0 && exe.st_dev == pin.st_dev &&
	       exe.st_ino == pin.st_ino;
}

/* A process whose executable has the inode of one that is sought. */
static void
look_closer(struct identity_earlier *e, int dir, pid_t pid)
{
	int fd = openat(dir, "exe", O_PATH | O_CLOEXEC);
	struct policy_file file;
	struct statx st;
	char *mountinfo;

	if (fd < 0)
		return;
	mountinfo = identity_read_file(dir, "mountinfo");
	if (identity_of_file(fd, "", mountinfo, &st, &file.dev, &file.ino))
		file.ino = 0;
	free(mountinfo);
	for (unsigned i = 0; i < e->n; i++) {
		struct identity_file *f = &e->v[i];

		if (f->pid || !same_file(&f->file, &file))
			continue;
		if (f->pin < 0)
			f->pin = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		f->pid = f->pin < 0 ? 0 : pid;
	}
	close(fd);
}

static void
look_at(struct identity_earlier *e, int proc, const char *name)
{
	int dir = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (dir < 0)
		return;
	if (fstatat(dir, "exe", &st, 0) == 0) {
		for (unsigned i = 0; i < e->n; i++) {
			if (e->v[i].pid || e->v[i].file.ino != st.st_ino)
				continue;
			look_closer(e, dir, (pid_t)strtol(name, NULL, 10));
			break;
		}
	}
	close(dir);
}

static int
find_processes(struct identity_earlier *e)
{
	bool sought = false;
	struct dirent *d;
	DIR *proc;

	for (unsigned i = 0; i < e->n; i++) {
		if (!still_runs(&e->v[i]))
			e->v[i].pid = 0;
		sought |= !e->v[i].pid;
	}
	if (!sought)
		return 0;
	proc = opendir("/proc");
	if (!proc)
		return -errno;
	while ((d = readdir(proc))) {
		if (!d->d_name[strspn(d->d_name, "0123456789")])
			look_at(e, dirfd(proc), d->d_name);
	}
	closedir(proc);
	return 0;
}

/* --- into the rules -------------------------------------------------- */

/* The newest stay. */
static int
limit(struct identity_earlier *e)
{
	unsigned all = 0;
	int err = 0;

	for (unsigned i = e->n; i-- > 0; ) {
		unsigned same = 0;

		for (unsigned k = i + 1; k < e->n; k++)
			same += e->v[k].pid &&
				!strcmp(e->v[k].program, e->v[i].program);
		if (!e->v[i].pid)
			continue;
		if (same < POLICY_EARLIER && all < IDENTITY_EARLIER) {
			all++;
			continue;
		}
		e->v[i].pid = 0;
		err = -E2BIG;
	}
	return err;
}

/* A file that came back is the program's own. */
static void
put_earlier(const struct identity_earlier *e, const char *program,
	    struct identity *id)
{
	struct policy_file own = file_of(id);
	unsigned n = 0;

	for (unsigned i = 0; i < e->n; i++) {
		if (e->v[i].pid && !same_file(&e->v[i].file, &own) &&
		    !strcmp(e->v[i].program, program))
			id->rule.earlier[n++] = e->v[i].file;
	}
	if (n && id->gone)
		id->rule.never = false;
}

int
identity_earlier_keep(struct identity_earlier *e,
		      const struct identity_rules *before,
		      const struct identity_rules *now)
{
	int err = note_files(e, before, now), e1, e2;

	e1 = find_processes(e);
	e2 = limit(e);
	for (unsigned i = 0; i < now->n; i++) {
		if (now->rule[i].program)
			put_earlier(e, now->rule[i].program, &now->id[i]);
	}
	if (err)
		return err;
	return e1 ? e1 : e2;
}

static void
file_fini(struct identity_file *f)
{
	if (f->pin >= 0)
		close(f->pin);
	free(f->program);
}

void
identity_earlier_drop(struct identity_earlier *e)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < e->n; i++) {
		if (e->v[i].pid)
			e->v[kept++] = e->v[i];
		else
			file_fini(&e->v[i]);
	}
	e->n = kept;
}

void
identity_earlier_fini(struct identity_earlier *e)
{
	for (unsigned i = 0; i < e->n; i++)
		file_fini(&e->v[i]);
	free(e->v);
	*e = (struct identity_earlier){ 0 };
}
