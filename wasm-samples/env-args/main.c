/* env-args: everything that a preview 1 program is told by its host: arguments, environment, preopened directories,
   working directory, and what standard input, output and error are. Lengths are in bytes, so that text that is not ASCII shows
   whether the host counted right. */
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

#include "../common/start.h"

extern char **environ;

static const char *const types[] = {"unknown", "block device", "character device", "directory", "file", "datagram socket", "stream socket", "link"};

static void print_descriptors(void) {
  for (__wasi_fd_t fd = 0; fd < 3; fd++) {
    __wasi_fdstat_t stat;
    __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &stat);
    if (error != 0) printf("fd %u: %s\n", (unsigned)fd, strerror(error));
    else printf("fd %u: %s\n", (unsigned)fd, stat.fs_filetype < 8 ? types[stat.fs_filetype] : "?");
  }
}

static void print_preopens(void) {
  __wasi_prestat_t prestat;
  char name[4096];
  for (__wasi_fd_t fd = 3; __wasi_fd_prestat_get(fd, &prestat) == 0; fd++) {
    size_t length = prestat.u.dir.pr_name_len;
    if (length > sizeof name || __wasi_fd_prestat_dir_name(fd, (uint8_t *)name, length) != 0) continue;
    printf("preopen %u: %.*s\n", (unsigned)fd, (int)length, name);
  }
}

int main(int argc, char **argv) {
  enter_working_directory();
  for (int i = 0; i < argc; i++) printf("argv[%d] (%zu bytes): %s\n", i, strlen(argv[i]), argv[i]);
  for (char **variable = environ; *variable != NULL; variable++) printf("env (%zu bytes): %s\n", strlen(*variable), *variable);
  print_preopens();
  char directory[4096];
  printf("cwd: %s\n", getcwd(directory, sizeof directory) == NULL ? "?" : directory);
  print_descriptors();
  return 0;
}
