/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.c - objects of one size in pages.
 *
 * A page is one malloc of about PAGE_BYTES; its objects are handed out in
 * order the first time, and through the free list afterwards, so memory
 * that was never needed is never touched.  Pages are kept until pool_fini.
 */
#include "base/pool.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES	(64 * 1024)
#define PAGE_MIN	8		/* objects, however large they are */

struct pool_page {
	struct pool_page *next;
	size_t		objects;
	alignas(max_align_t) unsigned char data[];
};

/* A free object holds the link to the next one. */
struct free_object {
	struct free_object *next;
};

void pool_init(struct pool *p, size_t size, uint32_t limit)
{
	const size_t a = alignof(max_align_t);

	if (size < sizeof(struct free_object))
		size = sizeof(struct free_object);
	/* Objects that are no multiple of 16 need no stricter alignment
	 * than a pointer's: rounding up further would only cost memory. */
	size = size % a == 0 ? size : (size + 7) & ~(size_t)7;
	*p = (struct pool){ .size = size, .limit = limit };
}

void pool_fini(struct pool *p)
{
	struct pool_page *next;

	for (struct pool_page *page = p->pages; page; page = next) {
		next = page->next;
		free(page);
	}
	*p = (struct pool){ .size = p->size, .limit = p->limit };
}

static size_t page_objects(const struct pool *p)
{
	size_t n = (PAGE_BYTES - sizeof(struct pool_page) - 32) / p->size;
	size_t left = p->limit - p->used;

	if (n < PAGE_MIN)
		n = PAGE_MIN;
	return n < left ? n : left;
}

static bool add_page(struct pool *p)
{
	size_t n = page_objects(p);
	struct pool_page *page = malloc(sizeof(*page) + n * p->size);

	if (!page)
		return false;
	page->next = p->pages;
	page->objects = n;
	p->pages = page;
	p->fresh = (uint32_t)n;
	return true;
}

void *pool_get(struct pool *p)
{
	void *o;

	if (p->used >= p->limit)
		return NULL;
	if (p->free) {
		struct free_object *f = p->free;

		p->free = f->next;
		o = f;
	} else {
		if (p->fresh == 0 && !add_page(p))
			return NULL;
		o = p->pages->data +
		    (p->pages->objects - p->fresh--) * p->size;
	}
	p->used++;
	return memset(o, 0, p->size);
}

void pool_put(struct pool *p, void *o)
{
	struct free_object *f = o;

	if (!o)
		return;
	f->next = p->free;
	p->free = f;
	p->used--;
}

size_t pool_memory(const struct pool *p)
{
	size_t n = 0;

	for (const struct pool_page *page = p->pages; page; page = page->next)
		n += sizeof(*page) + page->objects * p->size;
	return n;
}
