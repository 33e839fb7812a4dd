/* Prints JSON into a pool, for small values that this server makes itself. */
#ifndef BFF_JSON_JSON_PRINT_H
#define BFF_JSON_JSON_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/base/text_builder.h"

/* The text that has been printed so far. Read it with json_print_text. */
struct json_print {
    struct pool *pool; /* contains the text; users may allocate from it, too */
    struct text_builder text;
    size_t begin;  /* where the value of json_print_begin begins */
    size_t values; /* calls that printed a value since then */
    bool is_raw;   /* json_print_raw has printed, too */
};

void json_print_init(struct json_print *out, struct pool *pool);
static inline struct text json_print_text(const struct json_print *out)
{
    return text_builder_text(&out->text);
}

/* Each prints one value. */
void json_print_null(struct json_print *out);
void json_print_bool(struct json_print *out, bool value);
void json_print_size(struct json_print *out, size_t value);
void json_print_int(struct json_print *out, int64_t value);
void json_print_string(struct json_print *out, struct text utf8); /* with quotes and escapes */
void json_print_json(struct json_print *out, struct json value);  /* as written; JSON_NONE: null */

/* Prints the items of ${list}, which ${separator} separates, as a list of strings: "a,b" is
 * ["a","b"]. */
void json_print_list(struct json_print *out, struct text list, char separator);

/* Prints ${bytes} unchanged: punctuation, or text that is JSON already. */
static inline void json_print_raw(struct json_print *out, struct text bytes)
{
    out->is_raw = true;
    text_builder_add(&out->text, bytes);
}

/* Like json_print_raw, for words of the program. */
static inline void json_print_words(struct json_print *out, const char *words)
{
    json_print_raw(out, text_of(words));
}

/* Prints a comma before the item number ${place} of a list; none before item 0. */
static inline void json_print_separator(struct json_print *out, size_t place)
{
    if (place > 0)
        json_print_raw(out, TEXT(","));
}

/* Prints a comma, unless it would follow '{' or nothing. */
void json_print_comma(struct json_print *out);

/* Prints a comma if one is needed (json_print_comma), then the name of a member and a colon. */
void json_print_key(struct json_print *out, const char *name);

/* Says that the next bytes are a new value, which json_print_value then returns. */
void json_print_begin(struct json_print *out);

/* Returns what has been printed since json_print_begin, when it is exactly one JSON value.
 * Otherwise the text is absent. */
struct text json_print_value(const struct json_print *out);

#endif
