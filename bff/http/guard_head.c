/* See guard_head.h. */
#include "bff/http/guard_head.h"

struct seen {
    unsigned hosts, lengths, codings;
    bool is_unmet;
};

/* Removes the next line from ${*rest}. Returns it without its CR LF; absent if it does not end with
 * CR LF. */
static struct text take_line(struct text *rest)
{
    struct text line = text_cut(rest, '\n');

    if (rest->at == NULL || line.len == 0 || line.at[line.len - 1] != '\r')
        return (struct text){0};
    return (struct text){line.at, line.len - 1};
}

static void look_at(struct text line, struct seen *seen)
{
    struct text value = line, name = text_cut(&value, ':');

    switch (name.len) {
    case sizeof("host") - 1:
        seen->hosts += text_equal_nocase(name, TEXT("host"));
        break;
    case sizeof("expect") - 1:
        if (text_equal_nocase(name, TEXT("expect")))
            seen->is_unmet |= !text_equal_nocase(text_trim(value), TEXT("100-continue"));
        break;
    case sizeof("content-length") - 1:
        seen->lengths += text_equal_nocase(name, TEXT("content-length"));
        break;
    case sizeof("transfer-encoding") - 1:
        seen->codings += text_equal_nocase(name, TEXT("transfer-encoding"));
        break;
    default:
        break;
    }
}

enum guard_head guard_head(struct text head, bool is_http10)
{
    struct seen seen = {0};
    struct text rest = head, line = take_line(&rest);

    if (line.at != NULL && line.len == 0)
        line = take_line(&rest); /* one empty line may come first (RFC 9112 section 2.2) */
    while (line.len > 0) {
        line = take_line(&rest);
        look_at(line, &seen);
    }
    if (line.at == NULL || seen.hosts > 1 || seen.lengths > 1 || seen.codings > 1)
        return GUARD_HEAD_BAD;
    if (seen.codings > 0 && (seen.lengths > 0 || is_http10))
        return GUARD_HEAD_BAD;
    return seen.is_unmet ? GUARD_HEAD_UNMET : GUARD_HEAD_SOUND;
}
