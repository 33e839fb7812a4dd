/* See text_builder.h. */
#include "bff/base/memory.h"
#include "bff/base/percent.h"
#include "bff/base/text_builder.h"

#define FIRST_BYTES ((size_t)128)

void text_builder_init(struct text_builder *builder, struct pool *pool, size_t expected)
{
    *builder = (struct text_builder){
        .pool = pool,
        .at = expected == 0 ? NULL : pool_take(pool, expected),
        .capacity = expected,
    };
}

void text_builder_free(struct text_builder *builder)
{
    memory_free(builder->at);
    *builder = (struct text_builder){0};
}

/* A pool cannot grow a piece of memory. So the old bytes stay in the pool until its end. */
static char *grown_in_pool(const struct text_builder *builder, size_t capacity)
{
    char *grown = pool_take(builder->pool, capacity);

    if (builder->len > 0)
        memcpy(grown, builder->at, builder->len);
    return grown;
}

void text_builder_grow(struct text_builder *builder, size_t bytes)
{
    size_t need = builder->len + bytes, twice = builder->capacity * 2 + FIRST_BYTES;
    size_t capacity = twice > need ? twice : need;

    builder->at = builder->pool == NULL ? memory_grow(builder->at, capacity)
                                        : grown_in_pool(builder, capacity);
    builder->capacity = capacity;
}

void text_builder_size(struct text_builder *builder, uint64_t number)
{
    char digits[TEXT_DIGITS];

    text_builder_add(builder, text_digits(digits, number));
}

void text_builder_number(struct text_builder *builder, int64_t number)
{
    char minus_and_digits[1 + TEXT_DIGITS];
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    struct text digits = text_digits(minus_and_digits + 1, size);

    if (number < 0) {
        char *minus = minus_and_digits + TEXT_DIGITS - digits.len;
        *minus = '-';
        digits = (struct text){minus, digits.len + 1};
    }
    text_builder_add(builder, digits);
}

void text_builder_field(struct text_builder *builder, struct text name, struct text value)
{
    text_builder_add(builder, name);
    text_builder_add(builder, TEXT(": "));
    text_builder_add(builder, value);
    text_builder_add(builder, TEXT("\r\n"));
}

void text_builder_counted(struct text_builder *builder, struct text text)
{
    text_builder_size(builder, text.len);
    text_builder_add(builder, TEXT(":"));
    text_builder_add(builder, text);
}

void text_builder_encoded(struct text_builder *builder, struct text text)
{
    char *room = text_builder_room(builder, PERCENT_ENCODED_MAX(text.len));

    builder->len += percent_encode(room, text);
}
