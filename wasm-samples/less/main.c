/* less [-FINRSX] [+COMMAND] [FILE...]: shows texts a screen at a time. It takes the whole terminal: keys through raw mode, which
   /dev/consctl sets, the size of the window from there too. Where the output is no terminal it copies. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/start.h"
#include "text.h"

static const char usage[] =
    "usage: less [-FiS] [+G | +LINE | +/PATTERN] [FILE...]\n"
    "Shows files, or the input, a screen at a time. -F: leaves at once if all fits. -i: searches do not tell case. -S: long lines are\n"
    "cut, not wrapped.\n";

static const char keys_help[] =
    "\033[1mKEYS\033[0m\n\n"
    "  space f PgDn ^F    a screen on           b PgUp ^B    a screen back\n"
    "  return j e Down    a line on             k y Up       a line back\n"
    "  d ^D               half a screen on      u ^U         half a screen back\n"
    "  g < Home           the beginning         G > End      the end\n"
    "  NUMBER g           that line             NUMBER j k   so many lines\n"
    "  /PATTERN           searches on           ?PATTERN     searches back\n"
    "  n                  the next match        N            the one before\n"
    "  Left Right         half a screen aside, with -S\n"
    "  :n :p              the next file, the one before\n"
    "  -S                 cuts or wraps long lines\n"
    "  r ^L               draws anew            q            leaves\n";

/* Keys beyond characters. */
enum { UP = 256, DOWN, LEFT, RIGHT, HOME, END, PAGE_UP, PAGE_DOWN, CLOSED };
enum { PATTERN_MAX = 256 };

static int control = -1, keyboard = -1, width = 80, height = 24;
static int cut, fold, leave_if_short, aside;
static size_t top;
static char **files;
static int file_count, file_at;
static const char *message;
static int searching, backward;
static regex_t pattern;
/* A copy of a row, ended by a zero byte, for the search. */
static char *row_copy;
static size_t row_room;

static void copy(int fd, const char *name, int *status) {
  static char buffer[65536];
  ssize_t n;
  while ((n = read(fd, buffer, sizeof buffer)) > 0) if (fwrite(buffer, 1, (size_t)n, stdout) < (size_t)n) exit(1);
  if (n == 0) return;
  fprintf(stderr, "less: %s: %s\n", name, strerror(errno));
  *status = 1;
}

static int copy_all(void) {
  int status = 0;
  if (file_count == 0) copy(STDIN_FILENO, "standard input", &status);
  for (int i = 0; i < file_count; i++) {
    int fd = open(files[i], O_RDONLY);
    if (fd < 0) fprintf(stderr, "less: %s: %s\n", files[i], strerror(errno)), status = 1;
    else copy(fd, files[i], &status);
    if (fd >= 0) close(fd);
  }
  return fflush(stdout) != 0 || status;
}

static void read_size(void) {
  char text[64];
  int columns, rows;
  /* It is a stream, which gives the size once. */
  int fd = open("/dev/consctl", O_RDONLY);
  ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
  text[n < 0 ? 0 : n] = '\0';
  if (fd >= 0) close(fd);
  if (sscanf(text, "%d %d", &columns, &rows) == 2 && columns > 0 && rows > 1) width = columns, height = rows;
  text_layout(cut ? 0 : width);
}

/* A key: a byte, or one of the keys that send sequences. */
static int read_key(void) {
  unsigned char byte[3];
  fflush(stdout);
  if (read(keyboard, byte, 1) != 1) return CLOSED;
  if (*byte != '\033' || read(keyboard, byte, 1) != 1 || (*byte != '[' && *byte != 'O') || read(keyboard, byte, 1) != 1) return *byte;
  int first = *byte;
  while ((*byte >= '0' && *byte <= '9') || *byte == ';') if (read(keyboard, byte, 1) != 1) return CLOSED;
  if (*byte == '~') return first == '5' ? PAGE_UP : first == '6' ? PAGE_DOWN : first == '1' || first == '7' ? HOME : first == '4' || first == '8' ? END : 0;
  static const char letters[] = "ABDCHF";
  const char *found = strchr(letters, *byte);
  return found == NULL ? 0 : UP + (int)(found - letters);
}

static const char *row_text(size_t row) {
  size_t length;
  const char *text = text_row(row, &length);
  if (length + 1 > row_room) {
    row_copy = realloc(row_copy, row_room = length * 2 + 256);
    if (row_copy == NULL) exit(1);
  }
  memcpy(row_copy, text, length);
  row_copy[length] = '\0';
  return row_copy;
}

static int matches(size_t row, const char *text, regmatch_t *match) {
  return searching && regexec(&pattern, text, 1, match, text_begins_line(row) && text == row_copy ? 0 : REG_NOTBOL) == 0;
}

/* Prints a row, what a search found in reverse. */
static void draw_row(size_t row) {
  size_t length, from = 0, to = 0;
  const char *text = text_row(row, &length);
  const char *searched = searching ? row_text(row) : NULL;
  int column = 0, reverse = 0;
  for (size_t at = 0; at < length;) {
    regmatch_t match;
    if (searching && at >= to && from != SIZE_MAX) {
      if (at <= strlen(searched) && matches(row, searched + at, &match)) from = at + (size_t)match.rm_so, to = at + (size_t)match.rm_eo + (match.rm_so == match.rm_eo);
      else from = to = SIZE_MAX;
    }
    int found = searching && at >= from && at < to;
    if (found != reverse) fputs((reverse = found) ? "\033[7m" : "\033[27m", stdout);
    struct piece piece = text_piece(text + at, length - at, column);
    column += piece.columns;
    at += piece.bytes;
    if (piece.columns == 0 || !cut || (column - piece.columns >= aside && column - aside <= width)) fwrite(piece.shown, 1, piece.length, stdout);
  }
  fputs("\033[m\033[K\r\n", stdout);
}

static void draw(void) {
  fputs("\033[H", stdout);
  int shown = 0;
  for (; shown < height - 1 && text_has(top + (size_t)shown); shown++) draw_row(top + (size_t)shown);
  for (int row = shown; row < height - 1; row++) fputs(shown == 0 && row == 0 ? "\033[K\r\n" : "~\033[K\r\n", stdout);
  int all = !text_has(top + (size_t)height - 1) && text_ended();
  const char *name = file_count > 0 ? files[file_at] : "";
  if (message != NULL) printf("\033[7m%s\033[m\033[K", message);
  else if (all) printf("\033[7m%s%s(END)\033[m\033[K", name, *name == '\0' ? "" : " ");
  else printf("%s:\033[K", name);
  message = NULL;
}

/* Towards the end by `rows`, but not beyond the screen that shows the end. */
static void forward(size_t rows) {
  while (rows-- > 0 && text_has(top + (size_t)height - 1)) top++;
}

static void back(size_t rows) { top = rows > top ? 0 : top - rows; }

static void to_end(void) {
  for (size_t row = text_rows(); text_has(row); row = text_rows());
  top = text_rows() < (size_t)height ? 0 : text_rows() - (size_t)height + 1;
}

static void to_line(size_t line) {
  size_t row = 0;
  for (size_t at = 1; at < line && text_has(row + 1);) if (text_begins_line(++row)) at++;
  top = row;
}

/* The next row with a match, towards the end or the beginning. */
static void find(int back_to_front) {
  regmatch_t match;
  if (!searching) {
    message = "No pattern yet";
    return;
  }
  for (size_t row = top; back_to_front ? row-- > 0 : text_has(++row);) {
    const char *text = row_text(row);
    if (!matches(row, text, &match)) continue;
    top = row;
    return;
  }
  message = "Pattern not found";
}

static void set_pattern(const char *text) {
  static char wrong[128];
  if (*text == '\0') return;
  if (searching) regfree(&pattern);
  int error = regcomp(&pattern, text, REG_EXTENDED | (fold ? REG_ICASE : 0));
  searching = error == 0;
  if (error == 0) return;
  regerror(error, &pattern, wrong, sizeof wrong);
  message = wrong;
}

/* A line typed at the bottom, after `prompt`. False if it was given up. */
static int ask(char prompt, char *line) {
  size_t length = 0;
  for (;;) {
    line[length] = '\0';
    printf("\r%c%s\033[K", prompt, line);
    int key = read_key();
    if (key == '\r' || key == '\n') return 1;
    if (key == CLOSED || key == 3 || key == '\033' || ((key == 127 || key == 8) && length == 0)) return 0;
    if (key == 21) length = 0;
    else if (key == 127 || key == 8) while (length > 0 && (line[--length] & 0xc0) == 0x80);
    else if (key >= 32 && key < 256 && length < PATTERN_MAX - 1) line[length++] = (char)key;
  }
}

static void search(int back_to_front) {
  char line[PATTERN_MAX];
  if (!ask(back_to_front ? '?' : '/', line)) return;
  backward = back_to_front;
  set_pattern(line);
  if (message == NULL) find(backward);
}

/* The file that is at hand from now on. False if it cannot be read. */
static int open_file(int at) {
  static char wrong[512];
  static int fd = -1;
  int next = open(files[at], O_RDONLY | O_NONBLOCK);
  char byte;
  if (next < 0 || (pread(next, &byte, 1, 0) < 0 && errno != ESPIPE)) {
    snprintf(wrong, sizeof wrong, "%s: %s", files[at], strerror(errno));
    message = wrong;
    if (next >= 0) close(next);
    return 0;
  }
  if (fd >= 0) close(fd);
  text_open(fd = next, -1);
  file_at = at;
  top = 0;
  return 1;
}

static void other_file(int step) {
  int at = file_at + step;
  if (at < 0 || at >= file_count) message = step > 0 ? "No next file" : "No file before";
  else open_file(at);
}

static void help(void) {
  printf("\033[H\033[J");
  for (const char *at = keys_help; *at != '\0'; at++) fputs(*at == '\n' ? "\r\n" : (char[]){*at, '\0'}, stdout);
  fputs("\r\n\033[7mpress a key\033[m", stdout);
  read_key();
}

/* -S: whole lines in a row each, or back to wrapped ones. What is at the top stays there. */
static void toggle_cut(void) {
  size_t offset = text_offset(top);
  cut = !cut;
  aside = 0;
  text_layout(cut ? 0 : width);
  top = text_find(offset);
}

static void sideways(int step) {
  if (!cut) message = "Lines are wrapped; -S cuts them";
  else if (aside + step >= 0) aside += step;
}

/* Acts on a key. False if it leaves. */
static int act(int key, size_t number) {
  size_t lines = number > 0 ? number : 1, page = (size_t)height - 1;
  switch (key) {
    case 'q': case 'Q': case 3: case CLOSED: return 0;
    case ' ': case 'f': case 6: case 22: case PAGE_DOWN: forward(page); break;
    case 'b': case 2: case PAGE_UP: back(page); break;
    case '\r': case '\n': case 'j': case 'e': case 5: case 14: case DOWN: forward(lines); break;
    case 'k': case 'y': case 25: case 16: case UP: back(lines); break;
    case 'd': case 4: forward(page / 2); break;
    case 'u': case 21: back(page / 2); break;
    case 'g': case '<': case HOME: to_line(number); break;
    case 'G': case '>': case END: if (number > 0) to_line(number); else to_end(); break;
    case '/': search(0); break;
    case '?': search(1); break;
    case 'n': find(backward); break;
    case 'N': find(!backward); break;
    case LEFT: sideways(-width / 2); break;
    case RIGHT: sideways(width / 2); break;
    case 'h': case 'H': help(); break;
    case '-': if (read_key() == 'S') toggle_cut(); break;
    case ':': {
      int command = read_key();
      if (command == 'q') return 0;
      if (command == 'n' || command == 'p') other_file(command == 'n' ? 1 : -1);
      break;
    }
    default: break;
  }
  return 1;
}

static void start_at(const char *command) {
  if (*command == 'G') to_end();
  else if (*command == '/') {
    set_pattern(command + 1);
    regmatch_t match;
    if (searching && text_has(0) && !matches(0, row_text(0), &match)) find(0);
  } else if (atoi(command) > 0) to_line((size_t)atoi(command));
}

static void page(const char *command) {
  read_size();
  if (leave_if_short && !text_has((size_t)height - 1) && text_ended()) {
    for (size_t row = 0; row < text_rows(); row++) draw_row(row);
    return;
  }
  fputs("\033[?1049h", stdout);
  start_at(command);
  for (size_t number = 0;;) {
    size_t offset = text_rows() > 0 ? text_offset(top) : 0;
    int before = width;
    read_size();
    if (width != before) top = text_find(offset);
    draw();
    int key = read_key();
    if (key >= '0' && key <= '9') {
      number = number < 100000000 ? number * 10 + (size_t)(key - '0') : number;
      continue;
    }
    if (!act(key, number)) break;
    number = 0;
  }
  fputs("\033[?1049l", stdout);
}

/* Takes the terminal. False if there is none. */
static int take_terminal(void) {
  control = isatty(STDOUT_FILENO) ? open("/dev/consctl", O_RDWR) : -1;
  if (control < 0) return 0;
  keyboard = isatty(STDIN_FILENO) ? STDIN_FILENO : open("/dev/tty", O_RDONLY);
  return keyboard >= 0 && write(control, "rawon", 5) == 5;
}

int main(int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {"quit-if-one-screen", no_argument, NULL, 'F'}, {"ignore-case", no_argument, NULL, 'i'},
                                          {"chop-long-lines", no_argument, NULL, 'S'}, {NULL, 0, NULL, 0}};
  static char buffer[65536];
  const char *command = "";
  setlocale(LC_CTYPE, "C.UTF-8");
  enter_working_directory();
  for (int option; (option = getopt_long(argc, argv, "FIRSXefir", options, NULL)) != -1;) {
    if (option == 'F') leave_if_short = 1;
    else if (option == 'i' || option == 'I') fold = 1;
    else if (option == 'S') cut = 1;
    else if (option == 'h') return fputs(usage, stdout), fputs(keys_help, stdout) < 0;
    else if (option == '?') return fputs(usage, stderr), 1;
  }
  if (optind < argc && argv[optind][0] == '+') command = argv[optind++] + 1;
  files = argv + optind;
  file_count = argc - optind;
  if (file_count == 0 && isatty(STDIN_FILENO)) return fputs("less: no file to show; less --help\n", stderr), 1;
  if (!take_terminal()) return copy_all();
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  if (file_count == 0) text_open(STDIN_FILENO, keyboard == STDIN_FILENO ? -1 : keyboard);
  else {
    int at = 0;
    while (at < file_count && !open_file(at)) at++;
    if (at == file_count) {
      write(control, "rawoff", 6);
      fprintf(stderr, "less: %s\n", message);
      return 1;
    }
  }
  page(command);
  fflush(stdout);
  write(control, "rawoff", 6);
  return 0;
}
