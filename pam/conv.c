/* SPDX-License-Identifier: ISC */
/*
 * The one place where a secret leaves locked memory: PAM wants answers from
 * malloc and frees them itself. What is not handed over is wiped here.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "pam/conv.h"

const char *
conv_wait(const struct conv *conv, struct frame *ret_frame)
{
	struct pollfd polled[2] = { { .fd = conv->end, .events = POLLIN },
		{ .fd = conv->keeper, .events = POLLIN } };
	int n, r;

	do {
		n = poll(polled, 2, clock_left_ms(conv->deadline));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return "start";
	if (n == 0)
		return "timeout";
	/* The keeper has nothing more to say: any sign of it is its end. */
	if (polled[1].revents != 0)
		return "gone";
	r = frame_recv(conv->end, WIRE_PROMPT, conv->deadline, ret_frame);
	if (r == WARDER_ETIME)
		return "timeout";
	return r == 0 ? NULL : "gone";
}

static const char *
show(struct conv *conv, enum prompt_style style, const char *words)
{
	struct prompt_text text = { .style = (uint8_t)style };

	if (words == NULL)
		words = "";
	(void)text_cut(text.text, sizeof(text.text), words, strlen(words));
	return prompt_send_text(conv->line, &text) == 0 ? NULL : "gone";
}

/* The answer as PAM wants it: malloc, NUL terminated. */
static char *
hand_over(const struct blob *answer)
{
	char *word = calloc(1, blob_len(answer) + 1);

	if (word != NULL)
		memcpy(word, blob_data(answer), blob_len(answer));
	return word;
}

static const char *
ask(struct conv *conv, enum prompt_style style, const char *words,
    struct pam_response *ret_response)
{
	auto_frame struct frame frame = FRAME_NONE;
	auto_blob struct blob *answer = NULL;
	const char *failure;

	if (conv->no_prompt)
		return "no_prompt";
	if ((failure = show(conv, style, words)) != NULL ||
	    (failure = conv_wait(conv, &frame)) != NULL)
		return failure;
	if (prompt_open_answer(conv->line, &frame, &answer) != 0)
		return "gone";
	if ((ret_response->resp = hand_over(answer)) == NULL)
		return "start";
	conv->answers++;
	return NULL;
}

static const char *
talk_one(struct conv *conv, const struct pam_message *message,
    struct pam_response *ret_response)
{
	switch (message->msg_style) {
	case PAM_PROMPT_ECHO_OFF:
		return ask(conv, PROMPT_NO_ECHO, message->msg, ret_response);
	case PAM_PROMPT_ECHO_ON:
		return ask(conv, PROMPT_ECHO, message->msg, ret_response);
	case PAM_ERROR_MSG:
		return show(conv, PROMPT_ERROR, message->msg);
	case PAM_TEXT_INFO:
		return show(conv, PROMPT_INFO, message->msg);
	}
	/* Binary prompts and what else exists: nobody here can answer. */
	return "pam";
}

static void
wipe(struct pam_response *responses, int n)
{
	for (int i = 0; i < n; i++) {
		if (responses[i].resp == NULL)
			continue;
		sodium_memzero(responses[i].resp, strlen(responses[i].resp));
		free(responses[i].resp);
	}
	free(responses);
}

int
conv_talk(int n, const struct pam_message **messages,
    struct pam_response **ret_responses, void *arg)
{
	struct conv *conv = arg;
	struct pam_response *responses;

	if (conv->failure != NULL)
		return PAM_CONV_ERR;
	if (n < 1 || n > CONV_MESSAGES_MAX) {
		conv->failure = "pam";
		return PAM_CONV_ERR;
	}
	responses = calloc((size_t)n, sizeof(*responses));
	if (responses == NULL)
		conv->failure = "start";
	for (int i = 0; i < n && conv->failure == NULL; i++)
		conv->failure = talk_one(conv, messages[i], &responses[i]);
	if (conv->failure != NULL) {
		if (responses != NULL)
			wipe(responses, n);
		return PAM_CONV_ERR;
	}
	*ret_responses = responses;
	return PAM_SUCCESS;
}
