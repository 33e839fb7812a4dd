/*
 * Our handler is called when the head of a request is known. libh2o by itself would wait for the
 * body, too. So two functions of its library are replaced by ours, by symbol interposition: the
 * library calls them through its PLT, and the dynamic linker finds those of the program first. Each
 * of ours calls the library's function and then hides the body from libh2o.
 *
 * Ours for HTTP/1.1 also removes the white space around the values of fields. HTTP/2 has no such
 * white space: guard.h refuses it.
 *
 * docs/decisions/0013 explains how the two functions were chosen, and what depends on libh2o 2.2.5.
 */
#ifndef BFF_HTTP_HEAD_HOOKS_H
#define BFF_HTTP_HEAD_HOOKS_H

#include <h2o.h>

/* Marks the calling thread as a worker's: its requests pass through this file. Checks that the
 * library calls our functions. If the program is linked wrongly, this ends the process. */
void head_hooks_install(void);

/* To be called when ${h2o} has come to our handler. Makes the body of an HTTP/1.1 request, if it
 * has one. The body of an HTTP/2 request exists already. */
void head_hooks_begin_body(h2o_req_t *h2o);

#endif
