#include "composites/shared/product_fields.h"

void product_average_rating(struct json_print *out, struct json reviews)
{
    double rating, sum = 0;
    size_t rated = 0;

    json_each (review, reviews) {
        if (json_double(json_get(review, "rating"), &rating)) {
            sum += rating;
            rated++;
        }
    }
    if (rated == 0)
        json_print_size(out, 0);
    else
        json_print_string(out, decimal_to_fixed_1(out->pool, sum / (double)rated));
}

void product_review_count(struct json_print *out, struct json reviews)
{
    json_print_size(out, json_length(reviews));
}

void product_in_stock(struct json_print *out, struct json inventory)
{
    double quantity;

    if (json_double(json_get(inventory, "quantity"), &quantity))
        json_print_bool(out, quantity > 0);
    else
        json_print_null(out);
}

void product_stock_quantity(struct json_print *out, struct json inventory)
{
    struct json quantity = json_get(inventory, "quantity");

    if (json_is(quantity, JSON_NUMBER))
        json_print_json(out, quantity);
    else
        json_print_null(out);
}

static bool has_sale_price(struct json product)
{
    struct json sale_price = json_get(product, "salePrice");

    return !json_is(sale_price, JSON_NONE) && !json_is(sale_price, JSON_NULL);
}

/* Reads the member ${name} of ${product}. Returns false when it is not a number, or too large to
 * calculate with. */
static bool read_price(struct pool *pool, struct json product, const char *name,
                       struct decimal *price)
{
    return decimal_read(pool, json_raw(json_get(product, name)), price) == 0;
}

static bool read_prices(struct pool *pool, struct json product, struct decimal *price,
                        struct decimal *sale_price)
{
    return read_price(pool, product, "price", price) &&
           read_price(pool, product, "salePrice", sale_price);
}

void product_is_on_sale(struct json_print *out, struct json product)
{
    struct decimal price, sale_price;

    if (!has_sale_price(product))
        json_print_bool(out, false);
    else if (read_prices(out->pool, product, &price, &sale_price))
        json_print_bool(out, decimal_compare(sale_price, price) < 0);
    else
        json_print_null(out);
}

void product_savings(struct json_print *out, struct json product)
{
    struct decimal price, sale_price;

    if (read_prices(out->pool, product, &price, &sale_price))
        json_print_raw(out, decimal_subtract(out->pool, price, sale_price));
    else
        json_print_null(out);
}
