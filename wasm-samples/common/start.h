/* Preview 1 has no working directory: the runner names it in PWD, and wasi-libc keeps the current directory itself.
   Without PWD, or where PWD is not among the preopened directories, relative paths stay relative to the preopen. */
#ifndef SAMPLES_START_H
#define SAMPLES_START_H

#include <stdlib.h>
#include <unistd.h>

static inline void enter_working_directory(void) {
  const char *pwd = getenv("PWD");
  if (pwd != NULL && pwd[0] == '/') (void)!chdir(pwd);
}

#endif
