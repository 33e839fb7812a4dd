/* See proxy_upload_spool.h. */
#include <h2o/memory.h>

#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/http/body.h"
#include "bff/proxy/proxy_upload_spool.h"

#define TURNS 16 /* pieces that are sent without a pause: a fast service must not keep the loop */

static struct proxy_upload_spool *of(struct upload *upload)
{
    return H2O_STRUCT_FROM_MEMBER(struct proxy_upload_spool, upload, upload);
}

static bool is_over(struct upload *upload) { return of(upload)->at == upload->length; }

static void go_on_soon(struct proxy_upload_spool *upload)
{
    if (!timer_is_set(&upload->pause))
        timer_set(upload->timers, &upload->pause, clock_now_ns());
}

/* Reads the next piece of the file. */
static void fill(struct proxy_upload_spool *upload)
{
    uint64_t left = upload->upload.length - upload->at;
    size_t most = left < BODY_PIECE_BYTES ? (size_t)left : BODY_PIECE_BYTES;

    if (upload->buffer == NULL)
        upload->buffer = memory_new(BODY_PIECE_BYTES);
    upload->len = spool_read(upload->spool, upload->at, upload->buffer, most);
    upload->is_lost = upload->len == 0;
}

static struct text piece(struct upload *base)
{
    struct proxy_upload_spool *upload = of(base);
    struct text all = spool_in_memory(upload->spool);

    if (is_over(base))
        return (struct text){0};
    if (all.at != NULL)
        return (struct text){all.at + upload->at, all.len - (size_t)upload->at};
    if (upload->len == 0 && upload->turns < TURNS)
        fill(upload);
    if (upload->len == 0)
        go_on_soon(upload);
    return (struct text){upload->buffer, upload->len};
}

static void used(struct upload *base)
{
    struct proxy_upload_spool *upload = of(base);

    upload->turns++;
    upload->at =
        spool_in_memory(upload->spool).at != NULL ? base->length : upload->at + upload->len;
    upload->len = 0;
}

static bool again(struct upload *base)
{
    struct proxy_upload_spool *upload = of(base);

    upload->at = 0;
    upload->len = 0;
    return true;
}

static const struct upload_source source = {
    .piece = piece, .used = used, .is_over = is_over, .again = again};

static void on_pause(struct timer *timer)
{
    struct proxy_upload_spool *upload =
        H2O_STRUCT_FROM_MEMBER(struct proxy_upload_spool, pause, timer);

    upload->turns = 0;
    if (upload->is_lost)
        upload->lost(upload->cookie);
    else
        upload_go_on(&upload->upload);
}

struct proxy_upload_spool *proxy_upload_spool_new(struct spool *spool, struct timers *timers,
                                                  void (*lost)(void *cookie), void *cookie)
{
    struct proxy_upload_spool *made = memory_new(sizeof(*made));

    *made = (struct proxy_upload_spool){
        .upload = {.source = &source, .length = spool_size(spool)},
        .spool = spool_hold(spool),
        .timers = timers,
        .pause = {.fire = on_pause},
        .lost = lost,
        .cookie = cookie,
    };
    return made;
}

void proxy_upload_spool_end(struct proxy_upload_spool *upload)
{
    if (upload->spool == NULL)
        return;
    timer_clear(upload->timers, &upload->pause);
    memory_free(upload->buffer);
    spool_release(upload->spool);
    upload->spool = NULL;
}

void proxy_upload_spool_free(struct proxy_upload_spool *upload)
{
    if (upload == NULL)
        return;
    proxy_upload_spool_end(upload);
    memory_free(upload);
}
