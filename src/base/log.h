/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - one line to the operator.  Not for wire, select and core, which
 * return errors and NOTEs instead; used by sys, path, ctl and daemon.
 */
#ifndef MIP6D_BASE_LOG_H
#define MIP6D_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTICE, LOG_DETAIL };

/* To stderr, or to syslog when `use_syslog'.  `ident' is kept.  Before the
 * first call: to stderr as "mip6d", notices and worse. */
void	log_open(const char *ident, enum log_level most, int use_syslog);
/* One line; control characters in it become '?'. */
void	log_at(enum log_level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)	log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)	log_at(LOG_WARN, __VA_ARGS__)
#define log_notice(...)	log_at(LOG_NOTICE, __VA_ARGS__)
#define log_detail(...)	log_at(LOG_DETAIL, __VA_ARGS__)

#endif
