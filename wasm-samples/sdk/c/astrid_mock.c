/* The mock's messages, handles and the rest; files, keys and tokens are in astrid_mock_files.c. */
#include "astrid_mock.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { HANDLES = 256, FIRST = 16, MAILBOXES = 64, REQUESTS = 256, RETAINED = 64, HEADER = 48, PAYLOAD_MAX = 16 << 20 };

struct frame { struct frame *next; uint32_t size; uint8_t bytes[]; };
struct mailbox { bool used; char pattern[257], group[257]; uint32_t policy, capacity, held, lost; struct frame *first; };
struct asked { bool open; uint32_t source; struct mailbox *reply; };

static struct astrid_mock_handle handles[HANDLES];
static struct mailbox mailboxes[MAILBOXES];
static struct asked asked[REQUESTS];
static struct frame *retained[RETAINED];
static uint32_t pid, asked_count, turn, next_pid;
static uint64_t count_of[1024];
static int64_t now;
static int cap_answer, fail_error;
static int32_t exit_status;
static char fail_name[32], logged[16385];
static const char *http_url, *http_response;

static void put(uint8_t *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t get(const uint8_t *at, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; i--) value = value << 8 | at[i];
  return value;
}

static void empty(struct mailbox *mailbox) {
  for (struct frame *frame = mailbox->first, *next; frame; frame = next) next = frame->next, free(frame);
  memset(mailbox, 0, sizeof *mailbox);
}

void astrid_mock_reset(void) {
  for (int i = 0; i < MAILBOXES; i++) empty(&mailboxes[i]);
  for (int i = 0; i < RETAINED; i++) free(retained[i]), retained[i] = NULL;
  memset(handles, 0, sizeof handles), memset(asked, 0, sizeof asked), memset(count_of, 0, sizeof count_of);
  pid = 1, asked_count = 0, now = 0, turn = 0, next_pid = 100, cap_answer = ASTRID_EACCES, exit_status = 0;
  fail_name[0] = logged[0] = 0, http_url = http_response = NULL;
  astrid_mock_reset_files();
}

void astrid_mock_as(uint32_t one) { pid = one; }
uint32_t astrid_mock_current(void) { return pid; }
int64_t astrid_mock_now(void) { return now; }
void astrid_mock_answer(int error) { cap_answer = error; }
void astrid_mock_exit(int32_t status) { exit_status = status; }
void astrid_mock_http(const char *url, const char *response) { http_url = url, http_response = response; }
const char *astrid_mock_logged(void) { return logged; }

void astrid_mock_fail(const char *name, int error) {
  strncpy(fail_name, name, sizeof fail_name - 1);
  fail_error = error;
}

int astrid_mock_failure(const char *name) {
  if (strcmp(name, fail_name) != 0) return 0;
  fail_name[0] = 0;
  return fail_error;
}

int32_t astrid_mock_open(int kind, void *object) {
  for (int32_t i = FIRST; i < HANDLES; i++) {
    if (handles[i].kind != 0) continue;
    handles[i] = (struct astrid_mock_handle){.kind = kind, .object = object};
    return i;
  }
  abort();
}

struct astrid_mock_handle *astrid_mock_handle(int32_t handle) {
  return handle >= 0 && handle < HANDLES && handles[handle].kind ? &handles[handle] : NULL;
}

/* ---- Subjects ---- */

static bool valid_subject(const char *text, uint32_t length, bool pattern) {
  if (length < 1 || length > 256 || text[0] == '.' || text[length - 1] == '.') return false;
  for (uint32_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c <= ' ' || c == 127 || (c == '.' && text[i + 1] == '.' && i + 1 < length)) return false;
    bool alone = (i == 0 || text[i - 1] == '.') && (i + 1 == length || text[i + 1] == '.');
    if ((c == '*' || c == '>') && alone && (!pattern || (c == '>' && i + 1 != length))) return false;
  }
  return true;
}

static bool matches(const char *pattern, const char *subject, size_t length) {
  const char *end = subject + length;
  for (;;) {
    if (strcmp(pattern, ">") == 0) return subject < end;
    size_t part = strcspn(pattern, "."), other = 0;
    while (subject + other < end && subject[other] != '.') other++;
    bool same = (part == 1 && *pattern == '*') || (part == other && memcmp(pattern, subject, part) == 0);
    if (!same) return false;
    pattern += part, subject += other;
    if (!*pattern || subject == end) return !*pattern && subject == end;
    pattern++, subject++;
  }
}

static int check_payload(const uint8_t *payload, uint32_t length) {
  static const struct { uint8_t bytes[2], length; } known[] = {{{0x55}, 1}, {{0x80, 4}, 2}, {{0x51}, 1}, {{0x81, 4}, 2}};
  if (length > PAYLOAD_MAX) return ASTRID_EMSGSIZE;
  for (int i = 0; i < 4; i++) {
    if (length >= known[i].length && memcmp(payload, known[i].bytes, known[i].length) == 0) return 0;
  }
  return ASTRID_EINVAL;
}

/* ---- Frames ---- */

struct outgoing { const char *subject, *type; uint32_t subject_length, type_length; const void *payload; uint32_t payload_length; uint8_t flags; uint32_t which; };

static struct frame *make(const struct outgoing *message) {
  uint32_t size = HEADER + message->subject_length + message->type_length + message->payload_length;
  struct frame *frame = calloc(1, sizeof *frame + size);
  uint8_t *at = frame->bytes;
  frame->size = size;
  put(at, size, 4), at[4] = 1, at[5] = message->flags;
  put(at + 6, message->subject_length, 2), put(at + 8, pid, 4), put(at + 12, message->type_length, 2);
  put(at + 16, ++count_of[pid % 1024], 8), put(at + 24, (uint64_t)now, 8);
  put(at + 32, message->which ? 1 : 0, 4), put(at + 36, message->which, 4), put(at + 40, message->payload_length, 4);
  memcpy(at + HEADER, message->subject, message->subject_length);
  if (message->type_length) memcpy(at + HEADER + message->subject_length, message->type, message->type_length);
  memcpy(at + HEADER + message->subject_length + message->type_length, message->payload, message->payload_length);
  return frame;
}

static struct frame *copy(const struct frame *frame) {
  struct frame *made = malloc(sizeof *made + frame->size);
  memcpy(made, frame, sizeof *made + frame->size);
  return made;
}

static void drop_first(struct mailbox *mailbox) {
  struct frame *first = mailbox->first;
  mailbox->held -= first->size;
  mailbox->first = first->next;
  free(first);
}

static bool fits(const struct mailbox *mailbox, uint32_t size) { return mailbox->held + size <= mailbox->capacity; }

static void deliver(struct mailbox *mailbox, const struct frame *frame) {
  if (frame->size > mailbox->capacity) {
    mailbox->lost++;
    return;
  }
  for (; !fits(mailbox, frame->size); mailbox->lost++) drop_first(mailbox);
  struct frame **end = &mailbox->first, *made = copy(frame);
  while (*end) end = &(*end)->next;
  mailbox->held += made->size;
  made->next = NULL;
  *end = made;
}

/* Of each group one member in turn. Returns whether this mailbox is it. */
static bool chosen(const struct mailbox *mailbox, const char *subject, size_t length) {
  if (!mailbox->group[0]) return true;
  const struct mailbox *members[MAILBOXES];
  uint32_t count = 0;
  for (int i = 0; i < MAILBOXES; i++) {
    bool member = mailboxes[i].used && strcmp(mailboxes[i].group, mailbox->group) == 0 && matches(mailboxes[i].pattern, subject, length);
    if (member) members[count++] = &mailboxes[i];
  }
  return members[turn % count] == mailbox;
}

static int send(const struct outgoing *message, int *listeners) {
  struct mailbox *to[MAILBOXES];
  int count = 0;
  turn++;
  for (int i = 0; i < MAILBOXES; i++) {
    struct mailbox *mailbox = &mailboxes[i];
    if (!mailbox->used || !matches(mailbox->pattern, message->subject, message->subject_length) || !chosen(mailbox, message->subject, message->subject_length)) continue;
    uint32_t size = HEADER + message->subject_length + message->type_length + message->payload_length;
    if (mailbox->policy != ASTRID_DROP_OLDEST && !fits(mailbox, size)) return mailbox->policy == ASTRID_REFUSE ? ASTRID_EAGAIN : ASTRID_EDEADLK;
    to[count++] = mailbox;
  }
  struct frame *frame = make(message);
  for (int i = 0; i < count; i++) deliver(to[i], frame);
  free(frame);
  *listeners = count;
  return 0;
}

static void retain(const struct outgoing *message) {
  struct frame *frame = make(message);
  frame->bytes[5] |= 1;
  for (int i = 0; i < RETAINED; i++) {
    bool same = retained[i] && get(retained[i]->bytes + 6, 2) == message->subject_length && memcmp(retained[i]->bytes + HEADER, message->subject, message->subject_length) == 0;
    if (retained[i] && !same) continue;
    free(retained[i]);
    retained[i] = frame;
    return;
  }
  abort();
}

int32_t astrid_host_publish(const char *subject, uint32_t length, const void *payload, uint32_t payload_length, const struct astrid_publish_options *options) {
  int listeners, error = astrid_mock_failure("publish");
  if (!error && !valid_subject(subject, length, false)) error = ASTRID_EINVAL;
  if (!error) error = check_payload(payload, payload_length);
  if (error) return error;
  struct outgoing message = {.subject = subject, .subject_length = length, .payload = payload, .payload_length = payload_length};
  if (options) message.type = options->type, message.type_length = options->type_length;
  error = send(&message, &listeners);
  if (!error && options && options->flags & ASTRID_RETAIN) retain(&message);
  return error;
}

static struct mailbox *new_mailbox(void) {
  for (int i = 0; i < MAILBOXES; i++) {
    if (!mailboxes[i].used) return mailboxes[i].used = true, mailboxes[i].capacity = 65536, &mailboxes[i];
  }
  abort();
}

int32_t astrid_host_subscribe(const char *pattern, uint32_t length, const struct astrid_subscribe_options *options, int32_t *handle) {
  int error = astrid_mock_failure("subscribe");
  if (!error && !valid_subject(pattern, length, true)) error = ASTRID_EINVAL;
  uint32_t capacity = options ? options->capacity : 0;
  if (!error && options && (options->policy > 2 || capacity & (capacity - 1) || (capacity && capacity < 4096) || capacity > PAYLOAD_MAX)) error = ASTRID_EINVAL;
  if (error) return error;
  struct mailbox *mailbox = new_mailbox();
  memcpy(mailbox->pattern, pattern, length);
  if (options && options->group) memcpy(mailbox->group, options->group, options->group_length);
  if (options) mailbox->policy = options->policy;
  if (capacity) mailbox->capacity = capacity;
  for (int i = 0; i < RETAINED && options && options->flags & 1; i++) {
    if (retained[i] && matches(mailbox->pattern, (char *)retained[i]->bytes + HEADER, get(retained[i]->bytes + 6, 2))) deliver(mailbox, retained[i]);
  }
  *handle = astrid_mock_open(ASTRID_MOCK_MAILBOX, mailbox);
  return 0;
}

int32_t astrid_host_request(const char *subject, uint32_t length, const void *payload, uint32_t payload_length, int64_t deadline, int32_t *handle) {
  int listeners = 0, error = astrid_mock_failure("request");
  if (!error && !valid_subject(subject, length, false)) error = ASTRID_EINVAL;
  if (!error) error = check_payload(payload, payload_length);
  if (error) return error;
  uint32_t which = asked_count + 1;
  struct outgoing message = {.subject = subject, .subject_length = length, .payload = payload, .payload_length = payload_length, .flags = 2, .which = which};
  error = send(&message, &listeners);
  if (error || listeners == 0) return error ? error : ASTRID_EHOSTUNREACH;
  struct mailbox *reply = new_mailbox();
  asked[which % REQUESTS] = (struct asked){true, pid, reply};
  asked_count = which;
  *handle = astrid_mock_open(ASTRID_MOCK_REPLY, reply);
  handles[*handle].deadline = now + deadline;
  return 0;
}

int32_t astrid_host_reply(const void *frame, const void *payload, uint32_t length) {
  const uint8_t *bytes = frame;
  uint32_t which = (uint32_t)get(bytes + 36, 4), subject = (uint32_t)get(bytes + 6, 2);
  int error = astrid_mock_failure("reply");
  if (!error && (!(bytes[5] & 2) || which == 0)) error = ASTRID_EINVAL;
  if (!error) error = check_payload(payload, length);
  struct asked *one = &asked[which % REQUESTS];
  if (!error && !one->open) error = ASTRID_ENOENT;
  if (error) return error;
  struct outgoing message = {.subject = (const char *)bytes + HEADER, .subject_length = subject, .payload = payload, .payload_length = length, .which = which};
  struct frame *made = make(&message);
  one->reply->capacity = made->size > one->reply->capacity ? made->size : one->reply->capacity;
  deliver(one->reply, made);
  free(made);
  one->open = false;
  return 0;
}

/* ---- Descriptors ---- */

static int read_frame(struct astrid_mock_handle *handle, void *room, uint32_t size, uint32_t *count) {
  struct mailbox *mailbox = handle->object;
  struct frame *first = mailbox->first;
  if (!first) {
    if (handle->kind == ASTRID_MOCK_MAILBOX) return ASTRID_EDEADLK;
    now = handle->deadline > now ? handle->deadline : now;
    return ASTRID_ETIMEDOUT;
  }
  if (first->size > size) return ASTRID_EMSGSIZE;
  put(first->bytes + 44, mailbox->lost, 4);
  mailbox->lost = 0;
  memcpy(room, first->bytes, *count = first->size);
  drop_first(mailbox);
  return 0;
}

int32_t astrid_p1_fd_read(int32_t fd, const struct astrid_iovec *parts, uint32_t count, uint32_t *got) {
  struct astrid_mock_handle *handle = astrid_mock_handle(fd);
  if (!handle || count != 1) return handle ? ASTRID_EINVAL : ASTRID_EBADF;
  if (handle->kind == ASTRID_MOCK_FILE || handle->kind == ASTRID_MOCK_STREAM) return astrid_mock_read(handle, parts->data, parts->size, got);
  return read_frame(handle, parts->data, parts->size, got);
}

int32_t astrid_p1_fd_close(int32_t fd) {
  struct astrid_mock_handle *handle = astrid_mock_handle(fd);
  if (!handle) return ASTRID_EBADF;
  if (handle->kind == ASTRID_MOCK_REPLY) {
    for (int i = 0; i < REQUESTS; i++) asked[i].open &= asked[i].reply != handle->object;
  }
  if (handle->kind == ASTRID_MOCK_MAILBOX || handle->kind == ASTRID_MOCK_REPLY) empty(handle->object);
  handle->kind = 0;
  return 0;
}

int32_t astrid_p1_fd_filestat_get(int32_t fd, void *out) {
  struct astrid_mock_handle *handle = astrid_mock_handle(fd);
  if (!handle) return ASTRID_EBADF;
  if (handle->kind == ASTRID_MOCK_FILE) return astrid_mock_stat(fd, out);
  bool frames = handle->kind == ASTRID_MOCK_MAILBOX || handle->kind == ASTRID_MOCK_REPLY;
  struct frame *first = frames ? ((struct mailbox *)handle->object)->first : NULL;
  memset(out, 0, 64);
  put((uint8_t *)out + 32, first ? first->size : 0, 8);
  return 0;
}

/* Only what astrid.c asks: the first subscription is a handle, the second the clock. */
int32_t astrid_p1_poll_oneoff(const void *wanted, void *events, uint32_t count, uint32_t *got) {
  const uint8_t *in = wanted;
  struct astrid_mock_handle *handle = astrid_mock_handle((int32_t)get(in + 16, 4));
  if (!handle || count != 2) return handle ? ASTRID_EINVAL : ASTRID_EBADF;
  int64_t until = now + (int64_t)get(in + 48 + 24, 8);
  bool mail = handle->kind == ASTRID_MOCK_MAILBOX || handle->kind == ASTRID_MOCK_REPLY;
  bool ready = !mail || ((struct mailbox *)handle->object)->first || (handle->kind == ASTRID_MOCK_REPLY && handle->deadline <= until);
  if (!ready) now = until;
  memset(events, 0, 32);
  put(events, get(in + (ready ? 0 : 48), 8), 8);
  *got = 1;
  return 0;
}

/* ---- The rest ---- */

int32_t astrid_host_cap_request(const char *action, uint32_t length, int64_t deadline, void *token) {
  (void)deadline;
  if (length == 0 || action[0] != '{') return ASTRID_EINVAL;
  int error = astrid_mock_failure("cap_request");
  return error || cap_answer ? (error ? error : cap_answer) : astrid_host_token_create(3, pid, 15, INT64_MAX / 2, token);
}

int32_t astrid_host_http_request(const void *request, uint32_t length, int32_t *handle) {
  int error = astrid_mock_failure("http_request");
  if (error) return error;
  const char *target = memchr(request, ' ', length);
  size_t url = http_url ? strlen(http_url) : 0;
  bool known = target && http_url && (size_t)length > url + (size_t)(target + 1 - (const char *)request) && memcmp(target + 1, http_url, url) == 0 && target[1 + url] == ' ';
  if (!known) return ASTRID_ENOTCAPABLE;
  *handle = astrid_mock_open(ASTRID_MOCK_STREAM, (void *)(uintptr_t)http_response);
  return 0;
}

int32_t astrid_host_log(int32_t level, const char *fields, uint32_t length) {
  if (level < 0 || level > 4 || length >= sizeof logged) return ASTRID_EINVAL;
  memcpy(logged, fields, length);
  logged[length] = 0;
  return 0;
}

int32_t astrid_host_spawn(const char *path, uint32_t length, const char *args, uint32_t args_length, const char *grants, uint32_t grants_length, uint32_t *out) {
  (void)path, (void)grants, (void)grants_length;
  int error = astrid_mock_failure("spawn");
  if (!error && length == 0) error = ASTRID_ENOENT;
  if (!error && args_length > 0 && args[args_length - 1] != 0) error = ASTRID_EINVAL;
  if (!error) *out = next_pid++;
  return error;
}

int32_t astrid_host_wait(uint32_t child, int32_t *status) {
  if (child < 100 || child >= next_pid) return ASTRID_ECHILD;
  *status = exit_status;
  return 0;
}

uint32_t astrid_host_pid(void) { return pid; }
