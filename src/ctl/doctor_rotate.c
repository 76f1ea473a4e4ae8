/* SPDX-License-Identifier: ISC */
/*
 * Whether logrotate was told to touch the ledger. Its files are read as it
 * reads them: with what they include, and without what it leaves out by name.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/doctor.h"
#include "ledger/chain.h"

#define DEPTH_MAX 4

struct rotation {
	const char *folder; /* is read anyway */
	bool is_found, is_unread;
};

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

static void
say_unread(struct rotation *rotation, const char *path, const char *why)
{
	rotation->is_unread = true;
	finding_unseen(FINDING_WARN, "ledger",
	    "%s: %s, so whether logrotate touches the ledger is not known; "
	    "look there",
	    path, why);
}

static void look_at_path(
    struct rotation *rotation, const char *path, int depth);

/* A file or a folder of files. */
static void
look_at_includes(struct rotation *rotation, FILE *file, int depth)
{
	char *line = NULL, *word, *path, *rest;
	size_t room = 0;

	while (getline(&line, &room, file) > 0) {
		rest = line + strspn(line, " \t");
		word = strsep(&rest, " \t=\r\n");
		if (strcmp(word, "include") != 0 || rest == NULL)
			continue;
		path = rest + strspn(rest, " \t=\"");
		path[strcspn(path, "\"\r\n")] = '\0';
		path[strcspn(path, " \t")] = '\0';
		if (strcmp(path, rotation->folder) != 0)
			look_at_path(rotation, path, depth + 1);
	}
	free(line);
}

/* Its own list of endings, which it leaves out: copies that were put away. */
static bool
is_left_out(const char *name)
{
	static const char *const ends[] = { ",v", ".bak", ".cfsaved",
		".disabled", ".dpkg-bak", ".dpkg-del", ".dpkg-dist",
		".dpkg-new", ".dpkg-old", ".dpkg-tmp", ".rpmnew", ".rpmorig",
		".rpmsave", ".swp", ".ucf-dist", ".ucf-new", ".ucf-old", "~" };
	size_t len = strlen(name), end;

	if (name[0] == '.')
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		end = strlen(ends[i]);
		if (len > end && strcmp(name + len - end, ends[i]) == 0)
			return true;
	}
	return false;
}

static void
look_at_folder(struct rotation *rotation, const char *folder, int depth)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[PATH_MAX];

	if (dir == NULL) {
		if (errno != ENOENT)
			say_unread(rotation, folder, strerror(errno));
		return;
	}
	while ((errno = 0) == 0 && (entry = readdir(dir)) != NULL) {
		struct stat st;

		(void)snprintf(
		    path, sizeof(path), "%s/%s", folder, entry->d_name);
		/* As logrotate does: a folder in it is none of its files. */
		if (!is_left_out(entry->d_name) &&
		    (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
			look_at_path(rotation, path, depth + 1);
	}
	if (errno != 0)
		say_unread(rotation, folder, strerror(errno));
	(void)closedir(dir);
}

static void
look_at_file(struct rotation *rotation, const char *path, int depth)
{
	FILE *file = doctor_open(path, false);

	if (file == NULL) {
		if (errno != ENOENT)
			say_unread(rotation, path,
			    errno == EINVAL ? "no plain file"
			                    : strerror(errno));
		return;
	}
	if (doctor_rotates_ledger(file)) {
		rotation->is_found = true;
		finding_add(FINDING_BAD, "ledger",
		    "%s has logrotate cut or move the ledger, which breaks "
		    "its chain: take it out there",
		    path);
	}
	rewind(file);
	look_at_includes(rotation, file, depth);
	if (ferror(file) != 0)
		say_unread(rotation, path, "cannot be read to its end");
	(void)fclose(file);
}

static void
look_at_path(struct rotation *rotation, const char *path, int depth)
{
	struct stat st;

	if (depth > DEPTH_MAX)
		say_unread(rotation, path, "includes without an end");
	else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		look_at_folder(rotation, path, depth);
	else
		look_at_file(rotation, path, depth);
}

void
doctor_rotation(const char *conf, const char *folder)
{
	struct rotation rotation = { .folder = folder };

	look_at_file(&rotation, conf, 0);
	look_at_folder(&rotation, folder, 0);
	if (!rotation.is_found && !rotation.is_unread)
		finding_add(
		    FINDING_OK, "ledger", "logrotate is not told to touch it");
}
