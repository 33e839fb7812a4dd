/* Reads any bytes as a file of API keys, and as the answer of a service about one. A key that is
 * accepted can be sent in a header and belongs to a plan that exists. A file that is refused has a
 * mistake, which shows nothing of the file. */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/edge/api_keys_file.h"
#include "bff/edge/api_keys_service.h"
#include "bff/http/field.h"
#include "bff/json/json_scan.h"

#define DEPTH_MOST 8

static struct api_keys_plan plans[] = {{.name = {"basic", 5}}, {.name = {"b", 1}}};

static void check_key(const struct api_key *key)
{
    must(key->name.len > 0 && key->name.len <= API_KEY_NAME_MAX);
    must(key->plan == API_KEY_NO_PLAN || key->plan < sizeof(plans) / sizeof(plans[0]));
    must(field_is_value(key->name) && field_is_value(key->user));
    must(field_is_value(key->roles) && field_is_value(key->scopes));
    must(key->user.len > 0 || (key->roles.len == 0 && key->scopes.len == 0));
}

static void on_wrong(void *cookie, struct api_keys_file_place place, const char *words)
{
    must(words[0] != '\0' && (place.line > 0) == (place.column > 0));
    ++*(size_t *)cookie;
}

static void check_file(struct text bytes)
{
    static const unsigned char digest[API_KEY_DIGEST];
    size_t wrongs = 0;
    char path[64];
    int fd = memfd_create("keys", MFD_CLOEXEC);

    must(fd >= 0 && write(fd, bytes.at, bytes.len) == (ssize_t)bytes.len);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    const struct api_keys_settings settings = {.file = path, .plans = plans, .plan_count = 2};
    struct api_keys_file *file = api_keys_file_read(
        &settings, &(struct api_keys_file_listener){.wrong = on_wrong, .cookie = &wrongs});
    must((file == NULL) == (wrongs > 0));
    if (file != NULL) {
        const struct api_key *key = api_keys_file_find(file, digest);
        must(api_keys_file_count(file) <= bytes.len);
        if (key != NULL)
            check_key(key);
    }
    api_keys_file_release(file);
    close(fd);
}

static void check_answer(struct text bytes, struct pool *pool)
{
    const struct api_keys_settings settings = {.plans = plans, .plan_count = 2};
    struct api_key_row row;
    struct api_key key;
    const char *wrong;

    if (json_scan_accepts(bytes.at, bytes.len, DEPTH_MOST) &&
        api_keys_service_read(json_of(bytes), pool, &row) &&
        api_key_read(&row, &settings, pool, &key, &wrong) == API_KEY_GOOD)
        check_key(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text bytes = {(const char *)data, size};
    struct pool *pool = pool_new();

    check_file(bytes);
    check_answer(bytes, pool);
    pool_free(pool);
    return 0;
}
