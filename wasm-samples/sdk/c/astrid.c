#include "astrid.h"
#include <string.h>

enum { HEADER = 48, DIRENT = 24 };

static uint32_t length_of(const char *text) { return text ? (uint32_t)strlen(text) : 0; }

/* Bytes rather than loads: a room need not be aligned. */
static uint64_t load(const void *at, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; i--) value = value << 8 | ((const uint8_t *)at)[i];
  return value;
}

static void store(void *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) ((uint8_t *)at)[i] = (uint8_t)(value >> 8 * i);
}

const char *astrid_errno_name(int error) {
  switch (error) {
#define NAME(name) case ASTRID_##name: return #name
    NAME(OK); NAME(E2BIG); NAME(EFBIG); NAME(EILSEQ); NAME(ENAMETOOLONG); NAME(EACCES); NAME(EAGAIN); NAME(EALREADY); NAME(EBADF); NAME(EBADMSG); NAME(EBUSY); NAME(ECHILD); NAME(ECONNRESET);
    NAME(EDEADLK); NAME(EDQUOT); NAME(EEXIST); NAME(EFAULT); NAME(EHOSTUNREACH); NAME(EINVAL); NAME(EIO); NAME(EISDIR); NAME(EMFILE);
    NAME(EMSGSIZE); NAME(ENOENT); NAME(ENOMEM); NAME(ENOSPC); NAME(ENOSYS); NAME(ENOTDIR); NAME(ENOTSUP); NAME(EPERM); NAME(EPIPE);
    NAME(EPROTO); NAME(ERANGE); NAME(EROFS); NAME(ETIMEDOUT); NAME(ENOTCAPABLE);
#undef NAME
  }
  return "errno";
}

/* ---- Payloads ---- */

astrid_payload astrid_encode(astrid_content content, const void *body, size_t length, void *room, size_t size) {
  size_t prefix = content < 0x80 ? 1 : 2;
  if (size < prefix || size - prefix < length) return (astrid_payload){NULL, 0};
  if (length > 0) memmove((uint8_t *)room + prefix, body, length);
  ((uint8_t *)room)[0] = (uint8_t)(prefix == 1 ? content : (content & 0x7f) | 0x80);
  if (prefix == 2) ((uint8_t *)room)[1] = (uint8_t)(content >> 7);
  return (astrid_payload){room, length + prefix};
}

astrid_payload astrid_text(const char *text, void *room, size_t size) { return astrid_encode(ASTRID_RAW, text, strlen(text), room, size); }

static void put(astrid_json *json, const char *bytes, size_t length) {
  if (json->failed || json->size - json->used < length) {
    json->failed = true;
    return;
  }
  memcpy(json->room + json->used, bytes, length);
  json->used += length;
}

static void put_string(astrid_json *json, const char *text, size_t length) {
  static const char digits[] = "0123456789abcdef";
  put(json, "\"", 1);
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    char escape[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    if (c == '"' || c == '\\') put(json, (char[]){'\\', (char)c}, 2);
    else if (c < 0x20) put(json, escape, 6);
    else put(json, text + i, 1);
  }
  put(json, "\"", 1);
}

static void put_key(astrid_json *json, const char *key) {
  if (json->used > 3) put(json, ",", 1);
  put_string(json, key, strlen(key));
  put(json, ":", 1);
}

astrid_json astrid_json_begin(void *room, size_t size) {
  astrid_json json = {room, size, 0, false};
  put(&json, "\x80\x04{", 3);
  return json;
}

void astrid_json_bytes(astrid_json *json, const char *key, const char *value, size_t length) {
  put_key(json, key);
  put_string(json, value, length);
}

void astrid_json_string(astrid_json *json, const char *key, const char *value) { astrid_json_bytes(json, key, value, strlen(value)); }

void astrid_json_value(astrid_json *json, const char *key, const char *value) {
  put_key(json, key);
  put(json, value, strlen(value));
}

void astrid_json_bool(astrid_json *json, const char *key, bool value) { astrid_json_value(json, key, value ? "true" : "false"); }

void astrid_json_integer(astrid_json *json, const char *key, int64_t value) {
  char digits[21];
  size_t at = sizeof digits;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  digits[--at] = 0;
  do digits[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0) digits[--at] = '-';
  astrid_json_value(json, key, digits + at);
}

astrid_payload astrid_json_end(astrid_json *json) {
  put(json, "}", 1);
  return json->failed ? (astrid_payload){NULL, 0} : (astrid_payload){json->room, json->used};
}

/* ---- Reading JSON: one member of an object. `at` goes through the text; every step stops at `end`. ---- */

struct text { const char *at, *end; };

static void blanks(struct text *text) {
  while (text->at < text->end && strchr(" \t\r\n", *text->at)) text->at++;
}

static bool take(struct text *text, char c) {
  blanks(text);
  if (text->at == text->end || *text->at != c) return false;
  text->at++;
  return true;
}

static bool skip_string(struct text *text) {
  if (!take(text, '"')) return false;
  for (; text->at < text->end; text->at++) {
    if (*text->at == '\\') text->at++;
    else if (*text->at == '"') return text->at++, true;
  }
  return text->at = text->end, false;
}

/* A string, a word, or whatever brackets hold, which are up to 64 deep: `kinds` has a bit for each that is open, 1 for a brace. */
static bool skip_value(struct text *text) {
  uint64_t kinds = 0;
  int depth = 0;
  do {
    blanks(text);
    if (text->at == text->end) return false;
    char c = *text->at;
    if (c == '"') {
      if (!skip_string(text)) return false;
      continue;
    }
    if (c == '{' || c == '[') {
      if (depth++ == 64) return false;
      kinds = kinds << 1 | (c == '{');
    } else if (c == '}' || c == ']') {
      if (depth-- == 0 || (kinds & 1) != (c == '}')) return false;
      kinds >>= 1;
    } else if (depth == 0) {
      while (text->at < text->end && !strchr(",]} \t\r\n", *text->at)) text->at++;
      return true;
    }
    text->at++;
  } while (depth > 0);
  return true;
}

static int hex4(const char *at, const char *end) {
  int value = 0;
  for (int i = 0; i < 4; i++, at++) {
    const char *digits = "0123456789abcdef", *digit = at < end && *at ? strchr(digits, *at | (*at >= 'A' ? 0x20 : 0)) : NULL;
    if (!digit) return -1;
    value = value << 4 | (int)(digit - digits);
  }
  return value;
}

static int put_utf8(uint32_t code, char out[4]) {
  int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  for (int i = more; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3f));
  out[0] = (char)(lead[more] | code);
  return more + 1;
}

/* One character of a string from behind its backslash; lone surrogates become U+FFFD. Returns how many bytes, 0: no JSON. */
static int unescape(struct text *text, char out[4]) {
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  if (text->at == text->end) return 0;
  char c = *text->at++;
  if (c != 'u') {
    const char *name = c ? strchr(names, c) : NULL;
    return name ? (out[0] = values[name - names], 1) : 0;
  }
  int code = hex4(text->at, text->end), low;
  if (code < 0) return 0;
  text->at += 4;
  if ((code & 0xf800) != 0xd800) return put_utf8((uint32_t)code, out);
  bool pair = code < 0xdc00 && text->end - text->at >= 6 && text->at[0] == '\\' && text->at[1] == 'u';
  if (!pair || (low = hex4(text->at + 2, text->end), (low & 0xfc00) != 0xdc00)) return put_utf8(0xfffd, out);
  text->at += 6;
  return put_utf8(0x10000 + ((uint32_t)(code & 0x3ff) << 10 | (uint32_t)(low & 0x3ff)), out);
}

static int copy_string(struct text text, char *out, size_t size) {
  size_t used = 0;
  for (text.at++; *text.at != '"';) {
    char bytes[4] = {*text.at++};
    int count = bytes[0] == '\\' ? unescape(&text, bytes) : 1;
    if (count == 0) return ASTRID_EINVAL;
    if (used + (size_t)count >= size) return ASTRID_ERANGE;
    memcpy(out + used, bytes, (size_t)count);
    used += (size_t)count;
  }
  out[used] = 0;
  return 0;
}

static int copy_value(struct text start, const char *end, char *out, size_t size) {
  if (*start.at == '"') return copy_string(start, out, size);
  size_t length = (size_t)(end - start.at);
  if (length >= size) return ASTRID_ERANGE;
  memcpy(out, start.at, length);
  out[length] = 0;
  return 0;
}

int astrid_get(const astrid_message *message, const char *key, char *out, size_t size) {
  struct text text = {message->body, message->body + message->body_length};
  if (message->content != ASTRID_JSON || !take(&text, '{')) return ASTRID_ENOENT;
  if (take(&text, '}')) return ASTRID_ENOENT;
  do {
    blanks(&text);
    char name[256] = "";
    struct text start = text;
    if (!skip_string(&text) || !take(&text, ':')) return ASTRID_EINVAL;
    int failed = copy_string(start, name, sizeof name);
    blanks(&text);
    start = text;
    if (!skip_value(&text)) return ASTRID_EINVAL;
    if (!failed && strcmp(name, key) == 0) return copy_value(start, text.at, out, size);
  } while (take(&text, ','));
  return take(&text, '}') ? ASTRID_ENOENT : ASTRID_EINVAL;
}

/* ---- Messages ---- */

int astrid_publish_as(const char *subject, astrid_payload payload, const char *type, uint32_t flags) {
  if (!payload.data) return ASTRID_ERANGE;
  struct astrid_publish_options options = {flags, type, length_of(type), 0};
  return astrid_host_publish(subject, length_of(subject), payload.data, (uint32_t)payload.size, type || flags ? &options : NULL);
}

int astrid_publish(const char *subject, astrid_payload payload) { return astrid_publish_as(subject, payload, NULL, 0); }

int astrid_subscribe(const char *pattern, const astrid_subscription *options, int *handle) {
  if (!options) return astrid_host_subscribe(pattern, length_of(pattern), NULL, handle);
  struct astrid_subscribe_options host = {options->last_values, options->policy, options->capacity, options->group, length_of(options->group), 0};
  return astrid_host_subscribe(pattern, length_of(pattern), &host, handle);
}

/* Whether the handle can be read within `timeout`. */
static int wait_for(int handle, int64_t timeout) {
  enum { SUBSCRIPTION = 48, CLOCK = 0, FD_READ = 1, MONOTONIC = 1 };
  _Alignas(8) uint8_t wanted[2 * SUBSCRIPTION] = {0}, events[2 * 32] = {0};
  uint32_t count = 0;
  wanted[8] = FD_READ;
  store(wanted + 16, (uint32_t)handle, 4);
  wanted[SUBSCRIPTION + 8] = CLOCK;
  store(wanted + SUBSCRIPTION + 16, MONOTONIC, 4);
  store(wanted + SUBSCRIPTION + 24, (uint64_t)timeout, 8);
  store(wanted, 1, 8); /* Which event is the handle's. */
  int error = astrid_p1_poll_oneoff(wanted, events, 2, &count);
  for (uint32_t i = 0; !error && i < count; i++) {
    if (load(events + 32 * i, 8) == 1) return (int)load(events + 32 * i + 8, 2);
  }
  return error ? error : timeout == 0 ? ASTRID_EAGAIN : ASTRID_ETIMEDOUT;
}

static int read_some(int handle, void *room, size_t size, size_t *count) {
  struct astrid_iovec part = {room, (uint32_t)size};
  uint32_t got = 0;
  int error = astrid_p1_fd_read(handle, &part, 1, &got);
  if (!error) *count = got;
  return error;
}

static int parse(const uint8_t *frame, size_t size, astrid_message *message) {
  if (size < HEADER || load(frame, 4) > size || frame[4] != 1) return ASTRID_EPROTO;
  size_t subject = load(frame + 6, 2), type = load(frame + 12, 2), payload = load(frame + 40, 4);
  const char *at = (const char *)frame + HEADER;
  if (HEADER + subject + type + payload > size || payload == 0) return ASTRID_EPROTO;
  const uint8_t *prefix = (const uint8_t *)at + subject + type;
  size_t skip = prefix[0] < 0x80 ? 1 : 2;
  if (skip > payload) return ASTRID_EPROTO;
  *message = (astrid_message){
    .subject = at, .subject_length = subject, .type = at + subject, .type_length = type,
    .content = skip == 1 ? prefix[0] : (astrid_content)((prefix[0] & 0x7f) | prefix[1] << 7),
    .body = (const char *)prefix + skip, .body_length = payload - skip,
    .source = (uint32_t)load(frame + 8, 4), .id = load(frame + 16, 8), .time = load(frame + 24, 8), .lost = (uint32_t)load(frame + 44, 4),
    .retained = frame[5] & 1, .request = frame[5] & 2, .frame = frame,
  };
  return 0;
}

int astrid_receive(int handle, void *room, size_t size, int64_t timeout, astrid_message *message) {
  size_t count = 0;
  int error = timeout >= 0 ? wait_for(handle, timeout) : 0;
  if (!error) error = read_some(handle, room, size, &count);
  return error ? error : parse(room, count, message);
}

int astrid_next_size(int handle, size_t *size) {
  uint8_t stat[64];
  int error = astrid_p1_fd_filestat_get(handle, stat);
  if (!error) *size = (size_t)load(stat + 32, 8);
  return error;
}

int astrid_request_start(const char *subject, astrid_payload payload, int64_t deadline, int *handle) {
  if (!payload.data) return ASTRID_ERANGE;
  return astrid_host_request(subject, length_of(subject), payload.data, (uint32_t)payload.size, deadline, handle);
}

int astrid_request(const char *subject, astrid_payload payload, int64_t deadline, void *room, size_t size, astrid_message *reply) {
  int handle, error = astrid_request_start(subject, payload, deadline, &handle);
  if (error) return error;
  error = astrid_receive(handle, room, size, ASTRID_FOREVER, reply);
  astrid_close(handle);
  return error;
}

int astrid_reply(const astrid_message *message, astrid_payload payload) {
  return payload.data ? astrid_host_reply(message->frame, payload.data, (uint32_t)payload.size) : ASTRID_ERANGE;
}

bool astrid_is_type(const astrid_message *message, const char *type) {
  return strlen(type) == message->type_length && memcmp(type, message->type, message->type_length) == 0;
}

int astrid_close(int handle) { return astrid_p1_fd_close(handle); }
