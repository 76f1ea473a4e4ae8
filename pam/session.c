/* SPDX-License-Identifier: ISC */
/*
 * The end that the keeper hands over comes from a stranger: who made it says
 * the kernel, and before that is known not a byte of it is read.
 */
#include "config.h"

#include <locale.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/text.h"
#include "pam/session.h"
#include "pam/watchdog.h"
#include "wire/peer.h"

#define FIRST_MS 10000
#define VERDICT_MS 2000

struct session {
	const struct session_setup *setup;
	int sock; /* the keeper; borrowed */
	int end;  /* of the prompt channel; owned */
	struct peer maker;
	struct proof_auth auth;
	struct prompt_line *line;
	struct conv conv;
	struct proof_verdict verdict;
};

/* name is the user's, and back: two entries for one uid are no identity. */
static bool
is_name_of(uid_t uid, const char *name)
{
	const struct passwd *user;

	if ((user = getpwuid(uid)) == NULL || strcmp(user->pw_name, name) != 0)
		return false;
	return (user = getpwnam(name)) != NULL && user->pw_uid == uid;
}

static int
take_auth(struct session *session)
{
	auto_frame struct frame frame = FRAME_NONE;
	int r;

	r = frame_recv(
	    session->sock, WIRE_PROOF, clock_boot_ms() + FIRST_MS, &frame);
	if (r == WARDER_EVERSION)
		frame_send_mercy(session->sock, WIRE_PROOF);
	if (r != 0)
		return r;
	if (frame.id != 1)
		return WARDER_ETYPE;
	if ((r = proof_auth_take(&frame, &session->auth)) != 0)
		return r;
	session->end = fd_steal(&frame.fd);
	if ((r = peer_of_channel(session->end, &session->maker)) != 0)
		return r;
	return peer_want_credentials(session->end);
}

static const char *
hear_hello(struct session *session)
{
	auto_frame struct frame frame = FRAME_NONE;
	const char *word;
	int r;

	if ((word = conv_wait(&session->conv, &frame)) != NULL)
		return word;
	r = prompt_take_hello(session->end, &frame, &session->maker,
	    session->setup->secret, session->setup->public,
	    session->auth.request, &session->line);
	if (r != 0)
		log_warn("HELLO: %s", warder_strerror(r));
	if (r == WARDER_ESTALE)
		return "request";
	return r == 0 ? NULL : "gone";
}

/* Shows the challenge and waits for the yes to this one and no other. */
static const char *
be_accepted(struct session *session)
{
	auto_frame struct frame frame = FRAME_NONE;
	struct proof_auth *auth = &session->auth;
	struct wbuf body = wbuf_of(auth->challenge, sizeof(auth->challenge));
	uint8_t digest[32], accepted[32];
	const char *word;

	body.len = auth->challenge_len;
	if (prompt_send(session->line, PROMPT_CHALLENGE, &body) != 0)
		return "gone";
	session->conv.deadline = clock_boot_ms() + auth->limit_ms;
	if ((word = conv_wait(&session->conv, &frame)) != NULL)
		return word;
	if (prompt_open_accept(session->line, &frame, accepted) != 0)
		return "gone";
	challenge_digest(digest, auth->challenge, auth->challenge_len);
	if (memcmp(accepted, digest, sizeof(digest)) != 0)
		return "request";
	memcpy(session->verdict.digest, digest, sizeof(digest));
	return NULL;
}

/* Everything before PAM. NULL: the person took the challenge. */
static const char *
prepare(struct session *session)
{
	const struct proof_auth *auth = &session->auth;
	const char *word;
	int r;

	session->conv = (struct conv){ .end = session->end,
		.keeper = session->sock,
		.deadline = clock_boot_ms() + auth->limit_ms,
		.no_prompt = (auth->flags & PROOF_NO_PROMPT) != 0 };
	if (session->setup->secret == NULL)
		return "start";
	if ((r = session->setup->check_service(auth->service)) != 0) {
		log_warn("the PAM service %s: %s; it needs a file of root's "
		         "own with an auth and an account line",
		    auth->service, warder_strerror(r));
		return "start";
	}
	if (!is_name_of(session->maker.uid, auth->user)) {
		log_warn("uid %lu is not the user it was said to be",
		    (unsigned long)session->maker.uid);
		return "start";
	}
	if ((word = hear_hello(session)) != NULL ||
	    (word = be_accepted(session)) != NULL)
		return word;
	session->conv.line = session->line;
	return proof_accepted_send(
	           session->sock, clock_boot_ms() + VERDICT_MS) == 0
	           ? NULL
	           : "gone";
}

/* Modules speak the person's language, one of a fixed set, in UTF-8. */
static void
speak(uint8_t lang)
{
	static const char *const locales[] = {
		[1] = "C.UTF-8", [2] = "zh_CN.UTF-8"
	};

	if (setlocale(LC_ALL, locales[lang]) == NULL)
		(void)setlocale(LC_ALL, "C.UTF-8");
}

static int
run(struct session *session)
{
	struct proof_verdict *verdict = &session->verdict;
	const struct proof_auth *auth = &session->auth;
	const char *word;
	int r;

	verdict->authenticate = verdict->acct_mgmt = PROOF_NOT_RUN;
	if ((word = prepare(session)) != NULL) {
		(void)text_cut(
		    verdict->word, sizeof(verdict->word), word, strlen(word));
	} else {
		speak(auth->lang);
		session->conv.deadline = clock_boot_ms() + auth->limit_ms;
		if ((r = watchdog_start(
		         session->sock, auth->limit_ms, verdict)) != 0)
			return r;
		auth_run(session->setup->calls, auth, &session->conv, verdict);
		watchdog_stop();
	}
	return proof_verdict_send(
	    session->sock, verdict, clock_boot_ms() + VERDICT_MS);
}

int
session_run(int sock, const struct session_setup *setup)
{
	struct session *session = calloc(1, sizeof(*session));
	int r;

	if (session == NULL)
		return WARDER_ENOMEM;
	session->setup = setup;
	session->sock = sock;
	session->end = -1;
	if ((r = take_auth(session)) == 0)
		r = run(session);
	prompt_line_freep(&session->line);
	fd_closep(&session->end);
	free(session);
	return r;
}
