/* kibi opens /dev/tty anew for each part of an answer, with a buffer that it then drops: a terminal must give it a byte at a time. */
#include <unistd.h>

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size) { return __real_read(fd, bytes, size > 1 && isatty(fd) ? 1 : size); }
