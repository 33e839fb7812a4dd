/* How the client wants a page: as one JSON object, or part by part (docs/streaming.md). */
#ifndef BFF_COMPOSE_PAGE_FORMAT_H
#define BFF_COMPOSE_PAGE_FORMAT_H

#include "bff/base/text.h"

enum page_format {
    PAGE_FORMAT_JSON,
    PAGE_FORMAT_LINES,  /* application/x-ndjson */
    PAGE_FORMAT_EVENTS, /* text/event-stream */
    PAGE_FORMAT_PARTS,  /* multipart/mixed */
};

/*
 * Returns the format of the largest weight in ${accept}, the value of Accept (RFC 9110 section
 * 12.5.1). A stream must be named: ranges with a star mean JSON only. With equal weights, JSON is
 * chosen when it is named, else the stream that is named first. It is also JSON when ${accept} is
 * absent or contains no format.
 */
enum page_format page_format_choose(struct text accept);

#endif
