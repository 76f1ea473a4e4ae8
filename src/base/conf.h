/* SPDX-License-Identifier: ISC */
/*
 * /etc/warder/warder.conf: lines `name value`, `#` comments. An unknown or
 * repeated name rejects the file with its line, so that a slip of the pen
 * never means a default. Every program reads it anew; none trusts another's.
 */
#ifndef WARDER_BASE_CONF_H
#define WARDER_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CONF_LEVELS 4
#define CONF_SERVER_ROLES 64
#define CONF_HASH_LEN 32
#define CONF_PORT_HTTPS 443
#define CONF_PORT_NAMES 53
#define CONF_PORT_PROXY 1080 /* what libcurl takes where none is given */
#define CONF_PORTS_MAX 4

enum conf_master {
	CONF_MASTER_NONE = 0, /* `init` has not set it */
	CONF_MASTER_CREDENTIAL = 1,
	CONF_MASTER_FILE = 2,
	CONF_MASTER_PASSPHRASE = 3
};

/* What a role id of the server means: one of the policy's four words. */
struct conf_server_role {
	char id[65];
	char role[8];
};

struct conf {
	char endpoint[260]; /* host or host:port, of keys sealed from now on */
	char ca_file[256];
	char pin[2][64]; /* base64 of SHA-256, "" if none */
	char proxy[256]; /* "" none */
	char pam_service[65];
	char service[CONF_LEVELS + 1][65]; /* by level 1..4; "" not listed */
	char syslog_socket[108];
	int syslog_facility; /* number of RFC 5424, already times 8 */
	bool syslog_required;
	bool landlock_required;
	bool state_etcd;
	enum conf_master master;
	uint64_t least_generation;
	uint32_t connect_timeout_ms, answer_timeout_ms, confirm_timeout_ms;
	uint32_t prompt_timeout_ms, auth_window_ms, list_age_ms;
	uint32_t auth_failures, slots_per_user, slots, list_parallel;
	uint32_t checkpoint_lines, checkpoint_ms;
	uint64_t key_age_ms;
	uint64_t unlock_idle_ms; /* 0: held until lock, stop or reboot */
	struct conf_server_role server_role[CONF_SERVER_ROLES]; /* id "": end */
	uint8_t hash[CONF_HASH_LEN]; /* SHA-256 of the text; zeros: defaults */
};

/* Where a file is wrong: the line from 1, and a short English text. */
struct diag {
	unsigned int line, col;
	char what[128];
};

/* The port in `[scheme://]host[:port][/…]`, or `none` where there is none. */
uint16_t conf_port_of(const char *address, uint16_t none);

/*
 * The ports that the courier may connect to: HTTPS, that of `endpoint`, the
 * proxy's, and that of name servers, for answers too long for UDP.
 */
size_t conf_courier_ports(
    const struct conf *conf, uint16_t ret[CONF_PORTS_MAX]);

/* The defaults alone. */
void conf_defaults(struct conf *ret_conf);

/*
 * Reads `len` bytes of text. EFORM with `diag` filled. On failure *ret_conf
 * is untouched. Pure.
 */
WARDER_MUST_CHECK int conf_parse(
    const char *text, size_t len, struct conf *ret_conf, struct diag *diag);

/*
 * Reads the file at `path` (root's, not writable by others). A file that is
 * not there is an error too (EMISSING): `warderctl init` makes one.
 */
WARDER_MUST_CHECK int conf_load(
    const char *path, struct conf *ret_conf, struct diag *diag);

#endif
