/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "ctl/commands.h"

#include "ctl_ledger_scene.h"

#define SAID_MAX (1024 * 1024)

char scene_said[SAID_MAX];
char scene_dir[64];

static uint64_t seq;
static uint8_t head[RECORD_HASH_LEN];

static void
place(char *ret, size_t size, const char *word)
{
	const char *top = getenv("top_srcdir");

	if (word[0] == '@')
		(void)snprintf(ret, size, "%s/tests/vectors/%s",
		    top == NULL ? "." : top, word + 1);
	else
		(void)snprintf(ret, size, "%s/%s", scene_dir, word + 1);
}

int
scene_run(const char *line)
{
	char copy[1024], paths[8][640], *words[24] = { NULL }, *rest = NULL;
	char name[] = "/tmp/ctl_ledger_scene.XXXXXX";
	int argc = 0, n = 0, status, saved = dup(1), out;
	ssize_t len;

	(void)snprintf(copy, sizeof(copy), "ledger %s", line);
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		assert_true(argc < 23 && n < 8);
		if (word[0] == '@' || word[0] == '%') {
			place(paths[n], sizeof(paths[n]), word);
			word = paths[n++];
		}
		words[argc++] = word;
	}
	out = mkstemp(name);
	assert_true(out >= 0);
	(void)unlink(name);
	(void)fflush(stdout);
	assert_int_equal(dup2(out, 1), 1);
	status = ctl_ledger(argc, words);
	(void)fflush(stdout);
	assert_int_equal(dup2(saved, 1), 1);
	(void)close(saved);
	len = pread(out, scene_said, SAID_MAX - 1, 0);
	(void)close(out);
	assert_true(len >= 0);
	scene_said[len] = '\0';
	return status;
}

void
scene_begin(struct record *rec, const char *event, unsigned int second)
{
	char stamp[40];

	(void)snprintf(stamp, sizeof(stamp), "2026-01-01T%02u:%02u:%02u.000Z",
	    second / 3600 % 24, second / 60 % 60, second % 60);
	record_begin(rec, event);
	record_set_int(rec, M_V, 1);
	record_set(rec, M_TS, stamp);
	record_set_int(rec, M_MONO, second * 1000U);
	record_set(rec, M_BOOT, "0f3c9a1e");
	record_set(rec, M_HOST, "bastion-a");
}

uint64_t
scene_append(struct record *rec)
{
	char line[RECORD_LINE_MAX + 1], path[128];
	FILE *file;
	size_t len;

	record_set_int(rec, M_SEQ, ++seq);
	record_set_hex(rec, M_PREV, head, sizeof(head));
	assert_int_equal(record_print(rec, line, &len), 0);
	record_line_hash(head, line, len);
	place(path, sizeof(path), "%ledger.jsonl");
	file = fopen(path, "ae");
	assert_non_null(file);
	assert_int_equal(fwrite(line, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	return seq;
}

char *
scene_load(const char *name)
{
	char path[512], *text = NULL;
	size_t room = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", scene_dir, name);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_true(getdelim(&text, &room, EOF, file) >= 0);
	(void)fclose(file);
	return text;
}

size_t
scene_count(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		n++;
	}
	return n;
}

void
scene_restart(void)
{
	seq = 0;
	memset(head, 0, sizeof(head));
}

int
scene_setup(void **state)
{
	(void)state;
	scene_restart();
	(void)snprintf(
	    scene_dir, sizeof(scene_dir), "/tmp/ctl_ledger_scene.XXXXXX");
	return mkdtemp(scene_dir) != NULL ? 0 : -1;
}

int
scene_teardown(void **state)
{
	DIR *dir = opendir(scene_dir);
	const struct dirent *entry;

	(void)state;
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		(void)closedir(dir);
	return rmdir(scene_dir);
}
