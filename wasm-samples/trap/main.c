/* trap [KIND]: says what it is about to do, then traps. Each kind ends a WebAssembly instance in another way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int zero = 0;
static volatile int sink = 0;

static void by_unreachable(void) { __builtin_trap(); }

static void by_memory(void) { sink = *(volatile int *)0xfffffff0u; }

static void by_division(void) { sink = 7 / zero; }

/* Calls itself in both arms, so that no compiler makes a loop of it, and keeps nothing on the stack in linear memory: it
   is the host's own stack that runs out. */
__attribute__((noinline)) static int deeper(int n) {
  if (n < zero) return n;
  int below = deeper(n + 1);
  return below + (zero == 0 ? deeper(n + 2) : n);
}

static void by_stack(void) { sink = deeper(0); }

/* Volatile, so that the call stays indirect and meets the check of its signature. */
static void (*volatile stranger)(void) = by_unreachable;

static void by_table(void) { sink = ((int (*)(double))stranger)(1.0); }

static const struct {
  const char *name;
  void (*run)(void);
} kinds[] = {{"unreachable", by_unreachable}, {"memory", by_memory}, {"divide", by_division},
             {"stack", by_stack},             {"table", by_table},   {"abort", abort}};

int main(int argc, char **argv) {
  const char *kind = argc > 1 ? argv[1] : "unreachable";
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kind, kinds[i].name) != 0) continue;
    printf("about to trap: %s\n", kind);
    fflush(stdout);
    kinds[i].run();
  }
  fputs("usage: trap [unreachable | memory | divide | stack | table | abort]\n", stderr);
  return 2;
}
