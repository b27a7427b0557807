/* bus-… of host-guest: messages between processes. Each ends with the errno of what failed. */
#include "messages.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wasi/api.h>

#define IMPORT(name) __attribute__((import_module("astrid"), import_name(#name))) extern
#define TEXT const char *, size_t

IMPORT(astrid_publish) int astrid_publish(TEXT, TEXT, const void *);
IMPORT(astrid_subscribe) int astrid_subscribe(TEXT, const void *, uint32_t *);
IMPORT(astrid_request) int astrid_request(TEXT, TEXT, int64_t, uint32_t *);
IMPORT(astrid_reply) int astrid_reply(const void *, TEXT);

static _Alignas(8) uint8_t frame[1 << 16];

static int take(uint32_t handle) {
  __wasi_iovec_t into = {frame, sizeof frame};
  size_t count;
  return __wasi_fd_read((__wasi_fd_t)handle, &into, 1, &count);
}

/* `subject text`, and how many were lost before it. */
static void print_frame(void) {
  uint16_t subject, type;
  uint32_t payload, lost;
  memcpy(&subject, frame + 6, 2);
  memcpy(&type, frame + 12, 2);
  memcpy(&payload, frame + 40, 4);
  memcpy(&lost, frame + 44, 4);
  const char *text = (const char *)frame + 48 + subject + type;
  printf("%.*s %.*s", (int)subject, (const char *)frame + 48, (int)payload - 1, text + 1);
  printf(lost == 0 ? "\n" : " lost %u\n", (unsigned)lost);
  fflush(stdout);
}

static size_t payload_of(char *room, const char *text) { return (size_t)sprintf(room, "\x55%s", text); }

static int subscribe(const char *pattern, const char *policy, const char *capacity, uint32_t *handle) {
  uint32_t options[6] = {0, (uint32_t)atoi(policy), (uint32_t)atoi(capacity), 0, 0, 0};
  int error = astrid_subscribe(pattern, strlen(pattern), options, handle);
  if (error == 0 && (puts("ready") < 0 || fflush(stdout) != 0)) return 29;
  return error;
}

/* PATTERN COUNT POLICY CAPACITY DELAY: prints so many messages, and sleeps so many milliseconds after each. COUNT 0: none is read. */
static int listen(char **argv) {
  uint32_t handle;
  int error = subscribe(argv[0], argv[2], argv[3], &handle);
  struct timespec delay = {0, atol(argv[4]) * 1000000};
  for (int left = atoi(argv[1]); error == 0 && left > 0; left--) {
    error = take(handle);
    if (error == 0) print_frame();
    if (delay.tv_nsec > 0) nanosleep(&delay, NULL);
  }
  while (error == 0 && argv[1][0] == '0') nanosleep(&(struct timespec){1, 0}, NULL);
  return error;
}

/* SUBJECT COUNT DELAY: numbered messages, so many milliseconds apart. */
static int publish(char **argv) {
  char text[32], payload[64];
  struct timespec delay = {0, atol(argv[2]) * 1000000};
  for (int number = 0; number < atoi(argv[1]); number++) {
    sprintf(text, "%d", number);
    int error = astrid_publish(argv[0], strlen(argv[0]), payload, payload_of(payload, text), NULL);
    if (error != 0) return error;
    if (delay.tv_nsec > 0) nanosleep(&delay, NULL);
  }
  return 0;
}

/* SUBJECT TEXT MILLISECONDS: asks, and prints the reply. */
static int ask(char **argv) {
  char payload[1024];
  uint32_t handle;
  int error = astrid_request(argv[0], strlen(argv[0]), payload, payload_of(payload, argv[1]), atoll(argv[2]) * 1000000, &handle);
  if (error != 0 || (error = take(handle)) != 0) return error;
  print_frame();
  return 0;
}

/* PATTERN COUNT: answers so many requests with what was asked. */
static int answer(char **argv) {
  uint32_t handle;
  int error = subscribe(argv[0], "0", "0", &handle);
  for (int left = atoi(argv[1]); error == 0 && left > 0; left--) {
    if ((error = take(handle)) != 0) break;
    uint16_t subject, type;
    uint32_t payload;
    memcpy(&subject, frame + 6, 2);
    memcpy(&type, frame + 12, 2);
    memcpy(&payload, frame + 40, 4);
    error = astrid_reply(frame, (const char *)frame + 48 + subject + type, payload);
  }
  return error;
}

static uint64_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

/* A request, read, answered; its reply read. */
static int ask_oneself(uint32_t inbox, const char *payload, size_t size) {
  uint32_t answer;
  int error = astrid_request("t.ask", 5, payload, size, 1000000000, &answer);
  if (error == 0 && (error = take(inbox)) == 0 && (error = astrid_reply(frame, payload, size)) == 0) error = take(answer);
  return error != 0 ? error : __wasi_fd_close(answer);
}

/* COUNT: 100 bytes published to a subscription of its own, with and without reading them, and requests; one JSON line of ns for each. */
static int bench(char **argv) {
  char payload[100] = "\x55";
  uint32_t mailbox, inbox;
  int count = atoi(argv[0]), error;
  if ((error = astrid_subscribe("t.x", 3, NULL, &mailbox)) != 0 || (error = astrid_subscribe("t.ask", 5, NULL, &inbox)) != 0) return error;
  uint64_t from = now();
  for (int i = 0; i < count && error == 0; i++) error = astrid_publish("t.x", 3, payload, sizeof payload, NULL);
  double publish = (double)(now() - from) / count;
  for (size_t left = 65536 / 152; left > 0 && error == 0; left--) error = take(mailbox);
  from = now();
  for (int i = 0; i < count && error == 0; i++)
    if ((error = astrid_publish("t.x", 3, payload, sizeof payload, NULL)) == 0) error = take(mailbox);
  double both = (double)(now() - from) / count;
  from = now();
  for (int i = 0; i < count / 10 && error == 0; i++) error = ask_oneself(inbox, payload, sizeof payload);
  printf("{\"publish\":%.1f,\"read\":%.1f,\"request\":%.1f}\n", publish, both, (double)(now() - from) / (count / 10));
  return error;
}

/* FD: whether it is open. */
static int is_open(char **argv) {
  __wasi_fdstat_t stat;
  return __wasi_fd_fdstat_get((__wasi_fd_t)atoi(argv[0]), &stat);
}

int messages(int argc, char **argv) {
  const char *call = argv[0];
  if (strcmp(call, "bus-listen") == 0 && argc == 6) return listen(argv + 1);
  if (strcmp(call, "bus-publish") == 0 && argc == 4) return publish(argv + 1);
  if (strcmp(call, "bus-ask") == 0 && argc == 4) return ask(argv + 1);
  if (strcmp(call, "bus-answer") == 0 && argc == 3) return answer(argv + 1);
  if (strcmp(call, "bus-bench") == 0 && argc == 2) return bench(argv + 1);
  if (strcmp(call, "bus-open") == 0 && argc == 2) return is_open(argv + 1);
  fprintf(stderr, "host-guest bus-listen PATTERN COUNT POLICY CAPACITY DELAY | bus-publish SUBJECT COUNT DELAY | bus-ask SUBJECT TEXT MS | bus-answer PATTERN COUNT | bus-open FD | bus-bench COUNT\n");
  return 2;
}
