/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shape.c - the table of shapes (bpf/path_map.h), most specific first.
 *
 * There are two tables: the one that the programs use, and one to write.
 * Switching is one store, so a packet sees all shapes of before or all of
 * after.
 */
#include "path/private.h"

static void mask_of(uint8_t len, uint32_t ret[4])
{
	uint8_t b[16] = { 0 };

	for (int i = 0; i < len / 8; i++)
		b[i] = 0xff;
	if (len % 8)
		b[len / 8] = (uint8_t)(0xff << (8 - len % 8));
	memcpy(ret, b, sizeof(b));
}

enum pm_sides shape_sides(uint8_t src_len, uint8_t dst_len)
{
	if (!src_len)
		return PM_SIDE_DST;
	return dst_len ? PM_SIDE_BOTH : PM_SIDE_SRC;
}

/* The destination decides before the source, as for routes. */
static bool
more_specific(const struct pm_shape *a, const struct pm_shape *b)
{
	if (a->dst_len != b->dst_len)
		return a->dst_len > b->dst_len;
	if (a->src_len != b->src_len)
		return a->src_len > b->src_len;
	return a->cn < b->cn;		/* a mobile's first: it has both */
}

static void shapes_publish(struct path *p)
{
	uint32_t next = !p->cfg->active;
	struct pm_shapes *t = &p->cfg->shapes[next];
	uint32_t n = 0, cn = 0, at;

	for (int i = 0; i < PM_SHAPES; i++) {
		const struct shape *u = &p->shape[i];
		struct pm_shape s = {
			.id = u->id,
			.sides = (uint8_t)shape_sides(u->src_len, u->dst_len),
			.src_len = u->src_len,
			.dst_len = u->dst_len,
			.cn = u->cn,
		};

		if (!u->id)
			continue;
		if (u->cn)
			cn = u->id;
		mask_of(s.src_len, s.src_mask);
		mask_of(s.dst_len, s.dst_mask);
		for (at = n++; at && more_specific(&s, &t->shape[at - 1]); at--)
			t->shape[at] = t->shape[at - 1];
		t->shape[at] = s;
	}
	t->n = n;
	t->cn = cn;
	__atomic_store_n(&p->cfg->active, next, __ATOMIC_RELEASE);
}

int shape_find(const struct path *p, const struct flow_key *k)
{
	for (int i = 0; i < PM_SHAPES; i++) {
		const struct shape *u = &p->shape[i];

		if (u->id && u->src_len == k->src.len &&
		    u->dst_len == k->dst.len && u->cn == k->cn)
			return i;
	}
	return -1;
}

int shape_by_id(const struct path *p, uint32_t id)
{
	for (int i = 0; i < PM_SHAPES; i++)
		if (id && p->shape[i].id == id)
			return i;
	return -1;
}

int shape_get(struct path *p, const struct flow_key *k)
{
	int n = shape_find(p, k);

	for (int i = 0; i < PM_SHAPES && n < 0; i++) {
		if (p->shape[i].id)
			continue;
		p->shape[i] = (struct shape){
			.id = p->next_shape++,
			.src_len = k->src.len,
			.dst_len = k->dst.len,
			.cn = k->cn,
		};
		shapes_publish(p);
		n = i;
	}
	return n;
}

void shape_put(struct path *p, int n)
{
	if (p->shape[n].flows)
		return;
	p->shape[n].id = 0;
	shapes_publish(p);
}

void shapes_open(struct path *p)
{
	const struct pm_shapes *t = &p->cfg->shapes[p->cfg->active & 1];

	p->next_shape = 1;
	for (uint32_t i = 0; i < t->n && i < PM_SHAPES; i++) {
		p->shape[i] = (struct shape){
			.id = t->shape[i].id,
			.src_len = t->shape[i].src_len,
			.dst_len = t->shape[i].dst_len,
			.cn = t->shape[i].cn,
		};
		if (p->next_shape <= t->shape[i].id)
			p->next_shape = t->shape[i].id + 1;
	}
}
