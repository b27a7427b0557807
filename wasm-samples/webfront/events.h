/* The last answers, numbered from 1. */
#ifndef EVENTS_H
#define EVENTS_H
#include "../sdk/c/astrid.h"

void add_event(const astrid_message *message);

/* Those after number `after`, as `{"last":3,"lost":0,"events":[{"type":…,"text":…,"to":…,"done":…}]}`; as many as fit. Returns the length; 0 if there
   are none, unless `always`. */
size_t events_after(uint64_t after, char *out, size_t size, int always);
#endif
