/* probe: calls every function of the host ABI with good and bad arguments, and some that no host has; one line for each: what was
   called, how, and the errno that this host answered. `probe GROUP…`: only these groups. */
#include <stdio.h>
#include <stdlib.h>

#include "probe.h"

static const char *const errnos[] = {
  "SUCCESS", "E2BIG", "EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EAGAIN", "EALREADY", "EBADF", "EBADMSG", "EBUSY",
  "ECANCELED", "ECHILD", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EDEADLK", "EDESTADDRREQ", "EDOM", "EDQUOT", "EEXIST", "EFAULT",
  "EFBIG", "EHOSTUNREACH", "EIDRM", "EILSEQ", "EINPROGRESS", "EINTR", "EINVAL", "EIO", "EISCONN", "EISDIR", "ELOOP", "EMFILE", "EMLINK",
  "EMSGSIZE", "EMULTIHOP", "ENAMETOOLONG", "ENETDOWN", "ENETRESET", "ENETUNREACH", "ENFILE", "ENOBUFS", "ENODEV", "ENOENT", "ENOEXEC",
  "ENOLCK", "ENOLINK", "ENOMEM", "ENOMSG", "ENOPROTOOPT", "ENOSPC", "ENOSYS", "ENOTCONN", "ENOTDIR", "ENOTEMPTY", "ENOTRECOVERABLE",
  "ENOTSOCK", "ENOTSUP", "ENOTTY", "ENXIO", "EOVERFLOW", "EOWNERDEAD", "EPERM", "EPIPE", "EPROTO", "EPROTONOSUPPORT", "EPROTOTYPE",
  "ERANGE", "EROFS", "ESPIPE", "ESRCH", "ESTALE", "ETIMEDOUT", "ETXTBSY", "EXDEV", "ENOTCAPABLE",
};
#define ERRNOS (int32_t)(sizeof errnos / sizeof errnos[0])

static const struct {
  const char *name;
  void (*run)(void);
} groups[] = {
  {"messages", probe_messages}, {"pairs", probe_pairs},         {"files", probe_files},     {"tokens", probe_tokens},
  {"http", probe_http},         {"processes", probe_processes}, {"ungranted", probe_ungranted},
  {"unknown", probe_unknown},
};
#define GROUPS (sizeof groups / sizeof groups[0])

char *large(void) {
  static char *room;
  if (room == NULL && (room = calloc(1, LARGE)) == NULL) exit(3);
  return room;
}

static unsigned calls;
static unsigned unanswered;

int show(const char *call, const char *how, int32_t error) {
  calls++;
  if (error == 52) unanswered++;
  printf("%-20s %-34s %s\n", call, how, error >= 0 && error < ERRNOS ? errnos[error] : "no errno");
  fflush(stdout);
  return error == 0;
}

static int run_group(const char *name) {
  for (size_t at = 0; at < GROUPS; at++) {
    if (strcmp(groups[at].name, name) != 0) continue;
    groups[at].run();
    return 1;
  }
  fprintf(stderr, "probe: no group %s; there are messages, pairs, files, tokens, http, processes, ungranted, unknown\n", name);
  return 0;
}

int main(int argc, char **argv) {
  int found = 1;
  for (size_t at = 0; at < GROUPS && argc < 2; at++) groups[at].run();
  for (int at = 1; at < argc; at++) found &= run_group(argv[at]);
  if (calls > 0) printf("%u calls, %u answered ENOSYS\n", calls, unanswered);
  return found ? 0 : 2;
}
