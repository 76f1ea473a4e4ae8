/* SPDX-License-Identifier: ISC */
/* warder.conf: a text that is refused says where, and changes nothing. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct conf conf, before;
	struct diag diag = { 0 };

	memset(&conf, 0x5a, sizeof(conf));
	before = conf;
	if (conf_parse((const char *)bytes, len, &conf, &diag) != 0 &&
	    (memcmp(&conf, &before, sizeof(conf)) != 0 || diag.what[0] == '\0'))
		abort();
	return 0;
}
