/* paths: what a C program finds under a name. It knows nothing of the working directory: no chdir, no PWD. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static void list(const char *path) {
  struct dirent **entries;
  int n = scandir(path, &entries, visible, by_name);
  printf("%s:", path);
  if (n < 0) printf(" %s", strerror(errno));
  for (int i = 0; i < n; i++) printf(" %s", entries[i]->d_name);
  printf("\n");
}

static void show(const char *path) {
  FILE *file = fopen(path, "r");
  char text[256];
  printf("%s: %s\n", path, file == NULL ? strerror(errno) : fgets(text, sizeof text, file) == NULL ? "" : text);
  if (file != NULL) fclose(file);
}

static void put(const char *path) {
  FILE *file = fopen(path, "w");
  if (file == NULL || fputs("made", file) < 0 || fclose(file) != 0) printf("%s: %s\n", path, strerror(errno));
}

int main(int argc, char **argv) {
  const char *verb = argc > 1 ? argv[1] : "code";
  for (int i = 2; i < argc; i++) {
    if (strcmp(verb, "list") == 0) list(argv[i]);
    else if (strcmp(verb, "put") == 0) put(argv[i]);
    else show(argv[i]);
  }
  if (strcmp(verb, "code") == 0) {
    show("notes.txt");
    show("/etc/motd");
    show("/home/me/notes.txt");
    show("./notes.txt");
    show("../me/notes.txt");
    list(".");
    list("/home/me");
  }
  return 0;
}
