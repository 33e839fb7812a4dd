/* See jwt_members.h. */
#include "bff/json/json_scan.h"

#include "bff/token/jwt_members.h"

int jwt_object(struct text text, struct json *out)
{
    struct json_scan scan;

    json_scan_init(&scan, JWT_DEPTH_MAX, false);
    if (text.len == 0 || json_scan_more(&scan, text.at, text.len) != 0 ||
        json_scan_end(&scan, text.at, text.len) != 0)
        return -1;
    *out = json_of(text);
    return json_is(*out, JSON_OBJECT) ? 0 : -1;
}

int jwt_members_read(struct json object, struct pool *pool, struct jwt_member *members,
                     size_t count)
{
    struct json_walk walk = json_walk(object);
    struct json value;

    while (json_walk_next(&walk, &value)) {
        struct text name = json_key_text(walk.key, pool);
        for (size_t i = 0; i < count; i++) {
            if (!text_is(name, members[i].name))
                continue;
            if (!json_is(members[i].value, JSON_NONE))
                return -1;
            members[i].value = value;
        }
    }
    return 0;
}

void jwt_members_drop_null(struct jwt_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (json_is(members[i].value, JSON_NULL))
            members[i].value = (struct json){0};
}
