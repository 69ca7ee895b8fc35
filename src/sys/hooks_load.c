/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks_load.c - the socket hooks' programs and maps.
 *
 * Programs are attached to a cgroup by BPF_PROG_ATTACH, which leaves them
 * there when we end, beside those of others (BPF_F_ALLOW_MULTI).  The next
 * process asks the cgroup what is attached; a program that has our name and
 * leads to a configuration with this namespace's cookie is an earlier one of
 * ours.  Its maps are taken over if they are laid out as ours, and with them
 * what the sockets asked for; the programs themselves are loaded anew and put
 * in the place of the old ones, each in one step (BPF_F_REPLACE).  So a
 * restart is an upgrade, too, and no socket is without its hook for a moment.
 *
 * Nothing is pinned, and nothing has to be known but the cgroup.
 */
#include "sys/hooks_private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* made by bpftool, to other rules than ours */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#include "bpf/select.skel.h"
#pragma GCC diagnostic pop

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71
#endif

_Static_assert(SM_TYPES == ATYPES, "types are those of atype.h");

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define ATTACHED_MAX	64	/* BPF_CGROUP_MAX_PROGS */

static const char *const map_name[HOOKS_MAPS] = {
	[HM_CONFIG] = "sm_config",
	[HM_SETS] = "sm_sets",
	[HM_DSTS] = "sm_dsts",
	[HM_PORTS] = "sm_ports",
	[HM_OWNED] = "sm_owned",
	[HM_SOCKS] = "sm_socks",
	[HM_RAWS] = "sm_raws",
	[HM_EVENTS] = "sm_events",
	[HM_WANTS] = "sm_wants",
	[HM_RATE] = "sm_rate",
};

static const struct {
	enum bpf_attach_type type;
	const char	*name;
	const char	*hook;		/* for people */
} progs[HOOKS_PROGS] = {
	[HP_RELEASE] = { BPF_CGROUP_INET_SOCK_RELEASE, "sel_release",
			 "sock_release" },
	[HP_CREATE] = { BPF_CGROUP_INET_SOCK_CREATE, "sel_create",
			"sock_create" },
	[HP_BIND6] = { BPF_CGROUP_INET6_BIND, "sel_bind6", "bind6" },
	[HP_CONNECT4] = { BPF_CGROUP_INET4_CONNECT, "sel_connect4",
			  "connect4" },
	[HP_SENDMSG4] = { BPF_CGROUP_UDP4_SENDMSG, "sel_sendmsg4",
			  "sendmsg4" },
	[HP_CONNECT6] = { BPF_CGROUP_INET6_CONNECT, "sel_connect6",
			  "connect6" },
	[HP_SENDMSG6] = { BPF_CGROUP_UDP6_SENDMSG, "sel_sendmsg6",
			  "sendmsg6" },
	[HP_GETSOCKOPT] = { BPF_CGROUP_GETSOCKOPT, "sel_getsockopt",
			    "getsockopt" },
	[HP_SETSOCKOPT] = { BPF_CGROUP_SETSOCKOPT, "sel_setsockopt",
			    "setsockopt" },
	[HP_CONNECTING] = { BPF_CGROUP_SOCK_OPS, "sel_connecting",
			    "sock_ops" },
	[HP_EGRESS] = { BPF_CGROUP_INET_EGRESS, "sel_egress", "egress" },
};

int hooks_why(const struct hooks_why *w, int err, const char *fmt, ...)
{
	va_list ap;

	if (w && w->buf && w->cap) {
		va_start(ap, fmt);
		vsnprintf(w->buf, w->cap, fmt, ap);
		va_end(ap);
	}
	return err;
}

static void fds_close(int *fd, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

/* --- where ---------------------------------------------------------------- */

static bool cgroup_mounted(char *ret, size_t cap)
{
	FILE *f = setmntent("/proc/mounts", "re");
	struct mntent *m;
	bool found = false;

	while (f && !found && (m = getmntent(f))) {
		if (strcmp(m->mnt_type, "cgroup2") != 0 ||
		    strlen(m->mnt_dir) >= cap)
			continue;
		strcpy(ret, m->mnt_dir);
		found = true;
	}
	if (f)
		endmntent(f);
	return found;
}

/*
 * Where it is mounted nowhere - `ip netns exec' hides it - there is a root
 * yet: a mount of our own, which nobody sees and which goes with us.
 */
static int cgroup_unseen(void)
{
	int fs = fsopen("cgroup2", FSOPEN_CLOEXEC), fd, err = 0;

	if (fs < 0)
		return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		err = -errno;
	fd = err ? -1 : fsmount(fs, FSMOUNT_CLOEXEC, 0);
	if (!err && fd < 0)
		err = -errno;
	close(fs);
	if (err)
		return err;
	/* what fsmount gives is a path only; the hooks want a directory */
	fs = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = fs < 0 ? -errno : fs;
	close(fd);
	return err;
}

static int cgroup_root(void)
{
	char dir[256];
	int fd;

	if (!cgroup_mounted(dir, sizeof(dir)))
		return cgroup_unseen();
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int hooks_cgroup(const struct hooks_options *o, const struct hooks_why *why)
{
	const char *dir = o ? o->cgroup : NULL;
	struct statfs fs;
	int fd, err;

	if (!dir) {
		fd = cgroup_root();
		return fd >= 0 ? fd :
		       hooks_why(why, fd, "no cgroup2, which the socket hooks "
				 "need: %s", strerror(-fd));
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return hooks_why(why, -errno, "cgroup %s: %s", dir,
				 strerror(errno));
	err = fstatfs(fd, &fs) < 0 ? -errno :
	      fs.f_type != CGROUP2_SUPER_MAGIC ? -EINVAL : 0;
	if (err) {
		close(fd);
		return hooks_why(why, err, "%s is no directory of cgroup2",
				 dir);
	}
	return fd;
}

int hooks_netns(uint64_t *ret)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;
	uint64_t cookie;
	socklen_t len = sizeof(cookie);

	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) < 0)
		err = -errno;
	else
		*ret = cookie;
	close(fd);
	return err;
}

/* --- finding -------------------------------------------------------------- */

static int map_number(const char *name)
{
	for (int i = 0; i < HOOKS_MAPS; i++)
		if (!strcmp(name, map_name[i]))
			return i;
	return -1;
}

/* The maps of a program, those of them that are not known yet. */
static int maps_of(int prog, int ret[HOOKS_MAPS])
{
	uint32_t id[2 * HOOKS_MAPS], len;
	struct bpf_prog_info info = { .nr_map_ids = COUNT(id),
				      .map_ids = (uintptr_t)id };
	int err;

	len = sizeof(info);
	err = bpf_obj_get_info_by_fd(prog, &info, &len);
	for (uint32_t i = 0; !err && i < info.nr_map_ids && i < COUNT(id);
	     i++) {
		struct bpf_map_info mi = { 0 };
		int n, map = bpf_map_get_fd_by_id(id[i]);

		if (map < 0)
			continue;
		len = sizeof(mi);
		n = bpf_obj_get_info_by_fd(map, &mi, &len) ? -1 :
		    map_number(mi.name);
		if (n < 0 || ret[n] >= 0)
			close(map);
		else
			ret[n] = map;
	}
	return err;
}

/* The beginning of the configuration is the same in every layout. */
static bool config_read(int map, struct sm_config *ret)
{
	struct bpf_map_info mi = { 0 };
	uint32_t len = sizeof(mi), zero = 0;
	void *v;
	bool ok;

	if (bpf_obj_get_info_by_fd(map, &mi, &len) ||
	    mi.value_size < offsetof(struct sm_config, nonce))
		return false;
	v = calloc(1, mi.value_size + sizeof(*ret));
	ok = v && !bpf_map_lookup_elem(map, &zero, v);
	if (ok)
		memcpy(ret, v, sizeof(*ret));
	free(v);
	return ok;
}

/*
 * Programs of ours, of this namespace, at a hook: descriptors; how many.
 * `maps' (may be NULL) gets the maps of the first.
 */
static int attached(int cgroup, enum hooks_prog p, uint64_t netns,
		    int ret[ATTACHED_MAX], int maps[HOOKS_MAPS])
{
	uint32_t id[ATTACHED_MAX] = { 0 }, n = COUNT(id), len;
	int found = 0;

	if (bpf_prog_query(cgroup, progs[p].type, 0, NULL, id, &n))
		return 0;
	for (uint32_t i = 0; i < n && i < COUNT(id); i++) {
		int fd = bpf_prog_get_fd_by_id(id[i]), map[HOOKS_MAPS];
		struct bpf_prog_info info = { 0 };
		struct sm_config c;
		bool ours;

		if (fd < 0)
			continue;
		memset(map, -1, sizeof(map));
		len = sizeof(info);
		ours = !bpf_obj_get_info_by_fd(fd, &info, &len) &&
		       !strcmp(info.name, progs[p].name) &&
		       !maps_of(fd, map) && map[HM_CONFIG] >= 0 &&
		       config_read(map[HM_CONFIG], &c) && c.netns == netns;
		if (ours && !found && maps) {
			memcpy(maps, map, sizeof(map));
			memset(map, -1, sizeof(map));
		}
		fds_close(map, HOOKS_MAPS);
		if (ours)
			ret[found++] = fd;
		else
			close(fd);
	}
	return found;
}

static void earlier_maps(struct hooks *h, int old[HOOKS_MAPS])
{
	int fd[ATTACHED_MAX], n = 0;
	struct sm_config c;

	for (enum hooks_prog p = 0; p < HOOKS_PROGS && !n; p++)
		n = attached(h->cgroup, p, h->netns, fd, old);
	fds_close(fd, (unsigned)n);
	if (old[HM_CONFIG] >= 0 && (!config_read(old[HM_CONFIG], &c) ||
				    c.layout != SM_LAYOUT))
		fds_close(old, HOOKS_MAPS);
}

/* --- loading -------------------------------------------------------------- */

static bool map_fits(int fd, const struct bpf_map *map)
{
	struct bpf_map_info mi = { 0 };
	uint32_t len = sizeof(mi);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &mi, &len) &&
	       mi.type == bpf_map__type(map) &&
	       mi.key_size == bpf_map__key_size(map) &&
	       mi.value_size == bpf_map__value_size(map) &&
	       mi.map_flags == bpf_map__map_flags(map) &&
	       mi.max_entries >= bpf_map__max_entries(map);
}

/* What the programs call that not every kernel has. */
static const struct {
	enum bpf_prog_type prog;
	enum bpf_func_id func;
	const char	*name;
} helpers[] = {
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_bind, "bpf_bind" },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_sk_storage_get,
	  "bpf_sk_storage_get" },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_ringbuf_reserve,
	  "bpf_ringbuf_reserve" },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_get_netns_cookie,
	  "bpf_get_netns_cookie" },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_FUNC_get_netns_cookie,
	  "bpf_get_netns_cookie at setsockopt" },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_get_current_task_btf,
	  "bpf_get_current_task_btf" },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_loop, "bpf_loop" },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_FUNC_set_retval,
	  "bpf_set_retval" },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_set_retval,
	  "bpf_set_retval at connect" },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_FUNC_get_current_ancestor_cgroup_id,
	  "bpf_get_current_ancestor_cgroup_id at setsockopt" },
	{ BPF_PROG_TYPE_CGROUP_SOCK, BPF_FUNC_get_current_ancestor_cgroup_id,
	  "bpf_get_current_ancestor_cgroup_id at sock_create" },
	{ BPF_PROG_TYPE_CGROUP_SOCK, BPF_FUNC_sk_storage_get,
	  "bpf_sk_storage_get at sock_create" },
	{ BPF_PROG_TYPE_SOCK_OPS, BPF_FUNC_sk_storage_get,
	  "bpf_sk_storage_get at sock_ops" },
	{ BPF_PROG_TYPE_SOCK_OPS, BPF_FUNC_get_netns_cookie,
	  "bpf_get_netns_cookie at sock_ops" },
	{ BPF_PROG_TYPE_CGROUP_SKB, BPF_FUNC_sk_storage_get,
	  "bpf_sk_storage_get at egress" },
};

static bool locked_down(void)
{
	char s[128] = "";
	int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, s, sizeof(s) - 1) < 0)
			s[0] = 0;
		close(fd);
	}
	return strstr(s, "[confidentiality]") || strstr(s, "[integrity]");
}

/* Why did it not load? */
static int load_failed(int err, const struct hooks_why *why)
{
	if (err == -EPERM && locked_down())
		return hooks_why(why, err, "eBPF: the kernel is locked down "
				 "(lockdown(7)): no socket hooks");
	if (err == -EPERM)
		return hooks_why(why, err, "eBPF: not permitted: the socket "
				 "hooks need root, or CAP_SYS_ADMIN, CAP_BPF, "
				 "CAP_PERFMON and CAP_NET_ADMIN");
	if (err == -ENOSYS)
		return hooks_why(why, err, "eBPF: the kernel has none "
				 "(CONFIG_BPF_SYSCALL)");
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
		return hooks_why(why, -ENOENT, "eBPF: the kernel does not "
				 "describe its types (CONFIG_DEBUG_INFO_BTF)");
	for (size_t i = 0; i < COUNT(helpers); i++)
		if (libbpf_probe_bpf_helper(helpers[i].prog, helpers[i].func,
					    NULL) == 0)
			return hooks_why(why, -EOPNOTSUPP, "eBPF: the kernel "
					 "has no %s (Linux 6.1 has all)",
					 helpers[i].name);
	return hooks_why(why, err, "eBPF: loading the socket hooks failed: %s",
			 strerror(-err));
}

/* An iterator over the sockets' storage, to be run when we count. */
static int count_link(struct hooks *h, struct select_bpf *skel)
{
	union bpf_iter_link_info info = {
		.map.map_fd = (uint32_t)h->map[HM_SOCKS],
	};
	DECLARE_LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = &info,
			    .iter_info_len = sizeof(info));
	int fd = bpf_link_create(bpf_program__fd(skel->progs.sel_count), 0,
				 BPF_TRACE_ITER, &opts);

	if (fd < 0)
		return fd;
	h->count = fd;
	return 0;
}

static int load_fds(struct hooks *h, struct select_bpf *skel)
{
	for (int i = 0; i < HOOKS_MAPS; i++) {
		struct bpf_map *m = bpf_object__find_map_by_name(skel->obj,
								 map_name[i]);

		h->map[i] = fcntl(bpf_map__fd(m), F_DUPFD_CLOEXEC, 0);
		if (h->map[i] < 0)
			return -errno;
	}
	for (int i = 0; i < HOOKS_PROGS; i++) {
		struct bpf_program *p = bpf_object__find_program_by_name(
			skel->obj, progs[i].name);

		h->prog[i] = fcntl(bpf_program__fd(p), F_DUPFD_CLOEXEC, 0);
		if (h->prog[i] < 0)
			return -errno;
	}
	return count_link(h, skel);
}

/* A program keeps the maps that it uses; ours keep all, so that any of them
 * leads the next process to every map. */
static int load_bind(const struct hooks *h)
{
	for (int i = 0; i < HOOKS_PROGS; i++)
		for (int j = 0; j < HOOKS_MAPS; j++) {
			int err = bpf_prog_bind_map(h->prog[i], h->map[j],
						    NULL);

			if (err && err != -EEXIST)
				return err;
		}
	return 0;
}

static int load_config(struct hooks *h)
{
	void *m = mmap(NULL, sizeof(*h->cfg), PROT_READ | PROT_WRITE,
		       MAP_SHARED, h->map[HM_CONFIG], 0);

	if (m == MAP_FAILED)
		return -errno;
	h->cfg = m;
	if (h->cfg->layout != SM_LAYOUT) {	/* new */
		h->cfg->layout = SM_LAYOUT;
		h->cfg->netns = h->netns;
		h->cfg->policy[0].plain = 1;
		h->cfg->policy[0].permit = ATYPE_ALL;
	}
	h->cfg->gen++;
	return 0;
}

static int no_output(enum libbpf_print_level l, const char *f, va_list ap)
{
	return 0;
}

int hooks_load(struct hooks *h, const struct hooks_why *why)
{
	int old[HOOKS_MAPS], err = 0;
	struct select_bpf *skel;

	/* libbpf tells of every attempt that fails; what matters we say */
	libbpf_set_print(no_output);
	skel = select_bpf__open();
	if (!skel)
		return load_failed(-errno, why);
	memset(old, -1, sizeof(old));
	earlier_maps(h, old);
	for (int i = 0; i < HOOKS_MAPS && !err; i++) {
		struct bpf_map *m = bpf_object__find_map_by_name(skel->obj,
								 map_name[i]);

		if (map_fits(old[i], m))
			err = bpf_map__reuse_fd(m, old[i]);
	}
	if (!err)
		err = select_bpf__load(skel);
	if (!err)
		err = load_fds(h, skel);
	if (!err)
		err = load_bind(h);
	if (!err)
		err = load_config(h);
	fds_close(old, HOOKS_MAPS);
	select_bpf__destroy(skel);
	return err ? load_failed(err, why) : 0;
}

void hooks_unload(struct hooks *h)
{
	if (h->cfg)
		munmap(h->cfg, sizeof(*h->cfg));
	h->cfg = NULL;
	fds_close(h->map, HOOKS_MAPS);
	fds_close(h->prog, HOOKS_PROGS);
	fds_close(&h->count, 1);
	fds_close(&h->cgroup, 1);
}

/* --- attaching ------------------------------------------------------------ */

static int detach_one(int cgroup, enum hooks_prog p, uint64_t netns)
{
	int fd[ATTACHED_MAX], n = attached(cgroup, p, netns, fd, NULL), err = 0;

	for (int i = 0; i < n; i++) {
		int e = bpf_prog_detach2(fd[i], cgroup, progs[p].type);

		err = err ? err : e;
	}
	fds_close(fd, (unsigned)n);
	return err;
}

int hooks_detach(int cgroup, uint64_t netns)
{
	int err = 0;

	for (enum hooks_prog p = HOOKS_PROGS; p-- > 0; ) {
		int e = detach_one(cgroup, p, netns);

		err = err ? err : e;
	}
	return err;
}

/* In the place of the first of ours there; any other of them goes. */
static int attach_one(struct hooks *h, enum hooks_prog p)
{
	DECLARE_LIBBPF_OPTS(bpf_prog_attach_opts, opts,
			    .flags = BPF_F_ALLOW_MULTI);
	int fd[ATTACHED_MAX];
	int n = attached(h->cgroup, p, h->netns, fd, NULL), err;

	if (n) {
		opts.flags |= BPF_F_REPLACE;
		opts.replace_prog_fd = fd[0];
	}
	err = bpf_prog_attach_opts(h->prog[p], h->cgroup, progs[p].type,
				   &opts);
	for (int i = 1; i < n && !err; i++)
		err = bpf_prog_detach2(fd[i], h->cgroup, progs[p].type);
	fds_close(fd, (unsigned)n);
	return err;
}

static int attach_failed(enum hooks_prog p, int err,
			 const struct hooks_why *why)
{
	if (err == -EPERM)
		return hooks_why(why, err, "cgroup hook %s: not permitted, or "
				 "somebody has attached a program there that "
				 "suffers no other", progs[p].hook);
	if (err == -E2BIG)
		return hooks_why(why, err, "cgroup hook %s: too many programs "
				 "are attached", progs[p].hook);
	if (err == -EINVAL)
		return hooks_why(why, err, "the kernel has no cgroup hook %s "
				 "(CONFIG_CGROUP_BPF)", progs[p].hook);
	return hooks_why(why, err, "cgroup hook %s: %s", progs[p].hook,
			 strerror(-err));
}

int hooks_attach(struct hooks *h, const struct hooks_why *why)
{
	for (enum hooks_prog p = 0; p < HOOKS_PROGS; p++) {
		int err = attach_one(h, p);

		if (err)
			return attach_failed(p, err, why);
	}
	return 0;
}

/* --- does it work? -------------------------------------------------------- */

/* Is this process, whose cgroup is `path', in that directory or below? */
static bool cgroup_below(int root, char *path, const struct stat *dir)
{
	struct stat st;

	for (;;) {
		char *slash = strrchr(path, '/');

		if (fstatat(root, *path ? path + 1 : ".", &st, 0) < 0)
			return true;	/* cannot be told */
		if (st.st_ino == dir->st_ino && st.st_dev == dir->st_dev)
			return true;
		if (!*path || !slash)
			return false;
		*slash = 0;
	}
}

static bool cgroup_mine(int cgroup)
{
	int root = cgroup_root();
	FILE *f = fopen("/proc/self/cgroup", "re");
	bool mine = true;
	struct stat dir;
	char line[4096];

	while (root >= 0 && f && !fstat(cgroup, &dir) &&
	       fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		if (strcmp(line, "0::/") == 0)
			line[3] = 0;
		if (strncmp(line, "0::", 3) == 0)
			mine = cgroup_below(root, line + 3, &dir);
	}
	if (root >= 0)
		close(root);
	if (f)
		fclose(f);
	return mine;
}

int hooks_probe(struct hooks *h, const struct hooks_options *o,
		const struct hooks_why *why)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t nonce;
	bool heard;

	if (fd < 0)
		return hooks_why(why, -errno, "no IPv6 sockets: %s",
				 strerror(errno));
	if (getrandom(&nonce, sizeof(nonce), 0) != sizeof(nonce))
		nonce = (uintptr_t)h;
	nonce |= 1;		/* 0 is none */
	h->cfg->tgid = 0;
	h->cfg->heard = 0;
	__atomic_store_n(&h->cfg->nonce, nonce, __ATOMIC_SEQ_CST);
	/* the kernel knows no such option: that it says so means nothing */
	setsockopt(fd, IPPROTO_IPV6, SM_PROBE, &nonce, sizeof(nonce));
	heard = __atomic_load_n(&h->cfg->heard, __ATOMIC_SEQ_CST) == nonce;
	__atomic_store_n(&h->cfg->nonce, 0, __ATOMIC_SEQ_CST);
	close(fd);
	if (heard || !cgroup_mine(h->cgroup))
		return 0;
	return hooks_why(why, -EOPNOTSUPP, "sockets do not pass the hooks of "
			 "cgroup2 here (net_cls or net_prio of cgroup v1 "
			 "are in use?)");
}
