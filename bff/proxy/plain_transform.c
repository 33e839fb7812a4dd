/* See plain_transform.h. */
#include "bff/proxy/plain_transform.h"

int plain_transform_status(const struct plain_transform *transform, int status)
{
    int found = status;

    if (status == 304 || status == 206 || status < 200)
        return status;
    for (size_t i = 0; i < transform->status_count; i++) {
        if (transform->statuses[i].from == status)
            return transform->statuses[i].to;
        if (transform->statuses[i].from == status / 100)
            found = transform->statuses[i].to;
    }
    return found;
}

bool plain_transform_answers(const struct plain_transform *transform)
{
    return transform->response_body != NULL || transform->status_count > 0 ||
           transform->response_names.count > 0;
}

struct text plain_transform_name_in(const struct plain_fields *names, struct text name)
{
    struct text found = name;

    for (size_t i = 0; i < names->count; i++) {
        if (text_equal_nocase(names->rows[i].name, name))
            return names->rows[i].value;
        if (text_equal_nocase(names->rows[i].value, name))
            found = (struct text){0};
    }
    return found;
}
