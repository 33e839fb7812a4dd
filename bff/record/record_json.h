/* Prints recorded requests as JSON for the pages below /__bff/ (docs/inspect.md). Secrets are
 * replaced (json_redact.h). */
#ifndef BFF_RECORD_RECORD_JSON_H
#define BFF_RECORD_RECORD_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "bff/json/json_print.h"
#include "bff/json/json_redact.h"
#include "bff/record/record.h"

/* Prints {"requests":[...],"last":N,"epoch":"..."}: the requests of record_last, and the number to
 * ask for next time. */
void record_json_list(struct json_print *out, struct record *record,
                      const struct json_redact *redact, uint64_t after, size_t most);

/* Prints ${entry} with its answer and its body. */
void record_json_detail(struct json_print *out, const struct record_entry *entry,
                        const struct json_redact *redact);

#endif
