/* See json_print.h. */
#include <stdio.h>
#include <string.h>

#include "bff/json/json_print.h"

#define REPLACEMENT "\\ufffd"

void json_print_init(struct json_print *out, struct pool *pool)
{
    out->pool = pool;
    text_builder_init(&out->text, pool, 0);
}

void json_print_null(struct json_print *out) { json_print_raw(out, TEXT("null")); }

void json_print_bool(struct json_print *out, bool value)
{
    json_print_raw(out, value ? TEXT("true") : TEXT("false"));
}

void json_print_size(struct json_print *out, size_t value) { text_builder_size(&out->text, value); }

void json_print_int(struct json_print *out, int64_t value)
{
    text_builder_number(&out->text, value);
}

static void print_control(struct json_print *out, char c)
{
    static const char named[] = "\bb\ff\nn\rr\tt";
    char escape[8];
    int len;

    for (size_t i = 0; i < sizeof(named) - 1; i += 2) {
        if (named[i] == c) {
            json_print_raw(out, (struct text){(char[]){'\\', named[i + 1]}, 2});
            return;
        }
    }
    len = snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)c);
    json_print_raw(out, (struct text){escape, (size_t)len});
}

static void print_escaped(struct json_print *out, char c)
{
    if (c == '"' || c == '\\')
        json_print_raw(out, (struct text){(char[]){'\\', c}, 2});
    else if ((unsigned char)c < 0x80)
        print_control(out, c);
    else
        json_print_raw(out, TEXT(REPLACEMENT));
}

void json_print_string(struct json_print *out, struct text utf8)
{
    if (utf8.len == 0) {
        json_print_raw(out, TEXT("\"\""));
        return;
    }

    bool is_utf8 = text_is_utf8(utf8); /* invalid UTF-8 would make the whole response invalid */
    size_t plain = 0;
    json_print_raw(out, TEXT("\""));
    for (size_t i = 0; i < utf8.len; i++) {
        unsigned char c = (unsigned char)utf8.at[i];
        if (c >= 0x80 ? is_utf8 : c >= 0x20 && c != '"' && c != '\\')
            continue;
        json_print_raw(out, (struct text){utf8.at + plain, i - plain});
        print_escaped(out, utf8.at[i]);
        plain = i + 1;
    }
    json_print_raw(out, (struct text){utf8.at + plain, utf8.len - plain});
    json_print_raw(out, TEXT("\""));
}

void json_print_json(struct json_print *out, struct json value)
{
    if (json_is(value, JSON_NONE))
        json_print_null(out);
    else
        json_print_raw(out, json_raw(value));
}

void json_print_comma(struct json_print *out)
{
    struct text text = json_print_text(out);

    if (text.len > 0 && text.at[text.len - 1] != '{')
        json_print_raw(out, TEXT(","));
}

void json_print_key(struct json_print *out, const char *name)
{
    json_print_comma(out);
    json_print_string(out, text_of(name));
    json_print_raw(out, TEXT(":"));
}
