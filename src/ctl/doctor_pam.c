/* SPDX-License-Identifier: ISC */
/*
 * A PAM service that lets everybody through would make the second question
 * worthless, and nobody would notice. So its file is read the way PAM reads
 * it, as far as needed to see a module that asks, a way around it, and whether
 * the account is looked at.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "ctl/doctor.h"

#define DEPTH_MAX 8
#define VENDOR_FOLDER "/usr/lib/pam.d"

/* Without the folder. */
static const char *
module_name(const char *module)
{
	const char *name = strrchr(module, '/');

	return name == NULL ? module : name + 1;
}

struct pam_line {
	char *type, *control, *module, *arguments; /* none is NULL */
};

static bool
is_among(const char *module, const char *const *names, size_t n)
{
	const char *name = module_name(module);

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(names[i]);

		if (strncmp(name, "pam_", 4) == 0 &&
		    strncmp(name + 4, names[i], len) == 0 &&
		    (name[4 + len] == '\0' || name[4 + len] == '.'))
			return true;
	}
	return false;
}

#define IS_AMONG(module, names)                                                \
	is_among(module, names, sizeof(names) / sizeof((names)[0]))

/* Modules that prove nothing about the person. */
static bool
is_idle(const char *module)
{
	static const char *const idle[] = { "permit", "rootok", "env",
		"nologin", "deny", "warn", "echo", "faildelay", "cap",
		"succeed_if", "group", "mail", "umask", "faillock", "tally",
		"tally2", "localuser", "listfile", "access", "time", "shells",
		"wheel", "securetty", "keyinit", "limits", "loginuid",
		"lastlog", "motd", "issue", "selinux", "sepermit", "usertype",
		"xauth", "debug", "mkhomedir", "systemd", "rhosts", "ftp" };

	return IS_AMONG(module, idle);
}

/* Modules known to ask. What is in neither list may do anything. */
static bool
is_asking(const char *module)
{
	static const char *const asking[] = { "unix", "unix2", "sss", "ldap",
		"ldapd", "krb5", "winbind", "oath", "google_authenticator",
		"u2f", "yubico", "pkcs11", "p11", "radius", "radius_auth",
		"duo", "userdb", "tacplus", "fprintd", "poldi", "mysql",
		"pgsql", "systemd_home", "otpw", "tcb", "securid" };

	return IS_AMONG(module, asking);
}

/* Of the idle ones, what says yes to whoever comes. */
static bool
is_open_to_all(const char *module)
{
	static const char *const open[] = { "permit" };

	return IS_AMONG(module, open);
}

/*
 * And what says yes to whom it means: no way in before a module that asks,
 * but the end of a stack that forgot a failure.
 */
static bool
may_say_yes(const char *module)
{
	static const char *const open[] = { "permit", "nologin", "succeed_if",
		"localuser", "listfile", "shells", "wheel", "usertype" };

	return IS_AMONG(module, open);
}

/* Nobody comes past: pam_deny, and a failure that is being counted. */
static bool
is_shut(const struct pam_line *line)
{
	static const char *const deny[] = { "deny" };
	static const char *const count[] = { "faillock" };

	return IS_AMONG(line->module, deny) ||
	       (IS_AMONG(line->module, count) &&
	           strstr(line->arguments, "authfail") != NULL);
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
 * What `[value=action …]` does at that value, by what it says of `default`
 * where it does not name it; NULL: neither is named.
 */
static const char *
action_at(const char *control, const char *value)
{
	const char *at = control, *found = NULL;
	size_t len = strlen(value);

	for (;;) {
		const char *name = at += strspn(at, "[ \t]"), *action;
		size_t name_len = strcspn(name, "= \t]");

		if (*name == '\0' || name_len == 0)
			return found;
		at = name + name_len;
		at += strspn(at, " \t");
		if (*at != '=')
			return found;
		action = at + 1 + strspn(at + 1, " \t");
		at = action + strcspn(action, " \t]");
		if (name_len == len && strncasecmp(name, value, len) == 0)
			return action;
		if (name_len == 7 && strncasecmp(name, "default", 7) == 0)
			found = action;
	}
}

static bool
is_action(const char *action, const char *word)
{
	return action != NULL && strncasecmp(action, word, strlen(word)) == 0;
}

/*
 * A control by which a success of this module is the end, or leads past
 * modules that would ask: `sufficient`, `done`, or a jump.
 */
static bool
is_way_in(const char *control)
{
	const char *success;

	if (control[0] != '[')
		return strcasecmp(control, "sufficient") == 0;
	success = action_at(control, "success");
	return is_action(success, "done") ||
	       (success != NULL && *success >= '1' && *success <= '9');
}

/* Whatever this module says, it stops nobody. */
static bool
is_ignored(const char *control)
{
	if (control[0] != '[')
		return strcasecmp(control, "optional") == 0;
	return is_action(action_at(control, "success"), "ignore") &&
	       is_action(action_at(control, "auth_err"), "ignore");
}

/* warder-pam is root, so to this module everybody is. */
static bool
is_rootok(const char *module)
{
	static const char *const rootok[] = { "rootok" };

	return IS_AMONG(module, rootok);
}

/*
 * A failure of this one cannot be made good by a later module. To libpam a
 * bracket that names no default has `bad` there.
 */
static bool
binds(const char *control)
{
	const char *failure;

	if (control[0] != '[')
		return strcasecmp(control, "required") == 0 ||
		       strcasecmp(control, "requisite") == 0;
	failure = action_at(control, "auth_err");
	return failure == NULL || is_action(failure, "bad") ||
	       is_action(failure, "die");
}

static void file_look(const char *dir, const char *service, const char *only,
    int depth, struct pam_facts *facts);

static void
note_way_in(const char *control, const char *module, struct pam_facts *facts)
{
	if (facts->way_in[0] == '\0')
		(void)snprintf(facts->way_in, sizeof(facts->way_in), "%s %s",
		    control, module_name(module));
}

static void
note(char *ret, size_t size, const char *name)
{
	if (ret[0] == '\0')
		(void)text_cut(ret, size, name, strlen(name));
}

static void
look_at_auth(const struct pam_line *line, struct pam_facts *facts)
{
	const char *control = line->control, *module = line->module;
	bool is_root = is_rootok(module), asks = is_asking(module);

	if (is_way_in(control) && (is_open_to_all(module) || is_root) &&
	    !facts->is_bound)
		note_way_in(control, module, facts);
	if (is_ignored(control))
		return;
	if (may_say_yes(module) && !facts->permits) {
		facts->permits = true;
		(void)snprintf(
		    facts->yes, sizeof(facts->yes), "%s", module_name(module));
	}
	facts->asks |= asks;
	if (!asks && !is_idle(module))
		note(facts->unknown, sizeof(facts->unknown),
		    module_name(module));
	if (!is_idle(module) || is_shut(line))
		facts->is_bound |= binds(control);
}

static void
look_at_account(const struct pam_line *line, struct pam_facts *facts)
{
	static const char *const blind[] = { "permit", "deny", "warn", "echo",
		"env" };

	facts->has_account = true;
	if (!is_ignored(line->control) && !IS_AMONG(line->module, blind))
		facts->judges = true;
}

/* `only`: the type that counts, in a file that one type includes. */
static void
line_look(const char *dir, char *text, const char *only, int depth,
    struct pam_facts *facts)
{
	struct pam_line line;
	char *at = text;

	if ((line.type = next_word(&at)) == NULL)
		return;
	if (strcasecmp(line.type, "@include") == 0) {
		if ((line.module = next_word(&at)) != NULL)
			file_look(dir, line.module, only, depth + 1, facts);
		return;
	}
	line.type += *line.type == '-';
	if (only != NULL && strcasecmp(line.type, only) != 0)
		return;
	line.control = next_word(&at);
	line.module = next_word(&at);
	line.arguments = at;
	if (line.control == NULL || line.module == NULL)
		return;
	if (strcasecmp(line.control, "include") == 0 ||
	    strcasecmp(line.control, "substack") == 0)
		file_look(dir, line.module, line.type, depth + 1, facts);
	else if (strcasecmp(line.type, "account") == 0)
		look_at_account(&line, facts);
	else if (strcasecmp(line.type, "auth") == 0)
		look_at_auth(&line, facts);
}

/*
 * The next whole line, as libpam puts it together: `#` ends it anywhere, a
 * backslash at its end takes the next one to it. Longer than libpam takes is
 * EFORM.
 */
static int
read_line(FILE *file, char ret[PAM_LINE_MAX], bool *ret_is_end)
{
	size_t len = 0, n;

	ret[0] = '\0';
	*ret_is_end = true;
	while (fgets(ret + len, (int)(PAM_LINE_MAX - len), file) != NULL) {
		*ret_is_end = false;
		n = strlen(ret + len);
		if (ret[len + n - 1] != '\n' && !feof(file))
			return WARDER_EFORM;
		if (strchr(ret + len, '#') != NULL) {
			*strchr(ret + len, '#') = '\0';
			return WARDER_OK;
		}
		len += n;
		while (len > 0 && strchr(" \t\r\n", ret[len - 1]) != NULL)
			ret[--len] = '\0';
		if (len == 0 || ret[len - 1] != '\\')
			return WARDER_OK;
		ret[len - 1] = ' ';
	}
	return ferror(file) != 0 ? WARDER_ESYS : WARDER_OK;
}

/* warder-pam takes no link for its service; what is included may be one. */
static FILE *
file_open(const char *dir, const char *name, int depth, char path[PATH_MAX])
{
	FILE *file;

	(void)snprintf(path, PATH_MAX, "%s%s%s", *name == '/' ? "" : dir,
	    *name == '/' ? "" : "/", name);
	file = doctor_open(path, depth == 0);
	if (file != NULL || errno != ENOENT || depth == 0 || *name == '/')
		return file;
	(void)snprintf(path, PATH_MAX, "%s/%s", VENDOR_FOLDER, name);
	return doctor_open(path, false);
}

static void
file_look(const char *dir, const char *service, const char *only, int depth,
    struct pam_facts *facts)
{
	char path[PATH_MAX], line[PAM_LINE_MAX];
	bool is_end = false;
	struct stat st;
	FILE *file;
	int r = 0;

	if (depth > DEPTH_MAX ||
	    (file = file_open(dir, service, depth, path)) == NULL) {
		facts->is_there |= depth == 0 && errno != ENOENT;
		if (depth > 0 || errno != ENOENT)
			note(facts->unread, sizeof(facts->unread), service);
		return;
	}
	facts->is_there |= depth == 0;
	if (fstat(fileno(file), &st) != 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0)
		note(facts->loose, sizeof(facts->loose), path);
	while (r == 0 && !is_end) {
		if ((r = read_line(file, line, &is_end)) == 0)
			line_look(dir, line, only, depth, facts);
	}
	if (r != 0)
		note(facts->unread, sizeof(facts->unread), service);
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
		note_way_in("required", ret_facts->yes, ret_facts);
}

bool
pam_service_asks(const char *dir, const char *service)
{
	struct pam_facts facts;

	pam_service_look(dir, service, &facts);
	return facts.asks;
}
