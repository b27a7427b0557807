/* bench NAME ARGUMENTS… [--passes=K]: see README.md. Works in the directory preopened as `.`, else in descriptor 3. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const benchmark benchmarks[] = {
    {"read4k", "FILE_MIB N", 2, bench_read4k},     {"read64k", "FILE_MIB N", 2, bench_read64k},
    {"pread4k", "FILE_MIB N", 2, bench_pread4k},   {"write4k", "MIB", 1, bench_write4k},
    {"append100", "N", 1, bench_append100},        {"openclose", "N", 1, bench_openclose},
    {"stat", "N", 1, bench_stat},                  {"create", "N", 1, bench_create},
    {"readdir", "N", 1, bench_readdir},            {"args", "N", 1, bench_args},
    {"lines", "N", 1, bench_lines},                {"open2", "DIRECTORY SECONDS", 2, bench_open2},
    {"stat2", "DIRECTORY SECONDS", 2, bench_stat2}, {"create2", "DIRECTORY SECONDS", 2, bench_create2},
    {"durable", "MIB", 1, bench_durable},         {"pipewrite", "MIB", 1, bench_pipewrite},
    {"piperead", "MIB", 1, bench_piperead},       {"pong", "", 0, bench_pong},
    {"ping", "PORT N", 2, bench_ping},
};

uint32_t to_number(const char *text) {
  char *end;
  unsigned long number = strtoul(text, &end, 10);
  if (*end != '\0' || number == 0 || number > UINT32_MAX / KIB) fail("an argument is not a number from 1 to 4194303");
  return (uint32_t)number;
}

static void usage(void) {
  for (size_t i = 0; i < sizeof benchmarks / sizeof *benchmarks; i++) report("bench %s %s", benchmarks[i].name, benchmarks[i].arguments);
}

int main(int argc, char **argv) {
  if (argc > 1 && strncmp(argv[argc - 1], "--passes=", 9) == 0) pass_count = to_number(argv[--argc] + 9);
  for (size_t i = 0; argc > 1 && i < sizeof benchmarks / sizeof *benchmarks; i++) {
    if (strcmp(argv[1], benchmarks[i].name) != 0 || argc - 2 != benchmarks[i].count) continue;
    bench_name = argv[1];
    find_root();
    benchmarks[i].run(argv + 2);
    return 0;
  }
  usage();
  return 2;
}
