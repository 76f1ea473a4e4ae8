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
		finding_unseen(FINDING_BAD, "ledger", "%s: %s", WARDER_LOGDIR,
		    r == WARDER_EFULL  ? "too many closed files: move the "
		                         "oldest to the archive"
		    : r == WARDER_ESYS ? strerror(errno)
		                       : warder_strerror(r));
	doctor_rotation("/etc/logrotate.conf", "/etc/logrotate.d");
}
