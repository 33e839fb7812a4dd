/* See units.h. */
#include <inttypes.h>
#include <stdio.h>

#include "bff/config/units.h"

#define FRACTION_MAX 9 /* digits after the point */

struct unit {
    const char *name;
    uint64_t worth;
};

/* The largest unit is first: a value is printed in the first unit that gives a whole number. */
static const struct unit durations[] = {
    {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {0},
};

static const struct unit sizes[] = {
    {"GiB", UINT64_C(1) << 30},
    {"MiB", UINT64_C(1) << 20},
    {"KiB", UINT64_C(1) << 10},
    {"B", 1},
    {"", 1},
    {"GB", 1000000000},
    {"MB", 1000000},
    {"KB", 1000},
    {0},
};

static const char wrong_duration[] =
    "expected a duration such as 250ms, 1.5s, 5m or 1h (units: ms, s, m, h)";
static const char wrong_size[] =
    "expected a size in bytes such as 512, 64KiB, 1MiB or 1GiB (units: KiB, MiB, GiB, KB, MB, GB)";

/* Removes the digits at the beginning of ${*rest} and returns them. */
static struct text digits_cut(struct text *rest)
{
    struct text digits = {.at = rest->at};

    while (digits.len < rest->len && rest->at[digits.len] >= '0' && rest->at[digits.len] <= '9')
        digits.len++;
    *rest = (struct text){.at = rest->at + digits.len, .len = rest->len - digits.len};
    return digits;
}

static const struct unit *unit_find(const struct unit *units, struct text name)
{
    for (; units->name != NULL; units++)
        if (text_is(name, units->name))
            return units;
    return NULL;
}

/* Writes 0.${digits} times ${worth} to ${*out}. Returns -1 if this is not a whole number. */
static int fraction_of(struct text digits, uint64_t worth, uint64_t *out)
{
    uint64_t value = 0, scale = 1;

    if (digits.len == 0 || digits.len > FRACTION_MAX ||
        text_number(digits, UINT64_MAX, &value) != 0)
        return -1;
    for (size_t i = 0; i < digits.len; i++)
        scale *= 10;
    *out = value * worth / scale;
    return value * worth % scale == 0 ? 0 : -1;
}

const char *units_duration(struct text text, uint64_t *ms)
{
    struct text rest = text, whole = digits_cut(&rest), fraction = {0};
    uint64_t value = 0, part = 0;

    if (text_starts(rest, TEXT("."))) {
        rest = (struct text){.at = rest.at + 1, .len = rest.len - 1};
        fraction = digits_cut(&rest);
        if (fraction.len == 0)
            return wrong_duration;
    }
    const struct unit *unit = unit_find(durations, rest);
    if (whole.len > 0 && rest.len == 0)
        return "a duration needs a unit: ms, s, m or h";
    if (whole.len == 0 || unit == NULL)
        return wrong_duration;
    if (text_number(whole, UINT32_MAX, &value) != 0)
        return "that is too long";
    if (fraction.at != NULL && fraction_of(fraction, unit->worth, &part) != 0)
        return "a duration is a whole number of milliseconds";
    *ms = value * unit->worth + part;
    return NULL;
}

const char *units_size(struct text text, uint64_t *bytes)
{
    struct text rest = text, whole = digits_cut(&rest);
    const struct unit *unit = unit_find(sizes, rest);
    uint64_t value = 0;

    if (whole.len == 0 || unit == NULL)
        return wrong_size;
    if (text_number(whole, UINT64_MAX / unit->worth, &value) != 0)
        return "that is too much";
    *bytes = value * unit->worth;
    return NULL;
}

/* Prints ${value} in the first of ${units} that gives a whole number. */
static void value_print(uint64_t value, const struct unit *units, char out[UNITS_SIZE])
{
    while (units->worth > 1 && (value == 0 || value % units->worth != 0))
        units++;
    snprintf(out, UNITS_SIZE, "%" PRIu64 "%s", value / units->worth, units->name);
}

void units_print_duration(uint64_t ms, char out[UNITS_SIZE]) { value_print(ms, durations, out); }
void units_print_size(uint64_t bytes, char out[UNITS_SIZE]) { value_print(bytes, sizes, out); }
