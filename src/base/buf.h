/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf.h - bounded cursors over bytes, with a sticky error.
 *
 * All byte order of the project is here.  A read past the end or a write
 * past the capacity sets `bad', yields zeros or writes nothing, and so do
 * all later ones: code reads a whole structure and asks once.
 */
#ifndef MIP6D_BASE_BUF_H
#define MIP6D_BASE_BUF_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that belong to somebody else (usually the packet being read). */
struct span {
	const uint8_t	*p;
	size_t		len;
};

struct rbuf {
	const uint8_t	*base, *p, *end;
	bool		bad;
};

struct wbuf {
	uint8_t		*base, *p, *end;
	bool		bad;
};

static inline struct rbuf
rbuf_of(const void *data, size_t len)
{
	const uint8_t *d = data;

	/* no bytes may be NULL, which arithmetic is not defined for */
	return (struct rbuf){ .base = d, .p = d, .end = len ? d + len : d };
}

static inline size_t rbuf_left(const struct rbuf *r)
{
	return (size_t)(r->end - r->p);
}

static inline size_t rbuf_off(const struct rbuf *r)
{
	return (size_t)(r->p - r->base);
}

/* `n' bytes, or NULL (and bad) when there are fewer. */
static inline const uint8_t *
rbuf_take(struct rbuf *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || rbuf_left(r) < n) {
		r->bad = true;
		return NULL;
	}
	if (n)
		r->p += n;
	return p;
}

static inline uint8_t rbuf_u8(struct rbuf *r)
{
	const uint8_t *p = rbuf_take(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rbuf_u16(struct rbuf *r)
{
	const uint8_t *p = rbuf_take(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rbuf_u32(struct rbuf *r)
{
	const uint8_t *p = rbuf_take(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		   (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t rbuf_u64(struct rbuf *r)
{
	const uint8_t *p = rbuf_take(r, 8);
	uint64_t v = 0;

	for (int i = 0; p && i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static inline struct in6_addr rbuf_addr(struct rbuf *r)
{
	const uint8_t *p = rbuf_take(r, 16);
	struct in6_addr a = { 0 };

	if (p)
		memcpy(&a, p, 16);
	return a;
}

static inline struct span rbuf_span(struct rbuf *r, size_t n)
{
	const uint8_t *p = rbuf_take(r, n);

	return (struct span){ .p = p, .len = p ? n : 0 };
}

/* A cursor over the next `n' bytes, which are skipped here. */
static inline struct rbuf rbuf_sub(struct rbuf *r, size_t n)
{
	const uint8_t *p = rbuf_take(r, n);
	struct rbuf s = rbuf_of(p, p ? n : 0);

	s.bad = r->bad;
	return s;
}

static inline struct wbuf
wbuf_of(void *data, size_t cap)
{
	uint8_t *d = data;

	return (struct wbuf){ .base = d, .p = d, .end = cap ? d + cap : d };
}

static inline size_t wbuf_len(const struct wbuf *w)
{
	return (size_t)(w->p - w->base);
}

/* Room for `n' bytes, not initialised, or NULL (and bad). */
static inline uint8_t *
wbuf_take(struct wbuf *w, size_t n)
{
	uint8_t *p = w->p;

	if (w->bad || (size_t)(w->end - w->p) < n) {
		w->bad = true;
		return NULL;
	}
	if (n)
		w->p += n;
	return p;
}

static inline void wbuf_put(struct wbuf *w, const void *d, size_t n)
{
	uint8_t *p = wbuf_take(w, n);

	if (p && n)
		memcpy(p, d, n);
}

static inline void wbuf_zero(struct wbuf *w, size_t n)
{
	uint8_t *p = wbuf_take(w, n);

	if (p && n)
		memset(p, 0, n);
}

static inline void wbuf_u8(struct wbuf *w, uint8_t v)
{
	uint8_t *p = wbuf_take(w, 1);

	if (p)
		p[0] = v;
}

static inline void wbuf_u16(struct wbuf *w, uint16_t v)
{
	uint8_t *p = wbuf_take(w, 2);

	if (p) {
		p[0] = (uint8_t)(v >> 8);
		p[1] = (uint8_t)v;
	}
}

static inline void wbuf_u32(struct wbuf *w, uint32_t v)
{
	uint8_t *p = wbuf_take(w, 4);

	if (p) {
		p[0] = (uint8_t)(v >> 24);
		p[1] = (uint8_t)(v >> 16);
		p[2] = (uint8_t)(v >> 8);
		p[3] = (uint8_t)v;
	}
}

static inline void wbuf_u64(struct wbuf *w, uint64_t v)
{
	uint8_t *p = wbuf_take(w, 8);

	for (int i = 0; p && i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

static inline void wbuf_addr(struct wbuf *w, const struct in6_addr *a)
{
	wbuf_put(w, a, 16);
}

/* Overwrite two bytes written before, `off' from the base. */
static inline void wbuf_patch_u16(struct wbuf *w, size_t off, uint16_t v)
{
	if (off + 2 > wbuf_len(w)) {
		w->bad = true;
		return;
	}
	w->base[off] = (uint8_t)(v >> 8);
	w->base[off + 1] = (uint8_t)v;
}

#endif
