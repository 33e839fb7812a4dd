/* See health_body.h. */
#include "bff/base/memory.h"
#include "bff/upstream/health_body.h"

/* Returns the value of ${body->matched} after the byte ${next}. ${matched} is its value before. */
static size_t step(const struct health_body *body, size_t matched, char next)
{
    while (matched > 0 && body->wanted.at[matched] != next)
        matched = body->borders[matched - 1];
    return body->wanted.at[matched] == next ? matched + 1 : 0;
}

void health_body_init(struct health_body *body, struct text wanted)
{
    *body = (struct health_body){.wanted = wanted};
    if (wanted.len == 0)
        return;
    body->borders = memory_new(wanted.len * sizeof(*body->borders));
    for (size_t i = 1; i < wanted.len; i++)
        body->borders[i] = step(body, body->borders[i - 1], wanted.at[i]);
}

void health_body_dispose(struct health_body *body)
{
    memory_free(body->borders);
    *body = (struct health_body){0};
}

void health_body_begin(struct health_body *body) { body->matched = body->bytes = 0; }

size_t health_body_add(struct health_body *body, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len && !health_body_has_text(body); i++)
        body->matched = step(body, body->matched, bytes[i]);
    return body->bytes += len;
}

bool health_body_has_text(const struct health_body *body)
{
    return body->matched == body->wanted.len;
}
