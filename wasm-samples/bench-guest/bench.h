#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "passes.h"

typedef struct {
  const char *name;
  const char *arguments;
  int count;                /* of required arguments */
  void (*run)(char **args); /* reads its own arguments */
} benchmark;

uint32_t to_number(const char *text);

/* bytes.c */
void bench_read4k(char **args);
void bench_read64k(char **args);
void bench_pread4k(char **args);
void bench_write4k(char **args);
void bench_append100(char **args);
void bench_durable(char **args);
void bench_lines(char **args);
/* names.c */
void bench_openclose(char **args);
void bench_stat(char **args);
void bench_create(char **args);
void bench_readdir(char **args);
void bench_args(char **args);
/* pipes.c */
void bench_pipewrite(char **args);
void bench_piperead(char **args);
void bench_pong(char **args);
void bench_ping(char **args);
/* timed.c */
void bench_open2(char **args);
void bench_stat2(char **args);
void bench_create2(char **args);

#endif
