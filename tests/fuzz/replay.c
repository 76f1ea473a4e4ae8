/* SPDX-License-Identifier: ISC */
/* A main for a fuzz target where there is no libFuzzer: reads given files. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int
replay(const char *path)
{
	uint8_t *bytes = malloc(INPUT_MAX), *exact;
	FILE *file = fopen(path, "rb");
	size_t len;

	if (bytes == NULL || file == NULL) {
		(void)fprintf(stderr, "%s: cannot be read\n", path);
		return EXIT_FAILURE;
	}
	len = fread(bytes, 1, INPUT_MAX, file);
	(void)fclose(file);
	/* Of the very size, so that a byte too far is seen by ASan. */
	if ((exact = realloc(bytes, len == 0 ? 1 : len)) == NULL)
		return EXIT_FAILURE;
	(void)LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	int r = EXIT_SUCCESS;

	for (int i = 1; i < argc; i++)
		r |= replay(argv[i]);
	return r;
}
