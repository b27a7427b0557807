/* fd_readdir. */
#include "rules.h"

#define HEAD 24
static unsigned char buffer[65536];

static void name_of(int number, char *name) {
  name[0] = 'e';
  for (int digit = 4; digit > 0; digit--, number /= 10) name[digit] = (char)('0' + number % 10);
  name[5] = 0;
}

static int number_of(const unsigned char *name, uint32_t size) {
  if (size != 5 || name[0] != 'e') return -1;
  int number = 0;
  for (int digit = 1; digit < 5; digit++) number = number * 10 + name[digit] - '0';
  return number;
}

static int make_many(int dir, int count) {
  char name[6];
  for (int number = 0; number < count; number++) {
    name_of(number, name);
    int error = make_file(dir, name, "");
    if (error) return error;
  }
  return 0;
}

/* Calls `visit` for each entry; `size` bytes of buffer a call. 0 or errno. */
static int list(int dir, int size, int (*visit)(int dir, const __wasi_dirent_t *entry, const unsigned char *name)) {
  uint64_t cookie = 0;
  for (;;) {
    uint32_t used = 0;
    int error = fd_readdir(dir, buffer, size, (int64_t)cookie, &used);
    if (error) return error;
    uint32_t at = 0;
    while (at + HEAD <= used) {
      __wasi_dirent_t entry;
      __builtin_memcpy(&entry, buffer + at, HEAD);
      if (at + HEAD + entry.d_namlen > used) break;
      error = visit(dir, &entry, buffer + at + HEAD);
      if (error) return error;
      cookie = entry.d_next;
      at += HEAD + entry.d_namlen;
    }
    if (used < (uint32_t)size) return 0;
    if (at == 0) return -1;
  }
}

static int dots, others, marks[1000];

static void forget(void) {
  dots = others = 0;
  for (int i = 0; i < 1000; i++) marks[i] = 0;
}

static int mark(int dir __attribute__((unused)), const __wasi_dirent_t *entry, const unsigned char *name) {
  int number = number_of(name, entry->d_namlen);
  if (number >= 0) marks[number]++;
  else if ((entry->d_namlen == 1 && name[0] == '.') || (entry->d_namlen == 2 && name[0] == '.' && name[1] == '.')) dots++;
  else others++;
  return 0;
}

RULE(fd_readdir_lists_dot_and_dot_dot_and_each_entry_once) {
  forget();
  IS(make_many(dir, 50), 0);
  IS(list(dir, 4096, mark), 0);
  IS(dots, 2);
  IS(others, 0);
  for (int i = 0; i < 50; i++) IS(marks[i], 1);
  return 0;
}

RULE(fd_readdir_of_an_empty_directory_is_dot_and_dot_dot) {
  forget();
  IS(list(dir, 4096, mark), 0);
  IS(dots, 2);
  IS(others, 0);
  return 0;
}

static int bad_type;

static int check_type(int dir, const __wasi_dirent_t *entry, const unsigned char *name) {
  __wasi_filestat_t stat;
  if (name[0] == '.') return 0;
  int error = path_filestat_get(dir, 0, name, (int)entry->d_namlen, &stat);
  if (error) return error;
  bad_type += stat.filetype != entry->d_type || stat.ino != entry->d_ino;
  return 0;
}

RULE(fd_readdir_has_type_and_inode_of_each_entry) {
  bad_type = 0;
  IS(make_file(dir, "file", ""), 0);
  IS(path_create_directory(dir, P("directory")), 0);
  IS(path_symlink(P("file"), dir, P("link")), 0);
  IS(list(dir, 4096, check_type), 0);
  IS(bad_type, 0);
  return 0;
}

RULE(fd_readdir_fills_the_buffer_and_cuts_the_last_entry_off) {
  uint32_t used = 0;
  IS(make_many(dir, 50), 0);
  IS(fd_readdir(dir, buffer, 100, 0, &used), 0);
  IS(used, 100);
  IS(fd_readdir(dir, buffer, 3, 0, &used), 0);
  IS(used, 3);
  return 0;
}

RULE(fd_readdir_with_room_for_one_entry_at_a_time_lists_all) {
  forget();
  IS(make_many(dir, 30), 0);
  IS(list(dir, HEAD + 5, mark), 0);
  for (int i = 0; i < 30; i++) IS(marks[i], 1);
  return 0;
}

RULE(fd_readdir_goes_on_where_a_cookie_says) {
  uint32_t used = 0;
  IS(make_many(dir, 10), 0);
  IS(fd_readdir(dir, buffer, 4096, 0, &used), 0);
  __wasi_dirent_t first, second;
  __builtin_memcpy(&first, buffer, HEAD);
  __builtin_memcpy(&second, buffer + HEAD + first.d_namlen, HEAD);
  uint64_t after_first = first.d_next;
  IS(fd_readdir(dir, buffer, 4096, (int64_t)after_first, &used), 0);
  __builtin_memcpy(&first, buffer, HEAD);
  IS(first.d_ino, second.d_ino);
  IS(first.d_next, second.d_next);
  return 0;
}

static int removed;

static int unlink_it(int dir, const __wasi_dirent_t *entry, const unsigned char *name) {
  if (number_of(name, entry->d_namlen) < 0) return 0;
  removed++;
  return path_unlink_file(dir, name, (int)entry->d_namlen);
}

RULE(fd_readdir_while_every_entry_is_removed_skips_none) {
  removed = 0;
  IS(make_many(dir, 300), 0);
  IS(list(dir, 512, unlink_it), 0);
  IS(removed, 300);
  forget();
  IS(list(dir, 4096, mark), 0);
  for (int i = 0; i < 300; i++) IS(marks[i], 0);
  return 0;
}

static int added;

static int add_one(int dir, const __wasi_dirent_t *entry, const unsigned char *name) {
  if (added < 200) {
    char other[6];
    name_of(500 + added++, other);
    int error = make_file(dir, other, "");
    if (error) return error;
  }
  return mark(dir, entry, name);
}

RULE(fd_readdir_while_entries_come_gives_the_old_ones_once_each) {
  forget();
  added = 0;
  IS(make_many(dir, 100), 0);
  IS(list(dir, 256, add_one), 0);
  for (int i = 0; i < 100; i++) IS(marks[i], 1);
  for (int i = 500; i < 700; i++) HOLDS(marks[i] <= 1);
  return 0;
}

RULE(fd_readdir_of_a_file_or_of_nothing_is_refused) {
  uint32_t used;
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0);
  IS_EITHER(fd_readdir(fd, buffer, 100, 0, &used), E(NOTDIR), E(BADF));
  IS(fd_readdir(999, buffer, 100, 0, &used), E(BADF));
  IS(fd_close(fd), 0);
  return 0;
}
