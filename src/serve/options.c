/* SPDX-License-Identifier: ISC */
/*
 * Whoever starts `warder-keeper --worker=admin` by hand gets a process with
 * his own rights and no connection: the words for a worker open nothing.
 */
#include "config.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "serve/options.h"

enum option_key {
	OPT_HELP = 'h',
	OPT_VERSION = 'V',
	OPT_LISTEN = 256,
	OPT_KEEPER,
	OPT_PAM,
	OPT_COURIER,
	OPT_WORKER,
	OPT_PARENT
};

static const struct option long_options[] = {
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "keeper", required_argument, NULL, OPT_KEEPER },
	{ "pam", required_argument, NULL, OPT_PAM },
	{ "courier", required_argument, NULL, OPT_COURIER },
	{ "worker", required_argument, NULL, OPT_WORKER },
	{ "parent", required_argument, NULL, OPT_PARENT },
	{ NULL, 0, NULL, 0 },
};

static const char *const kind_words[] = {
	[SERVE_CALLER] = "caller",
	[SERVE_ADMIN] = "admin",
	[SERVE_START] = "start",
	[SERVE_STOP] = "stop",
	[SERVE_DUE] = "due",
};

const char *
options_kind_word(enum serve_kind kind)
{
	return (size_t)kind < sizeof(kind_words) / sizeof(kind_words[0])
	           ? kind_words[kind]
	           : NULL;
}

static void
print_help(const struct service *service)
{
	printf("usage: %s [--listen PATH]%s%s%s\n%s\n\n", service->name,
	    service->asks_keeper ? " [--keeper PATH]" : "",
	    service->asks_pam ? " [--pam PATH]" : "",
	    service->asks_courier ? " [--courier PATH]" : "", service->summary);
	printf("  --listen PATH   make the socket (as root) instead of taking "
	       "it from systemd\n");
	if (service->asks_keeper)
		printf("  --keeper PATH   socket of warder-keeper\n");
	if (service->asks_pam)
		printf("  --pam PATH      socket of warder-pam\n");
	if (service->asks_courier)
		printf("  --courier PATH  socket of warder-courier\n");
	printf("  --help, --version\n");
}

static int
take_path(char ret[SERVE_PATH], bool is_ours, const char *path)
{
	if (!is_ours || path[0] != '/')
		return WARDER_EFORM;
	return text_copy(ret, SERVE_PATH, path);
}

static int
take_kind(enum serve_kind *ret, const char *word)
{
	for (int kind = SERVE_CALLER; kind <= SERVE_DUE; kind++)
		if (strcmp(word, kind_words[kind]) == 0) {
			*ret = (enum serve_kind)kind;
			return WARDER_OK;
		}
	return WARDER_EFORM;
}

static int
take_parent(pid_t *ret, const char *text)
{
	uint64_t pid;
	int r;

	if ((r = text_parse_number(text, INT_MAX, &pid)) != 0)
		return r;
	*ret = (pid_t)pid;
	return WARDER_OK;
}

static int
take(const struct service *service, struct options *options, int key)
{
	switch (key) {
	case OPT_HELP:
		print_help(service);
		options->is_done = true;
		return WARDER_OK;
	case OPT_VERSION:
		printf("%s %s\n", service->name, PACKAGE_VERSION);
		options->is_done = true;
		return WARDER_OK;
	case OPT_LISTEN:
		return take_path(options->listen, true, optarg);
	case OPT_KEEPER:
		return take_path(options->keeper, service->asks_keeper, optarg);
	case OPT_PAM:
		return take_path(options->pam, service->asks_pam, optarg);
	case OPT_COURIER:
		return take_path(
		    options->courier, service->asks_courier, optarg);
	case OPT_WORKER:
		return take_kind(&options->worker, optarg);
	case OPT_PARENT:
		return take_parent(&options->parent, optarg);
	default:
		return WARDER_EFORM;
	}
}

static void
set_built_in(struct options *options)
{
	(void)snprintf(
	    options->keeper, SERVE_PATH, "%s/keeper.sock", WARDER_RUNDIR);
	(void)snprintf(options->pam, SERVE_PATH, "%s/pam.sock", WARDER_RUNDIR);
	(void)snprintf(
	    options->courier, SERVE_PATH, "%s/courier.sock", WARDER_RUNDIR);
}

int
options_parse(const struct service *service, int argc, char **argv,
    struct options *ret_options)
{
	struct options options = { .worker = 0 };
	int key, r;

	if (argc < 1)
		return WARDER_EFORM;
	set_built_in(&options);
	optind = 1;
	while ((key = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0) {
		if ((r = take(service, &options, key)) != 0) {
			if (key != '?' && optarg != NULL)
				log_warn("cannot use \"%s\" here", optarg);
			return r;
		}
	}
	if (optind != argc) {
		log_warn("\"%s\" is too much", argv[optind]);
		return WARDER_EFORM;
	}
	*ret_options = options;
	return WARDER_OK;
}
