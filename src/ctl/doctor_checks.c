/* SPDX-License-Identifier: ISC */
/* What doctor looks at: services, fences, files, policy, clock. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/safefile.h"
#include "base/tzdata.h"
#include "confine/confine.h"
#include "ctl/doctor.h"
#include "ctl/keepercall.h"
#include "ctl/master.h"
#include "ctl/vault.h"
#include "policy/installed.h"
#include "policy/policy.h"
#include "wire/admin.h"
#include "wire/peer.h"

#define INSTALLED WARDER_SYSCONFDIR "/policy.installed"
#define ASK_MS 10000

/* One row of the keeper's own report. */
static int
take_report(void *ctx, const struct frame *frame)
{
	struct admin_row row;
	int r = layout_take(frame, &admin_row_layout, &row);

	(void)ctx;
	if (r == 0)
		finding_add(row.level == ADMIN_OK     ? FINDING_OK
		            : row.level == ADMIN_WARN ? FINDING_WARN
		                                      : FINDING_BAD,
		    "services", "%s: %s", row.topic, row.text);
	return r;
}

/* What is bad has its row; DONE says no more than that all of them came. */
static void
ask_keeper(void)
{
	const struct keepercall call = { take_report, NULL, ASK_MS };
	struct admin_done done;
	int r = keepercall_ask(&call, ADMIN_STATUS, NULL, NULL, &done);

	if (r == WARDER_ESYS)
		finding_add(FINDING_BAD, "services",
		    "warder-keeper does not answer: %s", strerror(errno));
	else if (r != 0)
		finding_add(FINDING_BAD, "services",
		    "warder-keeper does not report: %s", warder_strerror(r));
	else if (done.exit != REASON_DONE && done.exit != REASON_DOCTOR_BAD)
		finding_add(FINDING_BAD, "services", "warder-keeper: %s",
		    keepercall_words(done.word));
	else
		finding_add(FINDING_OK, "services", "warder-keeper answers");
}

void
doctor_services(void)
{
	auto_fd int sock = -1;

	if (peer_connect(WARDER_RUNDIR "/warder.sock", &sock) != 0)
		finding_add(FINDING_BAD, "services",
		    "warderd does not answer: %s", strerror(errno));
	else
		finding_add(FINDING_OK, "services", "warderd answers");
	ask_keeper();
}

void
doctor_confine(const struct conf *conf)
{
	int abi = confine_landlock_abi();
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	if (abi > 0)
		finding_add(FINDING_OK, "confine", "Landlock %d", abi);
	else
		finding_add(
		    conf->landlock_required ? FINDING_BAD : FINDING_WARN,
		    "confine", "this kernel has no Landlock");
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
		finding_add(FINDING_OK, "confine", "seccomp filters, kills");
	else
		finding_add(FINDING_BAD, "confine",
		    "this kernel does not kill by seccomp");
}

/* A path, its owner, and the mode bits that it must not have. */
static void
look_at_file(const char *path, uid_t uid, mode_t forbidden, bool is_folder)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		finding_add(
		    FINDING_BAD, "files", "%s: %s", path, strerror(errno));
	else if (st.st_uid != uid || (st.st_mode & forbidden) != 0 ||
	         (is_folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode)))
		finding_add(FINDING_BAD, "files",
		    "%s has owner %u and mode %04o", path,
		    (unsigned int)st.st_uid, (unsigned int)(st.st_mode & 0777));
	else
		finding_add(FINDING_OK, "files", "%s", path);
}

static void
look_at_master(enum conf_master source, const struct passwd *keeper)
{
	switch (source) {
	case CONF_MASTER_NONE:
		finding_add(FINDING_BAD, "keys", "no master key is set");
		return;
	case CONF_MASTER_CREDENTIAL:
		look_at_file(master_path(source, MASTER_NOW), 0, 0077, false);
		return;
	case CONF_MASTER_FILE:
		look_at_file(master_path(source, MASTER_NOW), 0, 0077, false);
		finding_add(FINDING_WARN, "keys",
		    "the master key is a file of root: keep it out of backups "
		    "and the disk encrypted");
		return;
	case CONF_MASTER_PASSPHRASE:
		if (keeper != NULL)
			look_at_file(master_path(source, MASTER_NOW),
			    keeper->pw_uid, 0077, false);
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
	const struct passwd *keeper = getpwnam(WARDER_USER_KEEPER);

	look_at_file(WARDER_SYSCONFDIR, 0, 0022, true);
	look_at_file(VAULT_CONF, 0, 0022, false);
	look_at_file(INSTALLED, 0, 0022, false);
	look_at_file(WARDER_SYSCONFDIR "/pam.key", 0, 0077, false);
	look_at_file(WARDER_SYSCONFDIR "/pam.pub", 0, 0022, false);
	look_at_file(WARDER_SYSCONFDIR "/ledger.pub", 0, 0022, false);
	look_at_master(conf->master, keeper);
	look_for_successors();
	if (keeper == NULL) {
		finding_add(FINDING_BAD, "files", "there is no user %s",
		    WARDER_USER_KEEPER);
		return;
	}
	look_at_file(WARDER_STATEDIR, keeper->pw_uid, 0077, true);
	look_at_file(VAULT_KEYS, keeper->pw_uid, 0077, true);
	look_at_file(VAULT_KEYS "/MANIFEST", keeper->pw_uid, 0077, false);
	look_at_file(WARDER_LOGDIR, keeper->pw_uid, 0027, true);
	look_at_file(
	    WARDER_LOGDIR "/ledger.jsonl", keeper->pw_uid, 0137, false);
}

void
doctor_policy(void)
{
	const struct safefile_rule rule = { 0, 022, 1, INSTALLED_MAX };
	static struct installed installed;
	auto_policy struct policy *policy = NULL;
	struct tzdata tzdata = { NULL };
	struct policy_diag diag = { .line = 0 };
	uint8_t *bytes = NULL;
	size_t len;
	int r;

	if ((r = safefile_load(INSTALLED, &rule, &bytes, &len)) == 0)
		r = installed_parse(bytes, len, &installed);
	if (r == 0)
		r = installed_read(
		    &installed, tzdata_find, &tzdata, &policy, &diag);
	tzdata_clear(&tzdata);
	if (r != 0)
		finding_add(FINDING_BAD, "policy", "%s:%u: %s", INSTALLED,
		    diag.line,
		    diag.text[0] != '\0' ? diag.text : warder_strerror(r));
	else if (policy_orgs(policy) == 0)
		finding_add(FINDING_WARN, "policy",
		    "names no organization: nobody may do anything");
	else
		finding_add(FINDING_OK, "policy", "%zu organizations",
		    policy_orgs(policy));
	free(bytes);
}

void
doctor_clock(void)
{
	switch (clock_sync()) {
	case CLOCK_SYNC_YES:
		finding_add(FINDING_OK, "clock", "synchronized");
		return;
	case CLOCK_SYNC_NO:
		finding_add(FINDING_WARN, "clock",
		    "not synchronized; a signature holds for 15 minutes");
		return;
	case CLOCK_SYNC_UNKNOWN:
		finding_add(FINDING_WARN, "clock",
		    "the kernel does not say whether it is synchronized");
		return;
	}
}
