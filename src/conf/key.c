/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * key.c - files that have keys.
 *
 * Who can read such a file can redirect a mobile's traffic, so one that
 * others than its owner may read or write is refused, and so is one that
 * belongs to neither us nor root.  Keys go from the file into the arena of
 * the configuration and nowhere else: they are in no message, and the
 * buffers they pass through are wiped.
 *
 * A key table is read line by line, once; a million lines take a second or
 * two and 64 octets each.
 */
#include "conf/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_MIN		16		/* RFC 4285 section 5.1 */
#define KEY_MAX		64		/* a block of HMAC_SHA1 */
#define LINE_MAX_OCTETS	1024
#define LINE_MIN_OCTETS	40		/* ":: 256 " and 16 octets in hex */

struct key_file {
	FILE		*f;
	off_t		size;
	char		buf[8192];	/* of stdio */
	char		line[LINE_MAX_OCTETS];
};

/* A descriptor of a file that may be trusted, or -1 after an error. */
static int
open_private(struct parse *p, const struct place *at, const char *path,
	     off_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		parse_error(p, at, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		parse_error(p, at, "%s: not a regular file", path);
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		parse_error(p, at, "%s: belongs to user %u, not to root or to "
			    "the user of this program", path,
			    (unsigned)st.st_uid);
	else if (st.st_mode & 077)
		parse_error(p, at, "%s: others than its owner have access "
			    "(mode %04o): chmod 600 %s", path,
			    (unsigned)st.st_mode & 07777, path);
	else {
		*ret_size = st.st_size;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

static struct key_file *
key_file_open(struct parse *p, const struct place *at, const char *path)
{
	struct key_file *k;
	off_t size;
	int fd = open_private(p, at, path, &size);

	if (fd < 0)
		return NULL;
	k = malloc(sizeof(*k));
	if (!k || !(k->f = fdopen(fd, "r"))) {
		free(k);
		close(fd);
		parse_nomem(p);
		return NULL;
	}
	setvbuf(k->f, k->buf, _IOFBF, sizeof(k->buf));
	k->size = size;
	return k;
}

static void
key_file_close(struct key_file *k)
{
	fclose(k->f);
	explicit_bzero(k, sizeof(*k));
	free(k);
}

/* The next line without its end: 1, 0 at the end of the file, or -EIO, or
 * -E2BIG when it is too long (and skipped) or has a NUL. */
static int
next_line(struct key_file *k)
{
	size_t n = 0;
	bool bad = false;
	int c;

	while ((c = getc_unlocked(k->f)) != EOF && c != '\n') {
		if (n == sizeof(k->line) - 1 || c == '\0')
			bad = true;
		else
			k->line[n++] = (char)c;
	}
	if (ferror(k->f))
		return -EIO;
	if (c == EOF && n == 0 && !bad)
		return 0;
	if (n && k->line[n - 1] == '\r')
		n--;
	k->line[n] = '\0';
	return bad ? -E2BIG : 1;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL, or what is wrong with a key in hex; *ret_len octets of it. */
static const char *
read_hex(const char *s, size_t n, uint8_t ret[KEY_MAX], size_t *ret_len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < n; i++) {
		if (hex_digit(s[i]) < 0)
			return "the key has something else than hexadecimal "
			       "digits";
	}
	if (n % 2)
		return "the key has an odd number of hexadecimal digits";
	if (n < 2 * KEY_MIN)
		return "the key is too short: 16 octets (32 digits) at least, "
		       "RFC 4285 section 5.1";
	if (n > 2 * KEY_MAX)
		return "the key is too long: 64 octets (128 digits) at most";
	for (size_t i = 0; i < n / 2; i++) {
		ret[i] = (uint8_t)(hex_digit(s[2 * i]) << 4 |
				   hex_digit(s[2 * i + 1]));
		any |= ret[i];
	}
	*ret_len = n / 2;
	return any ? NULL : "the key is all zeros";
}

/* Give a peer the key that the n digits at `s' say. */
static const char *
set_key(struct parse *p, const char *s, size_t n, struct conf_peer *peer)
{
	uint8_t key[KEY_MAX];
	size_t len = 0;
	const char *wrong = read_hex(s, n, key, &len);

	if (!wrong) {
		peer->key = arena_copy(&p->conf->arena, key, len);
		peer->key_len = (uint8_t)len;
		if (!peer->key)
			parse_nomem(p);
	}
	explicit_bzero(key, sizeof(key));
	return wrong;
}

bool
key_read(struct parse *p, const struct place *at, const char *path,
	 struct conf_peer *peer)
{
	struct key_file *k = key_file_open(p, at, path);
	const char *wrong = "it has no key in its first line";
	size_t from, to;

	if (!k)
		return false;
	if (next_line(k) == 1) {
		from = strspn(k->line, " \t");
		to = from + strcspn(k->line + from, " \t");
		if (k->line[to + strspn(k->line + to, " \t")])
			wrong = "the key's line has more than the key";
		else
			wrong = set_key(p, k->line + from, to - from, peer);
	}
	if (!wrong && next_line(k) != 0)
		wrong = "it has more than one line";
	key_file_close(k);
	if (wrong)
		parse_error(p, at, "%s: %s", path, wrong);
	return !wrong;
}

/* --- KeyTable -------------------------------------------------------- */

struct column {
	size_t		at, len;
};

/* The words of a line, `max' + 1 when there are more. */
static unsigned
split(const char *line, struct column *col, unsigned max)
{
	size_t at = 0;
	unsigned n = 0;

	for (;; n++) {
		at += strspn(line + at, " \t");
		if (!line[at] || line[at] == '#' || n > max)
			return n;
		if (n < max)
			col[n] = (struct column){ at,
						  strcspn(line + at, " \t") };
		at += strcspn(line + at, " \t");
	}
}

static bool
read_address(const char *s, struct prefix *ret)
{
	struct prefix prefix = { .len = 128 };

	if (strchr(s, '/') ? prefix_parse(s, &prefix) :
			     addr_parse(s, &prefix.addr))
		return false;
	if (prefix.len && !addr_is_routable(&prefix.addr))
		return false;
	*ret = prefix;
	return true;
}

static bool
read_spi(const char *s, uint32_t *ret)
{
	char *end;
	unsigned long v;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	v = strtoul(s, &end, s[0] == '0' && (s[1] | 0x20) == 'x' ? 16 : 10);
	if (*end || errno || v < 256 || v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

/* One line of a table, split at the columns.  False after an error, with
 * the octet that it is about. */
static bool
table_line(struct parse *p, struct place *at, char *line,
	   const struct column *col, unsigned n, struct conf_peer *peer)
{
	const char *wrong;

	for (unsigned i = 0; i < n; i++)
		line[col[i].at + col[i].len] = '\0';
	at->col = (uint32_t)col[0].at + 1;
	if (!read_address(line + col[0].at, &peer->addr)) {
		parse_error(p, at, "`%.60s' is neither a routable IPv6 "
			    "address nor a prefix without bits behind it",
			    line + col[0].at);
		return false;
	}
	at->col = (uint32_t)col[1].at + 1;
	if (!read_spi(line + col[1].at, &peer->spi)) {
		parse_error(p, at, "the spi `%.20s' is out of range, 256 to "
			    "4294967295", line + col[1].at);
		return false;
	}
	at->col = (uint32_t)col[2].at + 1;
	wrong = set_key(p, line + col[2].at, col[2].len, peer);
	if (wrong) {
		parse_error(p, at, "%s", wrong);
		return false;
	}
	if (n < 4)
		return true;
	at->col = (uint32_t)col[3].at + 1;
	if (!value_nai(p, at, line + col[3].at))
		return false;
	peer->nai = arena_strdup(&p->conf->arena, line + col[3].at);
	if (!peer->nai)
		parse_nomem(p);
	return true;
}

/* Remember the line, for what may be said about the row later. */
static bool
note_line(struct parse *p, uint32_t line)
{
	if (p->ntable == p->table_cap) {
		unsigned cap = p->table_cap ? 2 * p->table_cap : 1024;
		uint32_t *v = NULL;

		if (cap > p->table_cap)
			v = reallocarray(p->table_line, cap, sizeof(*v));
		if (!v) {
			parse_nomem(p);
			return false;
		}
		p->table_line = v;
		p->table_cap = cap;
	}
	p->table_line[p->ntable++] = line;
	return true;
}

static bool
add_line(struct parse *p, struct place *at, char *line, uint32_t key_file)
{
	struct column col[4];
	unsigned n = split(line, col, 4);
	struct conf_peer *peer;

	if (n == 0)
		return true;
	if (n < 3 || n > 4) {
		at->col = (uint32_t)col[0].at + 1;
		parse_error(p, at, "a line has ADDRESS SPI HEXKEY [NAI]");
		return false;
	}
	peer = conf_add_peer(p->conf);
	if (!peer) {
		parse_nomem(p);
		return false;
	}
	peer->protect = CONF_PROTECT_SHARED_KEY;
	peer->replay = p->conf->key_file[key_file - 1].replay;
	peer->key_file = key_file;
	return note_line(p, at->line) &&
	       table_line(p, at, line, col, n, peer);
}

/* An estimate is enough: rows are added one by one in any case. */
static void
reserve_for(struct parse *p, const struct key_file *k)
{
	off_t rows = k->size / LINE_MIN_OCTETS;

	if (rows > 0 && rows < (off_t)(UINT32_MAX / 64))
		conf_reserve_peers(p->conf, (unsigned)rows);
}

bool
key_table_read(struct parse *p, const struct place *from, const char *path,
	       uint32_t key_file)
{
	struct place at = { .file = p->nsources, .len = 1 };
	struct key_file *k;
	bool good = true;
	int err;

	if (p->nsources == PARSE_SOURCES) {
		parse_error(p, from, "too many files");
		return false;
	}
	k = key_file_open(p, from, path);
	if (!k)
		return false;
	p->source[p->nsources++] = (struct source){
		.name = path, .dir = "", .key_file = key_file };
	reserve_for(p, k);
	while ((err = next_line(k)) != 0 && !p->nomem) {
		at.line++;
		at.col = 1;
		if (err == -EIO) {
			parse_error(p, from, "%s: %s", path, strerror(EIO));
			good = false;
			break;
		}
		if (err < 0) {
			parse_error(p, &at, "the line is too long, or has a "
				    "NUL");
			good = false;
		} else if (!add_line(p, &at, k->line, key_file)) {
			good = false;
		}
	}
	key_file_close(k);
	return good;
}
