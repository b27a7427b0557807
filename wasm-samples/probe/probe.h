#ifndef PROBE_H
#define PROBE_H

#include <string.h>

#include "astrid.h"

/* A pointer that is in no memory of less than 4 GiB. */
#define BAD ((void *)0xfffffff0u)
/* Text, and its length. */
#define T(text) (text), (u32)(sizeof(text) - 1)

#define SECOND ((i64)1000000000)

/* Room for what is too large: LARGE bytes. */
#define LARGE 18000000u
char *large(void);

/* One line: the call, how it was called, the errno's name. Returns whether it is 0. */
int show(const char *call, const char *how, int32_t error);

void probe_messages(void);
void probe_pairs(void);
void probe_files(void);
void probe_tokens(void);
void probe_http(void);
void probe_processes(void);
void probe_ungranted(void);
void probe_unknown(void);

#endif
