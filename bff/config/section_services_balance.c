/* services.NAME: which of the service's endpoints gets a request. */
#include "bff/base/ip.h"
#include "bff/config/kind.h"
#include "bff/http/field.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct service_settings, member)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define BALANCES "round_robin, least_connections, ip_hash, hash or two_choices"
#define KEYS "path, query:NAME, header:NAME, cookie:NAME or user"

/* ip_hash is a hash whose key is the client's address. */
static void balance_read(struct settings_input *input)
{
    static const struct {
        const char *name;
        enum service_balance balance;
    } known[] = {{"round_robin", SERVICE_ROUND_ROBIN},
                 {"least_connections", SERVICE_LEAST_CONNECTIONS},
                 {"ip_hash", SERVICE_HASH},
                 {"hash", SERVICE_HASH},
                 {"two_choices", SERVICE_TWO_CHOICES}};
    struct service_settings *service = input->member; /* the row's offset is 0 */

    for (size_t i = 0; i < COUNT(known); i++)
        if (strcmp(input->text, known[i].name) == 0) {
            service->balance = known[i].balance;
            if (strcmp(input->text, "ip_hash") == 0)
                service->key.kind = SERVICE_KEY_ADDRESS;
            return;
        }
    settings_refuse_value(input, 0, "expected " BALANCES);
}

/* The keys that are read from a text of the request. */
static const struct {
    const char *word;
    enum service_key_kind kind;
    bool has_name;
} keys[] = {{"path", SERVICE_KEY_PATH, false},
            {"user", SERVICE_KEY_USER, false},
            {"query", SERVICE_KEY_QUERY, true},
            {"header", SERVICE_KEY_HEADER, true},
            {"cookie", SERVICE_KEY_COOKIE, true}};

/* True for a name that needs no percent-encoding in a query. */
static bool is_parameter(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] <= ' ' || name.at[i] >= 0x7f || memchr("&=#+%", name.at[i], 5) != NULL)
            return false;
    return name.len > 0;
}

static const char *name_words(enum service_key_kind kind, struct text name)
{
    if (kind == SERVICE_KEY_QUERY)
        return is_parameter(name) ? NULL : "expected the name of a parameter, as in query:shop";
    if (field_is_token(name))
        return NULL;
    return kind == SERVICE_KEY_HEADER ? "expected the name of a header, as in header:X-Shop"
                                      : "expected the name of a cookie, as in cookie:cart";
}

/* With balance: ip_hash, the key stays the client's address, and key_check reports the key that is
 * set here. */
static void key_set(struct settings_input *input, enum service_key_kind kind, struct text name)
{
    struct service_key *key = input->member;

    if (key->kind == SERVICE_KEY_ADDRESS)
        return;
    key->kind = kind;
    key->name = kind == SERVICE_KEY_HEADER ? kind_lower(input->config->pool, name)
                                           : pool_text(input->config->pool, name);
}

static void key_read(struct settings_input *input)
{
    struct text rest = text_of(input->text), word = text_cut(&rest, ':');
    size_t i = 0;

    while (i < COUNT(keys) &&
           !(text_is(word, keys[i].word) && keys[i].has_name == (rest.at != NULL)))
        i++;
    const char *words = i == COUNT(keys) ? "expected " KEYS : NULL;
    if (words == NULL && keys[i].has_name)
        words = name_words(keys[i].kind, rest);
    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        key_set(input, keys[i].kind, rest);
}

static void resolve_read(struct settings_input *input)
{
    bool is_each = strcmp(input->text, "each") == 0;

    if (is_each || strcmp(input->text, "one") == 0)
        *(bool *)input->member = is_each;
    else
        settings_refuse_value(input, 0, "expected one or each");
}

static const struct settings_kind balance_kind = {.read = balance_read};
static const struct settings_kind key_kind = {.read = key_read};
static const struct settings_kind resolve_kind = {.read = resolve_read};

static const struct setting rows[] = {
    {"services.*.balance", &balance_kind, .normal = "round_robin",
     .about = "which endpoint gets a request: " BALANCES},
    {"services.*.key", &key_kind, OF(key), .shown = "none",
     .about = "what balance: hash takes: " KEYS},
    {"services.*.slow_start", &kind_duration, OF(slow_start_ms), 0, UNITS_HOUR, .normal = "0s",
     .about = "an endpoint that came back gets its full share after this time; 0s: at once"},
    {"services.*.resolve", &resolve_kind, OF(resolves_each), .normal = "one",
     .about = "each: every address behind a host name is an endpoint of its own"},
    {"services.*.panic", &kind_percent, OF(panic_percent), 0, 100, .normal = "50",
     .about = "when fewer of the endpoints are well, in percent, all are asked; 0: never"},
    {0},
};

static void key_check(struct settings *settings, size_t index)
{
    const struct service_settings *service = &settings->config->services[index];
    bool has_key = settings_is_given(settings, "services.*.key", index);
    bool is_hash = service->balance == SERVICE_HASH && service->key.kind != SERVICE_KEY_ADDRESS;

    if (has_key && !is_hash && !settings_mark(settings, "services.*.balance", index)->is_wrong)
        settings_complain(settings, "services.*.key", index, "it needs balance: hash beside it");
    if (is_hash && !has_key && !settings_mark(settings, "services.*.key", index)->is_wrong)
        settings_complain(settings, "services.*.balance", index,
                          "hash needs a key beside it: " KEYS);
    if (service->key.kind == SERVICE_KEY_USER && settings->config->login_is_off)
        settings_complain(settings, "services.*.key", index,
                          "login is off, so no request has a user");
}

static void resolve_check(struct settings *settings, size_t index)
{
    const struct service_settings *service = &settings->config->services[index];
    struct ip ip;

    if (!service->resolves_each)
        return;
    for (size_t i = 0; i < service->endpoint_count; i++)
        if (!ip_read(text_of(service->endpoints[i].host), &ip))
            return;
    settings_warn(settings, "services.*.resolve", index,
                  "each has no effect: every endpoint is an IP address, not a name");
}

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->service_count; i++) {
        key_check(settings, i);
        resolve_check(settings, i);
    }
}

const struct section section_services_balance = {
    .rows = rows, .items = &section_services_items, .check = check};
