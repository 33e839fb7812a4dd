-- The three pages for nginx with Lua. Bodies that need not be read are pasted as they are, which
-- is fast, and believes the services.
local cjson = require "cjson.safe"
local multi = ngx.location.capture_multi
local concat, floor, format = table.concat, math.floor, string.format

local pages = {}

local function ok(answer) return answer.status >= 200 and answer.status < 300 end

local function fail(message)
    ngx.status = 502
    ngx.header["Content-Type"] = "application/json; charset=utf-8"
    ngx.print('{"error":"', message, '"}')
end

local function reply(pieces)
    local len = 0
    for i = 1, #pieces do len = len + #pieces[i] end
    ngx.header["Content-Type"] = "application/json; charset=utf-8"
    ngx.header["Content-Length"] = len
    ngx.print(pieces)
end

local function now()
    local time = ngx.now()
    local second = floor(time)
    return os.date("!%Y-%m-%dT%H:%M:%S", second) .. format(".%03dZ", floor((time - second) * 1000))
end

function pages.dashboard(id)
    local user, orders, recommendations, notifications = multi {
        { "/users/" .. id },
        { "/orders", { args = "userId=" .. id .. "&limit=5" } },
        { "/recommendations/" .. id },
        { "/notifications/" .. id, { args = "unread=true" } },
    }
    local whole = ok(user) and ok(orders) and ok(recommendations) and ok(notifications)
    reply {
        '{"user":', ok(user) and user.body or "null",
        ',"recentOrders":', ok(orders) and orders.body or "[]",
        ',"recommendations":', ok(recommendations) and recommendations.body or "[]",
        ',"unreadNotifications":', ok(notifications) and notifications.body or "[]",
        ',"loadedAt":"', now(), '","partialFailure":', whole and "false}" or "true}",
    }
end

local function json(value) return value == nil and "null" or cjson.encode(value) end

function pages.product(id)
    local product, reviews, inventory = multi {
        { "/products/" .. id },
        { "/reviews", { args = "productId=" .. id } },
        { "/inventory/" .. id },
    }
    product = ok(product) and cjson.decode(product.body)
    reviews = ok(reviews) and cjson.decode(reviews.body)
    inventory = ok(inventory) and cjson.decode(inventory.body)
    if not (product and reviews and inventory) then
        return fail "Failed to fetch product details"
    end
    local sum, count, sale = 0, #reviews, product.salePrice
    for i = 1, count do sum = sum + (reviews[i].rating or 0) end
    reply {
        '{"id":', json(product.id), ',"name":', json(product.name),
        ',"price":', json(product.price), ',"description":', json(product.description),
        ',"averageRating":', count == 0 and "0" or format('"%.1f"', sum / count),
        ',"reviewCount":', tostring(count),
        ',"inStock":', (inventory.quantity or 0) > 0 and "true" or "false",
        ',"stockQuantity":', json(inventory.quantity),
        ',"isOnSale":', sale and sale < product.price and "true" or "false",
        ',"savings":', sale and json(product.price - sale) or "null", "}",
    }
end

function pages.checkout(id)
    local answer = ngx.location.capture("/orders/" .. id)
    local order = ok(answer) and cjson.decode(answer.body)
    if not order then return fail "Failed to load checkout" end
    local calls, call_of = { { "/users/" .. order.userId } }, {}
    for _, item in ipairs(order.items) do
        if not call_of[item.productId] then
            calls[#calls + 1] = { "/products/" .. item.productId }
            call_of[item.productId] = #calls
        end
    end
    local answers = { multi(calls) }
    local products, whole = {}, ok(answers[1])
    for i, item in ipairs(order.items) do
        local product = answers[call_of[item.productId]]
        whole = whole and ok(product)
        products[i] = ok(product) and product.body or "null"
    end
    reply {
        '{"order":', answer.body, ',"user":', ok(answers[1]) and answers[1].body or "null",
        ',"products":[', concat(products, ","), '],"loadedAt":"', now(),
        '","partialFailure":', whole and "false}" or "true}",
    }
end

return pages
