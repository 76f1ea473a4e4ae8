/* SPDX-License-Identifier: ISC */
/*
 * What root did, on record. The ledger belongs to warder-keeper, so a child
 * becomes that user for good and writes there; warderctl itself never opens
 * it for writing. For every command that changes something or reads the log.
 */
#ifndef WARDER_CTL_RECORD_H
#define WARDER_CTL_RECORD_H

#include "base/err.h"
#include "ledger/chain.h"
#include "state/state.h"

/*
 * Adds one line to this host's ledger and hands it to syslog; fills in who
 * asked (user, uid, luid, ses, tty, pid) itself. `mark` is raised to `value`
 * in the state after the line is durable (n 0 becomes the seq of the line); NULL:
 * no mark but `seq`.
 * Returns LEDGER_OK once the line is durable; LEDGER_IO also where there is
 * no host key (ledger.pub), no user warder-keeper, or the caller is not root.
 */
WARDER_MUST_CHECK enum ledger_err ctl_record(
    struct record *rec, const char *mark, const struct state_mark *value);

/*
 * Before a change of the keys: REASON_DONE if the ledger would take a line
 * now; else an exit code after a message, and the change is not to be made.
 */
WARDER_MUST_CHECK int ctl_record_ready(void);

/*
 * Closes the file of this host's ledger and begins the next one, as
 * ledger_rotate() does. ret_first: seq of the first line of the closed file.
 */
WARDER_MUST_CHECK enum ledger_err ctl_rotate(uint64_t *ret_first);

#endif
