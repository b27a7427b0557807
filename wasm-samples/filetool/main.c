/* filetool: one program for each thing that one does with files. Run it without arguments for its usage. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../common/start.h"

static const char usage[] =
    "usage: filetool list [DIRECTORY]        names, kinds and sizes, sorted\n"
    "       filetool read FILE               prints it\n"
    "       filetool write FILE TEXT...      replaces it with the text and a newline\n"
    "       filetool append FILE TEXT...     adds the text and a newline\n"
    "       filetool copy FILE NEW           copies the bytes\n"
    "       filetool rename OLD NEW          moves it, over NEW if that is there\n"
    "       filetool delete PATH             a file, a link or an empty directory\n"
    "       filetool mkdir DIRECTORY         makes one\n"
    "       filetool stat PATH               kind, size, links, time\n";

static const char *verb;

static int fail(const char *path) {
  fprintf(stderr, "filetool: %s: %s: %s\n", verb, path, strerror(errno));
  return 1;
}

static const char *kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "directory";
  if (S_ISREG(mode)) return "file";
  if (S_ISLNK(mode)) return "link";
  if (S_ISCHR(mode)) return "device";
  return "other";
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static int visible(const struct dirent *entry) {
  return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int list(char **args, int count) {
  const char *path = count > 0 ? args[0] : ".";
  DIR *directory = opendir(path);
  if (directory == NULL) return fail(path);
  struct dirent **entries;
  int n = scandir(path, &entries, visible, by_name);
  if (n < 0) return fail(path);
  int status = 0;
  for (int i = 0; i < n; i++) {
    struct stat info;
    const char *name = entries[i]->d_name;
    if (fstatat(dirfd(directory), name, &info, AT_SYMLINK_NOFOLLOW) < 0) status = fail(name);
    else printf("%-9s %12lld  %s\n", kind_of(info.st_mode), (long long)info.st_size, name);
  }
  closedir(directory);
  return status;
}

static int pour(int from, int to) {
  static char buffer[65536];
  ssize_t n;
  while ((n = read(from, buffer, sizeof buffer)) > 0) {
    for (ssize_t done = 0; done < n;) {
      ssize_t step = write(to, buffer + done, (size_t)(n - done));
      if (step < 0) return -1;
      done += step;
    }
  }
  return n < 0 ? -1 : 0;
}

static int read_file(char **args, int count) {
  (void)count;
  int fd = open(args[0], O_RDONLY);
  if (fd < 0 || pour(fd, STDOUT_FILENO) < 0) return fail(args[0]);
  return close(fd) < 0 ? fail(args[0]) : 0;
}

static int put_text(char **args, int count, const char *mode) {
  FILE *file = fopen(args[0], mode);
  if (file == NULL) return fail(args[0]);
  for (int i = 1; i < count; i++) {
    if (i > 1) fputc(' ', file);
    fputs(args[i], file);
  }
  fputc('\n', file);
  return fclose(file) != 0 ? fail(args[0]) : 0;
}

static int write_file(char **args, int count) { return put_text(args, count, "w"); }

static int append_file(char **args, int count) { return put_text(args, count, "a"); }

static int copy_file(char **args, int count) {
  (void)count;
  int from = open(args[0], O_RDONLY);
  if (from < 0) return fail(args[0]);
  int to = open(args[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (to < 0 || pour(from, to) < 0) return fail(args[1]);
  close(from);
  return close(to) < 0 ? fail(args[1]) : 0;
}

static int rename_path(char **args, int count) {
  (void)count;
  return rename(args[0], args[1]) < 0 ? fail(args[0]) : 0;
}

static int delete_path(char **args, int count) {
  (void)count;
  struct stat info;
  if (lstat(args[0], &info) < 0) return fail(args[0]);
  int done = S_ISDIR(info.st_mode) ? rmdir(args[0]) : unlink(args[0]);
  return done < 0 ? fail(args[0]) : 0;
}

static int make_directory(char **args, int count) {
  (void)count;
  return mkdir(args[0], 0777) < 0 ? fail(args[0]) : 0;
}

static int show(char **args, int count) {
  (void)count;
  struct stat info;
  if (lstat(args[0], &info) < 0) return fail(args[0]);
  char when[32];
  strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime(&info.st_mtime));
  printf("kind   %s\nsize   %lld\nlinks  %llu\nmtime  %s\n", kind_of(info.st_mode), (long long)info.st_size,
         (unsigned long long)info.st_nlink, when);
  return 0;
}

static const struct {
  const char *name;
  int least, most;
  int (*run)(char **args, int count);
} commands[] = {
    {"list", 0, 1, list},           {"read", 1, 1, read_file},     {"write", 1, 1 << 20, write_file},
    {"append", 1, 1 << 20, append_file}, {"copy", 2, 2, copy_file},     {"rename", 2, 2, rename_path},
    {"delete", 1, 1, delete_path},  {"mkdir", 1, 1, make_directory}, {"stat", 1, 1, show},
};

int main(int argc, char **argv) {
  enter_working_directory();
  for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++) {
    if (strcmp(argv[1], commands[i].name) != 0) continue;
    if (argc - 2 < commands[i].least || argc - 2 > commands[i].most) break;
    verb = argv[1];
    return commands[i].run(argv + 2, argc - 2);
  }
  fputs(usage, stderr);
  return 2;
}
