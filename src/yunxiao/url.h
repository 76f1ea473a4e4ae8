/* SPDX-License-Identifier: ISC */
/*
 * What a person may type or paste for a gate: a handle, ids or names with
 * slashes, an address of the web pages. Nothing is fetched. An address that
 * is a secret is refused and nothing of it is kept, so that no message, log
 * or ledger can repeat it. Called by the client only. Pure.
 */
#ifndef WARDER_YUNXIAO_URL_H
#define WARDER_YUNXIAO_URL_H

#include <stdbool.h>

#include "base/err.h"
#include "yunxiao/ids.h"

#define GATE_TEXT_MAX 2048 /* bytes of a GATE argument */
#define GATE_NAME_MAX 512  /* bytes of a pipeline name */

enum gate_form {
	GATE_FORM_HANDLE = 1,
	GATE_FORM_PATH, /* ORG/PIPELINE/RUN[/JOB] */
	GATE_FORM_ADDRESS
};

/* Why a text is no gate; gate_form_text() says it to a person. */
enum gate_form_error {
	GATE_FORM_OK = 0,
	GATE_FORM_EMPTY,
	GATE_FORM_SHAPE,      /* neither handle, nor path, nor address */
	GATE_FORM_HANDLE_BAD, /* looks like a handle, has a wrong letter */
	GATE_FORM_ID,         /* an id is not 1 to 2^63-1 */
	GATE_FORM_LONG,
	GATE_FORM_SCHEME,
	GATE_FORM_HOST,       /* not one of the hosts we know */
	GATE_FORM_USER,       /* user part, port, % or backslash */
	GATE_FORM_PATHTAIL,   /* that host, but an unknown page */
	GATE_FORM_QUERY,      /* a name twice, or values that disagree */
	GATE_FORM_REGION,     /* region edition: give the ids */
	GATE_FORM_WEBHOOK,    /* an address that starts pipelines */
	GATE_FORM_CREDENTIAL, /* holds a credential */
	GATE_FORM_NOGATE      /* an organization page: no gate in it */
};

struct gate_text_given {
	enum gate_form form;
	char handle[15]; /* lower case with dashes; GATE_FORM_HANDLE only */
	/*
	 * Organization by id or policy name, pipeline by id or whole name;
	 * the caller tells them apart (digits only: an id). "" = not given.
	 */
	char org[ID_ORG_MAX + 1];
	char pipeline[GATE_NAME_MAX + 1];
	char run[ID_NUMBER_MAX + 1];
	char job[ID_NUMBER_MAX + 1];
	bool is_org_hint; /* org is only a guess to confirm (codeup) */
};

/*
 * On an error *ret_given is zeroed: nothing of a refused text survives. An
 * organization page gives NOGATE, with org filled in for a hint.
 */
WARDER_MUST_CHECK enum gate_form_error gate_text_parse(
    const char *text, struct gate_text_given *ret_given);

/* One English sentence without a byte of the text; never NULL. */
const char *gate_form_text(enum gate_form_error e);

#endif
