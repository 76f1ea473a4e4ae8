/* SPDX-License-Identifier: ISC */
/*
 * The count lies in a mark of the state. Two workers may find at once that
 * syslog is gone, or back: a lock makes one of them the first, and the other
 * finds it said. A kill between line and mark says it a second time.
 */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "base/log.h"
#include "keeper/lost.h"

#define MARK "syslog"
#define LOCKED_BYTE INT64_MAX /* of the file of held records; none has it */

/* False: the state cannot be read, and nothing is known. */
static bool
read_mark(struct book *book, struct state_mark *ret_mark)
{
	enum state_result r = state_mark_get(book->state, MARK, ret_mark);

	return r == STATE_OK || r == STATE_ABSENT;
}

void
lost_look(struct book *book)
{
	struct state_mark mark = { .n = 0 };

	book->is_lost = read_mark(book, &mark) && mark.n > 0;
}

static bool
write_line(struct book *book, const char *event, uint64_t n)
{
	struct record rec;

	record_begin(&rec, event);
	record_set(&rec, M_SID, book->sid);
	record_set_int(&rec, M_N, n);
	if (ledger_append(book->ledger, &rec, NULL) == LEDGER_OK)
		return true;
	log_warn("the ledger did not take %s", event);
	return false;
}

static void
count_alone(struct book *book, enum syslog_fate fate)
{
	struct state_mark mark = { .n = 0 };

	if (!read_mark(book, &mark)) {
		log_warn("what syslog lost could not be counted");
		return;
	}
	if (fate != SYSLOG_SENT) {
		/* Not on record yet: the next one that is lost tries. */
		if (mark.n == 0 && !write_line(book, "syslog.lost", 1))
			return;
		mark.n++;
	} else {
		if (mark.n > 0 && !write_line(book, "syslog.back", mark.n))
			return;
		mark.n = 0;
	}
	if (state_mark_set(book->state, MARK, &mark, false) != STATE_DONE) {
		log_warn("what syslog lost could not be counted");
		return;
	}
	book->is_lost = mark.n > 0;
}

static int
lock(const struct book *book, short type)
{
	struct flock lock = { .l_type = type,
		.l_whence = SEEK_SET,
		.l_start = LOCKED_BYTE,
		.l_len = 1 };

	return fcntl(book->sending, F_OFD_SETLKW, &lock);
}

void
lost_note(struct book *book, enum syslog_fate fate)
{
	if (fate == SYSLOG_SENT && !book->is_lost)
		return;
	if (lock(book, F_WRLCK) != 0) {
		log_warn("what syslog lost could not be counted");
		return;
	}
	count_alone(book, fate);
	(void)lock(book, F_UNLCK);
}
