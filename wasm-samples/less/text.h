/* What is shown: bytes that are read as they are needed, in rows of the terminal's width. One text at a time. */
#ifndef LESS_TEXT_H
#define LESS_TEXT_H

#include <stddef.h>

/* How characters are shown on a terminal. */
struct piece {
  /* Of the text, and of the terminal. */
  size_t bytes;
  int columns;
  /* What is printed for it: `length` bytes. */
  const char *shown;
  size_t length;
};

/* Reads from `fd`, and gives up waiting for it when something comes at `keys` (-1: never). The former text is forgotten. */
void text_open(int fd, int keys);

/* Width of rows; 0: rows are whole lines. Rows are numbered anew when it changes. */
void text_layout(int width);

/* Whether row `row` is there: reads on as far as needed. False at the end, and when a key came first. */
int text_has(size_t row);

/* Nothing more can be read; false after a key came first. */
int text_ended(void);

/* Rows known so far. */
size_t text_rows(void);

/* Bytes of a row that is there, without its line end. */
const char *text_row(size_t row, size_t *length);

/* Whether a row is the beginning of a line. */
int text_begins_line(size_t row);

/* The row that shows this byte, as far as rows are known. */
size_t text_find(size_t offset);
size_t text_offset(size_t row);

/* The character at `at` (`left` bytes are there), to be shown at `column`. Valid until the next call. */
struct piece text_piece(const char *at, size_t left, int column);

#endif
