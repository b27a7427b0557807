/**
 * Compiles only while the portable realm knows no browser: each line below must be an error for the compiler, and
 * becomes one for us when the DOM, a worker's globals or node's leak into the program.
 */

// @ts-expect-error the window's
void document;
// @ts-expect-error the window's
void window;
// @ts-expect-error the browser's storage
void indexedDB;
// @ts-expect-error the network
void fetch;
// @ts-expect-error a worker's own scope
void self;
// @ts-expect-error browsers make workers; the kernel asks its host for one
void Worker;
// @ts-expect-error node's
void process;
// @ts-expect-error an element
export type Leak = HTMLElement;
