/*
 * A text that grows. It is the only way to write a text whose length is not known before. Printing
 * JSON (json_print.h) and lines of the log (log_line.h) are built on it.
 *
 * The text lies in a pool, or in memory of its own if the builder was not given a pool. A builder
 * that is all zero is empty and uses memory of its own; text_builder_free ends it. A builder on a
 * pool is not freed.
 *
 * compose/pieces.h has another purpose: it lists slices of other texts and copies only the short
 * ones.
 */
#ifndef BFF_BASE_TEXT_BUILDER_H
#define BFF_BASE_TEXT_BUILDER_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* All code may read the members. Only the functions below change them, with two exceptions: a user
 * may set ${len} to a smaller value, and may add to it what it wrote to text_builder_room. */
struct text_builder {
    struct pool *pool; /* NULL: memory of its own */
    char *at;
    size_t len, capacity;
};

/* An empty text in ${pool} with room for ${expected} bytes; 0: takes memory when it is needed. */
void text_builder_init(struct text_builder *builder, struct pool *pool, size_t expected);

/* Frees the text of a builder without a pool and leaves the builder empty. */
void text_builder_free(struct text_builder *builder);

/* Makes room for ${bytes} more bytes. Only for the two functions below. */
void text_builder_grow(struct text_builder *builder, size_t bytes);

/* Room for ${bytes} more bytes, after the text. The user writes there and adds to ${len}. Inline
 * like text_builder_add, so that the compiler knows the lengths of literals. */
static inline char *text_builder_room(struct text_builder *builder, size_t bytes)
{
    if (bytes > builder->capacity - builder->len)
        text_builder_grow(builder, bytes);
    return builder->at + builder->len;
}

/* Adds ${text}. */
static inline void text_builder_add(struct text_builder *builder, struct text text)
{
    if (text.len == 0)
        return;
    memcpy(text_builder_room(builder, text.len), text.at, text.len);
    builder->len += text.len;
}

/* Adds decimal digits, with a minus sign in front if the number is negative. */
void text_builder_number(struct text_builder *builder, int64_t number);

/* Adds decimal digits. */
void text_builder_size(struct text_builder *builder, uint64_t number);

/* Adds "name: value\r\n". */
void text_builder_field(struct text_builder *builder, struct text name, struct text value);

/* The text so far. It is valid until the builder changes. */
static inline struct text text_builder_text(const struct text_builder *builder)
{
    return (struct text){builder->at, builder->len};
}

#endif
