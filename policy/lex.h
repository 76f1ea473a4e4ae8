/* SPDX-License-Identifier: ISC */
/*
 * Lines of a policy file as tokens. A line is measured, then its characters
 * are checked, then it is cut into words; a line that ends in a backslash
 * goes on in the next one. Private to policy/. Pure.
 */
#ifndef WARDER_POLICY_LEX_H
#define WARDER_POLICY_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "policy/policy.h"

#define LEX_LINE_MAX 4096    /* bytes, without the LF */
#define LEX_WORD_MAX 1024    /* bytes of a word or string */
#define LEX_TOKENS_MAX 65536 /* of one statement */

enum token_kind {
	TOKEN_WORD = 1,
	TOKEN_STRING,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA
};

struct token {
	enum token_kind kind;
	const char *text; /* NUL terminated, until the next statement */
	uint32_t line;
	uint16_t col; /* a line is not longer */
};

/* One statement's line, with those it was joined to. */
struct lexed {
	struct token *tokens;
	size_t n;
	uint32_t line; /* of the first token */
	uint16_t col;
	uint32_t end_line, end_col; /* the column behind the last token */
	const char *text; /* as written, blanks at both ends removed */
};

struct arena; /* memory that lives as long as the policy */
struct arena *arena_new(void);
void arena_freep(struct arena **arena);
/* How long the text is that it is for: for a long one it takes large pages. */
void arena_expect(struct arena *arena, size_t len);
void *arena_get(struct arena *arena, size_t size);  /* zeroed; NULL: none */
void *arena_room(struct arena *arena, size_t size); /* not zeroed */
/* Takes all back; what was got from it may no longer be used. */
void arena_reset(struct arena *arena);
char *arena_text(struct arena *arena, const char *bytes, size_t len);

struct lexer;
struct lexer *lexer_new(const char *bytes, size_t len, struct arena *arena);
void lexer_freep(struct lexer **lexer);

/*
 * The next statement that is not empty. 0, EOF at the end of the text,
 * EFORM with *diag filled, ENOMEM. `ret` is borrowed until the next call,
 * the texts of its tokens too; that of the statement stays in the arena.
 */
WARDER_MUST_CHECK int lexer_next(
    struct lexer *lexer, struct lexed *ret, struct policy_diag *diag);

/* Fills *diag; returns EFORM. */
int diag_set(struct policy_diag *diag, uint32_t line, uint32_t col,
    const char *local_code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
