/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * key.c - the key of a mobile node's Cryptographically Generated Addresses.
 *
 * It is made at the first start that may need it and kept in the state
 * directory: who has another key has other addresses, and cannot show that
 * the old ones were his.  One that is damaged, or that others may read, is
 * never replaced in silence.
 */
#include "daemon/daemon.h"
#include "crypto/cga.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* As long as what an option of 255 octets can carry. */
#define BITS	CGA_BITS_MAX

static bool
is_wanted(const struct conf *c)
{
	if (!(c->roles & CONF_MN))
		return false;
	for (unsigned k = 0; k < c->npeers; k++)
		if (c->peer[k].protect == CONF_PROTECT_CGA)
			return true;
	return c->on_demand && c->access_protect == CONF_PROTECT_CGA;
}

static int
write_all(int fd, const uint8_t *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return fsync(fd) ? -errno : 0;
}

/* Whole or not at all: under another name first. */
static int
save(const char *file, const uint8_t *der, size_t len)
{
	char tmp[RUNDIR_PATH + 4];
	int fd, err;

	snprintf(tmp, sizeof(tmp), "%s.new", file);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0)
		return -errno;
	err = fchmod(fd, 0600) ? -errno : write_all(fd, der, len);
	close(fd);
	if (!err && rename(tmp, file))
		err = -errno;
	if (err)
		unlink(tmp);
	return err;
}

static int
make(const char *file, uint8_t *der, size_t *len)
{
	struct cga_key *k = random_cga_key(BITS);
	int err = k ? cga_key_write(k, der, CGA_DER_MAX, len) : -EIO;

	cga_key_free(k);
	if (err)
		return err;
	err = save(file, der, *len);
	if (!err)
		log_notice("%s: a new key, of %u bits", file, BITS);
	return err;
}

/* -EPERM: others may read it, or it is not a file.  -EBADMSG: no key. */
static int
load(int fd, uint8_t *der, size_t *len)
{
	struct cga_key *k;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_mode & 077 ||
	    st.st_uid != geteuid())
		return -EPERM;
	n = read(fd, der, CGA_DER_MAX);
	if (n < 0)
		return -errno;
	k = cga_key_read(der, (size_t)n);
	if (!k)
		return -EBADMSG;
	cga_key_free(k);
	*len = (size_t)n;
	return 0;
}

int
daemon_cga_key(const struct daemon *d, uint8_t *der, size_t *ret_len,
	       char why[DAEMON_WHY])
{
	char file[RUNDIR_PATH];
	int fd, err;

	*ret_len = 0;
	if (!is_wanted(d->conf))
		return 0;
	err = rundir_file(d->opt->state_dir, "cga.key", file);
	if (err) {
		snprintf(why, DAEMON_WHY, "cga.key: %s", strerror(-err));
		return err;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0) {
		err = load(fd, der, ret_len);
		close(fd);
	} else {
		err = errno == ENOENT ? make(file, der, ret_len) : -errno;
	}
	if (err == -EPERM)
		snprintf(why, DAEMON_WHY, "%s: must be a file that belongs to "
			 "this user and that nobody else may read", file);
	else if (err == -EBADMSG)
		snprintf(why, DAEMON_WHY, "%s: is no RSA key (DER) of %u to "
			 "%u bits; without it a new one is made, and other "
			 "addresses", file, CGA_BITS_MIN, CGA_BITS_MAX);
	else if (err)
		snprintf(why, DAEMON_WHY, "%s: %s", file, strerror(-err));
	return err;
}
