/* What only the mock can show: several processes, failures on order, answers, responses. */
#include "check.h"

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

int main(void) {
  void (*parts[])(void) = {processes, failures, http, programs};
  for (int i = 0; i < 4; i++) astrid_mock_reset(), parts[i]();
  if (check_failures == 0) puts("ok processes\nok failures\nok http\nok programs");
  return check_failures > 0;
}
