/* SPDX-License-Identifier: ISC */
/*
 * For tests: one worker of the courier on descriptor 3, as its listener would
 * start it, with a configuration file of the test's. Same objects, another
 * main, so that the program itself has no switch for this.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/blob.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/env.h"
#include "base/log.h"
#include "courier/worker.h"

int
main(int argc, char **argv)
{
	static char text[65536];
	struct env env;
	struct serve serve = { .service = &courier_service };
	struct serve_worker worker = { .kind = SERVE_CALLER,
		.sock = SERVE_SOCK_FD,
		.keyline = -1,
		.deadline = clock_boot_ms() + SERVE_WHOLE_MS };
	struct diag diag = { 0 };
	size_t len;
	FILE *file;

	if (env_take(&env) != 0 || base_init() != 0)
		return 1;
	log_name("courier-on-3");
	if (argc != 2 || (file = fopen(argv[1], "re")) == NULL)
		die(2, "usage: courier-on-3 CONFIGURATION, socket on 3");
	len = fread(text, 1, sizeof(text), file);
	(void)fclose(file);
	conf_defaults(&serve.conf);
	if (conf_parse(text, len, &serve.conf, &diag) != 0)
		die(2, "%s:%u: %s", argv[1], diag.line, diag.what);
	return courier_worker(&serve, &worker);
}

#ifdef WARDER_SANITIZERS
/* The search for leaks at exit reads /proc, which the fences have shut. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif
