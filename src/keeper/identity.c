/* SPDX-License-Identifier: ISC */
/*
 * The uid is fixed since the channel was made and cannot be forged. The pid
 * may be reused, so what is read below /proc/PID counts only if a pidfd taken
 * first says afterwards that the process is still there; and it is used for
 * the record and for terminal rules, never for who somebody is.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <utmpx.h>

#include "base/fd.h"
#include "base/text.h"
#include "keeper/identity.h"

#define NO_ID UINT32_MAX
#define PASSWD_BUFFER 16384

/* Documentation/admin-guide/devices.txt of Linux. */
#define MAJOR_TTY 4
#define MAJOR_PTS_FIRST 136
#define MAJOR_PTS_LAST 143

void
identity_name(uid_t uid, char ret[CALLER_NAME_MAX + 1])
{
	char buffer[PASSWD_BUFFER];
	struct passwd entry, *found = NULL;
	uid_t back;

	ret[0] = '\0';
	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) != 0 ||
	    found == NULL ||
	    text_copy(ret, CALLER_NAME_MAX + 1, found->pw_name) != 0)
		return;
	/* Two users must not stand in for each other: there and back. */
	if (identity_uid(ret, &back) != 0 || back != uid)
		ret[0] = '\0';
}

int
identity_uid(const char *name, uid_t *ret_uid)
{
	char buffer[PASSWD_BUFFER];
	struct passwd entry, *found = NULL;

	if (getpwnam_r(name, &entry, buffer, sizeof(buffer), &found) != 0 ||
	    found == NULL || strcmp(found->pw_name, name) != 0)
		return WARDER_EMISSING;
	*ret_uid = found->pw_uid;
	return WARDER_OK;
}

int
identity_parse_stat(const char *stat, unsigned int *ret_tty_nr)
{
	const char *after = strrchr(stat, ')');
	int tty_nr, ppid, pgrp, session;
	char run_state;

	if (after == NULL || sscanf(after + 1, " %c %d %d %d %d", &run_state,
	                         &ppid, &pgrp, &session, &tty_nr) != 5)
		return WARDER_EFORM;
	*ret_tty_nr = (unsigned int)tty_nr;
	return WARDER_OK;
}

void
identity_tty_name(unsigned int tty_nr, char ret[33])
{
	/* The encoding of stat(5): minor bits 31-20 and 7-0, major 15-8. */
	unsigned int major_nr = tty_nr >> 8 & 0xfff;
	unsigned int minor_nr = (tty_nr & 0xff) | (tty_nr >> 12 & 0xfff00);

	ret[0] = '\0';
	if (tty_nr == 0)
		return;
	if (major_nr >= MAJOR_PTS_FIRST && major_nr <= MAJOR_PTS_LAST)
		(void)snprintf(ret, 33, "pts/%u",
		    (major_nr - MAJOR_PTS_FIRST) * 256 + minor_nr);
	else if (major_nr == MAJOR_TTY && minor_nr < 64)
		(void)snprintf(ret, 33, "tty%u", minor_nr);
	else if (major_nr == MAJOR_TTY)
		(void)snprintf(ret, 33, "ttyS%u", minor_nr - 64);
	else
		(void)snprintf(ret, 33, "%u:%u", major_nr, minor_nr);
}

static int
read_small(int dir, const char *name, char *ret, size_t size)
{
	auto_fd int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return WARDER_ESYS;
	if ((n = read(fd, ret, size - 1)) < 0)
		return WARDER_ESYS;
	ret[n] = '\0';
	return WARDER_OK;
}

/* A number from one file below /proc/PID; NO_ID if it cannot be had. */
static uint32_t
read_number(int dir, const char *name)
{
	char text[32];
	uint64_t n;

	if (read_small(dir, name, text, sizeof(text)) != 0)
		return NO_ID;
	text[strcspn(text, "\n")] = '\0';
	if (text_parse_number(text, UINT32_MAX, &n) != 0)
		return NO_ID;
	return (uint32_t)n;
}

/* All four uids of the creator are the one of the channel. */
static int
check_uids(int dir, uid_t uid)
{
	auto_fd int fd = openat(dir, "status", O_RDONLY | O_CLOEXEC);
	unsigned int real, effective, saved, fsuid;
	char text[4096];
	const char *line;
	ssize_t n;

	if (fd < 0 || (n = read(fd, text, sizeof(text) - 1)) <= 0)
		return WARDER_ECRED;
	text[n] = '\0';
	line = strstr(text, "\nUid:\t");
	if (line == NULL || sscanf(line, "\nUid:\t%u\t%u\t%u\t%u", &real,
	                        &effective, &saved, &fsuid) != 4)
		return WARDER_ECRED;
	if (real != uid || effective != uid || saved != uid || fsuid != uid)
		return WARDER_ECRED;
	return WARDER_OK;
}

/* The login record of that terminal says where its user came from. */
static void
read_source(const char *tty, char *ret, size_t size)
{
	struct utmpx wanted = { 0 }, *found;

	ret[0] = '\0';
	if (tty[0] == '\0' || strlen(tty) >= sizeof(wanted.ut_line))
		return;
	memcpy(wanted.ut_line, tty, strlen(tty));
	setutxent();
	found = getutxline(&wanted);
	if (found != NULL && found->ut_type == USER_PROCESS) {
		if (found->ut_host[0] == '\0')
			(void)snprintf(ret, size, "local");
		else
			(void)text_cut(ret, size, found->ut_host,
			    strnlen(found->ut_host, sizeof(found->ut_host)));
	}
	endutxent();
}

static int
read_extras(int dir, struct caller *caller)
{
	unsigned int tty_nr;
	char stat[1024];
	int r;

	if ((r = check_uids(dir, caller->uid)) != 0)
		return r;
	caller->luid = read_number(dir, "loginuid");
	caller->session = read_number(dir, "sessionid");
	if (read_small(dir, "stat", stat, sizeof(stat)) != 0 ||
	    identity_parse_stat(stat, &tty_nr) != 0)
		return WARDER_ECRED;
	identity_tty_name(tty_nr, caller->tty);
	read_source(caller->tty, caller->source, sizeof(caller->source));
	return WARDER_OK;
}

static bool
is_alive(int pidfd)
{
	struct pollfd poller = { .fd = pidfd, .events = POLLIN };

	return poll(&poller, 1, 0) == 0;
}

int
identity_read(const struct peer *peer, struct caller *ret_caller)
{
	struct caller caller = { .uid = peer->uid,
		.gid = peer->gid,
		.pid = peer->pid,
		.luid = NO_ID,
		.session = NO_ID };
	auto_fd int pidfd = -1, dir = -1;
	char path[32];
	int r;

	if (!uid_is_somebody(peer->uid) || peer->pid <= 0)
		return WARDER_ECRED;
	(void)snprintf(path, sizeof(path), "/proc/%ld", (long)peer->pid);
	if ((pidfd = pidfd_open(peer->pid, 0)) < 0 ||
	    (dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		return WARDER_ECRED;
	if ((r = read_extras(dir, &caller)) != 0)
		return r;
	if (!is_alive(pidfd))
		return WARDER_ECRED;
	identity_name(caller.uid, caller.name);
	*ret_caller = caller;
	return WARDER_OK;
}
