/* path_create_directory, path_remove_directory, path_unlink_file, path_rename, path_link. */
#include "rules.h"

RULE(path_create_directory_makes_one_level) {
  __wasi_filestat_t stat;
  IS(path_create_directory(dir, P("d")), 0);
  IS(lstat_at(dir, "d", &stat), 0);
  IS(stat.filetype, __WASI_FILETYPE_DIRECTORY);
  IS(path_create_directory(dir, P("d")), E(EXIST));
  IS(path_create_directory(dir, P("no/d")), E(NOENT));
  IS(path_create_directory(dir, P("d/e/")), 0);
  IS(make_file(dir, "f", ""), 0);
  IS(path_create_directory(dir, P("f")), E(EXIST));
  IS(path_create_directory(dir, P("f/d")), E(NOTDIR));
  return 0;
}

RULE(path_remove_directory_removes_empty_directories_only) {
  IS(path_create_directory(dir, P("d")), 0);
  IS(make_file(dir, "d/f", ""), 0);
  IS(path_remove_directory(dir, P("d")), E(NOTEMPTY));
  IS(path_unlink_file(dir, P("d/f")), 0);
  IS(path_remove_directory(dir, P("d")), 0);
  IS(path_remove_directory(dir, P("d")), E(NOENT));
  IS(make_file(dir, "f", ""), 0);
  IS(path_remove_directory(dir, P("f")), E(NOTDIR));
  IS(path_symlink(P("d"), dir, P("link")), 0);
  IS(path_remove_directory(dir, P("link")), E(NOTDIR));
  return 0;
}

RULE(path_remove_directory_of_dot_or_dot_dot_is_refused) {
  IS(path_create_directory(dir, P("d")), 0);
  HOLDS(path_remove_directory(dir, P("d/.")) != 0);
  HOLDS(path_remove_directory(dir, P(".")) != 0);
  HOLDS(path_remove_directory(dir, P("d/..")) != 0);
  return 0;
}

RULE(path_remove_directory_with_a_slash_at_the_end_removes_it) {
  IS(path_create_directory(dir, P("d")), 0);
  IS(path_remove_directory(dir, P("d/")), 0);
  return 0;
}

RULE(path_unlink_file_removes_files_and_links_themselves) {
  IS(make_file(dir, "f", "kept"), 0);
  IS(path_symlink(P("f"), dir, P("link")), 0);
  IS(path_unlink_file(dir, P("link")), 0);
  HOLDS(has_content(dir, "f", "kept"));
  IS(path_unlink_file(dir, P("f")), 0);
  IS(path_unlink_file(dir, P("f")), E(NOENT));
  return 0;
}

RULE(path_unlink_file_of_a_directory_is_refused) {
  IS(path_create_directory(dir, P("d")), 0);
  IS_EITHER(path_unlink_file(dir, P("d")), E(ISDIR), E(PERM));
  IS(path_remove_directory(dir, P("d")), 0);
  return 0;
}

RULE(path_unlink_file_with_a_slash_at_the_end_is_refused) {
  IS(make_file(dir, "f", "kept"), 0);
  int error = path_unlink_file(dir, P("f/"));
  HOLDS(error == E(NOTDIR) || error == E(NOENT));
  HOLDS(has_content(dir, "f", "kept"));
  return 0;
}

RULE(path_rename_moves_files_and_replaces_what_is_there) {
  IS(make_file(dir, "a", "from a"), 0);
  IS(make_file(dir, "b", "from b"), 0);
  IS(path_rename(dir, P("a"), dir, P("b")), 0);
  IS(size_at(dir, "a"), -E(NOENT));
  HOLDS(has_content(dir, "b", "from a"));
  return 0;
}

RULE(path_rename_between_directories_keeps_the_inode) {
  __wasi_filestat_t before, after;
  IS(path_create_directory(dir, P("d")), 0);
  IS(make_file(dir, "a", "text"), 0);
  int inner = open_at(dir, "d", DIRECTORY, WALK, 0);
  IS(lstat_at(dir, "a", &before), 0);
  IS(path_rename(dir, P("a"), inner, P("b")), 0);
  IS(lstat_at(dir, "d/b", &after), 0);
  IS(after.ino, before.ino);
  IS(fd_close(inner), 0);
  return 0;
}

RULE(path_rename_over_an_empty_directory_only) {
  IS(path_create_directory(dir, P("a")), 0);
  IS(make_file(dir, "a/f", "moved"), 0);
  IS(path_create_directory(dir, P("empty")), 0);
  IS(path_create_directory(dir, P("full")), 0);
  IS(make_file(dir, "full/x", ""), 0);
  IS(path_rename(dir, P("a"), dir, P("full")), E(NOTEMPTY));
  IS(path_rename(dir, P("a"), dir, P("empty")), 0);
  HOLDS(has_content(dir, "empty/f", "moved"));
  return 0;
}

RULE(path_rename_of_a_directory_over_a_file_and_the_reverse_are_refused) {
  IS(path_create_directory(dir, P("d")), 0);
  IS(make_file(dir, "f", ""), 0);
  IS(path_rename(dir, P("d"), dir, P("f")), E(NOTDIR));
  IS(path_rename(dir, P("f"), dir, P("d")), E(ISDIR));
  return 0;
}

RULE(path_rename_of_a_directory_into_itself_is_inval) {
  IS(path_create_directory(dir, P("d")), 0);
  IS(path_create_directory(dir, P("d/e")), 0);
  IS(path_rename(dir, P("d"), dir, P("d/e/f")), E(INVAL));
  IS(path_rename(dir, P("d"), dir, P("d/g")), E(INVAL));
  return 0;
}

RULE(path_rename_onto_itself_changes_nothing) {
  IS(make_file(dir, "f", "kept"), 0);
  IS(path_rename(dir, P("f"), dir, P("f")), 0);
  IS(path_link(dir, 0, P("f"), dir, P("g")), 0);
  IS(path_rename(dir, P("f"), dir, P("g")), 0);
  HOLDS(has_content(dir, "g", "kept"));
  return 0;
}

RULE(path_rename_of_what_is_not_there_is_noent) {
  IS(path_rename(dir, P("no"), dir, P("x")), E(NOENT));
  IS(make_file(dir, "f", ""), 0);
  IS(path_rename(dir, P("f"), dir, P("no/x")), E(NOENT));
  IS(path_rename(999, P("f"), dir, P("x")), E(BADF));
  return 0;
}

RULE(path_rename_moves_a_link_and_not_its_target) {
  IS(make_file(dir, "f", "target"), 0);
  IS(path_symlink(P("f"), dir, P("link")), 0);
  IS(path_rename(dir, P("link"), dir, P("moved")), 0);
  __wasi_filestat_t stat;
  IS(lstat_at(dir, "moved", &stat), 0);
  IS(stat.filetype, __WASI_FILETYPE_SYMBOLIC_LINK);
  HOLDS(has_content(dir, "moved", "target"));
  return 0;
}

RULE(path_link_gives_one_file_two_names) {
  __wasi_filestat_t one, other;
  IS(make_file(dir, "a", "shared"), 0);
  IS(path_link(dir, 0, P("a"), dir, P("b")), 0);
  IS(lstat_at(dir, "a", &one), 0);
  IS(lstat_at(dir, "b", &other), 0);
  IS(one.ino, other.ino);
  IS(one.nlink, 2);
  int fd = open_at(dir, "b", 0, READ_WRITE, 0);
  IS(write_bytes(fd, "S", 1), 1);
  IS(fd_close(fd), 0);
  HOLDS(has_content(dir, "a", "Shared"));
  IS(path_unlink_file(dir, P("a")), 0);
  IS(lstat_at(dir, "b", &other), 0);
  IS(other.nlink, 1);
  return 0;
}

RULE(path_link_refuses_names_in_use_directories_and_what_is_not_there) {
  IS(make_file(dir, "f", ""), 0);
  IS(path_create_directory(dir, P("d")), 0);
  IS(path_link(dir, 0, P("f"), dir, P("d")), E(EXIST));
  IS(path_link(dir, 0, P("f"), dir, P("f")), E(EXIST));
  IS_EITHER(path_link(dir, 0, P("d"), dir, P("e")), E(PERM), E(ACCES));
  IS(path_link(dir, 0, P("no"), dir, P("x")), E(NOENT));
  return 0;
}

RULE(path_link_of_a_link_links_the_link) {
  IS(make_file(dir, "f", "target"), 0);
  IS(path_symlink(P("f"), dir, P("link")), 0);
  IS(path_link(dir, 0, P("link"), dir, P("second")), 0);
  __wasi_filestat_t stat;
  IS(lstat_at(dir, "second", &stat), 0);
  IS(stat.filetype, __WASI_FILETYPE_SYMBOLIC_LINK);
  return 0;
}

RULE(names_never_leave_their_directory) {
  IS(make_file(dir, "f", ""), 0);
  int error = path_create_directory(dir, P("../made"));
  HOLDS(error == E(PERM) || error == E(NOTCAPABLE));
  error = path_rename(dir, P("f"), dir, P("../made"));
  HOLDS(error == E(PERM) || error == E(NOTCAPABLE));
  error = path_link(dir, 0, P("f"), dir, P("../made"));
  HOLDS(error == E(PERM) || error == E(NOTCAPABLE));
  error = path_unlink_file(dir, P("../made"));
  HOLDS(error == E(PERM) || error == E(NOTCAPABLE));
  error = path_symlink(P("x"), dir, P("../made"));
  HOLDS(error == E(PERM) || error == E(NOTCAPABLE));
  return 0;
}
