/* A benchmark is passes over the same work: the first tells the cold cost, the others the steady one. */
#ifndef BENCH_PASSES_H
#define BENCH_PASSES_H

#include "host.h"

typedef struct {
  uint64_t n;     /* operations in a pass */
  uint64_t bytes; /* bytes moved by a pass; 0 where that says nothing */
  uint32_t a, b;  /* the benchmark's own */
} work;

/* One pass. Work that is not to be measured goes before pass_start() or after pass_stop(). */
typedef void pass(work *job);

void pass_start(void);
void pass_stop(void);

/* Passes after the cold one; 5 unless the command line says --passes=K. */
extern uint32_t pass_count;

/* Runs one cold and pass_count steady passes and prints a line for each of the latter:
   {"name","pass","cold_ns","ns","n","bytes"}; both times are nanoseconds for one operation. */
void run_passes(work *job, pass *once);

#endif
