/* ask: an interactive line program. Asks for a name and a colour, then talks back in that colour until "quit" or the
   end of input. */
#include <stdio.h>
#include <string.h>

static const char *const colours[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};

static char line[1024];

/* Prints the question and reads one line, without its newline, into `line`. Returns 0 at the end of input. */
static int ask(const char *question) {
  fputs(question, stdout);
  fflush(stdout);
  if (fgets(line, sizeof line, stdin) == NULL) return 0;
  line[strcspn(line, "\r\n")] = '\0';
  return 1;
}

static int colour_code(const char *name) {
  for (int i = 0; i < 8; i++) {
    if (strcmp(name, colours[i]) == 0) return 30 + i;
  }
  return 0;
}

static int ask_colour(void) {
  while (ask("Which colour do you like? ")) {
    int code = colour_code(line);
    if (code != 0) return code;
    fputs("I know", stdout);
    for (int i = 0; i < 8; i++) printf("%s %s", i == 0 ? "" : ",", colours[i]);
    puts(".");
  }
  return 0;
}

static void talk(int code) {
  puts("Say something; \"quit\" leaves.");
  for (int n = 1; ask("> ") && strcmp(line, "quit") != 0; n++) {
    printf("%d: \x1b[%dm%s\x1b[0m (%zu bytes)\n", n, code, line, strlen(line));
  }
}

int main(void) {
  char name[sizeof line];
  if (!ask("What is your name? ")) return 1;
  strcpy(name, line);
  printf("Hello, %s!\n", name);
  int code = ask_colour();
  if (code == 0) return 1;
  talk(code);
  printf("Goodbye, %s.\n", name);
  return 0;
}
