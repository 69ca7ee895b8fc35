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

static void begin(struct world *w, const char *text)
{
	world_open(w, CONF_HA);
	acl(w->conf, text);
	world_start(w);
	world_count(w, "");
}

struct acl_case {
	const char	*what, *acl, *nai;
	unsigned	status;		/* of VHOA, 2001:db8:2::10 */
};

static const struct acl_case cases[] = {
	{ "nothing said: a key is enough", "", NULL, 0 },
	{ "its address", "2001:db8:2::10 0;", NULL, 0 },
	{ "somebody else's: the default denies", "2001:db8:2::11 0;", NULL,
	  129 },
	{ "refused by address", "2001:db8:2::10 129; 2001:db8:2::/64 0;", NULL,
	  129 },
	{ "the first that fits, not the longest",
	  "2001:db8:2::/64 0; 2001:db8:2::10 129;", NULL, 0 },
	{ "its prefix", "2001:db8:2::/64 0;", NULL, 0 },
	{ "another prefix", "2001:db8:1::/64 0;", NULL, 129 },
	{ "a status of its own", "2001:db8:2::10 130; * 0;", NULL, 130 },
	{ "the default, said", "2001:db8:2::11 129; * 0;", NULL, 0 },
	{ "the default with a status", "2001:db8:2::11 0; * 128;", NULL, 128 },
	{ "its identity", "=anna@example.org 0;", "anna@example.org", 0 },
	{ "another identity", "=anna@example.org 0;", "otto@example.org", 129 },
	{ "a longer one", "=anna@example.org 0;", "xanna@example.org", 129 },
	{ "no identity said", "=anna@example.org 0;", NULL, 129 },
	{ "its realm", "=@example.org 0;", "anna@example.org", 0 },
	{ "another realm", "=@example.org 0;", "anna@example.net", 129 },
	{ "a realm that ends so", "=@example.org 0;", "anna@an.example.org",
	  129 },
	{ "nobody of the realm", "=@example.org 0;", "@example.org", 129 },
	{ "one of the realm not", "=anna@example.org 129; =@example.org 0;",
	  "anna@example.org", 129 },
	{ "any: a prefix of length 0", "::/0 0;", NULL, 0 },
};

START_TEST(admission)
{
	const struct acl_case *c = &cases[_i];
	char want[200];
	struct world w;

	begin(&w, c->acl);
	snprintf(want, sizeof(want), c->status ?
		 "BA %u seq=1 lifetime=0 VHA>COA rh2=VHOA auth\n" :
		 "path VHA-COA up\nflow VHOA to COA\n"
		 "BA %u seq=1 lifetime=60 VHA>COA rh2=VHOA auth\n", c->status);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .nai = c->nai });
	ck_assert_msg(strcmp(w.did, want) == 0, "%s: %s", c->what, w.did);
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

	acl(c, text);
	return c;
}

/* A list that comes with a reload is one for those who are there, too; a
 * deregistration is always taken. */
START_TEST(reload)
{
	struct world w;

	begin(&w, "");
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
	world_close(&w);
}
END_TEST

/* By an identity that no Peer has: nobody knows it any more, so what stands
 * stays until the mobile says it again. */
START_TEST(identity_forgotten)
{
	struct world w;

	begin(&w, "=anna@example.org 0;");
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .nai = "anna@example.org" });
	world_count(&w, "");
	world_restart(&w);
	ck_assert_uint_eq(world_count(&w, "flow VHOA to COA"), 1);
	world_reconfigure(&w, with("=otto@example.org 0;"));
	world_quiet(&w);
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 2, .lifetime = 60,
				   .nai = "anna@example.org" });
	world_expect(&w, "BA 129 seq=2 lifetime=0 VHA>COA rh2=VHOA auth\n");
	world_close(&w);
}
END_TEST

/* With a Peer that has the identity it is known. */
START_TEST(identity_of_peer)
{
	struct world w;
	struct conf *c;

	begin(&w, "=anna@example.org 0;");
	w.conf->peer[1].nai = "anna@example.org";
	world_bu(&w, &(struct bu){ .hoa = VHOA, .seq = 1, .lifetime = 60,
				   .nai = "anna@example.org" });
	world_count(&w, "");
	c = with("=anna@example.org 129; * 0;");
	c->peer[1].nai = "anna@example.org";
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
	tcase_add_test(t, identity_forgotten);
	tcase_add_test(t, identity_of_peer);
	suite_add_tcase(s, t);
	return s;
}
