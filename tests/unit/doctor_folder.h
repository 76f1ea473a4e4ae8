/* SPDX-License-Identifier: ISC */
/* A folder for files that doctor looks at, and how much it found. */
#ifndef WARDER_TESTS_DOCTOR_FOLDER_H
#define WARDER_TESTS_DOCTOR_FOLDER_H

#include <stddef.h>

extern char folder[64];

int doctor_folder_make(void **state);
int doctor_folder_drop(void **state);

/* FOLDER/name; the last few that were asked for stay. */
const char *at(const char *name);

/* A file of mode 0644; what has that name, be it a folder, is gone. */
void put(const char *name, const char *text);
void drop(const char *name);

/* So many of each level; prints them all. */
void expect_found(size_t ok, size_t warn, size_t bad);

#endif
