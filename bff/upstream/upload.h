/*
 * The body of a request that is sent piece by piece: while it arrives from a client, or from a
 * file. The framing that is written is always ours: exactly ${length} bytes after a Content-Length,
 * or chunks (RFC 9112 section 7.1). The fields of the framing are in the head of the request.
 *
 * A body that does not arrive as a whole is never completed: its user must end the call, and the
 * connection to the service is closed.
 */
#ifndef BFF_UPSTREAM_UPLOAD_H
#define BFF_UPSTREAM_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include <h2o/memory.h>

#include "bff/base/text.h"

#define UPLOAD_NO_LENGTH UINT64_MAX /* the length is not known: it is sent in chunks */
#define UPLOAD_PIECES 3
#define UPLOAD_SIZE_BYTES 20 /* of the line with the size of a chunk */

struct connection;
struct upload;
struct upload_user;

/*
 * Where the bytes come from. The functions are called from inside functions of this file, and must
 * not call them, nor end the call.
 *
 *   piece    returns the next bytes, which stay valid until used is called, or until the call is
 *            over. Empty: there are none now. When there are, or when the body is over, the source
 *            calls upload_go_on
 *   used     the bytes of the last piece have been sent
 *   is_over  true when piece will not return any byte more, and the body is whole
 *   again    begins again at the first byte. Returns false when that is not possible. It is called
 *            before every attempt
 */
struct upload_source {
    struct text (*piece)(struct upload *upload);
    void (*used)(struct upload *upload);
    bool (*is_over)(struct upload *upload);
    bool (*again)(struct upload *upload);
};

/* The user sets the first two members; the others are all zero. */
struct upload {
    const struct upload_source *source;
    uint64_t length;

    /* The files of upload only. */
    struct connection *connection; /* NULL: nobody sends it now */
    const struct upload_user *user;
    void *cookie; /* of ${user} */
    h2o_iovec_t pieces[UPLOAD_PIECES];
    char size[UPLOAD_SIZE_BYTES];
    uint64_t left;    /* with a length: bytes that were not sent yet */
    bool has_begun;   /* bytes of it may have left this server, in any attempt */
    bool is_writing;  /* the connection writes ${pieces} */
    bool is_last;     /* ${pieces} have the last bytes */
    bool is_starving; /* the source has none now */
    bool is_sent;     /* all of it was written */
};

/* Makes ${upload} ready for an attempt. Returns false when its bytes are gone. */
bool upload_again(struct upload *upload);

/* How the user of an attempt learns of its upload: ${written} is for the connection and must call
 * upload_written. ${moved} is called when the upload has gone on, never from inside upload_begin.
 */
struct upload_user {
    void (*written)(void *cookie);
    void (*moved)(void *cookie);
};

/* Begins to send on ${connection}, whose head has been written. */
void upload_begin(struct upload *upload, struct connection *connection,
                  const struct upload_user *user, void *cookie);

/* The source has more bytes, or is over. Does nothing while nobody sends. */
void upload_go_on(struct upload *upload);

/* For the connection: what it was writing has been written. */
void upload_written(struct upload *upload);

/* The attempt is over. Nothing of the upload is borrowed any more. Does nothing for NULL. */
void upload_end(struct upload *upload);

/* True when some of it may have left this server. */
static inline bool upload_has_begun(const struct upload *upload) { return upload->has_begun; }

/* True when the whole body has been written to the service. */
static inline bool upload_is_sent(const struct upload *upload) { return upload->is_sent; }

/* True while nothing can be sent, because the source has nothing. */
static inline bool upload_is_starving(const struct upload *upload) { return upload->is_starving; }

#endif
