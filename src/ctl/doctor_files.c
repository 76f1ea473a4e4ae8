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

struct file_rule {
	const char *path;
	mode_t mode, forbidden; /* as it is made; bits that it must not have */
	bool is_folder, is_adm; /* its group is adm, or the keeper's own */
	const char *if_gone;
};

static const struct file_rule of_root[] = {
	{ WARDER_SYSCONFDIR, 0755, 0022, true, false, INIT },
	{ VAULT_CONF, 0644, 0022, false, false, INIT },
	{ WARDER_SYSCONFDIR "/policy.installed", 0644, 0022, false, false,
	    "install one: warderctl policy install FILE" },
	{ WARDER_SYSCONFDIR "/pam.key", 0600, 0077, false, false, INIT },
	{ WARDER_SYSCONFDIR "/pam.pub", 0644, 0022, false, false, INIT },
	{ WARDER_SYSCONFDIR "/ledger.pub", 0644, 0022, false, false, INIT },
};

static const struct file_rule of_keeper[] = {
	{ WARDER_STATEDIR, 0700, 0077, true, false, INIT },
	{ VAULT_KEYS, 0700, 0077, true, false, BACKUP },
	{ VAULT_KEYS "/MANIFEST", 0600, 0077, false, false, BACKUP },
	{ WARDER_LOGDIR, 0750, 0027, true, true, INIT },
	{ WARDER_LOGDIR "/ledger.jsonl", 0640, 0137, false, true, BACKUP },
	{ WARDER_LOGDIR "/ledger.lock", 0600, 0177, false, false, NULL },
};

struct owner {
	uid_t uid;
	const char *name;
	gid_t adm; /* of files that adm reads */
};

static bool
has_group(const struct file_rule *rule, const struct owner *owner, gid_t gid)
{
	const struct passwd *user = getpwuid(owner->uid);

	return !rule->is_adm || gid == 0 || gid == owner->adm ||
	       (user != NULL && gid == user->pw_gid);
}

static void
say_wrong(const struct file_rule *rule, const struct owner *owner,
    const struct stat *st, bool is_owner)
{
	char chown[PATH_MAX] = "", chmod[PATH_MAX] = "";

	if (!is_owner)
		(void)snprintf(chown, sizeof(chown), "chown %s:%s %s",
		    owner->name, rule->is_adm ? "adm" : owner->name,
		    rule->path);
	if ((st->st_mode & rule->forbidden) != 0)
		(void)snprintf(chmod, sizeof(chmod), "chmod %04o %s",
		    (unsigned int)rule->mode, rule->path);
	finding_add(FINDING_BAD, "files",
	    "%s has owner %u:%u and mode %04o; look who wrote there, then: "
	    "%s%s%s",
	    rule->path, (unsigned int)st->st_uid, (unsigned int)st->st_gid,
	    (unsigned int)(st->st_mode & 0777), chown,
	    chown[0] != '\0' && chmod[0] != '\0' ? " && " : "", chmod);
}

static void
look_at_file(const struct file_rule *rule, const struct owner *owner)
{
	struct stat st;
	bool is_owner;

	if (lstat(rule->path, &st) != 0) {
		/* The keeper makes some anew. */
		if (errno != ENOENT || rule->if_gone != NULL)
			finding_add(FINDING_BAD, "files", "%s: %s; %s",
			    rule->path, strerror(errno),
			    rule->if_gone != NULL ? rule->if_gone : BACKUP);
		return;
	}
	if (rule->is_folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode)) {
		finding_add(FINDING_BAD, "files",
		    "%s is no plain %s; move it away and %s", rule->path,
		    rule->is_folder ? "folder" : "file",
		    rule->if_gone != NULL ? rule->if_gone
		                          : "restart warder-keeper");
		return;
	}
	is_owner = st.st_uid == owner->uid && has_group(rule, owner, st.st_gid);
	if (!is_owner || (st.st_mode & rule->forbidden) != 0)
		say_wrong(rule, owner, &st, is_owner);
	else
		finding_add(FINDING_OK, "files", "%s", rule->path);
}

static void
look_at_master(enum conf_master source, const struct owner *root,
    const struct owner *keeper)
{
	const struct file_rule rule = { .mode = 0600,
		.forbidden = 0077,
		.if_gone = BACKUP,
		.path = source == CONF_MASTER_NONE
		            ? NULL
		            : master_path(source, MASTER_NOW) };

	switch (source) {
	case CONF_MASTER_NONE:
		finding_add(FINDING_BAD, "keys",
		    "no master key is set; make one: warderctl init --master "
		    "file");
		return;
	case CONF_MASTER_CREDENTIAL:
		look_at_file(&rule, root);
		return;
	case CONF_MASTER_FILE:
		look_at_file(&rule, root);
		finding_add(FINDING_WARN, "keys",
		    "the master key is a file of root: keep it out of backups "
		    "and the disk encrypted");
		return;
	case CONF_MASTER_PASSPHRASE:
		if (keeper != NULL)
			look_at_file(&rule, keeper);
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
	const struct owner root = { 0, "root", 0 };
	const struct passwd *user = getpwnam(WARDER_USER_KEEPER);
	const struct group *adm = getgrnam("adm");
	struct owner keeper = { .name = WARDER_USER_KEEPER };

	if (user != NULL)
		keeper.uid = user->pw_uid;
	if (adm != NULL)
		keeper.adm = adm->gr_gid;
	for (size_t i = 0; i < sizeof(of_root) / sizeof(of_root[0]); i++)
		look_at_file(&of_root[i], &root);
	look_at_master(conf->master, &root, user == NULL ? NULL : &keeper);
	look_for_successors();
	/* Without that user nothing is its own; `users` says so. */
	if (user == NULL)
		return;
	for (size_t i = 0; i < sizeof(of_keeper) / sizeof(of_keeper[0]); i++)
		look_at_file(&of_keeper[i], &keeper);
}
