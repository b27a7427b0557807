/* The other half of the library: what is kept (key-value pairs, files), capabilities, HTTP, processes. */
#include "astrid.h"
#include <string.h>

enum { DIRENT = 24, NONE = -1 };

static uint32_t length_of(const char *text) { return text ? (uint32_t)strlen(text) : 0; }

static uint64_t load(const void *at, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; i--) value = value << 8 | ((const uint8_t *)at)[i];
  return value;
}

/* ---- Key-value pairs ---- */

int astrid_kv_get(const char *ns, const char *key, void *room, size_t size, size_t *length) {
  uint32_t whole = 0;
  int error = astrid_host_kv_get(ns, length_of(ns), key, length_of(key), room, (uint32_t)size, &whole);
  if (!error || error == ASTRID_ERANGE) *length = whole;
  return error;
}

int astrid_kv_set(const char *ns, const char *key, const void *value, size_t length, uint32_t flags) {
  return astrid_host_kv_set(ns, length_of(ns), key, length_of(key), value, (uint32_t)length, flags);
}

int astrid_kv_delete(const char *ns, const char *key, uint32_t flags) { return astrid_host_kv_delete(ns, length_of(ns), key, length_of(key), flags); }

int astrid_kv_has(const char *ns, const char *key, bool *found) {
  uint32_t answer = 0;
  int error = astrid_host_kv_has(ns, length_of(ns), key, length_of(key), &answer);
  if (!error) *found = answer != 0;
  return error;
}

astrid_kv_scan astrid_kv_begin_scan(const char *ns, const char *prefix, void *room, size_t size) {
  return (astrid_kv_scan){.ns = ns, .prefix = prefix, .room = room, .size = size};
}

static int fill_scan(astrid_kv_scan *scan) {
  uint32_t used = 0;
  int error = astrid_host_kv_scan(scan->ns, length_of(scan->ns), scan->prefix, length_of(scan->prefix), scan->after, (uint32_t)scan->after_length, scan->room, (uint32_t)scan->size, &used);
  if (error) return error;
  scan->used = used;
  scan->at = 0;
  return used == 0 ? ASTRID_ENOENT : 0;
}

int astrid_kv_next(astrid_kv_scan *scan, astrid_kv_entry *entry) {
  int error = scan->at < scan->used ? 0 : fill_scan(scan);
  if (error) return error;
  const uint8_t *at = scan->room + scan->at;
  size_t left = scan->used - scan->at, key = left < 8 ? 0 : load(at, 4), value = left < 8 ? 0 : load(at + 4, 4);
  if (left < 8 || key > sizeof scan->after || value > left || 8 + key + value > left) return ASTRID_EPROTO;
  *entry = (astrid_kv_entry){(const char *)at + 8, key, at + 8 + key, value};
  memcpy(scan->after, at + 8, scan->after_length = key);
  scan->at += 8 + key + value;
  return 0;
}

astrid_kv_batch astrid_kv_begin_batch(void *room, size_t size) { return (astrid_kv_batch){room, size, 0, false}; }

static void put_record(astrid_kv_batch *batch, const char *key, const void *value, size_t length, uint32_t stored) {
  size_t key_length = strlen(key), left = batch->size - batch->used;
  if (batch->failed || left < 8 || left - 8 < key_length || left - 8 - key_length < length) {
    batch->failed = true;
    return;
  }
  uint8_t *at = batch->room + batch->used;
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(key_length >> 8 * i), at[4 + i] = (uint8_t)(stored >> 8 * i);
  memcpy(at + 8, key, key_length);
  if (length > 0) memcpy(at + 8 + key_length, value, length);
  batch->used += 8 + key_length + length;
}

void astrid_kv_batch_set(astrid_kv_batch *batch, const char *key, const void *value, size_t length) { put_record(batch, key, value, length, (uint32_t)length); }

void astrid_kv_batch_delete(astrid_kv_batch *batch, const char *key) { put_record(batch, key, NULL, 0, 0xffffffff); }

int astrid_kv_commit(const char *ns, astrid_kv_batch *batch, uint32_t flags) {
  return batch->failed ? ASTRID_ERANGE : astrid_host_kv_batch(ns, length_of(ns), batch->room, (uint32_t)batch->used, flags);
}

/* ---- Files ---- */

int astrid_vfs_preopen(const char *name, int *handle) {
  size_t wanted = strlen(name);
  char buffer[1024];
  for (int fd = 3;; fd++) {
    uint32_t prestat[2];
    int error = astrid_p1_fd_prestat_get(fd, prestat);
    if (error) return error == ASTRID_EBADF ? ASTRID_ENOENT : error;
    if (prestat[1] != wanted || wanted > sizeof buffer) continue;
    error = astrid_p1_fd_prestat_dir_name(fd, buffer, (uint32_t)wanted);
    if (error) return error;
    if (memcmp(buffer, name, wanted) == 0) return *handle = fd, 0;
  }
}

int astrid_vfs_open_dir(int dir, const char *path, uint32_t rights, int *handle) {
  return astrid_host_vfs_open_dir(dir, path, length_of(path), rights, handle);
}

int astrid_vfs_open(int dir, const char *path, uint32_t flags, int *handle) {
  return astrid_host_vfs_open(dir, path, length_of(path), flags, handle);
}

int astrid_vfs_read(int handle, void *room, size_t size, int64_t offset, size_t *count) {
  uint32_t got = 0;
  int error = astrid_host_vfs_read(handle, room, (uint32_t)size, offset, &got);
  if (!error) *count = got;
  return error;
}

int astrid_vfs_write(int handle, const void *bytes, size_t length, int64_t offset, size_t *count) {
  uint32_t put = 0;
  int error = astrid_host_vfs_write(handle, bytes, (uint32_t)length, offset, &put);
  if (!error) *count = put;
  return error;
}

int astrid_vfs_stat(int dir, const char *path, astrid_stat *stat) {
  _Alignas(8) uint8_t raw[64];
  int error = astrid_host_vfs_stat(dir, path, length_of(path), raw);
  if (error) return error;
  *stat = (astrid_stat){
    .kind = (astrid_kind)raw[16], .inode = load(raw + 8, 8), .links = load(raw + 24, 8), .size = load(raw + 32, 8),
    .accessed = load(raw + 40, 8), .modified = load(raw + 48, 8), .changed = load(raw + 56, 8),
  };
  return 0;
}

astrid_vfs_listing astrid_vfs_list(int dir, void *room, size_t size) { return (astrid_vfs_listing){.dir = dir, .room = room, .size = size}; }

static bool whole_name(const astrid_vfs_listing *listing) {
  size_t left = listing->used - listing->at;
  return left >= DIRENT && left - DIRENT >= load(listing->room + listing->at + 16, 4);
}

/* A listing that is cut off in the middle of a name goes on from the last whole one. */
static int fill_listing(astrid_vfs_listing *listing) {
  uint32_t used = 0;
  if (listing->last) return ASTRID_ENOENT;
  int error = astrid_host_vfs_list(listing->dir, listing->cookie, listing->room, (uint32_t)listing->size, &used);
  if (error) return error;
  listing->used = used;
  listing->at = 0;
  listing->last = used < listing->size;
  if (whole_name(listing)) return 0;
  return listing->last ? ASTRID_ENOENT : ASTRID_ERANGE;
}

int astrid_vfs_next(astrid_vfs_listing *listing, astrid_vfs_name *name) {
  for (;;) {
    int error = whole_name(listing) ? 0 : fill_listing(listing);
    if (error) return error;
    const uint8_t *at = listing->room + listing->at;
    size_t length = load(at + 16, 4);
    listing->cookie = load(at, 8);
    listing->at += DIRENT + length;
    *name = (astrid_vfs_name){(const char *)at + DIRENT, length, (astrid_kind)at[20], load(at + 8, 8)};
    bool dots = length <= 2 && length > 0 && name->name[0] == '.' && name->name[length - 1] == '.';
    if (!dots) return 0;
  }
}

/* ---- Capabilities ---- */

int astrid_token_create(int handle, uint32_t holder, uint32_t rights, int64_t lifetime, astrid_token *token) {
  return astrid_host_token_create(handle, holder, rights, lifetime, token->bytes);
}

int astrid_token_redeem(const astrid_token *token, int *handle) { return astrid_host_token_redeem(token->bytes, handle); }

int astrid_token_revoke(const astrid_token *token) { return astrid_host_token_revoke(token->bytes); }

int astrid_cap_request(const char *action, int64_t deadline, astrid_token *token) {
  astrid_token unused;
  return astrid_host_cap_request(action, length_of(action), deadline, token ? token->bytes : unused.bytes);
}

/* ---- HTTP ---- */

static int read_some(int handle, void *room, size_t size, size_t *count) {
  struct astrid_iovec part = {room, (uint32_t)size};
  uint32_t got = 0;
  int error = astrid_p1_fd_read(handle, &part, 1, &got);
  if (!error) *count = got;
  return error;
}

/* Where the head ends: behind its empty line; 0 while it is not whole. */
static size_t end_of_head(const char *room, size_t length) {
  for (size_t i = 3; i < length; i++) {
    if (memcmp(room + i - 3, "\r\n\r\n", 4) == 0) return i + 1;
  }
  return 0;
}

static bool digit(char c) { return c >= '0' && c <= '9'; }

static int parse_head(const char *room, size_t head, size_t used, astrid_http *response) {
  const char *code = memchr(room, ' ', head);
  if (head < 16 || memcmp(room, "HTTP/1.", 7) != 0 || code != room + 8 || !digit(code[1]) || !digit(code[2]) || !digit(code[3])) return ASTRID_EPROTO;
  response->status = (code[1] - '0') * 100 + (code[2] - '0') * 10 + code[3] - '0';
  response->head = room;
  response->head_length = head;
  response->rest = room + head;
  response->rest_length = used - head;
  return 0;
}

static int read_head(int handle, char *room, size_t size, astrid_http *response) {
  size_t used = 0;
  for (;;) {
    size_t count = 0;
    if (used == size) return ASTRID_EMSGSIZE;
    int error = read_some(handle, room + used, size - used, &count);
    if (error) return error;
    if (count == 0) return ASTRID_EPROTO;
    used += count;
    size_t head = end_of_head(room, used);
    if (head > 0) return parse_head(room, head, used, response);
  }
}

int astrid_http_send(const void *request, size_t length, void *room, size_t size, astrid_http *response) {
  int32_t handle = NONE;
  int error = astrid_host_http_request(request, (uint32_t)length, &handle);
  if (error) return error;
  error = read_head(handle, room, size, response);
  if (error) astrid_close(handle);
  else response->handle = handle;
  return error;
}

int astrid_http_get(const char *url, void *room, size_t size, astrid_http *response) {
  static const char verb[] = "GET ", end[] = " HTTP/1.1\r\n\r\n";
  size_t length = strlen(url), whole = length + sizeof verb + sizeof end - 2;
  char *at = room;
  if (whole > size) return ASTRID_EMSGSIZE;
  memcpy(at, verb, sizeof verb - 1);
  memcpy(at + sizeof verb - 1, url, length);
  memcpy(at + sizeof verb - 1 + length, end, sizeof end - 1);
  return astrid_http_send(room, whole, room, size, response);
}

int astrid_http_read(astrid_http *response, void *room, size_t size, size_t *count) {
  if (response->rest_length == 0) return read_some(response->handle, room, size, count);
  size_t take = response->rest_length < size ? response->rest_length : size;
  memmove(room, response->rest, take);
  response->rest += take;
  response->rest_length -= take;
  *count = take;
  return 0;
}

static bool same_letter(char a, char b) { return a == b || ((a ^ b) == 0x20 && (a | 0x20) >= 'a' && (a | 0x20) <= 'z'); }

static bool named(const char *line, size_t length, const char *name) {
  size_t i = 0;
  while (name[i] && i < length && same_letter(line[i], name[i])) i++;
  return !name[i] && i < length && line[i] == ':';
}

int astrid_http_field(const astrid_http *response, const char *name, char *out, size_t size) {
  const char *at = response->head, *end = response->head + response->head_length, *stop;
  for (; (stop = memchr(at, '\n', (size_t)(end - at))) != NULL; at = stop + 1) {
    if (!named(at, (size_t)(stop - at), name)) continue;
    const char *value = at + strlen(name) + 1;
    while (value < stop && (*value == ' ' || *value == '\t')) value++;
    while (stop > value && strchr(" \t\r", stop[-1])) stop--;
    if ((size_t)(stop - value) >= size) return ASTRID_ERANGE;
    memcpy(out, value, (size_t)(stop - value));
    out[stop - value] = 0;
    return 0;
  }
  return ASTRID_ENOENT;
}

int astrid_http_close(astrid_http *response) { return astrid_close(response->handle); }

/* ---- The rest ---- */

int astrid_log(astrid_level level, const char *text) { return astrid_host_log(level, text, length_of(text)); }

int astrid_log_fields(astrid_level level, astrid_payload fields) {
  if (!fields.data || fields.size < 2) return ASTRID_ERANGE;
  return astrid_host_log(level, (const char *)fields.data + 2, (uint32_t)fields.size - 2);
}

int astrid_spawn(const char *path, const char *args, size_t args_length, const char *grants, uint32_t *pid) {
  return astrid_host_spawn(path, length_of(path), args, (uint32_t)args_length, grants, length_of(grants), pid);
}

int astrid_wait(uint32_t pid, int32_t *status) { return astrid_host_wait(pid, status); }

uint32_t astrid_pid(void) { return astrid_host_pid(); }
