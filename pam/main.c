/* SPDX-License-Identifier: ISC */
/*
 * warder-pam(8): root with four capabilities, because PAM modules need them.
 * It knows no policy, no key of the store and no server; all it gives is a
 * verdict about one person, and only the keeper's user may ask.
 */
#include "config.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/safefile.h"
#include "confine/confine.h"
#include "pam/service.h"
#include "pam/session.h"
#include "serve/serve.h"
#include "wire/pamkey.h"

#define KEY_PATH WARDER_SYSCONFDIR "/pam.key"

static int
check_service(const char *service)
{
	auto_fd int dir = -1;
	int r = safefile_open_dir(SERVICE_FOLDER, 0, 022, &dir);

	return r != 0 ? r : service_check(dir, service, 0);
}

static int
work(const struct serve *serve, struct serve_worker *worker)
{
	auto_blob struct blob *secret = NULL;
	struct session_setup setup = { .calls = &auth_libpam,
		.check_service = check_service };
	int r;

	(void)serve;
	if ((r = confine_calls(CONFINE_PAM)) != 0) {
		log_warn("fences: %s", warder_strerror(r));
		return 1;
	}
	/* Without its key it still answers, so that the keeper can say why. */
	if ((r = pamkey_load(KEY_PATH, 0, &secret, setup.public)) != 0)
		log_warn("%s: %s", KEY_PATH, warder_strerror(r));
	else
		setup.secret = secret;
	if ((r = session_run(worker->sock, &setup)) == 0)
		return 0;
	log_warn("no verdict: %s", warder_strerror(r));
	return 1;
}

static const struct service pam_service = {
	.name = "warder-pam",
	.summary = "proves through PAM who a person is, for warder-keeper",
	.keep_caps = CONFINE_PAM_CAPS,
	.socket_owner = WARDER_USER_KEEPER,
	.socket_mode = 0600,
	.caller = WARDER_USER_KEEPER,
	.worker = work,
};

int
main(int argc, char **argv)
{
	return serve_main(&pam_service, argc, argv);
}
