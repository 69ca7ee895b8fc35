/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_base_addr.c - addresses, prefixes, cursors over bytes.
 */
#include "base/addr.h"
#include "base/buf.h"
#include "test_base.h"
#include "unit.h"

#include <errno.h>

static struct in6_addr A(const char *s)
{
	struct in6_addr a;

	ck_assert_msg(addr_parse(s, &a) == 0, "%s", s);
	return a;
}

START_TEST(classes)
{
	static const struct {
		const char *text;
		bool unspec, loop, mcast, ll, v4, routable;
	} t[] = {
		{ "::",			1, 0, 0, 0, 0, 0 },
		{ "::1",		0, 1, 0, 0, 0, 0 },
		{ "::2",		0, 0, 0, 0, 0, 1 },
		{ "ff02::1",		0, 0, 1, 0, 0, 0 },
		{ "ff0e::1:2",		0, 0, 1, 0, 0, 0 },
		{ "fe80::1",		0, 0, 0, 1, 0, 0 },
		{ "febf:ffff::1",	0, 0, 0, 1, 0, 0 },
		{ "fec0::1",		0, 0, 0, 0, 0, 1 },
		{ "fe7f::1",		0, 0, 0, 0, 0, 1 },
		{ "::ffff:1.2.3.4",	0, 0, 0, 0, 1, 0 },
		{ "::fffe:1.2.3.4",	0, 0, 0, 0, 0, 1 },
		{ "2001:db8::1",	0, 0, 0, 0, 0, 1 },
		{ "fd00::1",		0, 0, 0, 0, 0, 1 },
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct in6_addr a = A(t[i].text);

		ck_assert_msg(addr_is_unspec(&a) == t[i].unspec &&
			      addr_is_loopback(&a) == t[i].loop &&
			      addr_is_multicast(&a) == t[i].mcast &&
			      addr_is_linklocal(&a) == t[i].ll &&
			      addr_is_v4mapped(&a) == t[i].v4 &&
			      addr_is_routable(&a) == t[i].routable,
			      "%s", t[i].text);
	}
}
END_TEST

START_TEST(forms)
{
	static const struct lladdr mac = { 6, { 0x34, 0x56, 0x78, 0x9a,
						0xbc, 0xde } };
	static const struct lladdr eui = { 8, { 0x02, 1, 2, 3, 4, 5, 6, 7 } };
	struct in6_addr p = A("2001:db8:1:ff00::"), i = A("1:2:3:4:5:6:7:8");
	struct in6_addr a, b;

	/* the example of RFC 4291 section 2.7.1 */
	a = A("4037::01:800:200e:8c6c");
	a = addr_solicited_node(&a);
	b = A("ff02::1:ff0e:8c6c");
	ck_assert(addr_eq(&a, &b));

	a = addr_combine(&p, 64, &i);
	b = A("2001:db8:1:ff00:5:6:7:8");
	ck_assert(addr_eq(&a, &b));
	a = addr_combine(&p, 52, &i);
	b = A("2001:db8:1:f004:5:6:7:8");
	ck_assert(addr_eq(&a, &b));
	a = addr_combine(&p, 0, &i);
	ck_assert(addr_eq(&a, &i));
	a = addr_combine(&p, 128, &i);
	ck_assert(addr_eq(&a, &p));

	a = addr_linklocal_of(&i);
	b = A("fe80::5:6:7:8");
	ck_assert(addr_eq(&a, &b));

	/* RFC 4291 appendix A: 34-56-78-9A-BC-DE */
	a = addr_eui64(&mac);
	b = A("::3656:78ff:fe9a:bcde");
	ck_assert(addr_eq(&a, &b));
	a = addr_eui64(&eui);
	b = A("::1:203:405:607");
	ck_assert(addr_eq(&a, &b));

	ck_assert(addr_eq(&addr_all_nodes, (b = A("ff02::1"), &b)));
	ck_assert(addr_eq(&addr_all_routers, (b = A("ff02::2"), &b)));
	ck_assert_int_lt(addr_cmp(&addr_all_nodes, &addr_all_routers), 0);
}
END_TEST

START_TEST(prefixes)
{
	static const struct { const char *p, *a; bool in; } t[] = {
		{ "2001:db8::/32", "2001:db8:ffff::1", 1 },
		{ "2001:db8::/32", "2001:db9::", 0 },
		{ "2001:db8::/33", "2001:db8:7fff::", 1 },
		{ "2001:db8::/33", "2001:db8:8000::", 0 },
		{ "2001:db8::1/128", "2001:db8::1", 1 },
		{ "2001:db8::1/128", "2001:db8::2", 0 },
		{ "::/0", "ffff::", 1 },
		{ "8000::/1", "ffff::", 1 },
		{ "8000::/1", "7fff::", 0 },
	};
	struct in6_addr a = A("2001:db8:1:2:3:4:5:6");
	struct prefix p, q;

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct in6_addr in = A(t[i].a);

		ck_assert_int_eq(prefix_parse(t[i].p, &p), 0);
		ck_assert_msg(prefix_match(&p, &in) == t[i].in, "%s %s",
			      t[i].p, t[i].a);
	}
	p = prefix_of(&a, 64);
	ck_assert_int_eq(prefix_parse("2001:db8:1:2::/64", &q), 0);
	ck_assert(prefix_eq(&p, &q));
	q.len = 63;
	ck_assert(!prefix_eq(&p, &q));
	p = prefix_host(&a);
	ck_assert(prefix_match(&p, &a));
	ck_assert_uint_eq(p.len, 128);
}
END_TEST

START_TEST(text)
{
	static const struct { const char *in; int rc; } t[] = {
		{ "2001:db8::/32", 0 }, { "::/0", 0 }, { "::1/128", 0 },
		{ "2001:db8::1/32", -ERANGE }, { "2001:db8::/129", -EINVAL },
		{ "2001:db8::", -EINVAL }, { "2001:db8::/", -EINVAL },
		{ "2001:db8::/+3", -EINVAL }, { "2001:db8::/32 ", -EINVAL },
		{ "2001:db8::/0032", -EINVAL }, { "/32", -EINVAL },
		{ "", -EINVAL }, { "2001:db8::/32/1", -EINVAL },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:1111::/3",
		  -EINVAL },
	};
	static const struct lladdr none, eight = { 8, { 1, 2, 3, 4, 5, 6, 7,
							0xff } };
	char buf[PREFIX_STRLEN], ll[LLADDR_STRLEN];
	struct prefix p = { .len = 77 };
	struct in6_addr a = A("::1");

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		p.len = 77;
		ck_assert_msg(prefix_parse(t[i].in, &p) == t[i].rc, "\"%s\"",
			      t[i].in);
		if (t[i].rc == 0)
			ck_assert_str_eq(prefix_print(&p, buf), t[i].in);
		else
			ck_assert_uint_eq(p.len, 77);
	}
	ck_assert_int_eq(addr_parse("::g", &a), -EINVAL);
	ck_assert_int_eq(addr_parse("1.2.3.4", &a), -EINVAL);
	ck_assert_str_eq(addr_print(&a, buf), "::1");
	ck_assert_str_eq(lladdr_print(&none, ll), "-");
	ck_assert_str_eq(lladdr_print(&eight, ll), "01:02:03:04:05:06:07:ff");
	ck_assert(lladdr_eq(&eight, &eight) && !lladdr_eq(&none, &eight));
}
END_TEST

START_TEST(cursors)
{
	uint8_t b[16];
	struct wbuf w = wbuf_of(b, sizeof(b));
	struct rbuf r, s;

	wbuf_u16(&w, 0x0102);
	wbuf_u32(&w, 0x03040506);
	wbuf_u64(&w, 0x0708090a0b0c0d0eULL);
	wbuf_patch_u16(&w, 0, 0xfffe);
	ck_assert(!w.bad && wbuf_len(&w) == 14);
	wbuf_u32(&w, 1);
	ck_assert(w.bad && wbuf_len(&w) == 14);
	wbuf_u8(&w, 1);		/* it would fit, but the error sticks */
	ck_assert_uint_eq(wbuf_len(&w), 14);
	w = wbuf_of(b, sizeof(b));
	w.p += 14;
	wbuf_u64(&w, 1);
	ck_assert(w.bad && wbuf_len(&w) == 14);

	r = rbuf_of(b, 14);
	ck_assert_uint_eq(rbuf_u16(&r), 0xfffe);
	s = rbuf_sub(&r, 4);
	ck_assert_uint_eq(rbuf_u32(&s), 0x03040506);
	ck_assert(!s.bad && rbuf_left(&s) == 0);
	ck_assert_uint_eq(rbuf_u8(&s), 0);
	ck_assert(s.bad && !r.bad);
	ck_assert_uint_eq(rbuf_u64(&r), 0x0708090a0b0c0d0eULL);
	ck_assert_uint_eq(rbuf_off(&r), 14);
	ck_assert(rbuf_span(&r, 1).p == NULL && r.bad);
}
END_TEST

Suite *suite_addr(void)
{
	Suite *s = suite_create("addr");

	unit_add(s, "classes", classes);
	unit_add(s, "forms", forms);
	unit_add(s, "prefixes", prefixes);
	unit_add(s, "text", text);
	unit_add(s, "cursors", cursors);
	return s;
}
