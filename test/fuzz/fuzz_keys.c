/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_keys.c - the octets are a file of keys, read as a key table and as
 * the key of one peer.  What is accepted is within its bounds; what is
 * refused shows no line of the file.
 */
#define _GNU_SOURCE			/* memfd_create */
#include "fuzz.h"
#include "conf/parse.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file without a directory. */
static int make(const void *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	FUZZ_MUST(fd >= 0 && fchmod(fd, 0600) == 0);
	FUZZ_MUST(write(fd, data, size) == (ssize_t)size);
	return fd;
}

static void check(const struct conf *c)
{
	for (unsigned i = 0; i < c->npeers; i++) {
		const struct conf_peer *p = &c->peer[i];
		uint8_t any = 0;

		FUZZ_MUST(p->protect == CONF_PROTECT_SHARED_KEY);
		FUZZ_MUST(p->key_len >= 16 && p->key_len <= 64);
		FUZZ_MUST(p->spi >= 256 && p->addr.len <= 128);
		FUZZ_MUST(!p->nai || strlen(p->nai) <= 253);
		for (unsigned k = 0; k < p->key_len; k++)
			any |= p->key[k];
		FUZZ_MUST(any);
	}
}

static void parse(const char *statement, int fd)
{
	char text[400], path[64], *errors;
	struct conf *c = NULL;
	size_t len;
	FILE *m;
	int cfd;

	snprintf(text, sizeof(text), "NodeConfig HA;\nVirtualHomeLink {\n"
		 "Prefix 2000::/3;\nHomeAgentAddress 2001:db8::1;\n}\n"
		 "%s"
		 "\"/proc/self/fd/%d\"; %s\n", statement, fd,
		 strchr(statement, '{') ? "}" : "");
	cfd = make(text, strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", cfd);
	m = open_memstream(&errors, &len);
	FUZZ_MUST(m);
	if (conf_parse_file(path, true, m, &c)) {
		FUZZ_MUST(!c);
	} else {
		check(c);
		conf_free(c);
	}
	fclose(m);
	free(errors);
	close(cfd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = make(data, size);

	parse("KeyTable ", fd);
	parse("Peer 2001:db8::3 { Protect shared-key spi 256 file ", fd);
	close(fd);
	return 0;
}
