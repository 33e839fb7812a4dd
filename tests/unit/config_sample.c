/* Tests that the sample files and docs/configuration.md agree with the table of settings. */
#include "bff/config/section.h"
#include "clients/services.h"
#include "tests/unit/config_reading.h"

#define FILE_SIZE ((size_t)256 * 1024)

static char *file_text(const char *name)
{
    char *text = calloc(1, FILE_SIZE);
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    size_t len = fread(text, 1, FILE_SIZE - 1, file);
    assert_in_range(len, 1, FILE_SIZE - 2);
    fclose(file);
    return text;
}

static void assert_same_text(struct text got, struct text want)
{
    if (!text_equal(got, want))
        fail_msg("got %.*s, want %.*s", TEXT_ARGS(got), TEXT_ARGS(want));
}

static void assert_same_fields(const struct plain_fields *got, const struct plain_fields *want)
{
    assert_int_equal(got->count, want->count);
    for (size_t i = 0; i < got->count; i++) {
        assert_same_text(got->rows[i].name, want->rows[i].name);
        assert_same_text(got->rows[i].value, want->rows[i].value);
    }
}

static void assert_same_routes(const struct plain_routes *got, const struct plain_routes *want)
{
    assert_int_equal(got->count, want->count);
    for (size_t i = 0; i < got->count; i++) {
        const struct plain_route *a = &got->rows[i], *b = &want->rows[i];
        assert_same_text(a->path, b->path);
        assert_same_text(a->to, b->to);
        assert_ptr_equal(a->service, b->service);
        assert_int_equal(a->access.kind, b->access.kind);
        assert_int_equal(a->body_limit, b->body_limit);
        assert_int_equal(a->idle_ms, b->idle_ms);
        assert_int_equal(a->may_upgrade, b->may_upgrade);
        assert_same_fields(&a->response, &b->response);
        assert_memory_equal(&a->cache, &b->cache, sizeof(b->cache));
    }
}

static void assert_same_door(const struct config *got, const struct config *want)
{
    assert_memory_equal(&got->limits, &want->limits, sizeof(want->limits));
    assert_memory_equal(&got->limits, &limits_default, sizeof(limits_default));
    assert_int_equal(got->request_limit, want->request_limit);
    assert_int_equal(got->login.algorithms, want->login.algorithms);
    assert_int_equal(got->login.leeway_seconds, want->login.leeway_seconds);
    assert_int_equal(got->login.require_exp, want->login.require_exp);
    assert_int_equal(got->login_is_off, want->login_is_off);
    assert_int_equal(got->cors.origin_count, want->cors.origin_count);
    assert_int_equal(got->cors.credentials, want->cors.credentials);
    assert_int_equal(got->cors.max_age_seconds, want->cors.max_age_seconds);
    assert_int_equal(got->trusted.count, want->trusted.count);
    assert_int_equal(got->trusted.reads_forwarded, want->trusted.reads_forwarded);
    assert_int_equal(got->has_access_log, want->has_access_log);
    assert_int_equal(got->may_use_io_uring, want->may_use_io_uring);
}

static void assert_same_methods(const struct text *got, const struct text *want)
{
    for (; want->at != NULL; got++, want++)
        assert_same_text(*got, *want);
    assert_null(got->at);
}

static void assert_same_balance(const struct service_settings *a, const struct service_settings *b)
{
    assert_int_equal(a->endpoint_count, b->endpoint_count);
    assert_string_equal(a->endpoints[0].authority, b->endpoints[0].authority);
    assert_int_equal(a->endpoints[0].weight, b->endpoints[0].weight);
    assert_int_equal(a->endpoints[0].max_in_flight, b->endpoints[0].max_in_flight);
    assert_int_equal(a->endpoints[0].is_backup, b->endpoints[0].is_backup);
    assert_int_equal(a->balance, b->balance);
    assert_int_equal(a->key.kind, b->key.kind);
    assert_int_equal(a->slow_start_ms, b->slow_start_ms);
    assert_int_equal(a->resolves_each, b->resolves_each);
    assert_int_equal(a->panic_percent, b->panic_percent);
    assert_memory_equal(&a->ejection, &b->ejection, sizeof(b->ejection));
}

static void assert_same_calls(const struct service_settings *a, const struct service_settings *b)
{
    assert_int_equal(a->connect_ms, b->connect_ms);
    assert_int_equal(a->first_byte_ms, b->first_byte_ms);
    assert_int_equal(a->total_ms, b->total_ms);
    assert_int_equal(a->min_time_ms, b->min_time_ms);
    assert_int_equal(a->min_wait_ms, b->min_wait_ms);
    assert_int_equal(a->hedge_percent, b->hedge_percent);
    assert_memory_equal(&a->bulkhead, &b->bulkhead, sizeof(b->bulkhead));
    assert_memory_equal(&a->breaker, &b->breaker, sizeof(b->breaker));
    assert_int_equal(a->retry.try_ms, b->retry.try_ms);
    assert_int_equal(a->retry.budget_percent, b->retry.budget_percent);
    assert_int_equal(a->retry.reserve, b->retry.reserve);
    assert_same_methods(a->retry.methods, b->retry.methods);
}

static void assert_same_health(const struct service_health *a, const struct service_health *b)
{
    assert_string_equal(a->path, b->path);
    assert_int_equal(a->interval_ms, b->interval_ms);
    assert_int_equal(a->jitter_percent, b->jitter_percent);
    assert_int_equal(a->timeout_ms, b->timeout_ms);
    assert_int_equal(a->rise, b->rise);
    assert_int_equal(a->fall, b->fall);
    assert_int_equal(a->status, b->status);
    assert_same_text(a->body, b->body);
    assert_int_equal(a->is_essential, b->is_essential);
}

static void assert_same_limits(const struct limit_rules *got, const struct limit_rules *want)
{
    assert_int_equal(got->count, want->count);
    for (size_t i = 0; i < got->count; i++) {
        const struct limit_rule *a = &got->rows[i], *b = &want->rows[i];
        assert_same_text(a->name, b->name);
        assert_same_text(a->path, b->path);
        assert_int_equal(a->key_count, b->key_count);
        assert_int_equal(a->key[0].kind, b->key[0].kind);
        assert_int_equal(a->algorithm, b->algorithm);
        assert_int_equal(a->window_ms, b->window_ms);
        assert_int_equal(a->max, b->max);
        assert_int_equal(a->is_dry_run, b->is_dry_run);
        assert_int_equal(a->headers, b->headers);
    }
}

static void assert_same_stores(const struct config *got, const struct config *want)
{
    assert_int_equal(got->redis.is_on, want->redis.is_on);
    assert_int_equal(got->redis.timeout_ms, want->redis.timeout_ms);
    assert_int_equal(got->redis.connect_ms, want->redis.connect_ms);
    assert_same_text(got->redis.master, want->redis.master);
    assert_int_equal(got->limits_in_redis, want->limits_in_redis);
    assert_int_equal(got->limit_keys, want->limit_keys);
    assert_int_equal(got->cache_bytes, want->cache_bytes);
    assert_int_equal(got->caches_in_redis, want->caches_in_redis);
    assert_int_equal(got->cache_refreshes, want->cache_refreshes);
    assert_int_equal(got->keys_in_redis, want->keys_in_redis);
    assert_int_equal(got->key_keep_s, want->key_keep_s);
    assert_int_equal(got->key_bytes, want->key_bytes);
    assert_null(got->admin);
}

static void assert_same(const struct config *got, const struct config *want)
{
    assert_int_equal(got->listen_count, want->listen_count);
    assert_string_equal(got->listens[0].text, want->listens[0].text);
    assert_int_equal(got->workers, want->workers);
    assert_int_equal(got->body_limit, want->body_limit);
    assert_int_equal(got->depth_limit, want->depth_limit);
    assert_int_equal(got->beat_ms, want->beat_ms);
    assert_int_equal(got->resolve_ms, want->resolve_ms);
    assert_int_equal(got->leave_ms, want->leave_ms);
    assert_int_equal(got->drain_ms, want->drain_ms);
    assert_int_equal(got->service_count, want->service_count);
    for (size_t i = 0; i < got->service_count; i++) {
        const struct service_settings *a = &got->services[i], *b = &want->services[i];
        assert_same_balance(a, b);
        assert_same_calls(a, b);
        assert_same_health(&a->health, &b->health);
    }
    assert_same_routes(&got->routes, &want->routes);
    assert_same_limits(&got->rate_limits, &want->rate_limits);
    assert_same_stores(got, want);
    assert_same_door(got, want);
}

static void sample_check(char *name, unsigned port, char *file)
{
    struct bff_build build = {.name = name,
                              .port = port,
                              .services = &clients_services,
                              .routes = &shop_routes,
                              .rate_limits = &shop_rate_limits};
    char *argv[] = {name, "--config", file, NULL};
    struct config normal, sample;

    assert_int_equal(config_read(1, argv, &build, &normal), CONFIG_SERVE);
    if (config_read(3, argv, &build, &sample) != CONFIG_SERVE)
        fail_msg("%s", sample.mistakes.lines[0]);
    assert_same(&sample, &normal);
    config_free(&sample);
    config_free(&normal);
}

static void test_samples_are_the_defaults(void **state)
{
    sample_check("web", 8080, SOURCE_DIR "/composites/web/web.yaml");
    sample_check("mobile", 8081, SOURCE_DIR "/composites/mobile/mobile.yaml");
}

typedef void row_check(const struct setting *row, const char *text);

static void rows_check(const struct setting *row, row_check *check, const char *text)
{
    for (; row != NULL && row->path != NULL; row++) {
        check(row, text);
        rows_check(row->kind->members, check, text);
    }
}

/* Calls ${check} for every row of every section. */
static void each_row(row_check *check, const char *text)
{
    for (const struct section *const *at = section_list; *at != NULL; at++)
        rows_check((*at)->rows, check, text);
}

static void assert_shown(const struct setting *row, const char *web)
{
    const char *dot = strrchr(row->path, '.');
    char name[64];

    snprintf(name, sizeof(name), "%s:", dot == NULL ? row->path : dot + 1);
    if (strstr(web, name) == NULL)
        fail_msg("web.yaml does not show %s", row->path);
}

/* The last name of each path stands in the sample, in use or as a comment. */
static void test_samples_show_every_setting(void **state)
{
    char *web = file_text(SOURCE_DIR "/composites/web/web.yaml");

    each_row(assert_shown, web);
    free(web);
}

static void assert_listed(const struct setting *row, const char *page)
{
    char name[64], normal[64];

    snprintf(name, sizeof(name), "\n| `%s` |", row->path);
    const char *line = strstr(page, name);
    if (line == NULL)
        fail_msg("configuration.md does not list %s", row->path);
    snprintf(normal, sizeof(normal), "| `%s` |", row->normal == NULL ? "" : row->normal);
    const char *found = strstr(line, normal), *end = strchr(line + 1, '\n');
    if (row->normal != NULL && (found == NULL || found > end))
        fail_msg("configuration.md has another default of %s than %s", row->path, normal);
}

/* Each row of the table is a row of the page, with its default. */
static void test_the_page_lists_every_setting(void **state)
{
    char *page = file_text(SOURCE_DIR "/docs/configuration.md");

    each_row(assert_listed, page);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_are_the_defaults),
        cmocka_unit_test(test_samples_show_every_setting),
        cmocka_unit_test(test_the_page_lists_every_setting),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
