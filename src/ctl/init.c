/* SPDX-License-Identifier: ISC */
/*
 * `warderctl init`: from installed programs to a host that can be given a
 * key and a policy. What is there already stays; so it may be run again
 * after a failure, and goes on where it ended.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rand.h"
#include "base/safefile.h"
#include "base/text.h"
#include "ctl/commands.h"
#include "ctl/conf_line.h"
#include "ctl/init.h"
#include "ctl/master.h"
#include "ctl/passphrase.h"
#include "ctl/rootfile.h"
#include "wire/pamkey.h"

#define PAM_KEY WARDER_SYSCONFDIR "/pam.key"
#define PAM_PUB WARDER_SYSCONFDIR "/pam.pub"
#define CONF_TEXT_MAX 65536
#define ADDED "# made by warderctl init\nmaster %s\n"

void
init_say_made(const char *path)
{
	(void)printf("made  %s\n", path);
}

void
init_say_kept(const char *path)
{
	(void)printf("kept  %s, it was there already\n", path);
}

static int
say_result(int r, const char *path)
{
	if (r != 0 && r != WARDER_EEXIST)
		return ctl_fail(REASON_MISCONFIGURED, "%s: %s", path,
		    r == WARDER_ESYS ? strerror(errno) : warder_strerror(r));
	if (r == 0)
		init_say_made(path);
	else
		init_say_kept(path);
	return REASON_DONE;
}

/*
 * A folder of the given owner, below a folder that only root writes to. One
 * that is there must be like that already: root repairs rights, we do not.
 */
static int
make_folder(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	struct stat st;

	if (mkdir(path, 0700) == 0) {
		if (lchown(path, uid, gid) != 0 || chmod(path, mode) != 0)
			return say_result(WARDER_ESYS, path);
		return say_result(WARDER_OK, path);
	}
	if (errno != EEXIST || lstat(path, &st) != 0)
		return say_result(WARDER_ESYS, path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != uid ||
	    (st.st_mode & 0777 & ~mode) != 0)
		return ctl_fail(REASON_MISCONFIGURED,
		    "%s is there with another owner or mode; it has to be of "
		    "uid %u, mode %04o",
		    path, (unsigned int)uid, (unsigned int)mode);
	return say_result(WARDER_EEXIST, path);
}

int
init_folders(void)
{
	const struct passwd *keeper;
	const struct group *adm = getgrnam("adm");
	uid_t uid;
	gid_t gid;
	int r;

	/* getpwnam has one answer at a time: the one needed comes last. */
	if (getpwnam(WARDER_USER_DESK) == NULL ||
	    getpwnam(WARDER_USER_COURIER) == NULL || adm == NULL ||
	    (keeper = getpwnam(WARDER_USER_KEEPER)) == NULL)
		return ctl_fail(REASON_MISCONFIGURED,
		    "the users %s, %s, %s and the group adm have to be there "
		    "first: systemd-sysusers makes them",
		    WARDER_USER_DESK, WARDER_USER_KEEPER, WARDER_USER_COURIER);
	uid = keeper->pw_uid;
	gid = keeper->pw_gid;
	if ((r = make_folder(WARDER_SYSCONFDIR, 0, 0, 0755)) != 0 ||
	    (r = make_folder(WARDER_STATEDIR, uid, gid, 0700)) != 0)
		return r;
	return make_folder(WARDER_LOGDIR, uid, adm->gr_gid, 0750);
}

static int
hex_of_blob(const struct blob *bytes, struct blob **ret_hex)
{
	int r;

	/* One more for the NUL, which then becomes the line feed. */
	if ((r = blob_new(2 * blob_len(bytes) + 1, ret_hex)) != 0)
		return r;
	hex_print(
	    (char *)blob_space(*ret_hex), blob_data(bytes), blob_len(bytes));
	blob_space(*ret_hex)[2 * blob_len(bytes)] = '\n';
	return blob_set_len(*ret_hex, 2 * blob_len(bytes) + 1);
}

static int
make_seed(struct blob **ret_seed)
{
	int r;

	if ((r = blob_new(32, ret_seed)) != 0)
		return r;
	rand_fill(blob_space(*ret_seed), 32);
	return blob_set_len(*ret_seed, 32);
}

/* The public key always follows from what pam.key says. */
int
init_pam_keys(void)
{
	auto_blob struct blob *seed = NULL, *hex = NULL, *secret = NULL;
	uint8_t public[PROMPT_KEY_LEN];
	char line[2 * PROMPT_KEY_LEN + 2];
	int r;

	if ((r = make_seed(&seed)) != 0 || (r = hex_of_blob(seed, &hex)) != 0)
		return ctl_fail(REASON_BUG, "%s", warder_strerror(r));
	r = rootfile_make(PAM_KEY, 0400, blob_data(hex), blob_len(hex));
	if ((r = say_result(r, PAM_KEY)) != 0)
		return r;
	if ((r = pamkey_load(PAM_KEY, 0, &secret, public)) != 0)
		return ctl_fail(REASON_MISCONFIGURED, "%s: %s", PAM_KEY,
		    warder_strerror(r));
	hex_print(line, public, sizeof(public));
	memcpy(line + 2 * sizeof(public), "\n", 2);
	r = rootfile_make(PAM_PUB, 0644, line, strlen(line));
	return say_result(r, PAM_PUB);
}

static int
load_text(const char *path, char **ret_text, size_t *ret_len)
{
	const struct safefile_rule rule = { 0, 022, 0, CONF_TEXT_MAX };
	uint8_t *bytes = NULL;
	int r;

	if ((r = safefile_load(path, &rule, &bytes, ret_len)) != 0)
		return r;
	*ret_text = (char *)bytes;
	return WARDER_OK;
}

/* An existing file keeps all its lines and gets `master` at its end. */
static int
add_master(const char *text, size_t len, enum conf_master source)
{
	char *whole;
	int n, r;

	n = asprintf(&whole, "%.*s%s" ADDED, (int)len, text,
	    len > 0 && text[len - 1] != '\n' ? "\n" : "",
	    conf_master_word(source));
	if (n < 0)
		return ctl_fail(REASON_BUG, "no memory");
	r = rootfile_replace(VAULT_CONF, 0644, whole, (size_t)n);
	free(whole);
	if (r != 0)
		return say_result(r, VAULT_CONF);
	(void)printf(
	    "added `master %s` to %s\n", conf_master_word(source), VAULT_CONF);
	return REASON_DONE;
}

/*
 * Of a choice that came to nothing: else the way out that is named then would
 * end at the line about it. Only what add_master() wrote is taken out.
 */
static void
take_back(enum conf_master source)
{
	char *text = NULL, *added = NULL;
	size_t len;
	int n = asprintf(&added, ADDED, conf_master_word(source));

	if (n < 0)
		return;
	if (load_text(VAULT_CONF, &text, &len) == 0 && len >= (size_t)n &&
	    memcmp(text + len - n, added, (size_t)n) == 0 &&
	    rootfile_replace(VAULT_CONF, 0644, text, len - (size_t)n) == 0)
		(void)printf("took `master %s` out of %s again\n",
		    conf_master_word(source), VAULT_CONF);
	free(text);
	free(added);
}

/* *ret_added: the line is of this run. */
static int
keep_choice(enum conf_master source, bool *ret_added)
{
	struct conf conf;
	struct diag diag = { 0 };
	char *text = NULL;
	size_t len = 0;
	int r = load_text(VAULT_CONF, &text, &len);

	*ret_added = r == WARDER_EMISSING;
	if (r == WARDER_EMISSING)
		return add_master("", 0, source);
	if (r != 0)
		return ctl_fail(REASON_MISCONFIGURED, "%s: %s", VAULT_CONF,
		    warder_strerror(r));
	r = conf_parse(text, len, &conf, &diag);
	if (r != 0)
		r = ctl_fail(REASON_MISCONFIGURED, "%s:%u: %s", VAULT_CONF,
		    diag.line, diag.what);
	else if ((*ret_added = conf.master == CONF_MASTER_NONE))
		r = add_master(text, len, source);
	else if (conf.master != source)
		r = ctl_fail(REASON_MISCONFIGURED,
		    "%s names another master key than %s", VAULT_CONF,
		    conf_master_word(source));
	else
		init_say_kept(VAULT_CONF);
	free(text);
	return r;
}

static int
conf_and_store(enum conf_master source)
{
	bool is_added = false;
	int r = keep_choice(source, &is_added);

	if (r == 0 && (r = init_store(source)) != 0 && is_added &&
	    !master_is_there(source, MASTER_NOW))
		take_back(source);
	return r;
}

static int
usage(void)
{
	(void)fputs("usage: warderctl init [--master credential|file]\n"
	            "       warderctl init --master passphrase [--stdin]\n",
	    stderr);
	return REASON_USAGE;
}

static int
read_flags(int argc, char **argv, enum conf_master *ret_source)
{
	static const struct option flags[] = {
		{ "master", required_argument, NULL, 'm' },
		{ "stdin", no_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	bool is_stdin = false, no_prompt = false;
	int c;

	optind = 0;
	*ret_source = CONF_MASTER_CREDENTIAL;
	while ((c = getopt_long(argc, argv, "n", flags, NULL)) != -1) {
		if (c == 's')
			is_stdin = true;
		else if (c == 'n')
			no_prompt = true;
		else if (c != 'm' || !conf_master_parse(optarg, ret_source))
			return usage();
	}
	if (is_stdin && *ret_source != CONF_MASTER_PASSPHRASE)
		return usage();
	passphrase_by(is_stdin, no_prompt);
	return optind == argc ? REASON_DONE : usage();
}

int
ctl_init(int argc, char **argv)
{
	enum conf_master source;
	int r;

	if ((r = read_flags(argc, argv, &source)) != 0 ||
	    (r = ctl_need_root()) != 0 || (r = init_folders()) != 0 ||
	    (r = init_pam_keys()) != 0 || (r = conf_and_store(source)) != 0 ||
	    (r = init_policy()) != 0)
		return r;
	(void)puts("\nNext: write " WARDER_SYSCONFDIR "/policy, then "
	           "`warderctl policy install`, then `warderctl key seal`.");
	if (source == CONF_MASTER_PASSPHRASE)
		(void)puts("Then, and after each start of the keeper: "
		           "`warderctl unlock`. Nobody can help whoever "
		           "forgets the passphrase.");
	return REASON_DONE;
}
