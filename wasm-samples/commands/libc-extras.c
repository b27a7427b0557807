/* What Rust's std asks of wasi-libc and older versions of it (Debian's of 2022, for one) do not have. A process in preview 1 has one
   thread and no permission bits, so those calls fail as they do in the newer ones. Weak, so that the library's own win.
   Linked with --wrap for the functions of the second half. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WEAK __attribute__((weak))

enum { LINKS_MAX = 40 };

WEAK int *__errno_location(void) { return &errno; }

WEAK int pthread_attr_init(void *attributes) { return (void)attributes, 0; }
WEAK int pthread_attr_setstacksize(void *attributes, size_t size) { return (void)attributes, (void)size, 0; }
WEAK int pthread_attr_destroy(void *attributes) { return (void)attributes, 0; }
WEAK int pthread_create(void *thread, const void *attributes, void *(*start)(void *), void *argument) {
  return (void)thread, (void)attributes, (void)start, (void)argument, EAGAIN;
}
WEAK int pthread_detach(void *thread) { return (void)thread, EINVAL; }
WEAK int pthread_join(void *thread, void **result) { return (void)thread, (void)result, EINVAL; }

WEAK int chmod(const char *path, unsigned mode) {
  (void)path, (void)mode;
  errno = ENOSYS;
  return -1;
}

/* Both return 0, or -1 with errno. `text` has PATH_MAX bytes. */
static int prepend(const char *head, char *text) {
  size_t size = strlen(head), rest = strlen(text);
  int slash = rest > 0;
  if (size + slash + rest >= PATH_MAX) return errno = ENAMETOOLONG, -1;
  memmove(text + size + slash, text, rest + 1);
  if (slash) text[size] = '/';
  memcpy(text, head, size);
  return 0;
}

static int append(char *text, const char *name, size_t size) {
  size_t before = strlen(text);
  int slash = before == 0 || text[before - 1] != '/';
  if (before + slash + size >= PATH_MAX) return errno = ENAMETOOLONG, -1;
  if (slash) text[before] = '/';
  memcpy(text + before + slash, name, size);
  text[before + slash + size] = '\0';
  return 0;
}

static void leave(char *text) {
  char *slash = strrchr(text, '/');
  slash[slash == text ? 1 : 0] = '\0';
}

/* Takes the first name off `left` and follows it from `done`. */
static int step(char *done, char *left, int *links) {
  char link[PATH_MAX];
  size_t slashes = strspn(left, "/"), size = strcspn(left + slashes, "/");
  char name[NAME_MAX + 1];
  if (size > NAME_MAX) return errno = ENAMETOOLONG, -1;
  memcpy(name, left + slashes, size);
  name[size] = '\0';
  memmove(left, left + slashes + size, strlen(left + slashes + size) + 1);
  if (size == 0 || strcmp(name, ".") == 0) return 0;
  if (strcmp(name, "..") == 0) return leave(done), 0;
  if (append(done, name, size) < 0) return -1;
  struct stat status;
  if (lstat(done, &status) < 0) return -1;
  if (!S_ISLNK(status.st_mode)) return *left == '\0' || S_ISDIR(status.st_mode) ? 0 : (errno = ENOTDIR, -1);
  if (++*links > LINKS_MAX) return errno = ELOOP, -1;
  ssize_t length = readlink(done, link, sizeof link - 1);
  if (length < 0) return -1;
  link[length] = '\0';
  leave(done);
  if (link[0] == '/') strcpy(done, "/");
  return prepend(link, left);
}

WEAK char *realpath(const char *restrict path, char *restrict resolved) {
  char done[PATH_MAX] = "/", left[PATH_MAX];
  int links = 0;
  if (path == NULL) return errno = EINVAL, NULL;
  if (*path == '\0') return errno = ENOENT, NULL;
  if (strlen(path) >= sizeof left) return errno = ENAMETOOLONG, NULL;
  if (*path != '/' && getcwd(done, sizeof done) == NULL) return NULL;
  strcpy(left, path);
  while (*left != '\0') {
    if (step(done, left, &links) < 0) return NULL;
  }
  if (resolved == NULL) return strdup(done);
  return strcpy(resolved, done);
}

/* Preview 1 has no permission bits. Without any, programs take every file for write-protected, and ask before they remove it. */
static int permit(int result, struct stat *status) {
  if (result == 0) status->st_mode |= S_ISDIR(status->st_mode) ? 0755 : 0644;
  return result;
}

int __real_stat(const char *path, struct stat *status);
int __real_lstat(const char *path, struct stat *status);
int __real_fstat(int fd, struct stat *status);
int __real_fstatat(int fd, const char *path, struct stat *status, int flags);
int __wrap_stat(const char *path, struct stat *status) { return permit(__real_stat(path, status), status); }
int __wrap_lstat(const char *path, struct stat *status) { return permit(__real_lstat(path, status), status); }
int __wrap_fstat(int fd, struct stat *status) { return permit(__real_fstat(fd, status), status); }
int __wrap_fstatat(int fd, const char *path, struct stat *status, int flags) { return permit(__real_fstatat(fd, path, status, flags), status); }

int __real_linkat(int from, const char *path, int to, const char *name, int flags);

/* The library of 2022 loses the first path while it makes the second absolute: so the first is named below its directory. */
int __wrap_linkat(int from, const char *path, int to, const char *name, int flags) {
  char directory[PATH_MAX];
  if (from != AT_FDCWD) return __real_linkat(from, path, to, name, flags);
  if (strlen(path) >= sizeof directory) return errno = ENAMETOOLONG, -1;
  strcpy(directory, path);
  char *slash = strrchr(directory, '/');
  const char *last = slash == NULL ? path : path + (slash - directory) + 1;
  if (slash == NULL) strcpy(directory, ".");
  else slash[slash == directory ? 1 : 0] = '\0';
  int parent = open(directory, O_RDONLY | O_DIRECTORY);
  if (parent < 0) return -1;
  int result = __real_linkat(parent, last, to, name, flags);
  int error = errno;
  close(parent);
  errno = error;
  return result;
}
