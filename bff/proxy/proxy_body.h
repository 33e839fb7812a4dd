/*
 * The body of a request that is being passed on, when it is not in memory: streamed
 * (proxy_upload.h) or in a spool (proxy_upload_spool.h). Only proxy.c uses it.
 */
#ifndef BFF_PROXY_PROXY_BODY_H
#define BFF_PROXY_PROXY_BODY_H

#include "bff/proxy/proxy_passing.h"

/* Makes the upload of ${passing}, if its body needs one. When the body turns out to be no good, the
 * call is cancelled, and the request is answered or cut. */
void proxy_body_begin(struct proxy_passing *passing);

/* The upload, for call_ask; NULL: the body is in memory, or there is none. */
struct upload *proxy_body_upload(struct proxy_passing *passing);

#endif
