/* SPDX-License-Identifier: ISC */
/*
 * What doctor says about owners and modes, each with the command that sets it
 * right. It runs none of them: root may have a reason to look first.
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/doctor.h"
#include "ctl/master.h"
#include "ctl/vault.h"

#define BACKUP "put it back from a backup"
#define INIT "make it: warderctl init"

/* What others have to be able to read, they do: the services, and clients. */
static const struct doctor_file of_root[] = {
	{ WARDER_SYSCONFDIR, 0755, 0022, 0005, true, false, false, INIT },
	{ VAULT_CONF, 0644, 0022, 0004, false, false, false, INIT },
	/* Whether the keeper can read it shows where it is asked. */
	{ WARDER_SYSCONFDIR "/policy.installed", 0644, 0022, 0, false, false,
	    false, "install one: warderctl policy install FILE" },
	{ WARDER_SYSCONFDIR "/pam.key", 0600, 0077, 0, false, false, false,
	    INIT },
	{ WARDER_SYSCONFDIR "/pam.pub", 0644, 0022, 0004, false, false, false,
	    INIT },
	{ WARDER_SYSCONFDIR "/ledger.pub", 0644, 0022, 0004, false, false,
	    false, INIT },
};

static const struct doctor_file of_keeper[] = {
	{ WARDER_STATEDIR, 0700, 0077, 0700, true, false, false, INIT },
	{ VAULT_KEYS, 0700, 0077, 0700, true, false, true, BACKUP },
	{ VAULT_KEYS "/MANIFEST", 0600, 0077, 0400, false, false, true,
	    BACKUP },
	{ WARDER_LOGDIR, 0750, 0027, 0700, true, true, false, INIT },
	{ WARDER_LOGDIR "/ledger.jsonl", 0640, 0137, 0600, false, true, true,
	    BACKUP },
	{ WARDER_LOGDIR "/ledger.lock", 0600, 0177, 0600, false, false, true,
	    NULL },
};

static bool
has_group(
    const struct doctor_file *rule, const struct doctor_owner *owner, gid_t gid)
{
	const struct passwd *user = getpwuid(owner->uid);

	return !rule->is_adm || gid == 0 || gid == owner->adm ||
	       (user != NULL && gid == user->pw_gid);
}

static bool
has_mode(const struct doctor_file *rule, mode_t mode)
{
	return (mode & rule->forbidden) == 0 &&
	       (mode & rule->needed) == rule->needed;
}

/*
 * In a folder of the keeper it could put a link in the place of what is named
 * here. So nothing is followed, and its own files it changes itself.
 */
static void
say_wrong(const struct doctor_file *rule, const struct doctor_owner *owner,
    const struct stat *st, bool is_owner)
{
	char chown[PATH_MAX] = "", chmod[PATH_MAX] = "";

	if (!is_owner)
		(void)snprintf(chown, sizeof(chown), "chown %s%s:%s %s",
		    rule->is_inside ? "-h " : "", owner->name,
		    rule->is_adm ? "adm" : owner->name, rule->path);
	if (!has_mode(rule, st->st_mode))
		(void)snprintf(chmod, sizeof(chmod), "%s%s%schmod %04o %s",
		    rule->is_inside ? "runuser -u " : "",
		    rule->is_inside ? owner->name : "",
		    rule->is_inside ? " -- " : "", (unsigned int)rule->mode,
		    rule->path);
	finding_add(FINDING_BAD, "files",
	    "%s has owner %u:%u and mode %04o; look who wrote there, then: "
	    "%s%s%s",
	    rule->path, (unsigned int)st->st_uid, (unsigned int)st->st_gid,
	    (unsigned int)(st->st_mode & 07777), chown,
	    chown[0] != '\0' && chmod[0] != '\0' ? " && " : "", chmod);
}

/* What lies behind a link in place of its folder is not that file. */
static bool
is_behind_link(const char *path)
{
	char folder[PATH_MAX];
	struct stat st;

	(void)snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = '\0';
	return lstat(folder, &st) == 0 && S_ISLNK(st.st_mode);
}

/* The keeper makes some anew, which have no `if_gone`. */
static void
say_gone(const struct doctor_file *rule, int e)
{
	if (e != ENOENT)
		finding_unseen(FINDING_BAD, "files", "%s: %s; %s", rule->path,
		    strerror(e),
		    rule->if_gone != NULL ? rule->if_gone : BACKUP);
	else if (rule->if_gone != NULL)
		finding_add(FINDING_BAD, "files", "%s: %s; %s", rule->path,
		    strerror(e), rule->if_gone);
}

void
doctor_file(const struct doctor_file *rule, const struct doctor_owner *owner)
{
	struct stat st;
	bool is_owner;

	/* The line of that folder says so. */
	if (rule->is_inside && is_behind_link(rule->path))
		return;
	if (lstat(rule->path, &st) != 0) {
		say_gone(rule, errno);
		return;
	}
	if (rule->is_folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode)) {
		finding_add(FINDING_BAD, "files",
		    "%s is no plain %s; move it away and %s", rule->path,
		    rule->is_folder ? "folder" : "file",
		    rule->if_gone != NULL ? rule->if_gone
		                          : "start warder-keeper anew");
		return;
	}
	is_owner = st.st_uid == owner->uid && has_group(rule, owner, st.st_gid);
	if (!is_owner || !has_mode(rule, st.st_mode))
		say_wrong(rule, owner, &st, is_owner);
	else if (!rule->is_folder && !rule->is_adm && st.st_nlink != 1)
		finding_add(FINDING_BAD, "files",
		    "%s has a second name, so warder does not take it; look "
		    "where, and remove that one: find / -xdev -samefile %s",
		    rule->path, rule->path);
	else
		finding_add(FINDING_OK, "files", "%s", rule->path);
}

static void
look_at_master(enum conf_master source, const struct doctor_owner *root,
    const struct doctor_owner *keeper)
{
	const struct doctor_file rule = { .mode = 0600,
		.forbidden = 0077,
		.if_gone = BACKUP,
		.is_inside = source == CONF_MASTER_PASSPHRASE,
		.path = source == CONF_MASTER_NONE
		            ? NULL
		            : master_path(source, MASTER_NOW) };

	switch (source) {
	case CONF_MASTER_NONE:
		finding_add(FINDING_BAD, "keys",
		    "no master key is set; make one: warderctl init");
		return;
	case CONF_MASTER_CREDENTIAL:
		doctor_file(&rule, root);
		return;
	case CONF_MASTER_FILE:
		doctor_file(&rule, root);
		finding_add(FINDING_WARN, "keys",
		    "the master key is a file of root: keep it out of backups "
		    "and the disk encrypted");
		return;
	case CONF_MASTER_PASSPHRASE:
		if (keeper != NULL)
			doctor_file(&rule, keeper);
		return;
	}
}

static void
look_for_successors(void)
{
	static const enum conf_master sources[] = { CONF_MASTER_CREDENTIAL,
		CONF_MASTER_FILE, CONF_MASTER_PASSPHRASE };

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (master_is_there(sources[i], MASTER_NEW))
			finding_add(FINDING_BAD, "keys",
			    "%s is there: a rekey did not come to its end; run "
			    "warderctl key rekey --finish",
			    master_path(sources[i], MASTER_NEW));
}

void
doctor_files(const struct conf *conf)
{
	const struct doctor_owner root = { 0, "root", 0 };
	const struct passwd *user = getpwnam(WARDER_USER_KEEPER);
	const struct group *adm = getgrnam("adm");
	struct doctor_owner keeper = { .name = WARDER_USER_KEEPER };

	if (user != NULL)
		keeper.uid = user->pw_uid;
	if (adm != NULL)
		keeper.adm = adm->gr_gid;
	for (size_t i = 0; i < sizeof(of_root) / sizeof(of_root[0]); i++)
		doctor_file(&of_root[i], &root);
	/* Of a file that does not read nothing is known. */
	if (doctor_has_conf(conf))
		look_at_master(
		    conf->master, &root, user == NULL ? NULL : &keeper);
	look_for_successors();
	/* Without that user nothing is its own; `users` says so. */
	if (user == NULL)
		return;
	for (size_t i = 0; i < sizeof(of_keeper) / sizeof(of_keeper[0]); i++)
		doctor_file(&of_keeper[i], &keeper);
}
