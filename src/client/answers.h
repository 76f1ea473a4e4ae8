/* SPDX-License-Identifier: ISC */
/*
 * What a desk says to a question: frames until the one that ends it. Every
 * question has its own idea of what belongs there, and nothing else is taken.
 */
#ifndef WARDER_CLIENT_ANSWERS_H
#define WARDER_CLIENT_ANSWERS_H

#include "client/link.h"

/* What the asker makes of one message. */
enum answer {
	ANSWER_WRONG = 0, /* it does not belong here: the desk is left */
	ANSWER_TAKEN,
	ANSWER_LAST /* taken, and nothing is waited for any more */
};

typedef enum answer answer_take(
    void *asker, const struct layout *layout, const union person_any *message);

/*
 * Waits and hands each message to `take`, until a RESULT comes, which is
 * copied into *ret_result, or `take` says that it was the last one. With
 * `client` progress is shown and not handed on; NULL: progress is a message
 * like any other. REASON_DONE, 1, 18, or 128 + a signal; nothing is said yet.
 */
int answers_take(struct client *client, struct link *link, answer_take *take,
    void *asker, struct person_result *ret_result);

/* Says why the question has no answer; `exit` unless that is a signal's. */
int answers_tell(
    const struct client *client, const struct link *link, int exit);

#endif
