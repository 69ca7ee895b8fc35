/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_ha_multicast.c - groups that mobiles away from home listen to
 * (RFC 6275 10.4.2, 10.4.3).
 */
#include "core_world.h"

#include <stdlib.h>

#define GROUP	"ff0e::1234"
#define SITE	"ff05::1234"
#define ASKED	"query HA>COA\n"

/* What a mobile sends through its tunnel. */
static void tunnelled(struct world *w, const char *coa, const char *ha,
		      const void *p, size_t len)
{
	struct in6_addr s = world_addr(coa), d = world_addr(ha);
	uint8_t buf[SEND_MAX];
	struct wbuf b = wbuf_of(buf, sizeof(buf));

	pkt_start(&b, &s, &d, 64, NULL, NULL, 41);
	wbuf_put(&b, p, len);
	pkt_finish(&b);
	world_packet(w, 7, buf, wbuf_len(&b));
}

/* Of version 1; or a record of version 2. */
static size_t report(uint8_t *buf, size_t cap, unsigned type, unsigned record,
		     unsigned sources, const char *group, uint8_t hlim)
{
	static const uint8_t alert[8] = { 58, 0, 5, 2, 0, 0, 1, 0 };
	struct in6_addr s = world_addr("fe80::10"), g = world_addr(group);
	struct in6_addr d = world_addr("ff02::16");
	struct wbuf b = wbuf_of(buf, cap);
	size_t at;

	pkt_start(&b, &s, &d, hlim, NULL, NULL, 0);
	wbuf_put(&b, alert, sizeof(alert));
	at = wbuf_len(&b);
	wbuf_u8(&b, (uint8_t)type);
	wbuf_u8(&b, 0);
	wbuf_u16(&b, 0);
	wbuf_u32(&b, record ? 1 : 0);
	if (record) {
		wbuf_u8(&b, (uint8_t)record);
		wbuf_u8(&b, 0);
		wbuf_u16(&b, (uint16_t)sources);
	}
	wbuf_addr(&b, &g);
	for (unsigned k = 0; k < sources; k++)
		wbuf_addr(&b, &s);
	icmp_seal(buf + at, wbuf_len(&b) - at, &s, &d);
	pkt_finish(&b);
	ck_assert(!b.bad);
	return wbuf_len(&b);
}

static void says(struct world *w, const char *coa, unsigned type,
		 unsigned record, unsigned sources, const char *group)
{
	uint8_t buf[256];
	size_t n = report(buf, sizeof(buf), type, record, sources, group, 1);

	tunnelled(w, coa, HA, buf, n);
}

/* A datagram for a group: on the home link, or through a tunnel. */
static size_t datagram(uint8_t *buf, size_t cap, const char *src,
		       const char *dst, uint8_t hlim, size_t len)
{
	struct in6_addr s = world_addr(src), d = world_addr(dst);
	struct wbuf b = wbuf_of(buf, cap);

	pkt_start(&b, &s, &d, hlim, NULL, NULL, 17);
	wbuf_zero(&b, len);
	pkt_finish(&b);
	ck_assert(!b.bad);
	return wbuf_len(&b);
}

static void heard(struct world *w, const char *dst, uint8_t hlim, size_t len)
{
	uint8_t buf[SEND_MAX];
	size_t n = datagram(buf, sizeof(buf), "2001:db8:1::77", dst, hlim, len);

	world_packet(w, HOME, buf, n);
}

static void begin(struct world *w, unsigned most)
{
	world_open(w, CONF_HA);
	w->conf->ha_max_memberships = most;
	w->conf->send_unsol_pfx_advs = false;
	world_start(w);
	world_bu(w, &(struct bu){ .seq = 100, .lifetime = 600 });
	world_later(w, SEC(5));
}

START_TEST(asked_and_forwarded)
{
	struct world w;

	begin(&w, 10);
	ck_assert_uint_eq(world_count(&w, ASKED), 1);
	/* nobody has joined */
	heard(&w, GROUP, 64, 20);
	world_quiet(&w);
	says(&w, COA, 131, 0, 0, GROUP);
	world_expect(&w, "group " GROUP " on 2 up\n");
	heard(&w, GROUP, 64, 20);
	world_expect(&w, "tunnel HA>COA 2001:db8:1::77>" GROUP " hlim=63\n");
	/* a scope smaller than global is not tunnelled (10.4.2) */
	says(&w, COA, 131, 0, 0, SITE);
	world_expect(&w, "group " SITE " on 2 up\n");
	heard(&w, SITE, 64, 20);
	/* nor what has no hop left */
	heard(&w, GROUP, 1, 20);
	world_quiet(&w);
	says(&w, COA, 132, 0, 0, GROUP);
	world_expect(&w, "group " GROUP " on 2 down\n");
	heard(&w, GROUP, 64, 20);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* Asked every 125 s; who is silent is a member no more after 260 s. */
START_TEST(silence_ends_it)
{
	struct world w;

	begin(&w, 10);
	says(&w, COA, 131, 0, 0, GROUP);
	world_count(&w, "");
	world_later(&w, SEC(121));
	world_expect(&w, ASKED);
	says(&w, COA, 131, 0, 0, GROUP);
	world_later(&w, SEC(259));
	ck_assert_uint_eq(world_count(&w, "group"), 0);
	world_later(&w, SEC(1));
	ck_assert_uint_eq(world_count(&w, "group " GROUP " on 2 down"), 1);
	world_close(&w);
}
END_TEST

struct mld_case {
	unsigned	type, sources;
	bool		listens;
};
static const struct mld_case records[] = {
	{ 1, 0, false }, { 1, 1, true }, { 2, 0, true }, { 2, 1, true },
	{ 3, 0, false }, { 3, 1, true }, { 4, 0, true }, { 4, 2, true },
	{ 5, 1, true }, { 6, 1, false }, { 9, 1, false },
};

START_TEST(version_2)
{
	const struct mld_case *r = &records[_i];
	struct world w;

	begin(&w, 10);
	world_count(&w, "");
	says(&w, COA, 143, r->type, r->sources, GROUP);
	world_expect(&w, r->listens ? "group " GROUP " on 2 up\n" : "");
	says(&w, COA, 143, 3, 0, GROUP);
	world_expect(&w, r->listens ? "group " GROUP " on 2 down\n" : "");
	world_close(&w);
}
END_TEST

/* Senders a, b, c ... are 2001:db8:1::a and so on. */
static struct in6_addr sender(char c)
{
	char text[40];

	snprintf(text, sizeof(text), "2001:db8:1::%x",
		 (unsigned char)c - 'a' + 10);
	return world_addr(text);
}

static void says_sources(struct world *w, unsigned record, const char *from)
{
	static const uint8_t alert[8] = { 58, 0, 5, 2, 0, 0, 1, 0 };
	struct in6_addr s = world_addr("fe80::10"), g = world_addr(GROUP);
	struct in6_addr d = world_addr("ff02::16");
	uint8_t buf[SEND_MAX];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	size_t at;

	pkt_start(&b, &s, &d, 1, NULL, NULL, 0);
	wbuf_put(&b, alert, sizeof(alert));
	at = wbuf_len(&b);
	wbuf_u32(&b, 143U << 24);
	wbuf_u32(&b, 1);
	wbuf_u8(&b, (uint8_t)record);
	wbuf_u8(&b, 1);			/* auxiliary data: skipped */
	wbuf_u16(&b, (uint16_t)strlen(from));
	wbuf_addr(&b, &g);
	for (; *from; from++) {
		struct in6_addr a = sender(*from);

		wbuf_addr(&b, &a);
	}
	wbuf_u32(&b, 0xdeadbeef);
	icmp_seal(buf + at, wbuf_len(&b) - at, &s, &d);
	pkt_finish(&b);
	ck_assert(!b.bad);
	tunnelled(w, COA, HA, buf, wbuf_len(&b));
}

static bool forwards(struct world *w, char from)
{
	char text[ADDR_STRLEN];
	struct in6_addr a = sender(from);
	uint8_t buf[256];
	size_t n = datagram(buf, sizeof(buf), addr_print(&a, text), GROUP, 64,
			    20);

	world_count(w, "");
	world_packet(w, HOME, buf, n);
	return world_count(w, "tunnel HA>COA") == 1;
}

/* Digits are records of RFC 3810 5.2.12, with their sources; `+N;' lets seconds
 * pass.  What is forwarded then, of a, b, c and d. */
static const struct {
	const char *said, *got;
} filters[] = {
	{ "2", "abcd" },			/* IS_EX: everybody */
	{ "2ab", "cd" },
	{ "4ab", "cd" },			/* TO_EX */
	{ "2ab 2c", "abd" },			/* as it is now */
	{ "1ab", "ab" },			/* IS_IN */
	{ "1ab 1c", "abc" },			/* a list in two records */
	{ "3ab", "ab" },			/* TO_IN */
	{ "2 3ab", "ab" },			/* mode changes */
	{ "2c 3ab", "ab" },
	{ "1ab 4c", "abd" },
	{ "1a 5b", "ab" },			/* ALLOW */
	{ "5a", "a" },
	{ "2ab 5b", "bcd" },
	{ "1ab 6b", "a" },			/* BLOCK */
	{ "1a 6a", "" },
	{ "2a 6b", "cd" },
	{ "6a", "" },
	{ "2a 3", "" },				/* left */
	{ "1a 3", "" },
	{ "1ab +9; 3c", "abc" },		/* the rest may follow */
	{ "1ab +9; 3c +2;", "c" },		/* it did not */
	{ "1ab +9; 3c 3a +2;", "ac" },		/* it did */
	{ "1a +200; 1b +59;", "ab" },		/* 260 s each */
	{ "1a +200; 1b +60;", "b" },
	{ "1a +200; 1b +260;", "" },
	{ "2a +200; 6b +59;", "cd" },
	{ "2a +200; 6b +60;", "" },		/* that refreshes nothing */
	{ "2a +200; 2a +259;", "bcd" },
	{ "2aa", "bcd" },
	{ "1aa 6a", "" },
};

START_TEST(sources)
{
	const char *p = filters[_i].said;
	char got[5] = "", word[80];
	struct world w;
	int n;

	begin(&w, 10);
	for (; sscanf(p, " %79s%n", word, &n) == 1; p += n) {
		if (*word == '+')
			world_later(&w, SEC(1) * strtoul(word, NULL, 0));
		else
			says_sources(&w, (unsigned)(*word - '0'), word + 1);
	}
	for (char c = 'a'; c <= 'd'; c++)
		if (forwards(&w, c))
			strcat(got, (char []){ c, '\0' });
	ck_assert_msg(strcmp(got, filters[_i].got) == 0, "%s: %s",
		      filters[_i].said, got);
	world_close(&w);
}
END_TEST

/* More than are remembered: too much is forwarded rather than too little. */
START_TEST(many_sources)
{
	char all[71] = "";
	struct world w;

	for (int k = 0; k < 70; k++)
		all[k] = (char)('b' + k);
	begin(&w, 10);
	says_sources(&w, 1, all);
	ck_assert(forwards(&w, 'b') && forwards(&w, 'b' + 69));
	ck_assert(forwards(&w, 'a'));
	says_sources(&w, 3, "");
	ck_assert(!forwards(&w, 'b'));
	says_sources(&w, 2, all);
	ck_assert(forwards(&w, 'a') && !forwards(&w, 'b'));
	ck_assert(forwards(&w, 'b' + 69));
	world_close(&w);
}
END_TEST

START_TEST(not_believed)
{
	uint8_t buf[256];
	struct world w;
	size_t n;

	begin(&w, 10);
	world_count(&w, "");
	/* not through a registered tunnel (10.4.5) */
	says(&w, COA2, 131, 0, 0, GROUP);
	n = report(buf, sizeof(buf), 131, 0, 0, GROUP, 1);
	tunnelled(&w, COA, VHA, buf, n);
	/* not of one hop; a wrong checksum; of the link; no group */
	n = report(buf, sizeof(buf), 131, 0, 0, GROUP, 64);
	tunnelled(&w, COA, HA, buf, n);
	n = report(buf, sizeof(buf), 131, 0, 0, GROUP, 1);
	buf[n - 1] ^= 1;
	tunnelled(&w, COA, HA, buf, n);
	says(&w, COA, 131, 0, 0, "ff02::1234");
	says(&w, COA, 131, 0, 0, HOA);
	/* cut off */
	n = report(buf, sizeof(buf), 143, 5, 1, GROUP, 1);
	tunnelled(&w, COA, HA, buf, n - 8);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* What a mobile sends goes out on its home link, and to the others. */
START_TEST(from_mobile)
{
	uint8_t buf[256];
	struct world w;
	size_t n;

	begin(&w, 10);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::11", .src = COA2,
				   .seq = 1, .lifetime = 600 });
	world_later(&w, SEC(5));
	says(&w, COA, 131, 0, 0, GROUP);
	says(&w, COA2, 131, 0, 0, GROUP);
	world_count(&w, "");
	n = datagram(buf, sizeof(buf), HOA, GROUP, 64, 20);
	tunnelled(&w, COA, HA, buf, n);
	world_expect(&w, "tunnel HA>COA2 HOA>" GROUP " hlim=63\n"
		     "data if=2 HOA>" GROUP " hlim=63\n");
	/* somebody else's home address; of the link; no hop left */
	tunnelled(&w, COA2, HA, buf, n);
	n = datagram(buf, sizeof(buf), HOA, "ff02::1", 64, 20);
	tunnelled(&w, COA, HA, buf, n);
	n = datagram(buf, sizeof(buf), HOA, GROUP, 1, 20);
	tunnelled(&w, COA, HA, buf, n);
	n = datagram(buf, sizeof(buf), HOA, "2001:db8:1::77", 64, 20);
	tunnelled(&w, COA, HA, buf, n);
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* The tunnel goes, and with it all that it was for; a move is a new tunnel. */
START_TEST(moves_and_returns)
{
	struct world w;

	begin(&w, 10);
	says(&w, COA, 131, 0, 0, GROUP);
	world_bu(&w, &(struct bu){ .seq = 101, .lifetime = 600, .src = COA2 });
	world_later(&w, MSEC(1));
	ck_assert_uint_eq(world_count(&w, "query HA>COA2"), 1);
	heard(&w, GROUP, 64, 20);
	world_quiet(&w);
	says(&w, COA, 131, 0, 0, GROUP);
	world_quiet(&w);
	says(&w, COA2, 131, 0, 0, GROUP);
	heard(&w, GROUP, 64, 20);
	world_expect(&w, "tunnel HA>COA2 2001:db8:1::77>" GROUP " hlim=63\n");
	world_bu(&w, &(struct bu){ .seq = 102, .src = COA2 });
	world_count(&w, "");
	heard(&w, GROUP, 64, 20);
	world_quiet(&w);
	world_later(&w, SEC(300));
	ck_assert_uint_eq(world_count(&w, "group " GROUP " on 2 down"), 1);
	world_close(&w);
}
END_TEST

START_TEST(limits)
{
	struct world w;
	struct conf *c;

	begin(&w, 1);
	world_count(&w, "");
	says(&w, COA, 131, 0, 0, GROUP);
	says(&w, COA, 131, 0, 0, "ff0e::2");
	world_expect(&w, "group " GROUP " on 2 up\n");
	c = world_conf(CONF_HA);
	world_reconfigure(&w, c);
	world_expect(&w, "group " GROUP " on 2 down\n");
	/* not configured: silently ignored, and nobody is asked */
	says(&w, COA, 131, 0, 0, GROUP);
	world_later(&w, SEC(300));
	world_quiet(&w);
	world_close(&w);
}
END_TEST

/* A report of so many groups at once, from ff0e::1:1 on. */
static void says_many(struct world *w, const char *coa, unsigned count)
{
	static const uint8_t alert[8] = { 58, 0, 5, 2, 0, 0, 1, 0 };
	struct in6_addr s = world_addr("fe80::10"), d = world_addr("ff02::16");
	struct in6_addr g = world_addr("ff0e::1:0");
	uint8_t buf[SEND_MAX];
	struct wbuf b = wbuf_of(buf, sizeof(buf));
	size_t at;

	pkt_start(&b, &s, &d, 1, NULL, NULL, 0);
	wbuf_put(&b, alert, sizeof(alert));
	at = wbuf_len(&b);
	wbuf_u32(&b, 143U << 24);
	wbuf_u32(&b, count);
	for (unsigned k = 0; k < count; k++) {
		g.s6_addr[15] = (uint8_t)(k + 1);
		wbuf_u32(&b, 4U << 24);
		wbuf_addr(&b, &g);
	}
	icmp_seal(buf + at, wbuf_len(&b) - at, &s, &d);
	pkt_finish(&b);
	ck_assert(!b.bad);
	tunnelled(w, coa, HA, buf, wbuf_len(&b));
}

/* One report in the name of a mobile takes nothing from the others; it is said
 * once.  What it took comes back with its tunnel. */
START_TEST(share_of_one)
{
	struct world w;

	begin(&w, 40);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::11", .src = COA2,
				   .seq = 1, .lifetime = 600 });
	world_later(&w, SEC(5));
	w.notes = true;
	world_count(&w, "");
	says_many(&w, COA, 60);
	ck_assert(strstr(w.did, "note membership-limit coa=" COA " limit=32"));
	ck_assert_uint_eq(world_count(&w, "note membership-limit"), 1);
	says_many(&w, COA, 60);
	world_quiet(&w);
	says(&w, COA2, 131, 0, 0, GROUP);
	world_expect(&w, "group " GROUP " on 2 up\n");
	/* 40 of all */
	says_many(&w, COA2, 30);
	ck_assert(strstr(w.did, "note membership-limit coa=" COA2 " limit=40"));
	world_count(&w, "");
	/* room again, and full again */
	says(&w, COA, 132, 0, 0, "ff0e::1:1");
	says(&w, COA, 131, 0, 0, "ff0e::2:1");
	world_count(&w, "");
	says(&w, COA, 131, 0, 0, "ff0e::2:2");
	ck_assert_uint_eq(world_count(&w, "note membership-limit coa=" COA), 1);
	/* away */
	world_bu(&w, &(struct bu){ .seq = 101 });
	world_later(&w, SEC(130));
	says_many(&w, COA2, 31);
	ck_assert_uint_eq(world_count(&w, "group " "ff0e::2:1 on 2 down"), 1);
	world_close(&w);
}
END_TEST

START_TEST(shown)
{
	char text[4096];
	struct world w;

	begin(&w, 10);
	says(&w, COA, 131, 0, 0, GROUP);
	world_show(&w, "groups", text, sizeof(text));
	ck_assert_str_eq(text, "group address=" GROUP " interface=home0 "
			 "mobiles=1\n");
	world_close(&w);
}
END_TEST

/* The last that was sent is Packet Too Big, of that size, to that sender. */
static void said_too_big(struct world *w, const char *to, uint32_t mtu,
			 size_t len)
{
	struct in6_addr ha = world_addr(HA), sender = world_addr(to);
	struct icmp m;
	struct wire_error e;
	struct pkt p;

	ck_assert_int_eq(pkt_parse(w->sent, w->sent_len, &p, &e), 0);
	ck_assert_int_eq(icmp_parse(p.payload.p, p.payload.len, &p.src, &p.dst,
				    &m, &e), 0);
	ck_assert_uint_eq(m.type, ICMP_TOO_BIG);
	ck_assert_uint_eq(m.error.param, mtu);
	ck_assert_uint_eq(m.error.about.len, len < 1232 ? len : 1232);
	ck_assert(addr_eq(&p.src, &ha) && addr_eq(&p.dst, &sender));
}

static void learn_mtu(struct world *w, const char *coa, uint32_t mtu)
{
	struct event ev = {
		.kind = EV_MTU,
		.mtu = { .path = { .local = world_addr(HA),
				   .remote = world_addr(coa),
				   .kind = PATH_IP6IP6 }, .mtu = mtu },
	};

	node_input(w->node, &ev, w->now);
}

/* RFC 2473 7.1: what the tunnel carries whole, in pieces, and not at all.
 * Lengths are those of the packet of the home link. */
static const struct {
	uint32_t	mtu;		/* of the path; 0: not known */
	size_t		len;
	const char	*did;
	uint32_t	says;		/* Packet Too Big */
} sizes[] = {
	{ 0, 1280, "tunnel HA>COA 2001:db8:1::77>" GROUP " hlim=63\n", 0 },
	{ 0, 1460, "tunnel HA>COA 2001:db8:1::77>" GROUP " hlim=63\n", 0 },
	{ 0, 1461, "ICMP 2\n", 1460 },
	{ 0, 1500, "ICMP 2\n", 1460 },
	{ 1400, 1360, "tunnel HA>COA 2001:db8:1::77>" GROUP " hlim=63\n", 0 },
	{ 1400, 1361, "ICMP 2\n", 1360 },
	{ 1300, 1281, "ICMP 2\n", 1280 },
	{ 1300, 1280, "piece HA>COA\npiece HA>COA\n", 0 },
	{ 1280, 1240, "tunnel HA>COA 2001:db8:1::77>" GROUP " hlim=63\n", 0 },
	{ 1280, 1241, "piece HA>COA\npiece HA>COA\n", 0 },
	{ 1200, 1280, "piece HA>COA\npiece HA>COA\n", 0 },
};

START_TEST(too_large)
{
	struct world w;

	begin(&w, 10);
	says(&w, COA, 131, 0, 0, GROUP);
	if (sizes[_i].mtu)
		learn_mtu(&w, COA, sizes[_i].mtu);
	world_count(&w, "");
	heard(&w, GROUP, 64, sizes[_i].len - 40);
	world_expect(&w, sizes[_i].did);
	if (sizes[_i].says)
		said_too_big(&w, "2001:db8:1::77", sizes[_i].says,
			     sizes[_i].len);
	world_close(&w);
}
END_TEST

/* The pieces are those of the tunnel packet, of no more than the path takes:
 * the last, of which there is the rest. */
START_TEST(pieces)
{
	struct world w;

	begin(&w, 10);
	says(&w, COA, 131, 0, 0, GROUP);
	learn_mtu(&w, COA, 1300);
	world_count(&w, "");
	heard(&w, GROUP, 64, 1280 - 40);
	/* 1252 octets fit behind two headers, 1248 is what eight divides */
	ck_assert_uint_eq(w.sent_len, 40 + 8 + 1280 - 1248);
	ck_assert_uint_eq(w.sent[6], 44);
	ck_assert_uint_eq(w.sent[40], 41);
	ck_assert_uint_eq((unsigned)w.sent[42] << 8 | w.sent[43], 1248);
	world_close(&w);
}
END_TEST

/* RFC 4443 2.4 e.1: not to errors; f: not to more than a limit.  One answer
 * for all members, of the least of them. */
START_TEST(too_large_told)
{
	uint8_t buf[SEND_MAX];
	struct world w;
	size_t n;

	begin(&w, 10);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::11", .src = COA2,
				   .seq = 1, .lifetime = 600 });
	world_later(&w, SEC(5));
	says(&w, COA, 131, 0, 0, GROUP);
	says(&w, COA2, 131, 0, 0, GROUP);
	learn_mtu(&w, COA, 1400);
	learn_mtu(&w, COA2, 1350);
	world_count(&w, "");
	heard(&w, GROUP, 64, 1400);
	world_expect(&w, "ICMP 2\n");
	said_too_big(&w, "2001:db8:1::77", 1310, 1440);
	n = datagram(buf, sizeof(buf), "2001:db8:1::77", GROUP, 64, 1400);
	buf[6] = 58;
	buf[40] = 2;
	world_packet(&w, HOME, buf, n);
	buf[40] = 137;
	world_packet(&w, HOME, buf, n);
	world_quiet(&w);
	buf[40] = 128;
	world_packet(&w, HOME, buf, n);
	world_expect(&w, "ICMP 2\n");
	/* fragments are too large as well */
	buf[6] = 44;
	buf[40] = 58;
	world_packet(&w, HOME, buf, n);
	world_quiet(&w);
	buf[40] = 17;
	world_packet(&w, HOME, buf, n);
	world_expect(&w, "ICMP 2\n");
	/* a mobile is told, too; the home link takes it */
	n = datagram(buf, sizeof(buf), HOA, GROUP, 64, 1300);
	tunnelled(&w, COA, HA, buf, n);
	world_expect(&w, "ICMP 2\ndata if=2 HOA>" GROUP " hlim=63\n");
	for (int k = 0; k < 100; k++)
		heard(&w, GROUP, 64, 1400);
	ck_assert_uint_le(world_count(&w, "ICMP 2"), 20);
	world_close(&w);
}
END_TEST

#define OTHER_HA	"2001:db8:c::1"		/* another virtual one */
#define OTHER_HOA	"2001:db8:c::10"

static struct conf_home_link *other_network(struct conf *c, const char *name)
{
	struct conf_home_link *l = conf_add_home_link(c);

	ck_assert_ptr_nonnull(l);
	ck_assert_int_eq(prefix_parse("2001:db8:c::/64", &l->prefix), 0);
	l->ha = world_addr(OTHER_HA);
	if (name)
		c->home_link[1].network = l->network = name;
	return l;
}

static void begin_virtual(struct world *w, const char *name)
{
	world_open(w, CONF_HA);
	w->conf->ha_max_memberships = 10;
	w->conf->send_unsol_pfx_advs = false;
	other_network(w->conf, name);
	world_start(w);
	world_address(w, 4, OTHER_HA, ADDR_VALID);
	world_bu(w, &(struct bu){ .hoa = VHOA, .dst = VHA, .seq = 1,
				  .lifetime = 600 });
	world_bu(w, &(struct bu){ .hoa = OTHER_HOA, .dst = OTHER_HA,
				  .src = COA2, .seq = 1, .lifetime = 600 });
	world_later(w, SEC(5));
	ck_assert_uint_eq(world_count(w, "query"), 2);
}

static void report_to(struct world *w, const char *coa, const char *ha)
{
	uint8_t buf[256];
	size_t n = report(buf, sizeof(buf), 131, 0, 0, GROUP, 1);

	tunnelled(w, coa, ha, buf, n);
}

/* Home networks without an interface are several all the same. */
START_TEST(virtual_apart)
{
	static const char *const names[] = { NULL, "ours" };
	char text[4096];
	uint8_t buf[256];
	struct world w;
	size_t n;

	begin_virtual(&w, names[_i]);
	report_to(&w, COA, VHA);
	report_to(&w, COA2, OTHER_HA);
	world_quiet(&w);
	n = datagram(buf, sizeof(buf), VHOA, GROUP, 64, 20);
	tunnelled(&w, COA, VHA, buf, n);
	world_expect(&w, names[_i] ? "tunnel " OTHER_HA ">COA2 VHOA>" GROUP
		     " hlim=63\n" : "");
	world_show(&w, "groups", text, sizeof(text));
	ck_assert_msg(!!strstr(text, "network=2001:db8:2::/64 mobiles=1") ==
		      !names[_i] &&
		      !!strstr(text, "network=2001:db8:c::/64 mobiles=1") ==
		      !names[_i] &&
		      !!strstr(text, "network=2001:db8:2::/64 mobiles=2") ==
		      !!names[_i], "%s", text);
	world_close(&w);
}
END_TEST

/* The interface of the home link is made anew: we are a member there then,
 * and what mobiles send leaves there. */
START_TEST(link_made_anew)
{
	uint8_t buf[256];
	struct world w;
	size_t n;

	begin(&w, 10);
	says(&w, COA, 131, 0, 0, GROUP);
	world_count(&w, "");
	world_gone(&w, HOME, "home0");
	ck_assert_uint_eq(world_count(&w, "group " GROUP " on 2 down"), 1);
	says(&w, COA, 131, 0, 0, SITE);
	ck_assert_uint_eq(world_count(&w, "group"), 0);
	world_link(&w, 9, "home0", true);
	ck_assert_uint_eq(world_count(&w, "group"), 2);
	n = datagram(buf, sizeof(buf), "2001:db8:1::77", GROUP, 64, 20);
	world_packet(&w, HOME, buf, n);
	ck_assert_uint_eq(world_count(&w, "tunnel"), 0);
	world_packet(&w, 9, buf, n);
	ck_assert_uint_eq(world_count(&w, "tunnel HA>COA 2001:db8:1::77>"), 1);
	n = datagram(buf, sizeof(buf), HOA, GROUP, 64, 20);
	tunnelled(&w, COA, HA, buf, n);
	ck_assert_uint_eq(world_count(&w, "data if=9 HOA>" GROUP), 1);
	says(&w, COA, 132, 0, 0, GROUP);
	ck_assert_uint_eq(world_count(&w, "group " GROUP " on 9 down"), 1);
	world_close(&w);
}
END_TEST

/* Home addresses of two home networks, by one tunnel: it is asked for each,
 * and each is served as its own. */
START_TEST(one_tunnel_two_links)
{
	uint8_t buf[256];
	struct world w;
	size_t n;

	world_open(&w, CONF_HA);
	w.conf->ha_max_memberships = 10;
	w.conf->send_unsol_pfx_advs = false;
	other_network(w.conf, NULL)->ha = world_addr(HA);
	world_start(&w);
	world_bu(&w, &(struct bu){ .hoa = OTHER_HOA, .seq = 1,
				   .lifetime = 100 });
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 600 });
	world_later(&w, SEC(5));
	ck_assert_uint_eq(world_count(&w, ASKED), 2);
	says(&w, COA, 131, 0, 0, GROUP);
	world_expect(&w, "group " GROUP " on 2 up\n");
	heard(&w, GROUP, 64, 20);
	world_expect(&w, "tunnel HA>COA 2001:db8:1::77>" GROUP " hlim=63\n");
	n = datagram(buf, sizeof(buf), HOA, GROUP, 64, 20);
	tunnelled(&w, COA, HA, buf, n);
	world_expect(&w, "data if=2 HOA>" GROUP " hlim=63\n");
	n = datagram(buf, sizeof(buf), OTHER_HOA, GROUP, 64, 20);
	tunnelled(&w, COA, HA, buf, n);
	world_quiet(&w);
	/* one of them ends, and is asked no more */
	world_later(&w, SEC(400));
	world_count(&w, "");
	world_later(&w, SEC(125));
	ck_assert_uint_eq(world_count(&w, ASKED), 1);
	world_close(&w);
}
END_TEST

Suite *suite_ha_multicast(void)
{
	Suite *s = suite_create("ha multicast");
	TCase *t = tcase_create("multicast");

	tcase_add_test(t, asked_and_forwarded);
	tcase_add_test(t, silence_ends_it);
	tcase_add_loop_test(t, version_2, 0,
			    sizeof(records) / sizeof(*records));
	tcase_add_loop_test(t, sources, 0,
			    sizeof(filters) / sizeof(*filters));
	tcase_add_test(t, many_sources);
	tcase_add_test(t, not_believed);
	tcase_add_test(t, from_mobile);
	tcase_add_test(t, moves_and_returns);
	tcase_add_test(t, limits);
	tcase_add_test(t, share_of_one);
	tcase_add_test(t, shown);
	tcase_add_loop_test(t, too_large, 0, sizeof(sizes) / sizeof(*sizes));
	tcase_add_test(t, pieces);
	tcase_add_test(t, too_large_told);
	tcase_add_loop_test(t, virtual_apart, 0, 2);
	tcase_add_test(t, link_made_anew);
	tcase_add_test(t, one_tunnel_two_links);
	suite_add_tcase(s, t);
	return s;
}
