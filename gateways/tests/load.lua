-- What wrk sends: requests that policies allow and requests that they deny, in turn, and what it makes of the answers.
-- The store answers with the target that it received, so that an answer of 200 to a denied request shows.
local targets = {
    {"/team/alice/plan"}, {"/team/bob/plan"}, {"/team?prefix=alice/"}, {"/team/secret/x"},
    {"/team/public/x"}, {"/team?prefix=bob/"}, {"/team/alice/a/long/way/down/to/a/file"}, {"/team//secret/x"},
}
local allowed = {["/team/alice/plan"] = true, ["/team?prefix=alice/"] = true, ["/team/public/x"] = true,
                 ["/team/alice/a/long/way/down/to/a/file"] = true}
local threads = {}
local next_target = 0
counts = {allowed = 0, denied = 0, refused = 0, wrong = 0}

function setup(thread)
    table.insert(threads, thread)
end

function request()
    next_target = next_target % #targets + 1
    return wrk.format("GET", targets[next_target][1])
end

function response(status, _, body)
    if status == 200 and allowed[body] then
        counts.allowed = counts.allowed + 1
    elseif status == 403 then
        counts.denied = counts.denied + 1
    elseif status == 400 then
        counts.refused = counts.refused + 1
    else
        counts.wrong = counts.wrong + 1
    end
    allowed_count, denied_count, refused_count, wrong_count = counts.allowed, counts.denied, counts.refused, counts.wrong
end

function done(summary)
    local all = {0, 0, 0, 0}
    for _, thread in ipairs(threads) do
        for i, name in ipairs({"allowed_count", "denied_count", "refused_count", "wrong_count"}) do
            all[i] = all[i] + (thread:get(name) or 0)
        end
    end
    local errors = summary.errors
    io.write(string.format('{"allowed": %d, "denied": %d, "refused": %d, "wrong": %d, "errors": %d}\n', all[1], all[2],
                           all[3], all[4], errors.connect + errors.read + errors.write + errors.timeout))
end
