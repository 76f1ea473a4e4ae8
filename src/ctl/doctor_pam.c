/* SPDX-License-Identifier: ISC */
/*
 * A PAM service that lets everybody through would make the second question
 * worthless, and nobody would notice. So its file is read the way PAM reads
 * it, as far as needed to see a module that asks.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ctl/doctor.h"

#define DEPTH_MAX 8
#define PAM_FOLDER "/etc/pam.d"

/* Modules that prove nothing about the person. */
static bool
is_idle(const char *module)
{
	static const char *const idle[] = { "pam_permit", "pam_env",
		"pam_nologin", "pam_deny", "pam_warn", "pam_echo",
		"pam_faildelay", "pam_cap", "pam_succeed_if", "pam_group",
		"pam_mail", "pam_umask" };
	const char *name = strrchr(module, '/');

	name = name == NULL ? module : name + 1;
	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++) {
		size_t len = strlen(idle[i]);

		if (strncmp(name, idle[i], len) == 0 &&
		    (name[len] == '\0' || name[len] == '.'))
			return true;
	}
	return false;
}

/* The next word of a line; a control in brackets is one word. */
static char *
next_word(char **at)
{
	char *word = *at + strspn(*at, " \t\n");
	size_t len =
	    *word == '[' ? strcspn(word, "]") + 1 : strcspn(word, " \t\n");

	if (*word == '\0')
		return NULL;
	if (len > strlen(word))
		len = strlen(word);
	*at = word + len;
	if (**at != '\0')
		*(*at)++ = '\0';
	return word;
}

static bool file_asks(const char *dir, const char *service, int depth);

static bool
line_asks(const char *dir, char *line, int depth)
{
	char *at = line, *type, *control, *module;

	if ((type = next_word(&at)) == NULL || *type == '#')
		return false;
	if (strcmp(type, "@include") == 0) {
		module = next_word(&at);
		return module != NULL && file_asks(dir, module, depth + 1);
	}
	if (strcmp(type, "auth") != 0 && strcmp(type, "-auth") != 0)
		return false;
	control = next_word(&at);
	module = next_word(&at);
	if (control == NULL || module == NULL)
		return false;
	if (strcmp(control, "include") == 0 || strcmp(control, "substack") == 0)
		return file_asks(dir, module, depth + 1);
	/* An optional module stops nobody. */
	return strcmp(control, "optional") != 0 && !is_idle(module);
}

static bool
file_asks(const char *dir, const char *service, int depth)
{
	char path[512], line[1024];
	bool asks = false;
	FILE *file;

	if (depth > DEPTH_MAX || snprintf(path, sizeof(path), "%s/%s", dir,
	                             service) >= (int)sizeof(path))
		return false;
	if ((file = fopen(path, "re")) == NULL)
		return false;
	while (!asks && fgets(line, sizeof(line), file) != NULL)
		asks = line_asks(dir, line, depth);
	(void)fclose(file);
	return asks;
}

bool
pam_service_asks(const char *dir, const char *service)
{
	return service[0] != '\0' && strchr(service, '/') == NULL &&
	       file_asks(dir, service, 0);
}

static void
look_at_service(const char *service)
{
	if (pam_service_asks(PAM_FOLDER, service))
		finding_add(FINDING_OK, "pam", "%s/%s asks for a proof",
		    PAM_FOLDER, service);
	else
		finding_add(FINDING_BAD, "pam",
		    "%s/%s has no auth line beyond pam_permit", PAM_FOLDER,
		    service);
}

void
doctor_pam(const struct conf *conf)
{
	bool is_listed = false;

	for (int level = 1; level <= CONF_LEVELS; level++) {
		if (conf->service[level][0] == '\0')
			continue;
		look_at_service(conf->service[level]);
		is_listed |=
		    strcmp(conf->service[level], conf->pam_service) == 0;
	}
	if (!is_listed)
		look_at_service(conf->pam_service);
}
