/* SPDX-License-Identifier: ISC */
/*
 * `key seal ORG --from-aliyun-cli FILE --profile P`. The file is anybody's
 * JSON, so root does not read it: it goes, opened and checked, to a courier
 * that has nothing but it and answers in typed fields.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "ctl/key.h"
#include "wire/profile.h"

#define READER WARDER_LIBEXECDIR "/warder-courier"
#define READ_MS 10000
#define FILE_MAX 65535
#define SHOWN_SIZE 400

static int
refuse(const char *file, const char *why)
{
	char shown[SHOWN_SIZE];

	return ctl_fail(seal_reason(SEAL_IMPORT_FILE), "%s: %s: %s",
	    text_show(shown, sizeof(shown), file), seal_word(SEAL_IMPORT_FILE),
	    why);
}

/* Whoever else may write there could seal a key of his own. */
static int
open_file(const char *path, int *ret_fd)
{
	auto_fd int fd = open(
	    path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return refuse(path, "a link; give the file itself");
	if (fd < 0 || fstat(fd, &st) != 0)
		return refuse(path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(path, "no regular file");
	if ((st.st_mode & 022) != 0)
		return refuse(path, "others may write to it: chmod go-w");
	if (st.st_size > FILE_MAX)
		return refuse(path, "too large for a file of profiles");
	*ret_fd = fd;
	fd = -1;
	return REASON_DONE;
}

/* In the child: two descriptors, no environment, a program by its full path. */
static void
become_reader(int file, int answer, const char *profile)
{
	char word[] = "warder-courier", flag[] = "--profile", name[65];
	char *const argv[] = { word, flag, name, NULL };
	char *const envp[] = { NULL };

	(void)snprintf(name, sizeof(name), "%s", profile);
	if (dup2(file, STDIN_FILENO) == STDIN_FILENO &&
	    dup2(answer, STDOUT_FILENO) == STDOUT_FILENO &&
	    close_range(STDERR_FILENO + 1, ~0u, 0) == 0)
		(void)execve(READER, argv, envp);
	_exit(1);
}

static int
run_reader(int file, const char *name, struct profile *ret_profile)
{
	int ends[2], status, r;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return WARDER_ESYS;
	(void)fflush(NULL);
	if ((child = fork()) == 0)
		become_reader(file, ends[1], name);
	fd_closep(&ends[1]);
	r = child < 0
	        ? WARDER_ESYS
	        : profile_recv(ends[0], clock_boot_ms() + READ_MS, ret_profile);
	fd_closep(&ends[0]);
	if (child < 0)
		return r;
	while (waitpid(child, &status, 0) != child)
		if (errno != EINTR)
			return WARDER_ESYS;
	/* An answer counts only of one that ended well. */
	if (r == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		return WARDER_EBUG;
	return r;
}

static int
tell_refusal(const struct key_question *question, const struct profile *profile)
{
	char file[SHOWN_SIZE], name[SHOWN_SIZE], what[SHOWN_SIZE];

	(void)text_show(file, sizeof(file), question->import_file);
	(void)text_show(name, sizeof(name), question->profile);
	(void)text_show(what, sizeof(what), profile->what);
	if (strcmp(profile->word, seal_word(SEAL_IMPORT_MODE)) == 0)
		return ctl_fail(seal_reason(SEAL_IMPORT_MODE),
		    "%s: profile %s: %s: mode \"%s\" holds no key of its own; "
		    "AK and StsToken do",
		    file, name, profile->word, what);
	if (strcmp(profile->word, seal_word(SEAL_IMPORT_FILE)) == 0)
		return ctl_fail(seal_reason(SEAL_IMPORT_FILE),
		    "%s: profile %s: %s: %s", file, name, profile->word, what);
	return ctl_fail(seal_reason(SEAL_IMPORT_SHAPE),
	    "%s: profile %s: %s: %s is missing, wrong, or there twice", file,
	    name, seal_word(SEAL_IMPORT_SHAPE), what);
}

static int
take(const struct key_question *question, struct profile *profile,
    struct seal_credential *credential)
{
	enum seal_kind kind = profile->kind == 2 ? SEAL_STS : SEAL_ACCESS_KEY;

	if (question->has_kind && question->kind != kind)
		return ctl_fail(seal_reason(SEAL_IMPORT_KIND),
		    "%s: that profile is of kind %s",
		    seal_word(SEAL_IMPORT_KIND), key_kind_word(kind));
	credential->kind = kind;
	credential->secret = blob_steal(&profile->secret);
	credential->token = blob_steal(&profile->token);
	return text_copy(credential->id, sizeof(credential->id), profile->id);
}

int
key_import(
    const struct key_question *question, struct seal_credential *credential)
{
	auto_profile struct profile profile = { .secret = NULL };
	auto_fd int file = -1;
	int r;

	if (question->profile[0] == '\0' || strlen(question->profile) > 64 ||
	    !text_is_clean(question->profile, strlen(question->profile)))
		return ctl_fail(
		    REASON_USAGE, "--profile takes a name of at most 64 bytes");
	if ((r = open_file(question->import_file, &file)) != 0)
		return r;
	r = run_reader(file, question->profile, &profile);
	if (r != 0)
		return ctl_fail(REASON_BUG, "%s did not read it: %s", READER,
		    warder_strerror(r));
	if (profile.word[0] != '\0')
		return tell_refusal(question, &profile);
	if ((r = take(question, &profile, credential)) != 0)
		return r;
	return key_check_shapes(credential);
}

void
key_import_warn(const struct key_question *question)
{
	char file[SHOWN_SIZE], name[SHOWN_SIZE];

	(void)fprintf(stderr,
	    "%s still holds this key in plain text, for whoever may read that "
	    "file or a backup of it.\nTake it out there: aliyun configure "
	    "delete --profile %s\nThen make a new key at Alibaba Cloud, seal "
	    "that one, and disable this one.\n",
	    text_show(file, sizeof(file), question->import_file),
	    text_show(name, sizeof(name), question->profile));
}
