/* SPDX-License-Identifier: ISC */
/* One start, one set of connections, one end. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "courier/carrier.h"
#include "courier/wipe.h"

void
carrier_conf_set(struct carrier_conf *ret, const struct conf *conf)
{
	*ret = (struct carrier_conf){
		.ca_file = conf->ca_file,
		.proxy = conf->proxy,
		.connect_timeout_ms = conf->connect_timeout_ms,
		.answer_timeout_ms = conf->answer_timeout_ms,
		.parallel = conf->list_parallel,
	};
	if (conf->pin[0][0] == '\0')
		return;
	(void)snprintf(ret->pin, sizeof(ret->pin), "sha256//%s%s%s",
	    conf->pin[0], conf->pin[1][0] == '\0' ? "" : ";sha256//",
	    conf->pin[1]);
}

static int
open_multi(struct carrier *carrier)
{
	/* One more than the reads have: the POST never waits for them. */
	long most = (long)carrier->conf.parallel + 1;

	if ((carrier->multi = curl_multi_init()) == NULL ||
	    curl_multi_setopt(carrier->multi, CURLMOPT_PIPELINING,
	        (long)CURLPIPE_NOTHING) != CURLM_OK ||
	    curl_multi_setopt(carrier->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
	        most) != CURLM_OK ||
	    curl_multi_setopt(carrier->multi, CURLMOPT_MAXCONNECTS, most) !=
	        CURLM_OK)
		return WARDER_ENOMEM;
	if ((carrier->share = curl_share_init()) == NULL ||
	    curl_share_setopt(carrier->share, CURLSHOPT_SHARE,
	        CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK)
		return WARDER_ENOMEM;
	return WARDER_OK;
}

int
carrier_open(struct carrier *ret_carrier, const struct conf *conf)
{
	*ret_carrier = (struct carrier){ 0 };
	carrier_conf_set(&ret_carrier->conf, conf);
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wipe_malloc, wipe_free,
	        wipe_realloc, wipe_strdup, wipe_calloc) != CURLE_OK)
		return WARDER_ENOMEM;
	return open_multi(ret_carrier);
}

void
carrier_close(struct carrier *carrier)
{
	if (carrier->multi != NULL)
		(void)curl_multi_cleanup(carrier->multi);
	if (carrier->share != NULL)
		(void)curl_share_cleanup(carrier->share);
	curl_global_cleanup();
	*carrier = (struct carrier){ 0 };
}
