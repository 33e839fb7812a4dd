/* See expand.h. */
#include <stdio.h>
#include <stdlib.h>

#include "bff/base/memory.h"
#include "bff/base/text_builder.h"

#include "bff/config/expand.h"

#define NAME_SIZE 128
#define DEPTH_MAX 8 /* defaults within defaults */

/* What all steps of one expansion share. */
struct expansion {
    struct text_builder out;
    struct names *names;
    char *wrong;
    unsigned depth;
};

struct reference {
    struct text name;
    struct text normal; /* the default; absent: none */
};

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

/* The number of bytes before the '}' that belongs to the "${" before ${text}; text.len when there
 * is none. */
static size_t reference_len(struct text text)
{
    size_t open = 1;

    for (size_t i = 0; i < text.len; i++) {
        if (text_starts(text_after(text, i), TEXT("$${")))
            i += 2;
        else if (text_starts(text_after(text, i), TEXT("${")))
            open++;
        else if (text.at[i] == '}' && --open == 0)
            return i;
    }
    return text.len;
}

/* Removes a name and '}' from ${*rest}, which begins after "${", and adds the value of the variable
 * to ${out}. */
static int reference_cut(struct text *rest, struct reference *out)
{
    size_t len = reference_len(*rest);
    struct text inside = {rest->at, len};
    const char *colon = memmem(inside.at, inside.len, ":-", 2);

    if (len == rest->len)
        return -1;
    *rest = text_after(*rest, len + 1);
    *out = (struct reference){.name = inside};
    if (colon != NULL) {
        out->name.len = (size_t)(colon - inside.at);
        out->normal = text_after(inside, out->name.len + 2);
    }
    return is_name(out->name) ? 0 : -1;
}

static const char *value_of(struct text name)
{
    char string[NAME_SIZE];

    snprintf(string, sizeof(string), "%.*s", TEXT_ARGS(name));
    return getenv(string);
}

static int text_expand(struct expansion *expansion, struct text text);

static int default_expand(struct expansion *expansion, struct text normal)
{
    if (++expansion->depth > DEPTH_MAX) {
        snprintf(expansion->wrong, EXPAND_WRONG_SIZE, "more than %d defaults in each other",
                 DEPTH_MAX);
        return -1;
    }
    int status = text_expand(expansion, normal);
    expansion->depth--;
    return status;
}

/* ${*rest} begins after "${". */
static int reference_expand(struct expansion *expansion, struct text *rest)
{
    struct reference reference;

    if (reference_cut(rest, &reference) != 0) {
        snprintf(expansion->wrong, EXPAND_WRONG_SIZE,
                 "expected ${NAME} or ${NAME:-default}, with the name of an environment variable "
                 "(for ${ itself: $${)");
        return -1;
    }
    const char *value = value_of(reference.name);
    names_add(expansion->names, reference.name);
    if (reference.normal.at != NULL && (value == NULL || *value == '\0'))
        return default_expand(expansion, reference.normal);
    if (value == NULL) {
        snprintf(expansion->wrong, EXPAND_WRONG_SIZE, "the environment variable %.*s is not set",
                 TEXT_ARGS(reference.name));
        return -1;
    }
    text_builder_add(&expansion->out, text_of(value));
    return 0;
}

static int text_expand(struct expansion *expansion, struct text text)
{
    while (text.len > 0) {
        const char *dollar = memmem(text.at, text.len, "${", 2);
        size_t plain = dollar == NULL ? text.len : (size_t)(dollar - text.at);
        bool is_escaped = dollar != NULL && plain > 0 && dollar[-1] == '$';
        text_builder_add(&expansion->out, (struct text){text.at, is_escaped ? plain - 1 : plain});
        if (dollar == NULL)
            return 0;
        text = text_after(text, plain + 2);
        if (is_escaped)
            text_builder_add(&expansion->out, TEXT("${"));
        else if (reference_expand(expansion, &text) != 0)
            return -1;
    }
    return 0;
}

char *expand(struct text text, struct names *names, char wrong[EXPAND_WRONG_SIZE])
{
    struct expansion expansion = {.names = names, .wrong = wrong};

    if (text_expand(&expansion, text) != 0) {
        text_builder_free(&expansion.out);
        return NULL;
    }
    text_builder_add(&expansion.out, (struct text){"", 1}); /* a string ends with NUL */
    return expansion.out.at;
}

/* Reads ${text}, if it is one reference and nothing else. */
static bool is_reference(struct text text, struct reference *out)
{
    if (!text_starts(text, TEXT("${")))
        return false;
    struct text rest = text_after(text, 2);
    return reference_cut(&rest, out) == 0 && rest.len == 0;
}

bool expand_is_unset(struct text text)
{
    struct reference reference;

    if (!is_reference(text, &reference) || reference.normal.at != NULL)
        return false;
    const char *value = value_of(reference.name);
    return value == NULL || *value == '\0';
}

bool expand_is_left_empty(struct text text)
{
    char wrong[EXPAND_WRONG_SIZE];
    struct names names = {.count = 0};
    struct reference reference;

    if (!is_reference(text, &reference) || reference.normal.at == NULL)
        return false;
    char *value = expand(text, &names, wrong);
    bool is_empty = value != NULL && *value == '\0';
    memory_free(value);
    return is_empty;
}
