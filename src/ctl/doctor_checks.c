/* SPDX-License-Identifier: ISC */
/* What doctor looks at: services, fences, clock. */
#include "config.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "confine/confine.h"
#include "ctl/doctor.h"
#include "ctl/keepercall.h"
#include "wire/admin.h"
#include "wire/peer.h"

#define ASK_MS 5000

/* What to do about a row of the keeper's report. */
static const char *
repair_of(const struct admin_row *row)
{
	if (row->level == ADMIN_OK)
		return "";
	if (strcmp(row->topic, "warder-pam") == 0)
		return "; start it: systemctl start warder-pam.socket";
	if (strcmp(row->topic, "warder-courier") == 0)
		return "; start it: systemctl start warder-courier.socket";
	if (strcmp(row->topic, "keys") == 0)
		return "; open them: warderctl unlock, or where root has the "
		       "master key: systemctl restart warder-keeper";
	return "; see `files` and `disk` below, and: warderctl ledger verify";
}

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
		    "services", "%s: %s%s", row.topic, row.text,
		    repair_of(&row));
	return r;
}

/*
 * What is bad has its row; DONE says no more than that all of them came.
 * Whether it answered at all.
 */
static bool
ask_keeper(void)
{
	const struct keepercall call = { take_report, NULL, ASK_MS };
	struct admin_done done;
	int r = keepercall_ask(&call, ADMIN_STATUS, NULL, NULL, &done);

	if (r == WARDER_ESYS)
		finding_add(FINDING_BAD, "services",
		    "warder-keeper does not answer: %s; start it: systemctl "
		    "start warder-keeper.socket warder-keeper",
		    strerror(errno));
	else if (r != 0)
		finding_add(FINDING_BAD, "services",
		    "warder-keeper does not report: %s; see why: journalctl "
		    "-u warder-keeper, then: systemctl restart warder-keeper",
		    warder_strerror(r));
	else if (done.exit != REASON_DONE && done.exit != REASON_DOCTOR_BAD)
		finding_add(FINDING_BAD, "services", "warder-keeper: %s",
		    keepercall_words(done.word));
	else
		finding_add(FINDING_OK, "services", "warder-keeper answers");
	return r == 0;
}

bool
doctor_services(void)
{
	auto_fd int sock = -1;

	if (peer_connect(WARDER_RUNDIR "/warder.sock", &sock) != 0)
		finding_add(FINDING_BAD, "services",
		    "warderd does not answer: %s; start it: systemctl start "
		    "warderd.socket",
		    strerror(errno));
	else
		finding_add(FINDING_OK, "services", "warderd answers");
	return ask_keeper();
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
		    "confine",
		    "this kernel has no Landlock; boot one with it "
		    "(lsm=landlock,... on its command line)");
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
		finding_add(FINDING_OK, "confine", "seccomp filters, kills");
	else
		finding_add(FINDING_BAD, "confine",
		    "this kernel does not kill by seccomp; boot one with "
		    "CONFIG_SECCOMP_FILTER");
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
		    "not synchronized; a signature holds for 15 minutes; have "
		    "a time service set it: timedatectl set-ntp true, or start "
		    "chrony");
		return;
	case CLOCK_SYNC_UNKNOWN:
		finding_add(FINDING_WARN, "clock",
		    "the kernel does not say whether it is synchronized; look: "
		    "timedatectl");
		return;
	}
}
