// The messages that the guide shows for mistakes in a table, and for each message the change of the
// guide's composite that causes it.
export const mistakes = {
  'part "user": .after names "ordr", which is no part above it':
    ['.ask = user, .after = "order"', '.ask = user, .after = "ordr"'],
  'part "user": a part above has the same .name':
    ['{.name = "products", .ask = products', '{.name = "user", .ask = products'],
  'part "order": ask_param names "orderID", which is no parameter of the route':
    ['ask_param(ask, "orderId")', 'ask_param(ask, "orderID")'],
  'part "products": ask_part names "order", which its .after does not wait for':
    ['.ask = products, .after = "order"', '.ask = products'],
  'part "user": a segment, query or header before ask_get':
    ['    users_get(ask, ask_text(ask,', '    ask_segment(ask, ask_text(ask,'],
  'part "user": .timeout_ms is 3000, which is over the budget of 1000 ms':
    ['.timeout_ms = 300', '.timeout_ms = 3000'],
  'part "user": .hedge_ms is 400, but the part has only 300 ms: write less, or BFF_HEDGE_P95':
    ['.timeout_ms = 300', '.timeout_ms = 300, .hedge_ms = 400'],
  'part "user": .stale_s is of use with .cache_s only':
    ['.timeout_ms = 300', '.timeout_ms = 300, .stale_s = 300'],
  'part "user": .shared is of use with .cache_s only':
    ['.timeout_ms = 300', '.timeout_ms = 300, .shared = true'],
  'part "user": .fallback is not JSON: {name: none}':
    ['.timeout_ms = 300', '.fallback = "{name: none}"'],
  'part "order": .pick: "id," is no path: names are separated by spaces, not commas':
    ['.pick = "id status total"', '.pick = "id, status, total"'],
  'part "order": .pick: "items[]" ends with []: write the name alone for the whole list, or a member of its items behind a dot':
    ['.pick = "id status total"', '.pick = "id items[]"'],
  'part "order": .pick: "items" stands twice, or is part of another path':
    ['.pick = "id status total"', '.pick = "id items items[].price"'],
  'part "user": it is hidden, and neither a field nor a part reads it':
    ['.timeout_ms = 300, .pick = "id name"', '.place = BFF_HIDDEN'],
  'part "user": .pick is of no use: the part is hidden, and its readers get all members. Remove .pick, and write .kind = BFF_OBJECT or BFF_LIST':
    ['.timeout_ms = 300', '.place = BFF_HIDDEN'],
  'part "products": .many makes the part a list, and .kind is the kind of each item: write .kind = BFF_OBJECT, or BFF_ANY if each item may be a list itself':
    ['.many = 20', '.many = 20, .kind = BFF_LIST'],
  'part 2: the row is empty: remove it':
    ['    {.name = "user", .ask', '    {0},\n    {.name = "user", .ask'],
  'field "itemCount": .of names "ordr", which is no part':
    ['.of = "order"', '.of = "ordr"'],
  'field "itemCount": .of names 2 parts, and .print gets only one value: write .print_all':
    ['.of = "order"', '.of = "order user"'],
  'field "products.label": .into: "products" is a list: write [] after its name':
    ['.name = "itemCount", .of = "order"', '.into = "products.label", .of = "products"'],
  'field "order.items[].label": .into: .pick leaves "items" out: add it there':
    ['.name = "itemCount"', '.into = "order.items[].label"'],
  'member "order" would stand twice in the answer':
    ['.name = "itemCount"', '.name = "order"'],
  '.access is missing: BFF_PUBLIC, BFF_SIGNED_IN, BFF_ROLE, BFF_OWNER, BFF_SCOPE or BFF_KEY':
    ['    .access = BFF_OWNER,\n    .owner = "order.userId",\n', ''],
  '.owner is named, but .access is not BFF_OWNER':
    ['    .access = BFF_OWNER,', '    .access = BFF_SIGNED_IN,'],
  '.owner names "userId", which is neither a parameter nor a path into a part':
    ['.owner = "order.userId"', '.owner = "userId"'],
  'part "products": ask_get twice, but the row has no .many':
    ['    json_each (item, orders_items(ask_part(ask, "order")))\n        products_get(ask, ' +
      'ask_text(ask, orders_item_product_id(item)));',
    '    products_get(ask, ask_param(ask, "orderId"));\n'.repeat(2).trimEnd()],
  '.parts has 33 rows, which is over 32':
    ['    {.name = "order"', `${Array.from({ length: 30 }, (_, i) =>
      `    {.name = "p${i}", .ask = order},\n`).join('')}    {.name = "order"`],
  '.failure is missing: a part is required':
    ['    .failure = "Failed to load the order",\n', ''],
  '.route must be a method, a space and a path: "GET /api/users/:id"':
    ['"GET /api/orders/:orderId/summary"', '"/api/orders/:orderId/summary"'],
  'the same requests as GET /api/orders/:orderId/summary': ['', ''],
}

// Changes beside the first, where one alone would be another mistake.
const also = {
  'part "products": ask_get twice, but the row has no .many': [['.many = 20, ', '']],
}

// The composite with the mistake, under a name of its own.
export function withMistake(source, told, name) {
  return [mistakes[told], ...(also[told] ?? []), ['web_order_summary', name]].reduce(
    (text, [from, to]) => text.replace(from, () => to),
    source.replace('#include "composites/web/composites.h"', '#include "bff/compose/compose.h"'))
}

// The same for the compiler.
export const compilerMistakes = {
  "request for member 'need' in something not a structure or union":
    ['.ask = order, .need', '.ask = order .need'],
  "expected '}' before '{' token": ['.pick = "id status total"},', '.pick = "id status total"}'],
  "'const struct bff_part' has no member named 'picks'; did you mean 'pick'?":
    ['.pick = "id name"', '.picks = "id name"'],
  "'usr' undeclared here (not in a function); did you mean 'user'?":
    ['.ask = user,', '.ask = usr,'],
  "implicit declaration of function 'user_get'; did you mean 'users_get'?":
    ['users_get(', 'user_get('],
  'character constant too long for its type': ['.pick = "id name"', ".pick = 'id name'"],
  'missing braces around initializer': ['.fields = BFF_TABLE(fields)', '.fields = fields'],
  "'fields' defined but not used": ['    .fields = BFF_TABLE(fields),\n', ''],
  'subscripted value is neither array nor pointer nor vector':
    ['json_length(orders_items(order))', 'json_length(orders_items(order)[0])'],
  "invalid operands to binary == (have 'struct json' and 'int')":
    ['    json_print_size(out, json_length(orders_items(order)));',
      '    json_print_bool(out, orders_items(order) == JSON_NONE);'],
  "incompatible type for argument 2 of 'users_get'":
    ['ask_text(ask, orders_user_id(ask_part(ask, "order")))', 'orders_user_id(ask_part(ask, "order"))'],
  "'return' with a value, in function returning void":
    ['    json_print_size(out, json_length(orders_items(order)));',
      '    return json_length(orders_items(order));'],
  "'web_order_summary' undeclared here (not in a function)":
    ['extern const struct bff_composite web_order_summary;\n', '', 'composites/web/build.c'],
  "expected ',' or ';' at end of input": ['.fields = BFF_TABLE(fields),\n};', '.fields = BFF_TABLE(fields),\n}'],
}
