/* See record_scenario_target.h. */
#include "bff/base/percent.h"
#include "bff/record/record_scenario_target.h"

#define PARAMETERS_MAX 8 /* that a scenario may name; the others do not matter */

static bool is_hidden(struct text shown) { return text_is(shown, JSON_REDACT_WORD); }

/* Segments that would be a pattern stand for anything, too. */
static struct text pattern_of(struct text segment, const struct json_redact *redact,
                              struct pool *pool)
{
    bool is_pattern = segment.len > 0 && (segment.at[0] == ':' || text_is(segment, "*"));

    if (is_pattern || is_hidden(json_redact_path(redact, segment, pool)))
        return TEXT(":hidden");
    return segment;
}

static struct text decode(struct text text, struct pool *pool)
{
    struct text decoded;

    return percent_decode_form(pool, text, &decoded) == 0 ? decoded : text;
}

/* The value as it is compared, or "*" when it is redacted. */
static void print_parameter(struct json_print *out, struct text pair,
                            const struct json_redact *redact)
{
    struct text value = pair, name = text_cut(&value, '=');
    struct text shown = json_redact_query(redact, pair, out->pool);
    bool is_same = text_equal(shown, pair);

    json_print_comma(out);
    json_print_string(out, decode(name, out->pool));
    json_print_raw(out, TEXT(":"));
    json_print_string(out, is_same ? decode(value, out->pool) : TEXT("*"));
}

void record_scenario_target_print(struct json_print *out, struct text target,
                                  const struct json_redact *redact)
{
    struct text query = target, path = text_cut(&query, '?');
    struct text_builder pattern;

    text_builder_init(&pattern, out->pool, path.len + 1);
    for (bool is_first = true; path.at != NULL; is_first = false) {
        text_builder_add(&pattern, is_first ? TEXT("") : TEXT("/"));
        text_builder_add(&pattern, pattern_of(text_cut(&path, '/'), redact, out->pool));
    }
    json_print_key(out, "target");
    json_print_string(out, text_builder_text(&pattern));
    if (query.len == 0)
        return;
    json_print_key(out, "query");
    json_print_raw(out, TEXT("{"));
    for (size_t i = 0; query.at != NULL && i < PARAMETERS_MAX; i++)
        print_parameter(out, text_cut(&query, '&'), redact);
    json_print_raw(out, TEXT("}"));
}
