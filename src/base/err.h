/* SPDX-License-Identifier: ISC */
/*
 * The two vocabularies of failure that every folder shares. They speak to
 * different readers and are never converted by cast: `enum warder_err` tells
 * code why a function failed, `enum reason` tells a person what came of it.
 */
#ifndef WARDER_BASE_ERR_H
#define WARDER_BASE_ERR_H

#define WARDER_MUST_CHECK __attribute__((warn_unused_result))

/* Why a function failed. Functions return 0 or one of these. */
enum warder_err {
	WARDER_OK = 0,
	WARDER_ENOMEM = -1,   /* memory, or lockable memory, is not there */
	WARDER_ESYS = -2,     /* a system call failed; errno tells */
	WARDER_ETRUNC = -3,   /* input ends too early */
	WARDER_ETRAIL = -4,   /* input goes on after its end */
	WARDER_ETOOBIG = -5,  /* a length is above its cap */
	WARDER_EFORM = -6,    /* input is not of the form asked for */
	WARDER_ETEXT = -7,    /* a text is not UTF-8, or holds a NUL */
	WARDER_ETYPE = -8,    /* a message of another type, or out of turn */
	WARDER_EVERSION = -9, /* the peer speaks another protocol version */
	WARDER_EFD = -10, /* a descriptor too many or too few, or a wrong one */
	WARDER_ECRED = -11,   /* the peer is not who it has to be */
	WARDER_ETIME = -12,   /* a deadline has passed */
	WARDER_EOF = -13,     /* the peer closed, nothing was read */
	WARDER_ESTALE = -14,  /* true once, but of another time, gate or turn */
	WARDER_EBOX = -15,    /* a seal, MAC or signature does not hold */
	WARDER_ERIGHTS = -16, /* owner, mode or kind of a file is not right */
	WARDER_EMISSING = -17, /* no such file, entry or record */
	WARDER_EEXIST = -18,   /* it is there already */
	WARDER_EFULL = -19,    /* no space, or a limit is used up */
	WARDER_ELOCKED = -20,  /* the keys are locked */
	WARDER_EFENCE = -21,   /* the kernel does not give a fence asked for */
	WARDER_EBUG = -22      /* a promise of our own code does not hold */
};

/*
 * What a person is told: the exit code of warder and warderctl, and the
 * `exit` byte of a RESULT. The numbers are stable; one code, one meaning.
 */
enum reason {
	REASON_DONE = 0,
	REASON_BUG = 1,
	REASON_USAGE = 2,
	REASON_CANCELLED = 3,
	REASON_UNAUTHENTICATED = 4,
	REASON_DENIED = 5,
	REASON_SERVER_REFUSED = 6,
	REASON_CHANGED = 7,
	REASON_VOTED = 8,
	REASON_ALREADY = 9,
	REASON_OTHERWISE = 10,
	REASON_NOT_FOUND = 11,
	REASON_UNCONFIRMED = 12,
	REASON_UNKNOWN = 13,
	REASON_NOT_SENT = 14,
	REASON_IN_PROGRESS = 15,
	REASON_BUSY = 16,
	REASON_INPUT = 17,
	REASON_UNREACHABLE = 18,
	REASON_LOCKED = 19,
	REASON_NO_KEY = 20,
	REASON_MISCONFIGURED = 21,
	REASON_NO_RECORD = 22,
	REASON_UNRECORDED = 23,
	REASON_DETACHED = 24,
	REASON_INCOMPLETE = 25,
	REASON_LEDGER_BROKEN = 40, /* warderctl only, as the next two */
	REASON_OPEN_INTENTS = 41,
	REASON_DOCTOR_BAD = 42
};

/* A short English sentence for a log line; borrowed, never NULL. */
const char *warder_strerror(int r);

/* The stable word of an exit code ("done", "denied", …); NULL if none. */
const char *reason_word(int reason);

#endif
