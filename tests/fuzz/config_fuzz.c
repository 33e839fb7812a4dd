/*
 * Reads any bytes as a configuration file. Reading the same file again must give the same result. A
 * configuration that is accepted must have every value within its bounds. Each mistake must be one
 * line that names a place. A first line "#! ..." contains command line options, and USERS_URL=...
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bff/config/config_read.h"
#include "bff/config/kind.h"
#include "bff/config/section.h"
#include "composites/shared/shop.h"
#include "fixtures/mock_upstreams.h"

#include "tests/fuzz/chance.h"

#define ARGUMENTS_MAX 16
#define SECRET "thirty-two bytes of a secret 1234"

static const struct bff_service users = {"users", "USERS_URL", "http://127.0.0.1:3000"};
static const struct bff_service orders = {"orders", "ORDERS_URL", "http://127.0.0.1:3002"};
static const struct bff_service *const services[] = {&users, &orders};
static const struct bff_services service_table = BFF_TABLE(services);
static const struct bff_build build = {.name = "web",
                                       .port = 8080,
                                       .services = &service_table,
                                       .routes = &shop_routes,
                                       .rate_limits = &shop_rate_limits,
                                       .mocks = &mock_upstreams};

/* The input as it is read. */
struct sample {
    struct text text;
    char *name;  /* of the file that holds it */
    char *words; /* its first line, in pieces */
    char *arguments[ARGUMENTS_MAX + 1];
    int count;
};

static char *file_of(struct text text)
{
    static char name[64];
    int fd = memfd_create("config", MFD_CLOEXEC);

    must(fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    return name;
}

/* Other files are nobody's to name here, and help would be printed. */
static bool may_stand(const char *word)
{
    return strncmp(word, "--config", 8) != 0 && strncmp(word, "--help", 6) != 0 &&
           strncmp(word, "--version", 9) != 0;
}

static void words_read(struct sample *sample)
{
    struct text rest = sample->text, line = text_cut(&rest, '\n');
    char *at = sample->words = chance_copy("", 0);

    unsetenv("USERS_URL");
    if (!text_starts(line, TEXT("#!")) || memchr(line.at, '\0', line.len) != NULL)
        return;
    free(at);
    at = sample->words = strndup(line.at + 2, line.len - 2);
    for (char *word; (word = strsep(&at, " ")) != NULL && sample->count < ARGUMENTS_MAX;) {
        if (strncmp(word, "USERS_URL=", 10) == 0)
            setenv("USERS_URL", word + 10, 1);
        else if (*word != '\0' && may_stand(word))
            sample->arguments[sample->count++] = word;
    }
}

static void sample_begin(struct sample *sample)
{
    setenv("JWT_SECRET", SECRET, 1);
    setenv("SESSION_KEY", SECRET, 1);
    unsetenv("JWT_SECRET_FILE");
    unsetenv("ORDERS_URL");
    sample->name = file_of(sample->text);
    sample->arguments[sample->count++] = "bff-web";
    sample->arguments[sample->count++] = "--config";
    sample->arguments[sample->count++] = sample->name;
    words_read(sample);
}

static void sample_end(struct sample *sample)
{
    close(atoi(strrchr(sample->name, '/') + 1));
    free(sample->words);
}

/* Mistakes. */

/* No more lines than that are in the file: YAML knows other ends of lines, too, and the end of the
 * file stands on a line of its own for it. */
static size_t lines_most(struct text text)
{
    size_t count = 2;

    for (size_t i = 0; i < text.len; i++)
        count += memchr("\n\r\x85\xa8\xa9", text.at[i], 5) != NULL;
    return count;
}

static bool holds(struct text text, const char *string)
{
    return memmem(text.at, text.len, string, strlen(string)) != NULL;
}

/* "file:7:3: ..." */
static void check_place(const struct sample *sample, const char *line)
{
    size_t name = strlen(sample->name), row = 0, column = 0;

    if (strncmp(line, sample->name, name) != 0 || strncmp(line + name, ": ", 2) == 0 ||
        holds(sample->text, sample->name)) /* the command line may hold anything */
        return;
    must(sscanf(line + name, ":%zu:%zu: ", &row, &column) == 2);
    must(row >= 1 && row <= lines_most(sample->text));
    must(column >= 1 && column <= sample->text.len + 1);
}

/* No terminal obeys it: neither a control byte nor one of those that UTF-8 writes with two. */
static void check_bytes(const char *line)
{
    const unsigned char *at = (const unsigned char *)line;

    for (; *at != '\0'; at++)
        must(*at >= ' ' && *at != 0x7f && !(at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0));
}

static void check_mistakes(const struct sample *sample, const struct mistakes *mistakes)
{
    /* Whoever puts it elsewhere by himself is shown it. */
    bool names_secret = holds(sample->text, "JWT_SECRET") || holds(sample->text, "SESSION_KEY") ||
                        holds(sample->text, SECRET);

    must(mistakes->count <= MISTAKES_MAX);
    for (size_t i = 0; i < mistakes->count; i++) {
        check_place(sample, mistakes->lines[i]);
        check_bytes(mistakes->lines[i]);
        must(names_secret || strstr(mistakes->lines[i], SECRET) == NULL);
    }
}

/* What is served. */

static bool is_workers(const struct setting *row) { return strcmp(row->path, "workers") == 0; }

static uint64_t number_of(const struct setting *row, const void *owner, bool *is_number)
{
    const char *member = (const char *)owner + row->offset;

    *is_number = true;
    if (row->kind == &kind_duration || row->kind == &kind_seconds)
        return *(const uint32_t *)member;
    if (row->kind == &kind_size || row->kind == &kind_count)
        return *(const size_t *)member;
    if (row->kind == &kind_number || row->kind == &kind_percent || is_workers(row))
        return *(const unsigned *)member;
    *is_number = false;
    return 0;
}

/* "off" instead of a mapping sets one number of it to 0. */
static bool may_be_off(const struct setting *row)
{
    char path[128];

    snprintf(path, sizeof(path), "%.*s", (int)(strrchr(row->path, '.') - row->path), row->path);
    for (const struct section *const *at = section_list; *at != NULL; at++)
        for (const struct setting *off = (*at)->rows; off->path != NULL; off++)
            if (off->kind == &kind_no_number && off->offset == row->offset &&
                strcmp(off->path, path) == 0)
                return true;
    return false;
}

static void check_number(const struct setting *row, const char *prefix, const void *owner)
{
    bool is_here = strncmp(row->path, prefix, strlen(prefix)) == 0 &&
                   (*prefix != '\0' || strchr(row->path, '*') == NULL);
    bool is_number = false;
    uint64_t number = is_here ? number_of(row, owner, &is_number) : 0;

    if (!is_number || (number == 0 && (row->normal == NULL || is_workers(row) || may_be_off(row))))
        return;
    must(number >= row->least && number <= row->most);
}

/* Every number of ${owner}, whose rows begin with ${prefix}. 0 stands for none, or "auto". */
static void check_numbers(const char *prefix, const void *owner)
{
    for (const struct section *const *at = section_list; *at != NULL; at++)
        for (const struct setting *row = (*at)->rows; row->path != NULL; row++)
            check_number(row, prefix, owner);
}

static void check_path(struct text path)
{
    struct pool *pool = pool_new();
    struct text normal;

    must(plain_path(pool, path, &normal) == 0 && text_equal(path, normal));
    must(memchr(path.at, '?', path.len) == NULL && memchr(path.at, '#', path.len) == NULL);
    pool_free(pool);
}

static bool is_prefix(struct text path) { return path.at[path.len - 1] == '/'; }

static void check_route(const struct plain_route *route)
{
    check_numbers("routes.*", route);
    must(route->service == &users || route->service == &orders);
    check_path(route->path);
    if (route->to.at != NULL) {
        check_path(route->to);
        must(!is_prefix(route->path) || is_prefix(route->to));
    }
    must(route->methods == NULL || route->methods[0].len > 0);
    must(route->access.kind != ACCESS_ROLE || route->access.whom.len > 0);
    must(route->header.value.at == NULL || route->header.name.at != NULL);
    must(!route->hedges_p95 || route->hedge_ms == 0);
}

static bool is_known_endpoint(const struct service_endpoint *endpoint)
{
    return endpoint->port > 0 && endpoint->host[0] != '\0' && endpoint->weight >= 1 &&
           endpoint->weight <= SERVICE_WEIGHT_MAX;
}

static void check_endpoints(const struct service_settings *service)
{
    size_t backups = 0;

    for (size_t i = 0; i < service->endpoint_count; i++) {
        must(is_known_endpoint(&service->endpoints[i]));
        backups += service->endpoints[i].is_backup;
    }
    must(service->endpoint_count <= SERVICE_ENDPOINTS_MAX && backups < service->endpoint_count);
}

static void check_service(const struct service_settings *service)
{
    check_numbers("services.*", service);
    check_endpoints(service);
    must(service->connect_ms <= service->total_ms && service->first_byte_ms <= service->total_ms);
    must(service->retry.try_ms <= service->total_ms && service->min_time_ms <= service->total_ms);
    must((service->balance == SERVICE_HASH) == (service->key.kind != SERVICE_KEY_NONE));
    must(service->ejection.time_ms <= service->ejection.max_time_ms);
    must(service->health.path == NULL || service->health.path[0] == '/');
}

static void check_session(const struct session_settings *session)
{
    must(session->key_count > 0 && session->keys[0].len >= SESSION_KEY_BYTES);
    must(text_starts(session->cookie, TEXT("__Host-")) || session->is_insecure_localhost);
    must(session->idle_s <= session->absolute_s);
    must(session->login.path.at != NULL || session->provider_count > 0);
    for (size_t i = 0; i < session->provider_count; i++) {
        check_numbers("session.providers.*", &session->providers[i]);
        must(session->providers[i].name.len > 0 && session->providers[i].client_id.len > 0);
        must(kind_url_words(session->providers[i].issuer) == NULL);
    }
}

/* Who asks. */
static void check_callers(const struct config *config)
{
    const struct login_settings *login = &config->login;

    for (size_t i = 0; i < login->issuer_count; i++) {
        check_numbers("login.issuers.*", &login->issuers[i]);
        must(login->issuers[i].name != NULL && login->issuers[i].issuer != NULL);
        must((login->issuers[i].algorithms & JWT_ALL_HS) == 0);
    }
    must(login->jwks.url.at == NULL || (login->algorithms & JWT_ALL_HS) == 0);
    for (size_t i = 0; i < config->api_keys.plan_count; i++) {
        check_numbers("api_keys.plans.*", &config->api_keys.plans[i]);
        must(config->api_keys.plans[i].name.len > 0);
    }
    must(config->identity.key_file == NULL || config->identity_keys != NULL);
    if (config->session.is_on)
        check_session(&config->session);
}

static void check_served(const struct config *config)
{
    check_numbers("", config);
    check_callers(config);
    must(config->listen_count > 0 && config->service_count == 2);
    for (size_t i = 0; i < config->listen_count; i++)
        must(!config->listens[i].is_tls || (config->certificate != NULL && config->key != NULL));
    for (size_t i = 0; i < config->service_count; i++)
        check_service(&config->services[i]);
    for (size_t i = 0; i < config->routes.count; i++)
        check_route(&config->routes.rows[i]);
    must(config_largest_body(config) >= config->request_limit);
    must(!config->cors.allows_any || !config->cors.credentials);
}

static enum config_action read_once(struct sample *sample, struct config *config)
{
    enum config_action action = config_read(sample->count, sample->arguments, &build, config);

    must((action == CONFIG_EXIT_BAD) == (config->mistakes.count > 0));
    check_mistakes(sample, &config->mistakes);
    if (action == CONFIG_SERVE)
        check_served(config);
    return action;
}

static void compare_with_again(struct sample *sample, enum config_action action,
                               const struct mistakes *mistakes)
{
    struct config again;

    must(read_once(sample, &again) == action);
    must(again.mistakes.count == mistakes->count);
    for (size_t i = 0; i < mistakes->count; i++)
        must(strcmp(again.mistakes.lines[i], mistakes->lines[i]) == 0);
    config_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sample sample = {.text = {chance_copy(data, size), size}};
    struct config config;

    sample_begin(&sample);
    enum config_action action = read_once(&sample, &config);
    if (size % 4 == 0) /* to read takes long: not for every input */
        compare_with_again(&sample, action, &config.mistakes);
    config_free(&config);
    config_free(&config);
    sample_end(&sample);
    free((char *)sample.text.at);
    return 0;
}
