/*
 * Our handler is called when the head of a request is known. libh2o calls it when the body has come
 * as well, so two functions of its library are replaced by ours, by symbol interposition: the
 * library calls them through its PLT, and the dynamic linker finds those of the program first. Each
 * calls the library's own, and then hides the body from libh2o.
 *
 * docs/decisions/0013 tells how the places were found, and what depends on libh2o 2.2.5.
 */
#ifndef BFF_HTTP_HEAD_HOOKS_H
#define BFF_HTTP_HEAD_HOOKS_H

#include <h2o.h>

/* The calling thread is a worker's: its requests come by here. Makes sure that the library calls
 * our functions; a program that is linked wrongly ends here. */
void head_hooks_install(void);

/* ${h2o} has come to our handler: makes the body of an HTTP/1.1 request, if it has one. That of an
 * HTTP/2 request has been made already. */
void head_hooks_begin_body(h2o_req_t *h2o);

#endif
