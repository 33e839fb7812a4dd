/* See input.h. */
#include <string.h>

#include "bff/compose/input.h"
#include "bff/json/json_print.h"
#include "bff/json/json_scan.h"
#include "bff/json/value.h"

#define FIRST_BYTES ((size_t)1024)

struct input {
    struct pool *pool;
    const struct input_spec *spec;
    struct json_scan scan;
    struct value *value;
    bool has_first; /* a byte that is no white space has come */
};

static void dispose(void *object)
{
    struct input *input = object;

    json_scan_free(&input->scan);
    value_release(input->value);
}

struct input *input_new(struct pool *pool, const struct input_spec *spec, unsigned depth_limit)
{
    struct input *input = pool_shared(pool, sizeof(*input), dispose);

    input->pool = pool;
    input->spec = spec;
    input->value = value_new(FIRST_BYTES);
    input->has_first = false;
    json_scan_init(&input->scan, depth_limit, true);
    return input;
}

static bool refuse(struct input_mistake *mistake, const char *what)
{
    *mistake = (struct input_mistake){.what = what};
    return false;
}

#define NOT_JSON "the body is not JSON, or it is nested too deeply"

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* The first byte says what the body is. It decides before the scanner does. So the answer does not
 * depend on the pieces in which the body comes. */
static bool is_kind_right(struct input *input, struct text bytes, struct input_mistake *mistake)
{
    static const char others[] = "[\"-0123456789tfn";
    size_t at = 0;

    while (at < bytes.len && !input->has_first && is_space(bytes.at[at]))
        at++;
    if (at == bytes.len || input->has_first)
        return true;
    input->has_first = true;
    if (bytes.at[at] == '{' || !input_spec_is_object(input->spec))
        return true;
    return refuse(mistake, memchr(others, bytes.at[at], sizeof(others) - 1) == NULL
                               ? NOT_JSON
                               : "the body must be an object");
}

bool input_add(struct input *input, struct text bytes, struct input_mistake *mistake)
{
    if (bytes.len == 0)
        return true;
    if (!is_kind_right(input, bytes, mistake))
        return false;
    input->value = value_add(input->value, bytes.at, bytes.len);
    if (json_scan_more(&input->scan, input->value->text.at, input->value->text.len) != 0)
        return refuse(mistake, NOT_JSON);
    return true;
}

bool input_end(struct input *input, struct json *json, struct input_mistake *mistake)
{
    struct text text = input->value->text;

    *json = (struct json){0};
    if (text.len > 0) {
        if (json_scan_end(&input->scan, text.at, text.len) != 0)
            return refuse(mistake, NOT_JSON);
        value_take_slices(input->value, &input->scan);
        *json = value_json(input->value);
    }
    return input_spec_check(input->spec, *json, input->pool, mistake);
}

struct text input_members(const struct input_mistake *mistake, struct pool *pool)
{
    struct json_print out;

    json_print_init(&out, pool);
    if (mistake->path.at != NULL) {
        json_print_key(&out, "path");
        json_print_string(&out, mistake->path);
    }
    json_print_key(&out, "detail");
    json_print_string(&out, text_of(mistake->what));
    return json_print_text(&out);
}
