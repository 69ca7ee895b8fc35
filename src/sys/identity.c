/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity.c - programs, users, groups and cgroups, by name and by process.
 *
 * A program is known by the device and inode that the kernel sees.  stat(2)
 * does not always tell that device: on btrfs each subvolume shows one of its
 * own, on overlayfs a file may show that of its layer.  mountinfo has the
 * true one, so the file's mount is looked up there; for a process in the
 * mountinfo of its own mount namespace.
 *
 * A process's files in /proc are read through one descriptor of its
 * directory: when it ends, and another gets its number, reading fails.
 *
 * Users and groups come from the C library, which may ask the network
 * (nsswitch.conf); numbers never do.
 */
#define _GNU_SOURCE
#include "sys/identity.h"
#include "sys/identity_private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST	(4U << 20)	/* octets of a file in /proc */
#define LOOKUP_MOST	(1U << 20)	/* of a passwd or group entry */
#define GROUPS_MOST	65536		/* NGROUPS_MAX */

_Static_assert(CONF_RULES == POLICY_RULES, "every rule has its place");

/* --- files of /proc -------------------------------------------------- */

char *
identity_read_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC), err = 0;
	size_t cap = 4096, len = 0;
	char *text = NULL, *more;
	ssize_t n = 1;

	if (fd < 0)
		return NULL;
	while (n && !err) {
		if (!text || len + 1 == cap) {
			cap *= 2;
			more = cap <= FILE_MOST ? realloc(text, cap) : NULL;
			if (!more) {
				err = cap <= FILE_MOST ? ENOMEM : EFBIG;
				break;
			}
			text = more;
		}
		n = read(fd, text + len, cap - 1 - len);
		if (n > 0)
			len += (size_t)n;
		else if (n < 0 && errno != EINTR)
			err = errno;
	}
	close(fd);
	if (err) {
		free(text);
		errno = err;
		return NULL;
	}
	text[len] = '\0';
	return text;
}

static const char *
next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* The line that begins so, behind that; NULL. */
static const char *
find_line(const char *text, const char *head)
{
	size_t n = strlen(head);

	for (; *text; text = next_line(text)) {
		if (strncmp(text, head, n) == 0)
			return text + n;
	}
	return NULL;
}

/* --- mounts ---------------------------------------------------------- */

static uint64_t
kernel_dev(uint64_t major, uint64_t minor)
{
	return major << 20 | minor;
}

/* The device of a mount: "ID PARENT MAJOR:MINOR ROOT POINT ...". */
static bool
mount_dev(const char *mountinfo, uint64_t id, uint64_t *ret)
{
	for (const char *l = mountinfo; *l; l = next_line(l)) {
		char *end;
		unsigned major, minor;

		if (strtoull(l, &end, 10) != id)
			continue;
		if (sscanf(end, " %*u %u:%u", &major, &minor) != 2)
			return false;
		*ret = kernel_dev(major, minor);
		return true;
	}
	return false;
}

/* \040 and the like, in place. */
static void
unescape(char *s)
{
	char *o = s;
	unsigned v;

	for (; *s; s++) {
		if (*s == '\\' && sscanf(s + 1, "%3o", &v) == 1) {
			*o++ = (char)v;
			s += 3;
		} else {
			*o++ = *s;
		}
	}
	*o = '\0';
}

int
identity_cgroup_root(char ret[IDENTITY_PATH])
{
	char *text = identity_read_file(AT_FDCWD, "/proc/self/mountinfo");
	bool whole = false, found = false;

	if (!text)
		return -errno;
	for (const char *l = text; *l && !whole; l = next_line(l)) {
		const char *dash = strstr(l, " - cgroup2 ");
		char root[8], point[IDENTITY_PATH];

		if (!dash || dash > next_line(l) ||
		    sscanf(l, "%*u %*u %*s %7s %4095s", root, point) != 2)
			continue;
		/* a part of the tree, mounted by itself, only if need be */
		whole = strcmp(root, "/") == 0;
		if (found && !whole)
			continue;
		unescape(point);
		strcpy(ret, point);
		found = true;
	}
	free(text);
	return found ? 0 : -ENOENT;
}

/* --- programs -------------------------------------------------------- */

int
identity_of_file(int dir, const char *path, const char *mountinfo,
		 struct statx *st, uint64_t *ret_dev, uint64_t *ret_ino)
{
	if (statx(dir, path, AT_EMPTY_PATH,
		  STATX_TYPE | STATX_INO | STATX_MNT_ID, st) < 0)
		return -errno;
	if (!(st->stx_mask & STATX_MNT_ID) || !mountinfo ||
	    !mount_dev(mountinfo, st->stx_mnt_id, ret_dev))
		*ret_dev = kernel_dev(st->stx_dev_major, st->stx_dev_minor);
	*ret_ino = st->stx_ino;
	return 0;
}

static int
program_identity(const char *path, const char *mountinfo, uint64_t *ret_dev,
		 uint64_t *ret_ino)
{
	struct statx st;
	int err = identity_of_file(AT_FDCWD, path, mountinfo, &st, ret_dev,
				   ret_ino);

	if (err)
		return err;
	if (S_ISDIR(st.stx_mode))
		return -EISDIR;
	return S_ISREG(st.stx_mode) ? 0 : -EINVAL;
}

static bool
is_script(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char head[2] = "";
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, head, 2);
	close(fd);
	return n == 2 && head[0] == '#' && head[1] == '!';
}

/* --- users and groups ------------------------------------------------ */

static bool
is_number(const char *s, uint32_t *ret)
{
	unsigned long long v;
	char *end;

	if (!isdigit((unsigned char)*s))
		return false;
	errno = 0;
	v = strtoull(s, &end, 10);
	if (*end || errno || v >= UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

/* The user, by name or (when that is NULL) by number.  His own group, and
 * his name as it stands there. */
static int
find_user(const char *name, uint32_t uid, uint32_t *ret_uid,
	  uint32_t *ret_gid, char **ret_name)
{
	struct passwd pw, *found = NULL;
	size_t cap = 1024;
	char *buf = NULL, *more;
	int err = ERANGE;

	while (err == ERANGE && cap <= LOOKUP_MOST) {
		more = realloc(buf, cap *= 2);
		if (!more) {
			err = ENOMEM;
			break;
		}
		buf = more;
		err = name ? getpwnam_r(name, &pw, buf, cap, &found) :
			     getpwuid_r(uid, &pw, buf, cap, &found);
	}
	if (found) {
		*ret_uid = pw.pw_uid;
		*ret_gid = pw.pw_gid;
		*ret_name = strdup(pw.pw_name);
		err = *ret_name ? 0 : ENOMEM;
	} else if (!err || err == ESRCH || err == EPERM) {
		err = ENOENT;		/* some say it so, getpwnam(3) */
	}
	free(buf);
	return -err;
}

static int
find_group(const char *name, uint32_t *ret)
{
	struct group gr, *found = NULL;
	size_t cap = 1024;
	char *buf = NULL, *more;
	int err = ERANGE;

	while (err == ERANGE && cap <= LOOKUP_MOST) {
		more = realloc(buf, cap *= 2);
		if (!more) {
			err = ENOMEM;
			break;
		}
		buf = more;
		err = getgrnam_r(name, &gr, buf, cap, &found);
	}
	if (found)
		*ret = gr.gr_gid;
	else if (!err || err == ESRCH || err == EPERM)
		err = ENOENT;
	free(buf);
	return found ? 0 : -err;
}

static int
user_identity(const char *name, uint32_t *ret)
{
	uint32_t gid;
	char *found;
	int err;

	if (is_number(name, ret))
		return 0;
	err = find_user(name, 0, ret, &gid, &found);
	if (!err)
		free(found);
	return err;
}

static int
group_identity(const char *name, uint32_t *ret)
{
	return is_number(name, ret) ? 0 : find_group(name, ret);
}

/* --- cgroups --------------------------------------------------------- */

/* The ids of a cgroup and of all above it, from the root on; of those that
 * are there.  -ENOENT: the cgroup itself is not. */
static int
cgroup_ids(const char *root, const char *path, uint64_t **ret, unsigned *ret_n)
{
	char file[2 * IDENTITY_PATH];
	unsigned n = 0, most = 1;
	size_t len = strlen(root), i = 0;
	uint64_t *id;
	bool whole = false;

	if (strlen(path) >= IDENTITY_PATH)
		return -ENAMETOOLONG;
	for (const char *s = path; *s; s++)
		most += *s == '/';
	id = calloc(most, sizeof(*id));
	if (!id)
		return -ENOMEM;
	memcpy(file, root, len + 1);
	for (;;) {
		struct stat st;

		if (stat(file, &st) < 0 || !S_ISDIR(st.st_mode) || n == most)
			break;
		id[n++] = st.st_ino;
		i += strspn(path + i, "/");
		whole = !path[i];
		if (whole)
			break;
		file[len++] = '/';
		while (path[i] && path[i] != '/')
			file[len++] = path[i++];
		file[len] = '\0';
	}
	*ret = id;
	*ret_n = n;
	return whole ? 0 : -ENOENT;
}

static int
cgroup_identity(const char *root, const char *path, uint64_t *ret)
{
	uint64_t *id = NULL;
	unsigned n = 0;
	int err = cgroup_ids(root, path, &id, &n);

	if (!err)
		*ret = id[n - 1];
	free(id);
	return err;
}

/* --- rules ----------------------------------------------------------- */

/* What all rules are resolved with. */
struct resolver {
	char	*mountinfo;		/* NULL: cannot be read */
	char	root[IDENTITY_PATH];	/* of cgroup2; "": none */
};

static void
amiss(struct identity *id, const char *what, const char *name, int err)
{
	id->rule.never = true;
	if (!*id->why)
		snprintf(id->why, sizeof(id->why), "%s %.60s: %s", what, name,
			 err == -ENOENT ? "there is none" : strerror(-err));
}

static void
resolve_program(const struct resolver *v, const char *path,
		struct identity *id)
{
	int err = program_identity(path, v->mountinfo, &id->rule.dev,
				   &id->rule.ino);

	if (err)
		amiss(id, "program", path, err);
	else if (is_script(path))
		snprintf(id->why, sizeof(id->why), "program %.60s: is "
			 "a script; what runs is its interpreter", path);
}

/* Users, groups and cgroups. */
static void
resolve_owner(const struct resolver *v, const struct conf_rule *r,
	      struct identity *id)
{
	struct policy_rule *p = &id->rule;
	int err;

	if (r->user && (err = user_identity(r->user, &p->uid)))
		amiss(id, "user", r->user, err);
	if (r->group && (err = group_identity(r->group, &p->gid)))
		amiss(id, "group", r->group, err);
	if (!r->cgroup)
		return;
	err = *v->root ? cgroup_identity(v->root, r->cgroup, &p->cgroup) :
			 -ENODEV;
	if (err == -ENODEV && !*id->why)
		snprintf(id->why, sizeof(id->why), "cgroup2 is not mounted");
	if (err)
		amiss(id, "cgroup", r->cgroup, err);
}

static void
resolve(const struct resolver *v, const struct conf_rule *r,
	struct identity *id)
{
	bool missing;

	if (r->program)
		resolve_program(v, r->program, id);
	missing = id->rule.never;
	id->rule.never = false;
	resolve_owner(v, r, id);
	id->gone = missing && !id->rule.never;
	id->rule.never |= missing;
}

void
identity_of_rules(const struct conf_rule *rule, unsigned n,
		  struct identity *ret)
{
	struct resolver v = {
		.mountinfo = identity_read_file(AT_FDCWD, "/proc/self/mountinfo"),
	};

	if (identity_cgroup_root(v.root))
		*v.root = '\0';
	for (unsigned i = 0; i < n; i++) {
		const struct conf_rule *r = &rule[i];

		memset(&ret[i], 0, sizeof(ret[i]));
		ret[i].rule = (struct policy_rule){
			.has_program = r->program, .has_user = r->user,
			.has_group = r->group, .has_cgroup = r->cgroup,
			.has_protocol = r->protocol, .has_dst = r->has_dst,
			.has_port = r->has_port,
			.protocol = r->protocol, .dst = r->dst,
			.port_lo = r->port_lo, .port_hi = r->port_hi,
			.has_default = r->has_default,
			.has_permit = r->has_permit,
			.block_ipv4 = r->block_ipv4,
			.default_type = r->default_type, .permit = r->permit,
		};
		resolve(&v, r, &ret[i]);
	}
	free(v.mountinfo);
}

/* --- processes ------------------------------------------------------- */

void
identity_fini(struct identity_process *p)
{
	free(p->gid);
	free(p->cgroup);
	free(p->program);
	free(p->cgroup_path);
	*p = (struct identity_process){ 0 };
}

struct policy_subject
identity_subject(const struct identity_process *p)
{
	return (struct policy_subject){
		.dev = p->dev, .ino = p->ino, .uid = p->uid,
		.gid = p->gid, .ngids = p->ngids,
		.cgroup = p->cgroup, .ncgroups = p->ncgroups,
	};
}

static int
add_gid(struct identity_process *p, uint32_t gid)
{
	uint32_t *more;

	for (unsigned i = 0; i < p->ngids; i++) {
		if (p->gid[i] == gid)
			return 0;
	}
	/* twice the room at every power of two */
	if ((p->ngids & (p->ngids - 1)) == 0) {
		more = reallocarray(p->gid, p->ngids ? 2 * p->ngids : 1,
				    sizeof(*more));
		if (!more)
			return -ENOMEM;
		p->gid = more;
	}
	p->gid[p->ngids++] = gid;
	return 0;
}

int
identity_set_program(struct identity_process *p, const char *path)
{
	char *mountinfo = identity_read_file(AT_FDCWD, "/proc/self/mountinfo");
	uint64_t dev, ino;
	int err = program_identity(path, mountinfo, &dev, &ino);
	char *copy = err ? NULL : strdup(path);

	free(mountinfo);
	if (!copy)
		return err ? err : -ENOMEM;
	free(p->program);
	p->program = copy;
	p->dev = dev;
	p->ino = ino;
	return 0;
}

/* His groups: in the group file, by a name that he has. */
static int
set_user_groups(struct identity_process *p, const char *name, uint32_t gid)
{
	int n = 64, got;
	gid_t *v = NULL, *more;

	do {
		got = n;
		more = reallocarray(v, (size_t)n, sizeof(*v));
		if (!more) {
			free(v);
			return -ENOMEM;
		}
		v = more;
	} while (getgrouplist(name, gid, v, &n) < 0 && n > got &&
		 n <= GROUPS_MOST);
	p->ngids = 0;
	for (int i = 0; i < n && i < got; i++) {
		if (add_gid(p, v[i])) {
			free(v);
			return -ENOMEM;
		}
	}
	free(v);
	return 0;
}

int
identity_set_user(struct identity_process *p, const char *name)
{
	uint32_t uid = 0, gid;
	bool number = is_number(name, &uid);
	char *found;
	int err = find_user(number ? NULL : name, uid, &uid, &gid, &found);

	if (err && !(number && err == -ENOENT))
		return err;
	p->uid = uid;
	if (err) {			/* a number that has no name */
		p->ngids = 0;
		return 0;
	}
	err = set_user_groups(p, found, gid);
	free(found);
	return err;
}

int
identity_add_group(struct identity_process *p, const char *name)
{
	uint32_t gid;
	int err = group_identity(name, &gid);

	return err ? err : add_gid(p, gid);
}

static int
set_cgroup(struct identity_process *p, const char *path, bool must)
{
	char root[IDENTITY_PATH], *copy;
	uint64_t *id = NULL;
	unsigned n = 0;
	int err = identity_cgroup_root(root);

	if (err)
		return err;
	err = cgroup_ids(root, path, &id, &n);
	if (err && (must || err != -ENOENT)) {
		free(id);
		return err;
	}
	copy = strdup(path);
	if (!copy) {
		free(id);
		return -ENOMEM;
	}
	free(p->cgroup);
	free(p->cgroup_path);
	p->cgroup = id;
	p->ncgroups = n;
	p->cgroup_path = copy;
	return 0;
}

int
identity_set_cgroup(struct identity_process *p, const char *path)
{
	return set_cgroup(p, path, true);
}

/* "Uid: REAL EFFECTIVE ...", "Groups: ..." */
static int
read_status(int dir, struct identity_process *p)
{
	char *text = identity_read_file(dir, "status");
	const char *uid, *gid, *groups;
	char *end;
	int err = 0;

	if (!text)
		return -errno;
	uid = find_line(text, "Uid:");
	gid = find_line(text, "Gid:");
	groups = find_line(text, "Groups:");
	if (!uid || !gid || !groups) {
		free(text);
		return -EPROTO;
	}
	p->uid = (uint32_t)strtoul(uid, NULL, 10);
	err = add_gid(p, (uint32_t)strtoul(gid, NULL, 10));
	for (;;) {
		groups += strspn(groups, " \t");
		if (err || !isdigit((unsigned char)*groups))
			break;
		err = add_gid(p, (uint32_t)strtoul(groups, &end, 10));
		groups = end;
	}
	free(text);
	return err;
}

/* "0::/PATH".  What lies outside of our view ("/../x"), or on a system
 * without cgroup2, is in no cgroup that a rule could name. */
static int
read_cgroup(int dir, struct identity_process *p)
{
	char *text = identity_read_file(dir, "cgroup"), *path;
	int err = 0;

	if (!text)
		return errno == ENOENT ? 0 : -errno;
	path = (char *)(uintptr_t)find_line(text, "0::");
	if (path) {
		path[strcspn(path, "\n")] = '\0';
		if (strncmp(path, "/..", 3))
			err = set_cgroup(p, path, false);
	}
	free(text);
	return err == -ENOENT ? 0 : err;
}

static int
read_program(int dir, struct identity_process *p)
{
	char *mountinfo = identity_read_file(dir, "mountinfo"), path[IDENTITY_PATH];
	struct statx st;
	int err = identity_of_file(dir, "exe", mountinfo, &st, &p->dev, &p->ino);
	ssize_t n;

	free(mountinfo);
	if (err == -ENOENT)
		return 0;		/* a thread of the kernel has none */
	if (err)
		return err;
	n = readlinkat(dir, "exe", path, sizeof(path) - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	p->program = strdup(path);
	return p->program ? 0 : -ENOMEM;
}

int
identity_of_pid(pid_t pid, unsigned parts, struct identity_process *ret)
{
	struct identity_process p = { 0 };
	char name[32];
	int dir, err = 0;

	snprintf(name, sizeof(name), "/proc/%d", (int)pid);
	dir = pid > 0 ? open(name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (dir < 0)
		return pid <= 0 || errno == ENOENT ? -ESRCH : -errno;
	if (parts & IDENTITY_USER)
		err = read_status(dir, &p);
	if (!err && parts & IDENTITY_PROGRAM)
		err = read_program(dir, &p);
	if (!err && parts & IDENTITY_CGROUP)
		err = read_cgroup(dir, &p);
	/* one that ended meanwhile shows no executable either */
	if (!err && faccessat(dir, "status", F_OK, 0) < 0)
		err = -ESRCH;
	close(dir);
	if (err)
		identity_fini(&p);
	else
		*ret = p;
	return err == -ENOENT ? -ESRCH : err;
}
