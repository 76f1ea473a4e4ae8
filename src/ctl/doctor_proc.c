/* SPDX-License-Identifier: ISC */
/*
 * What doctor says about the keeper's process: it has to see its callers where
 * /proc hides them, and who runs it tells what to do about it.
 */
#include "config.h"

#include <dirent.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/doctor.h"

bool
doctor_status_has_group(FILE *status, uid_t uid, gid_t gid)
{
	char line[4096], *at, *end;
	bool is_uid = false, is_gid = false;

	while (fgets(line, sizeof(line), status) != NULL) {
		if (strncmp(line, "Uid:", 4) == 0)
			is_uid = strtoul(line + 4, NULL, 10) == uid;
		if (strncmp(line, "Gid:", 4) == 0)
			is_gid |= strtoul(line + 4, NULL, 10) == gid;
		if (strncmp(line, "Groups:", 7) != 0)
			continue;
		for (at = line + 7;; at = end) {
			unsigned long one = strtoul(at, &end, 10);

			if (end == at)
				break;
			is_gid |= one == gid;
		}
	}
	return is_uid && is_gid;
}

bool
doctor_is_of_unit(FILE *cgroup)
{
	char line[4096];
	bool is_unit = false;

	while (!is_unit && fgets(line, sizeof(line), cgroup) != NULL)
		is_unit = strstr(line, "/" DOCTOR_UNIT) != NULL;
	return is_unit;
}

struct keeper_look {
	uid_t uid;
	gid_t gid; /* that it has to have */
	bool is_seen, is_of_unit, has_group;
};

static FILE *
open_of(const char *pid, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%.16s/%s", pid, name);
	return fopen(path, "re");
}

static bool
is_keeper(const char *pid)
{
	FILE *file = open_of(pid, "comm");
	char name[32] = "";

	if (file == NULL)
		return false;
	(void)!fgets(name, sizeof(name), file);
	(void)fclose(file);
	return strcmp(name, "warder-keeper\n") == 0;
}

static bool
is_of_uid(FILE *status, uid_t uid)
{
	char line[4096];
	bool is_uid = false;

	while (fgets(line, sizeof(line), status) != NULL)
		if (strncmp(line, "Uid:", 4) == 0)
			is_uid = strtoul(line + 4, NULL, 10) == uid;
	return is_uid;
}

/* Anybody may call himself so: by its user it is the keeper. */
static void
look_at_process(const char *pid, struct keeper_look *look)
{
	FILE *status = open_of(pid, "status"), *cgroup;
	bool is_keepers = status != NULL && is_of_uid(status, look->uid);

	if (is_keepers) {
		rewind(status);
		look->is_seen = true;
		look->has_group |=
		    doctor_status_has_group(status, look->uid, look->gid);
	}
	if (status != NULL)
		(void)fclose(status);
	if (is_keepers && (cgroup = open_of(pid, "cgroup")) != NULL) {
		look->is_of_unit |= doctor_is_of_unit(cgroup);
		(void)fclose(cgroup);
	}
}

/* Root sees all processes. */
static struct keeper_look
find_keeper(gid_t gid)
{
	const struct passwd *keeper = getpwnam(WARDER_USER_KEEPER);
	struct keeper_look look = { .gid = gid };
	DIR *dir = opendir("/proc");
	const struct dirent *entry;

	look.uid = keeper == NULL ? (uid_t)-1 : keeper->pw_uid;
	while (keeper != NULL && dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    is_keeper(entry->d_name))
			look_at_process(entry->d_name, &look);
	if (dir != NULL)
		(void)closedir(dir);
	return look;
}

bool
doctor_keeper_is_elsewhere(void)
{
	const struct keeper_look look = find_keeper(0);

	return look.is_seen && !look.is_of_unit;
}

void
doctor_proc(void)
{
	char dir[PATH_MAX], how[512] = "";
	const struct group *group;
	gid_t gid;

	if (!doctor_mount_here("/proc", dir, how)) {
		finding_unseen(FINDING_BAD, "proc",
		    "how /proc is mounted cannot be read; mount it: "
		    "mount -t proc proc /proc");
		return;
	}
	if (!doctor_hides_processes(how, &gid)) {
		finding_add(FINDING_OK, "proc", "hides no process");
		return;
	}
	if (gid == 0 || (group = getgrgid(gid)) == NULL) {
		finding_add(FINDING_BAD, "proc",
		    "/proc hides processes (hidepid) and names no group that "
		    "sees them, so the keeper knows none of its callers; show "
		    "them: mount -o remount,hidepid=0 /proc");
		return;
	}
	if (find_keeper(gid).has_group) {
		finding_add(FINDING_OK, "proc",
		    "hides processes, and the keeper is in the group %s",
		    group->gr_name);
		return;
	}
	if (!doctor_has_units()) {
		finding_add(FINDING_BAD, "proc",
		    "/proc hides processes (hidepid) but from the group %s, in "
		    "which the keeper is not; add it: usermod -aG "
		    "%s " WARDER_USER_KEEPER ", and start warder-keeper anew",
		    group->gr_name, group->gr_name);
		return;
	}
	finding_add(FINDING_BAD, "proc",
	    "/proc hides processes (hidepid) but from the group %s, in which "
	    "the keeper is not; add it: mkdir -p " DOCTOR_DROP_INS " && printf "
	    "'[Service]\\nSupplementaryGroups=%s\\n' >" DOCTOR_DROP_INS
	    "/proc.conf && systemctl daemon-reload && systemctl restart "
	    "warder-keeper",
	    group->gr_name, group->gr_name);
}
