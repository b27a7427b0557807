/* astrid_mock.h: the host in memory, for unit tests on the machine itself. Link astrid_mock.c and astrid_mock_files.c in the place of the host.

   One program, or several that take turns: everything that is called counts as called by the process that astrid_mock_as named last.
   Nothing ever waits: what would wait for ever is ASTRID_EDEADLK; what has a deadline moves the mock's clock there. */
#ifndef ASTRID_MOCK_H
#define ASTRID_MOCK_H
#include "astrid.h"

/* Forgets everything: no messages, keys, files but the empty directory "/home" (a preopen, descriptor 3), handles; pid 1; time 0. */
void astrid_mock_reset(void);

/* The calls from here on are those of process `pid`. */
void astrid_mock_as(uint32_t pid);

/* The next call of the host's function of this name ("publish", "kv_set") fails with `error`. */
void astrid_mock_fail(const char *name, int error);

/* What astrid_http_send gets for `url`: the response as it goes over the wire, head and body. Both live as long as they are needed. */
void astrid_mock_http(const char *url, const char *response);

/* What astrid_cap_request answers from now on; by default ASTRID_EACCES. With 0 and an action of kind "file" the token stands for "/home". */
void astrid_mock_answer(int error);

/* What programs that are started exit with; by default 0. */
void astrid_mock_exit(int32_t status);

/* The last line that was logged, ended by NUL; empty for none. */
const char *astrid_mock_logged(void);

/* For astrid_mock_files.c: whether this call is to fail; handles (numbers from 16 on) with what they stand for. */
int astrid_mock_failure(const char *name);
enum { ASTRID_MOCK_MAILBOX = 1, ASTRID_MOCK_REPLY, ASTRID_MOCK_STREAM, ASTRID_MOCK_FILE };
struct astrid_mock_handle { int kind; void *object; uint32_t rights; uint64_t offset; int64_t deadline; bool append; };
int32_t astrid_mock_open(int kind, void *object);
struct astrid_mock_handle *astrid_mock_handle(int32_t handle);
uint32_t astrid_mock_current(void);
int64_t astrid_mock_now(void);
void astrid_mock_reset_files(void);
int astrid_mock_stat(int32_t handle, uint8_t out[64]);
int astrid_mock_read(struct astrid_mock_handle *handle, void *room, uint32_t size, uint32_t *count);
#endif
