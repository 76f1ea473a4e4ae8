/* SPDX-License-Identifier: ISC */
/*
 * One connection of the keeper, with this process as keeper and as client
 * and a child as warder-pam. PAM is a table that asks what a test wants.
 */
#include "config.h"

#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "pam/session.h"
#include "wire/pamkey.h"

struct scene {
	int keeper, pam;    /* protocol 2 */
	int client, handed; /* the prompt channel */
	struct blob *secret;
	uint8_t public[PROMPT_KEY_LEN], request[PROMPT_REQUEST_LEN];
	struct proof_auth auth;
	struct prompt_line *line;
	pid_t child;
};

/* The fake stack: `messages` at once; success if the answer is "horse". */
static struct pam_conv talk;
static char user[257];
static int messages = 1;
static int style = PAM_PROMPT_ECHO_OFF;
static bool sits;

static int
fake_start(const char *service, const char *name, const struct pam_conv *conv,
    pam_handle_t **ret_pam)
{
	(void)service;
	talk = *conv;
	(void)snprintf(user, sizeof(user), "%s", name);
	*ret_pam = (pam_handle_t *)&talk;
	return PAM_SUCCESS;
}

static int
fake_set_item(pam_handle_t *pam, int item, const void *value)
{
	(void)pam;
	(void)item;
	(void)value;
	return PAM_SUCCESS;
}

static int
fake_get_item(const pam_handle_t *pam, int item, const void **ret_value)
{
	(void)pam;
	(void)item;
	*ret_value = user;
	return PAM_SUCCESS;
}

static int
fake_authenticate(pam_handle_t *pam, int flags)
{
	struct pam_message message = { style, "Password: " };
	const struct pam_message *list[64];
	struct pam_response *got = NULL;
	int result;

	(void)pam;
	(void)flags;
	while (sits)
		(void)usleep(10000);
	for (size_t i = 0; i < 64; i++)
		list[i] = &message;
	if (messages == 0)
		return PAM_SUCCESS;
	result = talk.conv(messages, list, &got, talk.appdata_ptr);
	if (result != PAM_SUCCESS)
		return PAM_SUCCESS; /* a stack that does not care */
	result = style == PAM_TEXT_INFO || strcmp(got[0].resp, "horse") == 0
	             ? PAM_SUCCESS
	             : PAM_AUTH_ERR;
	for (int i = 0; i < messages; i++)
		free(got[i].resp);
	free(got);
	return result;
}

static int
fake_acct_mgmt(pam_handle_t *pam, int flags)
{
	(void)pam;
	(void)flags;
	return PAM_SUCCESS;
}

static int
fake_end(pam_handle_t *pam, int last)
{
	(void)pam;
	(void)last;
	return PAM_SUCCESS;
}

static const struct auth_calls fake_calls = { fake_start, fake_set_item,
	fake_get_item, fake_authenticate, fake_acct_mgmt, fake_end };

static void
make_auth(struct scene *scene)
{
	struct challenge challenge = { .verb = 1,
		.org = "a1b2",
		.pipeline = "7",
		.run = "8",
		.job = "9",
		.reason = "because of a test" };
	struct proof_auth *auth = &scene->auth;
	struct wbuf out = wbuf_of(auth->challenge, sizeof(auth->challenge));
	const struct passwd *me = getpwuid(getuid());

	assert_non_null(me);
	(void)snprintf(auth->service, sizeof(auth->service), "%s", "warder");
	(void)snprintf(auth->user, sizeof(auth->user), "%s", me->pw_name);
	auth->lang = 1;
	auth->limit_ms = 400;
	memcpy(auth->request, scene->request, sizeof(auth->request));
	challenge_put(&out, &challenge);
	assert_int_equal(wbuf_end(&out), 0);
	auth->challenge_len = out.len;
}

static int
set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	auto_blob struct blob *seed = NULL;
	int pair[2];

	assert_non_null(scene);
	messages = 1;
	style = PAM_PROMPT_ECHO_OFF;
	sits = false;
	assert_int_equal(blob_new(PROMPT_KEY_LEN, &seed), 0);
	assert_int_equal(blob_set_len(seed, PROMPT_KEY_LEN), 0);
	assert_int_equal(
	    pamkey_of_seed(seed, &scene->secret, scene->public), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	scene->keeper = pair[0];
	scene->pam = pair[1];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	scene->client = pair[0];
	scene->handed = pair[1];
	prompt_request(scene->request, 1, "act", 3);
	make_auth(scene);
	*state = scene;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *scene = *state;

	fd_closep(&scene->keeper);
	fd_closep(&scene->client);
	if (scene->child > 0)
		(void)waitpid(scene->child, NULL, 0);
	prompt_line_freep(&scene->line);
	blob_freep(&scene->secret);
	fd_closep(&scene->pam);
	fd_closep(&scene->handed);
	free(scene);
	return 0;
}

/* From here on the child is warder-pam; our copies of its ends are gone. */
static void
begin(struct scene *scene)
{
	struct session_setup setup = { &fake_calls, scene->secret, { 0 } };

	assert_int_equal(proof_auth_send(scene->keeper, &scene->auth,
	                     scene->handed, clock_boot_ms() + 500),
	    0);
	memcpy(setup.public, scene->public, sizeof(setup.public));
	scene->child = fork();
	assert_true(scene->child >= 0);
	if (scene->child == 0) {
		fd_closep(&scene->keeper);
		fd_closep(&scene->client);
		_exit(session_run(scene->pam, &setup) == 0 ? 0 : 9);
	}
	fd_closep(&scene->pam);
	fd_closep(&scene->handed);
}

static void
say_hello(struct scene *scene)
{
	assert_int_equal(prompt_send_hello(scene->client, scene->public,
	                     scene->request, &scene->line),
	    0);
}

static void
next(struct scene *scene, uint32_t type, struct frame *frame)
{
	assert_int_equal(frame_recv(scene->client, WIRE_PROMPT,
	                     clock_boot_ms() + 2000, frame),
	    0);
	assert_int_equal(frame->type, type);
}

static void
see_challenge(struct scene *scene, uint8_t ret_digest[32])
{
	auto_frame struct frame frame = FRAME_NONE;
	uint8_t body[CHALLENGE_BODY_MAX];
	size_t len;

	next(scene, PROMPT_CHALLENGE, &frame);
	assert_int_equal(
	    prompt_open(scene->line, &frame, body, sizeof(body), &len), 0);
	assert_int_equal(len, scene->auth.challenge_len);
	assert_memory_equal(body, scene->auth.challenge, len);
	challenge_digest(ret_digest, body, len);
}

static void
answer(struct scene *scene, const char *word)
{
	auto_frame struct frame frame = FRAME_NONE;
	auto_blob struct blob *blob = NULL;
	struct prompt_text text;

	next(scene, PROMPT_ASK, &frame);
	assert_int_equal(prompt_open_text(scene->line, &frame, &text), 0);
	assert_string_equal(text.text, "Password: ");
	assert_int_equal(blob_new(64, &blob), 0);
	assert_int_equal(blob_append(blob, word, strlen(word)), 0);
	assert_int_equal(prompt_send_answer(scene->line, blob), 0);
}

static struct proof_verdict
verdict_of(struct scene *scene, bool was_accepted)
{
	struct proof_verdict verdict;
	uint32_t type;

	assert_int_equal(
	    proof_recv(scene->keeper, clock_boot_ms() + 3000, &type, &verdict),
	    0);
	if (was_accepted) {
		assert_int_equal(type, PROOF_ACCEPTED);
		assert_int_equal(proof_recv(scene->keeper,
		                     clock_boot_ms() + 3000, &type, &verdict),
		    0);
	}
	assert_int_equal(type, PROOF_VERDICT);
	assert_int_equal(proof_end(scene->keeper), 0);
	return verdict;
}

static void
no_verdict_comes(struct scene *scene)
{
	struct proof_verdict verdict;
	uint32_t type;

	assert_int_equal(
	    proof_recv(scene->keeper, clock_boot_ms() + 3000, &type, &verdict),
	    WARDER_EOF);
}

static void
a_stream_pair_ends_it_unread(void **state)
{
	struct scene *scene = *state;
	int pair[2];

	fd_closep(&scene->client);
	fd_closep(&scene->handed);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	scene->client = pair[0];
	scene->handed = pair[1];
	begin(scene);
	no_verdict_comes(scene);
}

/* The real user's connection to a listener of somebody else. */
static void
a_connection_to_a_listener_ends_it_unread(void **state)
{
	struct scene *scene = *state;
	struct sockaddr address = { .sa_family = AF_UNIX };
	auto_fd int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);

	/* Autobound: an abstract name of the kernel's choice. */
	assert_int_equal(bind(listener, &address, sizeof(sa_family_t)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&bound, &len), 0);
	fd_closep(&scene->client);
	fd_closep(&scene->handed);
	scene->handed = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(
	    connect(scene->handed, (struct sockaddr *)&bound, len), 0);
	begin(scene);
	no_verdict_comes(scene);
}

static void
another_name_than_the_makers_is_refused(void **state)
{
	struct scene *scene = *state;

	(void)snprintf(scene->auth.user, sizeof(scene->auth.user), "%s",
	    "nobody-like-this");
	begin(scene);
	say_hello(scene);
	assert_string_equal(verdict_of(scene, false).word, "start");
}

static void
a_service_name_with_a_slash_is_refused(void **state)
{
	struct scene *scene = *state;

	(void)snprintf(scene->auth.service, sizeof(scene->auth.service), "%s",
	    "../../tmp/evil");
	begin(scene);
	no_verdict_comes(scene);
}

static void
a_changed_request_is_refused_before_the_challenge(void **state)
{
	struct scene *scene = *state;
	struct frame none = FRAME_NONE;

	scene->auth.request[0] ^= 1;
	begin(scene);
	say_hello(scene);
	assert_string_equal(verdict_of(scene, false).word, "request");
	assert_int_equal(frame_recv(scene->client, WIRE_PROMPT,
	                     clock_boot_ms() + 500, &none),
	    WARDER_EOF);
}

static void
without_hello_its_time_runs_out(void **state)
{
	struct scene *scene = *state;

	begin(scene);
	assert_string_equal(verdict_of(scene, false).word, "timeout");
}

static void
a_plain_frame_instead_of_hello_ends_it(void **state)
{
	struct scene *scene = *state;

	begin(scene);
	assert_int_equal(
	    frame_send_now(scene->client, PROMPT_HELLO, 0, NULL, -1), 0);
	assert_string_equal(verdict_of(scene, false).word, "gone");
}

static void
another_digest_is_not_accepted_and_pam_never_runs(void **state)
{
	struct scene *scene = *state;
	struct proof_verdict verdict;
	uint8_t digest[32];

	begin(scene);
	say_hello(scene);
	see_challenge(scene, digest);
	digest[31] ^= 1;
	assert_int_equal(prompt_send_accept(scene->line, digest), 0);
	verdict = verdict_of(scene, false);
	assert_string_equal(verdict.word, "request");
	assert_int_equal(verdict.authenticate, PROOF_NOT_RUN);
}

static void
without_acceptance_pam_never_runs(void **state)
{
	struct scene *scene = *state;
	struct proof_verdict verdict;
	uint8_t digest[32];

	messages = 0; /* a stack that would say yes at once */
	begin(scene);
	say_hello(scene);
	see_challenge(scene, digest);
	verdict = verdict_of(scene, false);
	assert_string_equal(verdict.word, "timeout");
	assert_int_equal(verdict.authenticate, PROOF_NOT_RUN);
}

static void
take_it(struct scene *scene)
{
	uint8_t digest[32];

	begin(scene);
	say_hello(scene);
	see_challenge(scene, digest);
	assert_int_equal(prompt_send_accept(scene->line, digest), 0);
}

static void
a_wrong_answer_is_no_proof(void **state)
{
	struct proof_verdict verdict;

	take_it(*state);
	answer(*state, "donkey");
	verdict = verdict_of(*state, true);
	assert_int_not_equal(verdict.authn, PROOF_YES);
	assert_string_equal(verdict.word, "pam");
}

static void
leaving_at_the_prompt_is_no_proof_whatever_the_stack_says(void **state)
{
	struct scene *scene = *state;
	struct proof_verdict verdict;

	take_it(scene);
	fd_closep(&scene->client);
	verdict = verdict_of(scene, true);
	assert_int_not_equal(verdict.authn, PROOF_YES);
	assert_string_equal(verdict.word, "gone");
}

static void
an_unanswered_prompt_runs_out_of_time(void **state)
{
	take_it(*state);
	assert_string_equal(verdict_of(*state, true).word, "timeout");
}

static void
a_module_that_sits_there_is_ended(void **state)
{
	sits = true;
	take_it(*state);
	assert_string_equal(verdict_of(*state, true).word, "timeout");
}

static void
where_prompts_are_forbidden_none_is_made(void **state)
{
	struct scene *scene = *state;

	scene->auth.flags = PROOF_NO_PROMPT;
	take_it(scene);
	assert_string_equal(verdict_of(scene, true).word, "no_prompt");
}

static void
thirty_three_messages_at_once_are_refused(void **state)
{
	messages = 33;
	style = PAM_TEXT_INFO;
	take_it(*state);
	assert_string_equal(verdict_of(*state, true).word, "pam");
}

static void
a_binary_prompt_is_refused(void **state)
{
	style = 7;
	take_it(*state);
	assert_string_equal(verdict_of(*state, true).word, "pam");
}

static void
an_information_is_shown_at_once(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	struct prompt_text text;

	style = PAM_TEXT_INFO;
	take_it(scene);
	next(scene, PROMPT_TEXT, &frame);
	assert_int_equal(prompt_open_text(scene->line, &frame, &text), 0);
	assert_int_equal(text.style, PROMPT_INFO);
	assert_int_equal(verdict_of(scene, true).authn, PROOF_YES);
}

static void
the_right_answer_proves(void **state)
{
	struct scene *scene = *state;
	struct proof_verdict verdict;
	uint8_t digest[32];

	take_it(scene);
	answer(scene, "horse");
	verdict = verdict_of(scene, true);
	challenge_digest(
	    digest, scene->auth.challenge, scene->auth.challenge_len);
	assert_int_equal(proof_check(&verdict, scene->auth.user, digest), 0);
	assert_int_equal(verdict.answers, 1);
	/* And nothing less than all of it. */
	assert_int_not_equal(proof_check(&verdict, "nobody-else", digest), 0);
	digest[0] ^= 1;
	assert_int_not_equal(
	    proof_check(&verdict, scene->auth.user, digest), 0);
	digest[0] ^= 1;
	verdict.authn = 1;
	assert_int_not_equal(
	    proof_check(&verdict, scene->auth.user, digest), 0);
}

#define SCENE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(a_stream_pair_ends_it_unread),
		SCENE(a_connection_to_a_listener_ends_it_unread),
		SCENE(another_name_than_the_makers_is_refused),
		SCENE(a_service_name_with_a_slash_is_refused),
		SCENE(a_changed_request_is_refused_before_the_challenge),
		SCENE(without_hello_its_time_runs_out),
		SCENE(a_plain_frame_instead_of_hello_ends_it),
		SCENE(another_digest_is_not_accepted_and_pam_never_runs),
		SCENE(without_acceptance_pam_never_runs),
		SCENE(a_wrong_answer_is_no_proof),
		SCENE(
		    leaving_at_the_prompt_is_no_proof_whatever_the_stack_says),
		SCENE(an_unanswered_prompt_runs_out_of_time),
		SCENE(a_module_that_sits_there_is_ended),
		SCENE(where_prompts_are_forbidden_none_is_made),
		SCENE(thirty_three_messages_at_once_are_refused),
		SCENE(a_binary_prompt_is_refused),
		SCENE(an_information_is_shown_at_once),
		SCENE(the_right_answer_proves),
	};

	if (base_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
