/* See request_kept.h. */
#include "bff/http/request_kept.h"
#include "bff/json/value.h"

/* The answer is longer than what is kept, so nothing of it is. */
static void give_up(struct request_kept *kept)
{
    value_release(kept->answer);
    kept->answer = NULL;
    kept->is_cut = true;
}

void request_kept_add(struct request *request, struct text bytes)
{
    struct request_kept *kept = &request->kept;
    size_t len = kept->answer == NULL ? 0 : kept->answer->text.len;

    if (kept->is_cut || bytes.len == 0)
        return;
    if (bytes.len > REQUEST_KEPT_BYTES - len) {
        give_up(kept);
        return;
    }
    if (kept->answer == NULL)
        kept->answer = value_new(bytes.len);
    kept->answer = value_add(kept->answer, bytes.at, bytes.len);
}

void request_kept_whole(struct request *request, const struct text *body, size_t count)
{
    struct request_kept *kept = &request->kept;
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++)
        bytes += body[i].len;
    give_up(kept);
    kept->is_cut = bytes > REQUEST_KEPT_BYTES;
    if (bytes == 0 || kept->is_cut)
        return;
    kept->answer = value_new(bytes);
    for (size_t i = 0; i < count; i++)
        kept->answer = value_add(kept->answer, body[i].at, body[i].len);
}

void request_kept_body(struct request *request, struct text json)
{
    struct request_kept *kept = &request->kept;

    value_release(kept->body);
    kept->body = NULL;
    if (json.len <= REQUEST_KEPT_BYTES)
        kept->body = value_add(value_new(json.len), json.at, json.len);
}

void request_kept_free(struct request_kept *kept)
{
    value_release(kept->answer);
    value_release(kept->body);
    *kept = (struct request_kept){0};
}
