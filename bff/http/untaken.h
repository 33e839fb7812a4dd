/*
 * Answers over HTTP/2 that the client does not take. libh2o keeps a request until its answer has
 * been sent, and the client decides when that is: it may open no window, or not read. A hundred
 * streams would keep a hundred requests with all that they needed. So of a request whose answer
 * waits, only these stay: the rest of the answer's body, and what the observers read. A long body
 * from the cache is shared by all its answers, so then the whole request stays, and no copy is
 * made.
 */
#ifndef BFF_HTTP_UNTAKEN_H
#define BFF_HTTP_UNTAKEN_H

#include "bff/http/request.h"

/*
 * The answer to ${request} is complete. libh2o has all of it, except for ${rest}, which follows
 * what libh2o has. ${rest} lies in the request's memory. If the client's windows leave no room for
 * the answer, the memory is freed in the loop's next step. HTTP/1: nothing.
 */
void untaken_look(struct request *request, struct text rest);

/* The client has not taken for some time what has been written: as above, for all its answers. */
void untaken_sweep(struct client *client);

#endif
