/* SPDX-License-Identifier: ISC */
/*
 * /run/user/UID/warder/list.whole: the last whole list, in the very frames in
 * which it was told, so it is read back by the tables that read the desk.
 *
 *   "warder/kept/1" 0a   u64 boot ms   u64 real ms   u32 n
 *   n frames: u32 type, u16 length, body as in wire.h
 *
 * Two clocks: one cannot be set back, the other does not go on over a boot.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/safefile.h"
#include "client/cache.h"

#define NAME "list.whole"
#define NEW_NAME "list.whole.new"
#define MAGIC "warder/kept/1\n"
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define HEAD_LEN (MAGIC_LEN + 8 + 8 + 4)
#define FRAME_HEAD_LEN 6
#define FILE_MAX_LEN                                                           \
	(HEAD_LEN + PERSON_ANSWER_BYTES + PERSON_ANSWER_FRAMES * FRAME_HEAD_LEN)

struct writer {
	FILE *file;
	bool is_whole;
};

static void
write_bytes(struct writer *writer, const struct wbuf *bytes)
{
	writer->is_whole &=
	    wbuf_end(bytes) == 0 &&
	    fwrite(bytes->bytes, 1, bytes->len, writer->file) == bytes->len;
}

static void
write_frame(
    struct writer *writer, const struct layout *layout, const void *message)
{
	uint8_t bytes[FRAME_HEAD_LEN], body[FRAME_BODY_MAX];
	struct wbuf head = wbuf_of(bytes, sizeof(bytes));
	struct wbuf out = wbuf_of(body, sizeof(body));

	layout_put(&out, layout, message);
	put_u32(&head, layout->type);
	put_u16(&head, (uint16_t)out.len);
	write_bytes(writer, &head);
	write_bytes(writer, &out);
}

static void
write_head(struct writer *writer, const struct shown_list *gates)
{
	uint8_t bytes[HEAD_LEN];
	struct wbuf head = wbuf_of(bytes, sizeof(bytes));
	size_t n = gates->n;

	for (size_t i = 0; i < gates->n; i++)
		n += gates->items[i].pieces_n + gates->items[i].rules_n +
		     gates->items[i].needs_n;
	put_bytes(&head, MAGIC, MAGIC_LEN);
	put_u64(&head, (uint64_t)clock_boot_ms());
	put_u64(&head, (uint64_t)clock_real_ms());
	put_u32(&head, (uint32_t)n);
	write_bytes(writer, &head);
}

static void
write_gate(struct writer *writer, const struct shown *shown)
{
	write_frame(writer, &person_gate_layout, &shown->gate);
	for (size_t i = 0; i < shown->pieces_n; i++)
		write_frame(writer, &person_piece_layout, &shown->pieces[i]);
	for (size_t i = 0; i < shown->rules_n; i++)
		write_frame(writer, &person_rule_layout, &shown->rules[i]);
	for (size_t i = 0; i < shown->needs_n; i++)
		write_frame(writer, &person_need_layout, &shown->needs[i]);
}

void
kept_store(const struct shown_list *gates)
{
	auto_fd int dir = cache_folder(true);
	struct writer writer = { .is_whole = !gates->is_over_full };
	int fd;

	if (dir < 0)
		return;
	(void)unlinkat(dir, NEW_NAME, 0);
	fd = openat(dir, NEW_NAME,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || (writer.file = fdopen(fd, "w")) == NULL) {
		fd_closep(&fd);
		return;
	}
	write_head(&writer, gates);
	for (size_t i = 0; i < gates->n && writer.is_whole; i++)
		write_gate(&writer, &gates->items[i]);
	if (fclose(writer.file) == 0 && writer.is_whole)
		(void)renameat(dir, NEW_NAME, dir, NAME);
	else
		(void)unlinkat(dir, NEW_NAME, 0);
}

void
kept_drop(void)
{
	auto_fd int dir = cache_folder(false);

	if (dir >= 0)
		(void)unlinkat(dir, NAME, 0);
}

static const struct layout *
layout_of(uint32_t type)
{
	switch (type) {
	case PERSON_GATE:
		return &person_gate_layout;
	case PERSON_PIECE:
		return &person_piece_layout;
	case PERSON_RULE:
		return &person_rule_layout;
	case PERSON_NEED:
		return &person_need_layout;
	}
	return NULL;
}

static int
read_frame(struct rbuf *in, union person_any *message, struct shown_list *gates)
{
	const struct layout *layout;
	const uint8_t *body;
	uint32_t type;
	uint16_t len;
	int r;

	if ((r = get_u32(in, &type)) != 0 || (r = get_u16(in, &len)) != 0 ||
	    (r = get_view(in, len, &body)) != 0)
		return r;
	/* What belongs to a gate comes after one. */
	if ((layout = layout_of(type)) == NULL ||
	    (gates->n == 0 && type != PERSON_GATE))
		return WARDER_ETYPE;
	if ((r = layout_get(rbuf_of(body, len), layout, message)) != 0)
		return r;
	return shown_take(gates, layout, message) && !gates->is_over_full
	           ? WARDER_OK
	           : WARDER_ENOMEM;
}

static bool
is_young(int64_t now, uint64_t then, uint32_t age_ms)
{
	return now >= 0 && then <= (uint64_t)now &&
	       (uint64_t)now - then < age_ms;
}

/* ESTALE: it is too old. */
static int
read_head(struct rbuf *in, uint32_t age_ms, uint32_t *ret_n, int64_t *ret_age)
{
	int64_t now = clock_boot_ms();
	uint64_t boot, real;
	const uint8_t *magic;
	int r;

	if ((r = get_view(in, MAGIC_LEN, &magic)) != 0 ||
	    (r = get_u64(in, &boot)) != 0 || (r = get_u64(in, &real)) != 0 ||
	    (r = get_u32(in, ret_n)) != 0)
		return r;
	if (memcmp(magic, MAGIC, MAGIC_LEN) != 0 ||
	    *ret_n > PERSON_ANSWER_FRAMES)
		return WARDER_EFORM;
	if (!is_young(now, boot, age_ms) ||
	    !is_young(clock_real_ms(), real, age_ms))
		return WARDER_ESTALE;
	*ret_age = now - (int64_t)boot;
	return WARDER_OK;
}

static int
read_all(
    struct rbuf in, uint32_t age_ms, struct shown_list *gates, int64_t *ret_age)
{
	union person_any *message;
	uint32_t n;
	int r;

	if ((r = read_head(&in, age_ms, &n, ret_age)) != 0)
		return r;
	if ((message = malloc(sizeof(*message))) == NULL)
		return WARDER_ENOMEM;
	while (r == 0 && n-- > 0)
		r = read_frame(&in, message, gates);
	free(message);
	return r != 0 ? r : rbuf_end(&in);
}

/* The bytes of a file that is ours alone, or NULL. */
static uint8_t *
load(size_t *ret_len)
{
	const struct safefile_rule rule = { getuid(), 077, HEAD_LEN,
		FILE_MAX_LEN };
	auto_fd int dir = cache_folder(false), fd = -1;
	uint8_t *bytes;
	struct stat st;
	size_t len = 0;
	ssize_t n = 1;

	if (dir < 0 || safefile_open_at(dir, NAME, &rule, &fd) != 0 ||
	    fstat(fd, &st) != 0 || (uint64_t)st.st_size > FILE_MAX_LEN ||
	    (bytes = malloc((size_t)st.st_size)) == NULL)
		return NULL;
	while (n > 0 && len < (size_t)st.st_size) {
		n = read(fd, bytes + len, (size_t)st.st_size - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (len == (size_t)st.st_size) {
		*ret_len = len;
		return bytes;
	}
	free(bytes);
	return NULL;
}

bool
kept_load(uint32_t age_ms, struct shown_list *ret_gates, int64_t *ret_age_ms)
{
	struct shown_list gates = { 0 };
	size_t len = 0;
	uint8_t *bytes = load(&len);
	int r = bytes == NULL
	            ? WARDER_EMISSING
	            : read_all(rbuf_of(bytes, len), age_ms, &gates, ret_age_ms);

	free(bytes);
	if (r != 0) {
		shown_clear(&gates);
		return false;
	}
	*ret_gates = gates;
	return true;
}
