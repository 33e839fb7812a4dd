/* See expand.h. */
#include <stdio.h>
#include <stdlib.h>

#include "bff/base/memory.h"

#include "bff/config/expand.h"

#define NAME_SIZE 128

struct expanded {
    char *bytes;
    size_t len;
};

static void add(struct expanded *out, struct text text)
{
    out->bytes = memory_grow(out->bytes, out->len + text.len + 1);
    if (text.len > 0)
        memcpy(out->bytes + out->len, text.at, text.len);
    out->len += text.len;
    out->bytes[out->len] = '\0';
}

static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.len > 0 && name.len < NAME_SIZE;
}

/* ${*rest} begins after "${". */
static int variable_add(struct expanded *out, struct text *rest, char wrong[EXPAND_WRONG_SIZE])
{
    char string[NAME_SIZE];
    bool is_closed = rest->len > 0 && memchr(rest->at, '}', rest->len) != NULL;
    struct text name = text_cut(rest, '}');

    if (!is_closed || !is_name(name)) {
        snprintf(wrong, EXPAND_WRONG_SIZE,
                 "expected ${NAME}, the name of an environment variable (for ${ itself: $${)");
        return -1;
    }
    snprintf(string, sizeof(string), "%.*s", TEXT_ARGS(name));
    const char *value = getenv(string);
    if (value == NULL) {
        snprintf(wrong, EXPAND_WRONG_SIZE, "the environment variable %s is not set", string);
        return -1;
    }
    add(out, text_of(value));
    return 0;
}

char *expand(struct text text, char wrong[EXPAND_WRONG_SIZE])
{
    struct expanded out = {0};

    add(&out, TEXT(""));
    while (text.len > 0) {
        size_t plain = 0;
        while (plain < text.len &&
               !text_starts((struct text){text.at + plain, text.len - plain}, TEXT("${")))
            plain++;
        bool is_escaped = plain < text.len && plain > 0 && text.at[plain - 1] == '$';
        add(&out, (struct text){text.at, is_escaped ? plain - 1 : plain});
        text = (struct text){text.at + plain, text.len - plain};
        if (text.len == 0)
            break;
        text = (struct text){text.at + 2, text.len - 2};
        if (is_escaped) {
            add(&out, TEXT("${"));
        } else if (variable_add(&out, &text, wrong) != 0) {
            memory_free(out.bytes);
            return NULL;
        }
    }
    return out.bytes;
}

bool expand_is_unset(struct text text)
{
    char string[NAME_SIZE];
    struct text name = {text.at + 2, text.len - 3};

    if (text.len < sizeof("${}") || !text_starts(text, TEXT("${")) || text.at[text.len - 1] != '}')
        return false;
    if (!is_name(name))
        return false;
    snprintf(string, sizeof(string), "%.*s", TEXT_ARGS(name));
    const char *value = getenv(string);
    return value == NULL || *value == '\0';
}
