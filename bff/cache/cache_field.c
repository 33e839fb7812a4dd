/* See cache_field.h. */
#include "bff/cache/cache_field.h"

struct text cache_field_find(const struct exchange_field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(fields[i].name, text_of(name)))
            return fields[i].value;
    return (struct text){0};
}

bool cache_field_lists(const struct exchange_field *fields, size_t count, const char *name,
                       struct text item)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(fields[i].name, text_of(name)) &&
            text_list_has_nocase(fields[i].value, item))
            return true;
    return false;
}
