/* See json_edit_value.h. */
#include "bff/json/json_edit_find.h"
#include "bff/json/json_edit_put.h"
#include "bff/json/json_edit_value.h"
#include "bff/json/json_skip.h"

const char *json_edit_value_over(struct json_edit *edit, const char *at)
{
    edit->state = edit->depth == 0 ? JSON_EDIT_OVER : JSON_EDIT_AFTER;
    return at;
}

const char *json_edit_value_begin(struct json_edit *edit, const char *at)
{
    bool is_nested = *at == '{' || *at == '[';

    if (!edit->is_dropped)
        json_edit_put_before(edit);
    edit->key_len = 0;
    edit->state = is_nested ? JSON_EDIT_NESTED : *at == '"' ? JSON_EDIT_STRING : JSON_EDIT_SCALAR;
    edit->open = is_nested;
    edit->in_string = edit->is_escaped = false;
    json_edit_put_kept(edit, at, at + 1);
    return at + 1;
}

const char *json_edit_value_scalar(struct json_edit *edit, const char *at, const char *end)
{
    const char *begin = at;

    while (at < end && !json_skip_is_space(*at) && *at != ',' && *at != ']' && *at != '}')
        at++;
    json_edit_put_kept(edit, begin, at);
    return at == end ? at : json_edit_value_over(edit, at);
}

const char *json_edit_value_string_end(struct json_edit *edit, const char *at, const char *end)
{
    if (edit->is_escaped && at < end) {
        edit->is_escaped = false;
        at++;
    }
    while ((at = json_edit_find_quote(at, end)) < end) {
        if (*at == '"')
            return at + 1;
        edit->is_escaped = end - at < 2;
        at += edit->is_escaped ? 1 : 2;
    }
    return NULL;
}

const char *json_edit_value_string(struct json_edit *edit, const char *at, const char *end)
{
    const char *after = json_edit_value_string_end(edit, at, end);

    json_edit_put_kept(edit, at, after == NULL ? end : after);
    return after == NULL ? end : json_edit_value_over(edit, after);
}

/* Returns the byte after the object or array, or NULL when it goes on after ${end}. */
static const char *nested_end(struct json_edit *edit, const char *at, const char *end)
{
    while (at < end) {
        if (edit->in_string) {
            at = json_edit_value_string_end(edit, at, end);
            if (at == NULL)
                return NULL;
            edit->in_string = false;
        }
        at = json_edit_find_nesting(at, end);
        if (at == end)
            return NULL;
        if (*at == '"')
            edit->in_string = true;
        else if (*at == '{' || *at == '[')
            edit->open++;
        else if (--edit->open == 0)
            return at + 1;
        at++;
    }
    return NULL;
}

const char *json_edit_value_nested(struct json_edit *edit, const char *at, const char *end)
{
    const char *after = nested_end(edit, at, end);

    json_edit_put_kept(edit, at, after == NULL ? end : after);
    return after == NULL ? end : json_edit_value_over(edit, after);
}
