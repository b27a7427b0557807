/* Messages: one process that publishes, listens, asks and answers. */
#include <unistd.h>
#include <wasi/api.h>

#include "probe.h"

#define RAW "\x55" "hello"
#define JSON "\x80\x04" "{\"text\":\"hello\"}"

static _Alignas(8) char frame[4096];

static int32_t take(u32 handle, size_t room) {
  __wasi_iovec_t vector = {(uint8_t *)frame, room};
  __wasi_size_t got = 0;
  return __wasi_fd_read((__wasi_fd_t)handle, &vector, 1, &got);
}

static void publish(void) {
  const u32 keep[4] = {1, 0, 0, 0}, unknown[4] = {8, 0, 0, 0}, typed[4] = {0, (u32) "UserInput.v1", 12, 0};
  show("astrid_publish", "nobody listens", astrid_publish(T("probe.a"), T(RAW), 0));
  show("astrid_publish", "kept as last value", astrid_publish(T("probe.last"), T(JSON), keep));
  show("astrid_publish", "of a type", astrid_publish(T("probe.a"), T(JSON), typed));
  show("astrid_publish", "of a type, another shape", astrid_publish(T("probe.a"), T("\x80\x04" "{\"txt\":1}"), typed));
  show("astrid_publish", "flags that are none", astrid_publish(T("probe.a"), T(RAW), unknown));
  show("astrid_publish", "no content type", astrid_publish(T("probe.a"), T("hello"), 0));
  show("astrid_publish", "an empty payload", astrid_publish(T("probe.a"), T(""), 0));
  show("astrid_publish", "a payload of 18 MB", astrid_publish(T("probe.a"), large(), LARGE, 0));
  show("astrid_publish", "a wildcard", astrid_publish(T("probe.*"), T(RAW), 0));
  show("astrid_publish", "an empty part", astrid_publish(T("probe..a"), T(RAW), 0));
  show("astrid_publish", "no UTF-8", astrid_publish(T("probe.\xff"), T(RAW), 0));
  show("astrid_publish", "a subject of 10 KB", astrid_publish(large(), 10000, T(RAW), 0));
  show("astrid_publish", "the kernel's subject", astrid_publish(T("proc.1.exit"), T(JSON), 0));
  show("astrid_publish", "a bad pointer", astrid_publish(BAD, 100, T(RAW), 0));
  show("astrid_publish", "bad options", astrid_publish(T("probe.a"), T(RAW), BAD));
}

static void subscribe(void) {
  const u32 last[6] = {1, 0, 0, 0, 0, 0}, policy[6] = {0, 9, 0, 0, 0, 0}, odd[6] = {0, 0, 5000, 0, 0, 0}, group[6] = {0, 1, 65536, (u32) "workers", 7, 0};
  u32 handle = 0;
  if (show("astrid_subscribe", "to a pattern", astrid_subscribe(T("probe.>"), 0, &handle))) {
    show("astrid_publish", "to it", astrid_publish(T("probe.b"), T(RAW), 0));
    show("fd_read", "of too few bytes", take(handle, 50));
    show("fd_read", "of the message", take(handle, sizeof frame));
    show("astrid_reply", "to what was no request", astrid_reply(frame, T(RAW)));
    show("fd_close", "of it", close((int)handle) == 0 ? 0 : 8);
    show("fd_read", "after that", take(handle, sizeof frame));
  }
  if (show("astrid_subscribe", "last values first", astrid_subscribe(T("probe.last"), last, &handle))) {
    show("fd_read", "of the last value", take(handle, sizeof frame));
    close((int)handle);
  }
  if (show("astrid_subscribe", "in a group, publishers wait", astrid_subscribe(T("probe.>"), group, &handle))) close((int)handle);
  show("astrid_subscribe", "a policy that is none", astrid_subscribe(T("probe.>"), policy, &handle));
  show("astrid_subscribe", "an odd capacity", astrid_subscribe(T("probe.>"), odd, &handle));
  show("astrid_subscribe", "no pattern", astrid_subscribe(T("probe.>.a"), 0, &handle));
  show("astrid_subscribe", "no UTF-8", astrid_subscribe(T("probe.\xff"), 0, &handle));
  show("astrid_subscribe", "a bad pointer", astrid_subscribe(BAD, 100, 0, &handle));
  show("astrid_subscribe", "nowhere for the handle", astrid_subscribe(T("probe.>"), 0, BAD));
}

static void request(void) {
  u32 inbox = 0, answer = 0;
  if (show("astrid_subscribe", "to be asked", astrid_subscribe(T("probe.ask"), 0, &inbox))) {
    if (show("astrid_request", "of it", astrid_request(T("probe.ask"), T(RAW), 5 * SECOND, &answer))) {
      show("fd_read", "of the request", take(inbox, sizeof frame));
      show("astrid_reply", "to it", astrid_reply(frame, T(JSON)));
      show("astrid_reply", "again", astrid_reply(frame, T(JSON)));
      show("fd_read", "of the reply", take(answer, sizeof frame));
      close((int)answer);
    }
    if (show("astrid_request", "that nobody answers", astrid_request(T("probe.ask"), T(RAW), SECOND / 50, &answer))) {
      show("fd_read", "at its deadline", take(answer, sizeof frame));
      close((int)answer);
    }
    close((int)inbox);
  }
  show("astrid_request", "that nobody hears", astrid_request(T("probe.ask"), T(RAW), SECOND, &answer));
  show("astrid_request", "a wildcard", astrid_request(T("probe.>"), T(RAW), SECOND, &answer));
  show("astrid_request", "a deadline in the past", astrid_request(T("probe.ask"), T(RAW), -1, &answer));
  show("astrid_request", "a bad pointer", astrid_request(T("probe.ask"), BAD, 100, SECOND, &answer));
  show("astrid_reply", "a bad pointer", astrid_reply(BAD, T(RAW)));
  memset(frame, 7, sizeof frame);
  show("astrid_reply", "to a forged frame", astrid_reply(frame, T(RAW)));
}

static void log_lines(void) {
  show("astrid_log", "text", astrid_log(2, T("hello")));
  show("astrid_log", "fields", astrid_log(4, T("{\"text\":\"hello\",\"n\":1}")));
  show("astrid_log", "a level that is none", astrid_log(5, T("hello")));
  show("astrid_log", "no UTF-8", astrid_log(2, T("\xff")));
  show("astrid_log", "17 KB", astrid_log(2, large(), 17000));
  show("astrid_log", "a bad pointer", astrid_log(2, BAD, 100));
}

void probe_messages(void) {
  publish();
  subscribe();
  request();
  log_lines();
}
