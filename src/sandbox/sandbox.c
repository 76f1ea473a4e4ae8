/* SPDX-License-Identifier: ISC */
/*
 * Birth, reset and end of a sandbox's state, its clock, and its keys.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sandbox/fault.h"
#include "sandbox/nonce.h"
#include "sandbox/sandbox.h"
#include "sandbox/scenario.h"
#include "sandbox/script.h"

int64_t
sandbox_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
sandbox_shown_ms(const struct sandbox *s)
{
	return sandbox_now_ms() + s->offset_ms;
}

int
sandbox_reset(struct sandbox *s, struct text *ret_why)
{
	cJSON *root = scenario_parse(s->scenario, sandbox_now_ms(), ret_why);

	if (root == NULL)
		return -1;
	if (script_check(root) != NULL) {
		text_clear(ret_why);
		text_add(ret_why, script_check(root));
		cJSON_Delete(root);
		return -1;
	}
	if (crowd_add(root, &s->crowd) != 0) {
		cJSON_Delete(root);
		text_clear(ret_why);
		text_add(ret_why, "--pipelines: the first one has no run");
		return -1;
	}
	world_free(&s->world);
	s->world.root = root;
	s->born_ms = sandbox_now_ms();
	s->script_done = 0;
	s->world.step_ms = s->step_ms;
	nonces_freep(&s->nonces);
	s->nonces = nonces_new();
	faults_clear(&s->faults);
	s->drop_connections = 0;
	s->bad_cert_left = 0;
	s->offset_ms = 0;
	s->posts = 0;
	return 0;
}

void
sandbox_free(struct sandbox *s)
{
	unsigned int i;

	world_free(&s->world);
	nonces_freep(&s->nonces);
	faults_clear(&s->faults);
	for (i = 0; i < s->seq; i++)
		free(s->lines[i]);
	free(s->lines);
	free(s->scenario);
}

bool
sandbox_sleep(struct sandbox *s, int64_t ms)
{
	struct timespec until;
	int64_t due;
	int r = 0;
	bool goes_on;

	clock_gettime(CLOCK_REALTIME, &until);
	due = (int64_t)until.tv_nsec + ms % 1000 * 1000000;
	until.tv_sec += ms / 1000 + due / 1000000000;
	until.tv_nsec = due % 1000000000;
	pthread_mutex_lock(&s->lock);
	while (!s->is_stopping && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&s->stop_changed, &s->lock, &until);
	goes_on = !s->is_stopping;
	pthread_mutex_unlock(&s->lock);
	return goes_on;
}

bool
sandbox_key(const struct sandbox *s, const char *id, struct key *ret)
{
	const cJSON *k;

	cJSON_ArrayForEach(k, get(s->world.root, "keys"))
	{
		if (!text_equal(get_text(k, "id"), id))
			continue;
		ret->id = get_text(k, "id");
		ret->secret = get_text(k, "secret");
		ret->account = get_text(k, "account");
		ret->token = cJSON_GetStringValue(get(k, "token"));
		ret->is_active = !cJSON_IsFalse(get(k, "active"));
		ret->is_registered = !cJSON_IsFalse(get(k, "registered"));
		ret->ends_ms = get_number(k, "endsAt");
		return true;
	}
	return false;
}
