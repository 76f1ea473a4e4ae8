/* SPDX-License-Identifier: ISC */
/*
 * One table names every setting, its kind and where it goes. The file is
 * root's, yet it is read like a stranger's: whatever is not in the table, not
 * of the right form or said twice makes the whole file void.
 */
#include "config.h"

#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/safefile.h"
#include "base/text.h"

#define CONF_FILE_MAX 65536
#define LINE_MAX_BYTES 1024

enum kind {
	KIND_TEXT,
	KIND_SPAN,
	KIND_LONG_SPAN,
	KIND_COUNT,
	KIND_LONG,
	KIND_PIN,
	KIND_MFA,
	KIND_CHOICE,
	KIND_MASTER,
	KIND_FACILITY,
	KIND_CHECKPOINT,
	KIND_ROLE
};

struct setting {
	const char *name;
	enum kind kind;
	size_t offset, size;  /* size: of a text; largest number of a count */
	const char *off, *on; /* the two words of a choice */
};

#define AT(member) offsetof(struct conf, member)
#define TEXT(member) AT(member), sizeof(((struct conf *)NULL)->member)

/* clang-format off */
static const struct setting settings[] = {
	{ "endpoint",         KIND_TEXT,       TEXT(endpoint), NULL, NULL },
	{ "ca_file",          KIND_TEXT,       TEXT(ca_file), NULL, NULL },
	{ "pin",              KIND_PIN,        AT(pin), 0, NULL, NULL },
	{ "proxy",            KIND_TEXT,       TEXT(proxy), NULL, NULL },
	{ "pam_service",      KIND_TEXT,       TEXT(pam_service), NULL, NULL },
	{ "mfa",              KIND_MFA,        AT(service), 0, NULL, NULL },
	{ "connect_timeout",  KIND_SPAN,       AT(connect_timeout_ms), 0, NULL, NULL },
	{ "answer_timeout",   KIND_SPAN,       AT(answer_timeout_ms), 0, NULL, NULL },
	{ "confirm_timeout",  KIND_SPAN,       AT(confirm_timeout_ms), 0, NULL, NULL },
	{ "prompt_timeout",   KIND_SPAN,       AT(prompt_timeout_ms), 0, NULL, NULL },
	{ "auth_failures",    KIND_COUNT,      AT(auth_failures), 100, NULL, NULL },
	{ "auth_window",      KIND_SPAN,       AT(auth_window_ms), 0, NULL, NULL },
	{ "slots_per_user",   KIND_COUNT,      AT(slots_per_user), 64, NULL, NULL },
	{ "slots",            KIND_COUNT,      AT(slots), 1024, NULL, NULL },
	{ "list_age",         KIND_SPAN,       AT(list_age_ms), 0, NULL, NULL },
	{ "list_parallel",    KIND_COUNT,      AT(list_parallel), 16, NULL, NULL },
	{ "syslog",           KIND_CHOICE,     AT(syslog_required), 0, "best-effort", "require" },
	{ "syslog_socket",    KIND_TEXT,       TEXT(syslog_socket), NULL, NULL },
	{ "syslog_facility",  KIND_FACILITY,   AT(syslog_facility), 0, NULL, NULL },
	{ "checkpoint_every", KIND_CHECKPOINT, AT(checkpoint_lines), 0, NULL, NULL },
	{ "landlock",         KIND_CHOICE,     AT(landlock_required), 0, "use", "require" },
	{ "state",            KIND_CHOICE,     AT(state_etcd), 0, "sqlite", "etcd" },
	{ "key_age",          KIND_LONG_SPAN,  AT(key_age_ms), 0, NULL, NULL },
	{ "server_role",      KIND_ROLE,       AT(server_role), 0, NULL, NULL },
	{ "master",           KIND_MASTER,     AT(master), 0, NULL, NULL },
	{ "unlock_idle",      KIND_LONG_SPAN,  AT(unlock_idle_ms), 0, NULL, NULL },
	{ "least_generation", KIND_LONG,       AT(least_generation), 0, NULL, NULL },
};
/* clang-format on */

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

void
conf_defaults(struct conf *ret_conf)
{
	*ret_conf = (struct conf){
		.endpoint = "devops.cn-hangzhou.aliyuncs.com",
		.ca_file = "/etc/ssl/certs/ca-certificates.crt",
		.pam_service = "warder",
		.syslog_socket = "/dev/log",
		.syslog_facility = 10 * 8,
		.syslog_required = true,
		.connect_timeout_ms = 5000,
		.answer_timeout_ms = 15000,
		.confirm_timeout_ms = 60000,
		.prompt_timeout_ms = 120000,
		.auth_window_ms = 15 * 60000,
		.list_age_ms = 20000,
		.auth_failures = 5,
		.slots_per_user = 4,
		.slots = 64,
		.list_parallel = 4,
		.checkpoint_lines = 64,
		.checkpoint_ms = 3600000,
		.key_age_ms = UINT64_C(90) * 86400000,
	};
}

/* `5s`, `15m`, `1h`, `90d`, `500ms`; more than nothing. */
static int
parse_span(const char *text, uint64_t max_ms, uint64_t *ret_ms)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 }, { "d", 86400000 } };
	size_t digits = strspn(text, "0123456789");
	char number[16];
	uint64_t n;

	if (digits == 0 || digits >= sizeof(number))
		return WARDER_EFORM;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (text_parse_number(number, UINT32_MAX, &n) != 0 || n == 0)
		return WARDER_EFORM;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + digits, units[i].unit) != 0)
			continue;
		if (n > max_ms / units[i].ms)
			return WARDER_EFORM;
		*ret_ms = n * units[i].ms;
		return WARDER_OK;
	}
	return WARDER_EFORM;
}

static int
set_number(void *at, const char *value, const struct setting *setting)
{
	uint64_t n;
	int r;

	switch (setting->kind) {
	case KIND_SPAN:
		if ((r = parse_span(value, 3600000, &n)) == 0)
			*(uint32_t *)at = (uint32_t)n;
		return r;
	case KIND_LONG_SPAN:
		return parse_span(value, UINT64_C(3660) * 86400000, at);
	case KIND_COUNT:
		r = text_parse_number(value, setting->size, &n);
		if (r != 0 || n == 0)
			return WARDER_EFORM;
		*(uint32_t *)at = (uint32_t)n;
		return WARDER_OK;
	case KIND_LONG:
		return text_parse_number(value, INT64_MAX, at);
	case KIND_TEXT:
	case KIND_PIN:
	case KIND_MFA:
	case KIND_CHOICE:
	case KIND_MASTER:
	case KIND_FACILITY:
	case KIND_CHECKPOINT:
	case KIND_ROLE:
		break;
	}
	return WARDER_EBUG;
}

static int
set_choice(bool *at, const char *value, const struct setting *setting)
{
	if (strcmp(value, setting->on) == 0)
		*at = true;
	else if (strcmp(value, setting->off) == 0)
		*at = false;
	else
		return WARDER_EFORM;
	return WARDER_OK;
}

static int
set_master(enum conf_master *at, const char *value)
{
	if (strcmp(value, "credential") == 0)
		*at = CONF_MASTER_CREDENTIAL;
	else if (strcmp(value, "file") == 0)
		*at = CONF_MASTER_FILE;
	else if (strcmp(value, "passphrase") == 0)
		*at = CONF_MASTER_PASSPHRASE;
	else
		return WARDER_EFORM;
	return WARDER_OK;
}

/* RFC 5424, table 1. */
static int
set_facility(int *at, const char *value)
{
	static const struct {
		const char *name;
		int number;
	} names[] = { { "user", 1 }, { "daemon", 3 }, { "auth", 4 },
		{ "authpriv", 10 }, { "local0", 16 }, { "local1", 17 },
		{ "local2", 18 }, { "local3", 19 }, { "local4", 20 },
		{ "local5", 21 }, { "local6", 22 }, { "local7", 23 } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(value, names[i].name) == 0) {
			*at = names[i].number * 8;
			return WARDER_OK;
		}
	return WARDER_EFORM;
}

static bool
is_service_name(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 64 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* `mfa LEVEL SERVICE` */
static int
set_level(struct conf *conf, char *value)
{
	char *service = strchr(value, ' ');
	uint64_t level;

	if (service == NULL)
		return WARDER_EFORM;
	*service++ = '\0';
	service += strspn(service, " \t");
	if (text_parse_number(value, CONF_LEVELS, &level) != 0 || level == 0 ||
	    !is_service_name(service) || conf->service[level][0] != '\0')
		return WARDER_EFORM;
	return text_copy(
	    conf->service[level], sizeof(conf->service[level]), service);
}

/* `checkpoint_every LINES SPAN` */
static int
set_checkpoint(struct conf *conf, char *value)
{
	char *span = strchr(value, ' ');
	uint64_t lines, ms;

	if (span == NULL)
		return WARDER_EFORM;
	*span++ = '\0';
	if (text_parse_number(value, 65536, &lines) != 0 || lines == 0 ||
	    parse_span(span, 86400000, &ms) != 0)
		return WARDER_EFORM;
	conf->checkpoint_lines = (uint32_t)lines;
	conf->checkpoint_ms = (uint32_t)ms;
	return WARDER_OK;
}

static bool
is_role(const char *text)
{
	static const char *const roles[] = { "owner", "admin", "member",
		"viewer" };

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(text, roles[i]) == 0)
			return true;
	return false;
}

/* `server_role ROLE ID`: an id means one thing. */
static int
set_role(struct conf *conf, char *value)
{
	struct conf_server_role *at = conf->server_role;
	char *id = strchr(value, ' ');

	if (id == NULL)
		return WARDER_EFORM;
	*id++ = '\0';
	id += strspn(id, " \t");
	if (!is_role(value) || id[0] == '\0' ||
	    strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
	               "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != strlen(id))
		return WARDER_EFORM;
	for (; at->id[0] != '\0'; at++)
		if (strcmp(at->id, id) == 0 ||
		    at == &conf->server_role[CONF_SERVER_ROLES - 1])
			return WARDER_EFORM;
	(void)snprintf(at->role, sizeof(at->role), "%s", value);
	return text_copy(at->id, sizeof(at->id), id);
}

static int
set_pin(struct conf *conf, const char *value)
{
	char *at = conf->pin[0][0] == '\0' ? conf->pin[0] : conf->pin[1];

	if (strlen(value) != 44 || at[0] != '\0')
		return WARDER_EFORM;
	return text_copy(at, sizeof(conf->pin[0]), value);
}

static int
set(struct conf *conf, const struct setting *setting, char *value)
{
	void *at = (char *)conf + setting->offset;

	switch (setting->kind) {
	case KIND_TEXT:
		return text_copy(at, setting->size, value);
	case KIND_SPAN:
	case KIND_LONG_SPAN:
	case KIND_COUNT:
	case KIND_LONG:
		return set_number(at, value, setting);
	case KIND_PIN:
		return set_pin(conf, value);
	case KIND_MFA:
		return set_level(conf, value);
	case KIND_CHOICE:
		return set_choice(at, value, setting);
	case KIND_MASTER:
		return set_master(at, value);
	case KIND_FACILITY:
		return set_facility(at, value);
	case KIND_CHECKPOINT:
		return set_checkpoint(conf, value);
	case KIND_ROLE:
		return set_role(conf, value);
	}
	return WARDER_EBUG;
}

static bool
may_repeat(const struct setting *setting)
{
	return setting->kind == KIND_PIN || setting->kind == KIND_MFA ||
	       setting->kind == KIND_ROLE;
}

/* One line, NUL terminated and writable. `seen` marks the settings met. */
static int
parse_line(struct conf *conf, char *line, bool *seen, struct diag *diag)
{
	char *name = line + strspn(line, " \t"), *value;
	size_t len;

	name[strcspn(name, "#")] = '\0';
	for (len = strlen(name); len > 0 && strchr(" \t", name[len - 1]); len--)
		name[len - 1] = '\0';
	if (name[0] == '\0')
		return WARDER_OK;
	value = name + strcspn(name, " \t");
	if (*value == '\0') {
		(void)snprintf(diag->what, sizeof(diag->what), "no value");
		return WARDER_EFORM;
	}
	*value++ = '\0';
	value += strspn(value, " \t");
	for (size_t i = 0; i < SETTINGS; i++) {
		if (strcmp(settings[i].name, name) != 0)
			continue;
		if (seen[i] && !may_repeat(&settings[i])) {
			(void)snprintf(diag->what, sizeof(diag->what),
			    "%s is set twice", settings[i].name);
			return WARDER_EFORM;
		}
		seen[i] = true;
		if (set(conf, &settings[i], value) == 0)
			return WARDER_OK;
		(void)snprintf(diag->what, sizeof(diag->what),
		    "%s cannot have this value", settings[i].name);
		return WARDER_EFORM;
	}
	(void)snprintf(
	    diag->what, sizeof(diag->what), "unknown name \"%.64s\"", name);
	return WARDER_EFORM;
}

uint16_t
conf_port_of(const char *address, uint16_t none)
{
	const char *host = strstr(address, "://"), *bracket, *colon;
	char digits[8] = "";
	uint64_t port;
	size_t n;

	host = host == NULL ? address : host + 3;
	if (strrchr(host, '@') != NULL)
		host = strrchr(host, '@') + 1;
	/* The colons of [::1] are no port's. */
	bracket = strchr(host, ']');
	colon = strchr(bracket == NULL ? host : bracket, ':');
	if (colon == NULL)
		return none;
	n = strcspn(colon + 1, "/");
	if (n >= sizeof(digits))
		return none;
	memcpy(digits, colon + 1, n);
	if (text_parse_number(digits, UINT16_MAX, &port) != 0 || port == 0)
		return none;
	return (uint16_t)port;
}

size_t
conf_courier_ports(const struct conf *conf, uint16_t ret[CONF_PORTS_MAX])
{
	size_t n = 0;

	ret[n++] = CONF_PORT_HTTPS;
	ret[n++] = CONF_PORT_NAMES;
	ret[n++] = conf_port_of(conf->endpoint, CONF_PORT_HTTPS);
	if (conf->proxy[0] != '\0')
		ret[n++] = conf_port_of(conf->proxy,
		    strncmp(conf->proxy, "https:", 6) == 0 ? CONF_PORT_HTTPS
		                                           : CONF_PORT_PROXY);
	return n;
}

int
conf_parse(
    const char *text, size_t len, struct conf *ret_conf, struct diag *diag)
{
	bool seen[SETTINGS] = { false };
	char line[LINE_MAX_BYTES];
	struct conf conf;
	const char *end;
	size_t n;
	int r;

	conf_defaults(&conf);
	(void)crypto_hash_sha256(conf.hash, (const uint8_t *)text, len);
	for (diag->line = 1, diag->col = 1; len > 0; diag->line++) {
		end = memchr(text, '\n', len);
		n = end == NULL ? len : (size_t)(end - text);
		if (n >= sizeof(line) || !text_is_clean(text, n)) {
			(void)snprintf(diag->what, sizeof(diag->what),
			    "line too long, or not UTF-8");
			return WARDER_EFORM;
		}
		memcpy(line, text, n);
		line[n] = '\0';
		if ((r = parse_line(&conf, line, seen, diag)) != 0)
			return r;
		n += end != NULL;
		text += n;
		len -= n;
	}
	if (conf.service[1][0] == '\0')
		memcpy(
		    conf.service[1], conf.pam_service, sizeof(conf.service[1]));
	*ret_conf = conf;
	return WARDER_OK;
}

int
conf_load(const char *path, struct conf *ret_conf, struct diag *diag)
{
	const struct safefile_rule rule = { 0, 022, 0, CONF_FILE_MAX };
	uint8_t *bytes = NULL;
	size_t len;
	int r;

	*diag = (struct diag){ 0 };
	if ((r = safefile_load(path, &rule, &bytes, &len)) != 0) {
		(void)snprintf(
		    diag->what, sizeof(diag->what), "%s", warder_strerror(r));
		return r;
	}
	r = conf_parse((const char *)bytes, len, ret_conf, diag);
	free(bytes);
	return r;
}
