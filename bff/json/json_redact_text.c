/* Secrets in texts that need not be JSON. See json_redact.h. */
#include "bff/base/percent.h"
#include "bff/base/text_builder.h"
#include "bff/json/json_redact.h"

#define NAME_BYTES ((size_t)128) /* of a decoded name; no name of the list is longer */
#define BEARER "bearer "

/*
 * The text up to ${copied} is in ${out}. Before ${no_token} no token begins, and before ${no_name}
 * no name: a longer one that begins earlier was read. So nothing is read again and again. At
 * ${fresh} a name may begin, although the byte before it looks like one of a name: it is "%20".
 */
struct reading {
    const struct json_redact *redact;
    struct text text;
    size_t copied, no_token, no_name, fresh;
    struct text_builder out;
};

static char char_at(const struct reading *reading, size_t at)
{
    return at < reading->text.len ? reading->text.at[at] : '\0';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

static bool is_in_name(char c) { return is_letter(c) || c == '.' || c == '['; }

/* Replaces the bytes from ${from} to ${to}. */
static void replace(struct reading *reading, size_t from, size_t to)
{
    text_builder_add(&reading->out,
                     (struct text){reading->text.at + reading->copied, from - reading->copied});
    text_builder_add(&reading->out, TEXT(JSON_REDACT_WORD));
    reading->copied = to;
}

/* Tokens. */

/* Returns the end of the signed token at ${at}, or ${at}. */
static size_t token_end(struct reading *reading, size_t at)
{
    size_t end = at, dots = 0;

    if (at < reading->no_token || char_at(reading, at) != 'e' || char_at(reading, at + 1) != 'y' ||
        char_at(reading, at + 2) != 'J')
        return at;
    for (; is_letter(char_at(reading, end)) || char_at(reading, end) == '.'; end++)
        dots += reading->text.at[end] == '.';
    reading->no_token = end;
    return dots >= 2 ? end : at;
}

static bool is_bearer(const struct reading *reading, size_t at)
{
    struct text rest = text_after(reading->text, at);

    return (at == 0 || !is_letter(reading->text.at[at - 1])) &&
           text_starts_nocase(rest, TEXT(BEARER));
}

static size_t blank_after(const struct reading *reading, size_t at)
{
    while (at < reading->text.len && (unsigned char)reading->text.at[at] > ' ' &&
           reading->text.at[at] != '"' && reading->text.at[at] != '\'')
        at++;
    return at;
}

/* Names. */

/* Decodes one byte of a name: it may be written as %77 or \u0077. Returns how many bytes it has
 * in the text; 0: it is no byte of a name. */
static size_t decode(const struct reading *reading, size_t at, char *out)
{
    char c = char_at(reading, at);
    bool is_percent = c == '%', is_escape = c == '\\' && char_at(reading, at + 1) == 'u' &&
                                            char_at(reading, at + 2) == '0' &&
                                            char_at(reading, at + 3) == '0';
    size_t digits = is_percent ? at + 1 : at + 4;
    int high = percent_hex(char_at(reading, digits));
    int low = percent_hex(char_at(reading, digits + 1));

    *out = c;
    if (!is_percent && !is_escape)
        return is_in_name(c) ? 1 : 0;
    if (high < 0 || low < 0)
        return 0;
    *out = (char)(high * 16 + low);
    return is_in_name(*out) ? digits + 2 - at : 0;
}

/* Reads the name at ${at}. Returns its end. */
static size_t read_name(const struct reading *reading, size_t at, char *room, struct text *name)
{
    size_t step;
    char c;

    *name = (struct text){room, 0};
    while ((step = decode(reading, at, &c)) > 0) {
        if (name->len < NAME_BYTES)
            room[name->len++] = c;
        at += step;
    }
    return at;
}

/* Returns where the value of the name that ends at ${at} begins: after "=", ":", "]=", "\":".
 * ${*sign} is '=' or ':', or 0 when no value follows. */
static size_t skip_sign(const struct reading *reading, size_t at, char *sign, bool *is_quoted)
{
    struct text encoded;

    *is_quoted = false;
    for (; strchr("]\\\"' \t", char_at(reading, at)) != NULL && char_at(reading, at) != '\0'; at++)
        *is_quoted |= reading->text.at[at] == '"';
    *sign = char_at(reading, at);
    encoded = (struct text){reading->text.at + at, reading->text.len - at < 3 ? 0 : 3};
    if (text_equal_nocase(encoded, TEXT("%3d"))) {
        *sign = '=';
        at += 2;
    }
    if (*sign != '=' && *sign != ':') {
        *sign = 0;
        return at;
    }
    for (at++; char_at(reading, at) == ' ' || char_at(reading, at) == '\t';)
        at++;
    return at;
}

/* Values. */

/* Returns the end of the string that begins with a quote at ${at}, or with a quote that has an
 * escape. */
static size_t string_end(const struct reading *reading, size_t at)
{
    bool is_escaped = reading->text.at[at] == '\\';
    char quote = reading->text.at[at + is_escaped];

    for (at += 1 + is_escaped; at < reading->text.len; at++) {
        bool has_escape = reading->text.at[at] == '\\';
        if (is_escaped && has_escape && char_at(reading, at + 1) == quote)
            return at + 2;
        if (!is_escaped && has_escape)
            at++;
        else if (!is_escaped && reading->text.at[at] == quote)
            return at + 1;
    }
    return reading->text.len;
}

static size_t container_end(const struct reading *reading, size_t at)
{
    size_t depth = 0;

    while (at < reading->text.len) {
        char c = reading->text.at[at];
        at = c == '"' ? string_end(reading, at) : at + 1;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (depth == 0)
            break;
    }
    return at;
}

static size_t span(const struct reading *reading, size_t at, const char *ends)
{
    while (at < reading->text.len &&
           (reading->text.at[at] == '\0' || strchr(ends, reading->text.at[at]) == NULL))
        at++;
    return at;
}

/* A field of a head goes on to the end of its line. */
static size_t value_end(const struct reading *reading, size_t at, char sign, bool is_quoted)
{
    char c = char_at(reading, at), next = char_at(reading, at + 1);

    if (c == '"' || c == '\'' || (c == '\\' && next == '"'))
        return string_end(reading, at);
    if (c == '{' || c == '[')
        return container_end(reading, at);
    if (sign == '=')
        return span(reading, at, "&;, \t\r\n\"'<>)}]\\");
    return span(reading, at, is_quoted ? ",}] \t\r\n" : "\r\n");
}

/* Finds the text of an element of XML whose name is from ${at} to ${end}, with attributes or
 * without them: "<password>p</password>". Returns its end; 0: there is no such element. A prefix
 * may be before the name. */
static size_t element_end(const struct reading *reading, size_t at, size_t end, size_t *begin)
{
    char before = at == 0 ? '\0' : reading->text.at[at - 1], after = char_at(reading, end);
    bool has_more = before == '<' && (after == ' ' || after == '\t' || after == '\n');
    size_t close = has_more ? span(reading, end, "<>") : end;

    if ((before != '<' && before != ':') || char_at(reading, close) != '>')
        return 0;
    *begin = close + 1;
    return span(reading, *begin, "<");
}

static size_t redact_element(struct reading *reading, size_t at, size_t end)
{
    size_t begin = 0, last = element_end(reading, at, end, &begin);

    if (last > begin)
        replace(reading, begin, last);
    return last > at ? last : at + 1;
}

/* Replaces the value of the name at ${at}, if it is one of the list. Returns where the search goes
 * on: after the value, or after the first letter. */
static size_t redact_pair(struct reading *reading, size_t at)
{
    char room[NAME_BYTES], sign;
    struct text name;
    bool is_quoted;
    size_t end = read_name(reading, at, room, &name);
    size_t value = skip_sign(reading, end, &sign, &is_quoted), last;

    reading->no_name = end;
    if (!json_redact_has(reading->redact, name))
        return at + 1;
    if (sign == 0)
        return redact_element(reading, at, end);
    last = value_end(reading, value, sign, is_quoted);
    if (last > value && is_quoted && sign == ':') {
        replace(reading, value, last); /* inside of JSON it is a string */
        reading->out.len -= sizeof(JSON_REDACT_WORD) - 1;
        text_builder_add(&reading->out, TEXT("\"" JSON_REDACT_WORD "\""));
    } else if (last > value) {
        replace(reading, value, last);
    }
    return last > at ? last : at + 1;
}

/* User information. */

/* Replaces the user name and the password of a URL whose "://" is at ${at}. Returns their end, or
 * ${at}. */
static size_t redact_user(struct reading *reading, size_t at)
{
    size_t begin = at + 3, end, stop;

    if (!text_starts(text_after(reading->text, at), TEXT("://")))
        return at;
    stop = span(reading, begin, "/?# \t\r\n\"'<>\\");
    for (end = stop; end > begin && char_at(reading, end) != '@';)
        end--;
    if (end == begin || end == stop)
        return at;
    replace(reading, begin, end);
    return end;
}

/* True when a name may begin at ${at}: no letter is before it. */
static bool may_begin(const struct reading *reading, size_t at)
{
    char c;

    return at >= reading->no_name && decode(reading, at, &c) > 0 &&
           (at == reading->fresh || !is_in_name(reading->text.at[at - 1]));
}

/* True for a byte such as "%20", which no name has. */
static bool is_encoded_blank(const struct reading *reading, size_t at)
{
    char c;

    return char_at(reading, at) == '%' && percent_hex(char_at(reading, at + 1)) >= 0 &&
           percent_hex(char_at(reading, at + 2)) >= 0 && decode(reading, at, &c) == 0;
}

static size_t step(struct reading *reading, size_t at)
{
    size_t end = token_end(reading, at);
    size_t user = redact_user(reading, at);

    if (user > at)
        return user;
    if (end == at && is_bearer(reading, at)) {
        size_t begin = at + sizeof(BEARER) - 1;
        end = blank_after(reading, begin);
        if (end > begin)
            replace(reading, begin, end);
        return end;
    }
    if (end > at) {
        replace(reading, at, end);
        return end;
    }
    if (is_encoded_blank(reading, at))
        return reading->fresh = at + 3;
    return may_begin(reading, at) ? redact_pair(reading, at) : at + 1;
}

struct text json_redact_text(const struct json_redact *redact, struct text text, struct pool *pool)
{
    struct reading reading = {.redact = redact, .text = text};

    text_builder_init(&reading.out, pool, 0);
    for (size_t at = 0; at < text.len;)
        at = step(&reading, at);
    if (reading.copied == 0)
        return text;
    text_builder_add(&reading.out, text_after(text, reading.copied));
    return text_builder_text(&reading.out);
}
