/* tree [-adfs] [-L DEPTH] [DIRECTORY...]: what is below directories, drawn as a tree. */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/start.h"

static const char usage[] =
    "usage: tree [-adfs] [-L DEPTH] [DIRECTORY...]\n"
    "Draws what is below directories. -a: names that begin with a dot, too. -d: directories only. -f: whole paths. -s: sizes in bytes.\n"
    "-L: down to this depth.\n";

static int hidden, only_directories, whole, sizes, coloured, status;
static size_t depth_max = SIZE_MAX, directories, files;
static char path[PATH_MAX];

/* Directories being drawn, one in another. On the heap, as the stack is small and directories may be deep. */
static struct level {
  char **names;
  size_t next;
  /* Of its path, in `path`. */
  size_t length;
} *levels;
static size_t depth, levels_size;

static void *must(void *memory) {
  if (memory == NULL) {
    fputs("tree: out of memory\n", stderr);
    exit(1);
  }
  return memory;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Whether a name in the directory `path` is drawn. */
static int drawn(const struct dirent *entry, size_t length) {
  const char *name = entry->d_name;
  if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || (!hidden && name[0] == '.')) return 0;
  if (!only_directories || entry->d_type == DT_DIR) return 1;
  if (entry->d_type != DT_UNKNOWN) return 0;
  struct stat info;
  snprintf(path + length, sizeof path - length, "/%s", name);
  int directory = lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
  path[length] = '\0';
  return directory;
}

/* Goes into the directory `path`. False, with errno, if it cannot be read. */
static int enter(void) {
  size_t length = strlen(path), count = 0, size = 0;
  DIR *stream = opendir(path);
  if (stream == NULL) return 0;
  char **names = NULL;
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
    if (!drawn(entry, length)) continue;
    if (count + 1 >= size) names = must(realloc(names, (size = size == 0 ? 64 : size * 2) * sizeof *names));
    names[count++] = must(strdup(entry->d_name));
  }
  closedir(stream);
  if (names == NULL) names = must(calloc(1, sizeof *names));
  names[count] = NULL;
  qsort(names, count, sizeof *names, by_name);
  if (depth == levels_size) levels = must(realloc(levels, (levels_size = levels_size == 0 ? 16 : levels_size * 2) * sizeof *levels));
  levels[depth++] = (struct level){names, 0, length};
  return 1;
}

/* The lines that lead to a name: of each directory around it, whether more of it follows. */
static void draw_lines(void) {
  for (size_t at = 0; at < depth; at++) {
    int more = levels[at].names[levels[at].next] != NULL;
    fputs(at + 1 < depth ? (more ? "\u2502   " : "    ") : more ? "\u251c\u2500\u2500 " : "\u2514\u2500\u2500 ", stdout);
  }
}

/* A terminal takes no orders from names. */
static void print_name(const char *name) {
  for (; *name != '\0'; name++) putchar((unsigned char)*name < 32 || *name == 127 ? '?' : *name);
}

static void draw_link(void) {
  char target[PATH_MAX];
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length < 0) return;
  target[length] = '\0';
  fputs(" -> ", stdout);
  print_name(target);
}

/* One name, and if it is a directory what is in it. */
static void visit(const char *name) {
  struct stat info;
  draw_lines();
  if (lstat(path, &info) < 0) {
    printf("%s [%s]\n", name, strerror(errno));
    status = 1;
    return;
  }
  int directory = S_ISDIR(info.st_mode), link = S_ISLNK(info.st_mode);
  if (sizes) printf("[%11lld]  ", (long long)info.st_size);
  const char *colour = !coloured ? "" : directory ? "\033[1;34m" : link ? "\033[1;36m" : "";
  fputs(colour, stdout);
  print_name(whole ? path : name);
  if (*colour != '\0') fputs("\033[m", stdout);
  if (link) draw_link();
  *(directory ? &directories : &files) += 1;
  if (directory && depth < depth_max && !enter()) {
    printf(" [%s]", strerror(errno));
    status = 1;
  }
  putchar('\n');
}

static void draw(const char *root) {
  struct stat info;
  snprintf(path, sizeof path, "%s", root);
  if (strlen(root) >= sizeof path || stat(path, &info) < 0 || !S_ISDIR(info.st_mode) || !enter()) {
    printf("%s  [error opening dir]\n", root);
    status = 1;
    return;
  }
  puts(root);
  directories++;
  while (depth > 0) {
    struct level *top = &levels[depth - 1];
    path[top->length] = '\0';
    char *name = top->names[top->next];
    if (name == NULL) {
      free(levels[--depth].names);
      continue;
    }
    top->next++;
    size_t room = sizeof path - top->length;
    int added = snprintf(path + top->length, room, "%s%s", path[top->length - 1] == '/' ? "" : "/", name);
    if (added >= 0 && (size_t)added < room) visit(name);
    else status = 1;
    free(name);
  }
}

static size_t number(const char *text) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*end == '\0' && value > 0) return (size_t)value;
  fputs("tree: the depth must be above 0\n", stderr);
  exit(1);
}

int main(int argc, char **argv) {
  static char *here[] = {".", NULL};
  static const struct option options[] = {{"help", no_argument, NULL, 'H'}, {NULL, 0, NULL, 0}};
  enter_working_directory();
  for (int option; (option = getopt_long(argc, argv, "adfsL:", options, NULL)) != -1;) {
    switch (option) {
      case 'a': hidden = 1; break;
      case 'd': only_directories = 1; break;
      case 'f': whole = 1; break;
      case 's': sizes = 1; break;
      case 'L': depth_max = number(optarg); break;
      case 'H': return fputs(usage, stdout) < 0;
      default: fputs(usage, stderr); return 1;
    }
  }
  coloured = isatty(STDOUT_FILENO);
  for (char **root = optind < argc ? argv + optind : here; *root != NULL; root++) draw(*root);
  printf("\n%zu director%s", directories, directories == 1 ? "y" : "ies");
  if (!only_directories) printf(", %zu file%s", files, files == 1 ? "" : "s");
  putchar('\n');
  return fflush(stdout) != 0 || status;
}
