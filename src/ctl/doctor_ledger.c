/* SPDX-License-Identifier: ISC */
/*
 * The folder of the ledger from outside: names and sizes. What stands in the
 * files is for `ledger verify`.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "ctl/doctor.h"
#include "ledger/chain.h"
#include "ledger/files.h"

#define CLOSED_NEVER 0137 /* the bits of a mode that none has */

/* Names that the next rotation would stumble over. */
void
doctor_closed(int dir, const char *folder, const struct ledger_closed *closed)
{
	size_t n_open = 0;
	char name[LEDGER_NAME_SIZE];
	struct stat st;
	bool is_bad = false;

	for (size_t i = 0; i < closed->n; i++) {
		ledger_closed_name(name, closed->first[i]);
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode)) {
			n_open += (st.st_mode & CLOSED_NEVER) != 0;
			continue;
		}
		is_bad = true;
		finding_add(FINDING_BAD, "ledger",
		    "%s/%s is no plain file: move it away", folder, name);
	}
	if (n_open > 0) {
		is_bad = true;
		finding_add(FINDING_BAD, "ledger",
		    "%zu closed file%s in %s can be changed or read by others; "
		    "look who wrote there, then: runuser -u " WARDER_USER_KEEPER
		    " -- chmod 0640 %s/ledger.*.jsonl",
		    n_open, n_open == 1 ? "" : "s", folder, folder);
	}
	if (fstatat(dir, LEDGER_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (uint64_t)st.st_size > LEDGER_ROTATE_AT + LEDGER_ROTATE_AT / 8) {
		is_bad = true;
		finding_add(FINDING_WARN, "ledger",
		    "%s/%s has %" PRIu64 " MiB and is not closed: an intent "
		    "is open (warderctl ledger settle), or a file has the name "
		    "(warderctl ledger export --rotate says so)",
		    folder, LEDGER_FILE, (uint64_t)st.st_size / 1024 / 1024);
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
		doctor_closed(dir, WARDER_LOGDIR, &closed);
	else
		finding_unseen(FINDING_BAD, "ledger", "%s: %s", WARDER_LOGDIR,
		    r == WARDER_EFULL  ? "too many closed files: move the "
		                         "oldest to the archive"
		    : r == WARDER_ESYS ? strerror(errno)
		                       : warder_strerror(r));
	doctor_rotation("/etc/logrotate.conf", "/etc/logrotate.d");
}
