/* cli: a frontend in a terminal. Each line that is typed is said on `user.input`; what anybody answers on `agent.response` and
   `agent.stream` is printed. Who answers, it does not know. */
#include "../common/receive.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 8192, TEXT = 1 << 17, SOON = 3000, LAST = 2000 };

static char line[LINE], payload[2 * LINE], text[TEXT];
static struct room room;
static size_t used;
static int answers, asked, open_questions, told, streaming, interactive;

static int fail(const char *what, int error) {
  fprintf(stderr, "cli: %s: %s\n", what, astrid_errno_name(error));
  return 1;
}

static void prompt(void) {
  if (interactive) fputs("> ", stdout);
  fflush(stdout);
}

/* Others' text, without what would move the cursor or colour the terminal: controls, also those of two bytes. */
static void print_safely(const char *bytes) {
  for (const unsigned char *at = (const unsigned char *)bytes; *at; at++) {
    int control = (*at < ' ' && *at != '\n' && *at != '\t') || *at == 0x7f, wide = at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f;
    if (wide) at++;
    putchar(control || wide ? '?' : *at);
  }
}

static int say(const char *said) {
  char id[32], session[32];
  snprintf(session, sizeof session, "cli-%u", astrid_pid());
  snprintf(id, sizeof id, "%s-%d", session, ++asked);
  astrid_json json = astrid_json_begin(payload, sizeof payload);
  astrid_json_string(&json, "text", said);
  astrid_json_string(&json, "id", id);
  astrid_json_string(&json, "session", session);
  int error = astrid_publish_as("user.input", astrid_json_end(&json), "UserInput.v1", 0);
  if (error == ASTRID_EINVAL) return fprintf(stderr, "cli: not sent: it is no UTF-8\n"), 0;
  if (error == ASTRID_ERANGE) return fprintf(stderr, "cli: not sent: the line is too long\n"), 0;
  if (!error) open_questions++;
  return error ? fail("user.input", error) : 0;
}

/* Answers to other frontends are marked with what they answer. Returns whether it is to this one. */
static int is_mine(const astrid_message *message, char *to, size_t size) {
  char mine[32];
  int length = snprintf(mine, sizeof mine, "cli-%u-", astrid_pid());
  if (astrid_get(message, "inReplyTo", to, size) != 0) to[0] = 0;
  return strncmp(to, mine, (size_t)length) == 0;
}

static void show(const astrid_message *message) {
  char to[64], done[8] = "true";
  if (message->lost > 0) printf("(%u messages were lost)\n", message->lost);
  int error = astrid_get(message, "text", text, sizeof text);
  if (error == ASTRID_ERANGE) snprintf(text, sizeof text, "(%zu bytes, too many to show)", message->body_length);
  else if (error) return;
  int mine = is_mine(message, to, sizeof to), piece = astrid_is_type(message, "AgentStream.v1");
  if (piece && astrid_get(message, "done", done, sizeof done) != 0) strcpy(done, "false");
  int last = strcmp(done, "true") == 0;
  if (!streaming && interactive) fputs("\r\x1b[K", stdout);
  if (!streaming && !mine && to[0]) printf("(to "), print_safely(to), printf(") ");
  print_safely(text);
  streaming = !last;
  if (!last) return (void)fflush(stdout);
  putchar('\n');
  if (mine && open_questions > 0) open_questions--;
  prompt();
}

static int take_answers(void) {
  astrid_message message;
  int error;
  while (!(error = receive_into(&room, answers, &message))) show(&message);
  return error == ASTRID_EAGAIN ? 0 : fail("agent.*", error);
}

/* 0 to go on, -1 at the end of the input or at "quit", else what to exit with. */
static int take_input(void) {
  ssize_t count = read(0, line + used, sizeof line - 1 - used);
  if (count <= 0) return -1;
  used += (size_t)count;
  for (char *end; (end = memchr(line, '\n', used)) != NULL;) {
    *end = 0;
    if (strcmp(line, "quit") == 0) return -1;
    int status = line[0] ? say(line) : 0;
    if (status) return status;
    used -= (size_t)(end + 1 - line);
    memmove(line, end + 1, used);
    told = 0;
    prompt();
  }
  if (used == sizeof line - 1) used = 0, fputs("cli: not sent: the line is too long\n", stderr);
  return 0;
}

static void tell_that_nobody_answers(void) {
  told = 1;
  fputs("(no answer yet; is there somebody to give it? Start one: router &)\n", stdout);
  prompt();
}

static int talk(void) {
  struct pollfd polled[2] = {{.fd = answers, .events = POLLRDNORM}, {.fd = 0, .events = POLLRDNORM}};
  for (int ended = 0;;) {
    int wait = ended ? LAST : open_questions > 0 && !told ? SOON : -1;
    int ready = poll(polled, ended ? 1 : 2, wait);
    if (ready < 0) return perror("cli: poll"), 1;
    if (ready == 0 && ended) return open_questions > 0;
    if (ready == 0) tell_that_nobody_answers();
    if (polled[0].revents && take_answers()) return 1;
    int status = !ended && polled[1].revents ? take_input() : 0;
    if (status > 0) return status;
    ended |= status < 0;
    if (ended && open_questions == 0) return 0;
  }
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) return fputs("usage: cli (lines from standard input; \"quit\" leaves)\n", stderr), 2;
  int error = astrid_subscribe("agent.*", NULL, &answers);
  if (error) return fail("agent.*", error);
  interactive = isatty(0) && isatty(1);
  prompt();
  return talk();
}
