/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity_watch.c - hear when a name may stand for something else.
 *
 * A path is walked as the kernel walks it, symbolic links included, and at
 * each step the directory is watched before the next name is looked up in
 * it.  So whatever is renamed, replaced, or made where the path now ends
 * short, happens to a name in a directory that is watched.  Names beside
 * those of a path are read and forgotten: /tmp may be busy.
 *
 * A file system mounted over a directory is seen by no inotify; the kernel's
 * list of mounts tells of it, from the time that the loop first runs.
 */
#define _GNU_SOURCE
#include "sys/identity.h"
#include "sys/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MOST	40		/* as the kernel, path_resolution(7) */
#define MASK	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | \
		 IN_ONLYDIR)

/* A name that matters, in a directory. */
struct name {
	int	wd;
	char	*text;
};

struct names {
	struct name	*v;
	unsigned	n, cap;
	int		err;		/* the first thing that went wrong */
};

struct identity_watch {
	int		fd, mounts;
	struct watch	*watch, *mount_watch;
	struct names	names;		/* in order */
	void		(*changed)(void *);
	void		*arg;
};

/* --- names ----------------------------------------------------------- */

static int
compare(const void *va, const void *vb)
{
	const struct name *a = va, *b = vb;

	if (a->wd != b->wd)
		return a->wd < b->wd ? -1 : 1;
	return strcmp(a->text, b->text);
}

static void
names_fini(struct names *n)
{
	while (n->n)
		free(n->v[--n->n].text);
	free(n->v);
	*n = (struct names){ 0 };
}

static bool
names_has_wd(const struct names *n, int wd)
{
	unsigned lo = 0, hi = n->n;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (n->v[mid].wd == wd)
			return true;
		if (n->v[mid].wd < wd)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* Watch `dir' ("" is the root) for what happens to `text' in it. */
static void
names_add(struct names *n, int fd, const char *dir, const char *text)
{
	int wd = inotify_add_watch(fd, *dir ? dir : "/", MASK);
	struct name *e;

	if (wd < 0) {
		/* gone since it was looked at: the one above tells */
		if (errno != ENOENT && errno != ENOTDIR && !n->err)
			n->err = -errno;
		return;
	}
	if (n->n == n->cap) {
		unsigned cap = n->cap ? 2 * n->cap : 64;

		e = reallocarray(n->v, cap, sizeof(*e));
		if (!e) {
			n->err = -ENOMEM;
			return;
		}
		n->v = e;
		n->cap = cap;
	}
	e = &n->v[n->n];
	*e = (struct name){ .wd = wd, .text = strdup(text) };
	if (e->text)
		n->n++;
	else
		n->err = -ENOMEM;
}

/* --- walking a path -------------------------------------------------- */

struct walk {
	char		at[PATH_MAX];	/* where we are; no links in it */
	char		rest[PATH_MAX];	/* the way yet to go */
	unsigned	links;
};

/* The next name of the way; false at its end. */
static bool
walk_name(struct walk *w, char name[NAME_MAX + 1])
{
	size_t skip = strspn(w->rest, "/"), n = strcspn(w->rest + skip, "/");

	if (!n || n > NAME_MAX)
		return false;
	memcpy(name, w->rest + skip, n);
	name[n] = '\0';
	memmove(w->rest, w->rest + skip + n,
		strlen(w->rest + skip + n) + 1);
	return true;
}

/* A link at `file': its text comes before the rest of the way. */
static bool
walk_link(struct walk *w, const char *file)
{
	char to[PATH_MAX];
	ssize_t n = readlink(file, to, sizeof(to) - 1);
	size_t rest = strlen(w->rest);

	if (n < 0 || ++w->links > LINKS_MOST ||
	    (size_t)n + rest >= sizeof(w->rest))
		return false;
	memmove(w->rest + n, w->rest, rest + 1);
	memcpy(w->rest, to, (size_t)n);
	if (to[0] == '/')
		w->at[0] = '\0';
	return true;
}

/* One step.  False where it ends, at the file or short of it. */
static bool
walk_step(struct walk *w, struct names *n, int fd)
{
	char name[NAME_MAX + 1], file[2 * PATH_MAX];
	size_t len = strlen(w->at);
	struct stat st;
	char *slash;

	if (!walk_name(w, name))
		return false;
	if (strcmp(name, ".") == 0)
		return true;
	if (strcmp(name, "..") == 0) {
		slash = strrchr(w->at, '/');
		if (slash)
			*slash = '\0';
		return true;
	}
	names_add(n, fd, w->at, name);
	memcpy(file, w->at, len);
	file[len] = '/';
	strcpy(file + len + 1, name);
	if (lstat(file, &st) < 0)
		return false;
	if (S_ISLNK(st.st_mode))
		return walk_link(w, file);
	if (strlen(file) >= sizeof(w->at))
		return false;
	strcpy(w->at, file);
	return true;
}

static void
walk_path(struct names *n, int fd, const char *root, const char *path)
{
	struct walk w = { 0 };

	if (strlen(root) + strlen(path) + 2 > sizeof(w.rest))
		return;
	strcpy(w.rest, root);
	strcat(w.rest, "/");
	strcat(w.rest, path);
	while (walk_step(&w, n, fd))
		;
}

/* --- the watch ------------------------------------------------------- */

static bool
is_name(const char *s)
{
	return s && s[strspn(s, "0123456789")];
}

int
identity_watch_rules(struct identity_watch *w, const struct conf_rule *rule,
		     unsigned n)
{
	struct names now = { 0 }, old = w->names;
	bool users = false, groups = false;
	char root[IDENTITY_PATH];
	int last = -1;

	if (identity_cgroup_root(root))
		*root = '\0';
	for (unsigned i = 0; i < n; i++) {
		const struct conf_rule *r = &rule[i];

		if (r->program)
			walk_path(&now, w->fd, "", r->program);
		if (r->cgroup && *root)
			walk_path(&now, w->fd, root, r->cgroup);
		users |= is_name(r->user);
		groups |= is_name(r->group);
	}
	if (users)
		walk_path(&now, w->fd, "", "/etc/passwd");
	if (groups)
		walk_path(&now, w->fd, "", "/etc/group");
	if (now.n)
		qsort(now.v, now.n, sizeof(*now.v), compare);
	for (unsigned i = 0; i < old.n; last = old.v[i++].wd) {
		if (old.v[i].wd != last && !names_has_wd(&now, old.v[i].wd))
			inotify_rm_watch(w->fd, old.v[i].wd);
	}
	names_fini(&old);
	w->names = now;
	return now.err;
}

static bool
matters(const struct identity_watch *w, const struct inotify_event *ev)
{
	struct name key = { .wd = ev->wd };

	if (ev->mask & (IN_Q_OVERFLOW | IN_UNMOUNT))
		return true;
	if (!ev->len || !w->names.n)
		return false;
	key.text = (char *)(uintptr_t)ev->name;
	return bsearch(&key, w->names.v, w->names.n, sizeof(key), compare);
}

/* All that is there, so that many changes are told as one. */
static void
on_events(void *arg)
{
	struct identity_watch *w = arg;
	_Alignas(struct inotify_event) char buf[4096];
	bool hit = false;
	ssize_t n;

	while ((n = read(w->fd, buf, sizeof(buf))) > 0) {
		const struct inotify_event *ev;

		for (const char *at = buf; at < buf + n;
		     at += sizeof(*ev) + ev->len) {
			ev = (const struct inotify_event *)(const void *)at;
			hit |= matters(w, ev);
		}
	}
	if (hit)
		w->changed(w->arg);
}

static void
on_mounts(void *arg)
{
	struct identity_watch *w = arg;

	/* Only where a path leads to may a mount matter. */
	if (w->names.n)
		w->changed(w->arg);
}

struct identity_watch *
identity_watch_new(uv_loop_t *loop, void (*changed)(void *), void *arg)
{
	struct identity_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->changed = changed;
	w->arg = arg;
	w->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd >= 0)
		w->watch = watch_new(loop, w->fd, UV_READABLE, on_events, w);
	if (w->mounts >= 0)
		w->mount_watch = watch_new(loop, w->mounts, UV_PRIORITIZED,
					   on_mounts, w);
	return w->watch ? w : identity_watch_free(w);
}

struct identity_watch *
identity_watch_free(struct identity_watch *w)
{
	if (!w)
		return NULL;
	watch_free(w->watch);
	watch_free(w->mount_watch);
	if (w->fd >= 0)
		close(w->fd);
	if (w->mounts >= 0)
		close(w->mounts);
	names_fini(&w->names);
	free(w);
	return NULL;
}
