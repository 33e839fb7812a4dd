/* See jwt_path.h. */
#include "bff/token/jwt_members.h"

#include "bff/token/jwt_path.h"

/* The part of ${path} before its last dot; absent when there is no dot. */
static struct text shorter(struct text path)
{
    const char *dot = memrchr(path.at, '.', path.len);

    return (struct text){dot == NULL ? NULL : path.at, dot == NULL ? 0 : (size_t)(dot - path.at)};
}

/* Finds the member with the longest name that ${path} begins with. All names are looked at, so that
 * none of them may occur twice. ${*name} is absent when there is no such member. */
static int find(struct json object, struct text path, struct pool *pool, struct text *name,
                struct json *value)
{
    *name = (struct text){0};
    *value = (struct json){0};
    for (struct text one = path; one.at != NULL; one = shorter(one)) {
        struct jwt_member member = {.name = pool_print(pool, "%.*s", TEXT_ARGS(one)).at};
        if (jwt_members_read(object, pool, &member, 1) != 0)
            return -1;
        jwt_members_drop_null(&member, 1);
        if (name->at != NULL || json_is(member.value, JSON_NONE))
            continue;
        *name = one;
        *value = member.value;
    }
    return 0;
}

int jwt_path_read(struct json object, const char *path, struct pool *pool, struct json *out)
{
    struct text rest = text_of(path), name;

    for (;;) {
        if (!json_is(object, JSON_OBJECT) || find(object, rest, pool, &name, out) != 0)
            return -1;
        if (name.at == NULL || name.len == rest.len)
            return 0;
        object = *out;
        rest = (struct text){rest.at + name.len + 1, rest.len - name.len - 1};
    }
}
