/* SPDX-License-Identifier: ISC */
/* Texts of the two vocabularies of failure. Pure; anybody may call it. */
#include "config.h"

#include <stddef.h>

#include "base/err.h"

const char *
warder_strerror(int r)
{
	switch ((enum warder_err)r) {
	case WARDER_OK:
		return "no error";
	case WARDER_ENOMEM:
		return "out of memory, or out of lockable memory";
	case WARDER_ESYS:
		return "system call failed";
	case WARDER_ETRUNC:
		return "input ends too early";
	case WARDER_ETRAIL:
		return "input goes on after its end";
	case WARDER_ETOOBIG:
		return "longer than its limit";
	case WARDER_EFORM:
		return "not of the expected form";
	case WARDER_ETEXT:
		return "not clean UTF-8 text";
	case WARDER_ETYPE:
		return "a message out of turn";
	case WARDER_EVERSION:
		return "the other side speaks another version";
	case WARDER_EFD:
		return "wrong number or kind of descriptors";
	case WARDER_ECRED:
		return "the other side is not who it has to be";
	case WARDER_ETIME:
		return "too late";
	case WARDER_EOF:
		return "the other side closed";
	case WARDER_ESTALE:
		return "no longer valid";
	case WARDER_EBOX:
		return "seal or signature does not hold";
	case WARDER_ERIGHTS:
		return "owner, mode or kind of the file is not right";
	case WARDER_EMISSING:
		return "not there";
	case WARDER_EEXIST:
		return "already there";
	case WARDER_EFULL:
		return "no space, or a limit is reached";
	case WARDER_ELOCKED:
		return "the keys are locked";
	case WARDER_EFENCE:
		return "the kernel does not give a fence that is required";
	case WARDER_EBUG:
		return "internal error";
	}
	return "unknown error";
}

static const char *const words[] = {
	[REASON_DONE] = "done",
	[REASON_BUG] = "bug",
	[REASON_USAGE] = "usage",
	[REASON_CANCELLED] = "cancelled",
	[REASON_UNAUTHENTICATED] = "unauthenticated",
	[REASON_DENIED] = "denied",
	[REASON_SERVER_REFUSED] = "server-refused",
	[REASON_CHANGED] = "changed",
	[REASON_VOTED] = "voted",
	[REASON_ALREADY] = "already",
	[REASON_OTHERWISE] = "otherwise",
	[REASON_NOT_FOUND] = "not-found",
	[REASON_UNCONFIRMED] = "unconfirmed",
	[REASON_UNKNOWN] = "unknown",
	[REASON_NOT_SENT] = "not-sent",
	[REASON_IN_PROGRESS] = "in-progress",
	[REASON_BUSY] = "busy",
	[REASON_INPUT] = "input",
	[REASON_UNREACHABLE] = "unreachable",
	[REASON_LOCKED] = "locked",
	[REASON_NO_KEY] = "no-key",
	[REASON_MISCONFIGURED] = "misconfigured",
	[REASON_NO_RECORD] = "no-record",
	[REASON_UNRECORDED] = "unrecorded",
	[REASON_DETACHED] = "detached",
	[REASON_INCOMPLETE] = "incomplete",
	[REASON_LEDGER_BROKEN] = "ledger-broken",
	[REASON_OPEN_INTENTS] = "open-intents",
	[REASON_DOCTOR_BAD] = "doctor-bad",
};

const char *
reason_word(int reason)
{
	if (reason < 0 || (size_t)reason >= sizeof(words) / sizeof(words[0]))
		return NULL;
	return words[reason];
}
