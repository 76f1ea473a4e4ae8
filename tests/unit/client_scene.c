/* SPDX-License-Identifier: ISC */
/* The stage for tests of what a client believes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "client/act.h"
#include "client/wait.h"
#include "tests/unit/client_scene.h"
#include "wire/pamkey.h"

#define HOST "bastion-1"
#define ASK_ID 1
#define ACT_ID 2
#define WAIT_MS 5000

static const struct person_gate gate = { .gate = { 1, 2, 3 },
	.org = "a1b2",
	.alias = "shop",
	.pipeline = "7",
	.pipeline_name = "checkout",
	.run = "8",
	.job = "9",
	.stage = "prod",
	.job_name = "gate",
	.status = "WAITING" };
static const struct person_piece source = { .kind = PIECE_SOURCE,
	.a = "repo",
	.b = "main",
	.c = "3f1a9c0b7d2e4f5a6b8c9d0e1f2a3b4c5d6e7f80" };

static struct blob *
seed_of(uint8_t byte)
{
	struct blob *seed = NULL;

	assert_int_equal(blob_new(32, &seed), 0);
	assert_int_equal(blob_set_len(seed, 32), 0);
	memset(blob_space(seed), byte, 32);
	return seed;
}

static void
copy(char *to, size_t size, const char *from)
{
	(void)snprintf(to, size, "%s", from);
}

#define COPY(to, from) copy(to, sizeof(to), from)

static void
make_challenge(struct challenge *challenge)
{
	challenge->verb = 1;
	memcpy(challenge->gate, gate.gate, sizeof(challenge->gate));
	COPY(challenge->org, gate.org);
	COPY(challenge->alias, gate.alias);
	COPY(challenge->pipeline, gate.pipeline);
	COPY(challenge->pipeline_name, gate.pipeline_name);
	COPY(challenge->run, gate.run);
	COPY(challenge->job, gate.job);
	COPY(challenge->stage, gate.stage);
	COPY(challenge->job_name, gate.job_name);
	challenge->sources_n = 1;
	COPY(challenge->sources[0].commit, source.c);
	COPY(challenge->sources[0].branch, source.b);
	COPY(challenge->reason, "rounding is fixed");
	COPY(challenge->ticket, "CHG-1");
}

int
client_scene_set_up(void **state)
{
	struct client_scene *scene = calloc(1, sizeof(*scene));
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	auto_blob struct blob *seed = seed_of(5);

	assert_non_null(scene);
	COPY(scene->folder, "/tmp/warder-client-XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	(void)snprintf(
	    scene->path, sizeof(scene->path), "%s/sock", scene->folder);
	COPY(address.sun_path, scene->path);
	assert_int_equal(
	    pamkey_of_seed(seed, &scene->pam_secret, scene->pam_public), 0);
	scene->host_seed = seed_of(9);
	scene->desk = scene->end = -1;
	scene->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(scene->listener, (struct sockaddr *)&address, sizeof(address)),
	    0);
	assert_int_equal(listen(scene->listener, 1), 0);
	make_challenge(&scene->challenge);
	*state = scene;
	return 0;
}

int
client_scene_tear_down(void **state)
{
	struct client_scene *scene = *state;

	fd_closep(&scene->desk);
	fd_closep(&scene->end);
	fd_closep(&scene->listener);
	if (scene->child > 0)
		(void)waitpid(scene->child, NULL, 0);
	prompt_line_freep(&scene->line);
	blob_freep(&scene->pam_secret);
	blob_freep(&scene->host_seed);
	(void)unlink(scene->path);
	(void)rmdir(scene->folder);
	free(scene);
	return 0;
}

static int
run_client(const struct client_scene *scene)
{
	auto_blob struct blob *seed = seed_of(9);
	struct client client = { .lang = 1,
		.out = fopen("/dev/null", "w"),
		.options = { .verb = VERB_PASS,
		    .yes = true,
		    .no_prompt = scene->no_prompt } };
	struct person_look look = { .lang = 1, .run = "8" };
	struct shown_list gates = { 0 };
	struct link link = LINK_NONE;
	union person_any message = { .gate = gate };
	struct act act = { .client = &client, .link = &link, .gates = &gates };

	(void)shown_take(&gates, &person_gate_layout, &message);
	message.piece = source;
	(void)shown_take(&gates, &person_piece_layout, &message);
	act.message.verb = PERSON_PASS;
	memcpy(act.message.gate, gate.gate, sizeof(act.message.gate));
	COPY(act.message.reason, "rounding is fixed");
	COPY(act.message.ticket, "CHG-1");
	memcpy(act.pam_public, scene->pam_public, sizeof(act.pam_public));
	if (note_verifier_of_seed(HOST, seed, &act.verifier) != 0 ||
	    link_open(scene->path, &link) != REASON_DONE ||
	    link_ask(&link, &person_look_layout, &look) != REASON_DONE)
		return 99;
	wait_start();
	return act_run(&act);
}

static void
next(int sock, enum wire_protocol protocol, struct frame *frame)
{
	assert_int_equal(
	    frame_recv(sock, protocol, clock_boot_ms() + WAIT_MS, frame), 0);
}

void
client_scene_begin(struct client_scene *scene)
{
	auto_frame struct frame frame = FRAME_NONE;

	scene->child = fork();
	assert_true(scene->child >= 0);
	if (scene->child == 0) {
		/* Its sentences are not what is tested here. */
		(void)!freopen("/dev/null", "w", stderr);
		_exit(run_client(scene));
	}
	scene->desk = accept(scene->listener, NULL, NULL);
	assert_true(scene->desk >= 0);
	next(scene->desk, WIRE_PERSON, &frame);
	assert_int_equal(frame.type, PERSON_LOOK);
	scene->end = fd_steal(&frame.fd);
	assert_int_equal(peer_of_channel(scene->end, &scene->maker), 0);
	assert_int_equal(peer_want_credentials(scene->end), 0);
	next(scene->end, WIRE_PROMPT, &frame);
	assert_int_equal(frame.type, PROMPT_HERE);
	next(scene->desk, WIRE_PERSON, &frame);
	assert_int_equal(frame.type, PERSON_ACT);
	prompt_request(scene->request, 1, frame.body, frame.len);
}

void
client_scene_hear_hello(struct client_scene *scene)
{
	auto_frame struct frame frame = FRAME_NONE;

	next(scene->end, WIRE_PROMPT, &frame);
	assert_int_equal(prompt_take_hello(scene->end, &frame, &scene->maker,
	                     scene->pam_secret, scene->pam_public,
	                     scene->request, &scene->line),
	    0);
}

void
client_scene_challenge(struct client_scene *scene)
{
	uint8_t body[CHALLENGE_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	challenge_put(&out, &scene->challenge);
	assert_int_equal(prompt_send(scene->line, PROMPT_CHALLENGE, &out), 0);
}

bool
client_scene_is_accepted(struct client_scene *scene)
{
	auto_frame struct frame frame = FRAME_NONE;
	uint8_t digest[32];
	int r = frame_recv(
	    scene->end, WIRE_PROMPT, clock_boot_ms() + WAIT_MS, &frame);

	if (r == WARDER_EOF)
		return false;
	assert_int_equal(r, 0);
	assert_int_equal(prompt_open_accept(scene->line, &frame, digest), 0);
	return true;
}

static void
tell(struct client_scene *scene, const struct layout *layout,
    const void *message)
{
	assert_int_equal(layout_send(scene->desk, ACT_ID, layout, message, -1,
	                     clock_boot_ms() + WAIT_MS),
	    0);
}

void
client_scene_note(struct client_scene *scene, uint8_t exit)
{
	struct result_note note = { .exit = exit, .at_ms = clock_real_ms() };
	struct person_line line = { "" };
	char text[RESULT_NOTE_SIZE];

	memcpy(note.request, scene->request, sizeof(note.request));
	memcpy(note.gate, gate.gate, sizeof(note.gate));
	COPY(note.record, "20261125-0001");
	assert_int_equal(
	    result_note_make(&note, HOST, scene->host_seed, text), NOTE_OK);
	COPY(line.text, text);
	tell(scene, &person_note_layout, &line);
}

void
client_scene_end(struct client_scene *scene, uint8_t exit)
{
	struct person_result result = {
		.exit = exit, .origin = ORIGIN_HERE, .record = "20261125-0001"
	};

	tell(scene, &person_result_layout, &result);
}

void
client_scene_recorded(struct client_scene *scene)
{
	struct person_progress progress = { .what = PROGRESS_RECORDED };

	tell(scene, &person_progress_layout, &progress);
}

int
client_scene_exit(struct client_scene *scene)
{
	int status = -1;

	assert_int_equal(waitpid(scene->child, &status, 0), scene->child);
	scene->child = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}
