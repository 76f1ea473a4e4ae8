/* SPDX-License-Identifier: ISC */
/*
 * One datagram for one line.
 *
 *	<PRI>warder-keeper[PID]: @cee: {"ev":..,"res":..,"err":..,...,
 *	    "cut":1,"head":"<SHA-256 of the line>"}
 *
 * The receiver may be missing, hung or full. None of them may hold up a
 * decision longer than a second, and none may be taken for a delivery.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "ledger/syslog.h"

#define SEVERITY_CRITICAL 2
#define SEVERITY_ERROR 3
#define SEVERITY_WARNING 4
#define SEVERITY_NOTICE 5

struct syslog_sender {
	int fd; /* -1: not connected */
	int facility;
	struct sockaddr_un to;
	uint64_t lost;
	bool is_hung; /* the last one waited in vain */
};

int
syslog_open(const char *path, int facility, struct syslog_sender **ret_sender)
{
	struct syslog_sender *sender;

	if (strlen(path) >= sizeof(sender->to.sun_path))
		return WARDER_ETOOBIG;
	sender = calloc(1, sizeof(*sender));
	if (sender == NULL)
		return WARDER_ENOMEM;
	sender->fd = -1;
	sender->facility = facility;
	sender->to.sun_family = AF_UNIX;
	if (text_copy(sender->to.sun_path, sizeof(sender->to.sun_path), path) !=
	    0) {
		free(sender);
		return WARDER_ETOOBIG;
	}
	*ret_sender = sender;
	return WARDER_OK;
}

void
syslog_freep(struct syslog_sender **sender)
{
	if (*sender == NULL)
		return;
	fd_closep(&(*sender)->fd);
	free(*sender);
	*sender = NULL;
}

static bool
is_any_of(const struct record *rec, enum member m, const char *const *words)
{
	for (; *words != NULL; words++)
		if (record_is(rec, m, *words))
			return true;
	return false;
}

static int
severity(const struct record *rec)
{
	static const char *const errors[] = { "key.fail", "policy.refuse",
		"state.fail", "syslog.lost", "ledger.gap", "clock.step",
		"foreign", NULL };
	static const char *const warnings[] = { "denied", "failed", "rejected",
		"throttled", "unsent", "unknown", "unconfirmed", NULL };

	if (record_has(rec, M_GLASS))
		return SEVERITY_CRITICAL;
	if (is_any_of(rec, M_EV, errors))
		return SEVERITY_ERROR;
	if (record_is(rec, M_EV, "denied") || is_any_of(rec, M_RES, warnings))
		return SEVERITY_WARNING;
	return SEVERITY_NOTICE;
}

/* Members in the order of a message; `dropped` has a bit for each left out. */
static size_t
print_members(const struct record *rec, uint64_t dropped, char *ret)
{
	static const enum member first[] = { M_EV, M_RES, M_ERR };
	static const uint64_t apart =
	    UINT64_C(1) << M_EV | UINT64_C(1) << M_RES | UINT64_C(1) << M_ERR |
	    UINT64_C(1) << M_MONO | UINT64_C(1) << M_BOOT |
	    UINT64_C(1) << M_PREV;
	size_t used = 0, n;

	for (size_t i = 0; i < M_COUNT + 3; i++) {
		enum member m = i < 3 ? first[i] : (enum member)(i - 3);

		if (i >= 3 && ((apart | dropped) >> m & 1) != 0)
			continue;
		n = record_print_member(
		    rec, m, ret + used + 1, RECORD_LINE_MAX - used);
		if (n == 0)
			continue;
		ret[used] = used == 0 ? '{' : ',';
		used += n + 1;
	}
	return used;
}

/* The whole message into `ret` (2 * RECORD_LINE_MAX); its length. */
static size_t
print_message(const struct record *rec, const char *lead, const char *head,
    uint64_t dropped, char *ret)
{
	size_t used = strlen(lead);

	memcpy(ret, lead, used);
	used += print_members(rec, dropped, ret + used);
	used += (size_t)snprintf(ret + used, 128, "%s,\"head\":\"%s\"}",
	    dropped != 0 ? ",\"cut\":1" : "", head);
	return used;
}

int
syslog_print(const struct record *rec, const uint8_t head[RECORD_HASH_LEN],
    int facility, pid_t pid, char ret[SYSLOG_MAX + 1], size_t *ret_len)
{
	/* The least telling first; who, what and how it ended always stay. */
	static const enum member drops[] = { M_MSG, M_WHY, M_SRC, M_HAVE,
		M_NAME, M_VIA, M_FILE, M_EP, M_RULE };
	char message[2 * RECORD_LINE_MAX], lead[64], hex[65];
	uint64_t dropped = 0;
	size_t len, i = 0;

	hex_print(hex, head, RECORD_HASH_LEN);
	(void)snprintf(lead, sizeof(lead),
	    "<%d>warder-keeper[%ld]: @cee: ", facility + severity(rec),
	    (long)pid);
	len = print_message(rec, lead, hex, dropped, message);
	while (len > SYSLOG_MAX) {
		if (i == sizeof(drops) / sizeof(drops[0]))
			return WARDER_EFULL;
		if (record_has(rec, drops[i]))
			dropped |= UINT64_C(1) << drops[i];
		i++;
		len = print_message(rec, lead, hex, dropped, message);
	}
	memcpy(ret, message, len);
	ret[len] = '\0';
	*ret_len = len;
	return WARDER_OK;
}

static bool
reconnect(struct syslog_sender *sender)
{
	fd_closep(&sender->fd);
	sender->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sender->fd < 0)
		return false;
	if (connect(sender->fd, (const struct sockaddr *)&sender->to,
	        sizeof(sender->to)) == 0)
		return true;
	fd_closep(&sender->fd);
	return false;
}

static bool
wait_for_room(int fd, int64_t deadline)
{
	struct pollfd one = { .fd = fd, .events = POLLOUT };
	int left = clock_left_ms(deadline), n;

	n = poll(&one, 1, left);
	return left > 0 && (n > 0 || (n < 0 && errno == EINTR));
}

/*
 * A daemon that was restarted has another socket behind the same path: so
 * one new connect in a send, and never more, or a loop could be kept busy.
 * One that hangs is waited for once: a decision has several lines, and all of
 * them together must not take longer than one may.
 */
static enum syslog_fate
hand_over(struct syslog_sender *sender, const char *message, size_t len)
{
	int64_t deadline =
	    clock_boot_ms() + (sender->is_hung ? 0 : SYSLOG_WAIT_MS);
	bool may_reconnect = true;

	if (sender->fd < 0) {
		may_reconnect = false;
		if (!reconnect(sender))
			return SYSLOG_LOST;
	}
	for (;;) {
		ssize_t n =
		    send(sender->fd, message, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n == (ssize_t)len) {
			sender->is_hung = false;
			return SYSLOG_SENT;
		}
		if (n >= 0)
			return SYSLOG_LOST;
		if (errno == EINTR)
			continue;
		if ((errno == ECONNREFUSED || errno == ENOTCONN) &&
		    may_reconnect) {
			may_reconnect = false;
			if (!reconnect(sender))
				return SYSLOG_LOST;
			continue;
		}
		if (errno != EAGAIN && errno != ENOBUFS)
			return SYSLOG_LOST;
		if (!wait_for_room(sender->fd, deadline)) {
			sender->is_hung = true;
			return SYSLOG_LOST;
		}
	}
}

static enum syslog_fate
send_counted(struct syslog_sender *sender, const char *message, size_t len)
{
	enum syslog_fate fate = hand_over(sender, message, len);

	sender->lost = fate == SYSLOG_SENT ? 0 : sender->lost + 1;
	return fate;
}

enum syslog_fate
syslog_send(struct syslog_sender *sender, const struct record *rec,
    const uint8_t head[RECORD_HASH_LEN])
{
	char message[SYSLOG_MAX + 1];
	size_t len;

	if (syslog_print(
	        rec, head, sender->facility, getpid(), message, &len) != 0) {
		sender->lost++;
		return SYSLOG_LOST;
	}
	return send_counted(sender, message, len);
}

/* A message is one line: the LFs of a note are written as `\n`. */
enum syslog_fate
syslog_send_checkpoint(struct syslog_sender *sender, const char *note)
{
	char message[SYSLOG_MAX + 1];
	size_t used;

	used = (size_t)snprintf(message, sizeof(message),
	    "<%d>warder-keeper[%ld]: @cee: {\"checkpoint\":\"",
	    sender->facility + SEVERITY_NOTICE, (long)getpid());
	for (; *note != '\0' && used + 4 < sizeof(message); note++) {
		if (*note == '\n') {
			message[used++] = '\\';
			message[used++] = 'n';
		} else {
			message[used++] = *note;
		}
	}
	if (*note != '\0') {
		sender->lost++;
		return SYSLOG_LOST;
	}
	message[used++] = '"';
	message[used++] = '}';
	return send_counted(sender, message, used);
}

uint64_t
syslog_lost(const struct syslog_sender *sender)
{
	return sender->lost;
}
