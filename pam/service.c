/* SPDX-License-Identifier: ISC */
/* The first words of lines are enough: what they do is libpam's to say. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fd.h"
#include "base/safefile.h"
#include "pam/service.h"

#define SERVICE_MAX 65536
#define BLANKS " \t"

/* Whether the first word of a line is this one; libpam ignores the case. */
static bool
begins_with(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp(line, word, len) == 0 &&
	       strchr(BLANKS, line[len]) != NULL && line[len] != '\0';
}

static void
look_at_line(const char *line, bool *has_auth, bool *has_account)
{
	line += strspn(line, BLANKS);
	/* An include of a file without such lines is the reader's, who
	 * says that he means them; `doctor` follows it. */
	if (begins_with(line, "@include"))
		*has_auth = *has_account = true;
	/* A hyphen only silences a missing module. */
	if (*line == '-')
		line++;
	*has_auth |= begins_with(line, "auth");
	*has_account |= begins_with(line, "account");
}

static int
look_at_file(FILE *file)
{
	bool has_auth = false, has_account = false;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, file) > 0)
		look_at_line(line, &has_auth, &has_account);
	free(line);
	if (ferror(file) != 0)
		return WARDER_ESYS;
	return has_auth && has_account ? WARDER_OK : WARDER_EFORM;
}

int
service_check(int dir, const char *service, uid_t owner)
{
	const struct safefile_rule rule = { owner, 022, 1, SERVICE_MAX };
	auto_fd int fd = -1;
	FILE *file;
	int r;

	if (service[0] == '\0' || strchr(service, '/') != NULL)
		return WARDER_EFORM;
	if ((r = safefile_open_at(dir, service, &rule, &fd)) != 0)
		return r;
	if ((file = fdopen(fd, "r")) == NULL)
		return WARDER_ESYS;
	(void)fd_steal(&fd);
	r = look_at_file(file);
	(void)fclose(file);
	return r;
}
