/* SPDX-License-Identifier: ISC */
/*
 * Prints the hash and handle of one described gate, and the digest of the
 * challenge for it, so that they can be held against known answers.
 *
 *   in   {gate {org_id, pipeline_id, run_id, job_id, start_ms, stage, job,
 *        validators, trigger, trigger_account, sources, parameters},
 *        challenge {nonce, verb, org_alias, pipeline, reason, ticket, glass,
 *        ref}}
 *   out  {gate_sha256, handle, challenge_digest}
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/blob.h"
#include "base/text.h"
#include "tests/bin/input.h"
#include "wire/challenge.h"
#include "yunxiao/gate.h"

static void
must(int r, const char *what)
{
	if (r == WARDER_EFULL)
		input_die("gate_limit");
	if (r != 0)
		input_die(what);
}

static struct gate_text
text_of(const cJSON *object, const char *name)
{
	return (struct gate_text){ input_text(object, name), NULL };
}

/* Milliseconds, as digits in a text or as a small number; else 0. */
static uint64_t
read_start(const cJSON *gate)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(gate, "start_ms");
	uint64_t ms = 0;

	if (cJSON_IsNumber(item) && item->valuedouble > 0 &&
	    item->valuedouble < 9e15)
		return (uint64_t)item->valuedouble;
	if (text_parse_number(input_text(gate, "start_ms"), UINT64_MAX, &ms) !=
	    0)
		return 0;
	return ms;
}

static void
read_sources(const cJSON *list, struct gate_facts *facts)
{
	struct gate_source *sources =
	    calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*sources));
	const cJSON *item;

	if (sources == NULL)
		input_die("no memory");
	cJSON_ArrayForEach(item, list)
	{
		sources[facts->sources_n++] =
		    (struct gate_source){ text_of(item, "repo"),
			    text_of(item, "branch"), text_of(item, "commit") };
	}
	facts->sources = sources;
}

static void
read_parameters(const cJSON *list, struct gate_facts *facts)
{
	struct gate_parameter *parameters =
	    calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*parameters));
	const cJSON *item;

	if (parameters == NULL)
		input_die("no memory");
	cJSON_ArrayForEach(item, list)
	{
		const cJSON *hidden =
		    cJSON_GetObjectItemCaseSensitive(item, "hidden");

		parameters[facts->parameters_n++] =
		    (struct gate_parameter){ text_of(item, "name"),
			    cJSON_IsTrue(hidden), text_of(item, "value") };
	}
	facts->parameters = parameters;
}

static void
read_validators(const cJSON *list, struct gate_facts *facts)
{
	struct gate_text *validators =
	    calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*validators));
	const cJSON *item;

	if (validators == NULL)
		input_die("no memory");
	cJSON_ArrayForEach(item, list)
	{
		if (cJSON_IsString(item))
			validators[facts->validators_n++].text =
			    item->valuestring;
	}
	facts->validators = validators;
}

static void
read_gate(const cJSON *gate, struct gate_facts *facts)
{
	const cJSON *trigger =
	    cJSON_GetObjectItemCaseSensitive(gate, "trigger");
	struct gate_ids *ids = &facts->ids;

	must(text_copy(ids->org, sizeof(ids->org), input_text(gate, "org_id")),
	    "org_id");
	must(text_copy(ids->pipeline, sizeof(ids->pipeline),
	         input_text(gate, "pipeline_id")),
	    "pipeline_id");
	must(text_copy(ids->run, sizeof(ids->run), input_text(gate, "run_id")),
	    "run_id");
	must(text_copy(ids->job, sizeof(ids->job), input_text(gate, "job_id")),
	    "job_id");
	facts->start_ms = read_start(gate);
	facts->stage = text_of(gate, "stage");
	facts->job = text_of(gate, "job");
	if (cJSON_IsNumber(trigger) && trigger->valueint >= 0 &&
	    trigger->valueint <= UINT8_MAX)
		facts->trigger = (uint8_t)trigger->valueint;
	facts->starter = text_of(gate, "trigger_account");
	read_sources(input_member(gate, "sources"), facts);
	read_parameters(input_member(gate, "parameters"), facts);
	read_validators(input_member(gate, "validators"), facts);
}

static void
cut(char *ret, size_t size, const char *text)
{
	text_cut(ret, size, text, strlen(text));
}

static void
read_challenge(const cJSON *input, const struct gate_facts *facts,
    struct challenge *challenge)
{
	const cJSON *verb = cJSON_GetObjectItemCaseSensitive(input, "verb");

	must(hex_parse(input_text(input, "nonce"), challenge->nonce,
	         sizeof(challenge->nonce)),
	    "nonce");
	if (cJSON_IsNumber(verb) &&
	    (verb->valueint == 1 || verb->valueint == 2))
		challenge->verb = (uint8_t)verb->valueint;
	memcpy(challenge->org, facts->ids.org, sizeof(challenge->org));
	memcpy(challenge->pipeline, facts->ids.pipeline,
	    sizeof(challenge->pipeline));
	memcpy(challenge->run, facts->ids.run, sizeof(challenge->run));
	memcpy(challenge->job, facts->ids.job, sizeof(challenge->job));
	must(text_copy(challenge->alias, sizeof(challenge->alias),
	         input_text(input, "org_alias")),
	    "org_alias");
	cut(challenge->pipeline_name, sizeof(challenge->pipeline_name),
	    input_text(input, "pipeline"));
	cut(challenge->stage, sizeof(challenge->stage), facts->stage.text);
	cut(challenge->job_name, sizeof(challenge->job_name), facts->job.text);
	must(text_copy(challenge->reason, sizeof(challenge->reason),
	         input_text(input, "reason")),
	    "reason");
	must(text_copy(challenge->ticket, sizeof(challenge->ticket),
	         input_text(input, "ticket")),
	    "ticket");
	must(text_copy(challenge->glass, sizeof(challenge->glass),
	         input_text(input, "glass")),
	    "glass");
	must(text_copy(challenge->ref, sizeof(challenge->ref),
	         input_text(input, "ref")),
	    "ref");
	for (size_t i = 0; i < facts->sources_n; i++) {
		char commit[65];

		gate_commit(commit, facts->sources[i].commit);
		must(challenge_add_source(
		         challenge, commit, facts->sources[i].branch.text),
		    "sources");
	}
}

int
main(void)
{
	static struct challenge challenge;
	struct gate_facts facts = { .start_ms = 0 };
	uint8_t body[CHALLENGE_BODY_MAX], digest[32];
	struct wbuf out = wbuf_of(body, sizeof(body));
	char hash_hex[65], digest_hex[65], handle[GATE_HANDLE_SIZE];
	cJSON *input;

	if (base_init() != 0)
		input_die("libsodium does not start");
	input = input_read();
	read_gate(input_member(input, "gate"), &facts);
	must(gate_hash(&facts, challenge.gate), "gate");
	read_challenge(input_member(input, "challenge"), &facts, &challenge);
	challenge_put(&out, &challenge);
	must(wbuf_end(&out), "challenge");
	challenge_digest(digest, body, out.len);
	gate_handle_print(handle, challenge.gate);
	hex_print(hash_hex, challenge.gate, sizeof(challenge.gate));
	hex_print(digest_hex, digest, sizeof(digest));
	printf("{\"gate_sha256\":\"%s\",\"handle\":\"%s\","
	       "\"challenge_digest\":\"%s\"}\n",
	    hash_hex, handle, digest_hex);
	free((void *)facts.sources);
	free((void *)facts.parameters);
	free((void *)facts.validators);
	cJSON_Delete(input);
	return fflush(stdout) == 0 ? 0 : 1;
}
