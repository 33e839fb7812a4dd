/* Numbers of all kinds, and their bounds. See kind.h. */
#include <inttypes.h>
#include <stdio.h>

#include "bff/config/kind.h"

#define RATE_MAX 4000000 /* requests in a second */

int kind_read_number(struct settings_input *input, const struct kind_form *form, uint64_t *number)
{
    const struct setting *row = input->row;
    const char *words = form->read(text_of(input->text), number);
    char least[UNITS_SIZE], most[UNITS_SIZE];

    if (words != NULL) {
        settings_refuse_value(input, 0, words);
        return -1;
    }
    if (*number >= row->least && *number <= row->most)
        return 0;
    form->print(row->least, least);
    form->print(row->most, most);
    settings_refuse(input, 0, "\"%.100s\" is out of bounds: expected %s to %s", input->text, least,
                    most);
    return -1;
}

static const char *whole_read(struct text text, uint64_t *out)
{
    return text_number(text, UINT64_MAX, out) == 0 ? NULL : "expected a whole number";
}

static void whole_print(uint64_t number, char out[UNITS_SIZE])
{
    snprintf(out, UNITS_SIZE, "%" PRIu64, number);
}

static const char *seconds_text_read(struct text text, uint64_t *out)
{
    uint64_t ms = 0;
    const char *words = units_duration(text, &ms);

    *out = ms / 1000;
    return words == NULL && ms % 1000 != 0 ? "expected whole seconds" : words;
}

static void seconds_print(uint64_t number, char out[UNITS_SIZE])
{
    snprintf(out, UNITS_SIZE, "%" PRIu64 "s", number);
}

static const char *percent_text_read(struct text text, uint64_t *out)
{
    if (text.len > 0 && text.at[text.len - 1] == '%')
        text.len--;
    return text_number(text, UINT64_MAX, out) == 0 ? NULL : "expected a percentage, such as 50";
}

static void duration_read(struct settings_input *input)
{
    static const struct kind_form form = {units_duration, units_print_duration};
    uint64_t number = 0;

    if (kind_read_number(input, &form, &number) == 0)
        *(uint32_t *)input->member = (uint32_t)number;
}

static void seconds_read(struct settings_input *input)
{
    static const struct kind_form form = {seconds_text_read, seconds_print};
    uint64_t number = 0;

    if (kind_read_number(input, &form, &number) == 0)
        *(uint32_t *)input->member = (uint32_t)number;
}

static void size_read(struct settings_input *input)
{
    static const struct kind_form form = {units_size, units_print_size};
    uint64_t number = 0;

    if (kind_read_number(input, &form, &number) == 0)
        *(size_t *)input->member = (size_t)number;
}

static void count_read(struct settings_input *input)
{
    uint64_t number = 0;

    if (kind_read_number(input, &kind_whole, &number) == 0)
        *(size_t *)input->member = (size_t)number;
}

static void number_read(struct settings_input *input)
{
    uint64_t number = 0;

    if (kind_read_number(input, &kind_whole, &number) == 0)
        *(unsigned *)input->member = (unsigned)number;
}

static void percent_read(struct settings_input *input)
{
    static const struct kind_form form = {percent_text_read, whole_print};
    uint64_t number = 0;

    if (kind_read_number(input, &form, &number) == 0)
        *(unsigned *)input->member = (unsigned)number;
}

/* Reads "10/s". As in nginx, a rate is a whole number of requests in 1000 seconds, rounded down. */
static void rate_read(struct settings_input *input)
{
    struct text unit = text_of(input->text), digits = text_cut(&unit, '/');
    uint64_t seconds = text_is(unit, "s") ? 1 : text_is(unit, "m") ? 60 : 3600, number = 0;
    bool is_known = seconds < 3600 || text_is(unit, "h");

    if (!is_known || text_number(digits, UINT32_MAX, &number) != 0)
        settings_refuse_value(input, 0, "expected a rate such as 10/s, 30/m or 100/h");
    else if (number / seconds > RATE_MAX)
        settings_refuse_value(input, 0, "it is out of bounds: expected at most 4000000/s");
    else if (number * 1000 / seconds == 0)
        settings_refuse_value(input, 0, "it is out of bounds: expected at least 1/m or 4/h");
    else
        *(uint32_t *)input->member = (uint32_t)(number * 1000 / seconds);
}

const struct kind_form kind_whole = {whole_read, whole_print};

const struct settings_kind kind_duration = {.read = duration_read};
const struct settings_kind kind_seconds = {.read = seconds_read};
const struct settings_kind kind_size = {.read = size_read};
const struct settings_kind kind_count = {.read = count_read};
const struct settings_kind kind_number = {.read = number_read};
const struct settings_kind kind_percent = {.read = percent_read};
const struct settings_kind kind_rate = {.read = rate_read};
