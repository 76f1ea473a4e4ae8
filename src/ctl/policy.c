/* SPDX-License-Identifier: ISC */
/* `warderctl policy …`: which command, and what they share. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ctl/commands.h"
#include "ctl/policy.h"
#include "ctl/vault.h"

#define FILE_MAX (16u << 20)

int
policy_read(const char *path, char **ret_bytes, size_t *ret_len)
{
	FILE *file = fopen(path, "re");
	char *bytes = malloc(FILE_MAX + 2);
	size_t len;

	if (file == NULL || bytes == NULL) {
		free(bytes);
		if (file != NULL)
			(void)fclose(file);
		return ctl_fail(REASON_USAGE, "%s: %s", path, strerror(errno));
	}
	len = fread(bytes, 1, FILE_MAX + 1, file);
	if (ferror(file) || len > FILE_MAX) {
		(void)fclose(file);
		free(bytes);
		return ctl_fail(
		    REASON_USAGE, "%s: cannot be read, or too large", path);
	}
	(void)fclose(file);
	bytes[len] = '\0';
	*ret_bytes = bytes;
	*ret_len = len;
	return REASON_DONE;
}

/* Tabs stay tabs below, so that the caret stands under its character. */
static void
say_caret(const char *line, size_t len, uint32_t col)
{
	uint32_t at = 1;

	for (size_t i = 0; i < len && at < col; i++) {
		if (((unsigned char)line[i] & 0xc0) == 0x80)
			continue;
		(void)fputc(line[i] == '\t' ? '\t' : ' ', stdout);
		at++;
	}
	(void)fputs("^\n", stdout);
}

void
policy_say(const char *path, const char *bytes, size_t len, const char *kind,
    const struct policy_diag *diag)
{
	const char *line = bytes, *end;
	char file[1024], text[1024];
	size_t line_len;

	(void)printf("%s:%u:%u: %s: %s [%s]\n",
	    text_show(file, sizeof(file), path), diag->line, diag->col, kind,
	    text_show(text, sizeof(text), diag->text), diag->local_code);
	for (uint32_t n = 1; n < diag->line; n++) {
		end = memchr(line, '\n', len - (size_t)(line - bytes));
		if (end == NULL)
			return;
		line = end + 1;
	}
	end = memchr(line, '\n', len - (size_t)(line - bytes));
	line_len = (end == NULL ? bytes + len : end) - line >= 0
	               ? (size_t)((end == NULL ? bytes + len : end) - line)
	               : 0;
	/* What is refused for its characters is not shown again. */
	if (line_len > 200 || strcmp(diag->local_code, "encoding") == 0)
		return;
	(void)printf("%.*s\n", (int)line_len, line);
	say_caret(line, line_len, diag->col);
}

static const struct {
	const char *word;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "check", policy_check_command,
	    "[--json] [FILE]  say what is wrong with it" },
	{ "diff", policy_diff_command,
	    "[--json] [FILE]  what installing it would change" },
	{ "drift", policy_drift,
	    "[--json] [ORG] compare roles with the server's" },
	{ "eval", policy_eval, "--case FILE  decide a case, change nothing" },
	{ "explain", policy_explain_case,
	    "--case FILE [--json]  what is in the way, what would do" },
	{ "install", policy_install,
	    "[-y] FILE  check it and put it into force" },
	{ "show", policy_show, "       print the policy in force" },
};

static int
usage(FILE *where, int code)
{
	(void)fprintf(where, "usage: warderctl policy COMMAND\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		(void)fprintf(where, "  %-8s %s\n", commands[i].word,
		    commands[i].summary);
	return code;
}

int
ctl_policy(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout, REASON_DONE);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (argc >= 2 && strcmp(argv[1], commands[i].word) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return usage(stderr, REASON_USAGE);
}
