/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.c - run a fuzz target over the files of a directory.
 */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

#define INPUT_MAX	(1 << 17)

static int replay(const char *dir, const char *name)
{
	char path[4096];
	uint8_t *exact;
	static uint8_t b[INPUT_MAX];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f) {
		perror(path);
		return -1;
	}
	n = fread(b, 1, sizeof(b), f);
	fclose(f);
	/* a block of just that size: a sanitizer sees what is read behind */
	exact = malloc(n + !n);
	if (!exact)
		return -1;
	memcpy(exact, b, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned n = 0;
	struct dirent *e;
	DIR *d;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return 2;
	}
	d = opendir(argv[1]);
	if (!d) {
		perror(argv[1]);
		return 2;
	}
	while ((e = readdir(d)))
		if (e->d_name[0] != '.' && !replay(argv[1], e->d_name))
			n++;
	closedir(d);
	printf("%s: %u inputs\n", argv[1], n);
	return n == 0;
}
