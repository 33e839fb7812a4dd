/*
 * A text that grows. All code that writes a text of unknown length uses it, for example the
 * printing of JSON (json_print.h) and the lines of the log (log_line.h).
 *
 * The text is in a pool, or in memory of its own if the builder has no pool. A builder that is all
 * zero is empty and has no pool; text_builder_free frees its memory. A builder with a pool is not
 * freed.
 *
 * compose/pieces.h has another purpose: it lists slices of other texts and copies only the short
 * ones.
 */
#ifndef BFF_BASE_TEXT_BUILDER_H
#define BFF_BASE_TEXT_BUILDER_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * All code may read the members. Only the functions below change them, with two exceptions: a user
 * may set ${len} to a smaller value, and may write bytes to text_builder_room and add their number
 * to ${len}.
 */
struct text_builder {
    struct pool *pool; /* NULL: the text is in memory of its own */
    char *at;
    size_t len, capacity;
};

/* Begins an empty text in ${pool} with room for ${expected} bytes. If ${expected} is 0, memory is
 * allocated when it is needed. */
void text_builder_init(struct text_builder *builder, struct pool *pool, size_t expected);

/* Frees the text of a builder without a pool and leaves the builder empty. */
void text_builder_free(struct text_builder *builder);

/* Makes room for ${bytes} more bytes. Only for the two functions below. */
void text_builder_grow(struct text_builder *builder, size_t bytes);

/*
 * Returns the address after the text, with room for ${bytes} more bytes. The user writes there and
 * adds the number of written bytes to ${len}. The function is inline, like text_builder_add, so
 * that the compiler knows the lengths of literals.
 */
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

/* Adds ${number} in decimal digits, with a minus sign in front if it is negative. */
void text_builder_number(struct text_builder *builder, int64_t number);

/* Adds ${number} in decimal digits. */
void text_builder_size(struct text_builder *builder, uint64_t number);

/* Adds the length of ${text}, a colon and ${text}. Texts that are written so one after another can
 * be told apart, whatever bytes they have: it is for keys that are made of several texts. */
void text_builder_counted(struct text_builder *builder, struct text text);

/* Adds "name: value\r\n". */
void text_builder_field(struct text_builder *builder, struct text name, struct text value);

/* Adds ${text}, percent-encoded as by percent_encode. */
void text_builder_encoded(struct text_builder *builder, struct text text);

/* Returns the text so far. It is valid until the builder changes. */
static inline struct text text_builder_text(const struct text_builder *builder)
{
    return (struct text){builder->at, builder->len};
}

#endif
