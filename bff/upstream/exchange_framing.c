/* See exchange_framing.h. */
#include "bff/upstream/exchange_framing.h"

struct seen {
    bool has_length, has_coding, is_chunked, wants_close, wants_keep;
    uint64_t length;
};

static bool is_field(const struct exchange_field *field, struct text name)
{
    return field->name.len == name.len && text_equal_nocase(field->name, name);
}

/* A list of equal numbers counts as one number (RFC 9112 section 6.3, rule 5, allows it). */
static int read_length(struct seen *seen, struct text value)
{
    while (value.at != NULL) {
        uint64_t length;
        if (text_number(text_trim(text_cut(&value, ',')), INT64_MAX, &length) != 0)
            return -1;
        if (seen->has_length && seen->length != length)
            return -1;
        seen->has_length = true;
        seen->length = length;
    }
    return 0;
}

/* Only one "chunked" is accepted. Another coding is an error, because we never offer one (we send
 * no TE field). */
static int read_coding(struct seen *seen, struct text value)
{
    if (seen->has_coding || !text_equal_nocase(value, TEXT("chunked")))
        return -1;
    seen->has_coding = true;
    seen->is_chunked = true;
    return 0;
}

static void read_connection(struct seen *seen, struct text value)
{
    while (value.at != NULL) {
        struct text option = text_trim(text_cut(&value, ','));
        seen->wants_close |= text_equal_nocase(option, TEXT("close"));
        seen->wants_keep |= text_equal_nocase(option, TEXT("keep-alive"));
    }
}

/* Two fields are one list (RFC 9110 section 5.3). */
static enum coding both(enum coding first, enum coding second)
{
    if (first == CODING_IDENTITY)
        return second;
    return second == CODING_IDENTITY ? first : CODING_UNKNOWN;
}

static int read_field(struct seen *seen, struct exchange_head *head, struct exchange_field *field)
{
    if (field->name.at == NULL || field->name.len == 0)
        return -1;
    field->value = text_trim(field->value);
    if (is_field(field, TEXT("content-length")))
        return read_length(seen, field->value);
    if (is_field(field, TEXT("transfer-encoding")))
        return read_coding(seen, field->value);
    if (is_field(field, TEXT("connection")))
        read_connection(seen, field->value);
    else if (is_field(field, TEXT("content-encoding")))
        head->coding = both(head->coding, coding_of(field->value));
    return 0;
}

static enum exchange_framing framing_of(const struct exchange_head *head, const struct seen *seen,
                                        bool is_head_request)
{
    if (is_head_request || head->status == 204 || head->status == 304 || head->status < 200)
        return EXCHANGE_NO_BODY;
    if (seen->is_chunked)
        return EXCHANGE_CHUNKED;
    return seen->has_length ? EXCHANGE_LENGTH : EXCHANGE_UNTIL_CLOSE;
}

int exchange_framing_read(struct exchange_head *head, bool is_head_request)
{
    struct seen seen = {0};

    if (head->status < 100 || head->status > 599)
        return -1;
    head->coding = CODING_IDENTITY;
    for (size_t i = 0; i < head->field_count; i++)
        if (read_field(&seen, head, &head->fields[i]) != 0)
            return -1;
    if (seen.has_coding && (seen.has_length || head->minor_version == 0))
        return -1;

    head->framing = framing_of(head, &seen, is_head_request);
    head->length = head->framing == EXCHANGE_LENGTH ? seen.length : 0;
    head->is_persistent = head->framing != EXCHANGE_UNTIL_CLOSE && !seen.wants_close &&
                          (head->minor_version >= 1 || seen.wants_keep);
    return 0;
}
