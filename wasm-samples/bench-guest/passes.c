#include "passes.h"

uint32_t pass_count = 5;

static uint64_t started, elapsed;

void pass_start(void) { started = now_ns(); }

void pass_stop(void) { elapsed = now_ns() - started; }

/* Tenths of a nanosecond for one operation. */
static uint64_t measure(work *job, pass *once) {
  once(job);
  return job->n == 0 ? 0 : elapsed * 10 / job->n;
}

void run_passes(work *job, pass *once) {
  uint64_t cold = measure(job, once);
  for (uint32_t i = 0; i < pass_count; i++) {
    uint64_t steady = measure(job, once);
    report("{\"name\":\"%s\",\"pass\":%u,\"cold_ns\":%llu.%llu,\"ns\":%llu.%llu,\"n\":%llu,\"bytes\":%llu}", bench_name, (unsigned)i,
           (unsigned long long)(cold / 10), (unsigned long long)(cold % 10), (unsigned long long)(steady / 10),
           (unsigned long long)(steady % 10), (unsigned long long)job->n, (unsigned long long)job->bytes);
  }
}
