/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cga_tool.c - addresses, signatures and messages of the cga profile, for
 * run-cga to look at with tools that are not ours.
 *
 *	make			a key and what is made with it, "name hex" lines
 *	verify ADDRESS PARAMS	yes or no
 *	signed PARAMS SIGNATURE MESSAGE
 *	open KEY SEALED		the token
 */
#include "core/core.h"
#include "core/proof.h"

#include <stdio.h>
#include <stdlib.h>

static void die(const char *what)
{
	fprintf(stderr, "cga_tool: %s\n", what);
	exit(2);
}

static void say(const char *name, const void *p, size_t len)
{
	printf("%s ", name);
	for (size_t i = 0; i < len; i++)
		printf("%02x", ((const uint8_t *)p)[i]);
	putchar('\n');
}

/* Three at a time. */
static struct span unhex(const char *s)
{
	static uint8_t room[3][2048];
	static unsigned next;
	uint8_t *p = room[next++ % 3];
	size_t n = strlen(s) / 2;
	unsigned v;

	if (n > sizeof(room[0]))
		die("too long");
	for (size_t i = 0; i < n; i++) {
		if (sscanf(s + 2 * i, "%2x", &v) != 1)
			die("hexadecimal");
		p[i] = (uint8_t)v;
	}
	return (struct span){ p, n };
}

static struct in6_addr addr(const char *s)
{
	struct in6_addr a;

	if (addr_parse(s, &a))
		die("address");
	return a;
}

/* A Binding Update or Acknowledgement, from its IPv6 header on. */
static void message(struct node *n, const char *name, struct mh *mh,
		    const struct in6_addr *src, const struct in6_addr *dst,
		    bool down, const struct proof *p)
{
	uint8_t buf[1500];
	struct wbuf w = wbuf_of(buf, sizeof(buf));
	size_t at;

	proof_options(p, mh);
	proof_auth_option(p, mh);
	pkt_start(&w, src, dst, 64, down ? NULL : &p->hoa,
		  down ? &p->hoa : NULL, IPPROTO_MOBILITY);
	at = wbuf_len(&w);
	if (mh_build(mh, &w))
		die(name);
	proof_seal(n, p, mh, buf + at);
	mh_seal(buf + at, mh->len, down ? src : &p->hoa, down ? &p->hoa : dst);
	pkt_finish(&w);
	say(name, buf, wbuf_len(&w));
}

static void messages(struct node *n, const struct cga_key *k,
		     struct proof *p)
{
	struct mh bu = { .type = MH_BU }, later = { .type = MH_BU };
	struct mh ba = { .type = MH_BA }, leave = { .type = MH_BU };
	static const uint8_t none[RR_TOKEN];
	uint8_t token[RR_TOKEN] = "home tok", seed[32] = "seed";
	uint8_t sealed[CGA_SIG_MAX];

	bu.bu.seq = 7;
	bu.bu.flags = MH_BU_A | MH_BU_H;
	bu.bu.lifetime = 150;
	mh_add(&bu, MOPT_ALTCOA)->altcoa = p->coa;
	rr_kbm(n, none, p->token, p->kbm);
	message(n, "first", &bu, &p->coa, &p->anchor, false, p);

	if (cga_seal(k, token, sizeof(token), seed, sealed))
		die("seal");
	p->sealed = (struct span){ sealed, cga_key_octets(k) };
	p->key = NULL;
	p->has_nonces = false;
	ba.ba.seq = 7;
	ba.ba.lifetime = 150;
	message(n, "answer", &ba, &p->anchor, &p->coa, true, p);

	p->sealed.len = 0;
	p->has_nonces = true;
	later.bu = bu.bu;
	later.bu.seq = 8;
	mh_add(&later, MOPT_ALTCOA)->altcoa = p->coa;
	rr_kbm(n, token, p->token, p->kbm);
	message(n, "later", &later, &p->coa, &p->anchor, false, p);

	leave.bu = bu.bu;
	leave.bu.seq = 9;
	leave.bu.lifetime = 0;
	mh_add(&leave, MOPT_ALTCOA)->altcoa = p->coa;
	p->nonce = 0;
	p->ends = true;
	rr_kbm(n, token, NULL, p->kbm);
	message(n, "leave", &leave, &p->coa, &p->anchor, false, p);
}

static int make(void)
{
	struct node_seed seed = { .secret = "tool" };
	struct conf *c = conf_new();
	struct node *n = c ? node_new(c, &seed, SEC(1)) : NULL;
	struct cga_key *k = random_cga_key(CGA_BITS_MAX);
	struct cga cga = { .sec = 1, .collisions = 1 };
	uint8_t der[CGA_DER_MAX], params[CGA_PARAMS_MAX];
	struct proof p = {
		.coa = addr("2001:db8:b::10"), .anchor = addr("2001:db8:a1::1"),
		.has_kbm = true, .has_nonces = true, .nonce = 0x1234,
		.key = k,
	};
	size_t len;

	if (!n || !k || cga_key_write(k, der, sizeof(der), &len))
		die("key");
	if (!cga_search(k, &cga, UINT32_MAX) ||
	    cga_address(k, &cga, &p.anchor, &p.hoa))
		die("address");
	p.params.p = params;
	p.params.len = cga_params(k, &cga, &p.hoa, params);
	memcpy(p.token, "careof t", RR_TOKEN);
	say("key", der, len);
	say("address", &p.hoa, 16);
	say("careof", &p.coa, 16);
	say("anchor", &p.anchor, 16);
	say("token", p.token, RR_TOKEN);
	say("params", params, p.params.len);
	messages(n, k, &p);
	cga_key_free(k);
	node_free(n);
	conf_free(c);
	return 0;
}

static int is_signed(char **arg)
{
	struct span params = unhex(arg[0]), sig = unhex(arg[1]);
	struct span msg = unhex(arg[2]);
	struct cga_key *k = cga_key_of(&params);

	puts(k && cga_signed(k, &msg, 1, &sig) ? "yes" : "no");
	cga_key_free(k);
	return 0;
}

static int open_token(char **arg)
{
	struct span der = unhex(arg[0]), sealed = unhex(arg[1]);
	struct cga_key *k = cga_key_read(der.p, der.len);
	uint8_t token[RR_TOKEN];

	if (k && cga_open(k, &sealed, token, sizeof(token)))
		say("token", token, sizeof(token));
	else
		puts("no");
	cga_key_free(k);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "make") == 0)
		return make();
	if (argc == 4 && strcmp(argv[1], "verify") == 0) {
		struct in6_addr a = addr(argv[2]);
		struct span params = unhex(argv[3]);

		puts(cga_verify(&a, &params) ? "yes" : "no");
		return 0;
	}
	if (argc == 5 && strcmp(argv[1], "signed") == 0)
		return is_signed(argv + 2);
	if (argc == 4 && strcmp(argv[1], "open") == 0)
		return open_token(argv + 2);
	die("make | verify ADDRESS PARAMS | signed PARAMS SIGNATURE MESSAGE | "
	    "open KEY SEALED");
}
