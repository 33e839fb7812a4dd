/* compression: which answers get a content coding, and which one. It is off until algorithms are
 * given (docs/decisions/0028). */
#include "bff/coding/coding_encode.h"
#include "bff/config/kind.h"
#include "bff/http/field.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, compress.member)

static bool is_listed(const struct compress_settings *compress, size_t count, enum coding coding)
{
    for (size_t i = 0; i < count; i++)
        if (compress->codings[i] == coding)
            return true;
    return false;
}

static const char *algorithm_words(const char *text, const struct compress_settings *compress,
                                   size_t count)
{
    enum coding coding = coding_of(text_of(text));

    if (coding != CODING_GZIP && coding != CODING_BR)
        return "expected br or gzip";
    return is_listed(compress, count, coding) ? "it is listed twice" : NULL;
}

static void algorithms_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct compress_settings *compress = &input->config->compress;
    size_t count = 0;

    for (size_t i = 0; i < values->count; i++) {
        const char *words = algorithm_words(values->texts[i], compress, count);
        if (words != NULL)
            settings_refuse_value(input, i, words);
        else
            compress->codings[count++] = coding_of(text_of(values->texts[i]));
    }
    if (!input->is_wrong)
        compress->coding_count = count;
}

/* The characters of a media type (RFC 6838 section 4.2), and one * at most. */
static const char *type_words(struct text type)
{
    struct text name = type, before = text_cut(&name, '/');
    size_t stars = 0;

    for (size_t i = 0; i < type.len; i++)
        stars += type.at[i] == '*';
    if (name.at == NULL || !field_is_token(before) || !field_is_token(name))
        return "expected a media type, such as text/html or application/*+json";
    return stars > 1 ? "expected * once at most" : NULL;
}

static void types_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct text *types = pool_zero(input->config->pool, (values->count + 1) * sizeof(*types));

    for (size_t i = 0; i < values->count; i++) {
        const char *words = type_words(text_of(values->texts[i]));
        if (words != NULL)
            settings_refuse_value(input, i, words);
        types[i] = kind_lower(input->config->pool, text_of(values->texts[i]));
    }
    if (input->is_wrong)
        return;
    input->config->compress.types = types;
    input->config->compress.type_count = values->count;
}

static const struct settings_kind algorithms_kind = {.read = algorithms_read, .is_list = true};
static const struct settings_kind types_kind = {.read = types_read, .is_list = true};

static const struct setting rows[] = {
    {"compression.algorithms", &algorithms_kind, .shown = "none: no answer is compressed",
     .about = "content codings for answers, the preferred one first: br, gzip"},
    {"compression.level.gzip", &kind_number, OF(gzip_level), 1, CODING_ENCODE_LEVEL_MAX,
     .normal = "5", .about = "1 is the fastest, 9 makes the shortest answers"},
    {"compression.level.br", &kind_number, OF(br_level), 1, CODING_ENCODE_LEVEL_MAX, .normal = "4",
     .about = "the same for brotli"},
    {"compression.min_bytes", &kind_size, OF(min_bytes), 0, UNITS_GIB, .normal = "1KiB",
     .about = "a shorter answer is not compressed"},
    {"compression.types", &types_kind, .shown = "JSON, JavaScript, XML, SVG, CSS, HTML, text...",
     .about = "media types that are compressed: text/html, application/*+json"},
    {"compression.memory", &kind_size, OF(memory), 4096 * UNITS_KIB, 64 * UNITS_GIB,
     .normal = "64MiB",
     .about = "the most memory for it in each worker; above it, answers stay as they are"},
    {0},
};

/* Images, fonts, archives and films are compressed already. */
static void begin(struct config *config, const struct bff_build *build)
{
    static const char *const names[] = {
        "application/json",
        "application/*+json",
        "application/x-ndjson",
        "application/javascript",
        "application/xml",
        "application/*+xml",
        "application/wasm",
        "application/openmetrics-text",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/markdown",
        "text/plain",
        "text/xml",
    };
    size_t count = sizeof(names) / sizeof(names[0]);
    struct text *types = pool_zero(config->pool, count * sizeof(*types));

    for (size_t i = 0; i < count; i++)
        types[i] = text_of(names[i]);
    config->compress.types = types;
    config->compress.type_count = count;
}

static void check(struct settings *settings)
{
    static const char *const others[] = {"compression.level.gzip", "compression.level.br",
                                         "compression.min_bytes", "compression.types",
                                         "compression.memory"};

    if (settings->config->compress.coding_count > 0 ||
        settings_mark(settings, "compression.algorithms", 0)->is_wrong)
        return;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (settings_is_given(settings, others[i], 0))
            settings_warn(settings, others[i], 0,
                          "no answer is compressed, because compression.algorithms is not given");
}

const struct section section_compression = {.rows = rows, .begin = begin, .check = check};
