/* See page_key_undoing.h. */
#include "bff/base/log.h"
#include "bff/base/reason.h"
#include "bff/compose/idempotency_key.h"
#include "bff/compose/page_key_undoing.h"
#include "bff/http/reply.h"

static void tell(const struct page_serving *serving, const struct plan_part *part)
{
    char bytes[IDEMPOTENCY_KEY_PART_BYTES];
    struct text key = idempotency_key_for_part(serving->key_hash, part->name, true, bytes);

    log_event("unresolved",
              (struct log_field[]){{"composite", .text = serving->ask.plan->path},
                                   {"part", .text = part->name},
                                   {"call", .text = TEXT("undo")},
                                   {"reason", .text = text_of(reason_name(REASON_UNKNOWN))},
                                   {"key", .text = key},
                                   {"requestId", .text = serving->id},
                                   {0}});
}

void page_key_undoing_send(struct page_serving *serving)
{
    const struct plan *plan = serving->ask.plan;

    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].row->undo != NULL)
            tell(serving, &plan->parts[i]);
    reply_error(serving->request, reason_answer_status(REASON_UNKNOWN, 0),
                "A request with this Idempotency-Key did not end while its changes were taken "
                "back: the outcome is unknown");
}
