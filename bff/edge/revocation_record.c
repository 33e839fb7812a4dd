/* See revocation_record.h. */
#include "bff/json/json_print.h"

#include "bff/edge/revocation_record.h"

#define DEPTH_MAX 4
#define SECONDS_MOST 9999999999.0 /* a larger number is probably in milliseconds */

static const char *const names[REVOCATION_KINDS] = {
    [REVOCATION_JTI] = "jti",
    [REVOCATION_SID] = "sid",
    [REVOCATION_PROVIDER_SID] = "provider_sid",
    [REVOCATION_PROVIDER_SUB] = "provider_sub",
    [REVOCATION_SUB] = "sub",
};

#define EXPECTED                                                                                   \
    "expected an object with exactly one of jti, sid and sub, and perhaps before (with sub) and "  \
    "until"
#define WHAT "jti, sid and sub are texts of 1 to 1024 bytes"
#define SECONDS "before and until are whole seconds since 1970"

static int kind_of(struct text key)
{
    for (int i = 0; i < REVOCATION_KINDS; i++)
        if (json_key_is(key, names[i]))
            return i;
    return -1;
}

static const char *read_seconds(struct json value, int64_t *out)
{
    double seconds;

    if (*out != 0 || !json_double(value, &seconds) || !(seconds >= 1 && seconds <= SECONDS_MOST) ||
        seconds != (double)(int64_t)seconds)
        return SECONDS;
    *out = (int64_t)seconds;
    return NULL;
}

static const char *read_what(struct pool *pool, int kind, struct json value,
                             struct revocation_record *out)
{
    if (out->what.at != NULL)
        return EXPECTED;
    if (!json_is(value, JSON_STRING))
        return WHAT;
    out->kind = (enum revocation_kind)kind;
    out->what = json_text(value, pool);
    return out->what.len >= 1 && out->what.len <= REVOCATION_RECORD_MOST ? NULL : WHAT;
}

static const char *read_member(struct pool *pool, struct text key, struct json value,
                               struct revocation_record *out)
{
    int kind = kind_of(key);

    if (kind >= 0)
        return read_what(pool, kind, value, out);
    if (json_key_is(key, "before"))
        return read_seconds(value, &out->before_s);
    if (json_key_is(key, "until"))
        return read_seconds(value, &out->until_s);
    return EXPECTED;
}

const char *revocation_record_read(struct pool *pool, struct text json,
                                   struct revocation_record *out)
{
    const char *wrong = NULL;
    struct json value;

    *out = (struct revocation_record){0};
    if (!json_scan_accepts(json.at, json.len, DEPTH_MAX))
        return "the body is no JSON";
    struct json object = json_of(json);
    struct json_walk walk = json_walk(object);
    if (!json_is(object, JSON_OBJECT))
        return EXPECTED;
    while (wrong == NULL && json_walk_next(&walk, &value))
        wrong = read_member(pool, walk.key, value, out);
    if (wrong == NULL && out->what.at == NULL)
        wrong = EXPECTED;
    if (wrong == NULL && out->before_s != 0 && !revocation_has_before(out->kind))
        wrong = "before is only for sub";
    return wrong;
}

void revocation_record_complete(struct revocation_record *record, int64_t now_s, int64_t keep_s)
{
    if (revocation_has_before(record->kind) && record->before_s == 0)
        record->before_s = now_s + 1;
    if (record->until_s == 0)
        record->until_s = now_s + keep_s;
}

struct text revocation_record_print(struct pool *pool, const struct revocation_record *record,
                                    bool has_until)
{
    struct json_print out;

    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{"));
    json_print_key(&out, names[record->kind]);
    json_print_string(&out, record->what);
    if (revocation_has_before(record->kind)) {
        json_print_key(&out, "before");
        json_print_int(&out, record->before_s);
    }
    if (has_until) {
        json_print_key(&out, "until");
        json_print_int(&out, record->until_s);
    }
    json_print_raw(&out, TEXT("}"));
    return json_print_text(&out);
}

void revocation_record_add(struct revocation *revocation, const struct revocation_record *record,
                           int64_t now_s)
{
    struct revocation_entry entry = {
        .kind = record->kind,
        .key = revocation_key(record->kind, record->what),
        .before_s = record->before_s,
        .until_s = record->until_s,
    };

    revocation_add(revocation, &entry, now_s);
}
