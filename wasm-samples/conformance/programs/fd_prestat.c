/* fd_prestat_get, fd_prestat_dir_name. The runner gives one directory, "/scratch". */
#include "rules.h"

RULE(fd_prestat_get_tells_the_length_of_the_name) {
  __wasi_prestat_t prestat;
  IS(fd_prestat_get(3, &prestat), 0);
  IS(prestat.tag, __WASI_PREOPENTYPE_DIR);
  IS(prestat.u.dir.pr_name_len, 8);
  return 0;
}

RULE(fd_prestat_dir_name_gives_the_name_without_an_end) {
  char name[10];
  fill(name, 'x', 10);
  IS(fd_prestat_dir_name(3, name, 8), 0);
  HOLDS(equal(name, "/scratchxx", 10));
  return 0;
}

RULE(fd_prestat_dir_name_into_too_little_room_is_nametoolong) {
  char name[8];
  IS(fd_prestat_dir_name(3, name, 7), E(NAMETOOLONG));
  return 0;
}

RULE(fd_prestat_of_what_is_no_preopen_is_badf) {
  __wasi_prestat_t prestat;
  char name[8];
  IS(fd_prestat_get(dir, &prestat), E(BADF));
  IS(fd_prestat_get(4242, &prestat), E(BADF));
  IS_EITHER(fd_prestat_dir_name(4242, name, 8), E(BADF), E(NOTDIR));
  return 0;
}
