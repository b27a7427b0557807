#include "text.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum { AT_ONCE = 65536, SEQUENCE_MAX = 64 };
/* More of a text is not read. */
static const size_t bytes_max = 512u * 1024 * 1024;

static int source, interrupter, ended, columns;
static char *bytes;
static size_t size, room;
/* Where each row begins; one more than there are rows. */
static size_t *starts;
static size_t count, starts_room;

static void *must(void *memory) {
  if (memory == NULL) {
    fputs("less: out of memory\n", stderr);
    exit(1);
  }
  return memory;
}

void text_open(int fd, int keys) {
  if (starts_room == 0) starts = must(malloc((starts_room = 1024) * sizeof *starts));
  source = fd;
  interrupter = keys;
  ended = 0;
  size = count = starts[0] = 0;
}

void text_layout(int width) {
  if (width == columns) return;
  columns = width;
  count = 0;
}

/* Reads once. False if nothing came: at the end, or since a key was pressed. */
static int read_on(void) {
  if (ended) return 0;
  if (interrupter >= 0) {
    struct pollfd both[] = {{source, POLLIN, 0}, {interrupter, POLLIN, 0}};
    /* What is on the screen so far is shown before a wait. */
    if (poll(both, 2, 0) == 0) fflush(stdout);
    if (poll(both, 2, -1) > 0 && both[1].revents != 0 && both[0].revents == 0) return 0;
  }
  if (room - size < AT_ONCE) bytes = must(realloc(bytes, room = (room + AT_ONCE) * 2));
  ssize_t n = size < bytes_max ? read(source, bytes + size, AT_ONCE) : 0;
  if (n > 0) size += (size_t)n;
  else ended = 1;
  return n > 0;
}

/* Of a sequence that sets colours, `ESC [ … m`; 0 for anything else. */
static size_t colour_length(const char *at, size_t left) {
  if (left < 3 || at[0] != '\033' || at[1] != '[') return 0;
  size_t n = 2;
  while (n < left && n < SEQUENCE_MAX && strchr("0123456789;:", at[n]) != NULL && at[n] != '\0') n++;
  return n < left && at[n] == 'm' ? n + 1 : 0;
}

static struct piece wide_piece(const char *at, size_t left) {
  static char code[8];
  wchar_t character;
  mbstate_t state = {0};
  size_t n = mbrtowc(&character, at, left, &state);
  if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
    snprintf(code, sizeof code, "<%02X>", (unsigned char)*at);
    return (struct piece){1, 4, code, 4};
  }
  int width = wcwidth(character);
  return width < 0 ? (struct piece){n, 1, "?", 1} : (struct piece){n, width, at, n};
}

struct piece text_piece(const char *at, size_t left, int column) {
  static char caret[2] = "^";
  unsigned char byte = (unsigned char)*at;
  if (byte == '\t') {
    int wide = 8 - column % 8;
    return (struct piece){1, wide, "        ", (size_t)wide};
  }
  if (byte == '\r' && (left == 1 || at[1] == '\n')) return (struct piece){1, 0, "", 0};
  if (byte == '\033') {
    size_t n = colour_length(at, left);
    if (n > 0) return (struct piece){n, 0, at, n};
  }
  if (byte < 32 || byte == 127) {
    caret[1] = (char)(byte ^ 64);
    return (struct piece){1, 2, caret, 2};
  }
  return byte < 128 ? (struct piece){1, 1, at, 1} : wide_piece(at, left);
}

/* Where the row that begins at `at` ends. False if a key came before that was known. */
static int end_of_row(size_t at, size_t *next) {
  int column = 0;
  for (;;) {
    /* A sequence or a character is looked at as a whole. */
    while (size - at < SEQUENCE_MAX && memchr(bytes + at, '\n', size - at) == NULL) {
      if (!read_on()) {
        if (!ended) return 0;
        break;
      }
    }
    if (at == size) break;
    if (bytes[at] == '\n') {
      at++;
      break;
    }
    struct piece piece = text_piece(bytes + at, size - at, column);
    if (columns > 0 && column > 0 && column + piece.columns > columns) break;
    column += piece.columns;
    at += piece.bytes;
  }
  *next = at;
  return 1;
}

int text_has(size_t row) {
  while (count <= row) {
    size_t next;
    if (size == starts[count] && !read_on()) return 0;
    if (!end_of_row(starts[count], &next)) return 0;
    if (count + 2 > starts_room) starts = must(realloc(starts, (starts_room *= 2) * sizeof *starts));
    starts[++count] = next;
  }
  return 1;
}

int text_ended(void) { return ended && starts[count] == size; }

size_t text_rows(void) { return count; }

const char *text_row(size_t row, size_t *length) {
  size_t end = starts[row + 1];
  if (end > starts[row] && bytes[end - 1] == '\n') end--;
  *length = end - starts[row];
  return bytes + starts[row];
}

int text_begins_line(size_t row) { return starts[row] == 0 || bytes[starts[row] - 1] == '\n'; }

size_t text_offset(size_t row) { return starts[row]; }

size_t text_find(size_t offset) {
  size_t row = 0;
  while (text_has(row + 1) && starts[row + 1] <= offset) row++;
  return row;
}
