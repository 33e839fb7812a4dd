/*
 * The computed members of the product pages: functions for .print in their tables. Each prints one
 * value, which it computes from the part that its comment names. It prints null when the part does
 * not have the members that it needs.
 */
#ifndef COMPOSITES_SHARED_PRODUCT_FIELDS_H
#define COMPOSITES_SHARED_PRODUCT_FIELDS_H

#include "bff/compose/compose.h"

/* Prints the mean of the numeric ratings in the list ${reviews}, as a string with one decimal
 * ("4.3"). Without ratings it prints the number 0. */
void product_average_rating(struct json_print *out, struct json reviews);

/* Prints the number of reviews in the list ${reviews}. Reviews without a rating count, too. */
void product_review_count(struct json_print *out, struct json reviews);

/* The first prints whether the product is in stock, and the second the quantity as the service
 * wrote it. ${inventory} is the stock of the product. */
void product_in_stock(struct json_print *out, struct json inventory);
void product_stock_quantity(struct json_print *out, struct json inventory);

/* Prints whether the sale price of ${product} is below its price; false without a sale price. */
void product_is_on_sale(struct json_print *out, struct json product);

/* Prints the price of ${product} minus its sale price, exact to the last digit (5.00); null without
 * a sale price. */
void product_savings(struct json_print *out, struct json product);

#endif
