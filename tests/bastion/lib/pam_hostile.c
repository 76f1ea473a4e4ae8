/* SPDX-License-Identifier: ISC */
/*
 * A PAM module that says what /etc/security/hostile holds: each line a style
 * (PAM's number) and the text in hex. What is answered counts for nothing;
 * the stack's other modules decide.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_modules.h>

#define LINE_ROOM (4u << 20)

static char line[LINE_ROOM], text[LINE_ROOM / 2];

static int
digit(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* -1: the line is not as the test writes it. */
static int
read_line(int *ret_style)
{
	char *hex = strchr(line, ' ');
	size_t n = 0;

	if (hex == NULL || (*ret_style = digit(line[0])) == 0)
		return -1;
	for (hex++; hex[0] > ' ' && hex[1] > ' '; hex += 2)
		text[n++] = (char)(digit(hex[0]) << 4 | digit(hex[1]));
	text[n] = '\0';
	return 0;
}

static int
say(const struct pam_conv *conv, int style)
{
	struct pam_message message = { style, text };
	const struct pam_message *list[1] = { &message };
	struct pam_response *answers = NULL;
	int r = conv->conv(1, list, &answers, conv->appdata_ptr);

	if (answers != NULL)
		free(answers[0].resp);
	free(answers);
	return r;
}

int
pam_sm_authenticate(pam_handle_t *pam, int flags, int argc, const char **argv)
{
	FILE *file = fopen("/etc/security/hostile", "r");
	const void *conv = NULL;
	int style, r = PAM_AUTH_ERR;

	(void)flags;
	(void)argc;
	(void)argv;
	if (file == NULL || pam_get_item(pam, PAM_CONV, &conv) != PAM_SUCCESS)
		return PAM_AUTH_ERR;
	while (fgets(line, sizeof(line), file) != NULL)
		if (read_line(&style) != 0 ||
		    (r = say(conv, style)) != PAM_SUCCESS)
			break;
	(void)fclose(file);
	return r;
}

int
pam_sm_setcred(pam_handle_t *pam, int flags, int argc, const char **argv)
{
	(void)pam;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}
