/* SPDX-License-Identifier: ISC */
/*
 * A PAM service that lets everybody through would make the second question
 * worthless, and nobody would notice. So its file is read the way PAM reads
 * it, as far as needed to see a module that asks, a way around it, and whether
 * the account is looked at.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ctl/doctor.h"

#define DEPTH_MAX 8
#define PAM_FOLDER "/etc/pam.d"

/* Without the folder. */
static const char *
module_name(const char *module)
{
	const char *name = strrchr(module, '/');

	return name == NULL ? module : name + 1;
}

/* Modules that prove nothing about the person. */
static bool
is_idle(const char *module)
{
	static const char *const idle[] = { "pam_permit", "pam_env",
		"pam_nologin", "pam_deny", "pam_warn", "pam_echo",
		"pam_faildelay", "pam_cap", "pam_succeed_if", "pam_group",
		"pam_mail", "pam_umask" };
	const char *name = module_name(module);

	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++) {
		size_t len = strlen(idle[i]);

		if (strncmp(name, idle[i], len) == 0 &&
		    (name[len] == '\0' || name[len] == '.'))
			return true;
	}
	return false;
}

/* Of these, what says yes to whoever comes; the others have conditions. */
static bool
is_open_to_all(const char *module)
{
	return strncmp(module_name(module), "pam_permit", 10) == 0;
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

/*
 * A control by which a success of this module is the end, or leads past
 * modules that would ask: `sufficient`, `done`, or a jump.
 */
static bool
is_way_in(const char *control)
{
	const char *success = strstr(control, "success=");

	if (strcmp(control, "sufficient") == 0)
		return true;
	if (control[0] != '[' || success == NULL)
		return false;
	success += strlen("success=");
	return strncmp(success, "done", 4) == 0 ||
	       (*success >= '1' && *success <= '9');
}

/* warder-pam is root, so to this module everybody is. */
static bool
is_rootok(const char *module)
{
	return strcmp(module_name(module), "pam_rootok") == 0 ||
	       strcmp(module_name(module), "pam_rootok.so") == 0;
}

static void file_look(const char *dir, const char *service, const char *only,
    int depth, struct pam_facts *facts);

/* A failure of this one cannot be made good by a later module. */
static bool
binds(const char *control)
{
	return strcmp(control, "required") == 0 ||
	       strcmp(control, "requisite") == 0 ||
	       strstr(control, "default=bad") != NULL ||
	       strstr(control, "default=die") != NULL;
}

static void
note_way_in(const char *control, const char *module, struct pam_facts *facts)
{
	if (facts->way_in[0] == '\0')
		(void)snprintf(facts->way_in, sizeof(facts->way_in), "%s %s",
		    control, module_name(module));
}

static void
look_at_auth(const char *control, const char *module, struct pam_facts *facts)
{
	bool is_permit = is_open_to_all(module), is_root = is_rootok(module);
	bool is_deny = strncmp(module_name(module), "pam_deny", 8) == 0;

	if (is_way_in(control) && (is_permit || is_root) && !facts->is_bound)
		note_way_in(control, module, facts);
	/* An optional module stops nobody. */
	if (strcmp(control, "optional") == 0)
		return;
	facts->permits |= is_permit;
	if (!is_idle(module) && !is_root)
		facts->asks = true;
	if ((!is_idle(module) && !is_root) || is_deny)
		facts->is_bound |= binds(control);
}

/* `only`: the type that counts, in a file that one type includes. */
static void
line_look(const char *dir, char *line, const char *only, int depth,
    struct pam_facts *facts)
{
	char *at = line, *type, *control, *module;

	if ((type = next_word(&at)) == NULL || *type == '#')
		return;
	if (strcasecmp(type, "@include") == 0) {
		if ((module = next_word(&at)) != NULL)
			file_look(dir, module, only, depth + 1, facts);
		return;
	}
	type += *type == '-';
	if (only != NULL && strcasecmp(type, only) != 0)
		return;
	control = next_word(&at);
	module = next_word(&at);
	if (control == NULL || module == NULL)
		return;
	if (strcmp(control, "include") == 0 || strcmp(control, "substack") == 0)
		file_look(dir, module, type, depth + 1, facts);
	else if (strcasecmp(type, "account") == 0)
		facts->has_account = true;
	else if (strcasecmp(type, "auth") == 0)
		look_at_auth(control, module, facts);
}

static void
file_look(const char *dir, const char *service, const char *only, int depth,
    struct pam_facts *facts)
{
	char path[512], line[1024];
	FILE *file;

	if (depth > DEPTH_MAX || snprintf(path, sizeof(path), "%s/%s", dir,
	                             service) >= (int)sizeof(path))
		return;
	if ((file = fopen(path, "re")) == NULL)
		return;
	facts->is_there |= depth == 0;
	while (fgets(line, sizeof(line), file) != NULL)
		line_look(dir, line, only, depth, facts);
	(void)fclose(file);
}

void
pam_service_look(
    const char *dir, const char *service, struct pam_facts *ret_facts)
{
	*ret_facts = (struct pam_facts){ .asks = false };
	if (service[0] != '\0' && strchr(service, '/') == NULL)
		file_look(dir, service, NULL, 0, ret_facts);
	/* Who failed at all that may be failed at is let in at the end. */
	if (ret_facts->permits && !ret_facts->is_bound)
		note_way_in("required", "pam_permit", ret_facts);
}

bool
pam_service_asks(const char *dir, const char *service)
{
	struct pam_facts facts;

	pam_service_look(dir, service, &facts);
	return facts.asks;
}

static void
bad(const char *service, const char *what)
{
	finding_add(FINDING_BAD, "pam", "%s/%s %s", PAM_FOLDER, service, what);
}

static void
look_at_service(const char *service)
{
	struct pam_facts facts;

	pam_service_look(PAM_FOLDER, service, &facts);
	if (!facts.is_there) {
		bad(service, "is not there; libpam would take `other`, so "
		             "warder-pam asks nobody. Put a service there");
		return;
	}
	if (!facts.asks)
		bad(service, "has no auth line beyond pam_permit; add a "
		             "module that asks, such as pam_unix");
	if (facts.way_in[0] != '\0')
		finding_add(FINDING_BAD, "pam",
		    "%s/%s lets everybody in by `%s`: warder-pam is root, and "
		    "nobody is asked; remove that line",
		    PAM_FOLDER, service, facts.way_in);
	if (!facts.has_account)
		bad(service, "has no account line, so expired accounts would "
		             "be `other`'s to judge; add account required "
		             "pam_unix.so");
	if (facts.asks && facts.has_account && facts.way_in[0] == '\0')
		finding_add(FINDING_OK, "pam", "%s/%s asks for a proof",
		    PAM_FOLDER, service);
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
