/* fd_read, fd_write, fd_pread, fd_pwrite, fd_seek, fd_tell. */
#include "rules.h"

#define SET __WASI_WHENCE_SET
#define CUR __WASI_WHENCE_CUR
#define END __WASI_WHENCE_END

static int fresh(int dir, const char *content) {
  make_file(dir, "f", content);
  return open_at(dir, "f", 0, READ_WRITE, 0);
}

static int pread_at(int fd, void *bytes, int count, int64_t offset) {
  __wasi_iovec_t vector = {bytes, (size_t)count};
  size_t taken = 0;
  int error = fd_pread(fd, &vector, 1, offset, &taken);
  return error ? -error : (int)taken;
}

static int pwrite_at(int fd, const void *bytes, int count, int64_t offset) {
  __wasi_ciovec_t vector = {bytes, (size_t)count};
  size_t written = 0;
  int error = fd_pwrite(fd, &vector, 1, offset, &written);
  return error ? -error : (int)written;
}

RULE(fd_read_fills_the_vectors_in_order_and_stops_at_the_end) {
  int fd = fresh(dir, "0123456789");
  char one[3], none[1], two[4], rest[8];
  __wasi_iovec_t vectors[] = {{(void *)one, 3}, {(void *)none, 0}, {(void *)two, 4}, {(void *)rest, 8}};
  size_t taken = 0, total = 0;
  char *all = (char[16]){0};
  /* A call may give less than all that there is; it gives something unless it is at the end. */
  IS(fd_read(fd, vectors, 4, &taken), 0);
  HOLDS(taken > 0 && taken <= 10);
  IS(seek(fd, 0, SET), 0);
  do {
    IS(read_bytes(fd, all + total, 16 - (int)total) >= 0, 1);
    total = (size_t)seek(fd, 0, CUR);
  } while (total < 10);
  HOLDS(equal(all, "0123456789", 10));
  IS(read_bytes(fd, rest, 8), 0);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_read_of_a_descriptor_opened_for_writing_only_is_badf) {
  int fd = open_at(dir, "f", CREAT, R(FD_WRITE), 0);
  char byte;
  IS_EITHER(read_bytes(fd, &byte, 1), -E(BADF), -E(NOTCAPABLE));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_read_of_a_directory_is_refused) {
  char byte;
  IS_EITHER(read_bytes(dir, &byte, 1), -E(BADF), -E(ISDIR));
  return 0;
}

RULE(fd_write_writes_the_vectors_in_order_and_moves_on) {
  int fd = fresh(dir, "");
  IS(write_bytes(fd, "0123", 4), 4);
  IS(write_bytes(fd, "45", 2), 2);
  IS(seek(fd, 0, CUR), 6);
  HOLDS(has_content(dir, "f", "012345"));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_write_of_a_descriptor_opened_for_reading_only_is_badf) {
  IS(make_file(dir, "f", "kept"), 0);
  int fd = open_at(dir, "f", 0, R(FD_READ), 0);
  IS_EITHER(write_bytes(fd, "x", 1), -E(BADF), -E(NOTCAPABLE));
  HOLDS(has_content(dir, "f", "kept"));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_write_beyond_the_end_leaves_zeros_between) {
  int fd = fresh(dir, "ab");
  IS(seek(fd, 6, SET), 6);
  IS(size_at(dir, "f"), 2);
  IS(write_bytes(fd, "z", 1), 1);
  char found[7];
  IS(pread_at(fd, found, 7, 0), 7);
  HOLDS(equal(found, "ab\0\0\0\0z", 7));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_write_with_append_goes_to_the_end_whatever_the_offset) {
  IS(make_file(dir, "f", "start"), 0);
  int fd = open_at(dir, "f", 0, READ_WRITE, __WASI_FDFLAGS_APPEND);
  IS(seek(fd, 0, SET), 0);
  IS(write_bytes(fd, "+", 1), 1);
  HOLDS(has_content(dir, "f", "start+"));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_write_of_no_bytes_changes_nothing) {
  int fd = fresh(dir, "abc");
  size_t written = 9;
  IS(fd_write(fd, (void *)8, 0, &written), 0);
  IS(written, 0);
  IS(write_bytes(fd, "", 0), 0);
  IS(size_at(dir, "f"), 3);
  IS(seek(fd, 0, CUR), 0);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_pread_reads_at_an_offset_and_leaves_the_own_one) {
  int fd = fresh(dir, "0123456789");
  IS(seek(fd, 2, SET), 2);
  char found[4];
  IS(pread_at(fd, found, 4, 5), 4);
  HOLDS(equal(found, "5678", 4));
  IS(seek(fd, 0, CUR), 2);
  IS(pread_at(fd, found, 4, 10), 0);
  IS(pread_at(fd, found, 4, 1ll << 40), 0);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_pread_at_the_largest_offset_is_the_end_or_inval) {
  int fd = fresh(dir, "0123456789");
  char found[4];
  IS_EITHER(pread_at(fd, found, 4, INT64_MAX), 0, -E(INVAL));
  IS(pread_at(fd, found, 4, -1), -E(INVAL));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_pwrite_writes_at_an_offset_and_leaves_the_own_one) {
  int fd = fresh(dir, "0123456789");
  IS(seek(fd, 2, SET), 2);
  IS(pwrite_at(fd, "XY", 2, 5), 2);
  IS(seek(fd, 0, CUR), 2);
  HOLDS(has_content(dir, "f", "01234XY789"));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_pwrite_too_far_is_fbig_or_inval) {
  int fd = fresh(dir, "");
  IS_EITHER(pwrite_at(fd, "x", 1, INT64_MAX), -E(FBIG), -E(INVAL));
  IS_EITHER(pwrite_at(fd, "x", 1, INT64_MAX - 1), -E(FBIG), -E(INVAL));
  IS(pwrite_at(fd, "x", 1, -1), -E(INVAL));
  IS(size_at(dir, "f"), 0);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_seek_counts_from_start_place_and_end) {
  int fd = fresh(dir, "0123456789");
  IS(seek(fd, 3, SET), 3);
  IS(seek(fd, 4, CUR), 7);
  IS(seek(fd, -2, CUR), 5);
  IS(seek(fd, -1, END), 9);
  IS(seek(fd, 90, END), 100);
  char byte;
  IS(read_bytes(fd, &byte, 1), 0);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_seek_before_the_start_is_inval_and_stays) {
  int fd = fresh(dir, "0123456789");
  IS(seek(fd, 4, SET), 4);
  IS(seek(fd, -1, SET), -E(INVAL));
  IS(seek(fd, -5, CUR), -E(INVAL));
  IS(seek(fd, -11, END), -E(INVAL));
  IS(seek(fd, 0, CUR), 4);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_seek_takes_offsets_beyond_four_gigabytes) {
  int fd = fresh(dir, "x");
  IS(seek(fd, 5000000000, SET), 5000000000);
  IS(seek(fd, 1, CUR), 5000000001);
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_tell_is_where_the_next_byte_is) {
  int fd = fresh(dir, "0123456789");
  uint64_t position = 99;
  IS(fd_tell(fd, &position), 0);
  IS(position, 0);
  char three[3];
  IS(read_bytes(fd, three, 3), 3);
  IS(fd_tell(fd, &position), 0);
  IS(position, 3);
  IS(fd_tell(999, &position), E(BADF));
  IS(fd_close(fd), 0);
  return 0;
}

RULE(fd_seek_and_tell_of_a_directory_are_refused) {
  IS_EITHER(seek(dir, 0, SET), -E(BADF), -E(ISDIR));
  uint64_t position;
  IS_EITHER(fd_tell(dir, &position), E(BADF), E(ISDIR));
  return 0;
}

RULE(two_descriptions_of_one_file_have_offsets_of_their_own) {
  int one = fresh(dir, "0123456789"), other = open_at(dir, "f", 0, READ_WRITE, 0);
  char byte;
  IS(seek(one, 5, SET), 5);
  IS(read_bytes(other, &byte, 1), 1);
  IS(byte, '0');
  IS(write_bytes(one, "X", 1), 1);
  IS(pread_at(other, &byte, 1, 5), 1);
  IS(byte, 'X');
  IS(fd_close(one), 0);
  IS(fd_close(other), 0);
  return 0;
}
