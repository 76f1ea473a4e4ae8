/* SPDX-License-Identifier: ISC */
/*
 * Who asks, from the kernel alone. The uid is the creator's of the prompt
 * channel; name and group names come from the name service; login uid,
 * session, terminal come from /proc of the creator while it is known to be
 * alive. Nothing here was ever said by the caller or by the desk.
 */
#ifndef WARDER_KEEPER_IDENTITY_H
#define WARDER_KEEPER_IDENTITY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "wire/peer.h"

#define CALLER_NAME_MAX 256

struct caller {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	char name[CALLER_NAME_MAX + 1]; /* "": none, or uid and name disagree */
	uint32_t luid, session;         /* 4294967295: none */
	char tty[33];                   /* "pts/3"; "": none */
	char source[65];                /* "local", an address; "": unknown */
};

/*
 * ECRED: nobody; a setuid program (real and effective uid differ); the
 * creator is gone or hidden from us, so nothing can be said about it.
 */
WARDER_MUST_CHECK int identity_read(
    const struct peer *peer, struct caller *ret_caller);

/* The name of a uid that comes back to the same uid; "" if there is none. */
void identity_name(uid_t uid, char ret[CALLER_NAME_MAX + 1]);

/* The uid of a name that comes back to the same name. EMISSING. */
WARDER_MUST_CHECK int identity_uid(const char *name, uid_t *ret_uid);

/*
 * What /proc/PID/stat says of the terminal: the number behind the command
 * name, which may itself hold blanks and brackets. EFORM. For tests too.
 */
WARDER_MUST_CHECK int identity_parse_stat(
    const char *stat, unsigned int *ret_tty_nr);

/* "pts/3", "tty1", "ttyS0"; "" for 0; `4:70` for what has no name here. */
void identity_tty_name(unsigned int tty_nr, char ret[33]);

#endif
