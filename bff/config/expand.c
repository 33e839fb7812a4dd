/* See expand.h. */
#include <stdio.h>
#include <stdlib.h>

#include "bff/base/text_builder.h"

#include "bff/config/expand.h"

#define NAME_SIZE 128

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

/* Removes a name and '}' from ${*rest}, which begins after "${", and adds the value of the variable
 * to ${out}. */
static int variable_add(struct text_builder *out, struct text *rest, char wrong[EXPAND_WRONG_SIZE])
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
    text_builder_add(out, text_of(value));
    return 0;
}

char *expand(struct text text, char wrong[EXPAND_WRONG_SIZE])
{
    struct text_builder out = {0};

    while (text.len > 0) {
        size_t plain = 0;
        while (plain < text.len &&
               !text_starts((struct text){text.at + plain, text.len - plain}, TEXT("${")))
            plain++;
        bool is_escaped = plain < text.len && plain > 0 && text.at[plain - 1] == '$';
        text_builder_add(&out, (struct text){text.at, is_escaped ? plain - 1 : plain});
        text = (struct text){text.at + plain, text.len - plain};
        if (text.len == 0)
            break;
        text = (struct text){text.at + 2, text.len - 2};
        if (is_escaped) {
            text_builder_add(&out, TEXT("${"));
        } else if (variable_add(&out, &text, wrong) != 0) {
            text_builder_free(&out);
            return NULL;
        }
    }
    text_builder_add(&out, (struct text){"", 1}); /* a string ends with NUL */
    return out.at;
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
