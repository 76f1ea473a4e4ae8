/* SPDX-License-Identifier: ISC */
/* Between the parts of `warderctl doctor`. */
#ifndef WARDER_CTL_DOCTOR_H
#define WARDER_CTL_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/conf.h"

enum finding_level {
	FINDING_OK = 0,
	FINDING_WARN,
	FINDING_BAD
};

/* Adds one; what does not fit is bad in itself. */
void finding_add(enum finding_level level, const char *topic,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

size_t findings_count(enum finding_level level);
void findings_forget(void);

/* Each adds its findings. */
void doctor_services(void);
void doctor_confine(const struct conf *conf);
void doctor_files(const struct conf *conf);
void doctor_keys(const struct conf *conf);
void doctor_policy(void);
void doctor_pam(const struct conf *conf);
void doctor_clock(void);
void doctor_ledger(void);

/* Whether this configuration of logrotate means a file of the ledger. */
bool doctor_rotates_ledger(FILE *file);

/* One sealed key at `now_ms`, UTC. */
struct key_row;
void doctor_key(
    const struct conf *conf, const struct key_row *row, uint64_t now_ms);

/* Whether the courier may connect to the port of this endpoint. */
bool doctor_may_reach(const struct conf *conf, const char *endpoint);

/* What a PAM service does, with all that it includes. */
struct pam_facts {
	bool is_there, asks, has_account;
	bool is_bound, permits; /* while it is read: a failure counts; permit */
	char way_in[80]; /* `control module` that lets everybody in, or "" */
};
void pam_service_look(
    const char *dir, const char *service, struct pam_facts *ret_facts);

/*
 * Whether a PAM service asks anything: an auth line, its own or of what it
 * includes, whose module is not pam_permit and the like. `dir` is /etc/pam.d
 * or a test's folder.
 */
bool pam_service_asks(const char *dir, const char *service);

#endif
