/* SPDX-License-Identifier: ISC */
/*
 * Value classes of gates, times and texts; those of people are in value.c.
 */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/rules.h"
#include "policy/window.h"
#include "policy/zone.h"

int
take_span(struct words *words, uint32_t *ret_s)
{
	static const char units[] = "smhd";
	static const uint32_t seconds[] = { 1, 60, 3600, 86400 };
	const struct token *token;
	char number[8];
	const char *unit;
	size_t len;
	uint64_t n;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	len = strlen(token->text);
	unit = len < 2 ? NULL : strchr(units, token->text[len - 1]);
	if (token->kind != TOKEN_WORD || unit == NULL || len > 7)
		return words_wrong(
		    words, token, "bad_value", "this is not a span of time");
	(void)snprintf(
	    number, sizeof(number), "%.*s", (int)len - 1, token->text);
	if (text_parse_number(number, 999999, &n) != 0 || n == 0 ||
	    n * seconds[unit - units] > UINT64_C(366) * 86400)
		return words_wrong(
		    words, token, "bad_value", "this is not a span of time");
	*ret_s = (uint32_t)(n * seconds[unit - units]);
	return WARDER_OK;
}

/* 1 and more, without leading zero. */
int
take_count(struct words *words, uint32_t most, uint32_t *ret)
{
	const struct token *token;
	uint64_t n;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	if (token->kind != TOKEN_WORD ||
	    text_parse_number(token->text, most, &n) != 0 || n == 0)
		return words_wrong(words, token, "bad_value",
		    "this is not a number that may stand here");
	*ret = (uint32_t)n;
	return WARDER_OK;
}

int
take_pattern(struct words *words, struct condition *condition)
{
	const struct token *token = words_peek(words);
	size_t at;
	int r;

	if (token != NULL && token->kind != TOKEN_STRING)
		return words_wrong(words, token, "syntax",
		    "a pattern is a string in quotation marks");
	if ((r = words_take(words, &token)) != 0)
		return r;
	at = name_hash(token->text) % PATTERN_CACHE;
	if (words->patterns[at].text != NULL &&
	    strcmp(words->patterns[at].text, token->text) == 0) {
		condition->text = words->patterns[at].text;
		condition->pattern = words->patterns[at].pattern;
		return WARDER_OK;
	}
	r = pattern_compile(
	    token->text, words->policy->arena, &condition->pattern);
	if (r == WARDER_ENOMEM)
		return r;
	if (r != 0)
		return words_wrong(words, token, "bad_pattern",
		    "this is not a pattern of this language");
	if ((condition->text = words_keep(words, token->text)) == NULL)
		return WARDER_ENOMEM;
	words->patterns[at].text = condition->text;
	words->patterns[at].pattern = condition->pattern;
	return WARDER_OK;
}

/*
 * Cuts `text` at each `/` into four parts, none empty and none with `**`.
 * One pass, for a large policy is mostly selectors.
 */
static bool
cut_parts(char *text, char *ret_parts[4])
{
	size_t n = 1;

	ret_parts[0] = text;
	for (; *text != '\0'; text++) {
		if (text[0] == '*' && text[1] == '*')
			return false;
		if (*text != '/')
			continue;
		if (n == 4 || text == ret_parts[n - 1])
			return false;
		*text = '\0';
		ret_parts[n++] = text + 1;
	}
	return n == 4 && ret_parts[3][0] != '\0';
}

/* `id:` and a number from 1, of up to 20 digits, in the pipeline part only. */
static bool
is_part(const char *part, bool is_pipeline, const char **ret_id)
{
	if (part[0] != 'i' || strncmp(part, "id:", 3) != 0)
		return true;
	if (!is_pipeline || !value_is_digits(part + 3) || part[3] == '0')
		return false;
	*ret_id = part + 3;
	return true;
}

/* A part often is what it was in the selector before; then it is shared. */
static const char *
keep_part(struct words *words, size_t n, const char *part)
{
	const char **last = &words->last_parts[n];

	if (*last == NULL || !text_is(part, *last))
		*last = words_keep(words, part);
	return *last;
}

static int
keep_parts(struct words *words, char *const parts[4], struct selector *selector)
{
	selector->org = keep_part(words, 0, parts[0]);
	selector->pipeline = keep_part(words, 1, parts[1]);
	selector->stage = keep_part(words, 2, parts[2]);
	selector->job = keep_part(words, 3, parts[3]);
	return selector->org == NULL || selector->pipeline == NULL ||
	               selector->stage == NULL || selector->job == NULL
	           ? WARDER_ENOMEM
	           : WARDER_OK;
}

int
take_selector(struct words *words, struct selector *ret)
{
	const struct token *token;
	char copy[LEX_WORD_MAX + 1], *parts[4];
	const char *id = NULL;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	ret->file = words->file;
	ret->line = token->line;
	ret->col = token->col;
	memcpy(copy, token->text, strlen(token->text) + 1);
	if (!cut_parts(copy, parts) || !is_part(parts[0], false, &id) ||
	    !is_part(parts[1], true, &id) || !is_part(parts[2], false, &id) ||
	    !is_part(parts[3], false, &id))
		return words_wrong(words, token, "bad_value",
		    "a gate is written org/pipeline/stage/job");
	if ((r = keep_parts(words, parts, ret)) != 0)
		return r;
	if (id != NULL)
		ret->id = ret->pipeline + (id - parts[1]);
	return WARDER_OK;
}

int
take_target(struct words *words, struct target *ret)
{
	const struct token *token = words_peek(words);

	memset(ret, 0, sizeof(*ret));
	if (token == NULL || token->text == NULL ||
	    strchr(token->text, '/') != NULL)
		return take_selector(words, &ret->selector);
	ret->label_at = SIZE_MAX;
	ret->selector.file = words->file;
	ret->selector.line = token->line;
	ret->selector.col = token->col;
	return take_label(words, &ret->label);
}

/* A relative path in which no part leads elsewhere. */
static bool
is_path(const char *text, bool may_glob)
{
	const char *part = text, *star = strchr(text, '*');
	const char *last = strrchr(text, '/');
	size_t n;

	if (star != NULL && (!may_glob || (last != NULL && star < last)))
		return false;
	for (;;) {
		n = strcspn(part, "/");
		if (n == 0 || (n == 1 && part[0] == '.') ||
		    (n == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		if (part[n] == '\0')
			return strlen(text) < 256;
		part += n + 1;
	}
}

int
take_path(struct words *words, bool may_glob, const struct token **ret_token)
{
	int r;

	if ((r = words_take(words, ret_token)) != 0)
		return r;
	if (!is_path((*ret_token)->text, may_glob))
		return words_wrong(words, *ret_token, "bad_value",
		    "a path is relative to the policy's folder, without . "
		    "and ..");
	return WARDER_OK;
}

static bool
has_host_bits(const struct net *net, size_t len)
{
	for (size_t bit = net->bits; bit < 8 * len; bit++)
		if ((net->address[bit / 8] & 0x80u >> bit % 8) != 0)
			return true;
	return false;
}

static bool
is_net(const char *text, struct net *net)
{
	char address[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t n = slash == NULL ? strlen(text) : (size_t)(slash - text);
	uint64_t bits;
	size_t len;

	if (n >= sizeof(address))
		return false;
	memcpy(address, text, n);
	address[n] = '\0';
	net->is_v6 = strchr(address, ':') != NULL;
	len = net->is_v6 ? 16 : 4;
	if (inet_pton(net->is_v6 ? AF_INET6 : AF_INET, address, net->address) !=
	    1)
		return false;
	bits = 8 * len;
	if (slash != NULL && text_parse_number(slash + 1, bits, &bits) != 0)
		return false;
	net->bits = (uint8_t)bits;
	return !has_host_bits(net, len);
}

int
take_net(struct words *words, struct net *ret)
{
	const struct token *token;
	int r;

	memset(ret, 0, sizeof(*ret));
	if ((r = words_take(words, &token)) != 0)
		return r;
	if (token->kind == TOKEN_WORD && strcmp(token->text, "local") == 0) {
		ret->is_local = true;
		return WARDER_OK;
	}
	if (token->kind != TOKEN_WORD || !is_net(token->text, ret))
		return words_wrong(words, token, "bad_value",
		    "this is neither local nor an address or network");
	return WARDER_OK;
}
