#include "events.h"
#include <stdio.h>
#include <string.h>

enum { KEPT = 128, TEXT = 2048 };

struct event { int stream, done; char to[64], text[TEXT]; };

static struct event events[KEPT];
static uint64_t last;

void add_event(const astrid_message *message) {
  static char text[1 << 17];
  char done[8] = "";
  int error = astrid_get(message, "text", text, sizeof text);
  if (error == ASTRID_ERANGE) snprintf(text, sizeof text, "(%zu bytes, too many to show)", message->body_length);
  else if (error) return;
  struct event *event = &events[++last % KEPT];
  event->stream = astrid_is_type(message, "AgentStream.v1");
  if (astrid_get(message, "inReplyTo", event->to, sizeof event->to) != 0) event->to[0] = 0;
  event->done = !event->stream || (astrid_get(message, "done", done, sizeof done) == 0 && strcmp(done, "true") == 0);
  size_t length = strlen(text);
  if (length >= TEXT) {
    // Cut where a character begins.
    for (length = TEXT - 5; (text[length] & 0xc0) == 0x80;) length--;
    strcpy(text + length, " …");
  }
  strcpy(event->text, text);
}

/* What astrid_json_end made, without its prefix and behind what is in `out` already; 0 if it does not fit. */
static size_t append(char *out, size_t size, size_t used, const struct event *event) {
  char room[6 * TEXT + 512];
  astrid_json json = astrid_json_begin(room, sizeof room);
  astrid_json_string(&json, "type", event->stream ? "AgentStream.v1" : "AgentResponse.v1");
  astrid_json_string(&json, "text", event->text);
  astrid_json_string(&json, "to", event->to);
  astrid_json_bool(&json, "done", event->done);
  astrid_payload made = astrid_json_end(&json);
  if (!made.data || used + made.size + 8 > size) return 0;
  out[used] = ',';
  memcpy(out + used + 1, (const char *)made.data + 2, made.size - 2);
  return made.size - 1;
}

size_t events_after(uint64_t after, char *out, size_t size, int always) {
  uint64_t oldest = last > KEPT ? last - KEPT : 0;
  uint64_t from = after > last ? last : after < oldest ? oldest : after, number = from;
  if (from == last && !always) return 0;
  char head[96];
  // The head has the number of the last that fits, so it is put before what was written from the middle on.
  size_t used = sizeof head;
  while (number < last) {
    size_t more = append(out, size, used, &events[(number + 1) % KEPT]);
    if (more == 0) break;
    used += more;
    number++;
  }
  int length = snprintf(head, sizeof head, "{\"last\":%llu,\"lost\":%llu,\"events\":[", (unsigned long long)number, (unsigned long long)(from - (after > last ? last : after)));
  size_t list = used > sizeof head ? used - sizeof head - 1 : 0;
  memmove(out + length, out + sizeof head + 1, list);
  memcpy(out, head, (size_t)length);
  memcpy(out + length + list, "]}\n", 3);
  return (size_t)length + list + 3;
}
