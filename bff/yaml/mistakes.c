/* See mistakes.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bff/base/memory.h"

#include "bff/yaml/mistakes.h"

#define LINE_SIZE 1024

static size_t least(int a, size_t b) { return a < 0 ? 0 : (size_t)a < b ? (size_t)a : b; }

static int place_print(const struct place *place, char *out, size_t size)
{
    if (place->source == NULL)
        return 0;
    if (place->line == 0)
        return snprintf(out, size, "%s: ", place->source);
    if (place->column == 0)
        return snprintf(out, size, "%s:%zu: ", place->source, place->line);
    return snprintf(out, size, "%s:%zu:%zu: ", place->source, place->line, place->column);
}

/* True for a control character from U+0080 to U+009F in UTF-8. Terminals obey these characters like
 * escape sequences. */
static bool is_control_pair(const char *at)
{
    unsigned char second = (unsigned char)at[1];

    return (unsigned char)at[0] == 0xc2 && second >= 0x80 && second <= 0x9f;
}

/* Replaces control bytes, so that a mistake is only one line and bytes of a file cannot control the
 * terminal. */
static void control_bytes_replace(char *line)
{
    for (; *line != '\0'; line++) {
        if (is_control_pair(line))
            *line++ = '?';
        else if ((unsigned char)*line >= ' ' && *line != 0x7f)
            continue;
        *line = '?';
    }
}

void mistakes_add(struct mistakes *mistakes, const struct place *place, const char *format, ...)
{
    char line[LINE_SIZE] = "";
    va_list arguments;

    if (mistakes_is_full(mistakes))
        return;
    size_t len = (size_t)place_print(place, line, sizeof(line));
    va_start(arguments, format);
    if (len < sizeof(line))
        vsnprintf(line + len, sizeof(line) - len, format, arguments);
    va_end(arguments);
    control_bytes_replace(line);
    mistakes->lines =
        memory_grow(mistakes->lines, (mistakes->count + 1) * sizeof(*mistakes->lines));
    mistakes->lines[mistakes->count++] = memory_string(line);
}

/* Has a line the same place and the same words, whatever is between them? */
static bool is_known(const struct mistakes *mistakes, const struct place *place, const char *words)
{
    char begin[LINE_SIZE] = "", end[LINE_SIZE] = "";
    size_t begin_len = least(place_print(place, begin, sizeof(begin)), sizeof(begin) - 1);
    size_t end_len = least(snprintf(end, sizeof(end), ": %s", words), sizeof(end) - 1);

    control_bytes_replace(begin);
    control_bytes_replace(end);
    for (size_t i = 0; i < mistakes->count; i++) {
        const char *line = mistakes->lines[i];
        size_t len = strlen(line);
        if (len >= begin_len + end_len && memcmp(line, begin, begin_len) == 0 &&
            memcmp(line + len - end_len, end, end_len) == 0)
            return true;
    }
    return false;
}

void mistakes_add_setting(struct mistakes *mistakes, const struct place *place, const char *path,
                          const char *words)
{
    if (place->line == 0 || !is_known(mistakes, place, words))
        mistakes_add(mistakes, place, "%s: %s", path, words);
}

bool mistakes_is_full(const struct mistakes *mistakes) { return mistakes->count >= MISTAKES_MAX; }

void mistakes_free(struct mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++)
        memory_free(mistakes->lines[i]);
    memory_free(mistakes->lines);
    *mistakes = (struct mistakes){0};
}
