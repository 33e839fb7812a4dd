/* Makes the spans of requests, of the parts of their answers, and of attempts of calls. Their texts
 * are borrowed from the arguments. The header is for traces.c. */
#ifndef BFF_OBSERVE_TRACES_SPAN_H
#define BFF_OBSERVE_TRACES_SPAN_H

#include "bff/base/traceparent.h"
#include "bff/http/request.h"
#include "bff/observe/part_report.h"
#include "bff/observe/span.h"
#include "bff/upstream/call_report.h"

#define TRACES_SPAN_NAME_BYTES 300
#define TRACES_SPAN_URL_BYTES 768

/* Room for the texts of one span. */
struct traces_span_room {
    char name[TRACES_SPAN_NAME_BYTES];
    char url[TRACES_SPAN_URL_BYTES];
    char traceparent[TRACEPARENT_LEN];
};

/* The span of a server for ${request}, which has ended at ${ended_ns}. */
void traces_span_request(struct span *span, const struct request *request, int64_t ended_ns,
                         struct traces_span_room *room);

/* The span of part number ${number}, from 0, of the answer to ${request}. */
void traces_span_part(struct span *span, const struct request *request, size_t number,
                      struct traces_span_room *room);

/* The span of a client for the attempt of ${report}, which has sent a traceparent. */
void traces_span_call(struct span *span, const struct call_report *report,
                      struct traces_span_room *room);

/* True when ${request} has failed: a status of 5xx, a part without a value, or no answer, or not
 * all of it, from the service of a plain route. */
bool traces_span_is_failure(const struct request *request);

#endif
