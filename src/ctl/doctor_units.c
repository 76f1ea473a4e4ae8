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

#define DROP_INS_MAX 64

static const char *const folders[] = { "/etc/systemd/system",
	"/run/systemd/system", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system" };

bool
doctor_hands_over(FILE *unit, const char *credential, bool is_before)
{
	char *line = NULL;
	const char *value;
	bool is_found = is_before;
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

/* A link to /dev/null, which masks, says nothing either. */
static bool
file_hands_over(const char *path, const char *credential, bool is_before)
{
	FILE *unit = doctor_open(path, false);
	bool is_found;

	if (unit == NULL)
		return is_before;
	is_found = doctor_hands_over(unit, credential, is_before);
	(void)fclose(unit);
	return is_found;
}

static int
is_drop_in(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

/* Of two with one name the one in the earlier folder counts. */
static bool
is_hidden(const char *const *roots, size_t i, const char *name)
{
	char path[PATH_MAX];

	while (i-- > 0) {
		(void)snprintf(path, sizeof(path), "%s/" DOCTOR_UNIT ".d/%s",
		    roots[i], name);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

struct drop_ins {
	size_t n;
	struct drop_in {
		char name[NAME_MAX + 1];
		size_t root;
	} list[DROP_INS_MAX];
};

static int
by_name(const void *a, const void *b)
{
	const struct drop_in *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void
list_drop_ins(const char *const *roots, size_t i, struct drop_ins *ret)
{
	const struct dirent *entry;
	char path[PATH_MAX];
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%s/" DOCTOR_UNIT ".d", roots[i]);
	if ((dir = opendir(path)) == NULL)
		return;
	while ((entry = readdir(dir)) != NULL && ret->n < DROP_INS_MAX) {
		if (!is_drop_in(entry) || is_hidden(roots, i, entry->d_name))
			continue;
		(void)snprintf(ret->list[ret->n].name,
		    sizeof(ret->list[0].name), "%s", entry->d_name);
		ret->list[ret->n++].root = i;
	}
	(void)closedir(dir);
}

/*
 * As systemd reads them: the first unit file of that name, then the drop-ins
 * of all folders by their names. Not only where we would put it: an
 * administrator may have own units.
 */
bool
doctor_unit_hands_over(
    const char *const *roots, size_t n, const char *credential)
{
	struct drop_ins drop_ins = { .n = 0 };
	bool is_found = false;
	char path[PATH_MAX];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/" DOCTOR_UNIT, roots[i]);
		if (access(path, F_OK) != 0)
			continue;
		is_found = file_hands_over(path, credential, false);
		break;
	}
	for (size_t i = 0; i < n; i++)
		list_drop_ins(roots, i, &drop_ins);
	qsort(drop_ins.list, drop_ins.n, sizeof(drop_ins.list[0]), by_name);
	for (size_t i = 0; i < drop_ins.n; i++) {
		(void)snprintf(path, sizeof(path), "%s/" DOCTOR_UNIT ".d/%s",
		    roots[drop_ins.list[i].root], drop_ins.list[i].name);
		is_found = file_hands_over(path, credential, is_found);
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
	if (doctor_unit_hands_over(folders,
	        sizeof(folders) / sizeof(folders[0]),
	        is_file ? "warder.rootkey" : "warder.master"))
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
