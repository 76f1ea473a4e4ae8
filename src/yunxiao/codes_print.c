/* SPDX-License-Identifier: ISC */
/*
 * A row of the table as a sentence. The words that fill it are the server's
 * and the policy's: whoever shows the sentence filters it for the screen.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "yunxiao/codes.h"

#define SENTENCE_SIZE 2048
#define WORD_SIZE 512

static const char *
or_mark(const char *word)
{
	return word == NULL || word[0] == '\0' ? "?" : word;
}

static const char *
say_wait(char *ret, enum code_lang lang, const struct code_words *words)
{
	if (words->wait_s == 0)
		return lang == CODE_ZH ? "稍后" : "later";
	snprintf(ret, WORD_SIZE, lang == CODE_ZH ? " %u 秒后" : "in %u s",
	    words->wait_s);
	return ret;
}

#define SCOPES_EN                                                              \
	"It takes the scopes 流水线 and 流水线运行任务, read and write."
#define SCOPES_ZH "令牌须有 流水线 和 流水线运行任务 的读写权限。"

/* Of both families, where the key's is not known. */
static const char *
say_rights(char *ret, enum code_lang lang, const struct code_words *words)
{
	bool is_zh = lang == CODE_ZH;

	if (words->api == API_TOKEN || words->api == API_REGION)
		return is_zh ? SCOPES_ZH : SCOPES_EN;
	snprintf(ret, WORD_SIZE,
	    is_zh ? "需要三样：其 RAM 用户有 AliyunRDCFullAccess；"
	            "该用户是云效企业 %s 的成员；卡点的验证人中有它的账号。%s%s"
	          : "It takes three: its RAM user has AliyunRDCFullAccess; "
	            "that user is a member of organization %s in Yunxiao; the "
	            "gate lists its account among the validators.%s%s",
	    or_mark(words->org),
	    words->api == API_SIGNED ? ""
	    : is_zh                  ? "若是令牌："
	                             : " If it is a token: ",
	    words->api == API_SIGNED ? ""
	    : is_zh                  ? SCOPES_ZH
	                             : SCOPES_EN);
	return ret;
}

static const char *
say_clock(char *ret, enum code_lang lang, const struct code_words *words)
{
	char here[CLOCK_STAMP_SIZE], there[CLOCK_STAMP_SIZE];
	int64_t off_s = (words->here_ms - words->server_ms) / 1000;
	bool is_zh = lang == CODE_ZH, is_behind = off_s < 0;

	if (words->here_ms == 0)
		return is_zh ? "本机与服务端的时间相差超过 15 分钟。"
		             : "The clocks of this host and of the server are "
		               "more than 15 min apart.";
	clock_stamp(here, words->here_ms, 0);
	if (words->server_ms == 0) {
		snprintf(ret, WORD_SIZE,
		    is_zh ? "本机时间 %s；允许相差 15 分钟。"
		          : "This host says %s; 15 min are allowed.",
		    here);
		return ret;
	}
	clock_stamp(there, words->server_ms, 0);
	if (is_behind)
		off_s = -off_s;
	if (is_zh)
		snprintf(ret, WORD_SIZE,
		    "本机时间 %s，服务端时间 %s：本机%s %lld 分 %lld 秒；"
		    "允许相差 15 分钟。",
		    here, there, is_behind ? "慢" : "快",
		    (long long)(off_s / 60), (long long)(off_s % 60));
	else
		snprintf(ret, WORD_SIZE,
		    "This host says %s, the server %s: %lld min %lld s %s; "
		    "15 min are allowed.",
		    here, there, (long long)(off_s / 60),
		    (long long)(off_s % 60), is_behind ? "behind" : "ahead");
	return ret;
}

static const char *
say_sts(enum code_lang lang, const struct code_words *words)
{
	if (words->key_id == NULL || strncmp(words->key_id, "STS.", 4) != 0)
		return "";
	return lang == CODE_ZH ? "，或其令牌已过期"
	                       : ", or its token has run out";
}

/* The word for one name in braces; `room` is WORD_SIZE bytes of work. */
static const char *
find_word(const char *name, size_t len, enum code_lang lang,
    const struct code_words *words, char *room)
{
	const struct {
		const char *name, *word;
	} plain[] = {
		{ "key", or_mark(words->key) },
		{ "org", or_mark(words->org) },
		{ "pipeline", or_mark(words->pipeline) },
		{ "run", or_mark(words->run) },
		{ "host", or_mark(words->host) },
		{ "code", or_mark(words->code) },
		{ "sts", say_sts(lang, words) },
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (strlen(plain[i].name) == len &&
		    memcmp(plain[i].name, name, len) == 0)
			return plain[i].word;
	}
	if (len == 4 && memcmp(name, "wait", len) == 0)
		return say_wait(room, lang, words);
	if (len == 6 && memcmp(name, "rights", len) == 0)
		return say_rights(room, lang, words);
	return say_clock(room, lang, words); /* {clock} */
}

static void
add(char *ret, const char *bytes, size_t len)
{
	size_t have = strlen(ret);

	if (len < SENTENCE_SIZE - have) {
		memcpy(ret + have, bytes, len);
		ret[have + len] = '\0';
	}
}

static void
add_template(char *ret, const char *text, enum code_lang lang,
    const struct code_words *words)
{
	char room[WORD_SIZE];

	while (*text != '\0') {
		size_t len = strcspn(text, "{");

		add(ret, text, len);
		text += len;
		if (*text == '{') {
			const char *word;

			len = strcspn(++text, "}");
			word = find_word(text, len, lang, words, room);
			add(ret, word, strlen(word));
			text += len + 1;
		}
	}
}

void
code_advise(
    char *ret, size_t size, const struct code_row *row, enum code_lang lang)
{
	static const struct code_words names = { .code = "CODE",
		.key = "KEY",
		.org = "ORG",
		.pipeline = "PIPELINE",
		.run = "RUN",
		.host = "HOST",
		.key_id = "STS.",
		.api = API_NONE };
	char sentence[SENTENCE_SIZE] = "";

	add_template(sentence, lang == CODE_ZH ? row->text->zh : row->text->en,
	    lang, &names);
	text_cut(ret, size, sentence, strlen(sentence));
}

void
code_print(char *ret, size_t size, const struct code_row *row,
    enum code_lang lang, const struct code_words *words)
{
	char sentence[SENTENCE_SIZE] = "", end[WORD_SIZE];
	bool is_zh = lang == CODE_ZH;

	add_template(
	    sentence, is_zh ? "云效答复：" : "Yunxiao says: ", lang, words);
	add_template(
	    sentence, is_zh ? row->text->zh : row->text->en, lang, words);
	snprintf(end, sizeof(end),
	    is_zh ? "（%s，HTTP %u，请求号 %s）" : " (%s, HTTP %u, request %s)",
	    or_mark(words->code), (unsigned int)words->http,
	    or_mark(words->request_id));
	add(sentence, end, strlen(end));
	text_cut(ret, size, sentence, strlen(sentence));
}
