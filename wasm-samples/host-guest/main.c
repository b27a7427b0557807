/* host-guest CALL ARGUMENTS…: the calls of module `astrid` that the kernel answers, for tests and benchmarks. See README.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <errno.h>
#include <wasi/api.h>

#include "messages.h"

#define IMPORT(name) __attribute__((import_module("astrid"), import_name(#name))) extern
#define TEXT const char *, size_t

IMPORT(astrid_kv_get) int astrid_kv_get(TEXT, TEXT, void *, size_t, uint32_t *);
IMPORT(astrid_kv_has) int astrid_kv_has(TEXT, TEXT, uint32_t *);
IMPORT(astrid_kv_set) int astrid_kv_set(TEXT, TEXT, const void *, size_t, int);
IMPORT(astrid_kv_delete) int astrid_kv_delete(TEXT, TEXT, int);
IMPORT(astrid_kv_scan) int astrid_kv_scan(TEXT, TEXT, TEXT, void *, size_t, uint32_t *);
IMPORT(astrid_kv_batch) int astrid_kv_batch(TEXT, const void *, size_t, int);
IMPORT(astrid_http_request) int astrid_http_request(TEXT, uint32_t *);
IMPORT(astrid_spawn) int astrid_spawn(TEXT, TEXT, TEXT, uint32_t *);
IMPORT(astrid_wait) int astrid_wait(uint32_t, int32_t *);

enum { KEYS = 9000, VALUE = 100, RECORD = 8 + 12 + VALUE, SAMPLES = 1 << 16 };

static uint64_t times[SAMPLES];
static uint8_t value[VALUE];
static uint8_t buffer[1 << 20];

static int told(const char *what, int error) {
  if (error != 0) fprintf(stderr, "%s: errno %d\n", what, error);
  return error;
}

static uint64_t now(void) {
  struct timespec at;
  if (clock_gettime(CLOCK_MONOTONIC, &at) != 0) exit(errno);
  return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

static int by_size(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static void fresh(void) {
  for (size_t i = 0; i < VALUE; i++) value[i] = (uint8_t)rand();
}

static size_t key_of(char *key, unsigned number) { return (size_t)sprintf(key, "bench/%06u", number % KEYS); }

static int summary(const char *name, unsigned count, uint64_t took) {
  unsigned kept = count < SAMPLES ? count : SAMPLES;
  qsort(times, kept, sizeof *times, by_size);
  printf("{\"name\":\"%s\",\"n\":%u,\"ns\":%.1f,\"p50\":%llu,\"p99\":%llu}\n", name, count, (double)took / count, (unsigned long long)times[kept / 2],
         (unsigned long long)times[kept * 99 / 100]);
  return 0;
}

static int set_once(unsigned number) {
  char key[32];
  size_t length = key_of(key, number);
  fresh();
  return astrid_kv_set("", 0, key, length, value, VALUE, 0);
}

static int get_once(unsigned number) {
  char key[32];
  uint32_t size;
  size_t length = key_of(key, number);
  return astrid_kv_get("", 0, key, length, value, VALUE, &size);
}

static int timed(const char *name, unsigned count, int (*once)(unsigned)) {
  uint64_t began = now();
  for (unsigned i = 0; i < count; i++) {
    uint64_t from = now();
    int error = once((unsigned)rand());
    if (error != 0) return told(name, error);
    times[i % SAMPLES] = now() - from;
  }
  return summary(name, count, now() - began);
}

/* `count` pairs of 100 bytes, `each` of them in one batch that is on disk when it returns. */
static int batches(unsigned count, unsigned each) {
  if (each == 0 || each * RECORD > sizeof buffer) return told("each", EINVAL);
  uint64_t began = now();
  unsigned calls = 0;
  for (unsigned done = 0; done < count; done += each, calls++) {
    uint8_t *at = buffer;
    for (unsigned i = 0; i < each; i++, at += RECORD) {
      uint32_t lengths[2] = {12, VALUE};
      char key[32];
      key_of(key, done + i);
      fresh();
      memcpy(at, lengths, 8);
      memcpy(at + 8, key, 12);
      memcpy(at + 20, value, VALUE);
    }
    uint64_t from = now();
    int error = astrid_kv_batch("", 0, buffer, (size_t)(at - buffer), 0);
    if (error != 0) return told("kv-batch", error);
    times[calls % SAMPLES] = (now() - from) / each;
  }
  uint64_t took = now() - began;
  printf("{\"name\":\"kv-batch\",\"n\":%u,\"ns\":%.1f,\"rate\":%.0f}\n", count, (double)took / count, count * 1e9 / (double)took);
  return 0;
}

/* Turn by turn: whether a pair is there, in a namespace of its own and in one that has to be allowed; ns each, means. */
static int guarded(const char *namespace, unsigned count) {
  const char *namespaces[2] = {"", namespace};
  uint64_t took[2] = {0, 0};
  for (unsigned i = 0; i < 2 * count; i++) {
    const char *of = namespaces[i & 1];
    uint32_t found;
    uint64_t from = now();
    int error = astrid_kv_has(of, strlen(of), "none", 4, &found);
    if (error != 0) return told("kv-guarded", error);
    took[i & 1] += now() - from;
  }
  printf("{\"name\":\"kv-guarded\",\"n\":%u,\"own\":%.1f,\"other\":%.1f}\n", count, (double)took[0] / count, (double)took[1] / count);
  return 0;
}

static int copy_out(uint32_t handle) {
  for (;;) {
    /* Not by the libc, which has EBADF for ENOTCAPABLE. */
    __wasi_iovec_t into = {buffer, sizeof buffer};
    size_t count;
    int error = __wasi_fd_read(handle, &into, 1, &count);
    if (error != 0 || count == 0) return told("read", error);
    if (fwrite(buffer, 1, count, stdout) != count || fflush(stdout) != 0) return EIO;
  }
}

/* METHOD URL [LINE…] [--body=TEXT] */
static int http(int argc, char **argv) {
  size_t used = (size_t)sprintf((char *)buffer, "%s %s HTTP/1.1\r\n", argv[0], argv[1]);
  const char *body = "";
  for (int i = 2; i < argc; i++) {
    if (strncmp(argv[i], "--body=", 7) == 0) body = argv[i] + 7;
    else used += (size_t)sprintf((char *)buffer + used, "%s\r\n", argv[i]);
  }
  used += (size_t)sprintf((char *)buffer + used, "\r\n%s", body);
  uint32_t handle;
  int error = astrid_http_request((char *)buffer, used, &handle);
  if (error != 0) return told("http", error);
  error = copy_out(handle);
  close((int)handle);
  return error;
}

/* PATH GRANTS [ARGUMENT…]: ends as what it started. */
static int start(int argc, char **argv) {
  size_t used = 0;
  for (int i = 2; i < argc; i++) {
    memcpy(buffer + used, argv[i], strlen(argv[i]) + 1);
    used += strlen(argv[i]) + 1;
  }
  uint32_t pid;
  int32_t code;
  int error = astrid_spawn(argv[0], strlen(argv[0]), (char *)buffer, used, argv[1], strlen(argv[1]), &pid);
  if (error != 0) return told("spawn", error);
  error = astrid_wait(pid, &code);
  return error != 0 ? told("wait", error) : code;
}

/* set KEY VALUE, get KEY, delete KEY, scan PREFIX, in NAMESPACE. */
static int pairs(int argc, char **argv) {
  const char *namespace = argv[0], *call = argv[1], *key = argv[2];
  size_t length = strlen(namespace);
  if (strcmp(call, "set") == 0 && argc == 4) return told(call, astrid_kv_set(namespace, length, key, strlen(key), argv[3], strlen(argv[3]), 0));
  if (strcmp(call, "delete") == 0) return told(call, astrid_kv_delete(namespace, length, key, strlen(key), 0));
  uint32_t size = 0;
  int error = strcmp(call, "get") == 0 ? astrid_kv_get(namespace, length, key, strlen(key), buffer, sizeof buffer, &size)
                                       : astrid_kv_scan(namespace, length, key, strlen(key), "", 0, buffer, sizeof buffer, &size);
  if (error == 0) fwrite(buffer, 1, size, stdout);
  return told(call, error);
}

int main(int argc, char **argv) {
  const char *call = argc > 1 ? argv[1] : "";
  if (strcmp(call, "kv-set") == 0 && argc == 3) return timed(call, (unsigned)atoi(argv[2]), set_once);
  if (strcmp(call, "kv-get") == 0 && argc == 3) return timed(call, (unsigned)atoi(argv[2]), get_once);
  if (strcmp(call, "kv-batch") == 0 && argc == 4) return batches((unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]));
  if (strcmp(call, "kv-guarded") == 0 && argc == 4) return guarded(argv[2], (unsigned)atoi(argv[3]));
  if (strcmp(call, "kv") == 0 && argc >= 5) return pairs(argc - 2, argv + 2);
  if (strcmp(call, "http") == 0 && argc >= 4) return http(argc - 2, argv + 2);
  if (strcmp(call, "spawn") == 0 && argc >= 4) return start(argc - 2, argv + 2);
  if (strncmp(call, "bus-", 4) == 0) return messages(argc - 1, argv + 1);
  if (strcmp(call, "say") == 0 && argc == 3) return puts(argv[2]) < 0;
  fprintf(stderr, "host-guest kv-set N | kv-get N | kv-batch N EACH | kv-guarded NAMESPACE N | kv NAMESPACE set|get|delete|scan KEY [VALUE] | http METHOD URL [LINE…] | spawn PATH GRANTS [ARGUMENT…] | say TEXT\n");
  return 2;
}
