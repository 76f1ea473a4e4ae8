/* SPDX-License-Identifier: ISC */
/*
 * The folder of the ledger from outside: names, sizes, and whether logrotate
 * was told to touch it. What stands in the files is for `ledger verify`.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "ctl/doctor.h"
#include "ledger/chain.h"
#include "ledger/files.h"

#define ROTATE_CONF "/etc/logrotate.conf"
#define ROTATE_DIR "/etc/logrotate.d"

/* A word of its configuration: is it a pattern that means our files? */
static bool
means_ledger(const char *word)
{
	static const char *const names[] = {
		WARDER_LOGDIR "/" LEDGER_FILE,
		WARDER_LOGDIR "/" LEDGER_CHECKPOINTS,
		WARDER_LOGDIR "/ledger.1.jsonl",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (fnmatch(word, names[i], FNM_PATHNAME) == 0)
			return true;
	return false;
}

bool
doctor_rotates_ledger(FILE *file)
{
	char *line = NULL, *word, *rest;
	bool is_found = false;
	size_t room = 0;

	while (!is_found && getline(&line, &room, file) > 0) {
		line[strcspn(line, "#")] = '\0';
		rest = line;
		while (
		    !is_found && (word = strsep(&rest, " \t\r\n\"'{")) != NULL)
			is_found = word[0] == '/' && means_ledger(word);
	}
	free(line);
	return is_found;
}

static bool
look_at_rotation(const char *path)
{
	FILE *file = fopen(path, "re");
	bool is_found;

	if (file == NULL && errno == ENOENT)
		return false;
	if (file == NULL) {
		finding_add(
		    FINDING_WARN, "ledger", "%s: %s", path, strerror(errno));
		return false;
	}
	is_found = doctor_rotates_ledger(file);
	(void)fclose(file);
	if (is_found)
		finding_add(FINDING_BAD, "ledger",
		    "%s has logrotate cut or move the ledger, which breaks "
		    "its chain: take it out there",
		    path);
	return is_found;
}

static void
look_for_logrotate(void)
{
	DIR *dir = opendir(ROTATE_DIR);
	const struct dirent *entry;
	char path[PATH_MAX];
	bool is_found = look_at_rotation(ROTATE_CONF);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(
		    path, sizeof(path), "%s/%s", ROTATE_DIR, entry->d_name);
		is_found |= look_at_rotation(path);
	}
	if (dir != NULL)
		(void)closedir(dir);
	if (!is_found)
		finding_add(
		    FINDING_OK, "ledger", "logrotate is not told to touch it");
}

/* Names that the next rotation would stumble over. */
static void
look_at_closed(int dir, const struct ledger_closed *closed)
{
	char name[LEDGER_NAME_SIZE];
	struct stat st;
	bool is_bad = false;

	for (size_t i = 0; i < closed->n; i++) {
		ledger_closed_name(name, closed->first[i]);
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			continue;
		is_bad = true;
		finding_add(FINDING_BAD, "ledger",
		    "%s/%s is no plain file: move it away", WARDER_LOGDIR,
		    name);
	}
	if (fstatat(dir, LEDGER_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (uint64_t)st.st_size > LEDGER_ROTATE_AT + LEDGER_ROTATE_AT / 8) {
		is_bad = true;
		finding_add(FINDING_WARN, "ledger",
		    "%s/%s has %" PRIu64 " MiB and is not closed: an intent "
		    "is open (warderctl ledger settle), or a file has the name "
		    "(warderctl ledger export --rotate says so)",
		    WARDER_LOGDIR, LEDGER_FILE,
		    (uint64_t)st.st_size / 1024 / 1024);
	}
	if (!is_bad)
		finding_add(FINDING_OK, "ledger",
		    "%zu closed file%s beside the one in use", closed->n,
		    closed->n == 1 ? "" : "s");
}

void
doctor_ledger(void)
{
	auto_fd int dir =
	    open(WARDER_LOGDIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct ledger_closed closed;
	int r = dir < 0 ? WARDER_ESYS : ledger_closed_list(dir, &closed);

	if (r == 0)
		look_at_closed(dir, &closed);
	else
		finding_add(FINDING_BAD, "ledger", "%s: %s", WARDER_LOGDIR,
		    r == WARDER_EFULL ? "too many closed files: move the "
		                        "oldest to the archive"
		                      : strerror(errno));
	look_for_logrotate();
}
