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
#include "courier/session.h"

#define SOCK 3
#define WHOLE_MS 600000

int
main(int argc, char **argv)
{
	static char text[65536];
	struct env env;
	struct conf conf;
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
	conf_defaults(&conf);
	if (conf_parse(text, len, &conf, &diag) != 0)
		die(2, "%s:%u: %s", argv[1], diag.line, diag.what);
	return session_run(SOCK, &conf, clock_boot_ms() + WHOLE_MS) == 0 ? 0
	                                                                 : 1;
}
