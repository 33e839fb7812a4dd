/* uploads: bodies of requests that are spooled to disk (routes.*.upload: spool). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, uploads.member)

static const struct setting rows[] = {
    {"uploads.dir", &kind_file, OF(dir), .shown = "TMPDIR of the environment, or /tmp",
     .about = "the directory of the files"},
    {"uploads.memory", &kind_size, OF(memory), 0, UNITS_GIB, .normal = "64KiB",
     .about = "a body that is longer is written to a file"},
    {"uploads.max", &kind_size, OF(max), 1, 1024 * UNITS_GIB, .normal = "4GiB",
     .about = "the most bytes of all files at the same time; then requests get 503"},
    {0},
};

static const char *default_dir(void)
{
    const char *dir = getenv("TMPDIR");

    return dir != NULL && dir[0] != '\0' ? dir : "/tmp";
}

static bool is_used(const struct config *config)
{
    for (size_t i = 0; i < config->routes.count; i++)
        if (config->routes.rows[i].upload == PLAIN_UPLOAD_SPOOL)
            return true;
    return false;
}

/* A body that is longer than all files together may be never has room. */
static void max_check(struct settings *settings)
{
    const struct config *config = settings->config;

    for (size_t i = 0; i < config->routes.count; i++) {
        const struct plain_route *route = &config->routes.rows[i];
        if (route->upload == PLAIN_UPLOAD_SPOOL && route->body_limit > config->uploads.max) {
            settings_warn(settings, "uploads.max", 0,
                          "it is less than the body_limit of the route %.*s, so its longest bodies "
                          "always get 503",
                          TEXT_ARGS(route->path));
            return;
        }
    }
}

static void check(struct settings *settings)
{
    struct spool_settings *uploads = &settings->config->uploads;
    struct stat about;

    if (uploads->dir == NULL)
        uploads->dir = (char *)pool_text(settings->config->pool, text_of(default_dir())).at;
    if (!is_used(settings->config) || settings_mark(settings, "uploads.dir", 0)->is_wrong)
        return;
    if (stat(uploads->dir, &about) != 0 || access(uploads->dir, W_OK | X_OK) != 0)
        settings_complain(settings, "uploads.dir", 0, "%s: %s", uploads->dir, strerror(errno));
    else if (!S_ISDIR(about.st_mode))
        settings_complain(settings, "uploads.dir", 0, "%s is no directory", uploads->dir);
    max_check(settings);
}

const struct section section_uploads = {.rows = rows, .check = check};
