/* What the recorder keeps, as plain data. */
#ifndef BFF_RECORD_RECORD_SETTINGS_H
#define BFF_RECORD_RECORD_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

/* Which requests are kept. Those that failed or are partial always are, with their answers. */
enum record_answers {
    RECORD_ANSWERS_DEFAULT, /* always with --mock, else watched; only while the file is read */
    RECORD_ANSWERS_WATCHED, /* all with their answers, while somebody looks at the recorder; else of
                               the whole ones some, without their answers */
    RECORD_ANSWERS_ALWAYS,  /* all with their answers */
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
