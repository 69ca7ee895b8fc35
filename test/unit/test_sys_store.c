/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_sys_store.c - the log of records against a plain table, through
 * restarts, cuts at every octet, damage and compaction.
 */
#include "sys/store.h"
#include "sys/store_index.h"
#include "test_sys.h"

#include <errno.h>
#include <fcntl.h>

#define KEYS	64

/* What the store should hold, key by key. */
struct model {
	bool	there[KEYS];
	uint8_t	value[KEYS];
};

static struct store_record make(unsigned key, unsigned value, bool up)
{
	struct store_record r = { .up = up, .key_len = 17, .value_len = 30 };

	memset(r.key, (int)key, r.key_len);
	r.key_len = (uint8_t)(1 + key % STORE_KEY_MAX);
	r.value_len = (uint8_t)(value % (STORE_VALUE_MAX + 1));
	memset(r.value, (int)value, r.value_len);
	if (!up)
		r.value_len = 0;
	return r;
}

static void put(struct store *s, struct model *m, unsigned key, unsigned value,
		bool up)
{
	struct store_record r = make(key, value, up);

	ck_assert_int_eq(store_put(s, &r), 0);
	m->there[key] = up;
	m->value[key] = (uint8_t)value;
}

struct collect {
	struct report	report;
	struct model	got;
	unsigned	n;
};

static void on_event(struct report *r, const struct event *ev)
{
	struct collect *c = (struct collect *)r;
	unsigned key = ev->restore.key[0];
	struct store_record want;

	ck_assert_int_eq(ev->kind, EV_RESTORE);
	ck_assert_uint_lt(key, KEYS);
	ck_assert_msg(!c->got.there[key], "key %u comes twice", key);
	c->got.there[key] = true;
	c->got.value[key] = ev->restore.value_len ? ev->restore.value[0] : 0;
	want = make(key, c->got.value[key], true);
	ck_assert_uint_eq(ev->restore.key_len, want.key_len);
	ck_assert(!memcmp(ev->restore.key, want.key, want.key_len));
	if (ev->restore.value_len)
		ck_assert_uint_eq(ev->restore.value_len, want.value_len);
	c->n++;
}

static void same(struct store *s, const struct model *m)
{
	struct collect c = { .report.event = on_event };
	unsigned live = 0;

	ck_assert_int_eq(store_restore(s, &c.report), 0);
	for (unsigned k = 0; k < KEYS; k++) {
		ck_assert_msg(c.got.there[k] == m->there[k], "key %u", k);
		if (m->there[k])
			ck_assert_uint_eq(c.got.value[k],
					  m->value[k] %
					  (STORE_VALUE_MAX + 1) ?
					  m->value[k] : 0);
		live += m->there[k];
	}
	ck_assert_uint_eq(store_stat(s).live, live);
}

static struct store *reopen(uv_loop_t *loop, const char *path)
{
	struct store *s;

	ck_assert_int_eq(store_open(loop, path, &s), 0);
	return s;
}

static void loop_end(uv_loop_t *loop)
{
	uv_run(loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(loop), 0);
}

START_TEST(store_model)
{
	struct scratch dir = scratch_new();
	const char *path = scratch_path(&dir, "store");
	struct rng r = unit_rng("store model");
	struct model m = { 0 };
	struct store *s;
	struct stat st;
	uv_loop_t loop;
	char name[256];

	snprintf(name, sizeof(name), "%s", path);
	uv_loop_init(&loop);
	s = reopen(&loop, name);
	same(s, &m);
	for (int i = 0; i < 3000; i++) {
		put(s, &m, (unsigned)rng_below(&r, KEYS),
		    (unsigned)rng_below(&r, 161), rng_below(&r, 3) != 0);
		if (rng_below(&r, 100) == 0) {
			store_close(s);
			s = reopen(&loop, name);
			ck_assert_uint_eq(store_stat(s).torn, 0);
		}
		if (rng_below(&r, 50) == 0)
			same(s, &m);
	}
	same(s, &m);
	ck_assert_int_eq(stat(name, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	store_close(s);
	loop_end(&loop);
	scratch_free(&dir);
}
END_TEST

/* A file that ends anywhere: the records before are all there, the torn one
 * is not, and what is written next is read again. */
START_TEST(store_torn)
{
	struct scratch dir = scratch_new();
	char name[256], cut[256];
	struct model m[9] = { 0 };
	off_t end[9];
	uv_loop_t loop;
	struct store *s;
	struct stat st;
	unsigned n;

	snprintf(name, sizeof(name), "%s", scratch_path(&dir, "store"));
	snprintf(cut, sizeof(cut), "%s", scratch_path(&dir, "cut"));
	uv_loop_init(&loop);
	s = reopen(&loop, name);
	for (n = 0; n < 9; n++) {
		if (n) {
			m[n] = m[n - 1];
			put(s, &m[n], n % 4, 10 * n, n != 6);
		}
		ck_assert_int_eq(stat(name, &st), 0);
		end[n] = st.st_size;
	}
	store_close(s);
	for (off_t at = 1, k = 0; at <= end[8]; at++) {
		char cmd[600];

		snprintf(cmd, sizeof(cmd), "head -c %ld '%s' > '%s'",
			 (long)at, name, cut);
		ck_assert_int_eq(system(cmd), 0);
		if (at < end[0]) {	/* not even its header */
			ck_assert_int_eq(store_open(&loop, cut, &s), -EILSEQ);
			continue;
		}
		while (k < 8 && end[k + 1] <= at)
			k++;
		s = reopen(&loop, cut);
		ck_assert_uint_eq(store_stat(s).torn,
				  (uint64_t)(at - end[k]));
		same(s, &m[k]);
		put(s, &m[0], 40, 77, true);
		store_close(s);
		s = reopen(&loop, cut);
		ck_assert_uint_eq(store_stat(s).torn, 0);
		m[0] = m[k];
		m[0].there[40] = true;
		m[0].value[40] = 77;
		same(s, &m[0]);
		store_close(s);
		m[0] = (struct model){ 0 };
	}
	loop_end(&loop);
	scratch_free(&dir);
}
END_TEST

/* One wrong octet anywhere: an end there, never a wrong record. */
START_TEST(store_damage)
{
	struct scratch dir = scratch_new();
	char name[256];
	struct model m = { 0 };
	uv_loop_t loop;
	struct store *s;
	off_t size;
	int fd;

	snprintf(name, sizeof(name), "%s", scratch_path(&dir, "store"));
	uv_loop_init(&loop);
	s = reopen(&loop, name);
	for (unsigned k = 0; k < 6; k++)
		put(s, &m, k, 20 + k, true);
	store_close(s);
	fd = open(name, O_RDWR);
	size = lseek(fd, 0, SEEK_END);
	for (off_t at = 8; at < size; at++) {
		struct collect c = { .report.event = on_event };
		uint8_t was, bad, all[2048];

		ck_assert_int_eq(pread(fd, all, sizeof(all), 0), size);
		was = all[at];
		bad = was ^ (uint8_t)(1 + at % 255);
		ck_assert_int_eq(pwrite(fd, &bad, 1, at), 1);
		s = reopen(&loop, name);
		ck_assert_int_eq(store_restore(s, &c.report), 0);
		ck_assert_uint_lt(c.n, 6);
		for (unsigned k = 0; k < c.n; k++)
			ck_assert(c.got.there[k] &&
				  c.got.value[k] == m.value[k]);
		store_close(s);
		ck_assert_int_eq(pwrite(fd, all, (size_t)size, 0), size);
		all[at] = was;
	}
	close(fd);
	loop_end(&loop);
	scratch_free(&dir);
}
END_TEST

START_TEST(store_foreign)
{
	struct scratch dir = scratch_new();
	struct store_record r = make(1, 1, true);
	char text[64], name[256];
	uv_loop_t loop;
	struct store *s = NULL;

	uv_loop_init(&loop);
	scratch_write(&dir, "store", "somebody's letter, to be kept\n");
	snprintf(name, sizeof(name), "%s", scratch_path(&dir, "store"));
	ck_assert_int_eq(store_open(&loop, name, &s), -EILSEQ);
	scratch_read(&dir, "store", text, sizeof(text));
	ck_assert_str_eq(text, "somebody's letter, to be kept\n");
	s = reopen(&loop, scratch_path(&dir, "new"));
	r.key_len = 0;
	ck_assert_int_eq(store_put(s, &r), -EINVAL);
	r.key_len = STORE_KEY_MAX + 1;
	ck_assert_int_eq(store_put(s, &r), -EINVAL);
	store_close(s);
	loop_end(&loop);
	scratch_free(&dir);
}
END_TEST

static void on_stop(uv_timer_t *t)
{
	uv_stop(t->loop);
}

static void run_for(uv_loop_t *loop, uint64_t ms)
{
	uv_timer_t t;

	uv_timer_init(loop, &t);
	uv_timer_start(&t, on_stop, ms, 0);
	uv_run(loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&t, NULL);
	uv_run(loop, UV_RUN_NOWAIT);
}

/* Many old records: the file becomes small in the background, while more
 * is written, and holds the same. */
START_TEST(store_compaction)
{
	struct scratch dir = scratch_new();
	struct model m = { 0 };
	struct store_stat st;
	char name[256];
	uv_loop_t loop;
	struct store *s;
	struct rng r = unit_rng("store compaction");

	snprintf(name, sizeof(name), "%s", scratch_path(&dir, "store"));
	uv_loop_init(&loop);
	s = reopen(&loop, name);
	for (int i = 0; i < 30000; i++)
		put(s, &m, (unsigned)rng_below(&r, KEYS),
		    (unsigned)rng_below(&r, 161), rng_below(&r, 4) != 0);
	st = store_stat(s);
	ck_assert_uint_gt(st.records, 20000);
	for (int i = 0; i < 100 && store_stat(s).records > 20000; i++) {
		for (int k = 0; k < 20; k++)
			put(s, &m, (unsigned)rng_below(&r, KEYS),
			    (unsigned)rng_below(&r, 161),
			    rng_below(&r, 4) != 0);
		run_for(&loop, 30);
	}
	ck_assert_uint_lt(store_stat(s).records, 4000);
	same(s, &m);
	store_close(s);
	s = reopen(&loop, name);
	same(s, &m);
	ck_assert_int_ne(access(scratch_path(&dir, "store.new"), F_OK), 0);
	store_close(s);
	loop_end(&loop);
	scratch_free(&dir);
}
END_TEST

/* The index by itself, with few different hashes, against a list. */
START_TEST(index_model)
{
	enum { N = 300 };
	struct store_index x = { 0 };
	uint32_t hash[N], count = 0;
	bool in[N] = { false };
	struct rng r = unit_rng("store index");

	for (unsigned i = 0; i < N; i++)
		hash[i] = (uint32_t)rng_below(&r, 40) * 0x1000003;
	for (int i = 0; i < 20000; i++) {
		unsigned k = (unsigned)rng_below(&r, N);
		uint32_t pos = UINT32_MAX;
		struct store_slot *s;

		while ((s = store_index_next(&x, hash[k], &pos)))
			if (s->place == k + 1)
				break;
		ck_assert(!!s == in[k]);
		if (s) {
			store_index_del(&x, s);
			count--;
		} else {
			ck_assert(store_index_add(&x, hash[k], k + 1));
			count++;
		}
		in[k] = !in[k];
		ck_assert_uint_eq(x.count, count);
	}
	store_index_fini(&x);
}
END_TEST

Suite *suite_store(void)
{
	Suite *s = suite_create("store");

	unit_add(s, "model", store_model);
	unit_add(s, "torn", store_torn);
	unit_add(s, "damage", store_damage);
	unit_add(s, "foreign", store_foreign);
	unit_add(s, "compaction", store_compaction);
	unit_add(s, "index", index_model);
	return s;
}
