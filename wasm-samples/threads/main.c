/* threads [N [LIMIT]]: counts the primes below LIMIT with N threads, which take blocks of numbers from each other's hands. */
#include "../common/threads.h"

enum { MOST = 16, BLOCK = 1000 };

static struct thread threads[MOST];
static unsigned limit = 200000;
static unsigned next_block;
static mutex total_lock;
static int total;

static int is_prime(unsigned n) {
  if (n < 2) return 0;
  for (unsigned d = 2; d * d <= n; d++) if (n % d == 0) return 0;
  return 1;
}

static void count(struct thread *self) {
  (void)self;
  for (;;) {
    unsigned from = __atomic_fetch_add(&next_block, 1, __ATOMIC_SEQ_CST) * BLOCK;
    if (from >= limit) return;
    int found = 0;
    for (unsigned n = from; n < from + BLOCK && n < limit; n++) found += is_prime(n);
    mutex_lock(&total_lock);
    total += found;
    mutex_unlock(&total_lock);
  }
}

void _start(void) {
  char *argv[ARGUMENTS];
  int argc = arguments(argv);
  unsigned wanted = argc > 0 ? number_of(argv[0]) : 4;
  if (argc > 1) limit = number_of(argv[1]);
  if (wanted < 1 || wanted > MOST) {
    print_to(2, "threads: from 1 to %d threads\n", MOST);
    proc_exit(2);
  }
  unsigned started = 0;
  while (started < wanted && thread_start(&threads[started], (int)started, count) > 0) started++;
  if (started < wanted) {
    print_to(2, "threads: only %d of %d could be started\n", (int)started, (int)wanted);
    if (started == 0) proc_exit(1);
  }
  for (unsigned i = 0; i < started; i++) thread_join(&threads[i]);
  print("%d threads found %d primes below %d\n", (int)started, total, (int)limit);
}
