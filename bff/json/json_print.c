/* See json_print.h. */
#include <stdio.h>
#include <string.h>

#include "bff/json/json_print.h"
#include "bff/json/json_scan.h"

#define REPLACEMENT "\\ufffd"

void json_print_init(struct json_print *out, struct pool *pool)
{
    out->pool = pool;
    text_builder_init(&out->text, pool, 0);
    json_print_begin(out);
}

void json_print_begin(struct json_print *out)
{
    out->begin = json_print_text(out).len;
    out->values = 0;
    out->is_raw = false;
}

static void add(struct json_print *out, struct text bytes) { text_builder_add(&out->text, bytes); }

/* Adds a value that needs only one piece. */
static void add_value(struct json_print *out, struct text bytes)
{
    out->values++;
    add(out, bytes);
}

void json_print_null(struct json_print *out) { add_value(out, TEXT("null")); }

void json_print_bool(struct json_print *out, bool value)
{
    add_value(out, value ? TEXT("true") : TEXT("false"));
}

void json_print_size(struct json_print *out, size_t value)
{
    out->values++;
    text_builder_size(&out->text, value);
}

void json_print_int(struct json_print *out, int64_t value)
{
    out->values++;
    text_builder_number(&out->text, value);
}

static void print_control(struct json_print *out, char c)
{
    static const char named[] = "\bb\ff\nn\rr\tt";
    char escape[8];
    int len;

    for (size_t i = 0; i < sizeof(named) - 1; i += 2) {
        if (named[i] == c) {
            add(out, (struct text){(char[]){'\\', named[i + 1]}, 2});
            return;
        }
    }
    len = snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)c);
    add(out, (struct text){escape, (size_t)len});
}

static void print_escaped(struct json_print *out, char c)
{
    if (c == '"' || c == '\\')
        add(out, (struct text){(char[]){'\\', c}, 2});
    else if ((unsigned char)c < 0x80)
        print_control(out, c);
    else
        add(out, TEXT(REPLACEMENT));
}

void json_print_string(struct json_print *out, struct text utf8)
{
    out->values++;
    if (utf8.len == 0) {
        add(out, TEXT("\"\""));
        return;
    }

    bool is_utf8 = text_is_utf8(utf8); /* invalid UTF-8 would make the whole response invalid */
    size_t plain = 0;
    add(out, TEXT("\""));
    for (size_t i = 0; i < utf8.len; i++) {
        unsigned char c = (unsigned char)utf8.at[i];
        if (c >= 0x80 ? is_utf8 : c >= 0x20 && c != '"' && c != '\\')
            continue;
        add(out, (struct text){utf8.at + plain, i - plain});
        print_escaped(out, utf8.at[i]);
        plain = i + 1;
    }
    add(out, (struct text){utf8.at + plain, utf8.len - plain});
    add(out, TEXT("\""));
}

void json_print_json(struct json_print *out, struct json value)
{
    if (json_is(value, JSON_NONE))
        json_print_null(out);
    else
        add_value(out, json_raw(value));
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

/* The functions print only valid values, so only texts with bytes of json_print_raw need a scan.
 * Two numbers without bytes between them look like one, so the calls are counted, too. */
static bool is_one_value(const struct json_print *out, struct text bytes)
{
    struct json_scan scan;
    int result;

    if (!out->is_raw)
        return out->values == 1;
    if (bytes.len == 0)
        return false;
    json_scan_init(&scan, JSON_DEPTH_MAX, false);
    result = json_scan_end(&scan, bytes.at, bytes.len);
    json_scan_free(&scan);
    return result == 0;
}

struct text json_print_value(const struct json_print *out)
{
    struct text bytes = json_print_text(out);

    bytes.at += out->begin;
    bytes.len -= out->begin;
    return is_one_value(out, bytes) ? bytes : (struct text){0};
}

void json_print_list(struct json_print *out, struct text list, char separator)
{
    json_print_raw(out, TEXT("["));
    for (bool is_first = true; list.len > 0; is_first = false) {
        json_print_raw(out, is_first ? TEXT("") : TEXT(","));
        json_print_string(out, text_cut(&list, separator));
    }
    json_print_raw(out, TEXT("]"));
}
