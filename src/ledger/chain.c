/* SPDX-License-Identifier: ISC */
/*
 * Appending. In this order, each step with the file's lock held:
 *
 *	lock, read what others wrote, cut a torn tail and say so,
 *	reserve, write once, fdatasync, unlock
 *
 * Reserve: after every line but an answer, 64 KiB and 8 KiB for each open
 * intent lie allocated behind the end. So who fills the disk, or floods the
 * ledger with refusals, can stop the next call but not the answer to one.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "ledger/inside.h"

#define RESERVE (64 * 1024)
#define RESERVE_AN_INTENT (8 * 1024)
#define FILE_MODE 0640

const char *
ledger_word(enum ledger_err e)
{
	switch (e) {
	case LEDGER_OK:
		return "ok";
	case LEDGER_FULL:
		return "ledger_full";
	case LEDGER_MISSING:
		return "ledger_missing";
	case LEDGER_BACK:
		return "ledger_back";
	case LEDGER_NO_RESERVE:
		return "ledger_no_reserve";
	case LEDGER_DAMAGED:
		return "ledger_damaged";
	case LEDGER_IO:
		return "ledger_io";
	case LEDGER_ANSWERED:
		return "ledger_answered";
	case LEDGER_RECORD:
		return "ledger_record";
	}
	return "ledger_io";
}

enum ledger_err
ledger_errno(void)
{
	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
		return LEDGER_FULL;
	return LEDGER_IO;
}

enum ledger_err
ledger_lock(int fd, int how)
{
	while (flock(fd, how) != 0)
		if (errno != EINTR)
			return LEDGER_IO;
	return LEDGER_OK;
}

static void
unlock(struct ledger *ledger)
{
	int saved = errno;

	(void)flock(ledger->fd, LOCK_UN);
	errno = saved;
}

void
ledger_freep(struct ledger **ledger)
{
	if (*ledger == NULL)
		return;
	fd_closep(&(*ledger)->fd);
	fd_closep(&(*ledger)->dir);
	free(*ledger);
	*ledger = NULL;
}

static bool
is_answer(const struct record *rec)
{
	return record_is(rec, M_EV, "outcome") ||
	       record_is(rec, M_EV, "settle");
}

static enum ledger_err
reserve(const struct ledger *ledger, const struct record *rec, size_t len)
{
	size_t open = ledger->n_open;
	off_t room;

	if (record_is(rec, M_EV, "intent"))
		open++;
	room = (off_t)(len + RESERVE + open * RESERVE_AN_INTENT);
	while (fallocate(ledger->fd, FALLOC_FL_KEEP_SIZE, (off_t)ledger->end,
	           room) != 0) {
		if (errno == EOPNOTSUPP || errno == ENOSYS)
			return LEDGER_NO_RESERVE;
		if (errno != EINTR)
			return ledger_errno();
	}
	return LEDGER_OK;
}

/* What every line begins and ends with. */
static void
fill_in(const struct ledger *ledger, struct record *rec)
{
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(stamp, clock_real_ms(), 1);
	record_set_int(rec, M_V, 1);
	record_set_int(rec, M_SEQ, ledger->seq + 1);
	record_set(rec, M_TS, stamp);
	record_set_int(rec, M_MONO, (uint64_t)clock_boot_ms());
	record_set(rec, M_BOOT, ledger->boot);
	record_set(rec, M_HOST, ledger->host);
	record_set_hex(rec, M_PREV, ledger->head, sizeof(ledger->head));
}

/* All of the line, or the file as it was. */
static enum ledger_err
write_line(const struct ledger *ledger, const char *line, size_t len)
{
	ssize_t n;
	enum ledger_err e;

	do {
		n = write(ledger->fd, line, len);
	} while (n < 0 && errno == EINTR);
	if (n == (ssize_t)len)
		return fdatasync(ledger->fd) == 0 ? LEDGER_OK : LEDGER_IO;
	e = n < 0 ? ledger_errno() : LEDGER_FULL;
	/* If this fails too, the next append finds a torn tail and cuts it. */
	if (n > 0 && ftruncate(ledger->fd, (off_t)ledger->end) != 0)
		return LEDGER_IO;
	return e;
}

/* With the lock held and everything read. */
static enum ledger_err
append_locked(
    struct ledger *ledger, struct record *rec, struct ledger_line *line)
{
	enum ledger_err e = LEDGER_OK;

	fill_in(ledger, rec);
	if (record_print(rec, line->text, &line->len) != 0)
		return LEDGER_RECORD;
	if (!is_answer(rec) && !record_is(rec, M_EV, "ledger.gap"))
		e = reserve(ledger, rec, line->len);
	if (e == LEDGER_OK)
		e = write_line(ledger, line->text, line->len);
	if (e != LEDGER_OK)
		return e;
	e = ledger_take_in(ledger, rec, line->text, line->len);
	if (e != LEDGER_OK)
		return e;
	memcpy(line->head, ledger->head, sizeof(line->head));
	line->seq = ledger->seq;
	return LEDGER_OK;
}

/* A line that nobody asked for; who appends hands it to syslog too. */
static enum ledger_err
append_aside(struct ledger *ledger, struct record *rec)
{
	struct ledger_aside *aside;
	struct ledger_line line;
	enum ledger_err e = append_locked(ledger, rec, &line);

	if (e != LEDGER_OK || ledger->n_asides == LEDGER_ASIDES)
		return e;
	aside = &ledger->asides[ledger->n_asides++];
	aside->rec = *rec;
	memcpy(aside->head, line.head, sizeof(aside->head));
	return LEDGER_OK;
}

/* Where there is no room for it, there may be for the outcome that waits. */
static enum ledger_err
say_clock_step(struct ledger *ledger)
{
	enum ledger_err e = LEDGER_OK;
	struct record rec;

	if (ledger_clock_stepped(ledger, &rec))
		e = append_aside(ledger, &rec);
	return e == LEDGER_FULL ? LEDGER_OK : e;
}

static enum ledger_err
append_start(struct ledger *ledger)
{
	struct ledger_line line;
	struct record rec;

	if (ledger->mark > 0)
		return LEDGER_BACK;
	record_begin(&rec, "ledger.start");
	record_set_int(&rec, M_KGEN, 0);
	return append_locked(ledger, &rec, &line);
}

/*
 * Bytes without an LF: the write that they belong to never returned, so
 * nobody acted on them. What they were is kept as length and hash.
 */
static enum ledger_err
cut_torn(struct ledger *ledger, uint64_t torn)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char bytes[RECORD_LINE_MAX];
	struct record rec;

	if (torn > sizeof(bytes) || pread(ledger->fd, bytes, (size_t)torn,
	                                (off_t)ledger->end) != (ssize_t)torn)
		return LEDGER_DAMAGED;
	crypto_hash_sha256(hash, (const uint8_t *)bytes, torn);
	if (ftruncate(ledger->fd, (off_t)ledger->end) != 0)
		return LEDGER_IO;
	record_begin(&rec, "ledger.gap");
	record_set_int(&rec, M_N, torn);
	record_set_hex(&rec, M_H, hash, sizeof(hash));
	/* The cut also gave back what was reserved; its failure is not ours. */
	if (reserve(ledger, &rec, 0) == LEDGER_NO_RESERVE)
		return LEDGER_NO_RESERVE;
	return append_aside(ledger, &rec);
}

/* The file may have been renamed away while we waited for the lock. */
static bool
is_current(const struct ledger *ledger)
{
	struct stat st;

	return fstatat(ledger->dir, LEDGER_FILE, &st, AT_SYMLINK_NOFOLLOW) ==
	           0 &&
	       st.st_dev == ledger->dev && st.st_ino == ledger->ino;
}

/* The state of the file, whole lines only, ready to go on from. */
static enum ledger_err
catch_up(struct ledger *ledger)
{
	enum ledger_err e;
	uint64_t torn;

	if (!is_current(ledger))
		return LEDGER_MISSING;
	e = ledger_scan(ledger, &torn);
	if (e != LEDGER_OK)
		return e;
	if (ledger->seq < ledger->mark)
		return LEDGER_BACK;
	if (torn > 0 && ledger->seq == 0 &&
	    ftruncate(ledger->fd, 0) != 0) /* a first line never finished */
		return LEDGER_IO;
	if (ledger->seq == 0)
		return append_start(ledger);
	return torn > 0 ? cut_torn(ledger, torn) : LEDGER_OK;
}

/* An answer must find its intent open: a second one breaks the pairing. */
static bool
may_answer(const struct ledger *ledger, const struct record *rec)
{
	for (size_t i = 0; i < ledger->n_open; i++)
		if (ledger->open[i].seq == record_int(rec, M_REF))
			return !ledger->open[i].unknown ||
			       record_is(rec, M_EV, "settle");
	return false;
}

enum ledger_err
ledger_append(
    struct ledger *ledger, struct record *rec, struct ledger_line *ret_line)
{
	struct ledger_line line;
	enum ledger_err e;

	if (record_check(rec) != 0)
		return LEDGER_RECORD;
	e = ledger_lock(ledger->fd, LOCK_EX);
	if (e != LEDGER_OK)
		return e;
	e = catch_up(ledger);
	if (e == LEDGER_OK)
		e = say_clock_step(ledger);
	if (e == LEDGER_OK && is_answer(rec) && !may_answer(ledger, rec))
		e = LEDGER_ANSWERED;
	if (e == LEDGER_OK && record_is(rec, M_EV, "intent") &&
	    ledger->n_open == LEDGER_OPEN_MAX)
		e = LEDGER_FULL;
	if (e == LEDGER_OK)
		e = append_locked(ledger, rec, &line);
	unlock(ledger);
	if (e == LEDGER_OK && ret_line != NULL)
		*ret_line = line;
	return e;
}

enum ledger_err
ledger_refresh(struct ledger *ledger)
{
	enum ledger_err e = ledger_lock(ledger->fd, LOCK_SH);
	uint64_t torn;

	if (e != LEDGER_OK)
		return e;
	e = is_current(ledger) ? ledger_scan(ledger, &torn) : LEDGER_MISSING;
	if (e == LEDGER_OK && ledger->seq < ledger->mark)
		e = LEDGER_BACK;
	unlock(ledger);
	return e;
}

/* ledger.checkpoints or ledger.<first seq>.jsonl: there was one before. */
static bool
is_trace(const char *name)
{
	return strcmp(name, LEDGER_CHECKPOINTS) == 0 ||
	       (strncmp(name, "ledger.", 7) == 0 &&
	           strspn(name + 7, "0123456789") > 0);
}

static enum ledger_err
look_for_traces(const struct ledger *ledger)
{
	enum ledger_err e = LEDGER_OK;
	const struct dirent *entry;
	int copy;
	DIR *dir;

	copy = openat(ledger->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = copy < 0 ? NULL : fdopendir(copy);
	if (dir == NULL) {
		fd_closep(&copy);
		return LEDGER_IO;
	}
	while ((entry = readdir(dir)) != NULL)
		if (is_trace(entry->d_name))
			e = LEDGER_MISSING;
	(void)closedir(dir);
	return e;
}

static enum ledger_err
create_file(struct ledger *ledger)
{
	enum ledger_err e;

	if (ledger->mark > 0)
		return LEDGER_MISSING;
	e = look_for_traces(ledger);
	if (e != LEDGER_OK)
		return e;
	ledger->fd = openat(ledger->dir, LEDGER_FILE,
	    O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (ledger->fd < 0)
		return ledger_errno();
	if (fchmod(ledger->fd, FILE_MODE) != 0 || fsync(ledger->dir) != 0)
		return LEDGER_IO;
	return LEDGER_OK;
}

static enum ledger_err
open_file(struct ledger *ledger, const char *dir)
{
	enum ledger_err e = LEDGER_OK;
	struct stat st;

	ledger->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ledger->dir < 0)
		return errno == ENOENT ? LEDGER_MISSING : LEDGER_IO;
	ledger->fd = openat(ledger->dir, LEDGER_FILE,
	    O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	if (ledger->fd < 0)
		e = errno == ENOENT ? create_file(ledger) : LEDGER_IO;
	if (e != LEDGER_OK)
		return e;
	if (fstat(ledger->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return LEDGER_IO;
	ledger->dev = st.st_dev;
	ledger->ino = st.st_ino;
	return LEDGER_OK;
}

/* The start of the kernel's boot id; zeros if it is not to be had. */
static void
read_boot(char ret[9])
{
	auto_fd int fd =
	    open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	uint8_t bytes[4];

	if (fd < 0 || read(fd, ret, 8) != 8)
		memcpy(ret, "00000000", 8);
	ret[8] = '\0';
	if (hex_parse(ret, bytes, sizeof(bytes)) != 0)
		memcpy(ret, "00000000", 8);
}

enum ledger_err
ledger_open(const char *dir, const char *host, uint64_t mark_seq,
    struct ledger **ret_ledger)
{
	auto_ledger struct ledger *ledger = calloc(1, sizeof(*ledger));
	enum ledger_err e;

	if (ledger == NULL)
		return LEDGER_IO;
	ledger->dir = ledger->fd = -1;
	ledger->mark = mark_seq;
	if (!note_host_is_usable(host) ||
	    text_copy(ledger->host, sizeof(ledger->host), host) != 0)
		return LEDGER_RECORD;
	read_boot(ledger->boot);
	e = open_file(ledger, dir);
	if (e == LEDGER_OK)
		e = ledger_lock(ledger->fd, LOCK_EX);
	if (e != LEDGER_OK)
		return e;
	e = catch_up(ledger);
	unlock(ledger);
	if (e != LEDGER_OK)
		return e;
	*ret_ledger = ledger;
	ledger = NULL;
	return LEDGER_OK;
}

size_t
ledger_open_intents(
    const struct ledger *ledger, const struct ledger_open_intent **ret_intents)
{
	*ret_intents = ledger->open;
	return ledger->n_open;
}

const struct ledger_open_intent *
ledger_find_open(const struct ledger *ledger, const char *gate)
{
	for (size_t i = 0; i < ledger->n_open; i++)
		if (strcmp(ledger->open[i].gate, gate) == 0)
			return &ledger->open[i];
	return NULL;
}

uint64_t
ledger_seq(const struct ledger *ledger)
{
	return ledger->seq;
}

void
ledger_head(const struct ledger *ledger, uint8_t ret[RECORD_HASH_LEN])
{
	memcpy(ret, ledger->head, RECORD_HASH_LEN);
}

uint64_t
ledger_kgen(const struct ledger *ledger)
{
	return ledger->kgen;
}

uint64_t
ledger_last_record(const struct ledger *ledger)
{
	return ledger->last_record;
}
