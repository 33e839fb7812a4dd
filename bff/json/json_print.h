/* Printing JSON into a pool: small values that we make ourselves. */
#ifndef BFF_JSON_JSON_PRINT_H
#define BFF_JSON_JSON_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"

/* What is printed so far. Ours to write, and the caller's to read by json_print_text. */
struct json_print {
    struct pool *pool;
    char *at;
    size_t len, capacity;
};

void json_print_init(struct json_print *out, struct pool *pool);
static inline struct text json_print_text(const struct json_print *out)
{
    return (struct text){out->at, out->len};
}

/* One value each. */
void json_print_null(struct json_print *out);
void json_print_bool(struct json_print *out, bool value);
void json_print_size(struct json_print *out, size_t value);
void json_print_int(struct json_print *out, int64_t value);
void json_print_string(struct json_print *out, struct text utf8); /* quoted and escaped */
void json_print_json(struct json_print *out, struct json value);  /* as written; none: null */

/* Bytes as they are: punctuation, or text that is JSON already. */
void json_print_raw(struct json_print *out, struct text bytes);

/* A member's name with its colon, and a comma before it unless it follows '{' or nothing. */
void json_print_key(struct json_print *out, const char *name);

#endif
