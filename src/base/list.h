/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list.h - intrusive doubly linked list.
 *
 * A head is a struct list that points to itself; so does a member that is
 * on no list, and removing it again is harmless.
 */
#ifndef MIP6D_BASE_LIST_H
#define MIP6D_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list	*next, *prev;
};

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_del(struct list *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	list_init(l);
}

/* `l' must be initialised; it moves here from wherever it was. */
static inline void list_append(struct list *head, struct list *l)
{
	list_del(l);
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}

static inline void list_prepend(struct list *head, struct list *l)
{
	list_del(l);		/* it may be the first already */
	list_append(head->next, l);
}

/* The current member may be removed in the body. */
#define list_each(it, head) \
	for (struct list *it = (head)->next, *it##_next = it->next; \
	     it != (head); it = it##_next, it##_next = it->next)

#endif
