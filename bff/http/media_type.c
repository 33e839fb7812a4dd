/* See media_type.h. */
#include <string.h>

#include "bff/http/field.h"
#include "bff/http/media_type.h"

static bool ends_with_json(struct text subtype)
{
    static const char suffix[] = "+json";
    size_t len = sizeof(suffix) - 1;

    return subtype.len > len &&
           text_equal_nocase((struct text){subtype.at + subtype.len - len, len}, TEXT(suffix));
}

static bool is_json(struct text type)
{
    struct text rest = type, main = text_cut(&rest, '/');

    if (!field_is_token(main) || !field_is_token(rest))
        return false;
    return text_equal_nocase(type, TEXT("application/json")) || ends_with_json(rest);
}

static bool is_utf8(struct text charset)
{
    if (charset.len >= 2 && charset.at[0] == '"' && charset.at[charset.len - 1] == '"')
        charset = (struct text){charset.at + 1, charset.len - 2};
    return text_equal_nocase(charset, TEXT("utf-8"));
}

bool media_type_is_json(struct text value)
{
    struct text rest = value;

    if (value.at == NULL || memchr(value.at, ',', value.len) != NULL ||
        !is_json(text_trim(text_cut(&rest, ';'))))
        return false;
    while (rest.at != NULL) {
        struct text parameter = text_cut(&rest, ';');
        struct text name = text_trim(text_cut(&parameter, '='));
        if (text_equal_nocase(name, TEXT("charset")) && !is_utf8(text_trim(parameter)))
            return false;
    }
    return true;
}
