/* Every part of the library once. The same program runs against the mock, natively, and as a guest against the real host. */
#include "check.h"

static char room[200000];

static void payloads(void) {
  char small[16], out[64];
  CHECK(astrid_text("0123456789abcdef", small, sizeof small).data == NULL);
  CHECK_ERROR(ASTRID_ERANGE, astrid_publish("check.a", astrid_text("0123456789abcdef", small, sizeof small)));
  astrid_json json = astrid_json_begin(room, sizeof room);
  astrid_json_string(&json, "te\"xt", "a\\\n\x01 \xc3\xbc");
  astrid_json_integer(&json, "n", INT64_MIN);
  astrid_json_bool(&json, "yes", true);
  astrid_json_value(&json, "list", "[1,{\"text\":2}]");
  astrid_payload made = astrid_json_end(&json);
  const char *expected = "\x80\x04{\"te\\\"xt\":\"a\\\\\\u000a\\u0001 \xc3\xbc\",\"n\":-9223372036854775808,\"yes\":true,\"list\":[1,{\"text\":2}]}";
  CHECK(made.size == strlen(expected) && memcmp(made.data, expected, made.size) == 0);
  astrid_message message = {.content = ASTRID_JSON, .body = (const char *)made.data + 2, .body_length = made.size - 2};
  CHECK(astrid_get(&message, "te\"xt", out, sizeof out) == 0 && strcmp(out, "a\\\n\x01 \xc3\xbc") == 0);
  CHECK(astrid_get(&message, "list", out, sizeof out) == 0 && strcmp(out, "[1,{\"text\":2}]") == 0);
  CHECK(astrid_get(&message, "yes", out, sizeof out) == 0 && strcmp(out, "true") == 0);
  CHECK_ERROR(ASTRID_ENOENT, astrid_get(&message, "text", out, sizeof out));
  CHECK_ERROR(ASTRID_ERANGE, astrid_get(&message, "n", out, 20));
}

static int member(const char *json, const char *key, char *out, size_t size) {
  astrid_message message = {.content = ASTRID_JSON, .body = json, .body_length = strlen(json)};
  return astrid_get(&message, key, out, size);
}

static void hostile_json(void) {
  char out[16];
  CHECK(member("{\"a\":\"\\ud83d\\ude00\\ud83d!\"}", "a", out, sizeof out) == 0 && strcmp(out, "\xf0\x9f\x98\x80\xef\xbf\xbd!") == 0);
  static const char *broken[] = {"{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":\"\\", "{\"a\":\"\\\"", "{\"a\":[", "{\"a\":[}", "{\"b\":1,", "{\"b\":1", "{\"a\":\"\\u12\"}", "{\"a\":\"\\x\"}"};
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) CHECK_ERROR(ASTRID_EINVAL, member(broken[i], "a", out, sizeof out));
  CHECK_ERROR(ASTRID_ENOENT, member("[1]", "a", out, sizeof out));
  CHECK_ERROR(ASTRID_ENOENT, member("{}", "a", out, sizeof out));
}

static void messages(void) {
  int handle;
  size_t size;
  char out[16];
  astrid_message message;
  CHECK_ERROR(0, astrid_subscribe("check.*.b", NULL, &handle));
  CHECK_ERROR(0, astrid_publish_as("check.a.b", ASTRID_LITERAL_JSON("{\"n\":1}"), "Check.v1", 0));
  CHECK_ERROR(0, astrid_publish("check.a", ASTRID_LITERAL_TEXT("not for this one")));
  CHECK_ERROR(0, astrid_publish("check.c.b", ASTRID_LITERAL_TEXT("second")));
  CHECK_ERROR(ASTRID_EMSGSIZE, astrid_receive(handle, room, 20, 0, &message));
  CHECK(astrid_next_size(handle, &size) == 0 && size == 48 + 9 + 8 + 9);
  CHECK_ERROR(0, astrid_receive(handle, room, sizeof room, ASTRID_FOREVER, &message));
  CHECK(message.subject_length == 9 && memcmp(message.subject, "check.a.b", 9) == 0 && astrid_is_type(&message, "Check.v1"));
  CHECK(message.source == astrid_pid() && message.lost == 0 && !message.retained && !message.request && message.content == ASTRID_JSON);
  CHECK(astrid_get(&message, "n", out, sizeof out) == 0 && strcmp(out, "1") == 0);
  uint64_t id = message.id;
  CHECK_ERROR(0, astrid_receive(handle, room, sizeof room, 1000000, &message));
  CHECK(message.id > id && message.content == ASTRID_RAW && message.body_length == 6 && memcmp(message.body, "second", 6) == 0);
  CHECK_ERROR(ASTRID_EINVAL, astrid_reply(&message, ASTRID_LITERAL_TEXT("nobody asked")));
  CHECK_ERROR(ASTRID_EAGAIN, astrid_receive(handle, room, sizeof room, 0, &message));
  CHECK_ERROR(ASTRID_ETIMEDOUT, astrid_receive(handle, room, sizeof room, 1000000, &message));
  CHECK_ERROR(0, astrid_close(handle));
  static const char *const subjects[] = {"", "check.*", "check.>", ".a", "a.", "a..b", "a b", "a\nb"};
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) CHECK_ERROR(ASTRID_EINVAL, astrid_publish(subjects[i], ASTRID_LITERAL_TEXT("x")));
  CHECK_ERROR(ASTRID_EINVAL, astrid_publish("check.a", (astrid_payload){"\x7fx", 2}));
  CHECK_ERROR(ASTRID_EINVAL, astrid_publish("check.a", (astrid_payload){"", 0}));
}

static void mailboxes(void) {
  int all, one, other, late;
  astrid_message message;
  CHECK_ERROR(0, astrid_subscribe("check.>", &(astrid_subscription){.capacity = 4096}, &all));
  CHECK_ERROR(0, astrid_subscribe("check.work", &(astrid_subscription){.group = "workers"}, &one));
  CHECK_ERROR(0, astrid_subscribe("check.work", &(astrid_subscription){.group = "workers"}, &other));
  for (int i = 0; i < 100; i++) CHECK_ERROR(0, astrid_publish("check.work", ASTRID_LITERAL_TEXT("0123456789012345678901234567890123456789")));
  CHECK(astrid_receive(all, room, sizeof room, 0, &message) == 0 && message.lost > 50);
  int taken = 0;
  while (astrid_receive(one, room, sizeof room, 0, &message) == 0) taken++;
  while (astrid_receive(other, room, sizeof room, 0, &message) == 0) taken++;
  CHECK(taken == 100);
  astrid_close(all), astrid_close(one), astrid_close(other);
  CHECK_ERROR(0, astrid_publish_as("check.last", ASTRID_LITERAL_TEXT("old"), NULL, ASTRID_RETAIN));
  CHECK_ERROR(0, astrid_publish_as("check.last", ASTRID_LITERAL_TEXT("new"), NULL, ASTRID_RETAIN));
  CHECK_ERROR(0, astrid_subscribe("check.last", &(astrid_subscription){.last_values = true, .policy = ASTRID_REFUSE, .capacity = 4096}, &late));
  CHECK(astrid_receive(late, room, sizeof room, 0, &message) == 0 && message.retained && memcmp(message.body, "new", 3) == 0);
  int sent = 0, error;
  while (!(error = astrid_publish("check.last", ASTRID_LITERAL_TEXT("x"))) && sent < 1000) sent++;
  CHECK(error == ASTRID_EAGAIN && sent > 10);
  astrid_close(late);
  CHECK_ERROR(ASTRID_EINVAL, astrid_subscribe("check.a", &(astrid_subscription){.capacity = 5000}, &all));
}

static void requests(void) {
  static char asked[4096];
  int server, handle;
  astrid_message question, answer;
  CHECK_ERROR(ASTRID_EHOSTUNREACH, astrid_request("check.nobody", ASTRID_LITERAL_TEXT("?"), 1000000, room, sizeof room, &answer));
  CHECK_ERROR(0, astrid_subscribe("check.ask", NULL, &server));
  CHECK_ERROR(0, astrid_request_start("check.ask", ASTRID_LITERAL_TEXT("how much?"), 10000000000, &handle));
  CHECK(astrid_receive(server, asked, sizeof asked, 0, &question) == 0 && question.request);
  CHECK_ERROR(0, astrid_reply(&question, ASTRID_LITERAL_JSON("{\"much\":7}")));
  CHECK_ERROR(ASTRID_ENOENT, astrid_reply(&question, ASTRID_LITERAL_JSON("{\"much\":8}")));
  CHECK_ERROR(0, astrid_receive(handle, room, sizeof room, 1000000000, &answer));
  char out[8];
  CHECK(astrid_get(&answer, "much", out, sizeof out) == 0 && strcmp(out, "7") == 0);
  CHECK_ERROR(0, astrid_close(handle));
  CHECK_ERROR(ASTRID_ETIMEDOUT, astrid_request("check.ask", ASTRID_LITERAL_TEXT("?"), 1000000, room, sizeof room, &answer));
  astrid_close(server);
}

static void keys(void) {
  size_t length;
  bool found;
  char small[4];
  astrid_kv_delete(NULL, "check/big", 0);
  CHECK_ERROR(ASTRID_ENOENT, astrid_kv_get(NULL, "check/none", room, sizeof room, &length));
  CHECK_ERROR(0, astrid_kv_set(NULL, "check/a", "value", 5, ASTRID_KV_RELAXED));
  CHECK(astrid_kv_get(NULL, "check/a", room, sizeof room, &length) == 0 && length == 5 && memcmp(room, "value", 5) == 0);
  CHECK(astrid_kv_get(NULL, "check/a", small, sizeof small, &length) == ASTRID_ERANGE && length == 5);
  astrid_kv_batch batch = astrid_kv_begin_batch(room, sizeof room);
  for (char i = 0; i < 20; i++) astrid_kv_batch_set(&batch, (char[]){'c', 'h', 'e', 'c', 'k', '/', 'k', 'a' + i, 0}, &i, 1);
  astrid_kv_batch_delete(&batch, "check/a");
  CHECK_ERROR(0, astrid_kv_commit(NULL, &batch, ASTRID_KV_RELAXED));
  CHECK(astrid_kv_has(NULL, "check/a", &found) == 0 && !found);
  CHECK(astrid_kv_has(NULL, "check/kc", &found) == 0 && found);
  astrid_kv_scan scan = astrid_kv_begin_scan(NULL, "check/k", room, 60);
  astrid_kv_entry entry;
  int seen = 0, error;
  while (!(error = astrid_kv_next(&scan, &entry))) {
    CHECK(entry.key_length == 8 && entry.key[7] == 'a' + seen && entry.value_length == 1 && *(const char *)entry.value == seen);
    seen++;
  }
  CHECK(error == ASTRID_ENOENT && seen == 20);
  for (char i = 0; i < 20; i++) CHECK_ERROR(0, astrid_kv_delete(NULL, (char[]){'c', 'h', 'e', 'c', 'k', '/', 'k', 'a' + i, 0}, ASTRID_KV_RELAXED));
  CHECK_ERROR(ASTRID_ENOENT, astrid_kv_delete(NULL, "check/ka", 0));
  batch = astrid_kv_begin_batch(room, 20);
  astrid_kv_batch_set(&batch, "a long key that does not fit", "x", 1);
  CHECK_ERROR(ASTRID_ERANGE, astrid_kv_commit(NULL, &batch, 0));
}

static void files(void) {
  int home, file, narrow, again;
  size_t count;
  astrid_stat stat;
  CHECK_ERROR(ASTRID_ENOENT, astrid_vfs_preopen("/no/such", &home));
  CHECK_ERROR(0, astrid_vfs_preopen("/home", &home));
  CHECK_ERROR(0, astrid_vfs_open(home, "check.txt", ASTRID_OPEN_READ | ASTRID_OPEN_WRITE | ASTRID_OPEN_CREATE | ASTRID_OPEN_TRUNCATE, &file));
  CHECK(astrid_vfs_write(file, "hello files", 11, -1, &count) == 0 && count == 11);
  CHECK(astrid_vfs_write(file, "H", 1, 0, &count) == 0 && count == 1);
  CHECK(astrid_vfs_read(file, room, sizeof room, 6, &count) == 0 && count == 5 && memcmp(room, "files", 5) == 0);
  CHECK(astrid_vfs_read(file, room, sizeof room, -1, &count) == 0 && count == 0);
  CHECK(astrid_vfs_stat(file, "", &stat) == 0 && stat.kind == ASTRID_FILE && stat.size == 11);
  CHECK_ERROR(0, astrid_close(file));
  CHECK_ERROR(ASTRID_EEXIST, astrid_vfs_open(home, "check.txt", ASTRID_OPEN_WRITE | ASTRID_OPEN_CREATE | ASTRID_OPEN_NEW, &file));
  CHECK_ERROR(ASTRID_ENOENT, astrid_vfs_open(home, "none.txt", ASTRID_OPEN_READ, &file));
  CHECK_ERROR(ASTRID_EPERM, astrid_vfs_open(home, "../etc/passwd", ASTRID_OPEN_READ, &file));
  CHECK_ERROR(0, astrid_vfs_open_dir(home, ".", ASTRID_RIGHT_READ, &narrow));
  CHECK_ERROR(0, astrid_vfs_open(narrow, "check.txt", ASTRID_OPEN_READ, &file));
  CHECK(astrid_vfs_read(file, room, 1, -1, &count) == 0 && count == 1 && room[0] == 'H');
  CHECK_ERROR(0, astrid_close(file));
  CHECK(astrid_vfs_open(narrow, "check.txt", ASTRID_OPEN_WRITE, &file) != 0);
  CHECK(astrid_vfs_open(narrow, "new.txt", ASTRID_OPEN_WRITE | ASTRID_OPEN_CREATE, &file) != 0);
  bool listed = false;
  int error;
  astrid_vfs_listing listing = astrid_vfs_list(narrow, room, 300);
  astrid_vfs_name name;
  while (!(error = astrid_vfs_next(&listing, &name))) listed |= name.name_length == 9 && memcmp(name.name, "check.txt", 9) == 0 && name.kind == ASTRID_FILE;
  CHECK(error == ASTRID_ENOENT && listed);
  astrid_token token, forged, revoked;
  CHECK_ERROR(0, astrid_token_create(narrow, astrid_pid(), ASTRID_RIGHT_READ, 60000000000, &token));
  CHECK(astrid_token_create(narrow, astrid_pid(), ASTRID_RIGHT_READ | ASTRID_RIGHT_WRITE, 60000000000, &forged) != 0);
  forged = token;
  for (int i = 0; i < 96; i++) forged.bytes[i] ^= 1;
  CHECK_ERROR(ASTRID_EBADMSG, astrid_token_redeem(&forged, &again));
  CHECK_ERROR(0, astrid_token_redeem(&token, &again));
  CHECK(astrid_vfs_stat(again, "check.txt", &stat) == 0 && stat.size == 11);
  CHECK_ERROR(ASTRID_EALREADY, astrid_token_redeem(&token, &file));
  CHECK_ERROR(0, astrid_token_create(narrow, astrid_pid(), ASTRID_RIGHT_READ, 60000000000, &revoked));
  CHECK_ERROR(0, astrid_token_revoke(&revoked));
  CHECK_ERROR(ASTRID_ENOTCAPABLE, astrid_token_redeem(&revoked, &file));
  CHECK_ERROR(0, astrid_close(again));
  CHECK_ERROR(0, astrid_close(narrow));
}

static void rest(void) {
  CHECK_ERROR(0, astrid_log(ASTRID_INFO, "checked"));
  astrid_json json = astrid_json_begin(room, sizeof room);
  astrid_json_string(&json, "message", "checked");
  CHECK_ERROR(0, astrid_log_fields(ASTRID_DEBUG, astrid_json_end(&json)));
  CHECK(strcmp(astrid_errno_name(ASTRID_ENOTCAPABLE), "ENOTCAPABLE") == 0 && strcmp(astrid_errno_name(-1), "errno") == 0);
}

/* What reaches others, told to who runs it: a response, the end of a program, a granted file. */
static int outside(const char *what, const char *argument) {
  astrid_http response;
  astrid_token token;
  uint32_t pid;
  int32_t status = 0;
  size_t count = 0;
  int error, handle;
  if (strcmp(what, "http") == 0) {
    error = astrid_http_get(argument, room, sizeof room, &response);
    if (!error) printf("%d ", response.status), error = astrid_http_field(&response, "content-type", room + 4096, 4096), fputs(room + 4096, stdout), putchar('\n');
    while (!error && !(error = astrid_http_read(&response, room + 8192, 100, &count)) && count > 0) fwrite(room + 8192, 1, count, stdout);
  } else if (strcmp(what, "spawn") == 0) {
    error = astrid_spawn(argument, "one\0two\0", 8, NULL, &pid);
    if (!error) error = astrid_wait(pid, &status);
    printf("ended with %d\n", status);
  } else {
    error = astrid_cap_request(argument, 20000000000, &token);
    if (!error) error = astrid_token_redeem(&token, &handle);
    if (!error) error = astrid_vfs_open(handle, "secret.txt", ASTRID_OPEN_READ, &handle);
    if (!error) error = astrid_vfs_read(handle, room, sizeof room, -1, &count);
    fwrite(room, 1, count, stdout);
  }
  if (error) puts(astrid_errno_name(error));
  return error;
}

int main(int argc, char **argv) {
  START();
  if (argc == 3) return outside(argv[1], argv[2]);
  RUN(payloads);
  RUN(hostile_json);
  RUN(messages);
  RUN(mailboxes);
  RUN(requests);
  RUN(keys);
  RUN(files);
  RUN(rest);
  return check_failures > 0;
}
