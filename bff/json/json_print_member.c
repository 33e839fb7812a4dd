/* See json_print_member.h. */
#include "bff/json/json_print_member.h"

void json_print_member_words(struct json_print *out, const char *name, const char *words)
{
    json_print_key(out, name);
    if (words == NULL)
        json_print_null(out);
    else
        json_print_string(out, text_of(words));
}

void json_print_member_number(struct json_print *out, const char *name, int64_t number)
{
    json_print_key(out, name);
    json_print_int(out, number);
}

void json_print_member_size(struct json_print *out, const char *name, size_t number)
{
    json_print_key(out, name);
    json_print_size(out, number);
}

void json_print_member_bool(struct json_print *out, const char *name, bool value)
{
    json_print_key(out, name);
    json_print_bool(out, value);
}

void json_print_member_null(struct json_print *out, const char *name)
{
    json_print_key(out, name);
    json_print_null(out);
}
