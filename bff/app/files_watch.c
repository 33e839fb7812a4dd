/* See files_watch.h. */
#include <string.h>

#include "bff/app/files_watch.h"
#include "bff/base/clock.h"
#include "bff/base/file.h"
#include "bff/base/memory.h"

/* ${known} is what was read, ${seen} is what the last look has found. */
struct files_watch_file {
    char *name;
    struct file_mark known, seen;
};

static struct files_watch_file *find(const struct files_watch *watch, const char *name)
{
    for (size_t i = 0; i < watch->count; i++)
        if (strcmp(watch->files[i].name, name) == 0)
            return &watch->files[i];
    return NULL;
}

static struct files_watch_file *add(struct files_watch *watch, const char *name)
{
    watch->files = memory_grow(watch->files, (watch->count + 1) * sizeof(*watch->files));
    struct files_watch_file *file = &watch->files[watch->count++];
    file->name = memory_string(name);
    return file;
}

void files_watch_add(struct files_watch *watch, const struct config *config)
{
    for (const struct config_file *at = config->files; at != NULL; at = at->next) {
        struct files_watch_file *file = find(watch, at->name);
        if (file == NULL)
            file = add(watch, at->name);
        file->known = file->seen = at->mark;
    }
}

void files_watch_set(struct files_watch *watch, const struct config *config)
{
    files_watch_free(watch);
    watch->is_on = config->is_watched;
    files_watch_add(watch, config);
}

void files_watch_begin(struct files_watch *watch)
{
    for (size_t i = 0; i < watch->count && watch->is_on; i++)
        watch->files[i].known = watch->files[i].seen = file_mark_of(watch->files[i].name);
}

bool files_watch_look(struct files_watch *watch, int64_t now_ns)
{
    bool is_other = false, is_still = true;

    if (!watch->is_on || now_ns < watch->next_ns)
        return false;
    watch->next_ns = now_ns + FILES_WATCH_MS * CLOCK_MS;
    for (size_t i = 0; i < watch->count; i++) {
        struct files_watch_file *file = &watch->files[i];
        struct file_mark now = file_mark_of(file->name);
        is_other = is_other || !file_mark_equal(&now, &file->known);
        is_still = is_still && file_mark_equal(&now, &file->seen);
        file->seen = now;
    }
    return is_other && is_still;
}

int files_watch_patience_ms(const struct files_watch *watch, int64_t now_ns)
{
    if (!watch->is_on)
        return -1;
    return now_ns >= watch->next_ns ? 0 : (int)((watch->next_ns - now_ns) / CLOCK_MS) + 1;
}

void files_watch_free(struct files_watch *watch)
{
    for (size_t i = 0; i < watch->count; i++)
        memory_free(watch->files[i].name);
    memory_free(watch->files);
    *watch = (struct files_watch){0};
}
