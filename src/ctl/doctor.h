/* SPDX-License-Identifier: ISC */
/* Between the parts of `warderctl doctor`. */
#ifndef WARDER_CTL_DOCTOR_H
#define WARDER_CTL_DOCTOR_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/conf.h"
#include "base/err.h"

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
bool doctor_services(void); /* whether the keeper answers */
void doctor_users(void);
void doctor_confine(const struct conf *conf);
void doctor_files(const struct conf *conf);
void doctor_keys(const struct conf *conf);
struct policy;
void doctor_policy(uint8_t **ret_bytes, struct policy **ret_policy);
void doctor_people(const struct policy *policy);
void doctor_ca(const struct conf *conf);
void doctor_server(
    const struct conf *conf, const struct policy *policy, bool is_keeper_there);
void doctor_disk(void);
void doctor_syslog(const struct conf *conf);
void doctor_drop_in(const struct conf *conf);
void doctor_proc(void);
void doctor_pam(const struct conf *conf);
void doctor_clock(void);
void doctor_ledger(void);

/* How many certificates the text holds, from BEGIN to END. */
size_t doctor_certificates(const char *text);

/* What to do about a reading call that ended so. */
const char *doctor_server_repair(enum reason exit);

/* The file system below `path`, in a table like that of /proc/self/mounts. */
bool doctor_mount_of(
    FILE *mounts, const char *path, char ret_dir[PATH_MAX], char ret_how[512]);
bool doctor_mount_here(
    const char *path, char ret_dir[PATH_MAX], char ret_how[512]);

/* Whether these options of /proc hide processes, and from all but whom. */
bool doctor_hides_processes(const char *how, gid_t *ret_gid);

/* Whether /proc/PID/status is of that uid and has that group. */
bool doctor_status_has_group(FILE *status, uid_t uid, gid_t gid);

/* Whether a unit or a drop-in loads a credential of that name. */
bool doctor_hands_over(FILE *unit, const char *credential);

enum doctor_room {
	DOCTOR_ROOM_CLOSED = 0, /* mounted read-only */
	DOCTOR_ROOM_NONE,       /* less than the ledger reserves */
	DOCTOR_ROOM_SHORT,
	DOCTOR_ROOM_FINE
};
struct statvfs;
enum doctor_room doctor_room_of(const struct statvfs *disk);

/* 0, or the errno of a connection to the syslog daemon's socket. */
int doctor_try_syslog(const char *path);

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
