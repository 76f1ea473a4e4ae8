/* SPDX-License-Identifier: ISC */
/* The stage for tests of warder-pam's one connection. */
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
#include "base/text.h"
#include "tests/unit/pam_scene.h"
#include "wire/pamkey.h"

/* The fake stack: `messages` at once; success if the answer is "horse". */
static struct pam_conv talk;
static char user[257];
int stack_messages;
int stack_style;
bool stack_sits;

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
	struct pam_message message = { stack_style, "Password: " };
	const struct pam_message *list[64];
	struct pam_response *got = NULL;
	int result;

	(void)pam;
	(void)flags;
	while (stack_sits)
		(void)usleep(10000);
	for (size_t i = 0; i < 64; i++)
		list[i] = &message;
	if (stack_messages == 0)
		return PAM_SUCCESS;
	result = talk.conv(stack_messages, list, &got, talk.appdata_ptr);
	if (result != PAM_SUCCESS)
		return PAM_SUCCESS; /* a stack that does not care */
	result =
	    stack_style == PAM_TEXT_INFO || strcmp(got[0].resp, "horse") == 0
	        ? PAM_SUCCESS
	        : PAM_AUTH_ERR;
	for (int i = 0; i < stack_messages; i++)
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

int
scene_set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	auto_blob struct blob *seed = NULL;
	int pair[2];

	assert_non_null(scene);
	stack_messages = 1;
	stack_style = PAM_PROMPT_ECHO_OFF;
	stack_sits = false;
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

int
scene_tear_down(void **state)
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

/* One service is there; the rest is test_pam_service.c's. */
static int
check_service(const char *service)
{
	return strcmp(service, "warder") == 0 ? WARDER_OK : WARDER_EMISSING;
}

/* From here on the child is warder-pam; our copies of its ends are gone. */
void
scene_begin(struct scene *scene)
{
	struct session_setup setup = { &fake_calls, scene->secret,
		check_service, { 0 } };

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

void
scene_say_hello(struct scene *scene)
{
	assert_int_equal(prompt_send_hello(scene->client, scene->public,
	                     scene->request, &scene->line),
	    0);
}

void
scene_next(struct scene *scene, uint32_t type, struct frame *frame)
{
	assert_int_equal(frame_recv(scene->client, WIRE_PROMPT,
	                     clock_boot_ms() + 2000, frame),
	    0);
	assert_int_equal(frame->type, type);
}

void
scene_see_challenge(struct scene *scene, uint8_t ret_digest[32])
{
	auto_frame struct frame frame = FRAME_NONE;
	uint8_t body[CHALLENGE_BODY_MAX];
	size_t len;

	scene_next(scene, PROMPT_CHALLENGE, &frame);
	assert_int_equal(
	    prompt_open(scene->line, &frame, body, sizeof(body), &len), 0);
	assert_int_equal(len, scene->auth.challenge_len);
	assert_memory_equal(body, scene->auth.challenge, len);
	challenge_digest(ret_digest, body, len);
}

void
scene_answer(struct scene *scene, const char *word)
{
	auto_frame struct frame frame = FRAME_NONE;
	auto_blob struct blob *blob = NULL;
	struct prompt_text text;

	scene_next(scene, PROMPT_ASK, &frame);
	assert_int_equal(prompt_open_text(scene->line, &frame, &text), 0);
	assert_string_equal(text.text, "Password: ");
	assert_int_equal(blob_new(64, &blob), 0);
	assert_int_equal(blob_append(blob, word, strlen(word)), 0);
	assert_int_equal(prompt_send_answer(scene->line, blob), 0);
}

struct proof_verdict
scene_verdict_of(struct scene *scene, bool was_accepted)
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

void
scene_no_verdict_comes(struct scene *scene)
{
	struct proof_verdict verdict;
	uint32_t type;

	assert_int_equal(
	    proof_recv(scene->keeper, clock_boot_ms() + 3000, &type, &verdict),
	    WARDER_EOF);
}

void
scene_take_it(struct scene *scene)
{
	uint8_t digest[32];

	scene_begin(scene);
	scene_say_hello(scene);
	scene_see_challenge(scene, digest);
	assert_int_equal(prompt_send_accept(scene->line, digest), 0);
}
