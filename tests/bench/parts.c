/* A build whose pages have 1, 4, 8, 16 and 32 parts with different calls. The cost of a part must
 * not depend on the number of other parts. ./dev bench measures it. */
#include "bff/compose/compose.h"
#include "clients/inventory.h"
#include "clients/notifications.h"
#include "clients/products.h"
#include "clients/recommendations.h"
#include "clients/reviews.h"
#include "clients/services.h"
#include "clients/users.h"

/* Six services take turns, so that none has many more connections than in a page of a shop. */
#define ASK(n, call)                                                                               \
    static void ask_##n(struct bff_ask *ask) { call(ask, TEXT("small-" #n)); }
#define ASK_SIX(a, b, c, d, e, f)                                                                  \
    ASK(a, users_get)                                                                              \
    ASK(b, products_get)                                                                           \
    ASK(c, reviews_of_product)                                                                     \
    ASK(d, inventory_get)                                                                          \
    ASK(e, recommendations_for_user)                                                               \
    ASK(f, notifications_unread)

ASK_SIX(1, 2, 3, 4, 5, 6)
ASK_SIX(7, 8, 9, 10, 11, 12)
ASK_SIX(13, 14, 15, 16, 17, 18)
ASK_SIX(19, 20, 21, 22, 23, 24)
ASK_SIX(25, 26, 27, 28, 29, 30)
ASK(31, users_get)
ASK(32, products_get)

/* clang-format off */
#define ROW(n) {.name = "part" #n, .ask = ask_##n, .kind = BFF_ANY}
#define ROWS_1 ROW(1)
#define ROWS_4 ROWS_1, ROW(2), ROW(3), ROW(4)
#define ROWS_8 ROWS_4, ROW(5), ROW(6), ROW(7), ROW(8)
#define ROWS_16 ROWS_8, ROW(9), ROW(10), ROW(11), ROW(12), ROW(13), ROW(14), ROW(15), ROW(16)
#define ROWS_32 ROWS_16, ROW(17), ROW(18), ROW(19), ROW(20), ROW(21), ROW(22), ROW(23), ROW(24), \
    ROW(25), ROW(26), ROW(27), ROW(28), ROW(29), ROW(30), ROW(31), ROW(32)

#define PAGE(n)                                                                                    \
    static const struct bff_part parts_##n[] = {ROWS_##n};                                         \
    static const struct bff_composite page_##n = {                                                 \
        .route = "GET /api/parts/" #n,                                                             \
        .about = "a page of that many parts",                                                      \
        .failure = "Failed to load the parts",                                                     \
        .access = BFF_PUBLIC,                                                                      \
        .parts = BFF_TABLE(parts_##n),                                                             \
    };
/* clang-format on */

PAGE(1)
PAGE(4)
PAGE(8)
PAGE(16)
PAGE(32)

static const struct bff_composite *const composites[] = {&page_1, &page_4, &page_8, &page_16,
                                                         &page_32};

static const struct bff_build build = {
    .name = "parts",
    .port = 8083,
    .composites = BFF_TABLE(composites),
    .services = &clients_services,
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
