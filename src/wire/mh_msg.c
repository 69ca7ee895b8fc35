/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mh_msg.c - what is inside each Mobility Header message.
 *
 * The box above each message shows its fixed part from the checksum on,
 * octet 4 of the header; options follow.  A parser finds all fixed octets
 * there (mh_parse has compared the row's `fixed'), so it never fails.
 * Reserved fields are sent as zero and not looked at.
 */
#include "wire/name.h"
#include "wire/row.h"

static const char *
or_unknown(const char *s)
{
	return s ? s : "unknown";
}

/* Binding Refresh Request, RFC 6275 6.1.2
 *
 *	|           Checksum            |           Reserved            |
 */
static void
brr_parse(struct rbuf *r, struct mh *m)
{
	rbuf_take(r, 2);
}

static void
brr_build(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, 0);
}

static void
brr_print(const struct mh *m, struct text *t)
{
}

/* Binding Update, RFC 6275 6.1.7
 *
 *	|           Checksum            |          Sequence #           |
 *	|A|H|L|K|        Reserved       |           Lifetime            |
 */
static const struct flag_name bu_flags[] = {
	{ MH_BU_H, "H", "home" },
	{ MH_BU_A, "A", "ack" },
	{ MH_BU_L, "L", "lladdr" },
	{ MH_BU_K, "K", "key" },
	{ 0 }
};

static void
bu_parse(struct rbuf *r, struct mh *m)
{
	m->bu.seq = rbuf_u16(r);
	m->bu.flags = rbuf_u16(r);
	m->bu.lifetime = rbuf_u16(r);
}

static void
bu_build(struct wbuf *w, const struct mh *m)
{
	wbuf_u16(w, m->bu.seq);
	wbuf_u16(w, m->bu.flags);
	wbuf_u16(w, m->bu.lifetime);
}

static void
bu_print(const struct mh *m, struct text *t)
{
	text_line(t, 1, "seq %u", m->bu.seq);
	text_add(t, "    flags ");
	text_letters(t, m->bu.flags, bu_flags);
	text_add(t, "\n");
	text_line(t, 1, "lifetime %us", m->bu.lifetime * 4U);
}

static void
bu_summary(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u lifetime=%us", m->bu.seq, m->bu.lifetime * 4U);
	text_words(t, m->bu.flags, bu_flags);
}

/* Binding Acknowledgement, RFC 6275 6.1.8
 *
 *	|           Checksum            |    Status     |K|  Reserved   |
 *	|          Sequence #           |           Lifetime            |
 */
static const struct flag_name ba_flags[] = {
	{ MH_BA_K, "K", "key" },
	{ 0 }
};

static void
ba_parse(struct rbuf *r, struct mh *m)
{
	m->ba.status = rbuf_u8(r);
	m->ba.flags = rbuf_u8(r);
	m->ba.seq = rbuf_u16(r);
	m->ba.lifetime = rbuf_u16(r);
}

static void
ba_build(struct wbuf *w, const struct mh *m)
{
	wbuf_u8(w, m->ba.status);
	wbuf_u8(w, m->ba.flags);
	wbuf_u16(w, m->ba.seq);
	wbuf_u16(w, m->ba.lifetime);
}

static void
ba_print(const struct mh *m, struct text *t)
{
	text_line(t, 1, "status %u %s", m->ba.status,
		  or_unknown(name_status(m->ba.status)));
	text_add(t, "    flags ");
	text_letters(t, m->ba.flags, ba_flags);
	text_add(t, "\n");
	text_line(t, 1, "seq %u", m->ba.seq);
	text_line(t, 1, "lifetime %us", m->ba.lifetime * 4U);
}

static void
ba_summary(const struct mh *m, struct text *t)
{
	text_add(t, " seq=%u status=%u lifetime=%us", m->ba.seq,
		 m->ba.status, m->ba.lifetime * 4U);
	text_words(t, m->ba.flags, ba_flags);
}

/* Binding Error, RFC 6275 6.1.9
 *
 *	|           Checksum            |    Status     |   Reserved    |
 *	|                                                               |
 *	+                         Home Address                          +
 *	:                                                               :
 */
static void
be_parse(struct rbuf *r, struct mh *m)
{
	m->be.status = rbuf_u8(r);
	rbuf_take(r, 1);
	m->be.hoa = rbuf_addr(r);
}

static void
be_build(struct wbuf *w, const struct mh *m)
{
	wbuf_u8(w, m->be.status);
	wbuf_u8(w, 0);
	wbuf_addr(w, &m->be.hoa);
}

static void
be_print(const struct mh *m, struct text *t)
{
	text_line(t, 1, "status %u %s", m->be.status,
		  or_unknown(name_be_status(m->be.status)));
	text_add(t, "    home-address ");
	text_addr(t, &m->be.hoa);
	text_add(t, "\n");
}

static void
be_summary(const struct mh *m, struct text *t)
{
	text_add(t, " status=%u hoa=", m->be.status);
	text_addr(t, &m->be.hoa);
}

static void
no_summary(const struct mh *m, struct text *t)
{
}

static const struct mh_row rows[] = {
	[MH_BRR] = { "BRR", "Binding Refresh Request", 8,
		     brr_parse, brr_build, brr_print, no_summary },
	[MH_BU] = { "BU", "Binding Update", 12,
		    bu_parse, bu_build, bu_print, bu_summary },
	[MH_BA] = { "BA", "Binding Acknowledgement", 12,
		    ba_parse, ba_build, ba_print, ba_summary },
	[MH_BE] = { "BE", "Binding Error", 24,
		    be_parse, be_build, be_print, be_summary },
};

const struct mh_row *
mh_row(uint8_t type)
{
	if (type >= sizeof(rows) / sizeof(rows[0]) || !rows[type].name)
		return NULL;
	return &rows[type];
}
