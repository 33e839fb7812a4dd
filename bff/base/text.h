/*
 * A text: a pointer to bytes, and the number of bytes. The bytes are constant and need not end with
 * a NUL. A text is passed by value. An absent text has at == NULL; an empty text has len == 0.
 */
#ifndef BFF_BASE_TEXT_H
#define BFF_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *at;
    size_t len;
};

/* TEXT("literal"): the text of a string literal. */
#define TEXT(literal) ((struct text){.at = (literal), .len = sizeof(literal) - 1})

/* For printf("%.*s", TEXT_ARGS(text)). */
#define TEXT_ARGS(text) ((int)(text).len), ((text).at)

/* The same for messages to people, which show at most TEXT_SHOWN_MAX bytes of a text. */
#define TEXT_SHOWN_MAX 100
#define TEXT_SHOWN(text)                                                                           \
    (int)((text).len < TEXT_SHOWN_MAX ? (text).len : TEXT_SHOWN_MAX), ((text).at)

/* Returns the NUL-terminated ${string} as a text; NULL becomes an absent text. */
static inline struct text text_of(const char *string)
{
    return (struct text){.at = string, .len = string == NULL ? 0 : strlen(string)};
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool text_is(struct text text, const char *string)
{
    return text_equal(text, text_of(string));
}

/* True when ${a} and ${b} are equal, without regard to the case of ASCII letters. */
bool text_equal_nocase(struct text a, struct text b);

/* Returns ${c} in lower case if it is an ASCII capital letter, else ${c}. */
static inline char text_lower_char(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Writes ${text} to ${out} with ASCII letters in lower case, and returns the result. ${out} has
 * room for text.len bytes. */
struct text text_lower(char *out, struct text text);

/* True when ${list}, separated by commas with optional blanks, has an item equal to ${item}. An
 * absent list has no items. */
bool text_list_has(struct text list, struct text item);

/* Does the same as text_list_has, without regard to the case of ASCII letters. */
bool text_list_has_nocase(struct text list, struct text item);

/* True when ${text} begins with ${prefix}. */
bool text_starts(struct text text, struct text prefix);

/* Does the same as text_starts, without regard to the case of ASCII letters. */
bool text_starts_nocase(struct text text, struct text prefix);

/* True when ${text} ends with the byte ${last}. */
static inline bool text_ends(struct text text, char last)
{
    return text.len > 0 && text.at[text.len - 1] == last;
}

/* Returns ${text} without its first ${bytes} bytes. ${text} has that many. */
static inline struct text text_after(struct text text, size_t bytes)
{
    return (struct text){text.at + bytes, text.len - bytes};
}

/*
 * Cuts ${*rest} at its first ${separator}: returns the text before it and leaves the text after it
 * in ${*rest}. If there is no separator, the whole text is returned and ${*rest} becomes absent.
 */
struct text text_cut(struct text *rest, char separator);

/* Returns ${text} without a byte order mark (U+FEFF in UTF-8) at its beginning. */
struct text text_skip_mark(struct text text);

/* Returns ${text} without a byte order mark at its beginning and without one line end (LF or CRLF)
 * at its end. Editors and shells write both around a text that is one line. */
struct text text_bare_line(struct text text);

/* Returns ${text} without the spaces and tabs at its ends. */
struct text text_trim(struct text text);

/*
 * Reads a decimal number that is at most ${most}. ${text} must have digits only. Returns 0; or -1
 * for any other text, and then ${*out} does not change.
 */
int text_number(struct text text, uint64_t most, uint64_t *out);

#define TEXT_DIGITS 20 /* number of digits of the largest uint64_t */

/* Writes ${number} in decimal digits to the end of the array ${digits}. Returns the digits. */
static inline struct text text_digits(char digits[TEXT_DIGITS], uint64_t number)
{
    char *end = digits + TEXT_DIGITS, *at = end;

    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return (struct text){at, (size_t)(end - at)};
}

/* Writes two lower-case hexadecimal digits for each of the ${count} bytes to ${out}. */
void text_hex(char *out, const unsigned char *bytes, size_t count);

/* True when all bytes are visible ASCII, '!' to '~': no blank and no control byte. Also for an
 * empty text. */
bool text_is_visible(struct text text);

/* True when the bytes are well-formed UTF-8: without overlong forms and surrogates (RFC 3629). */
bool text_is_utf8(struct text text);

#endif
