/* See ready_line.h. */
#include "bff/app/ready_line.h"
#include "bff/base/clock.h"
#include "bff/base/log_line.h"

static void put_url(struct log_line *line, const struct listen *listen)
{
    char url[LISTEN_URL_SIZE];

    listen_url(listen, url);
    log_line_string(line, text_of(url));
}

static void put_listens(struct log_line *line, const struct http_settings *http)
{
    log_line_raw(line, TEXT(",\"listen\":["));
    for (size_t i = 0; i < http->listen_count && !http->listens[i].is_admin; i++) {
        log_line_raw(line, i == 0 ? TEXT("") : TEXT(","));
        put_url(line, &http->listens[i]);
    }
    log_line_raw(line, TEXT("]"));
}

/* The listener of the admin pages is the last one. */
static void put_admin(struct log_line *line, const struct http_settings *http)
{
    const struct listen *last = &http->listens[http->listen_count - 1];

    if (!last->is_admin)
        return;
    log_line_raw(line, TEXT(",\"admin\":"));
    put_url(line, last);
}

void ready_line_print(const struct http_settings *http, const struct config *config, FILE *out)
{
    struct log_line line = {0};

    log_line_raw(&line, TEXT("{\"time\":"));
    log_line_time(&line, clock_wall_ms());
    log_line_raw(&line, TEXT(",\"event\":\"ready\",\"version\":"));
    log_line_string(&line, TEXT(BFF_VERSION));
    log_line_raw(&line, TEXT(",\"config\":"));
    log_line_string(&line, text_of(config->file));
    log_line_raw(&line, TEXT(",\"config_sha256\":"));
    log_line_string(&line, text_of(config->file == NULL ? NULL : config->file_sha256));
    put_listens(&line, http);
    put_admin(&line, http);
    log_line_raw(&line, TEXT("}\n"));
    fwrite(line.text.at, 1, line.text.len, out);
    fflush(out);
    log_line_free(&line);
}
