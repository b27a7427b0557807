/* Who has called, and what of HTTP/1.1 is needed for them: one request a connection. */
#ifndef CALLERS_H
#define CALLERS_H
#include <stddef.h>
#include <stdint.h>

enum { CALLERS_MAX = 16, BODY_MAX = 16384, HEAD_MAX = 8192, RESPONSE_MAX = 1 << 17 };

struct caller {
  int fd, waiting, sending, ended, gone; /* `ended`: it sends no more, but may still be waiting. */
  unsigned long place; /* Among those that are polled; 0 for none. */
  int64_t hold_until;
  uint64_t after; /* Of `/next`: the last event that it has seen. */
  size_t used, sent, response_length, body_length;
  const char *method, *path, *body;
  char request[HEAD_MAX + BODY_MAX + 1];
  char response[RESPONSE_MAX];
};

extern struct caller callers[CALLERS_MAX];
extern int caller_count;

/* NULL: there are as many as there may be. */
struct caller *add_caller(int fd);
void remove_caller(int place);

/* Reads what has come; returns 1 once, when the request is whole. What is no request gets its answer here. */
int receive(struct caller *caller);

/* The whole answer; the connection ends behind it. */
void respond(struct caller *caller, int status, const char *type, const char *body, size_t length);
void send_on(struct caller *caller);

int is(const char *text, const char *other);
#endif
