/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules.c - which packets the kernel hands us, said to netfilter.
 *
 * Taken are packets to a local address that carry a Mobility Header, a type
 * 2 routing header, or a destination options header (a Home Address option
 * may stand anywhere in it; queue.c looks closer), and the discovery of home
 * agents (RFC 6275 6.5, 6.6), which comes without any of those, to an anycast
 * address too; prefix discovery (6.7, 6.8) always has one.  Transit is never
 * touched.
 *
 * What the matches do with malformed headers decides what they may be used
 * for.  `-p 135', `rt' and `ipv6header' pass on everything that has the
 * header at all; they lose a packet only when its chain of headers is cut
 * off, which nobody answers.  `mh' throws away what is too short or names a
 * payload, and `dst --dst-opts' compares options from the first on, so that
 * padding hides a Home Address option: neither is used to select.
 *
 * The first rule looks at one octet, so that ordinary traffic pays for one
 * comparison and no routing lookup.  A rule with `socket' is never reached;
 * that it exists makes the kernel reassemble fragments before the chain.
 *
 * The tools themselves do the work: which of the three variants is in use is
 * the system's decision, and mixing them is how rules get lost.
 */
#include "sys/rules.h"

#include "base/log.h"
#include "sys/run.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SCRIPT_MAX	4096
#define OUTPUT_MAX	16384

struct xt_tool {
	const char	*name;
	const char	*proc;	/* lists its tables; NULL: no harm to ask */
};

/* Asking the legacy tool creates its table, so ask only where it is. */
static const struct xt_tool xt_tools[] = {
	{ "ip6tables",		NULL },
	{ "ip6tables-nft",	NULL },
	{ "ip6tables-legacy",	"/proc/net/ip6_tables_names" },
};
#define XT_TOOLS	(sizeof(xt_tools) / sizeof(*xt_tools))

static const char *const xt_tables[] = { "raw", "mangle" };

/* From the best: what the kernel may lack is left out step by step. */
static const struct {
	const char	*jump;
	const char	*defrag;
} xt_variants[] = {
	{ "-m u32 --u32 \"3&0xff=0,43,44,51,60,135\" -m addrtype "
	  "--dst-type LOCAL", "-A mip6d -m socket --nowildcard -j RETURN\n" },
	{ "-m addrtype --dst-type LOCAL",
	  "-A mip6d -m socket --nowildcard -j RETURN\n" },
	{ "-m addrtype --dst-type LOCAL", "" },
};
#define XT_VARIANTS	(sizeof(xt_variants) / sizeof(*xt_variants))

/* The RETURN is for the tunnel encapsulation limit of ordinary tunnels (RFC
 * 2473 4.1.1), alone in its header: nothing of ours. */
/* Home agent discovery, which goes past the look at one octet. */
#define XT_ICMP(type) "-p ipv6-icmp -m icmp6 --icmpv6-type " type
#define XT_JUMP(type) \
	"-I PREROUTING 1 " XT_ICMP(type) " -m addrtype " \
	"--dst-type LOCAL,ANYCAST -j mip6d\n"

/* What a mobile sends to a group, through its tunnel: the data path has marked
 * it.  Other tunnels of this system are not ours to look into. */
#define XT_GROUP "-p 41 -m mark --mark " RULES_GROUP_MARK

#define XT_GROUPS \
	"-A mip6d " XT_GROUP " -j NFQUEUE --queue-num %u\n" \
	"-I PREROUTING 1 " XT_GROUP " -j mip6d\n"

#define XT_RULES \
	"-A mip6d " XT_ICMP("144") " -j NFQUEUE --queue-num %u\n" \
	"-A mip6d " XT_ICMP("145") " -j NFQUEUE --queue-num %u\n" \
	"-A mip6d -p 135 -j NFQUEUE --queue-num %u\n" \
	"-A mip6d -m rt --rt-type 2 -j NFQUEUE --queue-num %u\n" \
	"-A mip6d -m dst --dst-len 8 --dst-opts 4:1,1:1 -j RETURN\n" \
	"-A mip6d -m ipv6header --header ipv6-opts --soft " \
	"-j NFQUEUE --queue-num %u\n"

static bool
tool_list(const char *path, const char *table, const char *chain, char *out,
	  size_t cap)
{
	const char *argv[] = {
		path, "-w", "5", "-t", table, "-S", chain, NULL
	};

	return run_command(argv, NULL, out, cap) == 0;
}

static int
tool_restore(const char *name, const char *script, char *out, size_t cap)
{
	const char *argv[] = { NULL, "-w", "5", "--noflush", NULL };
	char restore[64], path[256];

	snprintf(restore, sizeof(restore), "%s-restore", name);
	if (run_find(restore, path, sizeof(path)) < 0)
		return -ENOENT;
	argv[0] = path;
	return run_command(argv, script, out, cap);
}

/* The lines of PREROUTING that enter our chain, turned into deletions. */
static void
script_unjump(char *script, size_t cap, char *rules)
{
	size_t n = strlen(script);
	char *line, *save = NULL;

	for (line = strtok_r(rules, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		size_t len = strlen(line);

		if (strncmp(line, "-A PREROUTING ", 14) || len < 9 ||
		    strcmp(line + len - 9, " -j mip6d"))
			continue;
		if (n + len + 2 > cap)
			return;
		n += (size_t)snprintf(script + n, cap - n, "-D%s\n", line + 2);
	}
}

static int
xt_try(const char *name, const char *table, unsigned variant, uint16_t queue,
       bool groups, char *out, size_t cap)
{
	char script[SCRIPT_MAX], path[256];
	size_t n;

	if (run_find(name, path, sizeof(path)) < 0)
		return -ENOENT;
	n = (size_t)snprintf(script, sizeof(script),
			     "*%s\n:mip6d - [0:0]\n", table);
	if (tool_list(path, table, "PREROUTING", out, cap))
		script_unjump(script, sizeof(script) / 2, out);
	n = strlen(script);
	snprintf(script + n, sizeof(script) - n, XT_RULES
		 "%s-I PREROUTING 1 %s -j mip6d\n"
		 XT_JUMP("144") XT_JUMP("145"),
		 queue, queue, queue, queue, queue,
		 xt_variants[variant].defrag,
		 xt_variants[variant].jump);
	n = strlen(script);
	if (groups)
		snprintf(script + n, sizeof(script) - n, XT_GROUPS, queue);
	n = strlen(script);
	snprintf(script + n, sizeof(script) - n, "COMMIT\n");
	return tool_restore(name, script, out, cap);
}

static int
xt_install(const char *name, uint16_t queue, bool groups, char *ret_chosen,
	   size_t cap)
{
	char out[OUTPUT_MAX] = "", path[256];
	unsigned t, v;

	if (run_find(name, path, sizeof(path)) < 0)
		return -ENOENT;
	for (t = 0; t < sizeof(xt_tables) / sizeof(*xt_tables); t++) {
		for (v = 0; v < XT_VARIANTS; v++) {
			if (xt_try(name, xt_tables[t], v, queue, groups,
				   out, sizeof(out)))
				continue;
			snprintf(ret_chosen, cap, "%s, table %s%s", name,
				 xt_tables[t], *xt_variants[v].defrag ? "" :
				 ", fragments are not reassembled");
			return 0;
		}
	}
	out[strcspn(out, "\n")] = '\0';
	snprintf(ret_chosen, cap, "%s: %s", name, out);
	return -EOPNOTSUPP;
}

static bool
proc_names_table(const char *file, const char *table)
{
	char line[64];
	bool found = false;
	FILE *f;

	f = fopen(file, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found |= !strcmp(line, table);
	}
	fclose(f);
	return found;
}

/* The nft variants make PREROUTING when it is first used.  When nothing is
 * in it and it lets everything pass, nobody misses it. */
static void
xt_remove_empty(const struct xt_tool *tool, const char *path,
		const char *table)
{
	const char *argv[] = {
		path, "-w", "5", "-t", table, "-X", "PREROUTING", NULL
	};
	char out[OUTPUT_MAX];

	if (tool->proc || !tool_list(path, table, "PREROUTING", out,
				     sizeof(out)) ||
	    strcmp(out, "-P PREROUTING ACCEPT\n"))
		return;
	run_command(argv, NULL, out, sizeof(out));
}

static void
xt_remove_from(const struct xt_tool *tool, const char *table)
{
	char out[OUTPUT_MAX], script[SCRIPT_MAX], path[256];
	size_t n;

	if ((tool->proc && !proc_names_table(tool->proc, table)) ||
	    run_find(tool->name, path, sizeof(path)) < 0 ||
	    !tool_list(path, table, "mip6d", out, sizeof(out)))
		return;
	snprintf(script, sizeof(script), "*%s\n", table);
	if (tool_list(path, table, "PREROUTING", out, sizeof(out)))
		script_unjump(script, sizeof(script) / 2, out);
	n = strlen(script);
	snprintf(script + n, sizeof(script) - n,
		 "-F mip6d\n-X mip6d\nCOMMIT\n");
	if (tool_restore(tool->name, script, out, sizeof(out)))
		log_warn("%s: chain mip6d could not be removed: %.*s",
			 tool->name, (int)strcspn(out, "\n"), out);
	xt_remove_empty(tool, path, table);
}

/* --- nft --- */

/* The same selection.  A rule with `tproxy', never reached either, is what
 * turns reassembly on here. */
#define NFT_SCRIPT \
	"add table ip6 mip6d\n" \
	"delete table ip6 mip6d\n" \
	"table ip6 mip6d {\n" \
	"chain mip6d {\n" \
	"type filter hook prerouting priority -300; policy accept;\n" \
	"icmpv6 type { 144, 145 } fib daddr type { local, anycast } " \
	"queue num %u\n" \
	"%s" \
	"ip6 nexthdr != { 0, 43, 44, 51, 60, 135 } return\n" \
	"fib daddr type != local return\n" \
	"meta l4proto 135 queue num %u\n" \
	"rt type 2 queue num %u\n" \
	"ip6 nexthdr 60 @nh,328,24 0x000401 @nh,360,24 0x010100 return\n" \
	"exthdr dst exists queue num %u\n" \
	"return\n" \
	"%s" \
	"}\n}\n"

static int
nft_run(const char *script, char *out, size_t cap)
{
	const char *argv[] = { NULL, "-f", "-", NULL };
	char path[256];

	if (run_find("nft", path, sizeof(path)) < 0)
		return -ENOENT;
	argv[0] = path;
	return run_command(argv, script, out, cap);
}

static int
nft_install(uint16_t queue, bool groups, char *ret_chosen, size_t cap)
{
	static const char defrag[] =
		"meta l4proto tcp tproxy to :1 return\n";
	char script[SCRIPT_MAX], out[OUTPUT_MAX], group[128] = "";
	int err, try;

	if (groups)
		snprintf(group, sizeof(group), "ip6 nexthdr 41 meta mark "
			 RULES_GROUP_MARK " queue num %u\n", queue);
	for (try = 0; try < 2; try++) {
		snprintf(script, sizeof(script), NFT_SCRIPT, queue, group, queue,
			 queue, queue, try ? "" : defrag);
		err = nft_run(script, out, sizeof(out));
		if (!err) {
			snprintf(ret_chosen, cap, "nft, table mip6d%s", try ?
				 ", fragments are not reassembled" : "");
			return 0;
		}
		if (err == -ENOENT)
			return err;
	}
	out[strcspn(out, "\n")] = '\0';
	snprintf(ret_chosen, cap, "nft: %s", out);
	return -EOPNOTSUPP;
}

static void
nft_remove(void)
{
	char out[OUTPUT_MAX];

	/* added first, so that deleting what is not there is no error */
	nft_run("add table ip6 mip6d\ndelete table ip6 mip6d\n", out,
		sizeof(out));
}

/* --- the choice --- */

int
rules_install(const char *tool, uint16_t queue, bool groups, char *ret_chosen,
	      size_t cap)
{
	bool any = !strcmp(tool, "auto");
	int err = -ENOENT;
	size_t i;

	snprintf(ret_chosen, cap, "%s is not installed",
		 any ? "neither of ip6tables and nft" : tool);
	for (i = 0; i < XT_TOOLS && err; i++)
		if (any || !strcmp(tool, xt_tools[i].name))
			err = xt_install(xt_tools[i].name, queue, groups,
					 ret_chosen, cap);
	if (err && (any || !strcmp(tool, "nft")))
		err = nft_install(queue, groups, ret_chosen, cap);
	return err;
}

void
rules_remove(void)
{
	size_t i, t;

	for (i = 0; i < XT_TOOLS; i++)
		for (t = 0; t < sizeof(xt_tables) / sizeof(*xt_tables); t++)
			xt_remove_from(&xt_tools[i], xt_tables[t]);
	nft_remove();
}
