-- For wrk: closes with a line that load.py reads. With an argument, "wrk ... URL -- LENGTH", every
-- answer is looked at, and one that is not 200 or whose body has another length is counted as bad.
local threads = {}

function setup(thread) threads[#threads + 1] = thread end

function init(args)
    bad = 0
    local length = tonumber(args[1])
    if length then
        function response(status, headers, body)
            if status ~= 200 or #body ~= length then bad = bad + 1 end
        end
    end
end

function done(summary, latency)
    local errors = summary.errors
    local count = errors.connect + errors.read + errors.write + errors.timeout + errors.status
    for _, thread in ipairs(threads) do count = count + thread:get("bad") end
    io.write(string.format('RESULT {"requests":%d,"us":%d,"bytes":%d,"bad":%d,"p50_us":%d,"p95_us":%d,"p99_us":%d}\n',
        summary.requests, summary.duration, summary.bytes, count,
        latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
