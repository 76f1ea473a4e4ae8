/* SPDX-License-Identifier: ISC */
/*
 * Which file is the one in use, and is it fit to go on from? It may be
 * renamed away while a process waits for its lock, it may be missing because
 * a rotation was killed, and it may be missing because somebody took it. Only
 * in the first two cases does anything go on.
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

#include "base/fd.h"
#include "base/text.h"
#include "ledger/files.h"
#include "ledger/inside.h"

#define FILE_MODE 0640
/*
 * Whoever may read a file may hold a flock on it. So it is not the ledger,
 * which the group reads, but a file that is nobody's but the keeper's.
 */
#define LOCK_FILE "ledger.lock"
#define LOCK_MODE 0600
#define TRIES 64 /* rotations that overtake one waiting process */

void
ledger_unlock(struct ledger *ledger)
{
	int saved = errno;

	if (ledger->lock >= 0)
		(void)flock(ledger->lock, LOCK_UN);
	errno = saved;
}

void
ledger_freep(struct ledger **ledger)
{
	if (*ledger == NULL)
		return;
	fd_closep(&(*ledger)->fd);
	fd_closep(&(*ledger)->lock);
	fd_closep(&(*ledger)->dir);
	free(*ledger);
	*ledger = NULL;
}

/* Anything that only a ledger leaves, a compressed closed file too. */
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

enum ledger_err
ledger_read_newest(const struct ledger *ledger, struct ledger **ret_closed)
{
	auto_ledger struct ledger *newest = NULL;
	struct ledger_closed closed;
	enum ledger_err e;

	if (ledger_closed_list(ledger->dir, &closed) != 0)
		return LEDGER_IO;
	if (closed.n == 0) {
		e = ledger->mark > 0 ? LEDGER_MISSING : look_for_traces(ledger);
		if (e == LEDGER_OK)
			*ret_closed = NULL;
		return e;
	}
	e = ledger_read_closed(ledger, closed.first[closed.n - 1], &newest);
	if (e == LEDGER_DAMAGED)
		return LEDGER_MISSING;
	if (e != LEDGER_OK)
		return e;
	if (newest->seq < ledger->mark ||
	    newest->seq < ledger_checkpoint_seq(ledger))
		return LEDGER_MISSING;
	*ret_closed = newest;
	newest = NULL;
	return LEDGER_OK;
}

/* -1 and OK: somebody else was faster. The first line is not ours to write. */
static enum ledger_err
create_file(const struct ledger *ledger, int *ret_fd)
{
	auto_ledger struct ledger *before = NULL;
	enum ledger_err e = ledger_read_newest(ledger, &before);
	auto_fd int fd = -1;

	if (e != LEDGER_OK)
		return e;
	fd = openat(ledger->dir, LEDGER_FILE,
	    O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    FILE_MODE);
	if (fd < 0 && errno == EEXIST)
		return LEDGER_OK;
	if (fd < 0)
		return ledger_errno();
	if (fchmod(fd, FILE_MODE) != 0 || fsync(ledger->dir) != 0)
		return LEDGER_IO;
	*ret_fd = fd_steal(&fd);
	return LEDGER_OK;
}

static enum ledger_err
open_or_create(const struct ledger *ledger, int *ret_fd)
{
	enum ledger_err e = LEDGER_OK;

	for (int i = 0; e == LEDGER_OK && i < TRIES; i++) {
		*ret_fd = openat(ledger->dir, LEDGER_FILE,
		    O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
		if (*ret_fd < 0 && errno != ENOENT)
			return LEDGER_IO;
		if (*ret_fd < 0)
			e = create_file(ledger, ret_fd);
		if (*ret_fd >= 0)
			return LEDGER_OK;
	}
	return e == LEDGER_OK ? LEDGER_IO : e;
}

static void
forget_lines(struct ledger *ledger)
{
	ledger->end = ledger->seq = ledger->first = ledger->last_record = 0;
	ledger->n_open = 0;
	ledger->is_closing = ledger->is_this_boot = false;
	memset(ledger->head, 0, sizeof(ledger->head));
}

/* What was read belongs to the file before. */
static void
begin_reading(struct ledger *ledger, int fd, const struct stat *st)
{
	fd_closep(&ledger->fd);
	ledger->fd = fd;
	ledger->dev = st->st_dev;
	ledger->ino = st->st_ino;
	forget_lines(ledger);
}

enum ledger_err
ledger_open_current(struct ledger *ledger)
{
	enum ledger_err e;
	auto_fd int fd = -1;
	struct stat st;

	/* How far the one before went is known here better than anywhere. */
	if (ledger->seq > ledger->mark)
		ledger->mark = ledger->seq;
	e = open_or_create(ledger, &fd);
	if (e != LEDGER_OK)
		return e;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return LEDGER_IO;
	begin_reading(ledger, fd_steal(&fd), &st);
	return LEDGER_OK;
}

static bool
is_current(const struct ledger *ledger)
{
	struct stat st;

	return fstatat(ledger->dir, LEDGER_FILE, &st, AT_SYMLINK_NOFOLLOW) ==
	           0 &&
	       st.st_dev == ledger->dev && st.st_ino == ledger->ino;
}

/* Put back by a backup, or shown to the group, it becomes ours again. */
static enum ledger_err
open_lock(struct ledger *ledger)
{
	auto_fd int fd = openat(ledger->dir, LOCK_FILE,
	    O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, LOCK_MODE);
	struct stat st;

	if (fd < 0)
		return ledger_errno();
	if (fstat(fd, &st) != 0 ||
	    ((st.st_mode & 0077) != 0 && fchmod(fd, LOCK_MODE) != 0))
		return LEDGER_IO;
	ledger->lock = fd_steal(&fd);
	return LEDGER_OK;
}

/* Until it is had, whatever signals come. Only the keeper's uid holds it. */
static enum ledger_err
take_lock(struct ledger *ledger, int how)
{
	enum ledger_err e;

	if (ledger->lock < 0 && (e = open_lock(ledger)) != LEDGER_OK)
		return e;
	while (flock(ledger->lock, how) != 0)
		if (errno != EINTR)
			return LEDGER_IO;
	return LEDGER_OK;
}

/* Whoever took the file away, took the lock with it. */
static bool
is_the_lock(const struct ledger *ledger)
{
	struct stat held, named;

	return fstat(ledger->lock, &held) == 0 &&
	       fstatat(ledger->dir, LOCK_FILE, &named, AT_SYMLINK_NOFOLLOW) ==
	           0 &&
	       held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

static enum ledger_err
enter_locked(struct ledger *ledger)
{
	enum ledger_err e = LEDGER_OK;

	for (int i = 0; e == LEDGER_OK && i < TRIES; i++) {
		if (is_current(ledger))
			return LEDGER_OK;
		e = ledger_open_current(ledger);
	}
	if (e == LEDGER_OK)
		e = LEDGER_IO;
	ledger_unlock(ledger);
	return e;
}

enum ledger_err
ledger_enter(struct ledger *ledger, int how)
{
	enum ledger_err e;

	for (int i = 0; i < TRIES; i++) {
		if ((e = take_lock(ledger, how)) != LEDGER_OK)
			return e;
		if (is_the_lock(ledger))
			return enter_locked(ledger);
		fd_closep(&ledger->lock);
	}
	return LEDGER_IO;
}

/* The first line of a file without one, which goes on from the newest. */
static enum ledger_err
append_start(struct ledger *ledger)
{
	auto_ledger struct ledger *before = NULL;
	enum ledger_err e = ledger_read_newest(ledger, &before);
	char name[LEDGER_NAME_SIZE];
	struct ledger_line line;
	struct record rec;

	if (e != LEDGER_OK)
		return e == LEDGER_MISSING ? LEDGER_BACK : e;
	/* Whoever made the file may have been killed before he did this. */
	if (fchmod(ledger->fd, FILE_MODE) != 0 || fsync(ledger->dir) != 0)
		return LEDGER_IO;
	record_begin(&rec, "ledger.start");
	record_set_int(&rec, M_KGEN, before == NULL ? 0 : before->kgen);
	if (before == NULL)
		return ledger_append_locked(ledger, &rec, &line);
	ledger_closed_name(name, before->first);
	record_set(&rec, M_FILE, name);
	ledger->seq = before->seq;
	memcpy(ledger->head, before->head, sizeof(ledger->head));
	e = ledger_append_aside(ledger, &rec);
	if (e != LEDGER_OK)
		ledger->seq = 0; /* there is still no line in this file */
	return e;
}

/* From here on a write goes to the end of the file, or to `end`. */
static int
write_at_end(const struct ledger *ledger, bool is_at_end)
{
	int flags = fcntl(ledger->fd, F_GETFL);

	if (flags < 0)
		return -1;
	flags = is_at_end ? flags | O_APPEND : flags & ~O_APPEND;
	if (fcntl(ledger->fd, F_SETFL, flags) != 0)
		return -1;
	return lseek(ledger->fd, (off_t)ledger->end, SEEK_SET) < 0 ? -1 : 0;
}

/* The rest of what the line was written over; a kill leaves it torn again. */
static enum ledger_err
cut_rest(struct ledger *ledger, uint64_t end, const struct record *rec)
{
	if (end <= ledger->end)
		return LEDGER_OK;
	if (ftruncate(ledger->fd, (off_t)ledger->end) != 0)
		return LEDGER_IO;
	/* That gave back what was reserved; its failure is not ours. */
	return ledger_reserve(ledger, rec, 0) == LEDGER_NO_RESERVE
	           ? LEDGER_NO_RESERVE
	           : LEDGER_OK;
}

/*
 * Bytes without an LF: the write that they belong to never returned, so
 * nobody acted on them. What they were is kept as length and hash, by a line
 * that is written over them: cut first, they would be gone without a word if
 * this process were killed too.
 */
static enum ledger_err
cut_torn(struct ledger *ledger, uint64_t torn)
{
	const uint64_t end = ledger->end + torn;
	uint8_t hash[crypto_hash_sha256_BYTES];
	char bytes[RECORD_LINE_MAX];
	enum ledger_err e;
	struct record rec;

	if (torn > sizeof(bytes) || pread(ledger->fd, bytes, (size_t)torn,
	                                (off_t)ledger->end) != (ssize_t)torn)
		return LEDGER_DAMAGED;
	crypto_hash_sha256(hash, (const uint8_t *)bytes, torn);
	record_begin(&rec, "ledger.gap");
	record_set_int(&rec, M_N, torn);
	record_set_hex(&rec, M_H, hash, sizeof(hash));
	if (write_at_end(ledger, false) != 0)
		return LEDGER_IO;
	e = ledger_append_aside(ledger, &rec);
	if (write_at_end(ledger, true) != 0)
		return LEDGER_IO;
	return e == LEDGER_OK ? cut_rest(ledger, end, &rec) : e;
}

static enum ledger_err
mend_tail(struct ledger *ledger, uint64_t torn)
{
	if (ledger->seq > 0)
		return torn > 0 ? cut_torn(ledger, torn) : LEDGER_OK;
	/* A first line that was never finished. */
	if (torn > 0 && ftruncate(ledger->fd, 0) != 0)
		return LEDGER_IO;
	return append_start(ledger);
}

enum ledger_err
ledger_catch_up(struct ledger *ledger)
{
	enum ledger_err e;
	uint64_t torn;

	for (int i = 0; i < TRIES; i++) {
		e = ledger_scan(ledger, &torn);
		if (e != LEDGER_OK)
			return e;
		if (ledger->seq > 0 && ledger->seq < ledger->mark)
			return LEDGER_BACK;
		if (!ledger->is_closing)
			return mend_tail(ledger, torn);
		/* Nobody of ours writes behind a ledger.rotate. */
		if (torn > 0)
			return LEDGER_DAMAGED;
		e = ledger_finish_rotation(ledger);
		if (e != LEDGER_OK)
			return e;
	}
	return LEDGER_IO;
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

/*
 * Each connection of anybody comes here, and a long file takes a good part of
 * a second: read under the lock, a few of one user would hold up everybody's
 * decision. Whole lines stay what they are; with the lock only those behind
 * them are read. What does not read here is judged there, from the start.
 */
static void
read_ahead(struct ledger *ledger)
{
	uint64_t torn;

	if (ledger_scan(ledger, &torn) != LEDGER_OK)
		forget_lines(ledger);
}

enum ledger_err
ledger_open(const char *dir, const char *host, uint64_t mark_seq,
    struct ledger **ret_ledger)
{
	auto_ledger struct ledger *ledger = calloc(1, sizeof(*ledger));
	enum ledger_err e;

	if (ledger == NULL)
		return LEDGER_IO;
	ledger->dir = ledger->fd = ledger->lock = -1;
	ledger->mark = mark_seq;
	ledger->rotate_at = LEDGER_ROTATE_AT;
	if (!note_host_is_usable(host) ||
	    text_copy(ledger->host, sizeof(ledger->host), host) != 0)
		return LEDGER_RECORD;
	read_boot(ledger->boot);
	ledger->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ledger->dir < 0)
		return errno == ENOENT ? LEDGER_MISSING : LEDGER_IO;
	e = ledger_open_current(ledger);
	if (e != LEDGER_OK)
		return e;
	read_ahead(ledger);
	e = ledger_enter(ledger, LOCK_EX);
	if (e != LEDGER_OK)
		return e;
	e = ledger_catch_up(ledger);
	ledger_unlock(ledger);
	if (e != LEDGER_OK)
		return e;
	*ret_ledger = ledger;
	ledger = NULL;
	return LEDGER_OK;
}
