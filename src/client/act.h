/* SPDX-License-Identifier: ISC */
/*
 * One pass or refuse from ACT to RESULT: the sealed line, the challenge, the
 * prompts of PAM, and the signed answer. It is the part that believes
 * neither the desk nor the screen.
 */
#ifndef WARDER_CLIENT_ACT_H
#define WARDER_CLIENT_ACT_H

#include "client/link.h"
#include "client/shown.h"
#include "ledger/note.h"
#include "wire/challenge.h"

#define READ_BACK_LEN 4
#define READ_BACK_OF 10 /* of the commit as it is shown */

struct act {
	struct client *client;
	struct link *link;
	struct shown_list *gates; /* one gate, as LOOK told it */
	struct person_act message;
	uint8_t request[PROMPT_REQUEST_LEN];
	uint8_t pam_public[PROMPT_KEY_LEN];
	struct note_verifier verifier;
	struct prompt_line *line;
	int64_t started_ms;
	bool is_challenged; /* the challenge was shown */
	bool is_accepted;   /* PAM may run from here on */
	bool is_intended;   /* the service said that it recorded the intent */
	bool is_over;       /* RESULT came, or the desk is gone */
	int leaving;        /* not 0: the exit code, once that is safe */
	int64_t leave_at;   /* boot ms: then leave without an answer */
	const char *said;   /* the last sentence of our own */
	struct person_line note;
	struct person_result result;
};

/*
 * `client`, `link`, `gates`, `message` and the two keys are filled in.
 * Returns the exit code; 0, 8, 9 and 10 only as this host's keeper signed it.
 */
int act_run(struct act *act);

/* act_prompt.c: one frame of the prompt channel. */
void act_on_channel(struct act *act);
const char *act_tampered(void); /* the sentence for it */

/* Ends it with this code as soon as it is known what was sent. */
void act_leave(struct act *act, int exit, const char *sentence);

/* One frame of the desk; sets is_over. */
void act_on_desk(struct act *act);

/*
 * act_check.c. NULL, or what differs from what was shown and asked for: a
 * sentence for the person.
 */
const char *act_compare(
    const struct act *act, const struct challenge *challenge);

/* NULL, or why the note does not prove the result. */
const char *act_check_note(const struct act *act);

/* The read-back; true if the person typed what he was asked for. */
bool act_read_back(struct act *act, const struct challenge *challenge);

#endif
