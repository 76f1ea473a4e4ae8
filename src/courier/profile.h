/* SPDX-License-Identifier: ISC */
/*
 * `warder-courier --profile NAME`: a configuration file of the vendor's
 * command line is read here, where a fault in reading JSON gives nothing but
 * this process, which has no network, no files and ends at once.
 */
#ifndef WARDER_COURIER_PROFILE_H
#define WARDER_COURIER_PROFILE_H

#include "wire/profile.h"

#define PROFILE_FILE_MAX 65535

/*
 * Finds `name` in the bytes of such a file. Always fills *ret_profile, with a
 * credential or with `word` (import_file, import_mode, import_shape) and
 * `what`; zeroed before use, cleared by the caller. ENOMEM.
 */
WARDER_MUST_CHECK int profile_parse(
    const struct blob *bytes, const char *name, struct profile *ret_profile);

/* The file on descriptor 0, the answer on 1. The exit status. */
int profile_main(int argc, char **argv);

#endif
