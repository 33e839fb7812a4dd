/* Splits any bytes as a request's target. No byte may be lost. A text that is called clean must not
 * contain a byte that ends or splits anything. An authority must be a host and a port, and nothing
 * else. */
#include "bff/http/target.h"

#include "tests/fuzz/chance.h"

/* ${part} stands at ${*at}, which moves behind it. */
static void take(const char **at, struct text part)
{
    must(part.len == 0 || part.at == *at);
    *at += part.len;
}

static bool holds(struct text text, char byte)
{
    return text.len > 0 && memchr(text.at, byte, text.len) != NULL;
}

static void check_query(const char *at, const struct target *target, struct text raw)
{
    must(!holds(target->path, '?'));
    if (target->query.at != NULL) {
        must(*at++ == '?');
        take(&at, target->query);
    }
    must(at == raw.at + raw.len);
}

static void check_path_alone(struct text raw)
{
    struct target target = target_of_path(raw);
    const char *at = raw.at;

    must(target.authority.at == NULL);
    take(&at, target.path);
    check_query(at, &target, raw);
}

static bool begins_nocase(struct text text, struct text prefix)
{
    return text.len >= prefix.len && text_equal_nocase((struct text){text.at, prefix.len}, prefix);
}

static void check_absolute(struct text raw, const struct target *target)
{
    const char *at = raw.at;

    must(begins_nocase(raw, TEXT("http://")) || begins_nocase(raw, TEXT("https://")));
    must(!holds(target->authority, '/') && !holds(target->authority, '?'));
    at += begins_nocase(raw, TEXT("http://")) ? 7 : 8;
    take(&at, target->authority);
    must(text_starts(target->path, TEXT("/")));
    if (at < raw.at + raw.len && *at == '/') /* else the path is ours */
        take(&at, target->path);
    else
        must(text_is(target->path, "/"));
    check_query(at, target, raw);
}

static void check_clean(struct text text)
{
    bool is_clean = true;

    for (size_t i = 0; i < text.len; i++)
        is_clean = is_clean && text.at[i] > ' ' && text.at[i] <= '~' && text.at[i] != '#';
    must(target_is_clean(text) == is_clean);
}

/* The digits of a port, perhaps none. */
static void check_port(struct text port)
{
    unsigned long number = 0;

    for (size_t i = 0; i < port.len; i++) {
        must(port.at[i] >= '0' && port.at[i] <= '9');
        number = number * 10 + (unsigned long)(port.at[i] - '0');
        must(number <= 65535);
    }
}

static void check_authority(struct text authority)
{
    struct text rest = authority;

    if (!target_is_authority(authority))
        return;
    must(authority.len > 0 && target_is_clean(authority));
    must(!holds(authority, '@') && !holds(authority, '/') && !holds(authority, '?') &&
         !holds(authority, ',') && !holds(authority, '\\'));
    if (authority.at[0] == '[') {
        must(text_cut(&rest, ']').len >= sizeof("[::") - 1);
        must(rest.at != NULL && !holds(rest, '[') && !holds(rest, ']'));
        must(rest.len == 0 || rest.at[0] == ':');
        if (rest.len > 0)
            check_port((struct text){rest.at + 1, rest.len - 1});
        return;
    }
    must(text_cut(&rest, ':').len > 0 && !holds(rest, ':') && !holds(authority, '['));
    check_port(rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = chance_copy(data, size);
    struct text raw = {bytes, size};
    struct target target = target_of(raw);

    check_path_alone(raw);
    if (target.authority.at != NULL)
        check_absolute(raw, &target);
    else
        must(text_equal(target.path, target_of_path(raw).path));
    check_clean(raw);
    check_authority(raw);
    check_authority(target.authority);
    free(bytes);
    return 0;
}
