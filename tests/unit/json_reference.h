/*
 * A simple and slow reader of JSON that follows RFC 8259 and RFC 3629. Tests compare the scanner
 * with it.
 */
#ifndef TESTS_UNIT_JSON_REFERENCE_H
#define TESTS_UNIT_JSON_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct reference {
    const unsigned char *at, *end;
    int depth_left;
};

static bool reference_value(struct reference *on);

static bool reference_byte(struct reference *on, unsigned char low, unsigned char high)
{
    if (on->at == on->end || *on->at < low || *on->at > high)
        return false;
    on->at++;
    return true;
}

static bool reference_char(struct reference *on, char c)
{
    return reference_byte(on, (unsigned char)c, (unsigned char)c);
}

static bool reference_one_of(struct reference *on, const char *set)
{
    if (on->at == on->end || *on->at == '\0' || strchr(set, *on->at) == NULL)
        return false;
    on->at++;
    return true;
}

static void reference_space(struct reference *on)
{
    while (reference_one_of(on, " \t\n\r"))
        continue;
}

static bool reference_word(struct reference *on, const char *word)
{
    for (; *word != '\0'; word++) {
        if (!reference_char(on, *word))
            return false;
    }
    return true;
}

static bool reference_digits(struct reference *on)
{
    if (!reference_byte(on, '0', '9'))
        return false;
    while (reference_byte(on, '0', '9'))
        continue;
    return true;
}

static bool reference_number(struct reference *on)
{
    reference_char(on, '-');
    if (!reference_char(on, '0') && !reference_digits(on))
        return false;
    if (reference_char(on, '.') && !reference_digits(on))
        return false;
    if (!reference_one_of(on, "eE"))
        return true;
    reference_one_of(on, "+-");
    return reference_digits(on);
}

/* Reads one character of two to four bytes: UTF8-2, UTF8-3 and UTF8-4 of RFC 3629, section 4. */
static bool reference_utf8(struct reference *on)
{
    static const unsigned char rows[][8] = {
        {0xc2, 0xdf, 0x80, 0xbf},
        {0xe0, 0xe0, 0xa0, 0xbf, 0x80, 0xbf},
        {0xe1, 0xec, 0x80, 0xbf, 0x80, 0xbf},
        {0xed, 0xed, 0x80, 0x9f, 0x80, 0xbf},
        {0xee, 0xef, 0x80, 0xbf, 0x80, 0xbf},
        {0xf0, 0xf0, 0x90, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
        {0xf1, 0xf3, 0x80, 0xbf, 0x80, 0xbf, 0x80, 0xbf},
        {0xf4, 0xf4, 0x80, 0x8f, 0x80, 0xbf, 0x80, 0xbf},
    };

    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        if (!reference_byte(on, rows[row][0], rows[row][1]))
            continue;
        for (size_t i = 2; i < 8 && rows[row][i] != 0; i += 2) {
            if (!reference_byte(on, rows[row][i], rows[row][i + 1]))
                return false;
        }
        return true;
    }
    return false;
}

static bool reference_escape(struct reference *on)
{
    if (reference_one_of(on, "\"\\/bfnrt"))
        return true;
    if (!reference_char(on, 'u'))
        return false;
    for (int i = 0; i < 4; i++) {
        if (!reference_one_of(on, "0123456789abcdefABCDEF"))
            return false;
    }
    return true;
}

static bool reference_string(struct reference *on)
{
    if (!reference_char(on, '"'))
        return false;
    while (!reference_char(on, '"')) {
        if (reference_char(on, '\\')) {
            if (!reference_escape(on))
                return false;
        } else if (!reference_byte(on, 0x20, 0x7f) && !reference_utf8(on)) {
            return false;
        }
    }
    return true;
}

static bool reference_member(struct reference *on)
{
    reference_space(on);
    if (!reference_string(on))
        return false;
    reference_space(on);
    return reference_char(on, ':') && reference_value(on);
}

static bool reference_container(struct reference *on, char close,
                                bool (*child)(struct reference *on))
{
    if (on->depth_left-- == 0) {
        on->at--; /* the bracket itself is the mistake */
        return false;
    }
    reference_space(on);
    if (!reference_char(on, close)) {
        do {
            if (!child(on))
                return false;
        } while (reference_char(on, ','));
        if (!reference_char(on, close))
            return false;
    }
    on->depth_left++;
    return true;
}

static bool reference_value(struct reference *on)
{
    bool is_value;

    reference_space(on);
    if (reference_char(on, '{'))
        is_value = reference_container(on, '}', reference_member);
    else if (reference_char(on, '['))
        is_value = reference_container(on, ']', reference_value);
    else if (on->at < on->end && *on->at == '"')
        is_value = reference_string(on);
    else if (on->at < on->end && strchr("tfn", *on->at) != NULL && *on->at != '\0')
        is_value = reference_word(on, *on->at == 't' ? "true" : *on->at == 'f' ? "false" : "null");
    else
        is_value = reference_number(on);
    if (is_value)
        reference_space(on);
    return is_value;
}

/*
 * True when ${text} is a JSON text. If not, ${*mistake} is the place of the first wrong byte: no
 * valid text begins with the bytes up to and including this one. It is ${len} if the text is only
 * incomplete.
 */
static bool reference_is_json(const char *text, size_t len, int depth_max, size_t *mistake)
{
    struct reference on = {(const unsigned char *)text, (const unsigned char *)text + len,
                           depth_max};

    bool is_json = reference_value(&on) && on.at == on.end;

    *mistake = (size_t)(on.at - (const unsigned char *)text);
    return is_json;
}

#endif
