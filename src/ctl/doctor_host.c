/* SPDX-License-Identifier: ISC */
/*
 * What doctor says about the host around warder: the services' own users,
 * room on the disks, whoever takes syslog, how /proc is mounted.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <mntent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "ctl/doctor.h"

/* What the ledger reserves before a line: room for it, and for an outcome. */
#define ROOM_LEAST (UINT64_C(72) * 1024)
#define ROOM_SOON (UINT64_C(64) * 1024 * 1024)
#define JOURNAL "/run/systemd/journal/dev-log"
#define USERS_MS 20000

static bool
is_in_group(const struct group *group, const struct passwd *user)
{
	if (user->pw_gid == group->gr_gid)
		return true;
	for (size_t i = 0; group->gr_mem[i] != NULL; i++)
		if (strcmp(group->gr_mem[i], user->pw_name) == 0)
			return true;
	return false;
}

/* Where systemd makes no users, they are made as its file would have it. */
static void
say_no_user(const char *name)
{
	if (access("/usr/bin/systemd-sysusers", X_OK) == 0)
		finding_add(FINDING_BAD, "users",
		    "there is no user %s, so its service does not start; "
		    "make it: systemd-sysusers warder.conf",
		    name);
	else
		finding_add(FINDING_BAD, "users",
		    "there is no user %s, so its service does not start; "
		    "make it: useradd -r -M -s /usr/sbin/nologin -U%s %s",
		    name,
		    strcmp(name, WARDER_USER_KEEPER) == 0 ? " -G adm" : "",
		    name);
}

static void
look_at_users(void *ctx)
{
	static const char *const users[] = { WARDER_USER_DESK,
		WARDER_USER_COURIER, WARDER_USER_KEEPER };
	const struct group *adm = getgrnam("adm");
	const struct passwd *user = NULL;
	bool is_bad = false;

	(void)ctx;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		if ((user = getpwnam(users[i])) != NULL)
			continue;
		is_bad = true;
		say_no_user(users[i]);
	}
	if (adm == NULL)
		finding_add(FINDING_BAD, "users",
		    "there is no group adm, which reads the ledger; make it: "
		    "groupadd -r adm");
	/* The last one that was asked for. */
	else if (user != NULL && !is_in_group(adm, user))
		finding_add(FINDING_BAD, "users",
		    "%s is not in the group adm, which reads the ledger; add "
		    "it: usermod -aG adm %s",
		    user->pw_name, user->pw_name);
	else if (!is_bad)
		finding_add(FINDING_OK, "users", "of the services are there");
}

/* Who is not a local one is asked of a name service that may be away. */
void
doctor_users(void)
{
	static const struct doctor_look look = { "users", "the name service",
		"see whether it answers: getent passwd root, and its log" };

	doctor_within(USERS_MS, &look, look_at_users, NULL);
}

bool
doctor_mount_of(
    FILE *mounts, const char *path, char ret_dir[PATH_MAX], char ret_how[512])
{
	const struct mntent *entry;
	size_t longest = 0;

	/* Of two on one folder the later one is what is seen. */
	while ((entry = getmntent(mounts)) != NULL) {
		size_t len = strlen(entry->mnt_dir);

		if (len > 1 && (strncmp(path, entry->mnt_dir, len) != 0 ||
		                   (path[len] != '/' && path[len] != '\0')))
			continue;
		if (len < longest || len >= PATH_MAX)
			continue;
		longest = len;
		(void)snprintf(ret_dir, PATH_MAX, "%s", entry->mnt_dir);
		(void)snprintf(ret_how, 512, "%s", entry->mnt_opts);
	}
	return longest > 0;
}

bool
doctor_mount_here(const char *path, char ret_dir[PATH_MAX], char ret_how[512])
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	bool is_found;

	if (mounts == NULL)
		return false;
	is_found = doctor_mount_of(mounts, path, ret_dir, ret_how);
	(void)endmntent(mounts);
	return is_found;
}

enum doctor_room
doctor_room_of(const struct statvfs *disk)
{
	uint64_t left = (uint64_t)disk->f_bavail * disk->f_frsize;

	if ((disk->f_flag & ST_RDONLY) != 0)
		return DOCTOR_ROOM_CLOSED;
	/* Some file systems count no inodes; to them there are none. */
	if (left < ROOM_LEAST || (disk->f_files > 0 && disk->f_favail == 0))
		return DOCTOR_ROOM_NONE;
	return left < ROOM_SOON ? DOCTOR_ROOM_SHORT : DOCTOR_ROOM_FINE;
}

/* What is open as a service and not here, or the other way, it says itself. */
static void
look_at_room(const char *path)
{
	char dir[PATH_MAX] = "", how[512];
	struct statvfs disk;
	uint64_t left;

	if (statvfs(path, &disk) != 0) {
		finding_unseen(FINDING_BAD, "disk", "%s: %s; see `files` above",
		    path, strerror(errno));
		return;
	}
	left = (uint64_t)disk.f_bavail * disk.f_frsize / 1024;
	switch (doctor_room_of(&disk)) {
	case DOCTOR_ROOM_CLOSED:
		finding_add(FINDING_BAD, "disk",
		    "%s cannot be written to, so nothing is decided; look why "
		    "(dmesg), then: mount -o remount,rw %s",
		    path, doctor_mount_here(path, dir, how) ? dir : path);
		return;
	case DOCTOR_ROOM_NONE:
		finding_add(FINDING_BAD, "disk",
		    "%s has %llu KiB%s left, less than one decision reserves; "
		    "make room there: closed ledgers (ledger.N.jsonl) may go "
		    "to the archive, oldest first",
		    path, (unsigned long long)left,
		    disk.f_files > 0 && disk.f_favail == 0 ? " and no inode"
		                                           : "");
		return;
	case DOCTOR_ROOM_SHORT:
		finding_add(FINDING_WARN, "disk",
		    "%s has %llu MiB left; make room there before nothing "
		    "can be decided any more",
		    path, (unsigned long long)left / 1024);
		return;
	case DOCTOR_ROOM_FINE:
		finding_add(FINDING_OK, "disk", "%s has %llu MiB left", path,
		    (unsigned long long)left / 1024);
		return;
	}
}

void
doctor_disk(void)
{
	look_at_room(WARDER_LOGDIR);
	look_at_room(WARDER_STATEDIR);
}

int
doctor_try_syslog(const char *path)
{
	auto_fd int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (text_copy(to.sun_path, sizeof(to.sun_path), path) != 0)
		return ENAMETOOLONG;
	if (sock < 0 ||
	    connect(sock, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return errno;
	return 0;
}

static const char *
repair_of_syslog(const char *path, int e)
{
	if (strcmp(path, "/dev/log") != 0 || access(JOURNAL, F_OK) != 0)
		return "start the syslog daemon, or name its socket as "
		       "`syslog_socket` in warder.conf";
	return e == ENOENT ? "link it: ln -sfn " JOURNAL " /dev/log"
	                   : "start it: systemctl restart systemd-journald";
}

/* Nothing is sent: whether it is read is for the send itself to find out. */
void
doctor_syslog(const struct conf *conf)
{
	const char *path = conf->syslog_socket;
	int e = doctor_try_syslog(path);

	if (e == 0) {
		finding_add(FINDING_OK, "syslog", "%s is taken from", path);
		return;
	}
	finding_add(conf->syslog_required ? FINDING_BAD : FINDING_WARN,
	    "syslog", "%s: %s, so no line leaves this host%s; %s", path,
	    e == ENOENT         ? "is not there"
	    : e == ECONNREFUSED ? "nobody is behind it"
	                        : strerror(e),
	    conf->syslog_required ? " and nothing is decided" : "",
	    repair_of_syslog(path, e));
}

bool
doctor_hides_processes(const char *how, gid_t *ret_gid)
{
	const char *hide = strstr(how, "hidepid="), *gid = strstr(how, "gid=");

	*ret_gid = 0;
	if (hide == NULL)
		return false;
	hide += strlen("hidepid=");
	if (*hide == '0' || strncmp(hide, "off", 3) == 0)
		return false;
	if (gid != NULL && isdigit((unsigned char)gid[4]))
		*ret_gid = (gid_t)strtoul(gid + 4, NULL, 10);
	return true;
}
