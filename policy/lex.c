/* SPDX-License-Identifier: ISC */
/*
 * The lexer. Its input was written by people and may hold what cannot be
 * seen: characters that hide or turn text round are refused anywhere, also
 * in comments, so that what an editor shows is what decides.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/lex.h"

struct lexer {
	const char *at;
	size_t left;
	uint32_t line; /* of the next line */
	struct arena *arena;
	struct arena *scratch; /* texts of the tokens */
	struct token *tokens;
	size_t n, cap;
	const char *begin, *end; /* of the statement as written */
	uint32_t end_line, end_col;
};

int
diag_set(struct policy_diag *diag, uint32_t line, uint32_t col,
    const char *local_code, const char *format, ...)
{
	va_list args;

	memset(diag, 0, sizeof(*diag));
	(void)snprintf(diag->file, sizeof(diag->file), "policy");
	diag->line = line;
	diag->col = col;
	(void)snprintf(
	    diag->local_code, sizeof(diag->local_code), "%s", local_code);
	(void)snprintf(diag->code, sizeof(diag->code), "%s",
	    strcmp(local_code, "bad_role") == 0
	        ? "InvalidResourceRole.NotFound"
	        : "InvalidParam.ParamNotPresent");
	va_start(args, format);
	(void)vsnprintf(diag->text, sizeof(diag->text), format, args);
	va_end(args);
	return WARDER_EFORM;
}

struct lexer *
lexer_new(const char *bytes, size_t len, struct arena *arena)
{
	struct lexer *lexer = calloc(1, sizeof(*lexer));

	if (lexer == NULL || (lexer->scratch = arena_new()) == NULL) {
		lexer_freep(&lexer);
		return NULL;
	}
	lexer->at = bytes;
	lexer->left = len;
	lexer->line = 1;
	lexer->arena = arena;
	return lexer;
}

void
lexer_freep(struct lexer **lexer)
{
	if (*lexer == NULL)
		return;
	free((*lexer)->tokens);
	arena_freep(&(*lexer)->scratch);
	free(*lexer);
	*lexer = NULL;
}

static bool
is_refused(uint32_t c)
{
	if (c == '\t')
		return false;
	/* Variation selectors stand in names of jobs, behind a symbol. */
	return char_is_hostile(c) && !(c >= 0xfe00 && c <= 0xfe0f) &&
	       !(c >= 0xe0080 && c <= 0xe0fff);
}

/* What needs no closer look: nearly all there is. */
static bool
is_plain(uint8_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t';
}

static int
check_characters(const struct lexer *lexer, const char *bytes, size_t len,
    struct policy_diag *diag)
{
	const uint8_t *at = (const uint8_t *)bytes;
	uint32_t c, col = 1;
	size_t n;

	for (; len > 0; col++, at += n, len -= n) {
		n = 1;
		if (is_plain(*at))
			continue;
		n = utf8_next(at, len, &c);
		if (n == 0)
			return diag_set(diag, lexer->line, col, "encoding",
			    "this is not UTF-8");
		if (is_refused(c))
			return diag_set(diag, lexer->line, col, "encoding",
			    "the character U+%04X may not stand here", c);
	}
	return WARDER_OK;
}

/* Where in a line the cutting is; the column counts characters. */
struct cursor {
	const char *at, *end;
	uint32_t col;
	char *out; /* room for the texts of all that the line holds */
};

static int
add_token(struct lexer *lexer, enum token_kind kind, const char *text,
    size_t len, uint32_t col, struct policy_diag *diag)
{
	struct token *more;

	if (len > LEX_WORD_MAX)
		return diag_set(diag, lexer->line, col, "limit",
		    "a word of more than %d bytes", LEX_WORD_MAX);
	if (lexer->n >= LEX_TOKENS_MAX)
		return diag_set(diag, lexer->line, col, "limit",
		    "a statement of more than %d words", LEX_TOKENS_MAX);
	if (lexer->n == lexer->cap) {
		lexer->cap = lexer->cap == 0 ? 32 : 2 * lexer->cap;
		more = reallocarray(
		    lexer->tokens, lexer->cap, sizeof(*lexer->tokens));
		if (more == NULL)
			return WARDER_ENOMEM;
		lexer->tokens = more;
	}
	lexer->tokens[lexer->n++] =
	    (struct token){ kind, text, lexer->line, (uint16_t)col };
	return WARDER_OK;
}

/* The text that was put out since `text` began. */
static int
add_text(struct lexer *lexer, enum token_kind kind, const char *text,
    struct cursor *cursor, uint32_t col, struct policy_diag *diag)
{
	size_t len = (size_t)(cursor->out - text);

	*cursor->out++ = '\0';
	return add_token(lexer, kind, text, len, col, diag);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_word_end(char c)
{
	return is_blank(c) || c == '#' || c == '{' || c == '}' || c == ',';
}

/* Puts out one byte; those that go on with a character count for nothing. */
static void
put(struct cursor *cursor)
{
	cursor->col += ((unsigned char)*cursor->at & 0xc0) != 0x80;
	*cursor->out++ = *cursor->at++;
}

static void
skip(struct cursor *cursor)
{
	cursor->at++;
	cursor->col++;
}

/* `cursor` stands on the opening quote. */
static int
cut_string(struct lexer *lexer, struct cursor *cursor, struct policy_diag *diag)
{
	const char *text = cursor->out;
	uint32_t opening = cursor->col;

	for (skip(cursor); cursor->at < cursor->end && *cursor->at != '"';
	     put(cursor)) {
		if (*cursor->at != '\\')
			continue;
		skip(cursor);
		if (cursor->at == cursor->end)
			break;
		if (*cursor->at != '"' && *cursor->at != '\\')
			return diag_set(diag, lexer->line, cursor->col - 1,
			    "syntax", "after \\ only \" or \\ may stand");
	}
	if (cursor->at >= cursor->end)
		return diag_set(diag, lexer->line, opening, "syntax",
		    "this string has no end");
	skip(cursor);
	if (cursor->out == text)
		return diag_set(diag, lexer->line, opening, "syntax",
		    "a string may not be empty");
	if (cursor->at < cursor->end && !is_word_end(*cursor->at))
		return diag_set(diag, lexer->line, cursor->col, "syntax",
		    "nothing may be glued to the end of a string");
	return add_text(lexer, TOKEN_STRING, text, cursor, opening, diag);
}

static int
cut_word(struct lexer *lexer, struct cursor *cursor, struct policy_diag *diag)
{
	const char *text = cursor->out;
	uint32_t col = cursor->col;

	for (; cursor->at < cursor->end && !is_word_end(*cursor->at);
	     put(cursor))
		if (*cursor->at == '"')
			return diag_set(diag, lexer->line, cursor->col,
			    "syntax", "a quotation mark inside a word");
	return add_text(lexer, TOKEN_WORD, text, cursor, col, diag);
}

static int
cut_mark(struct lexer *lexer, struct cursor *cursor, enum token_kind kind,
    const char *text, struct policy_diag *diag)
{
	skip(cursor);
	return add_token(lexer, kind, text, 1, cursor->col - 1, diag);
}

static int
cut_line(struct lexer *lexer, struct cursor cursor, struct policy_diag *diag)
{
	int r = WARDER_OK;

	while (cursor.at < cursor.end && r == 0) {
		switch (*cursor.at) {
		case ' ':
		case '\t':
			skip(&cursor);
			continue;
		case '#':
			return WARDER_OK;
		case '"':
			r = cut_string(lexer, &cursor, diag);
			break;
		case '{':
			r = cut_mark(lexer, &cursor, TOKEN_OPEN, "{", diag);
			break;
		case '}':
			r = cut_mark(lexer, &cursor, TOKEN_CLOSE, "}", diag);
			break;
		case ',':
			r = cut_mark(lexer, &cursor, TOKEN_COMMA, ",", diag);
			break;
		default:
			r = cut_word(lexer, &cursor, diag);
		}
		lexer->end_line = lexer->line;
		lexer->end_col = cursor.col;
	}
	return r;
}

/* One line of the file; *ret_more says that the next one is joined to it. */
static int
take_line(struct lexer *lexer, bool *ret_more, struct policy_diag *diag)
{
	const char *bytes = lexer->at, *end;
	struct cursor cursor = { .at = bytes, .col = 1 };
	size_t len, whole;
	int r;

	end = memchr(bytes, '\n', lexer->left);
	len = end == NULL ? lexer->left : (size_t)(end - bytes);
	whole = len + (end != NULL);
	if (len > LEX_LINE_MAX)
		return diag_set(diag, lexer->line, 1, "limit",
		    "a line of more than %d bytes", LEX_LINE_MAX);
	if ((r = check_characters(lexer, bytes, len, diag)) != 0)
		return r;
	*ret_more = len > 0 && bytes[len - 1] == '\\' && end != NULL;
	lexer->end = bytes + len;
	cursor.end = lexer->end - (*ret_more ? 1 : 0);
	/* Behind each text, but the last, at least one byte was no text. */
	cursor.out = arena_room(lexer->scratch, len + 1);
	if (cursor.out == NULL)
		return WARDER_ENOMEM;
	if ((r = cut_line(lexer, cursor, diag)) != 0)
		return r;
	lexer->at += whole;
	lexer->left -= whole;
	lexer->line++;
	return WARDER_OK;
}

static void
fill(struct lexer *lexer, struct lexed *ret)
{
	const char *from = lexer->begin, *to = lexer->end;

	while (from < to && is_blank(*from))
		from++;
	while (from < to && is_blank(to[-1]))
		to--;
	ret->tokens = lexer->tokens;
	ret->n = lexer->n;
	ret->line = lexer->tokens[0].line;
	ret->col = lexer->tokens[0].col;
	ret->end_line = lexer->end_line;
	ret->end_col = lexer->end_col;
	ret->text = arena_text(lexer->arena, from, (size_t)(to - from));
}

int
lexer_next(struct lexer *lexer, struct lexed *ret, struct policy_diag *diag)
{
	bool more = false;
	int r;

	do {
		if (lexer->left == 0)
			return WARDER_EOF;
		lexer->n = 0;
		lexer->begin = lexer->at;
		arena_reset(lexer->scratch);
		do {
			if ((r = take_line(lexer, &more, diag)) != 0)
				return r;
		} while (more && lexer->left > 0);
	} while (lexer->n == 0);
	fill(lexer, ret);
	return ret->text == NULL ? WARDER_ENOMEM : WARDER_OK;
}
