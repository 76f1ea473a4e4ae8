/* SPDX-License-Identifier: ISC */
/*
 * Checkpoints of an open ledger, in a file of notes with one empty line
 * between two. A kill may leave half a note at the end: nobody has seen it,
 * so the next one takes its place.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "ledger/inside.h"

#define TAIL (2 * CHECKPOINT_SIZE)

static const char signature[] = "\n\n\xe2\x80\x94 warder/";

/* The end of a file: its last `len` bytes begin at `at`. */
struct tail {
	char bytes[TAIL + 1];
	size_t len;
	off_t at;
};

static enum ledger_err
read_tail(int fd, struct tail *ret)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return LEDGER_IO;
	ret->at = st.st_size > TAIL ? st.st_size - TAIL : 0;
	n = pread(fd, ret->bytes, TAIL, ret->at);
	if (n < 0)
		return LEDGER_IO;
	ret->len = (size_t)n;
	ret->bytes[n] = '\0';
	return LEDGER_OK;
}

/* Behind the last signature line that has its LF; 0 if there is none. */
static size_t
whole_notes(const struct tail *tail)
{
	const char *at = tail->bytes, *found, *lf;
	size_t end = 0;

	while ((found = strstr(at, signature)) != NULL) {
		lf = strchr(found + 2, '\n');
		if (lf == NULL)
			break;
		end = (size_t)(lf + 1 - tail->bytes);
		at = lf;
	}
	return end;
}

static enum ledger_err
add_note(int fd, const char *note)
{
	char text[CHECKPOINT_SIZE + 1];
	struct tail tail;
	enum ledger_err e = read_tail(fd, &tail);
	size_t end, len;
	ssize_t n;

	if (e != LEDGER_OK)
		return e;
	end = whole_notes(&tail);
	if (end == 0 && tail.at > 0)
		return LEDGER_DAMAGED;
	if (end < tail.len && ftruncate(fd, tail.at + (off_t)end) != 0)
		return LEDGER_IO;
	len = (size_t)snprintf(
	    text, sizeof(text), "%s%s", end > 0 ? "\n" : "", note);
	do {
		n = write(fd, text, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return ledger_errno();
	if ((size_t)n != len)
		return LEDGER_FULL;
	return fdatasync(fd) == 0 ? LEDGER_OK : LEDGER_IO;
}

static enum ledger_err
checkpoint_locked(
    struct ledger *ledger, const struct blob *seed, uint64_t kgen, char *note)
{
	struct checkpoint here = { .kgen = kgen, .at_ms = clock_real_ms() };
	enum ledger_err e;
	auto_fd int fd = -1;

	e = ledger_catch_up(ledger);
	if (e != LEDGER_OK)
		return e;
	here.seq = ledger->seq;
	memcpy(here.head, ledger->head, sizeof(here.head));
	if (checkpoint_make(&here, ledger->host, seed, note) != NOTE_OK)
		return LEDGER_RECORD;
	fd = openat(ledger->dir, LEDGER_CHECKPOINTS,
	    O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return ledger_errno();
	/* Whatever the umask: who may read the lines may read these. */
	if (fchmod(fd, 0640) != 0)
		return LEDGER_IO;
	return add_note(fd, note);
}

enum ledger_err
ledger_checkpoint(struct ledger *ledger, const struct blob *seed, uint64_t kgen,
    char *ret_note)
{
	char note[CHECKPOINT_SIZE];
	enum ledger_err e = ledger_enter(ledger, LOCK_EX);

	if (e != LEDGER_OK)
		return e;
	e = checkpoint_locked(ledger, seed, kgen, note);
	ledger_unlock(ledger);
	if (e == LEDGER_OK && ret_note != NULL)
		memcpy(ret_note, note, sizeof(note));
	return e;
}

/* What the last note says of itself; it is only about when to make one. */
static bool
last_checkpoint(const struct ledger *ledger, uint64_t *ret_seq, int64_t *ret_ms)
{
	auto_fd int fd = openat(
	    ledger->dir, LEDGER_CHECKPOINTS, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char number[21], head[64], stamp[CLOCK_STAMP_SIZE];
	const char *at, *last = NULL;
	struct tail tail;

	if (fd < 0 || read_tail(fd, &tail) != LEDGER_OK)
		return false;
	for (at = tail.bytes; (at = strstr(at, "warder/ledger/")) != NULL; at++)
		last = at;
	return last != NULL &&
	       sscanf(last, "%*s %20s %63s %31s", number, head, stamp) == 3 &&
	       text_parse_number(number, RECORD_INT_MAX, ret_seq) == 0 &&
	       clock_parse_stamp(stamp, ret_ms) == 0;
}

uint64_t
ledger_checkpoint_seq(const struct ledger *ledger)
{
	uint64_t seq;
	int64_t at_ms;

	return last_checkpoint(ledger, &seq, &at_ms) ? seq : 0;
}

bool
ledger_checkpoint_due(struct ledger *ledger, uint32_t lines, uint32_t ms)
{
	uint64_t seq;
	int64_t at_ms, age;

	if (!last_checkpoint(ledger, &seq, &at_ms))
		return true;
	age = clock_real_ms() - at_ms;
	return ledger->seq >= seq + lines || age < 0 || age >= (int64_t)ms;
}
