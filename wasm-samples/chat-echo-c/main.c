/* chat-echo-c: says hello in the room, and once more whatever others say. */
#include "../sdk/c/astrid.h"
#include <stdio.h>

int main(void) {
  static char room[65536], text[4096], said[4200]; /* The stack has 64 KiB. */
  astrid_message message;
  int chat, error = astrid_subscribe("chat.room", NULL, &chat);
  if (!error) error = astrid_publish_as("chat.room", astrid_text("hello from c", said, sizeof said), "ChatSaid.v1", 0);
  while (!error && !(error = astrid_receive(chat, room, sizeof room, ASTRID_FOREVER, &message))) {
    if (message.source == astrid_pid()) continue;
    snprintf(text, sizeof text, "c heard: %.*s", (int)message.body_length, message.body);
    puts(text), fflush(stdout);
    if (!astrid_is_type(&message, "ChatEcho.v1")) error = astrid_publish_as("chat.room", astrid_text(text, said, sizeof said), "ChatEcho.v1", 0);
  }
  return fprintf(stderr, "chat-echo-c: %s\n", astrid_errno_name(error)), 1;
}
