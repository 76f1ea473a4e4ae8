/* SPDX-License-Identifier: ISC */
/* Between the parts of `warderctl doctor`. */
#ifndef WARDER_CTL_DOCTOR_H
#define WARDER_CTL_DOCTOR_H

#include <stdbool.h>

#include "base/conf.h"

enum finding_level {
	FINDING_OK = 0,
	FINDING_WARN,
	FINDING_BAD
};

/* Adds one; what does not fit is bad in itself. */
void finding_add(enum finding_level level, const char *topic,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Each adds its findings. */
void doctor_services(void);
void doctor_confine(const struct conf *conf);
void doctor_files(const struct conf *conf);
void doctor_policy(void);
void doctor_pam(const struct conf *conf);
void doctor_clock(void);

/*
 * Whether a PAM service asks anything: an auth line, its own or of what it
 * includes, whose module is not pam_permit and the like. `dir` is /etc/pam.d
 * or a test's folder.
 */
bool pam_service_asks(const char *dir, const char *service);

#endif
