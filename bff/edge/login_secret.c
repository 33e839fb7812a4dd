/* See login_secret.h. */
#include <stdio.h>

#include "bff/edge/login_secret.h"

static const struct {
    struct text begin, end;
} quotes[] = {
    {{"\"", 1}, {"\"", 1}},
    {{"'", 1}, {"'", 1}},
    {{"`", 1}, {"`", 1}},
    {{"\xe2\x80\x9c", 3}, {"\xe2\x80\x9d", 3}}, /* U+201C and U+201D */
    {{"\xe2\x80\x98", 3}, {"\xe2\x80\x99", 3}}, /* U+2018 and U+2019 */
};

static bool ends(struct text text, struct text with)
{
    return text.len >= with.len &&
           text_equal((struct text){text.at + text.len - with.len, with.len}, with);
}

static bool is_quoted(struct text secret)
{
    for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++)
        if (secret.len >= quotes[i].begin.len + quotes[i].end.len &&
            text_starts(secret, quotes[i].begin) && ends(secret, quotes[i].end))
            return true;
    return false;
}

/* The name of the first control byte, and its number from 1; NULL: there is none. */
static const char *control_byte(struct text secret, size_t *number)
{
    for (size_t i = 0; i < secret.len; i++) {
        unsigned char byte = (unsigned char)secret.at[i];
        *number = i + 1;
        if (byte == '\n' || byte == '\r')
            return "line end";
        if (byte == '\t')
            return "tab";
        if (byte < ' ' || byte == 0x7f)
            return "control byte";
    }
    return NULL;
}

static bool is_pem(struct text secret)
{
    static const struct text begin = {"-----BEGIN", sizeof("-----BEGIN") - 1};

    return memmem(secret.at, secret.len, begin.at, begin.len) != NULL;
}

int login_secret_check(struct text secret, char *wrong, size_t wrong_size)
{
    size_t number = 0;
    const char *byte = control_byte(secret, &number);

    if (secret.len == 0)
        snprintf(wrong, wrong_size, "HS256, HS384 and HS512 need a secret");
    else if (is_pem(secret))
        snprintf(wrong, wrong_size, "the secret is a PEM key; its file belongs to the keys");
    else if (byte != NULL)
        snprintf(wrong, wrong_size, "byte %zu of the secret is a %s; expected one line of text",
                 number, byte);
    else if (is_quoted(secret))
        snprintf(wrong, wrong_size, "the secret has quotes around it; leave them out");
    else if (secret.at[0] == ' ' || secret.at[secret.len - 1] == ' ')
        snprintf(wrong, wrong_size, "the secret begins or ends with a space");
    else if (secret.len < LOGIN_SECRET_MIN)
        snprintf(wrong, wrong_size, "the secret has %zu bytes; %d is the least", secret.len,
                 LOGIN_SECRET_MIN);
    else
        return 0;
    return -1;
}
