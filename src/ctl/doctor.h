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

/* The same, where it could not look: the document is not complete. */
void finding_unseen(enum finding_level level, const char *topic,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Where the last one was found; line 0: the whole file. */
void finding_place(const char *file, unsigned int line);

size_t findings_count(enum finding_level level);
void findings_forget(void);

/* NULL: there are not so many. */
const char *finding_text(size_t i);

void findings_print(void);

/* The document of --json, to be freed; NULL: no memory. */
char *findings_document(void);

/* From here on a child may add to them. */
bool findings_share(void);

/* What is said where a look did not come to its end. */
struct doctor_look {
	const char *topic, *what, *repair;
};

/*
 * Runs it in a child, for so long: what it asks may never answer, as a name
 * service does that is away. Its findings stay, also those of half the way.
 */
void doctor_within(
    int64_t ms, const struct doctor_look *look, void (*run)(void *), void *ctx);

/* Each adds its findings. */
/* Whether the keeper answers. */
bool doctor_services(const struct conf *conf);
void doctor_users(void);
void doctor_confine(const struct conf *conf);
void doctor_files(const struct conf *conf);
void doctor_keys(const struct conf *conf);
struct policy;
void doctor_policy(uint8_t **ret_bytes, struct policy **ret_policy);
void doctor_people(const struct policy *policy);
struct check_finding;
void doctor_missing(const struct check_finding *found);
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

/*
 * A file of the administrator: a plain one of at most 1 MiB, which does not
 * hold whoever opens it. NULL with errno: EINVAL, EFBIG, ELOOP (a link, where
 * none may be).
 */
FILE *doctor_open(const char *path, bool is_no_link);

/* Whether it was read, and is not the defaults alone. */
bool doctor_has_conf(const struct conf *conf);

/* A word that a shell takes as it stands. */
bool doctor_is_plain(const char *word);

struct doctor_file {
	const char *path;
	/* As it is made; bits that it must not have, that it must have. */
	mode_t mode, forbidden, needed;
	bool is_folder, is_adm; /* its group is adm, or the owner's own */
	bool is_inside;         /* in a folder that is not root's */
	const char *if_gone;
};
struct doctor_owner {
	uid_t uid;
	const char *name;
	gid_t adm; /* of files that adm reads */
};
void doctor_file(
    const struct doctor_file *rule, const struct doctor_owner *owner);

/*
 * The first folder on the way to a file that others than root may change, or
 * the file itself; false: there is none, or it cannot be looked at.
 */
bool doctor_first_loose(const char *path, char ret[PATH_MAX]);

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

#define DOCTOR_UNIT "warder-keeper.service"
#define DOCTOR_DROP_INS "/etc/systemd/system/" DOCTOR_UNIT ".d"

/* Whether systemd runs the keeper, or would; runit may on the same host. */
bool doctor_has_units(void);

/* Whether a keeper runs, and none of its unit. */
bool doctor_keeper_is_elsewhere(void);

/* Whether /proc/PID/cgroup is of the keeper's unit. */
bool doctor_is_of_unit(FILE *cgroup);

/*
 * Whether a unit or a drop-in loads a credential of that name, or leaves what
 * was said before it.
 */
bool doctor_hands_over(FILE *unit, const char *credential, bool is_before);

/* The same of all of the keeper's in these folders, the earlier ones first. */
bool doctor_unit_hands_over(
    const char *const *roots, size_t n, const char *credential);

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

/* The same of its file and its folder, with all that they include. */
void doctor_rotation(const char *conf, const char *folder);

/* The closed files of an open folder of that name, and the one in use. */
struct ledger_closed;
void doctor_closed(
    int dir, const char *folder, const struct ledger_closed *closed);

/* One sealed key at `now_ms`, UTC. */
struct key_row;
void doctor_key(
    const struct conf *conf, const struct key_row *row, uint64_t now_ms);

/* Whether the courier may connect to the port of this endpoint. */
bool doctor_may_reach(const struct conf *conf, const char *endpoint);

#define PAM_LINE_MAX 1024 /* libpam's */

/* What a PAM service does, with all that it includes. */
struct pam_facts {
	bool is_there, asks, has_account;
	bool judges;            /* an account line looks at the account */
	bool is_bound, permits; /* while it is read: a failure counts; permit */
	char yes[48];           /* which permits */
	char way_in[80];  /* `control module` that lets everybody in, or "" */
	char unknown[48]; /* a module of which it is not known, or "" */
	char unread[256]; /* a file that is not read to its end, or "" */
	char loose[PATH_MAX]; /* one that others may change, or "" */
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
