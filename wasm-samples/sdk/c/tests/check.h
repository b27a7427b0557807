#ifndef CHECK_H
#define CHECK_H
#include "../astrid.h"
#include <stdio.h>
#include <string.h>
#ifdef __wasm__
#define START() ((void)0)
#else
#include "../astrid_mock.h"
#define START() astrid_mock_reset()
#endif

static int check_failures;

#define CHECK(condition) ((condition) ? (void)0 : (void)(check_failures++, printf("not ok line %d: %s\n", __LINE__, #condition)))
#define CHECK_ERROR(expected, call) \
  do { \
    int got = call; \
    if (got != (expected)) check_failures++, printf("not ok line %d: %s: %s (%d), not %s\n", __LINE__, #call, astrid_errno_name(got), got, astrid_errno_name(expected)); \
  } while (0)
#define RUN(part) \
  do { \
    int before = check_failures; \
    part(); \
    if (check_failures == before) puts("ok " #part); \
  } while (0)
#endif
