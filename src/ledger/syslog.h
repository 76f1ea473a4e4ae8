/* SPDX-License-Identifier: ISC */
/*
 * Lines and checkpoints to the syslog daemon by an own datagram, because
 * syslog(3) blocks for ever on a hung receiver and says nothing when there
 * is none. A send ends within a second and says whether the kernel took it.
 */
#ifndef WARDER_LEDGER_SYSLOG_H
#define WARDER_LEDGER_SYSLOG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "ledger/record.h"

#define SYSLOG_MAX 2048 /* bytes of a message */
#define SYSLOG_WAIT_MS 1000

struct syslog_sender;

/* Zero is never "handed over". */
enum syslog_fate {
	SYSLOG_LOST = 0,
	SYSLOG_SENT = 0x517c93b2
};

/*
 * `facility` is already times 8 (authpriv: 80). Does not connect yet, so it
 * says nothing about the receiver. ETOOBIG: the path is too long.
 */
WARDER_MUST_CHECK int syslog_open(
    const char *path, int facility, struct syslog_sender **ret_sender);
void syslog_freep(struct syslog_sender **sender);
#define auto_syslog __attribute__((cleanup(syslog_freep)))

/* `head` is the SHA-256 of the line that `rec` was written as. */
WARDER_MUST_CHECK enum syslog_fate syslog_send(struct syslog_sender *sender,
    const struct record *rec, const uint8_t head[RECORD_HASH_LEN]);

/* A checkpoint's whole note, signature included. */
WARDER_MUST_CHECK enum syslog_fate syslog_send_checkpoint(
    struct syslog_sender *sender, const char *note);

/* How many were lost in a row; the next one that is sent ends the row. */
uint64_t syslog_lost(const struct syslog_sender *sender);

/* The message as it is sent, for tests and exports. EFULL: never fits. */
WARDER_MUST_CHECK int syslog_print(const struct record *rec,
    const uint8_t head[RECORD_HASH_LEN], int facility, pid_t pid,
    char ret[SYSLOG_MAX + 1], size_t *ret_len);

#endif
