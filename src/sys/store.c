/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.c - the log of records.
 *
 * The file is a header of 8 octets and records, each padded to a multiple
 * of 8:
 *
 *	checksum (4) | up (1) | key length (1) | value length (1) | 0 |
 *	key | value | zeros
 *
 * The checksum covers what follows it.  A record that does not check ends
 * the log: appends are in order, so whatever a crash tore is at the end,
 * and what stands behind it is not to be trusted.
 *
 * Compaction copies the live records to a new file, a piece at a time while
 * the loop goes on; appends meanwhile go to the old file and are met by the
 * copying before it is through.  Then the new file is synced in the
 * background, what came in meanwhile is copied, and it is renamed over the
 * old one.
 */
#include "sys/store.h"

#include "base/log.h"
#include "base/map.h"
#include "sys/store_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define HEADER_LEN	8
#define RECORD_HEAD	8
#define RECORD_MAX	(RECORD_HEAD + STORE_KEY_MAX + STORE_VALUE_MAX + 7)
#define CHUNK		65536
#define FILE_MAX	((uint64_t)UINT32_MAX * 8)
#define SYNC_DELAY	SEC(1)
#define COMPACT_MIN	4096		/* records, below it is not worth it */
#define COMPACT_STEP	2000		/* records copied in one turn */
#define COMPACT_PAUSE	MSEC(5)

static const uint8_t file_header[HEADER_LEN] = "mip6d/1\n";

/* One file and the index of its live records. */
struct log_file {
	int			fd;
	uint64_t		size;
	uint32_t		records;
	struct store_index	index;
};

enum store_state { IDLE, COPYING, SYNCING };

struct store {
	uv_loop_t	*loop;
	char		*path, *new_path;
	struct wakeup	*wakeup;
	uint8_t		secret[16];
	uint64_t	torn;
	struct log_file	file;
	bool		dirty;
	/* compaction */
	enum store_state state;
	bool		no_compact;
	struct log_file	next;
	uint64_t	copied;		/* of file.size */
	/* the background sync; outlives the store when it must */
	struct sync	*sync;
};

struct sync {
	uv_fs_t		req;
	struct store	*store;		/* NULL: nobody waits for it */
	int		fd;		/* a duplicate, its own */
};

/* --- records --- */

static const uint8_t check_key[16] = "mip6d store log";

static size_t
record_len(uint8_t key_len, uint8_t value_len)
{
	return (RECORD_HEAD + (size_t)key_len + value_len + 7) & ~(size_t)7;
}

static size_t
record_encode(const struct store_record *r, uint8_t buf[RECORD_MAX])
{
	size_t len = record_len(r->key_len, r->value_len);
	struct wbuf w = wbuf_of(buf, len), sum = wbuf_of(buf, 4);

	wbuf_u32(&w, 0);
	wbuf_u8(&w, r->up);
	wbuf_u8(&w, r->key_len);
	wbuf_u8(&w, r->value_len);
	wbuf_u8(&w, 0);
	wbuf_put(&w, r->key, r->key_len);
	wbuf_put(&w, r->value, r->value_len);
	wbuf_zero(&w, len - wbuf_len(&w));
	wbuf_u32(&sum, (uint32_t)siphash13(check_key, buf + 4, len - 4));
	return len;
}

/* The length of the record, 0 when it is torn, -1 when more is needed. */
static int
record_decode(const uint8_t *p, size_t left, struct store_record *ret)
{
	struct rbuf r = rbuf_of(p, left);
	struct store_record rec = { 0 };
	uint32_t sum = rbuf_u32(&r);
	const uint8_t *key, *value;
	size_t len;

	rec.up = rbuf_u8(&r);
	rec.key_len = rbuf_u8(&r);
	rec.value_len = rbuf_u8(&r);
	rbuf_u8(&r);
	if (r.bad)
		return -1;
	if (rec.key_len > STORE_KEY_MAX)
		return 0;
	len = record_len(rec.key_len, rec.value_len);
	if (len > left)
		return -1;
	if (sum != (uint32_t)siphash13(check_key, p + 4, len - 4))
		return 0;
	key = rbuf_take(&r, rec.key_len);
	value = rbuf_take(&r, rec.value_len);
	memcpy(rec.key, key, rec.key_len);
	memcpy(rec.value, value, rec.value_len);
	*ret = rec;
	return (int)len;
}

/* Call `each' for up to `max' records from *pos on, which is moved on; stops
 * at the end or at a torn record.  0, or -errno of reading or of `each'. */
static int
log_scan(const struct log_file *f, uint64_t *pos, uint32_t max,
	 int (*each)(void *, uint64_t at, const struct store_record *),
	 void *arg)
{
	uint8_t *buf = malloc(CHUNK);
	int err = buf ? 0 : -ENOMEM;

	while (!err && max) {
		size_t off = 0;
		ssize_t n = pread(f->fd, buf, CHUNK, (off_t)*pos);
		int len = 0;

		if (n <= 0) {
			err = n < 0 ? -errno : 0;
			break;
		}
		for (; max && !err; max--) {
			struct store_record rec;

			len = record_decode(buf + off, (size_t)n - off, &rec);
			if (len <= 0)
				break;
			err = each(arg, *pos, &rec);
			off += (size_t)len;
			*pos += (uint64_t)len;
		}
		if (off == 0 || len == 0)
			break;		/* torn */
	}
	free(buf);
	return err;
}

static int
read_at(const struct log_file *f, uint32_t place, struct store_record *ret)
{
	uint8_t buf[RECORD_MAX];
	ssize_t n = pread(f->fd, buf, sizeof(buf), (off_t)place * 8);

	if (n < 0)
		return -errno;
	return record_decode(buf, (size_t)n, ret) > 0 ? 0 : -EIO;
}

/* --- the index --- */

static uint32_t
hash_of(const struct store *s, const struct store_record *r)
{
	return (uint32_t)siphash13(s->secret, r->key, r->key_len);
}

static struct store_slot *
slot_find(const struct store *s, const struct log_file *f,
	  const struct store_record *r)
{
	uint32_t hash = hash_of(s, r), pos = UINT32_MAX;
	struct store_record is;
	struct store_slot *slot;

	while ((slot = store_index_next(&f->index, hash, &pos)))
		if (!read_at(f, slot->place, &is) &&
		    is.key_len == r->key_len &&
		    !memcmp(is.key, r->key, r->key_len))
			return slot;
	return NULL;
}

static int
index_note(struct store *s, struct log_file *f, uint64_t at,
	   const struct store_record *r)
{
	struct store_slot *slot = slot_find(s, f, r);

	if (slot && r->up)
		slot->place = (uint32_t)(at / 8);
	else if (slot)
		store_index_del(&f->index, slot);
	else if (r->up && !store_index_add(&f->index, hash_of(s, r),
					   (uint32_t)(at / 8)))
		return -ENOMEM;
	return 0;
}

static int
log_append(struct store *s, struct log_file *f, const struct store_record *r)
{
	uint8_t buf[RECORD_MAX];
	size_t len = record_encode(r, buf);
	ssize_t n;
	int err;

	if (f->size + len > FILE_MAX)
		return -EFBIG;
	n = pwrite(f->fd, buf, len, (off_t)f->size);
	err = n < 0 ? -errno : (size_t)n < len ? -ENOSPC : 0;
	/* a torn record would hide all that come after it */
	if (err && n > 0 && ftruncate(f->fd, (off_t)f->size) < 0)
		log_error("store: cannot undo a partial write: %s",
			  strerror(errno));
	if (!err)
		err = index_note(s, f, f->size, r);
	if (err)
		return err;
	f->size += len;
	f->records++;
	return 0;
}

static void
log_close(struct log_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	store_index_fini(&f->index);
	*f = (struct log_file){ .fd = -1 };
}

static int
log_create(const char *path, struct log_file *ret)
{
	struct log_file f = { .size = HEADER_LEN };

	f.fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (f.fd < 0)
		return -errno;
	if (pwrite(f.fd, file_header, HEADER_LEN, 0) != HEADER_LEN) {
		close(f.fd);
		return -EIO;
	}
	*ret = f;
	return 0;
}

/* --- syncing --- */

static void	on_synced(uv_fs_t *req);
static void	compact_synced(struct store *);

static void
sync_start(struct store *s, int fd)
{
	struct sync *y;

	if (s->sync)
		return;
	y = calloc(1, sizeof(*y));
	if (!y)
		return;
	y->store = s;
	y->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	y->req.data = y;
	if (y->fd < 0 || uv_fs_fdatasync(s->loop, &y->req, y->fd, on_synced)) {
		if (y->fd >= 0)
			close(y->fd);
		free(y);
		return;
	}
	s->sync = y;
}

static void
on_synced(uv_fs_t *req)
{
	struct sync *y = req->data;
	struct store *s = y->store;

	if (req->result < 0)
		log_error("store: sync failed: %s",
			  uv_strerror((int)req->result));
	uv_fs_req_cleanup(req);
	close(y->fd);
	free(y);
	if (!s)
		return;
	s->sync = NULL;
	if (s->state == SYNCING)
		compact_synced(s);
	if (s->dirty)
		wakeup_set(s->wakeup, clock_now() + SYNC_DELAY);
}

/* --- compaction --- */

static int
copy_one(void *arg, uint64_t at, const struct store_record *r)
{
	struct store *s = arg;
	struct store_slot *slot = slot_find(s, &s->file, r);

	if (slot && slot->place == (uint32_t)(at / 8))
		return log_append(s, &s->next, r);
	/* forgotten after it was copied: the copy must forget it, too */
	if (!r->up && slot_find(s, &s->next, r))
		return log_append(s, &s->next, r);
	return 0;
}

static void
compact_abort(struct store *s, int err)
{
	log_warn("store: compaction failed: %s", strerror(-err));
	log_close(&s->next);
	unlink(s->new_path);
	s->state = IDLE;
	s->no_compact = true;		/* the next start may try again */
	wakeup_set(s->wakeup, clock_now() + SYNC_DELAY);
}

static void
compact_begin(struct store *s)
{
	int err = log_create(s->new_path, &s->next);

	if (err) {
		log_warn("store: %s: %s", s->new_path, strerror(-err));
		s->no_compact = true;
		return;
	}
	s->copied = HEADER_LEN;
	s->state = COPYING;
	wakeup_set(s->wakeup, clock_now() + COMPACT_PAUSE);
}

static void
compact_step(struct store *s)
{
	int err;

	err = log_scan(&s->file, &s->copied, COMPACT_STEP, copy_one, s);
	if (err) {
		compact_abort(s, err);
		return;
	}
	if (s->copied >= s->file.size && !s->sync) {
		s->state = SYNCING;
		sync_start(s, s->next.fd);
		if (!s->sync)
			compact_abort(s, -ENOMEM);
		return;
	}
	wakeup_set(s->wakeup, clock_now() + COMPACT_PAUSE);
}

static void
compact_synced(struct store *s)
{
	int err;

	err = log_scan(&s->file, &s->copied, UINT32_MAX, copy_one, s);
	if (!err && s->copied < s->file.size)
		err = -EIO;
	if (!err && rename(s->new_path, s->path) < 0)
		err = -errno;
	if (err) {
		compact_abort(s, err);
		return;
	}
	log_detail("store: compacted from %u to %u records", s->file.records,
		   s->next.records);
	log_close(&s->file);
	s->file = s->next;
	s->next = (struct log_file){ .fd = -1 };
	s->state = IDLE;
	s->dirty = true;
}

static bool
worth_compacting(const struct store *s)
{
	return s->state == IDLE && !s->no_compact &&
	       s->file.records >= COMPACT_MIN &&
	       s->file.records / 4 >= s->file.index.count;
}

static void
on_alarm(void *arg)
{
	struct store *s = arg;

	if (s->state == COPYING) {
		compact_step(s);
		return;
	}
	if (s->dirty && !s->sync) {
		s->dirty = false;
		sync_start(s, s->file.fd);
	}
	if (worth_compacting(s))
		compact_begin(s);
}

/* --- the door --- */

int
store_put(struct store *s, const struct store_record *r)
{
	int err;

	if (r->key_len == 0 || r->key_len > STORE_KEY_MAX)
		return -EINVAL;
	if (!r->up && !slot_find(s, &s->file, r))
		return 0;
	err = log_append(s, &s->file, r);
	if (err)
		return err;
	if (!s->dirty && s->state == IDLE)
		wakeup_set(s->wakeup, clock_now() + SYNC_DELAY);
	s->dirty = true;
	return 0;
}

struct restoring {
	struct store	*s;
	struct report	*report;
};

static int
restore_one(void *arg, uint64_t at, const struct store_record *r)
{
	struct event ev = { .kind = EV_RESTORE, .restore = *r };
	struct restoring *x = arg;
	struct store_slot *slot = slot_find(x->s, &x->s->file, r);

	if (slot && slot->place == (uint32_t)(at / 8))
		x->report->event(x->report, &ev);
	return 0;
}

int
store_restore(struct store *s, struct report *report)
{
	struct restoring x = { .s = s, .report = report };
	uint64_t pos = HEADER_LEN;

	return log_scan(&s->file, &pos, s->file.records, restore_one, &x);
}

struct store_stat
store_stat(const struct store *s)
{
	return (struct store_stat){
		.live = s->file.index.count,
		.records = s->file.records,
		.bytes = s->file.size,
		.torn = s->torn,
	};
}

static int
load_one(void *arg, uint64_t at, const struct store_record *r)
{
	struct store *s = arg;

	s->file.records++;
	return index_note(s, &s->file, at, r);
}

static int
file_load(struct store *s)
{
	uint8_t head[HEADER_LEN];
	off_t end;
	ssize_t n;
	int err;

	n = pread(s->file.fd, head, sizeof(head), 0);
	if (n == 0) {		/* new, or a crash before its first octet */
		if (pwrite(s->file.fd, file_header, HEADER_LEN, 0) !=
		    HEADER_LEN)
			return -EIO;
		s->file.size = HEADER_LEN;
		return 0;
	}
	if (n != HEADER_LEN || memcmp(head, file_header, HEADER_LEN))
		return -EILSEQ;
	s->file.size = HEADER_LEN;
	err = log_scan(&s->file, &s->file.size, UINT32_MAX, load_one, s);
	if (err)
		return err;
	end = lseek(s->file.fd, 0, SEEK_END);
	if (end < 0)
		return -errno;
	s->torn = (uint64_t)end - s->file.size;
	if (s->torn && ftruncate(s->file.fd, (off_t)s->file.size) < 0)
		return -errno;
	return 0;
}

static int
store_setup(struct store *s, const char *path)
{
	size_t len = strlen(path) + sizeof(".new");

	s->path = strdup(path);
	s->new_path = malloc(len);
	s->wakeup = wakeup_new(s->loop, on_alarm, s);
	if (!s->path || !s->new_path || !s->wakeup)
		return -ENOMEM;
	snprintf(s->new_path, len, "%s.new", path);
	unlink(s->new_path);
	if (getrandom(s->secret, sizeof(s->secret), 0) != sizeof(s->secret))
		return -EIO;
	s->file.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			  0600);
	return s->file.fd < 0 ? -errno : file_load(s);
}

int
store_open(uv_loop_t *loop, const char *path, struct store **ret)
{
	struct store *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->loop = loop;
	s->file.fd = s->next.fd = -1;
	err = store_setup(s, path);
	if (err) {
		store_close(s);
		return err;
	}
	/* bring an old file into shape as soon as there is time */
	if (worth_compacting(s))
		wakeup_set(s->wakeup, clock_now() + SYNC_DELAY);
	*ret = s;
	return 0;
}

struct store *
store_close(struct store *s)
{
	if (!s)
		return NULL;
	if (s->sync)
		s->sync->store = NULL;
	if (s->dirty && s->file.fd >= 0 && fdatasync(s->file.fd) < 0)
		log_error("store: sync failed: %s", strerror(errno));
	if (s->next.fd >= 0)
		unlink(s->new_path);
	log_close(&s->next);
	log_close(&s->file);
	wakeup_free(s->wakeup);
	free(s->path);
	free(s->new_path);
	free(s);
	return NULL;
}
