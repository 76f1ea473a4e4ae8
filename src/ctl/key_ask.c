/* SPDX-License-Identifier: ISC */
/*
 * The parts of a credential, and their shapes. The vendor documents no
 * character set; these are wide on purpose, and still catch a line that was
 * pasted into the wrong place.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "ctl/key.h"
#include "ctl/secret.h"
#include "seal/record.h"

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool
is_plain_id(const char *id, size_t least)
{
	size_t n;

	for (n = 0; id[n] != '\0'; n++) {
		if (!is_alnum(id[n]))
			return false;
	}
	return n >= least && n <= 64;
}

static bool
is_sts_id(const char *id)
{
	if (strncmp(id, "STS.", 4) != 0 || id[4] == '\0')
		return false;
	for (id += 4; *id != '\0'; id++) {
		if (!is_alnum(*id) && strchr("._-", *id) == NULL)
			return false;
	}
	return true;
}

static enum seal_err
check_id(enum seal_kind kind, const char *id)
{
	bool is_sts = strncmp(id, "STS.", 4) == 0;

	if (kind == SEAL_ACCESS_KEY && is_sts)
		return SEAL_IMPORT_KIND;
	if (kind == SEAL_STS)
		return is_sts_id(id) ? SEAL_OK : SEAL_IMPORT_SHAPE;
	if (kind == SEAL_TOKEN && id[0] == '\0')
		return SEAL_OK;
	return is_plain_id(id, kind == SEAL_TOKEN ? 1 : 16) ? SEAL_OK
	                                                    : SEAL_IMPORT_SHAPE;
}

static bool
is_secret(const struct blob *secret, size_t max)
{
	const uint8_t *at = blob_data(secret);

	for (size_t i = 0; i < blob_len(secret); i++) {
		if (at[i] < 0x21 || at[i] > 0x7e)
			return false;
	}
	return blob_len(secret) >= 16 && blob_len(secret) <= max;
}

static bool
begins(const struct blob *secret, const char *with)
{
	size_t len = strlen(with);

	return blob_len(secret) >= len &&
	       memcmp(blob_data(secret), with, len) == 0;
}

/* Pasted for another kind, by what only that kind looks like. */
static bool
is_of_another_kind(const struct seal_credential *credential)
{
	bool is_token = begins(credential->secret, "pt-");

	if (credential->kind == SEAL_TOKEN)
		return strncmp(credential->id, "LTAI", 4) == 0 ||
		       strncmp(credential->id, "STS.", 4) == 0 ||
		       begins(credential->secret, "LTAI") ||
		       begins(credential->secret, "STS.");
	return is_token || strncmp(credential->id, "pt-", 3) == 0;
}

static enum seal_err
check_shapes(const struct seal_credential *credential)
{
	size_t max = credential->kind == SEAL_TOKEN ? 256 : 128;
	enum seal_err e;

	if (is_of_another_kind(credential))
		return SEAL_IMPORT_KIND;
	if ((e = check_id(credential->kind, credential->id)) != SEAL_OK)
		return e;
	if (!is_secret(credential->secret, max))
		return SEAL_IMPORT_SHAPE;
	if (credential->token != NULL &&
	    !is_secret(credential->token, RECORD_TOKEN_MAX))
		return SEAL_IMPORT_SHAPE;
	return SEAL_OK;
}

/* One part, from wherever the question says. */
static int
get_part(const struct key_question *question, const char *prompt, bool has_echo,
    size_t max, struct blob **ret_part)
{
	if (question->is_stdin)
		return secret_read_line(STDIN_FILENO, max, ret_part);
	if (question->no_prompt)
		return WARDER_EFD;
	return secret_ask(prompt, has_echo, max, ret_part);
}

static int
get_parts(
    const struct key_question *question, struct seal_credential *credential)
{
	bool is_token = credential->kind == SEAL_TOKEN;
	auto_blob struct blob *id = NULL;
	int r;

	r = get_part(question,
	    is_token ? "User id of the token's maker (may stay empty): "
	             : "AccessKey id: ",
	    true, 64, &id);
	if (r != 0)
		return r;
	(void)text_cut(credential->id, sizeof(credential->id), blob_data(id),
	    blob_len(id));
	r = get_part(question,
	    is_token ? "Personal token: " : "AccessKey secret: ", false,
	    RECORD_SECRET_MAX, &credential->secret);
	if (r == 0 && credential->kind == SEAL_STS)
		r = get_part(question, "Security token: ", false,
		    RECORD_TOKEN_MAX, &credential->token);
	if (r == 0 && question->is_stdin)
		r = secret_read_end(STDIN_FILENO);
	return r;
}

int
key_check_shapes(const struct seal_credential *credential)
{
	enum seal_err e = check_shapes(credential);

	if (e == SEAL_IMPORT_KIND)
		return ctl_fail_seal(e,
		    "that is a credential of another kind: --kind sts takes "
		    "ids with STS., --kind token takes pt-…");
	if (e != SEAL_OK)
		return ctl_fail_seal(
		    e, "that is no key of this kind, or a part is damaged");
	if (credential->kind == SEAL_TOKEN &&
	    !begins(credential->secret, "pt-"))
		(void)fputs("Personal tokens begin with pt- as a rule; this "
		            "one does not.\n",
		    stderr);
	return REASON_DONE;
}

int
key_ask(const struct key_question *question, struct seal_credential *credential)
{
	int r = get_parts(question, credential);

	if (r == WARDER_EFD)
		return ctl_fail(REASON_INPUT,
		    "no terminal to ask on; --stdin takes the lines");
	if (r == WARDER_EOF && !question->is_stdin)
		return ctl_fail(REASON_CANCELLED, "ended, nothing was sealed");
	if (r == WARDER_ENOMEM || r == WARDER_EFULL)
		return ctl_fail_seal(SEAL_MEMORY_LOCK, "input");
	if (r != 0)
		return ctl_fail_seal(SEAL_IMPORT_SHAPE,
		    "one line each of id, secret and, for sts, token");
	return key_check_shapes(credential);
}
