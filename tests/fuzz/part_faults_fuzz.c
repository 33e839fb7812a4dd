/*
 * Reads any bytes as X-Mock with clauses of parts. A mistake is a sentence that needs no escaping
 * in JSON. What is accepted can be obeyed: it is about parts and items that there can be, with
 * reasons that a call can have. What is left for services has no clause of a part any more.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bff/base/check.h"
#include "bff/compose/part_faults.h"
#include "bff/compose/plan_make.h"
#include "bff/compose/types_fates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct bff_service service = {.name = "service"};

static void create(struct bff_ask *ask) { ask_post(ask, &service, "/orders"); }
static void get(struct bff_ask *ask) { ask_get(ask, &service, "/products"); }

static const struct bff_part parts[] = {
    {.name = "order", .ask = create, .need = BFF_REQUIRED, .kind = BFF_ANY},
    {.name = "products", .ask = get, .after = "order", .many = 5, .kind = BFF_ANY},
    {.name = "user", .ask = get, .kind = BFF_ANY},
};

static const struct bff_composite page = {
    .route = "POST /page", .failure = "Failed", .access = BFF_PUBLIC, .parts = BFF_TABLE(parts)};

static const struct plan *plan;

static void make_plan(void)
{
    char error[256];

    plan = plan_make(pool_new(), &page, error, sizeof(error));
    must(plan != NULL);
}

static void check_mistake(const char *wrong)
{
    for (; *wrong != '\0'; wrong++)
        must(*wrong >= ' ' && *wrong <= '~' && *wrong != '"' && *wrong != '\\');
}

static void check_fault(const struct run_fault *fault)
{
    must(fault->part < plan->part_count && fault->delay_ms <= PART_FAULTS_DELAY_MAX_MS);
    must(plan->parts[fault->part].row->many > 0 || fault->item == 0);
    must(fault->item >= RUN_FAULT_WHOLE && fault->item <= BFF_MANY_MAX);
    must((fault->kind == RUN_FAULT_SETTLED) == (fault->reason != REASON_NONE));
    must((fault->reason == REASON_STATUS) == (fault->status != 0));
    must(fault->reason != REASON_BODY && fault->reason < REASON_COUNT);
    must(fault->reason != REASON_UNKNOWN || plan->parts[fault->part].changes);
    if (fault->item == RUN_FAULT_WHOLE)
        must((types_fates_failure(plan, fault->part) & (1u << fault->reason)) != 0);
    must(fault->kind != RUN_FAULT_DELAYED || fault->delay_ms > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text header = {(const char *)data, size};
    struct part_faults faults, again;
    struct pool *pool = pool_new();

    if (plan == NULL)
        make_plan();
    const char *wrong = part_faults_read(pool, plan, header, &faults);
    if (wrong == NULL) {
        for (const struct run_fault *at = faults.first; at != NULL; at = at->next)
            check_fault(at);
        must(part_faults_read(pool, plan, faults.rest, &again) == NULL && again.first == NULL);
        wrong = part_faults_add(pool, plan, header, &faults);
        must(wrong == NULL);
    }
    if (wrong != NULL)
        check_mistake(wrong);
    pool_free(pool);
    return 0;
}
