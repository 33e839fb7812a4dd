/* Numbers of all kinds, with their bounds. */
#include <inttypes.h>
#include <stdio.h>

#include "bff/config/units.h"
#include "bff/base/check.h"

#include "bff/config/kind.h"

static const char *seconds_read(struct text text, uint64_t *out)
{
    uint64_t ms = 0;
    const char *words = units_duration(text, &ms);

    if (words == NULL && ms % 1000 != 0)
        words = "expected whole seconds";
    if (words == NULL)
        *out = ms / 1000;
    return words;
}

static const char *number_read(const struct setting *row, struct text text, uint64_t *out)
{
    switch (row->type) {
    case SETTING_DURATION:
        return units_duration(text, out);
    case SETTING_SECONDS:
        return seconds_read(text, out);
    case SETTING_SIZE:
        return units_size(text, out);
    case SETTING_WORKERS:
        if (text_is(text, "auto")) {
            *out = 0;
            return NULL;
        }
        return text_number(text, UINT64_MAX, out) == 0 ? NULL : "expected auto or a whole number";
    default:
        return text_number(text, UINT64_MAX, out) == 0 ? NULL : "expected a whole number";
    }
}

static void bound_print(const struct setting *row, uint64_t value, char out[UNITS_SIZE])
{
    if (row->type == SETTING_DURATION)
        units_print_duration(value, out);
    else if (row->type == SETTING_SECONDS)
        snprintf(out, UNITS_SIZE, "%" PRIu64 "s", value);
    else if (row->type == SETTING_SIZE)
        units_print_size(value, out);
    else
        snprintf(out, UNITS_SIZE, "%" PRIu64, value);
}

static int number_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    uint64_t number = 0;
    char least[UNITS_SIZE], most[UNITS_SIZE];
    const char *words = number_read(row, text_of(text), &number);
    bool is_auto = row->type == SETTING_WORKERS && text_is(text_of(text), "auto");

    if (words != NULL)
        return setting_judge(wrong, text, words);
    if (is_auto || (number >= row->least && number <= row->most))
        return 0;
    bound_print(row, row->least, least);
    bound_print(row, row->most, most);
    snprintf(wrong->words, sizeof(wrong->words), "\"%.100s\" is out of bounds: expected %s to %s",
             text, least, most);
    return -1;
}

static void number_set(const struct setting *row, struct config *config, void *member,
                       const struct settings_values *values)
{
    uint64_t number = 0;

    must(number_read(row, text_of(values->texts[0]), &number) == NULL);
    if (row->type == SETTING_SIZE || row->type == SETTING_COUNT)
        *(size_t *)member = (size_t)number;
    else if (row->type == SETTING_DURATION || row->type == SETTING_SECONDS)
        *(uint32_t *)member = (uint32_t)number;
    else
        *(unsigned *)member = (unsigned)number;
}

const struct setting_kind setting_number = {number_check, number_set, false, false};
