/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6sim.c - run scenarios, compare their charts; random walks.
 *
 * Each scenario is run twice: the same seed must give the same bytes.
 */
#include "config.h"
#include "sim.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

struct options {
	bool	update, print, walk, proxy, verbose;
	unsigned show_on, show_off;	/* --show */
};

static const char usage[] =
	"usage: mip6sim [--update | --print] [--show WHAT,...] FILE.sim ...\n"
	"       mip6sim --walk SEED COUNT [--proxy] [--verbose]\n";

/* The chart of one run, or NULL when something was wrong with it. */
static char *run_once(const char *path, const struct options *o)
{
	struct sim *s = scene_load(path, stderr);
	char *text = NULL;
	size_t len = 0;
	FILE *f;
	unsigned violations;

	if (!s)
		return NULL;
	s->show = (s->show | o->show_on) & ~o->show_off;
	sim_start(s);
	sim_run(s, s->end);
	f = open_memstream(&text, &len);
	if (!f)
		exit(2);
	chart_print(s, f);
	fclose(f);
	sim_stop(s);
	violations = s->violations;
	sim_free(s);
	if (!violations)
		return text;
	fputs(text, stderr);
	free(text);
	return NULL;
}

/* FILE.sim -> FILE.chart */
static bool chart_path(const char *path, char *buf, size_t cap)
{
	const char *dot = strrchr(path, '.');

	return dot && strcmp(dot, ".sim") == 0 &&
	       snprintf(buf, cap, "%.*s.chart", (int)(dot - path), path) <
	       (int)cap;
}

static char *read_all(const char *path)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = fopen(path, "r");

	if (!f)
		return NULL;
	if (getdelim(&text, &len, '\0', f) < 0 && text)
		text[0] = '\0';
	fclose(f);
	return text;
}

static bool write_all(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fputs(text, f) >= 0;

	if (f && fclose(f) != 0)
		ok = false;
	if (!ok)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return ok;
}

static bool compare(const char *path, const char *got)
{
	char *want = read_all(path);
	bool ok;

	if (!want) {
		fprintf(stderr, "%s: %s; --update makes it\n", path,
			strerror(errno));
		return false;
	}
	ok = chart_same(want, got, stdout);
	if (!ok)
		printf("%s: not as expected (- expected, + happened)\n",
		       path);
	free(want);
	return ok;
}

static bool run_file(const char *path, const struct options *o)
{
	char chart[500], *first, *second;
	bool ok;

	if (!chart_path(path, chart, sizeof(chart))) {
		fprintf(stderr, "%s: not a .sim file\n", path);
		return false;
	}
	first = run_once(path, o);
	second = first ? run_once(path, o) : NULL;
	if (!first || !second)
		ok = false;
	else if (!chart_same(first, second, stdout))
		ok = !printf("%s: two runs, two charts\n", path);
	else if (o->print)
		ok = fputs(first, stdout) >= 0;
	else if (o->update)
		ok = write_all(chart, first);
	else
		ok = compare(chart, first);
	free(first);
	free(second);
	return ok;
}

static bool read_show(char *list, struct options *o)
{
	char *save = NULL;

	for (char *w = strtok_r(list, ",", &save); w;
	     w = strtok_r(NULL, ",", &save)) {
		unsigned none = 0, all = ~0U;

		if (!sim_show_word(w, &none) || !sim_show_word(w, &all)) {
			fprintf(stderr, "mip6sim: --show: `%s' is not "
				"understood\n", w);
			return false;
		}
		o->show_on |= none;
		o->show_off |= ~all;
	}
	return true;
}

static int run_walks(char **argv, int n, const struct options *o)
{
	char *end[2];
	unsigned long long seed, count;

	if (n != 2)
		return fputs(usage, stderr), 2;
	seed = strtoull(argv[0], &end[0], 0);
	count = strtoull(argv[1], &end[1], 0);
	if (*end[0] || *end[1] || count == 0 || count > 1000000)
		return fputs(usage, stderr), 2;
	return walk_run(seed, (unsigned)count, o->proxy, o->verbose,
			o->show_on);
}

/* The options; -1 to go on, else the exit status. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "update", no_argument, NULL, 'u' },
		{ "print", no_argument, NULL, 'p' },
		{ "show", required_argument, NULL, 's' },
		{ "walk", no_argument, NULL, 'w' },
		{ "proxy", no_argument, NULL, 'P' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "ups:wvhV", longs, NULL)) >= 0) {
		switch (c) {
		case 'u':
			o->update = true;
			break;
		case 'p':
			o->print = true;
			break;
		case 's':
			if (!read_show(optarg, o))
				return 2;
			break;
		case 'w':
			o->walk = true;
			break;
		case 'P':
			o->proxy = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'h':
			return fputs(usage, stdout) < 0;
		case 'V':
			return puts("mip6sim " VERSION) < 0;
		default:
			return fputs(usage, stderr), 2;
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	int rc = read_options(argc, argv, &o);
	bool good = true;

	if (rc >= 0)
		return rc;
	if (o.walk)
		return run_walks(argv + optind, argc - optind, &o);
	if (optind == argc)
		return fputs(usage, stderr), 2;
	for (int i = optind; i < argc; i++)
		good = run_file(argv[i], &o) && good;
	return good ? 0 : 1;
}
