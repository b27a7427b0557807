/* The mock's files, keys and tokens. */
#include "astrid_mock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 256, KEYS = 256, TOKENS = 64, PATH = 512, PREOPEN = 3 };

/* A file or directory by its whole path; the parent is what the path says. */
struct node { bool used, directory; char path[PATH]; char *bytes; size_t length; };
struct pair { bool used; char ns[64], key[1025]; size_t key_length; char *value; size_t length; };
struct token { bool used, revoked, redeemed; uint32_t holder, maker, rights; int64_t until; struct node *node; };

static struct node nodes[NODES];
static struct pair pairs[KEYS];
static struct token tokens[TOKENS];
static struct astrid_mock_handle home;
static uint32_t token_count;

static void put(uint8_t *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24; }

static struct node *find(const char *path) {
  for (int i = 0; i < NODES; i++) {
    if (nodes[i].used && strcmp(nodes[i].path, path) == 0) return &nodes[i];
  }
  return NULL;
}

static struct node *add(const char *path, bool directory) {
  for (int i = 0; i < NODES; i++) {
    if (nodes[i].used) continue;
    nodes[i] = (struct node){.used = true, .directory = directory};
    strcpy(nodes[i].path, path);
    return &nodes[i];
  }
  abort();
}

void astrid_mock_reset_files(void) {
  for (int i = 0; i < NODES; i++) free(nodes[i].bytes);
  for (int i = 0; i < KEYS; i++) free(pairs[i].value);
  memset(nodes, 0, sizeof nodes), memset(pairs, 0, sizeof pairs), memset(tokens, 0, sizeof tokens);
  token_count = 0;
  home = (struct astrid_mock_handle){.kind = ASTRID_MOCK_FILE, .object = add("/home", true), .rights = 15};
}

static struct astrid_mock_handle *file(int32_t fd) {
  struct astrid_mock_handle *handle = fd == PREOPEN ? &home : astrid_mock_handle(fd);
  return handle && handle->kind == ASTRID_MOCK_FILE ? handle : NULL;
}

int32_t astrid_p1_fd_prestat_get(int32_t fd, uint32_t *out) {
  if (fd != PREOPEN) return ASTRID_EBADF;
  out[0] = 0, out[1] = 5;
  return 0;
}

int32_t astrid_p1_fd_prestat_dir_name(int32_t fd, char *out, uint32_t length) {
  if (fd != PREOPEN) return ASTRID_EBADF;
  if (length < 5) return ASTRID_ERANGE;
  memcpy(out, "/home", 5);
  return 0;
}

/* The whole path; EPERM where it would lead out. ".." goes back one part. */
static int resolve(int32_t dir, const char *path, uint32_t length, char out[PATH]) {
  struct astrid_mock_handle *handle = file(dir);
  if (!handle) return ASTRID_EBADF;
  const struct node *base = handle->object;
  if (length > 0 && !base->directory) return ASTRID_ENOTDIR;
  size_t floor = strlen(base->path), used = floor;
  memcpy(out, base->path, floor + 1);
  if (length > 0 && path[0] == '/') return ASTRID_EPERM;
  for (uint32_t at = 0; at < length;) {
    uint32_t part = 0;
    while (at + part < length && path[at + part] != '/') part++;
    if (part == 2 && memcmp(path + at, "..", 2) == 0) {
      if (used == floor) return ASTRID_EPERM;
      while (out[used] != '/') used--;
    } else if (part > 0 && !(part == 1 && path[at] == '.')) {
      if (used + part + 2 > PATH) return ASTRID_EINVAL;
      out[used++] = '/';
      memcpy(out + used, path + at, part);
      used += part;
    }
    out[used] = 0;
    at += part + 1;
  }
  return 0;
}

int32_t astrid_host_vfs_open_dir(int32_t dir, const char *path, uint32_t length, uint32_t rights, int32_t *out) {
  char whole[PATH];
  int error = astrid_mock_failure("vfs_open_dir");
  if (!error) error = resolve(dir, path, length, whole);
  struct node *node = error ? NULL : find(whole);
  if (!error && !node) error = ASTRID_ENOENT;
  if (!error && !node->directory) error = ASTRID_ENOTDIR;
  if (error) return error;
  *out = astrid_mock_open(ASTRID_MOCK_FILE, node);
  astrid_mock_handle(*out)->rights = file(dir)->rights & rights;
  return 0;
}

static bool in_directory(const char *path) {
  char parent[PATH];
  strcpy(parent, path);
  *strrchr(parent, '/') = 0;
  struct node *node = find(parent);
  return node && node->directory;
}

static int open_node(const char *path, uint32_t flags, uint32_t rights, struct node **out) {
  struct node *node = find(path);
  uint32_t needed = (flags & ASTRID_OPEN_READ ? ASTRID_RIGHT_READ : 0) | (flags & (ASTRID_OPEN_WRITE | ASTRID_OPEN_TRUNCATE | ASTRID_OPEN_APPEND) ? ASTRID_RIGHT_WRITE : 0);
  if (!node && flags & ASTRID_OPEN_CREATE) needed |= ASTRID_RIGHT_CREATE;
  if (needed & ~rights) return ASTRID_ENOTCAPABLE;
  if (node && flags & ASTRID_OPEN_NEW) return ASTRID_EEXIST;
  if (!node && !(flags & ASTRID_OPEN_CREATE && in_directory(path))) return ASTRID_ENOENT;
  if (node && node->directory && flags & ASTRID_OPEN_WRITE) return ASTRID_EISDIR;
  if (!node) node = add(path, false);
  if (flags & ASTRID_OPEN_TRUNCATE) node->length = 0;
  *out = node;
  return 0;
}

int32_t astrid_host_vfs_open(int32_t dir, const char *path, uint32_t length, uint32_t flags, int32_t *out) {
  char whole[PATH];
  struct node *node;
  int error = astrid_mock_failure("vfs_open");
  if (!error) error = resolve(dir, path, length, whole);
  if (!error) error = open_node(whole, flags, file(dir)->rights, &node);
  if (error) return error;
  *out = astrid_mock_open(ASTRID_MOCK_FILE, node);
  struct astrid_mock_handle *handle = astrid_mock_handle(*out);
  handle->rights = flags & (ASTRID_RIGHT_READ | ASTRID_RIGHT_WRITE);
  handle->append = flags & ASTRID_OPEN_APPEND;
  return 0;
}

static uint32_t part(const char *bytes, size_t length, uint64_t from, void *room, uint32_t size) {
  uint64_t left = from < length ? length - from : 0;
  uint32_t count = left < size ? (uint32_t)left : size;
  memcpy(room, bytes + from, count);
  return count;
}

int astrid_mock_read(struct astrid_mock_handle *handle, void *room, uint32_t size, uint32_t *count) {
  if (handle->kind == ASTRID_MOCK_STREAM) *count = part(handle->object, strlen(handle->object), handle->offset, room, size);
  else {
    struct node *node = handle->object;
    if (node->directory) return ASTRID_EISDIR;
    if (!(handle->rights & ASTRID_RIGHT_READ)) return ASTRID_EBADF;
    *count = node->bytes ? part(node->bytes, node->length, handle->offset, room, size) : 0;
  }
  handle->offset += *count;
  return 0;
}

int32_t astrid_host_vfs_read(int32_t fd, void *room, uint32_t size, int64_t offset, uint32_t *count) {
  struct astrid_mock_handle *handle = file(fd);
  if (!handle) return ASTRID_EBADF;
  struct astrid_mock_handle at = *handle;
  if (offset >= 0) at.offset = (uint64_t)offset;
  int error = astrid_mock_read(&at, room, size, count);
  if (!error && offset < 0) handle->offset = at.offset;
  return error;
}

int32_t astrid_host_vfs_write(int32_t fd, const void *bytes, uint32_t length, int64_t offset, uint32_t *count) {
  struct astrid_mock_handle *handle = file(fd);
  int error = astrid_mock_failure("vfs_write");
  if (!handle || !(handle->rights & ASTRID_RIGHT_WRITE)) return ASTRID_EBADF;
  if (error) return error;
  struct node *node = handle->object;
  uint64_t at = handle->append ? node->length : offset < 0 ? handle->offset : (uint64_t)offset;
  if (at + length > node->length) {
    node->bytes = realloc(node->bytes, at + length);
    memset(node->bytes + node->length, 0, at + length - node->length);
    node->length = at + length;
  }
  memcpy(node->bytes + at, bytes, length);
  if (offset < 0) handle->offset = at + length;
  *count = length;
  return 0;
}

static int stat_of(const struct node *node, uint8_t *out) {
  memset(out, 0, 64);
  put(out + 8, (uint64_t)(node - nodes) + 1, 8);
  out[16] = node->directory ? ASTRID_DIRECTORY : ASTRID_FILE;
  put(out + 24, 1, 8), put(out + 32, node->length, 8);
  return 0;
}

int astrid_mock_stat(int32_t fd, uint8_t out[64]) { return stat_of(file(fd)->object, out); }

int32_t astrid_host_vfs_stat(int32_t dir, const char *path, uint32_t length, void *out) {
  char whole[PATH];
  int error = resolve(dir, path, length, whole);
  if (error) return error;
  struct node *node = find(whole);
  return node ? stat_of(node, out) : ASTRID_ENOENT;
}

/* The cookie is the node's number. */
int32_t astrid_host_vfs_list(int32_t dir, uint64_t cookie, void *room, uint32_t size, uint32_t *out) {
  struct astrid_mock_handle *handle = file(dir);
  if (!handle) return ASTRID_EBADF;
  const struct node *base = handle->object;
  if (!base->directory) return ASTRID_ENOTDIR;
  size_t prefix = strlen(base->path);
  uint32_t used = 0;
  for (uint64_t i = cookie; i < NODES && used < size; i++) {
    const char *path = nodes[i].path;
    if (!nodes[i].used || strncmp(path, base->path, prefix) != 0 || path[prefix] != '/' || strchr(path + prefix + 1, '/')) continue;
    uint8_t record[24 + PATH] = {0};
    uint32_t name = (uint32_t)strlen(path + prefix + 1), whole = 24 + name, cut = whole < size - used ? whole : size - used;
    put(record, i + 1, 8), put(record + 8, i + 1, 8), put(record + 16, name, 4);
    record[20] = nodes[i].directory ? ASTRID_DIRECTORY : ASTRID_FILE;
    memcpy(record + 24, path + prefix + 1, name);
    memcpy((uint8_t *)room + used, record, cut);
    used += cut;
  }
  *out = used;
  return 0;
}

int32_t astrid_host_vfs_close(int32_t fd) { return astrid_p1_fd_close(fd); }

/* ---- Key-value pairs: kept in the order of their keys ---- */

static int compare(const struct pair *pair, const char *key, size_t length) {
  int order = memcmp(pair->key, key, pair->key_length < length ? pair->key_length : length);
  return order ? order : (pair->key_length > length) - (pair->key_length < length);
}

static struct pair *find_pair(const char *ns, uint32_t ns_length, const char *key, uint32_t length) {
  for (int i = 0; i < KEYS; i++) {
    if (pairs[i].used && strlen(pairs[i].ns) == ns_length && memcmp(pairs[i].ns, ns ? ns : "", ns_length) == 0 && compare(&pairs[i], key, length) == 0) return &pairs[i];
  }
  return NULL;
}

static int check_key(const char *name, uint32_t ns_length, uint32_t length) {
  int error = astrid_mock_failure(name);
  return error ? error : length < 1 || ns_length > 63 ? ASTRID_EINVAL : length > 1024 ? ASTRID_ENAMETOOLONG : 0;
}

int32_t astrid_host_kv_get(const char *ns, uint32_t ns_length, const char *key, uint32_t length, void *room, uint32_t size, uint32_t *out) {
  int error = check_key("kv_get", ns_length, length);
  struct pair *pair = error ? NULL : find_pair(ns, ns_length, key, length);
  if (error || !pair) return error ? error : ASTRID_ENOENT;
  *out = (uint32_t)pair->length;
  if (pair->length > size) return ASTRID_ERANGE;
  memcpy(room, pair->value, pair->length);
  return 0;
}

int32_t astrid_host_kv_set(const char *ns, uint32_t ns_length, const char *key, uint32_t length, const void *value, uint32_t value_length, uint32_t flags) {
  (void)flags;
  int error = check_key("kv_set", ns_length, length);
  if (error) return error;
  struct pair *pair = find_pair(ns, ns_length, key, length);
  for (int i = 0; !pair && i < KEYS; i++) pair = pairs[i].used ? NULL : &pairs[i];
  if (!pair) return ASTRID_EDQUOT;
  if (!pair->used) {
    *pair = (struct pair){.used = true, .key_length = length};
    memcpy(pair->ns, ns ? ns : "", ns_length), memcpy(pair->key, key, length);
  }
  pair->value = realloc(pair->value, value_length + 1);
  memcpy(pair->value, value, pair->length = value_length);
  return 0;
}

int32_t astrid_host_kv_delete(const char *ns, uint32_t ns_length, const char *key, uint32_t length, uint32_t flags) {
  (void)flags;
  int error = check_key("kv_delete", ns_length, length);
  struct pair *pair = error ? NULL : find_pair(ns, ns_length, key, length);
  if (error || !pair) return error ? error : ASTRID_ENOENT;
  free(pair->value);
  *pair = (struct pair){0};
  return 0;
}

int32_t astrid_host_kv_has(const char *ns, uint32_t ns_length, const char *key, uint32_t length, uint32_t *found) {
  int error = check_key("kv_has", ns_length, length);
  if (!error) *found = find_pair(ns, ns_length, key, length) != NULL;
  return error;
}

int32_t astrid_host_kv_scan(const char *ns, uint32_t ns_length, const char *prefix, uint32_t prefix_length, const char *after, uint32_t after_length, void *room, uint32_t size, uint32_t *out) {
  char last[1024];
  uint32_t used = 0, last_length = after_length;
  memcpy(last, after, after_length);
  for (;;) {
    struct pair *next = NULL;
    for (int i = 0; i < KEYS; i++) {
      struct pair *pair = &pairs[i];
      bool here = pair->used && strlen(pair->ns) == ns_length && memcmp(pair->ns, ns ? ns : "", ns_length) == 0 && pair->key_length >= prefix_length && memcmp(pair->key, prefix, prefix_length) == 0;
      if (here && compare(pair, last, last_length) > 0 && (!next || compare(pair, next->key, next->key_length) < 0)) next = pair;
    }
    uint64_t whole = next ? 8 + next->key_length + next->length : 0;
    *out = used;
    if (!next || whole > size - used) {
      bool alone = next && used == 0;
      if (alone) *out = (uint32_t)whole;
      return alone ? ASTRID_ERANGE : 0;
    }
    uint8_t *at = (uint8_t *)room + used;
    put(at, next->key_length, 4), put(at + 4, next->length, 4);
    memcpy(at + 8, next->key, next->key_length), memcpy(at + 8 + next->key_length, next->value, next->length);
    used += (uint32_t)whole;
    memcpy(last, next->key, last_length = (uint32_t)next->key_length);
  }
}

/* Once through to check, once to do it. */
int32_t astrid_host_kv_batch(const char *ns, uint32_t ns_length, const void *records, uint32_t length, uint32_t flags) {
  int error = astrid_mock_failure("kv_batch");
  for (int pass = 0; !error && pass < 2; pass++) {
    for (const uint8_t *at = records, *end = at + length; at < end;) {
      if (end - at < 8) return ASTRID_EINVAL;
      uint32_t key = get(at), value = get(at + 4), kept = value == 0xffffffff ? 0 : value;
      if (key < 1 || key > 1024 || (uint64_t)(end - at) < 8 + (uint64_t)key + kept) return ASTRID_EINVAL;
      if (pass && value == 0xffffffff) astrid_host_kv_delete(ns, ns_length, (const char *)at + 8, key, flags);
      else if (pass) astrid_host_kv_set(ns, ns_length, (const char *)at + 8, key, at + 8 + key, value, flags);
      at += 8 + key + kept;
    }
  }
  return error;
}

/* ---- Tokens: a number, and the mark that it is the mock's ---- */

static struct token *token_of(const uint8_t *bytes) {
  uint32_t number = get(bytes);
  return number >= 1 && number <= token_count && memcmp(bytes + 4, "mock", 4) == 0 ? &tokens[number - 1] : NULL;
}

int32_t astrid_host_token_create(int32_t fd, uint32_t holder, uint32_t rights, int64_t lifetime, void *out) {
  struct astrid_mock_handle *handle = file(fd);
  if (!handle || token_count == TOKENS) return handle ? ASTRID_ENOMEM : ASTRID_EBADF;
  if (rights & ~handle->rights) return ASTRID_ENOTCAPABLE;
  tokens[token_count++] = (struct token){.used = true, .holder = holder, .maker = astrid_mock_current(), .rights = rights, .until = astrid_mock_now() + lifetime, .node = handle->object};
  memset(out, 0, 96), put(out, token_count, 4), memcpy((uint8_t *)out + 4, "mock", 4);
  return 0;
}

int32_t astrid_host_token_redeem(const void *bytes, int32_t *out) {
  struct token *token = token_of(bytes);
  if (!token) return ASTRID_EBADMSG;
  if (token->holder != astrid_mock_current()) return ASTRID_EACCES;
  if (token->revoked) return ASTRID_ENOTCAPABLE;
  if (astrid_mock_now() > token->until) return ASTRID_ETIMEDOUT;
  if (token->redeemed) return ASTRID_EALREADY;
  token->redeemed = true;
  *out = astrid_mock_open(ASTRID_MOCK_FILE, token->node);
  astrid_mock_handle(*out)->rights = token->rights;
  return 0;
}

int32_t astrid_host_token_revoke(const void *bytes) {
  struct token *token = token_of(bytes);
  if (!token) return ASTRID_EBADMSG;
  if (token->maker != astrid_mock_current()) return ASTRID_EACCES;
  token->revoked = true;
  return 0;
}
