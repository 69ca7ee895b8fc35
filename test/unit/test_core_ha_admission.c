/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_core_ha_admission.c - who may register: BindingAclPolicy, by address,
 * prefix and identity, at registration, at a reload and after a restart.
 */
#include "core_world.h"

#include <stdlib.h>

#define SOMEBODY "2001:db8:2::11"

static struct prefix host(const char *s)
{
	struct in6_addr a = world_addr(s);

	return prefix_host(&a);
}

/* "ADDRESS[/LEN] STATUS; \"IDENTITY\" STATUS; * STATUS" as a configuration. */
static void acl(struct conf *c, const char *text)
{
	char word[64], *end;
	unsigned status;
	int n;

	for (; sscanf(text, " %63s %u;%n", word, &status, &n) == 2; text += n) {
		struct conf_acl *r;

		if (strcmp(word, "*") == 0) {
			c->acl_default = (int16_t)status;
			continue;
		}
		r = conf_add_acl(c);
		r->status = (uint8_t)status;
		end = strchr(word, '/');
		if (*word == '=')
			r->nai = arena_strdup(&c->arena, word + 1);
		else if (end)
			ck_assert_int_eq(prefix_parse(word, &r->hoa), 0);
		else
			r->hoa = host(word);
	}
}

/* A Peer of one mobile, with the identity if there is one. */
static void name_peer(struct conf *c, const char *hoa, const char *nai)
{
	struct conf_peer *p = conf_add_peer(c);

	ck_assert_ptr_nonnull(p);
	*p = c->peer[1];		/* the prefix's */
	p->addr = host(hoa);
	if (nai)
		p->nai = arena_strdup(&c->arena, nai);
}

static void begin_named(struct world *w, const char *text, bool named,
			const char *nai)
{
	world_open(w, CONF_HA);
	w->conf->acl_default = CONF_ACL_UNSAID;
	acl(w->conf, text);
	if (named)
		name_peer(w->conf, VHOA, nai);
	world_start(w);
	world_count(w, "");
}

static void begin(struct world *w, const char *text)
{
	begin_named(w, text, false, NULL);
}

struct acl_case {
	const char	*what, *acl, *nai;
	unsigned	status;		/* of VHOA, 2001:db8:2::10 */
	bool		named;		/* has a Peer of its own */
	bool		unproved;	/* ... that has no identity */
	bool		none;		/* ... and no key */
};

static const struct acl_case cases[] = {
	{ "nothing said: the prefix's key is not enough", "", NULL, 129 },
	{ "nothing said: its address has a Peer", "", NULL, 0, true },
	{ "nothing said: its Peer has no key", "", NULL, 129, true, false,
	  true },
	{ "said, without a key", "2001:db8:2::10 0;", NULL, 0, true, false,
	  true },
	{ "all may, without a key", "* 0;", NULL, 0, true, false, true },
	{ "all may, said", "* 0;", NULL, 0 },
	{ "nobody may, said", "* 129;", NULL, 129, true },
	{ "a list: a Peer is not on it", "2001:db8:2::11 0;", NULL, 129, true },
	{ "its address", "2001:db8:2::10 0;", NULL, 0 },
	{ "somebody else's: the default denies", "2001:db8:2::11 0;", NULL,
	  129 },
	{ "refused by address", "2001:db8:2::10 129; 2001:db8:2::/64 0;", NULL,
	  129 },
	{ "the first that fits, not the longest",
	  "2001:db8:2::/64 0; 2001:db8:2::10 129;", NULL, 0 },
	{ "the first of two that are the same",
	  "2001:db8:2::10 0; 2001:db8:2::10 129;", NULL, 0 },
	{ "its prefix", "2001:db8:2::/64 0;", NULL, 0 },
	{ "another prefix", "2001:db8:1::/64 0;", NULL, 129 },
	{ "of many lengths", "2001:db8:2::11 129; 2001:db8:2::/127 130; "
	  "2001:db8:2::10/124 131; ::/0 0;", NULL, 131 },
	{ "a status of its own", "2001:db8:2::10 130; * 0;", NULL, 130 },
	{ "the default, said", "2001:db8:2::11 129; * 0;", NULL, 0 },
	{ "the default with a status", "2001:db8:2::11 0; * 128;", NULL, 128 },
	{ "its identity", "=anna@example.org 0;", "anna@example.org", 0,
	  true },
	{ "another identity", "=anna@example.org 0;", "otto@example.org", 129,
	  true },
	{ "a longer one", "=anna@example.org 0;", "xanna@example.org", 129,
	  true },
	{ "no identity", "=anna@example.org 0;", NULL, 129, true },
	{ "one that its key does not prove", "=anna@example.org 0;",
	  "anna@example.org", 129, true, true },
	{ "nor a prefix's key", "=anna@example.org 0;", "anna@example.org",
	  129 },
	{ "its realm", "=@example.org 0;", "anna@example.org", 0, true },
	{ "another realm", "=@example.org 0;", "anna@example.net", 129, true },
	{ "a realm that ends so", "=@example.org 0;", "anna@an.example.org",
	  129, true },
	{ "nobody of the realm", "=@example.org 0;", "@example.org", 129,
	  true },
	{ "one of the realm not", "=anna@example.org 129; =@example.org 0;",
	  "anna@example.org", 129, true },
	{ "the first, by address or identity", "2001:db8:2::10 130; "
	  "=anna@example.org 0;", "anna@example.org", 130, true },
	{ "or the other way", "=anna@example.org 0; 2001:db8:2::10 130;",
	  "anna@example.org", 0, true },
	{ "any: a prefix of length 0", "::/0 0;", NULL, 0 },
};

START_TEST(admission)
{
	const struct acl_case *c = &cases[_i];
	char want[200];
	struct world w;

	begin_named(&w, c->acl, c->named, c->unproved ? NULL : c->nai);
	if (c->none)
		w.conf->peer[w.conf->npeers - 1].protect = CONF_PROTECT_NONE;
	snprintf(want, sizeof(want), c->status ?
		 "BA %u seq=1 lifetime=0 VHA>COA rh2=VHOA%s\n" :
		 "path VHA-COA up\nflow VHOA to COA\n"
		 "BA %u seq=1 lifetime=60 VHA>COA rh2=VHOA%s\n", c->status,
		 c->none ? "" : " auth");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .nai = c->nai, .no_auth = c->none });
	ck_assert_msg(strcmp(w.did, want) == 0, "%s: %s", c->what, w.did);
	world_close(&w);
}
END_TEST

/* With `none' nobody has proved anything: no row by identity fits. */
START_TEST(identity_of_none)
{
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->acl_default = CONF_ACL_UNSAID;
	acl(w.conf, "=anna@example.org 0;");
	name_peer(w.conf, VHOA, "anna@example.org");
	w.conf->peer[w.conf->npeers - 1].protect = CONF_PROTECT_NONE;
	world_start(&w);
	world_count(&w, "");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .nai = "anna@example.org",
				   .no_auth = true });
	world_expect(&w, "BA 129 seq=1 lifetime=0 VHA>COA rh2=VHOA\n");
	world_close(&w);
}
END_TEST

/* As many rows as there may be mobiles, of which the last one fits. */
START_TEST(many_rows)
{
	struct world w;

	world_open(&w, CONF_HA);
	w.conf->acl_default = CONF_ACL_UNSAID;
	for (unsigned k = 0; k < 10000; k++) {
		struct conf_acl *r = conf_add_acl(w.conf);

		r->hoa = host(VHOA);
		r->hoa.addr.s6_addr[12] = (uint8_t)(k >> 8) + 1;
		r->hoa.addr.s6_addr[13] = (uint8_t)k;
		r->status = 128 + k % 100;
	}
	acl(w.conf, "2001:db8:2::10 0;");
	world_start(&w);
	world_count(&w, "");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	ck_assert_uint_eq(world_count(&w, "flow VHOA to COA"), 1);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:2::102:10", .seq = 1,
				   .lifetime = 60 });
	world_expect(&w, "BA 130 seq=1 lifetime=0 VHA>COA "
		     "rh2=2001:db8:2::102:10 auth\n");
	world_close(&w);
}
END_TEST

/* Who is not welcome learns it only with his key. */
START_TEST(after_the_key)
{
	struct world w;

	begin(&w, "2001:db8:2::11 0;");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .no_auth = true });
	world_quiet(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .bad_auth = true });
	world_expect(&w, "BA 146 seq=1 lifetime=0 VHA>COA rh2=VHOA auth\n");
	/* no link of ours comes before (10.3.1) */
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:c::1", .dst = VHA,
				   .seq = 1, .lifetime = 60 });
	world_expect(&w, "BA 132 seq=1 lifetime=0 VHA>COA "
		     "rh2=2001:db8:c::1 auth\n");
	world_close(&w);
}
END_TEST

static struct conf *with(const char *text)
{
	struct conf *c = world_conf(CONF_HA);

	c->acl_default = CONF_ACL_UNSAID;
	acl(c, text);
	return c;
}

/* A list that comes with a reload is one for those who are there, too; a
 * deregistration is always taken. */
START_TEST(reload)
{
	struct world w;

	begin(&w, "* 0;");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60 });
	world_bu(&w, &(struct bu){ .hoa = SOMEBODY, .seq = 1, .lifetime = 60 });
	world_count(&w, "");
	world_reconfigure(&w, with("2001:db8:2::10 0;"));
	world_expect(&w, "flow " SOMEBODY " down\n");
	world_bu(&w, &(struct bu){ .hoa = SOMEBODY, .seq = 2, .lifetime = 60 });
	world_expect(&w, "BA 129 seq=2 lifetime=0 VHA>COA rh2=" SOMEBODY
		     " auth\n");
	world_reconfigure(&w, with("2001:db8:2::10 0; " SOMEBODY " 0;"));
	world_bu(&w, &(struct bu){ .hoa = SOMEBODY, .seq = 3, .lifetime = 60 });
	world_expect(&w, "flow " SOMEBODY " to COA\n"
		     "BA 0 seq=3 lifetime=60 VHA>COA rh2=" SOMEBODY " auth\n");
	/* a list that goes leaves those who are named: nobody here */
	world_reconfigure(&w, with(""));
	ck_assert_uint_eq(world_count(&w, "flow VHOA down"), 1);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 2, .lifetime = 60 });
	world_expect(&w, "BA 129 seq=2 lifetime=0 VHA>COA rh2=VHOA auth\n");
	world_close(&w);
}
END_TEST

/* Who it is the key says, so it is known after a restart and a reload. */
START_TEST(identity_of_peer)
{
	struct world w;
	struct conf *c;

	begin_named(&w, "=anna@example.org 0;", true, "anna@example.org");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .nai = "anna@example.org" });
	world_count(&w, "");
	world_restart(&w);
	ck_assert_uint_eq(world_count(&w, "flow VHOA to COA"), 1);
	c = with("=anna@example.org 129; * 0;");
	name_peer(c, VHOA, "anna@example.org");
	world_reconfigure(&w, c);
	world_expect(&w, "flow VHOA down\npath VHA-COA down\n");
	world_close(&w);
}
END_TEST

Suite *suite_ha_admission(void)
{
	Suite *s = suite_create("ha admission");
	TCase *t = tcase_create("admission");

	tcase_add_loop_test(t, admission, 0,
			    sizeof(cases) / sizeof(*cases));
	tcase_add_test(t, after_the_key);
	tcase_add_test(t, reload);
	tcase_add_test(t, identity_of_none);
	tcase_add_test(t, many_rows);
	tcase_add_test(t, identity_of_peer);
	suite_add_tcase(s, t);
	return s;
}
