/* SPDX-License-Identifier: ISC */
/*
 * What doctor says about the keeper's unit where systemd runs it: it has to
 * hand the master key over.
 */
#include "config.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/doctor.h"

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
	FILE *unit = doctor_open(path, false);
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

	(void)snprintf(path, sizeof(path), "%s/" DOCTOR_UNIT ".d", folder);
	dir = opendir(path);
	while (!is_found && dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (len < 6 || strcmp(entry->d_name + len - 5, ".conf") != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/" DOCTOR_UNIT ".d/%s",
		    folder, entry->d_name);
		is_found = file_hands_over(path, credential);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return is_found;
}

/* Not only where we would put it: an administrator may have own units. */
static bool
unit_hands_over(const char *credential)
{
	char path[PATH_MAX];
	bool is_found = false;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/" DOCTOR_UNIT, folders[i]);
		is_found |= file_hands_over(path, credential) ||
		            folder_hands_over(folders[i], credential);
	}
	return is_found;
}

bool
doctor_has_units(void)
{
	static int has = -1;
	char path[PATH_MAX];
	bool is_there = false;

	if (has >= 0)
		return has != 0;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/" DOCTOR_UNIT, folders[i]);
		is_there |= access(path, F_OK) == 0;
	}
	has = is_there && access("/run/systemd/system", F_OK) == 0 &&
	      !doctor_keeper_is_elsewhere();
	return has != 0;
}

void
doctor_drop_in(const struct conf *conf)
{
	bool is_file = conf->master == CONF_MASTER_FILE;
	const char *name = is_file ? "master-file" : "master-credential";

	/* No unit: the services are started in another way. */
	if ((!is_file && conf->master != CONF_MASTER_CREDENTIAL) ||
	    !doctor_has_units())
		return;
	if (unit_hands_over(is_file ? "warder.rootkey" : "warder.master"))
		finding_add(FINDING_OK, "units",
		    "the master key is handed to " DOCTOR_UNIT);
	else
		finding_add(FINDING_BAD, "units",
		    "nothing hands the master key to " DOCTOR_UNIT
		    "; install the "
		    "drop-in: install -D -m 0644 " WARDER_EXAMPLES
		    "/%s.conf " DOCTOR_DROP_INS
		    "/%s.conf && systemctl daemon-reload && "
		    "systemctl restart warder-keeper",
		    name, name);
}
