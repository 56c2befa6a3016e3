-- POSTs the bodies of a file one after the other, over and over:
--   wrk -t1 ... -s wrk.lua URL -- BODIES TYPE ROWS
-- BODIES has, for each body, a line with its length in bytes and then the body. TYPE is the content type, ROWS how many
-- rows a body holds. One line of JSON tells what came of it; times are in milliseconds.

local requests, next_one = {}, 0
local threads = {}

function setup(thread)
	threads[#threads + 1] = thread
end

function init(args)
	rows = tonumber(args[3]) -- global, so that done gets at it
	wrk.headers["Content-Type"] = args[2]
	local file = assert(io.open(args[1], "rb"))
	while true do
		local length = file:read("*n")
		if not length then break end
		file:read(1) -- the end of the line
		local body = file:read(length)
		assert(body and #body == length, "a body is shorter than its length says")
		requests[#requests + 1] = wrk.format("POST", nil, nil, body)
	end
	file:close()
	assert(#requests > 0, "the file has no bodies")
end

function request()
	next_one = next_one % #requests + 1
	return requests[next_one]
end

function done(summary, latency)
	local e = summary.errors
	local failed = e.connect + e.read + e.write + e.timeout
	local rows = threads[1]:get("rows")
	local seconds = summary.duration / 1e6
	-- wrk counts answers of status 400 and above as requests too; they score nothing
	local answered = summary.requests - e.status
	print(string.format(
		'{"requests": %d, "answered": %d, "seconds": %.6f, "rows_per_s": %.3f, "p50": %.4f, "p90": %.4f, "p99": %.4f, ' ..
		'"max": %.4f, "errors": %d, "status_errors": %d, "bytes": %d}',
		summary.requests, answered, seconds, answered * rows / seconds, latency:percentile(50) / 1e3,
		latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3, failed + e.status, e.status,
		summary.bytes))
end
