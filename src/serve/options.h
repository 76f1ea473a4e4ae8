/* SPDX-License-Identifier: ISC */
/*
 * The command line of a service. Besides --help and --version it names
 * sockets; whom to be and whom to believe is built in.
 */
#ifndef WARDER_SERVE_OPTIONS_H
#define WARDER_SERVE_OPTIONS_H

#include "serve/serve.h"

struct options {
	char listen[SERVE_PATH]; /* "": the socket comes from systemd */
	char keeper[SERVE_PATH], pam[SERVE_PATH], courier[SERVE_PATH];
	/* Set by a listener for its worker only. */
	enum serve_kind worker; /* 0: this is a listener */
	pid_t parent;
	bool is_done; /* help or version was printed */
};

/* EFORM, ETOOBIG: a wrong command line; what is wrong has been logged. */
WARDER_MUST_CHECK int options_parse(const struct service *service, int argc,
    char **argv, struct options *ret_options);

/* The word of --worker for a kind; NULL for none. */
const char *options_kind_word(enum serve_kind kind);

#endif
