/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_lib_srcaddr.c - inet6_is_srcaddr() (RFC 5014 section 13), and where
 * the library looks for the daemon.
 */
#include "config.h"

#include "test_lib.h"

#include "sys/rundir.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define HOME	IPV6_PREFER_SRC_HOME
#define COA	IPV6_PREFER_SRC_COA
#define TMP	IPV6_PREFER_SRC_TMP
#define PUBLIC	IPV6_PREFER_SRC_PUBLIC
#define CGA	IPV6_PREFER_SRC_CGA
#define NONCGA	IPV6_PREFER_SRC_NONCGA

static int ask(const char *addr, uint32_t flags)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };

	sa.sin6_addr = fake_addr(addr);
	errno = 0;
	return inet6_is_srcaddr(&sa, flags);
}

START_TEST(without_daemon)
{
	static const struct { uint32_t flags; int is; } rows[] = {
		{ 0, 1 }, { PUBLIC, 1 }, { TMP, 0 }, { NONCGA, 1 }, { CGA, 0 },
		{ HOME, 1 }, { COA, 0 },	/* a node without Mobile IPv6 */
		{ HOME | PUBLIC | NONCGA, 1 }, { HOME | TMP, 0 },
		{ HOME | COA, 0 }, { TMP | PUBLIC, 0 }, { CGA | NONCGA, 0 },
		{ IPV6_PREFER_SRC_PUBTMP_DEFAULT, 1 },
		{ IPV6_PREFER_SRC_PUBTMP_DEFAULT | PUBLIC, 0 },
		{ IPV6_REQUIRE_UNANCHORED | IPV6_REQUIRE_HOME_ANCHORED, 0 },
		{ 0x200, -1 }, { 0x10, -1 }, { 0x100000, -1 },
		{ 0x80000000, -1 },
	};
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct sockaddr_in6 sa6 = { 0 };

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_msg(ask(ADDR_A, rows[i].flags) == rows[i].is,
			      "flags %x", rows[i].flags);
		if (rows[i].is < 0)
			ck_assert_int_eq(errno, EINVAL);
	}
	ck_assert_int_eq(ask(ADDR_NONE, PUBLIC), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	ck_assert_int_eq(ask(ADDR_NONE, HOME | COA), -1);
	ck_assert_int_eq(ask("::1", PUBLIC | HOME), 1);
	ck_assert_int_eq(ask(ADDR_A, IPV6_REQUIRE_UNANCHORED), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	memcpy(&sa6, &sin, sizeof(sin));
	ck_assert_int_eq(inet6_is_srcaddr(&sa6, 0), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(with_daemon)
{
	static const struct { const char *type; uint32_t flags; int is; }
	rows[] = {
		{ "home-anchored", HOME, 1 }, { "home-anchored", COA, 0 },
		{ "access-anchored", HOME, 1 }, { "access-anchored", COA, 0 },
		{ "unanchored", HOME, 0 }, { "unanchored", COA, 1 },
		{ "graceful", COA | PUBLIC, 1 }, { "graceful", COA | TMP, 0 },
		{ "unanchored", IPV6_REQUIRE_UNANCHORED, 1 },
		{ "unanchored", IPV6_REQUIRE_UNANCHORED | COA, 1 },
		{ "unanchored", IPV6_REQUIRE_UNANCHORED | HOME, 0 },
		{ "graceful", IPV6_REQUIRE_UNANCHORED, 0 },
		{ "graceful", IPV6_REQUIRE_GRACEFUL_REPLACEMENT, 1 },
		{ NULL, HOME, 1 }, { NULL, COA, 0 },
		{ NULL, IPV6_REQUIRE_HOME_ANCHORED, 0 },
	};
	char say[200];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_turn t = { "type-of " ADDR_A, say };

		if (rows[i].is == 0 && (rows[i].flags & TMP))
			continue;	/* the kernel knows that */
		snprintf(say, sizeof(say), rows[i].type ?
			 "address type=%s address=" ADDR_A " current=yes\nok\n"
			 : "error ENOENT not ours\n", rows[i].type);
		fake_begin(&t, 1);
		ck_assert_msg(ask(ADDR_A, rows[i].flags) == rows[i].is,
			      "row %u", i);
		ck_assert(fake_end());
	}
}
END_TEST

/* Many addresses: the list is longer than one read. */
START_TEST(many)
{
	char text[64], cmd[128];
	FILE *p = popen("ip -batch - 2> /dev/null", "w");

	/* (also there the kernel only finds out later that there is none to
	 * ask, and until then an address is tentative) */
	for (int i = 1; i <= 200; i++)
		fprintf(p, "addr add 2001:db8:1::%x/128 dev lo nodad\n", i);
	if (pclose(p))
		return;			/* no ip here */
	for (int i = 1; i <= 200; i++) {
		snprintf(text, sizeof(text), "2001:db8:1::%x", i);
		ck_assert_int_eq(ask(text, PUBLIC), 1);
	}
	ck_assert_int_eq(ask("2001:db8:1::ffff", PUBLIC), -1);
	snprintf(cmd, sizeof(cmd), "ip addr flush dev lo to 2001:db8:1::/64");
	ck_assert_int_eq(system(cmd), 0);
}
END_TEST

/* --- find.c ----------------------------------------------------------------
 */

static bool own_run(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("run", "/run", "tmpfs", 0, "mode=755") == 0;
}

static const char *found(char path[MIP6I_PATH])
{
	bool given;

	ck_assert_int_eq(mip6i_find(path, &given), 0);
	ck_assert(!given);
	return path;
}

/* The daemon's rule, which the library repeats. */
static const char *ruled(char path[RUNDIR_PATH])
{
	char dir[RUNDIR_PATH];

	rundir_default(RUNDIR_RUN, dir);
	ck_assert_int_eq(rundir_file(dir, "app", path), 0);
	return path;
}

static void touch(const char *path)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fclose(f);
}

START_TEST(where)
{
	char a[MIP6I_PATH], b[RUNDIR_PATH], lock[RUNDIR_PATH];
	struct stat ns;

	unsetenv("MIP6D_APP");
	if (!own_run()) {
		puts("no mount namespace: where to look is not tested");
		return;
	}
	ck_assert_str_eq(found(a), ruled(b));		/* by inode */
	ck_assert_int_eq(stat("/proc/self/ns/net", &ns), 0);
	mkdir("/run/netns", 0755);
	touch("/run/netns/other");
	ck_assert_str_eq(found(a), ruled(b));
	touch("/run/netns/ours");
	ck_assert_int_eq(mount("/proc/self/ns/net", "/run/netns/ours", NULL,
			       MS_BIND, NULL), 0);
	ck_assert_str_eq(found(a), "/run/mip6d/netns/ours/app");
	ck_assert_str_eq(ruled(b), a);
	ck_assert_int_eq(umount("/run/netns/ours"), 0);
	/* who may not look at process 1 believes the lock */
	mkdir("/run/mip6d", 0755);
	snprintf(lock, sizeof(lock), "/run/mip6d/netns-%ju.lock",
		 (uintmax_t)ns.st_ino);
	touch(lock);
	if (stat("/proc/1/ns/net", &ns) == 0)
		ck_assert_str_eq(found(a), ruled(b));
	ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_str_eq(found(a), "/run/mip6d/app");
	ck_assert_int_eq(seteuid(0), 0);
	unlink(lock);
	ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_str_eq(found(a), ruled(b));
	ck_assert_int_eq(seteuid(0), 0);	/* a sanitizer wants to look */
}
END_TEST

/* Root of the machine has no number in this user namespace: it is believed
 * where only root can be, and nowhere else. */
START_TEST(user_namespace)
{
	struct fake_turn t = { "request unanchored", GRANT_A };
	int fd = fake_socket(SOCK_STREAM);
	char path[MIP6I_PATH], *p;

	unsetenv("MIP6D_APP");
	if (!own_run()) {
		puts("no mount namespace: user namespaces are not tested");
		return;
	}
	found(path);
	for (p = path + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdir(path, 0755);
	}
	fake_place(path);
	fake_crowd(&t);
	if (unshare(CLONE_NEWUSER) < 0) {
		puts("no user namespace: they are not tested");
		return;
	}
	ck_assert_uint_eq(getuid(), 65534);
	setenv("MIP6D_APP", path, 1);
	ck_assert_int_eq(setsc(fd, NULL, IPV6_REQUIRE_UNANCHORED), -1);
	ck_assert_int_eq(errno, EPERM);
	unsetenv("MIP6D_APP");
	ck_assert_msg(setsc(fd, NULL, IPV6_REQUIRE_UNANCHORED) == 0, "%s",
		      strerror(errno));
	close(fd);
}
END_TEST

Suite *suite_srcaddr(void)
{
	Suite *s = suite_create("srcaddr");

	unit_add(s, "without daemon", without_daemon);
	unit_add(s, "with daemon", with_daemon);
	unit_add(s, "many", many);
	unit_add(s, "where", where);
	unit_add(s, "user namespace", user_namespace);
	return s;
}
