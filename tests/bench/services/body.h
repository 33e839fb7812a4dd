/*
 * The responses of the benchmark's services: JSON like that of a shop, in four sizes. The bodies
 * are made when the program starts, and are the same at each start.
 */
#ifndef TESTS_BENCH_SERVICES_BODY_H
#define TESTS_BENCH_SERVICES_BODY_H

#include <stddef.h>

enum body_service { USERS, PRODUCTS, ORDERS, REVIEWS, INVENTORY, RECOMMENDATIONS, NOTIFICATIONS };
#define BODY_SERVICES 7

enum body_size { SMALL, MEDIUM, LARGE, TWENTY }; /* about 300 bytes, 4 KiB, 64 KiB, 20 KiB */
#define BODY_SIZES 4

struct body {
    char *at;
    size_t len;
};

extern const char *const body_service_names[BODY_SERVICES];

/* Makes all bodies. Called once, before the other functions. */
void body_make_all(void);

/* Returns a whole list. */
struct body body_list(enum body_service service, enum body_size size);

/* Returns a record without its beginning, which is {"id":"..." */
struct body body_record(enum body_service service, enum body_size size);

#endif
