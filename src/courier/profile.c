/* SPDX-License-Identifier: ISC */
/*
 * The modes `AK` and `StsToken` are the two that have the whole credential in
 * the file; every other one fetches it elsewhere or runs a program, which is
 * no key that lies here.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/log.h"
#include "base/text.h"
#include "confine/confine.h"
#include "courier/json.h"
#include "courier/profile.h"

#define SEND_MS 5000
#define MEMORY_MAX ((rlim_t)64 << 20)

static int
end(struct profile *profile, const char *word, const char *what)
{
	profile_clear(profile);
	(void)snprintf(profile->word, sizeof(profile->word), "%s", word);
	(void)text_cut(
	    profile->what, sizeof(profile->what), what, strlen(what));
	return WARDER_OK;
}

/* As a secret; NULL: it is not there, empty, or too long. ENOMEM only. */
static int
take_secret(
    const cJSON *from, const char *name, size_t max, struct blob **ret_secret)
{
	const char *text = json_text(from, name);
	size_t len = text == NULL ? 0 : strlen(text);

	if (len == 0 || len > max)
		return WARDER_OK;
	if (blob_new(len, ret_secret) != 0 ||
	    blob_append(*ret_secret, text, len) != 0)
		return WARDER_ENOMEM;
	return WARDER_OK;
}

/* What a credential of this kind consists of, and nothing missing. */
static int
take_parts(const cJSON *from, uint8_t kind, struct profile *profile)
{
	const char *id = json_text(from, "access_key_id");

	if (id == NULL || id[0] == '\0' || strlen(id) > PROFILE_ID_MAX)
		return end(profile, "import_shape", "access_key_id");
	if (take_secret(from, "access_key_secret", PROFILE_SECRET_MAX,
	        &profile->secret) != 0 ||
	    (kind == 2 && take_secret(from, "sts_token", PROFILE_TOKEN_MAX,
	                      &profile->token) != 0))
		return WARDER_ENOMEM;
	if (profile->secret == NULL)
		return end(profile, "import_shape", "access_key_secret");
	if (kind == 2 && profile->token == NULL)
		return end(profile, "import_shape", "sts_token");
	profile->kind = kind;
	return text_copy(profile->id, sizeof(profile->id), id);
}

static int
take_profile(const cJSON *from, struct profile *profile)
{
	const char *mode = json_text(from, "mode");

	if (mode != NULL && strcmp(mode, "AK") == 0)
		return take_parts(from, 1, profile);
	if (mode != NULL && strcmp(mode, "StsToken") == 0)
		return take_parts(from, 2, profile);
	return end(profile, "import_mode", mode == NULL ? "" : mode);
}

/* The one of that name. A second one leaves it open which was meant. */
static int
find(const cJSON *file, const char *name, struct profile *profile)
{
	const cJSON *list = json_array(file, "profiles"), *at, *found = NULL;

	if (list == NULL)
		return end(profile, "import_shape", "profiles");
	cJSON_ArrayForEach(at, list)
	{
		const char *its = json_text(at, "name");

		if (its == NULL || strcmp(its, name) != 0)
			continue;
		if (found != NULL)
			return end(profile, "import_shape", "name");
		found = at;
	}
	if (found == NULL)
		return end(profile, "import_file", "no such profile");
	return take_profile(found, profile);
}

int
profile_parse(
    const struct blob *bytes, const char *name, struct profile *ret_profile)
{
	auto_json cJSON *file = NULL;
	int r;

	if (blob_len(bytes) > PROFILE_FILE_MAX)
		return end(ret_profile, "import_file", "too large");
	r = json_parse(blob_data(bytes), blob_len(bytes), &file);
	if (r == WARDER_ENOMEM)
		return r;
	if (r != 0)
		return end(ret_profile, "import_shape", "JSON");
	return find(file, name, ret_profile);
}

/* One byte more than may be, so that a longer file shows. */
static int
read_file(struct blob *bytes)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(STDIN_FILENO, blob_space(bytes) + len,
		    PROFILE_FILE_MAX + 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while (
	    (n > 0 && len <= PROFILE_FILE_MAX) || (n < 0 && errno == EINTR));
	return n < 0 ? WARDER_ESYS : blob_set_len(bytes, len);
}

/* Two descriptors are all that it keeps. */
static int
give_up_rights(void)
{
	const struct confine_files none = { .read = NULL };
	struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
	int r;

	if ((r = confine_start()) != 0)
		return r;
	r = geteuid() == 0 ? confine_become(WARDER_USER_COURIER, NULL)
	                   : confine_no_caps();
	if (r != 0)
		return r;
#ifndef WARDER_SANITIZERS
	if (setrlimit(RLIMIT_AS, &memory) != 0)
		return WARDER_ESYS;
#endif
	(void)memory;
	return confine_files(&none, false);
}

static int
answer(const char *name)
{
	auto_profile struct profile profile = { .secret = NULL };
	auto_blob struct blob *bytes = NULL;
	int r;

	if ((r = blob_new(PROFILE_FILE_MAX + 1, &bytes)) != 0 ||
	    (r = confine_calls(CONFINE_PROFILE)) != 0 ||
	    (r = read_file(bytes)) != 0 ||
	    (r = profile_parse(bytes, name, &profile)) != 0)
		return r;
	return profile_send(STDOUT_FILENO, &profile, clock_boot_ms() + SEND_MS);
}

int
profile_main(int argc, char **argv)
{
	struct env env;
	int r = env_take(&env);

	log_name("warder-courier");
	if (argc != 3)
		return 2;
	if (r == 0)
		r = give_up_rights();
	if (r == 0)
		r = base_init();
	if (r == 0) {
		json_init();
		r = answer(argv[2]);
	}
	if (r != 0)
		log_warn("--profile: %s", warder_strerror(r));
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
