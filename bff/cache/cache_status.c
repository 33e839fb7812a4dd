/* See cache_status.h. */
#include "bff/cache/cache_status.h"

static const char *const words[] = {
    [CACHE_STATUS_BYPASS] = "bypass",     [CACHE_STATUS_METHOD] = "method",
    [CACHE_STATUS_URI_MISS] = "uri-miss", [CACHE_STATUS_VARY_MISS] = "vary-miss",
    [CACHE_STATUS_MISS] = "miss",         [CACHE_STATUS_REQUEST] = "request",
    [CACHE_STATUS_STALE] = "stale",       [CACHE_STATUS_PARTIAL] = "partial",
};

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* A token of structured fields (RFC 9651 section 3.3.4). */
static bool is_token(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!is_letter(c) && !(c >= '0' && c <= '9') &&
            (c == '\0' || strchr("!#$%&'*+-.^_`|~:/", c) == NULL))
            return false;
    }
    return text.len > 0 && (is_letter(text.at[0]) || text.at[0] == '*');
}

/* Adds a token, or a string when ${text} is no token. A string has visible ASCII only. */
static void add_word(struct text_builder *out, struct text text)
{
    if (is_token(text)) {
        text_builder_add(out, text);
        return;
    }
    text_builder_add(out, TEXT("\""));
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '"' || c == '\\')
            text_builder_add(out, TEXT("\\"));
        text_builder_add(out, c >= ' ' && c <= '~' ? (struct text){text.at + i, 1} : TEXT("?"));
    }
    text_builder_add(out, TEXT("\""));
}

static void add_forward(struct text_builder *out, const struct cache_status *status)
{
    text_builder_add(out, TEXT("; fwd="));
    text_builder_add(out, text_of(words[status->forward]));
    if (status->status != 0) {
        text_builder_add(out, TEXT("; fwd-status="));
        text_builder_number(out, status->status);
    }
    if (status->is_stored)
        text_builder_add(out, TEXT("; stored"));
    if (status->is_collapsed)
        text_builder_add(out, TEXT("; collapsed"));
}

void cache_status_print(struct text_builder *out, const struct cache_status *status)
{
    add_word(out, status->name);
    if (status->forward == CACHE_STATUS_HIT)
        text_builder_add(out, TEXT("; hit"));
    else
        add_forward(out, status);
    if (status->has_ttl) {
        text_builder_add(out, TEXT("; ttl="));
        text_builder_number(out, status->ttl_s);
    }
    if (status->detail.len > 0) {
        text_builder_add(out, TEXT("; detail="));
        add_word(out, status->detail);
    }
}
