/* path_symlink, path_readlink, path_filestat_get, path_filestat_set_times. */
#include "rules.h"

static int target_of(int dir, const char *path, char *to, int room) {
  uint32_t used = 0;
  int error = path_readlink(dir, path, length(path), to, room, &used);
  return error ? -error : (int)used;
}

RULE(path_symlink_keeps_its_target_as_it_is) {
  char target[32];
  IS(path_symlink(P("some/../where"), dir, P("link")), 0);
  IS(target_of(dir, "link", target, 32), 13);
  HOLDS(equal(target, "some/../where", 13));
  return 0;
}

RULE(path_symlink_refuses_names_in_use) {
  IS(make_file(dir, "f", ""), 0);
  IS(path_symlink(P("x"), dir, P("f")), E(EXIST));
  IS(path_symlink(P("x"), dir, P("link")), 0);
  IS(path_symlink(P("y"), dir, P("link")), E(EXIST));
  IS(path_symlink(P("x"), dir, P("no/link")), E(NOENT));
  return 0;
}

RULE(path_symlink_to_an_absolute_path_is_refused_or_leads_nowhere_outside) {
  int error = path_symlink(P("/etc/passwd"), dir, P("link"));
  if (error == 0) {
    int fd = -open_at(dir, "link", 0, R(FD_READ), 0);
    HOLDS(fd == E(PERM) || fd == E(NOTCAPABLE) || fd == E(NOENT));
  } else {
    HOLDS(error == E(PERM) || error == E(NOTCAPABLE));
  }
  return 0;
}

RULE(path_readlink_cuts_the_target_where_the_buffer_ends) {
  char target[5] = "xxxx";
  IS(path_symlink(P("0123456789"), dir, P("link")), 0);
  IS(target_of(dir, "link", target, 4), 4);
  HOLDS(equal(target, "0123", 4));
  IS(target[4], 0);
  return 0;
}

RULE(path_readlink_of_what_is_no_link_is_inval) {
  char target[4];
  IS(make_file(dir, "f", ""), 0);
  IS(target_of(dir, "f", target, 4), -E(INVAL));
  IS(target_of(dir, "no", target, 4), -E(NOENT));
  return 0;
}

RULE(path_filestat_get_follows_a_link_only_when_told_to) {
  __wasi_filestat_t stat;
  IS(make_file(dir, "f", "12345"), 0);
  IS(path_symlink(P("f"), dir, P("link")), 0);
  IS(lstat_at(dir, "link", &stat), 0);
  IS(stat.filetype, __WASI_FILETYPE_SYMBOLIC_LINK);
  IS(stat.size, 1);
  IS(path_filestat_get(dir, FOLLOW, P("link"), &stat), 0);
  IS(stat.filetype, __WASI_FILETYPE_REGULAR_FILE);
  IS(stat.size, 5);
  return 0;
}

RULE(path_filestat_get_of_a_link_with_a_slash_at_the_end_is_its_directory) {
  __wasi_filestat_t stat;
  IS(path_create_directory(dir, P("d")), 0);
  IS(path_symlink(P("d"), dir, P("link")), 0);
  IS(path_filestat_get(dir, 0, P("link/"), &stat), 0);
  IS(stat.filetype, __WASI_FILETYPE_DIRECTORY);
  IS(make_file(dir, "f", ""), 0);
  IS(path_filestat_get(dir, 0, P("f/"), &stat), E(NOTDIR));
  return 0;
}

RULE(path_filestat_get_of_what_is_not_there_is_noent) {
  __wasi_filestat_t stat;
  IS(lstat_at(dir, "no", &stat), E(NOENT));
  IS(path_filestat_get(dir, FOLLOW, P(""), &stat), E(NOENT));
  IS(path_filestat_get(999, FOLLOW, P("x"), &stat), E(BADF));
  return 0;
}

RULE(path_filestat_set_times_sets_a_file_or_the_link_itself) {
  __wasi_filestat_t stat;
  IS(make_file(dir, "f", ""), 0);
  IS(path_symlink(P("f"), dir, P("link")), 0);
  IS(path_filestat_set_times(dir, FOLLOW, P("link"), 5000000000, 6000000000, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM), 0);
  IS(lstat_at(dir, "f", &stat), 0);
  IS(stat.atim, 5000000000);
  IS(stat.mtim, 6000000000);
  IS(path_filestat_set_times(dir, 0, P("link"), 0, 7000000000, __WASI_FSTFLAGS_MTIM), 0);
  IS(lstat_at(dir, "link", &stat), 0);
  IS(stat.mtim, 7000000000);
  IS(lstat_at(dir, "f", &stat), 0);
  IS(stat.mtim, 6000000000);
  return 0;
}

RULE(path_filestat_set_times_refuses_what_contradicts_itself) {
  IS(make_file(dir, "f", ""), 0);
  IS(path_filestat_set_times(dir, 0, P("f"), 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW), E(INVAL));
  IS(path_filestat_set_times(dir, 0, P("no"), 0, 0, __WASI_FSTFLAGS_MTIM_NOW), E(NOENT));
  return 0;
}
