/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manager.c - who else holds an interface.
 *
 * Two programs that configure one interface undo each other's work, and
 * the mobile would lose its care-of address now and then for no visible
 * reason.  Each manager says in files of its run directory what it holds.
 * Those files are seen from every network namespace, where the same
 * interface number means another interface: so a manager counts only when
 * it is alive in our own.
 */
#include "sys/manager.h"

#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct place {
	const char	*root;
	uint32_t	ifindex;
	const char	*ifname;
};

static bool
same_netns(const struct place *at, const char *pid)
{
	char path[300];
	struct stat a, b;

	snprintf(path, sizeof(path), "%s/proc/self/ns/net", at->root);
	if (stat(path, &a) < 0)
		return false;
	snprintf(path, sizeof(path), "%s/proc/%s/ns/net", at->root, pid);
	return stat(path, &b) == 0 && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

/* `comm' as the kernel cuts it, to 15 octets. */
static bool
runs_here(const struct place *at, const char *comm)
{
	char path[300], name[32];
	struct dirent *d;
	bool found = false;
	DIR *dir;
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc", at->root);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (d = readdir(dir))) {
		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "%s/proc/%.20s/comm", at->root,
			 d->d_name);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fgets(name, sizeof(name), f)) {
			name[strcspn(name, "\n")] = '\0';
			found = !strcmp(name, comm) &&
				same_netns(at, d->d_name);
		}
		fclose(f);
	}
	closedir(dir);
	return found;
}

bool
manager_runs_here(const char *root, const char *comm)
{
	struct place at = { .root = root };

	return runs_here(&at, comm);
}

/* The value of KEY= in a file of such lines, "" when it has none. */
static bool
file_value(const struct place *at, const char *file, const char *key,
	   char *ret, size_t cap)
{
	char path[300], line[256];
	size_t len = strlen(key);
	FILE *f;

	ret[0] = '\0';
	snprintf(path, sizeof(path), "%s%s", at->root, file);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, key, len) && line[len] == '=')
			snprintf(ret, cap, "%s", line + len + 1);
	}
	fclose(f);
	return true;
}

static bool
held_by_networkmanager(const struct place *at, char line[MANAGER_LINE])
{
	char file[64], value[32];

	snprintf(file, sizeof(file), "/run/NetworkManager/devices/%u",
		 at->ifindex);
	if (!file_value(at, file, "managed", value, sizeof(value)) ||
	    strcmp(value, "true"))
		return false;
	snprintf(line, MANAGER_LINE, "%s is held by NetworkManager; release "
		 "it with: nmcli device set %s managed no", at->ifname,
		 at->ifname);
	return true;
}

static bool
held_by_networkd(const struct place *at, char line[MANAGER_LINE])
{
	static const char *const held[] = {
		"configuring", "configured", "failed", "linger",
	};
	char file[64], value[32];
	bool is = false;
	size_t i;

	snprintf(file, sizeof(file), "/run/systemd/netif/links/%u",
		 at->ifindex);
	if (!file_value(at, file, "ADMIN_STATE", value, sizeof(value)))
		return false;
	for (i = 0; i < sizeof(held) / sizeof(*held); i++)
		is |= !strcmp(value, held[i]);
	if (is)
		snprintf(line, MANAGER_LINE, "%s is held by systemd-networkd; "
			 "release it with Unmanaged=yes in the [Link] section "
			 "of its .network file and: networkctl reload",
			 at->ifname);
	return is;
}

static bool
dhcpcd_denies(const struct place *at)
{
	char path[300], line[512], *word, *save;
	bool denied = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/etc/dhcpcd.conf", at->root);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		word = strtok_r(line, " \t\n", &save);
		if (!word || strcmp(word, "denyinterfaces"))
			continue;
		while ((word = strtok_r(NULL, " \t\n", &save)))
			denied |= !fnmatch(word, at->ifname, 0);
	}
	fclose(f);
	return denied;
}

static bool
held_by_dhcpcd(const struct place *at, char line[MANAGER_LINE])
{
	static const struct {
		const char	*before, *after;
	} own[] = {
		{ "dhcpcd/", ".pid" }, { "dhcpcd/", "-6.pid" },
		{ "dhcpcd-", ".pid" },
	};
	char path[300];
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(*own); i++) {
		snprintf(path, sizeof(path), "%s/run/%s%s%s", at->root,
			 own[i].before, at->ifname, own[i].after);
		if (stat(path, &st) < 0)
			continue;
		snprintf(line, MANAGER_LINE, "%s is held by dhcpcd; release "
			 "it with: dhcpcd -x %s", at->ifname, at->ifname);
		return true;
	}
	/* one process for all interfaces */
	snprintf(path, sizeof(path), "%s/run/dhcpcd/pid", at->root);
	if ((stat(path, &st) < 0) || dhcpcd_denies(at))
		return false;
	snprintf(line, MANAGER_LINE, "%s is held by dhcpcd; release it with "
		 "\"denyinterfaces %s\" in /etc/dhcpcd.conf and a restart of "
		 "dhcpcd", at->ifname, at->ifname);
	return true;
}

static const struct {
	const char	*comm;
	bool		(*holds)(const struct place *, char line[MANAGER_LINE]);
} managers[] = {
	{ "NetworkManager",	held_by_networkmanager },
	{ "systemd-network",	held_by_networkd },
	{ "dhcpcd",		held_by_dhcpcd },
};

bool
manager_holds(const char *root, uint32_t ifindex, const char *ifname,
	      char ret_line[MANAGER_LINE])
{
	struct place at = {
		.root = root, .ifindex = ifindex, .ifname = ifname
	};
	size_t i;

	for (i = 0; i < sizeof(managers) / sizeof(*managers); i++)
		if (managers[i].holds(&at, ret_line) &&
		    runs_here(&at, managers[i].comm))
			return true;
	return false;
}
