/* See reload.h. */
#include <stdatomic.h>
#include <stdio.h>

#include "bff/app/awaited_reload.h"
#include "bff/app/files_watch.h"
#include "bff/app/notify.h"
#include "bff/app/process_listen.h"
#include "bff/app/reload.h"
#include "bff/app/reload_read.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/base/tally.h"
#include "bff/json/json_print.h"

/* What a request for a reload reads. */
#define MISTAKEN "The configuration has mistakes, and the old one still serves"
#define STOPS "The server stops"

struct reload {
    struct process *process;
    struct reload_settings settings;
    struct files_watch watch;
    bool is_wanted;        /* by a signal, or because of files */
    bool is_switching;     /* the workers have not all got the current generation */
    unsigned long upto;    /* the last ticket that the current or last reload is for */
    struct mistakes fixed; /* what the current generation could not change */
};

struct reload *reload_new(struct process *process, const struct generation *first,
                          const struct reload_settings *settings)
{
    struct reload *reload = memory_new(sizeof(*reload));

    reload->process = process;
    reload->settings = *settings;
    process->thread.waits = awaited_reload_new(process->settings.workers);
    files_watch_set(&reload->watch, &first->config);
    return reload;
}

void reload_ask(struct reload *reload) { reload->is_wanted = true; }

/* What is said. */

static void log_line(const char *state, const char *message)
{
    log_event("reload", (struct log_field[]){{"state", .text = text_of(state)},
                                             {"message", .text = text_of(message)},
                                             {0}});
}

static void log_lines(const char *state, const struct mistakes *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        log_line(state, lines->lines[i]);
}

static void log_end(const struct reload *reload, const char *state)
{
    const struct generation *current = reload->process->current;

    log_event(
        "reload",
        (struct log_field[]){
            {"state", .text = text_of(state)},
            {"generation", .number = (int64_t)current->number},
            {"config", .text = text_of(current->config.file == NULL ? "" : current->config.file)},
            {"config_sha256", .text = text_of(current->config.file_sha256)},
            {0},
        });
}

void reload_log_warnings(const struct generation *generation)
{
    const struct mistakes *warnings = &generation->config.warnings;

    for (size_t i = 0; i < warnings->count; i++)
        log_event("warning",
                  (struct log_field[]){{"message", .text = text_of(warnings->lines[i])}, {0}});
}

static void print_lines(struct json_print *out, const char *name, const struct mistakes *lines)
{
    json_print_key(out, name);
    json_print_raw(out, TEXT("["));
    for (size_t i = 0; i < lines->count; i++) {
        json_print_raw(out, i == 0 ? TEXT("") : TEXT(","));
        json_print_string(out, text_of(lines->lines[i]));
    }
    json_print_raw(out, TEXT("]"));
}

/* The service manager. */

static void notify_begin(void)
{
    char state[sizeof(NOTIFY_RELOADING) + 24];

    snprintf(state, sizeof(state), NOTIFY_RELOADING, (long long)(clock_now_ns() / 1000));
    notify_send(state);
}

static void notify_end(const char *status)
{
    char state[512];

    snprintf(state, sizeof(state), NOTIFY_READY "\nSTATUS=%s", status);
    notify_send(state);
}

/* The end of a reload. */

static void tell(struct reload *reload, struct reload_outcome outcome, const struct mistakes *lines)
{
    struct reload_outcome *told = awaited_reload_outcome(reload->process->thread.waits);
    struct json_print out;

    json_print_init(&out, told->pool);
    if (outcome.status == 200) {
        json_print_key(&out, "generation");
        json_print_size(&out, reload->process->current->number);
        print_lines(&out, "warnings", &reload->process->current->config.warnings);
        print_lines(&out, "restart", lines);
    } else if (lines != NULL) {
        print_lines(&out, "mistakes", lines);
    }
    told->status = outcome.status;
    told->message = outcome.message;
    told->members = json_print_text(&out);
    told->upto = outcome.upto;
    awaited_reload_tell(reload->process->server, told);
}

static void fail(struct reload *reload, struct generation *next)
{
    const struct mistakes *mistakes = &next->config.mistakes;
    char status[256];

    files_watch_add(&reload->watch, &next->config);
    log_lines("mistake", mistakes);
    tally_add(TALLY_RELOADS_FAILED);
    log_end(reload, "failed");
    snprintf(status, sizeof(status), "The reload failed: %s", mistakes->lines[0]);
    notify_end(status);
    tell(reload, (struct reload_outcome){.status = 422, .message = MISTAKEN, .upto = reload->upto},
         mistakes);
    generation_release(next);
}

static void finish(struct reload *reload)
{
    reload->is_switching = false;
    process_listen_settle(reload->process);
    reload_log_warnings(reload->process->current);
    log_lines("restart", &reload->fixed);
    tally_add(TALLY_RELOADS);
    log_end(reload, "done");
    notify_end("");
    tell(reload, (struct reload_outcome){.status = 200, .upto = reload->upto}, &reload->fixed);
}

/* The beginning of a reload. The tickets are read before the files. */
static void begin(struct reload *reload)
{
    struct process *process = reload->process;

    reload->is_wanted = false;
    reload->upto = awaited_reload_asked(process->thread.waits);
    notify_begin();
    files_watch_begin(&reload->watch);
    struct generation *next = reload_read(process, &reload->settings);
    if (next->config.mistakes.count > 0) {
        fail(reload, next);
        return;
    }
    files_watch_set(&reload->watch, &next->config);
    mistakes_free(&reload->fixed);
    reload_read_fixed(process, &next->config, &reload->fixed);
    reload->is_switching = true;
    process_swap(process, next);
    generation_release(next);
}

static bool is_due(struct reload *reload)
{
    if (files_watch_look(&reload->watch, clock_now_ns()))
        reload->is_wanted = true;
    return reload->is_wanted || awaited_reload_asked(reload->process->thread.waits) > reload->upto;
}

void reload_settle(struct reload *reload)
{
    if (reload->is_switching && process_has_swapped(reload->process))
        finish(reload);
}

void reload_run(struct reload *reload)
{
    if (!atomic_load(&reload->process->thread.is_ready))
        return;
    reload_settle(reload);
    if (!reload->is_switching && is_due(reload))
        begin(reload);
}

int reload_patience_ms(const struct reload *reload)
{
    return reload->is_switching ? -1 : files_watch_patience_ms(&reload->watch, clock_now_ns());
}

void reload_stop(struct reload *reload)
{
    awaited_reload_stop(reload->process->thread.waits);
    tell(reload,
         (struct reload_outcome){.status = 503, .message = STOPS, .upto = (unsigned long)-1}, NULL);
    files_watch_free(&reload->watch);
    mistakes_free(&reload->fixed);
    memory_free(reload);
}
