/* See openapi.h. */
#include "bff/compose/openapi.h"
#include "bff/compose/openapi_page.h"
#include "bff/compose/openapi_reply.h"
#include "bff/compose/openapi_shape.h"

/* Paths. */

/* "/api/products/:id" is "/api/products/{id}" there. */
static struct text path_of(struct json_print *out, const struct plan *plan)
{
    struct text_builder path;

    text_builder_init(&path, out->pool, plan->path.len + 2 * plan->segment_count);
    for (size_t i = 0; i < plan->segment_count; i++) {
        struct text segment = plan->segments[i];
        bool is_parameter = text_starts(segment, TEXT(":"));
        text_builder_add(&path, is_parameter ? TEXT("/{") : TEXT("/"));
        text_builder_add(&path, is_parameter ? text_after(segment, 1) : segment);
        text_builder_add(&path, is_parameter ? TEXT("}") : TEXT(""));
    }
    return text_builder_text(&path);
}

/* True when a composite before ${at} has the same path. */
static bool was_printed(const struct types *types, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (text_equal(types->pages[i].plan->path, types->pages[at].plan->path))
            return true;
    return false;
}

static void print_path(struct json_print *out, const struct types *types, size_t at,
                       const struct openapi_about *about)
{
    struct text path = types->pages[at].plan->path;

    json_print_comma(out);
    json_print_string(out, path_of(out, types->pages[at].plan));
    json_print_words(out, ":{");
    for (size_t i = at; i < types->page_count; i++)
        if (text_equal(types->pages[i].plan->path, path))
            openapi_page_print(out, types, &types->pages[i], about);
    json_print_words(out, "}");
}

static void print_paths(struct json_print *out, const struct types *types,
                        const struct openapi_about *about)
{
    json_print_key(out, "paths");
    json_print_words(out, "{");
    for (size_t i = 0; i < types->page_count; i++)
        if (!was_printed(types, i))
            print_path(out, types, i, about);
    json_print_words(out, "}");
}

/* Components. */

static void print_key_scheme(struct json_print *out, const char *name, const char *in,
                             struct text of)
{
    json_print_key(out, name);
    json_print_words(out, "{\"type\":\"apiKey\",\"in\":\"");
    json_print_words(out, in);
    json_print_words(out, "\",\"name\":");
    json_print_string(out, of);
    json_print_words(out, "}");
}

static void print_security(struct json_print *out, const struct openapi_about *about)
{
    json_print_key(out, "securitySchemes");
    json_print_words(
        out, "{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"}");
    if (about->cookie.len > 0)
        print_key_scheme(out, "session", "cookie", about->cookie);
    if (about->key_header.len > 0)
        print_key_scheme(out, "key", "header", about->key_header);
    json_print_words(out, "}");
}

static void print_components(struct json_print *out, const struct types *types,
                             const struct openapi_about *about)
{
    json_print_key(out, "components");
    json_print_words(out, "{");
    print_security(out, about);
    openapi_reply_print_headers(out, types);
    json_print_key(out, "schemas");
    json_print_words(out, "{");
    openapi_shape_print_named(out, types);
    openapi_reply_print_schemas(out);
    json_print_words(out, "}}");
}

static void print_info(struct json_print *out, struct text server, struct text version)
{
    json_print_words(out, "\"info\":{\"title\":");
    json_print_string(out, server);
    json_print_words(out, ",\"version\":");
    json_print_string(out, version);
    json_print_words(
        out, ",\"description\":\"The composites of this server. Plain routes are not in here.\"},"
             "\"servers\":[{\"url\":\"/\"}]");
}

void openapi_print(const struct pages *pages, const struct openapi_about *about, FILE *file)
{
    struct pool *pool = pool_new();
    const struct types *types = types_make(pool, pages);
    struct json_print out;

    json_print_init(&out, pool);
    json_print_words(&out, "{\"openapi\":\"3.1.0\",");
    print_info(&out, pages->server, about->version);
    print_paths(&out, types, about);
    print_components(&out, types, about);
    json_print_words(&out, "}\n");
    struct text text = json_print_text(&out);
    fwrite(text.at, 1, text.len, file);
    pool_free(pool);
}
