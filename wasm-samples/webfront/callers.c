#include "callers.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct caller callers[CALLERS_MAX];
int caller_count;

int is(const char *text, const char *other) { return strcmp(text, other) == 0; }

struct caller *add_caller(int fd) {
  if (caller_count == CALLERS_MAX) return NULL;
  struct caller *caller = &callers[caller_count++];
  memset(caller, 0, offsetof(struct caller, request));
  caller->fd = fd;
  return caller;
}

/* Pointers of a request go into its own room, so they are moved with it. */
void remove_caller(int place) {
  struct caller *to = &callers[place], *from = &callers[--caller_count];
  close(to->fd);
  if (to == from) return;
  memcpy(to, from, sizeof *to);
  const char **pointers[] = {&to->method, &to->path, &to->body};
  for (int i = 0; i < 3; i++) {
    if (*pointers[i]) *pointers[i] += (char *)to - (char *)from;
  }
}

static const char *reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Content Too Large";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    default: return "Service Unavailable";
  }
}

void respond(struct caller *caller, int status, const char *type, const char *body, size_t length) {
  int head = snprintf(caller->response, RESPONSE_MAX,
    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n", status, reason(status), type, length);
  memcpy(caller->response + head, body, length);
  caller->response_length = (size_t)head + length;
  caller->sending = 1;
  caller->waiting = 0;
}

void send_on(struct caller *caller) {
  while (caller->sent < caller->response_length) {
    ssize_t count = send(caller->fd, caller->response + caller->sent, caller->response_length - caller->sent, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) break;
    caller->sent += (size_t)count;
  }
  caller->gone = 1;
}

static int refuse(struct caller *caller, int status) {
  const char *text = reason(status);
  respond(caller, status, "text/plain", text, strlen(text));
  return 0;
}

/* The value of a field in the head, which ends with an empty line; NULL for none. */
static const char *field(const char *head, const char *name) {
  size_t length = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
    if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':') return line + 3 + length;
  }
  return NULL;
}

/* `GET /path?after=1 HTTP/1.1`, cut into its parts. Returns 0 for what is none. */
static int read_line(struct caller *caller) {
  char *path = strchr(caller->request, ' ');
  char *version = path ? strchr(path + 1, ' ') : NULL, *end = strstr(caller->request, "\r\n");
  if (!version || !end || version > end || strncmp(version, " HTTP/1.", 8) != 0 || path[1] != '/') return 0;
  *path = *version = 0;
  caller->method = caller->request;
  caller->path = path + 1;
  char *query = strchr(path + 1, '?');
  if (query) *query = 0;
  if (query && strncmp(query + 1, "after=", 6) == 0) caller->after = strtoull(query + 7, NULL, 10);
  return 1;
}

/* 1: the request is whole. The body is told by its length alone; nothing comes in chunks. */
static int complete(struct caller *caller) {
  char *end = strstr(caller->request, "\r\n\r\n");
  if (!end) return caller->used > HEAD_MAX ? refuse(caller, 431) : 0;
  size_t head = (size_t)(end + 4 - caller->request);
  end[2] = 0;
  const char *given = field(caller->request, "content-length");
  int chunked = field(caller->request, "transfer-encoding") != NULL;
  end[2] = '\r';
  unsigned long length = given ? strtoul(given, NULL, 10) : 0;
  if (chunked) return refuse(caller, 501);
  if (length > BODY_MAX) return refuse(caller, 413);
  if (caller->used < head + length) return 0;
  if (strlen(caller->request) < head || !read_line(caller)) return refuse(caller, 400);
  caller->body = caller->request + head;
  caller->body_length = length;
  return 1;
}

int receive(struct caller *caller) {
  size_t left = sizeof caller->request - 1 - caller->used;
  char rest[1024];
  // Who waits says nothing more; what comes all the same is let go.
  ssize_t count = caller->waiting ? recv(caller->fd, rest, sizeof rest, 0) : recv(caller->fd, caller->request + caller->used, left, 0);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count == 0) caller->ended = 1;
  if (count < 0 || (count == 0 && !caller->waiting)) caller->gone = 1;
  if (count <= 0 || caller->waiting) return 0;
  caller->used += (size_t)count;
  caller->request[caller->used] = 0;
  int whole = complete(caller);
  if (!whole && !caller->sending && caller->used == sizeof caller->request - 1) refuse(caller, 431);
  return whole;
}
