/* SPDX-License-Identifier: ISC */
/*
 * The code came from a server, over services that may have been taken over:
 * it is looked up, never obeyed, and whoever shows the sentence cleans it.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "client/said.h"

const struct code_row *
said_row(const struct person_result *result)
{
	/* The keeper has judged whose body it was; here it is looked up. */
	const struct code_row *row = code_find(result->code, true);
	bool is_busy = strcmp(result->local_code, "throttled") == 0 ||
	               (result->exit == REASON_SERVER_REFUSED && result->retry);

	if (is_busy && row->again != CODE_AGAIN_WAIT)
		return code_find("Throttling", false);
	return row;
}

uint32_t
said_wait_s(const struct about *about)
{
	return about->server == NULL
	           ? 0
	           : (uint32_t)(((uint64_t)about->server->wait_ms + 999) /
	                        1000);
}

static struct code_words
words_of(const struct about *about, const struct person_result *result)
{
	struct code_words words = { .code = result->code,
		.request_id = result->request_id,
		.http = result->http,
		.wait_s = said_wait_s(about) };

	if (about->asked != NULL) {
		words.org = about->asked->org;
		words.pipeline = about->asked->pipeline;
		words.run = about->asked->run;
	}
	if (about->shown != NULL) {
		words.org = shown_org(about->shown);
		words.pipeline = about->shown->gate.pipeline;
		words.run = about->shown->gate.run;
	}
	if (about->server != NULL) {
		words.key = about->server->key;
		words.host = about->server->host;
		words.key_id = about->server->is_sts ? "STS." : NULL;
		words.api = (enum api)about->server->api;
		words.here_ms = (int64_t)about->server->here_ms;
		words.server_ms = (int64_t)about->server->server_ms;
	}
	return words;
}

static const char *
or_dash(const char *text)
{
	return text[0] != '\0' ? text : "-";
}

static const char *
meaning_of(const struct code_row *row, enum code_lang lang,
    const struct person_result *result)
{
	if (result->code[0] == '\0')
		return lang == CODE_ZH ? "无法理解的内容"
		                       : "nothing that can be understood";
	return lang == CODE_ZH ? row->meaning.zh : row->meaning.en;
}

void
said_sentence(char ret[SAID_SIZE], enum code_lang lang,
    const struct about *about, const struct person_result *result)
{
	const struct code_row *row = said_row(result);
	const struct code_words words = words_of(about, result);
	bool is_zh = lang == CODE_ZH;

	if (row->done == CODE_DONE_NO && result->exit != REASON_UNKNOWN)
		code_print(ret, SAID_SIZE, row, lang, &words);
	else if (result->http == 0)
		(void)snprintf(ret, SAID_SIZE, "%s",
		    is_zh ? "服务端没有答复。" : "No answer came.");
	else
		(void)snprintf(ret, SAID_SIZE,
		    is_zh ? "云效答复：%s（%s，HTTP %u，请求号 %s）"
		          : "Yunxiao says: %s (%s, HTTP %u, request %s)",
		    meaning_of(row, lang, result), or_dash(result->code),
		    (unsigned int)result->http, or_dash(result->request_id));
}
