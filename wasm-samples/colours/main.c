/* colours: what a terminal should be able to show: attributes, 16, 256 and 16 million colours, wide characters. */
#include <stdio.h>

static const char *const names[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};

static void attributes(void) {
  static const struct {
    int code;
    const char *name;
  } styles[] = {{1, "bold"}, {2, "dim"}, {3, "italic"}, {4, "underline"}, {7, "inverse"}, {9, "struck"}};
  for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) printf("\x1b[%dm%s\x1b[0m  ", styles[i].code, styles[i].name);
  puts("\n");
}

static void sixteen(void) {
  for (int i = 0; i < 8; i++) printf("\x1b[%dm%-8s\x1b[0m \x1b[%dm%-8s\x1b[0m \x1b[%dm        \x1b[0m\n", 30 + i, names[i], 90 + i, names[i], 40 + i);
  putchar('\n');
}

static void cube(void) {
  for (int green = 0; green < 6; green++) {
    for (int red = 0; red < 6; red++) {
      for (int blue = 0; blue < 6; blue++) printf("\x1b[48;5;%dm ", 16 + 36 * red + 6 * green + blue);
      printf("\x1b[0m ");
    }
    putchar('\n');
  }
  for (int grey = 232; grey < 256; grey++) printf("\x1b[48;5;%dm  ", grey);
  puts("\x1b[0m\n");
}

static int wave(int x) { return x < 0 || x > 510 ? 0 : x < 256 ? x : 510 - x; }

static void ramp(void) {
  for (int x = 0; x < 72; x++) {
    int hue = x * 765 / 72;
    int red = wave(hue + 255) + wave(hue - 510);
    printf("\x1b[48;2;%d;%d;%dm ", red > 255 ? 255 : red, wave(hue), wave(hue - 255));
  }
  puts("\x1b[0m\n");
}

int main(void) {
  attributes();
  sixteen();
  cube();
  ramp();
  puts("┌──────────┐  ünïcödé  Ελληνικά  Кириллица");
  puts("│ 漢字 かな │  ← two cells a character   █▓▒░  ✓");
  puts("└──────────┘");
  return 0;
}
