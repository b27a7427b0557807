/* What only the mock can show: several processes, failures on order, answers, responses. */
#include "check.h"
#include <stdlib.h>

static char room[4096], other[4096];

static void processes(void) {
  int mine, home, handle;
  astrid_message message;
  astrid_token token;
  CHECK_ERROR(0, astrid_subscribe("room.>", NULL, &mine));
  astrid_mock_as(2);
  CHECK_ERROR(0, astrid_publish("room.a", ASTRID_LITERAL_TEXT("from two")));
  astrid_mock_as(1);
  CHECK(astrid_receive(mine, room, sizeof room, ASTRID_FOREVER, &message) == 0 && message.source == 2);
  CHECK_ERROR(ASTRID_EDEADLK, astrid_receive(mine, room, sizeof room, ASTRID_FOREVER, &message));
  CHECK_ERROR(0, astrid_vfs_preopen("/home", &home));
  CHECK_ERROR(0, astrid_token_create(home, 2, ASTRID_RIGHT_READ, 1000, &token));
  CHECK_ERROR(ASTRID_EACCES, astrid_token_redeem(&token, &handle));
  astrid_mock_as(2);
  CHECK_ERROR(0, astrid_token_redeem(&token, &handle));
  CHECK_ERROR(ASTRID_EACCES, astrid_token_revoke(&token));
  astrid_mock_as(1);
  CHECK_ERROR(0, astrid_token_create(home, 1, ASTRID_RIGHT_READ, 1000, &token));
  CHECK_ERROR(ASTRID_ETIMEDOUT, astrid_receive(mine, room, sizeof room, 2000, &message));
  CHECK_ERROR(ASTRID_ETIMEDOUT, astrid_token_redeem(&token, &handle));
}

static void failures(void) {
  int handle;
  size_t length;
  astrid_token token;
  astrid_mock_fail("publish", ASTRID_ENOTCAPABLE);
  CHECK_ERROR(ASTRID_ENOTCAPABLE, astrid_publish("a.b", ASTRID_LITERAL_TEXT("x")));
  CHECK_ERROR(0, astrid_publish("a.b", ASTRID_LITERAL_TEXT("x")));
  astrid_mock_fail("kv_set", ASTRID_EDQUOT);
  CHECK_ERROR(ASTRID_EDQUOT, astrid_kv_set(NULL, "a", "x", 1, 0));
  CHECK_ERROR(ASTRID_ENOENT, astrid_kv_get(NULL, "a", room, sizeof room, &length));
  const char *action = "{\"kind\":\"file\",\"path\":\"/home\",\"rights\":[\"read\"]}";
  CHECK_ERROR(ASTRID_EACCES, astrid_cap_request(action, 1000, &token));
  astrid_mock_answer(ASTRID_ETIMEDOUT);
  CHECK_ERROR(ASTRID_ETIMEDOUT, astrid_cap_request(action, 1000, NULL));
  astrid_mock_answer(0);
  CHECK_ERROR(0, astrid_cap_request(action, 1000, &token));
  CHECK_ERROR(0, astrid_token_redeem(&token, &handle));
}

static void http(void) {
  astrid_http response;
  size_t count;
  astrid_mock_http("https://example.org/a", "HTTP/1.1 200 OK\r\nContent-Type:  text/plain \r\nX: y\r\n\r\nthe body");
  CHECK_ERROR(ASTRID_ENOTCAPABLE, astrid_http_get("https://example.org/b", room, sizeof room, &response));
  CHECK_ERROR(ASTRID_EMSGSIZE, astrid_http_get("https://example.org/a", room, 40, &response));
  CHECK_ERROR(0, astrid_http_get("https://example.org/a", room, sizeof room, &response));
  CHECK(response.status == 200);
  CHECK(astrid_http_field(&response, "content-type", other, sizeof other) == 0 && strcmp(other, "text/plain") == 0);
  CHECK_ERROR(ASTRID_ENOENT, astrid_http_field(&response, "content", other, sizeof other));
  CHECK(astrid_http_read(&response, other, 3, &count) == 0 && count == 3 && memcmp(other, "the", 3) == 0);
  CHECK(astrid_http_read(&response, other, sizeof other, &count) == 0 && count == 5 && memcmp(other, " body", 5) == 0);
  CHECK(astrid_http_read(&response, other, sizeof other, &count) == 0 && count == 0);
  CHECK_ERROR(0, astrid_http_close(&response));
  astrid_mock_http("https://example.org/a", "HTTP/2 200 OK\r\n\r\n");
  CHECK_ERROR(ASTRID_EPROTO, astrid_http_get("https://example.org/a", room, sizeof room, &response));
  astrid_mock_http("https://example.org/a", "HTTP/1.1 200 OK\r\n");
  CHECK_ERROR(ASTRID_EPROTO, astrid_http_get("https://example.org/a", room, sizeof room, &response));
}

static void programs(void) {
  uint32_t pid;
  int32_t status;
  astrid_mock_exit(3);
  CHECK_ERROR(0, astrid_spawn("/bin/x", "a\0b", 4, NULL, &pid));
  CHECK(astrid_wait(pid, &status) == 0 && status == 3);
  CHECK_ERROR(ASTRID_EINVAL, astrid_spawn("/bin/x", "ab", 2, NULL, &pid));
  CHECK_ERROR(ASTRID_ECHILD, astrid_wait(7, &status));
  astrid_log(ASTRID_WARN, "seen");
  CHECK(strcmp(astrid_mock_logged(), "seen") == 0);
}

static uint32_t seed;

/* xorshift */
static uint32_t chance(uint32_t below) {
  seed ^= seed << 13, seed ^= seed >> 17, seed ^= seed << 5;
  return seed % below;
}

/* A text with some of its bytes changed, cut to a length of its own, in memory of exactly that size. */
static char *damaged(const char *text, size_t *length) {
  static const char odd[] = "\"\\{}[]:,u \r\n\x00\x01\x7f\xc3\xff" "0";
  size_t whole = strlen(text);
  *length = chance(8) ? whole : chance((uint32_t)whole + 1);
  char *copy = malloc(*length + !*length);
  memcpy(copy, text, *length);
  for (uint32_t i = chance(6); i > 0 && *length > 0; i--) copy[chance((uint32_t)*length)] = odd[chance(sizeof odd)];
  return copy;
}

/* The sanitizers look for what is read beyond its end. Every failure is one of those that are named. */
static void fuzz_json(void) {
  static const char text[] = "{\"a\":[1,{\"b\":\"\\ud83d\\ude00\"}],\"key\":\"\\u00fc \\n\\\\\",\"n\":-1.5e3}";
  for (int i = 0; i < 100000; i++) {
    size_t length;
    char out[12], *copy = damaged(text, &length);
    astrid_message message = {.content = ASTRID_JSON, .body = copy, .body_length = length};
    int error = astrid_get(&message, chance(2) ? "key" : "n", out, 1 + chance(sizeof out));
    CHECK(error == 0 || error == ASTRID_ENOENT || error == ASTRID_EINVAL || error == ASTRID_ERANGE);
    free(copy);
  }
}

static void fuzz_http(void) {
  static const char text[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nx:  y \r\n\r\nbody";
  for (int i = 0; i < 20000; i++) {
    size_t length, count;
    char *copy = damaged(text, &length), response[128] = "";
    memcpy(response, copy, length);
    free(copy);
    astrid_mock_http("https://example.org/a", response);
    astrid_http got;
    size_t room_size = 38 + chance(80);
    char *exact = malloc(room_size);
    int error = astrid_http_get("https://example.org/a", exact, room_size, &got);
    CHECK(error == 0 || error == ASTRID_EPROTO || error == ASTRID_EMSGSIZE);
    if (!error) {
      CHECK(got.status >= 0 && got.status < 1000);
      astrid_http_field(&got, "x", other, 1 + chance(4));
      while (astrid_http_read(&got, other, 1 + chance(9), &count) == 0 && count > 0) {}
      astrid_http_close(&got);
    }
    free(exact);
  }
}

int main(int argc, char **argv) {
  static const struct { const char *name; void (*run)(void); } parts[] = {
    {"processes", processes}, {"failures", failures}, {"http", http}, {"programs", programs}, {"fuzz_json", fuzz_json}, {"fuzz_http", fuzz_http},
  };
  uint32_t first = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 20261126;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    int before = check_failures;
    astrid_mock_reset();
    seed = first;
    parts[i].run();
    if (check_failures == before) printf("ok %s\n", parts[i].name);
  }
  if (check_failures > 0) printf("seed %u\n", first);
  return check_failures > 0;
}
