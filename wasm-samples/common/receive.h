/* Messages of any size: the room grows with them, up to what a message may have. */
#ifndef SAMPLES_RECEIVE_H
#define SAMPLES_RECEIVE_H

#include "../sdk/c/astrid.h"
#include <stdlib.h>

struct room { char *bytes; size_t size; };

/* As astrid_receive without waiting. What does not fit into memory is ASTRID_ENOMEM. */
static inline int receive_into(struct room *room, int handle, astrid_message *message) {
  for (;;) {
    int error = room->bytes ? astrid_receive(handle, room->bytes, room->size, 0, message) : ASTRID_EMSGSIZE;
    if (error != ASTRID_EMSGSIZE) return error;
    size_t wanted = 0;
    error = astrid_next_size(handle, &wanted);
    if (error) return error;
    size_t size = wanted > 65536 ? wanted : 65536;
    char *larger = realloc(room->bytes, size);
    if (!larger) return ASTRID_ENOMEM;
    room->bytes = larger;
    room->size = size;
  }
}

#endif
