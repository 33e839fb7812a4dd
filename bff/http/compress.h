/*
 * Compresses the answer to a request (RFC 9110 section 8.4), if it is worth it and the client
 * accepts it: a filter (reply_filter.h).
 *
 * These answers are never compressed: those without a body, those of another type or too short
 * (compress_settings.h), those that have a content coding, parts of an answer (206), and those for
 * which the client or the service has said no-transform (RFC 9111 section 5.2.2.6).
 *
 * Every answer that could have been compressed has "Vary: Accept-Encoding", also when the client
 * does not accept a coding. A compressed answer has no Content-Length from its source, no
 * Accept-Ranges and no digests, because they are about other bytes. A strong ETag becomes a weak
 * one, because the bytes are not the same for all clients (RFC 9110 section 8.8.1). A 304 for a
 * client that has the weak one names the weak one.
 */
#ifndef BFF_HTTP_COMPRESS_H
#define BFF_HTTP_COMPRESS_H

#include "bff/http/compress_settings.h"
#include "bff/http/request.h"

/* The answer to ${request} may be compressed. To be called after all other filters were added, and
 * before the answer is sent. Does nothing if ${settings} have no coding. */
void compress_answer(struct request *request, const struct compress_settings *settings);

/* True when ${type}, the value of Content-Type, is one of the types that are compressed. */
bool compress_has_type(const struct compress_settings *settings, struct text type);

#endif
