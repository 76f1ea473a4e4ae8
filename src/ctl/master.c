/* SPDX-License-Identifier: ISC */
/*
 * A master as a file of root, as a credential of systemd or under a
 * passphrase. systemd-creds gets and gives the 32 bytes by a pipe; they are
 * in no argument.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/rand.h"
#include "base/safefile.h"
#include "ctl/master.h"
#include "ctl/passphrase.h"
#include "ctl/rootfile.h"
#include "ctl/vault.h"

#define SYSTEMD_CREDS "/usr/bin/systemd-creds"

static char *const environment[] = { "PATH=/usr/bin:/bin", NULL };

/* Root's files by their path; the wrap by its name in the store's folder. */
static const char *
wrap_name(enum master_place place)
{
	return place == MASTER_NEW ? SEAL_WRAP_NEW : SEAL_WRAP_NAME;
}

const char *
master_path(enum conf_master source, enum master_place place)
{
	switch (source) {
	case CONF_MASTER_NONE:
	case CONF_MASTER_CREDENTIAL:
		break;
	case CONF_MASTER_FILE:
		return place == MASTER_NEW ? SEAL_MASTER_FILE ".new"
		                           : SEAL_MASTER_FILE;
	case CONF_MASTER_PASSPHRASE:
		return place == MASTER_NEW ? VAULT_KEYS "/" SEAL_WRAP_NEW
		                           : VAULT_KEYS "/" SEAL_WRAP_NAME;
	}
	return place == MASTER_NEW ? VAULT_CREDENTIAL ".new" : VAULT_CREDENTIAL;
}

bool
master_is_there(enum conf_master source, enum master_place place)
{
	struct stat st;

	return lstat(master_path(source, place), &st) == 0;
}

/*
 * Bound to this host's key and its TPM. Without a TPM systemd-creds fails:
 * then --master file says openly what it is.
 */
static int
encrypt(const char *path, const struct blob *master)
{
	char *const argv[] = { "systemd-creds", "encrypt",
		"--name=warder.master", "--with-key=host+tpm2", "-",
		(char *)path, NULL };
	int ends[2], status;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return WARDER_ESYS;
	if ((child = fork()) == 0) {
		if (dup2(ends[0], STDIN_FILENO) == STDIN_FILENO)
			execve(SYSTEMD_CREDS, argv, environment);
		_exit(127);
	}
	fd_closep(&ends[0]);
	if (child < 0 ||
	    fd_write_all(ends[1], blob_data(master), blob_len(master)) != 0) {
		fd_closep(&ends[1]);
		return WARDER_ESYS;
	}
	fd_closep(&ends[1]);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0)
		return WARDER_EFENCE;
	return WARDER_OK;
}

/* That program would write over what is there, and stop half-way. */
static int
make_credential(const char *path, const struct blob *master)
{
	char tmp[PATH_MAX];
	int r;

	if (snprintf(tmp, sizeof(tmp), "%s.tmp.%d", path, (int)getpid()) >=
	    (int)sizeof(tmp))
		return WARDER_EBUG;
	r = encrypt(tmp, master);
	if (r == WARDER_OK && chmod(tmp, 0400) != 0)
		r = WARDER_ESYS;
	if (r == WARDER_OK)
		r = rootfile_adopt(tmp, path);
	else
		(void)unlink(tmp);
	return r;
}

static int
keep(enum conf_master source, const char *path, const struct blob *master)
{
	int r;

	if (source == CONF_MASTER_FILE)
		r = rootfile_make(
		    path, 0400, blob_data(master), SEAL_MASTER_LEN);
	else
		r = make_credential(path, master);
	if (r == WARDER_EFENCE)
		return ctl_fail(REASON_MISCONFIGURED,
		    "systemd-creds does not encrypt with host key and TPM "
		    "here; `--master passphrase` or `--master file` do "
		    "without");
	if (r != 0)
		return ctl_fail(REASON_MISCONFIGURED, "%s: %s", path,
		    r == WARDER_ESYS ? strerror(errno) : warder_strerror(r));
	return REASON_DONE;
}

int
master_make(enum conf_master source, enum master_place place,
    const uint8_t store_id[SEAL_ID_LEN], struct blob **ret_master)
{
	auto_blob struct blob *master = NULL;
	int r;

	if ((r = blob_new(SEAL_MASTER_LEN, &master)) != 0 ||
	    (r = blob_set_len(master, SEAL_MASTER_LEN)) != 0)
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	rand_fill(blob_space(master), SEAL_MASTER_LEN);
	r = source == CONF_MASTER_PASSPHRASE
	        ? passphrase_make(wrap_name(place), store_id, master)
	        : keep(source, master_path(source, place), master);
	if (r == REASON_DONE)
		*ret_master = blob_steal(&master);
	return r;
}

/* Reads 32 bytes and no more from a pipe into locked memory. */
static bool
read_master(int fd, struct blob *master)
{
	uint8_t *at = blob_space(master);
	size_t len = 0;
	ssize_t n;
	uint8_t more;

	while (len < SEAL_MASTER_LEN) {
		n = read(fd, at + len, SEAL_MASTER_LEN - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		len += (size_t)n;
	}
	return read(fd, &more, 1) == 0 && blob_set_len(master, len) == 0;
}

/* systemd refuses a credential that was made for another name. */
static enum seal_err
decrypt_credential(const char *path, struct blob *master)
{
	char *const argv[] = { "systemd-creds", "decrypt",
		"--name=warder.master", (char *)path, "-", NULL };
	int ends[2], status;
	bool is_read;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return SEAL_SYSTEM;
	if ((child = fork()) == 0) {
		if (dup2(ends[1], STDOUT_FILENO) == STDOUT_FILENO)
			execve(SYSTEMD_CREDS, argv, environment);
		_exit(127);
	}
	fd_closep(&ends[1]);
	is_read = child > 0 && read_master(ends[0], master);
	fd_closep(&ends[0]);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return SEAL_SYSTEM;
	return is_read && WIFEXITED(status) && WEXITSTATUS(status) == 0
	           ? SEAL_OK
	           : SEAL_LOCKED;
}

static enum seal_err
load_file(const char *path, struct blob **ret_master)
{
	struct safefile_rule rule = { .owner = 0,
		.forbidden = 0077,
		.min = SEAL_MASTER_LEN,
		.max = SEAL_MASTER_LEN };

	switch (safefile_load_blob(path, &rule, ret_master)) {
	case WARDER_OK:
		return SEAL_OK;
	case WARDER_EMISSING:
		return SEAL_LOCKED;
	case WARDER_ETOOBIG:
		return SEAL_FILE_SIZE;
	case WARDER_ERIGHTS:
		return SEAL_FILE_RIGHTS;
	case WARDER_ENOMEM:
		return SEAL_MEMORY_LOCK;
	}
	return SEAL_SYSTEM;
}

/* Of the two sources that need nobody. */
static enum seal_err
load_unasked(
    enum conf_master source, enum master_place place, struct blob **ret_master)
{
	const char *path = master_path(source, place);
	auto_blob struct blob *master = NULL;
	enum seal_err e;

	if (source == CONF_MASTER_FILE)
		return load_file(path, ret_master);
	if (blob_new(SEAL_MASTER_LEN, &master) != 0)
		return SEAL_MEMORY_LOCK;
	if ((e = decrypt_credential(path, master)) == SEAL_OK)
		*ret_master = blob_steal(&master);
	return e;
}

int
master_open(
    enum conf_master source, enum master_place place, struct blob **ret_master)
{
	enum seal_err e;

	if (source == CONF_MASTER_PASSPHRASE)
		return passphrase_open(wrap_name(place), ret_master);
	if ((e = load_unasked(source, place, ret_master)) == SEAL_OK)
		return REASON_DONE;
	return ctl_fail_seal(e, master_path(source, place));
}

static enum seal_err
wrap_key_id(enum master_place place, uint8_t ret_id[SEAL_ID_LEN])
{
	struct seal_wrap wrap;
	struct wrap_head head;
	enum seal_err e;

	if ((e = passphrase_look(wrap_name(place), &wrap)) != SEAL_OK ||
	    (e = wrap_peek(wrap.bytes, wrap.len, &head)) != SEAL_OK)
		return e;
	memcpy(ret_id, head.key_id, SEAL_ID_LEN);
	return SEAL_OK;
}

enum seal_err
master_key_id(enum conf_master source, enum master_place place,
    uint8_t ret_id[SEAL_ID_LEN])
{
	auto_blob struct blob *master = NULL, *keys = NULL;
	enum seal_err e;

	if (source == CONF_MASTER_PASSPHRASE)
		return wrap_key_id(place, ret_id);
	if ((e = load_unasked(source, place, &master)) != SEAL_OK ||
	    (e = seal_keys_derive(master, &keys)) != SEAL_OK)
		return e;
	seal_key_id(ret_id, keys);
	return SEAL_OK;
}

int
master_move(enum conf_master source)
{
	const char *path = master_path(source, MASTER_NOW);

	if (source == CONF_MASTER_PASSPHRASE)
		return passphrase_move(SEAL_WRAP_NEW, SEAL_WRAP_NAME);
	if (rootfile_move(master_path(source, MASTER_NEW), path) == 0)
		return REASON_DONE;
	return ctl_fail(REASON_MISCONFIGURED, "%s: %s", path, strerror(errno));
}

int
master_remove(enum conf_master source, enum master_place place)
{
	const char *path = master_path(source, place);

	if (!master_is_there(source, place))
		return REASON_DONE;
	if (source == CONF_MASTER_PASSPHRASE)
		return passphrase_remove(wrap_name(place));
	if (rootfile_remove(path) == 0)
		return REASON_DONE;
	return ctl_fail(REASON_MISCONFIGURED, "%s: %s", path, strerror(errno));
}
