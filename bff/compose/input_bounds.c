/* See input_bounds.h. */
#include "bff/base/check.h"
#include "bff/compose/input_bounds.h"

/* Making. */

static bool has_size(const struct bff_body *row) { return row->min > 0 || row->max > 0; }

static bool has_bounds(const struct bff_body *row)
{
    return has_size(row) || row->is_whole || row->words != NULL;
}

/* A column for another kind. */
static const char *wrong_kind_of(const struct bff_body *row)
{
    bool is_sized =
        row->kind == BFF_BODY_NUMBER || row->kind == BFF_BODY_TEXT || row->kind == BFF_BODY_LIST;

    if (has_size(row) && !is_sized)
        return ".min and .max are for BFF_BODY_NUMBER, BFF_BODY_TEXT and BFF_BODY_LIST only";
    if (row->is_whole && row->kind != BFF_BODY_NUMBER)
        return ".is_whole is for BFF_BODY_NUMBER only";
    if (row->words != NULL && row->kind != BFF_BODY_TEXT)
        return ".words is for BFF_BODY_TEXT only";
    return NULL;
}

static const char *mistake_of(const struct bff_body *row)
{
    const char *wrong_kind = wrong_kind_of(row);

    if (wrong_kind != NULL)
        return wrong_kind;
    if (row->words != NULL && text_trim(text_of(row->words)).len == 0)
        return ".words names no word";
    if (row->words != NULL && has_size(row))
        return ".words says already how long the text may be: remove .min and .max";
    if (row->max > 0 && row->min > row->max)
        return ".min is larger than .max";
    if (row->min > INPUT_BOUNDS_LEAST_MAX && row->kind != BFF_BODY_NUMBER)
        return ".min is over 1000";
    return NULL;
}

/* "from 1 to 5", "of at least 1", "of at most 5" */
static struct text range(struct pool *pool, const struct bff_body *row)
{
    if (row->max == 0)
        return pool_print(pool, "of at least %u", row->min);
    if (row->min == 0 && row->kind != BFF_BODY_NUMBER)
        return pool_print(pool, "of at most %u", row->max);
    return pool_print(pool, "from %u to %u", row->min, row->max);
}

static struct text words_for(struct pool *pool, const struct bff_body *row)
{
    const char *whole = row->is_whole ? "whole " : "";

    if (row->words != NULL)
        return pool_print(pool, "must be one of these: %s", row->words);
    if (row->min == 0 && row->max == 0)
        return TEXT("must be a whole number");
    struct text sized = range(pool, row);
    if (row->kind == BFF_BODY_NUMBER)
        return pool_print(pool, "must be a %snumber %.*s", whole, TEXT_ARGS(sized));
    return pool_print(pool, "must have a length %.*s", TEXT_ARGS(sized));
}

const char *input_bounds_make(struct pool *pool, const struct bff_body *row,
                              struct input_bounds *out)
{
    const char *wrong = mistake_of(row);

    *out = (struct input_bounds){0};
    if (wrong != NULL || !has_bounds(row))
        return wrong;
    *out = (struct input_bounds){
        .min = row->min,
        .max = row->max,
        .is_whole = row->is_whole,
        .words = text_of(row->words),
        .what = words_for(pool, row).at,
    };
    return NULL;
}

/* Checking. */

static bool is_within(const struct input_bounds *bounds, double size)
{
    return size >= bounds->min && (bounds->max == 0 || size <= bounds->max);
}

static bool is_whole(struct text digits)
{
    size_t sign = digits.len > 0 && digits.at[0] == '-' ? 1 : 0;

    for (size_t i = sign; i < digits.len; i++)
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return false;
    return true;
}

static bool fits_number(const struct input_bounds *bounds, struct json value)
{
    double number = 0;

    if (bounds->is_whole && !is_whole(json_raw(value)))
        return false;
    if (bounds->min == 0 && bounds->max == 0)
        return true;
    return json_double(value, &number) && is_within(bounds, number);
}

static bool is_a_word(const struct input_bounds *bounds, struct text text)
{
    for (struct text rest = bounds->words; rest.at != NULL;) {
        struct text word = text_cut(&rest, ' ');
        if (word.len > 0 && text_equal(word, text))
            return true;
    }
    return false;
}

/* Counts characters of Unicode. All bytes of a character but the first begin with the bits 10. */
static size_t length(struct text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return count;
}

bool input_bounds_fit(const struct input_bounds *bounds, struct json value, struct pool *pool)
{
    if (bounds->what == NULL)
        return true;
    if (json_is(value, JSON_NUMBER))
        return fits_number(bounds, value);
    if (json_is(value, JSON_ARRAY))
        return is_within(bounds, (double)json_length(value));
    struct text text = json_text(value, pool);
    return bounds->words.at != NULL ? is_a_word(bounds, text)
                                    : is_within(bounds, (double)length(text));
}

/* A sample. */

static void sample_text(struct json_print *out, const struct input_bounds *bounds)
{
    struct text rest = text_trim(bounds->words);
    unsigned count = bounds->min > 0 ? bounds->min : 1;

    if (bounds->words.at != NULL) {
        json_print_string(out, text_cut(&rest, ' '));
        return;
    }
    json_print_raw(out, TEXT("\""));
    for (unsigned i = 0; i < count; i++)
        json_print_raw(out, TEXT("1"));
    json_print_raw(out, TEXT("\""));
}

static void sample_list(struct json_print *out, const struct input_bounds *bounds)
{
    unsigned count = bounds->min > 0 ? bounds->min : 1;

    json_print_raw(out, TEXT("["));
    for (unsigned i = 0; i < count; i++)
        json_print_raw(out, i == 0 ? TEXT("{}") : TEXT(",{}"));
    json_print_raw(out, TEXT("]"));
}

void input_bounds_sample(struct json_print *out, const struct input_bounds *bounds,
                         enum bff_body_kind kind)
{
    if (kind == BFF_BODY_TEXT) {
        sample_text(out, bounds);
    } else if (kind == BFF_BODY_LIST) {
        sample_list(out, bounds);
    } else {
        must(kind == BFF_BODY_NUMBER);
        json_print_size(out, bounds->min > 0 ? bounds->min : 1);
    }
}
