/* path_open. */
#include "rules.h"

RULE(path_open_creates_with_creat_only) {
  IS(open_at(dir, "f", 0, R(FD_READ), 0), -E(NOENT));
  int fd = open_at(dir, "f", CREAT, READ_WRITE, 0);
  HOLDS(fd > 2);
  IS(fd_close(fd), 0);
  IS(size_at(dir, "f"), 0);
  return 0;
}

RULE(path_open_with_creat_and_excl_refuses_what_is_there) {
  IS(make_file(dir, "f", "kept"), 0);
  IS(open_at(dir, "f", CREAT | EXCL, READ_WRITE, 0), -E(EXIST));
  IS(path_symlink(P("nowhere"), dir, P("dangling")), 0);
  IS(open_at(dir, "dangling", CREAT | EXCL, READ_WRITE, 0), -E(EXIST));
  IS(path_create_directory(dir, P("d")), 0);
  IS(open_at(dir, "d", CREAT | EXCL, READ_WRITE, 0), -E(EXIST));
  HOLDS(has_content(dir, "f", "kept"));
  return 0;
}

RULE(path_open_with_trunc_empties_the_file) {
  IS(make_file(dir, "f", "0123456789"), 0);
  int fd = open_at(dir, "f", TRUNC, READ_WRITE, 0);
  HOLDS(fd > 2);
  IS(size_at(dir, "f"), 0);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(path_open_with_directory_refuses_a_file) {
  IS(make_file(dir, "f", ""), 0);
  IS(open_at(dir, "f", DIRECTORY, R(FD_READ), 0), -E(NOTDIR));
  return 0;
}

RULE(path_open_with_creat_and_directory_is_inval) {
  IS(open_at(dir, "f", CREAT | DIRECTORY, READ_WRITE, 0), -E(INVAL));
  return 0;
}

RULE(path_open_of_a_directory_for_writing_is_isdir) {
  IS(path_create_directory(dir, P("d")), 0);
  IS(open_at(dir, "d", 0, READ_WRITE, 0), -E(ISDIR));
  return 0;
}

RULE(path_open_of_a_directory_can_be_walked_from) {
  IS(path_create_directory(dir, P("d")), 0);
  int inner = open_at(dir, "d", DIRECTORY, WALK, 0);
  HOLDS(inner > 2);
  IS(make_file(inner, "f", "inside"), 0);
  HOLDS(has_content(dir, "d/f", "inside"));
  IS(fd_close(inner), 0);
  return 0;
}

RULE(path_open_through_a_file_is_notdir) {
  IS(make_file(dir, "f", ""), 0);
  IS(open_at(dir, "f/g", 0, R(FD_READ), 0), -E(NOTDIR));
  IS(open_at(dir, "f/g", CREAT, READ_WRITE, 0), -E(NOTDIR));
  IS(open_at(dir, "f/", 0, R(FD_READ), 0), -E(NOTDIR));
  return 0;
}

RULE(path_open_in_a_directory_that_is_not_there_is_noent) {
  IS(open_at(dir, "no/f", CREAT, READ_WRITE, 0), -E(NOENT));
  IS(open_at(dir, "", 0, R(FD_READ), 0), -E(NOENT));
  return 0;
}

RULE(path_open_creating_with_a_slash_at_the_end_is_refused) {
  int error = -open_at(dir, "new/", CREAT, READ_WRITE, 0);
  HOLDS(error == E(ISDIR) || error == E(NOENT) || error == E(NOTDIR) || error == E(INVAL));
  IS(size_at(dir, "new"), -E(NOENT));
  return 0;
}

RULE(path_open_follows_links_to_files_at_the_end_when_told_to) {
  IS(make_file(dir, "f", "target"), 0);
  IS(path_symlink(P("f"), dir, P("link")), 0);
  HOLDS(has_content(dir, "link", "target"));
  IS_EITHER(open_nofollow(dir, "link", 0, R(FD_READ), 0), -E(LOOP), -E(MLINK));
  return 0;
}

RULE(path_open_of_a_dangling_link_is_noent_and_creates_its_target_with_creat) {
  IS(path_symlink(P("target"), dir, P("link")), 0);
  IS(open_at(dir, "link", 0, R(FD_READ), 0), -E(NOENT));
  int fd = open_at(dir, "link", CREAT, READ_WRITE, 0);
  HOLDS(fd > 2);
  IS(fd_close(fd), 0);
  IS(size_at(dir, "target"), 0);
  return 0;
}

RULE(path_open_of_links_in_a_circle_is_loop) {
  IS(path_symlink(P("b"), dir, P("a")), 0);
  IS(path_symlink(P("a"), dir, P("b")), 0);
  IS(path_symlink(P("self"), dir, P("self")), 0);
  IS(open_at(dir, "a", 0, R(FD_READ), 0), -E(LOOP));
  IS(open_at(dir, "self/x", 0, R(FD_READ), 0), -E(LOOP));
  return 0;
}

RULE(path_open_follows_chains_of_links_and_dot_dot_on_the_real_tree) {
  IS(path_create_directory(dir, P("a")), 0);
  IS(path_create_directory(dir, P("a/b")), 0);
  IS(path_create_directory(dir, P("c")), 0);
  IS(make_file(dir, "a/f", "in a"), 0);
  IS(make_file(dir, "f", "at the top"), 0);
  IS(path_symlink(P("../a/b"), dir, P("c/one")), 0);
  IS(path_symlink(P("c/one"), dir, P("two")), 0);
  HOLDS(has_content(dir, "two/../f", "in a"));
  HOLDS(has_content(dir, "c/one/../../f", "at the top"));
  HOLDS(has_content(dir, "./a/./b/../../f", "at the top"));
  return 0;
}

RULE(path_open_never_leaves_its_directory) {
  static const char *const ways[] = {"..", "../..", "/", "/etc", "d/../..", "d/../../x", "out", "out/f", "up/..", "abs"};
  IS(path_create_directory(dir, P("d")), 0);
  IS(path_symlink(P(".."), dir, P("out")), 0);
  IS(path_symlink(P("d/../.."), dir, P("up")), 0);
  (void)path_symlink(P("/etc"), dir, P("abs"));
  for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
    int error = -open_at(dir, ways[i], 0, R(FD_READ), 0);
    HOLDS(error == E(PERM) || error == E(NOTCAPABLE) || error == E(NOENT));
  }
  int error = -open_at(dir, "../made", CREAT, READ_WRITE, 0);
  HOLDS(error == E(PERM) || error == E(NOTCAPABLE));
  return 0;
}

RULE(path_open_of_a_name_that_is_not_utf8_is_ilseq) {
  IS_EITHER(open_at(dir, "bad\xff", CREAT, READ_WRITE, 0), -E(ILSEQ), -E(INVAL));
  IS_EITHER(open_at(dir, "\xed\xa0\x80", CREAT, READ_WRITE, 0), -E(ILSEQ), -E(INVAL));
  int fd = open_at(dir, "\xc3\xbc \xf0\x9f\x93\x84", CREAT, READ_WRITE, 0);
  HOLDS(fd > 2);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(path_open_of_a_path_with_nul_is_refused) {
  int fd;
  int error = path_open(dir, 0, "a\0b", 3, CREAT, READ_WRITE, 0, 0, &fd);
  HOLDS(error == E(INVAL) || error == E(ILSEQ));
  return 0;
}

RULE(path_open_of_a_name_that_is_too_long_is_nametoolong) {
  char name[300];
  fill(name, 'n', 299);
  name[299] = 0;
  IS(open_at(dir, name, CREAT, READ_WRITE, 0), -E(NAMETOOLONG));
  name[255] = 0;
  int fd = open_at(dir, name, CREAT, READ_WRITE, 0);
  HOLDS(fd > 2);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(path_open_from_a_file_or_from_nothing_is_refused) {
  int file = open_at(dir, "f", CREAT, READ_WRITE, 0);
  IS_EITHER(open_at(file, "x", 0, R(FD_READ), 0), -E(NOTDIR), -E(BADF));
  IS(open_at(999, "x", 0, R(FD_READ), 0), -E(BADF));
  IS(fd_close(file), 0);
  return 0;
}

RULE(path_open_keeps_a_file_alive_that_loses_its_name) {
  IS(make_file(dir, "f", "still here"), 0);
  int fd = open_at(dir, "f", 0, READ_WRITE, 0);
  IS(path_unlink_file(dir, P("f")), 0);
  IS(make_file(dir, "f", "another"), 0);
  char text[10];
  IS(read_bytes(fd, text, 10), 10);
  HOLDS(equal(text, "still here", 10));
  __wasi_filestat_t stat;
  IS(fd_filestat_get(fd, &stat), 0);
  IS(stat.nlink, 0);
  IS(fd_close(fd), 0);
  HOLDS(has_content(dir, "f", "another"));
  return 0;
}
