/*
 * Makes libh2o call our handler when it has read the head of a request. Without this file, libh2o
 * would wait for the body first. So this file replaces two functions of the library by symbol
 * interposition: the library calls them through its PLT, and the dynamic linker finds the functions
 * of the program first. Each of our functions calls the library's function and then hides the body
 * from libh2o.
 *
 * Both functions also remove the white space around the values of fields, which is not part of them
 * (RFC 9112 section 5.1). No other code trims values. So libh2o, our own code and the services read
 * the same values.
 *
 * docs/decisions/0013 explains how the two functions were chosen, and what depends on libh2o 2.2.5.
 */
#ifndef BFF_HTTP_HEAD_HOOKS_H
#define BFF_HTTP_HEAD_HOOKS_H

#include <h2o.h>

/* Marks the calling thread as a worker: from now on its requests pass through this file. Checks
 * that the library calls our functions, and ends the process if the program is linked wrongly. */
void head_hooks_install(void);

/* To be called when our handler gets ${h2o}. Makes the body of an HTTP/1.1 request, if the request
 * has one. The body of an HTTP/2 request exists already. */
void head_hooks_begin_body(h2o_req_t *h2o);

#endif
