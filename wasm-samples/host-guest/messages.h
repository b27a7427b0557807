#ifndef HOST_GUEST_MESSAGES_H
#define HOST_GUEST_MESSAGES_H

/* `argv[0]` is the call, which begins with `bus-`. */
int messages(int argc, char **argv);

#endif
