/*
 * The upload of a body that lies in a spool. It may begin again, and it may outlive its request.
 * Only the files of proxy use it.
 */
#ifndef BFF_PROXY_PROXY_UPLOAD_SPOOL_H
#define BFF_PROXY_PROXY_UPLOAD_SPOOL_H

#include "bff/loop/timer.h"
#include "bff/proxy/spool.h"
#include "bff/upstream/upload.h"

struct proxy_upload_spool {
    struct upload upload;
    struct spool *spool; /* held; NULL: the call is over */
    struct timers *timers;
    struct timer pause;
    void (*lost)(void *cookie);
    void *cookie;
    uint64_t at;    /* of the first byte that was not used */
    char *buffer;   /* NULL: none yet, or the bytes are in memory */
    size_t len;     /* bytes of the body in ${buffer}; 0: none */
    unsigned turns; /* pieces since the loop went round */
    bool is_lost;   /* the file cannot be read */
};

/* Makes the upload, which holds ${spool}. ${lost} is called with ${cookie}, from the loop, when the
 * file cannot be read: the user must end the call. */
struct proxy_upload_spool *proxy_upload_spool_new(struct spool *spool, struct timers *timers,
                                                  void (*lost)(void *cookie), void *cookie);

/* The call is over. Idempotent. */
void proxy_upload_spool_end(struct proxy_upload_spool *upload);

/* Ends and frees it; NULL is allowed. */
void proxy_upload_spool_free(struct proxy_upload_spool *upload);

#endif
