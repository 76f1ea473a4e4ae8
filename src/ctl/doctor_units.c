/* SPDX-License-Identifier: ISC */
/*
 * What doctor says about the keeper's unit where systemd runs the host: it has
 * to hand the master key over, and to see its callers where /proc hides them.
 */
#include "config.h"

#include <dirent.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/doctor.h"

#define UNIT "warder-keeper.service"
#define DROP_INS "/etc/systemd/system/" UNIT ".d"

static const char *const folders[] = { "/etc/systemd/system",
	"/run/systemd/system", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system" };

bool
doctor_hands_over(FILE *unit, const char *credential)
{
	char *line = NULL;
	const char *value;
	bool is_found = false;
	size_t room = 0, len = strlen(credential);

	while (getline(&line, &room, unit) > 0) {
		if (strncmp(line, "LoadCredential", 14) != 0 ||
		    (value = strchr(line, '=')) == NULL)
			continue;
		value += 1 + strspn(value + 1, " \t");
		/* An empty one takes back what was said before. */
		is_found = *value != '\n' && *value != '\0' &&
		           (is_found || (strncmp(value, credential, len) == 0 &&
		                            value[len] == ':'));
	}
	free(line);
	return is_found;
}

static bool
file_hands_over(const char *path, const char *credential)
{
	FILE *unit = fopen(path, "re");
	bool is_found;

	if (unit == NULL)
		return false;
	is_found = doctor_hands_over(unit, credential);
	(void)fclose(unit);
	return is_found;
}

static bool
folder_hands_over(const char *folder, const char *credential)
{
	char path[PATH_MAX];
	const struct dirent *entry;
	bool is_found = false;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%s/" UNIT ".d", folder);
	dir = opendir(path);
	while (!is_found && dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (len < 6 || strcmp(entry->d_name + len - 5, ".conf") != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/" UNIT ".d/%s", folder,
		    entry->d_name);
		is_found = file_hands_over(path, credential);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return is_found;
}

/* Not only where we would put it: an administrator may have own units. */
static bool
unit_hands_over(const char *credential, bool *ret_is_there)
{
	char path[PATH_MAX];
	bool is_found = false;

	*ret_is_there = false;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/" UNIT, folders[i]);
		*ret_is_there |= access(path, F_OK) == 0;
		is_found |= file_hands_over(path, credential) ||
		            folder_hands_over(folders[i], credential);
	}
	return is_found;
}

void
doctor_drop_in(const struct conf *conf)
{
	bool is_file = conf->master == CONF_MASTER_FILE, is_there, is_found;
	const char *name = is_file ? "master-file" : "master-credential";

	if ((!is_file && conf->master != CONF_MASTER_CREDENTIAL) ||
	    access("/run/systemd/system", F_OK) != 0)
		return;
	is_found = unit_hands_over(
	    is_file ? "warder.rootkey" : "warder.master", &is_there);
	/* No unit: the services are started in another way. */
	if (!is_there)
		return;
	if (is_found)
		finding_add(
		    FINDING_OK, "units", "the master key is handed to " UNIT);
	else
		finding_add(FINDING_BAD, "units",
		    "nothing hands the master key to " UNIT "; install the "
		    "drop-in: install -D -m 0644 " WARDER_EXAMPLES
		    "/%s.conf " DROP_INS
		    "/%s.conf && systemctl daemon-reload && "
		    "systemctl restart warder-keeper",
		    name, name);
}

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

static bool
is_keeper(const char *pid)
{
	char path[64], name[32] = "";
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	if ((file = fopen(path, "re")) == NULL)
		return false;
	(void)!fgets(name, sizeof(name), file);
	(void)fclose(file);
	return strcmp(name, "warder-keeper\n") == 0;
}

/* Whether a keeper that runs is in that group; root sees all processes. */
static bool
keeper_has_group(uid_t uid, gid_t gid)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	bool is_found = false;
	char path[64];
	FILE *file;

	while (!is_found && dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    !is_keeper(entry->d_name))
			continue;
		(void)snprintf(
		    path, sizeof(path), "/proc/%.16s/status", entry->d_name);
		if ((file = fopen(path, "re")) == NULL)
			continue;
		is_found = doctor_status_has_group(file, uid, gid);
		(void)fclose(file);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return is_found;
}

void
doctor_proc(void)
{
	const struct passwd *keeper = getpwnam(WARDER_USER_KEEPER);
	char dir[PATH_MAX], how[512] = "";
	const struct group *group;
	gid_t gid;

	if (!doctor_mount_here("/proc", dir, how)) {
		finding_add(FINDING_BAD, "proc",
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
	if (keeper != NULL && keeper_has_group(keeper->pw_uid, gid)) {
		finding_add(FINDING_OK, "proc",
		    "hides processes, and the keeper is in the group %s",
		    group->gr_name);
		return;
	}
	finding_add(FINDING_BAD, "proc",
	    "/proc hides processes (hidepid) but from the group %s, in which "
	    "the keeper is not; add it: mkdir -p " DROP_INS " && printf "
	    "'[Service]\\nSupplementaryGroups=%s\\n' >" DROP_INS
	    "/proc.conf && systemctl daemon-reload && systemctl restart "
	    "warder-keeper",
	    group->gr_name, group->gr_name);
}
