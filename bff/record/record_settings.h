/* What the recorder keeps, as plain data. */
#ifndef BFF_RECORD_RECORD_SETTINGS_H
#define BFF_RECORD_RECORD_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

/* Of which requests the answers and bodies are kept, too. Of requests that failed or are partial
 * they always are. */
enum record_answers {
    RECORD_ANSWERS_DEFAULT, /* always with --mock, else watched; only while the file is read */
    RECORD_ANSWERS_WATCHED, /* of all requests, while somebody looks at the recorder */
    RECORD_ANSWERS_ALWAYS,
};

struct record_settings {
    bool is_on;
    bool is_off; /* the file has recorder: off */
    enum record_answers answers;
    size_t requests; /* the most requests, of all workers together */
    size_t bytes;    /* the most bytes of them */
    const struct text
        *redact; /* names whose values are not shown, besides those of json_redact.h */
    size_t redact_count;
};

#endif
