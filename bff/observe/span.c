/* See span.h. */
#include "bff/observe/span.h"

static void add(struct span *span, const struct span_attribute *attribute)
{
    if (span->attribute_count < SPAN_ATTRIBUTES)
        span->attributes[span->attribute_count++] = *attribute;
}

void span_add_text(struct span *span, struct text key, struct text text)
{
    if (text.at == NULL)
        return;
    if (text.len > SPAN_TEXT_BYTES)
        text.len = SPAN_TEXT_BYTES;
    add(span, &(struct span_attribute){.type = SPAN_TEXT, .key = key, .text = text});
}

void span_add_number(struct span *span, struct text key, int64_t number)
{
    add(span, &(struct span_attribute){.type = SPAN_NUMBER, .key = key, .number = number});
}

void span_add_true(struct span *span, struct text key)
{
    add(span, &(struct span_attribute){.type = SPAN_TRUE, .key = key});
}

void span_add_event(struct span *span, struct text name, int64_t at_ns)
{
    if (span->event_count < SPAN_EVENTS)
        span->events[span->event_count++] = (struct span_event){.name = name, .at_ns = at_ns};
}

void span_fail(struct span *span, struct text type)
{
    span->is_failed = true;
    span_add_text(span, TEXT("error.type"), type);
}

void span_fail_status(struct span *span, int status)
{
    span_fail(span, text_digits(span->digits, (uint64_t)status));
}

/* The rest of the memory for copies. */
struct room {
    char *at;
    size_t bytes;
};

static struct text copy(struct room *room, struct text text)
{
    struct text own = {room->at, text.len < room->bytes ? text.len : room->bytes};

    text.len = own.len;
    if (text.len == 0)
        return (struct text){0};
    memcpy(room->at, text.at, text.len);
    room->at += text.len;
    room->bytes -= text.len;
    return own;
}

static void copy_attributes(struct span *to, const struct span *from, struct room *room)
{
    to->attribute_count = 0;
    for (size_t i = 0; i < from->attribute_count; i++) {
        struct span_attribute *attribute = &to->attributes[to->attribute_count];
        *attribute = from->attributes[i];
        if (attribute->type == SPAN_TEXT)
            attribute->text = copy(room, attribute->text);
        to->attribute_count += attribute->type != SPAN_TEXT || attribute->text.at != NULL;
    }
}

/* Keys, and the names of events, are constants. */
void span_copy(struct span *to, const struct span *from, char *room, size_t bytes)
{
    struct room left = {room, bytes};

    to->kind = from->kind;
    to->is_failed = from->is_failed;
    to->is_parent_remote = from->is_parent_remote;
    to->started_ns = from->started_ns;
    to->ended_ns = from->ended_ns;
    to->event_count = from->event_count;
    memcpy(to->events, from->events, sizeof(to->events));
    to->traceparent = copy(&left, from->traceparent);
    to->parent = copy(&left, from->parent);
    to->name = copy(&left, from->name);
    copy_attributes(to, from, &left);
}
