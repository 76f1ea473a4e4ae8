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
#include "confine/confine.h"
#include "ctl/doctor.h"
#include "ctl/keepercall.h"
#include "wire/admin.h"
#include "wire/peer.h"

#define ASK_MS 10000   /* it waits 2 s for each of the other two */
#define SERVED_MS 3000 /* a process is started for it */

/* How a service is started here, or started anew where it hangs. */
static const char *
start_of(char ret[160], const char *name, bool is_hung)
{
	if (!doctor_has_units())
		(void)snprintf(ret, 160,
		    "%s it as this host runs its services (runit: sv %s %s)",
		    is_hung ? "restart" : "start",
		    is_hung ? "restart" : "start", name);
	else if (is_hung)
		(void)snprintf(ret, 160,
		    "see why: journalctl -u %s, then: systemctl restart %s",
		    name, name);
	else if (strcmp(name, "warder-keeper") == 0)
		(void)snprintf(ret, 160,
		    "start it: systemctl start %s.socket %s", name, name);
	else
		(void)snprintf(
		    ret, 160, "start it: systemctl start %s.socket", name);
	return ret;
}

/* What to do about a row of the keeper's report. */
static const char *
repair_of(char ret[160], const struct admin_row *row)
{
	if (strcmp(row->topic, "warder-pam") == 0 ||
	    strcmp(row->topic, "warder-courier") == 0)
		return start_of(ret, row->topic, row->n != 0);
	if (strcmp(row->topic, "keys") == 0 && doctor_has_units())
		return "open them: warderctl unlock, or where root has the "
		       "master key: systemctl restart warder-keeper";
	if (strcmp(row->topic, "keys") == 0)
		return "open them: warderctl unlock, or where root has the "
		       "master key, start warder-keeper anew (runit: sv "
		       "restart warder-keeper)";
	return "see `files` and `disk` below, and: warderctl ledger verify";
}

/* One row of the keeper's own report. */
static int
take_report(void *ctx, const struct frame *frame)
{
	struct admin_row row;
	char repair[160];
	int r = layout_take(frame, &admin_row_layout, &row);

	(void)ctx;
	if (r != 0)
		return r;
	if (row.level == ADMIN_OK)
		finding_add(
		    FINDING_OK, "services", "%s: %s", row.topic, row.text);
	else
		finding_add(
		    row.level == ADMIN_WARN ? FINDING_WARN : FINDING_BAD,
		    "services", "%s: %s; %s", row.topic, row.text,
		    repair_of(repair, &row));
	return r;
}

/* Neither starts nor serves anybody; a restart would not help. */
static void
say_conf_first(const char *name)
{
	finding_unseen(FINDING_BAD, "services",
	    "%s serves nobody while warder.conf is wrong; mend warder.conf "
	    "first, see above",
	    name);
}

/*
 * What is bad has its row; DONE says no more than that all of them came.
 * Whether it answered at all.
 */
static bool
ask_keeper(const struct conf *conf)
{
	const struct keepercall call = { take_report, NULL, ASK_MS };
	struct admin_done done;
	char repair[160];
	int r = keepercall_ask(&call, ADMIN_STATUS, NULL, NULL, &done);
	int e = errno;

	/* EAGAIN: its socket's queue is full. */
	if (r != 0 && !doctor_has_conf(conf))
		say_conf_first("warder-keeper");
	else if (r == WARDER_ESYS)
		finding_unseen(FINDING_BAD, "services",
		    "warder-keeper does not answer: %s; %s", strerror(e),
		    start_of(repair, "warder-keeper", e == EAGAIN));
	else if (r != 0)
		finding_unseen(FINDING_BAD, "services",
		    "warder-keeper does not report: %s; %s", warder_strerror(r),
		    start_of(repair, "warder-keeper", true));
	else if (done.exit != REASON_DONE && done.exit != REASON_DOCTOR_BAD)
		finding_unseen(FINDING_BAD, "services",
		    "warder-keeper: %s; run warderctl doctor again, and see: "
		    "journalctl -u warder-keeper",
		    keepercall_words(done.word));
	else
		finding_add(FINDING_OK, "services", "warder-keeper answers");
	return r == 0;
}

bool
doctor_services(const struct conf *conf)
{
	int r = peer_is_served(WARDER_RUNDIR "/warder.sock", SERVED_MS);
	int e = errno; /* what is asked below has its own */
	bool is_hung = r == WARDER_ETIME || (r != 0 && e == EAGAIN);
	char repair[160];

	if (r == 0)
		finding_add(FINDING_OK, "services", "warderd answers");
	else if (!doctor_has_conf(conf))
		say_conf_first("warderd");
	else
		finding_add(FINDING_BAD, "services",
		    "warderd does not answer: %s; %s",
		    is_hung ? "its socket is there, but nobody takes a call in "
		              "time"
		            : strerror(e),
		    start_of(repair, "warderd", is_hung));
	return ask_keeper(conf);
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
		finding_unseen(FINDING_WARN, "clock",
		    "the kernel does not say whether it is synchronized; look: "
		    "timedatectl");
		return;
	}
}
