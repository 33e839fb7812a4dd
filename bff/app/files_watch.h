/*
 * Sees when files of the configuration change: watch: true. It looks at them twice a second. That
 * also works on network file systems, and when a file is replaced by a rename or by another target
 * of a symbolic link, as Kubernetes replaces mounted secrets. A change counts when the files are
 * the same in two looks, so that a half-written set of files is not read.
 */
#ifndef BFF_APP_FILES_WATCH_H
#define BFF_APP_FILES_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/config/config.h"

#define FILES_WATCH_MS 500 /* time between two looks */

struct files_watch_file;

/* All zero: no file is watched. */
struct files_watch {
    struct files_watch_file *files;
    size_t count;
    bool is_on;
    int64_t next_ns; /* the time of the next look */
};

/* Watches the files of ${config}, and no others, when ${config} asks for it. */
void files_watch_set(struct files_watch *watch, const struct config *config);

/* To be called before a reload: the files are known as they are now. So files that a reload could
 * not use are not read again until they change. */
void files_watch_begin(struct files_watch *watch);

/* To be called after a reload that failed: watches the files of ${config}, too. */
void files_watch_add(struct files_watch *watch, const struct config *config);

/* Returns true when a file is not what it was when it was read. To be called when the time of a
 * look has come, or more often. */
bool files_watch_look(struct files_watch *watch, int64_t now_ns);

/* Returns the milliseconds until the next look; -1: there is none. */
int files_watch_patience_ms(const struct files_watch *watch, int64_t now_ns);

void files_watch_free(struct files_watch *watch);

#endif
